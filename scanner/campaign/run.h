/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a running campaign share. Private to scanner/campaign. */
#ifndef SCANNER_CAMPAIGN_RUN_H
#define SCANNER_CAMPAIGN_RUN_H

#include "common/packer.h"
#include "scanner/campaign/answer.h"
#include "scanner/campaign/campaign.h"
#include "scanner/campaign/cookie.h"
#include "scanner/campaign/hosts.h"
#include "scanner/campaign/journal.h"
#include "scanner/campaign/known.h"
#include "scanner/campaign/losses.h"
#include "scanner/campaign/pace.h"
#include "scanner/campaign/permute.h"
#include "scanner/campaign/probe.h"
#include "scanner/campaign/throttle.h"

#define RTT_SAMPLES 1024
#define SWEEP_PASSES_MAX 6
#define SWEEP_PATIENCE_US 1000000 /* the slowest get it before a sweep is over */
#define SWEEP_SEGMENTS 64 /* bits of a word */
#define COVERED_MAX 65536 /* prefixes that are told as looked at */
#define CONTROL_PORTS 3
#define LINK_ROUNDS_MAX 3 /* of two frames to all of a link; ... */
/* ... the first of them with a question to PROFINET's stations. */
#define LINK_STATIONS_ROUNDS 2
#define LINK_FRAMES_MAX (2 * LINK_ROUNDS_MAX + LINK_STATIONS_ROUNDS)
#define EVERYWHERE_MIN 24 /* open TCP ports from which a host is doubted */
#define ASKS_MAX (1u << 18) /* all ports of TCP, UDP and SCTP, and all IP protocols */

enum { RUN_STOPPED = 1 }; /* answer of everything that may take time */

/* How a group of addresses is asked. */
struct tempo {
	int64_t gap_us; /* between two probes to one host */
	bool one_open;	/* and not before the last one is answered or given up */
	uint32_t pps;	/* of the whole sweep; 0: the campaign's */
};

struct bits {
	uint64_t *words;
	uint64_t n, set;
};

struct run;
struct sweep;

/* What every target of a sweep is asked once. */
struct ask {
	enum template_kind kind;
	uint16_t port; /* TEMPLATE_BARE: IP protocol; 0 where there is none */
};

/* One probe of a sweep, resolved. */
struct question {
	struct addr addr, source;
	uint32_t path;
	struct mac mac;
	enum template_kind kind;
	uint16_t port;
	uint8_t ttl;	/* of a trace; 0: the usual */
	uint8_t sample; /* of a test for aliases, from 1; 0: of none */
};

struct sweep {
	const char *phase;
	uint64_t slots;
	const struct ask *asks;
	uint32_t kinds;
	unsigned int passes; /* at most; 0: as long as it is worth it */
	bool settle;   /* one answer settles all kinds of a slot */
	bool rotate;   /* each slot begins with a kind of its own */
	bool keep;     /* open ports are findings */
	bool control;  /* asks control ports */
	bool solicits; /* asks for MACs: what was asked before does not matter to it */
	bool aside; /* of those who were looked at already: what is lost in it says nothing of
		       coverage */
	uint32_t step,
		steps; /* of a stage of many sweeps: how much of it was done before this one */
	bool anew;     /* leaves nothing in the journal: whoever goes on asks all of it again */
	struct tempo tempo;
	int64_t quiet_us;      /* how long an answer may take while nothing was measured */
	enum reach_way way; /* slots 0..n_way-1 are the addresses of this way */
	uint64_t n_gateways, n_way;
	const uint32_t *list; /* then hosts, by index */
	size_t n_list;
	/* What a slot and kind ask. False: nothing, ever. */
	bool (*question)(struct run *run, const struct sweep *sweep, uint64_t slot,
		uint32_t kind, struct question *ret_question);
	/* While it runs. */
	struct bits done;
	struct permute order, kind_order;
	int64_t segment_us[SWEEP_SEGMENTS]; /* when its last probe left */
	uint64_t asked; /* segments of which probes wait in the batch, a bit each */
	size_t ready; /* segment whose gap is over in this round; SWEEP_SEGMENTS: none */
	int64_t last_sent_us;
	uint64_t walked;
	unsigned int pass; /* from 1; of it the round, of that the place in the order: what is
			      next */
	uint32_t round;
	uint64_t at;
	int64_t begun_us, took_us; /* on the campaign's clock */
	uint64_t largest; /* addresses of one network */
	bool shaken; /* a next hop was lost in this pass: another one follows */
	uint64_t gained[SWEEP_PASSES_MAX + 1]; /* by pass: answers of targets themselves */
};

