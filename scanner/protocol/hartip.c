/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HART-IP over TCP: a session is opened, the device is asked who it is (command 0), and the
 * session is closed. Neither its values nor the devices behind it are asked for.
 *
 * References: HCF_SPEC-085 (HART-IP messages), HCF_SPEC-127 (command 0), HCF_SPEC-081 (frames),
 * as IEC 61784-1 and public captures show them.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum {
	HEAD = 8,
	RESPONSE = 1,
	INITIATE = 0,
	PASS = 3, /* a frame of HART itself */
	SESSION_SIZE = 13,
	MESSAGE_MAX = 1024,
	ACKNOWLEDGE = 6,
	LONG_ADDRESS = 0x80,
	IDENTITY = 254, /* the first byte of what command 0 answers */
};

static const uint8_t initiate[] = {1, 0, INITIATE, 0, 0, 1, 0, 13, 1, 0, 0, 0x4e, 0x20};
static const uint8_t identify[] = {1, 0, PASS, 0, 0, 2, 0, 13, 2, 0x80, 0, 0, 0x82};
static const uint8_t close_session[] = {1, 0, 1, 0, 0, 3, 0, 8};

/* Numbers that the FieldComm Group gives to manufacturers, as far as they are certain here. */
static const struct {
	uint16_t id;
	const char *name;
} manufacturers[] = {{17, "Endress+Hauser"}, {19, "Fisher Controls"}, {22, "Foxboro"},
	{23, "Honeywell"}, {31, "Micro Motion"}, {38, "Rosemount"}, {42, "Siemens"},
	{55, "Yokogawa"}};

struct message {
	uint8_t id, status;
	struct cursor body;
};

/* The next message of a server: 1; 0: it is not whole; -1: it is none. */
static int next_message(struct cursor *c, struct message *ret)
{
	struct cursor rest = *c;
	uint8_t version = cursor_u8(&rest), type = cursor_u8(&rest);
	uint16_t length;

	if ((cursor_left(c) > 0 && *cursor_rest(c) != 1) ||
		(cursor_ok(&rest) && (version != 1 || type != RESPONSE)))
		return -1;
	ret->id = cursor_u8(&rest);
	ret->status = cursor_u8(&rest);
	cursor_skip(&rest, 2);
	length = cursor_be16(&rest);
	if (!cursor_ok(&rest))
		return 0;
	if (ret->id > 5 || length < HEAD || length > MESSAGE_MAX ||
		(ret->id == INITIATE && length != SESSION_SIZE))
		return -1;
	if (cursor_left(&rest) < length - (unsigned int)HEAD)
		return 0;
	ret->body = cursor_sub(&rest, length - (unsigned int)HEAD);
	*c = rest;
	return 1;
}

static bool hartip_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;

	return size >= HEAD && next_message(&c, &message) == 1;
}

static long hartip_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;
	int whole = next_message(&c, &message);

	return whole == 1 ? (long)(cursor_rest(&c) - bytes) : whole;
}

/* What a device answers to command 0: behind its two bytes of status; failed if it is something
 * else. */
static struct cursor identity_of(struct cursor frame)
{
	struct cursor data;
	uint8_t sum = 0, delimiter, command, n;

	for (size_t i = 0; i < cursor_left(&frame); i++)
		sum ^= cursor_rest(&frame)[i];
	delimiter = cursor_u8(&frame);
	cursor_skip(&frame, delimiter & LONG_ADDRESS ? 5 : 1);
	cursor_skip(&frame, delimiter >> 5 & 3);
	command = cursor_u8(&frame);
	n = cursor_u8(&frame);
	data = cursor_sub(&frame, n);
	cursor_skip(&data, 2);
	if (sum || (delimiter & 7) != ACKNOWLEDGE || command != 0 ||
		cursor_u8(&data) != IDENTITY)
		cursor_fail(&data);
	return data;
}

static void read_manufacturer(uint16_t id, struct reading *reading)
{
	reading_add_number(reading, "hart.manufacturer_id", id);
	for (size_t i = 0; i < ARRAY_SIZE(manufacturers); i++)
		if (manufacturers[i].id == id)
			reading_add_text(reading, "hw.vendor", manufacturers[i].name);
}

/* Universal revision 7 names maker and type with 16 bits each, the older ones with 8 (command
 * 0, bytes 1, 2, 17). */
static void read_identity(struct cursor c, struct reading *reading)
{
	uint8_t first = cursor_u8(&c), second = cursor_u8(&c), universal, device, software,
		hardware;
	const uint8_t *id;
	char text[8];

	cursor_skip(&c, 1); /* preambles */
	universal = cursor_u8(&c);
	device = cursor_u8(&c);
	software = cursor_u8(&c);
	hardware = cursor_u8(&c);
	cursor_skip(&c, 1); /* flags */
	id = cursor_bytes(&c, 3);
	if (!id)
		return;
	snprintf(text, sizeof(text), "%02x%02x%02x", id[0], id[1], id[2]);
	reading_add_text(reading, "hart.device_id", text);
	reading_add_number(reading, "hart.universal_revision", universal);
	reading_add_number(reading, "hart.device_revision", device);
	reading_add_number(reading, "hart.software_revision", software);
	reading_add_number(reading, "hart.hardware_revision", hardware >> 3);
	if (universal < 7) {
		reading_add_number(reading, "hart.device_type", second);
		read_manufacturer(first, reading);
		return;
	}
	reading_add_number(reading, "hart.device_type", (uint64_t)first << 8 | second);
	cursor_skip(&c, 5); /* preambles, variables, changes, status */
	first = cursor_u8(&c);
	second = cursor_u8(&c);
	if (cursor_ok(&c))
		read_manufacturer((uint16_t)(first << 8 | second), reading);
}

static void hartip_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;

	while (next_message(&c, &message) == 1) {
		if (message.id == INITIATE)
			reading_add_number(reading, "hart.session_status", message.status);
		if (message.id == PASS) {
			struct cursor identity = identity_of(message.body);

			if (cursor_ok(&identity))
				read_identity(identity, reading);
		}
	}
}

static size_t hartip_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, initiate, sizeof(initiate));
}

static long hartip_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(heard, size);
	struct message message;
	unsigned int n = 0;
	int whole;

	(void)seed;
	while (n < said && (whole = next_message(&c, &message)) == 1)
		n++;
	if (n < said)
		return whole;
	if (said == 0 || said > 2 || max < sizeof(identify))
		return -1;
	if (said == 1 && message.id == INITIATE) {
		memcpy(out, identify, sizeof(identify));
		return sizeof(identify);
	}
	memcpy(out, close_session, sizeof(close_session));
	return sizeof(close_session);
}

static const uint16_t hartip_ports[] = {5094, 0};

const struct protocol protocol_hartip = {
	.name = "hartip",
	.transport = TRANSPORT_TCP,
	.ports = hartip_ports,
	.risk = PROTOCOL_STANDARD, /* it opens a session, of which a device has few */
	.request = hartip_request,
	.complete = hartip_complete,
	.recognise = hartip_recognise,
	.read = hartip_read,
	.next = hartip_next,
	.reference = "HCF_SPEC-085",
};
