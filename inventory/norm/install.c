/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking and installing norm packs. A pack that is installed is kept byte for byte, and a
 * version never changes: another content needs another version.
 */
#include "inventory/inventory.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/safexml.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <stdio.h>
#include <string.h>

/* How many of each statement the trial dossier holds: a pack whose expressions cannot cope
 * with a large system is refused when it is checked, not when it is needed. */
#define TRIAL_STATEMENTS 2000
#define TRIAL_MEMORY_MAX ((size_t)64 * 1024 * 1024)
#define TRIAL_DAY 20000

static void trial_dossier(struct str *out)
{
	static const char evidence[] = " grade='attested' as-of='2024-10-01' document='D'/>";

	str_adds(out, "<system id='trial' name='Trial' sector='other' grade='attested' "
		"as-of='2024-10-01'><supports complete='yes'/><controls complete='yes'/>"
		"<dependants complete='yes' hops='2'/>");
	for (int i = 0; i < TRIAL_STATEMENTS; i++) {
		str_addf(out, "<metric name='m%d' unit='u' value='%d'%s", i, i, evidence);
		str_addf(out,
			"<support business='b%d' strength='essential' key='yes' function='f' "
			"sector='other' rto-hours='1' fallback-hours='2'%s", i, evidence);
		str_addf(out, "<unit id='u%d' name='n' mw='1'%s", i, evidence);
		str_addf(out, "<answer pack='p' criterion='C%d' met='yes' official='o'%s", i,
			evidence);
	}
	str_adds(out, "</system>");
}

static int try_large_system(const struct pack *pack, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(TRIAL_MEMORY_MAX);
	_cleanup_(str_done) struct str text = STR_INIT(TRIAL_MEMORY_MAX);
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	int r;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory to try a norm pack");
	trial_dossier(&text);
	r = safexml_parse_own(text.data, text.len, &dossier, reterr);
	if (r == 0)
		r = facts_extract(pack, dossier, TRIAL_DAY, arena, values, reterr);
	return r < 0 ? error_wrap(reterr, r, "%s", pack->name) : 0;
}

static void describe(const struct pack *pack, struct pack_result *result)
{
	snprintf(result->id, sizeof(result->id), "%s", pack->id);
	snprintf(result->version, sizeof(result->version), "%s", pack->version);
	snprintf(result->sha256, sizeof(result->sha256), "%s", pack->sha256);
}

static int check(const char *path, struct pack **ret_pack, struct pack_result *result,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	int r = pack_load(path, &pack, reterr);

	if (r == 0)
		r = try_large_system(pack, reterr);
	if (r < 0)
		return r;
	describe(pack, result);
	r = evaluation_run_examples(pack, &result->examples, &result->passed, failure, context,
		reterr);
	if (r < 0)
		return r;
	*ret_pack = STEAL(pack);
	return result->passed < result->examples;
}

int inventory_pack_check(const char *path, struct pack_result *ret_result,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;

	return check(path, &pack, ret_result, failure, context, reterr);
}

/* ---- installing ---------------------------------------------------------------------- */

static int note_failure(void *context, const char *example, const char *why)
{
	struct str *first = context;

	if (!first->len)
		str_addf(first, "example \"%s\": %s", example, why);
	return 0;
}

static int add(struct inventory *inv, const struct pack *pack, struct error *reterr)
{
	_cleanup_(str_done) struct str object = STR_INIT(256);
	int r = db_run(inv->db, &query_pack_add,
		DB_VALUES(db_text(pack->id), db_text(pack->version), db_text(pack->sha256),
			db_text(pack->title), db_text(pack->authority),
			db_text(pack->effective_from), db_text(pack->effective_until),
			db_text(pack->supersedes), db_bytes(pack->bytes, pack->n_bytes)),
		NULL, reterr);

	str_addf(&object, "%s %s", pack->id, pack->version);
	return r < 0 ? r : inventory_audit(inv, "pack.install", object.data, pack->sha256,
		reterr);
}

static int install(struct inventory *inv, const struct pack *pack, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *held = NULL;
	int r = db_run(inv->db, &query_identify_lock, DB_NO_VALUES, NULL, reterr);

	if (r == 0)
		r = db_run(inv->db, &query_pack_find,
			DB_VALUES(db_text(pack->id), db_text(pack->version)), &held, reterr);
	if (r < 0)
		return r;
	if (db_rows(held) == 0)
		return add(inv, pack, reterr);
	if (strcmp(db_get_text(held, 0, 0), pack->sha256) == 0)
		return 0;
	return error_set(reterr, ERROR_INPUT,
		"%s: the register holds another content as norm pack %s %s (sha256 %.16s, this "
		"one is %.16s); a version never changes: give the changed pack a new version",
		pack->name, pack->id, pack->version, db_get_text(held, 0, 0), pack->sha256);
}

int inventory_pack_install(struct inventory *inv, const char *path,
	struct pack_result *ret_result, struct error *reterr)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	_cleanup_(str_done) struct str why = STR_INIT(512);
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = check(path, &pack, ret_result, note_failure, &why, reterr);

	if (r < 0)
		return r;
	if (r > 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: the norm pack fails its own examples, so it is not installed: %s",
			path, why.data);
	r = db_begin(inv->db, reterr);
	if (r < 0)
		return r;
	transaction = inv->db;
	r = install(inv, pack, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}
