/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What packs say of subjects, beside what stands: both come in the order of subject and pack,
 * so one walk tells what is new, what stands otherwise and what nobody speaks about any more.
 * What differs is copied into staging; set-based statements keep it at the end
 * (identify_store.sql, identify_stand.sql).
 */
#include "inventory/norm/identify_internal.h"

#include "inventory/store/queries.h"

#include <stdio.h>
#include <string.h>

#define STANDING_ROWS 5000
#define NUMBERS 1000
#define COPY_INPUTS_MAX ((size_t)64 * 1024) /* a larger row is sent by itself */

enum { SYSTEM, PACK, EVAL, BASIS, OUTCOME, NOTABLE, SILENT, MEASURED, UNTIL };

/* ---- what stands ------------------------------------------------------------------------- */

static int next_rows(struct identification *id, struct error *reterr)
{
	struct identify_standing *s = &id->standing;
	size_t n = s->rows ? db_rows(s->rows) : 0;
	const char *system = n ? db_get_text(s->rows, n - 1, SYSTEM) : "";
	const char *pack = n ? db_get_text(s->rows, n - 1, PACK) : "";
	struct db_result *rows = NULL;
	int r = db_run(id->inv->db,
		id->all ? &query_identify_standing : &query_identify_standing_chosen,
		DB_VALUES(db_int(id->realm), db_text(dossier_unit_name(id->unit)),
			db_text(system), db_text(pack), db_text(id->request->pack),
			db_int(STANDING_ROWS)),
		&rows, reterr);

	if (r < 0)
		return r;
	db_result_free(s->rows);
	s->rows = rows;
	s->at = 0;
	s->whole = db_rows(rows) < STANDING_ROWS;
	return 0;
}

/* The row at hand, -1 if there is none left. */
static int look(struct identification *id, ssize_t *ret_row, struct error *reterr)
{
	struct identify_standing *s = &id->standing;
	int r = 0;

	if ((!s->rows || s->at == db_rows(s->rows)) && !s->whole)
		r = next_rows(id, reterr);
	*ret_row = r == 0 && s->at < db_rows(s->rows) ? (ssize_t)s->at : -1;
	return r;
}

/* ---- staging ----------------------------------------------------------------------------- */

/* One row of norm_standing, and if `judged` is given one of norm_eval. */
struct said {
	const char *system, *pack, *version, *pack_sha256, *outcome;
	int64_t eval_id, until_day;
	uint8_t basis[IDENTIFY_BASIS_SIZE];
	bool notable, silent, measured;
	const struct judged *judged;
};

static int say_large(struct identification *id, const struct said *s, struct error *reterr)
{
	const struct judged *j = s->judged;

	return db_run(id->inv->db, &query_identify_say,
		DB_VALUES(db_int(id->realm), db_text(dossier_unit_name(id->unit)),
			db_text(s->system), db_text(s->pack), db_int(s->eval_id),
			db_text(s->version), db_text(s->pack_sha256), db_text(s->outcome),
			db_int(j->score), db_text(j->missing), db_text(j->verdicts),
			db_text(j->degrees), db_text(j->dues),
			db_text(j->inputs), db_text(j->inputs_sha256),
			db_text(j->explanation_sha256), db_bytes(s->basis, sizeof(s->basis)),
			db_int(s->notable), db_int(s->measured),
			s->until_day < 0 ? db_null() : db_int(s->until_day)),
		NULL, reterr);
}

static void copy_judged(struct db_copy *copy, const struct said *s)
{
	const struct judged *j = s->judged;

	db_copy_int4(copy, j ? j->score : 0);
	db_copy_text(copy, j ? j->missing : NULL);
	db_copy_text(copy, j ? j->verdicts : NULL);
	db_copy_text(copy, j ? j->degrees : NULL);
	db_copy_text(copy, j ? j->dues : NULL);
	db_copy_text(copy, j ? j->inputs : NULL);
	db_copy_text(copy, j ? j->inputs_sha256 : NULL);
	db_copy_text(copy, j ? j->explanation_sha256 : NULL);
}

