/* SPDX-License-Identifier: Apache-2.0 */
/* export: asset files and views of them for others. */
#include "cli/command.h"

#include "common/clock.h"
#include "common/file.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRESS_US 200000 /* between two lines on the terminal */

/* What people call a kind, and what the inventory does. */
static const char *const kinds[] = {
	"asset-file", "csv", "csv-services", "json", "cyclonedx", "rfc8345", "nmap"};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

struct watch {
	bool shown;
	int64_t next_us;
};

static int show_progress(void *context, uint64_t assets)
{
	struct watch *watch = context;
	int64_t now = clock_monotonic_us();

	if (watch->shown && now >= watch->next_us) {
		fprintf(stderr, "\r\x1b[K%" PRIu64 " assets", assets);
		watch->next_us = now + PROGRESS_US;
	}
	return stopped;
}

static int check_kind(const char *kind, struct error *reterr)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i], kind) == 0)
			return 0;
	return error_set(reterr, ERROR_USAGE,
		"\"%.32s\" is no kind of file; there are asset-file, csv, csv-services, json, "
		"cyclonedx, rfc8345 and nmap",
		kind);
}

/* Whether -o names a directory, which is made if its name ends with a slash. */
static int into_directory(
	const struct args *args, const char *path, bool *ret, struct error *reterr)
{
	const char *each = args_get(args, "each", NULL);
	struct stat st;
	int r = 0;

	*ret = false;
	if (each && strcmp(each, "system") != 0 && strcmp(each, "asset") != 0)
		return error_set(reterr, ERROR_USAGE,
			"--each \"%.32s\": there are system and asset", each);
	if (*path && path[strlen(path) - 1] == '/')
		r = file_make_directory(path, reterr);
	*ret = r == 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	if (r == 0 && each && !*ret)
		return error_set(reterr, ERROR_USAGE,
			"--each writes into a directory; \"%.256s\" is none (a name that ends "
			"with \"/\" is made one)",
			path);
	return r;
}

static int run_export(struct context *context, const struct args *args, struct error *reterr)
{
	const char *path = args_get(args, "output", NULL),
		   *as_of = args_get(args, "as-of", NULL);
	struct watch watch = {.shown = !context->quiet && isatty(STDERR_FILENO)};
	struct sigaction action = {.sa_handler = stop}, before[2];
	struct export_result result = {0};
	bool directory = false;
	struct export_request request = {
		.kind = args_get(args, "kind", "asset-file"),
		.realm = context->realm_given ? context->realm : NULL, /* the only one */
		.system = args_get(args, "system", NULL),
		.asset = args_get(args, "asset", NULL),
		.sender = args_get(args, "sender", NULL),
		.progress = show_progress,
		.context = &watch,
	};
	int r = check_kind(request.kind, reterr);

	if (r == 0 && !path)
		r = error_set(reterr, ERROR_USAGE,
			"name the file to write: -o plant.xml, or -o - for standard output");
	if (r == 0)
		r = into_directory(args, path, &directory, reterr);
	if (r == 0 && as_of)
		r = clock_parse(as_of, &request.as_of_us, reterr);
	if (r < 0)
		return r;
	sigaction(SIGINT, &action, &before[0]);
	sigaction(SIGTERM, &action, &before[1]);
	r = directory ? inventory_export_each(context->inventory, &request, path,
				strcmp(args_get(args, "each", "system"), "asset") == 0, &result,
				reterr)
		      : inventory_export(context->inventory, &request, path, &result, reterr);
	sigaction(SIGINT, &before[0], NULL);
	sigaction(SIGTERM, &before[1], NULL);
	if (watch.shown)
		fputs("\r\x1b[K", stderr);
	if (r == 0 && directory)
		say(context, "%s: %" PRIu64 " files, %" PRIu64 " bytes", path, result.files,
			result.bytes);
	else if (r == 0)
		say(context, "%s: %" PRIu64 " assets, %" PRIu64 " bytes", path, result.assets,
			result.bytes);
	return r;
}

static const struct option_row export_options[] = {
	{"kind", 0, "KIND",
		"asset-file, csv, csv-services, json, cyclonedx, rfc8345, "
		"nmap; default: asset-file"},
	{"output", 'o', "FILE|DIR",
		"what to write; - is standard output; in a directory (a name "
		"that ends with / makes one) one file for each"},
	{"each", 0, "WHAT",
		"in a directory: one file for each system or asset; default: system"},
	{"system", 0, "ID", "only this system: its chapters, its assets, what it depends on"},
	{"asset", 0, "WHICH", "only this asset, by number, address or name"},
	{"sender", 0, "NAME", "who gives the file; default: the operator in the register"},
	{"as-of", 0, "TIME", "as it was then"},
	{0},
};

const struct command cmd_export = {
	.name = "export",
	.synopsis = "-o FILE|DIR [OPTION...]",
	.summary = "write asset files, or views of them, for others",
	.details = "A file speaks of one realm (--realm) at one moment, and appears whole or "
		   "not at all.",
	.options = export_options,
	.needs = NEEDS_DATABASE,
	.run = run_export,
};
