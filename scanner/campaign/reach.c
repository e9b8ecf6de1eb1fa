/* SPDX-License-Identifier: Apache-2.0 */
/* Tells targets apart by routes and exclusions; see reach.h. */
#include "scanner/campaign/campaign.h"

#include <string.h>

/* `family`: of what is sent there; 0: nothing. */
static int find_interface(struct reach *reach, unsigned int index, uint8_t family,
	uint8_t *ret_number, struct error *reterr)
{
	const struct route_interface *i = route_interface(reach->routes, index);
	struct link_interface *opened = NULL;

	if (!i)
		return error_set(reterr, ERROR_NETWORK,
			"a route leads through interface number %u, which is not there", index);
	for (size_t n = 0; n < reach->n_interfaces && !opened; n++)
		if (reach->interfaces[n].index == index)
			opened = &reach->interfaces[n];
	if (!opened) {
		if (reach->n_interfaces == LINK_INTERFACES_MAX)
			return error_set(reterr, ERROR_NETWORK,
				"the targets are behind more than %d interfaces; scan them in "
				"parts",
				LINK_INTERFACES_MAX);
		opened = &reach->interfaces[reach->n_interfaces++];
		memcpy(opened->name, i->name, sizeof(opened->name));
		opened->index = index;
		opened->mode = i->ethernet && !i->loopback && !reach->plain ? LINK_ETHERNET
									     : LINK_IP;
		opened->mac = i->mac;
	}
	opened->ipv4 |= family == 4;
	opened->ipv6 |= family == 6;
	*ret_number = (uint8_t)(opened - reach->interfaces);
	return 0;
}

/* What ordinary sockets can ask. */
static const bool plain_kinds[TEMPLATE_N] = {
	[TEMPLATE_SYN] = true, [TEMPLATE_ECHO] = true, [TEMPLATE_UDP] = true};

/* The path with this interface and source, made if there is none yet. */
static int find_path(struct reach *reach, unsigned int index, const struct addr *source,
	uint32_t *ret_path, struct error *reterr)
{
	struct path *path;
	uint8_t number = 0;
	int r = find_interface(reach, index, source->family, &number, reterr);

	if (r < 0)
		return r;
	for (size_t i = 0; i < reach->n_paths; i++)
		if (reach->paths[i].interface == number &&
			addr_equal(&reach->paths[i].source, source)) {
			*ret_path = (uint32_t)i;
			return 0;
		}
	if (reach->n_paths == REACH_PATHS_MAX)
		return error_set(reterr, ERROR_NETWORK,
			"the targets need more than %d source addresses", REACH_PATHS_MAX);
	path = &reach->paths[reach->n_paths];
	path->interface = number;
	path->source = *source;
	for (int kind = 0; kind < TEMPLATE_N; kind++) {
		const struct link_interface *i = &reach->interfaces[number];

		if (reach->plain && !plain_kinds[kind])
			continue; /* there is no such probe */
		r = template_build((enum template_kind)kind, i->mode, &i->mac, source,
			reach->port, &path->templates[kind], reterr);
		if (r < 0)
			return r;
	}
	*ret_path = (uint32_t)reach->n_paths++;
	return 0;
}

static int find_gateway(struct reach *reach, const struct route *route, uint32_t path,
	uint32_t *ret_gateway, struct error *reterr)
{
	const struct link_interface *i = &reach->interfaces[reach->paths[path].interface];
	struct gateway *gateway;

	if (i->mode != LINK_ETHERNET) {
		*ret_gateway = REACH_NONE;
		return 0;
	}
	for (size_t n = 0; n < reach->n_gateways; n++)
		if (reach->gateways[n].path == path &&
			addr_equal(&reach->gateways[n].addr, &route->gateway)) {
			*ret_gateway = (uint32_t)n;
			return 0;
		}
	if (reach->n_gateways == REACH_GATEWAYS_MAX)
		return error_set(reterr, ERROR_NETWORK,
			"the targets are behind more than %d gateways", REACH_GATEWAYS_MAX);
	gateway = &reach->gateways[reach->n_gateways];
	gateway->addr = route->gateway;
	gateway->path = path;
	*ret_gateway = (uint32_t)reach->n_gateways++;
	return 0;
}

/* Own addresses: the kernel delivers them over loopback, whichever interface carries them. */
static int reach_own(struct reach *reach, struct piece *piece, struct error *reterr)
{
	const struct route_interface *i = route_loopback(reach->routes);
	struct addr any = {.family = piece->range.first.family};

	piece->way = REACH_OWN;
	if (!i)
		return error_set(
			reterr, ERROR_NETWORK, "this machine has no loopback interface");
	return find_path(reach, i->index, &any, &piece->path, reterr);
}

