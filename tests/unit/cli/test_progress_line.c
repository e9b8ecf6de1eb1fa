/* SPDX-License-Identifier: Apache-2.0 */
/* The line that stands on a terminal while a scan runs. */
#include "tests/unit/unit.h"

#include "cli/progress.h"

static void test_lines(void **state)
{
	static const struct {
		struct scan_progress now;
		const char *line;
	} rows[] = {{{.phase = "discover",
			     .done = 512,
			     .total = 1024,
			     .found = 3,
			     .left_s = 2.6,
			     .rate = 199.6},
			    "discover  512 of 1024 (50 %), 200/s, 3 found, 3 s left"},
		{{.phase = "discover",
			 .done = 1,
			 .total = 3,
			 .left_s = 719,
			 .hits = 0.031,
			 .lost = 0.002},
			"discover  1 of 3 (33 %), 0/s, 3.1 % answered, 0.2 % lost, 0 found, 12 "
			"min left"},
		{{.phase = "aliases", .done = 1, .total = 30, .left_s = 119.4},
			"aliases   1 of 30 (3 %), 0/s, 0 found, 119 s left"},
		{{.phase = "greet", .done = 1, .total = 2, .left_s = 12000},
			"greet     1 of 2 (50 %), 0/s, 0 found, 3 h 20 min left"},
		/* unknown, or over */
		{{.phase = "trace", .total = 2, .left_s = -1},
			"trace     0 of 2 (0 %), 0/s, 0 found"},
		{{.phase = "names", .done = 2, .total = 2},
			"names     2 of 2 (100 %), 0/s, 0 found"},
		{{.phase = "listen", .done = 75, .found = 7}, "listen    75 s, 7 found"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[PROGRESS_LINE_MAX];

		progress_line(&rows[i].now, line);
		assert_string_equal(line, rows[i].line);
	}
}

/* However long the numbers are. */
static void test_bound(void **state)
{
	struct scan_progress now = {.phase = "a phase of a long name",
		.done = UINT64_MAX - 1,
		.total = UINT64_MAX,
		.found = UINT64_MAX,
		.left_s = 9e8,
		.rate = 1e12,
		.hits = 1,
		.lost = 1};
	char line[PROGRESS_LINE_MAX];

	(void)state;
	progress_line(&now, line);
	assert_non_null(strstr(line, "250000 h 0 min left"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_bound)};

	return RUN(tests);
}
