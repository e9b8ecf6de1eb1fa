/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of a topology sheet, kept for the next: what stays stands where it stood, what is
 * new comes to its neighbours, nothing lies over another, and places from a stranger's database
 * do no harm.
 */
#include "mapper/sheet/sheet.h"

#include "common/model/difference.h"
#include "common/siphash.h"
#include "mapper/render/measure.h"
#include "mapper/render/render.h"
#include "mapper/sheet/topology.h"
#include "tests/unit/mapper/campus.h"
#include "tests/unit/mapper/plant.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/mapper/stays.h"
#include "tests/unit/mapper/tangle.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>

#define ARENA (2ul << 30)
#define HEAD 30	      /* bytes before the nodes */
#define NODE_BYTES 28 /* key, then ten numbers of two bytes */
#define LEVEL_AT 5
#define LIMITS_AT 6
#define TANGLE_AT 18

/* What is laid out twice to be compared is slow enough under the sanitizers. */
#ifdef __SANITIZE_ADDRESS__
enum { MONTHS = 1, DIFFERENCES = 1 };
#else
enum { MONTHS = 4, DIFFERENCES = 2 };
#endif

static const struct campus small = {5, 4, 8, 1000, 60, 20}, large = {5, 16, 40, 10000, 600, 10};
static const struct campus *const campuses[] = {&small, &large};

static const struct sheet_request usual = {.title = "Topology",
	.number = 1,
	.total = 1,
	.language = MAP_ENGLISH,
	.overlays = MAP_OVERLAYS_DEFAULT};

struct drawn {
	struct model *model;
	struct scene *scene;
};

static struct drawn draw_as(const struct sheet_request *asked, const struct estate *estate,
	struct arena *arena, struct map_slots *slots)
{
	struct sheet_request request = *asked;
	struct error err = {0};
	struct drawn d;

	request.topology_slots = slots;
	assert_int_equal(model_make(estate, arena, &d.model, &err), 0);
	if (sheet_topology(d.model, &request, &d.scene, &err) < 0)
		fail_msg("%s", err.text);
	return d;
}

static struct drawn draw(
	const struct estate *estate, struct arena *arena, struct map_slots *slots)
{
	return draw_as(&usual, estate, arena, slots);
}

static struct map_slots none(void)
{
	return (struct map_slots){.kept = STR_INIT(MAP_SLOTS_MAX)};
}

static struct map_slots behind(const struct map_slots *before)
{
	return (struct map_slots){.bytes = (const uint8_t *)before->kept.data,
		.size = before->kept.len,
		.kept = STR_INIT(MAP_SLOTS_MAX)};
}

static void assert_same_sheet(const struct scene *a, const struct scene *b)
{
	struct str one = STR_INIT(RENDER_BYTES_MAX), other = STR_INIT(RENDER_BYTES_MAX);

	assert_int_equal(render_svg(&a, 1, &one, NULL), 0);
	assert_int_equal(render_svg(&b, 1, &other, NULL), 0);
	assert_int_equal(one.len, other.len);
	assert_memory_equal(one.data, other.data, one.len);
	str_done(&one);
	str_done(&other);
}

static void assert_same_places(const struct map_slots *a, const struct map_slots *b)
{
	assert_int_equal(a->kept.len, b->kept.len);
	assert_memory_equal(a->kept.data, b->kept.data, a->kept.len);
}

/* Crossings and hits of a sheet on which nothing lies over another. */
static size_t tangle_checked(const struct scene *scene)
{
	struct tangle t;
	size_t n;

	tangle_of_scene(scene, &t);
	n = t.crossings + t.hits;
	assert_int_equal(t.overlaps, 0);
	tangle_done(&t);
	assert_int_equal(check_boxes(scene), 0);
	return n;
}

/* ---- what stays ---- */

static void check_unchanged(
	const struct estate *estate, const struct estate *again, struct arena *arena)
{
	struct map_slots first = none(), second, third;
	struct drawn one = draw(estate, arena, &first), other;

	assert_same_sheet(one.scene, draw(estate, arena, NULL).scene);
	second = behind(&first);
	other = draw(again, arena, &second);
	assert_same_sheet(one.scene, other.scene);
	assert_same_places(&first, &second);
	third = behind(&second);
	assert_same_sheet(one.scene, draw(estate, arena, &third).scene);
	assert_same_places(&first, &third);
	str_done(&first.kept);
	str_done(&second.kept);
	str_done(&third.kept);
}