/* The subnet of an on-link route has a network and a broadcast address of its own. *last
 * becomes smaller if one of them, or what is before it, ends there. */
static bool is_edge(const struct route *route, const struct addr *addr, struct addr *last)
{
	struct addr end;

	if (!route || route->type != ROUTE_ON_LINK || addr->family != 4 ||
		route->prefix.length > 30 || route->prefix.length == 0)
		return false;
	end = addr_range_of(&route->prefix).last;
	if (addr_equal(addr, &route->prefix.base) || addr_equal(addr, &end)) {
		*last = *addr;
		return true;
	}
	if (addr_step(&end, -1) && addr_compare(&end, last) < 0)
		*last = end;
	return false;
}

/* Whoever is behind gateways may answer by another of them: answers are heard wherever a route
 * leads there. */
static void note_ways_back(struct reach *reach, const struct addr *addr)
{
	unsigned int indexes[LINK_INTERFACES_MAX];
	size_t n = reach->plain ? 0
				: route_interfaces_of(
					  reach->routes, addr, indexes, ARRAY_SIZE(indexes));

	for (size_t i = 0; i < n && reach->n_ways_back < ARRAY_SIZE(reach->ways_back); i++) {
		const struct route_interface *interface =
			route_interface(reach->routes, indexes[i]);
		bool known = !interface || !interface->up || interface->loopback;

		for (size_t k = 0; k < reach->n_ways_back && !known; k++)
			known = reach->ways_back[k] == indexes[i];
		if (!known)
			reach->ways_back[reach->n_ways_back++] = indexes[i];
	}
}

/* On as many interfaces as those by which something is sent leave room for. */
static int hear_ways_back(struct reach *reach, struct error *reterr)
{
	int r = 0;

	for (size_t i = 0; i < reach->n_ways_back && r == 0; i++) {
		bool known = reach->n_interfaces == LINK_INTERFACES_MAX;
		uint8_t number;

		for (size_t k = 0; k < reach->n_interfaces && !known; k++)
			known = reach->interfaces[k].index == reach->ways_back[i];
		if (!known)
			r = find_interface(reach, reach->ways_back[i], 0, &number, reterr);
	}
	return r;
}

/* A next hop: its path, and its gateway where there are neighbours. False if it cannot be
 * used. */
static int find_hop(struct reach *reach, const struct route *route, const struct addr *dst,
	struct way *ret, struct error *reterr)
{
	const struct route_interface *i = route_interface(reach->routes, route->interface);
	struct addr source;
	int r;

	*ret = (struct way){.path = REACH_NONE,
		.gateway = REACH_NONE,
		.weight = route->weight ? route->weight : 1};
	if (!i || !i->up || !route_source(reach->routes, route, dst, &source))
		return 0;
	r = find_path(reach, route->interface, &source, &ret->path, reterr);
	if (r == 0 && route->type == ROUTE_GATEWAY)
		r = find_gateway(reach, route, ret->path, &ret->gateway, reterr);
	return r;
}

static uint32_t group_of(const struct reach *reach, const struct route *route)
{
	for (size_t i = 0; i < reach->n_groups; i++)
		if (reach->groups[i].route == route)
			return (uint32_t)i;
	return REACH_NONE;
}

/* All next hops of a route that can be used: a group if there are several. Sources are the
 * first address's: those of its like differ by the interface alone. */
static int find_hops(struct reach *reach, const struct route *route, struct piece *piece,
	struct error *reterr)
{
	const struct route *routes[REACH_HOPS_MAX];
	size_t n =
		route->type == ROUTE_GATEWAY && !reach->plain &&
				reach->n_groups < REACH_GROUPS_MAX &&
				reach->n_ways + REACH_HOPS_MAX <= REACH_WAYS_MAX
			? route_alternatives(reach->routes, route, routes, ARRAY_SIZE(routes))
			: 1;
	struct group group = {route, (uint32_t)reach->n_ways, 0};
	struct way *ways = &reach->ways[reach->n_ways];
	uint32_t entry = 0;
	int r = 0;

