/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address space of an estate: which IPv4 addresses and subnets there are, the blocks that
 * hold them without much that is empty, and the IPv6 prefixes with their counts. Draws nothing.
 */
#include "mapper/sheet/hilbert.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>

#define PART_LEAST 16 /* a wider subnet counts by the addresses in it */
#define PART_MOST 24  /* around a single address */
#define SPARSE 2      /* a block is taken apart if half of it holds all */
#define CELL_LEAST_MM 1.0
#define CELL_MOST_MM 14.0
#define SIX_PLENTY 60 /* more /64 than that are shown by /48 */

uint64_t hilbert_size(uint8_t length)
{
	return 1ull << (32 - length);
}

static uint32_t masked(uint32_t addr, uint8_t length)
{
	return (uint32_t)(addr & ~(hilbert_size(length) - 1));
}

static int by_address(const void *a, const void *b)
{
	const struct hilbert_use *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->asset < y->asset ? -1 : x->asset > y->asset;
}

static int make_uses(struct hilbert *h)
{
	const struct estate *e = h->model->estate;
	uint32_t n = 0;

	h->uses = arena_alloc(h->model->arena, ((size_t)e->n_addresses + 1) * sizeof(*h->uses));
	if (!h->uses)
		return -1;
	for (uint32_t i = 0; i < e->n_addresses; i++)
		if (e->addresses[i].addr.family == 4 && e->addresses[i].asset < e->n_assets)
			h->uses[n++] = (struct hilbert_use){
				addr_to_v4(&e->addresses[i].addr), e->addresses[i].asset};
	qsort(h->uses, n, sizeof(*h->uses), by_address);
	for (uint32_t i = 0; i < n; i++)
		if (h->n_uses == 0 || by_address(&h->uses[i], &h->uses[h->n_uses - 1]) != 0)
			h->uses[h->n_uses++] = h->uses[i];
	return 0;
}

static uint32_t lower(const struct hilbert *h, uint64_t addr)
{
	uint32_t from = 0, to = h->n_uses;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (h->uses[middle].addr < addr)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

uint32_t hilbert_count(const struct hilbert *h, uint32_t base, uint64_t size)
{
	uint32_t n = 0, end = lower(h, base + size);

	for (uint32_t i = lower(h, base); i < end; i++)
		n += i == 0 || h->uses[i].addr != h->uses[i - 1].addr;
	return n;
}

static int by_prefix(const void *a, const void *b)
{
	const struct hilbert_subnet *x = a, *y = b;

	if (x->base != y->base)
		return x->base < y->base ? -1 : 1;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return x->subnet < y->subnet ? -1 : x->subnet > y->subnet;
}

static int make_subnets(struct hilbert *h)
{
	const struct estate *e = h->model->estate;
	uint32_t n = 0;

	h->subnets =
		arena_alloc(h->model->arena, ((size_t)e->n_subnets + 1) * sizeof(*h->subnets));
	if (!h->subnets)
		return -1;
	for (uint32_t i = 0; i < e->n_subnets; i++) {
		const struct cidr *cidr = &e->subnets[i].cidr;

		if (cidr->base.family == 4 && cidr->length <= 32)
			h->subnets[n++] = (struct hilbert_subnet){
				addr_to_v4(&cidr->base), cidr->length, i, 0};
	}
	qsort(h->subnets, n, sizeof(*h->subnets), by_prefix);
	for (uint32_t i = 0; i < n; i++)
		if (h->n_subnets == 0 ||
			h->subnets[i].base != h->subnets[h->n_subnets - 1].base ||
			h->subnets[i].length != h->subnets[h->n_subnets - 1].length)
			h->subnets[h->n_subnets++] = h->subnets[i];
	for (uint32_t i = 0; i < h->n_subnets; i++)
		h->subnets[i].n_used = hilbert_count(
			h, h->subnets[i].base, hilbert_size(h->subnets[i].length));
	return 0;
}

/* ---- blocks ---- */

/* What has to be inside of a block: first and last address. */
struct part {
	uint32_t first, last;
};

static int by_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->last < y->last ? -1 : x->last > y->last;
}

static struct part part_of(uint32_t addr, uint8_t length)
{
	uint32_t base;

	length &= 0xfe; /* even, as blocks are */
	base = masked(addr, length);
	return (struct part){base, (uint32_t)(base + hilbert_size(length) - 1)};
}

