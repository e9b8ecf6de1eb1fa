/* SPDX-License-Identifier: Apache-2.0 */
/* db, audit: the database and the trail. */
#include "cli/command.h"

#include "common/clock.h"

#include <inttypes.h>
#include <stdio.h>

static int run_status(struct context *context, const struct args *args, struct error *reterr)
{
	static const struct column columns[] = {{"where", false}, {"private", false},
		{"server", false}, {"schema", true}, {"newest_schema", true}, {"assets", true},
		{"services", true}, {"runs", true}, {"bytes", true}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct inventory_status status = {0};
	char texts[6][24];
	int r;

	(void)args;
	r = inventory_status(context->inventory, &status, reterr);
	if (r < 0)
		return r;
	snprintf(texts[0], sizeof(texts[0]), "%d", status.schema);
	snprintf(texts[1], sizeof(texts[1]), "%d", status.newest_schema);
	snprintf(texts[2], sizeof(texts[2]), "%" PRId64, status.assets);
	snprintf(texts[3], sizeof(texts[3]), "%" PRId64, status.services);
	snprintf(texts[4], sizeof(texts[4]), "%" PRId64, status.runs);
	snprintf(texts[5], sizeof(texts[5]), "%" PRId64, status.size_bytes);
	r = writer_new(context->form, "status", columns, ARRAY_SIZE(columns), &writer, reterr);
	if (r == 0)
		r = writer_row(writer,
			(const char *[]){status.where, status.is_private ? "yes" : "no",
				status.server, texts[0], texts[1], texts[2], texts[3], texts[4],
				texts[5]},
			reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_db_init = {
	.name = "db init",
	.synopsis = "",
	.summary = "create or open the database and bring its schema up to date",
	.needs = NEEDS_DATABASE,
	.run = run_status,
};

const struct command cmd_db_status = {
	.name = "db status",
	.synopsis = "",
	.summary = "which database, which schema, how much in it",
	.needs = NEEDS_DATABASE | ALLOWS_NODE,
	.run = run_status,
};

static int run_backup(struct context *context, const struct args *args, struct error *reterr)
{
	int r = inventory_backup(context->inventory, args_positional(args, 0), reterr);

	if (r == 0)
		say(context, "backup written to %s", args_positional(args, 0));
	return r;
}

const struct command cmd_db_backup = {
	.name = "db backup",
	.synopsis = "FILE",
	.summary = "write the whole register to FILE",
	.needs = NEEDS_DATABASE | ALLOWS_NODE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_backup,
};

static int run_restore(struct context *context, const struct args *args, struct error *reterr)
{
	int r = inventory_restore(context->dsn, args_positional(args, 0), reterr);

	if (r == 0)
		say(context, "restored from %s", args_positional(args, 0));
	return r;
}

const struct command cmd_db_restore = {
	.name = "db restore",
	.synopsis = "FILE",
	.summary = "read a backup into an empty database",
	.min_positional = 1,
	.max_positional = 1,
	.run = run_restore,
};

static const struct column audit_columns[] = {{"seq", true}, {"time", false}, {"actor", false},
	{"what", false}, {"object", false}, {"detail", false}, {"hash", false}};

static int audit_row(void *context, const struct audit_row *a)
{
	char seq[24], time[CLOCK_TEXT_MAX];

	snprintf(seq, sizeof(seq), "%" PRId64, a->seq);
	return writer_row(context,
		(const char *[]){seq, clock_format(a->time_us, time), a->actor, a->what,
			a->object, a->detail, a->hash_hex},
		NULL);
}

static int run_audit_list(
	struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	uint64_t since;
	int r;

	r = args_number(args, "since", 0, INT64_MAX, 0, &since, reterr);
	if (r == 0)
		r = writer_new(context->form, "entry", audit_columns, ARRAY_SIZE(audit_columns),
			&writer, reterr);
	if (r == 0)
		r = inventory_audit_list(
			context->inventory, (int64_t)since, audit_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row audit_options[] = {
	{"since", 0, "NUMBER", "entries after this one"},
	{0},
};

const struct command cmd_audit_list = {
	.name = "audit list",
	.synopsis = "[--since NUMBER]",
	.summary = "the append-only trail: grants, runs, refusals, decisions",
	.options = audit_options,
	.needs = NEEDS_DATABASE,
	.run = run_audit_list,
};

static int run_audit_verify(
	struct context *context, const struct args *args, struct error *reterr)
{
	int64_t rows, bad;
	int r;

	(void)args;
	r = inventory_audit_verify(context->inventory, &rows, &bad, reterr);
	if (r < 0)
		return r;
	if (bad)
		printf("entry %" PRId64 " does not fit the chain; %" PRId64 " entries read\n",
			bad, rows);
	else
		printf("%" PRId64 " entries, the chain is whole\n", rows);
	return bad != 0;
}

const struct command cmd_audit_verify = {
	.name = "audit verify",
	.synopsis = "",
	.summary = "recompute the hash chain; exit 1 if an entry was altered or removed",
	.needs = NEEDS_DATABASE,
	.run = run_audit_verify,
};
