/* SPDX-License-Identifier: Apache-2.0 */
/* Text measurement: proportions, fitting, scripts, hostile bytes, the bounded cache. */
#include "tests/unit/unit.h"

#include "common/text.h"
#include "mapper/render/font.h"
#include "mapper/render/measure.h"

#include <math.h>
#include <stdio.h>

#define NEAR(a, b, tolerance) assert_true((a) - (b) < (tolerance) && (b) - (a) < (tolerance))

static void widths_are_plausible(void **state)
{
	double ten = measure_text_mm("substation", 10, false);

	(void)state;
	/* Ten letters of DejaVu Sans at 10 pt: about 0.6 em each. */
	assert_true(ten > 15 && ten < 25);
	NEAR(measure_text_mm("substation", 20, false), 2 * ten, 1e-9);
	assert_true(measure_text_mm("substation", 10, true) > ten);
	assert_true(measure_text_mm("", 10, false) == 0);
	assert_true(measure_text_mm("iii", 10, false) < measure_text_mm("MMM", 10, false));
}

static void lines_are_plausible(void **state)
{
	double em = 10 * 25.4 / 72;

	(void)state;
	assert_true(measure_line_mm(10) > em && measure_line_mm(10) < 1.5 * em);
	assert_true(measure_ascent_mm(10) > 0.7 * em);
	assert_true(measure_ascent_mm(10) < measure_line_mm(10));
	NEAR(measure_line_mm(20), 2 * measure_line_mm(10), 1e-9);
}

static void the_same_again(void **state)
{
	double cold, warm, again;

	(void)state;
	cold = measure_text_mm("Dispatch 变电站 подстанция", 9, true);
	warm = measure_text_mm("Dispatch 变电站 подстанция", 9, true);
	measure_done();
	again = measure_text_mm("Dispatch 变电站 подстанция", 9, true);
	assert_true(cold > 0 && cold == warm && cold == again);
}

static void fitted_text_fits(void **state)
{
	static const char *const texts[] = {"short", "a rather long name of a relay cabinet",
		"变电站自动化监控系统第一分站",
		("e\xcc\x81"
		 "e\xcc\x81"
		 "e\xcc\x81"
		 "e\xcc\x81"),
		"trailing space            x", ""};
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (double width = 0; width < 60; width += 1.7) {
			const char *fit = measure_fit(arena, texts[i], 8, false, width);

			assert_non_null(fit);
			assert_true(text_is_clean(fit, strlen(fit)));
			assert_true(measure_text_mm(fit, 8, false) <= width);
			if (measure_text_mm(texts[i], 8, false) <= width)
				assert_string_equal(fit, texts[i]);
			else if (*fit)
				assert_non_null(strstr(fit, "\xe2\x80\xa6"));
			assert_null(strstr(fit, " \xe2\x80\xa6"));
			/* A mark stays with its letter. */
			if (i == 3)
				assert_null(strstr(fit, "e\xe2\x80\xa6"));
		}
}

static void longest_beginning_is_taken(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	double width = measure_text_mm("substa\xe2\x80\xa6", 8, false);

	(void)state;
	assert_string_equal(
		measure_fit(arena, "substation", 8, false, width + 1e-6), "substa\xe2\x80\xa6");
	assert_string_equal(measure_fit(arena, "substation", 8, false, 0.1), "");
	assert_string_equal(measure_fit(arena, "", 8, false, -1), "");
}

/* Of a name that is told apart by its end, that is kept too. */
static void ends_that_tell_are_kept(void **state)
{
	static const struct {
		const char *name, *as_wide_as, *fitted;
	} names[] = {{"sub-scada-north-rtu17", "sub-sca\xe2\x80\xa6rtu17",
			     "sub-sca\xe2\x80\xa6rtu17"},
		{"sub-scada-north-rtu17.lanhe.example", "sub-sca\xe2\x80\xa6rtu17",
			"sub-sca\xe2\x80\xa6rtu17"},
		{"rtu17.lanhe.example", "rtu17.lan\xe2\x80\xa6", "rtu17.lan\xe2\x80\xa6"},
		{"Power metering 15",
			"Power m\xe2\x80\xa6"
			"15",
			"Power m\xe2\x80\xa6"
			"15"},
		{"Distribution dispatch", "Distributi\xe2\x80\xa6", "Distributi\xe2\x80\xa6"},
		{"open: 22, 80, 443", "open: 22,\xe2\x80\xa6", "open: 22,\xe2\x80\xa6"},
		{"198.18.20.17", "198.18.\xe2\x80\xa6", "198.18.\xe2\x80\xa6"},
		{"sub-scada-north-rtu17", "s\xe2\x80\xa6rt", "su\xe2\x80\xa6"},
		{"变电站监控-17",
			"变电\xe2\x80\xa6"
			"17",
			"变电\xe2\x80\xa6"
			"17"},
		{"-----------------17",
			"---\xe2\x80\xa6"
			"17",
			"---\xe2\x80\xa6"
			"17"}};
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		double width = measure_text_mm(names[i].as_wide_as, 8, true) + 0.06;
		const char *fit = measure_fit_name(arena, names[i].name, 8, true, width);

		assert_string_equal(fit, names[i].fitted);
		assert_true(measure_text_mm(fit, 8, true) <= width);
		assert_string_equal(
			measure_fit_name(arena, names[i].name, 8, true, 500), names[i].name);
		assert_string_equal(measure_fit_name(arena, names[i].name, 8, true, 0.1), "");
	}
}

