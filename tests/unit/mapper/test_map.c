/* SPDX-License-Identifier: Apache-2.0 */
/* The mapper's door: names, formats, published files, and what happens when that fails. */
#include "mapper/mapper.h"

#include "common/cleanup.h"
#include "common/file.h"
#include "tests/estate/made_estate.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

struct room {
	struct arena *arena;
	struct estate *estate;
	char folder[64];
};

static int open_room(void **state)
{
	struct room *room = calloc(1, sizeof(*room));

	if (!room)
		return -1;
	room->arena = arena_new(SAMPLE_ARENA_MAX);
	room->estate = sample_estate(room->arena, SAMPLE_LAB);
	strcpy(room->folder, "/tmp/cadastre-map-XXXXXX");
	*state = room;
	return mkdtemp(room->folder) ? 0 : -1;
}

static int close_room(void **state)
{
	struct room *room = *state;
	static const char *const names[] = {"a.svg", "b.svg", "a.pdf", "b.pdf", "a.png",
		"b.png", "a.html", "b.html", "old.svg"};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", room->folder, names[i]);
		unlink(path);
	}
	arena_free(room->arena);
	rmdir(room->folder);
	free(room);
	return 0;
}

static void read_all(const char *path, struct str *out)
{
	assert_int_equal(file_read(path, 256u << 20, out, NULL), 0);
	assert_true(out->len > 1000);
}

static void test_format_by_name(void **state)
{
	enum map_format format;
	struct error err = {0};

	(void)state;
	assert_int_equal(map_format_of("a/b.svg", &format, &err), 0);
	assert_int_equal(format, MAP_SVG);
	assert_int_equal(map_format_of("x.PDF", &format, &err), 0);
	assert_int_equal(format, MAP_PDF);
	assert_int_equal(map_format_of("x.y.png", &format, &err), 0);
	assert_int_equal(format, MAP_PNG);
	assert_int_equal(map_format_of("x.html", &format, &err), 0);
	assert_int_equal(format, MAP_HTML);
	assert_int_equal(map_format_of("map.gif", &format, &err), ERROR_USAGE);
	assert_non_null(
		strstr(err.text, ".svg, .pdf, .png, .html, .graphml, .gexf, .dot or .json"));
	assert_int_equal(map_format_of(".svg", &format, &err), ERROR_USAGE);
	assert_int_equal(map_format_of("", &format, &err), ERROR_USAGE);
}

static void test_types_by_name(void **state)
{
	struct error err = {0};
	enum map_type type;

	(void)state;
	for (int i = 0; i < MAP_TYPE_N; i++) {
		assert_int_equal(
			map_type_parse(map_type_name((enum map_type)i), &type, &err), 0);
		assert_int_equal(type, i);
	}
	assert_int_equal(map_type_parse("globe", &type, &err), ERROR_USAGE);
	assert_non_null(
		strstr(err.text, "topology, district, exposure, business, address-space, "
				 "region, layers, bridges, atlas, both"));
}

static void test_overlays_by_name(void **state)
{
	struct error err = {0};
	unsigned int overlays = 0;

	(void)state;
	assert_int_equal(
		map_overlays_parse("cii,tier,exposure,responsibility", &overlays, &err), 0);
	assert_int_equal(overlays, MAP_OVERLAYS_DEFAULT);
	assert_int_equal(map_overlays_parse("all", &overlays, &err), 0);
	assert_int_equal(overlays, MAP_OVERLAYS_ALL);
	assert_int_equal(map_overlays_parse("age,all", &overlays, &err), 0);
	assert_int_equal(overlays, MAP_OVERLAYS_ALL);
	assert_int_equal(map_overlays_parse("none", &overlays, &err), 0);
	assert_int_equal(overlays, MAP_OVERLAYS_NONE);
	assert_int_equal(map_overlays_parse("zones", &overlays, &err), 0);
	assert_int_equal(overlays, MAP_OVERLAY_ZONES);
	assert_int_equal(
		map_overlays_parse("responsibility,findings,change,age", &overlays, &err), 0);
	assert_int_equal(map_overlays_parse("none,cii", &overlays, &err), ERROR_USAGE);
	for (size_t i = 0; i < 5; i++) {
		static const char *const bad[] = {"colour", "", "cii,", "cii,,tier", "CII"};

		assert_int_equal(map_overlays_parse(bad[i], &overlays, &err), ERROR_USAGE);
		assert_non_null(strstr(err.text,
			"cii, tier, exposure, responsibility, zones, findings, change, age"));
	}
}

