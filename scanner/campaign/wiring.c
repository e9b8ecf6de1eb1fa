/* SPDX-License-Identifier: Apache-2.0 */
/* Who is connected to whom, by what SNMP agents say; see wiring.h. No I/O. */
#include "scanner/campaign/wiring.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows -------------------------------------------------------------------------------- */

struct agent {
	struct addr addr;
	char engine[WIRING_ENGINE_MAX + 1];
	uint32_t leader; /* the agent that it is, too; itself, if it is the first */
	bool bridge;	 /* it has learnt somebody, or may have */
	bool read, fdb_whole, lldp_whole, cdp_whole;
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
	bool taken;    /* a neighbour announced itself there */
	bool nameless; /* ... of which no address is known */
	char name[WALK_NAME_MAX + 1];
};

struct member {
	uint32_t agent, index, aggregate;
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
	struct rows agents, own_macs, own_addrs, known, ports, members, learnt, announced,
		sights, wires;
};

#define ROW(rows, type, i) (&((type *)(void *)(rows).data)[i])

static void *add(struct rows *rows)
{
	if (rows->n == rows->max) {
		size_t max = rows->max ? 2 * rows->max : 64;
		char *bigger = max <= WIRING_ROWS_MAX
				       ? reallocarray(rows->data, max, rows->size)
				       : NULL;

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
static size_t first(
	const struct rows *rows, const void *key, int (*compare)(const void *, const void *))
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
	w->members.size = sizeof(struct member);
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

/* ---- what is said ------------------------------------------------------------------------ */

/* Link-local addresses mean nothing elsewhere. */
static bool learn(struct wiring *w, const struct addr *addr, const struct mac *mac, bool told)
{
	struct known *known;

	if (mac_is_zero(mac) || mac_is_multicast(mac) || addr_is_link_local(addr))
		return true;
	known = add(&w->known);
	if (known)
		*known = (struct known){*mac, told, *addr};
	return known;
}

bool wiring_met(struct wiring *w, const struct addr *addr, const struct mac *mac)
{
	return learn(w, addr, mac, false);
}

bool wiring_unread(struct wiring *w, const struct addr *addr)
{
	struct agent *agent = add(&w->agents);

	if (agent) {
		agent->addr = *addr;
		agent->bridge = true;
	}
	return agent;
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
	for (size_t i = 0; i < t->n_members; i++) {
		struct member *member = add(&w->members);

		if (member)
			*member = (struct member){
				agent, t->members[i].index, t->members[i].aggregate};
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
	agent->read = true;
	agent->fdb_whole = t->fdb_whole;
	agent->lldp_whole = t->lldp_whole;
	agent->cdp_whole = t->cdp_whole;
	if (engine && strlen(engine) <= WIRING_ENGINE_MAX)
		memcpy(agent->engine, engine, strlen(engine) + 1);
	add_own(w, number, t);
	for (size_t i = 0; i < t->n_arps; i++)
		learn(w, &t->arps[i].addr, &t->arps[i].mac, true);
	for (size_t i = 0; i < t->n_stations; i++) {
		struct learnt *learnt =
			mac_is_multicast(&t->stations[i].mac) ? NULL : add(&w->learnt);

		if (learnt)
			*learnt = (struct learnt){
				number, t->stations[i].index, t->stations[i].mac};
	}
	for (size_t i = 0; i < t->n_neighbours; i++) {
		struct announced *announced = add(&w->announced);

		if (announced)
			*announced = (struct announced){number, t->neighbours[i]};
	}
	return !is_full(w);
}

/* ---- who is who -------------------------------------------------------------------------- */

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

/* How much it told. */
static int told_by(const struct agent *agent)
{
	return agent->read + agent->fdb_whole + agent->lldp_whole + agent->cdp_whole;
}

static bool speaks_before(const struct agent *a, const struct agent *b)
{
	return told_by(a) != told_by(b) ? told_by(a) > told_by(b)
					: addr_compare(&a->addr, &b->addr) < 0;
}

/* One agent may be met at several of its addresses: where it told most, and of those at the
 * lowest, it speaks for all. */
static void find_leaders(struct wiring *w)
{
	for (uint32_t i = 0; i < w->agents.n; i++) {
		struct agent *agent = ROW(w->agents, struct agent, i);

		agent->leader = i;
		for (uint32_t k = 0; k < w->agents.n; k++) {
			const struct agent *other = agent_at(w, k);

			if (k != i &&
				(!agent->read || strcmp(agent->engine, other->engine) == 0) &&
				owns(w, k, &agent->addr) &&
				speaks_before(other, agent_at(w, agent->leader)))
				agent->leader = k;
		}
	}
}

/* The MAC of an agent that was not read is its own by what others know. */
static void find_unread(struct wiring *w)
{
	size_t n = w->known.n;

	for (uint32_t i = 0; i < w->agents.n; i++)
		for (size_t k = 0; !agent_at(w, i)->read && k < n; k++) {
			const struct known *known = ROW(w->known, struct known, k);
			struct own_mac *own = addr_equal(&known->addr, &agent_at(w, i)->addr)
						      ? add(&w->own_macs)
						      : NULL;

			if (own)
				*own = (struct own_mac){known->mac, i};
		}
}

static bool leads(const struct wiring *w, uint32_t agent)
{
	return agent_at(w, agent)->leader == agent;
}

#define NOBODY UINT32_MAX

/* The one agent that has the MAC. False, and no other meaning of it is looked for, if several
 * have. */
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
static size_t known_of(
	const struct wiring *w, const struct mac *mac, size_t *ret_first, size_t *ret_end)
{
	size_t n = 0, i = first(&w->known, mac, by_mac);

	*ret_first = i;
	for (; i < w->known.n && by_mac(ROW(w->known, struct known, i), mac) == 0; i++)
		n += i == *ret_first || !addr_equal(&ROW(w->known, struct known, i)->addr,
						&ROW(w->known, struct known, i - 1)->addr);
	*ret_end = i;
	return n;
}

static bool resolve(const struct wiring *w, const struct wiring_listener *l,
	const struct mac *mac, struct addr *ret)
{
	const struct addr *addr;
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
		addr = &ROW(w->known, struct known, i)->addr;
		if (l->meant(l->context, addr)) {
			*ret = *addr;
			return true;
		}
	}
	return false;
}

/* ---- links ------------------------------------------------------------------------------- */

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

static void mark_port(struct port *port, bool nameless)
{
	if (port) {
		port->taken = true;
		port->nameless |= nameless;
	}
}

/* By its number, or else by its name; with it what it is a part of. */
static void mark_taken(struct wiring *w, const struct announced *announced, bool nameless)
{
	const struct port key = {.agent = announced->agent};
	uint32_t index = announced->neighbour.index;

	for (size_t i = first(&w->ports, &key, compare_ports); !index && i < w->ports.n; i++) {
		const struct port *port = ROW(w->ports, struct port, i);

		if (port->agent != announced->agent)
			break;
		if (*port->name && strcmp(port->name, announced->neighbour.port) == 0)
			index = port->index;
	}
	mark_port(port_at(w, announced->agent, index), nameless);
	for (size_t i = 0; index && i < w->members.n; i++) {
		const struct member *member = ROW(w->members, struct member, i);

		if (member->agent == announced->agent && member->index == index)
			mark_port(port_at(w, announced->agent, member->aggregate), nameless);
	}
}

static void connect_announced(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	for (size_t i = 0; i < w->announced.n; i++) {
		const struct announced *row = ROW(w->announced, struct announced, i);
		const struct walk_neighbour *neighbour = &row->neighbour;
		const struct agent *agent = agent_at(w, row->agent);
		struct wire wire = {.a = agent->addr,
			.b = neighbour->addr,
			.source = neighbour->cdp ? "cdp" : "lldp",
			.port = neighbour->port,
			.peer_port = neighbour->peer_port};
		bool named;

		if (!leads(w, row->agent))
			continue;
		named = resolve(w, l, &neighbour->chassis, &wire.b) ||
			(wire.b.family && l->meant(l->context, &wire.b));
		mark_taken(w, row, !named);
		counts->nameless += !named;
		if (named && (neighbour->cdp ? agent->cdp_whole : agent->lldp_whole))
			join(w, &wire);
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

		if (!owner_of(w, &rows[i].mac, &other) || other == NOBODY ||
			other == rows[i].agent || !agent_at(w, other)->bridge)
			continue;
		found++;
		sight = add(&w->sights);
		if (sight)
			*sight = (struct sight){rows[i].agent, other, rows[i].index};
	}
	return found;
}

/* Each once, however many VLANs it is in. */
static size_t count_stations(const struct learnt *rows, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += i == 0 || compare_learnt(&rows[i], &rows[i - 1]) != 0;
	return found;
}

static void connect_stations(struct wiring *w, const struct wiring_listener *l,
	const struct learnt *rows, size_t n, const struct port *port,
	struct wiring_counts *counts)
{
	struct wire wire = {
		.a = agent_at(w, rows->agent)->addr, .source = "fdb", .peer_port = ""};

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
		size_t stations;

		for (end = begin; end < w->learnt.n && rows[end].agent == row->agent &&
				  rows[end].index == row->index;
			end++)
			;
		stations = count_stations(row, end - begin);
		if (!leads(w, row->agent) || look_for_bridges(w, row, end - begin) ||
			!agent_at(w, row->agent)->fdb_whole ||
			(port && port->taken && !(port->nameless && stations == 1)))
			continue;
		if (row->index == 0)
			counts->nameless += stations;
		else if (stations > WIRING_STATIONS_MAX)
			counts->crowded++;
		else
			connect_stations(w, l, row, end - begin, port, counts);
	}
}

/* A third bridge that stands between two. */
static bool has_between(
	const struct wiring *w, const struct sight *there, const struct sight *back)
{
	for (uint32_t c = 0; c < w->agents.n; c++) {
		const struct sight *one = sight_of(w, there->agent, c),
				   *other = sight_of(w, back->agent, c);

		if (c != there->agent && c != back->agent && one && other &&
			one->index == there->index && other->index == back->index)
			return true;
	}
	return false;
}

static int compare_ends(const void *x, const void *y)
{
	const struct wire *a = x, *b = y;
	int r = addr_compare(&a->a, &b->a);

	return r ? r : addr_compare(&a->b, &b->b);
}

/* Among the first n, which are in order. */
static bool has_wire(
	const struct wiring *w, size_t n, const struct addr *a, const struct addr *b)
{
	const struct rows wires = {.data = w->wires.data, .size = w->wires.size, .n = n};
	const struct wire key = {.a = *a, .b = *b};
	size_t at = first(&wires, &key, compare_ends);

	return at < n && compare_ends(ROW(wires, struct wire, at), &key) == 0;
}

/* Of what an agent that was read whole sees behind a port, nothing else may be a bridge. */
static bool is_alone(const struct wiring *w, const struct sight *sight)
{
	const struct sight key = {sight->agent, 0, 0};

	for (size_t i = first(&w->sights, &key, compare_sights); i < w->sights.n; i++) {
		const struct sight *other = ROW(w->sights, struct sight, i);

		if (other->agent != sight->agent)
			return true;
		if (other->index == sight->index && other->other != sight->other)
			return false;
	}
	return true;
}

/* Whether the two stand next to each other. */
static bool are_next(
	const struct wiring *w, const struct sight *there, const struct sight *back)
{
	if (back)
		return !has_between(w, there, back);
	return !agent_at(w, there->other)->fdb_whole && is_alone(w, there);
}

static void connect_bridges(struct wiring *w, struct wiring_counts *counts)
{
	const size_t n = w->wires.n;

	if (w->sights.n > WIRING_SIGHTS_MAX) {
		counts->full = true;
		return;
	}
	for (size_t i = 0; i < w->sights.n; i++) {
		const struct sight *there = ROW(w->sights, struct sight, i),
				   *back = sight_of(w, there->other, there->agent);
		const struct port *port = port_at(w, there->agent, there->index),
				  *peer = back ? port_at(w, back->agent, back->index) : NULL;
		const struct addr *a = &agent_at(w, there->agent)->addr,
				  *b = &agent_at(w, there->other)->addr;
		struct wire wire = {.a = *a,
			.b = *b,
			.source = "fdb",
			.port = port ? port->name : "",
			.peer_port = peer ? peer->name : ""};

		if ((i == 0 || there->agent != there[-1].agent ||
			    there->other != there[-1].other) &&
			agent_at(w, there->agent)->fdb_whole && !(port && port->taken) &&
			are_next(w, there, back) && !has_wire(w, n, a, b) &&
			!has_wire(w, n, b, a))
			join(w, &wire);
	}
}

/* ---- telling ----------------------------------------------------------------------------- */

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
		r = l->link(l->context, &wire->a, wire->port, &wire->b, wire->peer_port,
			wire->source);
	}
	return r;
}

