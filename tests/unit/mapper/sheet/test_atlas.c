/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The atlas: every asset once on the pages of systems, every link to a page there is, every
 * page legible, on every paper and in every language; and the slide.
 */
#include "mapper/sheet/atlas.h"

#include "common/cleanup.h"
#include "common/file.h"
#include "tests/unit/mapper/render/writer.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

#define SINGLETONS 100000

static const struct sheet_request asked = {.title = "Network map",
	.scope = "198.18.0.0/15",
	.marking = "FOR OFFICIAL USE",
	.compiled_by = "Zhang Wei",
	.reviewed_by = "Li Na",
	.number = 1,
	.total = 1};

struct book {
	struct arena *arena, *page;
	struct estate *estate;
	struct model *model;
	struct atlas *atlas;
};

/* Three zones, one of them empty, with a conduit. */
static void add_zones(struct estate *e)
{
	static struct estate_zone zones[] = {{.id = "z-1",
						     .name = "Control",
						     .parent = ESTATE_NONE,
						     .purdue = "2",
						     .sl_t = 3},
		{.id = "z-2", .name = "Office", .parent = ESTATE_NONE},
		{.id = "z-3", .name = "Spare", .parent = ESTATE_NONE}};
	static struct estate_conduit conduits[] = {
		{.id = "c-1", .name = "Mirror", .from = 0, .to = 1, .device = "fw"}};

	e->zones = zones;
	e->n_zones = 3;
	e->conduits = conduits;
	e->n_conduits = 1;
	for (uint32_t i = 0; i < e->n_subnets; i++)
		if (!e->subnets[i].zone[0])
			e->subnets[i].zone = i % 3 == 0 ? "control" : i % 3 == 1 ? "z-2" : "";
}

static struct book open_book(struct estate *estate, struct arena *arena, enum map_paper paper,
	enum map_language language)
{
	struct book b = {.arena = arena, .page = arena_new(ATLAS_ARENA_MAX), .estate = estate};
	struct sheet_request request = asked;
	struct error err = {0};

	request.paper = paper;
	request.language = language;
	assert_int_equal(model_make(b.estate, b.arena, &b.model, &err), 0);
	b.model->chinese = language == MAP_CHINESE;
	if (atlas_make(b.model, &request, &b.atlas, &err) < 0)
		fail_msg("%s", err.text);
	return b;
}

static struct book open_sample(
	enum sample which, enum map_paper paper, enum map_language language)
{
	struct arena *arena = arena_new(256u << 20);
	struct estate *estate = sample_estate(arena, which);

	add_zones(estate);
	return open_book(estate, arena, paper, language);
}

static void close_book(struct book *b)
{
	arena_free(b->page);
	arena_free(b->arena);
}

static struct scene *turn_to(struct book *b, uint32_t page)
{
	struct error err = {0};
	struct scene *scene;

	arena_reset(b->page);
	if (atlas_draw(b->atlas, page, b->page, &scene, &err) < 0)
		fail_msg("page %u: %s", page + 1, err.text);
	return scene;
}

static void check_page(struct book *b, uint32_t page, enum sample which)
{
	struct scene *scene = turn_to(b, page);
	size_t faults = check_texts(scene) + check_boxes(scene);

	if (faults > 0)
		fail_msg("%s, page %u (%s): %zu faults", sample_name(which), page + 1,
			scene->title, faults);
	assert_non_null(scene->label);
	for (size_t i = 0; i < scene->n_items; i++) {
		const char *target = scene->items[i].target;
		uint32_t number;

		if (!target)
			continue;
		assert_int_equal(sscanf(target, "p%u", &number), 1);
		assert_in_range(number, 1, b->atlas->n_pages);
		assert_string_equal(target, b->atlas->names[number - 1]);
	}
}

static void pages_are_legible(void **state)
{
	static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_HOSTILE, SAMPLE_EMPTY,
		SAMPLE_ONE_HOST, SAMPLE_NO_LINKS, SAMPLE_SINGLETONS, SAMPLE_CITY};
	static const enum map_paper papers[] = {MAP_PAPER_AUTO, MAP_PAPER_A4, MAP_PAPER_A0};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(samples); s++)
		for (size_t p = 0; p < ARRAY_SIZE(papers); p++) {
			struct book b =
				open_sample(samples[s], papers[p], (enum map_language)p);

			/* The overview is a district sheet, which has its own test. */
			for (uint32_t i = 1; i < b.atlas->n_pages; i++)
				check_page(&b, i, samples[s]);
			close_book(&b);
		}
}

