/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a process that was just forked one in which hostile bytes may be parsed: descriptors,
 * user, memory, time, and last the calls of CONFINE_PARSE (confine.h).
 */
#ifndef COMMON_CONFINE_PROCESS_H
#define COMMON_CONFINE_PROCESS_H

#include "common/error.h"

#include <stddef.h>

#define CONFINE_REFUSED 2 /* exit status of a process that could not be confined */

/* `in` and `out` become 0 and 1 and are, with 2, the only descriptors; none can be opened. Root
 * becomes nobody. `memory` bytes beyond what it has already, which in a build with sanitizers
 * is their shadow too. It ends with the thread that forked it. 0, or -1 with errno: nothing
 * hostile may be touched then. */
int confine_process(int in, int out, unsigned int cpu_seconds, size_t memory);

/* What the end of such a process says of it, where it gave no answer; `status` is waitpid()'s,
 * `name` that of what it read. ERROR_INPUT; ERROR_SYSTEM where it could not be confined. */
int confine_ended(int status, const char *name, unsigned int cpu_seconds, size_t memory,
	struct error *reterr);

#endif
