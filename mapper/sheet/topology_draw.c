/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws a placed topology: regions, hosts, routers, and the links between them as route.c finds
 * them. Decides no position but those of labels on links.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/change.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define LINK_LABEL_PT 5.6
#define LINK_LABEL_W 26.0
#define WIDEST_LINK 1.3
#define TRIANGLE_OUT 1.0
#define LINK_END 1.1 /* millimetres of a line that are thick at a box */

struct drawing {
	const struct topo *topo;
	const struct topo_plan *plan;
	struct sheet *sheet;
	struct sheet_box *boxes; /* as the router wants them */
	struct route_frame *frames;
	struct sheet_box *blocks;
	uint32_t *frame_of, *block_of;
	size_t n_frames;
	struct route_line *lines;
	struct sheet_box *labels;
	size_t n_labels;
};

/* ---- hosts ---- */

static void draw_host_text(
	struct drawing *d, const struct model_place *place, double x, double y)
{
	const struct topo_level *level = d->plan->level;
	const struct model *model = d->topo->model;
	const struct {
		const char *text;
		double pt;
		enum theme_style style;
	} lines[] = {
		{model_asset_name(model, place->asset), level->name_pt,
			change_of_asset(d->sheet, place->asset) == CHANGE_GONE
				? THEME_TEXT_QUIET
				: THEME_TEXT},
		{topo_host_address(model, place), level->address_pt, THEME_TEXT_QUIET},
		{topo_host_more(model, place), level->more_pt,
			model->estate->assets[place->asset].exposed ? THEME_TEXT
								    : THEME_TEXT_QUIET},
	};
	double h = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (lines[i].pt > 0 && lines[i].text[0])
			h += lines[i].pt * MM_PER_PT * 1.22;
	y += (level->row_h - h) / 2;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (lines[i].pt <= 0 || !lines[i].text[0])
			continue;
		mark_text(d->sheet, SCENE_LABELS, lines[i].style, x,
			y + lines[i].pt * MM_PER_PT * 0.98, lines[i].pt, SCENE_START, false,
			lines[i].text, level->text_w);
		y += lines[i].pt * MM_PER_PT * 1.22;
	}
}

/* The cell of an asset with its role, and the triangle at its upper right corner, which stands
 * out of it by less than the gap to the name. */
static void draw_asset(
	struct drawing *d, uint32_t asset, double x, double y, double cell, bool pictogram)
{
	bool exposed = d->topo->model->estate->assets[asset].exposed;
	enum estate_change change = change_of_asset(d->sheet, asset);
	bool shared = exposed || change != CHANGE_NONE;
	double size = cell * (change != CHANGE_NONE ? 0.44 : exposed ? 0.5 : 0.6);

	mark_cell(d->sheet, asset, x, y, cell, cell);
	if (pictogram && change != CHANGE_GONE)
		mark_role(d->sheet, asset, x + (shared ? cell * 0.2 : (cell - size) / 2),
			shared ? y + cell * 0.84 - size : y + (cell - size) / 2, size);
	mark_change(d->sheet, asset, change,
		pictogram ? CHANGE_CORNER
		: exposed ? CHANGE_LOWER_LEFT
			  : CHANGE_WHOLE_CELL,
		&(const struct sheet_box){x, y, cell, cell});
	if (exposed)
		mark_exposure(d->sheet, asset,
			x + fmin(cell * 0.62, cell * 0.54 + TRIANGLE_OUT), y - cell * 0.06,
			cell * 0.46);
}

static void draw_hosts(struct drawing *d, const struct topo_box *box)
{
	const struct topo_level *level = d->plan->level;
	const struct model *model = d->topo->model;
	const struct model_network *network = &model->networks[box->index];
	double top = box->y + topo_box_head(d->topo, box, level) + TOPO_PAD / 2;

	mark_owner_of_box(d->sheet, network->system == MODEL_NONE
					    ? overlay_network_owner(model, box->index)
					    : overlay_system_owner(model, network->system));
	for (uint32_t i = 0; i < network->n_places; i++) {
		const struct model_place *place = &model->places[network->first_place + i];
		double x = box->x + TOPO_PAD + i % box->columns * box->column_w;
		double y = top + i / box->columns * level->row_h;

		draw_asset(d, place->asset, x, y + (level->row_h - level->cell) / 2,
			level->cell, level->pictogram);
		if (level->name_pt > 0)
			draw_host_text(d, place, x + level->cell + 1.2, y);
	}
}

