/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exposure sheet: the Internet's side on the left, and lines from it to a card for each
 * system with what of it can be reached, most urgent first. Looks for the smallest paper that
 * holds every row, then for the most rows of each system that A0 holds; what is folded is
 * counted.
 */
#include "mapper/sheet/exposure.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define PAD 1.8
#define BAND_W 66.0 /* at 8 points */
/* The least of a card, at 8 points. */
#define COLUMN_W 92.0
#define COLUMN_W_BOTH 114.0 /* in both languages */

bool exposure_kind_is_risk(const char *kind)
{
	return strcmp(kind, "administration") == 0 || strcmp(kind, "remote maintenance") == 0 ||
	       strcmp(kind, "industrial protocol") == 0;
}

double exposure_head_h(double pt)
{
	return 2 * PAD + pt * MM_PER_PT * (1.4 + 2 * 1.2);
}

double exposure_row_h(double pt)
{
	return pt * MM_PER_PT * 2.7;
}

/* ---- rows ---- */

static uint8_t rank_of(const struct estate_service *s)
{
	uint8_t ledger = s->justified == LEDGER_NONE	  ? 0
			 : s->justified == LEDGER_EXPIRED ? 1
							  : 2;

	return (uint8_t)(2 * ledger + !exposure_kind_is_risk(estate_text(s->kind)));
}

static int by_service(
	const struct estate *e, const struct exposure_row *x, const struct exposure_row *y)
{
	const struct estate_service *a = &e->services[x->service],
				    *b = &e->services[y->service];
	int order = addr_compare(&a->addr, &b->addr);

	if (order)
		return order;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->transport != b->transport)
		return a->transport < b->transport ? -1 : 1;
	return x->service < y->service ? -1 : x->service > y->service;
}

static int by_supply(
	const struct estate *e, const struct exposure_row *x, const struct exposure_row *y)
{
	const struct estate_supply *a = &e->supplies[x->supply], *b = &e->supplies[y->supply];
	int order = strcmp(estate_text(a->supplier), estate_text(b->supplier));

	if (!order)
		order = strcmp(estate_text(a->service), estate_text(b->service));
	return order ? order : strcmp(estate_text(a->path), estate_text(b->path));
}

static int by_urgency(const void *a, const void *b, void *closure)
{
	const struct exposure_row *x = a, *y = b;
	const struct estate *e = closure;

	if (x->card != y->card)
		return x->card < y->card ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if ((x->service == MODEL_NONE) != (y->service == MODEL_NONE))
		return x->service == MODEL_NONE ? -1 : 1;
	return x->service == MODEL_NONE ? by_supply(e, x, y) : by_service(e, x, y);
}

/* First those without a reason, of them the designated. */
static int by_weight(const void *a, const void *b)
{
	const struct exposure_card *x = a, *y = b;
	uint32_t m = x->n_rows > 0, n = y->n_rows > 0;
	int order;

	if (m != n)
		return m ? -1 : 1;
	m = x->by_ledger[LEDGER_NONE] > 0;
	n = y->by_ledger[LEDGER_NONE] > 0;
	if (m != n)
		return m ? -1 : 1;
	if (x->designated != y->designated)
		return x->designated ? -1 : 1;
	for (int ledger = 0; ledger < 2; ledger++) {
		m = x->by_ledger[ledger ? LEDGER_EXPIRED : LEDGER_NONE];
		n = y->by_ledger[ledger ? LEDGER_EXPIRED : LEDGER_NONE];
		if (m != n)
			return m > n ? -1 : 1;
	}
	if (x->n_rows != y->n_rows)
		return x->n_rows > y->n_rows ? -1 : 1;
	order = strcmp(x->name, y->name);
	return order ? order : x->system < y->system ? -1 : x->system > y->system;
}

