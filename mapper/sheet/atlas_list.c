/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists of the atlas: contents, the index of assets by name, the index of services by
 * protocol and product. A line leads to its page. Plans nothing; see atlas.c.
 */
#include "mapper/sheet/atlas.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/change.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdio.h>

#define PAD 3.0
#define HEAD_H 6.5
#define ROW_H 5.2
#define CHANGE_ROW_H 4.8
#define INDEX_ROW_H 3.9
#define INDEX_W 64.0
#define COLUMN_LEAST 15 /* rows, before there is another */
#define INDEX_PT 6.0
#define SERVICE_ROW_H 4.6
#define SERVICE_COLUMNS 2
#define SERVICE_LINES 3 /* of page numbers */
#define LINE_NUMBERS 64

struct table {
	struct sheet_box box; /* inside the frame */
	double k;
	uint32_t rows;
};

/* Rows of one height below the heads of columns. */
static struct table table_of(const struct atlas *a, double row_h, double head)
{
	struct table t = {.box = sheet_page_area(&a->request, a->paper)};

	t.k = fmax(t.box.w / 404, 0.86);
	t.box.x += PAD;
	t.box.w -= 2 * PAD;
	t.box.y += PAD * 0.7;
	t.box.h -= PAD * 1.4;
	t.rows = (uint32_t)fmax(floor((t.box.h - head * t.k) / (row_h * t.k)), 1);
	return t;
}

static void put(struct sheet *sheet, double x, double y, double pt, enum scene_anchor anchor,
	bool bold, const char *text, double width)
{
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, y, pt, anchor, bold, text ? text : "",
		width);
}

static const char *number(const struct sheet *sheet, uint32_t n)
{
	return arena_printf(sheet->model->arena, "%u", n);
}

/* ---- contents ---- */

/* One line each: what changed, zones, systems, what has none, the two indexes, the legend. */
uint32_t atlas_n_contents(const struct atlas *a)
{
	return (a->n_changed > 0) + a->model->estate->n_zones + a->model->estate->n_systems + 4;
}

struct line {
	const char *name, *organisation, *sector, *number;
	uint32_t page, assets, exposed;
	uint8_t tier;
	bool counted;
};

static void count_assets(const struct atlas *a, uint32_t system, struct line *line)
{
	const struct estate *e = a->model->estate;
	uint32_t page = a->page_of_system[system];

	line->page = page;
	for (; page < a->n_pages && a->pages[page].kind == ATLAS_SYSTEM &&
		page < line->page + a->pages[line->page].parts;
		page++)
		for (uint32_t i = 0; i < a->pages[page].n; i++)
			line->exposed +=
				e->assets[a->cells[a->pages[page].first + i].asset].exposed !=
				0;
	for (uint32_t p = line->page; p < page; p++)
		line->assets += a->pages[p].n;
}

static struct line line_of(const struct atlas *a, const struct sheet *sheet, uint32_t i)
{
	const struct estate *e = a->model->estate;
	struct line l = {"", "", "", "", MODEL_NONE, 0, 0, 0, false};

	if (a->n_changed > 0 && i-- == 0) {
		l.name = sheet_say(sheet, "Changes", "变更");
		l.page = a->first_changes;
		l.assets = a->n_changed;
		l.counted = true;
		return l;
	}
	if (i < e->n_zones) {
		l.name = estate_text(e->zones[i].name)[0] ? e->zones[i].name
							  : estate_text(e->zones[i].id);
		l.sector = sheet_say(sheet, "zone", "安全区域");
		l.page = a->zone_page[i];
		l.assets = a->zone_first[i + 1] - a->zone_first[i];
		for (uint32_t c = a->zone_first[i]; c < a->zone_first[i + 1]; c++)
			l.exposed += e->assets[a->cells[a->by_zone[c]].asset].exposed != 0;
		l.counted = true;
		return l;
	}
	i -= e->n_zones;
	if (i <= e->n_systems) {
		i = i < e->n_systems ? a->by_page[i] : i;
		count_assets(a, i, &l);
		l.counted = true;
		l.name = sheet_say(sheet, "Not assigned to a system", "未归属系统");
		if (i == e->n_systems)
			return l;
		l.name = model_system_name(&e->systems[i]);
		l.organisation = e->systems[i].organisation;
		l.sector = e->systems[i].sector;
		l.tier = e->systems[i].tier <= 5 ? e->systems[i].tier : 0;
		if (e->systems[i].designated)
			l.number =
				words_designation(sheet->model, &e->systems[i], 6.4 * 0.86, 40);
		return l;
	}
	i -= e->n_systems + 1;
	l.name = i == 0	  ? sheet_say(sheet, "Index of assets", "资产索引")
		 : i == 1 ? sheet_say(sheet, "Index of services", "服务索引")
			  : sheet_say(sheet, "Legend", "图例");
	l.page = i == 0 && a->n_cells > 0      ? a->first_index
		 : i == 1 && a->n_services > 0 ? a->first_services
		 : i == 2		       ? a->n_pages - 1
					       : MODEL_NONE;
	return l;
}

