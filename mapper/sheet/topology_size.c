/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Levels of detail, and the sizes that boxes and super nodes take at one: from the texts as
 * they are printed, rounded up to the raster's step.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/change.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define MM_PER_PT (25.4 / 72.0)
#define TEXT_GAP 1.2 /* between a mark and its text */
#define COLUMN_GAP 2.6
#define MEASURED_HOSTS_MAX 600 /* beyond, columns take their full width unmeasured */
#define PORTS_MAX 4
#define SHELF_TRIES_MAX 60
#define SHELF_COLUMN_MAX 4 /* boxes that stand in one row or column whatever that wastes */

const struct topo_level topo_levels[] = {
	/* cell name address more text_w row_h head pictogram counts */
	{20.0, 16.0, 12.0, 11.0, 90, 25.0, 19.0, true, false},
	{14.0, 12.0, 9.2, 8.6, 60, 17.0, 14.5, true, false},
	{10.5, 9.0, 7.2, 6.8, 42, 12.6, 11.0, true, false},
	{9.0, 7.8, 6.2, 6.0, 36, 10.8, 9.5, true, false},
	{7.8, 6.8, 5.6, 5.3, 31, 9.4, 8.5, true, false},
	{6.2, 6.0, 5.2, 0, 27, 7.4, 7.5, true, false},
	{4.8, 5.3, 0, 0, 23, 5.8, 6.8, true, false},
	{4.6, 0, 0, 0, 0, 5.6, 6.2, true, false},
	{2.4, 0, 0, 0, 0, 3.0, 5.6, false, false},
	{0, 0, 0, 0, 0, 0, 5.6, false, true},
};
const size_t topo_n_levels = ARRAY_SIZE(topo_levels);
const size_t topo_n_named_levels = 7;

