/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the address-space sheet share: the Hilbert curve, and the blocks of IPv4
 * space that it fills. A block is an aligned prefix of even length, so that it is a square and
 * each of its prefixes is a square or half of one. IPv6 is counted by prefix: a curve of it
 * would be empty.
 */
#ifndef MAPPER_SHEET_HILBERT_H
#define MAPPER_SHEET_HILBERT_H

#include "mapper/sheet/sheet.h"

#define HILBERT_ORDER_MAX 16 /* a curve of 4^16 cells holds all of IPv4 */
#define HILBERT_BLOCKS_MAX 24
#define HILBERT_SIX_MAX 4096 /* IPv6 prefixes told apart */

/* ---- the curve: 4^order cells, from the top left to the top right ---- */

void hilbert_xy(unsigned int order, uint32_t d, uint32_t *ret_x, uint32_t *ret_y);
uint32_t hilbert_d(unsigned int order, uint32_t x, uint32_t y);

struct hilbert_cells {
	uint32_t x, y, w, h;
};

/* The rectangle that a run of 2^bits cells fills, from one that is a multiple of it on. */
struct hilbert_cells hilbert_run(unsigned int order, uint32_t d, unsigned int bits);

/* ---- the space ---- */

struct hilbert_use {
	uint32_t addr, asset;
};

struct hilbert_subnet {
	uint32_t base;
	uint8_t length;
	uint32_t subnet; /* of the estate */
	uint32_t n_used; /* addresses in it */
};

struct hilbert_block {
	uint32_t base;
	uint8_t length;	    /* even */
	uint32_t first, n;  /* uses */
	unsigned int order; /* cells to a side, as a power of two */
	double x, y, side;  /* of the square */
};

struct hilbert_six {
	struct cidr cidr;
	uint32_t n_assets, n_cii, n_exposed;
};

struct hilbert {
	const struct model *model;
	struct hilbert_use *uses; /* by address, then asset */
	uint32_t n_uses;
	struct hilbert_subnet *subnets; /* by address, the larger first */
	uint32_t n_subnets;
	struct hilbert_block blocks[HILBERT_BLOCKS_MAX];
	uint32_t n_blocks;
	struct hilbert_six *sixes; /* by prefix */
	uint32_t n_sixes;
	uint8_t six_length;  /* 64, or 48 if there are too many of those */
	uint32_t n_six_left; /* assets in prefixes past HILBERT_SIX_MAX */
	uint32_t n_unnamed, n_small,
		n_listed; /* subnets without a label, an outline; in the table */
};

/* hilbert_space.c: -1 without memory. */
int hilbert_make(const struct model *model, struct hilbert **ret_hilbert);
uint64_t hilbert_size(uint8_t length); /* addresses in an IPv4 prefix */
/* Addresses that are used in a run of them. */
uint32_t hilbert_count(const struct hilbert *hilbert, uint32_t base, uint64_t size);
/* Places the blocks into the area. */
void hilbert_place(struct hilbert *hilbert, const struct sheet_box *area, double k);
/* Uses that share a cell with another address as the blocks are placed. */
uint32_t hilbert_crowded(const struct hilbert *hilbert);

/* hilbert_draw.c */
void hilbert_draw(struct hilbert *hilbert, struct sheet *sheet);
const char *hilbert_prefix(struct sheet *sheet, uint32_t base, uint8_t length);

/* hilbert_side.c: the table of subnets and how the curve is read; the row of IPv6 prefixes. */
void hilbert_side(struct hilbert *hilbert, struct sheet *sheet, struct sheet_box area);
double hilbert_six_height(const struct hilbert *hilbert, double w, double h, double k);
void hilbert_sixes(struct hilbert *hilbert, struct sheet *sheet, struct sheet_box area);

#endif
