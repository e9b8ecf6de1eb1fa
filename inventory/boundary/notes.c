/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the walk ended, and what is not known: notes that are alike become one, with the newest
 * flow and the number of peers. What leads to a member after all is no end.
 */
#include "inventory/boundary/internal.h"

#include <stdlib.h>
#include <string.h>

void walking_note(struct walking *w, enum boundary_note_kind kind, uint32_t member,
	uint32_t flow, uint32_t conduit, uint32_t peer)
{
	if (w->n_raw == w->raw_room) {
		uint32_t room = w->raw_room ? 2 * w->raw_room : 256;
		struct raw_note *more = realloc(w->raw, room * sizeof(*more));

		if (!more) {
			w->no_memory = true;
			return;
		}
		w->raw = more;
		w->raw_room = room;
	}
	w->raw[w->n_raw++] = (struct raw_note){kind, member, flow, conduit, peer};
}

bool boundary_note_followed(enum boundary_note_kind kind)
{
	return kind == NOTE_DIRECTION || kind == NOTE_CROSSING || kind == NOTE_ZONE;
}

/* Whether two notes are told as one; 0 if so. What is alike reads alike, whichever flow is the
 * newest. */
static int compare_alike(
	const struct raw_note *a, const struct raw_note *b, const struct boundary_graph *graph)
{
	const struct boundary_flow *x, *y;
	int order = ORDER(a->kind, b->kind);

	if (!order)
		order = ORDER(a->member, b->member);
	if (!order)
		order = ORDER(a->conduit, b->conduit);
	if (!order)
		order = ORDER(a->flow == BOUNDARY_NONE, b->flow == BOUNDARY_NONE);
	if (order || a->flow == BOUNDARY_NONE)
		return order ? order : ORDER(a->peer, b->peer);
	x = &graph->flows[a->flow];
	y = &graph->flows[b->flow];
	order = strcmp(x->protocol, y->protocol);
	if (!order)
		order = ORDER(x->transport, y->transport);
	if (!order)
		order = ORDER(x->port, y->port);
	return order ? order : ORDER(x->direction, y->direction);
}

static int compare_peers(
	const struct raw_note *a, const struct raw_note *b, const struct boundary_graph *graph)
{
	int order = ORDER(a->peer, b->peer);

	if (order || a->flow == BOUNDARY_NONE)
		return order;
	return strcmp(graph->flows[a->flow].peer, graph->flows[b->flow].peer);
}

/* How much newer a flow was seen than another; of the same time the later run counts. */
static int compare_newer(const struct boundary_graph *graph, uint32_t flow, uint32_t than)
{
	const struct boundary_flow *x, *y;
	int order;

	if (flow == BOUNDARY_NONE || than == BOUNDARY_NONE)
		return 0;
	x = &graph->flows[flow];
	y = &graph->flows[than];
	order = ORDER(x->seen_us, y->seen_us);
	return order ? order : ORDER(x->run_id, y->run_id);
}

static int compare_raw(const void *a, const void *b, void *context)
{
	const struct boundary_graph *graph = context;
	int order = compare_alike(a, b, graph);

	if (!order)
		order = compare_peers(a, b, graph);
	return order ? order
		     : compare_newer(graph, ((const struct raw_note *)b)->flow,
			       ((const struct raw_note *)a)->flow);
}

/* What was not seen within the window is not known, of members from which the walk went on. */
static void find_unobserved(struct walking *w)
{
	const struct boundary_walk *walk = w->walk;
	uint32_t end = w->set->n_members;

	for (uint32_t i = 0; i < end && !w->no_memory; i++) {
		struct boundary_member *m = &w->set->members[i];

		for (uint32_t k = walk->flows.first[m->asset];
			!m->observed && k < walk->flows.first[m->asset + 1]; k++)
			m->observed =
				w->graph->flows[walk->order[walk->flows.items[k]]].seen_us >=
				w->since_us;
		if (!m->observed && walking_is_walked(w, m))
			walking_note(w, NOTE_UNOBSERVED, BOUNDARY_NONE, BOUNDARY_NONE,
				BOUNDARY_NONE, w->set->roots[m->root].system);
	}
}

int walking_close_notes(struct walking *w)
{
	const struct boundary_graph *graph = w->graph;
	struct boundary_set *set = w->set;
	uint32_t kept = 0;

	find_unobserved(w);
	for (uint32_t i = 0; i < w->n_raw; i++) {
		const struct raw_note *n = &w->raw[i];

		if (n->flow == BOUNDARY_NONE || boundary_note_followed(n->kind) ||
			n->peer == BOUNDARY_NONE || w->walk->slot[n->peer] == BOUNDARY_NONE)
			w->raw[kept++] = *n;
	}
	if (kept > 0)
		qsort_r(w->raw, kept, sizeof(*w->raw), compare_raw, (void *)(uintptr_t)graph);
	set->notes = calloc((size_t)kept + 1, sizeof(*set->notes));
	if (!set->notes || w->no_memory)
		return -1;
	for (uint32_t i = 0; i < kept; i++) {
		const struct raw_note *n = &w->raw[i], *before = i > 0 ? &w->raw[i - 1] : NULL;
		struct boundary_note *last =
			set->n_notes ? &set->notes[set->n_notes - 1] : NULL;

		if (before && compare_alike(before, n, graph) == 0) {
			last->n_peers += n->kind == NOTE_UNOBSERVED ||
					 compare_peers(before, n, graph) != 0;
			if (compare_newer(graph, n->flow, last->flow) > 0)
				last->flow = n->flow;
			continue;
		}
		set->notes[set->n_notes++] = (struct boundary_note){.kind = n->kind,
			.member = n->member,
			.flow = n->flow,
			.conduit = n->conduit,
			.system = n->flow == BOUNDARY_NONE ? n->peer : BOUNDARY_NONE,
			.n_peers = n->flow != BOUNDARY_NONE || n->kind == NOTE_UNOBSERVED};
	}
	return 0;
}
