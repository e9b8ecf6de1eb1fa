/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows of a realm, and the networks that assets stand in. A flow is told by addresses: it is
 * the asset's that held the address then, else the next holder's. Its zones are those of the
 * longest subnets around, or as attested of the asset. Where it was not recognised itself, what
 * speaks at the server's port says what it is. All of that is looked up here, by halving, since
 * the database would take longer to join it.
 */
#include "inventory/boundary/loading.h"

#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

#define PROTOCOLS_MAX 1024 /* whose names are kept once; later ones are copied each time */
#define CLASSES_MAX 512 /* protocols of which the class is stated */
#define LENGTH_MAX 128

/* An asset at an address, from the time of one run until before that of another; one address
 * after the other. Runs are filed late, so their numbers say nothing of what was first. */
struct holder {
	struct addr addr;
	uint32_t asset, subnet, zone;
	int64_t from_us, until_us; /* INT64_MAX: still */
};

struct subnet {
	struct cidr cidr;
	uint32_t zone;
};

/* What speaks at a port. */
struct spoken {
	struct addr addr;
	uint8_t transport;
	uint16_t port;
	const char *protocol;
};

/* A flow as it was filed. */
struct raw {
	struct addr client, server;
	uint8_t transport;
	uint16_t port;
	enum boundary_direction direction;
	const char *protocol;
	int64_t seen_us, run_id;
};

struct protocol {
	const char *name;
	enum boundary_class kind;
};

struct flowing {
	struct loading *l;
	struct holder *holders;
	struct subnet *subnets;
	struct spoken *spoken;
	struct raw *raw;
	uint32_t *attested; /* zone of an asset, BOUNDARY_NONE: not stated */
	size_t n_holders, n_subnets, n_spoken, n_raw;
	bool lengths[2][LENGTH_MAX + 1]; /* of subnets, IPv4 and IPv6 */
	struct protocol protocols[PROTOCOLS_MAX];
	size_t n_protocols;
};

static void flowing_done(struct flowing *f)
{
	free(f->holders);
	free(f->subnets);
	free(f->spoken);
	free(f->raw);
	free(f->attested);
}

static void sort(
	void *records, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	if (n > 0)
		qsort(records, n, size, compare);
}

static int read_rows(struct flowing *f, const struct query *query, size_t size,
	struct db_result **ret_rows, void *ret_records)
{
	struct loading *l = f->l;
	int r = db_run(l->db, query, DB_VALUES(db_int(l->to->realm)), ret_rows, l->reterr);
	void *records = r < 0 ? NULL : calloc(db_rows(*ret_rows) + 1, size);

	if (r < 0)
		return r;
	if (!records)
		return loading_no_memory(l);
	memcpy(ret_records, &records, sizeof(records));
	return 0;
}

/* ---- protocols ------------------------------------------------------------------------- */

static enum boundary_class class_of(const char *name)
{
	if (strcmp(name, "control") == 0)
		return BOUNDARY_CONTROL;
	return strcmp(name, "service") == 0 ? BOUNDARY_SERVICE : BOUNDARY_BUSINESS;
}

static int read_classes(struct flowing *f)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct loading *l = f->l;
	int r = db_run(l->db, &query_boundary_classes, DB_NO_VALUES, &rows, l->reterr);

	if (r == 0 && db_rows(rows) > CLASSES_MAX)
		return error_set(l->reterr, ERROR_INPUT,
			"the table flow_class names more than %d protocols", CLASSES_MAX);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		f->protocols[i] = (struct protocol){
			loading_keep(l, rows, i, 0), class_of(db_get_text(rows, i, 1))};
		if (!f->protocols[i].name)
			return loading_no_memory(l);
		f->n_protocols++;
	}
	return r;
}

