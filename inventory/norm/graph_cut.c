/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What falls apart without a system: taken as cables, not as arrows, the arcs join systems to
 * components; without one of them the rest of its component may fall into pieces. The impact is
 * the share, in percent, of the others of the component that are then cut off from the largest
 * piece. One depth-first search answers it for all systems (R. Tarjan, 1972: articulation
 * points).
 */
#include "inventory/norm/graph_internal.h"

#include <stdlib.h>

struct visit {
	uint32_t found, low;   /* order of discovery, from 1; lowest order reached back to */
	uint32_t parent, arc;  /* the arc that is looked at next */
	uint32_t weight;       /* of the subtree: nodes that count */
	uint32_t cut,
		largest; /* of the pieces below that fall off: weight of all, of the largest */
	uint32_t component;
};

struct component {
	uint32_t weight, n, n_surveyed;
	int32_t oldest; /* of arcs and surveys */
	bool stale, old; /* an arc is out of date; a survey is */
};

struct cut {
	const struct question *question;
	struct visit *visits; /* by node */
	struct component *components;
	uint32_t n_components, order;
};

static void arrive(struct cut *cut, uint32_t node, uint32_t parent)
{
	const struct question *question = cut->question;
	struct component *component = &cut->components[cut->n_components];
	bool old = false;

	cut->visits[node] = (struct visit){.found = ++cut->order, .low = cut->order,
		.parent = parent, .arc = question->first[node],
		.weight = question_counts(question, node), .component = cut->n_components};
	component->n++;
	component->weight += cut->visits[node].weight;
	component->stale |= question->stale[node];
	if (question->oldest[node] < component->oldest)
		component->oldest = question->oldest[node];
	if (question_surveyed(question, node, 1, &old) && !old)
		component->n_surveyed++;
	component->old |= old;
}

/* All below `node` was seen. Returns its parent. */
static uint32_t leave(struct cut *cut, uint32_t node)
{
	struct visit *visit = &cut->visits[node], *above;

	if (visit->parent == GRAPH_NONE_FOUND)
		return GRAPH_NONE_FOUND;
	above = &cut->visits[visit->parent];
	above->weight += visit->weight;
	if (visit->low < above->low)
		above->low = visit->low;
	if (visit->low >= above->found) { /* nothing below reaches past the parent */
		above->cut += visit->weight;
		if (visit->weight > above->largest)
			above->largest = visit->weight;
	}
	return visit->parent;
}

static void search(struct cut *cut, uint32_t root)
{
	const struct question *question = cut->question;
	uint32_t at = root;

	cut->components[cut->n_components] = (struct component){.oldest = GRAPH_NO_DAY};
	arrive(cut, root, GRAPH_NONE_FOUND);
	while (at != GRAPH_NONE_FOUND) {
		struct visit *visit = &cut->visits[at];
		uint32_t to;

		if (visit->arc == question->first[at + 1]) {
			at = leave(cut, at);
			continue;
		}
		to = question->to[visit->arc++];
		if (!cut->visits[to].found) {
			arrive(cut, to, at);
			at = to;
		} else if (to != visit->parent && cut->visits[to].found < visit->low) {
			visit->low = cut->visits[to].found;
		}
	}
	cut->n_components++;
}

static void answer(const struct cut *cut, uint32_t node, struct graph_answer *ret)
{
	const struct visit *visit = &cut->visits[node];
	const struct component *component = &cut->components[visit->component];
	uint32_t own = question_counts(cut->question, node);
	uint32_t others = component->weight - own, above = others - visit->cut;
	uint32_t largest = above > visit->largest ? above : visit->largest;
	int coverage = cut->question->fact->graph.min_coverage;

	*ret = (struct graph_answer){others ? 100.0 * (others - largest) / others : 0,
		component->oldest, FACT_KNOWN};
	if (component->oldest == GRAPH_NO_DAY)
		ret->state = component->stale || component->old ? FACT_STALE : FACT_MISSING;
	else if (100.0 * component->n_surveyed < (double)coverage * component->n)
		ret->state = FACT_MISSING;
	else if (component->stale)
		ret->state = FACT_STALE;
}

int cut_ask(struct question *question, const uint32_t *sources, size_t n_sources,
	struct graph_answer *ret_answers, struct error *reterr)
{
	uint32_t n = question->graph->n_nodes;
	struct cut cut = {.question = question};
	int r = 0;

	cut.visits = calloc((size_t)n + 1, sizeof(*cut.visits));
	cut.components = calloc((size_t)n + 1, sizeof(*cut.components));
	if (cut.visits && cut.components) {
		for (uint32_t i = 0; i < n; i++)
			if (!cut.visits[i].found)
				search(&cut, i);
		for (size_t i = 0; i < (sources ? n_sources : n); i++)
			answer(&cut, sources ? sources[i] : (uint32_t)i, &ret_answers[i]);
	} else {
		r = error_set(reterr, ERROR_SYSTEM, "no memory to search %u systems", n);
	}
	free(cut.visits);
	free(cut.components);
	return r;
}