/* ---- boxes ---- */

/* Counts of a network at the right of its name; returns where they begin. */
static double draw_head_counts(struct drawing *d, double right, double y, double h,
	uint32_t cii, uint32_t exposed, const struct change_counts *changes)
{
	const struct topo *topo = d->topo;
	double pt = topo_small_pt(d->plan->level->head_pt);

	if (cii > 0)
		right -= mark_badge(d->sheet, SCENE_CII, THEME_CII_BADGE, right, y, h,
				 words_cii(topo->model, cii)) +
			 1;
	if (exposed > 0) {
		const char *text = arena_printf(topo->model->arena, "%u", exposed);

		right -= mark_text(d->sheet, SCENE_EXPOSURE, THEME_TEXT, right, y + h * 0.8, pt,
				 SCENE_END, true, text ? text : "", 12) +
			 0.6 + h;
		mark_exposure(d->sheet, SCENE_NO_ASSET, right, y, h);
		right -= 1;
	}
	return right - mark_change_counts(d->sheet, changes, right, y, h);
}

/* The frame of the zone and its name, below that of the network. */
static void draw_zone(struct drawing *d, const struct topo_box *box, double head)
{
	const struct sheet_box at = {box->x, box->y, box->w, box->h};
	double h = topo_zone_h(d->topo, box, d->plan->level), w;
	const char *text;

	if (h <= 0)
		return;
	mark_zone_frame(d->sheet, box->index, &at);
	text = overlay_zone_text(
		d->topo->model, box->index, d->sheet->request->language);
	w = mark_badge_width(h, text);
	if (w > box->w - 2 * TOPO_PAD)
		w = mark_badge_width(h, overlay_zone_name(d->topo->model, box->index));
	mark_zone(d->sheet, box->index, box->x + TOPO_PAD + w, box->y + head - h * 1.15, h, w);
}

static void draw_network(struct drawing *d, const struct topo_box *box)
{
	const struct topo_level *level = d->plan->level;
	const struct model *model = d->topo->model;
	const struct model_network *n = &model->networks[box->index];
	struct sheet *sheet = d->sheet;
	double pt = level->head_pt, h = pt * MM_PER_PT * 1.15, x = box->x + TOPO_PAD, right;
	uint32_t there = n->n_places - n->changes.n[CHANGE_GONE];
	double head = topo_box_head(d->topo, box, level), line = box->y + pt * MM_PER_PT * 1.3;
	struct scene_item *item;

	item = scene_rect(sheet->scene, SCENE_REGIONS,
		n->internet ? THEME_INTERNET : THEME_SUBNET, box->x, box->y, box->w, box->h);
	item->rect.radius = 0.8;
	item->title = arena_printf(model->arena,
		sheet->chinese ? "%s%s%s，资产 %u"
		: there == 1   ? "%s%s%s, %u asset"
			       : "%s%s%s, %u assets",
		n->name, n->prefixes[0] ? " " : "", n->prefixes, there);
	if (!n->internet)
		scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET_HEAD, box->x + 0.3,
			box->y + 0.3, box->w - 0.6, fmin(head, box->h - 0.3) - 0.3);
	*(n->internet ? &sheet->marks.internet : &sheet->marks.network) = true;
	right = draw_head_counts(
		d, box->x + box->w - 1.5, line - h * 0.88, h, n->n_cii, n->n_exposed,
		&n->changes);
	right -= mark_findings(sheet, n->n_findings, right, line - h * 0.88, h) > 0
			 ? mark_findings_width(h) + 1
			 : 0;
	draw_zone(d, box, head);
	if (level->counts && n->n_places > 0) {
		const char *text = topo_assets_text(d->topo, there);

		right -= 1 + mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, right, line,
				     topo_small_pt(pt), SCENE_END, false, text ? text : "", 30);
	}
	if (n->internet) {
		size_t symbol = theme_symbol_find("internet");

		scene_symbol(
			sheet->scene, SCENE_REGIONS, THEME_HOST, symbol, x, line - h * 0.86, h);
		if (symbol < SHEET_SYMBOLS_MAX)
			sheet->marks.symbol[symbol] = true;
		x += h + 1;
	}
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, line, pt, SCENE_START, true, n->name,
		right - x - 0.5);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, box->x + TOPO_PAD,
		line + topo_small_pt(pt) * MM_PER_PT * 1.3, topo_small_pt(pt), SCENE_START,
		false, n->prefixes, box->w - 2 * TOPO_PAD);
	if (!level->counts)
		draw_hosts(d, box);
}

