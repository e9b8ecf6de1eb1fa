/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dependency graph: hops, strengths, sectors, circles, evidence out of date, bounds; and
 * random graphs against a walk that is written as plainly as can be.
 */
#include "tests/unit/unit.h"

#include "common/siphash.h"
#include "inventory/norm/graph.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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
	{"a", "energy.power", "grid", true, 2, NEW, "D", 3, false},
	{"b", "water", "works", false, 0, "", "", 3, true},
	{"c", "health", "clinic", false, 0, "", "", 2, false},
	{"d", "energy", "grid", true, 1, NEW, "D", 0, false},
	{"e", "telecom.mobile", "mobile", false, 0, "", "", 4, false},
	{"f", "telecom", "mobile", true, 2, OLD, "D", 2, true},
	{"g", "water", "works", false, 0, "", "", 0, false},
};

static const struct graph_item *items; /* of the test that runs */
static size_t n_items;

static struct fact_value ask(const struct graph_edge *edges, size_t n, const char *system,
	struct pack_graph graph)
{
	_cleanup_(graph_freep) struct graph *g = NULL;
	struct pack_fact fact = {.type = FACT_NUMBER, .graph = graph, .max_age_days = 180};
	struct fact_value value = {0};
	struct error err = {0};

	struct graph_input input = {nodes, sizeof(nodes) / sizeof(nodes[0]), edges, n, items,
		n_items};

	if (graph_new(&input, &g, &err) < 0 || graph_fact(g, system, &fact,
		facts_day_parse(TODAY), arena, &value, &err) < 0)
		fail_msg("%s", err.text);
	return value;
}

static void is(struct fact_value value, enum fact_state state, double number)
{
	if (value.state != state)
		fail_msg("%s, expected %s", fact_state_name(value.state),
			fact_state_name(state));
	if (state == FACT_KNOWN || state == FACT_AT_LEAST)
		assert_true(value.number == number);
}

#define N(edges) (sizeof(edges) / sizeof((edges)[0]))
#define SECTORS(hops) (struct pack_graph){.kind = GRAPH_DISTINCT_SECTORS, .depth = (hops), \
	.min_strength = STRENGTH_ESSENTIAL}
#define DEPENDANTS(hops) (struct pack_graph){.kind = GRAPH_DEPENDANTS, .depth = (hops)}

static void sectors_within_hops(void **state)
{
	static const struct graph_edge edges[] = {
		{"b", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"c", "b", STRENGTH_ESSENTIAL, NEW, false},
		{"e", "c", STRENGTH_ESSENTIAL, NEW, false},
		{"f", "a", STRENGTH_IMPORTANT, NEW, false},
		{"d", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"g", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"ghost", "a", STRENGTH_ESSENTIAL, NEW, false},
	};

	(void)state;
	is(ask(edges, N(edges), "a", SECTORS(1)), FACT_KNOWN, 1); /* water; energy is its own */
	is(ask(edges, N(edges), "a", SECTORS(2)), FACT_KNOWN, 2);
	is(ask(edges, N(edges), "a", SECTORS(3)), FACT_AT_LEAST,
		3); /* surveyed two hops only */
	is(ask(edges, N(edges), "a", DEPENDANTS(1)), FACT_KNOWN, 4);
	is(ask(edges, N(edges), "a", DEPENDANTS(2)), FACT_KNOWN, 5);
	is(ask(edges, N(edges), "c", SECTORS(2)), FACT_AT_LEAST, 1); /* nobody says it is all */
	is(ask(edges, N(edges), "e", SECTORS(2)), FACT_MISSING, 0);
	is(ask(edges, N(edges), "ghost", SECTORS(2)), FACT_MISSING, 0);
	is(ask(NULL, 0, "a", SECTORS(2)), FACT_KNOWN, 0);
}

static void subsectors_are_one_sector(void **state)
{
	static const struct graph_edge edges[] = {{"e", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"f", "a", STRENGTH_ESSENTIAL, NEW, false}};

	(void)state;
	is(ask(edges, N(edges), "a", SECTORS(2)), FACT_KNOWN, 1);
}

