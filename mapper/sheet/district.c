/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The district sheet: sector > system > network > one cell per asset, packed by arithmetic.
 * Position says membership and nothing else. This file makes the tree and picks the paper.
 */
#include "mapper/sheet/district.h"

#include "common/cleanup.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_GOOD_MM 3.0 /* a larger paper is taken until cells are at least that wide */
#define PER_CELL_STEPS 12
#define SUBTITLE "District map: sector, system, network, one cell per asset"

static const char *sector_of(const struct model *model, uint32_t system)
{
	return system == MODEL_NONE ? "" : model->estate->systems[system].sector;
}

/* Sectors by name, those without one after them, what has no system last. */
static int by_sector(const void *a, const void *b, void *closure)
{
	const struct model *model = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const char *x = sector_of(model, i), *y = sector_of(model, j);

	if (!x[0] != !y[0])
		return x[0] ? -1 : 1;
	if (strcmp(x, y) != 0)
		return strcmp(x, y);
	return i < j ? -1 : i > j;
}

/* rank[s]: the place of system s's sector in the order of sectors. */
static int rank_sectors(const struct model *model, uint32_t *rank)
{
	uint32_t n = model->estate->n_systems, sector = 0;
	_cleanup_(cleanup_freep) uint32_t *order = calloc((size_t)n + 1, sizeof(*order));

	if (!order)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_sector, (void *)model);
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0 &&
			strcmp(sector_of(model, order[i]), sector_of(model, order[i - 1])) != 0)
			sector++;
		rank[order[i]] = sector;
	}
	return 0;
}

static int by_tree(const void *a, const void *b, void *closure)
{
	const struct district *d = closure;
	const struct district_cell *x = &d->cells[*(const uint32_t *)a],
				   *y = &d->cells[*(const uint32_t *)b];
	const uint32_t xs[] = {x->sector, x->system, x->network};
	const uint32_t ys[] = {y->sector, y->system, y->network};
	struct addr p, q;
	int c;

	for (size_t i = 0; i < ARRAY_SIZE(xs); i++)
		if (xs[i] != ys[i])
			return xs[i] < ys[i] ? -1 : 1;
	p = model_address(d->model, x->asset);
	q = model_address(d->model, y->asset);
	c = addr_compare(&p, &q);
	return c ? c : x->asset < y->asset ? -1 : x->asset > y->asset;
}

/* By their numbers, and then each to its place: there may be millions, and no room for them
 * twice. */
static int sort_cells(struct district *d)
{
	_cleanup_(cleanup_freep) uint32_t *order = calloc(d->n_assets + 1ul, sizeof(*order));

	if (!order)
		return -1;
	for (uint32_t i = 0; i < d->n_assets; i++)
		order[i] = i;
	qsort_r(order, d->n_assets, sizeof(*order), by_tree, d);
	for (uint32_t i = 0; i < d->n_assets; i++) {
		struct district_cell first = d->cells[i];
		uint32_t to = i;

		while (order[to] != i) {
			uint32_t from = order[to];

			d->cells[to] = d->cells[from];
			order[to] = to;
			to = from;
		}
		d->cells[to] = first;
		order[to] = to;
	}
	return 0;
}

static int make_cells(struct district *d)
{
	const struct model *model = d->model;
	const struct estate *estate = model->estate;
	_cleanup_(cleanup_freep) uint32_t *rank =
		calloc((size_t)estate->n_systems + 1, sizeof(*rank));

	d->cells =
		arena_alloc(model->arena, ((size_t)estate->n_assets + 1) * sizeof(*d->cells));
	if (!d->cells || !rank || rank_sectors(model, rank) < 0)
		return -1;
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		const struct estate_asset *asset = &estate->assets[i];
		bool assigned = asset->system < estate->n_systems;

		d->cells[d->n_assets++] = (struct district_cell){
			assigned ? rank[asset->system] : MODEL_NONE,
			assigned ? asset->system : MODEL_NONE, model_home(model, i), i, 0};
	}
	return sort_cells(d);
}

/* Of what shares a cell, networks are not told apart. */
static uint32_t network_of(const struct district *d, const struct district_cell *cell)
{
	return d->per_cell > 1 ? MODEL_NONE : cell->network;
}

static const char *label_of(
	const struct district *d, const struct district_cell *cell, enum district_kind kind)
{
	const struct model *model = d->model;
	const struct estate *estate = model->estate;

	if (kind == DISTRICT_NETWORK && d->per_cell > 1)
		return "";
	if (kind == DISTRICT_NETWORK)
		return cell->network < model->n_known_networks
			       ? model->networks[cell->network].name
			       : "Network not known";
	if (cell->system == MODEL_NONE)
		return kind == DISTRICT_SECTOR ? "Not assigned to a system" : "";
	if (kind == DISTRICT_SYSTEM)
		return model_system_name(&estate->systems[cell->system]);
	return estate->systems[cell->system].sector[0] ? estate->systems[cell->system].sector
						       : "Sector not stated";
}

