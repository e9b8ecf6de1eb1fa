/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graph of a boundary made ready for walks, the systems where a walk begins, and the door;
 * see boundary.h. Flows are sorted by what they are, whatever order they have in the graph.
 */
#include "inventory/boundary/internal.h"

#include <stdlib.h>
#include <string.h>

const struct boundary_rule boundary_rule_default = {
	.seed = 1u << 2, /* STRENGTH_ESSENTIAL */
	.control = true,
	.business = true,
	.stop_device = true,
	.stop_one_way = true,
	.window_days = 90,
};

/* ---- making ready ---------------------------------------------------------------------- */

static void groups_done(struct groups *groups)
{
	free(groups->first);
	free(groups->items);
}

/* Of n items with keys; BOUNDARY_NONE: in no group. Item i is told as i / per. */
static int group(
	uint32_t n_keys, const uint32_t *keys, size_t n, uint32_t per, struct groups *groups)
{
	uint32_t *next;

	groups->first = calloc((size_t)n_keys + 2, sizeof(*groups->first));
	groups->items = calloc(n ? n : 1, sizeof(*groups->items));
	if (!groups->first || !groups->items)
		return -1;
	next = groups->first + 1; /* filled in place: first[k + 1] walks to its final value */
	for (size_t i = 0; i < n; i++)
		if (keys[i] < n_keys)
			next[keys[i] + 1]++;
	for (uint32_t k = 0; k < n_keys; k++)
		next[k + 1] += next[k];
	for (size_t i = 0; i < n; i++)
		if (keys[i] < n_keys)
			groups->items[next[keys[i]]++] = (uint32_t)(i / per);
	return 0;
}

/* One group for each record's field at `offset`. */
static int group_by(uint32_t n_keys, const void *records, uint32_t n, size_t size,
	size_t offset, struct groups *groups)
{
	_cleanup_(cleanup_freep) uint32_t *keys = calloc((size_t)n + 1, sizeof(*keys));

	if (!keys)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		memcpy(&keys[i], (const char *)records + i * size + offset, sizeof(*keys));
	return group(n_keys, keys, n, 1, groups);
}

/* By all that a flow is but its times: the same graph gives the same order. Of equal ones the
 * newest comes first. */
static int compare_flows(const void *a, const void *b, void *context)
{
	const struct boundary_graph *graph = context;
	const struct boundary_flow *x = &graph->flows[*(const uint32_t *)a],
				   *y = &graph->flows[*(const uint32_t *)b];
	int order = ORDER(x->kind, y->kind);

	if (!order)
		order = ORDER(x->from, y->from);
	if (!order)
		order = ORDER(x->to, y->to);
	if (!order)
		order = strcmp(x->protocol, y->protocol);
	if (!order)
		order = ORDER(x->transport, y->transport);
	if (!order)
		order = ORDER(x->port, y->port);
	if (!order)
		order = strcmp(x->peer, y->peer);
	if (!order)
		order = ORDER(x->direction, y->direction);
	if (!order)
		order = ORDER(x->from_zone, y->from_zone);
	if (!order)
		order = ORDER(x->to_zone, y->to_zone);
	if (!order)
		order = ORDER(y->seen_us, x->seen_us);
	return order ? order : ORDER(y->run_id, x->run_id);
}

static int order_flows(struct boundary_walk *walk)
{
	const struct boundary_graph *graph = walk->graph;
	size_t n = graph->n_flows;
	_cleanup_(cleanup_freep) uint32_t *ends = calloc(n ? 2 * n : 1, sizeof(*ends));

	walk->order = calloc(n ? n : 1, sizeof(*walk->order));
	if (!ends || !walk->order)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		walk->order[i] = i;
	qsort_r(walk->order, n, sizeof(*walk->order), compare_flows, (void *)(uintptr_t)graph);
	for (size_t i = 0; i < n; i++) {
		const struct boundary_flow *flow = &graph->flows[walk->order[i]];

		ends[2 * i] = flow->from;
		ends[2 * i + 1] = flow->to == flow->from ? BOUNDARY_NONE : flow->to;
	}
	return group(graph->n_assets, ends, 2 * n, 2, &walk->flows);
}

static int compare_pairs(const void *a, const void *b, void *context)
{
	const struct boundary_graph *graph = context;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct boundary_conduit *x = &graph->conduits[i], *y = &graph->conduits[k];

	if (x->low != y->low)
		return ORDER(x->low, y->low);
	if (x->high != y->high)
		return ORDER(x->high, y->high);
	return ORDER(i, k);
}

