/* SPDX-License-Identifier: Apache-2.0 */
/* The sticky-error reader; see cursor.h. */
#include "common/cursor.h"

const uint8_t *cursor_bytes(struct cursor *c, size_t n)
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

struct cursor cursor_sub(struct cursor *c, size_t n)
{
	const uint8_t *p = cursor_bytes(c, n);

	if (!p)
		return (struct cursor){c->base, 0, 0, true};
	return cursor_of(p, n);
}

void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_bytes(c, n);
}

void cursor_seek(struct cursor *c, size_t pos)
{
	if (c->failed || pos > c->size)
		c->failed = true;
	else
		c->pos = pos;
}

void cursor_fail(struct cursor *c)
{
	c->failed = true;
}

static uint64_t big_endian(struct cursor *c, size_t n)
{
	const uint8_t *p = cursor_bytes(c, n);
	uint64_t value = 0;

	for (size_t i = 0; p && i < n; i++)
		value = value << 8 | p[i];
	return value;
}

uint8_t cursor_u8(struct cursor *c)
{
	return (uint8_t)big_endian(c, 1);
}

uint16_t cursor_be16(struct cursor *c)
{
	return (uint16_t)big_endian(c, 2);
}

uint32_t cursor_be24(struct cursor *c)
{
	return (uint32_t)big_endian(c, 3);
}

uint32_t cursor_be32(struct cursor *c)
{
	return (uint32_t)big_endian(c, 4);
}

uint64_t cursor_be64(struct cursor *c)
{
	return big_endian(c, 8);
}

uint16_t cursor_le16(struct cursor *c)
{
	return __builtin_bswap16(cursor_be16(c));
}

uint32_t cursor_le32(struct cursor *c)
{
	return __builtin_bswap32(cursor_be32(c));
}
