/* SPDX-License-Identifier: Apache-2.0 */
/* Every text of every record of an estate, by a table made from common/model/estate.h. */
#ifndef TESTS_UNIT_MAPPER_TEXT_FIELDS_H
#define TESTS_UNIT_MAPPER_TEXT_FIELDS_H

#include "common/model/estate.h"

struct text_field {
	const char *record, *field; /* "systems", "designation_no" */
	size_t array, count;	    /* where the estate has them */
	size_t size, at;	    /* of a record, and the text in it */
};

extern const struct text_field text_fields[];
extern const size_t n_text_fields;

uint32_t text_field_records(const struct text_field *field, const struct estate *estate);
const char **text_field_of(
	const struct text_field *field, struct estate *estate, uint32_t record);

/* Gives every text of every record, and the realm, one of its own that stands nowhere else:
 * "qz" field "x" record "z". What makes a network the Internet's side stays. */
void text_fields_mark(struct estate *estate);

#endif