static int by_address(const void *x, const void *y)
{
	const struct known *a = x, *b = y;
	int r = addr_compare(&a->addr, &b->addr);

	return r ? r : compare_known(x, y);
}

/* Whether a MAC has one address of a family. */
static bool has_one(const struct wiring *w, const struct known *row)
{
	size_t i, end;

	for (known_of(w, &row->mac, &i, &end); i < end; i++) {
		const struct known *other = ROW(w->known, struct known, i);

		if (other->addr.family == row->addr.family &&
			!addr_equal(&other->addr, &row->addr))
			return false;
	}
	return true;
}

/* Whom ARP tables know, where all who know the address name one MAC. */
static int tell_stations(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	struct rows told = {.size = sizeof(struct known)};
	int r = 0;

	for (size_t i = 0; i < w->known.n; i++) {
		const struct known *row = ROW(w->known, struct known, i);
		struct known *place =
			row->told && l->meant(l->context, &row->addr) ? add(&told) : NULL;

		if (place)
			*place = *row;
	}
	sort(&told, by_address);
	for (size_t begin = 0, end; r == 0 && begin < told.n; begin = end) {
		const struct known *row = ROW(told, struct known, begin);
		bool one = true;

		for (end = begin; end < told.n &&
				  addr_equal(&ROW(told, struct known, end)->addr, &row->addr);
			end++)
			one &= by_mac(ROW(told, struct known, end), row) == 0;
		if (!one || !has_one(w, row))
			continue;
		counts->stations++;
		r = l->station(l->context, &row->addr, &row->mac);
	}
	counts->full |= told.full;
	free(told.data);
	return r;
}

