/* SPDX-License-Identifier: Apache-2.0 */
/* What sweeps still have to ask, at moments of their passes. */
#include "tests/unit/unit.h"

#include "scanner/campaign/forecast.h"

static struct forecast of(struct forecast_sweep sweep)
{
	return forecast(&sweep, 1);
}

static bool about(double a, double b)
{
	return a > b - 0.01 && a < b + 0.01;
}

static void test_all_questions(void **state)
{
	struct forecast_sweep s = {.slots = 100,
		.kinds = 10,
		.passes = 6,
		.silence = 1,
		.pps = 50,
		.quiet_us = 500000,
		.patience_us = 1000000};

	(void)state;
	/* not begun: nobody is taken to answer, so all are asked twice, and waited for twice */
	assert_int_equal(of(s).left, 2000);
	assert_true(about(of(s).left_s, 40 + 0.5 + 1));
	s.silence = 0.5;
	assert_int_equal(of(s).left, 1500);
	s.pass = 1;
	s.at = 250;
	s.answered = 200; /* four of five */
	assert_int_equal(of(s).left, 750 + 200);
	s.passes = 1;
	assert_int_equal(of(s).left, 750);
	s.measured = 100;
	assert_true(about(of(s).left_s, 7.5 + 1));
	s.passes = 6;
	s.at = 1000;
	s.answered = 800;
	assert_int_equal(of(s).left, 200);
	s.answered = 1000; /* all: there is nothing to wait for either */
	assert_int_equal(of(s).left, 0);
	assert_true(of(s).left_s == 0);
}

/* As many as bring something: 800 of 1,000 answered, a tenth is lost. */
static void test_losses(void **state)
{
	struct forecast_sweep s = {.slots = 100,
		.kinds = 10,
		.pass = 1,
		.passes = 6,
		.at = 1000,
		.answered = 800,
		.lost = 0.1,
		.pps = 1};

	(void)state;
	/* 80, 8, and 0.8 which is too little for one more pass */
	assert_int_equal(of(s).left, 200 + 120 + 112);
	s.passes = 2;
	assert_int_equal(of(s).left, 200);
	s.passes = 6;
	s.lost = 0;
	assert_int_equal(of(s).left, 200);
}

static void test_later_passes(void **state)
{
	struct forecast_sweep s = {.slots = 100, .kinds = 10, .pass = 2, .passes = 6, .at = 500,
		.before = 900, .answered = 900, .pps = 1};

	(void)state;
	assert_int_equal(
		of(s).left, 50); /* half of those that are silent, and that was in vain */
	s.answered = 940;
	s.gained = 40;
	s.before = 900;
	s.lost = 0.1; /* so that 90 are foreseen: with a fifth of what is left of the pass, 82
			 and then 7 */
	assert_int_equal(of(s).left, 30 + 18 + 11);
	s.at = 1000;
	assert_int_equal(of(s).left, 60);
	s.passes = 2;
	assert_int_equal(of(s).left, 0);
}

/* One answer settles all kinds: the first round asks everybody, the others who was silent. */
static void test_settling(void **state)
{
	struct forecast_sweep s = {
		.slots = 100, .kinds = 7, .settle = true, .pass = 1, .passes = 1, .pps = 1};

	(void)state;
	assert_int_equal(of(s).left, 700);
	s.at = 50;
	s.answered = 40;
	assert_int_equal(of(s).left, 50 + 6 * 20);
	s.at = 100; /* round 1 */
	s.answered = 80;
	assert_int_equal(of(s).left, 6 * 20);
	s.at = 450; /* in the middle of round 4 */
	s.answered = 90;
	assert_int_equal(of(s).left, 25);
	s.passes = 2;
	assert_int_equal(of(s).left, 25 + 70);
	s.pass = 2;
	s.at = 350;
	assert_int_equal(of(s).left, 35);
}

/* 200 of two networks of a hundred each, ten questions to each, at most 50 a second to a
 * network and one in two seconds to a host. */
static void test_rates(void **state)
{
	struct forecast_sweep s = {
		.slots = 200, .kinds = 10, .pass = 1, .passes = 2, .pps = 1000};

	(void)state;
	assert_true(about(of(s).left_s, 2 + 2));
	s.network_pps = 50;
	s.largest = 100;
	assert_true(about(of(s).left_s, 20 + 20));
	s.at = 2000;
	s.answered = 1200; /* the 800 that are left may be of one network */
	assert_true(about(of(s).left_s, 16));
	s.gap_us = 2000000; /* and are of 80 hosts */
	assert_true(about(of(s).left_s, 20));
	s.measured = 1e9; /* of this pass, of which nothing is left */
	assert_true(about(of(s).left_s, 20));
}

static void test_several(void **state)
{
	struct forecast_sweep rows[] = {{.slots = 10,
						.kinds = 1,
						.pass = 1,
						.passes = 1,
						.at = 5,
						.answered = 5,
						.pps = 5},
		{.slots = 0,
			.kinds = 9,
			.pps = 1,
			.passes = 9,
			.silence = 1,
			.quiet_us = 1000000},
		{.slots = 20, .kinds = 2, .passes = 1, .pps = 10}};
	struct forecast f = forecast(rows, 3);

	(void)state;
	assert_int_equal(f.left, 5 + 40);
	assert_true(about(f.left_s, 5));
}

/* More was answered than was asked, or asked than there is: never less than nothing. */
static void test_odd(void **state)
{
	struct forecast_sweep s = {.slots = 10,
		.kinds = 2,
		.pass = 1,
		.passes = 6,
		.at = 100,
		.answered = 90,
		.pps = 1};

	(void)state;
	assert_int_equal(of(s).left, 0);
	s.pass = 2;
	assert_int_equal(of(s).left, 0);
	s.settle = true;
	assert_int_equal(of(s).left, 0);
	s = (struct forecast_sweep){0};
	assert_int_equal(of(s).left, 0);
}

static void test_pace(void **state)
{
	(void)state;
	assert_true(forecast_by_pace(0, 10, 5) < 0);
	assert_true(forecast_by_pace(11, 10, 5) < 0);
	assert_true(forecast_by_pace(2, 10, 5) == 20);
	assert_true(forecast_by_pace(10, 10, 5) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_questions),
		cmocka_unit_test(test_losses), cmocka_unit_test(test_later_passes),
		cmocka_unit_test(test_settling), cmocka_unit_test(test_rates),
		cmocka_unit_test(test_several), cmocka_unit_test(test_odd),
		cmocka_unit_test(test_pace)};

	return RUN(tests);
}
