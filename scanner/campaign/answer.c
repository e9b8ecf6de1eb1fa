/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an answer means: for the question it settles, for the host it comes from, for what is
 * told. It was believed before (receive.c), or was believed by an earlier attempt of the same
 * campaign and stands in its journal: either way the same is made of it.
 */
#include "scanner/campaign/run.h"

#include <string.h>

int run_tell_host(
	struct run *run, struct host *host, enum observation_method method, int64_t wall_us)
{
	const char *vendor = host->on_link && run->o->vendors
				     ? mac_vendor(run->o->vendors, host->mac)
				     : NULL;
	struct attribute attribute = {"hw.vendor", vendor};
	struct observation obs = {.kind = OBSERVATION_HOST,
		.method = method,
		.time_us = wall_us,
		.addr = host->addr,
		.mac = host->mac,
		.ttl = host->ttl};
	int r;

	host->told = true;
	run->found++;
	r = run_put(run, &obs);
	if (r < 0 || !vendor)
		return r;
	obs.kind = OBSERVATION_FACT;
	obs.ttl = 0;
	obs.attributes = &attribute;
	obs.n_attributes = 1;
	return run_put(run, &obs);
}

uint32_t run_alive(struct run *run, const struct addr *addr, enum observation_method method,
	const struct mac *mac, uint8_t ttl, int64_t wall_us)
{
	uint32_t index = host_table_add(&run->hosts, addr);
	struct host *host;

	if (index == HOST_NONE) {
		run->tally[TALLY_HOSTS_OVER_LIMIT]++;
		return HOST_NONE;
	}
	host = &run->hosts.rows[index];
	if (mac) {
		host->mac = *mac;
		host->on_link = true;
	}
	if (ttl)
		host->ttl = ttl;
	/* An ARP answer alone is told when it is known to be no proxy's. */
	if (method != OBSERVATION_BY_ARP)
		host->alive = true;
	if (host->alive && !host->told && run_tell_host(run, host, method, wall_us) < 0)
		return HOST_NONE;
	return index;
}

static void keep_open(struct run *run, const struct open *open)
{
	if (open->transport == TRANSPORT_TCP) {
		run->hosts.rows[open->host].open++;
		run->hosts.rows[open->host].open_port = open->port;
	}
	if (run->n_opens == run->max_opens) {
		size_t max = run->max_opens ? run->max_opens * 2 : 256;
		struct open *bigger = NULL;

		if (max <= CAMPAIGN_OPEN_MAX)
			bigger = reallocarray(run->opens, max, sizeof(*bigger));
		if (!bigger) {
			run->tally[TALLY_PORTS_OVER_LIMIT]++;
			run->incomplete = true;
			return;
		}
		run->opens = bigger;
		run->max_opens = max;
	}
	run->opens[run->n_opens++] = *open;
}

/* How a kind of probe is told of: its method, and the transport whose ports it asks. */
static const struct {
	enum observation_method method;
	enum transport transport;
} told[TEMPLATE_N] = {
	[TEMPLATE_SYN] = {OBSERVATION_BY_SYN, TRANSPORT_TCP},
	[TEMPLATE_ECHO] = {OBSERVATION_BY_ECHO, TRANSPORT_NONE},
	[TEMPLATE_SOLICIT] = {OBSERVATION_BY_ARP, TRANSPORT_NONE},
	[TEMPLATE_UDP] = {OBSERVATION_BY_GREETING, TRANSPORT_UDP},
	[TEMPLATE_INIT] = {OBSERVATION_BY_SYN, TRANSPORT_SCTP},
	[TEMPLATE_TIMESTAMP] = {OBSERVATION_BY_ECHO, TRANSPORT_NONE},
	[TEMPLATE_BARE] = {OBSERVATION_BY_ECHO, TRANSPORT_NONE},
};

enum transport answer_transport(enum template_kind kind)
{
	return told[kind].transport;
}

/* It answered in an IP protocol that it was asked. */
static void tell_protocol(struct run *run, const struct answer *a)
{
	char name[32];
	struct attribute attribute = {name, "answered"};
	struct observation obs = {.kind = OBSERVATION_FACT,
		.method = OBSERVATION_BY_ECHO,
		.time_us = a->wall_us,
		.addr = a->addr,
		.attributes = &attribute,
		.n_attributes = 1};

	snprintf(name, sizeof(name), "ip.protocol.%u", a->port);
	run_put(run, &obs);
}

void run_note_answer(struct run *run, const struct answer *a)
{
	const struct record record = {.kind = RECORD_ANSWER, .answer = *a};

	run_note(run, &record);
}

/* The journal has not told yet all that was heard before this: it might not fit any more. */
static bool is_untimely(const struct run *run)
{
	return !run->replaying && run_knows_more(run);
}

static bool is_new(const struct run *run, const struct addr *addr)
{
	uint32_t host = host_table_find(&run->hosts, addr);

	return host == HOST_NONE || !run->hosts.rows[host].alive;
}

