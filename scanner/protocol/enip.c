/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EtherNet/IP: ListIdentity, which needs no session and is the same over UDP and TCP. No session
 * is registered and no CIP service is called.
 *
 * Reference: ODVA, The CIP Networks Library, volume 2, 2-4.2 (ListIdentity).
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
};

static long enip_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t command = cursor_le16(&c), length = cursor_le16(&c);

	if (size >= 2 && command != LIST_IDENTITY)
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

/* A reply of the encapsulation protocol whose size is its own: an identity, or what is overheard
 * of sessions that others hold. */
static bool enip_recognise(const uint8_t *bytes, size_t size)
{
	static const uint8_t overheard[] = {0x04, 0x64, 0x65, 0x6f, 0x70};
	struct cursor item = identity(bytes, size), c = cursor_of(bytes, size);
	uint16_t command = cursor_le16(&c), length = cursor_le16(&c);
	uint32_t status, options;

	if (cursor_ok(&item) && cursor_left(&item) >= 33)
		return true;
	cursor_skip(&c, 4);
	status = cursor_le32(&c);
	cursor_skip(&c, 8);
	options = cursor_le32(&c);
	return cursor_ok(&c) && command <= 0x70 && memchr(overheard, command, sizeof(overheard)) &&
		options == 0 && status == 0 && length >= 4 && size >= HEADER + (size_t)length;
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
	if (!cursor_ok(&item))
		return;
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
	canonical_match(reading, "enip.identity", (const char *const[]){"enip.vendor_id",
		"enip.device_type", "enip.product_code", "enip.revision", "enip.product", NULL});
	if (!cursor_ok(&item) || serial == 0)
		return;
	snprintf(text, sizeof(text), "%08" PRIx32, serial);
	reading_add_text(reading, "hw.serial_number", text);
	snprintf(text, sizeof(text), "cip:%u:%08" PRIx32, vendor, serial);
	reading_key(reading, "serial", text, strlen(text));
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
	return command == LIST_IDENTITY && (length || status) && high == (uint16_t)(seed >> 32) &&
		cursor_be32(&c) == (uint32_t)seed && size >= HEADER;
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
	.reference = "CIP Networks Library, volume 2, 2-4.2",
};
