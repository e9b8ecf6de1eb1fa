/* SPDX-License-Identifier: Apache-2.0 */
/* See words.h. */
#include "inventory/scope/words.h"

#include "common/text.h"

#include <string.h>

#define BLANKS " \t\r\n"

int words_take(struct str *out, const char *needer, const char *what, const char *text,
	size_t max, struct error *reterr)
{
	size_t n;

	text = text ? text + strspn(text, BLANKS) : "";
	n = strlen(text);
	while (n > 0 && strchr(BLANKS, text[n - 1]))
		n--;
	if (n == 0 && needer)
		return error_set(reterr, ERROR_USAGE, "%s needs %s", needer, what);
	if (!text_clean(out, text, n, max))
		return error_set(reterr, ERROR_USAGE, "%s is longer than %zu bytes", what, max);
	return 0;
}
