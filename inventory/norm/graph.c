/* SPDX-License-Identifier: Apache-2.0 */
/* Building the graph of systems, and making a question ready; see graph.h. */
#include "inventory/norm/graph_internal.h"

#include "common/siphash.h"

#include <stdlib.h>
#include <string.h>

#define PROBES 16 /* slots that an id may stand in */
#define SECTORS_MAX 64 /* the register's form has ten; more fall together */

/* ---- the graph ----------------------------------------------------------------------- */

static void arcs_done(struct arcs *arcs)
{
	free(arcs->first);
	free(arcs->to);
	free(arcs->day);
	free(arcs->strength);
}

void graph_free(struct graph *graph)
{
	if (!graph)
		return;
	for (int carried = 0; carried < 2; carried++) {
		arcs_done(&graph->in[carried]);
		arcs_done(&graph->out[carried]);
	}
	free(graph->surveyed);
	free(graph->sector);
	free(graph->organisation);
	free(graph->slots);
	free(graph);
}

/* ---- nodes by their ids ---------------------------------------------------------------- */

/* The slot of that id, or the free one where it would stand; GRAPH_NONE_FOUND if it has neither
 * among PROBES: whoever makes ids for this key gains no more than that. */
static uint32_t slot_of(const struct graph *graph, const char *id)
{
	static const struct siphash_key key;
	uint32_t slot = (uint32_t)siphash(&key, id, strlen(id)) & graph->slots_mask;

	for (int i = 0; i < PROBES; i++, slot = (slot + 1) & graph->slots_mask)
		if (!graph->slots[slot] ||
			strcmp(graph->nodes[graph->slots[slot] - 1].id, id) == 0)
			return slot;
	return GRAPH_NONE_FOUND;
}

static int fill_slots(struct graph *graph)
{
	uint32_t n = 2;

	while (n < 2 * graph->n_nodes)
		n *= 2;
	graph->slots = calloc(n, sizeof(*graph->slots));
	graph->slots_mask = n - 1;
	if (!graph->slots)
		return -1;
	for (uint32_t i = 0; i < graph->n_nodes; i++) {
		uint32_t slot = slot_of(graph, graph->nodes[i].id);

		if (slot != GRAPH_NONE_FOUND)
			graph->slots[slot] = i + 1;
	}
	return 0;
}

static int compare_id(const void *id, const void *node)
{
	return strcmp(id, ((const struct graph_node *)node)->id);
}

uint32_t graph_find(const struct graph *graph, const char *id)
{
	uint32_t slot = slot_of(graph, id);
	const struct graph_node *node;

	if (slot != GRAPH_NONE_FOUND)
		return graph->slots[slot] ? graph->slots[slot] - 1 : GRAPH_NONE_FOUND;
	node = bsearch(id, graph->nodes, graph->n_nodes, sizeof(*node), compare_id);
	return node ? (uint32_t)(node - graph->nodes) : GRAPH_NONE_FOUND;
}

/* ---- its edges ------------------------------------------------------------------------- */

int32_t graph_day(const char *as_of)
{
	int64_t day = facts_day_parse(as_of);

	return day < 0 || day >= GRAPH_NO_DAY ? GRAPH_NO_DAY : (int32_t)day;
}

/* An edge with its ends found. */
struct ends {
	uint32_t from, on;
	int32_t day;
	uint8_t strength;
	bool carried;
};

static int fill_arcs(const struct graph *graph, const struct ends *ends, size_t n, bool carried,
	bool inward, struct arcs *arcs)
{
	uint32_t *next;
	size_t m = 0;

	arcs->first = calloc((size_t)graph->n_nodes + 2, sizeof(*arcs->first));
	if (!arcs->first)
		return -1;
	next = arcs->first + 1; /* filled in place: first[i + 1] walks to its final value */
	for (size_t i = 0; i < n; i++) {
		if (ends[i].carried != carried)
			continue;
		next[(inward ? ends[i].on : ends[i].from) + 1]++;
		m++;
	}
	for (uint32_t i = 0; i < graph->n_nodes; i++)
		next[i + 1] += next[i];
	arcs->to = calloc(m + 1, sizeof(*arcs->to));
	arcs->day = calloc(m + 1, sizeof(*arcs->day));
	arcs->strength = calloc(m + 1, sizeof(*arcs->strength));
	if (!arcs->to || !arcs->day || !arcs->strength)
		return -1;
	for (size_t i = 0; i < n; i++) {
		uint32_t at;

		if (ends[i].carried != carried)
			continue;
		at = next[inward ? ends[i].on : ends[i].from]++;
		arcs->to[at] = inward ? ends[i].from : ends[i].on;
		arcs->day[at] = ends[i].day;
		arcs->strength[at] = ends[i].strength;
	}
	return 0;
}

/* Edges between systems that are there; returns how many. */
static size_t find_ends(const struct graph *graph, const struct graph_input *input,
	struct ends *ends)
{
	size_t n = 0;

