/* SPDX-License-Identifier: Apache-2.0 */
/* The curve is a bijection of neighbours, prefixes are rectangles, blocks hold what there is.
 */
#include "mapper/sheet/hilbert.h"

#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/unit.h"

#include <stdlib.h>

static void test_bijection(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= 6; order++)
		for (uint32_t d = 0; d < 1u << 2 * order; d++) {
			uint32_t x, y;

			hilbert_xy(order, d, &x, &y);
			assert_true(x < 1u << order && y < 1u << order);
			assert_int_equal(hilbert_d(order, x, y), d);
		}
}

static void test_all_of_ipv4(void **state)
{
	uint32_t x, y;

	(void)state;
	for (uint64_t d = 0; d <= UINT32_MAX; d += 65537) {
		hilbert_xy(HILBERT_ORDER_MAX, (uint32_t)d, &x, &y);
		assert_int_equal(hilbert_d(HILBERT_ORDER_MAX, x, y), d);
	}
	hilbert_xy(HILBERT_ORDER_MAX, UINT32_MAX, &x, &y);
	assert_true(x == 65535 && y == 0);
	assert_int_equal(hilbert_d(HILBERT_ORDER_MAX, x, y), UINT32_MAX);
}

/* From the top left to the top right, one step at a time. */
static void test_neighbours(void **state)
{
	(void)state;
	for (unsigned int order = 1; order <= 7; order++) {
		uint32_t n = 1u << 2 * order, x, y, before_x = 0, before_y = 0;

		for (uint32_t d = 0; d < n; d++) {
			hilbert_xy(order, d, &x, &y);
			if (d == 0)
				assert_true(x == 0 && y == 0);
			else
				assert_int_equal(abs((int)x - (int)before_x) +
							 abs((int)y - (int)before_y),
					1);
			before_x = x;
			before_y = y;
		}
		assert_true(x == (1u << order) - 1 && y == 0);
	}
}

/* Every aligned run fills its rectangle exactly. */
static void test_runs_are_rectangles(void **state)
{
	const unsigned int order = 5;

	(void)state;
	for (unsigned int bits = 0; bits <= 2 * order; bits++)
		for (uint32_t d = 0; d < 1u << 2 * order; d += 1u << bits) {
			struct hilbert_cells c = hilbert_run(order, d, bits);

			assert_int_equal(c.w * c.h, 1u << bits);
			for (uint32_t i = d; i < d + (1u << bits); i++) {
				uint32_t x, y;

				hilbert_xy(order, i, &x, &y);
				assert_true(
					x >= c.x && x < c.x + c.w && y >= c.y && y < c.y + c.h);
			}
		}
}

static struct hilbert *make(struct arena *arena, enum sample which)
{
	struct model *model;
	struct hilbert *h;
	struct error err = {0};

	assert_int_equal(model_make(sample_estate(arena, which), arena, &model, &err), 0);
	assert_int_equal(hilbert_make(model, &h), 0);
	return h;
}

/* Each address is in exactly one block; blocks are apart. */
static void test_blocks(void **state)
{
	static const enum sample samples[] = {SAMPLE_LAB, SAMPLE_ONE_HOST, SAMPLE_CITY,
		SAMPLE_SPARSE, SAMPLE_PROVINCE, SAMPLE_SINGLETONS, SAMPLE_EMPTY, SAMPLE_SIX};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		struct arena *arena = arena_new(256u << 20);
		struct hilbert *h = make(arena, samples[i]);
		uint64_t end = 0;
		uint32_t n = 0;

		assert_true(h->n_blocks <= HILBERT_BLOCKS_MAX);
		for (uint32_t b = 0; b < h->n_blocks; b++) {
			const struct hilbert_block *block = &h->blocks[b];

			assert_int_equal(block->length % 2, 0);
			assert_true(block->base >= end);
			end = block->base + hilbert_size(block->length);
			n += block->n;
		}
		assert_int_equal(n, h->n_uses);
		arena_free(arena);
	}
}

static void test_far_apart_is_several_blocks(void **state)
{
	struct arena *arena = arena_new(256u << 20);
	struct hilbert *h = make(arena, SAMPLE_SPARSE);

	(void)state;
	assert_true(h->n_blocks >= 6);
	h = make(arena, SAMPLE_STAR);
	assert_int_equal(h->n_blocks, 1);
	assert_int_equal(h->blocks[0].length, 16);
	h = make(arena, SAMPLE_ONE_HOST);
	assert_int_equal(h->n_blocks, 1);
	assert_int_equal(h->blocks[0].length, 24);
	arena_free(arena);
}

static void test_counts(void **state)
{
	struct arena *arena = arena_new(256u << 20);
	struct hilbert *h = make(arena, SAMPLE_SPARSE);

	(void)state;
	assert_int_equal(hilbert_count(h, 0, 1ull << 32), 320);
	assert_int_equal(hilbert_count(h, 0x0a000000u, hilbert_size(8)), 120);
	assert_int_equal(hilbert_count(h, 0xc6120000u, 2), 2);
	assert_int_equal(h->n_subnets, 4);
	assert_int_equal(h->subnets[0].n_used, 120);
	h = make(arena, SAMPLE_SIX);
	assert_int_equal(h->n_blocks, 0);
	assert_int_equal(h->six_length, 48);
	assert_int_equal(h->n_sixes, 9);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bijection),
		cmocka_unit_test(test_all_of_ipv4),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_runs_are_rectangles),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_far_apart_is_several_blocks),
		cmocka_unit_test(test_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
