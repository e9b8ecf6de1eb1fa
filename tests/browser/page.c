/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the HTML map of a sample estate for the browser tests: page NAME FILE, with the name
 * of a sample (tests/unit/mapper/sample_estate.h).
 */
#include "common/file.h"
#include "mapper/render/measure.h"
#include "mapper/render/render.h"
#include "tests/unit/mapper/render/sample_scene.h"
#include "tests/unit/mapper/sample_estate.h"

#include <stdio.h>
#include <string.h>

static int write_page(enum sample which, const char *path, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct estate *estate = sample_estate(arena, which);
	const struct scene *scenes[] = {sample_networks(arena, estate), sample_cells(arena, estate)};
	struct str page = STR_INIT(RENDER_BYTES_MAX);
	int r = render_html(scenes, 2, estate, &page, reterr);

	if (!r)
		r = file_publish(path, page.data, page.len, reterr);
	str_done(&page);
	measure_done();
	return r;
}

int main(int argc, char **argv)
{
	struct error error = {0};

	for (enum sample which = 0; argc == 3 && which < SAMPLE_N; which++) {
		if (strcmp(sample_name(which), argv[1]) != 0)
			continue;
		if (write_page(which, argv[2], &error) == 0)
			return 0;
		fprintf(stderr, "page: %s\n", error.text);
		return 1;
	}
	fputs("usage: page NAME FILE\n", stderr);
	return 2;
}
