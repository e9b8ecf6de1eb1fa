/* SPDX-License-Identifier: Apache-2.0 */
/* Every sample on both sheets: legible, apart, explained by its legend, the same each time. */
#include "mapper/sheet/sheet.h"

#include "mapper/render/measure.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>

static const struct sheet_request request = {.title = "Network map of Lanhe",
	.scope = "198.18.0.0/15 and 2001:db8::/32 without what lies behind the leased lines",
	.marking = "FOR OFFICIAL USE",
	.number = 1,
	.total = 2};

struct drawn {
	struct arena *arena;
	struct estate *estate;
	struct model *model;
	struct scene *scene;
};

static struct drawn draw(enum sample which, bool district)
{
	struct drawn d = {.arena = arena_new(256u << 20)};
	struct error err = {0};

	assert_non_null(d.arena);
	d.estate = sample_estate(d.arena, which);
	assert_int_equal(model_make(d.estate, d.arena, &d.model, &err), 0);
	if ((district ? sheet_district : sheet_topology)(d.model, &request, &d.scene, &err) < 0)
		fail_msg("%s: %s", sample_name(which), err.text);
	return d;
}

static bool has_text(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strcmp(scene->items[i].text.text, text) == 0)
			return true;
	return false;
}

static bool contains(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strstr(scene->items[i].text.text, text))
			return true;
	return false;
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

static void check_all(enum sample which, bool district)
{
	struct drawn d = draw(which, district);
	size_t faults = check_texts(d.scene) + check_boxes(d.scene) + check_links(d.scene) +
			check_legend(d.scene);

	if (faults > 0)
		print_error("%s, %s: %zu faults\n", sample_name(which), d.scene->name, faults);
	assert_int_equal(faults, 0);
	arena_free(d.arena);
}

static void test_topology(void **state)
{
	check_all(*(enum sample *)*state, false);
}

static void test_district(void **state)
{
	check_all(*(enum sample *)*state, true);
}

static void test_topology_of_the_lab(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, false);

	(void)state;
	assert_true(d.scene->width_mm == 420 && d.scene->height_mm == 297);
	assert_int_equal(d.model->n_joints, 4);
	assert_int_equal(count(d.scene, SCENE_RECT, THEME_ROUTER), 4);
	assert_int_equal(count(d.scene, SCENE_RECT, THEME_SUBNET), 8);
	assert_int_equal(count(d.scene, SCENE_RECT, THEME_INTERNET), 1);
	assert_int_equal(count(d.scene, SCENE_RECT, THEME_SYSTEM_CII), 1);
	assert_int_equal(count(d.scene, SCENE_RECT, THEME_SYSTEM), 4);
	assert_true(has_text(d.scene, "CII LH-2026-001"));
	assert_true(has_text(d.scene, "Distribution dispatch SCADA"));
	assert_true(has_text(d.scene, "198.18.10.0/24 \xc2\xb7 2001:db8:10::/64"));
	assert_true(has_text(d.scene, "exposed: 80, 443"));
	assert_true(has_text(d.scene, "2025-11-25 16:00:00 UTC"));
	assert_true(has_text(d.scene, "1/2, A3"));
	/* border 3, core 5, router-a 2, router-b 1, and router-b's way into substation B. */
	assert_int_equal(count(d.scene, SCENE_LINE, THEME_LINK_MEASURED), 12);
	assert_int_equal(count(d.scene, SCENE_LINE, THEME_LINK_ATTESTED), 1);
	assert_int_equal(count(d.scene, SCENE_LINE, THEME_LINK_DERIVED), 1);
	assert_int_equal(count(d.scene, SCENE_LINE, THEME_TIE), 1);
	/* 18 assets of the CII system in networks, the historian twice, and two routers. */
	assert_int_equal(count(d.scene, SCENE_LINE, THEME_CII_OUTLINE), 20);
	arena_free(d.arena);
}

