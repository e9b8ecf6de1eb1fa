/* SPDX-License-Identifier: Apache-2.0 */
/* boundary: what belongs to a system, why, and what an official made of that. */
#include "cli/command.h"

#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX 1000 /* of one decision */

static const char *realm_of(const struct context *context)
{
	return context->realm_given ? context->realm : NULL;
}

static const char *yes(bool truth)
{
	return truth ? "yes" : "no";
}

/* ---- derive ------------------------------------------------------------------------- */

static const struct column derived_columns[] = {{"realm", false}, {"system", false},
	{"version", true}, {"members", true}, {"controllers", true}, {"notes", true},
	{"added", true}, {"removed", true}, {"jaccard", true}, {"written", false}};

struct deriving {
	struct writer *writer;
	bool written;
};

static int derived_row(void *context, const struct boundary_derived *d)
{
	struct deriving *deriving = context;
	char numbers[6][16], jaccard[16];
	const uint32_t counts[] = {(uint32_t)d->version.version, d->version.n_members,
		d->n_controllers, d->version.n_notes, d->n_added, d->n_removed};

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		snprintf(numbers[i], sizeof(numbers[i]), "%" PRIu32, counts[i]);
	snprintf(jaccard, sizeof(jaccard), "%.3f", d->jaccard);
	deriving->written |= d->written && !d->first;
	return writer_row(deriving->writer,
		(const char *[]){d->version.realm, d->version.system, numbers[0], numbers[1],
			numbers[2], numbers[3], numbers[4], numbers[5], jaccard,
			yes(d->written)},
		NULL);
}

static int run_derive(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *system = args_positional(args, 0);
	struct deriving deriving = {0};
	int r;

	if (!system == !args_has(args, "all"))
		return error_set(reterr, ERROR_USAGE,
			"boundary derive needs the id of a system, or --all");
	r = writer_new(context->form, "boundary", derived_columns, ARRAY_SIZE(derived_columns),
		&writer, reterr);
	if (r < 0)
		return r;
	deriving.writer = writer;
	r = inventory_boundary_derive(context->inventory, realm_of(context), system,
		derived_row, &deriving, reterr);
	if (r == 0)
		r = writer_finish(writer, reterr);
	return r < 0 ? r : deriving.written;
}

static const struct option_row derive_options[] = {
	{"all", 0, NULL, "of all systems"},
	{0},
};

const struct command cmd_boundary_derive = {
	.name = "boundary derive",
	.synopsis = "SYSTEM|--all",
	.summary = "derive maximum boundaries, and keep a version where one changed",
	.details = "Exit 1 if a boundary that was there changed.",
	.options = derive_options,
	.needs = NEEDS_DATABASE,
	.max_positional = 1,
	.run = run_derive,
};

/* ---- show --------------------------------------------------------------------------- */

static const struct column show_columns[] = {{"part", false}, {"what", false},
	{"asset_id", true}, {"asset", false}, {"addresses", false}, {"role", false},
	{"system", false}, {"flow", false}, {"seen", false}, {"run", true}, {"conduit", false},
	{"observed", false}, {"reason", false}};

struct showing {
	const struct context *context;
	struct writer *writer;
};

static int show_version(void *context, const struct boundary_version *v)
{
	const struct showing *showing = context;
	char from[CLOCK_TEXT_MAX];

	say(showing->context,
		"%s boundary of \"%s\", version %d of %s: %" PRIu32 " assets, %" PRIu32
		" notes",
		v->kind, v->system, v->version, clock_format(v->valid_from_us, from),
		v->n_members, v->n_notes);
	if (v->official[0])
		say(showing->context,
			"decided by %s, %s, on maximum version %d; where the walk ended and "
			"what was not known is told by --kind maximum --version %d",
			v->official, v->decision_no, v->of_version, v->of_version);
	say(showing->context, "rule: %s%s%s", v->rule, v->basis[0] ? "; basis: " : "",
		v->basis);
	return 0;
}

static int show_member(void *context, const struct boundary_member_row *m)
{
	const struct showing *showing = context;
	char id[24], run[24] = "", seen[CLOCK_TEXT_MAX] = "";

	snprintf(id, sizeof(id), "%" PRIu64, m->asset_id);
	if (m->run_id)
		snprintf(run, sizeof(run), "%" PRId64, m->run_id);
	if (m->seen_us)
		clock_format(m->seen_us, seen);
	return writer_row(showing->writer,
		(const char *[]){"member", m->why, id, m->name, m->addresses, m->role,
			m->system, m->flow, seen, run, m->conduit, yes(m->observed),
			m->reason},
		NULL);
}

