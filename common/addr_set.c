/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of addresses: blocks for IPv4 after the manner of roaring bitmaps (Lemire et al., 2016),
 * a sorted list of prefixes for IPv6; see addr_set.h. How the inside of a block is kept is
 * addr_block.c's.
 */
#include "common/addr_set.h"

#include "common/addr_block.h"

#include <string.h>

#define BLOCKS 65536 /* of IPv4 */
#define WAITING_MAX (1u << 19)
#define DIGIT_BITS 11 /* of the sort: three digits are an address */

struct prefix6 {
	uint8_t base[16];
	uint8_t length;
	uint32_t before; /* sealed: addresses in front of it, while there are that few */
};

struct addr_set {
	struct addr_block *blocks; /* by key; sealed: only those with something in them */
	size_t n_blocks;
	uint64_t n4, n6; /* addresses, once sealed */
	struct prefix6 *prefixes;
	size_t n_prefixes, max_prefixes;
	bool unsorted;
	uint32_t *waiting; /* single IPv4 addresses, sorted before they are added; room for
			      twice */
	size_t n_waiting;
};

struct addr_set *addr_set_new(void)
{
	return calloc(1, sizeof(struct addr_set));
}

void addr_set_free(struct addr_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n_blocks; i++)
		addr_block_clear(&set->blocks[i]);
	free(set->blocks);
	free(set->prefixes);
	free(set->waiting);
	free(set);
}

static int no_memory(struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM, "no memory for so many addresses");
}

/* ---- filling ----------------------------------------------------------------------------- */

static int add4(struct addr_set *set, uint32_t first, uint32_t last, struct error *reterr)
{
	if (!set->blocks) {
		set->blocks = calloc(BLOCKS, sizeof(*set->blocks));
		if (!set->blocks)
			return no_memory(reterr);
		set->n_blocks = BLOCKS;
	}
	for (uint32_t key = first >> 16; key <= last >> 16; key++) {
		uint32_t low = key == first >> 16 ? first & 0xffff : 0;
		uint32_t high = key == last >> 16 ? last & 0xffff : 0xffff;

		if (!addr_block_add(&set->blocks[key], low, high))
			return no_memory(reterr);
	}
	return 0;
}

/* By digits, the least significant first; `other` has room for as many. */
static void sort4(uint32_t *values, uint32_t *other, size_t n)
{
	static const uint32_t mask = (1u << DIGIT_BITS) - 1;
	size_t at[1u << DIGIT_BITS];

	for (unsigned int shift = 0; shift < 32; shift += DIGIT_BITS) {
		uint32_t *to = other;
		size_t sum = 0;

		memset(at, 0, sizeof(at));
		for (size_t i = 0; i < n; i++)
			at[values[i] >> shift & mask]++;
		for (size_t i = 0; i <= mask; i++) {
			size_t here = at[i];

			at[i] = sum;
			sum += here;
		}
		for (size_t i = 0; i < n; i++)
			to[at[values[i] >> shift & mask]++] = values[i];
		other = values;
		values = to;
	}
	memcpy(other, values, n * sizeof(*values)); /* an odd number of digits */
}

/* Lists in no order would touch another block with every line; so they are sorted in
 * portions. */
static int settle4(struct addr_set *set, struct error *reterr)
{
	uint32_t *values = set->waiting;
	size_t n = set->n_waiting, in_order = 1;
	int r = 0;

	set->n_waiting = 0;
	while (in_order < n && values[in_order - 1] <= values[in_order])
		in_order++;
	if (in_order < n)
		sort4(values, values + WAITING_MAX, n);
	for (size_t i = 0, end; r == 0 && i < n; i = end) {
		for (end = i + 1; end < n && values[end] - values[end - 1] <= 1; end++)
			;
		r = add4(set, values[i], values[end - 1], reterr);
	}
	return r;
}

static int wait4(struct addr_set *set, uint32_t value, struct error *reterr)
{
	if (!set->waiting) {
		set->waiting = calloc(2 * WAITING_MAX, sizeof(*set->waiting));
		if (!set->waiting)
			return no_memory(reterr);
	}
	set->waiting[set->n_waiting++] = value;
	return set->n_waiting == WAITING_MAX ? settle4(set, reterr) : 0;
}

