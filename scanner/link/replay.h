/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The replay link: a scripted network in simulated time, for tests. It hears every frame that
 * is sent, answers as its hosts would, with delays, losses, duplicates and strangers drawn from
 * a seed, and moves its clock only when somebody waits: the same script gives the same answers.
 */
#ifndef SCANNER_LINK_REPLAY_H
#define SCANNER_LINK_REPLAY_H

#include "scanner/link/link.h"

#define REPLAY_PATH_MAX 16
#define REPLAY_LIMITED_MAX 64
#define REPLAY_COUNTERS 16

struct replay_host {
	struct cidr at;	      /* one or many addresses that behave the same */
	struct mac mac;	      /* of the machine on the link that answers, or of its gateway */
	const uint16_t *open; /* TCP ports */
	size_t n_open;
	const uint16_t *udp;	 /* UDP ports, answered by the network's `datagram` */
	size_t n_udp;
	const uint16_t *sctp;	 /* SCTP ports; none: it does not speak SCTP */
	size_t n_sctp;
	const uint16_t *protocols; /* IP protocols that it speaks besides */
	size_t n_protocols;
	uint16_t mss;		 /* that a SYN-ACK has as its only option; 0: it has none */
	bool open_everywhere;	 /* any port */
	bool drops; /* says nothing on other ports, instead of RST or an ICMP error */
	bool deaf;		 /* no answer to echo */
	bool timeless;		 /* none to timestamp requests */
	bool asleep;		 /* no answer to anything but ARP */
	bool unsociable;	 /* no answer to an echo that was sent to all */
	bool local_echo;	 /* an echo that was sent to all is answered from `local` */
	struct addr local;	 /* from which it reports its groups; family 0: it does not */
	const char *station;	 /* its name as a station of PROFINET; NULL: it is none */
	bool on_link;		 /* answers ARP and neighbour solicitation */
	int unreachable;	 /* ICMP code that its last router answers with; -1: none */
	const struct addr
		*path; /* routers on the way, nearest first; of no family: it is mute */
	size_t n_path;
	int64_t delay_us; /* round trip; 0: the network's */
	unsigned int counter; /* that its echo replies take their identification from; 0: they
				 have none */
	bool random_ids;
	unsigned int
		loss_permille; /* of probes to it and of its answers, besides the network's */
};

/* What the first router says of every probe besides: an ICMP error that quotes it, or another
 * mark than the probe had. */
struct replay_error {
	uint8_t family, type, code;
	bool forged;
};

struct replay_options {
	const struct link_interface *interfaces; /* borrowed, as everything here */
	size_t n_interfaces;
	const struct replay_host *hosts; /* of several that match, the longest prefix */
	size_t n_hosts;
	uint64_t seed;
	int64_t delay_us, jitter_us;
	unsigned int loss_permille;	 /* of probes, and of answers */
	unsigned int duplicate_permille; /* of answers, sent twice */
	unsigned int
		stranger_permille; /* of probes, after which a stranger's frame comes too */
	bool wrong_cookies;	   /* answers repeat another number than was asked with */
	unsigned int quench_permille; /* of probes, after which its first router sends a source
					 quench */
	bool forged; /* which quotes another number than was asked with; MLD reports tell of
			more records than they have */
	unsigned int errors_burst; /* that a router sends at once, and then one in a second, as
				      Linux does to one destination; of REPLAY_LIMITED_MAX
				      routers. 0: no limit */
	const struct replay_error *errors;
	size_t n_errors;
	int64_t later_us;  /* the clock on the wall */
	uint32_t ids_pps;  /* by which counters go on besides */
	uint16_t ids_apart; /* so far from one another they begin; 0: anywhere */
	uint32_t hears_pps; /* answers that the receiver takes in a second; the rest is lost and
			       counted as dropped by the kernel. 0: all */
	/* What is said at an open UDP port: bytes of the answer, 0 for none. NULL: the same
	 * bytes. */
	size_t (*datagram)(uint16_t port, const uint8_t *request, size_t size, uint8_t *out,
		size_t max);
	/* Sees every frame that is sent: the oracle of what leaves. */
	void (*watch)(void *context, const struct link_frame *frame,
		const struct frame *decoded, int64_t now_us);
	void *context;
};

int replay_open(
	const struct replay_options *options, struct link **ret_link, struct error *reterr);

#endif
