/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The systems on a slide: a card for each, at most SLIDE_CARDS_MAX, the designated and the
 * highest tiers first, what is beyond in one card with its counts. Names are large enough for a
 * room; single assets are never drawn.
 */
#include "mapper/sheet/sheet.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define SLIDE_CARDS_MAX 48
#define NAME_LEAST_PT 12.0
#define NAME_MOST_PT 20.0
#define DETAIL_PT 10.0
#define CARD_RATIO 2.2 /* width to height that a card is wished */

struct card {
	uint32_t system; /* MODEL_NONE: without one; of the last: not shown */
	const char *name;
	uint32_t n_systems, n_assets, n_exposed, n_cii;
	uint8_t tier;
	bool designated;
};

static int by_weight(const void *x, const void *y)
{
	const struct card *a = x, *b = y;

	if ((a->system == MODEL_NONE) != (b->system == MODEL_NONE))
		return a->system == MODEL_NONE ? 1 : -1;
	if (a->designated != b->designated)
		return a->designated ? -1 : 1;
	if (a->tier != b->tier)
		return a->tier > b->tier ? -1 : 1;
	if (a->n_assets != b->n_assets)
		return a->n_assets > b->n_assets ? -1 : 1;
	return a->system < b->system ? -1 : a->system > b->system;
}

/* A card per system with assets, one for what has none; the order is that of weight. */
static uint32_t make_cards(const struct model *model, struct card *cards, bool chinese)
{
	const struct estate *e = model->estate;
	uint32_t n = 0;

	for (uint32_t i = 0; i <= e->n_systems; i++)
		cards[i] = (struct card){
			.system = MODEL_NONE, .name = chinese ? "未归属系统" : "Not assigned"};
	for (uint32_t i = 0; i < e->n_systems; i++)
		cards[i] = (struct card){i, model_system_name(&e->systems[i]), 1, 0, 0, 0,
			e->systems[i].tier <= 5 ? e->systems[i].tier : 0,
			e->systems[i].designated != 0};
	for (uint32_t i = 0; i < e->n_assets; i++) {
		const struct estate_asset *a = &e->assets[i];
		struct card *card = &cards[a->system < e->n_systems ? a->system : e->n_systems];

		card->n_assets++;
		card->n_exposed += a->exposed != 0;
		card->n_cii += model_is_cii(e, a);
	}
	for (uint32_t i = 0; i <= e->n_systems; i++)
		if (cards[i].n_assets > 0 || cards[i].designated)
			cards[n++] = cards[i];
	qsort(cards, n, sizeof(*cards), by_weight);
	return n;
}

/* What is beyond the last card comes into it. */
static uint32_t fold(const struct model *model, struct card *cards, uint32_t n, bool chinese)
{
	struct card *rest = &cards[SLIDE_CARDS_MAX - 1];

	if (n <= SLIDE_CARDS_MAX)
		return n;
	for (uint32_t i = SLIDE_CARDS_MAX; i < n; i++) {
		rest->n_systems += cards[i].n_systems;
		rest->n_assets += cards[i].n_assets;
		rest->n_exposed += cards[i].n_exposed;
		rest->n_cii += cards[i].n_cii;
	}
	rest->system = MODEL_NONE;
	rest->designated = false;
	rest->tier = 0;
	rest->name = arena_printf(
		model->arena, chinese ? "另有 %u 个" : "%u others", rest->n_systems);
	return SLIDE_CARDS_MAX;
}

/* In two lines, parted at a space, where one does not hold it and there is room for another. */
static void draw_name(struct sheet *sheet, const char *name, double x, double top, double w,
	double h, double pt)
{
	double line = pt * MM_PER_PT * 1.12;
	const char *space = NULL, *first = name;

	if (measure_text_mm(name, pt, true) > w && h >= 2 * line)
		for (const char *at = strchr(name, ' '); at; at = strchr(at + 1, ' ')) {
			const char *part =
				arena_strndup(sheet->model->arena, name, (size_t)(at - name));

			if (!part || measure_text_mm(part, pt, true) > w)
				break;
			space = at;
			first = part;
		}
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, top + pt * MM_PER_PT * 0.95, pt,
		SCENE_START, true, first, w);
	if (space)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT, x,
			top + pt * MM_PER_PT * 0.95 + line, pt, SCENE_START, true, space + 1,
			w);
}

