/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What appeared, went and changed between two moments, or against a baseline: read from the
 * history of the facts.
 */
#include "inventory/questions/assets.h"
#include "inventory/questions/baseline.h"
#include "inventory/questions/diff.h"
#include "inventory/questions/moment.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <string.h>

#define RUNS_TEXT_MAX (32u << 20) /* ids of runs between commas */
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

/* Those and what they were merged into. */
static int find_meant(struct db *db, const struct change_filter *filter, bool *ret_all,
	struct id_list *ret, struct error *reterr)
{
	_cleanup_(str_done) struct str array = STR_INIT(ID_LIST_TEXT_MAX(SELECT_IDS_MAX));
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = find_assets(db, filter, &array, ret_all, reterr);

	if (r < 0 || *ret_all)
		return r;
	r = db_run(db, &query_changes_meant, DB_VALUES(db_text(array.data)), &rows, reterr);
	if (r < 0)
		return r;
	ret->ids = calloc(db_rows(rows) + 1, sizeof(*ret->ids));
	if (!ret->ids)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for %zu assets", db_rows(rows));
	for (ret->n = 0; ret->n < db_rows(rows); ret->n++)
		ret->ids[ret->n] = db_get_int(rows, ret->n, 0);
	return 0;
}

/* Their ids between commas, and each with its time. */
static int read_runs(const struct db_result *rows, struct str *names,
	struct diff_run **ret_runs, struct error *reterr)
{
	struct diff_run *runs = calloc(db_rows(rows) + 1, sizeof(*runs));

	for (size_t i = 0; runs && i < db_rows(rows); i++) {
		runs[i] = (struct diff_run){db_get_int(rows, i, 0), db_get_int(rows, i, 1)};
		str_addf(names, "%s%s", i ? "," : "", db_get_text(rows, i, 0));
	}
	*ret_runs = runs;
	return runs && !names->failed ? 0
				      : error_set(reterr, ERROR_SYSTEM,
						"no memory for %zu runs", db_rows(rows));
}

int inventory_changes(struct inventory *inv, const struct change_filter *filter,
	int (*row)(void *context, const struct change_row *change), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *runs = NULL, *events = NULL;
	_cleanup_(str_done) struct str names = STR_INIT(RUNS_TEXT_MAX);
	_cleanup_(cleanup_freep) struct diff_run *known = NULL;
	_cleanup_(id_list_done) struct id_list meant = {0};
	struct instant from, to;
	bool first, all = true;
	int r = find_ends(inv->db, filter, &first, &from, &to, reterr);
	const struct db_value since = r == 0 && first ? db_time(from.as_of_us) : db_null();
	const struct db_value run = filter->run_id ? db_int(filter->run_id) : db_null();

	if (r == 0)
		r = find_meant(inv->db, filter, &all, &meant, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_changes_runs,
			DB_VALUES(since, db_int(from.run), db_time(to.as_of_us), db_int(to.run),
				run, db_text(filter->realm)),
			&runs, reterr);
	if (r == 0)
		r = read_runs(runs, &names, &known, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_changes_events,
			DB_VALUES(since, db_int(from.run), db_time(to.as_of_us), db_int(to.run),
				run, db_int(filter->net), db_text(filter->realm),
				db_text(names.data)),
			&events, reterr);
	return r < 0 ? r
		     : diff_show(inv->db,
			       &(const struct diff_scope){.runs = known,
				       .n_runs = db_rows(runs),
				       .names = names.data,
				       .net = filter->net,
				       .net_us = to.as_of_us,
				       .meant = all ? NULL : &meant,
				       .events = events},
			       row, context, reterr);
}
