/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dependency graph: hops, strengths, sectors, circles, evidence out of date, bounds; and
 * random graphs against a walk that is written as plainly as can be.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/graph.h"

#include <stdbool.h>
#include <stdio.h>

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	return arena ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

#define NEW "2026-11-01"
#define OLD "2020-11-01"
#define TODAY "2026-11-24"

static const struct graph_node nodes[] = {
	{"a", "energy.power", true, 2, NEW, "D"},
	{"b", "water", false, 0, "", ""},
	{"c", "health", false, 0, "", ""},
	{"d", "energy", true, 1, NEW, "D"},
	{"e", "telecom.mobile", false, 0, "", ""},
	{"f", "telecom", true, 2, OLD, "D"},
	{"g", "water", false, 0, "", ""},
};

static struct fact_value ask(const struct graph_edge *edges, size_t n, const char *system,
	struct pack_graph graph)
{
	_cleanup_(graph_freep) struct graph *g = NULL;
	struct pack_fact fact = {.type = FACT_NUMBER, .graph = graph, .max_age_days = 180};
	struct fact_value value;
	struct error err = {0};

	if (graph_new(nodes, sizeof(nodes) / sizeof(nodes[0]), edges, n, &g, &err) < 0)
		fail_msg("%s", err.text);
	graph_fact(g, system, &fact, facts_day_parse(TODAY), arena, &value);
	return value;
}

static void is(struct fact_value value, enum fact_state state, double number)
{
	if (value.state != state)
		fail_msg("%s, expected %s", fact_state_name(value.state), fact_state_name(state));
	if (state == FACT_KNOWN || state == FACT_AT_LEAST)
		assert_true(value.number == number);
}

#define N(edges) (sizeof(edges) / sizeof((edges)[0]))
#define SECTORS(depth) (struct pack_graph){GRAPH_DISTINCT_SECTORS, depth, STRENGTH_ESSENTIAL, false}
#define DEPENDANTS(depth) (struct pack_graph){GRAPH_DEPENDANTS, depth, STRENGTH_SUPPORTING, false}

static void sectors_within_hops(void **state)
{
	static const struct graph_edge edges[] = {
		{"b", "a", STRENGTH_ESSENTIAL, NEW}, {"c", "b", STRENGTH_ESSENTIAL, NEW},
		{"e", "c", STRENGTH_ESSENTIAL, NEW}, {"f", "a", STRENGTH_IMPORTANT, NEW},
		{"d", "a", STRENGTH_ESSENTIAL, NEW}, {"g", "a", STRENGTH_ESSENTIAL, NEW},
		{"ghost", "a", STRENGTH_ESSENTIAL, NEW},
	};

	(void)state;
	is(ask(edges, N(edges), "a", SECTORS(1)), FACT_KNOWN, 1); /* water; energy is its own */
	is(ask(edges, N(edges), "a", SECTORS(2)), FACT_KNOWN, 2);
	is(ask(edges, N(edges), "a", SECTORS(3)), FACT_AT_LEAST, 3); /* surveyed two hops only */
	is(ask(edges, N(edges), "a", DEPENDANTS(1)), FACT_KNOWN, 4);
	is(ask(edges, N(edges), "a", DEPENDANTS(2)), FACT_KNOWN, 5);
	is(ask(edges, N(edges), "c", SECTORS(2)), FACT_AT_LEAST, 1); /* nobody says it is all */
	is(ask(edges, N(edges), "e", SECTORS(2)), FACT_MISSING, 0);
	is(ask(edges, N(edges), "ghost", SECTORS(2)), FACT_MISSING, 0);
	is(ask(NULL, 0, "a", SECTORS(2)), FACT_KNOWN, 0);
}

static void subsectors_are_one_sector(void **state)
{
	static const struct graph_edge edges[] = {
		{"e", "a", STRENGTH_ESSENTIAL, NEW}, {"f", "a", STRENGTH_ESSENTIAL, NEW}};

	(void)state;
	is(ask(edges, N(edges), "a", SECTORS(2)), FACT_KNOWN, 1);
}

