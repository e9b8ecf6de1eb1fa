/* SPDX-License-Identifier: Apache-2.0 */
/* Longest-prefix answers over a sealed, sorted table; see route.h. */
#include "scanner/link/route_internal.h"

#include "common/addr_range.h"

#include <string.h>

struct route_table *route_table_new(void)
{
	return calloc(1, sizeof(struct route_table));
}

void route_table_free(struct route_table *table)
{
	if (!table)
		return;
	free(table->routes);
	free(table->interfaces);
	free(table->addresses);
	free(table->neighbours);
	free(table);
}

/* Room for one more row; the rows double. */
static int grow(void **rows, size_t n, size_t *max, size_t row, struct error *reterr)
{
	size_t want = *max ? *max * 2 : 16;
	void *bigger;

	if (n < *max)
		return 0;
	if (n >= ROUTE_ENTRIES_MAX)
		return error_set(reterr, ERROR_SYSTEM,
			"the routing table has more than %d entries; scan from a machine that "
			"is no "
			"Internet router",
			ROUTE_ENTRIES_MAX);
	bigger = reallocarray(*rows, want, row);
	if (!bigger)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the routing table");
	*rows = bigger;
	*max = want;
	return 0;
}

#define ADD(table, list, value, reterr)                                                        \
	({                                                                                     \
		int added_ = grow((void **)&(table)->list, (table)->n_##list,                  \
			&(table)->max_##list, sizeof(*(table)->list), (reterr));               \
		if (added_ == 0)                                                               \
			(table)->list[(table)->n_##list++] = *(value);                         \
		added_;                                                                        \
	})

int route_add(struct route_table *table, const struct route *route, struct error *reterr)
{
	struct route numbered = *route;

	numbered.order = (uint32_t)table->n_routes;
	return ADD(table, routes, &numbered, reterr);
}

int route_add_interface(struct route_table *table, const struct route_interface *interface,
	struct error *reterr)
{
	return ADD(table, interfaces, interface, reterr);
}

int route_add_address(
	struct route_table *table, const struct route_address *address, struct error *reterr)
{
	return ADD(table, addresses, address, reterr);
}

int route_add_neighbour(struct route_table *table, const struct route_neighbour *neighbour,
	struct error *reterr)
{
	return ADD(table, neighbours, neighbour, reterr);
}

/* By prefix; of equal prefixes the local table first, then the smaller metric, then the
 * first. */
static int compare(const void *a, const void *b)
{
	const struct route *x = a, *y = b;
	int r = cidr_compare(&x->prefix, &y->prefix);

	if (r)
		return r;
	if (x->local_table != y->local_table)
		return x->local_table ? -1 : 1;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void route_table_seal(struct route_table *table)
{
	if (table->n_routes)
		qsort(table->routes, table->n_routes, sizeof(*table->routes), compare);
}

/* The first entry that is not before the prefix. */
static size_t lower_bound(const struct route_table *table, const struct cidr *cidr)
{
	size_t low = 0, high = table->n_routes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cidr_compare(&table->routes[middle].prefix, cidr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The entry that decides; ret_longest: the longest prefix of any that covers the address, of no
 * family if none does. */
static const struct route *find(
	const struct route_table *table, const struct addr *addr, struct cidr *ret_longest)
{
	const struct route *best = NULL;
	int bits = addr->family == 4 ? 32 : 128;

	*ret_longest = (struct cidr){0};
	for (int length = bits; length >= 0; length--) {
		struct cidr want = cidr_of(addr, (uint8_t)length);

		for (size_t i = lower_bound(table, &want);
			i < table->n_routes &&
			cidr_compare(&table->routes[i].prefix, &want) == 0;
			i++) {
			const struct route *route = &table->routes[i];

			if (!best)
				*ret_longest = want;
			if (route->local_table)
				return route;
			if (!best)
				best = route;
		}
	}
	return best;
}

const struct route *route_find(const struct route_table *table, const struct addr *addr)
{
	struct cidr longest;

	return find(table, addr, &longest);
}

size_t route_alternatives(const struct route_table *table, const struct route *route,
	const struct route **ret, size_t max)
{
	bool by_answer = route->prefix.base.family == 6 || route->prefix.length == 0;
	size_t n = 0;

	for (const struct route *r = route; r < table->routes + table->n_routes && n < max;
		r++) {
		if (cidr_compare(&r->prefix, &route->prefix) != 0 ||
			r->local_table != route->local_table || r->metric != route->metric ||
			(r != route && !r->more && !by_answer))
			break;
		if (r->type == route->type)
			ret[n++] = r;
	}
	return n;
}

const struct route *route_find_until(
	const struct route_table *table, const struct addr *addr, struct addr *ret_last)
{
	struct cidr longest, behind = {*addr, UINT8_MAX};
	const struct route *route = find(table, addr, &longest);
	size_t i = lower_bound(table, &behind);
	struct addr last;

	/* Prefixes nest: the longest one ends first, and the next one to begin lies in it or
	 * behind. */
	*ret_last = longest.base.family ? addr_range_of(&longest).last : addr_end(addr->family);
	if (i < table->n_routes && table->routes[i].prefix.base.family == addr->family) {
		last = table->routes[i].prefix.base;
		addr_step(&last, -1);
		if (addr_compare(&last, ret_last) < 0)
			*ret_last = last;
	}
	return route;
}

const struct route *route_of_link(const struct route_table *table, const struct cidr *prefix)
{
	for (size_t i = lower_bound(table, prefix);
		i < table->n_routes && cidr_compare(&table->routes[i].prefix, prefix) == 0; i++)
		if (table->routes[i].type == ROUTE_ON_LINK)
			return &table->routes[i];
	return NULL;
}

const struct route *route_next_on_link(const struct route_table *table, unsigned int interface,
	uint8_t family, const struct route *after)
{
	for (size_t i = after ? (size_t)(after - table->routes) + 1 : 0; i < table->n_routes;
		i++) {
		const struct route *route = &table->routes[i];

		if (route->type == ROUTE_ON_LINK && route->interface == interface &&
			route->prefix.base.family == family && !route->local_table &&
			!addr_is_multicast(&route->prefix.base))
			return route;
	}
	return NULL;
}

size_t route_interfaces_of(const struct route_table *table, const struct addr *addr,
	unsigned int *ret_indexes, size_t max)
{
	size_t n = 0;

	for (int length = addr->family == 4 ? 32 : 128; length >= 0; length--) {
		struct cidr want = cidr_of(addr, (uint8_t)length);

		for (size_t i = lower_bound(table, &want); i < table->n_routes; i++) {
			const struct route *route = &table->routes[i];
			bool known =
				route->local_table ||
				(route->type != ROUTE_GATEWAY && route->type != ROUTE_ON_LINK);

			if (cidr_compare(&route->prefix, &want) != 0)
				break;
			for (size_t k = 0; k < n && !known; k++)
				known = ret_indexes[k] == route->interface;
			if (!known && n < max)
				ret_indexes[n++] = route->interface;
		}
	}
	return n;
}

static unsigned int common_bits(const struct addr *a, const struct addr *b)
{
	unsigned int n = 0;

	while (n < 128 && !((a->bytes[n / 8] ^ b->bytes[n / 8]) >> (7 - n % 8) & 1))
		n++;
	return n;
}

bool route_source(const struct route_table *table, const struct route *route,
	const struct addr *dst, struct addr *ret_source)
{
	const struct addr *near = route->gateway.family == dst->family ? &route->gateway : dst;
	const struct route_address *best = NULL;
	unsigned int most = 0;

	if (route->type == ROUTE_LOCAL) {
		*ret_source = *dst;
		return true;
	}
	if (route->source.family == dst->family) {
		*ret_source = route->source;
		return true;
	}
	for (size_t i = 0; i < table->n_addresses; i++) {
		const struct route_address *a = &table->addresses[i];
		unsigned int bits = common_bits(&a->addr, near);
		bool same = a->interface == route->interface;
		struct cidr subnet = cidr_of(&a->addr, a->length);

		/* As the kernel does: of IPv4 the first in the gateway's subnet, else the
		 * first; of IPv6 the nearest (RFC 6724). */
		if (a->addr.family == 4)
			bits = near != dst && cidr_contains(&subnet, near) ? 1 : 0;

		if (a->addr.family != dst->family ||
			addr_is_link_local(&a->addr) != addr_is_link_local(dst) ||
			addr_is_loopback(&a->addr))
			continue;
		/* An address of the interface itself goes before any other. */
		if (same)
			bits += 256;
		if (!best || bits > most) {
			best = a;
			most = bits;
		}
	}
	if (best)
		*ret_source = best->addr;
	return best != NULL;
}

const struct route_interface *route_interface(
	const struct route_table *table, unsigned int index)
{
	for (size_t i = 0; i < table->n_interfaces; i++)
		if (table->interfaces[i].index == index)
			return &table->interfaces[i];
	return NULL;
}

const struct route_interface *route_loopback(const struct route_table *table)
{
	for (size_t i = 0; i < table->n_interfaces; i++)
		if (table->interfaces[i].loopback)
			return &table->interfaces[i];
	return NULL;
}

bool route_neighbour(const struct route_table *table, unsigned int interface,
	const struct addr *addr, struct mac *ret_mac, bool *ret_fresh)
{
	for (size_t i = 0; i < table->n_neighbours; i++) {
		const struct route_neighbour *n = &table->neighbours[i];

		if (n->interface == interface && addr_equal(&n->addr, addr)) {
			*ret_mac = n->mac;
			*ret_fresh = n->fresh;
			return true;
		}
	}
	return false;
}

const struct route_neighbour *route_neighbours(const struct route_table *table, size_t *ret_n)
{
	*ret_n = table->n_neighbours;
	return table->neighbours;
}