static int show_note(void *context, const struct boundary_note_row *n)
{
	const struct showing *showing = context;
	char id[24] = "", seen[CLOCK_TEXT_MAX] = "";

	if (n->asset_id)
		snprintf(id, sizeof(id), "%" PRIu64, n->asset_id);
	if (n->seen_us)
		clock_format(n->seen_us, seen);
	return writer_row(showing->writer,
		(const char *[]){"note", n->what, id, "", "", "", n->system,
			n->flow, seen, "", n->conduit, "", n->words},
		NULL);
}

static int take_kind(const struct args *args, const char **ret_kind, struct error *reterr)
{
	*ret_kind = args_get(args, "kind", NULL);
	if (*ret_kind && strcmp(*ret_kind, "maximum") != 0 && strcmp(*ret_kind, "decided") != 0)
		return error_set(reterr, ERROR_USAGE,
			"--kind is maximum or decided, not \"%.100s\"", *ret_kind);
	return 0;
}

static int take_which(struct context *context, const struct args *args,
	struct boundary_which *ret, struct error *reterr)
{
	uint64_t version = 0;
	int r = take_kind(args, &ret->kind, reterr);

	ret->realm = realm_of(context);
	ret->system = args_positional(args, 0);
	if (r == 0)
		r = args_number(args, "version", 1, INT32_MAX, 0, &version, reterr);
	ret->version = (int)version;
	return r < 0 ? r
		     : args_moment(
			       args_get(args, "as-of", NULL), &ret->moment.as_of_us, reterr);
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct showing showing = {.context = context};
	struct boundary_which which = {0};
	const bool bare = args_has(args, "members");
	struct boundary_reader reader = {
		show_version, show_member, bare ? NULL : show_note, &showing};
	int r = take_which(context, args, &which, reterr);

