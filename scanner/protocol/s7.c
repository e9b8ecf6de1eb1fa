/* SPDX-License-Identifier: Apache-2.0 */
/*
 * S7 communication: COTP connection, set-up, and two read-only system status lists (0x0011
 * module identification, 0x001c component identification), then a COTP disconnect. Several
 * round trips over one connection; nothing is written, started or stopped. Where nobody answers
 * in the usual slot, ordinary clients ask once more, over a second connection, without naming a
 * slot.
 *
 * References: RFC 1006 and ISO 8073 (see cotp.h), SIMATIC system status lists.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/protocol/canonical.h"
#include "scanner/protocol/cotp.h"

#include <stdio.h>
#include <string.h>

enum {
	S7_PROTOCOL = 0x32,
	S7_USER_DATA = 7,
	SZL_MODULE = 0x0011,
	SZL_COMPONENT = 0x001c,
	RECORDS_MAX = 32,
	ORDER_SIZE = 20,
};

/* To the programming port of rack 0, slot 2: the usual place of a CPU. */
static const uint8_t connect_request[] = {
	3, 0, 0, 0x16, 0x11, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 0x0a, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2};
/* As an operator's station, and to no certain slot. */
static const uint8_t connect_elsewhere[] = {
	3, 0, 0, 0x16, 0x11, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 0x0a, 0xc1, 2, 1, 0, 0xc2, 2, 2, 0};
static const uint8_t setup[] = {3, 0, 0, 0x19, 2, 0xf0, 0x80, 0x32, 1, 0, 0, 0, 0, 0, 8, 0, 0,
	0xf0, 0, 0, 1, 0, 1, 1, 0xe0};
static const uint8_t szl_module[] = {3, 0, 0, 0x21, 2, 0xf0, 0x80, 0x32, 7, 0, 0, 0, 0, 0, 8, 0,
	8, 0, 1, 0x12, 4, 0x11, 0x44, 1, 0, 0xff, 9, 0, 4, 0, 0x11, 0, 1};
static const uint8_t szl_component[] = {3, 0, 0, 0x21, 2, 0xf0, 0x80, 0x32, 7, 0, 0, 0, 0, 0, 8,
	0, 8, 0, 1, 0x12, 4, 0x11, 0x44, 1, 0, 0xff, 9, 0, 4, 0, 0x1c, 0, 1};

/* Records of the component list by their number. */
static const struct {
	uint16_t number;
	const char *attribute;
} components[] = {{1, "s7.station"}, {2, "s7.module"}, {3, "s7.plant"}, {5, "s7.serial"},
	{7, "s7.cpu"}, {8, "s7.memory_card"}};

/* ---- readers ----------------------------------------------------------------------------- */

/* S7 in the first data packet. A confirm alone is nobody's: MMS and remote desktop speak COTP
 * too. */
static bool s7_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor data = cotp_first_data(bytes, size);

	return cursor_u8(&data) == S7_PROTOCOL && cursor_ok(&data);
}

/* Record of 0x0011: number, order number, module type, version. */
static void read_module(struct cursor record, struct reading *reading)
{
	uint16_t number = cursor_be16(&record);
	const uint8_t *order = cursor_bytes(&record, ORDER_SIZE);
	uint8_t version[4];
	char text[32];

	cursor_skip(&record, 2);
	for (size_t i = 0; i < sizeof(version); i++)
		version[i] = cursor_u8(&record);
	if (!cursor_ok(&record))
		return;
	if (number == 1)
		reading_add(reading, "s7.order", order, ORDER_SIZE);
	snprintf(text, sizeof(text), "%u.%u.%u", version[1], version[2], version[3]);
	if (number == 7 && version[0] == 'V')
		reading_add_text(reading, "s7.firmware", text);
	snprintf(text, sizeof(text), "%u", version[1]);
	if (number == 6)
		reading_add_text(reading, "s7.hardware", text);
}

static void read_component(struct cursor record, struct reading *reading)
{
	uint16_t number = cursor_be16(&record);
	const uint8_t *text = cursor_rest(&record);
	size_t size = cursor_left(&record);
	const uint8_t *end = size ? memchr(text, '\0', size) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(components); i++)
		if (components[i].number == number)
			reading_add(reading, components[i].attribute, text,
				end ? (size_t)(end - text) : size);
}

