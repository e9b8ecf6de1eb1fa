/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlays: every one on every sheet, legible and explained by the legend; what is switched off
 * is nowhere on it; who answers for what, how old evidence is, which zone, which conduit.
 */
#include "mapper/sheet/overlay.h"

#include "common/cleanup.h"
#include "common/text.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/sheet.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/sample_register.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static sheet_maker *const makers[] = {sheet_topology, sheet_district};

struct drawn {
	struct arena *arena;
	struct estate *estate;
	struct model *model;
	struct scene *scene;
};

static struct drawn draw(enum sample which, sheet_maker *maker, unsigned int overlays,
	enum map_language language)
{
	struct drawn d = {.arena = arena_new(256u << 20)};
	struct sheet_request request = {.title = "Network map",
		.number = 1,
		.total = 1,
		.overlays = overlays,
		.language = language};
	const struct estate *shown;
	struct error err = {0};

	assert_non_null(d.arena);
	d.estate = sample_estate(d.arena, which);
	sample_register(d.estate);
	assert_int_equal(overlay_estate(d.estate, overlays, d.arena, &shown, &err), 0);
	assert_int_equal(model_make(shown, d.arena, &d.model, &err), 0);
	if (maker(d.model, &request, &d.scene, &err) < 0)
		fail_msg("%s: %s", sample_name(which), err.text);
	return d;
}

static size_t count(const struct scene *scene, enum theme_style style)
{
	double right = check_map(scene).x2;
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].style == style &&
		     check_extent(&scene->items[i]).x1 < right;
	return n;
}

/* In a text or a tooltip, anywhere on the sheet. */
static bool says(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		if ((item->kind == SCENE_TEXT && strstr(item->text.text, text)) ||
			(item->title && strstr(item->title, text)))
			return true;
	}
	return false;
}

static void test_all_on_every_sheet(void **state)
{
	static const enum sample samples[] = {
		SAMPLE_LAB, SAMPLE_HOSTILE, SAMPLE_EMPTY, SAMPLE_ONE_HOST, SAMPLE_CITY};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(samples); s++)
		for (size_t m = 0; m < ARRAY_SIZE(makers); m++)
			for (int language = 0; language < 3; language++) {
				struct drawn d = draw(samples[s], makers[m], MAP_OVERLAYS_ALL,
					(enum map_language)language);
				size_t faults = check_texts(d.scene) + check_boxes(d.scene) +
						check_links(d.scene) + check_legend(d.scene);

				if (faults > 0)
					fail_msg("%s, %s: %zu faults", sample_name(samples[s]),
						d.scene->name, faults);
				arena_free(d.arena);
			}
}

/* What each overlay draws, and nothing else does. */
static const struct {
	enum map_overlay overlay;
	enum scene_layer layer;
	enum theme_style styles[4];
	size_t n;
	const char *words[4];
} rows[] = {
	{MAP_OVERLAY_CII, SCENE_CII,
		{THEME_SYSTEM_CII, THEME_CII_OUTLINE, THEME_CII_BADGE, THEME_CII_CASING}, 4,
		{"CII", "LH-2026-001", "关键信息基础设施"}},
	{MAP_OVERLAY_TIER, SCENE_LAYER_N,
		{THEME_CELL_UNRATED, THEME_CELL_TIER2, THEME_CELL_TIER3}, 3,
		{"tier ", "Protection tier"}},
	{MAP_OVERLAY_EXPOSURE, SCENE_EXPOSURE, {THEME_EXPOSURE}, 1,
		{"xposed", "Exposed", "互联网暴露面"}},
	{MAP_OVERLAY_RESPONSIBILITY, SCENE_RESPONSIBILITY,
		{THEME_OWNER, THEME_OWNER_CASING, THEME_OWNER_BADGE}, 3,
		{"Pearl Hosting", "Grid Automation Centre", "Responsibility"}},
	{MAP_OVERLAY_ZONES, SCENE_ZONES, {THEME_ZONE, THEME_ZONE_BADGE}, 2,
		{"Purdue", "SL-T", "onduit"}},
	{MAP_OVERLAY_FINDINGS, SCENE_FINDINGS, {THEME_FINDING}, 1, {"indings", "! "}},
	{MAP_OVERLAY_AGE, SCENE_AGE, {THEME_AGE}, 1, {"Met within", "Age of"}},
};

