/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probe templates: complete frames built once by libnet, one per kind, path and family. The
 * campaign copies a template and patches the fields that differ from target to target
 * (scanner/campaign/probe.h). Nothing is opened or sent here.
 *
 * References: RFC 791, 8200, 9293, 768, 9260, 792, 4443, 826, 4861, 3810, 2711.
 */
#ifndef SCANNER_LINK_TEMPLATE_H
#define SCANNER_LINK_TEMPLATE_H

#include "scanner/link/link.h"

enum template_kind {
	TEMPLATE_SYN,	  /* TCP SYN with a maximum segment size: TEMPLATE_SYN_SIGNATURE */
	TEMPLATE_ECHO,	  /* ICMP or ICMPv6 echo request with TEMPLATE_ECHO_DATA bytes */
	TEMPLATE_SOLICIT, /* ARP request, or ICMPv6 neighbour solicitation */
	TEMPLATE_UDP,	  /* UDP header; ports and data are the probe's own */
	TEMPLATE_INIT,	  /* SCTP INIT: one stream each way, no parameter */
	TEMPLATE_TIMESTAMP, /* ICMP timestamp request; IPv4 alone has it */
	TEMPLATE_BARE,	  /* an IP header and nothing else, of whatever protocol */
	TEMPLATE_LISTENERS, /* MLD general query with router alert; IPv6 on Ethernet alone */
	TEMPLATE_N
};

/* What a reader of TCP stacks sees of ours over IPv4, in p0f's notation. What a host answers
 * depends on the options that it is offered, so the layout is one and the same for every host,
 * and part of what is recorded. */
#define TEMPLATE_SYN_SIGNATURE "4:64:0:1460:64240,0:mss:df,id+:0"
#define TEMPLATE_ECHO_DATA 8
#define TEMPLATE_INIT_SIZE 32 /* common header and chunk */
#define TEMPLATE_LISTENERS_SIZE 28 /* version 2, without its hop-by-hop header of 8 bytes */
#define TEMPLATE_LISTENERS_DELAY_MS 1000 /* in which everybody chooses a moment to answer */

struct template
{
	uint8_t bytes[LINK_HEAD_MAX];
	uint8_t size;	   /* 0: there is none of this kind here */
	uint8_t network;   /* offset of the IP (or ARP) header */
	uint8_t transport; /* offset of what follows the IP header; 0 for ARP */
	uint8_t family;
	/* Internet checksums (RFC 1071), running, of what is the same in every probe: the IPv4
	 * header; the transport's header and data with its pseudo-header, without addresses. An
	 * INIT has a checksum of another kind, a bare header none. */
	uint32_t network_sum, transport_sum;
};

/* Builds one. `source` decides the family; `port` is the TCP source port. A solicitation on a
 * LINK_IP interface and a timestamp over IPv6 have size 0, and so has an MLD query over IPv4.
 * ERROR_INTERNAL if libnet refuses. */
int template_build(enum template_kind kind, enum link_mode mode, const struct mac *mac,
	const struct addr *source, uint16_t port, struct template *ret_template,
	struct error *reterr);

#endif
