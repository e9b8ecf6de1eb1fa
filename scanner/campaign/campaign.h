/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The campaign: asks every target of a plan, over any link, and hands what it learns to a sink.
 *
 * Order of work. First the links of which an IPv6 prefix is a target and too large to be walked
 * (CAMPAIGN_LINK_LENGTH_MIN): whom the kernel knows there, and except under SCAN_SAFE who
 * answers an echo or an MLD general query to ff02::1, and PROFINET's stations, LINK_FRAMES_MAX
 * frames in all and two a second. They leave only while every address of every IPv6 prefix of
 * that link may be asked (reach_link_is_granted(), again for each frame); who is found so is a
 * host like others, and nobody else of the prefix counts as looked at. Own addresses and few
 * TCP or SCTP ports are asked directly. Otherwise hosts are found first (ARP or neighbour
 * solicitation on the link; echo, timestamp and a few SYNs elsewhere) and only those that live
 * are asked the rest: SYNs, datagrams, INITs and bare IP headers in one permutation;
 * SCAN_THOROUGH asks everything of all addresses. Then a host that is open nearly everywhere is
 * asked for ports that nobody plans for. Then distances (trace): one address of each network
 * and each router found take one step together after the other (docs/adr/0012), at most 50 a
 * second, and slower as routers answer slower; then, except under SCAN_SAFE, which addresses of
 * routers count their packets together (aliases.c). The greeter has open ports as soon as they
 * are found and works beside all that, except under SCAN_SAFE, where no host ever has a probe
 * and a greeting at a time; there it comes after. Hosts that may answer everywhere wait until
 * that is known, and are not greeted if they do. Last, except under SCAN_SAFE, the name servers
 * that the greeter met among the targets are asked what the hosts found are called. Before that
 * the SNMP agents among them that the plan has logins for are read (walking.c): as many
 * datagrams a second to one as probes to a host, and to all as one network bears.
 *
 * Every sweep goes over its targets in a keyed permutation, one port of each target per round,
 * so that the time between two probes to one target is known and kept. What was not answered is
 * asked again, at most SWEEP_PASSES_MAX times and only as long as asking again still brings
 * answers, or a next hop was lost; a sweep ends when all is answered or, after its last pass,
 * as soon as the measured round trips say that nothing more will come, and the next hops that
 * they are there (gateways.c).
 *
 * Limits by profile:
 *
 *              per host         per network  in all     connections of the greeter at a time
 *     SAFE       2/s, one open    200/s       1,000/s    one per host, 256 in all,
 * PROTOCOL_SAFE STANDARD  40/s            1,000/s       2,000/s    two, 2,000,
 * PROTOCOL_STANDARD THOROUGH 200/s            no limit     20,000/s    four, 4,000,
 * PROTOCOL_THOROUGH
 *
 * As many connections may begin in a second as there may be probes in all.
 *
 * Own addresses: nothing fragile is there, so SAFE asks them at 40/s and the others without a
 * limit per host.
 */
#ifndef SCANNER_CAMPAIGN_CAMPAIGN_H
#define SCANNER_CAMPAIGN_CAMPAIGN_H

#include "scanner/campaign/journal.h"
#include "scanner/campaign/reach.h"
#include "scanner/fingerprint/fingerprint.h"
#include "scanner/fingerprint/stack.h"
#include "scanner/protocol/greet.h"
#include "scanner/protocol/reverse.h"
#include "scanner/protocol/walk_run.h"
#include "scanner/scanner.h"

#define CAMPAIGN_BITS_MAX (1ull << 33) /* questions of one sweep: one bit each */
#define CAMPAIGN_OPEN_MAX (1u << 23)   /* open ports */
#define CAMPAIGN_IPV6_LENGTH_MIN 112   /* larger IPv6 prefixes are not walked */
/* But asked as a whole if they are a link's, and not larger. */
#define CAMPAIGN_LINK_LENGTH_MIN 64
#define CAMPAIGN_DISCOVERY_PORTS 5     /* SYNs that look for a host that is silent to echo */
#define CAMPAIGN_DIRECT_PORTS 4	       /* up to so many ports, hosts are not looked for first */
/* Targets named one by one that are asked though silent. */
#define CAMPAIGN_SINGLES_MAX 256
#define CAMPAIGN_PORT_FIRST 61000      /* our source ports, above the kernel's own */
#define CAMPAIGN_PORT_N 4000

typedef int greet_fn(const struct greet_options *options, const struct observation_sink *sink,
	struct greeter **ret_greeter, struct error *reterr);

struct campaign_options {
	const struct scan_plan *plan; /* everything here is borrowed for the call */
	struct reach *reach;	      /* of the plan; next hops are filled in */
	struct link *link;
	struct siphash_key key; /* of its order and its cookies */
	struct journal *journal; /* NULL: it cannot go on once it is broken off */
	struct observation_sink sink;
	const struct fingerprints *fingerprints;
	const struct mac_vendors *vendors; /* NULL: no hw.vendor facts */
	const struct stacks *stacks;	   /* NULL: no stack.family facts */
	greet_fn *greet;		   /* greeter_new(); NULL leaves the greeter out */
	reverse_fn *reverse;		   /* reverse_run(); NULL: no names are asked for */
	walk_fn *walk;			   /* walk_run(); NULL: no SNMP agent is read */
	/* Asked several times a second; true stops cleanly. May be NULL. */
	bool (*stopped)(void *context);
	void (*progress)(void *context, const struct scan_progress *progress); /* may be NULL */
	void *context;
};

/* Checks sizes and kinds of the plan: ERROR_USAGE. */
int campaign_check(const struct scan_plan *plan, const struct scan_aim *aim,
	uint64_t *ret_addresses, uint64_t *ret_probes, struct error *reterr);

/* Runs to the end or to a stop, which the end of the last authorisation is too (ERROR_PARTIAL:
 * all that was found is told); `ret_counters` is filled in either way, and closes: sent =
 * sent_syn + sent_echo + sent_solicit + sent_trace + sent_udp + sent_init + sent_timestamp +
 * sent_bare + sent_link received = positive + negative + hops + late + duplicates + strangers +
 * malformed */
int campaign_run(const struct campaign_options *options, struct bundle_counters *ret_counters,
	struct error *reterr);

#endif
