/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The topology sheet as a graph: at most so many super nodes, none over another, few crossings,
 * no line through a node; and estates of awkward shape.
 */
#include "mapper/sheet/sheet.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/topology.h"
#include "tests/unit/mapper/campus.h"
#include "tests/unit/mapper/plant.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/mapper/tangle.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static const struct sheet_request request = {
	.title = "Topology", .number = 1, .total = 1, .language = MAP_ENGLISH};

struct drawn {
	struct arena *arena;
	struct estate *estate;
	struct model *model;
	struct scene *scene;
};

static struct drawn draw_estate(struct arena *arena, struct estate *estate)
{
	struct drawn d = {.arena = arena, .estate = estate};
	struct error err = {0};

	assert_int_equal(model_make(d.estate, d.arena, &d.model, &err), 0);
	if (sheet_topology(d.model, &request, &d.scene, &err) < 0)
		fail_msg("%s", err.text);
	return d;
}

static struct drawn draw(enum sample which, const struct campus *campus)
{
	struct arena *arena = arena_new(1ul << 30);

	assert_non_null(arena);
	return draw_estate(arena,
		which == SAMPLE_N ? campus_estate(arena, campus) : sample_estate(arena, which));
}

static size_t faults(const struct scene *scene)
{
	return check_texts(scene) + check_boxes(scene) + check_links(scene) +
	       check_legend(scene);
}

/* At most half of what sfdp has at best on the same graphs (tests/bench/run topology): 3, 65,
 * 67, 32, 30, 501 and 470 crossings and hits; with some room over what is drawn. */
static const struct {
	enum sample sample;
	struct campus campus;
	size_t most; /* crossings and hits together */
} graphs[] = {
	{SAMPLE_LAB, {0}, 1},
	{SAMPLE_CITY, {0}, 6},
	{SAMPLE_NETWORKS, {0}, 4},
	{SAMPLE_METROPOLIS, {0}, 8},
	{SAMPLE_N, {5, 4, 8, 1000, 60, 20}, 15},
	{SAMPLE_N, {5, 16, 40, 10000, 600, 10}, 60},
	{SAMPLE_N, {8, 60, 250, 100000, 3000, 5}, 80},
};

static void test_tangle(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(graphs); i++) {
		struct drawn d = draw(graphs[i].sample, &graphs[i].campus);
		struct tangle t;

		tangle_of_scene(d.scene, &t);
		if (t.n_nodes > TOPOLOGY_SUPERS_MAX || t.overlaps > 0 ||
			t.crossings + t.hits > graphs[i].most)
			fail_msg("graph %zu: %zu nodes, %zu overlaps, %zu crossings, %zu hits",
				i, t.n_nodes, t.overlaps, t.crossings, t.hits);
		tangle_done(&t);
		if (faults(d.scene))
			fail_msg("graph %zu is not legible", i);
		arena_free(d.arena);
	}
}

/* The numbers of boxes "N systems" and "N more networks" are those that are not drawn. */
static void test_folding_by_meaning(void **state)
{
	static const struct campus campus = {8, 60, 250, 20000, 0, 0};
	struct drawn d = draw(SAMPLE_N, &campus);
	uint32_t systems = 0, drawn = 0, sectors = 0;
	unsigned int noted = 0;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];
		const char *tail =
			item->kind == SCENE_TEXT ? strstr(item->text.text, ": ") : NULL;
		unsigned int n;
		char m;

		drawn += item->kind == SCENE_RECT && item->layer == SCENE_REGIONS &&
			 item->style == THEME_SYSTEM &&
			 check_extent(item).x2 < check_map(d.scene).x2;
		if (item->kind == SCENE_TEXT)
			sscanf(item->text.text, "Systems whose networks are folded: %u.",
				&noted);
		if (!tail || sscanf(tail, ": %u syste%c", &n, &m) != 2)
			continue;
		systems += n;
		sectors++;
	}
	assert_int_equal(systems + drawn, 480);
	assert_int_equal(noted, systems);
	assert_true(sectors >= 8);
	/* Those on the list stay, however many others are folded. */
	for (uint32_t s = 0; s < d.estate->n_systems; s++) {
		bool shown = !d.estate->systems[s].designated;

		for (size_t i = 0; i < d.scene->n_items && !shown; i++)
			shown = d.scene->items[i].kind == SCENE_TEXT &&
				strcmp(d.scene->items[i].text.text,
					d.estate->systems[s].name) == 0;
		assert_true(shown);
	}
	arena_free(d.arena);
}

/* On small paper more is folded before it is refused; all of it is counted, and the sheet says
 * where it is opened. */
