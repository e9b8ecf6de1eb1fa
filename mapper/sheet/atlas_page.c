/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of the atlas that show assets: those of a system, in columns of entries under the
 * heads of their networks, and those of a zone, its networks as rows of cells with the pages
 * where these are named. Plans nothing; see atlas.c.
 */
#include "mapper/sheet/atlas.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <math.h>

#define MM_PER_PT (25.4 / 72.0)
#define PAD 3.0
#define STRIP_H 9.0 /* facts of the system above its entries */
#define ENTRY_W 74.0
#define ENTRY_H 7.3
#define HEAD_H 6.6
#define NAME_PT 7.0
#define DETAIL_PT 6.0
#define PORTS_MAX 8
#define MARKS_W 8.5	/* tier and exposure, right of an entry */
#define ADDRESS_AT 0.56 /* of an entry's width */
#define CELL 5.4	/* of a zone, with the gap to the next */
#define ZONE_HEAD_H 7.5
#define CONDUITS_MAX 12
#define CONDUIT_H 4.6
#define REFERENCES_MAX 8

/* ---- references ---- */

void atlas_link(const struct atlas *atlas, struct sheet *sheet, uint32_t page, double x,
	double y, double w, double h)
{
	if (page < atlas->n_pages)
		scene_rect(sheet->scene, SCENE_FURNITURE, THEME_LINK_AREA, x, y, w, h)->target =
			atlas->names[page];
}

double atlas_reference(const struct atlas *atlas, struct sheet *sheet, uint32_t page, double x,
	double y, double pt, enum scene_anchor anchor, const char *before)
{
	const char *text = page < atlas->n_pages ? arena_printf(sheet->model->arena, "%s%s",
							   before, atlas->names[page] + 1)
						 : NULL;
	double w;

	if (!text)
		return 0;
	w = measure_text_mm(text, pt, false);
	scene_text(sheet->scene, SCENE_LABELS, THEME_TEXT, x, y, pt, anchor, false, text)
		->target = atlas->names[page];
	return w;
}

/* ---- a system ---- */

struct grid {
	double x, y, h, col_w, row_h, head_h, scale; /* scale: with that of the paper */
	uint32_t columns;
};

static struct grid grid_of(const struct atlas *a, const struct atlas_page *page)
{
	struct sheet_box box = sheet_page_area(&a->request, a->paper);
	double paper = box.w / 404, k = fmax(paper, 0.86) * page->scale, w;
	struct grid g = {.scale = k, .row_h = ENTRY_H * k, .head_h = HEAD_H * k};

	w = box.w - 2 * PAD;
	g.columns = (uint32_t)fmax(floor(w / (ENTRY_W * k)), 1);
	g.col_w = w / g.columns;
	g.x = box.x + PAD;
	g.y = box.y + STRIP_H * fmax(paper, 0.86) + 1;
	g.h = (box.y + box.h - g.y - PAD * 0.7) * page->height;
	return g;
}

static const char *network_name(const struct sheet *sheet, uint32_t network)
{
	const struct model *m = sheet->model;

	if (network < m->n_known_networks)
		return m->networks[network].name;
	return sheet->chinese ? "网络未知" : "Network not known";
}

static void draw_head(struct sheet *sheet, const struct grid *g, uint32_t network, double x,
	double y, bool again)
{
	const struct model *m = sheet->model;
	double pt = NAME_PT * g->scale, h = g->head_h - 1.2 * g->scale, used;
	double w = g->col_w - 2 * g->scale, base = y + h * 0.7;
	const char *name = network_name(sheet, network);
	bool internet = network < m->n_known_networks && m->networks[network].internet;

	scene_rect(sheet->scene, SCENE_REGIONS, internet ? THEME_INTERNET : THEME_SUBNET_HEAD,
		x, y, w, h);
	sheet->marks.internet |= internet;
	if (again)
		name = arena_printf(
			m->arena, sheet->chinese ? "%.200s（续）" : "%.200s (continued)", name);
	used = mark_text(sheet, SCENE_LABELS, THEME_TEXT, x + 1.5 * g->scale, base, pt,
		SCENE_START, true, name ? name : "", w * 0.62);
	if (network < m->n_known_networks)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + w - 1.5 * g->scale, base,
			pt * 0.88, SCENE_END, false, m->networks[network].prefixes,
			w - used - 6 * g->scale);
}

/* The tier and the exposure, from the right end. */
static void draw_marks(
	struct sheet *sheet, const struct grid *g, uint32_t asset, double right, double base)
{
	const struct estate *e = sheet->model->estate;
	uint8_t tier = model_tier(e, &e->assets[asset]);
	double size = 3.0 * g->scale;
	char digit[2] = {(char)('0' + tier), 0};

