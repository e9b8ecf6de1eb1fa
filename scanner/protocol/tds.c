/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL Server over TCP: the prelogin message, which both sides exchange before TLS and before
 * anybody logs in; the connection ends there. Other products that speak TDS answer alike.
 *
 * Reference: [MS-TDS] 2.2.3.1 (packet header), 2.2.6.5 (PRELOGIN).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum { HEAD = 8, TABULAR = 4, END_OF_MESSAGE = 1, ANSWER_MAX = 1024, OPTIONS_MAX = 32 };
enum { VERSION = 0, ENCRYPTION = 1, TERMINATOR = 0xff, VERSION_SIZE = 6 };

/* Version 9.0, encryption as the server likes, no instance, no thread, one result at a time. */
static const uint8_t question[] = {0x12, END_OF_MESSAGE, 0, 0x2f, 0, 0, 1, 0, VERSION, 0, 26, 0,
	6, ENCRYPTION, 0, 32, 0, 1, 2, 0, 33, 0, 1, 3, 0, 34, 0, 4, 4, 0, 38, 0, 1, TERMINATOR,
	9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

static const char *const encryptions[] = {"for log-ins", "on", "not supported", "required"};

/* The content of an option; failed if it is not there. The first is the version, and all lie in
 * the message. */
static struct cursor option(struct cursor message, uint8_t wanted)
{
	struct cursor c = message, none = {.failed = true}, found = none;

	for (int i = 0; i < OPTIONS_MAX; i++) {
		uint8_t token = cursor_u8(&c);
		struct cursor content = message;

		if (!cursor_ok(&c) || (i == 0 && token != VERSION))
			break;
		if (token == TERMINATOR)
			return found;
		cursor_seek(&content, cursor_be16(&c));
		content = cursor_sub(&content, cursor_be16(&c));
		if (!cursor_ok(&content) ||
			(token == VERSION && cursor_left(&content) != VERSION_SIZE))
			break;
		if (token == wanted)
			found = content;
	}
	return none;
}

/* The message of an answer: 1; 0: it is not whole; -1: it is none. */
static int answer(const uint8_t *bytes, size_t size, struct cursor *ret_message)
{
	struct cursor c = cursor_of(bytes, size), version;
	uint16_t length;

	if ((size > 0 && bytes[0] != TABULAR) || (size > 1 && bytes[1] != END_OF_MESSAGE))
		return -1;
	cursor_skip(&c, 2);
	length = cursor_be16(&c);
	cursor_skip(&c, 4);
	if (!cursor_ok(&c))
		return 0;
	if (length < HEAD + 5 + 1 + VERSION_SIZE || length > ANSWER_MAX || bytes[7] != 0)
		return -1;
	if (cursor_left(&c) > 0 && *cursor_rest(&c) != VERSION)
		return -1;
	if (size < length)
		return 0;
	*ret_message = cursor_sub(&c, length - (size_t)HEAD);
	version = option(*ret_message, VERSION);
	return cursor_ok(&version) ? 1 : -1;
}

static bool tds_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor message;

	return answer(bytes, size, &message) == 1;
}

static long tds_complete(const uint8_t *bytes, size_t size)
{
	struct cursor message;
	int whole = answer(bytes, size, &message);

	return whole == 1 ? (long)(HEAD + message.size) : whole;
}

/* Major, minor, build, and what was mended since, which many servers leave out. */
static void read_version(struct cursor c, struct reading *reading)
{
	unsigned int major = cursor_u8(&c), minor = cursor_u8(&c), build = cursor_be16(&c),
		     more = cursor_be16(&c);
	char text[32];
	int n = snprintf(text, sizeof(text), "%u.%u.%u", major, minor, build);

	if (more)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ".%u", more);
	reading_add(reading, "mssql.version", text, (size_t)n);
	reading_match(reading, "mssql.version", text, (size_t)n);
}

static void tds_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor message, encryption;
	uint8_t value;

	if (answer(bytes, size, &message) != 1)
		return;
	read_version(option(message, VERSION), reading);
	encryption = option(message, ENCRYPTION);
	value = cursor_u8(&encryption);
	if (cursor_ok(&encryption) && value < ARRAY_SIZE(encryptions))
		reading_add_text(reading, "mssql.encryption", encryptions[value]);
}

/* What follows is a log-in and a session. */
static size_t tds_overheard(uint8_t *bytes, size_t size)
{
	long complete = tds_complete(bytes, size);

	return complete > 0 ? (size_t)complete : 0;
}

static size_t tds_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question));
}

static const uint16_t tds_ports[] = {1433, 0};

const struct protocol protocol_mssql_tcp = {
	.name = "mssql",
	.transport = TRANSPORT_TCP,
	.ports = tds_ports,
	.risk = PROTOCOL_STANDARD,
	.request = tds_request,
	.complete = tds_complete,
	.recognise = tds_recognise,
	.read = tds_read,
	.overheard = tds_overheard,
	.reference = "[MS-TDS] 2.2.6.5",
};
