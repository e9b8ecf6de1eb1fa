/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door: plans are checked here, before any process is started; then scanner/priv runs the
 * processes, and scanner/campaign or scanner/listen the work; see scanner.h.
 */
#include "scanner/scanner.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/siphash.h"
#include "scanner/campaign/campaign.h"
#include "scanner/link/live.h"
#include "scanner/link/plain.h"
#include "scanner/priv/crew.h"
#include "scanner/progress.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the children know: a copy of the caller's memory at the fork. */
struct work {
	const struct scan_plan *plan;
	struct scan_plan reduced; /* to what ordinary sockets can ask; then plan is this */
	bool plain;
	const struct scan_aim *aim;
	struct route_table *routes;
	struct reach *reach;
	struct link *link;
	struct fingerprints *fingerprints;
	struct mac_vendors *vendors;
	struct stacks *stacks;
	struct error note; /* why the link is not as the plan asked for */
	int claim; /* of the journal */
	struct journal *journal;
	struct siphash_key key;
	const struct crew_ends *ends;
	struct bundle_writer *writer;
};

static int refuse(const struct addr *addr, const struct cidr *target,
	enum scope_verdict verdict, struct error *reterr)
{
	static const char *const why[] = {
		[SCOPE_ALLOWED] = "",
		[SCOPE_NOT_GRANTED] = "no authorisation covers it",
		[SCOPE_NOT_NOW] = "its authorisation is not in force now",
		[SCOPE_EXCLUDED] = "its authorisation excludes it",
	};
	char text[ADDR_TEXT_MAX], prefix[CIDR_TEXT_MAX];

	addr_format(addr, text);
	cidr_format(target, prefix);
	return error_set(reterr, ERROR_PERMISSION,
		"%s may not be scanned: %s; nothing was sent. Record who allows it with: "
		"cadastre scope grant --cidr %s --authoriser NAME --basis TEXT --until DATE",
		text, why[verdict], prefix);
}

static int judged(const struct scan_judgement *judgement, const struct cidr *target,
	struct error *reterr)
{
	struct cidr one =
		cidr_of(&judgement->refused, judgement->refused.family == 4 ? 32 : 128);

	return judgement->verdict == SCOPE_ALLOWED
		       ? 0
		       : refuse(&judgement->refused, target ? target : &one, judgement->verdict,
				 reterr);
}

static int check_scope(
	const struct scan_plan *plan, const struct scan_aim *aim, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct cidr *targets = NULL;
	struct scan_judgement judgement;
	size_t n = 0;
	int r = 0;

	/* A part is judged as a whole: what is another scanner's is no matter of this one. */
	if (!plan->shards)
		r = targets_normalise(plan->targets, plan->n_targets, &targets, &n, reterr);
	for (size_t i = 0; r == 0 && i < n; i++) {
		scan_judge(plan, aim, &targets[i], &judgement);
		r = judged(&judgement, &targets[i], reterr);
	}
	for (size_t i = 0; r == 0 && plan->shards && i < aim->n_links; i++) {
		scan_judge(plan, aim, &aim->links[i], &judgement);
		r = judged(&judgement, &aim->links[i], reterr);
	}
	if (r < 0)
		return r;
	scan_judge_list(plan, aim, &judgement);
	return judged(&judgement, NULL, reterr);
}

static bool stopped(void *context)
{
	struct work *work = context;

	return crew_stopping(work->ends);
}

static void tell_progress(void *context, const struct scan_progress *progress)
{
	struct work *work = context;

	progress_write(work->ends->progress_fd, progress);
	/* What was found is not held back; if it cannot be written, the next observation says
	 * so. */
	bundle_writer_flush(work->writer, NULL);
}

/* What an XDP program would be held to: see link_options. */
static int fill_live(const struct work *work, struct link_options *o, struct scope **ret_scope,
	struct error *reterr)
{
	const struct reach *reach = work->reach;
	struct reach_walk walk = {.reach = reach, .way = REACH_GATEWAY};
	uint32_t number = REACH_NONE;
	bool one = true;

