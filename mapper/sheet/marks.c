/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marks that all sheets share, drawn the same way everywhere: cell, pictogram, CII outline,
 * exposure triangle, badge, fitted text. Knows no layout.
 */
#include "mapper/sheet/sheet.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/change.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <string.h>

#define FINDING_IN 0.06 /* of a cell: how far in it stands */
#define PART_MAX 400 /* bytes of a name in a tooltip */
#define MM_PER_PT (25.4 / 72.0)

double mark_text(struct sheet *sheet, enum scene_layer layer, enum theme_style style, double x,
	double baseline, double size_pt, enum scene_anchor anchor, bool bold, const char *text,
	double width)
{
	const char *fitted;

	if (size_pt < SCENE_TEXT_MIN_PT || !text[0] || width <= 0)
		return 0;
	fitted = measure_fit_name(sheet->model->arena, text, size_pt, bold, width);
	if (!fitted || !fitted[0])
		return 0;
	scene_text(sheet->scene, layer, style, x, baseline, size_pt, anchor, bold, fitted);
	return measure_text_mm(fitted, size_pt, bold);
}

enum theme_style mark_cell_style(uint8_t tier)
{
	return (enum theme_style)(THEME_CELL_UNRATED + (tier <= 5 ? tier : 0));
}

/* A closed line just inside the box; it begins in the middle of a side, so that no corner is
 * left open. */
static void ring(struct sheet *sheet, enum scene_layer layer, uint32_t asset,
	enum theme_style style, const struct sheet_box *box, double inset, double thickness)
{
	double i = inset + thickness / 2, x = box->x, y = box->y, w = box->w, h = box->h;
	const struct scene_point points[] = {{x + w / 2, y + i}, {x + w - i, y + i},
		{x + w - i, y + h - i}, {x + i, y + h - i}, {x + i, y + i}, {x + w / 2, y + i}};
	struct scene_item *item = scene_line(sheet->scene, layer, style, points, 6);

	item->line.width_mm = thickness;
	item->asset = asset;
}

void mark_cii_outline(struct sheet *sheet, enum scene_layer layer, uint32_t asset, double x,
	double y, double w, double h, double thickness)
{
	const struct sheet_box box = {x, y, w, h};

	ring(sheet, layer, asset, THEME_CII_CASING, &box, thickness * 0.9, thickness * 0.6);
	ring(sheet, layer, asset, THEME_CII_OUTLINE, &box, 0, thickness);
}

void mark_cii_system(struct sheet *sheet, const struct sheet_box *box, double radius)
{
	scene_rect(sheet->scene, SCENE_CII, THEME_SYSTEM_CII, box->x, box->y, box->w, box->h)
		->rect.radius = radius;
	sheet->marks.system_cii = true;
}

/* A band across the upper left corner, within the outline. */
static void corner(struct sheet *sheet, uint32_t asset, const struct sheet_box *box)
{
	double side = fmin(box->w, box->h), leg = fmin(side * 0.3, 3.4), in = side * 0.06;
	const struct scene_point points[] = {
		{box->x + in, box->y + in + leg}, {box->x + in + leg, box->y + in}};
	static const enum theme_style styles[] = {THEME_OWNER_CASING, THEME_OWNER};
	static const double widths[] = {0.2, 0.1};

	for (size_t i = 0; i < 2; i++) {
		struct scene_item *item = scene_line(
			sheet->scene, SCENE_RESPONSIBILITY, styles[i], points, 2);

		item->line.width_mm = fmin(side * widths[i], theme_styles[styles[i]].stroke_mm);
		item->asset = asset;
	}
}

/* Another answers for the asset than for the box it stands in. */
static void mark_other_owner(struct sheet *sheet, uint32_t asset, const struct sheet_box *box)
{
	const struct model *model = sheet->model;
	uint32_t own = overlay_owner(model, asset);
	uint32_t expected = sheet->owner_known ? sheet->owner
					       : overlay_system_owner(model,
							 model->estate->assets[asset].system);

	if (own == MODEL_NONE || own == expected)
		return;
	corner(sheet, asset, box);
	sheet->marks.owner_other = true;
}

