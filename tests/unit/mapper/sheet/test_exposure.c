/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the exposure sheet: from the exit or the side that leads to a card, to every card,
 * through none, and those of different sources on different tracks. */
#include "mapper/sheet/exposure.h"

#include "mapper/render/measure.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/sample_register.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>

struct drawn {
	struct arena *arena;
	struct estate *estate;
	struct scene *scene;
};

static void draw(struct drawn *d)
{
	const struct sheet_request request = {.title = "Exposure",
		.number = 1,
		.total = 1,
		.language = MAP_ENGLISH,
		.overlays = MAP_OVERLAYS_DEFAULT};
	struct error err = {0};
	struct model *model;

	assert_int_equal(model_make(d->estate, d->arena, &model, &err), 0);
	if (sheet_exposure(model, &request, &d->scene, &err) < 0)
		fail_msg("%s", err.text);
}

static struct drawn sample(enum sample which)
{
	struct drawn d = {.arena = arena_new(1ul << 30)};

	assert_non_null(d.arena);
	d.estate = sample_estate(d.arena, which);
	return d;
}

static void done(struct drawn *d)
{
	arena_free(d->arena);
	measure_done();
}

static bool is_line(const struct scene_item *item)
{
	return item->kind == SCENE_LINE && item->layer == SCENE_LINKS &&
	       item->style != THEME_LINK_END;
}

/* How many lines of the style, and with these words. */
static size_t count(const struct scene *scene, int style, const char *words)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += is_line(&scene->items[i]) &&
		     (style < 0 || scene->items[i].style == (enum theme_style)style) &&
		     strstr(scene->items[i].title, words);
	return n;
}

static bool noted(const struct scene *scene, const char *words)
{
	for (size_t i = 0; i < scene->n_items; i++)
		if (scene->items[i].kind == SCENE_TEXT &&
			strstr(scene->items[i].text.text, words))
			return true;
	return false;
}

static bool runs_through(
	struct scene_point a, struct scene_point b, const struct check_box *box)
{
	const double slack = 0.02;

	return fmin(a.x, b.x) < box->x2 - slack && fmax(a.x, b.x) > box->x1 + slack &&
	       fmin(a.y, b.y) < box->y2 - slack && fmax(a.y, b.y) > box->y1 + slack;
}

/* Upright or level, from the band to the left side of a card, through no card and no name. */
static size_t check_line(const struct scene *scene, const struct scene_item *line)
{
	const struct scene_point *last = &line->line.points[line->line.n - 1];
	size_t faults = 0, ends = 0, begins = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		struct check_box box = check_extent(item);
		bool card = item->kind == SCENE_RECT && item->style == THEME_SYSTEM;
		bool band = item->kind == SCENE_RECT && item->style == THEME_INTERNET;
		bool name = item->kind == SCENE_TEXT && item->layer == SCENE_LABELS;

		ends += card && fabs(last->x - box.x1) < 1e-6 && last->y > box.y1 &&
			last->y < box.y2;
		begins += band && fabs(line->line.points[0].x - box.x2) < 1e-6;
		for (size_t p = 1; p < line->line.n && (card || band || name); p++)
			faults += runs_through(
				line->line.points[p - 1], line->line.points[p], &box);
	}
	for (size_t p = 1; p < line->line.n; p++)
		faults += fabs(line->line.points[p].x - line->line.points[p - 1].x) > 1e-9 &&
			  fabs(line->line.points[p].y - line->line.points[p - 1].y) > 1e-9;
	if (faults > 0 || ends != 1 || begins != 1)
		print_error("%s: %zu faults, begins at %zu, ends at %zu\n", line->title, faults,
			begins, ends);
	return faults + (ends != 1) + (begins != 1);
}

/* The source that a title begins with. */
static bool same_source(const struct scene_item *a, const struct scene_item *b)
{
	size_t n = (size_t)(strstr(a->title, " \xe2\x86\x92 ") - a->title);

	return strncmp(a->title, b->title, n + 2) == 0;
}

/* On one another for a stretch. */
static bool overlap(
	struct scene_point a, struct scene_point b, struct scene_point c, struct scene_point d)
{
	bool upright =
		fabs(a.x - b.x) < 1e-9 && fabs(c.x - d.x) < 1e-9 && fabs(a.x - c.x) < 0.5;
	bool level = fabs(a.y - b.y) < 1e-9 && fabs(c.y - d.y) < 1e-9 && fabs(a.y - c.y) < 0.5;

	if (upright)
		return fmin(fmax(a.y, b.y), fmax(c.y, d.y)) -
			       fmax(fmin(a.y, b.y), fmin(c.y, d.y)) >
		       0.1;
	return level &&
	       fmin(fmax(a.x, b.x), fmax(c.x, d.x)) - fmax(fmin(a.x, b.x), fmin(c.x, d.x)) >
		       0.1;
}

