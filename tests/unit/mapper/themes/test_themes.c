/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colours keep their distance (CIE 1976 L*a*b*) for normal sight, in grey and under the three
 * colour-vision deficiencies (Machado, Oliveira, Fernandes, 2009, severity 1); text has the
 * contrast of WCAG 2 level AA on every ground it stands on; pictograms are drawable.
 */
#include "mapper/themes/theme.h"

#include "common/model/estate.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>

enum sight { NORMAL, GREY, PROTAN, DEUTAN, TRITAN, SIGHT_N };

static const char *const sights[SIGHT_N] = {"normal", "grey", "protan", "deutan", "tritan"};
static const double simulations[SIGHT_N][9] = {
	{1, 0, 0, 0, 1, 0, 0, 0, 1},
	{0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722, 0.2126, 0.7152, 0.0722},
	{0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116,
		1.051998},
	{0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940,
		0.968881},
	{1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367,
		0.303900},
};

static double linear(unsigned int byte)
{
	double v = byte / 255.0;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static void linear_rgb(uint32_t colour, double rgb[3])
{
	for (int i = 0; i < 3; i++)
		rgb[i] = linear(colour >> (16 - 8 * i) & 0xff);
}

static double lab_f(double t)
{
	return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* sRGB to L*a*b* (D65) as somebody with that sight sees it. */
static void lab(uint32_t colour, enum sight sight, double out[3])
{
	const double *m = simulations[sight];
	double in[3], rgb[3], x, y, z;

	linear_rgb(colour, in);
	for (int i = 0; i < 3; i++)
		rgb[i] = fmin(
			fmax(m[3 * i] * in[0] + m[3 * i + 1] * in[1] + m[3 * i + 2] * in[2], 0),
			1);
	x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047;
	y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
	z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883;
	out[0] = 116 * lab_f(y) - 16;
	out[1] = 500 * (lab_f(x) - lab_f(y));
	out[2] = 200 * (lab_f(y) - lab_f(z));
}

static double distance(uint32_t a, uint32_t b, enum sight sight)
{
	double x[3], y[3];

	lab(a, sight, x);
	lab(b, sight, y);
	return sqrt(pow(x[0] - y[0], 2) + pow(x[1] - y[1], 2) + pow(x[2] - y[2], 2));
}

static double luminance(uint32_t colour)
{
	double rgb[3];

	linear_rgb(colour, rgb);
	return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
}

static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void apart(const char *what, uint32_t a, uint32_t b, double least)
{
	for (int s = 0; s < SIGHT_N; s++) {
		double d = distance(a, b, (enum sight)s);

		if (d < least)
			print_error("%s, %s sight: %06x and %06x are %.1f apart\n", what,
				sights[s], a, b, d);
		assert_true(d >= least);
	}
}

static uint32_t fill(enum theme_style style)
{
	return theme_styles[style].fill;
}

static void test_the_formulas(void **state)
{
	double white[3], red[3];

	(void)state;
	lab(0xffffff, NORMAL, white);
	lab(0xff0000, NORMAL, red);
	assert_true(fabs(white[0] - 100) < 0.1 && fabs(white[1]) < 0.1 && fabs(white[2]) < 0.1);
	assert_true(fabs(red[0] - 53.2) < 0.2 && fabs(red[1] - 80.1) < 0.3 &&
		    fabs(red[2] - 67.2) < 0.3);
	assert_true(fabs(contrast(0, 0xffffff) - 21) < 0.01);
	/* Red and the green of equal lightness: told apart by most, hardly by the deutan. */
	assert_true(distance(0xd62728, 0x2ca02c, NORMAL) >
		    3 * distance(0xd62728, 0x8a7a2c, DEUTAN));
}

static void test_tiers_are_a_ramp(void **state)
{
	(void)state;
	for (int t = THEME_CELL_UNRATED; t < THEME_CELL_TIER5; t++) {
		double a[3], b[3];

		lab(fill((enum theme_style)t), NORMAL, a);
		lab(fill((enum theme_style)(t + 1)), NORMAL, b);
		assert_true(a[0] > b[0]); /* darker with every tier */
		apart("tiers", fill((enum theme_style)t), fill((enum theme_style)(t + 1)), 9);
		for (int u = t + 2; u <= THEME_CELL_TIER5; u++)
			apart("tiers", fill((enum theme_style)t), fill((enum theme_style)u),
				18);
	}
}

static void test_alarms_stand_out(void **state)
{
	uint32_t red = theme_styles[THEME_CII_OUTLINE].stroke;
	uint32_t casing = theme_styles[THEME_CII_CASING].stroke;

	(void)state;
	/* The red line touches the ground outside and the casing inside, not the cell. */
	apart("CII and casing", red, casing, 40);
	apart("CII and network", red, fill(THEME_SUBNET), 40);
	apart("CII and system", theme_styles[THEME_SYSTEM_CII].stroke, fill(THEME_REGION), 40);
	apart("CII and other systems", theme_styles[THEME_SYSTEM_CII].stroke,
		theme_styles[THEME_SYSTEM].stroke, 10);
	assert_true(theme_styles[THEME_SYSTEM_CII].stroke_mm >=
		    2 * theme_styles[THEME_SYSTEM].stroke_mm);
	for (int t = THEME_CELL_TIER3; t <= THEME_CELL_TIER5; t++)
		apart("casing and dark cell", casing, fill((enum theme_style)t), 30);
	apart("exposure and its edge", fill(THEME_EXPOSURE),
		theme_styles[THEME_EXPOSURE].stroke, 40);
	for (int t = THEME_CELL_TIER4; t <= THEME_CELL_TIER5; t++)
		apart("exposure on dark cells", fill(THEME_EXPOSURE), fill((enum theme_style)t),
			30);
}

/* The overlays are ink: each mark stands out from what it lies on, in every sight, and two that
 * lie on a cell differ in shape (a line, a bar, a square) or in being hollow. */
static void test_overlays_stand_out(void **state)
{
	static const enum theme_style boxes[] = {
		THEME_OWNER_BADGE, THEME_FINDING, THEME_ZONE_BADGE};

	(void)state;
	for (int t = THEME_CELL_NEUTRAL; t <= THEME_CELL_TIER5; t++) {
		uint32_t cell = fill((enum theme_style)t);
		uint32_t ink = theme_styles[THEME_OWNER].stroke;
		uint32_t casing = theme_styles[THEME_OWNER_CASING].stroke;

		/* On light cells the ink, on dark ones what is around it. */
		assert_true(contrast(ink, cell) >= 3 || contrast(casing, cell) >= 3);
		apart("age and cell",
			fill(t >= THEME_CELL_TIER4 ? THEME_AGE_ON_DARK : THEME_AGE), cell, 35);
		for (size_t i = 0; i < sizeof(boxes) / sizeof(*boxes); i++)
			assert_true(contrast(theme_styles[boxes[i]].stroke, cell) >= 3 ||
				    contrast(fill(boxes[i]), cell) >= 3);
	}
	apart("owner and casing", theme_styles[THEME_OWNER].stroke,
		theme_styles[THEME_OWNER_CASING].stroke, 60);
	apart("age and CII", fill(THEME_AGE_ON_DARK), theme_styles[THEME_CII_OUTLINE].stroke,
		40);
	for (size_t i = 0; i < sizeof(boxes) / sizeof(*boxes); i++)
		apart("badge and its edge", fill(boxes[i]), theme_styles[boxes[i]].stroke, 50);
	apart("zone and network", theme_styles[THEME_ZONE].stroke, fill(THEME_SUBNET), 50);
	apart("zone and other networks", theme_styles[THEME_ZONE].stroke,
		theme_styles[THEME_SUBNET].stroke, 15);
	apart("conduit and network", theme_styles[THEME_CONDUIT].stroke, fill(THEME_SUBNET),
		60);
	/* The frame of a zone is not the Internet's, and not a designated system's. */
	apart("zone and CII", theme_styles[THEME_ZONE].stroke,
		theme_styles[THEME_SYSTEM_CII].stroke, 10);
	assert_true(
		theme_styles[THEME_ZONE].dash_mm[0] != theme_styles[THEME_INTERNET].dash_mm[0]);
	assert_true(theme_styles[THEME_SYSTEM_CII].dash_mm[0] == 0);
	assert_true(theme_styles[THEME_CONDUIT].stroke_mm >=
		    1.5 * theme_styles[THEME_LINK_MEASURED].stroke_mm);
	/* A sheet has either; a reader of both is not misled. */
	apart("neutral and hollow", fill(THEME_CELL_NEUTRAL), fill(THEME_CELL_UNRATED), 9);
}

static void test_text_is_readable(void **state)
{
	static const struct {
		enum theme_style text, grounds[16];
		size_t n;
	} rows[] = {
		{THEME_TEXT,
			{THEME_SHEET, THEME_FURNITURE, THEME_REGION, THEME_SYSTEM,
				THEME_SUBNET, THEME_SUBNET_HEAD, THEME_INTERNET,
				THEME_ROUTER, THEME_CELL_TIER1, THEME_CELL_TIER2,
				THEME_CELL_TIER3, THEME_CELL_NEUTRAL, THEME_OWNER_BADGE,
				THEME_FINDING, THEME_ZONE_BADGE},
			15},
		{THEME_TEXT_QUIET,
			{THEME_SHEET, THEME_FURNITURE, THEME_REGION, THEME_SYSTEM,
				THEME_SUBNET, THEME_SUBNET_HEAD, THEME_INTERNET,
				THEME_ROUTER},
			8},
		{THEME_TEXT_CII, {THEME_SHEET, THEME_REGION, THEME_SYSTEM}, 3},
		{THEME_TEXT_ON_DARK,
			{THEME_MARKING, THEME_CII_BADGE, THEME_BADGE}, 3},
		{THEME_TEXT_ON_CELL, {THEME_CELL_TIER4, THEME_CELL_TIER5}, 2},
		{THEME_HOST,
			{THEME_CELL_UNRATED, THEME_CELL_TIER1, THEME_CELL_TIER2,
				THEME_CELL_NEUTRAL},
			4},
		{THEME_HOST_ON_DARK, {THEME_CELL_TIER4, THEME_CELL_TIER5}, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t k = 0; k < rows[i].n; k++) {
			double c = contrast(fill(rows[i].text), fill(rows[i].grounds[k]));

			if (c < 4.5)
				print_error("%s on %s: contrast %.2f\n",
					theme_styles[rows[i].text].name,
					theme_styles[rows[i].grounds[k]].name, c);
			assert_true(c >= 4.5);
		}
	/* Graphics need 3 : 1 (WCAG 2, 1.4.11). */
	assert_true(contrast(fill(THEME_HOST), fill(THEME_CELL_TIER3)) >= 3);
	for (int g = THEME_LINK_GONE; g <= THEME_LINK_DERIVED; g++)
		assert_true(contrast(theme_styles[g].stroke, fill(THEME_SHEET)) >= 3);
}

/* Marks of change are ink, or white on dark cells; in the corner of a cell they have a plate of
 * their own. What is gone is hollow and broken, and no cell of a tier is. */
static void test_changes_stand_out(void **state)
{
	const struct theme_style_row *gone = &theme_styles[THEME_CELL_GONE];
	const struct theme_style_row *plate = &theme_styles[THEME_CHANGE_PLATE];
	static const enum theme_style heads[] = {
		THEME_SUBNET_HEAD, THEME_REGION, THEME_SYSTEM, THEME_SUBNET, THEME_INTERNET};

	(void)state;
	for (int t = THEME_CELL_NEUTRAL; t <= THEME_CELL_TIER5; t++) {
		uint32_t cell = fill((enum theme_style)t);

		apart("change and cell",
			fill(t >= THEME_CELL_TIER4 ? THEME_CHANGE_ON_DARK : THEME_CHANGE), cell,
			40);
		assert_true(
			contrast(plate->fill, cell) >= 3 || contrast(plate->stroke, cell) >= 3);
		assert_true(theme_styles[t].dash_mm[0] == 0);
	}
	apart("change and its plate", fill(THEME_CHANGE), plate->fill, 60);
	apart("plate and its edge", plate->fill, plate->stroke, 60);
	apart("gone and its edge", gone->fill, gone->stroke, 45);
	apart("the cross of what is gone", fill(THEME_CHANGE), gone->fill, 60);
	assert_true(gone->dash_mm[0] > 0);
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		apart("change and head", fill(THEME_CHANGE), fill(heads[i]), 60);
		assert_true(contrast(gone->stroke, fill(heads[i])) >= 3);
	}
	/* The ink of a change is not the red of a designation, nor the orange of an
	 * exposure. */
	apart("change and CII", fill(THEME_CHANGE), theme_styles[THEME_CII_OUTLINE].stroke, 15);
	apart("change and exposure", fill(THEME_CHANGE), fill(THEME_EXPOSURE), 40);
}

/* In heads of boxes a triangle stands before how many are exposed. */
static void test_exposure_counts_stand_out(void **state)
{
	static const enum theme_style heads[] = {THEME_SUBNET_HEAD, THEME_REGION, THEME_SYSTEM,
		THEME_SUBNET, THEME_INTERNET, THEME_TILE, THEME_BUSINESS};

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		apart("exposure and head", fill(THEME_EXPOSURE), fill(heads[i]), 18);
		apart("the edge of an exposure and head", theme_styles[THEME_EXPOSURE].stroke,
			fill(heads[i]), 80);
		assert_true(contrast(fill(THEME_TEXT), fill(heads[i])) >= 4.5);
	}
	/* Beside it stands the badge of designations. */
	apart("exposure and badge", fill(THEME_EXPOSURE), fill(THEME_CII_BADGE), 20);
}

#define RASTER 32 /* points along and across a pictogram */

/* Which points of the unit square a path fills, by the non-zero rule; polygons alone. */
static void rasterise(const char *path, bool points[RASTER * RASTER])
{
	int winding[RASTER * RASTER] = {0};
	double x = 0, y = 0, begin_x = 0, begin_y = 0;

	while (*path) {
		char verb = *path++, *end;
		double to_x = begin_x, to_y = begin_y;

		if (verb != 'Z') {
			to_x = strtod(path, &end);
			to_y = strtod(end, &end);
			path = end;
		}
		for (int i = 0; i < RASTER * RASTER && verb != 'M'; i++) {
			double px = (i % RASTER + 0.5) / RASTER,
			       py = (i / RASTER + 0.5) / RASTER;

			if ((y <= py) != (to_y <= py) &&
				x + (py - y) / (to_y - y) * (to_x - x) > px)
				winding[i] += y <= py ? 1 : -1;
		}
		if (verb == 'M') {
			begin_x = to_x;
			begin_y = to_y;
		}
		x = to_x;
		y = to_y;
		path += *path == ' ';
	}
	for (int i = 0; i < RASTER * RASTER; i++)
		points[i] = winding[i] != 0;
}

/* New, changed, gone and exposed differ by shape alone: in a seventh of their square at
 * least. */
static void test_shapes_tell_marks_apart(void **state)
{
	static const char *const names[] = {
		"change-new", "change-changed", "change-gone", "exposure"};
	bool points[4][RASTER * RASTER];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		rasterise(theme_symbols[theme_symbol_find(names[i])].path, points[i]);
	for (size_t a = 0; a < 4; a++)
		for (size_t b = 0; b < a; b++) {
			int n = 0;

			for (int i = 0; i < RASTER * RASTER; i++)
				n += points[a][i] != points[b][i];
			if (n * 7 < RASTER * RASTER)
				fail_msg("%s and %s differ in %d of %d points", names[a],
					names[b], n, RASTER * RASTER);
		}
}

/* What the register says stands out from the user's base map, of whatever shade. */
static void test_base_map_is_ground(void **state)
{
	static const enum theme_style lines[] = {
		THEME_SHAPE, THEME_LEADER, THEME_TILE, THEME_CII_OUTLINE};

	(void)state;
	for (int s = THEME_BASE1; s <= THEME_BASE5; s++) {
		uint32_t shade = fill((enum theme_style)s);

		if (s > THEME_BASE1)
			apart("shades", shade, fill((enum theme_style)(s - 1)), 2.5);
		for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
			apart("line and base map", theme_styles[lines[i]].stroke, shade, 30);
			assert_true(contrast(theme_styles[lines[i]].stroke, shade) >= 3);
		}
		/* Its own lines are seen, and are not the register's. */
		apart("line of the base map", theme_styles[THEME_BASE_LINE].stroke, shade, 12);
		assert_true(contrast(theme_styles[THEME_BASE_LINE].stroke, shade) < 3);
		apart("exposure and base map", fill(THEME_EXPOSURE), shade, 12);
	}
	apart("line of the base map and outline", theme_styles[THEME_BASE_LINE].stroke,
		theme_styles[THEME_SHAPE].stroke, 15);
	apart("light line", theme_styles[THEME_BASE_LINE_LIGHT].stroke, fill(THEME_BASE2), 4);
}

