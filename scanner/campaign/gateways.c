/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Next hops while a campaign runs: which of several an address goes by, and whether they still
 * are there. Each is asked for its MAC now and then, as the kernel does (RFC 4861 7.3; RFC 1122
 * 2.3.2.1); one that had answered, to this attempt or to one before, and is silent to
 * GATEWAY_ASKS questions in a row is given up, until it answers again. What was asked of it
 * meanwhile is asked once more by another pass, or is not told as looked at; so that this falls
 * on the sweep whose questions are lost, none ends before they are known to be there, or not to
 * be.
 */
#include "scanner/campaign/run.h"

#include "common/clock.h"

#include <string.h>

#define WATCH_US (10 * CLOCK_SECOND)
#define AGAIN_US CLOCK_SECOND
/* Of ways that lose six of a hundred frames none is given up by mistake. */
#define GATEWAY_ASKS 6
#define ASKED_AT_ONCE 16
#define LOOK_EVERY_US 20000

/* ---- which one --------------------------------------------------------------------------- */

static bool is_live(const struct reach *reach, const struct way *way, bool stale_too)
{
	const struct gateway *g =
		way->gateway == REACH_NONE ? NULL : &reach->gateways[way->gateway];

	return !g || (g->known && (stale_too || !g->stale));
}

/* Of the first entry that has any live next hop, one by weight: the same for an address as long
 * as they live. */
static const struct way *choose(const struct run *run, const struct group *group,
	const struct addr *addr, bool stale_too)
{
	const struct reach *reach = run->reach;
	const struct way *ways = &reach->ways[group->first];
	uint64_t words[2], hash;
	uint32_t total = 0;
	size_t first = 0, end;

	for (end = 0; end < group->n; end++) {
		if (end && ways[end].entry != ways[first].entry) {
			if (total)
				break;
			first = end;
		}
		total += is_live(reach, &ways[end], stale_too) ? ways[end].weight : 0;
	}
	if (!total)
		return NULL;
	memcpy(words, addr->bytes, sizeof(words));
	hash = siphash(&run->key, words, sizeof(words)) % total;
	for (size_t i = first; i < end; i++) {
		uint32_t weight = is_live(reach, &ways[i], stale_too) ? ways[i].weight : 0;

		if (hash < weight)
			return &ways[i];
		hash -= weight;
	}
	return NULL;
}

bool run_choose(const struct run *run, const struct piece *piece, const struct addr *addr,
	struct way *ret)
{
	const struct way *way;

	*ret = (struct way){.path = piece->path, .gateway = piece->gateway};
	if (piece->group == REACH_NONE)
		return is_live(run->reach, ret, true);
	way = choose(run, &run->reach->groups[piece->group], addr, false);
	if (!way) /* of those that did not answer, whom the kernel knew */
		way = choose(run, &run->reach->groups[piece->group], addr, true);
	if (way)
		*ret = *way;
	return way != NULL;
}

/* ---- whether they are there -------------------------------------------------------------- */

/* What the kernel knows already: at the beginning only what it is sure of, at the end the
 * rest. */
void gateways_from_kernel(struct run *run, bool stale_too)
{
	struct reach *reach = run->reach;

	for (size_t i = 0; i < reach->n_gateways; i++) {
		struct gateway *g = &reach->gateways[i];
		unsigned int index = reach->interfaces[reach->paths[g->path].interface].index;
		bool fresh;

		if (!g->known &&
			route_neighbour(reach->routes, index, &g->addr, &g->mac, &fresh)) {
			g->known = fresh || stale_too;
			g->stale = !fresh;
		}
	}
}

/* Whom only the kernel knew is asked at once. */
void gateways_begin_watch(struct run *run)
{
	for (size_t i = 0; i < run->reach->n_gateways; i++)
		run->reach->gateways[i].due_us =
			run->now_us + (run->reach->gateways[i].answered ? WATCH_US : 0);
	run->watches = run->reach->n_gateways > 0;
}

/* Nothing of a piece is told as looked at. */
static void hole(struct run *run, struct piece *piece)
{
	if (!piece->hole)
		run_hole_range(run, &piece->range);
	piece->hole = true;
}

bool gateways_hole(struct run *run, const struct addr *addr)
{
	struct piece *piece = reach_piece_at(run->reach, addr);

	if (piece && piece->way == REACH_GATEWAY)
		hole(run, piece);
	return piece && piece->way == REACH_GATEWAY;
}

/* Whoever was asked by it lately may have answered in vain: he is asked again, if another pass
 * comes. */
