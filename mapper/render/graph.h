/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the formats for other programs share: the assets of an estate as nodes where a sheet has
 * them, and its links as edges. Every asset is a node, those that the sheet folds as well: they
 * stand at the origin and say so.
 */
#ifndef MAPPER_RENDER_GRAPH_H
#define MAPPER_RENDER_GRAPH_H

#include "common/error.h"
#include "common/model/estate.h"
#include "common/str.h"
#include "mapper/scene/scene.h"

#define GRAPH_TEXT_MAX 256 /* bytes of a text that is made; texts of the estate are whole */

struct graph_node {
	double x, y, w,
		h; /* millimetres, of the first mark of the asset; w 0: not on the sheet */
	uint32_t fill;	   /* 0xRRGGBB */
	uint32_t network;  /* index into subnets of its first address; ESTATE_NONE */
};

struct graph {
	const struct estate *estate;
	const struct scene *scene;
	struct graph_node *nodes; /* by asset */
};

/* ERROR_SYSTEM without memory. */
int graph_make(struct graph *graph, const struct estate *estate, const struct scene *scene,
	struct error *reterr);
void graph_done(struct graph *graph);

/* One attribute of a node under its name in every format; NULL behind the last. Its text is the
 * estate's, or is made in `room`; numbers are texts of digits. */
enum graph_kind { GRAPH_TEXT, GRAPH_NUMBER, GRAPH_TRUTH };
struct graph_attribute {
	const char *name;
	enum graph_kind kind;
	const char *(*text)(
		const struct graph *graph, uint32_t asset, char room[GRAPH_TEXT_MAX]);
};
const struct graph_attribute *graph_attribute_at(size_t i);
/* "#rrggbb" */
const char *graph_colour(uint32_t rgb, char out[8]);
/* Fixed with so many decimals, as every locale but ours may not write it. */
void graph_number(struct str *out, double value);

#endif
