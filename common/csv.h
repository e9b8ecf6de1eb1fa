/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV as spreadsheets export it (RFC 4180): records of cells, with the line of each record.
 * Beyond the RFC: delimiter comma, semicolon or tab, detected in the first record; CR, LF or
 * CRLF; a "sep=;" line; a byte order mark; UTF-8, GB18030 and UTF-16, detected or told. Blank
 * records, and those whose cells are all empty, are passed over. What is ambiguous is refused,
 * with file, line, cell and reason: a quotation mark inside an unquoted cell, text after a
 * closing one, a quoted cell without end, a NUL.
 *
 * Cells are well-formed UTF-8 without NUL and otherwise as they stand in the file: clean them
 * with common/text.h. It does not know what the cells mean.
 */
#ifndef COMMON_CSV_H
#define COMMON_CSV_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_CELLS_MAX 256          /* of one record */
#define CSV_CELL_MAX (64 * 1024)   /* bytes of one cell, as UTF-8 */
#define CSV_RECORDS_MAX 5000000    /* of one file */

/* Appends the bytes to `out` as UTF-8 without a leading byte order mark. `encoding`: NULL to
 * detect, or one of utf-8, gb18030, gbk, gb2312, big5, utf-16, utf-16le, utf-16be, in any case.
 * ret_encoding (may be NULL) says which it was. `name` is the file for messages. ERROR_USAGE:
 * no such encoding; ERROR_INPUT: not text of it, or more than `out` may hold. */
int csv_decode(const char *name, const void *bytes, size_t n, const char *encoding,
	struct str *out, const char **ret_encoding, struct error *reterr);

/* Loads what converts them, for a process that is about to lose the right to open files. */
void csv_prepare(void);

struct csv;

struct csv_record {
	char *const *cells; /* NUL-terminated; good until the next call */
	size_t n_cells;
	long line; /* at which the record begins, from 1 */
};

/* Reads UTF-8 text, which is copied. `delimiter`: ',', ';', '\t', or 0 to detect. */
int csv_new(const char *name, const char *text, size_t n, char delimiter, struct csv **ret_csv,
	struct error *reterr);
void csv_free(struct csv *csv);
CLEANUP_DEFINE(struct csv, csv_free)

char csv_delimiter(const struct csv *csv);

/* The next record: 0, or 1 at the end. ERROR_INPUT. */
int csv_next(struct csv *csv, struct csv_record *ret_record, struct error *reterr);

/* Takes the apostrophe off a cell that text_encode_csv() guarded against being a formula. */
const char *csv_unguard(const char *cell);

#endif
