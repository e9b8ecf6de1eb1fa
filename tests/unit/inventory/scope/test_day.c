/* SPDX-License-Identifier: Apache-2.0 */
/* Days on papers: what is one, what lies in the future, order. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "inventory/scope/day.h"

static int64_t at(const char *text)
{
	int64_t us = 0;

	assert_int_equal(clock_parse(text, &us, NULL), 0);
	return us;
}

static void days(void **state)
{
	char day[DAY_SIZE];

	(void)state;
	assert_int_equal(day_take("it", NULL, at("2026-11-30T23:59:59Z"), day, NULL), 0);
	assert_string_equal(day, "2026-11-30");
	assert_int_equal(day_take("it", "2024-02-29", at("2026-11-30"), day, NULL), 0);
	assert_string_equal(day, "2024-02-29");
}

static void what_is_no_day(void **state)
{
	static const char *const bad[] = {"", "today", "2026-02-30", "2026-02-29", "2026-13-01",
		"2026-11-3", "26-11-30", "2026-11-30 ", "2026-11-30T00:00:00Z", "1969-12-31",
		"2026/11/30", "0000-00-00", "99999-01-01"};
	struct error err = {0};
	char day[DAY_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(day_take("a decision", bad[i], at("2026-11-30"), day, &err),
			ERROR_USAGE);
		assert_non_null(strstr(err.text, "is no day of a decision"));
	}
}

/* A day begins at UTC+14 first. */
static void the_future(void **state)
{
	struct error err = {0};
	char day[DAY_SIZE];

	(void)state;
	assert_int_equal(
		day_take("it", "2026-12-01", at("2026-11-30T10:00:00Z"), day, NULL), 0);
	assert_int_equal(day_take("it", "2026-12-01", at("2026-11-30T09:59:59Z"), day, &err),
		ERROR_USAGE);
	assert_non_null(strstr(err.text, "that day has not begun"));
}

static void order(void **state)
{
	struct error err = {0};

	(void)state;
	assert_int_equal(day_check_order("a", "2026-01-02", "b", "2026-01-02", &err), 0);
	assert_int_equal(day_check_order("a", "2026-10-02", "b", "2026-09-30", &err), 0);
	assert_int_equal(
		day_check_order("a", "2026-09-30", "b", "2026-10-02", &err), ERROR_INPUT);
	assert_string_equal(
		err.text, "a of 2026-09-30 comes before b of 2026-10-02; check the dates");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(days),
		cmocka_unit_test(what_is_no_day), cmocka_unit_test(the_future),
		cmocka_unit_test(order)};

	return RUN(tests);
}
