/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions: a named official accepts what a norm pack proposed, and the system is entered in
 * the list with the pack's version and hash, the evaluation and its evidence. Entries are kept
 * by valid time and by the time the register knew them; none is ever overwritten. The act and
 * its trail are one transaction. It decides on nothing that the norms would not propose again
 * at that moment: a proposal on a register or by a norm that changed since is not accepted.
 *
 * Basis: Order 745 Art. 10; guiding opinions 1960 (2020), III(1): the list is adjusted, with a
 * reason each time.
 */
#include "common/clock.h"
#include "common/text.h"
#include "inventory/inventory.h"
#include "inventory/norm/identify.h"
#include "inventory/scope/words.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

#define LINE_MAX_BYTES 300
#define EVIDENCE_MAX (64 * 1024)

struct decision {
	struct inventory *inv;
	const char *system;
	struct str official, number;
	int64_t realm, eval, now_us;
	int64_t replaces; /* an entry that ends, 0: none */
	const char *reason;
	struct str list_no, pack, pack_sha256, evidence;
	int64_t id;
	struct error *reterr;
};

static void decision_done(struct decision *d)
{
	str_done(&d->official);
	str_done(&d->number);
	str_done(&d->list_no);
	str_done(&d->pack);
	str_done(&d->pack_sha256);
	str_done(&d->evidence);
}

/* ---- the proposal -------------------------------------------------------------------- */

static int find_system(struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_designation_systems, DB_VALUES(db_text(d->system)),
		&rows, d->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return error_set(d->reterr, ERROR_INPUT,
			"the register has no system \"%.100s\"; `cadastre register list` shows "
			"those there are", d->system);
	if (db_rows(rows) > 1)
		return error_set(d->reterr, ERROR_INPUT,
			"the realms \"%.60s\" and \"%.60s\" both have a system \"%.100s\"; one "
			"of them must have another id before it can be decided on",
			db_get_text(rows, 0, 1), db_get_text(rows, 1, 1), d->system);
	d->realm = db_get_int(rows, 0, 0);
	return 0;
}

/* What becomes of the newest proposal of one pack, when all packs in force judge again. */
struct check {
	const char *pack;
	int64_t eval;
	bool judges, still;
};

static int see_again(void *context, const struct proposal_row *row)
{
	struct check *check = context;

	if (strcmp(row->pack, check->pack) != 0)
		return 0;
	check->judges = true;
	check->still = row->eval_id == check->eval;
	return 0;
}

/* 1 if its pack does not judge this system any more: not in force, or superseded. */
static int check_still(struct decision *d, const struct db_result *rows, size_t i)
{
	struct check check = {
		.pack = db_get_text(rows, i, 1), .eval = db_get_int(rows, i, 0)};
	int r = identify_check(d->inv, d->system, see_again, &check, d->reterr);

	if (r < 0)
		return r;
	if (!check.judges)
		return 1;
	if (!check.still)
		return error_set(d->reterr, ERROR_INPUT,
			"the register or the norm changed since proposal %" PRId64 " on system "
			"\"%.100s\" (%s %s) was made, so it cannot be accepted; run `cadastre "
			"identify --system %.100s` again and decide on what it proposes now",
			check.eval, d->system, check.pack, db_get_text(rows, i, 2), d->system);
	return 0;
}

static int check_outcome(struct decision *d, const struct db_result *rows, size_t i)
{
	const char *outcome = db_get_text(rows, i, 4);

	if (strcmp(outcome, "review") == 0)
		return error_set(d->reterr, ERROR_INPUT,
			"the newest proposal on system \"%.100s\" (%s %s) is \"review\", which "
			"cannot be accepted: it needs %s", d->system, db_get_text(rows, i, 1),
			db_get_text(rows, i, 2), db_get_text(rows, i, 5));
	if (strcmp(outcome, "cii") != 0)
		return error_set(d->reterr, ERROR_INPUT,
			"the newest proposal on system \"%.100s\" (%s %s) is \"%s\", not "
			"\"cii\"; there is nothing to enter in the list", d->system,
			db_get_text(rows, i, 1), db_get_text(rows, i, 2), outcome);
	return 0;
}

/* The newest proposal: of several packs, one that says "cii" is taken before the others. */
static int find_proposal(struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_designation_proposals,
		DB_VALUES(db_int(d->realm), db_text(d->system)), &rows, d->reterr);
	size_t i = 0;

	if (r < 0)
		return r;
	for (; i < db_rows(rows); i++) {
		r = check_still(d, rows, i);
		if (r <= 0)
			break;
	}
	if (r < 0)
		return r;
	if (i == db_rows(rows))
		return error_set(d->reterr, ERROR_INPUT,
			"there is no proposal on system \"%.100s\" to accept; run `cadastre "
			"identify --system %.100s` first", d->system, d->system);
	r = check_outcome(d, rows, i);
	if (r < 0)
		return r;
	d->eval = db_get_int(rows, i, 0);
	str_adds(&d->pack, db_get_text(rows, i, 1));
	str_adds(&d->pack_sha256, db_get_text(rows, i, 3));
	str_addf(&d->evidence, "proposal %" PRId64 ", inputs sha256 %s", d->eval,
		db_get_text(rows, i, 6));
	if (db_get_text(rows, i, 7)[0])
		str_addf(&d->evidence, ", documents %s", db_get_text(rows, i, 7));
	return 0;
}

/* ---- the entry ----------------------------------------------------------------------- */

