/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marks that all sheets share, drawn the same way everywhere: cell, pictogram, CII outline,
 * exposure triangle, badge, fitted text. Knows no layout.
 */
#include "mapper/sheet/sheet.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/change.h"

#include <math.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)

double mark_text(struct sheet *sheet, enum scene_layer layer, enum theme_style style, double x,
	double baseline, double size_pt, enum scene_anchor anchor, bool bold, const char *text,
	double width)
{
	const char *fitted;

	if (size_pt < SCENE_TEXT_MIN_PT || !text[0] || width <= 0)
		return 0;
	fitted = measure_fit(sheet->model->arena, text, size_pt, bold, width);
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

void mark_cell(struct sheet *sheet, uint32_t asset, double x, double y, double w, double h)
{
	const struct estate *estate = sheet->model->estate;
	const struct estate_asset *a = &estate->assets[asset];
	uint8_t tier = model_tier(estate, a);
	struct scene_item *item;

	if (change_of_asset(sheet, asset) == CHANGE_GONE) {
		mark_gone(sheet, asset, &(const struct sheet_box){x, y, w, h});
		return;
	}
	item = scene_rect(sheet->scene, SCENE_ASSETS, mark_cell_style(tier), x, y, w, h);
	item->asset = asset;
	item->title = a->name;
	sheet->marks.tier[tier] = true;
	if (model_is_cii(estate, a)) {
		mark_cii_outline(
			sheet, SCENE_CII, asset, x, y, w, h, fmin(fmin(w, h) / 5, 0.9));
		sheet->marks.cii_asset = true;
	}
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
	struct scene_item *item = scene_rect(sheet->scene, layer, style, x - w, y, w, h);

	item->rect.radius = h * 0.2;
	scene_text(sheet->scene, layer, THEME_TEXT_ON_DARK, x - w / 2,
		y + h / 2 + measure_ascent_mm(pt) * 0.37, pt, SCENE_MIDDLE, true, text);
	if (style == THEME_CII_BADGE)
		sheet->marks.cii_badge = true;
	return w;
}
