/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The business sheet: key business, the systems that carry it, what those depend on, and their
 * suppliers, from left to right. Looks for the smallest paper and the largest text that hold
 * all cards. Graphviz places them; where its ranks do not fit, or it fails, systems stand in
 * columns by their distance from a business.
 */
#include "mapper/sheet/business.h"

#include "common/cleanup.h"
#include "mapper/layout/layout.h"
#include "mapper/render/measure.h"

#include <math.h>
#include <stdlib.h>

#define STEP_MM 2.0
#define RASTER_POINTS_MAX 120000.0
#define GAP_STEPS 7
#define GAP_LEAST_STEPS 3
#define COLUMN_GAP_STEPS 8 /* between columns, for their lines; if they are few, */
#define FEW_GAP_STEPS 5
#define FEW_EDGES 16
#define COLUMNS_MAX 64
#define SWEEPS 6
#define ROOM_MAX 0.8
#define SQUEEZE_MAX 1.15 /* of what Graphviz needs; beyond, ranks are no longer told apart */

struct placing {
	struct business_graph *graph;
	const struct sheet_request *request;
	struct layout_node *nodes;
	struct layout_edge *edges;
	uint32_t *node_of, *place_of; /* linked ones; and back */
	uint32_t *order, *depth;      /* of columns */
	uint32_t n;
	double pt, step;
	struct sheet_box area;
	char *why;
};

static double snapped(double v, double step)
{
	return floor(v / step + 0.5) * step;
}

/* Cards without any edge, on shelves below the others. Returns their height. */
static double shelve(struct placing *p, double top, bool move)
{
	double x = 0, y = 0, shelf = 0, gap = GAP_LEAST_STEPS * p->step;

	for (uint32_t i = 0; i < p->graph->n_nodes; i++) {
		struct business_node *node = &p->graph->nodes[i];

		if (node->linked)
			continue;
		if (x > 0 && x + node->w > p->area.w) {
			y += shelf + gap;
			x = shelf = 0;
		}
		if (move) {
			node->x = p->area.x + x;
			node->y = p->area.y + top + y;
		}
		x += node->w + gap;
		shelf = fmax(shelf, node->h);
	}
	return y + shelf;
}

/* By Graphviz; false if its cards do not fit. */
static bool place_graph(struct placing *p, double h)
{
	const struct business_graph *g = p->graph;
	struct layout_request request = {
		.engine = "dot", .gap_mm = GAP_STEPS * p->step, .sideways = true};
	double got_w, got_h;

	for (uint32_t i = 0; i < g->n_edges; i++)
		p->edges[i] = (struct layout_edge){p->place_of[g->edges[i].a],
			p->place_of[g->edges[i].b], 1 + (double)g->edges[i].strength};
	for (uint32_t i = 0; i < p->n; i++)
		p->nodes[i] = (struct layout_node){
			.w = g->nodes[p->node_of[i]].w, .h = g->nodes[p->node_of[i]].h};
	if (layout_place(&request, p->nodes, p->n, p->edges, g->n_edges, &got_w, &got_h, p->why,
		    NULL) != 0 ||
		got_w > SQUEEZE_MAX * p->area.w || got_h > SQUEEZE_MAX * h)
		return false;
	for (int gap = GAP_STEPS; gap >= GAP_LEAST_STEPS; gap--) {
		_cleanup_(cleanup_freep) struct layout_node *placed =
			calloc(p->n, sizeof(*placed));

		if (!placed)
			return false;
		for (uint32_t i = 0; i < p->n; i++)
			placed[i] = p->nodes[i];
		if (!layout_fit(placed, p->n, gap * p->step, p->area.w, h))
			continue;
		for (uint32_t i = 0; i < p->n; i++) {
			struct business_node *node = &p->graph->nodes[p->node_of[i]];

			node->x = p->area.x + snapped(placed[i].x - node->w / 2, p->step);
			node->y = p->area.y + snapped(placed[i].y - node->h / 2, p->step);
		}
		return true;
	}
	return false;
}

/* ---- columns ---- */

struct column {
	uint32_t first, n; /* of p->order */
	double w, h;
};

struct entry {
	double y;
	uint32_t node;
};

static int by_y(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->y != y->y)
		return x->y < y->y ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

