/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws a placed business sheet: a card for each business, system and supplier, the frames of
 * the two boundaries, and what each needs as route.c finds a way for it. Decides no position
 * but those of words on lines.
 */
#include "mapper/sheet/business.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define PAD 1.8
#define BOUNDARY 1.0 /* from a card to the frame of the maximum boundary */
#define LINES_MAX 5
#define ROLES_SHOWN 4
#define WORDS_PT 5.6
#define ARROW 1.5
#define CARD_TEXT_MAX 56.0 /* at 8 points */

struct card {
	const char *lines[LINES_MAX]; /* the first is bold; NULL: the counts stand there */
	size_t n;
};

static const char *say(const struct sheet_request *request, const struct business_graph *g,
	const char *english, const char *chinese)
{
	return sheet_request_say(request, g->model->arena, english, chinese);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static double small(double pt)
{
	return fmax(pt * 0.8, SCENE_TEXT_MIN_PT);
}

/* "Lanhe Power · energy.power" */
static const char *joined(const struct business_graph *g, const char *a, const char *b)
{
	if (!a[0] || !b[0])
		return a[0] ? a : b;
	return or_empty(arena_printf(g->model->arena, "%.300s \xc2\xb7 %.300s", a, b));
}

static const char *told(const struct sheet_request *request, const struct business_graph *g,
	const char *english, const char *chinese, const char *value)
{
	return or_empty(arena_printf(
		g->model->arena, "%s: %.300s", say(request, g, english, chinese), value));
}

static const char *responsible(const struct sheet_request *request,
	const struct business_graph *g, const struct estate_system *s)
{
	const char *operates = estate_text(s->operates), *manages = estate_text(s->manages);

	if (operates[0])
		return told(request, g, "Operates", "运营", operates);
	if (manages[0])
		return told(request, g, "Manages", "管理", manages);
	return s->external ? ""
			   : say(request, g, "Who operates it is not stated", "运营单位未说明");
}

static const char *fold_name(const struct sheet_request *request,
	const struct business_graph *g, const struct business_node *node)
{
	static const char *const english[] = {"more businesses", "systems", "more suppliers"};
	static const char *const chinese[] = {"项其他业务", "个系统", "家其他供应商"};
	const char *counted = or_empty(arena_printf(g->model->arena, "%u %s", node->n_folded,
		say(request, g, english[node->kind], chinese[node->kind])));

	return joined(g, node->kind == NODE_SYSTEM ? node->name : "", counted);
}

static void add_line(struct card *card, const char *text)
{
	if ((!text || text[0]) && card->n < LINES_MAX)
		card->lines[card->n++] = text;
}

/* "Boundary: 43 assets at most, 40 decided". */
static const char *boundary_text(const struct sheet_request *request,
	const struct business_graph *g, const struct estate_system *s)
{
	struct arena *arena = g->model->arena;
	const char *most, *decided = "";

	if (s->maximum == 0)
		return "";
	most = or_empty(arena_printf(arena, "%u %s", s->maximum,
		say(request, g, "assets at most", "个资产（最大）")));
	if (s->decided > 0)
		decided = or_empty(arena_printf(
			arena, ", %u %s", s->decided, say(request, g, "decided", "个已认定")));
	return told(request, g, "Boundary", "边界",
		or_empty(arena_printf(arena, "%s%s", most, decided)));
}

static struct card card_of(const struct sheet_request *request, const struct business_graph *g,
	const struct business_node *node)
{
	const struct estate *e = g->model->estate;
	struct card card = {.n = 0};

	add_line(&card, node->index == MODEL_NONE ? fold_name(request, g, node)
			: node->name[0]		  ? node->name
						  : "?");
	if (node->kind == NODE_BUSINESS && node->index != MODEL_NONE) {
		const struct estate_business *b = &e->businesses[node->index];

		add_line(
			&card, joined(g, estate_text(b->organisation), estate_text(b->sector)));
	} else if (node->kind == NODE_SYSTEM) {
		if (node->index != MODEL_NONE) {
			const struct estate_system *s = &e->systems[node->index];

			add_line(&card, joined(g, estate_text(s->organisation),
						estate_text(s->sector)));
			add_line(&card, responsible(request, g, s));
			add_line(&card, boundary_text(request, g, s));
		}
		if (node->n_assets > 0 || node->n_exposed > 0)
			add_line(&card, NULL);
	} else if (node->kind == NODE_SUPPLIER && node->index != MODEL_NONE) {
		add_line(&card, estate_text(e->supplies[node->index].service));
	}
	if (node->remote)
		add_line(&card,
			say(request, g, "Remote way in for maintenance", "有远程运维通道"));
	return card;
}

/* ---- sizes ---- */

static const char *tier_text(
	const struct sheet_request *request, const struct business_graph *g, uint8_t tier)
{
	return or_empty(
		arena_printf(g->model->arena, "%s %u", say(request, g, "tier", "等级"), tier));
}

static double badge_h(double pt)
{
	return pt * MM_PER_PT * 1.15;
}

/* The badges right of a name, drawn if there is a sheet; returns their width. */
static double badges(const struct sheet_request *request, const struct business_graph *g,
	const struct business_node *node, double pt, struct sheet *sheet, double right,
	double y)
{
	const struct estate_system *s = node->kind == NODE_SYSTEM && node->index != MODEL_NONE
						? &g->model->estate->systems[node->index]
						: NULL;
	struct {
		const char *text;
		enum scene_layer layer;
		enum theme_style style;
	} all[3];
	double w = 0, h = badge_h(pt);
	size_t n = 0;

	if (s ? s->designated : node->n_cii > 0) {
		all[n].text =
			s ? words_designation(g->model, s, pt, 24)
			  : words_cii(g->model, node->n_cii);
		all[n].layer = SCENE_CII;
		all[n++].style = THEME_CII_BADGE;
	}
	if (s && s->tier > 0) {
		all[n].text = tier_text(request, g, s->tier);
		all[n].layer = SCENE_LABELS;
		all[n++].style = THEME_BADGE;
	}
	if (node->key || (s && s->external)) {
		all[n].text = node->key ? say(request, g, "KEY", "关键业务")
					: say(request, g, "external", "外部");
		all[n].layer = SCENE_LABELS;
		all[n++].style = THEME_BADGE;
	}
	for (size_t i = 0; i < n; i++) {
		if (sheet)
			mark_badge(sheet, all[i].layer, all[i].style, right - w, y, h,
				all[i].text);
		w += mark_badge_width(h, all[i].text) + 1;
	}
	return w;
}

static const char *count_text(const struct sheet_request *request,
	const struct business_graph *g, const struct business_node *node)
{
	return or_empty(arena_printf(g->model->arena, "%u %s", node->n_assets,
		say(request, g, node->n_assets == 1 ? "asset" : "assets", "个资产")));
}

static const char *exposed_text(const struct sheet_request *request,
	const struct business_graph *g, const struct business_node *node)
{
	if (node->n_unjustified == 0)
		return or_empty(arena_printf(g->model->arena, "%u", node->n_exposed));
	return or_empty(
		arena_printf(g->model->arena, "%u, %u %s", node->n_exposed, node->n_unjustified,
			say(request, g, "without a valid reason", "项无有效理由")));
}

/* Exposure, number of assets, and the most frequent roles; drawn if there is a sheet. Returns
 * the width. */
static double counts(const struct sheet_request *request, const struct business_graph *g,
	const struct business_node *node, double pt, struct sheet *sheet, double x,
	double baseline)
{
	double size = small(pt) * MM_PER_PT * 1.2, start = x;
	struct business_node rest = *node;
	const char *text = count_text(request, g, node);

	if (sheet)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, baseline, small(pt), SCENE_START,
			false, text, 40);
	x += measure_text_mm(text, small(pt), false) + 1.6;
	for (int shown = 0; shown < ROLES_SHOWN; shown++) {
		size_t symbol;
		int best = 0;

		for (int role = 1; role < ASSET_ROLE_N; role++)
			if (rest.roles[role] > rest.roles[best])
				best = role;
		if (rest.roles[best] == 0)
			break;
		symbol = theme_symbol_find(asset_role_name((enum asset_role)best));
		text = or_empty(arena_printf(g->model->arena, "%u", rest.roles[best]));
		rest.roles[best] = 0;
		if (sheet) {
			scene_symbol(sheet->scene, SCENE_ASSETS, THEME_HOST, symbol, x,
				baseline - size * 0.86, size);
			if (symbol < SHEET_SYMBOLS_MAX)
				sheet->marks.symbol[symbol] = true;
			mark_text(sheet, SCENE_LABELS, THEME_TEXT, x + size + 0.5, baseline,
				small(pt), SCENE_START, false, text, 20);
		}
		x += size + measure_text_mm(text, small(pt), false) + 1.8;
	}
	if (node->n_exposed > 0) {
		text = exposed_text(request, g, node);
		if (sheet) {
			mark_exposure(sheet, SCENE_NO_ASSET, x, baseline - size * 0.86, size);
			mark_text(sheet, SCENE_EXPOSURE, THEME_TEXT, x + size + 0.5, baseline,
				small(pt), SCENE_START, true, text, 200);
		}
		x += size + measure_text_mm(text, small(pt), true) + 1.5;
	}
	return x - start;
}

