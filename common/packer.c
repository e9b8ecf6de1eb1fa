/* SPDX-License-Identifier: Apache-2.0 */
/* The sticky-error writer; see packer.h. */
#include "common/packer.h"

#include <string.h>

static uint8_t *room(struct packer *p, size_t n)
{
	uint8_t *at;

	if (p->failed || n > p->size - p->pos) {
		p->failed = true;
		return NULL;
	}
	at = p->base + p->pos;
	p->pos += n;
	return at;
}

void packer_bytes(struct packer *p, const void *bytes, size_t n)
{
	uint8_t *at = room(p, n);

	if (at && n)
		memcpy(at, bytes, n);
}

void packer_zero(struct packer *p, size_t n)
{
	uint8_t *at = room(p, n);

	if (at)
		memset(at, 0, n);
}

static void big_endian(struct packer *p, uint64_t v, size_t n)
{
	uint8_t *at = room(p, n);

	for (size_t i = 0; at && i < n; i++)
		at[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

void packer_u8(struct packer *p, uint8_t v)
{
	big_endian(p, v, 1);
}

void packer_be16(struct packer *p, uint16_t v)
{
	big_endian(p, v, 2);
}

void packer_be32(struct packer *p, uint32_t v)
{
	big_endian(p, v, 4);
}

void packer_be64(struct packer *p, uint64_t v)
{
	big_endian(p, v, 8);
}

void packer_le16(struct packer *p, uint16_t v)
{
	packer_be16(p, __builtin_bswap16(v));
}

void packer_le32(struct packer *p, uint32_t v)
{
	packer_be32(p, __builtin_bswap32(v));
}

void packer_patch_be16(struct packer *p, size_t pos, uint16_t v)
{
	if (p->failed || pos > p->pos || p->pos - pos < 2) {
		p->failed = true;
		return;
	}
	p->base[pos] = (uint8_t)(v >> 8);
	p->base[pos + 1] = (uint8_t)v;
}

size_t packer_copy(void *buffer, size_t max, const void *bytes, size_t n)
{
	if (n > max)
		return 0;
	memcpy(buffer, bytes, n);
	return n;
}
