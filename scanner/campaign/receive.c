/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is heard: decoded, believed only with its cookie, and handed to the sweep or the trace.
 * Every frame that was received ends in exactly one tally: positive, negative, hops, late,
 * duplicates, strangers or malformed.
 */
#include "scanner/campaign/run.h"

#include "common/cursor.h"

#include <string.h>

#define CHECK_EVERY_US 20000
#define DRAIN_MAX 4096 /* frames in one go when nothing is waited for */
#define QUIET_MIN_US 200000
#define QUIET_MAX_US 2000000
#define QUIET_SLACK_US 50000

enum {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_TIME_EXCEEDED = 11,
	ICMP6_UNREACHABLE = 1,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_ECHO_REPLY = 129,
	ICMP6_ADVERTISEMENT = 136,
	PROTOCOL_TCP = 6,
	PROTOCOL_ICMP = 1,
	PROTOCOL_ICMPV6 = 58
};

void rtt_sent(struct run *run, uint32_t key, int64_t now_us)
{
	run->rtt[key % RTT_SAMPLES].key = key;
	run->rtt[key % RTT_SAMPLES].sent_us = now_us;
}

/* RFC 6298, without its minimum. */
void rtt_heard(struct run *run, uint32_t key, int64_t now_us)
{
	int64_t rtt, error;

	if (run->rtt[key % RTT_SAMPLES].key != key || !run->rtt[key % RTT_SAMPLES].sent_us)
		return;
	rtt = now_us - run->rtt[key % RTT_SAMPLES].sent_us;
	run->rtt[key % RTT_SAMPLES].sent_us = 0;
	if (rtt > run->rtt_max_us)
		run->rtt_max_us = rtt;
	if (!run->srtt_us) {
		run->srtt_us = rtt > 0 ? rtt : 1;
		run->rttvar_us = rtt / 2;
		return;
	}
	error = run->srtt_us > rtt ? run->srtt_us - rtt : rtt - run->srtt_us;
	run->rttvar_us += (error - run->rttvar_us) / 4;
	run->srtt_us += (rtt - run->srtt_us) / 8;
}

int64_t run_quiet_us(const struct run *run, int64_t unmeasured_us)
{
	int64_t wait = run->srtt_us + 4 * run->rttvar_us;

	if (!run->srtt_us)
		return unmeasured_us;
	if (wait < 2 * run->rtt_max_us)
		wait = 2 * run->rtt_max_us;
	wait += QUIET_SLACK_US;
	return wait < QUIET_MIN_US ? QUIET_MIN_US : wait > QUIET_MAX_US ? QUIET_MAX_US : wait;
}

int run_tell_host(
	struct run *run, struct host *host, enum observation_method method, int64_t wall_us)
{
	const char *vendor = host->on_link && run->o->vendors
				     ? mac_vendor(run->o->vendors, host->mac)
				     : NULL;
	struct attribute attribute = {"hw.vendor", vendor};
	struct observation obs = {.kind = OBSERVATION_HOST,
		.method = method,
		.time_us = wall_us,
		.addr = host->addr,
		.mac = host->mac,
		.ttl = host->ttl};
	int r;

	host->told = true;
	r = run_put(run, &obs);
	if (r < 0 || !vendor)
		return r;
	obs.kind = OBSERVATION_FACT;
	obs.ttl = 0;
	obs.attributes = &attribute;
	obs.n_attributes = 1;
	return run_put(run, &obs);
}

uint32_t run_alive(struct run *run, const struct addr *addr, enum observation_method method,
	const struct mac *mac, uint8_t ttl, int64_t wall_us)
{
	uint32_t index = host_table_add(&run->hosts, addr);
	struct host *host;

	if (index == HOST_NONE) {
		run->tally[TALLY_HOSTS_OVER_LIMIT]++;
		return HOST_NONE;
	}
	host = &run->hosts.rows[index];
	if (mac) {
		host->mac = *mac;
		host->on_link = true;
	}
	if (ttl)
		host->ttl = ttl;
	/* An ARP answer alone is told when it is known to be no proxy's. */
	if (method != OBSERVATION_BY_ARP)
		host->alive = true;
	if (host->alive && !host->told && run_tell_host(run, host, method, wall_us) < 0)
		return HOST_NONE;
	return index;
}