static double snap(double v, double step)
{
	return ceil(v / step - 1e-9) * step;
}

static double line_h(double pt, size_t line)
{
	return (line == 0 ? pt : small(pt)) * MM_PER_PT * 1.36;
}

void business_size(const struct sheet_request *request, const struct business_graph *graph,
	struct business_node *node, double pt, double step)
{
	struct card card = card_of(request, graph, node);
	double most = CARD_TEXT_MAX * pt / 8, w = 0, h = 2 * PAD;

	for (size_t i = 0; i < card.n; i++) {
		double own = card.lines[i] ? fmin(measure_text_mm(card.lines[i],
							  i == 0 ? pt : small(pt), i == 0) +
							     0.3,
						     most)
					   : counts(request, graph, node, pt, NULL, 0, 0);

		if (i == 0)
			own += badges(request, graph, node, pt, NULL, 0, 0) + 1;
		w = fmax(w, own);
		h += line_h(pt, i);
	}
	node->w = snap(w + 2 * PAD + 0.4, step);
	node->h = snap(h, step);
}

/* ---- cards ---- */

static enum theme_style card_style(
	const struct business_graph *g, const struct business_node *node)
{
	switch (node->kind) {
	case NODE_BUSINESS:
		return node->key ? THEME_BUSINESS_KEY : THEME_BUSINESS;
	case NODE_SUPPLIER:
		return THEME_SUPPLIER;
	default:
		return node->index != MODEL_NONE &&
				       g->model->estate->systems[node->index].external
			       ? THEME_EXTERNAL
			       : THEME_SYSTEM;
	}
}

