/* SPDX-License-Identifier: Apache-2.0 */
/* What web servers are asked beyond one page; see web.h. */
#include "scanner/protocol/web.h"

#include "scanner/protocol/http.h"
#include "scanner/protocol/webreply.h"

#include <openssl/evp.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ICON "/favicon.ico"

enum { MD5_SIZE = 16, HTTP_PORT = 80, HTTPS_PORT = 443 };

enum stage { BEGINNING, FIRST, SECOND, ICON_STAGE };

struct web {
	enum stage stage;
	bool secured;
	uint16_t port;
	char authority[ADDR_TEXT_MAX + 8]; /* as it stands in an URI of this server */
	char path[WEBREPLY_LOCATION_MAX + 2];
	size_t last, content; /* where the last page begins; bytes of content of this reply */
	EVP_MD_CTX *digest;   /* of the icon, while it comes in */
	char md5[2 * MD5_SIZE + 1]; /* empty: none */
	struct webreply reply;
};

struct web *web_new(const char *host, uint16_t port, bool secured)
{
	struct web *web = calloc(1, sizeof(*web));
	bool v6 = strchr(host, ':') != NULL;
	char number[8] = "";

	if (!web)
		return NULL;
	web->secured = secured;
	web->port = port;
	if (port != (secured ? HTTPS_PORT : HTTP_PORT))
		snprintf(number, sizeof(number), ":%u", port);
	snprintf(web->authority, sizeof(web->authority), "%s%s%s%s", v6 ? "[" : "", host,
		v6 ? "]" : "", number);
	return web;
}

void web_free(struct web *web)
{
	if (!web)
		return;
	EVP_MD_CTX_free(web->digest);
	free(web);
}

/* ---- where a reply leads ----------------------------------------------------------------- */

/* What stands behind scheme and authority, if both are this server's; NULL if not. */
static const char *behind_authority(const struct web *web, const char *location)
{
	const char *scheme = web->secured ? "https://" : "http://";
	size_t n = strlen(scheme), m = strlen(web->authority);
	char number[8];
	int digits;

	if (strncasecmp(location, scheme, n) != 0 ||
		strncasecmp(location + n, web->authority, m) != 0)
		return NULL;
	location += n + m;
	/* The scheme's own port may be named, too. */
	digits = snprintf(number, sizeof(number), ":%u", web->port);
	if (*location == ':' && web->port == (web->secured ? HTTPS_PORT : HTTP_PORT) &&
		strncmp(location, number, (size_t)digits) == 0)
		location += digits;
	return *location == '/' || *location == '?' || *location == '#' || *location == '\0'
		       ? location
		       : NULL;
}

/* The path and query that a location means here; false if it leads elsewhere, to the same page,
 * or is made of anything but what an URI is made of. */
static bool follow(struct web *web, const char *location)
{
	const char *path = location;
	size_t n;

	if (strncmp(location, "//", 2) == 0)
		return false;
	if (strstr(location, "://"))
		path = behind_authority(web, location);
	else if (*location != '/' && strchr(location, ':'))
		return false; /* of another scheme */
	if (!path)
		return false;
	n = strcspn(path, "#");
	if (n > WEBREPLY_LOCATION_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isascii(path[i]) ||
			(!isalnum(path[i]) && !strchr("-._~!$&'()*+,;=:@/?%", path[i])))
			return false;
	snprintf(web->path, sizeof(web->path), "%s%.*s", *path == '/' ? "" : "/", (int)n, path);
	return strcmp(web->path, "/") != 0;
}

/* The port that an authority ends with, behind its host; 0: it is none. */
static uint16_t port_behind(const char *text, size_t size, uint16_t otherwise)
{
	unsigned long port = 0;

	if (size > 0 && *text != ':')
		return 0;
	for (size_t i = 1; i < size && port <= UINT16_MAX; i++) {
		if (!isdigit((unsigned char)text[i]))
			return 0;
		port = port * 10 + (unsigned long)(text[i] - '0');
	}
	return size <= 1 ? otherwise : port <= UINT16_MAX ? (uint16_t)port : 0;
}

bool web_leads_elsewhere(
	const char *host, uint16_t port, const char *location, char out[WEB_ELSEWHERE_MAX])
{
	bool secured = strncasecmp(location, "https://", 8) == 0;
	const char *authority = location + (secured ? 8 : 7);
	char text[ADDR_TEXT_MAX];
	struct addr addr, own;
	size_t size, n;

	if (!secured && strncasecmp(location, "http://", 7) != 0)
		return false;
	size = strcspn(authority, "/?#");
	if (*authority == '[') {
		authority++;
		n = strcspn(authority, "]/?#");
		if (authority[n] != ']' || n >= sizeof(text))
			return false;
		memcpy(text, authority, n);
		size -= n + 2;
		authority += n + 1;
	} else {
		n = strcspn(authority, ":/?#");
		if (n >= sizeof(text))
			return false;
		memcpy(text, authority, n);
		size -= n;
		authority += n;
	}
	text[n] = '\0';
	if (addr_parse(text, &addr, NULL) < 0 || addr_parse(host, &own, NULL) < 0)
		return false;
	n = port_behind(authority, size, secured ? HTTPS_PORT : HTTP_PORT);
	if (n == 0 || (n == port && addr_equal(&addr, &own)))
		return false;
	snprintf(out, WEB_ELSEWHERE_MAX, "%s tcp/%zu", addr_format(&addr, text), n);
	return true;
}

