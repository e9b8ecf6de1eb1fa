/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around the map on every sheet: classification marking at the top and the bottom,
 * title, the frame of the map area, notes and the title block. The legend is legend.c.
 */
#include "mapper/sheet/sheet.h"

#include "mapper/redact.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/change.h"
#include "mapper/sheet/legend.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MARGIN 8.0
#define MARKING_H 6.5
#define TITLE_H 13.0
#define COLUMN_W 78.0
#define COLUMN_GAP 4.0
#define ROW_H 4.7
#define FOOT_H 6.0 /* of a page: the line below its map */
#define LAST_SCALE 1.35 /* of what else stands at the side, on the page that it has alone */
#define LABEL_W 20.0 /* of the title block */
#define LINES_MAX 4
#define DESIGNATED_MAX 6 /* systems named in the title block */
#define CHANGED_ZH "变化"
#define TITLE_MAX 400 /* bytes of text looked at for one line */
#define NOTE_MAX 400

static const struct {
	const char *name;
	double w, h, k, column;
} papers[SHEET_PAPER_ALL] = {
	[SHEET_A4] = {"A4", 297, 210, 0.85, COLUMN_W * 0.85},
	[SHEET_A3] = {"A3", 420, 297, 1.0, COLUMN_W},
	[SHEET_A2] = {"A2", 594, 420, 1.35, COLUMN_W * 1.35},
	[SHEET_A1] = {"A1", 841, 594, 1.8, COLUMN_W * 1.8},
	[SHEET_A0] = {"A0", 1189, 841, 2.4, COLUMN_W * 2.4},
	[SHEET_SLIDE] = {"16:9", 338.67, 190.5, 1.3, 80},
};

void sheet_papers(const struct sheet_request *request, enum sheet_paper *ret_first,
	enum sheet_paper *ret_end)
{
	static const enum sheet_paper asked[MAP_PAPER_N] = {[MAP_PAPER_A4] = SHEET_A4,
		[MAP_PAPER_A3] = SHEET_A3,
		[MAP_PAPER_A2] = SHEET_A2,
		[MAP_PAPER_A1] = SHEET_A1,
		[MAP_PAPER_A0] = SHEET_A0,
		[MAP_PAPER_SLIDE] = SHEET_SLIDE};

	*ret_first = request->paper == MAP_PAPER_AUTO ? SHEET_A3 : asked[request->paper];
	*ret_end = request->paper == MAP_PAPER_AUTO ? SHEET_PAPER_N
						    : (enum sheet_paper)(*ret_first + 1);
}

const char *sheet_paper_name(enum sheet_paper paper)
{
	return papers[paper].name;
}

double sheet_paper_scale(enum sheet_paper paper)
{
	return papers[paper].k;
}

static double marking_h(const struct sheet_request *request, double k)
{
	return request->marking && request->marking[0] ? (MARKING_H + 1.5) * k : 0;
}

struct sheet_box sheet_map_area(const struct sheet_request *request, enum sheet_paper paper)
{
	double k = papers[paper].k, band = marking_h(request, k), m = MARGIN * k;
	double top = m + band + TITLE_H * k;

	return (struct sheet_box){m, top,
		papers[paper].w - 2 * m - papers[paper].column - COLUMN_GAP * k,
		papers[paper].h - m - band - top};
}

struct sheet_box sheet_page_area(const struct sheet_request *request, enum sheet_paper paper)
{
	struct sheet_box box = sheet_map_area(request, paper);
	double k = papers[paper].k;

	box.w += papers[paper].column + COLUMN_GAP * k;
	box.h -= FOOT_H * k;
	return box;
}