static void test_small_paper_folds(void **state)
{
	static const struct topo_limits limits[] = {
		{TOPOLOGY_SUPERS_MAX, 40}, {80, 1}, {40, 1}, {20, 1}, {8, 1}};
	static const struct campus campus = {8, 60, 250, 20000, 0, 0};
	struct drawn d = draw(SAMPLE_N, &campus);
	struct sheet_request small = request;
	struct error err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		uint32_t networks = 0, folded = 0, assets = 0, all = 0, joints = 0;
		struct topo *topo;

		assert_int_equal(topo_make(d.model, &request, &limits[i], NULL, &topo), 0);
		assert_true(topo->n_supers <= limits[i].supers);
		for (uint32_t b = 0; b < topo->n_boxes; b++) {
			networks += topo->boxes[b].kind == TOPO_NETWORK;
			joints += topo->boxes[b].kind == TOPO_JOINT;
			folded += topo->boxes[b].n_networks;
			assets += topo->boxes[b].kind == TOPO_NETWORK
					  ? d.model->networks[topo->boxes[b].index].n_places
					  : topo->boxes[b].n_assets;
		}
		for (uint32_t n = 0; n < d.model->n_networks; n++)
			all += d.model->networks[n].n_places;
		assert_int_equal(networks + folded, d.model->n_networks);
		assert_int_equal(folded, topo->folded_networks);
		assert_int_equal(assets, all);
		assert_int_equal(joints + topo->folded_joints, d.model->n_joints);
	}
	for (int paper = MAP_PAPER_A4; paper <= MAP_PAPER_A0; paper++) {
		bool said = false;

		small.paper = (enum map_paper)paper;
		if (sheet_topology(d.model, &small, &d.scene, &err) < 0)
			fail_msg("paper %d: %s", paper, err.text);
		assert_int_equal(
			check_texts(d.scene) + check_boxes(d.scene) + check_legend(d.scene), 0);
		for (size_t i = 0; i < d.scene->n_items; i++)
			said |= d.scene->items[i].kind == SCENE_TEXT &&
				strstr(d.scene->items[i].text.text, "larger paper shows more");
		assert_true(said ? paper < MAP_PAPER_A0 : paper > MAP_PAPER_A4);
	}
	arena_free(d.arena);
}

/* Lines that are not drawn are counted. */
static void test_thin_lines_are_counted(void **state)
{
	static const struct campus campus = {5, 4, 8, 1000, 60, 20};
	struct drawn d = draw(SAMPLE_N, &campus);
	unsigned int lines = 0, links = 0;

	(void)state;
	for (size_t i = 0; i < d.scene->n_items; i++) {
		const struct scene_item *item = &d.scene->items[i];
		const char *tail = item->kind == SCENE_TEXT
					   ? strstr(item->text.text, "not drawn: ")
					   : NULL;

		if (tail && strstr(tail, " lines"))
			sscanf(tail, "not drawn: %u lines, for %u of", &lines, &links);
	}
	assert_true(lines > 20 && links >= lines);
	arena_free(d.arena);
}

/* Once per network, with a tie between. */
static void test_multi_homed(void **state)
{
	struct drawn d = draw(SAMPLE_LAB, NULL);
	size_t ties = 0;

	(void)state;
	for (uint32_t a = 0; a < d.estate->n_assets; a++) {
		size_t marks = 0, places = 0;

		for (size_t i = 0; i < d.scene->n_items; i++)
			marks += d.scene->items[i].layer == SCENE_ASSETS &&
				 d.scene->items[i].kind == SCENE_RECT &&
				 d.scene->items[i].asset == a;
		for (uint32_t i = 0; i < d.model->n_places; i++)
			places += d.model->places[i].asset == a;
		assert_int_equal(marks, d.model->joint_of[a] != MODEL_NONE ? 1 : places);
		ties += places > 1 ? places - 1 : 0;
	}
	for (size_t i = 0; i < d.scene->n_items; i++)
		ties -= d.scene->items[i].style == THEME_TIE &&
			d.scene->items[i].kind == SCENE_LINE &&
			check_extent(&d.scene->items[i]).x2 < check_map(d.scene).x2;
	assert_int_equal(ties, 0);
	arena_free(d.arena);
}

/* Each of three regions is linked to the next, all the way around. */
static void test_cycle_of_regions(void **state)
{
	static const struct campus campus = {3, 1, 1, 12, 0, 0};
	struct arena *arena = arena_new(64u << 20);
	struct estate *e = campus_estate(arena, &campus);
	struct drawn d;

	(void)state;
	for (uint32_t i = 0; i < e->n_links; i++)
		e->links[i] = (struct estate_link){
			10 + i % 3 * 4, 10 + (i + 1) % 3 * 4, LINK_FLOW, GRADE_MEASURED, 0};
	d = draw_estate(arena, e);
	assert_int_equal(faults(d.scene), 0);
	arena_free(arena);
}

