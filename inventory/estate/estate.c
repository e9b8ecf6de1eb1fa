/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The snapshot that the mapper draws, in one arena, in the order of stable ids: id for systems,
 * prefix for subnets, number for assets. Read in one transaction, so that it shows one moment,
 * now or another. What is quiet or retired is not in it.
 */
#include "inventory/estate/loader.h"

#include "common/siphash.h"
#include "inventory/questions/baseline.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <string.h>

#define MEMORY_MAX ((size_t)2 * 1024 * 1024 * 1024)
#define RECORDS_MAX 100000000 /* of one kind */

int loader_no_memory(struct loader *l)
{
	return error_set(l->reterr, ERROR_SYSTEM,
		"no memory for a snapshot of the inventory; draw one realm at a time");
}

int loader_rows(struct loader *l, const struct query *query, struct db_result **ret_rows)
{
	const struct db_value values[] = {db_text(l->realm), l->moment};
	int r = db_run(l->db, query, values, query->n_params, ret_rows, l->reterr);

	if (r == 0 && db_rows(*ret_rows) > RECORDS_MAX)
		return loader_no_memory(l);
	return r;
}

const char *loader_keep(struct loader *l, const struct db_result *rows, size_t row, int column)
{
	static const struct siphash_key
		key; /* who makes texts meet only makes us keep them twice */
	const char *text = db_get_text(rows, row, column);
	const char **recent;

	if (!text[0])
		return "";
	recent = &l->recent[siphash(&key, text, strlen(text)) % LOADER_RECENT];
	if (!*recent || strcmp(*recent, text) != 0)
		*recent = arena_strdup(l->estate->arena, text);
	return *recent;
}

void *loader_array(struct loader *l, size_t n, size_t size)
{
	return arena_alloc(l->estate->arena, (n + 1) * size);
}

/* ---- the door ------------------------------------------------------------------------ */

static int load_head(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = loader_rows(l, &query_estate_head, &rows);

	if (r < 0)
		return r;
	if (!l->realm && db_get_int(rows, 0, 2) > 1)
		return error_set(l->reterr, ERROR_USAGE,
			"the register has assets in %lld realms, \"%s\" to \"%s\"; one sheet "
			"shows one: --realm NAME",
			(long long)db_get_int(rows, 0, 2), db_get_text(rows, 0, 3),
			db_get_text(rows, 0, 4));
	e->realm = arena_strdup(e->arena, l->realm ? l->realm : db_get_text(rows, 0, 3));
	if (!e->realm)
		return loader_no_memory(l);
	l->realm = e->realm;
	e->run_id = (uint64_t)db_get_int(rows, 0, 0);
	e->as_of_us =
		l->moment.kind == DB_KIND_TIME ? l->moment.number : db_get_int(rows, 0, 1);
	return 0;
}

static int load(struct loader *l)
{
	int r = load_head(l);

	if (r == 0)
		r = load_systems(l);
	if (r == 0)
		r = load_assets(l);
	if (r == 0)
		r = load_addresses(l);
	if (r == 0)
		r = load_services(l);
	if (r == 0)
		r = load_links(l);
	return r < 0 ? r : load_register(l);
}

/* Enters the moment, if one is asked for; it is left by whoever holds `ret_then`. */
static int enter(struct loader *l, const struct estate_request *request, struct db **ret_then)
{
	struct instant instant;
	int r;

	if (!request->moment.as_of_us && !request->moment.known_us && !request->baseline)
		return 0;
	r = request->baseline
		    ? baseline_find(l->db, request->baseline, &instant, l->reterr)
		    : moment_find(l->db, &request->moment, &instant, l->reterr);
	if (r < 0)
		return r;
	l->moment = db_time(instant.as_of_us);
	return moment_enter(l->db, &instant, ret_then, l->reterr);
}

int inventory_estate_ask(struct inventory *inv, const struct estate_request *request,
	struct estate *ret_estate, struct error *reterr)
{
	struct estate estate = {.arena = arena_new(MEMORY_MAX)};
	struct loader l = {.db = inv->db,
		.estate = &estate,
		.realm = request->realm,
		.moment = db_null(),
		.without_findings = request->without_findings,
		.reterr = reterr};
	_cleanup_(moment_leavep) struct db *then = NULL;
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r;

	if (!estate.arena)
		return loader_no_memory(&l);
	r = enter(&l, request, &then);
	if (r == 0)
		r = moment_begin(inv->db, then, &transaction, reterr);
	if (r == 0)
		r = load(&l);
	if (r == 0)
		r = db_commit(transaction, reterr);
	if (r < 0) {
		arena_free(estate.arena);
		return r;
	}
	*ret_estate = estate;
	return 0;
}

int inventory_estate_load(struct inventory *inv, const char *realm, struct estate *ret_estate,
	struct error *reterr)
{
	const struct estate_request request = {.realm = realm};

	return inventory_estate_ask(inv, &request, ret_estate, reterr);
}
