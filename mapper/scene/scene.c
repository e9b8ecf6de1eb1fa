/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scene's item list. Knows nothing of what the items mean and measures nothing. Past
 * SCENE_ITEMS_MAX, without memory, or on a number or text that no writer could draw, the scene
 * is marked as failed and scene_check() says so once, at the end.
 */
#include "mapper/scene/scene.h"

#include <math.h>
#include <string.h>

#define SCENE_ITEMS_FIRST 256

static const struct {
	const char *name, *label;
} layers[SCENE_LAYER_N] = {
	[SCENE_PAPER] = {"paper", NULL},
	[SCENE_BASE] = {"base", "Base map"},
	[SCENE_REGIONS] = {"regions", "Networks and systems"},
	[SCENE_LINKS] = {"links", "Links"},
	[SCENE_ZONES] = {"zones", "Zones and conduits"},
	[SCENE_ASSETS] = {"assets", "Assets"},
	[SCENE_CII] = {"cii", "CII designation"},
	[SCENE_EXPOSURE] = {"exposure", "Internet exposure"},
	[SCENE_AGE] = {"age", "Age of evidence"},
	[SCENE_RESPONSIBILITY] = {"responsibility", "Responsibility"},
	[SCENE_FINDINGS] = {"findings", "Open findings"},
	[SCENE_CHANGE] = {"change", "Change"},
	[SCENE_LABELS] = {"labels", "Names"},
	[SCENE_FURNITURE] = {"furniture", NULL},
};

/* What a caller may write to after a failure: never drawn. */
static struct scene_item scratch;

const char *scene_layer_name(enum scene_layer layer)
{
	return (unsigned int)layer < SCENE_LAYER_N ? layers[layer].name : "?";
}

const char *scene_layer_label(enum scene_layer layer)
{
	return (unsigned int)layer < SCENE_LAYER_N ? layers[layer].label : NULL;
}

struct scene *scene_new(struct arena *arena, const char *name, const char *title,
	double width_mm, double height_mm)
{
	struct scene *scene = arena_alloc(arena, sizeof(*scene));

	if (!scene)
		return NULL;
	scene->arena = arena;
	scene->name = arena_strdup(arena, name);
	scene->title = arena_strdup(arena, title);
	scene->width_mm = width_mm;
	scene->height_mm = height_mm;
	scene->failed = !scene->name || !scene->title;
	return scene;
}

static bool grow(struct scene *scene, size_t max)
{
	struct scene_item *items;

	if (scene->n_items >= SCENE_ITEMS_MAX)
		return false;
	if (max > SCENE_ITEMS_MAX)
		max = SCENE_ITEMS_MAX;
	items = arena_alloc(scene->arena, max * sizeof(*items));
	if (!items)
		return false;
	if (scene->n_items > 0)
		memcpy(items, scene->items, scene->n_items * sizeof(*items));
	scene->items = items;
	scene->max_items = max;
	return true;
}

static struct scene_item *add(struct scene *scene, enum scene_kind kind, enum scene_layer layer,
	enum theme_style style, bool valid)
{
	struct scene_item *item = &scratch;

	size_t more = scene->max_items ? scene->max_items * 2 : SCENE_ITEMS_FIRST;

	if (!valid || (scene->n_items == scene->max_items && !grow(scene, more)))
		scene->failed = true;
	if (!scene->failed)
		item = &scene->items[scene->n_items++];
	memset(item, 0, sizeof(*item));
	item->kind = kind;
	item->layer = layer;
	item->style = style;
	item->asset = SCENE_NO_ASSET;
	return item;
}

void scene_reserve(struct scene *scene, size_t items)
{
	if (items > scene->max_items && !grow(scene, items))
		scene->failed = true;
}

struct scene_item *scene_rect(struct scene *scene, enum scene_layer layer,
	enum theme_style style, double x, double y, double w, double h)
{
	struct scene_item *item = add(scene, SCENE_RECT, layer, style,
		isfinite(x) && isfinite(y) && isfinite(w) && isfinite(h) && w >= 0 && h >= 0);

	item->rect.x = x;
	item->rect.y = y;
	item->rect.w = w;
	item->rect.h = h;
	return item;
}

struct scene_item *scene_line(struct scene *scene, enum scene_layer layer,
	enum theme_style style, const struct scene_point *points, size_t n)
{
	bool valid = n >= 2;
	const struct scene_point *copy;
	struct scene_item *item;

	for (size_t i = 0; i < n; i++)
		valid = valid && isfinite(points[i].x) && isfinite(points[i].y);
	copy = valid ? arena_copy(scene->arena, points, n * sizeof(*points)) : NULL;
	item = add(scene, SCENE_LINE, layer, style, copy != NULL);
	item->line.points = copy;
	item->line.n = copy ? n : 0;
	return item;
}

struct scene_item *scene_area(struct scene *scene, enum scene_layer layer,
	enum theme_style style, const struct scene_point *points, const uint32_t *ends,
	uint32_t n_rings, bool even_odd)
{
	bool valid = n_rings > 0;
	uint32_t n = 0;
	struct scene_item *item;

	for (uint32_t i = 0; i < n_rings && valid; n = ends[i++])
		valid = ends[i] >= n && ends[i] - n >= 3;
	for (uint32_t i = 0; i < n && valid; i++)
		valid = isfinite(points[i].x) && isfinite(points[i].y);
	points = valid ? arena_copy(scene->arena, points, n * sizeof(*points)) : NULL;
	ends = points ? arena_copy(scene->arena, ends, n_rings * sizeof(*ends)) : NULL;
	item = add(scene, SCENE_AREA, layer, style, ends != NULL);
	item->area.points = points;
	item->area.ends = ends;
	item->area.n_rings = ends ? n_rings : 0;
	item->area.even_odd = even_odd;
	return item;
}

struct scene_item *scene_symbol(struct scene *scene, enum scene_layer layer,
	enum theme_style style, size_t symbol, double x, double y, double size)
{
	struct scene_item *item = add(scene, SCENE_SYMBOL, layer, style,
		symbol < theme_n_symbols && isfinite(x) && isfinite(y) && isfinite(size) &&
			size > 0);

	item->symbol.x = x;
	item->symbol.y = y;
	item->symbol.size = size;
	item->symbol.symbol = (uint16_t)symbol;
	return item;
}

struct scene_item *scene_text(struct scene *scene, enum scene_layer layer,
	enum theme_style style, double x, double y, double size_pt, enum scene_anchor anchor,
	bool bold, const char *text)
{
	const char *copy = text ? arena_strdup(scene->arena, text) : NULL;
	struct scene_item *item = add(scene, SCENE_TEXT, layer, style,
		copy && isfinite(x) && isfinite(y) && size_pt >= SCENE_TEXT_MIN_PT);

	item->text.x = x;
	item->text.y = y;
	item->text.size_pt = size_pt;
	item->text.anchor = anchor;
	item->text.bold = bold;
	item->text.text = copy ? copy : "";
	return item;
}

bool scene_has_layer(const struct scene *const *scenes, size_t n, enum scene_layer layer)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < scenes[i]->n_items; k++)
			if (scenes[i]->items[k].layer == layer)
				return true;
	return false;
}

int scene_check(const struct scene *scene, struct error *reterr)
{
	if (!scene)
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the sheet: no memory");
	if (scene->failed)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot draw the sheet \"%s\": no memory, or more than %d marks",
			scene->name ? scene->name : "?", SCENE_ITEMS_MAX);
	return 0;
}
