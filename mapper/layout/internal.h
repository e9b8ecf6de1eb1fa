/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: the child's work, and the arithmetic around it. */
#ifndef MAPPER_LAYOUT_INTERNAL_H
#define MAPPER_LAYOUT_INTERNAL_H

#include "mapper/layout/layout.h"

/* graph.c, called in the child only: centres in millimetres, y up, into `xy` (2 per node).
 * 0, or -1 if the engine is not there or refused the graph. Leaks on purpose: the child ends.
 */
int graph_place(const struct layout_request *request, const struct layout_node *nodes,
	size_t n_nodes, const struct layout_edge *edges, size_t n_edges, double *xy);

/* apart.c: removes overlaps and needless distance, keeping the general order. */
void apart_push(struct layout_node *nodes, size_t n, double gap_mm);
void apart_tighten(struct layout_node *nodes, size_t n, double gap_mm);
/* Rows in order of index. */
void apart_grid(struct layout_node *nodes, size_t n, double gap_mm);
/* Moves everything to the origin and returns the size of the whole. */
void apart_origin(struct layout_node *nodes, size_t n, double *ret_width, double *ret_height);

#endif
