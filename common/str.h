/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growable byte string with a maximum given at birth. Nothing that comes from outside can
 * make it grow past that: an append that would exceed the maximum, or that cannot get memory,
 * sets `failed`, leaves the content as it was and turns all later appends into no-ops. The
 * caller checks `failed` once, at the end.
 *
 * Invariant: `data` is never NULL and data[len] is NUL, also when empty or failed.
 */
#ifndef COMMON_STR_H
#define COMMON_STR_H

#include <stdbool.h>
#include <stddef.h>

struct str {
	char *data;   /* read freely; borrowed until the next str_ call on this object */
	size_t len;   /* bytes, without the closing NUL */
	size_t alloc; /* 0 while nothing was allocated */
	size_t max;   /* most bytes it may ever hold */
	bool failed;
};

extern char str_empty[1];

#define STR_INIT(max_bytes) ((struct str){str_empty, 0, 0, (max_bytes), false})

void str_init(struct str *s, size_t max_bytes);
void str_done(struct str *s); /* frees; the object may be used again */
void str_reset(struct str *s); /* empties and clears `failed`, keeps the memory */

void str_add(struct str *s, const void *bytes, size_t n);
void str_addc(struct str *s, char c);
void str_adds(struct str *s, const char *text);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Hands the memory over: the caller frees it. NULL if the string failed. */
char *str_steal(struct str *s);

#endif