static void keep_open(
	struct run *run, uint32_t host, uint16_t port, uint8_t ttl, int64_t wall_us)
{
	run->hosts.rows[host].open++;
	run->hosts.rows[host].open_port = port;
	if (run->n_opens == run->max_opens) {
		size_t max = run->max_opens ? run->max_opens * 2 : 256;
		struct open *bigger = NULL;

		if (max <= CAMPAIGN_OPEN_MAX)
			bigger = reallocarray(run->opens, max, sizeof(*bigger));
		if (!bigger) {
			run->tally[TALLY_PORTS_OVER_LIMIT]++;
			run->incomplete = true;
			return;
		}
		run->opens = bigger;
		run->max_opens = max;
	}
	run->opens[run->n_opens++] = (struct open){host, port, ttl, wall_us};
}

/* A validated answer of the target itself. */
static void answered(struct run *run, const struct frame *f, enum template_kind kind,
	uint16_t port, bool open, const struct link_heard *heard)
{
	static const enum observation_method methods[TEMPLATE_N] = {
		OBSERVATION_BY_SYN, OBSERVATION_BY_ECHO, OBSERVATION_BY_ARP};
	int again = sweep_answer(run, &f->src, kind, port, true);
	uint32_t host;

	if (again == 1) {
		run->tally[TALLY_DUPLICATES]++;
		return;
	}
	if (again < 0 && !run->sweep) {
		run->tally[TALLY_LATE]++;
		return;
	}
	if (again < 0 && !reach_piece(run->reach, &f->src)) {
		run->tally[TALLY_STRANGERS]++;
		return;
	}
	host = run_alive(run, &f->src, methods[kind], NULL, f->ttl, heard->wall_us);
	if (again < 0) {
		run->tally[TALLY_LATE]++;
		return;
	}
	run->tally[kind == TEMPLATE_SYN && !open ? TALLY_NEGATIVE : TALLY_POSITIVE]++;
	if (host == HOST_NONE || !open || kind != TEMPLATE_SYN)
		return;
	if (run->sweep->control)
		run->hosts.rows[host].control++;
	else if (run->sweep->keep)
		keep_open(run, host, port, f->ttl, heard->wall_us);
}

static bool on_tcp(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	bool open =
		(f->tcp_flags & (FRAME_SYN | FRAME_ACK | FRAME_RST)) == (FRAME_SYN | FRAME_ACK);
	bool closed = (f->tcp_flags & (FRAME_ACK | FRAME_RST)) == (FRAME_ACK | FRAME_RST);
	uint32_t seq = f->ack - 1;
	uint8_t ttl;

	if (f->dst_port != run_source_port(run) || (!open && !closed))
		return false;
	if (seq == cookie(&run->key, COOKIE_SYN, &f->dst, &f->src, f->src_port)) {
		rtt_heard(run, seq, heard->at_us);
		answered(run, f, TEMPLATE_SYN, f->src_port, open, heard);
		return true;
	}
	ttl = cookie_trace_ttl(&run->key, COOKIE_TRACE_SYN, &f->dst, &f->src, f->src_port, seq);
	if (ttl)
		trace_answer(run, &f->src, ttl, &f->src, TRACE_END);
	return ttl != 0;
}

static bool on_echo(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	uint32_t value = (uint32_t)f->icmp_id << 16 | f->icmp_seq;
	uint8_t ttl;

	if (value == cookie(&run->key, COOKIE_ECHO, &f->dst, &f->src, 0)) {
		rtt_heard(run, value, heard->at_us);
		answered(run, f, TEMPLATE_ECHO, 0, true, heard);
		return true;
	}
	ttl = cookie_trace_ttl(&run->key, COOKIE_TRACE_ECHO, &f->dst, &f->src, 0, value);
	if (ttl)
		trace_answer(run, &f->src, ttl, &f->src, TRACE_END);
	return ttl != 0;
}