	if (e->assets[asset].exposed)
		mark_exposure(sheet, asset, right - size, base - size * 0.86, size);
	if (tier > 0)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT, right - size - 1.2 * g->scale, base,
			NAME_PT * g->scale, SCENE_END, true, digit, size);
}

static void join(struct arena *arena, const char **text, const char *more)
{
	const char *joined = (*text)[0] && more[0]
				     ? arena_printf(arena, "%s \xc2\xb7 %s", *text, more)
				     : *text;

	*text = (*text)[0] ? (joined ? joined : *text) : more;
}

static void draw_entry(struct sheet *sheet, const struct grid *g,
	const struct district_cell *cell, double x, double y)
{
	const struct model *m = sheet->model;
	const struct estate_asset *asset = &m->estate->assets[cell->asset];
	double k = g->scale, side = g->row_h - 1.5 * k, w = g->col_w - 2 * k;
	double text_x = x + side + 1.6 * k, right = x + w,
	       base = y + NAME_PT * MM_PER_PT * k * 0.98;
	double address_x = x + w * ADDRESS_AT, room = right - MARKS_W * k - address_x;
	struct addr addr = model_address(m, cell->asset);
	const char *address = words_address(m, cell->asset, &addr), *detail = "";
	double pt = NAME_PT * 0.92 * k;
	bool above = measure_text_mm(address, pt, false) <= room;

	mark_cell(sheet, cell->asset, x, y, side, side);
	mark_role(sheet, cell->asset, x + side * 0.19, y + side * 0.19, side * 0.62);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, text_x, base, NAME_PT * k, SCENE_START, true,
		model_asset_name(m, cell->asset),
		(above && address[0] ? address_x : right - MARKS_W * k) - text_x - 1.2 * k);
	if (above)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT, address_x, base, pt, SCENE_START,
			false, address, room + 1);
	draw_marks(sheet, g, cell->asset, right, base);
	/* A long address begins the second line. */
	if (!above)
		detail = address;
	join(m->arena, &detail, words_product(m, cell->asset));
	if (asset->exposed)
		join(m->arena, &detail, words_ports(m, cell->asset, true, PORTS_MAX));
	join(m->arena, &detail, words_ports(m, cell->asset, false, PORTS_MAX));
	join(m->arena, &detail, words_also(m, cell->asset, cell->network));
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, text_x,
		base + DETAIL_PT * MM_PER_PT * k * 1.32, DETAIL_PT * k, SCENE_START, false,
		detail, right - text_x);
}

/* What the register says of the system, and the way to its other pages. */
static void draw_strip(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	const struct estate *e = sheet->model->estate;
	const struct estate_system *s =
		page->subject < e->n_systems ? &e->systems[page->subject] : NULL;
	double k = fmax(sheet->map.w / 404, 0.86), y = sheet->map.y + 5.9 * k, pt = 8 * k;
	double x = sheet->map.x + PAD, right = sheet->map.x + sheet->map.w - PAD;
	const char *text = arena_printf(sheet->model->arena,
		sheet->chinese ? "本页 %u 个资产"
		: page->n == 1 ? "%u asset on this page"
			       : "%u assets on this page",
		page->n);
	uint32_t number = (uint32_t)(page - a->pages);

	right -= atlas_reference(a, sheet, 0, right, y, pt, SCENE_END,
			 sheet->chinese ? "总图 \xe2\x86\x92 " : "overview \xe2\x86\x92 ") +
		 4 * k;
	if (page->part < page->parts)
		right -= atlas_reference(a, sheet, number + 1, right, y, pt, SCENE_END,
				 sheet->chinese ? "续 \xe2\x86\x92 "
						: "continued \xe2\x86\x92 ") +
			 4 * k;
	if (s && s->designated)
		right -= mark_badge(sheet, SCENE_CII, THEME_CII_BADGE, right, y - 3.6 * k,
				 4.8 * k, words_designation(sheet->model, s, 8.4 * k, 50 * k)) +
			 2 * k;
	if (s && s->tier > 0)
		right -= mark_badge(sheet, SCENE_LABELS, THEME_BADGE, right, y - 3.6 * k,
				 4.8 * k,
				 arena_printf(sheet->model->arena,
					 sheet->chinese ? "%u 级" : "tier %u", s->tier)) +
			 2 * k;
	if (s && text && estate_text(s->operates)[0])
		text = arena_printf(sheet->model->arena,
			sheet->chinese ? "%s \xc2\xb7 运营：%.200s"
				       : "%s \xc2\xb7 operated by %.200s",
			text, s->operates);
	if (s && text && s->business[0])
		text = arena_printf(sheet->model->arena,
			sheet->chinese ? "%s \xc2\xb7 关键业务：%.200s"
				       : "%s \xc2\xb7 key business: %.200s",
			text, s->business);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, y, pt, SCENE_START, false,
		text ? text : "", right - x - 2 * k);
	if (s && s->designated)
		mark_cii_system(sheet, &sheet->map, 0);
}