static void shake(struct run *run, const struct gateway *g)
{
	struct reach *reach = run->reach;
	struct sweep *sweep = run->sweep;
	bool again, promised;

	run->tally[TALLY_NEXT_HOPS_CHANGED]++;
	if (!sweep || !sweep_needs_gateways(sweep))
		return;
	again = !sweep->passes && sweep->pass < SWEEP_PASSES_MAX;
	promised = again && !sweep->shaken;
	sweep->shaken |= again;
	for (size_t i = 0; i < reach->n_pieces; i++) {
		struct piece *piece = &reach->pieces[i];
		bool by = piece->gateway != REACH_NONE && &reach->gateways[piece->gateway] == g;
		struct way way;

		for (uint32_t k = 0;
			piece->group != REACH_NONE && k < reach->groups[piece->group].n; k++) {
			uint32_t gateway =
				reach->ways[reach->groups[piece->group].first + k].gateway;

			by |= gateway != REACH_NONE && &reach->gateways[gateway] == g;
		}
		if (by && (!again || !run_choose(run, piece, &piece->range.first, &way)))
			hole(run, piece);
	}
	if (promised)
		run_mark(run); /* whoever goes on owes that pass too */
}

void gateways_go_on(struct run *run)
{
	for (size_t i = 0; i < run->reach->n_gateways; i++) {
		const struct gateway *g = &run->reach->gateways[i];

		if (!mac_is_zero(&g->was) &&
			(!g->known || memcmp(&g->was, &g->mac, sizeof(g->was)) != 0))
			shake(run, g);
	}
}

/* Whoever goes on has to know who was there, and who is gone since: with no MAC. */
static void note(struct run *run, struct gateway *g, const struct answer *a)
{
	if (memcmp(&g->was, &a->mac, sizeof(a->mac)) == 0 || !run->sweep || run->sweep->anew)
		return;
	g->was = a->mac;
	run_note_answer(run, a);
}

bool gateways_answer(struct run *run, const struct answer *a, bool *ret_expected)
{
	struct reach *reach = run->reach;
	bool is = false;

	*ret_expected = false;
	for (size_t i = 0; i < reach->n_gateways; i++) {
		struct gateway *g = &reach->gateways[i];
		bool moved =
			g->asked && g->known && memcmp(&g->mac, &a->mac, sizeof(g->mac)) != 0;

		if (reach->paths[g->path].interface != a->interface ||
			!addr_equal(&g->addr, &a->addr))
			continue;
		is = true;
		if (run->replaying)
			g->was = a->mac;
		if (run->replaying || (g->known && !g->asked))
			continue;
		if (g->asked)
			note(run, g, a);
		*ret_expected |= g->asked;
		g->mac = a->mac;
		g->known = g->answered = true;
		g->stale = g->asked = false;
		g->missed = 0;
		g->heard_us = run->now_us;
		g->due_us = run->now_us + WATCH_US;
		if (moved)
			shake(run, g);
	}
	return is;
}

/* Without an address of its family this machine asks nobody; the kernel may know it
 * (RTA_VIA). */
static bool may_be_asked(const struct run *run, const struct gateway *g)
{
	return run->reach->paths[g->path].source.family == g->addr.family;
}

/* To this attempt or to one before. */
static bool has_answered(const struct gateway *g)
{
	return g->answered || !mac_is_zero(&g->was);
}

static int ask(struct run *run, struct gateway *g)
{
	const struct probe probe = {.kind = TEMPLATE_SOLICIT,
		.path = &run->reach->paths[g->path],
		.source = run->reach->paths[g->path].source,
		.target = g->addr};

	if (!may_be_asked(run, g))
		return 0;
	g->asked = true;
	return run_queue(run, &probe, TALLY_SENT_SOLICIT, 0);
}

int gateways_watch(struct run *run)
{
	size_t asked = 0;
	int r = 0;

	if (!run->watches || run_knows_more(run))
		return 0;
	for (size_t i = 0; r == 0 && i < run->reach->n_gateways && asked < ASKED_AT_ONCE; i++) {
		struct gateway *g = &run->reach->gateways[i];

		if (run->now_us < g->due_us)
			continue;
		g->missed +=
			g->asked && (has_answered(g) || !g->known) && g->missed < GATEWAY_ASKS;
		if (g->missed == GATEWAY_ASKS && g->known) {
			const struct answer gone = {.word = ANSWER_NEIGHBOUR,
				.kind = TEMPLATE_SOLICIT,
				.addr = g->addr,
				.interface = run->reach->paths[g->path].interface};

			g->known = false;
			note(run, g, &gone);
			shake(run, g);
		}
		g->due_us =
			run->now_us + (g->missed < GATEWAY_ASKS && g->known && has_answered(g)
						      ? AGAIN_US
						      : WATCH_US);
		r = ask(run, g);
		asked++;
	}
	return r == 0 && asked ? run_flush(run) : r;
}

int gateways_confirm(struct run *run, int64_t since_us)
{
	bool waits = run->watches;
	int r = 0;

	while (r == 0 && waits) {
		waits = false;
		for (size_t i = 0; i < run->reach->n_gateways; i++) {
			struct gateway *g = &run->reach->gateways[i];

			if (!g->known || !has_answered(g) || g->heard_us > since_us ||
				!may_be_asked(run, g))
				continue;
			if (!g->asked)
				g->due_us = run->now_us;
			waits = true;
		}
		if (waits)
			r = run_listen(run, run->now_us + LOOK_EVERY_US);
	}
	return r;
}
