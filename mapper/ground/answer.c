/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process that reads a file of the user gives back, and how it is taken: numbers in
 * the machine's order, as they lie in memory, texts by their length. The form is ours and lives
 * for one call; but a process that parsed hostile bytes wrote it, so every count, number and
 * text is held to what the reader promises before it is taken. See internal.h.
 */
#include "mapper/ground/internal.h"

#include "common/cursor.h"
#include "common/text.h"

#include <math.h>
#include <string.h>

static void put_u32(struct str *out, uint32_t v)
{
	str_add(out, &v, sizeof(v));
}

static void put_double(struct str *out, double v)
{
	str_add(out, &v, sizeof(v));
}

static uint32_t take_u32(struct cursor *c)
{
	const uint8_t *bytes = cursor_bytes(c, sizeof(uint32_t));
	uint32_t v = 0;

	if (bytes)
		memcpy(&v, bytes, sizeof(v));
	return v;
}

/* A count of at most so many. */
static uint32_t take_count(struct cursor *c, uint32_t most)
{
	uint32_t n = take_u32(c);

	if (n <= most)
		return n;
	cursor_fail(c);
	return 0;
}

static double take_double(struct cursor *c, double least, double most)
{
	const uint8_t *bytes = cursor_bytes(c, sizeof(double));
	double v = 0;

	if (bytes)
		memcpy(&v, bytes, sizeof(v));
	if (v >= least && v <= most)
		return v;
	cursor_fail(c);
	return least;
}

/* Two numbers each, for points of either kind. */
static void *take_points(struct cursor *c, uint32_t n, struct arena *arena)
{
	size_t size = (size_t)n * 2 * sizeof(double);
	const uint8_t *bytes = cursor_bytes(c, size);

	return bytes ? arena_copy(arena, bytes, size) : NULL;
}

static int refuse(const char *name, struct error *reterr)
{
	return error_set(reterr, ERROR_INPUT, "%s: the reader failed", name);
}

/* ---- base maps --------------------------------------------------------------------------- */

void ground_put_base(const struct base_map *map, struct str *out)
{
	const uint32_t counts[] = {map->n_shapes, map->n_rings, map->n_points, map->n_texts,
		map->n_images, map->n_sheets, map->n_scripts, map->n_others, map->n_styles};

	str_add(out, counts, sizeof(counts));
	put_double(out, map->width);
	put_double(out, map->height);
	for (uint32_t i = 0; i < map->n_shapes; i++) {
		const struct base_shape *shape = &map->shapes[i];

		put_u32(out, shape->shade);
		put_u32(out, shape->line);
		put_u32(out, shape->even_odd);
		put_u32(out, shape->n_rings);
		put_double(out, shape->width);
	}
	for (uint32_t i = 0; i < map->n_rings; i++) {
		put_u32(out, map->rings[i].n);
		put_u32(out, map->rings[i].closed);
	}
	for (uint32_t i = 0; i < map->n_rings; i++)
		str_add(out, map->rings[i].points,
			map->rings[i].n * sizeof(*map->rings[i].points));
}

static void take_shapes(struct cursor *c, struct base_map *map)
{
	uint32_t rings = 0;

	for (uint32_t i = 0; i < map->n_shapes && cursor_ok(c); i++) {
		struct base_shape *shape = &map->shapes[i];

		shape->shade = (uint8_t)take_count(c, BASE_SHADES);
		shape->line = (uint8_t)take_count(c, BASE_LINE_LIGHT);
		shape->even_odd = take_count(c, 1);
		shape->first_ring = rings;
		shape->n_rings = take_count(c, map->n_rings - rings);
		shape->width = take_double(c, 0, BASE_FARTHEST);
		rings += shape->n_rings;
		if (shape->n_rings == 0 || (!shape->shade && !shape->line))
			cursor_fail(c);
	}
	if (rings != map->n_rings)
		cursor_fail(c);
}

static void take_rings(struct cursor *c, struct base_map *map, struct arena *arena)
{
	const struct scene_point *points;
	uint32_t n = 0;

	for (uint32_t i = 0; i < map->n_rings && cursor_ok(c); i++) {
		map->rings[i].n = take_count(c, map->n_points - n);
		map->rings[i].closed = take_count(c, 1);
		n += map->rings[i].n;
		if (map->rings[i].n < 2)
			cursor_fail(c);
	}
	points = take_points(c, map->n_points, arena);
	if (!points || n != map->n_points || cursor_left(c) > 0) {
		cursor_fail(c);
		return;
	}
	for (uint32_t i = 0; i < map->n_points; i++)
		if (!(fabs(points[i].x) <= BASE_FARTHEST && fabs(points[i].y) <= BASE_FARTHEST))
			cursor_fail(c);
	for (uint32_t i = 0; i < map->n_rings; i++) {
		map->rings[i].points = points;
		points += map->rings[i].n;
	}
}

int ground_take_base(const char *bytes, size_t n, const char *name, struct arena *arena,
	struct base_map **ret_map, struct error *reterr)
{
	struct cursor c = cursor_of(bytes, n);
	struct base_map *map = arena_alloc(arena, sizeof(*map));

