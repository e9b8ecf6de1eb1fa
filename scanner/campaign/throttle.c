/* SPDX-License-Identifier: Apache-2.0 */
/* Slow start, steps up, cuts; see throttle.h. */
#include "scanner/campaign/throttle.h"

#define STEPS 20	/* from nothing to the rate at which it was cut, when it grows back */
#define KEPT_PERCENT 70 /* of the rate by a cut */
#define TOLD_MIN 100	/* answers of which a share of losses says something */

static uint32_t least(const struct throttle *throttle)
{
	return throttle->full < THROTTLE_LEAST ? throttle->full : THROTTLE_LEAST;
}

void throttle_init(struct throttle *throttle, uint32_t full, int64_t now_us)
{
	*throttle = (struct throttle){.full = full ? full : 1,
		.starting = true,
		.step = full / STEPS + 1,
		.next_us = now_us + THROTTLE_EVERY_US};
	throttle->most = throttle->full;
	throttle->pps = throttle->full / THROTTLE_START;
	if (throttle->pps < least(throttle))
		throttle->pps = least(throttle);
}

void throttle_begin(struct throttle *throttle)
{
	throttle->loss = 0;
	throttle->most = throttle->full;
}

/* Packets per second since the last look. */
static uint64_t used_pps(const struct throttle *throttle, uint64_t sent, int64_t now_us)
{
	int64_t since = now_us - throttle->next_us + THROTTLE_EVERY_US;

	return (sent - throttle->sent) * 1000000 / (uint64_t)(since > 0 ? since : 1);
}

/* A share of what was used, which may be far less than what was allowed; it grows back by steps
 * of that. */
static uint32_t cut(struct throttle *throttle, uint64_t used)
{
	uint32_t base = used < throttle->pps ? (uint32_t)used : throttle->pps;
	uint32_t pps = (uint32_t)((uint64_t)base * KEPT_PERCENT / 100);

	pps = pps < least(throttle) ? least(throttle) : pps;
	throttle->starting = false;
	throttle->cut_at = base;
	throttle->step = base / STEPS + 1;
	throttle->cuts++;
	if (!throttle->lowest || pps < throttle->lowest)
		throttle->lowest = pps;
	return pps;
}

/* Beyond the rate at which it was cut the steps grow: the way may carry more by now. */
static uint64_t grown(struct throttle *throttle)
{
	uint64_t pps = throttle->pps;

	if (throttle->starting)
		return 2 * pps;
	pps += throttle->step;
	if (pps > throttle->cut_at && throttle->step <= throttle->full / STEPS)
		throttle->step *= 2;
	return pps;
}

bool throttle_look(struct throttle *throttle, uint64_t signs, uint64_t sent, int64_t now_us)
{
	uint64_t pps = throttle->pps, used;

	if (now_us < throttle->next_us)
		return false;
	used = used_pps(throttle, sent, now_us);
	if (signs > throttle->signs)
		pps = cut(throttle, used);
	else if (2 * used >= pps)
		pps = grown(throttle);
	throttle->next_us = now_us + THROTTLE_EVERY_US;
	if (pps >= throttle->most) {
		pps = throttle->most;
		throttle->starting = false;
	}
	throttle->signs = signs;
	throttle->sent = sent;
	if (pps == throttle->pps)
		return false;
	throttle->pps = (uint32_t)pps;
	return true;
}

void throttle_loss(struct throttle *throttle, uint64_t first, uint64_t again)
{
	unsigned int loss;

	if (first + again < TOLD_MIN)
		return;
	loss = (unsigned int)(again * 1000 / (first + again));
	if (throttle->loss) {
		/* Slower, and as much is lost: it is not the rate. */
		if (3 * loss >= 2 * throttle->loss)
			throttle->most = throttle->full;
	} else if (loss >= THROTTLE_LOSS_PERMILLE) {
		throttle->loss = loss;
		throttle->most = throttle->full / 2 > least(throttle) ? throttle->full / 2
								      : least(throttle);
	}
}
