/* SPDX-License-Identifier: Apache-2.0 */
/* Walking the dependency graph; see graph.h. Breadth first over adjacency arrays. */
#include "inventory/norm/graph.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

struct arc {
	uint32_t to;
	enum strength strength;
	const char *as_of;
};

/* Arcs of one direction: those of node i stand at first[i] up to first[i + 1]. */
struct side {
	uint32_t *first;
	struct arc *arcs;
};

struct graph {
	const struct graph_node *nodes;
	size_t n_nodes;
	struct side in, out;     /* in: who depends on me; out: on whom I depend */
	uint32_t *queue, *mark;  /* mark: the walk in which a node was reached */
	uint32_t walk;
};

void graph_free(struct graph *graph)
{
	if (!graph)
		return;
	free(graph->in.first);
	free(graph->in.arcs);
	free(graph->out.first);
	free(graph->out.arcs);
	free(graph->queue);
	free(graph->mark);
	free(graph);
}

static uint32_t find(const struct graph *graph, const char *id)
{
	size_t low = 0, high = graph->n_nodes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(graph->nodes[middle].id, id);

		if (order == 0)
			return (uint32_t)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NONE;
}

/* ends[2 * i] and ends[2 * i + 1]: from and on of edge i. */
static int fill_side(const struct graph *graph, const uint32_t *ends, int from,
	const struct graph_edge *edges, size_t n, struct side *side)
{
	uint32_t *next;

	side->first = calloc(graph->n_nodes + 2, sizeof(*side->first));
	side->arcs = calloc(n ? n : 1, sizeof(*side->arcs));
	if (!side->first || !side->arcs)
		return -1;
	next = side->first + 1; /* filled in place: first[i + 1] walks to its final value */
	for (size_t i = 0; i < n; i++)
		if (ends[2 * i] != NONE && ends[2 * i + 1] != NONE)
			next[ends[2 * i + (size_t)from] + 1]++;
	for (size_t i = 0; i < graph->n_nodes; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < n; i++) {
		if (ends[2 * i] == NONE || ends[2 * i + 1] == NONE)
			continue;
		side->arcs[next[ends[2 * i + (size_t)from]]++] = (struct arc){
			ends[2 * i + (size_t)!from], edges[i].strength, edges[i].as_of};
	}
	return 0;
}

int graph_new(const struct graph_node *nodes, size_t n_nodes, const struct graph_edge *edges,
	size_t n_edges, struct graph **ret_graph, struct error *reterr)
{
	_cleanup_(graph_freep) struct graph *graph = calloc(1, sizeof(*graph));
	_cleanup_(cleanup_freep) uint32_t *ends = NULL;

	if (n_edges > GRAPH_EDGES_MAX)
		return error_set(reterr, ERROR_INPUT,
			"the register has more than %d dependencies", GRAPH_EDGES_MAX);
	ends = calloc(n_edges ? 2 * n_edges : 2, sizeof(*ends));
	if (!graph || !ends)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the dependency graph");
	graph->nodes = nodes;
	graph->n_nodes = n_nodes;
	for (size_t i = 0; i < n_edges; i++) {
		ends[2 * i] = find(graph, edges[i].from);
		ends[2 * i + 1] = find(graph, edges[i].on);
	}
	graph->queue = calloc(n_nodes + 1, sizeof(*graph->queue));
	graph->mark = calloc(n_nodes + 1, sizeof(*graph->mark));
	if (!graph->queue || !graph->mark ||
		fill_side(graph, ends, 1, edges, n_edges, &graph->in) < 0 ||
		fill_side(graph, ends, 0, edges, n_edges, &graph->out) < 0)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the dependency graph");
	*ret_graph = STEAL(graph);
	return 0;
}

/* ---- walking ------------------------------------------------------------------------- */

struct walk {
	int64_t day;
	int max_age_days;
	bool stale;         /* met a dependency that is out of date, and did not follow it */
	const char *oldest; /* evidence that was used */
	uint8_t ended;      /* hops at which nobody new was met, 0: the walk was cut off */
};

