/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of live hosts from the name servers that the greeter met among the targets; see
 * scanner/protocol/reverse.h. Only under SCAN_STANDARD and SCAN_THOROUGH, at the profile's rate
 * per host, and never any other server: not this machine's own resolver, not a forwarder.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"
#include "scanner/wire/dns.h"

#include <stdlib.h>
#include <string.h>

/* Keeps the lowest addresses, in order, each once. */
void run_meet(struct run *run, const struct observation *obs)
{
	size_t at = 0;

	if (obs->kind != OBSERVATION_SERVICE || obs->port != DNS_PORT || !obs->protocol ||
		strcmp(obs->protocol, "dns") != 0)
		return;
	while (at < run->n_servers && addr_compare(&run->servers[at].addr, &obs->addr) < 0)
		at++;
	if (at == REVERSE_SERVERS_MAX ||
		(at < run->n_servers && addr_equal(&run->servers[at].addr, &obs->addr)))
		return;
	if (run->n_servers < REVERSE_SERVERS_MAX)
		run->n_servers++;
	memmove(run->servers + at + 1, run->servers + at,
		(run->n_servers - at - 1) * sizeof(*run->servers));
	run->servers[at] = (struct reverse_server){obs->addr, DNS_PORT};
}

static int on_progress(void *context, size_t done, size_t total)
{
	struct run *run = context;
	struct scan_progress progress = {.phase = "names",
		.done = done,
		.total = total,
		.found = run->reversed.named,
		.left_s = -1};

	return stage_progress(run, &progress);
}

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	struct run *run = context;

	run_tell_journal(run, obs);
	return run->o->sink.take(run->o->sink.context, obs, reterr);
}

static void on_asked(void *context, const struct reverse_asked *asked)
{
	struct record record = {.kind = RECORD_NAMED, .named = *asked};

	run_note_told(context, &record);
}

int stage_names(struct run *run)
{
	_cleanup_(cleanup_freep) struct addr *addrs = NULL;
	struct reverse_options options = {.scope = run->plan->scope,
		.gap_us = run_tempo(run, false).gap_us,
		.gap_all_us = CLOCK_SECOND / run->pps,
		.seed = run->key.k0 ^ run->key.k1,
		.asked = on_asked,
		.known = run->known.asked.rows,
		.n_known = run->known.asked.n,
		.progress = on_progress,
		.context = run};
	const struct observation_sink sink = {take, run};
	size_t n;
	int r;

	if (!run->o->reverse || run->plan->profile == SCAN_SAFE || run->n_servers == 0)
		return 0;
	r = stage_hosts(run, NULL, &addrs, &n);
	if (r < 0)
		return r;
	run_forget_told(run);
	r = run->o->reverse(run->servers, run->n_servers, addrs, n, &options, &sink,
		&run->reversed, run->reterr);
	return r < 0 ? r : run->stopped ? RUN_STOPPED : 0;
}