	if (!map)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	map->n_shapes = take_count(&c, BASE_SHAPES_MAX);
	map->n_rings = take_count(&c, BASE_RINGS_MAX);
	map->n_points = take_count(&c, BASE_POINTS_MAX);
	map->n_texts = take_count(&c, BASE_ELEMENTS_MAX);
	map->n_images = take_count(&c, BASE_ELEMENTS_MAX);
	map->n_sheets = take_count(&c, BASE_ELEMENTS_MAX);
	map->n_scripts = take_count(&c, BASE_ELEMENTS_MAX);
	map->n_others = take_count(&c, BASE_ELEMENTS_MAX);
	map->n_styles = take_count(&c, BASE_ELEMENTS_MAX);
	map->width = take_double(&c, BASE_NEAREST, BASE_FARTHEST);
	map->height = take_double(&c, BASE_NEAREST, BASE_FARTHEST);
	map->shapes = arena_alloc(arena, (map->n_shapes + 1) * sizeof(*map->shapes));
	map->rings = arena_alloc(arena, (map->n_rings + 1) * sizeof(*map->rings));
	if (!map->shapes || !map->rings)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	take_shapes(&c, map);
	take_rings(&c, map, arena);
	if (!cursor_ok(&c) || map->n_shapes == 0)
		return refuse(name, reterr);
	*ret_map = map;
	return 0;
}

/* ---- shapes of divisions ----------------------------------------------------------------- */

static void put_text(struct str *out, const char *text)
{
	uint32_t n = (uint32_t)strlen(text);

	put_u32(out, n);
	str_add(out, text, n);
}

void ground_put_geography(const struct geography *g, struct str *out)
{
	const uint32_t counts[] = {g->n_shapes, g->n_rings, g->n_points};

	str_add(out, counts, sizeof(counts));
	for (uint32_t i = 0; i < g->n_shapes; i++) {
		put_u32(out, g->shapes[i].n_rings);
		put_text(out, g->shapes[i].division);
		put_text(out, g->shapes[i].name);
	}
	for (uint32_t i = 0; i < g->n_rings; i++)
		put_u32(out, g->rings[i].n);
	for (uint32_t i = 0; i < g->n_rings; i++)
		str_add(out, g->rings[i].points, g->rings[i].n * sizeof(*g->rings[i].points));
}

static const char *take_text(struct cursor *c, struct arena *arena)
{
	uint32_t n = take_count(c, GEOGRAPHY_TEXT_MAX);
	const uint8_t *bytes = cursor_bytes(c, n);
	const char *text = NULL;

	if (bytes && text_is_clean(bytes, n))
		text = arena_strndup(arena, (const char *)bytes, n);
	if (!text)
		cursor_fail(c);
	return text ? text : "";
}

static void take_divisions(struct cursor *c, struct geography *g, struct arena *arena)
{
	uint32_t rings = 0;

	for (uint32_t i = 0; i < g->n_shapes && cursor_ok(c); i++) {
		struct geography_shape *shape = &g->shapes[i];

		shape->first_ring = rings;
		shape->n_rings = take_count(c, g->n_rings - rings);
		shape->division = take_text(c, arena);
		shape->name = take_text(c, arena);
		rings += shape->n_rings;
		if (shape->n_rings == 0 || (!shape->division[0] && !shape->name[0]))
			cursor_fail(c);
	}
	if (rings != g->n_rings)
		cursor_fail(c);
}

/* What lies around all is measured here, not believed. */
static void take_outlines(struct cursor *c, struct geography *g, struct arena *arena)
{
	const struct geography_point *points;
	uint32_t n = 0;

	for (uint32_t i = 0; i < g->n_rings && cursor_ok(c); i++) {
		g->rings[i].n = take_count(c, g->n_points - n);
		n += g->rings[i].n;
		if (g->rings[i].n == 0)
			cursor_fail(c);
	}
	points = take_points(c, g->n_points, arena);
	if (!points || n != g->n_points || cursor_left(c) > 0) {
		cursor_fail(c);
		return;
	}
	for (uint32_t i = 0; i < g->n_points; i++) {
		const struct geography_point *p = &points[i];

		if (!(fabs(p->east) <= 180 && fabs(p->north) <= 90))
			cursor_fail(c);
		g->west = fmin(g->west, p->east);
		g->east = fmax(g->east, p->east);
		g->south = fmin(g->south, p->north);
		g->north = fmax(g->north, p->north);
	}
	for (uint32_t i = 0; i < g->n_rings; i++) {
		g->rings[i].points = points;
		points += g->rings[i].n;
	}
}

int ground_take_geography(const char *bytes, size_t n, const char *name, struct arena *arena,
	struct geography **ret_geography, struct error *reterr)
{
	struct cursor c = cursor_of(bytes, n);
	struct geography *g = arena_alloc(arena, sizeof(*g));

	if (!g)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	*g = (struct geography){.west = 180, .east = -180, .south = 90, .north = -90};
	g->n_shapes = take_count(&c, GEOGRAPHY_SHAPES_MAX);
	g->n_rings = take_count(&c, GEOGRAPHY_RINGS_MAX);
	g->n_points = take_count(&c, GEOGRAPHY_POINTS_MAX);
	g->shapes = arena_alloc(arena, (g->n_shapes + 1) * sizeof(*g->shapes));
	g->rings = arena_alloc(arena, (g->n_rings + 1) * sizeof(*g->rings));
	if (!g->shapes || !g->rings)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	take_divisions(&c, g, arena);
	take_outlines(&c, g, arena);
	if (!cursor_ok(&c) || g->n_shapes == 0)
		return refuse(name, reterr);
	*ret_geography = g;
	return 0;
}
