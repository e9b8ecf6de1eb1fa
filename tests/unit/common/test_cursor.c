/* SPDX-License-Identifier: Apache-2.0 */
/* The cursor never reads past its bytes, and remembers that somebody tried. */
#include "tests/unit/unit.h"

#include "common/cursor.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void values(void **state)
{
	struct cursor c = cursor_of(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_be16(&c), 0x0203);
	assert_int_equal(cursor_be24(&c), 0x040506);
	assert_int_equal(cursor_be32(&c), 0x0708090a);
	assert_int_equal(cursor_le16(&c), 0x0c0b);
	cursor_seek(&c, 0);
	assert_int_equal(cursor_le32(&c), 0x04030201);
	assert_true(cursor_be64(&c) == 0x05060708090a0b0cULL);
	assert_true(cursor_ok(&c));
	assert_int_equal(cursor_left(&c), 3);
}

static void the_error_sticks(void **state)
{
	struct cursor c = cursor_of(bytes, 3);

	(void)state;
	assert_int_equal(cursor_be32(&c), 0);
	assert_false(cursor_ok(&c));
	assert_int_equal(cursor_u8(&c), 0);
	assert_null(cursor_bytes(&c, 1));
	assert_int_equal(cursor_left(&c), 0);
	cursor_seek(&c, 0);
	assert_false(cursor_ok(&c));
}

static void huge_lengths_do_not_wrap(void **state)
{
	struct cursor c = cursor_of(bytes, 8);

	(void)state;
	cursor_skip(&c, 4);
	assert_null(cursor_bytes(&c, SIZE_MAX));
	assert_false(cursor_ok(&c));
}

static void a_sub_cursor_has_its_own_end(void **state)
{
	struct cursor c = cursor_of(bytes, 8), sub = cursor_sub(&c, 2);

	(void)state;
	cursor_be32(&sub);
	assert_false(cursor_ok(&sub));
	assert_true(cursor_ok(&c));
	assert_int_equal(cursor_u8(&c), 3);
	sub = cursor_sub(&c, 100);
	assert_false(cursor_ok(&sub));
	assert_false(cursor_ok(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(values),
		cmocka_unit_test(the_error_sticks), cmocka_unit_test(huge_lengths_do_not_wrap),
		cmocka_unit_test(a_sub_cursor_has_its_own_end)};

	return RUN(tests);
}
