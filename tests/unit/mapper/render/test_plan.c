/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing order and runs. */
#include "tests/unit/unit.h"

#include "mapper/render/plan.h"

#define MM 10.0

static struct scene *mixed(struct arena *arena)
{
	static const struct scene_point points[] = {{0, 0}, {1, 1}};
	struct scene *scene = scene_new(arena, "mixed", "Mixed", 100, 100);

	scene_text(scene, SCENE_LABELS, THEME_TEXT, 1, 1, 6, SCENE_START, false, "last");
	scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1, 0, 0, MM, MM);
	scene_rect(scene, SCENE_PAPER, THEME_SHEET, 0, 0, 100, 100);
	scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1, 20, 0, MM, MM);
	scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1, 40, 0, MM, MM)->asset = 7;
	scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER2, 60, 0, MM, MM);
	scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER2, 80, 0, MM, MM / 2);
	scene_line(scene, SCENE_LINKS, THEME_LINK_MEASURED, points, 2);
	scene_line(scene, SCENE_LINKS, THEME_LINK_MEASURED, points, 2);
	scene_line(scene, SCENE_LINKS, THEME_LINK_MEASURED, points, 2)->line.width_mm = 2;
	scene_line(scene, SCENE_LINKS, THEME_LINK_MEASURED, points, 2)->title = "titled";
	return scene;
}

static void layers_then_insertion(void **state)
{
	static const uint32_t expected[] = {2, 7, 8, 9, 10, 1, 3, 4, 5, 6, 0};
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct plan plan;

	(void)state;
	assert_int_equal(plan_init(&plan, mixed(arena), NULL), 0);
	assert_memory_equal(plan.order, expected, sizeof(expected));
	assert_int_equal(plan.first[SCENE_LINKS], 1);
	assert_int_equal(plan.first[SCENE_ASSETS], 5);
	assert_int_equal(plan.first[SCENE_LAYER_N], 11);
	plan_done(&plan);
	plan_done(&plan);
}

static void runs_end_where_they_must(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct plan plan;

	(void)state;
	assert_int_equal(plan_init(&plan, mixed(arena), NULL), 0);
	/* Never past the layer. */
	assert_int_equal(plan_run(&plan, 0, PLAN_KEEP_NONE), 1);
	/* Two equal lines; another width; a title. */
	assert_int_equal(plan_run(&plan, 1, PLAN_KEEP_ALL), 3);
	assert_int_equal(plan_run(&plan, 3, PLAN_KEEP_ALL), 4);
	assert_int_equal(plan_run(&plan, 4, PLAN_KEEP_TITLES), 5);
	/* Cells: an asset ends the run only if assets are kept; style and size always do. */
	assert_int_equal(plan_run(&plan, 5, PLAN_KEEP_ALL), 7);
	assert_int_equal(plan_run(&plan, 7, PLAN_KEEP_ALL), 8);
	assert_int_equal(plan_run(&plan, 5, PLAN_KEEP_TITLES), 8);
	assert_int_equal(plan_run(&plan, 5, PLAN_KEEP_NONE), 8);
	assert_int_equal(plan_run(&plan, 8, PLAN_KEEP_NONE), 9);
	/* Text is never one of many. */
	assert_int_equal(plan_run(&plan, 10, PLAN_KEEP_NONE), 11);
	plan_done(&plan);
}

/* So that no path of a large sheet goes all over it. */
static void many_lines_are_several_runs(void **state)
{
	static const struct scene_point points[] = {{0, 0}, {1, 1}};
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct scene *scene = scene_new(arena, "many", "Many", 100, 100);
	uint32_t runs = 0;
	struct plan plan;

	(void)state;
	for (int i = 0; i < 1000; i++)
		scene_line(scene, SCENE_LINKS, THEME_LINK_MEASURED, points, 2);
	assert_int_equal(plan_init(&plan, scene, NULL), 0);
	for (uint32_t at = 0, end; at < 1000; at = end, runs++) {
		end = plan_run(&plan, at, PLAN_KEEP_ALL);
		assert_in_range(end, at + 1, at + 256);
	}
	assert_int_equal(runs, 4);
	plan_done(&plan);
}

static void a_failed_scene_is_refused(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct scene *scene = mixed(arena);
	struct error error = {0};
	struct plan plan;

	(void)state;
	scene->failed = true;
	assert_int_equal(plan_init(&plan, scene, &error), ERROR_SYSTEM);
	assert_non_null(strstr(error.text, "mixed"));
	plan_done(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(layers_then_insertion),
		cmocka_unit_test(runs_end_where_they_must),
		cmocka_unit_test(many_lines_are_several_runs),
		cmocka_unit_test(a_failed_scene_is_refused)};

	return RUN(tests);
}
