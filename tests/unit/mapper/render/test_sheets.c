/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writers on the sheets that users get: estates drawn through the mapper's door in every
 * format, twice, and read back by other programs.
 */
#include "tests/unit/unit.h"

#include "common/file.h"
#include "mapper/mapper.h"
#include "tests/unit/mapper/render/writer.h"

#include <stdio.h>

/* Small ones: large estates are for the tests of the layout. */
static const enum sample small[] = {
	SAMPLE_LAB, SAMPLE_HOSTILE, SAMPLE_EMPTY, SAMPLE_ONE_HOST, SAMPLE_NO_LINKS};

static void draw(enum sample which, enum map_format format, struct str *out)
{
	static const char *const suffixes[MAP_FORMAT_N] = {"svg", "pdf", "png", "html",
		"graphml", "gexf", "dot", "json"};
	const struct map_request request = {
		.type = MAP_BOTH, .scope = "198.18.0.0/15", .marking = "OFFICIAL", .dpi = 60};
	char folder[] = "/tmp/render-sheets-XXXXXX", path[64];
	struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct error error = {0};

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/map.%s", folder, suffixes[format]);
	if (map_draw(sample_estate(arena, which), &request, format, path, &error) != 0)
		fail_msg("%s: %s", sample_name(which), error.text);
	assert_int_equal(file_read(path, RENDER_BYTES_MAX, out, NULL), 0);
	unlink(path);
	rmdir(folder);
	arena_free(arena);
}

static void the_same_bytes_in_every_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(small); i++)
		for (enum map_format format = 0; format < MAP_FORMAT_N; format++) {
			struct str once = STR_INIT(RENDER_BYTES_MAX);
			struct str twice = STR_INIT(RENDER_BYTES_MAX);

			draw(small[i], format, &once);
			draw(small[i], format, &twice);
			if (once.len != twice.len ||
				memcmp(once.data, twice.data, once.len) != 0)
				fail_msg("%s, format %d: not the same twice",
					sample_name(small[i]), (int)format);
			str_done(&once);
			str_done(&twice);
		}
}

static int read_with(const char *const *argv, const struct str *file, struct str *printed)
{
	int status = run_tool(file, printed, argv);

	if (status == 127)
		skip();
	return status;
}

static void svg_is_well_formed(void **state)
{
	static const char *const argv[] = {"xmllint", "--noout", "--nonet", "@", NULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(small); i++) {
		struct str svg = STR_INIT(RENDER_BYTES_MAX), printed = STR_INIT(65536);

		draw(small[i], MAP_SVG, &svg);
		if (read_with(argv, &svg, &printed) != 0)
			fail_msg("%s: %s", sample_name(small[i]), printed.data);
		assert_int_equal(count_of(&svg, "<script"), 0);
		assert_int_equal(count_of(&svg, "href=\"#p"), count_of(&svg, "href="));
		assert_int_equal(count_of(&svg, " onload="), 0);
		assert_int_equal(count_of(&svg, "javascript:alert(1)\""), 0);
		str_done(&svg);
		str_done(&printed);
	}
}

static void pdf_has_its_pages_and_words(void **state)
{
	static const char *const info[] = {"pdfinfo", "@", NULL};
	static const char *const text[] = {"pdftotext", "-layout", "@", "-", NULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(small); i++) {
		struct str pdf = STR_INIT(RENDER_BYTES_MAX), printed = STR_INIT(1 << 20);

		draw(small[i], MAP_PDF, &pdf);
		assert_int_equal(read_with(info, &pdf, &printed), 0);
		assert_int_equal(count_of(&printed, "Pages:           2\n"), 1);
		str_reset(&printed);
		assert_int_equal(read_with(text, &pdf, &printed), 0);
		assert_true(count_of(&printed, "OFFICIAL") >= 2);
		if (small[i] == SAMPLE_LAB) {
			assert_true(count_of(&printed, "scada1.lanhe.example") >= 2);
			assert_true(count_of(&printed, "LH-2026-001") >= 1);
			assert_int_equal(count_of(&printed, "Legend"), 2);
		}
		str_done(&pdf);
		str_done(&printed);
	}
}

static void html_holds_two_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(small); i++) {
		struct str page = STR_INIT(RENDER_BYTES_MAX);

		draw(small[i], MAP_HTML, &page);
		assert_int_equal(count_of(&page, "<script"), 2);
		assert_int_equal(count_of(&page, "role=\"tab\""), 2);
		assert_int_equal(count_of(&page, "</svg>"), 3);
		str_done(&page);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_bytes_in_every_format),
		cmocka_unit_test(svg_is_well_formed),
		cmocka_unit_test(pdf_has_its_pages_and_words),
		cmocka_unit_test(html_holds_two_scripts)};

	return RUN(tests);
}
