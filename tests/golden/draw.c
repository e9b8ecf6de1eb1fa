/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws one of the sample estates, for the golden tests: draw SAMPLE TYPE PATH, and to look at
 * what the register's part adds: draw SAMPLE TYPE PATH OVERLAYS [LEVEL [LANGUAGE]]. With the
 * overlay of changes it is told against an earlier day. docs/pictures are of the lab, by this,
 * but for lab-survey.png and lab-passive.png: what a survey of it and listening in it gave.
 */
#include "common/model/difference.h"
#include "mapper/mapper.h"
#include "mapper/redact.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/sample_register.h"

#include <stdio.h>
#include <string.h>

static int take_more(int argc, char **argv, struct map_request *request, struct error *err)
{
	int r = argc > 4 ? map_overlays_parse(argv[4], &request->overlays, err) : 0;

	if (r == 0 && argc > 5)
		r = redaction_parse(argv[5], &request->redaction, err);
	if (argc > 6)
		request->language = strcmp(argv[6], "chinese") == 0 ? MAP_CHINESE : MAP_ENGLISH;
	return r;
}

/* Ninety days before: some devices had not yet taken the place of others, ran something older,
 * were of another system, called otherwise or open elsewhere. */
static int tell_changes(struct estate *now, enum sample which, struct error *err)
{
	struct estate *then = sample_estate(now->arena, which);

	sample_register(then);
	then->as_of_us -= 90 * INT64_C(86400000000);
	for (uint32_t i = 0; i < then->n_assets; i++)
		if (i % 12 == 5) {
			then->assets[i].id += 5000000;
			then->assets[i].name =
				arena_printf(now->arena, "%s-old", then->assets[i].name);
		} else if (i % 11 == 6) {
			then->assets[i].os = "an older system";
			then->assets[i].n_services -= then->assets[i].n_services > 1;
		} else if (i % 13 == 2) {
			then->assets[i].name = arena_printf(now->arena, "host-%u", i);
			for (uint32_t k = 0; k < then->assets[i].n_services; k++)
				then->services[then->assets[i].first_service + k].port += 8000;
		} else if (i == 27) {
			then->assets[i].system = 2;
		}
	return estate_difference(now, then, now->arena, now, err);
}

int main(int argc, char **argv)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct map_request request = {
		.scope = "198.18.0.0/15, 2001:db8::/32", .marking = "SAMPLE DATA"};
	enum map_format format;
	struct error err = {0};

	for (int i = 0; argc >= 4 && i < SAMPLE_N; i++) {
		struct estate *estate;

		if (strcmp(sample_name((enum sample)i), argv[1]) != 0)
			continue;
		estate = sample_estate(arena, (enum sample)i);
		if (argc > 4)
			sample_register(estate);
		if (take_more(argc, argv, &request, &err) < 0 ||
			((request.overlays & MAP_OVERLAY_CHANGE) &&
				tell_changes(estate, (enum sample)i, &err) < 0) ||
			map_type_parse(argv[2], &request.type, &err) < 0 ||
			map_format_of(argv[3], &format, &err) < 0 ||
			map_draw(estate, &request, format, argv[3], &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		return 0;
	}
	fprintf(stderr, "usage: draw SAMPLE topology|district|both PATH [OVERLAYS [LEVEL "
			"[LANGUAGE]]]\n");
	return 2;
}