static const char *counted(struct sheet *sheet, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static const char *counted(struct sheet *sheet, const char *fmt, ...)
{
	char text[160];
	const char *copy;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	copy = arena_strdup(sheet->model->arena, text);
	return copy ? copy : "";
}

static void draw_marking(struct sheet *sheet)
{
	double k = sheet->k, w = papers[sheet->paper].w, h = MARKING_H * k;
	const double tops[] = {MARGIN * k * 0.6, papers[sheet->paper].h - MARGIN * k * 0.6 - h};

	if (marking_h(sheet->request, k) <= 0)
		return;
	for (int i = 0; i < 2; i++) {
		scene_rect(sheet->scene, SCENE_FURNITURE, THEME_MARKING, MARGIN * k, tops[i],
			w - 2 * MARGIN * k, h);
		mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_ON_DARK, w / 2, tops[i] + h * 0.68,
			10 * k, SCENE_MIDDLE, true, sheet->request->marking,
			w - 2 * MARGIN * k - 4 * k);
	}
}

static void begin(struct sheet *sheet, const struct model *model,
	const struct sheet_request *request, enum sheet_paper paper,
	const struct sheet_box *map, const char *name, const char *title, const char *subtitle)
{
	double k = papers[paper].k, w = papers[paper].w, used, y;

	*sheet = (struct sheet){.model = model,
		.request = request,
		.paper = paper,
		.k = k,
		.column = papers[paper].column,
		.map = *map,
		.chinese = sheet_request_chinese(request)};
	sheet->scene = scene_new(model->arena, name, title, w, papers[paper].h);
	if (!sheet->scene)
		return;
	if (request->note)
		sheet->notes[sheet->n_notes++] = request->note;
	scene_rect(sheet->scene, SCENE_PAPER, THEME_SHEET, 0, 0, w, papers[paper].h);
	draw_marking(sheet);
	if (request->kind)
		subtitle = counted(sheet, "%s \xc2\xb7 %s", request->kind, subtitle);
	if (model->estate->redaction)
		subtitle = counted(sheet, "%s: %s \xc2\xb7 %s",
			sheet_say(sheet, "Redacted", "脱敏"),
			redaction_name(model->estate->redaction), subtitle);
	y = sheet->map.y - 4.6 * k;
	used = mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, sheet->map.x, y, 19 * k,
		SCENE_START, true, title, (w - 2 * MARGIN * k) * 0.66);
	mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, w - MARGIN * k, y, 9 * k, SCENE_END,
		false, subtitle, w - 2 * MARGIN * k - used - 8 * k);
	scene_rect(sheet->scene, SCENE_PAPER, THEME_FURNITURE, sheet->map.x, sheet->map.y,
		sheet->map.w, sheet->map.h);
}

void sheet_begin(struct sheet *sheet, const struct model *model,
	const struct sheet_request *request, enum sheet_paper paper, const char *name,
	const char *title, const char *subtitle)
{
	struct sheet_box map = sheet_map_area(request, paper);

	begin(sheet, model, request, paper, &map, name, title, subtitle);
	if (request->language == MAP_CHINESE && !sheet->chinese)
		sheet_note(sheet, "No font of this machine shows Chinese: labels are English.",
			"本机无中文字体，标注为英文。");
}

void sheet_begin_page(struct sheet *sheet, const struct model *model,
	const struct sheet_request *request, enum sheet_paper paper, const char *name,
	const char *title, const char *subtitle)
{
	struct sheet_box map = sheet_page_area(request, paper);

	begin(sheet, model, request, paper, &map, name, title, subtitle);
}

bool sheet_request_chinese(const struct sheet_request *request)
{
	return request->language == MAP_CHINESE && measure_can_show("中文图");
}

const char *sheet_request_say(const struct sheet_request *request, struct arena *arena,
	const char *english, const char *chinese)
{
	switch (request->language) {
	case MAP_ENGLISH:
		return english;
	case MAP_CHINESE:
		return measure_can_show(chinese) ? chinese : english;
	default:
		return words_both(arena, english, chinese);
	}
}

const char *sheet_say(const struct sheet *sheet, const char *english, const char *chinese)
{
	return sheet_request_say(sheet->request, sheet->model->arena, english, chinese);
}