static size_t check_tracks(const struct scene *scene)
{
	size_t faults = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		for (size_t k = 0; k < i && is_line(&scene->items[i]); k++) {
			const struct scene_item *a = &scene->items[i], *b = &scene->items[k];

			if (!is_line(b) || same_source(a, b))
				continue;
			/* All but the last piece, where both may end at one card. */
			for (size_t p = 1; p + 1 < a->line.n; p++)
				for (size_t q = 1; q + 1 < b->line.n; q++)
					if (overlap(a->line.points[p - 1], a->line.points[p],
						    b->line.points[q - 1], b->line.points[q])) {
						print_error("%s %zu and %s %zu on one track\n",
							a->title, p, b->title, q);
						faults++;
					}
		}
	return faults;
}

static void check(const struct drawn *d, const char *what)
{
	double right = check_map(d->scene).x2;
	size_t faults = check_texts(d->scene) + check_boxes(d->scene) + check_legend(d->scene);
	size_t cards = 0, led = 0;

	for (size_t i = 0; i < d->scene->n_items; i++) {
		const struct scene_item *item = &d->scene->items[i];
		struct check_box box = check_extent(item);
		bool found = false;

		if (is_line(item) && box.x1 < right)
			faults += check_line(d->scene, item);
		if (item->kind != SCENE_RECT || item->style != THEME_SYSTEM || box.x1 > right)
			continue;
		cards++;
		for (size_t k = 0; k < d->scene->n_items && !found; k++) {
			const struct scene_item *line = &d->scene->items[k];

			found = is_line(line) &&
				fabs(line->line.points[line->line.n - 1].x - box.x1) < 1e-6 &&
				line->line.points[line->line.n - 1].y > box.y1 &&
				line->line.points[line->line.n - 1].y < box.y2;
		}
		led += found;
	}
	faults += check_tracks(d->scene);
	if (faults > 0 || led != cards)
		fail_msg("%s: %zu faults, lines to %zu of %zu cards", what, faults, led, cards);
}

static void test_the_lab(void **state)
{
	struct drawn d = sample(SAMPLE_LAB);

	(void)state;
	draw(&d);
	check(&d, "lab");
	/* Both ways pass the border, where the circuit ends. */
	assert_int_equal(count(d.scene, THEME_LINK_MEASURED, "Circuit East 100M"), 2);
	assert_int_equal(count(d.scene, -1, ""), 2);
	assert_true(noted(d.scene, "Reached, over a known way in"));
	/* Without the device, the register alone says which system is served. */
	d.estate->exits[0].asset = ESTATE_NONE;
	draw(&d);
	check(&d, "lab");
	assert_int_equal(
		count(d.scene, THEME_LINK_ATTESTED, "Circuit East 100M \xe2\x86\x92 Outage"),
		1);
	assert_int_equal(count(d.scene, THEME_LINK_MEASURED,
				 "The Internet's side \xe2\x86\x92 Distribution"),
		1);
	assert_true(noted(d.scene, "Served by the exit, by the register"));
	/* Without an Internet's side among the networks: nobody knows. */
	for (uint32_t i = 0; i < d.estate->n_subnets; i++)
		d.estate->subnets[i].zone = d.estate->subnets[i].name = "";
	d.estate->n_exits = 0;
	draw(&d);
	check(&d, "lab");
	assert_int_equal(count(d.scene, THEME_LINK_DERIVED, "The Internet's side"), 2);
	done(&d);
}

static void test_samples(void **state)
{
	static const enum sample few[] = {SAMPLE_PROVINCE, SAMPLE_CITY, SAMPLE_METROPOLIS,
		SAMPLE_ONE_HOST, SAMPLE_EMPTY, SAMPLE_HOSTILE};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(few); i++) {
		struct drawn d = sample(few[i]);

		draw(&d);
		check(&d, sample_name(few[i]));
		sample_register(d.estate);
		draw(&d);
		check(&d, sample_name(few[i]));
		done(&d);
	}
}