	for (size_t i = 0; i < input->n_edges; i++) {
		const struct graph_edge *edge = &input->edges[i];
		struct ends found = {graph_find(graph, edge->from), graph_find(graph, edge->on),
			graph_day(edge->as_of), (uint8_t)edge->strength, edge->carried};

		if (found.from != GRAPH_NONE_FOUND && found.on != GRAPH_NONE_FOUND)
			ends[n++] = found;
	}
	return n;
}

/* The sector of the law is the part before the first dot: energy.power is energy. */
static bool same_sector(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");

	return n == strcspn(b, ".") && memcmp(a, b, n) == 0;
}

static void number_sectors(struct graph *graph)
{
	const char *seen[SECTORS_MAX];

	for (uint32_t i = 0; i < graph->n_nodes; i++) {
		uint32_t k = 0;

		while (k < graph->n_sectors && !same_sector(seen[k], graph->nodes[i].sector))
			k++;
		if (k == graph->n_sectors && k < SECTORS_MAX)
			seen[graph->n_sectors++] = graph->nodes[i].sector;
		graph->sector[i] = (uint8_t)(k < SECTORS_MAX ? k : SECTORS_MAX - 1);
	}
}

static int compare_organisations(const void *a, const void *b, void *context)
{
	const struct graph_node *nodes = context;

	return strcmp(nodes[*(const uint32_t *)a].organisation,
		nodes[*(const uint32_t *)b].organisation);
}

static int number_organisations(struct graph *graph)
{
	uint32_t *order = calloc((size_t)graph->n_nodes + 1, sizeof(*order)), number = 0;

	if (!order)
		return -1;
	for (uint32_t i = 0; i < graph->n_nodes; i++)
		order[i] = i;
	qsort_r(order, graph->n_nodes, sizeof(*order), compare_organisations,
		(void *)graph->nodes);
	for (uint32_t i = 0; i < graph->n_nodes; i++) {
		if (i > 0 && strcmp(graph->nodes[order[i]].organisation,
			graph->nodes[order[i - 1]].organisation) != 0)
			number++;
		graph->organisation[order[i]] = number;
	}
	free(order);
	return 0;
}

static int fill(struct graph *graph, const struct graph_input *input)
{
	struct ends *ends = calloc(input->n_edges + 1, sizeof(*ends));
	size_t n;
	int r = ends ? 0 : -1;

	graph->surveyed = calloc((size_t)graph->n_nodes + 1, sizeof(*graph->surveyed));
	graph->sector = calloc((size_t)graph->n_nodes + 1, sizeof(*graph->sector));
	graph->organisation = calloc((size_t)graph->n_nodes + 1, sizeof(*graph->organisation));
	if (r < 0 || !graph->surveyed || !graph->sector || !graph->organisation) {
		free(ends);
		return -1;
	}
	for (uint32_t i = 0; i < graph->n_nodes; i++)
		graph->surveyed[i] = graph_day(graph->nodes[i].as_of);
	number_sectors(graph);
	r = fill_slots(graph);
	n = r == 0 ? find_ends(graph, input, ends) : 0;
	for (int carried = 0; carried < 2 && r == 0; carried++) {
		r = fill_arcs(graph, ends, n, carried, true, &graph->in[carried]);
		if (r == 0)
			r = fill_arcs(graph, ends, n, carried, false, &graph->out[carried]);
	}
	free(ends);
	return r < 0 ? r : number_organisations(graph);
}

int graph_new(const struct graph_input *input, struct graph **ret_graph, struct error *reterr)
{
	_cleanup_(graph_freep) struct graph *graph = calloc(1, sizeof(*graph));

	if (input->n_edges > GRAPH_EDGES_MAX || input->n_nodes > GRAPH_EDGES_MAX)
		return error_set(reterr, ERROR_INPUT,
			"the register has more than %d systems or dependencies in one realm",
			GRAPH_EDGES_MAX);
	if (!graph)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the dependency graph");
	graph->nodes = input->nodes;
	graph->n_nodes = (uint32_t)input->n_nodes;
	graph->items = input->items;
	graph->n_items = input->n_items;
	if (fill(graph, input) < 0)
		return error_set(reterr, ERROR_SYSTEM,
			"no memory for the %zu dependencies of the graph", input->n_edges);
	*ret_graph = STEAL(graph);
	return 0;
}

/* ---- a question ---------------------------------------------------------------------- */

bool question_fresh(const struct question *question, int32_t day)
{
	int max_age = question->fact->max_age_days;

	return day != GRAPH_NO_DAY && (!max_age || question->day - day <= max_age);
}

bool question_counts(const struct question *question, uint32_t node)
{
	const struct pack_graph *ask = &question->fact->graph;
	const struct graph_node *n = &question->graph->nodes[node];

	if (!ask->min_tier && !ask->designated)
		return true;
	return (ask->min_tier && n->tier >= ask->min_tier) ||
	       (ask->designated && n->designated);
}

bool question_surveyed(const struct question *question, uint32_t node, uint32_t ended,
	bool *ret_stale)
{
	const struct pack_graph *ask = &question->fact->graph;
	const struct graph_node *n = &question->graph->nodes[node];

	if (ask->outward || !n->complete || n->hops == 0)
		return false;
	if (ask->depth && n->hops < ask->depth && !(ended && ended <= n->hops))
		return false;
	*ret_stale = !question_fresh(question, question->graph->surveyed[node]);
	return true;
}