static void mark_of(const struct sheet *sheet, uint32_t asset, struct scene_item *item)
{
	const struct estate *estate = sheet->model->estate;

	item->asset = asset;
	item->designated =
		asset != SCENE_NO_ASSET && model_is_cii(estate, &estate->assets[asset]);
}

void mark_age_bar(struct sheet *sheet, enum scene_layer layer, enum theme_style style,
	uint32_t asset, enum overlay_age age, const struct sheet_box *box)
{
	static const double lengths[AGE_N] = {0, 0.2, 0.4, 0.6, 0.2};
	double side = fmin(box->w, box->h), h = fmin(side * 0.12, 0.75),
	       in = fmin(side * 0.06, 0.3);

	for (int piece = 0; piece < (age == AGE_DAY ? 0 : age == AGE_NEVER ? 2 : 1); piece++)
		mark_of(sheet, asset,
			scene_rect(sheet->scene, layer, style,
				box->x + in + piece * 0.4 * box->w, box->y + box->h - in - h,
				box->w * lengths[age], h));
}

/* A bar along the lower edge, white on what is dark there. */
static void mark_age(struct sheet *sheet, uint32_t asset, const struct sheet_box *box)
{
	const struct estate *estate = sheet->model->estate;
	const struct estate_asset *a = &estate->assets[asset];
	enum overlay_age age = overlay_age(estate, a);
	bool dark = model_tier(estate, a) >= 4 || model_is_cii(estate, a);

	if (!sheet->aged)
		sheet->aged = arena_alloc(sheet->model->arena, estate->n_assets + 1ul);
	if (sheet->aged && !sheet->aged[asset]) {
		sheet->aged[asset] = 1;
		sheet->marks.age[age]++;
	}
	mark_age_bar(sheet, SCENE_AGE, dark ? THEME_AGE_ON_DARK : THEME_AGE, asset, age, box);
}

static double finding_size(double side)
{
	return fmin(side * 0.26, 1.6);
}

double mark_finding_room(const struct sheet *sheet, uint32_t asset, double w, double h)
{
	double side = fmin(w, h);

	return sheet_shows(sheet, MAP_OVERLAY_FINDINGS) &&
			       sheet->model->estate->assets[asset].n_findings > 0
		       ? side * FINDING_IN + finding_size(side)
		       : 0;
}

/* A small square in the lower right corner; how many they are says the head, and the title. */
static void mark_finding(struct sheet *sheet, uint32_t asset, const struct sheet_box *box)
{
	double side = fmin(box->w, box->h), in = side * FINDING_IN, size = finding_size(side);

	scene_rect(sheet->scene, SCENE_FINDINGS, THEME_FINDING, box->x + box->w - in - size,
		box->y + box->h - in - size, size, size)
		->asset = asset;
	sheet->marks.finding_cell = true;
}

/* Name, and what the overlays that are on add to it. */
static const char *cell_title(const struct sheet *sheet, uint32_t asset)
{
	const struct model *model = sheet->model;
	const struct estate_asset *a = &model->estate->assets[asset];
	uint32_t owner = sheet_shows(sheet, MAP_OVERLAY_RESPONSIBILITY)
				 ? overlay_owner(model, asset)
				 : MODEL_NONE;
	const char *title = model_asset_name(model, asset), *said;

	/* Of so many cells no writer tells titles, and these would take more memory than the
	 * sheet. */
	if (sheet->many_cells)
		return title;
	if (sheet_shows(sheet, MAP_OVERLAY_FINDINGS) && a->n_findings > 0) {
		said = arena_printf(model->arena,
			sheet->chinese ? "%s；待整改问题 %u" : "%s; open findings: %u", title,
			a->n_findings);
		title = said ? said : title;
	}
	if (owner != MODEL_NONE) {
		said = arena_printf(model->arena,
			sheet->chinese ? "%s；责任主体：%.*s" : "%s; responsible: %.*s", title,
			words_whole(model->overlay->owners[owner], PART_MAX),
			model->overlay->owners[owner]);
		title = said ? said : title;
	}
	return change_title(sheet, asset, title);
}

