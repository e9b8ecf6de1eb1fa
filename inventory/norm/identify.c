/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identification: every norm pack in force over every registered system. A proposal is kept
 * with its pack's version and hash, the facts it used and its reasons; if neither the norm nor
 * the facts changed since the newest proposal, that one stands and nothing is written. It
 * proposes; it never decides (inventory/designation).
 */
#include "common/clock.h"
#include "common/model/digest.h"
#include "inventory/inventory.h"
#include "inventory/norm/dossier.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/graph.h"
#include "inventory/norm/identify.h"
#include "inventory/norm/safexml.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PACKS_MAX 256
#define MEMORY_MAX ((size_t)256 * 1024 * 1024) /* of one system */
#define GRAPH_MEMORY_MAX ((size_t)1024 * 1024 * 1024)
#define DATE_SIZE 11

/* The dependency graph of one realm, with the rows that it borrows from. */
struct realm_graph {
	int64_t realm; /* 0: none loaded */
	struct db_result *nodes, *edges;
	struct arena *arena;
	struct graph *graph;
};

struct judgement {
	struct evaluation evaluation;
	struct fact_value values[PACK_FACTS_MAX];
};

struct identification {
	struct inventory *inv;
	bool writes; /* new proposals are kept */
	struct pack *packs[PACKS_MAX];
	size_t n_packs;
	struct judgement *judgements; /* of one system, one for each pack */
	struct realm_graph realm;
	int64_t day;
	struct arena *arena; /* of one system */
	int (*row)(void *context, const struct proposal_row *proposal);
	void *context;
	struct error *reterr;
};

/* ---- packs --------------------------------------------------------------------------- */

static int load_packs(struct identification *id, const char *only)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char text[CLOCK_TEXT_MAX], today[DATE_SIZE];
	int r;

	snprintf(today, sizeof(today), "%.10s",
		clock_format(id->day * 86400 * CLOCK_SECOND, text));
	r = db_run(id->inv->db, &query_pack_in_force, DB_VALUES(db_text(today), db_text(only)),
		&rows, id->reterr);
	if (r < 0)
		return r;
	if (only && db_rows(rows) == 0)
		return error_set(id->reterr, ERROR_INPUT,
			"no norm pack \"%.100s\" is installed and in force; install it with "
			"`cadastre pack install FILE`", only);
	if (db_rows(rows) == 0)
		return error_set(id->reterr, ERROR_INPUT,
			"no norm pack is installed and in force, so there is nothing to judge by; "
			"install one with `cadastre pack install FILE`");
	if (db_rows(rows) > PACKS_MAX)
		return error_set(id->reterr, ERROR_INPUT,
			"more than %d norm packs are in force; name one with --pack",
			PACKS_MAX);
	for (size_t i = 0; i < db_rows(rows) && r == 0; i++) {
		_cleanup_(str_done) struct str bytes = STR_INIT(SAFEXML_PACK_MAX);

		db_get_bytes(rows, i, 3, &bytes);
		r = pack_parse(db_get_text(rows, i, 0), bytes.data, bytes.len,
			&id->packs[id->n_packs], id->reterr);
		id->n_packs += r == 0;
	}
	return r;
}

/* ---- the dependency graph ------------------------------------------------------------ */

static void realm_done(struct realm_graph *realm)
{
	graph_free(realm->graph);
	arena_free(realm->arena);
	db_result_free(realm->nodes);
	db_result_free(realm->edges);
	*realm = (struct realm_graph){0};
}

static int make_graph(struct realm_graph *realm, struct error *reterr)
{
	size_t n = db_rows(realm->nodes), m = db_rows(realm->edges);
	struct graph_node *nodes = arena_alloc(realm->arena, (n + 1) * sizeof(*nodes));
	struct graph_edge *edges = arena_alloc(realm->arena, (m + 1) * sizeof(*edges));

	if (!nodes || !edges)
		return error_set(reterr, ERROR_SYSTEM, "no memory for %zu dependencies", m);
	for (size_t i = 0; i < n; i++)
		nodes[i] = (struct graph_node){db_get_text(realm->nodes, i, 0),
			db_get_text(realm->nodes, i, 1), db_get_bool(realm->nodes, i, 2),
			(uint8_t)db_get_int(realm->nodes, i, 3),
			db_get_text(realm->nodes, i, 4), db_get_text(realm->nodes, i, 5)};
	for (size_t i = 0; i < m; i++)
		edges[i] = (struct graph_edge){db_get_text(realm->edges, i, 0),
			db_get_text(realm->edges, i, 1),
			(enum strength)strength_parse(db_get_text(realm->edges, i, 2)),
			db_get_text(realm->edges, i, 3)};
	return graph_new(nodes, n, edges, m, &realm->graph, reterr);
}