static enum tally unreachable_tally(const struct frame *f)
{
	static const enum tally v4[] = {TALLY_UNREACHABLE_NET, TALLY_UNREACHABLE_HOST,
		TALLY_UNREACHABLE_OTHER, TALLY_UNREACHABLE_PORT, TALLY_UNREACHABLE_OTHER,
		TALLY_UNREACHABLE_OTHER, TALLY_UNREACHABLE_NET, TALLY_UNREACHABLE_HOST,
		TALLY_UNREACHABLE_OTHER, TALLY_UNREACHABLE_PROHIBITED,
		TALLY_UNREACHABLE_PROHIBITED, TALLY_UNREACHABLE_NET, TALLY_UNREACHABLE_HOST,
		TALLY_UNREACHABLE_PROHIBITED};
	static const enum tally v6[] = {TALLY_UNREACHABLE_NET, TALLY_UNREACHABLE_PROHIBITED,
		TALLY_UNREACHABLE_OTHER, TALLY_UNREACHABLE_HOST, TALLY_UNREACHABLE_PORT,
		TALLY_UNREACHABLE_PROHIBITED, TALLY_UNREACHABLE_PROHIBITED};

	if (f->src.family == 4)
		return f->icmp_code < ARRAY_SIZE(v4) ? v4[f->icmp_code]
						     : TALLY_UNREACHABLE_OTHER;
	return f->icmp_code < ARRAY_SIZE(v6) ? v6[f->icmp_code] : TALLY_UNREACHABLE_OTHER;
}

/* Somebody says that a probe of a sweep did not arrive. It is an answer to that question; that
 * the host is not there is believed only of the codes that say so. */
static void refused(struct run *run, const struct frame *f, enum template_kind kind,
	const struct link_heard *heard)
{
	const struct frame_quote *q = &f->quote;
	enum tally code = unreachable_tally(f);
	bool own = addr_equal(&f->src, &q->dst);
	int again = 0;

	if (!run->sweep || !run->sweep->settle || own || code == TALLY_UNREACHABLE_NET ||
		code == TALLY_UNREACHABLE_HOST)
		again = sweep_answer(run, &q->dst, kind, q->dst_port, own);
	if (again) {
		run->tally[again == 1 ? TALLY_DUPLICATES : TALLY_LATE]++;
		return;
	}
	run->tally[TALLY_NEGATIVE]++;
	run->tally[code]++;
	if (own)
		run_alive(run, &q->dst, OBSERVATION_BY_ECHO, NULL, f->ttl, heard->wall_us);
}

static bool on_error(
	struct run *run, const struct frame *f, bool exceeded, const struct link_heard *heard)
{
	const struct frame_quote *q = &f->quote;
	bool tcp = q->protocol == PROTOCOL_TCP;
	uint16_t port = tcp ? q->dst_port : 0;
	uint8_t ttl;

	if (!q->valid || (tcp && q->src_port != run_source_port(run)) ||
		(!tcp && q->protocol != PROTOCOL_ICMP && q->protocol != PROTOCOL_ICMPV6))
		return false;
	if (q->seq ==
		cookie(&run->key, tcp ? COOKIE_SYN : COOKIE_ECHO, &q->src, &q->dst, port)) {
		rtt_heard(run, q->seq, heard->at_us);
		refused(run, f, tcp ? TEMPLATE_SYN : TEMPLATE_ECHO, heard);
		return true;
	}
	ttl = cookie_trace_ttl(&run->key, tcp ? COOKIE_TRACE_SYN : COOKIE_TRACE_ECHO, &q->src,
		&q->dst, port, q->seq);
	if (ttl)
		trace_answer(run, &q->dst, ttl, &f->src,
			exceeded		       ? TRACE_HOP
			: addr_equal(&f->src, &q->dst) ? TRACE_END
						       : TRACE_BLOCKED);
	return ttl != 0;
}

/* ARP and neighbour discovery carry no cookie: an answer is believed if it comes over the right
 * interface, to us, about somebody whom the running sweep asks. */
