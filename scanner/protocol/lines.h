/* SPDX-License-Identifier: Apache-2.0 */
/* Small helpers for protocols of text lines. Pure; bytes may hold NULs and anything else. */
#ifndef SCANNER_PROTOCOL_LINES_H
#define SCANNER_PROTOCOL_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const uint8_t *bytes;
	size_t size;
};

/* Splits the next line off `rest`, without its CR LF; false at the end. A last line without LF
 * counts only if `partial`. */
bool line_next(struct span *rest, bool partial, struct span *ret_line);
/* The value of a header field (RFC 9112, 5; RFC 3261, 7.3.1), trimmed; false if the line is of
 * another field. */
bool line_field(struct span line, const char *field, struct span *ret_value);
bool span_begins(struct span span, const char *text); /* regardless of case */
/* The first place of `text` in the bytes, regardless of case; NULL if it is not there. */
const uint8_t *span_find(struct span span, const char *text);
struct span span_trim(struct span span);

/* Replies with a three-digit code (RFC 5321, 4.2; RFC 959, 4.2): size of the first whole reply,
 * with its continuation lines; 0 if more is needed, -1 if it is none. */
long reply_complete(const uint8_t *bytes, size_t size);
/* Reply number `n`, from 0, of replies in a row: 1 if it is whole, else as reply_complete(). */
long reply_at(const uint8_t *bytes, size_t size, unsigned int n, struct span *ret_reply);
/* One line is the whole answer. */
long line_complete(const uint8_t *bytes, size_t size);
/* The one thing said to a server that spoke first and was heard to its end (`complete` as
 * above): a farewell. What struct protocol's `next` returns. */
long line_farewell(
	const char *word, unsigned int said, long complete, uint8_t *out, size_t max);
/* Step by step to TLS: what a reply must begin with, and have in it, for the next word to be
 * said. */
struct line_step {
	const char *begins, *has; /* has: NULL for nothing */
	const char *word;         /* NULL: the server is ready */
};
/* What struct protocol's `secure` returns after a whole reply. */
long line_step(const struct line_step *step, struct span reply, uint8_t *out, size_t max);
/* `secure` of a protocol of replies with codes, which has `n` such steps. */
long reply_secure(const struct line_step *steps, size_t n, unsigned int said, struct span heard,
	uint8_t *out, size_t max);
/* Of what was overheard only the first line is kept. */
size_t line_overheard(uint8_t *bytes, size_t size);

#endif
