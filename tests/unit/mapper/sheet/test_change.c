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

#include <math.h>

static const struct sheet_request request = {
	.title = "Change", .number = 1, .total = 1, .overlays = MAP_OVERLAYS_DEFAULT};

struct drawn {
	struct arena *now, *then;
	struct estate estate;
	struct model *model;
	struct scene *scene;
};

/* Of seven assets one is new, of nine one is another now; one more has another name. */
static struct drawn draw_on(
	enum sample which, sheet_maker *maker, bool joined, enum map_paper paper)
{
	struct sheet_request asked = request;
	struct drawn d = {
		arena_new(SAMPLE_ARENA_MAX), arena_new(SAMPLE_ARENA_MAX), {0}, NULL, NULL};
	struct estate *now = sample_estate(d.now, which), *then = sample_estate(d.then, which);
	struct error err = {0};
	int r;

	asked.paper = paper;
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
		r = maker(d.model, &asked, &d.scene, &err);
	if (r < 0)
		fail_msg("%s: %s", sample_name(which), err.text);
	return d;
}

static struct drawn draw(enum sample which, sheet_maker *maker, bool joined)
{
	return draw_on(which, maker, joined, MAP_PAPER_AUTO);
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

/* Every second link is gone, and with it every third router: their lines are drawn, run through
 * no box and over no name, as the others. */
static void gone_links_keep_clear(void **state)
{
	static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_CITY, SAMPLE_NETWORKS};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(samples); s++) {
		struct drawn d = {
			arena_new(1ul << 30), arena_new(1ul << 30), {0}, NULL, NULL};
		struct estate *now = sample_estate(d.now, samples[s]);
		struct estate *then = sample_estate(d.then, samples[s]);
		struct error err = {0};
		uint32_t links = 0, n = 0;
		size_t gone;

		then->as_of_us -= 1000000;
		for (uint32_t i = 0; i < now->n_assets; i++)
			if (now->assets[i].role == ASSET_ROLE_ROUTER && n++ % 3 == 2)
				now->assets[i].id += 9000000;
		for (uint32_t i = 0; i < now->n_links; i++)
			if (i % 2)
				now->links[links++] = now->links[i];
		now->n_links = links;
		assert_int_equal(estate_difference(now, then, d.now, &d.estate, &err), 0);
		assert_int_equal(model_make(&d.estate, d.now, &d.model, &err), 0);
		assert_int_equal(sheet_topology(d.model, &request, &d.scene, &err), 0);
		gone = count(d.scene, SCENE_LINE, THEME_LINK_GONE);
		if (gone < 3 || check_links(d.scene) + check_texts(d.scene) +
						check_boxes(d.scene) + check_legend(d.scene) >
					0)
			fail_msg(
				"%s: %zu lines of what is gone", sample_name(samples[s]), gone);
		done(&d);
	}
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

/* What changed and is exposed says both: in cells of every size no mark lies on another. */
static void marks_of_a_cell_keep_clear(void **state)
{
	static const enum map_paper papers[] = {MAP_PAPER_A4, MAP_PAPER_A2, MAP_PAPER_A0};

	(void)state;
	for (size_t p = 0; p < sizeof(papers) / sizeof(*papers); p++) {
		struct drawn d = draw_on(SAMPLE_CITY, sheet_district, true, papers[p]);
		size_t both = 0;

		for (size_t i = 0; i < d.scene->n_items; i++) {
			const struct scene_item *mark = &d.scene->items[i];

			/* The mark of a cell and the triangle of it follow each other. */
			for (size_t k = i < 3 ? 0 : i - 3;
				k < d.scene->n_items && k < i + 3 &&
				mark->layer == SCENE_CHANGE && mark->kind == SCENE_SYMBOL;
				k++) {
				const struct scene_item *other = &d.scene->items[k];
				struct check_box a = check_extent(mark),
						 b = check_extent(other);

				if (other->layer != SCENE_EXPOSURE ||
					other->kind != SCENE_SYMBOL || fabs(a.x1 - b.x1) > 20 ||
					fabs(a.y1 - b.y1) > 20)
					continue;
				both++;
				assert_true(a.x2 <= b.x1 + 0.06 || b.x2 <= a.x1 + 0.06 ||
					    a.y2 <= b.y1 + 0.06 || b.y2 <= a.y1 + 0.06);
			}
		}
		assert_true(both > 3);
		done(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_on_both_sheets),
		cmocka_unit_test(what_is_gone_has_no_alarm),
		cmocka_unit_test(one_day_has_no_marks),
		cmocka_unit_test(gone_links_keep_clear),
		cmocka_unit_test(every_size),
		cmocka_unit_test(marks_of_a_cell_keep_clear),
	};

	return RUN(tests);
}
