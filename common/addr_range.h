/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ranges of addresses, both ends included and of one family: between prefixes (RFC 4632) and
 * what people write as 198.18.0.10-198.18.0.20. Values only.
 */
#ifndef COMMON_ADDR_RANGE_H
#define COMMON_ADDR_RANGE_H

#include "common/addr.h"

struct addr_range {
	struct addr first, last;
};

#define ADDR_RANGE_TEXT_MAX 96
#define ADDR_RANGE_PREFIXES_MAX 254 /* that one range can need */

struct addr_range addr_range_of(const struct cidr *cidr);
/* Addresses in it; UINT64_MAX for 2^64 and more. */
uint64_t addr_range_size(const struct addr_range *range);
/* Takes the largest prefix off the front of a range. False when there is nothing left. Start
 * with `*rest` the whole range and `*ret_left` true. */
bool addr_range_prefix(struct addr_range *rest, bool *left, struct cidr *ret_cidr);

/* The address after or before this one; false, and unchanged, at the end of the family. */
bool addr_step(struct addr *addr, int by);
/* The last address of the family. */
struct addr addr_end(uint8_t family);

/* An address, a prefix, or FIRST-LAST. ERROR_USAGE quotes the text and says what is
 * expected. */
int addr_range_parse(const char *text, struct addr_range *ret_range, struct error *reterr);
/* As a prefix if it is one, else as FIRST-LAST; `out` has ADDR_RANGE_TEXT_MAX bytes. */
const char *addr_range_format(const struct addr_range *range, char *out);

#endif
