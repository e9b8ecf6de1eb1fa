/* SPDX-License-Identifier: Apache-2.0 */
/* Kept proposals made again, and listed; see replay.h. */
#include "inventory/norm/replay.h"

#include "common/text.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/judge.h"
#include "inventory/norm/safexml.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIFFERENCE_MAX 8000 /* more than all that can differ, each cut */
#define SHOWN_MAX 200
#define SHOWN_BEFORE 60 /* bytes of a line that are shown before what differs */

struct replayer {
	struct inventory *inv;
	struct judge *judge;
	char packs[JUDGE_PACKS_MAX][192]; /* "id version", in the judge's order */
	/* of the proposal at hand */
	int64_t eval_id;
	struct db_result *kept;
	struct str difference;
	int (*replayed)(void *context, const struct replay *replay);
	void *context;
};

enum { UNIT, SYSTEM, PACK, VERSION, PACK_SHA256, OUTCOME, SCORE, MISSING, INPUTS, INPUTS_SHA256,
	EXPLANATION, EXPLANATION_SHA256, VERDICTS, DEGREES, DUES };

int replayer_new(struct inventory *inv, struct replayer **ret_replayer, struct error *reterr)
{
	_cleanup_(replayer_freep) struct replayer *replayer = calloc(1, sizeof(*replayer));
	int r;

	if (!replayer)
		return error_set(reterr, ERROR_SYSTEM, "no memory to judge again");
	replayer->inv = inv;
	replayer->difference = STR_INIT(DIFFERENCE_MAX);
	r = judge_new(inv, 1, 0, true, &replayer->judge, reterr);
	if (r == 0)
		*ret_replayer = STEAL(replayer);
	return r;
}

void replayer_free(struct replayer *replayer)
{
	if (!replayer)
		return;
	judge_free(replayer->judge);
	db_result_free(replayer->kept);
	str_done(&replayer->difference);
	free(replayer);
}

/* ---- what differs ------------------------------------------------------------------------ */

static void add_shown(struct str *out, const char *words, const char *text, size_t n)
{
	_cleanup_(str_done) struct str clean = STR_INIT(SHOWN_MAX);

	text_clean(&clean, text, n, SHOWN_MAX);
	str_addf(out, "%s\"%s\"", words, clean.data);
}

static void differs_in(struct replayer *replayer, const char *what, const char *kept,
	size_t n_kept, const char *now, size_t n_now)
{
	struct str *out = &replayer->difference;

	str_addf(out, "%s%s: ", out->len ? "; " : "", what);
	add_shown(out, "kept ", kept, n_kept);
	add_shown(out, ", now ", now, n_now);
}

static void differs(
	struct replayer *replayer, const char *what, const char *kept, const char *now)
{
	differs_in(replayer, what, kept, strlen(kept), now, strlen(now));
}

static void compare(struct replayer *replayer, const char *what, int column, const char *now)
{
	const char *kept = db_get_text(replayer->kept, 0, column);

	if (strcmp(kept, now) != 0)
		differs(replayer, what, kept, now);
}

/* The first line of two texts that is not the same in both. */
static void compare_lines(struct replayer *replayer, const char *what, const char *kept,
	const char *now)
{
	size_t same = 0, from = 0;
	unsigned int line = 1;
	char name[64];

	for (; kept[same] && kept[same] == now[same]; same++)
		if (kept[same] == '\n') {
			from = same + 1;
			line++;
		}
	if (kept[same] == now[same])
		return;
	if (same - from > SHOWN_BEFORE) /* not from within a character */
		for (from = same - SHOWN_BEFORE;
			from < same && ((unsigned char)kept[from] & 0xc0) == 0x80; from++)
			;
	snprintf(name, sizeof(name), "%s, line %u", what, line);
	differs_in(replayer, name, kept + from, strcspn(kept + from, "\n"), now + from,
		strcspn(now + from, "\n"));
}

static void compare_all(struct replayer *replayer, const struct judged *judged)
{
	const struct db_result *kept = replayer->kept;
	char now[32], was[32];

	str_reset(&replayer->difference);
	compare(replayer, "SHA-256 of the pack", PACK_SHA256,
		judge_pack(replayer->judge, judged->pack)->sha256);
	compare(replayer, "outcome", OUTCOME, judged->outcome);
	snprintf(was, sizeof(was), "%" PRId64, db_get_int(kept, 0, SCORE));
	snprintf(now, sizeof(now), "%d", judged->score);
	if (strcmp(was, now) != 0)
		differs(replayer, "score", was, now);
	compare(replayer, "missing", MISSING, judged->missing);
	compare_lines(replayer, "facts", db_get_text(kept, 0, INPUTS), judged->inputs);
	compare(replayer, "SHA-256 of the facts", INPUTS_SHA256, judged->inputs_sha256);
	if (db_get_text(kept, 0, EXPLANATION)[0]) {
		compare_lines(replayer, "explanation", db_get_text(kept, 0, EXPLANATION),
			judged->explanation);
		return;
	}
	compare(replayer, "criteria", VERDICTS, judged->verdicts);
	compare(replayer, "matrices", DEGREES, judged->degrees);
	compare_lines(replayer, "what falls due", db_get_text(kept, 0, DUES), judged->dues);
	compare(replayer, "SHA-256 of the explanation", EXPLANATION_SHA256,
		judged->explanation_sha256);
}

/* ---- one proposal ------------------------------------------------------------------------ */

