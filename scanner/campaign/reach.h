/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reach: the plan's targets cut into pieces whose addresses all go the same way (own, on the
 * link, by a gateway, not at all), with the interfaces, source addresses, templates and next
 * hops that they need. Excluded prefixes are pieces too, so what was never sent can be named.
 *
 * Never probed, whatever the plan says: multicast, broadcast, unspecified, reserved (class E)
 * and IPv4-mapped IPv6 addresses, and the network and broadcast address of an on-link IPv4 subnet.
 */
#ifndef SCANNER_CAMPAIGN_REACH_H
#define SCANNER_CAMPAIGN_REACH_H

#include "common/cleanup.h"
#include "scanner/link/route.h"
#include "scanner/link/template.h"
#include "scanner/scanner.h"

#define REACH_PIECES_MAX 1000000
#define REACH_PATHS_MAX 1024
#define REACH_GATEWAYS_MAX 4096
#define REACH_NONE UINT32_MAX

enum reach_way {
	REACH_OWN, /* an address of this machine */
	REACH_ON_LINK,
	REACH_GATEWAY,
	REACH_NO_ROUTE,
	REACH_EXCLUDED,
	REACH_NEVER, /* of a kind that is never probed */
	REACH_WAY_N
};

struct piece {
	struct cidr cidr;
	enum reach_way way;
	uint32_t path, gateway; /* REACH_NONE where there is none */
	uint64_t first;		/* number of its first address among those of its way */
};

/* An interface with one source address, and the frames that leave there. For own addresses the
 * source is the target itself, and `source` is only the family's. */
struct path {
	uint8_t interface;
	struct addr source;
	struct template templates[TEMPLATE_N];
};

struct gateway {
	struct addr addr;
	uint32_t path;
	struct mac mac;
	bool known; /* the MAC */
};

struct reach {
	const struct route_table *routes; /* borrowed */
	struct piece *pieces;		  /* ordered by cidr */
	size_t n_pieces, max_pieces;
	struct path paths[REACH_PATHS_MAX];
	size_t n_paths;
	struct gateway gateways[REACH_GATEWAYS_MAX];
	size_t n_gateways;
	struct link_interface interfaces[LINK_INTERFACES_MAX];
	size_t n_interfaces;
	uint16_t port;		      /* TCP source port of the campaign */
	uint64_t count[REACH_WAY_N];  /* addresses */
	uint32_t *index[REACH_WAY_N]; /* pieces of each way, in order */
	size_t n_index[REACH_WAY_N];
};

/* The targets sorted, without those that another one covers. The caller frees the array. */
int targets_normalise(const struct cidr *targets, size_t n, struct cidr **ret_targets,
	size_t *ret_n, struct error *reterr);
uint64_t cidr_size(const struct cidr *cidr); /* addresses; UINT64_MAX for 2^64 and more */
/* The address number i of a prefix. */
struct addr cidr_nth(const struct cidr *cidr, uint64_t i);
uint64_t cidr_offset(const struct cidr *cidr, const struct addr *addr);
bool addr_is_probed_never(const struct addr *addr);
bool cidr_is_probed_never(const struct cidr *cidr);    /* all of it */
bool cidr_holds_probed_never(const struct cidr *cidr); /* a part of it */

/* What may be asked over IPv4 at a moment, in one scope: the plan's, less its own exclusions and
 * what is never probed. Only what is in force then is granted, and as long as it is. */
int reach_allowed(const struct scan_plan *plan, int64_t now_us, struct scope **ret_scope,
	struct error *reterr);

/* `targets` are normalised. */
int reach_new(const struct cidr *targets, size_t n_targets, const struct scan_plan *plan,
	const struct route_table *routes, uint16_t port, struct reach **ret_reach,
	struct error *reterr);
void reach_free(struct reach *reach);
CLEANUP_DEFINE(struct reach, reach_free)

/* The piece an address belongs to; NULL if it is no target. */
const struct piece *reach_piece(const struct reach *reach, const struct addr *addr);
/* Address `number` of those that go this way (number < count[way]), and its piece. */
const struct piece *reach_nth(
	const struct reach *reach, enum reach_way way, uint64_t number, struct addr *ret_addr);
/* The way to any address, target or not, over the paths that exist already: a piece of one. */
bool reach_way(const struct reach *reach, const struct addr *addr, struct piece *ret_piece);

#endif
