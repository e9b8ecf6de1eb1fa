/* SPDX-License-Identifier: Apache-2.0 */
/* What lies around one thing: found by any of its names, whole within the hops, counted beyond.
 */
#include "mapper/focus.h"

#include "mapper/mapper.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/sheet.h"
#include "tests/unit/mapper/campus.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <stdio.h>

#define LEAVES 50000

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new(1024ul << 20);
	return arena ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	measure_done();
	return 0;
}

static struct focus *focus_on(const struct estate *e, const char *what, unsigned int hops)
{
	struct focus *focus = NULL;
	struct error err = {0};

	if (focus_make(e, what, hops, arena, &focus, &err) < 0)
		fail_msg("%s: %s", what, err.text);
	return focus;
}

static void refuse(
	const struct estate *e, const char *what, unsigned int hops, int code, const char *says)
{
	struct focus *focus = NULL;
	struct error err = {0};

	assert_int_equal(focus_make(e, what, hops, arena, &focus, &err), code);
	assert_null(focus);
	if (!strstr(err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static uint32_t asset_called(const struct estate *e, const char *name)
{
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (strncmp(e->assets[i].name, name, strlen(name)) == 0)
			return i;
	return ESTATE_NONE;
}

/* Every reference leads to something, and parts are their asset's. */
static void check_whole(const struct estate *e)
{
	for (uint32_t i = 0; i < e->n_assets; i++) {
		const struct estate_asset *a = &e->assets[i];

		assert_true(a->system == ESTATE_NONE || a->system < e->n_systems);
		assert_true(a->first_address + a->n_addresses <= e->n_addresses);
		for (uint32_t k = 0; k < a->n_addresses; k++)
			assert_int_equal(e->addresses[a->first_address + k].asset, i);
		for (uint32_t k = 0; k < a->n_services; k++)
			assert_int_equal(e->services[a->first_service + k].asset, i);
	}
	for (uint32_t i = 0; i < e->n_addresses; i++)
		assert_true(e->addresses[i].subnet == ESTATE_NONE ||
			    e->addresses[i].subnet < e->n_subnets);
	for (uint32_t i = 0; i < e->n_links; i++)
		assert_true(e->links[i].from < e->n_assets && e->links[i].to < e->n_assets);
	for (uint32_t i = 0; i < e->n_dependencies; i++)
		assert_true(e->dependencies[i].from < e->n_systems &&
			    e->dependencies[i].on < e->n_systems);
}

static void test_by_every_name(void **state)
{
	const struct estate *e = sample_estate(arena, SAMPLE_LAB);
	uint32_t relay = asset_called(e, "relay-a1");
	char id[24];

	(void)state;
	assert_true(relay != ESTATE_NONE);
	snprintf(id, sizeof(id), "%llu", (unsigned long long)e->assets[relay].id);
	for (size_t i = 0; i < 3; i++) {
		const char *const names[] = {"RELAY-A1", "198.18.40.13", id};
		struct focus *f = focus_on(e, names[i], 1);

		assert_int_equal(f->n_found, 1);
		assert_true(asset_called(&f->estate, "relay-a1") != ESTATE_NONE);
		assert_true(f->estate.n_assets < e->n_assets);
		assert_int_equal(f->estate.n_assets + f->n_beyond + f->n_folded, e->n_assets);
		check_whole(&f->estate);
	}
}

static void test_system_and_prefix(void **state)
{
	const struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct focus *system = focus_on(e, e->systems[0].name, 1),
		     *prefix = focus_on(e, "198.18.40.0/24", 1);
	uint32_t members = 0;

	(void)state;
	for (uint32_t i = 0; i < e->n_assets; i++)
		members += e->assets[i].system == 0;
	assert_int_equal(system->n_found, members);
	assert_string_equal(system->name, e->systems[0].name);
	assert_string_equal(prefix->name, "198.18.40.0/24");
	assert_true(prefix->n_found > 1 && prefix->n_found < members + 10);
	check_whole(&system->estate);
	check_whole(&prefix->estate);
}

/* More hops take more, until all that is joined is there; what is farther is said at the edge.
 */
static void test_hops(void **state)
{
	const struct estate *e = sample_estate(arena, SAMPLE_LAB);
	uint32_t before = 0, edges = 0;

	(void)state;
	for (unsigned int hops = 1; hops <= FOCUS_HOPS_MAX; hops++) {
		struct focus *f = focus_on(e, "relay-a1", hops);
		uint32_t n = 0;

		assert_true(f->estate.n_assets >= before);
		assert_int_equal(f->n_folded, 0);
		for (uint32_t i = 0; i < f->estate.n_assets; i++)
			n += strstr(f->estate.assets[i].name, " (+") != NULL;
		edges += n;
		if (n == 0 && hops > 6)
			assert_int_equal(f->n_links, 0);
		before = f->estate.n_assets;
		check_whole(&f->estate);
	}
	assert_true(edges > 0);
	assert_true(before > 30);
}

static void test_what_is_refused(void **state)
{
	const struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct estate *twice = sample_estate(arena, SAMPLE_CITY);

	(void)state;
	twice->assets[5].name = twice->assets[6].name = "twin";
	refuse(e, "no such thing", 1, ERROR_INPUT, "nothing on the map is called");
	refuse(e, "relay", 1, ERROR_INPUT, "did you mean asset relay-a1");
	refuse(e, "10.99.0.0/16", 1, ERROR_INPUT, "no asset is there");
	refuse(e, "", 1, ERROR_INPUT, "around nothing");
	refuse(twice, "twin", 1, ERROR_INPUT, "several things are called \"twin\"");
	refuse(twice, "twin", 1, ERROR_INPUT, "asset twin (1005), asset twin (1006)");
	refuse(twice, "asset-", 1, ERROR_INPUT, " more");
	refuse(e, "relay-a1", 0, ERROR_USAGE, "1 to 16 hops");
	refuse(e, "relay-a1", FOCUS_HOPS_MAX + 1, ERROR_USAGE, "not 17");
}

/* One router, fifty thousand hosts in its network, each linked to it. */
static struct estate *star(void)
{
	struct estate *e = arena_alloc(arena, sizeof(*e));
	struct addr base = addr_v4(0x0a000000u);

	assert_non_null(e);
	*e = *sample_estate(arena, SAMPLE_EMPTY);
	e->assets = arena_alloc(arena, (LEAVES + 1) * sizeof(*e->assets));
	e->addresses = arena_alloc(arena, (LEAVES + 1) * sizeof(*e->addresses));
	e->links = arena_alloc(arena, LEAVES * sizeof(*e->links));
	e->subnets[0] = (struct estate_subnet){cidr_of(&base, 8), "star", ""};
	e->n_subnets = 1;
	assert_true(e->assets && e->addresses && e->links);
	for (uint32_t i = 0; i <= LEAVES; i++) {
		e->assets[i] = (struct estate_asset){.id = 1 + i,
			.name = i ? arena_printf(arena, "leaf-%05u", i) : "hub",
			.role = i ? ASSET_ROLE_TERMINAL : ASSET_ROLE_ROUTER,
			.vendor = "",
			.model = "",
			.os = "",
			.system = ESTATE_NONE,
			.first_address = i,
			.n_addresses = 1};
		e->addresses[i] =
			(struct estate_address){.asset = i, .addr = addr_v4(0x0a000001u + i)};
		if (i > 0)
			e->links[i - 1] =
				(struct estate_link){0, i, LINK_L3, GRADE_MEASURED, 0};
	}
	e->n_assets = e->n_addresses = LEAVES + 1;
	e->n_links = LEAVES;
	return e;
}

static void test_star(void **state)
{
	struct sheet_request request = {.title = "Star", .number = 1, .total = 1};
	const struct estate *e = star();
	static const char *const whats[] = {"hub", "leaf-04711", "10.0.0.0/8"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct focus *f = focus_on(e, whats[i], 1);
		struct error err = {0};
		struct scene *scene;
		struct model *model;

		assert_int_equal(f->estate.n_assets, FOCUS_NETWORK_MAX);
		assert_int_equal(f->estate.n_assets + f->n_folded, LEAVES + 1);
		assert_int_equal(f->n_beyond, 0);
		assert_string_equal(f->estate.subnets[0].name, "star (+49953)");
		assert_true(asset_called(&f->estate, i == 1 ? whats[i] : "hub") != ESTATE_NONE);
		assert_int_equal(model_make(&f->estate, arena, &model, &err), 0);
		assert_int_equal(sheet_topology(model, &request, &scene, &err), 0);
		assert_int_equal(
			check_texts(scene) + check_boxes(scene) + check_links(scene), 0);
	}
}

/* What a map is drawn around stands on it, however much else is folded. */
static void test_focus_is_never_folded(void **state)
{
	static const struct campus campus = {8, 60, 250, 20000, 20000, 50};
	struct estate *e = campus_estate(arena, &campus);
	struct focus *f = focus_on(e, "health system 10", 3);
	struct sheet_request request = {.title = "Focus", .number = 1, .total = 1};
	struct error err = {0};
	struct scene *scene;
	struct model *model;
	bool found = false;

	(void)state;
	assert_string_equal(f->estate.systems[f->system].name, "health system 10");
	request.keep = f->system + 1;
	assert_int_equal(model_make(&f->estate, arena, &model, &err), 0);
	assert_int_equal(sheet_topology(model, &request, &scene, &err), 0);
	for (size_t i = 0; i < scene->n_items; i++)
		found |= scene->items[i].kind == SCENE_TEXT &&
			 strcmp(scene->items[i].text.text, "health system 10") == 0;
	assert_true(found);
}

/* In whatever order links are told. */
static void test_order_of_links_does_not_show(void **state)
{
	struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct focus *a = focus_on(e, "relay-a1", 3), *b;

	(void)state;
	for (uint32_t i = 0; i < e->n_links / 2; i++) {
		struct estate_link link = e->links[i];

		e->links[i] = e->links[e->n_links - 1 - i];
		e->links[e->n_links - 1 - i] = link;
	}
	b = focus_on(e, "relay-a1", 3);
	assert_int_equal(a->estate.n_assets, b->estate.n_assets);
	for (uint32_t i = 0; i < a->estate.n_assets; i++)
		assert_string_equal(a->estate.assets[i].name, b->estate.assets[i].name);
}

/* Through the mapper's door: title and note say what it is and what is left out. */
static void test_on_every_sheet(void **state)
{
	const struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct map_request request = {
		.type = MAP_BOTH, .focus = "relay-a1", .hops = 2, .language = MAP_ENGLISH};
	char path[] = "/tmp/test-focus-XXXXXX.svg", line[4096];
	bool title = false, note = false;
	struct error err = {0};
	int fd = mkstemps(path, 4);
	FILE *f;

	(void)state;
	assert_true(fd >= 0);
	f = fdopen(fd, "r+");
	assert_non_null(f);
	if (map_draw(e, &request, MAP_SVG, path, &err) < 0)
		fail_msg("%s", err.text);
	f = freopen(path, "r", f);
	while (f && fgets(line, sizeof(line), f)) {
		title |= strstr(line, "Around relay-a1, 2 hops") != NULL;
		note |= strstr(line, "Only what is within 2 hops of relay-a1.") != NULL;
	}
	fclose(f);
	remove(path);
	assert_true(title && note);
	request.focus = "nobody";
	assert_int_equal(map_draw(e, &request, MAP_SVG, path, &err), ERROR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_every_name),
		cmocka_unit_test(test_system_and_prefix),
		cmocka_unit_test(test_hops),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_star),
		cmocka_unit_test(test_focus_is_never_folded),
		cmocka_unit_test(test_order_of_links_does_not_show),
		cmocka_unit_test(test_on_every_sheet),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
