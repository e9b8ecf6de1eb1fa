/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws a packed district tree. What a cell shows follows from its printed size: nothing, a
 * pictogram, or pictogram, tier, name, address, product and ports, as many lines of them as are
 * large enough to read.
 */
#include "mapper/sheet/district.h"

#include "mapper/sheet/atlas.h"

#include "mapper/render/measure.h"
#include "mapper/render/svg.h"
#include "mapper/sheet/change.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define PICTOGRAM_FROM_MM 2.6
#define PICTOGRAM_MOST_MM 9.0
#define PICTOGRAM_OF_NAMED_MM 4.2 /* what lines of detail leave for it */
#define NAME_LEAST_PT 5.3	  /* a name shrinks to that before it is cut */
#define NAME_WANTED_PT 6.0
#define DETAIL_LEAST_PT 6.0
#define LINE 1.2	/* height of a line against its size */
#define PORTS_MAX 6	/* named in a cell */
#define LINES 3		/* of detail, below the name */
#define LEGEND_ITEMS 200 /* about, as the others: what room is made for */
#define ITEMS_PER_NODE 6
#define TITLE_MAX 400 /* bytes of a name in a tooltip */
#define LANDSCAPE 0.8	/* height to width that those grow to */

/* What a cell says of the assets in it. */
struct content {
	uint32_t asset; /* the first that is still there, if any is */
	uint32_t n, n_exposed;
	struct change_counts changes;
};

struct cell_style {
	double w, h; /* of the mark, without the gap to the next */
	double inset, name_pt, detail_pt;
	size_t n_details;
	bool names, pictogram;
};

double district_mark(double length, const struct district_measure *m)
{
	return length - fmin(fmin(m->cell_w, m->cell_h) * 0.14, 1.4);
}

static struct cell_style style_of(const struct district_measure *m)
{
	struct cell_style s = {
		.w = district_mark(m->cell_w, m), .h = district_mark(m->cell_h, m)};

	s.pictogram = fmin(s.w, s.h) >= PICTOGRAM_FROM_MM;
	s.names = s.w >= NAME_FROM_W && s.h >= NAME_FROM_H;
	return s;
}

/* What has room in a cell of that size. */
static void style_text(struct cell_style *s)
{
	double left;

	s->inset = fmin(s->h * 0.12, 2.3);
	s->name_pt = fmin(fmax(s->h * 0.36, NAME_WANTED_PT), 9.5);
	s->detail_pt = fmin(fmax(s->h * 0.27, DETAIL_LEAST_PT), 7.4);
	left = s->h - 2 * s->inset - PICTOGRAM_OF_NAMED_MM - s->name_pt * MM_PER_PT * LINE;
	s->n_details = (size_t)fmax(left / (s->detail_pt * MM_PER_PT * LINE), 1);
	if (s->n_details > LINES)
		s->n_details = LINES;
}

/* Address, product, or of a changed one what changed, and ports as far as there is room for
 * lines; what is exposed goes before the product. Returns how many there are. */
static size_t details_of(struct sheet *sheet, const struct content *cell, size_t most,
	double width, const char *lines[LINES])
{
	const struct model *model = sheet->model;
	bool exposed = cell->n_exposed > 0;
	struct addr addr = model_address(model, cell->asset);
	const char *changed = change_text(
		sheet, cell->asset, DETAIL_LEAST_PT / 0.95, false, width);
	const char *all[LINES] = {words_address(model, cell->asset, &addr),
		changed[0] ? changed : words_product(model, cell->asset),
		words_ports(model, cell->asset, exposed, PORTS_MAX)};
	/* Which one goes first. */
	static const size_t leaves[3][LINES] = {{2, 1, 0}, {1, 0, 2}, {2, 0, 1}};
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < LINES; i++)
		n += all[i][0] != 0;
	for (size_t i = 0; i < LINES && n > most; i++) {
		const char **line = &all[leaves[changed[0] ? 2 : exposed][i]];

		n -= (*line)[0] != 0;
		*line = "";
	}
	for (size_t i = 0; i < LINES; i++)
		if (all[i][0])
			lines[kept++] = all[i];
	sheet->marks.ports |= all[LINES - 1][0] != 0;
	return kept;
}

