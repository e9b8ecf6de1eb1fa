/* SPDX-License-Identifier: Apache-2.0 */
/* The PDF writer, read back with pdfinfo and pdftotext (poppler). */
#include "tests/unit/unit.h"

#include "tests/unit/mapper/render/writer.h"

static void read_with(const char *const *argv, const struct str *pdf, struct str *printed)
{
	int status = run_tool(pdf, printed, argv);

	if (status == 127)
		skip();
	if (status != 0)
		fail_msg("%s: %s", argv[0], printed->data);
}

static void pdfinfo(const struct str *pdf, struct str *printed)
{
	static const char *const argv[] = {
		"env", "TZ=UTC", "pdfinfo", "-f", "1", "-l", "9", "@", NULL};

	read_with(argv, pdf, printed);
}

static void every_sample_opens(void **state)
{
	(void)state;
	for (enum sample which = 0; which < SAMPLE_N; which++) {
		struct sheets sheets = sheets_of(which);
		struct str pdf = STR_INIT(RENDER_BYTES_MAX), info = STR_INIT(65536);
		struct error error = {0};

		if (render_pdf(sheets.scenes, 2, sheets.estate, &pdf, &error) != 0)
			fail_msg("%s: %s", sample_name(which), error.text);
		assert_memory_equal(pdf.data, "%PDF-1.5", 8);
		pdfinfo(&pdf, &info);
		assert_int_equal(count_of(&info, "Error"), 0);
		assert_int_equal(count_of(&info, "Pages:           2"), 1);
		str_done(&pdf);
		str_done(&info);
		sheets_done(&sheets);
	}
}

static void what_it_says_of_itself(void **state)
{
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str pdf = STR_INIT(RENDER_BYTES_MAX), info = STR_INIT(65536);

	(void)state;
	assert_int_equal(render_pdf(sheets.scenes, 2, sheets.estate, &pdf, NULL), 0);
	assert_int_equal(count_of(&pdf, "Date (D:20251125160000Z00')"), 2);
	assert_int_equal(count_of(&pdf, "/Type /Outlines"), 1);
	assert_int_equal(count_of(&pdf, "/Title (District)"), 1);
	pdfinfo(&pdf, &info);
	assert_int_equal(count_of(&info, "Title:           Network topology\n"), 1);
	assert_int_equal(count_of(&info, "CreationDate:    Tue Nov 25 16:00:00 2025 UTC"), 1);
	assert_int_equal(count_of(&info, "Subject:         lanhe\n"), 1);
	assert_int_equal(count_of(&info, "size:  1190.55 x 841.89 pts (A3)"), 2);
	str_done(&pdf);
	str_done(&info);
	sheets_done(&sheets);
}

static void text_can_be_searched(void **state)
{
	static const char *const argv[] = {"pdftotext", "-layout", "@", "-", NULL};
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str pdf = STR_INIT(RENDER_BYTES_MAX), text = STR_INIT(1 << 20);

	(void)state;
	assert_int_equal(render_pdf(sheets.scenes, 2, sheets.estate, &pdf, NULL), 0);
	read_with(argv, &pdf, &text);
	assert_int_equal(count_of(&text, "scada1.lanhe.example"), 1);
	assert_int_equal(count_of(&text, "COOLING-A"), 1);
	assert_int_equal(count_of(&text, "OFFICIAL"), 2);
	assert_int_equal(count_of(&text, "District map"), 1);
	str_done(&pdf);
	str_done(&text);
	sheets_done(&sheets);
}

static void hostile_names_are_only_text(void **state)
{
	static const char *const argv[] = {"pdftotext", "@", "-", NULL};
	struct sheets sheets = sheets_of(SAMPLE_HOSTILE);
	struct str pdf = STR_INIT(RENDER_BYTES_MAX), text = STR_INIT(1 << 20);

	(void)state;
	assert_int_equal(render_pdf(sheets.scenes, 2, sheets.estate, &pdf, NULL), 0);
	assert_int_equal(count_of(&pdf, "/JavaScript"), 0);
	assert_int_equal(count_of(&pdf, "/URI"), 0);
	read_with(argv, &pdf, &text);
	assert_true(count_of(&text, "</style></svg>") >= 1);
	assert_true(count_of(&text, "控制中心服务器") >= 1);
	str_done(&pdf);
	str_done(&text);
	sheets_done(&sheets);
}

static void the_same_bytes_twice(void **state)
{
	struct str once = STR_INIT(RENDER_BYTES_MAX), twice = STR_INIT(RENDER_BYTES_MAX);
	struct sheets a = sheets_of(SAMPLE_CITY), b;

	(void)state;
	assert_int_equal(render_pdf(a.scenes, 2, a.estate, &once, NULL), 0);
	sheets_done(&a);
	b = sheets_of(SAMPLE_CITY);
	assert_int_equal(render_pdf(b.scenes, 2, b.estate, &twice, NULL), 0);
	sheets_done(&b);
	assert_int_equal(once.len, twice.len);
	assert_memory_equal(once.data, twice.data, once.len);
	str_done(&once);
	str_done(&twice);
}

static void larger_than_a_page_can_be(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 16);
	_cleanup_(arena_freep) struct arena *more = arena_new(SAMPLE_ARENA_MAX);
	const struct scene *scenes[] = {scene_new(arena, "wall", "\xff raw", 10160, 5080)};
	struct str pdf = STR_INIT(1 << 20), info = STR_INIT(65536);

	(void)state;
	assert_int_equal(
		render_pdf(scenes, 1, sample_estate(more, SAMPLE_EMPTY), &pdf, NULL), 0);
	pdfinfo(&pdf, &info);
	assert_int_equal(count_of(&info, "size:  14400 x 7200 pts"), 1);
	assert_int_equal(count_of(&info, "\\xff raw"), 1);
	str_done(&pdf);
	str_done(&info);
}

static void failures_are_errors(void **state)
{
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str pdf = STR_INIT(2000);
	struct error error = {0};

	(void)state;
	assert_int_equal(
		render_pdf(sheets.scenes, 2, sheets.estate, &pdf, &error), ERROR_SYSTEM);
	assert_non_null(strstr(error.text, "PDF"));
	str_reset(&pdf);
	pdf.max = RENDER_BYTES_MAX;
	assert_int_equal(
		render_pdf(sheets.scenes, 0, sheets.estate, &pdf, &error), ERROR_INTERNAL);
	((struct scene *)sheets.scenes[1])->failed = true;
	assert_int_equal(
		render_pdf(sheets.scenes, 2, sheets.estate, &pdf, &error), ERROR_SYSTEM);
	str_done(&pdf);
	sheets_done(&sheets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_sample_opens),
		cmocka_unit_test(what_it_says_of_itself),
		cmocka_unit_test(text_can_be_searched),
		cmocka_unit_test(hostile_names_are_only_text),
		cmocka_unit_test(the_same_bytes_twice),
		cmocka_unit_test(larger_than_a_page_can_be),
		cmocka_unit_test(failures_are_errors)};

	return RUN(tests);
}
