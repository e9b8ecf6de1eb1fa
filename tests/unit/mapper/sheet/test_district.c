/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The district sheet of made estates: legible at a hundred thousand assets on one sheet,
 * everything counted at more, and the same places for the same things on the next sheet. What
 * is held here is measured against other programs by tests/bench/map.py.
 */
#include "tests/unit/mapper/scene_check.h"

#include "common/cursor.h"
#include "common/siphash.h"
#include "mapper/mapper.h"
#include "mapper/render/render.h"
#include "mapper/sheet/district.h"
#include "tests/estate/made_estate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MANY 100000
#define SYSTEMS 5000u
#define ALIKE 3u /* assets of each */
#define ELLIPSIS "\xe2\x80\xa6"
#define BYTES_PER_ASSET 320 /* of model, packing and scene */
#define ARENA (3ul << 30)

struct place {
	uint32_t asset, network;
	double x, y, size, height;
};

static struct scene *draw(
	const struct estate *estate, struct arena *arena, struct map_slots *slots)
{
	const struct sheet_request request = {.title = "Network map of made",
		.number = 1,
		.total = 1,
		.overlays = MAP_OVERLAYS_DEFAULT,
		.slots = slots};
	struct error err = {0};
	struct scene *scene = NULL;
	struct model *model;

	assert_int_equal(model_make(estate, arena, &model, &err), 0);
	if (sheet_district(model, &request, &scene, &err) < 0)
		fail_msg("%s", err.text);
	return scene;
}

static void str_svg(const struct scene *scene, struct str *out)
{
	const struct scene *scenes[] = {scene};

	assert_int_equal(render_svg(scenes, 1, out, NULL), 0);
}

/* The cells of assets, by asset; size 0: it has none. */
static struct place *places_of(const struct estate *estate, const struct scene *scene)
{
	struct place *places = calloc(estate->n_assets + 1ul, sizeof(*places));

	assert_non_null(places);
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		if (item->kind != SCENE_RECT || item->layer != SCENE_ASSETS ||
			item->asset == SCENE_NO_ASSET)
			continue;
		assert_true(places[item->asset].size == 0);
		places[item->asset] = (struct place){item->asset,
			estate->addresses[estate->assets[item->asset].first_address].subnet,
			item->rect.x, round(item->rect.y * 1e6) / 1e6,
			item->rect.w, item->rect.h};
	}
	return places;
}

static int by_row(const void *a, const void *b)
{
	const struct place *p = a, *q = b;

	return p->y != q->y ? (p->y < q->y ? -1 : 1) : p->x < q->x ? -1 : p->x > q->x;
}

static bool is_within(const struct scene_item *box, const struct scene_item *cell)
{
	return box->kind == SCENE_RECT && box->layer == SCENE_REGIONS &&
	       (box->style == THEME_SUBNET || box->style == THEME_INTERNET) &&
	       cell->rect.x > box->rect.x && cell->rect.y > box->rect.y &&
	       cell->rect.x + cell->rect.w < box->rect.x + box->rect.w &&
	       cell->rect.y + cell->rect.h < box->rect.y + box->rect.h;
}

/* Each cell is within the box of a network. */
static void check_within(const struct scene *scene)
{
	size_t box = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *cell = &scene->items[i];

		if (cell->kind != SCENE_RECT || cell->layer != SCENE_ASSETS ||
			cell->asset == SCENE_NO_ASSET)
			continue;
		if (!is_within(&scene->items[box], cell))
			for (box = 0; !is_within(&scene->items[box], cell); box++)
				assert_true(box + 1 < scene->n_items);
	}
}

/* Each asset has one, and none is over another. */
static void check_cells(const struct estate *estate, const struct scene *scene)
{
	struct place *places = places_of(estate, scene);

	check_within(scene);
	qsort(places, estate->n_assets, sizeof(*places), by_row);
	assert_true(estate->n_assets == 0 || places[0].size > 0);
	for (uint32_t i = 1; i < estate->n_assets; i++)
		assert_true(places[i].size > 0 &&
			    (places[i].y > places[i - 1].y + 1e-6 ||
				    places[i].x >= places[i - 1].x + places[i - 1].size));
	free(places);
}

