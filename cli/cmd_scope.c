/* SPDX-License-Identifier: Apache-2.0 */
/* scope: recorded authorisations, without which nothing but loopback is ever probed. */
#include "cli/targets.h"

#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 32
#define SHOWN_BYTES (4u << 20) /* all prefixes that an authorisation may have */

static int parse_times(
	const struct args *args, struct authorisation *auth, struct error *reterr)
{
	const char *from = args_get(args, "from", NULL), *until = args_get(args, "until", NULL);
	int r;

	auth->from_us = clock_wall_us();
	if (from) {
		r = clock_parse(from, &auth->from_us, reterr);
		if (r < 0)
			return error_wrap(reterr, r, "--from");
	}
	r = clock_parse(until, &auth->until_us, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "--until");
	if (auth->until_us <= auth->from_us || auth->until_us <= clock_wall_us())
		return error_set(reterr, ERROR_USAGE,
			"--until %s lies in the past, or before --from", until);
	return 0;
}

/* What is named and what stands in files, as prefixes. */
static int collect(struct cidr_row *row, const struct context *context, const struct args *args,
	const char *option, const char *files, struct error *reterr)
{
	int r = cidr_row_read(row, args, option, reterr);

	return r < 0 ? r : cidr_row_read_files(row, context, args, files, reterr);
}

static void row_done(struct cidr_row *row)
{
	free(row->rows);
}

/* Who, on what basis, and of what. */
static int check_needed(const struct args *args, struct error *reterr)
{
	static const char *const needed[] = {"authoriser", "basis", "until"};
	const char *missing =
		args_has(args, "cidr") || args_has(args, "cidr-file") ? NULL : "cidr";

	for (size_t i = 0; !missing && i < ARRAY_SIZE(needed); i++)
		if (!args_has(args, needed[i]))
			missing = needed[i];
	return missing ? error_set(reterr, ERROR_USAGE,
				 "an authorisation needs --cidr, --authoriser, --basis and "
				 "--until; --%s is missing",
				 missing)
		       : 0;
}

static int run_grant(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(row_done) struct cidr_row cidrs = {0}, excludes = {0};
	struct authorisation auth = {.realm = context->realm};
	uint64_t rate;
	int64_t id;
	int r = check_needed(args, reterr);

	if (r < 0)
		return r;
	auth.authoriser = args_get(args, "authoriser", "");
	auth.basis = args_get(args, "basis", "");
	auth.profile = args_get(args, "profile", "safe");
	if (strcmp(auth.profile, "safe") != 0 && strcmp(auth.profile, "standard") != 0 &&
		strcmp(auth.profile, "thorough") != 0)
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is not a profile; there are safe, standard and thorough",
			auth.profile);
	r = parse_times(args, &auth, reterr);
	if (r == 0)
		r = collect(&cidrs, context, args, "cidr", "cidr-file", reterr);
	if (r == 0)
		r = collect(&excludes, context, args, "exclude", "exclude-file", reterr);
	if (r == 0)
		r = args_number(args, "rate", 1, 10000000, 0, &rate, reterr);
	if (r < 0)
		return r;
	auth.rate_pps = (uint32_t)rate;
	auth.cidrs = cidrs.rows;
	auth.n_cidrs = cidrs.n;
	auth.excludes = excludes.rows;
	auth.n_excludes = excludes.n;
	r = inventory_scope_grant(context->inventory, &auth, &id, reterr);
	if (r < 0)
		return r;
	printf("%" PRId64 "\n", id);
	say(context, "authorisation %" PRId64 " recorded", id);
	return 0;
}

static const struct option_row grant_options[] = {
	{"cidr", 0, "CIDR",
		"address, prefix or FIRST-LAST that may be probed; may be repeated"},
	{"cidr-file", 0, "FILE", "more of them, one in a line; repeatable"},
	{"authoriser", 0, "NAME", "who allows it"},
	{"basis", 0, "TEXT", "on what basis: order, contract, article"},
	{"until", 0, "TIME", "when it ends"},
	{"from", 0, "TIME", "when it begins; default: now"},
	{"exclude", 0, "CIDR", "never, whatever else is granted; may be repeated"},
	{"exclude-file", 0, "FILE", "more of them, one in a line; repeatable"},
	{"skip-bad-lines", 0, NULL,
		"go on without the lines of --cidr-file that cannot be read"},
	{"profile", 0, "NAME",
		"how intrusive at most: safe, standard, thorough; default: safe"},
	{"rate", 0, "PPS", "how fast at most"},
	{0},
};

const struct command cmd_scope_grant = {
	.name = "scope grant",
	.synopsis = "--cidr CIDR --authoriser NAME --basis TEXT --until TIME [OPTION...]",
	.summary = "record an authorisation; prints its number",
	.options = grant_options,
	.needs = NEEDS_DATABASE,
	.run = run_grant,
};

static const struct column scope_columns[] = {{"id", true}, {"realm", false},
	{"cidrs", false}, {"excludes", false}, {"profile", false}, {"from", false},
	{"until", false}, {"state", false}, {"authoriser", false}, {"basis", false}};

