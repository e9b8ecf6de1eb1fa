/* SPDX-License-Identifier: Apache-2.0 */
/* Who owns which buckets: a map of 4096 entries, pure. Nodes are numbers from 0. */
#ifndef INVENTORY_NODES_RANGES_H
#define INVENTORY_NODES_RANGES_H

#include "inventory/identity/identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODES_MAX 64

struct owners {
	uint8_t node[ASSET_BUCKETS];
};

struct range {
	int32_t first, last; /* buckets, both included */
	uint8_t node;
};

/* Gives a range to a node. False if the range is none. */
bool owners_give(struct owners *owners, int32_t first, int32_t last, uint8_t node);
/* The longest range from `first` on that one node owns; `first` below ASSET_BUCKETS. */
struct range owners_range(const struct owners *owners, int32_t first);
/* The same, ending at `last`, of nodes other than `target`; false if there is none. *at is
 * where to look from, and is moved behind it: the pieces that a move to `target` takes. */
bool owners_piece(const struct owners *owners, int32_t *at, int32_t last, uint8_t target,
	struct range *ret);

/* "12" or "100-200", both below ASSET_BUCKETS. */
bool range_parse(const char *text, int32_t *ret_first, int32_t *ret_last);

static inline int32_t bucket_of(int64_t asset_id)
{
	return (int32_t)(asset_id >> ASSET_COUNTER_BITS);
}

#endif
