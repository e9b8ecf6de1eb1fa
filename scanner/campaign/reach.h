/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reach: which way each of the plan's targets goes (own, on the link, by a gateway, not at
 * all), with the interfaces, source addresses, templates and next hops that they need. The
 * targets of each way are a set, numbered in order; pieces of the address space say how those
 * in them are reached, and there are only as many as routes make of it, however many targets
 * and exclusions there are. Excluded targets are a set too, so what was never sent can be
 * named.
 *
 * An IPv6 prefix of a link that is too large to be walked is no set: its hosts have to be found
 * first.
 *
 * Never probed, whatever the plan says: multicast (but see PROBE_LINK), broadcast, unspecified,
 * reserved (class E) and IPv4-mapped IPv6 addresses, and the network and broadcast address of
 * an on-link IPv4 subnet.
 */
#ifndef SCANNER_CAMPAIGN_REACH_H
#define SCANNER_CAMPAIGN_REACH_H

#include "common/cleanup.h"
#include "scanner/link/route.h"
#include "scanner/link/template.h"
#include "scanner/scanner.h"

#define REACH_PIECES_MAX (1u << 18)
#define REACH_RANGES_MAX (1u << 20) /* that a link is given for a pass of its own */
#define REACH_PATHS_MAX 1024
#define REACH_GATEWAYS_MAX 4096
/* Beyond, and beyond so many next hops of all, the first of a route takes all. */
#define REACH_GROUPS_MAX 1024
#define REACH_WAYS_MAX 8192
#define REACH_HOPS_MAX 64 /* of one route; more are not used */
#define REACH_LINKS_MAX 64
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

/* Addresses between these that are targets at all, and not excluded, go this way. */
struct piece {
	struct addr_range range;
	enum reach_way way;
	uint32_t path, gateway; /* REACH_NONE where there is none; the first of several */
	uint32_t group;		/* of next hops; REACH_NONE: there is only this one */
	bool hole;		/* none of it is told as looked at */
};

/* One of several next hops. Of those with one entry number each address goes by one, by their
 * weights; the next entry is for when none of this one answers. */
struct way {
	uint32_t path, gateway, entry;
	uint16_t weight;
};

struct group {
	const struct route *route; /* that decides; borrowed */
	uint32_t first, n;	   /* of the ways */
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
	bool stale; /* by the kernel alone: it did not answer us */
	bool answered; /* once, to us: then its silence says something, which that of a static
			  entry does not */
	bool asked; /* and has not answered since; so often: */
	uint8_t missed;
	int64_t due_us; /* when it is asked */
	int64_t heard_us; /* when it answered us last */
	struct mac was; /* that the journal has of it; zero: none */
};

/* A link that is asked as a whole. */
struct reach_link {
	struct cidr prefix;
	struct piece
		piece; /* of everybody else there: this machine's own addresses are targets */
};

struct reach {
	const struct route_table *routes; /* borrowed */
	struct piece *pieces;		  /* in order, apart */
	size_t n_pieces, max_pieces;
	struct piece excluded; /* that of all excluded targets */
	struct path paths[REACH_PATHS_MAX];
	size_t n_paths;
	struct gateway gateways[REACH_GATEWAYS_MAX];
	size_t n_gateways;
	struct way ways[REACH_WAYS_MAX];
	size_t n_ways;
	struct group groups[REACH_GROUPS_MAX];
	size_t n_groups;
	struct link_interface
		interfaces[LINK_INTERFACES_MAX]; /* of the last ones only answers are heard */
	size_t n_interfaces;
	unsigned int ways_back[2 * LINK_INTERFACES_MAX]; /* by which answers may come; enough,
							    though all are sent by too */
	size_t n_ways_back;
	uint16_t port;			       /* TCP source port of the campaign */
	bool plain; /* the kernel finds the way, on every interface */
	struct addr_set *targets[REACH_WAY_N]; /* by way */
	uint64_t count[REACH_WAY_N];	       /* addresses */
	struct reach_link links[REACH_LINKS_MAX];
	size_t n_links;
};

