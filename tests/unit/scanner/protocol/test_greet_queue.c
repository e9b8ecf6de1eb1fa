/* SPDX-License-Identifier: Apache-2.0 */
/* Who is greeted next: turns of hosts, what one of them may have at once, gaps, the bound. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "scanner/protocol/greet_queue.h"

#define LATE (10 * CLOCK_SECOND)

static struct greet_target target(uint32_t host, uint16_t port)
{
	return (struct greet_target){addr_v4(0xc6120000 + host), TRANSPORT_TCP, port, NULL};
}

static void add(struct greet_queue *q, uint32_t host, uint16_t port, int64_t now)
{
	struct greet_target t = target(host, port);

	assert_int_equal(greet_queue_add(q, &t, now, NULL), 0);
}

static uint32_t take(struct greet_queue *q, uint32_t host, uint16_t port, int64_t now)
{
	const struct greet_target *first = greet_queue_first(q, now);
	struct greet_target t = target(host, port);

	assert_non_null(first);
	assert_true(addr_equal(&first->addr, &t.addr));
	assert_int_equal(first->port, port);
	assert_int_equal(greet_queue_due_us(q), INT64_MIN);
	return greet_queue_take(q, true, now);
}

static void hosts_take_turns(void **state)
{
	struct greet_queue *q = greet_queue_new(&(struct greet_options){.per_host = 2});
	uint32_t one;

	(void)state;
	assert_null(greet_queue_first(q, 1));
	for (uint16_t port = 1; port <= 4; port++)
		add(q, 1, port, 1);
	add(q, 2, 1, 1);
	one = take(q, 1, 1, 1);
	take(q, 2, 1, 1);
	take(q, 1, 2, 1);
	assert_null(greet_queue_first(q, 1)); /* two at once are what a host may have */
	assert_int_equal(greet_queue_due_us(q), INT64_MAX);
	assert_int_equal(greet_queue_waiting(q), 2);
	greet_queue_release(q, one, 2);
	take(q, 1, 3, 2);
	assert_null(greet_queue_first(q, 2));
	greet_queue_free(q);
}

static void gaps(void **state)
{
	struct greet_queue *q = greet_queue_new(&(struct greet_options){.gap_us = 100});
	struct greet_target own = target(3, 1);
	uint32_t host;

	(void)state;
	add(q, 1, 1, 1000);
	host = take(q, 1, 1, 1000);
	greet_queue_release(q, host, 1010);
	/* It is remembered, though nothing of it waits. */
	add(q, 1, 2, 1020);
	add(q, 2, 1, 1020);
	take(q, 2, 1, 1020);
	assert_null(greet_queue_first(q, 1099));
	assert_int_equal(greet_queue_due_us(q), 1100);
	host = take(q, 1, 2, 1100);
	/* Nobody asks until long after its gap. */
	greet_queue_release(q, host, 5000);
	add(q, 1, 3, 5000);
	host = greet_queue_first(q, 5000) ? take(q, 1, 3, 5000) : 0;
	greet_queue_release(q, host, 5001);
	own.own = true;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(greet_queue_add(q, &own, 5002, NULL), 0);
		assert_non_null(greet_queue_first(q, 5002));
		greet_queue_release(q, greet_queue_take(q, true, 5002), 5002);
	}
	greet_queue_free(q);
}

/* Of one network so many may begin in a burst, then one after each gap; of another one at any
 * time. */
static void gaps_of_networks(void **state)
{
	const int64_t gap = GREETER_BURST_US * 2 / 3;
	struct greet_queue *q = greet_queue_new(&(struct greet_options){.gap_network_us = gap});
	struct greet_target own = target(7, 1),
			    six = {{6, {0x20, 0x01, 0x0d, 0xb8}}, TRANSPORT_TCP, 1};
	int64_t now = 100000, ready = now - GREETER_BURST_US;
	uint32_t last = 0;

	(void)state;
	for (uint32_t host = 0; host < 6; host++)
		add(q, host, 1, now);
	for (uint32_t host = 0; host < 6; host++) {
		last = take(q, host, 1, now);
		ready += gap;
		if (ready <= now || host == 5)
			continue;
		add(q, 256 + host * 256, 1, now);
		take(q, 256 + host * 256, 1, now);
		assert_null(greet_queue_first(q, ready - 1));
		assert_int_equal(greet_queue_due_us(q), ready);
		now = ready;
	}
	/* Who has gone and comes again is of the same network. */
	greet_queue_release(q, last, now);
	add(q, 5, 2, now);
	assert_null(greet_queue_first(q, now));
	take(q, 5, 2, now + gap);
	/* This machine's own begin no gap; nor do those that are not connected to. */
	own.own = true;
	for (uint16_t i = 0; i < 20; i++, now += gap) {
		own.port = i;
		assert_int_equal(greet_queue_add(q, &own, now, NULL), 0);
	}
	for (int i = 0; i < 20; i++) {
		assert_non_null(greet_queue_first(q, now));
		greet_queue_release(q, greet_queue_take(q, i % 2, now), now);
	}
	/* A /64 is one network. */
	for (uint8_t i = 0; i < 3; i++) {
		six.addr.bytes[15] = i;
		assert_int_equal(greet_queue_add(q, &six, now, NULL), 0);
		assert_true(!greet_queue_first(q, now) == (i == 2));
		if (i < 2)
			greet_queue_take(q, true, now);
	}
	greet_queue_free(q);
}

/* As many as there may be, at few hosts or at as many; then there is room again. */
static void the_bound(void **state)
{
	(void)state;
	for (uint32_t per = 1; per <= 4096; per *= 4096) {
		struct greet_options options = {.per_host = per, .gap_network_us = per % 2};
		struct greet_queue *q = greet_queue_new(&options);
		struct greet_target t = target(0, 1);
		size_t taken = 0;

		for (uint32_t i = 0; i < GREETER_TARGETS_MAX; i++)
			add(q, i / per, (uint16_t)(i % per), 1);
		assert_int_equal(greet_queue_add(q, &t, 1, NULL), GREETER_FULL);
		for (; greet_queue_first(q, LATE); taken++)
			greet_queue_release(q, greet_queue_take(q, taken % 2, LATE), LATE);
		assert_int_equal(taken, GREETER_TARGETS_MAX);
		assert_int_equal(greet_queue_waiting(q), 0);
		add(q, 9, 9, LATE + 1);
		take(q, 9, 9, LATE + 1);
		greet_queue_free(q);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hosts_take_turns),
		cmocka_unit_test(gaps), cmocka_unit_test(gaps_of_networks),
		cmocka_unit_test(the_bound)};

	return RUN(tests);
}