static void explain_card(struct sheet *sheet, enum theme_style style)
{
	static const struct {
		enum theme_style style;
		const char *english, *chinese;
	} rows[] = {
		{THEME_BUSINESS_KEY, "Key business", "关键业务"},
		{THEME_BUSINESS, "Business", "业务"},
		{THEME_SYSTEM, "System, its assets by role", "系统"},
		{THEME_EXTERNAL, "System of somebody else", "外部系统"},
		{THEME_SUPPLIER, "Supplier", "供应商"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].style == style)
			sheet_explain(sheet, style, false, rows[i].english, rows[i].chinese);
}

static void frame_boundary(struct sheet *sheet, const struct business_graph *g,
	const struct business_node *node, const struct sheet_box *box)
{
	enum theme_style style = node->decided ? THEME_BOUNDARY_DECIDED : THEME_BOUNDARY;

	scene_rect(sheet->scene, SCENE_REGIONS, style, box->x - BOUNDARY, box->y - BOUNDARY,
		box->w + 2 * BOUNDARY, box->h + 2 * BOUNDARY)
		->rect.radius = 1.6;
	if (node->decided)
		sheet_explain(sheet, style, false, "Assets in the decided boundary",
			"含认定边界内资产");
	else if (g->derived && g->n_reckoned > 0)
		sheet_explain(sheet, style, false,
			"In the maximum boundary, derived or reckoned",
			"最大边界内（推导或推算）");
	else if (g->derived)
		sheet_explain(sheet, style, false, "Assets in the maximum boundary",
			"含最大边界内资产");
	else
		sheet_explain(sheet, style, false, "In the maximum boundary", "最大边界内");
}

