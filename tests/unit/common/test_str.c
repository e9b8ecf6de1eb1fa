/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded string: its invariant in every state, and its maximum. */
#include "tests/unit/unit.h"

#include "common/str.h"

static void grows_and_keeps_the_invariant(void **state)
{
	struct str s = STR_INIT(10000);

	(void)state;
	assert_string_equal(s.data, "");
	for (int i = 0; i < 1000; i++) {
		str_addf(&s, "%d,", i % 10);
		assert_int_equal(s.data[s.len], 0);
	}
	assert_int_equal(s.len, 2000);
	str_reset(&s);
	assert_string_equal(s.data, "");
	str_add(&s, "a\0b", 3);
	assert_int_equal(s.len, 3);
	str_done(&s);
	assert_string_equal(s.data, "");
}

static void the_maximum_is_final(void **state)
{
	struct str s = STR_INIT(4);

	(void)state;
	str_adds(&s, "abcd");
	assert_false(s.failed);
	str_addc(&s, 'e');
	assert_true(s.failed);
	assert_string_equal(s.data, "abcd");
	assert_null(str_steal(&s));
	str_reset(&s);
	str_addf(&s, "%s", "12345");
	assert_true(s.failed);
	str_done(&s);
}

static void stealing_hands_the_memory_over(void **state)
{
	struct str s = STR_INIT(100);
	char *p;

	(void)state;
	str_adds(&s, "mine");
	p = str_steal(&s);
	assert_string_equal(p, "mine");
	assert_string_equal(s.data, "");
	free(p);
	p = str_steal(&s);
	assert_string_equal(p, "");
	free(p);
}

/* What would be too long, or longer than its memory has room, leaves nothing of itself
 * behind. */
static void formatted_whole_or_not(void **state)
{
	(void)state;
	for (size_t before = 0; before <= 130; before++) {
		struct str s = STR_INIT(128);
		char text[131] = "";

		memset(text, 'x', before);
		str_adds(&s, text);
		str_addf(&s, "%s-%d", "ab", 12345);
		assert_int_equal(s.failed, before + 8 > 128);
		if (!s.failed)
			assert_string_equal(s.data + before, "ab-12345");
		else if (before <= 128)
			assert_string_equal(s.data, text);
		assert_int_equal(s.data[s.len], 0);
		str_done(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(grows_and_keeps_the_invariant),
		cmocka_unit_test(the_maximum_is_final),
		cmocka_unit_test(stealing_hands_the_memory_over),
		cmocka_unit_test(formatted_whole_or_not)};

	return RUN(tests);
}
