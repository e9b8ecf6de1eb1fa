/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graph facts of all systems of a made register: SYSTEMS, DEPENDENCIES, and a file for the
 * edges, so that a peer can answer the same (graph.py). Prints one JSON line for each question:
 * its seconds of processor, and the answers as a checksum and one by one for the first systems.
 */
#include "common/cleanup.h"
#include "inventory/norm/graph.h"
#include "tests/bench/peak.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SHOWN 200
#define DAY 20000
#define AS_OF "2024-10-01" /* that day */

static uint64_t seed = 1;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % n);
}

static double cpu(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const char *const sectors[] = {"energy", "telecom", "water", "finance", "transport",
	"health", "e-government", "public-service", "defence", "other"};

struct estate {
	struct graph_node *nodes;
	struct graph_edge *edges;
	char (*ids)[12];
	uint32_t n, m;
};

/* Few systems have very many dependants, most have few; some stand in circles. */
static int make(struct estate *estate, const char *path)
{
	_cleanup_(cleanup_fclosep) FILE *out = fopen(path, "we");

	estate->nodes = calloc(estate->n, sizeof(*estate->nodes));
	estate->edges = calloc(estate->m, sizeof(*estate->edges));
	estate->ids = calloc(estate->n, sizeof(*estate->ids));
	if (!out || !estate->nodes || !estate->edges || !estate->ids)
		return -1;
	for (uint32_t i = 0; i < estate->n; i++) {
		uint32_t sector = roll(10);

		snprintf(estate->ids[i], sizeof(estate->ids[i]), "s%07" PRIu32, i);
		estate->nodes[i] = (struct graph_node){estate->ids[i], sectors[sector], "o",
			true, 16, AS_OF, "D", (uint8_t)(1 + roll(4)), false};
		fprintf(out, "n %" PRIu32 " %d\n", sector, estate->nodes[i].tier);
	}
	for (uint32_t i = 0; i < estate->m; i++) {
		uint32_t from = roll(estate->n), on = (uint32_t)((uint64_t)roll(estate->n) *
			roll(estate->n) / estate->n);

		estate->edges[i] = (struct graph_edge){estate->ids[from], estate->ids[on],
			STRENGTH_ESSENTIAL, AS_OF, false};
		fprintf(out, "e %" PRIu32 " %" PRIu32 "\n", from, on);
	}
	return 0;
}

static int ask(struct graph *graph, const char *name, const struct pack_fact *fact,
	struct graph_answer *answers, uint32_t n)
{
	double before = cpu();
	struct error err = {0};
	double sum = 0, took;

	if (graph_ask(graph, fact, DAY, NULL, 0, answers, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	took = cpu() - before;
	for (uint32_t i = 0; i < n; i++)
		sum += answers[i].number;
	printf("{\"question\": \"%s\", \"seconds\": %.6f, \"sum\": %.15g, \"first\": [", name,
		took, sum);
	for (uint32_t i = 0; i < n && i < SHOWN; i++)
		printf("%s%.15g", i ? ", " : "", answers[i].number);
	printf("]}\n");
	return 0;
}

static int ask_all(struct graph *graph, struct graph_answer *answers, uint32_t n)
{
	static const struct {
		const char *name;
		struct pack_graph graph;
	} questions[] = {
		{"sectors-2", {.kind = GRAPH_DISTINCT_SECTORS, .depth = 2}},
		{"dependants-1", {.kind = GRAPH_DEPENDANTS, .depth = 1}},
		{"dependants-2", {.kind = GRAPH_DEPENDANTS, .depth = 2}},
		{"tier-3-dependants-2", {.kind = GRAPH_DEPENDANTS, .depth = 2, .min_tier = 3}},
		{"dependants-all", {.kind = GRAPH_DEPENDANTS}},
		{"cut-impact", {.kind = GRAPH_CUT_IMPACT}},
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]) && r == 0; i++) {
		struct pack_fact fact = {
			.name = questions[i].name, .graph = questions[i].graph};

		r = ask(graph, questions[i].name, &fact, answers, n);
	}
	return r;
}

int main(int argc, char **argv)
{
	struct estate estate = {.n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0,
		.m = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0};
	_cleanup_(graph_freep) struct graph *graph = NULL;
	struct graph_answer *answers;
	struct error err = {0};
	double before;
	int r;

	if (argc != 4 || !estate.n || make(&estate, argv[3]) < 0) {
		fprintf(stderr, "usage: bench_graph SYSTEMS DEPENDENCIES EDGES-FILE\n");
		return 2;
	}
	answers = calloc(estate.n, sizeof(*answers));
	before = cpu();
	r = answers ? graph_new(&(struct graph_input){estate.nodes, estate.n, estate.edges,
		estate.m, NULL, 0}, &graph, &err) : -1;
	printf("{\"question\": \"build\", \"seconds\": %.6f}\n",
		cpu() - before);
	if (r == 0)
		r = ask_all(graph, answers, estate.n);
	printf("{\"question\": \"peak\", \"kib\": %ld}\n", peak_kib());
	free(answers);
	free(estate.nodes);
	free(estate.edges);
	free(estate.ids);
	return r < 0;
}
