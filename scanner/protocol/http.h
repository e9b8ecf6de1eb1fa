/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of an HTTP reply (RFC 9112), for the protocols that travel in one. */
#ifndef SCANNER_PROTOCOL_HTTP_H
#define SCANNER_PROTOCOL_HTTP_H

#include "scanner/protocol/lines.h"
#include "scanner/protocol/protocol.h"

/* Splits a reply into status line and fields, and body. False while the header is incomplete. */
bool http_split(const uint8_t *bytes, size_t size, struct span *ret_header, struct span *ret_body);
/* The value of a field; false if it is not there. */
bool http_field(struct span header, const char *name, struct span *ret_value);
/* As struct protocol's `complete`: of a reply in HTTP/1.x, as far as its body is wanted. */
long http_complete(const uint8_t *bytes, size_t size);
/* Status, and the fields that tell a product. */
void http_read_header(struct span header, struct reading *reading);
/* An address as it stands in an authority (RFC 3986, 3.2.2). */
#define HTTP_AUTHORITY_MAX (ADDR_TEXT_MAX + 2)
void http_authority(const char *host, char out[HTTP_AUTHORITY_MAX]);
/* As struct protocol's `overheard`: the header without log-ins, and of a page no more than its title. */
size_t http_overheard(uint8_t *bytes, size_t size);

#endif