/* Linked nodes by kind, then by how far they are from a business; walks the needs. */
static void find_order(struct placing *p)
{
	struct business_graph *g = p->graph;
	uint32_t n = 0;
	bool more = true;

	for (uint32_t i = 0; i < g->n_nodes; i++)
		p->depth[i] = g->nodes[i].kind == NODE_BUSINESS ? 0 : g->n_nodes;
	while (more) {
		more = false;
		for (uint32_t i = 0; i < g->n_edges; i++) {
			const struct business_edge *e = &g->edges[i];

			if (e->relation == RELATION_SUPPLY ||
				p->depth[e->a] + 1 >= p->depth[e->b])
				continue;
			p->depth[e->b] = p->depth[e->a] + 1;
			more = true;
		}
	}
	for (int kind = NODE_BUSINESS; kind <= NODE_SUPPLIER; kind++)
		for (uint32_t depth = 0; depth <= g->n_nodes; depth++)
			for (uint32_t i = 0; i < g->n_nodes; i++)
				if (g->nodes[i].linked && (int)g->nodes[i].kind == kind &&
					p->depth[i] == depth)
					p->order[n++] = i;
}

/* Returns the number of columns, 0 if a card is higher than the area or there are too many. */
static uint32_t cut_columns(const struct placing *p, double h, struct column *columns)
{
	double gap = GAP_LEAST_STEPS * p->step;
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct business_node *node = &p->graph->nodes[p->order[i]];
		struct column *c = n > 0 ? &columns[n - 1] : NULL;

		if (node->h > h)
			return 0;
		if (!c || p->graph->nodes[p->order[i - 1]].kind != node->kind ||
			c->h + node->h + gap > h) {
			if (n == COLUMNS_MAX)
				return 0;
			c = &columns[n++];
			*c = (struct column){i, 0, 0, -gap};
		}
		c->n++;
		c->w = fmax(c->w, node->w);
		c->h += node->h + gap;
	}
	return n;
}

/* The cards of a column from top to bottom, what is left of the height between them. */
static void spread(struct placing *p, const struct column *c, double h)
{
	double gap = GAP_LEAST_STEPS * p->step, extra = (h - c->h) / (c->n + 1), y = extra;

	for (uint32_t i = 0; i < c->n; i++) {
		struct business_node *node = &p->graph->nodes[p->order[c->first + i]];

		node->y = p->area.y + floor(y / p->step + 1e-6) * p->step;
		y += node->h + gap + extra;
	}
}

/* Each card near the middle of what it is linked to. */
static bool sweep(struct placing *p, const struct column *c, double h)
{
	const struct business_graph *g = p->graph;
	_cleanup_(cleanup_freep) struct entry *entries = calloc(c->n, sizeof(*entries));

	if (!entries)
		return false;
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t node = p->order[c->first + i], links = 0;
		double y = 0;

		for (uint32_t k = 0; k < g->n_edges; k++) {
			uint32_t other = g->edges[k].a == node	 ? g->edges[k].b
					 : g->edges[k].b == node ? g->edges[k].a
								 : node;

			if (other == node)
				continue;
			y += g->nodes[other].y + g->nodes[other].h / 2;
			links++;
		}
		entries[i] = (struct entry){links > 0 ? y / links : 0, node};
	}
	qsort(entries, c->n, sizeof(*entries), by_y);
	for (uint32_t i = 0; i < c->n; i++)
		p->order[c->first + i] = entries[i].node;
	spread(p, c, h);
	return true;
}

/* Businesses, systems by their distance from them, suppliers: from left to right. */
static bool place_columns(struct placing *p, double h)
{
	struct column columns[COLUMNS_MAX];
	bool few = p->graph->n_edges <= FEW_EDGES;
	double w = 0, x = 0, least = (few ? FEW_GAP_STEPS : COLUMN_GAP_STEPS) * p->step, extra;
	uint32_t n;

	find_order(p);
	n = cut_columns(p, h, columns);
	for (uint32_t i = 0; i < n; i++)
		w += columns[i].w + (i > 0 ? least : 0);
	if (n == 0 || w > p->area.w)
		return false;
	extra = n > 1 ? (p->area.w - w) / (n - 1) : 0;
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < columns[i].n; k++)
			p->graph->nodes[p->order[columns[i].first + k]].x =
				p->area.x + floor(x / p->step + 1e-6) * p->step;
		x += columns[i].w + least + extra;
		spread(p, &columns[i], h);
	}
	for (int round = 0; round < SWEEPS; round++)
		for (uint32_t i = 0; i < n; i++)
			if (!sweep(p, &columns[i], h))
				return false;
	return true;
}

static bool enough_room(const struct placing *p)
{
	double used = 0;

	for (uint32_t i = 0; i < p->graph->n_nodes; i++) {
		const struct business_node *node = &p->graph->nodes[i];

		if (node->w > p->area.w || node->h > p->area.h)
			return false;
		used += (node->w + GAP_LEAST_STEPS * p->step) *
			(node->h + GAP_LEAST_STEPS * p->step);
	}
	return used < ROOM_MAX * p->area.w * p->area.h;
}

