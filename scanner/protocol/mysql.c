/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MySQL and MariaDB: the server's first packet, which holds its version or the reason for which
 * it refuses this client. Nothing is sent and no login is tried.
 *
 * Reference: MySQL client/server protocol, connection phase.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"

#include <string.h>

#define PACKET_MAX 4096

enum { PROTOCOL_10 = 0x0a, ERROR_PACKET = 0xff, HEADER = 4 };

/* Payload of the first packet; failed if it is not one of ours. */
static struct cursor first_packet(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t length = cursor_u8(&c);
	uint8_t number;

	length |= (uint32_t)cursor_le16(&c) << 8;
	number = cursor_u8(&c);
	if (number != 0 || length < 10 || length > PACKET_MAX)
		cursor_fail(&c);
	return cursor_sub(&c, length);
}

static long mysql_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t length = cursor_u8(&c);

	length |= (uint32_t)cursor_le16(&c) << 8;
	if (size < HEADER)
		return 0;
	if (bytes[3] != 0 || length < 10 || length > PACKET_MAX)
		return -1;
	return size >= HEADER + length ? (long)(HEADER + length) : 0;
}

/* The version is ASCII that begins with a digit and ends with NUL. */
static const uint8_t *version(const struct cursor *packet, size_t *ret_size)
{
	const uint8_t *text = cursor_rest(packet) + 1, *end;
	size_t left = cursor_left(packet);

	if (left < 3 || cursor_rest(packet)[0] != PROTOCOL_10)
		return NULL;
	end = memchr(text, '\0', left - 1);
	*ret_size = end ? (size_t)(end - text) : 0;
	return end && text[0] >= '0' && text[0] <= '9' && memchr(text, '.', *ret_size) ? text : NULL;
}

static bool mysql_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor packet = first_packet(bytes, size);
	size_t n;

	if (!cursor_ok(&packet))
		return false;
	if (version(&packet, &n))
		return true;
	/* An error packet of the connection phase: code 1040 to 1203, text. */
	if (cursor_u8(&packet) != ERROR_PACKET)
		return false;
	n = cursor_le16(&packet);
	return n >= 1040 && n <= 1203 && cursor_left(&packet) > 4;
}

static void mysql_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor packet = first_packet(bytes, size);
	size_t n = 0;
	const uint8_t *text;

	if (!cursor_ok(&packet))
		return;
	text = version(&packet, &n);
	if (text) {
		reading_add(reading, "mysql.version", text, n);
		reading_match(reading, "mysql.banners", text, n);
		return;
	}
	cursor_skip(&packet, 1);
	reading_add_number(reading, "mysql.error.code", cursor_le16(&packet));
	if (cursor_left(&packet) > 6 && *cursor_rest(&packet) == '#')
		cursor_skip(&packet, 6);
	n = cursor_left(&packet);
	reading_add(reading, "mysql.error", cursor_rest(&packet), n);
	reading_match(reading, "mysql.error", cursor_rest(&packet), n);
}

static const uint16_t mysql_ports[] = {3306, 0};

const struct protocol protocol_mysql = {
	.name = "mysql",
	.transport = TRANSPORT_TCP,
	.ports = mysql_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = mysql_complete,
	.recognise = mysql_recognise,
	.read = mysql_read,
	.reference = "MySQL client/server protocol",
};