static int load_graph(struct identification *id, int64_t realm)
{
	struct realm_graph *graph = &id->realm;
	int r;

	if (graph->realm == realm)
		return 0;
	realm_done(graph);
	graph->arena = arena_new(GRAPH_MEMORY_MAX);
	if (!graph->arena)
		return error_set(id->reterr, ERROR_SYSTEM,
			"no memory for the dependency graph");
	r = db_run(id->inv->db, &query_identify_graph_nodes, DB_VALUES(db_int(realm)),
		&graph->nodes, id->reterr);
	if (r == 0)
		r = db_run(id->inv->db, &query_identify_graph_edges, DB_VALUES(db_int(realm)),
			&graph->edges, id->reterr);
	if (r == 0)
		r = make_graph(graph, id->reterr);
	if (r == 0)
		graph->realm = realm;
	return r;
}

/* ---- one system ---------------------------------------------------------------------- */

struct subject {
	int64_t realm;
	const char *id, *name;
};

static int judge(struct identification *id, const struct subject *subject, xmlDoc *dossier,
	const struct pack *pack, struct judgement *judgement)
{
	int r = facts_extract(pack, dossier, id->day, id->arena, judgement->values, id->reterr);

	if (r < 0)
		return r;
	for (uint16_t i = 0; i < pack->n_facts; i++)
		if (pack->facts[i].graph.kind != GRAPH_NONE)
			graph_fact(id->realm.graph, subject->id, &pack->facts[i], id->day,
				id->arena, &judgement->values[i]);
	return evaluate_pack(pack, judgement->values, &judgement->evaluation, id->reterr);
}

/* A pack that another one supersedes is silent about the systems that the other one judges. */
static bool is_superseded(const struct identification *id, size_t pack)
{
	for (size_t i = 0; i < id->n_packs; i++)
		if (i != pack && strcmp(id->packs[i]->supersedes, id->packs[pack]->id) == 0 &&
			id->judgements[i].evaluation.outcome != OUTCOME_NOT_APPLICABLE)
			return true;
	return false;
}

struct texts {
	struct str inputs, explanation, missing;
	char inputs_sha256[DIGEST_HEX_SIZE];
	const char **reasons;
};

static void texts_done(struct texts *texts)
{
	str_done(&texts->inputs);
	str_done(&texts->explanation);
	str_done(&texts->missing);
}

static int write_texts(struct identification *id, const struct pack *pack,
	const struct judgement *judgement, struct texts *texts)
{
	uint8_t digest[DIGEST_SIZE];

	evaluation_inputs(pack, judgement->values, &texts->inputs);
	evaluation_explain(pack, judgement->values, &judgement->evaluation,
		&texts->explanation);
	evaluation_fact_names(pack, judgement->evaluation.needed, &texts->missing);
	digest_sha256(texts->inputs.data, texts->inputs.len, digest);
	digest_hex(digest, texts->inputs_sha256);
	texts->reasons = arena_alloc(id->arena, pack->n_criteria * sizeof(*texts->reasons));
	for (uint16_t i = 0; texts->reasons && i < pack->n_criteria; i++) {
		_cleanup_(str_done) struct str line = STR_INIT(EVALUATION_TEXT_MAX);

		evaluation_reason(pack, judgement->values, &judgement->evaluation, i, &line);
		texts->reasons[i] = arena_strdup(id->arena, line.data);
		if (!texts->reasons[i])
			texts->reasons = NULL;
	}
	if (!texts->reasons || texts->inputs.failed || texts->explanation.failed)
		return error_set(id->reterr, ERROR_SYSTEM,
			"norm pack %s: no memory for its reasons", pack->id);
	return 0;
}

static int store_reasons(struct identification *id, const struct pack *pack,
	const struct judgement *judgement, const struct texts *texts, int64_t eval_id)
{
	int r = 0;

	for (uint16_t i = 0; i < pack->n_criteria && r == 0; i++)
		r = db_run(id->inv->db, &query_identify_store_reason,
			DB_VALUES(db_int(eval_id), db_int(i), db_text(pack->criteria[i].id),
				db_text(truth_name(judgement->evaluation.criteria[i])),
				db_text(texts->reasons[i])),
			NULL, id->reterr);
	return r;
}

/* The proposal's number: the newest one's if it says the same of the same, else a new one; 0 if
 * none is to be kept. */
static int keep(struct identification *id, const struct subject *subject,
	const struct pack *pack, const struct judgement *judgement, const struct texts *texts,
	int64_t *ret_id)
{
	_cleanup_(db_result_freep) struct db_result *newest = NULL, *made = NULL;
	int r = db_run(id->inv->db, &query_identify_newest,
		DB_VALUES(db_int(subject->realm), db_text(subject->id), db_text(pack->id)),
		&newest, id->reterr);

	if (r < 0)
		return r;
	if (db_rows(newest) && strcmp(db_get_text(newest, 0, 1), pack->version) == 0 &&
		strcmp(db_get_text(newest, 0, 2), pack->sha256) == 0 &&
		strcmp(db_get_text(newest, 0, 3), texts->inputs_sha256) == 0) {
		*ret_id = db_get_int(newest, 0, 0);
		return 0;
	}
	if (!id->writes)
		return 0;
	r = db_run(id->inv->db, &query_identify_store,
		DB_VALUES(db_int(subject->realm), db_text(subject->id), db_text(pack->id),
			db_text(pack->version), db_text(pack->sha256),
			db_text(outcome_name(judgement->evaluation.outcome)),
			db_int(judgement->evaluation.score), db_text(texts->missing.data),
			db_text(texts->inputs.data), db_text(texts->inputs_sha256),
			db_text(texts->explanation.data)),
		&made, id->reterr);
	if (r < 0)
		return r;
	*ret_id = db_get_int(made, 0, 0);
	return store_reasons(id, pack, judgement, texts, *ret_id);
}

