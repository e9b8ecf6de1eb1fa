/* SPDX-License-Identifier: Apache-2.0 */
/* Address space, region and four layers: legible, apart, explained, the same in any order. */
#include "mapper/sheet/hilbert.h"
#include "mapper/sheet/layers.h"
#include "mapper/sheet/region.h"

#include "mapper/ground/base.h"
#include "mapper/render/measure.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char shapes[] =
	"{\"type\": \"FeatureCollection\", \"features\": ["
	"{\"type\": \"Feature\", \"properties\": {\"division\": 330000, \"name\": \"ZJ\"},"
	" \"geometry\": {\"type\": \"Polygon\", \"coordinates\":"
	" [[[118, 27], [123, 27], [123, 31], [118, 31], [118, 27]]]}},"
	"{\"type\": \"Feature\", \"properties\": {\"division\": \"330100\"},"
	" \"geometry\": {\"type\": \"Point\", \"coordinates\": [120.1, 30.2]}},"
	"{\"type\": \"Feature\", \"properties\": {\"name\": \"上海\"},"
	" \"geometry\": {\"type\": \"MultiPolygon\", \"coordinates\":"
	" [[[[121, 31], [122, 31], [122, 32], [121, 31]]]]}}]}";

/* Two areas, of which one reaches far out, one with a hole; a line that leaves and comes
 * back. */
static const struct scene_point base_points[] = {{-500, 10}, {40, -200}, {900, 700}, {30, 30},
	{50, 30}, {50, 50}, {30, 50}, {35, 35}, {45, 35}, {45, 45}, {35, 45}, {5, 50},
	{150, 20}, {5, 60}};
static struct base_ring base_rings[] = {{base_points, 3, true}, {base_points + 3, 4, true},
	{base_points + 7, 4, true}, {base_points + 11, 3, false}};
static struct base_shape base_shapes[] = {{.shade = 1, .first_ring = 0, .n_rings = 1},
	{.shade = 5, .line = BASE_LINE_DARK, .even_odd = true, .width = 0.5, .first_ring = 1,
		.n_rings = 2},
	{.line = BASE_LINE_LIGHT, .width = 40, .first_ring = 3, .n_rings = 1}};
static const struct base_map base_map = {.width = 100,
	.height = 100,
	.shapes = base_shapes,
	.rings = base_rings,
	.n_shapes = 3,
	.n_rings = 4,
	.n_points = ARRAY_SIZE(base_points)};

struct drawn {
	struct arena *arena;
	struct estate *estate;
	struct model *model;
	struct scene *scene;
};

struct kase {
	enum sample sample;
	sheet_maker *maker;
	enum map_language language;
	bool shaped, based;
};

static void make(struct drawn *d, const struct kase *k)
{
	struct sheet_request request = {.title = "Network map",
		.marking = "FOR OFFICIAL USE",
		.number = 1,
		.total = 1,
		.language = k->language,
		.map_number = "GS(2026)1234",
		.overlays = MAP_OVERLAYS_DEFAULT};
	struct geography *geography = NULL;
	struct error err = {0};

	if (k->shaped)
		assert_int_equal(geography_parse(shapes, sizeof(shapes) - 1, "shapes", d->arena,
					 &geography, &err),
			0);
	request.geography = geography;
	request.base = k->based ? &base_map : NULL;
	request.base_bounds = (struct map_bounds){117, 26, 124, 33};
	assert_int_equal(model_make(d->estate, d->arena, &d->model, &err), 0);
	if (k->maker(d->model, &request, &d->scene, &err) < 0)
		fail_msg("%s: %s", sample_name(k->sample), err.text);
}

static struct drawn draw(const struct kase *k)
{
	struct drawn d = {.arena = arena_new(512u << 20)};

	assert_non_null(d.arena);
	d.estate = sample_estate(d.arena, k->sample);
	make(&d, k);
	return d;
}

static const struct scene_item *find(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strstr(scene->items[i].text.text, text))
			return &scene->items[i];
	return NULL;
}

