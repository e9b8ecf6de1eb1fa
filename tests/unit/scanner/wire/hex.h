/* SPDX-License-Identifier: Apache-2.0 */
/* Packets written as hexadecimal text in tests; anything that is no hexadecimal digit is
 * ignored up to the next, so that fields can be set apart by spaces. */
#ifndef TESTS_UNIT_SCANNER_WIRE_HEX_H
#define TESTS_UNIT_SCANNER_WIRE_HEX_H

#include "tests/unit/unit.h"

#include <ctype.h>

#define HEX_MAX 2048

struct hex {
	uint8_t bytes[HEX_MAX];
	size_t n;
};

static inline uint8_t hex_digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

static inline struct hex hex(const char *text)
{
	struct hex h = {.n = 0};

	while (*text) {
		if (!isxdigit((unsigned char)text[0])) {
			text++;
			continue;
		}
		assert_true(isxdigit((unsigned char)text[1]));
		assert_true(h.n < HEX_MAX);
		h.bytes[h.n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
		text += 2;
	}
	return h;
}

#endif
