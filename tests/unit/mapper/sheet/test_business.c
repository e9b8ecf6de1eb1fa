/* SPDX-License-Identifier: Apache-2.0 */
/* Business and exposure sheets: every sample legible and explained, boundaries, folds,
 * urgency. */
#include "mapper/sheet/business.h"

#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct sheet_request request = {.title = "Network map of Lanhe",
	.marking = "FOR OFFICIAL USE",
	.number = 1,
	.total = 1};

struct drawn {
	struct model *model;
	struct scene *scene;
};

static struct drawn draw_in(struct arena *arena, const struct estate *e, sheet_maker *maker,
	enum map_language language)
{
	struct sheet_request own = request;
	struct error err = {0};
	struct drawn d;

	own.language = language;
	assert_int_equal(model_make(e, arena, &d.model, &err), 0);
	if (maker(d.model, &own, &d.scene, &err) < 0)
		fail_msg("%s", err.text);
	return d;
}

static bool is_card(const struct scene_item *item)
{
	static const enum theme_style styles[] = {THEME_SYSTEM, THEME_BUSINESS,
		THEME_BUSINESS_KEY, THEME_SUPPLIER, THEME_EXTERNAL};

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		if (item->kind == SCENE_RECT && item->style == styles[i])
			return true;
	return false;
}

/* Stretches of lines inside of a card. */
static size_t through_cards(const struct scene *scene)
{
	size_t faults = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *line = &scene->items[i];

		for (size_t p = 1; line->kind == SCENE_LINE && line->layer == SCENE_LINKS &&
				   p < line->line.n;
			p++)
			for (size_t k = 0; k < scene->n_items; k++) {
				const struct scene_point *a = &line->line.points[p - 1],
							 *b = a + 1;
				struct check_box card = check_extent(&scene->items[k]);

				faults += is_card(&scene->items[k]) &&
					  fmin(a->x, b->x) < card.x2 - 0.1 &&
					  fmax(a->x, b->x) > card.x1 + 0.1 &&
					  fmin(a->y, b->y) < card.y2 - 0.1 &&
					  fmax(a->y, b->y) > card.y1 + 0.1;
			}
	}
	return faults;
}

static void check(const struct scene *scene, const char *what)
{
	size_t faults = check_texts(scene) + check_boxes(scene) + check_links(scene) +
			check_legend(scene) + through_cards(scene);

	if (faults > 0)
		print_error("%s, %s: %zu faults\n", what, scene->name, faults);
	assert_int_equal(faults, 0);
}

static size_t texts(const struct scene *scene, const char *part)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].kind == SCENE_TEXT &&
		     strstr(scene->items[i].text.text, part) != NULL;
	return n;
}

static bool noted(const struct scene *scene, const char *part)
{
	return texts(scene, part) > 0;
}

static size_t boxes(const struct scene *scene, enum theme_style style)
{
	double right = check_map(scene).x2;
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].kind == SCENE_RECT && scene->items[i].style == style &&
		     check_extent(&scene->items[i]).x1 < right;
	return n;
}

static void test_samples(void **state)
{
	enum sample which = *(enum sample *)*state;

	for (int i = 0; i < 2; i++)
		for (int language = MAP_BOTH_LANGUAGES; language <= MAP_CHINESE; language++) {
			struct arena *arena = arena_new(512u << 20);
			struct drawn d = draw_in(arena, sample_estate(arena, which),
				i ? sheet_exposure : sheet_business,
				(enum map_language)language);

			check(d.scene, sample_name(which));
			arena_free(arena);
		}
}

static void test_business_of_the_lab(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	struct drawn d =
		draw_in(arena, sample_estate(arena, SAMPLE_LAB), sheet_business, MAP_ENGLISH);

	(void)state;
	assert_int_equal(boxes(d.scene, THEME_BUSINESS_KEY), 1);
	assert_int_equal(boxes(d.scene, THEME_BUSINESS), 1);
	assert_int_equal(boxes(d.scene, THEME_SYSTEM), 4);
	assert_int_equal(boxes(d.scene, THEME_EXTERNAL), 1);
	assert_int_equal(boxes(d.scene, THEME_SUPPLIER), 2);
	assert_int_equal(boxes(d.scene, THEME_SYSTEM_CII), 1);
	/* Dispatch, and what it needs or exchanges with: management, the lines, the office by a
	 * flow, and the website, whose asset needs one of the office. */
	assert_int_equal(boxes(d.scene, THEME_BOUNDARY), 5);
	assert_true(noted(d.scene, "essential \xc2\xb7 another sector"));
	assert_true(noted(d.scene, "Operates: Grid Automation Centre"));
	assert_true(noted(d.scene, "CII LH-2026-001"));
	assert_true(noted(d.scene, "Remote way in for maintenance"));
	assert_true(noted(d.scene, "KEY"));
	arena_free(arena);
}

