/* SPDX-License-Identifier: Apache-2.0 */
/* See day.h. */
#include "inventory/scope/day.h"

#include "common/clock.h"

#include <stdio.h>
#include <string.h>

/* Where a day begins first: UTC+14. */
#define EARLIEST_BEGIN (14 * 3600 * CLOCK_SECOND)

void day_of(int64_t wall_us, char out[DAY_SIZE])
{
	char text[CLOCK_TEXT_MAX];

	snprintf(out, DAY_SIZE, "%.10s", clock_format(wall_us, text));
}

int day_take(const char *what, const char *text, int64_t now_us, char out[DAY_SIZE],
	struct error *reterr)
{
	char newest[DAY_SIZE], read[DAY_SIZE] = "-";
	int64_t us;

	day_of(now_us, out);
	if (!text)
		return 0;
	if (clock_parse(text, &us, NULL) == 0 && us >= 0)
		day_of(us, read);
	if (strcmp(read, text) != 0) /* no day, with a time, or the 30th of February */
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is no day of %s; write it as 2026-11-30", text, what);
	day_of(now_us + EARLIEST_BEGIN, newest);
	if (strcmp(text, newest) > 0)
		return error_set(reterr, ERROR_USAGE,
			"%s cannot be of %s: that day has not begun", what, text);
	snprintf(out, DAY_SIZE, "%s", text);
	return 0;
}

int day_check_order(const char *what, const char *day, const char *than, const char *earlier,
	struct error *reterr)
{
	if (strcmp(day, earlier) >= 0)
		return 0;
	return error_set(reterr, ERROR_INPUT, "%s of %s comes before %s of %s; check the dates",
		what, day, than, earlier);
}
