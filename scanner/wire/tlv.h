/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of type-length-value protocols share: a borrowed view of bytes, and the
 * tally of what a message held. A code that no row knows is kept by its number; one whose
 * length its row does not allow is refused alone, and the rest of the message is still read.
 */
#ifndef SCANNER_WIRE_TLV_H
#define SCANNER_WIRE_TLV_H

#include "common/cleanup.h"
#include "common/cursor.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes inside the message that was read; NULL and 0 if the message does not hold them. */
struct view {
	const uint8_t *bytes;
	size_t size;
};

static inline struct view view_rest(struct cursor *c)
{
	size_t n = cursor_left(c);

	return (struct view){n ? cursor_bytes(c, n) : NULL, n};
}

#define TLV_UNKNOWN_MAX 8

/* elements = read + refused + unknown. */
struct tlv_tally {
	uint32_t elements, read, refused, unknown;
	uint32_t unknown_codes[TLV_UNKNOWN_MAX]; /* the first of them */
};

static inline void tlv_unknown(struct tlv_tally *tally, uint32_t code)
{
	if (tally->unknown < TLV_UNKNOWN_MAX)
		tally->unknown_codes[tally->unknown] = code;
	tally->unknown++;
}

/* Gives one element to the row of its code. `rows` is an array of structs with the members
 * code, min, max and read(struct cursor *, object); `first` rows of equal code may not
 * exist. */
#define TLV_DISPATCH(rows, wanted, body, object, tally)                                        \
	do {                                                                                   \
		size_t row_ = 0;                                                               \
		struct cursor body_ = (body);                                                  \
		(tally)->elements++;                                                           \
		while (row_ < ARRAY_SIZE(rows) && (rows)[row_].code != (wanted))               \
			row_++;                                                                \
		if (row_ == ARRAY_SIZE(rows)) {                                                \
			tlv_unknown((tally), (wanted));                                        \
		} else if (body_.size < (rows)[row_].min || body_.size > (rows)[row_].max) {   \
			(tally)->refused++;                                                    \
		} else {                                                                       \
			(rows)[row_].read(&body_, (object));                                   \
			if (cursor_ok(&body_))                                                 \
				(tally)->read++;                                               \
			else                                                                   \
				(tally)->refused++;                                            \
		}                                                                              \
	} while (0)

#endif
