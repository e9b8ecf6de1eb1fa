/* SPDX-License-Identifier: Apache-2.0 */
/* In simulated time: the rate is kept in every window, and a pause is never made up for. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "scanner/campaign/pace.h"

/* Takes all it can get during `span`; the clock steps by `step` when it must wait. */
static uint64_t take_all(struct pace *pace, int64_t *now, int64_t span, int64_t late)
{
	int64_t end = *now + span;
	uint64_t taken = 0;

	while (*now < end) {
		int64_t due = pace_take(pace, *now);

		if (due)
			*now = due + late;
		else
			taken++;
	}
	return taken;
}

static void test_rate(void **state)
{
	static const uint32_t rates[] = {1, 2, 40, 500, 1000, 20000, 100000, 1000000};

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		int64_t now = 123456789;
		struct pace pace;

		pace_init(&pace, rates[i], now);
		for (int second = 0; second < 5; second++) {
			uint64_t taken = take_all(&pace, &now, CLOCK_SECOND, 0);

			assert_true(taken <= rates[i] * 1.05 + 1);
			assert_true(taken + 1 >= rates[i] * 0.95);
		}
	}
}

static void test_never_catches_up(void **state)
{
	struct pace pace;
	int64_t now = 1000000;
	uint64_t burst = 0;

	(void)state;
	pace_init(&pace, 1000, now);
	take_all(&pace, &now, CLOCK_SECOND, 0);
	now += 3600 * CLOCK_SECOND; /* the machine slept */
	while (pace_take(&pace, now) == 0)
		burst++;
	assert_true(burst <= 1000 * PACE_DEPTH_US / CLOCK_SECOND + 1);
	assert_true(take_all(&pace, &now, CLOCK_SECOND, 0) <= 1050);
}

/* Who always wakes late sends less, not more. */
static void test_late_wakes(void **state)
{
	struct pace pace;
	int64_t now = 1000000;

	(void)state;
	pace_init(&pace, 500, now);
	assert_true(take_all(&pace, &now, 10 * CLOCK_SECOND, 5000) <= 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rate),
		cmocka_unit_test(test_never_catches_up), cmocka_unit_test(test_late_wakes)};

	return RUN(tests);
}