void sheet_note(struct sheet *sheet, const char *english, const char *chinese, ...)
{
	bool in_chinese = sheet->request->language == MAP_CHINESE && measure_can_show(chinese);
	char text[NOTE_MAX];
	va_list args;

	if (sheet->n_notes >= SHEET_NOTES_MAX) {
		sheet->n_notes = SHEET_NOTES_MAX;
		snprintf(text, sizeof(text),
			in_chinese ? "另有说明 %zu 条，无处列出。"
				   : "Notes for which there is no room: %zu.",
			++sheet->n_more_notes);
	} else {
		va_start(args, chinese);
		vsnprintf(text, sizeof(text), in_chinese ? chinese : english, args);
		va_end(args);
	}
	sheet->notes[sheet->n_notes] = arena_strdup(sheet->model->arena, text);
	sheet->n_notes += sheet->notes[sheet->n_notes] != NULL;
}

void sheet_note_paper(struct sheet *sheet)
{
	if (sheet->paper == SHEET_A0)
		sheet_note(sheet,
			"Folded, also on %s: "
			"an atlas (--type atlas) shows each system on its page.",
			"图幅 %s 仍须折叠：图集（--type atlas）中各系统单独成页。",
			papers[sheet->paper].name);
	else
		sheet_note(sheet,
			"Folded for %s: larger paper shows more, "
			"an atlas (--type atlas) each system on its page.",
			"因图幅 %s 折叠：更大图幅绘出更多，"
			"图集（--type atlas）中各系统单独成页。",
			papers[sheet->paper].name);
}

/* Begins a character that a line may end after. */
#define IS_WIDE(c) ((unsigned char)(c) >= 0xe2)

