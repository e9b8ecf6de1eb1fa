/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The estate's part that discovery found: assets with addresses, services and links. See
 * loader.h; judges nothing, the views do.
 */
#include "inventory/estate/loader.h"
#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

/* ---- assets -------------------------------------------------------------------------- */

uint32_t find_asset(const struct loader *l, uint64_t id)
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

/* What is reckoned about assets beside their own rows: the views that do are asked once
 * each. */
static int load_besides(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *responsible = NULL, *findings = NULL,
						     *boundary = NULL;
	struct estate *e = l->estate;
	int r = loader_rows(l, &query_estate_responsible, &responsible);

	for (size_t i = 0; r == 0 && i < db_rows(responsible); i++) {
		uint32_t asset = find_asset(l, (uint64_t)db_get_int(responsible, i, 0));

		if (asset == ESTATE_NONE)
			continue;
		e->assets[asset].responsible = loader_keep(l, responsible, i, 1);
		if (!e->assets[asset].responsible)
			return loader_no_memory(l);
	}
	if (r == 0)
		r = loader_rows(l, &query_estate_boundary, &boundary);
	for (size_t i = 0; r == 0 && i < db_rows(boundary); i++) {
		uint32_t asset = find_asset(l, (uint64_t)db_get_int(boundary, i, 0));

		if (asset != ESTATE_NONE)
			e->assets[asset].boundary = (uint8_t)db_get_int(boundary, i, 1);
	}
	if (r < 0 || l->without_findings)
		return r;
	r = loader_rows(l, &query_estate_findings, &findings);
	for (size_t i = 0; r == 0 && i < db_rows(findings); i++) {
		uint32_t asset = find_asset(l, (uint64_t)db_get_int(findings, i, 0));

		if (asset != ESTATE_NONE)
			e->assets[asset].n_findings = (uint32_t)db_get_int(findings, i, 1);
	}
	return r;
}

int load_assets(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = loader_rows(l, &query_estate_assets, &rows);
	size_t n;

	if (r < 0)
		return r;
	n = db_rows(rows);
	e->assets = loader_array(l, n, sizeof(*e->assets));
	if (!e->assets)
		return loader_no_memory(l);
	for (size_t i = 0; i < n; i++) {
		struct estate_asset *a = &e->assets[i];

		a->id = (uint64_t)db_get_int(rows, i, 0);
		a->name = loader_keep(l, rows, i, 1);
		a->role = asset_role_parse(db_get_text(rows, i, 2));
		a->vendor = loader_keep(l, rows, i, 3);
		a->model = loader_keep(l, rows, i, 4);
		a->os = loader_keep(l, rows, i, 5);
		a->system = find_system(l, db_get_text(rows, i, 6));
		mac_parse(db_get_text(rows, i, 7), &a->mac, NULL); /* "" leaves it zero */
		a->seen_us = db_get_int(rows, i, 8);
		a->responsible = "";
		if (!a->name || !a->vendor || !a->model || !a->os)
			return loader_no_memory(l);
	}
	e->n_assets = (uint32_t)n;
	return load_besides(l);
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
	subnet->subnet.name = loader_keep(l, rows, i, 5);
	subnet->subnet.zone = loader_keep(l, rows, i, 6);
	subnet->address = e->n_addresses;
	if (!subnet->subnet.name || !subnet->subnet.zone)
		return loader_no_memory(l);
	if (e->assets[asset].n_addresses++ == 0)
		e->assets[asset].first_address = e->n_addresses;
	e->n_addresses++;
	return 0;
}

static int number_subnets(struct loader *l, struct gathered *subnets)
{
	struct estate *e = l->estate;
	uint32_t n = e->n_addresses;

	e->subnets = loader_array(l, n, sizeof(*e->subnets));
	if (!e->subnets)
		return loader_no_memory(l);
	if (n)
		qsort(subnets, n, sizeof(*subnets), compare_gathered);
	for (uint32_t i = 0; i < n; i++) {
		if (i == 0 || compare_gathered(&subnets[i], &subnets[i - 1]) != 0)
			e->subnets[e->n_subnets++] = subnets[i].subnet;
		e->addresses[subnets[i].address].subnet = e->n_subnets - 1;
	}
	return 0;
}

int load_addresses(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(cleanup_freep) struct gathered *subnets = NULL;
	struct estate *e = l->estate;
	int r = loader_rows(l, &query_estate_addresses, &rows);
	size_t n;

	if (r < 0)
		return r;
	n = db_rows(rows);
	e->addresses = loader_array(l, n, sizeof(*e->addresses));
	subnets = calloc(n + 1, sizeof(*subnets));
	if (!e->addresses || !subnets)
		return loader_no_memory(l);
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
	s->protocol = loader_keep(l, rows, i, 4);
	s->product = loader_keep(l, rows, i, 5);
	s->version = loader_keep(l, rows, i, 6);
	s->exposed = db_get_bool(rows, i, 7);
	s->kind = loader_keep(l, rows, i, 8);
	s->justified = (uint8_t)db_get_int(rows, i, 9);
	if (!s->protocol || !s->product || !s->version || !s->kind)
		return loader_no_memory(l);
	owner->exposed |= s->exposed;
	if (owner->n_services++ == 0)
		owner->first_service = e->n_services;
	e->n_services++;
	return 0;
}

int load_services(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = loader_rows(l, &query_estate_services, &rows);

	if (r < 0)
		return r;
	e->services = loader_array(l, db_rows(rows), sizeof(*e->services));
	if (!e->services)
		return loader_no_memory(l);
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

int load_links(struct loader *l)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct estate *e = l->estate;
	int r = loader_rows(l, &query_estate_links, &rows);

	if (r < 0)
		return r;
	e->links = loader_array(l, db_rows(rows), sizeof(*e->links));
	if (!e->links)
		return loader_no_memory(l);
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
