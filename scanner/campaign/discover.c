/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stages of discovery, each one or two sweeps: next hops, neighbours on the link, own
 * addresses, everybody else. Says which questions a sweep asks; how they are asked is
 * sweep.c's.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

/* One MAC that answers for more on a link is not believed for them. */
#define PROXY_ADDRESSES_MAX 16
#define QUIET_LINK_US 400000
#define QUIET_FAR_US 1000000

struct tempo campaign_tempo(enum scan_profile profile, bool own)
{
	static const struct tempo others[] = {
		{500000, true, 0}, {25000, false, 0}, {5000, false, 0}};
	static const struct tempo owns[] = {{25000, false, 0}, {0, false, 0}, {0, false, 0}};

	return own ? owns[profile] : others[profile];
}

struct tempo run_tempo(const struct run *run, bool own)
{
	return campaign_tempo(run->plan->profile, own);
}

/* Whoever may not be sent to is left out here, so that nobody asks again and a campaign whose
 * authorisation has ended comes to its end; what may leave is decided by run_flush(). */
bool run_is_denied(struct run *run, const struct addr *addr)
{
	enum scope_verdict verdict = scope_check(run->plan->scope, addr, run->wall_us, NULL);

	if (verdict == SCOPE_ALLOWED)
		return false;
	run->tally[TALLY_OUT_OF_SCOPE] +=
		verdict != SCOPE_EXCLUDED; /* see reach_excluded_by() */
	run_hole(run, addr);
	return true;
}

/* The same for one of the targets: while all of them are allowed none is looked up. */
static bool is_target_denied(struct run *run, const struct addr *addr)
{
	return !run->all_granted && run_is_denied(run, addr);
}

static bool find_way(struct run *run, const struct piece *piece, const struct addr *addr,
	struct question *ret)
{
	const struct reach *reach = run->reach;
	struct way way = {.path = piece->path, .gateway = REACH_NONE};
	bool has_way = piece->way != REACH_GATEWAY || run_choose(run, piece, addr, &way);
	const struct path *path = &reach->paths[way.path];
	uint32_t host;

	ret->addr = *addr;
	ret->path = way.path;
	ret->source = piece->way == REACH_OWN ? *addr : path->source;
	if (has_way && way.gateway != REACH_NONE)
		ret->mac = reach->gateways[way.gateway].mac;
	if (has_way && (way.gateway != REACH_NONE ||
			       reach->interfaces[path->interface].mode != LINK_ETHERNET))
		return true;
	host = piece->way == REACH_ON_LINK ? host_table_find(&run->hosts, addr) : HOST_NONE;
	if (host != HOST_NONE && run->hosts.rows[host].on_link) {
		ret->mac = run->hosts.rows[host].mac;
		return true;
	}
	run->tally[TALLY_NO_NEXT_HOP]++;
	if (!run->sweep->aside && (piece->way != REACH_GATEWAY || !gateways_hole(run, addr)))
		run_hole(run, addr);
	return false;
}

bool run_resolve(struct run *run, const struct piece *piece, const struct addr *addr,
	struct question *ret)
{
	return !run_is_denied(run, addr) && find_way(run, piece, addr, ret);
}

/* The address in a slot, and how to get there. */
static bool locate(
	struct run *run, const struct sweep *sweep, uint64_t slot, struct question *ret)
{
	const struct piece *piece;
	struct piece single;
	struct addr addr;

	if (slot < sweep->n_way) {
		piece = reach_nth(run->reach, sweep->way, slot, &addr);
		return !is_target_denied(run, &addr) && find_way(run, piece, &addr, ret);
	}
	addr = run->hosts.rows[sweep->list[slot - sweep->n_way]].addr;
	return reach_way(run->reach, &addr, &single) && run_resolve(run, &single, &addr, ret);
}

static const struct ask solicit = {TEMPLATE_SOLICIT, 0};

