/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing all assets of a realm: intake compares only what a bundle concerns, so what became
 * comparable otherwise (a rule changed, a decision was taken back, keys were learnt one after
 * the other) is found here. The same judgement as intake's, over what the register holds, of
 * addresses and of stations that have none, which are known by their MAC. Cheap:
 * only assets that have a key in common with another one, or a shared key and several
 * addresses, are looked at.
 */
#include "inventory/history/file.h"
#include "inventory/identity/decide.h"
#include "inventory/nodes/nodes.h"
#include "inventory/scope/trail.h"

#include "common/clock.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>

#define BATCH_BASE (-4841ll) /* batches of bundles are positive */

struct match {
	struct inventory *inv;
	const struct match_options *options;
	const char *realm;
	struct filing filing;
	struct intake_result result;
	uint64_t decisions;
};

static void tell(const struct match *match, const char *what, uint64_t n)
{
	if (match->options->progress)
		match->options->progress(match->options->context, what, match->realm, n);
}

static int stage(struct match *match, uint64_t *ret_staged, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *done = NULL;
	const struct filing *f = &match->filing;
	int r = db_run(match->inv->db, &query_match_stage_endpoints,
		DB_VALUES(db_int(f->batch), db_int(f->realm)), &done, reterr);

	if (r < 0)
		return r;
	*ret_staged = db_affected(done);
	tell(match, "addresses compared:", *ret_staged);
	r = db_run(match->inv->db, &query_match_own,
		DB_VALUES(db_int(f->batch), db_int(f->realm)), NULL, reterr);
	if (r == 0)
		r = db_run(match->inv->db, &query_match_stage_keys, DB_VALUES(db_int(f->batch)),
			NULL, reterr);
	return r;
}

static int add_run(struct match *match, struct error *reterr)
{
	int64_t now = clock_wall_us();
	char bundle[64];
	int r = nodes_next_run(match->inv, &match->filing.run, reterr);

	if (r < 0)
		return r;
	snprintf(bundle, sizeof(bundle), "match %" PRId64, match->filing.run);
	return db_run(match->inv->db, &query_run_add,
		DB_VALUES(db_int(match->filing.run), db_text(bundle),
			db_int(match->filing.realm), db_text(match->filing.vantage),
			db_text("cadastre"), db_text("assets compared with each other"),
			db_time(now), db_time(now), db_text("complete")),
		NULL, reterr);
}

static int file(struct match *match, struct error *reterr)
{
	struct db *db = match->inv->db;
	const struct filing *f = &match->filing;
	struct identity_counts counts = {0};
	int r = add_run(match, reterr);

	if (r == 0)
		r = identity_decide(db, f->batch, f->realm, true, &counts, reterr);
	if (r == 0)
		r = db_run(db, &query_match_settle, DB_VALUES(db_int(f->batch)), NULL, reterr);
	tell(match, "assets joined or taken apart:", counts.merges + counts.splits);
	if (r == 0 && counts.splits)
		r = db_run(db, &query_match_assets, DB_VALUES(db_int(f->batch), db_int(f->run)),
			NULL, reterr);
	if (r == 0 && counts.merges + counts.splits)
		r = history_merge(db, f, &match->result, reterr);
	if (r == 0)
		r = db_run(
			db, &query_intake_key_told, DB_VALUES(db_int(f->batch)), NULL, reterr);
	if (r == 0)
		r = identity_file_decisions(db, f->batch, f->run, f->realm,
			IDENTITY_ALL, &match->result.facts_written, reterr);
	if (r == 0 && match->result.facts_written)
		r = history_sum_up(db, f, &match->result, reterr);
	if (r == 0)
		r = db_run(db, &query_run_finish,
			DB_VALUES(db_int(f->run), db_int(0), db_int(0), db_int(0),
				db_int(0), db_int(0), db_int(0), db_int(0), db_int(0),
				db_int(0), db_int((int64_t)match->result.facts_written)),
			NULL, reterr);
	return r;
}

/* What was decided, from the rows that stand for it. */
static int list(struct match *match, uint64_t *ret_rows, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(match->inv->db, &query_match_list,
		DB_VALUES(db_int(match->filing.run)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		const struct match_row row = {.realm = match->realm,
			.kind = db_get_text(rows, i, 1),
			.asset_id = (uint64_t)db_get_int(rows, i, 2),
			.asset = db_get_text(rows, i, 3),
			.other_id = (uint64_t)db_get_int(rows, i, 4),
			.other = db_get_text(rows, i, 5),
			.keys = db_get_text(rows, i, 6),
			.score = (int)db_get_int(rows, i, 7),
			.reason = db_get_text(rows, i, 8)};

		if (match->options->row)
			r = match->options->row(match->options->context, &row);
	}
	*ret_rows = r == 0 ? db_rows(rows) : 0;
	return r;
}

static int add_trail(struct match *match, uint64_t decisions, struct error *reterr)
{
	char object[64], detail[320];

	snprintf(object, sizeof(object), "run %" PRId64, match->filing.run);
	snprintf(detail, sizeof(detail), "realm %.200s: %" PRIu64 " decisions on identity",
		match->realm, decisions);
	return trail_add(match->inv, "asset.match", object, detail, reterr);
}

static int compare(struct match *match, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = match->inv->db;
	uint64_t staged = 0, decisions = 0;
	int r = db_begin(transaction, reterr);

	if (r == 0)
		r = db_run(transaction, &query_intake_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = stage(match, &staged, reterr);
	if (r < 0 || !staged)
		return r;
	r = file(match, reterr);
	if (r == 0)
		r = list(match, &decisions, reterr);
	if (r < 0)
		return r;
	match->decisions += decisions;
	if (match->options->dry_run || !decisions)
		return 0;
	r = db_run(transaction, &query_match_clear, DB_VALUES(db_int(match->filing.batch)),
		NULL, reterr);
	if (r == 0)
		r = add_trail(match, decisions, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

/* Staging is locked for the session, as it is for a bundle, so that nobody clears it
 * meanwhile. */
static int compare_realm(struct match *match, struct error *reterr)
{
	int r = db_run(match->inv->db, &query_intake_stage_open,
		DB_VALUES(db_int(match->filing.batch)), NULL, reterr);

	if (r < 0)
		return r;
	r = compare(match, reterr);
	db_run(match->inv->db, &query_intake_stage_close, DB_NO_VALUES, NULL,
		r < 0 ? NULL : reterr);
	return r;
}

int inventory_asset_match(struct inventory *inv, const struct match_options *options,
	uint64_t *ret_decisions, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *realms = NULL;
	const char *wanted = options->realm ? options->realm : "";
	uint64_t decisions = 0;
	int r = nodes_refuse(inv, "comparing assets with each other", reterr);

	if (r == 0)
		r = db_run(inv->db, &query_match_realms, DB_VALUES(db_text(wanted)), &realms,
			reterr);
	if (r == 0 && *wanted && !db_rows(realms))
		return error_set(reterr, ERROR_INPUT, "there is no realm \"%.127s\"", wanted);
	for (size_t i = 0; r == 0 && i < db_rows(realms); i++) {
		int64_t realm = db_get_int(realms, i, 0);
		struct match match = {.inv = inv,
			.options = options,
			.realm = db_get_text(realms, i, 1),
			.filing = {.batch = BATCH_BASE - realm,
				.realm = realm,
				.vantage = "internal"}};

		r = compare_realm(&match, reterr);
		decisions += match.decisions;
	}
	if (r == 0)
		*ret_decisions = decisions;
	return r;
}
