/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the stages of a campaign in order; see campaign.h. */
#include "scanner/campaign/campaign.h"

#include "common/clock.h"
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define CHECK_EVERY_US 20000
#define PROGRESS_EVERY_US 250000

/* What says that we are too fast: for ourselves, or for somebody on the way. */
static void throttle(struct run *run)
{
	struct link_stats stats = {0};

	if (run->now_us < run->throttle.next_us || run_knows_more(run))
		return;
	run->link->stats(run->link, &stats);
	if (throttle_look(&run->throttle, stats.kernel_drops + run->tally[TALLY_QUENCHED],
		    run->tally[TALLY_SENT], run->now_us))
		pace_set(&run->pace, run->throttle.pps);
}

struct granted {
	const struct scan_aim *aim;
	int64_t until_us;
};

static bool has_targets(const struct scan_aim *aim, const struct cidr *prefix)
{
	struct addr_range range = addr_range_of(prefix);
	struct addr last;
	bool has = addr_set_until(aim->targets, &range.first, &last) ||
		   addr_compare(&last, &range.last) < 0;

	for (size_t i = 0; i < aim->n_links; i++)
		has |= cidr_covers(prefix, &aim->links[i]) ||
		       cidr_covers(&aim->links[i], prefix);
	return has;
}

static int take_granted(void *context, const struct cidr *prefix, enum scope_verdict verdict,
	int64_t until_us, struct error *reterr)
{
	struct granted *granted = context;

	(void)reterr;
	if (verdict == SCOPE_ALLOWED && until_us > granted->until_us &&
		has_targets(granted->aim, prefix))
		granted->until_us = until_us;
	return 0;
}

/* Until when some of the targets may be asked; INT64_MIN: none may, now. */
static int64_t granted_until(const struct run *run)
{
	struct granted granted = {&run->aim, INT64_MIN};

	scope_walk(run->plan->scope, 4, run->wall_us, take_granted, &granted, NULL);
	scope_walk(run->plan->scope, 6, run->wall_us, take_granted, &granted, NULL);
	return granted.until_us;
}

#define RANGES_LOOKED_AT_MAX 64

/* Of targets in a few ranges: whether all are allowed now. */
static bool are_all_granted(const struct run *run)
{
	struct addr_walk walk = {.set = run->aim.targets};
	struct addr_range range;
	struct addr last;

	for (size_t n = 0; addr_walk_next(&walk, &range); n++)
		do {
			if (n == RANGES_LOOKED_AT_MAX ||
				scope_check_until(run->plan->scope, &range.first, run->wall_us,
					NULL, &last) != SCOPE_ALLOWED)
				return false;
			range.first = last;
		} while (addr_compare(&last, &range.last) < 0 && addr_step(&range.first, 1));
	return !run->aim.n_links;
}

/* When the last authorisation has ended the campaign stops, and goes on under the next one. */
static bool is_expired(struct run *run)
{
	int64_t until;

	if (run->wall_us < run->granted_until_us)
		return false;
	until = granted_until(run);
	run->expired = until <= run->wall_us;
	if (!run->expired)
		run->granted_until_us = until;
	return run->expired;
}

int run_check(struct run *run)
{
	int64_t now;
	int r;

	if (run->stopped)
		return RUN_STOPPED;
	now = run->now_us;
	if (now < run->next_check_us)
		return 0;
	run->next_check_us = now + CHECK_EVERY_US;
	throttle(run);
	run->all_granted = are_all_granted(run);
	if (now >= run->next_mark_us)
		run_mark(run);
	r = gateways_watch(run);
	if (r < 0)
		return r;
	if (is_expired(run) || (run->o->stopped && run->o->stopped(run->o->context))) {
		run->stopped = true;
		return RUN_STOPPED;
	}
	if (now >= run->next_progress_us) {
		run->next_progress_us = now + PROGRESS_EVERY_US;
		run_progress(run, now);
	}
	return 0;
}

static int prepare(struct run *run)
{
	int r;

	run_tick(run);
	run->begun_us = run->now_us;
	run->key = run->o->key;
	run->pps = scan_plan_rate(run->plan);
	throttle_init(&run->throttle, run->pps, run->now_us);
	pace_init(&run->pace, run->throttle.pps, run->now_us);
	run->progress_us = run->now_us;
	if (run->o->journal)
		run->before_wall_us = journal_head(run->o->journal)->header.started_us;
	host_table_init(&run->hosts, &run->key);
	run->holes = addr_set_new();
	if (!run->holes)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a campaign");
	if (run->o->journal) {
		run->told = packer_of(malloc(JOURNAL_GROUP_MAX), JOURNAL_GROUP_MAX);
		if (!run->told.base)
			return error_set(run->reterr, ERROR_SYSTEM, "no memory for a campaign");
	}
	r = scan_aim_make(run->plan, &run->aim, run->reterr);
	if (r < 0)
		return r;
	run->all_granted = are_all_granted(run);
	run->granted_until_us = granted_until(run);
	if (run->granted_until_us == INT64_MIN) /* only loopback, which needs no grant */
		run->granted_until_us = INT64_MAX;
	return greeting_begin(run);
}