static int make_ready(struct boundary_walk *walk)
{
	const struct boundary_graph *g = walk->graph;

	for (uint32_t i = 0; i < g->n_places; i++)
		if (g->places[i].subnet != BOUNDARY_NONE &&
			g->places[i].subnet >= walk->n_subnets)
			walk->n_subnets = g->places[i].subnet + 1;
	walk->pairs = calloc((size_t)g->n_conduits + 1, sizeof(*walk->pairs));
	walk->slot = calloc((size_t)g->n_assets + 1, sizeof(*walk->slot));
	walk->rooted = calloc((size_t)g->n_systems + 1, sizeof(*walk->rooted));
	walk->found = calloc((size_t)g->n_assets + 1, sizeof(*walk->found));
	walk->touched = calloc((size_t)g->n_assets + 1, sizeof(*walk->touched));
	walk->zone_member = calloc((size_t)g->n_zones + 1, sizeof(*walk->zone_member));
	walk->subnet_member = calloc((size_t)walk->n_subnets + 1, sizeof(*walk->subnet_member));
	if (!walk->pairs || !walk->slot || !walk->rooted || !walk->found || !walk->touched ||
		!walk->zone_member || !walk->subnet_member)
		return -1;
	for (uint32_t i = 0; i < g->n_conduits; i++)
		walk->pairs[i] = i;
	qsort_r(walk->pairs, g->n_conduits, sizeof(*walk->pairs), compare_pairs,
		(void *)(uintptr_t)g);
	memset(walk->slot, 0xff, g->n_assets * sizeof(*walk->slot));
	for (uint32_t i = 0; i < g->n_assets; i++)
		walk->found[i].why = WHY_N;
	if (order_flows(walk) < 0)
		return -1;
	if (group_by(g->n_assets, g->places, g->n_places, sizeof(*g->places),
		offsetof(struct boundary_place, asset), &walk->places) < 0 ||
		group_by(g->n_systems, g->assets, g->n_assets, sizeof(*g->assets),
			offsetof(struct boundary_asset, system), &walk->assets) < 0 ||
		group_by(g->n_systems, g->systems, g->n_systems, sizeof(*g->systems),
			offsetof(struct boundary_system, parent), &walk->parts) < 0 ||
		group_by(g->n_systems, g->needs, g->n_needs, sizeof(*g->needs),
			offsetof(struct boundary_need, from), &walk->needs) < 0)
		return -1;
	return group_by(g->n_systems, g->supports, g->n_supports, sizeof(*g->supports),
		offsetof(struct boundary_support, system), &walk->supports);
}

int boundary_walk_new(const struct boundary_graph *graph, struct boundary_walk **ret_walk,
	struct error *reterr)
{
	_cleanup_(boundary_walk_freep) struct boundary_walk *walk = calloc(1, sizeof(*walk));

	if (graph->n_flows > BOUNDARY_FLOWS_MAX)
		return error_set(reterr, ERROR_INPUT,
			"the realm has more than %d flows, too many to derive a boundary from",
			BOUNDARY_FLOWS_MAX);
	if (walk)
		walk->graph = graph;
	if (!walk || make_ready(walk) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the boundary of a system");
	*ret_walk = STEAL(walk);
	return 0;
}

void boundary_walk_free(struct boundary_walk *walk)
{
	if (!walk)
		return;
	groups_done(&walk->flows);
	groups_done(&walk->places);
	groups_done(&walk->assets);
	groups_done(&walk->parts);
	groups_done(&walk->needs);
	groups_done(&walk->supports);
	free(walk->order);
	free(walk->pairs);
	free(walk->slot);
	free(walk->rooted);
	free(walk->found);
	free(walk->touched);
	free(walk->zone_member);
	free(walk->subnet_member);
	free(walk);
}

void boundary_set_done(struct boundary_set *set)
{
	free(set->businesses);
	free(set->roots);
	free(set->members);
	free(set->notes);
	*set = (struct boundary_set){0};
}

/* ---- where the walk begins --------------------------------------------------------------- */

static void add_root(
	struct walking *w, uint32_t system, enum boundary_root_why why, uint32_t via)
{
	struct boundary_set *set = w->set;

