/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1: one GET of "/", its header fields, the title of the page, and what an interface
 * that answers in JSON says of itself there. On ports of interfaces that say what they are at
 * "/version", and next to nothing at
 * "/", that is what is asked instead. Of cookies the names are kept, never what is in them.
 * What is asked besides, where the profile allows it, is decided in web.c.
 *
 * References: RFC 9110 (semantics), RFC 9112 (HTTP/1.1), RFC 6265 (cookies), RFC 7617 (realms);
 * the title element: HTML; RFC 8259 (JSON).
 */
#include "scanner/protocol/http.h"

#include "scanner/protocol/fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_MAX 512
#define LINES_MAX 100 /* of a header that are looked at for what follows */
#define NAME_SIZE_MAX 64
#define REALM_MAX 256

/* Header fields of interest: as which attribute, and which fingerprint kind reads them. */
static const struct field fields[] = {
	{"server", "http.server", "http_header.server"},
	{"x-powered-by", "http.powered_by", "http_header.x-powered-by"},
	{"location", "http.location", NULL},
};

/* And of a page. */
static const struct field page_fields[] = {{"content-type", "http.content_type", NULL}};

static const struct {
	const char *name;
	char value;
} entities[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''},
	{"nbsp;", ' '}};

/* ---- readers ----------------------------------------------------------------------------- */

bool http_split(
	const uint8_t *bytes, size_t size, struct span *ret_header, struct span *ret_body)
{
	struct span rest = {bytes, size}, line;

	while (line_next(&rest, false, &line))
		if (line.size == 0) {
			*ret_header = (struct span){bytes, (size_t)(line.bytes - bytes)};
			*ret_body = rest;
			return true;
		}
	return false;
}

bool http_field(struct span header, const char *name, struct span *ret_value)
{
	struct span line;

	while (line_next(&header, true, &line))
		if (line_field(line, name, ret_value))
			return true;
	return false;
}

static bool http_recognise(const uint8_t *bytes, size_t size)
{
	struct span start = {bytes, size};

	return size >= 12 && (span_begins(start, "HTTP/1.") || span_begins(start, "HTTP/0.")) &&
	       bytes[8] == ' ' && isdigit(bytes[9]) && isdigit(bytes[10]) && isdigit(bytes[11]);
}

/* Value of the Content-Length field; -1 if there is none. */
static long content_length(struct span header)
{
	struct span value;
	long length = 0;

	if (!http_field(header, "content-length", &value) || value.size == 0 || value.size > 9)
		return -1;
	for (size_t i = 0; i < value.size; i++) {
		if (!isdigit(value.bytes[i]))
			return -1;
		length = length * 10 + (value.bytes[i] - '0');
	}
	return length;
}

/* In chunks, and the last of them, which is empty, is here (RFC 9112, 7.1). */
static bool last_chunk(struct span header, struct span body)
{
	static const char end[] = "\r\n0\r\n\r\n";
	size_t n = sizeof(end) - 1;
	struct span value;

	return http_field(header, "transfer-encoding", &value) &&
	       span_begins(value, "chunked") && body.size > n &&
	       memcmp(body.bytes + body.size - n, end, n) == 0;
}

long http_complete(const uint8_t *bytes, size_t size)
{
	struct span header, body;
	long length;

	if (size >= 12 && !http_recognise(bytes, size))
		return -1;
	if (!http_split(bytes, size, &header, &body))
		return size > HTTP_BODY_MAX ? -1 : 0;
	length = content_length(header);
	if (length > HTTP_BODY_MAX)
		length = HTTP_BODY_MAX;
	if ((length >= 0 && body.size >= (size_t)length) || body.size >= HTTP_BODY_MAX ||
		last_chunk(header, body) || span_find(body, "</title>") ||
		span_find(header, "HTTP/1.1 204") || span_find(header, "HTTP/1.1 304"))
		return (long)size;
	return 0;
}

/* Decodes a character reference behind '&'. Returns the bytes it takes, 0 if it is none. */
static size_t entity(struct span rest, char *ret)
{
	char *end = NULL, digits[8] = "";
	long code;

	for (size_t i = 0; i < ARRAY_SIZE(entities); i++)
		if (span_begins(rest, entities[i].name)) {
			*ret = entities[i].value;
			return strlen(entities[i].name);
		}
	if (!span_begins(rest, "#"))
		return 0;
	memcpy(digits, rest.bytes + 1, rest.size - 1 < 7 ? rest.size - 1 : 7);
	code = digits[0] == 'x' || digits[0] == 'X' ? strtol(digits + 1, &end, 16) :
		strtol(digits, &end, 10);
	if (!end || *end != ';' || code < 32 || code > 126)
		return 0;
	*ret = (char)code;
	return (size_t)(end - digits) + 2;
}

