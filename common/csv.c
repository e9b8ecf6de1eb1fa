/* SPDX-License-Identifier: Apache-2.0 */
/* Records and cells of CSV; see csv.h. Cells are unquoted in place, in a copy of the text. */
#include "common/csv.h"

#include "common/text.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 512
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct csv {
	char name[NAME_MAX_BYTES + 1];
	char *text;  /* n bytes and a NUL */
	size_t n, pos;
	long line;   /* of text[pos] */
	long first;  /* of the record that is being read */
	char delimiter;
	size_t records;
	char *cells[CSV_CELLS_MAX];
	size_t n_cells;
};

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* ---- before the first record ------------------------------------------------------------ */

/* The delimiter that the first record has most of, outside of quotation marks. */
static char detect(const char *text)
{
	static const char candidates[] = {',', ';', '\t'};
	size_t counts[sizeof(candidates)] = {0};
	size_t best = 0;
	bool quoted = false;

	for (const char *p = text; *p && (quoted || !ends_line(*p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		for (size_t i = 0; !quoted && i < sizeof(candidates); i++)
			counts[i] += *p == candidates[i];
	}
	for (size_t i = 1; i < sizeof(candidates); i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

/* Steps over one line end, which may be CRLF. */
static void step_line(struct csv *csv)
{
	if (csv->text[csv->pos] == '\r' && csv->text[csv->pos + 1] == '\n')
		csv->pos++;
	csv->pos++;
	csv->line++;
}

/* The first line with anything on it is the record by which the delimiter is known. */
static void begin(struct csv *csv, char delimiter)
{
	while (ends_line(csv->text[csv->pos]))
		step_line(csv);
	if (strncmp(csv->text + csv->pos, "sep=", 4) == 0 && csv->text[csv->pos + 4] &&
		strchr(",;\t", csv->text[csv->pos + 4]) &&
		(ends_line(csv->text[csv->pos + 5]) || !csv->text[csv->pos + 5])) {
		csv->delimiter = csv->text[csv->pos + 4];
		csv->pos += 5;
		if (csv->text[csv->pos])
			step_line(csv);
	}
	if (delimiter)
		csv->delimiter = delimiter;
	if (!csv->delimiter)
		csv->delimiter = detect(csv->text + csv->pos);
}

int csv_new(const char *name, const char *text, size_t n, char delimiter, struct csv **ret_csv,
	struct error *reterr)
{
	_cleanup_(csv_freep) struct csv *csv = calloc(1, sizeof(*csv));
	_cleanup_(str_done) struct str clean = STR_INIT(NAME_MAX_BYTES);
	const char *nul = memchr(text, '\0', n);
	long line = 1;

	text_clean(&clean, name, strlen(name), NAME_MAX_BYTES);
	if (nul) {
		for (const char *p = text; p < nul; p++)
			line += *p == '\n';
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: a NUL byte stands in the text; this is no CSV, or it is of "
			"another encoding: say which with --encoding", clean.data, line);
	}
	if (csv)
		csv->text = malloc(n + 1);
	if (!csv || !csv->text)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory for the CSV file",
			clean.data);
	memcpy(csv->name, clean.data, clean.len + 1);
	memcpy(csv->text, text, n);
	csv->text[n] = '\0';
	csv->n = n;
	csv->line = 1;
	begin(csv, delimiter);
	*ret_csv = STEAL(csv);
	return 0;
}

void csv_free(struct csv *csv)
{
	if (!csv)
		return;
	free(csv->text);
	free(csv);
}

char csv_delimiter(const struct csv *csv)
{
	return csv->delimiter;
}

/* ---- records ----------------------------------------------------------------------------- */

static int refuse(const struct csv *csv, long line, const char *why, struct error *reterr)
{
	return error_set(reterr, ERROR_INPUT, "%s:%ld: cell %zu: %s", csv->name, line,
		csv->n_cells + 1, why);
}

/* A quoted cell, unquoted to where it stands; pos is then behind the closing mark. ret_tail:
 * where the cell's NUL belongs. */
static int read_quoted(struct csv *csv, char **ret_tail, struct error *reterr)
{
	char *out = csv->text + csv->pos;
	long began = csv->line;

	for (csv->pos++; csv->pos < csv->n; csv->pos++) {
		char c = csv->text[csv->pos], after = csv->text[csv->pos + 1];

		if (c == '"' && after != '"') {
			if (++csv->pos < csv->n && after != csv->delimiter && !ends_line(after))
				return refuse(csv, csv->line,
					"text follows the closing quotation "
					"mark; double the marks within the cell",
					reterr);
			*ret_tail = out;
			return 0;
		}
		if (c == '"')
			csv->pos++;
		if (c == '\n' || (c == '\r' && after != '\n'))
			csv->line++;
		*out++ = c;
	}
	return refuse(
		csv, began, "a quotation mark opens this cell and none closes it", reterr);
}

static int read_bare(struct csv *csv, char **ret_tail, struct error *reterr)
{
	for (; csv->pos < csv->n; csv->pos++) {
		char c = csv->text[csv->pos];

		if (c == csv->delimiter || ends_line(c))
			break;
		if (c == '"')
			return refuse(csv, csv->line,
				"a quotation mark stands inside a cell that is "
				"not quoted; quote the cell and double the mark",
				reterr);
	}
	*ret_tail = csv->text + csv->pos;
	return 0;
}

/* One cell and what ends it. 1: it was the last of its record. */
static int read_cell(struct csv *csv, struct error *reterr)
{
	char *cell = csv->text + csv->pos, *tail = cell;
	int r;

	if (csv->n_cells >= CSV_CELLS_MAX)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: the record has more than %d cells", csv->name, csv->first,
			CSV_CELLS_MAX);
	r = *cell == '"' ? read_quoted(csv, &tail, reterr) : read_bare(csv, &tail, reterr);
	if (r < 0)
		return r;
	if (tail - cell > CSV_CELL_MAX)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: cell %zu is larger than %d bytes", csv->name, csv->first,
			csv->n_cells + 1, CSV_CELL_MAX);
	if (csv->pos >= csv->n) {
		r = 1;
	} else if (ends_line(csv->text[csv->pos])) {
		step_line(csv);
		r = 1;
	} else {
		csv->pos++;
	}
	*tail = '\0'; /* what stood there has been read */
	csv->cells[csv->n_cells++] = cell;
	return r;
}

/* A record, empty or not. Files that were joined have byte order marks inside. */
static int read_record(struct csv *csv, struct error *reterr)
{
	int r;

	if (strncmp(csv->text + csv->pos, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		csv->pos += strlen(BYTE_ORDER_MARK);
	csv->n_cells = 0;
	csv->first = csv->line;
	do
		r = read_cell(csv, reterr);
	while (r == 0);
	return r < 0 ? r : 0;
}

static bool is_empty(const struct csv *csv)
{
	for (size_t i = 0; i < csv->n_cells; i++)
		if (csv->cells[i][0])
			return false;
	return true;
}

int csv_next(struct csv *csv, struct csv_record *ret_record, struct error *reterr)
{
	while (csv->pos < csv->n) {
		int r = read_record(csv, reterr);

		if (r < 0)
			return r;
		if (is_empty(csv))
			continue;
		if (++csv->records > CSV_RECORDS_MAX)
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: the file has more than %d records; split it",
				csv->name, csv->first, CSV_RECORDS_MAX);
		*ret_record = (struct csv_record){csv->cells, csv->n_cells, csv->first};
		return 0;
	}
	return 1;
}

const char *csv_unguard(const char *cell)
{
	return *cell == '\'' && text_is_formula(cell + 1) ? cell + 1 : cell;
}
