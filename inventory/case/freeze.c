/* SPDX-License-Identifier: Apache-2.0 */
/* How systems stood when they were decided on; see freeze.h. */
#include "inventory/case/freeze.h"

#include "common/str.h"
#include "inventory/questions/moment.h"
#include "inventory/store/queries.h"

#include <string.h>

enum { OF_DECISION, OF_REALM, OF_SYSTEM, OF_ENTERED };

/* Keeps the facts of one system from *at on. */
static int freeze_one(struct db *db, int64_t decision, const char *system,
	const struct db_result *facts, size_t *at, struct error *reterr)
{
	int r = 0;

	for (int64_t place = 1; r == 0 && *at < db_rows(facts) &&
		strcmp(db_get_text(facts, *at, 0), system) == 0; place++, (*at)++)
		r = db_run(db, &query_case_freeze,
			DB_VALUES(db_int(decision), db_int(place),
				db_text(db_get_text(facts, *at, 1)),
				db_text(db_get_text(facts, *at, 2)),
				db_text(db_get_text(facts, *at, 3)),
				db_text(db_get_text(facts, *at, 4)),
				db_int(db_get_int(facts, *at, 5)),
				db_text(db_get_text(facts, *at, 6)),
				db_int(db_get_int(facts, *at, 7))),
			NULL, reterr);
	return r;
}

static int load_then(struct db *db, int64_t realm, int64_t entered_us, const char *ids,
	struct db_result **ret_facts, struct error *reterr)
{
	struct moment moment = {.as_of_us = entered_us, .known_us = entered_us};
	_cleanup_(moment_leavep) struct db *then = NULL;
	int r = moment_enter_unless_now(db, &moment, &then, reterr);

	return r < 0 ? r : db_run(db, &query_case_facts, DB_VALUES(db_int(realm), db_text(ids)),
		ret_facts, reterr);
}

/* Rows [i, end) are of one realm and known from one moment on. */
static int freeze_group(struct db *db, const struct db_result *rows, size_t i, size_t end,
	struct error *reterr)
{
	_cleanup_(str_done) struct str ids = STR_INIT(CASE_IDS_MAX);
	_cleanup_(db_result_freep) struct db_result *facts = NULL;
	size_t at = 0;
	int r;

	for (size_t k = i; k < end; k++)
		str_addf(&ids, "%s%s", ids.len ? "\n" : "", db_get_text(rows, k, OF_SYSTEM));
	r = load_then(db, db_get_int(rows, i, OF_REALM), db_get_int(rows, i, OF_ENTERED),
		ids.data, &facts, reterr);
	for (size_t k = i; k < end && r == 0; k++)
		r = freeze_one(db, db_get_int(rows, k, OF_DECISION),
			db_get_text(rows, k, OF_SYSTEM), facts, &at, reterr);
	return r;
}

int case_freeze_then(struct db *db, const char *system, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(db, &query_case_unfrozen, DB_VALUES(db_text(system)), &rows, reterr);

	for (size_t i = 0, end; r == 0 && i < db_rows(rows); i = end) {
		for (end = i + 1; end < db_rows(rows) &&
			db_get_int(rows, end, OF_ENTERED) == db_get_int(rows, i, OF_ENTERED) &&
			db_get_int(rows, end, OF_REALM) == db_get_int(rows, i, OF_REALM); end++)
			;
		r = freeze_group(db, rows, i, end, reterr);
	}
	return r;
}

int case_freeze_now(struct db *db, int64_t realm, const char *system, int64_t decision,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *facts = NULL;
	size_t at = 0;
	int r = db_run(db, &query_case_facts, DB_VALUES(db_int(realm), db_text(system)), &facts,
		reterr);

	return r < 0 ? r : freeze_one(db, decision, system, facts, &at, reterr);
}