static void old_evidence_is_no_evidence(void **state)
{
	static const struct graph_edge edges[] = {{"b", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"c", "a", STRENGTH_ESSENTIAL, OLD, false},
		{"e", "d", STRENGTH_ESSENTIAL, OLD, false},
		{"b", "f", STRENGTH_ESSENTIAL, NEW, false}};
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
	static const struct graph_edge edges[] = {{"b", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"a", "b", STRENGTH_ESSENTIAL, NEW, false},
		{"c", "b", STRENGTH_ESSENTIAL, NEW, false},
		{"b", "c", STRENGTH_ESSENTIAL, NEW, false}};

	(void)state;
	is(ask(edges, N(edges), "a", DEPENDANTS(0)), FACT_AT_LEAST,
		2); /* nobody asked b and c */
	is(ask(edges, N(edges), "a", (struct pack_graph){.kind = GRAPH_DEPENDANTS, .depth = 16,
		.min_strength = STRENGTH_ESSENTIAL, .outward = false}), FACT_AT_LEAST, 2);
	is(ask(edges, N(edges), "a", DEPENDANTS(2)), FACT_KNOWN, 2);
}

static void outward_is_a_bound(void **state)
{
	static const struct graph_edge edges[] = {{"a", "b", STRENGTH_ESSENTIAL, NEW, false},
		{"b", "c", STRENGTH_IMPORTANT, NEW, false}};

	(void)state;
	is(ask(edges, N(edges), "a", (struct pack_graph){.kind = GRAPH_DEPENDANTS, .depth = 2,
		.min_strength = STRENGTH_IMPORTANT, .outward = true}), FACT_AT_LEAST, 2);
	is(ask(edges, N(edges), "a", (struct pack_graph){.kind = GRAPH_DEPENDANTS, .depth = 2,
		.min_strength = STRENGTH_ESSENTIAL, .outward = true}), FACT_AT_LEAST, 1);
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
		struct pack_graph ask_for = {.kind = GRAPH_DEPENDANTS,
			.depth = (uint8_t)(1 + roll(3)),
			.min_strength = (enum strength)roll(3)};
		struct graph_edge edges[30];
		size_t n = roll(30);
		struct pack_graph one = ask_for, two = ask_for;
		unsigned int reached;
		bool ended;

		one.depth = 1;
		two.depth = 2;
		for (size_t i = 0; i < n; i++)
			edges[i] = (struct graph_edge){nodes[roll(7)].id, nodes[roll(7)].id,
				(enum strength)roll(3), NEW, false};
		reached = plain_walk(edges, n, 1u, &ask_for);
		ended = plain_walk(edges, n, 1u, &one) == plain_walk(edges, n, 1u, &two);
		is(ask(edges, n, "a", ask_for),
			ask_for.depth <= 2 || ended ? FACT_KNOWN : FACT_AT_LEAST,
			__builtin_popcount(reached) - 1);
	}
}

/* ---- what else can be asked ---------------------------------------------------------- */

static void whom_a_count_is_of(void **state)
{
	static const struct graph_edge edges[] = {{"b", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"c", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"d", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"f", "b", STRENGTH_ESSENTIAL, NEW, false}};
	struct pack_graph graph = DEPENDANTS(2);

	(void)state;
	graph.other_operators = true;
	is(ask(edges, N(edges), "a", graph), FACT_KNOWN, 3); /* d is of the same one */
	graph.min_tier = 3;
	is(ask(edges, N(edges), "a", graph), FACT_KNOWN, 1); /* d's tier need not be known */
	graph.designated = true;
	is(ask(edges, N(edges), "a", graph), FACT_KNOWN, 2);
	graph.other_operators = false;
	is(ask(edges, N(edges), "a", graph), FACT_AT_LEAST, 2);
}

static void tiers_along_what_is_carried(void **state)
{
	static const struct graph_edge edges[] = {{"c", "a", STRENGTH_ESSENTIAL, NEW, true},
		{"e", "c", STRENGTH_ESSENTIAL, NEW, true},
		{"g", "b", STRENGTH_ESSENTIAL, NEW, true},
		{"b", "a", STRENGTH_ESSENTIAL, NEW, false}};
	struct pack_graph graph = {.kind = GRAPH_MAX_TIER, .carried = true};

	(void)state;
	is(ask(edges, N(edges), "a", graph), FACT_AT_LEAST, 4); /* c may carry more */
	graph.depth = 1;
	is(ask(edges, N(edges), "a", graph), FACT_KNOWN, 2);
	is(ask(edges, N(edges), "b", graph), FACT_AT_LEAST, 0); /* the tier of g is not known */
	graph.depth = 0;
	is(ask(edges, N(edges), "d", graph), FACT_KNOWN, 0);
}

