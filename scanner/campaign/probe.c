/* SPDX-License-Identifier: Apache-2.0 */
/* Patching and reading back; see probe.h. Offsets are those of RFC 791, 8200, 9293, 768,
 * 9260, 792, 826,
 * 3810. */
#include "scanner/campaign/probe.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

enum {
	ETHERNET_SIZE = 14,
	ARP_TARGET = 24,
	IPV4_SIZE = 2,
	IPV4_ID = 4,
	IPV4_TTL = 8,
	IPV4_PROTOCOL = 9,
	IPV4_CHECKSUM = 10,
	IPV4_SOURCE = 12,
	IPV6_LABEL = 2,
	IPV6_PAYLOAD = 4,
	IPV6_NEXT = 6,
	IPV6_HOPS = 7,
	IPV6_SOURCE = 8,
	IPV6_SIZE = 40,
	TCP_PORT = 2,
	TCP_SEQ = 4,
	TCP_CHECKSUM = 16,
	UDP_PORT = 2,
	UDP_LENGTH = 4,
	UDP_CHECKSUM = 6,
	UDP_SIZE = 8,
	SCTP_PORT = 2,
	SCTP_CHECKSUM = 8,
	SCTP_TAG = 16,
	SCTP_NUMBER = 28,
	ICMP_CHECKSUM = 2,
	ICMP_ID = 4,
	ICMP_DATA = 8,
	ND_TARGET = 8,
	HOP_BY_HOP_SIZE = 8,
	ICMP6_ECHO = 128,
	ICMP6_SOLICITATION = 135,
	NEXT_HOP_BY_HOP = 0,
	NEXT_ICMPV6 = 58,
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_PROFINET = 0x8892,
	SOURCE_MAC = 6,
	STATIONS_XID = 18,
	STATIONS_SIZE = 60, /* the least that Ethernet carries */
};

const struct addr probe_listeners_source = {6,
	{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
const struct addr probe_all_nodes = {6, {0xff, 2, [15] = 1}};
const struct mac probe_all_nodes_mac = {{0x33, 0x33, 0, 0, 0, 1}};

static void put16(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
	put16(at, (uint16_t)(v >> 16));
	put16(at + 2, (uint16_t)v);
}

/* Solicited-node multicast address and its MAC (RFC 4291 2.7.1, RFC 2464 7). */
static void to_solicited_node(
	const struct addr *target, struct addr *ret_addr, struct mac *ret_mac)
{
	static const uint8_t prefix[13] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};

	ret_addr->family = 6;
	memcpy(ret_addr->bytes, prefix, sizeof(prefix));
	memcpy(ret_addr->bytes + 13, target->bytes + 13, 3);
	*ret_mac = (struct mac){
		{0x33, 0x33, 0xff, target->bytes[13], target->bytes[14], target->bytes[15]}};
}

/* The 16-bit words of up to a few dozen bytes, on top of a running sum (RFC 1071). */
static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return sum;
}

uint16_t probe_id(uint32_t cookie)
{
	return (uint16_t)(cookie >> 7);
}

/* Routers may choose the way by the flow label, so a trace has none, and no probe that a trace
 * goes on from. */
static bool has_label(enum template_kind kind)
{
	return kind == TEMPLATE_UDP || kind == TEMPLATE_INIT || kind == TEMPLATE_BARE;
}

static void patch_ip4(
	uint8_t *ip, const struct template *t, const struct probe *p, uint32_t sum)
{
	uint16_t id = probe_id(p->cookie);
	uint8_t protocol = p->kind == TEMPLATE_BARE ? (uint8_t)p->port : 0;

	put16(ip + IPV4_SIZE, (uint16_t)(t->size - t->network + p->size));
	put16(ip + IPV4_ID, id);
	ip[IPV4_PROTOCOL] |= protocol;
	put16(ip + IPV4_CHECKSUM,
		frame_checksum_end(t->network_sum + (uint32_t)p->size + id +
				   ((uint32_t)ip[IPV4_TTL] << 8) + protocol + sum));
}

static void patch_ip6(uint8_t *ip, const struct template *t, const struct probe *p)
{
	if (p->size)
		put16(ip + IPV6_PAYLOAD, (uint16_t)(t->size - t->transport + p->size));
	if (has_label(p->kind))
		put16(ip + IPV6_LABEL, probe_id(p->cookie));
	if (p->kind == TEMPLATE_BARE)
		ip[IPV6_NEXT] = (uint8_t)p->port;
}

/* The IP header; returns the sum of both addresses, which the transport's checksum needs
 * too. */
