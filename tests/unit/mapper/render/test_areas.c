/* SPDX-License-Identifier: Apache-2.0 */
/* Areas with holes, as a base map has them, by every writer: the same ground under the rest. */
#include "tests/unit/unit.h"

#include "mapper/render/paint.h"
#include "tests/unit/mapper/render/writer.h"

#include <cairo.h>
#include <math.h>

#define SIDE 50.8
#define PIXELS 100 /* of a side, at 50 dpi */

/* A square in a square, the inner one turning like the outer one; by the non-zero rule it is no
 * hole. */
static const struct scene_point square[] = {
	{10, 10}, {40, 10}, {40, 40}, {10, 40}, {20, 20}, {30, 20}, {30, 30}, {20, 30}};
static const uint32_t ends[] = {4, 8};

static const struct scene *sheet_of(struct arena *arena, bool even_odd)
{
	struct scene *scene = scene_new(arena, "areas", "Areas", SIDE, SIDE);

	scene_rect(scene, SCENE_REGIONS, THEME_MARKING, 36, 36, 10, 10);
	scene_rect(scene, SCENE_PAPER, THEME_SHEET, 0, 0, SIDE, SIDE);
	scene_area(scene, SCENE_BASE, THEME_BASE5, square, ends, 2, even_odd);
	scene_area(scene, SCENE_BASE, THEME_BASE1, square + 4, (const uint32_t[]){4}, 1, false)
		->title = "inner";
	assert_int_equal(scene_check(scene, NULL), 0);
	return scene;
}

static uint32_t pixel(cairo_surface_t *surface, double x_mm, double y_mm)
{
	const unsigned char *row =
		cairo_image_surface_get_data(surface) +
		(int)(y_mm * PIXELS / SIDE) * cairo_image_surface_get_stride(surface);

	return ((const uint32_t *)(const void *)row)[(int)(x_mm * PIXELS / SIDE)] & 0xffffff;
}

static void pixels_of_areas(void **state)
{
	(void)state;
	for (int even_odd = 0; even_odd < 2; even_odd++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
		struct scene *scene = scene_new(arena, "areas", "Areas", SIDE, SIDE);
		cairo_surface_t *surface =
			cairo_image_surface_create(CAIRO_FORMAT_RGB24, PIXELS, PIXELS);
		cairo_t *cr = cairo_create(surface);

		cairo_scale(cr, PIXELS / SIDE, PIXELS / SIDE);
		scene_rect(scene, SCENE_PAPER, THEME_SHEET, 0, 0, SIDE, SIDE);
		scene_rect(scene, SCENE_REGIONS, THEME_MARKING, 36, 36, 10, 10);
		scene_area(scene, SCENE_BASE, THEME_BASE5, square, ends, 2, even_odd);
		assert_int_equal(paint_scene(cr, scene, NULL), 0);
		cairo_surface_flush(surface);
		assert_int_equal(pixel(surface, 5, 5), theme_styles[THEME_SHEET].fill);
		assert_int_equal(pixel(surface, 15, 15), theme_styles[THEME_BASE5].fill);
		assert_int_equal(pixel(surface, 25, 25),
			theme_styles[even_odd ? THEME_SHEET : THEME_BASE5].fill);
		assert_int_equal(pixel(surface, 38, 38), theme_styles[THEME_MARKING].fill);
		cairo_destroy(cr);
		cairo_surface_destroy(surface);
	}
}

static void areas_of_every_writer(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	const struct scene *scenes[] = {sheet_of(arena, true)};
	const struct estate *estate = sample_estate(arena, SAMPLE_EMPTY);
	struct str out = STR_INIT(RENDER_BYTES_MAX), printed = STR_INIT(1 << 20);
	static const char *const lint[] = {"xmllint", "--noout", "--nonet", "@", NULL};
	static const char *const info[] = {"pdfinfo", "@", NULL};

	(void)state;
	assert_int_equal(render_svg(scenes, 1, &out, NULL), 0);
	assert_int_equal(count_of(&out, "<path class=\"base5\" fill-rule=\"evenodd\" "
					"d=\"M10 10h30v30h-30zM20 20h10v10h-10z\"/>"),
		1);
	assert_int_equal(count_of(&out, "<path class=\"base1\" d=\"M20 20h10v10h-10z\">"
					"<title>inner</title></path>"),
		1);
	assert_true(
		strstr(out.data, "class=\"base5\"") < strstr(out.data, "class=\"marking\" x="));
	assert_int_equal(count_of(&out, "Base map"), 1);
	assert_true(run_tool(&out, &printed, lint) % 127 == 0);
	str_reset(&out);
	assert_int_equal(render_html(scenes, 1, estate, &out, NULL), 0);
	assert_int_equal(count_of(&out, "data-layer=\"base\""), 1);
	assert_int_equal(count_of(&out, "data-title=\"inner\""), 1);
	str_reset(&out);
	assert_int_equal(render_pdf(scenes, 1, estate, &out, NULL), 0);
	assert_true(run_tool(&out, &printed, info) % 127 == 0);
	str_reset(&out);
	assert_int_equal(render_png(scenes, 1, 50, &out, NULL), 0);
	str_done(&out);
	str_done(&printed);
	measure_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pixels_of_areas),
		cmocka_unit_test(areas_of_every_writer),
	};

	return RUN(tests);
}
