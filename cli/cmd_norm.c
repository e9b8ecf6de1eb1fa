/* SPDX-License-Identifier: Apache-2.0 */
/* identify, pack, designate, designation: norms evaluated, decisions recorded. */
#include "cli/command.h"

#include "cli/judge.h"
#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>

static int run_identify(struct context *context, const struct args *args, struct error *reterr)
{
	return judge_systems(context, args_get(args, "pack", NULL), args_get(args, "system", NULL),
		args_has(args, "explain"), reterr);
}

static const struct option_row identify_options[] = {
	{"pack", 0, "ID", "only this pack"},
	{"system", 0, "ID", "only this system"},
	{"explain", 0, NULL, "one row for each criterion, with its facts"},
	{0},
};

const struct command cmd_identify = {
	.name = "identify",
	.synopsis = "[OPTION...]",
	.summary = "evaluate norm packs over the systems: proposals with reasons",
	.details = "Exit 1 if a system meets a norm or needs a review.",
	.options = identify_options,
	.needs = NEEDS_DATABASE,
	.run = run_identify,
};

static int failure(void *context, const char *example, const char *why)
{
	say(context, "example \"%s\": %s", example, why);
	return 0;
}

static int run_check(struct context *context, const struct args *args, struct error *reterr)
{
	const char *path;
	int failed = 0;

	for (size_t i = 0; (path = args_positional(args, i)); i++) {
		struct pack_result result = {0};
		int r = inventory_pack_check(path, &result, failure, context, reterr);

		if (r < 0)
			return r;
		failed |= r;
		printf("%s %s: %" PRIu64 " examples, %" PRIu64 " passed, %" PRIu64 " failed\n",
			result.id, result.version, result.examples, result.passed,
			result.examples - result.passed);
	}
	return failed;
}

const struct command cmd_pack_check = {
	.name = "pack check",
	.synopsis = "FILE...",
	.summary = "validate norm packs and run their examples; exit 1 if one fails",
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_check,
};

static int run_install(struct context *context, const struct args *args, struct error *reterr)
{
	const char *path;

	for (size_t i = 0; (path = args_positional(args, i)); i++) {
		struct pack_result result = {0};
		int r = inventory_pack_install(context->inventory, path, &result, reterr);

		if (r < 0)
			return r;
		say(context, "norm pack %s %s: sha256 %.16s", result.id, result.version,
			result.sha256);
	}
	return 0;
}

const struct command cmd_pack_install = {
	.name = "pack install",
	.synopsis = "FILE...",
	.summary = "check norm packs and keep them in the register",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_install,
};

static int run_accept(struct context *context, const struct args *args, struct error *reterr)
{
	const char *system = args_get(args, "system", NULL);
	const char *official = args_get(args, "official", NULL);
	const char *decision = args_get(args, "decision", NULL);
	int64_t id;
	int r;

	if (!system || !official || !decision)
		return error_set(reterr, ERROR_USAGE,
			"a decision needs --system, --official and --decision: norms propose, a named "
			"official decides");
	r = inventory_designate_accept(
		context->inventory, system, official, decision, &id, reterr);
	if (r < 0)
		return r;
	printf("%" PRId64 "\n", id);
	say(context, "\"%s\" is on the CII list", system);
	return 0;
}

static const struct option_row accept_options[] = {
	{"system", 0, "ID", "the system whose newest proposal is accepted"},
	{"official", 0, "NAME", "who decides"},
	{"decision", 0, "NUMBER", "number of the decision"},
	{0},
};

const struct command cmd_designate_accept = {
	.name = "designate accept",
	.synopsis = "--system ID --official NAME --decision NUMBER",
	.summary = "decide by a proposal; prints the number of the designation",
	.options = accept_options,
	.needs = NEEDS_DATABASE,
	.run = run_accept,
};

static const struct column designation_columns[] = {{"list_no", false}, {"system_id", false},
	{"system", false}, {"outcome", false}, {"pack", false}, {"version", false},
	{"official", false}, {"decision", false}, {"reason", false}, {"valid_from", false},
	{"valid_until", false}, {"recorded", false}, {"evidence", false}};

static int designation_row(void *context, const struct designation_row *d)
{
	char from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX], recorded[CLOCK_TEXT_MAX];

	return writer_row(context,
		(const char *[]){d->list_no, d->system_id, d->system, d->outcome, d->pack, d->version,
			d->official, d->decision_no, d->reason, clock_format(d->valid_from_us, from),
			d->valid_until_us ? clock_format(d->valid_until_us, until) : "",
			clock_format(d->recorded_us, recorded), d->evidence},
		NULL);
}

static int run_designations(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *as_of = args_get(args, "as-of", NULL);
	int64_t as_of_us = 0;
	int r = 0;

	if (as_of)
		r = clock_parse(as_of, &as_of_us, reterr);
	if (r == 0)
		r = writer_new(context->form, "designation", designation_columns,
			ARRAY_SIZE(designation_columns), &writer, reterr);
	if (r == 0)
		r = inventory_designation_list(
			context->inventory, as_of_us, designation_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row designation_options[] = {
	{"as-of", 0, "TIME", "the list as it was valid then"},
	{0},
};

const struct command cmd_designation_list = {
	.name = "designation list",
	.synopsis = "[--as-of TIME]",
	.summary = "the CII list",
	.options = designation_options,
	.needs = NEEDS_DATABASE,
	.run = run_designations,
};