struct open {
	uint32_t host;
	uint16_t port;
	uint8_t ttl, transport; /* transport: its IP protocol number */
	int64_t wall_us : 63;
	uint64_t greeted : 1; /* the greeter has it */
};

_Static_assert(sizeof(struct open) == 16, "there may be millions");

struct trace;
struct links;
struct aliases;

struct run {
	const struct campaign_options *o;
	const struct scan_plan *plan;
	struct reach *reach;
	struct link *link;
	struct scan_aim aim; /* the plan's targets and its own exclusions */
	struct siphash_key key;
	struct hosts hosts;
	struct stack *stacks; /* of stacks.c */
	uint16_t n_stacks;
	struct open *opens;
	size_t n_opens, max_opens;
	struct sweep *sweep;
	struct trace *trace;
	struct aliases *aliases;
	struct links *links; /* while one is asked as a whole */
	struct mac *stations; /* told of by MAC on any, of PROFINET and others, at most
				 SCAN_LINK_HOSTS_MAX */
	uint32_t n_stations;
	uint32_t asked[TEMPLATE_N]
		      [65536];	    /* by port, in the running sweep: number + 1; 0 not */
	uint32_t kind_at[ASKS_MAX]; /* of the running sweep, if it rotates: kinds in their
				     order */
	struct link_frame batch[LINK_BATCH_MAX];
	struct {
		enum tally tally; /* counts it when it has left */
		uint32_t rtt_key;
	} batch_note[LINK_BATCH_MAX];
	size_t n_batch;
	int64_t now_us, wall_us; /* as of the last run_tick(); now_us also of what was heard */
	struct pace pace, cap; /* the campaign's, the sweep's */
	uint32_t cap_pps;      /* 0: the sweep has none of its own */
	struct throttle throttle; /* of `pace` */
	struct losses losses;
	int64_t last_sent_us;  /* a probe to any host, in any sweep; 0 never */
	uint32_t pps;
	struct {
		uint32_t key;
		int64_t sent_us;
	} rtt[RTT_SAMPLES];
	int64_t srtt_us, rttvar_us, rtt_max_us;
	uint64_t tally[TALLY_N];
	struct packer told;   /* for the journal, until it is noted; base NULL: there is none */
	bool aliases_told;    /* by an earlier attempt */
	struct known known;   /* of other questions that earlier attempts asked */
	bool replaying;	      /* what is answered now comes from the journal */
	int64_t begun_us;     /* when this attempt began, or had read the journal, */
	int64_t before_us;    /* and how long the attempts before it took */
	int64_t before_wall_us; /* as of which record of them, on the wall */
	uint64_t kernel_drops, send_errors; /* of the attempts before */
	uint64_t live[TALLY_N],
		replayed[TALLY_N]; /* counted between what was replayed; at the end of that */
	bool paused; /* too long for what was looked at before and after to be one look */
	int64_t next_mark_us, next_idle_us;
	uint64_t records;     /* taken from the journal */
	struct addr_set
		*holes; /* targets that were not looked at; sealed by stage_coverage() */
	const struct addr_set *looked; /* at, but for those; as of stage_coverage() */
	uint64_t untold; /* addresses that were, in prefixes too small to be told */
	bool incomplete; /* a sweep did not come to its end */
	bool stopped;
	bool expired;		/* because nothing may be asked any more */
	int64_t granted_until_us; /* on the wall: something may be asked at least until then;
				     INT64_MAX: no matter */
	bool watches; /* its next hops */
	bool all_granted; /* when it was looked at last, all targets were allowed */
	int64_t next_check_us, next_progress_us;
	uint64_t progress_sent;
	int64_t progress_us;
	struct { /* of progress.c */
		const char *phase;
		int64_t since_us; /* that it is told; what was done then */
		uint64_t done;
		int64_t sweep_us; /* which sweep and pass, and at which rate it asks; 0: not
				     known yet */
		unsigned int pass;
		double pps;
		size_t n_udp; /* ports of the plan that are asked, plus one; 0: not counted
			       yet */
		uint64_t largest; /* addresses behind gateways in one network; counted then
				   too */
	} standing;
	struct greeter *greeter; /* NULL: nobody is greeted */
	struct {
		size_t next;	/* of the open ports that is looked at */
		bool settled;	/* it is known who answers everywhere */
		bool alone;	/* nothing else is done any more */
		int64_t next_us; /* not before, if there is anything to hear */
		uint64_t total, found;
		uint64_t *known;     /* greeted by earlier attempts */
		size_t n_known, max_known;
		struct greet_counts before; /* by them */
	} greeting;
	struct greet_counts greeted;
	struct reverse_server servers[REVERSE_SERVERS_MAX]; /* of names, that answered */
	size_t n_servers;
	struct reverse_counts reversed;
	struct walk_counts walked;
	uint64_t found; /* hosts told so far */
	struct error *reterr;
};

