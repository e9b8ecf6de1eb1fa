/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Masscan's JSON, as its versions write it: an array of objects, with a comma after the last
 * one or without the closing bracket, a last object {finished: 1} whose key is not quoted, or
 * one object per line. Objects are found by their braces and parsed one at a time, each with a
 * maximum. It says nothing of what was scanned and not found, so that nothing is ever declared
 * gone by it.
 */
#include "inventory/exchange/internal.h"

#include "common/clock.h"
#include "common/str.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#define CHUNK (64 * 1024)
#define OBJECT_MAX ((size_t)1024 * 1024)
#define PORTS_MAX 65536
#define ARENA_MAX ((size_t)8 * 1024 * 1024)

struct scan {
	struct exchange_sink *sink;
	const char *name;
	struct arena *arena;
	struct str object;
	long line, object_line;
	unsigned int depth; /* of braces and brackets within the object */
	bool begun, in_string, escaped, opened, closed, finished;
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* ---- one object -------------------------------------------------------------------------- */

/* Kinds of banners that are something said by the service, not the service itself. */
static const struct {
	const char *name, *protocol, *attribute;
} banners[] = {
	{"title", "http", "http.title"},
	{"http.server", "http", "http.server"},
	{"html", "http", NULL},
	{"X509", "tls", NULL},
	{"ssl", "tls", NULL},
	{"dns-ver", "dns", NULL},
	{"unknown", NULL, NULL},
};

/* Each byte of a banner that is no ASCII is written as the character of the same number. */
static void take_raw(struct exchange_item *item, const char *text, size_t n)
{
	uint8_t *raw = arena_alloc(item->arena, OBSERVATION_RAW_MAX);
	size_t used = 0;

	item->failed |= !raw;
	for (size_t i = 0; raw && i < n && used < OBSERVATION_RAW_MAX; i++) {
		uint8_t c = (uint8_t)text[i];

		if ((c == 0xc2 || c == 0xc3) && i + 1 < n)
			c = (uint8_t)((c & 3) << 6 | (text[++i] & 0x3f));
		raw[used++] = c;
	}
	item->obs.raw = raw;
	item->obs.raw_size = raw ? used : 0;
}

static void take_service(
	struct exchange_item *item, const json_t *service, const char *name, char *protocol)
{
	const json_t *banner = json_object_get(service, "banner");
	const char *attribute = NULL, *text;
	size_t n = json_string_length(banner);

