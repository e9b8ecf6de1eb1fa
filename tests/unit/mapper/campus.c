/* SPDX-License-Identifier: Apache-2.0 */
/* Builds estates like a campus; see campus.h. */
#include "tests/unit/mapper/campus.h"

#include <stdio.h>
#include <stdlib.h>

#define CORE 4
#define AS_OF_US (1764086400LL * 1000000) /* 2025-11-25T16:00:00Z */
#define FIRST 0x0a000000u

struct builder {
	struct estate *e;
	const struct campus *c;
	uint32_t n_networks, seed;
};

static void *need(void *memory)
{
	if (!memory) {
		fputs("campus: no memory\n", stderr);
		exit(1);
	}
	return memory;
}

/* The next number of a fixed sequence (MINSTD). */
static uint32_t next(struct builder *b)
{
	b->seed = (uint32_t)((uint64_t)b->seed * 48271 % 2147483647);
	return b->seed;
}

static uint32_t add_asset(
	struct builder *b, const char *name, enum asset_role role, uint32_t system)
{
	struct estate *e = b->e;

	e->assets[e->n_assets] = (struct estate_asset){.id = 1000 + e->n_assets,
		.name = need((void *)name),
		.role = role,
		.vendor = "",
		.model = "",
		.os = "",
		.system = system,
		.first_address = e->n_addresses,
		.first_service = e->n_services};
	return e->n_assets++;
}

/* Of the newest asset: host `n` of a network. */
static void add_address(struct builder *b, uint32_t network, uint32_t n)
{
	struct estate *e = b->e;

	e->addresses[e->n_addresses++] = (struct estate_address){.asset = e->n_assets - 1,
		.subnet = network,
		.addr = addr_v4(FIRST + network * 4096 + n)};
	e->assets[e->n_assets - 1].n_addresses++;
}

static void add_link(struct builder *b, uint32_t from, uint32_t to, enum link_layer layer)
{
	struct estate *e = b->e;

	e->links[e->n_links++] = (struct estate_link){.from = from,
		.to = to,
		.layer = layer,
		.grade = layer == LINK_FLOW ? GRADE_DERIVED : GRADE_MEASURED};
}

static void add_systems(struct builder *b)
{
	static const char *const sectors[] = {"energy", "water", "transport", "health",
		"finance", "postal", "broadcasting", "tax"};
	struct estate *e = b->e;

	for (uint32_t s = 0; s < b->c->sectors; s++)
		for (uint32_t i = 0; i < b->c->systems; i++) {
			bool listed = e->n_systems % 11 == 3;
			struct estate_system *system = &e->systems[e->n_systems];

			*system = (struct estate_system){
				.id = need(arena_printf(e->arena, "sys-%u-%02u", s, i)),
				.name = need(arena_printf(
					e->arena, "%s system %02u", sectors[s % 8], i)),
				.organisation = need(arena_printf(
					e->arena, "%s operator %u", sectors[s % 8], i % 3)),
				.sector = sectors[s % 8],
				.business = "",
				.tier = (uint8_t)(1 + next(b) % 5),
				.designated = listed,
				.designation_no = "",
				.designation_pack = ""};
			if (listed)
				system->designation_no =
					need(arena_printf(e->arena, "C-%03u", e->n_systems));
			e->n_systems++;
		}
}

static void add_networks(struct builder *b)
{
	struct estate *e = b->e;

	for (uint32_t i = 0; i < b->n_networks; i++) {
		struct addr base = addr_v4(FIRST + i * 4096);

		e->subnets[e->n_subnets++] = (struct estate_subnet){cidr_of(&base, 20), "", ""};
	}
}

