/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One <host> of Nmap's XML while it is read, and how it becomes observations; shared by the
 * walker of elements (nmap_read.c) and the maker of observations (nmap_host.c).
 */
#ifndef INVENTORY_EXCHANGE_NMAP_H
#define INVENTORY_EXCHANGE_NMAP_H

#include "inventory/exchange/internal.h"

#define NMAP_ADDRESSES_MAX 16
#define NMAP_NAMES_MAX 256
#define NMAP_HOPS_MAX 64
#define NMAP_ITEMS_MAX (4 * 65536)            /* ports and keys of one host */
#define NMAP_HOST_MAX ((size_t)128 * 1024 * 1024) /* bytes of one host */
#define NMAP_COVERED_MAX (1024 * 1024)        /* addresses whose coverage is stated */

struct nmap_name {
	const char *name, *type; /* user, PTR */
};

struct nmap_hop {
	struct addr addr;
	const char *name;
	uint8_t ttl;
	long line;
};

/* An observation about the host, whose address it gets at the end. */
struct nmap_item {
	struct observation obs;
	long line;
	struct nmap_item *next;
};

struct nmap_host {
	long line;
	bool up, down, unknown, assumed, timed_out, too_large;
	int64_t time_us;
	struct addr addresses[NMAP_ADDRESSES_MAX];
	size_t n_addresses;
	struct mac mac;
	const char *mac_vendor;
	struct nmap_name names[NMAP_NAMES_MAX];
	size_t n_names;
	struct nmap_hop hops[NMAP_HOPS_MAX];
	size_t n_hops;
	struct nmap_item *first, **last;
	size_t n_items;
	struct exchange_item facts; /* of the operating system and the scripts of the host */
	unsigned int os_accuracy;
};

/* Which addresses were asked for which ports. */
struct nmap_coverage {
	const char *tcp, *udp, *sctp; /* as in <scaninfo services="...">; NULL: not said */
	struct addr *addresses;
	size_t n, room;
	bool overflow; /* too many: none is stated */
};

/* Puts what is known of a whole host. `source` names the tool in facts and names ("nmap"). */
int nmap_host_put(struct exchange_sink *sink, struct nmap_host *host, const char *source,
	struct error *reterr);
/* Remembers the host for the coverage if it was looked at to the end. False without memory. */
bool nmap_cover(struct nmap_coverage *coverage, const struct nmap_host *host);
/* Puts the coverage as the fewest prefixes that hold these addresses and no others. */
int nmap_coverage_put(struct exchange_sink *sink, struct nmap_coverage *coverage,
	int64_t time_us, struct error *reterr);

#endif
