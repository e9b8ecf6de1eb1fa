/* SPDX-License-Identifier: Apache-2.0 */
/* Who is connected to whom, by what SNMP agents say; see wiring.h. No I/O. */
#include "scanner/campaign/wiring.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows ----------------------------------------------------------------------------------- */

struct agent {
	struct addr addr;
	char engine[WIRING_ENGINE_MAX + 1];
	uint32_t leader; /* the agent that it is, too; itself, if it is the first */
	bool bridge;	 /* it has learnt somebody */
};

struct own_mac {
	struct mac mac;
	uint32_t agent;
};

struct own_addr {
	struct addr addr;
	uint32_t agent;
};

struct known {
	struct mac mac;
	bool told; /* by an ARP table; else met by ourselves */
	struct addr addr;
};

struct port {
	uint32_t agent, index;
	bool taken; /* a neighbour announced itself there */
	char name[WALK_NAME_MAX + 1];
};

struct learnt {
	uint32_t agent, index;
	struct mac mac;
};

struct announced {
	uint32_t agent;
	struct walk_neighbour neighbour;
};

/* On a port of one bridge another one is learnt. */
struct sight {
	uint32_t agent, other, index;
};

struct wire {
	struct addr a, b;
	const char *source, *port, *peer_port;
};

struct rows {
	char *data;
	size_t size, n, max;
	bool full;
};

struct wiring {
	struct rows agents, own_macs, own_addrs, known, ports, learnt, announced, sights, wires;
};

#define ROW(rows, type, i) (&((type *)(void *)(rows).data)[i])

static void *add(struct rows *rows)
{
	if (rows->n == rows->max) {
		size_t max = rows->max ? 2 * rows->max : 64;
		char *bigger = max <= WIRING_ROWS_MAX ? reallocarray(rows->data, max, rows->size) : NULL;

		if (!bigger) {
			rows->full = true;
			return NULL;
		}
		rows->data = bigger;
		rows->max = max;
	}
	memset(rows->data + rows->n * rows->size, 0, rows->size);
	return rows->data + rows->n++ * rows->size;
}

static void sort(struct rows *rows, int (*compare)(const void *, const void *))
{
	if (rows->n)
		qsort(rows->data, rows->n, rows->size, compare);
}

