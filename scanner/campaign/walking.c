/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the SNMP agents that the operator gave logins for, among the hosts that live, and tells
 * what follows from it: whom routers know by MAC, who is connected to whom (wiring.h), which
 * addresses are one agent's. Under SCAN_SAFE each is asked about itself alone, in a few
 * requests.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"
#include "scanner/campaign/wiring.h"
#include "scanner/protocol/neighbour.h"

#include <stdlib.h>
#include <string.h>

/* Neighbours of one agent of whom it is told what they say of themselves. */
#define DESCRIBED_MAX 128

struct walking {
	struct run *run;
	struct reading said; /* scratch */
	struct wiring *wiring;
	struct record last; /* what is to be noted of the agent that was read just now */
	char engine[WIRING_ENGINE_MAX + 1];
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

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	struct walking *walking = context;
	const struct observation_sink *sink = &walking->run->o->sink;

	run_tell_journal(walking->run, obs);
	return sink->take(sink->context, obs, reterr);
}

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

/* Whether a neighbour is a host that was met: what it says is of that address, by its own
 * account. */
static bool is_met(struct run *run, const struct addr *addr)
{
	uint32_t host = addr->family && is_meant(run, addr) ? host_table_find(&run->hosts, addr)
							   : HOST_NONE;

	return host != HOST_NONE && run->hosts.rows[host].alive;
}

/* As it is told of those whose frames are overheard. */
static int tell_neighbour(struct walking *walking, const struct walk_neighbour *neighbour,
	const struct walk_said *said, struct error *reterr)
{
	struct observation obs = told(walking->run, OBSERVATION_FACT, &neighbour->addr);
	struct reading *reading = &walking->said;

	reading_clear(reading);
	reading_add_text(reading, neighbour->cdp ? "cdp.software" : "lldp.description",
		said->description);
	if (neighbour->cdp)
		reading_add_text(reading, "cdp.platform", said->platform);
	neighbour_describe(reading, said->description);
	reading_add_text(reading, "source", neighbour->cdp ? "cdp" : "lldp");
	obs.attributes = reading->attributes;
	obs.n_attributes = reading->n_attributes;
	return take(walking, &obs, reterr);
}

/* One that is heard on several ports is told once. */
static int tell_neighbours(
	struct walking *walking, const struct walk_tables *t, struct error *reterr)
{
	const struct walk_neighbour *told_of[DESCRIBED_MAX];
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->n_neighbours && n < DESCRIBED_MAX; i++) {
		const struct walk_neighbour *neighbour = &t->neighbours[i];
		bool again = false;

		if (!neighbour->said || !is_met(walking->run, &neighbour->addr))
			continue;
		for (size_t k = 0; k < n && !again; k++)
			again = told_of[k]->cdp == neighbour->cdp &&
				addr_equal(&told_of[k]->addr, &neighbour->addr);
		if (again)
			continue;
		told_of[n++] = neighbour;
		r = tell_neighbour(walking, neighbour, &t->said[neighbour->said - 1], reterr);
	}
	return r;
}

static int on_read(void *context, const struct addr *addr, const struct walk_tables *tables,
	const struct reading *reading, struct error *reterr)
{
	struct walking *walking = context;
	struct run *run = walking->run;
	const char *engine = engine_of(reading);
	struct addr *read = known_add(&run->known.read, sizeof(*read), HOSTS_MAX);

	if (!read)
		return error_set(reterr, ERROR_SYSTEM, "no memory to read SNMP agents");
	*read = *addr;
	if (!wiring_add(walking->wiring, addr, engine, tables))
		run->known.full++;
	known_note_tables(run, addr, tables);
	walking->last.agent.spoke = true;
	walking->last.agent.whole = (uint8_t)((tables->fdb_whole ? AGENT_FDB_WHOLE : 0) |
					      (tables->lldp_whole ? AGENT_LLDP_WHOLE : 0) |
					      (tables->cdp_whole ? AGENT_CDP_WHOLE : 0));
	if (engine) {
		snprintf(walking->engine, sizeof(walking->engine), "%s", engine);
		walking->last.agent.engine = walking->engine;
	}
	return tell_neighbours(walking, tables, reterr);
}

