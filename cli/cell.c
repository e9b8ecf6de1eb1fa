/* SPDX-License-Identifier: Apache-2.0 */
/* See cell.h. */
#include "cli/cell.h"

#include <inttypes.h>
#include <stdio.h>

const char *number_or_empty(int64_t number, char out[CELL_NUMBER_MAX])
{
	*out = 0;
	if (number)
		snprintf(out, CELL_NUMBER_MAX, "%" PRId64, number);
	return out;
}

const char *time_or_empty(int64_t us, char out[CLOCK_TEXT_MAX])
{
	return moment_or_empty(us / CLOCK_SECOND * CLOCK_SECOND, out);
}

const char *moment_or_empty(int64_t us, char out[CLOCK_TEXT_MAX])
{
	return us ? clock_format(us, out) : "";
}
