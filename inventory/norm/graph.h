/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of the graph of systems: who depends on a system, what it depends on, what it carries,
 * and what falls apart without it, walked over the attested dependencies of one realm. Norm
 * packs ask for them by <graph> (pack.h); XPath never walks the graph. One question is
 * answered for all systems at once: walks from 256 systems share each step.
 *
 * A number is exact only if the register states that the dependants were surveyed as far as the
 * pack looks (without a limit: those of the system and of every system met), and nothing on the
 * way is out of date; else it is a lower bound. What depends on what a system depends on is
 * never stated to be complete, so outward numbers are bounds.
 *
 * References: M. Then et al., "The more the merrier: efficient multi-source graph traversal",
 * VLDB 2014; R. Tarjan, "Depth-first search and linear graph algorithms", 1972.
 */
#ifndef INVENTORY_NORM_GRAPH_H
#define INVENTORY_NORM_GRAPH_H

#include "common/cleanup.h"
#include "inventory/norm/facts.h"

#define GRAPH_EDGES_MAX 10000000
#define GRAPH_NONE_FOUND UINT32_MAX

struct graph;

struct graph_node {
	const char *id, *sector, *organisation;
	bool complete;    /* the dependants are stated to be known as far as hops */
	uint8_t hops;
	const char *as_of, *document; /* of that statement, "" if there is none */
	uint8_t tier;     /* protection tier, 0 if none is stated */
	bool designated;  /* on the list */
};

struct graph_edge {
	const char *from, *on; /* from depends on on, or is carried by it */
	enum strength strength;
	const char *as_of;
	bool carried;
};

/* What a system brings into a sum. An item of one key counts once however many systems bring
 * it: a substation that two centres control. */
struct graph_item {
	const char *system;
	const char *set;   /* of what: pack_graph.of */
	const char
		*key; /* NULL: no item, but a statement that the system's items are all known */
	double value;
	const char *as_of;
};

struct graph_input {
	const struct graph_node *nodes; /* sorted by id (byte order) */
	size_t n_nodes;
	const struct graph_edge *edges; /* to or from something else: left out */
	size_t n_edges;
	const struct graph_item *items;
	size_t n_items;
};

/* Borrows nodes and items and all texts, which must outlive the graph; edges are copied.
 * ERROR_INPUT if there are too many edges, ERROR_SYSTEM without memory. */
int graph_new(const struct graph_input *input, struct graph **ret_graph, struct error *reterr);
void graph_free(struct graph *graph);
CLEANUP_DEFINE(struct graph, graph_free)

/* Index of a system, GRAPH_NONE_FOUND if it is not in the graph. */
uint32_t graph_find(const struct graph *graph, const char *id);

struct graph_answer {
	double number;
	int32_t as_of;     /* day of the oldest evidence used, GRAPH_NO_DAY if there is none */
	uint8_t state;     /* enum fact_state */
};

#define GRAPH_NO_DAY INT32_MAX

/* Answers one graph fact, as seen on `day`, for the systems that `sources` names by index
 * (NULL: all, in order), one answer each. ERROR_SYSTEM without memory. */
int graph_ask(struct graph *graph, const struct pack_fact *fact, int64_t day,
	const uint32_t *sources, size_t n_sources, struct graph_answer *ret_answers,
	struct error *reterr);

/* An answer as a fact of system `node`, with its evidence. */
void graph_value(const struct graph *graph, uint32_t node, const struct graph_answer *answer,
	struct arena *arena, struct fact_value *ret_value);

/* Both at once for one system. FACT_MISSING if it is not in the graph, or if nothing at all is
 * stated. */
int graph_fact(struct graph *graph, const char *system, const struct pack_fact *fact,
	int64_t day, struct arena *arena, struct fact_value *ret_value, struct error *reterr);

#endif
