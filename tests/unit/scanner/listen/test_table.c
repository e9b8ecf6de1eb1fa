/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded table: what was used longest ago goes first, whatever the hash key is. */
#include "tests/unit/unit.h"

#include "scanner/listen/table.h"

struct log {
	uint32_t keys[64];
	size_t n;
};

static void note(void *context, const void *key, void *value)
{
	struct log *log = context;

	(void)value;
	if (log->n < 64)
		memcpy(&log->keys[log->n], key, sizeof(uint32_t));
	log->n++;
}

static struct table *make(uint32_t capacity, uint64_t seed, struct log *log)
{
	const struct table_options options = {.capacity = capacity,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(uint32_t),
		.hash_key = siphash_key_seeded(seed),
		.evict = note,
		.context = log};
	struct table *table = table_new(&options);

	assert_non_null(table);
	return table;
}

static void put(struct table *table, uint32_t key, uint32_t value)
{
	uint32_t *place = table_add(table, &key);

	assert_int_equal(*place, 0);
	*place = value;
}

static void finds_adds_removes(void **state)
{
	struct log log = {.n = 0};
	struct table *table = make(3, 1, &log);
	uint32_t key = 7;

	(void)state;
	assert_null(table_find(table, &key));
	put(table, 7, 70);
	assert_int_equal(*(uint32_t *)table_find(table, &key), 70);
	assert_int_equal(table_size(table), 1);
	table_remove(table, &key);
	table_remove(table, &key);
	assert_null(table_find(table, &key));
	assert_int_equal(table_size(table), 0);
	/* what is vacant is used again */
	for (uint32_t i = 0; i < 3; i++)
		put(table, i, i);
	assert_int_equal(table_size(table), 3);
	assert_int_equal(table_evicted(table), 0);
	assert_int_equal(log.n, 0);
	table_free(table);
	table_free(NULL);
}

static void the_longest_unused_goes(void **state)
{
	struct log log = {.n = 0};
	struct table *table = make(3, 1, &log);
	uint32_t one = 1, two = 2;

	(void)state;
	for (uint32_t i = 1; i <= 3; i++)
		put(table, i, i);
	assert_non_null(table_find(table, &one)); /* used: not the oldest any more */
	assert_non_null(table_peek(table, &two)); /* looked at: does not count */
	put(table, 4, 4);
	put(table, 5, 5);
	assert_int_equal(log.n, 2);
	assert_int_equal(log.keys[0], 2);
	assert_int_equal(log.keys[1], 3);
	assert_int_equal(table_evicted(table), 2);
	assert_int_equal(table_size(table), 3);
	assert_null(table_peek(table, &two));
	table_free(table);
}

static void the_order_does_not_depend_on_the_hash_key(void **state)
{
	uint32_t walks[2][100];

	(void)state;
	for (uint64_t seed = 0; seed < 2; seed++) {
		struct log log = {.n = 0};
		struct table *table = make(100, seed, &log);
		table_cursor cursor = 0;
		const void *key;
		void *value;
		size_t n = 0;

		for (uint32_t i = 0; i < 5000; i++) {
			uint32_t k = i * 2654435761u % 1000;

			if (!table_find(table, &k))
				put(table, k, k);
		}
		while (table_walk(table, &cursor, &key, &value)) {
			assert_int_equal(*(const uint32_t *)key, *(uint32_t *)value);
			walks[seed][n++] = *(uint32_t *)value;
		}
		assert_int_equal(n, 100);
		assert_int_equal(table_evicted(table), log.n);
		table_free(table);
	}
	assert_memory_equal(walks[0], walks[1], sizeof(walks[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_adds_removes),
		cmocka_unit_test(the_longest_unused_goes),
		cmocka_unit_test(the_order_does_not_depend_on_the_hash_key),
	};

	return RUN(tests);
}
