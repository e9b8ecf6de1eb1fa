/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The snapshot that the mapper draws, in one arena, in the order of stable ids: realm and id
 * for systems, prefix for subnets, number for assets. Read in one transaction, so that it shows
 * one moment. What is quiet or retired is not in it.
 */
#include "inventory/inventory.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY_MAX ((size_t)2 * 1024 * 1024 * 1024)
#define RECORDS_MAX 100000000 /* of one kind */

struct loader {
	struct db *db;
	struct estate *estate;
	const char *realm;
	int64_t *system_realms; /* realm of each system */
	struct error *reterr;
};

static int no_memory(struct loader *l)
{
	return error_set(l->reterr, ERROR_SYSTEM,
		"no memory for a snapshot of the inventory; draw one realm at a time");
}

static int rows_of(struct loader *l, const struct query *query, struct db_result **ret_rows)
{
	int r = db_run(l->db, query, DB_VALUES(db_text(l->realm)), ret_rows, l->reterr);

	if (r == 0 && db_rows(*ret_rows) > RECORDS_MAX)
		return no_memory(l);
	return r;
}

static const char *keep(struct loader *l, const struct db_result *rows, size_t row, int column)
{
	const char *text = db_get_text(rows, row, column);

	return text[0] ? arena_strdup(l->estate->arena, text) : "";
}

static void *array(struct loader *l, size_t n, size_t size)
{
	return arena_alloc(l->estate->arena, (n + 1) * size);
}

/* ---- systems ------------------------------------------------------------------------- */

static int load_systems(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = rows_of(l, &query_estate_systems, &rows);
	size_t n;

	if (r < 0)
		return r;
	n = db_rows(rows);
	e->systems = array(l, n, sizeof(*e->systems));
	l->system_realms = array(l, n, sizeof(*l->system_realms));
	if (!e->systems || !l->system_realms)
		return no_memory(l);
	for (size_t i = 0; i < n; i++) {
		struct estate_system *s = &e->systems[i];

		l->system_realms[i] = db_get_int(rows, i, 0);
		s->id = keep(l, rows, i, 1);
		s->name = keep(l, rows, i, 2);
		s->organisation = keep(l, rows, i, 3);
		s->sector = keep(l, rows, i, 4);
		s->business = keep(l, rows, i, 5);
		s->tier = (uint8_t)db_get_int(rows, i, 6);
		s->designation_no = keep(l, rows, i, 7);
		s->designation_pack = keep(l, rows, i, 8);
		if (!s->id || !s->name || !s->organisation || !s->sector || !s->business ||
			!s->designation_no || !s->designation_pack)
			return no_memory(l);
		s->designated = s->designation_no[0] != '\0';
	}
	e->n_systems = (uint32_t)n;
	return 0;
}

static uint32_t find_system(const struct loader *l, int64_t realm, const char *id)
{
	uint32_t low = 0, high = l->estate->n_systems;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int64_t there = l->system_realms[middle];
		int order = there < realm ? -1 : there > realm ? 1 :
			strcmp(l->estate->systems[middle].id, id);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return ESTATE_NONE;
}

/* ---- assets -------------------------------------------------------------------------- */

static int load_assets(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = rows_of(l, &query_estate_assets, &rows);
	size_t n;

	if (r < 0)
		return r;
	n = db_rows(rows);
	e->assets = array(l, n, sizeof(*e->assets));
	if (!e->assets)
		return no_memory(l);
	for (size_t i = 0; i < n; i++) {
		struct estate_asset *a = &e->assets[i];

		a->id = (uint64_t)db_get_int(rows, i, 0);
		a->name = keep(l, rows, i, 1);
		a->role = asset_role_parse(db_get_text(rows, i, 2));
		a->vendor = keep(l, rows, i, 3);
		a->model = keep(l, rows, i, 4);
		a->os = keep(l, rows, i, 5);
		a->system = find_system(l, db_get_int(rows, i, 6), db_get_text(rows, i, 7));
		mac_parse(db_get_text(rows, i, 8), &a->mac, NULL); /* "" leaves it zero */
		if (!a->name || !a->vendor || !a->model || !a->os)
			return no_memory(l);
	}
	e->n_assets = (uint32_t)n;
	return 0;
}