static void check_row(const struct scene *scene, size_t row, bool on)
{
	for (size_t i = 0; i < rows[row].n; i++)
		if ((count(scene, rows[row].styles[i]) > 0) != on)
			fail_msg("%s: style %s is %s", scene->name,
				theme_styles[rows[row].styles[i]].name,
				on ? "missing" : "there");
	for (size_t i = 0; i < 4 && rows[row].words[i] && !on; i++)
		if (says(scene, rows[row].words[i]))
			fail_msg("%s still says \"%s\"", scene->name, rows[row].words[i]);
	if (rows[row].layer < SCENE_LAYER_N)
		assert_true(scene_has_layer((const struct scene *const[]){scene}, 1,
				    rows[row].layer) == on);
}

static void test_each_alone(void **state)
{
	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++)
		for (size_t on = 0; on <= ARRAY_SIZE(rows); on++) {
			unsigned int overlays = on < ARRAY_SIZE(rows)
							? (unsigned int)rows[on].overlay
							: MAP_OVERLAYS_NONE;
			struct drawn d =
				draw(SAMPLE_LAB, makers[m], overlays, MAP_BOTH_LANGUAGES);

			for (size_t row = 0; row < ARRAY_SIZE(rows); row++)
				check_row(d.scene, row, row == on);
			assert_true((count(d.scene, THEME_CELL_NEUTRAL) > 0) ==
				    !overlay_on(overlays, MAP_OVERLAY_TIER));
			assert_int_equal(check_texts(d.scene) + check_boxes(d.scene) +
						 check_links(d.scene) + check_legend(d.scene),
				0);
			arena_free(d.arena);
		}
}

/* Nothing asked for is the usual four: what is critical, how well it is to be protected, what
 * the Internet reaches, and who answers for it. */
static void test_the_usual(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, sheet_district, 0, MAP_BOTH_LANGUAGES);

	(void)state;
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++)
		check_row(d.scene, row, row < 4);
	arena_free(d.arena);
}

static void test_who_is_responsible(void **state)
{
	struct drawn d =
		draw(SAMPLE_LAB, sheet_district, MAP_OVERLAY_RESPONSIBILITY, MAP_ENGLISH);
	const struct overlay *o = overlay_of(d.model);
	char code[OVERLAY_CODE_MAX];
	uint32_t others = 0;

	(void)state;
	assert_non_null(o);
	assert_int_equal(o->n_owners, 4); /* one of them of a system outside */
	assert_string_equal(o->owners[0], "Grid Automation Centre");
	assert_int_equal(overlay_system_owner(d.model, 0), 0); /* operates, before manages */
	assert_int_equal(overlay_system_owner(d.model, 2), 1); /* its organisation */
	assert_int_equal(overlay_system_owner(d.model, MODEL_NONE), MODEL_NONE);
	assert_int_equal(overlay_owner(d.model, 3), 2); /* states its own */
	for (uint32_t i = 0; i < d.estate->n_assets; i++)
		others += overlay_owner(d.model, i) != MODEL_NONE &&
			  overlay_owner(d.model, i) !=
				  overlay_system_owner(d.model, d.estate->assets[i].system);
	assert_int_equal(count(d.scene, THEME_OWNER), others);
	assert_true(says(d.scene, "; responsible: Pearl Hosting"));
	assert_string_equal(overlay_code(0, code), "A");
	assert_string_equal(overlay_code(25, code), "Z");
	assert_string_equal(overlay_code(26, code), "AA");
	assert_string_equal(overlay_code(UINT32_MAX - 1, code), "MWLQKWU");
	arena_free(d.arena);
}

/* More organisations than the key has room for are counted. */
/* On a slide too, where single assets are not drawn. */
static void test_who_is_responsible_on_a_slide(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, sheet_slide, MAP_OVERLAYS_ALL, MAP_ENGLISH);

	(void)state;
	assert_int_equal(count(d.scene, THEME_OWNER_BADGE), 4);
	assert_true(says(d.scene, "Grid Automation Centre"));
	assert_int_equal(
		check_texts(d.scene) + check_boxes(d.scene) + check_legend(d.scene), 0);
	arena_free(d.arena);
}

