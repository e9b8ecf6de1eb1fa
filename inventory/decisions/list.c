/* SPDX-License-Identifier: Apache-2.0 */
/* The decisions as they stand, and what a person should look at. Reads only. */
#include "inventory/inventory.h"
#include "inventory/questions/find.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

static struct decision_row decision_of(const struct db_result *rows, size_t i)
{
	return (struct decision_row){
		.id = db_get_int(rows, i, 0),
		.decided_us = db_get_int(rows, i, 1),
		.kind = db_get_text(rows, i, 2),
		.asset_id = (uint64_t)db_get_int(rows, i, 3),
		.asset = db_get_text(rows, i, 4),
		.other_id = (uint64_t)db_get_int(rows, i, 5),
		.other = db_get_text(rows, i, 6),
		.verdict = db_get_text(rows, i, 7),
		.author = db_get_text(rows, i, 8),
		.reason = db_get_text(rows, i, 9),
		.keys = db_get_text(rows, i, 10),
		.run_id = db_get_int(rows, i, 11),
		.undoes = db_get_int(rows, i, 12),
		.undone_us = db_get_int(rows, i, 13),
		.undone_by = db_get_text(rows, i, 14),
		.undone_reason = db_get_text(rows, i, 15),
		.realm = db_get_text(rows, i, 16),
	};
}

int inventory_decisions(struct inventory *inv, const char *realm, const char *which,
	int (*row)(void *context, const struct decision_row *decision), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int64_t id = 0;
	int r = which ? asset_named(inv, which, &id, reterr) : 0;

	if (r != 0)
		return r;
	r = db_run(inv->db, &query_decision_list,
		DB_VALUES(which ? db_int(id) : db_null(), db_text(realm)), &rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct decision_row decision = decision_of(rows, i);

		r = row(context, &decision);
	}
	return r;
}

int inventory_review(struct inventory *inv, const struct review_filter *filter,
	int (*row)(void *context, const struct review_row *review), void *context,
	struct error *reterr)
{
	static const struct review_filter any;
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r;

	filter = filter ? filter : &any;
	r = db_run(inv->db, &query_review_list,
		DB_VALUES(
			db_text(filter->realm), db_text(filter->kind), db_text(filter->system)),
		&rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct review_row review = {
			.kind = db_get_text(rows, i, 0),
			.asset_id = (uint64_t)db_get_int(rows, i, 1),
			.asset = db_get_text(rows, i, 2),
			.realm = db_get_text(rows, i, 3),
			.system = db_get_text(rows, i, 4),
			.subject = db_get_text(rows, i, 5),
			.detail = db_get_text(rows, i, 6),
			.since_us = db_get_int(rows, i, 7),
		};

		r = row(context, &review);
	}
	return r;
}
