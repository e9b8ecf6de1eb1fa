/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the map of a sample estate through the mapper's door, for the browser tests: page NAME
 * FILE [TYPE], with the name of a sample (tests/unit/mapper/sample_estate.h), a file whose suffix
 * says the format, and the kind of map if it is not both sheets.
 */
#include "mapper/mapper.h"
#include "tests/unit/mapper/sample_estate.h"

#include <stdio.h>
#include <string.h>

static int draw(enum sample which, const char *path, const char *type, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct map_request request = {.type = MAP_BOTH, .scope = "198.18.0.0/15"};
	enum map_format format;
	int r = map_format_of(path, &format, reterr);

	if (r == 0)
		r = map_type_parse(type, &request.type, reterr);
	return r ? r : map_draw(sample_estate(arena, which), &request, format, path, reterr);
}

int main(int argc, char **argv)
{
	struct error error = {0};

	for (enum sample which = 0; (argc == 3 || argc == 4) && which < SAMPLE_N; which++) {
		if (strcmp(sample_name(which), argv[1]) != 0)
			continue;
		if (draw(which, argv[2], argc == 4 ? argv[3] : "both", &error) == 0)
			return 0;
		fprintf(stderr, "page: %s\n", error.text);
		return 1;
	}
	fputs("usage: page NAME FILE [TYPE]\n", stderr);
	return 2;
}