/* sweep.c */
int sweep_run(struct run *run, struct sweep *sweep);
/* Whether what it asks goes by them, and what is lost on the way says that somebody was not
 * looked at. */
bool sweep_needs_gateways(const struct sweep *sweep);
/* What the sweep asked has left, just now. */
void sweep_sent(struct run *run);
/* Marks an answer; `itself`: the target's own. 0 first, 1 again, -1 not asked by this sweep. */
int sweep_answer(struct run *run, const struct addr *addr, enum template_kind kind,
	uint16_t port, bool itself);

/* resume.c: a campaign with a journal. Without one all of it does nothing. */
enum { SWEEP_OVER = 2 };
/* Makes of the journal's records of a sweep what was made of them before, and says in the sweep
 * where it goes on; a sweep without records begins. SWEEP_OVER: it came to its end before.
 * RUN_STOPPED. */
int resume_sweep(struct run *run, struct sweep *sweep);
/* Notes that it came to its end. */
void resume_over(struct run *run, struct sweep *sweep);
/* The same of the question to a whole link. */
int resume_link(struct run *run);
/* Reads what is left of the journal, after the last sweep that it can know. */
int resume_rest(struct run *run);
/* Notes how far the running sweep is, and writes out all that was noted. */
void run_mark(struct run *run);
void run_note(struct run *run, const struct record *record);
/* What is told goes into the journal with the next record that is noted so, all of it or
 * nothing: then an attempt that goes on asks for it again. */
void run_tell_journal(struct run *run, const struct observation *obs);
void run_note_told(struct run *run, struct record *record);
void run_forget_told(struct run *run);
/* Tells again what a record has. */
int run_retell(
	struct run *run, const struct record *record, const struct observation_sink *sink);
/* The journal knows more than was made of it so far. */
bool run_knows_more(const struct run *run);
/* What the clock on the wall shows; while the journal knows more, what it showed then. */
int64_t run_wall_us(const struct run *run);
struct link_stats run_link_stats(const struct run *run); /* of all attempts */

/* networks.c: what one /24 or /64 bears.
 * The addresses of a sweep in its largest network; 0: networks do not matter. */
uint64_t networks_largest(const struct run *run, const struct sweep *sweep);
/* Packets per second at which no network is asked too often, of what is left; 0: the
 * campaign's. */
uint32_t networks_pps(const struct run *run, const struct sweep *sweep);
/* Of a set: how many of it lie in one network at most. */
uint64_t networks_largest_of(const struct addr_set *set);

/* pass.c: the first pass, by the link itself. LINK_UNABLE if it is not for it. */
int sweep_pass(struct run *run, struct sweep *sweep);

