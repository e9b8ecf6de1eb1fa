/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The topology sheet of an industrial estate: zones instead of systems around the networks, in
 * bands by their Purdue level from the Internet's side above to the process below, routers
 * between the bands that they join, conduits as IEC 62443-3-2 has them: a bar across the border
 * of a zone, with the target level of that zone. Chosen by itself if every network but the
 * Internet's side is in a zone with a level and there are several levels.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SWEEPS 8
#define BAND_GAP_STEPS 3
#define LINES_MOST 40 /* each by itself */
#define STRIP_LEAST 38.0
#define STRIP_SHARE 0.085 /* of the map's width */
#define BAR_MM 1.3
#define LEVEL_INTERNET 100.0
#define LEVEL_NONE -1.0

/* ---- levels ---- */

static double level_of(const struct estate_zone *zone)
{
	const char *text = estate_text(zone->purdue);
	char *end;
	double level = strtod(text, &end);

	return end > text && *end == '\0' && level >= 0 && level <= 9 ? level : LEVEL_NONE;
}

/* A network says the id of its zone or the name. */
static uint32_t zone_of(const struct model *model, uint32_t network)
{
	const struct estate *e = model->estate;

	for (uint32_t s = 0; s < e->n_subnets; s++) {
		const char *zone = estate_text(e->subnets[s].zone);

		if (model->network_of_subnet[s] != network || !zone[0])
			continue;
		for (uint32_t z = 0; z < e->n_zones; z++)
			if (strcasecmp(estate_text(e->zones[z].id), zone) == 0 ||
				strcasecmp(estate_text(e->zones[z].name), zone) == 0)
				return z;
	}
	return MODEL_NONE;
}

bool purdue_wanted(const struct model *model, enum map_arrange arrange)
{
	double first = LEVEL_NONE;
	bool all = true, any = false, several = false;

	if (arrange == MAP_ARRANGE_FREE || model->estate->n_zones == 0)
		return false;
	for (uint32_t i = 0; i < model->n_networks; i++) {
		uint32_t zone = zone_of(model, i);
		double level =
			zone == MODEL_NONE ? LEVEL_NONE : level_of(&model->estate->zones[zone]);

		if (level < 0) {
			all &= model->networks[i].internet;
			continue;
		}
		several |= any && level != first;
		first = any ? first : level;
		any = true;
	}
	return arrange == MAP_ARRANGE_PURDUE ? any : all && several;
}

/* The model with zones in the place of systems around networks; zones follow the systems. */
struct model *purdue_model(const struct model *model)
{
	const struct estate *e = model->estate;
	struct arena *arena = model->arena;
	struct model *out = arena_copy(arena, model, sizeof(*model));
	struct estate *estate = arena_copy(arena, e, sizeof(*e));
	size_t n = (size_t)e->n_systems + e->n_zones;

	if (!out || !estate)
		return NULL;
	estate->systems = arena_alloc(arena, (n + 1) * sizeof(*estate->systems));
	out->networks = arena_alloc(arena, (model->n_networks + 1ul) * sizeof(*out->networks));
	if (!estate->systems || !out->networks)
		return NULL;
	for (size_t i = 0; i < n; i++)
		estate->systems[i] =
			i < e->n_systems
				? e->systems[i]
				: (struct estate_system){
					  .id = estate_text(e->zones[i - e->n_systems].id),
					  .name = estate_text(e->zones[i - e->n_systems].name),
					  .organisation = "",
					  .sector = "",
					  .business = "",
					  .designation_no = "",
					  .designation_pack = ""};
	estate->n_systems = (uint32_t)n;
	for (uint32_t i = 0; i < model->n_networks; i++) {
		uint32_t zone = model->networks[i].internet ? MODEL_NONE : zone_of(model, i);

		out->networks[i] = model->networks[i];
		out->networks[i].system = zone == MODEL_NONE ? MODEL_NONE : e->n_systems + zone;
	}
	out->estate = estate;
	return out;
}

/* ---- bands ---- */