static void draw_card(struct sheet *sheet, const struct business_graph *g,
	const struct business_node *node, double pt)
{
	struct card card = card_of(sheet->request, g, node);
	enum theme_style style = card_style(g, node);
	const struct sheet_box box = {node->x, node->y, node->w, node->h};
	double y = node->y + PAD, right = node->x + node->w - PAD;
	struct scene_item *item =
		scene_rect(sheet->scene, SCENE_REGIONS, style, box.x, box.y, box.w, box.h);

	item->rect.radius = node->kind == NODE_BUSINESS ? 2.4 : 1.0;
	item->title = card.lines[0];
	explain_card(sheet, style);
	if (node->kind == NODE_SYSTEM && node->n_cii > 0 && node->index != MODEL_NONE)
		mark_cii_system(sheet, &box, item->rect.radius);
	if (node->within || node->decided)
		frame_boundary(sheet, g, node, &box);
	for (size_t i = 0; i < card.n; i++) {
		double size = i == 0 ? pt : small(pt), baseline = y + size * MM_PER_PT * 1.02;
		double room = right - node->x - PAD;

		if (i == 0)
			room -= badges(sheet->request, g, node, pt, sheet, right,
					baseline - badge_h(pt) * 0.82) +
				0.5;
		if (card.lines[i])
			mark_text(sheet, SCENE_LABELS, i == 0 ? THEME_TEXT : THEME_TEXT_QUIET,
				node->x + PAD, baseline, size, SCENE_START, i == 0,
				card.lines[i], room);
		else
			counts(sheet->request, g, node, pt, sheet, node->x + PAD, baseline);
		y += line_h(pt, i);
	}
}

/* ---- lines ---- */

struct drawing {
	const struct business_graph *graph;
	struct sheet *sheet;
	struct sheet_box *boxes, *words;
	struct route_line *lines;
	size_t n_words;
};

static enum theme_style edge_style(const struct business_edge *e)
{
	static const enum theme_style needs[] = {[STRENGTH_OTHER] = THEME_NEED_SUPPORTING,
		[STRENGTH_SUPPORTING] = THEME_NEED_SUPPORTING,
		[STRENGTH_IMPORTANT] = THEME_NEED_IMPORTANT,
		[STRENGTH_ESSENTIAL] = THEME_NEED_ESSENTIAL};

	if (e->relation == RELATION_FLOW)
		return THEME_LINK_DERIVED;
	if (e->relation == RELATION_SUPPLY)
		return THEME_LINK_ATTESTED;
	return e->cross ? THEME_NEED_CROSS : needs[e->strength];
}