/* The size at which a text fits, between the wanted and the least. */
static double shrunk(const char *text, double pt, double least, bool bold, double w)
{
	while (pt * 0.95 > least && measure_text_mm(text, pt, bold) > w)
		pt *= 0.95;
	return pt;
}

/* From the bottom upwards; returns the upper edge. */
static double draw_cell_text(struct sheet *sheet, const struct content *cell,
	const struct cell_style *s, double x, double bottom)
{
	const struct estate *estate = sheet->model->estate;
	const struct estate_asset *asset = &estate->assets[cell->asset];
	enum theme_style ink = model_tier(estate, asset) >= 4 ? THEME_TEXT_ON_CELL : THEME_TEXT;
	/* Beside a text less is left free than above: an address is told whole. */
	double side = fmin(s->inset, s->w * 0.07), w = s->w - 2 * side;
	double y = bottom - s->inset - 0.2, pt = s->name_pt;
	/* The lowest line leaves the corner to the findings. */
	double room = fmin(w, s->w - side - mark_finding_room(sheet, cell->asset, s->w, s->h));
	const char *lines[LINES], *name = model_asset_name(sheet->model, cell->asset);

	x += side;
	for (size_t i = details_of(sheet, cell, s->n_details, room, lines); i-- > 0;) {
		mark_text(sheet, SCENE_LABELS, ink, x, y,
			shrunk(lines[i], s->detail_pt, DETAIL_LEAST_PT, false, room),
			SCENE_START, false, lines[i], room);
		y -= s->detail_pt * MM_PER_PT * LINE;
		room = w;
	}
	pt = shrunk(name, pt, NAME_LEAST_PT, true, room);
	mark_text(sheet, SCENE_LABELS, ink, x, y, pt, SCENE_START, true, name, room);
	return y - pt * MM_PER_PT * 0.9;
}

/* Role, tier and exposure in the strip above the text. */
static void draw_cell_top(struct sheet *sheet, const struct content *cell,
	const struct cell_style *s, double x, double y, double h)
{
	const struct estate *estate = sheet->model->estate;
	const struct estate_asset *asset = &estate->assets[cell->asset];
	uint8_t tier = model_tier(estate, asset);
	double size = fmin(fmin(h, s->w * 0.4), fmax(PICTOGRAM_MOST_MM, s->w * 0.2));
	double mark = fmin(size * 0.8, PICTOGRAM_MOST_MM * 0.7), pt = mark / MM_PER_PT * 0.9;
	double right = x + s->w - s->inset;
	enum estate_change change = change_of_cell(sheet, &cell->changes, cell->n);
	char digit[2] = {(char)('0' + tier), 0};

	if (size < PICTOGRAM_FROM_MM * 0.7)
		return;
	if (change != CHANGE_GONE)
		mark_role(sheet, cell->asset, x + s->inset, y, size);
	if (cell->n_exposed) {
		mark_exposure(sheet, cell->asset, right - mark, y, mark);
		right -= mark + 1;
	}
	if (change != CHANGE_NONE) {
		mark_change_symbol(
			sheet, SCENE_CHANGE, change, tier >= 4, right - mark, y, mark);
		right -= mark + 1;
	}
	if (asset->n_findings > 0 &&
		right - mark_findings_width(mark * 0.8) > x + s->inset + size) {
		double w = mark_findings(sheet, asset->n_findings, right, y, mark * 0.8);

		right -= w > 0 ? w + 1 : 0;
	}
	pt = fmin(pt, 13);
	if (tier == 0 || pt < DETAIL_LEAST_PT ||
		right - measure_text_mm(digit, pt, true) < x + s->inset + size + 1)
		return;
	mark_text(sheet, SCENE_LABELS, tier >= 4 ? THEME_TEXT_ON_CELL : THEME_TEXT, right,
		y + pt * MM_PER_PT * 0.76, pt, SCENE_END, true, digit, s->w);
	sheet->marks.tier_digit = true;
}