static void hostile_bytes_are_measured_escaped(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	const char *fit;

	(void)state;
	NEAR(measure_text_mm("a\xff\x1b[2J", 8, false),
		measure_text_mm("a\\xff\\x1b[2J", 8, false), 1e-9);
	fit = measure_fit(arena, "a\xff\xfe\xe2\x80", 8, false, 500);
	assert_true(text_is_clean(fit, strlen(fit)));
	fit = measure_fit(arena, "a\xff\xfe\xe2\x80", 8, false, 8);
	assert_true(text_is_clean(fit, strlen(fit)));
	assert_true(measure_text_mm(fit, 8, false) <= 8);
}

static void long_text_is_cut(void **state)
{
	static char text[100001];
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_true(measure_text_mm(measure_fit(arena, text, 8, false, 50), 8, false) <= 50);
	assert_true(strlen(measure_fit(arena, text, 8, false, 1e9)) < 5000);
}

static void no_memory_is_answered(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(4);

	(void)state;
	assert_null(measure_fit(arena, "substation", 8, false, 100));
	assert_null(measure_fit(arena, "substation", 8, false, 10));
}

/* More texts than the cache has places: answers stay right when places are taken over. */
static void the_cache_is_bounded(void **state)
{
	char text[32];
	double first[64];

	(void)state;
	for (int i = 0; i < 64; i++) {
		snprintf(text, sizeof(text), "host-%d", i);
		first[i] = measure_text_mm(text, 7, false);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(text, sizeof(text), "other-%d", i);
		assert_true(measure_text_mm(text, 7, false) > 0);
	}
	for (int i = 0; i < 64; i++) {
		snprintf(text, sizeof(text), "host-%d", i);
		assert_true(measure_text_mm(text, 7, false) == first[i]);
	}
}

static int finish(void **state)
{
	(void)state;
	measure_done();
	measure_done();
	return 0;
}

/* Text that is drawn letter by letter is as wide as pango's own line of it. */
static void plain_text_is_as_wide_as_shaped(void **state)
{
	static const char *const texts[] = {"AVATAR To. Ty, WA LT", "fi ffi fl office",
		"198.18.40.12", "nginx \xc2\xb7 exposed: 80, 443 \xe2\x86\x92 37",
		"p\xe2\x80\x93q\xe2\x80\xa6", "~!@#$%^&*()_+"};
	static const char *const others[] = {"\xe4\xb8\xad", "caf\xc3\xa9", "tab\tulator"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (int bold = 0; bold < 2; bold++) {
			PangoLayout *layout = font_layout(texts[i], 64, bold);
			double width = font_plain_width(texts[i], bold);
			int w, h;

			pango_layout_get_size(layout, &w, &h);
			g_object_unref(layout);
			if (width >= 0)
				assert_true(fabs(width * 64 * PANGO_SCALE - w) <
					    2 * (double)strlen(texts[i]));
			else
				assert_non_null(strstr(texts[i], "f")); /* a ligature */
		}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_true(font_plain_width(others[i], false) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(plain_text_is_as_wide_as_shaped),
		cmocka_unit_test(widths_are_plausible),
		cmocka_unit_test(lines_are_plausible), cmocka_unit_test(the_same_again),
		cmocka_unit_test(fitted_text_fits),
		cmocka_unit_test(longest_beginning_is_taken),
		cmocka_unit_test(ends_that_tell_are_kept),
		cmocka_unit_test(hostile_bytes_are_measured_escaped),
		cmocka_unit_test(long_text_is_cut), cmocka_unit_test(no_memory_is_answered),
		cmocka_unit_test(the_cache_is_bounded)};

	return cmocka_run_group_tests(tests, NULL, finish);
}
