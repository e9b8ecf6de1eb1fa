/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scanner's door: from the wire to observations.
 *
 * A campaign runs in processes of its own. The privileged helper opens raw sender and
 * capture, passes the descriptors and then only sleeps; the worker, unprivileged and under
 * seccomp, sends, parses hostile bytes and writes a bundle (common/model/bundle.h) to the
 * descriptor it was given. The caller reads that bundle; it never sees a raw packet, and the
 * scanner never sees the database.
 */
#ifndef SCANNER_SCANNER_H
#define SCANNER_SCANNER_H

#include "common/addr_set.h"
#include "common/error.h"
#include "common/model/bundle.h"
#include "common/model/login.h"
#include "common/model/scope.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How intrusive a campaign may be. SAFE: one outstanding probe per host, at most 2 packets
 * per second to one host; STANDARD: 40; THOROUGH: 200. This machine's own addresses, where
 * nothing fragile is, are asked faster; see scanner/campaign/campaign.h, which also says how
 * hosts are found in large prefixes.
 *
 * Beyond one greeting per service, STANDARD and THOROUGH ask name servers that answered among
 * the targets for the names of the hosts found: one PTR question at a time to a server, at its
 * rate per host, bounded (scanner/protocol/reverse.h). SAFE does not.
 *
 * SNMP agents are read as far as the plan has logins for them (scanner/protocol/walk.h): under
 * SAFE who they are, under the others also whom they have on their wires. */
enum scan_profile { SCAN_SAFE, SCAN_STANDARD, SCAN_THOROUGH };

/* How probes leave. Packet sockets always can; the others need what docs/guide/operator.md
 * says, and a scan that cannot have them goes by packet sockets and says why (scan_note).
 * XDP_LIVE sends the first pass of large sweeps over IPv4 gateways from within the kernel; not
 * with the profile safe, which leaves time between any two packets to a host. CONNECT makes
 * ordinary connections instead and needs no right (scanner/link/plain.h); so does PACKET where
 * raw sockets are refused, and says so. */
enum scan_transmit { SCAN_PACKET, SCAN_AF_XDP, SCAN_XDP_LIVE, SCAN_CONNECT };

#define SCAN_TARGETS_MAX 65536 /* named one by one; a list has as many as its set may hold */
#define SCAN_ADDRESSES_MAX (1ull << 32)
#define SCAN_SHARDS_MAX 65536
#define SCAN_WORDS_MAX (1u << 20)

struct scan_plan {
	struct bundle_header header;   /* id, realm, vantage, tool, started */
	const struct cidr *targets;    /* borrowed for the call, as everything here */
	size_t n_targets;
	const struct addr_set
		*target_list; /* more of them, of any number; sealed; NULL: none */
	unsigned int shard,
		shards; /* of so many parts of the targets this one, from 1; 0: all */
	const struct cidr *excludes;   /* on top of the scope's own */
	size_t n_excludes;
	const struct addr_set *exclude_list;
	const struct scope
		*scope; /* checked again on every frame, last thing before the wire */
	const uint16_t *tcp_ports, *udp_ports, *sctp_ports;
	size_t n_tcp_ports, n_udp_ports, n_sctp_ports;
	const uint16_t *ip_protocols;  /* numbers, of which a bare IP header is sent */
	size_t n_ip_protocols;
	enum scan_profile profile;
	uint32_t rate_pps;             /* whole campaign; 0: the profile's default */
	uint32_t network_pps;          /* to one /24 or /64; 0: the profile's default */
	enum scan_transmit transmit;
	uint64_t seed;                 /* of the permutation; 0: random */
	bool trace;                    /* measure hop distances */
	bool greet;                    /* greet what is open, and ask for names */
	const struct login *logins;    /* with which SNMP agents are read; in memory alone */
	size_t n_logins;
	const char
		*fingerprints; /* directory of Recog-format files; NULL: the built-in place */
	const char *stop_file;         /* the campaign stops when it exists; NULL: none */
	const char *journal; /* file in which the campaign keeps how far it is; NULL: none */
	bool resume;                   /* the journal is there: the campaign goes on */
	const char *words; /* of the caller, for whoever goes on; kept in the journal */
	size_t words_size;             /* at most SCAN_WORDS_MAX */
};