static uint32_t find_parts(const struct hilbert *h, struct part *parts)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->n_subnets; i++) {
		uint8_t length = h->subnets[i].length;

		if (length >= PART_LEAST)
			parts[n++] = part_of(
				h->subnets[i].base, length > PART_MOST ? PART_MOST : length);
	}
	for (uint32_t i = 0; i < h->n_uses; i++) {
		struct part part = part_of(h->uses[i].addr, PART_MOST);

		if (i == 0 || by_first(&part, &parts[n - 1]) != 0)
			parts[n++] = part;
	}
	/* Wide subnets without any address, and nothing else. */
	for (uint32_t i = 0; i < h->n_subnets && h->n_uses == 0; i++)
		if (h->subnets[i].length < PART_LEAST)
			parts[n++] = part_of(h->subnets[i].base, PART_LEAST);
	qsort(parts, n, sizeof(*parts), by_first);
	return n;
}

struct cover {
	uint32_t base, first, n; /* parts */
	uint8_t length;
};

static struct cover cover_of(const struct part *parts, uint32_t first, uint32_t n)
{
	uint32_t low = parts[first].first, high = low;
	uint8_t length = PART_MOST;

	for (uint32_t i = first; i < first + n; i++)
		high = parts[i].last > high ? parts[i].last : high;
	while (length > 0 && masked(low, length) != masked(high, length))
		length = (uint8_t)(length - 2);
	return (struct cover){masked(low, length), first, n, length};
}

static uint64_t area_of(const struct cover *covers, uint32_t n)
{
	uint64_t area = 0;

	for (uint32_t i = 0; i < n; i++)
		area += hilbert_size(covers[i].length);
	return area;
}

/* A block for the parts of each prefix of that length; a wider part is whole. Returns their
 * number, or 0 if they are too many. */
static uint32_t split_at(
	const struct part *parts, uint32_t n_parts, uint8_t length, struct cover *covers)
{
	uint32_t n = 0;

	for (uint32_t i = 0, next; i < n_parts; i = next) {
		uint32_t last = part_of(parts[i].first, length).last;

		if (parts[i].last > last)
			last = parts[i].last;
		for (next = i + 1; next < n_parts && parts[next].first <= last; next++)
			last = parts[next].last > last ? parts[next].last : last;
		if (n == HILBERT_BLOCKS_MAX)
			return 0;
		covers[n++] = cover_of(parts, i, next - i);
	}
	return n;
}

/* The narrowest blocks that are not too many, if little of one block around all is in them. */
static uint32_t split(const struct part *parts, uint32_t n_parts, struct cover *covers)
{
	struct cover all = cover_of(parts, 0, n_parts);

	for (int length = PART_MOST; length > 0; length -= 2) {
		uint32_t n = split_at(parts, n_parts, (uint8_t)length, covers);

		if (n > 0 && area_of(covers, n) * SPARSE <= hilbert_size(all.length))
			return n;
	}
	covers[0] = all;
	return 1;
}

static int make_blocks(struct hilbert *h)
{
	_cleanup_(cleanup_freep) struct part *parts =
		calloc((size_t)h->n_uses + 2 * (size_t)h->n_subnets + 1, sizeof(*parts));
	struct cover covers[HILBERT_BLOCKS_MAX];
	uint32_t n;

	if (!parts)
		return -1;
	n = find_parts(h, parts);
	if (n == 0)
		return 0;
	h->n_blocks = split(parts, n, covers);
	for (uint32_t i = 0; i < h->n_blocks; i++) {
		struct hilbert_block *b = &h->blocks[i];

		b->base = covers[i].base;
		b->length = covers[i].length;
		b->first = lower(h, b->base);
		b->n = lower(h, b->base + hilbert_size(b->length)) - b->first;
	}
	return 0;
}

/* ---- IPv6 ---- */

struct six_use {
	struct cidr cidr;
	uint32_t asset;
};

static int by_six(const void *a, const void *b)
{
	const struct six_use *x = a, *y = b;
	int c = cidr_compare(&x->cidr, &y->cidr);

	return c ? c : x->asset < y->asset ? -1 : x->asset > y->asset;
}

static void count_sixes(struct hilbert *h, struct six_use *uses, uint32_t n, uint8_t length)
{
	const struct estate *e = h->model->estate;

	h->n_sixes = h->n_six_left = 0;
	h->six_length = length;
	for (uint32_t i = 0; i < n; i++)
		uses[i].cidr = cidr_of(&uses[i].cidr.base, length);
	qsort(uses, n, sizeof(*uses), by_six);
	for (uint32_t i = 0; i < n; i++) {
		bool fresh = i == 0 || cidr_compare(&uses[i].cidr, &uses[i - 1].cidr) != 0;
		struct hilbert_six *six;

		if (fresh && h->n_sixes < HILBERT_SIX_MAX)
			h->sixes[h->n_sixes++] = (struct hilbert_six){uses[i].cidr, 0, 0, 0};
		six = &h->sixes[h->n_sixes - 1];
		if (uses[i].asset == ESTATE_NONE ||
			(!fresh && uses[i].asset == uses[i - 1].asset))
			continue;
		if (cidr_compare(&six->cidr, &uses[i].cidr) != 0) {
			h->n_six_left++;
			continue;
		}
		six->n_assets++;
		six->n_cii += model_is_cii(e, &e->assets[uses[i].asset]);
		six->n_exposed += e->assets[uses[i].asset].exposed != 0;
	}
}