static int say(struct identification *id, const struct said *s, struct error *reterr)
{
	struct db_copy *copy = id->copy;

	if (!id->writes)
		return 0;
	if (s->judged)
		id->result.written++;
	if (s->judged && s->judged->n_inputs + strlen(s->judged->missing) +
		strlen(s->judged->verdicts) + strlen(s->judged->dues) > COPY_INPUTS_MAX)
		return say_large(id, s, reterr);
	db_copy_row(copy, 21);
	db_copy_int4(copy, (int32_t)id->realm);
	db_copy_text(copy, dossier_unit_name(id->unit));
	db_copy_text(copy, s->system);
	db_copy_text(copy, s->pack);
	db_copy_int8(copy, s->eval_id);
	db_copy_text(copy, s->version);
	db_copy_text(copy, s->pack_sha256);
	db_copy_text(copy, s->outcome);
	copy_judged(copy, s);
	db_copy_bytes(copy, s->basis, sizeof(s->basis));
	db_copy_bool(copy, s->notable);
	db_copy_bool(copy, s->silent);
	db_copy_bool(copy, s->measured);
	if (s->until_day < 0)
		db_copy_null(copy);
	else
		db_copy_int4(copy, (int32_t)s->until_day);
	return db_copy_end_row(copy, reterr);
}

static void unhex(const char *text, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned int byte = 0;

		sscanf(text + 2 * i, "%2x", &byte);
		out[i] = (uint8_t)byte;
	}
}

/* A row as it stands, so that one thing of it may be said otherwise. */
static struct said as_it_stands(const struct db_result *rows, size_t i)
{
	struct said s = {.system = db_get_text(rows, i, SYSTEM),
		.pack = db_get_text(rows, i, PACK),
		.outcome = db_get_text(rows, i, OUTCOME),
		.eval_id = db_get_int(rows, i, EVAL),
		.until_day = db_get_int(rows, i, UNTIL),
		.notable = db_get_bool(rows, i, NOTABLE),
		.silent = db_get_bool(rows, i, SILENT),
		.measured = db_get_bool(rows, i, MEASURED)};

	unhex(db_get_text(rows, i, BASIS), s.basis, sizeof(s.basis));
	return s;
}

static int fall_silent(struct identification *id, size_t i, struct error *reterr)
{
	struct said s = as_it_stands(id->standing.rows, i);

	if (s.silent)
		return 0;
	s.silent = true;
	return say(id, &s, reterr);
}

/* ---- the walk ---------------------------------------------------------------------------- */

/* Steps to what stands of a subject and pack; what is passed has nobody who speaks about it. */
static int step_to(struct identification *id, const char *subject, const char *pack,
	ssize_t *ret_row, struct error *reterr)
{
	for (;;) {
		ssize_t row;
		int order, r = look(id, &row, reterr);

		*ret_row = -1;
		if (r < 0 || row < 0)
			return r;
		order = strcmp(db_get_text(id->standing.rows, (size_t)row, SYSTEM), subject);
		if (order == 0)
			order = strcmp(db_get_text(id->standing.rows, (size_t)row, PACK), pack);
		if (order > 0)
			return 0;
		id->standing.at++;
		if (order == 0) {
			*ret_row = row;
			return 0;
		}
		r = fall_silent(id, (size_t)row, reterr);
		if (r < 0)
			return r;
	}
}

static void make_basis(const char *version, const char *pack_sha256, const char *inputs_sha256,
	uint8_t out[IDENTIFY_BASIS_SIZE])
{
	char text[32 + 2 * DIGEST_HEX_SIZE + 8];
	uint8_t digest[DIGEST_SIZE];
	int n = snprintf(text, sizeof(text), "%s %s %s", version, pack_sha256, inputs_sha256);

	digest_sha256(text, (size_t)n, digest);
	memcpy(out, digest, IDENTIFY_BASIS_SIZE);
}

static int new_number(struct identification *id, int64_t *ret, struct error *reterr)
{
	int r = 0;

	*ret = 0;
	if (!id->writes)
		return 0;
	if (!id->numbers || id->next_number == db_rows(id->numbers)) {
		db_result_free(id->numbers);
		id->numbers = NULL;
		id->next_number = 0;
		r = db_run(id->inv->db, &query_identify_numbers, DB_VALUES(db_int(NUMBERS)),
			&id->numbers, reterr);
	}
	if (r == 0)
		*ret = db_get_int(id->numbers, id->next_number++, 0);
	return r;
}

static bool same(const struct said *a, const struct said *b)
{
	return a->notable == b->notable && a->silent == b->silent &&
	       a->measured == b->measured && a->until_day == b->until_day &&
	       strcmp(a->outcome, b->outcome) == 0;
}

