/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/inventory/boundary/graph.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g", "h"};

void made_begin(struct made *m, uint32_t n_systems)
{
	*m = (struct made){.graph = {.n_systems = n_systems,
				   .n_businesses = 1,
				   .n_supports = 1,
				   .as_of_us = NOW}};
	m->graph.assets = m->assets;
	m->graph.places = m->places;
	m->graph.near = m->near;
	m->graph.flows = m->flows;
	m->graph.systems = m->systems;
	m->graph.businesses = m->businesses;
	m->graph.supports = m->supports;
	m->graph.needs = m->needs;
	m->graph.zones = m->zones;
	m->graph.conduits = m->conduits;
	for (uint32_t i = 0; i < n_systems; i++)
		m->systems[i] = (struct boundary_system){
			letters[i], letters[i], BOUNDARY_NONE, BOUNDARY_NONE, false};
	m->businesses[0] = (struct boundary_business){"supply", "Supply", true};
	m->supports[0] = (struct boundary_support){0, 0, ESSENTIAL};
	for (uint32_t i = 0; i < 8; i++)
		m->zones[i] = (struct boundary_zone){letters[i], BOUNDARY_NONE};
}

uint32_t made_asset(struct made *m, uint32_t system)
{
	static char names[64][8];
	uint32_t i = m->graph.n_assets++;

	snprintf(names[i], sizeof(names[i]), "n%" PRIu32, i + 10);
	m->assets[i] = (struct boundary_asset){i + 10, names[i], "host", system, false, false};
	return i;
}

void made_place(struct made *m, uint32_t asset, uint32_t subnet, uint32_t zone)
{
	m->places[m->graph.n_places++] = (struct boundary_place){asset, subnet, zone};
	if (zone != BOUNDARY_NONE && zone >= m->graph.n_zones)
		m->graph.n_zones = zone + 1;
}

struct boundary_flow *made_flow(struct made *m, uint32_t from, uint32_t to)
{
	struct boundary_flow *flow = &m->flows[m->graph.n_flows++];

	*flow = (struct boundary_flow){.from = from,
		.to = to,
		.from_zone = BOUNDARY_NONE,
		.to_zone = BOUNDARY_NONE,
		.kind = BOUNDARY_CONTROL,
		.protocol = "iec104",
		.peer = "",
		.transport = 6,
		.port = 2404,
		.seen_us = NOW - DAY,
		.run_id = 7};
	for (uint32_t i = m->graph.n_places; i-- > 0;) { /* by the first place of each end */
		if (m->places[i].asset == from)
			flow->from_zone = m->places[i].zone;
		if (m->places[i].asset == to)
			flow->to_zone = m->places[i].zone;
	}
	return flow;
}

struct boundary_conduit *made_conduit(
	struct made *m, uint32_t low, uint32_t high, uint32_t device)
{
	struct boundary_conduit *conduit = &m->conduits[m->graph.n_conduits];

	*conduit = (struct boundary_conduit){letters[m->graph.n_conduits++],
		device == BOUNDARY_NONE ? "" : m->assets[device].name, " ", low, high, device,
		false};
	if (device != BOUNDARY_NONE)
		m->assets[device].device = true;
	return conduit;
}

struct boundary_set made_derive(
	const struct boundary_graph *graph, const struct boundary_rule *rule)
{
	_cleanup_(boundary_walk_freep) struct boundary_walk *walk = NULL;
	struct boundary_set set = {0};
	struct error err = {0};

	if (boundary_walk_new(graph, &walk, &err) < 0 ||
		boundary_derive(walk, 0, rule, &set, &err) < 0)
		fail_msg("%s", err.text);
	return set;
}

const char *made_members(const struct boundary_set *set)
{
	static char text[4096];
	uint64_t ids[256];
	size_t n = 0;

	text[0] = '\0';
	assert_true(set->n_members <= 256);
	for (uint32_t i = 0; i < set->n_members; i++)
		ids[i] = set->graph->assets[set->members[i].asset].id;
	boundary_sort(ids, set->n_members);
	for (uint32_t i = 0; i < set->n_members; i++)
		n += (size_t)snprintf(
			text + n, sizeof(text) - n, "%s%" PRIu64, i ? " " : "", ids[i]);
	return text;
}

const struct boundary_member *made_member(const struct boundary_set *set, uint32_t asset)
{
	for (uint32_t i = 0; i < set->n_members; i++)
		if (set->members[i].asset == asset)
			return &set->members[i];
	fail_msg("asset %" PRIu32 " is no member", asset);
	return NULL;
}

const struct boundary_note *made_note(
	const struct boundary_set *set, enum boundary_note_kind kind)
{
	for (uint32_t i = 0; i < set->n_notes; i++)
		if (set->notes[i].kind == kind)
			return &set->notes[i];
	return NULL;
}

/* ---- at random --------------------------------------------------------------------------- */