	if (r == 0)
		r = writer_new(context->form, "boundary", show_columns,
			ARRAY_SIZE(show_columns), &writer, reterr);
	if (r < 0)
		return r;
	showing.writer = writer;
	/* Without a kind the decided one counts, if there is one. */
	if (!which.kind) {
		which.kind = "decided";
		r = inventory_boundary_show(context->inventory, &which, &reader, reterr);
		which.kind = "maximum";
	}
	if (args_has(args, "kind") || r > 0)
		r = inventory_boundary_show(context->inventory, &which, &reader, reterr);
	if (r > 0)
		return error_set(reterr, ERROR_INPUT,
			"system \"%.100s\" has no such boundary; `cadastre boundary derive "
			"%.100s` makes one",
			which.system, which.system);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row show_options[] = {
	{"kind", 0, "KIND", "maximum or decided; without it decided, if there is one"},
	{"version", 0, "N", "this version instead of the newest"},
	{"as-of", 0, "TIME", "as it was then"},
	{"members", 0, NULL, "without the notes"},
	{0},
};

const struct command cmd_boundary_show = {
	.name = "boundary show",
	.synopsis = "[OPTION...] SYSTEM",
	.summary =
		"what belongs to a system, the reason of each asset, and where the walk ended",
	.options = show_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

/* ---- list --------------------------------------------------------------------------- */

static const struct column list_columns[] = {{"id", true}, {"realm", false},
	{"system", false}, {"kind", false}, {"version", true}, {"members", true},
	{"notes", true}, {"valid_from", false}, {"official", false}, {"decision", false},
	{"businesses", false}, {"rule", false}, {"sha256", false}};

static int list_row(void *context, const struct boundary_version *v)
{
	char id[24], version[16], members[16], notes[16], from[CLOCK_TEXT_MAX];

	snprintf(id, sizeof(id), "%" PRId64, v->id);
	snprintf(version, sizeof(version), "%d", v->version);
	snprintf(members, sizeof(members), "%" PRIu32, v->n_members);
	snprintf(notes, sizeof(notes), "%" PRIu32, v->n_notes);
	return writer_row(context,
		(const char *[]){id, v->realm, v->system, v->kind, version, members, notes,
			clock_format(v->valid_from_us, from), v->official, v->decision_no,
			v->businesses, v->rule, v->sha256},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct boundary_which which = {0};
	int r = take_which(context, args, &which, reterr);

	if (r == 0)
		r = writer_new(context->form, "boundary", list_columns,
			ARRAY_SIZE(list_columns), &writer, reterr);
	if (r == 0)
		r = inventory_boundary_list(context->inventory, &which, args_has(args, "all"),
			list_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row list_options[] = {
	{"kind", 0, "KIND", "maximum or decided; without it both"},
	{"as-of", 0, "TIME", "as they were then"},
	{"all", 0, NULL, "every version, not the newest alone"},
	{0},
};

const struct command cmd_boundary_list = {
	.name = "boundary list",
	.synopsis = "[OPTION...] [SYSTEM]",
	.summary = "boundaries that were derived and decided, with their rules",
	.options = list_options,
	.needs = NEEDS_DATABASE,
	.max_positional = 1,
	.run = run_list,
};

/* ---- decide ------------------------------------------------------------------------- */

/* A reason is that of the assets named before it which have none yet. */
static int take_changes(const struct args *args, struct boundary_ruling_change *changes,
	size_t *ret_n, struct error *reterr)
{
	size_t n = 0, given = 0;

	for (size_t i = 0; i < args->n; i++) {
		const char *name = args->items[i].row ? args->items[i].row->name : "";

		if (strcmp(name, "reason") == 0) {
			if (given == n)
				return error_set(reterr, ERROR_USAGE,
					"--reason stands behind the --add or --remove "
					"that it is for");
			while (given < n)
				changes[given++].reason = args->items[i].value;
		}
		if (strcmp(name, "add") != 0 && strcmp(name, "remove") != 0)
			continue;
		if (n == CHANGES_MAX)
			return error_set(reterr, ERROR_USAGE,
				"more than %d assets in one decision", CHANGES_MAX);
		changes[n++] = (struct boundary_ruling_change){
			args->items[i].value, name[0] == 'r', NULL};
	}
	if (given < n)
		return error_set(reterr, ERROR_USAGE,
			"every asset that is added or removed needs a reason: --%s %.100s "
			"--reason TEXT",
			changes[given].remove ? "remove" : "add", changes[given].asset);
	*ret_n = n;
	return 0;
}

static int run_decide(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct boundary_ruling_change *changes =
		calloc(CHANGES_MAX, sizeof(*changes));
	struct boundary_ruling ruling = {.realm = realm_of(context),
		.system = args_positional(args, 0),
		.official = args_get(args, "official", NULL),
		.decision_no = args_get(args, "decision", NULL),
		.changes = changes};
	struct boundary_derived derived;
	int r;

	if (!changes)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a decision");
	if (!ruling.official || !ruling.decision_no)
		return error_set(reterr, ERROR_USAGE,
			"a decision on a boundary needs --official and --decision: the "
			"register derives, a named official decides");
	r = take_changes(args, changes, &ruling.n_changes, reterr);
	if (r == 0)
		r = inventory_boundary_decide(context->inventory, &ruling, &derived, reterr);
	if (r < 0)
		return r;
	printf("%" PRId64 "\n", derived.version.id);
	say(context,
		"decided boundary of \"%s\", version %d on maximum version %d: %" PRIu32
		" assets",
		ruling.system, derived.version.version, derived.version.of_version,
		derived.version.n_members);
	return 0;
}

static const struct option_row decide_options[] = {
	{"official", 0, "NAME", "who decides"},
	{"decision", 0, "NUMBER", "number of the decision"},
	{"add", 0, "ASSET", "also this asset; repeatable"},
	{"remove", 0, "ASSET", "not this asset; repeatable"},
	{"reason", 0, "TEXT", "why, for the assets named before it"},
	{0},
};

const struct command cmd_boundary_decide = {
	.name = "boundary decide",
	.synopsis = "SYSTEM --official NAME --decision NUMBER [--add ASSET|--remove ASSET "
		    "--reason TEXT]...",
	.summary =
		"decide on the newest maximum boundary; prints the number of the decided one",
	.options = decide_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_decide,
};

/* ---- diff --------------------------------------------------------------------------- */

static const struct column diff_columns[] = {{"act", false}, {"asset_id", true},
	{"asset", false}, {"role", false}, {"controller", false}, {"what", false},
	{"reason", false}};

static int diff_row(void *context, const struct boundary_difference *d)
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRIu64, d->asset_id);
	return writer_row(context,
		(const char *[]){
			d->act, id, d->name, d->role, yes(d->controller), d->why, d->reason},
		NULL);
}

/* "decided", "maximum", "maximum/3". */
static int take_version(
	const char *text, char kind[16], struct boundary_which *ret, struct error *reterr)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char *end = NULL;
	long version = slash ? strtol(slash + 1, &end, 10) : 0;

	snprintf(kind, 16, "%.*s", n < 15 ? (int)n : 0, text);
	if ((strcmp(kind, "maximum") != 0 && strcmp(kind, "decided") != 0) ||
		(slash && (end == slash + 1 || *end || version < 1 || version > INT32_MAX)))
		return error_set(reterr, ERROR_USAGE,
			"a version is maximum, decided, maximum/N or decided/N, not \"%.100s\"",
			text);
	ret->kind = kind;
	ret->version = (int)version;
	return 0;
}

struct newest {
	int maximum, decided;
};

static int see_newest(void *context, const struct boundary_version *v)
{
	struct newest *newest = context;

	if (strcmp(v->kind, "maximum") == 0)
		newest->maximum = v->version;
	else
		newest->decided = v->version;
	return 0;
}

/* What is compared if nobody says: the decided boundary with the newest maximum; without a
 * decision the last two maximum ones. */
static int find_from(
	struct context *context, const char *system, char out[32], struct error *reterr)
{
	const struct boundary_which which = {.realm = realm_of(context), .system = system};
	struct newest newest = {0};
	int r = inventory_boundary_list(
		context->inventory, &which, false, see_newest, &newest, reterr);

	if (r < 0)
		return r;
	if (newest.decided)
		snprintf(out, 32, "decided");
	else if (newest.maximum > 1)
		snprintf(out, 32, "maximum/%d", newest.maximum - 1);
	else
		return error_set(reterr, ERROR_INPUT,
			"system \"%.100s\" has %s; there is nothing to compare", system,
			newest.maximum ? "one version of its boundary" : "no boundary");
	return 0;
}

static int run_diff(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct boundary_which before = {0}, after = {0};
	struct boundary_comparison c;
	char kinds[2][16], otherwise[32] = "";
	const char *system = args_positional(args, 0), *from = args_get(args, "from", NULL);
	int r = from ? 0 : find_from(context, system, otherwise, reterr);

	before.realm = after.realm = realm_of(context);
	before.system = after.system = system;
	if (r == 0)
		r = take_version(from ? from : otherwise, kinds[0], &before, reterr);
	if (r == 0)
		r = take_version(args_get(args, "to", "maximum"), kinds[1], &after, reterr);
	if (r == 0)
		r = writer_new(context->form, "difference", diff_columns,
			ARRAY_SIZE(diff_columns), &writer, reterr);
	if (r == 0)
		r = inventory_boundary_compare(
			context->inventory, &before, &after, diff_row, writer, &c, reterr);
	if (r > 0)
		return error_set(reterr, ERROR_INPUT,
			"system \"%.100s\" has no such version of its boundary; `cadastre "
			"boundary list --all %.100s` shows those there are",
			system, system);
	if (r < 0)
		return r;
	say(context,
		"%s/%d to %s/%d: %" PRIu32 " assets before, %" PRIu32 " after, %" PRIu32
		" added, %" PRIu32 " removed; controllers %" PRIu32 " added, %" PRIu32
		" removed; Jaccard %.3f",
		kinds[0], c.before_version, kinds[1], c.after_version, c.n_before, c.n_after,
		c.n_added, c.n_removed, c.n_controllers_added, c.n_controllers_removed,
		c.jaccard);
	r = writer_finish(writer, reterr);
	return r < 0 ? r : c.n_added + c.n_removed > 0;
}

static const struct option_row diff_options[] = {
	{"from", 0, "VERSION", "maximum, decided, maximum/N or decided/N"},
	{"to", 0, "VERSION", "the newest maximum without it"},
	{0},
};

const struct command cmd_boundary_diff = {
	.name = "boundary diff",
	.synopsis = "[--from VERSION] [--to VERSION] SYSTEM",
	.summary = "what one version of a boundary has that another one has not",
	.details = "Without --from: from what was decided, else from the version before. "
		   "Exit 1 if they differ.",
	.options = diff_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_diff,
};
