/* SPDX-License-Identifier: Apache-2.0 */
/* The day that stands on a paper: "2026-11-30". Days compare as texts. */
#ifndef INVENTORY_SCOPE_DAY_H
#define INVENTORY_SCOPE_DAY_H

#include "common/error.h"

#include <stdint.h>

#define DAY_SIZE 11

/* The UTC day of a moment. */
void day_of(int64_t wall_us, char out[DAY_SIZE]);
/* Reads a day; NULL is today (UTC). ERROR_USAGE if it is none, or if it has begun nowhere on
 * Earth at `now_us`; `what` says whose it is: "the decision". */
int day_take(const char *what, const char *text, int64_t now_us, char out[DAY_SIZE],
	struct error *reterr);
/* ERROR_INPUT if `day` lies before `earlier`: "WHAT of DAY comes before THAN of EARLIER". */
int day_check_order(const char *what, const char *day, const char *than, const char *earlier,
	struct error *reterr);

#endif
