/* SPDX-License-Identifier: Apache-2.0 */
/* See author.h. */
#include "cli/author.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *author_of(const struct args *args, char out[AUTHOR_MAX])
{
	const char *given = args_get(args, "by", NULL);
	const struct passwd *entry;

	if (given)
		return given;
	entry = getpwuid(getuid());
	if (entry)
		snprintf(out, AUTHOR_MAX, "%s", entry->pw_name);
	else
		snprintf(out, AUTHOR_MAX, "uid %u", (unsigned int)getuid());
	return out;
}

int author_number(const char *text, int64_t *ret, struct error *reterr)
{
	char *end;

	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || *ret <= 0)
		return error_set(reterr, ERROR_USAGE, "\"%.32s\" is no number", text);
	return 0;
}