uint32_t atlas_fill_system(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	struct grid g = grid_of(a, page);
	uint32_t i = page->first, end = page->first + page->n, column = 0;
	double y = 0;

	if (sheet)
		draw_strip(a, page, sheet);
	while (i < end && column < g.columns) {
		uint32_t network = a->cells[i].network;
		bool opens = i == page->first || network != a->cells[i - 1].network || y == 0;
		double x = g.x + column * g.col_w;

		if (y + (opens ? g.head_h : 0) + g.row_h > g.h) {
			column++;
			y = 0;
			continue;
		}
		if (opens && sheet)
			draw_head(sheet, &g, network, x, g.y + y,
				i > 0 && a->cells[i - 1].network == network &&
					a->cells[i - 1].system == a->cells[i].system);
		y += opens ? g.head_h : 0;
		if (sheet)
			draw_entry(sheet, &g, &a->cells[i], x, g.y + y);
		y += g.row_h;
		i++;
	}
	return i - page->first;
}

/* ---- a zone ---- */

static void draw_zone_cell(struct sheet *sheet, uint32_t asset, double x, double y, double side)
{
	const struct estate *e = sheet->model->estate;
	bool exposed = e->assets[asset].exposed;

	mark_cell(sheet, asset, x, y, side, side);
	mark_role(sheet, asset, x + side * (exposed ? 0.14 : 0.2),
		y + side * (exposed ? 0.38 : 0.2), side * (exposed ? 0.48 : 0.6));
	if (exposed)
		mark_exposure(sheet, asset, x + side * 0.54, y + side * 0.08, side * 0.42);
}

/* Name, prefixes and, at the right, the pages where the assets of a network are named. */
static void draw_zone_head(const struct atlas *a, struct sheet *sheet, uint32_t first,
	uint32_t end, double y, double k)
{
	const struct model *m = sheet->model;
	uint32_t network = a->cells[a->by_zone[first]].network, pages = 0, last = MODEL_NONE;
	double x = sheet->map.x + PAD, right = sheet->map.x + sheet->map.w - PAD, used;
	uint32_t shown[REFERENCES_MAX];
	const char *text;

	scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET_HEAD, x, y, right - x, 5.6 * k);
	for (uint32_t i = first; i < end; i++) {
		uint32_t page = a->page_of_asset[a->cells[a->by_zone[i]].asset];

		if (page != last && pages++ < REFERENCES_MAX)
			shown[pages - 1] = page;
		last = page;
	}
	right -= 2 * k;
	if (pages > REFERENCES_MAX)
		right -=
			mark_text(sheet, SCENE_LABELS, THEME_TEXT, right, y + 4 * k, 7 * k,
				SCENE_END, false,
				arena_printf(m->arena, "+%u", pages - REFERENCES_MAX), 20 * k) +
			2 * k;
	for (uint32_t i = pages < REFERENCES_MAX ? pages : REFERENCES_MAX; i-- > 0;)
		right -= atlas_reference(a, sheet, shown[i], right, y + 4 * k, 7 * k, SCENE_END,
				 i == 0 ? "\xe2\x86\x92 " : "") +
			 2 * k;
	text = arena_printf(m->arena, sheet->chinese ? "%u 个资产" : "assets: %u", end - first);
	used = mark_text(sheet, SCENE_LABELS, THEME_TEXT, x + 1.5 * k, y + 4 * k, 8 * k,
		SCENE_START, true, network_name(sheet, network), (right - x) * 0.4);
	used += mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + used + 4 * k, y + 4 * k,
			7 * k, SCENE_START, false,
			network < m->n_known_networks ? m->networks[network].prefixes : "",
			(right - x) * 0.35) +
		4 * k;
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + used + 4 * k, y + 4 * k, 7 * k,
		SCENE_START, false, text ? text : "", right - x - used - 6 * k);
}

/* A way through the border of a zone, with a link to the zone on its other side. */
static void draw_conduit(const struct atlas *a, struct sheet *sheet,
	const struct estate_conduit *c, uint32_t peer, double y, double k)
{
	const char *device = estate_text(c->device), *protocols = estate_text(c->protocols);
	const char *text = arena_printf(sheet->model->arena,
		sheet->chinese ? "管道 %.80s \xe2\x86\x92 %.80s%s%.80s%s%.120s"
			       : "conduit %.80s \xe2\x86\x92 %.80s%s%.80s%s%.120s",
		estate_text(c->name), estate_text(a->model->estate->zones[peer].name),
		device[0] ? " \xc2\xb7 " : "", device, protocols[0] ? " \xc2\xb7 " : "",
		protocols);
	double x = sheet->map.x + PAD, w = sheet->map.w - 2 * PAD;

	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x, y, 7 * k, SCENE_START, false,
		text ? text : "", w);
	atlas_link(a, sheet, a->zone_page[peer], x, y - 3 * k, w, CONDUIT_H * 0.95 * k);
}