static size_t character(const char *text)
{
	size_t n = 1;

	while (((unsigned char)text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* What a line does not divide: a word, or a Chinese character with the mark that follows it. */
static size_t unit(const char *text)
{
	static const char *const closing[] = {"，", "。", "；", "：", "、", "）"};
	size_t n = 0;

	if (!IS_WIDE(*text)) {
		while (text[n] && text[n] != ' ' && !IS_WIDE(text[n]))
			n++;
		return n;
	}
	n = character(text);
	for (size_t i = 0; i < ARRAY_SIZE(closing); i++)
		if (strncmp(text + n, closing[i], 3) == 0)
			return n + 3;
	return n;
}

void sheet_explain(struct sheet *sheet, enum theme_style style, bool line, const char *english,
	const char *chinese)
{
	struct sheet_marks *marks = &sheet->marks;

	for (size_t i = 0; i < marks->n_own; i++)
		if (marks->own[i].style == style)
			return;
	if (marks->n_own == SHEET_OWN_MAX)
		return;
	marks->own[marks->n_own].style = style;
	marks->own[marks->n_own].line = line;
	marks->own[marks->n_own++].text = sheet_say(sheet, english, chinese);
}

/* Splits at spaces and between Chinese characters into lines of at most `width`; the last is
 * fitted. Returns their number. */
static size_t wrap(struct sheet *sheet, const char *text, double pt, double width,
	const char *lines[LINES_MAX])
{
	struct arena *arena = sheet->model->arena;
	size_t n = 0;

	while (*text && n < LINES_MAX) {
		const char *end = text, *line;
		size_t taken = 0;

		while (n < LINES_MAX - 1 && *end && (size_t)(end - text) < TITLE_MAX) {
			size_t word = unit(end);

			line = arena_strndup(arena, text, (size_t)(end - text) + word);
			if (!line || measure_text_mm(line, pt, false) > width)
				break;
			taken = (size_t)(end - text) + word;
			end += word;
			end += strspn(end, " ");
		}
		if (n == LINES_MAX - 1 || taken == 0)
			taken = strlen(text);
		line = arena_strndup(arena, text, taken);
		lines[n] = line ? measure_fit(arena, line, pt, false, width) : NULL;
		if (!lines[n])
			return n;
		n++;
		text += taken;
		text += strspn(text, " ");
	}
	return n;
}

struct block_row {
	const char *label, *value;
	const char *lines[LINES_MAX];
	size_t n_lines;
};

#define BLOCK_ROWS 20 /* one more than there are: a row without a value is taken back */

/* Where the sheet says that it tells less than the register knows, and how much less. */
static const char *redaction_text(struct sheet *sheet)
{
	static const struct {
		const char *english, *chinese;
	} texts[REDACTION_N] = {
		[REDACTION_INTERNAL] =
			{"level internal; addresses cut to /24 and /64, names of "
			 "assets replaced, products hidden",
				"脱敏（内部级）：地址截断、资产名称代号、产品隐去"},
		[REDACTION_PARTNER] =
			{"level partner; addresses and products hidden, all names "
			 "replaced",
				"脱敏（合作方级）：地址与产品隐去、名称均为代号"},
		[REDACTION_PUBLIC] = {
			"level public; shape and counts alone, all names replaced",
			"脱敏（公开级）：仅示结构与数量、名称均为代号"}};
	enum estate_redaction level = sheet->model->estate->redaction;

	return sheet_say(sheet, texts[level].english, texts[level].chinese);
}

static size_t add_row(struct block_row *row, struct sheet *sheet, const char *en,
	const char *zh, const char *value)
{
	*row = (struct block_row){sheet_say(sheet, en, zh), value};
	return value && value[0];
}

/* The lines that a value has in the title block. */
static size_t wrap_value(
	struct sheet *sheet, const char *value, const char *lines[LINES_MAX])
{
	return wrap(
		sheet, value, 7 * sheet->k, sheet->column - (LABEL_W + 3) * sheet->k, lines);
}

/* As many systems of the list as have room, and the number of the others. */
static const char *designated_text(struct sheet *sheet)
{
	const char *lines[LINES_MAX], *text;

	for (uint32_t most = DESIGNATED_MAX;; most--) {
		size_t n, last;

		text = words_designated(sheet->model, most);
		n = wrap_value(sheet, text, lines);
		if (most == 1 || n == 0)
			return text;
		/* What is cut ends otherwise. */
		last = strlen(lines[n - 1]);
		if (last <= strlen(text) &&
			strcmp(lines[n - 1], text + strlen(text) - last) == 0)
			return text;
	}
}

/* What is there. */
static size_t count_rows(struct sheet *sheet, struct block_row *rows)
{
	const struct model *m = sheet->model;
	size_t n = 0;

	n += add_row(&rows[n], sheet, "Assets", "资产",
		counted(sheet,
			sheet->chinese ? "%u（网络 %u，系统 %u）" : "%u (networks: %u, systems: %u)",
			m->n_assets, m->n_known_networks, m->n_systems));
	if (sheet->paper != SHEET_SLIDE)
		n += add_row(&rows[n], sheet, "Services", "服务",
			counted(sheet, "%u", m->n_services));
	if (sheet_shows(sheet, MAP_OVERLAY_CII))
		n += add_row(&rows[n], sheet, "CII", "关基",
		counted(sheet, sheet->chinese ? "系统 %u，资产 %u" : "systems: %u, assets: %u",
			m->n_cii_systems, m->n_cii_assets));
	if (m->n_cii_systems > 0 && sheet->paper != SHEET_SLIDE)
		n += add_row(&rows[n], sheet, "CII list", "关基清单", designated_text(sheet));
	if (sheet_shows(sheet, MAP_OVERLAY_EXPOSURE))
		n += add_row(&rows[n], sheet, "Exposed", "暴露",
		counted(sheet, sheet->chinese ? "服务 %u，资产 %u" : "services: %u, assets: %u",
			m->n_exposed_services, m->n_exposed_assets));
	if (sheet_shows(sheet, MAP_OVERLAY_FINDINGS))
		n += add_row(&rows[n], sheet, "Findings", "问题",
			counted(sheet,
				sheet->chinese ? "未结 %u，涉及资产 %u"
					       : "open: %u, assets: %u",
				m->n_findings, m->n_found_assets));
	return n;
}

static const char *number_text(struct sheet *sheet)
{
	return counted(sheet, "%u/%u, %s", sheet->request->number, sheet->request->total,
		papers[sheet->paper].name);
}

static size_t block_rows(struct sheet *sheet, struct block_row rows[BLOCK_ROWS])
{
	const struct model *m = sheet->model;
	const struct sheet_request *request = sheet->request;
	const struct estate *e = m->estate;
	bool slide = sheet->paper == SHEET_SLIDE;
	size_t n = 0;

	if (e->redaction)
		n += add_row(&rows[n], sheet, "Redacted", "脱敏", redaction_text(sheet));
	if (!slide)
		n += add_row(&rows[n], sheet, "Realm", "辖区", e->realm);
	if (request->scope && !slide)
		n += add_row(&rows[n], sheet, "Surveyed", "范围", request->scope);
	n += add_row(&rows[n], sheet, "As of", "数据截止", words_time(m->arena, e->as_of_us));
	if (e->other_us)
		n += add_row(&rows[n], sheet, "Changed", CHANGED_ZH,
			counted(sheet, sheet->chinese ? "自 %s 起：%s" : "since %s: %s assets",
				words_time(m->arena, e->other_us),
				change_counts_text(sheet, &m->changes)));
	if (e->run_id > 0 && !slide)
		n += add_row(&rows[n], sheet, "Source", "数据来源",
			counted(sheet, sheet->chinese ? "资产档案，采集批次 %llu" : "register, run %llu",
				(unsigned long long)e->run_id));
	n += count_rows(sheet, rows + n);
	if (m->domain[0] && !slide)
		n += add_row(&rows[n], sheet, "Names", "名称",
			counted(sheet, sheet->chinese ? "均以 .%s 结尾" : "end in .%s", m->domain));
	n += add_row(&rows[n], sheet, "Map no.", "审图号", sheet->map_number);
	n += add_row(&rows[n], sheet, "Compiled by", "编制", request->compiled_by);
	n += add_row(&rows[n], sheet, "Reviewed by", "审核", request->reviewed_by);
	if (!slide)
		n += add_row(&rows[n], sheet, "Drawn by", "制图", "cadastre " CADASTRE_VERSION);
	n += add_row(&rows[n], sheet, "Sheet", "图幅", number_text(sheet));
	for (size_t i = 0; i < n; i++)
		rows[i].n_lines = wrap_value(sheet, rows[i].value, rows[i].lines);
	return n;
}

/* Grows upwards from `bottom`; returns its upper edge. */
static double draw_block(struct sheet *sheet, double x, double bottom)
{
	struct block_row rows[BLOCK_ROWS];
	size_t n = block_rows(sheet, rows);
	double k = sheet->k, h = 4.6 * k, y;

	for (size_t i = 0; i < n; i++)
		h += ROW_H * k * fmax((double)rows[i].n_lines, 1);
	y = bottom - h - 1.4 * k;
	scene_rect(sheet->scene, SCENE_FURNITURE, THEME_FURNITURE, x, y, sheet->column,
		h + 1.4 * k);
	for (size_t i = 0; i < n; i++) {
		double baseline = y + 3.6 * k;

		mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, x + 2 * k, baseline, 6 * k,
			SCENE_START, false, rows[i].label, (LABEL_W - 1) * k);
		for (size_t l = 0; l < rows[i].n_lines; l++)
			mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, x + (LABEL_W + 2) * k,
				baseline + (double)l * ROW_H * k, 7 * k, SCENE_START, false,
				rows[i].lines[l], sheet->column - (LABEL_W + 2.5) * k);
		y += ROW_H * k * fmax((double)rows[i].n_lines, 1);
	}
	mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, x + 2 * k, bottom - 1.9 * k, 6 * k,
		SCENE_START, false,
		sheet->located
			? sheet->chinese ? "按经纬度直接绘制，仅供示意。"
					 : "Plain longitude and latitude, for orientation only."
		: sheet->chinese ? "图上位置不表示地理位置。"
				 : "Position on the sheet has no geographic meaning.",
		sheet->column - 4 * k);
	return bottom - h - 1.4 * k;
}