void mark_cell(struct sheet *sheet, uint32_t asset, double x, double y, double w, double h)
{
	const struct estate *estate = sheet->model->estate;
	const struct estate_asset *a = &estate->assets[asset];
	const struct sheet_box box = {x, y, w, h};
	bool tiers = sheet_shows(sheet, MAP_OVERLAY_TIER);
	uint8_t tier = tiers ? model_tier(estate, a) : 0;
	struct scene_item *item;

	if (change_of_asset(sheet, asset) == CHANGE_GONE) {
		mark_gone(sheet, asset, &box);
		return;
	}
	item = scene_rect(sheet->scene, SCENE_ASSETS,
		tiers ? mark_cell_style(tier) : THEME_CELL_NEUTRAL, x, y, w, h);
	mark_of(sheet, asset, item);
	item->title = cell_title(sheet, asset);
	*(tiers ? &sheet->marks.tier[tier] : &sheet->marks.neutral) = true;
	if (model_is_cii(estate, a)) {
		mark_cii_outline(
			sheet, SCENE_CII, asset, x, y, w, h, fmin(fmin(w, h) / 5, 0.9));
		sheet->marks.cii_asset = true;
	}
	if (sheet_shows(sheet, MAP_OVERLAY_RESPONSIBILITY))
		mark_other_owner(sheet, asset, &box);
	if (sheet_shows(sheet, MAP_OVERLAY_AGE))
		mark_age(sheet, asset, &box);
	if (sheet_shows(sheet, MAP_OVERLAY_FINDINGS) && a->n_findings > 0)
		mark_finding(sheet, asset, &box);
}

void mark_owner_of_box(struct sheet *sheet, uint32_t owner)
{
	sheet->owner = owner;
	sheet->owner_known = true;
}

void mark_role(struct sheet *sheet, uint32_t asset, double x, double y, double size)
{
	const struct estate *estate = sheet->model->estate;
	const struct estate_asset *a = &estate->assets[asset];
	size_t symbol = theme_symbol_find(asset_role_name(a->role));

	scene_symbol(sheet->scene, SCENE_ASSETS,
		model_tier(estate, a) >= 4 ? THEME_HOST_ON_DARK : THEME_HOST, symbol, x, y,
		size)
		->asset = asset;
	if (symbol < SHEET_SYMBOLS_MAX)
		sheet->marks.symbol[symbol] = true;
}

void mark_exposure(struct sheet *sheet, uint32_t asset, double x, double y, double size)
{
	scene_symbol(sheet->scene, SCENE_EXPOSURE, THEME_EXPOSURE,
		theme_symbol_find("exposure"), x, y, size)
		->asset = asset;
	sheet->marks.exposure = true;
}

/* Text size of a badge by its height. */
static double badge_pt(double h)
{
	return fmax(h * 0.62 / MM_PER_PT, SCENE_TEXT_MIN_PT);
}

double mark_badge_width(double h, const char *text)
{
	return measure_text_mm(text, badge_pt(h), true) + h * 0.7;
}

double mark_badge(struct sheet *sheet, enum scene_layer layer, enum theme_style style, double x,
	double y, double h, const char *text)
{
	double w = mark_badge_width(h, text), pt = badge_pt(h);
	enum theme_style ink = style >= THEME_OWNER_BADGE && style <= THEME_ZONE_BADGE
				       ? THEME_TEXT
				       : THEME_TEXT_ON_DARK;
	struct scene_item *item = scene_rect(sheet->scene, layer, style, x - w, y, w, h);

	item->rect.radius = h * 0.2;
	scene_text(sheet->scene, layer, ink, x - w / 2,
		y + h / 2 + measure_ascent_mm(pt) * 0.37, pt, SCENE_MIDDLE, true, text);
	if (style == THEME_CII_BADGE)
		sheet->marks.cii_badge = true;
	return w;
}

