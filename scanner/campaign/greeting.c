/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands the greeter what was found: open TCP ports, and the plan's UDP ports of hosts that
 * live. A target that is named as a single address is asked at its UDP ports even if it was
 * silent: some answer nothing else. Never ports 9100-9107: printers print whatever is sent to
 * them.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>

#define PRINTER_FIRST 9100
#define PRINTER_LAST 9107
#define GREET_TARGETS_MAX (1u << 22)
#define SINGLE_TARGETS_MAX 256 /* more of them are a list, and searched as prefixes are */

struct greeting {
	struct run *run;
	uint64_t found;
};

static int on_progress(void *context, size_t done, size_t total)
{
	struct greeting *greeting = context;
	struct run *run = greeting->run;
	struct scan_progress progress = {
		.phase = "greet", .done = done, .total = total, .found = greeting->found};

	if (run->o->progress)
		run->o->progress(run->o->context, &progress);
	if (run->o->stopped && run->o->stopped(run->o->context))
		run->stopped = true;
	return run->stopped;
}

/* The greeter's observations pass through, counted; name servers are remembered. */
static int take(void *context, const struct observation *obs, struct error *reterr)
{
	struct greeting *greeting = context;
	const struct observation_sink *sink = &greeting->run->o->sink;

	greeting->found += obs->kind == OBSERVATION_SERVICE;
	run_meet(greeting->run, obs);
	return sink->take(sink->context, obs, reterr);
}

static bool is_greeted(const struct run *run, const struct open *open)
{
	return !run->hosts.rows[open->host].everywhere &&
	       (open->port < PRINTER_FIRST || open->port > PRINTER_LAST);
}

static bool is_single(const struct cidr *target)
{
	return target->length == (target->base.family == 4 ? 32 : 128);
}

static size_t add_silent(const struct run *run, const struct addr *addr,
	struct greet_target *targets, size_t n, size_t max)
{
	const struct scan_plan *plan = run->plan;
	const struct piece *piece = reach_piece(run->reach, addr);

	if (!piece || (piece->way != REACH_ON_LINK && piece->way != REACH_GATEWAY) ||
		host_table_find(&run->hosts, addr) != HOST_NONE)
		return n;
	for (size_t k = 0; k < plan->n_udp_ports && n < max; k++)
		targets[n++] =
			(struct greet_target){*addr, TRANSPORT_UDP, plan->udp_ports[k]};
	return n;
}

/* Silent targets that were named one by one, or in a list that is as short. Adds them to targets[n..max). */
static size_t add_singles(const struct run *run, struct greet_target *targets, size_t n, size_t max)
{
	const struct scan_plan *plan = run->plan;
	uint64_t listed = plan->target_list ? addr_set_count(plan->target_list) : 0;
	size_t singles = 0;

	for (size_t i = 0; i < plan->n_targets; i++)
		singles += is_single(&plan->targets[i]);
	if (listed > SINGLE_TARGETS_MAX || singles + listed > SINGLE_TARGETS_MAX)
		return n;
	for (size_t i = 0; i < plan->n_targets; i++)
		if (is_single(&plan->targets[i]))
			n = add_silent(run, &plan->targets[i].base, targets, n, max);
	for (uint64_t i = 0; i < listed; i++) {
		struct addr addr = addr_set_nth(plan->target_list, i);

		n = add_silent(run, &addr, targets, n, max);
	}
	return n;
}

static struct greet_target target_of(
	const struct run *run, const struct addr *addr, enum transport transport, uint16_t port)
{
	const struct piece *piece = reach_piece(run->reach, addr);

	return (struct greet_target){.addr = *addr,
		.transport = transport,
		.port = port,
		.own = piece && piece->way == REACH_OWN};
}

static int collect(const struct run *run, struct greet_target **ret, size_t *ret_n)
{
	const struct scan_plan *plan = run->plan;
	size_t max = run->n_opens +
		     (run->hosts.n + SINGLE_TARGETS_MAX) * plan->n_udp_ports, n = 0;
	struct greet_target *targets;

	if (max > GREET_TARGETS_MAX)
		max = GREET_TARGETS_MAX;
	targets = calloc(max + 1, sizeof(*targets));
	if (!targets)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for greetings");
	for (size_t i = 0; i < run->n_opens && n < max; i++)
		if (is_greeted(run, &run->opens[i]))
			targets[n++] = target_of(run, &run->hosts.rows[run->opens[i].host].addr,
				TRANSPORT_TCP, run->opens[i].port);
	for (size_t k = 0; k < plan->n_udp_ports; k++)
		for (uint32_t i = 0; i < run->hosts.n && n < max; i++)
			if (run->hosts.rows[i].alive && !run->hosts.rows[i].everywhere &&
				reach_piece(run->reach, &run->hosts.rows[i].addr))
				targets[n++] = target_of(run, &run->hosts.rows[i].addr,
					TRANSPORT_UDP, plan->udp_ports[k]);
	n = add_singles(run, targets, n, max);
	*ret = targets;
	*ret_n = n;
	return 0;
}

int stage_greet(struct run *run)
{
	static const enum protocol_risk risks[] = {
		PROTOCOL_SAFE, PROTOCOL_STANDARD, PROTOCOL_THOROUGH};
	static const unsigned int per_host[] = {1, 2, 4};
	_cleanup_(cleanup_freep) struct greet_target *targets = NULL;
	struct greeting greeting = {run, 0};
	struct observation_sink sink = {take, &greeting};
	struct greet_options options = {.fingerprints = run->o->fingerprints,
		.scope = run->plan->scope,
		.denied = run->aim.excludes,
		.gap_us = run_tempo(run, false).one_open ? run_tempo(run, false).gap_us : 0,
		.risk_max = risks[run->plan->profile],
		.per_host = per_host[run->plan->profile],
		.seed = run->key.k0 ^ run->key.k1,
		.progress = on_progress,
		.context = &greeting};
	struct greet_counts *counts = &run->greeted;
	size_t n = 0;
	int r = collect(run, &targets, &n);

	if (r < 0)
		return r;
	r = run->o->greet(targets, n, &options, &sink, counts, run->reterr);
	return r < 0 ? r : run->stopped ? RUN_STOPPED : 0;
}
