/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is within reach: breadth-first walks from 256 systems at once. Of a node a lane (a bit)
 * for each walk says whether that walk has been there; a step along an arc is taken by all
 * walks together. Counts are kept bit-sliced, so that a node met costs the same however many
 * walks met it. See graph.h for the reference.
 */
#include "inventory/norm/graph_internal.h"

#include <stdlib.h>
#include <string.h>

#define LANE_WORDS 4
#define LANES ((uint32_t)(64 * LANE_WORDS))
#define COUNT_PLANES 24 /* GRAPH_EDGES_MAX systems can be counted */
#define TIERS 6

struct lanes {
	uint64_t word[LANE_WORDS];
};

/* An item as stated on one day; those of one item stand side by side, by value, and it counts
 * once. That a system's items are all known is an item without name and value. */
struct key {
	const char *text;
	double value;
	int32_t day;
};

struct sum {
	struct key *keys;
	size_t n_keys;
	uint32_t *first, *of_node; /* keys of node i: of_node[first[i]] up to first[i + 1] */
	bool *complete;            /* by node: nothing more of it is to be summed */
	struct lanes *reached;     /* by key */
};

struct reach {
	const struct question *question;
	const struct pack_graph *ask;
	uint32_t n_units;
	struct lanes *seen, *front, *next; /* by unit */
	bool *pending;                     /* by unit: is in `coming` */
	bool *full;                        /* by unit: all walks have been there */
	uint32_t *active, *coming, *touched;
	uint32_t n_active, n_coming, n_touched;
	int32_t *days;         /* distinct days of evidence, sorted */
	uint32_t n_days, *day; /* by unit: which of them */
	struct lanes *used;    /* by day */
	uint16_t *lane_of;       /* by node: the walk that starts there + 1, 0: none */
	uint32_t *operator_slot; /* by organisation: slot in operators + 1, 0: none of this
				    block */
	struct lanes operators[LANES];
	uint32_t n_operators;
	struct sum sum;
	/* what became of the walks of this block */
	const uint32_t *sources;
	uint32_t n_lanes, ended[LANES];
	struct lanes all, alive, stale, open, planes[COUNT_PLANES], tiers[TIERS], sectors[64];
};

static void lanes_or(struct lanes *to, const struct lanes *from)
{
	for (int i = 0; i < LANE_WORDS; i++)
		to->word[i] |= from->word[i];
}

static bool lanes_any(const struct lanes *lanes)
{
	uint64_t any = 0;

	for (int i = 0; i < LANE_WORDS; i++)
		any |= lanes->word[i];
	return any != 0;
}

static bool lane(const struct lanes *lanes, uint32_t at)
{
	return lanes->word[at / 64] >> (at % 64) & 1;
}

static void lane_set(struct lanes *lanes, uint32_t at)
{
	lanes->word[at / 64] |= UINT64_C(1) << (at % 64);
}

/* ---- what is summed ------------------------------------------------------------------ */

/* An item of the set that is asked for, as a system brings it. */
struct found {
	struct key item;
	uint32_t node, key;
};

static int compare_keys(const struct key *left, const struct key *right)
{
	int order = strcmp(left->text, right->text);

	if (!order)
		order = (left->value > right->value) - (left->value < right->value);
	return order ? order : (left->day > right->day) - (left->day < right->day);
}

static int compare_found(const void *a, const void *b)
{
	const struct found *left = a, *right = b;

	return compare_keys(&left->item, &right->item);
}

static int compare_nodes(const void *a, const void *b)
{
	const struct found *left = a, *right = b;

	if (left->node != right->node)
		return left->node < right->node ? -1 : 1;
	return (left->key > right->key) - (left->key < right->key);
}

/* Items of the set into `found`, with the fresh statements that a system's are all. */
static size_t find_items(struct reach *reach, struct found *found)
{
	const struct graph *graph = reach->question->graph;
	size_t n = 0;

	for (size_t i = 0; i < graph->n_items; i++) {
		const struct graph_item *item = &graph->items[i];
		struct key key = {item->key ? item->key : "", item->key ? item->value : 0,
			graph_day(item->as_of)};
		uint32_t node;

		if (strcmp(item->set, reach->ask->of) != 0)
			continue;
		node = graph_find(graph, item->system);
		if (node == GRAPH_NONE_FOUND ||
			(!item->key && !question_fresh(reach->question, key.day)))
			continue;
		reach->sum.complete[node] |= !item->key;
		found[n++] = (struct found){key, node, 0};
	}
	return n;
}