static int see(void *context, const struct judged *judged, struct error *reterr)
{
	struct replayer *replayer = context;
	const struct db_result *kept = replayer->kept;
	struct replay replay = {.eval_id = replayer->eval_id,
		.unit = db_get_text(kept, 0, UNIT),
		.system_id = db_get_text(kept, 0, SYSTEM),
		.pack = db_get_text(kept, 0, PACK),
		.version = db_get_text(kept, 0, VERSION),
		.outcome = judged->outcome,
		.missing = judged->missing,
		.inputs = judged->inputs,
		.explanation = judged->explanation,
		.score = judged->score,
		.reasons = judged->reasons,
		.n_reasons = judged->n_reasons};
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	digest_sha256(judged->explanation, strlen(judged->explanation), digest);
	if (strcmp(digest_hex(digest, hex), judged->explanation_sha256) != 0)
		return error_set(reterr, ERROR_INPUT,
			"the process that judges gave an explanation and the digest of another");
	compare_all(replayer, judged);
	replay.difference = replayer->difference.data;
	return replayer->replayed(replayer->context, &replay);
}

/* The place of the proposal's pack among those that were read, which it is now. */
static int find_pack(struct replayer *replayer, size_t *ret_place, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *file = NULL;
	_cleanup_(str_done) struct str bytes = STR_INIT(SAFEXML_PACK_MAX);
	const char *pack = db_get_text(replayer->kept, 0, PACK);
	const char *version = db_get_text(replayer->kept, 0, VERSION);
	char name[sizeof(replayer->packs[0])];
	size_t n = judge_packs(replayer->judge);
	int r;

	snprintf(name, sizeof(name), "%s %s", pack, version);
	for (*ret_place = 0; *ret_place < n; (*ret_place)++)
		if (strcmp(replayer->packs[*ret_place], name) == 0)
			return 0;
	r = db_run(replayer->inv->db, &query_pack_file,
		DB_VALUES(db_text(pack), db_text(version)), &file, reterr);
	if (r < 0)
		return r;
	if (db_rows(file) == 0)
		return error_set(reterr, ERROR_DATABASE, "norm pack %s is not installed", name);
	db_get_bytes(file, 0, 1, &bytes);
	r = judge_add_pack(replayer->judge, name, bytes.data, bytes.len, reterr);
	if (r == 0)
		snprintf(replayer->packs[n], sizeof(replayer->packs[n]), "%s", name);
	return r;
}

int replayer_ask(struct replayer *replayer, int64_t eval_id,
	int (*replayed)(void *context, const struct replay *replay), void *context,
	struct error *reterr)
{
	const char *inputs;
	size_t place;
	int r;

	db_result_free(replayer->kept);
	replayer->kept = NULL;
	replayer->eval_id = eval_id;
	replayer->replayed = replayed;
	replayer->context = context;
	r = db_run(replayer->inv->db, &query_identify_stored, DB_VALUES(db_int(eval_id)),
		&replayer->kept, reterr);
	if (r < 0)
		return r;
	if (db_rows(replayer->kept) == 0)
		return error_set(reterr, ERROR_INPUT, "there is no proposal %" PRId64, eval_id);
	r = find_pack(replayer, &place, reterr);
	if (r < 0)
		return r;
	inputs = db_get_text(replayer->kept, 0, INPUTS);
	return judge_again(
		replayer->judge, place, inputs, strlen(inputs), see, replayer, reterr);
}

int inventory_replay(struct inventory *inv, int64_t eval_id,
	int (*replayed)(void *context, const struct replay *replay), void *context,
	struct error *reterr)
{
	_cleanup_(replayer_freep) struct replayer *replayer = NULL;
	int r = replayer_new(inv, &replayer, reterr);

	return r < 0 ? r : replayer_ask(replayer, eval_id, replayed, context, reterr);
}

/* ---- the list ---------------------------------------------------------------------------- */

struct listing {
	struct proposal_row row;
	int (*each)(void *context, const struct proposal_row *proposal);
	void *context;
};

static int add_reasons(void *context, const struct replay *replay)
{
	struct listing *listing = context;

	listing->row.reasons = replay->reasons;
	listing->row.n_reasons = replay->n_reasons;
	return listing->each(listing->context, &listing->row);
}

int inventory_proposal_list(struct inventory *inv, const struct proposal_filter *filter,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(replayer_freep) struct replayer *replayer = NULL;
	struct listing listing = {.each = row, .context = context};
	/* Before there is much in memory that it would begin with. */
	int r = filter->reasons ? replayer_new(inv, &replayer, reterr) : 0;

	if (r == 0)
		r = db_run(inv->db, &query_identify_list,
			DB_VALUES(db_text(filter->pack), db_text(filter->system),
				db_int(filter->silent_packs)),
			&rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		listing.row = (struct proposal_row){.eval_id = db_get_int(rows, i, 0),
			.unit = db_get_text(rows, i, 1),
			.system_id = db_get_text(rows, i, 2),
			.system = db_get_text(rows, i, 3),
			.pack = db_get_text(rows, i, 4),
			.version = db_get_text(rows, i, 5),
			.outcome = db_get_text(rows, i, 6),
			.score = (int)db_get_int(rows, i, 7),
			.missing = db_get_text(rows, i, 8),
			.is_notable = db_get_bool(rows, i, 9)};
		r = filter->reasons ? replayer_ask(replayer, listing.row.eval_id, add_reasons,
			&listing, reterr) : row(context, &listing.row);
	}
	return r;
}
