/* SPDX-License-Identifier: Apache-2.0 */
/* asset merge, split, retire, revive, undo, decisions, review: what a person decides about
 * asset files, and what waits for it. */
#include "cli/author.h"
#include "cli/cell.h"
#include "cli/command.h"

#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- deciding --------------------------------------------------------------------------- */

#define WORDS_OPTIONS                                                                          \
	{"reason", 0, "TEXT", "why; kept with the decision"},                                  \
		{"by", 0, "NAME", "who decides; default: the user"},                           \
	{                                                                                      \
		"dry-run", 0, NULL,                                                            \
			"show what would move and what speaks against it, change "             \
			"nothing; exit 1 if something does"                                    \
	}

static const struct column part_columns[] = {
	{"what", false}, {"subject", false}, {"value", false}, {"asset", false}};

/* One decision of the command line, from its words to what it answers. */
struct decide {
	struct context *context;
	struct decision_words words;
	struct writer *writer;
	struct decision_result result;
};

static void decide_done(struct decide *decide)
{
	writer_free(decide->writer);
}

static int begin(struct decide *decide, struct context *context, const struct args *args,
	struct error *reterr)
{
	*decide = (struct decide){.context = context,
		.words = {.by = args_get(args, "by", NULL),
			.reason = args_get(args, "reason", NULL),
			.dry_run = args_has(args, "dry-run")}};
	return writer_new(context->form, "part", part_columns, ARRAY_SIZE(part_columns),
		&decide->writer, reterr);
}

static int part_row(void *context, const struct decision_part *part)
{
	struct decide *decide = context;
	char id[24];

	return writer_row(decide->writer,
		(const char *[]){part->what, part->subject, part->value,
			number_or_empty(part->asset_id, id)},
		NULL);
}

/* "asset 1 becomes an alias of asset 2" */
static void describe(const struct decision_result *n, char out[160])
{
	static const struct {
		const char *kind, *middle, *end;
		bool both;
	} forms[] = {{"merge", " becomes an alias of asset ", "", true},
		{"split", " and asset ", " are two", true},
		{"undo", " and asset ", " are no longer told apart by hand", true},
		{"retire", " is retired", "", false},
		{"revive", " is in use again", "", false}};
	char one[24], other[24];

	*out = 0;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(n->kind, forms[i].kind) == 0)
			snprintf(out, 160, "asset %s%s%s%s", number_or_empty(n->asset_id, one),
				forms[i].middle,
				forms[i].both ? number_or_empty(n->other_id, other) : "",
				forms[i].end);
}

static int end(struct decide *decide, int r, struct error *reterr)
{
	const struct decision_result *n = &decide->result;
	char what[160], id[24];

	if (r == 0)
		r = writer_finish(decide->writer, reterr);
	if (r < 0)
		return r;
	describe(n, what);
	snprintf(id, sizeof(id), "%" PRId64, n->id);
	say(decide->context,
		"%s%s: %s; moves %" PRIu64 " addresses, %" PRIu64 " names, %" PRIu64
		" services, %" PRIu64 " keys, %" PRIu64 " facts, %" PRIu64 " links, %" PRIu64
		" paths",
		decide->words.dry_run ? "would be decided" : "decision ",
		decide->words.dry_run ? "" : id, what, n->addresses, n->names, n->services,
		n->keys, n->facts, n->links, n->paths);
	if (n->again)
		say(decide->context,
			"%" PRIu64
			" later merges stand on it: taken down and decided again, under new "
			"numbers",
			n->again);
	return decide->words.dry_run && n->against > 0;
}

static int run_merge(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(decide_done) struct decide decide;
	int r = begin(&decide, context, args, reterr);

	if (r == 0)
		r = inventory_asset_merge(context->inventory, args_positional(args, 0),
			args_positional(args, 1), &decide.words, part_row, &decide,
			&decide.result, reterr);
	return end(&decide, r, reterr);
}

static const struct option_row merge_options[] = {WORDS_OPTIONS, {0}};

const struct command cmd_asset_merge = {
	.name = "asset merge",
	.synopsis = "ASSET INTO --reason TEXT [OPTION...]",
	.summary = "two assets are one: ASSET becomes an alias of INTO",
	.details = "ASSET and INTO are numbers, addresses or names. What the one has goes on at the\n"
		   "other; the program heeds it from then on. `asset undo` takes it back.",
	.options = merge_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 2,
	.max_positional = 2,
	.run = run_merge,
};

