/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distances: TTL-limited probes (a SYN to an open port, else an echo) to one live address of
 * each network behind a gateway, and to every router found. All probes to one target look like
 * one flow, so that they go one way (Augustin et al., "Avoiding traceroute anomalies with Paris
 * traceroute", 2006). A trace begins where the TTL of an earlier answer suggests the target to
 * be, goes forward until it is reached, then backward until a router that is known already
 * (Donnet et al., "Doubletree", 2005). All targets take each step together: it is a sweep over
 * them in its keyed order, and replies carry the TTL that they answer (Beverly, "Yarrp'ing the
 * Internet", 2016). So the routers near us are asked once and not once per network, and who is
 * asked for many networks is asked for all of them in turn: a router may say one thing a
 * second. Who stays silent is asked again, not much faster than answers came. Figures:
 * docs/adr/0012.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"

#include <stdlib.h>
#include <string.h>

#define TRACE_TARGETS_MAX 4096
#define TRACE_PPS 50
#define IN_VAIN_MAX 2 /* tries in a row: then no more is to come */
#define WORTH_ONE_OF 8 /* that are asked again must answer */
#define PURPOSE_TRACE 3
#define SILENT_MAX 3 /* hops in a row without an answer: the rest is given up */
#define QUIET_US 1000000

/* What a sweep of a trace asks; its "port" is none of an ordinary echo. */
static const struct ask step_ask = {TEMPLATE_ECHO, 1};

enum { FORWARD, BACKWARD, FINISHED };

struct trace_target {
	struct addr addr;
	uint16_t port; /* 0: echo */
	struct piece piece;
	struct addr hops[COOKIE_HOPS_MAX + 1]; /* by TTL; family 0 unknown */
	uint8_t first, end;		       /* guessed; measured distance or 0 */
	uint8_t ttl, silent, state;
	enum trace_word word;
	bool answered;
	struct addr peer;
};

struct trace {
	struct trace_target targets[TRACE_TARGETS_MAX];
	size_t n, begin; /* at work: from `begin` on */
	uint32_t list[TRACE_TARGETS_MAX],
		asked[TRACE_TARGETS_MAX]; /* of a sweep: host, target */
	size_t n_list;
	struct permute order; /* of those at work */
	uint64_t turn;
	struct hosts known[COOKIE_HOPS_MAX + 1]; /* routers, by TTL */
};

void trace_answer(struct run *run, const struct answer *a)
{
	struct trace *trace = run->trace;
	uint32_t host = trace ? host_table_find(&run->hosts, &a->addr) : HOST_NONE;
	uint32_t slot = host == HOST_NONE ? HOST_NONE : run->hosts.rows[host].slot;
	struct trace_target *t = slot == HOST_NONE ? NULL : &trace->targets[trace->asked[slot]];
	int again = -1;

	if (t && t->ttl == a->ttl)
		again = sweep_answer(run, &a->addr, step_ask.kind, step_ask.port,
			a->step != TRACE_NOWHERE);
	if (again) {
		run->tally[again == 1 ? TALLY_DUPLICATES : TALLY_LATE]++;
		return;
	}
	run_note_answer(run, a);
	t->answered = true;
	t->word = a->step;
	t->peer = a->peer;
	run->tally[TALLY_HOPS] += a->step != TRACE_NOWHERE;
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

/* `again`: of whom it was counted before that there is no room. */
static void add_target(struct run *run, struct trace *trace, const struct addr *addr,
	uint16_t port, uint8_t first, bool again)
{
	struct trace_target *t = &trace->targets[trace->n];
	struct piece piece;

	if (is_target(trace, addr) || !reach_way(run->reach, addr, &piece) ||
		piece.way != REACH_GATEWAY)
		return;
	if (trace->n == TRACE_TARGETS_MAX) {
		run->tally[TALLY_TRACES_OVER_LIMIT] += !again;
		return;
	}
	*t = (struct trace_target){
		.addr = *addr, .port = port, .piece = piece, .first = first};
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
			guess(host->ttl), false);
	}
	return 0;
}

static bool ask_step(struct run *run, const struct sweep *sweep, uint64_t slot, uint32_t kind,
	struct question *ret)
{
	struct trace_target *t = &run->trace->targets[run->trace->asked[slot]];

	(void)sweep, (void)kind;
	ret->kind = t->port ? TEMPLATE_SYN : TEMPLATE_ECHO;
	ret->port = t->port;
	ret->ttl = t->ttl;
	if (run_resolve(run, &t->piece, &t->addr, ret))
		return true;
	run_answer(run, &(struct answer){.word = ANSWER_STEP,
				.kind = step_ask.kind,
				.addr = t->addr,
				.ttl = t->ttl,
				.peer = t->addr,
				.step = TRACE_NOWHERE,
				.wall_us = run->wall_us});
	return false;
}

/* Those at work of whose step nothing is known yet, at most so many, in the order of the keyed
 * permutation and from where it ended the last time. */
static size_t list_silent(struct run *run, struct trace *trace, size_t max)
{
	size_t n = trace->order.n;

	trace->n_list = 0;
	for (size_t i = 0; i < n && trace->n_list < max; i++, trace->turn++) {
		size_t at = trace->begin + permute_at(&trace->order, trace->turn % n);
		const struct trace_target *t = &trace->targets[at];
		uint32_t host = host_table_find(&run->hosts, &t->addr);

		if (t->state == FINISHED || t->answered || host == HOST_NONE)
			continue;
		trace->asked[trace->n_list] = (uint32_t)at;
		trace->list[trace->n_list++] = host;
	}
	return trace->n_list;
}

static size_t count_answered(const struct trace *trace)
{
	size_t n = 0;

	for (size_t i = 0; i < trace->n_list; i++)
		n += trace->targets[trace->asked[i]].answered;
	return n;
}

static uint32_t count_finished(const struct trace *trace)
{
	uint32_t n = 0;

	for (size_t i = 0; i < trace->n; i++)
		n += trace->targets[i].state == FINISHED;
	return n;
}

/* A little faster than answers came: whoever of them is held to so many says about as many
 * now. */
static uint32_t next_pps(uint32_t pps, size_t answers, int64_t took_us)
{
	uint64_t next =
		answers * 5 * CLOCK_SECOND / (4 * (uint64_t)(took_us ? took_us : 1)) + 1;

	return answers && next < pps ? (uint32_t)next : pps;
}

/* One step of all that are at work, and again of those that were silent, a minute's worth at a
 * time, until few of them answer: the rest has nothing to say. */
static int ask_steps(struct run *run, struct trace *trace)
{
	struct sweep sweep = {.phase = "trace",
		.asks = &step_ask,
		.kinds = 1,
		.passes = 1,
		.aside = true,
		.step = count_finished(trace),
		.steps = (uint32_t)trace->n,
		.tempo = run_tempo(run, false),
		.quiet_us = QUIET_US,
		.list = trace->list,
		.question = ask_step};
	uint32_t pps = TRACE_PPS < run->pps ? TRACE_PPS : run->pps;
	size_t n = list_silent(run, trace, SIZE_MAX), answers;
	unsigned int vain = 0;
	bool incomplete = run->incomplete;

	for (bool first = true; n && vain < IN_VAIN_MAX; first = false) {
		int r;

		sweep.tempo.pps = pps;
		sweep.n_list = n;
		r = sweep_run(run, &sweep);
		run->incomplete =
			incomplete; /* what was looked at was, with its way or without */
		if (r)
			return r;
		answers = count_answered(trace);
		vain = !first && answers * WORTH_ONE_OF < n ? vain + 1 : 0;
		pps = next_pps(pps, answers, sweep.took_us);
		n = list_silent(run, trace, (size_t)pps * 60);
	}
	return 0;
}

/* True if the router was seen at this distance before; else it is remembered. */
static bool is_known(struct trace *trace, const struct addr *router, uint8_t ttl)
{
	uint32_t before = trace->known[ttl].n;

	host_table_add(&trace->known[ttl], router);
	return trace->known[ttl].n == before;
}

static void go_to(struct trace_target *t, uint8_t state, unsigned int ttl)
{
	t->state = state;
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
	} else if (t->word == TRACE_NOWHERE) {
		t->state = FINISHED;
		return;
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
			.time_us = run_wall_us(run),
			.addr = t->addr,
			.peer = t->hops[ttl],
			.ttl = ttl};

		if (t->hops[ttl].family && (!t->end || ttl <= t->end))
			r = run_put(run, &obs);
	}
	return r;
}