static uint32_t patch_ip(
	uint8_t *ip, const struct template *t, const struct probe *p, const struct addr *dst)
{
	size_t n = dst->family == 4 ? 4 : 16;
	uint8_t *addresses = ip + (dst->family == 4 ? IPV4_SOURCE : IPV6_SOURCE);
	uint32_t sum;

	memcpy(addresses, p->source.bytes, n);
	memcpy(addresses + n, dst->bytes, n);
	sum = add_words(0, addresses, 2 * n);
	if (p->ttl)
		ip[dst->family == 4 ? IPV4_TTL : IPV6_HOPS] = p->ttl;
	if (dst->family == 4)
		patch_ip4(ip, t, p, sum);
	else
		patch_ip6(ip, t, p);
	return sum;
}

/* The data begins with the complement of the sequence, so that the checksum is the same for all
 * probes of one identifier: routers that balance by it then see one flow. */
static void patch_echo(uint8_t *icmp, const struct probe *p, uint32_t sum)
{
	put32(icmp + ICMP_ID, p->cookie);
	put16(icmp + ICMP_DATA, (uint16_t)~p->cookie);
	sum = add_words(sum, icmp + ICMP_ID, 4) + (uint16_t)~p->cookie;
	put16(icmp + ICMP_CHECKSUM, frame_checksum_end(sum));
}

static void patch_timestamp(uint8_t *icmp, const struct probe *p, uint32_t sum)
{
	put32(icmp + ICMP_ID, p->cookie);
	put16(icmp + ICMP_CHECKSUM, frame_checksum_end(add_words(sum, icmp + ICMP_ID, 4)));
}

static void patch_syn(uint8_t *tcp, const struct probe *p, uint32_t sum)
{
	put16(tcp + TCP_PORT, p->port);
	put32(tcp + TCP_SEQ, p->cookie);
	sum = add_words(sum + p->port, tcp + TCP_SEQ, 4);
	put16(tcp + TCP_CHECKSUM, frame_checksum_end(sum));
}

/* The length stands in the header and in the pseudo-header. A sum of zero is sent as its other
 * form, since zero says that there is none (RFC 768). */
static void patch_udp(uint8_t *udp, const struct probe *p, uint32_t sum)
{
	uint16_t checksum;

	put16(udp, p->from);
	put16(udp + UDP_PORT, p->port);
	put16(udp + UDP_LENGTH, (uint16_t)(UDP_SIZE + p->size));
	if (p->size)
		memcpy(udp + UDP_SIZE, p->data, p->size);
	sum = frame_checksum_add(
		sum + p->from + p->port + 2 * (uint32_t)p->size, p->data, p->size);
	checksum = frame_checksum_end(sum);
	put16(udp + UDP_CHECKSUM, checksum ? checksum : 0xffff);
}

/* CRC-32C (RFC 9260 appendix A), reflected, bit by bit: an INIT has 32 bytes. */
static uint32_t crc32c(const uint8_t *bytes, size_t n)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void patch_init(uint8_t *sctp, const struct probe *p)
{
	uint32_t crc;

	put16(sctp + SCTP_PORT, p->port);
	put32(sctp + SCTP_TAG, p->cookie);
	put32(sctp + SCTP_NUMBER, p->cookie);
	crc = crc32c(sctp, TEMPLATE_INIT_SIZE);
	for (int i = 0; i < 4; i++) /* least significant byte first */
		sctp[SCTP_CHECKSUM + i] = (uint8_t)(crc >> 8 * i);
}

static void patch_transport(uint8_t *at, const struct probe *p, uint32_t sum)
{
	switch (p->kind) {
	case TEMPLATE_SYN:
		patch_syn(at, p, sum);
		break;
	case TEMPLATE_ECHO:
		patch_echo(at, p, sum);
		break;
	case TEMPLATE_TIMESTAMP:
		patch_timestamp(at, p, sum);
		break;
	case TEMPLATE_UDP:
		patch_udp(at, p, sum);
		break;
	case TEMPLATE_INIT:
		patch_init(at, p);
		break;
	case TEMPLATE_SOLICIT:
		put16(at + ICMP_CHECKSUM,
			frame_checksum_end(add_words(sum, at + ND_TARGET, 16)));
		break;
	case TEMPLATE_LISTENERS:
		put16(at + ICMP_CHECKSUM, frame_checksum_end(sum));
		break;
	case TEMPLATE_BARE:
	case TEMPLATE_N:
		break;
	}
}

