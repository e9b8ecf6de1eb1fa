/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How tangled a drawn sheet is, read from its scene alone: the outermost boxes are nodes, the
 * lines of the layer of links are edges between the boxes that they end at. A crossing is a
 * point where lines cross or touch, or begin to run together, however many run there: lines
 * that leave one node together and part on the way (a bus) do not cross each other by that. A
 * line hits a node that it runs through and does not end at. Straight lines between given
 * boxes, as other programs draw the same graph, are counted by the same rules.
 */
#ifndef TESTS_UNIT_MAPPER_TANGLE_H
#define TESTS_UNIT_MAPPER_TANGLE_H

#include "tests/unit/mapper/scene_check.h"

struct tangle_line {
	uint32_t a, b; /* nodes; the same for a line inside one, which is not counted */
	const struct scene_point *points;
	size_t n;
};

struct tangle {
	struct check_box *nodes;
	struct tangle_line *lines;
	size_t n_nodes, n_lines;
	size_t crossings, hits, overlaps;
	struct scene_point *at; /* of crossings */
	size_t max_at;
};

/* Exits the test program without memory. */
void tangle_of_scene(const struct scene *scene, struct tangle *tangle);
/* The same nodes and the same pairs, each pair once, at other positions: lines are straight. */
void tangle_straight(
	const struct tangle *from, const struct check_box *nodes, struct tangle *tangle);
void tangle_done(struct tangle *tangle);

#endif
