/* SPDX-License-Identifier: Apache-2.0 */
/* How the rate begins, what cuts it, and how it comes back. */
#include "tests/unit/unit.h"

#include "scanner/campaign/throttle.h"

static void look(struct throttle *t, uint64_t signs, int64_t *now, int times)
{
	for (int i = 0; i < times; i++) {
		*now += THROTTLE_EVERY_US;
		throttle_look(t, signs, t->sent + t->pps, *now);
	}
}

static void test_slow_start(void **state)
{
	struct throttle t;
	int64_t now = 1000;
	uint32_t wanted = 1600 / THROTTLE_START;

	(void)state;
	throttle_init(&t, 1600, now);
	assert_int_equal(t.pps, wanted);
	assert_false(throttle_look(&t, 0, 100, now + THROTTLE_EVERY_US - 1)); /* too early */
	for (; wanted < 1600; wanted *= 2) {
		assert_int_equal(t.pps, wanted);
		look(&t, 0, &now, 1);
	}
	assert_int_equal(t.pps, 1600);
	look(&t, 0, &now, 5);
	assert_int_equal(t.pps, 1600);
	assert_int_equal(t.cuts, 0);
}

static void test_cuts_and_grows_back(void **state)
{
	struct throttle t;
	int64_t now = 0;

	(void)state;
	throttle_init(&t, 100000, now);
	look(&t, 0, &now, 20);
	look(&t, 7, &now, 1);
	assert_int_equal(t.pps, 70000);
	look(&t, 7, &now, 1); /* nothing new */
	assert_int_equal(t.pps, 75001);
	look(&t, 7, &now, 20);
	assert_int_equal(t.pps, 100000);
	for (uint64_t signs = 8; signs < 100; signs++)
		look(&t, signs, &now, 1);
	assert_int_equal(t.pps, THROTTLE_LEAST);
	assert_int_equal(t.lowest, THROTTLE_LEAST);
	assert_int_equal(t.cuts, 93);
}

/* A sign ends the slow start: from there on it goes in steps. */
static void test_a_sign_at_the_start(void **state)
{
	struct throttle t;
	int64_t now = 0;

	(void)state;
	throttle_init(&t, 160000, now);
	look(&t, 1, &now, 1);
	assert_int_equal(t.pps, 7000);
	look(&t, 1, &now, 1);
	assert_int_equal(t.pps, 7501);
	look(&t, 1, &now, 5); /* just beyond what it was cut at */
	assert_int_equal(t.pps, 10006);
	look(&t, 1, &now, 5); /* by 1002, 2004, 4008, and twice 8016 */
	assert_int_equal(t.pps, 33052);
	look(&t, 1, &now, 30);
	assert_int_equal(t.pps, 160000);
}

/* Ten million were asked for, and the machine sends 50,000: it is these that are cut. */
static void test_more_than_can_be_used(void **state)
{
	struct throttle t;
	int64_t now = 0;

	(void)state;
	throttle_init(&t, 10000000, now);
	for (int i = 0; i < 10; i++) {
		now += THROTTLE_EVERY_US;
		throttle_look(&t, 0, t.sent + 1000, now);
	}
	assert_int_equal(t.pps, 625000);
	now += THROTTLE_EVERY_US;
	assert_true(throttle_look(&t, 1, t.sent + 1000, now));
	assert_int_equal(t.pps, 35000);
	now += THROTTLE_EVERY_US;
	throttle_look(&t, 1, t.sent + 700, now);
	assert_int_equal(t.pps, 37501);
}

/* Nothing was sent for a while: that says nothing of what the way carries. */
static void test_unused(void **state)
{
	struct throttle t;
	int64_t now = 0;

	(void)state;
	throttle_init(&t, 160000, now);
	for (int i = 0; i < 10; i++) {
		now += THROTTLE_EVERY_US;
		assert_false(throttle_look(&t, 0, 3, now));
	}
	assert_int_equal(t.pps, 10000);
	assert_true(t.starting);
}

static void test_low_rates(void **state)
{
	struct throttle t;
	int64_t now = 0;

	(void)state;
	for (uint32_t full = 0; full < 3; full++) {
		throttle_init(&t, full, now);
		assert_int_equal(t.pps, full ? full : 1);
		look(&t, 1, &now, 1);
		look(&t, 1, &now, 3);
		assert_int_equal(t.pps, full ? full : 1);
	}
}

static void test_losses(void **state)
{
	struct throttle t;
	int64_t now = 0;

	(void)state;
	throttle_init(&t, 10000, now);
	look(&t, 0, &now, 20);
	throttle_loss(&t, 50, 20); /* too few to tell */
	assert_int_equal(t.most, 10000);
	throttle_loss(&t, 9990, 10);
	assert_int_equal(t.most, 10000);
	throttle_loss(&t, 940, 60);
	assert_int_equal(t.most, 5000);
	look(&t, 0, &now, 1);
	assert_int_equal(t.pps, 5000);
	throttle_loss(&t, 990, 10); /* it helped, and stays so */
	assert_int_equal(t.most, 5000);
	throttle_loss(&t, 940, 60); /* it did not */
	assert_int_equal(t.most, 10000);
	throttle_loss(&t, 900, 100); /* which is known now */
	assert_int_equal(t.most, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_slow_start),
		cmocka_unit_test(test_cuts_and_grows_back),
		cmocka_unit_test(test_a_sign_at_the_start),
		cmocka_unit_test(test_more_than_can_be_used), cmocka_unit_test(test_unused),
		cmocka_unit_test(test_low_rates), cmocka_unit_test(test_losses)};

	return RUN(tests);
}
