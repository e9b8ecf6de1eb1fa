/* SPDX-License-Identifier: Apache-2.0 */
/* Entering and leaving another time; see moment.h. */
#include "inventory/questions/moment.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "inventory/store/queries.h"

int moment_find(struct db *db, const struct moment *moment, struct instant *ret,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int64_t known = moment->known_us, now = clock_wall_us();
	int r = db_run(db, &query_as_of_find, DB_VALUES(known ? db_time(known) : db_null()),
		&found, reterr);

	if (r < 0)
		return r;
	*ret = (struct instant){
		.as_of_us = moment->as_of_us ? moment->as_of_us : known ? known : now,
		.known_us = known ? known : now,
		.run = db_get_int(found, 0, 0),
		.import = db_get_int(found, 0, 1),
	};
	return 0;
}

int moment_enter(struct db *db, const struct instant *instant, struct db **ret_then,
	struct error *reterr)
{
	int r = db_run(db, &query_as_of_enter,
		DB_VALUES(db_time(instant->as_of_us), db_time(instant->known_us),
			db_int(instant->run), db_int(instant->import)),
		NULL, reterr);

	if (r == 0) {
		db_set_then(db, true);
		*ret_then = db;
	}
	return r;
}

int moment_enter_unless_now(struct db *db, const struct moment *moment, struct db **ret_then,
	struct error *reterr)
{
	struct instant instant;
	int r;

	if (!moment->as_of_us && !moment->known_us)
		return 0;
	r = moment_find(db, moment, &instant, reterr);
	return r < 0 ? r : moment_enter(db, &instant, ret_then, reterr);
}

int moment_begin(struct db *db, const struct db *then, struct db **ret_transaction,
	struct error *reterr)
{
	static const struct query *const keep[] = {&query_as_of_keep_address,
		&query_as_of_keep_within, &query_as_of_keep_seen, &query_as_of_keep_told,
		&query_as_of_keep_asset, &query_as_of_keep_views, &query_as_of_keep_end};
	int r = db_run(db, then ? &query_as_of_keep_begin : &query_estate_begin, DB_NO_VALUES,
		NULL, reterr);

	if (r == 0)
		*ret_transaction = db;
	for (size_t i = 0; r == 0 && then && i < ARRAY_SIZE(keep); i++)
		r = db_run(db, keep[i], DB_NO_VALUES, NULL, reterr);
	return r;
}

void moment_leavep(struct db **then)
{
	if (!*then)
		return;
	db_run(*then, &query_as_of_leave, DB_NO_VALUES, NULL, NULL);
	db_set_then(*then, false);
}
