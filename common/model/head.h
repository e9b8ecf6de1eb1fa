/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a key or signature file: a first line that says what it is, then `name: value`
 * lines in a fixed order. */
#ifndef COMMON_MODEL_HEAD_H
#define COMMON_MODEL_HEAD_H

#include <stddef.h>

#define HEAD_VALUE_MAX 256 /* bytes of a value, with NUL */

/* Reads `first` and one line for each of `names` (ends with NULL). NULL, or why it is not that.
 * ret_end (may be NULL): the bytes read. Values are clean text. */
const char *head_read(const char *text, const char *first, const char *const *names,
	char (*values)[HEAD_VALUE_MAX], size_t *ret_end);

#endif
