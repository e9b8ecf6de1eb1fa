/* SPDX-License-Identifier: Apache-2.0 */
/* One counter or two: shared ones pass, others do not, and those that pass by chance are as few
 * as said. */
#include "tests/unit/unit.h"

#include "scanner/campaign/alias.h"

#include <string.h>

#define TURNS 12
#define RTT_US 2000
#define NEAR 512 /* independent counters begin no further from each other, so that some pass */

static uint64_t state_of_draws = 1;

static uint32_t draw(uint32_t below)
{
	state_of_draws = state_of_draws * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state_of_draws >> 33) % below;
}

/* A machine's counter: what it sends to others a second, and one for each answer to us. */
struct counter {
	uint16_t at;
	uint32_t per_second;
	int64_t seen_us;
};

static uint16_t take(struct counter *c, int64_t now_us)
{
	int64_t passed = now_us - c->seen_us;
	int64_t sent = passed * c->per_second / 1000000;

	c->at = (uint16_t)(c->at + 1 + sent +
			   (c->per_second > 1 ? draw(c->per_second / 8 + 1) : 0));
	c->seen_us = now_us;
	return c->at;
}

static void add(struct alias_series *s, int64_t at_us, int64_t rtt_us, uint16_t id)
{
	s->samples[s->n++] = (struct alias_sample){at_us, at_us + rtt_us, id};
}

/* Both are asked in turn, each but now and then, a tenth of a second apart. */
static void ask(struct alias_series *a, struct alias_series *b, struct counter *one,
	struct counter *other, unsigned int lost_percent)
{
	int64_t now = 1000000;

	memset(a, 0, sizeof(*a));
	memset(b, 0, sizeof(*b));
	for (int turn = 0; turn < TURNS; turn++) {
		if (draw(3)) {
			uint16_t id = take(one, now + RTT_US / 2);

			if (draw(100) >= lost_percent)
				add(a, now, RTT_US, id);
		}
		now += 20000;
		if (draw(3)) {
			uint16_t id = take(other, now + RTT_US / 2);

			if (draw(100) >= lost_percent)
				add(b, now, RTT_US, id);
		}
		now += 80000;
	}
}

static void test_one_counter(void **state)
{
	static const uint32_t speeds[] = {0, 5, 100, 1000};
	unsigned int judged = 0;

	(void)state;
	for (uint32_t i = 0; i < 4000; i++) {
		/* half of them wrap in the middle */
		struct counter c = {.at = (uint16_t)(i % 2 ? 65530 - draw(200) : draw(65536)),
			.per_second = speeds[i / 2 % 4]};
		struct alias_series a, b;
		bool passes;
		uint32_t shifts;

		ask(&a, &b, &c, &c, i % 8 ? 0 : 20);
		if (alias_kind(&a) == ALIAS_FEW || alias_kind(&b) == ALIAS_FEW)
			continue;
		assert_int_equal(alias_kind(&a), ALIAS_COUNTER);
		assert_int_equal(alias_kind(&b), ALIAS_COUNTER);
		shifts = alias_shifts(&a, &b, ALIAS_COUNTER, &passes);
		if (shifts == ALIAS_SHIFTS)
			continue;
		judged++;
		assert_true(passes && shifts > 0);
		if (c.per_second == 0)
			assert_true(shifts < 16);
	}
	assert_true(judged > 3000);
}

/* The second half of both is of another stretch of time, whose clock begins anew: the counter
 * went on by any number in between, and it is one all the same, as two are two. */