static void join_keys(struct reach *reach, struct found *found, size_t n)
{
	struct sum *sum = &reach->sum;

	qsort(found, n, sizeof(*found), compare_found);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || compare_keys(&found[i].item, &found[i - 1].item) != 0)
			sum->keys[sum->n_keys++] = found[i].item;
		found[i].key = (uint32_t)(sum->n_keys - 1);
	}
	qsort(found, n, sizeof(*found), compare_nodes);
	for (size_t i = 0; i < n; i++) {
		sum->first[found[i].node + 1]++;
		sum->of_node[i] = found[i].key;
	}
	for (uint32_t i = 0; i < reach->question->graph->n_nodes; i++)
		sum->first[i + 1] += sum->first[i];
}

static int sum_init(struct reach *reach)
{
	struct sum *sum = &reach->sum;
	uint32_t n = reach->question->graph->n_nodes;
	size_t room = reach->question->graph->n_items + 1;
	struct found *found = calloc(room, sizeof(*found));

	sum->complete = calloc((size_t)n + 1, sizeof(*sum->complete));
	sum->first = calloc((size_t)n + 1, sizeof(*sum->first));
	sum->keys = calloc(room, sizeof(*sum->keys));
	sum->of_node = calloc(room, sizeof(*sum->of_node));
	if (!found || !sum->complete || !sum->first || !sum->keys || !sum->of_node) {
		free(found);
		return -1;
	}
	join_keys(reach, found, find_items(reach, found));
	free(found);
	sum->reached = calloc(sum->n_keys + 1, sizeof(*sum->reached));
	return sum->reached ? 0 : -1;
}

static void sum_done(struct sum *sum)
{
	free(sum->complete);
	free(sum->first);
	free(sum->keys);
	free(sum->of_node);
	free(sum->reached);
}

/* Adds the items that this walk met, and the day of the oldest. */
static void add_up(const struct reach *reach, uint32_t at, struct graph_answer *answer,
	bool *ret_negative, bool *ret_contradictory, bool *ret_stale)
{
	const struct key *before = NULL;

	for (size_t i = 0; i < reach->sum.n_keys; i++) {
		const struct key *key = &reach->sum.keys[i];

		if (!lane(&reach->sum.reached[i], at))
			continue;
		if (!question_fresh(reach->question, key->day)) {
			*ret_stale = true;
			continue;
		}
		if (key->day < answer->as_of)
			answer->as_of = key->day;
		*ret_negative |= key->value < 0;
		if (!before || strcmp(before->text, key->text) != 0)
			answer->number += key->value;
		else
			*ret_contradictory |= before->value != key->value;
		before = key;
	}
}

/* ---- making ready -------------------------------------------------------------------- */