/* One copy of each name; of what is not in the table the class is business. */
static const struct protocol *find_protocol(
	struct flowing *f, const char *name, struct protocol *room)
{
	for (size_t i = 0; i < f->n_protocols; i++)
		if (strcmp(f->protocols[i].name, name) == 0)
			return &f->protocols[i];
	*room = (struct protocol){arena_strdup(f->l->to->arena, name), BOUNDARY_BUSINESS};
	if (!room->name || f->n_protocols == PROTOCOLS_MAX)
		return room;
	f->protocols[f->n_protocols] = *room;
	return &f->protocols[f->n_protocols++];
}

/* ---- networks ---------------------------------------------------------------------------- */

static int compare_subnets(const void *a, const void *b)
{
	return cidr_compare(
		&((const struct subnet *)a)->cidr, &((const struct subnet *)b)->cidr);
}

static int read_subnets(struct flowing *f)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = read_rows(f, &query_boundary_subnets, sizeof(*f->subnets), &rows, &f->subnets);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct subnet *s = &f->subnets[f->n_subnets];

		if (!db_get_cidr(rows, i, 0, &s->cidr))
			continue;
		s->zone = loading_zone(&f->l->to->graph, db_get_text(rows, i, 1));
		f->lengths[s->cidr.base.family == 6][s->cidr.length] = true;
		f->n_subnets++;
	}
	sort(f->subnets, f->n_subnets, sizeof(*f->subnets), compare_subnets);
	return r;
}

/* The longest subnet around an address. */
static uint32_t subnet_of(const struct flowing *f, const struct addr *addr)
{
	for (int length = addr->family == 6 ? 128 : 32; length >= 0; length--) {
		struct subnet wanted;
		const struct subnet *found;

		if (!f->lengths[addr->family == 6][length])
			continue;
		wanted.cidr = cidr_of(addr, (uint8_t)length);
		found = bsearch(
			&wanted, f->subnets, f->n_subnets, sizeof(wanted), compare_subnets);
		if (found)
			return (uint32_t)(found - f->subnets);
	}
	return BOUNDARY_NONE;
}

static int read_attested(struct flowing *f)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct loading *l = f->l;
	const struct boundary_graph *g = &l->to->graph;
	int r = db_run(l->db, &query_boundary_attested, DB_VALUES(db_int(l->to->realm)), &rows,
		l->reterr);

	if (r < 0)
		return r;
	f->attested = calloc((size_t)g->n_assets + 1, sizeof(*f->attested));
	if (!f->attested)
		return loading_no_memory(l);
	memset(f->attested, 0xff, g->n_assets * sizeof(*f->attested));
	for (size_t i = 0; i < db_rows(rows); i++) {
		uint32_t asset = loading_asset(g, db_get_int(rows, i, 0));

		if (asset != BOUNDARY_NONE)
			f->attested[asset] = loading_zone(g, db_get_text(rows, i, 1));
	}
	return 0;
}

/* ---- addresses --------------------------------------------------------------------------- */

static int compare_holders(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	if (!order)
		order = ORDER(x->from_us, y->from_us);
	return order ? order : ORDER(x->asset, y->asset);
}

static int read_holders(struct flowing *f)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = read_rows(
		f, &query_boundary_addresses, sizeof(*f->holders), &rows, &f->holders);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct holder *h = &f->holders[f->n_holders];

		if (!db_get_addr(rows, i, 0, &h->addr))
			continue;
		h->from_us = db_get_int(rows, i, 1);
		h->until_us = db_is_null(rows, i, 2) ? INT64_MAX : db_get_int(rows, i, 2);
		h->asset = loading_asset(&f->l->to->graph, db_get_int(rows, i, 3));
		h->subnet = subnet_of(f, &h->addr);
		h->zone =
			h->subnet != BOUNDARY_NONE ? f->subnets[h->subnet].zone : BOUNDARY_NONE;
		if (h->asset != BOUNDARY_NONE && f->attested[h->asset] != BOUNDARY_NONE)
			h->zone = f->attested[h->asset];
		f->n_holders++;
	}
	sort(f->holders, f->n_holders, sizeof(*f->holders), compare_holders);
	return r;
}