static void old_evidence_is_no_evidence(void **state)
{
	static const struct graph_edge edges[] = {
		{"b", "a", STRENGTH_ESSENTIAL, NEW}, {"c", "a", STRENGTH_ESSENTIAL, OLD},
		{"e", "d", STRENGTH_ESSENTIAL, OLD}, {"b", "f", STRENGTH_ESSENTIAL, NEW}};
	struct fact_value value;

	(void)state;
	is(ask(edges, N(edges), "a", SECTORS(2)), FACT_AT_LEAST, 1);
	is(ask(edges, N(edges), "f", SECTORS(2)), FACT_AT_LEAST, 1); /* the survey is old */
	is(ask(NULL, 0, "f", SECTORS(2)), FACT_STALE, 0);
	value = ask(edges, 1, "a", SECTORS(2));
	assert_string_equal(value.grade, "derived");
	assert_string_equal(value.as_of, NEW);
	assert_string_equal(value.source, "D");
}

static void circles_end(void **state)
{
	static const struct graph_edge edges[] = {
		{"b", "a", STRENGTH_ESSENTIAL, NEW}, {"a", "b", STRENGTH_ESSENTIAL, NEW},
		{"c", "b", STRENGTH_ESSENTIAL, NEW}, {"b", "c", STRENGTH_ESSENTIAL, NEW}};

	(void)state;
	is(ask(edges, N(edges), "a", (struct pack_graph){GRAPH_DEPENDANTS, 16,
		STRENGTH_ESSENTIAL, false}), FACT_AT_LEAST, 2);
	is(ask(edges, N(edges), "a", DEPENDANTS(2)), FACT_KNOWN, 2);
}

static void outward_is_a_bound(void **state)
{
	static const struct graph_edge edges[] = {
		{"a", "b", STRENGTH_ESSENTIAL, NEW}, {"b", "c", STRENGTH_IMPORTANT, NEW}};

	(void)state;
	is(ask(edges, N(edges), "a", (struct pack_graph){GRAPH_DEPENDANTS, 2,
		STRENGTH_IMPORTANT, true}), FACT_AT_LEAST, 2);
	is(ask(edges, N(edges), "a", (struct pack_graph){GRAPH_DEPENDANTS, 2,
		STRENGTH_ESSENTIAL, true}), FACT_AT_LEAST, 1);
}

/* ---- random graphs ------------------------------------------------------------------- */

static uint64_t seed = 7;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

/* Who is reached: one pass over all edges for each hop. */
static unsigned int plain_walk(const struct graph_edge *edges, size_t n, unsigned int reached,
	const struct pack_graph *ask_for)
{
	for (int hop = 0; hop < ask_for->depth; hop++) {
		unsigned int next = reached;

		for (size_t i = 0; i < n; i++)
			if (edges[i].strength >= ask_for->min_strength &&
				(reached >> (edges[i].on[0] - 'a') & 1))
				next |= 1u << (edges[i].from[0] - 'a');
		reached = next;
	}
	return reached;
}

static void random_graphs_follow_a_plain_walk(void **state)
{
	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct pack_graph ask_for = {GRAPH_DEPENDANTS, (uint8_t)(1 + roll(3)),
			(enum strength)roll(3), false};
		struct graph_edge edges[30];
		size_t n = roll(30);
		struct pack_graph one = ask_for, two = ask_for;
		unsigned int reached;
		bool ended;

		one.depth = 1;
		two.depth = 2;
		for (size_t i = 0; i < n; i++)
			edges[i] = (struct graph_edge){nodes[roll(7)].id, nodes[roll(7)].id,
				(enum strength)roll(3), NEW};
		reached = plain_walk(edges, n, 1u, &ask_for);
		ended = plain_walk(edges, n, 1u, &one) == plain_walk(edges, n, 1u, &two);
		is(ask(edges, n, "a", ask_for), ask_for.depth <= 2 || ended ? FACT_KNOWN : FACT_AT_LEAST,
			__builtin_popcount(reached) - 1);
	}
}

static void the_number_of_edges_is_bounded(void **state)
{
	struct graph *graph = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(graph_new(nodes, 7, NULL, (size_t)GRAPH_EDGES_MAX + 1, &graph, &err),
		ERROR_INPUT);
	assert_null(graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sectors_within_hops),
		cmocka_unit_test(subsectors_are_one_sector),
		cmocka_unit_test(old_evidence_is_no_evidence),
		cmocka_unit_test(circles_end),
		cmocka_unit_test(outward_is_a_bound),
		cmocka_unit_test(random_graphs_follow_a_plain_walk),
		cmocka_unit_test(the_number_of_edges_is_bounded),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
