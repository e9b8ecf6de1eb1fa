/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoAP: the list of resources, read with one GET, which changes nothing on the server (5.8.1).
 * It goes to one address; the group is never asked. Of a list that is sent in blocks the first
 * one is read.
 *
 * References: RFC 7252 (3 format, 4.2 and 4.3 acknowledgement and reset, 5.3 matching, 5.10
 * options, 12.1 codes), RFC 6690 (2 link format, 4 well-known URI), RFC 7959 (block-wise).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum {
	VERSION = 1,
	CONFIRMABLE = 0,
	ACKNOWLEDGEMENT = 2,
	RESET = 3,
	TOKEN_MAX = 8,
	GET = 0x01,
	OPTION_URI_PATH = 11,
	OPTION_FORMAT = 12,
	OPTION_BLOCK2 = 23,
	FORMAT_LINKS = 40,
	FORMAT_SIZE = 2, /* at most */
	BLOCK2_SIZE = 3,
	OPTIONS_MAX = 32,
	PAYLOAD = 0xff,
};

struct message {
	uint8_t type, code;
	uint16_t id;
	const uint8_t *token;
	uint8_t token_size;
	uint32_t format, block;
	bool has_format, has_block;
	struct cursor payload;
};

/* A delta or length of an option: 13 and 14 are followed by more, 15 is reserved (3.1). */
static uint32_t extended(struct cursor *c, uint8_t nibble)
{
	if (nibble == 13)
		return 13u + cursor_u8(c);
	if (nibble == 14)
		return 269u + cursor_be16(c);
	if (nibble == 15)
		cursor_fail(c);
	return nibble;
}

/* A number of at most `max` bytes; an option with more is passed over (5.4.3). */
static void read_number(struct cursor c, size_t max, bool *ret_has, uint32_t *ret)
{
	if (cursor_left(&c) > max)
		return;
	*ret_has = true;
	*ret = (uint32_t)cursor_be(&c, cursor_left(&c));
}

static void read_options(struct cursor *c, struct message *m)
{
	uint32_t option = 0;

	for (int i = 0; i < OPTIONS_MAX && cursor_left(c) > 0; i++) {
		uint8_t head = cursor_u8(c);
		struct cursor value;
		uint32_t length;

		if (head == PAYLOAD) {
			m->payload = *c;
			if (cursor_left(c) == 0) /* a marker is followed by something */
				cursor_fail(c);
			return;
		}
		option += extended(c, head >> 4);
		length = extended(c, head & 15);
		value = cursor_sub(c, length);
		if (option == OPTION_FORMAT)
			read_number(value, FORMAT_SIZE, &m->has_format, &m->format);
		else if (option == OPTION_BLOCK2)
			read_number(value, BLOCK2_SIZE, &m->has_block, &m->block);
	}
	if (cursor_left(c) > 0)
		cursor_fail(c);
}

static bool parse(const uint8_t *bytes, size_t size, struct message *ret_message)
{
	struct cursor c = cursor_of(bytes, size);
	struct message *m = ret_message;
	uint8_t head = cursor_u8(&c);

	*m = (struct message){.type = head >> 4 & 3, .token_size = head & 15};
	m->code = cursor_u8(&c);
	m->id = cursor_be16(&c);
	if (head >> 6 != VERSION || m->token_size > TOKEN_MAX)
		return false;
	m->token = cursor_bytes(&c, m->token_size);
	m->payload = cursor_of(bytes, 0);
	if (m->code == 0) /* an empty message ends here (4.1) */
		return cursor_ok(&c) && m->token_size == 0 && cursor_left(&c) == 0;
	read_options(&c, m);
	return cursor_ok(&c);
}

/* The codes of responses (12.1.2, RFC 7959, RFC 8132, RFC 8768, RFC 8516). */
static bool is_response(const struct message *m)
{
	uint8_t class = m->code >> 5, detail = m->code & 31;

	if (m->code == 0)
		return m->type == ACKNOWLEDGEMENT || m->type == RESET;
	if (m->type == RESET)
		return false;
	return (class == 2 && ((detail >= 1 && detail <= 5) || detail == 31)) ||
		(class == 4 && (detail <= 9 || detail == 12 || detail == 13 || detail == 15 ||
			detail == 22 || detail == 29)) ||
		(class == 5 && (detail <= 5 || detail == 8));
}

static bool coap_recognise(const uint8_t *bytes, size_t size)
{
	struct message message;

	return parse(bytes, size, &message) && is_response(&message);
}

static long coap_complete(const uint8_t *bytes, size_t size)
{
	return coap_recognise(bytes, size) ? (long)size : -1;
}

static bool has_links(const struct message *m)
{
	return m->has_format && m->format == FORMAT_LINKS;
}

/* What a thing measured is its owner's; a list of resources is kept. */
static size_t coap_overheard(uint8_t *bytes, size_t size)
{
	struct message m;
	size_t left;

	if (!parse(bytes, size, &m))
		return 0;
	left = cursor_left(&m.payload);
	return left == 0 || has_links(&m) ? size : size - left - 1; /* with its marker */
}

static void coap_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct message m;
	char code[8];

	if (!parse(bytes, size, &m) || !is_response(&m))
		return;
	if (m.code == 0) {
		reading_add_text(reading, "coap.answer", m.type == RESET ? "reset" : "empty");
		return;
	}
	snprintf(code, sizeof(code), "%u.%02u", m.code >> 5, m.code & 31);
	reading_add_text(reading, "coap.code", code);
	if (m.has_format)
		reading_add_number(reading, "coap.format", m.format);
	if (m.has_block && m.block & 8) /* RFC 7959, 2.2: more follows */
		reading_add_text(reading, "coap.more", "yes");
	if (!has_links(&m))
		return;
	reading_add(
		reading, "coap.resources", cursor_rest(&m.payload), cursor_left(&m.payload));
	reading_match(reading, "coap.resources", cursor_rest(&m.payload),
		cursor_left(&m.payload));
}

static size_t coap_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	packer_u8(&p, VERSION << 6 | CONFIRMABLE << 4 | TOKEN_MAX);
	packer_u8(&p, GET);
	packer_be16(&p, (uint16_t)seed);
	packer_be64(&p, seed);
	packer_u8(&p, OPTION_URI_PATH << 4 | 11);
	packer_bytes(&p, ".well-known", 11);
	packer_u8(&p, 4);
	packer_bytes(&p, "core", 4);
	return packer_ok(&p) ? p.pos : 0;
}

/* A response has the token of its request (5.3.1); an empty message, which has none, the id of
 * the message (4.2). */
static bool coap_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct message m;
	struct cursor token;

	if (!parse(reply, size, &m) || !is_response(&m))
		return false;
	if (m.code == 0)
		return m.id == (uint16_t)seed;
	token = cursor_of(m.token, m.token_size);
	return m.token_size == TOKEN_MAX && cursor_be64(&token) == seed;
}

static const uint16_t coap_ports[] = {5683, 0};

const struct protocol protocol_coap = {
	.name = "coap",
	.transport = TRANSPORT_UDP,
	.ports = coap_ports,
	.risk = PROTOCOL_SAFE,
	.request = coap_request,
	.repeats = coap_repeats,
	.complete = coap_complete,
	.recognise = coap_recognise,
	.read = coap_read,
	.overheard = coap_overheard,
	.reference = "RFC 7252, RFC 6690",
	.vague = true,
};
