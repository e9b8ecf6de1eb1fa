/* SPDX-License-Identifier: Apache-2.0 */
/* A base map: what is taken over and what is not, every bad input with its line, every
 * limit. */
#include "mapper/ground/internal.h"

#include "common/str.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#define SVG(inside)                                                                            \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"10 20 100 50\">\n" inside "</"    \
										       "svg>"

static int read_bytes(struct arena *arena, const char *bytes, size_t n, struct base_map **ret,
	struct error *err)
{
	int fd = memfd_create("base", MFD_CLOEXEC), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	r = base_svg_read(fd, "base.svg", arena, ret, err);
	close(fd);
	return r;
}

static struct base_map *read_text(struct arena *arena, const char *text)
{
	struct base_map *map = NULL;
	struct error err = {0};

	if (read_bytes(arena, text, strlen(text), &map, &err) < 0)
		fail_msg("%s", err.text);
	return map;
}

static void assert_at(const struct base_ring *ring, uint32_t i, double x, double y)
{
	assert_true(i < ring->n);
	if (fabs(ring->points[i].x - x) > 1e-6 || fabs(ring->points[i].y - y) > 1e-6)
		fail_msg("point %u is %.7g %.7g, not %.7g %.7g", i, ring->points[i].x,
			ring->points[i].y, x, y);
}

/* Around all points of a ring. */
static void assert_box(const struct base_ring *ring, double x1, double y1, double x2, double y2)
{
	double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, want[4] = {x1, y1, x2, y2};

	for (uint32_t i = 0; i < ring->n; i++) {
		box[0] = fmin(box[0], ring->points[i].x);
		box[1] = fmin(box[1], ring->points[i].y);
		box[2] = fmax(box[2], ring->points[i].x);
		box[3] = fmax(box[3], ring->points[i].y);
	}
	for (int i = 0; i < 4; i++)
		if (fabs(box[i] - want[i]) > 0.01)
			fail_msg("side %d is at %.4f, not %.4f", i, box[i], want[i]);
}

static void test_shapes(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	const struct base_map *m = read_text(
		arena, SVG("<path d=\"M10 20h4v5zm1 1l2 0 0 2z\"/>"
			   "<rect x=\"10\" y=\"20\" width=\"6\" height=\"4\"/>"
			   "<rect x=\"10\" y=\"20\" width=\"6\" height=\"4\" rx=\"1\"/>"
			   "<circle cx=\"20px\" cy=\"30\" r=\"5\"/>"
			   "<ellipse cx=\"20\" cy=\"30\" rx=\"5\" ry=\"2\"/>"
			   "<line x1=\"10\" y1=\"20\" x2=\"11\" y2=\"22\" stroke=\"black\"/>"
			   "<polyline points=\"10,20 12-5 13e0,.5.5,7\" fill=\"none\" "
			   "stroke=\"#000\"/>"
			   "<polygon points=\"10 20 12 20 12 22\"/>"));

	(void)state;
	assert_int_equal(m->n_shapes, 8);
	assert_true(m->width == 100 && m->height == 50);
	/* From the top left of the viewBox; the second outline begins where the first did. */
	assert_int_equal(m->shapes[0].n_rings, 2);
	assert_at(&m->rings[0], 0, 0, 0);
	assert_at(&m->rings[0], 1, 4, 0);
	assert_at(&m->rings[0], 2, 4, 5);
	assert_true(m->rings[0].closed && m->rings[0].n == 3);
	assert_at(&m->rings[1], 0, 1, 1);
	assert_at(&m->rings[1], 2, 3, 3);
	assert_int_equal(m->rings[m->shapes[1].first_ring].n, 4);
	assert_box(&m->rings[m->shapes[1].first_ring], 0, 0, 6, 4);
	assert_true(m->rings[m->shapes[2].first_ring].n > 8);
	assert_box(&m->rings[m->shapes[2].first_ring], 0, 0, 6, 4);
	assert_box(&m->rings[m->shapes[3].first_ring], 5, 5, 15, 15);
	assert_box(&m->rings[m->shapes[4].first_ring], 5, 8, 15, 12);
	assert_false(m->rings[m->shapes[5].first_ring].closed);
	assert_int_equal(m->shapes[5].shade, 0); /* two points enclose nothing */
	assert_int_equal(m->rings[m->shapes[6].first_ring].n, 4);
	assert_at(&m->rings[m->shapes[6].first_ring], 3, 0.5 - 10, 7 - 20);
	assert_true(m->rings[m->shapes[7].first_ring].closed);
	assert_string_equal(base_map_dropped(m, arena), "");
	arena_free(arena);
}

