/* SPDX-License-Identifier: Apache-2.0 */
/* run: what was filed, when, from where, and what it looked at. */
#include "cli/command.h"

#include "cli/author.h"
#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct column run_columns[] = {{"run", true}, {"realm", false}, {"vantage", false},
	{"tool", false}, {"started", false}, {"ended", false}, {"filed", false},
	{"outcome", false}, {"taken", true}, {"refused", true}, {"assets_new", true},
	{"assets_seen", true}, {"assets_quiet", true}, {"services_new", true},
	{"services_changed", true}, {"services_gone", true}, {"facts", true}, {"plan", false},
	{"bundle", false}};

#define COUNTS 9

/* "late": a newer run had looked at the same, so that it was filed as history. */
static const char *outcome_of(const struct run_row *u)
{
	static const char *const late[][2] = {
		{"truncated", "truncated, late"}, {"stopped", "stopped, late"}};

	for (size_t i = 0; u->late && i < ARRAY_SIZE(late); i++)
		if (strcmp(u->outcome, late[i][0]) == 0)
			return late[i][1];
	return u->late ? "late" : u->outcome;
}

static int run_row(void *writer, const struct run_row *u)
{
	const int64_t counts[COUNTS] = {u->taken, u->refused_scope + u->refused_invalid,
		u->assets_new, u->assets_seen, u->assets_quiet, u->services_new,
		u->services_changed, u->services_gone, u->facts_written};
	char id[24], texts[COUNTS][24], started[CLOCK_TEXT_MAX], ended[CLOCK_TEXT_MAX],
		filed[CLOCK_TEXT_MAX];
	const char *cells[ARRAY_SIZE(run_columns)] = {id, u->realm, u->vantage, u->tool,
		clock_format(u->started_us, started), clock_format(u->ended_us, ended),
		clock_format(u->filed_us, filed), outcome_of(u)};

	snprintf(id, sizeof(id), "%" PRId64, u->id);
	for (size_t i = 0; i < COUNTS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%" PRId64, counts[i]);
		cells[8 + i] = texts[i];
	}
	cells[8 + COUNTS] = u->plan;
	cells[9 + COUNTS] = u->bundle;
	return writer_row(writer, cells, NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r = writer_new(context->form, "run", run_columns, ARRAY_SIZE(run_columns), &writer,
		reterr);

	(void)args;
	if (r == 0)
		r = inventory_run_list(context->inventory,
			context->realm_given ? context->realm : NULL, 0, run_row, writer,
			reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_run_list = {
	.name = "run list",
	.synopsis = "",
	.summary = "the runs that were filed, with what each found",
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

static const struct column detail_columns[] = {
	{"kind", false}, {"name", false}, {"value", false}};

static int detail_row(void *writer, const struct run_detail *d)
{
	return writer_row(writer, (const char *[]){d->kind, d->name, d->value}, NULL);
}

/* The row of the list, as details. */
static int head_rows(void *context, const struct run_row *u)
{
	struct writer **writer = context;
	char times[3][CLOCK_TEXT_MAX];
	const char *const rows[][2] = {{"realm", u->realm}, {"vantage", u->vantage},
		{"tool", u->tool}, {"plan", u->plan},
		{"started", clock_format(u->started_us, times[0])},
		{"ended", clock_format(u->ended_us, times[1])},
		{"filed", clock_format(u->filed_us, times[2])}, {"outcome", outcome_of(u)},
		{"bundle", u->bundle}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(rows); i++)
		r = writer_row(*writer, (const char *[]){"run", rows[i][0], rows[i][1]}, NULL);
	*writer = NULL;
	return r;
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct writer *unseen;
	int64_t id;
	int r = author_number(args_positional(args, 0), &id, reterr);

	if (r == 0)
		r = writer_new(context->form, "detail", detail_columns,
			ARRAY_SIZE(detail_columns), &writer, reterr);
	unseen = writer;
	if (r == 0)
		r = inventory_run_list(
			context->inventory, NULL, id, head_rows, &unseen, reterr);
	if (r == 0 && unseen)
		return error_set(reterr, ERROR_INPUT,
			"there is no run %" PRId64
			"; `cadastre run list` shows those there are",
			id);
	if (r == 0)
		r = inventory_run_show(context->inventory, id, detail_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_run_show = {
	.name = "run show",
	.synopsis = "RUN",
	.summary = "one run: what it looked at, and what its producer counted",
	.details = "What a run did not look at, it says nothing about.",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};
