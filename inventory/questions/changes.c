/* SPDX-License-Identifier: Apache-2.0 */
/* What appeared, went and changed between runs: read from the history of the facts. */
#include "inventory/inventory.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

/* The years 1970 to 9999: what the database can reckon with. */
#define TIME_MIN INT64_C(0)
#define TIME_MAX INT64_C(253402300799000000)

static int64_t within(int64_t us)
{
	return us < TIME_MIN ? TIME_MIN : us > TIME_MAX ? TIME_MAX : us;
}

int inventory_changes(struct inventory *inv, int64_t since_us, int64_t until_us,
	int64_t run_id, int (*row)(void *context, const struct change_row *change),
	void *context, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_changes_list,
		DB_VALUES(db_int(within(since_us)), db_int(within(until_us)),
			run_id ? db_int(run_id) : db_null()),
		&rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct change_row change = {
			.time_us = db_get_int(rows, i, 0),
			.run_id = db_get_int(rows, i, 1),
			.kind = db_get_text(rows, i, 2),
			.asset_id = (uint64_t)db_get_int(rows, i, 3),
			.asset = db_get_text(rows, i, 4),
			.subject = db_get_text(rows, i, 5),
			.before = db_get_text(rows, i, 6),
			.after = db_get_text(rows, i, 7),
		};

		r = row(context, &change);
	}
	return r;
}
