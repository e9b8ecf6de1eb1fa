/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the four planes one above the other in oblique projection, their nodes in rows, and the
 * relations between rows as straight lines. A relation that passes a row goes through a gap
 * between its nodes, so that no line touches a node that it does not mean.
 */
#include "mapper/sheet/layers.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/region.h"

#include <math.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define TITLE_W 30.0 /* names of the planes, on A3 */
#define NODE_W_MOST 44.0
#define NODE_W_LEAST 19.0
#define NODE_H 13.0
#define GAP 2.4 /* between the nodes of a full row */
#define NAME_LINES 3
#define NAME_MAX_BYTES 200
#define SLANT 0.10 /* of the height of a plane */

static const struct plane {
	const char *english, *chinese, *what, *what_zh;
	enum layers_row first, last;
} planes[] = {
	{"Business", "业务层", "businesses, systems", "业务与系统", LAYERS_BUSINESS,
		LAYERS_SYSTEM},
	{"Actors", "行为主体层", "operators, suppliers", "运营者与供应者", LAYERS_ACTOR,
		LAYERS_ACTOR},
	{"Network", "网络层", "networks", "网络", LAYERS_NETWORK, LAYERS_NETWORK},
	{"Geography", "地理环境层", "divisions", "行政区划", LAYERS_REGION, LAYERS_REGION},
};

/* Along the row: as wide as there is room for, the row in the middle. */
static void place_row(struct layers *l, enum layers_row row, struct sheet_box area, double k)
{
	uint32_t n = l->n[row];
	double gap = GAP, w, x;

	if (n == 0)
		return;
	w = fmin((area.w + gap) / n - gap, NODE_W_MOST * k);
	gap = fmin((area.w - n * w) / (n > 1 ? n - 1 : 1), 4 * GAP * k);
	x = area.x + (area.w - n * w - (n - 1) * gap) / 2;
	for (uint32_t i = 0; i < n; i++)
		l->rows[row][i].box = (struct sheet_box){
			x + i * (w + gap), area.y - NODE_H * k / 2, w, NODE_H * k};
}

static void draw_plane(
	struct layers *l, struct sheet *sheet, const struct plane *plane, struct sheet_box box)
{
	double k = sheet->k, slant = box.h * SLANT, x = box.x + TITLE_W * k;
	const struct scene_point edge[] = {{x + slant, box.y}, {box.x + box.w, box.y},
		{box.x + box.w - slant, box.y + box.h}, {x, box.y + box.h}, {x + slant, box.y}};
	double y = box.y + box.h / 2;
	const char *count;

	scene_line(sheet->scene, SCENE_REGIONS, THEME_PLANE, edge, ARRAY_SIZE(edge));
	sheet_explain(sheet, THEME_PLANE, true, "A layer", "图层");
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, box.x, y - 1.2 * k, 10 * k, SCENE_START,
		true,
		sheet->request->language == MAP_CHINESE
			? sheet_say(sheet, plane->english, plane->chinese)
			: plane->english,
		(TITLE_W - 2) * k);
	if (sheet->request->language == MAP_BOTH_LANGUAGES && measure_can_show(plane->chinese))
		mark_text(sheet, SCENE_LABELS, THEME_TEXT, box.x, y - 6 * k, 8 * k, SCENE_START,
			true, plane->chinese, (TITLE_W - 2) * k);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, box.x, y + 3 * k, 6.4 * k, SCENE_START,
		false,
		sheet->request->language == MAP_CHINESE
			? sheet_say(sheet, plane->what, plane->what_zh)
			: plane->what,
		(TITLE_W - 2) * k);
	if (l->n[plane->first] + l->n[plane->last] == 0)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + (box.x + box.w - x) / 2, y,
			7 * k, SCENE_MIDDLE, false,
			sheet_say(sheet, "The register states none.", "登记中未填。"),
			(box.w - TITLE_W * k) * 0.6);
	for (int row = (int)plane->first; row <= (int)plane->last; row++) {
		count = arena_printf(l->model->arena, "%u", l->n_all[row]);
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET,
			box.x + (row - (int)plane->first) * 12 * k, y + 7.5 * k, 8 * k,
			SCENE_START, true, count ? count : "", 11 * k);
	}
}

