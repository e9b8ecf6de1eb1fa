/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SLP: which types of service a host offers (VMware's hosts, printers and storage answer this).
 * Their addresses and attributes are not asked for, nothing is registered, and no group of
 * hosts is asked at once.
 *
 * Reference: RFC 2608, 8 (header), 10.1 and 10.2 (service types).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

enum {
	VERSION = 2,
	REQUEST = 9,
	REPLY = 10,
	RESERVED_FLAGS = 0x1fff,
	LANGUAGE_MAX = 32,
	REPLY_MAX = 16384,
	ALL_AUTHORITIES = 0xffff
};

static const char language[] = "en", scope[] = "DEFAULT";

static const char *const errors[] = {[1] = "the language is not supported",
	[2] = "the request was not understood",
	[4] = "the scope is not supported",
	[6] = "authentication is missing",
	[9] = "the version is not supported",
	[10] = "an internal error",
	[11] = "busy",
	[13] = "not allowed",
	[14] = "the request is not supported"};

struct message {
	size_t size;
	uint16_t id, error;
	struct cursor types;
};

/* A reply about types: 1; 0: it is not whole; -1: it is none. */
static int parse(const uint8_t *bytes, size_t size, struct message *ret)
{
	struct cursor c = cursor_of(bytes, size), body;
	uint16_t language_size;

	if ((size > 0 && bytes[0] != VERSION) || (size > 1 && bytes[1] != REPLY))
		return -1;
	cursor_skip(&c, 2);
	ret->size = cursor_be24(&c);
	if (!cursor_ok(&c))
		return 0;
	if (ret->size < 18 || ret->size > REPLY_MAX)
		return -1;
	if (size < ret->size)
		return 0;
	body = cursor_of(bytes, ret->size);
	cursor_skip(&body, 5);
	if (cursor_be16(&body) & RESERVED_FLAGS)
		cursor_fail(&body);
	cursor_skip(&body, 3);
	ret->id = cursor_be16(&body);
	language_size = cursor_be16(&body);
	if (language_size > LANGUAGE_MAX)
		cursor_fail(&body);
	cursor_skip(&body, language_size);
	ret->error = cursor_be16(&body);
	if (!cursor_ok(&body))
		return -1;
	ret->types = cursor_left(&body) ? cursor_sub(&body, cursor_be16(&body)) : body;
	return cursor_ok(&ret->types) && cursor_left(&body) == 0 ? 1 : -1;
}

static bool slp_recognise(const uint8_t *bytes, size_t size)
{
	struct message message;

	return parse(bytes, size, &message) == 1;
}

static long slp_complete(const uint8_t *bytes, size_t size)
{
	struct message message;
	int whole = parse(bytes, size, &message);

	return whole == 1 ? (long)message.size : whole;
}

static void slp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct message message;

	if (parse(bytes, size, &message) != 1)
		return;
	if (message.error)
		reading_add_text(reading, "slp.error",
			message.error < ARRAY_SIZE(errors) && errors[message.error]
				? errors[message.error]
				: "an error");
	reading_add(reading, "slp.services", cursor_rest(&message.types),
		cursor_left(&message.types));
	reading_match(reading, "slp.services", cursor_rest(&message.types),
		cursor_left(&message.types));
}

static size_t slp_overheard(uint8_t *bytes, size_t size)
{
	long complete = slp_complete(bytes, size);

	return complete > 0 ? (size_t)complete : 0;
}

/* Never zero, which is of messages that nobody asked for. */
static uint16_t id_of(uint64_t seed)
{
	return (uint16_t)seed ? (uint16_t)seed : 1;
}

static void put_text(struct packer *p, const char *text)
{
	packer_be16(p, (uint16_t)strlen(text));
	packer_bytes(p, text, strlen(text));
}

static size_t slp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	packer_u8(&p, VERSION);
	packer_u8(&p, REQUEST);
	packer_u8(&p, 0);
	packer_be16(&p, 0); /* size, below */
	packer_be16(&p, 0); /* to this host alone */
	packer_u8(&p, 0);
	packer_be16(&p, 0); /* no extension */
	packer_be16(&p, id_of(seed));
	put_text(&p, language);
	put_text(&p, ""); /* nobody has answered before */
	packer_be16(&p, ALL_AUTHORITIES);
	put_text(&p, scope);
	packer_patch_be16(&p, 3, (uint16_t)p.pos);
	return packer_ok(&p) ? p.pos : 0;
}

static bool slp_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct message message;

	return parse(reply, size, &message) == 1 && message.id == id_of(seed);
}

static const uint16_t slp_ports[] = {427, 0};

const struct protocol protocol_slp = {
	.name = "slp",
	.transport = TRANSPORT_UDP,
	.ports = slp_ports,
	.risk = PROTOCOL_STANDARD,
	.request = slp_request,
	.repeats = slp_repeats,
	.complete = slp_complete,
	.recognise = slp_recognise,
	.read = slp_read,
	.overheard = slp_overheard,
	.reference = "RFC 2608, 10.1",
};

const struct protocol protocol_slp_tcp = {
	.name = "slp",
	.transport = TRANSPORT_TCP,
	.ports = slp_ports,
	.risk = PROTOCOL_STANDARD,
	.request = slp_request,
	.complete = slp_complete,
	.recognise = slp_recognise,
	.read = slp_read,
	.overheard = slp_overheard,
	.reference = "RFC 2608, 10.1",
};
