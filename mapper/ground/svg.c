/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a base map: SVG as a stream through common/xml, of which only what base.h names is
 * looked at. What it does not know is passed over with all that is in it; what it knows and
 * cannot read is refused with its line.
 */
#include "mapper/ground/internal.h"

#include "common/cleanup.h"
#include "common/str.h"
#include "common/xml/stream.h"

#include <math.h>
#include <string.h>

#define SVG "http://www.w3.org/2000/svg"
#define FINEST 20000.0 /* steps across a map that print tells apart */

struct level {
	struct base_paint paint;
	struct base_matrix matrix;
};

struct reader {
	const char *name;
	struct base_builder b;
	struct level levels[BASE_DEPTH_MAX + 1];
	unsigned int passing; /* depth of the element that is passed over; 0: none */
	uint32_t n_elements;
	long line;
};

static const struct xml_stream_kind kind = {.what = "base map",
	.max_bytes = BASE_BYTES_MAX,
	.markup_max = BASE_TAG_MAX,
	.text_max = BASE_TEXT_MAX,
	.depth_max = BASE_DEPTH_MAX};

static int refuse(const struct reader *r, struct error *reterr, const char *why)
{
	return error_set(
		reterr, ERROR_INPUT, "%s:%ld: the base map: %s", r->name, r->line, why);
}

/* ---- attributes ---- */

static bool is(const char *a, const char *b)
{
	return a && strcmp(a, b) == 0;
}

/* The colour's own opacity goes where the colour goes. */
static void read_colour(const char *text, bool *painted, double *lightness, double *own)
{
	if (!text || is(text, "inherit"))
		return;
	*own = 1;
	*painted = base_colour(text, lightness, own);
}

static bool read_paint(const struct xml_stream_element *e, struct base_paint *paint)
{
	const char *share = xml_stream_attribute(e, "opacity");
	const char *fill = xml_stream_attribute(e, "fill-opacity");
	const char *stroke = xml_stream_attribute(e, "stroke-opacity");
	const char *width = xml_stream_attribute(e, "stroke-width");
	const char *rule = xml_stream_attribute(e, "fill-rule");
	double own = 1;

	if (share && !is(share, "inherit") && !base_share(share, &own))
		return false;
	paint->opacity *= own; /* of a group too: what is in it seldom overlaps */
	if (fill && !is(fill, "inherit") && !base_share(fill, &paint->fill_opacity))
		return false;
	if (stroke && !is(stroke, "inherit") && !base_share(stroke, &paint->stroke_opacity))
		return false;
	if (width && !is(width, "inherit") &&
		(!base_length(width, &paint->width) || paint->width < 0))
		return false;
	if (rule && !is(rule, "inherit"))
		paint->even_odd = is(rule, "evenodd");
	read_colour(xml_stream_attribute(e, "fill"), &paint->filled, &paint->fill,
		&paint->fill_own);
	read_colour(xml_stream_attribute(e, "stroke"), &paint->stroked, &paint->stroke,
		&paint->stroke_own);
	return true;
}

/* What the element adds to what it stands in. */
static int read_level(struct reader *r, const struct xml_stream_element *e, struct level *level,
	struct error *reterr)
{
	const char *transform = xml_stream_attribute(e, "transform");
	struct base_matrix own;

	r->b.map->n_styles += xml_stream_attribute(e, "style") != NULL;
	if (!read_paint(e, &level->paint))
		return refuse(r, reterr,
			"an opacity or a stroke-width that is no number; "
			"write it without a unit");
	if (!transform)
		return 0;
	if (!base_transform(transform, &own))
		return refuse(r, reterr, "a transform that is none of SVG's");
	level->matrix = base_multiply(&level->matrix, &own);
	return 0;
}

/* A length that may be left out, then 0. */
static bool length_of(const struct xml_stream_element *e, const char *name, double *ret)
{
	const char *text = xml_stream_attribute(e, name);

	*ret = 0;
	return !text || base_length(text, ret);
}

static bool lengths_of(
	const struct xml_stream_element *e, const char *const *names, double *ret)
{
	for (; *names; names++, ret++)
		if (!length_of(e, *names, ret))
			return false;
	return true;
}

/* ---- shapes ---- */

/* Each false if an attribute is none of its kind; a shape without a size is nothing to draw. */

static bool add_path(struct base_builder *b, const struct xml_stream_element *e)
{
	const char *data = xml_stream_attribute(e, "d");

	base_path(b, data ? data : "");
	return true;
}

