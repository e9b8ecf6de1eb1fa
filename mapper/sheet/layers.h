/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the four-layer sheet share: rows of nodes on four planes, and the relations
 * between the rows.
 */
#ifndef MAPPER_SHEET_LAYERS_H
#define MAPPER_SHEET_LAYERS_H

#include "mapper/sheet/sheet.h"

#define LAYERS_NODES_MAX 40 /* of a row, the folded ones together as one of them */

enum layers_row {
	LAYERS_BUSINESS, /* the business plane has two rows */
	LAYERS_SYSTEM,
	LAYERS_ACTOR,
	LAYERS_NETWORK,
	LAYERS_REGION,
	LAYERS_ROW_N
};

struct layers_node {
	const char *name, *quiet;   /* a second line, or "" */
	const char *key;	    /* by which others refer to it; region: its division */
	uint32_t index;		    /* of the estate or the model */
	uint32_t n_links, n_folded; /* folded: so many in one */
	bool cii, folded;
	double order; /* where it wants to stand, in 0..1 */
	struct sheet_box box;
};

struct layers_link {
	uint8_t from_row, to_row; /* from the upper to the lower */
	uint32_t from, to;
	bool cii;
	uint32_t count;
};

struct layers {
	const struct model *model;
	struct layers_node *rows[LAYERS_ROW_N];
	uint32_t n[LAYERS_ROW_N], n_all[LAYERS_ROW_N];
	uint32_t most; /* nodes of a row */
	struct layers_link *links; /* each pair once */
	uint32_t n_links;
};

/* layers.c: with at most `most` nodes in a row, 2 to LAYERS_NODES_MAX. -1 without memory. */
int layers_make(const struct model *model, uint32_t most, struct layers **ret_layers);

/* layers_draw.c */
void layers_draw(struct layers *layers, struct sheet *sheet);

#endif