#define SPLIT_MAX 1024

static int collect(const struct args *args, const char *option, const char **items,
	size_t *ret_n, struct error *reterr)
{
	const char *text;

	for (*ret_n = 0; (text = args_nth(args, option, *ret_n)); items[(*ret_n)++] = text)
		if (*ret_n == SPLIT_MAX)
			return error_set(reterr, ERROR_USAGE, "more than %d --%s", SPLIT_MAX,
				option);
	return 0;
}

static int split(struct decide *decide, const struct args *args, struct error *reterr)
{
	static const char *addresses[SPLIT_MAX], *keys[SPLIT_MAX];
	struct inventory *inv = decide->context->inventory;
	struct split_request request = {.addresses = addresses, .keys = keys,
		.apart_from = args_get(args, "apart-from", NULL)};
	const char *asset = args_positional(args, 0), *alias = args_get(args, "undo-of", NULL);
	int r = collect(args, "address", addresses, &request.n_addresses, reterr);

	if (r == 0)
		r = collect(args, "key", keys, &request.n_keys, reterr);
	if (r < 0)
		return r;
	if (!alias)
		return inventory_asset_split(inv, asset, &request, &decide->words, part_row,
			decide, &decide->result, reterr);
	if (request.n_addresses || request.n_keys || request.apart_from)
		return error_set(reterr, ERROR_USAGE,
			"--undo-of undoes a merge as a whole and stands alone");
	return inventory_asset_unmerge(inv, asset, alias, &decide->words, part_row, decide,
		&decide->result, reterr);
}

static int run_split(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(decide_done) struct decide decide;
	int r = begin(&decide, context, args, reterr);

	if (r == 0)
		r = split(&decide, args, reterr);
	return end(&decide, r, reterr);
}

static const struct option_row split_options[] = {
	{"address", 0, "ADDRESS",
		"or a MAC met without one: leaves for a new asset, "
		"with what is filed there; repeatable"},
	{"key", 0, "TYPE=VALUE", "leaves with the addresses that show it; repeatable"},
	{"undo-of", 0, "ALIAS", "undo the merge that made this number an alias"},
	{"apart-from", 0, "OTHER", "they are two and stay two; nothing moves"},
	WORDS_OPTIONS,
	{0},
};

const struct command cmd_asset_split = {
	.name = "asset split",
	.synopsis =
		"ASSET (--address A... | --key K... | --undo-of ALIAS | --apart-from OTHER) "
		"--reason TEXT [OPTION...]",
	.summary = "one asset is two",
	.details = "The program keeps the two apart from then on.",
	.options = split_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_split,
};

static int run_retire(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(decide_done) struct decide decide;
	int r = begin(&decide, context, args, reterr);

	if (r == 0)
		r = inventory_asset_retire(context->inventory, args_positional(args, 0),
			&decide.words, part_row, &decide, &decide.result, reterr);
	return end(&decide, r, reterr);
}

static const struct option_row retire_options[] = {WORDS_OPTIONS, {0}};

const struct command cmd_asset_retire = {
	.name = "asset retire",
	.synopsis = "ASSET --reason TEXT [OPTION...]",
	.summary = "an asset is out of use: kept, but in no list and on no map",
	.details = "If it answers again it stays retired, and `asset review` says so.",
	.options = retire_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_retire,
};

static int run_revive(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(decide_done) struct decide decide;
	int r = begin(&decide, context, args, reterr);

	if (r == 0)
		r = inventory_asset_revive(context->inventory, args_positional(args, 0),
			&decide.words, part_row, &decide, &decide.result, reterr);
	return end(&decide, r, reterr);
}

static const struct option_row revive_options[] = {WORDS_OPTIONS, {0}};

const struct command cmd_asset_revive = {
	.name = "asset revive",
	.synopsis = "ASSET --reason TEXT [OPTION...]",
	.summary = "a retired asset is in use again",
	.options = revive_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_revive,
};

