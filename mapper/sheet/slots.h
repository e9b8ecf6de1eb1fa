/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes in which sheets keep their places (docs/adr/0018): how numbers are written in them,
 * and the seal that says that nobody else wrote them, a digest of all the others in the last
 * eight. What they mean is each sheet's own.
 */
#ifndef MAPPER_SHEET_SLOTS_H
#define MAPPER_SHEET_SLOTS_H

#include "common/cursor.h"
#include "common/siphash.h"
#include "mapper/mapper.h"

/* The lowest bytes of a number, at most eight, big-endian. */
void slots_put(struct str *out, uint64_t value, size_t bytes);
/* Behind all that was written. */
void slots_seal(struct str *out, const struct siphash_key *key);
/* What is before the seal, borrowed from the slots. False without slots or their seal. */
bool slots_open(
	const struct map_slots *slots, const struct siphash_key *key, struct cursor *ret);

#endif
