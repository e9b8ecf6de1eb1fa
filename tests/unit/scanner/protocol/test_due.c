/* SPDX-License-Identifier: Apache-2.0 */
/* The heap of times against a plain array: set, moved and cleared in any order. */
#include "tests/unit/unit.h"

#include "scanner/protocol/due.h"

#include <stdlib.h>

#define NUMBERS 200
#define STEPS 20000

static int64_t plain[NUMBERS]; /* INT64_MAX: not there */

static int64_t least(void)
{
	int64_t us = INT64_MAX;

	for (size_t i = 0; i < NUMBERS; i++)
		us = plain[i] < us ? plain[i] : us;
	return us;
}

static void as_a_plain_array(void **state)
{
	struct due due = {0};
	uint32_t number, random = 1;

	(void)state;
	assert_true(due_grow(&due, NUMBERS / 2));
	assert_true(due_grow(&due, NUMBERS));
	for (size_t i = 0; i < NUMBERS; i++)
		plain[i] = INT64_MAX;
	for (size_t i = 0; i < STEPS; i++) {
		random = random * 1664525u + 1013904223u;
		number = (random >> 16) % NUMBERS;
		if (random >> 30) {
			plain[number] = (random >> 8) % 1000;
			due_set(&due, number, plain[number]);
		} else {
			plain[number] = INT64_MAX;
			due_clear(&due, number);
		}
		assert_int_equal(due_first_us(&due), least());
	}
	for (int64_t now = 0; now < 1000; now++)
		while (due_take(&due, now, &number)) {
			assert_int_equal(plain[number], now);
			plain[number] = INT64_MAX;
		}
	assert_int_equal(least(), INT64_MAX);
	assert_int_equal(due_first_us(&due), INT64_MAX);
	due_done(&due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_a_plain_array)};

	return RUN(tests);
}
