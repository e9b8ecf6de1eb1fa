/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MySQL and MariaDB: the server's first packet, which holds its version or the reason for which
 * it refuses this client. No log-in is tried. Ordinary clients that are offered TLS ask for it,
 * see the certificate and leave.
 *
 * Reference: MySQL client/server protocol, connection phase.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

#define PACKET_MAX 4096

enum { PROTOCOL_10 = 0x0a, ERROR_PACKET = 0xff, HEADER = 4, OFFERS_TLS = 0x0800 };

/* SSLRequest: protocol of version 4.1, TLS, packets of 16 MiB, UTF-8; who is there is not
 * said. */
static const uint8_t ssl_request[] = {0x20, 0, 0, 1, 1, 0x8a, 0, 0, 0, 0, 0, 1, 0x21, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

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
	return end && text[0] >= '0' && text[0] <= '9' && memchr(text, '.', *ret_size) ? text
										       : NULL;
}

/* Whether a greeting offers TLS: behind the version stand thread, eight bytes of a challenge
 * and a NUL, then what the server can do. 0: no, 1: yes, -1: it does not say. */
static int offers_tls(struct cursor packet)
{
	uint16_t can;
	size_t n;

	if (!cursor_ok(&packet) || !version(&packet, &n))
		return -1;
	cursor_skip(&packet, 1 + n + 1 + 4 + 8 + 1);
	can = cursor_le16(&packet);
	return cursor_ok(&packet) ? (can & OFFERS_TLS) != 0 : -1;
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
		if (offers_tls(packet) >= 0)
			reading_add_text(
				reading, "mysql.tls", offers_tls(packet) ? "yes" : "no");
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

/* The server says nothing to the request: the handshake follows at once. */
static long mysql_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	long complete = mysql_complete(heard, size);

	if (complete <= 0 || said > 1 || offers_tls(first_packet(heard, size)) != 1)
		return complete == 0 ? 0 : -1;
	return said ? PROTOCOL_SECURED
		    : (long)packer_copy(out, max, ssl_request, sizeof(ssl_request));
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
	.secure = mysql_secure,
	.reference = "MySQL client/server protocol",
};
