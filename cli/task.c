/* SPDX-License-Identifier: Apache-2.0 */
/* Plan, authorise, run, file; see task.h. */
#include "cli/task.h"

#include "cli/authority.h"
#include "cli/progress.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/model/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define AUDIT_TARGETS_MAX 8192 /* bytes of targets in a row of the trail */

static int default_targets(struct task *task, struct error *reterr)
{
	struct cidr *both = calloc(2, sizeof(*both));

	if (!both)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	cidr_parse("127.0.0.1", &both[0], NULL);
	cidr_parse("::1", &both[1], NULL);
	task->targets.named = both;
	task->targets.n_named = 2;
	return 0;
}

static int parse_targets(struct task *task, const struct context *context,
	const struct args *args, struct error *reterr)
{
	struct scan_plan *plan = &task->plan;
	const struct targets *targets = &task->targets;
	int r = targets_read(&task->targets, context, args, reterr);

	if (r == 0 && !targets->n_named && !targets->list)
		r = default_targets(task, reterr);
	plan->targets = targets->named;
	plan->n_targets = targets->n_named;
	plan->target_list = targets->list;
	plan->excludes = targets->excluded;
	plan->n_excludes = targets->n_excluded;
	plan->exclude_list = targets->exclude_list;
	return r;
}

static const uint16_t *no_ports(size_t *ret_n)
{
	*ret_n = 0;
	return NULL;
}

struct list_option {
	const char *name;
	const uint16_t *(*defaults)(size_t *ret_n);
	int (*parse)(const char *text, uint16_t **ret, size_t *ret_n, struct error *reterr);
	uint16_t **own; /* what has to be freed */
	const uint16_t **list;
	size_t *n;
};

static int parse_list(
	const struct args *args, const struct list_option *option, struct error *reterr)
{
	const char *text = args_get(args, option->name, NULL);
	int r;

	if (!text || strcmp(text, "none") == 0) {
		*option->list = (text ? no_ports : option->defaults)(option->n);
		return 0;
	}
	r = option->parse(text, option->own, option->n, reterr);
	*option->list = *option->own;
	return r < 0 ? error_wrap(reterr, r, "--%s", option->name) : 0;
}

static int parse_lists(struct task *task, const struct args *args, struct error *reterr)
{
	struct scan_plan *plan = &task->plan;
	const struct list_option options[] = {
		{"ports", scan_default_tcp_ports, scan_ports_parse, &task->tcp_ports,
			&plan->tcp_ports, &plan->n_tcp_ports},
		{"udp", scan_default_udp_ports, scan_ports_parse, &task->udp_ports,
			&plan->udp_ports, &plan->n_udp_ports},
		{"sctp", no_ports, scan_ports_parse, &task->sctp_ports, &plan->sctp_ports,
			&plan->n_sctp_ports},
		{"ip-protocols", no_ports, scan_protocols_parse, &task->ip_protocols,
			&plan->ip_protocols, &plan->n_ip_protocols}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(options); i++)
		r = parse_list(args, &options[i], reterr);
	return r;
}

static int parse_profile(const struct args *args, enum scan_profile *ret, struct error *reterr)
{
	static const char *const names[] = {"safe", "standard", "thorough"};
	const char *text = args_get(args, "profile", "safe");

	for (int i = 0; i < 3; i++)
		if (strcmp(names[i], text) == 0) {
			*ret = (enum scan_profile)i;
			return 0;
		}
	return error_set(reterr, ERROR_USAGE,
		"\"%.32s\" is not a profile; there are safe, standard and thorough", text);
}

/* "2/4": the second of four parts. */
static int parse_shard(const struct args *args, struct scan_plan *plan, struct error *reterr)
{
	const char *text = args_get(args, "shard", NULL);
	int end = 0;

	if (!text)
		return 0;
	if (strspn(text, "0123456789/") == strlen(text) &&
		sscanf(text, "%5u/%5u%n", &plan->shard, &plan->shards, &end) == 2 &&
		!text[end] && plan->shard >= 1 && plan->shard <= plan->shards &&
		plan->shards <= SCAN_SHARDS_MAX)
		return 0;
	return error_set(reterr, ERROR_USAGE,
		"\"%.32s\" is no part of a whole; write --shard 2/4 for the second of four, of at most %d",
		text, SCAN_SHARDS_MAX);
}

