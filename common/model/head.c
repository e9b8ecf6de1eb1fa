/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a key or signature file; see head.h. */
#include "common/model/head.h"

#include "common/text.h"

#include <string.h>

const char *head_read(const char *text, const char *first, const char *const *names,
	char (*values)[HEAD_VALUE_MAX], size_t *ret_end)
{
	const char *at = text;
	size_t n = strlen(first);

	if (strncmp(at, first, n) != 0 || at[n] != '\n')
		return "its first line says something else, or another version";
	at += n + 1;
	for (; *names; names++, values++) {
		size_t name = strlen(*names);
		const char *end = strchr(at, '\n');

		if (!end)
			return "it stops before its end";
		if (strncmp(at, *names, name) != 0 || strncmp(at + name, ": ", 2) != 0)
			return "a line is missing, or stands in another place";
		at += name + 2;
		if (at > end || (size_t)(end - at) >= HEAD_VALUE_MAX)
			return "a line is too long or has no value";
		memcpy(*values, at, (size_t)(end - at));
		(*values)[end - at] = '\0';
		if (!text_is_clean(*values, (size_t)(end - at)))
			return "it is not plain text";
		at = end + 1;
	}
	if (ret_end)
		*ret_end = (size_t)(at - text);
	return NULL;
}
