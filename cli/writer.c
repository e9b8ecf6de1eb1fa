/* SPDX-License-Identifier: Apache-2.0 */
/* The table writer; see writer.h. */
#include "cli/writer.h"

#include "common/str.h"
#include "common/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Text rows are held back for alignment, this many at a time. */
#define TEXT_ROWS 4096
/* A column is at most this wide; a longer cell pushes its own row to the right, no other. */
#define TEXT_COLUMN_MAX 48
#define COLUMNS_MAX 64
#define ROW_MAX (8 << 20) /* an authorisation with all prefixes that it may have */
/* They are printed before that, too, if they take more than half of this. */
#define TEXT_HELD_MAX (64 << 20)

/* A cell as it is printed, in `held`. */
struct cell {
	size_t at, size, width;
};

struct writer {
	enum form form;
	const char *what;
	const struct column *columns;
	size_t n_columns, n_rows;
	bool shown; /* text: anything was printed */
	bool left;  /* the reader went away: what follows is for nobody */
	struct cell *cells; /* TEXT_ROWS x n_columns, text form only */
	struct str held, out;
};

static const char *const form_names[FORM_N] = {"text", "json", "csv", "xml"};

int form_parse(const char *text, enum form *ret_form, struct error *reterr)
{
	for (int i = 0; i < FORM_N; i++)
		if (strcmp(form_names[i], text) == 0) {
			*ret_form = (enum form)i;
			return 0;
		}
	return error_set(reterr, ERROR_USAGE,
		"\"%.32s\" is not a format; there are text, json, csv and xml", text);
}

/* A reader that has seen enough, as `head` has, is no error. */
static int check_written(struct writer *writer, bool written, struct error *reterr)
{
	if (written)
		return 0;
	if (errno != EPIPE)
		return error_errno(
			reterr, ERROR_SYSTEM, errno, "cannot write to standard output");
	writer->left = true;
	clearerr(stdout);
	return 0;
}