static void test_exposure_of_the_lab(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct drawn d = draw_in(arena, e, sheet_exposure, MAP_ENGLISH);
	double before = -1;
	uint32_t n = 0;

	(void)state;
	assert_true(noted(d.scene, "Circuit East 100M"));
	assert_true(noted(d.scene, "Southern Telecom"));
	assert_true(noted(d.scene, "ends at: border"));
	assert_true(noted(d.scene, "Delta Relay Works"));
	assert_true(noted(d.scene, "VPN to 198.18.40.20 port 22"));
	assert_true(noted(d.scene, "via border"));
	assert_true(noted(d.scene, "198.18.40.20:22"));
	assert_int_equal(texts(d.scene, "no reason stated") > 0, 1);
	/* The vendor's gateway has no reason and is the first; the website has one of each. */
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];

		if (item->kind != SCENE_SYMBOL || item->style != THEME_EXPOSURE ||
			item->asset == SCENE_NO_ASSET)
			continue;
		if (n++ == 0)
			assert_string_equal(e->assets[item->asset].name, "vendor-gw");
		assert_true(item->symbol.y != before);
		before = item->symbol.y;
	}
	assert_int_equal(n, d.model->n_exposed_services);
	arena_free(arena);
}

/* A circle of needs is one boundary; folds count what they hold. */
static void test_many_systems(void **state)
{
	struct arena *arena = arena_new(512u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_METROPOLIS);
	struct business_graph *g;
	uint32_t n = 0, systems = 0, assets = 0, owned = 0;
	struct drawn d;

	(void)state;
	for (uint32_t i = 0; i < e->n_systems; i++)
		e->systems[i].organisation = arena_printf(arena, "Organisation %u", i % 7);
	d = draw_in(arena, e, sheet_business, MAP_ENGLISH);
	assert_int_equal(business_graph_make(d.model, &business_limits[0], &g), 0);
	for (uint32_t i = 0; i < g->n_nodes; i++) {
		if (g->nodes[i].kind != NODE_SYSTEM)
			continue;
		n++;
		systems += g->nodes[i].n_folded;
		assets += g->nodes[i].n_assets;
	}
	for (uint32_t i = 0; i < e->n_assets; i++)
		owned += e->assets[i].system < e->n_systems;
	assert_true(n <= BUSINESS_SYSTEMS_MAX);
	assert_int_equal(systems, e->n_systems);
	assert_int_equal(assets, owned);
	assert_int_equal(g->n_folds, 7);
	assert_true(noted(d.scene, "Folded by organisation: 252"));
	check(d.scene, "metropolis");
	arena_free(arena);
}

/* What the register derived and what was decided stand as they are, whatever the flows say
 * here. */
