/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stable names that say nothing: "host K7QF". The same thing has the same one on every map that
 * is drawn with the same key, and without the key none leads back. No pseudonym of a kind is
 * the beginning of another: it is longer where two would be alike.
 */
#ifndef MAPPER_PSEUDONYM_H
#define MAPPER_PSEUDONYM_H

#include "common/arena.h"
#include "common/siphash.h"

#include <stdbool.h>

enum pseudonym_kind {
	PSEUDONYM_HOST,
	PSEUDONYM_SYSTEM,
	PSEUDONYM_ORGANISATION, /* suppliers and carriers too */
	PSEUDONYM_BUSINESS,
	PSEUDONYM_NETWORK,
	PSEUDONYM_ZONE,
	PSEUDONYM_CONDUIT,
	PSEUDONYM_EXIT,
	PSEUDONYM_SECTOR,
	PSEUDONYM_REALM,
	PSEUDONYM_N
};

/* A set of numbers that is filled, then sealed, then asked. Heap memory. */
struct number_set {
	uint64_t *numbers;
	size_t n, max;
	bool failed; /* without memory; looked at when it is sealed */
};

void number_set_add(struct number_set *set, uint64_t number);
bool number_set_seal(struct number_set *set); /* false without memory */
bool number_set_has(const struct number_set *set, uint64_t number);
void number_set_done(struct number_set *set);

struct pseudonyms {
	struct siphash_key key;
	struct arena *arena; /* of the names */
	struct number_set known[PSEUDONYM_N];
	const char **names[PSEUDONYM_N]; /* in the order of `known` */
	bool sealed;
};

/* The number of a thing: of its kind and what it is known by. Never 0. */
uint64_t pseudonym_number(
	const struct pseudonyms *p, enum pseudonym_kind kind, const char *known_by);
/* The name of a thing. Before pseudonyms_seal() it is only remembered, and "" returned. */
const char *pseudonym_of(struct pseudonyms *p, enum pseudonym_kind kind, const char *known_by);
bool pseudonyms_seal(struct pseudonyms *p); /* false without memory */
void pseudonyms_done(struct pseudonyms *p);

#endif
