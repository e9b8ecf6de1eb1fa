/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/intake/ports.h"
#include "tests/unit/unit.h"

static void check(const char *text, const char *expected)
{
	struct str out = STR_INIT(1024);

	if (expected) {
		assert_true(ports_to_ranges(text, &out));
		assert_string_equal(out.data, expected);
	} else {
		assert_false(ports_to_ranges(text, &out));
	}
	str_done(&out);
}

static void test_lists(void **state)
{
	(void)state;
	check(NULL, "{}");
	check("", "{}");
	check("22", "{[22,23)}");
	check("22,80,1000-1010", "{[22,23),[80,81),[1000,1011)}");
	check("0-65535", "{[0,65536)}");
}

static void test_not_lists(void **state)
{
	static const char *const bad[] = {"x", "22,", ",22", "22-", "-22", "30-20", "65536",
		"22 23", "22;23", "1--2", "1-2-3", "99999999999999999999", "+1", "0x16",
		"22,,23"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check(bad[i], NULL);
}

static void test_limit(void **state)
{
	struct str out = STR_INIT(16);

	(void)state;
	assert_false(ports_to_ranges("1,2,3,4,5,6,7,8", &out));
	str_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_not_lists),
		cmocka_unit_test(test_limit),
	};

	return RUN(tests);
}
