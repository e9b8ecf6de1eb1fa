/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of addresses against the plainest possible implementation, a flag for each address. */
#include "tests/unit/unit.h"

#include "common/addr_set.h"

#include <string.h>

#define SPACE (4 * 65536) /* addresses of the plain one: four blocks */
#define BASE 0xc6120000u

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 4) * n >> 28);
}

/* Address i of the space: IPv4, or IPv6 in which the blocks are neighbours too. */
static struct addr nth(uint8_t family, uint32_t i)
{
	struct addr addr = {6, {0x20, 0x01, 0x0d, 0xb8, [13] = (uint8_t)(i >> 16),
				       (uint8_t)(i >> 8), (uint8_t)i}};

	return family == 4 ? addr_v4(BASE + i) : addr;
}

static void add(struct addr_set *set, bool *plain, uint8_t family, uint32_t first, uint32_t n)
{
	struct addr_range range = {nth(family, first), nth(family, first + n - 1)};

	assert_int_equal(addr_set_add(set, &range, NULL), 0);
	memset(plain + first, 1, n);
}

static void compare_walk(const struct addr_set *set, const bool *plain, uint8_t family)
{
	struct addr_walk walk = {.set = set};
	struct addr_range range;

	for (uint32_t i = 0, end; i < SPACE; i = end) {
		struct addr first, last;

		for (end = i; end < SPACE && plain[end] == plain[i]; end++)
			;
		if (!plain[i])
			continue;
		first = nth(family, i);
		last = nth(family, end - 1);
		assert_true(addr_walk_next(&walk, &range));
		assert_true(addr_equal(&range.first, &first) && addr_equal(&range.last, &last));
	}
	assert_false(addr_walk_next(&walk, &range));
}

static void compare(const struct addr_set *set, const bool *plain, uint8_t family)
{
	uint32_t count = 0, same = 0;

	for (uint32_t i = 0; i < SPACE; i++) {
		struct addr addr = nth(family, i), last, back;
		uint64_t number;

		assert_int_equal(addr_set_has(set, &addr), plain[i]);
		assert_int_equal(addr_set_number(set, &addr, &number), plain[i]);
		if (plain[i]) {
			assert_int_equal(number, count);
			back = addr_set_nth(set, count++);
			assert_true(addr_equal(&back, &addr));
		}
		if (i < same) {
			assert_int_equal(plain[i], plain[i - 1]);
			continue;
		}
		assert_int_equal(addr_set_until(set, &addr, &last), plain[i]);
		assert_true(addr_compare(&last, &addr) >= 0);
		for (same = i; same < SPACE; same++) {
			back = nth(family, same);
			if (addr_compare(&back, &last) > 0)
				break;
			assert_int_equal(plain[same], plain[i]);
		}
	}
	assert_int_equal(addr_set_count(set), count);
	compare_walk(set, plain, family);
}

static void one_random(uint8_t family, uint32_t n, uint32_t size)
{
	bool *plain = calloc(SPACE, sizeof(*plain));
	struct addr_set *set = addr_set_new();

	assert_true(plain && set);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t length = 1 + draw(size);

		add(set, plain, family, draw(SPACE - length), length);
	}
	assert_int_equal(addr_set_seal(set, NULL), 0);
	compare(set, plain, family);
	addr_set_free(set);
	free(plain);
}

static void test_random(void **state)
{
	static const uint32_t shapes[][2] = {{0, 1}, {1, 1}, {3, 1}, {3, SPACE / 2}, {200, 3},
		{200, 3000}, {6000, 2}, {12000, 3}, {100000, 1}, {100000, 20}};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		seed = (uint32_t)i;
		one_random(4, shapes[i][0], shapes[i][1]);
		one_random(6, shapes[i][0], shapes[i][1]);
	}
	one_random(4, 1200000, 1); /* more than wait to be sorted at once */
}