/* The networks of a system fill its region from side to side, shelf by shelf. */
static void test_regions_are_filled(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, false);
	size_t regions = 0;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *region = &d.scene->items[i];
		struct check_box box = check_extent(region), map = check_map(d.scene);
		double right = 0;

		if (region->kind != SCENE_RECT || box.x2 > map.x2 ||
			region->style != THEME_SYSTEM)
			continue;
		for (size_t k = 0; k < d.scene->n_items; k++) {
			const struct scene_item *item = &d.scene->items[k];
			struct check_box b = check_extent(item);

			if (item->kind == SCENE_RECT && item->style == THEME_SUBNET &&
				b.x1 > box.x1 && b.x2 < box.x2 && b.y1 > box.y1 &&
				b.y2 < box.y2)
				right = fmax(right, b.x2);
		}
		assert_true(box.x2 - right < 6);
		regions++;
	}
	assert_int_equal(regions, 4);
	arena_free(d.arena);
}

/* Every cell of a small estate says what it is, in text that can be read. */
static void test_cells_of_a_small_estate(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, true);
	struct check_box map = check_map(d.scene);

	(void)state;
	assert_true(has_text(d.scene, "relay-a1"));
	assert_true(has_text(d.scene, "198.18.40.13"));
	assert_true(has_text(d.scene, "SEL SEL-421-4"));
	assert_true(has_text(d.scene, "open: 23, 20000"));
	assert_true(has_text(d.scene, "exposed: 80, 443"));
	assert_true(has_text(d.scene, "3"));
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];
		struct check_box box = check_extent(item);

		if (item->layer == SCENE_ASSETS && item->kind == SCENE_RECT)
			assert_true(item->rect.w > item->rect.h);
		if (item->kind == SCENE_TEXT && item->layer == SCENE_LABELS &&
			box.x2 < map.x2 && item->style == THEME_TEXT)
			assert_true(item->text.size_pt >= 6);
	}
	arena_free(d.arena);
}

/* A cell once per network on the topology, exactly once on the district sheet. */
static void test_every_asset_has_its_mark(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, false), e = draw(SAMPLE_CITY, true);
	uint32_t *seen = calloc(e.estate->n_assets, sizeof(*seen));
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++)
		n += d.scene->items[i].layer == SCENE_ASSETS &&
		     d.scene->items[i].kind == SCENE_RECT;
	assert_int_equal(n, 39 + 1); /* the historian twice */
	assert_non_null(seen);
	for (size_t i = 0; i < e.scene->n_items; i++)
		if (e.scene->items[i].layer == SCENE_ASSETS &&
			e.scene->items[i].kind == SCENE_RECT)
			seen[e.scene->items[i].asset]++;
	for (uint32_t i = 0; i < e.estate->n_assets; i++)
		assert_int_equal(seen[i], 1);
	free(seen);
	arena_free(d.arena);
	arena_free(e.arena);
}

static void assert_same(const struct scene *a, const struct scene *b)
{
	assert_int_equal(a->n_items, b->n_items);
	for (size_t i = 0; i < a->n_items; i++) {
		struct check_box x = check_extent(&a->items[i]), y = check_extent(&b->items[i]);

		assert_int_equal(a->items[i].style, b->items[i].style);
		assert_memory_equal(&x, &y, sizeof(x));
		if (a->items[i].kind == SCENE_TEXT)
			assert_string_equal(a->items[i].text.text, b->items[i].text.text);
	}
}

static void test_twice_is_the_same(void **state)
{
	static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_HOSTILE, SAMPLE_STAR};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (int district = 0; district < 2; district++) {
			struct drawn a = draw(samples[i], district),
				     b = draw(samples[i], district);

			assert_same(a.scene, b.scene);
			arena_free(a.arena);
			arena_free(b.arena);
		}
}