/* The MAC of a router that is a next hop of ours; NULL if it is none. */
static const struct mac *mac_of(const struct run *run, const struct addr *router)
{
	for (size_t i = 0; i < run->reach->n_gateways; i++) {
		const struct gateway *gateway = &run->reach->gateways[i];

		if (gateway->known && addr_equal(&gateway->addr, router))
			return &gateway->mac;
	}
	return NULL;
}

/* Routers become hosts, and targets of their own, where the scope covers them. */
static int take_routers(struct run *run, struct trace *trace, const struct trace_target *t)
{
	int64_t wall = run_wall_us(run);

	for (uint8_t ttl = 1; ttl <= COOKIE_HOPS_MAX; ttl++) {
		const struct addr *hop = &t->hops[ttl];
		bool again = false;
		uint32_t host;

		if (!hop->family || addr_equal(hop, &t->addr) ||
			scope_check(run->plan->scope, hop, wall, NULL) != SCOPE_ALLOWED ||
			addr_set_has(run->aim.excludes, hop))
			continue;
		host = run_alive(run, hop, OBSERVATION_BY_TRACE, mac_of(run, hop), 0, wall);
		if (run->reterr->code)
			return run->reterr->code;
		if (host != HOST_NONE) {
			again = run->hosts.rows[host].router;
			run->hosts.rows[host].router = true;
		}
		add_target(run, trace, hop, 0, ttl, again);
	}
	return 0;
}

