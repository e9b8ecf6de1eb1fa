/* SPDX-License-Identifier: Apache-2.0 */
/* Writes numbers, and seals what was written; see slots.h. */
#include "mapper/sheet/slots.h"

#include "common/packer.h"

#define SEAL_BYTES 8

void slots_put(struct str *out, uint64_t value, size_t bytes)
{
	uint8_t be[8];
	struct packer p = packer_of(be, sizeof(be));

	packer_be64(&p, value);
	str_add(out, (const char *)be + sizeof(be) - bytes, bytes);
}

void slots_seal(struct str *out, const struct siphash_key *key)
{
	slots_put(out, siphash(key, out->data, out->len), SEAL_BYTES);
}

bool slots_open(
	const struct map_slots *slots, const struct siphash_key *key, struct cursor *ret)
{
	struct cursor seal;
	size_t size;

	if (!slots || !slots->bytes || slots->size < 2 * SEAL_BYTES)
		return false;
	size = slots->size - SEAL_BYTES;
	seal = cursor_of(slots->bytes + size, SEAL_BYTES);
	*ret = cursor_of(slots->bytes, size);
	return cursor_be64(&seal) == siphash(key, slots->bytes, size);
}
