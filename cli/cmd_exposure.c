/* SPDX-License-Identifier: Apache-2.0 */
/* exposure: what can be reached from the Internet, and the ledger that says why it may be. */
#include "cli/command.h"

#include "cli/author.h"
#include "cli/cell.h"
#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAYS_OF_TREND 366

static const char *day_or_empty(int64_t us, char *out)
{
	time_or_empty(us, out);
	return us ? (out[10] = '\0', out) : "";
}

static int fill_filter(struct context *context, const struct args *args,
	struct exposure_filter *filter, struct error *reterr)
{
	const char *as_of = args_get(args, "as-of", NULL);

	*filter = (struct exposure_filter){
		.realm = context->realm_given ? context->realm : NULL,
		.organisation = args_get(args, "operator", NULL),
		.system = args_get(args, "system", NULL),
		.kind = args_get(args, "kind", NULL),
		.address = args_get(args, "address", NULL),
		.unjustified = args_has(args, "unjustified"),
	};
	return as_of ? clock_parse(as_of, &filter->as_of_us, reterr) : 0;
}

/* ---- exposure list --------------------------------------------------------------------- */

/* People get the columns that fit a terminal; machines get all. */
static const struct column all_columns[] = {{"realm", false}, {"operator", false},
	{"system", false}, {"asset_id", false}, {"asset", false}, {"address", false},
	{"port", false}, {"kind", false}, {"protocol", false}, {"product", false},
	{"names", false}, {"certificate", false}, {"certificate_until", false},
	{"first_seen", false}, {"last_seen", false}, {"state", false}, {"entry", true},
	{"reason", false}, {"approver", false}, {"document", false}, {"expires", false},
	{"exits", false}, {"maintenance", false}, {"registration", false}};
static const struct column text_columns[] = {{"system", false}, {"address", false},
	{"port", false}, {"kind", false}, {"product", false}, {"asset", false},
	{"first_seen", false}, {"exits", false}, {"state", false}, {"maintenance", false},
	{"approver", false}, {"expires", false}};

struct list {
	struct writer *writer;
	bool wide;
	uint64_t open; /* without an entry in force */
};

