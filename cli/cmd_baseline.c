/* SPDX-License-Identifier: Apache-2.0 */
/* baseline: states frozen at a decision, a filing or an assessment, to compare with. */
#include "cli/command.h"

#include "cli/author.h"
#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FACT_MAX (1u << 20)

/* `system = "ID"`, whatever the id holds. */
static void expression_of(const char *system, struct str *out)
{
	str_adds(out, "system = \"");
	for (; *system; system++) {
		if (strchr("\"\\", *system))
			str_addc(out, '\\');
		str_addc(out, *system);
	}
	str_addc(out, '"');
}

static int run_freeze(struct context *context, const struct args *args, struct error *reterr)
{
	const char *reason = args_get(args, "reason", NULL);
	const char *system = args_get(args, "system", NULL),
		   *where = args_get(args, "where", NULL);
	struct str expression = STR_INIT(8192);
	struct asset_filter filter = {.realm = context->realm_given ? context->realm : NULL};
	struct baseline_row row;
	char author[AUTHOR_MAX];
	int r;

	if (!reason)
		return error_set(reterr, ERROR_USAGE, "freezing a baseline needs --reason");
	if (system && where)
		return error_set(reterr, ERROR_USAGE, "give --system or --where");
	if (system)
		expression_of(system, &expression);
	if (expression.failed)
		return str_done(&expression), error_set(reterr, ERROR_USAGE,
			"the id of a system is not that long");
	filter.where = system ? expression.data : where;
	r = args_moment(args_get(args, "as-of", NULL), &filter.moment.as_of_us, reterr);
	if (r == 0)
		r = inventory_baseline_freeze(context->inventory, args_positional(args, 0),
			&filter, author_of(args, author), reason, &row, reterr);
	if (r == 0)
		say(context, "baseline \"%s\": %" PRId64 " assets, %" PRId64 " facts",
			args_positional(args, 0), row.assets, row.facts);
	str_done(&expression);
	return r;
}

static const struct option_row freeze_options[] = {
	{"system", 0, "ID", "the assets of this system"},
	{"where", 0, "EXPRESSION", "the assets that an expression means; default: all"},
	{"as-of", 0, "TIME", "as it was then; default: now"},
	{"reason", 0, "TEXT", "what for: which decision, filing or assessment"},
	{"by", 0, "NAME", "who freezes it; default: the login name"},
	{0},
};

const struct command cmd_baseline_freeze = {
	.name = "baseline freeze",
	.synopsis = "NAME --reason TEXT [OPTION...]",
	.summary = "keep a state under a name, to compare later ones with",
	.options = freeze_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_freeze,
};

static const struct column columns[] = {{"name", false}, {"realm", false}, {"filter", false},
	{"as_of", false}, {"known_at", false}, {"assets", true}, {"facts", true},
	{"frozen", false}, {"by", false}, {"reason", false}, {"sha256", false}};

static int baseline_row(void *writer, const struct baseline_row *b)
{
	char as_of[CLOCK_TEXT_MAX], known[CLOCK_TEXT_MAX], frozen[CLOCK_TEXT_MAX], assets[24],
		facts[24];

	snprintf(assets, sizeof(assets), "%" PRId64, b->assets);
	snprintf(facts, sizeof(facts), "%" PRId64, b->facts);
	return writer_row(writer,
		(const char *[]){b->name, b->realm, b->filter, clock_format(b->as_of_us, as_of),
			clock_format(b->known_us, known), assets, facts,
			clock_format(b->frozen_us, frozen), b->author, b->reason, b->sha256},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r = writer_new(
		context->form, "baseline", columns, ARRAY_SIZE(columns), &writer, reterr);

	(void)args;
	if (r == 0)
		r = inventory_baseline_list(
			context->inventory, NULL, baseline_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_baseline_list = {
	.name = "baseline list",
	.synopsis = "",
	.summary = "the frozen states",
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

static const struct column fact_columns[] = {
	{"asset_id", false}, {"kind", false}, {"fact", false}};

/* Kind and columns stand between tabs. */
static int fact_row(void *writer, uint64_t asset_id, const char *line)
{
	_cleanup_(str_done) struct str fact = STR_INIT(FACT_MAX);
	size_t n = strcspn(line, "\t");
	char id[24], kind[24];

	snprintf(id, sizeof(id), "%" PRIu64, asset_id);
	snprintf(kind, sizeof(kind), "%.*s", (int)n, line);
	for (line += n + (line[n] == '\t'); *line; line++)
		str_addc(&fact, (char)(*line == '\t' ? ' ' : *line));
	return writer_row(
		writer, (const char *[]){id, kind, fact.data ? fact.data : ""}, NULL);
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *name = args_positional(args, 0);
	char sha256[65];
	int r = writer_new(
		context->form, "fact", fact_columns, ARRAY_SIZE(fact_columns), &writer, reterr);
	int told;

	if (r < 0)
		return r;
	told = inventory_baseline_show(
		context->inventory, name, fact_row, writer, sha256, reterr);
	if (told < 0)
		return told;
	r = writer_finish(writer, reterr);
	if (r == 0 && told == 1)
		say(context, "baseline \"%s\" is NOT what was frozen: sha256 is now %s", name,
			sha256);
	return r < 0 ? r : told;
}

const struct command cmd_baseline_show = {
	.name = "baseline show",
	.synopsis = "NAME",
	.summary = "the facts of a frozen state; exit 1 if its history was altered",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

static int run_verify(struct context *context, const struct args *args, struct error *reterr)
{
	const char *name = args_positional(args, 0);
	char sha256[65];
	int r = inventory_baseline_verify(context->inventory, name, sha256, reterr);

	if (r == 0)
		printf("baseline \"%s\" is what was frozen: sha256 %s\n", name, sha256);
	if (r == 1)
		printf("baseline \"%s\" is NOT what was frozen: sha256 is now %s\n", name,
			sha256);
	return r;
}

const struct command cmd_baseline_verify = {
	.name = "baseline verify",
	.synopsis = "NAME",
	.summary = "reckon the hash of a frozen state anew; exit 1 if its history was altered",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_verify,
};
