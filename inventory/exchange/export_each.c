/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports into a directory: one thing, one file. All files are of one transaction and so of one
 * moment; each is written as a file of its own selection would be. It deletes nothing that is
 * in the directory: a file of a system that is no more stays what it was.
 */
#include "inventory/exchange/export.h"

#include "inventory/questions/moment.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_MAX_BYTES                                                                         \
	120 /* of an id in a file's name; longer ones are cut and told apart by a hash */

struct each {
	struct export *e;
	const struct export_writer *writer;
	const char *directory;
};

/* ---- names --------------------------------------------------------------------------- */

/* Small letters, digits, '.' and '-' stay; other bytes become _HH. What is cut, and capitals,
 * which some file systems do not tell from small letters, add a hash of the whole. */
static void safe_name(
	char out[NAME_MAX], const char *prefix, const char *id, const char *suffix)
{
	char name[EXPORT_ID_MAX], hash[24] = "";
	bool plain = strlen(id) <= NAME_MAX_BYTES / 3;
	uint64_t sum = 14695981039346656037u;

	for (const char *p = id; *p; p++) {
		plain = plain && !isupper((unsigned char)*p);
		sum = (sum ^ (unsigned char)*p) * 1099511628211u;
	}
	if (!plain)
		snprintf(hash, sizeof(hash), "-%016" PRIx64, sum);
	export_id(name, prefix, id);
	snprintf(out, NAME_MAX, "%.*s%s%s", NAME_MAX_BYTES, name, hash, suffix);
}

static int write_one(
	struct each *each, const char *prefix, const char *id, struct error *reterr)
{
	char name[NAME_MAX], path[4096];

	safe_name(name, prefix, id, each->writer->suffix);
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", each->directory, name) >=
		sizeof(path))
		return error_set(
			reterr, ERROR_USAGE, "the path of \"%.128s\" is too long", name);
	return export_write_file(each->e, each->writer, path, reterr);
}

/* ---- systems and assets -------------------------------------------------------------- */

static int each_system(struct each *each, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *systems = NULL;
	struct export *e = each->e;
	int r = export_register(e, &query_exchange_systems,
		DB_VALUES(db_int(e->realm_id), export_as_of(e), db_null()), &systems, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(systems); i++) {
		if (db_get_bool(systems, i, SYSTEM_EXTERNAL))
			continue;
		r = export_set_scope(e, db_get_text(systems, i, SYSTEM_ID),
			db_get_text(systems, i, SYSTEM_ID), reterr);
		if (r == 0)
			r = write_one(each, "system-", e->system, reterr);
	}
	return r;
}

static int write_asset(
	struct export *e, const struct export_asset *asset, void *context, struct error *reterr)
{
	struct each *each = context;
	const char *system = e->system;
	char id[24];
	int r;

	snprintf(id, sizeof(id), "%" PRId64, asset->id);
	e->system = NULL;
	e->asset = asset->id;
	e->given = asset;
	r = write_one(each, "asset-", id, reterr);
	e->given = NULL;
	e->asset = 0;
	e->system = system;
	return r;
}

/* One system's assets after the other's, and last those of none: what the register says of a
 * system is read once. */
static int each_asset(struct each *each, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *systems = NULL;
	struct export *e = each->e;
	int r = export_register(e, &query_exchange_systems,
		DB_VALUES(db_int(e->realm_id), export_as_of(e), db_null()), &systems, reterr);

	e->each = true;
	for (size_t i = 0; r == 0 && i <= db_rows(systems); i++) {
		const char *system =
			i < db_rows(systems) ? db_get_text(systems, i, SYSTEM_ID) : "";

		r = export_set_scope(e, system, system, reterr);
		if (r == 0)
			r = export_walk(e, PARTS(PART_N) - 1, write_asset, each, reterr);
	}
	return r;
}

/* ---- the door ------------------------------------------------------------------------ */

int inventory_export_each(struct inventory *inv, const struct export_request *request,
	const char *directory, bool by_asset, struct export_result *ret_result,
	struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(EXPORT_TEXTS_MAX);
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	_cleanup_(moment_leavep) struct db *then = NULL;
	struct export e = {
		.db = transaction, .request = request, .as_of_us = request->as_of_us};
	struct each each = {&e, export_writer_of(request->kind), directory};
	char id[24];
	struct stat st;
	int r;

	*ret_result = (struct export_result){0};
	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an export");
	if (!each.writer)
		return error_set(reterr, ERROR_USAGE,
			"a file of the kind \"%.32s\" is not written one for each thing",
			request->kind);
	if (stat(directory, &st) < 0 || !S_ISDIR(st.st_mode))
		return error_set(reterr, ERROR_USAGE, "\"%.256s\" is no directory", directory);
	r = export_select(inv, &e, arena, &then, reterr);
	if (r == 0 && e.asset) {
		snprintf(id, sizeof(id), "%" PRId64, e.asset);
		r = write_one(&each, "asset-", id, reterr);
	} else if (r == 0 && e.system) {
		r = write_one(&each, "system-", e.system, reterr);
	} else if (r == 0) {
		r = by_asset ? each_asset(&each, reterr) : each_system(&each, reterr);
	}
	export_done(&e);
	*ret_result = e.result;
	return r;
}