static void test_a_pause(void **state)
{
	unsigned int judged = 0, passed = 0;

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		struct counter one = {.at = (uint16_t)draw(65536), .per_second = 5}, own = one,
			       *other = i % 2 ? &one : &own;
		struct alias_series halves[4], a = {0}, b = {0};
		bool passes;

		own.at = (uint16_t)draw(65536);
		ask(&halves[0], &halves[1], &one, other, 0);
		one.at = (uint16_t)draw(65536);
		one.seen_us = own.seen_us = 0;
		own.at = (uint16_t)draw(65536);
		ask(&halves[2], &halves[3], &one, other, 0);
		for (size_t h = 0; h < 4; h++)
			for (size_t k = 0; k < halves[h].n && k < ALIAS_SAMPLES_MAX / 2; k++) {
				struct alias_series *s = h % 2 ? &b : &a;

				s->samples[s->n] = halves[h].samples[k];
				s->samples[s->n++].stretch = (uint32_t)h / 2;
			}
		if (alias_kind(&a) == ALIAS_FEW || alias_kind(&b) == ALIAS_FEW)
			continue;
		assert_int_equal(alias_kind(&a), ALIAS_COUNTER);
		if (alias_shifts(&a, &b, ALIAS_COUNTER, &passes) == ALIAS_SHIFTS)
			continue;
		judged += i % 2;
		passed += !(i % 2) && passes;
		assert_true(passes || i % 2 == 0);
	}
	assert_true(judged > 700 && passed < 5);
}

/* Two series of counters of their own; false if nothing can be said of them. `near`: how far
 * apart they begin at most. */
static bool ask_two(uint32_t i, uint32_t near, struct alias_series *a, struct alias_series *b)
{
	static const uint32_t speeds[] = {0, 5, 100, 1000};
	struct counter one = {.at = (uint16_t)draw(65536), .per_second = speeds[i % 4]},
		       two = {.at = (uint16_t)(one.at - near / 2 + draw(near)),
			       .per_second = speeds[i / 4 % 4]};

	ask(a, b, &one, &two, 0);
	return alias_kind(a) == ALIAS_COUNTER && alias_kind(b) == ALIAS_COUNTER;
}

/* The bound is what it says: of all numbers that the second counter could be off by, just so
 * many pass. */
static void test_the_bound(void **state)
{
	unsigned int looked_at = 0;

	(void)state;
	for (uint32_t i = 0; looked_at < 12; i++) {
		struct alias_series a, b;
		uint32_t shifts, passed = 0;
		bool passes;

		assert_true(i < 100000);
		if (!ask_two(i, NEAR, &a, &b))
			continue;
		shifts = alias_shifts(&a, &b, ALIAS_COUNTER, &passes);
		if (shifts == 0 || shifts == ALIAS_SHIFTS)
			continue;
		for (uint32_t shift = 0; shift < ALIAS_SHIFTS; shift++) {
			for (size_t k = 0; k < b.n; k++)
				b.samples[k].id++;
			assert_int_equal(alias_shifts(&a, &b, ALIAS_COUNTER, &passes), shifts);
			passed += passes;
		}
		assert_int_equal(passed, shifts);
		looked_at++;
	}
}

/* Counters that stand anywhere pass as often as the bound says. */
static void test_two_counters(void **state)
{
	double expected = 0;
	unsigned int passed = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		struct alias_series a, b;
		uint32_t shifts;
		bool passes;

		if (!ask_two(i, 65536, &a, &b))
			continue;
		shifts = alias_shifts(&a, &b, ALIAS_COUNTER, &passes);
		expected += shifts < ALIAS_SHIFTS ? (double)shifts / ALIAS_SHIFTS : 0;
		passed += passes;
		/* who is idle counts what he is asked himself, and not what the other is */
		if (i % 4 == 0 && i / 4 % 4 == 0)
			assert_true(!passes);
	}
	assert_true(expected > 10);
	assert_true(passed > 0); /* and off by no more than four standard deviations */
	assert_true((passed - expected) * (passed - expected) <= 16 * expected);
}

/* Counters that stand close together at one speed do not: for them it is no bound. */
static void test_counters_side_by_side(void **state)
{
	double expected = 0;
	unsigned int passed = 0;

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		struct alias_series a, b;
		uint32_t shifts;
		bool passes;

		if (!ask_two(5 * (i % 4), 6, &a, &b))
			continue;
		shifts = alias_shifts(&a, &b, ALIAS_COUNTER, &passes);
		expected += shifts < ALIAS_SHIFTS ? (double)shifts / ALIAS_SHIFTS : 0;
		passed += passes;
		if (i % 4 == 0) /* but idle ones are told apart whatever they begin with */
			assert_false(passes);
	}
	assert_true(passed > 10 * expected);
}

