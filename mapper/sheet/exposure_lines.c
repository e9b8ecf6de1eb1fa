/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of the exposure sheet: from an exit to the cards of the systems whose exposed assets
 * are reached through the device at which it ends, or which it serves by the register; from the
 * Internet's side as a whole to the others, those among them that only a supplier reaches. Each
 * source has a track of its own in the gutter left of every column, and one above the columns
 * that joins them, so that no line runs through a card. There are as many sources as can be
 * told apart; the exits past those share one, and are counted.
 */
#include "mapper/sheet/exposure.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define END_MM 1.1 /* of a line that is thick at its card */
#define DOT_MM 0.9 /* where a line parts from its track */
#define POINTS_MAX 6

/* ---- which exits lead where ---- */

/* Exits by the super node of the device at which they end, as lists of numbers + 1; and the
 * card that each was last found on, + 1. */
struct ends {
	uint32_t *first, *next, *seen;
};

static bool make_ends(const struct exposure *x, struct ends *ends)
{
	const struct model *m = x->model;
	uint32_t n = m->estate->n_exits;

	ends->first = calloc((size_t)m->n_networks + m->n_joints + 1, sizeof(*ends->first));
	ends->next = calloc((size_t)n + 1, sizeof(*ends->next));
	ends->seen = calloc((size_t)n + 1, sizeof(*ends->seen));
	if (!ends->first || !ends->next || !ends->seen)
		return false;
	for (uint32_t i = n; i-- > 0;) {
		uint32_t device = x->exits[i].exit->asset;

		if (device >= m->estate->n_assets || m->joint_of[device] == MODEL_NONE)
			continue;
		device = m->n_networks + m->joint_of[device];
		ends->next[i] = ends->first[device];
		ends->first[device] = i + 1;
	}
	return true;
}

static void ends_done(struct ends *ends)
{
	free(ends->first);
	free(ends->next);
	free(ends->seen);
}

/* The exits that the way to the asset passes; whether there is a way. */
static bool walk(const struct exposure *x, uint32_t asset, uint32_t card, struct ends *ends)
{
	const struct model *m = x->model;
	uint32_t joint = m->joint_of[asset];
	uint32_t at = joint != MODEL_NONE ? m->n_networks + joint : model_home(m, asset);

	if (at >= m->n_networks + m->n_joints || x->parent[at] == MODEL_NONE)
		return false;
	for (;; at = x->parent[at]) {
		for (uint32_t i = ends->first[at]; i > 0; i = ends->next[i - 1])
			ends->seen[i - 1] = card + 1;
		if (x->parent[at] == at)
			return true;
	}
}

/* Whether an id is one of "a; b; c". */
static bool names(const char *list, const char *id)
{
	size_t n = strlen(id);

	for (const char *at = list; n > 0 && (at = strstr(at, id)); at += n)
		if ((at == list || (at - list >= 2 && strncmp(at - 2, "; ", 2) == 0)) &&
			(at[n] == '\0' || strncmp(at + n, "; ", 2) == 0))
			return true;
	return false;
}

/* An exit that leads to a card has a source of its own while there are some. */
static void lead(struct exposure *x, struct exposure_card *card, struct exposure_exit *exit,
	enum exposure_line line)
{
	if (!exit->leads) {
		exit->leads = true;
		if (x->n_sources < EXPOSURE_SOURCES_MAX)
			exit->source = x->n_sources++;
		else
			x->n_shared_exits++;
	}
	if (card->lines[exit->source] == EXPOSURE_LINE_NONE || line < card->lines[exit->source])
		card->lines[exit->source] = (uint8_t)line;
}

static void find_lines_of(struct exposure *x, uint32_t at, struct ends *ends)
{
	const struct estate *e = x->model->estate;
	struct exposure_card *card = &x->cards[at];
	const char *id =
		card->system == MODEL_NONE ? "" : estate_text(e->systems[card->system].id);
	bool known = false, led = false, reached = card->n_rows > card->n_remote;

	for (uint32_t i = 0; i < card->n_rows; i++) {
		uint32_t service = x->rows[card->first_row + i].service;

		if (service != MODEL_NONE)
			known |= walk(x, e->services[service].asset, at, ends);
	}
	for (uint32_t i = 0; i < e->n_exits; i++) {
		bool passed = ends->seen[i] == at + 1;

		if (!passed && !names(estate_text(x->exits[i].exit->system_ids), id))
			continue;
		lead(x, card, &x->exits[i], passed ? EXPOSURE_LINE_WAY : EXPOSURE_LINE_STATED);
		led = true;
	}
	if (!led)
		card->lines[0] = known	   ? EXPOSURE_LINE_WAY
				 : reached ? EXPOSURE_LINE_UNKNOWN
					   : EXPOSURE_LINE_REMOTE;
}

static int by_id(const void *a, const void *b)
{
	const struct exposure_exit *x = a, *y = b;
	int order = strcmp(estate_text(x->exit->id), estate_text(y->exit->id));

	return order ? order : strcmp(estate_text(x->exit->name), estate_text(y->exit->name));
}

/* In the band those with lines of their own come first. */
static int by_source(const void *a, const void *b)
{
	const struct exposure_exit *x = a, *y = b;

	if (x->source != y->source)
		return x->source - 1 < y->source - 1 ? -1 : 1;
	return by_id(a, b);
}

void exposure_share_line(struct exposure *x, struct exposure_exit *exit)
{
	for (uint32_t i = 0; i < x->n_cards && exit->source > 0; i++) {
		uint8_t *lines = x->cards[i].lines, line = lines[exit->source];

		if (line && (!lines[0] || line < lines[0]))
			lines[0] = line;
		lines[exit->source] = EXPOSURE_LINE_NONE;
	}
	x->n_shared_exits += exit->source > 0;
	exit->source = 0;
}

