/* SPDX-License-Identifier: Apache-2.0 */
/* Time; see clock.h. */
#include "common/clock.h"

#include <stdbool.h>
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

static char *put_digits(char *out, int value, int n)
{
	for (int i = n - 1; i >= 0; i--, value /= 10)
		out[i] = (char)('0' + value % 10);
	return out + n;
}

/* As strftime() does it, for years of four digits; there may be millions. */
static size_t put_second(const struct tm *tm, char *out)
{
	char *p = out;

	if (tm->tm_year < -1900 || tm->tm_year > 9999 - 1900)
		return strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", tm);
	p = put_digits(p, tm->tm_year + 1900, 4);
	*p++ = '-';
	p = put_digits(p, tm->tm_mon + 1, 2);
	*p++ = '-';
	p = put_digits(p, tm->tm_mday, 2);
	*p++ = 'T';
	p = put_digits(p, tm->tm_hour, 2);
	*p++ = ':';
	p = put_digits(p, tm->tm_min, 2);
	*p++ = ':';
	p = put_digits(p, tm->tm_sec, 2);
	return (size_t)(p - out);
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
	n = put_second(&tm, out);
	if (micro) {
		out[n++] = '.';
		n = (size_t)(put_digits(out + n, micro, 6) - out);
	}
	out[n++] = 'Z';
	out[n] = 0;
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
	if ((*p != '+' && *p != '-') ||
		sscanf(p + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 || p[1 + used] ||
		hours < 0 || minutes < 0 || hours > 23 || minutes > 59)
		return 0;
	*ret_us = (int64_t)(hours * 60 + minutes) * 60 * CLOCK_SECOND * (*p == '-' ? -1 : 1);
	return 1;
}

/* ---- the usual form, without the library's locales and calendars ------------------------- */

/* Two digits from `least` to `most`, or -1. */
static int two(const char *p, int least, int most)
{
	int value;

	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return -1;
	value = 10 * (p[0] - '0') + p[1] - '0';
	return value >= least && value <= most ? value : -1;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar; a day past the month's end goes on
 * into the next, as with timegm(). */
static int64_t days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400, of_era = y % 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;

	return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year +
	       day - 1 - 719468;
}

/* "2026-01-31T12:00:00.123456Z", with or without a fraction. False for any other form, which
 * may be a time too. */
static bool parse_usual(const char *text, int64_t *ret_wall_us)
{
	size_t n = strnlen(text, CLOCK_TEXT_MAX);
	int century, year, month, day, hour, minute, second;
	int64_t micro = 0, unit = CLOCK_SECOND;

	if (n < 20 || n == CLOCK_TEXT_MAX || text[4] != '-' || text[7] != '-' ||
		text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[n - 1] != 'Z')
		return false;
	century = two(text, 1, 99);
	year = two(text + 2, 0, 99);
	month = two(text + 5, 1, 12);
	day = two(text + 8, 1, 31);
	hour = two(text + 11, 0, 23);
	minute = two(text + 14, 0, 59);
	second = two(text + 17, 0, 60);
	if ((century | year | month | day | hour | minute | second) < 0 ||
		(n > 20 && text[19] != '.'))
		return false;
	for (size_t i = 20; i + 1 < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		micro += unit > 1 ? (text[i] - '0') * (unit /= 10) : 0;
	}
	*ret_wall_us =
		(((days_of(100 * century + year, month, day) * 24 + hour) * 60 + minute) * 60 +
			second) *
			CLOCK_SECOND +
		micro;
	return true;
}

int clock_parse(const char *text, int64_t *ret_wall_us, struct error *reterr)
{
	struct tm tm = {0};
	int64_t micro = 0, zone = 0, usual;
	const char *p;

	if (parse_usual(text, &usual)) {
		*ret_wall_us = usual;
		return 0;
	}
	p = strptime(text, "%Y-%m-%d", &tm);

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
			"\"%.64s\" is not a time; write it as 2026-01-31 or "
			"2026-01-31T12:00:00Z",
			text);

	*ret_wall_us = (int64_t)timegm(&tm) * CLOCK_SECOND + micro - zone;
	return 0;
}
