/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a web server is asked on one connection under `standard` and above: "/"; the page that
 * it leads to at once, if that is its own; and, if a page of HTML came back, its icon, of which
 * nothing but the MD5 is kept. Three requests at most, all of them GET. It never goes to
 * another host or port, never follows twice, and never asks for compressed content.
 *
 * References: RFC 9112; RFC 3986 (what a location is made of).
 */
#ifndef SCANNER_PROTOCOL_WEB_H
#define SCANNER_PROTOCOL_WEB_H

#include "common/cleanup.h"
#include "scanner/protocol/protocol.h"

#define WEB_ICON_MAX (128 * 1024) /* larger ones are no icons */
#define WEB_PAGE_MAX (128 * 1024) /* larger pages are not waited for */

struct web;

/* `host`: the address as text; `secured`: inside TLS. NULL without memory. */
struct web *web_new(const char *host, uint16_t port, bool secured);
void web_free(struct web *web);
CLEANUP_DEFINE(struct web, web_free)

/* The next request, written into `out`; `kept` is how many bytes of pages were kept so far. 0:
 * more must be heard first. -1: nothing more is asked; the page may not be whole yet. */
long web_next(struct web *web, size_t kept, uint8_t *out, size_t max);
/* Takes a piece of what was heard and returns how much, 0 behind the end of the reply; ret_page
 * of them, from the first, are a page's. To be called until all is taken or it returns 0. */
size_t web_take(struct web *web, const uint8_t *bytes, size_t size, size_t *ret_page);
/* All of the last reply was heard that will be looked at. */
bool web_is_done(const struct web *web);
/* Where a location leads to on another port, or another address, that it names by its address:
 * "198.18.0.1 tcp/443". False: it is named otherwise, leads to this very server, or is none.
 * `host` as above. */
#define WEB_ELSEWHERE_MAX (ADDR_TEXT_MAX + 16)
bool web_leads_elsewhere(
	const char *host, uint16_t port, const char *location, char out[WEB_ELSEWHERE_MAX]);
/* Where among the pages the last one begins. */
size_t web_last(const struct web *web);
/* Reads the page that was led to, among the pages that were kept, and tells of the icon. */
void web_describe(
	const struct web *web, const uint8_t *pages, size_t size, struct reading *reading);

#endif