/* Links in another order: those of the estate have none. */
static struct estate *permuted(struct arena *arena, const struct estate *estate)
{
	struct estate *e = arena_copy(arena, estate, sizeof(*e));

	assert_non_null(e);
	e->links = arena_copy(arena, estate->links, e->n_links * sizeof(*e->links));
	assert_non_null(e->links);
	for (uint32_t i = 0; i < e->n_links; i++)
		e->links[i] = estate->links[(i * 7919ul + 3) % e->n_links];
	return e;
}

static void unchanged_is_the_same(void **state)
{
	static const enum sample samples[] = {
		SAMPLE_LAB, SAMPLE_CITY, SAMPLE_NETWORKS, SAMPLE_METROPOLIS};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		struct estate *e = sample_estate(arena, samples[i]);

		check_unchanged(e, e, arena);
	}
	for (size_t i = 0; i < ARRAY_SIZE(campuses); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		struct estate *e = campus_estate(arena, campuses[i]);

		check_unchanged(e, permuted(arena, e), arena);
	}
}

static void month_after_month(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(campuses); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *e = campus_estate(arena, campuses[i]);
		struct map_slots slots = none();
		uint32_t far = 0, all = 0;

		draw(e, arena, &slots);
		for (uint32_t month = 1; month <= MONTHS; month++) {
			struct map_slots next = behind(&slots);
			struct stays stays;
			struct drawn now;
			size_t anew;

			e = campus_later(arena, campuses[i], e, 50, month);
			now = draw(e, arena, &next);
			anew = tangle_checked(draw(e, arena, NULL).scene);
			stays = stays_between(now.model, &usual, &slots, &next);
			all += stays.n;
			far += (uint32_t)lround(stays.n * (1 - stays.near));
			if (stays.median > 1e-9 ||
				tangle_checked(now.scene) > anew * 3 / 2 + 2 ||
				check_texts(now.scene) + check_links(now.scene) > 0)
				fail_msg("campus %zu, month %u: median %f, %zu crossings", i,
					month, stays.median, tangle_checked(now.scene));
			str_done(&slots.kept);
			slots = next;
		}
		str_done(&slots.kept);
		assert_true(far * 20 <= all);
	}
}

static size_t n_nodes(const struct map_slots *slots)
{
	return (slots->kept.len - HEAD - 8) / NODE_BYTES;
}

static struct estate *joined(
	struct arena *arena, const struct estate *now, const struct estate *other)
{
	struct estate *e = arena_alloc(arena, sizeof(*e));

	assert_non_null(e);
	assert_int_equal(estate_difference(now, other, arena, e, NULL), 0);
	return e;
}

/* Both days on the places of the first: what is gone where it stood, also if a sheet was drawn
 * without it since. */
static void a_difference_on_the_first_days_places(void **state)
{
	uint32_t far = 0, all = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(campuses); i++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *before = campus_estate(arena, campuses[i]);
		const struct estate *now = campus_later(arena, campuses[i], before, 50, 1);
		struct map_slots first = none(), second, at_once, later;
		struct sheet_request request = usual;
		struct drawn d = draw(before, arena, &first);
		struct stays stays;

		request.overlays |= MAP_OVERLAY_CHANGE;
		second = behind(&first);
		draw(now, arena, &second);
		at_once = behind(&first);
		later = behind(&second);
		for (int k = 0; k < DIFFERENCES; k++) {
			struct map_slots *slots = k ? &later : &at_once;
			/* With other things over it nothing is kept: the sheet tells it. */
			struct sheet_request as_kept = usual;

			d = draw_as(&request, joined(arena, now, before), arena, slots);
			tangle_checked(d.scene);
			assert_int_equal(slots->kept.len, 0);
			d = draw_as(&as_kept, joined(arena, now, before), arena, slots);
			stays = stays_between(d.model, &usual, &first, slots);
			if (stays.n * 10 < n_nodes(&first) * 9 || stays.median > 0.01)
				fail_msg("campus %zu, %d: %u of %zu, %f, %f", i, k, stays.n,
					n_nodes(&first), stays.near, stays.median);
			all += stays.n;
			far += (uint32_t)lround(stays.n * (1 - stays.near));
			str_done(&slots->kept);
		}
		str_done(&first.kept);
		str_done(&second.kept);
	}
	assert_true(far * 20 <= all);
}

