/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cursor: the only way in which bytes from outside are read. A read past the end sets a
 * sticky error, returns zero or NULL, and later reads do nothing; the reader checks
 * cursor_ok() once, at the end. Multi-byte reads return host order; `be` is network order,
 * `le` little-endian.
 */
#ifndef COMMON_CURSOR_H
#define COMMON_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *base; /* borrowed */
	size_t size, pos;
	bool failed;
};

static inline struct cursor cursor_of(const void *bytes, size_t size)
{
	return (struct cursor){(const uint8_t *)bytes, size, 0, false};
}

static inline bool cursor_ok(const struct cursor *c)
{
	return !c->failed;
}

static inline size_t cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : c->size - c->pos;
}

/* A view of the next n bytes, and steps over them; NULL if they are not there. */
const uint8_t *cursor_bytes(struct cursor *c, size_t n);

/* The rest, without stepping. */
static inline const uint8_t *cursor_rest(const struct cursor *c)
{
	return c->base + c->pos;
}

/* Splits the next n bytes off as a cursor of their own. Empty and failed if not there. */
struct cursor cursor_sub(struct cursor *c, size_t n);

void cursor_skip(struct cursor *c, size_t n);
void cursor_seek(struct cursor *c, size_t pos); /* absolute; pos <= size */
void cursor_fail(struct cursor *c);             /* marks malformed content */

uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_be16(struct cursor *c);
uint32_t cursor_be24(struct cursor *c);
uint32_t cursor_be32(struct cursor *c);
uint64_t cursor_be64(struct cursor *c);
uint16_t cursor_le16(struct cursor *c);
uint32_t cursor_le32(struct cursor *c);

#endif