	piece->group = group_of(reach, route);
	if (piece->group != REACH_NONE) {
		piece->path = reach->ways[reach->groups[piece->group].first].path;
		piece->gateway = reach->ways[reach->groups[piece->group].first].gateway;
		return 0;
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct way way;

		r = find_hop(
			reach, n == 1 ? route : routes[i], &piece->range.first, &way, reterr);
		entry += i > 0 && !routes[i]->more;
		way.entry = entry;
		if (r == 0 && way.path == REACH_NONE)
			continue;
		if (group.n == 0) {
			piece->path = way.path;
			piece->gateway = way.gateway;
		}
		if (n > 1)
			ways[group.n] = way;
		group.n++;
	}
	if (r < 0 || group.n < 2)
		return r;
	reach->n_ways += group.n;
	piece->group = (uint32_t)reach->n_groups;
	reach->groups[reach->n_groups++] = group;
	return 0;
}

/* Fills in the last address, way, path and gateway from the route of the piece's first
 * address. */
static int decide(struct reach *reach, struct piece *piece, struct error *reterr)
{
	const struct addr *first = &piece->range.first;
	struct addr *last = &piece->range.last;
	const struct route *route = route_find_until(reach->routes, first, last);
	struct addr end;
	bool never = addr_is_probed_never_until(first, &end);
	int r;

	if (addr_compare(&end, last) < 0)
		*last = end;
	piece->path = piece->gateway = piece->group = REACH_NONE;
	if (never || is_edge(route, first, last) || (route && route->type == ROUTE_BROADCAST)) {
		piece->way = REACH_NEVER;
		return 0;
	}
	piece->way = REACH_NO_ROUTE;
	if (!route || route->type == ROUTE_REFUSED || route->type == ROUTE_NONE)
		return 0;
	if (route->type == ROUTE_LOCAL)
		return reach_own(reach, piece, reterr);
	r = find_hops(reach, route, piece, reterr);
	if (r < 0 || piece->path == REACH_NONE)
		return r;
	piece->way = route->type == ROUTE_ON_LINK ? REACH_ON_LINK : REACH_GATEWAY;
	/* A point-to-point interface has no neighbours to ask for. */
	if (reach->interfaces[reach->paths[piece->path].interface].mode != LINK_ETHERNET)
		piece->way = REACH_GATEWAY;
	if (piece->way == REACH_GATEWAY)
		note_ways_back(reach, first);
	return r;
}

static struct piece *last_piece(const struct reach *reach)
{
	return reach->n_pieces ? &reach->pieces[reach->n_pieces - 1] : NULL;
}

/* The piece that begins at an address; the last one grows if it goes the same way. */
static int add_piece(struct reach *reach, const struct addr *first, struct error *reterr)
{
	struct piece piece = {.range = {*first, *first}}, *last;
	int r = decide(reach, &piece, reterr);

	if (r < 0)
		return r;
	last = last_piece(reach);
	if (last && last->way == piece.way && last->path == piece.path &&
		last->gateway == piece.gateway && last->group == piece.group &&
		last->range.first.family == first->family) {
		last->range.last = piece.range.last;
		return 0;
	}
	if (reach->n_pieces >= REACH_PIECES_MAX)
		return error_set(reterr, ERROR_USAGE,
			"routes cut the targets into more than %u pieces; scan them in parts",
			REACH_PIECES_MAX);
	if (reach->n_pieces == reach->max_pieces) {
		size_t max = reach->max_pieces ? reach->max_pieces * 2 : 64;
		struct piece *bigger = reallocarray(reach->pieces, max, sizeof(*bigger));

		if (!bigger)
			return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
		reach->pieces = bigger;
		reach->max_pieces = max;
	}
	reach->pieces[reach->n_pieces++] = piece;
	return 0;
}

/* Targets that are not excluded: to the sets of the ways that they go. Comes in order. */
static int sort_out(struct reach *reach, const struct addr_range *range, struct error *reterr)
{
	struct addr_range part = *range;

	for (;;) {
		const struct piece *piece = last_piece(reach);
		int r = 0;

		if (!piece || addr_compare(&part.first, &piece->range.last) > 0)
			r = add_piece(reach, &part.first, reterr);
		if (r < 0)
			return r;
		piece = last_piece(reach);
		part.last = range->last;
		if (addr_compare(&piece->range.last, &part.last) < 0)
			part.last = piece->range.last;
		r = addr_set_add(reach->targets[piece->way], &part, reterr);
		if (r < 0)
			return r;
		part.first = part.last;
		if (addr_equal(&part.last, &range->last) || !addr_step(&part.first, 1))
			return 0;
	}
}

