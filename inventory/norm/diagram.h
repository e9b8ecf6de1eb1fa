/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decision diagrams over variables of a few values each (at most 64), with whole numbers as
 * leaves. Canonical: nodes are shared and none has all its children equal, so two functions are
 * equal exactly if they are the same node, and a variable stands in the diagram of a function
 * exactly if that function hangs on it. Variables are asked in the order of their numbers.
 *
 * A diagram is built, kept (diagram_keep), and then only read. While it is built, what would
 * exceed a limit, or the memory, is DIAGRAM_NONE, and so is all that is made of it: the caller
 * checks once, at the end.
 *
 * Reference: R. E. Bryant, Graph-based algorithms for Boolean function manipulation (1986);
 * with several values and leaves as in T. Kam et al., Multi-valued decision diagrams (1998).
 */
#ifndef INVENTORY_NORM_DIAGRAM_H
#define INVENTORY_NORM_DIAGRAM_H

#include "common/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIAGRAM_NODES_MAX 200000    /* while it is built */
#define DIAGRAM_STEPS_MAX 4000000   /* combinations looked at while it is built */
#define DIAGRAM_VARIABLES_MAX 128
#define DIAGRAM_VALUES_MAX 64
#define DIAGRAM_NONE UINT32_MAX

struct diagram;
typedef uint32_t diagram_node;

/* One variable's values are 0 to n_values[v] - 1. NULL without memory. */
struct diagram *diagram_new(const uint8_t *n_values, uint16_t n_variables);
void diagram_free(struct diagram *diagram);
CLEANUP_DEFINE(struct diagram, diagram_free)

/* ---- building ------------------------------------------------------------------------ */

enum diagram_operation { DIAGRAM_AND, DIAGRAM_OR, DIAGRAM_ADD, DIAGRAM_MAX };

diagram_node diagram_leaf(struct diagram *d, int32_t value);
/* children[value]; these hang on later variables only. */
diagram_node diagram_choose(struct diagram *d, uint16_t variable, const diagram_node *children);
/* 1 while the variable's value is in the set (bit per value), else 0. */
diagram_node diagram_test(struct diagram *d, uint16_t variable, uint64_t set);
/* AND and OR take and give leaves of 0 and 1. */
diagram_node diagram_apply(struct diagram *d, enum diagram_operation operation, diagram_node a,
	diagram_node b);
diagram_node diagram_not(struct diagram *d, diagram_node a);
/* Where `when` is 1 `then`, where it is 0 `otherwise`. */
diagram_node diagram_if(struct diagram *d, diagram_node when, diagram_node then,
	diagram_node otherwise);
/* Each leaf replaced by what `map` makes of it. */
diagram_node diagram_map(struct diagram *d, diagram_node a,
	int32_t (*map)(const void *context, int32_t leaf), const void *context);

/* Drops all that the roots do not need, and what served the building; the roots are renumbered.
 * False without memory. */
bool diagram_keep(struct diagram *d, diagram_node *roots, size_t n_roots);

size_t diagram_size(const struct diagram *d); /* nodes and leaves */

/* ---- reading ------------------------------------------------------------------------- */

/* Working memory of one reader, for diagrams of any size. Not for two threads at once. */
struct diagram_reader;
struct diagram_reader *diagram_reader_new(void);
void diagram_reader_free(struct diagram_reader *reader);
CLEANUP_DEFINE(struct diagram_reader, diagram_reader_free)

/* allowed[variable]: bit per value that it may have, none of them 0. Leaves must be 0 to 63.
 * Bit per leaf that can be reached; 0 without memory. */
uint64_t diagram_leaves(const struct diagram *d, diagram_node root, const uint64_t *allowed,
	struct diagram_reader *reader);
/* The same; and bit per variable on whose value among those allowed the leaf still hangs. */
uint64_t diagram_restrict(const struct diagram *d, diagram_node root, const uint64_t *allowed,
	struct diagram_reader *reader, uint64_t ret_needed[DIAGRAM_VARIABLES_MAX / 64]);
/* Values that lead to the leaf, of the variables asked on the way; the others are left as they
 * are. False if none do. */
bool diagram_way(const struct diagram *d, diagram_node root, const uint64_t *allowed,
	int32_t leaf, uint8_t *ret_values);

#endif
