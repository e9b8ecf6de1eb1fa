/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the legend from the marks a sheet has used. Rows keep their pitch while they fit and
 * close up when there are more; a mark that was not drawn on the sheet is never explained.
 */
#include "mapper/sheet/legend.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/change.h"
#include "mapper/sheet/words.h"

#include <math.h>

#define PITCH 6.3
#define PITCH_LEAST 2.5
#define ROWS_MAX 96
#define BADGE_LEAST 2.2
#define TEXT_PT 6.8
#define SAMPLE_W 9.0

/* The terms of the Chinese regulations, UTF-8. */
#define LEGEND_ZH "图例"
#define ROLES_ZH "资产角色"
#define TIER_ZH "等级"
#define CII_ZH "关键信息基础设施"
#define CII_SHORT_ZH "关基"
#define EXPOSURE_ZH "互联网暴露面"
#define CHANGE_ZH "变化"
#define NEW_ZH "新增"
#define CHANGED_ZH "变更"
#define GONE_ZH "消失"
#define GROUND_ZH "网络环境"
#define LINKS_ZH "连接依据"
#define OWNERS_ZH "责任主体"
#define ZONES_ZH "安全区域"
#define FINDINGS_ZH "待整改问题"
#define AGE_ZH "数据时效"

#define OWNERS_TOLD 12 /* organisations in the key; the others are counted */
#define OWN_ZH "本图符号"

enum row_kind {
	ROW_HEADING,
	ROW_SYMBOL, /* two in a line */
	ROW_TIER,
	ROW_CII_ASSET,
	ROW_CII_BADGE,
	ROW_TEXT, /* without a sample */
	ROW_BOX, /* a region in its style */
	ROW_EXPOSURE,
	ROW_CHANGE,
	ROW_LINE,
	ROW_BAR, /* a conduit */
	ROW_CELL,
	ROW_OWNER,
	ROW_OTHER_OWNER,
	ROW_ZONE,
	ROW_CONDUIT,
	ROW_FINDINGS,
	ROW_FINDING_CELL,
	ROW_AGE,
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
	unsigned int most_owners; /* in the key */
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

/* In the language of the sheet; in both languages the headings are enough. */
static const char *row_text(const struct list *list, const char *english, const char *chinese)
{
	return list->sheet->request->language == MAP_CHINESE
		       ? sheet_say(list->sheet, english, chinese)
		       : english;
}

static const char *const tier_texts[][2] = {{"Tier not determined", "等级未确定"},
	{"Protection tier 1", "安全保护第一级"}, {"Protection tier 2", "安全保护第二级"},
	{"Protection tier 3", "安全保护第三级"}, {"Protection tier 4", "安全保护第四级"},
	{"Protection tier 5", "安全保护第五级"}};

static void collect_assets(const struct sheet_marks *marks, struct list *list)
{
	unsigned int symbols = 0, tiers = 0;

	for (unsigned int i = 0; i < theme_n_symbols && i < SHEET_SYMBOLS_MAX; i++)
		if (marks->symbol[i]) {
			if (symbols == 0)
				head(list, "Assets by role", ROLES_ZH);
			add(list, ROW_SYMBOL, i,
				row_text(list, theme_symbols[i].label,
					theme_symbols[i].label_zh),
				symbols++ % 2);
		}
	if (marks->neutral)
		add(list, ROW_CELL, THEME_CELL_NEUTRAL, row_text(list, "An asset", "一项资产"),
			false);
	for (unsigned int i = 0; i < 6; i++)
		if (marks->tier[i]) {
			if (tiers == 0)
				head(list, "Protection tier of the system", TIER_ZH);
			add(list, ROW_TIER, i,
				row_text(list, tier_texts[i][0], tier_texts[i][1]),
				tiers++ % 2);
		}
}

static void collect_alarms(const struct sheet_marks *marks, struct list *list)
{
	if (marks->cii_asset || marks->cii_badge || marks->system_cii)
		head(list, "CII designation", CII_ZH);
	if (marks->system_cii)
		add(list, ROW_BOX, THEME_SYSTEM_CII,
			row_text(list, "System designated as CII", "已认定的关键信息基础设施"),
			false);
	if (marks->cii_badge)
		add(list, ROW_CII_BADGE, 0,
			row_text(list, "CII: number on the list; how many assets inside",
				"关基：清单编号；其内资产数"),
			false);
	if (marks->cii_asset)
		add(list, ROW_CII_ASSET, 0,
			row_text(list, "Asset of a CII system", "关基系统的资产"), false);
	if (marks->exposure)
		head(list, "Internet exposure", EXPOSURE_ZH);
	if (marks->exposure)
		add(list, ROW_EXPOSURE, 0,
			row_text(list, "Has a service exposed to the Internet",
				"有服务暴露于互联网"),
			false);
}

static void collect_changes(const struct sheet_marks *marks, struct list *list)
{
	static const struct {
		enum estate_change change;
		const char *english, *chinese;
	} rows[] = {{CHANGE_NEW, "New, or how many are", NEW_ZH},
		{CHANGE_CHANGED, "Changed, or how many are", CHANGED_ZH},
		{CHANGE_GONE, "Gone, in its old place, or how many are", GONE_ZH}};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!marks->change[rows[i].change])
			continue;
		if (!any)
			head(list, "Change since the other day", CHANGE_ZH);
		any = true;
		add(list, ROW_CHANGE, rows[i].change,
			sheet_say(list->sheet, rows[i].english, rows[i].chinese), false);
	}
}