/* The target itself. */
static void answered(struct run *run, const struct answer *a)
{
	bool open = a->word == ANSWER_OPEN;
	int again = sweep_answer(run, &a->addr, a->kind, a->port, true);
	uint32_t host;

	if (again == 1) {
		run->tally[TALLY_DUPLICATES]++;
		return;
	}
	if (again < 0 && !run->sweep) {
		run->tally[TALLY_LATE]++;
		return;
	}
	if (again < 0 &&
		(a->kind == TEMPLATE_BARE || !reach_piece(run->reach, &a->addr))) {
		run->tally[TALLY_STRANGERS]++;
		return;
	}
	if (again < 0 && !is_new(run, &a->addr)) {
		run->tally[TALLY_LATE]++;
		return;
	}
	run_note_answer(run, a);
	host = run_alive(run, &a->addr, told[a->kind].method, NULL, a->ttl, a->wall_us);
	if (again < 0) {
		run->tally[TALLY_LATE]++;
		return;
	}
	run->tally[open ? TALLY_POSITIVE : TALLY_NEGATIVE]++;
	if (!run->sweep->settle)
		losses_note(&run->losses, &run->key, &a->addr, run->sweep->pass);
	if (host == HOST_NONE || !open)
		return;
	run_meet_stack(run, &run->hosts.rows[host], &a->stack);
	if (run->sweep->control)
		run->hosts.rows[host].control++;
	else if (a->kind == TEMPLATE_BARE)
		tell_protocol(run, a);
	else if (run->sweep->keep && told[a->kind].transport)
		keep_open(run, &(struct open){host, a->port, a->ttl, told[a->kind].transport,
				       a->wall_us});
}

/* Somebody says that a probe of a sweep did not arrive. It is an answer to that question; that
 * the host is not there is believed only of the codes that say so. */
static void refused(struct run *run, const struct answer *a)
{
	bool settles = !run->sweep || !run->sweep->settle || a->itself ||
		       a->code == TALLY_UNREACHABLE_NET || a->code == TALLY_UNREACHABLE_HOST;
	int again = settles ? sweep_answer(run, &a->addr, a->kind, a->port, a->itself) : 0;

	if (again) {
		run->tally[again == 1 ? TALLY_DUPLICATES : TALLY_LATE]++;
		return;
	}
	if (settles)
		run_note_answer(run, a);
	run->tally[TALLY_NEGATIVE]++;
	run->tally[a->code]++;
	if (a->itself && run->sweep && !run->sweep->settle)
		losses_note(&run->losses, &run->key, &a->addr, run->sweep->pass);
	if (a->itself)
		run_alive(run, &a->addr, OBSERVATION_BY_ECHO, NULL, a->ttl, a->wall_us);
}

/* ARP and neighbour discovery carry no cookie: an answer is believed if it comes over the right
 * interface, to us, about somebody whom the running sweep asks. */
static void neighbour(struct run *run, const struct answer *a)
{
	const struct piece *piece = reach_piece(run->reach, &a->addr);
	bool on_link = piece && piece->way == REACH_ON_LINK &&
		       run->reach->paths[piece->path].interface == a->interface;
	bool expected, gateway = gateways_answer(run, a, &expected);
	int again;

	if (mac_is_zero(&a->mac)) /* one that was given up; see gateways.c */
		return;
	if (!gateway && !on_link) {
		run->tally[TALLY_STRANGERS]++;
		return;
	}
	if (expected && !(run->sweep && run->sweep->solicits)) {
		run->tally[TALLY_POSITIVE]++;
		return;
	}
	again = run->replaying && gateway && run->sweep->n_gateways
			? 0 /* it will be asked anew */
			: sweep_answer(run, &a->addr, TEMPLATE_SOLICIT, 0, true);
	if (again) {
		run->tally[again == 1 ? TALLY_DUPLICATES : TALLY_LATE]++;
		return;
	}
	run_note_answer(run, a);
	run->tally[TALLY_POSITIVE]++;
	if (piece && piece->way == REACH_ON_LINK && !is_untimely(run))
		run_alive(run, &a->addr, OBSERVATION_BY_ARP, &a->mac, 0, a->wall_us);
}

/* Not alive yet, as of an ARP answer: one machine may say so for many. */
static void here(struct run *run, const struct answer *a)
{
	uint32_t host = host_table_find(&run->hosts, &a->addr);

	if (host == HOST_NONE || !run->hosts.rows[host].echoed)
		run_note_answer(run, a);
	host = run_alive(run, &a->addr, OBSERVATION_BY_ARP, &a->mac, a->ttl, a->wall_us);
	if (host != HOST_NONE)
		run->hosts.rows[host].echoed = true;
}

static void candidate(struct run *run, const struct answer *a)
{
	if (host_table_find(&run->hosts, &a->addr) == HOST_NONE)
		run_note_answer(run, a);
	host_table_add(&run->hosts, &a->addr);
}

void run_answer(struct run *run, const struct answer *answer)
{
	static void (*const words[])(struct run *, const struct answer *) = {
		[ANSWER_OPEN] = answered,
		[ANSWER_CLOSED] = answered,
		[ANSWER_REFUSED] = refused,
		[ANSWER_NEIGHBOUR] = neighbour,
		[ANSWER_HERE] = here,
		[ANSWER_CANDIDATE] = candidate,
		[ANSWER_STEP] = trace_answer,
		[ANSWER_LOCAL] = link_neighbour,
	};

	if (is_untimely(run) && answer->word != ANSWER_NEIGHBOUR)
		run->tally[TALLY_LATE]++;
	else
		words[answer->word](run, answer);
}
