/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must be true of every sheet: text on the paper, at least SCENE_TEXT_MIN_PT, never over
 * other text or half over a border; boxes nested or apart; links around boxes and names, not
 * through them. Each returns the number of faults and says the first ones on standard error.
 */
#ifndef TESTS_UNIT_MAPPER_SCENE_CHECK_H
#define TESTS_UNIT_MAPPER_SCENE_CHECK_H

#include "mapper/scene/scene.h"

struct check_box {
	double x1, y1, x2, y2;
};

/* The extent of an item as it is printed, without the width of its stroke. */
struct check_box check_extent(const struct scene_item *item);

size_t check_texts(const struct scene *scene);
size_t check_boxes(const struct scene *scene);
size_t check_links(const struct scene *scene);
/* Marks used on the map and not in the legend, or in the legend and not used. */
size_t check_legend(const struct scene *scene);
/* Items of one scene that are not in the other at the same place, in order. */
size_t check_same(const struct scene *a, const struct scene *b);
/* The frame of the map. */
struct check_box check_map(const struct scene *scene);

#endif