static int sort_all(struct reach *reach, const struct addr_set *all,
	const struct addr_set *out_of_it, struct error *reterr)
{
	struct addr_walk targets = {.set = all}, excludes = {.set = out_of_it};
	struct addr_range range, out;
	bool more = addr_walk_next(&excludes, &out);
	int r = 0;

	while (r == 0 && addr_walk_next(&targets, &range)) {
		struct addr_range part = range;

		do {
			bool excluded;

			while (more && addr_compare(&out.last, &part.first) < 0)
				more = addr_walk_next(&excludes, &out);
			excluded = more && addr_compare(&out.first, &part.first) <= 0;
			part.last = range.last;
			if (excluded && addr_compare(&out.last, &part.last) < 0) {
				part.last = out.last;
			} else if (more && !excluded &&
				   addr_compare(&out.first, &part.last) <= 0) {
				part.last = out.first;
				addr_step(&part.last, -1);
			}
			r = excluded ? addr_set_add(
					       reach->targets[REACH_EXCLUDED], &part, reterr)
				     : sort_out(reach, &part, reterr);
			part.first = part.last;
		} while (r == 0 && !addr_equal(&part.last, &range.last) &&
			 addr_step(&part.first, 1));
	}
	return r;
}

int reach_too_large(const struct addr_range *range, struct error *reterr)
{
	char text[ADDR_RANGE_TEXT_MAX];

	return error_set(reterr, ERROR_USAGE,
		"%s is too large to be walked; name IPv6 hosts or prefixes of /%d and longer (find hosts "
		"by listening, or in name servers and neighbour tables), or, on the command line, the "
		"prefix of an Ethernet link that this machine has an address in, of /%d and "
		"longer, which is asked as a whole",
		addr_range_format(range, text), CAMPAIGN_IPV6_LENGTH_MIN,
		CAMPAIGN_LINK_LENGTH_MIN);
}

/* One link of the plan: it must be one of this machine's, and hear us from an address in it. */
static int add_link(struct reach *reach, const struct cidr *prefix, struct error *reterr)
{
	const struct route *route = route_of_link(reach->routes, prefix);
	const struct route_interface *i =
		route ? route_interface(reach->routes, route->interface) : NULL;
	struct reach_link *link = &reach->links[reach->n_links];
	struct addr_range range = addr_range_of(prefix);
	struct addr source;
	int r;

	if (reach->plain || !i || !i->up || !i->ethernet || i->loopback ||
		reach->n_links == REACH_LINKS_MAX ||
		!route_source(reach->routes, route, &prefix->base, &source) ||
		!cidr_contains(prefix, &source))
		return reach_too_large(&range, reterr);
	*link = (struct reach_link){*prefix, {.range = range,
						     .way = REACH_ON_LINK,
						     .gateway = REACH_NONE,
						     .group = REACH_NONE}};
	r = find_path(reach, route->interface, &source, &link->piece.path, reterr);
	reach->n_links += r == 0;
	return r;
}

/* This machine's own addresses on a link. */
static int add_own(const struct reach *reach, const struct cidr *prefix, struct addr_set *set,
	struct error *reterr)
{
	struct addr_range range = addr_range_of(prefix);
	struct addr last;
	int r = 0;

	for (struct addr at = range.first; r == 0; at = last) {
		const struct route *route = route_find_until(reach->routes, &at, &last);

		if (route && route->type == ROUTE_LOCAL && addr_equal(&at, &last))
			r = addr_set_add(set, &(struct addr_range){at, at}, reterr);
		if (addr_compare(&last, &range.last) >= 0 || !addr_step(&last, 1))
			break;
	}
	return r;
}

/* The links of the plan; ret_targets: its targets, and what is this machine's own there. */
static int find_links(struct reach *reach, const struct scan_aim *aim,
	struct addr_set **ret_own, const struct addr_set **ret_targets, struct error *reterr)
{
	struct addr_walk walk = {.set = aim->targets};
	struct addr_range range;
	int r = 0;

	*ret_targets = aim->targets;
	if (!aim->n_links)
		return 0;
	*ret_targets = *ret_own = addr_set_new();
	if (!*ret_own)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	while (r == 0 && addr_walk_next(&walk, &range))
		r = addr_set_add(*ret_own, &range, reterr);
	for (size_t i = 0; r == 0 && i < aim->n_links; i++) {
		r = add_link(reach, &aim->links[i], reterr);
		if (r == 0)
			r = add_own(reach, &aim->links[i], *ret_own, reterr);
	}
	return r < 0 ? r : addr_set_seal(*ret_own, reterr);
}