static int print(struct writer *writer, struct error *reterr)
{
	int r = 0;

	if (writer->out.failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the output");
	if (!writer->left)
		r = check_written(writer,
			fwrite(writer->out.data, 1, writer->out.len, stdout) == writer->out.len,
			reterr);
	str_reset(&writer->out);
	return r;
}

int writer_new(enum form form, const char *what, const struct column *columns, size_t n_columns,
	struct writer **ret_writer, struct error *reterr)
{
	_cleanup_(writer_freep) struct writer *writer = calloc(1, sizeof(*writer));
	int r;

	if (n_columns == 0 || n_columns > COLUMNS_MAX)
		return error_set(reterr, ERROR_INTERNAL, "a table of %zu columns", n_columns);
	if (!writer)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the output");
	*writer = (struct writer){.form = form,
		.what = what,
		.columns = columns,
		.n_columns = n_columns,
		.held = STR_INIT(TEXT_HELD_MAX),
		.out = STR_INIT(ROW_MAX)};
	if (form == FORM_TEXT) {
		writer->cells = calloc(TEXT_ROWS * n_columns, sizeof(*writer->cells));
		if (!writer->cells)
			return error_set(reterr, ERROR_SYSTEM, "no memory for the output");
	}
	if (form == FORM_CSV)
		for (size_t i = 0; i < n_columns; i++)
			str_addf(&writer->out, "%s\"%s\"", i ? "," : "", columns[i].name);
	if (form == FORM_CSV)
		str_adds(&writer->out, "\r\n");
	if (form == FORM_XML)
		str_addf(&writer->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%ss>\n",
			what);
	r = print(writer, reterr);
	if (r < 0)
		return r;
	*ret_writer = STEAL(writer);
	return 0;
}

/* Characters, not bytes: wide enough for alignment of what people name their assets. */
static size_t width(const char *text, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

static void pad(struct str *out, size_t n)
{
	static const char blanks[] = "                                ";

	for (size_t part; n; n -= part) {
		part = n < sizeof(blanks) - 1 ? n : sizeof(blanks) - 1;
		str_add(out, blanks, part);
	}
}

static void add_cell(
	struct writer *writer, size_t c, const char *text, const struct cell *cell, size_t wide)
{
	bool number = writer->columns[c].number, last = c + 1 == writer->n_columns;
	size_t gap = cell->width < wide ? wide - cell->width : 0;

	if (number)
		pad(&writer->out, gap);
	str_add(&writer->out, text, cell->size);
	if (!last)
		pad(&writer->out, number ? 2 : gap + 2);
	else
		str_addc(&writer->out, '\n');
}

static int print_text(struct writer *writer, struct error *reterr)
{
	size_t widths[COLUMNS_MAX] = {0}, n = writer->n_columns;
	int r;

	for (size_t c = 0; c < n; c++)
		widths[c] = width(writer->columns[c].name, strlen(writer->columns[c].name));
	for (size_t i = 0; i < writer->n_rows * n; i++) {
		size_t w = writer->cells[i].width;

		if (w <= TEXT_COLUMN_MAX && w > widths[i % n])
			widths[i % n] = w;
	}
	for (size_t c = 0; c < n; c++) {
		const char *name = writer->columns[c].name;
		const struct cell cell = {0, strlen(name), width(name, strlen(name))};

		add_cell(writer, c, name, &cell, widths[c]);
	}
	r = print(writer, reterr);
	for (size_t row = 0; row < writer->n_rows && r == 0; row++) {
		for (size_t c = 0; c < n; c++) {
			const struct cell *cell = &writer->cells[row * n + c];

			add_cell(writer, c, writer->held.data + cell->at, cell, widths[c]);
		}
		r = print(writer, reterr);
	}
	str_reset(&writer->held);
	writer->n_rows = 0;
	writer->shown = true;
	return r;
}

static int hold_row(struct writer *writer, const char *const *cells, struct error *reterr)
{
	struct cell *row = writer->cells + writer->n_rows * writer->n_columns;

	for (size_t c = 0; c < writer->n_columns; c++) {
		size_t at = writer->held.len;

		text_encode_terminal(&writer->held, cells[c] ? cells[c] : "");
		row[c] = (struct cell){.at = at, .size = writer->held.len - at};
		row[c].width = width(writer->held.data + at, row[c].size);
	}
	if (writer->held.failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the output");
	writer->n_rows++;
	return writer->n_rows == TEXT_ROWS || writer->held.len > TEXT_HELD_MAX / 2
		       ? print_text(writer, reterr)
		       : 0;
}

static void add_json(struct writer *writer, const char *const *cells)
{
	str_addc(&writer->out, '{');
	for (size_t c = 0; c < writer->n_columns; c++) {
		const char *cell = cells[c] ? cells[c] : "";
		bool bare = writer->columns[c].number && *cell;

		str_addf(&writer->out, "%s\"%s\":%s", c ? "," : "", writer->columns[c].name,
			bare ? "" : "\"");
		text_encode_json(&writer->out, cell);
		str_adds(&writer->out, bare ? "" : "\"");
	}
	str_adds(&writer->out, "}\n");
}

static void add_xml(struct writer *writer, const char *const *cells)
{
	str_addf(&writer->out, "<%s>", writer->what);
	for (size_t c = 0; c < writer->n_columns; c++) {
		str_addf(&writer->out, "<%s>", writer->columns[c].name);
		text_encode_xml(&writer->out, cells[c] ? cells[c] : "");
		str_addf(&writer->out, "</%s>", writer->columns[c].name);
	}
	str_addf(&writer->out, "</%s>\n", writer->what);
}

int writer_row(struct writer *writer, const char *const *cells, struct error *reterr)
{
	switch (writer->form) {
	case FORM_JSON:
		add_json(writer, cells);
		break;
	case FORM_CSV:
		for (size_t c = 0; c < writer->n_columns; c++) {
			str_adds(&writer->out, c ? "," : "");
			text_encode_csv(&writer->out, cells[c] ? cells[c] : "");
		}
		str_adds(&writer->out, "\r\n");
		break;
	case FORM_XML:
		add_xml(writer, cells);
		break;
	default:
		return hold_row(writer, cells, reterr);
	}
	return print(writer, reterr);
}

int writer_finish(struct writer *writer, struct error *reterr)
{
	int r = 0;

	/* Without rows the heading alone says that there are none. */
	if (writer->form == FORM_TEXT && (writer->n_rows || !writer->shown))
		r = print_text(writer, reterr);
	if (writer->form == FORM_XML) {
		str_addf(&writer->out, "</%ss>\n", writer->what);
		r = print(writer, reterr);
	}
	return r < 0 || writer->left ? r : check_written(writer, fflush(stdout) == 0, reterr);
}

void writer_free(struct writer *writer)
{
	if (!writer)
		return;
	free(writer->cells);
	str_done(&writer->held);
	str_done(&writer->out);
	free(writer);
}
