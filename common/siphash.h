/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit hash for probe cookies, hash
 * tables fed by strangers, and permutation rounds.
 */
#ifndef COMMON_SIPHASH_H
#define COMMON_SIPHASH_H

#include "common/error.h"

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t n);

/* A fresh key from the kernel (getrandom). ERROR_SYSTEM. */
int siphash_key_random(struct siphash_key *ret_key, struct error *reterr);

/* A key derived from a seed: the same every time, for runs that must repeat exactly. */
struct siphash_key siphash_key_seeded(uint64_t seed);

#endif
