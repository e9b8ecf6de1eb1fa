/* SPDX-License-Identifier: Apache-2.0 */
/* The automaton against a plain search for each word; its limit. */
#include "tests/unit/unit.h"

#include "scanner/fingerprint/words.h"

#include <ctype.h>

#define PATTERNS 200
#define TEXT_MAX 300

static uint64_t random_state = 88172645463325252ull;

static size_t pick(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % n;
}

/* Of two letters, so that words are in words, and begin as others end. */
static void make_literals(struct literals *literals)
{
	literals->n = pick(4); /* some without any */
	literals->caseless = pick(5) == 0;
	for (size_t i = 0; i < literals->n; i++) {
		literals->rows[i].size = (uint8_t)(LITERAL_SIZE_MIN + pick(10));
		for (size_t k = 0; k < literals->rows[i].size; k++)
			literals->rows[i].bytes[k] = pick(2) ? 'a' : 'b';
	}
}

static bool has(const uint8_t *text, size_t size, const struct literal *word)
{
	for (size_t at = 0; at + word->size <= size; at++) {
		size_t k = 0;

		while (k < word->size && tolower(text[at + k]) == word->bytes[k])
			k++;
		if (k == word->size)
			return true;
	}
	return false;
}

static bool expected(
	const struct literals *literals, const uint8_t *text, size_t size, bool wide)
{
	bool found = literals->n == 0 || (wide && literals->caseless);

	for (size_t i = 0; i < literals->n; i++)
		found |= has(text, size, &literals->rows[i]);
	return found;
}

static void as_if_searched_one_by_one(void **state)
{
	static struct literals literals[PATTERNS];
	struct words *words = words_new(PATTERNS);
	uint64_t set[PATTERNS / 64 + 1];

	(void)state;
	for (size_t i = 0; i < PATTERNS; i++) {
		make_literals(&literals[i]);
		assert_true(words_add(words, i, &literals[i]));
	}
	assert_true(words_seal(words));
	assert_int_equal(words_count(words), ARRAY_SIZE(set));
	for (size_t times = 0; times < 2000; times++) {
		static const char letters[] = "aabbabABc\xff";
		uint8_t text[TEXT_MAX];
		size_t size = pick(pick(2) ? 30 : TEXT_MAX);
		bool wide = pick(4) == 0;

		for (size_t i = 0; i < size; i++)
			text[i] = (uint8_t)letters[pick(sizeof(letters) - 1)];
		words_find(words, text, size, wide, set);
		for (size_t i = 0; i < PATTERNS; i++)
			assert_int_equal(set[i / 64] >> (i % 64) & 1,
				expected(&literals[i], text, size, wide));
	}
	words_free(words);
}

/* What does not fit is always tried. */
static void full(void **state)
{
	const size_t n = 2 * WORDS_STATES_MAX / LITERAL_SIZE_MAX;
	struct words *words = words_new(n);
	uint64_t *set = calloc(n / 64 + 1, sizeof(*set));
	size_t always = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct literals one = {.n = 1, .rows = {{.size = LITERAL_SIZE_MAX}}};

		for (size_t k = 0; k < LITERAL_SIZE_MAX; k++)
			one.rows[0].bytes[k] = (uint8_t)('a' + pick(26));
		assert_true(words_add(words, i, &one));
	}
	assert_true(words_seal(words));
	words_find(words, (const uint8_t *)"", 0, false, set);
	for (size_t i = 0; i < n; i++)
		always += set[i / 64] >> (i % 64) & 1;
	assert_in_range(always, n / 4, 3 * n / 4);
	assert_true(set[(n - 1) / 64] >> ((n - 1) % 64) & 1);
	assert_false(set[0] & 1);
	free(set);
	words_free(words);
}

static void none(void **state)
{
	struct words *words = words_new(0);
	uint64_t set = 1;

	(void)state;
	assert_true(words_seal(words));
	words_find(words, (const uint8_t *)"abc", 3, false, &set);
	assert_int_equal(set, 0);
	words_free(words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_if_searched_one_by_one),
		cmocka_unit_test(full), cmocka_unit_test(none)};

	return RUN(tests);
}
