/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The district sheet: sector > system > network > one cell per asset, packed by arithmetic.
 * Position says membership and nothing else. This file makes the tree and picks the paper.
 */
#include "mapper/sheet/district.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define CELL_GOOD_MM 3.0 /* a larger paper is taken until cells are at least that wide */

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

static int by_tree(const void *a, const void *b)
{
	const struct district_cell *x = a, *y = b;
	const uint32_t xs[] = {x->sector, x->system, x->network};
	const uint32_t ys[] = {y->sector, y->system, y->network};
	int c;

	for (size_t i = 0; i < ARRAY_SIZE(xs); i++)
		if (xs[i] != ys[i])
			return xs[i] < ys[i] ? -1 : 1;
	c = addr_compare(&x->addr, &y->addr);
	return c ? c : x->asset < y->asset ? -1 : x->asset > y->asset;
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
		struct district_cell *cell = &d->cells[d->n_cells++];

		*cell = (struct district_cell){assigned ? rank[asset->system] : MODEL_NONE,
			assigned ? asset->system : MODEL_NONE, model_home(model, i), i, {0}};
		for (uint32_t k = 0; k < asset->n_addresses; k++) {
			const struct addr *addr =
				&estate->addresses[asset->first_address + k].addr;

			if (k == 0 || addr_compare(addr, &cell->addr) < 0)
				cell->addr = *addr;
		}
	}
	qsort(d->cells, d->n_cells, sizeof(*d->cells), by_tree);
	return 0;
}

static const char *label_of(
	const struct model *model, const struct district_cell *cell, enum district_kind kind)
{
	const struct estate *estate = model->estate;

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

static bool same(
	const struct district_cell *x, const struct district_cell *y, enum district_kind kind)
{
	return x->sector == y->sector && (kind < DISTRICT_SYSTEM || x->system == y->system) &&
	       (kind < DISTRICT_NETWORK || x->network == y->network);
}

/* One pass over the sorted cells opens a node wherever its key changes. */
static void make_nodes(struct district *d)
{
	const struct estate *estate = d->model->estate;

	for (uint32_t i = 0; i < d->n_cells; i++) {
		const struct district_cell *cell = &d->cells[i];
		const struct estate_asset *asset = &estate->assets[cell->asset];

		for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++) {
			struct district_node *node, *parent = &d->root;

			if (i == 0 || !same(cell, &d->cells[i - 1], (enum district_kind)kind)) {
				if (kind > DISTRICT_SECTOR)
					parent = &d->nodes[kind - 1][d->n_nodes[kind - 1] - 1];
				node = &d->nodes[kind][d->n_nodes[kind]++];
				node->kind = (enum district_kind)kind;
				node->index =
					kind == DISTRICT_NETWORK ? cell->network : cell->system;
				node->label =
					label_of(d->model, cell, (enum district_kind)kind);
				node->extra = 1;
				node->first =
					kind == DISTRICT_NETWORK ? i : d->n_nodes[kind + 1];
				parent->n++;
			}
			node = &d->nodes[kind][d->n_nodes[kind] - 1];
			node->n += kind == DISTRICT_NETWORK;
			node->n_assets++;
			node->n_cii += model_is_cii(estate, asset);
			node->n_exposed += asset->exposed != 0;
			change_count(&node->changes, asset->change);
		}
	}
	d->root.kind = DISTRICT_ROOT;
	d->root.label = "";
	d->root.n_assets = d->n_cells;
}

int district_make(const struct model *model, struct district **ret_district)
{
	struct district *d = arena_alloc(model->arena, sizeof(*d));

	if (!d)
		return -1;
	d->model = model;
	if (make_cells(d) < 0)
		return -1;
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++) {
		d->nodes[kind] = arena_alloc(
			model->arena, ((size_t)d->n_cells + 1) * sizeof(*d->nodes[kind]));
		if (!d->nodes[kind])
			return -1;
	}
	make_nodes(d);
	*ret_district = d;
	return 0;
}

/* What has no system has no system's name either. */
double district_head(const struct district_measure *measure, enum district_kind kind,
	const struct district_node *node)
{
	if (kind == DISTRICT_ROOT || !node->label[0])
		return 0;
	return measure->head_pt[kind] * MM_PER_PT * 1.32;
}

int sheet_district(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	struct district_measure measure;
	struct district *district;
	struct sheet sheet;
	bool fits = false;
	int paper;

	if (district_make(model, &district) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the district sheet: no memory");
	for (paper = SHEET_A3; paper < SHEET_PAPER_N; paper++) {
		struct sheet_box area = sheet_map_area(request, (enum sheet_paper)paper);

		fits = district_pack(district, &area, &measure);
		if (district->n_cells == 0 || (fits && measure.cell_w >= CELL_GOOD_MM))
			break;
	}
	if (paper == SHEET_PAPER_N)
		paper = SHEET_A0;
	if (!fits && district->n_cells > 0)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot draw the district sheet: %u assets in %u networks do not fit "
			"on A0",
			district->n_cells, district->n_nodes[DISTRICT_NETWORK]);
	sheet_begin(&sheet, model, request, (enum sheet_paper)paper, "district", request->title,
		"District map: sector, system, network, one cell per asset");
	if (sheet.scene && district->n_cells > 0)
		district_draw(district, &measure, &sheet);
	else if (sheet.scene)
		mark_text(&sheet, SCENE_LABELS, THEME_TEXT_QUIET, sheet.map.x + sheet.map.w / 2,
			sheet.map.y + sheet.map.h / 2, 14, SCENE_MIDDLE, false,
			"The inventory holds no assets for this map yet.", sheet.map.w * 0.9);
	sheet_note(&sheet,
		"One cell is one asset, in order of address; a cell stands in the network "
		"of the asset's lowest address.",
		"一格为一个资产，按地址排列；资产绘于其最低地址所在的网络。");
	if (sheet.marks.tier_digit)
		sheet_note(&sheet, "The number in the corner of a cell is the protection tier.",
			"格角数字为安全保护等级。");
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