bool probe_build(const struct probe *p, struct link_frame *ret)
{
	const struct template *t = &p->path->templates[p->kind];
	uint8_t *ip = ret->bytes + t->network, *transport = ret->bytes + t->transport;
	struct addr dst = p->target;
	struct mac mac = p->mac;
	uint32_t sum;

	if (!t->size || t->family != p->target.family || p->size > LINK_DATA_MAX)
		return false;
	ret->interface = p->path->interface;
	ret->size = (uint16_t)(t->size + p->size);
	memcpy(ret->bytes, t->bytes,
		LINK_HEAD_MAX); /* of one size, that is faster than what is needed */
	if (p->kind == TEMPLATE_SOLICIT && t->family == 4) {
		memset(ret->bytes, 0xff, 6);
		memcpy(ip + ARP_TARGET, dst.bytes, 4);
		return true;
	}
	if (p->kind == TEMPLATE_SOLICIT) {
		to_solicited_node(&p->target, &dst, &mac);
		memcpy(transport + ND_TARGET, p->target.bytes, 16);
	}
	if (t->network)
		memcpy(ret->bytes, mac.bytes, 6);
	sum = patch_ip(ip, t, p, &dst);
	if (t->family == 4 && (p->kind == TEMPLATE_ECHO || p->kind == TEMPLATE_TIMESTAMP))
		sum = 0; /* ICMP sums no pseudo-header, ICMPv6 does */
	patch_transport(transport, p, t->transport_sum + sum);
	return true;
}

/* To all stations: Identify, whoever they are (IEC 61158-6-10, 4.3); our MAC and the number are
 * missing. */
static const uint8_t stations_frame[STATIONS_SIZE] = {0x01, 0x0e, 0xcf, 0, 0, 0, 0, 0, 0, 0, 0,
	0, ETHERTYPE_PROFINET >> 8, ETHERTYPE_PROFINET & 0xff, 0xfe, 0xfe, 5, 0, 0, 0, 0, 0,
	PROBE_STATIONS_MOMENTS >> 8, PROBE_STATIONS_MOMENTS & 0xff, 0, 4, 0xff, 0xff, 0, 0};

void probe_stations(
	const struct mac *source, uint8_t interface, uint32_t xid, struct link_frame *ret)
{
	ret->interface = interface;
	ret->size = STATIONS_SIZE;
	memcpy(ret->bytes, stations_frame, STATIONS_SIZE);
	memcpy(ret->bytes + SOURCE_MAC, source->bytes, 6);
	put32(ret->bytes + STATIONS_XID, xid);
}

/* That frame, byte for byte but for our MAC and the number. */
static bool is_for_stations(const struct link_frame *frame)
{
	uint8_t bytes[STATIONS_SIZE];

	if (frame->size != STATIONS_SIZE)
		return false;
	memcpy(bytes, frame->bytes, sizeof(bytes));
	memset(bytes + SOURCE_MAC, 0, 6);
	memset(bytes + STATIONS_XID, 0, 4);
	return memcmp(bytes, stations_frame, sizeof(bytes)) == 0;
}

static struct addr read_addr(struct cursor *c, size_t pos, uint8_t family)
{
	const uint8_t *bytes;

	cursor_seek(c, pos);
	bytes = cursor_bytes(c, family == 4 ? 4 : 16);
	return bytes ? addr_from_bytes(family, bytes) : (struct addr){0};
}

/* A solicitation, to the one group that its target is in. */
static bool is_solicitation(const struct link_frame *frame, size_t ip, struct addr *ret_target)
{
	const uint8_t *bytes = frame->bytes + ip, *icmp = bytes + IPV6_SIZE;
	struct addr group;
	struct mac mac;

	if (frame->size < ip + IPV6_SIZE + ND_TARGET + 16 || bytes[IPV6_NEXT] != NEXT_ICMPV6 ||
		icmp[0] != ICMP6_SOLICITATION || icmp[1] != 0)
		return false;
	*ret_target = addr_from_bytes(6, icmp + ND_TARGET);
	to_solicited_node(ret_target, &group, &mac);
	return memcmp(bytes + IPV6_SOURCE + 16, group.bytes, 16) == 0;
}

/* The echo to all: its own mark, and nothing else in it. */
static bool is_echo_for_all(const uint8_t *icmp)
{
	static const uint8_t nothing[TEMPLATE_ECHO_DATA - 2];
	const uint8_t *sequence = icmp + ICMP_ID + 2, *data = icmp + ICMP_DATA;

	return icmp[0] == ICMP6_ECHO && icmp[1] == 0 && (data[0] ^ sequence[0]) == 0xff &&
	       (data[1] ^ sequence[1]) == 0xff &&
	       memcmp(data + 2, nothing, sizeof(nothing)) == 0;
}

