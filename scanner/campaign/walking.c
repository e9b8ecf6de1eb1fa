/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the SNMP agents that the operator gave logins for, among the hosts that live, and tells what
 * follows from it: whom routers know by MAC, who is connected to whom (wiring.h), which addresses are
 * one agent's. Under SCAN_SAFE each is asked about itself alone, in a few requests.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"
#include "scanner/campaign/wiring.h"

#include <stdlib.h>
#include <string.h>

struct walking {
	struct run *run;
	struct wiring *wiring;
	struct addr *read; /* agents that were, of room for all */
	size_t n_read;
};

static int by_address(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static int on_progress(void *context, size_t done, size_t total)
{
	struct walking *walking = context;
	struct run *run = walking->run;
	struct scan_progress progress = {
		.phase = "agents", .done = done, .total = total, .left_s = -1};

	return stage_progress(run, &progress);
}

static const char *engine_of(const struct reading *reading)
{
	for (size_t i = 0; i < reading->n_keys; i++)
		if (strcmp(reading->keys[i].name, "snmp.engineid") == 0)
			return reading->keys[i].value;
	return NULL;
}

static int on_read(void *context, const struct addr *addr, const struct walk_tables *tables,
	const struct reading *reading, struct error *reterr)
{
	struct walking *walking = context;

	(void)reterr;
	walking->read[walking->n_read++] = *addr;
	if (!wiring_add(walking->wiring, addr, engine_of(reading), tables))
		walking->run->tally[TALLY_WIRING_OVER_LIMIT]++;
	return 0;
}

/* ---- what follows --------------------------------------------------------------------------- */

static bool is_meant(void *context, const struct addr *addr)
{
	struct run *run = context;

	return reach_piece(run->reach, addr) &&
	       !(run->aim.excludes && addr_set_has(run->aim.excludes, addr)) &&
	       scope_check(run->plan->scope, addr, run->wall_us, NULL) == SCOPE_ALLOWED;
}

static struct observation told(
	struct run *run, enum observation_kind kind, const struct addr *addr)
{
	return (struct observation){.kind = kind,
		.method = OBSERVATION_BY_GREETING,
		.time_us = run->wall_us,
		.addr = *addr};
}

/* A host that answered gets its MAC; one that answered nothing is there if a router knows its MAC. */
static int on_station(void *context, const struct addr *addr, const struct mac *mac)
{
	struct run *run = context;
	uint32_t index = host_table_add(&run->hosts, addr);
	struct observation obs = told(run, OBSERVATION_HOST, addr);
	struct host *host;

	if (index == HOST_NONE) {
		run->tally[TALLY_HOSTS_OVER_LIMIT]++;
		return 0;
	}
	host = &run->hosts.rows[index];
	if (host->everywhere || (host->alive && host->on_link))
		return 0; /* known better already */
	run->found += !host->told;
	host->alive = host->told = true;
	host->mac = obs.mac = *mac;
	return run_put(run, &obs);
}

static int on_link(void *context, const struct addr *a, const char *port, const struct addr *b,
	const char *peer_port, const char *source)
{
	struct run *run = context;
	struct observation obs = told(run, OBSERVATION_LINK, a);
	const struct attribute attributes[] = {
		{"layer", "l2"}, {"source", source}, {"port", port}, {"peer.port", peer_port}};

	obs.peer = *b;
	obs.attributes = attributes;
	obs.n_attributes = ARRAY_SIZE(attributes);
	return run_put(run, &obs);
}

/* Only addresses that live: what an agent says of others may be of another network. The value is the first
 * of them: an engine id would be no better, for makers deliver one to many. */
static int on_aliases(void *context, const struct addr *addrs, size_t n)
{
	struct run *run = context;
	char value[ADDR_TEXT_MAX];
	const struct attribute attributes[] = {{"type", "snmp.agent"}, {"value", value}};
	int r = 0;

	addr_format(&addrs[0], value);
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct observation obs = told(run, OBSERVATION_KEY, &addrs[i]);
		uint32_t host = host_table_find(&run->hosts, &addrs[i]);

		if (host == HOST_NONE || !run->hosts.rows[host].alive)
			continue;
		obs.attributes = attributes;
		obs.n_attributes = ARRAY_SIZE(attributes);
		r = run_put(run, &obs);
	}
	return r;
}