/* Who gives way does so to what stands somewhere, not to what is new and has no place yet. */
static void what_has_no_place_pushes_nobody(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *before = campus_estate(arena, &small),
			    *after = campus_later(arena, &small, before, 200, 5);
	struct map_slots first = none(), second;
	struct stays stays;
	struct drawn now;

	(void)state;
	draw(before, arena, &first);
	second = behind(&first);
	now = draw(after, arena, &second);
	tangle_checked(now.scene);
	stays = stays_between(now.model, &usual, &first, &second);
	if (stays.n < 20 || stays.near < 0.95 || stays.median > 0.01)
		fail_msg("%u, %f, %f", stays.n, stays.near, stays.median);
	str_done(&first.kept);
	str_done(&second.kept);
}

/* ---- what is laid out anew ---- */

static void seal(struct str *places)
{
	static const struct siphash_key key = {0x746f706f2d736c6f, 1};
	uint64_t sum = siphash(&key, places->data, places->len - 8);

	for (int i = 0; i < 8; i++)
		places->data[places->len - 1 - i] = (char)(sum >> 8 * i);
}

static char *node(struct map_slots *slots, size_t i)
{
	return slots->kept.data + HEAD + i * NODE_BYTES;
}

static void fewer_than_half_is_laid_out_anew(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *before = campus_estate(arena, &small),
			    *after = campus_later(arena, &small, before, 700, 1),
			    *other = campus_estate(arena, &large);
	struct map_slots first = none(), second, third;

	(void)state;
	draw(before, arena, &first);
	second = behind(&first);
	assert_same_sheet(
		draw(after, arena, &second).scene, draw(after, arena, NULL).scene);
	third = behind(&first);
	assert_same_sheet(
		draw(other, arena, &third).scene, draw(other, arena, NULL).scene);
	/* Also with other things over it: there is nothing that others would lose. */
	str_done(&third.kept);
	third = behind(&first);
	first.kept.data[10] ^= 1;
	seal(&first.kept);
	draw(other, arena, &third);
	assert_true(third.kept.len > 0);
	str_done(&first.kept);
	str_done(&second.kept);
	str_done(&third.kept);
}

/* Each stands where another of the same size stood. */
static void mix(struct map_slots *slots)
{
	size_t n = n_nodes(slots);

	for (size_t i = 0; i < n; i++)
		for (size_t k = n; k-- > i + 1;) {
			char *a = node(slots, i) + 8, *b = node(slots, k) + 8, was[4];

			if (memcmp(a + 4, b + 4, 4) != 0 || memcmp(a + 8, b + 8, 12) != 0)
				continue;
			memcpy(was, a, 4);
			memcpy(a, b, 4);
			memcpy(b, was, 4);
			break;
		}
	seal(&slots->kept);
}

static void much_worse_is_laid_out_anew(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *e = sample_estate(arena, SAMPLE_NETWORKS);
	struct map_slots first = none(), second, third;
	struct drawn one = draw(e, arena, &first), mixed;

	(void)state;
	mix(&first);
	second = behind(&first);
	mixed = draw(e, arena, &second);
	assert_same_sheet(mixed.scene, one.scene);
	/* But not if it was no better when it was last laid out. */
	memset(first.kept.data + TANGLE_AT + 4, 0x10, 1);
	seal(&first.kept);
	third = behind(&first);
	mixed = draw(e, arena, &third);
	assert_int_not_equal(check_same(mixed.scene, one.scene), 0);
	tangle_checked(mixed.scene);
	str_done(&first.kept);
	str_done(&second.kept);
	str_done(&third.kept);
}

/* What it is held to is what a new layout comes to now. */
static void what_grew_tangled_by_itself_stays(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *e = campus_estate(arena, &small);
	struct map_slots first = none(), second;
	struct drawn one = draw(e, arena, &first);

	(void)state;
	memset(first.kept.data + TANGLE_AT, 0, 8);
	seal(&first.kept);
	second = behind(&first);
	assert_same_sheet(draw(e, arena, &second).scene, one.scene);
	assert_memory_not_equal(second.kept.data + TANGLE_AT, "\0\0\0\0\0\0\0", 8);
	str_done(&first.kept);
	str_done(&second.kept);
}

