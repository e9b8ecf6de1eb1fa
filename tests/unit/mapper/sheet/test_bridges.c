/* SPDX-License-Identifier: Apache-2.0 */
/* The bridges sheet: every asset in several networks, ranked, joined to each of them. */
#include "mapper/sheet/sheet.h"

#include "mapper/render/measure.h"
#include "tests/unit/mapper/campus.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/mapper/tangle.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static struct sheet_request request = {
	.title = "Bridges", .number = 1, .total = 1, .language = MAP_ENGLISH};

struct drawn {
	struct arena *arena;
	struct estate *estate;
	struct model *model;
	struct scene *scene;
};

static void redraw(struct drawn *d)
{
	struct error err = {0};

	assert_int_equal(model_make(d->estate, d->arena, &d->model, &err), 0);
	if (sheet_bridges(d->model, &request, &d->scene, &err) < 0)
		fail_msg("%s", err.text);
}

static struct drawn draw(enum sample which)
{
	struct drawn d = {.arena = arena_new(256u << 20)};

	assert_non_null(d.arena);
	d.estate = sample_estate(d.arena, which);
	redraw(&d);
	return d;
}

static struct drawn draw_campus(const struct campus *campus)
{
	struct drawn d = {.arena = arena_new(512u << 20)};

	assert_non_null(d.arena);
	d.estate = campus_estate(d.arena, campus);
	redraw(&d);
	return d;
}

static const struct scene_item *text_of(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strstr(scene->items[i].text.text, text))
			return &scene->items[i];
	return NULL;
}

static size_t faults(const struct scene *scene)
{
	return check_texts(scene) + check_boxes(scene) + check_links(scene) +
	       check_legend(scene);
}

static size_t count_bridges(const struct scene *scene)
{
	struct check_box map = check_map(scene);
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].style == THEME_ROUTER &&
		     check_extent(&scene->items[i]).x2 < map.x2;
	return n;
}

static void test_samples(void **state)
{
	(void)state;
	for (int i = 0; i < SAMPLE_N; i++) {
		struct drawn d = draw((enum sample)i);

		if (faults(d.scene))
			fail_msg("%s", sample_name((enum sample)i));
		arena_free(d.arena);
	}
}

/* The historian is not expected; the routers come after it, the one at the Internet first. */
static void test_lab(void **state)
{
	struct drawn d = draw(SAMPLE_LAB);
	static const char *const order[] = {"historian", "border", "core", "router-a"};

	(void)state;
	assert_int_equal(count_bridges(d.scene), 4);
	for (size_t i = 0; i < 4; i++) {
		const struct scene_item *name = text_of(d.scene, order[i]);
		bool found = false;

		assert_non_null(name);
		for (size_t k = 0; k < d.scene->n_items && !found; k++) {
			const struct scene_item *item = &d.scene->items[k];
			char rank[8];

			snprintf(rank, sizeof(rank), "%zu", i + 1);
			found = item->kind == SCENE_TEXT && item->text.anchor == SCENE_END &&
				strcmp(item->text.text, rank) == 0 &&
				item->text.y > name->text.y - 3 &&
				item->text.y < name->text.y + 3;
		}
		assert_true(found);
	}
	assert_non_null(text_of(d.scene, "Not expected to join networks: 1"));
	assert_non_null(text_of(d.scene, "Routers and firewalls: 3"));
	assert_non_null(text_of(d.scene, "networks 3, zones 2, Internet side"));
	assert_true(text_of(d.scene, "historian")->text.y < text_of(d.scene, "border")->text.y);
	arena_free(d.arena);
}

/* What two languages have no room for is said in one. */
static void test_in_both_languages(void **state)
{
	struct drawn d;

	(void)state;
	request.language = MAP_BOTH_LANGUAGES;
	d = draw(SAMPLE_LAB);
	request.language = MAP_ENGLISH;
	assert_non_null(text_of(d.scene, "networks 3, zones 2, Internet side"));
	assert_non_null(text_of(d.scene, "networks \xe7\xbd\x91\xe7\xbb\x9c 2"));
	arena_free(d.arena);
}

/* As many lines as there are pairs, and no line crosses a box. */
static void test_every_pair_is_drawn(void **state)
{
	struct drawn d = draw(SAMPLE_LAB);
	struct tangle t;

	(void)state;
	tangle_of_scene(d.scene, &t);
	assert_int_equal(t.n_lines, 2 + 3 + 5 + 2);
	assert_int_equal(t.hits + t.overlaps, 0);
	assert_true(t.crossings <= 3);
	tangle_done(&t);
	arena_free(d.arena);
}

static void test_what_does_not_fit_is_counted(void **state)
{
	static const struct campus large = {8, 10, 100, 20000, 0, 40};
	struct drawn d = draw_campus(&large);
	unsigned int all = 0, unexpected = 0, left = 0;

	(void)state;
	assert_int_equal(faults(d.scene), 0);
	for (size_t i = 0; i < d.scene->n_items; i++)
		if (d.scene->items[i].kind == SCENE_TEXT) {
			sscanf(d.scene->items[i].text.text,
				"Assets in several networks: %u; not", &all);
			sscanf(d.scene->items[i].text.text,
				"Not drawn, the last by rank: %u assets.", &left);
			sscanf(d.scene->items[i].text.text, "Not expected to join networks: %u",
				&unexpected);
		}
	assert_true(all > 700 && unexpected == all - 16);
	assert_int_equal(count_bridges(d.scene) + left, all);
	arena_free(d.arena);
}

static void test_twice_is_the_same(void **state)
{
	static const struct campus campus = {5, 4, 8, 1000, 60, 20};
	struct drawn a = draw_campus(&campus), b = draw_campus(&campus);

	(void)state;
	assert_int_equal(check_same(a.scene, b.scene), 0);
	arena_free(a.arena);
	arena_free(b.arena);
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
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_lab), cmocka_unit_test(test_in_both_languages),
		cmocka_unit_test(test_every_pair_is_drawn),
		cmocka_unit_test(test_what_does_not_fit_is_counted),
		cmocka_unit_test(test_twice_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