static int compare_places(const void *a, const void *b)
{
	const struct boundary_place *x = a, *y = b;
	int order = ORDER(x->asset, y->asset);

	if (!order)
		order = ORDER(x->subnet, y->subnet);
	return order ? order : ORDER(x->zone, y->zone);
}

/* Networks of the addresses that assets have now, each once. */
static int make_places(struct flowing *f)
{
	struct boundary_graph *g = &f->l->to->graph;
	struct boundary_place *places =
		arena_alloc(f->l->to->arena, (f->n_holders + 1) * sizeof(*places));
	uint32_t n = 0;

	if (!places)
		return loading_no_memory(f->l);
	for (size_t i = 0; i < f->n_holders; i++)
		if (f->holders[i].until_us == INT64_MAX && f->holders[i].asset != BOUNDARY_NONE)
			places[n++] = (struct boundary_place){
				f->holders[i].asset, f->holders[i].subnet, f->holders[i].zone};
	sort(places, n, sizeof(*places), compare_places);
	for (uint32_t i = 0; i < n; i++)
		if (g->n_places == 0 ||
			compare_places(&places[g->n_places - 1], &places[i]) != 0)
			places[g->n_places++] = places[i];
	g->places = places;
	return 0;
}

/* Who held an address at a time, and the zone it was in. */
static uint32_t owner_of(
	const struct flowing *f, const struct addr *addr, int64_t when_us, uint32_t *ret_zone)
{
	size_t low = 0, high = f->n_holders;
	uint32_t subnet;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(&f->holders[middle].addr, addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < f->n_holders && addr_equal(&f->holders[low].addr, addr); low++)
		if (f->holders[low].until_us > when_us) {
			*ret_zone = f->holders[low].zone;
			return f->holders[low].asset;
		}
	subnet = subnet_of(f, addr);
	*ret_zone = subnet != BOUNDARY_NONE ? f->subnets[subnet].zone : BOUNDARY_NONE;
	return BOUNDARY_NONE;
}

/* ---- flows ------------------------------------------------------------------------------- */

static int compare_spoken(const void *a, const void *b)
{
	const struct spoken *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	if (!order)
		order = ORDER(x->transport, y->transport);
	return order ? order : ORDER(x->port, y->port);
}

static int read_spoken(struct flowing *f)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = read_rows(f, &query_boundary_spoken, sizeof(*f->spoken), &rows, &f->spoken);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct spoken *s = &f->spoken[f->n_spoken];
		struct protocol room;

		if (!db_get_addr(rows, i, 0, &s->addr))
			continue;
		s->transport = (uint8_t)db_get_int(rows, i, 1);
		s->port = (uint16_t)db_get_int(rows, i, 2);
		s->protocol = find_protocol(f, db_get_text(rows, i, 3), &room)->name;
		if (!s->protocol)
			return loading_no_memory(f->l);
		f->n_spoken++;
	}
	sort(f->spoken, f->n_spoken, sizeof(*f->spoken), compare_spoken);
	return r;
}

static int compare_raw(const void *a, const void *b)
{
	const struct raw *x = a, *y = b;
	int order = addr_compare(&x->client, &y->client);

	if (!order)
		order = addr_compare(&x->server, &y->server);
	if (!order)
		order = ORDER(x->transport, y->transport);
	return order ? order : ORDER(x->port, y->port);
}

/* The newest sighting first; a run may have made two one by closing a gap. */
static int compare_sightings(const void *a, const void *b)
{
	const struct raw *x = a, *y = b;
	int order = compare_raw(a, b);

	if (!order)
		order = ORDER(y->seen_us, x->seen_us);
	if (!order)
		order = ORDER(y->run_id, x->run_id);
	if (!order)
		order = ORDER(x->direction, y->direction);
	return order ? order : strcmp(x->protocol, y->protocol);
}