uint32_t random_below(struct random_graph *r, uint32_t n)
{
	r->state = r->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((r->state >> 33) % n);
}

static void random_flow(struct random_graph *r, struct boundary_flow *flow, uint32_t n_assets)
{
	static const char *const protocols[] = {"iec104", "modbus", "https", "", "dns"};
	static const enum boundary_class kinds[] = {BOUNDARY_CONTROL, BOUNDARY_CONTROL,
		BOUNDARY_BUSINESS, BOUNDARY_BUSINESS, BOUNDARY_SERVICE};
	uint32_t kind = random_below(r, 5);

	*flow = (struct boundary_flow){.from = random_below(r, n_assets),
		.to = random_below(r, 20) ? random_below(r, n_assets) : BOUNDARY_NONE,
		.kind = kinds[kind],
		.direction = random_below(r, 6) ? BOUNDARY_BOTH
						: (enum boundary_direction)random_below(r, 3),
		.protocol = protocols[kind],
		.peer = "",
		.transport = 6,
		.port = (uint16_t)(1 + random_below(r, 3)),
		.seen_us = NOW - (int64_t)random_below(r, 200) * DAY,
		.run_id = random_below(r, 100)};
	if (flow->to == BOUNDARY_NONE)
		flow->peer = "203.0.113.1";
	flow->from_zone = r->places[flow->from].zone;
	flow->to_zone = flow->to == BOUNDARY_NONE ? BOUNDARY_NONE : r->places[flow->to].zone;
}

static void random_networks(struct random_graph *r, uint32_t n_assets, uint32_t n_systems)
{
	for (uint32_t i = 0; i < n_assets; i++) {
		r->assets[i] = (struct boundary_asset){i + 1, "x", "host",
			random_below(r, 8) ? BOUNDARY_NONE : random_below(r, n_systems), false,
			random_below(r, 50) == 0};
		r->places[i] = (struct boundary_place){i, random_below(r, 1 + n_assets / 20),
			random_below(r, 7) ? random_below(r, 6) : BOUNDARY_NONE};
	}
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t device = random_below(r, n_assets);

		r->conduits[i] = (struct boundary_conduit){letters[i], "fw", " iec104 ", i,
			i + 1 + random_below(r, 2), device, false};
		r->assets[device].device = true;
		if (random_below(r, 3) == 0) {
			r->conduits[i].device = "";
			r->conduits[i].asset = BOUNDARY_NONE;
		}
		if (r->conduits[i].high > 5)
			r->conduits[i].high = 5;
	}
}

void random_begin(struct random_graph *r, uint64_t seed, uint32_t n_assets, uint32_t n_flows,
	uint32_t n_systems)
{
	static const char *const zones[] = {"z0", "z1", "z2", "z3", "z4", "z5"};

	*r = (struct random_graph){.state = seed,
		.assets = calloc(n_assets + 1, sizeof(*r->assets)),
		.places = calloc(n_assets + 1, sizeof(*r->places)),
		.flows = calloc(n_flows + 1, sizeof(*r->flows)),
		.systems = calloc(n_systems, sizeof(*r->systems)),
		.needs = calloc(n_systems, sizeof(*r->needs)),
		.supports = calloc(1, sizeof(*r->supports)),
		.business = {"supply", "Supply", true}};
	assert_true(
		r->assets && r->places && r->flows && r->systems && r->needs && r->supports);
	for (uint32_t i = 0; i < 6; i++)
		r->zones[i] = (struct boundary_zone){zones[i], i < 4 ? BOUNDARY_NONE : 0};
	for (uint32_t i = 0; i < n_systems; i++) {
		r->systems[i] =
			(struct boundary_system){"s", "s", BOUNDARY_NONE, BOUNDARY_NONE, false};
		r->needs[i] = (struct boundary_need){
			i, random_below(r, n_systems), random_below(r, 3)};
	}
	random_networks(r, n_assets, n_systems);
	for (uint32_t i = 0; i < n_flows; i++)
		random_flow(r, &r->flows[i], n_assets);
	r->graph = (struct boundary_graph){.assets = r->assets,
		.places = r->places,
		.flows = r->flows,
		.systems = r->systems,
		.businesses = &r->business,
		.supports = r->supports,
		.needs = r->needs,
		.zones = r->zones,
		.conduits = r->conduits,
		.n_assets = n_assets,
		.n_places = n_assets,
		.n_flows = n_flows,
		.n_systems = n_systems,
		.n_businesses = 1,
		.n_supports = 1,
		.n_needs = n_systems,
		.n_zones = 6,
		.n_conduits = 4,
		.as_of_us = NOW};
	r->supports[0] = (struct boundary_support){0, 0, ESSENTIAL};
}

void random_done(struct random_graph *r)
{
	free(r->assets);
	free(r->places);
	free(r->flows);
	free(r->systems);
	free(r->needs);
	free(r->supports);
}
