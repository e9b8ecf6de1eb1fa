/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine without any font: a program of its own, for fontconfig reads its configuration
 * once. Nothing crashes, nothing is printed, every writer answers, and what is answered twice
 * is the same.
 */
#include "tests/unit/unit.h"

#include "mapper/sheet/sheet.h"
#include "tests/unit/mapper/render/writer.h"

#include <stdio.h>
#include <sys/stat.h>

static FILE *printed;

static int without_fonts(void **state)
{
	char path[] = "/tmp/render-nofont-XXXXXX";
	int file = mkstemp(path);

	(void)state;
	if (file < 0 || dprintf(file, "<?xml version=\"1.0\"?><fontconfig></fontconfig>") < 0)
		return -1;
	close(file);
	setenv("FONTCONFIG_FILE", path, 1);
	measure_text_mm("x", 10, false); /* reads it */
	unlink(path);
	return 0;
}

static void measuring_answers(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	double width = measure_text_mm("Dispatch centre", 10, true);

	(void)state;
	assert_true(width >= 0 && width < 1000);
	assert_true(measure_line_mm(10) >= 0 && measure_ascent_mm(10) >= 0);
	for (double w = 0; w < 100; w += 10) {
		const char *fit = measure_fit(arena, "Dispatch centre", 10, true, w);

		assert_non_null(fit);
		assert_true(measure_text_mm(fit, 10, true) <= w);
	}
	assert_true(measure_text_mm("Dispatch centre", 10, true) == width);
}

static void every_writer_answers(void **state)
{
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str out = STR_INIT(RENDER_BYTES_MAX);
	struct stat st;
	int saved = dup(2);

	(void)state;
	fflush(stderr);
	dup2(fileno(printed), 2);
	assert_int_equal(render_svg(sheets.scenes, 2, &out, NULL), 0);
	str_reset(&out);
	assert_int_equal(render_html(sheets.scenes, 2, sheets.estate, &out, NULL), 0);
	str_reset(&out);
	assert_int_equal(render_pdf(sheets.scenes, 2, sheets.estate, &out, NULL), 0);
	assert_memory_equal(out.data, "%PDF", 4);
	str_reset(&out);
	assert_int_equal(render_png(sheets.scenes, 2, 60, &out, NULL), 0);
	str_done(&out);
	dup2(saved, 2);
	close(saved);
	fstat(fileno(printed), &st);
	assert_int_equal(st.st_size, 0);
	sheets_done(&sheets);
}

/* Labels that nobody could read are English, which is said once. */
static void chinese_becomes_english(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	const struct sheet_request request = {
		.title = "Map", .number = 1, .total = 1, .language = MAP_CHINESE};
	struct model *model;
	struct scene *scene;
	size_t notes = 0, english = 0;

	(void)state;
	assert_false(sheet_request_chinese(&request));
	assert_int_equal(model_make(sample_estate(arena, SAMPLE_LAB), arena, &model, NULL), 0);
	assert_int_equal(sheet_district(model, &request, &scene, NULL), 0);
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		notes +=
			item->kind == SCENE_TEXT && strncmp(item->text.text, "No font", 7) == 0;
		english += item->kind == SCENE_TEXT && strcmp(item->text.text, "Legend") == 0;
	}
	assert_int_equal(notes, 1);
	assert_int_equal(english, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(chinese_becomes_english),
		cmocka_unit_test(measuring_answers), cmocka_unit_test(every_writer_answers)};
	int r;

	printed = tmpfile();
	if (!printed)
		return 1;
	r = cmocka_run_group_tests(tests, without_fonts, NULL);
	fclose(printed);
	return r;
}