/* Whether another agent says that the address is its own. */
static bool is_disputed(const struct wiring *w, uint32_t agent, const struct addr *addr)
{
	for (uint32_t i = 0; i < w->agents.n; i++)
		if (i != agent && leads(w, i) && owns(w, i, addr))
			return true;
	return false;
}

static int tell_aliases_of(
	struct wiring *w, const struct wiring_listener *l, uint32_t agent, struct addr *room)
{
	const struct own_addr key = {.agent = agent};
	size_t n = 0;

	if (!owns(w, agent, &agent_at(w, agent)->addr))
		return 0; /* translated on the way */
	for (size_t i = first(&w->own_addrs, &key, compare_own_addr); i < w->own_addrs.n; i++) {
		const struct own_addr *own = ROW(w->own_addrs, struct own_addr, i);

		if (own->agent != agent)
			break;
		if ((n && addr_equal(&room[n - 1], &own->addr)) ||
			!l->meant(l->context, &own->addr) || is_disputed(w, agent, &own->addr))
			continue;
		room[n++] = own->addr;
	}
	return n < 2 ? 0 : l->aliases(l->context, room, n);
}

static int by_agent_address(const void *x, const void *y, void *context)
{
	const struct wiring *w = context;

	return addr_compare(&agent_at(w, *(const uint32_t *)x)->addr,
		&agent_at(w, *(const uint32_t *)y)->addr);
}

