/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces of SVG 1.1 shared by the SVG and HTML writers. User units are millimetres; numbers
 * have at most two decimals (stroke widths inside pictograms: three). Every id is of our own
 * making: "s<sheet>-<layer>", "p<symbol>", "a<asset>".
 */
#ifndef MAPPER_RENDER_SVG_H
#define MAPPER_RENDER_SVG_H

#include "common/error.h"
#include "common/str.h"
#include "mapper/scene/scene.h"

/* Most items per sheet that are written one by one because they are an asset's mark; past it
 * they are batched like any others, so that a browser still opens the file. */
#define SVG_MARKS_MAX 5000

/* Who reads the drawing. */
enum svg_use {
	SVG_FILE, /* stands alone: <title> on marks, ids on assets */
	SVG_PAGE, /* inside our HTML: no ids, titles as data-title; assets told by coordinates
		   */
};

void svg_number(struct str *out, double value); /* two decimals at most, no exponent */
/* The rules for every style of the theme. `within` stands before each selector: "" in a file
 * that holds nothing else, ".drawing " in a page. */
void svg_styles(struct str *out, const char *within);
/* <symbol> elements, one per pictogram. */
void svg_symbols(struct str *out);
/* Which assets have got their id in this document, and the sheets that a link may lead to. */
struct svg_ids {
	uint8_t *given; /* by asset */
	size_t n;
	const struct scene *const *scenes;
	size_t n_scenes;
};

/* The layers of one scene as <g class="layer NAME">. `ids` is for SVG_FILE, else NULL. */
int svg_layers(struct str *out, const struct scene *scene, size_t sheet, enum svg_use use,
	struct svg_ids *ids, struct error *reterr);

#endif
