/* SPDX-License-Identifier: Apache-2.0 */
/* Time; see clock.h. */
#include "common/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

const char *clock_format(int64_t wall_us, char *out)
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND);
	int micro = (int)(wall_us % CLOCK_SECOND);
	struct tm tm;
	size_t n;

	if (micro < 0) {
		micro += CLOCK_SECOND;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	n = strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	if (micro)
		snprintf(out + n, CLOCK_TEXT_MAX - n, ".%06dZ", micro);
	else
		snprintf(out + n, CLOCK_TEXT_MAX - n, "Z");
	return out;
}

/* The offset part: "Z", "+08:00". Returns false if malformed. */
static int parse_zone(const char *p, int64_t *ret_us)
{
	int hours, minutes, used = 0;

	if (strcmp(p, "Z") == 0) {
		*ret_us = 0;
		return 1;
	}
	if ((*p != '+' && *p != '-') || sscanf(p + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 ||
		p[1 + used] || hours < 0 || minutes < 0 || hours > 23 || minutes > 59)
		return 0;
	*ret_us = (int64_t)(hours * 60 + minutes) * 60 * CLOCK_SECOND * (*p == '-' ? -1 : 1);
	return 1;
}

int clock_parse(const char *text, int64_t *ret_wall_us, struct error *reterr)
{
	struct tm tm = {0};
	int64_t micro = 0, zone = 0;
	const char *p = strptime(text, "%Y-%m-%d", &tm);

	if (p && (*p == 'T' || *p == ' ')) {
		p = strptime(p + 1, "%H:%M:%S", &tm);
		if (p && *p == '.') {
			int64_t unit = CLOCK_SECOND;

			for (p++; *p >= '0' && *p <= '9'; p++)
				if (unit > 1)
					micro += (*p - '0') * (unit /= 10);
		}
		if (p && !parse_zone(p, &zone))
			p = NULL;
	} else if (p && *p) {
		p = NULL;
	}
	if (!p)
		return error_set(reterr, ERROR_USAGE,
			"\"%.64s\" is not a time; write it as 2026-01-31 or 2026-01-31T12:00:00Z", text);

	*ret_wall_us = (int64_t)timegm(&tm) * CLOCK_SECOND + micro - zone;
	return 0;
}
