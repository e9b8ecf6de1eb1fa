/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets on the paper that was asked for: drawn there, with nothing cut or over each other, or
 * refused with what to do; never on another paper. */
#include "mapper/render/measure.h"
#include "mapper/sheet/sheet.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/scene_check.h"
#include "tests/unit/unit.h"

/* From which paper on every sample is drawn: before, the lab is at least from A3 on. */
static const struct {
	const char *name;
	sheet_maker *make;
	enum map_paper always;
} makers[] = {{"topology", sheet_topology, MAP_PAPER_A4},
	{"exposure", sheet_exposure, MAP_PAPER_A4}, {"business", sheet_business, MAP_PAPER_A4},
	{"address-space", sheet_address_space, MAP_PAPER_A0},
	{"region", sheet_region, MAP_PAPER_A0}, {"layers", sheet_layers, MAP_PAPER_A4},
	{"bridges", sheet_bridges, MAP_PAPER_A0}};

static const double widths[MAP_PAPER_N] = {
	[MAP_PAPER_A4] = 297, [MAP_PAPER_A3] = 420, [MAP_PAPER_A2] = 594, [MAP_PAPER_A1] = 841,
	[MAP_PAPER_A0] = 1189};

/* Returns whether it was drawn. */
static bool draw(const struct model *model, size_t m, enum map_paper paper)
{
	const struct sheet_request request = {
		.title = "Papers", .number = 1, .total = 1, .paper = paper};
	struct scene *scene;
	struct error err = {0};
	int r = makers[m].make(model, &request, &scene, &err);

	if (r < 0) {
		if (r != ERROR_USAGE || !strstr(err.text, "--paper auto"))
			fail_msg("%s on paper %d: %d, %s", makers[m].name, (int)paper, r,
				err.text);
		return false;
	}
	if (scene->width_mm != widths[paper])
		fail_msg("%s on paper %d is %g mm wide", makers[m].name, (int)paper,
			scene->width_mm);
	if (check_texts(scene) + check_boxes(scene) + check_legend(scene) > 0)
		fail_msg("%s on paper %d", makers[m].name, (int)paper);
	return true;
}

static void each_paper(void **state)
{
	static const enum sample samples[] = {
		SAMPLE_LAB, SAMPLE_CITY, SAMPLE_PROVINCE, SAMPLE_SIX, SAMPLE_HOSTILE};

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(samples); s++) {
		struct arena *arena = arena_new(1ul << 30);
		struct error err = {0};
		struct model *model;

		assert_non_null(arena);
		assert_int_equal(
			model_make(sample_estate(arena, samples[s]), arena, &model, &err), 0);
		for (size_t m = 0; m < ARRAY_SIZE(makers); m++)
			for (int paper = MAP_PAPER_A4; paper <= MAP_PAPER_A0; paper++) {
				bool drawn = draw(model, m, (enum map_paper)paper);

				if (!drawn && (paper >= (int)makers[m].always ||
						      (samples[s] == SAMPLE_LAB &&
							      paper >= MAP_PAPER_A3)))
					fail_msg("%s of %s on paper %d", makers[m].name,
						sample_name(samples[s]), paper);
			}
		arena_free(arena);
	}
}

static int done(void **state)
{
	(void)state;
	measure_done();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_paper)};

	return cmocka_run_group_tests(tests, NULL, done);
}