static void check(const struct kase *k)
{
	struct drawn d = draw(k);
	size_t faults = check_texts(d.scene) + check_boxes(d.scene) + check_legend(d.scene);

	for (size_t i = 0; i < d.scene->n_items; i++) {
		struct check_box box = check_extent(&d.scene->items[i]);

		if (box.x1 < 0 || box.y1 < 0 || box.x2 > d.scene->width_mm ||
			box.y2 > d.scene->height_mm)
			faults++;
	}
	if (faults > 0)
		print_error("%s, %s, language %d: %zu faults\n", sample_name(k->sample),
			d.scene->name, (int)k->language, faults);
	assert_int_equal(faults, 0);
	arena_free(d.arena);
}

static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_HOSTILE, SAMPLE_EMPTY, SAMPLE_ONE_HOST,
	SAMPLE_NO_LINKS, SAMPLE_NETWORKS, SAMPLE_PROVINCE, SAMPLE_SPARSE, SAMPLE_SIX};

static void test_sheets(void **state)
{
	sheet_maker *maker = *(sheet_maker **)*state;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		for (int language = 0; language <= MAP_CHINESE; language++)
			check(&(struct kase){
				samples[i], maker, (enum map_language)language, false});
	check(&(struct kase){SAMPLE_CITY, maker, MAP_ENGLISH, false});
}

static void test_shapes(void **state)
{
	static const enum sample few[] = {
		SAMPLE_PROVINCE, SAMPLE_EMPTY, SAMPLE_HOSTILE, SAMPLE_LAB};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(few); i++)
		check(&(struct kase){few[i], sheet_region, MAP_BOTH_LANGUAGES, true});
}

static void test_base(void **state)
{
	static const enum sample few[] = {SAMPLE_PROVINCE, SAMPLE_EMPTY, SAMPLE_HOSTILE};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(few); i++)
		for (int shaped = 0; shaped < 2; shaped++)
			check(&(struct kase){
				few[i], sheet_region, MAP_BOTH_LANGUAGES, shaped, true});
}

static size_t count_style(const struct scene *scene, enum theme_style style)
{
	struct check_box map = check_map(scene);
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].style == style &&
		     check_extent(&scene->items[i]).x1 < map.x2;
	return n;
}

/* In the theme's ink, under everything, within the viewBox; tiles without systems leave it
 * free. */
static void test_base_is_drawn(void **state)
{
	struct drawn d =
		draw(&(struct kase){SAMPLE_PROVINCE, sheet_region, MAP_CHINESE, false, true});
	struct check_box map = check_map(d.scene);
	double side = map.y2 - map.y1, x = (map.x1 + map.x2 - side) / 2;
	size_t n = 0, others = 0;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];
		struct check_box box = check_extent(item);

		others += item->layer > SCENE_BASE;
		if (item->layer != SCENE_BASE)
			continue;
		n++;
		assert_true(box.x1 >= x && box.x2 <= x + side && box.y1 >= map.y1 &&
			    box.y2 <= map.y2);
		assert_true(item->style >= THEME_BASE1 && item->style <= THEME_BASE_LINE_LIGHT);
		assert_true(item->kind != SCENE_LINE || (item->line.width_mm >= 0.1 &&
								item->line.width_mm <= 1));
		if (item->style == THEME_BASE5)
			assert_true(item->area.n_rings == 2 && item->area.even_odd &&
				    item->area.ends[1] == 8);
	}
	/* The line leaves and comes back: two. */
	assert_int_equal(n, 6);
	assert_int_equal(count_style(d.scene, THEME_BASE_LINE), 2);
	assert_int_equal(count_style(d.scene, THEME_BASE_LINE_LIGHT), 2);
	assert_int_equal(count_style(d.scene, THEME_TILE_EMPTY), 0);
	assert_int_equal(count_style(d.scene, THEME_TILE), 8);
	assert_true(others > n);
	assert_non_null(find(d.scene, "GS(2026)1234"));
	assert_non_null(find(d.scene, "审图号"));
	assert_non_null(find(d.scene, "底图来自用户文件"));
	assert_non_null(find(d.scene, "未绘于底图上：27 个"));
	arena_free(d.arena);
}

