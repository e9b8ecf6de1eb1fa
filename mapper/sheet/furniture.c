/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around the map on every sheet: classification marking at the top and the bottom,
 * title, the frame of the map area, notes and the title block. The legend is legend.c.
 */
#include "mapper/sheet/sheet.h"

#include "mapper/render/measure.h"
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
#define LINES_MAX 4
#define TITLE_MAX 400 /* bytes of text looked at for one line */

static const struct {
	const char *name;
	double w, h, k;
} papers[SHEET_PAPER_N] = {
	{"A3", 420, 297, 1.0},
	{"A2", 594, 420, 1.35},
	{"A1", 841, 594, 1.8},
	{"A0", 1189, 841, 2.4},
};

static double marking_h(const struct sheet_request *request, double k)
{
	return request->marking && request->marking[0] ? (MARKING_H + 1.5) * k : 0;
}

struct sheet_box sheet_map_area(const struct sheet_request *request, enum sheet_paper paper)
{
	double k = papers[paper].k, band = marking_h(request, k), m = MARGIN * k;
	double top = m + band + TITLE_H * k;

	return (struct sheet_box){m, top, papers[paper].w - 2 * m - (COLUMN_W + COLUMN_GAP) * k,
		papers[paper].h - m - band - top};
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

void sheet_begin(struct sheet *sheet, const struct model *model,
	const struct sheet_request *request, enum sheet_paper paper, const char *name,
	const char *title, const char *subtitle)
{
	double k = papers[paper].k, w = papers[paper].w, used, y;

	*sheet = (struct sheet){.model = model, .request = request, .paper = paper, .k = k};
	sheet->scene = scene_new(model->arena, name, title, w, papers[paper].h);
	if (!sheet->scene)
		return;
	sheet->map = sheet_map_area(request, paper);
	scene_rect(sheet->scene, SCENE_PAPER, THEME_SHEET, 0, 0, w, papers[paper].h);
	draw_marking(sheet);
	if (request->kind)
		subtitle = counted(sheet, "%s \xc2\xb7 %s", request->kind, subtitle);
	y = sheet->map.y - 4.6 * k;
	used = mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, sheet->map.x, y, 19 * k,
		SCENE_START, true, title, (w - 2 * MARGIN * k) * 0.66);
	mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, w - MARGIN * k, y, 9 * k, SCENE_END,
		false, subtitle, w - 2 * MARGIN * k - used - 8 * k);
	scene_rect(sheet->scene, SCENE_PAPER, THEME_FURNITURE, sheet->map.x, sheet->map.y,
		sheet->map.w, sheet->map.h);
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
	char text[256];
	va_list args;

	if (sheet->n_notes == SHEET_NOTES_MAX)
		return;
	va_start(args, chinese);
	vsnprintf(text, sizeof(text), in_chinese ? chinese : english, args);
	va_end(args);
	sheet->notes[sheet->n_notes] = arena_strdup(sheet->model->arena, text);
	sheet->n_notes += sheet->notes[sheet->n_notes] != NULL;
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

