/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/nodes/ranges.h"
#include "tests/unit/unit.h"

static void test_parse(void **state)
{
	static const char *const bad[] = {"", "-", "1-", "-1", "5-4", "4096", "0-4096", "99999",
		"1-2-3", " 1", "1 ", "0x1", "1--2", "000000"};
	int32_t first, last;

	(void)state;
	assert_true(range_parse("0-4095", &first, &last));
	assert_int_equal(first, 0);
	assert_int_equal(last, ASSET_BUCKETS - 1);
	assert_true(range_parse("17", &first, &last));
	assert_int_equal(first, 17);
	assert_int_equal(last, 17);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(range_parse(bad[i], &first, &last));
}

static void test_owners(void **state)
{
	struct owners owners = {{0}};
	struct range range;

	(void)state;
	assert_true(owners_give(&owners, 100, 200, 1));
	assert_true(owners_give(&owners, 150, 150, 2));
	assert_false(owners_give(&owners, 200, 100, 1));
	assert_false(owners_give(&owners, -1, 5, 1));
	assert_false(owners_give(&owners, 0, ASSET_BUCKETS, 1));
	range = owners_range(&owners, 0);
	assert_int_equal(range.last, 99);
	range = owners_range(&owners, 120);
	assert_int_equal(range.first, 120);
	assert_int_equal(range.last, 149);
	assert_int_equal(range.node, 1);
	range = owners_range(&owners, 201);
	assert_int_equal(range.last, ASSET_BUCKETS - 1);
	/* What meets is one range again. */
	assert_true(owners_give(&owners, 150, 150, 1));
	assert_int_equal(owners_range(&owners, 100).last, 200);
	assert_int_equal(bucket_of((int64_t)4095 << ASSET_COUNTER_BITS | 7), 4095);
}

static void test_pieces(void **state)
{
	struct owners owners = {{0}};
	struct range piece;
	int32_t at = 50;

	(void)state;
	owners_give(&owners, 100, 200, 1);
	owners_give(&owners, 201, 300, 2);
	/* 50-250 goes to node 1: of node 0, then of node 2; what it has is passed over. */
	assert_true(owners_piece(&owners, &at, 250, 1, &piece));
	assert_int_equal(piece.first, 50);
	assert_int_equal(piece.last, 99);
	assert_int_equal(piece.node, 0);
	assert_true(owners_piece(&owners, &at, 250, 1, &piece));
	assert_int_equal(piece.first, 201);
	assert_int_equal(piece.last, 250);
	assert_int_equal(piece.node, 2);
	assert_false(owners_piece(&owners, &at, 250, 1, &piece));
	at = 100;
	assert_false(owners_piece(&owners, &at, 200, 1, &piece));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
