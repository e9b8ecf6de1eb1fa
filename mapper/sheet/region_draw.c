/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the region sheet: the grid of tiles, or cards on the user's shapes. A tile says the
 * name, how many systems, how many on the CII list and exposed, their tiers as a bar, and its
 * sectors in rows.
 */
#include "mapper/sheet/region.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <math.h>

#define MM_PER_PT (25.4 / 72.0)
#define PAD 3.0
#define HEAD_H 5.4
#define COUNTS_H 4.6
#define BAR_H 3.4
#define SECTOR_H 3.5

double region_tile_height(const struct region_tile *tile, uint32_t sectors, double k)
{
	uint32_t rows = tile->n_sectors < sectors ? tile->n_sectors : sectors;

	if (tile->n_systems == 0)
		return HEAD_H * k;
	return (HEAD_H + COUNTS_H + BAR_H + rows * SECTOR_H +
		       (tile->n_parts > 0 ? SECTOR_H : 0) + 1) *
	       k;
}

static void draw_counts(
	struct sheet *sheet, const struct region_tile *tile, double x, double y, double w)
{
	double k = sheet->k, right = x + w, h = 3.4 * k, pt = 6.6 * k;
	struct arena *arena = sheet->model->arena;
	const char *n = estate_text(arena_printf(arena, "%u", tile->n_systems));
	const char *cii = words_cii(sheet->model, tile->n_cii);
	const char *exposed = estate_text(arena_printf(arena, "%u", tile->n_exposed));
	double used = mark_text(
		sheet, SCENE_LABELS, THEME_TEXT, x, y, 9 * k, SCENE_START, true, n, w * 0.4);

	if (tile->n_cii > 0 && sheet_shows(sheet, MAP_OVERLAY_CII) &&
		mark_badge_width(h, cii) < w - used - k)
		right -= mark_badge(sheet, SCENE_CII, THEME_CII_BADGE, right, y - h * 0.82, h,
				 cii) +
			 k;
	if (tile->n_exposed > 0 && sheet_shows(sheet, MAP_OVERLAY_EXPOSURE)) {
		double text = measure_text_mm(exposed, pt, true);

		if (right - text - 0.6 * k - h > x + used + k) {
			mark_text(sheet, SCENE_EXPOSURE, THEME_TEXT, right, y, pt, SCENE_END,
				true, exposed, text + 0.1);
			mark_exposure(sheet, SCENE_NO_ASSET, right - text - 0.6 * k - h * 0.9,
				y - h * 0.78, h * 0.9);
			right -= text + h + 1.6 * k;
		}
	}
	/* The word only where all of it has room. */
	if (measure_text_mm(sheet_say(sheet, "systems", "系统"), 5.6 * k, false) <
		right - x - used - 2 * k)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + used + k, y, 5.6 * k,
			SCENE_START, false, sheet_say(sheet, "systems", "系统"),
			right - x - used - k);
}

/* The tiers of the systems, the highest first. */
static void draw_tiers(
	struct sheet *sheet, const struct region_tile *tile, double x, double y, double w)
{
	double k = sheet->k;

	for (int tier = 5; tier >= 0; tier--) {
		struct scene_item *item;
		double part = w * tile->tiers[tier] / tile->n_systems;

		if (tile->tiers[tier] == 0)
			continue;
		item = scene_rect(sheet->scene, SCENE_ASSETS, mark_cell_style((uint8_t)tier), x,
			y, part, 2.2 * k);
		item->title = arena_printf(sheet->model->arena,
			sheet->chinese ? "等级 %d：%u" : "tier %d: %u", tier, tile->tiers[tier]);
		sheet->marks.tier[tier] = true;
		x += part;
	}
}

static void draw_count_row(struct sheet *sheet, const char *name, uint32_t n, uint32_t n_cii,
	double x, double y, double w)
{
	double k = sheet->k, pt = 5.6 * k;
	const char *count = estate_text(arena_printf(sheet->model->arena, "%u", n));
	double used = mark_text(sheet, SCENE_LABELS, n_cii > 0 ? THEME_TEXT_CII : THEME_TEXT,
		x + w, y, pt, SCENE_END, n_cii > 0, count, w * 0.3);

	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, y, pt, SCENE_START, false, name,
		w - used - k);
}

static double draw_sectors(struct sheet *sheet, const struct region_tile *tile, double x,
	double y, double w, uint32_t room)
{
	double k = sheet->k;
	uint32_t shown = tile->n_sectors <= room ? tile->n_sectors : room > 0 ? room - 1 : 0;
	uint32_t rest = 0, cii = 0;

	for (uint32_t i = 0; i < tile->n_sectors; i++) {
		const struct region_count *s = &tile->sectors[i];

		if (i < shown)
			draw_count_row(sheet,
				s->name[0] ? s->name
					   : sheet_say(sheet, "Sector not stated", "未填行业"),
				s->n, s->n_cii, x, y += SECTOR_H * k, w);
		else {
			rest += s->n;
			cii += s->n_cii;
		}
	}
	if (room > 0 && rest > 0)
		draw_count_row(sheet,
			words_more(sheet->model, tile->n_sectors - shown),
			rest, cii, x, y += SECTOR_H * k, w);
	return y;
}