/* Shapes lie where the degrees at the base map's edges put them. */
static void test_shapes_lie_on_the_base(void **state)
{
	struct drawn d =
		draw(&(struct kase){SAMPLE_PROVINCE, sheet_region, MAP_ENGLISH, true, true});
	struct check_box map = check_map(d.scene), shape = {0};
	double side = map.y2 - map.y1 - 2, x = (map.x1 + map.x2 - side) / 2, y = map.y1 + 1;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items && shape.x2 == 0; i++)
		if (d.scene->items[i].style == THEME_SHAPE)
			shape = check_extent(&d.scene->items[i]);
	/* 118..123 of 117..124, 27..31 of 26..33, from the north. */
	assert_true(fabs(shape.x1 - (x + side / 7)) < 0.01);
	assert_true(fabs(shape.x2 - (x + side * 6 / 7)) < 0.01);
	assert_true(fabs(shape.y1 - (y + side * 2 / 7)) < 0.01);
	assert_true(fabs(shape.y2 - (y + side * 6 / 7)) < 0.01);
	arena_free(d.arena);
}

static void test_base_needs_its_number(void **state)
{
	static const struct {
		const char *number;
		struct map_bounds bounds;
		int code;
		const char *says;
	} rows[] = {{NULL, {117, 26, 124, 33}, ERROR_USAGE, "review number"},
		{"", {117, 26, 124, 33}, ERROR_USAGE, "review number"},
		{"GS", {0}, ERROR_USAGE, "degrees at its edges"},
		{"GS", {119, 26, 124, 33}, ERROR_INPUT, "118.0000"}};
	struct drawn d =
		draw(&(struct kase){SAMPLE_LAB, sheet_region, MAP_ENGLISH, true, false});
	struct geography *geography;
	struct error err = {0};

	(void)state;
	assert_int_equal(geography_parse(shapes, sizeof(shapes) - 1, "shapes", d.arena,
				 &geography, &err),
		0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sheet_request request = {.title = "Network map",
			.geography = geography,
			.base = &base_map,
			.base_bounds = rows[i].bounds,
			.map_number = rows[i].number};

		assert_int_equal(
			sheet_region(d.model, &request, &d.scene, &err), rows[i].code);
		assert_non_null(strstr(err.text, rows[i].says));
	}
	arena_free(d.arena);
}

static void assert_same(const struct scene *a, const struct scene *b, bool assets)
{
	assert_int_equal(a->n_items, b->n_items);
	for (size_t i = 0; i < a->n_items; i++) {
		struct check_box x = check_extent(&a->items[i]), y = check_extent(&b->items[i]);

		assert_int_equal(a->items[i].style, b->items[i].style);
		assert_memory_equal(&x, &y, sizeof(x));
		if (assets)
			assert_int_equal(a->items[i].asset, b->items[i].asset);
		if (a->items[i].kind == SCENE_TEXT)
			assert_string_equal(a->items[i].text.text, b->items[i].text.text);
	}
}

/* The register's records the other way round. */
static void turn_round(void *records, uint32_t n, size_t size)
{
	unsigned char *bytes = records, keep[256];

	assert_true(size <= sizeof(keep));
	for (uint32_t i = 0; i < n / 2; i++) {
		unsigned char *a = bytes + i * size, *b = bytes + (n - 1 - i) * size;

		memcpy(keep, a, size);
		memcpy(a, b, size);
		memcpy(b, keep, size);
	}
}

static void test_order_does_not_show(void **state)
{
	static sheet_maker *const makers[] = {sheet_address_space, sheet_region, sheet_layers};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		struct kase k = {SAMPLE_PROVINCE, makers[i], MAP_ENGLISH, false};
		struct drawn a = draw(&k), b = draw(&k), c = draw(&k);
		struct estate *e = c.estate;

		assert_same(a.scene, b.scene, true);
		turn_round(e->organisations, e->n_organisations, sizeof(*e->organisations));
		turn_round(e->supports, e->n_supports, sizeof(*e->supports));
		turn_round(e->supplies, e->n_supplies, sizeof(*e->supplies));
		turn_round(e->links, e->n_links, sizeof(*e->links));
		make(&c, &k);
		assert_same(a.scene, c.scene, true);
		arena_free(a.arena);
		arena_free(b.arena);
		arena_free(c.arena);
	}
}