static void draw_small(struct drawing *d, const struct topo_box *box)
{
	const struct topo *topo = d->topo;
	double pt = fmax(d->plan->level->head_pt * 0.95, 6), cell = pt * MM_PER_PT * 3.0;
	double x = box->x + TOPO_PAD, middle = box->y + box->h / 2, right = box->x + box->w;
	bool joint = box->kind == TOPO_JOINT;
	struct scene_item *item = scene_rect(d->sheet->scene, SCENE_REGIONS,
		joint ? THEME_ROUTER : THEME_REGION, box->x, box->y, box->w, box->h);

	item->rect.radius = 1.4;
	d->sheet->owner_known = false;
	if (joint) {
		item->asset = topo->model->joints[box->index];
		draw_asset(
			d, topo->model->joints[box->index], x, middle - cell / 2, cell, true);
		x += cell + 1.2;
		d->sheet->marks.router = true;
	} else {
		right = draw_head_counts(d, right - 1.5, box->y + 1.2, pt * MM_PER_PT * 1.15,
			box->n_cii, box->n_exposed, &box->changes);
		d->sheet->marks.region = true;
	}
	/* One line stands in the middle. */
	mark_text(d->sheet, SCENE_LABELS, THEME_TEXT, x,
		topo_box_subtitle(topo, box)[0] ? middle - 0.3 : middle + pt * MM_PER_PT * 0.36,
		pt, SCENE_START, true, topo_box_title(topo, box), right - x - 1);
	mark_text(d->sheet, SCENE_LABELS, THEME_TEXT_QUIET, x,
		middle + topo_small_pt(pt) * MM_PER_PT * 1.15, topo_small_pt(pt), SCENE_START,
		false, topo_box_subtitle(topo, box), box->x + box->w - x - 1);
}

/* Tells the router how much of the strip the name and the badges take. */
static void draw_system(
	struct drawing *d, const struct topo_super *super, struct route_frame *frame)
{
	const struct topo_level *level = d->plan->level;
	const struct model *model = d->topo->model;
	const struct estate_system *system = &model->estate->systems[super->system];
	struct sheet *sheet = d->sheet;
	double head = topo_frame_head(level), h = head * 0.62, right = super->x + super->w - 2;
	double y = super->y + (head - h) / 2 + 0.4;
	struct scene_item *item = scene_rect(sheet->scene, SCENE_REGIONS,
		THEME_SYSTEM, super->x, super->y, super->w, super->h);
	const char *text;
	double owner, pt = level->head_pt * 1.15;

	item->rect.radius = 1.6;
	item->title = model_system_name(system);
	*(d->topo->bands ? &sheet->marks.purdue_zone : &sheet->marks.system) = true;
	frame->box = (struct sheet_box){super->x, super->y, super->w, super->h};
	if (system->designated) {
		mark_cii_system(sheet, &frame->box, item->rect.radius);
		text = words_designation(model, system, level->head_pt,
			fmin(super->w / 3, topo_designation_w(level)));
		right -= mark_badge(sheet, SCENE_CII, THEME_CII_BADGE, right, y, h, text) + 1.2;
	}
	if (system->tier > 0) {
		text = topo_tier_text(d->topo, system->tier);
		right -= mark_badge(sheet, SCENE_LABELS, THEME_BADGE, right, y, h,
				 text ? text : "") +
			 1.2;
	}
	if (d->topo->bands &&
		model->estate->zones[super->system - d->topo->first_zone].sl_t > 0) {
		text = arena_printf(model->arena, "SL-T %u",
			model->estate->zones[super->system - d->topo->first_zone].sl_t);
		right -= mark_badge(sheet, SCENE_LABELS, THEME_BADGE, right, y, h,
				 text ? text : "") +
			 1.2;
	}
	owner = mark_owner(sheet, overlay_system_owner(model, super->system), right, y, h);
	right -= owner > 0 ? owner + 1.2 : 0;
	frame->right = super->x + super->w - right;
	frame->left = 2.5 + mark_system_change(sheet, system, super->x + 2.5, y, h);
	/* A box is no wider for its organisation's code, which would be another layout: the
	 * name shrinks. */
	while (pt > level->head_pt * 0.85 &&
		measure_text_mm(model_system_name(system), pt, true) >
			right - super->x - frame->left - 0.5)
		pt *= 0.97;
	frame->left +=
		1 + mark_text(sheet, SCENE_LABELS, THEME_TEXT, super->x + frame->left,
			    y + h * 0.8, pt, SCENE_START, true, model_system_name(system),
			    right - super->x - frame->left - 0.5);
	frame->head = ceil(head / d->plan->step) * d->plan->step;
}

