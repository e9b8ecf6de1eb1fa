/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the district sheet share: the tree sector > system > network > cells, and
 * the measures it is packed with. Every asset is one cell, in its home network.
 */
#ifndef MAPPER_SHEET_DISTRICT_H
#define MAPPER_SHEET_DISTRICT_H

#include "mapper/sheet/sheet.h"

#define DISTRICT_RATIO 1.35 /* width to height that a box is thought to have */
#define DISTRICT_UNITS 1000.0 /* lengths are whole ones, to the millimetre */
#define CELL_LEGIBLE_MM 1.15  /* on the largest paper: below it assets share cells */
#define NAME_FROM_W 14.0 /* cells of that size have names */
#define NAME_FROM_H 9.0
#define HEAD_MM_PER_PT (25.4 / 72.0 * 1.32) /* height of a head */

enum district_kind { DISTRICT_ROOT, DISTRICT_SECTOR, DISTRICT_SYSTEM, DISTRICT_NETWORK };

struct district_node {
	enum district_kind kind;
	uint32_t index; /* system or network; MODEL_NONE: not assigned to a system */
	const char *label;
	/* children: nodes of the next kind; of a network n cells, its assets from `first` on */
	uint32_t first, n;
	uint32_t n_assets; /* with those that are gone */
	uint32_t n_cii, n_exposed, n_findings;
	struct change_counts changes;
	double weight, extra; /* area it needs; what experience adds to that */
	struct sheet_box box;
	uint32_t columns, rows; /* of a network's cells; its box may have room for more rows */
	/* In the treemap that it is packed by; row 0: not yet. Of a network its shelf. */
	uint32_t rank, row;
	bool upright;
};

/* One asset. Where several share a cell, these follow each other: there may be millions, and a
 * cell is reckoned from them when it is drawn. */
struct district_cell {
	uint32_t sector, system, network, asset; /* sector: rank by name */
	/* Of the network's cell that is as far from its first as this one: its place, row by
	 * row. */
	uint32_t slot;
};

struct district {
	const struct model *model;
	struct district_cell *cells; /* of all assets, in order of the tree, then of address */
	uint32_t n_assets, n_cells;
	uint32_t per_cell; /* assets at most; beyond one, networks are not told apart */
	bool kept; /* rows, shelves and columns are those of the last sheet, and stay if they
		      can */
	struct district_node root;
	struct district_node *nodes[4]; /* by kind */
	uint32_t n_nodes[4];
};

/* Sizes of a packing, in millimetres and points. */
struct district_measure {
	double cell_w, cell_h;
	double head_pt[4]; /* by kind */
	double pad, gap;
	/* Of a network's cells, of a sector: room for what comes. Sheets whose cells have names
	 * have no strips; there cells take what room their box has. */
	double slack, strip;
	double packed; /* cell_w when all was packed anew; cells shrink a little before they are
			  again */
};

/* district.c. -1 without memory. The cells of all assets, then the tree above them, with so
 * many assets in a cell at most; it may be divided again, with more. */
int district_make(const struct model *model, struct district **ret_district);
int district_divide(struct district *district, uint32_t per_cell);
double district_head(const struct district_measure *measure, enum district_kind kind,
	const struct district_node *node);

/* district_pack.c: the largest cells with which everything fits into the area. False if not
 * even the smallest do. */
bool district_pack(struct district *district, const struct sheet_box *area,
	struct district_measure *ret_measure);

/* What of that serves to lay out a part: the networks of a system in its box. False if they do
 * not fit; of a sheet whose places are kept, not even squeezed. */
bool district_lay_system(struct district *district, struct district_node *system,
	const struct district_measure *measure);
/* The systems of a sector in its box, or all of them in the area, in the rows that they are in:
 * each has about the room that its box had, and gives what another needs. False if they do not
 * fit. */
bool district_shift_sector(struct district *district, struct district_node *sector,
	const struct district_measure *measure);
bool district_shift(struct district *district, const struct sheet_box *area,
	const struct district_measure *measure);
/* Cells a step smaller; false if they would be too small. */
bool district_shrink(struct district_measure *measure);
/* Whether a network's box holds its cells in its columns and rows, or in one or a few more of
 * either, which it is then given: they are squeezed a little rather than moved elsewhere. */
bool district_squeeze(struct district_node *network, const struct district_measure *measure);
/* From one of its cells to the next. */
struct district_step {
	double x, y;
};
struct district_step district_step(
	const struct district_node *network, const struct district_measure *measure);
/* What systems of a sector stand in. */
struct sheet_box district_inner(
	const struct district_node *sector, const struct district_measure *measure);
/* What everything needs, with nothing of what experience adds. */
void district_weigh(struct district *district, const struct district_measure *measure);
/* To what is kept of a sheet, so that it comes out of there as it went in. */
struct sheet_box district_rounded(const struct sheet_box *box);

/* district_holes.c. Where nothing stands in the inner box of a sector there is room for a
 * system: it is laid out in as little of that as it needs. False if there is none. */
bool district_place_system(struct district *district, const struct district_node *sector,
	struct district_node *system, const struct district_measure *measure);

/* district_keep.c: takes over where the last sheet of this map had everything, as far as it is
 * still there. False: there was none, or it has no room for what is there now. And gives the
 * request where everything is. */
bool district_restore(struct district *district, const struct sheet_request *request,
	struct district_measure *ret_measure, enum sheet_paper *ret_paper);
void district_keep(const struct district *district, const struct sheet_request *request,
	const struct district_measure *measure, enum sheet_paper paper);

/* district_draw.c. What of a cell's width or height its mark takes: the rest is between
 * them. */
double district_mark(double length, const struct district_measure *measure);
void district_draw(const struct district *district, const struct district_measure *measure,
	struct sheet *sheet);

#endif