static void test_awkward(void **state)
{
	static const struct campus campuses[] = {
		{1, 1, 1, 1, 0, 0},	 /* one host */
		{1, 1, 1, 0, 0, 0},	 /* routers alone */
		{1, 1, 1, 50000, 0, 0},	 /* a star */
		{2, 1, 2, 40, 40, 1000}, /* everything in two networks, flows everywhere */
		{30, 1, 1, 60, 0, 0},	 /* many routers, a network each */
		{1, 40, 40, 400, 0,
			500}, /* one pair of routers, forty systems in two networks */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(campuses); i++) {
		struct drawn d = draw(SAMPLE_N, &campuses[i]);

		if (faults(d.scene))
			fail_msg("campus %zu", i);
		arena_free(d.arena);
	}
}

/* What labels count: assets, or networks, those that have a box of their own with those
 * folded. */
static uint32_t counted(const struct scene *scene, bool assets)
{
	double right = check_map(scene).x2;
	uint32_t sum = 0, n;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		const char *after;

		if (check_extent(item).x1 > right)
			continue;
		sum += !assets && item->kind == SCENE_RECT && item->style == THEME_SUBNET;
		if (item->kind != SCENE_TEXT || sscanf(item->text.text, "%u", &n) != 1)
			continue;
		after = strchr(item->text.text, ' ');
		sum += after && strncmp(after, assets ? " assets" : " more network", 7) == 0
			       ? n
			       : 0;
	}
	return sum;
}

/* 100,000 assets that share nothing: without address, or each in a network of its own. All are
 * counted. */
static void test_singletons(void **state)
{
	(void)state;
	for (int networks = 0; networks < 2; networks++) {
		struct arena *arena = arena_new(2ul << 30);
		struct estate *e = sample_estate(arena, SAMPLE_EMPTY);
		const uint32_t n = 100000;
		struct drawn d;

		e->n_assets = n;
		e->n_subnets = e->n_addresses = networks ? n : 0;
		e->assets = arena_alloc(arena, n * sizeof(*e->assets));
		e->subnets = arena_alloc(arena, n * sizeof(*e->subnets));
		e->addresses = arena_alloc(arena, n * sizeof(*e->addresses));
		assert_true(e->assets && e->subnets && e->addresses);
		for (uint32_t i = 0; i < n; i++) {
			struct addr addr = addr_v4(0x0a000001u + 256 * i);

			e->assets[i] = (struct estate_asset){.id = i + 1,
				.name = arena_printf(arena, "alone-%06u", i),
				.vendor = "",
				.model = "",
				.os = "",
				.first_address = networks ? i : 0,
				.n_addresses = (uint32_t)networks,
				.system = ESTATE_NONE};
			e->addresses[i] = (struct estate_address){
				.asset = i, .subnet = i, .addr = addr};
			addr.bytes[3] = 0;
			e->subnets[i] = (struct estate_subnet){
				.cidr = {addr, 24}, .name = "", .zone = ""};
		}
		d = draw_estate(arena, e);
		assert_int_equal(faults(d.scene), 0);
		assert_int_equal(counted(d.scene, !networks), n);
		arena_free(arena);
	}
}

/* A system in two zones stays one region. */
static void test_system_in_two_zones(void **state)
{
	struct arena *arena = arena_new(64u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct drawn d;
	size_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < e->n_subnets; i++)
		e->subnets[i].zone = i % 2 ? "one" : "two";
	d = draw_estate(arena, e);
	for (size_t i = 0; i < d.scene->n_items; i++)
		n += d.scene->items[i].kind == SCENE_TEXT &&
		     d.scene->items[i].layer == SCENE_LABELS &&
		     strcmp(d.scene->items[i].text.text, "Distribution dispatch SCADA") == 0;
	assert_int_equal(n, 1);
	assert_int_equal(faults(d.scene), 0);
	arena_free(arena);
}

static const struct scene_item *text_of(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			scene->items[i].layer == SCENE_LABELS &&
			strcmp(scene->items[i].text.text, text) == 0)
			return &scene->items[i];
	fail_msg("no \"%s\"", text);
	return NULL;
}