/* Where a campaign stands; the worker reports it a few times a second. */
struct scan_progress {
	const char *phase; /* "discover", "trace", "aliases", "greet", "agents", "names" */
	uint64_t done,
		total; /* of the phase; of discovery questions, as many as are to be expected */
	double left_s; /* until its end; negative: not known */
	uint64_t found;
	double rate; /* per second, now */
	double hits; /* of the probes so many were answered; of discovery */
	double lost; /* share of tries, as far as it is known */
};

typedef void (*scan_progress_fn)(void *context, const struct scan_progress *progress);

/* Packets per second of a whole campaign, and to one network (0: no limit): as the plan asks,
 * or by its profile where it does not. */
uint32_t scan_plan_rate(const struct scan_plan *plan);
uint32_t scan_plan_network_rate(const struct scan_plan *plan);

/* "22,80,1000-1010": fills a sorted array without duplicates; the caller frees it. */
int scan_ports_parse(
	const char *text, uint16_t **ret_ports, size_t *ret_n, struct error *reterr);
/* The same form from ports[*at] on, as much as fits; *at is then the first that did not. */
void scan_ports_format(
	const uint16_t *ports, size_t n, size_t *at, char *out, size_t size);
/* "47,50-51,gre": IP protocol numbers or names of some, in the same form. ICMP, TCP, UDP and
 * SCTP are refused: they are asked by probes of their own. */
int scan_protocols_parse(
	const char *text, uint16_t **ret_protocols, size_t *ret_n, struct error *reterr);
/* The ports a campaign asks for when none are named. */
const uint16_t *scan_default_tcp_ports(size_t *ret_n);
const uint16_t *scan_default_udp_ports(size_t *ret_n);

/* Whether such a target can be asked for address by address: ERROR_USAGE if it is of a kind
 * that is never probed (multicast, ...) or, IPv6, too large. */
int scan_target_check(const struct addr_range *target, struct error *reterr);

/* IPv6 prefixes of /64 to /111 among plan->targets are not walked. Each must be that of a link
 * of this machine, which is found out when the scan starts (ERROR_USAGE), and is asked as a
 * whole: see scanner/campaign/campaign.h. It counts as SCAN_LINK_HOSTS_MAX addresses. */
#define SCAN_LINK_HOSTS_MAX 4096
bool scan_target_is_link(const struct cidr *target);

/* What a plan would send (dry run), foreseen from what its profile asks; of its addresses so
 * many are left out. Paths, aliases, greetings and names come on top. ERROR_USAGE if there is
 * no target, or one that scan_target_check() refuses, or too much of them. */
struct scan_outline {
	uint64_t addresses;
	uint64_t questions;  /* of all kinds to all of them, each once */
	uint64_t probes;     /* at most: each is asked again while it is not answered */
	uint32_t pps; /* at most, by what plan, networks and hosts allow; 0: nothing is sent */
	uint32_t host_pps;   /* to one host; 0: no limit of its own */
	bool looked_for;     /* whoever answers nothing at first is not asked the rest */
	bool timestamps;     /* besides echoes */
	bool paths, aliases, greetings, agents, names; /* further stages */
	/* At most, where prefixes are links' and may be asked as a whole: frames to ff02::1,
	 * and of PROFINET's DCP to all its stations. */
	uint64_t link_frames, station_frames;
};
int scan_plan_outline(const struct scan_plan *plan, uint64_t left_out,
	struct scan_outline *ret_outline, struct error *reterr);
/* Addresses and probes of that alone. */
int scan_plan_count(const struct scan_plan *plan, uint64_t *ret_addresses, uint64_t *ret_probes,
	struct error *reterr);
/* Of the plan's UDP ports those that the profile asks, into `out` unless it is NULL, with room
 * for all; their number. */
size_t scan_asked_udp_ports(const struct scan_plan *plan, uint16_t *out);

/* All targets and all exclusions of a plan, named and listed, as one set each, and the prefixes
 * of links that are asked as a whole (of parts the first has them), apart from each other. A
 * list that has everything is borrowed. scan_aim_done() in any case. */
struct scan_aim {
	const struct addr_set *targets, *excludes;
	struct addr_set *own[2];
	struct cidr *links;
	size_t n_links;
};
int scan_aim_make(const struct scan_plan *plan, struct scan_aim *ret_aim, struct error *reterr);
void scan_aim_done(struct scan_aim *aim);

#define SCAN_GRANTS_MAX 8

