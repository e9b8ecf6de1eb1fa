/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing order by counting sort, and runs; see plan.h. */
#include "mapper/render/plan.h"

#include <math.h>
#include <stdlib.h>

#define SAME_MM 0.005 /* half of the least length any writer prints */

int plan_init(struct plan *plan, const struct scene *scene, struct error *reterr)
{
	uint32_t next[SCENE_LAYER_N];
	int r = scene_check(scene, reterr);

	*plan = (struct plan){.scene = scene};
	if (r)
		return r;
	plan->order = malloc((scene->n_items + 1) * sizeof(*plan->order));
	if (!plan->order)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot order the %zu marks of the sheet \"%s\": no memory",
			scene->n_items, scene->name);

	for (size_t i = 0; i < scene->n_items; i++)
		plan->first[scene->items[i].layer + 1]++;
	for (int layer = 0; layer < SCENE_LAYER_N; layer++) {
		plan->first[layer + 1] += plan->first[layer];
		next[layer] = plan->first[layer];
	}
	for (size_t i = 0; i < scene->n_items; i++)
		plan->order[next[scene->items[i].layer]++] = (uint32_t)i;
	return 0;
}

void plan_done(struct plan *plan)
{
	free(plan->order);
	*plan = (struct plan){0};
}

static bool joins(const struct scene_item *a, const struct scene_item *b)
{
	if (a->kind != b->kind || a->style != b->style)
		return false;
	if (a->kind == SCENE_RECT)
		return fabs(a->rect.w - b->rect.w) < SAME_MM &&
		       fabs(a->rect.h - b->rect.h) < SAME_MM && a->rect.radius == 0 &&
		       b->rect.radius == 0;
	return a->kind == SCENE_LINE && a->line.width_mm == b->line.width_mm;
}

static bool stands_alone(const struct scene_item *item, enum plan_keep keep)
{
	bool asset = item->asset != SCENE_NO_ASSET;

	if (keep != PLAN_KEEP_NONE && item->target)
		return true;
	return (keep == PLAN_KEEP_TITLES && item->title && !asset) ||
	       (keep == PLAN_KEEP_ALL && (item->title || asset));
}

uint32_t plan_run(const struct plan *plan, uint32_t at, enum plan_keep keep)
{
	const struct scene_item *head = plan_item(plan, at);
	uint32_t end = plan->first[head->layer + 1];
	uint32_t i = at;

	while (i < end) {
		const struct scene_item *item = plan_item(plan, i);

		if (i > at && !joins(head, item))
			break;
		if (stands_alone(item, keep))
			return i > at ? i : at + 1;
		i++;
	}
	return i;
}
