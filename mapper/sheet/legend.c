/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the legend from the marks a sheet has used. Rows keep their pitch while they fit and
 * close up when there are more; a mark that was not drawn on the sheet is never explained.
 */
#include "mapper/sheet/legend.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <math.h>

#define PITCH 6.3
#define PITCH_LEAST 3.2
#define ROWS_MAX 48

/* The terms of the Chinese regulations, UTF-8. */
#define LEGEND_ZH "图例"
#define ROLES_ZH "资产角色"
#define TIER_ZH "等级"
#define CII_ZH "关键信息基础设施"
#define EXPOSURE_ZH "互联网暴露面"
#define GROUND_ZH "网络环境"
#define LINKS_ZH "连接依据"
#define OWN_ZH "本图符号"

enum row_kind {
	ROW_HEADING,
	ROW_SYMBOL, /* two in a line */
	ROW_TIER,
	ROW_CII_ASSET,
	ROW_CII_BADGE,
	ROW_BOX, /* a region in its style */
	ROW_EXPOSURE,
	ROW_LINE,
};

struct row {
	enum row_kind kind;
	unsigned int value; /* symbol, tier or style */
	const char *text;
	bool second; /* stands right of the row before */
};

struct list {
	const struct sheet *sheet;
	struct row rows[ROWS_MAX];
	size_t n;
};

static void add(struct list *list, enum row_kind kind, unsigned int value, const char *text,
	bool second)
{
	if (list->n < ROWS_MAX)
		list->rows[list->n++] = (struct row){kind, value, text, second};
}

/* A heading in the sheet's language. */
static void head(struct list *list, const char *english, const char *chinese)
{
	add(list, ROW_HEADING, 0, sheet_say(list->sheet, english, chinese), false);
}

static const char *const tier_texts[] = {"Tier not determined", "Protection tier 1",
	"Protection tier 2", "Protection tier 3", "Protection tier 4", "Protection tier 5"};

static void collect_assets(const struct sheet_marks *marks, struct list *list)
{
	unsigned int symbols = 0, tiers = 0;

	for (unsigned int i = 0; i < theme_n_symbols && i < SHEET_SYMBOLS_MAX; i++)
		if (marks->symbol[i]) {
			if (symbols == 0)
				head(list, "Assets by role", ROLES_ZH);
			add(list, ROW_SYMBOL, i, theme_symbols[i].label, symbols++ % 2);
		}
	for (unsigned int i = 0; i < 6; i++)
		if (marks->tier[i]) {
			if (tiers == 0)
				head(list, "Protection tier of the system", TIER_ZH);
			add(list, ROW_TIER, i, tier_texts[i], tiers++ % 2);
		}
}

static void collect_alarms(const struct sheet_marks *marks, struct list *list)
{
	if (marks->cii_asset || marks->cii_badge || marks->system_cii)
		head(list, "CII designation", CII_ZH);
	if (marks->system_cii)
		add(list, ROW_BOX, THEME_SYSTEM_CII, "System designated as CII", false);
	if (marks->cii_badge)
		add(list, ROW_CII_BADGE, 0, "CII: number on the list, or count inside", false);
	if (marks->cii_asset)
		add(list, ROW_CII_ASSET, 0, "Asset of a CII system", false);
	if (marks->exposure)
		head(list, "Internet exposure", EXPOSURE_ZH);
	if (marks->exposure)
		add(list, ROW_EXPOSURE, 0, "Has a service exposed to the Internet", false);
}

static void collect_ground(const struct sheet_marks *marks, struct list *list)
{
	static const char *const grades[GRADE_N] = {"Link, measured",
		"Link, claimed by a device", "Link, attested by a document", "Link, derived"};
	bool lines = marks->tie;

	if (marks->internet || marks->router || marks->network || marks->system ||
		marks->region)
		head(list, "Ground", GROUND_ZH);
	if (marks->region)
		add(list, ROW_BOX, THEME_REGION, "Sector, or other outermost region", false);
	if (marks->system)
		add(list, ROW_BOX, THEME_SYSTEM, "System, around its networks", false);
	if (marks->network)
		add(list, ROW_BOX, THEME_SUBNET, "Network", false);
	if (marks->internet)
		add(list, ROW_BOX, THEME_INTERNET, "The Internet's side", false);
	if (marks->router)
		add(list, ROW_BOX, THEME_ROUTER, "Joins the networks it is linked to", false);
	for (int g = 0; g < GRADE_N; g++)
		lines |= marks->link[g];
	if (lines)
		head(list, "Links by evidence", LINKS_ZH);
	for (unsigned int g = 0; g < GRADE_N; g++)
		if (marks->link[g])
			add(list, ROW_LINE, THEME_LINK_MEASURED + g, grades[g], false);
	if (marks->tie)
		add(list, ROW_LINE, THEME_TIE, "Same asset in two networks", false);
}