/* From runs to bits and to whole blocks, in an order that no list has. */
static void test_shapes(void **state)
{
	bool *plain = calloc(SPACE, sizeof(*plain));
	struct addr_set *set = addr_set_new();

	(void)state;
	for (uint32_t i = 0; i < 65536; i++) /* all of the second block by sevens, in pairs */
		add(set, plain, 4, 65536 + (65535 - i) * 7 % 65535, 2);
	for (uint32_t i = 0; i < ADDR_SET_RUNS_MAX; i++) /* as many runs as there may be */
		add(set, plain, 4, 2 * 65536 + 32 * (ADDR_SET_RUNS_MAX - 1 - i), 1 + i % 2);
	for (uint32_t i = 0; i <= ADDR_SET_RUNS_MAX; i++) /* one more */
		add(set, plain, 4, 3 * 65536 + 16 * i, 1);
	add(set, plain, 4, 65535, 1);
	assert_int_equal(addr_set_seal(set, NULL), 0);
	compare(set, plain, 4);
	addr_set_free(set);
	free(plain);
}

static void test_edges(void **state)
{
	static const char *const texts[] = {
		"0.0.0.0/0", "::/0", "255.255.255.255", "0.0.0.0", "2001:db8::/64"};
	static const uint64_t counts[] = {1ULL << 32, UINT64_MAX, 1, 1, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct addr_set *set = addr_set_new();
		struct addr_walk walk = {.set = set};
		struct addr_range range, back;
		struct addr last;

		assert_int_equal(addr_range_parse(texts[i], &range, NULL), 0);
		assert_int_equal(addr_set_add(set, &range, NULL), 0);
		assert_int_equal(addr_set_add(set, &range, NULL), 0);
		assert_int_equal(addr_set_seal(set, NULL), 0);
		assert_true(addr_set_count(set) == counts[i]);
		assert_true(addr_set_until(set, &range.last, &last));
		assert_true(addr_equal(&last, &range.last));
		assert_true(addr_walk_next(&walk, &back));
		assert_true(addr_equal(&back.first, &range.first));
		assert_true(addr_equal(&back.last, &range.last));
		assert_false(addr_walk_next(&walk, &back));
		if (counts[i] <= ADDR_SET_NUMBERED_MAX) {
			last = addr_set_nth(set, counts[i] - 1);
			assert_true(addr_equal(&last, &range.last));
		}
		addr_set_free(set);
	}
}

/* Families have one row of numbers, IPv4 first. */
static void test_both_families(void **state)
{
	bool *plain = calloc(SPACE, sizeof(*plain));
	struct addr_set *set = addr_set_new();
	struct addr addr = nth(6, 70000), back;
	uint64_t number = 0;

	(void)state;
	add(set, plain, 6, 70000, 3);
	add(set, plain, 4, 5, 10);
	assert_int_equal(addr_set_seal(set, NULL), 0);
	assert_true(addr_set_number(set, &addr, &number));
	assert_int_equal(number, 10);
	back = addr_set_nth(set, 10);
	assert_true(addr_equal(&back, &addr));
	back = addr_set_nth(set, 9);
	addr = nth(4, 14);
	assert_true(addr_equal(&back, &addr));
	assert_int_equal(addr_set_count(set), 13);
	addr_set_free(set);
	free(plain);
}

/* No more IPv6 prefixes than there may be; what is there already does not count. */
static void test_limit(void **state)
{
	struct addr_set *set = addr_set_new();
	struct error error = {0};
	int r = 0;

	(void)state;
	for (uint32_t i = 0; r == 0 && i < 2 * ADDR_SET_IPV6_MAX; i++) {
		struct addr addr = {
			6, {0x20, 0x01, 0x0d, 0xb8, [12] = (uint8_t)(i >> 23),
				   (uint8_t)(i >> 15), (uint8_t)(i >> 7), (uint8_t)(i << 1)}};
		struct addr_range range = {addr, addr};

		r = addr_set_add(set, &range, &error);
		assert_true(r == 0 || i == ADDR_SET_IPV6_MAX);
	}
	assert_int_equal(r, ERROR_INPUT);
	assert_int_equal(addr_set_seal(set, NULL), 0);
	assert_int_equal(addr_set_count(set), ADDR_SET_IPV6_MAX);
	addr_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_random),
		cmocka_unit_test(test_shapes), cmocka_unit_test(test_edges),
		cmocka_unit_test(test_both_families), cmocka_unit_test(test_limit)};

	return RUN(tests);
}
