/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is connected to whom, from what the SNMP agents of a network say
 * (scanner/protocol/walk.h):
 *
 *  - a neighbour that announced itself on a port (LLDP, CDP) is connected to that port;
 *  - the stations that a switch learnt on a port are connected to it, if no neighbour announced
 *    itself there and no other agent that may be a switch is behind it; behind a neighbour of
 * which no address is known, one station alone is that neighbour;
 *  - two switches that learnt each other are connected if no third one is between them: one
 * that the first learnt on its port to the second, and the second on its port to the first. One
 *    that was not read whole need not have learnt the first, if it is the only one behind the
 * port.
 *
 * What an agent did not tell whole, it tells no links of: those that it left out would look
 * gone. It is known to be there all the same.
 *
 * A station is known by its MAC; its address is an agent's of itself, else this machine's own
 * knowledge of the link, else what ARP tables say. A MAC with more than WIRING_ADDRESSES_MAX
 * addresses answers for others, and one that several agents have as their own (VRRP, clones) is
 * nobody's: neither is resolved. Pure: no I/O. The order of what is told follows from the
 * content alone.
 *
 * References: RFC 4188 (dot1dTpFdbTable), RFC 4363 (dot1qTpFdbTable); Lowekamp, O'Hallaron and
 * Gross, "Topology discovery for large Ethernet networks", SIGCOMM 2001 (bridges by what they
 * learnt).
 */
#ifndef SCANNER_CAMPAIGN_WIRING_H
#define SCANNER_CAMPAIGN_WIRING_H

#include "common/cleanup.h"
#include "scanner/protocol/walk.h"

#define WIRING_ADDRESSES_MAX 16	   /* of one MAC; more: it answers for others */
#define WIRING_STATIONS_MAX 64	   /* on one port; more: something unknown is behind it */
#define WIRING_ROWS_MAX (1u << 20) /* of each table, of all agents */
#define WIRING_ENGINE_MAX 64	   /* characters of an engine id */
/* Of one switch by another; more: no links follow from them. */
#define WIRING_SIGHTS_MAX 16384

struct wiring;

struct wiring *wiring_new(void); /* NULL without memory */
void wiring_free(struct wiring *wiring);
CLEANUP_DEFINE(struct wiring, wiring_free)

/* An address that this machine itself knows the MAC of. False without room. */
bool wiring_met(struct wiring *wiring, const struct addr *addr, const struct mac *mac);
/* What the agent at an address says; `engine` as hexadecimal digits, NULL if it has none. False
 * if some of it had no room. */
bool wiring_add(struct wiring *wiring, const struct addr *agent, const char *engine,
	const struct walk_tables *tables);

/* An agent that was not read, where one is known to be: it may be a switch. */
bool wiring_unread(struct wiring *wiring, const struct addr *agent);

struct wiring_counts {
	uint64_t links, stations;
	uint64_t nameless; /* neighbours and stations of which no address or no port is known */
	uint64_t crowded;  /* ports with more than WIRING_STATIONS_MAX stations */
	bool full;	   /* something had no room */
};

/* What follows from all of it. A negative result of a function stops, and is returned. */
struct wiring_listener {
	/* Whether an address is one that may be told of: among the targets. */
	bool (*meant)(void *context, const struct addr *addr);
	/* An address of which agents know the MAC, where no other address of its family has
	 * that MAC: else one of them may be of the past, for ARP tables forget slowly, or
	 * answered for. */
	int (*station)(void *context, const struct addr *addr, const struct mac *mac);
	/* `a` is the agent that says so; both ends may. `source` is "lldp", "cdp" or "fdb";
	 * ports may be empty. */
	int (*link)(void *context, const struct addr *a, const char *port, const struct addr *b,
		const char *peer_port, const char *source);
	/* Of the own addresses of an agent that was read at one of them, those that are meant
	 * and no other agent's too, in order, at least two. */
	int (*aliases)(void *context, const struct addr *addrs, size_t n);
	void *context;
};

int wiring_tell(struct wiring *wiring, const struct wiring_listener *listener,
	struct wiring_counts *ret_counts);

#endif
