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
static inline const uint8_t *cursor_bytes(struct cursor *c, size_t n)
{
	const uint8_t *p;

	if (c->failed || n > c->size - c->pos) {
		c->failed = true;
		return NULL;
	}
	p = c->base + c->pos;
	c->pos += n;
	return p;
}

/* The rest, without stepping. */
static inline const uint8_t *cursor_rest(const struct cursor *c)
{
	return c->base + c->pos;
}

/* Splits the next n bytes off as a cursor of their own. Empty and failed if not there. */
static inline struct cursor cursor_sub(struct cursor *c, size_t n)
{
	const uint8_t *p = cursor_bytes(c, n);

	return p ? cursor_of(p, n) : (struct cursor){c->base, 0, 0, true};
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_bytes(c, n);
}

/* Absolute; pos <= size. */
static inline void cursor_seek(struct cursor *c, size_t pos)
{
	if (c->failed || pos > c->size)
		c->failed = true;
	else
		c->pos = pos;
}

/* Marks malformed content. */
static inline void cursor_fail(struct cursor *c)
{
	c->failed = true;
}

static inline uint64_t cursor_be(struct cursor *c, size_t n) /* n <= 8 */
{
	const uint8_t *p = cursor_bytes(c, n);
	uint64_t value = 0;

	for (size_t i = 0; p && i < n; i++)
		value = value << 8 | p[i];
	return value;
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)cursor_be(c, 1);
}

static inline uint16_t cursor_be16(struct cursor *c)
{
	return (uint16_t)cursor_be(c, 2);
}

static inline uint32_t cursor_be24(struct cursor *c)
{
	return (uint32_t)cursor_be(c, 3);
}

static inline uint32_t cursor_be32(struct cursor *c)
{
	return (uint32_t)cursor_be(c, 4);
}

static inline uint64_t cursor_be64(struct cursor *c)
{
	return cursor_be(c, 8);
}

static inline uint16_t cursor_le16(struct cursor *c)
{
	return __builtin_bswap16(cursor_be16(c));
}

static inline uint32_t cursor_le32(struct cursor *c)
{
	return __builtin_bswap32(cursor_be32(c));
}

#endif
