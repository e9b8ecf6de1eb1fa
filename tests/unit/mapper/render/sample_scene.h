/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes for the writers' tests that use every kind of item, without the layout: networks as
 * boxes in rows with a pictogram and a name per address, and the same assets as a field of
 * cells.
 */
#ifndef TESTS_UNIT_MAPPER_RENDER_SAMPLE_SCENE_H
#define TESTS_UNIT_MAPPER_RENDER_SAMPLE_SCENE_H

#include "common/model/estate.h"
#include "mapper/scene/scene.h"

/* Boxes, pictograms, names, links with titles. */
struct scene *sample_networks(struct arena *arena, const struct estate *estate);
/* One cell per asset. */
struct scene *sample_cells(struct arena *arena, const struct estate *estate);

#endif
