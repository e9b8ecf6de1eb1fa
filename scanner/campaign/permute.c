/* SPDX-License-Identifier: Apache-2.0 */
/* Feistel with cycle walking; see permute.h. */
#include "scanner/campaign/permute.h"

/* One multiplication: a round decides nothing by itself, and this is done for every probe. */
static uint64_t mix(uint64_t x)
{
	x *= 0x9e3779b97f4a7c15ULL;
	return x ^ x >> 32;
}

void permute_init(
	struct permute *permute, const struct siphash_key *key, uint64_t purpose, uint64_t n)
{
	permute->n = n;
	permute->bits = 1;
	while (permute->bits < 31 && 1ULL << (2 * permute->bits) < n)
		permute->bits++;
	permute->mask = (1ULL << permute->bits) - 1;
	for (uint64_t i = 0; i < PERMUTE_ROUNDS; i++) {
		uint64_t words[2] = {purpose, i};

		permute->keys[i] = siphash(key, words, sizeof(words));
	}
}

uint64_t permute_at(const struct permute *permute, uint64_t position)
{
	uint64_t x = position;

	do {
		uint64_t left = x >> permute->bits, right = x & permute->mask;

		for (int i = 0; i < PERMUTE_ROUNDS; i++) {
			uint64_t next = left ^ (mix(right ^ permute->keys[i]) & permute->mask);

			left = right;
			right = next;
		}
		x = left << permute->bits | right;
	} while (x >= permute->n);
	return x;
}
