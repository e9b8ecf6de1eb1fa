/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listener: takes frames one by one, counts what became of each, and gives it to the parts
 * that read it. The parts never see a frame that did not decode. References: RFC 826, RFC 4861,
 * RFC 6890 (addresses that cannot be a source).
 */
#include "scanner/listen/listener.h"

#include "scanner/wire/cdp.h"
#include "scanner/wire/dcp.h"
#include "scanner/wire/dhcp.h"
#include "scanner/wire/dns.h"
#include "scanner/wire/goose.h"
#include "scanner/wire/lldp.h"
#include "scanner/wire/nbns.h"
#include "scanner/wire/ndp.h"
#include "scanner/wire/sv.h"

#include <string.h>

enum { IP_PROTOCOL_GRE = 47 };

int part_table(struct listener *l, uint32_t capacity, size_t key_size, size_t value_size,
	void (*evict)(void *context, const void *key, void *value), struct table **ret_table,
	struct error *reterr)
{
	const uint32_t room = l->options.room;
	const struct table_options options = {
		.capacity = room && room < capacity ? room : capacity,
		.key_size = (uint32_t)key_size,
		.value_size = (uint32_t)value_size,
		.hash_key = l->hash_key,
		.evict = evict,
		.context = l};

	*ret_table = table_new(&options);
	return *ret_table ? 0 : error_set(reterr, ERROR_SYSTEM, "cannot listen: no memory");
}

int listener_new(const struct listen_options *options, const struct observation_sink *sink,
	struct listener **ret_listener, struct error *reterr)
{
	static int (*const parts[])(struct listener * l, struct error * reterr) = {
		statement_init, hosts_init, services_init, flows_init, relations_init,
		names_init, leases_init, neighbours_init, gather_init, handshakes_init};
	_cleanup_(listener_freep) struct listener *l = calloc(1, sizeof(*l));
	int r = 0;

	if (!l)
		return error_set(reterr, ERROR_SYSTEM, "cannot listen: no memory");
	l->options = *options;
	l->sink = sink;
	l->reading.fingerprints = options->fingerprints;
	str_init(&l->scratch, 0);
	if (options->seed)
		l->hash_key = siphash_key_seeded(options->seed);
	else
		r = siphash_key_random(&l->hash_key, reterr);
	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++)
		r = parts[i](l, reterr);
	if (r < 0)
		return r;
	*ret_listener = STEAL(l);
	return 0;
}

void listener_free(struct listener *listener)
{
	if (!listener)
		return;
	table_free(listener->statements);
	table_free(listener->hosts);
	table_free(listener->stations);
	table_free(listener->flows);
	table_free(listener->services);
	table_free(listener->relations);
	table_free(listener->names);
	table_free(listener->leases);
	table_free(listener->neighbours);
	table_free(listener->pieces);
	table_free(listener->handshakes);
	streams_free(listener->streams);
	str_done(&listener->scratch);
	free(listener);
}

/* What became of a frame. */
enum outcome { TAKEN, UNREAD, MARTIAN, OVER_BUDGET };

static void count_message(struct listener *l, bool read)
{
	l->counts.messages++;
	(*(read ? &l->counts.messages_read : &l->counts.messages_refused))++;
}

/* True if a claim about `mac` came from that MAC itself: not from somebody in between. */
static bool is_own_claim(const struct frame *f, const struct mac *mac)
{
	return !f->has_mac || memcmp(&f->src_mac, mac, sizeof(*mac)) == 0;
}

static enum outcome take_arp(struct listener *l)
{
	const struct frame *f = l->frame;

	count_message(l, true);
	if (!is_own_claim(f, &f->arp_sender) || !statement_is_placeable(&f->src))
		return TAKEN;
	if (!hosts_heard(l, &f->src, 0, &f->arp_sender))
		return OVER_BUDGET;
	hosts_claimed(l, &f->src, &f->arp_sender);
	return TAKEN;
}

