/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4 against the vectors of its authors' paper, appendix A. */
#include "tests/unit/unit.h"

#include "common/siphash.h"

static void published_vectors(void **state)
{
	static const struct siphash_key key = {0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
	uint8_t in[16];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)i;
	assert_true(siphash(&key, in, 15) == 0xa129ca6149be45e5ULL);
	assert_true(siphash(&key, in, 0) == 0x726fdb47dd0e0e31ULL);
	assert_true(siphash(&key, in, 1) == 0x74f839c593dc67fdULL);
	assert_true(siphash(&key, in, 8) == 0x93f5f5799a932462ULL);
}

static void keys(void **state)
{
	struct siphash_key a = {0}, b = {0};

	(void)state;
	assert_int_equal(siphash_key_random(&a, NULL), 0);
	assert_int_equal(siphash_key_random(&b, NULL), 0);
	assert_true(a.k0 != b.k0 || a.k1 != b.k1);
	a = siphash_key_seeded(7);
	b = siphash_key_seeded(7);
	assert_true(a.k0 == b.k0 && a.k1 == b.k1);
	b = siphash_key_seeded(8);
	assert_true(a.k0 != b.k0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors), cmocka_unit_test(keys)};

	return RUN(tests);
}