double mark_owner_width(const struct model *model, double h)
{
	const struct overlay *overlay = overlay_of(model);
	char code[OVERLAY_CODE_MAX];

	/* Of as many letters as the last has. */
	return overlay && overlay->n_owners > 0
		       ? mark_badge_width(
				 h, strlen(overlay_code(overlay->n_owners - 1, code)) > 1 ? "WW"
											  : "W")
		       : 0;
}

double mark_owner(struct sheet *sheet, uint32_t owner, double x, double y, double h)
{
	char code[OVERLAY_CODE_MAX];

	if (owner == MODEL_NONE || !sheet_shows(sheet, MAP_OVERLAY_RESPONSIBILITY))
		return 0;
	if (owner < SHEET_OWNERS_MAX)
		sheet->marks.owner[owner] = true;
	else
		sheet->marks.owner_more = true;
	return mark_badge(sheet, SCENE_RESPONSIBILITY, THEME_OWNER_BADGE, x, y, h,
		overlay_code(owner, code));
}

double mark_findings_width(double h)
{
	return mark_badge_width(h, "! 0000");
}

double mark_findings(struct sheet *sheet, uint32_t n, double x, double y, double h)
{
	const char *text = arena_printf(sheet->model->arena, "! %u", n);

	if (n == 0 || !text || !sheet_shows(sheet, MAP_OVERLAY_FINDINGS))
		return 0;
	sheet->marks.finding = true;
	return mark_badge(sheet, SCENE_FINDINGS, THEME_FINDING, x, y, h, text);
}

double mark_zone(
	struct sheet *sheet, uint32_t network, double x, double y, double h, double most)
{
	const char *text = overlay_zone_text(
		sheet->model, network, sheet->request->language);

	if (!text[0] || !sheet_shows(sheet, MAP_OVERLAY_ZONES))
		return 0;
	/* The name alone where there is no room for all; the frame still has it as its
	 * title. */
	if (mark_badge_width(h, text) > most)
		text = overlay_zone_name(sheet->model, network);
	if (mark_badge_width(h, text) > most)
		return 0;
	sheet->marks.zone_named = true;
	return mark_badge(sheet, SCENE_ZONES, THEME_ZONE_BADGE, x, y, h, text);
}

void mark_zone_frame(struct sheet *sheet, uint32_t network, const struct sheet_box *box)
{
	const char *text = overlay_zone_text(
		sheet->model, network, sheet->request->language);
	struct scene_item *item;

	if (!text[0] || !sheet_shows(sheet, MAP_OVERLAY_ZONES))
		return;
	item = scene_rect(
		sheet->scene, SCENE_ZONES, THEME_ZONE, box->x, box->y, box->w, box->h);
	item->title = text;
	sheet->marks.zone = true;
}

void mark_conduit(struct sheet *sheet, const struct scene_point *p, const struct scene_point *q,
	const char *title)
{
	double length = hypot(q->x - p->x, q->y - p->y), half = 1.7,
	       off = fmin(1.6, length / 2);
	struct scene_point middle, points[2];
	struct scene_item *item;

	if (length <= 0)
		return;
	middle.x = p->x + (q->x - p->x) / length * off;
	middle.y = p->y + (q->y - p->y) / length * off;
	for (int i = 0; i < 2; i++) {
		double side = i ? half : -half;

		points[i].x = middle.x - (q->y - p->y) / length * side;
		points[i].y = middle.y + (q->x - p->x) / length * side;
	}
	item = scene_line(sheet->scene, SCENE_ZONES, THEME_CONDUIT, points, 2);
	item->title = title;
	sheet->marks.conduit = true;
}
