/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the map of a sample estate through the mapper's door, for the browser tests: page NAME
 * FILE [TYPE [OVERLAYS|later]], with the name of a sample (tests/unit/mapper/sample_estate.h)
 * or a number of assets to make (tests/estate/made_estate.h), a file whose suffix says the
 * format, the kind of map if it is not both sheets, and what lies over it; or against another
 * day, of which every fifth asset was another and every third was older.
 */
#include "common/clock.h"
#include "common/model/difference.h"
#include "mapper/mapper.h"
#include "tests/estate/made_estate.h"
#include "tests/unit/mapper/sample_estate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAX (1ul << 30)

static int against_another_day(enum sample which, struct arena *arena, struct estate *estate,
	struct error *reterr)
{
	struct estate *then = sample_estate(arena, which);

	then->as_of_us -= 24 * 3600 * CLOCK_SECOND;
	for (uint32_t i = 0; i < then->n_assets; i++)
		if (i % 5 == 0)
			then->assets[i].id += 1000000;
		else if (i % 3 == 0)
			then->assets[i].os = "older";
	return estate_difference(estate, then, arena, estate, reterr);
}

static int draw(enum sample which, uint32_t made, const char *path, const char *type,
	const char *over, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct map_request request = {.type = MAP_BOTH, .scope = "198.18.0.0/15"};
	struct estate *estate =
		made > 0 ? made_estate(arena, made, 1) : sample_estate(arena, which);
	enum map_format format;
	int r = map_format_of(path, &format, reterr);

	if (r == 0)
		r = map_type_parse(type, &request.type, reterr);
	if (r == 0 && strcmp(over, "later") == 0)
		r = against_another_day(which, arena, estate, reterr);
	else if (r == 0 && *over)
		r = map_overlays_parse(over, &request.overlays, reterr);
	return r ? r : map_draw(estate, &request, format, path, reterr);
}

int main(int argc, char **argv)
{
	struct error error = {0};
	uint32_t made = argc > 1 ? (uint32_t)atoi(argv[1]) : 0;

	for (enum sample which = 0; argc >= 3 && argc <= 5 && which < SAMPLE_N; which++) {
		if (made == 0 && strcmp(sample_name(which), argv[1]) != 0)
			continue;
		if (draw(which, made, argv[2], argc > 3 ? argv[3] : "both",
			    argc > 4 ? argv[4] : "", &error) == 0)
			return 0;
		fprintf(stderr, "page: %s\n", error.text);
		return 1;
	}
	fputs("usage: page NAME FILE [TYPE [OVERLAYS|later]]\n", stderr);
	return 2;
}
