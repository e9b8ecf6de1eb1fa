/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields of text protocols; see fields.h. */
#include "scanner/protocol/fields.h"

#include <string.h>

#define FIELDS_MAX 100 /* looked at in one header */

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

	for (int k = 0; k < FIELDS_MAX && line_next(&header, true, &line) && line.size > 0; k++)
		for (size_t i = 0; i < n; i++)
			read_line(line, &fields[i], reading);
}

size_t fields_keep(uint8_t *bytes, size_t size, const struct field *fields, size_t n)
{
	struct span rest = {bytes, size}, line, value;
	size_t kept = 0;

	while (line_next(&rest, true, &line) && line.size > 0) {
		bool wanted = kept == 0;

		for (size_t i = 0; i < n && !wanted; i++)
			wanted = line_field(line, fields[i].name, &value);
		if (!wanted)
			continue;
		size = (size_t)(rest.bytes - line.bytes);
		memmove(bytes + kept, line.bytes, size);
		kept += size;
	}
	return kept;
}
