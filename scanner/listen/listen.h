/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listener: what a capture says about the things in it. Nothing is ever sent. Addresses
 * that were heard, ports that accepted, what services say of themselves, names, identity keys,
 * who talks to whom. Every table has a fixed size, a keyed hash and an order of eviction; one
 * observation is made of each distinct statement, so that a long capture gives a short bundle.
 *
 * What is concluded, and from what:
 *   host     a frame from the address. Its MAC only if ARP, neighbour discovery or a DHCP lease
 *            says so, or if it always came with one MAC, which no other IPv4 address shares,
 * and with a TTL that nobody has counted down. A router's MAC is never given to those behind
 * it; nor is one that answers ARP for more than LISTEN_MAC_ADDRESSES_MAX. port     a SYN-ACK
 * from it; in a stream that was joined midway, or over UDP, an answer that a protocol
 * recognises on one of the protocol's own ports. service  the first bytes of the server's side,
 * put in order, that a protocol recognises; of control protocols also an ordinary answer, which
 * then only names them. link     layer flow: an accepted connection, or a question and its
 * answer, from client (addr) to server (peer), both heard; attributes layer, port, and protocol
 * where it was recognised. Layer l2: exactly two stations announced themselves by LLDP or CDP,
 * which are link-local, at the same time, and both have an address; attributes layer, source,
 * port, peer.port. name     said by DNS, mDNS, LLMNR, NBNS, DHCP, LLDP or CDP (attribute
 * source), of an address that was heard itself. key      LLDP chassis id, DHCP client id. fact
 * LLDP and CDP description and capabilities, DHCP vendor class and options asked for, GOOSE
 * control blocks, streams of sampled values, what PROFINET's stations answer by DCP, routers
 * that announce themselves or that a DHCP server names, what services tell in pieces. What TCP
 * stacks look like (sources stack.request, of SYNs, and stack.response, of SYN-ACKs), with
 * another that the same address cannot have (stack.other). Of a station of the link that has no
 * address: by its MAC, without one. Multicast, broadcast and unspecified addresses are never
 * assets; loopback addresses only where both ends are such, in a capture of a loopback
 * interface.
 */
#ifndef SCANNER_LISTEN_LISTEN_H
#define SCANNER_LISTEN_LISTEN_H

#include "common/error.h"
#include "common/model/bundle.h"
#include "common/model/observation.h"
#include "scanner/fingerprint/fingerprint.h"
#include "scanner/fingerprint/stack.h"
#include "scanner/link/capture.h"
#include "scanner/scanner.h"

/* The tables' sizes: what is oldest makes room, and is counted. */
#define LISTEN_HOSTS_MAX 65536
#define LISTEN_FLOWS_MAX 32768
#define LISTEN_STREAMS_MAX 4096       /* of them with bytes held */
#define LISTEN_STREAM_SIZE 4096       /* bytes held of one side */
#define LISTEN_RELATIONS_MAX 65536    /* client, server, port */
#define LISTEN_NAMES_MAX 16384
#define LISTEN_LEASES_MAX 4096
#define LISTEN_NEIGHBOURS_MAX 1024
#define LISTEN_STATEMENTS_MAX 262144  /* remembered to tell repetitions */
#define LISTEN_OBSERVATIONS_MAX 1000000 /* made of one capture; what comes after is counted */
#define LISTEN_SERVICES_PER_PORT 8    /* distinct statements of one service */
#define LISTEN_MAC_ADDRESSES_MAX 16
#define LISTEN_HOSTS_PER_MAC (LISTEN_HOSTS_MAX / 2) /* one MAC never fills the table alone */

struct listen_options {
	const struct fingerprints *fingerprints; /* borrowed; NULL: nothing is identified */
	const struct mac_vendors *vendors;       /* borrowed; NULL: no hw.vendor facts */
	const struct stacks *stacks;             /* borrowed; NULL: no stack.family facts */
	uint64_t seed; /* of the hash key; 0: random. The observations do not depend on it. */
	uint32_t room; /* entries of each table, and streams, at most; 0: LISTEN_*_MAX */
};

/* frames = taken + unread + martian + over_budget + truncated + malformed + unknown_link. */
struct listen_counts {
	uint64_t frames;
	uint64_t taken;        /* a reader of ours took it */
	uint64_t unread;       /* whole, but of a protocol without reader here */
	uint64_t martian;      /* from an address that nobody can have */
	uint64_t over_budget;  /* from a new address, of a MAC that brought too many of them */
	uint64_t truncated, malformed, unknown_link; /* frame_verdict */
	uint64_t dropped;      /* not among them: the kernel had no room for them */

	/* messages of the identity protocols: read + refused (malformed inside) */
	uint64_t messages, messages_read, messages_refused;
	/* statements = observations + repeated + over_limit + unplaced */
	uint64_t statements;
	uint64_t observations; /* handed to the sink */
	uint64_t repeated;     /* said before */
	uint64_t over_limit;   /* past LISTEN_OBSERVATIONS_MAX or LISTEN_SERVICES_PER_PORT */
	uint64_t unplaced; /* about something that has no address, or was not heard itself */

	uint64_t hosts_evicted, flows_evicted, streams_evicted, relations_evicted,
		names_evicted, leases_evicted, neighbours_evicted, stacks_evicted;
};

/*
 * Reads the capture to its end and hands the observations to the sink, in an order that depends
 * only on the capture. `progress` (may be NULL) hears of bytes done and total, in phase
 * "listen". ERROR_PARTIAL, ERROR_NETWORK: the capture is damaged (capture.h); what came before
 * the fault has then been handed over completely, and a bundle of it can be closed. Any other
 * negative code is the sink's or the machine's. ret_counts is always filled in.
 */
int listen_run(struct capture *capture, const struct listen_options *options,
	const struct observation_sink *sink, scan_progress_fn progress, void *context,
	struct listen_counts *ret_counts, struct error *reterr);

/* The counts under their names, for the trailer of a bundle. */
void listen_counters(const struct listen_counts *counts, struct bundle_counters *counters);

#endif
