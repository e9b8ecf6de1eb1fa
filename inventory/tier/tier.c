/* SPDX-License-Identifier: Apache-2.0 */
/* Protection tiers, stated and determined, and what falls due; see tiers.h. Reads only. */
#include "inventory/tiers.h"

#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

const char *tier_verdict_name(enum tier_verdict verdict)
{
	static const char *const names[TIER_VERDICT_N] = {"as stated", "stated higher",
		"parts differ", "stated lower", "not stated", "open", "not judged"};

	return names[verdict];
}

/* ---- the list ---------------------------------------------------------------------------- */

/* "3" is 3; "2-4", which is not known, and "" are -1. */
static int degree(const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);

	return *text && !*end ? (int)number : -1;
}

static bool differs(const char *norm, int stated)
{
	return degree(norm) >= 0 && degree(norm) != stated;
}

static enum tier_verdict verdict_of(const struct tier_row *row)
{
	int norm = degree(row->norm_tier);

	if (!row->norm_tier[0])
		return TIER_NOT_JUDGED;
	if (norm < 0)
		return TIER_OPEN;
	if (!row->tier)
		return norm > 0 ? TIER_NOT_STATED : TIER_AS_STATED;
	if (row->tier != norm)
		return row->tier < norm ? TIER_STATED_LOWER : TIER_STATED_HIGHER;
	return differs(row->norm_s, row->s) || differs(row->norm_a, row->a) ? TIER_PARTS_DIFFER
									    : TIER_AS_STATED;
}

static struct tier_row row_of(const struct db_result *rows, size_t i)
{
	struct tier_row row = {.realm = db_get_text(rows, i, 0),
		.system = db_get_text(rows, i, 1),
		.name = db_get_text(rows, i, 2),
		.lifecycle = db_get_text(rows, i, 3),
		.organisation = db_get_text(rows, i, 4),
		.organisation_name = db_get_text(rows, i, 5),
		.s = (int)db_get_int(rows, i, 6),
		.a = (int)db_get_int(rows, i, 7),
		.tier = (int)db_get_int(rows, i, 8),
		.determined = db_get_text(rows, i, 9),
		.as_of = db_get_text(rows, i, 10),
		.document = db_get_text(rows, i, 11),
		.pack = db_get_text(rows, i, 12),
		.version = db_get_text(rows, i, 13),
		.norm_s = db_get_text(rows, i, 14),
		.norm_a = db_get_text(rows, i, 15),
		.norm_tier = db_get_text(rows, i, 16),
		.missing = db_get_text(rows, i, 17),
		.eval_id = db_get_int(rows, i, 18),
		.filing = db_get_text(rows, i, 19),
		.certificate = db_get_text(rows, i, 20),
		.valid_until = db_get_text(rows, i, 21),
		.assessed = db_get_text(rows, i, 22),
		.result = db_get_text(rows, i, 23)};

	row.verdict = verdict_of(&row);
	return row;
}

int inventory_tier_list(struct inventory *inv, const struct tier_filter *filter,
	int (*row)(void *context, const struct tier_row *tier), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_tier_list,
		DB_VALUES(db_text(filter->realm), db_text(filter->system)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct tier_row tier = row_of(rows, i);

		r = row(context, &tier);
	}
	return r;
}

/* ---- one system -------------------------------------------------------------------------- */

int inventory_tier_statements(struct inventory *inv, const struct tier_filter *filter,
	int (*row)(void *context, const struct tier_statement *statement), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_tier_statements,
		DB_VALUES(db_text(filter->realm), db_text(filter->system)), &rows, reterr);

	if (r == 0 && db_rows(rows) == 0)
		return error_set(reterr, ERROR_INPUT, "the register has no system \"%.64s\"; "
			"`cadastre register list` shows those there are", filter->system);
	if (r == 0 &&
		strcmp(db_get_text(rows, 0, 0), db_get_text(rows, db_rows(rows) - 1, 0)) != 0)
		return error_set(reterr, ERROR_INPUT,
			"the realms \"%.60s\" and \"%.60s\" both have a system \"%.64s\": name "
			"one with --realm",
			db_get_text(rows, 0, 0), db_get_text(rows, db_rows(rows) - 1, 0),
			filter->system);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		const struct tier_statement statement = {.realm = db_get_text(rows, i, 0),
			.what = db_get_text(rows, i, 1),
			.value = db_get_text(rows, i, 2),
			.as_of = db_get_text(rows, i, 3),
			.document = db_get_text(rows, i, 4),
			.until = db_get_text(rows, i, 5)};

		r = row(context, &statement);
	}
	return r;
}

/* ---- what falls due ---------------------------------------------------------------------- */

int inventory_tier_due(struct inventory *inv, const struct tier_filter *filter, int within,
	int (*row)(void *context, const struct tier_due *due), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_tier_due,
		DB_VALUES(db_text(filter->realm), db_text(filter->system),
			within < 0 ? db_null() : db_int(within)),
		&rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		const struct tier_due due = {.realm = db_get_text(rows, i, 0),
			.system = db_get_text(rows, i, 1),
			.name = db_get_text(rows, i, 2),
			.organisation = db_get_text(rows, i, 3),
			.organisation_name = db_get_text(rows, i, 4),
			.due = db_get_text(rows, i, 5),
			.days = db_get_int(rows, i, 6),
			.criterion = db_get_text(rows, i, 7),
			.what = db_get_text(rows, i, 8),
			.pack = db_get_text(rows, i, 9),
			.version = db_get_text(rows, i, 10)};

		r = row(context, &due);
	}
	return r;
}

int inventory_tier_behind(struct inventory *inv, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_tier_behind, DB_NO_VALUES, &rows, reterr);

	return r < 0 ? r : db_get_bool(rows, 0, 0);
}