/* The targets of a way in order: ranges whose addresses have one piece and follow each other in
 * number. Begin with `{.reach = reach, .way = way}`. */
struct reach_walk {
	const struct reach *reach;
	enum reach_way way;
	struct addr_range range;
	const struct piece *piece;
	uint64_t number; /* of the first one */
	struct addr_walk walk; /* private */
	struct addr_range rest;
	bool left;
};

/* The targets sorted, without those that another one covers. The caller frees the array. */
int targets_normalise(const struct cidr *targets, size_t n, struct cidr **ret_targets,
	size_t *ret_n, struct error *reterr);
bool addr_is_probed_never(const struct addr *addr);
/* The same; it is the same up to ret_last. */
bool addr_is_probed_never_until(const struct addr *addr, struct addr *ret_last);
bool range_is_probed_never(const struct addr_range *range); /* all of it */
/* ERROR_USAGE: this prefix is too large, and what can be asked instead. */
int reach_too_large(const struct addr_range *range, struct error *reterr);

/* Whether everybody on a link may be asked now: every address of each IPv6 prefix that is on
 * the link with this one, for a multicast frame reaches all. Link-local ones aside, which
 * cannot be granted. */
bool reach_link_is_granted(const struct reach *reach, const struct reach_link *link,
	const struct scope *scope, const struct addr_set *excludes, int64_t now_us);
/* The same of whoever is there without IPv6: every prefix of IPv4 on the link is granted
 * too. */
bool reach_stations_are_granted(const struct reach *reach, const struct reach_link *link,
	const struct scope *scope, const struct addr_set *excludes, int64_t now_us);

/* Targets that the authorisations exclude, and the plan itself does not. */
uint64_t reach_excluded_by(
	const struct reach *reach, const struct scope *scope, int64_t now_us);

/* A number that is another one when whom a campaign asks, or what, is another. */
uint64_t reach_digest(const struct reach *reach, const struct scan_plan *plan);

/* What may be asked over IPv4 at a moment, in one scope: the plan's, less its own exclusions
 * and what is never probed. Only what is in force then is granted, and as long as it is. */
int reach_allowed(const struct scan_plan *plan, const struct addr_set *excludes, int64_t now_us,
	struct scope **ret_scope, struct error *reterr);

int reach_new(const struct scan_aim *aim, const struct route_table *routes, uint16_t port,
	struct reach **ret_reach, struct error *reterr);
/* The same over a link that leaves the way to the kernel: nobody is on the link, and no next
 * hop is looked for. */
int reach_new_plain(const struct scan_aim *aim, const struct route_table *routes, uint16_t port,
	struct reach **ret_reach, struct error *reterr);
void reach_free(struct reach *reach);
CLEANUP_DEFINE(struct reach, reach_free)

/* The piece an address belongs to, that of a link too; NULL if it is no target. */
const struct piece *reach_piece(const struct reach *reach, const struct addr *addr);
/* The piece of the address space in which an address lies, target or not; NULL if in none. */
struct piece *reach_piece_at(struct reach *reach, const struct addr *addr);
/* Whether answers from an address come to this one of ours. */
bool reach_is_source(
	const struct reach *reach, const struct piece *piece, const struct addr *ours);
/* Address `number` of those that go this way (number < count[way]), and its piece. */
const struct piece *reach_nth(
	const struct reach *reach, enum reach_way way, uint64_t number, struct addr *ret_addr);
/* The number of an address among those that go this way; false if it does not. */
bool reach_number(const struct reach *reach, enum reach_way way, const struct addr *addr,
	uint64_t *ret_number);
bool reach_walk_next(struct reach_walk *walk);
size_t reach_ranges(const struct reach *reach, enum reach_way way); /* how many it gives */
/* The way to any address, target or not, over the paths that exist already: a piece of one. */
bool reach_way(const struct reach *reach, const struct addr *addr, struct piece *ret_piece);

#endif
