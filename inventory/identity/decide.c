/* SPDX-License-Identifier: Apache-2.0 */
/* Staging what identity.h decided; see decide.h. */
#include "inventory/identity/decide.h"

#include "inventory/identity/load.h"
#include "inventory/store/queries.h"

#include <string.h>

/* ---- answers ------------------------------------------------------------------------ */

/* Why is told only of what is filed anew. */
static void put_answer(struct db_copy *copy, int64_t batch, const struct db_result *endpoints,
	size_t i, const struct identity_answer *answer)
{
	bool same =
		db_get_bool(endpoints, i, 6) && answer->asset == db_get_int(endpoints, i, 4);
	struct mac mac = {0};
	struct addr addr;

	db_get_addr(endpoints, i, 0, &addr);
	if (!db_is_null(endpoints, i, 1))
		mac_parse(db_get_text(endpoints, i, 1), &mac, NULL);
	db_copy_row(copy, 11);
	db_copy_int8(copy, batch);
	db_copy_addr(copy, &addr);
	db_copy_int8(copy, answer->asset);
	db_copy_bool(copy, answer->is_new);
	db_copy_text(copy, same ? "" : answer->reason);
	db_copy_mac(copy, &mac);
	db_copy_bool(copy, db_get_bool(endpoints, i, 2));
	db_copy_text(copy, db_get_text(endpoints, i, 3));
	db_copy_bool(copy, same);
	db_copy_bool(copy, db_get_bool(endpoints, i, 7));
	if (db_is_null(endpoints, i, 8))
		db_copy_null(copy);
	else
		db_copy_int8(copy, db_get_int(endpoints, i, 8));
}