static bool is_granted(const struct cidr *prefix, const struct scope *scope,
	const struct addr_set *excludes, int64_t now_us)
{
	struct addr_range range = addr_range_of(prefix);
	struct addr last, other;

	for (struct addr at = range.first;; at = last) {
		if (scope_check_until(scope, &at, now_us, NULL, &last) != SCOPE_ALLOWED ||
			addr_set_until(excludes, &at, &other))
			return false;
		if (addr_compare(&other, &last) < 0)
			last = other;
		if (addr_compare(&last, &range.last) >= 0 || !addr_step(&last, 1))
			return true;
	}
}

/* All prefixes of a family that an interface has on its link. */
static bool are_granted(const struct reach *reach, const struct reach_link *link,
	uint8_t family, const struct scope *scope, const struct addr_set *excludes,
	int64_t now_us)
{
	unsigned int index = reach->interfaces[reach->paths[link->piece.path].interface].index;
	const struct route *route = NULL;

	while ((route = route_next_on_link(reach->routes, index, family, route)) != NULL)
		if (!addr_is_link_local(&route->prefix.base) &&
			!is_granted(&route->prefix, scope, excludes, now_us))
			return false;
	return true;
}

bool reach_link_is_granted(const struct reach *reach, const struct reach_link *link,
	const struct scope *scope, const struct addr_set *excludes, int64_t now_us)
{
	return is_granted(&link->prefix, scope, excludes, now_us) &&
	       are_granted(reach, link, 6, scope, excludes, now_us);
}

bool reach_stations_are_granted(const struct reach *reach, const struct reach_link *link,
	const struct scope *scope, const struct addr_set *excludes, int64_t now_us)
{
	return reach_link_is_granted(reach, link, scope, excludes, now_us) &&
	       are_granted(reach, link, 4, scope, excludes, now_us);
}

static int make(const struct scan_aim *aim, const struct route_table *routes, uint16_t port,
	bool plain, struct reach **ret_reach, struct error *reterr)
{
	_cleanup_(reach_freep) struct reach *reach = calloc(1, sizeof(*reach));
	_cleanup_(addr_set_freep) struct addr_set *own = NULL;
	const struct addr_set *targets;
	int r;

	if (!reach)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	reach->routes = routes;
	reach->port = port;
	reach->plain = plain;
	reach->excluded = (struct piece){.way = REACH_EXCLUDED,
		.path = REACH_NONE,
		.gateway = REACH_NONE,
		.group = REACH_NONE};
	for (int way = 0; way < REACH_WAY_N; way++) {
		reach->targets[way] = addr_set_new();
		if (!reach->targets[way])
			return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	}
	r = find_links(reach, aim, &own, &targets, reterr);
	if (r == 0)
		r = sort_all(reach, targets, aim->excludes, reterr);
	if (r == 0)
		r = hear_ways_back(reach, reterr);
	for (int way = 0; r == 0 && way < REACH_WAY_N; way++) {
		r = addr_set_seal(reach->targets[way], reterr);
		reach->count[way] = addr_set_count(reach->targets[way]);
	}
	if (r == 0)
		*ret_reach = STEAL(reach);
	return r;
}

int reach_new(const struct scan_aim *aim, const struct route_table *routes, uint16_t port,
	struct reach **ret_reach, struct error *reterr)
{
	return make(aim, routes, port, false, ret_reach, reterr);
}

int reach_new_plain(const struct scan_aim *aim, const struct route_table *routes, uint16_t port,
	struct reach **ret_reach, struct error *reterr)
{
	return make(aim, routes, port, true, ret_reach, reterr);
}

void reach_free(struct reach *reach)
{
	if (!reach)
		return;
	for (int way = 0; way < REACH_WAY_N; way++)
		addr_set_free(reach->targets[way]);
	free(reach->pieces);
	free(reach);
}

