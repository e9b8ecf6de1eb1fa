/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of addresses, made for very many: blocks of 65,536 IPv4 addresses are lists of ranges (4
 * bytes each) or, from ADDR_SET_RUNS_MAX ranges on, bits (8 KiB and a little); IPv6 is a list
 * of prefixes of 24 bytes. Who adds very many prefixes, addresses or ranges therefore never
 * needs more than about 5 bytes for each of IPv4 (24 where a block has few), nor more than 530
 * MiB whatever comes; for each prefix of IPv6, of which a range may have 254, 24 to 48; 5 MiB
 * more while it is filled, and as much again while IPv6 is sorted. What is there twice takes no
 * room. Order of adding does not matter.
 *
 * A set is filled, sealed, and then asked. The addresses of a sealed set are numbered in their
 * order (addr_compare()) as long as there are at most ADDR_SET_NUMBERED_MAX.
 */
#ifndef COMMON_ADDR_SET_H
#define COMMON_ADDR_SET_H

#include "common/addr_range.h"
#include "common/cleanup.h"

#define ADDR_SET_RUNS_MAX 2048
#define ADDR_SET_IPV6_MAX (1u << 24) /* prefixes */
#define ADDR_SET_NUMBERED_MAX (1ull << 32)

struct addr_set;

struct addr_set *addr_set_new(void); /* NULL without memory */
void addr_set_free(struct addr_set *set);
CLEANUP_DEFINE(struct addr_set, addr_set_free)

/* ERROR_SYSTEM without memory, ERROR_INPUT past ADDR_SET_IPV6_MAX. */
int addr_set_add(struct addr_set *set, const struct addr_range *range, struct error *reterr);
int addr_set_add_cidr(struct addr_set *set, const struct cidr *cidr, struct error *reterr);
/* After the last addition, before the first question. */
int addr_set_seal(struct addr_set *set, struct error *reterr);

uint64_t addr_set_count(const struct addr_set *set); /* UINT64_MAX for 2^64 and more */
bool addr_set_has(const struct addr_set *set, const struct addr *addr);
/* As addr_set_has(); it is the same for all addresses up to ret_last, and often beyond. */
bool addr_set_until(const struct addr_set *set, const struct addr *addr, struct addr *ret_last);
/* False if the set does not have it. */
bool addr_set_number(const struct addr_set *set, const struct addr *addr, uint64_t *ret_number);
/* Needs number < addr_set_count(). */
struct addr addr_set_nth(const struct addr_set *set, uint64_t number);

/* The ranges of a sealed set in order; neighbouring ones are apart by at least one address.
 * Begin with `{.set = set}`. */
struct addr_walk {
	const struct addr_set *set;
	size_t block;	    /* private */
	uint32_t run, from; /* private */
};
bool addr_walk_next(struct addr_walk *walk, struct addr_range *ret_range);

#endif
