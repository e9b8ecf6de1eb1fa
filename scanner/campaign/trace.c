/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distances: TTL-limited probes (a SYN to an open port, else an echo) to one live address of
 * each network behind a gateway, and to every router found. All probes to one target look like
 * one flow, so that they go one way (Augustin et al., "Avoiding traceroute anomalies with Paris
 * traceroute", 2006). A trace begins where the TTL of an earlier answer suggests the target to
 * be, goes forward until it is reached, then backward until a router that is known already
 * (Donnet et al., "Doubletree", 2005), so that the routers near us are asked once and not once
 * per network: they may send few errors a second.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define TRACE_TARGETS_MAX 4096
#define TRACE_WINDOW 32 /* targets at once */
#define TRACE_PPS 50
#define TRIES 3
#define SILENT_MAX 3 /* hops in a row without an answer: the rest is given up */
#define TRY_US 400000
#define RETRY_US 1200000 /* Linux sends one error a second to one destination */

enum { FORWARD, BACKWARD, FINISHED };

struct trace_target {
	struct addr addr;
	uint16_t port; /* 0: echo */
	struct piece piece;
	struct addr hops[COOKIE_HOPS_MAX + 1]; /* by TTL; family 0 unknown */
	uint8_t first, end;		       /* guessed; measured distance or 0 */
	uint8_t ttl, tries, silent, state;
	enum trace_word word;
	bool answered;
	struct addr peer;
};

struct known {
	struct addr router;
	uint8_t ttl;
};

struct trace {
	struct trace_target targets[TRACE_TARGETS_MAX];
	size_t n, begin, window; /* those at work: begin .. begin + window - 1 */
	struct known known[TRACE_TARGETS_MAX];
	size_t n_known;
};

void trace_answer(struct run *run, const struct addr *target, uint8_t ttl,
	const struct addr *peer, enum trace_word word)
{
	struct trace *trace = run->trace;

	for (size_t i = 0; trace && i < trace->window; i++) {
		struct trace_target *t = &trace->targets[trace->begin + i];

		if (t->state == FINISHED || !addr_equal(&t->addr, target))
			continue;
		if (t->answered && t->ttl == ttl) {
			run->tally[TALLY_DUPLICATES]++;
			return;
		}
		if (t->ttl != ttl)
			continue;
		t->answered = true;
		t->word = word;
		t->peer = *peer;
		run->tally[TALLY_HOPS]++;
		return;
	}
	run->tally[TALLY_LATE]++;
}

/* Systems begin at 64, 128 or 255 (few at 32), so the answer's TTL tells how far it came. */
static uint8_t guess(uint8_t ttl)
{
	static const uint8_t first[] = {32, 64, 128, 255};

	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		if (ttl && ttl <= first[i] && first[i] - ttl < COOKIE_HOPS_MAX)
			return (uint8_t)(first[i] - ttl + 1);
	return 2;
}

static bool is_target(const struct trace *trace, const struct addr *addr)
{
	for (size_t i = 0; i < trace->n; i++)
		if (addr_equal(&trace->targets[i].addr, addr))
			return true;
	return false;
}

static void add_target(struct run *run, struct trace *trace, const struct addr *addr,
	uint16_t port, uint8_t ttl)
{
	struct trace_target *t = &trace->targets[trace->n];
	struct piece piece;

	if (trace->n == TRACE_TARGETS_MAX || is_target(trace, addr) ||
		!reach_way(run->reach, addr, &piece) || piece.way != REACH_GATEWAY)
		return;
	*t = (struct trace_target){
		.addr = *addr, .port = port, .piece = piece, .first = guess(ttl)};
	t->ttl = t->first;
	trace->n++;
}

/* One address of each /24 or /64: rather one that is far, behind the network's own router, and
 * one with an open port; of these the lowest. */
static int compare_hosts(const void *a, const void *b, void *context)
{
	const struct run *run = context;
	const struct host *x = &run->hosts.rows[*(const uint32_t *)a];
	const struct host *y = &run->hosts.rows[*(const uint32_t *)b];
	struct cidr p = cidr_of(&x->addr, x->addr.family == 4 ? 24 : 64);
	struct cidr q = cidr_of(&y->addr, y->addr.family == 4 ? 24 : 64);
	int r = cidr_compare(&p, &q);

	if (r == 0)
		r = guess(y->ttl) - guess(x->ttl);
	if (r == 0)
		r = (y->open > 0) - (x->open > 0);
	return r ? r : addr_compare(&x->addr, &y->addr);
}

static int choose_targets(struct run *run, struct trace *trace)
{
	_cleanup_(cleanup_freep) uint32_t *list = calloc(run->hosts.n + 1, sizeof(*list));
	struct cidr last = {0};
	size_t n = 0;

	if (!list)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for traces");
	for (uint32_t i = 0; i < run->hosts.n; i++)
		if (run->hosts.rows[i].alive)
			list[n++] = i;
	qsort_r(list, n, sizeof(*list), compare_hosts, run);
	for (size_t i = 0; i < n; i++) {
		const struct host *host = &run->hosts.rows[list[i]];
		struct cidr network = cidr_of(&host->addr, host->addr.family == 4 ? 24 : 64);

		if (last.base.family && cidr_compare(&network, &last) == 0)
			continue;
		last = network;
		add_target(run, trace, &host->addr, host->everywhere ? 0 : host->open_port,
			host->ttl);
	}
	return 0;
}

static int send_one(struct run *run, struct trace_target *t)
{
	struct question q = {0};
	struct probe probe = {.kind = t->port ? TEMPLATE_SYN : TEMPLATE_ECHO,
		.target = t->addr,
		.port = t->port,
		.ttl = t->ttl};

	if (!run_resolve(run, &t->piece, &t->addr, &q)) {
		t->state = FINISHED;
		return 0;
	}
	probe.path = &run->reach->paths[q.path];
	probe.source = q.source;
	probe.mac = q.mac;
	probe.cookie = cookie_trace(&run->key, t->port ? COOKIE_TRACE_SYN : COOKIE_TRACE_ECHO,
		&q.source, &t->addr, t->port, t->ttl);
	t->tries++;
	return run_queue(run, &probe, TALLY_SENT_TRACE, probe.cookie);
}

/* Sends one probe to each that waits for none, at the trace's own rate. */
static int send_window(struct run *run, struct trace *trace)
{
	for (size_t i = 0; i < trace->window; i++) {
		struct trace_target *t = &trace->targets[trace->begin + i];
		int r = 0;

		if (t->state == FINISHED || t->answered)
			continue;
		for (;;) {
			int64_t now = run->link->now(run->link);
			int64_t due = pace_take(&run->cap, now);

			if (!due)
				break;
			r = run_listen(run, due);
			if (r)
				return r;
		}
		r = send_one(run, t);
		if (r == 0)
			r = run_flush(run);
		run->last_sent_us = run->now_us;
		if (r < 0)
			return r;
	}
	return 0;
}

static bool all_answered(const struct trace *trace)
{
	for (size_t i = 0; i < trace->window; i++) {
		const struct trace_target *t = &trace->targets[trace->begin + i];

		if (t->state != FINISHED && !t->answered)
			return false;
	}
	return true;
}

/* No host is asked again before its gap is over: several probes in a row may reach it. */
static int wait_gap(struct run *run)
{
	int64_t until = run->last_sent_us + run_tempo(run, false).gap_us;
	int r = 0;

	while (r == 0 && run->last_sent_us && run->link->now(run->link) < until)
		r = run_listen(run, until);
	return r;
}

static int wait_window(struct run *run, struct trace *trace, int64_t wait_us)
{
	int64_t until = run->link->now(run->link) + wait_us;
	int r = 0;

	while (r == 0 && !all_answered(trace)) {
		int64_t now = run->link->now(run->link);

		if (now >= until)
			return 0;
		r = run_listen(run, now + 2000 < until ? now + 2000 : until);
	}
	return r;
}

/* True if the router was seen at this distance before; else it is remembered. */
static bool is_known(struct trace *trace, const struct addr *router, uint8_t ttl)
{
	for (size_t i = 0; i < trace->n_known; i++)
		if (trace->known[i].ttl == ttl && addr_equal(&trace->known[i].router, router))
			return true;
	if (trace->n_known < TRACE_TARGETS_MAX)
		trace->known[trace->n_known++] = (struct known){*router, ttl};
	return false;
}

static void go_to(struct trace_target *t, uint8_t state, unsigned int ttl)
{
	t->state = state;
	t->tries = 0;
	t->answered = false;
	t->ttl = (uint8_t)ttl;
	if (ttl == 0 || ttl > COOKIE_HOPS_MAX)
		t->state = FINISHED;
}

static void step_back(struct trace_target *t, unsigned int ttl)
{
	if (t->state == FORWARD)
		t->silent = 0;
	go_to(t, BACKWARD, ttl);
}

/* What the answer, or its absence, says about where to ask next. */
static void step(struct trace *trace, struct trace_target *t)
{
	bool known = false;

	if (!t->answered) {
		t->silent++;
	} else if (t->word == TRACE_END) {
		t->end = t->ttl;
		step_back(t, t->ttl - 1u);
		return;
	} else if (t->word == TRACE_HOP) {
		t->silent = 0;
		t->hops[t->ttl] = t->peer;
		known = is_known(trace, &t->peer, t->ttl);
	}
	if (t->state == BACKWARD) {
		if (known || t->silent >= SILENT_MAX)
			t->state = FINISHED;
		else
			go_to(t, BACKWARD, t->ttl - 1u);
	} else if (t->silent >= SILENT_MAX || t->ttl == COOKIE_HOPS_MAX ||
		   (t->answered && t->word == TRACE_BLOCKED)) {
		step_back(t, t->first - 1u);
	} else {
		go_to(t, FORWARD, t->ttl + 1u);
	}
}

static int tell_hops(struct run *run, struct trace_target *t)
{
	int r = 0;

	if (t->end)
		t->hops[t->end] = t->addr;
	for (uint8_t ttl = 1; r == 0 && ttl <= COOKIE_HOPS_MAX; ttl++) {
		struct observation obs = {.kind = OBSERVATION_HOP,
			.method = OBSERVATION_BY_TRACE,
			.time_us = run->link->wall(run->link),
			.addr = t->addr,
			.peer = t->hops[ttl],
			.ttl = ttl};

		if (t->hops[ttl].family && (!t->end || ttl <= t->end))
			r = run_put(run, &obs);
	}
	return r;
}

/* Routers become hosts, and targets of their own, where the scope covers them. */
static int take_routers(struct run *run, struct trace *trace, const struct trace_target *t)
{
	int64_t wall = run->link->wall(run->link);

	for (uint8_t ttl = 1; ttl <= COOKIE_HOPS_MAX; ttl++) {
		const struct addr *hop = &t->hops[ttl];

		if (!hop->family || addr_equal(hop, &t->addr) ||
			scope_check(run->plan->scope, hop, wall, NULL) != SCOPE_ALLOWED ||
			addr_set_has(run->aim.excludes, hop))
			continue;
		run_alive(run, hop, OBSERVATION_BY_TRACE, NULL, 0, wall);
		if (run->reterr->code)
			return run->reterr->code;
		add_target(run, trace, hop, 0, 0);
	}
	return 0;
}

static int run_window(struct run *run, struct trace *trace)
{
	int r = 0;

	for (unsigned int round = 0; r == 0; round++) {
		bool busy = false;

		r = wait_gap(run);
		if (r == 0)
			r = send_window(run, trace);
		if (r == 0)
			r = wait_window(run, trace, round % 2 ? RETRY_US : TRY_US);
		if (r)
			return r;
		for (size_t i = 0; i < trace->window; i++) {
			struct trace_target *t = &trace->targets[trace->begin + i];

			if (t->state != FINISHED && (t->answered || t->tries >= TRIES))
				step(trace, t);
			busy |= t->state != FINISHED;
		}
		if (!busy)
			return 0;
	}
	return r;
}

static int run_traces(struct run *run, struct trace *trace)
{
	int r = 0;

	for (trace->begin = 0; r == 0 && trace->begin < trace->n;
		trace->begin += trace->window) {
		struct scan_progress progress = {.phase = "trace",
			.done = trace->begin,
			.total = trace->n,
			.found = trace->n_known};

		if (run->o->progress)
			run->o->progress(run->o->context, &progress);
		trace->window = trace->n - trace->begin;
		if (trace->window > TRACE_WINDOW)
			trace->window = TRACE_WINDOW;
		r = run_window(run, trace);
		for (size_t i = 0; r >= 0 && i < trace->window; i++) {
			int told = tell_hops(run, &trace->targets[trace->begin + i]);

			if (told == 0 && r == 0)
				told = take_routers(
					run, trace, &trace->targets[trace->begin + i]);
			if (told < 0)
				r = told;
		}
	}
	return r;
}

int stage_trace(struct run *run)
{
	struct trace *trace = calloc(1, sizeof(*trace));
	int r;

	if (!trace)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for traces");
	run->trace = trace;
	pace_init(&run->cap, TRACE_PPS < run->pps ? TRACE_PPS : run->pps,
		run->link->now(run->link));
	r = choose_targets(run, trace);
	if (r == 0)
		r = run_traces(run, trace);
	run->trace = NULL;
	free(trace);
	return r;
}