static int parse_transmit(
	const struct args *args, enum scan_transmit *ret, struct error *reterr)
{
	static const char *const names[] = {"packet", "af-xdp", "xdp-live", "connect"};
	const char *text = args_get(args, "transmit", "packet");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], text) == 0) {
			*ret = (enum scan_transmit)i;
			return 0;
		}
	return error_set(reterr, ERROR_USAGE,
		"\"%.32s\" is no way to send; there are packet, af-xdp, xdp-live and connect",
		text);
}

int task_header(struct bundle_header *header, const struct context *context,
	const char *vantage, struct error *reterr)
{
	if (strlen(context->realm) >= sizeof(header->realm) || !*context->realm)
		return error_set(reterr, ERROR_USAGE, "the realm name must have 1 to %zu bytes",
			sizeof(header->realm) - 1);
	if (strcmp(vantage, "internal") != 0 && strcmp(vantage, "internet") != 0)
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is not a vantage; there are internal and internet", vantage);
	snprintf(header->realm, sizeof(header->realm), "%s", context->realm);
	snprintf(header->vantage, sizeof(header->vantage), "%s", vantage);
	snprintf(header->tool, sizeof(header->tool), "cadastre %s", CADASTRE_VERSION);
	header->started_us = clock_wall_us();
	return bundle_id_random(header->id, reterr);
}

/* "198.18.10.0/24, 198.18.20.0/24 from internal, profile safe" */
static void describe(struct task *task, const struct args *args)
{
	const struct scan_plan *plan = &task->plan;
	struct str text = STR_INIT(sizeof(task->text) - 1);
	char cidr[CIDR_TEXT_MAX];
	size_t shown = plan->n_targets < 8 ? plan->n_targets : 8;

	for (size_t i = 0; i < shown; i++)
		str_addf(&text, "%s%s", i ? ", " : "", cidr_format(&plan->targets[i], cidr));
	if (shown < plan->n_targets)
		str_addf(&text, " and %zu more", plan->n_targets - shown);
	if (plan->target_list)
		str_addf(&text, "%s%" PRIu64 " addresses of %s", shown ? ", " : "",
			addr_set_count(plan->target_list), task->targets.names);
	if (plan->shards)
		str_addf(&text, ", part %u of %u", plan->shard, plan->shards);
	str_addf(&text, " from %s, profile %s", plan->header.vantage,
		args_get(args, "profile", "safe"));
	snprintf(task->text, sizeof(task->text), "%s", text.data);
	str_done(&text);
}

int task_init(struct task *task, struct context *context, const struct args *args,
	struct error *reterr)
{
	struct scan_plan *plan = &task->plan;
	uint64_t rate, network_rate, seed;
	int r;

	memset(task, 0, sizeof(*task));
	task->args = args;
	task->words = STR_INIT(SCAN_WORDS_MAX);
	r = task_header(&plan->header, context, args_get(args, "vantage", "internal"), reterr);
	if (r == 0)
		r = parse_targets(task, context, args, reterr);
	if (r == 0)
		r = parse_lists(task, args, reterr);
	if (r == 0)
		r = parse_profile(args, &plan->profile, reterr);
	if (r == 0)
		r = parse_transmit(args, &plan->transmit, reterr);
	if (r == 0)
		r = parse_shard(args, plan, reterr);
	if (r == 0)
		r = args_number(args, "rate", 1, 10000000, 0, &rate, reterr);
	if (r == 0)
		r = args_number(args, "network-rate", 1, 10000000, 0, &network_rate, reterr);
	if (r == 0)
		r = args_number(args, "seed", 1, UINT64_MAX, 0, &seed, reterr);
	if (r < 0)
		return r;

