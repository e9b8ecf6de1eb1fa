/* SPDX-License-Identifier: Apache-2.0 */
/* The PNG writer: structure, size, limits, and the pixels, read back with cairo. */
#include "tests/unit/unit.h"

#include "mapper/render/paint.h"
#include "tests/unit/mapper/render/writer.h"

#include <cairo.h>

static uint32_t be32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Where reading stands. */
struct source {
	const struct str *png;
	size_t at;
};

static cairo_status_t take(void *closure, unsigned char *bytes, unsigned int n)
{
	struct source *source = closure;

	if (n > source->png->len - source->at)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(bytes, source->png->data + source->at, n);
	source->at += n;
	return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *decode(const struct str *png)
{
	struct source source = {png, 0};
	cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(take, &source);

	assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
	return surface;
}

static uint32_t pixel(cairo_surface_t *surface, int x, int y)
{
	const unsigned char *row = cairo_image_surface_get_data(surface) +
				   y * cairo_image_surface_get_stride(surface);

	return ((const uint32_t *)(const void *)row)[x] & 0xffffff;
}

static void head_size_and_resolution(void **state)
{
	/* 5669 pixels per metre are 144 dpi; the last four bytes are the CRC. */
	static const char resolution[] = "\0\0\0\x09pHYs\0\0\x16\x25\0\0\x16\x25\x01";
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str png = STR_INIT(RENDER_BYTES_MAX);

	(void)state;
	assert_int_equal(render_png(sheets.scenes, 1, 0, &png, NULL), 0);
	assert_memory_equal(png.data, "\x89PNG\r\n\x1a\n", 8);
	assert_memory_equal(png.data + 12, "IHDR", 4);
	assert_int_equal(be32(png.data + 16), 2382); /* 420 mm at 144 dpi, rounded up */
	assert_int_equal(be32(png.data + 20), 1684);
	assert_memory_equal(png.data + 33, resolution, sizeof(resolution) - 1);
	assert_int_equal(be32(png.data + 50), 0x495224f0);
	assert_memory_equal(png.data + png.len - 8, "IEND", 4);
	str_done(&png);
	sheets_done(&sheets);
}

static void pixels_are_where_the_scene_says(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct scene *scene = scene_new(arena, "pixels", "Pixels", 50.8, 25.4);
	const struct scene *scenes[] = {scene, scene};
	struct str png = STR_INIT(1 << 20);
	cairo_surface_t *surface;

	(void)state;
	scene_rect(scene, SCENE_FURNITURE, THEME_MARKING, 0, 0, 50.8, 5.08);
	scene_rect(scene, SCENE_ASSETS, THEME_CELL_TIER4, 10.16, 10.16, 10.16, 10.16);
	/* Above the cell, though inserted before a lower layer's item. */
	scene_rect(scene, SCENE_CII, THEME_CII_BADGE, 12.7, 12.7, 2.54, 2.54);
	scene_rect(scene, SCENE_REGIONS, THEME_SUBNET, 7.62, 7.62, 20, 15);
	/* Sticks out of the sheet: cut off. */
	scene_rect(scene, SCENE_FURNITURE, THEME_MARKING, 0, 20.32, 20, 100);
	assert_int_equal(render_png(scenes, 2, 100, &png, NULL), 0);
	surface = decode(&png);
	assert_int_equal(cairo_image_surface_get_width(surface), 200);
	assert_int_equal(cairo_image_surface_get_height(surface), 240);
	assert_int_equal(pixel(surface, 100, 10), theme_styles[THEME_MARKING].fill);
	assert_int_equal(pixel(surface, 70, 70), theme_styles[THEME_CELL_TIER4].fill);
	assert_int_equal(pixel(surface, 55, 55), theme_styles[THEME_CII_BADGE].fill);
	assert_int_equal(pixel(surface, 150, 50), 0xffffff);
	assert_int_equal(pixel(surface, 10, 95), theme_styles[THEME_MARKING].fill);
	assert_int_equal(pixel(surface, 10, 120), 0xffffff);
	cairo_surface_destroy(surface);
	str_done(&png);
}

static void text_and_pictograms_leave_ink(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct scene *scene = scene_new(arena, "ink", "Ink", 100, 100);
	const struct scene *scenes[] = {scene};
	struct str png = STR_INIT(1 << 20);
	size_t dark[2] = {0, 0};
	cairo_surface_t *surface;

	(void)state;
	scene_text(scene, SCENE_LABELS, THEME_TEXT, 50, 20, 24, SCENE_MIDDLE, true, "Dispatch");
	scene_symbol(scene, SCENE_ASSETS, THEME_HOST, theme_symbol_find("router"), 40, 60, 20);
	assert_int_equal(render_png(scenes, 1, 127, &png, NULL), 0);
	surface = decode(&png);
	for (int y = 0; y < 500; y++)
		for (int x = 0; x < 500; x++)
			if ((pixel(surface, x, y) & 0xff) < 0x80) {
				/* The text stands centred on 50 mm, the symbol in its square.
				 */
				assert_true(
					y < 150 ? x > 120 && x < 380 && y > 50
						: x >= 199 && x <= 301 && y >= 299 && y <= 401);
				dark[y > 150]++;
			}
	assert_true(dark[0] > 1500 && dark[1] > 4000);
	cairo_surface_destroy(surface);
	str_done(&png);
}

/* The resolution asked for is a wish. */
static void resolution_gives_way(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	const struct scene *wide[] = {scene_new(arena, "wide", "", 25400, 10)};
	const struct scene *endless[] = {scene_new(arena, "endless", "", 25.4 * 40000, 10)};
	struct str png = STR_INIT(RENDER_BYTES_MAX);
	struct error error = {0};

	(void)state;
	assert_int_equal(render_png(wide, 1, 144, &png, NULL), 0);
	assert_int_equal(be32(png.data + 16), 32000); /* 32 dpi */
	assert_int_equal(be32(png.data + 41), 1260);
	str_reset(&png);
	assert_int_equal(render_png(endless, 1, 144, &png, &error), ERROR_USAGE);
	assert_non_null(strstr(error.text, "SVG or PDF"));
	/* 2540 mm at 126 dpi are 12600 pixels, their square just below the limit. */
	assert_int_equal(png_resolution(2540, 2540, 10000), 126);
	assert_int_equal(png_resolution(1189, 841, 300), 300);
	assert_int_equal(png_resolution(1189, 841, 0), 144);
	assert_int_equal(png_resolution(1, 1, ~0u), 32767);
	str_done(&png);
}

static void every_sample_is_drawn_twice_the_same(void **state)
{
	(void)state;
	for (enum sample which = 0; which < SAMPLE_N; which++) {
		struct str once = STR_INIT(RENDER_BYTES_MAX),
			   twice = STR_INIT(RENDER_BYTES_MAX);
		struct sheets sheets = sheets_of(which);

		assert_int_equal(render_png(sheets.scenes, 2, 60, &once, NULL), 0);
		assert_int_equal(render_png(sheets.scenes, 2, 60, &twice, NULL), 0);
		assert_int_equal(once.len, twice.len);
		assert_memory_equal(once.data, twice.data, once.len);
		cairo_surface_destroy(decode(&once));
		str_done(&once);
		str_done(&twice);
		sheets_done(&sheets);
	}
}

static void failures_are_errors(void **state)
{
	struct sheets sheets = sheets_of(SAMPLE_LAB);
	struct str png = STR_INIT(2000);
	struct error error = {0};

	(void)state;
	assert_int_equal(render_png(sheets.scenes, 2, 72, &png, &error), ERROR_SYSTEM);
	assert_non_null(strstr(error.text, "PNG"));
	str_reset(&png);
	png.max = RENDER_BYTES_MAX;
	((struct scene *)sheets.scenes[1])->failed = true;
	assert_int_equal(render_png(sheets.scenes, 2, 72, &png, &error), ERROR_SYSTEM);
	str_done(&png);
	sheets_done(&sheets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(head_size_and_resolution),
		cmocka_unit_test(pixels_are_where_the_scene_says),
		cmocka_unit_test(text_and_pictograms_leave_ink),
		cmocka_unit_test(resolution_gives_way),
		cmocka_unit_test(every_sample_is_drawn_twice_the_same),
		cmocka_unit_test(failures_are_errors)};

	return RUN(tests);
}