static void test_grades_differ_without_colour(void **state)
{
	(void)state;
	for (int a = THEME_LINK_GONE; a <= THEME_TIE; a++)
		for (int b = a + 1; b <= THEME_TIE; b++)
			assert_true(theme_styles[a].dash_mm[0] != theme_styles[b].dash_mm[0] ||
				    theme_styles[a].dash_mm[1] != theme_styles[b].dash_mm[1]);
}

static void test_every_role_has_a_symbol(void **state)
{
	(void)state;
	for (int role = 0; role < ASSET_ROLE_N; role++)
		assert_string_equal(
			theme_symbols[theme_symbol_find(asset_role_name(role))].name,
			asset_role_name(role));
	assert_int_equal(
		asset_role_parse("plc"), ASSET_ROLE_CONTROLLER); /* drawn as its kind */
	assert_int_equal(asset_role_parse("access-point"), ASSET_ROLE_SWITCH);
	assert_int_equal(asset_role_parse("domain-controller"), ASSET_ROLE_SERVER);
	assert_int_equal(asset_role_parse("kettle"), ASSET_ROLE_UNKNOWN);
	assert_string_equal(theme_symbols[theme_symbol_find("exposure")].name, "exposure");
	assert_string_equal(theme_symbols[theme_symbol_find("internet")].name, "internet");
	assert_string_equal(theme_symbols[theme_symbol_find("no such thing")].name, "unknown");
	assert_string_equal(theme_symbols[theme_symbol_find("change-new")].name, "change-new");
	assert_string_equal(
		theme_symbols[theme_symbol_find("change-changed")].name, "change-changed");
	assert_string_equal(
		theme_symbols[theme_symbol_find("change-gone")].name, "change-gone");
	assert_true(theme_n_symbols <= 20);
}

