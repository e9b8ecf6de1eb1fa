/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EtherNet/IP: ListIdentity, which needs no session and is the same over UDP and TCP. No
 * session is registered and no CIP service is called.
 *
 * Of sessions that others hold the answers of an identity object are read too.
 *
 * Reference: ODVA, The CIP Networks Library, volume 2, 2-4.2 (ListIdentity), 2-4.7 and 2-6
 * (messages and their items); volume 1, 5-2 (Identity object).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/protocol/canonical.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	LIST_IDENTITY = 0x63,
	HEADER = 24,
	CONTEXT_AT = 12,
	CONTEXT = 8,
	SOONEST = 1, /* asks for the least delay */
	BODY_MAX = 1024,
	ITEM_IDENTITY = 0x0c,
	SOCKET_ADDRESS = 16,
	SEND_MESSAGE = 0x6f, /* without a connection; ... */
	SEND_UNIT_DATA = 0x70, /* ... with one */
	ITEM_CONNECTED = 0xb1,
	ITEM_UNCONNECTED = 0xb2,
	ITEMS_MAX = 4,
	ALL_ATTRIBUTES = 0x81, /* the answer to Get_Attributes_All */
	NAME_MOST = 32,        /* of a product (CIP volume 1, 5-2) */
	MORE_MOST = 8,         /* state, and what the later attributes have */
};

/* What is overheard of sessions that others hold: lists of services and interfaces, sessions,
 * messages. */
static const uint8_t others[] = {0x04, 0x64, 0x65, SEND_MESSAGE, SEND_UNIT_DATA};

static bool is_command(uint16_t command)
{
	return command == LIST_IDENTITY ||
	       (command <= 0xff && memchr(others, command, sizeof(others)));
}

static long enip_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t command = cursor_le16(&c), length = cursor_le16(&c);

	if (size >= 2 && !is_command(command))
		return -1;
	if (size >= 4 && length > BODY_MAX)
		return -1;
	return size >= HEADER + (size_t)length && size >= HEADER ? HEADER + (long)length : 0;
}

/* The identity item of a reply; failed if there is none. */
static struct cursor identity(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t command = cursor_le16(&c), length = cursor_le16(&c), items, type;
	uint32_t status;

	cursor_skip(&c, 4); /* session */
	status = cursor_le32(&c);
	cursor_skip(&c, 12); /* context, options */
	items = cursor_le16(&c);
	type = cursor_le16(&c);
	if (command != LIST_IDENTITY || length < 40 || status != 0 || items < 1 ||
		type != ITEM_IDENTITY)
		cursor_fail(&c);
	return cursor_sub(&c, cursor_le16(&c));
}

/* A reply of the encapsulation protocol whose size is its own: an identity, or what is
 * overheard of sessions that others hold. */
static bool enip_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor item = identity(bytes, size), c = cursor_of(bytes, size);
	uint16_t command = cursor_le16(&c), length = cursor_le16(&c);
	uint32_t status, options;

	if (cursor_ok(&item) && cursor_left(&item) >= 33)
		return true;
	cursor_skip(&c, 4);
	status = cursor_le32(&c);
	cursor_skip(&c, 8);
	options = cursor_le32(&c);
	return cursor_ok(&c) && is_command(command) && command != LIST_IDENTITY &&
	       options == 0 && status == 0 && length >= 4 && size >= HEADER + (size_t)length;
}

/* The answer of a CIP object in a message of the two kinds that carry one; failed if there is
 * none. */
static struct cursor answer_of(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), item = {.failed = true};
	uint16_t command = cursor_le16(&c), items;

	cursor_skip(&c, HEADER - 2 + 6); /* interface, timeout */
	items = cursor_le16(&c);
	for (uint16_t i = 0; i < items && i < ITEMS_MAX && cursor_ok(&c); i++) {
		uint16_t type = cursor_le16(&c);
		struct cursor content = cursor_sub(&c, cursor_le16(&c));

		if (type != (command == SEND_MESSAGE ? ITEM_UNCONNECTED : ITEM_CONNECTED))
			continue;
		item = content;
		if (command == SEND_UNIT_DATA)
			cursor_skip(&item, 2); /* sequence */
	}
	if (command != SEND_MESSAGE && command != SEND_UNIT_DATA)
		cursor_fail(&item);
	return item;
}

static bool is_text(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] < ' ' || bytes[i] > '~')
			return false;
	return size > 0;
}

/* All attributes of an object that has the form of Identity: which one was asked for, the
 * answer does not say. The module may be another one of the rack, so nothing is concluded of
 * the host. */