static enum boundary_direction way_of(const char *name)
{
	if (strcmp(name, "both") == 0)
		return BOUNDARY_BOTH;
	return strcmp(name, "one-way") == 0 ? BOUNDARY_ONE_WAY : BOUNDARY_UNKNOWN;
}

static int read_raw(struct flowing *f)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = read_rows(f, &query_boundary_flows, sizeof(*f->raw), &rows, &f->raw);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct raw *raw = &f->raw[f->n_raw];
		struct protocol room;

		if (!db_get_addr(rows, i, 0, &raw->client) ||
			!db_get_addr(rows, i, 1, &raw->server))
			continue;
		raw->transport = (uint8_t)db_get_int(rows, i, 2);
		raw->port = (uint16_t)db_get_int(rows, i, 3);
		raw->protocol = find_protocol(f, db_get_text(rows, i, 4), &room)->name;
		raw->direction = way_of(db_get_text(rows, i, 5));
		raw->seen_us = db_get_int(rows, i, 6);
		raw->run_id = db_get_int(rows, i, 7);
		if (!raw->protocol)
			return loading_no_memory(f->l);
		f->n_raw++;
	}
	sort(f->raw, f->n_raw, sizeof(*f->raw), compare_sightings);
	return r;
}

static int take_flow(struct flowing *f, const struct raw *raw, struct boundary_flow *flow)
{
	const struct spoken wanted = {raw->server, raw->transport, raw->port, NULL};
	const struct spoken *spoken = raw->protocol[0] || f->n_spoken == 0
					      ? NULL
					      : bsearch(&wanted, f->spoken, f->n_spoken,
							sizeof(wanted), compare_spoken);
	struct protocol room;
	const struct protocol *protocol =
		find_protocol(f, spoken ? spoken->protocol : raw->protocol, &room);
	char text[ADDR_TEXT_MAX];

	*flow = (struct boundary_flow){.kind = protocol->kind,
		.direction = raw->direction,
		.protocol = protocol->name,
		.peer = "",
		.transport = raw->transport,
		.port = raw->port,
		.seen_us = raw->seen_us,
		.run_id = raw->run_id};
	flow->from = owner_of(f, &raw->client, raw->seen_us, &flow->from_zone);
	flow->to = owner_of(f, &raw->server, raw->seen_us, &flow->to_zone);
	if (flow->from == BOUNDARY_NONE || flow->to == BOUNDARY_NONE)
		flow->peer = arena_strdup(f->l->to->arena,
			addr_format(flow->from == BOUNDARY_NONE ? &raw->client : &raw->server,
				text));
	return flow->protocol && flow->peer ? 0 : loading_no_memory(f->l);
}

static int make_flows(struct flowing *f)
{
	struct boundary_graph *g = &f->l->to->graph;
	struct boundary_flow *flows =
		arena_alloc(f->l->to->arena, (f->n_raw + 1) * sizeof(*flows));

	if (!flows)
		return loading_no_memory(f->l);
	if (f->n_raw > BOUNDARY_FLOWS_MAX)
		return error_set(f->l->reterr, ERROR_INPUT,
			"the realm has more than %d flows, too many to derive a boundary from",
			BOUNDARY_FLOWS_MAX);
	for (size_t i = 0; i < f->n_raw; i++) {
		struct boundary_flow *flow = &flows[g->n_flows];
		int r;

		if (i > 0 && compare_raw(&f->raw[i - 1], &f->raw[i]) == 0)
			continue; /* it was seen later too */
		r = take_flow(f, &f->raw[i], flow);
		if (r < 0)
			return r;
		g->n_flows += flow->from != BOUNDARY_NONE || flow->to != BOUNDARY_NONE;
	}
	g->flows = flows;
	return 0;
}

int loading_flows(struct loading *l)
{
	static int (*const steps[])(struct flowing *) = {read_classes, read_subnets,
		read_attested, read_holders, make_places, read_spoken, read_raw, make_flows};
	_cleanup_(flowing_done) struct flowing f = {.l = l};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		r = steps[i](&f);
	return r;
}