static int exposure_row(void *context, const struct exposure_row *e)
{
	struct list *list = context;
	char id[24], entry[24] = "", first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX],
	     expires[CLOCK_TEXT_MAX];

	list->open += strcmp(e->state, "justified") != 0;
	if (!list->wide)
		return writer_row(list->writer,
			(const char *[]){e->system, e->address, e->port, e->kind,
				*e->product ? e->product : e->protocol, e->asset,
				day_or_empty(e->first_seen_us, first), e->exits, e->state,
				e->maintenance, e->approver,
				day_or_empty(e->expires_us, expires)},
			NULL);
	snprintf(id, sizeof(id), "%" PRIu64, e->asset_id);
	if (e->entry)
		snprintf(entry, sizeof(entry), "%" PRId64, e->entry);
	return writer_row(list->writer,
		(const char *[]){e->realm, e->organisation, e->system, id, e->asset, e->address,
			e->port, e->kind, e->protocol, e->product, e->names, e->certificate,
			e->certificate_until, time_or_empty(e->first_seen_us, first),
			time_or_empty(e->last_seen_us, last), e->state, entry, e->reason,
			e->approver, e->document, time_or_empty(e->expires_us, expires),
			e->exits, e->maintenance, e->registration},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct exposure_filter filter;
	struct list list = {.wide = context->form != FORM_TEXT};
	int r = fill_filter(context, args, &filter, reterr);

	if (r == 0)
		r = writer_new(context->form, "exposure",
			list.wide ? all_columns : text_columns,
			list.wide ? ARRAY_SIZE(all_columns) : ARRAY_SIZE(text_columns), &writer,
			reterr);
	list.writer = writer;
	if (r == 0)
		r = inventory_exposure_list(
			context->inventory, &filter, exposure_row, &list, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	if (r == 0 && list.open)
		say(context,
			"%" PRIu64
			" without an entry in force; `cadastre exposure justify` enters one",
			list.open);
	return r < 0 ? r : list.open > 0;
}

static const struct option_row list_options[] = {
	{"operator", 0, "ID", "of this operator"},
	{"system", 0, "ID", "of this system"},
	{"kind", 0, "KIND",
		"web, administration, remote maintenance, industrial protocol, database, "
		"mail, file transfer, vpn, messaging, naming and time, unknown"},
	{"address", 0, "CIDR", "at an address in this prefix"},
	{"unjustified", 0, NULL, "only what has no entry of the ledger in force"},
	{"as-of", 0, "TIME", "as it was then"},
	{0},
};

const struct command cmd_exposure_list = {
	.name = "exposure list",
	.synopsis = "[OPTION...]",
	.summary =
		"what can be reached from the Internet; exit 1 if some of it is not justified",
	.options = list_options,
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

/* ---- exposure summary and trend -------------------------------------------------------- */

static const struct column summary_columns[] = {{"realm", false}, {"operator", false},
	{"system", false}, {"name", false}, {"exits", true}, {"addresses", true},
	{"services", true}, {"names", true}, {"certificates", true}, {"administration", true},
	{"remote_maintenance", true}, {"industrial", true}, {"unjustified", true},
	{"expired", true}, {"unregistered", true}};
static const struct column trend_columns[] = {{"time", false}, {"systems", true},
	{"exits", true}, {"addresses", true}, {"services", true}, {"names", true},
	{"certificates", true}, {"administration", true}, {"remote_maintenance", true},
	{"industrial", true}, {"unjustified", true}, {"expired", true}, {"unregistered", true}};

#define COUNTS 11

static void format_counts(const struct exposure_counts *c, char texts[COUNTS][24],
	const char **cells)
{
	const int64_t values[COUNTS] = {c->exits, c->addresses, c->services, c->names,
		c->certificates, c->administration, c->maintenance, c->industrial,
		c->unjustified, c->expired, c->unregistered};

	for (size_t i = 0; i < COUNTS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%" PRId64, values[i]);
		cells[i] = texts[i];
	}
}

static int summary_row(void *writer, const struct exposure_counts *c)
{
	const char *cells[ARRAY_SIZE(summary_columns)] = {c->realm, c->organisation, c->system,
		*c->system ? c->system_name : c->organisation_name};
	char texts[COUNTS][24];

	format_counts(c, texts, cells + 4);
	return writer_row(writer, cells, NULL);
}

static int trend_row(void *writer, const struct exposure_counts *c)
{
	const char *cells[ARRAY_SIZE(trend_columns)];
	char time[CLOCK_TEXT_MAX], systems[24], texts[COUNTS][24];

	cells[0] = time_or_empty(c->time_us, time);
	snprintf(systems, sizeof(systems), "%" PRId64, c->systems);
	cells[1] = systems;
	format_counts(c, texts, cells + 2);
	return writer_row(writer, cells, NULL);
}

static int run_summary(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *by = args_get(args, "by", "system");
	struct exposure_filter filter;
	int r = fill_filter(context, args, &filter, reterr);

	if (r == 0 && strcmp(by, "system") != 0 && strcmp(by, "operator") != 0)
		r = error_set(reterr, ERROR_USAGE,
			"--by \"%.32s\": there are system and operator", by);
	if (r == 0)
		r = writer_new(context->form, "exposure", summary_columns,
			ARRAY_SIZE(summary_columns), &writer, reterr);
	if (r == 0)
		r = inventory_exposure_summary(context->inventory, &filter,
			strcmp(by, "operator") == 0, summary_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row summary_options[] = {
	{"by", 0, "WHAT", "one row for each system or operator; default: system"},
	{"operator", 0, "ID", "of this operator"},
	{0},
};

const struct command cmd_exposure_summary = {
	.name = "exposure summary",
	.synopsis = "[OPTION...]",
	.summary = "how much can be reached from the Internet, by system or operator",
	.options = summary_options,
	.needs = NEEDS_DATABASE,
	.run = run_summary,
};

static int run_trend(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *since = args_get(args, "since", NULL),
		   *until = args_get(args, "until", NULL);
	int64_t until_us = clock_wall_us() + CLOCK_SECOND;
	int64_t since_us = until_us - DAYS_OF_TREND * 86400 * CLOCK_SECOND;
	struct exposure_filter filter;
	int r = fill_filter(context, args, &filter, reterr);

	if (r == 0 && since)
		r = clock_parse(since, &since_us, reterr);
	if (r == 0 && until)
		r = clock_parse(until, &until_us, reterr);
	if (r == 0)
		r = writer_new(context->form, "exposure", trend_columns,
			ARRAY_SIZE(trend_columns), &writer, reterr);
	if (r == 0)
		r = inventory_exposure_trend(context->inventory, &filter,
			args_get(args, "step", "run"), since_us, until_us, trend_row, writer,
			reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row trend_options[] = {
	{"step", 0, "STEP", "run, day, week or month; default: run"},
	{"since", 0, "TIME", "from this time on; default: a year ago"},
	{"until", 0, "TIME", "before this time"},
	{"operator", 0, "ID", "of this operator"},
	{"system", 0, "ID", "of this system"},
	{0},
};

const struct command cmd_exposure_trend = {
	.name = "exposure trend",
	.synopsis = "[OPTION...]",
	.summary = "how the exposed surface grew and shrank",
	.options = trend_options,
	.needs = NEEDS_DATABASE,
	.run = run_trend,
};

/* ---- remote maintenance ------------------------------------------------------------------ */

static const struct column maintenance_columns[] = {{"realm", false}, {"operator", false},
	{"system", false}, {"state", false}, {"address", false}, {"port", false},
	{"kind", false}, {"asset_id", false}, {"asset", false}, {"registration", false},
	{"supplier", false}, {"supplier_name", false}, {"path", false}, {"valid_until", false},
	{"assessment", false}, {"controls", false}, {"document", false}};
static const struct column maintenance_text[] = {{"system", false}, {"state", false},
	{"address", false}, {"port", false}, {"kind", false}, {"registration", false},
	{"supplier", false}, {"valid_until", false}};

static int maintenance_row(void *context, const struct maintenance_row *m)
{
	struct list *list = context;
	char id[24] = "";

	list->open += *m->address && strcmp(m->state, "registered") != 0;
	if (!list->wide)
		return writer_row(list->writer,
			(const char *[]){m->system, m->state, m->address, m->port, m->kind,
				m->registration,
				*m->supplier_name ? m->supplier_name : m->supplier,
				m->valid_until},
			NULL);
	if (m->asset_id)
		snprintf(id, sizeof(id), "%" PRIu64, m->asset_id);
	return writer_row(list->writer,
		(const char *[]){m->realm, m->organisation, m->system, m->state, m->address,
			m->port, m->kind, id, m->asset, m->registration, m->supplier,
			m->supplier_name, m->path, m->valid_until, m->assessment, m->controls,
			m->document},
		NULL);
}

static int run_maintenance(
	struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct exposure_filter filter;
	struct list list = {.wide = context->form != FORM_TEXT};
	int r = fill_filter(context, args, &filter, reterr);

	if (r == 0)
		r = writer_new(context->form, "maintenance",
			list.wide ? maintenance_columns : maintenance_text,
			list.wide ? ARRAY_SIZE(maintenance_columns)
				  : ARRAY_SIZE(maintenance_text),
			&writer, reterr);
	list.writer = writer;
	if (r == 0)
		r = inventory_exposure_maintenance(
			context->inventory, &filter, maintenance_row, &list, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	if (r == 0 && list.open)
		say(context,
			"%" PRIu64
			" without a registration in force; the register states remote "
			"maintenance (`cadastre register import`)",
			list.open);
	return r < 0 ? r : list.open > 0;
}

static const struct option_row maintenance_options[] = {
	{"operator", 0, "ID", "of this operator"},
	{"system", 0, "ID", "of this system"},
	{0},
};

const struct command cmd_exposure_remote = {
	.name = "exposure remote",
	.synopsis = "[OPTION...]",
	.summary = "remote maintenance as registered and as it answers to the Internet",
	.options = maintenance_options,
	.needs = NEEDS_DATABASE,
	.run = run_maintenance,
};

/* ---- the ledger ------------------------------------------------------------------------ */

static int run_justify(struct context *context, const struct args *args, struct error *reterr)
{
	static const char *const needed[] = {"port", "approver", "reason", "until"};
	char author[AUTHOR_MAX];
	struct justification entry = {
		.realm = context->realm,
		.prefix = args_positional(args, 0),
		.ports = args_get(args, "port", NULL),
		.reason = args_get(args, "reason", NULL),
		.approver = args_get(args, "approver", NULL),
		.document = args_get(args, "document", NULL),
		.author = author_of(args, author),
	};
	struct justify_result result;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!args_has(args, needed[i]))
			return error_set(reterr, ERROR_USAGE,
				"an entry of the ledger needs --port, --approver, --reason and "
				"--until; --%s is missing",
				needed[i]);
	r = clock_parse(args_get(args, "until", NULL), &entry.expires_us, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "--until");
	r = inventory_exposure_justify(
		context->inventory, &entry, args_has(args, "dry-run"), &result, reterr);
	if (r < 0)
		return r;
	if (result.id)
		printf("%" PRId64 "\n", result.id);
	say(context, "%s %" PRIu64 " exposed services in realm \"%s\", %" PRIu64
		" of them without an entry until now", result.id ? "covers" : "would cover",
		result.covers, context->realm, result.newly);
	return 0;
}

static const struct option_row justify_options[] = {
	{"port", 0, "PORTS", "tcp/443, tcp/80,8000-8010, udp/53, sctp/3868 or any"},
	{"reason", 0, "TEXT", "why it must be reachable"},
	{"approver", 0, "NAME", "who approved it"},
	{"document", 0, "TEXT", "the paper that says so"},
	{"until", 0, "TIME", "when it is to be looked at again"},
	{"by", 0, "NAME", "who enters it; default: the login name"},
	{"dry-run", 0, NULL, "say what it would cover and enter nothing"},
	{0},
};

const struct command cmd_exposure_justify = {
	.name = "exposure justify",
	.synopsis = "ADDRESS[/LENGTH] --port PORTS --approver NAME --reason TEXT --until TIME "
		    "[OPTION...]",
	.summary =
		"enter in the ledger why something may be reached; prints the entry's number",
	.details =
		"It speaks about one realm (--realm), and about what answers there later too.",
	.options = justify_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_justify,
};

static int run_withdraw(struct context *context, const struct args *args, struct error *reterr)
{
	const char *text = args_positional(args, 0), *reason = args_get(args, "reason", NULL);
	char author[AUTHOR_MAX];
	int64_t id;
	int r = author_number(text, &id, reterr);

	if (r == 0 && !reason)
		r = error_set(reterr, ERROR_USAGE, "withdrawing an entry needs --reason");
	if (r == 0)
		r = inventory_exposure_withdraw(
			context->inventory, id, author_of(args, author), reason, reterr);
	if (r == 1)
		return error_set(reterr, ERROR_INPUT,
			"the ledger has no entry %" PRId64 " that is not withdrawn; `cadastre "
			"exposure ledger` shows those there are", id);
	if (r == 0)
		say(context, "entry %" PRId64 " is withdrawn", id);
	return r;
}

static const struct option_row withdraw_options[] = {
	{"reason", 0, "TEXT", "why"},
	{"by", 0, "NAME", "who withdraws it; default: the login name"},
	{0},
};

const struct command cmd_exposure_withdraw = {
	.name = "exposure withdraw",
	.synopsis = "ENTRY --reason TEXT",
	.summary = "withdraw an entry of the ledger",
	.options = withdraw_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_withdraw,
};

static const struct column ledger_columns[] = {{"entry", true}, {"realm", false},
	{"prefix", false}, {"ports", false}, {"state", false}, {"covers", true},
	{"expires", false}, {"reason", false}, {"approver", false}, {"document", false},
	{"entered_by", false}, {"recorded", false}, {"withdrawn", false},
	{"withdrawn_by", false}, {"withdrawn_reason", false}};

static int ledger_row(void *writer, const struct justification *j)
{
	char id[24], covers[24], ports[4200], expires[CLOCK_TEXT_MAX], recorded[CLOCK_TEXT_MAX],
		withdrawn[CLOCK_TEXT_MAX];

	snprintf(id, sizeof(id), "%" PRId64, j->id);
	snprintf(covers, sizeof(covers), "%" PRId64, j->covers);
	snprintf(ports, sizeof(ports), "%s%s%s",
		strcmp(j->transport, "any") ? j->transport : "",
		strcmp(j->transport, "any") ? "/" : "", j->ports);
	return writer_row(writer,
		(const char *[]){id, j->realm, j->prefix, ports, j->state, covers,
			time_or_empty(j->expires_us, expires), j->reason, j->approver,
			j->document, j->author, time_or_empty(j->recorded_us, recorded),
			time_or_empty(j->withdrawn_us, withdrawn), j->withdrawn_by,
			j->withdrawn_reason},
		NULL);
}

static int run_ledger(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	int r = writer_new(context->form, "entry", ledger_columns, ARRAY_SIZE(ledger_columns),
		&writer, reterr);

	if (r == 0)
		r = inventory_exposure_ledger(context->inventory,
			context->realm_given ? context->realm : NULL,
			args_has(args, "in-force"), ledger_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row ledger_options[] = {
	{"in-force", 0, NULL, "without what expired or was withdrawn"},
	{0},
};

const struct command cmd_exposure_ledger = {
	.name = "exposure ledger",
	.synopsis = "[--in-force]",
	.summary = "the entries of the ledger, with what each covers now",
	.options = ledger_options,
	.needs = NEEDS_DATABASE,
	.run = run_ledger,
};
