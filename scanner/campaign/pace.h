/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pacing: a token bucket on the monotonic clock. Time that was not used is lost: after a pause,
 * however long, at most PACE_DEPTH_US worth of tokens are there, so a campaign never catches up
 * in a burst.
 */
#ifndef SCANNER_CAMPAIGN_PACE_H
#define SCANNER_CAMPAIGN_PACE_H

#include <stdint.h>

#define PACE_DEPTH_US 2000

struct pace {
	int64_t interval_ns; /* from one token to the next */
	int64_t next_ns; /* when the bucket is (or was) empty; grows by one interval per token
			  */
};

void pace_init(struct pace *pace, uint32_t pps, int64_t now_us);
/* Another rate from the next token on. */
void pace_set(struct pace *pace, uint32_t pps);
/* When the next token is there; 0: now. */
int64_t pace_due(const struct pace *pace, int64_t now_us);
/* Takes a token: 0, or the time at which the next one is there. */
int64_t pace_take(struct pace *pace, int64_t now_us);

#endif
