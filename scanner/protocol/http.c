/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1: one GET of "/", its header fields, the title of the page, and what an interface that answers in
 * JSON says of itself there. On ports of interfaces that say what they are at "/version", and next to nothing at
 * "/", that is what is asked instead. Redirects are noted and never followed; nothing but the first reply is read.
 *
 * References: RFC 9110 (semantics), RFC 9112 (HTTP/1.1); the title element: HTML; RFC 8259 (JSON).
 */
#include "scanner/protocol/http.h"

#include "scanner/protocol/fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_WANTED_MAX 12288 /* a title stands before this */
#define TITLE_MAX 512

/* Header fields of interest: as which attribute, and which fingerprint kind reads them. */
static const struct field fields[] = {
	{"server", "http.server", "http_header.server"},
	{"x-powered-by", "http.powered_by", "http_header.x-powered-by"},
	{"www-authenticate", "http.authenticate", "http_header.wwwauth"},
	{"set-cookie", "http.cookie", "http_header.cookie"},
	{"location", "http.location", NULL},
};

static const struct {
	const char *name;
	char value;
} entities[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''},
	{"nbsp;", ' '}};

/* ---- readers ------------------------------------------------------------------------------- */

bool http_split(const uint8_t *bytes, size_t size, struct span *ret_header, struct span *ret_body)
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

	return http_field(header, "transfer-encoding", &value) && span_begins(value, "chunked") && body.size > n &&
		memcmp(body.bytes + body.size - n, end, n) == 0;
}

long http_complete(const uint8_t *bytes, size_t size)
{
	struct span header, body;
	long length;

	if (size >= 12 && !http_recognise(bytes, size))
		return -1;
	if (!http_split(bytes, size, &header, &body))
		return size > BODY_WANTED_MAX ? -1 : 0;
	length = content_length(header);
	if (length > BODY_WANTED_MAX)
		length = BODY_WANTED_MAX;
	if ((length >= 0 && body.size >= (size_t)length) || body.size >= BODY_WANTED_MAX ||
		last_chunk(header, body) || span_find(body, "</title>") || span_find(header, "HTTP/1.1 204") ||
		span_find(header, "HTTP/1.1 304"))
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

		if (c == '&' && (more = entity((struct span){text.bytes + 1, text.size - 1}, &c)))
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

void http_read_header(struct span header, struct reading *reading)
{
	struct span line;

	if (line_next(&header, true, &line) && line.size >= 12)
		reading_add(reading, "http.status", line.bytes + 9, 3);
	fields_read(header, fields, ARRAY_SIZE(fields), reading);
}

static void http_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span header = {bytes, size}, body = {bytes, 0};
	char text[TITLE_MAX];
	size_t n;

	http_split(bytes, size, &header, &body);
	http_read_header(header, reading);
	n = title(body, text, sizeof(text));
	reading_add(reading, "http.title", text, n);
	reading_match(reading, "html_title", text, n);
	body = span_trim(body);
	if (body.size && *body.bytes == '{')
		reading_match(reading, "http.json", body.bytes, body.size);
}

/* ---- what was overheard -------------------------------------------------------------------- */

/* Fields whose value stands for a login. */
static const char *const secrets[] = {"set-cookie", "set-cookie2", "authentication-info",
	"proxy-authentication-info", "x-auth-token", "x-subject-token", "x-csrf-token",
	"authorization", "cookie"};

/* Of a cookie the name stays, which tells the product; of others nothing. */
static void cover(uint8_t *bytes, size_t size)
{
	const uint8_t *equals = memchr(bytes, '=', size);

	for (size_t i = equals ? (size_t)(equals - bytes) + 1 : 0; i < size && bytes[i] != ';'; i++)
		bytes[i] = '*';
}

size_t http_overheard(uint8_t *bytes, size_t size)
{
	struct span header = {bytes, size}, body = {bytes, 0}, lines, line, value;
	const uint8_t *end;

	http_split(bytes, size, &header, &body);
	lines = header;
	while (line_next(&lines, true, &line))
		for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
			if (line_field(line, secrets[i], &value))
				cover(bytes + (value.bytes - bytes), value.size);
	if (body.size == 0)
		return size;
	end = span_find(body, "</title>");
	return (size_t)((end ? end : body.bytes) - bytes) + (end ? strlen("</title>") : 0);
}

/* ---- builder ------------------------------------------------------------------------------- */

void http_authority(const char *host, char out[HTTP_AUTHORITY_MAX])
{
	bool v6 = strchr(host, ':') != NULL;

	snprintf(out, HTTP_AUTHORITY_MAX, "%s%s%s", v6 ? "[" : "", host, v6 ? "]" : "");
}

static size_t get(const char *path, const char *host, uint8_t *out, size_t max)
{
	char authority[HTTP_AUTHORITY_MAX];
	int n;

	http_authority(host, authority);
	n = snprintf((char *)out, max, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: cadastre/" CADASTRE_VERSION
		"\r\nAccept: */*\r\nConnection: close\r\n\r\n", path, authority);
	return n > 0 && (size_t)n < max ? (size_t)n : 0;
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
	.read = http_read,
	.overheard = http_overheard,
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
	.read = http_read,
	.overheard = http_overheard,
	.reference = "RFC 9112; GET /version of etcd, Docker, Kubernetes",
	.vague = true,
};