static void collect_ground(const struct sheet_marks *marks, struct list *list)
{
	static const char *const grades[GRADE_N][2] = {{"Link, measured", "连接：实测"},
		{"Link, claimed by a device", "连接：设备自述"},
		{"Link, attested by a document", "连接：文档证明"},
		{"Link, derived", "连接：推导"}};
	bool lines = marks->tie || marks->link_gone;

	if (marks->internet || marks->router || marks->network || marks->system ||
		marks->region || marks->purdue_zone || marks->band)
		head(list, "Ground", GROUND_ZH);
	if (marks->region)
		add(list, ROW_BOX, THEME_REGION,
			row_text(list, "Sector, or other outermost region",
				"行业，或其他最外层区域"),
			false);
	else if (marks->band)
		add(list, ROW_BOX, THEME_REGION,
			sheet_say(list->sheet, "Purdue level", "普渡模型层级"), false);
	if (marks->purdue_zone)
		add(list, ROW_BOX, THEME_SYSTEM,
			sheet_say(list->sheet, "Zone, around its networks", "区域及其网络"),
			false);
	if (marks->system)
		add(list, ROW_BOX, THEME_SYSTEM,
			row_text(list, "System, around its networks", "系统及其网络"), false);
	if (marks->network)
		add(list, ROW_BOX, THEME_SUBNET, row_text(list, "Network", "网络"), false);
	if (marks->internet)
		add(list, ROW_BOX, THEME_INTERNET,
			row_text(list, "The Internet's side", "互联网侧"), false);
	if (marks->router)
		add(list, ROW_BOX, THEME_ROUTER,
			row_text(
				list, "Joins the networks it is linked to", "连接各网络的设备"),
			false);
	for (int g = 0; g < GRADE_N; g++)
		lines |= marks->link[g];
	if (lines)
		head(list, "Links by evidence", LINKS_ZH);
	for (unsigned int g = 0; g < GRADE_N; g++)
		if (marks->link[g])
			add(list, ROW_LINE, THEME_LINK_MEASURED + g,
				row_text(list, grades[g][0], grades[g][1]), false);
	if (marks->purdue_conduit)
		add(list, ROW_BAR, 0,
			sheet_say(list->sheet, "Conduit, at the border of a zone",
				"区域边界的管道"),
			false);
	if (marks->link_gone)
		add(list, ROW_LINE, THEME_LINK_GONE,
			row_text(list, "Link that is gone", "已消失的连接"), false);
	if (marks->tie)
		add(list, ROW_LINE, THEME_TIE,
			row_text(list, "Same asset in two networks", "同一资产位于两个网络"),
			false);
}

