/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bridges sheet: assets that stand in several networks, each drawn between them. Those that
 * nobody expects to join networks come first, then routers and firewalls; in both, those with a
 * side on the Internet and those that join most zones, tiers and networks lead, and the number
 * before the name is that rank. Within a band the order is the one with few crossings. What
 * does not fit on A0 is counted in a note and in the asset's own line.
 */
#include "mapper/sheet/sheet.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINES_IN 1.15 /* points of a name, with a line below it, for a millimetre of its box */
#define MM_PER_PT (25.4 / 72.0)
#define ROW_LEAST 9.0
#define ROW_MOST 20.0
#define BAND_ROWS 0.9 /* height of a band's title, in rows */
#define OWN_MOST 6    /* networks that one asset alone brings onto the sheet */
#define ROUNDS 12
#define SIDES 2

struct bridge {
	uint32_t asset, rank;
	uint32_t n_networks, n_zones, n_tiers, n_hidden;
	bool expected, internet;
	double place; /* for the order in its band, then the middle of its row */
};

struct bank { /* a network at one side */
	uint32_t network, side;
	double place;
};

struct span {
	uint32_t bridge, bank;
};

struct bridges {
	const struct model *model;
	struct sheet *sheet;
	const char **zones; /* per network, "" */
	uint32_t *bank_of;  /* per network, MODEL_NONE */
	struct bridge *all;
	struct bank *banks;
	struct span *spans;
	uint32_t n_all, n, n_unexpected, n_banks, n_spans; /* n: drawn */
	uint32_t side_n[SIDES];
	double row;
};

/* ---- which assets, and how they rank ---- */

static uint32_t network_at(const struct model *model, uint32_t asset, uint32_t k)
{
	const struct estate *e = model->estate;
	uint32_t subnet = e->addresses[e->assets[asset].first_address + k].subnet;

	return subnet < e->n_subnets ? model->network_of_subnet[subnet] : MODEL_NONE;
}

/* The asset's k-th address is the first in its network. */
static bool is_new(const struct model *model, uint32_t asset, uint32_t k)
{
	uint32_t network = network_at(model, asset, k);

	for (uint32_t i = 0; i < k; i++)
		if (network_at(model, asset, i) == network)
			return false;
	return network != MODEL_NONE;
}

static void find_zones(struct bridges *b)
{
	const struct estate *e = b->model->estate;

	for (uint32_t i = 0; i < b->model->n_networks; i++)
		b->zones[i] = "";
	for (uint32_t s = 0; s < e->n_subnets; s++) {
		const char **zone = &b->zones[b->model->network_of_subnet[s]];

		if (!(*zone)[0])
			*zone = estate_text(e->subnets[s].zone);
	}
}

static uint8_t tier_of(const struct model *model, uint32_t network)
{
	uint32_t system = model->networks[network].system;

	return system < model->estate->n_systems ? model->estate->systems[system].tier : 0;
}

static void judge(const struct bridges *b, struct bridge *bridge)
{
	const struct model *m = b->model;
	const struct estate_asset *asset = &m->estate->assets[bridge->asset];
	unsigned int tiers = 0;

	bridge->expected =
		asset->role == ASSET_ROLE_ROUTER || asset->role == ASSET_ROLE_FIREWALL;
	for (uint32_t k = 0; k < asset->n_addresses; k++) {
		uint32_t network = network_at(m, bridge->asset, k);
		bool zone;

		if (!is_new(m, bridge->asset, k))
			continue;
		bridge->n_networks++;
		bridge->internet |= m->networks[network].internet;
		tiers |= 1u << tier_of(m, network);
		zone = b->zones[network][0] != '\0';
		for (uint32_t i = 0; i < k && zone; i++) {
			uint32_t other = network_at(m, bridge->asset, i);

			zone = other == MODEL_NONE ||
			       strcmp(b->zones[other], b->zones[network]) != 0;
		}
		bridge->n_zones += zone;
	}
	bridge->n_tiers = (uint32_t)__builtin_popcount(tiers & ~1u);
}