static void add_routers(struct builder *b)
{
	struct estate *e = b->e;

	for (uint32_t i = 0; i < CORE; i++)
		add_asset(b, arena_printf(e->arena, "core-%u", i), ASSET_ROLE_ROUTER,
			ESTATE_NONE);
	for (uint32_t i = 0; i < CORE; i++)
		add_link(b, i, (i + 1) % CORE, LINK_L3);
	for (uint32_t s = 0; s < b->c->sectors; s++)
		for (uint32_t k = 0; k < 2; k++) {
			uint32_t router = add_asset(b,
				arena_printf(e->arena, "dist-%u%c", s, (char)('a' + k)),
				ASSET_ROLE_ROUTER, ESTATE_NONE);

			add_link(b, (s + k) % CORE, router, LINK_L3);
			for (uint32_t n = 0; n < b->c->networks; n++)
				if (k == 0 || n % 3 == 0)
					add_address(b, s * b->c->networks + n, 1 + k);
		}
}

static void add_hosts(struct builder *b)
{
	struct estate *e = b->e;
	uint32_t first = e->n_assets;

	for (uint32_t i = 0; i < b->c->assets; i++) {
		uint32_t network = next(b) % b->n_networks, sector = network / b->c->networks;
		uint32_t place = network % b->c->networks;
		uint32_t system = place * b->c->systems / b->c->networks;

		add_asset(b, arena_printf(e->arena, "host-%06u", i),
			(enum asset_role)(
				next(b) % 3 ? ASSET_ROLE_SERVER : ASSET_ROLE_TERMINAL),
			next(b) % 20 == 0 ? ESTATE_NONE : sector * b->c->systems + system);
		add_address(b, network, 10 + i % 4000);
		if (next(b) % 1000 < b->c->bridged)
			add_address(b, sector * b->c->networks + next(b) % b->c->networks,
				10 + i % 4000);
		e->assets[e->n_assets - 1].exposed = next(b) % 50 == 0;
	}
	for (uint32_t i = 0; i < b->c->flows && b->c->assets > 1; i++)
		add_link(b, first + next(b) % b->c->assets, first + next(b) % b->c->assets,
			LINK_FLOW);
}

struct estate *campus_estate(struct arena *arena, const struct campus *campus)
{
	struct estate *e = need(arena_alloc(arena, sizeof(*e)));
	struct builder b = {e, campus, campus->sectors * campus->networks, 42};
	size_t n = (size_t)campus->assets + CORE + 2ul * campus->sectors;

	e->arena = arena;
	e->realm = "campus";
	e->as_of_us = AS_OF_US;
	e->systems = need(arena_alloc(
		arena, campus->sectors * campus->systems * sizeof(*e->systems) + 1));
	e->subnets = need(arena_alloc(arena, b.n_networks * sizeof(*e->subnets) + 1));
	e->assets = need(arena_alloc(arena, n * sizeof(*e->assets)));
	e->addresses =
		need(arena_alloc(arena, (2 * n + 2ul * b.n_networks) * sizeof(*e->addresses)));
	e->links = need(arena_alloc(
		arena, (CORE + 2ul * campus->sectors + campus->flows) * sizeof(*e->links)));
	e->services = need(arena_alloc(arena, sizeof(*e->services)));
	add_systems(&b);
	add_networks(&b);
	add_routers(&b);
	add_hosts(&b);
	return e;
}

/* ---- later ---- */

static bool falls(struct builder *b, unsigned int churn)
{
	return next(b) % 1000 < churn;
}

static uint32_t base_of(const struct addr *addr)
{
	return (uint32_t)addr->bytes[0] << 24 | (uint32_t)addr->bytes[1] << 16 |
	       (uint32_t)addr->bytes[2] << 8 | addr->bytes[3];
}

/* Other prefixes, above those that there are; addresses go with them. */
static void renumber(struct builder *b, unsigned int churn)
{
	struct estate *e = b->e;
	uint32_t free = 0;

	for (uint32_t i = 0; i < e->n_subnets; i++) {
		uint32_t base = base_of(&e->subnets[i].cidr.base);

		free = base >= free ? base + 4096 : free;
	}
	for (uint32_t i = 0; i < e->n_subnets; i++) {
		struct addr base = addr_v4(free);

		if (!falls(b, churn))
			continue;
		e->subnets[i].cidr = cidr_of(&base, 20);
		for (uint32_t k = 0; k < e->n_addresses; k++)
			if (e->addresses[k].subnet == i)
				e->addresses[k].addr = addr_v4(
					free + (base_of(&e->addresses[k].addr) & 4095));
		free += 4096;
	}
}