	plan->rate_pps = (uint32_t)rate;
	plan->network_pps = (uint32_t)network_rate;
	plan->seed = seed;
	plan->trace = !args_has(args, "no-trace");
	plan->greet = !args_has(args, "no-greeting");
	if (args_has(args, "snmp"))
		r = logins_read(args_get(args, "snmp", NULL), &task->logins, reterr);
	if (r < 0)
		return r;
	plan->logins = task->logins.rows;
	plan->n_logins = task->logins.n;
	plan->stop_file = args_get(args, "stop-file", NULL);
	plan->fingerprints = args_get(args, "fingerprints",
		share_path("fingerprints", task->fingerprints, sizeof(task->fingerprints)));
	describe(task, args);
	r = inventory_scope_load(context->inventory, context->realm,
		args_get(args, "profile", "safe"), 0, &task->scope, reterr);
	plan->scope = task->scope;
	return r;
}

void task_done(struct task *task)
{
	targets_done(&task->targets);
	logins_done(&task->logins);
	free(task->tcp_ports);
	free(task->udp_ports);
	free(task->sctp_ports);
	free(task->ip_protocols);
	str_done(&task->words);
	scope_free(task->scope);
}

/* What is excluded of a list is passed over, but not in silence. */
static int tell_left_out(
	const struct task *task, const struct context *context, struct error *reterr)
{
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};
	struct scan_judgement judgement;
	int r;

	if ((!task->plan.target_list && !task->plan.shards) || context->quiet)
		return 0;
	r = scan_aim_make(&task->plan, &aim, reterr);
	if (r < 0)
		return r;
	scan_judge_list(&task->plan, &aim, &judgement);
	if (judgement.verdict == SCOPE_ALLOWED && judgement.left_out)
		say(context,
			"%" PRIu64 " of %" PRIu64
			" addresses of %s are excluded, and not asked",
			judgement.left_out, judgement.addresses,
			task->plan.shards ? "this part" : task->targets.names);
	return 0;
}

/* All targets, or so much of them as a row of the trail should have, and how many there are,
 * with a digest. */
static void name_targets(const struct scan_plan *plan, struct str *out)
{
	_cleanup_(str_done) struct str all = STR_INIT(SCAN_TARGETS_MAX * (CIDR_TEXT_MAX + 1));
	char cidr[CIDR_TEXT_MAX], hex[DIGEST_HEX_SIZE];
	uint8_t sha256[DIGEST_SIZE];

	for (size_t i = 0; i < plan->n_targets; i++)
		str_addf(&all, "%s%s", i ? " " : "", cidr_format(&plan->targets[i], cidr));
	digest_sha256(all.data, all.len, sha256);
	if (all.len <= AUDIT_TARGETS_MAX)
		str_adds(out, all.data);
	else
		str_addf(out, "%.*s..., %zu targets, SHA-256 %s", AUDIT_TARGETS_MAX, all.data,
			plan->n_targets, digest_hex(sha256, hex));
}

/* Before the first packet: what it will be sent to, and under which id it can be found
 * again. */
static int audit_start(const struct task *task, struct context *context, struct error *reterr)
{
	const struct scan_plan *plan = &task->plan;
	_cleanup_(str_done) struct str detail = STR_INIT(2 * AUDIT_TARGETS_MAX);

	str_addf(&detail, "bundle %.*s%s: %s; ", SCAN_ID_FIXED, plan->header.id,
		plan->resume ? ", which goes on" : "", task->text);
	if (plan->n_logins)
		str_addf(&detail, "reads SNMP agents with %zu logins of %s; ", plan->n_logins,
			args_get(task->args, "snmp", ""));
	str_adds(&detail, "targets: ");
	name_targets(plan, &detail);
	return inventory_audit(
		context->inventory, "scan.start", plan->header.realm, detail.data, reterr);
}

static int prepare(struct task *task, struct context *context, struct error *reterr)
{
	int r = resume_prepare(
		&task->plan, context, task->args, &task->words, task->journal, reterr);

	if (r == 0)
		r = tell_left_out(task, context, reterr);
	if (r == 0)
		r = targets_audit(&task->targets, context, task->plan.header.id, reterr);
	return r == 0 ? audit_start(task, context, reterr) : r;
}

/* Starts the scan. A refusal by scope, and one that was to start and did not, are written to
 * the trail. */