static void read_module(struct cursor answer, struct reading *reading)
{
	uint8_t service = cursor_u8(&answer), more, name_size, major, minor;
	uint16_t vendor, type, code;
	uint32_t serial;
	const uint8_t *name;
	char text[16];

	cursor_skip(&answer, 1);
	more = cursor_u8(&answer) | cursor_u8(&answer); /* status, and more of it */
	vendor = cursor_le16(&answer);
	type = cursor_le16(&answer);
	code = cursor_le16(&answer);
	major = cursor_u8(&answer);
	minor = cursor_u8(&answer);
	cursor_skip(&answer, 2); /* status */
	serial = cursor_le32(&answer);
	name_size = cursor_u8(&answer);
	name = cursor_bytes(&answer, name_size);
	if (!name || service != ALL_ATTRIBUTES || more || vendor == 0 || major == 0 ||
		serial == 0 || name_size > NAME_MOST || cursor_left(&answer) > MORE_MOST ||
		!is_text(name, name_size))
		return;
	reading_add_number(reading, "cip.vendor_id", vendor);
	reading_add_number(reading, "cip.device_type", type);
	reading_add_number(reading, "cip.product_code", code);
	snprintf(text, sizeof(text), "%u.%03u", major, minor);
	reading_add_text(reading, "cip.revision", text);
	snprintf(text, sizeof(text), "%08" PRIx32, serial);
	reading_add_text(reading, "cip.serial_number", text);
	reading_add(reading, "cip.product", name, name_size);
}

static void enip_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor item = identity(bytes, size);
	uint16_t vendor;
	uint8_t major, minor, name_size;
	const uint8_t *name;
	uint32_t serial;
	char text[64];

	cursor_skip(&item, 2 + SOCKET_ADDRESS); /* encapsulation version */
	vendor = cursor_le16(&item);
	if (!cursor_ok(&item)) {
		read_module(answer_of(bytes, size), reading);
		return;
	}
	reading_add_number(reading, "enip.vendor_id", vendor);
	reading_add_number(reading, "enip.device_type", cursor_le16(&item));
	reading_add_number(reading, "enip.product_code", cursor_le16(&item));
	major = cursor_u8(&item);
	minor = cursor_u8(&item);
	snprintf(text, sizeof(text), "%u.%03u", major, minor);
	reading_add_text(reading, "enip.revision", text);
	snprintf(text, sizeof(text), "0x%04x", cursor_le16(&item));
	reading_add_text(reading, "enip.status", text);
	serial = cursor_le32(&item);
	name_size = cursor_u8(&item);
	name = cursor_bytes(&item, name_size);
	if (name)
		reading_add(reading, "enip.product", name, name_size);
	canonical_match(reading, "enip.identity",
		(const char *const[]){"enip.vendor_id", "enip.device_type", "enip.product_code",
			"enip.revision", "enip.product", NULL});
	if (!cursor_ok(&item) || serial == 0)
		return;
	snprintf(text, sizeof(text), "%08" PRIx32, serial);
	reading_add_text(reading, "hw.serial_number", text);
	snprintf(text, sizeof(text), "cip:%u:%08" PRIx32, vendor, serial);
	reading_key(reading, "serial", text, strlen(text));
}

/* Of a message of others nothing but an identity: the rest is a process's values. */
static size_t enip_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), answer = answer_of(bytes, size);
	uint16_t command = cursor_le16(&c);
	size_t whole = HEADER + (size_t)cursor_le16(&c);
	bool message = command == SEND_MESSAGE || command == SEND_UNIT_DATA;

	if (size < HEADER)
		return 0;
	if (message && cursor_u8(&answer) != ALL_ATTRIBUTES)
		return HEADER;
	return whole < size ? whole : size;
}

static size_t enip_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	packer_le16(&p, LIST_IDENTITY);
	packer_zero(&p, CONTEXT_AT - 2);
	packer_le16(&p, SOONEST);
	packer_be16(&p, (uint16_t)(seed >> 32));
	packer_be32(&p, (uint32_t)seed);
	packer_zero(&p, HEADER - CONTEXT_AT - CONTEXT);
	return packer_ok(&p) ? p.pos : 0;
}

/* The sender's context comes back as it was (2-3), with an identity or with an error. */
static bool enip_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct cursor c = cursor_of(reply, size);
	uint16_t command = cursor_le16(&c), length = cursor_le16(&c), high;
	uint32_t status;

	cursor_skip(&c, 4); /* session */
	status = cursor_le32(&c);
	cursor_skip(&c, 2); /* the delay */
	high = cursor_be16(&c);
	return command == LIST_IDENTITY && (length || status) &&
	       high == (uint16_t)(seed >> 32) && cursor_be32(&c) == (uint32_t)seed &&
	       size >= HEADER;
}

static const uint16_t enip_ports[] = {44818, 0};

const struct protocol protocol_enip = {
	.name = "enip",
	.transport = TRANSPORT_TCP,
	.ports = enip_ports,
	.risk = PROTOCOL_SAFE,
	.request = enip_request,
	.complete = enip_complete,
	.recognise = enip_recognise,
	.read = enip_read,
	.overheard = enip_overheard,
	.reference = "CIP Networks Library, volume 2, 2-4.2",
};

const struct protocol protocol_enip_udp = {
	.name = "enip",
	.transport = TRANSPORT_UDP,
	.ports = enip_ports,
	.risk = PROTOCOL_SAFE,
	.request = enip_request,
	.repeats = enip_repeats,
	.complete = enip_complete,
	.recognise = enip_recognise,
	.read = enip_read,
	.overheard = enip_overheard,
	.reference = "CIP Networks Library, volume 2, 2-4.2",
};