/* A router, by its own word. */
static void say_router(struct listener *l, const struct addr *addr, const struct ndp *ndp)
{
	_cleanup_(str_done) struct str prefixes = STR_INIT(1024);
	char text[CIDR_TEXT_MAX];

	for (size_t i = 0; i < ndp->n_prefixes; i++)
		str_addf(&prefixes, "%s%s", i ? " " : "", cidr_format(&ndp->prefixes[i], text));
	reading_clear(&l->reading);
	reading_add_text(&l->reading, "ndp.router", "yes");
	reading_add_text(&l->reading, "ndp.prefixes", prefixes.data);
	if (statement_is_placeable(addr))
		statement_say_reading(l, statement_of(l, OBSERVATION_FACT, addr));
}

static void take_ndp(struct listener *l)
{
	const struct frame *f = l->frame;
	struct ndp ndp;

	if (f->icmp_type < NDP_ROUTER_SOLICITATION || f->icmp_type > NDP_REDIRECT)
		return;
	if (f->ttl != NDP_HOP_LIMIT || f->icmp_code != 0 ||
		!ndp_read(f->icmp_type, f->payload, f->payload_size, &ndp)) {
		count_message(l, false);
		return;
	}
	count_message(l, true);
	if (ndp.type != NDP_REDIRECT && ndp.has_source_mac && is_own_claim(f, &ndp.source_mac))
		hosts_claimed(l, &f->src, &ndp.source_mac);
	if (ndp.type == NDP_NEIGHBOUR_ADVERTISEMENT) {
		if (ndp.has_target_mac && is_own_claim(f, &ndp.target_mac))
			hosts_claimed(l, &ndp.target, &ndp.target_mac);
		if (ndp.router)
			say_router(l, &f->src, &ndp);
	}
	if (ndp.type == NDP_ROUTER_ADVERTISEMENT && ndp.lifetime)
		say_router(l, &f->src, &ndp);
}

static void take_udp(struct listener *l)
{
	static const struct {
		uint16_t port;
		bool (*read)(struct listener *l);
	} readers[] = {
		{DNS_PORT, names_dns},
		{DHCP_SERVER_PORT, leases_dhcp},
		{DHCP_CLIENT_PORT, leases_dhcp},
		{NBNS_PORT, names_nbns},
		{DNS_MDNS_PORT, names_mdns},
		{DNS_LLMNR_PORT, names_llmnr},
	};
	const struct frame *f = l->frame;

	for (size_t i = 0; i < ARRAY_SIZE(readers) && f->payload_size; i++) {
		if (f->src_port != readers[i].port && f->dst_port != readers[i].port)
			continue;
		count_message(l, readers[i].read(l));
		break;
	}
	flows_udp(l);
}

/* Addresses that no packet can come from. An unspecified one is that of who has none yet. */
static bool is_martian(const struct frame *f)
{
	static const struct addr none4 = {.family = 4}, none6 = {.family = 6};

	if (addr_equal(&f->src, &none4) || addr_equal(&f->src, &none6))
		return false;
	return !statement_is_placeable(&f->src) ||
	       addr_is_loopback(&f->src) != addr_is_loopback(&f->dst);
}

/* Through a tunnel between two routers (RFC 2784, RFC 2890) CDP is spoken as on a line. What
 * else is in there is somebody else's. */
static void take_gre(struct listener *l)
{
	enum { CHECKSUM = 0x8000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 7 };
	struct cursor c = cursor_of(l->frame->payload, l->frame->payload_size);
	uint16_t flags = cursor_be16(&c), type = cursor_be16(&c);

	cursor_skip(&c, (flags & CHECKSUM ? 4u : 0u) + (flags & KEY ? 4u : 0u) +
		(flags & SEQUENCE ? 4u : 0u));
	if (!cursor_ok(&c) || flags & VERSION || type != CDP_ETHERTYPE || l->frame->fragment)
		return;
	count_message(l, neighbours_cdp(l, cursor_rest(&c), cursor_left(&c)));
}

static enum outcome take_ip(struct listener *l)
{
	const struct frame *f = l->frame;