/* The share of the five nearest that are of the same network; the least distance of any two. */
static void check_neighbours(struct place *places, uint32_t n)
{
	uint64_t same = 0, looked = 0;
	double least = INFINITY;
	size_t over = 0;

	qsort(places, n, sizeof(*places), by_row);
	for (uint32_t i = 0; i < n; i += 37) {
		double best[5] = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
		uint32_t who[5] = {0};

		for (int step = -1; step <= 1; step += 2)
			for (int64_t k = (int64_t)i + step; k >= 0 && k < n; k += step) {
				double d = hypot(
					places[k].x - places[i].x, places[k].y - places[i].y);
				size_t at = 5;

				if (fabs(places[k].y - places[i].y) > best[4])
					break;
				while (at > 0 && d < best[at - 1])
					at--;
				if (at == 5)
					continue;
				memmove(best + at + 1, best + at, (4 - at) * sizeof(*best));
				memmove(who + at + 1, who + at, (4 - at) * sizeof(*who));
				best[at] = d;
				who[at] = (uint32_t)k;
			}
		least = fmin(least, best[0]);
		for (int k = 0; k < 5; k++, looked++) {
			const struct place *p = &places[i], *q = &places[who[k]];

			same += q->network == p->network;
			over += fabs(p->x - q->x) < fmin(p->size, q->size) &&
				fabs(p->y - q->y) < fmin(p->height, q->height);
		}
	}
	assert_true(least >= 1.0);
	assert_int_equal(over, 0);
	assert_true((double)same >= 0.95 * (double)looked);
}

/* The ground of networks, of that of the map. */
static double share_of_networks(const struct scene *scene)
{
	double networks = 0, map = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		if (item->kind == SCENE_RECT && item->layer == SCENE_REGIONS &&
			item->style == THEME_SUBNET)
			networks += item->rect.w * item->rect.h;
		else if (item->kind == SCENE_RECT && item->layer == SCENE_PAPER &&
			 item->style == THEME_FURNITURE)
			map += item->rect.w * item->rect.h;
	}
	return networks / map;
}

/* The number in the note that begins so; -1: there is none. */
static long noted(const struct scene *scene, const char *begin)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strncmp(scene->items[i].text.text, begin, strlen(begin)) == 0)
			return strtol(scene->items[i].text.text + strlen(begin), NULL, 10);
	return -1;
}

/* What is cut, or not there at all, is counted; of a prefix the end is left, in whole parts. */
static void names_without_room_are_counted(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct scene *scene = draw(made_estate(arena, MANY, 1), arena, NULL);
	long boxes = 0, whole = 0, ends = 0;
	bool told = false;

	(void)state;
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		const char *text = item->kind == SCENE_TEXT ? item->text.text : "";

		told |= item->layer == SCENE_FURNITURE &&
			strstr(text, "; and 55 more"); /* of the list */
		boxes += item->kind == SCENE_RECT && item->layer == SCENE_REGIONS &&
			 (item->style == THEME_REGION || item->style == THEME_SYSTEM ||
				 item->style == THEME_SUBNET);
		whole += item->kind == SCENE_TEXT && item->layer == SCENE_LABELS &&
			 item->style == THEME_TEXT && !strstr(text, ELLIPSIS);
		if (strncmp(text, ELLIPSIS, strlen(ELLIPSIS)) != 0 || !text[strlen(ELLIPSIS)])
			continue;
		ends++;
		assert_true(text[strlen(ELLIPSIS)] != '.' && strstr(text, ".0/24"));
	}
	assert_true(told && ends > 100);
	assert_int_equal(noted(scene, "Names with no room in their box: "), boxes - whole);
	scene = draw(made_estate(arena, 30, 1), arena, NULL);
	assert_int_equal(noted(scene, "Names with no room in their box: "), -1);
}

static size_t count_elements(const struct str *svg)
{
	size_t n = 0;

	for (const char *p = svg->data; (p = strchr(p, '<')) != NULL; p++)
		n += p[1] != '/' && p[1] != '?' && p[1] != '!';
	return n;
}

static void a_hundred_thousand_on_one_sheet(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *estate = made_estate(arena, MANY, 1);
	size_t used = arena_used(arena);
	struct scene *scene = draw(estate, arena, NULL);
	struct place *places = places_of(estate, scene);
	struct str svg = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	assert_true(arena_used(arena) - used < BYTES_PER_ASSET * MANY);
	assert_true(scene->width_mm < 1190);
	assert_true(share_of_networks(scene) >= 0.8);
	for (uint32_t i = 0; i < estate->n_assets; i++)
		assert_true(places[i].size > 1.0);
	check_neighbours(places, estate->n_assets);
	str_svg(scene, &svg);
	assert_true(svg.len <= 30ul * MANY);
	assert_true(count_elements(&svg) <= 0.3 * MANY);
	str_done(&svg);
	free(places);
}