static void on_end(void *context, const struct walk_end *end)
{
	struct walking *walking = context;

	walking->last.kind = RECORD_AGENT;
	walking->last.agent.end = *end;
	run_note_told(walking->run, &walking->last);
	walking->last = (struct record){0};
}

/* ---- what follows ------------------------------------------------------------------------ */

/* A host that answered gets its MAC; one that answered nothing is there if a router knows its
 * MAC. */
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

/* Only addresses that live: what an agent says of others may be of another network. The value
 * is the first of them: an engine id would be no better, for makers deliver one to many. */
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
	const struct known_list *read = &run->known.read;
	bool fits = true;

	for (size_t i = 0; i < run->n_opens; i++) {
		const struct open *open = &run->opens[i];
		const struct addr *addr = &run->hosts.rows[open->host].addr;

		if (open->transport == TRANSPORT_UDP && open->port == WALK_PORT &&
			login_for(run->plan->logins, run->plan->n_logins, addr) &&
			!(read->n &&
				bsearch(addr, read->rows, read->n, sizeof(*addr), by_address)))
			fits &= wiring_unread(walking->wiring, addr);
	}
	return fits;
}

static void sort(const struct known_list *addrs)
{
	if (addrs->n)
		qsort(addrs->rows, addrs->n, sizeof(struct addr), by_address);
}

static int tell(struct run *run, struct walking *walking)
{
	const struct wiring_listener listener = {
		is_meant, on_station, on_link, on_aliases, run};
	struct wiring *wiring = walking->wiring;
	struct wiring_counts counts;
	int r;

	sort(&run->known.read);
	if (!meet_unread(run, walking))
		run->known.full++;
	for (uint32_t i = 0; i < run->hosts.n; i++) {
		const struct host *host = &run->hosts.rows[i];

		if (host->alive && host->on_link &&
			!wiring_met(wiring, &host->addr, &host->mac))
			run->known.full++;
	}
	r = wiring_tell(wiring, &listener, &counts);
	/* Told anew by each attempt that comes here. */
	run->tally[TALLY_AGENT_LINKS] = counts.links;
	run->tally[TALLY_AGENT_STATIONS] = counts.stations;
	run->tally[TALLY_AGENT_NAMELESS] = counts.nameless;
	run->tally[TALLY_AGENT_PORTS_CROWDED] = counts.crowded;
	run->tally[TALLY_WIRING_OVER_LIMIT] = run->known.full + counts.full;
	return r;
}

static bool has_login(struct run *run, const struct addr *addr)
{
	return is_meant(run, addr) && login_for(run->plan->logins, run->plan->n_logins, addr);
}

int stage_agents(struct run *run)
{
	_cleanup_(cleanup_freep) struct addr *addrs = NULL;
	struct walking walking = {.run = run, .said.fingerprints = run->o->fingerprints};
	const struct observation_sink sink = {take, &walking};
	const struct walk_counts *before = &run->known.walked;
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
		.ended = on_end,
		.progress = on_progress,
		.context = &walking};
	size_t n = 0;
	int r;

	if (!run->o->walk || run->plan->n_logins == 0)
		return 0;
	walking.wiring = known_wiring(&run->known);
	if (!walking.wiring)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory to read SNMP agents");
	sort(&run->known.agents);
	options.known = run->known.agents.rows;
	options.n_known = run->known.agents.n;
	options.own = run->known.own.rows;
	options.n_own = run->known.own.n;
	run_forget_told(run);
	r = stage_hosts(run, has_login, &addrs, &n);
	if (r == 0 && n)
		r = run->o->walk(addrs, n, &options, &sink, &run->walked, run->reterr);
	walk_counts_add(&run->walked, before);
	run_tick(run);
	if (r == 0 && n)
		r = tell(run, &walking);
	return r < 0 ? r : run->stopped ? RUN_STOPPED : 0;
}
