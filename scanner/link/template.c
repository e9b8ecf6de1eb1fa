/* SPDX-License-Identifier: Apache-2.0 */
/* Probe templates by libnet; see template.h. Addresses that a campaign patches are zero
 * here. */
#include "scanner/link/template.h"

#include "common/cleanup.h"
#include "common/packer.h"

#include <libnet.h>
#include <string.h>

#define SYN_WINDOW 64240
#define HOP_LIMIT 64
#define ND_HOP_LIMIT 255 /* RFC 4861 7.1.1: anything else is not believed */
#define MSS_SIZE 4

enum { /* offsets in their headers */
	IPV4_TTL = 8,
	IPV4_CHECKSUM = 10,
	IPV4_ADDRESSES = 12,
	IPV6_HOPS = 7,
	TCP_CHECKSUM = 16,
	UDP_CHECKSUM = 6,
	ICMP_CHECKSUM = 2
};

#define NO_CHECKSUM SIZE_MAX
#define INIT_WINDOW 65536 /* RFC 9260 3.3.2: at least 1500 */
#define HOP_BY_HOP_SIZE 8
#define MLD_QUERY 130
#define MLD_SUPPRESS 8 /* routers' timers stay as they are (RFC 3810 5.1.7) */
#define MLD_ROBUSTNESS 2
#define MLD_INTERVAL_S 125 /* RFC 3810 9.2, so that routers which adopt it change nothing */

struct build {
	libnet_t *net;
	enum link_mode mode;
	const struct mac *mac;
	const struct addr *source;
	uint16_t port;
};

static void libnet_free(libnet_t **net)
{
	if (*net)
		libnet_destroy(*net);
}

/* The IP header before `size` bytes: those that were built already, or `data`. Only datagrams
 * are longer than what every link carries whole (68 bytes, RFC 791), and may be fragmented. */
static int build_ip_of(
	const struct build *b, uint8_t protocol, uint16_t size, const uint8_t *data)
{
	struct libnet_in6_addr none = {0}, source;
	uint32_t own = data ? size : 0, v4;

	if (b->source->family == 4) {
		memcpy(&v4, b->source->bytes, 4);
		return libnet_build_ipv4(LIBNET_IPV4_H + size, 0, 0,
			protocol == IPPROTO_UDP ? 0 : IP_DF, HOP_LIMIT, protocol, 0, v4, 0,
			data, own, b->net, 0);
	}
	memcpy(&source, b->source->bytes, 16);
	return libnet_build_ipv6(
		0, 0, size, protocol, HOP_LIMIT, source, none, data, own, b->net, 0);
}

static int build_ip(const struct build *b, uint8_t protocol, uint16_t size)
{
	return build_ip_of(b, protocol, size, NULL);
}

static int build_syn(const struct build *b)
{
	static const uint8_t mss[MSS_SIZE] = {2, 4, 0x05, 0xb4};

	if (libnet_build_tcp_options(mss, sizeof(mss), b->net, 0) < 0 ||
		libnet_build_tcp(b->port, 0, 0, 0, TH_SYN, SYN_WINDOW, 0, 0,
			LIBNET_TCP_H + MSS_SIZE, NULL, 0, b->net, 0) < 0)
		return -1;
	return build_ip(b, IPPROTO_TCP, LIBNET_TCP_H + MSS_SIZE);
}

static int build_echo(const struct build *b)
{
	uint8_t data[TEMPLATE_ECHO_DATA] = {0};
	int r;

	if (b->source->family == 4)
		r = libnet_build_icmpv4_echo(
			ICMP_ECHO, 0, 0, 0, 0, data, sizeof(data), b->net, 0);
	else
		r = libnet_build_icmpv6_echo(
			ICMP6_ECHO, 0, 0, 0, 0, data, sizeof(data), b->net, 0);
	if (r < 0)
		return -1;
	return build_ip(b, b->source->family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
		LIBNET_ICMPV4_ECHO_H + TEMPLATE_ECHO_DATA);
}

static int build_udp(const struct build *b)
{
	if (libnet_build_udp(0, 0, LIBNET_UDP_H, 0, NULL, 0, b->net, 0) < 0)
		return -1;
	return build_ip(b, IPPROTO_UDP, LIBNET_UDP_H);
}

