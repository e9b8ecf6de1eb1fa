/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backup and restore by PostgreSQL's own pg_dump and pg_restore, run without a shell. A backup
 * is written aside and published by rename, so that a file of that name is always whole; a
 * restore is one transaction into a database that holds no register yet.
 */
#include "inventory/store/handle.h"
#include "inventory/store/process.h"
#include "inventory/store/queries.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_TEXT_MAX 4096
#define ENVIRONMENT_MAX 128
/* First bytes of a pg_dump archive in custom format. */
#define ARCHIVE_MAGIC "PGDMP"

/* Runs a program of PostgreSQL with the connection's parameters in its environment. */
static int run_program(struct db *db, const char *const *argv, struct error *reterr)
{
	static const char *const base[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"};
	const char *environment[ENVIRONMENT_MAX + 1];
	const struct process process = {.argv = argv, .environ_ = environment};
	char **connection = db_environment(db);
	size_t n = 0;
	int r;

	if (!connection)
		return error_set(reterr, ERROR_SYSTEM, "no memory to start \"%s\"", argv[0]);
	for (size_t i = 0; i < ARRAY_SIZE(base); i++)
		environment[n++] = base[i];
	for (char **c = connection; *c && n < ENVIRONMENT_MAX; c++)
		environment[n++] = *c;
	environment[n] = NULL;
	r = process_run(&process, reterr);
	db_environment_free(connection);
	return r;
}

static int sync_file(const char *path, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot save \"%s\"", path);
	return 0;
}

static int dump(struct inventory *inv, const char *aside, struct error *reterr)
{
	char program[PROGRAM_PATH_MAX];
	const char *const argv[] = {program, "--format=custom", "--compress=1",
		"--schema=cadastre", "--exclude-table-data=cadastre.stage_*", "--no-owner",
		"--no-privileges", "--file", aside, NULL};
	int r = program_find("pg_dump", 0, program, reterr);

	return r < 0 ? r : run_program(inv->db, argv, reterr);
}

int inventory_backup(struct inventory *inv, const char *path, struct error *reterr)
{
	char aside[PATH_TEXT_MAX];
	int fd, r;

	if ((size_t)snprintf(aside, sizeof(aside), "%s.XXXXXX", path) >= sizeof(aside))
		return error_set(reterr, ERROR_USAGE, "the path of the backup is too long");
	fd = mkostemp(aside, O_CLOEXEC);
	if (fd < 0)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot write a backup to \"%s\"", path);
	close(fd);
	r = dump(inv, aside, reterr);
	if (r == 0)
		r = sync_file(aside, reterr);
	if (r == 0 && rename(aside, path) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot write \"%s\"", path);
	if (r < 0) {
		unlink(aside);
		return error_wrap(reterr, r, "backup to \"%s\"", path);
	}
	return db_run(inv->db, &query_audit_append,
		DB_VALUES(db_text(inv->actor), db_text("db.backup"), db_text(""), db_text("")),
		NULL, reterr);
}

/* Refuses early what is no archive of ours. */
static int check_archive(const char *path, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[sizeof(ARCHIVE_MAGIC) - 1];

	if (fd < 0)
		return error_errno(
			reterr, ERROR_INPUT, errno, "cannot read the backup \"%s\"", path);
	if (read(fd, magic, sizeof(magic)) != (ssize_t)sizeof(magic) ||
		memcmp(magic, ARCHIVE_MAGIC, sizeof(magic)) != 0)
		return error_set(reterr, ERROR_INPUT,
			"\"%s\" is not a backup made by `cadastre db backup`", path);
	return 0;
}

static int load(struct inventory *inv, const char *path, struct error *reterr)
{
	char program[PROGRAM_PATH_MAX], database[256];
	const char *const argv[] = {program, "--exit-on-error", "--single-transaction",
		"--no-owner", "--no-privileges", "--dbname", database, path, NULL};
	int r = program_find("pg_restore", 0, program, reterr);

	if (r < 0)
		return r;
	snprintf(database, sizeof(database), "%s", db_name(inv->db));
	r = run_program(inv->db, argv, reterr);
	return r < 0 ? error_wrap(reterr, ERROR_DATABASE,
			       "restoring from \"%s\"; nothing was kept", path)
		     : 0;
}

int inventory_restore(const char *dsn, const char *path, struct error *reterr)
{
	_cleanup_(inventory_freep) struct inventory *inv = NULL;
	int schema, r = check_archive(path, reterr);

	if (r < 0)
		return r;
	r = inventory_connect(dsn, &inv, reterr);
	if (r < 0)
		return r;
	r = db_schema(inv->db, &schema, reterr);
	if (r < 0)
		return r;
	if (schema)
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s holds a register already; restore into an empty "
			"one: name "
			"another with --db, or another directory with CADASTRE_DATA",
			db_where(inv->db));
	r = load(inv, path, reterr);
	if (r < 0)
		return r;
	r = db_migrate(inv->db, &inv->schema, reterr);
	if (r < 0)
		return r;
	return db_run(inv->db, &query_audit_append,
		DB_VALUES(db_text(inv->actor), db_text("db.restore"), db_text(""), db_text("")),
		NULL, reterr);
}
