/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMB 2 and 3: the negotiation of a dialect, and the first of the messages by which one logs
 * in, which tells the server's names and the build of its system. The log-in is not gone on
 * with, no user is named and no share is looked at.
 *
 * References: [MS-SMB2] 2.2.1.2 (header), 2.2.3, 2.2.4 (NEGOTIATE), 2.2.5, 2.2.6
 * (SESSION_SETUP); RFC 1002, 4.3 (its frames over TCP); RFC 4178 (SPNEGO).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "scanner/protocol/ntlm.h"

#include <stdio.h>
#include <string.h>

enum {
	FRAME = 4, /* zero, and 24 bits of size */
	HEADER = 64,
	NEGOTIATE = 0,
	SESSION_SETUP = 1,
	SIGNING_REQUIRED = 2,
	MESSAGE_MAX = 65536,
	GUID_AT = 12, /* of the client, in the body of NEGOTIATE */
};

/* A frame, a header with one credit, and NEGOTIATE: signing is known, no capabilities, the
 * dialects 2.0.2, 2.1, 3.0 and 3.0.2; an id of the client is put in. */
static const uint8_t negotiate[] = {0, 0, 0, 0x6c, 0xfe, 0x53, 0x4d, 0x42, 0x40, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x24, 0, 4,
	0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 2, 2, 0x10, 2, 0, 3, 2, 3};
/* The same with SESSION_SETUP, message 1, and the first token of SPNEGO with the one mechanism
 * NTLM, whose message follows. */
static const uint8_t setup[] = {0, 0, 0, 0xa2, 0xfe, 0x53, 0x4d, 0x42, 0x40, 0, 0, 0, 0, 0, 0,
	0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x19, 0, 0, 1,
	0, 0, 0, 0, 0, 0, 0, 0, 0x58, 0, 0x4a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0x48, 6, 6,
	0x2b, 6, 1, 5, 5, 2, 0xa0, 0x3e, 0x30, 0x3c, 0xa0, 0x0e, 0x30, 0x0c, 6, 0x0a, 0x2b, 6,
	1, 4, 1, 0x82, 0x37, 2, 2, 0x0a, 0xa2, 0x2a, 4, 0x28};

_Static_assert(sizeof(negotiate) == FRAME + 0x6c, "the frame says its size");
_Static_assert(sizeof(setup) + NTLM_NEGOTIATE_SIZE == FRAME + 0xa2, "the frame says its size");

static const struct {
	uint16_t number;
	const char *name;
} dialects[] = {{0x0202, "2.0.2"}, {0x0210, "2.1"}, {0x02ff, "2"}, {0x0300, "3.0"},
	{0x0302, "3.0.2"}, {0x0311, "3.1.1"}};

struct message {
	uint16_t command;
	uint32_t status;
	struct cursor body;
	const uint8_t *bytes; /* with its header */
	size_t size;
};

/* The next message: 1; 0: it is not whole; -1: it is none of a server. */
static int next_message(struct cursor *c, struct message *ret)
{
	static const uint8_t start[] = {0xfe, 'S', 'M', 'B', 0x40, 0};
	struct cursor rest = *c, header;
	uint32_t size = cursor_be32(&rest);
	size_t left = cursor_left(&rest);

	if (!cursor_ok(&rest))
		return cursor_left(c) > 0 && *cursor_rest(c) ? -1 : 0;
	if (size < HEADER || size > MESSAGE_MAX ||
		memcmp(cursor_rest(&rest), start,
			left < sizeof(start) ? left : sizeof(start)) != 0)
		return -1;
	if (left < size)
		return 0;
	ret->bytes = cursor_rest(&rest);
	ret->size = size;
	ret->body = cursor_sub(&rest, size);
	header = ret->body;
	cursor_skip(&ret->body, HEADER);
	cursor_skip(&header, 8);
	ret->status = cursor_le32(&header);
	ret->command = cursor_le16(&header);
	cursor_skip(&header, 2);
	if (!(cursor_le32(&header) & 1)) /* a server's */
		return -1;
	*c = rest;
	return 1;
}