static bool on_neighbour(struct run *run, const struct addr *addr, const struct mac *mac,
	const struct link_heard *heard)
{
	struct reach *reach = run->reach;
	const struct piece *piece = reach_piece(reach, addr);
	bool gateway = false;
	int again;

	if (mac_is_zero(mac) || mac_is_multicast(mac))
		return false;
	for (size_t i = 0; i < reach->n_gateways; i++) {
		struct gateway *g = &reach->gateways[i];

		if (reach->paths[g->path].interface != heard->interface ||
			!addr_equal(&g->addr, addr))
			continue;
		gateway = true;
		if (!g->known) {
			g->mac = *mac;
			g->known = true;
		}
	}
	if (!gateway && (!piece || piece->way != REACH_ON_LINK ||
				reach->paths[piece->path].interface != heard->interface))
		return false;
	again = sweep_answer(run, addr, TEMPLATE_SOLICIT, 0, true);
	if (again) {
		run->tally[again == 1 ? TALLY_DUPLICATES : TALLY_LATE]++;
		return true;
	}
	rtt_heard(run, (uint32_t)siphash(&run->key, addr->bytes, 16), heard->at_us);
	run->tally[TALLY_POSITIVE]++;
	if (piece && piece->way == REACH_ON_LINK)
		run_alive(run, addr, OBSERVATION_BY_ARP, mac, 0, heard->wall_us);
	return true;
}

static bool on_arp(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	const struct link_interface *i = &run->reach->interfaces[heard->interface];

	return f->arp_operation == 2 && memcmp(f->arp_target.bytes, i->mac.bytes, 6) == 0 &&
	       on_neighbour(run, &f->src, &f->arp_sender, heard);
}

/* Target address, then options; 2 is the target's link-layer address (RFC 4861 4.4). */
static bool on_advertisement(
	struct run *run, const struct frame *f, const struct link_heard *heard)
{
	struct cursor c = cursor_of(f->payload, f->payload_size);
	struct mac mac = f->src_mac;
	const uint8_t *bytes;
	struct addr target;

	cursor_skip(&c, 4);
	bytes = cursor_bytes(&c, 16);
	if (!bytes || f->ttl != 255)
		return false;
	target = addr_from_bytes(6, bytes);
	while (cursor_left(&c) >= 8) {
		uint8_t type = cursor_u8(&c), units = cursor_u8(&c);
		struct cursor option = cursor_sub(&c, units ? units * 8u - 2 : SIZE_MAX);

		bytes = cursor_bytes(&option, 6);
		if (type == 2 && bytes)
			memcpy(mac.bytes, bytes, 6);
	}
	return on_neighbour(run, &target, &mac, heard);
}

static bool on_icmp(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	bool v4 = f->src.family == 4;

	if (f->icmp_type == (v4 ? ICMP_ECHO_REPLY : ICMP6_ECHO_REPLY))
		return on_echo(run, f, heard);
	if (f->icmp_type == (v4 ? ICMP_UNREACHABLE : ICMP6_UNREACHABLE))
		return on_error(run, f, false, heard);
	if (f->icmp_type == (v4 ? ICMP_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED))
		return on_error(run, f, true, heard);
	return !v4 && f->icmp_type == ICMP6_ADVERTISEMENT && on_advertisement(run, f, heard);
}

static void take(struct run *run, const struct link_heard *heard)
{
	struct frame f = {0};
	bool ours = false;

	run->now_us = heard->at_us;
	run->tally[TALLY_RECEIVED]++;
	if (frame_decode(heard->type, heard->bytes, heard->size, &f) != FRAME_OK) {
		run->tally[TALLY_MALFORMED]++;
		return;
	}
	if (f.kind == FRAME_TCP)
		ours = on_tcp(run, &f, heard);
	else if (f.kind == FRAME_ICMP)
		ours = on_icmp(run, &f, heard);
	else if (f.kind == FRAME_ARP)
		ours = on_arp(run, &f, heard);
	if (!ours)
		run->tally[TALLY_STRANGERS]++;
}

int run_listen(struct run *run, int64_t until_us)
{
	for (int n = 1;; n++) {
		struct link_heard heard;
		int64_t wake = until_us;
		int quiet, r;

		if (until_us > run->now_us + CHECK_EVERY_US)
			wake = run->now_us + CHECK_EVERY_US;
		quiet = run->link->next(run->link, wake, &heard, run->reterr);
		if (quiet < 0)
			return quiet;
		if (quiet)
			run_tick(run);
		else
			take(run, &heard);
		if (run->reterr->code)
			return run->reterr->code; /* the sink refused */
		r = run_check(run);
		if (r)
			return r;
		if ((quiet || n >= DRAIN_MAX) && run->now_us >= until_us)
			return 0;
	}
}