static void collect_own(const struct sheet_marks *marks, struct list *list)
{
	if (marks->n_own > 0)
		head(list, "On this sheet", OWN_ZH);
	for (size_t i = 0; i < marks->n_own; i++)
		add(list, marks->own[i].line ? ROW_LINE : ROW_BOX, marks->own[i].style,
			marks->own[i].text, false);
}

/* The sample of a mark, in a box of 9 x h. */
static void draw_sample(
	struct sheet *sheet, const struct row *row, double x, double y, double w, double h)
{
	struct scene *scene = sheet->scene;
	const struct scene_point line[] = {{x, y + h / 2}, {x + w, y + h / 2}};
	struct sheet_marks before = sheet->marks;
	double t;

	switch (row->kind) {
	case ROW_SYMBOL:
		scene_symbol(
			scene, SCENE_FURNITURE, THEME_HOST, row->value, x + (w - h) / 2, y, h);
		break;
	case ROW_EXPOSURE:
		scene_symbol(scene, SCENE_FURNITURE, THEME_EXPOSURE,
			theme_symbol_find("exposure"), x + (w - h) / 2, y, h);
		break;
	case ROW_TIER:
		scene_rect(scene, SCENE_FURNITURE, mark_cell_style((uint8_t)row->value),
			x + (w - h) / 2, y, h, h);
		break;
	case ROW_CII_ASSET:
		t = fmin(h / 5, 0.9);
		scene_rect(scene, SCENE_FURNITURE, THEME_CELL_TIER3, x + (w - h) / 2, y, h, h);
		mark_cii_outline(
			sheet, SCENE_FURNITURE, SCENE_NO_ASSET, x + (w - h) / 2, y, h, h, t);
		break;
	case ROW_CII_BADGE:
		t = mark_badge_width(h * 0.8, "CII");
		mark_badge(sheet, SCENE_FURNITURE, THEME_CII_BADGE, x + (w + t) / 2,
			y + h * 0.1, h * 0.8, "CII");
		break;
	case ROW_BOX:
		scene_rect(scene, SCENE_FURNITURE, (enum theme_style)row->value, x + w * 0.08,
			y + h * 0.08, w * 0.84, h * 0.84);
		break;
	case ROW_LINE:
		scene_line(scene, SCENE_FURNITURE, (enum theme_style)row->value, line, 2);
		break;
	default:
		break;
	}
	sheet->marks = before;
}

static double row_step(const struct row *row, double pitch)
{
	return row->second ? 0 : row->kind == ROW_HEADING ? pitch * 1.15 : pitch;
}

static void draw_rows(
	struct sheet *sheet, const struct list *list, struct sheet_box box, double pitch)
{
	double k = sheet->k, h = pitch * 0.76, half = (box.w - 3 * k) / 2,
	       y = box.y + 8 * k - pitch;
	double pt = fmax(fmin(6.8 * k, pitch * 1.5), SCENE_TEXT_MIN_PT);
	double sample = fmin(9 * k, pitch * 1.5);

	for (size_t i = 0; i < list->n; i++) {
		const struct row *row = &list->rows[i];
		bool pair = row->kind == ROW_SYMBOL || row->kind == ROW_TIER;
		double x = box.x + 2 * k + (row->second ? half : 0);

		y += row_step(row, pitch);
		if (row->kind == ROW_HEADING) {
			mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, x, y + pitch * 0.72, pt,
				SCENE_START, true, row->text, box.w - 4 * k);
			continue;
		}
		draw_sample(sheet, row, x, y + (pitch - h) / 2, sample, h);
		mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, x + sample + 1.5 * k,
			y + pitch / 2 + measure_ascent_mm(pt) * 0.36, pt, SCENE_START, false,
			row->text, (pair ? half : box.w - 3 * k) - sample - 2 * k);
	}
}

void legend_draw(struct sheet *sheet, struct sheet_box box)
{
	struct list list = {.sheet = sheet};
	double k = sheet->k, rows = 0, pitch, h;

	collect_assets(&sheet->marks, &list);
	collect_alarms(&sheet->marks, &list);
	collect_ground(&sheet->marks, &list);
	collect_own(&sheet->marks, &list);
	if (list.n == 0)
		return;
	for (size_t i = 0; i < list.n; i++)
		rows += row_step(&list.rows[i], 1);
	pitch = fmax(fmin(PITCH * k, (box.h - 10 * k) / rows), PITCH_LEAST);
	h = 8 * k + rows * pitch + 2 * k;
	scene_rect(sheet->scene, SCENE_FURNITURE, THEME_FURNITURE, box.x, box.y, box.w, h);
	mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, box.x + 2 * k, box.y + 5.2 * k, 9 * k,
		SCENE_START, true, sheet_say(sheet, "Legend", LEGEND_ZH), box.w - 4 * k);
	draw_rows(sheet, &list, box, pitch);
}