/* Neither the page's data nor its tooltips have what is switched off. */
static void test_switched_off_in_the_page(void **state)
{
	struct room *room = *state;
	struct map_request request = {.type = MAP_DISTRICT, .overlays = MAP_OVERLAYS_NONE};
	struct str page = STR_INIT(256u << 20);
	struct error err = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/a.html", room->folder);
	for (int on = 0; on < 2; on++) {
		request.overlays = on ? MAP_OVERLAYS_DEFAULT : MAP_OVERLAYS_NONE;
		str_reset(&page);
		if (map_draw(room->estate, &request, MAP_HTML, path, &err) < 0)
			fail_msg("%s", err.text);
		read_all(path, &page);
		assert_int_equal(strstr(page.data, "LH-2026-001") != NULL, on);
		assert_int_equal(strstr(page.data, "\"tier\":\"GDAA") != NULL, on);
		assert_int_equal(strstr(page.data, "id=\"layer-cii\"") != NULL, on);
		assert_int_equal(strstr(page.data, "id=\"layer-exposure\"") != NULL, on);
		assert_null(strstr(page.data, "id=\"layer-zones\""));
	}
	str_done(&page);
}

/* A level that hides what an overlay shows takes the overlay off, and the title is the realm's
 * pseudonym; the sheet says its level. */
static void test_redacted(void **state)
{
	struct room *room = *state;
	struct map_request request = {.type = MAP_BOTH,
		.scope = "198.18.0.0/15",
		.overlays = MAP_OVERLAYS_ALL,
		.redaction = REDACTION_PUBLIC,
		.redaction_key = {1, 2}};
	struct str svg = STR_INIT(256u << 20), again = STR_INIT(256u << 20);
	struct error err = {0};
	char path[128], other[128];

	snprintf(path, sizeof(path), "%s/a.svg", room->folder);
	snprintf(other, sizeof(other), "%s/b.svg", room->folder);
	if (map_draw(room->estate, &request, MAP_SVG, path, &err) < 0)
		fail_msg("%s", err.text);
	read_all(path, &svg);
	assert_non_null(strstr(svg.data, "Network map of realm "));
	assert_non_null(strstr(svg.data, "level public"));
	assert_non_null(strstr(svg.data, "An asset"));
	assert_null(strstr(svg.data, "lanhe"));
	assert_null(strstr(svg.data, "198.18"));
	assert_null(strstr(svg.data, "<rect class=\"cii-badge\""));
	request.redaction_key.k0 = 3;
	assert_int_equal(map_draw(room->estate, &request, MAP_SVG, other, &err), 0);
	read_all(other, &again);
	assert_string_not_equal(svg.data, again.data);
	str_done(&svg);
	str_done(&again);
}

static void test_papers_and_languages_by_name(void **state)
{
	static const char *const papers[] = {"auto", "a4", "A3", "a2", "a1", "a0", "16:9"};
	enum map_language language;
	struct error err = {0};
	enum map_paper paper;

	(void)state;
	for (int i = 0; i < MAP_PAPER_N; i++) {
		assert_int_equal(map_paper_parse(papers[i], &paper, &err), 0);
		assert_int_equal(paper, i);
	}
	assert_int_equal(map_paper_parse("letter", &paper, &err), ERROR_USAGE);
	assert_non_null(strstr(err.text, "16:9"));
	assert_int_equal(map_language_parse("zh", &language, &err), 0);
	assert_int_equal(language, MAP_CHINESE);
	assert_int_equal(map_language_parse("en", &language, &err), 0);
	assert_int_equal(language, MAP_ENGLISH);
	assert_int_equal(map_language_parse("both", &language, &err), 0);
	assert_int_equal(language, MAP_BOTH_LANGUAGES);
	assert_int_equal(map_language_parse("", &language, &err), ERROR_USAGE);
}

/* What a sheet or a form cannot be is told, with what can. */
static void test_what_cannot_be(void **state)
{
	static const struct {
		enum map_type type;
		enum map_paper paper;
		const char *file, *told;
	} cases[] = {{MAP_TOPOLOGY, MAP_PAPER_SLIDE, "a.svg", "--type district"},
		{MAP_BOTH, MAP_PAPER_SLIDE, "a.svg", "--type district"},
		{MAP_ATLAS, MAP_PAPER_SLIDE, "a.pdf", "a4 to a0"},
		{MAP_ATLAS, MAP_PAPER_AUTO, "a.svg", ".pdf"},
		{MAP_ATLAS, MAP_PAPER_AUTO, "a.png", ".pdf"}};
	struct room *room = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct map_request request = {.type = cases[i].type, .paper = cases[i].paper};
		enum map_format format;
		struct error err = {0};
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", room->folder, cases[i].file);
		assert_int_equal(map_format_of(path, &format, &err), 0);
		assert_int_equal(
			map_draw(room->estate, &request, format, path, &err), ERROR_USAGE);
		assert_non_null(strstr(err.text, cases[i].told));
		assert_int_not_equal(access(path, F_OK), 0);
	}
}

