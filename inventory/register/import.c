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
#include <string.h>

/* How one table is written. Its rows belong to the things of `owner`, which the file states
 * whole; those that stand for themselves are their own owners. */
static const struct table {
	const struct query *close, *add;
	enum register_kind owner;
} tables[REGISTER_KIND_N] = {
	[REGISTER_ORGANISATION] = {&query_register_close_organisation,
		&query_register_add_organisation, REGISTER_ORGANISATION},
	[REGISTER_ROLE] = {&query_register_close_org_role, &query_register_add_org_role,
		REGISTER_ORGANISATION},
	[REGISTER_SUBNET] = {&query_register_close_subnet, &query_register_add_subnet,
		REGISTER_SUBNET},
	[REGISTER_BUSINESS] = {&query_register_close_business, &query_register_add_business,
		REGISTER_BUSINESS},
	[REGISTER_SYSTEM] = {&query_register_close_system, &query_register_add_system,
		REGISTER_SYSTEM},
	[REGISTER_TIER] = {&query_register_close_system_tier, &query_register_add_system_tier,
		REGISTER_SYSTEM},
	[REGISTER_METRIC] = {&query_register_close_metric, &query_register_add_metric,
		REGISTER_SYSTEM},
	[REGISTER_LIST] = {&query_register_close_system_list, &query_register_add_system_list,
		REGISTER_SYSTEM},
	[REGISTER_SUPPORT] = {&query_register_close_business_support,
		&query_register_add_business_support, REGISTER_SYSTEM},
	[REGISTER_UNIT] = {&query_register_close_controlled_unit,
		&query_register_add_controlled_unit, REGISTER_SYSTEM},
	[REGISTER_ANSWER] = {&query_register_close_answer, &query_register_add_answer,
		REGISTER_SYSTEM},
	[REGISTER_RULE] = {&query_register_close_system_rule, &query_register_add_system_rule,
		REGISTER_SYSTEM},
	[REGISTER_DEPENDENCY] = {&query_register_close_dependency,
		&query_register_add_dependency, REGISTER_DEPENDENCY},
};

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
	const char *kind = register_kind_name(reference->target);
	int r;

	if (register_find(doc, reference->target, reference->id))
		return 0;
	if (!doc->complete) {
		r = db_run(import->db, &query_register_has,
			DB_VALUES(db_int(import->realm), db_text(kind), db_text(reference->id)),
			&result, reterr);
		if (r < 0)
			return r;
		if (db_get_bool(result, 0, 0))
			return 0;
	}
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: %s names the %s \"%s\", which is not in this file%s; add it or "
		"correct the id", doc->file, reference->line, reference->from, kind,
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

static int close_table(struct import *import, enum register_kind kind, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *result = NULL;
	const struct register_document *doc = import->doc;
	enum register_kind owner = tables[kind].owner;
	bool by_itself = owner == REGISTER_SUBNET || owner == REGISTER_DEPENDENCY;
	int r = db_run(import->db, tables[kind].close,
		DB_VALUES(db_int(import->realm), db_text(doc->json[kind].data),
			db_text(by_itself ? doc->json[owner].data : doc->owners[owner].data),
			db_int(doc->complete), db_int(import->id)),
		&result, reterr);

	if (r == 0)
		import->closed += db_affected(result);
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
		doc->file, rule ? rule->line : 0, db_get_text(result, 0, 0),
		db_get_text(result, 0, 1), db_get_text(result, 0, 2),
		db_get_text(result, 0, 3));
}

static int check_parents(struct import *import, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *result = NULL;
	const struct register_document *doc = import->doc;
	const struct register_statement *organisation;
	const char *id;
	int r = db_run(import->db, &query_register_parent_circle,
		DB_VALUES(db_int(import->realm)), &result, reterr);

	if (r < 0 || db_rows(result) == 0)
		return r;
	id = db_get_text(result, 0, 0);
	organisation = register_find(doc, REGISTER_ORGANISATION, id);
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: the parents of the organisation \"%s\" run in a circle; one of them "
		"must have no parent", doc->file, organisation ? organisation->line : 0, id);
}

static int add_table(struct import *import, enum register_kind kind, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *result = NULL;
	const struct register_document *doc = import->doc;
	int r = db_run(import->db, tables[kind].add,
		DB_VALUES(db_int(import->realm), db_text(doc->json[kind].data),
			db_int(import->id)),
		&result, reterr);

	if (r < 0)
		return r;
	import->written += db_affected(result);
	import->unchanged += doc->n_of[kind] - db_affected(result);
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

static int write_tables(struct import *import, struct error *reterr)
{
	int r = 0;

	for (int k = 0; k < REGISTER_KIND_N && r == 0; k++)
		r = close_table(import, (enum register_kind)k, reterr);
	if (r == 0)
		r = check_rules(import, reterr);
	for (int k = 0; k < REGISTER_KIND_N && r == 0; k++)
		r = add_table(import, (enum register_kind)k, reterr);
	if (r == 0)
		r = check_parents(import, reterr);
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
	*ret_result = (struct register_result){
		.organisations = (uint64_t)db_get_int(counts, 0, 0),
		.systems = (uint64_t)db_get_int(counts, 0, 1),
		.businesses = (uint64_t)db_get_int(counts, 0, 2),
		.rules = (uint64_t)db_get_int(counts, 0, 3),
		.dependencies = (uint64_t)db_get_int(counts, 0, 4),
		.unchanged = import->unchanged,
	};
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

int inventory_register_import(struct inventory *inv, const char *path,
	struct register_result *ret_result, struct error *reterr)
{
	_cleanup_(register_document_freep) struct register_document *doc = NULL;
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	struct import import = {.db = inv->db};
	int r = register_read(path, facts_day(clock_wall_us()), &doc, reterr);

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
		r = write_tables(&import, reterr);
	if (r == 0)
		r = finish(&import, ret_result, reterr);
	if (r == 0)
		r = audit(inv, &import, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}