	if (system >= w->graph->n_systems || w->walk->rooted[system])
		return;
	if (set->n_roots == w->roots_room) {
		uint32_t room = w->roots_room ? 2 * w->roots_room : 16;
		struct boundary_root *more = realloc(set->roots, room * sizeof(*more));

		if (!more) {
			w->no_memory = true;
			return;
		}
		set->roots = more;
		w->roots_room = room;
	}
	w->walk->rooted[system] = true;
	set->roots[set->n_roots++] = (struct boundary_root){system, via, why};
}

/* The system, its parts and what they need, to a fixed point; then the platforms below. */
static void find_roots(struct walking *w)
{
	const struct boundary_graph *g = w->graph;
	const struct boundary_walk *walk = w->walk;
	struct boundary_set *set = w->set;

	add_root(w, set->system, ROOT_ITSELF, BOUNDARY_NONE);
	for (uint32_t i = 0; i < set->n_roots; i++) {
		uint32_t system = set->roots[i].system;

		for (uint32_t k = walk->parts.first[system]; k < walk->parts.first[system + 1];
			k++)
			add_root(w, walk->parts.items[k], ROOT_PART, i);
		for (uint32_t k = walk->needs.first[system]; k < walk->needs.first[system + 1];
			k++) {
			const struct boundary_need *need = &g->needs[walk->needs.items[k]];

			if (w->rule->seed & 1u << need->strength)
				add_root(w, need->on, ROOT_NEEDED, i);
		}
	}
	for (uint32_t i = 0; i < set->n_roots; i++)
		add_root(w, g->systems[set->roots[i].system].carried_by, ROOT_CARRIES, i);
}

/* Businesses that the system carries as strongly as the rule says, key ones first. */
static int find_businesses(struct walking *w)
{
	const struct boundary_graph *g = w->graph;
	const struct groups *of = &w->walk->supports;
	struct boundary_set *set = w->set;
	uint32_t first = of->first[set->system], end = of->first[set->system + 1];
	bool key = false;

	set->businesses = calloc((size_t)(end - first) + 1, sizeof(*set->businesses));
	if (!set->businesses)
		return -1;
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t k = first; k < end; k++) {
			const struct boundary_support *s = &g->supports[of->items[k]];

			if (!(w->rule->seed & 1u << s->strength) ||
				s->business >= g->n_businesses ||
				g->businesses[s->business].key != (pass == 0))
				continue;
			key |= pass == 0;
			set->businesses[set->n_businesses++] = s->business;
		}
	if (!key)
		walking_note(w, NOTE_NO_BUSINESS, BOUNDARY_NONE, BOUNDARY_NONE, BOUNDARY_NONE,
			BOUNDARY_NONE);
	return 0;
}

/* ---- the door ---------------------------------------------------------------------------- */

static void clear(struct walking *w)
{
	for (uint32_t i = 0; i < w->set->n_roots; i++)
		w->walk->rooted[w->set->roots[i].system] = false;
	for (uint32_t i = 0; i < w->set->n_members; i++)
		w->walk->slot[w->set->members[i].asset] = BOUNDARY_NONE;
	for (uint32_t i = 0; i < w->walk->n_touched; i++)
		w->walk->found[w->walk->touched[i]].why = WHY_N;
	w->walk->n_touched = 0;
	free(w->raw);
}

int boundary_derive(struct boundary_walk *walk, uint32_t system,
	const struct boundary_rule *rule, struct boundary_set *ret_set, struct error *reterr)
{
	const struct boundary_graph *graph = walk->graph;
	struct boundary_set set = {.graph = graph, .system = system, .rule = *rule};
	struct walking w = {.walk = walk,
		.graph = graph,
		.rule = rule,
		.set = &set,
		.since_us = rule->window_days > 0
				    ? graph->as_of_us - rule->window_days * INT64_C(86400000000)
				    : INT64_MIN};

	if (system >= graph->n_systems)
		return error_set(reterr, ERROR_INTERNAL, "no such system in the graph");
	if (find_businesses(&w) < 0)
		w.no_memory = true;
	find_roots(&w);
	if (!w.no_memory)
		walking_levels(&w);
	if (!w.no_memory)
		walking_protect(&w);
	if (!w.no_memory && walking_close_notes(&w) < 0)
		w.no_memory = true;
	clear(&w);
	if (w.no_memory) {
		boundary_set_done(&set);
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the boundary of a system");
	}
	*ret_set = set;
	return 0;
}
