/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of the dependency graph: who depends on a system, and what it depends on, walked over
 * the attested dependencies of one realm. Norm packs ask for them by <graph> (pack.h); XPath
 * never walks the graph.
 *
 * A number is exact only if the register states that the dependants were surveyed as far as the
 * pack looks, and nothing on the way is out of date; else it is a lower bound. What depends on
 * what a system depends on is never stated to be complete, so outward numbers are bounds.
 */
#ifndef INVENTORY_NORM_GRAPH_H
#define INVENTORY_NORM_GRAPH_H

#include "common/cleanup.h"
#include "inventory/norm/facts.h"

#define GRAPH_EDGES_MAX 10000000

struct graph;

struct graph_node {
	const char *id, *sector;
	bool complete;    /* the dependants are stated to be known as far as hops */
	uint8_t hops;
	const char *as_of, *document; /* of that statement, "" if there is none */
};

struct graph_edge {
	const char *from, *on; /* from depends on on */
	enum strength strength;
	const char *as_of;
};

/* Borrows the texts, which must outlive the graph. Nodes are sorted by id (byte order); edges
 * to or from something else are left out. ERROR_SYSTEM without memory. */
int graph_new(const struct graph_node *nodes, size_t n_nodes, const struct graph_edge *edges,
	size_t n_edges, struct graph **ret_graph, struct error *reterr);
void graph_free(struct graph *graph);
CLEANUP_DEFINE(struct graph, graph_free)

/* One graph fact of `system`, as seen on `day`. FACT_MISSING if it is not in the graph, or if
 * nothing at all is stated. */
void graph_fact(struct graph *graph, const char *system, const struct pack_fact *fact,
	int64_t day, struct arena *arena, struct fact_value *ret_value);

#endif
