/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses that a batch meets, on their way into staging: every observation of an address says
 * again that it is there, so what was said lately is remembered and said once, with sums over
 * the services at it. What is pushed out of memory is said then, and may be said again later:
 * rows of one address add up. Memory is bounded and does not grow.
 */
#ifndef INVENTORY_INTAKE_ENDPOINTS_H
#define INVENTORY_INTAKE_ENDPOINTS_H

#include "common/model/observation.h"
#include "inventory/store/db.h"

#define ENDPOINTS_MAX 131072 /* remembered with sums; a power of two */
#define MENTIONS_MAX 8192    /* spoken of only; a power of two */

struct endpoints;

/* Writes rows by `copy`, which is borrowed. NULL without memory. */
struct endpoints *endpoints_new(struct db_copy *copy, int64_t batch);
void endpoints_free(struct endpoints *endpoints);

/* Somebody answered at the address or was heard there. */
int endpoints_met(struct endpoints *endpoints, const struct addr *addr, const struct mac *mac,
	enum observation_method method, struct error *reterr);
/* A port at an address that was just met: `port` is the digest of the place. */
void endpoints_port(struct endpoints *endpoints, int64_t port);

struct greeting {
	int64_t port, content; /* digests of the place and of what greeted there */
	bool partial;	       /* it may not be all that is there */
	bool spoke;	       /* in a protocol that was recognised */
};

/* A service at an address that was just met. */
void endpoints_greeted(struct endpoints *endpoints, const struct greeting *greeting);
/* The address was spoken of; with `makes` it may become an asset by that. */
int endpoints_spoken(struct endpoints *endpoints, const struct addr *addr,
	const struct mac *mac, bool makes, const char *method, struct error *reterr);
/* Says what is remembered. */
int endpoints_end(struct endpoints *endpoints, struct error *reterr);

#endif
