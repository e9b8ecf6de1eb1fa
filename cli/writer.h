/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One way to print a table, four forms: text for people (aligned; control characters shown as
 * \x1b), JSON (one object per line), CSV (RFC 4180, formula-leading cells guarded) and XML.
 * Every cell goes through the encoder of its form. Results go to standard output.
 */
#ifndef CLI_WRITER_H
#define CLI_WRITER_H

#include "common/cleanup.h"
#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum form { FORM_TEXT, FORM_JSON, FORM_CSV, FORM_XML, FORM_N };

int form_parse(const char *text, enum form *ret_form, struct error *reterr);

struct column {
	const char *name; /* lower case; the JSON key, CSV heading and XML element */
	bool number;      /* written bare in JSON; right-aligned in text */
};

struct writer;

/* `what` names one row: "asset". `columns` is borrowed. */
int writer_new(enum form form, const char *what, const struct column *columns, size_t n_columns,
	struct writer **ret_writer, struct error *reterr);
/* One cell for each column, in order; NULL counts as empty. */
int writer_row(struct writer *writer, const char *const *cells, struct error *reterr);
/* Prints what is left. ERROR_SYSTEM if standard output cannot be written. */
int writer_finish(struct writer *writer, struct error *reterr);
void writer_free(struct writer *writer);
CLEANUP_DEFINE(struct writer, writer_free)

#endif
