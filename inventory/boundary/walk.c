/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over flows, level by level. Of several ways to an asset the least is taken: control
 * before business, then the lower number, then what the flow is; so reasons do not depend on
 * the order of records. What lies behind a boundary device is never walked to.
 */
#include "inventory/boundary/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- zones and conduits ------------------------------------------------------------------ */

static uint32_t zones_above(
	const struct boundary_graph *graph, uint32_t zone, uint32_t ret[ZONES_ABOVE])
{
	uint32_t n = 0;

	while (zone < graph->n_zones && n < ZONES_ABOVE) {
		ret[n++] = zone;
		zone = graph->zones[zone].parent;
	}
	return n;
}

/* The first conduit between two zones, in walk->pairs; ret_n of them. */
static const uint32_t *conduits_between(
	const struct boundary_walk *walk, uint32_t a, uint32_t b, uint32_t *ret_n)
{
	const struct boundary_graph *graph = walk->graph;
	uint32_t low = a < b ? a : b, high = a < b ? b : a;
	uint32_t first = 0, end = graph->n_conduits, n = 0;

	while (first < end) {
		uint32_t middle = first + (end - first) / 2;
		const struct boundary_conduit *c = &graph->conduits[walk->pairs[middle]];

		if (c->low < low || (c->low == low && c->high < high))
			first = middle + 1;
		else
			end = middle;
	}
	while (first + n < graph->n_conduits) {
		const struct boundary_conduit *c = &graph->conduits[walk->pairs[first + n]];

		if (c->low != low || c->high != high)
			break;
		n++;
	}
	*ret_n = n;
	return walk->pairs + first;
}

static bool carries(const struct boundary_conduit *conduit, const char *protocol)
{
	size_t n = strlen(protocol);

	for (const char *at = n ? conduit->protocols : NULL; at && (at = strstr(at, protocol));
		at++)
		if (at > conduit->protocols && at[-1] == ' ' && at[n] == ' ')
			return true;
	return false;
}

/* The conduit of several between two zones that the flow takes: one that names its protocol
 * before the others; of those it may take the one without a device, behind which nothing would
 * stop it. */
static uint32_t choose_conduit(const struct boundary_graph *graph, const uint32_t *conduits,
	uint32_t n, const char *protocol)
{
	uint32_t best = BOUNDARY_NONE;
	int best_rank = 4;

	for (uint32_t i = 0; i < n; i++) {
		const struct boundary_conduit *c = &graph->conduits[conduits[i]];
		int rank = (carries(c, protocol) ? 0 : 2) + (c->device[0] ? 1 : 0);

		if (rank < best_rank) {
			best_rank = rank;
			best = conduits[i];
		}
	}
	return best;
}

/* The conduit between the zones of a flow, or the zones above them, the nearest; ret_crossing:
 * whether the flow leaves its zone at all. */
static uint32_t find_conduit(
	const struct boundary_walk *walk, const struct boundary_flow *flow, bool *ret_crossing)
{
	uint32_t from[ZONES_ABOVE], to[ZONES_ABOVE], n = 0;
	uint32_t n_from = zones_above(walk->graph, flow->from_zone, from);
	uint32_t n_to = zones_above(walk->graph, flow->to_zone, to);
	const uint32_t *found;

	*ret_crossing = false;
	if (n_from == 0 || n_to == 0 || from[0] == to[0])
		return BOUNDARY_NONE;
	found = conduits_between(walk, from[0], to[0], &n);
	for (uint32_t sum = 1; n == 0 && sum < n_from + n_to; sum++)
		for (uint32_t i = 0; n == 0 && i <= sum && i < n_from; i++)
			if (sum - i < n_to && from[i] != to[sum - i])
				found = conduits_between(walk, from[i], to[sum - i], &n);
	*ret_crossing = true;
	if (n > 0)
		return choose_conduit(walk->graph, found, n, flow->protocol);
	for (uint32_t i = 0; i < n_from; i++) /* a zone within the other one */
		if (from[i] == to[0])
			*ret_crossing = false;
	for (uint32_t i = 0; i < n_to; i++)
		if (to[i] == from[0])
			*ret_crossing = false;
	return BOUNDARY_NONE;
}

/* ---- what a flow is ---------------------------------------------------------------------- */

static struct judgement stopped(enum boundary_note_kind kind, uint32_t conduit)
{
	return (struct judgement){.kind = kind, .conduit = conduit};
}

