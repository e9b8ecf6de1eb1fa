/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scope-bound release of locals. `_cleanup_(thing_freep) struct thing *t = NULL;` frees `t`
 * when it leaves scope; hand-over to a caller is visible: `*ret_t = STEAL(t);`.
 */
#ifndef COMMON_CLEANUP_H
#define COMMON_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

#define STEAL(p)                                                                               \
	({                                                                                     \
		__typeof__(p) stolen_ = (p);                                                   \
		(p) = NULL;                                                                    \
		stolen_;                                                                       \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Defines `name_freep(type **)` from a `free` function that accepts NULL. */
#define CLEANUP_DEFINE(type, free_function)                                                    \
	static inline void free_function##p(type **p)                                          \
	{                                                                                      \
		free_function(*p);                                                             \
	}

static inline void cleanup_freep(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

#endif
