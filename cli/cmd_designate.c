/* SPDX-License-Identifier: Apache-2.0 */
/* designate accept, override, withdraw: what a named official decides. */
#include "cli/command.h"

#include "cli/author.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DECISION_OPTIONS                                                                       \
	{"official", 0, "NAME", "who decides"},                                                \
		{"decision", 0, "NUMBER", "number of the decision"},                           \
		{"date", 0, "DAY", "of the decision, YYYY-MM-DD; default: today"},             \
		{"authority", 0, "ORG",                                                        \
			"whose official: id in the register or name; default: "                \
			"its protection department"},                                          \
	{                                                                                      \
		"report-to", 0, "ORG",                                                         \
			"who is told besides the operator: id or name; default: "              \
			"its public-security organ, else the Ministry"                         \
	}

#define BOUNDARY_OPTION                                                                        \
	{"boundary", 0, "ID", "the decided boundary that goes with it"}

/* One decision of the command line. */
struct deciding {
	const struct context *context;
	const char *systems[DESIGNATE_SYSTEMS_MAX];
	struct designate_order order;
};

static int read_order(struct deciding *deciding, struct context *context,
	const struct args *args, struct error *reterr)
{
	struct designate_order *order = &deciding->order;
	const char *system, *boundary = args_get(args, "boundary", NULL);

	*deciding = (struct deciding){.context = context,
		.order = {.official = args_get(args, "official", NULL),
			.decision_no = args_get(args, "decision", NULL),
			.authority = args_get(args, "authority", NULL),
			.date = args_get(args, "date", NULL),
			.reason = args_get(args, "reason", NULL),
			.code = args_get(args, "code", NULL),
			.report_to = args_get(args, "report-to", NULL)}};
	order->systems = deciding->systems;
	for (; (system = args_nth(args, "system", order->n_systems)); order->n_systems++) {
		if (order->n_systems == DESIGNATE_SYSTEMS_MAX)
			return error_set(reterr, ERROR_USAGE, "more than %d --system",
				DESIGNATE_SYSTEMS_MAX);
		deciding->systems[order->n_systems] = system;
	}
	if (!order->n_systems || !order->official || !order->decision_no)
		return error_set(reterr, ERROR_USAGE,
			"a decision needs --system, --official and --decision: norms propose, "
			"a named official decides");
	return boundary ? author_number(boundary, &order->boundary, reterr) : 0;
}

static int designated(void *context, const struct designated_row *row)
{
	const struct deciding *deciding = context;

	printf("%" PRId64 "\n", row->id);
	say(deciding->context,
		"\"%s\" is %son the CII list%s%s; drafts of notices: %" PRId64
		" to the operator, %" PRId64 " to the Ministry of Public Security",
		row->system, *row->list_no ? "" : "not ", *row->list_no ? " as " : "",
		row->list_no, row->notice, row->report);
	if (row->unbounded)
		say(deciding->context,
			"no boundary of \"%s\" is known, so changes of it will open no case; "
			"`cadastre boundary derive %s` makes one that is compared with from "
			"the next decision on",
			row->system, row->system);
	return 0;
}

static int decide(struct context *context, const struct args *args, enum designate_act act,
	struct error *reterr)
{
	static struct deciding deciding;
	int r = read_order(&deciding, context, args, reterr);

	return r < 0 ? r
		     : inventory_designate(context->inventory, act, &deciding.order, designated,
			       &deciding, reterr);
}

/* ---- designate accept ------------------------------------------------------------------ */

static int run_accept(struct context *context, const struct args *args, struct error *reterr)
{
	return decide(context, args, DESIGNATE_ACCEPT, reterr);
}

static const struct option_row accept_options[] = {
	{"system", 0, "ID", "the system whose newest proposal is accepted; repeatable"},
	DECISION_OPTIONS,
	BOUNDARY_OPTION,
	{"reason", 0, "TEXT", "kept with the decision"},
	{0},
};

const struct command cmd_designate_accept = {
	.name = "designate accept",
	.synopsis = "--system ID... --official NAME --decision NUMBER [OPTION...]",
	.summary = "decide by a proposal; prints the number of the designation",
	.details =
		"Drafts a notice to the operator and one to the Ministry of Public Security.",
	.options = accept_options,
	.needs = NEEDS_DATABASE,
	.run = run_accept,
};

/* ---- designate override ---------------------------------------------------------------- */

static int run_override(struct context *context, const struct args *args, struct error *reterr)
{
	const char *outcome = args_get(args, "outcome", "");

	if (strcmp(outcome, "cii") != 0 && strcmp(outcome, "not") != 0)
		return error_set(reterr, ERROR_USAGE,
			"a decision other than the proposal has an outcome: --outcome cii "
			"enters the system in the list, --outcome not declines it");
	return decide(context, args,
		strcmp(outcome, "cii") == 0 ? DESIGNATE_ENTER : DESIGNATE_DECLINE, reterr);
}

static const struct option_row override_options[] = {
	{"system", 0, "ID", "the system that is decided on; repeatable"},
	{"outcome", 0, "OUTCOME",
		"cii: it is entered although no norm proposes it; not: it is not, "
		"although one does or asks for a review"},
	{"reason", 0, "TEXT", "why it is decided so; kept with the decision"},
	DECISION_OPTIONS,
	BOUNDARY_OPTION,
	{0},
};

const struct command cmd_designate_override = {
	.name = "designate override",
	.synopsis = "--system ID... --outcome cii|not --reason TEXT --official NAME --decision "
		    "NUMBER [OPTION...]",
	.summary = "decide otherwise than proposed; prints the number of the decision",
	.details = "What is declined is kept as decided, so that it differs from what nobody "
		   "decided on.",
	.options = override_options,
	.needs = NEEDS_DATABASE,
	.run = run_override,
};

/* ---- designate withdraw ---------------------------------------------------------------- */

static int run_withdraw(struct context *context, const struct args *args, struct error *reterr)
{
	return decide(context, args, DESIGNATE_WITHDRAW, reterr);
}

static const struct option_row withdraw_options[] = {
	{"system", 0, "ID", "the system whose entry is taken off; repeatable"},
	{"code", 0, "CODE", "change, norm-change, correction or withdrawal"},
	{"reason", 0, "TEXT", "why, in words; kept with the decision"},
	DECISION_OPTIONS,
	{0},
};

const struct command cmd_designate_withdraw = {
	.name = "designate withdraw",
	.synopsis =
		"--system ID... --code CODE --reason TEXT --official NAME --decision NUMBER "
		"[OPTION...]",
	.summary = "take an entry off the list; prints the number of the decision",
	.options = withdraw_options,
	.needs = NEEDS_DATABASE,
	.run = run_withdraw,
};