static int compare6(const void *a, const void *b)
{
	const struct prefix6 *x = a, *y = b;
	int r = memcmp(x->base, y->base, sizeof(x->base));

	return r ? r : (int)x->length - (int)y->length;
}

static struct cidr cidr6(const struct prefix6 *prefix)
{
	return (struct cidr){addr_from_bytes(6, prefix->base), prefix->length};
}

static bool covers6(const struct prefix6 *outer, const struct prefix6 *inner)
{
	struct cidr a = cidr6(outer), b = cidr6(inner);

	return cidr_covers(&a, &b);
}

/* Sorts, and drops what lies in another one: prefixes nest or are apart. */
static void tidy6(struct addr_set *set)
{
	size_t kept = 0;

	if (!set->unsorted)
		return;
	qsort(set->prefixes, set->n_prefixes, sizeof(*set->prefixes), compare6);
	for (size_t i = 0; i < set->n_prefixes; i++)
		if (!kept || !covers6(&set->prefixes[kept - 1], &set->prefixes[i]))
			set->prefixes[kept++] = set->prefixes[i];
	set->n_prefixes = kept;
	set->unsorted = false;
}

static int make_room6(struct addr_set *set, struct error *reterr)
{
	size_t max = set->max_prefixes ? set->max_prefixes * 2 : 64;
	struct prefix6 *bigger;

	tidy6(set);
	if (set->n_prefixes < set->max_prefixes - set->max_prefixes / 4)
		return 0;
	if (max > ADDR_SET_IPV6_MAX)
		/* Some room is asked for, or each further one would be sorted in. */
		return set->n_prefixes < set->max_prefixes - set->max_prefixes / 16 ?
			       0 :
			       error_set(reterr, ERROR_INPUT,
				       "more than %u IPv6 prefixes in one list; use several",
				       ADDR_SET_IPV6_MAX);
	bigger = reallocarray(set->prefixes, max, sizeof(*bigger));
	if (!bigger)
		return no_memory(reterr);
	set->prefixes = bigger;
	set->max_prefixes = max;
	return 0;
}

static int add6(struct addr_set *set, const struct cidr *cidr, struct error *reterr)
{
	struct prefix6 prefix = {.length = cidr->length};
	const struct prefix6 *last;
	int r;

	memcpy(prefix.base, cidr->base.bytes, sizeof(prefix.base));
	last = set->n_prefixes ? &set->prefixes[set->n_prefixes - 1] : NULL;
	if (last && covers6(last, &prefix))
		return 0;
	if (set->n_prefixes == set->max_prefixes) {
		r = make_room6(set, reterr);
		if (r < 0)
			return r;
		last = set->n_prefixes ? &set->prefixes[set->n_prefixes - 1] : NULL;
	}
	set->unsorted |= last && compare6(last, &prefix) > 0;
	set->prefixes[set->n_prefixes++] = prefix;
	return 0;
}

int addr_set_add(struct addr_set *set, const struct addr_range *range, struct error *reterr)
{
	struct addr_range rest = *range;
	struct cidr cidr;
	bool left = true;
	int r = 0;

	if (range->first.family == 4 && addr_equal(&range->first, &range->last))
		return wait4(set, addr_to_v4(&range->first), reterr);
	if (range->first.family == 4)
		return add4(set, addr_to_v4(&range->first), addr_to_v4(&range->last), reterr);
	while (r == 0 && addr_range_prefix(&rest, &left, &cidr))
		r = add6(set, &cidr, reterr);
	return r;
}

int addr_set_add_cidr(struct addr_set *set, const struct cidr *cidr, struct error *reterr)
{
	struct addr_range range = addr_range_of(cidr);

	return addr_set_add(set, &range, reterr);
}