/* What the scope says about one target of a plan, now. */
struct scan_judgement {
	enum scope_verdict
		verdict; /* SCOPE_ALLOWED: it may be scanned, less what is left out */
	struct addr refused;        /* the first address that may not be; family 0: none */
	uint64_t addresses;         /* in all */
	uint64_t left_out;          /* excluded, or of a kind that is never probed */
	int64_t grants[SCAN_GRANTS_MAX]; /* the authorisations it rests on; 0: loopback */
	size_t n_grants;
	bool more_grants;                /* than those */
};
void scan_judge(const struct scan_plan *plan, const struct scan_aim *aim,
	const struct cidr *target, struct scan_judgement *ret_judgement);
/* All of plan->target_list as one target, or all of the plan's part (shards): an address in it
 * that is excluded is passed over. */
void scan_judge_list(const struct scan_plan *plan, const struct scan_aim *aim,
	struct scan_judgement *ret_judgement);

/* Whether all of the plan may be asked now, as scan_start() asks too: ERROR_PERMISSION names
 * the first address that may not. */
int scan_check(const struct scan_plan *plan, struct error *reterr);

/* Starts the campaign's processes. ret_fd: the bundle comes out of it, and it ends with its
 * trailer; ret_progress_fd: lines of progress (scan_progress_read). Checks every target
 * against the scope first: ERROR_PERMISSION names the address and no process is started. */
struct scan;
int scan_start(const struct scan_plan *plan, struct scan **ret_scan, int *ret_fd,
	struct error *reterr);
/* Why probes leave in another way than the plan asked for; NULL: they do as it asked. */
const char *scan_note(const struct scan *scan);
/* Calls `progress` for every report waiting; never blocks. */
void scan_poll_progress(struct scan *scan, scan_progress_fn progress, void *context);
/* Asks for a clean stop: what was received is kept and the trailer is written. */
void scan_stop(struct scan *scan);
/* True once a stop was asked for, by scan_stop() or the stop file. */
bool scan_stopped(const struct scan *scan);
/* Waits for the processes. Negative if the campaign failed; the text is the worker's own.
 * ERROR_PARTIAL: its last authorisation ended before it; the bundle is closed. */
int scan_finish(struct scan *scan, struct error *reterr);
/* How it ended, after that. */
enum scan_end {
	SCAN_WHOLE,
	SCAN_STOPPED, /* before its end; the bundle is closed */
	SCAN_BROKEN,  /* by a fault; the bundle is cut short */
	SCAN_UNFIT    /* it was to go on, and cannot */
};
enum scan_end scan_ended(const struct scan *scan);
void scan_free(struct scan *scan);

/*
 * A campaign with a journal that did not come to its end, whatever ended it, can go on: with
 * plan->resume and the same targets and questions. It then tells everything again that it told
 * before, in a bundle of its own, and asks what was not asked yet and what was asked in the
 * last second. ERROR_INPUT: network or plan are not what they were, or the journal is damaged;
 * ERROR_USAGE: it is running. The caller removes the file when all that was told is kept,
 * before scan_free(): until then nobody else may go on with it. When the scan does not even
 * start, no new journal is left.
 */
#define SCAN_ID_FIXED 24 /* characters of header.id that all attempts have in common */
struct scan_journal {
	struct bundle_header header; /* of the last attempt */
	bool running;
	char *words; /* scan_journal_done() */
	size_t words_size;
};
int scan_journal_read(const char *path, struct scan_journal *ret_journal, struct error *reterr);
void scan_journal_done(struct scan_journal *journal);
bool scan_journal_is_running(const char *path);
/* Removes one that is not running. */
int scan_journal_remove(const char *path, struct error *reterr);

/* Passive: reads a capture file (pcap, pcapng; gzip) in a sandboxed child and writes a bundle
 * to what ret_fd reads. Nothing is sent. */
int scan_listen_file(const char *path, const struct bundle_header *header,
	const char *fingerprints, struct scan **ret_scan, int *ret_fd, struct error *reterr);

/* The same of an interface, until its time is over or it is stopped, which is its end like any
 * other (SCAN_WHOLE). What was heard is told at the end. */
struct scan_tap {
	const char *interface;
	bool promiscuous;      /* also what is for others, as on a mirror port */
	int64_t duration_us;   /* 0: until it is stopped */
	const char *stop_file; /* NULL: none */
};
int scan_listen_live(const struct scan_tap *tap, const struct bundle_header *header,
	const char *fingerprints, struct scan **ret_scan, int *ret_fd, struct error *reterr);

#endif