static void draw_cell(struct sheet *sheet, const struct content *cell,
	const struct cell_style *s, double x, double y)
{
	const struct sheet_box box = {x, y, s->w, s->h};
	enum estate_change change = change_of_cell(sheet, &cell->changes, cell->n);
	bool shared = cell->n_exposed > 0 || change != CHANGE_NONE;
	double side = fmin(s->w, s->h), size;
	bool exposed = cell->n_exposed > 0;
	uint32_t only = cell->n == 1 ? cell->asset : SCENE_NO_ASSET;

	mark_cell(sheet, cell->asset, x, y, s->w, s->h);
	if (s->names) {
		double top = draw_cell_text(sheet, cell, s, x, y + s->h);

		draw_cell_top(sheet, cell, s, x, y + s->inset, top - y - 1.2 * s->inset);
		return;
	}
	size = side * (shared ? 0.44 : 0.6);
	if (s->pictogram && cell->n == 1 && change != CHANGE_GONE)
		mark_role(sheet, cell->asset, x + (shared ? side * 0.2 : (s->w - size) / 2),
			shared ? y + s->h - side * 0.16 - size : y + (s->h - size) / 2, size);
	mark_change(sheet, cell->asset, change,
		s->pictogram ? CHANGE_CORNER
		: exposed    ? CHANGE_LOWER_LEFT
			     : CHANGE_WHOLE_CELL,
		&box);
	if (!exposed)
		return;
	if (s->pictogram)
		mark_exposure(
			sheet, only, x + s->w - side * 0.58, y + side * 0.04, side * 0.52);
	else if (change != CHANGE_NONE) /* clear of the mark in the other corner */
		mark_exposure(sheet, only, x + s->w - side * 0.5, y + side * 0.02, side * 0.48);
	else
		mark_exposure(sheet, only, x + side * 0.1, y + side * 0.1, side * 0.8);
}

/* Of the i-th cell of a network. */
static struct content content_of(
	const struct district *d, const struct district_node *network, uint32_t i)
{
	const struct estate_asset *assets = d->model->estate->assets;
	uint32_t first = i * d->per_cell, end = network->n_assets;
	const struct district_cell *cells = &d->cells[network->first];
	struct content content = {.asset = cells[first].asset};

	if (end - first > d->per_cell)
		end = first + d->per_cell;
	for (uint32_t k = first; k < end; k++) {
		const struct estate_asset *asset = &assets[cells[k].asset];

		content.n++;
		content.n_exposed += asset->exposed != 0;
		change_count(&content.changes, asset->change);
		if (assets[content.asset].change == CHANGE_GONE)
			content.asset = cells[k].asset;
	}
	return content;
}

static void draw_cells(struct sheet *sheet, const struct district *d,
	const struct district_node *node, const struct district_measure *m)
{
	struct cell_style s = style_of(m);
	double head = district_head(m, DISTRICT_NETWORK, node);
	struct district_step step = district_step(node, m);

	s.w += step.x - m->cell_w;
	if (s.names)
		step.y = fmax(fmin(step.y, s.w * LANDSCAPE + m->cell_h - s.h),
			fmin(step.y, m->cell_h));
	s.h += step.y - m->cell_h;
	if (s.names)
		style_text(&s);
	for (uint32_t i = 0; i < node->n; i++) {
		uint32_t slot = d->cells[node->first + i].slot;
		struct content content = content_of(d, node, i);

		draw_cell(sheet, &content, &s,
			node->box.x + m->pad + slot % node->columns * step.x,
			node->box.y + head + m->pad * 0.6 + slot / node->columns * step.y);
	}
}