/* The text of the title, references decoded, white space squeezed. */
static size_t title(struct span body, char *out, size_t max)
{
	const uint8_t *start = span_find(body, "<title"), *stop;
	struct span text;
	size_t n = 0;

	if (!start)
		return 0;
	text = (struct span){start, body.size - (size_t)(start - body.bytes)};
	start = memchr(text.bytes, '>', text.size);
	if (!start)
		return 0;
	text = (struct span){start + 1, body.size - (size_t)(start + 1 - body.bytes)};
	stop = span_find(text, "</title");
	if (stop)
		text.size = (size_t)(stop - text.bytes);
	while (text.size > 0 && n < max) {
		size_t used = 1, more;
		char c = (char)*text.bytes;

		if (c == '&' &&
			(more = entity((struct span){text.bytes + 1, text.size - 1}, &c)))
			used += more;
		if (!isspace((unsigned char)c))
			out[n++] = c;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
		text.bytes += used;
		text.size -= used;
	}
	return n;
}

/* A word in front of anything else (RFC 9110, 5.6.2), with a NUL. False if there is none. */
static bool word(struct span text, char out[NAME_SIZE_MAX + 1])
{
	size_t n = 0;

	while (n < text.size && n < NAME_SIZE_MAX &&
		(isalnum(text.bytes[n]) ||
			(text.bytes[n] && strchr("!#$%&'*+-.^_`|~", text.bytes[n])))) {
		out[n] = (char)text.bytes[n];
		n++;
	}
	out[n] = '\0';
	return n > 0;
}

/* "Basic realm=\"...\"": the scheme and the first realm. The rest changes with every reply. */
static void read_challenge(struct span value, struct reading *reading)
{
	char scheme[NAME_SIZE_MAX + 1], realm[REALM_MAX];
	const uint8_t *p = span_find(value, "realm=\""), *end = value.bytes + value.size;
	size_t n = 0;

	if (word(value, scheme))
		reading_append(reading, "http.auth.scheme", scheme);
	reading_match(reading, "http_header.wwwauth", value.bytes, value.size);
	if (!p || reading_get(reading, "http.auth.realm"))
		return;
	for (p += strlen("realm=\""); p < end && *p != '"' && n < sizeof(realm); p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		realm[n++] = (char)*p;
	}
	reading_add(reading, "http.auth.realm", realm, n);
}

static void read_cookie(struct span value, struct reading *reading)
{
	char name[NAME_SIZE_MAX + 1];

	reading_match(reading, "http_header.cookie", value.bytes, value.size);
	if (word(value, name))
		reading_append(reading, "http.cookie", name);
}

/* A field that may stand more than once, and of which only a part is kept. */
static void read_repeated(struct span header, const char *field,
	void (*read)(struct span value, struct reading *reading), struct reading *reading)
{
	struct span line, value;

	for (int k = 0; k < LINES_MAX && line_next(&header, true, &line) && line.size > 0; k++)
		if (line_field(line, field, &value))
			read(value, reading);
}

void http_read_header(struct span header, const char *status, struct reading *reading)
{
	struct span line;

	if (line_next(&header, true, &line) && line.size >= 12)
		reading_add(reading, status, line.bytes + 9, 3);
	fields_read(header, fields, ARRAY_SIZE(fields), reading);
	read_repeated(header, "www-authenticate", read_challenge, reading);
	read_repeated(header, "set-cookie", read_cookie, reading);
}

/* One reply; `status` is where its code goes. */
static void read_reply(
	const uint8_t *bytes, size_t size, const char *status, struct reading *reading)
{
	struct span header = {bytes, size}, body = {bytes, 0};
	char text[TITLE_MAX];
	size_t n;

	http_split(bytes, size, &header, &body);
	http_read_header(header, status, reading);
	fields_read(header, page_fields, ARRAY_SIZE(page_fields), reading);
	n = title(body, text, sizeof(text));
	reading_add(reading, "http.title", text, n);
	reading_match(reading, "html_title", text, n);
	body = span_trim(body);
	if (body.size && *body.bytes == '{')
		reading_match(reading, "http.json", body.bytes, body.size);
}

