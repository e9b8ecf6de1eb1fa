/* SPDX-License-Identifier: Apache-2.0 */
/* GeoJSON: what is read, and every kind of bad input refused with its place. */
#include "common/model/geography.h"

#include "common/str.h"
#include "tests/unit/unit.h"

#define FEATURES(text) "{\"type\":\"FeatureCollection\",\"features\":[" text "]}"
#define NAMED(geometry)                                                                        \
	"{\"type\":\"Feature\",\"properties\":{\"name\":\"a\"},\"geometry\":" geometry "}"
#define POINT "{\"type\":\"Point\",\"coordinates\":[120,30]}"
#define RING "[[0,0],[0,1],[1,1],[0,0]]"

static int parse(
	struct arena *arena, const char *text, struct geography **ret, struct error *err)
{
	return geography_parse(text, strlen(text), "map.geojson", arena, ret, err);
}

static void test_read(void **state)
{
	static const char text[] = FEATURES(
		"{\"type\":\"Feature\",\"properties\":{\"division\":330000,\"name\":"
		"\"Zhe\\u001bjiang\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
		"[[[118,27,5],[123,27],[123,31],[118,27]]]}}," NAMED(POINT));
	struct arena *arena = arena_new(64u << 20);
	struct geography *g;
	struct error err = {0};

	(void)state;
	assert_int_equal(parse(arena, text, &g, &err), 0);
	assert_int_equal(g->n_shapes, 2);
	assert_int_equal(g->n_rings, 2);
	assert_int_equal(g->n_points, 5);
	assert_string_equal(g->shapes[0].division, "330000");
	assert_null(strchr(g->shapes[0].name, 0x1b));
	assert_int_equal(g->rings[0].n, 4);
	assert_int_equal(g->rings[1].n, 1);
	assert_true(g->west == 118 && g->east == 123 && g->south == 27 && g->north == 31);
	arena_free(arena);
}

#define GEOMETRY(type, coordinates)                                                            \
	FEATURES(NAMED("{\"type\":\"" type "\",\"coordinates\":" coordinates "}"))

static const struct {
	const char *text, *says;
} bad[] = {
	{"", "not JSON"},
	{"{", "not JSON"},
	{"[]", "not a GeoJSON FeatureCollection"},
	{"{\"type\":\"Feature\"}", "not a GeoJSON FeatureCollection"},
	{"{\"type\":\"FeatureCollection\",\"features\":{}}", "FeatureCollection"},
	{"{\"type\":\"FeatureCollection\",\"type\":1,\"features\":[]}", "not JSON"},
	{FEATURES(""), "0 features"},
	{FEATURES("1"), "feature 1: its type"},
	{FEATURES("{\"type\":\"Point\"}"), "feature 1: its type"},
	{FEATURES(NAMED(POINT) ",{\"type\":\"Feature\",\"geometry\":" POINT "}"),
		"feature 2: it has neither"},
	{FEATURES("{\"type\":\"Feature\",\"properties\":{\"name\":[]},\"geometry\":" POINT "}"),
		"neither"},
	{FEATURES(NAMED("null")), "no geometry"},
	{GEOMETRY("LineString", "[]"), "none of Polygon"},
	{GEOMETRY("Point", "[1]"), "in numbers"},
	{GEOMETRY("Point", "[\"1\",2]"), "in numbers"},
	{GEOMETRY("Point", "[500000,4000000]"), "convert the file"},
	{GEOMETRY("Point", "[181,0]"), "outside"},
	{GEOMETRY("Point", "[0,-91]"), "outside"},
	{GEOMETRY("Point", "[1e999,0]"), "not JSON"},
	{GEOMETRY("Polygon", "[]"), "no rings"},
	{GEOMETRY("Polygon", "7"), "no rings"},
	{GEOMETRY("Polygon", "[[[0,0],[1,1],[0,0]]]"), "less than four"},
	{GEOMETRY("Polygon", "[[[0,0],[1,1],[1,0],[2,2]]]"), "close it"},
	{GEOMETRY("MultiPolygon", "[]"), "no polygons"},
	{GEOMETRY("MultiPolygon", "[[[[0,0]]]]"), "less than four"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena *arena = arena_new(64u << 20);
		struct geography *g = NULL;
		struct error err = {0};

		assert_int_equal(parse(arena, bad[i].text, &g, &err), ERROR_INPUT);
		assert_non_null(strstr(err.text, "map.geojson"));
		if (!strstr(err.text, bad[i].says))
			fail_msg("%s: %s", bad[i].text, err.text);
		assert_null(g);
		arena_free(arena);
	}
}

/* So many times between a beginning and an end, refused with that word. */
static void refused(
	const char *from, const char *unit, size_t n, const char *to, const char *says)
{
	struct arena *arena = arena_new(256u << 20);
	struct str text = STR_INIT(64u << 20);
	struct geography *g = NULL;
	struct error err = {0};

	str_adds(&text, from);
	for (size_t i = 0; i < n; i++)
		str_adds(&text, unit);
	str_adds(&text, to);
	assert_int_equal(parse(arena, text.data, &g, &err), ERROR_INPUT);
	if (!strstr(err.text, says))
		fail_msg("%s", err.text);
	str_done(&text);
	arena_free(arena);
}

static void test_limits(void **state)
{
	static char large[GEOGRAPHY_BYTES_MAX + 1];
	struct arena *arena = arena_new(1u << 20);
	struct geography *g = NULL;
	struct error err = {0};

	(void)state;
	refused("{\"type\":\"FeatureCollection\",\"features\":[" NAMED(POINT), "," NAMED(POINT),
		GEOGRAPHY_SHAPES_MAX, "]}", "4001 features");
	refused("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
		"\"properties\":{\"name\":\"a\"},\"geometry\":{\"type\":\"Polygon\","
		"\"coordinates\":[[[0,0]",
		",[0,0]", GEOGRAPHY_POINTS_MAX, "]]}}]}", "2000000 positions");
	refused("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
		"\"properties\":{\"name\":\"a\"},\"geometry\":{\"type\":\"Polygon\","
		"\"coordinates\":[" RING,
		"," RING, GEOGRAPHY_RINGS_MAX, "]}}]}", "100000 rings");
	assert_int_equal(
		geography_parse(large, sizeof(large), "large", arena, &g, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "simplify"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
	};

	return RUN(tests);
}
