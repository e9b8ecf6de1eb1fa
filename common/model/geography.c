/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads GeoJSON (RFC 7946); see geography.h. Takes what a map of divisions needs and refuses
 * the rest with its place; projects and simplifies nothing.
 */
#include "common/model/geography.h"

#include "common/str.h"
#include "common/text.h"

#include <jansson.h>
#include <string.h>

struct reader {
	const char *path;
	struct arena *arena;
	struct geography *out;
	size_t feature; /* from 0, for errors */
	struct error *reterr;
};

static int refuse(struct reader *r, const char *why)
{
	return error_set(r->reterr, ERROR_INPUT,
		"cannot read the shapes in \"%s\": feature %zu: %s", r->path, r->feature + 1,
		why);
}

static int no_memory(struct reader *r)
{
	return error_set(r->reterr, ERROR_SYSTEM, "cannot read the shapes in \"%s\": no memory",
		r->path);
}

/* A position: longitude, latitude, and perhaps a height that nobody reads. */
static int read_point(struct reader *r, const json_t *json, struct geography_point *point)
{
	struct geography *out = r->out;

	if (!json_is_array(json) || json_array_size(json) < 2 ||
		!json_is_number(json_array_get(json, 0)) ||
		!json_is_number(json_array_get(json, 1)))
		return refuse(r, "a position is not [longitude, latitude] in numbers");
	point->east = json_number_value(json_array_get(json, 0));
	point->north = json_number_value(json_array_get(json, 1));
	if (!(point->east >= -180 && point->east <= 180 && point->north >= -90 &&
		    point->north <= 90))
		return refuse(r, "a coordinate is outside of -180..180, -90..90 degrees: "
				 "convert the file to longitude and latitude (WGS 84)");
	if (out->n_points++ >= GEOGRAPHY_POINTS_MAX)
		return refuse(r, "the file has more than 2000000 positions: simplify it");
	out->west = point->east < out->west ? point->east : out->west;
	out->east = point->east > out->east ? point->east : out->east;
	out->south = point->north < out->south ? point->north : out->south;
	out->north = point->north > out->north ? point->north : out->north;
	return 0;
}

static int add_ring(struct reader *r, const struct geography_point *points, size_t n)
{
	if (r->out->n_rings >= GEOGRAPHY_RINGS_MAX)
		return refuse(r, "the file has more than 100000 rings: simplify it");
	r->out->rings[r->out->n_rings++] = (struct geography_ring){points, (uint32_t)n};
	r->out->shapes[r->out->n_shapes].n_rings++;
	return 0;
}

static int read_ring(struct reader *r, const json_t *json)
{
	size_t n = json_array_size(json);
	struct geography_point *points;

	if (!json_is_array(json) || n < 4)
		return refuse(r, "a ring of a polygon has less than four positions");
	if (n > GEOGRAPHY_POINTS_MAX)
		return refuse(r, "a ring has more than 2000000 positions: simplify it");
	points = arena_alloc(r->arena, n * sizeof(*points));
	if (!points)
		return no_memory(r);
	for (size_t i = 0; i < n; i++) {
		int e = read_point(r, json_array_get(json, i), &points[i]);

		if (e < 0)
			return e;
	}
	if (memcmp(&points[0], &points[n - 1], sizeof(points[0])) != 0)
		return refuse(r, "a ring of a polygon does not end where it begins: close it");
	return add_ring(r, points, n);
}

static int read_polygon(struct reader *r, const json_t *json)
{
	int e = 0;

	if (!json_is_array(json) || json_array_size(json) == 0)
		return refuse(r, "a polygon has no rings");
	for (size_t i = 0; i < json_array_size(json) && e == 0; i++)
		e = read_ring(r, json_array_get(json, i));
	return e;
}

static int read_geometry(struct reader *r, const json_t *json)
{
	const char *type = json_string_value(json_object_get(json, "type"));
	const json_t *at = json_object_get(json, "coordinates");
	struct geography_point *point;
	int e = 0;

	if (!type)
		return refuse(
			r, "it has no geometry: give a polygon or a point, or leave it out");
	if (strcmp(type, "Polygon") == 0)
		return read_polygon(r, at);
	if (strcmp(type, "MultiPolygon") == 0) {
		if (!json_is_array(at) || json_array_size(at) == 0)
			return refuse(r, "a multipolygon has no polygons");
		for (size_t i = 0; i < json_array_size(at) && e == 0; i++)
			e = read_polygon(r, json_array_get(at, i));
		return e;
	}
	if (strcmp(type, "Point") != 0)
		return refuse(r, "its geometry is none of Polygon, MultiPolygon, Point");
	point = arena_alloc(r->arena, sizeof(*point));
	if (!point)
		return no_memory(r);
	e = read_point(r, at, point);
	return e < 0 ? e : add_ring(r, point, 1);
}

