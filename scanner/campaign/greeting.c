/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands the greeter what was found: open TCP and UDP ports. Never TCP ports 9100-9107: printers
 * print whatever is sent to them.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>

#define PRINTER_FIRST 9100
#define PRINTER_LAST 9107
#define GREET_TARGETS_MAX (1u << 22)

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
	if (open->transport == TRANSPORT_UDP)
		return true;
	return open->transport == TRANSPORT_TCP && !run->hosts.rows[open->host].everywhere &&
	       (open->port < PRINTER_FIRST || open->port > PRINTER_LAST);
}

static int collect(const struct run *run, struct greet_target **ret, size_t *ret_n)
{
	size_t max = run->n_opens < GREET_TARGETS_MAX ? run->n_opens : GREET_TARGETS_MAX, n = 0;
	struct greet_target *targets = calloc(max + 1, sizeof(*targets));

	if (!targets)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for greetings");
	for (size_t i = 0; i < run->n_opens && n < max; i++) {
		const struct open *open = &run->opens[i];
		const struct addr *addr = &run->hosts.rows[open->host].addr;
		const struct piece *piece = reach_piece(run->reach, addr);

		if (is_greeted(run, open))
			targets[n++] = (struct greet_target){.addr = *addr,
				.transport = (enum transport)open->transport,
				.port = open->port,
				.own = piece && piece->way == REACH_OWN};
	}
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