static void test_paths(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	/* A half circle by its flags without blanks; curves that say their second point
	 * only. */
	const struct base_map *m = read_text(arena,
		SVG("<path d=\"M20 30a5 5 0 0110 0z\"/><path d=\"M20 30A5 5 0 1 0 30 30\"/>"
		    "<path d=\"M10 20C10 30 20 30 20 20S30 10 30 20z\"/>"
		    "<path d=\"M10 20Q15 30 20 20T30 20z\"/>"
		    "<path d=\"M10 20L12 20 12 22ZL15 25 15 20\"/>"
		    "<path d=\"M10 20M11 21\"/><path d=\"\"/><path/>"
		    "<path d=\"M10 20A0 5 0 0 1 20 20V30\"/>"));

	(void)state;
	assert_int_equal(m->n_shapes, 6);
	assert_box(&m->rings[0], 10, 5, 20, 10);
	assert_box(&m->rings[1], 10, 10, 20, 15);
	assert_box(&m->rings[2], 0, -7.5, 20, 7.5);
	assert_box(&m->rings[3], 0, -5, 20, 5);
	assert_int_equal(m->shapes[4].n_rings, 2);
	assert_at(&m->rings[5], 0, 0, 0); /* after the end of one, where it began */
	assert_at(&m->rings[5], 1, 5, 5);
	assert_at(&m->rings[6], 1, 10, 0);
	/* A curve is off by less than a twenty-thousandth of the map. */
	for (uint32_t i = 0; i < m->rings[1].n; i++)
		assert_true(
			fabs(hypot(m->rings[1].points[i].x - 15, m->rings[1].points[i].y - 10) -
				5) < 0.005);
	arena_free(arena);
}

static void test_transforms(void **state)
{
	static const struct {
		const char *transform;
		double x, y; /* where (13, 24) goes, from the viewBox on */
	} rows[] = {{"translate(5)", 8, 4}, {"translate(5, -2)", 8, 2}, {"scale(2)", 16, 28},
		{"scale(2,1)", 16, 4}, {"rotate(90)", -34, -7}, {"rotate(90 13 24)", 3, 4},
		{"matrix(1 0 0 1 2 3)", 5, 7}, {" translate(1),scale(2) ", 17, 28},
		{"skewX(45)", 27, 4}, {"skewY(45)", 3, 17}, {"", 3, 4}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *arena = arena_new(64u << 20);
		char text[512];

		snprintf(text, sizeof(text),
			SVG("<g transform=\"translate(7 0)\"><g transform=\"%s\">"
			    "<polygon points=\"13 24 15 24 15 30\"/></g></g>"),
			rows[i].transform);
		assert_at(&read_text(arena, text)->rings[0], 0, rows[i].x + 7, rows[i].y);
		arena_free(arena);
	}
}