/* Where columns begin, as parts of the width; those of numbers end there. */
enum {
	AT_NAME,
	AT_TIER,
	AT_CII,
	AT_ORGANISATION,
	AT_SECTOR,
	AT_ASSETS,
	AT_EXPOSED,
	AT_PAGE,
	AT_N
};
static const double at[AT_N] = {0.005, 0.30, 0.34, 0.48, 0.68, 0.86, 0.93, 0.995};

static void draw_line(const struct atlas *a, struct sheet *sheet, const struct table *t,
	const struct line *l, double y, bool band)
{
	double w = t->box.w, x = t->box.x, k = t->k, pt = 7.4 * k, base = y + 3.7 * k;
	double side = 3.6 * k;

	if (band)
		scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET_HEAD, x, y, w, ROW_H * k);
	put(sheet, x + at[AT_NAME] * w, base, pt, SCENE_START, true, l->name,
		(at[AT_TIER] - at[AT_NAME]) * w - 2 * k);
	if (l->tier) {
		scene_rect(sheet->scene, SCENE_ASSETS, mark_cell_style(l->tier),
			x + at[AT_TIER] * w, y + 0.8 * k, side, side);
		sheet->marks.tier[l->tier] = true;
		put(sheet, x + at[AT_TIER] * w + side + 1.2 * k, base, pt, SCENE_START, false,
			number(sheet, l->tier), 4 * k);
	}
	if (l->number[0])
		mark_badge(sheet, SCENE_CII, THEME_CII_BADGE,
			x + at[AT_CII] * w + mark_badge_width(4 * k, l->number), y + 0.6 * k,
			4 * k, l->number);
	put(sheet, x + at[AT_ORGANISATION] * w, base, pt, SCENE_START, false, l->organisation,
		(at[AT_SECTOR] - at[AT_ORGANISATION]) * w - 2 * k);
	put(sheet, x + at[AT_SECTOR] * w, base, pt, SCENE_START, false, l->sector,
		(at[AT_ASSETS] - at[AT_SECTOR]) * w - 14 * k);
	if (l->counted)
		put(sheet, x + at[AT_ASSETS] * w, base, pt, SCENE_END, false,
			number(sheet, l->assets), 14 * k);
	if (l->exposed) {
		put(sheet, x + at[AT_EXPOSED] * w, base, pt, SCENE_END, false,
			number(sheet, l->exposed), 12 * k);
		mark_exposure(sheet, SCENE_NO_ASSET, x + at[AT_EXPOSED] * w + 1 * k, y + 1 * k,
			3.2 * k);
	}
	if (l->page < a->n_pages) {
		put(sheet, x + at[AT_PAGE] * w, base, pt, SCENE_END, true,
			a->names[l->page] + 1, 14 * k);
		atlas_link(a, sheet, l->page, x, y, w, ROW_H * k);
	}
}

struct column {
	double at; /* as a part of the width */
	enum scene_anchor anchor;
	const char *english, *chinese;
};

static void draw_heads(
	struct sheet *sheet, const struct table *t, const struct column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET,
			t->box.x + columns[i].at * t->box.w, t->box.y + 4 * t->k, 6.5 * t->k,
			columns[i].anchor, true,
			sheet_say(sheet, columns[i].english, columns[i].chinese), 30 * t->k);
}

uint32_t atlas_fill_contents(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	const struct column columns[] = {{at[AT_NAME], SCENE_START, "System", "系统"},
		{at[AT_TIER], SCENE_START, "Tier", "等级"},
		{at[AT_CII], SCENE_START, "CII", "关基"},
		{at[AT_ORGANISATION], SCENE_START, "Organisation", "单位"},
		{at[AT_SECTOR], SCENE_START, "Sector", "行业"},
		{at[AT_ASSETS], SCENE_END, "Assets", "资产"},
		{at[AT_EXPOSED], SCENE_END, "Exposed", "暴露"},
		{at[AT_PAGE], SCENE_END, "Page", "页"}};
	struct table t = table_of(a, ROW_H, HEAD_H);
	uint32_t n = page->n < t.rows ? page->n : t.rows;

	if (!sheet)
		return n;
	draw_heads(sheet, &t, columns, ARRAY_SIZE(columns));
	for (uint32_t i = 0; i < n; i++) {
		struct line l = line_of(a, sheet, page->first + i);

		draw_line(a, sheet, &t, &l, t.box.y + (HEAD_H + i * ROW_H) * t.k, i % 2 == 0);
	}
	return n;
}

/* ---- changes ---- */