/* Words of a node that are not a name. */
static const char *say_kind(const struct sheet *sheet, const char *quiet)
{
	static const char *const kinds[][2] = {{"operator", "运营者"}, {"supplier", "供应者"},
		{"key business", "关键业务"}, {"business", "业务"}, {"folded", "折叠"}};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(quiet, kinds[i][0]) == 0)
			return sheet->request->language == MAP_CHINESE
				       ? sheet_say(sheet, kinds[i][0], kinds[i][1])
				       : kinds[i][0];
	return quiet;
}

/* Splits a name at spaces into lines of that width. Returns how many it would need in all. */
static size_t break_name(struct sheet *sheet, const char *name, double pt, double w,
	const char *lines[NAME_LINES])
{
	struct arena *arena = sheet->model->arena;
	size_t n = 0;

	for (size_t i = 0; i < NAME_LINES; i++)
		lines[i] = "";
	for (const char *at = name; *at && n < NAME_LINES; n++) {
		size_t taken = 0;

		for (size_t end = strcspn(at, " "); end <= NAME_MAX_BYTES;
			end += 1 + strcspn(at + end + 1, " ")) {
			const char *line = arena_strndup(arena, at, end);

			if (!line || measure_text_mm(line, pt, true) > w)
				break;
			taken = end;
			if (!at[end])
				break;
		}
		if (taken == 0 || n == NAME_LINES - 1) {
			lines[n] = at;
			return measure_text_mm(at, pt, true) > w ? NAME_LINES + 1 : n + 1;
		}
		lines[n] = arena_strndup(arena, at, taken);
		if (!lines[n]) {
			lines[n] = "";
			return n;
		}
		at += taken;
		at += strspn(at, " ");
	}
	return n;
}

static void draw_words(struct sheet *sheet, const struct layers_node *node, enum layers_row row)
{
	const struct sheet_box *box = &node->box;
	double k = sheet->k, pt = 7 * k, inset = fmin(1.2 * k, box->w * 0.06);
	double w = box->w - 2 * inset, y = box->y, small;
	const struct division *division =
		row == LAYERS_REGION ? region_division(node->key) : NULL;
	const char *quiet = say_kind(sheet, node->quiet), *lines[NAME_LINES];
	size_t n = break_name(sheet, node->name, pt, w, lines);

	if (division)
		quiet = sheet_say(sheet, division->english, division->chinese);
	while (n > (pt > 9 ? 2 : NAME_LINES) && pt * 0.95 > 5.8) {
		pt *= 0.95;
		n = break_name(sheet, node->name, pt, w, lines);
	}
	n = n > NAME_LINES ? NAME_LINES : n;
	while (n > 1 && !lines[n - 1][0])
		n--;
	small = fmax(fmin(5.6 * k, pt * 0.8), 5.2);
	while (n > 1 && n * pt * MM_PER_PT * 1.2 + small * MM_PER_PT * 1.2 > box->h * 0.95)
		n--;
	y += (box->h - (double)n * pt * MM_PER_PT * 1.2 -
		     (quiet[0] ? small * MM_PER_PT * 1.3 : 0)) /
	     2;
	for (size_t i = 0; i < n; i++)
		mark_text(sheet, SCENE_LABELS, node->cii ? THEME_TEXT_CII : THEME_TEXT,
			box->x + inset, y += pt * MM_PER_PT * (i > 0 ? 1.2 : 0.95), pt,
			SCENE_START, true, lines[i], w);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, box->x + inset,
		y + small * MM_PER_PT * 1.4, small, SCENE_START, false, quiet, w);
}

