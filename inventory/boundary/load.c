/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the graph of a realm; see load.h. References are by id or number in the rows, which
 * come in their order, and are looked up by halving. What refers to something that is not there
 * is left out; a flow keeps its other end.
 */
#include "inventory/boundary/loading.h"

#include "inventory/norm/pack.h"
#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY_MAX ((size_t)16 * 1024 * 1024 * 1024)
#define ROWS_MAX 100000000 /* of one kind */

int loading_no_memory(struct loading *l)
{
	return error_set(l->reterr, ERROR_SYSTEM, "no memory for the boundaries of the realm");
}

/* Rows of a query about the realm, and room for a record of each. */
int loading_rows(struct loading *l, const struct query *query, size_t size,
	struct db_result **ret_rows, void *ret_records)
{
	int r = db_run(l->db, query, DB_VALUES(db_int(l->to->realm)), ret_rows, l->reterr);
	void *records;

	if (r < 0)
		return r;
	if (db_rows(*ret_rows) > ROWS_MAX)
		return error_set(l->reterr, ERROR_INPUT,
			"the realm has too many rows of %s to derive a boundary from",
			query->name);
	records = arena_alloc(l->to->arena, (db_rows(*ret_rows) + 1) * size);
	if (!records)
		return loading_no_memory(l);
	*(void **)ret_records = records;
	return 0;
}

const char *loading_keep(struct loading *l, const struct db_result *rows, size_t i, int column)
{
	const char *text = db_get_text(rows, i, column);

	return text[0] ? arena_strdup(l->to->arena, text) : "";
}

/* ---- by id ------------------------------------------------------------------------------- */

/* Records of `size` bytes that begin with their id, ordered by it. */
static uint32_t find_id(const void *records, uint32_t n, size_t size, const char *id)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const char *there;
		int order;

		memcpy(&there, (const char *)records + middle * size, sizeof(there));
		order = strcmp(there, id);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return BOUNDARY_NONE;
}

uint32_t boundary_find_system(const struct boundary_graph *g, const char *id)
{
	return find_id(g->systems, g->n_systems, sizeof(*g->systems), id);
}

uint32_t loading_zone(const struct boundary_graph *g, const char *id)
{
	return find_id(g->zones, g->n_zones, sizeof(*g->zones), id);
}

uint32_t loading_asset(const struct boundary_graph *g, int64_t id)
{
	uint32_t low = 0, high = g->n_assets;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (g->assets[middle].id == (uint64_t)id)
			return middle;
		if (g->assets[middle].id < (uint64_t)id)
			low = middle + 1;
		else
			high = middle;
	}
	return BOUNDARY_NONE;
}

/* ---- what the register states ------------------------------------------------------------ */

static int load_systems(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_system *systems;
	int r = loading_rows(l, &query_boundary_systems, sizeof(*systems), &rows, &systems);

	if (r < 0)
		return r;
	g->systems = systems;
	g->n_systems = (uint32_t)db_rows(rows);
	for (uint32_t i = 0; i < g->n_systems; i++) {
		systems[i].id = loading_keep(l, rows, i, 0);
		systems[i].name = loading_keep(l, rows, i, 1);
		systems[i].external = db_get_bool(rows, i, 4);
		if (!systems[i].id || !systems[i].name)
			return loading_no_memory(l);
	}
	for (uint32_t i = 0; i < g->n_systems; i++) {
		systems[i].parent = boundary_find_system(g, db_get_text(rows, i, 2));
		systems[i].carried_by = boundary_find_system(g, db_get_text(rows, i, 3));
	}
	return 0;
}

static int load_businesses(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_business *businesses;
	int r = loading_rows(
		l, &query_boundary_businesses, sizeof(*businesses), &rows, &businesses);

	if (r < 0)
		return r;
	g->businesses = businesses;
	g->n_businesses = (uint32_t)db_rows(rows);
	for (uint32_t i = 0; i < g->n_businesses; i++) {
		businesses[i] = (struct boundary_business){loading_keep(l, rows, i, 0),
			loading_keep(l, rows, i, 1), db_get_bool(rows, i, 2)};
		if (!businesses[i].id || !businesses[i].name)
			return loading_no_memory(l);
	}
	return 0;
}

static int load_supports(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_support *supports;
	int r = loading_rows(l, &query_boundary_supports, sizeof(*supports), &rows, &supports);

	if (r < 0)
		return r;
	g->supports = supports;
	for (size_t i = 0; i < db_rows(rows); i++) {
		int strength = strength_parse(db_get_text(rows, i, 2));
		struct boundary_support support = {
			.system = boundary_find_system(g, db_get_text(rows, i, 0)),
			.business = find_id(g->businesses, g->n_businesses,
				sizeof(*g->businesses), db_get_text(rows, i, 1)),
			.strength = (unsigned)strength};

		if (strength >= 0 && support.system != BOUNDARY_NONE &&
			support.business != BOUNDARY_NONE)
			supports[g->n_supports++] = support;
	}
	return 0;
}