/* Whether the i-th of all assets is the first in its node of that kind. */
static bool opens(const struct district *d, uint32_t i, enum district_kind kind)
{
	const struct district_cell *x = &d->cells[i], *y = &d->cells[i ? i - 1 : 0];

	return i == 0 || x->sector != y->sector ||
	       (kind >= DISTRICT_SYSTEM && x->system != y->system) ||
	       (kind >= DISTRICT_NETWORK && network_of(d, x) != network_of(d, y));
}

static struct district_node *open_node(
	struct district *d, uint32_t i, enum district_kind kind, struct district_node *parent)
{
	const struct district_cell *cell = &d->cells[i];
	struct district_node *node = &d->nodes[kind][d->n_nodes[kind]++];

	node->kind = kind;
	node->index = kind == DISTRICT_NETWORK ? network_of(d, cell) : cell->system;
	node->label = label_of(d, cell, kind);
	node->extra = 1;
	node->first = kind == DISTRICT_NETWORK ? i : d->n_nodes[kind + 1];
	parent->n++;
	return node;
}

/* One pass over the sorted assets opens a node wherever its key changes. */
static void make_nodes(struct district *d)
{
	const struct estate *estate = d->model->estate;

	for (uint32_t i = 0; i < d->n_assets; i++) {
		const struct estate_asset *asset = &estate->assets[d->cells[i].asset];
		struct district_node *node = &d->root;

		for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++) {
			node = opens(d, i, (enum district_kind)kind)
				       ? open_node(d, i, (enum district_kind)kind, node)
				       : &d->nodes[kind][d->n_nodes[kind] - 1];
			node->n_assets++;
			node->n_cii += model_is_cii(estate, asset);
			node->n_exposed += asset->exposed != 0;
			node->n_findings += asset->n_findings;
			change_count(&node->changes, asset->change);
		}
		if ((node->n_assets - 1) % d->per_cell == 0) {
			node->n++;
			d->n_cells++;
		}
	}
	d->root.kind = DISTRICT_ROOT;
	d->root.label = "";
	d->root.n_assets = estate->n_assets;
}

static uint32_t count_nodes(const struct district *d, enum district_kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < d->n_assets; i++)
		n += opens(d, i, kind);
	return n;
}

int district_make(const struct model *model, struct district **ret_district)
{
	struct district *d = arena_alloc(model->arena, sizeof(*d));

	if (!d)
		return -1;
	*d = (struct district){.model = model};
	if (make_cells(d) < 0)
		return -1;
	*ret_district = d;
	return 0;
}

int district_divide(struct district *d, uint32_t per_cell)
{
	d->per_cell = per_cell;
	d->root = (struct district_node){.extra = 1};
	d->n_cells = 0;
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++) {
		d->n_nodes[kind] = 0;
		d->nodes[kind] = arena_alloc(d->model->arena,
			(count_nodes(d, (enum district_kind)kind) + 1ul) *
				sizeof(*d->nodes[kind]));
		if (!d->nodes[kind])
			return -1;
	}
	make_nodes(d);
	return 0;
}

/* What has no system has no system's name either. */
double district_head(const struct district_measure *measure, enum district_kind kind,
	const struct district_node *node)
{
	if (kind == DISTRICT_ROOT || !node->label[0])
		return 0;
	return measure->head_pt[kind] * HEAD_MM_PER_PT;
}

/* The smallest paper on which cells are large enough, else the largest; false if not even that
 * holds them. */
static bool choose_paper(struct district *district, const struct sheet_request *request,
	struct district_measure *ret_measure, enum sheet_paper *ret_paper)
{
	enum sheet_paper first, end;
	bool fits = false;

	sheet_papers(request, &first, &end);
	for (int paper = (int)first; paper < (int)end; paper++) {
		struct sheet_box area = sheet_map_area(request, (enum sheet_paper)paper);

		*ret_paper = (enum sheet_paper)paper;
		if (district->n_cells == 0)
			return true;
		if (paper + 1 < (int)end && area.w * area.h / district->n_cells <
						CELL_GOOD_MM * CELL_GOOD_MM)
			continue;
		fits = district_pack(district, &area, ret_measure);
		if (fits && ret_measure->cell_w >= CELL_GOOD_MM)
			break;
	}
	return fits && ret_measure->cell_w >= CELL_LEGIBLE_MM;
}

/* One cell for each asset if that can be told apart on the largest paper, else for as few as
 * can. */