/* How many are not told; of none that is, with one code as it looks. */
static void add_other_owners(
	struct list *list, uint32_t first, unsigned int told, unsigned int n)
{
	const struct sheet *sheet = list->sheet;
	struct arena *arena = sheet->model->arena;
	const char *text;

	if (told == 0)
		text = arena_printf(arena,
			sheet->chinese ? "机构代号，共 %u 个" : "Codes of organisations: %u", n);
	else if (sheet->marks.owner_more)
		text = arena_printf(arena,
			sheet->chinese ? "共 %u 个，此处未全部列出"
				       : "%u in all: not all are told here",
			sheet->model->overlay->n_owners);
	else
		text = arena_printf(
			arena, sheet->chinese ? "另有 %u 个" : "and %u more", n - told);
	add(list, told == 0 ? ROW_OWNER : ROW_TEXT, first, text ? text : "", false);
}

/* The key of the codes, as far as it has room. */
static void collect_owners(const struct sheet *sheet, struct list *list)
{
	const struct sheet_marks *marks = &sheet->marks;
	const struct overlay *overlay = sheet->model->overlay;
	unsigned int told = 0, n = 0;
	uint32_t first = SHEET_OWNERS_MAX;

	for (uint32_t i = 0; i < overlay->n_owners && i < SHEET_OWNERS_MAX; i++) {
		n += marks->owner[i];
		first = marks->owner[i] && first == SHEET_OWNERS_MAX ? i : first;
	}
	if (n > 0 || marks->owner_more || marks->owner_other)
		head(list, "Responsibility", OWNERS_ZH);
	for (uint32_t i = 0; i < overlay->n_owners && i < SHEET_OWNERS_MAX; i++)
		if (marks->owner[i] && told < list->most_owners) {
			add(list, ROW_OWNER, i, overlay->owners[i], false);
			told++;
		}
	if (n > told || marks->owner_more)
		add_other_owners(list, first, told, marks->owner_more ? overlay->n_owners : n);
	if (marks->owner_other)
		add(list, ROW_OTHER_OWNER, 0,
			row_text(list, "Another answers for the asset", "资产责任主体与所在系统不同"),
			false);
}

static void collect_overlays(const struct sheet *sheet, struct list *list)
{
	static const char *const ages[AGE_N] = {"Met within a day", "Within a week",
		"Within a month", "Longer ago", "Never, or not known"};
	static const char *const ages_zh[AGE_N] = {"一日内发现", "一周内", "一月内", "更早",
		"从未发现或不详"};
	const struct sheet_marks *marks = &sheet->marks;
	uint32_t n = 0;

	collect_owners(sheet, list);
	if (marks->zone || marks->conduit)
		head(list, "Security zones", ZONES_ZH);
	if (marks->zone)
		add(list, ROW_ZONE, marks->zone_named,
			row_text(list,
				marks->zone_named ? "Network in a zone: name, levels, part"
						  : "Network in a zone",
				marks->zone_named ? "网络所属区域：名称、层级、防护类别"
						  : "网络属于安全区域"),
			false);
	if (marks->conduit)
		add(list, ROW_CONDUIT, 0,
			row_text(list, "Conduit between zones (IEC 62443-3-2)",
				"区域间管道（IEC 62443-3-2）"),
			false);
	if (marks->finding || marks->finding_cell)
		head(list, "Open findings", FINDINGS_ZH);
	if (marks->finding)
		add(list, ROW_FINDINGS, 0,
			row_text(list, "How many inside, where there is room",
				"其中数量（有空间处）"),
			false);
	if (marks->finding_cell)
		add(list, ROW_FINDING_CELL, 0, row_text(list, "Asset with findings", "存在问题的资产"),
			false);
	for (unsigned int i = 0; i < AGE_N; i++)
		n += marks->age[i];
	if (n > 0)
		head(list, "Age of evidence", AGE_ZH);
	for (unsigned int i = 0; i < AGE_N && n > 0; i++)
		if (marks->age[i] > 0) {
			const char *text = arena_printf(sheet->model->arena, "%s: %u",
				row_text(list, ages[i], ages_zh[i]), marks->age[i]);

			add(list, ROW_AGE, i, text ? text : "", false);
		}
}

