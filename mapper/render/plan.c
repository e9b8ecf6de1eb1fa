/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing order by counting sort, and runs; see plan.h. */
#include "mapper/render/plan.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_MM 0.005 /* half of the least length any writer prints */
/* Of lines: who looks at a part of the sheet has whole paths drawn, so that none goes all over
 * it. */
#define LINES_MAX 256

/* Marks of designations lie on top of each other in the order of their styles: frames, casings,
 * outlines, badges. So marks of one style follow each other, and can be drawn as one. */
static int sort_by_style(struct plan *plan, enum scene_layer layer, struct error *reterr)
{
	uint32_t first[THEME_STYLE_N + 1] = {0}, begin = plan->first[layer];
	uint32_t n = plan->first[layer + 1] - begin;
	_cleanup_(cleanup_freep) uint32_t *sorted = malloc((n + 1ul) * sizeof(*sorted));

	if (!sorted)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot order the marks of the sheet \"%s\": no memory",
			plan->scene->name);
	for (uint32_t i = 0; i < n; i++)
		first[plan_item(plan, begin + i)->style + 1]++;
	for (int style = 0; style < THEME_STYLE_N; style++)
		first[style + 1] += first[style];
	for (uint32_t i = 0; i < n; i++)
		sorted[first[plan_item(plan, begin + i)->style]++] = plan->order[begin + i];
	memcpy(plan->order + begin, sorted, n * sizeof(*sorted));
	return 0;
}

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
	return sort_by_style(plan, SCENE_CII, reterr);
}

void plan_done(struct plan *plan)
{
	free(plan->order);
	*plan = (struct plan){0};
}

static bool joins(
	const struct scene_item *a, const struct scene_item *b, enum plan_keep keep)
{
	if (a->kind != b->kind || a->style != b->style ||
		(keep == PLAN_KEEP_TITLES && a->designated != b->designated))
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

	if (head->kind == SCENE_LINE && end - at > LINES_MAX)
		end = at + LINES_MAX;
	while (i < end) {
		const struct scene_item *item = plan_item(plan, i);

		if (i > at && !joins(head, item, keep))
			break;
		if (stands_alone(item, keep))
			return i > at ? i : at + 1;
		i++;
	}
	return i;
}