static double super_level(
	const struct topo *topo, const struct topo_super *super, uint32_t first_zone)
{
	const struct topo_box *box = &topo->boxes[super->first_box];

	if (super->kind == TOPO_SYSTEM)
		return level_of(&topo->model->estate->zones[super->system - first_zone]);
	return super->kind == TOPO_NETWORK && topo->model->networks[box->index].internet
		       ? LEVEL_INTERNET
		       : LEVEL_NONE;
}

static int by_level(const void *a, const void *b)
{
	const struct topo_band *x = a, *y = b;

	return x->level > y->level ? -1 : x->level < y->level;
}

static void add_band(struct topo *topo, double level)
{
	for (uint32_t i = 0; i < topo->n_bands; i++)
		if (topo->bands[i].level == level)
			return;
	topo->bands[topo->n_bands++].level = level;
}

/* The highest and the lowest band of what is joined to a router. */
static void find_reach(
	const struct topo *topo, uint32_t joint, uint32_t *ret_high, uint32_t *ret_low)
{
	*ret_high = *ret_low = MODEL_NONE;
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		uint32_t a = topo->boxes[topo->edges[i].a].super;
		uint32_t b = topo->boxes[topo->edges[i].b].super;
		uint32_t band = a == joint   ? topo->band_of[b]
				: b == joint ? topo->band_of[a]
					     : MODEL_NONE;

		if (band == MODEL_NONE)
			continue;
		*ret_high = *ret_high == MODEL_NONE || band < *ret_high ? band : *ret_high;
		*ret_low = *ret_low == MODEL_NONE || band > *ret_low ? band : *ret_low;
	}
}

/* A router stands under the highest band that it joins, or above the only one; those that join
 * routers alone stand with the highest of them. */
static int find_gaps(struct topo *topo)
{
	_cleanup_(cleanup_freep) uint32_t *gaps =
		calloc((size_t)topo->n_supers + 1, sizeof(*gaps));

	if (!gaps)
		return -1;
	for (int others = 0; others < 2; others++) {
		for (uint32_t s = 0; s < topo->n_supers; s++) {
			uint32_t high, low;

			gaps[s] = topo->band_of[s];
			if (topo->supers[s].kind != TOPO_JOINT || gaps[s] != MODEL_NONE)
				continue;
			find_reach(topo, s, &high, &low);
			gaps[s] = high != MODEL_NONE && high == low && high > 0 && !others
					  ? high - 1
					  : high;
		}
		memcpy(topo->band_of, gaps, topo->n_supers * sizeof(*gaps));
	}
	for (uint32_t s = 0; s < topo->n_supers; s++)
		if (topo->band_of[s] == MODEL_NONE)
			topo->band_of[s] = 0;
	return 0;
}

/* Where there are many lines, those of a router to networks are one bus. */
static void find_nets(struct topo *topo)
{
	for (uint32_t i = 0; i < topo->n_edges && topo->n_edges > LINES_MOST; i++) {
		struct topo_edge *e = &topo->edges[i];
		bool a = topo->boxes[e->a].kind == TOPO_JOINT,
		     b = topo->boxes[e->b].kind == TOPO_JOINT;

		if (e->layer == LINK_L3 && e->tie == MODEL_NONE && a != b)
			e->net = (a ? e->a : e->b) + 1;
	}
}

