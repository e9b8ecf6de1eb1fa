/* SPDX-License-Identifier: Apache-2.0 */
/* scan, listen, import: observations into the register, or into a bundle. */
#include "cli/task.h"
#include "cli/command.h"

#include <fcntl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int dry_run(struct task *task, struct context *context, struct error *reterr)
{
	static const struct column columns[] = {{"addresses", true}, {"probes", true}, {"plan", false}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	uint64_t addresses, probes;
	char texts[2][24];
	const char *cells[] = {texts[0], texts[1], task->text};
	int r;

	r = scan_plan_count(&task->plan, &addresses, &probes, reterr);
	if (r < 0)
		return r;
	snprintf(texts[0], sizeof(texts[0]), "%" PRIu64, addresses);
	snprintf(texts[1], sizeof(texts[1]), "%" PRIu64, probes);
	r = writer_new(context->form, "plan", columns, ARRAY_SIZE(columns), &writer, reterr);
	if (r == 0)
		r = writer_row(writer, cells, reterr);
	return r == 0 ? writer_finish(writer, reterr) : r;
}

static int run_scan(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(task_done) struct task task = {0};
	struct intake_result result = {0};
	const char *bundle = args_get(args, "bundle", NULL);
	int r, filed;

	r = task_init(&task, context, args, reterr);
	if (r < 0)
		return r;
	if (args_has(args, "dry-run"))
		return dry_run(&task, context, reterr);
	if (bundle)
		return task_write_bundle(&task, context, bundle, reterr);
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
	{0},
};

const struct command cmd_scan = {
	.name = "scan",
	.synopsis = "[OPTION...] TARGET...",
	.summary = "active discovery of addresses covered by an authorisation",
	.options = scan_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = SCAN_TARGETS_MAX,
	.run = run_scan,
};

static int run_listen(struct context *context, const struct args *args, struct error *reterr)
{
	const char *path = args_get(args, "read", NULL);
	struct bundle_header header = {0};
	struct intake_result result = {0};
	struct scan *scan = NULL;
	char share[512];
	int fd = -1, r, filed;

	if (!path)
		return error_set(reterr, ERROR_USAGE, "name a capture file: cadastre listen -r FILE");
	r = task_header(&header, context, args_get(args, "vantage", "internal"), reterr);
	if (r < 0)
		return r;
	r = scan_listen_file(path, &header,
		args_get(args, "fingerprints", share_path("fingerprints", share, sizeof(share))), &scan,
		&fd, reterr);
	if (r < 0)
		return r;
	filed = task_file(context, scan, fd, path, path, &result, reterr);
	scan_free(scan);
	if (filed < 0 && filed != ERROR_PARTIAL)
		return filed;
	r = task_report(context, &result, filed < 0 ? NULL : reterr);
	return filed < 0 ? filed : r;
}

static const struct option_row listen_options[] = {
	{"read", 'r', "FILE", "the capture: pcap or pcapng, gzip too"},
	{"vantage", 0, "NAME", "where it was taken: internal or internet"},
	{"fingerprints", 0, "DIR", "directory of Recog-format files to use instead of ours"},
	{0},
};

const struct command cmd_listen = {
	.name = "listen",
	.synopsis = "-r FILE",
	.summary = "passive discovery from a capture; sends nothing",
	.options = listen_options,
	.needs = NEEDS_DATABASE,
	.run = run_listen,
};

static int run_import(struct context *context, const struct args *args, struct error *reterr)
{
	const char *path;

	for (size_t i = 0; (path = args_positional(args, i)); i++) {
		_cleanup_(cleanup_closep) int fd = -1;
		struct intake_result result = {0};
		int r, filed;

		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_errno(reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
		filed = inventory_intake(context->inventory, fd, path, path, &result, reterr);
		if (filed < 0 && filed != ERROR_PARTIAL)
			return filed;
		r = task_report(context, &result, filed < 0 ? NULL : reterr);
		if (filed < 0 || r < 0)
			return filed < 0 ? filed : r;
	}
	return 0;
}

const struct command cmd_import = {
	.name = "import",
	.synopsis = "BUNDLE...",
	.summary = "take observation bundles into the register; twice changes nothing",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_import,
};