static int by_rank(const void *a, const void *b)
{
	const struct bridge *x = a, *y = b;
	const uint32_t xs[] = {
		x->expected, !x->internet, ~x->n_zones, ~x->n_tiers, ~x->n_networks, x->asset};
	const uint32_t ys[] = {
		y->expected, !y->internet, ~y->n_zones, ~y->n_tiers, ~y->n_networks, y->asset};

	for (size_t i = 0; i < ARRAY_SIZE(xs); i++)
		if (xs[i] != ys[i])
			return xs[i] < ys[i] ? -1 : 1;
	return 0;
}

static void find_bridges(struct bridges *b)
{
	for (uint32_t i = 0; i < b->model->estate->n_assets; i++) {
		struct bridge bridge = {.asset = i};

		if (b->model->estate->assets[i].n_addresses < 2)
			continue;
		judge(b, &bridge);
		if (bridge.n_networks >= 2)
			b->all[b->n_all++] = bridge;
	}
	qsort(b->all, b->n_all, sizeof(*b->all), by_rank);
	for (uint32_t i = 0; i < b->n_all; i++) {
		b->all[i].rank = i + 1;
		b->n_unexpected += !b->all[i].expected;
	}
}

/* ---- what is drawn ---- */

/* To the side where the asset has fewer, so that it stands between its networks. */
static uint32_t choose_side(
	const struct bridges *b, const struct bridge *bridge, uint32_t network)
{
	uint32_t own[SIDES] = {0};

	if (b->model->networks[network].internet)
		return 0;
	for (uint32_t k = 0; k < b->model->estate->assets[bridge->asset].n_addresses; k++) {
		uint32_t other = network_at(b->model, bridge->asset, k);

		if (other != MODEL_NONE && b->bank_of[other] != MODEL_NONE &&
			is_new(b->model, bridge->asset, k))
			own[b->banks[b->bank_of[other]].side]++;
	}
	if (own[0] != own[1])
		return own[1] < own[0];
	return b->side_n[1] <= b->side_n[0];
}

/* False if there was no row left for one. */
static bool add_networks(struct bridges *b, uint32_t index, uint32_t rows)
{
	struct bridge *bridge = &b->all[index];
	uint32_t own = 0;
	bool room = true;

	for (uint32_t k = 0; k < b->model->estate->assets[bridge->asset].n_addresses; k++) {
		uint32_t network = network_at(b->model, bridge->asset, k), side;

		if (!is_new(b->model, bridge->asset, k))
			continue;
		if (b->bank_of[network] == MODEL_NONE) {
			if (own >= OWN_MOST) {
				bridge->n_hidden++;
				continue;
			}
			side = choose_side(b, bridge, network);
			if (b->side_n[side] >= rows) {
				bridge->n_hidden++;
				room = false;
				continue;
			}
			own++;
			b->side_n[side]++;
			b->banks[b->n_banks] = (struct bank){network, side, b->n_banks};
			b->bank_of[network] = b->n_banks++;
		}
		b->spans[b->n_spans++] = (struct span){index, b->bank_of[network]};
	}
	return room;
}

/* With so many rows; false if some bridges or networks do not fit. */
static bool choose(struct bridges *b, uint32_t rows)
{
	uint32_t bands = b->n_unexpected > 0 && b->n_unexpected < b->n_all ? 2 : 1;
	bool whole = true;

	b->n = b->n_all + bands > rows ? rows - bands : b->n_all;
	b->n_banks = b->n_spans = b->side_n[0] = b->side_n[1] = 0;
	memset(b->bank_of, 0xff, b->model->n_networks * sizeof(*b->bank_of));
	for (uint32_t i = 0; i < b->n; i++) {
		b->all[i].n_hidden = 0;
		b->all[i].place = i;
		whole &= add_networks(b, i, rows);
	}
	return whole && b->n == b->n_all;
}

/* ---- few crossings ---- */