static int load_needs(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_need *needs;
	int r = loading_rows(l, &query_boundary_needs, sizeof(*needs), &rows, &needs);

	if (r < 0)
		return r;
	g->needs = needs;
	for (size_t i = 0; i < db_rows(rows); i++) {
		int strength = strength_parse(db_get_text(rows, i, 2));
		struct boundary_need need = {
			.from = boundary_find_system(g, db_get_text(rows, i, 0)),
			.on = boundary_find_system(g, db_get_text(rows, i, 1)),
			.strength = (unsigned)strength};

		if (strength >= 0 && need.from != BOUNDARY_NONE && need.on != BOUNDARY_NONE)
			needs[g->n_needs++] = need;
	}
	return 0;
}

static int load_zones(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_zone *zones;
	int r = loading_rows(l, &query_boundary_zones, sizeof(*zones), &rows, &zones);

	if (r < 0)
		return r;
	g->zones = zones;
	g->n_zones = (uint32_t)db_rows(rows);
	for (uint32_t i = 0; i < g->n_zones; i++) {
		zones[i].id = loading_keep(l, rows, i, 0);
		if (!zones[i].id)
			return loading_no_memory(l);
	}
	for (uint32_t i = 0; i < g->n_zones; i++)
		zones[i].parent = loading_zone(g, db_get_text(rows, i, 1));
	return 0;
}

/* ---- assets ------------------------------------------------------------------------------ */

static int load_assets(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_asset *assets;
	int r = loading_rows(l, &query_boundary_assets, sizeof(*assets), &rows, &assets);

	if (r < 0)
		return r;
	g->assets = l->assets = assets;
	g->n_assets = (uint32_t)db_rows(rows);
	for (uint32_t i = 0; i < g->n_assets; i++) {
		bool guard = db_get_bool(rows, i, 4);

		assets[i] = (struct boundary_asset){.id = (uint64_t)db_get_int(rows, i, 0),
			.name = loading_keep(l, rows, i, 1),
			.role = loading_keep(l, rows, i, 2),
			.system = boundary_find_system(g, db_get_text(rows, i, 3)),
			.device = guard,
			.guard = guard};
		if (!assets[i].name || !assets[i].role)
			return loading_no_memory(l);
	}
	return 0;
}

static int load_near(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_near *near;
	int r = loading_rows(l, &query_boundary_near, sizeof(*near), &rows, &near);

	if (r < 0)
		return r;
	g->near = near;
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct boundary_near one = {loading_asset(g, db_get_int(rows, i, 0)),
			loading_asset(g, db_get_int(rows, i, 1))};

		if (one.guard != BOUNDARY_NONE && one.asset != BOUNDARY_NONE)
			near[g->n_near++] = one;
	}
	return 0;
}

static int load_conduits(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct boundary_graph *g = &l->to->graph;
	struct boundary_conduit *conduits;
	int r = loading_rows(l, &query_boundary_conduits, sizeof(*conduits), &rows, &conduits);

	if (r < 0)
		return r;
	g->conduits = conduits;
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct boundary_conduit *c = &conduits[g->n_conduits];

		*c = (struct boundary_conduit){.id = loading_keep(l, rows, i, 0),
			.low = loading_zone(g, db_get_text(rows, i, 1)),
			.high = loading_zone(g, db_get_text(rows, i, 2)),
			.device = loading_keep(l, rows, i, 3),
			.protocols = loading_keep(l, rows, i, 4),
			.asset = loading_asset(g, db_get_int(rows, i, 5)),
			.one_way = db_get_bool(rows, i, 6)};
		if (!c->id || !c->device || !c->protocols)
			return loading_no_memory(l);
		if (c->low == BOUNDARY_NONE || c->high == BOUNDARY_NONE)
			continue;
		if (c->asset != BOUNDARY_NONE)
			l->assets[c->asset].device = true;
		g->n_conduits++;
	}
	return 0;
}

/* ---- all of it --------------------------------------------------------------------------- */

static int load_head(struct loading *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(
		l->db, &query_boundary_head, DB_VALUES(db_int(l->to->realm)), &rows, l->reterr);

	if (r == 0)
		l->to->run_id = db_get_int(rows, 0, 0);
	return r;
}

int boundary_load(struct db *db, int64_t realm, int64_t as_of_us, struct boundary_loaded *ret,
	struct error *reterr)
{
	/* Zones and assets before what stands in them; conduits after both. */
	static int (*const steps[])(struct loading *) = {load_head, load_systems,
		load_businesses, load_supports, load_needs, load_zones, load_assets, load_near,
		load_conduits, loading_flows};
	struct boundary_loaded loaded = {.arena = arena_new(MEMORY_MAX),
		.realm = realm,
		.graph = {.as_of_us = as_of_us}};
	struct loading l = {.db = db, .to = &loaded, .reterr = reterr};
	int r = loaded.arena ? 0 : loading_no_memory(&l);

	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		r = steps[i](&l);
	if (r < 0) {
		boundary_loaded_done(&loaded);
		return r;
	}
	*ret = loaded;
	r = boundary_walk_new(&ret->graph, &ret->walk, reterr); /* which borrows the graph */
	if (r < 0)
		boundary_loaded_done(ret);
	return r;
}

void boundary_loaded_done(struct boundary_loaded *loaded)
{
	boundary_walk_free(loaded->walk);
	arena_free(loaded->arena);
	*loaded = (struct boundary_loaded){0};
}
