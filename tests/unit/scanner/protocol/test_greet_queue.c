/* SPDX-License-Identifier: Apache-2.0 */
/* Who is greeted next: turns of hosts, what one of them may have at once, gaps, the bound. */
#include "tests/unit/unit.h"

#include "scanner/protocol/greet_queue.h"

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
	struct greet_queue *q = greet_queue_new(2, 0, 7);
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
	struct greet_queue *q = greet_queue_new(1, 100, 7);
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

/* As many as there may be, at few hosts or at as many; then there is room again. */
static void the_bound(void **state)
{
	(void)state;
	for (uint32_t per = 1; per <= 4096; per *= 4096) {
		struct greet_queue *q = greet_queue_new(per, 0, 7);
		struct greet_target t = target(0, 1);
		size_t taken = 0;

		for (uint32_t i = 0; i < GREETER_TARGETS_MAX; i++)
			add(q, i / per, (uint16_t)(i % per), 1);
		assert_int_equal(greet_queue_add(q, &t, 1, NULL), GREETER_FULL);
		for (; greet_queue_first(q, 2); taken++)
			greet_queue_release(q, greet_queue_take(q, taken % 2, 2), 2);
		assert_int_equal(taken, GREETER_TARGETS_MAX);
		assert_int_equal(greet_queue_waiting(q), 0);
		add(q, 9, 9, 3);
		take(q, 9, 9, 3);
		greet_queue_free(q);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hosts_take_turns),
		cmocka_unit_test(gaps), cmocka_unit_test(the_bound)};

	return RUN(tests);
}