/* The same estate with so many hosts in the place of each. */
static struct estate *crowded(struct arena *arena, const struct estate *estate, uint32_t times)
{
	struct estate *e = arena_copy(arena, estate, sizeof(*e));
	size_t n = (size_t)estate->n_assets * times;

	assert_non_null(e);
	e->assets = arena_alloc(arena, n * sizeof(*e->assets));
	e->addresses = arena_alloc(arena, (n + estate->n_addresses) * sizeof(*e->addresses));
	assert_true(e->assets && e->addresses);
	memcpy(e->assets, estate->assets, estate->n_assets * sizeof(*e->assets));
	memcpy(e->addresses, estate->addresses, estate->n_addresses * sizeof(*e->addresses));
	for (uint32_t i = 0; i < estate->n_assets * (times - 1); i++) {
		const struct estate_asset *host = &estate->assets[i % estate->n_assets];
		struct estate_address address = e->addresses[host->first_address];

		if (host->role == ASSET_ROLE_ROUTER)
			continue;
		address.asset = e->n_assets;
		address.addr.bytes[2] ^= 8 + i / estate->n_assets;
		e->assets[e->n_assets] = *host;
		e->assets[e->n_assets].id = 1000000 + i;
		e->assets[e->n_assets].first_address = e->n_addresses;
		e->assets[e->n_assets++].n_addresses = 1;
		e->addresses[e->n_addresses++] = address;
	}
	return e;
}

/* Sizes are others, so that all move, but not half as far as when the sheet is laid out
 * anew. */
static void check_half(const struct drawn *d, const struct estate *estate,
	const struct map_slots *before, const struct map_slots *after, struct arena *arena)
{
	struct map_slots other = none();
	struct stays stays = stays_between(d->model, &usual, before, after), anew;

	draw(estate, arena, &other);
	anew = stays_between(d->model, &usual, before, &other);
	if (stays.n < 30 || stays.median * 2 > anew.median)
		fail_msg("%u, %f of %f", stays.n, stays.median, anew.median);
	str_done(&other.kept);
}

/* No room: the sheet takes a larger paper, and if there is none large enough, less detail. */
static void without_room(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *few = campus_estate(arena, &(struct campus){5, 4, 8, 60, 0, 0}),
			    *many = crowded(arena, few, 3);
	struct estate *most = crowded(arena, few, 60);
	struct map_slots first = none(), second, third;
	struct drawn one = draw(few, arena, &first), two, three;

	(void)state;
	second = behind(&first);
	two = draw(many, arena, &second);
	tangle_checked(two.scene);
	assert_true(two.scene->width_mm > one.scene->width_mm);
	check_half(&two, many, &first, &second, arena);
	/* Names have no room on any paper: then they go, and the places stay. */
	third = behind(&first);
	most->other_us =
		most->as_of_us - 1; /* a difference is not laid out anew for its tangle */
	three = draw(most, arena, &third);
	tangle_checked(three.scene);
	assert_true(third.kept.data[LEVEL_AT] >= (char)topo_n_named_levels);
	check_half(&three, most, &first, &third, arena);
	str_done(&first.kept);
	str_done(&second.kept);
	str_done(&third.kept);
}

/* Every router in every network. */
static void mesh(struct arena *arena, struct estate *e)
{
	size_t n = e->n_addresses + (size_t)e->n_assets * e->n_subnets;
	struct estate_address *addresses = arena_alloc(arena, n * sizeof(*addresses));

	assert_non_null(addresses);
	memcpy(addresses, e->addresses, e->n_addresses * sizeof(*addresses));
	for (uint32_t i = 0; i < e->n_assets; i++) {
		if (e->assets[i].role != ASSET_ROLE_ROUTER)
			continue;
		e->assets[i].first_address = e->n_addresses;
		e->assets[i].n_addresses = e->n_subnets;
		for (uint32_t k = 0; k < e->n_subnets; k++) {
			struct estate_address *address = &addresses[e->n_addresses++];

			*address = (struct estate_address){
				.asset = i, .subnet = k, .addr = e->subnets[k].cidr.base};
			address->addr.bytes[2] += 15;
			address->addr.bytes[3] = (uint8_t)(1 + i);
		}
	}
	e->addresses = addresses;
}

