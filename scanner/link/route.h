/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's own view of the network: interfaces, addresses, routes and neighbours, read
 * once from the kernel by rtnetlink. Answers which interface, source address and next hop an
 * address is reached by. The local table goes before the main table, as in the kernel; policy
 * rules, other tables and VRFs are not followed. Of entries with one prefix the smallest metric
 * decides, and of equal ones the first that the kernel names; of an entry with several next
 * hops, among which the kernel spreads flows, they are entries one after the other here. The
 * others are known too: answers may come back by them.
 *
 * Reference: RFC 3549 and rtnetlink(7).
 */
#ifndef SCANNER_LINK_ROUTE_H
#define SCANNER_LINK_ROUTE_H

#include "common/addr.h"
#include "common/cleanup.h"
#include "common/error.h"
#include "scanner/link/link.h"

#include <stdbool.h>

#define ROUTE_ENTRIES_MAX 2000000

enum route_type {
	ROUTE_NONE,  /* no entry covers it */
	ROUTE_LOCAL, /* this machine's own */
	ROUTE_ON_LINK,
	ROUTE_GATEWAY,
	ROUTE_BROADCAST, /* broadcast, anycast, multicast: never probed */
	ROUTE_REFUSED,	 /* blackhole, unreachable, prohibit */
};

struct route_interface {
	char name[LINK_NAME_MAX];
	unsigned int index;
	struct mac mac;
	bool up, loopback, ethernet;
};

struct route {
	struct cidr prefix;
	enum route_type type;
	bool local_table;
	unsigned int interface; /* the kernel's index */
	uint32_t metric;
	uint32_t order; /* filled in: as they were added */
	struct addr gateway, source; /* family 0: none given */
	bool more; /* another next hop of the entry that was added before */
	uint16_t weight; /* of flows that it gets, among its like; 0: 1 */
};

struct route_address {
	unsigned int interface;
	struct addr addr;
	uint8_t length;
};

struct route_neighbour {
	unsigned int interface;
	struct addr addr;
	struct mac mac;
	bool fresh; /* confirmed lately, or permanent */
};

struct route_table;

struct route_table *route_table_new(void); /* empty; NULL without memory */
void route_table_free(struct route_table *table);
CLEANUP_DEFINE(struct route_table, route_table_free)

/* Reads everything from the kernel. ERROR_NETWORK. */
int route_table_load(struct route_table **ret_table, struct error *reterr);

/* Takes the messages of one rtnetlink answer. Returns 0, ROUTE_DONE after its last message, or
 * ERROR_NETWORK. What is malformed is passed over. */
enum { ROUTE_DONE = 1 };
int route_table_take(
	struct route_table *table, const void *bytes, size_t size, struct error *reterr);

/* For scripted networks. ERROR_SYSTEM without memory or past ROUTE_ENTRIES_MAX. */
int route_add(struct route_table *table, const struct route *route, struct error *reterr);
int route_add_interface(struct route_table *table, const struct route_interface *interface,
	struct error *reterr);
int route_add_address(
	struct route_table *table, const struct route_address *address, struct error *reterr);
int route_add_neighbour(struct route_table *table, const struct route_neighbour *neighbour,
	struct error *reterr);

/* Orders the entries; to be called after the last route_add(), before the first question. */
void route_table_seal(struct route_table *table);

/* The entry that decides about an address; NULL if none covers it. Borrowed. */
const struct route *route_find(const struct route_table *table, const struct addr *addr);
/* The next hops by which the kernel may send what an entry decides about, itself first: those
 * of the same entry, and, where it chooses by who answers (default routes; IPv6), of entries
 * with the same prefix and metric. At most `max`. */
size_t route_alternatives(const struct route_table *table, const struct route *route,
	const struct route **ret_routes, size_t max);
/* The same; ret_last: up to where the same entries cover, from the address on. */
const struct route *route_find_until(
	const struct route_table *table, const struct addr *addr, struct addr *ret_last);
/* The on-link entry of exactly this prefix; NULL if there is none. Borrowed. */
const struct route *route_of_link(const struct route_table *table, const struct cidr *prefix);
/* The on-link IPv6 entries of an interface, one after the other; begins after NULL, ends with
 * NULL. Those of the local table and of groups say of nobody that he is on the link. */
const struct route *route_next_on_link(const struct route_table *table, unsigned int interface,
	uint8_t family, const struct route *after);
/* The interfaces by which any entry of the main table leads to an address, each once; at most
 * `max`. */
size_t route_interfaces_of(const struct route_table *table, const struct addr *addr,
	unsigned int *ret_indexes, size_t max);
/* The source address for a route and destination; false if the interface has none. */
bool route_source(const struct route_table *table, const struct route *route,
	const struct addr *dst, struct addr *ret_source);
const struct route_interface *route_interface(
	const struct route_table *table, unsigned int index);
const struct route_interface *route_loopback(const struct route_table *table); /* or NULL */
/* True and its MAC if the kernel knows the neighbour. */
bool route_neighbour(const struct route_table *table, unsigned int interface,
	const struct addr *addr, struct mac *ret_mac, bool *ret_fresh);
/* All neighbours that the kernel knows. Borrowed. */
const struct route_neighbour *route_neighbours(const struct route_table *table, size_t *ret_n);

#endif