	for (; reach_walk_next(&walk); o->live.ranges++) {
		one = one && walk.range.first.family == 4 &&
		      (number == REACH_NONE || walk.piece->path == number);
		number = walk.piece->path;
	}
	if (one && number != REACH_NONE && o->live.ranges <= REACH_RANGES_MAX) {
		o->live.interface = reach->paths[number].interface;
		o->live.syn = &reach->paths[number].templates[TEMPLATE_SYN];
	}
	o->live.pps = scan_plan_rate(work->plan);
	return reach_allowed(
		work->plan, work->aim->excludes, clock_wall_us(), ret_scope, reterr);
}

static int open_link(struct work *work, struct error *reterr)
{
	static const enum link_transmit transmits[] = {[SCAN_PACKET] = LINK_PACKET,
		[SCAN_AF_XDP] = LINK_AF_XDP,
		[SCAN_XDP_LIVE] = LINK_XDP_LIVE,
		[SCAN_CONNECT] = LINK_PACKET}; /* which is not opened then */
	struct link_options options = {.interfaces = work->reach->interfaces,
		.n_interfaces = work->reach->n_interfaces,
		.port = work->reach->port,
		.udp_first = work->plan->n_udp_ports ? CAMPAIGN_PORT_FIRST : 0,
		.udp_last = CAMPAIGN_PORT_FIRST + CAMPAIGN_PORT_N - 1,
		.sctp = work->plan->n_sctp_ports > 0,
		.protocols = work->plan->ip_protocols,
		.n_protocols = work->plan->n_ip_protocols,
		.listeners = work->reach->n_links > 0 && work->plan->profile != SCAN_SAFE,
		.transmit = transmits[work->plan->transmit]};
	_cleanup_(scope_freep) struct scope *scope = NULL;
	int r = 0;

	if (work->plain)
		return link_plain_open(&work->link, reterr);
	if (options.transmit == LINK_XDP_LIVE)
		r = fill_live(work, &options, &scope, reterr);
	options.live.scope = scope;
	return r < 0 ? r : link_live_open(&options, &work->link, &work->note, reterr);
}

/* Ordinary sockets if they are asked for, or if there is no right to raw ones. */
static int choose_link(struct work *work, struct error *reterr)
{
	struct error why = {0};
	int r = 0;

	work->plain = work->plan->transmit == SCAN_CONNECT;
	if (!work->plain)
		r = priv_check_raw(&why);
	if (r < 0 && work->plan->transmit != SCAN_PACKET)
		return error_set(reterr, r, "%s", why.text);
	if (r < 0) {
		work->plain = true;
		error_set(&work->note, ERROR_PERMISSION,
			"%s. Until then ordinary connections are made, which is slower: TCP and UDP "
			"ports and echoes only, no SCTP, no other IP protocols, no way to a host",
			why.text);
	}
	if (!work->plain)
		return 0;
	work->reduced = *work->plan;
	work->reduced.trace = false;
	work->reduced.n_sctp_ports = work->reduced.n_ip_protocols = 0;
	work->plan = &work->reduced;
	return 0;
}

/* The key of the campaign and its port: those of the journal if it goes on. */
static int choose_key(struct work *work, uint16_t *ret_port, struct error *reterr)
{
	const struct scan_plan *plan = work->plan;
	int r;

	if (plan->resume) {
		r = journal_open(plan->journal, work->claim, &work->journal, reterr);
		if (r < 0)
			return r;
		work->key = journal_head(work->journal)->key;
		*ret_port = journal_head(work->journal)->port;
		return 0;
	}
	r = siphash_key_random(&work->key, reterr);
	if (plan->seed)
		work->key = siphash_key_seeded(plan->seed);
	*ret_port = (uint16_t)(CAMPAIGN_PORT_FIRST +
			       (plan->seed ? plan->seed : work->key.k0) % CAMPAIGN_PORT_N);
	return r;
}

/* A new journal, or one that must be of these very targets and questions. */
static int check_journal(struct work *work, struct error *reterr)
{
	const struct scan_plan *plan = work->plan;
	struct journal_head head = {.header = plan->header,
		.key = work->key,
		.port = work->reach->port,
		.asked = reach_digest(work->reach, plan),
		.words = (char *)plan->words,
		.words_size = plan->words_size};

	if (!plan->journal)
		return 0;
	if (!plan->resume)
		return journal_new(plan->journal, work->claim, &head, &work->journal, reterr);
	return journal_head(work->journal)->asked == head.asked
		       ? 0
		       : error_set(reterr, ERROR_INPUT,
				 "the scan of \"%s\" cannot go on: what is to be asked, the interfaces or the "
				 "routes to it are not what they were when it began; scan anew",
				 plan->journal);
}

