/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields that are kept as they stand and matched against fingerprints. */
#ifndef SCANNER_PROTOCOL_FIELDS_H
#define SCANNER_PROTOCOL_FIELDS_H

#include "scanner/protocol/lines.h"
#include "scanner/protocol/protocol.h"

struct field {
	const char *name;      /* "Server"; case does not count */
	const char *attribute; /* "sip.server" */
	const char *kind;      /* of fingerprints, or NULL */
};

/* Reads the fields of a header, up to its empty line, the first hundred lines of it. */
void fields_read(struct span header, const struct field *fields, size_t n,
	struct reading *reading);
/* Leaves of a message its first line and these fields, moved together; returns their size. */
size_t fields_keep(uint8_t *bytes, size_t size, const struct field *fields, size_t n);

#endif
