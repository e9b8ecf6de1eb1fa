/* SPDX-License-Identifier: Apache-2.0 */
/* The list: as it was valid at one time and known at another, an entry's history, and
 * counts. Reads only. */
#include "common/clock.h"
#include "inventory/inventory.h"
#include "inventory/questions/moment.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <string.h>

/* What the filter asks, with the register of that time. */
static int enter(struct inventory *inv, const struct designation_filter *filter,
	int64_t *ret_valid, struct db **ret_then, struct error *reterr)
{
	struct moment moment = {.as_of_us = filter->as_of_us, .known_us = filter->known_us};

	*ret_valid = filter->as_of_us ? filter->as_of_us
		: filter->known_us    ? filter->known_us : clock_wall_us();
	return moment_enter_unless_now(inv->db, &moment, ret_then, reterr);
}

static struct db_value known(const struct designation_filter *filter)
{
	return filter->known_us ? db_time(filter->known_us) : db_null();
}

static struct designation_row designation_of(const struct db_result *rows, size_t i)
{
	return (struct designation_row){.id = db_get_int(rows, i, 0),
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
		.realm = db_get_text(rows, i, 14),
		.eval_id = db_get_int(rows, i, 15),
		.boundary = db_get_int(rows, i, 16),
		.authority = db_get_text(rows, i, 17),
		.decided = db_get_text(rows, i, 18),
		.words = db_get_text(rows, i, 19),
		.pack_sha256 = db_get_text(rows, i, 20),
		.pack_title = db_get_text(rows, i, 21),
		.pack_authority = db_get_text(rows, i, 22),
		.organisation = db_get_text(rows, i, 23),
		.organisation_name = db_get_text(rows, i, 24),
		.credit_code = db_get_text(rows, i, 25),
		.division = db_get_text(rows, i, 26),
		.sector = db_get_text(rows, i, 27),
		.class = db_get_text(rows, i, 28),
		.kind = db_get_text(rows, i, 29),
		.tier = (int)db_get_int(rows, i, 30),
		.notice = db_get_text(rows, i, 31),
		.report = db_get_text(rows, i, 32)};
}

int inventory_designation_list(struct inventory *inv, const struct designation_filter *filter,
	int (*row)(void *context, const struct designation_row *designation), void *context,
	struct error *reterr)
{
	_cleanup_(moment_leavep) struct db *then = NULL;
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int64_t valid;
	int r = enter(inv, filter, &valid, &then, reterr);

	if (r == 0)
		r = db_run(inv->db, &query_designation_list,
			DB_VALUES(db_time(valid), known(filter),
				db_text(filter->outcome ? filter->outcome : "cii")),
			&rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct designation_row designation = designation_of(rows, i);

		r = row(context, &designation);
	}
	return r;
}

int inventory_designation_show(struct inventory *inv, const char *which,
	int (*row)(void *context, const struct designation_version *version), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(
		inv->db, &query_designation_show, DB_VALUES(db_text(which)), &rows, reterr);

	if (r == 0 && db_rows(rows) == 0)
		return error_set(reterr, ERROR_INPUT,
			"nothing was decided on \"%.100s\": neither an entry of the list nor a "
			"system that was decided on has that name", which);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct designation_version version = {.id = db_get_int(rows, i, 0),
			.realm = db_get_text(rows, i, 1),
			.system = db_get_text(rows, i, 2),
			.outcome = db_get_text(rows, i, 3),
			.list_no = db_get_text(rows, i, 4),
			.reason = db_get_text(rows, i, 5),
			.words = db_get_text(rows, i, 6),
			.decision_no = db_get_text(rows, i, 7),
			.decided = db_get_text(rows, i, 8),
			.official = db_get_text(rows, i, 9),
			.authority = db_get_text(rows, i, 10),
			.eval_id = db_get_int(rows, i, 11),
			.proposed = db_get_text(rows, i, 12),
			.score = (int)db_get_int(rows, i, 13),
			.missing = db_get_text(rows, i, 14),
			.pack = db_get_text(rows, i, 15),
			.version = db_get_text(rows, i, 16),
			.pack_sha256 = db_get_text(rows, i, 17),
			.evidence = db_get_text(rows, i, 18),
			.boundary = db_get_int(rows, i, 19),
			.valid_from_us = db_get_int(rows, i, 20),
			.valid_until_us = db_get_int(rows, i, 21),
			.recorded_us = db_get_int(rows, i, 22),
			.notices = db_get_text(rows, i, 23)};

		r = row(context, &version);
	}
	return r;
}

int inventory_designation_statistics(struct inventory *inv, const char *by,
	const struct designation_filter *filter,
	int (*row)(void *context, const struct designation_counts *counts), void *context,
	struct error *reterr)
{
	static const char *const groups[] = {
		"sector", "region", "operator", "class", "outcome"};
	_cleanup_(moment_leavep) struct db *then = NULL;
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int64_t valid;
	bool is_known = false;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		is_known |= strcmp(by, groups[i]) == 0;
	if (!is_known)
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is nothing to count by; there are "
			"sector, region, operator, class and outcome",
			by);
	r = enter(inv, filter, &valid, &then, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_designation_statistics,
			DB_VALUES(db_text(by), db_time(valid), known(filter)), &rows, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct designation_counts counts = {.group = db_get_text(rows, i, 0),
			.name = db_get_text(rows, i, 1),
			.realm = db_get_text(rows, i, 11), .systems = db_get_int(rows, i, 2),
			.entries = db_get_int(rows, i, 3), .declined = db_get_int(rows, i, 4),
			.withdrawn = db_get_int(rows, i, 5), .proposed = db_get_int(rows, i, 6),
			.review = db_get_int(rows, i, 7), .undecided = db_get_int(rows, i, 8),
			.unregistered = db_get_int(rows, i, 9),
			.overdue = db_get_int(rows, i, 10)};

		r = row(context, &counts);
	}
	return r;
}