static int compare_days(const void *a, const void *b)
{
	const int32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static int days_init(struct reach *reach)
{
	const int32_t *oldest = reach->question->oldest;
	uint32_t n = 0;

	reach->days = calloc((size_t)reach->n_units + 1, sizeof(*reach->days));
	reach->day = calloc((size_t)reach->n_units + 1, sizeof(*reach->day));
	if (!reach->days || !reach->day)
		return -1;
	memcpy(reach->days, oldest, reach->n_units * sizeof(*oldest));
	qsort(reach->days, reach->n_units, sizeof(*reach->days), compare_days);
	for (uint32_t i = 0; i < reach->n_units; i++)
		if (n == 0 || reach->days[n - 1] != reach->days[i])
			reach->days[n++] = reach->days[i];
	reach->n_days = n;
	reach->used = calloc((size_t)n + 1, sizeof(*reach->used));
	if (!reach->used)
		return -1;
	for (uint32_t i = 0; i < reach->n_units; i++) {
		const int32_t *at = bsearch(&oldest[i], reach->days, n, sizeof(*reach->days),
			compare_days);

		reach->day[i] = (uint32_t)(at - reach->days);
	}
	return 0;
}

static int reach_init(struct reach *reach, const struct question *question)
{
	size_t n = (size_t)question->n_units + 1,
	       n_nodes = (size_t)question->graph->n_nodes + 1;

	reach->question = question;
	reach->ask = &question->fact->graph;
	reach->n_units = question->n_units;
	reach->seen = calloc(n, sizeof(*reach->seen));
	reach->front = calloc(n, sizeof(*reach->front));
	reach->next = calloc(n, sizeof(*reach->next));
	reach->pending = calloc(n, sizeof(*reach->pending));
	reach->full = calloc(n, sizeof(*reach->full));
	reach->active = calloc(n, sizeof(*reach->active));
	reach->coming = calloc(n, sizeof(*reach->coming));
	reach->touched = calloc(n, sizeof(*reach->touched));
	reach->lane_of = calloc(n_nodes, sizeof(*reach->lane_of));
	reach->operator_slot = calloc(n_nodes, sizeof(*reach->operator_slot));
	if (!reach->seen || !reach->front || !reach->next || !reach->pending || !reach->full ||
		!reach->active || !reach->coming || !reach->touched || !reach->lane_of ||
		!reach->operator_slot)
		return -1;
	if (reach->ask->kind == GRAPH_SUM && sum_init(reach) < 0)
		return -1;
	return days_init(reach);
}

static void reach_done(struct reach *reach)
{
	if (!reach)
		return;
	free(reach->seen);
	free(reach->front);
	free(reach->next);
	free(reach->pending);
	free(reach->full);
	free(reach->active);
	free(reach->coming);
	free(reach->touched);
	free(reach->lane_of);
	free(reach->operator_slot);
	free(reach->days);
	free(reach->day);
	free(reach->used);
	sum_done(&reach->sum);
	free(reach);
}
CLEANUP_DEFINE(struct reach, reach_done)

/* ---- walking ------------------------------------------------------------------------- */

static void count(struct reach *reach, struct lanes add)
{
	for (int p = 0; p < COUNT_PLANES && lanes_any(&add); p++) {
		struct lanes *plane = &reach->planes[p];

		for (int i = 0; i < LANE_WORDS; i++) {
			uint64_t carry = plane->word[i] & add.word[i];

			plane->word[i] ^= add.word[i];
			add.word[i] = carry;
		}
	}
}

/* Walks meet a node that is none of their starts. */
static void meet_other(struct reach *reach, uint32_t node, struct lanes counted)
{
	const struct graph *graph = reach->question->graph;
	const struct graph_node *n = &graph->nodes[node];
	const struct pack_graph *ask = reach->ask;
	uint32_t slot = ask->other_operators ?
		reach->operator_slot[graph->organisation[node]] : 0;
	bool stale = false;

	if (!lanes_any(&counted))
		return;
	if (!ask->depth && (!question_surveyed(reach->question, node, 0, &stale) || stale))
		lanes_or(&reach->open, &counted);
	for (int i = 0; slot && i < LANE_WORDS; i++)
		counted.word[i] &= ~reach->operators[slot - 1].word[i];
	if (!question_counts(reach->question, node)) {
		if (ask->min_tier && !n->tier)
			lanes_or(&reach->open, &counted);
		return;
	}
	if (ask->kind == GRAPH_DISTINCT_SECTORS)
		lanes_or(&reach->sectors[graph->sector[node]], &counted);
	else if (ask->kind == GRAPH_MAX_TIER && n->tier)
		lanes_or(&reach->tiers[n->tier < TIERS ? n->tier : TIERS - 1], &counted);
	else if (ask->kind == GRAPH_MAX_TIER)
		lanes_or(&reach->open, &counted);
	else if (ask->kind == GRAPH_DEPENDANTS)
		count(reach, counted);
}

/* The walks in `here` meet a unit. */
static void meet(struct reach *reach, uint32_t unit, const struct lanes *here)
{
	const struct question *question = reach->question;

	for (uint32_t i = question->first_member[unit]; i < question->first_member[unit + 1];
		i++) {
		uint32_t node = question->member[i], own = reach->lane_of[node];
		struct lanes others = *here;

		if (reach->ask->kind == GRAPH_SUM) {
			for (uint32_t k = reach->sum.first[node];
				k < reach->sum.first[node + 1]; k++)
				lanes_or(&reach->sum.reached[reach->sum.of_node[k]], here);
			if (!reach->sum.complete[node])
				lanes_or(&reach->open, here);
		}
		if (own)
			others.word[(own - 1) / 64] &= ~(UINT64_C(1) << ((own - 1) % 64));
		meet_other(reach, node, others);
	}
}

static void step_from(struct reach *reach, uint32_t unit)
{
	const struct question *question = reach->question;
	const struct lanes *here = &reach->front[unit];

	if (question->stale[unit])
		lanes_or(&reach->stale, here);
	lanes_or(&reach->used[reach->day[unit]], here);
	for (uint32_t i = question->first[unit]; i < question->first[unit + 1]; i++) {
		uint32_t to = question->to[i];
		struct lanes fresh;

		if (reach->full[to])
			continue;
		for (int k = 0; k < LANE_WORDS; k++)
			fresh.word[k] = here->word[k] & ~reach->seen[to].word[k];
		if (!lanes_any(&fresh))
			continue;
		lanes_or(&reach->next[to], &fresh);
		if (!reach->pending[to])
			reach->coming[reach->n_coming++] = to;
		reach->pending[to] = true;
	}
}

/* One hop of all walks. */
static void step(struct reach *reach)
{
	struct lanes *front = reach->front;
	uint32_t *active = reach->active;

	for (uint32_t i = 0; i < reach->n_active; i++)
		step_from(reach, active[i]);
	for (uint32_t i = 0; i < reach->n_active; i++)
		front[active[i]] = (struct lanes){0};
	reach->alive = (struct lanes){0};
	for (uint32_t i = 0; i < reach->n_coming; i++) {
		uint32_t unit = reach->coming[i];

		reach->pending[unit] = false;
		if (!lanes_any(&reach->seen[unit]))
			reach->touched[reach->n_touched++] = unit;
		lanes_or(&reach->seen[unit], &reach->next[unit]);
		reach->full[unit] =
			memcmp(&reach->seen[unit], &reach->all, sizeof(reach->all)) == 0;
		lanes_or(&reach->alive, &reach->next[unit]);
		meet(reach, unit, &reach->next[unit]);
	}
	reach->front = reach->next;
	reach->next = front;
	reach->active = reach->coming;
	reach->coming = active;
	reach->n_active = reach->n_coming;
	reach->n_coming = 0;
}

static void start(struct reach *reach, const uint32_t *sources, uint32_t first, uint32_t n)
{
	reach->n_lanes = n;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t node = sources ? sources[first + i] : first + i;
		uint32_t unit = reach->question->unit[node];
		uint32_t *slot =
			&reach->operator_slot[reach->question->graph->organisation[node]];

		if (!*slot)
			*slot = ++reach->n_operators;
		lane_set(&reach->operators[*slot - 1], i);
		reach->lane_of[node] = (uint16_t)(i + 1);
		if (!lanes_any(&reach->front[unit]))
			reach->active[reach->n_active++] = unit;
		if (!lanes_any(&reach->seen[unit]))
			reach->touched[reach->n_touched++] = unit;
		lane_set(&reach->front[unit], i);
		lane_set(&reach->seen[unit], i);
		lane_set(&reach->alive, i);
	}
	reach->all = reach->alive;
	for (uint32_t i = 0; i < reach->n_active; i++)
		meet(reach, reach->active[i], &reach->front[reach->active[i]]);
}

