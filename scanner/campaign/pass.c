/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first pass of a sweep by the link itself (struct link's send_pass): for sweeps of SYNs to
 * very many IPv4 addresses behind gateways of one interface, where handing over every frame is
 * what takes the time. The link is told the order, the ranges and the key, so what leaves
 * carries our cookies and its answers are taken like any others. Who does not answer is asked
 * again in the ordinary way, and so is whoever the link left out; what may not be asked at all
 * is named there too.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define PASS_SLOTS_MIN 1024 /* fewer are asked as fast in the ordinary way */

_Static_assert(LINK_ORDER_KEYS == PERMUTE_ROUNDS, "one permutation");

static struct link_order order_of(const struct permute *permute)
{
	struct link_order order = {
		.n = permute->n, .mask = permute->mask, .bits = permute->bits};

	memcpy(order.keys, permute->keys, sizeof(order.keys));
	return order;
}

static bool only_syns(const struct sweep *sweep)
{
	for (uint32_t i = 0; i < sweep->kinds; i++)
		if (sweep->asks[i].kind != TEMPLATE_SYN)
			return false;
	return true;
}

static bool is_for_link(const struct run *run, const struct sweep *sweep)
{
	return run->link->send_pass && only_syns(sweep) && !sweep->settle &&
	       !sweep->tempo.one_open && !run->cap_pps && sweep->way == REACH_GATEWAY &&
	       sweep->n_gateways == 0 && sweep->n_list == 0 && sweep->slots >= PASS_SLOTS_MIN;
}

/* False if a piece goes another way than the link can send. */
static bool fill(const struct run *run, struct link_range *ranges, struct link_pass *pass)
{
	const struct reach *reach = run->reach;
	struct reach_walk walk = {.reach = reach, .way = REACH_GATEWAY};
	uint32_t number = REACH_NONE;

	for (size_t i = 0; reach_walk_next(&walk); i++) {
		struct way way;

		/* Of several next hops one takes a range as a whole. */
		if (walk.range.first.family != 4 ||
			!run_choose(run, walk.piece, &walk.range.first, &way) ||
			way.gateway == REACH_NONE || (i && way.path != number))
			return false;
		number = way.path;
		ranges[i] = (struct link_range){
			walk.number, walk.range.first, reach->gateways[way.gateway].mac};
	}
	if (number == REACH_NONE)
		return false;
	pass->interface = reach->paths[number].interface;
	pass->source = reach->paths[number].source;
	return true;
}

/* One of the next probes, so that round trips are measured too. */
static void sample(struct run *run, const struct sweep *sweep, uint64_t walked)
{
	struct question q = {0};
	uint64_t slot = permute_at(&sweep->order, walked % sweep->slots);

	if (sweep->kinds == 1 && sweep->question(run, sweep, slot, 0, &q))
		rtt_sent(run, cookie(&run->key, COOKIE_SYN, &q.source, &q.addr, q.port),
			run->now_us);
}

static void account(struct run *run, struct sweep *sweep, const struct link_pass *pass,
	uint64_t sent_before)
{
	run_tick(run);
	run->tally[TALLY_SENT] += pass->sent - sent_before;
	run->tally[TALLY_SENT_SYN] += pass->sent - sent_before;
	sweep->walked = pass->sent + pass->refused + pass->skipped;
	sweep->round = (uint32_t)(sweep->walked / sweep->slots);
	sweep->at = sweep->walked % sweep->slots;
	sweep->last_sent_us = run->last_sent_us = run->now_us;
	for (size_t i = 0; i < SWEEP_SEGMENTS; i++)
		sweep->segment_us[i] = run->now_us;
}

static int send_all(struct run *run, struct sweep *sweep, struct link_pass *pass)
{
	int r = 0;

	/* Anybody may have been asked last by the sweep before. */
	if (run->last_sent_us)
		r = run_listen(run, run->last_sent_us + sweep->tempo.gap_us);
	while (r == 0 && !pass->ended) {
		uint64_t before = pass->sent;

		run_tick(run);
		sample(run, sweep, sweep->walked);
		r = run->link->send_pass(run->link, pass, run->reterr);
		if (r != 0)
			return r;
		account(run, sweep, pass, before);
		r = run_listen(run, pass->due_us);
	}
	return r;
}

int sweep_pass(struct run *run, struct sweep *sweep)
{
	_cleanup_(cleanup_freep) struct link_range *ranges = NULL;
	_cleanup_(cleanup_freep) uint16_t *ports = NULL;
	struct link_pass pass = {.slots = order_of(&sweep->order),
		.kinds = order_of(&sweep->kind_order),
		.key = run->key,
		.gap_us = sweep->tempo.gap_us};
	int r;

	if (!is_for_link(run, sweep))
		return LINK_UNABLE;
	pass.n_ranges = reach_ranges(run->reach, REACH_GATEWAY);
	if (pass.n_ranges > REACH_RANGES_MAX)
		return LINK_UNABLE;
	ranges = calloc(pass.n_ranges + 1, sizeof(*ranges));
	ports = calloc(sweep->kinds, sizeof(*ports));
	if (!ranges || !ports)
		return error_set(run->reterr, ERROR_SYSTEM, "no memory for a pass");
	for (uint32_t i = 0; i < sweep->kinds; i++)
		ports[i] = sweep->asks[i].port;
	if (!fill(run, ranges, &pass))
		return LINK_UNABLE;
	pass.ranges = ranges;
	pass.ports = ports;
	r = run_flush(run);
	return r ? r : send_all(run, sweep, &pass);
}
