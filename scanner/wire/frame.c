/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame decoder; see frame.h. It walks a frame once, from the link layer inwards, and every
 * loop in it has a fixed bound. It never checks checksums: an interface that computes them in
 * hardware shows a capture wrong ones. References: frame.h; IEEE 802.2 and RFC 1042 (LLC,
 * SNAP), RFC 8200 section 4 and RFC 7045 (extension headers), RFC 5722.
 */
#include "scanner/wire/frame.h"

#include "common/cleanup.h"
#include "common/cursor.h"

enum {
	TAGS_MAX = 4,        /* VLAN tags walked; the two outermost are kept */
	EXTENSIONS_MAX = 16, /* IPv6 extension headers walked */
	LENGTH_MAX = 1500,   /* largest IEEE 802.3 length; from 1536 on it is an ethertype */
	ARPHRD_ETHERNET = 1,
	QUOTE_MIN = 8, /* bytes past the IP header that RFC 792 promises */
	TIMESTAMP = 13, /* ICMP, with identifier and sequence where an echo has them */
};

enum {
	PROTO_HOP_BY_HOP = 0,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_ICMPV6 = 58,
	PROTO_NONE = 59,
	PROTO_DESTINATION = 60,
	PROTO_MOBILITY = 135,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
};

/* An IP header taken apart. `rest` holds what is there of the packet's payload. */
struct ip_header {
	struct addr src, dst;
	uint8_t ttl, protocol;
	uint16_t id;
	bool fragment, later; /* later: not the first fragment */
	bool df;
	bool cut;             /* `rest` is shorter than the header says */
	struct cursor rest;
};

static enum frame_verdict short_by(bool cut)
{
	return cut ? FRAME_TRUNCATED : FRAME_MALFORMED;
}

static void set_payload(struct frame *f, const struct cursor *c)
{
	f->payload = cursor_rest(c);
	f->payload_size = cursor_left(c);
}

static struct mac read_mac(struct cursor *c)
{
	struct mac mac = {{0}};

	for (size_t i = 0; i < sizeof(mac.bytes); i++)
		mac.bytes[i] = cursor_u8(c);
	return mac;
}

static struct addr read_addr(struct cursor *c, uint8_t family)
{
	const uint8_t *bytes = cursor_bytes(c, family == 4 ? 4 : 16);

	return bytes ? addr_from_bytes(family, bytes) : (struct addr){0};
}

/* Limits `rest` to the length that the header states. 0 stands for "all of it": segmentation
 * offload leaves it so, and a jumbogram too (RFC 2675). */
static void limit_rest(struct ip_header *ip, struct cursor *c, size_t stated)
{
	size_t left = cursor_left(c);

	ip->cut = stated > left;
	ip->rest = cursor_of(cursor_rest(c), stated && stated < left ? stated : left);
}

static enum frame_verdict read_ipv4(struct cursor *c, struct ip_header *ret_ip)
{
	size_t header = (size_t)(cursor_u8(c) & 15) * 4, total;
	uint16_t offset;

	cursor_skip(c, 1);
	total = cursor_be16(c);
	ret_ip->id = cursor_be16(c);
	offset = cursor_be16(c);
	ret_ip->ttl = cursor_u8(c);
	ret_ip->protocol = cursor_u8(c);
	cursor_skip(c, 2);
	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	if (header < 20 || (total && total < header))
		return FRAME_MALFORMED;
	ret_ip->src = read_addr(c, 4);
	ret_ip->dst = read_addr(c, 4);
	cursor_skip(c, header - 20);
	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	ret_ip->later = (offset & 0x1fff) != 0;
	ret_ip->fragment = (offset & 0x3fff) != 0;
	ret_ip->df = (offset & 0x4000) != 0;
	limit_rest(ret_ip, c, total ? total - header : 0);
	if (total && total == header)
		ret_ip->rest = cursor_of(cursor_rest(c), 0);
	return FRAME_OK;
}

/* Size in bytes of the extension header at the cursor, its first two bytes being read. */
static size_t extension_size(uint8_t protocol, uint8_t length)
{
	return protocol == PROTO_AH ? ((size_t)length + 2) * 4 : ((size_t)length + 1) * 8;
}