/* Between a network of each zone, unless a router that the conduit names joins them already. */
static void add_conduits(struct topo *topo, uint32_t first_zone)
{
	const struct estate *e = topo->model->estate;

	for (uint32_t c = 0; c < e->n_conduits; c++) {
		uint32_t ends[2] = {MODEL_NONE, MODEL_NONE}, device = MODEL_NONE;

		for (uint32_t i = 0; i < topo->n_boxes; i++) {
			const struct topo_box *box = &topo->boxes[i];
			const struct topo_super *super = &topo->supers[box->super];

			if (box->kind == TOPO_JOINT &&
				strcasecmp(model_asset_name(topo->model,
						   topo->model->joints[box->index]),
					estate_text(e->conduits[c].device)) == 0)
				device = i;
			for (int k = 0; k < 2; k++)
				if (super->kind == TOPO_SYSTEM && ends[k] == MODEL_NONE &&
					super->system == first_zone + (k ? e->conduits[c].to
									 : e->conduits[c].from))
					ends[k] = i;
		}
		if (ends[0] == MODEL_NONE || ends[1] == MODEL_NONE || ends[0] == ends[1]) {
			topo->hidden_conduits++;
			continue;
		}
		if (device == MODEL_NONE) {
			topo->edges[topo->n_edges] = (struct topo_edge){ends[0], ends[1],
				LINK_L3, GRADE_ATTESTED, 1, MODEL_NONE, 0, 0, c + 1};
			topo->n_edges++;
			continue;
		}
		for (uint32_t i = 0; i < topo->n_edges; i++) {
			struct topo_edge *edge = &topo->edges[i];
			uint32_t other = edge->a == device ? edge->b : edge->a;

			if ((edge->a == device || edge->b == device) &&
				(topo->boxes[other].super == topo->boxes[ends[0]].super ||
					topo->boxes[other].super == topo->boxes[ends[1]].super))
				edge->conduit = c + 1;
		}
	}
}

int purdue_make(struct topo *topo, uint32_t first_zone)
{
	struct arena *arena = topo->model->arena;
	size_t n = (size_t)topo->n_supers + 1;
	struct topo_edge *edges = arena_alloc(arena,
		((size_t)topo->n_edges + topo->model->estate->n_conduits + 1) * sizeof(*edges));

	topo->bands = arena_alloc(arena, n * sizeof(*topo->bands));
	topo->band_of = arena_alloc(arena, n * sizeof(*topo->band_of));
	if (!topo->bands || !topo->band_of || !edges)
		return -1;
	memcpy(edges, topo->edges, topo->n_edges * sizeof(*edges));
	topo->edges = edges;
	topo->first_zone = first_zone;
	add_conduits(topo, first_zone);
	for (uint32_t s = 0; s < topo->n_supers; s++) {
		topo->supers[s].linked = true;
		if (topo->supers[s].kind != TOPO_JOINT)
			add_band(topo, super_level(topo, &topo->supers[s], first_zone));
	}
	qsort(topo->bands, topo->n_bands, sizeof(*topo->bands), by_level);
	for (uint32_t s = 0; s < topo->n_supers; s++) {
		topo->band_of[s] = MODEL_NONE;
		for (uint32_t i = 0; i < topo->n_bands && topo->supers[s].kind != TOPO_JOINT;
			i++)
			if (topo->bands[i].level ==
				super_level(topo, &topo->supers[s], first_zone))
				topo->band_of[s] = i;
	}
	find_nets(topo);
	return find_gaps(topo);
}

/* ---- placing ---- */

/* Rows from top to bottom: each band, and the routers under it. */
static uint32_t row_of(const struct topo *topo, uint32_t super)
{
	return 2 * topo->band_of[super] + (topo->supers[super].kind == TOPO_JOINT);
}

struct seat {
	uint32_t super, row;
	double wanted;
};

static int by_seat(const void *a, const void *b)
{
	const struct seat *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->wanted != y->wanted)
		return x->wanted < y->wanted ? -1 : 1;
	return x->super < y->super ? -1 : x->super > y->super;
}

/* One row in shelves of the area's width, each in the middle. Returns its height, INFINITY if
 * something is wider than the area. */
static double place_row(struct topo *topo, const struct seat *seats, size_t n,
	const struct topo_plan *plan, const struct sheet_box *area, double top)
{
	double gap = 4 * plan->step, y = top;

	for (size_t first = 0, end; first < n; first = end) {
		double w = -gap, h = 0, x;

		for (end = first; end < n; end++) {
			const struct topo_super *s = &topo->supers[seats[end].super];

			if (end > first && w + gap + s->w > area->w)
				break;
			w += gap + s->w;
			h = fmax(h, s->h);
		}
		if (w > area->w)
			return INFINITY;
		x = area->x + floor((area->w - w) / 2 / plan->step) * plan->step;
		for (size_t i = first; i < end; i++) {
			struct topo_super *s = &topo->supers[seats[i].super];

			s->x = x;
			s->y = y;
			x += s->w + gap;
		}
		y += h + (end < n ? gap : 0);
	}
	return y - top;
}

