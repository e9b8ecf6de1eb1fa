/* SPDX-License-Identifier: Apache-2.0 */
/* See text_fields.h. */
#include "tests/unit/mapper/text_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(array_, record_, field_)                                                          \
	{#array_, #field_, offsetof(struct estate, array_),                                    \
		offsetof(struct estate, n_##array_), sizeof(struct record_),                   \
		offsetof(struct record_, field_)},

const struct text_field text_fields[] = {
#include "text_fields.inc"
};
const size_t n_text_fields = sizeof(text_fields) / sizeof(*text_fields);

uint32_t text_field_records(const struct text_field *field, const struct estate *estate)
{
	return *(const uint32_t *)((const char *)estate + field->count);
}

const char **text_field_of(
	const struct text_field *field, struct estate *estate, uint32_t record)
{
	char *array = *(char **)((char *)estate + field->array);

	return (const char **)(array + record * field->size + field->at);
}

void text_fields_mark(struct estate *estate)
{
	for (size_t f = 0; f < n_text_fields; f++)
		for (uint32_t i = 0; i < text_field_records(&text_fields[f], estate); i++) {
			const char **text = text_field_of(&text_fields[f], estate, i);

			if (strcmp(text_fields[f].record, "subnets") == 0 && *text &&
				strcmp(*text, "internet") == 0)
				continue;
			*text = arena_printf(estate->arena, "qz%zux%uz", f, i);
			if (!*text)
				exit(1);
		}
	estate->realm = arena_strdup(estate->arena, "qzrealmz");
	if (!estate->realm)
		exit(1);
}
