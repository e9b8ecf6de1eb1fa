/* SPDX-License-Identifier: Apache-2.0 */
/* Progress on its way between the processes: what is written is read, and nothing else. */
#include "tests/unit/unit.h"

#include "scanner/progress.h"

#include <unistd.h>

static void test_there_and_back(void **state)
{
	static const char *const phases[] = {
		"discover", "trace", "aliases", "greet", "names", "listen"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		struct scan_progress sent = {.phase = phases[i], .done = UINT64_MAX - 1,
			.total = UINT64_MAX, .found = UINT64_MAX, .left_s = i ? 1e8 : -1,
			.rate = 12345678.5, .hits = 0.125, .lost = 0.5}, got;
		char line[256] = "";
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		progress_write(ends[1], &sent);
		assert_true(read(ends[0], line, sizeof(line) - 1) > 0);
		assert_true(progress_parse(line, &got));
		assert_string_equal(got.phase, sent.phase);
		assert_true(got.done == sent.done && got.total == sent.total &&
			    got.found == sent.found);
		assert_true(got.left_s == sent.left_s && got.rate == sent.rate &&
			    got.hits == sent.hits && got.lost == sent.lost);
		close(ends[0]);
		close(ends[1]);
	}
}

static void test_no_progress(void **state)
{
	static const char *const lines[] = {"", "discover", "discover 1 2 3 4 5 6",
		"sleep 1 2 3 4 5 6 7", "discover a 2 3 4 5 6 7"};
	struct scan_progress got;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_false(progress_parse(lines[i], &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_no_progress)};

	return RUN(tests);
}
