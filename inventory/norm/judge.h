/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Norm packs parsed and dossiers judged in a confined process (sandbox.h): this is how the rest
 * of the inventory lets the engine work on packs and registers, which other organisations
 * wrote. Packs, the dependency graph and dossiers go in, evaluations come back, each checked:
 * numbers for their range, texts for their size and for being clean, digests computed here.
 *
 * One process, or several that share the work; what comes back has the order of what went in.
 * Nothing here sees the database.
 */
#ifndef INVENTORY_NORM_JUDGE_H
#define INVENTORY_NORM_JUDGE_H

#include "common/model/digest.h"
#include "common/str.h"
#include "inventory/norm/graph.h"
#include "inventory/norm/pack.h"
#include "inventory/norm/sandbox.h"
#include "inventory/store/handle.h"

#define JUDGE_PACKS_MAX 256
#define JUDGE_PROCESSES_MAX 8
#define JUDGE_LINE_MAX ((size_t)64 * 1024)     /* one reason, one list of facts */
#define JUDGE_INPUTS_MAX ((size_t)1024 * 1024) /* as evaluation_inputs() */
#define JUDGE_REASONS_MAX 256
#define JUDGE_ANSWERS_MAX ((size_t)64 * 1024) /* about one system */
#define JUDGE_NO_DAY INT64_MAX

struct judge;

/* What a pack says on the time after a decision, and what of its rules a change is told by. */
#define JUDGE_BASIS_MAX 200 /* bytes; the rest is cut */
#define JUDGE_THRESHOLDS_MAX 32
struct judge_change {
	struct pack_change change; /* its basis is that below */
	struct pack_clock clocks[PACK_CLOCKS_MAX]; /* so are theirs */
	char basis[JUDGE_BASIS_MAX], clock_basis[PACK_CLOCKS_MAX][JUDGE_BASIS_MAX];
	double thresholds[JUDGE_THRESHOLDS_MAX]; /* with which outcomes compare the score */
	char bright[PACK_CRITERIA_MAX * 36]; /* criteria that are bright lines: " A1 A2 " */
	uint8_t n_clocks, n_thresholds;
};

/* What a pack says of itself, as the process read it. */
struct judge_pack {
	char id[128], version[32], supersedes[128];
	char unit[16];
	char sha256[DIGEST_HEX_SIZE];
	/* Of the dependencies around a subject it sees as far: towards those who depend on it,
	 * and those it depends on; 0: nothing of them. */
	unsigned int hops_in, hops_out;
	bool whole; /* it looks without limit: nothing less than the whole graph will do */
	bool sums;  /* it sums what systems bring */
	bool designates; /* its outcome can be cii */
	struct pack_boundary boundary; /* its basis is that below */
	char boundary_basis[JUDGE_BASIS_MAX];
	struct judge_change after;
};

/* One pack about one subject. Texts are borrowed for the callback. */
struct judged {
	size_t pack;     /* place in the order of judge_add_pack() */
	bool silent;     /* another pack, which supersedes it, speaks about this subject */
	bool notable;    /* the outcome is more than the norm's lowest, or a review */
	const char *outcome, *missing;
	const char *verdicts; /* "A1+ A2- A3?": met, not met, unknown */
	const char *degrees, *dues; /* as evaluation_degrees() and evaluator_dues() */
	int score;
	int64_t until_day; /* the first day on which time alone may change it, JUDGE_NO_DAY */
	const char *inputs;
	size_t n_inputs;
	char inputs_sha256[DIGEST_HEX_SIZE], explanation_sha256[DIGEST_HEX_SIZE];
	const char *const *reasons; /* if they were asked for */
	size_t n_reasons;
	const char *explanation; /* of judge_again() only */
};

/* `processes` 0: as many as there are processors, at most JUDGE_PROCESSES_MAX. `inv`: what
 * opens it is forgotten by the processes; NULL: none. `reasons`: they come with each
 * evaluation. */
int judge_new(struct inventory *inv, unsigned int processes, int64_t day, bool reasons,
	struct judge **ret_judge, struct error *reterr);
void judge_free(struct judge *judge);
CLEANUP_DEFINE(struct judge, judge_free)

/* Before all else. ERROR_INPUT: as pack_parse() says; or the process died over it. */
int judge_add_pack(struct judge *judge, const char *name, const void *bytes, size_t n,
	struct error *reterr);
size_t judge_packs(const struct judge *judge);
const struct judge_pack *judge_pack(const struct judge *judge, size_t i);

/* Then the graph of the systems of a realm, nodes sorted by the bytes of their ids. Texts are
 * copied. */
