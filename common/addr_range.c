/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of addresses; see addr_range.h. */
#include "common/addr_range.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

/* An address as a number: IPv4 in the lower half. */
struct number {
	uint64_t high, low;
};

static struct number number_of(const struct addr *addr)
{
	struct number n = {0, addr_to_v4(addr)};

	if (addr->family == 6) {
		memcpy(&n, addr->bytes, sizeof(n));
		n = (struct number){be64toh(n.high), be64toh(n.low)};
	}
	return n;
}

static struct addr addr_of(uint8_t family, struct number n)
{
	struct addr addr = {.family = 6};

	if (family == 4)
		return addr_v4((uint32_t)n.low);
	n = (struct number){htobe64(n.high), htobe64(n.low)};
	memcpy(addr.bytes, &n, sizeof(n));
	return addr;
}

struct addr addr_end(uint8_t family)
{
	return addr_of(family, (struct number){UINT64_MAX, UINT64_MAX});
}

bool addr_step(struct addr *addr, int by)
{
	struct number n = number_of(addr);
	struct addr end =
		by > 0 ? addr_end(addr->family) : addr_of(addr->family, (struct number){0, 0});

	if (addr_equal(addr, &end))
		return false;
	if (by > 0)
		n.high += ++n.low == 0;
	else
		n.high -= n.low-- == 0;
	*addr = addr_of(addr->family, n);
	return true;
}

/* The lowest `bits` bits of a number all ones. */
static struct number ones(unsigned int bits)
{
	return (struct number){bits > 64 ? UINT64_MAX >> (128 - bits) : 0,
		bits >= 64 ? UINT64_MAX :
		bits	   ? UINT64_MAX >> (64 - bits) :
			     0};
}

struct addr_range addr_range_of(const struct cidr *cidr)
{
	unsigned int bits = cidr->base.family == 4 ? 32 : 128;
	struct number first = number_of(&cidr->base), mask = ones(bits - cidr->length);

	first.high |= mask.high;
	first.low |= mask.low;
	return (struct addr_range){cidr->base, addr_of(cidr->base.family, first)};
}

uint64_t addr_range_size(const struct addr_range *range)
{
	struct number first = number_of(&range->first), last = number_of(&range->last);
	uint64_t high = last.high - first.high - (last.low < first.low);

	return high || last.low - first.low == UINT64_MAX ? UINT64_MAX
							  : last.low - first.low + 1;
}

bool addr_range_prefix(struct addr_range *rest, bool *left, struct cidr *ret)
{
	unsigned int bits = rest->first.family == 4 ? 32 : 128, free = 0;
	struct number first = number_of(&rest->first), last = number_of(&rest->last), mask, end;

	if (!*left)
		return false;
	for (; free < bits; free++) {
		mask = ones(free + 1);
		end = (struct number){first.high | mask.high, first.low | mask.low};
		if ((first.high & mask.high) || (first.low & mask.low) ||
			end.high > last.high || (end.high == last.high && end.low > last.low))
			break;
	}
	mask = ones(free);
	*ret = (struct cidr){rest->first, (uint8_t)(bits - free)};
	rest->first = addr_of(rest->first.family,
		(struct number){first.high | mask.high, first.low | mask.low});
	*left = !addr_equal(&rest->first, &rest->last) && addr_step(&rest->first, 1);
	return true;
}

int addr_range_parse(const char *text, struct addr_range *ret, struct error *reterr)
{
	const char *dash = strchr(text, '-');
	char first[ADDR_TEXT_MAX];
	struct addr_range range;
	struct cidr cidr;
	int r;

	if (!dash) {
		r = cidr_parse(text, &cidr, reterr);
		if (r == 0)
			*ret = addr_range_of(&cidr);
		return r;
	}
	if ((size_t)(dash - text) >= sizeof(first))
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is not a range; write it as 198.18.0.10-198.18.0.20", text);
	memcpy(first, text, (size_t)(dash - text));
	first[dash - text] = '\0';
	r = addr_parse(first, &range.first, reterr);
	if (r == 0)
		r = addr_parse(dash + 1, &range.last, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "\"%.64s\" is not a range", text);
	if (range.first.family != range.last.family)
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is not a range: one end is IPv4 and the other is IPv6",
			text);
	if (addr_compare(&range.first, &range.last) > 0)
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is not a range: it ends before it begins", text);
	*ret = range;
	return 0;
}

const char *addr_range_format(const struct addr_range *range, char *out)
{
	struct addr_range rest = *range;
	char first[ADDR_TEXT_MAX], last[ADDR_TEXT_MAX], prefix[CIDR_TEXT_MAX];
	bool left = true;
	struct cidr cidr;

	if (addr_range_prefix(&rest, &left, &cidr) && !left)
		snprintf(out, ADDR_RANGE_TEXT_MAX, "%s", cidr_format(&cidr, prefix));
	else
		snprintf(out, ADDR_RANGE_TEXT_MAX, "%s-%s", addr_format(&range->first, first),
			addr_format(&range->last, last));
	return out;
}
