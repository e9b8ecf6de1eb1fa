/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies depend on every part of the question; trace cookies carry their TTL. */
#include "tests/unit/unit.h"

#include "scanner/campaign/cookie.h"

static struct addr parse(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

static void test_every_part_counts(void **state)
{
	struct siphash_key key = siphash_key_seeded(1), other = siphash_key_seeded(2);
	const char *const pairs[][2] = {
		{"198.18.0.1", "198.18.0.2"}, {"2001:db8::1", "2001:db8::2"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct addr a = parse(pairs[i][0]), b = parse(pairs[i][1]);
		uint32_t c = cookie(&key, COOKIE_SYN, &a, &b, 80);

		assert_int_equal(c, cookie(&key, COOKIE_SYN, &a, &b, 80));
		assert_int_not_equal(c, cookie(&other, COOKIE_SYN, &a, &b, 80));
		assert_int_not_equal(c, cookie(&key, COOKIE_ECHO, &a, &b, 80));
		assert_int_not_equal(c, cookie(&key, COOKIE_SYN, &b, &a, 80));
		assert_int_not_equal(c, cookie(&key, COOKIE_SYN, &a, &a, 80));
		assert_int_not_equal(c, cookie(&key, COOKIE_SYN, &a, &b, 81));
		assert_int_not_equal(c, cookie(&key, COOKIE_SYN, &a, &b, 80 << 8));
	}
}

static void test_trace_ttl(void **state)
{
	struct siphash_key key = siphash_key_seeded(1);
	struct addr a = parse("198.18.0.1"), b = parse("198.18.0.2");

	(void)state;
	for (uint8_t ttl = 1; ttl <= COOKIE_HOPS_MAX; ttl++) {
		uint32_t c = cookie_trace(&key, COOKIE_TRACE_SYN, &a, &b, 22, ttl);

		assert_int_equal(cookie_trace_ttl(&key, COOKIE_TRACE_SYN, &a, &b, 22, c), ttl);
		assert_int_equal(cookie_trace_ttl(&key, COOKIE_TRACE_SYN, &a, &b, 23, c), 0);
		assert_int_equal(cookie_trace_ttl(&key, COOKIE_TRACE_ECHO, &a, &b, 22, c), 0);
		assert_int_equal(
			cookie_trace_ttl(&key, COOKIE_TRACE_SYN, &a, &b, 22, c ^ 0x10), 0);
		/* an echo's identifier, the upper half, stays the same */
		assert_int_equal(
			c >> 16, cookie_trace(&key, COOKIE_TRACE_SYN, &a, &b, 22, 1) >> 16);
	}
}

/* A million guesses without the key: none is believed but by chance (2^-32 each). */
static void test_guessing(void **state)
{
	struct siphash_key key = siphash_key_seeded(5), guess = siphash_key_seeded(6);
	struct addr a = parse("198.18.0.1"), b = parse("198.18.0.2");
	uint32_t c = cookie(&key, COOKIE_SYN, &a, &b, 443);
	int hits = 0;

	(void)state;
	for (uint64_t i = 0; i < 1000000; i++)
		hits += (uint32_t)siphash(&guess, &i, sizeof(i)) == c;
	assert_true(hits <= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_part_counts),
		cmocka_unit_test(test_trace_ttl), cmocka_unit_test(test_guessing)};

	return RUN(tests);
}
