/* SPDX-License-Identifier: Apache-2.0 */
/* Systems that stand in one circle become one unit (R. Tarjan, 1972: strongly connected
 * components), without recursion. */
#include "inventory/norm/graph_internal.h"

#include <stdlib.h>

struct visit {
	uint32_t found, low; /* order of discovery, from 1 */
	uint32_t parent, arc;
};

struct search {
	struct question *question;
	struct visit *visits;
	uint32_t *stack, n_stack; /* found, and in no unit yet */
	uint32_t order, n_units;
};

static void arrive(struct search *search, uint32_t node, uint32_t parent)
{
	search->order++;
	search->visits[node] = (struct visit){search->order, search->order, parent,
		search->question->first[node]};
	search->question->unit[node] = GRAPH_NONE_FOUND;
	search->stack[search->n_stack++] = node;
}

/* All behind `node` was seen: a unit ends here, or its parent belongs to it too. */
static uint32_t leave(struct search *search, uint32_t node)
{
	const struct visit *visit = &search->visits[node];
	uint32_t member;

	if (visit->parent != GRAPH_NONE_FOUND && visit->low < search->visits[visit->parent].low)
		search->visits[visit->parent].low = visit->low;
	if (visit->low != visit->found)
		return visit->parent;
	do {
		member = search->stack[--search->n_stack];
		search->question->unit[member] = search->n_units;
	} while (member != node);
	search->n_units++;
	return visit->parent;
}

static void search_from(struct search *search, uint32_t root)
{
	const struct question *question = search->question;
	uint32_t at = root;

	arrive(search, root, GRAPH_NONE_FOUND);
	while (at != GRAPH_NONE_FOUND) {
		struct visit *visit = &search->visits[at];
		uint32_t to;

		if (visit->arc == question->first[at + 1]) {
			at = leave(search, at);
			continue;
		}
		to = question->to[visit->arc++];
		if (!search->visits[to].found) {
			arrive(search, to, at);
			at = to;
		} else if (question->unit[to] == GRAPH_NONE_FOUND &&
			search->visits[to].found < visit->low) {
			visit->low = search->visits[to].found;
		}
	}
}

/* Members of each unit, in the order of the nodes. */
static void sort_members(struct question *question, uint32_t n)
{
	uint32_t *next = question->first_member + 1; /* walks to its final value */

	for (uint32_t i = 0; i <= n; i++)
		question->first_member[i] = 0;
	for (uint32_t i = 0; i < n; i++)
		if (question->unit[i] + 1 < question->n_units)
			next[question->unit[i] + 1]++;
	for (uint32_t i = 1; i < question->n_units; i++)
		next[i] += next[i - 1];
	for (uint32_t i = 0; i < n; i++)
		question->member[next[question->unit[i]]++] = i;
}

/* Arcs, evidence and marks of the nodes become those of their units; arcs within one go. */
static int join(struct question *question)
{
	uint32_t n = question->n_units, at = 0;
	uint32_t *first = calloc((size_t)n + 1, sizeof(*first));
	uint32_t *to =
		calloc((size_t)question->first[question->graph->n_nodes] + 1, sizeof(*to));
	int32_t *oldest = calloc((size_t)n + 1, sizeof(*oldest));
	bool *stale = calloc((size_t)n + 1, sizeof(*stale));

	for (uint32_t u = 0; first && to && oldest && stale && u < n; u++) {
		oldest[u] = GRAPH_NO_DAY;
		for (uint32_t m = question->first_member[u]; m < question->first_member[u + 1];
			m++) {
			uint32_t node = question->member[m];

			stale[u] |= question->stale[node];
			if (question->oldest[node] < oldest[u])
				oldest[u] = question->oldest[node];
			for (uint32_t i = question->first[node]; i < question->first[node + 1];
				i++)
				if (question->unit[question->to[i]] != u)
					to[at++] = question->unit[question->to[i]];
		}
		first[u + 1] = at;
	}
	free(question->first);
	free(question->to);
	free(question->oldest);
	free(question->stale);
	question->first = first;
	question->to = to;
	question->oldest = oldest;
	question->stale = stale;
	return first && to && oldest && stale ? 0 : -1;
}

int question_condense(struct question *question)
{
	uint32_t n = question->graph->n_nodes;
	struct search search = {.question = question};
	int r = -1;

	search.visits = calloc((size_t)n + 1, sizeof(*search.visits));
	search.stack = calloc((size_t)n + 1, sizeof(*search.stack));
	if (search.visits && search.stack) {
		for (uint32_t i = 0; i < n; i++)
			if (!search.visits[i].found)
				search_from(&search, i);
		question->n_units = search.n_units;
		sort_members(question, n);
		r = join(question);
	}
	free(search.visits);
	free(search.stack);
	return r;
}
