/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a block of an address set; see addr_block.h. */
#include "common/addr_block.h"

#include "common/addr_set.h"

#include <stdlib.h>
#include <string.h>

#define SIZE 65536
#define WORDS (SIZE / 64)
#define GROUP_WORDS 8 /* for each group of words it is known how many bits are before it */
#define GROUPS (WORDS / GROUP_WORDS)

_Static_assert(ADDR_SET_RUNS_MAX < ADDR_BLOCK_BITS, "a number of runs is no bitmap");
_Static_assert(sizeof(struct addr_block) == 16, "as addr_set.h counts");

static bool is_bits(const struct addr_block *block)
{
	return block->n == ADDR_BLOCK_BITS;
}

static struct addr_run *runs_of(struct addr_block *block)
{
	return block->n == 1 ? &block->one : block->runs;
}

static const struct addr_run *runs_in(const struct addr_block *block)
{
	return block->n == 1 ? &block->one : block->runs;
}

static uint16_t *groups_of(uint64_t *words)
{
	return (uint16_t *)(words + WORDS);
}

void addr_block_clear(struct addr_block *block)
{
	if (is_bits(block))
		free(block->words);
	else if (block->n > 1)
		free(block->runs);
	block->n = 0;
}

/* ---- filling ----------------------------------------------------------------------------- */

static void set_bits(uint64_t *words, uint32_t first, uint32_t last)
{
	uint64_t from = UINT64_MAX << (first & 63), to = UINT64_MAX >> (63 - (last & 63));

	if (first >> 6 == last >> 6) {
		words[first >> 6] |= from & to;
		return;
	}
	words[first >> 6] |= from;
	for (uint32_t i = (first >> 6) + 1; i < last >> 6; i++)
		words[i] = UINT64_MAX;
	words[last >> 6] |= to;
}

static bool become_bits(struct addr_block *block)
{
	uint64_t *words =
		calloc(WORDS + GROUPS * sizeof(uint16_t) / sizeof(*words), sizeof(*words));
	const struct addr_run *runs = runs_in(block);

	if (!words)
		return false;
	for (uint32_t i = 0; i < block->n; i++)
		set_bits(words, runs[i].first, runs[i].second);
	addr_block_clear(block);
	block->words = words;
	block->n = ADDR_BLOCK_BITS;
	return true;
}

/* Places for n runs: at most a quarter more than are needed. */
static uint32_t places(uint32_t n)
{
	uint32_t step = n < 32 ? 4 : (1u << (31 - __builtin_clz(n))) / 4;

	return (n + step - 1) / step * step;
}

/* One run more at place i. */
static bool insert(struct addr_block *block, uint32_t i, struct addr_run run)
{
	struct addr_run one = block->one, *runs;

	if (block->n == 0) {
		block->one = run;
		block->n = 1;
		return true;
	}
	if (block->n == 1 || block->n == places(block->n)) {
		runs = reallocarray(block->n == 1 ? NULL : block->runs, places(block->n + 1u),
			sizeof(*runs));
		if (!runs)
			return false;
		if (block->n == 1)
			runs[0] = one;
		block->runs = runs;
	}
	memmove(block->runs + i + 1, block->runs + i, (block->n - i) * sizeof(run));
	block->runs[i] = run;
	block->n++;
	return true;
}

/* The runs [i, j) become one. */
static void join(struct addr_block *block, uint32_t i, uint32_t j, struct addr_run run)
{
	struct addr_run *runs = runs_of(block);

	runs[i] = run;
	memmove(runs + i + 1, runs + j, (block->n - j) * sizeof(run));
	if (block->n > 1 && block->n - (j - i - 1) == 1) {
		block->one = run;
		free(runs);
	}
	block->n = (uint16_t)(block->n - (j - i - 1));
}

bool addr_block_add(struct addr_block *block, uint32_t first, uint32_t last)
{
	struct addr_run *runs, run = {(uint16_t)first, (uint16_t)last};
	uint32_t low = 0, high, end;

	if (is_bits(block)) {
		set_bits(block->words, first, last);
		return true;
	}
	runs = runs_of(block);
	high = block->n;
	if (high && runs[high - 1].second + 1u < first)
		low = high; /* in order, as lists often are */
	while (low < high) { /* the first run that it touches, or that lies behind it */
		uint32_t middle = low + (high - low) / 2;

		if (runs[middle].second + 1u < first)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < block->n && runs[end].first <= last + 1; end++)
		;
	if (end > low) {
		if (runs[low].first < first)
			run.first = runs[low].first;
		if (runs[end - 1].second > last)
			run.second = runs[end - 1].second;
		join(block, low, end, run);
		return true;
	}
	if (block->n < ADDR_SET_RUNS_MAX)
		return insert(block, low, run);
	if (!become_bits(block))
		return false;
	set_bits(block->words, first, last);
	return true;
}

static uint32_t seal_bits(struct addr_block *block)
{
	uint16_t *groups = groups_of(block->words);
	uint32_t count = 0;

	for (uint32_t i = 0; i < WORDS; i++) {
		if (i % GROUP_WORDS == 0)
			groups[i / GROUP_WORDS] = (uint16_t)count;
		count += (uint32_t)__builtin_popcountll(block->words[i]);
	}
	if (count == SIZE) {
		addr_block_clear(block);
		block->one = (struct addr_run){0, 0};
		block->n = 1;
	}
	return count;
}

