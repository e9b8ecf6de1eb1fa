/* SPDX-License-Identifier: Apache-2.0 */
/* Pseudonyms: the same for the same, never the beginning of another's, nothing without the
 * key. */
#include "mapper/pseudonym.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

static const struct siphash_key key = {0x0123456789abcdef, 0xfedcba9876543210};

static void fill(
	struct pseudonyms *p, struct arena *arena, const struct siphash_key *with, int n)
{
	char id[16];

	*p = (struct pseudonyms){.key = *with, .arena = arena};
	for (int i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "%d", i);
		assert_string_equal(pseudonym_of(p, PSEUDONYM_HOST, id), "");
	}
	pseudonym_of(p, PSEUDONYM_SYSTEM, "1");
	assert_true(pseudonyms_seal(p));
}

static void test_stable(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(64u << 20);
	struct siphash_key other = {key.k0, key.k1 + 1};
	struct pseudonyms few, many, foreign;
	const char *a, *b;

	(void)state;
	fill(&few, arena, &key, 100);
	fill(&many, arena, &key, 20000);
	fill(&foreign, arena, &other, 100);
	for (int i = 0; i < 100; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%d", i);
		a = pseudonym_of(&few, PSEUDONYM_HOST, id);
		b = pseudonym_of(&many, PSEUDONYM_HOST, id);
		assert_memory_equal(a, "host ", 5);
		assert_true(strlen(a) >= 9);
		/* Among many it may be longer, and begins as it was. */
		assert_memory_equal(a, b, strlen(a));
		assert_string_not_equal(a, pseudonym_of(&foreign, PSEUDONYM_HOST, id));
	}
	a = pseudonym_of(&few, PSEUDONYM_SYSTEM, "1");
	assert_memory_equal(a, "system ", 7);
	/* Nothing in common with the host of that id. */
	assert_memory_not_equal(a + 7, pseudonym_of(&few, PSEUDONYM_HOST, "1") + 5, 2);
	assert_string_equal(pseudonym_of(&few, PSEUDONYM_HOST, "never told"), "");
	pseudonyms_done(&few);
	pseudonyms_done(&many);
	pseudonyms_done(&foreign);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void test_none_begins_another(void **state)
{
	enum { N = 100000 };
	_cleanup_(arena_freep) struct arena *arena = arena_new(64u << 20);
	const char **names = arena_alloc(arena, N * sizeof(*names));
	struct pseudonyms p;
	size_t longest = 0;

	(void)state;
	fill(&p, arena, &key, N);
	for (int i = 0; i < N; i++) {
		char id[16];

		snprintf(id, sizeof(id), "%d", i);
		names[i] = pseudonym_of(&p, PSEUDONYM_HOST, id);
		assert_null(strpbrk(names[i] + 5, "01IOabcdefghijklmnopqrstuvwxyz"));
		longest = strlen(names[i]) > longest ? strlen(names[i]) : longest;
	}
	qsort(names, N, sizeof(*names), by_text);
	for (int i = 1; i < N; i++)
		assert_int_not_equal(strncmp(names[i - 1], names[i], strlen(names[i - 1])), 0);
	assert_true(longest > 9 && longest <= 5 + 9);
	pseudonyms_done(&p);
}

static void test_sets(void **state)
{
	struct number_set set = {0};

	(void)state;
	assert_true(number_set_seal(&set));
	assert_false(number_set_has(&set, 1));
	for (uint64_t i = 1000; i > 0; i--)
		number_set_add(&set, i % 100);
	assert_true(number_set_seal(&set));
	assert_int_equal(set.n, 100);
	assert_true(number_set_has(&set, 0) && number_set_has(&set, 99));
	assert_false(number_set_has(&set, 100));
	set.failed = true;
	assert_false(number_set_seal(&set));
	number_set_done(&set);
}

static void test_without_memory(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(100);
	struct pseudonyms p = {.key = key, .arena = arena};
	char id[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "%d", i);
		pseudonym_of(&p, PSEUDONYM_HOST, id);
	}
	assert_false(pseudonyms_seal(&p));
	pseudonyms_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_none_begins_another),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_without_memory),
	};

	return RUN(tests);
}
