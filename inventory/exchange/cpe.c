/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a text is a CPE name that others' schemas accept: URI of 2.2 or formatted string
 * of 2.3 (NISTIR 7695), without wildcards inside a component. */
#include "inventory/exchange/export.h"

#include <ctype.h>
#include <string.h>

/* One component of a formatted string of CPE 2.3 (NISTIR 7695), without wildcards inside. */
static const char *cpe_component(const char *p)
{
	static const char special[] = "\\*?!\"#$%&'()+,/:;<=>@[]^`{|}~";
	const char *from = p;

	if (*p == '*' || *p == '-')
		return p[1] == ':' || !p[1] ? p + 1 : NULL;
	for (;; p++) {
		if (*p == '\\') {
			if (!p[1] || !strchr(special, p[1]))
				return NULL;
			p++;
		} else if (!isalnum((unsigned char)*p) && *p != '-' && *p != '.' && *p != '_') {
			return p > from ? p : NULL;
		}
	}
}

static bool is_cpe23(const char *cpe)
{
	const char *p = cpe + 8;

	if (!*p || !strchr("aho*-", *p))
		return false;
	p++;
	for (int i = 0; i < 10; i++) {
		const char *part = *p == ':' ? p + 1 : NULL;

		p = part ? cpe_component(part) : NULL;
		if (!p)
			return false;
		/* The language is two or three letters; others are left to the statement. */
		if (i == 5 && p - part != 1 && !(p - part == 2 || p - part == 3))
			return false;
	}
	return !*p;
}

/* A URI of CPE 2.2. */
static bool is_cpe22(const char *cpe)
{
	const char *p = cpe + 5;
	int parts = 0;

	p += *p && strchr("AHOaho", *p) ? 1 : 0;
	for (; *p; p++) {
		if (*p == ':')
			parts++;
		else if (!parts || (!isalnum((unsigned char)*p) && !strchr("._-~%", *p)))
			return false;
	}
	return parts <= 6;
}

bool export_is_cpe(const char *cpe)
{
	return strncmp(cpe, "cpe:2.3:", 8) == 0
		       ? is_cpe23(cpe)
		       : strncmp(cpe, "cpe:/", 5) == 0 && is_cpe22(cpe);
}