/* Above the title block, upwards from `bottom`; returns the upper edge. */
static double draw_notes(struct sheet *sheet, double x, double bottom)
{
	const char *lines[SHEET_NOTES_MAX + 1][LINES_MAX];
	size_t n_lines[SHEET_NOTES_MAX + 1], total = 0;
	double k = sheet->k, y;

	for (size_t i = 0; i < sheet->n_notes; i++) {
		n_lines[i] =
			wrap(sheet, sheet->notes[i], 6.5 * k, sheet->column - 4 * k, lines[i]);
		total += n_lines[i];
	}
	if (total == 0)
		return bottom;
	y = bottom - 3 * k - (double)total * 3.6 * k - 2 * k;
	scene_rect(sheet->scene, SCENE_FURNITURE, THEME_FURNITURE, x, y, sheet->column,
		bottom - 3 * k - y);
	bottom = y;
	for (size_t i = 0; i < sheet->n_notes; i++)
		for (size_t l = 0; l < n_lines[i]; l++, y += 3.6 * k)
			mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, x + 2 * k, y + 3.6 * k,
				6.5 * k, SCENE_START, false, lines[i][l],
				sheet->column - 3 * k);
	return bottom;
}

void sheet_end(struct sheet *sheet)
{
	double x = sheet->map.x + sheet->map.w + COLUMN_GAP * sheet->k;
	double bottom = sheet->map.y + sheet->map.h;

	if (!sheet->scene)
		return;
	bottom = draw_block(sheet, x, bottom);
	bottom = draw_notes(sheet, x, bottom);
	legend_draw(sheet, (struct sheet_box){x, sheet->map.y, sheet->column,
				   bottom - 3 * sheet->k - sheet->map.y});
}