static int start(struct task *task, struct context *context, struct scan **ret_scan,
	int *ret_fd, struct error *reterr)
{
	struct error audit = {0};
	const char *what = "scan.refuse";
	int r = authority_apply(context, &task->plan, &task->scope, reterr);

	if (r == 0)
		r = scan_check(&task->plan, reterr);
	if (r == 0) {
		r = prepare(task, context, reterr);
		if (r < 0)
			return r;
		what = "scan.fail";
		r = scan_start(&task->plan, ret_scan, ret_fd, reterr);
	}
	if (r == 0 && scan_note(*ret_scan) && !context->quiet)
		fprintf(stderr, "cadastre: %s\n", scan_note(*ret_scan));
	if ((r == ERROR_PERMISSION || (r < 0 && strcmp(what, "scan.fail") == 0)) &&
		inventory_audit(context->inventory, what, task->text, reterr->text, &audit) < 0)
		return error_wrap(reterr, r, "(that could not be recorded: %s)", audit.text);
	return r;
}

int task_file(struct context *context, struct scan *scan, int fd, const char *name,
	const char *text, struct intake_result *ret_result, struct error *reterr)
{
	struct progress progress;
	struct error scan_error = {0};
	int r, finished;

	r = progress_start(&progress, scan, context->quiet, reterr);
	if (r < 0)
		return r;
	r = inventory_intake(context->inventory, fd, name, text, ret_result, reterr);
	if (r < 0)
		scan_stop(scan);
	close(fd);
	finished = scan_finish(scan, &scan_error);
	progress_end(&progress);

	/* A scan that failed before its first word leaves an empty bundle: its own reason
	 * counts. */
	if (r == ERROR_INPUT && finished < 0)
		return error_set(reterr, finished, "%s", scan_error.text);
	if (r < 0 && r != ERROR_PARTIAL)
		return r;
	if (finished == 0 && r == 0 && scan_ended(scan) == SCAN_STOPPED)
		return error_set(reterr, ERROR_PARTIAL,
			"the scan was stopped before its end; %" PRIu64
			" observations were kept as run %" PRId64,
			ret_result->taken, ret_result->run_id);
	if (finished < 0)
		return error_set(reterr, ret_result->taken ? ERROR_PARTIAL : finished,
			ret_result->taken ? "%s; %" PRIu64
					    " observations were kept as run %" PRId64
					  : "%s",
			scan_error.text, ret_result->taken, ret_result->run_id);
	return r;
}

int task_run(struct task *task, struct context *context,
	struct intake_result *ret_result, struct error *reterr)
{
	struct scan *scan = NULL;
	int fd = -1, r;

	r = start(task, context, &scan, &fd, reterr);
	if (r < 0)
		return r;
	r = task_file(context, scan, fd, "scan", task->text, ret_result, reterr);
	r = resume_conclude(&task->plan, context, scan_ended(scan), r, reterr);
	scan_free(scan);
	return r;
}

static int copy(int from, int to, struct error *reterr)
{
	char buffer[65536];

	for (;;) {
		ssize_t n = read(from, buffer, sizeof(buffer));
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(reterr, ERROR_SYSTEM, errno, "cannot read the scan");
		if (n == 0)
			return 0;
		r = file_write_all(to, buffer, (size_t)n, reterr);
		if (r < 0)
			return r;
	}
}

static int open_bundle(const char *path, bool there, struct error *reterr)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (there ? 0 : O_EXCL), 0644);

	if (fd < 0 && errno == EEXIST)
		return error_set(reterr, ERROR_USAGE,
			"\"%s\" is there already; name another file", path);
	return fd < 0 ? error_errno(
				reterr, ERROR_SYSTEM, errno, "cannot make bundle \"%s\"", path)
		      : fd;
}

/* Copies the bundle of a scan that was started, to its end. */
static int copy_scan(struct context *context, struct scan *scan, int fd, int to,
	const char *path, struct error *reterr)
{
	struct progress progress;
	struct error scan_error = {0};
	int r = progress_start(&progress, scan, context->quiet, reterr), finished;

	if (r < 0) {
		close(fd);
		return r;
	}
	r = copy(fd, to, reterr);
	if (r < 0)
		scan_stop(scan);
	close(fd);
	finished = scan_finish(scan, &scan_error);
	progress_end(&progress);
	if (r < 0)
		r = error_wrap(reterr, r, "bundle \"%s\"", path);
	else if (finished < 0)
		r = error_set(reterr, finished, "%s", scan_error.text);
	else if (scan_ended(scan) == SCAN_STOPPED)
		r = error_set(reterr, ERROR_PARTIAL,
			"the scan was stopped before its end; bundle \"%s\" holds what came",
			path);
	return r;
}

