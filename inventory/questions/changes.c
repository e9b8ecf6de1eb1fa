/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What appeared, went and changed between two moments, or against a baseline: read from the history
 * of the facts.
 */
#include "inventory/questions/assets.h"
#include "inventory/questions/baseline.h"
#include "inventory/questions/moment.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <string.h>

#define TIME_MAX INT64_C(253402300799000000) /* the end of the year 9999 */

/* From where to where; *ret_first false: from before everything. */
static int find_ends(struct db *db, const struct change_filter *filter, bool *ret_first,
	struct instant *ret_from, struct instant *ret_to, struct error *reterr)
{
	int r = moment_find(db, &filter->to, ret_to, reterr);

	/* A clock that runs ahead does not hide a run. */
	if (!filter->to.as_of_us && !filter->to.known_us)
		ret_to->as_of_us = TIME_MAX;
	*ret_from = (struct instant){0};
	*ret_first = filter->baseline || filter->from.as_of_us || filter->from.known_us;
	if (r == 0 && filter->baseline)
		return baseline_find(db, filter->baseline, ret_from, reterr);
	return r == 0 && *ret_first ? moment_find(db, &filter->from, ret_from, reterr) : r;
}

/* Those of the expression, and of the baseline's. */
static int find_assets(struct db *db, const struct change_filter *filter, struct str *array,
	bool *ret_all, struct error *reterr)
{
	const struct asset_filter assets = {.where = filter->where, .realm = filter->realm};
	_cleanup_(id_list_done) struct id_list named = {0}, frozen = {0}, meant = {0};
	bool all_named = !filter->where, all_frozen = true;
	int r = 0;

	if (!all_named)
		r = asset_select(db, &assets, &all_named, &named, reterr);
	if (r == 0 && filter->baseline)
		r = baseline_assets(db, filter->baseline, &all_frozen, &frozen, reterr);
	if (r == 0)
		r = id_list_merge(all_named || all_frozen ? MERGE_EITHER : MERGE_BOTH, &named,
			&frozen, &meant, reterr);
	*ret_all = all_named && all_frozen;
	if (r == 0 && !*ret_all)
		id_list_format(meant.ids, meant.n, array);
	return r < 0 || !array->failed
		       ? r
		       : error_set(reterr, ERROR_SYSTEM, "no memory for %zu assets", meant.n);
}

int inventory_changes(struct inventory *inv, const struct change_filter *filter,
	int (*row)(void *context, const struct change_row *change), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL, *runs = NULL;
	_cleanup_(str_done) struct str array = STR_INIT(ID_LIST_TEXT_MAX(SELECT_IDS_MAX));
	struct instant from, to;
	bool first, all;
	int r = find_ends(inv->db, filter, &first, &from, &to, reterr);

	if (r == 0)
		r = find_assets(inv->db, filter, &array, &all, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_changes_runs,
			DB_VALUES(first ? db_time(from.as_of_us) : db_null(), db_int(from.run),
				db_time(to.as_of_us), db_int(to.run),
				filter->run_id ? db_int(filter->run_id) : db_null(),
				db_text(filter->realm)),
			&runs, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_changes_list,
			DB_VALUES(first ? db_time(from.as_of_us) : db_null(), db_int(from.run),
				db_time(to.as_of_us), db_int(to.run),
				filter->run_id ? db_int(filter->run_id) : db_null(),
				db_int(filter->net), db_text(filter->realm),
				db_text(all ? NULL : array.data),
				db_text(db_get_text(runs, 0, 0))),
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