static bool ask_gateway(struct run *run, const struct sweep *sweep, uint64_t slot,
	uint32_t kind, struct question *ret)
{
	const struct gateway *gateway = &run->reach->gateways[slot];

	(void)sweep, (void)kind;
	if (gateway->known)
		return false;
	ret->addr = gateway->addr;
	ret->path = gateway->path;
	ret->source = run->reach->paths[gateway->path].source;
	ret->kind = TEMPLATE_SOLICIT;
	return ret->source.family == ret->addr.family;
}

static bool ask_neighbour(struct run *run, const struct sweep *sweep, uint64_t slot,
	uint32_t kind, struct question *ret)
{
	const struct piece *piece = reach_nth(run->reach, REACH_ON_LINK, slot, &ret->addr);

	(void)sweep, (void)kind;
	ret->path = piece->path;
	ret->source = run->reach->paths[piece->path].source;
	ret->kind = TEMPLATE_SOLICIT;
	return !is_target_denied(run, &ret->addr);
}

static bool ask_any(struct run *run, const struct sweep *sweep, uint64_t slot, uint32_t kind,
	struct question *ret)
{
	ret->kind = sweep->asks[kind].kind;
	ret->port = sweep->asks[kind].port;
	return locate(run, sweep, slot, ret);
}

/* Only of those that were silent to everything before. */
static bool ask_silent(struct run *run, const struct sweep *sweep, uint64_t slot, uint32_t kind,
	struct question *ret)
{
	uint32_t host;

	if (!ask_any(run, sweep, slot, kind, ret))
		return false;
	host = host_table_find(&run->hosts, &ret->addr);
	return host == HOST_NONE || !run->hosts.rows[host].alive;
}

struct station {
	uint64_t mac;
	uint32_t host;
};

static int compare_stations(const void *a, const void *b)
{
	const struct station *x = a, *y = b;

	if (x->mac != y->mac)
		return x->mac < y->mac ? -1 : 1;
	return x->host < y->host ? -1 : x->host > y->host;
}

static int tell_proxy(struct run *run, const struct host *host, size_t addresses)
{
	char count[24];
	struct attribute attributes[] = {{"arp.proxy", "true"}, {"arp.addresses", count}};
	struct observation obs = {.kind = OBSERVATION_FACT,
		.method = OBSERVATION_BY_ARP,
		.time_us = run_wall_us(run),
		.addr = host->addr,
		.mac = host->mac,
		.attributes = attributes,
		.n_attributes = ARRAY_SIZE(attributes)};

	snprintf(count, sizeof(count), "%zu", addresses);
	run->tally[TALLY_PROXY_ARP]++;
	return run_put(run, &obs);
}

int run_judge_neighbours(struct run *run)
{
	_cleanup_(cleanup_freep) struct station *stations =
		calloc(run->hosts.n + 1, sizeof(*stations));
	size_t n = 0;

	if (!stations)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for neighbours");
	for (uint32_t i = 0; i < run->hosts.n; i++) {
		const struct host *host = &run->hosts.rows[i];

		if (!host->on_link || host->alive)
			continue;
		for (int b = 0; b < 6; b++)
			stations[n].mac = stations[n].mac << 8 | host->mac.bytes[b];
		stations[n++].host = i;
	}
	qsort(stations, n, sizeof(*stations), compare_stations);
	for (size_t begin = 0, end; begin < n; begin = end) {
		int r = 0;

		for (end = begin; end < n && stations[end].mac == stations[begin].mac; end++)
			;
		if (end - begin > PROXY_ADDRESSES_MAX)
			r = tell_proxy(
				run, &run->hosts.rows[stations[begin].host], end - begin);
		for (size_t i = begin; r == 0 && end - begin <= PROXY_ADDRESSES_MAX && i < end;
			i++) {
			struct host *host = &run->hosts.rows[stations[i].host];

			host->alive = true;
			r = run_tell_host(run, host,
				host->echoed ? OBSERVATION_BY_ECHO : OBSERVATION_BY_ARP,
				run_wall_us(run));
		}
		if (r < 0)
			return r;
	}
	return 0;
}

