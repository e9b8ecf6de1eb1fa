/* SPDX-License-Identifier: Apache-2.0 */
/* Made estates; see made_estate.h. */
#include "tests/estate/made_estate.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AS_OF_US (1764086400LL * 1000000) /* 2025-11-25T16:00:00Z */
#define ASSETS_PER_SYSTEM 210
#define SUBNET_SIZE_MEDIAN 34.0 /* of a log-normal distribution, */
#define SUBNET_SIZE_SIGMA 0.85
#define SUBNET_SIZE_MOST 240
#define SUBNETS_PER_ROUTER 6
#define SECTORS 7
#define ORGANISATIONS_MAX 120
#define TEXT_MAX 64

static const char *const sectors[SECTORS] = {"Power", "Water", "Rail", "Telecommunications",
	"Finance", "Health", "Public services"};
static const char *const divisions[] = {"110000", "310000", "320500", "330100", "370200",
	"420100", "440100", "440300", "500000", "510100", "610100", "650100"};
static const char *const kinds[] = {"dispatch", "billing", "signalling", "archive", "portal",
	"metering", "clearing", "records"};
static const struct {
	enum asset_role role;
	unsigned int per_mille;
	const char *vendor, *os;
} roles[] = {{ASSET_ROLE_TERMINAL, 430, "Lenovo", "Windows 10"},
	{ASSET_ROLE_SERVER, 220, "Dell", "Debian Linux 12"},
	{ASSET_ROLE_CONTROLLER, 130, "Siemens", ""}, {ASSET_ROLE_SWITCH, 70, "H3C", "Comware"},
	{ASSET_ROLE_DATABASE, 40, "Dell", "Red Hat Linux 9"},
	{ASSET_ROLE_CAMERA, 50, "Hikvision", ""}, {ASSET_ROLE_PRINTER, 30, "HP", ""},
	{ASSET_ROLE_HOST, 30, "", ""}};

static uint64_t next(uint64_t *state) /* SplitMix64 */
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t below(uint64_t *state, uint32_t n)
{
	return n ? (uint32_t)(next(state) % n) : 0;
}

static double unit(uint64_t *state)
{
	return (double)(next(state) >> 11) / 9007199254740992.0;
}

static void *need(void *memory)
{
	if (!memory) {
		fputs("made_estate: no memory\n", stderr);
		exit(1);
	}
	return memory;
}

static const char *numbered(
	struct arena *arena, const char *before, uint64_t number, const char *after)
{
	char out[TEXT_MAX];

	snprintf(out, sizeof(out), "%s%" PRIu64 "%s", before, number, after);
	return need(arena_strdup(arena, out));
}

static struct estate *estate_new(
	struct arena *arena, size_t assets, size_t systems, size_t subnets)
{
	struct estate *e = need(arena_alloc(arena, sizeof(*e)));

	*e = (struct estate){
		.arena = arena, .realm = "made", .as_of_us = AS_OF_US, .run_id = 1};
	e->systems = need(arena_alloc(arena, (systems + 1) * sizeof(*e->systems)));
	e->subnets = need(arena_alloc(arena, (subnets + 1) * sizeof(*e->subnets)));
	e->assets = need(arena_alloc(arena, (assets + 1) * sizeof(*e->assets)));
	e->addresses = need(arena_alloc(
		arena, (assets + subnets + 1) * sizeof(*e->addresses)));
	e->services = need(arena_alloc(arena, (assets + 1) * sizeof(*e->services)));
	e->links = need(arena_alloc(arena, (assets / 4 + subnets + 1) * sizeof(*e->links)));
	e->organisations =
		need(arena_alloc(arena, ORGANISATIONS_MAX * sizeof(*e->organisations)));
	return e;
}

/* ---- what there is ----------------------------------------------------------------------- */

static void add_organisations(struct estate *e, uint32_t n, uint64_t *state)
{
	for (uint32_t i = 0; i < n; i++)
		e->organisations[e->n_organisations++] =
			(struct estate_organisation){.id = numbered(e->arena, "org-", i, ""),
				.name = numbered(e->arena, "Operator ", i, ""),
				.sector = sectors[i % SECTORS],
				.division = divisions[below(
					state, sizeof(divisions) / sizeof(*divisions))]};
}

