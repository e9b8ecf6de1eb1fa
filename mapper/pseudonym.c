/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pseudonyms from SipHash-2-4: 60 of its 64 bits as at most twelve letters and digits, of which
 * as many are shown as tell a thing from all others of its kind. Never looks at the estate.
 */
#include "mapper/pseudonym.h"

#include <string.h>

#define LETTERS_MOST 12
#define BITS 5

static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; /* no 0, 1, I, O */

static const struct {
	const char *word;
	unsigned int least; /* letters */
} kinds[PSEUDONYM_N] = {
	[PSEUDONYM_HOST] = {"host", 4},
	[PSEUDONYM_SYSTEM] = {"system", 2},
	[PSEUDONYM_ORGANISATION] = {"organisation", 2},
	[PSEUDONYM_BUSINESS] = {"business", 2},
	[PSEUDONYM_NETWORK] = {"network", 2},
	[PSEUDONYM_ZONE] = {"zone", 2},
	[PSEUDONYM_CONDUIT] = {"conduit", 2},
	[PSEUDONYM_EXIT] = {"exit", 2},
	[PSEUDONYM_SECTOR] = {"sector", 2},
	[PSEUDONYM_REALM] = {"realm", 2},
};

/* ---- sets ---- */

void number_set_add(struct number_set *set, uint64_t number)
{
	if (set->n == set->max) {
		size_t max = set->max ? set->max * 2 : 64;
		uint64_t *numbers = reallocarray(set->numbers, max, sizeof(*numbers));

		if (!numbers) {
			set->failed = true;
			return;
		}
		set->numbers = numbers;
		set->max = max;
	}
	set->numbers[set->n++] = number;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

bool number_set_seal(struct number_set *set)
{
	size_t kept = 0;

	if (set->failed)
		return false;
	if (set->n > 0)
		qsort(set->numbers, set->n, sizeof(*set->numbers), by_number);
	for (size_t i = 0; i < set->n; i++)
		if (kept == 0 || set->numbers[i] != set->numbers[kept - 1])
			set->numbers[kept++] = set->numbers[i];
	set->n = kept;
	return true;
}

static const uint64_t *find(const struct number_set *set, uint64_t number)
{
	return set->n == 0 ? NULL
			   : bsearch(&number, set->numbers, set->n, sizeof(number), by_number);
}

bool number_set_has(const struct number_set *set, uint64_t number)
{
	return find(set, number) != NULL;
}

void number_set_done(struct number_set *set)
{
	free(set->numbers);
	*set = (struct number_set){0};
}

/* ---- names ---- */

uint64_t pseudonym_number(
	const struct pseudonyms *p, enum pseudonym_kind kind, const char *known_by)
{
	/* Another key for every kind: a system and a host of one id have nothing in common. */
	struct siphash_key key = {p->key.k0 ^ (uint64_t)(kind + 1), p->key.k1};
	uint64_t number = siphash(&key, known_by, strlen(known_by));

	return number ? number : 1;
}

/* Letters that two numbers have in common, from the left. */
static unsigned int common(uint64_t a, uint64_t b)
{
	unsigned int n = 0;

	while (n < LETTERS_MOST && (a ^ b) >> (64 - BITS * (n + 1)) == 0)
		n++;
	return n;
}

static const char *spell(
	struct arena *arena, enum pseudonym_kind kind, uint64_t number, unsigned int n)
{
	char letters[LETTERS_MOST + 1] = "";

	for (unsigned int i = 0; i < n; i++)
		letters[i] = alphabet[number >> (64 - BITS * (i + 1)) & 31];
	return arena_printf(arena, "%s %s", kinds[kind].word, letters);
}

bool pseudonyms_seal(struct pseudonyms *p)
{
	for (int kind = 0; kind < PSEUDONYM_N; kind++) {
		struct number_set *set = &p->known[kind];

		if (!number_set_seal(set))
			return false;
		p->names[kind] = arena_alloc(p->arena, (set->n + 1) * sizeof(*p->names[kind]));
		if (!p->names[kind])
			return false;
		for (size_t i = 0; i < set->n; i++) {
			unsigned int n = kinds[kind].least - 1, other;

			/* In order of number, those most alike are neighbours. */
			for (int side = -1; side <= 1; side += 2) {
				if ((side < 0 && i == 0) || (side > 0 && i + 1 == set->n))
					continue;
				other = common(set->numbers[i],
					set->numbers[side < 0 ? i - 1 : i + 1]);
				n = other > n ? other : n;
			}
			p->names[kind][i] = spell(p->arena, (enum pseudonym_kind)kind,
				set->numbers[i], n < LETTERS_MOST ? n + 1 : LETTERS_MOST);
			if (!p->names[kind][i])
				return false;
		}
	}
	p->sealed = true;
	return true;
}

const char *pseudonym_of(struct pseudonyms *p, enum pseudonym_kind kind, const char *known_by)
{
	uint64_t number = pseudonym_number(p, kind, known_by);
	const uint64_t *found;

	if (!p->sealed) {
		number_set_add(&p->known[kind], number);
		return "";
	}
	found = find(&p->known[kind], number);
	return found ? p->names[kind][found - p->known[kind].numbers] : "";
}

void pseudonyms_done(struct pseudonyms *p)
{
	for (int kind = 0; kind < PSEUDONYM_N; kind++)
		number_set_done(&p->known[kind]);
}