int stage_neighbours(struct run *run)
{
	static const uint32_t pps[] = {100, 500, 5000};
	struct sweep gateways = {.phase = "discover",
		.asks = &solicit,
		.kinds = 1,
		.settle = true,
		.n_gateways = run->reach->n_gateways,
		.question = ask_gateway,
		.quiet_us = QUIET_LINK_US,
		.solicits = true,
		.tempo = {.pps = 100}};
	struct sweep link = {.phase = "discover",
		.asks = &solicit,
		.kinds = 1,
		.settle = true,
		.way = REACH_ON_LINK,
		.n_way = run->reach->count[REACH_ON_LINK],
		.question = ask_neighbour,
		.quiet_us = QUIET_LINK_US,
		.solicits = true,
		.tempo = run_tempo(run, false)};
	int r;

	link.tempo.pps = pps[run->plan->profile];
	gateways_from_kernel(run, false);
	r = sweep_run(run, &gateways);
	if (r == 0) {
		gateways_from_kernel(run, true);
		gateways_begin_watch(run);
		r = sweep_run(run, &link);
	}
	if (r < 0)
		return r;
	return run_judge_neighbours(run) < 0 ? run->reterr->code : r;
}

/* SYNs to ports of the plan at which life is looked for: the likeliest ones that are in it. */
static uint32_t add_likely(const struct run *run, struct ask *asks, uint32_t n)
{
	static const uint16_t likely[] = {443, 22, 80, 53, 502, 102, 445};
	uint32_t first = n;

	for (size_t i = 0; i < ARRAY_SIZE(likely) + run->plan->n_tcp_ports; i++) {
		uint16_t port = i < ARRAY_SIZE(likely)
					? likely[i]
					: run->plan->tcp_ports[i - ARRAY_SIZE(likely)];
		bool planned = false, taken = false;

		for (size_t k = 0; k < run->plan->n_tcp_ports; k++)
			planned |= run->plan->tcp_ports[k] == port;
		for (size_t k = first; k < n; k++)
			taken |= asks[k].port == port;
		if (planned && !taken && n < first + CAMPAIGN_DISCOVERY_PORTS)
			asks[n++] = (struct ask){TEMPLATE_SYN, port};
	}
	return n;
}

static bool is_single(const struct cidr *target)
{
	return target->length == (target->base.family == 4 ? 32 : 128);
}

static void add_single(struct run *run, const struct addr *addr)
{
	const struct piece *piece = reach_piece(run->reach, addr);
	uint32_t host;

	if (!piece || piece->way != REACH_GATEWAY)
		return;
	host = host_table_add(&run->hosts, addr);
	if (host != HOST_NONE)
		run->hosts.rows[host].single = true;
}

/* A target that is named as a single address, or stands in a list that is short, is asked even
 * if it was silent: some answer nothing but their own protocol. Many of them are searched as
 * prefixes are. */
static void add_singles(struct run *run)
{
	const struct scan_plan *plan = run->plan;
	uint64_t listed = plan->target_list ? addr_set_count(plan->target_list) : 0;
	size_t singles = 0;

	for (size_t i = 0; i < plan->n_targets; i++)
		singles += is_single(&plan->targets[i]);
	if (listed > CAMPAIGN_SINGLES_MAX || singles + listed > CAMPAIGN_SINGLES_MAX)
		return;
	for (size_t i = 0; i < plan->n_targets; i++)
		if (is_single(&plan->targets[i]))
			add_single(run, &plan->targets[i].base);
	for (uint64_t i = 0; i < listed; i++) {
		struct addr addr = addr_set_nth(plan->target_list, i);

		add_single(run, &addr);
	}
}

enum { LIVING = 1, SUSPECTS = 2, SINGLES = 4 };

