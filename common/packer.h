/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packer: the cursor's mirror. Writes into a buffer the caller owns; a write past its end
 * sets a sticky error and later writes do nothing. `pos` is the length written so far.
 */
#ifndef COMMON_PACKER_H
#define COMMON_PACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packer {
	uint8_t *base; /* borrowed */
	size_t size, pos;
	bool failed;
};

static inline struct packer packer_of(void *buffer, size_t size)
{
	return (struct packer){(uint8_t *)buffer, size, 0, false};
}

static inline bool packer_ok(const struct packer *p)
{
	return !p->failed;
}

void packer_bytes(struct packer *p, const void *bytes, size_t n);
void packer_zero(struct packer *p, size_t n);
void packer_u8(struct packer *p, uint8_t v);
void packer_be16(struct packer *p, uint16_t v);
void packer_be32(struct packer *p, uint32_t v);
void packer_be64(struct packer *p, uint64_t v);
void packer_le16(struct packer *p, uint16_t v);
void packer_le32(struct packer *p, uint32_t v);

/* Overwrites two bytes written before, at `pos` (lengths and checksums). */
void packer_patch_be16(struct packer *p, size_t pos, uint16_t v);

/* Copies something constant whole: returns its size, or 0 where it has no room. */
size_t packer_copy(void *buffer, size_t max, const void *bytes, size_t n);

#endif