static void test_derived_boundaries(void **state)
{
	struct arena *arena = arena_new(512u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct business_graph *g;
	struct drawn d;

	(void)state;
	e->systems[0].maximum = 3;
	d = draw_in(arena, e, sheet_business, MAP_ENGLISH);
	assert_int_equal(business_graph_make(d.model, &business_limits[0], &g), 0);
	assert_int_equal(g->n_within, 0); /* of no key business */
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (e->assets[i].system <= 1)
			e->assets[i].boundary =
				e->assets[i].system == 0 ? ESTATE_IN_MAXIMUM | ESTATE_IN_DECIDED
							 : ESTATE_IN_MAXIMUM;
	e->systems[0].decided = 2;
	d = draw_in(arena, e, sheet_business, MAP_ENGLISH);
	assert_int_equal(business_graph_make(d.model, &business_limits[0], &g), 0);
	assert_int_equal(g->n_within, 2);
	assert_int_equal(g->n_decided, 1);
	assert_int_equal(boxes(d.scene, THEME_BOUNDARY), 1);
	assert_int_equal(boxes(d.scene, THEME_BOUNDARY_DECIDED), 1);
	assert_true(noted(d.scene, "in a maximum boundary 2, in a decided one 1"));
	assert_true(noted(d.scene, "Boundary: 3 assets at most, 2 decided"));
	check(d.scene, "derived boundaries");
	d = draw_in(arena, e, sheet_business, MAP_BOTH_LANGUAGES);
	check(d.scene, "derived boundaries, both languages");
	arena_free(arena);
}

/* That one system has a boundary takes none from the others: theirs is reckoned as before. */
static void test_one_derived_boundary(void **state)
{
	struct arena *arena = arena_new(512u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct business_graph *g;
	struct drawn d;

	(void)state;
	/* Of the website, which needs office, which needs management. */
	e->businesses[0].key = 1;
	e->systems[0].maximum = 3;
	for (uint32_t i = 0; i < e->n_assets; i++)
		if (e->assets[i].system == 0)
			e->assets[i].boundary = ESTATE_IN_MAXIMUM;
	e->n_links = 0;
	d = draw_in(arena, e, sheet_business, MAP_ENGLISH);
	assert_int_equal(business_graph_make(d.model, &business_limits[0], &g), 0);
	assert_int_equal(g->n_within, 4);
	assert_int_equal(g->n_reckoned, 3);
	assert_int_equal(boxes(d.scene, THEME_BOUNDARY), 4);
	assert_true(noted(d.scene, "in a maximum boundary 1, in a decided one 0"));
	assert_true(noted(d.scene, "over needs and flows: 3 systems more"));
	assert_true(noted(d.scene, "derived or reckoned"));
	check(d.scene, "one derived boundary");
	for (int language = MAP_BOTH_LANGUAGES; language <= MAP_CHINESE; language++)
		check(draw_in(arena, e, sheet_business, (enum map_language)language).scene,
			"one derived boundary");
	arena_free(arena);
}

/* The next limits fold more of the same; nothing is lost. */
static void test_limits_fold(void **state)
{
	struct arena *arena = arena_new(512u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_METROPOLIS);
	struct drawn d = draw_in(arena, e, sheet_business, MAP_ENGLISH);
	uint32_t before = UINT32_MAX;

	(void)state;
	for (size_t i = 0; i < n_business_limits; i++) {
		uint32_t systems = 0, nodes = 0, businesses = 0, suppliers = 0;
		struct business_graph *g;

		assert_int_equal(business_graph_make(d.model, &business_limits[i], &g), 0);
		for (uint32_t k = 0; k < g->n_nodes; k++) {
			systems += g->nodes[k].kind == NODE_SYSTEM ? g->nodes[k].n_folded : 0;
			nodes += g->nodes[k].kind == NODE_SYSTEM;
			businesses +=
				g->nodes[k].kind == NODE_BUSINESS ? g->nodes[k].n_folded : 0;
			suppliers += g->nodes[k].kind == NODE_SUPPLIER;
		}
		assert_int_equal(systems, e->n_systems);
		assert_int_equal(businesses, e->n_businesses);
		assert_true(nodes <= business_limits[i].systems && nodes < before);
		assert_true(suppliers <= business_limits[i].suppliers + 1);
		assert_true(g->n_edges <= business_limits[i].edges);
		before = nodes;
	}
	arena_free(arena);
}

/* 400 systems, each needing the next, the last the first: all are within the boundary. */
static void test_circle_of_systems(void **state)
{
	struct arena *arena = arena_new(512u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_METROPOLIS);
	struct estate_system *systems = arena_alloc(arena, 400 * sizeof(*systems));
	struct estate_dependency *needs = arena_alloc(arena, 400 * sizeof(*needs));
	struct business_graph *g;
	struct drawn d;

	(void)state;
	assert_true(systems && needs);
	for (uint32_t i = 0; i < 400; i++) {
		systems[i] = e->systems[i % e->n_systems];
		systems[i].id = systems[i].name = arena_printf(arena, "Circle %03u", i);
		needs[i] = (struct estate_dependency){i, (i + 1) % 400, "important"};
	}
	e->systems = systems;
	e->dependencies = needs;
	e->n_systems = e->n_dependencies = 400;
	d = draw_in(arena, e, sheet_business, MAP_ENGLISH);
	assert_int_equal(business_graph_make(d.model, &business_limits[0], &g), 0);
	assert_int_equal(g->n_within, 400);
	assert_true(g->by_sector);
	check(d.scene, "circle");
	arena_free(arena);
}

static void reverse(void *records, uint32_t n, size_t size)
{
	char *all = records, swap[256];

	assert_true(size <= sizeof(swap));
	for (uint32_t i = 0; i < n / 2; i++) {
		char *a = all + i * size, *b = all + (n - 1 - i) * size;

		memcpy(swap, a, size);
		memcpy(a, b, size);
		memcpy(b, swap, size);
	}
}

static void test_order_of_records_does_not_matter(void **state)
{
	sheet_maker *const makers[] = {sheet_business, sheet_exposure};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct arena *arena = arena_new(512u << 20);
		struct estate *e = sample_estate(arena, SAMPLE_CITY);
		struct drawn a = draw_in(arena, e, makers[i], MAP_ENGLISH), b;

		reverse(e->supports, e->n_supports, sizeof(*e->supports));
		reverse(e->dependencies, e->n_dependencies, sizeof(*e->dependencies));
		reverse(e->supplies, e->n_supplies, sizeof(*e->supplies));
		reverse(e->exits, e->n_exits, sizeof(*e->exits));
		reverse(e->links, e->n_links, sizeof(*e->links));
		b = draw_in(arena, e, makers[i], MAP_ENGLISH);
		assert_int_equal(check_same(a.scene, b.scene), 0);
		arena_free(arena);
	}
}

/* 50,000 exposed services on 400 systems: counted where they are not listed. */
static void test_many_exposed(void **state)
{
	struct arena *arena = arena_new(1024u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_EMPTY);
	struct drawn d;
	uint32_t n = 50000;

	(void)state;
	e->n_systems = 400;
	e->systems = arena_alloc(arena, e->n_systems * sizeof(*e->systems));
	e->assets = arena_alloc(arena, n * sizeof(*e->assets));
	e->services = arena_alloc(arena, n * sizeof(*e->services));
	assert_true(e->systems && e->assets && e->services);
	memset(e->systems, 0, e->n_systems * sizeof(*e->systems));
	memset(e->assets, 0, n * sizeof(*e->assets));
	memset(e->services, 0, n * sizeof(*e->services));
	for (uint32_t i = 0; i < e->n_systems; i++) {
		e->systems[i].id = e->systems[i].name = arena_printf(arena, "System %03u", i);
		e->systems[i].organisation = e->systems[i].sector = e->systems[i].business = "";
		e->systems[i].designation_no = e->systems[i].designation_pack = "";
	}
	for (uint32_t i = 0; i < n; i++) {
		struct estate_asset *a = &e->assets[i];
		struct estate_service *s = &e->services[i];

		a->id = i + 1;
		a->name = "host";
		a->vendor = a->model = a->os = "";
		a->system = i % e->n_systems;
		a->first_service = i;
		a->n_services = a->exposed = 1;
		s->asset = i;
		s->addr = addr_v4(0x0a000000u + i);
		s->transport = 6;
		s->port = 443;
		s->protocol = s->product = s->version = "";
		s->exposed = 1;
		s->justified = i % 3;
	}
	e->n_assets = e->n_services = n;
	d = draw_in(arena, e, sheet_exposure, MAP_ENGLISH);
	assert_true(noted(d.scene, "Exposed: 50000 services"));
	assert_true(noted(d.scene, "folded"));
	assert_int_equal(boxes(d.scene, THEME_SYSTEM), 400);
	check(d.scene, "many exposed");
	arena_free(arena);
}

static void test_nothing_stated(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	struct drawn d = draw_in(
		arena, sample_estate(arena, SAMPLE_ONE_HOST), sheet_business, MAP_ENGLISH);

	(void)state;
	assert_true(noted(d.scene, "register import"));
	arena_free(arena);
}

static void test_one_system(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct drawn d;

	(void)state;
	e->n_systems = e->n_businesses = 1;
	d = draw_in(arena, e, sheet_business, MAP_ENGLISH);
	assert_int_equal(boxes(d.scene, THEME_SYSTEM), 1);
	check(d.scene, "one system");
	d = draw_in(arena, e, sheet_exposure, MAP_ENGLISH);
	check(d.scene, "one system");
	arena_free(arena);
}

int main(void)
{
	static enum sample samples[] = {SAMPLE_LAB, SAMPLE_HOSTILE, SAMPLE_EMPTY,
		SAMPLE_ONE_HOST, SAMPLE_NO_LINKS, SAMPLE_SINGLETONS, SAMPLE_CITY};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_samples, &samples[0]),
		cmocka_unit_test_prestate(test_samples, &samples[1]),
		cmocka_unit_test_prestate(test_samples, &samples[2]),
		cmocka_unit_test_prestate(test_samples, &samples[3]),
		cmocka_unit_test_prestate(test_samples, &samples[4]),
		cmocka_unit_test_prestate(test_samples, &samples[5]),
		cmocka_unit_test_prestate(test_samples, &samples[6]),
		cmocka_unit_test(test_business_of_the_lab),
		cmocka_unit_test(test_exposure_of_the_lab),
		cmocka_unit_test(test_many_systems),
		cmocka_unit_test(test_derived_boundaries),
		cmocka_unit_test(test_one_derived_boundary),
		cmocka_unit_test(test_limits_fold),
		cmocka_unit_test(test_circle_of_systems),
		cmocka_unit_test(test_order_of_records_does_not_matter),
		cmocka_unit_test(test_many_exposed),
		cmocka_unit_test(test_nothing_stated),
		cmocka_unit_test(test_one_system),
	};

	return cmocka_run_group_tests_name("business and exposure", tests, NULL, NULL);
}
