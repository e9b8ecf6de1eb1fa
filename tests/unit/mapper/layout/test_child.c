/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layout child that is killed, hangs, crashes, runs out of memory or time, or answers
 * nonsense: the positions are a grid, the reason is told, the sheet comes all the same.
 * graph_place() of the product is replaced here by one that misbehaves as it is told.
 */
#include "mapper/layout/layout.h"

#include "mapper/layout/internal.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/sheet.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 40

static enum mood {
	KILLED,
	HANGS,
	SPINS,
	CRASHES,
	ABORTS,
	REFUSES,
	EATS_MEMORY,
	LEAVES_EARLY,
	ANSWERS_NOTHING,
	ANSWERS_HALF,
	ANSWERS_TOO_MUCH,
	ANSWERS_NAN,
	ANSWERS_FAR,
	WRITES_FILES,
	MOOD_N
} mood;

static const struct {
	const char *why;
	bool placed;
} expected[MOOD_N] = {
	[KILLED] = {"signal 9", false},
	[HANGS] = {"longer than", false},
	[SPINS] = {"longer than", false},
	[CRASHES] = {"signal 11", false},
	[ABORTS] = {"signal 6", false},
	[REFUSES] = {"refused the graph", false},
	[EATS_MEMORY] = {"code 12", false},
	[LEAVES_EARLY] = {"code 0", false},
	[ANSWERS_NOTHING] = {"code 0", false},
	[ANSWERS_HALF] = {"code 7", false},
	[ANSWERS_TOO_MUCH] = {"", true}, /* what follows the positions is not read */
	[ANSWERS_NAN] = {"not numbers", false},
	[ANSWERS_FAR] = {"not numbers", false},
	[WRITES_FILES] = {"code 11", false},
};

/* AddressSanitizer asks here: no memory is an answer, as it is without it. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void say(const void *bytes, size_t n)
{
	if (write(3, bytes, n) < 0)
		_exit(9);
}

static void eat(void)
{
	for (;;) {
		char *part = malloc(1 << 20);

		if (!part)
			_exit(12);
		memset(part, 1, 1 << 20);
	}
}

int graph_place(const struct layout_request *request, const struct layout_node *nodes,
	size_t n_nodes, const struct layout_edge *edges, size_t n_edges, double *xy)
{
	FILE *f;

	(void)request;
	(void)nodes;
	(void)edges;
	(void)n_edges;
	for (size_t i = 0; i < n_nodes; i++) {
		xy[2 * i] = (double)(i % 7) * 60;
		xy[2 * i + 1] = (double)i * 30;
	}
	switch (mood) {
	case KILLED:
		kill(getpid(), SIGKILL);
		break;
	case HANGS:
		for (;;)
			pause();
	case SPINS:
		for (volatile int i = 0;; i++)
			;
	case CRASHES:
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		break;
	case ABORTS:
		signal(SIGABRT, SIG_DFL);
		raise(SIGABRT);
		break;
	case REFUSES:
		return -1;
	case EATS_MEMORY:
		eat();
		break;
	case LEAVES_EARLY:
		_exit(0);
	case ANSWERS_NOTHING:
		close(3);
		_exit(0);
	case ANSWERS_HALF:
		say(xy, n_nodes * sizeof(*xy) - 3);
		_exit(7);
	case ANSWERS_TOO_MUCH:
		say(xy, 2 * n_nodes * sizeof(*xy));
		say(xy, 2 * n_nodes * sizeof(*xy));
		break;
	case ANSWERS_NAN:
		xy[n_nodes] = NAN;
		break;
	case ANSWERS_FAR:
		xy[n_nodes] = 1e300;
		break;
	case WRITES_FILES:
		signal(SIGXFSZ, SIG_IGN);
		f = tmpfile();
		_exit(f && fputc('x', f) != EOF && fflush(f) == 0 ? 10 : 11);
	default:
		break;
	}
	return 0;
}

static void test_positions(void **state)
{
	(void)state;
	for (int m = 0; m < MOOD_N; m++) {
		struct layout_request request = {.engine = "neato",
			.gap_mm = 4,
			.timeout_ms = m == HANGS || m == SPINS ? 50 : 60000,
			.memory_bytes = 64ul << 20};
		struct layout_node nodes[N];
		char why[LAYOUT_WHY_MAX] = "";
		struct error err = {0};
		double w, h;
		int r;

		mood = (enum mood)m;
		for (size_t i = 0; i < N; i++)
			nodes[i] = (struct layout_node){.w = 10, .h = 8};
		r = layout_place(&request, nodes, N, NULL, 0, &w, &h, why, &err);
		if (r != !expected[m].placed || (r == 1) != (why[0] != '\0') ||
			!strstr(why, expected[m].why))
			fail_msg("mood %d: %d, \"%s\"", m, r, why);
		for (size_t i = 0; i < N; i++) {
			assert_true(nodes[i].x >= 5 - 1e-9 && nodes[i].x <= w - 5 + 1e-9);
			assert_true(nodes[i].y >= 4 - 1e-9 && nodes[i].y <= h - 4 + 1e-9);
		}
	}
}

/* No child is left over, dead or alive. */
static void test_nobody_is_left(void **state)
{
	int status;

	(void)state;
	assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
}

static bool has_note(const struct scene *scene, const char *start)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strncmp(scene->items[i].text.text, start, strlen(start)) == 0)
			return true;
	return false;
}

/* The whole sheet: everything drawn, by the grid, with a note; and one time-out at most. */
static void test_sheets(void **state)
{
	static const enum mood moods[] = {KILLED, HANGS, CRASHES, EATS_MEMORY, ANSWERS_NAN};
	static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_CITY};
	struct sheet_request request = {
		.title = "Topology", .number = 1, .total = 1, .language = MAP_ENGLISH};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(moods); i++)
		for (size_t k = 0; k < (moods[i] == HANGS ? 1 : ARRAY_SIZE(samples)); k++) {
			struct arena *arena = arena_new(256u << 20);
			struct error err = {0};
			struct model *model;
			struct scene *scene;

			assert_non_null(arena);
			mood = moods[i];
			assert_int_equal(model_make(sample_estate(arena, samples[k]), arena,
						 &model, &err),
				0);
			if (sheet_topology(model, &request, &scene, &err) < 0)
				fail_msg("mood %d: %s", (int)mood, err.text);
			assert_true(has_note(scene, "Arranged in rows: "));
			assert_int_equal(
				check_texts(scene) + check_boxes(scene) + check_legend(scene),
				0);
			arena_free(arena);
		}
}

static int done(void **state)
{
	(void)state;
	measure_done();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_nobody_is_left),
		cmocka_unit_test(test_sheets),
		cmocka_unit_test(test_nobody_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
