/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Oracle's listener: asked for its version, as its own control program does. Databases behind
 * it are not named, and nobody logs in.
 *
 * Reference: Transparent Network Substrate, packets CONNECT (1), ACCEPT (2), REFUSE (4), as
 * Oracle Net Services and open drivers write them.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { HEAD = 8, CONNECT_DATA_AT = 58, ACCEPT = 2, REFUSE = 4, RESEND = 11, PACKET_MAX = 8192 };

#define COMMAND "(DESCRIPTION=(CONNECT_DATA=(COMMAND=version)))"

/* Version 3.14, compatible with 3.00; 8 KiB to a packet; the connect data behind it. */
static const uint8_t head[CONNECT_DATA_AT] = {0, CONNECT_DATA_AT + sizeof(COMMAND) - 1, 0, 0, 1,
	0, 0, 0, 0x01, 0x3a, 0x01, 0x2c, 0, 0, 0x20, 0, 0x7f, 0xff, 0x7f, 0x08, 0, 0, 0, 1, 0,
	sizeof(COMMAND) - 1, 0, CONNECT_DATA_AT};

/* The packet that a listener begins with: 1; 0: it is not whole; -1: it is none. */
static int packet(const uint8_t *bytes, size_t size, uint8_t *ret_type, struct cursor *ret_body)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t length = cursor_be16(&c);

	cursor_skip(&c, 2);
	*ret_type = cursor_u8(&c);
	cursor_skip(&c, 3);
	if (!cursor_ok(&c))
		return 0;
	if (length < HEAD || length > PACKET_MAX || bytes[2] || bytes[3] || bytes[6] ||
		bytes[7] || (*ret_type != ACCEPT && *ret_type != REFUSE && *ret_type != RESEND))
		return -1;
	if (cursor_left(&c) < length - (unsigned int)HEAD)
		return 0;
	*ret_body = cursor_sub(&c, length - (unsigned int)HEAD);
	return 1;
}

/* A refusal says why in words in brackets; an acceptance repeats our versions. */
static bool oracle_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor body;
	uint8_t type;

	if (packet(bytes, size, &type, &body) != 1)
		return false;
	if (type == RESEND)
		return cursor_left(&body) == 0;
	if (type == ACCEPT)
		return cursor_left(&body) >= 16;
	cursor_skip(&body, 4);
	return cursor_left(&body) > 1 && *cursor_rest(&body) == '(';
}

static long oracle_complete(const uint8_t *bytes, size_t size)
{
	struct cursor body;
	uint8_t type;
	int whole = packet(bytes, size, &type, &body);

	return whole == 1 ? (long)(cursor_rest(&body) + cursor_left(&body) - bytes) : whole;
}

/* "VSNNUM=318767104": a byte of release, four bits, a byte, four bits, a byte (19.3.0.0.0). */
static void read_number(const uint8_t *text, size_t size, struct reading *reading)
{
	static const char name[] = "(VSNNUM=";
	const uint8_t *at = size ? memmem(text, size, name, sizeof(name) - 1) : NULL;
	uint32_t number = 0;
	char version[32];

	if (!at)
		return;
	for (at += sizeof(name) - 1; at < text + size && isdigit(*at) && number < 0x19999999;
		at++)
		number = number * 10 + (uint32_t)(*at - '0');
	if (number < 0x01000000)
		return;
	snprintf(version, sizeof(version), "%u.%u.%u.%u.%u", number >> 24, number >> 20 & 15,
		number >> 12 & 255, number >> 8 & 15, number & 255);
	reading_add_text(reading, "oracle.version", version);
	reading_match(reading, "oracle.version", version, strlen(version));
}

/* "TNSLSNR for Linux: Version 11.2.0.2.0 - Production" */
static void read_banner(const uint8_t *text, size_t size, struct reading *reading)
{
	static const char name[] = "TNSLSNR for ";
	const uint8_t *at = size ? memmem(text, size, name, sizeof(name) - 1) : NULL;
	const uint8_t *end = at ? memchr(at, '\n', size - (size_t)(at - text)) : NULL;

	if (at)
		reading_add(
			reading, "oracle.banner", at, (size_t)((end ? end : text + size) - at));
}

static void oracle_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor body;
	uint8_t type;

	if (!oracle_recognise(bytes, size))
		return;
	packet(bytes, size, &type, &body);
	reading_add_text(reading, "oracle.answer",
		type == ACCEPT ? "accepted" : type == REFUSE ? "refused" : "asked again");
	read_number(bytes, size, reading);
	read_banner(bytes, size, reading);
}

static size_t oracle_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	if (max < sizeof(head) + sizeof(COMMAND) - 1)
		return 0;
	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), COMMAND, sizeof(COMMAND) - 1);
	return sizeof(head) + sizeof(COMMAND) - 1;
}

/* What follows an answer is users' sessions. */
static size_t oracle_overheard(uint8_t *bytes, size_t size)
{
	long complete = oracle_complete(bytes, size);

	return complete > 0 ? (size_t)complete : 0;
}

static const uint16_t oracle_ports[] = {1521, 0};

const struct protocol protocol_oracle = {
	.name = "oracle",
	.transport = TRANSPORT_TCP,
	.ports = oracle_ports,
	.risk = PROTOCOL_STANDARD,
	.request = oracle_request,
	.complete = oracle_complete,
	.recognise = oracle_recognise,
	.read = oracle_read,
	.overheard = oracle_overheard,
	.reference = "TNS",
};