static void a_sum_counts_each_unit_once(void **state)
{
	static const struct graph_edge edges[] = {{"b", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"c", "a", STRENGTH_ESSENTIAL, NEW, false}};
	static const struct graph_item held[] = {
		{"a", "unit:mw", "u1", 100, NEW}, {"a", "unit:mw", NULL, 0, NEW},
		{"b", "unit:mw", "u1", 100, NEW}, {"b", "unit:mw", "u2", 50, NEW},
		{"b", "unit:mw", NULL, 0, NEW}, {"c", "unit:mw", "u3", 7, NEW},
		{"c", "unit:mw", NULL, 0, NEW}, {"d", "unit:mw", "u4", 5, NEW},
		{"a", "metric:people:person", "a", 9, NEW}, {"f", "unit:mw", "u1", 1, NEW},
		{"e", "unit:mw", "u5", -1, NEW}, {"g", "unit:mw", "u6", 3, OLD}};
	static const struct graph_edge two[] = {{"f", "a", STRENGTH_ESSENTIAL, NEW, false}};
	struct pack_graph graph = {.kind = GRAPH_SUM, .depth = 2, .of = "unit:mw"};

	(void)state;
	items = held;
	n_items = N(held);
	is(ask(edges, N(edges), "a", graph), FACT_KNOWN, 157);
	is(ask(edges, N(edges), "d", graph), FACT_AT_LEAST, 5); /* its list is not complete */
	is(ask(two, N(two), "a", graph), FACT_CONTRADICTORY, 0); /* u1 has 100 or 1 */
	is(ask(NULL, 0, "e", graph), FACT_MISSING, 0); /* more could be less */
	is(ask(NULL, 0, "g", graph), FACT_STALE, 0);
	graph.of = "metric:people:person";
	is(ask(edges, N(edges), "a", graph), FACT_AT_LEAST, 9);
	items = NULL;
	n_items = 0;
}

static void what_falls_apart(void **state)
{
	static const struct graph_edge edges[] = {/* a circle of three, and two tails */
		{"a", "d", STRENGTH_ESSENTIAL, NEW, false},
		{"d", "e", STRENGTH_ESSENTIAL, NEW, false},
		{"e", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"b", "a", STRENGTH_ESSENTIAL, NEW, false},
		{"c", "b", STRENGTH_ESSENTIAL, NEW, false}};
	struct pack_graph graph = {.kind = GRAPH_CUT_IMPACT, .min_coverage = 40};

	(void)state;
	is(ask(edges, N(edges), "a", graph), FACT_KNOWN, 50); /* b and c of four */
	is(ask(edges, N(edges), "b", graph), FACT_KNOWN, 25);
	is(ask(edges, N(edges), "e", graph), FACT_KNOWN, 0);
	graph.min_coverage = 41; /* a and d were surveyed, of five */
	is(ask(edges, N(edges), "a", graph), FACT_MISSING, 0);
	is(ask(edges, N(edges), "g", graph), FACT_MISSING, 0);
}

/* ---- how old an answer is ------------------------------------------------------------ */

#define DAY(n) "2026-10-0" #n

static const struct graph_node dated[] = {
	{"a", "energy", "o", true, 4, DAY(5), "D", 3, false},
	{"b", "energy", "o", true, 4, DAY(3), "D", 3, false},
	{"c", "energy", "o", true, 4, DAY(4), "D", 3, false},
	{"d", "energy", "o", true, 4, DAY(6), "D", 3, false}, /* alone */
	{"e", "energy", "o", true, 4, OLD, "D", 3, false},    /* alone */
	{"f", "energy", "o", false, 0, "", "", 3, false},     /* alone */
};

static void old_as(struct graph_input input, const char *system, struct pack_graph graph,
	enum fact_state state, double number, const char *as_of)
{
	_cleanup_(graph_freep) struct graph *g = NULL;
	struct pack_fact fact = {.type = FACT_NUMBER, .graph = graph, .max_age_days = 180};
	struct fact_value value = {0};
	struct error err = {0};

	input.nodes = dated;
	input.n_nodes = N(dated);
	if (graph_new(&input, &g, &err) < 0 || graph_fact(g, system, &fact,
		facts_day_parse(TODAY), arena, &value, &err) < 0)
		fail_msg("%s", err.text);
	is(value, state, number);
	assert_string_equal(value.as_of, as_of);
}