/* Those of a node's arcs that are strong enough: fresh ones are kept, others leave a mark. */
static uint32_t keep_arcs(struct question *question, const struct arcs *arcs, uint32_t node,
	uint32_t at)
{
	for (uint32_t i = arcs->first[node]; i < arcs->first[node + 1]; i++) {
		if (arcs->strength[i] < question->fact->graph.min_strength)
			continue;
		if (!question_fresh(question, arcs->day[i])) {
			question->stale[node] = true;
			continue;
		}
		if (arcs->day[i] < question->oldest[node])
			question->oldest[node] = arcs->day[i];
		question->to[at++] = arcs->to[i];
	}
	return at;
}

/* The first day of what a node's own arcs rest on. */
static int32_t first_evidence(const struct question *question, uint32_t node)
{
	bool stale = false;

	if (!question->fact->graph.depth && question_surveyed(question, node, 0, &stale) &&
		!stale)
		return question->graph->surveyed[node];
	return GRAPH_NO_DAY;
}

int question_init(struct question *question, const struct graph *graph,
	const struct pack_fact *fact, int64_t day, bool both_ways)
{
	const struct arcs *in = &graph->in[fact->graph.carried];
	const struct arcs *out = &graph->out[fact->graph.carried];
	size_t n = graph->n_nodes, m = in->first[n];
	uint32_t at = 0;

	*question = (struct question){.graph = graph, .fact = fact, .day = day};
	question->n_units = graph->n_nodes;
	question->first = calloc(n + 1, sizeof(*question->first));
	question->to = calloc(both_ways ? 2 * m + 1 : m + 1, sizeof(*question->to));
	question->oldest = calloc(n + 1, sizeof(*question->oldest));
	question->stale = calloc(n + 1, sizeof(*question->stale));
	question->unit = calloc(n + 1, sizeof(*question->unit));
	question->first_member = calloc(n + 1, sizeof(*question->first_member));
	question->member = calloc(n + 1, sizeof(*question->member));
	if (!question->first || !question->to || !question->oldest || !question->stale ||
		!question->unit || !question->first_member || !question->member)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		question->unit[i] = question->member[i] = i;
		question->first_member[i + 1] = i + 1;
		question->oldest[i] = first_evidence(question, i);
		if (both_ways || !fact->graph.outward)
			at = keep_arcs(question, in, i, at);
		if (both_ways || fact->graph.outward)
			at = keep_arcs(question, out, i, at);
		question->first[i + 1] = at;
	}
	return 0;
}

void question_done(struct question *question)
{
	free(question->first);
	free(question->to);
	free(question->oldest);
	free(question->stale);
	free(question->unit);
	free(question->first_member);
	free(question->member);
}

int graph_ask(struct graph *graph, const struct pack_fact *fact, int64_t day,
	const uint32_t *sources, size_t n_sources, struct graph_answer *ret_answers,
	struct error *reterr)
{
	bool is_cut = fact->graph.kind == GRAPH_CUT_IMPACT;
	_cleanup_(question_done) struct question question;
	int r = question_init(&question, graph, fact, day, is_cut);

	if (r == 0 && !is_cut && fact->graph.depth == 0)
		r = question_condense(&question);
	if (r < 0)
		return error_set(reterr, ERROR_SYSTEM, "no memory to walk %u systems",
			graph->n_nodes);
	return is_cut ? cut_ask(&question, sources, n_sources, ret_answers, reterr) :
		reach_ask(&question, sources, n_sources, ret_answers, reterr);
}

void graph_value(const struct graph *graph, uint32_t node, const struct graph_answer *answer,
	struct arena *arena, struct fact_value *ret_value)
{
	const struct graph_node *n = &graph->nodes[node];
	char text[FACTS_DAY_SIZE];
	const char *as_of = n->as_of;

	*ret_value = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
	if (answer->state == FACT_MISSING)
		return;
	if (answer->as_of != GRAPH_NO_DAY)
		as_of = arena_strdup(arena, facts_day_text(answer->as_of, text));
	ret_value->state = (enum fact_state)answer->state;
	ret_value->number = answer->number;
	ret_value->text = facts_number_text(arena, answer->number);
	ret_value->grade = "derived";
	ret_value->as_of = as_of ? as_of : "";
	ret_value->source = n->document;
}

int graph_fact(struct graph *graph, const char *system, const struct pack_fact *fact,
	int64_t day, struct arena *arena, struct fact_value *ret_value, struct error *reterr)
{
	uint32_t node = graph_find(graph, system);
	struct graph_answer answer;
	int r;

	*ret_value = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
	if (node == GRAPH_NONE_FOUND)
		return 0;
	r = graph_ask(graph, fact, day, &node, 1, &answer, reterr);
	if (r == 0)
		graph_value(graph, node, &answer, arena, ret_value);
	return r;
}
