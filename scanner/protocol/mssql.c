/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL Server's browser: the instances of one host, their versions and ports. No instance is
 * connected to; nothing of the question comes back that could tie the two.
 *
 * Reference: [MC-SQLR]: 2.2.2 (CLNT_UCAST_EX), 2.2.5 (SVR_RESP).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/str.h"
#include "scanner/protocol/lines.h"

#include <string.h>

enum {
	CLIENT_UNICAST = 3,
	SERVER_RESPONSE = 5,
	PAIRS_MAX = 256,
};

#define FIRST "ServerName;"

static struct cursor open_answer(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), data;
	uint8_t type = cursor_u8(&c);

	data = cursor_sub(&c, cursor_le16(&c));
	if (type != SERVER_RESPONSE || cursor_left(&c) != 0 ||
		!span_begins((struct span){cursor_rest(&data), cursor_left(&data)}, FIRST))
		cursor_fail(&data);
	return data;
}

static bool mssql_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = open_answer(bytes, size);

	return cursor_ok(&c);
}

static long mssql_complete(const uint8_t *bytes, size_t size)
{
	return mssql_recognise(bytes, size) ? (long)size : -1;
}

/* The text up to the next semicolon. */
static struct span word(struct cursor *c)
{
	const uint8_t *bytes = cursor_rest(c);
	const uint8_t *end = cursor_left(c) > 0 ? memchr(bytes, ';', cursor_left(c)) : NULL;
	size_t size = end ? (size_t)(end - bytes) : cursor_left(c);

	cursor_skip(c, size + (end != NULL));
	return (struct span){bytes, size};
}

static bool is_word(struct span span, const char *text)
{
	return span.size == strlen(text) && span_begins(span, text);
}

/* Of several instances the first states version and port; all names are kept. */
static void read_pair(struct span name, struct span value, struct str *instances,
	struct reading *reading)
{
	if (is_word(name, "ServerName") && !reading_get(reading, "mssql.server")) {
		reading_add(reading, "mssql.server", value.bytes, value.size);
		reading_name(reading, "mssql", value.bytes, value.size);
	} else if (is_word(name, "InstanceName")) {
		str_addf(instances, "%s%.*s", instances->len > 0 ? " " : "", (int)value.size,
			(const char *)value.bytes);
	} else if (is_word(name, "Version") && !reading_get(reading, "mssql.version")) {
		reading_add(reading, "mssql.version", value.bytes, value.size);
		reading_match(reading, "mssql.version", value.bytes, value.size);
	} else if (is_word(name, "tcp") && !reading_get(reading, "mssql.port")) {
		reading_add(reading, "mssql.port", value.bytes, value.size);
	}
}

static void mssql_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	_cleanup_(str_done) struct str instances = STR_INIT(ATTRIBUTE_VALUE_MAX);
	struct cursor c = open_answer(bytes, size);

	for (int i = 0; i < PAIRS_MAX && cursor_left(&c) > 0; i++) {
		struct span name = word(&c);

		if (name.size > 0) /* an empty one ends an instance */
			read_pair(name, word(&c), &instances, reading);
	}
	reading_add(reading, "mssql.instances", instances.data, instances.len);
}

static size_t mssql_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	if (max < 1)
		return 0;
	out[0] = CLIENT_UNICAST;
	return 1;
}

static const uint16_t mssql_ports[] = {1434, 0};

const struct protocol protocol_mssql = {
	.name = "mssql",
	.transport = TRANSPORT_UDP,
	.ports = mssql_ports,
	.risk = PROTOCOL_STANDARD,
	.request = mssql_request,
	.complete = mssql_complete,
	.recognise = mssql_recognise,
	.read = mssql_read,
	.reference = "MC-SQLR, 2.2",
};
