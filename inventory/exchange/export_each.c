/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports into a directory: one thing, one file. All files are of one transaction and so of one
 * moment; each is written as a file of its own selection would be. It deletes nothing that is
 * in the directory: a file of a system that is no more stays what it was.
 */
#include "inventory/exchange/export.h"

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
		e->system = e->scope = db_get_text(systems, i, SYSTEM_ID);
		r = write_one(each, "system-", e->system, reterr);
	}
	return r;
}

static int assets_of_chunk(struct each *each, const char *ids, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = export_part(each->e, PART_ASSETS, ids, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		each->e->asset = db_get_int(rows, i, ASSET_ID);
		each->e->scope = db_get_text(rows, i, ASSET_SYSTEM);
		r = write_one(each, "asset-", db_get_text(rows, i, ASSET_ID), reterr);
	}
	each->e->asset = 0;
	return r;
}

static int each_asset(struct each *each, struct error *reterr)
{
	struct export *e = each->e;
	int64_t after = 0;

	for (;;) {
		_cleanup_(db_result_freep) struct db_result *chunk = NULL;
		int r = db_run(e->db, &query_exchange_chunk,
			DB_VALUES(db_int(e->realm_id), db_int(after), db_null(), db_null(),
				db_int(EXPORT_CHUNK), export_as_of(e)),
			&chunk, reterr);

		if (r == 0 && db_get_int(chunk, 0, 1))
			r = assets_of_chunk(each, db_get_text(chunk, 0, 0), reterr);
		if (r < 0 || db_get_int(chunk, 0, 1) == 0)
			return r;
		after = db_get_int(chunk, 0, 2);
	}
}

/* ---- the door ------------------------------------------------------------------------ */

int inventory_export_each(struct inventory *inv, const struct export_request *request,
	const char *directory, bool by_asset, struct export_result *ret_result,
	struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(EXPORT_TEXTS_MAX);
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
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
	r = export_select(inv, &e, arena, reterr);
	if (r == 0 && e.asset) {
		snprintf(id, sizeof(id), "%" PRId64, e.asset);
		r = write_one(&each, "asset-", id, reterr);
	} else if (r == 0 && e.system) {
		r = write_one(&each, "system-", e.system, reterr);
	} else if (r == 0) {
		r = by_asset ? each_asset(&each, reterr) : each_system(&each, reterr);
	}
	*ret_result = e.result;
	return r;
}
