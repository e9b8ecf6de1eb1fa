/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the SNMP agents of many hosts, each with the login that its operator gave for it; see
 * walk.h for what one is asked. One request at a time to an agent, from a socket of its own
 * with a random port, and to one engine at one of its addresses at a time; scope and exclusions
 * are checked before every datagram. Whom no login is for is not asked, and nobody is asked
 * with two.
 */
#ifndef SCANNER_PROTOCOL_WALK_RUN_H
#define SCANNER_PROTOCOL_WALK_RUN_H

#include "common/addr_set.h"
#include "common/error.h"
#include "common/model/scope.h"
#include "scanner/protocol/walk.h"

#define WALK_PORT 161
#define WALK_IN_FLIGHT_MAX 64		     /* agents at a time */
/* For one agent; what was read till then counts. */
#define WALK_AGENT_US_MAX (300 * CLOCK_SECOND)

#define WALK_ENGINE_MAX 32 /* bytes of an engine's id that is remembered */
#define WALK_OWN_MAX 65536 /* addresses that are remembered as read */

/* An address that an engine said is its own, so that it need not be read there again. */
struct walk_own {
	struct addr addr;
	uint8_t size;
	uint8_t engine[WALK_ENGINE_MAX];
};

/* How it ended for an agent; see struct walk_counts. */
enum walk_fate {
	WALK_FATE_READ,
	WALK_FATE_CUT,
	WALK_FATE_REFUSED,
	WALK_FATE_SILENT,
	WALK_FATE_SAME,
	WALK_FATE_N
};

struct walk_end {
	struct addr addr;
	enum walk_fate fate;
	uint32_t requests, strangers;
	uint8_t engine_size; /* of whom it read; 0: of nobody, or it is too long */
	uint8_t engine[WALK_ENGINE_MAX];
};

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
	/* Told for each agent that said something, after its observations, which `reading` has,
	 * were handed to the sink; all is valid for the call. Negative stops everything. May be
	 * NULL. */
	int (*read)(void *context, const struct addr *addr, const struct walk_tables *tables,
		const struct reading *reading, struct error *reterr);
	/* Told when all is known of an agent, after `read`; not of those that a stop leaves
	 * out, or that may not be asked now. May be NULL. */
	void (*ended)(void *context, const struct walk_end *end);
	/* Of an earlier time: who is not asked any more, in ascending order, and what engines
	 * said is their own. */
	const struct addr *known;
	const struct walk_own *own;
	size_t n_known, n_own;
	/* Told several times a second; returns nonzero to stop cleanly. May be NULL. */
	int (*progress)(void *context, size_t done, size_t total);
	void *context;
};

/* agents = read + cut + refused + silent + same + out_of_scope, but for those that a stop left
 * out. `same`: an engine that was read at another address says that this one is its own. */
struct walk_counts {
	uint64_t agents, read, cut, refused, silent, same, out_of_scope;
	uint64_t requests, strangers;
};

void walk_counts_add(struct walk_counts *counts, const struct walk_counts *more);
/* Counts one that ended. */
void walk_count(struct walk_counts *counts, const struct walk_end *end);

typedef int walk_fn(const struct addr *addrs, size_t n_addrs,
	const struct walk_options *options, const struct observation_sink *sink,
	struct walk_counts *ret_counts, struct error *reterr);

/* Asks each address for which there is a login; they are in ascending order. Ordinary UDP
 * sockets only. ERROR_SYSTEM, ERROR_NETWORK, or what the sink or `read` returned. */
walk_fn walk_run;

#endif