static void add_system(struct estate *e, uint64_t *state)
{
	uint32_t i = e->n_systems, chance = below(state, 100);
	const struct estate_organisation *o =
		&e->organisations[below(state, e->n_organisations)];
	char name[TEXT_MAX];
	struct estate_system *s = &e->systems[e->n_systems++];

	snprintf(name, sizeof(name), "%s %s %u", o->sector,
		kinds[below(state, sizeof(kinds) / sizeof(*kinds))], i);
	*s = (struct estate_system){.id = numbered(e->arena, "sys-", i, ""),
		.name = need(arena_strdup(e->arena, name)),
		.organisation = o->name,
		.sector = o->sector,
		.business = "",
		.tier = (uint8_t)(chance < 10	? 0
				  : chance < 25 ? 1
				  : chance < 55 ? 2
				  : chance < 92 ? 3
						: 4),
		.designated = chance >= 88,
		.designation_no = "",
		.designation_pack = "",
		.division = o->division,
		.manages = o->name,
		.operates = o->name};
	if (s->designated) {
		s->designation_no = numbered(e->arena, "CII-2026-", i, "");
		s->designation_pack = "x.energy.power 1.0";
	}
}

static uint32_t add_subnet(struct estate *e, uint32_t number, const char *name)
{
	struct estate_subnet *s = &e->subnets[e->n_subnets];
	uint8_t bytes[4] = {10, (uint8_t)(number >> 8), (uint8_t)number, 0};
	struct addr addr = addr_from_bytes(4, bytes);

	*s = (struct estate_subnet){.cidr = cidr_of(&addr, 24), .name = name, .zone = ""};
	return e->n_subnets++;
}

static struct estate_asset *add_asset(struct estate *e, uint64_t id, const char *name,
	enum asset_role role, uint32_t system)
{
	struct estate_asset *a = &e->assets[e->n_assets++];

	*a = (struct estate_asset){.id = id,
		.name = name,
		.role = role,
		.vendor = "",
		.model = "",
		.os = "",
		.system = system,
		.first_address = e->n_addresses,
		.first_service = e->n_services,
		.seen_us = AS_OF_US,
		.responsible = system == ESTATE_NONE ? "" : e->systems[system].operates};
	return a;
}

static void add_address(struct estate *e, struct estate_asset *a, uint32_t subnet, uint8_t host)
{
	struct addr net = e->subnets[subnet].cidr.base;
	struct estate_address *address = &e->addresses[e->n_addresses++];
	uint32_t asset = (uint32_t)(a - e->assets);

	net.bytes[3] = host;
	*address = (struct estate_address){.asset = asset, .subnet = subnet, .addr = net};
	address->mac.bytes[0] = 2;
	memcpy(&address->mac.bytes[1], net.bytes, 4);
	address->mac.bytes[5] = (uint8_t)asset;
	a->n_addresses++;
}

static void add_service(struct estate *e, struct estate_asset *a, uint16_t port,
	const char *protocol, const char *product, bool exposed)
{
	e->services[e->n_services++] =
		(struct estate_service){.asset = (uint32_t)(a - e->assets),
			.addr = e->addresses[a->first_address].addr,
			.transport = 6,
			.port = port,
			.protocol = protocol,
			.product = product,
			.version = "",
			.exposed = exposed,
			.kind = exposed ? "web" : ""};
	a->n_services++;
	a->exposed |= exposed;
}

static void add_link(struct estate *e, uint32_t from, uint32_t to, enum link_layer layer)
{
	e->links[e->n_links++] = (struct estate_link){
		.from = from, .to = to, .layer = layer, .grade = GRADE_MEASURED};
}

/* Of its host number in a subnet everything else follows, so that it can be made again. */
static void add_host(
	struct estate *e, uint64_t id, uint32_t subnet, uint8_t host, uint32_t system)
{
	uint64_t state = id * 0x2545f4914f6cdd1d;
	uint32_t chance = below(&state, 1000), sum = 0, i = 0;
	struct estate_asset *a;

	while (i + 1 < sizeof(roles) / sizeof(*roles) && (sum += roles[i].per_mille) <= chance)
		i++;
	a = add_asset(e, id, numbered(e->arena, "h", id, ".made.example"), roles[i].role,
		system);
	a->vendor = roles[i].vendor;
	a->os = roles[i].os;
	add_address(e, a, subnet, host);
	if (roles[i].role == ASSET_ROLE_CONTROLLER)
		add_service(e, a, 502, "modbus", "Modbus device", false);
	else if (roles[i].role != ASSET_ROLE_TERMINAL)
		add_service(e, a, 443, "http", "nginx", below(&state, 25) == 0);
}