static int stage_answers(struct db *db, const struct identity *identity, int64_t batch,
	const struct db_result *endpoints, struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	int r = db_copy_new(db, &query_intake_copy_identity, &copy, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(endpoints); i++) {
		struct identity_answer answer = identity_answer(identity, (uint32_t)i);

		put_answer(copy, batch, endpoints, i, &answer);
		r = db_copy_end_row(copy, reterr);
		counts->moved += db_get_int(endpoints, i, 4) != 0 &&
				 db_get_int(endpoints, i, 4) != answer.asset;
		counts->addresses++;
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int stage_merges(struct db *db, const struct identity *identity, int64_t batch,
	struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	const struct identity_merge *merges;
	size_t n = identity_merges(identity, &merges);
	int r = db_copy_new(db, &query_intake_copy_merge, &copy, reterr);

	for (size_t i = 0; r == 0 && i < n; i++) {
		db_copy_row(copy, 4);
		db_copy_int8(copy, batch);
		db_copy_int8(copy, merges[i].asset);
		db_copy_int8(copy, merges[i].into);
		db_copy_text(copy, merges[i].reason);
		r = db_copy_end_row(copy, reterr);
	}
	counts->merges = n;
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int stage_shared(struct db *db, const struct identity *identity, int64_t batch,
	struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	struct identity_shared shared;
	uint32_t at = 0;
	int r = db_copy_new(db, &query_intake_copy_shared, &copy, reterr);

	while (r == 0 && identity_shared_next(identity, &at, &shared)) {
		db_copy_row(copy, 4);
		db_copy_int8(copy, batch);
		db_copy_text(copy, shared.type);
		db_copy_text(copy, shared.value);
		db_copy_text(copy, shared.reason);
		r = db_copy_end_row(copy, reterr);
		counts->shared++;
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int stage_splits(struct db *db, const struct identity *identity, int64_t batch,
	struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	const struct identity_split *splits;
	size_t n = identity_splits(identity, &splits);
	int r = db_copy_new(db, &query_intake_copy_split, &copy, reterr);

	for (size_t i = 0; r == 0 && i < n; i++) {
		db_copy_row(copy, 7);
		db_copy_int8(copy, batch);
		db_copy_int8(copy, splits[i].asset);
		db_copy_addr(copy, &splits[i].addr);
		db_copy_int8(copy, splits[i].into);
		db_copy_bool(copy, splits[i].is_new);
		db_copy_text(copy, splits[i].keys);
		db_copy_text(copy, splits[i].reason);
		r = db_copy_end_row(copy, reterr);
	}
	counts->splits = n;
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int stage_notes(struct db *db, const struct identity *identity, int64_t batch,
	const struct db_result *endpoints, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	int r = db_copy_new(db, &query_intake_copy_note, &copy, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(endpoints); i++) {
		struct identity_answer answer = identity_answer(identity, (uint32_t)i);
		struct addr addr;

		if (!answer.note)
			continue;
		db_get_addr(endpoints, i, 0, &addr);
		db_copy_row(copy, 5);
		db_copy_int8(copy, batch);
		db_copy_int8(copy, answer.asset);
		db_copy_addr(copy, &addr);
		db_copy_text(copy, strcmp(answer.note, "answered for") == 0
					   ? "address.proxied"
					   : "address.service");
		db_copy_text(copy, answer.noted);
		r = db_copy_end_row(copy, reterr);
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

struct decision {
	const char *kind;
	int64_t asset, other;
	const char *keys, *reason;
	int score;
};

static int put_decision(struct db_copy *copy, int64_t batch, const struct decision *decision,
	struct error *reterr)
{
	db_copy_row(copy, 7);
	db_copy_int8(copy, batch);
	db_copy_text(copy, decision->kind);
	db_copy_int8(copy, decision->asset);
	if (decision->other)
		db_copy_int8(copy, decision->other);
	else
		db_copy_null(copy);
	db_copy_text(copy, decision->keys);
	db_copy_int4(copy, decision->score);
	db_copy_text(copy, decision->reason);
	return db_copy_end_row(copy, reterr);
}

static int stage_decisions(struct db *db, const struct identity *identity, int64_t batch,
	struct identity_counts *counts, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	const struct identity_merge *merges;
	const struct identity_split *splits;
	const struct identity_advice *advice;
	size_t n = identity_merges(identity, &merges);
	int r = db_copy_new(db, &query_intake_copy_decision, &copy, reterr);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_decision(copy, batch,
			&(struct decision){"merge", merges[i].asset, merges[i].into,
				merges[i].keys, merges[i].reason, merges[i].score},
			reterr);
	n = identity_splits(identity, &splits);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = put_decision(copy, batch,
			&(struct decision){"split", splits[i].asset, splits[i].into,
				splits[i].keys, splits[i].reason, 0},
			reterr);
	n = identity_advice(identity, &advice);
	for (size_t i = 0; r == 0 && i < n; i++) {
		counts->conflicts += advice[i].is_conflict;
		counts->proposals += !advice[i].is_conflict;
		r = put_decision(copy, batch,
			&(struct decision){advice[i].is_conflict ? "conflict" : "proposal",
				advice[i].asset, advice[i].other, advice[i].keys,
				advice[i].reason, advice[i].score},
			reterr);
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int resolve(struct db *db, struct identity *identity, struct identity_counts *counts,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *last = NULL;
	int64_t counter, first;
	int r = db_run(db, &query_intake_counter, DB_NO_VALUES, &last, reterr);

	if (r < 0)
		return r;
	if (db_rows(last) != 1)
		return error_set(reterr, ERROR_DATABASE, "the asset counter is missing");
	first = counter = db_get_int(last, 0, 0);
	if (!identity_resolve(identity, &counter))
		return identity_no_memory(reterr);
	counts->assets_new = (uint64_t)(counter - first);
	return db_run(db, &query_intake_counter_set, DB_VALUES(db_int(counter)), NULL, reterr);
}

int identity_decide(struct db *db, int64_t batch, int64_t realm, bool compare_only,
	struct identity_counts *ret_counts, struct error *reterr)
{
	_cleanup_(identity_freep) struct identity *identity = identity_new();
	_cleanup_(db_result_freep) struct db_result *endpoints = NULL;
	struct identity_counts counts = {0};
	int r;

	if (!identity)
		return identity_no_memory(reterr);
	if (compare_only)
		identity_compare_only(identity);
	r = db_run(db, &query_intake_uuid_forms, DB_VALUES(db_int(batch)), NULL, reterr);
	if (r == 0)
		r = identity_load(
			db, identity, batch, realm, &endpoints, &counts.all_met, reterr);
	if (r == 0)
		r = resolve(db, identity, &counts, reterr);
	if (r == 0)
		r = stage_answers(db, identity, batch, endpoints, &counts, reterr);
	if (r == 0)
		r = stage_merges(db, identity, batch, &counts, reterr);
	if (r == 0)
		r = stage_splits(db, identity, batch, &counts, reterr);
	if (r == 0)
		r = stage_shared(db, identity, batch, &counts, reterr);
	if (r == 0)
		r = stage_notes(db, identity, batch, endpoints, reterr);
	if (r == 0)
		r = stage_decisions(db, identity, batch, &counts, reterr);
	if (r == 0)
		*ret_counts = counts;
	return r;
}
