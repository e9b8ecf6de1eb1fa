/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The graph of systems in the confined process: taken in, asked everything that the packs ask,
 * and answered for each system in bytes that stand for themselves: with them a system is judged
 * by any process, then or later, without the graph. For each question, in the order of packs
 * and facts: the state of the fact and, unless it is missing, its number, day and document. See
 * judge.h.
 */
#include "inventory/norm/judge.h"

#include <stdlib.h>
#include <string.h>

#define GRAPH_MEMORY_MAX ((size_t)768 * 1024 * 1024)
#define QUESTIONS_MAX 1024 /* of all packs; more are missing */
#define FRAME_BYTES ((size_t)256 * 1024)
#define ANSWER_MEMORY_MAX ((size_t)1024 * 1024)

struct growing {
	void *items;
	size_t n, room;
};

struct judge_graph {
	int64_t day;
	const struct pack_fact *questions[QUESTIONS_MAX];
	size_t n_questions;
	struct growing nodes, edges, items;
	struct arena *arena;
};

int judge_graph_new(int64_t day, struct judge_graph **ret_graph, struct error *reterr)
{
	struct judge_graph *graph = calloc(1, sizeof(*graph));

	if (!graph || !(graph->arena = arena_new(GRAPH_MEMORY_MAX))) {
		free(graph);
		return error_set(reterr, ERROR_SYSTEM, "no memory for the graph of systems");
	}
	graph->day = day;
	*ret_graph = graph;
	return 0;
}

/* ---- what is asked ----------------------------------------------------------------------- */

static bool same_question(const struct pack_fact *a, const struct pack_fact *b)
{
	const struct pack_graph *x = &a->graph, *y = &b->graph;

	return a->max_age_days == b->max_age_days && x->kind == y->kind &&
	       x->depth == y->depth && x->min_strength == y->min_strength &&
	       x->outward == y->outward && x->carried == y->carried &&
	       x->other_operators == y->other_operators && x->min_tier == y->min_tier &&
	       x->designated == y->designated && x->min_coverage == y->min_coverage &&
	       strcmp(x->of, y->of) == 0;
}

static size_t find_question(const struct judge_graph *graph, const struct pack_fact *fact)
{
	size_t i = 0;

	while (i < graph->n_questions && !same_question(graph->questions[i], fact))
		i++;
	return i;
}

int judge_graph_pack(struct judge_graph *graph, const struct pack *pack, struct error *reterr)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		const struct pack_fact *fact = &pack->facts[i];

		if (fact->graph.kind == GRAPH_NONE ||
			find_question(graph, fact) < graph->n_questions)
			continue;
		if (graph->n_questions == QUESTIONS_MAX)
			return error_set(reterr, ERROR_INPUT,
				"norm pack %s: the packs in force ask more than %d different "
				"questions of the graph", pack->id, QUESTIONS_MAX);
		graph->questions[graph->n_questions++] = fact;
	}
	return 0;
}

/* ---- taking it in ------------------------------------------------------------------------ */

static int no_memory(struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM, "no memory for the graph of systems");
}

static const char *take_text(struct judge_graph *graph, struct cursor *c)
{
	uint32_t n = cursor_be32(c);
	const uint8_t *bytes = cursor_bytes(c, n);
	const char *text = bytes ? arena_strndup(graph->arena, (const char *)bytes, n) : NULL;

	if (!text)
		cursor_fail(c);
	return text ? text : "";
}

static void *grow(struct growing *g, size_t size)
{
	if (g->n == g->room) {
		size_t room = g->room ? 2 * g->room : 1024;
		void *items = realloc(g->items, room * size);

		if (!items)
			return NULL;
		g->items = items;
		g->room = room;
	}
	return (char *)g->items + g->n++ * size;
}

static bool take_node(struct judge_graph *graph, struct cursor *c)
{
	struct graph_node *node = grow(&graph->nodes, sizeof(*node));

	if (!node)
		return false;
	node->id = take_text(graph, c);
	node->sector = take_text(graph, c);
	node->organisation = take_text(graph, c);
	node->as_of = take_text(graph, c);
	node->document = take_text(graph, c);
	node->complete = cursor_u8(c) != 0;
	node->hops = cursor_u8(c);
	node->tier = cursor_u8(c);
	node->designated = cursor_u8(c) != 0;
	return true;
}