static uint32_t subnet_size(uint64_t *state)
{
	double normal = sqrt(-2 * log(1 - unit(state))) * cos(2 * M_PI * unit(state));
	double size = SUBNET_SIZE_MEDIAN * exp(SUBNET_SIZE_SIGMA * normal);

	return size < 1 ? 1 : size > SUBNET_SIZE_MOST ? SUBNET_SIZE_MOST : (uint32_t)size;
}

/* Which system a subnet is of: neighbours share one; one in twenty is of none. */
static uint32_t system_of(
	const struct estate *e, uint32_t subnet, uint32_t subnets, uint64_t *state)
{
	uint32_t i = (uint32_t)((uint64_t)subnet * e->n_systems / (subnets ? subnets : 1));

	return below(state, 20) == 0 || e->n_systems == 0 ? ESTATE_NONE : i % e->n_systems;
}

/* Routers stand first, so that their index is their number; each joins some subnets. */
static void add_routers(struct estate *e, uint32_t subnets, uint32_t n)
{
	for (uint32_t r = 0; r < n; r++) {
		struct estate_asset *a =
			add_asset(e, r + 1, numbered(e->arena, "r", r, ".made.example"),
				ASSET_ROLE_ROUTER, ESTATE_NONE);

		a->vendor = "Huawei";
		a->os = "VRP";
		for (uint32_t s = r; s < subnets; s += n)
			add_address(e, a, s, 1);
		if (r > 0)
			add_link(e, (r - 1) / 4, r, LINK_L3);
	}
}

struct estate *made_estate(struct arena *arena, uint32_t n_assets, uint64_t seed)
{
	uint64_t state = seed + n_assets;
	uint32_t systems = n_assets / ASSETS_PER_SYSTEM + 1, subnets = 0, left = n_assets,
		 routers;
	uint32_t *sizes = need(arena_alloc(arena, (n_assets + 1ul) * sizeof(*sizes)));
	struct estate *e;

	while (left > 0) {
		sizes[subnets] = subnet_size(&state);
		if (sizes[subnets] > left || subnets + 1 == 65000)
			sizes[subnets] = left < 250 ? left : 250;
		left -= sizes[subnets++];
	}
	routers = subnets / SUBNETS_PER_ROUTER + 1;
	e = estate_new(arena, n_assets + routers, systems, subnets);
	add_organisations(e,
		systems / 4 + 1 < ORGANISATIONS_MAX ? systems / 4 + 1 : ORGANISATIONS_MAX,
		&state);
	for (uint32_t i = 0; i < systems; i++)
		add_system(e, &state);
	for (uint32_t i = 0; i < subnets; i++)
		add_subnet(e, i, i % 3 ? "" : numbered(arena, "Segment ", i, ""));
	add_routers(e, subnets, routers);
	for (uint32_t s = 0; s < subnets; s++) {
		uint32_t system = system_of(e, s, subnets, &state);

		for (uint32_t h = 0; h < sizes[s]; h++)
			add_host(e, 1000000 + e->n_assets, s, (uint8_t)(2 + h), system);
	}
	for (uint32_t i = 0; i < n_assets / 8; i++)
		add_link(e, routers + below(&state, n_assets),
			routers + below(&state, n_assets), LINK_FLOW);
	return e;
}

/* ---- later ------------------------------------------------------------------------------- */

static void copy_asset(struct estate *e, const struct estate *before, uint32_t i,
	const uint32_t *subnet_now)
{
	const struct estate_asset *old = &before->assets[i];
	struct estate_asset *a = &e->assets[e->n_assets++];

	*a = *old;
	a->first_address = e->n_addresses;
	a->first_service = e->n_services;
	a->n_addresses = a->n_services = 0;
	for (uint32_t k = 0; k < old->n_addresses; k++) {
		struct estate_address address = before->addresses[old->first_address + k];

		if (subnet_now[address.subnet] == ESTATE_NONE)
			continue;
		address.subnet = subnet_now[address.subnet];
		address.asset = (uint32_t)(a - e->assets);
		e->addresses[e->n_addresses++] = address;
		a->n_addresses++;
	}
	for (uint32_t k = 0; k < old->n_services; k++) {
		struct estate_service service = before->services[old->first_service + k];

		service.asset = (uint32_t)(a - e->assets);
		e->services[e->n_services++] = service;
		a->n_services++;
	}
}