static bool follows_kind(const struct boundary_rule *rule, enum boundary_class kind)
{
	return kind == BOUNDARY_CONTROL ? rule->control : rule->business;
}

struct judgement walking_judge(
	const struct walking *w, const struct boundary_flow *flow, uint32_t from)
{
	const struct boundary_graph *g = w->graph;
	uint32_t peer = flow->from == from ? flow->to : flow->from;
	bool one_way = flow->direction == BOUNDARY_ONE_WAY, has_zones;
	struct judgement j = {.follows = true, .conduit = BOUNDARY_NONE};

	if (flow->kind == BOUNDARY_SERVICE)
		return stopped(NOTE_SERVICE, BOUNDARY_NONE);
	if (!follows_kind(w->rule, flow->kind))
		return stopped(NOTE_KIND, BOUNDARY_NONE);
	if (flow->seen_us < w->since_us)
		return stopped(NOTE_WINDOW, BOUNDARY_NONE);
	if (w->rule->stop_device && g->assets[from].device)
		return stopped(NOTE_DEVICE, BOUNDARY_NONE);
	if (peer == BOUNDARY_NONE)
		return stopped(NOTE_UNREGISTERED, BOUNDARY_NONE);
	j.conduit = find_conduit(w->walk, flow, &j.crossing);
	if (j.conduit != BOUNDARY_NONE) {
		const struct boundary_conduit *conduit = &g->conduits[j.conduit];

		/* The device itself is reached; it is what stands behind it that is not. */
		if (w->rule->stop_device && conduit->device[0] && conduit->asset != peer)
			return stopped(NOTE_DEVICE, j.conduit);
		one_way |= conduit->one_way;
		j.crossing = !conduit->device[0];
	}
	if (w->rule->stop_one_way && one_way && flow->from == from)
		return stopped(NOTE_ONE_WAY, j.conduit);
	has_zones = flow->from_zone != BOUNDARY_NONE && flow->to_zone != BOUNDARY_NONE;
	j.zone = g->n_conduits > 0 && !has_zones;
	j.direction = w->rule->stop_one_way && flow->direction == BOUNDARY_UNKNOWN;
	return j;
}

/* ---- levels ------------------------------------------------------------------------------ */

uint32_t walking_add(struct walking *w, const struct boundary_member *member)
{
	struct boundary_set *set = w->set;

	if (set->n_members == w->members_room) {
		uint32_t room = w->members_room ? 2 * w->members_room : 256;
		struct boundary_member *more = realloc(set->members, room * sizeof(*more));

		if (!more) {
			w->no_memory = true;
			return BOUNDARY_NONE;
		}
		set->members = more;
		w->members_room = room;
	}
	set->members[set->n_members] = *member;
	w->walk->slot[member->asset] = set->n_members;
	return set->n_members++;
}

bool walking_is_walked(const struct walking *w, const struct boundary_member *member)
{
	if (member->why == WHY_SYSTEM)
		return w->set->roots[member->root].why != ROOT_CARRIES;
	return member->why == WHY_FLOW;
}

static bool less(const struct candidate *a, const struct candidate *b)
{
	if (a->why != b->why)
		return a->why < b->why;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	if (a->via != b->via)
		return a->via < b->via;
	return a->rank < b->rank;
}

/* Members of one level stand in the order of their assets: the lower via is the lower asset. */
static void offer(struct walking *w, uint32_t asset, const struct candidate *candidate)
{
	struct boundary_walk *walk = w->walk;
	struct candidate *found = &walk->found[asset];

	if (walk->slot[asset] != BOUNDARY_NONE)
		return;
	if (found->why == WHY_N)
		walk->touched[walk->n_touched++] = asset;
	else if (!less(candidate, found))
		return;
	*found = *candidate;
}

/* All flows of a member: where they lead, or why they lead no further. */
static void look_around(struct walking *w, uint32_t member)
{
	const struct boundary_walk *walk = w->walk;
	uint32_t asset = w->set->members[member].asset;

	for (uint32_t k = walk->flows.first[asset]; k < walk->flows.first[asset + 1]; k++) {
		uint32_t rank = walk->flows.items[k], i = walk->order[rank];
		const struct boundary_flow *flow = &w->graph->flows[i];
		uint32_t peer = flow->from == asset ? flow->to : flow->from;
		struct judgement j;

		if (peer == asset)
			continue;
		j = walking_judge(w, flow, asset);
		if (j.follows) {
			offer(w, peer,
				&(struct candidate){
					WHY_FLOW, flow->kind, member, rank, j.conduit});
			continue;
		}
		walking_note(w, j.kind, member, i, j.conduit, peer);
		if (j.kind == NOTE_DEVICE && j.conduit != BOUNDARY_NONE &&
			w->graph->conduits[j.conduit].asset != BOUNDARY_NONE)
			offer(w, w->graph->conduits[j.conduit].asset,
				&(struct candidate){
					WHY_DEVICE, flow->kind, member, rank, j.conduit});
	}
}