/* Until the cards are in order, that of system i is i, the last that of assets without. */
static void add_row(struct exposure *x, uint32_t system, uint32_t service, uint32_t supply)
{
	const struct estate *e = x->model->estate;
	uint32_t card = system < e->n_systems ? system : e->n_systems;
	struct exposure_row *row = &x->rows[x->n_rows++];

	/* A way in is as urgent as administration whose reason is on record. */
	*row = (struct exposure_row){card, service, supply, 4};
	x->cards[card].n_rows++;
	if (service == MODEL_NONE) {
		x->cards[card].n_remote++;
		return;
	}
	row->rank = rank_of(&e->services[service]);
	x->cards[card].by_ledger[e->services[service].justified % 3]++;
}

static int make_rows(struct exposure *x)
{
	const struct estate *e = x->model->estate;
	_cleanup_(cleanup_freep) uint32_t *card_of =
		calloc((size_t)e->n_systems + 1, sizeof(*card_of));

	if (!card_of)
		return -1;
	for (uint32_t i = 0; i <= e->n_systems; i++) {
		x->cards[i].system = i < e->n_systems ? i : MODEL_NONE;
		x->cards[i].designated = i < e->n_systems && e->systems[i].designated;
		x->cards[i].name = i < e->n_systems ? model_system_name(&e->systems[i]) : "";
	}
	for (uint32_t i = 0; i < e->n_services; i++)
		if (e->services[i].exposed && e->services[i].asset < e->n_assets)
			add_row(x, e->assets[e->services[i].asset].system, i, MODEL_NONE);
	for (uint32_t i = 0; i < e->n_supplies; i++)
		if (e->supplies[i].remote && e->supplies[i].system < e->n_systems)
			add_row(x, e->supplies[i].system, MODEL_NONE, i);
	qsort(x->cards, (size_t)e->n_systems + 1, sizeof(*x->cards), by_weight);
	for (uint32_t i = 0, first = 0; i <= e->n_systems; i++) {
		struct exposure_card *card = &x->cards[i];

		card_of[card->system == MODEL_NONE ? e->n_systems : card->system] = i;
		card->first_row = first;
		first += card->n_rows;
		x->n_cards += card->n_rows > 0;
		x->n_unjustified += card->by_ledger[LEDGER_NONE];
		x->n_expired += card->by_ledger[LEDGER_EXPIRED];
	}
	for (uint32_t i = 0; i < x->n_rows; i++)
		x->rows[i].card = card_of[x->rows[i].card];
	qsort_r(x->rows, x->n_rows, sizeof(*x->rows), by_urgency, (void *)(uintptr_t)e);
	return 0;
}

/* ---- ways in ---- */

/* Breadth first from the Internet's side over the links between networks and routers. */
static int find_ways(struct exposure *x)
{
	const struct model *m = x->model;
	size_t n = (size_t)m->n_networks + m->n_joints + 1;
	_cleanup_(cleanup_freep) uint32_t *queue = calloc(n, sizeof(*queue));
	_cleanup_(cleanup_freep) uint32_t *first = calloc(n + 1, sizeof(*first));
	_cleanup_(cleanup_freep) uint32_t *next =
		calloc((size_t)m->n_edges + 1, 2 * sizeof(*next));
	uint32_t head = 0, tail = 0;

	if (!queue || !first || !next)
		return -1;
	for (size_t i = 0; i < n; i++)
		x->parent[i] = MODEL_NONE;
	/* Edges of a node as a list, 1 + 2 * edge + end; the first edge comes out first. */
	for (uint32_t i = m->n_edges; i-- > 0;) {
		if (m->edges[i].tie != MODEL_NONE || m->edges[i].layer > LINK_L3)
			continue;
		next[2 * i] = first[m->edges[i].a];
		first[m->edges[i].a] = 1 + 2 * i;
		next[2 * i + 1] = first[m->edges[i].b];
		first[m->edges[i].b] = 2 + 2 * i;
	}
	for (uint32_t i = 0; i < m->n_networks; i++)
		if (m->networks[i].internet) {
			x->parent[i] = i;
			queue[tail++] = i;
		}
	while (head < tail) {
		uint32_t at = queue[head++];

		for (uint32_t k = first[at]; k > 0; k = next[k - 1]) {
			const struct model_edge *edge = &m->edges[(k - 1) / 2];
			uint32_t other = edge->a == at ? edge->b : edge->a;

			if (x->parent[other] != MODEL_NONE)
				continue;
			x->parent[other] = at;
			queue[tail++] = other;
		}
	}
	return 0;
}