static bool take_edge(struct judge_graph *graph, struct cursor *c)
{
	struct graph_edge *edge = grow(&graph->edges, sizeof(*edge));

	if (!edge)
		return false;
	edge->from = take_text(graph, c);
	edge->on = take_text(graph, c);
	edge->as_of = take_text(graph, c);
	edge->strength = (enum strength)cursor_u8(c);
	edge->carried = cursor_u8(c) != 0;
	return true;
}

static bool take_item(struct judge_graph *graph, struct cursor *c)
{
	struct graph_item *item = grow(&graph->items, sizeof(*item));
	uint64_t bits;

	if (!item)
		return false;
	item->system = take_text(graph, c);
	item->set = take_text(graph, c);
	item->key = take_text(graph, c);
	item->as_of = take_text(graph, c);
	if (!cursor_u8(c))
		item->key = NULL;
	bits = cursor_be64(c);
	memcpy(&item->value, &bits, sizeof(bits));
	return true;
}

int judge_graph_take(struct judge_graph *graph, enum judge_frame frame, struct cursor *c,
	struct error *reterr)
{
	bool taken = true;

	while (cursor_left(c) && taken)
		taken = frame == JUDGE_NODES ? take_node(graph, c) :
			frame == JUDGE_EDGES ? take_edge(graph, c) : take_item(graph, c);
	return taken && cursor_ok(c) ? 0 : no_memory(reterr);
}

/* ---- answering --------------------------------------------------------------------------- */

struct answering {
	struct judge_graph *asked;
	struct graph *graph;
	struct graph_answer *answers[QUESTIONS_MAX]; /* one for each node */
	struct arena *arena;
	struct str bytes; /* about one node */
	int64_t until_day;
};

static void answering_done(struct answering *a)
{
	for (size_t i = 0; i < a->asked->n_questions; i++)
		free(a->answers[i]);
	graph_free(a->graph);
	arena_free(a->arena);
	str_done(&a->bytes);
}

static int ask_all(struct answering *a, struct error *reterr)
{
	struct judge_graph *asked = a->asked;
	const struct graph_input input = {asked->nodes.items, asked->nodes.n,
		asked->edges.items, asked->edges.n, asked->items.items, asked->items.n};
	int r = graph_new(&input, &a->graph, reterr);

	for (size_t i = 0; i < asked->n_questions && r == 0; i++) {
		a->answers[i] = calloc(asked->nodes.n + 1, sizeof(*a->answers[i]));
		r = a->answers[i] ? graph_ask(a->graph, asked->questions[i], asked->day, NULL,
					    0, a->answers[i], reterr)
				  : no_memory(reterr);
	}
	return r;
}

/* A walk shows its oldest evidence, which is the first to grow too old. */
static void note_until(struct answering *a, const struct pack_fact *fact,
	const struct graph_answer *answer)
{
	int64_t until = answer->as_of + (int64_t)fact->max_age_days + 1;

	if (answer->as_of != GRAPH_NO_DAY && fact->max_age_days && until > a->asked->day &&
		until < a->until_day)
		a->until_day = until;
}

static void put_value(struct str *out, const struct fact_value *value)
{
	uint64_t bits;

	str_addc(out, (char)value->state);
	if (value->state == FACT_MISSING)
		return;
	memcpy(&bits, &value->number, sizeof(bits));
	sandbox_add_i64(out, (int64_t)bits);
	sandbox_add_text(out, value->as_of, strlen(value->as_of));
	sandbox_add_text(out, value->source, strlen(value->source));
}

static void answer_node(struct answering *a, uint32_t node)
{
	str_reset(&a->bytes);
	arena_reset(a->arena);
	for (size_t i = 0; i < a->asked->n_questions; i++) {
		struct fact_value value;

		graph_value(a->graph, node, &a->answers[i][node], a->arena, &value);
		put_value(&a->bytes, &value);
		note_until(a, a->asked->questions[i], &a->answers[i][node]);
	}
}

