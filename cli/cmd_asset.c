/* SPDX-License-Identifier: Apache-2.0 */
/* asset list, asset show, changes: questions to the asset files. */
#include "cli/command.h"

#include "common/clock.h"
#include "common/model/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct column list_columns[] = {{"id", true}, {"name", false}, {"role", false},
	{"state", false}, {"addresses", false}, {"services", true}, {"vendor", false},
	{"product", false}, {"os", false}, {"system", false}, {"first_seen", false},
	{"last_seen", false}};

static const char *time_or_empty(int64_t us, char *out)
{
	return us ? clock_format(us / CLOCK_SECOND * CLOCK_SECOND, out) : "";
}

static int list_row(void *context, const struct asset_row *a)
{
	char id[24], n[24], first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	snprintf(id, sizeof(id), "%" PRIu64, a->id);
	snprintf(n, sizeof(n), "%u", a->n_services);
	return writer_row(context,
		(const char *[]){id, a->name, a->role, a->state, a->addresses, n, a->vendor,
			a->product, a->os, a->system, time_or_empty(a->first_seen_us, first),
			time_or_empty(a->last_seen_us, last)},
		NULL);
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
		.state = args_get(args, "state", NULL),
	};
	uint64_t port;
	int r;

	r = args_number(args, "port", 1, 65535, 0, &port, reterr);
	if (r == 0)
		r = check_state(filter.state, reterr);
	if (r < 0)
		return r;
	filter.port = (uint16_t)port;
	r = writer_new(
		context->form, "asset", list_columns, ARRAY_SIZE(list_columns), &writer, reterr);
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
	{"state", 0, "STATE", "seen, quiet, retired or all; default: all but retired"},
	{0},
};

const struct command cmd_asset_list = {
	.name = "asset list",
	.synopsis = "[OPTION...]",
	.summary = "the asset files, one a line",
	.options = list_options,
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

static const struct column fact_columns[] = {{"chapter", false}, {"attribute", false},
	{"value", false}, {"grade", false}, {"source", false}, {"method", false}, {"run", true},
	{"since", false}, {"last_seen", false}, {"until", false}, {"evidence", false}};

struct show {
	struct writer *writer;
	bool short_evidence;
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
		(const char *[]){f->chapter, f->attribute, f->value, f->grade, f->source, f->method,
			run, time_or_empty(f->first_seen_us, since),
			time_or_empty(f->last_seen_us, last), time_or_empty(f->until_us, until),
			evidence},
		NULL);
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
	struct show show = {.short_evidence = context->form == FORM_TEXT};
	struct asset_row asset = {0};
	int r;

	r = writer_new(
		context->form, "fact", fact_columns, ARRAY_SIZE(fact_columns), &writer, reterr);
	if (r < 0)
		return r;
	show.writer = writer;
	r = inventory_asset_show(context->inventory, which, &asset, fact_row, &show, reterr);
	if (r == 1)
		return error_set(reterr, ERROR_INPUT,
			"no asset matches \"%.64s\"; `cadastre asset list` shows those there are", which);
	if (r == 2)
		return error_set(reterr, ERROR_INPUT,
			"several assets match \"%.64s\"; give the number from `cadastre asset list`",
			which);
	if (r == 0)
		say_alias(context, which, &asset);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_asset_show = {
	.name = "asset show",
	.synopsis = "ASSET",
	.summary = "one asset file: every fact, and where it comes from",
	.details = "ASSET is a number, an address or a name.",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

static const struct column change_columns[] = {{"time", false}, {"run", true}, {"kind", false},
	{"asset_id", true}, {"asset", false}, {"subject", false}, {"before", false},
	{"after", false}};

struct changes {
	struct writer *writer;
	uint64_t n;
};

static int change_row(void *context, const struct change_row *c)
{
	struct changes *changes = context;
	char time[CLOCK_TEXT_MAX], run[24], id[24];

	changes->n++;
	snprintf(run, sizeof(run), "%" PRId64, c->run_id);
	snprintf(id, sizeof(id), "%" PRIu64, c->asset_id);
	return writer_row(changes->writer,
		(const char *[]){time_or_empty(c->time_us, time), run, c->kind, id, c->asset,
			c->subject, c->before, c->after},
		NULL);
}

static int run_changes(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct changes changes = {0};
	const char *since = args_get(args, "since", NULL), *until = args_get(args, "until", NULL);
	int64_t since_us = 0, until_us = INT64_MAX;
	uint64_t run;
	int r = 0;

	if (since)
		r = clock_parse(since, &since_us, reterr);
	if (r == 0 && until)
		r = clock_parse(until, &until_us, reterr);
	if (r == 0)
		r = args_number(args, "run", 1, INT64_MAX, 0, &run, reterr);
	if (r == 0)
		r = writer_new(context->form, "change", change_columns, ARRAY_SIZE(change_columns),
			&writer, reterr);
	if (r < 0)
		return r;
	changes.writer = writer;
	r = inventory_changes(context->inventory, since_us, until_us, (int64_t)run, change_row,
		&changes, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : changes.n > 0;
}

static const struct option_row changes_options[] = {
	{"since", 0, "TIME", "from this time on"},
	{"until", 0, "TIME", "before this time"},
	{"run", 0, "NUMBER", "found by this run"},
	{0},
};

const struct command cmd_changes = {
	.name = "changes",
	.synopsis = "[OPTION...]",
	.summary = "what appeared, went and changed; exit 1 if anything did",
	.options = changes_options,
	.needs = NEEDS_DATABASE,
	.run = run_changes,
};