static void explain_edge(struct sheet *sheet, const struct business_edge *e)
{
	static const struct {
		enum theme_style style;
		const char *english, *chinese;
	} rows[] = {
		{THEME_NEED_ESSENTIAL, "Needs (arrow), essential", "依赖：必需"},
		{THEME_NEED_IMPORTANT, "Needs, important", "依赖：重要"},
		{THEME_NEED_SUPPORTING, "Needs, supporting or unstated", "依赖：辅助"},
		{THEME_NEED_CROSS, "Dependency across sectors", "跨行业依赖"},
		{THEME_LINK_DERIVED, "Business or control flow", "业务流或控制流"},
		{THEME_LINK_ATTESTED, "Served by the supplier", "由供应商提供服务"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].style == edge_style(e))
			sheet_explain(
				sheet, rows[i].style, true, rows[i].english, rows[i].chinese);
}

static const char *edge_words(const struct drawing *d, const struct business_edge *e)
{
	static const char *const chinese[] = {"", "辅助", "重要", "必需"};
	const struct sheet_request *request = d->sheet->request;
	const char *text;

	if (e->relation == RELATION_SUPPLY)
		return "";
	if (e->relation == RELATION_FLOW)
		text = say(request, d->graph, "flow", "数据流");
	else
		text = e->strength == STRENGTH_OTHER
			       ? e->words
			       : say(request, d->graph, e->words, chinese[e->strength]);
	if (e->count > 1)
		text = or_empty(arena_printf(
			d->graph->model->arena, "%.80s \xc3\x97%u", text, e->count));
	return e->cross ? joined(d->graph, text,
				  say(request, d->graph, "another sector", "跨行业"))
			: text;
}

static bool overlap(const struct sheet_box *a, const struct sheet_box *b, double room)
{
	return a->x < b->x + b->w + room && b->x < a->x + a->w + room &&
	       a->y < b->y + b->h + room && b->y < a->y + a->h + room;
}

static bool words_fit(const struct drawing *d, const struct sheet_box *at, size_t own)
{
	const struct business_graph *g = d->graph;

	for (uint32_t i = 0; i < g->n_nodes; i++)
		if (overlap(at, &d->boxes[i], BOUNDARY + 0.3))
			return false;
	for (size_t i = 0; i < d->n_words; i++)
		if (overlap(at, &d->words[i], 0.2))
			return false;
	for (uint32_t i = 0; i < g->n_edges; i++)
		for (size_t k = 1; i != own && k < d->lines[i].n; k++) {
			const struct scene_point *p = &d->lines[i].points[k - 1], *q = p + 1;
			const struct sheet_box part = {fmin(p->x, q->x), fmin(p->y, q->y),
				fabs(p->x - q->x), fabs(p->y - q->y)};

			if (overlap(at, &part, 0.5))
				return false;
		}
	return true;
}

/* On the longest stretches first; a line without room for its words has them as its title. */
static void draw_words(struct drawing *d, size_t edge)
{
	static const double along[] = {0.5, 0.3, 0.7};
	const struct route_line *line = &d->lines[edge];
	const char *text = measure_fit(d->graph->model->arena,
		edge_words(d, &d->graph->edges[edge]), WORDS_PT, false, 40);
	double w = text ? measure_text_mm(text, WORDS_PT, false) + 1 : 0, h = 2.6;

	for (size_t i = 1; i < line->n && text && text[0]; i++)
		for (size_t k = 0; k < ARRAY_SIZE(along); k++) {
			const struct scene_point *p = &line->points[i - 1], *q = p + 1;
			double x = p->x + (q->x - p->x) * along[k],
			       y = p->y + (q->y - p->y) * along[k];
			const struct sheet_box at = {x - w / 2, y - h / 2, w, h};

			if (hypot(p->x - q->x, p->y - q->y) < (p->y == q->y ? w : h) + 1 ||
				!words_fit(d, &at, edge))
				continue;
			scene_rect(d->sheet->scene, SCENE_LINKS, THEME_SHEET, at.x, at.y, w, h);
			scene_text(d->sheet->scene, SCENE_LINKS, THEME_TEXT, x, y + 0.72,
				WORDS_PT, SCENE_MIDDLE, false, text);
			d->words[d->n_words++] = at;
			return;
		}
}