/* transmit.c: the last steps before the wire */
void run_tick(struct run *run); /* reads the clocks: for each batch and whenever we waited */
uint16_t run_source_port(const struct run *run);
int run_ask(struct run *run, const struct question *question); /* queues; negative on failure */
int run_flush(struct run *run);
/* What identifies a question of a kind; of a datagram the lower half of its seed, of an INIT
 * its tag, which is not zero. */
uint32_t run_cookie(const struct run *run, enum template_kind kind, const struct addr *source,
	const struct addr *target, uint16_t port);
/* A probe of no sweep: trace, link. */
int run_queue(
	struct run *run, const struct probe *probe, enum tally tally, uint32_t rtt_key);
/* The question to all stations of PROFINET on a link. */
int run_queue_stations(struct run *run, uint8_t interface, uint32_t xid);

/* answer.c */
void run_answer(struct run *run, const struct answer *answer);
void run_note_answer(struct run *run, const struct answer *answer); /* in the journal */
/* The host of an address that answered, added if need be; tells it once. HOST_NONE if full. */
uint32_t run_alive(struct run *run, const struct addr *addr, enum observation_method method,
	const struct mac *mac, uint8_t ttl, int64_t wall_us);

/* Tells a host, and who made it if that is known. */
int run_tell_host(
	struct run *run, struct host *host, enum observation_method method, int64_t wall_us);

/* stacks.c: what the SYN-ACK of a host looks like. */
void run_meet_stack(struct run *run, struct host *host, const struct stack *stack);
int run_tell_stack(struct run *run, const struct host *host, int64_t wall_us);

/* receive.c */
/* Handles what is heard until the time given; at least once what is there already. */
int run_listen(struct run *run, int64_t until_us);
void rtt_sent(struct run *run, uint32_t key, int64_t now_us);
void rtt_heard(struct run *run, uint32_t key, int64_t now_us);
int64_t run_quiet_us(const struct run *run, int64_t unmeasured_us);
/* progress and stop, a few times a second; RUN_STOPPED */
int run_check(struct run *run);

/* progress.c */
void run_progress(struct run *run, int64_t now);
/* Tells it, with the time left by the pace of the phase unless that is set. */
void run_tell_progress(struct run *run, struct scan_progress *progress);

/* asks.c: what the plan asks of a host, in the order of the plan. The caller frees it. */
enum { ASK_TCP = 1, ASK_UDP = 2, ASK_SCTP = 4, ASK_PROTOCOLS = 8, ASK_ALL = 15 };
int asks_of(const struct run *run, unsigned int what, struct ask **ret_asks, uint32_t *ret_n,
	struct error *reterr);
/* Whether a UDP port is asked at all, and with what: *ret_protocol NULL is an empty
 * datagram. */
bool asks_udp(
	const struct scan_plan *plan, uint16_t port, const struct protocol **ret_protocol);
/* Our port of a datagram. */
uint16_t asks_from(uint64_t seed);

/* links.c: links that are asked as a whole. */
int stage_links(struct run *run);
/* Whether a frame to everybody may leave on an interface now: for the last check before the
 * wire. */
bool links_may_be_asked(const struct run *run, uint8_t interface);
bool links_stations_may_be_asked(const struct run *run, uint8_t interface);
/* What came in answer. False if it did not, or not while a link is asked. */
bool link_echo(struct run *run, const struct frame *f, uint32_t value,
	const struct link_heard *heard);
bool link_report(struct run *run, const struct frame *f, bool version2,
	const struct link_heard *heard);
/* Remembers whoever was told of by his MAC alone, a station among them. False if he is known,
 * or there is no room. */
bool link_knows(struct run *run, const struct mac *mac);
bool link_meets_station(struct run *run, const struct mac *mac);
/* Remembers an address of the link at hand, and who has it. */
void link_neighbour(struct run *run, const struct answer *answer);
bool link_station(struct run *run, const struct frame *f, const struct link_heard *heard);
/* The targets that are walked, and who lives on the links that are not. */
int links_looked_at(
	struct run *run, struct addr_set **ret_own, const struct addr_set **ret_set);

