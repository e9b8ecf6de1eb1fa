/* SPDX-License-Identifier: Apache-2.0 */
/* scan, listen: observations into the register, or into a bundle. */
#include "cli/task.h"

#include "cli/authority.h"
#include "cli/command.h"
#include "cli/sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "3, 5", or what stands for an authorisation. */
static void grants_text(const struct scan_judgement *j, char *out, size_t size)
{
	struct str text = STR_INIT(size - 1);

	for (size_t i = 0; i < j->n_grants; i++) {
		str_adds(&text, i ? ", " : "");
		if (j->grants[i])
			str_addf(&text, "%" PRId64, j->grants[i]);
		else
			str_adds(&text, "this machine's loopback");
	}
	if (j->more_grants)
		str_adds(&text, " and more");
	snprintf(out, size, "%s", text.data ? text.data : "");
	str_done(&text);
}

/* How an IPv6 prefix is asked that is too large to be walked; whether it is a link's is found
 * out by the scan. */
static const char *link_text(const struct scan_plan *plan, const struct scan_judgement *j)
{
	if (plan->n_targets != 1 || !scan_target_is_link(plan->targets) ||
		j->left_out == j->addresses)
		return "";
	return plan->profile == SCAN_SAFE || j->left_out
		       ? "; if it is a link's, neighbours that this machine knows"
		       : "; if it is a link's, asked as a whole";
}

static void verdict_text(
	const struct scan_plan *plan, const struct scan_judgement *j, char *out, size_t size)
{
	const char *const why[] = {
		[SCOPE_NOT_GRANTED] = plan->profile == SCAN_SAFE
					      ? "no authorisation covers it"
					      : "no authorisation covers it with this profile",
		[SCOPE_NOT_NOW] = "its authorisation is not in force now",
		[SCOPE_EXCLUDED] = "its authorisation excludes it"};
	char addr[ADDR_TEXT_MAX];

	if (j->verdict != SCOPE_ALLOWED)
		snprintf(out, size, "refused: %s, %s", addr_format(&j->refused, addr),
			why[j->verdict]);
	else if (j->left_out == j->addresses)
		snprintf(out, size, "excluded as a whole");
	else if (j->left_out)
		snprintf(out, size, "in scope, less %" PRIu64 " excluded%s", j->left_out,
			link_text(plan, j));
	else
		snprintf(out, size, "in scope%s", link_text(plan, j));
}

#define LISTED_MAX 2048 /* characters of a list of ports */

/* "TCP 22,80; " */
static void add_list(struct str *text, const char *name, const uint16_t *list, size_t n)
{
	char ports[LISTED_MAX];
	size_t at = 0;

	if (n == 0)
		return;
	scan_ports_format(list, n, &at, ports, sizeof(ports));
	str_addf(text, "%s %s", name, ports);
	if (at < n)
		str_addf(text, " and %zu more", n - at);
	str_adds(text, "; ");
}

/* What a host is asked: of UDP ports those to which the profile has a question. */
static int sends_text(const struct scan_plan *plan, char **ret, struct error *reterr)
{
	static const char *const profiles[] = {"safe", "standard", "thorough"};
	_cleanup_(str_done) struct str text = STR_INIT(8 * LISTED_MAX);
	_cleanup_(cleanup_freep) uint16_t *udp = calloc(plan->n_udp_ports + 1, sizeof(*udp));
	bool plain = plan->transmit == SCAN_CONNECT;
	uint32_t network_pps = scan_plan_network_rate(plan);

	if (!udp)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a list of ports");
	add_list(&text, "TCP", plan->tcp_ports, plan->n_tcp_ports);
	add_list(&text, "UDP", udp, scan_asked_udp_ports(plan, udp));
	if (!plain) {
		add_list(&text, "SCTP", plan->sctp_ports, plan->n_sctp_ports);
		add_list(&text, "IP protocols", plan->ip_protocols, plan->n_ip_protocols);
	}
	str_addf(&text, "%s; profile %s, at most %u packets/s",
		plain			     ? "echo"
		: plan->profile == SCAN_SAFE ? "echo, ARP, neighbour solicitation"
					     : "echo, timestamp, ARP, neighbour solicitation",
		profiles[plan->profile], plan->rate_pps);
	if (network_pps)
		str_addf(&text, ", %u to a network", network_pps);
	*ret = text.failed ? NULL : strdup(text.data);
	return *ret ? 0 : error_set(reterr, ERROR_SYSTEM, "no memory for a list of ports");
}

