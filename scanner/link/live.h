/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live link: libnet's own descriptors for sending (link layer; raw IP for what the kernel
 * itself delivers), many frames per system call, and libpcap with a filter of this campaign for
 * hearing. Opening needs CAP_NET_RAW; using does not.
 */
#ifndef SCANNER_LINK_LIVE_H
#define SCANNER_LINK_LIVE_H

#include "scanner/link/link.h"

/* Opens every interface. `port` is the TCP source port of the campaign: the kernel's filter
 * lets in answers to it, ICMP answers and errors, and ARP and neighbour replies; nothing else,
 * and nothing that we send. ERROR_NETWORK names the interface. */
int link_live_open(const struct link_interface *interfaces, size_t n, uint16_t port,
	struct link **ret_link, struct error *reterr);

#endif
