/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the graph of systems says of each system, for those that are to be judged: the graph is
 * read from the register, whole or around what is chosen, and answered by a confined process
 * (judge.h). A pack that looks without limit sees any change from anywhere: then the answers
 * about all systems are kept, and after a change only those who are answered otherwise are
 * judged.
 */
#include "inventory/norm/identify_internal.h"

#include "common/arena.h"
#include "inventory/store/queries.h"

#include <string.h>

#define NEAR_MAX 1000 /* subjects for which only what is around them is read */
#define ANSWER_ROWS 5000
#define MEMORY_MAX ((size_t)2 << 30)

struct answer {
	const char *system;
	const uint8_t *bytes;
	uint32_t n;
};

/* Of systems in the order of their ids. */
struct identify_graph {
	struct arena *arena;
	struct answer *answers;
	size_t n, heard;
	size_t at; /* of a walk in the same order */
	bool gone; /* something is kept about a system that is not in the graph */
};

void identify_graph_free(struct identify_graph *graph)
{
	if (!graph)
		return;
	arena_free(graph->arena);
	free(graph);
}

static int start(struct identification *id, size_t n, struct error *reterr)
{
	struct identify_graph *graph = calloc(1, sizeof(*graph));

	identify_graph_free(id->graph);
	id->graph = graph;
	if (graph)
		graph->arena = arena_new(MEMORY_MAX);
	if (graph && graph->arena)
		graph->answers = arena_alloc(graph->arena, (n + 1) * sizeof(*graph->answers));
	if (!graph || !graph->answers)
		return error_set(reterr, ERROR_SYSTEM, "no memory for %zu systems", n);
	return 0;
}

static bool put(struct identify_graph *graph, size_t i, const void *bytes, size_t n)
{
	graph->answers[i].bytes = arena_copy(graph->arena, bytes, n);
	graph->answers[i].n = (uint32_t)n;
	return graph->answers[i].bytes != NULL || n == 0;
}

/* ---- reading the graph ------------------------------------------------------------------- */

static int load_nodes(struct identification *id, bool near, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_graph_nodes,
		DB_VALUES(db_int(id->realm), db_int(near)), &rows, reterr);

	if (r == 0)
		r = start(id, db_rows(rows), reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		const char *system = arena_strdup(id->graph->arena, db_get_text(rows, i, 0));

		if (!system)
			return error_set(reterr, ERROR_SYSTEM, "no memory for %zu systems",
				db_rows(rows));
		id->graph->answers[id->graph->n++] = (struct answer){.system = system};
		judge_graph_node(id->judge,
			&(struct graph_node){system, db_get_text(rows, i, 1),
				db_get_text(rows, i, 2), db_get_bool(rows, i, 3),
				(uint8_t)db_get_int(rows, i, 4), db_get_text(rows, i, 5),
				db_get_text(rows, i, 6), (uint8_t)db_get_int(rows, i, 7),
				db_get_bool(rows, i, 8)});
	}
	return r;
}

static int load_edges(struct identification *id, bool near, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_graph_edges,
		DB_VALUES(db_int(id->realm), db_int(near)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++)
		judge_graph_edge(id->judge,
			&(struct graph_edge){db_get_text(rows, i, 0), db_get_text(rows, i, 1),
				(enum strength)strength_parse(db_get_text(rows, i, 2)),
				db_get_text(rows, i, 3), db_get_bool(rows, i, 4)});
	return r;
}

static int load_items(struct identification *id, bool near, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_graph_items,
		DB_VALUES(db_int(id->realm), db_int(near)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++)
		judge_graph_item(id->judge,
			&(struct graph_item){db_get_text(rows, i, 0), db_get_text(rows, i, 1),
				db_is_null(rows, i, 2) ? NULL : db_get_text(rows, i, 2),
				strtod(db_get_text(rows, i, 3), NULL),
				db_get_text(rows, i, 4)});
	return r;
}

static int answered(void *context, const uint8_t *bytes, size_t n, struct error *reterr)
{
	struct identify_graph *graph = context;

	if (graph->heard == graph->n)
		return error_set(reterr, ERROR_INPUT, "more answers than systems");
	return put(graph, graph->heard++, bytes, n) ? 0 :
		error_set(reterr, ERROR_SYSTEM, "no memory for the answers of the graph");
}

int identify_graph_load(struct identification *id, const struct identify_view *view,
	size_t n_chosen, int64_t *ret_until_day, struct error *reterr)
{
	bool near = !id->all && !view->whole && n_chosen <= NEAR_MAX;
	int r = db_run(id->inv->db, &query_identify_forget_near, DB_NO_VALUES, NULL, reterr);

	if (r == 0 && near)
		r = db_run(id->inv->db, &query_identify_near,
			DB_VALUES(db_int(id->realm), db_int(view->in), db_int(view->out)), NULL,
			reterr);
	if (r == 0)
		r = load_nodes(id, near, reterr);
	if (r == 0)
		r = load_edges(id, near, reterr);
	if (r == 0 && view->sums)
		r = load_items(id, near, reterr);
	return r < 0 ? r :
		judge_graph_end(id->judge, answered, id->graph, ret_until_day, reterr);
}