/* Every IPv4 address that has a cell of its own leads to its asset. */
static void test_cells_are_assets(void **state)
{
	struct drawn d =
		draw(&(struct kase){SAMPLE_LAB, sheet_address_space, MAP_ENGLISH, false});
	size_t cells = 0, uses = 0, cii = 0, designated = 0;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];

		cells += item->kind == SCENE_RECT && item->asset != SCENE_NO_ASSET;
		cii += item->kind == SCENE_LINE && item->style == THEME_CII_OUTLINE &&
		       item->asset != SCENE_NO_ASSET;
	}
	for (uint32_t i = 0; i < d.estate->n_addresses; i++)
		if (d.estate->addresses[i].addr.family == 4) {
			uses++;
			designated += model_is_cii(
				d.estate, &d.estate->assets[d.estate->addresses[i].asset]);
		}
	assert_int_equal(cells, uses);
	assert_int_equal(cii, designated);
	assert_non_null(find(d.scene, "2001:db8:10::/64"));
	assert_non_null(find(d.scene, "substation-a"));
	assert_non_null(find(d.scene, "2 / 4"));
	arena_free(d.arena);
}

static void test_regions_are_counted(void **state)
{
	struct kase k = {SAMPLE_PROVINCE, sheet_region, MAP_ENGLISH, false};
	struct drawn d = draw(&k);
	struct sheet_request request = {.language = MAP_ENGLISH};
	struct region *r;
	uint32_t n = 0;

	(void)state;
	assert_int_equal(region_make(d.model, &request, &r), 0);
	assert_int_equal(r->mode, REGION_PROVINCES);
	assert_int_equal(r->n_grid, 34);
	assert_int_equal(r->n_tiles, 35);
	for (uint32_t i = 0; i < r->n_tiles; i++)
		n += r->tiles[i].n_systems;
	assert_int_equal(n, d.estate->n_systems);
	for (uint32_t i = 0; i < r->n_grid; i++)
		if (strcmp(r->tiles[i].code, "330000") == 0) {
			assert_int_equal(r->tiles[i].n_systems, 15);
			assert_int_equal(r->tiles[i].n_parts, 3);
			assert_int_equal(r->tiles[i].n_sectors, 4);
			assert_int_equal(r->tiles[i].n_cii, 2);
		}
	assert_non_null(find(d.scene, "Lanhe free-trade zone"));
	/* Of one province: its prefectures. */
	for (uint32_t i = 0; i < d.estate->n_systems; i++)
		d.estate->systems[i].division = i % 2 ? "330100" : "330200";
	assert_int_equal(region_make(d.model, &request, &r), 0);
	assert_int_equal(r->mode, REGION_PREFECTURES);
	assert_int_equal(r->n_tiles, 2);
	assert_string_equal(r->tiles[0].label, "330100");
	/* More texts than there are tiles for. */
	for (uint32_t i = 0; i < d.estate->n_systems; i++)
		d.estate->systems[i].division = arena_printf(d.arena, "place %02u", i);
	assert_int_equal(region_make(d.model, &request, &r), 0);
	assert_int_equal(r->n_tiles - r->n_grid, REGION_OTHERS_MAX);
	assert_int_equal(r->n_folded, d.estate->n_systems - REGION_OTHERS_MAX + 1);
	make(&d, &k);
	assert_non_null(find(d.scene, "folded into one tile: 35."));
	arena_free(d.arena);
}