static bool is_extension(uint8_t protocol)
{
	static const uint8_t extensions[] = {PROTO_HOP_BY_HOP, PROTO_ROUTING, PROTO_FRAGMENT,
		PROTO_AH, PROTO_DESTINATION, PROTO_MOBILITY, PROTO_HIP, PROTO_SHIM6};

	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (extensions[i] == protocol)
			return true;
	return false;
}

/* Steps over extension headers to the transport (RFC 8200 section 4). */
static enum frame_verdict skip_extensions(struct ip_header *ip)
{
	struct cursor *c = &ip->rest;

	for (int i = 0; !ip->later && is_extension(ip->protocol); i++) {
		uint8_t protocol = ip->protocol, length;
		uint16_t offset;

		if (i == EXTENSIONS_MAX)
			return FRAME_MALFORMED;
		ip->protocol = cursor_u8(c);
		length = cursor_u8(c);
		if (protocol == PROTO_FRAGMENT) {
			offset = cursor_be16(c);
			ip->later = (offset & 0xfff8) != 0;
			ip->fragment = (offset & 0xfff9) != 0; /* an atomic fragment is none */
			cursor_skip(c, 4);
		} else {
			cursor_skip(c, extension_size(protocol, length) - 2);
		}
		if (!cursor_ok(c)) {
			*c = cursor_of(c->base, 0);
			return short_by(ip->cut);
		}
	}
	return FRAME_OK;
}

static enum frame_verdict read_ipv6(struct cursor *c, struct ip_header *ret_ip)
{
	uint32_t first = cursor_be32(c);
	size_t length = cursor_be16(c);

	ret_ip->id = (uint16_t)first;
	ret_ip->protocol = cursor_u8(c);
	ret_ip->ttl = cursor_u8(c);
	ret_ip->src = read_addr(c, 6);
	ret_ip->dst = read_addr(c, 6);
	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	limit_rest(ret_ip, c, length);
	if (ret_ip->protocol == PROTO_NONE)
		ret_ip->rest = cursor_of(cursor_rest(c), 0);
	return skip_extensions(ret_ip);
}

/* Reads the IP header at the cursor, of the given version or, for 0, of the version it states.
 */
static enum frame_verdict read_ip(struct cursor *c, uint8_t version, struct ip_header *ret_ip)
{
	uint8_t stated;

	*ret_ip = (struct ip_header){0};
	ret_ip->rest = cursor_of(cursor_rest(c), 0);
	if (cursor_left(c) == 0)
		return FRAME_TRUNCATED;
	stated = *cursor_rest(c) >> 4;
	if ((stated != 4 && stated != 6) || (version && version != stated))
		return FRAME_MALFORMED;
	return stated == 4 ? read_ipv4(c, ret_ip) : read_ipv6(c, ret_ip);
}

static enum frame_verdict read_tcp(struct cursor *c, struct frame *f)
{
	uint8_t header, flags;

	f->src_port = cursor_be16(c);
	f->dst_port = cursor_be16(c);
	f->seq = cursor_be32(c);
	f->ack = cursor_be32(c);
	header = (cursor_u8(c) >> 4) * 4;
	flags = cursor_u8(c);
	f->tcp_flags = flags & 31;
	f->tcp_ecn = flags & 0xc0;
	f->window = cursor_be16(c);
	cursor_skip(c, 4);
	if (!cursor_ok(c))
		return short_by(f->payload_cut);
	if (header < 20)
		return FRAME_MALFORMED;
	f->kind = FRAME_TCP;
	f->tcp_options_size = (size_t)header - 20;
	f->tcp_options = cursor_bytes(c, f->tcp_options_size);
	if (!cursor_ok(c)) {
		f->tcp_options_size = 0;
		return short_by(f->payload_cut);
	}
	set_payload(f, c);
	return FRAME_OK;
}

static enum frame_verdict read_udp(struct cursor *c, struct frame *f)
{
	size_t length;