static int propose(struct identification *id, const struct subject *subject,
	const struct pack *pack, const struct judgement *judgement)
{
	_cleanup_(texts_done) struct texts texts = {.inputs = STR_INIT(EVALUATION_TEXT_MAX),
		.explanation = STR_INIT(EVALUATION_TEXT_MAX),
		.missing = STR_INIT(EVALUATION_TEXT_MAX)};
	struct proposal_row row = {.system_id = subject->id, .system = subject->name,
		.pack = pack->id, .version = pack->version,
		.outcome = outcome_name(judgement->evaluation.outcome),
		.score = judgement->evaluation.score, .n_reasons = pack->n_criteria};
	int r = write_texts(id, pack, judgement, &texts);

	if (r == 0)
		r = keep(id, subject, pack, judgement, &texts, &row.eval_id);
	if (r < 0)
		return r;
	row.reasons = texts.reasons;
	row.missing = texts.missing.data;
	return id->row(id->context, &row);
}

static int identify_system(struct identification *id, const struct subject *subject)
{
	_cleanup_(str_done) struct str text = STR_INIT(DOSSIER_TEXT_MAX);
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	int r = load_graph(id, subject->realm);

	if (r == 0)
		r = dossier_build(id->inv->db, subject->realm, subject->id, &text, id->reterr);
	if (r == 0)
		r = safexml_parse_own(text.data, text.len, &dossier, id->reterr);
	arena_reset(id->arena);
	for (size_t i = 0; i < id->n_packs && r == 0; i++)
		r = judge(id, subject, dossier, id->packs[i], &id->judgements[i]);
	if (r < 0)
		return error_wrap(id->reterr, r, "system \"%s\"", subject->id);
	for (size_t i = 0; i < id->n_packs && r == 0; i++)
		if (!is_superseded(id, i))
			r = propose(id, subject, id->packs[i], &id->judgements[i]);
	return r;
}

/* ---- the door ------------------------------------------------------------------------ */

static int identify_all(struct identification *id, const char *system)
{
	_cleanup_(db_result_freep) struct db_result *systems = NULL;
	int r = db_run(id->inv->db, &query_identify_systems, DB_VALUES(db_text(system)),
		&systems, id->reterr);

	if (r < 0)
		return r;
	if (system && db_rows(systems) == 0)
		return error_set(id->reterr, ERROR_INPUT,
			"the register has no system \"%.100s\" to judge; `cadastre register "
			"list` shows those there are", system);
	for (size_t i = 0; i < db_rows(systems) && r == 0; i++) {
		struct subject subject = {db_get_int(systems, i, 0), db_get_text(systems, i, 1),
			db_get_text(systems, i, 2)};

		r = identify_system(id, &subject);
	}
	return r;
}

static void identification_done(struct identification *id)
{
	realm_done(&id->realm);
	for (size_t i = 0; i < id->n_packs; i++)
		pack_free(id->packs[i]);
	free(id->judgements);
	arena_free(id->arena);
}

/* In the caller's transaction. */
static int identify(struct identification *id, const char *pack, const char *system)
{
	struct db *db = id->inv->db;
	int r = db_run(db, &query_identify_lock, DB_NO_VALUES, NULL, id->reterr);

	if (r == 0) /* the register stands still meanwhile */
		r = db_run(db, &query_register_lock, DB_NO_VALUES, NULL, id->reterr);
	if (r == 0)
		r = load_packs(id, pack);
	if (r < 0)
		return r;
	id->arena = arena_new(MEMORY_MAX);
	id->judgements = calloc(id->n_packs + 1, sizeof(*id->judgements));
	if (!id->arena || !id->judgements)
		return error_set(id->reterr, ERROR_SYSTEM, "no memory to judge systems");
	return identify_all(id, system);
}

int identify_check(struct inventory *inv, const char *system,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr)
{
	_cleanup_(identification_done) struct identification id = {.inv = inv, .row = row,
		.context = context, .reterr = reterr, .day = facts_day(clock_wall_us())};

	return identify(&id, NULL, system);
}

int inventory_identify(struct inventory *inv, const char *pack, const char *system,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr)
{
	_cleanup_(identification_done) struct identification id = {.inv = inv, .row = row,
		.context = context, .reterr = reterr, .day = facts_day(clock_wall_us()),
		.writes = true};
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = db_begin(inv->db, reterr);

	if (r < 0)
		return r;
	transaction = inv->db;
	r = identify(&id, pack, system);
	return r < 0 ? r : db_commit(transaction, reterr);
}