/* An open arrow at the end, on what is needed. */
static void draw_arrow(struct drawing *d, const struct route_line *line)
{
	/* A way that was searched comes from its end. */
	const struct scene_point *q = &line->points[line->straight ? line->n - 1 : 0];
	const struct scene_point *p = line->straight ? q - 1 : q + 1;
	double length = hypot(q->x - p->x, q->y - p->y), dx, dy;

	if (length <= 0)
		return;
	dx = (q->x - p->x) / length * ARROW;
	dy = (q->y - p->y) / length * ARROW;
	scene_line(d->sheet->scene, SCENE_LINKS, THEME_LINK_END,
		(const struct scene_point[]){{q->x - dx - dy / 2, q->y - dy + dx / 2}, *q,
			{q->x - dx + dy / 2, q->y - dy - dx / 2}},
		3)
		->line.width_mm = 0.4;
}

static void draw_edges(struct drawing *d)
{
	static const enum theme_style widths[] = {THEME_NEED_SUPPORTING, THEME_NEED_SUPPORTING,
		THEME_NEED_IMPORTANT, THEME_NEED_ESSENTIAL};
	const struct business_graph *g = d->graph;

	for (uint32_t i = 0; i < g->n_edges; i++) {
		const struct business_edge *e = &g->edges[i];
		struct scene_item *item = scene_line(d->sheet->scene, SCENE_LINKS,
			edge_style(e), d->lines[i].points, d->lines[i].n);

		item->title = or_empty(
			arena_printf(g->model->arena, "%.200s \xe2\x86\x92 %.200s %.80s",
				g->nodes[e->a].name, g->nodes[e->b].name, edge_words(d, e)));
		if (e->cross)
			item->line.width_mm = theme_styles[widths[e->strength]].stroke_mm;
		explain_edge(d->sheet, e);
		if (e->relation != RELATION_FLOW && d->lines[i].n >= 2)
			draw_arrow(d, &d->lines[i]);
	}
	for (uint32_t i = 0; i < g->n_edges; i++)
		draw_words(d, i);
}

int business_draw(const struct business_graph *graph, double pt, double step,
	struct sheet *sheet, struct error *reterr)
{
	size_t n = (size_t)graph->n_nodes + 1, n_edges = (size_t)graph->n_edges + 1;
	const struct sheet_box *map = &sheet->map;
	_cleanup_(cleanup_freep) struct sheet_box *boxes = calloc(n + n_edges, sizeof(*boxes));
	_cleanup_(cleanup_freep) struct route_line *lines = calloc(n_edges, sizeof(*lines));
	_cleanup_(cleanup_freep) uint32_t *frames = malloc(n * sizeof(*frames));
	struct drawing d = {.graph = graph, .sheet = sheet, .boxes = boxes, .lines = lines};
	struct route_ground ground = {
		.area = {map->x + step, map->y + step, floor(map->w / step - 2) * step,
			floor(map->h / step - 2) * step},
		.step = step,
		.boxes = boxes,
		.frame_of = frames,
		.n_boxes = graph->n_nodes};
	int r;

	if (!boxes || !lines || !frames)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the business sheet: no memory");
	memset(frames, 0xff, n * sizeof(*frames));
	d.words = boxes + n;
	for (uint32_t i = 0; i < graph->n_nodes; i++)
		boxes[i] = (struct sheet_box){graph->nodes[i].x, graph->nodes[i].y,
			graph->nodes[i].w, graph->nodes[i].h};
	for (uint32_t i = 0; i < graph->n_edges; i++)
		lines[i] = (struct route_line){.a = graph->edges[i].a, .b = graph->edges[i].b};
	r = route_lines(&ground, graph->model->arena, lines, graph->n_edges, reterr);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < graph->n_nodes; i++)
		draw_card(sheet, graph, &graph->nodes[i], pt);
	draw_edges(&d);
	return 0;
}