/* The first row that is not before a key. */
static size_t first(const struct rows *rows, const void *key, int (*compare)(const void *, const void *))
{
	size_t low = 0, high = rows->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(rows->data + middle * rows->size, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct wiring *wiring_new(void)
{
	struct wiring *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->agents.size = sizeof(struct agent);
	w->own_macs.size = sizeof(struct own_mac);
	w->own_addrs.size = sizeof(struct own_addr);
	w->known.size = sizeof(struct known);
	w->ports.size = sizeof(struct port);
	w->learnt.size = sizeof(struct learnt);
	w->announced.size = sizeof(struct announced);
	w->sights.size = sizeof(struct sight);
	w->wires.size = sizeof(struct wire);
	return w;
}

void wiring_free(struct wiring *w)
{
	if (!w)
		return;
	for (struct rows *rows = &w->agents; rows <= &w->wires; rows++)
		free(rows->data);
	free(w);
}

/* ---- what is said --------------------------------------------------------------------------- */

bool wiring_met(struct wiring *w, const struct addr *addr, const struct mac *mac)
{
	struct known *known = add(&w->known);

	if (known)
		*known = (struct known){*mac, false, *addr};
	return known;
}

static void add_own(struct wiring *w, uint32_t agent, const struct walk_tables *t)
{
	for (size_t i = 0; i < t->n_interfaces; i++) {
		const struct walk_interface *interface = &t->interfaces[i];
		struct port *port = add(&w->ports);
		struct own_mac *own = mac_is_zero(&interface->mac) ? NULL : add(&w->own_macs);

		if (port) {
			port->agent = agent;
			port->index = interface->index;
			memcpy(port->name, interface->name, sizeof(port->name));
		}
		if (own)
			*own = (struct own_mac){interface->mac, agent};
	}
	for (size_t i = 0; i < t->n_addresses; i++) {
		struct own_addr *own = addr_is_loopback(&t->addresses[i].addr) ||
						       addr_is_link_local(&t->addresses[i].addr)
					       ? NULL
					       : add(&w->own_addrs);

		if (own)
			*own = (struct own_addr){t->addresses[i].addr, agent};
	}
}

static bool is_full(const struct wiring *w)
{
	for (const struct rows *rows = &w->agents; rows <= &w->wires; rows++)
		if (rows->full)
			return true;
	return false;
}

bool wiring_add(struct wiring *w, const struct addr *addr, const char *engine,
	const struct walk_tables *t)
{
	struct agent *agent = add(&w->agents);
	uint32_t number = (uint32_t)w->agents.n - 1;

	if (!agent)
		return false;
	agent->addr = *addr;
	if (engine && strlen(engine) <= WIRING_ENGINE_MAX)
		memcpy(agent->engine, engine, strlen(engine) + 1);
	add_own(w, number, t);
	for (size_t i = 0; i < t->n_arps; i++) {
		struct known *known = mac_is_zero(&t->arps[i].mac) || mac_is_multicast(&t->arps[i].mac)
					      ? NULL
					      : add(&w->known);

		if (known)
			*known = (struct known){t->arps[i].mac, true, t->arps[i].addr};
	}
	for (size_t i = 0; i < t->n_stations; i++) {
		struct learnt *learnt = mac_is_multicast(&t->stations[i].mac) ? NULL : add(&w->learnt);

		if (learnt)
			*learnt = (struct learnt){number, t->stations[i].index, t->stations[i].mac};
	}
	for (size_t i = 0; i < t->n_neighbours; i++) {
		struct announced *announced = add(&w->announced);

		if (announced)
			*announced = (struct announced){number, t->neighbours[i]};
	}
	return !is_full(w);
}

/* ---- who is who ----------------------------------------------------------------------------- */

static int by_mac(const void *x, const void *y)
{
	return memcmp(x, y, sizeof(struct mac)); /* which all that are sorted so begin with */
}

static int compare_own(const void *x, const void *y)
{
	const struct own_mac *a = x, *b = y;
	int r = by_mac(x, y);

	return r ? r : (a->agent > b->agent) - (a->agent < b->agent);
}

static int compare_known(const void *x, const void *y)
{
	const struct known *a = x, *b = y;
	int r = by_mac(x, y);

	if (r == 0)
		r = a->told - b->told;
	return r ? r : addr_compare(&a->addr, &b->addr);
}

static int compare_own_addr(const void *x, const void *y)
{
	const struct own_addr *a = x, *b = y;

	if (a->agent != b->agent)
		return a->agent < b->agent ? -1 : 1;
	return addr_compare(&a->addr, &b->addr);
}

static const struct agent *agent_at(const struct wiring *w, uint32_t number)
{
	return ROW(w->agents, struct agent, number);
}

static bool owns(const struct wiring *w, uint32_t agent, const struct addr *addr)
{
	const struct own_addr key = {*addr, agent};
	size_t at = first(&w->own_addrs, &key, compare_own_addr);

	return at < w->own_addrs.n &&
	       compare_own_addr(ROW(w->own_addrs, struct own_addr, at), &key) == 0;
}

/* One agent may be read at several of its addresses: the lowest of them speaks for it. */
static void find_leaders(struct wiring *w)
{
	for (uint32_t i = 0; i < w->agents.n; i++) {
		struct agent *agent = ROW(w->agents, struct agent, i);

		agent->leader = i;
		for (uint32_t k = 0; k < w->agents.n; k++) {
			const struct agent *other = agent_at(w, k);

			if (strcmp(agent->engine, other->engine) == 0 && owns(w, k, &agent->addr) &&
				addr_compare(&other->addr, &agent_at(w, agent->leader)->addr) < 0)
				agent->leader = k;
		}
	}
}

static bool leads(const struct wiring *w, uint32_t agent)
{
	return agent_at(w, agent)->leader == agent;
}

#define NOBODY UINT32_MAX

/* The one agent that has the MAC. False, and no other meaning of it is looked for, if several have. */
static bool owner_of(const struct wiring *w, const struct mac *mac, uint32_t *ret_agent)
{
	const struct own_mac *row;

	*ret_agent = NOBODY;
	for (size_t i = first(&w->own_macs, mac, by_mac); i < w->own_macs.n; i++) {
		row = ROW(w->own_macs, struct own_mac, i);
		if (by_mac(row, mac) != 0)
			break;
		if (!leads(w, row->agent))
			continue;
		if (*ret_agent != NOBODY && *ret_agent != row->agent) {
			*ret_agent = NOBODY;
			return false;
		}
		*ret_agent = row->agent;
	}
	return true;
}

/* The range of rows that know a MAC; how many addresses it has. */
static size_t known_of(const struct wiring *w, const struct mac *mac, size_t *ret_first, size_t *ret_end)
{
	size_t n = 0, i = first(&w->known, mac, by_mac);

	*ret_first = i;
	for (; i < w->known.n && by_mac(ROW(w->known, struct known, i), mac) == 0; i++)
		n += i == *ret_first || !addr_equal(&ROW(w->known, struct known, i)->addr,
						&ROW(w->known, struct known, i - 1)->addr);
	*ret_end = i;
	return n;
}

static bool resolve(const struct wiring *w, const struct wiring_listener *l, const struct mac *mac,
	struct addr *ret)
{
	size_t i, end;
	uint32_t agent;

	if (mac_is_zero(mac) || !owner_of(w, mac, &agent))
		return false;
	if (agent != NOBODY) {
		*ret = agent_at(w, agent)->addr;
		return true;
	}
	if (known_of(w, mac, &i, &end) > WIRING_ADDRESSES_MAX)
		return false;
	for (; i < end; i++) {
		*ret = ROW(w->known, struct known, i)->addr;
		if (l->meant(l->context, ret))
			return true;
	}
	return false;
}

/* ---- links ---------------------------------------------------------------------------------- */

static int compare_ports(const void *x, const void *y)
{
	const struct port *a = x, *b = y;

	if (a->agent != b->agent)
		return a->agent < b->agent ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static struct port *port_at(const struct wiring *w, uint32_t agent, uint32_t index)
{
	const struct port key = {.agent = agent, .index = index};
	size_t at = first(&w->ports, &key, compare_ports);
	struct port *port = at < w->ports.n ? ROW(w->ports, struct port, at) : NULL;

	return port && compare_ports(port, &key) == 0 ? port : NULL;
}

static void join(struct wiring *w, const struct wire *wire)
{
	struct wire *place = addr_equal(&wire->a, &wire->b) ? NULL : add(&w->wires);

	if (place)
		*place = *wire;
}

static void mark_taken(struct wiring *w, const struct announced *announced)
{
	const struct port key = {.agent = announced->agent};

	for (size_t i = first(&w->ports, &key, compare_ports); i < w->ports.n; i++) {
		struct port *port = ROW(w->ports, struct port, i);

		if (port->agent != announced->agent)
			return;
		if (strcmp(port->name, announced->neighbour.port) == 0)
			port->taken = true;
	}
}

static void connect_announced(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	for (size_t i = 0; i < w->announced.n; i++) {
		const struct announced *row = ROW(w->announced, struct announced, i);
		const struct walk_neighbour *neighbour = &row->neighbour;
		struct wire wire = {.a = agent_at(w, row->agent)->addr,
			.source = neighbour->cdp ? "cdp" : "lldp",
			.port = neighbour->port,
			.peer_port = neighbour->peer_port};

		if (!leads(w, row->agent))
			continue;
		mark_taken(w, row);
		wire.b = neighbour->addr;
		if (resolve(w, l, &neighbour->chassis, &wire.b) ||
			(wire.b.family && l->meant(l->context, &wire.b)))
			join(w, &wire);
		else
			counts->nameless++;
	}
}

static int compare_learnt(const void *x, const void *y)
{
	const struct learnt *a = x, *b = y;

	if (a->agent != b->agent)
		return a->agent < b->agent ? -1 : 1;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	return memcmp(&a->mac, &b->mac, sizeof(a->mac));
}

static int compare_sights(const void *x, const void *y)
{
	const struct sight *a = x, *b = y;

	if (a->agent != b->agent)
		return a->agent < b->agent ? -1 : 1;
	if (a->other != b->other)
		return a->other < b->other ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* The first port of a bridge on which another one is learnt. */
static const struct sight *sight_of(const struct wiring *w, uint32_t agent, uint32_t other)
{
	const struct sight key = {agent, other, 0};
	size_t at = first(&w->sights, &key, compare_sights);
	const struct sight *sight = at < w->sights.n ? ROW(w->sights, struct sight, at) : NULL;

	return sight && sight->agent == agent && sight->other == other ? sight : NULL;
}

/* Which other bridges are behind a port; their number. */
static size_t look_for_bridges(struct wiring *w, const struct learnt *rows, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		struct sight *sight;
		uint32_t other;

		if (!owner_of(w, &rows[i].mac, &other) || other == NOBODY || other == rows[i].agent ||
			!agent_at(w, other)->bridge)
			continue;
		found++;
		sight = add(&w->sights);
		if (sight)
			*sight = (struct sight){rows[i].agent, other, rows[i].index};
	}
	return found;
}

static void connect_stations(struct wiring *w, const struct wiring_listener *l,
	const struct learnt *rows, size_t n, const struct port *port, struct wiring_counts *counts)
{
	struct wire wire = {.a = agent_at(w, rows->agent)->addr, .source = "fdb", .peer_port = ""};

	wire.port = port ? port->name : "";
	for (size_t i = 0; i < n; i++) {
		uint32_t owner;

		if (i && compare_learnt(&rows[i], &rows[i - 1]) == 0)
			continue; /* in another VLAN */
		if (owner_of(w, &rows[i].mac, &owner) && owner == rows[i].agent)
			continue;
		if (resolve(w, l, &rows[i].mac, &wire.b))
			join(w, &wire);
		else
			counts->nameless++;
	}
}

static void connect_learnt(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	const struct learnt *rows = ROW(w->learnt, struct learnt, 0);

	for (size_t begin = 0, end; begin < w->learnt.n; begin = end) {
		const struct learnt *row = &rows[begin];
		const struct port *port = port_at(w, row->agent, row->index);

		for (end = begin; end < w->learnt.n && rows[end].agent == row->agent &&
				  rows[end].index == row->index;
			end++)
			;
		if (!leads(w, row->agent) || look_for_bridges(w, row, end - begin) ||
			(port && port->taken))
			continue;
		if (end - begin > WIRING_STATIONS_MAX)
			counts->crowded++;
		else
			connect_stations(w, l, row, end - begin, port, counts);
	}
}

/* A third bridge that stands between two. */
static bool has_between(const struct wiring *w, const struct sight *there, const struct sight *back)
{
	for (uint32_t c = 0; c < w->agents.n; c++) {
		const struct sight *one = sight_of(w, there->agent, c), *other = sight_of(w, back->agent, c);

		if (c != there->agent && c != back->agent && one && other &&
			one->index == there->index && other->index == back->index)
			return true;
	}
	return false;
}

/* Whether two agents are connected already, as they announced themselves. */
static bool is_announced(const struct wiring *w, const struct wire *wire, size_t n_announced)
{
	for (size_t i = 0; i < n_announced; i++) {
		const struct wire *other = ROW(w->wires, struct wire, i);

		if ((addr_equal(&other->a, &wire->a) && addr_equal(&other->b, &wire->b)) ||
			(addr_equal(&other->a, &wire->b) && addr_equal(&other->b, &wire->a)))
			return true;
	}
	return false;
}

static void connect_bridges(struct wiring *w, size_t n_announced)
{
	sort(&w->sights, compare_sights);
	for (size_t i = 0; i < w->sights.n; i++) {
		const struct sight *there = ROW(w->sights, struct sight, i),
				   *back = sight_of(w, there->other, there->agent);
		const struct port *port = port_at(w, there->agent, there->index),
				  *peer = back ? port_at(w, back->agent, back->index) : NULL;
		struct wire wire = {.a = agent_at(w, there->agent)->addr,
			.b = agent_at(w, there->other)->addr,
			.source = "fdb",
			.port = port ? port->name : "",
			.peer_port = peer ? peer->name : ""};

		if (back && !has_between(w, there, back) &&
			!is_announced(w, &wire, n_announced))
			join(w, &wire);
	}
}

/* ---- telling -------------------------------------------------------------------------------- */

static int compare_wires(const void *x, const void *y)
{
	const struct wire *a = x, *b = y;
	int r = addr_compare(&a->a, &b->a);

	if (r == 0)
		r = addr_compare(&a->b, &b->b);
	if (r == 0)
		r = strcmp(a->source, b->source);
	if (r == 0)
		r = strcmp(a->port, b->port);
	return r ? r : strcmp(a->peer_port, b->peer_port);
}

static int tell_links(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	int r = 0;

	sort(&w->wires, compare_wires);
	for (size_t i = 0; r == 0 && i < w->wires.n; i++) {
		const struct wire *wire = ROW(w->wires, struct wire, i);

		if (i && compare_wires(wire, wire - 1) == 0)
			continue;
		counts->links++;
		r = l->link(l->context, &wire->a, wire->port, &wire->b, wire->peer_port, wire->source);
	}
	return r;
}

static int by_address(const void *x, const void *y)
{
	const struct known *a = x, *b = y;
	int r = addr_compare(&a->addr, &b->addr);

	return r ? r : compare_known(x, y);
}

/* Whom ARP tables know, where all who know the address name one MAC. */
static int tell_stations(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	struct rows told = {.size = sizeof(struct known)};
	size_t from, to;
	int r = 0;

	for (size_t i = 0; i < w->known.n; i++) {
		const struct known *row = ROW(w->known, struct known, i);
		struct known *place;

		if (!row->told || !l->meant(l->context, &row->addr) ||
			known_of(w, &row->mac, &from, &to) > WIRING_ADDRESSES_MAX)
			continue;
		place = add(&told);
		if (place)
			*place = *row;
	}
	sort(&told, by_address);
	for (size_t begin = 0, end; r == 0 && begin < told.n; begin = end) {
		const struct known *row = ROW(told, struct known, begin);
		bool one = true;

		for (end = begin; end < told.n && addr_equal(&ROW(told, struct known, end)->addr, &row->addr);
			end++)
			one &= by_mac(ROW(told, struct known, end), row) == 0;
		if (!one)
			continue;
		counts->stations++;
		r = l->station(l->context, &row->addr, &row->mac, known_of(w, &row->mac, &from, &to) == 1);
	}
	free(told.data);
	return r;
}

static int tell_aliases_of(struct wiring *w, const struct wiring_listener *l, uint32_t agent,
	struct addr *room, struct wiring_counts *counts)
{
	const struct own_addr key = {.agent = agent};
	size_t n = 0;

	for (size_t i = first(&w->own_addrs, &key, compare_own_addr); i < w->own_addrs.n; i++) {
		const struct own_addr *own = ROW(w->own_addrs, struct own_addr, i);

		if (own->agent != agent)
			break;
		if ((n && addr_equal(&room[n - 1], &own->addr)) || !l->meant(l->context, &own->addr))
			continue;
		room[n++] = own->addr;
	}
	if (n < 2)
		return 0;
	counts->aliases += n;
	return l->aliases(l->context, room, n);
}

static int tell_aliases(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	struct addr *room = calloc(w->own_addrs.n + 1, sizeof(*room));
	int r = 0;

	for (uint32_t i = 0; room && r == 0 && i < w->agents.n; i++)
		if (leads(w, i))
			r = tell_aliases_of(w, l, i, room, counts);
	free(room);
	return r;
}

int wiring_tell(struct wiring *w, const struct wiring_listener *listener,
	struct wiring_counts *ret_counts)
{
	size_t n_announced;
	int r;

	*ret_counts = (struct wiring_counts){0};
	sort(&w->own_macs, compare_own);
	sort(&w->own_addrs, compare_own_addr);
	sort(&w->known, compare_known);
	sort(&w->ports, compare_ports);
	sort(&w->learnt, compare_learnt);
	find_leaders(w);
	for (size_t i = 0; i < w->learnt.n; i++)
		ROW(w->agents, struct agent, ROW(w->learnt, struct learnt, i)->agent)->bridge = true;
	connect_announced(w, listener, ret_counts);
	n_announced = w->wires.n;
	connect_learnt(w, listener, ret_counts);
	connect_bridges(w, n_announced);
	r = tell_stations(w, listener, ret_counts);
	if (r == 0)
		r = tell_links(w, listener, ret_counts);
	return r == 0 ? tell_aliases(w, listener, ret_counts) : r;
}