int addr_set_seal(struct addr_set *set, struct error *reterr)
{
	struct addr_block *fewer;
	size_t kept = 0;
	int r = settle4(set, reterr);

	free(STEAL(set->waiting));
	if (r < 0)
		return r;
	for (size_t i = 0; i < set->n_blocks; i++) {
		struct addr_block block = set->blocks[i];

		if (!block.n)
			continue;
		block.key = (uint16_t)i;
		block.before = (uint32_t)set->n4;
		set->n4 += addr_block_seal(&block);
		set->blocks[i].n = 0;
		set->blocks[kept++] = block;
	}
	set->n_blocks = kept;
	if (kept) {
		fewer = reallocarray(set->blocks, kept, sizeof(*fewer));
		if (!fewer)
			return no_memory(reterr);
		set->blocks = fewer;
	}
	tidy6(set);
	for (size_t i = 0; i < set->n_prefixes; i++) {
		unsigned int free_bits = 128u - set->prefixes[i].length;
		uint64_t size = free_bits >= 64 ? UINT64_MAX : 1ULL << free_bits;

		set->prefixes[i].before = (uint32_t)set->n6;
		set->n6 = set->n6 > UINT64_MAX - size ? UINT64_MAX : set->n6 + size;
	}
	return 0;
}

/* ---- asking ------------------------------------------------------------------------------ */

uint64_t addr_set_count(const struct addr_set *set)
{
	return set->n6 > UINT64_MAX - set->n4 ? UINT64_MAX : set->n4 + set->n6;
}

