/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A register in CSV: tables one after another. A record whose first cell is "table" is the
 * heading of those that follow; these name their table in their first cell. So each sheet of a
 * spreadsheet is a file of its own, and any such files joined are one as well. The table
 * "register" says what is true of the whole: realm, document, as_of, complete. See register.h.
 */
#include "inventory/register/register.h"

#include "common/csv.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define TABLE_LABEL "\xe8\xa1\xa8"               /* biao: table */
#define REGISTER_LABEL "\xe5\x8f\xb0\xe8\xb4\xa6" /* taizhang: register */
#define BLANKS " \t\r\n"

/* What a column of the file is: one of the table, or one that all have. */
enum { IGNORED = -1, AS_OF = -2, DOCUMENT = -3, REALM = -4, COMPLETE = -5 };

struct sheet {
	struct register_reader *reader;
	bool headed;
	long line; /* of the heading */
	char *headings[CSV_CELLS_MAX];
	size_t n_headings;
	/* the headings as columns of the table of the last record */
	enum register_kind kind; /* REGISTER_KIND_N: none yet, or the table "register" */
	bool is_bound;
	int columns[CSV_CELLS_MAX];
	const char *as_of, *document; /* of the whole register */
};

static const struct {
	const char *name, *label;
	int column;
} common_columns[] = {{"as_of", "\xe6\x88\xaa\xe8\x87\xb3\xe6\x97\xa5\xe6\x9c\x9f", AS_OF},
	{"as-of", "as-of", AS_OF},
	{"document", "\xe4\xbe\x9d\xe6\x8d\xae\xe6\x96\x87\xe4\xbb\xb6", DOCUMENT},
	{"document", "\xe4\xbe\x9d\xe6\x8d\xae\xe6\x96\x87\xe4\xbb\xb6\xe7\xbc\x96\xe5\x8f\xb7",
		DOCUMENT}};
static const struct {
	const char *name, *label;
	int column;
} whole_columns[] = {{"realm", "\xe5\x9c\xb0\xe5\x9d\x80\xe5\x9f\x9f", REALM},
	{"complete", "\xe6\x98\xaf\xe5\x90\xa6\xe5\xae\x8c\xe6\x95\xb4", COMPLETE}};

static bool is_either(const char *text, const char *name, const char *label)
{
	return strcasecmp(text, name) == 0 || strcmp(text, label) == 0;
}

/* A heading without blanks and without a mark that it is required. */
static char *heading(struct sheet *sheet, const char *cell)
{
	size_t n;

	cell += strspn(cell, BLANKS);
	n = strcspn(cell, "*\r\n");
	while (n > 0 && strchr(BLANKS, cell[n - 1]))
		n--;
	return arena_strndup(sheet->reader->doc->arena, cell, n);
}

static int take_heading(struct sheet *sheet, const struct csv_record *record)
{
	sheet->headed = true;
	sheet->is_bound = false;
	sheet->line = record->line;
	sheet->n_headings = record->n_cells;
	for (size_t i = 0; i < record->n_cells; i++) {
		sheet->headings[i] = heading(sheet, record->cells[i]);
		if (!sheet->headings[i])
			return error_set(sheet->reader->reterr, ERROR_SYSTEM,
				"%s: no memory for the register", sheet->reader->file);
	}
	return 0;
}

/* ---- headings as columns ----------------------------------------------------------------- */

static int find_column(const struct sheet *sheet, const char *name)
{
	const struct register_column *column;

	for (size_t i = 0; i < ARRAY_SIZE(common_columns); i++)
		if (is_either(name, common_columns[i].name, common_columns[i].label))
			return common_columns[i].column;
	if (sheet->kind == REGISTER_KIND_N) {
		for (size_t i = 0; i < ARRAY_SIZE(whole_columns); i++)
			if (is_either(name, whole_columns[i].name, whole_columns[i].label))
				return whole_columns[i].column;
		return IGNORED;
	}
	column = register_column_find(&register_tables[sheet->kind], name);
	if (!column || column->type == REGISTER_DERIVED)
		return IGNORED;
	return (int)(column - register_tables[sheet->kind].columns);
}

static const char *table_name(const struct sheet *sheet)
{
	return sheet->kind == REGISTER_KIND_N ? "register" : register_tables[sheet->kind].name;
}

static int bind(struct sheet *sheet)
{
	struct register_reader *r = sheet->reader;

	for (size_t i = 1; i < sheet->n_headings; i++) {
		sheet->columns[i] = find_column(sheet, sheet->headings[i]);
		if (sheet->columns[i] == IGNORED && sheet->headings[i][0])
			return error_set(r->reterr, ERROR_INPUT,
				"%s:%ld: cell %zu: the table %s "
				"has no column \"%.80s\"; docs/register.md lists them",
				r->file, sheet->line, i + 1, table_name(sheet),
				sheet->headings[i]);
		for (size_t k = 1; k < i; k++)
			if (sheet->columns[i] != IGNORED &&
				sheet->columns[k] == sheet->columns[i])
				return error_set(r->reterr, ERROR_INPUT,
					"%s:%ld: cell %zu: the "
					"column \"%.80s\" stands at cell %zu already",
					r->file, sheet->line, i + 1, sheet->headings[i], k + 1);
	}
	sheet->is_bound = true;
	return 0;
}

