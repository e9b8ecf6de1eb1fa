/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the district sheet share: the tree sector > system > network > cells, and
 * the measures it is packed with. Every asset is one cell, in its home network.
 */
#ifndef MAPPER_SHEET_DISTRICT_H
#define MAPPER_SHEET_DISTRICT_H

#include "mapper/sheet/sheet.h"

enum district_kind { DISTRICT_ROOT, DISTRICT_SECTOR, DISTRICT_SYSTEM, DISTRICT_NETWORK };

struct district_node {
	enum district_kind kind;
	uint32_t index; /* system or network; MODEL_NONE: not assigned to a system */
	const char *label;
	uint32_t first, n; /* children: nodes of the next kind; of a network: cells */
	uint32_t n_assets, n_cii, n_exposed; /* n_assets: cells, with those of assets that are gone */
	struct change_counts changes;
	double weight, extra; /* area it needs; what experience adds to that */
	struct sheet_box box;
	uint32_t columns;
};

struct district_cell {
	uint32_t sector, system, network, asset; /* sector: rank by name */
	struct addr addr;
};

struct district {
	const struct model *model;
	struct district_cell *cells; /* in order of the tree, then of address */
	uint32_t n_cells;
	struct district_node root;
	struct district_node *nodes[4]; /* by kind */
	uint32_t n_nodes[4];
};

/* Sizes of a packing, in millimetres and points. */
struct district_measure {
	double cell_w, cell_h;
	double head_pt[4]; /* by kind */
	double pad, gap;
};

/* district.c. -1 without memory. */
int district_make(const struct model *model, struct district **ret_district);
double district_head(const struct district_measure *measure, enum district_kind kind,
	const struct district_node *node);

/* district_pack.c: the largest cells with which everything fits into the area. False if not
 * even the smallest do. */
bool district_pack(struct district *district, const struct sheet_box *area,
	struct district_measure *ret_measure);

/* district_draw.c */
void district_draw(const struct district *district, const struct district_measure *measure,
	struct sheet *sheet);

#endif
