/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which a scene is drawn, and which neighbours may be drawn as one: shared by all
 * writers, so that they agree on what lies on top.
 */
#ifndef MAPPER_RENDER_PLAN_H
#define MAPPER_RENDER_PLAN_H

#include "common/error.h"
#include "mapper/scene/scene.h"

struct plan {
	const struct scene *scene;
	uint32_t *order;		   /* indexes of items, by layer, then insertion */
	uint32_t first[SCENE_LAYER_N + 1]; /* where each layer begins in `order` */
};

/* ERROR_SYSTEM without memory; the scene's own failure is forwarded. */
int plan_init(struct plan *plan, const struct scene *scene, struct error *reterr);
void plan_done(struct plan *plan); /* also after a failed init, or zeroed */

static inline const struct scene_item *plan_item(const struct plan *plan, uint32_t at)
{
	return &plan->scene->items[plan->order[at]];
}

/* Which items must stand alone, because they say something when pointed at. */
enum plan_keep {
	PLAN_KEEP_NONE,	  /* paper says nothing */
	PLAN_KEEP_TITLES, /* those with a title of their own or a link; marks of assets are
			     found otherwise, designated ones apart from the others */
	PLAN_KEEP_ALL,	  /* those with a title, a link or an asset */
};

/* The end of the run that begins at `at`: rectangles of one style and size, or lines of one
 * style and width, that follow each other in one layer and can become one path. */
uint32_t plan_run(const struct plan *plan, uint32_t at, enum plan_keep keep);

#endif
