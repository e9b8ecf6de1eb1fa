/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions of a small quotient graph by Graphviz (cgraph, gvc), in a forked child with limits
 * on time and memory: libgvc is neither thread-safe nor leak-free and crashes on some inputs.
 * The graph is built through the API from our own numbers, never from DOT text, and no name
 * from outside enters it. A child that crashes, hangs or answers nonsense costs nothing but its
 * positions: the caller's grid stands in, and is told so.
 */
#ifndef MAPPER_LAYOUT_LAYOUT_H
#define MAPPER_LAYOUT_LAYOUT_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_NODES_MAX 1000
#define LAYOUT_EDGES_MAX 20000

struct layout_node {
	double w, h; /* in: size, millimetres */
	double x, y; /* out: centre, y down, origin at the top left of the whole */
};

struct layout_edge {
	uint32_t from, to;
	double weight;
};

struct layout_request {
	const char *engine;	 /* "neato", "fdp", "sfdp", "dot"; NULL: the grid at once */
	unsigned int timeout_ms; /* 0: 20,000 */
	size_t memory_bytes;	 /* on top of what the process has; 0: 1 GiB */
	double gap_mm;		 /* least distance between nodes */
	bool sideways; /* "dot": ranks run left to right; others: turned by 90 degrees */
};

#define LAYOUT_WHY_MAX 256

/* 0: positions by Graphviz, overlaps removed. 1: the child failed, positions are a grid in
 * order of index, and `ret_why` (LAYOUT_WHY_MAX bytes, may be NULL) says why; without engine it
 * stays as it is. Both are deterministic, and the order of the edges does not matter.
 * ERROR_INTERNAL: too many nodes or edges, an edge to nowhere, a size that is not a positive
 * number. */
int layout_place(const struct layout_request *request, struct layout_node *nodes,
	size_t n_nodes, const struct layout_edge *edges, size_t n_edges, double *ret_width,
	double *ret_height, char *ret_why, struct error *reterr);

/* Moves placed nodes so that the whole fills an area, by stretching or squeezing both axes and
 * pushing apart what then overlaps. False if they do not fit with the gap between them; the
 * positions are then of no use. Deterministic. */
bool layout_fit(struct layout_node *nodes, size_t n_nodes, double gap_mm, double width_mm,
	double height_mm);

/* The steps from a place to the k-th of the 8 * `ring` places on the square around it whose
 * sides are `ring` (1 or more) steps away. */
void layout_around(int ring, int k, int *ret_x, int *ret_y);

#endif