static void move_address(struct estate *e, struct estate_address *address, uint32_t subnet)
{
	address->subnet = subnet;
	address->addr = addr_v4(base_of(&e->subnets[subnet].cidr.base) +
				(base_of(&address->addr) & 4095));
}

/* Another host of the sector, or itself. */
static const struct estate_asset *another(struct builder *b, const struct estate_asset *a)
{
	const struct estate *e = b->e;
	uint32_t sector = e->addresses[a->first_address].subnet / b->c->networks;

	for (int tries = 0; tries < 100; tries++) {
		const struct estate_asset *like = &e->assets[next(b) % e->n_assets];

		if (like->role != ASSET_ROLE_ROUTER &&
			e->addresses[like->first_address].subnet / b->c->networks == sector)
			return like;
	}
	return a;
}

/* Others in the place of those that are gone: hosts in the network and system of another host
 * of the sector, routers with some other networks of theirs. */
static void replace_assets(struct builder *b, unsigned int churn)
{
	struct estate *e = b->e;
	uint64_t id = 0;

	for (uint32_t i = 0; i < e->n_assets; i++)
		id = e->assets[i].id > id ? e->assets[i].id : id;
	for (uint32_t i = 0; i < e->n_assets; i++) {
		struct estate_asset *a = &e->assets[i];
		const struct estate_asset *like;

		if (a->role == ASSET_ROLE_ROUTER) {
			for (uint32_t k = 0; k < a->n_addresses; k++) {
				struct estate_address *address =
					&e->addresses[a->first_address + k];
				uint32_t first =
					address->subnet / b->c->networks * b->c->networks;

				if (falls(b, churn))
					move_address(
						e, address, first + next(b) % b->c->networks);
			}
			a->id = falls(b, churn) ? ++id : a->id;
			continue;
		}
		if (!falls(b, churn))
			continue;
		like = another(b, a);
		a->id = ++id;
		a->name = need(arena_printf(e->arena, "new-%06u", (unsigned int)id));
		a->system = like->system;
		move_address(e, &e->addresses[a->first_address],
			e->addresses[like->first_address].subnet);
	}
}

struct estate *campus_later(struct arena *arena, const struct campus *campus,
	const struct estate *before, unsigned int churn, uint32_t seed)
{
	struct estate *e = need(arena_copy(arena, before, sizeof(*e)));
	struct builder b = {.e = e, .c = campus, .seed = 1 + seed};

	e->arena = arena;
	e->systems = need(
		arena_copy(arena, before->systems, e->n_systems * sizeof(*e->systems)));
	e->subnets = need(
		arena_copy(arena, before->subnets, e->n_subnets * sizeof(*e->subnets)));
	e->assets = need(arena_copy(arena, before->assets, e->n_assets * sizeof(*e->assets)));
	e->addresses = need(
		arena_copy(arena, before->addresses, e->n_addresses * sizeof(*e->addresses)));
	e->links = need(arena_copy(arena, before->links, e->n_links * sizeof(*e->links)));
	renumber(&b, churn);
	for (uint32_t i = 0; i < e->n_systems; i++)
		if (falls(&b, churn))
			e->systems[i].id =
				need(arena_printf(arena, "%s-%u", e->systems[i].id, seed));
	replace_assets(&b, churn);
	for (uint32_t i = 0; i < e->n_links; i++)
		if (e->links[i].layer == LINK_FLOW && falls(&b, churn)) {
			e->links[i].from = next(&b) % e->n_assets;
			e->links[i].to = next(&b) % e->n_assets;
		}
	return e;
}