static const struct {
	const char *attributes;
	uint8_t shade, line;
	double width;
} paints[] = {
	{"", 5, BASE_LINE_NONE, 1},
	{"fill=\"#fff\"", 1, BASE_LINE_NONE, 1},
	{"fill=\"#ffffff\"", 1, BASE_LINE_NONE, 1},
	{"fill=\"#c8c8c8\"", 3, BASE_LINE_NONE, 1},
	{"fill=\"rgb(200,200,200)\"", 3, BASE_LINE_NONE, 1},
	{"fill=\"rgb(78%, 78%, 78%)\"", 3, BASE_LINE_NONE, 1},
	{"fill=\"rgba(0,0,0,.2)\"", 3, BASE_LINE_NONE, 1},
	{"fill=\"#0003\"", 3, BASE_LINE_NONE, 1},
	{"fill=\"black\" fill-opacity=\"0.2\"", 3, BASE_LINE_NONE, 1},
	{"fill=\"black\" opacity=\"20%\"", 3, BASE_LINE_NONE, 1},
	{"fill=\"navy\"", 5, BASE_LINE_NONE, 1},
	{"fill=\"url(#a)\"", 4, BASE_LINE_NONE, 1},
	{"fill=\"currentColor\"", 4, BASE_LINE_NONE, 1},
	{"fill=\"#12345\"", 4, BASE_LINE_NONE, 1},
	{"fill=\"none\" stroke=\"#123\"", 0, BASE_LINE_DARK, 1},
	{"fill=\"transparent\" stroke=\"white\" stroke-width=\"3\"", 0, BASE_LINE_LIGHT, 3},
	{"stroke=\"red\" stroke-width=\"0\"", 5, BASE_LINE_NONE, 0},
	{"stroke=\"black\" stroke-opacity=\"0.1\"", 5, BASE_LINE_LIGHT, 1},
	{"fill=\"inherit\" stroke=\"black\" transform=\"scale(2)\"", 5, BASE_LINE_DARK, 2},
};

static void test_paint(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	const struct base_map *m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paints); i++) {
		char text[512];

		snprintf(text, sizeof(text), SVG("<rect width=\"9\" height=\"9\" %s/>"),
			paints[i].attributes);
		m = read_text(arena, text);
		if (m->shapes[0].shade != paints[i].shade ||
			m->shapes[0].line != paints[i].line ||
			fabs(m->shapes[0].width - paints[i].width) > 1e-9)
			fail_msg("%s: shade %u, line %u, width %g", paints[i].attributes,
				m->shapes[0].shade, m->shapes[0].line, m->shapes[0].width);
	}
	/* From a group, and not beyond it; what nobody sees is no shape. */
	m = read_text(arena,
		SVG("<g fill=\"white\" fill-rule=\"evenodd\"><rect width=\"2\" "
		    "height=\"2\"/></g>"
		    "<rect width=\"2\" height=\"2\"/><g opacity=\"0.5\"><g opacity=\"0.4\">"
		    "<rect width=\"2\" height=\"2\"/></g></g>"
		    "<rect width=\"2\" height=\"2\" opacity=\"0.01\"/>"
		    "<rect width=\"2\" height=\"2\" fill=\"none\"/>"
		    "<g display=\"none\"><rect width=\"2\" height=\"2\"/></g>"));
	assert_int_equal(m->n_shapes, 3);
	assert_int_equal(m->n_points, 12);
	assert_true(m->shapes[0].shade == 1 && m->shapes[0].even_odd);
	assert_true(m->shapes[1].shade == 5 && !m->shapes[1].even_odd);
	assert_int_equal(m->shapes[2].shade, 3);
	/* A colour's own opacity goes with the colour: another one has none of it, and an
	 * opacity of the fill does not take its place. */
	m = read_text(
		arena, SVG("<g fill=\"rgba(0,0,0,.2)\" stroke=\"#0001\"><rect width=\"2\" "
			   "height=\"2\" fill=\"#000\" stroke=\"#000\"/></g>"
			   "<g fill=\"#0003\" stroke=\"#0001\"><rect width=\"2\" height=\"2\" "
			   "fill-opacity=\"1\" stroke-opacity=\"1\"/></g>"));
	assert_int_equal(m->n_shapes, 2);
	assert_true(m->shapes[0].shade == 5 && m->shapes[0].line == BASE_LINE_DARK);
	assert_true(m->shapes[1].shade == 3 && m->shapes[1].line == BASE_LINE_LIGHT);
	arena_free(arena);
}

