/* SPDX-License-Identifier: Apache-2.0 */
/* What is estimated of how often had to be asked, and which networks are told of. */
#include "tests/unit/unit.h"

#include "scanner/campaign/losses.h"

static const struct siphash_key key = {1, 2};

static struct addr address(uint32_t number)
{
	return (struct addr){4,
		{198, (uint8_t)(18 + (number >> 16)), (uint8_t)(number >> 8), (uint8_t)number}};
}

static void note(struct losses *losses, uint32_t number, unsigned int tries, int times)
{
	struct addr addr = address(number);

	for (int i = 0; i < times; i++)
		losses_note(losses, &key, &addr, tries);
}

static void test_estimate(void **state)
{
	struct losses losses = {0};
	struct bundle_counters counters = {0};

	(void)state;
	losses_tell(&losses, &counters);
	assert_int_equal(bundle_counters_get(&counters, "lost_permille"), 0);
	/* A tenth is lost each time. */
	note(&losses, 0x101, 1, 900);
	note(&losses, 0x102, 2, 90);
	note(&losses, 0x1ff, 3, 9);
	note(&losses, 0x103, 4, 1);
	assert_int_equal(losses.n, 1);
	assert_int_equal(losses_permille(&losses.all), 100);
	note(&losses, 0x200, 1, 1000); /* another network, without losses */
	note(&losses, 0x300, 2, LOSSES_ANSWERS_MIN - 1); /* and one that says too little */
	assert_int_equal(losses.n, 3);
	losses_tell(&losses, &counters);
	assert_int_equal(bundle_counters_get(&counters, "lost_permille 198.18.1.0/24"), 100);
	assert_int_equal(counters.n, 2);
	losses_done(&losses);
}

/* Those that lost the most are told, in this order. */
static void test_the_worst(void **state)
{
	struct losses losses = {0};
	struct bundle_counters counters = {0};

	(void)state;
	for (uint32_t i = 0; i < 100; i++) {
		note(&losses, i << 8, 1, 1000);
		note(&losses, i << 8, 2, (int)i * 10);
	}
	losses_tell(&losses, &counters);
	assert_int_equal(counters.n, 1 + LOSSES_TOLD_MAX);
	assert_string_equal(counters.rows[1].name, "lost_permille 198.18.99.0/24");
	assert_string_equal(counters.rows[2].name, "lost_permille 198.18.98.0/24");
	losses_done(&losses);
}

static void test_more_networks_than_are_kept(void **state)
{
	struct losses losses = {0};

	(void)state;
	for (uint32_t i = 0; i < LOSSES_NETWORKS_MAX + 1000; i++) {
		struct addr addr = {6, {0x20, 1, 0xd, 0xb8, (uint8_t)(i >> 16),
					       (uint8_t)(i >> 8), (uint8_t)i}};

		losses_note(&losses, &key, &addr, 2);
	}
	assert_int_equal(losses.n, LOSSES_NETWORKS_MAX);
	assert_int_equal(losses.all.answers, LOSSES_NETWORKS_MAX + 1000);
	assert_int_equal(losses_permille(&losses.all), 500);
	losses_done(&losses);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_the_worst),
		cmocka_unit_test(test_more_networks_than_are_kept)};

	return RUN(tests);
}