/* "330100 3 · 330200 1 +2": prefectures as far as there is room. */
static void draw_parts(
	struct sheet *sheet, const struct region_tile *tile, double x, double y, double w)
{
	double pt = fmax(5.2 * sheet->k, SCENE_TEXT_MIN_PT);
	const char *text = "";

	for (uint32_t i = 0; i < tile->n_parts; i++) {
		const char *longer = estate_text(arena_printf(sheet->model->arena, "%s%s%s: %u",
			text, i > 0 ? " \xc2\xb7 " : "", tile->parts[i].name,
			tile->parts[i].n));
		const char *whole = i + 1 < tile->n_parts
					    ? estate_text(arena_printf(sheet->model->arena,
						      "%s +%u", longer, tile->n_parts - i - 1))
					    : longer;

		if (measure_text_mm(whole, pt, false) > w) {
			text = estate_text(arena_printf(
				sheet->model->arena, "%s +%u", text, tile->n_parts - i));
			break;
		}
		text = longer;
	}
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x, y, pt, SCENE_START, false, text, w);
}

void region_draw_tile(struct region *r, struct sheet *sheet, const struct region_tile *tile,
	const struct sheet_box *box)
{
	bool empty = tile->n_systems == 0;
	double k = sheet->k, x = box->x + 1.6 * k, w = box->w - 3.2 * k, y = box->y, left, pt;
	double code = tile->code[0] ? measure_text_mm(tile->code, 5.4 * k, false) : 0;
	struct scene_item *item = scene_rect(sheet->scene, SCENE_REGIONS,
		empty ? THEME_TILE_EMPTY : THEME_TILE, box->x, box->y, box->w, box->h);

	item->rect.radius = k;
	item->title = arena_printf(sheet->model->arena,
		sheet->chinese ? "%.200s：系统 %u，关基 %u，暴露 %u"
			       : "%.200s: %u systems, %u CII, %u exposed",
		tile->label, tile->n_systems, tile->n_cii, tile->n_exposed);
	if (empty)
		sheet_explain(sheet, THEME_TILE_EMPTY, false, "Division without systems",
			"无系统的区划");
	else
		sheet_explain(sheet, THEME_TILE, false, "Division; systems", "区划及系统数");
	if (tile->n_cii > 0 && sheet_shows(sheet, MAP_OVERLAY_CII)) {
		scene_rect(sheet->scene, SCENE_CII, THEME_CII_OUTLINE, box->x, box->y, box->w,
			box->h)
			->rect.radius = k;
		sheet_explain(sheet, THEME_CII_OUTLINE, false, "Has CII systems",
			"含关键信息基础设施");
	}
	pt = 8 * k;
	while (pt * 0.95 > 6 && measure_text_mm(tile->label, pt, !empty) > w - code - 2 * k)
		pt *= 0.95;
	mark_text(sheet, SCENE_LABELS, empty ? THEME_TEXT_QUIET : THEME_TEXT, x, y + 4.2 * k,
		pt, SCENE_START, !empty, tile->label, w - code - k);
	if (code > 0)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + w, y + 4.2 * k, 5.4 * k,
			SCENE_END, false, tile->code, code + 0.1);
	if (empty)
		return;
	y += (HEAD_H + COUNTS_H) * k;
	draw_counts(sheet, tile, x, y - 1.1 * k, w);
	draw_tiers(sheet, tile, x, y, w);
	y += BAR_H * k - 0.6 * k;
	left = box->y + box->h - y - k - (tile->n_parts > 0 ? SECTOR_H * k : 0);
	r->n_silent += left < SECTOR_H * k && tile->n_sectors > 0;
	y = draw_sectors(sheet, tile, x, y, w, (uint32_t)fmax(left / (SECTOR_H * k), 0));
	if (tile->n_parts > 0 && y + SECTOR_H * k < box->y + box->h)
		draw_parts(sheet, tile, x, y + SECTOR_H * k, w);
}

void region_draw(struct region *r, struct sheet *sheet)
{
	double k = sheet->k, pad = PAD * k, gap = 2 * k;
	uint32_t others = r->n_tiles - r->n_grid;
	int columns = r->columns > 0 ? r->columns : 1;
	int rows = r->rows + (int)((others + (uint32_t)columns - 1) / (uint32_t)columns);
	struct sheet_box area = {sheet->map.x + pad, sheet->map.y + pad, sheet->map.w - 2 * pad,
		sheet->map.h - 2 * pad};
	double w = (area.w + gap) / columns - gap, h = (area.h + gap) / rows - gap;

	w = fmin(w, 90 * k);
	h = fmin(h, 62 * k);
	for (uint32_t i = 0; i < r->n_tiles; i++) {
		const struct region_tile *tile = &r->tiles[i];
		bool hidden = r->request->base && tile->n_systems == 0;
		int column = i < r->n_grid ? tile->column : (int)(i - r->n_grid) % columns;
		int row = i < r->n_grid ? tile->row : r->rows + (int)(i - r->n_grid) / columns;
		struct sheet_box box = {
			area.x + column * (w + gap), area.y + row * (h + gap), w, h};

		r->n_hidden += hidden;
		if (!hidden)
			region_draw_tile(r, sheet, tile, &box);
	}
}

