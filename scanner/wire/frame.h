/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A captured frame, taken apart: link layer, network layer, transport. Pure: bytes in, struct
 * out; nothing is allocated, every pointer is a view into the caller's bytes. The same decoder
 * serves replies to our probes and overheard traffic.
 *
 * References: IEEE 802.3, IEEE 802.1Q, RFC 826 (ARP), RFC 791 and 8200 (IPv4, IPv6), RFC 9293
 * (TCP), RFC 768 (UDP), RFC 792 and 4443 (ICMP, ICMPv6), RFC 4861 (neighbour discovery).
 */
#ifndef SCANNER_WIRE_FRAME_H
#define SCANNER_WIRE_FRAME_H

#include "common/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the first byte of a frame belongs to: libpcap's link types, by their numbers. */
enum frame_link {
	FRAME_LINK_NULL = 0, /* BSD loopback: 4 bytes of family in the capturer's order */
	FRAME_LINK_ETHERNET = 1,
	FRAME_LINK_RAW = 101,  /* an IP packet */
	FRAME_LINK_HDLC = 104, /* Cisco's, on serial lines */
	FRAME_LINK_LOOP = 108, /* OpenBSD loopback: family in network order */
	FRAME_LINK_SLL = 113,  /* Linux cooked capture, version 1 */
	FRAME_LINK_SLL2 = 276,
	FRAME_LINK_IPV4 = 228,
	FRAME_LINK_IPV6 = 229,
};

/* The deepest layer that was recognised. */
enum frame_kind {
	FRAME_OTHER, /* a link-layer payload without reader here: ethertype and payload are
		      set */
	FRAME_LLC,   /* IEEE 802.2: payload begins with DSAP */
	FRAME_ARP,
	FRAME_IP, /* IP with another protocol, or a later fragment */
	FRAME_TCP,
	FRAME_UDP,
	FRAME_ICMP, /* ICMP or ICMPv6, by src.family */
};

enum frame_tcp_flags {
	FRAME_FIN = 1,
	FRAME_SYN = 2,
	FRAME_RST = 4,
	FRAME_PSH = 8,
	FRAME_ACK = 16,
};

/* The start of our own packet, as an ICMP error quotes it. */
struct frame_quote {
	struct addr src, dst;
	uint8_t protocol, ttl;     /* ttl: what was left of it */
	uint16_t id; /* IPv4 identification; IPv6: low 16 bits of the flow label */
	uint16_t src_port, dst_port;
	uint32_t seq;              /* TCP; ICMP echo and timestamp: id << 16 | sequence */
	bool valid;                /* at least 8 bytes past the IP header were quoted */
};

struct frame {
	enum frame_kind kind;
	bool has_mac;              /* cooked captures tell the sender's only; dst_mac is zero */
	struct mac src_mac, dst_mac;
	uint16_t ethertype;        /* 0 for IEEE 802.2 */
	uint16_t vlans[2];         /* outer first, VID only */
	uint8_t n_vlans;

	struct addr src, dst;      /* IP; ARP: sender and target protocol address */
	uint8_t ttl, ip_protocol;
	uint16_t ip_id;            /* IPv6: low 16 bits of the flow label */
	bool ip_df;                /* IPv4: not to be fragmented */
	bool fragment;             /* any fragment; of later ones only FRAME_IP is known */

	uint16_t src_port, dst_port;
	uint16_t udp_size; /* bytes of data that the UDP header states; 0: none stated */
	uint32_t seq, ack;
	uint16_t window;
	uint8_t tcp_flags;
	bool tcp_ecn;               /* ECE or CWR (RFC 3168) */
	const uint8_t *tcp_options;
	size_t tcp_options_size;

	uint16_t arp_operation;    /* 1 request, 2 reply */
	struct mac arp_sender, arp_target;

	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, icmp_seq; /* echo */
	struct frame_quote quote;   /* of an ICMP error */

	/* Of the deepest layer; borrowed. ICMP: what follows id and sequence in an echo, in all
	 * other messages the body that begins at byte 4 (RFC 4443, 2.1). Never NULL. */
	const uint8_t *payload;
	size_t payload_size;
	bool payload_cut; /* the capture or the quote holds less than the packet said */
};

enum frame_verdict {
	FRAME_OK = 0,
	FRAME_TRUNCATED = 1, /* ends inside a header */
	FRAME_MALFORMED = 2, /* lengths that contradict each other */
	FRAME_UNKNOWN = 3,   /* a link type without reader */
};

/* Whatever the verdict, ret_frame holds what was recognised before decoding stopped. Checksums
 * are not looked at. */
enum frame_verdict frame_decode(enum frame_link link, const uint8_t *bytes, size_t size,
	struct frame *ret_frame);

/* The Internet checksum (RFC 1071) of the bytes, on top of a running `sum` (0 to begin). Of
 * several parts only the last may have an odd length. */
uint32_t frame_checksum_add(uint32_t sum, const void *bytes, size_t n);
uint16_t frame_checksum_end(uint32_t sum);

#endif