/* Places are no reason for more lines than a sheet may have: not even if without names they
 * would all be there. */
static void with_too_many_lines(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	/* Too many lines if nothing is folded, and if so, too many hosts for names. */
	const struct campus wide = {2, 1, 33, 300, 0, 0};
	const struct estate *few = campus_estate(arena, &wide);
	struct estate *meshed = crowded(arena, few, 30);
	struct map_slots first = none(), second;

	(void)state;
	mesh(arena, meshed);
	for (uint32_t i = few->n_assets; i < meshed->n_assets; i++) {
		uint32_t *subnet = &meshed->addresses[meshed->assets[i].first_address].subnet;

		*subnet -= *subnet % wide.networks;
		meshed->assets[i].system = *subnet / wide.networks;
	}
	meshed->other_us = meshed->as_of_us - 1;
	draw(few, arena, &first);
	second = behind(&first);
	draw(meshed, arena, &second);
	assert_true(first.kept.data[LEVEL_AT] < (char)topo_n_named_levels);
	assert_true(second.kept.data[LEVEL_AT] >= (char)topo_n_named_levels);
	assert_true(second.kept.data[LIMITS_AT] > first.kept.data[LIMITS_AT]); /* folded */
	str_done(&first.kept);
	str_done(&second.kept);
}

/* ---- whose places they are ---- */

static void of_another_paper_or_arrangement(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	struct estate *e = campus_estate(arena, &small), *plant = plant_estate(arena);
	struct sheet_request paper = usual, rows = usual, zones = usual;
	struct map_slots first = none(), other;
	struct drawn one = draw(e, arena, &first);

	(void)state;
	/* Of this paper there is no sheet. */
	paper.paper = MAP_PAPER_A2;
	other = behind(&first);
	assert_same_sheet(
		draw_as(&paper, e, arena, &other).scene, draw_as(&paper, e, arena, NULL).scene);
	assert_int_equal(other.kept.len, 0);
	/* The same places with something else over it, and they stay what they are. */
	zones.language = MAP_CHINESE;
	draw_as(&zones, e, arena, &other);
	assert_int_equal(other.kept.len, 0);
	str_done(&first.kept);
	/* Rows keep nothing and take nothing. */
	rows.arrange = MAP_ARRANGE_FREE;
	first = none();
	draw_as(&rows, plant, arena, &first);
	assert_true(first.kept.len > 0);
	rows.arrange = MAP_ARRANGE_AUTO;
	other = behind(&first);
	one = draw_as(&rows, plant, arena, &other);
	assert_same_sheet(one.scene, draw_as(&rows, plant, arena, NULL).scene);
	assert_int_equal(other.kept.len, 0);
	str_done(&first.kept);
}

/* ---- a stranger's places ---- */

static void set(char *at, unsigned int value)
{
	at[0] = (char)(value >> 8);
	at[1] = (char)value;
}

/* Whether they are places at all; if not, the sheet is drawn as if there were none. */
static bool is_read(const struct estate *estate, struct arena *arena, struct map_slots *slots)
{
	struct sheet_request request = usual;
	struct error err = {0};
	struct model *model;

	request.topology_slots = slots;
	assert_int_equal(model_make(estate, arena, &model, &err), 0);
	return topo_kept_read(model, &request);
}

/* Every byte may be any other, and nothing lies over another. */
static void foreign_bytes(void **state)
{
	static const uint8_t values[] = {0x00, 0x7f, 0xff};
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	struct estate *lab = sample_estate(arena, SAMPLE_LAB),
		      *city = sample_estate(arena, SAMPLE_CITY);
	struct estate *estates[] = {lab, city};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(estates); s++) {
		struct map_slots first = none(), second;

		draw(estates[s], arena, &first);
		for (size_t at = 0; at < first.kept.len - 8; at += s ? 211 : at < HEAD ? 1 : 13)
			for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
				_cleanup_(arena_freep) struct arena *page = arena_new(ARENA);
				char was = first.kept.data[at];

				first.kept.data[at] = (char)values[v];
				seal(&first.kept);
				second = behind(&first);
				if (is_read(estates[s], page, &second))
					tangle_checked(draw(estates[s], page, &second).scene);
				str_done(&second.kept);
				first.kept.data[at] = was;
			}
		str_done(&first.kept);
	}
}