/* ---- links ---- */

static enum theme_style link_style(const struct topo_edge *edge)
{
	if (edge->gone)
		return THEME_LINK_GONE;
	return edge->tie != MODEL_NONE ? THEME_TIE
				       : (enum theme_style)(THEME_LINK_MEASURED + edge->grade);
}

static const char *link_text(const struct drawing *d, const struct topo_edge *edge)
{
	static const char *const layers[LINK_LAYER_N][2] = {
		{"layer 2", "二层"}, {"layer 3", "三层"}, {"flow", "流"}, {"dependency", "依赖"}};
	const char *layer = topo_brief(d->topo, layers[edge->layer][0], layers[edge->layer][1]);
	const struct model *model = d->topo->model;
	const char *text;

	if (edge->gone)
		text = arena_printf(model->arena, "%s: %s",
			topo_brief(d->topo, "gone", "已消失"),
			edge->tie != MODEL_NONE ? model_asset_name(model, edge->tie) : layer);
	else if (edge->conduit)
		text = estate_text(model->estate->conduits[edge->conduit - 1].name);
	else if (edge->tie != MODEL_NONE)
		text = edge->count > 1 ? topo_brief(d->topo,
						 arena_printf(model->arena, "%u assets in both",
							 edge->count),
						 arena_printf(model->arena,
							 "两处同有 %u 个资产", edge->count))
				       : model_asset_name(model, edge->tie);
	else if (edge->count > 1)
		text = arena_printf(
			model->arena, "%s \xc3\x97%u", layer, edge->count);
	else
		text = layer;
	return measure_fit(model->arena, text ? text : "", LINK_LABEL_PT, false, LINK_LABEL_W);
}

static bool overlap(const struct sheet_box *a, const struct sheet_box *b)
{
	return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h &&
	       b->y < a->y + a->h;
}

static bool touches_line(const struct sheet_box *box, const struct route_line *line)
{
	for (size_t i = 1; i < line->n; i++) {
		const struct scene_point *p = &line->points[i - 1], *q = &line->points[i];
		struct sheet_box stretch = {fmin(p->x, q->x) - 0.3, fmin(p->y, q->y) - 0.3,
			fabs(p->x - q->x) + 0.6, fabs(p->y - q->y) + 0.6};

		if (overlap(box, &stretch))
			return true;
	}
	return false;
}

static bool label_fits(const struct drawing *d, const struct sheet_box *at, size_t own)
{
	const struct topo *topo = d->topo;
	const struct sheet_box *map = &d->sheet->map;

	if (at->x < map->x || at->y < map->y || at->x + at->w > map->x + map->w ||
		at->y + at->h > map->y + map->h)
		return false;
	for (uint32_t i = 0; i < topo->n_boxes; i++)
		if (overlap(at, &d->boxes[i]))
			return false;
	for (size_t i = 0; i < d->n_frames; i++) {
		struct sheet_box b = d->frames[i].box, inner = b;

		inner.y += d->frames[i].head;
		inner.h -= d->frames[i].head;
		/* Wholly inside below the name, or wholly outside. */
		if (overlap(at, &b) && !(at->x > inner.x && at->y > inner.y &&
					       at->x + at->w < inner.x + inner.w &&
					       at->y + at->h < inner.y + inner.h))
			return false;
	}
	for (size_t i = 0; i < d->n_labels; i++)
		if (overlap(at, &d->labels[i]))
			return false;
	/* Not over the border of a band. */
	for (uint32_t i = 0; i < topo->n_bands; i++)
		for (int end = 0; end < 2; end++) {
			double y = topo->bands[i].y + (end ? topo->bands[i].h : 0);

			if (at->y < y && y < at->y + at->h)
				return false;
		}
	for (uint32_t i = 0; i < topo->n_edges; i++)
		if (i != own && touches_line(at, &d->lines[i]))
			return false;
	return true;
}

/* On the first stretch where it disturbs nothing; a link without place has its text as
 * title. */