static void draw_node(struct sheet *sheet, const struct layers_node *node, enum layers_row row)
{
	static const enum theme_style styles[LAYERS_ROW_N] = {[LAYERS_BUSINESS] = THEME_TILE,
		[LAYERS_SYSTEM] = THEME_SYSTEM,
		[LAYERS_ACTOR] = THEME_TILE,
		[LAYERS_NETWORK] = THEME_SUBNET,
		[LAYERS_REGION] = THEME_REGION};
	static const char *const says[LAYERS_ROW_N][2] = {
		{"Business; rounded: actor", "业务；圆角为主体"}, {"System", "系统"},
		{"Business; rounded: actor", "业务；圆角为主体"}, {"Network", "网络"},
		{"Administrative division", "行政区划"}};
	const struct sheet_box *box = &node->box;
	enum theme_style style = node->folded ? THEME_TILE_EMPTY : styles[row];
	struct scene_item *item =
		scene_rect(sheet->scene, SCENE_ASSETS, style, box->x, box->y, box->w, box->h);

	item->title = node->name;
	item->rect.radius = row == LAYERS_ACTOR ? 2 * sheet->k : 0.6 * sheet->k;
	if (row == LAYERS_SYSTEM && node->cii)
		mark_cii_system(sheet, box, item->rect.radius);
	draw_words(sheet, node, row);
	if (node->folded)
		sheet_explain(
			sheet, style, false, "Folded nodes, counted", "折叠的节点（计数）");
	else
		sheet_explain(sheet, style, false, says[row][0], says[row][1]);
}

/* The gap between nodes of a row that is nearest to x; outside of them at the ends. */
static double gap_near(const struct layers *l, int row, double x)
{
	const struct layers_node *nodes = l->rows[row];
	uint32_t n = l->n[row];
	double best;

	if (n == 0)
		return x;
	best = nodes[0].box.x - GAP / 2;
	for (uint32_t i = 0; i < n; i++) {
		double right = nodes[i].box.x + nodes[i].box.w;
		double next = i + 1 < n ? nodes[i + 1].box.x : right + GAP;

		if (fabs((right + next) / 2 - x) < fabs(best - x))
			best = (right + next) / 2;
	}
	if (x < nodes[0].box.x - GAP / 2 ||
		x > nodes[n - 1].box.x + nodes[n - 1].box.w + GAP / 2)
		return x;
	return best;
}

static void draw_link(
	const struct layers *l, struct sheet *sheet, const struct layers_link *link)
{
	const struct sheet_box *a = &l->rows[link->from_row][link->from].box;
	const struct sheet_box *b = &l->rows[link->to_row][link->to].box;
	struct scene_point points[2 + 2 * LAYERS_ROW_N];
	enum theme_style style = link->cii ? THEME_CROSS_CII : THEME_CROSS;
	double k = sheet->k, from = a->x + a->w / 2, to = b->x + b->w / 2;
	size_t n = 0;

	points[n++] = (struct scene_point){from, a->y + a->h};
	for (int row = link->from_row + 1; row < link->to_row; row++) {
		double t = (double)(row - link->from_row) / (link->to_row - link->from_row);
		double x = gap_near(l, row, from + (to - from) * t);
		/* Lines side by side in one gap. */
		double shift = ((link->from * 7 + link->to * 3) % 5 - 2.0) * GAP * 0.16;

		if (l->n[row] == 0)
			continue;
		points[n++] = (struct scene_point){x + shift, l->rows[row][0].box.y - 1.2 * k};
		points[n++] = (struct scene_point){
			x + shift, l->rows[row][0].box.y + NODE_H * k + 1.2 * k};
	}
	points[n++] = (struct scene_point){to, b->y};
	scene_line(sheet->scene, SCENE_LINKS, style, points, n);
	if (link->cii)
		sheet_explain(sheet, style, true, "Relation of a CII system", "关基关系");
	else
		sheet_explain(sheet, style, true, "Relation between layers", "层间关系");
}

