/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands open TCP and UDP ports to the greeter as they are found, and gives it its turns:
 * whenever nothing is heard, and a share of the time where answers come without a pause. Under
 * SCAN_SAFE only after everything else. Never TCP ports 9100-9107: printers print whatever is
 * sent to them.
 *
 * A host that may be one that answers at every port waits until that is known (findings.c): so
 * does one that is open at many ports, or at most of those that it was asked so far. That is
 * judged a while after a port was found, when the answers to what was asked at that time are
 * in.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"

#include <stdlib.h>

#define PRINTER_FIRST 9100
#define PRINTER_LAST 9107
#define DOUBT_US CLOCK_SECOND /* longer than an answer takes */
#define HAND_MAX 4096 /* ports looked at in a turn */
#define TURN_US 2000
#define TURN_ALONE_US 20000
#define PAUSE_US 1000
/* For each moment of greeting so many of listening, if there is anything to hear. */
#define PAUSE_SHARE 4

/* The greeter's observations pass through, counted; name servers are remembered. */
static int take(void *context, const struct observation *obs, struct error *reterr)
{
	struct run *run = context;
	const struct observation_sink *sink = &run->o->sink;

	run->greeting.found += obs->kind == OBSERVATION_SERVICE;
	run_meet(run, obs);
	run_tell_journal(run, obs);
	return sink->take(sink->context, obs, reterr);
}

static void ended(void *context, const struct greet_target *target)
{
	struct run *run = context;
	struct record record = {.kind = RECORD_GREETED,
		.greeted = {target->addr, (uint8_t)target->transport, target->port}};

	run_note_told(run, &record);
}

/* ---- of an earlier attempt --------------------------------------------------------------- */

