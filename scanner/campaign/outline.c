/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plan would send, told before anything is sent: the questions of its profile to each
 * address, and the rate that plan, networks and hosts leave them. Which way an address goes is
 * not known here, so all are taken for the way that asks most. It never opens anything.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"

/* Those that look for a host, each once: see discover.c. */
static uint64_t questions_of_life(const struct scan_plan *plan, bool own)
{
	uint64_t pings = plan->profile == SCAN_SAFE || plan->transmit == SCAN_CONNECT ? 1 : 2;

	if (own || !asks_life_first(plan))
		return pings;
	return pings + (plan->n_tcp_ports < CAMPAIGN_DISCOVERY_PORTS
				       ? plan->n_tcp_ports
				       : CAMPAIGN_DISCOVERY_PORTS);
}

/* To one address that is there; `own`: of this machine. */
static uint64_t questions_of(const struct scan_plan *plan, bool own)
{
	bool plain = plan->transmit == SCAN_CONNECT;
	uint64_t n = plan->n_tcp_ports + scan_asked_udp_ports(plan, NULL) +
		     questions_of_life(plan, own);

	if (!plain)
		n += plan->n_sctp_ports + (own ? 0 : plan->n_ip_protocols);
	if (!plain && !own)
		n++; /* for its MAC */
	return plan->n_tcp_ports >= EVERYWHERE_MIN ? n + CONTROL_PORTS : n;
}

/* True if there is no target but of loopback, which a scan knows for its own without routes. */
static bool only_loopback(const struct scan_aim *aim)
{
	struct addr_walk walk = {.set = aim->targets};
	struct addr_range range;
	bool only = aim->n_links == 0;

	while (only && addr_walk_next(&walk, &range))
		only = addr_is_loopback(&range.first) && addr_is_loopback(&range.last);
	return only;
}

static uint32_t at_most(uint32_t pps, uint64_t other)
{
	return other < pps ? (uint32_t)(other ? other : 1) : pps;
}

static uint32_t pps_of(
	const struct scan_plan *plan, const struct scan_aim *aim, uint64_t n, bool own)
{
	uint32_t pps = scan_plan_rate(plan), network = scan_plan_network_rate(plan);
	int64_t gap_us = campaign_tempo(plan->profile, own).gap_us;
	uint64_t largest =
		aim->n_links ? SCAN_LINK_HOSTS_MAX : networks_largest_of(aim->targets);

	if (!own && network && largest)
		pps = at_most(pps, network * n / largest);
	return gap_us ? at_most(pps, n * CLOCK_SECOND / (uint64_t)gap_us) : pps;
}

int scan_plan_outline(const struct scan_plan *plan, uint64_t left_out, struct scan_outline *ret,
	struct error *reterr)
{
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};
	bool plain = plan->transmit == SCAN_CONNECT, safe = plan->profile == SCAN_SAFE, own;
	uint64_t n, probes;
	int r = scan_aim_make(plan, &aim, reterr);

	*ret = (struct scan_outline){0};
	if (r == 0)
		r = campaign_check(plan, &aim, &ret->addresses, &probes, reterr);
	if (r < 0)
		return r;
	own = only_loopback(&aim);
	n = ret->addresses > left_out ? ret->addresses - left_out
				      : aim.n_links * SCAN_LINK_HOSTS_MAX;
	ret->questions = n * questions_of(plan, own);
	ret->probes = ret->questions * SWEEP_PASSES_MAX + aim.n_links * LINK_FRAMES_MAX;
	ret->link_frames = safe ? 0 : aim.n_links * 2 * LINK_ROUNDS_MAX;
	ret->station_frames = safe ? 0 : aim.n_links * LINK_STATIONS_ROUNDS;
	ret->pps = n ? pps_of(plan, &aim, ret->addresses, own) : 0;
	ret->looked_for = !own && asks_life_first(plan);
	ret->host_pps =
		campaign_tempo(plan->profile, own).gap_us
			? (uint32_t)(CLOCK_SECOND / campaign_tempo(plan->profile, own).gap_us)
			: 0;
	ret->timestamps = !safe && !plain;
	ret->paths = plan->trace && !plain && !own;
	ret->aliases = ret->paths && !safe;
	ret->greetings = plan->greet;
	ret->agents = plan->n_logins > 0;
	ret->names = plan->greet && !safe;
	return 0;
}

int scan_plan_count(const struct scan_plan *plan, uint64_t *ret_addresses, uint64_t *ret_probes,
	struct error *reterr)
{
	struct scan_outline outline;
	int r = scan_plan_outline(plan, 0, &outline, reterr);

	*ret_addresses = outline.addresses;
	*ret_probes = outline.probes;
	return r;
}