uint32_t addr_block_seal(struct addr_block *block)
{
	struct addr_run *runs = runs_of(block);
	uint32_t count = 0;

	if (is_bits(block))
		return seal_bits(block);
	for (uint32_t i = 0; i < block->n; i++) {
		uint32_t size = runs[i].second - runs[i].first + 1u;

		runs[i].second = (uint16_t)count;
		count += size;
	}
	return count;
}

/* ---- asking ------------------------------------------------------------------------------ */

static uint32_t run_size(const struct addr_block *block, uint32_t count, uint32_t i)
{
	const struct addr_run *runs = runs_in(block);
	uint32_t end = i + 1u < block->n ? runs[i + 1].second : count;

	return end - runs[i].second;
}

/* The runs that do not begin behind the address. */
static uint32_t runs_to(const struct addr_block *block, uint32_t low_bits)
{
	const struct addr_run *runs = runs_in(block);
	uint32_t low = 0, high = block->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (runs[middle].first <= low_bits)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first bit from `from` on that is set, or with `flip` UINT64_MAX is not; SIZE if none. */
static uint32_t next_bit(const uint64_t *words, uint32_t from, uint64_t flip)
{
	uint64_t word;

	if (from >= SIZE)
		return SIZE;
	word = (words[from >> 6] ^ flip) & UINT64_MAX << (from & 63);
	for (uint32_t i = from >> 6;; word = words[i] ^ flip) {
		if (word)
			return i * 64 + (uint32_t)__builtin_ctzll(word);
		if (++i == WORDS)
			return SIZE;
	}
}

bool addr_block_until(
	const struct addr_block *block, uint32_t count, uint32_t low, uint32_t *ret_last)
{
	const struct addr_run *runs = runs_in(block);
	uint32_t n;

	if (is_bits(block)) {
		bool has = block->words[low >> 6] >> (low & 63) & 1;

		*ret_last = next_bit(block->words, low, has ? UINT64_MAX : 0) - 1;
		return has;
	}
	n = runs_to(block, low);
	if (n && low - runs[n - 1].first < run_size(block, count, n - 1)) {
		*ret_last = runs[n - 1].first + run_size(block, count, n - 1) - 1;
		return true;
	}
	*ret_last = n < block->n ? runs[n].first - 1u : SIZE - 1;
	return false;
}

bool addr_block_number(
	const struct addr_block *block, uint32_t count, uint32_t low, uint32_t *ret)
{
	const struct addr_run *runs = runs_in(block);
	uint32_t n, i;

	if (is_bits(block)) {
		if (!(block->words[low >> 6] >> (low & 63) & 1))
			return false;
		i = low / 64 / GROUP_WORDS;
		*ret = groups_of(block->words)[i];
		for (i *= GROUP_WORDS; i < low >> 6; i++)
			*ret += (uint32_t)__builtin_popcountll(block->words[i]);
		*ret += (uint32_t)__builtin_popcountll(
			block->words[i] & ((1ULL << (low & 63)) - 1));
		return true;
	}
	n = runs_to(block, low);
	if (!n || low - runs[n - 1].first >= run_size(block, count, n - 1))
		return false;
	*ret = runs[n - 1].second + (low - runs[n - 1].first);
	return true;
}

static uint32_t nth_bit(uint64_t *words, uint32_t number)
{
	const uint16_t *groups = groups_of(words);
	uint32_t low = 0, high = GROUPS, i, n;
	uint64_t word;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (groups[middle] <= number)
			low = middle;
		else
			high = middle;
	}
	number -= groups[low];
	for (i = low * GROUP_WORDS;
		(n = (uint32_t)__builtin_popcountll(words[i])) <= number && i + 1 < WORDS; i++)
		number -= n;
	for (word = words[i]; number; number--)
		word &= word - 1;
	return i * 64 + (uint32_t)__builtin_ctzll(word);
}

uint32_t addr_block_nth(const struct addr_block *block, uint32_t number)
{
	const struct addr_run *runs = runs_in(block);
	uint32_t low = 0, high = block->n;

	if (is_bits(block))
		return nth_bit(block->words, number);
	while (high - low > 1) { /* the last run that begins at or before the number */
		uint32_t middle = low + (high - low) / 2;

		if (runs[middle].second <= number)
			low = middle;
		else
			high = middle;
	}
	return runs[low].first + (number - runs[low].second);
}

bool addr_block_next(const struct addr_block *block, uint32_t count, uint32_t *run,
	uint32_t *from, uint32_t *ret_first, uint32_t *ret_last)
{
	if (is_bits(block)) {
		*ret_first = next_bit(block->words, *from, 0);
		if (*ret_first == SIZE)
			return false;
		*from = next_bit(block->words, *ret_first, UINT64_MAX);
		*ret_last = *from - 1;
		return true;
	}
	if (*run == block->n)
		return false;
	*ret_first = runs_in(block)[*run].first;
	*ret_last = *ret_first + run_size(block, count, *run) - 1;
	++*run;
	return true;
}
