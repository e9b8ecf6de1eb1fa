/* SPDX-License-Identifier: Apache-2.0 */
/* Links run upright and level, around boxes, from border to border, and not along each other.
 */
#include "mapper/sheet/route.h"

#include "tests/unit/unit.h"

#include <math.h>

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new(64u << 20);
	return arena ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static bool on_border(const struct sheet_box *box, struct scene_point p)
{
	bool x = fabs(p.x - box->x) < 1e-6 || fabs(p.x - box->x - box->w) < 1e-6;
	bool y = fabs(p.y - box->y) < 1e-6 || fabs(p.y - box->y - box->h) < 1e-6;
	bool within = p.x > box->x - 1e-6 && p.x < box->x + box->w + 1e-6 &&
		      p.y > box->y - 1e-6 && p.y < box->y + box->h + 1e-6;

	return within && x != y; /* not a corner */
}

static bool through(const struct sheet_box *box, struct scene_point p, struct scene_point q)
{
	return fmin(p.x, q.x) < box->x + box->w - 1e-6 && fmax(p.x, q.x) > box->x + 1e-6 &&
	       fmin(p.y, q.y) < box->y + box->h - 1e-6 && fmax(p.y, q.y) > box->y + 1e-6;
}

static void check_line(const struct route_ground *ground, const struct route_line *line)
{
	assert_true(line->n >= 2);
	assert_false(line->straight);
	assert_true(on_border(&ground->boxes[line->b], line->points[0]) ||
		    on_border(&ground->boxes[line->a], line->points[0]));
	assert_true(on_border(&ground->boxes[line->a], line->points[line->n - 1]) ||
		    on_border(&ground->boxes[line->b], line->points[line->n - 1]));
	for (size_t i = 1; i < line->n; i++) {
		struct scene_point p = line->points[i - 1], q = line->points[i];

		assert_true((p.x == q.x) != (p.y == q.y));
		for (size_t b = 0; b < ground->n_boxes; b++)
			assert_false(through(&ground->boxes[b], p, q));
	}
}

static double shared(const struct route_line *a, const struct route_line *b)
{
	double length = 0;

	for (size_t i = 1; i < a->n; i++)
		for (size_t k = 1; k < b->n; k++) {
			struct scene_point p = a->points[i - 1], q = a->points[i];
			struct scene_point r = b->points[k - 1], s = b->points[k];

			if (p.x == q.x && r.x == s.x && p.x == r.x)
				length += fmax(0, fmin(fmax(p.y, q.y), fmax(r.y, s.y)) -
							  fmax(fmin(p.y, q.y), fmin(r.y, s.y)));
			if (p.y == q.y && r.y == s.y && p.y == r.y)
				length += fmax(0, fmin(fmax(p.x, q.x), fmax(r.x, s.x)) -
							  fmax(fmin(p.x, q.x), fmin(r.x, s.x)));
		}
	return length;
}

/* Nine boxes in three rows; every pair of opposite ones is linked around the middle. */
static void test_around_boxes(void **state)
{
	struct sheet_box boxes[9];
	uint32_t frames[9];
	struct route_ground ground = {.area = {10, 10, 200, 160},
		.step = 2,
		.boxes = boxes,
		.frame_of = frames,
		.n_boxes = 9};
	struct route_line lines[] = {{.a = 0, .b = 8}, {.a = 2, .b = 6}, {.a = 1, .b = 7},
		{.a = 3, .b = 5}, {.a = 0, .b = 1}, {.a = 0, .b = 2}, {.a = 4, .b = 8}};
	struct error err = {0};

	(void)state;
	for (int i = 0; i < 9; i++) {
		boxes[i] = (struct sheet_box){20 + i % 3 * 60, 20 + i / 3 * 50, 40, 30};
		frames[i] = MODEL_NONE;
	}
	assert_int_equal(route_lines(&ground, arena, lines, 7, &err), 0);
	for (size_t i = 0; i < 7; i++) {
		check_line(&ground, &lines[i]);
		for (size_t k = 0; k < i; k++)
			assert_true(shared(&lines[i], &lines[k]) == 0);
	}
	/* Neighbours are joined by one stretch. */
	assert_int_equal(lines[4].n, 2);
}