static void draw_label(struct drawing *d, size_t edge)
{
	static const double along[] = {0.5, 0.35, 0.65, 0.2, 0.8};
	const struct route_line *line = &d->lines[edge];
	const char *text = link_text(d, &d->topo->edges[edge]);
	double w = text ? measure_text_mm(text, LINK_LABEL_PT, false) + 1 : 0, h = 2.6;

	for (size_t i = 1; i < line->n && text && text[0]; i++)
		for (size_t k = 0; k < ARRAY_SIZE(along); k++) {
			const struct scene_point *p = &line->points[i - 1],
						 *q = &line->points[i];
			double x = p->x + (q->x - p->x) * along[k],
			       y = p->y + (q->y - p->y) * along[k];
			struct sheet_box at = {x - w / 2, y - h / 2, w, h};

			if (hypot(p->x - q->x, p->y - q->y) < (p->y == q->y ? w + 1 : h + 1) ||
				!label_fits(d, &at, edge))
				continue;
			scene_rect(d->sheet->scene, SCENE_LINKS, THEME_SHEET, at.x, at.y, at.w,
				at.h);
			scene_text(d->sheet->scene, SCENE_LINKS, THEME_TEXT, x, y + 0.72,
				LINK_LABEL_PT, SCENE_MIDDLE, false, text);
			d->labels[d->n_labels++] = at;
			return;
		}
}

/* A thick end where a line meets a box: lines that pass are told from lines that end. */
static void draw_ends(struct drawing *d, const struct route_line *line)
{
	for (int end = 0; end < 2 && line->n >= 2; end++) {
		const struct scene_point *p = &line->points[end ? line->n - 1 : 0];
		const struct scene_point *q = &line->points[end ? line->n - 2 : 1];
		double length = hypot(q->x - p->x, q->y - p->y);
		double part = length > 0 ? fmin(LINK_END / length, 0.4) : 0;
		const struct scene_point points[] = {
			*p, {p->x + (q->x - p->x) * part, p->y + (q->y - p->y) * part}};

		scene_line(d->sheet->scene, SCENE_LINKS, THEME_LINK_END, points, 2);
	}
}

/* A conduit through a router has a line on each side, and one name. */
static bool is_first_of_conduit(const struct topo *topo, uint32_t edge)
{
	for (uint32_t i = 0; i < edge; i++)
		if (topo->edges[i].conduit == topo->edges[edge].conduit)
			return false;
	return topo->edges[edge].conduit != 0;
}

/* For the tooltip of a link. */
static const char *known_how(const struct drawing *d, const struct topo_edge *edge)
{
	static const char *const grades[GRADE_N] = {"实测", "设备自述", "文档证明", "推导"};

	if (edge->gone)
		return d->sheet->chinese ? "已消失" : "gone";
	if (edge->tie != MODEL_NONE)
		return d->sheet->chinese ? "同一资产" : "same asset";
	return d->sheet->chinese ? grades[edge->grade] : evidence_grade_name(edge->grade);
}

static void draw_links(struct drawing *d)
{
	const struct topo *topo = d->topo;

	for (uint32_t i = 0; i < topo->n_edges; i++) {
		const struct topo_edge *edge = &topo->edges[i];
		enum theme_style style = link_style(edge);
		const char *text = link_text(d, edge);
		struct scene_item *item = scene_line(
			d->sheet->scene, SCENE_LINKS, style, d->lines[i].points, d->lines[i].n);

		if (edge->layer != LINK_L3 && edge->count > 1)
			item->line.width_mm = fmin(
				theme_styles[style].stroke_mm * sqrt(edge->count), WIDEST_LINK);
		item->title = arena_printf(topo->model->arena, "%s, %s", text ? text : "",
			known_how(d, edge));
		if (edge->gone)
			d->sheet->marks.link_gone = true;
		else if (edge->tie != MODEL_NONE)
			d->sheet->marks.tie = true;
		else
			d->sheet->marks.link[edge->grade] = true;
	}
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		if (topo->edges[i].tie == MODEL_NONE)
			draw_ends(d, &d->lines[i]);
		if (topo->edges[i].conduit == 0)
			continue;
		/* Labels keep off the bars. */
		purdue_draw_bars(
			topo, &d->lines[i], &topo->edges[i], d->sheet, &d->labels[d->n_labels]);
		d->n_labels += 2;
	}
	for (uint32_t i = 0; i < topo->n_edges; i++)
		if (topo->edges[i].layer != LINK_L3 || topo->edges[i].tie != MODEL_NONE ||
			topo->edges[i].gone || is_first_of_conduit(topo, i))
			draw_label(d, i);
}

/* ---- all of it ---- */

