/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PostgreSQL: is TLS wanted, then, in the clear, a start-up packet of a protocol version that
 * there is not. The server answers with an error that names its source file and line, and so
 * tells its version without user name, database or login. Ordinary clients that are granted TLS
 * see its certificate, and ask the same inside.
 *
 * Reference: PostgreSQL documentation, Frontend/Backend Protocol, message formats.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX 8192

static const uint8_t ssl_request[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
static const uint8_t startup[] = {0, 0, 0, 8, 0, 0, 0, 0};

/* Fields of an error, by their letter. */
static const struct {
	char letter;
	const char *attribute;
} fields[] = {{'C', "postgresql.error.code"}, {'M', "postgresql.error"},
	{'F', "postgresql.error.file"}, {'L', "postgresql.error.line"},
	{'R', "postgresql.error.routine"}};

/* The error message behind the answer to the SSL request, in the clear or inside TLS; failed if
 * there is none (yet). */
static struct cursor error_message(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t length;

	if (size > 0 && (bytes[0] == 'N' || bytes[0] == 'S'))
		cursor_skip(&c, 1);
	if (cursor_u8(&c) != 'E')
		cursor_fail(&c);
	length = cursor_be32(&c);
	if (length < 8 || length > MESSAGE_MAX)
		cursor_fail(&c);
	return cursor_sub(&c, length - 4);
}

/* Without an error message one byte is the answer to our request, and to no other. */
static long postgresql_complete(const uint8_t *bytes, size_t size)
{
	struct cursor message = error_message(bytes, size);

	if (cursor_ok(&message))
		return (long)size;
	if (size == 1)
		return bytes[0] == 'S' || bytes[0] == 'N' ? 1 : bytes[0] == 'E' ? 0 : -1;
	return bytes[0] == 'E' || ((bytes[0] == 'N' || bytes[0] == 'S') && bytes[1] == 'E')
		       ? 0
		       : -1;
}

static bool postgresql_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor message = error_message(bytes, size);
	const uint8_t *text = cursor_rest(&message);

	return cursor_ok(&message) && cursor_left(&message) > 6 && text[0] == 'S' &&
		(memcmp(text + 1, "FATAL", 5) == 0 || memcmp(text + 1, "ERROR", 5) == 0);
}

static void postgresql_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor message = error_message(bytes, size);
	char canonical[256];
	const char *file, *line, *routine;

	if (size == 0)
		return;
	if (bytes[0] == 'S' || bytes[0] == 'N')
		reading_add_text(reading, "postgresql.tls", bytes[0] == 'S' ? "yes" : "no");
	while (cursor_left(&message) > 1) {
		char letter = (char)cursor_u8(&message);
		const uint8_t *text = cursor_rest(&message);
		const uint8_t *end = memchr(text, '\0', cursor_left(&message));

		if (!letter || !end)
			break;
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			if (fields[i].letter == letter)
				reading_add(reading, fields[i].attribute, text,
					(size_t)(end - text));
		cursor_skip(&message, (size_t)(end - text) + 1);
	}
	file = reading_get(reading, "postgresql.error.file");
	line = reading_get(reading, "postgresql.error.line");
	routine = reading_get(reading, "postgresql.error.routine");
	snprintf(canonical, sizeof(canonical), "%s:%s:%s", file ? file : "", line ? line : "",
		routine ? routine : "");
	reading_match(reading, "postgresql.error", canonical, strlen(canonical));
}

static size_t postgresql_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, ssl_request, sizeof(ssl_request));
}

static long postgresql_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	long complete = postgresql_complete(heard, size);

	(void)seed;
	if (said == 1 && size == 1 && heard[0] == 'N' && max >= sizeof(startup)) {
		memcpy(out, startup, sizeof(startup));
		return sizeof(startup);
	}
	if (said == 2 && size == 1)
		return 0; /* the error is still to come */
	return complete == 0 ? 0 : -1;
}

static long postgresql_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	(void)out, (void)max;
	return said == 1 && size == 1 && heard[0] == 'S' ? PROTOCOL_SECURED : -1;
}

static size_t postgresql_inside(uint8_t *out, size_t max)
{
	return packer_copy(out, max, startup, sizeof(startup));
}

static const uint16_t postgresql_ports[] = {5432, 5433, 0};

const struct protocol protocol_postgresql = {
	.name = "postgresql",
	.transport = TRANSPORT_TCP,
	.ports = postgresql_ports,
	.risk = PROTOCOL_SAFE,
	.request = postgresql_request,
	.complete = postgresql_complete,
	.recognise = postgresql_recognise,
	.read = postgresql_read,
	.next = postgresql_next,
	.secure = postgresql_secure,
	.inside = postgresql_inside,
	.reference = "PostgreSQL Frontend/Backend Protocol",
};