static bool smb_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;

	return size >= FRAME + 6 && next_message(&c, &message) >= 0;
}

static long smb_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;
	int whole = next_message(&c, &message);

	return whole == 1 ? (long)(cursor_rest(&c) - bytes) : whole;
}

/* 100 ns since 1601, as seconds since 1970; 0: none was told. */
static uint64_t seconds(uint64_t filetime)
{
	const uint64_t second = 10000000, between = 11644473600;

	return filetime / second > between ? filetime / second - between : 0;
}

static void read_negotiated(struct cursor c, struct reading *reading)
{
	uint16_t mode, dialect;
	const uint8_t *guid;
	char text[40];
	uint64_t booted;

	cursor_skip(&c, 2);
	mode = cursor_le16(&c);
	dialect = cursor_le16(&c);
	cursor_skip(&c, 2);
	guid = cursor_bytes(&c, 16);
	cursor_skip(&c, 4 + 3 * 4 + 8); /* capabilities, sizes, the time */
	booted = cursor_le32(&c);
	booted = seconds(booted | (uint64_t)cursor_le32(&c) << 32);
	if (!cursor_ok(&c))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++)
		if (dialects[i].number == dialect)
			reading_add_text(reading, "smb.dialect", dialects[i].name);
	reading_add_text(
		reading, "smb.signing", mode & SIGNING_REQUIRED ? "required" : "possible");
	snprintf(text, sizeof(text),
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", guid[3],
		guid[2], guid[1], guid[0], guid[5], guid[4], guid[7], guid[6], guid[8], guid[9],
		guid[10], guid[11], guid[12], guid[13], guid[14], guid[15]);
	reading_add_text(reading, "smb.server_guid", text);
	if (booted)
		reading_add_number(reading, "smb.booted", booted);
}

static void smb_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;

	while (next_message(&c, &message) == 1) {
		if (message.command == NEGOTIATE && message.status == 0)
			read_negotiated(message.body, reading);
		else if (message.command == SESSION_SETUP)
			ntlm_read(message.bytes, message.size, reading);
	}
}

/* Negotiation and the second step of a log-in, without its challenge; the rest is what users
 * do. */
static size_t smb_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;
	size_t kept = 0;

	while (next_message(&c, &message) == 1 && message.command <= SESSION_SETUP) {
		kept = (size_t)(cursor_rest(&c) - bytes);
		ntlm_forget(bytes + (message.bytes - bytes), message.size);
	}
	return kept;
}

static size_t smb_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	if (max < sizeof(negotiate))
		return 0;
	memcpy(out, negotiate, sizeof(negotiate));
	for (size_t i = 0; i < 16; i++)
		out[FRAME + HEADER + GUID_AT + i] = (uint8_t)(seed >> (i % 8 * 8));
	return sizeof(negotiate);
}

static long smb_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(heard, size);
	struct message message;
	int whole = next_message(&c, &message);

	(void)seed;
	if (whole != 1 || said > 2)
		return whole == 0 && said <= 2 ? 0 : -1;
	if (said == 1) {
		if (message.command != NEGOTIATE || message.status ||
			max < sizeof(setup) + NTLM_NEGOTIATE_SIZE)
			return -1;
		memcpy(out, setup, sizeof(setup));
		memcpy(out + sizeof(setup), ntlm_negotiate, NTLM_NEGOTIATE_SIZE);
		return sizeof(setup) + NTLM_NEGOTIATE_SIZE;
	}
	return next_message(&c, &message) == 0 ? 0 : -1;
}

static const uint16_t smb_ports[] = {445, 0};

const struct protocol protocol_smb = {
	.name = "smb",
	.transport = TRANSPORT_TCP,
	.ports = smb_ports,
	.risk = PROTOCOL_STANDARD,
	.request = smb_request,
	.complete = smb_complete,
	.recognise = smb_recognise,
	.read = smb_read,
	.next = smb_next,
	.overheard = smb_overheard,
	.reference = "[MS-SMB2] 2.2.3",
};