/* The first block whose key is not below; n_blocks if there is none. */
static size_t block_from(const struct addr_set *set, uint32_t key)
{
	size_t low = 0, high = set->n_blocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->blocks[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t block_count(const struct addr_set *set, size_t i)
{
	uint64_t end = i + 1 < set->n_blocks ? set->blocks[i + 1].before : set->n4;

	return (uint32_t)(end - set->blocks[i].before);
}

static bool until4(const struct addr_set *set, uint32_t v, uint32_t *ret_last)
{
	size_t i = block_from(set, v >> 16);
	uint32_t last;
	bool has;

	if (i == set->n_blocks || set->blocks[i].key != v >> 16) {
		*ret_last = i == set->n_blocks ? UINT32_MAX
					       : ((uint32_t)set->blocks[i].key << 16) - 1;
		return false;
	}
	has = addr_block_until(&set->blocks[i], block_count(set, i), v & 0xffff, &last);
	*ret_last = (v & 0xffff0000) | last;
	return has;
}

/* The prefixes that do not begin behind the address. */
static size_t prefixes_to(const struct addr_set *set, const struct addr *addr)
{
	size_t low = 0, high = set->n_prefixes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(set->prefixes[middle].base, addr->bytes, 16) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The prefix that holds the address, or NULL. */
static const struct prefix6 *find6(const struct addr_set *set, const struct addr *addr)
{
	size_t n = prefixes_to(set, addr);
	struct cidr cidr;

	if (n == 0)
		return NULL;
	cidr = cidr6(&set->prefixes[n - 1]);
	return cidr_contains(&cidr, addr) ? &set->prefixes[n - 1] : NULL;
}

bool addr_set_until(const struct addr_set *set, const struct addr *addr, struct addr *ret_last)
{
	const struct prefix6 *prefix;
	uint32_t last;
	size_t n;
	bool has;

	if (addr->family == 4) {
		has = until4(set, addr_to_v4(addr), &last);
		*ret_last = addr_v4(last);
		return has;
	}
	prefix = find6(set, addr);
	if (prefix) {
		struct cidr cidr = cidr6(prefix);

		*ret_last = addr_range_of(&cidr).last;
		return true;
	}
	n = prefixes_to(set, addr);
	*ret_last = addr_end(6);
	if (n < set->n_prefixes) {
		*ret_last = addr_from_bytes(6, set->prefixes[n].base);
		addr_step(ret_last, -1);
	}
	return false;
}

bool addr_set_has(const struct addr_set *set, const struct addr *addr)
{
	uint32_t last;

	return addr->family == 4 ? until4(set, addr_to_v4(addr), &last) :
				   addr->family == 6 && find6(set, addr);
}

bool addr_set_number(const struct addr_set *set, const struct addr *addr, uint64_t *ret)
{
	const struct prefix6 *prefix;
	uint64_t offset = 0;
	uint32_t v, number;
	size_t i;

	if (addr->family == 4) {
		v = addr_to_v4(addr);
		i = block_from(set, v >> 16);
		if (i == set->n_blocks || set->blocks[i].key != v >> 16 ||
			!addr_block_number(
				&set->blocks[i], block_count(set, i), v & 0xffff, &number))
			return false;
		*ret = (uint64_t)set->blocks[i].before + number;
		return true;
	}
	prefix = addr->family == 6 ? find6(set, addr) : NULL;
	if (!prefix)
		return false;
	for (int b = 8; b < 16; b++)
		offset = offset << 8 | (uint8_t)(addr->bytes[b] ^ prefix->base[b]);
	*ret = set->n4 + prefix->before + offset;
	return true;
}

static struct addr nth6(const struct addr_set *set, uint64_t number)
{
	size_t low = 0, high = set->n_prefixes;
	struct addr addr;
	uint64_t offset;

	/* The last prefix that begins at or before the number. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (set->prefixes[middle].before <= number)
			low = middle;
		else
			high = middle;
	}
	addr = addr_from_bytes(6, set->prefixes[low].base);
	offset = number - set->prefixes[low].before;
	for (int b = 15; b >= 8 && offset; b--, offset >>= 8)
		addr.bytes[b] |= (uint8_t)offset;
	return addr;
}

struct addr addr_set_nth(const struct addr_set *set, uint64_t number)
{
	size_t low = 0, high = set->n_blocks;
	const struct addr_block *block;

	if (number >= set->n4)
		return nth6(set, number - set->n4);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (set->blocks[middle].before <= number)
			low = middle;
		else
			high = middle;
	}
	block = &set->blocks[low];
	return addr_v4((uint32_t)block->key << 16 |
		       addr_block_nth(block, (uint32_t)(number - block->before)));
}

/* ---- walking ----------------------------------------------------------------------------- */

static bool next_in_block(struct addr_walk *walk, uint32_t *ret_first, uint32_t *ret_last)
{
	const struct addr_set *set = walk->set;
	const struct addr_block *block = &set->blocks[walk->block];
	uint32_t high = (uint32_t)block->key << 16;

	if (!addr_block_next(block, block_count(set, walk->block), &walk->run, &walk->from,
		    ret_first, ret_last))
		return false;
	*ret_first |= high;
	*ret_last |= high;
	return true;
}

static void next_block(struct addr_walk *walk)
{
	walk->block++;
	walk->run = walk->from = 0;
}

static bool next4(struct addr_walk *walk, struct addr_range *ret)
{
	const struct addr_set *set = walk->set;
	uint32_t first, last, more, end;

	for (;; next_block(walk)) {
		if (walk->block >= set->n_blocks)
			return false;
		if (next_in_block(walk, &first, &last))
			break;
	}
	/* It goes on in the next block if it reaches the end of this one. */
	while ((last & 0xffff) == 0xffff && walk->block + 1 < set->n_blocks) {
		struct addr_walk ahead = *walk;

		next_block(&ahead);
		if (!next_in_block(&ahead, &more, &end) || more - 1 != last)
			break;
		*walk = ahead;
		last = end;
	}
	*ret = (struct addr_range){addr_v4(first), addr_v4(last)};
	return true;
}

bool addr_walk_next(struct addr_walk *walk, struct addr_range *ret)
{
	const struct addr_set *set = walk->set;
	size_t i;

	if (walk->block < set->n_blocks && next4(walk, ret))
		return true;
	i = walk->block - set->n_blocks;
	if (i >= set->n_prefixes)
		return false;
	for (size_t begin = i; i < set->n_prefixes; i++) {
		struct cidr cidr = cidr6(&set->prefixes[i]);
		struct addr_range range = addr_range_of(&cidr);
		struct addr behind = ret->last;

		if (i == begin)
			*ret = range;
		else if (addr_step(&behind, 1) && addr_equal(&behind, &range.first))
			ret->last = range.last;
		else
			break;
	}
	walk->block = set->n_blocks + i;
	return true;
}