static void as_old_as_the_oldest_of_all(void **state)
{
	static const struct graph_edge edges[] = {
		{"b", "a", STRENGTH_ESSENTIAL, DAY(8), false},
		{"c", "b", STRENGTH_ESSENTIAL, DAY(9), false}};
	static const struct graph_edge carried[] = {
		{"b", "a", STRENGTH_ESSENTIAL, DAY(2), true}};
	const struct graph_input input = {.edges = edges, .n_edges = N(edges)};
	const struct graph_input none = {.edges = carried, .n_edges = 1};

	(void)state;
	old_as(input, "a", DEPENDANTS(2), FACT_KNOWN, 2, DAY(5)); /* its survey is enough */
	old_as(input, "a", DEPENDANTS(0), FACT_KNOWN, 2, DAY(3)); /* that of b too */
	old_as(input, "c", DEPENDANTS(0), FACT_KNOWN, 0, DAY(4));
	old_as(input, "a", (struct pack_graph){.kind = GRAPH_CUT_IMPACT, .min_coverage = 90},
		FACT_KNOWN, 0, DAY(3));
	old_as(none, "a", (struct pack_graph){.kind = GRAPH_DEPENDANTS, .carried = true},
		FACT_KNOWN, 1, DAY(2));
}

static void nothing_falls_apart_without_a_lone_system(void **state)
{
	const struct pack_graph cut = {.kind = GRAPH_CUT_IMPACT, .min_coverage = 90};

	(void)state;
	old_as((struct graph_input){0}, "d", cut, FACT_KNOWN, 0, DAY(6));
	old_as((struct graph_input){0}, "e", cut, FACT_STALE, 0, OLD);
	old_as((struct graph_input){0}, "f", cut, FACT_MISSING, 0, "");
}

static void a_sum_is_as_old_as_its_items(void **state)
{
	static const struct graph_edge edges[] = {
		{"b", "a", STRENGTH_ESSENTIAL, DAY(8), false}};
	static const struct graph_item held[] = {
		{"a", "unit:mw", "u1", 100, DAY(7)}, {"a", "unit:mw", NULL, 0, DAY(7)},
		{"b", "unit:mw", "u1", 100, DAY(4)}, {"b", "unit:mw", "u2", 50, DAY(9)},
		{"b", "unit:mw", NULL, 0, DAY(3)}, {"c", "unit:mw", "u1", 100, OLD},
		{"c", "unit:mw", "u3", 7, DAY(2)}, {"c", "unit:mw", NULL, 0, DAY(9)},
		{"f", "unit:mw", NULL, 0, DAY(8)}};
	struct graph_input input = {.items = held, .n_items = N(held)};
	struct pack_graph graph = {.kind = GRAPH_SUM, .depth = 2, .of = "unit:mw"};

	(void)state;
	old_as(input, "a", graph, FACT_KNOWN, 100,
		DAY(5)); /* who else has u1 says nothing here */
	old_as(input, "c", graph, FACT_AT_LEAST, 7, DAY(2));
	old_as(input, "f", graph, FACT_AT_LEAST, 0, DAY(8));
	input.edges = edges;
	input.n_edges = 1;
	old_as(input, "a", graph, FACT_KNOWN, 150, DAY(3)); /* that b's are all */
}

/* ---- large random graphs, beside the plainest way of counting ------------------------ */

#define MANY 700 /* more than one block of walks */

struct plain {
	struct graph_node nodes[MANY];
	char ids[MANY][16];
	struct graph_edge edges[3 * MANY];
	int from[3 * MANY], on[3 * MANY];
	size_t n_edges;
};

static void make_plain(struct plain *plain)
{
	static const char *const sectors[] = {"energy", "water.supply", "health", "finance"};
	static const char *const organisations[] = {"one", "two", "three"};

	for (int i = 0; i < MANY; i++) {
		snprintf(plain->ids[i], sizeof(plain->ids[i]), "s%04d", i);
		plain->nodes[i] = (struct graph_node){plain->ids[i], sectors[roll(4)],
			organisations[roll(3)], true, 16, NEW, "D", (uint8_t)(1 + roll(5)),
			roll(4) == 0};
	}
	plain->n_edges = MANY / 2 + roll(2 * MANY);
	for (size_t i = 0; i < plain->n_edges; i++) {
		plain->from[i] = (int)roll(MANY);
		plain->on[i] = (int)roll(MANY);
		plain->edges[i] = (struct graph_edge){plain->ids[plain->from[i]],
			plain->ids[plain->on[i]], STRENGTH_ESSENTIAL, NEW, false};
	}
}