/* All rows; returns the y under the last. */
static double place_rows(struct topo *topo, const struct seat *seats,
	const struct topo_plan *plan, const struct sheet_box *area)
{
	double y = area->y, pad = 2 * plan->step;

	for (uint32_t row = 0, i = 0; row < 2 * topo->n_bands; row++) {
		uint32_t first = i;
		bool band = row % 2 == 0;

		while (i < topo->n_supers && seats[i].row == row)
			i++;
		if (band)
			topo->bands[row / 2].y = y;
		if (i > first)
			y += (band ? pad : 0) +
			     place_row(topo, seats + first, i - first, plan, area,
				     band ? y + pad : y) +
			     (band ? pad : 0);
		if (band)
			topo->bands[row / 2].h = y - topo->bands[row / 2].y;
		if (row + 1 < 2 * topo->n_bands)
			y += (i > first || band ? BAND_GAP_STEPS : 0) * plan->step;
	}
	return y;
}

static void want_middles(const struct topo *topo, struct seat *seats)
{
	for (uint32_t i = 0; i < topo->n_supers; i++) {
		const struct topo_super *own = &topo->supers[seats[i].super];
		double sum = 0, n = 0;

		for (uint32_t e = 0; e < topo->n_edges; e++) {
			uint32_t a = topo->boxes[topo->edges[e].a].super,
				 b = topo->boxes[topo->edges[e].b].super;
			const struct topo_super *other =
				&topo->supers[a == seats[i].super ? b : a];

			if (a == b || (a != seats[i].super && b != seats[i].super))
				continue;
			sum += other->x + other->w / 2;
			n++;
		}
		seats[i].wanted = n > 0 ? sum / n : own->x + own->w / 2;
	}
}

bool purdue_place(
	struct topo *topo, const struct topo_plan *plan, const struct sheet_box *whole)
{
	_cleanup_(cleanup_freep) struct seat *seats =
		calloc((size_t)topo->n_supers + 1, sizeof(*seats));
	double strip =
		ceil(fmax(STRIP_LEAST, whole->w * STRIP_SHARE) / plan->step) * plan->step;
	struct sheet_box area = {whole->x + strip, whole->y, whole->w - strip, whole->h};
	double bottom = 0, down;

	if (!seats || area.w <= 0)
		return false;
	topo->strip = strip;
	for (uint32_t s = 0; s < topo->n_supers; s++)
		seats[s] = (struct seat){s, row_of(topo, s), s};
	for (int sweep = 0; sweep < SWEEPS; sweep++) {
		qsort(seats, topo->n_supers, sizeof(*seats), by_seat);
		bottom = place_rows(topo, seats, plan, &area);
		if (!(bottom <= area.y + area.h))
			return false;
		want_middles(topo, seats);
	}
	down = floor((area.y + area.h - bottom) / 2 / plan->step) * plan->step;
	for (uint32_t i = 0; i < topo->n_bands; i++)
		topo->bands[i].y += down;
	for (uint32_t s = 0; s < topo->n_supers; s++) {
		struct topo_super *super = &topo->supers[s];

		super->y += down;
		for (uint32_t k = super->first_box; k < super->first_box + super->n_boxes;
			k++) {
			topo->boxes[k].x += super->x;
			topo->boxes[k].y += super->y;
		}
	}
	return true;
}

/* ---- drawing ---- */

static const struct {
	double level;
	const char *english, *chinese;
} level_names[] = {
	{5, "Enterprise", "企业网络"},
	{4, "Site business", "厂级业务"},
	{3.5, "DMZ", "隔离区"},
	{3, "Site operations", "运营管理"},
	{2, "Supervision", "过程监控"},
	{1, "Basic control", "基本控制"},
	{0, "Process", "现场过程"},
};