/* A sample cell with one mark on it: drawn by the marks themselves, off the layers of the
 * map. */
static void draw_cell_sample(struct sheet *sheet, const struct row *row, double x, double y,
	double side)
{
	struct scene *scene = sheet->scene;
	const struct scene_point corner[] = {
		{x + side * 0.06, y + side * 0.5}, {x + side * 0.5, y + side * 0.06}};

	scene_rect(scene, SCENE_FURNITURE, THEME_FURNITURE, x, y, side, side);
	if (row->kind == ROW_OTHER_OWNER) {
		scene_line(scene, SCENE_FURNITURE, THEME_OWNER_CASING, corner, 2);
		scene_line(scene, SCENE_FURNITURE, THEME_OWNER, corner, 2);
	} else if (row->kind == ROW_FINDING_CELL) {
		scene_rect(scene, SCENE_FURNITURE, THEME_FINDING, x + side * 0.62,
			y + side * 0.62, side * 0.32, side * 0.32);
	} else {
		mark_age_bar(sheet, SCENE_FURNITURE, THEME_AGE, SCENE_NO_ASSET,
			(enum overlay_age)row->value, &(struct sheet_box){x, y, side, side});
	}
}

/* In the middle of the box, and high enough for its text. */
static void draw_badge_sample(struct sheet *sheet, enum theme_style style, const char *text,
	double x, double y, double w, double h)
{
	double own = fmax(h * 0.8, BADGE_LEAST);

	mark_badge(sheet, SCENE_FURNITURE, style, x + (w + mark_badge_width(own, text)) / 2,
		y + (h - own) / 2, own, text);
}