/* Findings and zone as far as they leave room for the name. */
static double draw_overlays(struct sheet *sheet, const struct district_node *node, double right,
	double y, double h, double pt)
{
	double least = node->box.x + 4 + measure_text_mm(node->label, pt, true), w;

	if (right - mark_findings_width(h) > least) {
		w = mark_findings(sheet, node->n_findings, right, y, h);
		right -= w > 0 ? w + 0.8 : 0;
	}
	if (node->kind == DISTRICT_NETWORK) {
		w = mark_zone(sheet, node->index, right, y, h, right - least);
		right -= w > 0 ? w + 0.8 : 0;
	}
	return right;
}

/* Systems have pages; what has no system stands in one box of its sector. */
static bool is_opened(const struct district_node *node)
{
	return node->kind == DISTRICT_SYSTEM ||
	       (node->kind == DISTRICT_SECTOR && node->index == MODEL_NONE);
}

/* Of a system its number on the list, if all of that fits; of what is around and inside, how
 * many. */
static const char *cii_badge(const struct sheet *sheet, const struct district_node *node,
	const struct estate_system *system, double h, double width)
{
	const struct model *model = sheet->model;
	const char *text;

	if (node->n_cii == 0)
		return NULL;
	if (!system || !system->designated)
		return words_cii(model, node->n_cii);
	text = words_designation(model, system, SCENE_TEXT_MIN_PT, INFINITY);
	return mark_badge_width(h, text) <= width ? text : sheet->chinese ? "关基" : "CII";
}

/* Badges from the right; returns where they begin. None that leaves no room for a name. */
static double draw_badges(struct sheet *sheet, const struct district_node *node, double y,
	double h, double pt, double least_pt)
{
	const struct model *model = sheet->model;
	const struct estate_system *system =
		node->kind == DISTRICT_SYSTEM && node->index != MODEL_NONE
			? &model->estate->systems[node->index]
			: NULL;
	double right = node->box.x + node->box.w - 0.8, least = node->box.x + node->box.w * 0.3;
	double owner = 0;
	const char *text;

	text = cii_badge(sheet, node, system, h, right - least);
	if (text && right - mark_badge_width(h, text) > least)
		right -= mark_badge(sheet, SCENE_CII, THEME_CII_BADGE, right, y, h, text) + 0.8;
	/* Who answers for it goes before its tier, which the cells show too. */
	if (system && right - mark_owner_width(model, h) > least)
		owner = mark_owner(
			sheet, overlay_system_owner(model, node->index), right, y, h);
	right -= owner > 0 ? owner + 0.8 : 0;
	text = system && system->tier > 0 ? arena_printf(model->arena,
						  sheet->chinese ? "%u 级" : "tier %u",
						  system->tier)
					  : NULL;
	if (text && right - mark_badge_width(h, text) > least)
		right -= mark_badge(sheet, SCENE_LABELS, THEME_BADGE, right, y, h, text) + 0.8;
	text = node->n_exposed > 0 ? arena_printf(model->arena, "%u", node->n_exposed) : NULL;
	if (text && right - h - measure_text_mm(text, pt, true) > least) {
		right -= mark_text(sheet, SCENE_EXPOSURE, THEME_TEXT, right, y + h * 0.82, pt,
				 SCENE_END, true, text, 20) +
			 0.5 + h;
		mark_exposure(sheet, SCENE_NO_ASSET, right, y, h);
		right -= 0.8;
	}
	right = draw_overlays(sheet, node, right, y, h, pt);
	if (right - change_counts_width(&node->changes, h) - node->box.x >
		measure_text_mm(node->label, least_pt, true) + 2)
		right -= mark_change_counts(sheet, &node->changes, right, y, h);
	return right;
}

/* The name, in a book with the page where the box is opened. */
static const char *label_of(
	struct sheet *sheet, const struct district_node *node, const char *label)
{
	const char *page;