/* Parts of the width: mark, name, system, what changed, page. */
#define CHANGE_NAME 0.018
#define CHANGE_SYSTEM 0.22
#define CHANGE_WHAT 0.42
#define CHANGE_PAGE 0.04

static void draw_changed(const struct atlas *a, struct sheet *sheet, const struct table *t,
	const struct district_cell *cell, double y, bool band)
{
	const struct estate *e = a->model->estate;
	enum estate_change change = (enum estate_change)e->assets[cell->asset].change;
	double w = t->box.w, x = t->box.x, k = t->k, pt = 6.6 * k, base = y + 3.4 * k;
	double room = w * (1 - CHANGE_WHAT - CHANGE_PAGE);
	uint32_t page = a->page_of_asset[cell->asset];
	const char *text = change_text(sheet, cell->asset, pt, false, room);

	if (band)
		scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET_HEAD, x, y, w,
			CHANGE_ROW_H * k);
	mark_change_symbol(sheet, SCENE_CHANGE, change, false, x + 1 * k, y + 0.9 * k, 3 * k);
	put(sheet, x + CHANGE_NAME * w, base, pt, SCENE_START, true,
		model_asset_name(sheet->model, cell->asset),
		(CHANGE_SYSTEM - CHANGE_NAME) * w - 2 * k);
	put(sheet, x + CHANGE_SYSTEM * w, base, pt, SCENE_START, false,
		cell->system == MODEL_NONE
			? sheet_say(sheet, "Not assigned to a system", "未归属系统")
			: model_system_name(&e->systems[cell->system]),
		(CHANGE_WHAT - CHANGE_SYSTEM) * w - 2 * k);
	if (change == CHANGE_NEW)
		text = sheet_say(sheet, "new", "新增");
	else if (change == CHANGE_GONE)
		text = sheet_say(sheet, "gone", "消失");
	else if (!text[0]) /* the first alone is too long: its beginning */
		text = change_text(sheet, cell->asset, pt, false, INFINITY);
	put(sheet, x + CHANGE_WHAT * w, base, pt, SCENE_START, false, text, room);
	put(sheet, x + w - 1 * k, base, pt, SCENE_END, true, a->names[page] + 1,
		w * CHANGE_PAGE);
	atlas_link(a, sheet, page, x, y, w, CHANGE_ROW_H * k);
}

uint32_t atlas_fill_changes(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	static const struct column columns[] = {{CHANGE_NAME, SCENE_START, "Asset", "资产"},
		{CHANGE_SYSTEM, SCENE_START, "System", "系统"},
		{CHANGE_WHAT, SCENE_START, "What changed", "变更内容"},
		{0.995, SCENE_END, "Page", "页"}};
	struct table t = table_of(a, CHANGE_ROW_H, HEAD_H);
	uint32_t n = page->n < t.rows ? page->n : t.rows;

	if (sheet)
		draw_heads(sheet, &t, columns, ARRAY_SIZE(columns));
	for (uint32_t i = 0; i < n && sheet; i++)
		draw_changed(a, sheet, &t, &a->cells[a->changed[page->first + i]],
			t.box.y + (HEAD_H + i * CHANGE_ROW_H) * t.k, i % 2 == 0);
	return n;
}

/* ---- assets ---- */

static void draw_index_row(const struct atlas *a, struct sheet *sheet, uint32_t asset, double x,
	double y, double w, double k)
{
	struct addr addr = model_address(sheet->model, asset);
	const char *address = words_address(sheet->model, asset, &addr);
	double pt = INDEX_PT * k, page_w = 8 * k, base = y + INDEX_ROW_H * 0.72 * k;
	double room = address[0] ? w * 0.48 : w - page_w;
	bool fits = measure_text_mm(address, pt, false) <= w - w * 0.48 - page_w;

	/* A long address pushes the name. */
	if (!fits && address[0]) {
		double width = measure_text_mm(address, SCENE_TEXT_MIN_PT, false);

		pt = INDEX_PT * k;
		room = fmax(w - page_w - width - 1, w * 0.25);
		put(sheet, x + room + 1, base, SCENE_TEXT_MIN_PT, SCENE_START, false, address,
			w - page_w - room);
	} else {
		put(sheet, x + room + 1, base, pt, SCENE_START, false, address,
			w - page_w - room);
	}
	put(sheet, x, base, pt, SCENE_START, true, model_asset_name(sheet->model, asset),
		room - 0.5);
	put(sheet, x + w, base, pt, SCENE_END, false, a->names[a->page_of_asset[asset]] + 1,
		page_w);
}

