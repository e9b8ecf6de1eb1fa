/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forecast: how many questions sweeps still have, over all passes to be expected, and how
 * long they take. From what is known of them at a moment: who was asked and did not answer is
 * asked again, who was not asked yet answers as often as the others did, and each pass brings
 * the same share of what the one before it brought. Pure.
 */
#ifndef SCANNER_CAMPAIGN_FORECAST_H
#define SCANNER_CAMPAIGN_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

/* The sweep that is at work, or one that comes after it. */
struct forecast_sweep {
	uint64_t slots, kinds;
	bool settle; /* one answer settles all kinds of a slot */
	unsigned int pass;   /* that it is in, from 1; 0: it has not begun */
	unsigned int passes; /* at most */
	uint64_t at;	   /* questions of this pass that it came past: round x slots + place */
	uint64_t answered; /* of all passes: slots if `settle`, else questions */
	uint64_t before, gained; /* answers of the pass before, and of this one so far */
	double silence; /* of one that has not begun: share that is taken not to answer */
	double lost;	/* share of tries, as far as it is known */
	/* How fast it asks: in all, in one network and of so many slots there at most (0: no
	 * matter), and each slot. */
	double pps, network_pps;
	uint64_t largest;
	int64_t gap_us;
	double measured; /* what it really does in this pass; 0: not known yet */
	int64_t quiet_us,
		patience_us; /* that the end of a pass, and of the sweep, is waited for */
};

struct forecast {
	uint64_t left; /* questions */
	double left_s;
};

struct forecast forecast(const struct forecast_sweep *sweeps, unsigned int n);

/* Worth another pass? Each pass brings about the same share of what is still missing, so what
 * the next one would bring is foreseen from the last two. */
bool forecast_again(unsigned int pass, double before_last, double last);

/* Time left of what goes on at one pace: `done` of `total` in so many seconds. Negative: not
 * known. */
double forecast_by_pace(uint64_t done, uint64_t total, double seconds);

#endif