/* Which table a record is of: what stands in its first cell. */
static int choose_table(struct sheet *sheet, const struct csv_record *record)
{
	struct register_reader *r = sheet->reader;
	const char *name = record->cells[0];
	enum register_kind kind;

	if (!sheet->headed)
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: cell 1: a register in CSV begins "
			"with a heading whose first cell is \"table\"; `cadastre --format csv "
			"register export --template` writes one",
			r->file, record->line);
	name = heading(sheet, name);
	if (!name)
		return error_set(
			r->reterr, ERROR_SYSTEM, "%s: no memory for the register", r->file);
	kind = register_kind_find(name);
	if (kind == REGISTER_KIND_N && !is_either(name, "register", REGISTER_LABEL))
		return error_set(r->reterr, ERROR_INPUT,
			"%s:%ld: cell 1: there is no table \"%.80s\"; "
			"docs/register.md lists them",
			r->file, record->line, name);
	if (sheet->is_bound && kind == sheet->kind)
		return 0;
	sheet->kind = kind;
	return bind(sheet);
}

/* ---- records ----------------------------------------------------------------------------- */

static int too_many(const struct sheet *sheet, const struct csv_record *record)
{
	for (size_t i = sheet->n_headings; i < record->n_cells; i++)
		if (record->cells[i][0])
			return error_set(sheet->reader->reterr, ERROR_INPUT,
				"%s:%ld: cell %zu: it "
				"is under no heading: the heading at line %ld has %zu cells",
				sheet->reader->file, record->line, i + 1, sheet->line,
				sheet->n_headings);
	return 0;
}

static int take_complete(struct sheet *sheet, const struct csv_record *record, size_t i,
	const char *value)
{
	static const char *const yes[] = {"yes", "\xe6\x98\xaf"}, *const no[] = {"no",
		"\xe5\x90\xa6", ""};

	for (size_t k = 0; k < ARRAY_SIZE(yes); k++)
		if (strcmp(value, yes[k]) == 0) {
			sheet->reader->doc->complete = true;
			return 0;
		}
	for (size_t k = 0; k < ARRAY_SIZE(no); k++)
		if (strcmp(value, no[k]) == 0)
			return 0;
	return error_set(sheet->reader->reterr, ERROR_INPUT,
		"%s:%ld: cell %zu, complete: \"%.80s\" is neither yes nor no",
		sheet->reader->file, record->line, i + 1, value);
}

/* The record that is about the whole register. */
static int take_whole(struct sheet *sheet, const struct csv_record *record)
{
	struct register_reader *r = sheet->reader;
	int q = 0;

	for (size_t i = 1; i < record->n_cells && i < sheet->n_headings && q == 0; i++) {
		const char *value = register_clean(r, csv_unguard(record->cells[i]));

		if (!value)
			return error_set(r->reterr, ERROR_INPUT, "%s:%ld: cell %zu is too long",
				r->file, record->line, i + 1);
		if (sheet->columns[i] == REALM) {
			if (r->doc->realm && value[0] && strcmp(r->doc->realm, value) != 0)
				return error_set(r->reterr, ERROR_INPUT,
					"%s:%ld: cell %zu, realm: "
					"\"%.80s\" is another realm than \"%s\", which was "
					"given before; a register is about one",
					r->file, record->line, i + 1, value, r->doc->realm);
			if (value[0])
				r->doc->realm = value;
		} else if (sheet->columns[i] == COMPLETE) {
			q = take_complete(sheet, record, i, value);
		} else if (sheet->columns[i] == AS_OF && value[0]) {
			sheet->as_of = value;
		} else if (sheet->columns[i] == DOCUMENT && value[0]) {
			sheet->document = r->doc->document = value;
		}
	}
	return q;
}

static int take_record(struct sheet *sheet, const struct csv_record *record)
{
	struct register_row row = {.kind = sheet->kind, .is_csv = true, .line = record->line,
		.as_of = sheet->as_of, .document = sheet->document};

	for (size_t i = 1; i < record->n_cells && i < sheet->n_headings; i++) {
		const char *value = csv_unguard(record->cells[i]);
		int column = sheet->columns[i];

		if (column >= 0) {
			row.values[column] = value;
			row.cells[column] = i + 1;
		} else if (column == AS_OF && value[strspn(value, BLANKS)]) {
			row.as_of = value;
			row.as_of_cell = i + 1;
		} else if (column == DOCUMENT && value[strspn(value, BLANKS)]) {
			row.document = value;
			row.document_cell = i + 1;
		}
	}
	return register_take_row(sheet->reader, &row);
}

static int take(struct sheet *sheet, const struct csv_record *record)
{
	int r;

	if (is_either(record->cells[0], "table", TABLE_LABEL))
		return take_heading(sheet, record);
	r = choose_table(sheet, record);
	if (r == 0)
		r = too_many(sheet, record);
	if (r < 0)
		return r;
	return sheet->kind == REGISTER_KIND_N ? take_whole(sheet, record) :
		take_record(sheet, record);
}

int register_read_csv(struct register_reader *reader, const char *bytes, size_t n,
	const char *encoding)
{
	_cleanup_(str_done) struct str text = STR_INIT(REGISTER_CSV_MAX);
	_cleanup_(csv_freep) struct csv *csv = NULL;
	struct sheet *sheet = arena_alloc(reader->doc->arena, sizeof(*sheet));
	struct csv_record record;
	int r = csv_decode(reader->file, bytes, n, encoding, &text, NULL, reader->reterr);

	if (r == 0)
		r = csv_new(reader->file, text.data, text.len, 0, &csv, reader->reterr);
	if (r < 0)
		return r;
	if (!sheet)
		return error_set(reader->reterr, ERROR_SYSTEM, "%s: no memory for the register",
			reader->file);
	sheet->reader = reader;
	sheet->kind = REGISTER_KIND_N;
	while ((r = csv_next(csv, &record, reader->reterr)) == 0) {
		r = take(sheet, &record);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : 0;
}
