/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Migrations: embedded, numbered, forward only, one transaction each, under an advisory lock
 * so that two programs started together do not apply one twice.
 */
#include "inventory/store/internal.h"
#include "inventory/store/queries.h"

#include <string.h>

int db_newest_schema(void)
{
	return (int)store_n_migrations;
}

/* A database that cannot hold the register, or holds something else by its name. */
static int check_fit(struct db *db, const struct db_result *found, struct error *reterr)
{
	if (strcmp(db_get_text(found, 0, 2), "UTF8") != 0)
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s stores text as %s, the register needs UTF8; make one "
			"with `createdb --encoding UTF8 --template template0 NAME` and name "
			"it; nothing was changed",
			db_where(db), db_get_text(found, 0, 2));
	if (!db_get_bool(found, 0, 0) && db_get_bool(found, 0, 1))
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s has a schema \"cadastre\" that is not a register "
			"of this program; name another database, or let its owner rename that "
			"schema; nothing was changed",
			db_where(db));
	return 0;
}

int db_schema(struct db *db, int *ret_schema, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *there = NULL, *number = NULL;
	int r = db_run(db, &query_store_schema_exists, DB_NO_VALUES, &there, reterr);

	if (r < 0)
		return r;
	*ret_schema = 0;
	r = check_fit(db, there, reterr);
	if (r < 0 || !db_get_bool(there, 0, 0))
		return r;
	r = db_run(db, &query_store_schema_number, DB_NO_VALUES, &number, reterr);
	if (r < 0)
		return r;
	*ret_schema = (int)db_get_int(number, 0, 0);
	return 0;
}

/* One migration, after looking again under the lock whether it is still missing. */
static int apply(struct db *db, const struct migration *migration, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = db;
	int r, schema;

	r = db_begin(db, reterr);
	if (r < 0)
		return r;
	r = db_run(db, &query_store_migration_lock, DB_NO_VALUES, NULL, reterr);
	if (r < 0)
		return r;
	r = db_schema(transaction, &schema, reterr);
	if (r < 0)
		return r;
	if (schema >= migration->number)
		return 0;
	r = db_run(db, &query_store_migration_clear, DB_NO_VALUES, NULL, reterr);
	if (r < 0)
		return r;
	r = db_script(db, migration->name, migration->sql, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "migration %d", migration->number);
	if (migration->number == db_newest_schema()) {
		r = db_run(db, &query_as_of_build, DB_NO_VALUES, NULL, reterr);
		if (r < 0)
			return error_wrap(reterr, r, "the views of other times");
	}
	r = db_run(db, &query_store_migration_record,
		DB_VALUES(db_int(migration->number), db_text(migration->name),
			db_text(migration->sha256)),
		NULL, reterr);
	if (r < 0)
		return r;
	return db_commit(db, reterr);
}

/* A register that was restored has not got the views of other times, which are in no backup. */
static int build_missing(struct db *db, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = db;
	_cleanup_(db_result_freep) struct db_result *there = NULL;
	int r = db_run(db, &query_as_of_exists, DB_NO_VALUES, &there, reterr);

	if (r < 0 || db_get_bool(there, 0, 0))
		return r;
	r = db_begin(transaction, reterr);
	if (r == 0)
		r = db_run(db, &query_store_migration_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = db_run(db, &query_as_of_build, DB_NO_VALUES, NULL, reterr);
	return r < 0 ? error_wrap(reterr, r, "the views of other times")
		     : db_commit(db, reterr);
}

int db_migrate(struct db *db, int *ret_schema, struct error *reterr)
{
	int r, schema;

	r = db_schema(db, &schema, reterr);
	if (r < 0)
		return r;
	if (schema > db_newest_schema())
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s has schema %d, this program knows up to %d: use a "
			"newer release of cadastre; nothing was changed",
			db_where(db), schema, db_newest_schema());
	for (size_t i = (size_t)schema; i < store_n_migrations; i++) {
		r = apply(db, &store_migrations[i], reterr);
		if (r < 0)
			return r;
	}
	*ret_schema = db_newest_schema();
	return build_missing(db, reterr);
}
