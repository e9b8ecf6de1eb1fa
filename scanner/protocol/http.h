/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 for those who ask more than one page; see http.c. */
#ifndef SCANNER_PROTOCOL_HTTP_H
#define SCANNER_PROTOCOL_HTTP_H

#include "scanner/protocol/protocol.h"

/* Writes a GET into `out`; returns its size, 0 if there is no room. `authority`: host, and port if it is
 * to be named; `connection`: "close", "keep-alive". */
size_t http_ask(uint8_t *out, size_t max, const char *path, const char *authority,
	const char *connection);
/* Reads the page that the first reply led to, after that reply. */
void http_read_page(const uint8_t *bytes, size_t size, struct reading *reading);

#endif