/* A text or a whole number; NULL without memory. */
static const char *read_text(struct reader *r, const json_t *json)
{
	struct str clean = STR_INIT(GEOGRAPHY_TEXT_MAX + 1);
	const char *text;

	if (json_is_integer(json))
		return arena_printf(r->arena, "%lld", (long long)json_integer_value(json));
	if (!json_is_string(json))
		return "";
	text_clean(
		&clean, json_string_value(json), json_string_length(json), GEOGRAPHY_TEXT_MAX);
	text = arena_strdup(r->arena, clean.data ? clean.data : "");
	str_done(&clean);
	return text;
}

static int read_feature(struct reader *r, const json_t *json)
{
	struct geography_shape *shape = &r->out->shapes[r->out->n_shapes];
	const json_t *properties = json_object_get(json, "properties");
	const char *type = json_string_value(json_object_get(json, "type"));
	int e;

	if (!type || strcmp(type, "Feature") != 0)
		return refuse(r, "its type is not Feature");
	shape->first_ring = r->out->n_rings;
	shape->division = read_text(r, json_object_get(properties, "division"));
	shape->name = read_text(r, json_object_get(properties, "name"));
	if (!shape->division || !shape->name)
		return no_memory(r);
	if (!shape->division[0] && !shape->name[0])
		return refuse(r, "it has neither a property \"division\" nor \"name\": "
				 "one of them has to say which division it is");
	e = read_geometry(r, json_object_get(json, "geometry"));
	r->out->n_shapes += e == 0;
	return e;
}

static int read_collection(struct reader *r, const json_t *root)
{
	const char *type = json_string_value(json_object_get(root, "type"));
	const json_t *features = json_object_get(root, "features");
	size_t n = json_array_size(features);
	int e = 0;

	if (!type || strcmp(type, "FeatureCollection") != 0 || !json_is_array(features))
		return error_set(r->reterr, ERROR_INPUT,
			"cannot read the shapes in \"%s\": it is not a GeoJSON "
			"FeatureCollection",
			r->path);
	if (n == 0 || n > GEOGRAPHY_SHAPES_MAX)
		return error_set(r->reterr, ERROR_INPUT,
			"cannot read the shapes in \"%s\": it has %zu features; expected 1 to "
			"%d",
			r->path, n, GEOGRAPHY_SHAPES_MAX);
	r->out->shapes = arena_alloc(r->arena, n * sizeof(*r->out->shapes));
	r->out->rings = arena_alloc(r->arena, GEOGRAPHY_RINGS_MAX * sizeof(*r->out->rings));
	if (!r->out->shapes || !r->out->rings)
		return no_memory(r);
	for (r->feature = 0; r->feature < n && e == 0; r->feature++) {
		e = read_feature(r, json_array_get(features, r->feature));
		if (e < 0)
			break;
	}
	return e;
}

void geography_prepare(void)
{
	json_object_seed(0);
}

int geography_parse(const char *bytes, size_t n, const char *path, struct arena *arena,
	struct geography **ret_geography, struct error *reterr)
{
	struct reader reader = {.path = path,
		.arena = arena,
		.out = arena_alloc(arena, sizeof(*reader.out)),
		.reterr = reterr};
	json_error_t why;
	json_t *root;
	int r;

	if (!reader.out)
		return no_memory(&reader);
	if (n > GEOGRAPHY_BYTES_MAX)
		return error_set(reterr, ERROR_INPUT,
			"cannot read the shapes in \"%s\": more than %lu bytes; simplify it",
			path, GEOGRAPHY_BYTES_MAX);
	*reader.out = (struct geography){.west = 180, .east = -180, .south = 90, .north = -90};
	root = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &why);
	/* Without memory Jansson says nothing, no line either. */
	if (!root && why.line < 0)
		return error_set(reterr, ERROR_INPUT,
			"cannot read the shapes in \"%s\": no memory for what it holds: simplify it",
			path);
	if (!root)
		return error_set(reterr, ERROR_INPUT,
			"cannot read the shapes in \"%s\": line %d: it is not JSON", path,
			why.line);
	r = read_collection(&reader, root);
	json_decref(root);
	if (r == 0)
		*ret_geography = reader.out;
	return r;
}
