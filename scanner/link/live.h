/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live link: libpcap with a filter of this campaign for hearing, and for sending libnet's
 * own descriptors (link layer; raw IP for what the kernel itself delivers), many frames per
 * system call. Two faster ways of sending can be asked for (docs/adr/0010); where kernel or
 * device refuse them, the link is opened without, and a note says why. Opening needs
 * CAP_NET_RAW (LINK_XDP_LIVE CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN too); using does not.
 */
#ifndef SCANNER_LINK_LIVE_H
#define SCANNER_LINK_LIVE_H

#include "common/model/scope.h"
#include "scanner/link/template.h"

enum link_transmit {
	LINK_PACKET,   /* packet sockets */
	LINK_AF_XDP,   /* AF_XDP transmit rings on Ethernet interfaces */
	LINK_XDP_LIVE, /* first passes by an XDP program in the kernel (xdplive.h), the rest by
			  packet sockets */
};

struct link_options { /* borrowed for the call */
	const struct link_interface *interfaces;
	size_t n_interfaces;
	uint16_t port; /* the campaign's TCP and SCTP source port */
	uint16_t udp_first, udp_last;	/* its UDP source ports; 0: it sends none */
	bool sctp;			/* whether it asks SCTP ports */
	bool listeners;			/* whether it asks who listens to multicast */
	const uint16_t *protocols;	/* IP protocols that it asks for */
	size_t n_protocols;
	enum link_transmit transmit;
	struct { /* LINK_XDP_LIVE: what the kernel will hold to */
		uint8_t interface;
		const struct template *syn; /* NULL: there is no one interface and source */
		size_t ranges;		    /* at most, in one pass */
		uint32_t pps;
		/* What may be asked over IPv4, until when at most of wall time; everything that
		 * excludes something is in it. */
		const struct scope *scope;
	} live;
};

/* Opens every interface. The kernel's filter lets in answers to our ports and in our protocols,
 * ICMP answers and errors, and ARP and neighbour replies; nothing else, and nothing that we
 * send. ERROR_NETWORK names the interface. `ret_note` is set if the link sends in another way
 * than was asked
 * for. */
int link_live_open(const struct link_options *options, struct link **ret_link,
	struct error *ret_note, struct error *reterr);

#endif