/* All steps of those from trace->begin on. */
static int run_traces(struct run *run, struct trace *trace)
{
	bool busy = true;
	int r = 0;

	permute_init(&trace->order, &run->key, PURPOSE_TRACE, trace->n - trace->begin);
	trace->turn = 0;
	while (r == 0 && busy) {
		r = ask_steps(run, trace);
		busy = false;
		for (size_t i = trace->begin; r == 0 && i < trace->n; i++) {
			struct trace_target *t = &trace->targets[i];

			if (t->state != FINISHED)
				step(trace, t);
			busy |= t->state != FINISHED;
		}
	}
	return r;
}

/* The targets, then the routers that were found on the way to them, and so on. */
static int run_all(struct run *run, struct trace *trace)
{
	size_t end;
	int r = 0;

	for (; r == 0 && trace->begin < trace->n; trace->begin = end) {
		end = trace->n;
		r = run_traces(run, trace);
		for (size_t i = trace->begin; r >= 0 && i < end; i++) {
			int told = tell_hops(run, &trace->targets[i]);

			if (told == 0 && r == 0)
				told = take_routers(run, trace, &trace->targets[i]);
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
	for (size_t i = 0; i <= COOKIE_HOPS_MAX; i++)
		host_table_init(&trace->known[i], &run->key);
	r = choose_targets(run, trace);
	if (r == 0)
		r = run_all(run, trace);
	run->trace = NULL;
	for (size_t i = 0; i <= COOKIE_HOPS_MAX; i++)
		host_table_done(&trace->known[i]);
	free(trace);
	return r;
}