/* By itself where every network has a level: bands from above, zones in them, conduits. */
static void test_purdue(void **state)
{
	static const char *const order[] = {
		"Internet", "Level 5", "Level 4", "Level 3.5", "Level 3", "Level 2", "Level 1"};
	static const char *const zones[][2] = {{"Office", "Level 4"},
		{"Industrial DMZ", "Level 3.5"}, {"Substations", "Level 1"},
		{"Control", "Level 2"}};
	struct arena *arena = arena_new(64u << 20);
	struct drawn d = draw_estate(arena, plant_estate(arena));
	size_t bars = 0;

	(void)state;
	assert_int_equal(faults(d.scene), 0);
	for (size_t i = 1; i < ARRAY_SIZE(order); i++)
		assert_true(text_of(d.scene, order[i - 1])->text.y <
			    text_of(d.scene, order[i])->text.y);
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		double zone = text_of(d.scene, zones[i][0])->text.y,
		       level = text_of(d.scene, zones[i][1])->text.y;
		bool inside = false;

		for (size_t k = 0; k < d.scene->n_items; k++) {
			const struct scene_item *band = &d.scene->items[k];

			inside |= band->kind == SCENE_RECT && band->style == THEME_REGION &&
				  band->rect.y < zone && zone < band->rect.y + band->rect.h &&
				  band->rect.y < level && level < band->rect.y + band->rect.h;
		}
		assert_true(inside);
	}
	text_of(d.scene, "SL-T 3");
	for (size_t i = 0; i < d.scene->n_items; i++)
		bars += d.scene->items[i].kind == SCENE_LINE && d.scene->items[i].title &&
			strstr(d.scene->items[i].title, "telecontrol, SL-T 3: iec104");
	assert_int_equal(bars, 2);
	arena_free(arena);
}

static bool noted(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strcmp(scene->items[i].text.text, text) == 0)
			return true;
	return false;
}

/* One network without level: free, unless rows are asked for; then it stands below. */
static void test_purdue_by_request(void **state)
{
	static const struct sheet_request rows = {.title = "Topology",
		.number = 1,
		.total = 1,
		.language = MAP_ENGLISH,
		.arrange = MAP_ARRANGE_PURDUE};
	struct arena *arena = arena_new(64u << 20);
	struct estate *e = plant_estate(arena);
	struct error err = {0};
	struct scene *scene;
	struct drawn d;

	(void)state;
	e->zones[1].purdue = "";
	d = draw_estate(arena, e);
	for (size_t i = 0; i < d.scene->n_items; i++)
		assert_true(d.scene->items[i].kind != SCENE_TEXT ||
			    strncmp(d.scene->items[i].text.text, "Level ", 6) != 0);
	assert_int_equal(sheet_topology(d.model, &rows, &scene, &err), 0);
	assert_int_equal(faults(scene), 0);
	assert_true(text_of(scene, "No level")->text.y > text_of(scene, "Level 1")->text.y);
	/* Nothing has a level: said, and drawn all the same. */
	d = draw_estate(arena, sample_estate(arena, SAMPLE_LAB));
	assert_int_equal(sheet_topology(d.model, &rows, &scene, &err), 0);
	assert_int_equal(faults(scene), 0);
	assert_true(noted(scene, "Not in Purdue rows: no network has a level."));
	arena_free(arena);
}

/* What is drawn in rows by itself is drawn without them where they do not fit, and says so. */
static void test_purdue_on_small_paper(void **state)
{
	static const struct sheet_request small = {.title = "Topology",
		.number = 1,
		.total = 1,
		.language = MAP_ENGLISH,
		.paper = MAP_PAPER_A4};
	struct arena *arena = arena_new(64u << 20);
	struct drawn d = draw_estate(arena, plant_estate(arena));
	struct error err = {0};
	struct scene *scene;

	(void)state;
	assert_int_equal(sheet_topology(d.model, &small, &scene, &err), 0);
	assert_int_equal(faults(scene), 0);
	assert_true(noted(scene, "Not in Purdue rows, which do not fit on A4."));
	arena_free(arena);
}

/* In what order links were found must not show, on a sheet in blocks either. */
static void test_order_of_links_does_not_show(void **state)
{
	static const struct campus campus = {5, 4, 8, 1000, 60, 20};
	struct drawn a = draw(SAMPLE_N, &campus), b;
	struct estate *e = campus_estate(a.arena, &campus);

	(void)state;
	for (uint32_t i = 0; i < e->n_links / 2; i++) {
		struct estate_link link = e->links[i];

		e->links[i] = e->links[e->n_links - 1 - i];
		e->links[e->n_links - 1 - i] = link;
	}
	b = draw_estate(a.arena, e);
	assert_int_equal(check_same(a.scene, b.scene), 0);
	arena_free(a.arena);
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
		cmocka_unit_test(test_tangle),
		cmocka_unit_test(test_folding_by_meaning),
		cmocka_unit_test(test_small_paper_folds),
		cmocka_unit_test(test_thin_lines_are_counted),
		cmocka_unit_test(test_multi_homed),
		cmocka_unit_test(test_cycle_of_regions),
		cmocka_unit_test(test_awkward),
		cmocka_unit_test(test_singletons),
		cmocka_unit_test(test_system_in_two_zones),
		cmocka_unit_test(test_purdue),
		cmocka_unit_test(test_purdue_by_request),
		cmocka_unit_test(test_purdue_on_small_paper),
		cmocka_unit_test(test_order_of_links_does_not_show),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