static bool leads_on(struct web *web)
{
	const struct webreply *r = &web->reply;

	return web->stage == FIRST && r->location[0] &&
	       (r->status == 301 || r->status == 302 || r->status == 303 || r->status == 307 ||
		       r->status == 308) &&
	       follow(web, r->location);
}

/* Only who shows a page may have an icon that tells something. */
static bool may_have_icon(const struct web *web)
{
	return web->stage != ICON_STAGE && web->reply.status == 200 && web->reply.html;
}

/* What came, and what is stated to come still. */
static bool is_larger(const struct web *web, uint64_t most)
{
	return web->content > most || web->reply.left > most - web->content;
}

/* ---- asking ------------------------------------------------------------------------------ */

static long ask(struct web *web, enum stage stage, const char *path, uint8_t *out, size_t max)
{
	size_t n = http_ask(
		out, max, path, web->authority, stage == ICON_STAGE ? "close" : "keep-alive");

	web->stage = stage;
	web->content = 0;
	webreply_begin(&web->reply);
	return n > 0 ? (long)n : -1;
}

static bool begin_icon(struct web *web)
{
	web->digest = EVP_MD_CTX_new();
	if (web->digest && EVP_DigestInit_ex(web->digest, EVP_md5(), NULL) == 1)
		return true;
	EVP_MD_CTX_free(web->digest);
	web->digest = NULL;
	return false;
}

long web_next(struct web *web, size_t kept, uint8_t *out, size_t max)
{
	const struct webreply *r = &web->reply;
	bool leads;

	if (web->stage == BEGINNING)
		return ask(web, FIRST, "/", out, max);
	if (r->stage == WEBREPLY_BROKEN)
		return -1;
	if (web->stage == ICON_STAGE)
		return web_is_done(web) ? -1 : 0;
	if (!webreply_is_read(r))
		return 0;
	leads = leads_on(web);
	if (!r->persistent || !(leads || may_have_icon(web)) || is_larger(web, WEB_PAGE_MAX))
		return -1;
	if (r->stage != WEBREPLY_WHOLE)
		return 0;
	if (leads) {
		web->last = kept;
		return ask(web, SECOND, web->path, out, max);
	}
	return begin_icon(web) ? ask(web, ICON_STAGE, ICON, out, max) : -1;
}

/* ---- hearing ----------------------------------------------------------------------------- */

static bool is_icon(const struct webreply *r)
{
	return r->status == 200 && !r->html && !r->encoded && (r->sized || r->chunked);
}

static void end_icon(struct web *web)
{
	uint8_t md5[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (web->content == 0 || EVP_DigestFinal_ex(web->digest, md5, &n) != 1 || n != MD5_SIZE)
		return;
	for (size_t i = 0; i < MD5_SIZE; i++)
		snprintf(web->md5 + 2 * i, 3, "%02x", md5[i]);
}

/* Whatever is none, or is too large, ends it. */
static void hear_icon(struct web *web, const uint8_t *content, size_t size)
{
	struct webreply *r = &web->reply;

	if (webreply_is_read(r) && (!is_icon(r) || is_larger(web, WEB_ICON_MAX))) {
		r->stage = WEBREPLY_BROKEN;
		return;
	}
	if (size > 0)
		EVP_DigestUpdate(web->digest, content, size);
	if (r->stage == WEBREPLY_WHOLE)
		end_icon(web);
}

size_t web_take(struct web *web, const uint8_t *bytes, size_t size, size_t *ret_page)
{
	size_t content, n;

	*ret_page = 0;
	if (web->reply.stage == WEBREPLY_BROKEN) {
		/* whatever it is, it is no web server's */
		*ret_page = web->stage == FIRST ? size : 0;
		return size;
	}
	n = webreply_take(&web->reply, bytes, size, &content);
	if (n == 0)
		return 0;
	web->content += content;
	if (web->stage == ICON_STAGE)
		hear_icon(web, bytes + n - content, content);
	else
		*ret_page = n;
	return n;
}

bool web_is_done(const struct web *web)
{
	return web->reply.stage == WEBREPLY_WHOLE || web->reply.stage == WEBREPLY_BROKEN;
}

size_t web_last(const struct web *web)
{
	return web->last;
}

void web_describe(
	const struct web *web, const uint8_t *pages, size_t size, struct reading *reading)
{
	if (web->last > 0 && web->last < size)
		http_read_page(pages + web->last, size - web->last, reading);
	if (!web->md5[0])
		return;
	reading_add_text(reading, "http.favicon.md5", web->md5);
	reading_match(reading, "favicon.md5", web->md5, strlen(web->md5));
}
