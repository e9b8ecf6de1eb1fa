/* SPDX-License-Identifier: Apache-2.0 */
/* The writers' sample scenes; see sample_scene.h. */
#include "tests/unit/mapper/render/sample_scene.h"

#include "mapper/render/measure.h"

#define WIDTH 420.0
#define HEIGHT 297.0
#define BAND 6.0
#define PLACE_W 38.0
#define PLACE_H 14.0
#define SYMBOL 6.0

static struct scene *sheet(struct arena *arena, const char *name, const char *title)
{
	struct scene *scene = scene_new(arena, name, title, WIDTH, HEIGHT);

	scene_rect(scene, SCENE_PAPER, THEME_SHEET, 0, 0, WIDTH, HEIGHT);
	scene_rect(scene, SCENE_FURNITURE, THEME_MARKING, 0, 0, WIDTH, BAND);
	scene_text(scene, SCENE_FURNITURE, THEME_TEXT_ON_DARK, WIDTH / 2, 4.2, 9, SCENE_MIDDLE,
		true, "OFFICIAL");
	scene_text(scene, SCENE_FURNITURE, THEME_TEXT_QUIET, WIDTH - 4, HEIGHT - 3, 7,
		SCENE_END, false, title);
	return scene;
}

static bool is_designated(const struct estate *e, uint32_t asset)
{
	uint32_t system = e->assets[asset].system;

	return system != ESTATE_NONE && e->systems[system].designated;
}

/* A pictogram with its name and its alarms. */
static void add_host(
	struct scene *scene, const struct estate *e, uint32_t asset, double x, double y)
{
	const struct estate_asset *a = &e->assets[asset];
	struct scene_item *item;

	item = scene_symbol(scene, SCENE_ASSETS, THEME_HOST,
		theme_symbol_find(asset_role_name(a->role)), x, y, SYMBOL);
	item->asset = asset;
	item->title = a->name;
	if (is_designated(e, asset)) {
		item = scene_rect(scene, SCENE_CII, THEME_CII_OUTLINE, x - 1, y - 1, SYMBOL + 2,
			SYMBOL + 2);
		item->rect.radius = 1;
		item->asset = asset;
	}
	if (a->exposed) {
		item = scene_symbol(scene, SCENE_EXPOSURE, THEME_EXPOSURE,
			theme_symbol_find("exposure"), x + SYMBOL - 1, y - 2, 3);
		item->asset = asset;
	}
	item = scene_text(scene, SCENE_LABELS, THEME_TEXT, x + SYMBOL + 1.5, y + 4, 6,
		SCENE_START, false,
		measure_fit(scene->arena, a->name, 6, false, PLACE_W - SYMBOL - 4));
	item->asset = asset;
}

static void add_links(struct scene *scene, const struct estate *e, const struct scene_point *at)
{
	for (uint32_t i = 0; i < e->n_links; i++) {
		const struct estate_link *link = &e->links[i];
		const struct scene_point points[] = {at[link->from], at[link->to]};
		struct scene_item *item;

		if (points[0].x == 0 || points[1].x == 0)
			continue;
		item = scene_line(
			scene, SCENE_LINKS, THEME_LINK_MEASURED + link->grade, points, 2);
		item->title = evidence_grade_name(link->grade);
		item->line.width_mm = i % 3 == 0 ? 0.8 : 0;
	}
}

struct scene *sample_networks(struct arena *arena, const struct estate *e)
{
	struct scene *scene = sheet(arena, "topology", "Network topology");
	struct scene_point *at = arena_alloc(arena, (e->n_assets + 1) * sizeof(*at));
	double x = 8, y = BAND + 8;

	for (uint32_t s = 0; s < e->n_subnets && x < WIDTH - PLACE_W; s++) {
		double top = y;
		struct scene_item *box;

		y += 10;
		for (uint32_t i = 0; i < e->n_addresses && y < HEIGHT - 20; i++) {
			uint32_t asset = e->addresses[i].asset;

			if (e->addresses[i].subnet != s)
				continue;
			add_host(scene, e, asset, x + 3, y);
			at[asset] = (struct scene_point){x + 6, y + 3};
			y += PLACE_H;
		}
		box = scene_rect(
			scene, SCENE_REGIONS, THEME_SUBNET, x, top, PLACE_W, y - top + 2);
		box->rect.radius = 1.5;
		box->title = e->subnets[s].name;
		scene_text(scene, SCENE_LABELS, THEME_TEXT_QUIET, x + 3, top + 5, 7,
			SCENE_START, true,
			measure_fit(arena, e->subnets[s].name, 7, true, PLACE_W - 6));
		y += 8;
		if (y > HEIGHT * 0.6) {
			y = BAND + 8;
			x += PLACE_W + 8;
		}
	}
	add_links(scene, e, at);
	return scene;
}

struct scene *sample_cells(struct arena *arena, const struct estate *e)
{
	struct scene *scene = sheet(arena, "district", "District map");
	uint32_t columns = 1;
	double pitch, size;

	while (columns * columns * 0.6 < e->n_assets)
		columns++;
	pitch = (WIDTH - 20) / columns;
	pitch = pitch > 12 ? 12 : pitch;
	size = pitch * 0.8;
	for (uint32_t i = 0; i < e->n_assets; i++) {
		uint32_t system = e->assets[i].system;
		double x = 10 + i % columns * pitch, y = BAND + 10 + i / columns * pitch;
		uint8_t tier = system == ESTATE_NONE ? 0 : e->systems[system].tier;
		struct scene_item *item = scene_rect(
			scene, SCENE_ASSETS, THEME_CELL_UNRATED + tier, x, y, size, size);

		item->asset = i;
		if (is_designated(e, i))
			scene_rect(scene, SCENE_CII, THEME_CII_OUTLINE, x + 0.3, y + 0.3,
				size - 0.6, size - 0.6)
				->asset = i;
		if (e->assets[i].exposed)
			scene_symbol(scene, SCENE_EXPOSURE, THEME_EXPOSURE,
				theme_symbol_find("exposure"), x + size / 2, y, size / 2)
				->asset = i;
	}
	return scene;
}
