/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded table: chains in an array, and a list by last use through the same entries. */
#include "scanner/listen/table.h"

#include <string.h>

/* Entries are numbered from 1; 0 ends a chain or list. */
struct entry {
	uint32_t chain, older, newer;
};

struct table {
	struct table_options options;
	uint32_t n_buckets, size, oldest, newest, vacant;
	uint64_t evicted;
	uint32_t *buckets;
	struct entry *entries;
	uint8_t *keys, *values;
	size_t value_stride;
};

enum { VALUE_ALIGNMENT = 16 };

struct table *table_new(const struct table_options *options)
{
	_cleanup_(table_freep) struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->options = *options;
	for (t->n_buckets = 16; t->n_buckets < options->capacity; t->n_buckets *= 2)
		;
	t->value_stride =
		(options->value_size + VALUE_ALIGNMENT - 1) / VALUE_ALIGNMENT * VALUE_ALIGNMENT;
	t->buckets = calloc(t->n_buckets, sizeof(*t->buckets));
	/* entries are written before they are read: clearing all of them would cost more than
	 * most captures do */
	t->entries = malloc((options->capacity + 1u) * sizeof(*t->entries));
	t->keys = malloc((options->capacity + 1u) * (size_t)options->key_size);
	t->values = malloc((options->capacity + 1u) * t->value_stride + 1);
	if (!t->buckets || !t->entries || !t->keys || !t->values)
		return NULL;
	return STEAL(t);
}

void table_free(struct table *table)
{
	if (!table)
		return;
	free(table->buckets);
	free(table->entries);
	free(table->keys);
	free(table->values);
	free(table);
}

static uint8_t *key_of(const struct table *t, uint32_t i)
{
	return t->keys + (size_t)i * t->options.key_size;
}

static void *value_of(const struct table *t, uint32_t i)
{
	return t->values + i * t->value_stride;
}

static uint32_t *bucket_of(const struct table *t, const void *key)
{
	uint64_t hash = siphash(&t->options.hash_key, key, t->options.key_size);

	return &t->buckets[hash & (t->n_buckets - 1)];
}

static uint32_t lookup(const struct table *t, const void *key)
{
	uint32_t i = *bucket_of(t, key);

	while (i && memcmp(key_of(t, i), key, t->options.key_size) != 0)
		i = t->entries[i].chain;
	return i;
}

static void list_remove(struct table *t, uint32_t i)
{
	struct entry *e = &t->entries[i];

	*(e->older ? &t->entries[e->older].newer : &t->oldest) = e->newer;
	*(e->newer ? &t->entries[e->newer].older : &t->newest) = e->older;
}

static void list_append(struct table *t, uint32_t i)
{
	struct entry *e = &t->entries[i];

	e->older = t->newest;
	e->newer = 0;
	*(t->newest ? &t->entries[t->newest].newer : &t->oldest) = i;
	t->newest = i;
}

void *table_find(struct table *table, const void *key)
{
	uint32_t i = lookup(table, key);

	if (!i)
		return NULL;
	if (table->newest != i) {
		list_remove(table, i);
		list_append(table, i);
	}
	return value_of(table, i);
}

const void *table_peek(const struct table *table, const void *key)
{
	uint32_t i = lookup(table, key);

	return i ? value_of(table, i) : NULL;
}

/* Takes an entry out; its number is then vacant. */
static void take_out(struct table *t, uint32_t i)
{
	uint32_t *link = bucket_of(t, key_of(t, i));

	while (*link != i)
		link = &t->entries[*link].chain;
	*link = t->entries[i].chain;
	list_remove(t, i);
	t->entries[i].chain = t->vacant;
	t->vacant = i;
	t->size--;
}

void *table_add(struct table *table, const void *key)
{
	struct table *t = table;
	uint32_t i, *bucket;

	if (t->size == t->options.capacity) {
		if (t->options.evict)
			t->options.evict(t->options.context, key_of(t, t->oldest),
				value_of(t, t->oldest));
		t->evicted++;
		take_out(t, t->oldest);
	}
	/* while nothing was taken out, entries are used one after the other */
	i = t->vacant;
	if (i)
		t->vacant = t->entries[i].chain;
	else
		i = t->size + 1;
	t->size++;
	bucket = bucket_of(t, key);
	t->entries[i].chain = *bucket;
	*bucket = i;
	list_append(t, i);
	memcpy(key_of(t, i), key, t->options.key_size);
	memset(value_of(t, i), 0, t->value_stride);
	return value_of(t, i);
}

void table_remove(struct table *table, const void *key)
{
	uint32_t i = lookup(table, key);

	if (i)
		take_out(table, i);
}

uint32_t table_size(const struct table *table)
{
	return table->size;
}

uint64_t table_evicted(const struct table *table)
{
	return table->evicted;
}

bool table_walk(
	struct table *table, table_cursor *cursor, const void **ret_key, void **ret_value)
{
	uint32_t i = *cursor ? table->entries[*cursor].newer : table->oldest;

	if (!i)
		return false;
	*cursor = i;
	*ret_key = key_of(table, i);
	*ret_value = value_of(table, i);
	return true;
}