static uint32_t count_crossings(const struct bridges *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n_spans; i++)
		for (uint32_t k = i + 1; k < b->n_spans; k++) {
			const struct span *x = &b->spans[i], *y = &b->spans[k];
			const struct bank *u = &b->banks[x->bank], *v = &b->banks[y->bank];

			n += u->side == v->side &&
			     (b->all[x->bridge].place - b->all[y->bridge].place) *
					     (u->place - v->place) <
				     0;
		}
	return n;
}

struct key {
	double wanted;
	uint32_t group, index;
};

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->wanted != y->wanted)
		return x->wanted < y->wanted ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static double share(const struct bridges *b, const struct bank *bank)
{
	return (bank->place + 0.5) / b->side_n[bank->side];
}

static void order_banks(struct bridges *b, struct key *keys)
{
	uint32_t at[SIDES] = {0};

	for (uint32_t i = 0; i < b->n_banks; i++) {
		double sum = 0, n = 0;

		for (uint32_t s = 0; s < b->n_spans; s++)
			if (b->spans[s].bank == i) {
				sum += b->all[b->spans[s].bridge].place;
				n++;
			}
		keys[i] = (struct key){n > 0 ? sum / n : 0, b->banks[i].side, i};
	}
	qsort(keys, b->n_banks, sizeof(*keys), by_key);
	for (uint32_t i = 0; i < b->n_banks; i++)
		b->banks[keys[i].index].place = at[keys[i].group]++;
}

static void order_bridges(struct bridges *b, struct key *keys)
{
	for (uint32_t i = 0; i < b->n; i++) {
		double sum = 0, n = 0;

		for (uint32_t s = 0; s < b->n_spans; s++)
			if (b->spans[s].bridge == i) {
				sum += share(b, &b->banks[b->spans[s].bank]);
				n++;
			}
		keys[i] = (struct key){n > 0 ? sum / n : 0, b->all[i].expected, i};
	}
	qsort(keys, b->n, sizeof(*keys), by_key);
	for (uint32_t i = 0; i < b->n; i++)
		b->all[keys[i].index].place = i;
}

/* Each by the middle of what it is joined to, by turns; the best of the rounds is kept. */
static int untangle(struct bridges *b)
{
	size_t n = (size_t)b->n + b->n_banks;
	_cleanup_(cleanup_freep) struct key *keys = calloc(n + 1, sizeof(*keys));
	_cleanup_(cleanup_freep) double *best = calloc(n + 1, sizeof(*best));
	uint32_t least = UINT32_MAX;

	if (!keys || !best)
		return -1;
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t crossings;

		order_banks(b, keys);
		if (round > 0)
			order_bridges(b, keys);
		crossings = count_crossings(b);
		if (crossings >= least)
			continue;
		least = crossings;
		for (uint32_t i = 0; i < b->n; i++)
			best[i] = b->all[i].place;
		for (uint32_t i = 0; i < b->n_banks; i++)
			best[b->n + i] = b->banks[i].place;
	}
	for (uint32_t i = 0; i < b->n; i++)
		b->all[i].place = best[i];
	for (uint32_t i = 0; i < b->n_banks; i++)
		b->banks[i].place = best[b->n + i];
	return 0;
}

/* ---- drawing ---- */

struct columns {
	double bank_w, bridge_w, channel;
	double bank_x[SIDES], bridge_x;
};

static struct columns columns_of(const struct sheet_box *map)
{
	struct columns c = {
		.bank_w = map->w * 0.22, .bridge_w = map->w * 0.32, .channel = map->w * 0.1};

	c.bank_x[0] = map->x + map->w * 0.02;
	c.bridge_x = c.bank_x[0] + c.bank_w + c.channel;
	c.bank_x[1] = c.bridge_x + c.bridge_w + c.channel;
	return c;
}