/* The piece in which an address lies, target or not; NULL if in none. */
static const struct piece *piece_at(const struct reach *reach, const struct addr *addr)
{
	size_t low = 0, high = reach->n_pieces;

	/* The last piece that does not begin behind the address. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(&reach->pieces[middle].range.first, addr) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || addr_compare(addr, &reach->pieces[low - 1].range.last) > 0)
		return NULL;
	return &reach->pieces[low - 1];
}

struct piece *reach_piece_at(struct reach *reach, const struct addr *addr)
{
	const struct piece *piece = piece_at(reach, addr);

	return piece ? &reach->pieces[piece - reach->pieces] : NULL;
}

bool reach_is_source(
	const struct reach *reach, const struct piece *piece, const struct addr *ours)
{
	const struct group *group =
		piece->group == REACH_NONE ? NULL : &reach->groups[piece->group];

	for (uint32_t i = 0; group && i < group->n; i++)
		if (addr_equal(&reach->paths[reach->ways[group->first + i].path].source, ours))
			return true;
	return piece->path != REACH_NONE && addr_equal(&reach->paths[piece->path].source, ours);
}

const struct piece *reach_nth(
	const struct reach *reach, enum reach_way way, uint64_t number, struct addr *ret_addr)
{
	*ret_addr = addr_set_nth(reach->targets[way], number);
	return way == REACH_EXCLUDED ? &reach->excluded : piece_at(reach, ret_addr);
}

bool reach_number(const struct reach *reach, enum reach_way way, const struct addr *addr,
	uint64_t *ret_number)
{
	return addr_set_number(reach->targets[way], addr, ret_number);
}

const struct piece *reach_piece(const struct reach *reach, const struct addr *addr)
{
	const struct piece *piece = piece_at(reach, addr);

	if (piece && addr_set_has(reach->targets[piece->way], addr))
		return piece;
	if (addr_set_has(reach->targets[REACH_EXCLUDED], addr))
		return &reach->excluded;
	for (size_t i = 0; i < reach->n_links; i++)
		if (cidr_contains(&reach->links[i].prefix, addr))
			return &reach->links[i].piece;
	return NULL;
}

bool reach_walk_next(struct reach_walk *w)
{
	if (!w->walk.set)
		w->walk.set = w->reach->targets[w->way];
	else
		w->number += addr_range_size(&w->range);
	if (!w->left && !addr_walk_next(&w->walk, &w->rest))
		return false;
	w->piece = w->way == REACH_EXCLUDED ? &w->reach->excluded
					    : piece_at(w->reach, &w->rest.first);
	w->range = w->rest;
	w->left = w->way != REACH_EXCLUDED &&
		  addr_compare(&w->piece->range.last, &w->rest.last) < 0;
	if (w->left) {
		w->range.last = w->rest.first = w->piece->range.last;
		addr_step(&w->rest.first, 1);
	}
	return true;
}

size_t reach_ranges(const struct reach *reach, enum reach_way way)
{
	struct reach_walk walk = {.reach = reach, .way = way};
	size_t n = 0;

	while (reach_walk_next(&walk))
		n++;
	return n;
}

bool reach_way(const struct reach *reach, const struct addr *addr, struct piece *ret_piece)
{
	const struct piece *known = reach_piece(reach, addr);
	const struct route *route;
	struct addr source;

	if (known) {
		*ret_piece = *known;
		return known->way == REACH_ON_LINK || known->way == REACH_GATEWAY ||
		       known->way == REACH_OWN;
	}
	route = route_find(reach->routes, addr);
	if (!route || addr_is_probed_never(addr) ||
		(route->type != ROUTE_ON_LINK && route->type != ROUTE_GATEWAY) ||
		!route_source(reach->routes, route, addr, &source))
		return false;
	*ret_piece = (struct piece){.range = {*addr, *addr},
		.way = REACH_ON_LINK,
		.path = REACH_NONE,
		.gateway = REACH_NONE,
		.group = group_of(reach, route)};
	if (ret_piece->group != REACH_NONE) {
		ret_piece->way = REACH_GATEWAY;
		ret_piece->path = reach->ways[reach->groups[ret_piece->group].first].path;
		ret_piece->gateway = reach->ways[reach->groups[ret_piece->group].first].gateway;
		return true;
	}
	for (size_t i = 0; i < reach->n_paths; i++) {
		const struct path *path = &reach->paths[i];

		if (reach->interfaces[path->interface].index == route->interface &&
			addr_equal(&path->source, &source))
			ret_piece->path = (uint32_t)i;
	}
	if (ret_piece->path == REACH_NONE)
		return false;
	if (route->type == ROUTE_ON_LINK)
		return true;
	ret_piece->way = REACH_GATEWAY;
	for (size_t i = 0; i < reach->n_gateways; i++)
		if (addr_equal(&reach->gateways[i].addr, &route->gateway) &&
			reach->gateways[i].path == ret_piece->path)
			ret_piece->gateway = (uint32_t)i;
	return ret_piece->gateway != REACH_NONE ||
	       reach->interfaces[reach->paths[ret_piece->path].interface].mode != LINK_ETHERNET;
}