static void test_no_counters(void **state)
{
	struct alias_series s = {.n = 0};

	(void)state;
	for (int i = 0; i < 5; i++)
		add(&s, i * 100000, RTT_US, (uint16_t)i);
	assert_int_equal(alias_kind(&s), ALIAS_FEW);
	for (int i = 0; i < 8; i++)
		s.samples[i] = (struct alias_sample){i * 100000, i * 100000 + RTT_US, 0};
	s.n = 8;
	assert_int_equal(alias_kind(&s), ALIAS_CONSTANT);
	for (int i = 0; i < 8; i++)
		s.samples[i].id = 0x1234;
	assert_int_equal(alias_kind(&s), ALIAS_CONSTANT);
	for (unsigned int round = 0, counters = 0; round < 10000; round++) {
		for (int i = 0; i < 8; i++)
			s.samples[i].id = (uint16_t)draw(65536);
		counters += alias_kind(&s) != ALIAS_RANDOM;
		assert_int_equal(counters, 0);
	}
	/* twice the same among others is no counter */
	for (int i = 0; i < 8; i++)
		s.samples[i].id = (uint16_t)(i / 2);
	assert_int_equal(alias_kind(&s), ALIAS_RANDOM);
}

static void swap(struct alias_series *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->samples[i].id = (uint16_t)(s->samples[i].id >> 8 | s->samples[i].id << 8);
}

static void test_swapped(void **state)
{
	struct counter c = {.at = 250, .per_second = 5};
	struct alias_series a, b;
	bool passes = false;

	(void)state;
	for (;;) {
		ask(&a, &b, &c, &c, 0);
		if (a.n >= 8 && b.n >= 8)
			break;
	}
	swap(&a);
	swap(&b);
	assert_int_equal(alias_kind(&a), ALIAS_SWAPPED);
	assert_true(alias_shifts(&a, &b, ALIAS_SWAPPED, &passes) < 64);
	assert_true(passes);
}

/* A counter for each destination or source: both go on by one for each packet, but not
 * together. */
static void test_counter_for_each(void **state)
{
	struct counter one = {.at = 700}, two = {.at = 703};
	struct alias_series a, b;
	bool passes;

	(void)state;
	for (;;) {
		ask(&a, &b, &one, &two, 0);
		if (a.n >= 8 && b.n >= 8)
			break;
		one.at = 700;
		two.at = 703;
	}
	assert_int_equal(alias_kind(&a), ALIAS_COUNTER);
	assert_int_equal(alias_shifts(&a, &b, ALIAS_COUNTER, &passes), 0);
	assert_false(passes);
}

/* Of answers that were on their way at one time the order is not known, and nothing is held
 * against it. */
static void test_overtaken(void **state)
{
	struct alias_series a = {.n = 0}, b = {.n = 0};
	bool passes;

	(void)state;
	for (uint16_t i = 0; i < 10; i++) {
		/* b is asked second, and draws first in every second turn */
		add(&a, i * 100000, 50000, (uint16_t)(100 + 2 * i + (i % 2)));
		add(&b, i * 100000 + 1000, 2000, (uint16_t)(100 + 2 * i + !(i % 2)));
	}
	assert_int_equal(alias_kind(&a), ALIAS_COUNTER);
	assert_in_range(alias_shifts(&a, &b, ALIAS_COUNTER, &passes), 1, 8);
	assert_true(passes);
}

static void test_few_turns(void **state)
{
	struct alias_series a = {.n = 0}, b = {.n = 0};
	bool passes;

	(void)state;
	for (uint16_t i = 0; i < 8; i++) {
		add(&a, i * 1000, 100, i);
		add(&b, 100000 + i * 1000, 100, (uint16_t)(20 + i));
	}
	assert_int_equal(alias_shifts(&a, &b, ALIAS_COUNTER, &passes), ALIAS_SHIFTS);
	assert_false(passes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_counter),
		cmocka_unit_test(test_the_bound), cmocka_unit_test(test_two_counters),
		cmocka_unit_test(test_counters_side_by_side),
		cmocka_unit_test(test_no_counters), cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_counter_for_each), cmocka_unit_test(test_overtaken),
		cmocka_unit_test(test_a_pause), cmocka_unit_test(test_few_turns)};

	return RUN(tests);
}