static int compare_numbers(const void *a, const void *b)
{
	return ORDER(*(const uint32_t *)a, *(const uint32_t *)b);
}

/* What was not sure about the flow that led to a member. */
static void note_doubts(struct walking *w, uint32_t member)
{
	const struct boundary_member *m = &w->set->members[member];
	const struct boundary_flow *flow = &w->graph->flows[m->flow];
	uint32_t from = w->set->members[m->via].asset;
	struct judgement j = walking_judge(w, flow, from);

	if (j.direction)
		walking_note(w, NOTE_DIRECTION, m->via, m->flow, BOUNDARY_NONE, m->asset);
	if (j.crossing)
		walking_note(w, NOTE_CROSSING, m->via, m->flow, j.conduit, m->asset);
	if (j.zone)
		walking_note(w, NOTE_ZONE, m->via, m->flow, BOUNDARY_NONE, m->asset);
}

static void take_level(struct walking *w, uint32_t depth)
{
	struct boundary_walk *walk = w->walk;

	qsort(walk->touched, walk->n_touched, sizeof(*walk->touched), compare_numbers);
	for (uint32_t i = 0; i < walk->n_touched && !w->no_memory; i++) {
		uint32_t asset = walk->touched[i], member;
		struct candidate *found = &walk->found[asset];

		member = walking_add(w, &(struct boundary_member){.asset = asset,
						.why = found->why,
						.root = w->set->members[found->via].root,
						.origin = w->set->members[found->via].origin,
						.via = found->via,
						.flow = walk->order[found->rank],
						.conduit = found->conduit,
						.depth = depth});
		if (member != BOUNDARY_NONE && found->why == WHY_FLOW)
			note_doubts(w, member);
	}
	for (uint32_t i = 0; i < walk->n_touched; i++)
		walk->found[walk->touched[i]].why = WHY_N;
	walk->n_touched = 0;
}

static int compare_members(const void *a, const void *b)
{
	return ORDER(((const struct boundary_member *)a)->asset,
		((const struct boundary_member *)b)->asset);
}

void walking_order(struct walking *w, uint32_t first)
{
	struct boundary_set *set = w->set;

	if (set->n_members > first)
		qsort(set->members + first, set->n_members - first, sizeof(*set->members),
			compare_members);
	for (uint32_t i = first; i < set->n_members; i++)
		w->walk->slot[set->members[i].asset] = i;
}

/* The assets of all roots. */
static void take_roots(struct walking *w)
{
	const struct groups *of = &w->walk->assets;
	struct boundary_set *set = w->set;

	for (uint32_t i = 0; i < set->n_roots; i++) {
		uint32_t system = set->roots[i].system;

		if (of->first[system] == of->first[system + 1])
			walking_note(w, NOTE_NO_ASSETS, BOUNDARY_NONE, BOUNDARY_NONE,
				BOUNDARY_NONE, system);
		for (uint32_t k = of->first[system]; k < of->first[system + 1]; k++)
			walking_add(w, &(struct boundary_member){.asset = of->items[k],
					       .why = WHY_SYSTEM,
					       .root = i,
					       .via = BOUNDARY_NONE,
					       .flow = BOUNDARY_NONE,
					       .conduit = BOUNDARY_NONE});
	}
	walking_order(w, 0);
	for (uint32_t i = 0; i < set->n_members; i++)
		set->members[i].origin = i;
}

void walking_levels(struct walking *w)
{
	struct boundary_set *set = w->set;
	uint32_t begin = 0, depth = 1;

	take_roots(w);
	while (begin < set->n_members && !w->no_memory) {
		uint32_t end = set->n_members;

		for (uint32_t i = begin; i < end; i++)
			if (walking_is_walked(w, &set->members[i]) ||
				set->members[i].why == WHY_DEVICE)
				look_around(w, i);
		take_level(w, depth++);
		begin = end;
	}
}