int exposure_find_lines(struct exposure *x)
{
	const struct estate *e = x->model->estate;
	_cleanup_(ends_done) struct ends ends = {NULL, NULL, NULL};

	x->n_sources = 1;
	x->exits = arena_alloc(x->model->arena, ((size_t)e->n_exits + 1) * sizeof(*x->exits));
	if (!x->exits)
		return -1;
	for (uint32_t i = 0; i < e->n_exits; i++)
		x->exits[i] = (struct exposure_exit){.exit = &e->exits[i]};
	qsort(x->exits, e->n_exits, sizeof(*x->exits), by_id);
	if (!make_ends(x, &ends))
		return -1;
	/* The most urgent first: the exits that lead there have lines of their own. */
	for (uint32_t i = 0; i < x->n_cards; i++)
		find_lines_of(x, i, &ends);
	qsort(x->exits, e->n_exits, sizeof(*x->exits), by_source);
	return 0;
}

/* ---- drawing them ---- */

/* Where a source leaves the band: beside its name. */
static double source_y(const struct exposure *x, uint32_t source)
{
	for (uint32_t i = 0; i < x->model->estate->n_exits && source > 0; i++)
		if (x->exits[i].source == source)
			return x->exits[i].y + x->pt * MM_PER_PT * 1.0;
	return x->area.y + x->pt * MM_PER_PT * 1.8;
}

static const char *source_name(
	const struct exposure *x, const struct sheet *sheet, uint32_t source)
{
	for (uint32_t i = 0; i < x->model->estate->n_exits && source > 0; i++)
		if (x->exits[i].source == source)
			return estate_text(x->exits[i].exit->name);
	return sheet_say(sheet, "The Internet's side", "互联网侧");
}

/* From the band to the head of the card. In the first gutter tracks stand in the order of the
 * sources, in the others the other way round: so lines that turn into them do not cross. */
static size_t make_line(const struct exposure *x, const struct exposure_card *card,
	uint32_t source, struct scene_point points[POINTS_MAX])
{
	double out = x->area.x + x->band_w, from = source_y(x, source);
	double to = card->y + exposure_head_h(x->pt) * 0.4;
	double first = out + (source + 1) * EXPOSURE_TRACK, above, last;
	size_t n = 0;

	points[n++] = (struct scene_point){out, from};
	if (fabs(from - to) < 0.1 && card->column == 0)
		from = to;
	points[n++] = (struct scene_point){first, from};
	if (card->column > 0) {
		above = x->area.y + (source + 0.5) * EXPOSURE_TRACK;
		last = card->x - x->gutter + (x->n_sources - source) * EXPOSURE_TRACK;
		points[n++] = (struct scene_point){first, above};
		points[n++] = (struct scene_point){last, above};
		first = last;
	}
	points[n++] = (struct scene_point){first, to};
	points[n++] = (struct scene_point){card->x, to};
	return n;
}

static void draw_line(const struct exposure *x, struct sheet *sheet,
	const struct exposure_card *card, uint32_t source)
{
	static const struct {
		enum theme_style style;
		const char *english, *chinese;
	} kinds[] = {[EXPOSURE_LINE_WAY] = {THEME_LINK_MEASURED, "Reached, over a known way in",
			     "经已知路径可达"},
		[EXPOSURE_LINE_STATED] = {THEME_LINK_ATTESTED,
			"Served by the exit, by the register", "登记：由该出口服务"},
		[EXPOSURE_LINE_UNKNOWN] = {THEME_LINK_DERIVED,
			"Reached, the way in is not known", "可达，入口路径不明"},
		[EXPOSURE_LINE_REMOTE] = {THEME_LINK_CLAIMED,
			"A supplier's way in, by the register", "登记：供应商远程通道"}};
	enum exposure_line kind = (enum exposure_line)card->lines[source];
	struct scene_point points[POINTS_MAX], end[2], dot[2];
	size_t n = make_line(x, card, source, points);

	scene_line(sheet->scene, SCENE_LINKS, kinds[kind].style, points, n)->title =
		arena_printf(x->model->arena, "%.200s \xe2\x86\x92 %.200s: %s",
			source_name(x, sheet, source), card->name,
			sheet_say(sheet, kinds[kind].english, kinds[kind].chinese));
	end[1] = points[n - 1];
	end[0] = (struct scene_point){end[1].x - END_MM, end[1].y};
	scene_line(sheet->scene, SCENE_LINKS, THEME_LINK_END, end, 2);
	/* What parts here is told from what only crosses. */
	if (x->n_sources > 1) {
		dot[0] = (struct scene_point){points[n - 2].x - DOT_MM / 2, points[n - 2].y};
		dot[1] = (struct scene_point){points[n - 2].x + DOT_MM / 2, points[n - 2].y};
		scene_line(sheet->scene, SCENE_LINKS, THEME_LINK_END, dot, 2)->line.width_mm =
			DOT_MM;
	}
	sheet_explain(sheet, kinds[kind].style, true, kinds[kind].english, kinds[kind].chinese);
}

void exposure_draw_lines(const struct exposure *x, struct sheet *sheet)
{
	for (uint32_t i = 0; i < x->n_cards; i++)
		for (uint32_t source = 0; source < x->n_sources; source++)
			if (x->cards[i].placed && x->cards[i].lines[source])
				draw_line(x, sheet, &x->cards[i], source);
}
