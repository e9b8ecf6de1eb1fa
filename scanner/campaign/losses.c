/* SPDX-License-Identifier: Apache-2.0 */
/* A table of networks by hash with linear steps, at most half full; see losses.h. */
#include "scanner/campaign/losses.h"

#include <stdio.h>
#include <stdlib.h>

#define PLACES (2 * LOSSES_NETWORKS_MAX)

/* The place of a network, or a free one; NULL if it is not kept apart. */
static struct loss *place_of(
	struct losses *losses, const struct siphash_key *key, const struct cidr *network)
{
	uint64_t at = siphash(key, network->base.bytes, sizeof(network->base.bytes));
	struct loss *place;

	if (!losses->networks)
		losses->networks = calloc(PLACES, sizeof(*losses->networks));
	if (!losses->networks)
		return NULL;
	for (;; at++) {
		place = &losses->networks[at % PLACES];
		if (!place->network.base.family)
			break;
		if (cidr_compare(&place->network, network) == 0)
			return place;
	}
	if (losses->n == LOSSES_NETWORKS_MAX)
		return NULL;
	losses->n++;
	place->network = *network;
	return place;
}

void losses_note(struct losses *losses, const struct siphash_key *key, const struct addr *addr,
	unsigned int tries)
{
	struct cidr network = cidr_of(addr, addr->family == 4 ? 24 : 64);
	struct loss *place = place_of(losses, key, &network);

	losses->all.answers++;
	losses->all.tries += tries;
	if (!place)
		return;
	place->answers++;
	place->tries += tries;
}

unsigned int losses_permille(const struct loss *loss)
{
	return loss->tries ? (unsigned int)(((loss->tries - loss->answers) * 1000 +
					      loss->tries / 2) /
					     loss->tries)
			   : 0;
}

/* Those that lost more first; of equal ones in the order of their addresses. */
static int compare(const void *a, const void *b)
{
	const struct loss *x = *(const struct loss *const *)a,
			  *y = *(const struct loss *const *)b;
	unsigned int p = losses_permille(x), q = losses_permille(y);

	return p != q ? (p < q ? 1 : -1) : cidr_compare(&x->network, &y->network);
}

void losses_tell(const struct losses *losses, struct bundle_counters *counters)
{
	const struct loss **worst = calloc(losses->n + 1, sizeof(*worst));
	size_t n = 0;

	bundle_counters_add(counters, "lost_permille", losses_permille(&losses->all));
	for (size_t i = 0; worst && losses->n && i < PLACES; i++)
		if (losses->networks[i].answers >= LOSSES_ANSWERS_MIN &&
			losses_permille(&losses->networks[i]))
			worst[n++] = &losses->networks[i];
	if (n)
		qsort(worst, n, sizeof(*worst), compare);
	for (size_t i = 0; i < n && i < LOSSES_TOLD_MAX; i++) {
		char cidr[CIDR_TEXT_MAX], name[sizeof(counters->rows[0].name)];

		snprintf(name, sizeof(name), "lost_permille %s",
			cidr_format(&worst[i]->network, cidr));
		bundle_counters_add(counters, name, losses_permille(worst[i]));
	}
	free(worst);
}

void losses_done(struct losses *losses)
{
	free(losses->networks);
}
