/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From open ports to observations. A host that is open on nearly all of many ports is asked for
 * a few ports that nobody plans for; if it is open there too it answers everything, and is told
 * as such instead of as so many services. Ports are told in order of address and port, whatever
 * the order in which they answered. Then what was covered: each target, less what was not
 * looked at.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define EVERYWHERE_PERCENT 90 /* of the ports that were asked */
#define CONTROL_FROM 20001    /* control ports are drawn from here upwards */
#define CONTROL_SPAN 40000

int run_put(struct run *run, const struct observation *obs)
{
	if (run->reterr->code)
		return run->reterr->code;
	return run->o->sink.take(run->o->sink.context, obs, run->reterr);
}

void run_hole(struct run *run, const struct addr *addr)
{
	run_hole_range(run, &(struct addr_range){*addr, *addr});
}

void run_hole_range(struct run *run, const struct addr_range *hole)
{
	const struct record record = {.kind = RECORD_HOLE, .hole = *hole};

	run_note(run, &record);
	if (addr_set_add(run->holes, hole, NULL) < 0)
		run->incomplete = true; /* then nothing is told to be looked at */
}

static bool is_doubted(const struct run *run, const struct host *host)
{
	return host->open >= EVERYWHERE_MIN &&
	       (uint64_t)host->open * 100 >=
		       (uint64_t)run->plan->n_tcp_ports * EVERYWHERE_PERCENT;
}

static bool ask_control(struct run *run, const struct sweep *sweep, uint64_t slot,
	uint32_t kind, struct question *ret)
{
	const struct addr addr = run->hosts.rows[sweep->list[slot]].addr;
	struct piece piece;

	ret->kind = TEMPLATE_SYN;
	ret->port = sweep->asks[kind].port;
	return reach_way(run->reach, &addr, &piece) && run_resolve(run, &piece, &addr, ret);
}

/* Ports that are not in the plan; fewer, or none, if the plan has nearly all. */
static uint32_t control_ports(const struct run *run, struct ask *asks)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < CONTROL_SPAN && n < CONTROL_PORTS; i++) {
		uint64_t words[2] = {i, 0x636f6e74726f6cULL};
		uint16_t port =
			(uint16_t)(CONTROL_FROM +
				   siphash(&run->key, words, sizeof(words)) % CONTROL_SPAN);
		bool planned = false;

		for (size_t k = 0; k < run->plan->n_tcp_ports && !planned; k++)
			planned = run->plan->tcp_ports[k] == port;
		for (size_t k = 0; k < n && !planned; k++)
			planned = asks[k].port == port;
		if (!planned)
			asks[n++] = (struct ask){TEMPLATE_SYN, port};
	}
	return n;
}

static int doubt(struct run *run)
{
	_cleanup_(cleanup_freep) uint32_t *list = calloc(run->hosts.n + 1, sizeof(*list));
	struct ask asks[CONTROL_PORTS];
	struct sweep control = {.phase = "discover",
		.rotate = true,
		.control = true,
		.tempo = run_tempo(run, false),
		.quiet_us = 1000000,
		.asks = asks,
		.kinds = control_ports(run, asks),
		.list = list,
		.question = ask_control};

	if (!list)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of hosts");
	for (uint32_t i = 0; i < run->hosts.n; i++)
		if (is_doubted(run, &run->hosts.rows[i]))
			list[control.n_list++] = i;
	return sweep_run(run, &control);
}

static int tell_everywhere(struct run *run, struct host *host)
{
	char open[24], asked[24];
	struct attribute attributes[] = {{"answers.everywhere", "true"}, {"answers.open", open},
		{"answers.asked", asked}};
	struct observation obs = {.kind = OBSERVATION_FACT,
		.method = OBSERVATION_BY_SYN,
		.time_us = run_wall_us(run),
		.addr = host->addr,
		.attributes = attributes,
		.n_attributes = ARRAY_SIZE(attributes)};

	snprintf(open, sizeof(open), "%u", host->open);
	snprintf(asked, sizeof(asked), "%zu", run->plan->n_tcp_ports);
	host->everywhere = true;
	run->tally[TALLY_ANSWER_ALL]++;
	run_hole(run, &host->addr);
	return run_put(run, &obs);
}

static int tell_port(struct run *run, const struct open *open)
{
	const struct host *host = &run->hosts.rows[open->host];
	struct observation obs = {.kind = OBSERVATION_PORT,
		.method = open->transport == TRANSPORT_UDP ? OBSERVATION_BY_GREETING
							   : OBSERVATION_BY_SYN,
		.time_us = open->wall_us,
		.addr = host->addr,
		.transport = (enum transport)open->transport,
		.port = open->port,
		.ttl = open->ttl};

	return host->everywhere && open->transport == TRANSPORT_TCP ? 0 : run_put(run, &obs);
}

