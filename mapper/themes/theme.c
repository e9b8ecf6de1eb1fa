/* SPDX-License-Identifier: Apache-2.0 */
/* Looks symbols up by name. The tables themselves are made from official.theme at build time.
 */
#include "mapper/themes/theme.h"

#include <string.h>

size_t theme_symbol_find(const char *name)
{
	size_t unknown = 0;

	for (size_t i = 0; i < theme_n_symbols; i++) {
		if (strcmp(theme_symbols[i].name, name) == 0)
			return i;
		if (strcmp(theme_symbols[i].name, "unknown") == 0)
			unknown = i;
	}
	return unknown;
}