/* Whatever the order in which things came. */
static void order_is_no_matter(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *estate = made_estate(arena, 5000, 2);
	struct str one = STR_INIT(RENDER_BYTES_MAX), other = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	str_svg(draw(estate, arena, NULL), &one);
	str_svg(draw(made_estate_permuted(arena, estate, 9), arena, NULL), &other);
	assert_int_equal(one.len, other.len);
	assert_memory_equal(one.data, other.data, one.len);
	str_done(&one);
	str_done(&other);
}

/* What the titles of the sectors count. */
static uint64_t told_by_sectors(const struct scene *scene)
{
	uint64_t counted = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		unsigned int n;

		if (item->kind == SCENE_RECT && item->style == THEME_REGION && item->title &&
			sscanf(strrchr(item->title, ':') + 1, " %u assets", &n) == 1)
			counted += n;
	}
	return counted;
}

/* More than can be told apart share cells, and nothing is lost: heads count all of them. */
static void more_share_cells(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *estate = made_estate(arena, 6 * MANY, 3);
	struct scene *scene = draw(estate, arena, NULL);
	bool told = false;

	(void)state;
	for (size_t i = 0; i < scene->n_items; i++)
		told |= scene->items[i].kind == SCENE_TEXT &&
			strstr(scene->items[i].text.text, "One cell is up to ");
	assert_int_equal(told_by_sectors(scene), estate->n_assets);
	assert_true(told);
}

/* No system, no network, no address. */
static void singletons(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	struct estate *estate = made_estate(arena, MANY, 4);
	struct place *places;

	(void)state;
	estate->n_addresses = estate->n_subnets = estate->n_systems = estate->n_services = 0;
	estate->n_links = 0;
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		estate->assets[i].n_addresses = estate->assets[i].n_services = 0;
		estate->assets[i].system = ESTATE_NONE;
	}
	places = places_of(estate, draw(estate, arena, NULL));
	for (uint32_t i = 0; i < estate->n_assets; i++)
		assert_true(places[i].size > 1.0);
	free(places);
}

/* No system, and each in a network of its own: many boxes for one sheet, but none is lost. */
static void networks_of_one(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	struct estate *estate = made_estate(arena, MANY, 4);
	const uint32_t n = estate->n_assets;

	(void)state;
	estate->n_systems = estate->n_services = estate->n_links = 0;
	estate->n_addresses = estate->n_subnets = n;
	estate->addresses = arena_alloc(arena, n * sizeof(*estate->addresses));
	estate->subnets = arena_alloc(arena, n * sizeof(*estate->subnets));
	assert_true(estate->addresses && estate->subnets);
	for (uint32_t i = 0; i < n; i++) {
		struct addr addr = addr_v4(0x0a000001u + 256 * i);

		estate->assets[i].first_address = i;
		estate->assets[i].n_addresses = 1;
		estate->assets[i].n_services = 0;
		estate->assets[i].system = ESTATE_NONE;
		estate->addresses[i] =
			(struct estate_address){.asset = i, .subnet = i, .addr = addr};
		addr.bytes[3] = 0;
		estate->subnets[i] = (struct estate_subnet){{addr, 24}, "", ""};
	}
	assert_int_equal(told_by_sectors(draw(estate, arena, NULL)), n);
}

/* ---- the next sheet ---------------------------------------------------------------------- */

static struct map_slots behind(const struct map_slots *before)
{
	return (struct map_slots){.bytes = (const uint8_t *)before->kept.data,
		.size = before->kept.len,
		.kept = STR_INIT(MAP_SLOTS_MAX)};
}