/* All in one corner, each where its size has no place, all of the size of the sheet, bytes that
 * are no numbers anywhere else, two of a key. */
static void foreign_places(void **state)
{
	(void)state;
	for (int kind = 0; kind < 7; kind++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
		const struct estate *e = kind % 2 ? campus_estate(arena, &small)
						  : sample_estate(arena, SAMPLE_NETWORKS);
		struct map_slots first = none(), second;

		draw(e, arena, &first);
		for (size_t i = 0; i < n_nodes(&first); i++) {
			char *at = node(&first, i) + 8;

			if (kind < 2)
				memset(at, 0, 4); /* x, y */
			else if (kind < 4) {
				memset(at, 0, 4);
				set(at + 4, 150); /* w, h */
				set(at + 6, 90);
				set(at + 8, (unsigned int)(i * 31 % 100));
				set(at + 10, (unsigned int)(i * 17 % 60));
				set(at + 12, (unsigned int)(i % 3 ? i : 149)); /* column */
				set(at + 14, 40);
				set(at + 16, 20);
			} else if (kind == 4)
				memset(at, 0xff, 20);
			else if (kind == 5)
				memcpy(at, "\x7f\xf8\0\0\0\0\0\0\x7f\xf8\0\0\0\0\0\0", 16);
			else
				memcpy(at - 8, node(&first, 0), 8);
		}
		seal(&first.kept);
		second = behind(&first);
		tangle_checked(draw(e, arena, &second).scene);
		str_done(&first.kept);
		str_done(&second.kept);
	}
}

/* Of nothing that is there; and a name of any length is a key like another. */
static void keys(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	struct estate *e = campus_estate(arena, &small);
	char *name = arena_alloc(arena, 10001);
	struct map_slots first = none(), second;

	(void)state;
	assert_non_null(name);
	memset(name, 'n', 10000);
	e->systems[0].id = name;
	check_unchanged(e, e, arena);
	draw(e, arena, &first);
	for (size_t i = 0; i < n_nodes(&first); i++)
		node(&first, i)[3] ^= 0x55;
	seal(&first.kept);
	second = behind(&first);
	assert_same_sheet(draw(e, arena, &second).scene, draw(e, arena, NULL).scene);
	str_done(&first.kept);
	str_done(&second.kept);
}

/* Bytes that are not the mapper's say nothing, whatever their length: none of them is read, and
 * a few sheets are looked at. */
static void damaged_bytes(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA);
	const struct estate *e = sample_estate(arena, SAMPLE_LAB);
	struct map_slots first = none(), second;
	struct drawn one = draw(e, arena, &first);

	(void)state;
	for (size_t at = 0; at < first.kept.len; at++) {
		bool drawn = at % (1 + first.kept.len / 4) == 0;

		first.kept.data[at] ^= 0x20;
		second = behind(&first);
		assert_false(is_read(e, arena, &second));
		if (drawn)
			assert_same_sheet(draw(e, arena, &second).scene, one.scene);
		first.kept.data[at] ^= 0x20;
		str_reset(&second.kept);
		second.size = at; /* cut short */
		assert_false(is_read(e, arena, &second));
		if (drawn)
			assert_same_sheet(draw(e, arena, &second).scene, one.scene);
		str_done(&second.kept);
	}
	second = behind(&first);
	assert_true(is_read(e, arena, &second));
	str_done(&first.kept);
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
		cmocka_unit_test(unchanged_is_the_same),
		cmocka_unit_test(month_after_month),
		cmocka_unit_test(a_difference_on_the_first_days_places),
		cmocka_unit_test(what_has_no_place_pushes_nobody),
		cmocka_unit_test(fewer_than_half_is_laid_out_anew),
		cmocka_unit_test(much_worse_is_laid_out_anew),
		cmocka_unit_test(what_grew_tangled_by_itself_stays),
		cmocka_unit_test(without_room),
		cmocka_unit_test(with_too_many_lines),
		cmocka_unit_test(of_another_paper_or_arrangement),
		cmocka_unit_test(foreign_bytes),
		cmocka_unit_test(foreign_places),
		cmocka_unit_test(keys),
		cmocka_unit_test(damaged_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, done);
}
