/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds up the shapes of a base map within their limits: points through the matrix, curves as
 * polylines that are off by no more than print shows, lightness as a shade. See internal.h.
 */
#include "mapper/ground/internal.h"

#include <math.h>
#include <string.h>

#define PIECES_MAX 128	/* of one curve */
#define SEEN 0.02	/* opacity below which nothing is seen */
#define LIGHT_LINE 0.85 /* lightness from which a line is one of the light ones */

void base_fault(struct base_builder *b, const char *what)
{
	if (!b->fault)
		b->fault = what;
}

/* Room for one more of `n`, twice as much as before where there is none. */
static bool room(struct base_builder *b, void **items, size_t n, size_t *max, size_t size)
{
	size_t more = *max ? 2 * *max : 64;
	void *grown;

	if (n < *max)
		return true;
	grown = arena_alloc(b->arena, more * size);
	if (!grown) {
		b->no_memory = true;
		base_fault(b, "no memory");
		return false;
	}
	if (n > 0)
		memcpy(grown, *items, n * size);
	*items = grown;
	*max = more;
	return true;
}

static void put(struct base_builder *b, double x, double y)
{
	struct scene_point p = {x, y};

	if (b->fault)
		return;
	if (!(fabs(x) <= BASE_FARTHEST && fabs(y) <= BASE_FARTHEST)) {
		base_fault(b, "a coordinate is too far off");
		return;
	}
	if (b->n_points == BASE_POINTS_MAX) {
		base_fault(b, "the map has more than 1000000 points: simplify it");
		return;
	}
	if (b->n_points > b->ring_begin &&
		memcmp(&b->points[b->n_points - 1], &p, sizeof(p)) == 0)
		return;
	if (room(b, (void **)&b->points, b->n_points, &b->max_points, sizeof(*b->points)))
		b->points[b->n_points++] = p;
}

static struct scene_point through(const struct base_matrix *m, double x, double y)
{
	return (struct scene_point){
		m->m[0] * x + m->m[2] * y + m->m[4], m->m[1] * x + m->m[3] * y + m->m[5]};
}

/* The ring that is open ends here; a single point is none. */
static void end_ring(struct base_builder *b, bool closed)
{
	struct base_map *map = b->map;
	size_t n = b->n_points - b->ring_begin;

	if (b->fault)
		return;
	if (closed && n > 1 &&
		memcmp(&b->points[b->ring_begin], &b->points[b->n_points - 1],
			sizeof(*b->points)) == 0)
		n--;
	b->n_points = b->ring_begin + (n < 2 ? 0 : n);
	if (n < 2)
		return;
	if (map->n_rings == BASE_RINGS_MAX) {
		base_fault(b, "the map has more than 200000 outlines: simplify it");
		return;
	}
	if (room(b, (void **)&map->rings, map->n_rings, &b->max_rings, sizeof(*map->rings)))
		map->rings[map->n_rings++] = (struct base_ring){NULL, (uint32_t)n, closed};
	b->ring_begin = (uint32_t)b->n_points;
}

void base_shape_begin(struct base_builder *b, const struct base_matrix *matrix)
{
	b->matrix = *matrix;
	b->ring_begin = (uint32_t)b->n_points;
	b->shape_rings = b->map->n_rings;
}

void base_move(struct base_builder *b, double x, double y)
{
	end_ring(b, false);
	base_line_to(b, x, y);
}

void base_line_to(struct base_builder *b, double x, double y)
{
	struct scene_point p = through(&b->matrix, x, y);

	put(b, p.x, p.y);
}

/* As many pieces as keep a chord within the tolerance: the second differences say how bent it
 * is. */
void base_curve(struct base_builder *b, double x, double y, const double to[6])
{
	struct scene_point p[4] = {through(&b->matrix, x, y), through(&b->matrix, to[0], to[1]),
		through(&b->matrix, to[2], to[3]), through(&b->matrix, to[4], to[5])};
	double bent = fmax(hypot(p[0].x - 2 * p[1].x + p[2].x, p[0].y - 2 * p[1].y + p[2].y),
		hypot(p[1].x - 2 * p[2].x + p[3].x, p[1].y - 2 * p[2].y + p[3].y));
	double pieces = ceil(sqrt(0.75 * bent / b->tolerance));

	pieces = isfinite(pieces) ? fmin(fmax(pieces, 1), PIECES_MAX) : 1;
	for (int i = 1; i <= (int)pieces && !b->fault; i++) {
		double t = i / pieces, u = 1 - t;
		double w[4] = {u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t};

		if (i == (int)pieces)
			put(b, p[3].x, p[3].y);
		else
			put(b, w[0] * p[0].x + w[1] * p[1].x + w[2] * p[2].x + w[3] * p[3].x,
				w[0] * p[0].y + w[1] * p[1].y + w[2] * p[2].y + w[3] * p[3].y);
	}
}