static void unchanged_is_the_same(void **state)
{
	static const uint32_t sizes[] = {1, 40, 1000, 20000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *estate = made_estate(arena, sizes[i], 5);
		struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;
		struct str one = STR_INIT(RENDER_BYTES_MAX), other = STR_INIT(RENDER_BYTES_MAX);

		str_svg(draw(estate, arena, &first), &one);
		second = behind(&first);
		str_svg(draw(made_estate_permuted(arena, estate, 1), arena, &second), &other);
		assert_int_equal(one.len, other.len);
		assert_memory_equal(one.data, other.data, one.len);
		assert_int_equal(first.kept.len, second.kept.len);
		assert_memory_equal(first.kept.data, second.kept.data, first.kept.len);
		str_done(&one);
		str_done(&other);
		str_done(&first.kept);
		str_done(&second.kept);
	}
}

static int by_distance(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Of what is on both sheets, in shares of the diagonal: those that moved by at most 2 %. */
static double share_near(const struct estate *before, const struct scene *old,
	const struct estate *after, const struct scene *now, double *ret_median)
{
	struct place *p = places_of(before, old), *q = places_of(after, now);
	double *moved = calloc(after->n_assets + 1ul, sizeof(*moved));
	double diagonal = hypot(now->width_mm, now->height_mm);
	uint32_t n = 0, near = 0;

	assert_non_null(moved);
	for (uint32_t i = 0, k = 0; i < after->n_assets; i++) {
		while (k < before->n_assets && before->assets[k].id < after->assets[i].id)
			k++;
		if (k == before->n_assets || before->assets[k].id != after->assets[i].id)
			continue;
		moved[n] = hypot(p[k].x - q[i].x, p[k].y - q[i].y) / diagonal;
		near += moved[n++] <= 0.02;
	}
	assert_true(n > 0);
	qsort(moved, n, sizeof(*moved), by_distance);
	*ret_median = moved[n / 2];
	free(p);
	free(q);
	free(moved);
	return (double)near / n;
}

static void what_stays_stands_where_it_stood(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *before = made_estate(arena, MANY, 1),
			    *after = made_estate_later(arena, before, 50, 7);
	struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;
	const struct scene *old = draw(before, arena, &first), *now;
	struct place *places;
	double median;

	(void)state;
	second = behind(&first);
	now = draw(after, arena, &second);
	assert_true(share_near(before, old, after, now, &median) >= 0.95);
	assert_true(median < 1e-9);
	places = places_of(after, now);
	check_neighbours(places, after->n_assets);
	free(places);
	str_done(&first.kept);
	str_done(&second.kept);
}

static void check_apart(const struct scene *scene)
{
	const enum theme_style styles[] = {THEME_REGION, THEME_SYSTEM, THEME_SUBNET};

	for (size_t s = 0; s < ARRAY_SIZE(styles); s++)
		for (size_t i = 0; i < scene->n_items; i++)
			for (size_t k = 0; k < i && scene->items[i].style == styles[s]; k++) {
				const struct scene_item *a = &scene->items[i],
							*b = &scene->items[k];

				if (b->style == styles[s] && a->layer == SCENE_REGIONS &&
					b->layer == SCENE_REGIONS)
					assert_true(a->rect.x + a->rect.w < b->rect.x + 0.01 ||
						    b->rect.x + b->rect.w < a->rect.x + 0.01 ||
						    a->rect.y + a->rect.h < b->rect.y + 0.01 ||
						    b->rect.y + b->rect.h < a->rect.y + 0.01);
			}
}

/* Whatever is full: a network, a system, a sector or its strip, all of the sheet. */
static void sheet_after_sheet(void **state)
{
	const uint32_t sizes[] = {300, 1000, 3000, 10000};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *before = made_estate(arena, sizes[s], 3);
		struct map_slots slots = {.kept = STR_INIT(MAP_SLOTS_MAX)};
		const struct scene *old = draw(before, arena, &slots);
		uint32_t far = 0;

		for (uint64_t month = 7; month < 15; month++) {
			const struct estate *after =
				made_estate_later(arena, before, 50, month);
			struct map_slots next = behind(&slots);
			const struct scene *now = draw(after, arena, &next);
			double median, near = share_near(before, old, after, now, &median);

			/* One system is a good part of a small sheet. */
			assert_true(near >= (sizes[s] < 10000 ? 0.6 : 0.95));
			far += near < 0.95;
			check_apart(now);
			check_cells(after, now);
			str_done(&slots.kept);
			slots = next;
			before = after;
			old = now;
		}
		assert_in_range(far, 0, 1);
		str_done(&slots.kept);
	}
}

