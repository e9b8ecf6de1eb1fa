/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A base map from a file of the user: SVG, of which the plain shapes are taken and nothing
 * else. No base map is shipped. What is taken over are path, rect, circle, ellipse, line,
 * polyline, polygon and g, with transform, fill, stroke, their opacities, fill-rule,
 * stroke-width and display="none"; style sheets, scripts, references, pictures, texts and what
 * else there is are passed over and counted. Colours become a few shades by their lightness;
 * curves become polylines. Lengths are those of the file's viewBox, from its top left.
 *
 * Reference: SVG 1.1, second edition.
 */
#ifndef MAPPER_GROUND_BASE_H
#define MAPPER_GROUND_BASE_H

#include "common/arena.h"
#include "common/error.h"
#include "mapper/scene/scene.h"

#define BASE_BYTES_MAX (32ul << 20)
#define BASE_TAG_MAX (8ul << 20)  /* of one tag with its attributes */
#define BASE_TEXT_MAX (1ul << 20) /* between two tags */
#define BASE_DEPTH_MAX 64
#define BASE_ELEMENTS_MAX 200000 /* those that are passed over too */
#define BASE_SHAPES_MAX 20000
#define BASE_RINGS_MAX 200000
#define BASE_POINTS_MAX 1000000
#define BASE_FARTHEST 1e9 /* of a coordinate */
#define BASE_NEAREST 1e-6 /* of the edges of a viewBox to each other */
#define BASE_SHADES 5	  /* of fills, 1 the lightest */

enum base_line { BASE_LINE_NONE, BASE_LINE_DARK, BASE_LINE_LIGHT };

/* Points of one shape that belong together; of a closed ring the first is not said again. */
struct base_ring {
	const struct scene_point *points;
	uint32_t n;
	bool closed;
};

struct base_shape {
	uint8_t shade; /* 0: not filled */
	uint8_t line;  /* enum base_line */
	bool even_odd;
	double width; /* of the line */
	uint32_t first_ring, n_rings;
};

struct base_map {
	double width, height;	   /* of the viewBox */
	struct base_shape *shapes; /* in the order of the file: the later lie on the earlier */
	struct base_ring *rings;
	uint32_t n_shapes, n_rings, n_points;
	/* Passed over: elements with all that is in them, and attributes named style. */
	uint32_t n_texts, n_images, n_sheets, n_scripts, n_others, n_styles;
};

/* "3 texts, 1 picture": what was passed over; "" for nothing. */
const char *base_map_dropped(const struct base_map *map, struct arena *arena);

#endif
