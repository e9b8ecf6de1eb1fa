/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a campaign stands, told a few times a second: of discovery the questions that left and
 * those that are to be expected, of the sweep at work and of those after it (forecast.h); of
 * everything else how much of it is done. It changes nothing.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"
#include "scanner/campaign/forecast.h"

#include <string.h>

#define ROWS_MAX 4
#define SMOOTH 0.2 /* weight of the newest measurement of the rate */
#define QUIET_US CLOCK_SECOND

void run_tell_progress(struct run *run, struct scan_progress *progress)
{
	int64_t now = run->link->now(run->link);
	double seconds;

	if (!run->standing.phase || strcmp(run->standing.phase, progress->phase) != 0) {
		run->standing.phase = progress->phase;
		run->standing.since_us = now;
		run->standing.done = progress->done;
	}
	seconds = (double)(now - run->standing.since_us) / (double)CLOCK_SECOND;
	/* Traces go their steps side by side and end nearly together: that is no pace. */
	if (!run->trace && progress->left_s < 0 && progress->done > run->standing.done) {
		progress->left_s = forecast_by_pace(progress->done - run->standing.done,
			progress->total - run->standing.done, seconds);
		if (!progress->rate && seconds > 0)
			progress->rate =
				(double)(progress->done - run->standing.done) / seconds;
	}
	run->o->progress(run->o->context, progress);
}

/* ---- discovery --------------------------------------------------------------------------- */

#define SILENT_OF_LIVING 0.5 /* of what they are asked; it is not known, and differs much */

static struct forecast_sweep at_work(const struct run *run, const struct sweep *s)
{
	return (struct forecast_sweep){.slots = s->slots,
		.kinds = s->kinds,
		.settle = s->settle,
		.pass = s->pass,
		.passes = s->passes ? s->passes : SWEEP_PASSES_MAX,
		.at = s->round * s->slots + s->at,
		.answered = s->done.set,
		.before = s->gained[s->pass - 1],
		.gained = s->gained[s->pass],
		.lost = (double)losses_permille(&run->losses.all) / 1000,
		.pps = s->tempo.pps && s->tempo.pps < run->pps ? s->tempo.pps : run->pps,
		.network_pps = scan_plan_network_rate(run->plan),
		.largest = s->largest,
		.gap_us = s->tempo.gap_us,
		.measured = run->standing.pps,
		.quiet_us = run_quiet_us(run, s->quiet_us),
		.patience_us = SWEEP_PATIENCE_US};
}

static struct forecast_sweep to_come(
	const struct run *run, uint64_t slots, uint64_t kinds, bool settle, double silence)
{
	uint64_t far = run->reach->count[REACH_GATEWAY], largest = run->standing.largest;

	return (struct forecast_sweep){.slots = slots,
		.kinds = kinds,
		.settle = settle,
		.passes = SWEEP_PASSES_MAX,
		.silence = silence,
		.lost = (double)losses_permille(&run->losses.all) / 1000,
		.pps = run->pps,
		.network_pps = scan_plan_network_rate(run->plan),
		.largest = slots < far ? largest * slots / far + 1 : largest,
		.gap_us = run_tempo(run, false).gap_us,
		.quiet_us = run_quiet_us(run, QUIET_US),
		.patience_us = SWEEP_PATIENCE_US};
}

/* Hosts that live, if those that this sweep did not come to yet live as often as the others. */
static uint64_t living(const struct run *run, const struct sweep *s)
{
	uint64_t place = s->round ? s->slots : s->at,
		 heard = s->settle ? s->done.set : run->found;

	if (s->pass > 1 || !place || place >= s->slots || heard > run->found)
		return run->found;
	return run->found - heard + heard * s->slots / place;
}

static uint64_t n_udp(struct run *run)
{
	if (!run->standing.n_udp) {
		run->standing.n_udp = scan_asked_udp_ports(run->plan, NULL) + 1;
		run->standing.largest = networks_largest_of(run->reach->targets[REACH_GATEWAY]);
	}
	return run->standing.n_udp - 1;
}

/* The sweeps of discover.c after this one, as far as they take time. */
static unsigned int add_next(
	struct run *run, const struct sweep *s, struct forecast_sweep *rows)
{
	const struct scan_plan *plan = run->plan;
	uint64_t udp = n_udp(run) + plan->n_ip_protocols,
		 ports = plan->n_tcp_ports + plan->n_sctp_ports,
		 far = run->reach->count[REACH_GATEWAY], alive = living(run, s),
		 silent = far > alive ? far - alive : 0;
	bool whole = plan->profile == SCAN_THOROUGH, first = asks_life_first(plan),
	     of_far = s->way == REACH_GATEWAY && s->n_way, life = s->settle && of_far;
	unsigned int n = 0;

	if (s->control || (s->n_list && !s->n_way))
		return 0;
	if (!of_far && first)
		rows[n++] = to_come(run, far, CAMPAIGN_DISCOVERY_PORTS, true, 1);
	else if (!of_far)
		rows[n++] = to_come(run, far + alive, whole ? ports + udp : ports, false, 1);
	if (!first && !life)
		rows[n++] = to_come(run, silent, 2, true, 1);
	if (!whole)
		rows[n++] = to_come(run, alive, first ? ports + udp : udp, false,
			SILENT_OF_LIVING);
	return n;
}

/* The rate at which questions leave in this sweep, not counting when nothing does. */
static void measure(struct run *run, uint64_t sent, int64_t now)
{
	double *pps = &run->standing.pps;
	double rate;

	if (run->standing.sweep_us != run->sweep->begun_us ||
		run->sweep->pass != run->standing.pass) {
		run->standing.sweep_us = run->sweep->begun_us;
		run->standing.pass = run->sweep->pass;
		*pps = 0;
	} else if (now > run->progress_us && sent > run->progress_sent) {
		rate = (double)(sent - run->progress_sent) * (double)CLOCK_SECOND /
		       (double)(now - run->progress_us);
		*pps = *pps > 0 ? *pps + SMOOTH * (rate - *pps) : rate;
	}
}

static void tell_discovery(struct run *run, struct scan_progress *progress)
{
	struct forecast_sweep rows[ROWS_MAX];
	struct forecast next;

	rows[0] = at_work(run, run->sweep);
	next = forecast(rows, 1 + add_next(run, run->sweep, rows + 1));
	progress->done = run->tally[TALLY_SENT];
	progress->total = progress->done + next.left;
	progress->left_s = next.left_s;
}

void run_progress(struct run *run, int64_t now)
{
	uint64_t sent = run->tally[TALLY_SENT];
	uint64_t answers = run->tally[TALLY_POSITIVE] + run->tally[TALLY_NEGATIVE];
	const struct sweep *sweep = run->sweep;
	struct scan_progress progress = {.phase = sweep ? sweep->phase : "discover",
		.found = run->n_opens + run->found,
		.left_s = -1,
		.hits = sent ? (double)answers / (double)sent : 0,
		.lost = (double)losses_permille(&run->losses.all) / 1000};

	if (sweep)
		measure(run, sent, now);
	if (now > run->progress_us)
		progress.rate = (double)(sent - run->progress_sent) * (double)CLOCK_SECOND /
				(double)(now - run->progress_us);
	run->progress_sent = sent;
	run->progress_us = now;
	if (sweep && sweep->steps) {
		progress.done = sweep->step;
		progress.total = sweep->steps;
	} else if (sweep) {
		tell_discovery(run, &progress);
	}
	if (run->o->progress && (greeting_progress(run, &progress) || sweep))
		run_tell_progress(run, &progress);
}
