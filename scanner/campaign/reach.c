/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts targets along routes and exclusions; see reach.h. */
#include "scanner/campaign/reach.h"

#include <string.h>

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
		opened->mode = i->ethernet && !i->loopback ? LINK_ETHERNET : LINK_IP;
		opened->mac = i->mac;
	}
	if (family == 4)
		opened->ipv4 = true;
	else
		opened->ipv6 = true;
	*ret_number = (uint8_t)(opened - reach->interfaces);
	return 0;
}

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
	struct addr any = {.family = piece->cidr.base.family};

	piece->way = REACH_OWN;
	if (!i)
		return error_set(
			reterr, ERROR_NETWORK, "this machine has no loopback interface");
	return find_path(reach, i->index, &any, &piece->path, reterr);
}

/* Fills in way, path and gateway from the route of the piece's first address. */
static int decide(struct reach *reach, struct piece *piece, struct error *reterr)
{
	const struct route *route = route_find(reach->routes, &piece->cidr.base);
	const struct route_interface *i;
	struct addr source;
	int r;

	piece->path = piece->gateway = REACH_NONE;
	if (addr_is_probed_never(&piece->cidr.base) ||
		(route && route->type == ROUTE_BROADCAST)) {
		piece->way = REACH_NEVER;
		return 0;
	}
	piece->way = REACH_NO_ROUTE;
	if (!route || route->type == ROUTE_REFUSED || route->type == ROUTE_NONE)
		return 0;
	if (route->type == ROUTE_LOCAL)
		return reach_own(reach, piece, reterr);
	i = route_interface(reach->routes, route->interface);
	if (!i || !i->up || !route_source(reach->routes, route, &piece->cidr.base, &source))
		return 0;
	r = find_path(reach, route->interface, &source, &piece->path, reterr);
	if (r < 0)
		return r;
	piece->way = route->type == ROUTE_ON_LINK ? REACH_ON_LINK : REACH_GATEWAY;
	/* A point-to-point interface has no neighbours to ask for. */
	if (reach->interfaces[reach->paths[piece->path].interface].mode != LINK_ETHERNET)
		piece->way = REACH_GATEWAY;
	else if (piece->way == REACH_GATEWAY)
		return find_gateway(reach, route, piece->path, &piece->gateway, reterr);
	return 0;
}

static int add_piece(struct reach *reach, const struct piece *piece, struct error *reterr)
{
	if (reach->n_pieces == reach->max_pieces) {
		size_t max = reach->max_pieces ? reach->max_pieces * 2 : 64;
		struct piece *bigger = reallocarray(reach->pieces, max, sizeof(*bigger));

		if (!bigger)
			return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
		reach->pieces = bigger;
		reach->max_pieces = max;
	}
	if (reach->n_pieces >= REACH_PIECES_MAX)
		return error_set(reterr, ERROR_USAGE,
			"targets, exclusions and routes cut each other into more than %d "
			"pieces; scan "
			"them in parts",
			REACH_PIECES_MAX);
	reach->pieces[reach->n_pieces] = *piece;
	reach->pieces[reach->n_pieces++].first = reach->count[piece->way];
	reach->count[piece->way] += cidr_size(&piece->cidr);
	return 0;
}

/* The subnet of an on-link piece has a network and a broadcast address of its own. */
static bool holds_edge(const struct reach *reach, const struct cidr *cidr)
{
	const struct route *route = route_find(reach->routes, &cidr->base);
	struct addr last;

	if (!route || route->type != ROUTE_ON_LINK || cidr->base.family != 4 ||
		route->prefix.length > 30 || route->prefix.length == 0)
		return false;
	last = cidr_nth(&route->prefix, cidr_size(&route->prefix) - 1);
	return cidr_contains(cidr, &route->prefix.base) || cidr_contains(cidr, &last);
}

