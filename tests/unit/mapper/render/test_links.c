/* SPDX-License-Identifier: Apache-2.0 */
/* Links between sheets, in every form: to a sheet that is there, and to one that is not. */
#include "tests/unit/unit.h"

#include "tests/unit/mapper/render/writer.h"

/* On the first sheet links to the second, to none, and to what is no name. */
static struct sheets linked_sheets(void)
{
	static const char *const targets[] = {"second", "elsewhere", "a'b\"]<x>"};
	struct sheets sheets = {.arena = arena_new(SAMPLE_ARENA_MAX)};
	struct scene *first = scene_new(sheets.arena, "first", "First", 100, 100);
	struct scene *second = scene_new(sheets.arena, "second", "Second", 100, 100);

	sheets.estate = sample_estate(sheets.arena, SAMPLE_EMPTY);
	for (int i = 0; i < 3; i++)
		scene_rect(first, SCENE_REGIONS, THEME_SYSTEM, 10, 10 + 20 * i, 30, 10)
			->target = targets[i];
	scene_rect(first, SCENE_FURNITURE, THEME_LINK_AREA, 50, 50, 20, 10)->target =
		targets[0];
	scene_text(first, SCENE_LABELS, THEME_TEXT, 90, 90, 8, SCENE_END, false, "go")->target =
		targets[0];
	second->label = "The second";
	second->section = "Part";
	second->depth = 1;
	sheets.scenes[0] = first;
	sheets.scenes[1] = second;
	return sheets;
}

static void svg_links_are_fragments(void **state)
{
	struct sheets sheets = linked_sheets();
	struct str svg = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	assert_int_equal(render_svg(sheets.scenes, 2, &svg, NULL), 0);
	assert_int_equal(count_of(&svg, "<a xlink:href=\"#s1\">"), 3);
	assert_int_equal(count_of(&svg, "<a "), 3);
	assert_int_equal(count_of(&svg, "</a>"), 3);
	assert_int_equal(count_of(&svg, "id=\"s1\""), 1);
	str_reset(&svg);
	assert_int_equal(render_svg(sheets.scenes, 1, &svg, NULL), 0);
	assert_int_equal(count_of(&svg, "<a "), 0);
	str_done(&svg);
	sheets_done(&sheets);
}

static void html_links_name_their_sheet(void **state)
{
	struct sheets sheets = linked_sheets();
	struct str page = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	assert_int_equal(render_html(sheets.scenes, 2, sheets.estate, &page, NULL), 0);
	assert_int_equal(count_of(&page, "data-target=\"second\""), 3);
	assert_int_equal(count_of(&page, "data-target=\"a&#39;b&quot;]&lt;x&gt;\"") +
				 count_of(&page, "data-target=\"a'b&quot;]&lt;x&gt;\""),
		1);
	assert_int_equal(count_of(&page, ">The second</button>"), 1);
	str_done(&page);
	sheets_done(&sheets);
}

static void pdf_links_lead_to_pages(void **state)
{
	struct sheets sheets = linked_sheets();
	struct str pdf = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	assert_int_equal(render_pdf(sheets.scenes, 2, sheets.estate, &pdf, NULL), 0);
	assert_int_equal(count_of(&pdf, "/Subtype /Link"), 3);
	assert_int_equal(count_of(&pdf, "/Dest (second)"), 3);
	assert_int_equal(count_of(&pdf, "/Title (The second)"), 1);
	assert_int_equal(count_of(&pdf, "/Title (Part)"), 1);
	str_reset(&pdf);
	assert_int_equal(render_pdf(sheets.scenes, 1, sheets.estate, &pdf, NULL), 0);
	assert_int_equal(count_of(&pdf, "/Subtype /Link"), 0);
	str_done(&pdf);
	sheets_done(&sheets);
}

/* Page by page nobody knows what follows; in the end a page is missing. */
static void a_book_with_a_dead_link_is_an_error(void **state)
{
	struct sheets sheets = linked_sheets();
	struct str pdf = STR_INIT(RENDER_BYTES_MAX);
	struct error error = {0};
	struct pdf *writer;

	(void)state;
	assert_int_equal(pdf_open(&pdf, "Book", sheets.estate, &writer, NULL), 0);
	assert_int_equal(pdf_add(writer, sheets.scenes[0], NULL), 0);
	assert_int_equal(pdf_add(writer, sheets.scenes[1], NULL), 0);
	assert_int_equal(pdf_close(writer, &error), ERROR_INTERNAL);
	assert_non_null(strstr(error.text, "elsewhere"));
	str_done(&pdf);
	sheets_done(&sheets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(svg_links_are_fragments),
		cmocka_unit_test(html_links_name_their_sheet),
		cmocka_unit_test(pdf_links_lead_to_pages),
		cmocka_unit_test(a_book_with_a_dead_link_is_an_error)};

	return RUN(tests);
}
