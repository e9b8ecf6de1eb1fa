/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the user, read in a process of their own: the same comes back as is read in this
 * one, refusals with their text, and an answer that is none is not taken. */
#include "mapper/ground/ground.h"

#include "common/str.h"
#include "mapper/ground/internal.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARENA (256ul << 20)

static const char svg[] =
	"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 8\">\n"
	"<path d=\"M1 1h4v5zm1 1l2 0 0 2z\" stroke=\"#fff\" fill-rule=\"evenodd\"/>"
	"<circle r=\"3\" fill=\"#abc\"/><text>t</text><script/><use/>"
	"<polyline style=\"a\" points=\"1 2 3 4\" stroke=\"red\" stroke-width=\"2\"/></svg>";
static const char json[] =
	"{\"type\":\"FeatureCollection\",\"features\":["
	"{\"type\":\"Feature\",\"properties\":{\"division\":330000,\"name\":\"浙江\"},"
	"\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[118,27],[123,27],[123,31],"
	"[118,27]]],[[[1,2],[3,4],[5,7],[1,2]]]]}},"
	"{\"type\":\"Feature\",\"properties\":{\"name\":\"b\"},\"geometry\":{\"type\":"
	"\"Point\","
	"\"coordinates\":[-120,-30]}}]}";

/* A path of the bytes; the descriptor keeps them. */
static const char *path_of(const char *bytes, size_t n, int *ret_fd)
{
	static char path[40];
	int fd = memfd_create("ground", MFD_CLOEXEC);

	assert_true(fd >= 0);
	for (size_t at = 0; at < n;) {
		ssize_t done = write(fd, bytes + at, n - at);

		assert_true(done > 0);
		at += (size_t)done;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	*ret_fd = fd;
	return path;
}

static int base_of(
	const char *path, struct arena *arena, struct base_map **ret, struct error *err)
{
	return ground_read_base(&(struct ground_source){.path = path}, arena, ret, err);
}

static int geography_of(
	const char *path, struct arena *arena, struct geography **ret, struct error *err)
{
	return ground_read_geography(&(struct ground_source){.path = path}, arena, ret, err);
}

static void assert_same_base(const struct base_map *a, const struct base_map *b)
{
	assert_int_equal(a->n_shapes, b->n_shapes);
	assert_int_equal(a->n_rings, b->n_rings);
	assert_int_equal(a->n_points, b->n_points);
	assert_true(a->width == b->width && a->height == b->height);
	for (uint32_t i = 0; i < a->n_shapes; i++) {
		const struct base_shape *p = &a->shapes[i], *q = &b->shapes[i];

		assert_true(p->shade == q->shade && p->line == q->line &&
			    p->even_odd == q->even_odd && p->width == q->width &&
			    p->first_ring == q->first_ring && p->n_rings == q->n_rings);
	}
	for (uint32_t i = 0; i < a->n_rings; i++) {
		assert_int_equal(a->rings[i].n, b->rings[i].n);
		assert_int_equal(a->rings[i].closed, b->rings[i].closed);
		assert_memory_equal(a->rings[i].points, b->rings[i].points,
			a->rings[i].n * sizeof(*a->rings[i].points));
	}
}

static void test_base(void **state)
{
	struct arena *arena = arena_new(ARENA);
	struct base_map *here = NULL, *there = NULL;
	struct error err = {0};
	int fd;
	const char *path = path_of(svg, sizeof(svg) - 1, &fd);

	(void)state;
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(base_svg_read(fd, "base.svg", arena, &here, &err), 0);
	if (base_of(path, arena, &there, &err) < 0)
		fail_msg("%s", err.text);
	assert_same_base(here, there);
	assert_string_equal(base_map_dropped(there, arena),
		"1 text, 1 style attribute, 1 script, 1 other element");
	close(fd);
	arena_free(arena);
}

static void assert_same_geography(const struct geography *a, const struct geography *b)
{
	assert_int_equal(a->n_shapes, b->n_shapes);
	assert_int_equal(a->n_rings, b->n_rings);
	assert_int_equal(a->n_points, b->n_points);
	assert_true(a->west == b->west && a->south == b->south && a->east == b->east &&
		    a->north == b->north);
	for (uint32_t i = 0; i < a->n_shapes; i++) {
		assert_string_equal(a->shapes[i].division, b->shapes[i].division);
		assert_string_equal(a->shapes[i].name, b->shapes[i].name);
		assert_int_equal(a->shapes[i].first_ring, b->shapes[i].first_ring);
		assert_int_equal(a->shapes[i].n_rings, b->shapes[i].n_rings);
	}
	for (uint32_t i = 0; i < a->n_rings; i++) {
		assert_int_equal(a->rings[i].n, b->rings[i].n);
		assert_memory_equal(a->rings[i].points, b->rings[i].points,
			a->rings[i].n * sizeof(*a->rings[i].points));
	}
}

static void test_geography(void **state)
{
	struct arena *arena = arena_new(ARENA);
	struct geography *here = NULL, *there = NULL;
	struct error err = {0};
	int fd;
	const char *path = path_of(json, sizeof(json) - 1, &fd);

	(void)state;
	assert_int_equal(geography_parse(json, sizeof(json) - 1, "x", arena, &here, &err), 0);
	if (geography_of(path, arena, &there, &err) < 0)
		fail_msg("%s", err.text);
	assert_same_geography(here, there);
	close(fd);
	arena_free(arena);
}

/* What only the reader's own process does, before it reads. */
static void prepared(void *context)
{
	*(volatile pid_t *)context = getpid();
}

/* A secret of the one who asks can be forgotten in there, and stays here. */
static void test_what_the_reader_forgets(void **state)
{
	struct arena *arena = arena_new(ARENA);
	pid_t *who = mmap(
		NULL, sizeof(*who), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct ground_source source = {.prepare = prepared, .context = who};
	struct geography *geography = NULL;
	struct base_map *map = NULL;
	struct error err = {0};
	int fd;

	(void)state;
	assert_true(who != MAP_FAILED);
	*who = 0;
	source.path = path_of(svg, sizeof(svg) - 1, &fd);
	assert_int_equal(ground_read_base(&source, arena, &map, &err), 0);
	assert_true(*who > 0 && *who != getpid());
	close(fd);
	*who = 0;
	source.path = path_of(json, sizeof(json) - 1, &fd);
	assert_int_equal(ground_read_geography(&source, arena, &geography, &err), 0);
	assert_true(*who > 0 && *who != getpid());
	close(fd);
	munmap(who, sizeof(*who));
	arena_free(arena);
}

static void refused(bool base, const char *path, int code, const char *says)
{
	struct arena *arena = arena_new(ARENA);
	struct base_map *map = NULL;
	struct geography *geography = NULL;
	struct error err = {0};

	assert_int_equal(base ? base_of(path, arena, &map, &err)
			      : geography_of(path, arena, &geography, &err),
		code);
	if (!strstr(err.text, says) || !strstr(err.text, path))
		fail_msg("%s", err.text);
	assert_null(map);
	assert_null(geography);
	arena_free(arena);
}

static void refused_bytes(bool base, const char *bytes, size_t n, const char *says)
{
	int fd;

	refused(base, path_of(bytes, n, &fd), ERROR_INPUT, says);
	close(fd);
}

static void test_refusals(void **state)
{
	static const char cut[] =
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">\n<g>";
	static char large[GEOGRAPHY_BYTES_MAX + 2];

	(void)state;
	for (int base = 0; base < 2; base++) {
		refused(base, "/nonexistent/x", ERROR_INPUT, "No such file");
		refused(base, "/", ERROR_INPUT, "directory");
		refused_bytes(base, "", 0, base ? "no document" : "not JSON");
	}
	refused_bytes(true, cut, sizeof(cut) - 1, ":2: ");
	refused_bytes(false, "{}", 2, "FeatureCollection");
	memset(large, ' ', sizeof(large));
	refused_bytes(false, large, sizeof(large) - 1, "more than 33554432 bytes");
}

/* Small as a file, more as a tree than a reader is given. */
static void test_memory(void **state)
{
	struct str text = STR_INIT(GEOGRAPHY_BYTES_MAX);

	(void)state;
	str_adds(&text, "{\"type\":\"FeatureCollection\",\"features\":[0");
	while (text.len + 8 < GEOGRAPHY_BYTES_MAX)
		str_adds(&text, ",[]");
	str_adds(&text, "]}");
	/* a sanitizer's own memory cannot be bounded, and then the count is what refuses */
	refused_bytes(false, text.data, text.len, SANITIZED ? "features" : "memory");
	str_done(&text);
}

/* As much as is accepted fits in what a reader is given. */
static void test_the_most(void **state)
{
	struct arena *arena = arena_new(ARENA);
	struct str text = STR_INIT(GEOGRAPHY_BYTES_MAX);
	struct geography *g = NULL;
	struct error err = {0};
	const char *path;
	int fd;

	(void)state;
	str_adds(&text, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
			"\"properties\":{\"name\":\"a\"},\"geometry\":{\"type\":\"Polygon\","
			"\"coordinates\":[[[1,1]");
	for (int i = 0; i < GEOGRAPHY_POINTS_MAX - 1; i++)
		str_adds(&text, ",[1.5,1.25]");
	text.len -= strlen(",[1.5,1.25]");
	str_adds(&text, ",[1,1]]]}}]}");
	assert_false(text.failed);
	path = path_of(text.data, text.len, &fd);
	if (geography_of(path, arena, &g, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(g->n_points, GEOGRAPHY_POINTS_MAX);
	close(fd);
	str_done(&text);
	arena_free(arena);
}

/* ---- answers that are none ---- */

static void check_base(const struct base_map *map)
{
	uint32_t rings = 0, points = 0;

	for (uint32_t i = 0; i < map->n_shapes; i++) {
		assert_true(map->shapes[i].first_ring == rings);
		assert_true(map->shapes[i].shade <= BASE_SHADES);
		rings += map->shapes[i].n_rings;
	}
	assert_true(map->n_shapes > 0 && rings == map->n_rings);
	for (uint32_t i = 0; i < map->n_rings; i++)
		points += map->rings[i].n;
	assert_true(points == map->n_points);
	for (uint32_t i = 0; i < map->n_points; i++)
		assert_true(isfinite(map->rings[0].points[i].x));
}

static bool take(bool base, const char *bytes, size_t n, struct arena *arena)
{
	struct base_map *map = NULL;
	struct geography *g = NULL;
	struct error err = {0};
	int r = base ? ground_take_base(bytes, n, "x", arena, &map, &err)
		     : ground_take_geography(bytes, n, "x", arena, &g, &err);

	if (r < 0) {
		assert_int_equal(r, ERROR_INPUT);
		assert_string_equal(err.text, "x: the reader failed");
		return false;
	}
	if (base)
		check_base(map);
	else
		assert_true(g->n_shapes > 0 && g->west >= -180 && g->north <= 90);
	return true;
}

static void test_other_answers(void **state)
{
	struct arena *arena = arena_new(ARENA);
	struct str answers[2] = {STR_INIT(65536), STR_INIT(65536)};
	struct geography *g = NULL;
	struct base_map *map = NULL;
	struct error err = {0};
	size_t refusals = 0;
	int fd;

	(void)state;
	path_of(svg, sizeof(svg) - 1, &fd);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(base_svg_read(fd, "x", arena, &map, &err), 0);
	assert_int_equal(geography_parse(json, sizeof(json) - 1, "x", arena, &g, &err), 0);
	ground_put_geography(g, &answers[0]);
	ground_put_base(map, &answers[1]);
	for (int base = 0; base < 2; base++) {
		char *bytes = answers[base].data;
		size_t n = answers[base].len;

		assert_true(take(base, bytes, n, arena));
		/* Cut, longer, and with each of its bytes another one. */
		for (size_t k = 0; k < n; k++)
			assert_false(take(base, bytes, k, arena));
		str_addc(&answers[base], 0);
		bytes = answers[base].data;
		assert_false(take(base, bytes, n + 1, arena));
		for (size_t k = 0; k < n; k++)
			for (int bit = 1; bit < 256; bit *= 4) {
				bytes[k] = (char)(bytes[k] ^ bit);
				refusals += !take(base, bytes, n, arena);
				bytes[k] = (char)(bytes[k] ^ bit);
			}
		str_done(&answers[base]);
	}
	assert_true(refusals > 200);
	close(fd);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_geography),
		cmocka_unit_test(test_what_the_reader_forgets),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_the_most),
		cmocka_unit_test(test_other_answers),
	};

	return RUN(tests);
}