/* Who answered at the agent's port, has a login, and was not read. */
static bool meet_unread(struct run *run, struct walking *walking)
{
	bool fits = true;

	for (size_t i = 0; i < run->n_opens; i++) {
		const struct open *open = &run->opens[i];
		const struct addr *addr = &run->hosts.rows[open->host].addr;

		if (open->transport == TRANSPORT_UDP && open->port == WALK_PORT &&
			login_for(run->plan->logins, run->plan->n_logins, addr) &&
			!bsearch(addr, walking->read, walking->n_read, sizeof(*addr), by_address))
			fits &= wiring_unread(walking->wiring, addr);
	}
	return fits;
}

static int tell(struct run *run, struct walking *walking)
{
	const struct wiring_listener listener = {is_meant, on_station, on_link, on_aliases, run};
	struct wiring *wiring = walking->wiring;
	struct wiring_counts counts;
	int r;

	qsort(walking->read, walking->n_read, sizeof(*walking->read), by_address);
	if (!meet_unread(run, walking))
		run->tally[TALLY_WIRING_OVER_LIMIT]++;
	for (uint32_t i = 0; i < run->hosts.n; i++) {
		const struct host *host = &run->hosts.rows[i];

		if (host->alive && host->on_link && !wiring_met(wiring, &host->addr, &host->mac))
			run->tally[TALLY_WIRING_OVER_LIMIT]++;
	}
	r = wiring_tell(wiring, &listener, &counts);
	run->tally[TALLY_AGENT_LINKS] += counts.links;
	run->tally[TALLY_AGENT_STATIONS] += counts.stations;
	run->tally[TALLY_AGENT_NAMELESS] += counts.nameless;
	run->tally[TALLY_AGENT_PORTS_CROWDED] += counts.crowded;
	run->tally[TALLY_WIRING_OVER_LIMIT] += counts.full;
	return r;
}

static bool has_login(struct run *run, const struct addr *addr)
{
	return is_meant(run, addr) && login_for(run->plan->logins, run->plan->n_logins, addr);
}

int stage_agents(struct run *run)
{
	_cleanup_(cleanup_freep) struct addr *addrs = NULL;
	_cleanup_(wiring_freep) struct wiring *wiring = wiring_new();
	_cleanup_(cleanup_freep) struct addr *read = NULL;
	struct walking walking = {.run = run, .wiring = wiring};
	const uint32_t network_pps = scan_plan_network_rate(run->plan);
	struct walk_options options = {.logins = run->plan->logins,
		.n_logins = run->plan->n_logins,
		.scope = run->plan->scope,
		.denied = run->aim.excludes,
		.fingerprints = run->o->fingerprints,
		.everything = run->plan->profile != SCAN_SAFE,
		.gap_us = run_tempo(run, false).gap_us,
		/* As many as one network bears, for they may all be in one. */
		.gap_all_us = CLOCK_SECOND /
			      (network_pps && network_pps < run->pps ? network_pps : run->pps),
		.read = on_read,
		.progress = on_progress,
		.context = &walking};
	size_t n = 0;
	int r;

	if (!run->o->walk || run->plan->n_logins == 0)
		return 0;
	if (!wiring)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory to read SNMP agents");
	r = stage_hosts(run, has_login, &addrs, &n);
	if (r == 0 && !(walking.read = read = calloc(n + 1, sizeof(*read))))
		r = error_set(run->reterr, ERROR_SYSTEM, "no memory to read SNMP agents");
	if (r == 0 && n)
		r = run->o->walk(addrs, n, &options, &run->o->sink, &run->walked, run->reterr);
	run_tick(run);
	if (r == 0 && n)
		r = tell(run, &walking);
	return r < 0 ? r : run->stopped ? RUN_STOPPED : 0;
}
