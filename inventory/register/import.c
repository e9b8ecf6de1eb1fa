/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a register file: all of it or nothing, in one transaction. A statement that the
 * register holds already is left alone; one that changed is ended and written anew; nothing is
 * deleted. What an organisation, business or system consists of is stated whole by the file
 * that names it: what it no longer says of it has ended.
 */
#include "inventory/register/register.h"

#include "common/clock.h"
#include "inventory/store/handle.h"
#include "inventory/inventory.h"
#include "inventory/norm/facts.h"
#include "inventory/store/db.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct import {
	struct db *db;
	const struct register_document *doc;
	int64_t realm, id;
	uint64_t written, closed, unchanged;
};

/* ---- references ---------------------------------------------------------------------- */

/* What a file refers to stands in it, or in the register unless the file is complete. */
static int check_reference(struct import *import, const struct register_reference *reference,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *result = NULL;
	const struct register_document *doc = import->doc;
	const char *kind = register_tables[reference->target].thing;
	int r;

	if (register_find(doc, reference->target, reference->id))
		return 0;
	if (!doc->complete) {
		r = db_run(import->db, &query_register_has,
			DB_VALUES(db_int(import->realm),
				db_text(register_tables[reference->target].name),
				db_text(reference->id)),
			&result, reterr);
		if (r < 0)
			return r;
		if (db_get_bool(result, 0, 0))
			return 0;
	}
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: %s names the %s \"%s\", which is not in this file%s; add it or "
		"correct the id", reference->file, reference->line, reference->from, kind,
		reference->id, doc->complete ? " (and the file says that it is complete)" :
		" and not in the register");
}

static int check_references(struct import *import, struct error *reterr)
{
	for (size_t i = 0; i < import->doc->n_references; i++) {
		int r = check_reference(import, &import->doc->references[i], reterr);

		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- tables -------------------------------------------------------------------------- */

/* The column that says of what a row is a part; those that stand for themselves are their
 * own. */
static const char *owner_column(const struct register_table *table)
{
	for (const struct register_column *c = table->columns; c->name; c++)
		if (c->flags & REGISTER_OWNER)
			return c->name;
	return table->columns[0].name;
}

static int close_table(struct import *import, enum register_kind kind, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *result = NULL;
	const struct register_document *doc = import->doc;
	const struct register_table *table = &register_tables[kind];
	int r = db_run(import->db, &query_register_close,
		DB_VALUES(db_text(table->name), db_int(import->realm),
			db_text(doc->json[kind].data), db_text(owner_column(table)),
			db_text(doc->owners[table->owner].data), db_int(doc->complete),
			db_int(import->id)),
		&result, reterr);

	if (r == 0)
		import->closed += (uint64_t)db_get_int(result, 0, 0);
	return r;
}

static int check_rules(struct import *import, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *result = NULL;
	_cleanup_(str_done) struct str key = STR_INIT(REGISTER_TEXT_MAX + 16);
	const struct register_document *doc = import->doc;
	const struct register_statement *rule;
	int r = db_run(import->db, &query_register_rule_taken,
		DB_VALUES(db_int(import->realm), db_text(doc->json[REGISTER_RULE].data)),
		&result, reterr);

	if (r < 0 || db_rows(result) == 0)
		return r;
	str_addf(&key, "%s\x1f%s", db_get_text(result, 0, 0), db_get_text(result, 0, 1));
	rule = register_find(doc, REGISTER_RULE, key.data);
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: the %s \"%s\" is given to the system \"%s\", but the register gives "
		"it to \"%s\", which this file does not restate; take it from that system in "
		"the same file",
		rule ? rule->file : doc->file, rule ? rule->line : 0, db_get_text(result, 0, 0),
		db_get_text(result, 0, 1), db_get_text(result, 0, 2),
		db_get_text(result, 0, 3));
}

/* What may run in a circle of edges of one kind, and what is said then. */
static const struct {
	enum register_kind kind;
	const char *said; /* NULL: it is kept, and told */
} circles[] = {{REGISTER_KIND_N, NULL}, {REGISTER_ORGANISATION, "the parents"},
	{REGISTER_ZONE, "the parents"}, {REGISTER_SYSTEM, "the parents"},
	{REGISTER_SYSTEM, "the carriers"}, {REGISTER_DEPENDENCY, NULL}};

static int tell_circle(struct import *import, size_t kind, const char *first, const char *path,
	struct register_result *result, struct error *reterr)
{
	const struct register_statement *at;

	if (!circles[kind].said) {
		snprintf(result->circle, sizeof(result->circle), "%s", path);
		return 0;
	}
	at = register_find(import->doc, circles[kind].kind, first);
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: %s of the %s \"%s\" run in a circle: %.200s; one of them must have none",
		at ? at->file : import->doc->file, at ? at->line : 0, circles[kind].said,
		register_tables[circles[kind].kind].thing, first, path);
}

/* Nothing may be above itself, run on itself or be a part of itself. That systems depend on
 * each other is how some are built: it is told. */