	if (sheet->chinese && node->kind == DISTRICT_NETWORK &&
		node->index >= sheet->model->n_known_networks)
		label = "网络未知";
	else if (sheet->chinese && node->kind == DISTRICT_SECTOR && node->index == MODEL_NONE)
		label = "未归属系统";
	else if (sheet->chinese && node->kind == DISTRICT_SECTOR &&
		 !sheet->model->estate->systems[node->index].sector[0])
		label = "行业未注明";
	page = sheet->request->atlas && is_opened(node)
		       ? atlas_page_of_system(sheet->request->atlas, node->index)
		       : NULL;
	if (page)
		page = arena_printf(
			sheet->model->arena, "%.400s \xe2\x86\x92 %s", label, page + 1);
	return page ? page : label;
}

/* A network that is called by its prefix is told apart by the end of it, of which two parts say
 * something; any other name by its beginning, which is left to the caller. */
static const char *shortened(struct sheet *sheet, const struct district_node *node,
	const char *label, double pt, double width)
{
	const char *rest = label;

	if (node->kind != DISTRICT_NETWORK || label[0] < '0' || label[0] > '9' ||
		strspn(label, "0123456789./") != strlen(label))
		return label;
	while ((rest = strchr(rest, '.')) != NULL && strchr(++rest, '.')) {
		const char *text = arena_printf(sheet->model->arena, "\xe2\x80\xa6%s", rest);

		if (text && measure_text_mm(text, pt, true) <= width)
			return text;
	}
	return label;
}

static bool has_no_system(const struct district_node *node)
{
	return node->kind == DISTRICT_SECTOR && node->index == MODEL_NONE;
}

static void draw_head(
	struct sheet *sheet, const struct district_node *node, const struct district_measure *m)
{
	static const char *const short_none[] = {"Not assigned", "No system", "None"};
	double pt = m->head_pt[node->kind], head = district_head(m, node->kind, node);
	double h = pt * MM_PER_PT * 1.05, y = node->box.y + (head - h) / 2 + m->pad * 0.2;
	double x = node->box.x + fmax(m->pad, 0.8),
	       right = draw_badges(sheet, node, y, h, fmax(pt * 0.85, SCENE_TEXT_MIN_PT),
		       m->head_pt[DISTRICT_NETWORK]);
	uint32_t there = node->n_assets - node->changes.n[CHANGE_GONE];
	const char *count = arena_printf(sheet->model->arena,
		sheet->chinese ? "%u 个资产"
		: there == 1 ? "%u asset"
				      : "%u assets",
		there);
	const char *label = label_of(sheet, node, node->label);
	const char *quiet = count;
	double used, small, least;

	if (node->kind == DISTRICT_SYSTEM && node->index != MODEL_NONE)
		x += mark_system_change(
			sheet, &sheet->model->estate->systems[node->index], x, y, h);
	/* What is no name of anything may be said shorter. */
	for (size_t i = 0; i < ARRAY_SIZE(short_none) && has_no_system(node) &&
		measure_text_mm(label, pt, true) > right - x - 0.5; i++)
		label = label_of(sheet, node, short_none[i]);
	/* Rather a smaller name than half of it. */
	least = node->kind == DISTRICT_NETWORK ? NAME_LEAST_PT : m->head_pt[DISTRICT_NETWORK];
	while (pt * 0.95 > least &&
		measure_text_mm(label, pt, true) > right - x - 0.5)
		pt *= 0.95;
	/* Of a book the page says more than the beginning of a name; a part of it says
	 * nothing. */
	if (label != node->label && strrchr(label, '\xe2')) {
		if (measure_text_mm(label, pt, true) > right - x - 0.5)
			label = strrchr(label, '\xe2');
		if (measure_text_mm(label, pt, true) > right - x - 0.5)
			label = "";
	}
	if (label[0] && measure_text_mm(label, pt, true) > right - x - 0.5) {
		sheet->n_cut_names++;
		label = shortened(sheet, node, label, pt, right - x - 0.5);
	}
	used = mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, y + h * 0.86, pt, SCENE_START,
		true, label, right - x - 0.5);
	if (node->kind == DISTRICT_NETWORK && node->index < sheet->model->n_known_networks &&
		sheet->model->networks[node->index].prefixes[0])
		quiet = sheet->model->networks[node->index].prefixes;
	small = fmax(pt * 0.8, SCENE_TEXT_MIN_PT);
	x += used + 2;
	/* Only where all of it has room. */
	if (quiet && used > 0 && measure_text_mm(quiet, small, false) < right - x - 1)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x, y + h * 0.86, small,
			SCENE_START, false, quiet, right - x);
}

