/* SPDX-License-Identifier: Apache-2.0 */
/* The report on a change, in both languages: one set of tables, as XML, HTML or text. */
#ifndef CLI_CASE_REPORT_H
#define CLI_CASE_REPORT_H

#include "inventory/inventory.h"

enum report_form { REPORT_TEXT, REPORT_XML, REPORT_HTML };

/* By the suffix of a path, or text for "-". ERROR_USAGE if it is none of them. */
int report_form_of(const char *path, enum report_form *ret_form, struct error *reterr);
/* Appends the report. `map`: a drawing to set into HTML, an SVG element; NULL: none.
 * ERROR_SYSTEM. */
int report_write(const struct case_file *file, enum report_form form, const char *map,
	struct arena *arena, struct str *out, struct error *reterr);

/* What the norm's word for a change means; the word itself if it is not known. */
const char *report_trigger_zh(const char *trigger);
const char *report_trigger_en(const char *trigger);

#endif
