/* SPDX-License-Identifier: Apache-2.0 */
/* Targets and exclusions of a command line; see targets.h. */
#include "cli/targets.h"

#include "cli/target_file.h"
#include "common/text.h"
#include "scanner/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#define SHOWN_MAX 240 /* bytes of a file's name */

static int add_range(
	struct cidr_row *row, const struct addr_range *range, struct error *reterr)
{
	struct addr_range rest = *range;
	struct cidr cidr;
	bool left = true;

	while (addr_range_prefix(&rest, &left, &cidr)) {
		if (row->n == SCAN_TARGETS_MAX)
			return error_set(
				reterr, ERROR_USAGE, "more than %d prefixes", SCAN_TARGETS_MAX);
		if (row->n == row->max) {
			size_t max = row->max ? 2 * row->max : 16;
			struct cidr *bigger = reallocarray(row->rows, max, sizeof(*bigger));

			if (!bigger)
				return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
			row->rows = bigger;
			row->max = max;
		}
		row->rows[row->n++] = cidr;
	}
	return 0;
}

int cidr_row_read(
	struct cidr_row *row, const struct args *args, const char *option, struct error *reterr)
{
	const char *text;
	int r = 0;

	for (size_t i = 0; r == 0; i++) {
		struct addr_range range;

		text = option ? args_nth(args, option, i) : args_positional(args, i);
		if (!text)
			return 0;
		r = addr_range_parse(text, &range, reterr);
		if (r == 0)
			r = add_range(row, &range, reterr);
	}
	return option ? error_wrap(reterr, r, "--%s", option) : r;
}

/* ---- files ------------------------------------------------------------------------------- */

/* What is made of the files of one option. */
struct reading {
	const struct context *context;
	const char *option;
	bool skip;	      /* bad lines are left out */
	bool probed;	      /* targets: of kinds that can be */
	struct addr_set *set; /* or */
	struct cidr_row *row;
	struct targets *targets; /* told of each file; or NULL */
	uint64_t shown, taken, bad, addresses;
};

static int take(void *context, const struct addr_range *range, struct error *reterr)
{
	struct reading *reading = context;

	uint64_t size = addr_range_size(range);

	if (reading->probed && scan_target_check(range, reterr) < 0)
		return 1;
	reading->addresses =
		size > UINT64_MAX - reading->addresses ? UINT64_MAX : reading->addresses + size;
	return reading->set ? addr_set_add(reading->set, range, reterr) :
			      add_range(reading->row, range, reterr);
}

static void tell_bad(void *context, const char *name, uint64_t line, const char *why)
{
	const struct context loud = {0};
	struct reading *reading = context;

	if (reading->shown++ < TARGETS_BAD_SHOWN)
		say(&loud, "cadastre: %s:%" PRIu64 ": %s", name, line, why);
}

static void clean_name(const char *path, char out[TARGETS_NAME_MAX])
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	_cleanup_(str_done) struct str clean = STR_INIT(TARGETS_NAME_MAX - 1);

	text_clean(&clean, name, strlen(name), SHOWN_MAX);
	snprintf(out, TARGETS_NAME_MAX, "%s", clean.data ? clean.data : "");
}

/* Keeps what a file was, to be written to the trail. */
static int keep_source(const struct reading *reading, const char *path,
	const struct target_file *file, struct error *reterr)
{
	struct targets *targets = reading->targets;
	struct target_source *source, *bigger;

	if (!targets)
		return 0;
	bigger = reallocarray(targets->sources, targets->n_sources + 1, sizeof(*bigger));
	if (!bigger)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the names of files");
	targets->sources = bigger;
	source = &targets->sources[targets->n_sources++];
	*source = (struct target_source){.option = reading->option,
		.lines = file->taken - file->n_bad,
		.addresses = reading->addresses};
	clean_name(path, source->name);
	digest_hex(file->sha256, source->sha256);
	return 0;
}

static int read_file(struct reading *reading, const char *path, struct error *reterr)
{
	_cleanup_(cleanup_closep) int opened = -1;
	struct target_file file = {.name = path,
		.fd = STDIN_FILENO,
		.take = take,
		.bad = tell_bad,
		.context = reading};
	const struct context loud = {0};
	int r;

	if (strcmp(path, "-") == 0) {
		file.name = "standard input";
	} else {
		file.fd = opened = open(path, O_RDONLY | O_CLOEXEC);
		if (opened < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path);
	}
	reading->shown = reading->addresses = 0;
	r = target_file_read(&file, reterr);
	if (reading->shown > TARGETS_BAD_SHOWN)
		say(&loud, "cadastre: %s: and %" PRIu64 " more such lines", file.name,
			reading->shown - TARGETS_BAD_SHOWN);
	reading->taken += file.taken - file.n_bad;
	reading->bad += file.n_bad;
	return r < 0 ? r : keep_source(reading, path, &file, reterr);
}

