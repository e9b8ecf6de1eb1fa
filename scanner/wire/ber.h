/* SPDX-License-Identifier: Apache-2.0 */
/* Elements of ASN.1's basic encoding rules (X.690, 8.1), as far as those who include this use
 * them: tags of one byte, definite lengths. */
#ifndef SCANNER_WIRE_BER_H
#define SCANNER_WIRE_BER_H

#include "common/cursor.h"

enum {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_OBJECT = 0x06,
	BER_ENUMERATED = 0x0a,
	BER_SEQUENCE = 0x30,
	BER_SET = 0x31,
};

/* Tag and length of the next element; its content follows, or not yet. */
static inline uint8_t ber_head(struct cursor *c, uint32_t *ret_length)
{
	uint8_t tag = cursor_u8(c);
	uint32_t length = cursor_u8(c);

	if (length & 0x80) {
		uint32_t n = length & 0x7f;

		length = 0;
		if (n == 0 || n > 4)
			cursor_fail(c);
		for (uint32_t i = 0; i < n && cursor_ok(c); i++)
			length = length << 8 | cursor_u8(c);
	}
	*ret_length = length;
	return tag;
}

/* The content of the next element of a tag; failed if it is another. */
static inline struct cursor ber_element(struct cursor *c, uint8_t tag)
{
	uint32_t length;

	if (ber_head(c, &length) != tag)
		cursor_fail(c);
	return cursor_sub(c, length);
}

/* An integer that is not negative, of at most 32 bits. */
static inline uint32_t ber_number(struct cursor *c, uint8_t tag)
{
	struct cursor content = ber_element(c, tag);
	uint32_t value = 0;

	if (cursor_left(&content) > 5)
		cursor_fail(c);
	while (cursor_left(&content) > 0)
		value = value << 8 | cursor_u8(&content);
	return value;
}

#endif