void http_read_reply(const uint8_t *bytes, size_t size, struct reading *reading)
{
	read_reply(bytes, size, "http.status", reading);
}

void http_read_page(const uint8_t *bytes, size_t size, struct reading *reading)
{
	read_reply(bytes, size, "http.page.status", reading);
}

/* ---- what is kept of the bytes ----------------------------------------------------------- */

/* Fields whose value stands for a login. */
static const char *const secrets[] = {"set-cookie", "set-cookie2", "authentication-info",
	"proxy-authentication-info", "x-auth-token", "x-subject-token", "x-csrf-token",
	"authorization", "cookie"};

/* Of a cookie the name stays, which tells the product; of others nothing. */
static void cover_value(uint8_t *bytes, size_t size)
{
	const uint8_t *equals = memchr(bytes, '=', size);

	for (size_t i = equals ? (size_t)(equals - bytes) + 1 : 0; i < size && bytes[i] != ';';
		i++)
		bytes[i] = '*';
}

/* Of replies in a row: every line, since where one ends need not be known. */
static void http_cover(uint8_t *bytes, size_t size)
{
	struct span lines = {bytes, size}, line, value;

	while (line_next(&lines, true, &line))
		for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
			if (line_field(line, secrets[i], &value))
				cover_value(bytes + (value.bytes - bytes), value.size);
}

/* The header without logins, and of the page no more than its title. */
size_t http_overheard(uint8_t *bytes, size_t size)
{
	struct span header = {bytes, size}, body = {bytes, 0};
	const uint8_t *end;

	http_split(bytes, size, &header, &body);
	http_cover(bytes, header.size);
	if (body.size == 0)
		return size;
	end = span_find(body, "</title>");
	return (size_t)((end ? end : body.bytes) - bytes) + (end ? strlen("</title>") : 0);
}

/* ---- builder ----------------------------------------------------------------------------- */

size_t http_ask(uint8_t *out, size_t max, const char *path, const char *authority,
	const char *connection)
{
	int n = snprintf((char *)out, max,
		"GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: cadastre/" CADASTRE_VERSION
		"\r\nAccept: */*\r\nConnection: %s\r\n\r\n", path, authority, connection);

	return n > 0 && (size_t)n < max ? (size_t)n : 0;
}

void http_authority(const char *host, char out[HTTP_AUTHORITY_MAX])
{
	bool v6 = strchr(host, ':') != NULL;

	snprintf(out, HTTP_AUTHORITY_MAX, "%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "");
}

static size_t get(const char *path, const char *host, uint8_t *out, size_t max)
{
	char authority[HTTP_AUTHORITY_MAX];

	http_authority(host, authority);
	return http_ask(out, max, path, authority, "close");
}

static size_t http_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)seed;
	return get("/", host, out, max);
}

static size_t version_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)seed;
	return get("/version", host, out, max);
}

static const uint16_t http_ports[] = {80, 8080, 8000, 8008, 8081, 8088, 8888, 3000, 5000, 9090,
	9200, 5985, 8086, 15672, 0};
/* etcd and Docker; Kubernetes is asked the same inside TLS. */
static const uint16_t version_ports[] = {2375, 2379, 0};

const struct protocol protocol_http = {
	.name = "http",
	.transport = TRANSPORT_TCP,
	.ports = http_ports,
	.risk = PROTOCOL_SAFE,
	.request = http_request,
	.complete = http_complete,
	.recognise = http_recognise,
	.read = http_read_reply,
	.overheard = http_overheard,
	.cover = http_cover,
	.alpn = "http/1.1",
	.reference = "RFC 9112",
	.vague = true, /* IPP travels in it */
};

const struct protocol protocol_http_version = {
	.name = "http",
	.transport = TRANSPORT_TCP,
	.ports = version_ports,
	.risk = PROTOCOL_SAFE,
	.request = version_request,
	.complete = http_complete,
	.recognise = http_recognise,
	.read = http_read_reply,
	.overheard = http_overheard,
	.cover = http_cover,
	.alpn = "http/1.1",
	.reference = "RFC 9112; GET /version of etcd, Docker, Kubernetes",
	.vague = true,
};