/* The first line: how many assets, level, part, target. */
static void draw_zone_line(struct sheet *sheet, const struct atlas_page *page,
	const struct estate_zone *zone, double k)
{
	struct arena *arena = sheet->model->arena;
	const char *text = arena_printf(
		arena, sheet->chinese ? "本页 %u 个资产" : "assets on this page: %u", page->n);

	if (page->n == 0)
		text = sheet->chinese ? "该区域的网络中尚无资产"
				      : "no network of this zone has assets";
	if (text && estate_text(zone->purdue)[0])
		text = arena_printf(arena,
			sheet->chinese ? "%s \xc2\xb7 普渡模型 %.20s 层"
				       : "%s \xc2\xb7 Purdue level %.20s",
			text, zone->purdue);
	if (text && zone->sl_t)
		text = arena_printf(arena, "%s \xc2\xb7 SL-T %u", text, zone->sl_t);
	if (text && estate_text(zone->protects)[0])
		text = arena_printf(arena,
			sheet->chinese ? "%s \xc2\xb7 一个中心三重防护：%.100s"
				       : "%s \xc2\xb7 one centre, three protects: %.100s",
			text, overlay_protection(zone, sheet->chinese));
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, sheet->map.x + PAD, sheet->map.y + 5.9 * k,
		8 * k, SCENE_START, true, text ? text : "", sheet->map.w - 2 * PAD);
}

/* What the register says of the zone; returns the height it takes, drawn or not. */
static double draw_zone_facts(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet, double k)
{
	const struct estate *e = a->model->estate;
	double y = sheet ? sheet->map.y + 5.9 * k : 0, line = CONDUIT_H * k;
	uint32_t n = 0;

	if (sheet)
		draw_zone_line(sheet, page, &e->zones[page->subject], k);
	for (uint32_t i = 0; i < e->n_conduits && page->part == 1; i++) {
		const struct estate_conduit *c = &e->conduits[i];
		uint32_t peer = c->from == page->subject ? c->to : c->from;

		if ((c->from != page->subject && c->to != page->subject) || peer >= e->n_zones)
			continue;
		if (n++ < CONDUITS_MAX && sheet)
			draw_conduit(a, sheet, c, peer, y + n * line, k);
	}
	if (n > CONDUITS_MAX && sheet) {
		const char *text = arena_printf(sheet->model->arena,
			sheet->chinese ? "另有管道 %u 条" : "and %u more conduits",
			n - CONDUITS_MAX);

		mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, sheet->map.x + PAD,
			y + (CONDUITS_MAX + 1) * line, 7 * k, SCENE_START, false,
			text ? text : "", sheet->map.w - 2 * PAD);
	}
	n = n > CONDUITS_MAX ? CONDUITS_MAX + 1 : n;
	return 8.5 * k + n * line;
}

uint32_t atlas_fill_zone(
	const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	struct sheet_box map = sheet_page_area(&a->request, a->paper);
	double k = fmax(map.w / 404, 0.86), pitch = CELL * k, head = ZONE_HEAD_H * k;
	double y = draw_zone_facts(a, page, sheet, k);
	uint32_t i = page->first, end = page->first + page->n;
	uint32_t columns = (uint32_t)fmax(floor((map.w - 2 * PAD) / pitch), 1);

	while (i < end) {
		uint32_t network = a->cells[a->by_zone[i]].network, stop = i, rows;

		while (stop < end && a->cells[a->by_zone[stop]].network == network)
			stop++;
		rows = (uint32_t)fmax(floor((map.h - PAD - y - head) / pitch), 0);
		if (y + head + pitch > map.h - PAD)
			break;
		if ((uint64_t)rows * columns < stop - i)
			stop = i + rows * columns;
		if (sheet)
			draw_zone_head(a, sheet, i, stop, map.y + y, k);
		for (uint32_t c = i; c < stop && sheet; c++)
			draw_zone_cell(sheet, a->cells[a->by_zone[c]].asset,
				map.x + PAD + (c - i) % columns * pitch,
				map.y + y + head - 1 * k + (c - i) / columns * pitch,
				pitch * 0.88);
		y += head + ceil((double)(stop - i) / columns) * pitch + 1.5 * k;
		i = stop;
	}
	return i - page->first;
}
