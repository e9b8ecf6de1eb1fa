/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KNXnet/IP: the self-description of one server. No channel is opened to the bus behind it. The
 * answer goes to where the question came from (route back), and repeats nothing of it.
 *
 * Reference: ISO/IEC 14543-3 and KNX System Specifications 3.8.2 (core): 7.5.4 (device
 * information and services), 7.7 (description), 7.6 (search), 8.6.2 (route back).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"
#include "scanner/protocol/canonical.h"

#include <stdio.h>
#include <string.h>

enum {
	HEADER = 6,
	SEARCH_RESPONSE = 0x0202,
	DESCRIPTION_RESPONSE = 0x0204,
	ENDPOINT = 8,
	DEVICE_INFORMATION = 1,
	DEVICE_SIZE = 54,
	SERVICES = 2,
	NAME_SIZE = 30,
	SERIAL_SIZE = 6,
	BLOCKS_MAX = 16,
};

/* Header; an endpoint of UDP without address: the answer comes back to the sender. */
static const uint8_t description[] = {
	HEADER, 0x10, 0x02, 0x03, 0, 0x0e, ENDPOINT, 1, 0, 0, 0, 0, 0, 0};

static const struct {
	uint8_t code;
	const char *name;
} media[] = {{0x01, "TP0"}, {0x02, "TP1"}, {0x04, "PL110"}, {0x10, "RF"}, {0x20, "IP"}},
	  families[] = {{2, "core"}, {3, "management"}, {4, "tunnelling"}, {5, "routing"},
		  {6, "logging"}, {7, "configuration"}, {8, "objects"}, {9, "security"}};

/* The blocks of a description, the device's first; failed if it is none. */
static struct cursor open_blocks(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t start = cursor_be16(&c), service = cursor_be16(&c), total = cursor_be16(&c);

	if (start != (HEADER << 8 | 0x10) || total != size)
		cursor_fail(&c);
	if (service == SEARCH_RESPONSE)
		cursor_skip(&c, ENDPOINT);
	else if (service != DESCRIPTION_RESPONSE)
		cursor_fail(&c);
	if (cursor_left(&c) < DEVICE_SIZE || cursor_rest(&c)[0] != DEVICE_SIZE ||
		cursor_rest(&c)[1] != DEVICE_INFORMATION)
		cursor_fail(&c);
	return c;
}

static bool knxip_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = open_blocks(bytes, size);

	return cursor_ok(&c);
}

static long knxip_complete(const uint8_t *bytes, size_t size)
{
	return knxip_recognise(bytes, size) ? (long)size : -1;
}

/* Two bytes of maker and four of his own count; zero where there is none. */
static void read_serial(const uint8_t *serial, struct reading *reading)
{
	static const uint8_t none[SERIAL_SIZE];
	char text[32];

	if (memcmp(serial, none, sizeof(none)) == 0)
		return;
	snprintf(text, sizeof(text), "%02x%02x%02x%02x%02x%02x", serial[0], serial[1],
		serial[2], serial[3], serial[4], serial[5]);
	reading_add_text(reading, "knx.serial", text);
	reading_add_number(reading, "knx.manufacturer", (uint64_t)serial[0] << 8 | serial[1]);
	snprintf(text, sizeof(text), "knx:%02x%02x:%02x%02x%02x%02x", serial[0], serial[1],
		serial[2], serial[3], serial[4], serial[5]);
	reading_key(reading, "serial", text, strlen(text));
}

static void read_device(struct cursor c, struct reading *reading)
{
	uint8_t medium = cursor_u8(&c);
	const uint8_t *serial, *name;
	uint16_t address;
	struct mac mac;
	char text[32];

	cursor_skip(&c, 1); /* status */
	address = cursor_be16(&c);
	cursor_skip(&c, 2); /* project */
	serial = cursor_bytes(&c, SERIAL_SIZE);
	cursor_skip(&c, 4); /* group */
	for (size_t i = 0; i < sizeof(mac.bytes); i++)
		mac.bytes[i] = cursor_u8(&c);
	name = cursor_bytes(&c, NAME_SIZE);
	if (!cursor_ok(&c))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(media); i++)
		if (media[i].code == medium)
			reading_add_text(reading, "knx.medium", media[i].name);
	snprintf(text, sizeof(text), "%u.%u.%u", address >> 12, address >> 8 & 15,
		address & 255);
	reading_add_text(reading, "knx.address", text);
	read_serial(serial, reading);
	if (!mac_is_zero(&mac))
		reading_add_text(reading, "knx.mac", mac_format(&mac, text));
	reading_add(reading, "knx.name", name, strnlen((const char *)name, NAME_SIZE));
}

static void read_services(struct cursor c, struct reading *reading)
{
	_cleanup_(str_done) struct str words = STR_INIT(ATTRIBUTE_VALUE_MAX);

	while (cursor_left(&c) >= 2) {
		uint8_t family = cursor_u8(&c), version = cursor_u8(&c);

		for (size_t i = 0; i < ARRAY_SIZE(families); i++)
			if (families[i].code == family)
				str_addf(&words, "%s%s:%u", words.len > 0 ? " " : "",
					families[i].name, version);
	}
	reading_add(reading, "knx.services", words.data, words.len);
}

static void knxip_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = open_blocks(bytes, size);

	for (int i = 0; i < BLOCKS_MAX && cursor_left(&c) >= 2; i++) {
		uint8_t length = cursor_u8(&c), type = cursor_u8(&c);
		struct cursor block = cursor_sub(&c, length < 2 ? SIZE_MAX : length - 2u);

		if (!cursor_ok(&block))
			break;
		if (type == DEVICE_INFORMATION)
			read_device(block, reading);
		else if (type == SERVICES)
			read_services(block, reading);
	}
	canonical_match(reading, "knx.device", (const char *const[]){"knx.manufacturer",
		"knx.medium", "knx.name", NULL});
	reading_add_text(reading, "hw.serial_number", reading_get(reading, "knx.serial"));
}

static size_t knxip_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, description, sizeof(description));
}

static const uint16_t knxip_ports[] = {3671, 0};

const struct protocol protocol_knxip = {
	.name = "knxip",
	.transport = TRANSPORT_UDP,
	.ports = knxip_ports,
	.risk = PROTOCOL_SAFE,
	.request = knxip_request,
	.complete = knxip_complete,
	.recognise = knxip_recognise,
	.read = knxip_read,
	.reference = "KNX System Specifications 3.8.2, 7.7",
};