double topo_small_pt(double pt)
{
	return fmax(pt * 0.78, SCENE_TEXT_MIN_PT);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

const char *topo_host_address(const struct model *model, const struct model_place *place)
{
	return words_address(model, place->asset, &place->addr);
}

const char *topo_host_more(const struct model *model, const struct model_place *place)
{
	const char *text = words_ports(model, place->asset, true, PORTS_MAX);

	if (!text[0])
		text = words_also(model, place->asset, place->network);
	if (!text[0])
		text = words_product(model, place->asset);
	if (!text[0])
		text = words_ports(model, place->asset, false, PORTS_MAX);
	return text;
}

const char *topo_say(const struct topo *topo, const char *english, const char *chinese, ...)
{
	char text[128], text_zh[128];
	va_list args;

	va_start(args, chinese);
	vsnprintf(text, sizeof(text), english, args);
	va_end(args);
	va_start(args, chinese);
	vsnprintf(text_zh, sizeof(text_zh), chinese, args);
	va_end(args);
	english = arena_strdup(topo->model->arena, text);
	chinese = arena_strdup(topo->model->arena, text_zh);
	return english && chinese ? or_empty(sheet_request_say(topo->request,
					    topo->model->arena, english, chinese))
				  : "";
}

const char *topo_brief(const struct topo *topo, const char *english, const char *chinese)
{
	return or_empty(topo->request->language == MAP_CHINESE && chinese
				? sheet_request_say(topo->request, topo->model->arena,
					  or_empty(english), chinese)
				: english);
}

const char *topo_tier_text(const struct topo *topo, unsigned int tier)
{
	return topo_brief(topo, arena_printf(topo->model->arena, "tier %u", tier),
		arena_printf(topo->model->arena, "%u 级", tier));
}

const char *topo_assets_text(const struct topo *topo, unsigned int n)
{
	return topo_brief(topo, arena_printf(topo->model->arena, "%u assets", n),
		arena_printf(topo->model->arena, "资产 %u", n));
}

const char *topo_box_title(const struct topo *topo, const struct topo_box *box)
{
	const struct model *model = topo->model;

	if (box->kind == TOPO_JOINT)
		return model_asset_name(model, model->joints[box->index]);
	if (box->sector)
		return or_empty(arena_printf(model->arena, "%.60s%s%s", box->sector,
			box->sector[0] ? ": " : "",
			box->n_systems == 1
				? topo_say(topo, "1 system", "1 个系统")
				: topo_say(topo, "%u systems", "%u 个系统", box->n_systems)));
	/* All of a system's networks: none stands beside it that there could be more than. */
	if (topo->supers[box->super].kind == TOPO_SYSTEM &&
		topo->supers[box->super].n_boxes == 1)
		return topo_say(topo, "Networks: %u", "网络：%u", box->n_networks);
	return box->n_networks == 1
		       ? topo_say(topo, "1 more network", "另有 1 个网络")
		       : topo_say(topo, "%u more networks", "另有 %u 个网络", box->n_networks);
}

const char *topo_box_subtitle(const struct topo *topo, const struct topo_box *box)
{
	const struct model *model = topo->model;
	const char *text;
	uint32_t asset;

	if (box->kind != TOPO_JOINT && box->sector)
		return topo_say(topo, "folded, networks: %u, assets: %u",
			"已折叠，网络 %u，资产 %u", box->n_networks, box->n_assets);
	if (box->kind != TOPO_JOINT)
		return topo_say(topo, "folded, assets: %u", "已折叠，资产 %u", box->n_assets);
	asset = model->joints[box->index];
	text = words_product(model, asset);
	for (uint32_t i = 0; i < model->estate->assets[asset].n_addresses && !text[0]; i++)
		text = words_address(model, asset,
			&model->estate
				 ->addresses[model->estate->assets[asset].first_address + i]
				 .addr);
	if (!text[0] && model->estate->assets[asset].n_addresses == 0)
		text = words_address(model, asset, &(struct addr){0});
	return text;
}

double topo_head_text_w(const struct topo_level *level)
{
	return fmax(62, level->head_pt * 5.5);
}

double topo_designation_w(const struct topo_level *level)
{
	return fmax(31, level->head_pt * 4);
}

double topo_frame_head(const struct topo_level *level)
{
	return ceil(level->head_pt * 1.15 * MM_PER_PT * 2.1);
}

double topo_zone_h(
	const struct topo *topo, const struct topo_box *box, const struct topo_level *level)
{
	if (box->kind != TOPO_NETWORK ||
		!overlay_on(topo->request->overlays, MAP_OVERLAY_ZONES) ||
		!overlay_zone_name(topo->model, box->index)[0])
		return 0;
	return fmax(topo_small_pt(level->head_pt) * MM_PER_PT * 1.45, 2.9);
}

double topo_box_head(
	const struct topo *topo, const struct topo_box *box, const struct topo_level *level)
{
	double h = level->head_pt * MM_PER_PT * 1.75;

	if (box->kind == TOPO_NETWORK && topo->model->networks[box->index].prefixes[0])
		h += topo_small_pt(level->head_pt) * MM_PER_PT * 1.3;
	h += topo_zone_h(topo, box, level) * 1.25;
	return h;
}

static double snap(double v, double step)
{
	return ceil(v / step - 1e-9) * step;
}

static const char *host_text(
	const struct topo *topo, const struct model_place *place, enum topo_text which)
{
	const struct model *model = topo->model;

	return which == TOPO_TEXT_NAME	    ? model_asset_name(model, place->asset)
	       : which == TOPO_TEXT_ADDRESS ? topo_host_address(model, place)
					    : topo_host_more(model, place);
}

/* The widest of one kind of text in a network, per point of size; measured once. */
static double widest(const struct topo *topo, uint32_t network, enum topo_text which)
{
	const struct model_network *n = &topo->model->networks[network];
	double *known = &topo->widest[(size_t)network * TOPO_TEXT_N + which];

	if (*known > 0)
		return *known;
	*known = 1e-6;
	for (uint32_t i = 0; i < n->n_places; i++) {
		const struct model_place *place = &topo->model->places[n->first_place + i];

		*known = fmax(*known, measure_text_mm(host_text(topo, place, which), 1, false));
	}
	return *known;
}

/* The widest text of the network's hosts, at most the level's. */
static double host_text_w(
	const struct topo *topo, uint32_t network, const struct topo_level *level)
{
	const double pts[TOPO_TEXT_N] = {level->name_pt, level->address_pt, level->more_pt};
	double w = 0;

	if (level->name_pt <= 0)
		return 0;
	if (topo->model->networks[network].n_places > MEASURED_HOSTS_MAX)
		return level->text_w;
	for (int i = 0; i < TOPO_TEXT_N && w < level->text_w; i++)
		if (pts[i] > 0)
			w = fmax(w, widest(topo, network, (enum topo_text)i) * pts[i]);
	return fmin(w + 0.3, level->text_w);
}

double topo_least_area(const struct topo *topo, const struct topo_level *level)
{
	double host = level->row_h;

	if (level->counts)
		return 0;
	if (level->name_pt > 0)
		host = level->cell + TEXT_GAP + COLUMN_GAP;
	return host * level->row_h * (topo->model->n_places - topo->folded_assets);
}

/* Columns of n cells so that the whole comes near the wanted ratio of width to height. */
static uint32_t choose_columns(uint32_t n, double column_w, double row_h, double ratio)
{
	uint32_t best = 1, most = n < 400 ? n : 400;
	double least = INFINITY;

	for (uint32_t c = 1; c <= most; c++) {
		uint32_t rows = (n + c - 1) / c;
		double off = fabs(log(c * column_w / (rows * row_h) / ratio));
		double empty = (double)(rows * c - n) / n;

		if (off + 0.6 * empty < least) {
			least = off + 0.6 * empty;
			best = c;
		}
	}
	if (n > 400)
		best = (uint32_t)fmax(1, sqrt(n * row_h / column_w * ratio));
	return best;
}

/* Numbers in a head, with room for larger ones; what changed may take that room, so that a
 * difference of two days stands on the places of one. */
static double numbers_w(const struct topo *topo, const struct model_network *network,
	const struct topo_level *level, double h)
{
	double small = topo_small_pt(level->head_pt), room = 0, now = 0;
	uint32_t there = network->n_places - network->changes.n[CHANGE_GONE];
	char text[16];

	if (network->n_exposed > 0) {
		snprintf(text, sizeof(text), "%u", network->n_exposed);
		room += measure_text_mm("0000", small, true);
		now += measure_text_mm(text, small, true);
	}
	if (level->counts) {
		room += measure_text_mm(topo_assets_text(topo, 888888), small, false) + 2;
		now += measure_text_mm(topo_assets_text(topo, there), small, false) + 2;
	}
	return topo->model->estate->other_us
		       ? fmax(room, now + change_counts_width(&network->changes, h))
		       : room;
}

static double head_w(
	const struct topo *topo, const struct topo_box *box, const struct topo_level *level)
{
	const struct model_network *network = &topo->model->networks[box->index];
	double small = topo_small_pt(level->head_pt), h = level->head_pt * MM_PER_PT * 1.15;
	double w = fmin(
		measure_text_mm(network->name, level->head_pt, true), topo_head_text_w(level));

	if (network->internet)
		w += h + 1;
	if (network->n_cii > 0)
		w += mark_badge_width(h, words_cii(topo->model, network->n_cii)) + 1.5;
	if (network->n_exposed > 0)
		w += h + 1.5;
	w += numbers_w(topo, network, level, h);
	if (network->n_findings > 0 &&
		overlay_on(topo->request->overlays, MAP_OVERLAY_FINDINGS))
		w += mark_findings_width(h) + 1;
	h = topo_zone_h(topo, box, level);
	if (h > 0)
		w = fmax(w, fmin(mark_badge_width(h, overlay_zone_text(topo->model, box->index,
					    topo->request->language)),
				    topo_head_text_w(level)));
	return fmax(w, fmin(measure_text_mm(network->prefixes, small, false),
			       topo_head_text_w(level))) +
	       1;
}

/* Lets the hosts of a network flow into a width. */
static void flow(
	const struct topo *topo, struct topo_box *box, const struct topo_plan *plan, double w)
{
	const struct topo_level *level = plan->level;
	uint32_t n, rows;

	box->w = w;
	if (box->kind != TOPO_NETWORK || level->counts || box->columns == 0)
		return;
	n = topo->model->networks[box->index].n_places;
	box->columns = (uint32_t)fmax((w - 2 * TOPO_PAD) / box->column_w, 1);
	rows = (n + box->columns - 1) / box->columns;
	box->columns = (n + rows - 1) / rows;
	box->h = snap(
		topo_box_head(topo, box, level) + rows * level->row_h + TOPO_PAD, plan->step);
}

/* At least `least_w` wide; what that gives more than is needed goes to more columns. As wide as
 * it was, if hosts have room in that. */
static void size_network(const struct topo *topo, struct topo_box *box,
	const struct topo_plan *plan, double least_w, double kept_w)
{
	static const double ratios[] = {[TOPO_ROWS] = 2.2,
		[TOPO_COLUMNS] = 0.95,
		[TOPO_SQUARE] = 1.5,
		[TOPO_WIDE] = 14};
	const struct topo_level *level = plan->level;
	const struct model_network *network = &topo->model->networks[box->index];
	double w = fmax(head_w(topo, box, level) + 2 * TOPO_PAD, least_w), h = 0, text_w;
	uint32_t rows;

	if (network->n_places > 0 && !level->counts) {
		text_w = host_text_w(topo, box->index, level);
		box->column_w = level->name_pt > 0
					? level->cell + TEXT_GAP + text_w + COLUMN_GAP
					: level->row_h;
		box->columns = choose_columns(
			network->n_places, box->column_w, level->row_h, ratios[plan->arrange]);
		if (w - 2 * TOPO_PAD > box->columns * box->column_w)
			box->columns = (uint32_t)((w - 2 * TOPO_PAD) / box->column_w);
		rows = (network->n_places + box->columns - 1) / box->columns;
		box->columns = (network->n_places + rows - 1) / rows;
		w = fmax(w, (kept_w > 0 ? 1 : box->columns) * box->column_w + 2 * TOPO_PAD);
		h = rows * level->row_h + TOPO_PAD;
	}
	box->w = snap(w, plan->step);
	box->h = snap(topo_box_head(topo, box, level) + h, plan->step);
	if (kept_w > 0)
		flow(topo, box, plan, fmax(box->w, kept_w));
}

static void size_small(
	const struct topo *topo, struct topo_box *box, const struct topo_plan *plan)
{
	double pt = fmax(plan->level->head_pt * 0.95, 6), h = pt * MM_PER_PT * 3.0;
	double text = fmax(measure_text_mm(topo_box_title(topo, box), pt, true),
		measure_text_mm(topo_box_subtitle(topo, box), topo_small_pt(pt), false));
	double badge = pt * MM_PER_PT * 1.15, counts = 0;

	if (box->n_cii > 0)
		counts += mark_badge_width(badge, words_cii(topo->model, box->n_cii)) + 1.5;
	if (box->n_exposed > 0)
		counts += badge + 1.5 + measure_text_mm("0000", topo_small_pt(pt), true);
	if (topo->model->estate->other_us && box->kind == TOPO_FOLD)
		counts += change_counts_width(&box->changes, badge);
	box->w = snap(fmin(text + 0.5, topo_head_text_w(plan->level) * 0.8) + counts +
			      2 * TOPO_PAD + (box->kind == TOPO_JOINT ? h + TEXT_GAP : 0),
		plan->step);
	box->h = snap(h + 2 * TOPO_PAD * 0.7, plan->step);
}

/* Shelves of at most `limit` width: left to right, a new one when that is used up. */
static void shelve(const struct topo *topo, struct topo_super *super, double limit, double gap)
{
	double x = 0, y = 0, shelf = 0;

	super->w = super->h = 0;
	for (uint32_t i = 0; i < super->n_boxes; i++) {
		struct topo_box *box = &topo->boxes[super->first_box + i];

		if (x > 0 && x + box->w > limit) {
			y += shelf + gap;
			x = shelf = 0;
		}
		box->x = x;
		box->y = y;
		x += box->w + gap;
		shelf = fmax(shelf, box->h);
		super->w = fmax(super->w, x - gap);
		super->h = fmax(super->h, y + shelf);
	}
}

/* The width of shelves that wastes least, near the wanted ratio of width to height. */
static double choose_limit(
	const struct topo *topo, struct topo_super *super, double ratio, double gap)
{
	double best = 0, least = INFINITY, limit = 0;

	for (uint32_t i = 0; i < super->n_boxes && i < SHELF_TRIES_MAX; i++) {
		double cost;

		limit += topo->boxes[super->first_box + i].w + (i > 0 ? gap : 0);
		shelve(topo, super, limit, gap);
		cost = super->w * super->h * (1 + 0.5 * fabs(log(super->w / super->h / ratio)));
		if (cost < least) {
			least = cost;
			best = limit;
		}
	}
	return best;
}

/* The narrowest width with which a network is at most that high. */
static void narrow(const struct topo *topo, struct topo_box *box, const struct topo_plan *plan,
	double most_h)
{
	double least;

	if (box->kind != TOPO_NETWORK || plan->level->counts || box->columns < 2)
		return;
	least = head_w(topo, box, plan->level) + 2 * TOPO_PAD;
	for (uint32_t columns = 1; columns < box->columns; columns++) {
		struct topo_box tried = *box;

		flow(topo, &tried, plan,
			snap(fmax(least, columns * box->column_w + 2 * TOPO_PAD), plan->step));
		if (tried.h > most_h + 1e-6 || tried.w >= box->w)
			continue;
		*box = tried;
		return;
	}
}

/* The end of the shelf that begins at a box; the boxes' sum of widths with gaps, and height. */
static uint32_t shelf_of(const struct topo *topo, const struct topo_super *super,
	uint32_t first, double gap, struct sheet_box *ret)
{
	uint32_t end = first, last = super->first_box + super->n_boxes;

	*ret = (struct sheet_box){0, topo->boxes[first].y, -gap, 0};
	for (; end < last && topo->boxes[end].y == topo->boxes[first].y; end++) {
		ret->w += topo->boxes[end].w + gap;
		ret->h = fmax(ret->h, topo->boxes[end].h);
	}
	return end;
}

/* All shelves as wide as the widest, and at least so wide: no empty end of a shelf. Boxes that
 * are lower than their shelf become narrow first. */
static void fill_shelves(const struct topo *topo, struct topo_super *super,
	const struct topo_plan *plan, double least, double gap)
{
	uint32_t last = super->first_box + super->n_boxes, end;
	double w = least, y = 0;
	struct sheet_box shelf;

	for (uint32_t first = super->first_box; first < last; first = end) {
		end = shelf_of(topo, super, first, gap, &shelf);
		for (uint32_t i = first; i < end && end - first > 1; i++)
			narrow(topo, &topo->boxes[i], plan, shelf.h);
		shelf_of(topo, super, first, gap, &shelf);
		w = fmax(w, shelf.w);
	}
	for (uint32_t first = super->first_box; first < last; first = end) {
		double x = 0, each;

		end = shelf_of(topo, super, first, gap, &shelf);
		each = floor((w - shelf.w) / (end - first) / plan->step + 1e-6) * plan->step;
		for (uint32_t i = first; i < end; i++) {
			struct topo_box *box = &topo->boxes[i];

			flow(topo, box, plan, i + 1 < end ? box->w + each : w - x);
			box->x = x;
			x += box->w + gap;
		}
		shelf_of(topo, super, first, gap, &shelf);
		for (uint32_t i = first; i < end; i++)
			topo->boxes[i].y = y;
		y += shelf.h + gap;
	}
	super->w = w;
	super->h = y - gap;
}

/* The boxes of a super node against each other, on shelves as long as they were. */
static void arrange(const struct topo *topo, struct topo_super *super,
	const struct topo_plan *plan, const struct topo_was *was, double least)
{
	static const double ratios[] = {
		[TOPO_ROWS] = 4, [TOPO_COLUMNS] = 0.4, [TOPO_SQUARE] = 1.2, [TOPO_WIDE] = 20};
	double gap = 3 * plan->step, limit;

	limit = was ? topo_was_mm(topo, was->limit, plan->step)
		    : choose_limit(topo, super, ratios[plan->arrange], gap);
	super->limit = limit;
	if (plan->arrange == TOPO_COLUMNS && super->n_boxes <= SHELF_COLUMN_MAX)
		limit = 0;
	if ((plan->arrange == TOPO_ROWS || plan->arrange == TOPO_WIDE) &&
		super->n_boxes <= SHELF_COLUMN_MAX)
		limit = INFINITY;
	shelve(topo, super, limit, gap);
	fill_shelves(topo, super, plan, least, gap);
}

/* Room for the name and the badges of a system above its networks. */
static double frame_w(
	const struct topo *topo, const struct topo_super *super, const struct topo_level *level)
{
	const struct estate_system *system = &topo->model->estate->systems[super->system];
	double h = topo_frame_head(level) * 0.62;
	double w = fmin(measure_text_mm(model_system_name(system), level->head_pt * 1.15, true),
		topo_head_text_w(level));

	w += mark_badge_width(h, topo_tier_text(topo, 8)) + 2;
	if (topo->model->estate->other_us && system->change != CHANGE_NONE)
		w += h * 0.8 + 1;
	if (system->designated)
		w += mark_badge_width(h, words_designation(topo->model, system, level->head_pt,
						 topo_designation_w(level))) +
		     2;
	return w + 9;
}

void topo_size(struct topo *topo, const struct topo_plan *plan)
{
	double head = snap(topo_frame_head(plan->level), plan->step), pad = 2 * plan->step;

	for (uint32_t s = 0; s < topo->n_supers; s++) {
		struct topo_super *super = &topo->supers[s];
		bool system = super->kind == TOPO_SYSTEM;
		double least = system ? snap(frame_w(topo, super, plan->level), plan->step) : 0;
		bool wide = super->n_boxes == 1 || plan->arrange == TOPO_COLUMNS;
		const struct topo_was *was = topo->was_sized ? topo->was[s] : NULL;
		double kept_w = was ? topo_was_mm(topo, was->own_w, plan->step) -
					      (system ? 2 * pad : 0)
				    : 0;

		for (uint32_t i = 0; i < super->n_boxes; i++) {
			struct topo_box *box = &topo->boxes[super->first_box + i];

			if (box->kind == TOPO_NETWORK)
				size_network(topo, box, plan, wide ? least - 2 * pad : 0,
					super->n_boxes == 1 ? kept_w : 0);
			else
				size_small(topo, box, plan);
		}
		arrange(topo, super, plan, was,
			fmax(system ? least - 2 * pad : 0, kept_w));
		if (!system)
			continue;
		for (uint32_t i = 0; i < super->n_boxes; i++) {
			topo->boxes[super->first_box + i].x += pad;
			topo->boxes[super->first_box + i].y += head + plan->step;
		}
		super->w = fmax(super->w + 2 * pad, least);
		super->h += head + plan->step + pad;
	}
}