/* The y of rows, the middle of each, once places are an order. */
static void place_rows(struct bridges *b)
{
	const struct sheet_box *map = &b->sheet->map;
	bool two = b->n_unexpected > 0 && b->n_unexpected < b->n;
	double h = ((double)b->n + (two ? 2 : 1) * BAND_ROWS) * b->row;
	double top = map->y + fmax((map->h - h) / 2, 0);

	for (uint32_t i = 0; i < b->n; i++) {
		bool second = two && b->all[i].expected;

		b->all[i].place =
			top + (b->all[i].place + 0.5 + (second ? 2 : 1) * BAND_ROWS) * b->row;
	}
	for (uint32_t i = 0; i < b->n_banks; i++) {
		double n = b->side_n[b->banks[i].side],
		       each = fmin(map->h * 0.96 / n, 2.2 * b->row);

		b->banks[i].place =
			map->y + map->h / 2 + (b->banks[i].place + 0.5 - n / 2) * each;
	}
}

static void draw_band(struct bridges *b, const struct columns *c, bool expected, uint32_t n)
{
	double top = INFINITY, pt = fmin(fmax(b->row * 0.75, 6.5), 11);
	const char *text =
		expected ? sheet_say(b->sheet, "Routers and firewalls", "路由器与防火墙")
			 : sheet_say(b->sheet, "Not expected to join networks",
				   "非预期的跨网资产");

	for (uint32_t i = 0; i < b->n; i++)
		if (b->all[i].expected == expected)
			top = fmin(top, b->all[i].place - b->row / 2);
	text = arena_printf(b->model->arena, "%s: %u", text, n);
	if (isfinite(top) && text)
		mark_text(b->sheet, SCENE_LABELS, THEME_TEXT, c->bridge_x, top - b->row * 0.22,
			pt, SCENE_START, true, text, c->bridge_w);
}

typedef const char *(*say_fn)(const struct sheet *, const char *english, const char *chinese);

/* Of both languages one, where there is no room for two. */
static const char *say_one(const struct sheet *sheet, const char *english, const char *chinese)
{
	return sheet->chinese ? chinese : english;
}

/* "3 networks, 2 zones, tiers: 2; Internet side; 4 networks not drawn" */
static const char *describe(const struct bridges *b, const struct bridge *bridge, say_fn say)
{
	struct arena *arena = b->model->arena;
	const struct sheet *sheet = b->sheet;
	const char *text = arena_printf(
		arena, "%s %u", say(sheet, "networks", "网络"), bridge->n_networks);

	if (text && bridge->n_zones > 1)
		text = arena_printf(arena, "%s, %s %u", text, say(sheet, "zones", "区域"),
			bridge->n_zones);
	if (text && bridge->n_tiers > 1)
		text = arena_printf(arena, "%s, %s %u", text, say(sheet, "tiers", "等级"),
			bridge->n_tiers);
	if (text && bridge->internet)
		text = arena_printf(
			arena, "%s, %s", text, say(sheet, "Internet side", "互联网侧"));
	if (text && bridge->n_hidden > 0)
		text = arena_printf(arena, "%s (%s %u)", text,
			say(sheet, "not drawn", "未绘出"), bridge->n_hidden);
	return text ? text : "";
}