static bool is_fresh(const struct walk *walk, const char *as_of)
{
	int64_t stated = facts_day_parse(as_of);

	return stated >= 0 && (!walk->max_age_days || walk->day - stated <= walk->max_age_days);
}

static void use(struct walk *walk, const char *as_of)
{
	if (!walk->oldest || strcmp(as_of, walk->oldest) < 0)
		walk->oldest = as_of;
}

/* Nodes within reach into graph->queue, the start first; returns how many. */
static uint32_t reach(struct graph *graph, uint32_t start, const struct pack_graph *ask,
	struct walk *walk)
{
	const struct side *side = ask->outward ? &graph->out : &graph->in;
	uint32_t n = 1, done = 0;

	graph->walk++;
	graph->queue[0] = start;
	graph->mark[start] = graph->walk;
	for (uint8_t depth = 0; depth < ask->depth && done < n; depth++) {
		uint32_t level = n;

		for (; done < level; done++) {
			uint32_t at = graph->queue[done];

			for (uint32_t i = side->first[at]; i < side->first[at + 1]; i++) {
				const struct arc *arc = &side->arcs[i];

				if (arc->strength < ask->min_strength)
					continue;
				if (!is_fresh(walk, arc->as_of)) {
					walk->stale = true;
					continue;
				}
				use(walk, arc->as_of);
				if (graph->mark[arc->to] == graph->walk)
					continue;
				graph->mark[arc->to] = graph->walk;
				graph->queue[n++] = arc->to;
			}
		}
		if (n == level)
			walk->ended = (uint8_t)(depth + 1);
	}
	return n;
}

/* The sector of the law is the part before the first dot: energy.power is energy. */
static size_t sector_length(const char *sector)
{
	return strcspn(sector, ".");
}

static bool same_sector(const char *a, const char *b)
{
	size_t n = sector_length(a);

	return n == sector_length(b) && memcmp(a, b, n) == 0;
}

static uint32_t count_sectors(const struct graph *graph, uint32_t n)
{
	const char *seen[64]; /* the register's form has ten sectors */
	uint32_t n_seen = 0;

	seen[n_seen++] = graph->nodes[graph->queue[0]].sector;
	for (uint32_t i = 1; i < n; i++) {
		const char *sector = graph->nodes[graph->queue[i]].sector;
		bool is_new = n_seen < 64;

		for (uint32_t k = 0; k < n_seen; k++)
			is_new &= !same_sector(sector, seen[k]);
		if (is_new)
			seen[n_seen++] = sector;
	}
	return n_seen - 1;
}

void graph_fact(struct graph *graph, const char *system, const struct pack_fact *fact,
	int64_t day, struct arena *arena, struct fact_value *ret_value)
{
	struct walk walk = {.day = day, .max_age_days = fact->max_age_days};
	uint32_t start = find(graph, system), n;
	const struct graph_node *node;
	bool surveyed;

	*ret_value = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
	if (start == NONE)
		return;
	node = &graph->nodes[start];
	n = reach(graph, start, &fact->graph, &walk);
	/* Surveyed as far as asked; or it ended before the survey did. */
	surveyed = !fact->graph.outward && node->complete &&
		(node->hops >= fact->graph.depth || (walk.ended && walk.ended <= node->hops));
	if (surveyed && is_fresh(&walk, node->as_of))
		use(&walk, node->as_of);
	else if (surveyed)
		walk.stale = true;
	if (!walk.oldest && !walk.stale)
		return;
	ret_value->number =
		fact->graph.kind == GRAPH_DEPENDANTS ? n - 1 : count_sectors(graph, n);
	ret_value->state = surveyed && !walk.stale ? FACT_KNOWN :
		ret_value->number > 0 || walk.oldest ? FACT_AT_LEAST : FACT_STALE;
	ret_value->text = facts_number_text(arena, ret_value->number);
	ret_value->grade = "derived";
	ret_value->as_of = walk.oldest ? walk.oldest : node->as_of;
	ret_value->source = node->document;
}