/* Above those that an estate begins with. */
static uint32_t free_number(const struct estate *e)
{
	uint32_t number = 65001;

	for (uint32_t i = 0; i < e->n_subnets; i++) {
		const uint8_t *bytes = e->subnets[i].cidr.base.bytes;
		uint32_t used = (uint32_t)bytes[1] << 8 | bytes[2];

		number = used >= number ? used + 1 : number;
	}
	return number;
}

struct estate *made_estate_later(
	struct arena *arena, const struct estate *before, unsigned int churn, uint64_t seed)
{
	uint64_t state = seed, id = 0;
	uint32_t wanted = (uint32_t)((uint64_t)before->n_assets * churn / 1000), added = 0;
	uint32_t *subnet_now =
		need(arena_alloc(arena, (before->n_subnets + 1ul) * sizeof(*subnet_now)));
	uint32_t *last = need(arena_alloc(arena, (before->n_subnets + 64ul) * sizeof(*last)));
	uint32_t *owner = need(arena_alloc(arena, (before->n_subnets + 64ul) * sizeof(*owner)));
	struct estate *e = estate_new(arena, before->n_assets + wanted, before->n_systems + 4,
		before->n_subnets * 2 + 64);

	memcpy(e->organisations, before->organisations,
		before->n_organisations * sizeof(*e->organisations));
	e->n_organisations = before->n_organisations;
	memcpy(e->systems, before->systems, before->n_systems * sizeof(*e->systems));
	e->n_systems = before->n_systems;
	for (uint32_t i = 0; i < before->n_subnets; i++) {
		bool gone = below(&state, 100) == 0;

		subnet_now[i] = gone ? ESTATE_NONE : e->n_subnets;
		if (!gone)
			e->subnets[e->n_subnets++] = before->subnets[i];
	}
	for (uint32_t i = 0; i < before->n_assets; i++) {
		const struct estate_asset *old = &before->assets[i];
		uint32_t subnet = old->n_addresses
					  ? before->addresses[old->first_address].subnet
					  : 0;

		id = old->id > id ? old->id : id;
		if (old->role != ASSET_ROLE_ROUTER &&
			(subnet_now[subnet] == ESTATE_NONE || below(&state, 1000) < churn))
			continue;
		copy_asset(e, before, i, subnet_now);
		if (old->role != ASSET_ROLE_ROUTER) {
			last[subnet_now[subnet]] =
				before->addresses[old->first_address].addr.bytes[3];
			owner[subnet_now[subnet]] = old->system;
		}
	}
	add_system(e, &state);
	for (uint32_t tries = 0; added < wanted && tries < 40 * wanted + 100; tries++) {
		uint32_t s = below(&state, e->n_subnets);

		if (below(&state, 200) == 0 && e->n_subnets < before->n_subnets + 60) {
			s = add_subnet(e, free_number(e), "");
			last[s] = 1;
			owner[s] = e->n_systems - 1;
		}
		if (last[s] == 0 || last[s] >= 250)
			continue;
		add_host(e, ++id, s, (uint8_t)++last[s], owner[s]);
		added++;
	}
	for (uint32_t i = 0; i < before->n_links; i++)
		if (before->links[i].layer == LINK_L3)
			e->links[e->n_links++] = before->links[i];
	return e;
}

/* ---- in another order -------------------------------------------------------------------- */

static uint32_t *shuffled(struct arena *arena, uint32_t n, uint64_t *state)
{
	uint32_t *order = need(arena_alloc(arena, (n + 1ul) * sizeof(*order)));

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n; i > 1; i--) {
		uint32_t k = below(state, i), kept = order[i - 1];

		order[i - 1] = order[k];
		order[k] = kept;
	}
	return order;
}

struct estate *made_estate_permuted(
	struct arena *arena, const struct estate *before, uint64_t seed)
{
	uint64_t state = seed;
	uint32_t *links = shuffled(arena, before->n_links, &state);
	struct estate *e = need(arena_alloc(arena, sizeof(*e)));

	*e = *before;
	e->links = need(arena_alloc(arena, (before->n_links + 1ul) * sizeof(*e->links)));
	for (uint32_t i = 0; i < before->n_links; i++) {
		struct estate_link link = before->links[links[i]];

		/* Links of one layer between two have no direction but of flows. */
		if (link.layer == LINK_L3 && i % 2) {
			uint32_t from = link.from;

			link.from = link.to;
			link.to = from;
		}
		e->links[i] = link;
	}
	return e;
}