static int compare_hosts(const void *a, const void *b, void *context)
{
	const struct hosts *hosts = context;

	return addr_compare(&hosts->rows[*(const uint32_t *)a].addr,
		&hosts->rows[*(const uint32_t *)b].addr);
}

static int compare_ports(const void *a, const void *b, void *context)
{
	const struct open *opens = context;
	const struct open *x = &opens[*(const uint32_t *)a], *y = &opens[*(const uint32_t *)b];
	int r = (int)x->transport - (int)y->transport;

	return r ? r : (int)x->port - (int)y->port;
}

/* Where the open ports of each host begin, when they are in the order of addresses. */
static bool find_places(struct run *run, uint32_t *places)
{
	_cleanup_(cleanup_freep) uint32_t *hosts = calloc(run->hosts.n + 1, sizeof(*hosts));
	uint32_t at = 0;

	if (!hosts)
		return false;
	for (size_t i = 0; i < run->n_opens; i++)
		places[run->opens[i].host]++;
	for (uint32_t i = 0; i < run->hosts.n; i++)
		hosts[i] = i;
	qsort_r(hosts, run->hosts.n, sizeof(*hosts), compare_hosts, &run->hosts);
	for (uint32_t i = 0; i < run->hosts.n; i++) {
		uint32_t n = places[hosts[i]];

		places[hosts[i]] = at;
		at += n;
	}
	return true;
}

/* By address, transport and port. Only hosts are sorted as a whole: there may be millions of
 * ports. */
static int tell_ports(struct run *run)
{
	_cleanup_(cleanup_freep) uint32_t *places = calloc(run->hosts.n + 1, sizeof(*places));
	_cleanup_(cleanup_freep) uint32_t *order = NULL;
	int r = 0;

	if (!places || !find_places(run, places) ||
		!(order = calloc(run->n_opens + 1, sizeof(*order))))
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of ports");
	for (size_t i = 0; i < run->n_opens; i++)
		order[places[run->opens[i].host]++] = (uint32_t)i;
	for (size_t begin = 0, end; r == 0 && begin < run->n_opens; begin = end) {
		const struct open *first = &run->opens[order[begin]];
		const struct host *host = &run->hosts.rows[first->host];

		end = places[first->host];
		if (host->stack && !host->everywhere)
			r = run_tell_stack(run, host, first->wall_us);
		qsort_r(order + begin, end - begin, sizeof(*order), compare_ports, run->opens);
		for (size_t i = begin; r == 0 && i < end; i++)
			r = tell_port(run, &run->opens[order[i]]);
	}
	return r;
}

int stage_findings(struct run *run)
{
	int stopped = run->stopped ? RUN_STOPPED : doubt(run);
	int r = stopped < 0 ? stopped : 0;

	for (uint32_t i = 0; r == 0 && i < run->hosts.n; i++) {
		struct host *host = &run->hosts.rows[i];

		if (host->control)
			r = tell_everywhere(run, host);
		else if (stopped && is_doubted(run, host))
			host->everywhere = true; /* no time was left to clear the doubt */
	}
	if (r == 0)
		r = tell_ports(run);
	return r < 0 ? r : stopped;
}

struct covered {
	enum observation_method method;
	enum transport transport;
	const uint16_t *ports;
	size_t n_ports;
};

static int tell_covered(struct run *run, const struct cidr *cidr, const struct covered *what)
{
	char text[CIDR_TEXT_MAX], ports[ATTRIBUTE_VALUE_MAX];
	struct attribute attributes[] = {{"cidr", cidr_format(cidr, text)},
		{"method", observation_method_name(what->method)}, {"ports", ports}};
	struct observation obs = {.kind = OBSERVATION_COVERAGE,
		.method = what->method,
		.time_us = run_wall_us(run),
		.transport = what->transport,
		.attributes = attributes,
		.n_attributes = what->n_ports ? 3 : 2};
	size_t at = 0;

	do {
		int r;

		scan_ports_format(what->ports, what->n_ports, &at, ports, sizeof(ports));
		r = run_put(run, &obs);
		if (r < 0)
			return r;
	} while (at < what->n_ports);
	return 0;
}

