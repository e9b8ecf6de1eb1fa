/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block of an address set: which of 65,536 neighbouring IPv4 addresses are in it, as a sorted
 * list of runs or as bits. Private to common/addr_set.c.
 */
#ifndef COMMON_ADDR_BLOCK_H
#define COMMON_ADDR_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* While it is filled, `second` is the last address of the run; sealed, it is the number of
 * addresses in front of the run. */
struct addr_run {
	uint16_t first, second;
};

struct addr_block {
	union {
		struct addr_run one; /* n == 1 */
		struct addr_run *runs;
		uint64_t *words; /* n == ADDR_BLOCK_BITS: the bits, then how many are before
				    each group */
	};
	uint32_t before; /* the set's: addresses in the blocks before this one */
	uint16_t n;
	uint16_t key; /* the set's */
};

#define ADDR_BLOCK_BITS 0xffff

void addr_block_clear(struct addr_block *block);
bool addr_block_add(
	struct addr_block *block, uint32_t first, uint32_t last); /* false: no memory */
uint32_t addr_block_seal(struct addr_block *block); /* how many addresses are in it */

/* Of a sealed block with `count` addresses; `low` is an address of it. */
bool addr_block_until(
	const struct addr_block *block, uint32_t count, uint32_t low, uint32_t *ret_last);
bool addr_block_number(
	const struct addr_block *block, uint32_t count, uint32_t low, uint32_t *ret_number);
uint32_t addr_block_nth(const struct addr_block *block, uint32_t number);
/* Begin with *run and *from zero. */
bool addr_block_next(const struct addr_block *block, uint32_t count, uint32_t *run,
	uint32_t *from, uint32_t *ret_first, uint32_t *ret_last);

#endif
