/* SPDX-License-Identifier: Apache-2.0 */
/* The arena: zeroed, aligned, bounded, and empty again after a reset. */
#include "tests/unit/unit.h"

#include "common/arena.h"

static void allocations_are_zeroed_and_aligned(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	for (size_t n = 1; n < 300; n++) {
		unsigned char *p = arena_alloc(arena, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_reset(arena);
	assert_int_equal(arena_used(arena), 0);
	for (size_t n = 1; n < 300; n++) {
		unsigned char *p = arena_alloc(arena, n);

		assert_non_null(p);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
	}
	arena_free(arena);
	arena_free(NULL);
}

static void the_maximum_holds(void **state)
{
	struct arena *arena = arena_new(1000);

	(void)state;
	assert_null(arena_alloc(arena, 1001));
	assert_non_null(arena_alloc(arena, 900));
	assert_null(arena_alloc(arena, 200));
	arena_free(arena);
}

static void texts(void **state)
{
	struct arena *arena = arena_new(1 << 20);

	(void)state;
	assert_string_equal(arena_strdup(arena, "asset"), "asset");
	assert_string_equal(arena_strndup(arena, "assets", 5), "asset");
	assert_string_equal(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
	assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 3);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(allocations_are_zeroed_and_aligned),
		cmocka_unit_test(the_maximum_holds), cmocka_unit_test(texts)};

	return RUN(tests);
}
