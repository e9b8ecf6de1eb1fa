/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the user's base map under the regions: its viewBox fills the map area as far as its
 * shape allows, what lies outside of it is cut off, and what print would not tell apart is left
 * out. Ink is the theme's, never the file's.
 */
#include "mapper/sheet/region.h"

#include "mapper/ground/base.h"

#include <math.h>
#include <stdlib.h>

#define PAD 1.0
#define STEP_MM 0.08 /* points nearer than that are one in print */
#define LINE_LEAST 0.1
#define LINE_MOST 1.0

struct points {
	struct scene_point *at;
	size_t n, max;
	bool failed;
};

struct frame {
	struct sheet_box box;
	double scale;
	struct scene_point *from;  /* of the ring that is drawn, in millimetres */
	struct points kept, other; /* what is cut out of it */
	struct points rings;	   /* of the shape that is drawn */
	uint32_t *ends;
	uint32_t n_ends;
};

static void add_point(struct points *points, struct scene_point p)
{
	if (points->n == points->max) {
		size_t more = points->max ? 2 * points->max : 256;
		struct scene_point *grown =
			points->failed ? NULL : realloc(points->at, more * sizeof(*grown));

		if (!grown) {
			points->failed = true;
			return;
		}
		points->at = grown;
		points->max = more;
	}
	points->at[points->n++] = p;
}

/* ---- cutting ---- */

/* How far inside of one side of the box a point lies: left, right, top, bottom. */
static double depth_in(const struct sheet_box *box, int side, struct scene_point p)
{
	switch (side) {
	case 0:
		return p.x - box->x;
	case 1:
		return box->x + box->w - p.x;
	case 2:
		return p.y - box->y;
	default:
		return box->y + box->h - p.y;
	}
}

static struct scene_point between(struct scene_point a, struct scene_point b, double share)
{
	return (struct scene_point){a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share};
}

/* What of an area lies in the box, one side of it after the other (Sutherland and Hodgman,
 * 1974). */
static void cut_area(struct frame *f, const struct scene_point *ring, size_t n)
{
	f->kept.n = 0;
	for (size_t i = 0; i < n; i++)
		add_point(&f->kept, ring[i]);
	for (int side = 0; side < 4; side++) {
		struct points before = f->kept;

		f->kept = f->other;
		f->other = before;
		f->kept.n = 0;
		for (size_t i = 0; i < before.n; i++) {
			struct scene_point a = before.at[i];
			struct scene_point b = before.at[i + 1 < before.n ? i + 1 : 0];
			double in = depth_in(&f->box, side, a),
			       next = depth_in(&f->box, side, b);

			if (in >= 0)
				add_point(&f->kept, a);
			if ((in >= 0) != (next >= 0))
				add_point(&f->kept, between(a, b, in / (in - next)));
		}
	}
}

/* The part of a line from a to b that lies in the box; false if none does. */
static bool cut_line(const struct sheet_box *box, struct scene_point *a, struct scene_point *b)
{
	double from = 0, to = 1;
	struct scene_point p = *a, q = *b;

	for (int side = 0; side < 4; side++) {
		double in = depth_in(box, side, p), next = depth_in(box, side, q);

		if (in < 0 && next < 0)
			return false;
		if (in < 0)
			from = fmax(from, in / (in - next));
		else if (next < 0)
			to = fmin(to, in / (in - next));
	}
	if (from >= to)
		return false;
	*a = between(p, q, from);
	*b = between(p, q, to);
	return true;
}

/* ---- drawing ---- */

static bool same(struct scene_point a, struct scene_point b)
{
	return hypot(a.x - b.x, a.y - b.y) < 1e-9;
}

static void end_line(
	struct sheet *sheet, struct points *line, enum theme_style style, double width)
{
	if (line->n >= 2)
		scene_line(sheet->scene, SCENE_BASE, style, line->at, line->n)->line.width_mm =
			width;
	line->n = 0;
}

