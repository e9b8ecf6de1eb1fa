/* SPDX-License-Identifier: Apache-2.0 */
/* asset list, asset show, changes: questions to the asset files. */
#include "cli/command.h"
#include "cli/brief.h"
#include "cli/cell.h"

#include "common/clock.h"
#include "common/model/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column list_columns[] = {{"id", false}, {"realm", false}, {"name", false},
	{"role", false}, {"state", false}, {"addresses", false}, {"services", true},
	{"exposed", true}, {"vendor", false}, {"product", false}, {"os", false},
	{"system", false}, {"tier", true}, {"cii", false}, {"first_seen", false},
	{"last_seen", false}};

static int list_row(void *context, const struct asset_row *a)
{
	char id[24], n[24], exposed[24], tier[16] = "", first[CLOCK_TEXT_MAX],
					 last[CLOCK_TEXT_MAX];

	snprintf(id, sizeof(id), "%" PRIu64, a->id);
	snprintf(n, sizeof(n), "%u", a->n_services);
	snprintf(exposed, sizeof(exposed), "%u", a->n_exposed);
	if (a->tier)
		snprintf(tier, sizeof(tier), "%d", a->tier);
	return writer_row(context,
		(const char *[]){id, a->realm, a->name, a->role, a->state, a->addresses, n,
			exposed, a->vendor, a->product, a->os, a->system, tier, a->designation,
			time_or_empty(a->first_seen_us, first),
			time_or_empty(a->last_seen_us, last)},
		NULL);
}

/* --as-of and --known-at. */
static int read_moment(const struct args *args, struct moment *ret, struct error *reterr)
{
	int r = args_moment(args_get(args, "as-of", NULL), &ret->as_of_us, reterr);

	return r < 0 ? r
		     : args_moment(args_get(args, "known-at", NULL), &ret->known_us, reterr);
}

/* An expression stands alone or after --where. */
static int read_where(const struct args *args, const char **ret, struct error *reterr)
{
	const char *option = args_get(args, "where", NULL), *alone = args_positional(args, 0);

	if (option && alone)
		return error_set(
			reterr, ERROR_USAGE, "give one expression, alone or by --where");
	*ret = option ? option : alone;
	return 0;
}