uint32_t atlas_fill_assets(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	struct table t = table_of(a, INDEX_ROW_H * page->scale, 0);
	uint32_t columns, n;
	double pitch, h;

	t.k *= page->scale;
	columns = (uint32_t)fmax(floor(t.box.w / (INDEX_W * t.k)), 1);
	n = page->n < t.rows * columns ? page->n : t.rows * columns;
	pitch = t.box.w / columns;
	h = INDEX_ROW_H * t.k;
	/* Columns of the same length. */
	if ((n + columns - 1) / columns < t.rows)
		t.rows = (uint32_t)fmax((n + columns - 1) / columns, COLUMN_LEAST);
	for (uint32_t i = 0; i < n && sheet; i++) {
		uint32_t asset = a->by_name[page->first + i], row = i % t.rows, run = 1;
		double x = t.box.x + i / t.rows * pitch, y = t.box.y + row * h;

		draw_index_row(a, sheet, asset, x, y, pitch - 5 * t.k, t.k);
		/* One link for neighbours that are on one page. */
		if (row > 0 && a->page_of_asset[a->by_name[page->first + i - 1]] ==
				       a->page_of_asset[asset])
			continue;
		while (row + run < t.rows && i + run < n &&
			a->page_of_asset[a->by_name[page->first + i + run]] ==
				a->page_of_asset[asset])
			run++;
		atlas_link(a, sheet, a->page_of_asset[asset], x, y, pitch - 5 * t.k, run * h);
	}
	return n;
}

/* ---- services ---- */

struct numbers {
	uint32_t first, last; /* pages that follow each other */
};

static double width_of(const struct numbers *n, double pt, char text[32])
{
	if (n->first == n->last)
		snprintf(text, 32, "%u", n->first + 1);
	else
		snprintf(text, 32, "%u\xe2\x80\x93%u", n->first + 1, n->last + 1);
	return measure_text_mm(text, pt, false);
}

/* The pages of a service in lines of `width`; returns how many lines there are. */
static uint32_t draw_numbers(const struct atlas *a, const struct atlas_service *s,
	struct sheet *sheet, double x, double y, double width, double k)
{
	double pt = 6.5 * k, gap = 2 * k, at_x = 0, rest = 12 * k;
	uint32_t line = 0, i = 0;
	char text[32];

	while (i < s->n) {
		struct numbers n = {
			a->service_pages[s->first + i], a->service_pages[s->first + i]};
		uint32_t next = i + 1;
		double w;

		while (next < s->n && a->service_pages[s->first + next] == n.last + 1)
			n.last = a->service_pages[s->first + next++];
		w = width_of(&n, pt, text);
		if (at_x > 0 && at_x + w > width - (line + 1 == SERVICE_LINES ? rest : 0)) {
			if (line + 1 == SERVICE_LINES)
				break;
			line++;
			at_x = 0;
		}
		if (sheet)
			scene_text(sheet->scene, SCENE_LABELS, THEME_TEXT, x + at_x,
				y + (line * SERVICE_ROW_H + 3.3) * k, pt, SCENE_START, false,
				text)
				->target = a->names[n.first];
		at_x += w + gap;
		i = next;
	}
	if (i < s->n && sheet)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + at_x,
			y + (line * SERVICE_ROW_H + 3.3) * k, pt, SCENE_START, false,
			arena_printf(sheet->model->arena, "+%u", s->n - i), width - at_x);
	return line + 1;
}

static void draw_service(struct sheet *sheet, const struct atlas_service *s, double x, double y,
	double w, double k)
{
	double pt = 7 * k, base = y + 3.3 * k;
	const char *protocol = s->protocol[0] ? s->protocol : s->product[0] ? "" : "-";
	double used;

	used = mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, base, pt, SCENE_START, true,
		protocol, w * 0.36);
	used = fmax(used + 2 * k, w * 0.3);
	put(sheet, x + used, base, pt, SCENE_START, false, s->product, w * 0.84 - used);
	put(sheet, x + w, base, pt, SCENE_END, false, number(sheet, s->count), w * 0.14);
}

uint32_t atlas_fill_services(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	struct table t = table_of(a, SERVICE_ROW_H, 0);
	double pitch = t.box.w / SERVICE_COLUMNS, w = pitch - 6 * t.k, left = w * 0.52, y = 0;
	uint32_t i = 0, column = 0;

	while (i < page->n && column < SERVICE_COLUMNS) {
		const struct atlas_service *s = &a->services[page->first + i];
		double h = draw_numbers(a, s, NULL, 0, 0, w - left, t.k) * SERVICE_ROW_H * t.k;
		double x = t.box.x + column * pitch;

		if (y > 0 && y + h > t.box.h) {
			column++;
			y = 0;
			continue;
		}
		if (sheet) {
			if (i % 2 == 0)
				scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET_HEAD, x,
					t.box.y + y, w, h);
			draw_service(sheet, s, x + 1 * t.k, t.box.y + y, left - 5 * t.k, t.k);
			draw_numbers(a, s, sheet, x + left, t.box.y + y, w - left, t.k);
		}
		y += h;
		i++;
	}
	return i;
}
