/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last steps before the wire: a question becomes a frame, the frame waits in a batch, and
 * run_flush() checks every frame's own bytes against the scope before the link gets it. Nothing
 * else in the scanner hands frames to a link.
 */
#include "scanner/campaign/run.h"

#include "scanner/protocol/protocol.h"

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
	enum probe_audience audience = probe_audience(frame, mode, &frame->dst);

	if (audience == PROBE_LINK)
		return links_may_be_asked(run, frame->interface);
	if (audience == PROBE_STATIONS)
		return links_stations_may_be_asked(run, frame->interface);
	if (audience == PROBE_NOBODY || addr_is_probed_never(&frame->dst))
		return false;
	if (audience == PROBE_SOLICITATION && is_gateway(run, &frame->dst))
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
			if (frame->dst.family)
				run_hole(run, &frame->dst);
			else
				run->incomplete = true; /* whom it was for is not known */
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

static int make_room(struct run *run)
{
	return run->n_batch == LINK_BATCH_MAX ? run_flush(run) : 0;
}

static void note_queued(struct run *run, enum tally tally, uint32_t rtt_key)
{
	run->batch_note[run->n_batch].tally = tally;
	run->batch_note[run->n_batch++].rtt_key = rtt_key;
}

int run_queue(struct run *run, const struct probe *probe, enum tally tally, uint32_t rtt_key)
{
	int r = make_room(run);

	if (r == 0 && probe_build(probe, &run->batch[run->n_batch]))
		note_queued(run, tally, rtt_key);
	return r;
}

int run_queue_stations(struct run *run, uint8_t interface, uint32_t xid)
{
	int r = make_room(run);

	if (r < 0)
		return r;
	probe_stations(&run->reach->interfaces[interface].mac, interface, xid,
		&run->batch[run->n_batch]);
	note_queued(run, TALLY_SENT_LINK, xid);
	return 0;
}

uint32_t run_cookie(const struct run *run, enum template_kind kind, const struct addr *source,
	const struct addr *target, uint16_t port)
{
	static const enum cookie_kind kinds[TEMPLATE_N] = {
		[TEMPLATE_SYN] = COOKIE_SYN,
		[TEMPLATE_ECHO] = COOKIE_ECHO,
		[TEMPLATE_UDP] = COOKIE_UDP,
		[TEMPLATE_INIT] = COOKIE_INIT,
		[TEMPLATE_TIMESTAMP] = COOKIE_TIMESTAMP,
		[TEMPLATE_BARE] = COOKIE_BARE,
	};

	if (kind == TEMPLATE_SOLICIT)
		return (uint32_t)siphash(&run->key, target->bytes, 16);
	return cookie(&run->key, kinds[kind], source, target, port) | (kind == TEMPLATE_INIT);
}

/* The data of a datagram: its protocol's request, made of the seed. */
static size_t request(const struct run *run, struct probe *probe, uint8_t data[LINK_DATA_MAX])
{
	uint64_t seed = cookie_seed(
		&run->key, COOKIE_UDP, &probe->source, &probe->target, probe->port);
	const struct protocol *protocol;
	char host[ADDR_TEXT_MAX];

	probe->from = asks_from(seed);
	if (!asks_udp(run->plan, probe->port, &protocol) || !protocol)
		return 0;
	return protocol->request(data, LINK_DATA_MAX, addr_format(&probe->target, host), seed);
}

int run_ask(struct run *run, const struct question *q)
{
	static const enum tally tallies[TEMPLATE_N] = {
		[TEMPLATE_SYN] = TALLY_SENT_SYN,
		[TEMPLATE_ECHO] = TALLY_SENT_ECHO,
		[TEMPLATE_SOLICIT] = TALLY_SENT_SOLICIT,
		[TEMPLATE_UDP] = TALLY_SENT_UDP,
		[TEMPLATE_INIT] = TALLY_SENT_INIT,
		[TEMPLATE_TIMESTAMP] = TALLY_SENT_TIMESTAMP,
		[TEMPLATE_BARE] = TALLY_SENT_BARE,
	};
	bool syn = q->kind == TEMPLATE_SYN;
	uint8_t data[LINK_DATA_MAX];
	struct probe probe = {q->kind, &run->reach->paths[q->path], q->source, q->addr, q->mac,
		q->port, 0, 0, q->ttl, data, 0};

	if (q->sample) {
		probe.cookie = cookie_trace(
			&run->key, COOKIE_ALIAS, &probe.source, &q->addr, 0, q->sample);
		return run_queue(run, &probe, TALLY_SENT_ECHO, probe.cookie);
	}
	if (q->ttl) {
		probe.cookie =
			cookie_trace(&run->key, syn ? COOKIE_TRACE_SYN : COOKIE_TRACE_ECHO,
				&probe.source, &q->addr, q->port, q->ttl);
		return run_queue(run, &probe, TALLY_SENT_TRACE, probe.cookie);
	}
	probe.cookie = run_cookie(run, q->kind, &probe.source, &q->addr, q->port);
	if (q->kind == TEMPLATE_UDP)
		probe.size = request(run, &probe, data);
	return run_queue(run, &probe, tallies[q->kind], probe.cookie);
}