/* Marks what `start` reaches within `depth` hops, at the hop + 1 at which it was reached. */
static void walk_plain(const struct plain *plain, int start, int depth, int *mark)
{
	memset(mark, 0, MANY * sizeof(*mark));
	mark[start] = 1;
	for (int hop = 1; hop <= depth; hop++)
		for (size_t i = 0; i < plain->n_edges; i++)
			if (mark[plain->on[i]] == hop && !mark[plain->from[i]])
				mark[plain->from[i]] = hop + 1;
}

static double count_plain(
	const struct plain *plain, int start, const struct pack_graph *ask_for)
{
	static const char *const sectors[] = {"energy", "water.supply", "health", "finance"};
	int mark[MANY], n = 0, tier = 0, in_sector[4] = {0};

	walk_plain(plain, start, ask_for->depth ? ask_for->depth : MANY, mark);
	for (int i = 0; i < MANY; i++) {
		const struct graph_node *node = &plain->nodes[i];

		if (!mark[i] || i == start || (ask_for->other_operators &&
			strcmp(node->organisation, plain->nodes[start].organisation) == 0))
			continue;
		if (ask_for->min_tier && node->tier < ask_for->min_tier &&
			!(ask_for->designated && node->designated))
			continue;
		n++;
		tier = node->tier > tier ? node->tier : tier;
		for (int s = 0; s < 4; s++)
			in_sector[s] |= node->sector == sectors[s] &&
				node->sector != plain->nodes[start].sector;
	}
	switch (ask_for->kind) {
	case GRAPH_DEPENDANTS:
		return n;
	case GRAPH_MAX_TIER:
		return tier;
	default:
		return in_sector[0] + in_sector[1] + in_sector[2] + in_sector[3];
	}
}

static void all_at_once_is_each_alone(void **state)
{
	static struct plain plain;
	static struct graph_answer answers[MANY];
	static const enum graph_kind kinds[] = {GRAPH_DEPENDANTS, GRAPH_DISTINCT_SECTORS,
		GRAPH_MAX_TIER};

	(void)state;
	for (int round = 0; round < 12; round++) {
		_cleanup_(graph_freep) struct graph *graph = NULL;
		struct pack_fact fact = {.graph = {.kind = kinds[round % 3],
			.depth = (uint8_t)(round < 6 ? 1 + roll(4) : 0)}};
		struct error err = {0};

		fact.graph.other_operators = roll(2);
		if (fact.graph.kind == GRAPH_DEPENDANTS && roll(2)) {
			fact.graph.min_tier = (uint8_t)(1 + roll(5));
			fact.graph.designated = roll(2);
		}
		make_plain(&plain);
		assert_int_equal(graph_new(&(struct graph_input){plain.nodes, MANY, plain.edges,
			plain.n_edges, NULL, 0}, &graph, &err), 0);
		assert_int_equal(
			graph_ask(graph, &fact, facts_day_parse(TODAY), NULL, 0, answers, &err),
			0);
		for (uint32_t i = 0; i < MANY; i++) {
			struct graph_answer one;

			if (answers[i].number != count_plain(&plain, (int)i, &fact.graph))
				fail_msg("round %d, system %u: %g, expected %g", round, i,
					answers[i].number,
					count_plain(&plain, (int)i, &fact.graph));
			graph_ask(graph, &fact, facts_day_parse(TODAY), &i, 1, &one, &err);
			assert_memory_equal(
				&one.number, &answers[i].number, sizeof(one.number));
			assert_int_equal(one.state, answers[i].state);
			assert_int_equal(one.as_of, answers[i].as_of);
		}
	}
}

/* Marks the piece of `start` without `without`; returns its size. */
static int piece_plain(const struct plain *plain, int start, int without, bool *mark)
{
	static int queue[MANY];
	int n = 1;

	queue[0] = start;
	mark[start] = true;
	for (int done = 0; done < n; done++)
		for (size_t i = 0; i < plain->n_edges; i++)
			for (int way = 0; way < 2; way++) {
				int at = way ? plain->on[i] : plain->from[i];
				int to = way ? plain->from[i] : plain->on[i];

				if (at != queue[done] || to == without || mark[to])
					continue;
				mark[to] = true;
				queue[n++] = to;
			}
	return n;
}