/* Common header, then the INIT chunk (RFC 9260 3.1, 3.3.2), which libnet does not know. */
static int build_init(const struct build *b)
{
	uint8_t bytes[TEMPLATE_INIT_SIZE];
	struct packer p = packer_of(bytes, sizeof(bytes));

	packer_be16(&p, b->port);
	packer_zero(&p, 10); /* port, no tag yet, checksum */
	packer_be16(&p, 1 << 8);
	packer_be16(&p, TEMPLATE_INIT_SIZE - 12);
	packer_be32(&p, 0); /* our tag */
	packer_be32(&p, INIT_WINDOW);
	packer_be16(&p, 1);
	packer_be16(&p, 1);
	packer_be32(&p, 0); /* first number */
	return build_ip_of(b, IPPROTO_SCTP, sizeof(bytes), bytes);
}

static int build_timestamp(const struct build *b)
{
	if (libnet_build_icmpv4_timestamp(
		    ICMP_TSTAMP, 0, 0, 0, 0, 0, 0, 0, NULL, 0, b->net, 0) < 0)
		return -1;
	return build_ip(b, IPPROTO_ICMP, LIBNET_ICMPV4_TS_H);
}

static int build_bare(const struct build *b)
{
	return build_ip(b, 0, 0);
}

/* A hop-by-hop header with the router alert (RFC 2711), then a general query (RFC 3810 5.1);
 * libnet knows neither. Of version 2: one of version 1 would make listeners speak that for
 * minutes. */
static int build_listeners(const struct build *b)
{
	static const uint8_t head[HOP_BY_HOP_SIZE] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
	uint8_t bytes[HOP_BY_HOP_SIZE + TEMPLATE_LISTENERS_SIZE];
	struct packer p = packer_of(bytes, sizeof(bytes));

	packer_bytes(&p, head, sizeof(head));
	packer_u8(&p, MLD_QUERY);
	packer_zero(&p, 3); /* code, checksum */
	packer_be16(&p, TEMPLATE_LISTENERS_DELAY_MS);
	packer_zero(&p, 2 + 16); /* of no group: of all */
	packer_u8(&p, MLD_SUPPRESS | MLD_ROBUSTNESS);
	packer_u8(&p, MLD_INTERVAL_S);
	packer_be16(&p, 0); /* of no source */
	return build_ip_of(b, IPPROTO_HOPOPTS, sizeof(bytes), bytes);
}

static int build_arp(const struct build *b)
{
	static const uint8_t zero[6];

	return libnet_build_arp(ARPHRD_ETHER, ETHERTYPE_IP, 6, 4, ARPOP_REQUEST, b->mac->bytes,
		b->source->bytes, zero, zero, NULL, 0, b->net, 0);
}

/* With the source link-layer address option (RFC 4861 4.3). */
static int build_neighbour(const struct build *b)
{
	struct libnet_in6_addr none = {0};
	uint8_t option[8] = {1, 1};

	memcpy(option + 2, b->mac->bytes, 6);
	if (libnet_build_icmpv6_ndp_nsol(
		    ND_NEIGHBOR_SOLICIT, 0, 0, none, option, sizeof(option), b->net, 0) < 0)
		return -1;
	return build_ip(b, IPPROTO_ICMPV6, 24 + sizeof(option));
}

static int build_solicit(const struct build *b)
{
	return b->source->family == 4 ? build_arp(b) : build_neighbour(b);
}

static int build_ethernet(const struct build *b, uint16_t type)
{
	static const uint8_t zero[6];

	if (b->mode != LINK_ETHERNET)
		return 0;
	return libnet_build_ethernet(zero, b->mac->bytes, type, NULL, 0, b->net, 0);
}

/* The bytes that libnet made. */
static int cull(libnet_t *net, struct template *t)
{
	uint8_t *bytes = NULL;
	uint32_t size = 0;

	/* Only an advanced context hands out its bytes; this one has no descriptor behind
	 * it. */
	net->injection_type = LIBNET_LINK_ADV;
	if (libnet_adv_cull_packet(net, &bytes, &size) < 0)
		return -1;
	if (size <= LINK_HEAD_MAX) {
		memcpy(t->bytes, bytes, size);
		t->size = (uint8_t)size;
	}
	libnet_adv_free_packet(net, bytes);
	net->injection_type = LIBNET_NONE;
	return t->size ? 0 : -1;
}

/* What there is of each kind: its IP protocol over IPv4 and IPv6, and where its checksum
 * stands. */
