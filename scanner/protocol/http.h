/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 for those who ask more than one page, and the frame of a reply (RFC 9112) for the
 * protocols that travel in one; see http.c.
 */
#ifndef SCANNER_PROTOCOL_HTTP_H
#define SCANNER_PROTOCOL_HTTP_H

#include "scanner/protocol/lines.h"
#include "scanner/protocol/protocol.h"

#define HTTP_BODY_MAX 12288 /* of a page that is wanted: a title stands before this */

/* Writes a GET into `out`; returns its size, 0 if there is no room. `authority`: host, and port
 * if it is to be named; `connection`: "close", "keep-alive". */
size_t http_ask(uint8_t *out, size_t max, const char *path, const char *authority,
	const char *connection);
/* As struct protocol's `read`: one reply, of any version that has this form. */
void http_read_reply(const uint8_t *bytes, size_t size, struct reading *reading);
/* Reads the page that the first reply led to, after that reply. */
void http_read_page(const uint8_t *bytes, size_t size, struct reading *reading);

/* Splits a reply into status line and fields, and body. False while the header is incomplete.
 */
bool http_split(
	const uint8_t *bytes, size_t size, struct span *ret_header, struct span *ret_body);
/* The value of a field; false if it is not there. */
bool http_field(struct span header, const char *name, struct span *ret_value);
/* As struct protocol's `complete`: of a reply in HTTP/1.x, as far as its body is wanted. */
long http_complete(const uint8_t *bytes, size_t size);
/* The fields that tell a product, and the status as the attribute `status`. */
void http_read_header(struct span header, const char *status, struct reading *reading);
/* An address as it stands in an authority (RFC 3986, 3.2.2). */
#define HTTP_AUTHORITY_MAX (ADDR_TEXT_MAX + 2)
void http_authority(const char *host, char out[HTTP_AUTHORITY_MAX]);
/* As struct protocol's `overheard`: the header without log-ins, and of a page no more than its
 * title. */
size_t http_overheard(uint8_t *bytes, size_t size);

#endif