/* Two lines of the same way keep more than one step apart where there is room, and neighbours
 * that face each other are joined straight. */
static void test_lines_keep_apart(void **state)
{
	struct sheet_box boxes[] = {
		{20, 20, 60, 20}, {20, 110, 30, 20}, {50, 130, 30, 20}, {100, 20, 60, 20}};
	uint32_t frames[] = {MODEL_NONE, MODEL_NONE, MODEL_NONE, MODEL_NONE};
	struct route_ground ground = {.area = {0, 0, 200, 160},
		.step = 2,
		.boxes = boxes,
		.frame_of = frames,
		.n_boxes = 4};
	struct route_line lines[] = {{.a = 0, .b = 1}, {.a = 0, .b = 2}, {.a = 0, .b = 3}};
	struct error err = {0};

	(void)state;
	assert_int_equal(route_lines(&ground, arena, lines, 3, &err), 0);
	for (size_t i = 0; i < 3; i++) {
		check_line(&ground, &lines[i]);
		assert_int_equal(lines[i].n, 2);
	}
	assert_true(fabs(lines[0].points[0].x - lines[1].points[0].x) > 2.5);
}

/* A box walled in on all sides: a straight line, said so. */
static void test_no_way(void **state)
{
	struct sheet_box boxes[] = {{50, 50, 10, 10}, {40, 40, 30, 10}, {40, 60, 30, 10},
		{40, 50, 10, 10}, {60, 50, 10, 10}, {100, 50, 10, 10}};
	uint32_t frames[6] = {
		MODEL_NONE, MODEL_NONE, MODEL_NONE, MODEL_NONE, MODEL_NONE, MODEL_NONE};
	struct route_ground ground = {.area = {0, 0, 200, 160},
		.step = 2,
		.boxes = boxes,
		.frame_of = frames,
		.n_boxes = 6};
	struct route_line line = {.a = 0, .b = 5};
	struct error err = {0};

	(void)state;
	assert_int_equal(route_lines(&ground, arena, &line, 1, &err), 0);
	assert_true(line.straight && line.n == 2);
}

/* The name of a system is not crossed: the way in leads past it. */
static void test_head_of_a_frame(void **state)
{
	struct sheet_box boxes[] = {{60, 80, 20, 10}, {60, 20, 20, 10}};
	uint32_t frame_of[] = {0, MODEL_NONE};
	struct route_frame frame = {{50, 60, 80, 40}, 10, 60, 4};
	struct route_ground ground = {.area = {0, 0, 200, 160},
		.step = 2,
		.boxes = boxes,
		.frame_of = frame_of,
		.n_boxes = 2,
		.frames = &frame,
		.n_frames = 1};
	struct route_line line = {.a = 0, .b = 1};
	struct sheet_box name = {50, 60, 60, 10};
	struct error err = {0};

	(void)state;
	assert_int_equal(route_lines(&ground, arena, &line, 1, &err), 0);
	check_line(&ground, &line);
	for (size_t i = 1; i < line.n; i++)
		assert_false(through(&name, line.points[i - 1], line.points[i]));
}

static void test_too_large(void **state)
{
	struct route_ground ground = {.area = {0, 0, 100000, 100000}, .step = 1};
	struct route_line none;
	struct error err = {0};

	(void)state;
	assert_int_equal(route_lines(&ground, arena, &none, 0, &err), ERROR_SYSTEM);
	assert_non_null(strstr(err.text, "too large"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_around_boxes),
		cmocka_unit_test(test_lines_keep_apart),
		cmocka_unit_test(test_no_way),
		cmocka_unit_test(test_head_of_a_frame),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