/* How often each asset stands on a page of its system; the other pages do not count. */
static void count_assets(struct book *b, uint8_t *times)
{
	for (uint32_t page = 0; page < b->atlas->n_pages; page++) {
		const struct scene *scene;

		if (b->atlas->pages[page].kind != ATLAS_SYSTEM)
			continue;
		scene = turn_to(b, page);
		for (size_t i = 0; i < scene->n_items; i++) {
			const struct scene_item *item = &scene->items[i];

			if (item->kind != SCENE_RECT || item->asset == SCENE_NO_ASSET)
				continue;
			times[item->asset]++;
			assert_int_equal(b->atlas->page_of_asset[item->asset], page);
		}
	}
}

static void check_once(struct book *b)
{
	_cleanup_(cleanup_freep) uint8_t *times = calloc(b->estate->n_assets + 1ul, 1);

	assert_non_null(times);
	count_assets(b, times);
	for (uint32_t i = 0; i < b->estate->n_assets; i++)
		assert_int_equal(times[i], 1);
}

static void every_asset_once(void **state)
{
	(void)state;
	for (enum sample which = 0; which < SAMPLE_N; which++) {
		struct book b = open_sample(which, MAP_PAPER_AUTO, MAP_ENGLISH);

		check_once(&b);
		close_book(&b);
	}
}

/* Each name with the number of the page it stands on. */
static void the_index_names_pages(void **state)
{
	struct book b = open_sample(SAMPLE_LAB, MAP_PAPER_AUTO, MAP_ENGLISH);
	const struct estate *e = b.model->estate;
	const struct scene *scene = turn_to(&b, b.atlas->first_index);
	uint32_t found = 0;

	(void)state;
	for (uint32_t a = 0; a < e->n_assets; a++) {
		const char *page = b.atlas->names[b.atlas->page_of_asset[a]] + 1;

		for (size_t i = 0; i < scene->n_items; i++) {
			const struct scene_item *item = &scene->items[i], *next = item;

			if (item->kind != SCENE_TEXT ||
				strcmp(item->text.text, e->assets[a].name) != 0)
				continue;
			while (next->kind != SCENE_TEXT || next->text.anchor != SCENE_END)
				next++;
			assert_string_equal(next->text.text, page);
			found++;
		}
	}
	assert_int_equal(found, e->n_assets);
	close_book(&b);
}

static void a_hundred_thousand_singletons(void **state)
{
	struct arena *arena = arena_new(512u << 20);
	struct estate *e = sample_estate(arena, SAMPLE_EMPTY);
	struct book b;

	(void)state;
	e->assets = arena_alloc(arena, SINGLETONS * sizeof(*e->assets));
	assert_non_null(e->assets);
	for (uint32_t i = 0; i < SINGLETONS; i++)
		e->assets[e->n_assets++] = (struct estate_asset){.id = i + 1,
			.name = arena_printf(arena, "alone-%06u", i * 7919 % SINGLETONS),
			.vendor = "",
			.model = "",
			.os = "",
			.system = ESTATE_NONE};
	b = open_book(e, arena, MAP_PAPER_AUTO, MAP_ENGLISH);
	assert_in_range(b.atlas->n_pages, 700, 2000);
	check_once(&b);
	assert_true(arena_used(b.page) < 16u << 20);
	close_book(&b);
}

/* ---- languages ---- */

static void add_text(struct str *all, const char *text)
{
	str_adds(all, text ? text : "");
	str_addc(all, '\n');
}