/* Of estates of a size at which systems are few and large. Among them is one to which a sector
 * comes (1,000, 9; 3,000, 25), systems that are larger than a strip is high (3,000, 1, 11 and
 * 22), and networks that have no room any more. */
static void what_stays_in_few_systems(void **state)
{
	static const struct {
		uint32_t assets;
		uint64_t seed;
	} made[] = {{300, 2}, {300, 6}, {300, 23}, {300, 37}, {1000, 9}, {1000, 10}, {1000, 13},
		{3000, 1}, {3000, 11}, {3000, 15}, {3000, 22}, {3000, 25}, {10000, 1},
		{10000, 5}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *before = made_estate(arena, made[i].assets, made[i].seed),
				    *after = made_estate_later(arena, before, 50, 7);
		struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;
		const struct scene *old = draw(before, arena, &first);
		double median;

		second = behind(&first);
		assert_true(share_near(before, old, after, draw(after, arena, &second),
				    &median) >= 0.95);
		assert_true(median < 1e-9);
		str_done(&first.kept);
		str_done(&second.kept);
	}
}

/* What an estate without this system had on its map, and then the estate with it. */
static void comes_new(const struct estate *estate, uint32_t system)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	struct estate before = *estate;
	struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;

	before.assets = arena_alloc(arena, estate->n_assets * sizeof(*before.assets));
	assert_non_null(before.assets);
	memcpy(before.assets, estate->assets, estate->n_assets * sizeof(*before.assets));
	for (uint32_t i = 0; i < before.n_assets; i++)
		if (before.assets[i].system == system)
			before.assets[i].system = ESTATE_NONE;
	draw(&before, arena, &first);
	second = behind(&first);
	check_cells(estate, draw(estate, arena, &second));
	str_done(&first.kept);
	str_done(&second.kept);
}

/* A sheet with names in its cells keeps no room in its sectors: a sector in which something is
 * new is laid out anew. Each system once is the new one. */
static void a_new_system_on_a_small_sheet(void **state)
{
	static const uint32_t sizes[] = {60, 150, 400};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *estate = made_estate(arena, sizes[i], 3);

		for (uint32_t system = 0; system < estate->n_systems; system++)
			comes_new(estate, system);
	}
}

/* One sector of systems of three assets each, from number `first` on. */
static struct estate *alike_systems(struct arena *arena, uint32_t first, uint32_t n)
{
	struct estate *e = arena_alloc(arena, sizeof(*e));

	assert_non_null(e);
	*e = (struct estate){.arena = arena, .realm = "alike", .as_of_us = 1764086400000000};
	e->systems = arena_alloc(arena, n * sizeof(*e->systems));
	e->subnets = arena_alloc(arena, n * sizeof(*e->subnets));
	e->assets = arena_alloc(arena, ALIKE * n * sizeof(*e->assets));
	e->addresses = arena_alloc(arena, ALIKE * n * sizeof(*e->addresses));
	assert_true(e->systems && e->subnets && e->assets && e->addresses);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t prefix = 0x0a000000u + (first + i) * 256;
		struct addr base = addr_v4(prefix);

		e->systems[e->n_systems++] = (struct estate_system){
			.id = arena_printf(arena, "system-%05u", first + i),
			.name = arena_printf(arena, "System %u", first + i),
			.organisation = "Works",
			.sector = "energy",
			.business = "",
			.tier = 2,
			.designation_no = "",
			.designation_pack = ""};
		e->subnets[e->n_subnets++] = (struct estate_subnet){cidr_of(&base, 24), "", ""};
		for (uint32_t k = 0; k < ALIKE; k++) {
			e->addresses[e->n_addresses] =
				(struct estate_address){.asset = e->n_assets,
					.subnet = i,
					.addr = addr_v4(prefix + 10 + k)};
			e->assets[e->n_assets++] = (struct estate_asset){
				.id = (uint64_t)(first + i) * ALIKE + k + 1,
				.name = arena_printf(arena, "host-%u-%u", first + i, k),
				.vendor = "",
				.model = "",
				.os = "",
				.system = i,
				.first_address = e->n_addresses++,
				.n_addresses = 1};
		}
	}
	return e;
}

/* To a sector of thousands of systems some come, and others go: what stays stands where it
 * stood. Looking for room must not take the third power of their number: half an hour, here. */
