/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs for the tests of boundaries, made by hand or at random, and boundaries as the numbers
 * of assets. */
#ifndef TESTS_UNIT_INVENTORY_BOUNDARY_GRAPH_H
#define TESTS_UNIT_INVENTORY_BOUNDARY_GRAPH_H

#include "tests/unit/unit.h"

#include "inventory/boundary/boundary.h"

#define DAY INT64_C(86400000000)
#define NOW (1000 * DAY)
#define ESSENTIAL 2
#define IMPORTANT 1

/* A graph with room of its own; what is not set is none. */
struct made {
	struct boundary_graph graph;
	struct boundary_asset assets[64];
	struct boundary_place places[64];
	struct boundary_near near[8];
	struct boundary_flow flows[64];
	struct boundary_system systems[8];
	struct boundary_business businesses[4];
	struct boundary_support supports[8];
	struct boundary_need needs[8];
	struct boundary_zone zones[8];
	struct boundary_conduit conduits[8];
};

/* Systems "a", "b", ... of the business "supply", which is key, and which the first carries. */
void made_begin(struct made *m, uint32_t n_systems);
/* Returns its index; its number is 10 more. In no place unless made_place() says so. */
uint32_t made_asset(struct made *m, uint32_t system);
void made_place(struct made *m, uint32_t asset, uint32_t subnet, uint32_t zone);
/* A control flow by IEC 104 that was seen yesterday; whoever wants another one changes it. */
struct boundary_flow *made_flow(struct made *m, uint32_t from, uint32_t to);
struct boundary_conduit *made_conduit(
	struct made *m, uint32_t low, uint32_t high, uint32_t device);

/* Frees the set's arrays, not the graph. */
struct boundary_set made_derive(
	const struct boundary_graph *graph, const struct boundary_rule *rule);
/* Members as "10 11 12", ascending, in a buffer that the next call takes. */
const char *made_members(const struct boundary_set *set);
const struct boundary_member *made_member(const struct boundary_set *set, uint32_t asset);
const struct boundary_note *made_note(
	const struct boundary_set *set, enum boundary_note_kind kind);

/* A random graph: systems and networks with what stands in them, some of it at the boundary. */
struct random_graph {
	struct boundary_graph graph;
	struct boundary_asset *assets;
	struct boundary_place *places;
	struct boundary_flow *flows;
	struct boundary_system *systems;
	struct boundary_need *needs;
	struct boundary_support *supports;
	struct boundary_business business;
	struct boundary_zone zones[6];
	struct boundary_conduit conduits[4];
	uint64_t state;
};
void random_begin(struct random_graph *r, uint64_t seed, uint32_t n_assets, uint32_t n_flows,
	uint32_t n_systems);
uint32_t random_below(struct random_graph *r, uint32_t n);
void random_done(struct random_graph *r);

#endif