void base_arc(struct base_builder *b, double cx, double cy, double rx, double ry, double turn,
	double from, double by)
{
	int parts = (int)fmin(fmax(ceil(fabs(by) / (M_PI / 2)), 1), 4);
	double step = by / parts, k = 4.0 / 3 * tan(step / 4), c = cos(turn), s = sin(turn);

	for (int i = 0; i < parts; i++) {
		double a = from + i * step, z = a + step;
		/* On the unit circle, then as the ellipse lies. */
		double u[4][2] = {{cos(a), sin(a)}, {cos(a) - k * sin(a), sin(a) + k * cos(a)},
			{cos(z) + k * sin(z), sin(z) - k * cos(z)}, {cos(z), sin(z)}};
		double v[8];

		for (int n = 0; n < 4; n++) {
			v[2 * n] = cx + c * rx * u[n][0] - s * ry * u[n][1];
			v[2 * n + 1] = cy + s * rx * u[n][0] + c * ry * u[n][1];
		}
		base_curve(b, v[0], v[1], v + 2);
	}
}

void base_close(struct base_builder *b)
{
	end_ring(b, true);
}

/* Of what lies over white. */
static uint8_t shade_of(double lightness, double opacity)
{
	static const double least[BASE_SHADES - 1] = {0.93, 0.82, 0.68, 0.50};
	double seen = 1 - opacity * (1 - lightness);
	uint8_t shade = 1;

	while (shade < BASE_SHADES && seen < least[shade - 1])
		shade++;
	return shade;
}

static bool encloses(const struct base_builder *b)
{
	for (uint32_t i = b->shape_rings; i < b->map->n_rings; i++)
		if (b->map->rings[i].n >= 3)
			return true;
	return false;
}

void base_shape_end(struct base_builder *b, const struct base_paint *paint)
{
	struct base_map *map = b->map;
	const double *m = b->matrix.m;
	double fill = paint->opacity * paint->fill_opacity * paint->fill_own;
	double stroke = paint->opacity * paint->stroke_opacity * paint->stroke_own;
	struct base_shape shape = {.even_odd = paint->even_odd,
		.width = fmin(
			paint->width * sqrt(fabs(m[0] * m[3] - m[1] * m[2])), BASE_FARTHEST),
		.first_ring = b->shape_rings};

	end_ring(b, false);
	if (b->fault)
		return;
	if (paint->filled && fill >= SEEN && encloses(b))
		shape.shade = shade_of(paint->fill, fill);
	if (paint->stroked && stroke >= SEEN && shape.width > 0)
		shape.line = 1 - stroke * (1 - paint->stroke) >= LIGHT_LINE ? BASE_LINE_LIGHT
									    : BASE_LINE_DARK;
	shape.n_rings = map->n_rings - shape.first_ring;
	if (shape.n_rings == 0 || (!shape.shade && !shape.line)) {
		/* Its points are forgotten too. */
		while (map->n_rings > shape.first_ring)
			b->n_points -= map->rings[--map->n_rings].n;
		return;
	}
	if (map->n_shapes == BASE_SHAPES_MAX) {
		base_fault(b, "the map has more than 20000 shapes: simplify it");
		return;
	}
	if (room(b, (void **)&map->shapes, map->n_shapes, &b->max_shapes, sizeof(shape)))
		map->shapes[map->n_shapes++] = shape;
}

void base_finish(struct base_builder *b)
{
	const struct scene_point *at = b->points;

	for (uint32_t i = 0; i < b->map->n_rings; i++) {
		b->map->rings[i].points = at;
		at += b->map->rings[i].n;
	}
	b->map->n_points = (uint32_t)b->n_points;
}
