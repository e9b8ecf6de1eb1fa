/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is heard: decoded, believed only with its cookie, and handed on as an answer (answer.c)
 * or to the trace. Every frame that was received ends in exactly one tally: positive, negative,
 * hops, late, duplicates, strangers or malformed.
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
	ICMP_FRAGMENTATION_NEEDED = 4, /* its code (RFC 1191) */
	ICMP_SOURCE_QUENCH = 4,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_TIMESTAMP_REPLY = 14,
	ICMP6_UNREACHABLE = 1,
	ICMP6_TOO_BIG = 2,
	ICMP6_TIME_EXCEEDED = 3,
	ICMP6_PARAMETER = 4,
	ICMP6_UNKNOWN_NEXT = 1, /* its code: no such protocol here (RFC 4443 3.4) */
	ICMP6_ECHO_REPLY = 129,
	ICMP6_REPORT = 131,
	ICMP6_ADVERTISEMENT = 136,
	ICMP6_REPORT_2 = 143,
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_SCTP = 132,
	SCTP_INIT_ACK = 2,
	SCTP_ABORT = 6
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

/* The target itself answered what it was asked. */
static bool answered(struct run *run, const struct frame *f, enum template_kind kind,
	uint16_t port, bool open, const struct link_heard *heard)
{
	struct answer answer = {.word = open ? ANSWER_OPEN : ANSWER_CLOSED,
		.kind = kind,
		.addr = f->src,
		.port = port,
		.ttl = f->ttl,
		.wall_us = heard->wall_us};

	if (open && kind == TEMPLATE_SYN && f->tcp_options_size)
		stack_of(f, &answer.stack);
	run_answer(run, &answer);
	return true;
}

/* A router, or the target, answered a step of a trace. */
static void stepped(struct run *run, const struct addr *target, uint8_t ttl,
	const struct addr *peer, enum trace_word step)
{
	struct answer answer = {.word = ANSWER_STEP,
		.kind = TEMPLATE_ECHO,
		.addr = *target,
		.ttl = ttl,
		.peer = *peer,
		.step = step};

	run_answer(run, &answer);
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
	if (seq == run_cookie(run, TEMPLATE_SYN, &f->dst, &f->src, f->src_port)) {
		rtt_heard(run, seq, heard->at_us);
		return answered(run, f, TEMPLATE_SYN, f->src_port, open, heard);
	}
	ttl = cookie_trace_ttl(&run->key, COOKIE_TRACE_SYN, &f->dst, &f->src, f->src_port, seq);
	if (ttl)
		stepped(run, &f->src, ttl, &f->src, TRACE_END);
	return ttl != 0;
}

/* A datagram of which only the beginning was heard, because it is longer than what is captured
 * or came in fragments, is judged by that: the rest counts as zeros. */
static const uint8_t *whole_datagram(const struct frame *f, size_t *ret_size)
{
	static uint8_t whole[UINT16_MAX];

	*ret_size = f->payload_size;
	if (!f->payload_cut || f->udp_size <= f->payload_size)
		return f->payload;
	memcpy(whole, f->payload, f->payload_size);
	memset(whole + f->payload_size, 0, f->udp_size - f->payload_size);
	*ret_size = f->udp_size;
	return whole;
}

/* A datagram back to the port that its question came from; what the request made it repeat is
 * in it; of a protocol that repeats nothing it has the form. */
static bool on_udp(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	uint64_t seed = cookie_seed(&run->key, COOKIE_UDP, &f->dst, &f->src, f->src_port);
	const struct protocol *protocol;
	const uint8_t *data;
	size_t size;

	if (f->dst_port != asks_from(seed) || !asks_udp(run->plan, f->src_port, &protocol))
		return false;
	data = whole_datagram(f, &size);
	if (protocol && protocol->repeats
			? !protocol->repeats(data, size, seed)
			: !run->asked[TEMPLATE_UDP][f->src_port] ||
				  (protocol && !protocol->recognise(data, size)))
		return false;
	rtt_heard(run, (uint32_t)seed, heard->at_us);
	return answered(run, f, TEMPLATE_UDP, f->src_port, true, heard);
}

/* INIT ACK or ABORT under the tag that we gave (RFC 9260 8.5.1). */
static bool on_sctp(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	struct cursor c = cursor_of(f->payload, f->payload_size);
	uint16_t from = cursor_be16(&c), to = cursor_be16(&c);
	uint32_t tag = cursor_be32(&c);
	uint8_t chunk;

	cursor_skip(&c, 4);
	chunk = cursor_u8(&c);
	if (!cursor_ok(&c) || f->fragment || to != run_source_port(run) ||
		(chunk != SCTP_INIT_ACK && chunk != SCTP_ABORT) ||
		tag != run_cookie(run, TEMPLATE_INIT, &f->dst, &f->src, from))
		return false;
	rtt_heard(run, tag, heard->at_us);
	return answered(run, f, TEMPLATE_INIT, from, chunk == SCTP_INIT_ACK, heard);
}

