/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the atlas of a made estate, or of so many assets that have nothing in common, and
 * prints what it took: atlas ASSETS FILE [singletons]. Judges nothing; tests/bench/atlas.py
 * does.
 */
#include "mapper/mapper.h"
#include "tests/bench/peak.h"
#include "tests/estate/made_estate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static double processor_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* No networks, no systems, no links. */
static void scatter(struct estate *estate)
{
	estate->n_systems = estate->n_subnets = estate->n_links = 0;
	for (uint32_t i = 0; i < estate->n_assets; i++)
		estate->assets[i].system = ESTATE_NONE;
	for (uint32_t i = 0; i < estate->n_addresses; i++)
		estate->addresses[i].subnet = ESTATE_NONE;
}

int main(int argc, char **argv)
{
	unsigned long n = argc >= 3 ? strtoul(argv[1], NULL, 10) : 0;
	_cleanup_(arena_freep) struct arena *arena = arena_new(4ul << 30);
	const struct map_request request = {.type = MAP_ATLAS};
	struct error err = {0};
	struct estate *estate;
	struct stat st = {0};
	double start;

	if (!arena || n == 0 || n > MADE_ASSETS_MAX) {
		fputs("usage: atlas ASSETS FILE.pdf [singletons]\n", stderr);
		return 2;
	}
	estate = made_estate(arena, (uint32_t)n, 1);
	if (argc > 3)
		scatter(estate);
	start = processor_s();
	if (map_draw(estate, &request, MAP_PDF, argv[2], &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	stat(argv[2], &st);
	printf("{\"assets\": %u, \"seconds\": %.3f, \"peak_kib\": %ld, \"bytes\": %lld}\n",
		estate->n_assets, processor_s() - start, peak_kib(), (long long)st.st_size);
	return 0;
}