/* Hosts that are no own addresses: alive, told only by a proxy's ARP, or named one by one. */
static int collect(
	const struct run *run, unsigned int whom, uint32_t **ret_list, size_t *ret_n)
{
	uint32_t *list = calloc(run->hosts.n + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of hosts");
	for (uint32_t i = 0; i < run->hosts.n; i++) {
		const struct host *host = &run->hosts.rows[i];
		const struct piece *piece = reach_piece(run->reach, &host->addr);
		unsigned int kind = host->alive	   ? LIVING
				    : host->single ? SINGLES
						   : SUSPECTS;

		/* Whoever did not answer on the link is nobody. */
		if (piece && piece->way == REACH_ON_LINK && !host->on_link)
			continue;
		if (piece && piece->way != REACH_OWN && (kind & whom))
			list[n++] = i;
	}
	*ret_list = list;
	*ret_n = n;
	return 0;
}

/* Some of the plan's questions to a way's addresses and some hosts, all in one order. */
static int ask_all(struct run *run, struct sweep *base, unsigned int what)
{
	_cleanup_(cleanup_freep) struct ask *asks = NULL;
	struct sweep sweep = *base;
	int r = asks_of(run, what, &asks, &sweep.kinds, run->reterr);

	sweep.asks = asks;
	sweep.rotate = sweep.keep = true;
	sweep.question = ask_any;
	return r < 0 ? r : sweep_run(run, &sweep);
}

/* What finds a host whatever its ports. A timestamp too where that may be asked, since some
 * filters know echoes only; it is never the last, for IPv6 has none. */
static int ask_for_life(struct run *run, struct sweep *base, bool silent)
{
	const struct ask echo = {TEMPLATE_ECHO, 0}, timestamp = {TEMPLATE_TIMESTAMP, 0};
	struct ask asks[2 + CAMPAIGN_DISCOVERY_PORTS];
	struct sweep sweep = *base;
	uint32_t n = 0;

	if (!silent)
		asks[n++] = echo;
	if (run->plan->profile != SCAN_SAFE)
		asks[n++] = timestamp;
	if (silent)
		asks[n++] = echo;
	else
		n = add_likely(run, asks, n);
	sweep.asks = asks;
	sweep.kinds = n;
	sweep.settle = true;
	sweep.question = silent ? ask_silent : ask_any;
	return sweep_run(run, &sweep);
}

static int ask_hosts(struct run *run, struct tempo tempo, unsigned int whom, unsigned int what)
{
	_cleanup_(cleanup_freep) uint32_t *list = NULL;
	struct sweep base = {.phase = "discover", .tempo = tempo, .quiet_us = QUIET_FAR_US};
	int r = collect(run, whom, &list, &base.n_list);

	base.list = list;
	return r < 0 ? r : ask_all(run, &base, what);
}

int stage_own(struct run *run)
{
	struct sweep base = {.phase = "discover",
		.tempo = run_tempo(run, true),
		.quiet_us = QUIET_FAR_US,
		.way = REACH_OWN,
		.n_way = run->reach->count[REACH_OWN]};
	/* A bare header to ourselves would be heard as its own answer. */
	int r = ask_all(run, &base, ASK_ALL & ~ASK_PROTOCOLS);

	return r ? r : ask_for_life(run, &base, true);
}

/* All questions at once of everybody, if the profile wants it; few ports of everybody, then the
 * rest of those who are there; or first who is there. */
int stage_others(struct run *run)
{
	_cleanup_(cleanup_freep) uint32_t *list = NULL;
	bool whole = run->plan->profile == SCAN_THOROUGH,
	     direct = !whole && !asks_life_first(run->plan);
	struct tempo tempo = run_tempo(run, false);
	struct sweep base = {.phase = "discover",
		.tempo = tempo,
		.quiet_us = QUIET_FAR_US,
		.way = REACH_GATEWAY,
		.n_way = run->reach->count[REACH_GATEWAY]};
	int r = collect(
		run, whole || direct ? LIVING | SUSPECTS : SUSPECTS, &list, &base.n_list);

	base.list = list;
	if (r < 0)
		return r;
	if (!whole && !direct) {
		r = ask_for_life(run, &base, false);
	} else {
		r = ask_all(run, &base, whole ? ASK_ALL : ASK_TCP | ASK_SCTP);
		if (r == 0)
			r = ask_for_life(run, &base, true);
	}
	if (r || whole)
		return r;
	r = ask_hosts(run, tempo, LIVING, direct ? ASK_UDP | ASK_PROTOCOLS : ASK_ALL);
	if (r)
		return r;
	add_singles(run);
	return ask_hosts(run, tempo, SINGLES, ASK_UDP);
}