/* Every format, twice: the same bytes. */
static void test_same_bytes(void **state)
{
	static const struct {
		const char *suffix, *begins;
	} formats[] = {{"svg", "<?xml"}, {"pdf", "%PDF-"}, {"png", "\x89PNG"}, {"html", "<!"},
		{"graphml", "<?xml"}, {"gexf", "<?xml"}, {"dot", "digraph"},
		{"json", "{\"format\""}};
	struct room *room = *state;
	struct map_request request = {
		.type = MAP_BOTH, .scope = "198.18.0.0/15", .marking = "INTERNAL", .dpi = 50};
	struct error err = {0};

	for (int f = 0; f < MAP_FORMAT_N; f++) {
		struct str a = STR_INIT(256u << 20), b = STR_INIT(256u << 20);
		char first[128], second[128];

		snprintf(first, sizeof(first), "%s/a.%s", room->folder, formats[f].suffix);
		snprintf(second, sizeof(second), "%s/b.%s", room->folder, formats[f].suffix);
		if (map_draw(room->estate, &request, (enum map_format)f, first, &err) < 0 ||
			map_draw(room->estate, &request, (enum map_format)f, second, &err) < 0)
			fail_msg("%s", err.text);
		read_all(first, &a);
		read_all(second, &b);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
		assert_memory_equal(a.data, formats[f].begins, strlen(formats[f].begins));
		str_done(&a);
		str_done(&b);
	}
}

/* Whatever the order of the records, the bytes are the same: sheets, book and page. */
static void test_order_is_no_matter(void **state)
{
	static const struct {
		enum map_type type;
		const char *suffix;
	} cases[] = {
		{MAP_BOTH, "svg"}, {MAP_BOTH, "pdf"}, {MAP_BOTH, "html"}, {MAP_ATLAS, "pdf"}};
	struct room *room = *state;
	const struct estate *one = made_estate(room->arena, 2000, 2),
			    *other = made_estate_permuted(room->arena, one, 9);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct map_request request = {
			.type = cases[i].type, .overlays = MAP_OVERLAYS_ALL};
		struct str a = STR_INIT(256u << 20), b = STR_INIT(256u << 20);
		char first[128], second[128];
		enum map_format format;
		struct error err = {0};

		snprintf(first, sizeof(first), "%s/a.%s", room->folder, cases[i].suffix);
		snprintf(second, sizeof(second), "%s/b.%s", room->folder, cases[i].suffix);
		assert_int_equal(map_format_of(first, &format, &err), 0);
		if (map_draw(one, &request, format, first, &err) < 0 ||
			map_draw(other, &request, format, second, &err) < 0)
			fail_msg("%s", err.text);
		read_all(first, &a);
		read_all(second, &b);
		if (a.len != b.len || memcmp(a.data, b.data, a.len) != 0)
			fail_msg(
				"%s of type %s", cases[i].suffix, map_type_name(cases[i].type));
		str_done(&a);
		str_done(&b);
	}
}

/* A page of that many is still opened like any other. */
static void test_a_hundred_thousand_in_a_page(void **state)
{
	struct room *room = *state;
	const struct map_request request = {.type = MAP_DISTRICT};
	_cleanup_(arena_freep) struct arena *arena = arena_new(1ul << 30);
	const struct estate *estate = made_estate(arena, 100000, 1);
	struct str page = STR_INIT(256u << 20);
	struct error err = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/a.html", room->folder);
	if (map_draw(estate, &request, MAP_HTML, path, &err) < 0)
		fail_msg("%s", err.text);
	read_all(path, &page);
	assert_true(estate->n_assets >= 100000);
	assert_true(page.len <= 6000000);
	str_done(&page);
}

