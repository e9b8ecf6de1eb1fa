/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The throttle: how much of a campaign's rate is used just now. It begins low and doubles at
 * each look until the rate is reached (slow start); frames that the receiver lost and source
 * quenches cut what was really used, however much more was allowed; without them it grows back
 * by steps of that, which double beyond it. Losses that a second pass shows halve it for the
 * next one, unless it turns out that they do not depend on the rate.
 *
 * After RFC 9293 and RFC 5681 (slow start, additive increase, multiplicative decrease); RFC 792
 * (source quench, which RFC 6633 deprecates, and which old devices still send). Pure.
 */
#ifndef SCANNER_CAMPAIGN_THROTTLE_H
#define SCANNER_CAMPAIGN_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_EVERY_US 20000
#define THROTTLE_LEAST 100	/* packets per second, or the full rate if that is less */
#define THROTTLE_START 16	/* begins with the full rate divided by this */
#define THROTTLE_LOSS_PERMILLE 20 /* losses from which a pass goes slower */

struct throttle {
	uint32_t full;	/* packets per second that were asked for */
	uint32_t most;	/* that are used at most in this pass */
	uint32_t pps;	/* that are used now */
	bool starting;
	uint32_t cut_at, step; /* what was used at the last cut; by which it grows */
	unsigned int loss; /* permille, at which the rate was halved; 0: it was not */
	int64_t next_us;   /* of the next look */
	uint64_t signs, sent; /* all there were at the last look */
	uint64_t cuts;	   /* how often it was cut */
	uint32_t lowest;   /* rate after a cut; 0: none */
};

void throttle_init(struct throttle *throttle, uint32_t full, int64_t now_us);
/* Another sweep: what was concluded from the losses of the last one is forgotten. */
void throttle_begin(struct throttle *throttle);
/* `signs`: all frames dropped and quenches heard since the beginning; `sent`: all frames that
 * left. A rate that was not used does not grow (RFC 7661). True if it changed. */
bool throttle_look(
	struct throttle *throttle, uint64_t signs, uint64_t sent, int64_t now_us);
/* A pass had answers to `again` questions that were silent in the pass before, and that one to
 * `first`: about that share is lost each time. */
void throttle_loss(struct throttle *throttle, uint64_t first, uint64_t again);

#endif