static uint32_t find_asset(const struct loader *l, uint64_t id)
{
	uint32_t low = 0, high = l->estate->n_assets;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint64_t there = l->estate->assets[middle].id;

		if (there == id)
			return middle;
		if (there < id)
			low = middle + 1;
		else
			high = middle;
	}
	return ESTATE_NONE;
}

/* ---- addresses and their subnets ----------------------------------------------------- */

/* A subnet while it is gathered: equal prefixes of two realms are two. */
struct gathered {
	int64_t realm;
	struct estate_subnet subnet;
	uint32_t address; /* index of the address that it was found for */
};

static int compare_gathered(const void *a, const void *b)
{
	const struct gathered *left = a, *right = b;
	int order = cidr_compare(&left->subnet.cidr, &right->subnet.cidr);

	if (order)
		return order;
	return (left->realm > right->realm) - (left->realm < right->realm);
}

static int take_address(struct loader *l, const struct db_result *rows, size_t i,
	uint32_t asset, struct gathered *subnet)
{
	struct estate *e = l->estate;
	struct estate_address *address = &e->addresses[e->n_addresses];

	if (!db_get_addr(rows, i, 1, &address->addr) ||
		!db_get_cidr(rows, i, 4, &subnet->subnet.cidr))
		return error_set(l->reterr, ERROR_INTERNAL,
			"an address of asset %llu cannot be read",
			(unsigned long long)e->assets[asset].id);
	mac_parse(db_get_text(rows, i, 2), &address->mac, NULL); /* "" leaves it zero */
	address->asset = asset;
	subnet->realm = db_get_int(rows, i, 3);
	subnet->subnet.name = keep(l, rows, i, 5);
	subnet->subnet.zone = keep(l, rows, i, 6);
	subnet->address = e->n_addresses;
	if (!subnet->subnet.name || !subnet->subnet.zone)
		return no_memory(l);
	if (e->assets[asset].n_addresses++ == 0)
		e->assets[asset].first_address = e->n_addresses;
	e->n_addresses++;
	return 0;
}

static int number_subnets(struct loader *l, struct gathered *subnets)
{
	struct estate *e = l->estate;
	uint32_t n = e->n_addresses;

	e->subnets = array(l, n, sizeof(*e->subnets));
	if (!e->subnets)
		return no_memory(l);
	if (n)
		qsort(subnets, n, sizeof(*subnets), compare_gathered);
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0 || compare_gathered(&subnets[i], &subnets[i - 1]) != 0)
			e->subnets[e->n_subnets++] = subnets[i].subnet;
		e->addresses[subnets[i].address].subnet = e->n_subnets - 1;
	}
	return 0;
}

static int load_addresses(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(cleanup_freep) struct gathered *subnets = NULL;
	struct estate *e = l->estate;
	int r = rows_of(l, &query_estate_addresses, &rows);
	size_t n;

	if (r < 0)
		return r;
	n = db_rows(rows);
	e->addresses = array(l, n, sizeof(*e->addresses));
	subnets = calloc(n + 1, sizeof(*subnets));
	if (!e->addresses || !subnets)
		return no_memory(l);
	for (size_t i = 0; i < n; i++) {
		uint32_t asset = find_asset(l, (uint64_t)db_get_int(rows, i, 0));

		r = asset == ESTATE_NONE ? 0 : take_address(l, rows, i, asset,
			&subnets[e->n_addresses]);
		if (r < 0)
			return r;
	}
	return number_subnets(l, subnets);
}

/* ---- services and links -------------------------------------------------------------- */