/* That a link is not asked as a whole would else be seen in the counters only. */
static void note_links(struct work *work)
{
	const struct reach *reach = work->reach;
	bool safe = work->plan->profile == SCAN_SAFE;
	char text[CIDR_TEXT_MAX];

	for (size_t i = 0; i < reach->n_links && !work->note.code; i++)
		if (safe || !reach_link_is_granted(reach, &reach->links[i], work->plan->scope,
				    work->aim->excludes, clock_wall_us()))
			error_set(&work->note, ERROR_PERMISSION,
				"%s is not asked as a whole: %s. Only neighbours that this "
				"machine knows already are looked for there",
				cidr_format(&reach->links[i].prefix, text),
				safe ? "the profile safe sends nothing to everybody at once"
				     : "part of the link is excluded or not granted, and such "
				       "a question reaches all of it");
}

/* Some are built without what is old. */
static int check_logins(const struct scan_plan *plan, struct error *reterr)
{
	char text[CIDR_TEXT_MAX];

	for (size_t i = 0; i < plan->n_logins; i++)
		if (!walk_can(&plan->logins[i]))
			return error_set(reterr, ERROR_USAGE,
				"this machine's OpenSSL lacks the algorithms of the SNMP user "
				"for %s; nothing was sent. Give the agent's user others",
				cidr_format(&plan->logins[i].cidr, text));
	return 0;
}

/* What this campaign reads with. A MAC is heard of whoever is on a link, and of routers. */
static int load(struct work *work, struct error *reterr)
{
	const struct scan_plan *plan = work->plan;
	const struct reach *reach = work->reach;
	int r = 0;

	if ((plan->greet || plan->n_logins) && plan->fingerprints)
		r = fingerprints_load(plan->fingerprints, &work->fingerprints, reterr);
	if (r == 0 && (reach->count[REACH_ON_LINK] || reach->n_links || plan->trace))
		r = mac_vendors_load(SCANNER_MAC_VENDORS, &work->vendors, reterr);
	if (r == 0 && plan->n_tcp_ports)
		r = stacks_load(SCANNER_STACKS, &work->stacks, reterr);
	if (r == 0 && (plan->greet || plan->n_udp_ports || plan->n_logins))
		r = protocols_prepare(reterr);
	return r == 0 ? check_logins(plan, reterr) : r;
}

/* In the helper: everything that needs a right or a file. */
static int open_campaign(void *context, struct error *reterr)
{
	struct work *work = context;
	const uint64_t *count;
	uint16_t port = 0;
	int r = choose_link(work, reterr);

	if (r == 0)
		r = choose_key(work, &port, reterr);
	if (r == 0)
		r = route_table_load(&work->routes, reterr);
	if (r == 0)
		r = (work->plain ? reach_new_plain : reach_new)(
			work->aim, work->routes, port, &work->reach, reterr);
	if (r < 0)
		return r;
	count = work->reach->count;
	if (count[REACH_OWN] + count[REACH_ON_LINK] + count[REACH_GATEWAY] == 0 &&
		work->reach->n_links == 0) {
		struct addr_walk walk = {.set = work->aim->targets};
		struct addr_range range, first;
		char text[ADDR_RANGE_TEXT_MAX];

		addr_walk_next(&walk, &first);
		addr_range_format(&first, text);
		if (count[REACH_NO_ROUTE])
			return error_set(reterr, ERROR_NETWORK,
				"this machine has no route to %s%s; see ip route, and whether "
				"the interface is up",
				text,
				addr_walk_next(&walk, &range) ? ", nor to any other target"
							      : "");
		return error_set(reterr, ERROR_USAGE,
			"nothing is left to scan of %s: it is excluded, or network and "
			"broadcast addresses",
			text);
	}
	note_links(work);
	r = open_link(work, reterr);
	if (r == 0)
		r = load(work, reterr);
	return r < 0 ? r : check_journal(work, reterr);
}