static int tell_aliases(
	struct wiring *w, const struct wiring_listener *l, struct wiring_counts *counts)
{
	_cleanup_(cleanup_freep) struct addr *room = calloc(w->own_addrs.n + 1, sizeof(*room));
	_cleanup_(cleanup_freep) uint32_t *order = calloc(w->agents.n + 1, sizeof(*order));
	int r = 0;

	if (!room || !order) {
		counts->full = true;
		return 0;
	}
	for (uint32_t i = 0; i < w->agents.n; i++)
		order[i] = i;
	qsort_r(order, w->agents.n, sizeof(*order), by_agent_address, w);
	for (uint32_t i = 0; r == 0 && i < w->agents.n; i++)
		if (leads(w, order[i]))
			r = tell_aliases_of(w, l, order[i], room);
	return r;
}

int wiring_tell(struct wiring *w, const struct wiring_listener *listener,
	struct wiring_counts *ret_counts)
{
	int r;

	*ret_counts = (struct wiring_counts){0};
	find_unread(w);
	sort(&w->own_macs, compare_own);
	sort(&w->own_addrs, compare_own_addr);
	sort(&w->known, compare_known);
	sort(&w->ports, compare_ports);
	sort(&w->learnt, compare_learnt);
	find_leaders(w);
	for (size_t i = 0; i < w->learnt.n; i++)
		ROW(w->agents, struct agent, ROW(w->learnt, struct learnt, i)->agent)->bridge =
			true;
	connect_announced(w, listener, ret_counts);
	connect_learnt(w, listener, ret_counts);
	sort(&w->sights, compare_sights);
	sort(&w->wires, compare_wires);
	connect_bridges(w, ret_counts);
	ret_counts->full |= is_full(w);
	r = tell_stations(w, listener, ret_counts);
	if (r == 0)
		r = tell_links(w, listener, ret_counts);
	return r == 0 ? tell_aliases(w, listener, ret_counts) : r;
}
