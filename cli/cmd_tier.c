/* SPDX-License-Identifier: Apache-2.0 */
/* tier determine, show, due: protection tiers as stated and as norms determine them, filing,
 * assessments, and what falls due. */
#include "cli/command.h"

#include "cli/cell.h"
#include "cli/judge.h"
#include "common/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DUE_WITHIN_DAYS 90
#define DUE_WITHIN_MAX 36500
#define VALUE_MAX ((size_t)64 * 1024) /* of a cell */

static struct tier_filter filter_of(const struct context *context, const char *system)
{
	return (struct tier_filter){.realm = context->realm_given ? context->realm : NULL,
		.system = system};
}

/* ---- tier determine ---------------------------------------------------------------------- */

static const struct column text_columns[] = {{"system", false}, {"name", false},
	{"stated", false}, {"s", false}, {"a", false}, {"tier", false}, {"verdict", false},
	{"missing", false}, {"pack", false}};
static const struct column all_columns[] = {{"realm", false}, {"system", false},
	{"name", false}, {"lifecycle", false}, {"organisation", false},
	{"organisation_name", false}, {"stated_s", true}, {"stated_a", true}, {"stated", true},
	{"determined", false}, {"as_of", false}, {"document", false}, {"s", false},
	{"a", false}, {"tier", false}, {"verdict", false}, {"missing", false}, {"pack", false},
	{"version", false}, {"proposal", true}, {"filing", false}, {"certificate", false},
	{"valid_until", false}, {"assessed", false}, {"result", false}};

struct listing {
	struct writer *writer;
	bool wide, any, remarkable;
};

static int print_wide(struct listing *listing, const struct tier_row *t)
{
	char s[CELL_NUMBER_MAX], a[CELL_NUMBER_MAX], tier[CELL_NUMBER_MAX], id[CELL_NUMBER_MAX];

	return writer_row(listing->writer,
		(const char *[]){t->realm, t->system, t->name, t->lifecycle, t->organisation,
			t->organisation_name, number_or_empty(t->s, s),
			number_or_empty(t->a, a), number_or_empty(t->tier, tier), t->determined,
			t->as_of, t->document, t->norm_s, t->norm_a, t->norm_tier,
			tier_verdict_name(t->verdict), t->missing, t->pack, t->version,
			number_or_empty(t->eval_id, id), t->filing, t->certificate,
			t->valid_until, t->assessed, t->result},
		NULL);
}

static int tier_row(void *context, const struct tier_row *t)
{
	struct listing *listing = context;
	char stated[48] = "";

	listing->any = true;
	listing->remarkable |= t->verdict != TIER_AS_STATED && t->verdict != TIER_STATED_HIGHER;
	if (listing->wide)
		return print_wide(listing, t);
	if (t->tier)
		snprintf(stated, sizeof(stated), "%d (S%dA%d)", t->tier, t->s, t->a);
	return writer_row(listing->writer,
		(const char *[]){t->system, t->name, stated, t->norm_s, t->norm_a, t->norm_tier,
			tier_verdict_name(t->verdict), t->missing, t->pack},
		NULL);
}

