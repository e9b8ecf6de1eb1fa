/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Losses: of the questions that were answered in the end, how often each had to be asked. If a
 * share q of all tries comes back, the number of tries is geometric, and its best estimate is q
 * = answers / tries (maximum likelihood); what is lost is 1 - q, on the way there and back
 * together. Whoever is silent says nothing about that and is not counted. Kept for each /24 and
 * /64.
 */
#ifndef SCANNER_CAMPAIGN_LOSSES_H
#define SCANNER_CAMPAIGN_LOSSES_H

#include "common/addr.h"
#include "common/model/bundle.h"
#include "common/siphash.h"

#include <stdbool.h>

#define LOSSES_NETWORKS_MAX 65536 /* kept apart; what is beyond is in the whole only */
#define LOSSES_TOLD_MAX 24	  /* networks that are told of: those that lost the most */
#define LOSSES_ANSWERS_MIN 100	  /* from which a network is told of */

struct loss {
	struct cidr network; /* family 0: none */
	uint64_t answers, tries;
};

struct losses {
	struct loss all, *networks; /* a table of twice LOSSES_NETWORKS_MAX places, or NULL */
	size_t n;
};

/* An answer to what was asked so many times. */
void losses_note(struct losses *losses, const struct siphash_key *key, const struct addr *addr,
	unsigned int tries);
/* Of a thousand tries so many were lost; 0 if nothing is known. */
unsigned int losses_permille(const struct loss *loss);
/* Adds "lost_permille", and "lost_permille NETWORK" for the networks that lost something. */
void losses_tell(const struct losses *losses, struct bundle_counters *counters);
void losses_done(struct losses *losses);

#endif