	f->src_port = cursor_be16(c);
	f->dst_port = cursor_be16(c);
	length = cursor_be16(c);
	cursor_skip(c, 2);
	if (!cursor_ok(c))
		return short_by(f->payload_cut);
	if (length && length < 8)
		return FRAME_MALFORMED;
	if (length && length - 8 > cursor_left(c) && !f->payload_cut)
		return FRAME_MALFORMED;
	f->kind = FRAME_UDP;
	f->udp_size = length ? (uint16_t)(length - 8) : 0;
	set_payload(f, c);
	if (length && length - 8 < f->payload_size)
		f->payload_size = length - 8;
	return FRAME_OK;
}

static bool is_echo(uint8_t family, uint8_t type)
{
	return family == 4 ? type == 0 || type == 8 : type == 128 || type == 129;
}

static bool is_icmp_error(uint8_t family, uint8_t type)
{
	if (family == 6)
		return type < 128;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* The start of our packet inside an ICMP error. What cannot be read leaves the quote invalid;
 * the error itself stays good. */
static void read_quote(struct cursor *c, uint8_t family, struct frame_quote *q)
{
	struct ip_header ip;
	struct cursor *rest = &ip.rest;
	uint8_t type;

	if (read_ip(c, family, &ip) != FRAME_OK)
		return;
	q->src = ip.src;
	q->dst = ip.dst;
	q->protocol = ip.protocol;
	q->ttl = ip.ttl;
	q->id = ip.id;
	if (ip.later || cursor_left(rest) < QUOTE_MIN)
		return;
	q->valid = true;
	if (ip.protocol == (family == 4 ? PROTO_ICMP : PROTO_ICMPV6)) {
		type = cursor_u8(rest);
		cursor_skip(rest, 3);
		if (is_echo(family, type) || (family == 4 && type == TIMESTAMP))
			q->seq = cursor_be32(rest);
		return;
	}
	q->src_port = cursor_be16(rest);
	q->dst_port = cursor_be16(rest);
	if (ip.protocol == PROTO_TCP)
		q->seq = cursor_be32(rest);
}

static enum frame_verdict read_icmp(struct cursor *c, struct frame *f)
{
	struct cursor body;

	f->icmp_type = cursor_u8(c);
	f->icmp_code = cursor_u8(c);
	cursor_skip(c, 2);
	body = *c;
	cursor_skip(c, 4);
	if (!cursor_ok(c))
		return short_by(f->payload_cut);
	f->kind = FRAME_ICMP;
	if (is_echo(f->src.family, f->icmp_type)) {
		f->icmp_id = cursor_be16(&body);
		f->icmp_seq = cursor_be16(&body);
	} else if (is_icmp_error(f->src.family, f->icmp_type)) {
		read_quote(c, f->src.family, &f->quote);
	}
	set_payload(f, &body);
	return FRAME_OK;
}

static enum frame_verdict read_network(struct cursor *c, struct frame *f, uint8_t version)
{
	static const struct {
		uint8_t version, protocol;
		enum frame_verdict (*read)(struct cursor *c, struct frame *f);
	} transports[] = {
		{4, PROTO_TCP, read_tcp},
		{6, PROTO_TCP, read_tcp},
		{4, PROTO_UDP, read_udp},
		{6, PROTO_UDP, read_udp},
		{4, PROTO_ICMP, read_icmp},
		{6, PROTO_ICMPV6, read_icmp},
	};
	struct ip_header ip;
	enum frame_verdict verdict = read_ip(c, version, &ip);

	if (ip.dst.family == 0) {
		set_payload(f, c);
		return verdict;
	}
	f->kind = FRAME_IP;
	f->src = ip.src;
	f->dst = ip.dst;
	f->ttl = ip.ttl;
	f->ip_protocol = ip.protocol;
	f->ip_id = ip.id;
	f->ip_df = ip.df;
	f->fragment = ip.fragment;
	f->payload_cut = ip.cut || ip.fragment;
	set_payload(f, &ip.rest);
	if (verdict != FRAME_OK || ip.later)
		return verdict;
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++)
		if (transports[i].version == ip.src.family &&
			transports[i].protocol == ip.protocol)
			return transports[i].read(&ip.rest, f);
	return FRAME_OK;
}

