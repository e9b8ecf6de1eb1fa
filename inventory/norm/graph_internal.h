/* SPDX-License-Identifier: Apache-2.0 */
/* What building a graph and the two ways of walking it share (graph.c, graph_reach.c,
 * graph_cut.c). */
#ifndef INVENTORY_NORM_GRAPH_INTERNAL_H
#define INVENTORY_NORM_GRAPH_INTERNAL_H

#include "inventory/norm/graph.h"

/* Arcs of one direction: those of node i stand at first[i] up to first[i + 1]. */
struct arcs {
	uint32_t *first, *to;
	int32_t *day;      /* of the statement, GRAPH_NO_DAY if it has none */
	uint8_t *strength;
};

struct graph {
	const struct graph_node *nodes;
	uint32_t n_nodes;
	uint32_t *slots, slots_mask; /* of ids: number of a node + 1; 0: free */
	int32_t *surveyed;    /* day on which the dependants were stated to be complete */
	uint8_t *sector;      /* number of the sector of the law, below n_sectors */
	uint32_t n_sectors;
	uint32_t *organisation; /* equal for systems of the same one */
	struct arcs in[2], out[2]; /* [1]: along "carried by"; in: who depends on me */
	const struct graph_item *items; /* borrowed */
	size_t n_items;
};

/*
 * One question made ready: only the arcs that are to be walked, and what was left out. What is
 * walked are units: single systems, or, where there is no limit to the hops, all systems that
 * stand in one circle, since whoever reaches one of them reaches all.
 */
struct question {
	const struct graph *graph;
	const struct pack_fact *fact;
	int64_t day;
	uint32_t n_units;
	uint32_t *first, *to; /* by unit: arcs that are strong and fresh enough */
	int32_t *oldest; /* by unit: the oldest statement among its arcs, and without a limit to
			  * the hops that they are all; GRAPH_NO_DAY */
	bool *stale;          /* by unit: an arc is out of date */
	uint32_t *unit;       /* by node */
	uint32_t *first_member, *member; /* by unit */
};

/* -1 without memory; to be done with in any case. */
int question_init(struct question *question, const struct graph *graph,
	const struct pack_fact *fact, int64_t day, bool both_ways);
void question_done(struct question *question);

/* GRAPH_NO_DAY if the text is no date. */
int32_t graph_day(const char *as_of);

bool question_fresh(const struct question *question, int32_t day);
/* Whether a node is among those that are counted, whoever asks. */
bool question_counts(const struct question *question, uint32_t node);

/* Makes units of the circles; before, each node is one. -1 without memory. */
int question_condense(struct question *question);

/* Whether the register states all that depends on a node, as far as a walk went that met nobody
 * new after `ended` hops (0: it was cut off, or without a limit), and that statement is
 * fresh. */
bool question_surveyed(const struct question *question, uint32_t node, uint32_t ended,
	bool *ret_stale);

int reach_ask(struct question *question, const uint32_t *sources, size_t n_sources,
	struct graph_answer *ret_answers, struct error *reterr);
int cut_ask(struct question *question, const uint32_t *sources, size_t n_sources,
	struct graph_answer *ret_answers, struct error *reterr);

#endif