static int check_circles(struct import *import, struct register_result *result,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct register_edge *edges;
	int r = db_run(import->db, &query_register_edges, DB_VALUES(db_int(import->realm)),
		&rows, reterr);

	if (r < 0)
		return r;
	edges = calloc(db_rows(rows) + 1, sizeof(*edges));
	if (!edges)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the edges of the register");
	for (size_t i = 0, n; i < db_rows(rows) && r == 0; i += n) {
		_cleanup_(str_done) struct str path = STR_INIT(sizeof(result->circle) - 1);
		int64_t kind = db_get_int(rows, i, 0);
		const char *first = NULL;

		for (n = 0; i + n < db_rows(rows) && db_get_int(rows, i + n, 0) == kind; n++)
			edges[n] = (struct register_edge){db_get_text(rows, i + n, 1),
				db_get_text(rows, i + n, 2)};
		r = register_circle(edges, n, &path, &first, reterr);
		if (r == 1)
			r = tell_circle(import, (size_t)kind, first, path.data, result, reterr);
	}
	free(edges);
	return r;
}

static int add_table(struct import *import, enum register_kind kind, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *result = NULL;
	const struct register_document *doc = import->doc;
	uint64_t written;
	int r = db_run(import->db, &query_register_add,
		DB_VALUES(db_text(register_tables[kind].name), db_int(import->realm),
			db_text(doc->json[kind].data), db_int(import->id)),
		&result, reterr);

	if (r < 0)
		return r;
	written = (uint64_t)db_get_int(result, 0, 0);
	import->written += written;
	import->unchanged += doc->n_of[kind] - written;
	return 0;
}

static int begin(struct import *import, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *realm = NULL, *id = NULL;
	const struct register_document *doc = import->doc;
	int r = db_run(import->db, &query_register_lock, DB_NO_VALUES, NULL, reterr);

	if (r == 0)
		r = db_run(import->db, &query_register_realm, DB_VALUES(db_text(doc->realm)),
			&realm, reterr);
	if (r < 0)
		return r;
	import->realm = db_get_int(realm, 0, 0);
	r = db_run(import->db, &query_register_begin,
		DB_VALUES(db_int(import->realm), db_text(doc->file), db_text(doc->sha256),
			db_text(doc->document), db_int(doc->complete)),
		&id, reterr);
	if (r == 0)
		import->id = db_get_int(id, 0, 0);
	return r;
}

static int write_tables(struct import *import, struct register_result *result,
	struct error *reterr)
{
	int r = 0;

	for (int k = 0; k < REGISTER_KIND_N && r == 0; k++)
		r = close_table(import, (enum register_kind)k, reterr);
	if (r == 0)
		r = check_rules(import, reterr);
	for (int k = 0; k < REGISTER_KIND_N && r == 0; k++)
		r = add_table(import, (enum register_kind)k, reterr);
	if (r == 0)
		r = check_circles(import, result, reterr);
	return r < 0 ? r : db_run(import->db, &query_register_member,
		DB_VALUES(db_int(import->realm)), NULL, reterr);
}

static int finish(struct import *import, struct register_result *ret_result,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *counts = NULL;
	int r = db_run(import->db, &query_register_end,
		DB_VALUES(db_int(import->id), db_int((int64_t)import->written),
			db_int((int64_t)import->closed), db_int((int64_t)import->unchanged)),
		NULL, reterr);

	if (r == 0)
		r = db_run(import->db, &query_register_counts, DB_VALUES(db_int(import->id)),
			&counts, reterr);
	if (r < 0)
		return r;
	ret_result->organisations = (uint64_t)db_get_int(counts, 0, 0);
	ret_result->systems = (uint64_t)db_get_int(counts, 0, 1);
	ret_result->businesses = (uint64_t)db_get_int(counts, 0, 2);
	ret_result->rules = (uint64_t)db_get_int(counts, 0, 3);
	ret_result->dependencies = (uint64_t)db_get_int(counts, 0, 4);
	ret_result->others = (uint64_t)db_get_int(counts, 0, 5);
	ret_result->written = import->written;
	ret_result->ended = import->closed;
	ret_result->unchanged = import->unchanged;
	return 0;
}

/* ---- the door ------------------------------------------------------------------------ */

static int audit(struct inventory *inv, const struct import *import, struct error *reterr)
{
	_cleanup_(str_done) struct str detail = STR_INIT(1024);

	str_addf(&detail, "import %" PRId64 " in realm %s: %" PRIu64 " written, %" PRIu64
		" ended, %" PRIu64 " unchanged; sha256 %s", import->id, import->doc->realm,
		import->written, import->closed, import->unchanged, import->doc->sha256);
	return inventory_audit(inv, "register.import", import->doc->file, detail.data, reterr);
}

int inventory_register_take(struct inventory *inv, const char *path, const char *encoding,
	const char *realm, struct register_result *ret_result, struct error *reterr)
{
	_cleanup_(register_document_freep) struct register_document *doc = NULL;
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	struct import import = {.db = inv->db};
	struct register_result result = {0};
	int r = register_read(
		inv, path, facts_day(clock_wall_us()), encoding, realm, &doc, reterr);

	if (r < 0)
		return r;
	import.doc = doc;
	r = db_begin(inv->db, reterr);
	if (r < 0)
		return r;
	transaction = inv->db;
	r = begin(&import, reterr);
	if (r == 0)
		r = check_references(&import, reterr);
	if (r == 0)
		r = write_tables(&import, &result, reterr);
	if (r == 0)
		r = finish(&import, &result, reterr);
	if (r == 0)
		r = audit(inv, &import, reterr);
	if (r == 0)
		r = db_commit(transaction, reterr);
	if (r == 0)
		*ret_result = result;
	return r;
}

int inventory_register_import(struct inventory *inv, const char *path,
	struct register_result *ret_result, struct error *reterr)
{
	return inventory_register_take(inv, path, NULL, NULL, ret_result, reterr);
}
