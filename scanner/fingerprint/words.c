/* SPDX-License-Identifier: Apache-2.0 */
/* A trie while words are added, a table when it is sealed; see words.h. */
#include "scanner/fingerprint/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Of the trie; 0 is the root, and no state is a child of two. */
struct state {
	uint16_t child, sibling; /* 0: none */
	uint16_t fail;		 /* the longest proper suffix that is a state */
	uint8_t byte;
	uint32_t ends; /* the first of the words that end here; 0: none */
};

/* A word's end, in a list of a state; then in those of its suffixes. */
struct end {
	uint32_t pattern, next;
};

struct words {
	size_t n;	       /* patterns */
	uint64_t *always, *wide; /* those that pass whatever the subject is; for wide ones */
	struct state *states;
	size_t n_states, max_states;
	struct end *ends; /* from 1 */
	size_t n_ends, max_ends;
	uint8_t class_of[256];
	size_t n_classes; /* with that of all bytes that are in no word */
	uint32_t *table; /* by state and class: where the next state's row begins, times 2; odd:
			    words end there */
	uint32_t *first;  /* by state: the end to begin with, its own or a suffix's; 0: none */
};

struct words *words_new(size_t n)
{
	struct words *words = calloc(1, sizeof(*words));

	if (!words)
		return NULL;
	words->n = n;
	words->always = calloc(words_count(words) + 1, sizeof(*words->always));
	words->wide = calloc(words_count(words) + 1, sizeof(*words->wide));
	words->states = calloc(1, sizeof(*words->states));
	words->ends = calloc(1, sizeof(*words->ends));
	words->n_states = words->max_states = words->n_ends = words->max_ends = 1;
	if (!words->always || !words->wide || !words->states || !words->ends) {
		words_free(words);
		return NULL;
	}
	return words;
}

void words_free(struct words *words)
{
	if (!words)
		return;
	free(words->always);
	free(words->wide);
	free(words->states);
	free(words->ends);
	free(words->table);
	free(words->first);
	free(words);
}

size_t words_count(const struct words *words)
{
	return words->n / 64 + 1;
}

static void put(uint64_t *set, size_t i)
{
	set[i / 64] |= 1ull << (i % 64);
}

/* ---- adding ------------------------------------------------------------------------------ */

static bool grow(void **rows, size_t n, size_t *max, size_t size)
{
	void *bigger;

	if (n < *max)
		return true;
	bigger = reallocarray(*rows, 2 * *max, size);
	if (!bigger)
		return false;
	*rows = bigger;
	*max *= 2;
	return true;
}

/* The state that a byte leads to; made if need be. 0 without memory. */
static uint16_t step(struct words *words, uint16_t from, uint8_t byte)
{
	for (uint16_t s = words->states[from].child; s; s = words->states[s].sibling)
		if (words->states[s].byte == byte)
			return s;
	if (!grow((void **)&words->states, words->n_states, &words->max_states,
		    sizeof(*words->states)))
		return 0;
	words->states[words->n_states] =
		(struct state){.sibling = words->states[from].child, .byte = byte};
	words->states[from].child = (uint16_t)words->n_states;
	return (uint16_t)words->n_states++;
}

static bool add_word(struct words *words, size_t pattern, const struct literal *literal)
{
	uint16_t at = 0;

	for (size_t i = 0; i < literal->size; i++) {
		at = step(words, at, literal->bytes[i]);
		if (!at)
			return false;
	}
	if (!grow((void **)&words->ends, words->n_ends, &words->max_ends, sizeof(*words->ends)))
		return false;
	words->ends[words->n_ends] = (struct end){(uint32_t)pattern, words->states[at].ends};
	words->states[at].ends = (uint32_t)words->n_ends++;
	return true;
}

bool words_add(struct words *words, size_t pattern, const struct literals *literals)
{
	if (literals->caseless)
		put(words->wide, pattern);
	if (literals->n == 0 ||
		words->n_states + LITERALS_MAX * LITERAL_SIZE_MAX > WORDS_STATES_MAX) {
		put(words->always, pattern);
		put(words->wide, pattern);
		return true;
	}
	for (size_t i = 0; i < literals->n; i++)
		if (!add_word(words, pattern, &literals->rows[i]))
			return false;
	return true;
}

/* ---- sealing ----------------------------------------------------------------------------- */

static void number_classes(struct words *words)
{
	words->n_classes = 1;
	for (size_t i = 1; i < words->n_states; i++) {
		uint8_t byte = words->states[i].byte;

		if (!words->class_of[byte])
			words->class_of[byte] = (uint8_t)words->n_classes++;
	}
	for (int c = 'A'; c <= 'Z'; c++)
		words->class_of[c] = words->class_of[tolower(c)];
}

/* A state's row is that of its suffix, but for its own children; so states come in the order of
 * their depth. What ends at the suffix ends here too. */
static void fill(struct words *words, uint16_t *queue)
{
	size_t head = 0, tail = 1;

	queue[0] = 0; /* entries are numbers of states until all are known */
	for (; head < tail; head++) {
		const struct state *state = &words->states[queue[head]];
		uint32_t *row = &words->table[queue[head] * words->n_classes];
		const uint32_t *suffix = &words->table[state->fail * words->n_classes];
		uint32_t *first = &words->first[queue[head]];

		if (queue[head])
			memcpy(row, suffix, words->n_classes * sizeof(*row));
		*first = state->ends ? state->ends : words->first[state->fail];
		for (uint16_t s = state->child; s; s = words->states[s].sibling) {
			uint8_t class = words->class_of[words->states[s].byte];

			words->states[s].fail = queue[head] ? (uint16_t)suffix[class] : 0;
			row[class] = s;
			queue[tail++] = s;
		}
		for (uint32_t end = state->ends; end && queue[head];
			end = words->ends[end].next)
			if (!words->ends[end].next) {
				words->ends[end].next = words->first[state->fail];
				break;
			}
	}
	for (size_t i = 0; i < words->n_states * words->n_classes; i++) {
		uint32_t state = words->table[i];

		words->table[i] =
			(uint32_t)(2 * state * words->n_classes) | (words->first[state] != 0);
	}
}

bool words_seal(struct words *words)
{
	uint16_t *queue = calloc(words->n_states, sizeof(*queue));

	number_classes(words);
	words->table = calloc(words->n_states * words->n_classes, sizeof(*words->table));
	words->first = calloc(words->n_states, sizeof(*words->first));
	if (queue && words->table && words->first)
		fill(words, queue);
	free(queue);
	free(words->states); /* a sealed one takes no more */
	words->states = NULL;
	return words->table && words->first;
}

/* ---- asking ------------------------------------------------------------------------------ */

static void take_ends(const struct words *words, uint32_t state, uint64_t *set)
{
	for (uint32_t end = words->first[state]; end; end = words->ends[end].next)
		put(set, words->ends[end].pattern);
}

void words_find(
	const struct words *words, const uint8_t *bytes, size_t size, bool wide, uint64_t *ret)
{
	const uint32_t *row = words->table;

	memcpy(ret, wide ? words->wide : words->always, words_count(words) * sizeof(*ret));
	for (size_t i = 0; i < size; i++) {
		uint32_t entry = row[words->class_of[bytes[i]]];

		row = words->table + entry / 2;
		if (entry & 1)
			take_ends(words, entry / 2 / (uint32_t)words->n_classes, ret);
	}
}