static void test_shapes_are_counted(void **state)
{
	struct drawn d = draw(&(struct kase){SAMPLE_PROVINCE, sheet_region, MAP_ENGLISH, true});

	(void)state;
	/* Zhejiang without Hangzhou 9, Hangzhou 6, Shanghai 6; the others are in no shape. */
	assert_non_null(find(d.scene, "in no shape of the file: 27."));
	assert_non_null(find(d.scene, "GS(2026)1234"));
	assert_non_null(find(d.scene, "ZJ"));
	arena_free(d.arena);
	d = draw(&(struct kase){SAMPLE_PROVINCE, sheet_region, MAP_ENGLISH, false});
	assert_null(find(d.scene, "GS(2026)1234"));
	arena_free(d.arena);
}

static void test_layers_are_folded(void **state)
{
	struct drawn d = draw(&(struct kase){SAMPLE_CITY, sheet_layers, MAP_ENGLISH, false});
	struct layers *l;

	(void)state;
	assert_int_equal(layers_make(d.model, LAYERS_NODES_MAX, &l), 0);
	assert_int_equal(l->n[LAYERS_SYSTEM], LAYERS_NODES_MAX);
	assert_int_equal(l->n_all[LAYERS_SYSTEM], 60);
	assert_int_equal(l->n_all[LAYERS_NETWORK], 150);
	for (uint32_t i = 0; i < LAYERS_NODES_MAX; i++)
		if (l->rows[LAYERS_SYSTEM][i].folded) {
			assert_int_equal(i, LAYERS_NODES_MAX - 1);
			assert_int_equal(l->rows[LAYERS_SYSTEM][i].n_folded, 21);
		}
	for (uint32_t i = 0; i < l->n_links; i++) {
		assert_true(l->links[i].from < l->n[l->links[i].from_row]);
		assert_true(l->links[i].to < l->n[l->links[i].to_row]);
	}
	assert_non_null(find(d.scene, "21 systems"));
	assert_non_null(find(d.scene, "111 networks"));
	arena_free(d.arena);
}

/* No relation passes through a node or a name. */
static void test_relations_keep_clear(void **state)
{
	static const enum sample few[] = {SAMPLE_LAB, SAMPLE_PROVINCE, SAMPLE_CITY};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(few); s++) {
		struct drawn d = draw(&(struct kase){few[s], sheet_layers, MAP_ENGLISH, false});

		for (size_t i = 0; i < d.scene->n_items; i++) {
			const struct scene_item *line = &d.scene->items[i];

			if (line->kind != SCENE_LINE || line->layer != SCENE_LINKS)
				continue;
			for (size_t p = 0; p < line->line.n; p++)
				for (size_t k = 0; k < d.scene->n_items; k++) {
					const struct scene_item *box = &d.scene->items[k];
					const struct scene_point *at = &line->line.points[p];

					if (box->kind == SCENE_RECT &&
						box->layer == SCENE_ASSETS)
						assert_false(at->x > box->rect.x + 0.01 &&
							     at->x < box->rect.x + box->rect.w -
									     0.01 &&
							     at->y > box->rect.y + 0.01 &&
							     at->y < box->rect.y + box->rect.h -
									     0.01);
				}
			for (size_t p = 1; p < line->line.n; p++)
				assert_true(
					line->line.points[p].y > line->line.points[p - 1].y);
		}
		arena_free(d.arena);
	}
}

static int done(void **state)
{
	(void)state;
	measure_done();
	return 0;
}

int main(void)
{
	static sheet_maker *space = sheet_address_space, *region = sheet_region,
			   *layers = sheet_layers;
	const struct CMUnitTest tests[] = {
		{"address space", test_sheets, NULL, NULL, &space},
		{"region", test_sheets, NULL, NULL, &region},
		{"layers", test_sheets, NULL, NULL, &layers},
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_base_is_drawn),
		cmocka_unit_test(test_shapes_lie_on_the_base),
		cmocka_unit_test(test_base_needs_its_number),
		cmocka_unit_test(test_order_does_not_show),
		cmocka_unit_test(test_cells_are_assets),
		cmocka_unit_test(test_regions_are_counted),
		cmocka_unit_test(test_shapes_are_counted),
		cmocka_unit_test(test_layers_are_folded),
		cmocka_unit_test(test_relations_keep_clear),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