static void thousands_of_systems_in_a_sector(void **state)
{
	static const uint32_t gone[] = {0, 40}, come[] = {1, 40};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *before = alike_systems(arena, 0, SYSTEMS);
		const struct estate *after =
			alike_systems(arena, gone[i], SYSTEMS - gone[i] + come[i]);
		struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;
		const struct scene *old = draw(before, arena, &first), *now;
		double median;

		second = behind(&first);
		now = draw(after, arena, &second);
		assert_true(share_near(before, old, after, now, &median) >= 0.95);
		assert_true(median < 1e-9);
		check_cells(after, now);
		str_done(&first.kept);
		str_done(&second.kept);
	}
}

/* The seal of places, as it would be if these were the mapper's own bytes. */
static void seal(struct str *places)
{
	static const struct siphash_key key = {0x6d61702d736c6f74, 2};
	uint64_t sum = siphash(&key, places->data, places->len - 8);

	for (int i = 0; i < 8; i++)
		places->data[places->len - 1 - i] = (char)(sum >> 8 * i);
}

/* A register of somebody else: every byte may be any other, and all assets are drawn. */
static void foreign_places(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	static const uint32_t sizes[] = {60, 2000};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *estate = made_estate(arena, sizes[s], 6),
				    *later = made_estate_later(arena, estate, 100, 7);
		struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;
		size_t n;

		draw(estate, arena, &first);
		n = first.kept.len;
		/* The measures one by one, then some of all. */
		for (size_t at = 0; at < n - 8; at += at < 64 ? 1 : 1 + n / 60)
			for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
				_cleanup_(arena_freep) struct arena *page = arena_new(ARENA);
				const struct scene *scene;
				char was = first.kept.data[at];

				first.kept.data[at] = (char)values[v];
				seal(&first.kept);
				second = behind(&first);
				scene = draw(later, page, &second);
				/* The boxes themselves may be anywhere on the sheet. */
				free(places_of(later, scene));
				check_within(scene);
				str_done(&second.kept);
				first.kept.data[at] = was;
			}
		str_done(&first.kept);
	}
}

static void set_number(uint8_t *at, uint32_t number)
{
	for (int b = 0; b < 4; b++)
		at[b] = (uint8_t)(number >> (24 - 8 * b));
}

/* Where the columns and rows of each network stand among the kept places. */
static void set_cells(struct str *places, uint32_t columns, uint32_t rows)
{
	uint8_t *at = (uint8_t *)places->data + 48;
	uint32_t n;

	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++) {
		struct cursor c = cursor_of(at, 4);

		n = (uint32_t)cursor_be(&c, 4);
		at += 4;
		for (uint32_t i = 0; i < n; i++, at += 32) {
			if (kind != DISTRICT_NETWORK)
				continue;
			set_number(at + 28, rows);
			set_number(at + 32, columns);
			c = cursor_of(at + 36, 4);
			at += 8 + 12 * cursor_be(&c, 4);
		}
	}
	assert_ptr_equal(at + 8, places->data + places->len);
	seal(places);
}

/* A box does not hold what its columns and rows say; sheets of before rows were kept have
 * none. */
static void cells_are_held_to_the_box(void **state)
{
	static const uint32_t sizes[] = {60, 2000, 20000}, columns[] = {1, 40, 300, 100000},
			      rows[] = {0, 1, 300, 100000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t k = 0; k < ARRAY_SIZE(columns) * ARRAY_SIZE(rows); k++) {
			_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
			const struct estate *estate = made_estate(arena, sizes[i], 6);
			struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;

			draw(estate, arena, &first);
			set_cells(&first.kept, columns[k % ARRAY_SIZE(columns)],
				rows[k / ARRAY_SIZE(columns)]);
			second = behind(&first);
			check_cells(estate, draw(estate, arena, &second));
			str_done(&first.kept);
			str_done(&second.kept);
		}
}

/* Whatever its height, a system that holds its networks by the reckoning has a place for each
 * of their cells, also when lengths are rounded. */
