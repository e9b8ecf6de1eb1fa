/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields of text protocols; see fields.h. */
#include "scanner/protocol/fields.h"

static void read_line(struct span line, const struct field *field, struct reading *reading)
{
	struct span value;

	if (!line_field(line, field->name, &value))
		return;
	reading_add(reading, field->attribute, value.bytes, value.size);
	if (field->kind)
		reading_match(reading, field->kind, value.bytes, value.size);
}

void fields_read(struct span header, const struct field *fields, size_t n,
	struct reading *reading)
{
	struct span line;

	while (line_next(&header, true, &line) && line.size > 0)
		for (size_t i = 0; i < n; i++)
			read_line(line, &fields[i], reading);
}
