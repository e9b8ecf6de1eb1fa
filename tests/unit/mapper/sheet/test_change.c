/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sheets of an estate that was joined with another day: every change has its mark, what is gone
 * has no alarm, nothing overlaps, the legend explains what is there; and of one day nothing of
 * it.
 */
#include "mapper/sheet/change.h"

#include "common/model/difference.h"
#include "mapper/render/measure.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

static const struct sheet_request request = {
	.title = "Change", .number = 1, .total = 1, .overlays = MAP_OVERLAYS_DEFAULT};

struct drawn {
	struct arena *now, *then;
	struct estate estate;
	struct model *model;
	struct scene *scene;
};

/* Of seven assets one is new, of nine one is another now; one more has another name. */
static struct drawn draw(enum sample which, sheet_maker *maker, bool joined)
{
	struct drawn d = {
		arena_new(SAMPLE_ARENA_MAX), arena_new(SAMPLE_ARENA_MAX), {0}, NULL, NULL};
	struct estate *now = sample_estate(d.now, which), *then = sample_estate(d.then, which);
	struct error err = {0};
	int r;

	then->as_of_us -= 1000000;
	for (uint32_t i = 0; i < now->n_assets; i++) {
		if (i % 7 == 3)
			then->assets[i].id += 5000000;
		else if (i % 9 == 4)
			now->assets[i].id += 9000000;
		else if (i % 11 == 6)
			then->assets[i].os = "older";
	}
	if (then->n_systems > 0)
		then->systems[0].tier = 1;
	d.estate = *now;
	r = joined ? estate_difference(now, then, d.now, &d.estate, &err) : 0;
	if (r == 0)
		r = model_make(&d.estate, d.now, &d.model, &err);
	if (r == 0)
		r = maker(d.model, &request, &d.scene, &err);
	if (r < 0)
		fail_msg("%s: %s", sample_name(which), err.text);
	return d;
}

static void done(struct drawn *d)
{
	measure_done();
	arena_free(d->now);
	arena_free(d->then);
}

/* On the map, without the legend. */
static size_t count(const struct scene *scene, enum scene_kind kind, enum theme_style style)
{
	double right = check_map(scene).x2;
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].kind == kind && scene->items[i].style == style &&
		     check_extent(&scene->items[i]).x1 < right;
	return n;
}

/* Marks of one change, in cells and heads. */
static size_t symbols(const struct scene *scene, const char *name)
{
	double right = check_map(scene).x2;
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].kind == SCENE_SYMBOL &&
		     scene->items[i].symbol.symbol == theme_symbol_find(name) &&
		     check_extent(&scene->items[i]).x1 < right;
	return n;
}

static bool says(const struct scene *scene, const char *part)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strstr(scene->items[i].text.text, part))
			return true;
	return false;
}

static void marks_on_both_sheets(void **state)
{
	sheet_maker *const makers[] = {sheet_topology, sheet_district};

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct drawn d = draw(SAMPLE_LAB, makers[m], true);
		const uint32_t *n = d.model->changes.n;

		assert_true(n[CHANGE_NEW] > 3 && n[CHANGE_GONE] > 3 && n[CHANGE_CHANGED] > 0);
		assert_int_equal(d.model->n_assets + n[CHANGE_GONE], d.estate.n_assets);
		assert_true(count(d.scene, SCENE_RECT, THEME_CELL_GONE) >= n[CHANGE_GONE]);
		assert_true(symbols(d.scene, "change-new") > n[CHANGE_NEW]); /* and in heads */
		assert_true(symbols(d.scene, "change-gone") > n[CHANGE_GONE]);
		assert_true(symbols(d.scene, "change-changed") > n[CHANGE_CHANGED]);
		assert_true(says(d.scene, "since 2025-11-25"));
		assert_true(says(d.scene, "Gone, in its old place"));
		assert_int_equal(
			check_texts(d.scene) + check_boxes(d.scene) + check_legend(d.scene), 0);
		done(&d);
	}
}

/* What is gone is neither critical nor exposed, and no cell of a tier. */
static void what_is_gone_has_no_alarm(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, sheet_district, true);

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];

		if (item->asset == SCENE_NO_ASSET ||
			d.estate.assets[item->asset].change != CHANGE_GONE)
			continue;
		assert_int_equal(item->style, THEME_CELL_GONE);
		assert_non_null(strstr(item->title, ": gone"));
	}
	done(&d);
}

static void one_day_has_no_marks(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, sheet_topology, false);

	(void)state;
	assert_int_equal(count(d.scene, SCENE_RECT, THEME_CELL_GONE), 0);
	assert_int_equal(symbols(d.scene, "change-new"), 0);
	assert_false(says(d.scene, "Changed"));
	assert_int_equal(d.model->n_assets, d.estate.n_assets);
	done(&d);
}

/* Small cells, many networks, hostile names. */
static void every_size(void **state)
{
	const enum sample which[] = {SAMPLE_HOSTILE, SAMPLE_CITY, SAMPLE_SINGLETONS};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(which); i++) {
		struct drawn d = draw(which[i], sheet_district, true);

		assert_int_equal(
			check_texts(d.scene) + check_boxes(d.scene) + check_legend(d.scene), 0);
		done(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_on_both_sheets),
		cmocka_unit_test(what_is_gone_has_no_alarm),
		cmocka_unit_test(one_day_has_no_marks),
		cmocka_unit_test(every_size),
	};

	return RUN(tests);
}