	if (is_martian(f))
		return MARTIAN;
	if (!hosts_heard(l, &f->src, f->ttl, f->has_mac ? &f->src_mac : NULL))
		return OVER_BUDGET;
	if (f->kind == FRAME_TCP)
		flows_tcp(l);
	else if (f->kind == FRAME_UDP)
		take_udp(l);
	else if (f->kind == FRAME_ICMP && f->src.family == 6)
		take_ndp(l);
	else if (f->kind == FRAME_IP && f->ip_protocol == IP_PROTOCOL_GRE)
		take_gre(l);
	return TAKEN;
}

static enum outcome take_other(struct listener *l)
{
	static const struct {
		uint16_t ethertype;
		bool (*read)(struct listener *l, const uint8_t *bytes, size_t size);
	} readers[] = {
		{LLDP_ETHERTYPE, neighbours_lldp},
		{GOOSE_ETHERTYPE, neighbours_goose},
		{SV_ETHERTYPE, neighbours_sv},
		{DCP_ETHERTYPE, neighbours_dcp},
		{CDP_ETHERTYPE, neighbours_cdp},
	};
	const struct frame *f = l->frame;

	/* most of PROFINET's frames are a process's values */
	if (f->ethertype == DCP_ETHERTYPE && !dcp_is(f->payload, f->payload_size))
		return UNREAD;
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		if (f->ethertype != readers[i].ethertype)
			continue;
		count_message(l, readers[i].read(l, f->payload, f->payload_size));
		return TAKEN;
	}
	return UNREAD;
}

static enum outcome take_llc(struct listener *l)
{
	const struct frame *f = l->frame;
	struct view message;

	if (!cdp_open(f->payload, f->payload_size, &message))
		return UNREAD;
	count_message(l, neighbours_cdp(l, message.bytes, message.size));
	return TAKEN;
}

static enum outcome take(struct listener *l)
{
	static enum outcome (*const readers[])(struct listener * l) = {
		[FRAME_OTHER] = take_other,
		[FRAME_LLC] = take_llc,
		[FRAME_ARP] = take_arp,
		[FRAME_IP] = take_ip,
		[FRAME_TCP] = take_ip,
		[FRAME_UDP] = take_ip,
		[FRAME_ICMP] = take_ip,
	};

	return readers[l->frame->kind](l);
}

static int outcome_of(struct listener *l, struct error *reterr)
{
	if (!l->failed)
		return 0;
	return error_set(reterr, l->failed, "%s", l->error.text);
}

int listener_frame(struct listener *listener, enum frame_link link, const uint8_t *bytes,
	size_t size, int64_t time_us, struct error *reterr)
{
	struct listener *l = listener;
	struct frame frame;
	uint64_t *const refused[] = {[FRAME_TRUNCATED] = &l->counts.truncated,
		[FRAME_MALFORMED] = &l->counts.malformed,
		[FRAME_UNKNOWN] = &l->counts.unknown_link};
	uint64_t *const outcomes[] = {[TAKEN] = &l->counts.taken,
		[UNREAD] = &l->counts.unread,
		[MARTIAN] = &l->counts.martian,
		[OVER_BUDGET] = &l->counts.over_budget};
	enum frame_verdict verdict = frame_decode(link, bytes, size, &frame);

	l->counts.frames++;
	l->frame = &frame;
	l->now_us = time_us;
	if (verdict == FRAME_OK)
		(*outcomes[take(l)])++;
	else
		(*refused[verdict])++;
	l->frame = NULL;
	return outcome_of(l, reterr);
}

int listener_finish(struct listener *listener, struct error *reterr)
{
	struct listener *l = listener;
	struct listen_counts *c = &l->counts;

	/* later parts rest on what earlier ones still find out */
	flows_finish(l);
	gather_finish(l);
	handshakes_finish(l);
	leases_finish(l);
	neighbours_finish(l);
	hosts_finish(l);
	names_finish(l);
	relations_finish(l);
	c->hosts_evicted = table_evicted(l->hosts);
	c->flows_evicted = table_evicted(l->flows);
	c->relations_evicted = table_evicted(l->relations);
	c->names_evicted = table_evicted(l->names);
	c->leases_evicted = table_evicted(l->leases);
	c->neighbours_evicted = table_evicted(l->neighbours);
	c->stacks_evicted = table_evicted(l->handshakes);
	return outcome_of(l, reterr);
}