/* To be read by people, not all of very many; other forms have everything. */
static void join(struct str *out, const struct cidr *cidrs, size_t n, size_t shown)
{
	char text[CIDR_TEXT_MAX];

	for (size_t i = 0; i < n && i < shown; i++)
		str_addf(out, "%s%s", i ? " " : "", cidr_format(&cidrs[i], text));
	if (n > shown)
		str_addf(out, " and %zu more", n - shown);
}

struct listing {
	struct writer *writer;
	size_t shown; /* prefixes */
};

static int scope_row(void *context, const struct authorisation *auth)
{
	char id[24], from[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];
	const struct listing *listing = context;
	struct str cidrs = STR_INIT(SHOWN_BYTES), excludes = STR_INIT(SHOWN_BYTES);
	int64_t now = clock_wall_us();
	const char *state = auth->revoked_us	     ? "revoked" :
			    now < auth->from_us	     ? "not yet" :
			    now >= auth->until_us    ? "expired" :
						       "in force";
	int r;

	join(&cidrs, auth->cidrs, auth->n_cidrs, listing->shown);
	join(&excludes, auth->excludes, auth->n_excludes, listing->shown);
	snprintf(id, sizeof(id), "%" PRId64, auth->id);
	r = writer_row(listing->writer,
		(const char *[]){id, auth->realm, cidrs.data, excludes.data, auth->profile,
			clock_format(auth->from_us, from), clock_format(auth->until_us, until),
			state, auth->authoriser, auth->basis},
		NULL);
	str_done(&cidrs);
	str_done(&excludes);
	return r;
}

static int parse_id(const struct args *args, int64_t *ret_id, struct error *reterr)
{
	const char *text = args_positional(args, 0);
	char *end;

	*ret_id = 0;
	if (!text)
		return 0;
	*ret_id = strtoll(text, &end, 10);
	if (*end || *ret_id <= 0)
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is not the number of an authorisation", text);
	return 0;
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct listing listing = {.shown = context->form == FORM_TEXT ? SHOWN_MAX : SIZE_MAX};
	int64_t id;
	int r;

	r = parse_id(args, &id, reterr);
	if (r == 0)
		r = writer_new(context->form, "authorisation", scope_columns,
			ARRAY_SIZE(scope_columns), &writer, reterr);
	listing.writer = writer;
	if (r == 0)
		r = inventory_scope_list(context->inventory, id, scope_row, &listing, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_scope_list = {
	.name = "scope list",
	.synopsis = "",
	.summary = "all authorisations, and whether they are in force",
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

const struct command cmd_scope_show = {
	.name = "scope show",
	.synopsis = "NUMBER",
	.summary = "one authorisation",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_list,
};

static int run_revoke(struct context *context, const struct args *args, struct error *reterr)
{
	int64_t id;
	int r;

	if (!args_has(args, "reason"))
		return error_set(reterr, ERROR_USAGE, "say why: --reason TEXT");
	r = parse_id(args, &id, reterr);
	if (r < 0)
		return r;
	r = inventory_scope_revoke(
		context->inventory, id, args_get(args, "reason", ""), reterr);
	if (r == 1)
		return error_set(reterr, ERROR_INPUT,
			"there is no authorisation %" PRId64
			" in force; see `cadastre scope list`",
			id);
	return r;
}

static const struct option_row revoke_options[] = {
	{"reason", 0, "TEXT", "why; goes into the audit trail"},
	{0},
};

const struct command cmd_scope_revoke = {
	.name = "scope revoke",
	.synopsis = "NUMBER --reason TEXT",
	.summary = "end an authorisation now",
	.options = revoke_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_revoke,
};

static int run_check(struct context *context, const struct args *args, struct error *reterr)
{
	static const struct column columns[] = {
		{"address", false}, {"verdict", false}, {"authorisation", true}};
	static const char *const verdicts[] = {"allowed", "not granted", "not now", "excluded"};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	_cleanup_(scope_freep) struct scope *scope = NULL;
	const char *text;
	bool refused = false;
	int r;

	r = inventory_scope_load(context->inventory, context->realm, "safe", 0, &scope, reterr);
	if (r == 0)
		r = writer_new(
			context->form, "check", columns, ARRAY_SIZE(columns), &writer, reterr);
	for (size_t i = 0; r == 0 && (text = args_positional(args, i)); i++) {
		enum scope_verdict verdict;
		struct addr addr;
		int64_t id = 0;
		char id_text[24] = "";

		r = addr_parse(text, &addr, reterr);
		if (r < 0)
			return r;
		verdict = scope_check(scope, &addr, clock_wall_us(), &id);
		if (id)
			snprintf(id_text, sizeof(id_text), "%" PRId64, id);
		refused |= verdict != SCOPE_ALLOWED;
		r = writer_row(
			writer, (const char *[]){text, verdicts[verdict], id_text}, reterr);
	}
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0	 ? r
	       : refused ? error_set(reterr, ERROR_PERMISSION,
				   "at least one address is not covered in realm \"%s\"",
				   context->realm)
			 : 0;
}

const struct command cmd_scope_check = {
	.name = "scope check",
	.synopsis = "ADDRESS...",
	.summary = "may these addresses be probed now? exit 5 if not all",
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_check,
};