static void draw_bridge(struct bridges *b, const struct columns *c, const struct bridge *bridge)
{
	const struct model *m = b->model;
	const struct estate_asset *asset = &m->estate->assets[bridge->asset];
	struct sheet *sheet = b->sheet;
	double h = b->row * 0.84, y = bridge->place - h / 2, cell = h * 0.78,
	       pt = fmin(h * LINES_IN, 11 * fmax(1, sheet->k * 0.7));
	double small = fmax(pt * 0.76, 5.2), x = c->bridge_x + 1.2,
	       right = c->bridge_x + c->bridge_w - 1;
	struct scene_item *item = scene_rect(
		sheet->scene, SCENE_REGIONS, THEME_ROUTER, c->bridge_x, y, c->bridge_w, h);
	const char *rank = arena_printf(m->arena, "%u", bridge->rank), *system = "", *text;

	item->rect.radius = 1.2;
	item->asset = bridge->asset;
	sheet->marks.router = true;
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + h * 0.8,
		bridge->place + pt * MM_PER_PT * 0.36, pt, SCENE_END, true, rank ? rank : "",
		h * 0.9);
	x += h * 0.9;
	mark_cell(sheet, bridge->asset, x, bridge->place - cell / 2, cell, cell);
	mark_role(sheet, bridge->asset, x + cell * (asset->exposed ? 0.14 : 0.2),
		bridge->place - cell * (asset->exposed ? 0.2 : 0.3),
		cell * (asset->exposed ? 0.5 : 0.6));
	if (asset->exposed)
		mark_exposure(sheet, bridge->asset, x + cell * 0.6, bridge->place - cell * 0.56,
			cell * 0.46);
	x += cell + 1.4;
	if (asset->system < m->estate->n_systems)
		system = model_system_name(&m->estate->systems[asset->system]);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, bridge->place - 0.3, pt, SCENE_START,
		true, model_asset_name(m, bridge->asset), (right - x) * (system[0] ? 0.5 : 1));
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, right, bridge->place - 0.3, small,
		SCENE_END, false, system, (right - x) * 0.47);
	text = describe(b, bridge, sheet_say);
	if (measure_text_mm(text, small, false) > right - x)
		text = describe(b, bridge, say_one);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x,
		bridge->place + small * MM_PER_PT * 1.15, small, SCENE_START, false, text,
		right - x);
}

static void draw_bank(struct bridges *b, const struct columns *c, const struct bank *bank)
{
	const struct model_network *n = &b->model->networks[bank->network];
	struct sheet *sheet = b->sheet;
	double each = sheet->map.h * 0.96 / b->side_n[bank->side];
	double h = fmin(b->row, each) * 0.8, x = c->bank_x[bank->side], y = bank->place - h / 2;
	double pt = fmin(h * LINES_IN, 10 * fmax(1, sheet->k * 0.7)),
	       small = fmax(pt * 0.76, 5.2);
	const char *zone = b->zones[bank->network], *more = n->prefixes;
	struct scene_item *item = scene_rect(sheet->scene, SCENE_REGIONS,
		n->internet ? THEME_INTERNET : THEME_SUBNET, x, y, c->bank_w, h);
	double right = x + c->bank_w - 1;

	item->rect.radius = 0.8;
	*(n->internet ? &sheet->marks.internet : &sheet->marks.network) = true;
	if (n->n_cii > 0) {
		right -= mark_badge(sheet, SCENE_CII, THEME_CII_BADGE, right,
				 bank->place - h * 0.22, h * 0.44,
				 words_cii(b->model, n->n_cii)) +
			 1;
	}
	if (zone[0] && strcasecmp(zone, "internet") != 0)
		more = arena_printf(
			b->model->arena, "%s%s%s", more, more[0] ? " \xc2\xb7 " : "", zone);
	more = more ? more : "";
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x + 1.5,
		more[0] ? bank->place - 0.3 : bank->place + pt * MM_PER_PT * 0.36, pt,
		SCENE_START, true, n->name, right - x - 2);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + 1.5,
		bank->place + small * MM_PER_PT * 1.15, small, SCENE_START, false, more,
		right - x - 2);
}

static void draw_spans(struct bridges *b, const struct columns *c)
{
	for (uint32_t i = 0; i < b->n_spans; i++) {
		const struct bridge *bridge = &b->all[b->spans[i].bridge];
		const struct bank *bank = &b->banks[b->spans[i].bank];
		bool left = bank->side == 0;
		const struct scene_point points[] = {
			{left ? c->bridge_x : c->bridge_x + c->bridge_w, bridge->place},
			{left ? c->bank_x[0] + c->bank_w : c->bank_x[1], bank->place}};
		struct scene_item *item = scene_line(
			b->sheet->scene, SCENE_LINKS, THEME_LINK_MEASURED, points, 2);

		item->title = arena_printf(b->model->arena, "%s, %s",
			model_asset_name(b->model, bridge->asset),
			b->model->networks[bank->network].name);
		b->sheet->marks.link[GRADE_MEASURED] = true;
	}
}