/* Another IP protocol carries no cookie of ours back: it is believed of whom the running sweep
 * asks just that, and if it comes to us alone. */
static bool on_ip(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	const struct piece *piece;

	if (f->ip_protocol == PROTOCOL_SCTP)
		return on_sctp(run, f, heard);
	if (!run->sweep || !run->asked[TEMPLATE_BARE][f->ip_protocol])
		return false;
	piece = reach_piece(run->reach, &f->src);
	if (!piece || !reach_is_source(run->reach, piece, &f->dst))
		return false;
	return answered(run, f, TEMPLATE_BARE, f->ip_protocol, true, heard);
}

/* RFC 792: identifier and sequence stand where an echo has them. */
static bool on_timestamp(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	struct cursor c = cursor_of(f->payload, f->payload_size);
	uint32_t value = cursor_be32(&c);

	if (!cursor_ok(&c) ||
		value != run_cookie(run, TEMPLATE_TIMESTAMP, &f->dst, &f->src, 0))
		return false;
	rtt_heard(run, value, heard->at_us);
	return answered(run, f, TEMPLATE_TIMESTAMP, 0, true, heard);
}

static bool on_echo(struct run *run, const struct frame *f, const struct link_heard *heard)
{
	uint32_t value = (uint32_t)f->icmp_id << 16 | f->icmp_seq;
	uint8_t ttl;

	if (value == run_cookie(run, TEMPLATE_ECHO, &f->dst, &f->src, 0)) {
		rtt_heard(run, value, heard->at_us);
		return answered(run, f, TEMPLATE_ECHO, 0, true, heard);
	}
	if (link_echo(run, f, value, heard) || alias_answer(run, f, value, heard))
		return true;
	ttl = cookie_trace_ttl(&run->key, COOKIE_TRACE_ECHO, &f->dst, &f->src, 0, value);
	if (ttl)
		stepped(run, &f->src, ttl, &f->src, TRACE_END);
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

	if (f->icmp_type != (f->src.family == 4 ? ICMP_UNREACHABLE : ICMP6_UNREACHABLE))
		return TALLY_UNREACHABLE_OTHER;
	if (f->src.family == 4)
		return f->icmp_code < ARRAY_SIZE(v4) ? v4[f->icmp_code]
						     : TALLY_UNREACHABLE_OTHER;
	return f->icmp_code < ARRAY_SIZE(v6) ? v6[f->icmp_code] : TALLY_UNREACHABLE_OTHER;
}

/* Where an error quotes what a question was, by its IP protocol. */
static const struct {
	uint8_t protocol;
	enum template_kind kind;
	bool cookie; /* among the bytes that are quoted; else the IP header's id tells */
} quoted[] = {
	{PROTOCOL_TCP, TEMPLATE_SYN, true},
	{PROTOCOL_ICMP, TEMPLATE_ECHO, true},
	{PROTOCOL_ICMP, TEMPLATE_TIMESTAMP, true},
	{PROTOCOL_ICMPV6, TEMPLATE_ECHO, true},
	{PROTOCOL_UDP, TEMPLATE_UDP, false},
	{PROTOCOL_SCTP, TEMPLATE_INIT, false},
};

static bool is_our_port(
	const struct run *run, enum template_kind kind, const struct frame_quote *q)
{
	if (kind == TEMPLATE_UDP)
		return q->src_port == asks_from(cookie_seed(&run->key, COOKIE_UDP, &q->src,
					     &q->dst, q->dst_port));
	return q->src_port == run_source_port(run) ||
	       (kind != TEMPLATE_SYN && kind != TEMPLATE_INIT);
}

/* The question that a quote carries the mark of; TEMPLATE_N: none of ours. */
static enum template_kind quoted_kind(const struct run *run, const struct frame_quote *q,
	uint16_t *ret_port, uint32_t *ret_value)
{
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++) {
		enum template_kind kind = quoted[i].kind;

		if (quoted[i].protocol != q->protocol)
			continue;
		known = true;
		*ret_port = answer_transport(kind) ? q->dst_port : 0;
		*ret_value = run_cookie(run, kind, &q->src, &q->dst, *ret_port);
		if (q->valid && is_our_port(run, kind, q) &&
			(quoted[i].cookie ? q->seq == *ret_value
					  : run->asked[kind][*ret_port] &&
						    q->id == probe_id(*ret_value)))
			return kind;
	}
	*ret_port = q->protocol;
	*ret_value = run_cookie(run, TEMPLATE_BARE, &q->src, &q->dst, *ret_port);
	return !known && q->dst.family && run->asked[TEMPLATE_BARE][*ret_port] &&
			       q->id == probe_id(*ret_value)
		       ? TEMPLATE_BARE
		       : TEMPLATE_N;
}