static int check_state(const char *state, struct error *reterr)
{
	static const char *const states[] = {"seen", "quiet", "retired", "all"};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!state || strcmp(state, states[i]) == 0)
			return 0;
	return error_set(reterr, ERROR_USAGE,
		"--state \"%.32s\" is none of seen, quiet, retired, all", state);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct asset_filter filter = {
		.realm = context->realm_given ? context->realm : NULL,
		.address = args_get(args, "address", NULL),
		.system = args_get(args, "system", NULL),
		.product = args_get(args, "product", NULL),
		.text = args_get(args, "text", NULL),
		.sort = args_get(args, "sort", NULL),
		.state = args_get(args, "state", NULL),
	};
	uint64_t port;
	int r;

	r = args_number(args, "port", 1, 65535, 0, &port, reterr);
	if (r == 0)
		r = args_number(args, "limit", 1, INT64_MAX, 0, &filter.limit, reterr);
	if (r == 0)
		r = read_where(args, &filter.where, reterr);
	if (r == 0)
		r = read_moment(args, &filter.moment, reterr);
	if (r == 0)
		r = check_state(filter.state, reterr);
	if (r < 0)
		return r;
	filter.port = (uint16_t)port;
	r = writer_new(context->form, "asset", list_columns, ARRAY_SIZE(list_columns), &writer,
		reterr);
	if (r == 0)
		r = inventory_asset_list(context->inventory, &filter, list_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row list_options[] = {
	{"address", 0, "CIDR", "with an address in this prefix"},
	{"port", 0, "PORT", "with this port open"},
	{"product", 0, "TEXT", "with a product whose name contains TEXT"},
	{"system", 0, "ID", "of this system"},
	{"text", 0, "TEXT", "with TEXT in name, vendor, product or system"},
	{"where", 0, "EXPRESSION", "that an expression means"},
	{"sort", 0, "ORDER", "by address, name, first-seen, last-seen or id; default: address"},
	{"limit", 0, "NUMBER", "at most so many"},
	{"as-of", 0, "TIME", "as it was then"},
	{"known-at", 0, "TIME", "by what the register knew then"},
	{"state", 0, "STATE", "seen, quiet, retired or all; default: all but retired"},
	{0},
};

const struct command cmd_asset_list = {
	.name = "asset list",
	.synopsis = "[OPTION...] [EXPRESSION]",
	.summary = "the asset files, one a line",
	.details = "EXPRESSION: port = tcp/502 and (product ~ siemens or tier >= 3) and not exposed",
	.options = list_options,
	.needs = NEEDS_DATABASE,
	.max_positional = 1,
	.run = run_list,
};

static const struct column fact_columns[] = {{"chapter", false}, {"attribute", false},
	{"value", false}, {"grade", false}, {"source", false}, {"method", false}, {"run", true},
	{"since", false}, {"last_seen", false}, {"until", false}, {"evidence", false}};

struct show {
	struct writer *writer;
	bool short_evidence;
	struct brief *brief; /* for people; NULL: facts are printed as they come */
	const struct asset_row *asset;
	bool begun;
	struct error *reterr;
};

static int fact_row(void *context, const struct fact_row *f)
{
	struct show *show = context;
	char run[24] = "", since[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];
	char evidence[DIGEST_HEX_SIZE];

	if (f->run_id)
		snprintf(run, sizeof(run), "%" PRId64, f->run_id);
	snprintf(evidence, show->short_evidence ? 13 : sizeof(evidence), "%s", f->evidence);
	return writer_row(show->writer,
		(const char *[]){f->chapter, f->attribute, f->value, f->grade, f->source,
			f->method, run, time_or_empty(f->first_seen_us, since),
			time_or_empty(f->last_seen_us, last), time_or_empty(f->until_us, until),
			evidence},
		NULL);
}

/* The asset's own texts are there only while its facts come. */
static int take_fact(void *context, const struct fact_row *f)
{
	struct show *show = context;
	int r = show->begun ? 0 : brief_asset(show->brief, show->asset, show->reterr);

	show->begun = true;
	return r < 0 ? r : brief_fact(show->brief, f, show->reterr);
}

/* A number that is not the asset's own is that of an alias. */
static void say_alias(const struct context *context, const char *which,
	const struct asset_row *asset)
{
	char *stop;
	uint64_t number = strtoull(which, &stop, 0);

	if (*which != '-' && stop != which && !*stop && number != asset->id)
		say(context,
			"asset %" PRIu64 " is an alias: it was merged into asset %" PRIu64
			", which is shown; its \"decision\" lines say when and why",
			number, asset->id);
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *which = args_positional(args, 0);
	_cleanup_(brief_freep) struct brief *brief = NULL;
	struct asset_row asset = {0};
	bool text = context->form == FORM_TEXT;
	struct show show = {.short_evidence = text, .asset = &asset, .reterr = reterr};
	struct moment moment;
	int r = read_moment(args, &moment, reterr);

	if (r < 0)
		return r;
	r = writer_new(
		context->form, "fact", fact_columns, ARRAY_SIZE(fact_columns), &writer, reterr);
	if (r < 0)
		return r;
	show.writer = writer;
	r = text ? brief_new(&brief, reterr) : 0;
	if (r < 0)
		return r;
	show.brief = brief;
	r = inventory_asset_show(context->inventory, which, &moment, &asset,
		text ? take_fact : fact_row, &show, reterr);
	if (r == 1)
		return error_set(reterr, ERROR_INPUT,
			"no asset matches \"%.64s\"; `cadastre asset list` shows those there "
			"are",
			which);
	if (r == 2)
		return error_set(reterr, ERROR_INPUT,
			"several assets match \"%.64s\"; give the number from `cadastre asset list`",
			which);
	if (r == 0)
		say_alias(context, which, &asset);
	if (r == 0 && text && show.begun)
		r = brief_print(brief, fact_row, &show, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row show_options[] = {
	{"as-of", 0, "TIME", "what held then"},
	{"known-at", 0, "TIME", "by what the register knew then"},
	{0},
};

const struct command cmd_asset_show = {
	.name = "asset show",
	.synopsis = "[OPTION...] ASSET",
	.summary = "one asset file: every fact, and where it comes from",
	.details = "ASSET is a number, an address or a name.",
	.options = show_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

static const struct column change_columns[] = {{"time", false}, {"run", true}, {"kind", false},
	{"asset_id", false}, {"asset", false}, {"subject", false}, {"before", false},
	{"after", false}};

struct changes {
	struct writer *writer;
	uint64_t n;
	int64_t time_us; /* of the last one: changes of a run are of one time */
	const char *time;
	char space[CLOCK_TEXT_MAX];
};

static int change_row(void *context, const struct change_row *c)
{
	struct changes *changes = context;
	char run[24] = "", id[24];

	if (!changes->n++ || c->time_us != changes->time_us)
		changes->time = time_or_empty(c->time_us, changes->space);
	changes->time_us = c->time_us;
	if (c->run_id)
		snprintf(run, sizeof(run), "%" PRId64, c->run_id);
	snprintf(id, sizeof(id), "%" PRIu64, c->asset_id);
	return writer_row(changes->writer,
		(const char *[]){changes->time, run, c->kind, id, c->asset, c->subject,
			c->before, c->after},
		NULL);
}

/* The moments to compare: --since and --until, --between A B (the difference of two),
 * --against. */
static int read_moments(
	const struct args *args, struct change_filter *filter, struct error *reterr)
{
	const char *since = args_get(args, "since", NULL),
		   *until = args_get(args, "until", NULL);
	bool between = args_has(args, "between"), against = args_has(args, "against");
	int r;

	if (between + against + (since || until) > 1)
		return error_set(reterr, ERROR_USAGE,
			"give --since and --until, or --between, or --against");
	filter->net = (between || against) && !args_has(args, "all");
	filter->baseline = args_get(args, "against", NULL);
	if (between) {
		since = args_get(args, "between", NULL);
		until = args_positional(args, 0);
		if (!until)
			return error_set(reterr, ERROR_USAGE,
				"--between needs two times: --between 2026-01-01 2026-02-01");
	} else if (args_n_positional(args)) {
		return error_set(reterr, ERROR_USAGE, "\"%.32s\" belongs to nothing",
			args_positional(args, 0));
	}
	r = args_moment(since, &filter->from.as_of_us, reterr);
	if (r == 0)
		r = args_moment(until, &filter->to.as_of_us, reterr);
	if (r == 0 && since && until && filter->to.as_of_us < filter->from.as_of_us)
		r = error_set(reterr, ERROR_USAGE, "%.32s is before %.32s", until, since);
	/* "Since" and "until" name moments of which the first is in and the second is not; the
	 * two of "between" are states to compare. */
	filter->from.as_of_us -= since && !between;
	filter->to.as_of_us -= until && !between;
	return r;
}

static int run_changes(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct changes changes = {0};
	struct change_filter filter = {
		.realm = context->realm_given ? context->realm : NULL,
		.where = args_get(args, "where", NULL),
	};
	uint64_t run;
	int r = read_moments(args, &filter, reterr);

	if (r == 0)
		r = args_number(args, "run", 1, INT64_MAX, 0, &run, reterr);
	if (r == 0)
		r = writer_new(context->form, "change", change_columns,
			ARRAY_SIZE(change_columns), &writer, reterr);
	if (r < 0)
		return r;
	changes.writer = writer;
	filter.run_id = (int64_t)run;
	r = inventory_changes(context->inventory, &filter, change_row, &changes, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : changes.n > 0;
}

static const struct option_row changes_options[] = {
	{"since", 0, "TIME", "found by runs from this time on"},
	{"until", 0, "TIME", "found by runs before this time"},
	{"between", 0, "TIME TIME", "the difference of the states at two times"},
	{"against", 0, "BASELINE", "the difference from a frozen state"},
	{"all", 0, NULL,
		"with --between or --against: what came and went between too, run by run"},
	{"run", 0, "NUMBER", "found by this run"},
	{"where", 0, "EXPRESSION", "of the assets that an expression means"},
	{0},
};

const struct command cmd_changes = {
	.name = "changes",
	.synopsis = "[OPTION...]",
	.summary = "what appeared, went and changed; exit 1 if anything did",
	.options = changes_options,
	.needs = NEEDS_DATABASE,
	.max_positional = 1,
	.run = run_changes,
};