static void draw_band(
	const struct topo *topo, const struct topo_band *band, struct sheet *sheet)
{
	double x = sheet->map.x + 2, w = sheet->map.w - 4, pt = topo->strip / 5,
	       y = band->y + band->h / 2;
	const char *name = "", *label;

	scene_rect(sheet->scene, SCENE_REGIONS, THEME_REGION, x, band->y, w, band->h);
	sheet->marks.band = true;
	if (band->level == LEVEL_INTERNET)
		label = sheet_say(sheet, "Internet", "互联网");
	else if (band->level < 0)
		label = sheet_say(sheet, "No level", "未定级");
	else
		label = topo_say(topo, "Level %g", "第 %g 层", band->level);
	for (size_t i = 0; i < ARRAY_SIZE(level_names); i++)
		if (level_names[i].level == band->level)
			name = sheet_say(sheet, level_names[i].english, level_names[i].chinese);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x + 2,
		name[0] ? y - pt * 0.06 : y + pt * 0.12, pt, SCENE_START, true, label,
		topo->strip - 3);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + 2, y + pt * 0.36,
		fmax(pt * 0.8, SCENE_TEXT_MIN_PT), SCENE_START, false, name, topo->strip - 3);
}

void purdue_draw(const struct topo *topo, struct sheet *sheet)
{
	for (uint32_t i = 0; i < topo->n_bands; i++)
		draw_band(topo, &topo->bands[i], sheet);
}

/* Where a line goes over the border of a box; false if it does not. */
static bool find_border(const struct route_line *line, const struct topo_super *s,
	struct scene_point *ret, bool *ret_level)
{
	for (size_t i = 1; i < line->n; i++) {
		struct scene_point p = line->points[i - 1], q = line->points[i];
		const double xs[] = {s->x, s->x + s->w}, ys[] = {s->y, s->y + s->h};

		for (int k = 0; k < 2; k++) {
			if (p.y == q.y && p.y > s->y && p.y < s->y + s->h &&
				(p.x - xs[k]) * (q.x - xs[k]) < 0) {
				*ret = (struct scene_point){xs[k], p.y};
				*ret_level = true;
				return true;
			}
			if (p.x == q.x && p.x > s->x && p.x < s->x + s->w &&
				(p.y - ys[k]) * (q.y - ys[k]) < 0) {
				*ret = (struct scene_point){p.x, ys[k]};
				*ret_level = false;
				return true;
			}
		}
	}
	return false;
}

void purdue_draw_bars(const struct topo *topo, const struct route_line *line,
	const struct topo_edge *edge, struct sheet *sheet, struct sheet_box bars[2])
{
	const struct estate *e = topo->model->estate;
	const struct estate_conduit *conduit = &e->conduits[edge->conduit - 1];
	const uint32_t ends[] = {edge->a, edge->b};

	for (int k = 0; k < 2; k++) {
		const struct topo_super *super = &topo->supers[topo->boxes[ends[k]].super];
		struct scene_item *item;
		struct scene_point at;
		bool level;
		uint8_t sl;

		bars[k] = (struct sheet_box){0};
		if (super->kind != TOPO_SYSTEM || !find_border(line, super, &at, &level))
			continue;
		bars[k] = level ? (struct sheet_box){at.x - 0.6, at.y - 2.2, 1.2, 4.4}
				: (struct sheet_box){at.x - 2.2, at.y - 0.6, 4.4, 1.2};
		item = scene_line(sheet->scene, SCENE_LINKS, THEME_LINK_END,
			(const struct scene_point[]){
				{level ? at.x : bars[k].x, level ? bars[k].y : at.y},
				{level ? at.x : bars[k].x + bars[k].w,
					level ? bars[k].y + bars[k].h : at.y}},
			2);
		item->line.width_mm = BAR_MM;
		sl = e->zones[super->system - topo->first_zone].sl_t;
		item->title = sl > 0 ? arena_printf(topo->model->arena, "%s, SL-T %u: %s",
					       estate_text(conduit->name), sl,
					       estate_text(conduit->protocols))
				     : conduit->name;
		sheet->marks.purdue_conduit = true;
	}
}