static int take_service(struct loader *l, const struct db_result *rows, size_t i,
	uint32_t asset)
{
	struct estate *e = l->estate;
	struct estate_service *s = &e->services[e->n_services];
	struct estate_asset *owner = &e->assets[asset];

	s->asset = asset;
	db_get_addr(rows, i, 1, &s->addr);
	s->transport = (uint8_t)db_get_int(rows, i, 2);
	s->port = (uint16_t)db_get_int(rows, i, 3);
	s->protocol = keep(l, rows, i, 4);
	s->product = keep(l, rows, i, 5);
	s->version = keep(l, rows, i, 6);
	s->exposed = db_get_bool(rows, i, 7);
	if (!s->protocol || !s->product || !s->version)
		return no_memory(l);
	owner->exposed |= s->exposed;
	if (owner->n_services++ == 0)
		owner->first_service = e->n_services;
	e->n_services++;
	return 0;
}

static int load_services(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = rows_of(l, &query_estate_services, &rows);

	if (r < 0)
		return r;
	e->services = array(l, db_rows(rows), sizeof(*e->services));
	if (!e->services)
		return no_memory(l);
	for (size_t i = 0; i < db_rows(rows) && r == 0; i++) {
		uint32_t asset = find_asset(l, (uint64_t)db_get_int(rows, i, 0));

		r = asset == ESTATE_NONE ? 0 : take_service(l, rows, i, asset);
	}
	return r;
}

static bool layer_parse(const char *name, enum link_layer *ret)
{
	for (int i = 0; i < LINK_LAYER_N; i++) {
		if (strcmp(link_layer_name((enum link_layer)i), name) == 0) {
			*ret = (enum link_layer)i;
			return true;
		}
	}
	return false;
}

static bool grade_parse(const char *name, enum evidence_grade *ret)
{
	for (int i = 0; i < GRADE_N; i++) {
		if (strcmp(evidence_grade_name((enum evidence_grade)i), name) == 0) {
			*ret = (enum evidence_grade)i;
			return true;
		}
	}
	return false;
}

static int load_links(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = rows_of(l, &query_estate_links, &rows);

	if (r < 0)
		return r;
	e->links = array(l, db_rows(rows), sizeof(*e->links));
	if (!e->links)
		return no_memory(l);
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct estate_link link = {
			.from = find_asset(l, (uint64_t)db_get_int(rows, i, 0)),
			.to = find_asset(l, (uint64_t)db_get_int(rows, i, 1)),
		};

		if (link.from != ESTATE_NONE && link.to != ESTATE_NONE &&
			layer_parse(db_get_text(rows, i, 2), &link.layer) &&
			grade_parse(db_get_text(rows, i, 3), &link.grade))
			e->links[e->n_links++] = link;
	}
	return 0;
}

/* ---- the door ------------------------------------------------------------------------ */

static int load_head(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = rows_of(l, &query_estate_head, &rows);

	if (r < 0)
		return r;
	if (!l->realm && db_get_int(rows, 0, 2) > 1)
		return error_set(l->reterr, ERROR_USAGE,
			"the register has assets in %lld realms, \"%s\" to \"%s\"; one sheet shows one: "
			"--realm NAME", (long long)db_get_int(rows, 0, 2), db_get_text(rows, 0, 3),
			db_get_text(rows, 0, 4));
	e->realm = arena_strdup(e->arena, l->realm ? l->realm : db_get_text(rows, 0, 3));
	if (!e->realm)
		return no_memory(l);
	l->realm = e->realm;
	e->run_id = (uint64_t)db_get_int(rows, 0, 0);
	e->as_of_us = db_get_int(rows, 0, 1);
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
	return r < 0 ? r : load_links(l);
}

int inventory_estate_load(struct inventory *inv, const char *realm, struct estate *ret_estate,
	struct error *reterr)
{
	struct estate estate = {.arena = arena_new(MEMORY_MAX)};
	struct loader l = {.db = inv->db, .estate = &estate, .realm = realm, .reterr = reterr};
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r;

	if (!estate.arena)
		return no_memory(&l);
	r = db_run(inv->db, &query_estate_begin, DB_NO_VALUES, NULL, reterr);
	if (r == 0) {
		transaction = inv->db;
		r = load(&l);
	}
	if (r == 0)
		r = db_commit(transaction, reterr);
	if (r < 0) {
		arena_free(estate.arena);
		return r;
	}
	*ret_estate = estate;
	return 0;
}