/* All that the estate itself says, and the request. */
static void texts_of(const struct estate *e, struct str *all)
{
	static const char *const own[] = {"Network map", "FOR OFFICIAL USE", "Zhang Wei Li Na",
		("cadastre " CADASTRE_VERSION), "UTC", "198.18.0.0/15"};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		add_text(all, own[i]);
	add_text(all, e->realm);
	for (uint32_t i = 0; i < e->n_systems; i++) {
		add_text(all, e->systems[i].name);
		add_text(all, e->systems[i].organisation);
		add_text(all, estate_text(e->systems[i].operates));
		add_text(all, estate_text(e->systems[i].manages));
		add_text(all, e->systems[i].sector);
		add_text(all, e->systems[i].business);
		add_text(all, e->systems[i].designation_no);
	}
	for (uint32_t i = 0; i < e->n_subnets; i++)
		add_text(all, e->subnets[i].name);
	for (uint32_t i = 0; i < e->n_assets; i++) {
		add_text(all, e->assets[i].name);
		add_text(all, e->assets[i].vendor);
		add_text(all, e->assets[i].model);
		add_text(all, e->assets[i].os);
	}
	for (uint32_t i = 0; i < e->n_services; i++) {
		add_text(all, e->services[i].protocol);
		add_text(all, e->services[i].product);
		add_text(all, e->services[i].version);
	}
	for (uint32_t i = 0; i < e->n_zones; i++)
		add_text(all, e->zones[i].name);
	for (uint32_t i = 0; i < e->n_conduits; i++) {
		add_text(all, e->conduits[i].name);
		add_text(all, e->conduits[i].device);
	}
}

static bool is_hex(const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)word[i]))
			return false;
	return true;
}

/* Latin words that are neither of the estate nor parts of addresses or of a transport. */
static void check_chinese(const struct scene *scene, const struct str *allowed)
{
	for (size_t i = 0; i < scene->n_items; i++) {
		const char *at =
			scene->items[i].kind == SCENE_TEXT ? scene->items[i].text.text : "";

		while (*at) {
			size_t n = 0;
			char word[64];

			while (isalpha((unsigned char)at[n]) && n < sizeof(word) - 1)
				n++;
			snprintf(word, sizeof(word), "%.*s", (int)n, at);
			if (n > 1 && !is_hex(at, n) && strcmp(word, "udp") != 0 &&
				strcmp(word, "SL") != 0 && !strstr(allowed->data, word))
				fail_msg("%s: \"%s\" in \"%s\"", scene->name, word,
					scene->items[i].text.text);
			at += n ? n : 1;
		}
	}
}

static void nothing_english_in_chinese(void **state)
{
	struct book b = open_sample(SAMPLE_LAB, MAP_PAPER_AUTO, MAP_CHINESE);
	struct str allowed = STR_INIT(1 << 20);
	struct sheet_request slide = asked;
	struct scene *scene;

	(void)state;
	if (!measure_can_show("图")) {
		close_book(&b);
		skip();
	}
	texts_of(b.estate, &allowed);
	for (uint32_t i = 0; i < b.atlas->n_pages; i++)
		check_chinese(turn_to(&b, i), &allowed);
	slide.paper = MAP_PAPER_SLIDE;
	slide.language = MAP_CHINESE;
	assert_int_equal(sheet_slide(b.model, &slide, &scene, NULL), 0);
	check_chinese(scene, &allowed);
	str_done(&allowed);
	close_book(&b);
}

/* ---- papers ---- */

static void papers_have_their_size(void **state)
{
	static const struct {
		enum map_paper paper;
		double w, h;
	} sizes[] = {{MAP_PAPER_A4, 297, 210}, {MAP_PAPER_A3, 420, 297},
		{MAP_PAPER_A2, 594, 420}, {MAP_PAPER_A1, 841, 594}, {MAP_PAPER_A0, 1189, 841}};
	static sheet_maker *const makers[] = {sheet_topology, sheet_district};
	struct book b = open_sample(SAMPLE_LAB, MAP_PAPER_AUTO, MAP_ENGLISH);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
			struct sheet_request request = asked;
			struct error err = {0};
			struct scene *scene;

			request.paper = sizes[i].paper;
			if (makers[m](b.model, &request, &scene, &err) < 0)
				fail_msg("%s", err.text);
			assert_true(scene->width_mm == sizes[i].w &&
				    scene->height_mm == sizes[i].h);
			if (makers[m] == sheet_district)
				assert_int_equal(check_texts(scene) + check_boxes(scene), 0);
		}
	close_book(&b);
}