static int run_determine(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct listing listing = {.wide = context->form != FORM_TEXT};
	const char *system = args_get(args, "system", NULL);
	struct tier_filter filter = filter_of(context, system);
	int r = writer_new(context->form, "tier", listing.wide ? all_columns : text_columns,
		listing.wide ? ARRAY_SIZE(all_columns) : ARRAY_SIZE(text_columns), &writer,
		reterr);

	listing.writer = writer;
	if (r == 0)
		r = judge_unprinted(context, system, reterr);
	if (r == 0)
		r = inventory_tier_list(
			context->inventory, &filter, tier_row, &listing, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : listing.remarkable;
}

static const struct option_row determine_options[] = {
	{"system", 0, "ID", "only this system"},
	{0},
};

const struct command cmd_tier_determine = {
	.name = "tier determine",
	.synopsis = "[--system ID]",
	.summary = "protection tiers by the norms beside those stated",
	.details =
		"Judges as identify does, then lists what packs with a matrix \"tier\" come to. Exit 1\n"
		"if a tier is not stated, lower than the norm has it, by other parts, or open.",
	.options = determine_options,
	.needs = NEEDS_DATABASE,
	.run = run_determine,
};

/* ---- tier show --------------------------------------------------------------------------- */

static const struct column show_columns[] = {{"what", false}, {"value", false},
	{"as_of", false}, {"document", false}, {"until", false}};

struct showing {
	struct context *context;
	struct writer *writer;
	struct error *reterr;
};

static int statement_row(void *context, const struct tier_statement *s)
{
	const struct showing *showing = context;

	return writer_row(showing->writer,
		(const char *[]){s->what, s->value, s->as_of, s->document, s->until}, NULL);
}

static int reason_rows(void *context, const struct replay *kept)
{
	const struct showing *showing = context;
	int r = 0;

	for (size_t i = 0; i < kept->n_reasons && r == 0; i++)
		r = writer_row(showing->writer,
			(const char *[]){"because", kept->reasons[i], "", "", ""}, NULL);
	return r;
}

static int norm_row(void *context, const struct tier_row *t)
{
	const struct showing *showing = context;
	_cleanup_(str_done) struct str value = STR_INIT(VALUE_MAX);
	int r;

	if (t->pack[0])
		str_addf(&value, "S %s, A %s, tier %s by %s %s: ", t->norm_s, t->norm_a,
			t->norm_tier, t->pack, t->version);
	str_addf(&value, "%s%s%s", tier_verdict_name(t->verdict),
		t->missing[0] ? "; missing: " : "", t->missing);
	r = writer_row(
		showing->writer, (const char *[]){"by norm", value.data, "", "", ""}, NULL);
	if (r < 0 || !t->pack[0])
		return r;
	return inventory_replay(
		showing->context->inventory, t->eval_id, reason_rows, context, showing->reterr);
}

static int shown_due(void *context, const struct tier_due *d)
{
	const struct showing *showing = context;
	_cleanup_(str_done) struct str value = STR_INIT(VALUE_MAX);

	str_addf(&value, "%s: %s (%s %s, %s)", d->days < 0 ? "over" : "due", d->what, d->pack,
		d->version, d->criterion);
	return writer_row(
		showing->writer, (const char *[]){"clock", value.data, d->due, "", ""}, NULL);
}

static int tell_if_behind(const struct context *context, struct error *reterr)
{
	int r = inventory_tier_behind(context->inventory, reterr);

	if (r > 0)
		say(context,
			"the register changed since systems were judged; `cadastre identify` "
			"judges them");
	return r < 0 ? r : 0;
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct showing showing = {.context = context, .reterr = reterr};
	struct tier_filter filter = filter_of(context, args_positional(args, 0));
	int r = writer_new(context->form, "statement", show_columns, ARRAY_SIZE(show_columns),
		&writer, reterr);

	showing.writer = writer;
	if (r == 0)
		r = inventory_tier_statements(
			context->inventory, &filter, statement_row, &showing, reterr);
	if (r == 0)
		r = inventory_tier_list(
			context->inventory, &filter, norm_row, &showing, reterr);
	if (r == 0)
		r = inventory_tier_due(
			context->inventory, &filter, -1, shown_due, &showing, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : tell_if_behind(context, reterr);
}

const struct command cmd_tier_show = {
	.name = "tier show",
	.synopsis = "SYSTEM",
	.summary = "all about a system's tier: stated, by norm and why, filing, assessments, clocks",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

/* ---- tier due ---------------------------------------------------------------------------- */

static const struct column due_columns[] = {{"due", false}, {"days", true}, {"system", false},
	{"name", false}, {"then", false}, {"pack", false}};
static const struct column due_all_columns[] = {{"due", false}, {"days", true},
	{"overdue", false}, {"realm", false}, {"system", false}, {"name", false},
	{"organisation", false}, {"organisation_name", false}, {"then", false}, {"pack", false},
	{"version", false}, {"criterion", false}};

static int due_row(void *context, const struct tier_due *d)
{
	struct listing *listing = context;
	char days[24];

	listing->any = true;
	listing->remarkable |= d->days < 0;
	snprintf(days, sizeof(days), "%" PRId64, d->days);
	if (!listing->wide)
		return writer_row(listing->writer,
			(const char *[]){d->due, days, d->system, d->name, d->what, d->pack},
			NULL);
	return writer_row(listing->writer,
		(const char *[]){d->due, days, d->days < 0 ? "yes" : "", d->realm, d->system,
			d->name, d->organisation, d->organisation_name, d->what, d->pack,
			d->version, d->criterion},
		NULL);
}

static int run_due(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct listing listing = {.wide = context->form != FORM_TEXT};
	struct tier_filter filter = filter_of(context, args_get(args, "system", NULL));
	bool all = args_has(args, "all");
	uint64_t within;
	int r = args_number(
		args, "within", 0, DUE_WITHIN_MAX, DUE_WITHIN_DAYS, &within, reterr);

	if (r == 0 && all && args_has(args, "within"))
		r = error_set(
			reterr, ERROR_USAGE, "--all has no bound; leave out --within or --all");
	if (r == 0)
		r = writer_new(context->form, "due",
			listing.wide ? due_all_columns : due_columns,
			listing.wide ? ARRAY_SIZE(due_all_columns) : ARRAY_SIZE(due_columns),
			&writer, reterr);
	listing.writer = writer;
	if (r == 0)
		r = inventory_tier_due(context->inventory, &filter, all ? -1 : (int)within,
			due_row, &listing, reterr);
	if (r == 0 && (listing.any || listing.wide))
		r = writer_finish(writer, reterr);
	if (r == 0)
		r = tell_if_behind(context, reterr);
	if (r == 0 && !listing.any)
		say(context, "nothing falls due%s", all ? "" : " so soon; --all looks further");
	return r < 0 ? r : listing.remarkable;
}

static const struct option_row due_options[] = {
	{"within", 0, "DAYS", "what is over, and what falls due so soon; default: 90"},
	{"all", 0, NULL, "whenever it falls due"},
	{"system", 0, "ID", "only about this system"},
	{0},
};

const struct command cmd_tier_due = {
	.name = "tier due",
	.synopsis = "[OPTION...]",
	.summary = "filing, certificates and assessments that fall due; exit 1 if one is over",
	.details = "By the cadences of the packs in force, as systems were last judged. The last column says\n"
		   "what is so on the day after.",
	.options = due_options,
	.needs = NEEDS_DATABASE,
	.run = run_due,
};
