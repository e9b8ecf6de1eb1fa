/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a TLS server chose, as it stands in its hello: versions, cipher suite, and the
 * extensions in the order in which it wrote them. The numbers are kept as they are; no digest
 * is made.
 *
 * References: RFC 8446, 4.1.3; RFC 5246, 7.4.1.3.
 */
#ifndef SCANNER_PROTOCOL_SERVERHELLO_H
#define SCANNER_PROTOCOL_SERVERHELLO_H

#include "common/cursor.h"
#include "scanner/protocol/protocol.h"

#define SERVERHELLO_EXTENSIONS_MAX 24

struct serverhello {
	uint16_t legacy, version, cipher; /* version: the one that is spoken */
	uint16_t extensions[SERVERHELLO_EXTENSIONS_MAX];
	size_t n_extensions; /* in all; more than there is room for are counted only */
};

/* Parses the content of the message, behind its type and length. */
bool serverhello_parse(struct cursor message, struct serverhello *ret_hello);
/* Adds tls.version, tls.server.parameters and, of a version that is to be used no more,
 * tls.weak. */
void serverhello_describe(const struct serverhello *hello, struct reading *reading);

#endif