/* Several files at once are what they are one by one; what fails stops the rest. */
static void test_all_at_once(void **state)
{
	struct room *room = *state;
	struct map_request request = {.type = MAP_BOTH, .dpi = 50};
	char names[5][128], alone[128];
	const char *paths[MAP_FILES_MAX + 1] = {NULL};
	struct error err = {0};
	size_t drawn;

	for (int f = 0; f < 4; f++) {
		static const char *const ends[] = {"a.svg", "a.pdf", "a.png", "a.html"};

		snprintf(names[f], sizeof(names[f]), "%s/%s", room->folder, ends[f]);
		paths[f] = names[f];
	}
	assert_int_equal(map_draw_all(room->estate, &request, paths, 4, &drawn, &err), 0);
	assert_int_equal(drawn, 4);
	for (int f = 0; f < 4; f++) {
		struct str a = STR_INIT(256u << 20), b = STR_INIT(256u << 20);

		snprintf(alone, sizeof(alone), "%s/b%s", room->folder, strrchr(names[f], '.'));
		assert_int_equal(map_draw(room->estate, &request, (enum map_format)f, alone,
					 &err), 0);
		read_all(names[f], &a);
		read_all(alone, &b);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
		str_done(&a);
		str_done(&b);
	}

	snprintf(names[4], sizeof(names[4]), "%s/missing/a.svg", room->folder);
	paths[1] = names[4];
	assert_int_equal(map_draw_all(room->estate, &request, paths, 4, &drawn, &err),
		ERROR_SYSTEM);
	assert_int_equal(drawn, 1);
	assert_non_null(strstr(err.text, names[4]));

	unlink(names[0]);
	paths[1] = "map.gif";
	assert_int_equal(map_draw_all(room->estate, &request, paths, 4, &drawn, &err),
		ERROR_USAGE);
	assert_int_equal(drawn, 0);
	assert_int_not_equal(access(names[0], F_OK), 0); /* refused before the first */
	assert_int_equal(map_draw_all(room->estate, &request, paths, 0, &drawn, &err),
		ERROR_USAGE);
	assert_int_equal(map_draw_all(room->estate, &request, paths, MAP_FILES_MAX + 1, &drawn,
				 &err), ERROR_USAGE);
}

static void test_no_such_folder(void **state)
{
	struct room *room = *state;
	struct map_request request = {.type = MAP_DISTRICT};
	struct error err = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/missing/map.svg", room->folder);
	assert_int_equal(map_draw(room->estate, &request, MAP_SVG, path, &err), ERROR_SYSTEM);
	assert_non_null(strstr(err.text, path));
}

/* No room for the new file (a limit on file size stands in for a full disk): the old one
 * stays. */
static void test_the_old_file_stays(void **state)
{
	struct room *room = *state;
	struct map_request request = {.type = MAP_TOPOLOGY};
	struct str before = STR_INIT(256u << 20), after = STR_INIT(256u << 20);
	struct rlimit normal, tight;
	struct error err = {0};
	char path[128];
	int r;

	snprintf(path, sizeof(path), "%s/old.svg", room->folder);
	assert_int_equal(map_draw(room->estate, &request, MAP_SVG, path, &err), 0);
	read_all(path, &before);

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &normal), 0);
	tight = normal;
	tight.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	request.type = MAP_DISTRICT;
	r = map_draw(room->estate, &request, MAP_SVG, path, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &normal), 0);

	assert_int_equal(r, ERROR_SYSTEM);
	assert_non_null(strstr(err.text, path));
	read_all(path, &after);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.data, after.data, before.len);
	str_done(&before);
	str_done(&after);
}

static void test_no_binary_to_standard_output(void **state)
{
	struct room *room = *state;
	struct map_request request = {.type = MAP_TOPOLOGY};
	struct error err = {0};

	assert_int_equal(map_draw(room->estate, &request, MAP_PNG, "-", &err), ERROR_USAGE);
	assert_int_equal(map_draw(room->estate, &request, MAP_PDF, "-", &err), ERROR_USAGE);
	assert_non_null(strstr(err.text, "standard output"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format_by_name),
		cmocka_unit_test(test_types_by_name),
		cmocka_unit_test(test_overlays_by_name),
		cmocka_unit_test_setup_teardown(
			test_switched_off_in_the_page, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_redacted, open_room, close_room),
		cmocka_unit_test(test_papers_and_languages_by_name),
		cmocka_unit_test_setup_teardown(test_what_cannot_be, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_same_bytes, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_order_is_no_matter, open_room, close_room),
		cmocka_unit_test_setup_teardown(
			test_a_hundred_thousand_in_a_page, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_all_at_once, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_no_such_folder, open_room, close_room),
		cmocka_unit_test_setup_teardown(test_the_old_file_stays, open_room, close_room),
		cmocka_unit_test_setup_teardown(
			test_no_binary_to_standard_output, open_room, close_room),
	};

	return RUN(tests);
}