static void test_many_organisations(void **state)
{
	struct drawn d = {.arena = arena_new(256u << 20)};
	struct sheet_request request = {.title = "x", .number = 1, .total = 1,
		.overlays = MAP_OVERLAY_RESPONSIBILITY};
	struct error err = {0};

	(void)state;
	d.estate = sample_estate(d.arena, SAMPLE_CITY);
	for (uint32_t i = 0; i < d.estate->n_systems; i++)
		d.estate->systems[i].operates = arena_printf(d.arena, "Operator %02u", i);
	assert_int_equal(model_make(d.estate, d.arena, &d.model, &err), 0);
	assert_int_equal(sheet_district(d.model, &request, &d.scene, &err), 0);
	assert_true(says(d.scene, " more"));
	assert_int_equal(check_texts(d.scene) + check_legend(d.scene), 0);
	for (uint32_t i = 0; i < d.estate->n_assets; i++)
		d.estate->assets[i].responsible =
			arena_printf(d.arena, "Operator %04u", i % 500);
	assert_int_equal(model_make(d.estate, d.arena, &d.model, &err), 0);
	assert_int_equal(sheet_district(d.model, &request, &d.scene, &err), 0);
	assert_true(says(d.scene, "in all: not all are told here"));
	assert_int_equal(check_texts(d.scene) + check_legend(d.scene), 0);
	arena_free(d.arena);
}

/* The fullest legend that there is still fits above the notes. */
static void test_the_fullest_legend(void **state)
{
	struct drawn d = {.arena = arena_new(256u << 20)};
	struct sheet_request request = {.title = "x",
		.marking = "FOR OFFICIAL USE",
		.scope = "198.18.0.0/15 and 2001:db8::/32 without what lies behind the leased lines",
		.number = 1,
		.total = 1,
		.overlays = MAP_OVERLAYS_ALL};
	struct error err = {0};

	(void)state;
	d.estate = sample_estate(d.arena, SAMPLE_LAB);
	sample_register(d.estate);
	for (uint32_t i = 0; i < d.estate->n_assets; i++) {
		d.estate->assets[i].responsible =
			arena_printf(d.arena, "Operator %02u", i % 30);
		d.estate->assets[i].role = (enum asset_role)(i % ASSET_ROLE_N);
		if (i > 34)
			d.estate->assets[i].system = ESTATE_NONE;
	}
	d.estate->systems[1].tier = 1;
	d.estate->systems[2].tier = 4;
	d.estate->systems[3].tier = 5;
	assert_int_equal(model_make(d.estate, d.arena, &d.model, &err), 0);
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		assert_int_equal(makers[m](d.model, &request, &d.scene, &err), 0);
		assert_int_equal(check_texts(d.scene) + check_boxes(d.scene) +
					 check_legend(d.scene), 0);
		assert_true(says(d.scene, "and 2"));
	}
	arena_free(d.arena);
}

static void test_age_of_evidence(void **state)
{
	static const struct {
		int64_t hours;
		enum overlay_age age;
	} ages[] = {{0, AGE_DAY}, {24, AGE_DAY}, {25, AGE_WEEK}, {168, AGE_WEEK},
		{169, AGE_MONTH}, {744, AGE_MONTH}, {745, AGE_OLDER}, {-5, AGE_DAY}};
	struct estate estate = {.as_of_us = 1764086400LL * 1000000};
	struct estate_asset asset = {0};
	struct drawn d = draw(SAMPLE_LAB, sheet_topology, MAP_OVERLAY_AGE, MAP_ENGLISH);
	uint32_t n[AGE_N] = {0};
	char text[64];

	(void)state;
	assert_int_equal(overlay_age(&estate, &asset), AGE_NEVER);
	for (size_t i = 0; i < ARRAY_SIZE(ages); i++) {
		asset.seen_us = estate.as_of_us - ages[i].hours * 3600 * 1000000;
		assert_int_equal(overlay_age(&estate, &asset), ages[i].age);
	}
	/* The legend counts assets: the historian, drawn twice, is one. */
	for (uint32_t i = 0; i < d.estate->n_assets; i++)
		n[overlay_age(d.estate, &d.estate->assets[i])]++;
	snprintf(text, sizeof(text), "Longer ago: %u", n[AGE_OLDER]);
	assert_true(says(d.scene, text));
	snprintf(text, sizeof(text), "Met within a day: %u", n[AGE_DAY]);
	assert_true(says(d.scene, text));
	arena_free(d.arena);
}

