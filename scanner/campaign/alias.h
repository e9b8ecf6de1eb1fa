/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether two addresses draw the identification of their IPv4 packets (RFC 791; RFC 6864) from
 * one counter, and so are one machine. Pure: samples in, judgement out. The test is that of
 * monotonic bounds (Keys et al., "Internet-scale IPv4 alias resolution with MIDAR", 2013): if
 * it is one counter, what one address sent between two packets of the other has a number
 * between theirs. Systems that send zero, random numbers or a counter for each destination show
 * nothing, and are told apart.
 *
 * How likely two counters pass by chance is known under one assumption: that they stand
 * anywhere on the circle, independently. Two like machines that were powered up together and
 * send the same by the same timers break it: their counters begin close to each other and go on
 * at one rate, and up to one pair in five of those that are one number apart passes at some
 * dozen packets a second, one in forty of those that are three apart. No number of questions
 * that may be asked tells them from one. So who passes is proposed as one machine, and nothing
 * is decided by that alone (docs/identity.md).
 */
#ifndef SCANNER_CAMPAIGN_ALIAS_H
#define SCANNER_CAMPAIGN_ALIAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALIAS_SAMPLES_MAX 16
#define ALIAS_SAMPLES_MIN 6  /* of an address, to be judged at all */
#define ALIAS_TURNS_MIN 3    /* bounds from above, and from below */
/* From one packet to the next; more is no counter that can be followed. */
#define ALIAS_STEP_MAX 2048
#define ALIAS_SHIFTS 65536

/* A question and its answer, in the order of the questions. The number was drawn between both
 * times. */
struct alias_sample {
	int64_t sent_us, heard_us;
	uint16_t id;
	uint32_t stretch; /* of time without a pause; of two of them nothing is compared */
};

struct alias_series {
	struct alias_sample samples[ALIAS_SAMPLES_MAX];
	size_t n;
};

enum alias_kind {
	ALIAS_FEW,	/* too few answers */
	ALIAS_CONSTANT, /* zero, the asker's own, any other */
	ALIAS_RANDOM,	/* or a counter that is too fast */
	ALIAS_COUNTER,
	ALIAS_SWAPPED,	/* a counter, least significant byte first */
};

enum alias_kind alias_kind(const struct alias_series *series);

/*
 * Two series of one kind of counter: with how many of the ALIAS_SHIFTS numbers that could be
 * added to all of the second's the test would pass. If a counter of its own stands anywhere,
 * this, over ALIAS_SHIFTS, is the probability that it passes by chance; see above for those of
 * which that is not so. ret_passes: it does with nothing added. 0 if no number fits;
 * ALIAS_SHIFTS, and no pass, if there are too few turns to say anything.
 */
uint32_t alias_shifts(const struct alias_series *a, const struct alias_series *b,
	enum alias_kind kind, bool *ret_passes);

#endif