/* ---- placing ---- */

/* Column by column, in order; false if the first `n_cards` do not fit with so many rows
 * each. */
static bool try_rows(struct exposure *x, uint32_t most, uint32_t n_cards)
{
	uint32_t columns = (uint32_t)fmax(
			 (x->area.w - x->band_w + 1e-6) / (x->column_w + x->gutter), 0),
		 column = 0;
	/* Lines to further columns run above the first. */
	double top = columns > 1 ? (x->n_sources + 0.5) * EXPOSURE_TRACK : 0, y = 0,
	       h = x->area.h - top;

	for (uint32_t i = 0; i < n_cards; i++) {
		struct exposure_card *card = &x->cards[i];
		bool folds = card->n_rows > most;

		card->n_shown = folds ? most : card->n_rows;
		card->h = exposure_head_h(x->pt) + card->n_shown * exposure_row_h(x->pt) +
			  (folds ? x->pt * MM_PER_PT * 1.4 : 0);
		if (y > 0 && y + card->h > h) {
			column++;
			y = 0;
		}
		if (column >= columns || card->h > h)
			return false;
		card->x =
			x->area.x + x->band_w + x->gutter + column * (x->column_w + x->gutter);
		card->y = x->area.y + top + y;
		card->column = column;
		card->placed = true;
		y += card->h + x->gap;
	}
	return true;
}

/* Columns as wide as the paper lets them be. */
static void measure_paper(struct exposure *x, enum sheet_paper paper, double pt)
{
	struct sheet_box map = sheet_map_area(x->request, paper);
	double columns,
		least = x->request->language == MAP_BOTH_LANGUAGES ? COLUMN_W_BOTH : COLUMN_W;

	x->pt = pt;
	x->gap = 2.6;
	x->gutter = (x->n_sources + 2) * EXPOSURE_TRACK;
	x->band_w = BAND_W * pt / 8;
	x->area = (struct sheet_box){map.x + 3, map.y + 3, map.w - 6, map.h - 6};
	columns = floor((x->area.w - x->band_w) / (least * pt / 8 + x->gutter));
	x->column_w = (x->area.w - x->band_w) / fmax(columns, 1) - x->gutter;
}

/* Below each other in the band, as many as have room there; the last line says how many have
 * not. */
static void place_exits(struct exposure *x)
{
	double y = x->area.y + exposure_band_head_h(x->pt), bottom = x->area.y + x->area.h;
	double each = exposure_exit_h(x->pt);

	for (uint32_t i = 0; i < x->model->estate->n_exits; i++, y += each) {
		bool last = i + 1 == x->model->estate->n_exits;

		if (y + (last ? 1 : 2) * each > bottom) {
			x->n_folded_exits = x->model->estate->n_exits - i;
			for (; i < x->model->estate->n_exits; i++)
				exposure_share_line(x, &x->exits[i]);
			return;
		}
		x->exits[i].y = y;
	}
}

static enum sheet_paper find_paper(struct exposure *x)
{
	static const double sizes[] = {11, 10, 9, 8, 7, 6.5};
	static const uint32_t rows[] = {100, 60, 30, 15, 8, 4, 2, 1, 0};

	enum sheet_paper first, end;

	sheet_papers(x->request, &first, &end);
	for (enum sheet_paper paper = first; paper < end; paper++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			measure_paper(x, paper, sizes[i]);
			if (try_rows(x, UINT32_MAX, x->n_cards))
				return paper;
		}
	/* On the largest, with the smallest text, less is shown. */
	for (uint32_t n = x->n_cards; n > 0; n -= (n + 9) / 10)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			for (uint32_t k = 0; k < x->n_cards; k++) {
				x->cards[k].placed = false;
				x->cards[k].n_shown = 0;
			}
			if (try_rows(x, rows[i], n))
				return end - 1;
		}
	return end - 1;
}