/* ---- what is kept of it ------------------------------------------------------------------ */

int identify_graph_kept(struct identification *id, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_answers_chosen,
		DB_VALUES(db_int(id->realm)), &rows, reterr);

	if (r == 0)
		r = start(id, db_rows(rows), reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		_cleanup_(str_done) struct str bytes = STR_INIT(JUDGE_ANSWERS_MAX);
		struct identify_graph *graph = id->graph;

		db_get_bytes(rows, i, 1, &bytes);
		graph->answers[i].system = arena_strdup(graph->arena, db_get_text(rows, i, 0));
		if (!graph->answers[i].system || !put(graph, i, bytes.data, bytes.len))
			r = error_set(
				reterr, ERROR_SYSTEM, "no memory for the answers of the graph");
		graph->n++;
	}
	return r;
}

static int copy_answer(struct db_copy *copy, const struct answer *answer, struct error *reterr)
{
	db_copy_row(copy, 2);
	db_copy_text(copy, answer->system);
	db_copy_bytes(copy, answer->bytes, answer->n);
	return db_copy_end_row(copy, reterr);
}

/* Copies the answers up to a system that is kept, and about it if they differ from that. */
static int compare_to(struct identify_graph *graph, const char *system, const struct str *kept,
	struct db_copy *copy, struct error *reterr)
{
	int r = 0, order = -1;

	for (; r == 0 && graph->at < graph->n; graph->at++) {
		const struct answer *answer = &graph->answers[graph->at];

		order = system ? strcmp(answer->system, system) : -1;
		if (order > 0)
			break;
		if (order < 0 || answer->n != kept->len ||
			memcmp(answer->bytes, kept->data, kept->len) != 0)
			r = copy_answer(copy, answer, reterr);
		if (order == 0) {
			graph->at++;
			break;
		}
	}
	graph->gone |= system && order != 0;
	return r;
}

/* All that is kept, in the same order. */
static int compare_all(struct identification *id, struct db_copy *copy, struct error *reterr)
{
	_cleanup_(str_done) struct str kept = STR_INIT(JUDGE_ANSWERS_MAX),
				       last = STR_INIT(4096);
	size_t n = ANSWER_ROWS;
	int r = 0;

	while (r == 0 && n == ANSWER_ROWS) {
		_cleanup_(db_result_freep) struct db_result *rows = NULL;

		r = db_run(id->inv->db, &query_identify_answers,
			DB_VALUES(db_int(id->realm), db_text(last.data), db_int(ANSWER_ROWS)),
			&rows, reterr);
		n = r == 0 ? db_rows(rows) : 0;
		for (size_t i = 0; r == 0 && i < n; i++) {
			str_reset(&kept);
			db_get_bytes(rows, i, 1, &kept);
			r = compare_to(id->graph, db_get_text(rows, i, 0), &kept, copy, reterr);
		}
		str_reset(&last);
		if (n)
			str_adds(&last, db_get_text(rows, n - 1, 0));
	}
	return r < 0 ? r : compare_to(id->graph, NULL, &kept, copy, reterr);
}

int identify_graph_keep(struct identification *id, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	struct db *db = id->inv->db;
	const struct db_value realm = db_int(id->realm);
	int r = db_run(db, &query_identify_answers_forget, DB_NO_VALUES, NULL, reterr);

	if (r == 0)
		r = db_copy_new(db, &query_identify_copy_answer, &copy, reterr);
	if (r == 0)
		r = compare_all(id, copy, reterr);
	if (r == 0)
		r = db_copy_flush(copy, reterr);
	id->graph->at = 0;
	if (r == 0 && !id->all)
		r = db_run(db, &query_identify_choose_answered, DB_VALUES(realm), NULL, reterr);
	if (r == 0)
		r = db_run(db, &query_identify_answers_keep, DB_VALUES(realm), NULL, reterr);
	return r < 0 || !id->graph->gone ? r :
		db_run(db, &query_identify_answers_drop, DB_VALUES(realm), NULL, reterr);
}

void identify_graph_find(struct identify_graph *graph, struct judge_case *subject)
{
	while (graph && graph->at < graph->n &&
		strcmp(graph->answers[graph->at].system, subject->id) < 0)
		graph->at++;
	if (!graph || graph->at == graph->n ||
		strcmp(graph->answers[graph->at].system, subject->id) != 0)
		return;
	subject->answers = graph->answers[graph->at].bytes;
	subject->n_answers = graph->answers[graph->at].n;
}