/* What comes besides. Of a link that is not asked as a whole nobody is asked at once. */
static void stages_text(const struct scan_plan *plan, const struct scan_judgement *j,
	const struct scan_outline *outline, char *out, size_t size)
{
	bool whole = *link_text(plan, j) && !j->left_out;
	char frames[2][112];
	const struct {
		bool comes;
		const char *name;
	} stages[] = {{whole && outline->link_frames, frames[0]},
		{whole && outline->station_frames, frames[1]},
		{outline->looked_for, "hosts are looked for first"},
		{outline->paths, "paths to each network"},
		{outline->aliases, "which addresses are one router's"},
		{outline->greetings, plan->profile == SCAN_SAFE
					     ? "greetings of open ports, last"
					     : "greetings of open ports"},
		{outline->agents,
			plan->profile == SCAN_SAFE
				? "SNMP agents that a login is for, about themselves"
				: "SNMP agents that a login is for, and whom they know"},
		{outline->names, "names from name servers among the targets"}};
	size_t used = 0;

	*out = 0;
	snprintf(frames[0], sizeof(frames[0]),
		"all nodes of the link at once, at most %" PRIu64 " frames",
		outline->link_frames);
	snprintf(frames[1], sizeof(frames[1]),
		"PROFINET's stations (DCP Identify), at most %" PRIu64
		" frames, if its IPv4 is granted too",
		outline->station_frames);
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		if (stages[i].comes && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s",
				used ? "; " : "", stages[i].name);
}

/* What is asked of all rows. */
struct rehearsal {
	const struct scan_plan *plan;
	struct scan_aim aim;
	char *sends;
	struct writer *writer;
	size_t rows, refused;
};

static int put_row(struct rehearsal *rehearsal, const struct scan_plan *one, const char *name,
	const struct scan_judgement *judgement, struct error *reterr)
{
	struct scan_outline outline;
	char counts[4][24], verdict[256], grants[256], stages[512];
	const char *cells[] = {name, counts[0], counts[1], counts[2], counts[3], verdict,
		grants, stages, rehearsal->sends};
	bool allowed = judgement->verdict == SCOPE_ALLOWED,
	     asked = allowed && judgement->left_out != judgement->addresses;
	int r = scan_plan_outline(one, judgement->left_out, &outline, reterr);

	if (r < 0)
		return r;
	rehearsal->rows++;
	rehearsal->refused += !allowed;
	snprintf(counts[0], sizeof(counts[0]), "%" PRIu64, outline.addresses);
	snprintf(counts[1], sizeof(counts[1]), "%" PRIu64, asked ? outline.questions : 0);
	snprintf(counts[2], sizeof(counts[2]), "%" PRIu64, asked ? outline.probes : 0);
	snprintf(counts[3], sizeof(counts[3]), "%u", asked ? outline.pps : 0);
	verdict_text(one, judgement, verdict, sizeof(verdict));
	grants_text(judgement, grants, sizeof(grants));
	stages_text(one, judgement, &outline, stages, sizeof(stages));
	return writer_row(rehearsal->writer, cells, reterr);
}

static int put_target(
	struct rehearsal *rehearsal, const struct cidr *target, struct error *reterr)
{
	struct scan_plan one = *rehearsal->plan;
	struct scan_judgement judgement;
	char cidr[CIDR_TEXT_MAX];

	one.targets = target;
	one.n_targets = 1;
	one.target_list = NULL;
	one.shards = 0;
	one.n_excludes = 0; /* what is left out is in the judgement */
	one.exclude_list = NULL;
	scan_judge(rehearsal->plan, &rehearsal->aim, target, &judgement);
	return put_row(rehearsal, &one, cidr_format(target, cidr), &judgement, reterr);
}

/* However long the list is, it is one row. */
static int put_list(struct rehearsal *rehearsal, const char *name, struct error *reterr)
{
	struct scan_plan one = *rehearsal->plan;
	struct scan_judgement judgement;

	one.n_targets = 0;
	one.n_excludes = 0;
	one.exclude_list = NULL;
	if (!one.target_list)
		return 0;
	scan_judge_list(rehearsal->plan, &rehearsal->aim, &judgement);
	return put_row(rehearsal, &one, name, &judgement, reterr);
}

/* The addresses of a part are one row, from the first to the last; each of its links is
 * another. */
static int put_part(struct rehearsal *rehearsal, struct error *reterr)
{
	const struct scan_aim *aim = &rehearsal->aim;
	uint64_t n = addr_set_count(aim->targets), addresses, probes;
	struct scan_plan one = *rehearsal->plan;
	struct scan_judgement judgement;
	char text[ADDR_RANGE_TEXT_MAX];
	int r = scan_plan_count(
		&one, &addresses, &probes, reterr); /* whether it can be at all */

	one.n_targets = one.n_excludes = 0;
	one.target_list = aim->targets;
	one.exclude_list = NULL;
	one.shards = 0;
	for (size_t i = 0; r == 0 && i < aim->n_links; i++)
		r = put_target(rehearsal, &aim->links[i], reterr);
	if (r < 0 || n == 0)
		return r;
	scan_judge_list(rehearsal->plan, aim, &judgement);
	return put_row(rehearsal, &one,
		addr_range_format(&(struct addr_range){addr_set_nth(aim->targets, 0),
					  addr_set_nth(aim->targets, n - 1)},
			text),
		&judgement, reterr);
}

