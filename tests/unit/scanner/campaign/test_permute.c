/* SPDX-License-Identifier: Apache-2.0 */
/* Every permutation is a bijection, and keys and purposes tell them apart. */
#include "tests/unit/unit.h"

#include "scanner/campaign/permute.h"

static void is_bijection(uint64_t n, uint64_t seed)
{
	struct siphash_key key = siphash_key_seeded(seed);
	uint8_t *seen = calloc(n, 1);
	struct permute permute;

	assert_non_null(seen);
	permute_init(&permute, &key, seed, n);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t x = permute_at(&permute, i);

		assert_true(x < n);
		assert_int_equal(seen[x]++, 0);
	}
	free(seen);
}

static void test_small_sizes(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 600; n++)
		is_bijection(n, n);
}

static void test_edges_of_powers(void **state)
{
	(void)state;
	for (unsigned int bits = 10; bits <= 18; bits++)
		for (uint64_t d = 0; d < 3; d++)
			is_bijection((1ULL << bits) + d - 1, bits * 10 + d);
	is_bijection(1000003, 7);
}

static void test_large_stays_inside(void **state)
{
	struct siphash_key key = siphash_key_seeded(1);
	const uint64_t sizes[] = {(1ULL << 32) - 1, 1ULL << 32, (1ULL << 33) + 5, 1ULL << 40};
	struct permute permute;

	(void)state;
	for (size_t s = 0; s < 4; s++) {
		permute_init(&permute, &key, 0, sizes[s]);
		for (uint64_t i = 0; i < 1000; i++) {
			assert_true(permute_at(&permute, i) < sizes[s]);
			assert_true(permute_at(&permute, sizes[s] - 1 - i) < sizes[s]);
		}
	}
}

/* Neighbours do not stay neighbours: a /24's addresses are far apart in the order. */
static void test_spreads(void **state)
{
	struct siphash_key key = siphash_key_seeded(3);
	struct permute permute;
	int near = 0;

	(void)state;
	permute_init(&permute, &key, 0, 65536);
	for (uint64_t i = 1; i < 65536; i++)
		near += permute_at(&permute, i) >> 8 == permute_at(&permute, i - 1) >> 8;
	assert_true(near < 65536 / 256 * 2);
}

static void test_keys_and_purposes_differ(void **state)
{
	struct siphash_key a = siphash_key_seeded(1), b = siphash_key_seeded(2);
	struct permute p, q, r, again;
	int same_key = 0, same_purpose = 0;

	(void)state;
	permute_init(&p, &a, 1, 10000);
	permute_init(&q, &b, 1, 10000);
	permute_init(&r, &a, 2, 10000);
	permute_init(&again, &a, 1, 10000);
	for (uint64_t i = 0; i < 10000; i++) {
		same_key += permute_at(&p, i) == permute_at(&q, i);
		same_purpose += permute_at(&p, i) == permute_at(&r, i);
		assert_int_equal(permute_at(&p, i), permute_at(&again, i));
	}
	assert_true(same_key < 20 && same_purpose < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_small_sizes),
		cmocka_unit_test(test_edges_of_powers),
		cmocka_unit_test(test_large_stays_inside), cmocka_unit_test(test_spreads),
		cmocka_unit_test(test_keys_and_purposes_differ)};

	return RUN(tests);
}