/* The path grammar of theme.h, read the way a writer does. */
static void test_paths_are_drawable(void **state)
{
	(void)state;
	for (size_t i = 0; i < theme_n_symbols; i++) {
		const char *at = theme_symbols[i].path;
		bool open = false;

		while (*at) {
			char verb = *at++;
			int n = verb == 'C' ? 6 : verb == 'Z' ? 0 : 2;

			assert_non_null(strchr("MLCZ", verb));
			assert_true(open == (verb != 'M'));
			open = verb != 'Z';
			for (int k = 0; k < n; k++) {
				char *end;
				double v;

				assert_int_equal(*at++, ' ');
				v = strtod(at, &end);
				assert_true(end > at && v >= 0 && v <= 1);
				at = end;
			}
			assert_true(*at == ' ' || *at == '\0');
			at += *at == ' ';
		}
		assert_false(open);
		assert_string_not_equal(theme_symbols[i].label, "");
	}
}

static void test_every_style_has_a_name(void **state)
{
	(void)state;
	for (int a = 0; a < THEME_STYLE_N; a++) {
		assert_non_null(theme_styles[a].name);
		for (int b = 0; b < a; b++)
			assert_string_not_equal(theme_styles[a].name, theme_styles[b].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_formulas),
		cmocka_unit_test(test_tiers_are_a_ramp),
		cmocka_unit_test(test_alarms_stand_out),
		cmocka_unit_test(test_overlays_stand_out),
		cmocka_unit_test(test_text_is_readable),
		cmocka_unit_test(test_changes_stand_out),
		cmocka_unit_test(test_exposure_counts_stand_out),
		cmocka_unit_test(test_shapes_tell_marks_apart),
		cmocka_unit_test(test_base_map_is_ground),
		cmocka_unit_test(test_grades_differ_without_colour),
		cmocka_unit_test(test_every_role_has_a_symbol),
		cmocka_unit_test(test_paths_are_drawable),
		cmocka_unit_test(test_every_style_has_a_name),
	};

	return RUN(tests);
}