static int put_rows(struct rehearsal *rehearsal, const struct task *task, struct error *reterr)
{
	const struct scan_plan *plan = rehearsal->plan;
	int r = scan_aim_make(plan, &rehearsal->aim, reterr);

	if (r == 0 && plan->shards) {
		r = put_part(rehearsal, reterr);
	} else {
		for (size_t i = 0; r == 0 && i < plan->n_targets; i++)
			r = put_target(rehearsal, &plan->targets[i], reterr);
		if (r == 0)
			r = put_list(rehearsal, task->targets.names, reterr);
	}
	scan_aim_done(&rehearsal->aim);
	return r;
}

/* One row per target, and one for those of files: why it is in scope, and what would be sent at
 * most. */
static int dry_run(struct task *task, struct context *context, struct error *reterr)
{
	static const struct column columns[] = {{"target", false}, {"addresses", true},
		{"questions", true}, {"probes", true}, {"rate", true}, {"verdict", false},
		{"authorisation", false}, {"stages", false}, {"sends", false}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	_cleanup_(cleanup_freep) char *sends = NULL;
	struct scan_plan *plan = &task->plan;
	struct rehearsal rehearsal = {.plan = plan};
	int permitted = authority_apply(context, plan, &task->scope, reterr), r;

	if (permitted < 0 && permitted != ERROR_PERMISSION)
		return permitted;
	r = sends_text(plan, &sends, reterr);
	if (r == 0)
		r = writer_new(
			context->form, "plan", columns, ARRAY_SIZE(columns), &writer, reterr);
	rehearsal.sends = sends;
	rehearsal.writer = writer;
	if (r == 0)
		r = put_rows(&rehearsal, task, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	if (r < 0 || permitted < 0)
		return r < 0 ? r : permitted;
	return rehearsal.refused
		       ? error_set(reterr, ERROR_PERMISSION,
				 "%zu of %zu targets may not be scanned; record who allows it "
				 "with: cadastre scope grant",
				 rehearsal.refused, rehearsal.rows)
		       : 0;
}

/* Scans into a file, and signs it if a key is named: even one that ended early. */
static int write_scan(
	void *closure, struct context *context, const char *path, struct error *reterr)
{
	return task_write_bundle(closure, context, path, reterr);
}

/* Options of any verb. */
static size_t count_global(const struct args *args)
{
	size_t n = 0;

	for (size_t i = 0; i < args->n; i++)
		for (const struct option_row *row = global_options; row->name; row++)
			n += args->items[i].row == row;
	return n;
}

/* Of scans that were broken off. */
static int run_unfinished(
	struct context *context, const struct args *args, struct error *reterr)
{
	const char *broken = args_get(args, "resume", NULL),
		   *forgotten = args_get(args, "forget", NULL);
	const char *option = broken ? "resume" : forgotten ? "forget" : "unfinished";

	if (args->n > 1 + count_global(args) || context->resumption)
		return error_set(reterr, ERROR_USAGE, "--%s takes nothing else%s", option,
			broken ? ": the scan goes on as it was begun" : "");
	return broken	   ? resume_run(context, broken, reterr)
	       : forgotten ? resume_forget(context, forgotten, reterr)
			   : resume_list(context, reterr);
}

static int run_scan(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(task_done) struct task task = {0};
	struct intake_result result = {0};
	int r, filed;

	if (args_has(args, "resume") || args_has(args, "forget") ||
		args_has(args, "unfinished"))
		return run_unfinished(context, args, reterr);
	if (args_has(args, "sign") && !args_has(args, "bundle"))
		return error_set(
			reterr, ERROR_USAGE, "--sign signs a bundle: name it with --bundle");
	if (!args_n_positional(args) && !args_has(args, "targets"))
		return error_set(reterr, ERROR_USAGE,
			"name what is to be scanned: cadastre scan TARGET..., or --targets FILE");
	r = task_init(&task, context, args, reterr);
	if (r < 0)
		return r;
	if (args_has(args, "dry-run"))
		return dry_run(&task, context, reterr);
	if (args_has(args, "bundle"))
		return sign_bundle(context, args, write_scan, &task, reterr);
	filed = task_run(&task, context, &result, reterr);
	if (filed < 0 && filed != ERROR_PARTIAL)
		return filed;
	r = task_report(context, &result, filed < 0 ? NULL : reterr);
	return filed < 0 ? filed : r;
}

static const struct option_row scan_options[] = {
	TASK_OPTIONS,
	{"dry-run", 0, NULL, "say what would be sent, and send nothing"},
	{"bundle", 0, "FILE", "write the observations to FILE instead of the database"},
	{"sign", 0, "KEY", "sign the bundle with this private key"},
	{"resume", 0, "RUN",
		"go on with a scan that was broken off: part of its id, its run, or last"},
	{"forget", 0, "RUN", "give a scan up that was broken off"},
	{"unfinished", 0, NULL, "list the scans that run or were broken off"},
	{0},
};

const struct command cmd_scan = {
	.name = "scan",
	.synopsis = "[OPTION...] [TARGET...]",
	.summary = "active discovery of addresses covered by an authorisation",
	.options = scan_options,
	.details =
		"TARGET is an address, a prefix or FIRST-LAST; --targets names a file of them.",
	.needs = NEEDS_DATABASE,
	.max_positional = SCAN_TARGETS_MAX,
	.run = run_scan,
};