/* Splits at spaces into lines of at most `width`; the last is fitted. Returns their number. */
static size_t wrap(struct sheet *sheet, const char *text, double pt, double width,
	const char *lines[LINES_MAX])
{
	struct arena *arena = sheet->model->arena;
	size_t n = 0;

	while (*text && n < LINES_MAX) {
		const char *end = text, *line;
		size_t taken = 0;

		while (n < LINES_MAX - 1 && *end && (size_t)(end - text) < TITLE_MAX) {
			size_t word = strcspn(end, " ");

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

#define BLOCK_ROWS 12

static size_t block_rows(struct sheet *sheet, struct block_row rows[BLOCK_ROWS])
{
	const struct model *m = sheet->model;
	const struct estate *e = m->estate;
	size_t n = 0;

	rows[n++] = (struct block_row){"Realm", e->realm};
	if (sheet->request->scope && sheet->request->scope[0])
		rows[n++] = (struct block_row){"Surveyed", sheet->request->scope};
	rows[n++] = (struct block_row){
		"As of", words_time(m->arena, e->as_of_us)};
	if (e->run_id > 0)
		rows[n++] = (struct block_row){
			"Run", counted(sheet, "%llu", (unsigned long long)e->run_id)};
	rows[n++] = (struct block_row){
		"Assets", counted(sheet, "%u (networks: %u, systems: %u)", e->n_assets,
				  m->n_known_networks, e->n_systems)};
	if (m->domain[0])
		rows[n++] = (struct block_row){"Names", counted(sheet, "end in .%s", m->domain)};
	rows[n++] = (struct block_row){"Services", counted(sheet, "%u", e->n_services)};
	rows[n++] = (struct block_row){"CII",
		counted(sheet, "systems: %u, assets: %u", m->n_cii_systems, m->n_cii_assets)};
	if (m->n_cii_systems > 0)
		rows[n++] = (struct block_row){"CII list", words_designated(m)};
	rows[n++] = (struct block_row){
		"Exposed", counted(sheet, "services: %u, assets: %u", m->n_exposed_services,
				   m->n_exposed_assets)};
	rows[n++] = (struct block_row){"Drawn by", "cadastre " CADASTRE_VERSION};
	rows[n++] = (struct block_row){
		"Sheet", counted(sheet, "%u/%u, %s", sheet->request->number,
				 sheet->request->total, papers[sheet->paper].name)};
	for (size_t i = 0; i < n; i++)
		rows[i].n_lines = wrap(sheet, rows[i].value, 7 * sheet->k,
			(COLUMN_W - 20) * sheet->k, rows[i].lines);
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
	scene_rect(sheet->scene, SCENE_FURNITURE, THEME_FURNITURE, x, y, COLUMN_W * k,
		h + 1.4 * k);
	for (size_t i = 0; i < n; i++) {
		double baseline = y + 3.6 * k;

		mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, x + 2 * k, baseline, 6 * k,
			SCENE_START, false, rows[i].label, 15 * k);
		for (size_t l = 0; l < rows[i].n_lines; l++)
			mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, x + 17.5 * k,
				baseline + (double)l * ROW_H * k, 7 * k, SCENE_START, false,
				rows[i].lines[l], (COLUMN_W - 18.5) * k);
		y += ROW_H * k * fmax((double)rows[i].n_lines, 1);
	}
	mark_text(sheet, SCENE_FURNITURE, THEME_TEXT_QUIET, x + 2 * k, bottom - 1.9 * k, 6 * k,
		SCENE_START, false, "Position on the sheet has no geographic meaning.",
		(COLUMN_W - 4) * k);
	return bottom - h - 1.4 * k;
}

/* Above the title block, upwards from `bottom`; returns the upper edge. */
static double draw_notes(struct sheet *sheet, double x, double bottom)
{
	const char *lines[SHEET_NOTES_MAX][LINES_MAX];
	size_t n_lines[SHEET_NOTES_MAX], total = 0;
	double k = sheet->k, y;

	for (size_t i = 0; i < sheet->n_notes; i++) {
		n_lines[i] =
			wrap(sheet, sheet->notes[i], 6.5 * k, (COLUMN_W - 4) * k, lines[i]);
		total += n_lines[i];
	}
	if (total == 0)
		return bottom;
	y = bottom - 3 * k - (double)total * 3.6 * k - 2 * k;
	scene_rect(sheet->scene, SCENE_FURNITURE, THEME_FURNITURE, x, y, COLUMN_W * k,
		bottom - 3 * k - y);
	bottom = y;
	for (size_t i = 0; i < sheet->n_notes; i++)
		for (size_t l = 0; l < n_lines[i]; l++, y += 3.6 * k)
			mark_text(sheet, SCENE_FURNITURE, THEME_TEXT, x + 2 * k, y + 3.6 * k,
				6.5 * k, SCENE_START, false, lines[i][l], (COLUMN_W - 3) * k);
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
	legend_draw(sheet, (struct sheet_box){x, sheet->map.y, COLUMN_W * sheet->k,
				   bottom - 3 * sheet->k - sheet->map.y});
}