static void draw_outline(struct sheet *sheet, struct frame *f, const struct base_shape *shape,
	const struct scene_point *ring, size_t n, bool closed)
{
	enum theme_style style =
		shape->line == BASE_LINE_LIGHT ? THEME_BASE_LINE_LIGHT : THEME_BASE_LINE;
	double width = fmin(fmax(shape->width * f->scale, LINE_LEAST), LINE_MOST);

	f->kept.n = 0;
	for (size_t i = 0; i + 1 < n + closed; i++) {
		struct scene_point a = ring[i], b = ring[i + 1 < n ? i + 1 : 0];

		if (!cut_line(&f->box, &a, &b))
			continue;
		if (f->kept.n == 0 || !same(f->kept.at[f->kept.n - 1], a)) {
			end_line(sheet, &f->kept, style, width);
			add_point(&f->kept, a);
		}
		add_point(&f->kept, b);
	}
	end_line(sheet, &f->kept, style, width);
}

/* In millimetres, without the points that print would not tell apart; returns their number. */
static size_t place_ring(struct frame *f, const struct base_ring *ring)
{
	size_t n = 0;

	for (uint32_t i = 0; i < ring->n; i++) {
		struct scene_point p = {f->box.x + ring->points[i].x * f->scale,
			f->box.y + ring->points[i].y * f->scale};

		if (n == 0 || i + 1 == ring->n ||
			hypot(p.x - f->from[n - 1].x, p.y - f->from[n - 1].y) >= STEP_MM)
			f->from[n++] = p;
	}
	return n;
}

/* One ring of an area joins those of its shape. */
static void add_ring(struct frame *f, const struct scene_point *ring, size_t n)
{
	cut_area(f, ring, n);
	if (f->kept.n < 3)
		return;
	for (size_t i = 0; i < f->kept.n; i++)
		add_point(&f->rings, f->kept.at[i]);
	f->ends[f->n_ends++] = (uint32_t)f->rings.n;
}

static void draw_shape(struct sheet *sheet, struct frame *f, const struct base_shape *shape)
{
	const struct base_ring *rings = &sheet->request->base->rings[shape->first_ring];

	f->rings.n = f->n_ends = 0;
	for (uint32_t i = 0; i < shape->n_rings && shape->shade; i++)
		add_ring(f, f->from, place_ring(f, &rings[i]));
	if (f->n_ends > 0 && !f->rings.failed)
		scene_area(sheet->scene, SCENE_BASE, THEME_BASE1 + shape->shade - 1,
			f->rings.at, f->ends, f->n_ends, shape->even_odd);
	for (uint32_t i = 0; i < shape->n_rings && shape->line; i++)
		draw_outline(
			sheet, f, shape, f->from, place_ring(f, &rings[i]), rings[i].closed);
}

/* The longest ring and the most rings of a shape say how much room is needed. */
static bool make_room(struct frame *f, const struct base_map *base)
{
	uint32_t points = 0, rings = 0;

	for (uint32_t i = 0; i < base->n_rings; i++)
		points = base->rings[i].n > points ? base->rings[i].n : points;
	for (uint32_t i = 0; i < base->n_shapes; i++)
		rings = base->shapes[i].n_rings > rings ? base->shapes[i].n_rings : rings;
	f->from = calloc((size_t)points + 1, sizeof(*f->from));
	f->ends = calloc((size_t)rings + 1, sizeof(*f->ends));
	return f->from && f->ends;
}

struct sheet_box region_base_box(const struct base_map *base, struct sheet_box map, double k)
{
	double w = map.w - 2 * PAD * k, h = map.h - 2 * PAD * k;
	double scale = fmin(w / base->width, h / base->height);

	w = base->width * scale;
	h = base->height * scale;
	return (struct sheet_box){map.x + (map.w - w) / 2, map.y + (map.h - h) / 2, w, h};
}

void region_draw_base(struct sheet *sheet)
{
	const struct base_map *base = sheet->request->base;
	struct frame f = {.box = region_base_box(base, sheet->map, sheet->k)};

	f.scale = f.box.w / base->width;
	if (!make_room(&f, base))
		sheet->scene->failed = true;
	for (uint32_t i = 0; i < base->n_shapes && !sheet->scene->failed; i++)
		draw_shape(sheet, &f, &base->shapes[i]);
	sheet->scene->failed |= f.kept.failed || f.other.failed || f.rings.failed;
	for (size_t i = 0; i < sheet->scene->n_items; i++)
		if (sheet->scene->items[i].layer == SCENE_BASE) {
			sheet_explain(sheet, sheet->scene->items[i].style,
				sheet->scene->items[i].kind == SCENE_LINE,
				"Base map, not of the register", "底图，非登记内容");
			break;
		}
	free(f.from);
	free(f.ends);
	free(f.kept.at);
	free(f.other.at);
	free(f.rings.at);
}
