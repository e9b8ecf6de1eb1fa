/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPMI over LAN: how the channel authenticates, which every management controller tells without
 * a session. No session is opened and no user is named. A presence pong is read where it is
 * overheard.
 *
 * References: IPMI 2.0 revision 1.1: 13.1.3 (RMCP), 13.6 (session header), 13.8
 * (message), 22.13 (Get Channel Authentication Capabilities); ASF 2.0, 3.2.4.3 (presence pong).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	RMCP_VERSION = 6,
	RMCP_NO_ACK = 0xff,
	CLASS_ASF = 6,
	CLASS_IPMI = 7,
	ASF_ENTERPRISE = 4542,
	ASF_PONG = 0x40,
	CONTROLLER = 0x20,
	CONSOLE = 0x81,
	APPLICATION = 0x06 << 2,
	APPLICATION_ANSWER = 0x07 << 2,
	GET_AUTHENTICATION = 0x38,
	THIS_CHANNEL_EXTENDED = 0x8e,
	ADMINISTRATOR = 4,
	SEQUENCE_MASK = 0x3f,
};

/* What stands behind the header of a class; failed if it is another. */
static struct cursor open_class(const uint8_t *bytes, size_t size, uint8_t class)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t version = cursor_u8(&c);

	cursor_skip(&c, 2); /* reserved, sequence */
	if (version != RMCP_VERSION || cursor_u8(&c) != class)
		cursor_fail(&c);
	return c;
}

/* The data of the answer, from its completion code on; failed if it is none. */
static struct cursor open_answer(const uint8_t *bytes, size_t size, uint8_t *ret_sequence)
{
	struct cursor c = open_class(bytes, size, CLASS_IPMI), message;
	uint8_t authentication = cursor_u8(&c), to, function, from, command;

	cursor_skip(&c, 8); /* sequence, session */
	message = cursor_sub(&c, cursor_u8(&c));
	to = cursor_u8(&message);
	function = cursor_u8(&message);
	cursor_skip(&message, 1); /* checksum */
	from = cursor_u8(&message);
	*ret_sequence = cursor_u8(&message) >> 2;
	command = cursor_u8(&message);
	if (authentication != 0 || to != CONSOLE || (function & 0xfc) != APPLICATION_ANSWER ||
		from != CONTROLLER || command != GET_AUTHENTICATION ||
		cursor_left(&message) == 0)
		cursor_fail(&message);
	return message;
}

/* The data of a presence pong. */
static struct cursor open_pong(const uint8_t *bytes, size_t size)
{
	struct cursor c = open_class(bytes, size, CLASS_ASF), data;
	uint32_t enterprise = cursor_be32(&c);
	uint8_t type = cursor_u8(&c);

	cursor_skip(&c, 2); /* tag, reserved */
	data = cursor_sub(&c, cursor_u8(&c));
	if (enterprise != ASF_ENTERPRISE || type != ASF_PONG || cursor_left(&data) < 9)
		cursor_fail(&data);
	return data;
}

static bool ipmi_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor pong = open_pong(bytes, size);
	uint8_t sequence;
	struct cursor answer = open_answer(bytes, size, &sequence);

	return cursor_ok(&answer) || cursor_ok(&pong);
}

static long ipmi_complete(const uint8_t *bytes, size_t size)
{
	return ipmi_recognise(bytes, size) ? (long)size : -1;
}

/* The bits that are set, as words. */
static void add_bits(struct reading *reading, const char *attribute, uint8_t bits,
	const char *const names[8])
{
	_cleanup_(str_done) struct str words = STR_INIT(ATTRIBUTE_VALUE_MAX);

	for (int i = 0; i < 8; i++) {
		if (!(bits >> i & 1) || !names[i])
			continue;
		if (words.len > 0)
			str_addc(&words, ' ');
		str_adds(&words, names[i]);
	}
	reading_add(reading, attribute, words.data, words.len);
}

static void read_answer(struct cursor c, struct reading *reading)
{
	static const char *const methods[8] = {"none", "md2", "md5", NULL, "password", "oem"};
	static const char *const logins[8] = {"anonymous", "null-user", "named-user"};
	uint8_t types, status, extended;
	uint32_t oem;
	char text[16];

	if (cursor_u8(&c) != 0) {
		reading_add_text(reading, "ipmi.refusal", "yes");
		return;
	}
	cursor_skip(&c, 1); /* channel */
	types = cursor_u8(&c);
	status = cursor_u8(&c);
	extended = cursor_u8(&c);
	oem = cursor_u8(&c);
	oem |= (uint32_t)cursor_u8(&c) << 8;
	oem |= (uint32_t)cursor_u8(&c) << 16;
	if (!cursor_ok(&c))
		return;
	reading_add_text(reading, "ipmi.version", types & 0x80 && extended & 2 ? "2.0" : "1.5");
	add_bits(reading, "ipmi.authentication", types, methods);
	add_bits(reading, "ipmi.logins", status, logins);
	if (oem == 0)
		return;
	reading_add_number(reading, "ipmi.oem", oem);
	snprintf(text, sizeof(text), "%" PRIu32, oem);
	reading_match(reading, "ipmi.enterprise", text, strlen(text));
}

static void ipmi_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor pong = open_pong(bytes, size);
	uint8_t sequence;
	struct cursor answer = open_answer(bytes, size, &sequence);

	if (cursor_ok(&answer))
		read_answer(answer, reading);
	if (!cursor_ok(&pong))
		return;
	reading_add_number(reading, "ipmi.asf_enterprise", cursor_be32(&pong));
	cursor_skip(&pong, 4);
	reading_add_text(reading, "ipmi.supported", cursor_u8(&pong) & 0x80 ? "yes" : "no");
}

/* A checksum of a message: it and the bytes that it covers add up to zero (13.8). */
static uint8_t checksum(const uint8_t *bytes, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
	return (uint8_t)-sum;
}

static size_t ipmi_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	const uint8_t head[] = {
		RMCP_VERSION, 0, RMCP_NO_ACK, CLASS_IPMI, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
	const uint8_t route[] = {CONTROLLER, APPLICATION};
	const uint8_t body[] = {CONSOLE, (uint8_t)((seed & SEQUENCE_MASK) << 2),
		GET_AUTHENTICATION, THIS_CHANNEL_EXTENDED, ADMINISTRATOR};
	struct packer p = packer_of(out, max);

	(void)host;
	packer_bytes(&p, head, sizeof(head));
	packer_bytes(&p, route, sizeof(route));
	packer_u8(&p, checksum(route, sizeof(route)));
	packer_bytes(&p, body, sizeof(body));
	packer_u8(&p, checksum(body, sizeof(body)));
	return packer_ok(&p) ? p.pos : 0;
}

/* The sequence number of the request (13.8); six bits are all that a message outside a session
 * has. */
static bool ipmi_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	uint8_t sequence;
	struct cursor answer = open_answer(reply, size, &sequence);

	return cursor_ok(&answer) && sequence == (seed & SEQUENCE_MASK);
}

static const uint16_t ipmi_ports[] = {623, 0};

const struct protocol protocol_ipmi = {
	.name = "ipmi",
	.transport = TRANSPORT_UDP,
	.ports = ipmi_ports,
	.risk = PROTOCOL_SAFE,
	.request = ipmi_request,
	.repeats = ipmi_repeats,
	.complete = ipmi_complete,
	.recognise = ipmi_recognise,
	.read = ipmi_read,
	.reference = "IPMI 2.0, 22.13",
};