static int new_number(struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char text[CLOCK_TEXT_MAX];
	int r;

	clock_format(d->now_us, text);
	r = db_run(d->inv->db, &query_designation_number,
		DB_VALUES(db_int(strtol(text, NULL, 10))), &rows, d->reterr);
	if (r < 0)
		return r;
	d->reason = "initial";
	str_adds(&d->list_no, db_get_text(rows, 0, 0));
	return 0;
}

/* A system on the list keeps its number; a newer proposal renews its entry. */
static int find_entry(struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_designation_open,
		DB_VALUES(db_int(d->realm), db_text(d->system)), &rows, d->reterr);
	bool same_norm;

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return new_number(d);
	if (db_get_int(rows, 0, 2) == d->eval)
		return error_set(d->reterr, ERROR_INPUT,
			"system \"%.100s\" is on the list already: %s by decision %s of %s "
			"accepted this very proposal", d->system, db_get_text(rows, 0, 1),
			db_get_text(rows, 0, 6), db_get_text(rows, 0, 5));
	if (strcmp(db_get_text(rows, 0, 6), d->number.data) == 0)
		return error_set(d->reterr, ERROR_INPUT,
			"system \"%.100s\" is on the list already as %s by decision %s; a new "
			"proposal is accepted by a new decision with a number of its own",
			d->system, db_get_text(rows, 0, 1), d->number.data);
	same_norm = strcmp(db_get_text(rows, 0, 3), d->pack.data) == 0 &&
		strcmp(db_get_text(rows, 0, 4), d->pack_sha256.data) == 0;
	d->reason = same_norm ? "change" : "norm change";
	d->replaces = db_get_int(rows, 0, 0);
	str_adds(&d->list_no, db_get_text(rows, 0, 1));
	return db_run(d->inv->db, &query_designation_supersede,
		DB_VALUES(db_int(d->replaces), db_time(d->now_us)), NULL, d->reterr);
}

static int enter(struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(str_done) struct str detail = STR_INIT(EVIDENCE_MAX);
	int r = db_run(d->inv->db, &query_designation_add,
		DB_VALUES(db_text(d->list_no.data), db_int(d->realm), db_text(d->system),
			db_int(d->eval), db_text(d->official.data), db_text(d->number.data),
			db_text(d->reason), db_text(d->evidence.data), db_time(d->now_us),
			d->replaces ? db_int(d->replaces) : db_null()),
		&rows, d->reterr);

	if (r < 0)
		return r;
	d->id = db_get_int(rows, 0, 0);
	str_addf(&detail, "%s (%s) by %s, decision %s; proposal %" PRId64 " of pack %s",
		d->list_no.data, d->reason, d->official.data, d->number.data, d->eval,
		d->pack.data);
	return inventory_audit(d->inv, "designation.accept", d->system, detail.data, d->reterr);
}

int inventory_designate_accept(struct inventory *inv, const char *system, const char *official,
	const char *decision_no, int64_t *ret_id, struct error *reterr)
{
	_cleanup_(decision_done) struct decision d = {.inv = inv, .system = system,
		.official = STR_INIT(4 * LINE_MAX_BYTES),
		.number = STR_INIT(4 * LINE_MAX_BYTES),
		.list_no = STR_INIT(64), .pack = STR_INIT(256), .pack_sha256 = STR_INIT(128),
		.evidence = STR_INIT(EVIDENCE_MAX), .now_us = clock_wall_us(),
		.reterr = reterr};
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = words_take(
		&d.official, "a decision", "an official", official, LINE_MAX_BYTES, reterr);

	if (r == 0)
		r = words_take(&d.number, "a decision", "a decision number", decision_no,
			LINE_MAX_BYTES, reterr);
	if (r == 0)
		r = db_begin(inv->db, reterr);
	if (r < 0)
		return r;
	transaction = inv->db;
	r = db_run(inv->db, &query_identify_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = find_system(&d);
	if (r == 0)
		r = find_proposal(&d);
	if (r == 0)
		r = find_entry(&d);
	if (r == 0)
		r = enter(&d);
	if (r == 0)
		r = db_commit(transaction, reterr);
	if (r == 0)
		*ret_id = d.id;
	return r;
}

/* ---- the list ------------------------------------------------------------------------ */

int inventory_designation_list(struct inventory *inv, int64_t as_of_us,
	int (*row)(void *context, const struct designation_row *designation), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int64_t now_us = clock_wall_us();
	int r = db_run(inv->db, &query_designation_list,
		DB_VALUES(db_time(as_of_us ? as_of_us : now_us), db_time(now_us)), &rows,
		reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct designation_row designation = {
			.id = db_get_int(rows, i, 0),
			.list_no = db_get_text(rows, i, 1),
			.system_id = db_get_text(rows, i, 2),
			.system = db_get_text(rows, i, 3),
			.outcome = db_get_text(rows, i, 4),
			.pack = db_get_text(rows, i, 5),
			.version = db_get_text(rows, i, 6),
			.official = db_get_text(rows, i, 7),
			.decision_no = db_get_text(rows, i, 8),
			.reason = db_get_text(rows, i, 9),
			.evidence = db_get_text(rows, i, 10),
			.valid_from_us = db_get_int(rows, i, 11),
			.valid_until_us = db_get_int(rows, i, 12),
			.recorded_us = db_get_int(rows, i, 13),
		};

		r = row(context, &designation);
	}
	return r;
}
