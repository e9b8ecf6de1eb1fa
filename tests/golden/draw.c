/* SPDX-License-Identifier: Apache-2.0 */
/* Draws one of the sample estates, for the golden tests: draw SAMPLE TYPE PATH */
#include "mapper/mapper.h"
#include "tests/unit/mapper/sample_estate.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct map_request request = {
		.scope = "198.18.0.0/15, 2001:db8::/32", .marking = "SAMPLE DATA"};
	enum map_format format;
	struct error err = {0};

	for (int i = 0; argc == 4 && i < SAMPLE_N; i++) {
		if (strcmp(sample_name((enum sample)i), argv[1]) != 0)
			continue;
		if (map_type_parse(argv[2], &request.type, &err) < 0 ||
			map_format_of(argv[3], &format, &err) < 0 ||
			map_draw(sample_estate(arena, (enum sample)i), &request, format,
				argv[3], &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
		return 0;
	}
	fprintf(stderr, "usage: draw SAMPLE topology|district|both PATH\n");
	return 2;
}