static void test_the_rest_is_counted(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	const struct base_map *m = read_text(arena,
		SVG("<title>t</title><desc>d</desc><metadata><rdf xmlns=\"r\"/></metadata>"
		    "<defs><style>.a{}</style><rect width=\"1\" height=\"1\"/></defs>"
		    "<text>one<tspan>two</tspan></text><g><text>three</text></g>"
		    "<image href=\"http://example.invalid/\"/><script>1</script>"
		    "<use href=\"#x\"/><a><rect width=\"1\" height=\"1\"/></a>"
		    "<foreignObject><p "
		    "xmlns=\"http://www.w3.org/1999/xhtml\">x</p></foreignObject>"
		    "<svg viewBox=\"0 0 1 1\"><rect width=\"1\" height=\"1\"/></svg>"
		    "<rect xmlns=\"urn:other\" width=\"1\" height=\"1\"/>"
		    "<rect width=\"2\" height=\"2\" style=\"fill:none\" onclick=\"x()\">"
		    "<title>t</title><animate/></rect>"));

	(void)state;
	assert_int_equal(m->n_shapes, 1);
	assert_string_equal(
		base_map_dropped(m, arena), "2 texts, 1 picture, 1 style sheet, 1 style "
					    "attribute, 1 script, 4 other elements");
	arena_free(arena);
}

static const struct {
	const char *text, *says;
	unsigned int line;
} bad[] = {
	{"", "no document", 0},
	{"plain", "well-formed", 1},
	{"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">\n<g>", "get it whole",
		2},
	{"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">\n</g></svg>",
		"well-formed", 2},
	{"<!DOCTYPE svg [<!ENTITY a \"b\">]><svg/>", "declaration", 1},
	{"<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" "
	 "\"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">\n<svg/>",
		"remove it", 2},
	{SVG("<path d=\"&a;\"/>"), "", 2},
	{"<?xml version=\"1.0\" encoding=\"gb2312\"?><svg/>", "UTF-8", 1},
	{"<svg viewBox=\"0 0 9 9\"/>", "not SVG", 1},
	{"<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "not SVG", 1},
	{"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\"/>", "no viewBox", 1},
	{"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 0 9\"/>", "above 0", 1},
	{"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9 9\"/>", "four numbers",
		1},
	{"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 nan 9\"/>", "no viewBox", 1},
	{SVG(""), "no shape", 0},
	{SVG("<rect width=\"0\" height=\"1\"/>"), "no shape", 0},
	{SVG("<text>only</text>"), "no shape", 0},
	{SVG("<rect width=\"1cm\" height=\"1\"/>"), "without a unit", 2},
	{SVG("<rect width=\"50%\" height=\"1\"/>"), "without a unit", 2},
	{SVG("<rect width=\"inf\" height=\"1\"/>"), "no number", 2},
	{SVG("<circle cx=\"1e10\" r=\"1\"/>"), "1e9", 2},
	{SVG("<g>\n<g>\n<polygon points=\"1 2 3\"/></g></g>"), "no number", 4},
	{SVG("<polygon points=\"1 2 x\"/>"), "no number", 2},
	{SVG("<path d=\"L1 1\"/>"), "data of a path", 2},
	{SVG("<path d=\"M1\"/>"), "data of a path", 2},
	{SVG("<path d=\"M1 1 2\"/>"), "data of a path", 2},
	{SVG("<path d=\"M1 1B2 2\"/>"), "data of a path", 2},
	{SVG("<path d=\"M1 1Z2 2\"/>"), "data of a path", 2},
	{SVG("<path d=\"M1 1A5 5 0 2 0 3 3\"/>"), "data of a path", 2},
	{SVG("<path d=\"M1 1h1e999\"/>"), "data of a path", 2},
	{SVG("<g transform=\"scale(1e9)\"><path d=\"M1e9 1h1\"/></g>"), "too far off", 2},
	{SVG("<g transform=\"scale(1e9)\"><g transform=\"scale(1e9)\"/></g>"), "no shape", 0},
	{SVG("<g transform=\"scale(1 2 3)\"/>"), "transform", 2},
	{SVG("<g transform=\"spin(1)\"/>"), "transform", 2},
	{SVG("<g transform=\"scale(1\"/>"), "transform", 2},
	{SVG("<g transform=\"scale\"/>"), "transform", 2},
	{SVG("<g transform=\"skewX(90)\"/>"), "transform", 2},
	{SVG("<g opacity=\"much\"/>"), "opacity", 2},
	{SVG("<g stroke-width=\"2pt\"/>"), "stroke-width", 2},
	{SVG("<g stroke-width=\"-1\"/>"), "stroke-width", 2},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct arena *arena = arena_new(64u << 20);
		struct base_map *m = NULL;
		struct error err = {0};
		char place[32];

		snprintf(place, sizeof(place), "base.svg:%u: ", bad[i].line);
		assert_int_equal(read_bytes(arena, bad[i].text, strlen(bad[i].text), &m, &err),
			ERROR_INPUT);
		if (!strstr(err.text, bad[i].says) ||
			strncmp(err.text, place, strlen(bad[i].line ? place : "base.svg")) != 0)
			fail_msg("%s: %s", bad[i].text, err.text);
		assert_null(m);
		arena_free(arena);
	}
}