/* Brings what stands to what is said. */
static int keep(struct identification *id, struct said *s, ssize_t row,
	const struct judged *judged, struct error *reterr)
{
	struct said held = {0};
	int r;

	if (row >= 0)
		held = as_it_stands(id->standing.rows, (size_t)row);
	if (s->silent)
		return row >= 0 ? fall_silent(id, (size_t)row, reterr) : 0;
	if (row >= 0 && memcmp(held.basis, s->basis, sizeof(s->basis)) == 0) {
		s->eval_id = held.eval_id;
		return same(&held, s) ? 0 : say(id, s, reterr);
	}
	r = new_number(id, &s->eval_id, reterr);
	s->judged = judged;
	return r < 0 ? r : say(id, s, reterr);
}

static int hand_out(struct identification *id, const char *name, const struct said *s,
	const struct judged *judged)
{
	const struct proposal_row row = {.eval_id = s->eval_id, .system_id = s->system,
		.system = name, .pack = s->pack, .version = s->version, .outcome = s->outcome,
		.score = judged->score, .reasons = judged->reasons,
		.n_reasons = judged->n_reasons, .missing = judged->missing,
		.unit = dossier_unit_name(id->unit), .is_new = s->judged != NULL,
		.is_notable = s->notable};

	return id->row ? id->row(id->context, &row) : 0;
}

static int count_subject(struct identification *id, const char *subject)
{
	const struct identify_request *request = id->request;

	if (id->last && strcmp(id->last, subject) == 0)
		return 0;
	str_reset(&id->last_text);
	str_adds(&id->last_text, subject);
	id->last = id->last_text.data;
	id->result.judged++;
	return request->progress ?
		request->progress(request->context, id->result.judged, id->result.chosen) : 0;
}

int identify_keep(void *context, const char *subject, const char *name, bool measured,
	const struct judged *judged, struct error *reterr)
{
	struct identification *id = context;
	struct said s = {.system = subject, .pack = db_get_text(id->packs, judged->pack, 0),
		.version = db_get_text(id->packs, judged->pack, 1),
		.pack_sha256 = db_get_text(id->packs, judged->pack, 2),
		.outcome = judged->outcome, .notable = judged->notable,
		.silent = judged->silent, .measured = measured,
		.until_day = judged->until_day == JUDGE_NO_DAY ? -1 : judged->until_day};
	ssize_t row = -1;
	int r = count_subject(id, subject);

	if (r == 0 && id->request->pack && strcmp(s.pack, id->request->pack) != 0)
		return 0; /* it was heard because it may speak in that one's place */
	if (r == 0)
		r = step_to(id, subject, s.pack, &row, reterr);
	if (r < 0)
		return r;
	make_basis(s.version, s.pack_sha256, judged->inputs_sha256, s.basis);
	r = keep(id, &s, row, judged, reterr);
	if (r < 0 || s.silent)
		return r;
	id->result.proposals++;
	return hand_out(id, name, &s, judged);
}

int identify_keep_rest(struct identification *id, struct error *reterr)
{
	ssize_t row = 0;
	int r = 0;

	while (r == 0 && row >= 0) {
		r = look(id, &row, reterr);
		if (r == 0 && row >= 0) {
			id->standing.at++;
			r = fall_silent(id, (size_t)row, reterr);
		}
	}
	db_result_free(id->standing.rows);
	id->standing = (struct identify_standing){0};
	return r;
}

/* ---- beginning and end ------------------------------------------------------------------- */

int identify_keep_begin(struct identification *id)
{
	id->last_text = STR_INIT(4096);
	return id->writes ? db_copy_new(id->inv->db, &query_identify_copy_said, &id->copy,
		id->reterr) : 0;
}

int identify_keep_end(struct identification *id, struct error *reterr)
{
	int r;

	if (!id->writes)
		return 0;
	r = db_copy_flush(id->copy, reterr);
	if (r == 0)
		r = db_run(id->inv->db, &query_identify_store, DB_NO_VALUES, NULL, reterr);
	return r < 0 ? r :
		db_run(id->inv->db, &query_identify_stand, DB_NO_VALUES, NULL, reterr);
}

void identify_keep_done(struct identification *id)
{
	db_copy_free(id->copy);
	db_result_free(id->numbers);
	db_result_free(id->standing.rows);
	str_done(&id->last_text);
}