static bool add_rect(struct base_builder *b, const struct xml_stream_element *e)
{
	static const char *const names[] = {"x", "y", "width", "height", "rx", "ry", NULL};
	double v[6], right, bottom, rx, ry;

	if (!lengths_of(e, names, v))
		return false;
	if (!(v[2] > 0 && v[3] > 0))
		return true;
	/* One radius stands for both. */
	rx = fmin(fmax(xml_stream_attribute(e, "rx") ? v[4] : v[5], 0), v[2] / 2);
	ry = fmin(fmax(xml_stream_attribute(e, "ry") ? v[5] : v[4], 0), v[3] / 2);
	right = v[0] + v[2];
	bottom = v[1] + v[3];
	base_move(b, v[0] + rx, v[1]);
	base_line_to(b, right - rx, v[1]);
	if (rx > 0 && ry > 0)
		base_arc(b, right - rx, v[1] + ry, rx, ry, 0, -M_PI / 2, M_PI / 2);
	base_line_to(b, right, bottom - ry);
	if (rx > 0 && ry > 0)
		base_arc(b, right - rx, bottom - ry, rx, ry, 0, 0, M_PI / 2);
	base_line_to(b, v[0] + rx, bottom);
	if (rx > 0 && ry > 0)
		base_arc(b, v[0] + rx, bottom - ry, rx, ry, 0, M_PI / 2, M_PI / 2);
	base_line_to(b, v[0], v[1] + ry);
	if (rx > 0 && ry > 0)
		base_arc(b, v[0] + rx, v[1] + ry, rx, ry, 0, M_PI, M_PI / 2);
	base_close(b);
	return true;
}

static void add_round(struct base_builder *b, double cx, double cy, double rx, double ry)
{
	if (!(rx > 0 && ry > 0))
		return;
	base_move(b, cx + rx, cy);
	base_arc(b, cx, cy, rx, ry, 0, 0, 2 * M_PI);
	base_close(b);
}

static bool add_circle(struct base_builder *b, const struct xml_stream_element *e)
{
	static const char *const names[] = {"cx", "cy", "r", NULL};
	double v[3];

	if (!lengths_of(e, names, v))
		return false;
	add_round(b, v[0], v[1], v[2], v[2]);
	return true;
}

static bool add_ellipse(struct base_builder *b, const struct xml_stream_element *e)
{
	static const char *const names[] = {"cx", "cy", "rx", "ry", NULL};
	double v[4];

	if (!lengths_of(e, names, v))
		return false;
	add_round(b, v[0], v[1], v[2], v[3]);
	return true;
}

static bool add_line(struct base_builder *b, const struct xml_stream_element *e)
{
	static const char *const names[] = {"x1", "y1", "x2", "y2", NULL};
	double v[4];

	if (!lengths_of(e, names, v))
		return false;
	base_move(b, v[0], v[1]);
	base_line_to(b, v[2], v[3]);
	return true;
}

static bool add_points(struct base_builder *b, const struct xml_stream_element *e)
{
	const char *points = xml_stream_attribute(e, "points");
	struct base_text text = {points ? points : ""};
	double x, y;
	bool first = true;

	while (!base_blank(&text) && !b->fault) {
		if (!base_number(&text, &x) || !base_number(&text, &y))
			return false;
		(first ? base_move : base_line_to)(b, x, y);
		first = false;
	}
	if (strcmp(e->name, "polygon") == 0)
		base_close(b);
	return true;
}

static const struct {
	const char *name;
	bool (*add)(struct base_builder *b, const struct xml_stream_element *e);
} shapes[] = {{"path", add_path}, {"rect", add_rect}, {"circle", add_circle},
	{"ellipse", add_ellipse}, {"line", add_line}, {"polyline", add_points},
	{"polygon", add_points}};

static int add_shape(struct reader *r, size_t which, const struct xml_stream_element *e,
	const struct level *level, struct error *reterr)
{
	struct base_builder *b = &r->b;

	base_shape_begin(b, &level->matrix);
	if (!shapes[which].add(b, e))
		base_fault(b,
			"a coordinate or length that is no number of at most 1e9; write it "
			"without a unit, in those of the viewBox");
	base_shape_end(b, &level->paint);
	if (b->no_memory)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot read the base map \"%s\": no memory", r->name);
	return b->fault ? refuse(r, reterr, b->fault) : 0;
}

/* ---- elements ---- */

/* The root: where its viewBox lies is the origin. */
static int read_root(struct reader *r, const struct xml_stream_element *e, struct error *reterr)
{
	const char *box = xml_stream_attribute(e, "viewBox");
	struct base_text text = {box ? box : ""};
	struct base_map *map = r->b.map;
	struct level *level = &r->levels[1];
	double v[4];

	if (strcmp(e->space, SVG) != 0 || strcmp(e->name, "svg") != 0)
		return refuse(r, reterr,
			"it is not SVG: its first element is not svg of "
			"xmlns=\"" SVG "\"");
	for (int i = 0; i < 4; i++)
		if (!base_number(&text, &v[i]))
			return refuse(r, reterr,
				"the svg has no viewBox of four numbers, by which the map is "
				"scaled: give it one");
	if (!base_blank(&text) || !(v[2] >= BASE_NEAREST && v[3] >= BASE_NEAREST))
		return refuse(r, reterr,
			"the viewBox is not four numbers, of which the last two are above 0");
	map->width = v[2];
	map->height = v[3];
	r->b.tolerance = fmax(v[2], v[3]) / FINEST;
	*level = (struct level){.paint = {.filled = true,
					.opacity = 1,
					.fill_opacity = 1,
					.stroke_opacity = 1,
					.fill_own = 1,
					.stroke_own = 1,
					.width = 1},
		.matrix = {{1, 0, 0, 1, -v[0], -v[1]}}};
	return read_level(r, e, level, reterr);
}