/* Each stage in order; a stop ends the row, but what was found is told. */
static int stages(struct run *run)
{
	static int (*const discovery[])(struct run *) = {
		stage_links, stage_neighbours, stage_own, stage_others};
	int r = 0, told;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(discovery); i++)
		r = discovery[i](run);
	if (r < 0)
		return r;
	told = stage_findings(run);
	if (told < 0)
		return told;
	greeting_settle(run);
	if (r == 0)
		r = told;
	if (r == 0 && run->plan->trace)
		r = stage_trace(run);
	if (r == 0)
		r = resume_rest(run);
	if (r == 0 && run->plan->trace)
		r = stage_aliases(run);
	if (r == 0)
		r = stage_greet(run);
	if (r == 0)
		r = stage_agents(run);
	if (r == 0 && run->greeter)
		r = stage_names(run);
	if (r < 0)
		return r;
	return stage_coverage(run);
}

static void count(struct run *run, struct bundle_counters *counters)
{
	static const char *const names[TALLY_N] = {"sent", "sent_syn", "sent_echo",
		"sent_solicit", "sent_udp", "sent_init", "sent_timestamp", "sent_bare",
		"sent_trace", "sent_link", "received", "positive", "negative", "hops", "late",
		"duplicates", "strangers", "malformed", "unreachable_net", "unreachable_host",
		"unreachable_port", "unreachable_prohibited", "unreachable_other",
		"out_of_scope", "no_next_hop", "hosts_over_limit", "ports_over_limit",
		"answer_all", "proxy_arp", "quenched", "links_asked", "links_not_asked",
		"link_neighbours_nameless", "link_stations", "too_big", "aliases",
		"traces_over_limit", "alias_routers_over_limit", "agent_links",
		"agent_stations", "agent_nameless", "agent_ports_crowded", "wiring_over_limit",
		"next_hops_changed"};
	struct link_stats stats = run_link_stats(run);

	for (int i = 0; i < TALLY_N; i++)
		bundle_counters_add(counters, names[i], run->tally[i]);
	bundle_counters_add(counters, "excluded", run->reach->count[REACH_EXCLUDED]);
	bundle_counters_add(counters, "excluded",
		reach_excluded_by(run->reach, run->plan->scope, run->wall_us));
	bundle_counters_add(counters, "no_route", run->reach->count[REACH_NO_ROUTE]);
	bundle_counters_add(counters, "never_probed", run->reach->count[REACH_NEVER]);
	bundle_counters_add(counters, "coverage_untold", run->untold);
	bundle_counters_add(counters, "kernel_drops", stats.kernel_drops);
	bundle_counters_add(counters, "send_errors", stats.send_errors);
	losses_tell(&run->losses, counters);
	bundle_counters_add(counters, "slowed_down", run->throttle.cuts);
	bundle_counters_add(counters, "slowest_pps", run->throttle.lowest);
	if (run->link->send_pass) {
		bundle_counters_add(counters, "live_sent", stats.live_sent);
		bundle_counters_add(counters, "live_out_of_scope", stats.live_refused);
		bundle_counters_add(counters, "live_skipped", stats.live_skipped);
	}
	bundle_counters_add(counters, "stopped", run->stopped);
	bundle_counters_add(counters, "paused_too_long", run->paused);
	bundle_counters_add(
		counters, "journal_failed", run->o->journal && journal_failed(run->o->journal));
	bundle_counters_add(counters, "greeted", run->greeted.targets);
	bundle_counters_add(counters, "greet_answered", run->greeted.answered);
	bundle_counters_add(counters, "names_asked", run->reversed.asked);
	bundle_counters_add(counters, "names_answered", run->reversed.answered);
	bundle_counters_add(counters, "names_found", run->reversed.named);
	bundle_counters_add(counters, "agents", run->walked.agents);
	bundle_counters_add(counters, "agents_read", run->walked.read);
	bundle_counters_add(counters, "agents_cut", run->walked.cut);
	bundle_counters_add(counters, "agents_refused", run->walked.refused);
	bundle_counters_add(counters, "agents_silent", run->walked.silent);
	bundle_counters_add(counters, "agents_same", run->walked.same);
	bundle_counters_add(counters, "agents_out_of_scope", run->walked.out_of_scope);
	bundle_counters_add(counters, "agent_requests", run->walked.requests);
}

int campaign_run(const struct campaign_options *options, struct bundle_counters *ret_counters,
	struct error *reterr)
{
	struct run *run = calloc(1, sizeof(*run));
	struct error error = {0};
	bool expired;
	int r;

	if (!run)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a campaign");
	run->o = options;
	run->plan = options->plan;
	run->reach = options->reach;
	run->link = options->link;
	run->reterr = &error;
	r = prepare(run);
	if (r == 0)
		r = stages(run);
	run_mark(run);
	greeting_end(run);
	count(run, ret_counters);
	scan_aim_done(&run->aim);
	addr_set_free(run->holes);
	host_table_done(&run->hosts);
	losses_done(&run->losses);
	free(run->opens);
	free(run->stacks);
	free(run->stations);
	free(run->told.base);
	known_done(&run->known);
	expired = run->expired;
	free(run);
	if (r < 0)
		return error_set(reterr, r, "%s", error.text);
	return expired ? error_set(reterr, ERROR_PARTIAL,
				 "the authorisation ended before the scan did; record another "
				 "one with: cadastre scope grant")
		       : 0;
}
