/* SPDX-License-Identifier: Apache-2.0 */
/* register: what the operator states of organisations, systems and networks: in, out, and
 * shown. */
#include "cli/command.h"

#include "common/clock.h"
#include "common/file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static int import_row(struct writer *writer, const char *path,
	const struct register_result *result, struct error *reterr)
{
	const uint64_t values[] = {result->organisations, result->systems, result->businesses,
		result->rules, result->dependencies, result->others, result->written,
		result->ended, result->unchanged};
	char texts[ARRAY_SIZE(values)][24];
	const char *cells[ARRAY_SIZE(values) + 1] = {path};

	for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
		snprintf(texts[k], sizeof(texts[k]), "%" PRIu64, values[k]);
		cells[k + 1] = texts[k];
	}
	return writer_row(writer, cells, reterr);
}

static int run_import(struct context *context, const struct args *args, struct error *reterr)
{
	static const struct column columns[] = {{"file", false}, {"organisations", true},
		{"systems", true}, {"businesses", true}, {"rules", true},
		{"dependencies", true}, {"others", true}, {"written", true}, {"ended", true},
		{"unchanged", true}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *path;
	int r;

	r = writer_new(context->form, "import", columns, ARRAY_SIZE(columns), &writer, reterr);
	for (size_t i = 0; r == 0 && (path = args_positional(args, i)); i++) {
		struct register_result result = {0};

		r = inventory_register_take(context->inventory, path,
			args_get(args, "encoding", NULL),
			context->realm_given ? context->realm : NULL, &result, reterr);
		if (r < 0)
			break;
		if (result.circle[0])
			say(context, "%s: systems depend on each other: %s; it is kept", path,
				result.circle);
		r = import_row(writer, path, &result, reterr);
	}
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row import_options[] = {
	{"encoding", 0, "NAME", "of CSV: utf-8, gb18030, big5, utf-16 (default: detected)"},
	{0},
};

const struct command cmd_register_import = {
	.name = "register import",
	.synopsis = "[OPTION...] FILE...",
	.summary = "read a register (XML or CSV); twice changes nothing",
	.details = "FILE is XML, CSV, a directory of CSV files, or \"-\" for standard input.",
	.options = import_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = ARGS_MAX,
	.run = run_import,
};

static const struct column system_columns[] = {{"id", false}, {"name", false},
	{"organisation", false}, {"sector", false}, {"kind", false}, {"business", false},
	{"strength", false}, {"tier", true}, {"assets", true}, {"designation", false}};

struct list {
	struct writer *writer;
	uint64_t n;
};

static int system_row(void *context, const struct system_row *s)
{
	struct list *list = context;
	char tier[16] = "", assets[24];

	list->n++;
	if (s->tier)
		snprintf(tier, sizeof(tier), "%d", s->tier);
	snprintf(assets, sizeof(assets), "%" PRId64, s->n_assets);
	return writer_row(list->writer,
		(const char *[]){s->id, s->name, s->organisation, s->sector, s->kind,
			s->business, s->strength, tier, assets, s->designation},
		NULL);
}

static int run_list(struct context *context, const struct args *args, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = NULL;
	struct list list = {0};
	int r;

	(void)args;
	r = writer_new(context->form, "system", system_columns, ARRAY_SIZE(system_columns),
		&writer, reterr);
	if (r < 0)
		return r;
	list.writer = writer;
	r = inventory_system_list(context->inventory, NULL, system_row, &list, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

const struct command cmd_register_list = {
	.name = "register list",
	.synopsis = "",
	.summary = "the registered systems",
	.needs = NEEDS_DATABASE,
	.run = run_list,
};

/* ---- one thing --------------------------------------------------------------------------- */

static int said_row(void *context, const struct register_said_row *s)
{
	return writer_row(context,
		(const char *[]){s->table, s->entry, s->attribute, s->value, s->as_of,
			s->document, s->imported, s->realm},
		NULL);
}

/* What the register computes of a system now: its assets and its designation. */
static int computed_row(void *context, const struct system_row *s)
{
	char assets[24];
	int r;

	snprintf(assets, sizeof(assets), "%" PRId64, s->n_assets);
	r = writer_row(context,
		(const char *[]){"computed", s->id, "assets", assets, "", "", "", ""}, NULL);
	if (r == 0 && s->designation[0])
		r = writer_row(context,
			(const char *[]){"computed", s->id, "designation", s->designation, "",
				"", "", ""},
			NULL);
	return r;
}

static int run_show(struct context *context, const struct args *args, struct error *reterr)
{
	static const struct column columns[] = {{"table", false}, {"entry", false},
		{"attribute", false}, {"value", false}, {"as_of", false}, {"document", false},
		{"since", false}, {"realm", false}};
	_cleanup_(writer_freep) struct writer *writer = NULL;
	const char *id = args_positional(args, 0), *as_of = args_get(args, "as-of", NULL);
	int64_t day_us = 0;
	int r = 0;

	if (as_of)
		r = clock_parse(as_of, &day_us, reterr);
	if (r == 0)
		r = writer_new(context->form, "statement", columns, ARRAY_SIZE(columns),
			&writer, reterr);
	if (r < 0)
		return r;
	r = inventory_register_show(context->inventory, context->realm_given ? context->realm :
		NULL, id, day_us, said_row, writer, reterr);
	if (r == 1)
		return error_set(reterr, ERROR_INPUT,
			"the register has no system or organisation \"%.64s\"%s%s",
			id, as_of ? " as of " : "", as_of ? as_of : "");
	if (r == 0 && !as_of)
		r = inventory_system_list(context->inventory, id, computed_row, writer, reterr);
	return r < 0 ? r : writer_finish(writer, reterr);
}

static const struct option_row show_options[] = {
	{"as-of", 0, "TIME", "as it was on that day, by what the register knows now"},
	{0},
};

const struct command cmd_register_show = {
	.name = "register show",
	.synopsis = "[OPTION...] ID",
	.summary = "all that is said of a system or organisation",
	.options = show_options,
	.needs = NEEDS_DATABASE,
	.min_positional = 1,
	.max_positional = 1,
	.run = run_show,
};

/* ---- export ------------------------------------------------------------------------------ */

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* by which spreadsheets know UTF-8 */

struct export {
	FILE *file;            /* one for all, or */
	const char *directory; /* one for each table */
	char table[64];        /* that is open */
};

static int close_file(struct export *export, struct error *reterr)
{
	int problem = export->file ? fclose(export->file) : 0;

	export->file = NULL;
	return problem ? error_errno(reterr, ERROR_SYSTEM, errno,
				 "%s/%s.csv: cannot be written", export->directory,
				 export->table)
		       : 0;
}

static int open_file(struct export *export, const char *table, struct error *reterr)
{
	_cleanup_(str_done) struct str path = STR_INIT(PATH_MAX);
	int r = close_file(export, reterr);

	if (r < 0)
		return r;
	snprintf(export->table, sizeof(export->table), "%s", table);
	str_addf(&path, "%s/%s.csv", export->directory, table);
	export->file = fopen(path.data, "we");
	if (!export->file || fputs(BYTE_ORDER_MARK, export->file) < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "%s: cannot be written",
			path.data);
	return 0;
}

static int write_piece(void *context, const char *table, const void *bytes, size_t n,
	struct error *reterr)
{
	struct export *export = context;
	int r = 0;

	if (export->directory && (!export->file || strcmp(export->table, table) != 0))
		r = open_file(export, table, reterr);
	if (r == 0 && fwrite(bytes, 1, n, export->file) != n)
		r = error_errno(reterr, ERROR_SYSTEM, errno, "the export cannot be written");
	return r;
}

static int begin_export(struct export *export, const struct context *context,
	const struct args *args, struct error *reterr)
{
	bool is_csv = context->form == FORM_CSV;

	export->directory = args_get(args, "directory", NULL);
	if (context->form == FORM_JSON)
		return error_set(reterr, ERROR_USAGE,
			"a register is exported as XML or CSV; give --format xml or --format csv");
	if (!is_csv && (export->directory || args_has(args, "template") ||
		args_has(args, "chinese")))
		return error_set(reterr, ERROR_USAGE,
			"--directory, --template and --chinese are for "
			"CSV; give --format csv too");
	if (export->directory)
		return file_make_directory(export->directory, reterr);
	export->file = stdout;
	if (is_csv)
		fputs(BYTE_ORDER_MARK, stdout);
	return 0;
}

static int run_export(struct context *context, const struct args *args, struct error *reterr)
{
	struct export export = {0};
	bool chinese = args_has(args, "chinese");
	int r = begin_export(&export, context, args, reterr);

	if (r < 0)
		return r;
	if (args_has(args, "template"))
		r = inventory_register_template(chinese, write_piece, &export, reterr);
	else
		r = inventory_register_export(context->inventory,
			context->realm_given ? context->realm : NULL,
			context->form == FORM_CSV ? REGISTER_FORM_CSV : REGISTER_FORM_XML,
			chinese, write_piece, &export, reterr);
	if (export.directory) {
		int q = close_file(&export, r < 0 ? NULL : reterr);

		return r < 0 ? r : q;
	}
	if (r == 0 && fflush(stdout) != 0)
		r = error_errno(
			reterr, ERROR_SYSTEM, errno, "standard output cannot be written");
	return r;
}

static const struct option_row export_options[] = {
	{"directory", 0, "DIR", "CSV: one file for each table in DIR, not one for all"},
	{"template", 0, NULL, "CSV: the headings only, to be filled in"},
	{"chinese", 0, NULL, "CSV: Chinese headings"},
	{0},
};

const struct command cmd_register_export = {
	.name = "register export",
	.synopsis = "[OPTION...]",
	.summary = "all that is registered of a realm, to be imported again",
	.details = "As XML, or with --format csv as CSV. Importing it changes nothing.",
	.options = export_options,
	.needs = NEEDS_DATABASE,
	.run = run_export,
};
