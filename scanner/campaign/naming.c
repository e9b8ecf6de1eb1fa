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

static int by_address(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static int on_progress(void *context, size_t done, size_t total)
{
	struct run *run = context;
	struct scan_progress progress = {
		.phase = "names", .done = done, .total = total, .found = run->reversed.named, .left_s = -1};
	int64_t now = run->link->now(run->link);

	if (run->o->progress && now >= run->next_progress_us) {
		run->next_progress_us = now + CLOCK_SECOND / 4;
		run_tell_progress(run, &progress);
	}
	if (run->o->stopped && run->o->stopped(run->o->context))
		run->stopped = true;
	return run->stopped;
}

int stage_names(struct run *run)
{
	_cleanup_(cleanup_freep) struct addr *addrs = NULL;
	struct reverse_options options = {.scope = run->plan->scope,
		.gap_us = run_tempo(run, false).gap_us,
		.gap_all_us = CLOCK_SECOND / run->pps,
		.seed = run->key.k0 ^ run->key.k1,
		.progress = on_progress,
		.context = run};
	size_t n = 0;
	int r;

	if (!run->o->reverse || run->plan->profile == SCAN_SAFE || run->n_servers == 0)
		return 0;
	addrs = calloc(run->hosts.n + 1, sizeof(*addrs));
	if (!addrs)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of hosts");
	for (uint32_t i = 0; i < run->hosts.n; i++)
		if (run->hosts.rows[i].alive && !run->hosts.rows[i].everywhere &&
			reach_piece(run->reach, &run->hosts.rows[i].addr))
			addrs[n++] = run->hosts.rows[i].addr;
	qsort(addrs, n, sizeof(*addrs), by_address);
	r = run->o->reverse(run->servers, run->n_servers, addrs, n, &options, &run->o->sink,
		&run->reversed, run->reterr);
	return r < 0 ? r : run->stopped ? RUN_STOPPED : 0;
}
