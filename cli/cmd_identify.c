/* SPDX-License-Identifier: Apache-2.0 */
/* identify: norms over the register, what they propose, and the same once more. */
#include "cli/command.h"

#include "cli/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const struct column replay_columns[] = {{"proposal", true}, {"system", false},
	{"pack", false}, {"version", false}, {"outcome", false}, {"score", true},
	{"missing", false}, {"same", false}, {"difference", false}};
static const struct column reason_columns[] = {{"reason", false}};

struct replaying {
	struct context *context;
	bool explain, differs;
	struct error *reterr;
};

static int print_reasons(struct replaying *replaying, const struct replay *replay)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r = writer_new(replaying->context->form, "reason", reason_columns,
		ARRAY_SIZE(reason_columns), &writer, replaying->reterr);

	for (size_t i = 0; i < replay->n_reasons && r == 0; i++)
		r = writer_row(writer, &replay->reasons[i], replaying->reterr);
	return r < 0 ? r : writer_finish(writer, replaying->reterr);
}

static int print_replay(void *context, const struct replay *replay)
{
	struct replaying *replaying = context;
	_cleanup_(writer_freep) struct writer *writer = NULL;
	char id[24], score[16];
	const char *cells[] = {id, replay->system_id, replay->pack, replay->version,
		replay->outcome, score, replay->missing, replay->difference[0] ? "no" : "yes",
		replay->difference};
	int r = writer_new(replaying->context->form, "replay", replay_columns,
		ARRAY_SIZE(replay_columns), &writer, replaying->reterr);

	snprintf(id, sizeof(id), "%" PRId64, replay->eval_id);
	snprintf(score, sizeof(score), "%d", replay->score);
	replaying->differs = replay->difference[0] != '\0';
	if (r == 0)
		r = writer_row(writer, cells, replaying->reterr);
	if (r == 0)
		r = writer_finish(writer, replaying->reterr);
	return r == 0 && replaying->explain ? print_reasons(replaying, replay) : r;
}

static int run_replay(struct context *context, const char *text, bool explain,
	struct error *reterr)
{
	struct replaying replaying = {.context = context, .explain = explain, .reterr = reterr};
	char *end;
	int64_t id = strtoll(text, &end, 10);
	int r;

	if (id <= 0 || *end)
		return error_set(reterr, ERROR_USAGE,
			"--replay takes the number of a proposal, not \"%.32s\"; `cadastre "
			"identify --list` shows them",
			text);
	r = inventory_replay(context->inventory, id, print_replay, &replaying, reterr);
	return r < 0 ? r : replaying.differs;
}

static int run_identify(struct context *context, const struct args *args, struct error *reterr)
{
	const char *replay = args_get(args, "replay", NULL);
	const struct judge_task task = {.pack = args_get(args, "pack", NULL),
		.system = args_get(args, "system", NULL),
		.all = args_has(args, "all"),
		.explain = args_has(args, "explain"),
		.only_list = args_has(args, "list")};

	if (replay && (task.pack || task.system || task.all || task.only_list))
		return error_set(reterr, ERROR_USAGE, "--replay is about one proposal as it is "
			"kept; it goes with --explain only");
	if (task.only_list && task.all)
		return error_set(
			reterr, ERROR_USAGE, "--list judges nothing, so --all means nothing");
	if (replay)
		return run_replay(context, replay, task.explain, reterr);
	return judge_systems(context, &task, reterr);
}

static const struct option_row identify_options[] = {
	{"pack", 0, "ID", "only this pack"},
	{"system", 0, "ID", "only this system"},
	{"all", 0, NULL, "judge all systems, not only what can have changed"},
	{"list", 0, NULL, "the proposals that stand; nothing is judged"},
	{"explain", 0, NULL, "one row for each criterion, with its facts"},
	{"replay", 0, "NUMBER",
		"make a kept proposal again from its norm and facts; exit 1 if it differs"},
	{0},
};

const struct command cmd_identify = {
	.name = "identify",
	.synopsis = "[OPTION...]",
	.summary = "evaluate norm packs over the systems: proposals with reasons",
	.details = "Judges, and prints, the systems that can have changed since the last time, and all the\n"
		   "first time and when the norms in force are others. Exit 1 if a proposal that stands\n"
		   "meets a norm or needs a review.",
	.options = identify_options,
	.needs = NEEDS_DATABASE,
	.run = run_identify,
};