static void note_all(const struct region *r, struct sheet *sheet)
{
	if (r->mode == REGION_PROVINCES)
		sheet_note(sheet,
			"Schematic: the position of a tile is only roughly geographic, "
			"its size says nothing.",
			"示意图：图块位置仅大致对应地理方位，大小无意义。");
	else if (r->mode == REGION_PREFECTURES)
		sheet_note(sheet, "Schematic: prefectures in order of their code.",
			"示意图：各地级区划按代码排列。");
	else
		sheet_note(sheet,
			"Outlines are the user's own file, simplified to what print shows; "
			"a card may stand beside its place.",
			"轮廓来自用户文件并经简化；标签可能偏离其位置。");
	if (r->request->base)
		sheet_note(sheet,
			"The base map is the user's own file, in muted ink, without its texts.",
			"底图来自用户文件，以浅色绘制，不含其文字。");
	sheet_note(sheet,
		"A system counts where its organisation is; numbers in red include CII "
		"systems.",
		"系统按其单位所在区划统计；红色数字含关键信息基础设施。");
	if (r->n_folded > 0)
		sheet_note(sheet, "Other divisions, folded into one tile: %u.",
			"并入一个图块的其他区划：%u 个。", r->n_folded);
	if (r->n_hidden > 0)
		sheet_note(sheet, "Divisions without systems, not drawn over the base map: %u.",
			"无系统的区划未绘于底图上：%u 个。", r->n_hidden);
	if (r->n_lost > 0)
		sheet_note(sheet, "Systems whose division is in no shape of the file: %u.",
			"区划不在文件图形中的系统：%u 个。", r->n_lost);
	if (r->n_silent > 0)
		sheet_note(sheet, "Divisions whose sectors have no room on this paper: %u.",
			"因图幅过小未列行业的区划：%u 个。", r->n_silent);
	if (r->n_unplaced > 0)
		sheet_note(sheet, "Divisions with systems whose card has no room: %u.",
			"因空间不足未绘标签的区划：%u 个。", r->n_unplaced);
}

/* Up to how many sectors the fullest tile has, a larger paper gives them room. */
static enum sheet_paper pick(const struct region *r, const struct sheet_request *request)
{
	enum sheet_paper paper, end;
	uint32_t most = 0;

	sheet_papers(request, &paper, &end);
	if (request->paper)
		return paper;

	for (uint32_t i = 0; i < r->n_tiles; i++)
		most = r->tiles[i].n_sectors > most ? r->tiles[i].n_sectors : most;
	if (r->mode == REGION_SHAPES)
		return r->n_tiles <= 12 ? SHEET_A3 : r->n_tiles <= 40 ? SHEET_A2 : SHEET_A1;
	return most <= 4 && r->n_grid <= 36 ? SHEET_A3 : SHEET_A2;
}

/* The law of who prints a map, and what would lie in the wrong place. */
static int check_ground(const struct sheet_request *request, struct error *reterr)
{
	const struct geography *g = request->geography;
	const struct map_bounds *at = &request->base_bounds;

	if (!request->base)
		return 0;
	if (!request->map_number || !request->map_number[0])
		return error_set(reterr, ERROR_USAGE,
			"a base map is printed with its review number only: give that too");
	if (!g)
		return 0;
	if (!(at->east > at->west && at->north > at->south))
		return error_set(reterr, ERROR_USAGE,
			"shapes over a base map need the degrees at its edges: west, south, "
			"east, north");
	if (g->west < at->west || g->east > at->east || g->south < at->south ||
		g->north > at->north)
		return error_set(reterr, ERROR_INPUT,
			"the shapes reach from %.4f,%.4f to %.4f,%.4f degrees, past the base "
			"map's edges at %.4f,%.4f and %.4f,%.4f: leave out what is not on it",
			g->west, g->south, g->east, g->north, at->west, at->south, at->east,
			at->north);
	return 0;
}

int sheet_region(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	struct region *r;
	struct sheet sheet;
	int checked = check_ground(request, reterr);

	if (checked < 0)
		return checked;
	if (region_make(model, request, &r) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the region sheet: no memory");
	sheet_begin(&sheet, model, request, pick(r, request), "region", request->title,
		sheet_request_say(request, model->arena,
			"Systems by administrative division and sector",
			"系统的行政区划与行业分布"));
	if (!sheet.scene)
		return scene_check(NULL, reterr);
	sheet.located = r->mode == REGION_SHAPES;
	if (sheet.located || request->base)
		sheet.map_number = request->map_number;
	if (request->base)
		region_draw_base(&sheet);
	if (sheet.located)
		region_draw_shapes(r, &sheet);
	else
		region_draw(r, &sheet);
	note_all(r, &sheet);
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