int task_write_bundle(struct task *task, struct context *context, const char *path,
	struct error *reterr)
{
	_cleanup_(cleanup_closep) int opened = -1;
	bool is_file = strcmp(path, "-") != 0;
	struct scan *scan = NULL;
	int fd = -1, to = STDOUT_FILENO, r;

	if (is_file) {
		to = opened = open_bundle(path, context->resumption, reterr);
		if (to < 0)
			return to;
	}
	r = start(task, context, &scan, &fd, reterr);
	if (r == 0)
		r = inventory_audit(
			context->inventory, "scan.bundle", path, task->text, reterr);
	/* What the last attempt wrote there is told again, and more. */
	if (r == 0 && is_file && ftruncate(to, 0) < 0)
		r = error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot write bundle \"%s\"", path);
	if (r < 0) {
		if (is_file && !context->resumption)
			unlink(path);
		scan_free(scan);
		return r;
	}
	r = copy_scan(context, scan, fd, to, path, reterr);
	r = resume_conclude(&task->plan, context, scan_ended(scan), r, reterr);
	scan_free(scan);
	return r;
}

int task_listen_bundle(struct context *context, const struct listening *listening,
	const char *path, struct error *reterr)
{
	_cleanup_(cleanup_closep) int opened = -1;
	bool is_file = strcmp(path, "-") != 0;
	struct scan *scan = NULL;
	int fd = -1, to = STDOUT_FILENO, r;

	if (is_file) {
		to = opened = open_bundle(path, false, reterr);
		if (to < 0)
			return to;
	}
	r = task_listen(listening, &scan, &fd, reterr);
	if (r < 0 && is_file)
		unlink(path);
	if (r < 0)
		return r;
	r = copy_scan(context, scan, fd, to, path, reterr);
	scan_free(scan);
	return r;
}

int task_listen(const struct listening *listening, struct scan **ret_scan, int *ret_fd,
	struct error *reterr)
{
	return listening->capture
		       ? scan_listen_file(listening->capture, &listening->header,
				 listening->fingerprints, ret_scan, ret_fd, reterr)
		       : scan_listen_live(&listening->tap, &listening->header,
				 listening->fingerprints, ret_scan, ret_fd, reterr);
}

int task_report(
	struct context *context, const struct intake_result *result, struct error *reterr)
{
	static const struct column columns[] = {{"run", true}, {"taken", true},
		{"refused", true}, {"assets_seen", true}, {"assets_new", true},
		{"assets_quiet", true}, {"services_new", true}, {"services_changed", true},
		{"services_gone", true}, {"fact_rows", true}, {"note", false}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const uint64_t values[] = {(uint64_t)result->run_id, result->taken,
		result->refused_scope + result->refused_invalid, result->assets_seen,
		result->assets_new, result->assets_quiet, result->services_new,
		result->services_changed, result->services_gone, result->facts_written};
	char texts[10][24], unplaced[96];
	const char *cells[11];
	int r;

	for (size_t i = 0; i < 10; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%" PRIu64, values[i]);
		cells[i] = texts[i];
	}
	cells[10] = result->already ? "taken before, nothing changed" :
		    result->truncated ? "cut short, what came was kept" :
		    result->stopped ? "stopped, what came was kept" :
		    result->unplaced ? unplaced :
		    result->late ? "late: filed as history, what is newer stands" : "";
	snprintf(unplaced, sizeof(unplaced),
		"late: filed as history, %" PRIu64 " of stations without an address left out",
		result->unplaced);
	r = writer_new(context->form, "run", columns, ARRAY_SIZE(columns), &writer, reterr);
	if (r == 0)
		r = writer_row(writer, cells, reterr);
	return r == 0 ? writer_finish(writer, reterr) : r;
}