static void count_folded(struct exposure *x)
{
	for (uint32_t i = 0; i < x->n_cards; i++) {
		x->n_folded_rows += x->cards[i].n_rows - x->cards[i].n_shown;
		x->n_folded_cards += !x->cards[i].placed;
	}
}

/* ---- all of it ---- */

static void add_notes(struct sheet *sheet, const struct exposure *x)
{
	const struct estate *e = x->model->estate;
	uint32_t quiet = 0, system;

	/* As the title block counts systems. */
	for (uint32_t i = 0; i < e->n_systems; i++)
		quiet += !e->systems[i].external && e->systems[i].change != CHANGE_GONE;
	for (uint32_t i = 0; i < x->n_cards; i++) {
		system = x->cards[i].system;
		quiet -= system != MODEL_NONE && !e->systems[system].external &&
			e->systems[system].change != CHANGE_GONE;
	}
	if (x->n_cards > 0)
		sheet_note(sheet,
			"Exposed: %u services: without a reason %u, reason expired %u. Systems "
			"without anything exposed are not drawn: %u.",
			"暴露服务 %u 项：无理由 %u 项，理由过期 %u "
			"项。无暴露而未绘出的系统：%u 个。",
			x->model->n_exposed_services, x->n_unjustified, x->n_expired, quiet);
	if (x->n_folded_rows > 0)
		sheet_note(sheet,
			"Folded, counted on the cards: %u rows, the least urgent of each "
			"system.",
			"已折叠并在框内计数：%u 行，均为各系统中最不紧要者。",
			x->n_folded_rows);
	if (x->n_folded_cards > 0)
		sheet_note(sheet, "Systems without a card of their own: %u.",
			"未单独绘出的系统：%u 个。", x->n_folded_cards);
	if (x->n_shared_exits > 0)
		sheet_note(sheet,
			"Exits whose lines begin at the Internet's side as a whole: %u.",
			"连线起于互联网侧整体的出口：%u 个。", x->n_shared_exits);
	if (x->n_folded_exits > 0)
		sheet_note(sheet, "Internet exits not listed: %u.",
			"未列出的互联网出口：%u 个。", x->n_folded_exits);
	if (e->n_exits == 0)
		sheet_note(sheet,
			"The register states no Internet exit: cadastre register import "
			"FILE.xml",
			"登记中无互联网出口：cadastre register import FILE.xml");
}

int sheet_exposure(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	const struct estate *e = model->estate;
	const char *subtitle = sheet_request_say(request, model->arena,
		"Exposure: the Internet's side and what faces it", "互联网暴露面");
	struct exposure x = {.model = model, .request = request};
	enum sheet_paper paper;
	struct sheet sheet;

	x.rows = arena_alloc(
		model->arena, ((size_t)e->n_services + e->n_supplies + 1) * sizeof(*x.rows));
	x.cards = arena_alloc(model->arena, ((size_t)e->n_systems + 1) * sizeof(*x.cards));
	x.parent = arena_alloc(model->arena,
		((size_t)model->n_networks + model->n_joints + 1) * sizeof(*x.parent));
	if (!x.rows || !x.cards || !x.parent)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the exposure sheet: no memory");
	memset(x.cards, 0, ((size_t)e->n_systems + 1) * sizeof(*x.cards));
	if (make_rows(&x) < 0 || find_ways(&x) < 0 || exposure_find_lines(&x) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the exposure sheet: no memory");
	paper = find_paper(&x);
	count_folded(&x);
	place_exits(&x);
	sheet_begin(&sheet, model, request, paper, "exposure", request->title, subtitle);
	if (!sheet.scene)
		return scene_check(NULL, reterr);
	exposure_draw(&x, &sheet);
	exposure_draw_lines(&x, &sheet);
	add_notes(&sheet, &x);
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