/* All files of the option, so that all that is bad is told at once. */
static int read_files(struct reading *reading, const struct args *args, struct error *reterr)
{
	const char *path;
	int r = 0;

	for (size_t i = 0; r == 0 && (path = args_nth(args, reading->option, i)); i++)
		r = read_file(reading, path, reterr);
	if (r < 0)
		return r;
	if (reading->bad && !reading->skip)
		return error_set(reterr, ERROR_INPUT,
			"--%s: %" PRIu64
			" lines cannot be taken, and nothing was begun; correct them%s",
			reading->option, reading->bad,
			strcmp(reading->option, "exclude-file") == 0
				? ""
				: ", or leave them out with --skip-bad-lines");
	if (reading->bad)
		say(reading->context,
			"--%s: %" PRIu64 " lines were left out, %" PRIu64 " taken",
			reading->option, reading->bad, reading->taken);
	if (!reading->taken && args_has(args, reading->option))
		return error_set(reterr, ERROR_INPUT, "--%s: there is nothing in it",
			reading->option);
	return 0;
}

/* Never of exclusions: what was mistyped there would be asked. */
static bool may_skip(const struct args *args, const char *option)
{
	return args_has(args, "skip-bad-lines") && strcmp(option, "exclude-file") != 0;
}

int cidr_row_read_files(struct cidr_row *row, const struct context *context,
	const struct args *args, const char *option, struct error *reterr)
{
	struct reading reading = {.context = context,
		.option = option,
		.skip = may_skip(args, option),
		.row = row};

	return read_files(&reading, args, reterr);
}

static int read_set(struct targets *targets, const struct context *context,
	const struct args *args, const char *option, struct addr_set **ret_set,
	struct error *reterr)
{
	_cleanup_(addr_set_freep) struct addr_set *set = addr_set_new();
	struct reading reading = {.context = context,
		.option = option,
		.skip = may_skip(args, option),
		.probed = strcmp(option, "targets") == 0,
		.targets = targets,
		.set = set};
	int r;

	if (!args_has(args, option))
		return 0;
	if (!set)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	r = read_files(&reading, args, reterr);
	if (r == 0)
		r = addr_set_seal(set, reterr);
	if (r == 0)
		*ret_set = STEAL(set);
	return r;
}

/* ---- both -------------------------------------------------------------------------------- */

static int check_input(const struct args *args, struct error *reterr)
{
	static const char *const options[] = {"targets", "exclude-file"};
	size_t n = 0;
	const char *path;

	for (size_t k = 0; k < ARRAY_SIZE(options); k++)
		for (size_t i = 0; (path = args_nth(args, options[k], i)); i++)
			n += strcmp(path, "-") == 0;
	return n > 1 ? error_set(reterr, ERROR_USAGE, "standard input can be read only once")
		     : 0;
}

static void name_files(struct targets *targets, const struct args *args)
{
	struct str names = STR_INIT(sizeof(targets->names) - 1);
	const char *path;

	for (size_t i = 0; (path = args_nth(args, "targets", i)); i++) {
		char name[TARGETS_NAME_MAX];

		clean_name(path, name);
		str_addf(&names, "%s%s", i ? ", " : "", name);
	}
	if (names.data)
		snprintf(targets->names, sizeof(targets->names), "%s", names.data);
	str_done(&names);
}

int targets_read(struct targets *targets, const struct context *context,
	const struct args *args, struct error *reterr)
{
	struct cidr_row named = {0}, excluded = {0};
	int r = check_input(args, reterr);

	if (r == 0)
		r = cidr_row_read(&named, args, NULL, reterr);
	if (r == 0)
		r = cidr_row_read(&excluded, args, "exclude", reterr);
	targets->named = named.rows;
	targets->n_named = named.n;
	targets->excluded = excluded.rows;
	targets->n_excluded = excluded.n;
	if (r == 0)
		r = read_set(targets, context, args, "targets", &targets->list, reterr);
	if (r == 0)
		r = read_set(
			targets, context, args, "exclude-file", &targets->exclude_list, reterr);
	name_files(targets, args);
	return r;
}

int targets_audit(const struct targets *targets, struct context *context, const char *id,
	struct error *reterr)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < targets->n_sources; i++) {
		const struct target_source *source = &targets->sources[i];
		char detail[256];

		snprintf(detail, sizeof(detail),
			"--%s: %" PRIu64 " addresses in %" PRIu64
			" lines, SHA-256 %s; bundle %s",
			source->option, source->addresses, source->lines, source->sha256, id);
		r = inventory_audit(
			context->inventory, "scan.targets", source->name, detail, reterr);
	}
	return r;
}

void targets_done(struct targets *targets)
{
	free(targets->sources);
	free(targets->named);
	free(targets->excluded);
	addr_set_free(targets->list);
	addr_set_free(targets->exclude_list);
	*targets = (struct targets){0};
}