void judge_graph_node(struct judge *judge, const struct graph_node *node);
void judge_graph_edge(struct judge *judge, const struct graph_edge *edge);
void judge_graph_item(struct judge *judge, const struct graph_item *item);
/* What the packs ask of it is answered for each node in order: bytes that judge_subject()
 * takes, and until which day they hold, JUDGE_NO_DAY if time alone changes nothing. One process
 * does it. */
typedef int (*judge_answered)(
	void *context, const uint8_t *answers, size_t n, struct error *reterr);
int judge_graph_end(struct judge *judge, judge_answered answered, void *context,
	int64_t *ret_until_day, struct error *reterr);

/* Called for each subject in order, for each pack of its unit in theirs; id, name and mark as
 * they were given. */
typedef int (*judge_said)(void *context, const char *id, const char *name,
	bool mark, const struct judged *judged, struct error *reterr);

/* Then subjects of one unit; `said` may be called for earlier ones meanwhile, all of it by
 * judge_finish(), which is called before another graph or unit. `answers`: what the graph
 * answered about the subject; empty: nothing. ERROR_INPUT names subject and pack; nothing more
 * can be asked then. */
struct judge_case {
	const char *unit, *id, *name;
	bool mark;
	const char *dossier;
	size_t n_dossier;
	const uint8_t *answers;
	size_t n_answers;
};
int judge_subject(struct judge *judge, const struct judge_case *subject, judge_said said,
	void *context, struct error *reterr);
int judge_finish(struct judge *judge, judge_said said, void *context, struct error *reterr);

/* Judges anew by stored inputs: reasons and explanation are there. */
int judge_again(struct judge *judge, size_t pack, const char *inputs, size_t n,
	int (*again)(void *context, const struct judged *judged, struct error *reterr),
	void *context, struct error *reterr);

/* A pack checked: parsed, tried on a large dossier, its examples run. */
struct judge_checked {
	struct judge_pack pack;
	struct str title, authority;
	char effective_from[16], effective_until[16];
	uint64_t examples, passed;
};
void judge_checked_done(struct judge_checked *checked);
int judge_check(struct inventory *inv, const char *name, const void *bytes, size_t n,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct judge_checked *ret_checked, struct error *reterr);

/* ---- between the two ends --------------------------------------------------------------- */

enum judge_frame {
	/* to the process */
	JUDGE_PACK = 1, /* name, bytes */
	JUDGE_CHECK,    /* name, bytes */
	JUDGE_NODES,    /* for each: id, sector, as-of, document, complete, hops, ... */
	JUDGE_EDGES,    /* for each: from, on, as-of, strength, whether carried */
	JUDGE_ITEMS,    /* for each: system, set, key, as-of, whether it is one, value */
	JUDGE_GRAPH,    /* they are whole */
	JUDGE_SUBJECTS, /* unit, number; for each: id, answers of the graph, dossier */
	JUDGE_AGAIN,    /* pack, inputs */
	/* and back */
	JUDGE_IS_PACK = 100,
	JUDGE_IS_EXAMPLE, /* one that failed: name, why */
	JUDGE_IS_CHECKED,
	JUDGE_IS_ANSWERS, /* for nodes in order: size, bytes */
	JUDGE_IS_GRAPH,   /* day */
	JUDGE_IS_SUBJECT,
	JUDGE_IS_AGAIN,
	JUDGE_FAILED, /* code, text */
};

/* What a pack says of itself, out of an answer; false if it is none. */
bool judge_read_pack(struct cursor *c, struct judge_pack *pack);

/* The texts of one evaluation, until the next one is read into it. */
struct judge_texts {
	struct str all;
	const char *reasons[JUDGE_REASONS_MAX];
};
/* One evaluation out of an answer; false if it is none. Of `n_packs`. */
bool judge_read(
	struct cursor *c, size_t n_packs, struct judge_texts *texts, struct judged *judged);

struct judge_inside {
	struct inventory *inv;
	int64_t day;
	bool reasons;
};
void judge_inside_prepare(void *context);
void judge_inside_work(struct sandbox_inside *inside, void *context);

/* The graph in the process (judge_graph.c): questions are those of the packs, each once. */
struct judge_graph;
int judge_graph_new(int64_t day, struct judge_graph **ret_graph, struct error *reterr);
/* A pack's questions come behind those of the packs before it. */
int judge_graph_pack(struct judge_graph *graph, const struct pack *pack, struct error *reterr);
int judge_graph_take(struct judge_graph *graph, enum judge_frame frame, struct cursor *c,
	struct error *reterr);
int judge_graph_answer(struct judge_graph *graph, struct sandbox_inside *inside,
	struct error *reterr);
/* Answers about one system, given back, as facts of a pack. */
void judge_graph_facts(const struct judge_graph *graph, const struct pack *pack,
	struct cursor answers, struct arena *arena, struct fact_value *values);

#endif
