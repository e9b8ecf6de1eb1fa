/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: shapes as they are built up from the elements of a
 * file. */
#ifndef MAPPER_GROUND_INTERNAL_H
#define MAPPER_GROUND_INTERNAL_H

#include "common/model/geography.h"
#include "common/str.h"
#include "mapper/ground/base.h"

/* x' = m[0] x + m[2] y + m[4], y' = m[1] x + m[3] y + m[5] */
struct base_matrix {
	double m[6];
};

struct base_paint {
	bool filled, stroked, even_odd;
	double fill, stroke; /* lightness, 0 black to 1 white */
	double opacity, fill_opacity, stroke_opacity, width;
	double fill_own, stroke_own; /* opacity of the colours themselves */
};

/* A map that grows. The first thing that goes wrong stays, as a text for the error; what comes
 * after it does nothing. */
struct base_builder {
	struct base_map *map;
	struct arena *arena;
	struct scene_point *points;
	size_t max_points, max_rings, max_shapes;
	size_t n_points;	   /* all of them */
	uint32_t ring_begin;	   /* of the ring that is open */
	uint32_t shape_rings;	   /* where the shape that is open begins */
	struct base_matrix matrix; /* of the shape that is open */
	double tolerance;	   /* how far a polyline may be off a curve */
	const char *fault;	   /* NULL: none */
	bool no_memory;
};

/* build.c */
void base_fault(struct base_builder *b, const char *what);
void base_shape_begin(struct base_builder *b, const struct base_matrix *matrix);
void base_move(struct base_builder *b, double x, double y);
void base_line_to(struct base_builder *b, double x, double y);
/* From the last point, which is (x, y) before the matrix. */
void base_curve(struct base_builder *b, double x, double y, const double to[6]);
/* A part of an ellipse around (cx, cy), turned by `turn`, from one angle by another:
 * radians. */
void base_arc(struct base_builder *b, double cx, double cy, double rx, double ry, double turn,
	double from, double by);
void base_close(struct base_builder *b);
/* With nothing to fill and nothing to draw there is no shape. */
void base_shape_end(struct base_builder *b, const struct base_paint *paint);
/* Points and rings where they will stay. */
void base_finish(struct base_builder *b);
struct base_matrix base_multiply(const struct base_matrix *a, const struct base_matrix *b);

/* number.c: the texts of attributes. Each false for what is none. */
struct base_text {
	const char *at;
};
/* A number, and the comma or blanks behind it. */
bool base_number(struct base_text *text, double *ret);
/* The next is a flag of an arc: 0 or 1, with nothing needed behind it. */
bool base_flag(struct base_text *text, bool *ret);
bool base_blank(struct base_text *text); /* steps over blanks; true at the end */
/* All of an attribute's text: a length without unit or in px, a share (also in %), a
 * transform. */
bool base_length(const char *text, double *ret);
bool base_share(const char *text, double *ret);
bool base_transform(const char *text, struct base_matrix *ret);
/* Whether there is paint, its lightness, and its opacity in *share. What is no colour that is
 * known is a middle grey. */
bool base_colour(const char *text, double *ret_lightness, double *share);

/* path.c: the data of a path. */
void base_path(struct base_builder *b, const char *data);

/* svg.c: from the descriptor's position to its end. */
int base_svg_read(int fd, const char *name, struct arena *arena, struct base_map **ret_map,
	struct error *reterr);

/* answer.c: what comes back from the process that reads a file, and how it is taken: 0, or
 * ERROR_INPUT if it is no such answer. */
#define GROUND_ANSWER_MAX (64ul << 20)
void ground_put_base(const struct base_map *map, struct str *out);
void ground_put_geography(const struct geography *geography, struct str *out);
int ground_take_base(const char *bytes, size_t n, const char *name, struct arena *arena,
	struct base_map **ret_map, struct error *reterr);
int ground_take_geography(const char *bytes, size_t n, const char *name, struct arena *arena,
	struct geography **ret_geography, struct error *reterr);

#endif
