/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. One type everywhere: signed 64-bit microseconds. Wall time counts from
 * 1970-01-01T00:00:00Z; monotonic time from an arbitrary start and never steps back. Timers
 * use monotonic time only. Text is RFC 3339 in UTC.
 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include "common/error.h"

#include <stdint.h>

#define CLOCK_SECOND 1000000LL
#define CLOCK_TEXT_MAX 32

int64_t clock_wall_us(void);
int64_t clock_monotonic_us(void);

/* "2026-11-23T23:40:05Z"; microseconds are added when not zero. Returns `out`. */
const char *clock_format(int64_t wall_us, char *out);

/* RFC 3339 date-time with Z or an offset, or a date alone (midnight UTC). ERROR_USAGE. */
int clock_parse(const char *text, int64_t *ret_wall_us, struct error *reterr);

#endif
