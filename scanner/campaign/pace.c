/* SPDX-License-Identifier: Apache-2.0 */
/* The bucket as a virtual clock: the time at which the next token falls due; see pace.h. */
#include "scanner/campaign/pace.h"

#define NS_PER_US 1000LL
#define NS_PER_SECOND 1000000000LL

void pace_init(struct pace *pace, uint32_t pps, int64_t now_us)
{
	pace_set(pace, pps);
	pace->next_ns = now_us * NS_PER_US;
}

void pace_set(struct pace *pace, uint32_t pps)
{
	pace->interval_ns = NS_PER_SECOND / (pps ? pps : 1);
}

int64_t pace_due(const struct pace *pace, int64_t now_us)
{
	return pace->next_ns > now_us * NS_PER_US ? (pace->next_ns + NS_PER_US - 1) / NS_PER_US
						  : 0;
}

int64_t pace_take(struct pace *pace, int64_t now_us)
{
	int64_t now = now_us * NS_PER_US;
	int64_t due = pace_due(pace, now_us);

	if (due)
		return due;
	if (pace->next_ns < now - PACE_DEPTH_US * NS_PER_US)
		pace->next_ns = now - PACE_DEPTH_US * NS_PER_US;
	pace->next_ns += pace->interval_ns;
	return 0;
}
