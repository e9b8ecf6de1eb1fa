/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of addresses: reading, writing, sizes, and the prefixes that they consist of. */
#include "tests/unit/unit.h"

#include "common/addr_range.h"

#include <string.h>

static struct addr_range R(const char *text)
{
	struct addr_range range;

	assert_int_equal(addr_range_parse(text, &range, NULL), 0);
	return range;
}

static void test_text(void **state)
{
	static const char *const same[][2] = {{"198.18.0.1", "198.18.0.1/32"},
		{"198.18.0.0/15", "198.18.0.0/15"},
		{"198.18.0.0-198.18.0.255", "198.18.0.0/24"},
		{"198.18.0.1-198.18.0.2", "198.18.0.1-198.18.0.2"},
		{"0.0.0.0-255.255.255.255", "0.0.0.0/0"},
		{"2001:db8::-2001:db8::ffff", "2001:db8::/112"},
		{"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0"},
		{"2001:db8::1-2001:db8::1", "2001:db8::1/128"},
		{"255.255.255.254-255.255.255.255", "255.255.255.254/31"}};
	static const char *const wrong[] = {"", "-", "198.18.0.1-", "-198.18.0.1",
		"198.18.0.2-198.18.0.1", "198.18.0.1-2001:db8::1",
		"198.18.0.1-198.18.0.2-198.18.0.3", "198.18.0.0/24-198.18.1.0/24",
		"198.18.0.1 - 198.18.0.2", "198.18.0.1-20", "198.18.0.1-198.18.0.256"};
	char text[ADDR_RANGE_TEXT_MAX];
	struct error error = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		struct addr_range range = R(same[i][0]);

		assert_string_equal(addr_range_format(&range, text), same[i][1]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct addr_range range;

		assert_int_equal(addr_range_parse(wrong[i], &range, &error), ERROR_USAGE);
		assert_non_null(strstr(error.text, wrong[i]));
	}
}

static void test_sizes(void **state)
{
	struct addr_range all = R("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
			  half = R("::-::ffff:ffff:ffff:fffe"), whole = R("::/64");

	(void)state;
	assert_true(addr_range_size(&all) == UINT64_MAX);
	assert_true(addr_range_size(&half) == UINT64_MAX);
	assert_true(addr_range_size(&whole) == UINT64_MAX);
	all = R("0.0.0.0/0");
	assert_true(addr_range_size(&all) == 1ULL << 32);
	half = R("198.18.0.9-198.18.1.2");
	assert_int_equal(addr_range_size(&half), 250);
}

static void test_steps(void **state)
{
	struct addr a = R("198.18.0.255").first, last = addr_end(4);
	struct addr six = R("2001:db8::ffff:ffff:ffff:ffff").first, top = addr_end(6);
	struct addr zero = {.family = 4};

	(void)state;
	assert_true(addr_step(&a, 1) && addr_to_v4(&a) == 0xc6120100);
	assert_true(addr_step(&a, -1) && addr_to_v4(&a) == 0xc61200ff);
	assert_false(addr_step(&last, 1) || addr_step(&top, 1) || addr_step(&zero, -1));
	assert_true(addr_step(&six, 1));
	a = R("2001:db8:0:1::").first;
	assert_true(addr_equal(&six, &a) && addr_step(&six, -1));
	a = R("2001:db8::ffff:ffff:ffff:ffff").first;
	assert_true(addr_equal(&six, &a));
}

/* The fewest prefixes, in order, and nothing but the range. */
static void test_prefixes(void **state)
{
	uint32_t random = 7;
	struct addr_range rest;
	struct cidr cidr;
	size_t n = 0;
	bool left = true;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint32_t first, size, at;
		struct cidr before = {.length = 255};

		random = random * 1664525 + 1013904223;
		first = 0xc6120000 + (random >> 16);
		random = random * 1664525 + 1013904223;
		at = first;
		size = 1 + (random >> 18);
		rest = (struct addr_range){addr_v4(first), addr_v4(first + size - 1)};
		left = true;
		while (addr_range_prefix(&rest, &left, &cidr)) {
			struct cidr both = cidr_of(&before.base, (uint8_t)(cidr.length - 1));

			assert_int_equal(addr_to_v4(&cidr.base), at);
			assert_false(before.length == cidr.length &&
				     cidr_contains(&both, &cidr.base));
			at += 1u << (32 - cidr.length);
			before = cidr;
		}
		assert_int_equal(at, first + size);
	}
	rest = R("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
	for (left = true; addr_range_prefix(&rest, &left, &cidr);)
		n++;
	assert_int_equal(n, ADDR_RANGE_PREFIXES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_text),
		cmocka_unit_test(test_sizes), cmocka_unit_test(test_steps),
		cmocka_unit_test(test_prefixes)};

	return RUN(tests);
}
