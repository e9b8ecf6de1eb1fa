/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probe cookies: a keyed hash of the whole question, carried where the answer must repeat it
 * (TCP sequence number, ICMP identifier and sequence, SCTP tag, our UDP port and ids within the
 * data). An answer that does not carry it is a stranger's. So no table of outstanding probes is
 * kept, and nobody who did not see the probe can answer it.
 */
#ifndef SCANNER_CAMPAIGN_COOKIE_H
#define SCANNER_CAMPAIGN_COOKIE_H

#include "common/addr.h"
#include "common/siphash.h"

#include <stdbool.h>
#include <stdint.h>

enum cookie_kind {
	COOKIE_SYN,
	COOKIE_ECHO,
	COOKIE_TRACE_SYN,
	COOKIE_TRACE_ECHO,
	COOKIE_UDP,
	COOKIE_INIT,
	COOKIE_TIMESTAMP,
	COOKIE_BARE,
	COOKIE_ALIAS
};

#define COOKIE_HOPS_MAX 16 /* a trace cookie has its TTL, 1..16, in the low four bits */

uint32_t cookie(const struct siphash_key *key, enum cookie_kind kind, const struct addr *source,
	const struct addr *target, uint16_t port);
/* The whole of it: what a request with data makes its ids from. The cookie is its lower
 * half. */
uint64_t cookie_seed(const struct siphash_key *key, enum cookie_kind kind,
	const struct addr *source, const struct addr *target, uint16_t port);

/* The cookie of a trace probe with this TTL (or of a sample with this number), and the TTL of
 * one; 0 if it is not ours. The upper 28 bits do not depend on the TTL. */
uint32_t cookie_trace(const struct siphash_key *key, enum cookie_kind kind,
	const struct addr *source, const struct addr *target, uint16_t port, uint8_t ttl);
uint8_t cookie_trace_ttl(const struct siphash_key *key, enum cookie_kind kind,
	const struct addr *source, const struct addr *target, uint16_t port, uint32_t value);

#endif