/* The targets that were looked at, in prefixes, in order. */
struct covering {
	const struct run *run;
	struct addr_walk walk;
	struct addr_range target, rest; /* the range at hand; of it, the part without holes */
	bool more, left;
};

/* True if no target up to ret_last was left out for some reason. */
static bool is_whole(const struct run *run, const struct addr *at, struct addr *ret_last)
{
	const struct addr_set *const out[] = {run->holes, run->reach->targets[REACH_EXCLUDED],
		run->reach->targets[REACH_NO_ROUTE]};
	bool whole = true;
	struct addr last;

	for (size_t i = 0; i < ARRAY_SIZE(out); i++) {
		whole &= !addr_set_until(out[i], at, &last);
		if (i == 0 || addr_compare(&last, ret_last) < 0)
			*ret_last = last;
	}
	return whole;
}

/* Takes the next part off the range at hand; true if it has no holes, false if it is one. */
static bool next_part(struct covering *c)
{
	struct addr at = c->target.first, last, end;
	bool whole = is_whole(c->run, &at, &last);

	while (addr_compare(&last, &c->target.last) < 0) {
		at = last;
		addr_step(&at, 1);
		if (is_whole(c->run, &at, &end) != whole)
			break;
		last = end;
	}
	c->more = addr_compare(&last, &c->target.last) < 0;
	c->rest = (struct addr_range){c->target.first, c->more ? last : c->target.last};
	c->target.first = at;
	return whole;
}

static bool next_covered(struct covering *c, struct cidr *ret)
{
	while (!c->left) {
		if (!c->more) {
			c->more = addr_walk_next(&c->walk, &c->target);
			if (!c->more)
				return false;
		}
		c->left = next_part(c);
	}
	return addr_range_prefix(&c->rest, &c->left, ret);
}

/* Of many prefixes the largest are told, as many as may be: down to which length. What is not
 * told is counted; nobody concludes anything about it. */
static uint8_t shortest_told(struct run *run, size_t most)
{
	struct covering c = {.run = run, .walk = {.set = run->looked}};
	uint64_t by_size[129] = {0}, n = 0;
	unsigned int size = 129;
	struct cidr cidr;

	while (next_covered(&c, &cidr))
		by_size[(cidr.base.family == 4 ? 32u : 128u) - cidr.length]++;
	while (size > 0 && n + by_size[size - 1] <= most)
		n += by_size[--size];
	for (unsigned int i = 0; i < size && i < 64; i++)
		run->untold += by_size[i] << i;
	return (uint8_t)size;
}

/* Hosts were looked for by echoes alone, and the system did not send all of them. */
static bool was_refused(const struct run *run)
{
	return !run->plan->n_tcp_ports && run_link_stats(run).send_errors;
}

int stage_coverage(struct run *run)
{
	const struct scan_plan *plan = run->plan;
	_cleanup_(cleanup_freep) uint16_t *udp = calloc(plan->n_udp_ports + 1, sizeof(*udp));
	struct covered rows[] = {
		{OBSERVATION_BY_SYN, TRANSPORT_TCP, plan->tcp_ports, plan->n_tcp_ports},
		{OBSERVATION_BY_GREETING, TRANSPORT_UDP, udp, 0},
		{OBSERVATION_BY_SYN, TRANSPORT_SCTP, plan->sctp_ports, plan->n_sctp_ports}};
	struct covering c = {.run = run};
	_cleanup_(addr_set_freep) struct addr_set *own = NULL;
	struct cidr cidr;
	uint8_t least;
	int r;

	if (run->stopped)
		return 0; /* nothing is concluded from what was not found */
	if (!udp)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of ports");
	rows[1].n_ports = scan_asked_udp_ports(plan, udp);
	if (!plan->n_tcp_ports)
		rows[0] = (struct covered){OBSERVATION_BY_ECHO, TRANSPORT_NONE, NULL, 0};
	if (run->incomplete || run->paused || was_refused(run))
		return 0;
	r = addr_set_seal(run->holes, run->reterr);
	if (r == 0)
		r = links_looked_at(run, &own, &run->looked);
	if (r < 0)
		return r;
	c.walk.set = run->looked;
	least = shortest_told(run, COVERED_MAX);
	while (r == 0 && next_covered(&c, &cidr)) {
		if ((cidr.base.family == 4 ? 32 : 128) - cidr.length < least)
			continue;
		r = tell_covered(run, &cidr, &rows[0]);
		for (size_t k = 1; r == 0 && k < ARRAY_SIZE(rows); k++)
			if (rows[k].n_ports)
				r = tell_covered(run, &cidr, &rows[k]);
	}
	return r;
}