static int make_district(const struct model *model, const struct sheet_request *request,
	struct district **ret_district, struct district_measure *ret_measure,
	enum sheet_paper *ret_paper, struct error *reterr)
{
	static const uint32_t per_cells[PER_CELL_STEPS] = {
		1, 5, 10, 20, 50, 100, 200, 500, 1000, 10000, 100000, UINT32_MAX};

	enum sheet_paper first, end;
	struct sheet_box largest;

	bool made = district_make(model, ret_district) == 0;

	sheet_papers(request, &first, &end);
	largest = sheet_map_area(request, (enum sheet_paper)(end - 1));
	for (size_t i = 0; i < PER_CELL_STEPS && made; i++) {
		double cells = model->estate->n_assets / (double)per_cells[i];

		if (i + 1 < PER_CELL_STEPS && largest.w * largest.h <
						      cells * CELL_LEGIBLE_MM * CELL_LEGIBLE_MM)
			continue;
		made = district_divide(*ret_district, per_cells[i]) == 0;
		if (made && district_restore(*ret_district, request, ret_measure, ret_paper))
			return 0;
		if (made && choose_paper(*ret_district, request, ret_measure, ret_paper))
			return 0;
	}
	if (!made)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the district sheet: no memory");
	return error_set(reterr, ERROR_SYSTEM,
		"cannot draw the district sheet: %u systems do not fit on %s",
		(*ret_district)->n_nodes[DISTRICT_SYSTEM],
		sheet_paper_name((enum sheet_paper)(end - 1)));
}

static void add_notes(struct sheet *sheet, const struct district *district,
	const struct district_measure *measure)
{
	if (district->per_cell > 1)
		sheet_note(sheet,
			"One cell is up to %u assets of a system, in order of address; "
			"networks are not told apart, a page of one system does.",
			"一格至多为同一系统的 %u 个资产，按地址排列；不区分网络，见各系统分页。",
			district->per_cell);
	else if (sheet->model->estate->redaction)
		sheet_note(sheet, "One cell is one asset; the order of cells tells nothing.",
			"一格为一个资产；排列次序无含义。");
	else
		sheet_note(sheet,
			"One cell is one asset, in order of address; a cell stands in the "
			"network of the asset's lowest address.",
			"一格为一个资产，按地址排列；资产绘于其最低地址所在的网络。");
	if (sheet->scene && district->n_cells > 0)
		sheet_note(sheet, "Scale of symbols: a cell is %.1f x %.1f mm.",
			"符号比例：一格为 %.1f × %.1f 毫米。", measure->cell_w, measure->cell_h);
	if (sheet->n_cut_names > 0)
		sheet_note(sheet,
			"Names with no room in their box: %u; .svg and .html tell them at the "
			"pointer, an atlas (--type atlas) on its pages.",
			"框内写不下的名称：%u 个；电子版中指向该框可见全称，图集（--type atlas）各页亦列。",
			sheet->n_cut_names);
	if (sheet->marks.tier_digit)
		sheet_note(sheet, "The number in the corner of a cell is the protection tier.",
			"格角数字为安全保护等级。");
	if (sheet->marks.ports && sheet_shows(sheet, MAP_OVERLAY_EXPOSURE))
		sheet_note(sheet,
			"Open: ports that answer; exposed: those that answer to the Internet.",
			"开放：有应答的端口；暴露：互联网可达的端口。");
	else if (sheet->marks.ports)
		sheet_note(sheet, "Open: ports that answer.", "开放：有应答的端口。");
}

int sheet_district(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	struct district_measure measure;
	enum sheet_paper paper = SHEET_A0;
	struct district *district;
	struct sheet sheet;
	int r;

	if (request->paper == MAP_PAPER_SLIDE)
		return sheet_slide(model, request, ret_scene, reterr);
	r = make_district(model, request, &district, &measure, &paper, reterr);
	if (r < 0)
		return r;
	sheet_begin(&sheet, model, request, paper, "district", request->title,
		request->language == MAP_BOTH_LANGUAGES
			? words_both(model->arena, SUBTITLE, "总图")
			: sheet_request_say(request, model->arena, SUBTITLE,
				  "总图：行业、系统、网络，一格一资产"));
	if (district->n_cells > 0)
		district_keep(district, request, &measure, paper);
	if (sheet.scene && district->n_cells > 0)
		district_draw(district, &measure, &sheet);
	else if (sheet.scene)
		mark_text(&sheet, SCENE_LABELS, THEME_TEXT_QUIET, sheet.map.x + sheet.map.w / 2,
			sheet.map.y + sheet.map.h / 2, 14, SCENE_MIDDLE, false,
			sheet.chinese ? "资产档案中尚无可绘制的资产。"
				      : "The inventory holds no assets for this map yet.",
			sheet.map.w * 0.9);
	add_notes(&sheet, district, &measure);
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