static void a_slide_has_systems_alone(void **state)
{
	(void)state;
	for (enum sample which = 0; which < SAMPLE_N; which++) {
		struct book b = open_sample(which, MAP_PAPER_AUTO, MAP_ENGLISH);
		struct sheet_request request = asked;
		struct error err = {0};
		struct scene *scene;
		size_t cards = 0;

		request.paper = MAP_PAPER_SLIDE;
		if (sheet_district(b.model, &request, &scene, &err) < 0)
			fail_msg("%s: %s", sample_name(which), err.text);
		assert_int_equal(
			check_texts(scene) + check_boxes(scene) + check_legend(scene), 0);
		for (size_t i = 0; i < scene->n_items; i++) {
			const struct scene_item *item = &scene->items[i];

			assert_int_equal(item->asset, SCENE_NO_ASSET);
			cards += item->kind == SCENE_RECT && item->layer == SCENE_REGIONS &&
				 item->style == THEME_SYSTEM;
			if (item->kind == SCENE_TEXT && item->layer == SCENE_LABELS &&
				item->text.bold)
				assert_true(item->text.size_pt >= 12);
			if (item->kind == SCENE_TEXT &&
				strncmp(item->text.text, "Protection", 10) == 0)
				assert_null(
					strstr(item->text.text, "\xe2\x80\xa6")); /* legend */
		}
		assert_true(cards <= 60);
		close_book(&b);
	}
}

/* ---- as a PDF ---- */

static void draw_pdf(const struct estate *estate, struct str *pdf)
{
	const struct map_request request = {.type = MAP_ATLAS, .marking = "FOR OFFICIAL USE"};
	char path[] = "/tmp/cadastre-atlas-XXXXXX";
	struct error err = {0};
	int file = mkstemp(path);

	assert_true(file >= 0);
	close(file);
	if (map_draw(estate, &request, MAP_PDF, path, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(file_read(path, 64u << 20, pdf, NULL), 0);
	unlink(path);
}

/* As a reader of PDF sees it: links with the page they lead to, bookmarks, text. */
static void links_and_bookmarks_resolve(void **state)
{
	static const char *const html[] = {"pdftohtml", "-xml", "-i", "-stdout", "@", NULL};
	static const char *const dests[] = {"pdfinfo", "-dests", "@", NULL};
	struct book b = open_sample(SAMPLE_CITY, MAP_PAPER_AUTO, MAP_BOTH_LANGUAGES);
	struct str pdf = STR_INIT(64u << 20), again = STR_INIT(64u << 20);
	struct str seen = STR_INIT(64u << 20), names = STR_INIT(1u << 20);
	size_t links = 0;

	(void)state;
	draw_pdf(b.estate, &pdf);
	draw_pdf(b.estate, &again);
	assert_int_equal(pdf.len, again.len);
	assert_memory_equal(pdf.data, again.data, pdf.len);
	if (run_tool(&pdf, &names, dests) == 127 || run_tool(&pdf, &seen, html) == 127)
		skip();
	assert_int_equal(count_of(&names, "\"p"), b.atlas->n_pages);
	assert_int_equal(count_of(&seen, "<page number="), b.atlas->n_pages);
	assert_int_equal(count_of(&seen, "Error"), 0);
	for (uint32_t i = 0; i < b.atlas->n_pages; i++) {
		char text[64];

		snprintf(text, sizeof(text), "/Dest (%s)", b.atlas->names[i]);
		links += count_of(&pdf, text);
		snprintf(text, sizeof(text), "\"%s\"", b.atlas->names[i]);
		assert_int_equal(count_of(&names, text), 1);
	}
	assert_int_equal(links, count_of(&pdf, "/Subtype /Link"));
	assert_true(links > b.estate->n_systems);
	assert_true(count_of(&seen, "<a href=") > b.estate->n_systems);
	assert_int_equal(count_of(&seen, "<item page=\"1\">Overview"), 1);
	assert_true(count_of(&seen, "<item page=") > b.estate->n_systems);
	/* Once on its system's page, once in the index. */
	assert_int_equal(count_of(&seen, ">asset-0007<"), 2);
	str_done(&pdf);
	str_done(&again);
	str_done(&seen);
	str_done(&names);
	close_book(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(pages_are_legible),
		cmocka_unit_test(every_asset_once), cmocka_unit_test(the_index_names_pages),
		cmocka_unit_test(a_hundred_thousand_singletons),
		cmocka_unit_test(nothing_english_in_chinese),
		cmocka_unit_test(papers_have_their_size),
		cmocka_unit_test(a_slide_has_systems_alone),
		cmocka_unit_test(links_and_bookmarks_resolve)};
	int r = RUN(tests);

	measure_done();
	return r;
}
