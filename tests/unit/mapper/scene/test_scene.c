/* SPDX-License-Identifier: Apache-2.0 */
/* The scene keeps what it is given, in order, and fails as a whole on what nobody could
 * draw. */
#include "mapper/scene/scene.h"

#include "tests/unit/unit.h"

#include <math.h>

static struct scene *fresh(struct arena *arena)
{
	struct scene *scene = scene_new(arena, "sheet", "Sheet", 420, 297);

	assert_non_null(scene);
	assert_int_equal(scene_check(scene, NULL), 0);
	return scene;
}

static void test_items_keep_their_order(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(64u << 20);
	struct scene *scene = fresh(arena);
	struct scene_point points[] = {{1, 2}, {3, 4}, {5, 6}};
	char text[] = "name";

	(void)state;
	scene_rect(scene, SCENE_REGIONS, THEME_SUBNET, 1, 2, 3, 4)->asset = 7;
	scene_line(scene, SCENE_LINKS, THEME_LINK_MEASURED, points, 3);
	scene_symbol(scene, SCENE_ASSETS, THEME_HOST, 0, 9, 9, 2);
	scene_text(scene, SCENE_LABELS, THEME_TEXT, 5, 5, 6, SCENE_END, true, text);
	points[0].x = 99; /* both are copied */
	text[0] = 'g';
	assert_int_equal(scene->n_items, 4);
	assert_int_equal(scene->items[0].kind, SCENE_RECT);
	assert_int_equal(scene->items[0].asset, 7);
	assert_true(scene->items[1].line.n == 3 && scene->items[1].line.points[0].x == 1);
	assert_int_equal(scene->items[1].asset, SCENE_NO_ASSET);
	assert_true(scene->items[2].symbol.size == 2);
	assert_string_equal(scene->items[3].text.text, "name");
	assert_true(scene->items[3].text.bold && scene->items[3].text.anchor == SCENE_END);
}

static void test_it_grows(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(256u << 20);
	struct scene *scene = fresh(arena);

	(void)state;
	for (int i = 0; i < 100000; i++)
		scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1, i, 0, 1, 1);
	assert_int_equal(scene_check(scene, NULL), 0);
	assert_int_equal(scene->n_items, 100000);
	assert_true(scene->items[99999].rect.x == 99999);
}

static void test_nonsense_fails_the_scene(void **state)
{
	static const struct scene_point one[] = {{1, 1}}, bad[] = {{1, 1}, {NAN, 1}, {2, 2}};
	static const uint32_t short_ring[] = {2}, ring[] = {3};

	(void)state;
	for (int i = 0; i < 11; i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(1u << 20);
		struct scene *scene = fresh(arena);
		struct error err = {0};

		if (i == 0)
			scene_rect(scene, SCENE_PAPER, THEME_SHEET, 0, 0, -1, 1);
		else if (i == 1)
			scene_rect(scene, SCENE_PAPER, THEME_SHEET, INFINITY, 0, 1, 1);
		else if (i == 2)
			scene_line(scene, SCENE_LINKS, THEME_TIE, one, 1);
		else if (i == 3)
			scene_line(scene, SCENE_LINKS, THEME_TIE, bad, 2);
		else if (i == 4)
			scene_symbol(scene, SCENE_ASSETS, THEME_HOST, theme_n_symbols, 0, 0, 1);
		else if (i == 5)
			scene_symbol(scene, SCENE_ASSETS, THEME_HOST, 0, 0, 0, 0);
		else if (i == 6)
			scene_text(scene, SCENE_LABELS, THEME_TEXT, 0, 0,
				SCENE_TEXT_MIN_PT - 0.01, SCENE_START, false, "small");
		else if (i == 7)
			scene_text(scene, SCENE_LABELS, THEME_TEXT, 0, 0, 6, SCENE_START, false,
				NULL);
		else
			scene_area(scene, SCENE_BASE, THEME_BASE1, bad,
				i == 8 ? short_ring : ring, i < 10, false);
		scene_rect(scene, SCENE_PAPER, THEME_SHEET, 0, 0, 1, 1)->asset =
			3; /* harmless */
		assert_int_equal(scene_check(scene, &err), ERROR_SYSTEM);
		assert_non_null(strstr(err.text, "sheet"));
	}
}

static void test_without_memory(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(200000);
	struct scene *scene = fresh(arena);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1, i, 0, 1, 1)->title = "x";
	assert_int_equal(scene_check(scene, &err), ERROR_SYSTEM);
	assert_int_equal(scene_check(NULL, &err), ERROR_SYSTEM);
}

static void test_most_items(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(4ul << 30);
	struct scene *scene = fresh(arena);

	(void)state;
	for (int i = 0; i < SCENE_ITEMS_MAX; i++)
		scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1, 0, 0, 1, 1);
	assert_int_equal(scene_check(scene, NULL), 0);
	scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER1, 0, 0, 1, 1);
	assert_int_equal(scene_check(scene, NULL), ERROR_SYSTEM);
	assert_int_equal(scene->n_items, SCENE_ITEMS_MAX);
}

static void test_layers_have_names(void **state)
{
	(void)state;
	for (int l = 0; l < SCENE_LAYER_N; l++)
		assert_string_not_equal(scene_layer_name((enum scene_layer)l), "?");
	assert_null(scene_layer_label(SCENE_PAPER));
	assert_string_equal(scene_layer_label(SCENE_CII), "CII designation");
	assert_string_equal(scene_layer_name(SCENE_LAYER_N), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items_keep_their_order),
		cmocka_unit_test(test_it_grows),
		cmocka_unit_test(test_nonsense_fails_the_scene),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_most_items),
		cmocka_unit_test(test_layers_have_names),
	};

	return RUN(tests);
}