/* Where the page belongs, below its map. */
static void draw_foot(struct sheet *sheet)
{
	const struct estate *e = sheet->model->estate;
	double k = sheet->k, y = sheet->map.y + sheet->map.h + 4.3 * k;
	const char *text = counted(sheet, "%.60s%s%s", e->realm,
		e->realm[0] ? " \xc2\xb7 " : "", sheet->request->title);
	double used;

	used = mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, sheet->map.x + sheet->map.w,
		y, 7 * k, SCENE_END, true, number_text(sheet), sheet->map.w / 4);
	text = counted(sheet, "%s \xc2\xb7 %s %s", text, sheet->chinese ? "数据截止" : "as of",
		words_time(sheet->model->arena, e->as_of_us));
	mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, sheet->map.x, y, 6.5 * k,
		SCENE_START, false, text, sheet->map.w - used - 8 * k);
}

void sheet_end_page(struct sheet *sheet)
{
	if (sheet->scene)
		draw_foot(sheet);
}

void sheet_end_last(struct sheet *sheet)
{
	double k = sheet->k, x = sheet->map.x + 6 * k, y = sheet->map.y + 6 * k;
	double h = sheet->map.h - 12 * k, bottom;

	if (!sheet->scene)
		return;
	draw_foot(sheet);
	sheet->k *= LAST_SCALE;
	sheet->column *= LAST_SCALE;
	legend_draw(sheet, (struct sheet_box){x, y, sheet->column, h});
	x += sheet->column + 8 * k;
	bottom = draw_block(sheet, x, sheet->map.y + sheet->map.h - 6 * k);
	draw_notes(sheet, x, bottom);
}