/* The data of a user-data reply: return code, size, list, records. */
static void read_list(struct cursor data, struct reading *reading)
{
	uint8_t code = cursor_u8(&data);
	uint16_t list, size, n;

	cursor_skip(&data, 3); /* transport size, length */
	list = cursor_be16(&data);
	cursor_skip(&data, 2); /* index */
	size = cursor_be16(&data);
	n = cursor_be16(&data);
	if (code != 0xff || !cursor_ok(&data) || size < 2)
		return;
	for (uint16_t i = 0; i < n && i < RECORDS_MAX && cursor_left(&data) >= size; i++) {
		struct cursor record = cursor_sub(&data, size);

		if (list == SZL_MODULE)
			read_module(record, reading);
		else if (list == SZL_COMPONENT)
			read_component(record, reading);
	}
}

static void read_serial(struct reading *reading)
{
	const char *serial = reading_get(reading, "s7.serial");
	char text[128];

	if (!serial)
		return;
	snprintf(text, sizeof(text), "s7:%.100s", serial);
	reading_key(reading, "serial", text, strlen(text));
	reading_add_text(reading, "hw.serial_number", serial);
}

static void s7_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);

	while (cursor_left(&c) > 0) {
		struct cursor content = cotp_next(&c);
		uint16_t parameters;
		uint8_t protocol, kind;

		cursor_skip(&content, 3); /* COTP data */
		protocol = cursor_u8(&content);
		kind = cursor_u8(&content);
		cursor_skip(&content, 4); /* reserved, reference */
		parameters = cursor_be16(&content);
		cursor_skip(&content, 2); /* size of the data */
		if (protocol != S7_PROTOCOL || kind != S7_USER_DATA || !cursor_ok(&content))
			continue;
		cursor_skip(&content, parameters);
		read_list(content, reading);
	}
	canonical_match(reading, "s7.szl", (const char *const[]){"s7.order", "s7.module",
		"s7.firmware", "s7.cpu", NULL});
	read_serial(reading);
}

/* ---- builder ----------------------------------------------------------------------------- */

static size_t s7_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, connect_request, sizeof(connect_request));
}

static size_t elsewhere_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, connect_elsewhere, sizeof(connect_elsewhere));
}

static long s7_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(heard, size), content;

	(void)seed;
	if (said > 4)
		return -1;
	content = cotp_next(&c);
	for (unsigned int i = 1; i < said && cursor_ok(&content); i++)
		content = cotp_next(&c);
	if (!cursor_ok(&content))
		return cotp_complete(heard, size) < 0 ? -1 : 0;
	switch (said) {
	case 1:
		if (cursor_left(&content) < 7 || cotp_code(&content) != COTP_CONFIRM)
			return -1;
		return (long)packer_copy(out, max, setup, sizeof(setup));
	case 2:
		return (long)packer_copy(out, max, szl_module, sizeof(szl_module));
	case 3:
		return (long)packer_copy(out, max, szl_component, sizeof(szl_component));
	case 4:
		return cotp_disconnect(heard, size, out, max);
	default:
		return -1;
	}
}

static const uint16_t s7_ports[] = {COTP_PORT, 0};

const struct protocol protocol_s7 = {
	.name = "s7",
	.transport = TRANSPORT_TCP,
	.ports = s7_ports,
	.risk = PROTOCOL_SAFE,
	.request = s7_request,
	.complete = cotp_complete,
	.recognise = s7_recognise,
	.read = s7_read,
	.next = s7_next,
	.shares = true,
	.reference = "RFC 1006, S7 communication",
};

const struct protocol protocol_s7_elsewhere = {
	.name = "s7",
	.transport = TRANSPORT_TCP,
	.ports = s7_ports,
	.risk = PROTOCOL_STANDARD,
	.request = elsewhere_request,
	.complete = cotp_complete,
	.recognise = s7_recognise,
	.read = s7_read,
	.next = s7_next,
	.after = &protocol_s7,
	.shares = true,
	.reference = "RFC 1006, S7 communication",
};
