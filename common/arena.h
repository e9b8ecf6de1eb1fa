/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: many small allocations that live and die together, one per unit of work. It has a
 * maximum given at birth; past it, or without memory, arena_alloc() returns NULL.
 * Not thread-safe.
 */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include "common/cleanup.h"

#include <stddef.h>

struct arena;

struct arena *arena_new(size_t max_bytes); /* NULL without memory */
void arena_free(struct arena *arena);      /* accepts NULL */
void arena_reset(struct arena *arena);     /* forgets all allocations, keeps one block */
CLEANUP_DEFINE(struct arena, arena_free)

/* Zeroed memory, aligned for any type; borrowed until reset or free. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t n);
char *arena_printf(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

size_t arena_used(const struct arena *arena); /* bytes handed out */

#endif