void layers_draw(struct layers *l, struct sheet *sheet)
{
	double k = sheet->k, pad = 4 * k, y = sheet->map.y + pad;
	struct sheet_box area = {
		sheet->map.x + pad, y, sheet->map.w - 2 * pad, sheet->map.h - 2 * pad};
	double gap = 7 * k, unit = (area.h - 3 * gap) / 5.2;

	for (size_t p = 0; p < ARRAY_SIZE(planes); p++) {
		int n = (int)(planes[p].last - planes[p].first) + 1;
		double h = n == 2 ? 2.2 * unit : unit;
		struct sheet_box box = {area.x, y, area.w, h};
		double slant = h * SLANT;

		draw_plane(l, sheet, &planes[p], box);
		for (int i = 0; i < n; i++) {
			struct sheet_box row = {area.x + TITLE_W * k + slant + k,
				y + h * (n == 2 ? 0.22 + 0.56 * i : 0.5),
				area.w - TITLE_W * k - 2 * slant - 2 * k, 0};

			place_row(l, (enum layers_row)((int)planes[p].first + i), row, k);
		}
		y += h + gap;
	}
	for (uint32_t i = 0; i < l->n_links; i++)
		if (!l->links[i].cii)
			draw_link(l, sheet, &l->links[i]);
	for (uint32_t i = 0; i < l->n_links; i++)
		if (l->links[i].cii)
			draw_link(l, sheet, &l->links[i]);
	for (int row = 0; row < LAYERS_ROW_N; row++)
		for (uint32_t i = 0; i < l->n[row]; i++)
			draw_node(sheet, &l->rows[row][i], (enum layers_row)row);
}

/* How many stand in a row. The largest paper takes what there is. */
static uint32_t room_for(const struct sheet_request *request, enum sheet_paper paper)
{
	double w = sheet_map_area(request, paper).w - TITLE_W * sheet_paper_scale(paper) - 30;

	return paper == SHEET_A0
		       ? LAYERS_NODES_MAX
		       : (uint32_t)fmin(fmax(w / (NODE_W_LEAST + GAP), 2), LAYERS_NODES_MAX);
}

int sheet_layers(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	static const char *const folded[LAYERS_ROW_N][2] = {{"businesses", "业务"},
		{"systems", "系统"}, {"actors", "行为主体"}, {"networks", "网络"},
		{"divisions", "行政区划"}};
	struct layers *l;
	struct sheet sheet;
	uint32_t most = 0;
	enum sheet_paper paper, end;

	if (layers_make(model, LAYERS_NODES_MAX, &l) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the four layers: no memory");
	for (int row = 0; row < LAYERS_ROW_N; row++)
		most = l->n[row] > most ? l->n[row] : most;
	sheet_papers(request, &paper, &end);
	while (room_for(request, paper) < most && paper + 1 < end)
		paper++;
	if (room_for(request, paper) < most &&
		layers_make(model, room_for(request, paper), &l) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the four layers: no memory");
	sheet_begin(&sheet, model, request, paper, "layers", request->title,
		sheet_request_say(request, model->arena,
			"Four layers: geography, network, actors, business",
			"网络空间四层图：地理环境层、网络层、行为主体层、业务层"));
	if (!sheet.scene)
		return scene_check(NULL, reterr);
	layers_draw(l, &sheet);
	for (int row = 0; row < LAYERS_ROW_N; row++)
		if (l->n_all[row] > l->n[row])
			sheet_note(&sheet, "Folded on this sheet, least related first: %u %s.",
				"本图折叠（关系最少者先折叠）：%u 个%s。",
				l->n_all[row] - l->most + 1,
				folded[row][sheet.request->language == MAP_CHINESE]);
	if (l->most < LAYERS_NODES_MAX)
		sheet_note_paper(&sheet);
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
