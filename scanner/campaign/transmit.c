/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last steps before the wire: a question becomes a frame, the frame waits in a batch, and
 * run_flush() checks every frame's own bytes against the scope before the link gets it. Nothing
 * else in the scanner hands frames to a link.
 */
#include "scanner/campaign/run.h"

#include <string.h>

uint16_t run_source_port(const struct run *run)
{
	return run->reach->port;
}

/* Asking a next hop for its MAC is the one exception: the kernel would do the same. */
static bool is_gateway(const struct run *run, const struct addr *addr)
{
	for (size_t i = 0; i < run->reach->n_gateways; i++)
		if (addr_equal(&run->reach->gateways[i].addr, addr))
			return true;
	return false;
}

void run_tick(struct run *run)
{
	run->now_us = run->link->now(run->link);
	run->wall_us = run->link->wall(run->link);
}

static bool may_leave(struct run *run, struct link_frame *frame)
{
	enum link_mode mode = run->reach->interfaces[frame->interface].mode;
	bool solicitation;

	if (!probe_target(frame, mode, &frame->dst, &solicitation) ||
		addr_is_probed_never(&frame->dst))
		return false;
	if (solicitation && is_gateway(run, &frame->dst))
		return true;
	return scope_check(run->plan->scope, &frame->dst, run->wall_us, NULL) ==
		       SCOPE_ALLOWED &&
	       !addr_set_has(run->aim.excludes, &frame->dst);
}

int run_flush(struct run *run)
{
	size_t kept = 0;
	int r;

	run_tick(run);
	for (size_t i = 0; i < run->n_batch; i++) {
		struct link_frame *frame = &run->batch[i];

		if (!may_leave(run, frame)) {
			run->tally[TALLY_OUT_OF_SCOPE]++;
			run_hole(run, &frame->dst);
			continue;
		}
		if (kept != i)
			run->batch[kept] = *frame;
		run->batch_note[kept++] = run->batch_note[i];
	}
	run->n_batch = 0;
	r = kept ? run->link->send(run->link, run->batch, kept, run->reterr) : 0;
	if (r < 0)
		return r;
	for (size_t i = 0; i < kept; i++) {
		run->tally[run->batch_note[i].tally]++;
		rtt_sent(run, run->batch_note[i].rtt_key, run->now_us);
	}
	run->tally[TALLY_SENT] += kept;
	run_tick(run);
	sweep_sent(run);
	return 0;
}

int run_queue(struct run *run, const struct probe *probe, enum tally tally, uint32_t rtt_key)
{
	if (run->n_batch == LINK_BATCH_MAX) {
		int r = run_flush(run);

		if (r < 0)
			return r;
	}
	if (!probe_build(probe, &run->batch[run->n_batch]))
		return 0;
	run->batch_note[run->n_batch].tally = tally;
	run->batch_note[run->n_batch++].rtt_key = rtt_key;
	return 0;
}

int run_ask(struct run *run, const struct question *q)
{
	struct probe probe = {.kind = q->kind,
		.path = &run->reach->paths[q->path],
		.source = q->source,
		.target = q->addr,
		.mac = q->mac,
		.port = q->port};
	static const enum tally tallies[TEMPLATE_N] = {
		TALLY_SENT_SYN, TALLY_SENT_ECHO, TALLY_SENT_SOLICIT};
	uint32_t key;

	if (q->kind == TEMPLATE_SOLICIT)
		key = (uint32_t)siphash(&run->key, q->addr.bytes, 16);
	else
		key = probe.cookie =
			cookie(&run->key, q->kind == TEMPLATE_SYN ? COOKIE_SYN : COOKIE_ECHO,
				&probe.source, &q->addr, q->port);
	return run_queue(run, &probe, tallies[q->kind], key);
}