/* More exits than have lines of their own, than fit in the band, and that serve several. */
static void test_many_exits(void **state)
{
	static const uint32_t numbers[] = {3, 12, 300};

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(numbers); n++) {
		struct drawn d = sample(SAMPLE_CITY);
		struct estate *e = d.estate;
		char words[100];

		e->n_exits = numbers[n];
		e->exits = arena_alloc(d.arena, e->n_exits * sizeof(*e->exits));
		for (uint32_t i = 0; i < e->n_exits; i++)
			e->exits[i] =
				(struct estate_exit){arena_printf(d.arena, "exit-%03u", i),
					arena_printf(d.arena, "Circuit %03u", i), "Carrier",
					ESTATE_NONE,
					arena_printf(d.arena, "%s; %s",
						e->systems[i % e->n_systems].id,
						e->systems[(i + 7) % e->n_systems].id),
					""};
		draw(&d);
		check(&d, "exits");
		assert_true(count(d.scene, THEME_LINK_ATTESTED, "Circuit 0") > 0);
		snprintf(words, sizeof(words), "begin at the Internet's side as a whole");
		assert_int_equal(noted(d.scene, words), numbers[n] > EXPOSURE_SOURCES_MAX);
		assert_int_equal(
			noted(d.scene, "Internet exits not listed"), numbers[n] == 300);
		done(&d);
	}
}

/* Where nothing is exposed or stated the sheet says so, whole, in each language. */
static void test_nothing_is_said_whole(void **state)
{
	static sheet_maker *const makers[] = {sheet_exposure, sheet_business};

	(void)state;
	for (int i = 0; i < 2 * 3 * (MAP_PAPER_A4 + 1); i++) {
		enum map_language language = (enum map_language)(i / 2 % 3);
		const struct sheet_request asked = {.title = "Nothing",
			.number = 1,
			.total = 1,
			.language = language,
			.paper = (enum map_paper)(i / 6),
			.overlays = MAP_OVERLAYS_DEFAULT};
		struct drawn d = sample(SAMPLE_ONE_HOST);
		struct error err = {0};
		struct model *model;

		assert_int_equal(model_make(d.estate, d.arena, &model, &err), 0);
		assert_int_equal(makers[i % 2](model, &asked, &d.scene, &err), 0);
		for (size_t k = 0; k < d.scene->n_items; k++)
			if (d.scene->items[k].kind == SCENE_TEXT &&
				d.scene->items[k].layer == SCENE_LABELS &&
				strstr(d.scene->items[k].text.text, "…"))
				fail_msg("%s, language %d, paper %d: %s", d.scene->name,
					(int)language, i / 6, d.scene->items[k].text.text);
		assert_int_equal(check_texts(d.scene), 0);
		if (i % 2 == 1) {
			assert_int_equal(noted(d.scene, "The register states no business"),
				language != MAP_CHINESE || !measure_can_show("登记"));
			assert_int_equal(noted(d.scene, "登记中尚无业务"),
				language != MAP_ENGLISH && measure_can_show("登记"));
		}
		done(&d);
	}
}

/* An id is another one's beginning or end, and a name is that of several. */
static void test_whom_an_exit_serves(void **state)
{
	struct drawn d = sample(SAMPLE_LAB);

	(void)state;
	d.estate->exits[0].asset = ESTATE_NONE;
	for (uint32_t i = 0; i < d.estate->n_systems; i++)
		if (strcmp(d.estate->systems[i].id, "distribution-dispatch") == 0)
			d.estate->systems[i].name = "Outage website";
	d.estate->exits[0].system_ids = "outage-website-2; the-outage-website; outage";
	draw(&d);
	assert_int_equal(count(d.scene, -1, "Circuit"), 0);
	d.estate->exits[0].system_ids = "outage-website-2; outage-website";
	draw(&d);
	assert_int_equal(count(d.scene, THEME_LINK_ATTESTED,
				 "Circuit East 100M \xe2\x86\x92 Outage website"),
		1);
	assert_int_equal(count(d.scene, -1, "Circuit"), 1);
	done(&d);
}

/* Nothing of a system is met from outside, but a supplier comes in: that is no way unknown. */
static void test_a_supplier_alone(void **state)
{
	struct drawn d = sample(SAMPLE_LAB);
	const char *line =
		"The Internet's side \xe2\x86\x92 Network management: A supplier's way in";

	(void)state;
	d.estate->n_exits = 0;
	for (uint32_t i = 0; i < d.estate->n_systems; i++)
		if (strcmp(d.estate->systems[i].id, "network-management") == 0)
			d.estate->supplies[0] = (struct estate_supply){
				i, "Delta Relay Works", "maintenance", "VPN", 1};
	draw(&d);
	check(&d, "supplier");
	assert_int_equal(count(d.scene, THEME_LINK_CLAIMED, line), 1);
	assert_int_equal(count(d.scene, -1, "Network management"), 1);
	assert_true(noted(d.scene, "A supplier's way in, by the register"));
	assert_false(noted(d.scene, "Reached, the way in is not known"));
	done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_lab),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_many_exits),
		cmocka_unit_test(test_nothing_is_said_whole),
		cmocka_unit_test(test_a_supplier_alone),
		cmocka_unit_test(test_whom_an_exit_serves),
	};

	return RUN(tests);
}
