/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of fixed size, fed by strangers: keyed hash (SipHash), and the entry that was used
 * longest ago makes room for a new one. Keys and values are plain bytes of a fixed size; all
 * memory is taken at birth. Which entry goes, and the order of a walk, depend on the calls
 * alone and not on the hash key.
 */
#ifndef SCANNER_LISTEN_TABLE_H
#define SCANNER_LISTEN_TABLE_H

#include "common/cleanup.h"
#include "common/siphash.h"

#include <stdbool.h>
#include <stdint.h>

struct table;

/* `evict` (may be NULL) is told of an entry before it makes room; it must not call the
 * table. */
struct table_options {
	uint32_t capacity; /* at least 1 */
	uint32_t key_size, value_size;
	struct siphash_key hash_key;
	void (*evict)(void *context, const void *key, void *value);
	void *context;
};

struct table *table_new(const struct table_options *options); /* NULL without memory */
void table_free(struct table *table);
CLEANUP_DEFINE(struct table, table_free)

/* The value of a key, borrowed until the entry goes; NULL if there is none. _find counts as
 * use, _peek does not. */
void *table_find(struct table *table, const void *key);
const void *table_peek(const struct table *table, const void *key);
/* A zeroed value for a key that the table does not hold. */
void *table_add(struct table *table, const void *key);
void table_remove(struct table *table, const void *key);

uint32_t table_size(const struct table *table);
uint64_t table_evicted(const struct table *table);

/* Walks from the entry used longest ago to the newest; false past the last. `cursor` begins at
 * 0. Nothing may be added or removed meanwhile. */
typedef uint32_t table_cursor;
bool table_walk(
	struct table *table, table_cursor *cursor, const void **ret_key, void **ret_value);

#endif