static void draw_overlay_sample(struct sheet *sheet, const struct row *row, double x, double y,
	double w, double h)
{
	struct scene *scene = sheet->scene;
	const struct scene_point line[] = {{x, y + h / 2}, {x + w, y + h / 2}};
	const struct scene_point bar[] = {{x + w / 2, y}, {x + w / 2, y + h}};
	char code[OVERLAY_CODE_MAX];

	switch (row->kind) {
	case ROW_CELL:
		scene_rect(scene, SCENE_FURNITURE, (enum theme_style)row->value,
			x + (w - h) / 2, y, h, h);
		break;
	case ROW_OWNER:
		draw_badge_sample(
			sheet, THEME_OWNER_BADGE, overlay_code(row->value, code), x, y, w, h);
		break;
	case ROW_FINDINGS:
		draw_badge_sample(sheet, THEME_FINDING, "! 3", x, y, w, h);
		break;
	case ROW_ZONE:
		scene_rect(scene, SCENE_FURNITURE, THEME_ZONE, x + w * 0.08, y + h * 0.08,
			w * 0.84, h * 0.84);
		if (row->value)
			scene_rect(scene, SCENE_FURNITURE, THEME_ZONE_BADGE, x + w * 0.2,
				y + h * 0.3, w * 0.4, h * 0.36);
		break;
	case ROW_CONDUIT:
		scene_line(scene, SCENE_FURNITURE, THEME_LINK_END, line, 2)->line.width_mm =
			0.5;
		scene_line(scene, SCENE_FURNITURE, THEME_CONDUIT, bar, 2);
		break;
	default:
		draw_cell_sample(sheet, row, x + (w - h) / 2, y, h);
		break;
	}
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
	case ROW_CHANGE:
		if (row->value == CHANGE_GONE)
			scene_rect(scene, SCENE_FURNITURE, THEME_CELL_GONE, x + (w - h) / 2, y,
				h, h);
		mark_change_symbol(sheet, SCENE_FURNITURE, (enum estate_change)row->value,
			false, x + (w - h * 0.64) / 2, y + h * 0.18, h * 0.64);
		break;
	case ROW_CII_BADGE:
		draw_badge_sample(sheet, THEME_CII_BADGE, sheet->chinese ? CII_SHORT_ZH : "CII",
			x, y, w, h);
		break;
	case ROW_BOX:
		scene_rect(scene, SCENE_FURNITURE, (enum theme_style)row->value, x + w * 0.08,
			y + h * 0.08, w * 0.84, h * 0.84);
		break;
	case ROW_BAR:
		scene_line(scene, SCENE_FURNITURE, THEME_LINK_END, line, 2);
		scene_line(scene, SCENE_FURNITURE, THEME_LINK_END,
			(const struct scene_point[]){{x + w / 2, y}, {x + w / 2, y + h}}, 2)
			->line.width_mm = h * 0.3;
	case ROW_TEXT:
		break;
	case ROW_LINE:
		scene_line(scene, SCENE_FURNITURE, (enum theme_style)row->value, line, 2);
		break;
	default:
		draw_overlay_sample(sheet, row, x, y, w, h);
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
	double pt = fmax(fmin(TEXT_PT * k, pitch * 1.5), SCENE_TEXT_MIN_PT);
	double sample = fmin(SAMPLE_W * k, pitch * 1.5);

	for (size_t i = 0; i < list->n; i++) {
		const struct row *row = &list->rows[i];
		bool pair = row->second || (i + 1 < list->n && list->rows[i + 1].second);
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

/* Two in a line only where each is told whole. */
static void part(const struct sheet *sheet, struct list *list, enum row_kind kind)
{
	double k = sheet->k, half = (sheet->column - 3 * k) / 2;
	bool fit = true;

	for (size_t i = 0; i < list->n; i++)
		if (list->rows[i].kind == kind)
			fit &= measure_text_mm(list->rows[i].text, TEXT_PT * k, false) <=
			       half - SAMPLE_W * k - 2 * k;
	for (size_t i = 0; i < list->n; i++)
		if (list->rows[i].kind == kind)
			list->rows[i].second &= fit;
}

/* All rows; returns how many lines they take. */
static double collect(const struct sheet *sheet, struct list *list)
{
	double rows = 0;

	collect_assets(&sheet->marks, list);
	collect_alarms(&sheet->marks, list);
	collect_changes(&sheet->marks, list);
	collect_overlays(sheet, list);
	collect_ground(&sheet->marks, list);
	collect_own(&sheet->marks, list);
	part(sheet, list, ROW_SYMBOL);
	part(sheet, list, ROW_TIER);
	for (size_t i = 0; i < list->n; i++)
		rows += row_step(&list->rows[i], 1);
	return rows;
}

void legend_draw(struct sheet *sheet, struct sheet_box box)
{
	struct list list = {.most_owners = OWNERS_TOLD + 1};
	double k = sheet->k, rows, pitch, h;

	/* Rather fewer organisations in the key than a legend that is too long. */
	do {
		list = (struct list){.sheet = sheet, .most_owners = list.most_owners - 1};
		rows = collect(sheet, &list);
	} while (rows * PITCH_LEAST * k > box.h - 10 * k && list.most_owners > 0);
	if (list.n == 0)
		return;
	pitch = fmax(fmin(PITCH * k, (box.h - 10 * k) / rows), PITCH_LEAST);
	h = 8 * k + rows * pitch + 2 * k;
	scene_rect(sheet->scene, SCENE_FURNITURE, THEME_FURNITURE, box.x, box.y, box.w, h);
	mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, box.x + 2 * k, box.y + 5.2 * k, 9 * k,
		SCENE_START, true, sheet_say(sheet, "Legend", LEGEND_ZH), box.w - 4 * k);
	draw_rows(sheet, &list, box, pitch);
}
