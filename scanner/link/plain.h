/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain link: ordinary sockets where raw ones are refused. A SYN becomes a connection that
 * is closed as soon as it is made, a datagram an ordinary datagram, an echo request one over
 * the kernel's own socket for that, if this user may have it; what the sockets say comes back
 * as the packet that the kernel must have seen, so that a campaign goes on as over any link. It
 * is slower, its probes cannot be told from anybody's, and every open port sees a connection. A
 * firewall that refuses in a target's name is taken for it. There is nothing else: no SCTP,
 * timestamps, bare headers or hop limits, and no TTL of answers.
 *
 * An ICMP error is believed because the kernel compared what it quotes with the socket before
 * it handed it on (tcp_v4_err(), tcp_v6_err() and their like): addresses and ports, and of a
 * SYN the sequence number too, of which it chose all 32 bits, which is what the campaign's
 * cookie says over a raw link. Who sent it is asked for as well (IP_RECVERR, IPV6_RECVERR):
 * only a target itself says that there is nothing.
 */
#ifndef SCANNER_LINK_PLAIN_H
#define SCANNER_LINK_PLAIN_H

#include "scanner/link/link.h"

#define PLAIN_IN_FLIGHT 1000 /* questions that wait for an answer; who asks more waits */
#define PLAIN_WAIT_US 900000 /* for an answer: less than until the kernel asks a second time */

/* All interfaces are LINK_IP. Needs no right. */
int link_plain_open(struct link **ret_link, struct error *reterr);

#endif