/* The general query, with its hop-by-hop header, from the address that no router has. */
static bool is_query_for_all(const uint8_t *ip)
{
	static const uint8_t alert[HOP_BY_HOP_SIZE] = {NEXT_ICMPV6, 0, 5, 2, 0, 0, 1, 0},
			     query[TEMPLATE_LISTENERS_SIZE] = {130, 0, 0, 0, 0x03,
				     0xe8, /* 1 s */
				     [24] = 8 | 2,
				     125}; /* suppress, robustness; query interval */
	const uint8_t *icmp = ip + IPV6_SIZE + HOP_BY_HOP_SIZE;

	return memcmp(ip + IPV6_SOURCE, probe_listeners_source.bytes, 16) == 0 &&
	       memcmp(ip + IPV6_SIZE, alert, sizeof(alert)) == 0 &&
	       memcmp(icmp, query, ICMP_CHECKSUM) == 0 &&
	       memcmp(icmp + ICMP_ID, query + ICMP_ID, sizeof(query) - ICMP_ID) == 0;
}

/* One of the two frames that ask a link as a whole, byte for byte but for our MAC, the echo's
 * source and mark, and the checksum. Says so by itself, whatever templates are made of. */
static bool is_for_link(const struct link_frame *frame, size_t ip)
{
	static const uint8_t head[] = {6 << 4, 0, 0, 0};
	const uint8_t *bytes = frame->bytes + ip;
	size_t echo = IPV6_SIZE + ICMP_DATA + TEMPLATE_ECHO_DATA,
	       query = IPV6_SIZE + HOP_BY_HOP_SIZE + TEMPLATE_LISTENERS_SIZE;

	if (ip != ETHERNET_SIZE || frame->size < ip + IPV6_SIZE + ICMP_DATA ||
		memcmp(frame->bytes, probe_all_nodes_mac.bytes, 6) != 0 ||
		memcmp(bytes, head, sizeof(head)) != 0 ||
		memcmp(bytes + IPV6_SOURCE + 16, probe_all_nodes.bytes, 16) != 0 ||
		bytes[IPV6_HOPS] != 1 ||
		(size_t)(bytes[IPV6_PAYLOAD] << 8 | bytes[IPV6_PAYLOAD + 1]) + IPV6_SIZE + ip !=
			frame->size)
		return false;
	if (bytes[IPV6_NEXT] == NEXT_ICMPV6)
		return frame->size == ip + echo && is_echo_for_all(bytes + IPV6_SIZE);
	return bytes[IPV6_NEXT] == NEXT_HOP_BY_HOP && frame->size == ip + query &&
	       is_query_for_all(bytes);
}

static enum probe_audience ipv6_audience(
	const struct link_frame *frame, size_t ip, struct addr *target)
{
	if (!addr_is_multicast(target))
		return PROBE_HOST;
	if (is_solicitation(frame, ip, target))
		return PROBE_SOLICITATION;
	*target = probe_all_nodes;
	return is_for_link(frame, ip) ? PROBE_LINK : PROBE_NOBODY;
}

static enum probe_audience read_audience(
	const struct link_frame *frame, enum link_mode mode, struct addr *ret_target)
{
	struct cursor c = cursor_of(frame->bytes, frame->size);
	size_t ip = mode == LINK_ETHERNET ? ETHERNET_SIZE : 0;
	enum probe_audience audience = PROBE_HOST;
	unsigned int type;

	if (mode == LINK_ETHERNET) {
		cursor_skip(&c, 12);
		type = cursor_be16(&c);
	} else {
		type = cursor_u8(&c) >> 4;
		type = type == 4 ? ETHERTYPE_IPV4 : type == 6 ? ETHERTYPE_IPV6 : 0;
	}
	if (type == ETHERTYPE_ARP) {
		audience = PROBE_SOLICITATION;
		*ret_target = read_addr(&c, ip + ARP_TARGET, 4);
	} else if (type == ETHERTYPE_IPV4) {
		*ret_target = read_addr(&c, ip + IPV4_SOURCE + 4, 4);
	} else if (type == ETHERTYPE_IPV6) {
		*ret_target = read_addr(&c, ip + IPV6_SOURCE + 16, 6);
		if (cursor_ok(&c))
			audience = ipv6_audience(frame, ip, ret_target);
	} else if (mode == LINK_ETHERNET && is_for_stations(frame)) {
		audience = PROBE_STATIONS;
		*ret_target = probe_all_nodes;
	} else {
		return PROBE_NOBODY;
	}
	return cursor_ok(&c) ? audience : PROBE_NOBODY;
}

enum probe_audience probe_audience(
	const struct link_frame *frame, enum link_mode mode, struct addr *ret_target)
{
	struct addr target = {0};
	enum probe_audience audience = read_audience(frame, mode, &target);

	*ret_target = audience == PROBE_NOBODY ? (struct addr){0} : target;
	return audience;
}
