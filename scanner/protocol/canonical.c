/* SPDX-License-Identifier: Apache-2.0 */
/* The line that fingerprints of control protocols are matched against; see canonical.h. */
#include "scanner/protocol/canonical.h"

#include "common/str.h"

void canonical_match(struct reading *reading, const char *kind, const char *const *names)
{
	_cleanup_(str_done) struct str line = STR_INIT(CANONICAL_MAX);
	bool any = false;

	for (size_t i = 0; names[i]; i++) {
		const char *value = reading_get(reading, names[i]);

		if (i > 0)
			str_addc(&line, '|');
		any |= value != NULL;
		for (; value && *value; value++)
			str_addc(&line, *value == '|' ? ' ' : *value);
	}
	if (any && !line.failed)
		reading_match(reading, kind, line.data, line.len);
}