static const struct {
	int (*build)(const struct build *b);
	uint8_t protocol4, protocol6;
	size_t checksum; /* NO_CHECKSUM: it has none that adds up words */
} kinds[TEMPLATE_N] = {
	[TEMPLATE_SYN] = {build_syn, IPPROTO_TCP, IPPROTO_TCP, TCP_CHECKSUM},
	[TEMPLATE_ECHO] = {build_echo, IPPROTO_ICMP, IPPROTO_ICMPV6, ICMP_CHECKSUM},
	[TEMPLATE_SOLICIT] = {build_solicit, 0, IPPROTO_ICMPV6, ICMP_CHECKSUM},
	[TEMPLATE_UDP] = {build_udp, IPPROTO_UDP, IPPROTO_UDP, UDP_CHECKSUM},
	[TEMPLATE_INIT] = {build_init, IPPROTO_SCTP, IPPROTO_SCTP, NO_CHECKSUM},
	[TEMPLATE_TIMESTAMP] = {build_timestamp, IPPROTO_ICMP, 0, ICMP_CHECKSUM},
	[TEMPLATE_BARE] = {build_bare, 0, 0, NO_CHECKSUM},
	[TEMPLATE_LISTENERS] = {build_listeners, 0, IPPROTO_ICMPV6, ICMP_CHECKSUM},
};

/* Zeroes what each probe fills in, and sums up the rest. */
static void sum_up(struct template *t, enum template_kind kind)
{
	uint8_t *ip = t->bytes + t->network, *transport = t->bytes + t->transport;
	uint8_t protocol = t->family == 4 ? kinds[kind].protocol4 : kinds[kind].protocol6;
	size_t size = (size_t)(t->size - t->transport);
	uint8_t pseudo[4] = {0, protocol, (uint8_t)(size >> 8), (uint8_t)size};
	uint8_t head[LIBNET_IPV4_H];

	if (t->family == 4) {
		memcpy(head, ip, sizeof(head));
		head[IPV4_TTL] = 0;
		memset(head + IPV4_CHECKSUM, 0, 2);
		memset(head + IPV4_ADDRESSES, 0, 8);
		t->network_sum = frame_checksum_add(0, head, sizeof(head));
	}
	if (kinds[kind].checksum == NO_CHECKSUM)
		return;
	memset(transport + kinds[kind].checksum, 0, 2);
	if (protocol != IPPROTO_ICMP)
		t->transport_sum = frame_checksum_add(0, pseudo, sizeof(pseudo));
	t->transport_sum = frame_checksum_add(t->transport_sum, transport, size);
}

static bool is_possible(enum template_kind kind, enum link_mode mode, uint8_t family)
{
	if (kind == TEMPLATE_SOLICIT)
		return mode == LINK_ETHERNET;
	if (kind == TEMPLATE_LISTENERS)
		return mode == LINK_ETHERNET && family == 6;
	return kind != TEMPLATE_TIMESTAMP || family == 4;
}

int template_build(enum template_kind kind, enum link_mode mode, const struct mac *mac,
	const struct addr *source, uint16_t port, struct template *ret_template,
	struct error *reterr)
{
	char why[LIBNET_ERRBUF_SIZE] = "";
	_cleanup_(libnet_free) libnet_t *net = libnet_init(LIBNET_NONE, NULL, why);
	struct build b = {net, mode, mac, source, port};
	struct template t = {
		.family = source->family, .network = mode == LINK_ETHERNET ? 14 : 0};
	bool arp = kind == TEMPLATE_SOLICIT && source->family == 4;

	*ret_template = t;
	if (!is_possible(kind, mode, source->family))
		return 0;
	if (!net)
		return error_set(reterr, ERROR_INTERNAL, "libnet cannot build frames: %s", why);
	if (kinds[kind].build(&b) < 0 ||
		build_ethernet(&b, arp			? ETHERTYPE_ARP
				   : source->family == 4 ? ETHERTYPE_IP
							 : ETHERTYPE_IPV6) < 0 ||
		cull(net, &t) < 0)
		return error_set(reterr, ERROR_INTERNAL, "libnet cannot build a probe: %s",
			libnet_geterror(net));
	if (kind == TEMPLATE_SOLICIT && !arp)
		t.bytes[t.network + IPV6_HOPS] = ND_HOP_LIMIT;
	if (!arp) {
		t.transport = (uint8_t)(t.network + (source->family == 4 ? 20 : 40));
		if (kind == TEMPLATE_LISTENERS)
			t.transport += HOP_BY_HOP_SIZE;
		sum_up(&t, kind);
	}
	*ret_template = t;
	return 0;
}