static int make_sixes(struct hilbert *h)
{
	const struct estate *e = h->model->estate;
	_cleanup_(cleanup_freep) struct six_use *uses =
		calloc((size_t)e->n_addresses + e->n_subnets + 1, sizeof(*uses));
	uint32_t n = 0;

	h->sixes = arena_alloc(h->model->arena, HILBERT_SIX_MAX * sizeof(*h->sixes));
	if (!uses || !h->sixes)
		return -1;
	for (uint32_t i = 0; i < e->n_addresses; i++)
		if (e->addresses[i].addr.family == 6 && e->addresses[i].asset < e->n_assets)
			uses[n++] = (struct six_use){
				{e->addresses[i].addr, 128}, e->addresses[i].asset};
	for (uint32_t i = 0; i < e->n_subnets; i++)
		if (e->subnets[i].cidr.base.family == 6)
			uses[n++] = (struct six_use){e->subnets[i].cidr, ESTATE_NONE};
	count_sixes(h, uses, n, 64);
	if (h->n_sixes > SIX_PLENTY)
		count_sixes(h, uses, n, 48);
	return 0;
}

int hilbert_make(const struct model *model, struct hilbert **ret_hilbert)
{
	struct hilbert *h = arena_alloc(model->arena, sizeof(*h));

	if (!h)
		return -1;
	h->model = model;
	if (make_uses(h) < 0 || make_subnets(h) < 0 || make_blocks(h) < 0 || make_sixes(h) < 0)
		return -1;
	*ret_hilbert = h;
	return 0;
}

/* ---- where the blocks stand ---- */

/* 0 for the fuller; the side of the others is half of theirs. */
static unsigned int rank_of(const struct hilbert *h, const struct hilbert_block *block)
{
	uint32_t most = 1;

	for (uint32_t i = 0; i < h->n_blocks; i++)
		most = h->blocks[i].n > most ? h->blocks[i].n : most;
	return block->n * 8ull >= most ? 0 : 1;
}

/* In rows, the large ones first. False if they are too high together. */
static bool shelve(struct hilbert *h, const struct sheet_box *area, double side, double head)
{
	double x = area->x, y = area->y, row = 0;

	for (unsigned int rank = 0; rank < 2; rank++)
		for (uint32_t i = 0; i < h->n_blocks; i++) {
			struct hilbert_block *b = &h->blocks[i];

			if (rank_of(h, b) != rank)
				continue;
			b->side = side / (1u << rank);
			if (x > area->x && x + b->side > area->x + area->w + 1e-9) {
				x = area->x;
				y += row;
				row = 0;
			}
			b->x = x;
			b->y = y + head;
			x += b->side + head * 0.6;
			row = fmax(row, b->side + head * 1.4);
			if (b->y + b->side > area->y + area->h || b->side > area->w)
				return false;
		}
	return true;
}

void hilbert_place(struct hilbert *h, const struct sheet_box *area, double k)
{
	double head = 6 * k, side = fmin(area->w, area->h);

	while (side > 8 && !shelve(h, area, side, head))
		side *= 0.985;
	for (uint32_t i = 0; i < h->n_blocks; i++) {
		struct hilbert_block *b = &h->blocks[i];
		unsigned int most = (32u - b->length) / 2;

		b->order = 0;
		while (b->order < most && b->side / (2u << b->order) >= CELL_LEAST_MM)
			b->order++;
		/* A few cells do not fill the sheet. */
		b->side = fmin(b->side, CELL_MOST_MM * k * (1u << b->order));
	}
}

uint32_t hilbert_crowded(const struct hilbert *h)
{
	uint32_t crowded = 0;

	for (uint32_t i = 0; i < h->n_blocks; i++) {
		const struct hilbert_block *b = &h->blocks[i];
		unsigned int shift = 32u - b->length - 2 * b->order;

		for (uint32_t u = b->first + 1; u < b->first + b->n; u++)
			crowded += h->uses[u].addr != h->uses[u - 1].addr &&
				   (uint64_t)h->uses[u].addr >> shift ==
					   (uint64_t)h->uses[u - 1].addr >> shift;
	}
	return crowded;
}
