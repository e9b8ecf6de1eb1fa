/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A law of the domain: registering a system that has nothing to do with another one changes no
 * outcome of that one. Over random graphs: the facts of a system before and after, and what the
 * energy pack makes of them, byte for byte.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/evaluate.h"
#include "inventory/norm/graph.h"

#include <stdio.h>

#define ROUNDS 10000
#define OWN 8    /* systems that may depend on each other */
#define OTHERS 4 /* systems that have to do with each other only */
#define EDGES_MAX 40

static const char *const ids[OWN + OTHERS] = {
	"a", "c", "e", "g", "i", "k", "m", "o", "b", "d", "h", "p"};
static const char *const sectors[] = {
	"energy.power", "energy", "water", "finance", "transport"};

static struct pack *pack;
static struct evaluator *evaluator;
static struct arena *arena;
static uint64_t seed = 11;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)16 * 1024 * 1024);
	if (!arena || evaluator_new(&evaluator, NULL) < 0)
		return -1;
	return pack_load(NORMS "/x.energy.power.xml", &pack, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	evaluator_free(evaluator);
	pack_free(pack);
	arena_free(arena);
	return 0;
}

static int compare_nodes(const void *a, const void *b)
{
	return strcmp(((const struct graph_node *)a)->id, ((const struct graph_node *)b)->id);
}

/* The graph facts of system "a". */
static void ask(const struct graph_node *nodes, size_t n_nodes, const struct graph_edge *edges,
	size_t n_edges, struct fact_value *values)
{
	_cleanup_(graph_freep) struct graph *graph = NULL;
	struct graph_node sorted[OWN + OTHERS];
	struct error err = {0};

	memcpy(sorted, nodes, n_nodes * sizeof(*nodes));
	qsort(sorted, n_nodes, sizeof(*sorted), compare_nodes);
	if (graph_new(&(struct graph_input){sorted, n_nodes, edges, n_edges, NULL, 0}, &graph,
		&err) < 0)
		fail_msg("%s", err.text);
	for (uint16_t i = 0; i < pack->n_facts; i++)
		if (pack->facts[i].graph.kind != GRAPH_NONE &&
			graph_fact(graph, "a", &pack->facts[i], facts_day_parse("2026-11-24"),
				arena, &values[i], &err) < 0)
			fail_msg("%s", err.text);
}

static void judge(const struct fact_value *values, struct str *out)
{
	struct evaluation evaluation;

	assert_int_equal(evaluator_run(evaluator, pack, values, &evaluation, NULL), 0);
	str_reset(out);
	evaluation_inputs(pack, values, out);
	evaluation_explain(pack, values, &evaluation, out);
}

static void random_nodes(struct graph_node *nodes)
{
	for (int i = 0; i < OWN + OTHERS; i++)
		nodes[i] = (struct graph_node){.id = ids[i], .sector = sectors[roll(5)],
			.organisation = "o",
			.complete = roll(2), .hops = (uint8_t)(1 + roll(3)),
			.as_of = roll(8) ? "2026-11-01" : "2020-01-01", .document = "D"};
}

/* Edges among `n` of the nodes from `first`. */
static size_t random_edges(const struct graph_node *nodes, uint32_t first, uint32_t n,
	size_t count, struct graph_edge *edges)
{
	for (size_t i = 0; i < count; i++)
		edges[i] = (struct graph_edge){.from = nodes[first + roll(n)].id,
			.on = nodes[first + roll(n)].id,
			.strength = (enum strength)roll(3),
			.as_of = roll(8) ? "2026-11-10" : "2020-01-01"};
	return count;
}

static void random_facts(struct fact_value *values)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		bool truth = roll(2);

		values[i] = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
		if (pack->facts[i].type == FACT_CODE)
			values[i] = (struct fact_value){FACT_KNOWN, 0, "energy", "attested",
				"2026-11-01", ""};
		else if (roll(4) && pack->facts[i].type == FACT_BOOLEAN)
			values[i] = (struct fact_value){FACT_KNOWN, truth,
				truth ? "true" : "false", "attested", "2026-11-01", ""};
		else if (roll(4))
			values[i] = (struct fact_value){FACT_KNOWN, truth ? 200000 : 1,
				truth ? "200000" : "1", "attested", "2026-11-01", ""};
	}
}

static void an_unrelated_system_changes_nothing(void **state)
{
	struct str before = STR_INIT(EVALUATION_TEXT_MAX),
		   after = STR_INIT(EVALUATION_TEXT_MAX);
	int seen = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct graph_node nodes[OWN + OTHERS];
		struct graph_edge edges[EDGES_MAX];
		struct fact_value values[PACK_FACTS_MAX];
		size_t n;

		arena_reset(arena);
		random_nodes(nodes);
		random_facts(values);
		n = random_edges(nodes, 0, OWN, roll(EDGES_MAX - 10), edges);
		ask(nodes, OWN, edges, n, values);
		judge(values, &before);
		n += random_edges(nodes, OWN, OTHERS, roll(10), edges + n);
		ask(nodes, OWN + 1 + roll(OTHERS), edges, n, values);
		judge(values, &after);
		assert_string_equal(before.data, after.data);
		seen += values[pack_fact_find(pack, "sectors", 7)].number > 0;
	}
	assert_true(seen > 1000);
	str_done(&before);
	str_done(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unrelated_system_changes_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
