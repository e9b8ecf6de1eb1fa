/* SPDX-License-Identifier: Apache-2.0 */
/* Who decides by hand, and numbers of what was decided. */
#ifndef CLI_AUTHOR_H
#define CLI_AUTHOR_H

#include "cli/args.h"

#include <stdint.h>

#define AUTHOR_MAX 128

/* --by, or the login name, or "uid 1000" where the system knows no name. Returns `out` or what
 * was given. */
const char *author_of(const struct args *args, char out[AUTHOR_MAX]);

/* A positive number. ERROR_USAGE quotes what was given. */
int author_number(const char *text, int64_t *ret, struct error *reterr);

#endif
