/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the SNMP agents of many hosts, each with the login that its operator gave for it; see
 * walk.h for what one is asked. One request at a time to an agent, from a socket of its own with
 * a random port, and to one engine at one of its addresses at a time; scope and exclusions are checked before
 * every datagram. Whom no login is for is
 * not asked, and nobody is asked with two.
 */
#ifndef SCANNER_PROTOCOL_WALK_RUN_H
#define SCANNER_PROTOCOL_WALK_RUN_H

#include "common/addr_set.h"
#include "common/error.h"
#include "common/model/scope.h"
#include "scanner/protocol/walk.h"

#define WALK_PORT 161
#define WALK_IN_FLIGHT_MAX 64		     /* agents at a time */
#define WALK_AGENT_US_MAX (300 * CLOCK_SECOND) /* for one agent; what was read till then counts */

struct walk_options {
	const struct login *logins; /* everything here is borrowed for the call */
	size_t n_logins;
	const struct scope *scope;
	const struct addr_set *denied; /* never these, whatever the scope says; may be NULL */
	const struct fingerprints *fingerprints; /* NULL: nothing is identified */
	bool everything;	  /* of walk_new() */
	int64_t gap_us;		  /* between two datagrams to one agent */
	int64_t gap_all_us;	  /* and to any */
	unsigned int patience_ms; /* for one answer; 0: 2,000 */
	unsigned int agent_ms;	  /* for one agent; 0: WALK_AGENT_US_MAX */
	uint16_t port;		  /* 0: WALK_PORT */
	/* Told for each agent that said something, after its observations, which `reading` has, were
	 * handed to the sink; all is valid for the call. Negative stops everything. May be NULL. */
	int (*read)(void *context, const struct addr *addr, const struct walk_tables *tables,
		const struct reading *reading, struct error *reterr);
	/* Told several times a second; returns nonzero to stop cleanly. May be NULL. */
	int (*progress)(void *context, size_t done, size_t total);
	void *context;
};

/* agents = read + cut + refused + silent + same + out_of_scope, but for those that a stop left out. `same`: an
 * engine that was read at another address says that this one is its own. */
struct walk_counts {
	uint64_t agents, read, cut, refused, silent, same, out_of_scope;
	uint64_t requests, strangers;
};

typedef int walk_fn(const struct addr *addrs, size_t n_addrs, const struct walk_options *options,
	const struct observation_sink *sink, struct walk_counts *ret_counts, struct error *reterr);

/* Asks each address for which there is a login; they are in ascending order. Ordinary UDP sockets only.
 * ERROR_SYSTEM, ERROR_NETWORK, or what the sink or `read` returned. */
walk_fn walk_run;

#endif