/* Forgets the graph: the next one starts anew. */
static void forget(struct judge_graph *graph)
{
	graph->nodes.n = graph->edges.n = graph->items.n = 0;
	arena_reset(graph->arena);
}

static int tell_all(struct answering *a, struct sandbox_inside *inside, struct error *reterr)
{
	size_t in_frame = 0;

	for (uint32_t node = 0; node < a->asked->nodes.n; node++) {
		answer_node(a, node);
		if (a->bytes.failed || a->bytes.len > JUDGE_ANSWERS_MAX)
			return error_set(reterr, ERROR_INPUT,
				"the graph's answers about one system "
				"are larger than %zu bytes",
				JUDGE_ANSWERS_MAX);
		if (in_frame == 0)
			sandbox_begin(inside, JUDGE_IS_ANSWERS);
		sandbox_put_u32(inside, (uint32_t)a->bytes.len);
		sandbox_put_bytes(inside, a->bytes.data, a->bytes.len);
		in_frame += 4 + a->bytes.len;
		if (in_frame >= FRAME_BYTES || node + 1 == a->asked->nodes.n) {
			sandbox_end(inside);
			in_frame = 0;
		}
	}
	sandbox_begin(inside, JUDGE_IS_GRAPH);
	sandbox_put_i64(inside, a->until_day);
	sandbox_end(inside);
	return 0;
}

int judge_graph_answer(struct judge_graph *graph, struct sandbox_inside *inside,
	struct error *reterr)
{
	_cleanup_(answering_done) struct answering a = {.asked = graph,
		.arena = arena_new(ANSWER_MEMORY_MAX), .bytes = STR_INIT(2 * JUDGE_ANSWERS_MAX),
		.until_day = JUDGE_NO_DAY};
	int r = a.arena ? ask_all(&a, reterr) : no_memory(reterr);

	if (r == 0)
		r = tell_all(&a, inside, reterr);
	forget(graph);
	return r;
}

/* ---- and back ---------------------------------------------------------------------------- */

static const char *get_text(struct cursor *c, struct arena *arena)
{
	uint32_t n = cursor_be32(c);
	const uint8_t *bytes = cursor_bytes(c, n);
	const char *text = bytes ? arena_strndup(arena, (const char *)bytes, n) : NULL;

	return text ? text : "";
}

static void get_value(struct cursor *c, struct arena *arena, struct fact_value *value)
{
	uint64_t bits;

	*value = (struct fact_value){
		FACT_MISSING, .text = "", .grade = "", .as_of = "", .source = ""};
	value->state = (enum fact_state)cursor_u8(c);
	if (value->state == FACT_MISSING)
		return;
	bits = cursor_be64(c);
	memcpy(&value->number, &bits, sizeof(bits));
	value->text = facts_number_text(arena, value->number);
	value->grade = "derived";
	value->as_of = get_text(c, arena);
	value->source = get_text(c, arena);
	if (!cursor_ok(c) || value->state >= FACT_STATE_N)
		*value = (struct fact_value){
			FACT_MISSING, .text = "", .grade = "", .as_of = "", .source = ""};
}

void judge_graph_facts(const struct judge_graph *graph, const struct pack *pack,
	struct cursor answers, struct arena *arena, struct fact_value *values)
{
	struct fact_value told;
	bool asks = false;

	for (uint16_t i = 0; i < pack->n_facts; i++)
		asks |= pack->facts[i].graph.kind != GRAPH_NONE;
	if (!asks)
		return;
	for (size_t q = 0; q < graph->n_questions && cursor_left(&answers); q++) {
		get_value(&answers, arena, &told);
		for (uint16_t i = 0; i < pack->n_facts; i++)
			if (pack->facts[i].graph.kind != GRAPH_NONE &&
				same_question(graph->questions[q], &pack->facts[i]))
				values[i] = told;
	}
}