/* With the counts of what is shown. */
static const char *node_title(const struct sheet *sheet, const struct district_node *node)
{
	struct arena *arena = sheet->model->arena;
	bool chinese = sheet->chinese;
	const char *text = arena_printf(arena, chinese ? "%.*s：资产 %u" : "%.*s: %u assets",
		words_whole(node->label, TITLE_MAX), node->label,
		node->n_assets - node->changes.n[CHANGE_GONE]);

	if (text && sheet_shows(sheet, MAP_OVERLAY_CII))
		text = arena_printf(
			arena, chinese ? "%s，关基 %u" : "%s, %u CII", text, node->n_cii);
	if (text && sheet_shows(sheet, MAP_OVERLAY_EXPOSURE))
		text = arena_printf(arena, chinese ? "%s，暴露 %u" : "%s, %u exposed", text,
			node->n_exposed);
	if (text && sheet_shows(sheet, MAP_OVERLAY_FINDINGS))
		text = arena_printf(arena, chinese ? "%s，待整改问题 %u" : "%s, %u open findings",
			text, node->n_findings);
	if (text && sheet->model->estate->other_us)
		text = arena_printf(arena, chinese ? "%s，%s" : "%s, %s", text,
			change_counts_text(sheet, &node->changes));
	return text;
}

static void draw_node(
	struct sheet *sheet, const struct district_node *node, const struct district_measure *m)
{
	const struct estate *estate = sheet->model->estate;
	enum theme_style style = node->kind == DISTRICT_SECTOR ? THEME_REGION : THEME_SUBNET;
	struct scene_item *item;

	if (district_head(m, node->kind, node) <= 0)
		return;
	if (node->kind == DISTRICT_SYSTEM)
		style = THEME_SYSTEM;
	else if (node->kind == DISTRICT_NETWORK &&
		 node->index < sheet->model->n_known_networks &&
		 sheet->model->networks[node->index].internet)
		style = THEME_INTERNET;
	sheet->marks.region |= style == THEME_REGION;
	sheet->marks.system |= style == THEME_SYSTEM;
	sheet->marks.network |= style == THEME_SUBNET;
	sheet->marks.internet |= style == THEME_INTERNET;
	item = scene_rect(sheet->scene, SCENE_REGIONS, style, node->box.x, node->box.y,
		node->box.w, node->box.h);
	item->rect.radius = fmin(m->pad * 0.5, 0.8);
	item->title = node_title(sheet, node);
	if (sheet->request->atlas && is_opened(node))
		item->target = atlas_page_of_system(sheet->request->atlas, node->index);
	if (style == THEME_SYSTEM && node->index != MODEL_NONE &&
		estate->systems[node->index].designated)
		mark_cii_system(sheet, &node->box, item->rect.radius);
	if (node->kind == DISTRICT_NETWORK)
		mark_zone_frame(sheet, node->index, &node->box);
	draw_head(sheet, node, m);
}

void district_draw(const struct district *district, const struct district_measure *measure,
	struct sheet *sheet)
{
	size_t items = sheet->scene->n_items + LEGEND_ITEMS;

	sheet->many_cells = district->n_cells > SVG_MARKS_MAX;
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++)
		items += district->n_nodes[kind] * ITEMS_PER_NODE;
	scene_reserve(sheet->scene, items + district->n_cells + district->n_cells / 2);
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++)
		for (uint32_t i = 0; i < district->n_nodes[kind]; i++)
			draw_node(sheet, &district->nodes[kind][i], measure);
	for (uint32_t i = 0; i < district->n_nodes[DISTRICT_NETWORK]; i++)
		draw_cells(sheet, district, &district->nodes[DISTRICT_NETWORK][i], measure);
}
