/* SPDX-License-Identifier: Apache-2.0 */
/* asset match: all assets compared with each other. */
#include "cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const struct column columns[] = {{"realm", false}, {"decision", false},
	{"asset_id", false}, {"asset", false}, {"other_id", false}, {"other", false},
	{"keys", false}, {"score", true}, {"reason", false}};

struct match {
	struct writer *writer;
	bool shown;
};

static int match_row(void *context, const struct match_row *row)
{
	struct match *match = context;
	char id[24], other[24] = "", score[16];

	snprintf(id, sizeof(id), "%" PRIu64, row->asset_id);
	if (row->other_id)
		snprintf(other, sizeof(other), "%" PRIu64, row->other_id);
	snprintf(score, sizeof(score), "%d", row->score);
	return writer_row(match->writer,
		(const char *[]){row->realm, row->kind, id, row->asset, other, row->other,
			row->keys, score, row->reason},
		NULL);
}

static void match_progress(void *context, const char *what, const char *realm, uint64_t n)
{
	struct match *match = context;

	(void)realm; /* a name from a file: not for the terminal as it is */
	if (match->shown)
		fprintf(stderr, "\r\033[K%s %" PRIu64, what, n);
}

static int run_match(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct match match = {.shown = !context->quiet && isatty(STDERR_FILENO)};
	struct match_options options = {.realm = context->realm_given ? context->realm : NULL,
		.dry_run = args_has(args, "dry-run"),
		.row = match_row,
		.progress = match_progress,
		.context = &match};
	uint64_t decisions = 0;
	int r = writer_new(
		context->form, "decision", columns, ARRAY_SIZE(columns), &writer, reterr);

	if (r < 0)
		return r;
	match.writer = writer;
	r = inventory_asset_match(context->inventory, &options, &decisions, reterr);
	if (match.shown)
		fprintf(stderr, "\r\033[K");
	if (r == 0)
		r = writer_finish(writer, reterr);
	if (r == 0 && options.dry_run && decisions)
		say(context, "nothing was kept: --dry-run");
	return r < 0 ? r : decisions > 0;
}

static const struct option_row options[] = {
	{"dry-run", 0, NULL, "say what would be decided and keep nothing"},
	{0},
};

const struct command cmd_asset_match = {
	.name = "asset match",
	.synopsis = "[OPTION...]",
	.summary = "compare all assets by their identity keys; exit 1 if anything was decided",
	.options = options,
	.needs = NEEDS_DATABASE,
	.run = run_match,
};