static void rounding_loses_no_room(void **state)
{
	struct district_measure measure = {.cell_w = 1.2,
		.cell_h = 1.2,
		.head_pt = {0, 6, 5, 5},
		.pad = 0.3,
		.gap = 0.4,
		.slack = 0.08,
		.packed = 1.2};
	struct district_cell cells[50] = {{0}};
	struct district_node
		system = {.kind = DISTRICT_SYSTEM, .label = "S", .n = 1, .n_assets = 50},
		network = {.kind = DISTRICT_NETWORK, .label = "N", .n = 50, .n_assets = 50};
	struct district d = {.cells = cells, .n_assets = 50, .n_cells = 50, .per_cell = 1};
	uint32_t laid = 0, columns, rows;

	(void)state;
	d.nodes[DISTRICT_SYSTEM] = &system;
	d.nodes[DISTRICT_NETWORK] = &network;
	d.n_nodes[DISTRICT_SYSTEM] = d.n_nodes[DISTRICT_NETWORK] = 1;
	for (uint32_t step = 0; step < 200000; step++) {
		measure.head_pt[DISTRICT_NETWORK] = 5 + step % 10 * 0.1;
		d.kept = step % 20 < 10;
		system.box = (struct sheet_box){10.0123, 20.0777, 20.7, 11 + step / 10 * 1e-4};
		system.extra = 1;
		network.row = 1;
		if (!district_lay_system(&d, &system, &measure))
			continue;
		laid++;
		columns = network.columns;
		rows = network.rows;
		if (columns * rows < network.n || !district_squeeze(&network, &measure) ||
			network.columns != columns || network.rows != rows)
			fail_msg(
				"%u columns in %f x %f", columns, network.box.w, network.box.h);
	}
	assert_true(laid > 10000);
}

/* Bytes that say nothing, or something else, lay the sheet out anew and do no harm. */
static void damaged_places(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *estate = made_estate(arena, 2000, 6),
			    *other = made_estate(arena, 700, 7);
	struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second;
	struct str one = STR_INIT(RENDER_BYTES_MAX), again = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	str_svg(draw(estate, arena, &first), &one);
	for (size_t at = 0; at < first.kept.len; at += 1 + first.kept.len / 60) {
		second = behind(&first);
		first.kept.data[at] ^= 0x20;
		str_reset(&again);
		str_svg(draw(estate, arena, &second), &again);
		first.kept.data[at] ^= 0x20;
		assert_int_equal(again.len, one.len);
		assert_memory_equal(again.data, one.data, one.len);
		second.size = at; /* cut short */
		str_reset(&second.kept);
		draw(estate, arena, &second);
		str_done(&second.kept);
	}
	second = behind(&first); /* of another estate */
	free(places_of(other, draw(other, arena, &second)));
	str_done(&second.kept);
	str_done(&first.kept);
	str_done(&one);
	str_done(&again);
}

/* What passive discovery finds is named by its address: none is cut where cells have names. */
static void addresses_are_whole(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	struct estate *estate = (struct estate *)made_estate(arena, 110, 1);
	const struct scene *scene;
	size_t names = 0;

	(void)state;
	estate->n_systems = 0;
	for (uint32_t i = 0; i < estate->n_assets; i++) {
		estate->assets[i].system = ESTATE_NONE;
		estate->assets[i].name = arena_printf(arena, "172.20.32.%u", 100 + i);
	}
	scene = draw(estate, arena, NULL);
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		if (item->kind != SCENE_TEXT || strncmp(item->text.text, "172.20.", 7) != 0)
			continue;
		names++;
		if (strstr(item->text.text, "…"))
			fail_msg("%s", item->text.text);
	}
	assert_int_equal(names, estate->n_assets);
	assert_int_equal(check_texts(scene) + check_boxes(scene) + check_legend(scene), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_hundred_thousand_on_one_sheet),
		cmocka_unit_test(names_without_room_are_counted),
		cmocka_unit_test(order_is_no_matter), cmocka_unit_test(more_share_cells),
		cmocka_unit_test(singletons), cmocka_unit_test(networks_of_one),
		cmocka_unit_test(unchanged_is_the_same),
		cmocka_unit_test(what_stays_stands_where_it_stood),
		cmocka_unit_test(what_stays_in_few_systems),
		cmocka_unit_test(sheet_after_sheet),
		cmocka_unit_test(a_new_system_on_a_small_sheet),
		cmocka_unit_test(thousands_of_systems_in_a_sector),
		cmocka_unit_test(addresses_are_whole), cmocka_unit_test(foreign_places),
		cmocka_unit_test(cells_are_held_to_the_box),
		cmocka_unit_test(rounding_loses_no_room), cmocka_unit_test(damaged_places)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
