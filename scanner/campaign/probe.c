/* SPDX-License-Identifier: Apache-2.0 */
/* Patching and reading back; see probe.h. Offsets are those of RFC 791, 8200, 9293, 792, 826.
 */
#include "scanner/campaign/probe.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

enum {
	ETHERNET_SIZE = 14,
	ARP_TARGET = 24,
	IPV4_TTL = 8,
	IPV4_ID = 4,
	IPV4_CHECKSUM = 10,
	IPV4_SOURCE = 12,
	IPV6_HOPS = 7,
	IPV6_SOURCE = 8,
	IPV6_SIZE = 40,
	TCP_PORT = 2,
	TCP_SEQ = 4,
	TCP_CHECKSUM = 16,
	ICMP_CHECKSUM = 2,
	ICMP_ID = 4,
	ICMP_DATA = 8,
	ND_TARGET = 8,
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_IPV6 = 0x86dd,
};

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

/* The IP header; returns the sum of both addresses, which the transport's checksum needs too.
 */
static uint32_t patch_ip(
	uint8_t *ip, const struct template *t, const struct probe *p, const struct addr *dst)
{
	size_t n = dst->family == 4 ? 4 : 16;
	uint8_t *addresses = ip + (dst->family == 4 ? IPV4_SOURCE : IPV6_SOURCE);
	uint16_t id = (uint16_t)(p->cookie >> 7);
	uint32_t sum;

	memcpy(addresses, p->source.bytes, n);
	memcpy(addresses + n, dst->bytes, n);
	sum = add_words(0, addresses, 2 * n);
	if (p->ttl)
		ip[dst->family == 4 ? IPV4_TTL : IPV6_HOPS] = p->ttl;
	if (dst->family == 4) {
		put16(ip + IPV4_ID, id);
		put16(ip + IPV4_CHECKSUM,
			frame_checksum_end(
				t->network_sum + id + ((uint32_t)ip[IPV4_TTL] << 8) + sum));
	}
	return sum;
}

/* The data begins with the complement of the sequence, so that the checksum is the same for all
 * probes of one identifier: routers that balance by it then see one flow. */
static uint32_t patch_echo(uint8_t *icmp, uint32_t value)
{
	put32(icmp + ICMP_ID, value);
	put16(icmp + ICMP_DATA, (uint16_t)~value);
	return add_words(0, icmp + ICMP_ID, 4) + (uint16_t)~value;
}

static uint32_t patch_syn(uint8_t *tcp, uint16_t port, uint32_t seq)
{
	put16(tcp + TCP_PORT, port);
	put32(tcp + TCP_SEQ, seq);
	return add_words(port, tcp + TCP_SEQ, 4);
}

bool probe_build(const struct probe *p, struct link_frame *ret)
{
	const struct template *t = &p->path->templates[p->kind];
	uint8_t *ip = ret->bytes + t->network, *transport = ret->bytes + t->transport;
	struct addr dst = p->target;
	struct mac mac = p->mac;
	uint32_t sum;

	if (!t->size || t->family != p->target.family)
		return false;
	ret->interface = p->path->interface;
	ret->size = t->size;
	memcpy(ret->bytes, t->bytes, t->size);
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
	sum = t->transport_sum;
	if (p->kind == TEMPLATE_ECHO && t->family == 4)
		patch_ip(ip, t, p, &dst); /* ICMP sums no pseudo-header, ICMPv6 does */
	else
		sum += patch_ip(ip, t, p, &dst);
	if (p->kind == TEMPLATE_SYN)
		sum += patch_syn(transport, p->port, p->cookie);
	else if (p->kind == TEMPLATE_ECHO)
		sum += patch_echo(transport, p->cookie);
	else
		sum = add_words(sum, transport + ND_TARGET, 16);
	put16(transport + (p->kind == TEMPLATE_SYN ? TCP_CHECKSUM : ICMP_CHECKSUM),
		frame_checksum_end(sum));
	return true;
}

static struct addr read_addr(struct cursor *c, size_t pos, uint8_t family)
{
	const uint8_t *bytes;

	cursor_seek(c, pos);
	bytes = cursor_bytes(c, family == 4 ? 4 : 16);
	return bytes ? addr_from_bytes(family, bytes) : (struct addr){0};
}

bool probe_target(const struct link_frame *frame, enum link_mode mode, struct addr *ret_target,
	bool *ret_solicitation)
{
	struct cursor c = cursor_of(frame->bytes, frame->size);
	size_t ip = mode == LINK_ETHERNET ? ETHERNET_SIZE : 0;
	unsigned int type;

	*ret_solicitation = false;
	if (mode == LINK_ETHERNET) {
		cursor_skip(&c, 12);
		type = cursor_be16(&c);
	} else {
		type = cursor_u8(&c) >> 4 == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
	}
	if (type == ETHERTYPE_ARP) {
		*ret_solicitation = true;
		*ret_target = read_addr(&c, ip + ARP_TARGET, 4);
	} else if (type == ETHERTYPE_IPV4) {
		*ret_target = read_addr(&c, ip + IPV4_SOURCE + 4, 4);
	} else if (type == ETHERTYPE_IPV6) {
		*ret_target = read_addr(&c, ip + IPV6_SOURCE + 16, 6);
		if (addr_is_multicast(ret_target)) {
			*ret_solicitation = true;
			*ret_target = read_addr(&c, ip + IPV6_SIZE + ND_TARGET, 6);
		}
	} else {
		return false;
	}
	return cursor_ok(&c);
}