static bool place(struct placing *p, bool columns)
{
	double shelves, h;

	for (uint32_t i = 0; i < p->graph->n_nodes; i++)
		business_size(p->request, p->graph, &p->graph->nodes[i], p->pt, p->step);
	if (!enough_room(p))
		return false;
	shelves = shelve(p, 0, false);
	h = p->area.h - (shelves > 0 ? shelves + GAP_LEAST_STEPS * p->step : 0);
	if (h < 0 || (p->n > 0 && !(columns ? place_columns(p, h) : place_graph(p, h))))
		return false;
	shelve(p, floor((p->area.h - shelves) / p->step) * p->step, true);
	return true;
}

/* On each paper with large text first, and by Graphviz before columns. */
static bool find_place(struct placing *p, enum sheet_paper *ret_paper)
{
	static const double sizes[] = {9, 8, 7, 6.3};

	enum sheet_paper first, end;

	sheet_papers(p->request, &first, &end);
	for (enum sheet_paper paper = first; paper < end; paper++) {
		struct sheet_box map = sheet_map_area(p->request, paper);

		*ret_paper = paper;
		p->step = STEP_MM;
		while (map.w * map.h / (p->step * p->step) > RASTER_POINTS_MAX)
			p->step += 0.5;
		p->area = (struct sheet_box){map.x + 3 * p->step, map.y + 3 * p->step,
			floor(map.w / p->step - 6) * p->step,
			floor(map.h / p->step - 6) * p->step};
		for (int columns = 0; columns < 2; columns++)
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
				p->pt = sizes[i];
				if (place(p, columns))
					return true;
			}
	}
	return false;
}

static int find_plan(struct placing *p, enum sheet_paper *ret_paper, struct error *reterr)
{
	struct business_graph *g = p->graph;
	size_t n = (size_t)g->n_nodes + 1;
	_cleanup_(cleanup_freep) struct layout_node *nodes = calloc(n, sizeof(*nodes));
	_cleanup_(cleanup_freep) struct layout_edge *edges =
		calloc((size_t)g->n_edges + 1, sizeof(*edges));
	_cleanup_(cleanup_freep) uint32_t *numbers = calloc(n, 4 * sizeof(*numbers));

	if (!nodes || !edges || !numbers)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the business sheet: no memory");
	p->nodes = nodes;
	p->edges = edges;
	p->node_of = numbers;
	p->place_of = numbers + n;
	p->order = numbers + 2 * n;
	p->depth = numbers + 3 * n;
	for (uint32_t i = 0; i < g->n_nodes; i++) {
		if (!g->nodes[i].linked)
			continue;
		p->place_of[i] = p->n;
		p->node_of[p->n++] = i;
	}
	return find_place(p, ret_paper) ? 0 : 1;
}

/* Rather fewer cards than no sheet. */
static int plan_folded(const struct model *model, struct placing *p,
	enum sheet_paper *ret_paper, size_t *ret_fold, struct error *reterr)
{
	int r = 1;

	for (size_t i = 0; i < n_business_limits && r == 1; i++) {
		p->n = 0;
		*ret_fold = i;
		if (business_graph_make(model, &business_limits[i], &p->graph) < 0)
			return error_set(reterr, ERROR_SYSTEM,
				"cannot draw the business sheet: no memory");
		r = find_plan(p, ret_paper, reterr);
	}
	return r == 1 ? error_set(reterr, p->request->paper ? ERROR_USAGE : ERROR_SYSTEM,
				"cannot draw the business sheet: %u cards do not fit on %s%s",
				p->graph->n_nodes, sheet_paper_name(*ret_paper),
				p->request->paper
					? ": leave the paper to the map (--paper auto)"
					: "")
		      : r;
}