static const char *note(void *context)
{
	struct work *work = context;

	return work->note.code ? work->note.text : NULL;
}

static int work_campaign(void *context, const struct crew_ends *ends, struct error *reterr)
{
	_cleanup_(bundle_writer_freep) struct bundle_writer *writer = NULL;
	struct work *work = context;
	struct campaign_options options = {.plan = work->plan,
		.reach = work->reach,
		.link = work->link,
		.key = work->key,
		.journal = work->journal,
		.fingerprints = work->fingerprints,
		.vendors = work->vendors,
		.stacks = work->stacks,
		.greet = work->plan->greet ? greeter_new : NULL,
		.reverse = reverse_run,
		.walk = walk_run,
		.stopped = stopped,
		.progress = tell_progress,
		.context = work};
	struct bundle_counters counters = {0};
	int r, ended;

	work->ends = ends;
	r = bundle_writer_new(ends->out_fd,
		work->plan->resume ? &journal_head(work->journal)->header : &work->plan->header,
		&writer, reterr);
	if (r < 0)
		return r;
	work->writer = writer;
	options.sink = bundle_writer_sink(writer);
	r = campaign_run(&options, &counters, reterr);
	if (r < 0 && r != ERROR_PARTIAL)
		return r;
	ended = bundle_writer_end(writer, &counters, r < 0 ? NULL : reterr);
	return r < 0 ? r : ended;
}

/* Makes the aim, too. */
static int check_plan(const struct scan_plan *plan, struct scan_aim *aim, struct error *reterr)
{
	uint64_t addresses, probes;
	int r = scan_aim_make(plan, aim, reterr);

	if (r == 0)
		r = campaign_check(plan, aim, &addresses, &probes, reterr);
	return r == 0 ? check_scope(plan, aim, reterr) : r;
}

int scan_check(const struct scan_plan *plan, struct error *reterr)
{
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};

	return check_plan(plan, &aim, reterr);
}

int scan_start(
	const struct scan_plan *plan, struct scan **ret_scan, int *ret_fd, struct error *reterr)
{
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};
	struct work work = {.plan = plan, .aim = &aim};
	struct crew_job job = {
		.role = plan->transmit == SCAN_XDP_LIVE ? PRIV_WORKER_BPF : PRIV_WORKER,
		.open = open_campaign,
		.note = note,
		.work = work_campaign,
		.stop_file = plan->stop_file,
		.context = &work};
	int r = check_plan(plan, &aim, reterr);

	if (r == 0 && plan->transmit == SCAN_XDP_LIVE && plan->profile == SCAN_SAFE)
		r = error_set(reterr, ERROR_USAGE,
			"the profile safe asks one host at a time and gently, which XDP live "
			"frames cannot; use the profile standard or thorough, or another --transmit");
	if (r == 0 && plan->stop_file && access(plan->stop_file, F_OK) == 0)
		r = error_set(reterr, ERROR_PERMISSION,
			"the stop file \"%s\" is there; nothing was sent. Remove it to scan",
			plan->stop_file);
	if (r == 0 && plan->journal)
		r = journal_claim(plan->journal, !plan->resume, &work.claim, reterr);
	if (r < 0)
		return r;
	job.kept_fd = work.claim;
	r = scan_begin(&job, ret_scan, ret_fd, reterr);
	if (r < 0 && plan->journal)
		journal_drop(plan->journal, !plan->resume, work.claim);
	return r;
}

int scan_journal_read(const char *path, struct scan_journal *ret, struct error *reterr)
{
	struct journal_head head;
	int r = journal_read_head(path, &head, reterr);

	*ret = (struct scan_journal){.header = head.header,
		.running = r == 0 && journal_is_claimed(path),
		.words = head.words,
		.words_size = head.words_size};
	return r;
}

void scan_journal_done(struct scan_journal *journal)
{
	free(journal->words);
}

bool scan_journal_is_running(const char *path)
{
	return journal_is_claimed(path);
}

int scan_journal_remove(const char *path, struct error *reterr)
{
	int claim, r = journal_claim(path, false, &claim, reterr);

	if (r < 0)
		return r;
	if (unlink(path) < 0)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "cannot remove \"%s\"", path);
	close(claim);
	return r;
}
