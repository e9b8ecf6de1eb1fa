/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4; see siphash.h. */
#include "common/siphash.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static inline void sip_round(struct state *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static inline void absorb(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	sip_round(s);
	s->v0 ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	struct state s = {key->k0 ^ 0x736f6d6570736575ULL, key->k1 ^ 0x646f72616e646f6dULL,
		key->k0 ^ 0x6c7967656e657261ULL, key->k1 ^ 0x7465646279746573ULL};
	uint64_t last = (uint64_t)n << 56;
	size_t whole = n / 8 * 8;

	for (size_t i = 0; i < whole; i += 8) {
		uint64_t word;

		memcpy(&word, p + i, sizeof(word));
		absorb(&s, le64toh(word));
	}
	for (size_t i = whole; i < n; i++)
		last |= (uint64_t)p[i] << (8 * (i - whole));
	absorb(&s, last);

	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

int siphash_key_random(struct siphash_key *ret_key, struct error *reterr)
{
	struct siphash_key key;

	if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot get random bytes");
	*ret_key = key;
	return 0;
}

struct siphash_key siphash_key_seeded(uint64_t seed)
{
	struct siphash_key base = {seed, ~seed};

	return (struct siphash_key){siphash(&base, "k0", 2), siphash(&base, "k1", 2)};
}