static void walk(struct reach *reach)
{
	uint32_t limit = reach->ask->depth ? reach->ask->depth : UINT32_MAX;

	for (uint32_t hops = 1; hops <= limit && reach->n_active; hops++) {
		struct lanes before = reach->alive;

		step(reach);
		for (uint32_t i = 0; i < reach->n_lanes; i++)
			if (lane(&before, i) && !lane(&reach->alive, i))
				reach->ended[i] = hops;
	}
}

/* Forgets the walks of a block; the arrays by unit are cleared where they were touched. */
static void clear(struct reach *reach, const uint32_t *sources, uint32_t first)
{
	for (uint32_t i = 0; i < reach->n_touched; i++) {
		uint32_t unit = reach->touched[i];

		reach->seen[unit] = reach->front[unit] = reach->next[unit] = (struct lanes){0};
		reach->full[unit] = false;
	}
	for (uint32_t i = 0; i < reach->n_lanes; i++) {
		uint32_t node = sources ? sources[first + i] : first + i;

		reach->lane_of[node] = 0;
		reach->operator_slot[reach->question->graph->organisation[node]] = 0;
	}
	memset(reach->operators, 0, reach->n_operators * sizeof(*reach->operators));
	memset(reach->used, 0, reach->n_days * sizeof(*reach->used));
	if (reach->sum.reached)
		memset(reach->sum.reached, 0, reach->sum.n_keys * sizeof(*reach->sum.reached));
	memset(reach->ended, 0, sizeof(reach->ended));
	memset(reach->planes, 0, sizeof(reach->planes));
	memset(reach->tiers, 0, sizeof(reach->tiers));
	memset(reach->sectors, 0, sizeof(reach->sectors));
	reach->alive = reach->stale = reach->open = (struct lanes){0};
	reach->n_active = reach->n_coming = reach->n_touched = reach->n_operators = 0;
}