	exchange_name(protocol, name, ATTRIBUTE_NAME_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(banners); i++)
		if (strcmp(banners[i].name, name) == 0) {
			snprintf(protocol, ATTRIBUTE_NAME_MAX + 1, "%s",
				banners[i].protocol ? banners[i].protocol : "");
			attribute = banners[i].attribute;
		}
	text = json_string_value(banner);
	if (!text || !n)
		return;
	if (attribute)
		exchange_attribute(item, attribute, text, n);
	take_raw(item, text, n);
}

static int take_port(struct scan *scan, const json_t *object, const struct addr *addr,
	int64_t time_us, struct error *reterr)
{
	struct exchange_item item = {
		.arena = scan->arena, .obs = {.addr = *addr, .time_us = time_us}};
	/* One object per line keeps the state or the banner in "data". */
	const json_t *service = json_object_get(object, "service"),
		     *data = json_object_get(object, "data");
	json_int_t port = json_integer_value(json_object_get(object, "port"));
	const char *proto = text_of(object, "proto"),
		   *status = text_of(data ? data : object, "status");
	char protocol[ATTRIBUTE_NAME_MAX + 1] = "", what[64];

	snprintf(what, sizeof(what), "%.20s/%lld", proto, (long long)port);
	if (strcmp(proto, "icmp") == 0) {
		item.obs.kind = OBSERVATION_HOST;
		return exchange_put(scan->sink, scan->object_line, &item.obs, reterr);
	}
	if (!transport_parse(proto, &item.obs.transport) ||
		item.obs.transport == TRANSPORT_NONE) {
		exchange_refuse(scan->sink, "a transport that is none of TCP, UDP and SCTP",
			scan->object_line, what);
		return 0;
	}
	if (port < 1 || port > 65535) {
		exchange_refuse(scan->sink, "no valid port", scan->object_line, what);
		return 0;
	}
	if (*status && strcmp(status, "open") != 0) {
		exchange_count(scan->sink, "ports_not_open", 1);
		return 0;
	}
	item.obs.port = (uint16_t)port;
	if (service)
		take_service(&item, service, text_of(service, "name"), protocol);
	else if (data)
		take_service(&item, data, text_of(data, "service_name"), protocol);
	item.obs.kind = *protocol ? OBSERVATION_SERVICE : OBSERVATION_PORT;
	item.obs.protocol = *protocol ? protocol : NULL;
	if (item.obs.n_attributes)
		exchange_attribute_text(&item, "source", "masscan");
	return item.failed ? error_set(reterr, ERROR_SYSTEM, "%s: no memory", scan->name)
			   : exchange_put(scan->sink, scan->object_line, &item.obs, reterr);
}

static int64_t time_of(const json_t *object)
{
	const json_t *time = json_object_get(object, "timestamp");
	uint64_t seconds = 0;

	if (json_is_integer(time) && json_integer_value(time) > 0 &&
		json_integer_value(time) <= (json_int_t)UINT32_MAX)
		seconds = (uint64_t)json_integer_value(time);
	else if (json_is_string(time))
		exchange_number(json_string_value(time), UINT32_MAX, &seconds);
	return (int64_t)seconds * CLOCK_SECOND;
}

static int take_object(struct scan *scan, const json_t *object, struct error *reterr)
{
	const json_t *ports = json_object_get(object, "ports"), *port;
	const char *ip = text_of(object, "ip");
	struct addr addr;
	size_t i;
	int r = 0;

	if (json_object_get(object, "finished")) {
		scan->finished = true;
		return 0;
	}
	if (!scan->begun) {
		scan->begun = true;
		r = exchange_begin(scan->sink,
			&(struct exchange_origin){"masscan", time_of(object)}, reterr);
		if (r < 0)
			return error_wrap(reterr, r, "%s:%ld", scan->name, scan->object_line);
	}
	if (addr_parse(ip, &addr, NULL) < 0) {
		exchange_refuse(scan->sink, "no valid address", scan->object_line, ip);
		return 0;
	}
	/* One object per line holds its port in itself. */
	if (!ports)
		return take_port(scan, object, &addr, time_of(object), reterr);
	if (!json_is_array(ports) || json_array_size(ports) > PORTS_MAX) {
		exchange_refuse(scan->sink, "no valid list of ports", scan->object_line, ip);
		return 0;
	}
	json_array_foreach((json_t *)ports, i, port) {
		if (r == 0)
			r = take_port(scan, port, &addr, time_of(object), reterr);
	}
	return r;
}

static int end_object(struct scan *scan, struct error *reterr)
{
	json_error_t error;
	json_t *object;
	int r = 0;

	arena_reset(scan->arena);
	object = json_loadb(scan->object.data, scan->object.len,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (object)
		r = take_object(scan, object, reterr);
	else if (strncmp(scan->object.data, "{finished", 9) == 0)
		scan->finished = true;
	else
		exchange_refuse(scan->sink, "not a JSON object", scan->object_line, error.text);
	json_decref(object);
	str_reset(&scan->object);
	return r;
}

/* ---- the stream -------------------------------------------------------------------------- */

/* Between two objects. */
static int outside(struct scan *scan, char c, struct error *reterr)
{
	switch (c) {
	case '[':
		scan->opened = true;
		return 0;
	case ']':
		scan->closed = true;
		return 0;
	case '{':
		scan->depth = 1;
		scan->object_line = scan->line;
		str_addc(&scan->object, c);
		return 0;
	case ',':
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return 0;
	}
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: this is no Masscan JSON: byte 0x%02x where an object should begin",
		scan->name, scan->line, (unsigned char)c);
}

static int inside(struct scan *scan, char c, struct error *reterr)
{
	str_addc(&scan->object, c);
	if (scan->object.failed)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: an object of more than %zu bytes; this is no Masscan JSON",
			scan->name, scan->object_line, OBJECT_MAX);
	if (scan->in_string) {
		if (scan->escaped)
			scan->escaped = false;
		else if (c == '\\')
			scan->escaped = true;
		else if (c == '"')
			scan->in_string = false;
		return 0;
	}
	if (c == '"')
		scan->in_string = true;
	else if (c == '{' || c == '[')
		scan->depth++;
	else if ((c == '}' || c == ']') && --scan->depth == 0)
		return end_object(scan, reterr);
	return 0;
}

static int feed(struct scan *scan, const char *bytes, size_t n, struct error *reterr)
{
	for (size_t i = 0; i < n; i++) {
		int r = scan->depth ? inside(scan, bytes[i], reterr)
				    : outside(scan, bytes[i], reterr);

		if (r < 0)
			return r;
		if (bytes[i] == '\n')
			scan->line++;
	}
	return 0;
}

static int read_all(struct scan *scan, int fd, struct error *reterr)
{
	_cleanup_(cleanup_freep) char *chunk = malloc(CHUNK);

	if (!chunk || !scan->arena)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", scan->name);
	for (;;) {
		ssize_t n = read(fd, chunk, CHUNK);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(
				reterr, ERROR_INPUT, errno, "cannot read \"%s\"", scan->name);
		if (n == 0)
			break;
		r = feed(scan, chunk, (size_t)n, reterr);
		if (r < 0)
			return r;
	}
	/* An array without its end was being written. */
	return scan->depth || (scan->opened && !scan->closed && !scan->finished) ? EXCHANGE_CUT
										 : 0;
}

int exchange_read_masscan_json(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr)
{
	struct scan scan = {.sink = sink,
		.name = name,
		.arena = arena_new(ARENA_MAX),
		.object = STR_INIT(OBJECT_MAX),
		.line = 1};
	int r = read_all(&scan, fd, reterr);

	arena_free(scan.arena);
	str_done(&scan.object);
	return r;
}