static int run_undo(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(decide_done) struct decide decide;
	int r = begin(&decide, context, args, reterr);
	int64_t id = 0;

	if (r == 0)
		r = author_number(args_positional(args, 0), &id, reterr);
	if (r == 0)
		r = inventory_decision_undo(context->inventory, id, &decide.words, part_row,
			&decide, &decide.result, reterr);
	return end(&decide, r, reterr);
}

static const struct option_row undo_options[] = {WORDS_OPTIONS, {0}};

const struct command cmd_asset_undo = {
	.name = "asset undo",
	.synopsis = "DECISION --reason TEXT [OPTION...]",
	.summary = "take a decision back, by hand or of the program",
	.details =
		"DECISION is a number from `asset decisions`. What was learnt since is kept.",
	.options = undo_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_undo,
};

/* ---- asking ----------------------------------------------------------------------------- */

static const struct column decision_columns[] = {{"decision", true}, {"time", false},
	{"realm", false}, {"kind", false}, {"asset_id", false}, {"asset", false},
	{"other_id", false}, {"other", false}, {"verdict", false}, {"author", false},
	{"reason", false}, {"keys", false}, {"run", true}, {"undoes", true}, {"undone", false},
	{"undone_by", false}, {"undone_reason", false}};

static int decision_row(void *context, const struct decision_row *d)
{
	char id[24], time[CLOCK_TEXT_MAX], asset[24], other[24], run[24], undoes[24];
	char undone[CLOCK_TEXT_MAX];

	return writer_row(context,
		(const char *[]){number_or_empty(d->id, id), time_or_empty(d->decided_us, time),
			d->realm, d->kind, number_or_empty(d->asset_id, asset), d->asset,
			number_or_empty(d->other_id, other), d->other, d->verdict, d->author,
			d->reason, d->keys, number_or_empty(d->run_id, run),
			number_or_empty(d->undoes, undoes), time_or_empty(d->undone_us, undone),
			d->undone_by, d->undone_reason},
		NULL);
}

static int run_decisions(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *which = args_positional(args, 0);
	int r = writer_new(context->form, "decision", decision_columns,
		ARRAY_SIZE(decision_columns), &writer, reterr);

	if (r == 0)
		r = inventory_decisions(context->inventory,
			context->realm_given ? context->realm : NULL, which, decision_row,
			writer, reterr);
	if (r > 0)
		return error_set(reterr, ERROR_INPUT,
			"%s match%s \"%.64s\"; `cadastre asset list` shows those there are",
			r == 1 ? "no asset" : "several assets", r == 1 ? "es" : "", which);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_asset_decisions = {
	.name = "asset decisions",
	.synopsis = "[ASSET]",
	.summary = "merges, splits and retirements: who, when, why, in force or undone",
	.needs = NEEDS_DATABASE,
	.max_positional = 1,
	.run = run_decisions,
};

static const struct column review_columns[] = {{"kind", false}, {"asset_id", false},
	{"asset", false}, {"realm", false}, {"system", false}, {"subject", false},
	{"detail", false}, {"since", false}};

struct review {
	struct writer *writer;
	uint64_t n;
};

static int review_row(void *context, const struct review_row *v)
{
	struct review *review = context;
	char id[24], since[CLOCK_TEXT_MAX];

	review->n++;
	return writer_row(review->writer,
		(const char *[]){v->kind, number_or_empty(v->asset_id, id), v->asset, v->realm,
			v->system, v->subject, v->detail, time_or_empty(v->since_us, since)},
		NULL);
}

static int run_review(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct review review = {0};
	struct review_filter filter = {.realm = context->realm_given ? context->realm : NULL,
		.kind = args_get(args, "kind", NULL),
		.system = args_get(args, "system", NULL)};
	int r = writer_new(context->form, "review", review_columns, ARRAY_SIZE(review_columns),
		&writer, reterr);

	review.writer = writer;
	if (r == 0)
		r = inventory_review(context->inventory, &filter, review_row, &review, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : review.n > 0;
}

static const struct option_row review_options[] = {
	{"kind", 0, "TEXT", "only of this kind, as the first column has it"},
	{"system", 0, "ID", "only of this system"},
	{0},
};

const struct command cmd_asset_review = {
	.name = "asset review",
	.synopsis = "[OPTION...]",
	.summary = "what a person should look at; exit 1 if there is anything",
	.options = review_options,
	.needs = NEEDS_DATABASE,
	.run = run_review,
};