/* ---- answers ------------------------------------------------------------------------- */

static double number_of(const struct reach *reach, uint32_t node, uint32_t at)
{
	double number = 0;

	switch (reach->ask->kind) {
	case GRAPH_DEPENDANTS:
		for (int p = 0; p < COUNT_PLANES; p++)
			number += lane(&reach->planes[p], at) ? (double)(1u << p) : 0;
		return number;
	case GRAPH_DISTINCT_SECTORS:
		for (uint32_t s = 0; s < reach->question->graph->n_sectors; s++)
			number += s != reach->question->graph->sector[node] &&
				lane(&reach->sectors[s], at);
		return number;
	case GRAPH_MAX_TIER:
		for (int t = 1; t < TIERS; t++)
			number = lane(&reach->tiers[t], at) ? t : number;
		return number;
	case GRAPH_SUM:
	case GRAPH_CUT_IMPACT:
	case GRAPH_NONE:
		break;
	}
	return 0;
}

static int32_t oldest_of(const struct reach *reach, uint32_t at)
{
	for (uint32_t d = 0; d < reach->n_days; d++)
		if (lane(&reach->used[d], at))
			return reach->days[d];
	return GRAPH_NO_DAY;
}

static void answer(const struct reach *reach, uint32_t node, uint32_t at,
	struct graph_answer *ret)
{
	bool survey_stale = false, negative = false, contradictory = false;
	bool stale = lane(&reach->stale, at), open = lane(&reach->open, at);
	bool surveyed = question_surveyed(reach->question, node, reach->ended[at],
		&survey_stale);
	int32_t surveyed_on = reach->question->graph->surveyed[node];

	*ret = (struct graph_answer){number_of(reach, node, at), oldest_of(reach, at),
		FACT_MISSING};
	if (reach->ask->kind == GRAPH_SUM)
		add_up(reach, at, ret, &negative, &contradictory, &stale);
	if (surveyed && !survey_stale && surveyed_on < ret->as_of)
		ret->as_of = surveyed_on;
	stale |= survey_stale;
	if (ret->as_of == GRAPH_NO_DAY && !stale && ret->number == 0)
		return; /* nothing at all is stated */
	if (contradictory)
		ret->state = FACT_CONTRADICTORY;
	else if (surveyed && !stale && !open)
		ret->state = FACT_KNOWN;
	else if (negative)
		ret->state = FACT_MISSING;
	else if (ret->number > 0 || ret->as_of != GRAPH_NO_DAY)
		ret->state = FACT_AT_LEAST;
	else
		ret->state = FACT_STALE;
}

int reach_ask(struct question *question, const uint32_t *sources, size_t n_sources,
	struct graph_answer *ret_answers, struct error *reterr)
{
	_cleanup_(reach_donep) struct reach *reach = calloc(1, sizeof(*reach));
	size_t n = sources ? n_sources : question->graph->n_nodes;

	if (!reach || reach_init(reach, question) < 0)
		return error_set(reterr, ERROR_SYSTEM, "no memory to walk %u systems",
			question->graph->n_nodes);
	for (size_t first = 0; first < n; first += LANES) {
		uint32_t lanes = n - first < LANES ? (uint32_t)(n - first) : LANES;

		start(reach, sources, (uint32_t)first, lanes);
		walk(reach);
		for (uint32_t i = 0; i < lanes; i++)
			answer(reach, sources ? sources[first + i] : (uint32_t)first + i, i,
				&ret_answers[first + i]);
		clear(reach, sources, (uint32_t)first);
	}
	return 0;
}