static uint64_t number_of(uint32_t host, uint8_t transport, uint16_t port)
{
	return (uint64_t)host << 24 | (uint64_t)transport << 16 | port;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int remember(struct run *run, uint64_t number)
{
	if (run->greeting.n_known == run->greeting.max_known) {
		size_t max = run->greeting.max_known ? 2 * run->greeting.max_known : 256;
		uint64_t *bigger = NULL;

		if (max > CAMPAIGN_OPEN_MAX)
			return 0; /* it is greeted again */
		bigger = reallocarray(run->greeting.known, max, sizeof(*bigger));
		if (!bigger)
			return error_set(run->reterr, ERROR_SYSTEM, "no memory for greetings");
		run->greeting.known = bigger;
		run->greeting.max_known = max;
	}
	run->greeting.known[run->greeting.n_known++] = number;
	return 0;
}

int greeting_replay(struct run *run, const struct record *record)
{
	const struct observation_sink sink = {take, run};
	struct greet_counts *counts = &run->greeting.before;
	int r = run_retell(run, record, &sink);

	counts->targets++;
	*(record->told_size ? &counts->answered : &counts->silent) += 1;
	return r < 0 ? r
		     : remember(run,
			       number_of(host_table_find(&run->hosts, &record->greeted.addr),
				       record->greeted.transport, record->greeted.port));
}

/* Whom an earlier attempt greeted is not greeted again. */
static void pass_over_known(struct run *run)
{
	if (run->greeting.n_known)
		qsort(run->greeting.known, run->greeting.n_known, sizeof(*run->greeting.known),
			compare);
	for (size_t i = 0; run->greeting.n_known && i < run->n_opens; i++) {
		struct open *open = &run->opens[i];
		uint64_t number = number_of(open->host, open->transport, open->port);

		open->greeted |= bsearch(&number, run->greeting.known, run->greeting.n_known,
					 sizeof(*run->greeting.known), compare) != NULL;
	}
	run->greeting.n_known = 0;
}

/* ---- while it runs ----------------------------------------------------------------------- */

int greeting_begin(struct run *run)
{
	static const enum protocol_risk risks[] = {
		PROTOCOL_SAFE, PROTOCOL_STANDARD, PROTOCOL_THOROUGH};
	static const unsigned int per_host[] = {1, 2, 4}, in_flight[] = {256, 2000, 4000};
	const uint32_t network_pps = scan_plan_network_rate(run->plan);
	struct observation_sink sink = {take, run};
	struct greet_options options = {.fingerprints = run->o->fingerprints,
		.scope = run->plan->scope,
		.denied = run->aim.excludes,
		.gap_us = run_tempo(run, false).one_open ? run_tempo(run, false).gap_us : 0,
		.gap_network_us = network_pps ? CLOCK_SECOND / network_pps : 0,
		.gap_all_us = CLOCK_SECOND / run->pps,
		.risk_max = risks[run->plan->profile],
		.in_flight = in_flight[run->plan->profile],
		.per_host = per_host[run->plan->profile],
		.seed = run->key.k0 ^ run->key.k1,
		.ended = ended,
		.context = run};
	int r = run->o->greet ? run->o->greet(&options, &sink, &run->greeter, run->reterr) : 0;

	if (r == 0 && run->greeter)
		run->link->also = run->greeter->fd;
	return r;
}

void greeting_end(struct run *run)
{
	const struct greet_counts *before = &run->greeting.before;

	free(run->greeting.known);
	if (!run->greeter)
		return;
	run->link->also = 0;
	run->greeted = run->greeter->counts;
	run->greeted.targets += before->targets;
	run->greeted.answered += before->answered;
	run->greeted.silent += before->silent;
	run->greeter->free(run->greeter);
	run->greeter = NULL;
}

static bool is_greeted(const struct run *run, const struct open *open)
{
	if (open->transport == TRANSPORT_UDP)
		return true;
	return open->transport == TRANSPORT_TCP && !run->hosts.rows[open->host].everywhere &&
	       (open->port < PRINTER_FIRST || open->port > PRINTER_LAST);
}

/* Whether a host could be found to answer everywhere at all. */
static bool may_be_doubted(const struct run *run, const struct open *open)
{
	return !run->greeting.settled && open->transport == TRANSPORT_TCP &&
	       run->plan->n_tcp_ports >= EVERYWHERE_MIN;
}

static bool is_suspect(const struct run *run, const struct host *host)
{
	const struct sweep *sweep = run->sweep;
	uint64_t asked = run->plan->n_tcp_ports;

	if (sweep && sweep->keep && sweep->walked / sweep->slots < sweep->kinds)
		asked = asked * (sweep->walked / sweep->slots + 1) / sweep->kinds;
	return host->open >= EVERYWHERE_MIN || 2ull * host->open >= asked;
}

static int add(struct run *run, struct open *open)
{
	const struct addr *addr = &run->hosts.rows[open->host].addr;
	const struct piece *piece = reach_piece(run->reach, addr);
	struct greet_target target = {.addr = *addr,
		.transport = (enum transport)open->transport,
		.port = open->port,
		.own = piece && piece->way == REACH_OWN};
	int r = run->greeter->add(run->greeter, &target, run->reterr);

	open->greeted = r == 0;
	return r;
}

/* Everybody found who need not wait. Who is passed over has his time in the end. */
static int hand_over(struct run *run)
{
	for (size_t i = 0; i < HAND_MAX && run->greeting.next < run->n_opens;
		i++, run->greeting.next++) {
		struct open *open = &run->opens[run->greeting.next];
		int r;

		if (open->greeted || !is_greeted(run, open))
			continue;
		if (may_be_doubted(run, open)) {
			if (run->wall_us < open->wall_us + DOUBT_US)
				return 0;
			if (is_suspect(run, &run->hosts.rows[open->host]))
				continue;
		}
		r = add(run, open);
		if (r)
			return r < 0 ? r : 0;
	}
	return 0;
}

static bool has_begun(const struct run *run)
{
	return run->greeter && !run_knows_more(run) &&
	       (run->plan->profile != SCAN_SAFE || run->greeting.alone);
}

int64_t greeting_wake_us(const struct run *run, int64_t wake_us)
{
	int64_t due_us = run->greeter ? run->greeter->due_us : INT64_MAX;

	if (due_us < run->now_us)
		due_us = run->now_us;
	return due_us < wake_us ? due_us : wake_us;
}

int greeting_turn(struct run *run, bool idle)
{
	int64_t began = run->now_us;
	int r;

	if (!has_begun(run) || (!idle && run->now_us < run->greeting.next_us))
		return 0;
	pass_over_known(run);
	r = hand_over(run);
	if (r == 0 && run->greeter->pending) {
		r = run->greeter->turn(run->greeter,
			run->greeting.alone && idle ? TURN_ALONE_US : TURN_US, run->reterr);
		run_tick(run);
	}
	run->greeting.next_us = run->now_us + PAUSE_US + PAUSE_SHARE * (run->now_us - began);
	return r;
}

void greeting_settle(struct run *run)
{
	run->greeting.settled = true;
	run->greeting.next = 0;
}

bool greeting_progress(const struct run *run, struct scan_progress *ret)
{
	if (!run->greeting.alone)
		return false;
	*ret = (struct scan_progress){.phase = "greet",
		.done = run->greeting.before.targets + run->greeter->counts.targets,
		.total = run->greeting.total,
		.left_s = -1,
		.found = run->greeting.found};
	return true;
}

int stage_greet(struct run *run)
{
	struct tempo tempo = run_tempo(run, false);
	int r = 0;

	if (!run->greeter)
		return 0;
	for (size_t i = 0; i < run->n_opens; i++)
		run->greeting.total += is_greeted(run, &run->opens[i]);
	/* Anybody may have been asked just now. */
	run_tick(run);
	if (tempo.one_open && run->greeting.total)
		r = run_listen(run, run->now_us + tempo.gap_us);
	run->greeting.alone = true;
	run->next_progress_us = 0;
	if (r == 0)
		r = greeting_turn(run, true);
	while (r == 0 && (run->greeter->pending || run->greeting.next < run->n_opens))
		r = run_listen(run, run->now_us + TURN_ALONE_US);
	run->greeting.alone = false;
	return r;
}
