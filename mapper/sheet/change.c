/* SPDX-License-Identifier: Apache-2.0 */
/* Draws the marks of change; see change.h. Decides nothing about what changed: the estate says
 * it. */
#include "mapper/sheet/change.h"

#include "mapper/changes.h"
#include "mapper/render/measure.h"

#include <math.h>
#include <stdio.h>

#define MM_PER_PT (25.4 / 72.0)

static const char *const symbols[CHANGE_N] = {[CHANGE_NEW] = "change-new",
	[CHANGE_GONE] = "change-gone",
	[CHANGE_CHANGED] = "change-changed"};
/* In the order of heads. */
static const enum estate_change order[] = {CHANGE_NEW, CHANGE_CHANGED, CHANGE_GONE};

enum estate_change change_of_asset(const struct sheet *sheet, uint32_t asset)
{
	const struct estate *estate = sheet->model->estate;

	return estate->other_us ? (enum estate_change)estate->assets[asset].change
				: CHANGE_NONE;
}

const char *change_title(const struct sheet *sheet, uint32_t asset, const char *title)
{
	struct changes changes;
	const char *said = NULL;

	switch (change_of_asset(sheet, asset)) {
	case CHANGE_NEW:
		said = arena_printf(sheet->model->arena, "%s%s", title,
			sheet->chinese ? "；新增" : "; new");
		break;
	case CHANGE_CHANGED:
		changes_of(sheet->model->estate, asset, sheet->chinese, CHANGES_ITEMS_MAX,
			&changes);
		said = arena_printf(sheet->model->arena,
			sheet->chinese ? "%s；变更：%s" : "%s; changed: %s", title, changes.text);
		break;
	default:
		break;
	}
	return said ? said : title;
}

const char *change_text(
	const struct sheet *sheet, uint32_t asset, double pt, bool bold, double width)
{
	struct changes changes;
	const char *text = NULL;

	changes_of(sheet->model->estate, asset, sheet->chinese, CHANGES_ITEMS_MAX, &changes);
	while (changes.told > 0 && measure_text_mm(changes.text, pt, bold) > width)
		changes_shorten(&changes, sheet->chinese, changes.told - 1);
	if (changes.told > 0)
		text = arena_strdup(sheet->model->arena, changes.text);
	return text ? text : "";
}

enum estate_change change_of_cell(
	const struct sheet *sheet, const struct change_counts *counts, uint32_t n)
{
	if (!sheet->model->estate->other_us || counts->n[CHANGE_NONE] == n)
		return CHANGE_NONE;
	if (counts->n[CHANGE_NEW] == n)
		return CHANGE_NEW;
	return counts->n[CHANGE_GONE] == n ? CHANGE_GONE : CHANGE_CHANGED;
}

void mark_change_symbol(struct sheet *sheet, enum scene_layer layer, enum estate_change change,
	bool dark, double x, double y, double size)
{
	scene_symbol(sheet->scene, layer, dark ? THEME_CHANGE_ON_DARK : THEME_CHANGE,
		theme_symbol_find(symbols[change]), x, y, size);
	sheet->marks.change[change] = true;
}

/* On a plate of its own, so that it shows on every ground; not where the cell is too small. */
static void mark_on_plate(struct sheet *sheet, uint32_t asset, enum estate_change change,
	double x, double y, double size)
{
	scene_rect(sheet->scene, SCENE_CHANGE, THEME_CHANGE_PLATE, x, y, size, size)->asset =
		asset;
	mark_change_symbol(
		sheet, SCENE_CHANGE, change, false, x + size * 0.1, y + size * 0.1, size * 0.8);
}

void mark_change(struct sheet *sheet, uint32_t asset, enum estate_change change,
	enum change_place place, const struct sheet_box *cell)
{
	const struct estate *estate = sheet->model->estate;
	bool dark = model_tier(estate, &estate->assets[asset]) >= 4;
	double side = fmin(cell->w, cell->h);

	if (change == CHANGE_NONE)
		return;
	if (place == CHANGE_CORNER && change != CHANGE_GONE)
		mark_on_plate(sheet, asset, change, cell->x, cell->y, side * 0.36);
	else if (place == CHANGE_LOWER_LEFT && change != CHANGE_GONE)
		mark_change_symbol(sheet, SCENE_CHANGE, change, dark, cell->x + side * 0.03,
			cell->y + cell->h - side * 0.48, side * 0.45);
	else
		mark_change_symbol(sheet, SCENE_CHANGE, change, dark,
			cell->x + (cell->w - side * 0.6) / 2,
			cell->y + (cell->h - side * 0.6) / 2, side * 0.6);
}

void mark_gone(struct sheet *sheet, uint32_t asset, const struct sheet_box *cell)
{
	struct scene_item *item = scene_rect(sheet->scene, SCENE_ASSETS, THEME_CELL_GONE,
		cell->x, cell->y, cell->w, cell->h);

	item->asset = asset;
	item->title = arena_printf(sheet->model->arena,
		sheet->chinese ? "%.400s：已消失" : "%.400s: gone",
		model_asset_name(sheet->model, asset));
}

double mark_system_change(
	struct sheet *sheet, const struct estate_system *system, double x, double y, double h)
{
	if (!sheet->model->estate->other_us || system->change == CHANGE_NONE)
		return 0;
	mark_change_symbol(sheet, SCENE_CHANGE, (enum estate_change)system->change, false, x,
		y + h * 0.1, h * 0.8);
	return h * 0.8 + 1;
}

double change_counts_width(const struct change_counts *counts, double h)
{
	double w = 0;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		char text[16];

		if (counts->n[order[i]] == 0)
			continue;
		snprintf(text, sizeof(text), "%u", counts->n[order[i]]);
		w += h * 0.8 + 0.4 +
		     measure_text_mm(text, fmax(h / MM_PER_PT * 0.8, SCENE_TEXT_MIN_PT), true) +
		     1;
	}
	return w;
}

double mark_change_counts(
	struct sheet *sheet, const struct change_counts *counts, double x, double y, double h)
{
	double w = change_counts_width(counts, h),
	       pt = fmax(h / MM_PER_PT * 0.8, SCENE_TEXT_MIN_PT);

	if (!sheet->model->estate->other_us)
		return 0;
	x -= w;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		const char *text = arena_printf(sheet->model->arena, "%u", counts->n[order[i]]);

		if (counts->n[order[i]] == 0 || !text)
			continue;
		mark_change_symbol(
			sheet, SCENE_CHANGE, order[i], false, x, y + h * 0.1, h * 0.8);
		x += h * 0.8 + 0.4;
		scene_text(sheet->scene, SCENE_CHANGE, THEME_TEXT, x, y + h * 0.82, pt,
			SCENE_START, true, text);
		x += measure_text_mm(text, pt, true) + 1;
	}
	return w;
}

const char *change_counts_text(const struct sheet *sheet, const struct change_counts *counts)
{
	const char *text = arena_printf(sheet->model->arena,
		sheet->chinese ? "新增 %u，变更 %u，消失 %u" : "%u new, %u changed, %u gone",
		counts->n[CHANGE_NEW], counts->n[CHANGE_CHANGED], counts->n[CHANGE_GONE]);

	return text ? text : "";
}