static double cut_plain(const struct plain *plain, int without)
{
	bool own[MANY] = {false}, mark[MANY] = {false};
	int all = piece_plain(plain, without, -1, own) - 1, largest = 0;

	for (int i = 0; i < MANY; i++)
		if (own[i] && !mark[i] && i != without) {
			int n = piece_plain(plain, i, without, mark);

			largest = n > largest ? n : largest;
		}
	return all ? 100.0 * (all - largest) / all : 0;
}

static void cuts_are_what_taking_out_does(void **state)
{
	static struct plain plain;
	static struct graph_answer answers[MANY];
	struct pack_fact fact = {.graph = {.kind = GRAPH_CUT_IMPACT, .min_coverage = 90}};

	(void)state;
	for (int round = 0; round < 4; round++) {
		_cleanup_(graph_freep) struct graph *graph = NULL;
		struct error err = {0};

		make_plain(&plain);
		plain.n_edges = MANY / 2 + (size_t)round * 150;
		for (size_t i = 0; i < plain.n_edges; i++) {
			plain.from[i] = (int)roll(MANY);
			plain.on[i] = (int)roll(MANY);
			plain.edges[i] = (struct graph_edge){plain.ids[plain.from[i]],
				plain.ids[plain.on[i]], STRENGTH_ESSENTIAL, NEW, false};
		}
		assert_int_equal(graph_new(&(struct graph_input){plain.nodes, MANY, plain.edges,
			plain.n_edges, NULL, 0}, &graph, &err), 0);
		assert_int_equal(
			graph_ask(graph, &fact, facts_day_parse(TODAY), NULL, 0, answers, &err),
			0);
		for (int i = 0; i < MANY; i += 7)
			if (answers[i].number != cut_plain(&plain, i))
				fail_msg("system %d: %g, expected %g", i, answers[i].number,
					cut_plain(&plain, i));
	}
}

static void the_number_of_edges_is_bounded(void **state)
{
	struct graph *graph = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(graph_new(&(struct graph_input){nodes, 7, NULL,
		(size_t)GRAPH_EDGES_MAX + 1, NULL, 0}, &graph, &err), ERROR_INPUT);
	assert_null(graph);
}

/* Ids whose hashes end alike, as somebody who knows the key can make them. */
#define ALIKE 64
#define LAST_BITS 127 /* of a table for so many */

static void ids_that_fall_together_are_found(void **state)
{
	static const struct siphash_key key;
	static char ids[ALIKE + 1][16];
	struct graph_node alike[ALIKE] = {0};
	_cleanup_(graph_freep) struct graph *g = NULL;
	size_t n = 0;

	(void)state;
	for (unsigned int i = 0; n <= ALIKE; i++) {
		snprintf(ids[n], sizeof(ids[n]), "n%09u", i);
		n += (siphash(&key, ids[n], strlen(ids[n])) & LAST_BITS) == 5;
	}
	for (size_t i = 0; i < ALIKE; i++)
		alike[i] = (struct graph_node){.id = ids[i], .sector = "", .organisation = "",
			.as_of = "", .document = ""};
	assert_int_equal(
		graph_new(&(struct graph_input){alike, ALIKE, NULL, 0, NULL, 0}, &g, NULL), 0);
	for (uint32_t i = 0; i < ALIKE; i++)
		assert_int_equal(graph_find(g, ids[i]), i);
	assert_int_equal(graph_find(g, ids[ALIKE]), GRAPH_NONE_FOUND);
	assert_int_equal(graph_find(g, ""), GRAPH_NONE_FOUND);
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
		cmocka_unit_test(whom_a_count_is_of),
		cmocka_unit_test(tiers_along_what_is_carried),
		cmocka_unit_test(a_sum_counts_each_unit_once),
		cmocka_unit_test(what_falls_apart),
		cmocka_unit_test(as_old_as_the_oldest_of_all),
		cmocka_unit_test(nothing_falls_apart_without_a_lone_system),
		cmocka_unit_test(a_sum_is_as_old_as_its_items),
		cmocka_unit_test(all_at_once_is_each_alone),
		cmocka_unit_test(cuts_are_what_taking_out_does),
		cmocka_unit_test(the_number_of_edges_is_bounded),
		cmocka_unit_test(ids_that_fall_together_are_found),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