/* So many times between a beginning and an end, refused with that word; one less is not. */
static void refused(
	const char *from, const char *unit, size_t n, const char *to, const char *says)
{
	for (int less = 0; less < 2; less++) {
		struct arena *arena = arena_new(256u << 20);
		struct str text = STR_INIT(64u << 20);
		struct base_map *m = NULL;
		struct error err = {0};
		int r;

		str_adds(&text, from);
		for (size_t i = 0; i < n - (size_t)less; i++)
			str_adds(&text, unit);
		str_adds(&text, to);
		r = read_bytes(arena, text.data, text.len, &m, &err);
		assert_false(text.failed);
		if (less ? r != 0 : r != ERROR_INPUT || !strstr(err.text, says))
			fail_msg("%s: %d, %s", says, r, err.text);
		str_done(&text);
		arena_free(arena);
	}
}

#define ROOT "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">"
#define DOT "<rect width=\"1\" height=\"1\"/>"

static void test_limits(void **state)
{
	static char large[BASE_BYTES_MAX + 1];
	struct arena *arena = arena_new(64u << 20);
	struct base_map *m = NULL;
	struct error err = {0};

	(void)state;
	refused(ROOT DOT, "<!---->", (BASE_BYTES_MAX - sizeof(ROOT DOT "</svg>") + 1) / 7 + 1,
		"</svg>", "larger than the 33554432 bytes");
	refused(ROOT DOT, "<b/>", BASE_ELEMENTS_MAX - 1, "</svg>", "more than 200000 elements");
	refused(ROOT, DOT, BASE_SHAPES_MAX + 1, "</svg>", "more than 20000 shapes");
	refused(ROOT "<path d=\"", "M1 1h1", BASE_RINGS_MAX + 1, "\" stroke=\"red\"/></svg>",
		"more than 200000 outlines");
	/* One line there and back for each two points. */
	refused(ROOT "<path d=\"M1 1", "h1h-1", BASE_POINTS_MAX / 2, "\"/></svg>",
		"more than 1000000 points");
	refused(ROOT "<rect width=\"1\" height=\"1\" id=\"", "x",
		BASE_TAG_MAX - sizeof("<rect width=\"1\" height=\"1\" id=\"\"/>") + 2,
		"\"/></svg>", "too large");
	refused(ROOT DOT "<text>", "x", BASE_TEXT_MAX + 1, "</text></svg>", "too much text");
	memset(large, ' ', sizeof(large));
	assert_int_equal(read_bytes(arena, large, sizeof(large), &m, &err), ERROR_INPUT);
	arena_free(arena);
}

static void test_depth(void **state)
{
	for (int n = BASE_DEPTH_MAX - 2; n < BASE_DEPTH_MAX; n++) {
		struct arena *arena = arena_new(64u << 20);
		struct str text = STR_INIT(1u << 20);
		struct base_map *m = NULL;
		struct error err = {0};
		int r;

		(void)state;
		str_adds(&text, ROOT);
		for (int i = 0; i < n; i++)
			str_adds(&text, "<g>");
		str_adds(&text, DOT);
		for (int i = 0; i < n; i++)
			str_adds(&text, "</g>");
		str_adds(&text, "</svg>");
		r = read_bytes(arena, text.data, text.len, &m, &err);
		assert_int_equal(r, n == BASE_DEPTH_MAX - 2 ? 0 : ERROR_INPUT);
		assert_true(r == 0 || strstr(err.text, "nested too deeply"));
		str_done(&text);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_transforms),
		cmocka_unit_test(test_paint),
		cmocka_unit_test(test_the_rest_is_counted),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_depth),
	};

	return RUN(tests);
}