/* Only what belongs to a block runs through it. */
static void lay_blocks(struct drawing *d, struct route_ground *ground)
{
	const struct topo_blocks *blocks = d->topo->blocks;

	for (uint32_t i = 0; i < blocks->ground.n_supers; i++) {
		const struct topo_super *block = &blocks->ground.supers[i];

		d->blocks[i] = (struct sheet_box){block->x, block->y, block->w, block->h};
		for (uint32_t m = blocks->first[i]; m < blocks->first[i + 1]; m++) {
			const struct topo_super *super = &d->topo->supers[blocks->members[m]];

			for (uint32_t k = 0; k < super->n_boxes; k++)
				d->block_of[super->first_box + k] = i;
		}
	}
	ground->blocks = d->blocks;
	ground->block_of = d->block_of;
	ground->n_blocks = blocks->ground.n_supers;
}

/* The regions of the systems, then the ways of the links around what stands there. */
static int draw_systems(struct drawing *d, struct error *reterr)
{
	const struct topo *topo = d->topo;
	const struct sheet_box *map = &d->sheet->map;
	double step = d->plan->step;
	/* One step from the frame of the map, on the lattice that the boxes stand on. */
	struct route_ground ground = {
		.area = {map->x + step, map->y + step, floor(map->w / step - 2) * step,
			floor(map->h / step - 2) * step},
		.step = step,
		.boxes = d->boxes,
		.frame_of = d->frame_of,
		.n_boxes = topo->n_boxes,
		.frames = d->frames};

	if (topo->bands) {
		/* Names of bands stand at the left, where no link runs. */
		ground.area.x += topo->strip;
		ground.area.w -= topo->strip;
		purdue_draw(topo, d->sheet);
	}
	for (uint32_t s = 0; s < topo->n_supers; s++) {
		const struct topo_super *super = &topo->supers[s];
		bool system = super->kind == TOPO_SYSTEM;

		for (uint32_t i = 0; i < super->n_boxes; i++)
			d->frame_of[super->first_box + i] =
				system ? (uint32_t)d->n_frames : MODEL_NONE;
		if (system)
			draw_system(d, super, &d->frames[d->n_frames++]);
	}
	ground.n_frames = d->n_frames;
	if (topo->blocks)
		lay_blocks(d, &ground);
	for (uint32_t i = 0; i < topo->n_boxes; i++)
		d->boxes[i] = (struct sheet_box){
			topo->boxes[i].x, topo->boxes[i].y, topo->boxes[i].w, topo->boxes[i].h};
	for (uint32_t i = 0; i < topo->n_edges; i++)
		d->lines[i] = (struct route_line){.a = topo->edges[i].a,
			.b = topo->edges[i].b,
			.net = topo->edges[i].net,
			.sides = topo->edges[i].sides};
	return route_lines(&ground, topo->model->arena, d->lines, topo->n_edges, reterr);
}

int topo_draw(const struct topo *topo, const struct topo_plan *plan, struct sheet *sheet,
	struct error *reterr)
{
	size_t n = (size_t)topo->n_boxes + 1, n_edges = (size_t)topo->n_edges + 1;
	_cleanup_(cleanup_freep) struct sheet_box *boxes =
		calloc(2 * n + 3 * n_edges, sizeof(*boxes));
	_cleanup_(cleanup_freep) struct route_frame *frames = calloc(n, sizeof(*frames));
	_cleanup_(cleanup_freep) uint32_t *frame_of = calloc(2 * n, sizeof(*frame_of));
	_cleanup_(cleanup_freep) struct route_line *lines = calloc(n_edges, sizeof(*lines));
	struct drawing d = {.topo = topo,
		.plan = plan,
		.sheet = sheet,
		.boxes = boxes,
		.frames = frames,
		.frame_of = frame_of,
		.lines = lines};
	int r;

	if (!boxes || !frames || !frame_of || !lines)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the topology sheet: no memory");
	d.blocks = boxes + n;
	d.labels = boxes + 2 * n;
	d.block_of = frame_of + n;
	r = draw_systems(&d, reterr);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < topo->n_boxes; i++)
		if (topo->boxes[i].kind == TOPO_NETWORK)
			draw_network(&d, &topo->boxes[i]);
		else
			draw_small(&d, &topo->boxes[i]);
	draw_links(&d);
	if (sheet_shows(sheet, MAP_OVERLAY_ZONES))
		topo_draw_conduits(topo, lines, sheet);
	return 0;
}