static void add_notes(struct sheet *sheet, const struct business_graph *g, const char *why)
{
	uint32_t without = 0;

	for (uint32_t i = 0; i < g->n_nodes; i++)
		without += g->nodes[i].kind == NODE_SYSTEM && !g->nodes[i].linked;
	if (g->derived)
		sheet_note(sheet,
			"Boundaries as derived from flows and as decided: systems with assets "
			"in a maximum boundary %u, in a decided one %u.",
			"边界由数据流推导并经认定："
			"含最大边界内资产的系统 %u 个，含认定边界内资产的系统 %u 个。",
			g->n_within - g->n_reckoned, g->n_decided);
	if (g->derived && g->n_reckoned > 0)
		sheet_note(sheet,
			"Where no boundary was derived, the maximum is what key business "
			"reaches over needs and flows: %u systems more.",
			"未推导边界处，最大边界为关键业务经依赖与数据流可达的系统，另有 %u 个。",
			g->n_reckoned);
	else if (g->n_reckoned > 0)
		sheet_note(sheet,
			"Decided boundary: the red frame of a designated system. Maximum "
			"boundary: systems reached over needs and flows: %u.",
			"认定边界：认定系统的红框。最大边界：经依赖与数据流可达的系统，共 %u 个。",
			g->n_reckoned);
	if (g->n_folded_systems > 0)
		sheet_note(sheet,
			g->by_sector ? "Folded by sector: %u systems in %u boxes."
				     : "Folded by organisation: %u systems in %u boxes.",
			g->by_sector ? "已按行业折叠：%u 个系统，%u 个方框。"
				     : "已按单位折叠：%u 个系统，%u 个方框。",
			g->n_folded_systems, g->n_folds);
	if (g->n_folded_businesses + g->n_folded_suppliers > 0)
		sheet_note(sheet, "Folded: %u businesses, %u suppliers.",
			"已折叠：%u 项业务，%u 家供应商。", g->n_folded_businesses,
			g->n_folded_suppliers);
	if (g->dropped_edges > 0)
		sheet_note(sheet, "The weakest relations are not drawn: %u.",
			"未绘出的最弱关系：%u 条。", g->dropped_edges);
	if (without > 0)
		sheet_note(sheet,
			"Without any relation in the register, at the bottom: %u systems.",
			"登记中无任何关系、列于底部的系统：%u 个。", without);
	if (why[0])
		sheet_note(sheet, "Arranged in columns: %.150s.", "按列排列：%.150s。", why);
}

static bool nothing_stated(const struct estate *e)
{
	return e->n_businesses == 0 && e->n_supports == 0 && e->n_dependencies == 0 &&
	       e->n_supplies == 0;
}

/* Each language on lines of its own, as large as they fit. */
static void draw_nothing(struct sheet *sheet)
{
	static const char *const lines[2][2] = {
		{"The register states no business and no dependency yet.",
			"Import key businesses, supports, dependencies and contracts: "
			"cadastre register import FILE.xml"},
		{"登记中尚无业务与依赖关系。",
			"请导入关键业务、支撑、依赖与合同：cadastre register import FILE.xml"}};
	double y = sheet->map.y + sheet->map.h / 2, w = sheet->map.w * 0.94;
	enum map_language asked = sheet->request->language;
	bool can = measure_can_show(lines[1][0]);

	for (int language = 0; language < 2; language++)
		for (int i = 0; i < 2; i++) {
			double pt = i == 0 ? 14 : 9;

			if (language == 0 ? can && asked == MAP_CHINESE
					  : !can || asked == MAP_ENGLISH)
				continue;
			while (pt > 7 && measure_text_mm(lines[language][i], pt, false) > w)
				pt *= 0.95;
			mark_text(sheet, SCENE_LABELS, i == 0 ? THEME_TEXT : THEME_TEXT_QUIET,
				sheet->map.x + sheet->map.w / 2, y, pt, SCENE_MIDDLE, false,
				lines[language][i], w);
			y += 9;
		}
	if (sheet->model->estate->n_systems > 0)
		sheet_note(sheet, "Systems not drawn, without any relation: %u.",
			"无任何关系、未绘出的系统：%u 个。", sheet->model->estate->n_systems);
}

int sheet_business(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	const char *subtitle = sheet_request_say(
		request, model->arena, "Business: what key business needs", "关键业务依赖");
	bool nothing = nothing_stated(model->estate);
	char why[LAYOUT_WHY_MAX] = "";
	enum sheet_paper paper, end;
	struct placing placing = {.request = request, .why = why};
	struct sheet sheet;
	size_t fold = 0;
	int r = 0;

	sheet_papers(request, &paper, &end);
	if (!nothing)
		r = plan_folded(model, &placing, &paper, &fold, reterr);
	if (r < 0)
		return r;
	sheet_begin(&sheet, model, request, paper, "business", request->title, subtitle);
	if (sheet.scene && nothing)
		draw_nothing(&sheet);
	else if (sheet.scene)
		r = business_draw(placing.graph, placing.pt, placing.step, &sheet, reterr);
	if (r < 0)
		return r;
	if (!nothing)
		add_notes(&sheet, placing.graph, why);
	if (fold > 0)
		sheet_note_paper(&sheet);
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