/* In what order links were found must not show. */
static void test_order_of_links_does_not_show(void **state)
{
	struct drawn a = draw(SAMPLE_LAB, false), b = draw(SAMPLE_LAB, false);
	struct error err = {0};

	(void)state;
	for (uint32_t i = 0; i < b.estate->n_links / 2; i++) {
		struct estate_link link = b.estate->links[i];

		b.estate->links[i] = b.estate->links[b.estate->n_links - 1 - i];
		b.estate->links[b.estate->n_links - 1 - i] = link;
	}
	assert_int_equal(model_make(b.estate, b.arena, &b.model, &err), 0);
	assert_int_equal(sheet_topology(b.model, &request, &b.scene, &err), 0);
	assert_same(a.scene, b.scene);
	arena_free(a.arena);
	arena_free(b.arena);
}

static void test_folding_is_counted(void **state)
{
	struct drawn d = draw(SAMPLE_NETWORKS, false);
	size_t boxes = count(d.scene, SCENE_RECT, THEME_SUBNET), folded = 0;
	bool noted = false;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];
		unsigned int n;

		if (item->kind != SCENE_TEXT)
			continue;
		if (strstr(item->text.text, " more network") &&
			sscanf(item->text.text, "%u", &n) == 1)
			folded += n;
		noted |= strncmp(item->text.text, "Folded to keep", 14) == 0;
	}
	assert_true(noted && folded > 0);
	assert_true(
		boxes + d.model->n_joints + count(d.scene, SCENE_RECT, THEME_REGION) <= 150);
	assert_int_equal(folded + boxes, d.model->n_networks);
	arena_free(d.arena);
}

static struct scene *noted(
	struct model *model, enum sheet_paper paper, enum map_language language, uint32_t notes)
{
	struct sheet_request asked = request;
	struct sheet sheet;

	asked.language = language;
	sheet_begin(&sheet, model, &asked, paper, "topology", "Notes", "Notes");
	sheet_note_paper(&sheet);
	for (uint32_t i = 1; i < notes; i++)
		sheet_note(&sheet, "Note %u.", "说明 %u。", i);
	sheet_end(&sheet);
	return sheet.scene;
}

/* Those for which there is no room are counted, on any paper; on the largest none is larger. */
static void test_notes(void **state)
{
	static const enum sheet_paper papers[] = {
		SHEET_A4, SHEET_A3, SHEET_A2, SHEET_A1, SHEET_A0};
	struct drawn d = draw(SAMPLE_LAB, true);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(papers); i++) {
		enum sheet_paper paper = papers[i];
		const struct scene *scene = noted(d.model, paper, MAP_ENGLISH, 12);

		assert_true(has_text(scene, "Note 11."));
		assert_false(has_text(scene, "Notes for which there is no room: 1."));
		assert_int_equal(check_texts(scene), 0);
		assert_int_equal(contains(scene, "arger paper"), paper != SHEET_A0);
		assert_true(contains(scene, "--type atlas"));
		scene = noted(d.model, paper, MAP_ENGLISH, 15);
		assert_true(has_text(scene, "Note 11.") && !has_text(scene, "Note 12."));
		assert_true(has_text(scene, "Notes for which there is no room: 3."));
		assert_false(has_text(scene, "Notes for which there is no room: 2."));
		assert_int_equal(check_texts(scene), 0);
		scene = noted(d.model, paper, MAP_CHINESE, 13);
		assert_true(has_text(scene, "另有说明 1 条，无处列出。"));
		assert_int_equal(contains(scene, "更大图幅"), paper != SHEET_A0);
	}
	arena_free(d.arena);
}

