/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arena; a chain of blocks, newest first. See arena.h. What is free in a block is zero: so
 * it came from calloc(), and so a reset leaves it. Room that was asked for and never written to
 * takes no memory then.
 */
#include "common/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_SIZE 65536
#define ALIGNMENT _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *head;
	size_t used, max;
};

struct arena *arena_new(size_t max_bytes)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena)
		arena->max = max_bytes;
	return arena;
}

static void free_chain(struct block *block)
{
	while (block) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	free_chain(arena->head);
	free(arena);
}

void arena_reset(struct arena *arena)
{
	if (arena->head) {
		free_chain(arena->head->next);
		arena->head->next = NULL;
		memset(arena->head->data, 0, arena->head->used);
		arena->head->used = 0;
	}
	arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->head;
	size_t rounded;
	void *p;

	if (size > arena->max || arena->used > arena->max - size)
		return NULL;

	rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || block->size - block->used < rounded) {
		size_t room = rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE;

		block = calloc(1, sizeof(*block) + room);
		if (!block)
			return NULL;
		block->next = arena->head;
		block->size = room;
		arena->head = block;
	}

	p = block->data + block->used;
	block->used += rounded;
	arena->used += rounded;
	return p;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
	void *p = arena_alloc(arena, size ? size : 1);

	if (p && size)
		memcpy(p, bytes, size);
	return p;
}

char *arena_strndup(struct arena *arena, const char *text, size_t n)
{
	size_t len = strnlen(text, n);
	char *p = arena_alloc(arena, len + 1);

	if (p)
		memcpy(p, text, len);
	return p;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, SIZE_MAX);
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	p = arena_alloc(arena, (size_t)n + 1);
	if (!p)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