static bool on_error(
	struct run *run, const struct frame *f, bool exceeded, const struct link_heard *heard)
{
	const struct frame_quote *q = &f->quote;
	bool tcp = q->protocol == PROTOCOL_TCP;
	uint16_t port = 0;
	uint32_t value = 0;
	enum template_kind kind = quoted_kind(run, q, &port, &value);
	uint8_t ttl;

	if (kind != TEMPLATE_N) {
		struct answer answer = {.word = ANSWER_REFUSED,
			.kind = kind,
			.addr = q->dst,
			.port = port,
			.code = unreachable_tally(f),
			.itself = addr_equal(&f->src, &q->dst),
			.ttl = f->ttl,
			.wall_us = heard->wall_us};

		rtt_heard(run, value, heard->at_us);
		run_answer(run, &answer);
		return true;
	}
	if (!q->valid || (tcp && q->src_port != run_source_port(run)) ||
		(!tcp && q->protocol != PROTOCOL_ICMP && q->protocol != PROTOCOL_ICMPV6))
		return false;
	ttl = cookie_trace_ttl(&run->key, tcp ? COOKIE_TRACE_SYN : COOKIE_TRACE_ECHO, &q->src,
		&q->dst, tcp ? q->dst_port : 0, q->seq);
	if (ttl)
		stepped(run, &q->dst, ttl, &f->src,
			exceeded		       ? TRACE_HOP
			: addr_equal(&f->src, &q->dst) ? TRACE_END
						       : TRACE_BLOCKED);
	return ttl != 0;
}

/* A router that is asked too much: "slower", about a question of ours. It is an answer to
 * none. */
static bool on_quench(struct run *run, const struct frame *f)
{
	uint16_t port;
	uint32_t value;

	run->tally[TALLY_QUENCHED] +=
		quoted_kind(run, &f->quote, &port, &value) != TEMPLATE_N;
	return false;
}

/* A probe that is too long for some link on the way (RFC 1191, RFC 8201): nobody refused it. No
 * link may say so of ours, so there is no shorter form; it is asked again like one that was
 * lost. */
static bool on_too_big(struct run *run, const struct frame *f)
{
	uint16_t port;
	uint32_t value;

	run->tally[TALLY_TOO_BIG] += quoted_kind(run, &f->quote, &port, &value) != TEMPLATE_N;
	return false;
}

static bool on_neighbour(struct run *run, const struct addr *addr, const struct mac *mac,
	const struct link_heard *heard)
{
	struct answer answer = {.word = ANSWER_NEIGHBOUR,
		.kind = TEMPLATE_SOLICIT,
		.addr = *addr,
		.mac = *mac,
		.interface = heard->interface,
		.wall_us = heard->wall_us};

	if (mac_is_zero(mac) || mac_is_multicast(mac))
		return false;
	rtt_heard(run, (uint32_t)siphash(&run->key, addr->bytes, 16), heard->at_us);
	run_answer(run, &answer);
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
	if (v4 ? f->icmp_type == ICMP_UNREACHABLE && f->icmp_code == ICMP_FRAGMENTATION_NEEDED
	       : f->icmp_type == ICMP6_TOO_BIG)
		return on_too_big(run, f);
	if (f->icmp_type == (v4 ? ICMP_UNREACHABLE : ICMP6_UNREACHABLE))
		return on_error(run, f, false, heard);
	if (f->icmp_type == (v4 ? ICMP_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED))
		return on_error(run, f, true, heard);
	if (v4 && f->icmp_type == ICMP_SOURCE_QUENCH)
		return on_quench(run, f);
	if (v4 && f->icmp_type == ICMP_TIMESTAMP_REPLY)
		return on_timestamp(run, f, heard);
	if (!v4 && f->icmp_type == ICMP6_PARAMETER && f->icmp_code == ICMP6_UNKNOWN_NEXT)
		return on_error(run, f, false, heard);
	if (!v4 && (f->icmp_type == ICMP6_REPORT || f->icmp_type == ICMP6_REPORT_2))
		return link_report(run, f, f->icmp_type == ICMP6_REPORT_2, heard);
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
	else if (f.kind == FRAME_UDP)
		ours = on_udp(run, &f, heard);
	else if (f.kind == FRAME_IP && !f.fragment)
		ours = on_ip(run, &f, heard);
	else if (f.kind == FRAME_OTHER)
		ours = link_station(run, &f, heard);
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
		wake = greeting_wake_us(run, wake);
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
		if (r == 0)
			r = greeting_turn(run, quiet && run->now_us < until_us);
		if (r)
			return r;
		if ((quiet || n >= DRAIN_MAX) && run->now_us >= until_us)
			return 0;
	}
}
