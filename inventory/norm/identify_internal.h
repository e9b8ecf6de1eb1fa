/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of identification share; see identify.c. */
#ifndef INVENTORY_NORM_IDENTIFY_INTERNAL_H
#define INVENTORY_NORM_IDENTIFY_INTERNAL_H

#include "inventory/inventory.h"
#include "inventory/norm/dossier.h"
#include "inventory/norm/identify.h"
#include "inventory/norm/judge.h"

#define IDENTIFY_BASIS_SIZE 16

/* Up to where the things are numbered by which a dossier may change. */
struct identify_marks {
	int64_t imports, runs, designations, justifications;
	int64_t time_us; /* the server's: whoever writes later does so after it */
	int64_t graph_until; /* day until which what is kept of the graph holds; -1: nothing
			      is */
	char packs[DIGEST_HEX_SIZE];
};

/* Rows of norm_standing, walked in step with what is judged. */
struct identify_standing {
	struct db_result *rows;
	size_t at;
	bool whole; /* there are no more behind these rows */
};

struct identification {
	struct inventory *inv;
	const struct identify_request *request;
	bool writes;
	int (*row)(void *context, const struct proposal_row *proposal);
	void *context;
	struct error *reterr;

	int64_t now_us, day;
	/* id, version, sha256, file; in order of the judge's. With the one that is asked for
	 * come those that may speak in its place: they are heard, and nothing of them is
	 * kept. */
	struct db_result *packs;
	struct judge *judge;

	/* of the realm and unit at hand */
	int64_t realm;
	enum dossier_unit unit;
	bool all; /* else what is in pg_temp.identify_chosen */
	struct identify_graph *graph; /* NULL: nobody asks */
	struct identify_standing standing;
	const char *last; /* subject that was counted last, in last_text */
	struct str last_text;

	struct db_copy *copy;
	struct db_result *numbers; /* of proposals to come */
	size_t next_number;
	struct identify_result result;
	bool all_told; /* how many are chosen, before any is judged */
};

/* How far the packs of a unit look over the graph of systems. */
struct identify_view {
	unsigned int in, out; /* hops towards dependants, and the other way */
	bool whole, sums;     /* without limit; with what systems bring into sums */
};

/* identify_choose.c: fills identify_chosen, or says that all must be judged. */
int identify_marks_load(
	struct identification *id, struct identify_marks *ret, struct error *reterr);
int identify_marks_store(struct identification *id, const struct identify_marks *marks,
	struct error *reterr);
/* Up to where the last one looked. 1: nothing is known of it, or the norms are others since. */
int identify_marks_since(struct identification *id, const struct identify_marks *marks,
	struct identify_marks *ret_since, struct error *reterr);
int identify_choose(struct identification *id, const struct identify_marks *since,
	const struct identify_view *view, struct error *reterr);
/* 1: what is kept of the graph is what it would answer today. */
int identify_graph_stands(struct identification *id, const struct identify_marks *since,
	const struct identify_view *view, struct error *reterr);

/* identify_graph.c: what the graph of systems answers, into id->graph: read, or (of what is
 * chosen) as it is kept. */
int identify_graph_load(struct identification *id, const struct identify_view *view,
	size_t n_chosen, int64_t *ret_until_day, struct error *reterr);
int identify_graph_kept(struct identification *id, struct error *reterr);
/* Keeps what was read, of the whole graph; who is answered otherwise than before is chosen. */
int identify_graph_keep(struct identification *id, struct error *reterr);
/* Puts the answers about a subject to it; subjects come in order. */
void identify_graph_find(struct identify_graph *graph, struct judge_case *subject);
void identify_graph_free(struct identify_graph *graph);

/* identify_keep.c: what is judged, beside what stands. */
int identify_keep_begin(struct identification *id);
/* As judge_said; context is the identification. */
int identify_keep(void *context, const char *subject, const char *name, bool measured,
	const struct judged *judged, struct error *reterr);
/* What stands of subjects that nobody judged any more falls silent. */
int identify_keep_rest(struct identification *id, struct error *reterr);
/* Writes what differs. */
int identify_keep_end(struct identification *id, struct error *reterr);
void identify_keep_done(struct identification *id);

#endif
