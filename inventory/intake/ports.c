/* SPDX-License-Identifier: Apache-2.0 */
/* See ports.h. The form is that of scan_ports_parse(). */
#include "inventory/intake/ports.h"

#include <stdlib.h>

#define PORT_MAX 65535

static bool read_port(const char **text, long *ret_port)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	*ret_port = strtol(*text, &end, 10);
	*text = end;
	return *ret_port <= PORT_MAX;
}

bool ports_to_ranges(const char *text, struct str *out)
{
	const char *separator = "";

	str_addc(out, '{');
	while (text && *text) {
		long first, last;

		if (!read_port(&text, &first))
			return false;
		last = first;
		if (*text == '-' && (text++, !read_port(&text, &last)))
			return false;
		if (last < first || (*text && *text != ',') || (*text == ',' && !text[1]))
			return false;
		text += *text == ',';
		str_addf(out, "%s[%ld,%ld)", separator, first, last + 1);
		separator = ",";
	}
	str_addc(out, '}');
	return !out->failed;
}
