/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about runs: which there were, what they looked at and what their producers
 * counted. */
#include "inventory/inventory.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

int inventory_run_list(struct inventory *inv, const char *realm, int64_t id,
	int (*row)(void *context, const struct run_row *run), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_run_list,
		DB_VALUES(db_text(realm), id ? db_int(id) : db_null()), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct run_row run = {
			.id = db_get_int(rows, i, 0),
			.realm = db_get_text(rows, i, 1),
			.vantage = db_get_text(rows, i, 2),
			.tool = db_get_text(rows, i, 3),
			.plan = db_get_text(rows, i, 4),
			.outcome = db_get_text(rows, i, 5),
			.bundle = db_get_text(rows, i, 6),
			.started_us = db_get_int(rows, i, 7),
			.ended_us = db_get_int(rows, i, 8),
			.filed_us = db_get_int(rows, i, 9),
			.taken = db_get_int(rows, i, 10),
			.refused_scope = db_get_int(rows, i, 11),
			.refused_invalid = db_get_int(rows, i, 12),
			.assets_new = db_get_int(rows, i, 13),
			.assets_seen = db_get_int(rows, i, 14),
			.assets_quiet = db_get_int(rows, i, 15),
			.services_new = db_get_int(rows, i, 16),
			.services_changed = db_get_int(rows, i, 17),
			.services_gone = db_get_int(rows, i, 18),
			.facts_written = db_get_int(rows, i, 19),
			.late = db_get_bool(rows, i, 20),
		};

		r = row(context, &run);
	}
	return r;
}

int inventory_run_show(struct inventory *inv, int64_t id,
	int (*row)(void *context, const struct run_detail *detail), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_run_show, DB_VALUES(db_int(id)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct run_detail detail = {db_get_text(rows, i, 0), db_get_text(rows, i, 1),
			db_get_text(rows, i, 2)};

		r = row(context, &detail);
	}
	return r;
}
