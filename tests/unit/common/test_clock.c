/* SPDX-License-Identifier: Apache-2.0 */
/* Times as users and bundles write them. */
#include "tests/unit/unit.h"

#include "common/clock.h"

#include <time.h>

static void known_times(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {{"1970-01-01T00:00:00Z", 0}, {"1970-01-01", 0},
		{"2026-11-23T23:40:05Z", 1795477205000000},
		{"2026-11-23T23:40:05.25Z", 1795477205250000},
		{"2026-11-24T07:40:05+08:00", 1795477205000000},
		{"1969-12-31T23:59:59.5Z", -500000}};
	int64_t us;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(clock_parse(rows[i].text, &us, NULL), 0);
		assert_int_equal(us, rows[i].us);
	}
}

static void format_and_parse_agree(void **state)
{
	char text[CLOCK_TEXT_MAX];
	int64_t back;

	(void)state;
	for (int64_t us = -3000000000000000; us < 5000000000000000; us += 12345678901234) {
		assert_int_equal(clock_parse(clock_format(us, text), &back, NULL), 0);
		assert_int_equal(back, us);
	}
}

static void nonsense_is_refused(void **state)
{
	static const char *const rows[] = {"", "tomorrow", "2026-13-01", "2026-01-01T",
		"2026-01-01x", "2026-01-01T10:00:00", "2026-01-01T10:00:00+8",
		"2026-01-01T10:00:00Zx"};
	int64_t us;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(clock_parse(rows[i], &us, NULL), ERROR_USAGE);
}

/* Every kind of second, as the C library writes it. */
static void format_is_that_of_the_library(void **state)
{
	uint64_t random = 88172645463325252ull;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[CLOCK_TEXT_MAX], want[CLOCK_TEXT_MAX];
		time_t seconds;
		struct tm tm;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		seconds = (time_t)(random % 320000000000ull) -
			  60000000000; /* up to beyond the year 9999 */
		gmtime_r(&seconds, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%SZ", &tm);
		clock_format((int64_t)seconds * CLOCK_SECOND, text);
		if (tm.tm_year >= 1000 - 1900)
			assert_string_equal(text, want);
		assert_true(strlen(text) < CLOCK_TEXT_MAX);
		if (tm.tm_year > 9999 - 1900)
			continue;
		clock_format((int64_t)seconds * CLOCK_SECOND + 70, text);
		assert_string_equal(text + strlen(text) - 8, ".000070Z");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(known_times),
		cmocka_unit_test(format_and_parse_agree), cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(format_is_that_of_the_library)};

	return RUN(tests);
}
