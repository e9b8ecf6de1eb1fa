/* SPDX-License-Identifier: Apache-2.0 */
/* The table of hosts: stable indexes, both families, and its limit. */
#include "tests/unit/unit.h"

#include "scanner/campaign/hosts.h"

static struct addr nth(uint32_t i)
{
	struct addr addr = {.family = i % 2 ? 6 : 4};

	addr.bytes[0] = 198;
	addr.bytes[1] = (uint8_t)(i >> 16);
	addr.bytes[2] = (uint8_t)(i >> 8);
	addr.bytes[3] = (uint8_t)i;
	return addr;
}

static void test_find_and_add(void **state)
{
	struct siphash_key key = siphash_key_seeded(1);
	struct hosts hosts;
	struct addr addr = nth(0);

	(void)state;
	host_table_init(&hosts, &key);
	assert_int_equal(host_table_find(&hosts, &addr), HOST_NONE);
	for (uint32_t i = 0; i < 5000; i++) {
		addr = nth(i);
		assert_int_equal(host_table_add(&hosts, &addr), i);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		addr = nth(i);
		assert_int_equal(host_table_find(&hosts, &addr), i);
		assert_int_equal(host_table_add(&hosts, &addr), i);
	}
	addr = nth(5000);
	assert_int_equal(host_table_find(&hosts, &addr), HOST_NONE);
	host_table_done(&hosts);
}

static void test_limit(void **state)
{
	struct siphash_key key = siphash_key_seeded(1);
	struct hosts hosts;
	struct addr addr;

	(void)state;
	host_table_init(&hosts, &key);
	for (uint32_t i = 0; i < HOSTS_MAX; i++) {
		addr = nth(i);
		assert_int_equal(host_table_add(&hosts, &addr), i);
	}
	addr = nth(HOSTS_MAX);
	assert_int_equal(host_table_add(&hosts, &addr), HOST_NONE);
	addr = nth(77);
	assert_int_equal(host_table_find(&hosts, &addr), 77);
	host_table_done(&hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find_and_add), cmocka_unit_test(test_limit)};

	return RUN(tests);
}