/* One system with 400 networks shows some of them and counts the others. */
static void test_a_system_of_many_networks(void **state)
{
	struct drawn d = draw(SAMPLE_EMPTY, false);
	struct error err = {0};
	size_t folded = 0;
	unsigned int n;

	(void)state;
	d.estate = sample_estate(d.arena, SAMPLE_NETWORKS);
	d.estate->systems[0] = *sample_estate(d.arena, SAMPLE_LAB)->systems;
	d.estate->n_systems = 1;
	for (uint32_t i = 0; i < d.estate->n_assets; i++)
		d.estate->assets[i].system = 0;
	assert_int_equal(model_make(d.estate, d.arena, &d.model, &err), 0);
	assert_int_equal(sheet_topology(d.model, &request, &d.scene, &err), 0);
	assert_int_equal(
		check_texts(d.scene) + check_boxes(d.scene) + check_legend(d.scene), 0);
	for (size_t i = 0; i < d.scene->n_items; i++)
		if (d.scene->items[i].kind == SCENE_TEXT &&
			strstr(d.scene->items[i].text.text, " more network") &&
			sscanf(d.scene->items[i].text.text, "%u", &n) == 1)
			folded += n;
	assert_true(folded > 0);
	assert_int_equal(
		folded + count(d.scene, SCENE_RECT, THEME_SUBNET), d.model->n_networks);
	assert_int_equal(count(d.scene, SCENE_RECT, THEME_SYSTEM_CII), 1);
	arena_free(d.arena);
}

/* The share of the map area under boxes of a layer's styles. */
static double share(const struct scene *scene, const enum theme_style *styles, size_t n)
{
	struct check_box map = check_map(scene);
	double used = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		struct check_box box = check_extent(item);

		for (size_t s = 0; s < n; s++)
			if (item->kind == SCENE_RECT && box.x2 <= map.x2 &&
				item->style == styles[s])
				used += (box.x2 - box.x1) * (box.y2 - box.y1);
	}
	return used / ((map.x2 - map.x1) * (map.y2 - map.y1));
}

#define STRIP 0.08 /* what sectors with small cells leave for systems that come */

/* Nothing is left over outside the sectors; frames and names inside take at most a quarter. */
static void test_use_of_the_map_area(void **state)
{
	static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_CITY, SAMPLE_STAR};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct drawn d = draw(samples[i], true);

		assert_true(share(d.scene, (enum theme_style[]){THEME_REGION}, 1) >= 0.95);
		assert_true(share(d.scene, (enum theme_style[]){THEME_SUBNET, THEME_INTERNET},
				    2) >= 0.75 - (i > 0 ? STRIP : 0));
		arena_free(d.arena);
	}
}

static int done(void **state)
{
	(void)state;
	measure_done();
	return 0;
}

#define OF_SAMPLE(test, which)                                                                 \
	{                                                                                      \
#test " " #which, test, NULL, NULL, &(enum sample)                             \
		{                                                                              \
			which                                                                  \
		}                                                                              \
	}
#define OF_EACH(test)                                                                          \
	OF_SAMPLE(test, SAMPLE_LAB), OF_SAMPLE(test, SAMPLE_HOSTILE),                          \
		OF_SAMPLE(test, SAMPLE_EMPTY), OF_SAMPLE(test, SAMPLE_ONE_HOST),               \
		OF_SAMPLE(test, SAMPLE_NO_LINKS), OF_SAMPLE(test, SAMPLE_STAR),                \
		OF_SAMPLE(test, SAMPLE_SINGLETONS), OF_SAMPLE(test, SAMPLE_NETWORKS),          \
		OF_SAMPLE(test, SAMPLE_CITY)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OF_EACH(test_topology),
		OF_EACH(test_district),
		cmocka_unit_test(test_topology_of_the_lab),
		cmocka_unit_test(test_regions_are_filled),
		cmocka_unit_test(test_cells_of_a_small_estate),
		cmocka_unit_test(test_every_asset_has_its_mark),
		cmocka_unit_test(test_twice_is_the_same),
		cmocka_unit_test(test_order_of_links_does_not_show),
		cmocka_unit_test(test_folding_is_counted),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_a_system_of_many_networks),
		cmocka_unit_test(test_use_of_the_map_area),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