/* 1: excluded as a whole; 0: not at all; -1: in part. */
static int excluded(const struct scan_plan *plan, const struct cidr *cidr)
{
	int part = 0;

	for (size_t i = 0; i < plan->n_excludes; i++) {
		if (cidr_covers(&plan->excludes[i], cidr))
			return 1;
		if (cidr_covers(cidr, &plan->excludes[i]))
			part = -1;
	}
	return part;
}

static int cut(struct reach *reach, const struct scan_plan *plan, struct cidr cidr,
	struct error *reterr)
{
	unsigned int bits = cidr.base.family == 4 ? 32 : 128;
	int out = excluded(plan, &cidr), r;
	struct piece piece = {
		.cidr = cidr, .way = REACH_EXCLUDED, .path = REACH_NONE, .gateway = REACH_NONE};

	if (out == 1)
		return add_piece(reach, &piece, reterr);
	if (cidr.length < bits &&
		(out < 0 || route_splits(reach->routes, &cidr) || holds_edge(reach, &cidr) ||
			cidr_holds_probed_never(&cidr))) {
		struct cidr half = {cidr.base, (uint8_t)(cidr.length + 1)};

		r = cut(reach, plan, half, reterr);
		if (r < 0)
			return r;
		half.base.bytes[cidr.length / 8] |= (uint8_t)(0x80 >> cidr.length % 8);
		return cut(reach, plan, half, reterr);
	}
	if (holds_edge(reach, &cidr)) {
		piece.way = REACH_NEVER;
		return add_piece(reach, &piece, reterr);
	}
	r = decide(reach, &piece, reterr);
	return r < 0 ? r : add_piece(reach, &piece, reterr);
}

int reach_new(const struct cidr *targets, size_t n_targets, const struct scan_plan *plan,
	const struct route_table *routes, uint16_t port, struct reach **ret_reach,
	struct error *reterr)
{
	_cleanup_(reach_freep) struct reach *reach = calloc(1, sizeof(*reach));

	if (!reach)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	reach->routes = routes;
	reach->port = port;
	for (size_t i = 0; i < n_targets; i++) {
		int r = cut(reach, plan, targets[i], reterr);

		if (r < 0)
			return r;
	}
	for (int way = 0; way < REACH_WAY_N; way++) {
		reach->index[way] = calloc(reach->n_pieces + 1, sizeof(**reach->index));
		if (!reach->index[way])
			return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	}
	for (size_t i = 0; i < reach->n_pieces; i++) {
		enum reach_way way = reach->pieces[i].way;

		reach->index[way][reach->n_index[way]++] = (uint32_t)i;
	}
	*ret_reach = STEAL(reach);
	return 0;
}

void reach_free(struct reach *reach)
{
	if (!reach)
		return;
	for (int way = 0; way < REACH_WAY_N; way++)
		free(reach->index[way]);
	free(reach->pieces);
	free(reach);
}

const struct piece *reach_nth(
	const struct reach *reach, enum reach_way way, uint64_t number, struct addr *ret_addr)
{
	const uint32_t *index = reach->index[way];
	const struct piece *piece;
	size_t low = 0, high = reach->n_index[way];

	/* The last piece that begins at or before the number. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (reach->pieces[index[middle]].first <= number)
			low = middle + 1;
		else
			high = middle;
	}
	piece = &reach->pieces[index[low - 1]];
	*ret_addr = cidr_nth(&piece->cidr, number - piece->first);
	return piece;
}

const struct piece *reach_piece(const struct reach *reach, const struct addr *addr)
{
	size_t low = 0, high = reach->n_pieces;

	/* The last piece whose base is not after the address. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(&reach->pieces[middle].cidr.base, addr) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || !cidr_contains(&reach->pieces[low - 1].cidr, addr))
		return NULL;
	return &reach->pieces[low - 1];
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
	*ret_piece = (struct piece){.cidr = cidr_of(addr, addr->family == 4 ? 32 : 128),
		.way = REACH_ON_LINK,
		.path = REACH_NONE,
		.gateway = REACH_NONE};
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
