/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orthogonal lines between boxes on a raster, each the cheapest by length, bends, crossings and
 * closeness; no line runs through a box, and two lines share a stretch only where there is no
 * other way, or where both are of one net: they leave its box together and part on the way, as
 * the branches of a bus. Bounded by the raster; deterministic. Boxes stand on multiples of the
 * step from the corner of the area.
 */
#ifndef MAPPER_SHEET_ROUTE_H
#define MAPPER_SHEET_ROUTE_H

#include "mapper/sheet/sheet.h"

#define ROUTE_POINTS_MAX 400000 /* of the raster */

struct route_frame {
	struct sheet_box box;
	double head;	    /* height of the strip at its top with the name and the badges */
	double left, right; /* how much of it they take from both sides: no line runs there */
};

struct route_ground {
	struct sheet_box area;
	double step;
	const struct sheet_box *boxes;
	const uint32_t *frame_of; /* per box, MODEL_NONE if it stands free */
	size_t n_boxes;
	const struct route_frame *frames;
	size_t n_frames;
	const struct sheet_box
		*blocks;	  /* that only lines of their own boxes should run through */
	const uint32_t *block_of; /* per box; NULL without blocks */
	size_t n_blocks;
};

enum route_side { ROUTE_LEFT = 1, ROUTE_TOP = 2, ROUTE_RIGHT = 4, ROUTE_BOTTOM = 8 };

struct route_line {
	uint32_t a, b;			  /* boxes */
	uint32_t net;  /* the one of them that it shares its way from, + 1; 0: none */
	uint8_t sides; /* of the other box that it may arrive at: bits of route_side; 0: any */
	const struct scene_point *points; /* out */
	size_t n;
	bool straight; /* no way was found on the raster: a straight line from border to border
			*/
};

/* Memory of the arena. ERROR_SYSTEM without, or if the raster would be too large. */
int route_lines(const struct route_ground *ground, struct arena *arena,
	struct route_line *lines, size_t n, struct error *reterr);

#endif