/* What is not drawn, and was nothing to see either, is not counted. */
static void pass_over(struct reader *r, const struct xml_stream_element *e)
{
	static const char *const quiet[] = {"title", "desc", "metadata", "defs"};
	struct base_map *map = r->b.map;

	r->passing = e->depth;
	if (strcmp(e->space, SVG) != 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(quiet); i++)
		if (strcmp(e->name, quiet[i]) == 0)
			return;
	if (strcmp(e->name, "text") == 0)
		map->n_texts++;
	else if (strcmp(e->name, "image") == 0)
		map->n_images++;
	else if (strcmp(e->name, "style") == 0)
		map->n_sheets++;
	else if (strcmp(e->name, "script") == 0)
		map->n_scripts++;
	else
		map->n_others++;
}

/* Style sheets and scripts are counted wherever they stand. */
static void count_inside(struct reader *r, const struct xml_stream_element *e)
{
	if (strcmp(e->space, SVG) != 0)
		return;
	r->b.map->n_sheets += strcmp(e->name, "style") == 0;
	r->b.map->n_scripts += strcmp(e->name, "script") == 0;
}

static int on_start(void *context, const struct xml_stream_element *e, struct error *reterr)
{
	struct reader *r = context;
	struct level *level = &r->levels[e->depth];
	size_t which = 0;
	int result;

	r->line = e->line;
	if (++r->n_elements > BASE_ELEMENTS_MAX)
		return refuse(r, reterr, "more than 200000 elements: simplify it");
	if (e->depth == 1)
		return read_root(r, e, reterr);
	if (r->passing) {
		count_inside(r, e);
		return 0;
	}
	while (which < ARRAY_SIZE(shapes) && strcmp(e->name, shapes[which].name) != 0)
		which++;
	if (strcmp(e->space, SVG) != 0 ||
		(which == ARRAY_SIZE(shapes) && strcmp(e->name, "g") != 0)) {
		pass_over(r, e);
		return 0;
	}
	if (is(xml_stream_attribute(e, "display"), "none")) {
		r->passing = e->depth;
		return 0;
	}
	*level = r->levels[e->depth - 1];
	result = read_level(r, e, level, reterr);
	if (result == 0 && which < ARRAY_SIZE(shapes))
		result = add_shape(r, which, e, level, reterr);
	/* What is in a shape, a title or an animation, is none. */
	if (which < ARRAY_SIZE(shapes))
		r->passing = e->depth;
	return result;
}

static int on_end(void *context, const char *name, unsigned int depth, const char *text,
	long line, struct error *reterr)
{
	struct reader *r = context;

	(void)name, (void)text, (void)line, (void)reterr;
	if (r->passing == depth)
		r->passing = 0;
	return 0;
}

int base_svg_read(int fd, const char *name, struct arena *arena, struct base_map **ret_map,
	struct error *reterr)
{
	struct base_map *map = arena_alloc(arena, sizeof(*map));
	struct reader *r = arena_alloc(arena, sizeof(*r));
	const struct xml_stream_handler handler = {on_start, on_end, r};
	int result;

	if (!map || !r)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot read the base map \"%s\": no memory", name);
	*r = (struct reader){.name = name, .b = {.map = map, .arena = arena}};
	result = xml_stream(&kind, name, fd, &handler, reterr);
	if (result == XML_STREAM_CUT)
		return refuse(
			r, reterr, "the file ends before its last element does: get it whole");
	if (result < 0)
		return result;
	if (map->n_shapes == 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: the base map has no shape that could be drawn: paths, rectangles, "
			"circles, ellipses, lines and polygons are, with colours in attributes",
			name);
	base_finish(&r->b);
	*ret_map = map;
	return 0;
}

/* "3 texts", with what stands before it. */
static void add_count(struct str *out, uint32_t n, const char *one, const char *more)
{
	if (n > 0)
		str_addf(out, "%s%u %s", out->len > 0 ? ", " : "", n, n == 1 ? one : more);
}

const char *base_map_dropped(const struct base_map *map, struct arena *arena)
{
	struct str out = STR_INIT(512);
	const char *text;

	add_count(&out, map->n_texts, "text", "texts");
	add_count(&out, map->n_images, "picture", "pictures");
	add_count(&out, map->n_sheets, "style sheet", "style sheets");
	add_count(&out, map->n_styles, "style attribute", "style attributes");
	add_count(&out, map->n_scripts, "script", "scripts");
	add_count(&out, map->n_others, "other element", "other elements");
	text = arena_strdup(arena, out.data);
	str_done(&out);
	return text ? text : "";
}
