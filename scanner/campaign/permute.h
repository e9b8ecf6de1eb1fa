/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A keyed permutation of 0..n-1 without a table: a balanced Feistel network over the next even
 * power of two, walked until it lands inside (Black and Rogaway, "Ciphers with Arbitrary Finite
 * Domains", 2002). It spreads targets; it is no secret, so the rounds are cheap.
 */
#ifndef SCANNER_CAMPAIGN_PERMUTE_H
#define SCANNER_CAMPAIGN_PERMUTE_H

#include "common/siphash.h"

#include <stdint.h>

#define PERMUTE_ROUNDS 5

struct permute {
	uint64_t n;
	uint64_t mask;	   /* of one half */
	unsigned int bits; /* of one half */
	uint64_t keys[PERMUTE_ROUNDS];
};

/* `purpose` tells permutations of one key apart. n up to 2^62. */
void permute_init(
	struct permute *permute, const struct siphash_key *key, uint64_t purpose, uint64_t n);
/* The index at a position; position < n. */
uint64_t permute_at(const struct permute *permute, uint64_t position);

#endif