static void draw_card(struct sheet *sheet, const struct card *card, const struct sheet_box *box)
{
	struct arena *arena = sheet->model->arena;
	double band = fmin(box->w * 0.06, 4), x = box->x + band + 1.8, w = box->w - band - 3.2;
	double pt = fmin(NAME_MOST_PT, fmax(NAME_LEAST_PT, box->h * 0.28 / MM_PER_PT));
	double y, right = box->x + box->w - 1.4, h = DETAIL_PT * MM_PER_PT * 1.15;
	const char *text = arena_printf(arena, "%u", card->n_assets);

	while (pt * 0.96 >= NAME_LEAST_PT && measure_text_mm(card->name, pt, true) > w)
		pt *= 0.96;
	scene_rect(sheet->scene, SCENE_REGIONS, THEME_SYSTEM, box->x, box->y, box->w, box->h);
	sheet->marks.system = true;
	scene_rect(sheet->scene, SCENE_REGIONS, mark_cell_style(card->tier), box->x, box->y,
		band, box->h);
	sheet->marks.tier[card->tier] = true;
	if (card->designated)
		mark_cii_system(sheet, box, 0);
	draw_name(sheet, card->name ? card->name : "", x, box->y + 1.2, w, box->h - h - 3, pt);
	y = box->y + box->h - 1.6;
	if (card->designated && box->w > 34)
		right -= mark_badge(sheet, SCENE_CII, THEME_CII_BADGE, right, y - h + 0.6, h,
				 sheet->chinese ? "关基" : "CII") +
			 1.2;
	if (box->w > 34) {
		double owner =
			mark_owner(sheet, overlay_system_owner(sheet->model, card->system),
				right, y - h + 0.6, h);

		right -= owner > 0 ? owner + 1.2 : 0;
	}
	if (card->n_exposed > 0) {
		const char *n = arena_printf(arena, "%u", card->n_exposed);

		right -= mark_text(sheet, SCENE_EXPOSURE, THEME_TEXT, right, y - 0.4, DETAIL_PT,
				 SCENE_END, true, n ? n : "", w * 0.4) +
			 h + 0.6;
		mark_exposure(sheet, SCENE_NO_ASSET, right, y - h + 0.4, h * 0.9);
	}
	if (box->w > 55 && text)
		text = arena_printf(
			arena, sheet->chinese ? "%u 个资产" : "%u assets", card->n_assets);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, y - 0.4, DETAIL_PT, SCENE_START, false,
		text ? text : "", right - x - 1);
}

/* The number of columns that makes cards most like their wished shape. */
static uint32_t columns_for(uint32_t n, const struct sheet_box *map)
{
	uint32_t best = 1;
	double least = INFINITY;

	for (uint32_t columns = 1; columns <= n && columns <= 8; columns++) {
		double rows = ceil((double)n / columns);
		double off = fabs(log(map->w / columns / (map->h / rows) / CARD_RATIO));

		off += (rows * columns - n) / n * 0.5;
		if (off < least) {
			least = off;
			best = columns;
		}
	}
	return best;
}

static void draw_cards(struct sheet *sheet, const struct card *cards, uint32_t n)
{
	const struct sheet_box *map = &sheet->map;
	uint32_t columns = columns_for(n, map), rows = (n + columns - 1) / columns;
	double w = (map->w - 4) / columns, h = (map->h - 4) / rows;

	for (uint32_t i = 0; i < n; i++) {
		struct sheet_box box = {map->x + 2 + i % columns * w + 0.8,
			map->y + 2 + i / columns * h + 0.8, w - 1.6, h - 1.6};

		draw_card(sheet, &cards[i], &box);
	}
}

int sheet_slide(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct card *cards =
		calloc((size_t)model->estate->n_systems + SLIDE_CARDS_MAX, sizeof(*cards));
	struct sheet sheet;
	uint32_t n, all;

	if (!cards)
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the slide: no memory");
	sheet_begin(&sheet, model, request, SHEET_SLIDE, "district", request->title,
		sheet_request_say(request, model->arena, "Overview of systems", "总图：各系统一览"));
	if (sheet.scene) {
		all = make_cards(model, cards, sheet.chinese);
		n = fold(model, cards, all, sheet.chinese);
		if (n > 0)
			draw_cards(&sheet, cards, n);
		else
			mark_text(&sheet, SCENE_LABELS, THEME_TEXT_QUIET,
				sheet.map.x + sheet.map.w / 2, sheet.map.y + sheet.map.h / 2,
				16, SCENE_MIDDLE, false,
				sheet.chinese
					? "资产档案中尚无可绘制的资产。"
					: "The inventory holds no assets for this map yet.",
				sheet.map.w * 0.9);
		if (all > n)
			sheet_note(&sheet, "In the last card: %u systems with %u assets.",
				"最后一格含 %u 个系统、%u 个资产。", cards[n - 1].n_systems,
				cards[n - 1].n_assets);
		sheet_note(&sheet, "One card is one system; the number is its assets.",
			"一格为一个系统，数字为资产数。");
	}
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