static enum frame_verdict read_ethertype_ipv4(struct cursor *c, struct frame *f)
{
	return read_network(c, f, 4);
}

static enum frame_verdict read_ethertype_ipv6(struct cursor *c, struct frame *f)
{
	return read_network(c, f, 6);
}

/* ARP for IPv4 over 48-bit addresses; another one stays FRAME_OTHER. */
static enum frame_verdict read_arp(struct cursor *c, struct frame *f)
{
	struct cursor whole = *c;
	uint16_t hardware, protocol, sizes;

	hardware = cursor_be16(c);
	protocol = cursor_be16(c);
	sizes = cursor_be16(c);
	f->arp_operation = cursor_be16(c);
	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	/* IEEE 802 networks (6) other than Ethernet use the same form */
	if ((hardware != 1 && hardware != 6) || protocol != 0x0800 || sizes != 0x0604) {
		f->arp_operation = 0;
		set_payload(f, &whole);
		return FRAME_OK;
	}
	f->arp_sender = read_mac(c);
	f->src = read_addr(c, 4);
	f->arp_target = read_mac(c);
	f->dst = read_addr(c, 4);
	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	f->kind = FRAME_ARP;
	set_payload(f, c);
	return FRAME_OK;
}

static bool is_vlan_tag(uint16_t ethertype)
{
	return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

static enum frame_verdict read_llc(struct cursor *c, struct frame *f);

/* What follows an ethertype or IEEE 802.3 length, VLAN tags included. */
static enum frame_verdict read_typed(struct cursor *c, struct frame *f, uint16_t type)
{
	static const struct {
		uint16_t type;
		enum frame_verdict (*read)(struct cursor *c, struct frame *f);
	} readers[] = {
		{0x0800, read_ethertype_ipv4},
		{0x0806, read_arp},
		{0x86dd, read_ethertype_ipv6},
	};

	for (int i = 0; i < TAGS_MAX && is_vlan_tag(type); i++) {
		uint16_t tag = cursor_be16(c);

		type = cursor_be16(c);
		if (!cursor_ok(c))
			return FRAME_TRUNCATED;
		if (f->n_vlans < ARRAY_SIZE(f->vlans))
			f->vlans[f->n_vlans++] = tag & 0xfff;
	}
	if (type <= LENGTH_MAX) {
		size_t left = cursor_left(c);
		struct cursor body = cursor_of(cursor_rest(c), type < left ? type : left);

		f->payload_cut = type > left;
		return read_llc(&body, f);
	}
	f->ethertype = type;
	set_payload(f, c);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (readers[i].type == type)
			return readers[i].read(c, f);
	return FRAME_OK;
}

/* IEEE 802.2. SNAP with the OUI of RFC 1042 carries an ethertype; all else is left to a reader
 * that knows it, from the DSAP on. So is a VLAN tag inside SNAP, which would nest. */
static enum frame_verdict read_llc(struct cursor *c, struct frame *f)
{
	struct cursor snap = *c;

	f->kind = FRAME_LLC;
	set_payload(f, c);
	if (cursor_left(c) < 3)
		return short_by(f->payload_cut);
	if (cursor_be24(&snap) == 0xaaaa03 && cursor_be24(&snap) == 0) {
		uint16_t type = cursor_be16(&snap);

		if (cursor_ok(&snap) && type > LENGTH_MAX && !is_vlan_tag(type)) {
			f->kind = FRAME_OTHER;
			return read_typed(&snap, f, type);
		}
	}
	return FRAME_OK;
}

static enum frame_verdict link_ethernet(struct cursor *c, struct frame *f)
{
	struct mac dst = read_mac(c), src = read_mac(c);
	uint16_t type = cursor_be16(c);

	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	f->has_mac = true;
	f->dst_mac = dst;
	f->src_mac = src;
	return read_typed(c, f, type);
}

static enum frame_verdict link_raw(struct cursor *c, struct frame *f)
{
	return read_network(c, f, 0);
}

/* Address, control, ethertype. */
static enum frame_verdict link_hdlc(struct cursor *c, struct frame *f)
{
	uint16_t type;

	cursor_skip(c, 2);
	type = cursor_be16(c);
	return cursor_ok(c) ? read_typed(c, f, type) : FRAME_TRUNCATED;
}

/* BSD loopback: the family's number is the capturing system's, its byte order too. */
static enum frame_verdict loopback(struct cursor *c, struct frame *f, uint32_t family)
{
	static const uint32_t v6[] = {10, 23, 24, 28, 30}; /* Linux, Windows, the BSDs, macOS */

	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	if (family == 2)
		return read_network(c, f, 4);
	for (size_t i = 0; i < ARRAY_SIZE(v6); i++)
		if (v6[i] == family)
			return read_network(c, f, 6);
	set_payload(f, c);
	return FRAME_OK;
}

static enum frame_verdict link_loopback(struct cursor *c, struct frame *f)
{
	return loopback(c, f, cursor_be32(c));
}

/* The part of a cooked header that both versions have: who sent, and what follows. */
static enum frame_verdict cooked(struct cursor *c, struct frame *f, uint16_t hardware,
	size_t size, const uint8_t *mac, uint16_t type)
{
	struct cursor address = cursor_of(mac, mac ? 8 : 0);

	if (!cursor_ok(c))
		return FRAME_TRUNCATED;
	if (hardware == ARPHRD_ETHERNET && size == 6) {
		f->has_mac = true;
		f->src_mac = read_mac(&address);
	}
	if (type == 4) /* "802.2 follows" */
		return read_llc(c, f);
	if (type <= LENGTH_MAX) {
		f->ethertype = type;
		set_payload(f, c);
		return FRAME_OK;
	}
	return read_typed(c, f, type);
}

static enum frame_verdict link_sll(struct cursor *c, struct frame *f)
{
	uint16_t hardware, size;
	const uint8_t *mac;

	cursor_skip(c, 2);
	hardware = cursor_be16(c);
	size = cursor_be16(c);
	mac = cursor_bytes(c, 8);
	return cooked(c, f, hardware, size, mac, cursor_be16(c));
}

static enum frame_verdict link_sll2(struct cursor *c, struct frame *f)
{
	uint16_t type = cursor_be16(c), hardware;
	uint8_t size;

	cursor_skip(c, 6);
	hardware = cursor_be16(c);
	cursor_skip(c, 1);
	size = cursor_u8(c);
	return cooked(c, f, hardware, size, cursor_bytes(c, 8), type);
}

enum frame_verdict frame_decode(
	enum frame_link link, const uint8_t *bytes, size_t size, struct frame *ret_frame)
{
	static const struct {
		enum frame_link link;
		enum frame_verdict (*read)(struct cursor *c, struct frame *f);
	} links[] = {
		{FRAME_LINK_ETHERNET, link_ethernet},
		{FRAME_LINK_NULL, link_loopback},
		{FRAME_LINK_LOOP, link_loopback},
		{FRAME_LINK_RAW, link_raw},
		{FRAME_LINK_HDLC, link_hdlc},
		{FRAME_LINK_IPV4, link_raw},
		{FRAME_LINK_IPV6, link_raw},
		{FRAME_LINK_SLL, link_sll},
		{FRAME_LINK_SLL2, link_sll2},
	};
	static const uint8_t nothing[1];
	struct cursor c = cursor_of(bytes ? bytes : nothing, bytes ? size : 0);

	*ret_frame =
		(struct frame){.kind = FRAME_OTHER, .payload = c.base, .payload_size = c.size};
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (links[i].link == link)
			return links[i].read(&c, ret_frame);
	return FRAME_UNKNOWN;
}

uint32_t frame_checksum_add(uint32_t sum, const void *bytes, size_t n)
{
	struct cursor c = cursor_of(bytes, n);

	while (cursor_left(&c) >= 2) {
		sum += cursor_be16(&c);
		sum = (sum & 0xffff) + (sum >> 16);
	}
	if (cursor_left(&c))
		sum += (uint32_t)cursor_u8(&c) << 8;
	return (sum & 0xffff) + (sum >> 16);
}

uint16_t frame_checksum_end(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}
