/* SPDX-License-Identifier: Apache-2.0 */
/* What a person says with a decision: who, why, by which paper. */
#ifndef INVENTORY_SCOPE_WORDS_H
#define INVENTORY_SCOPE_WORDS_H

#include "common/error.h"
#include "common/str.h"

/* Appends the text, cleaned, without blanks around it. `needer` "a baseline" needs `what` "a
 * reason": ERROR_USAGE if it is blank, or longer than `max` bytes. `needer` NULL: it may be
 * blank. */
int words_take(struct str *out, const char *needer, const char *what, const char *text,
	size_t max, struct error *reterr);

#endif