static void add_notes(struct bridges *b)
{
	uint32_t hidden = 0;

	sheet_note(b->sheet,
		"Assets in several networks: %u; not routers or firewalls by their role: %u. "
		"The number "
		"before a name is its rank: side on the Internet, zones, tiers, networks "
		"joined.",
		"同时位于多个网络的资产：%u 个；其中角色不是路由器或防火墙的：%u "
		"个。名称前的数字为排序：互联网侧、跨区域数、跨等级数、跨网络数。",
		b->n_all, b->n_unexpected);
	for (uint32_t i = 0; i < b->n; i++)
		hidden += b->all[i].n_hidden;
	if (b->n < b->n_all)
		sheet_note(b->sheet, "Not drawn, the last by rank: %u assets.",
			"排序靠后而未绘出的资产：%u 个。", b->n_all - b->n);
	if (hidden > 0)
		sheet_note(b->sheet, "Networks not drawn, counted with their assets: %u.",
			"未绘出、仅在资产处计数的网络：%u 个。", hidden);
}

static int draw(struct bridges *b)
{
	struct columns c = columns_of(&b->sheet->map);

	if (b->n_all == 0) {
		mark_text(b->sheet, SCENE_LABELS, THEME_TEXT_QUIET,
			b->sheet->map.x + b->sheet->map.w / 2,
			b->sheet->map.y + b->sheet->map.h / 2, 14, SCENE_MIDDLE, false,
			sheet_say(b->sheet, "No asset stands in several networks.",
				"没有同时位于多个网络的资产。"),
			b->sheet->map.w * 0.9);
		return 0;
	}
	if (untangle(b) < 0)
		return -1;
	place_rows(b);
	draw_spans(b, &c);
	for (uint32_t i = 0; i < b->n_banks; i++)
		draw_bank(b, &c, &b->banks[i]);
	for (uint32_t i = 0; i < b->n; i++)
		draw_bridge(b, &c, &b->all[i]);
	draw_band(b, &c, false, b->n_unexpected);
	draw_band(b, &c, true, b->n_all - b->n_unexpected);
	add_notes(b);
	return 0;
}

static int prepare(struct bridges *b)
{
	const struct model *m = b->model;
	size_t n = m->n_networks + 1ul, spans = m->estate->n_addresses + 1ul;

	b->zones = arena_alloc(m->arena, n * sizeof(*b->zones));
	b->bank_of = arena_alloc(m->arena, n * sizeof(*b->bank_of));
	b->banks = arena_alloc(m->arena, n * sizeof(*b->banks));
	b->all = arena_alloc(m->arena, (m->estate->n_assets + 1ul) * sizeof(*b->all));
	b->spans = arena_alloc(m->arena, spans * sizeof(*b->spans));
	if (!b->zones || !b->bank_of || !b->banks || !b->all || !b->spans)
		return -1;
	find_zones(b);
	find_bridges(b);
	return 0;
}

int sheet_bridges(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	struct bridges b = {.model = model};
	enum sheet_paper paper, first, end;
	struct sheet sheet;
	bool whole = false;
	double rows = 1;

	if (prepare(&b) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the bridges sheet: no memory");
	sheet_papers(request, &first, &end);
	paper = first;
	for (enum sheet_paper p = first; p < end && !whole; p++) {
		paper = p;
		rows = floor(sheet_map_area(request, paper).h / ROW_LEAST);
		whole = choose(&b, (uint32_t)rows);
	}
	rows = fmax(fmax(b.n + 2.0, b.side_n[0]), b.side_n[1]);
	b.row = fmin(fmax(sheet_map_area(request, paper).h / rows, ROW_LEAST), ROW_MOST);
	b.sheet = &sheet;
	sheet_begin(&sheet, model, request, paper, "bridges", request->title,
		sheet_request_say(request, model->arena,
			"Bridges: assets that stand in several networks",
			"跨网资产：同时位于多个网络"));
	if (sheet.scene && draw(&b) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the bridges sheet: no memory");
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
