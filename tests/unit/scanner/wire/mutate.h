/* SPDX-License-Identifier: Apache-2.0 */
/* A small deterministic mutator: after mutate_begin() the changes are always the same ones. */
#ifndef TESTS_UNIT_SCANNER_WIRE_MUTATE_H
#define TESTS_UNIT_SCANNER_WIRE_MUTATE_H

#include "tests/unit/scanner/wire/hex.h"

static uint64_t mutate_state;

static inline void mutate_begin(void)
{
	mutate_state = 0x9e3779b97f4a7c15ULL;
}

/* xorshift64* */
static inline uint32_t mutate_random(uint32_t n)
{
	mutate_state ^= mutate_state >> 12;
	mutate_state ^= mutate_state << 25;
	mutate_state ^= mutate_state >> 27;
	return (uint32_t)((mutate_state * 0x2545f4914f6cdd1dULL) >> 32) % n;
}

/* Changes the message by one to four steps: a bit, a byte that is often a bound, a piece copied
 * elsewhere, a cut, a repetition at the end. */
static inline void mutate(struct hex *h)
{
	static const uint8_t bounds[] = {0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xfe, 0xff};

	for (uint32_t steps = 1 + mutate_random(4); steps; steps--) {
		uint32_t at, from, n;

		if (h->n == 0)
			return;
		at = mutate_random((uint32_t)h->n);
		from = mutate_random((uint32_t)h->n);
		switch (mutate_random(5)) {
		case 0:
			h->bytes[at] ^= (uint8_t)(1u << mutate_random(8));
			break;
		case 1:
			h->bytes[at] = bounds[mutate_random(sizeof(bounds))];
			break;
		case 2:
			n = 1 + mutate_random(8);
			if (at + n <= h->n && from + n <= h->n)
				memmove(h->bytes + at, h->bytes + from, n);
			break;
		case 3:
			h->n = at;
			break;
		default:
			n = (uint32_t)h->n - from;
			if (h->n + n <= HEX_MAX) {
				memcpy(h->bytes + h->n, h->bytes + from, n);
				h->n += n;
			}
		}
	}
}

#endif