/* gateways.c: next hops.
 * The one that an address goes by; false if none is there. */
bool run_choose(const struct run *run, const struct piece *piece, const struct addr *addr,
	struct way *ret_way);
void gateways_from_kernel(struct run *run, bool stale_too);
/* True if it is one of our next hops, whose MAC is known then; ret_expected: it was asked by
 * the watch. */
bool gateways_answer(struct run *run, const struct answer *answer, bool *ret_expected);
/* From now on they are asked now and then, by gateways_watch(). */
void gateways_begin_watch(struct run *run);
int gateways_watch(struct run *run);
/* Until each that had answered is heard after that moment, or given up. */
int gateways_confirm(struct run *run, int64_t since_us);
/* The sweep at hand goes on: those that were there before, and are not any more, were lost in
 * it. */
void gateways_go_on(struct run *run);
/* No target that goes with this one is told as looked at. False if that is none behind a
 * gateway. */
bool gateways_hole(struct run *run, const struct addr *addr);

/* discover.c: the stages */
/* Believes who answered on a link, unless one MAC answered for very many addresses. */
int run_judge_neighbours(struct run *run);
int stage_neighbours(struct run *run); /* next hops, then on-link targets */
int stage_own(struct run *run);
int stage_others(struct run *run);
/* findings.c */
int stage_findings(struct run *run); /* control ports; then PORT and FACT observations */
int stage_coverage(struct run *run);
void run_hole(struct run *run, const struct addr *addr);
void run_hole_range(struct run *run, const struct addr_range *hole);
int run_put(struct run *run, const struct observation *obs);
struct tempo run_tempo(const struct run *run, bool own);
struct tempo campaign_tempo(enum scan_profile profile, bool own);
/* Whether hosts behind gateways are looked for before they are asked everything. */
bool asks_life_first(const struct scan_plan *plan);
/* Whether an address may not be asked now; counted, and no longer told as looked at. */
bool run_is_denied(struct run *run, const struct addr *addr);
/* Fills in address, source, path and next hop. False, and counted, if there is no way. */
bool run_resolve(struct run *run, const struct piece *piece, const struct addr *addr,
	struct question *ret_question);
/* trace.c */
int stage_trace(struct run *run);
/* What a router or the target said to a step of a trace. */
void trace_answer(struct run *run, const struct answer *answer);
/* aliases.c */
int stage_aliases(struct run *run);
/* False if it is none to a question of the test. */
bool alias_answer(struct run *run, const struct frame *f, uint32_t value,
	const struct link_heard *heard);
/* greeting.c */
int greeting_begin(struct run *run);
int greeting_replay(struct run *run, const struct record *record);
void greeting_end(struct run *run);
/* A turn for the greeter; `idle`: there was nothing to hear, and time is left. */
int greeting_turn(struct run *run, bool idle);
/* The time given, or before it when the greeter wants a turn. */
int64_t greeting_wake_us(const struct run *run, int64_t wake_us);
/* It is known who answers everywhere: nobody waits for that any more. */
void greeting_settle(struct run *run);
/* True if nothing but the greeting goes on. */
bool greeting_progress(const struct run *run, struct scan_progress *ret_progress);
int stage_greet(struct run *run); /* until all are greeted */
/* stage.c: for stages that hand hosts to a loop of somebody else's.
 * Those that live, in order; `chosen`: of them these, NULL: all. The caller frees the list. */
int stage_hosts(struct run *run, bool (*chosen)(struct run *run, const struct addr *addr),
	struct addr **ret_addrs, size_t *ret_n);
/* Tells it a few times a second. Nonzero: it is to be stopped. */
int stage_progress(struct run *run, struct scan_progress *progress);
/* walking.c */
int stage_agents(struct run *run);
/* naming.c */
int stage_names(struct run *run);
/* Remembers who answered as a name server. */
void run_meet(struct run *run, const struct observation *obs);

#endif
