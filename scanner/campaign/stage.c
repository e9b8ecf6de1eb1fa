/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stages have alike that hand hosts to a loop of somebody else's (names, agents):
 * which hosts, in order, and what is told meanwhile.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"

#include <stdlib.h>

static int by_address(const void *a, const void *b)
{
	return addr_compare(a, b);
}

int stage_hosts(struct run *run, bool (*chosen)(struct run *run, const struct addr *addr),
	struct addr **ret_addrs, size_t *ret_n)
{
	struct addr *addrs = calloc(run->hosts.n + 1, sizeof(*addrs));

	*ret_n = 0;
	if (!addrs)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a list of hosts");
	for (uint32_t i = 0; i < run->hosts.n; i++) {
		const struct host *host = &run->hosts.rows[i];

		if (host->alive && !host->everywhere && reach_piece(run->reach, &host->addr) &&
			(!chosen || chosen(run, &host->addr)))
			addrs[(*ret_n)++] = host->addr;
	}
	qsort(addrs, *ret_n, sizeof(*addrs), by_address);
	*ret_addrs = addrs;
	return 0;
}

int stage_progress(struct run *run, struct scan_progress *progress)
{
	int64_t now;

	run_tick(run);
	now = run->now_us;
	if (now >= run->next_mark_us)
		run_mark(run);
	if (run->o->progress && now >= run->next_progress_us) {
		run->next_progress_us = now + CLOCK_SECOND / 4;
		run_tell_progress(run, progress);
	}
	if (run->o->stopped && run->o->stopped(run->o->context))
		run->stopped = true;
	return run->stopped;
}