static void test_zones_and_conduits(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, sheet_topology, MAP_OVERLAY_ZONES, MAP_ENGLISH);
	struct drawn plain = draw(SAMPLE_LAB, sheet_topology, MAP_OVERLAYS_NONE, MAP_ENGLISH);

	(void)state;
	assert_true(says(d.scene, "control, Purdue 2, computing environment, SL-T 3"));
	assert_true(says(d.scene, "boundary, Purdue 3.5, area boundary, SL-T 2"));
	/* The frame of the Internet is its own; transit and wan are in no zone. */
	assert_int_equal(count(d.scene, THEME_ZONE), 6);
	/* Control and office by the core; the DMZ and management by the border, transit,
	 * core. */
	assert_true(count(d.scene, THEME_CONDUIT) >= 5);
	assert_true(says(d.scene, "Conduit DMZ to management: boundary"));
	assert_true(says(d.scene, "Conduits that no link on this sheet passes: 1."));
	assert_false(says(plain.scene, "onduit"));
	assert_string_equal(overlay_zone_text(d.model, 3, MAP_CHINESE),
		measure_can_show("安全区域边界") ? "boundary, 普渡 3.5 层, 安全区域边界, SL-T 2"
						 : overlay_zone_text(d.model, 3, MAP_ENGLISH));
	assert_int_equal(count(plain.scene, THEME_CONDUIT), 0);
	arena_free(d.arena);
	arena_free(plain.arena);
}

/* The estate of the caller is not touched, and not copied without need. */
/* Long names are cut between characters. */
static void test_names_are_cut_whole(void **state)
{
	struct drawn d = {.arena = arena_new(256u << 20)};
	struct sheet_request request = {.title = "x", .number = 1, .total = 1,
		.overlays = MAP_OVERLAYS_ALL};
	struct error err = {0};
	char *name;

	(void)state;
	d.estate = sample_estate(d.arena, SAMPLE_LAB);
	sample_register(d.estate);
	name = arena_alloc(d.arena, 3 * 3000 + 2);
	name[0] = 'x';
	for (int i = 0; i < 3000; i++)
		memcpy(name + 1 + 3 * i, "控", 3);
	for (uint32_t i = 0; i < d.estate->n_zones; i++)
		d.estate->zones[i].protects = name;
	for (uint32_t i = 0; i < d.estate->n_conduits; i++)
		d.estate->conduits[i].name = d.estate->conduits[i].device = name;
	for (uint32_t i = 0; i < d.estate->n_assets; i++)
		d.estate->assets[i].responsible = name;
	assert_int_equal(model_make(d.estate, d.arena, &d.model, &err), 0);
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		assert_int_equal(makers[m](d.model, &request, &d.scene, &err), 0);
		assert_int_equal(check_texts(d.scene) + check_legend(d.scene), 0);
		for (size_t i = 0; i < d.scene->n_items; i++)
			assert_true(!d.scene->items[i].title ||
				    text_is_clean(d.scene->items[i].title,
					    strlen(d.scene->items[i].title)));
	}
	arena_free(d.arena);
}

static void test_switching_off(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	_cleanup_(arena_freep) struct arena *small = arena_new(100);
	struct estate *e = sample_estate(arena, SAMPLE_LAB);
	const struct estate *shown;
	struct error err = {0};

	(void)state;
	assert_int_equal(overlay_estate(e, 0, arena, &shown, &err), 0);
	assert_ptr_equal(shown, e);
	assert_int_equal(overlay_estate(e, MAP_OVERLAY_TIER, arena, &shown, &err), 0);
	assert_int_equal(shown->systems[0].tier, 3);
	assert_int_equal(shown->systems[0].designated, 0);
	assert_int_equal(e->systems[0].designated, 1);
	for (uint32_t i = 0; i < e->n_services; i++)
		assert_int_equal(shown->services[i].exposed, 0);
	assert_int_equal(
		overlay_estate(e, MAP_OVERLAYS_NONE, small, &shown, &err), ERROR_SYSTEM);
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
		cmocka_unit_test(test_all_on_every_sheet),
		cmocka_unit_test(test_each_alone),
		cmocka_unit_test(test_the_usual),
		cmocka_unit_test(test_who_is_responsible),
		cmocka_unit_test(test_who_is_responsible_on_a_slide),
		cmocka_unit_test(test_many_organisations),
		cmocka_unit_test(test_the_fullest_legend),
		cmocka_unit_test(test_age_of_evidence),
		cmocka_unit_test(test_zones_and_conduits),
		cmocka_unit_test(test_names_are_cut_whole),
		cmocka_unit_test(test_switching_off),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
