/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MQTT: CONNECT without client identifier, user or password, then DISCONNECT. Nothing is ever
 * subscribed to or published. Version 5 is offered because its answer tells more; a broker of
 * version 3.1.1 refuses it and is recognised all the same.
 *
 * References: OASIS MQTT 5.0, 3.1 and 3.2; MQTT 3.1.1.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

enum { CONNACK = 0x20, ASSIGNED_CLIENT = 0x12, REPLY_MAX = 1024 };

static const uint8_t connect_packet[] = {
	0x10, 0x0d, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 0};
static const uint8_t disconnect_packet[] = {0xe0, 0};

/* Properties of CONNACK and the size of their values; 0: a string follows, 255: two. */
static const struct {
	uint8_t id, size;
} properties[] = {{0x11, 4}, {0x21, 2}, {0x24, 1}, {0x25, 1}, {0x27, 4}, {ASSIGNED_CLIENT, 0},
	{0x22, 2}, {0x1f, 0}, {0x26, 255}, {0x28, 1}, {0x29, 1}, {0x2a, 1}, {0x13, 2},
	{0x1a, 0}, {0x1c, 0}};

/* A variable byte integer (MQTT 5.0, 1.5.5). */
static size_t integer(struct cursor *c)
{
	size_t value = 0;

	for (int shift = 0; shift < 28; shift += 7) {
		uint8_t byte = cursor_u8(c);

		value |= (size_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	cursor_fail(c);
	return 0;
}

static struct cursor connack(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	size_t length;

	if (cursor_u8(&c) != CONNACK)
		cursor_fail(&c);
	length = integer(&c);
	if (length < 2 || length > REPLY_MAX)
		cursor_fail(&c);
	return cursor_sub(&c, length);
}

static bool mqtt_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = connack(bytes, size);

	return cursor_ok(&c) && cursor_u8(&c) <= 1;
}

static long mqtt_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = connack(bytes, size);

	if (size > 0 && bytes[0] != CONNACK)
		return -1;
	return cursor_ok(&c) ? (long)size : size > REPLY_MAX ? -1 : 0;
}

/* The messages behind it are not for us. */
static size_t mqtt_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c = connack(bytes, size);

	return cursor_ok(&c) ? (size_t)(cursor_rest(&c) - bytes) + cursor_left(&c) : 0;
}

static void read_properties(struct cursor c, struct reading *reading)
{
	while (cursor_left(&c) > 0) {
		uint8_t id = cursor_u8(&c);
		size_t i = 0, n;

		while (i < ARRAY_SIZE(properties) && properties[i].id != id)
			i++;
		if (i == ARRAY_SIZE(properties))
			return;
		n = properties[i].size;
		if (n > 0 && n < 255) {
			cursor_skip(&c, n);
			continue;
		}
		for (size_t k = 0; k <= n / 255; k++) {
			size_t size = cursor_be16(&c);
			const uint8_t *text = cursor_bytes(&c, size);

			if (!text || id != ASSIGNED_CLIENT)
				continue;
			reading_add(reading, "mqtt.client", text, size);
			reading_match(reading, "mqtt.assigned_client", text, size);
		}
	}
}

static void mqtt_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = connack(bytes, size);
	uint8_t code;

	cursor_skip(&c, 1);
	code = cursor_u8(&c);
	if (!cursor_ok(&c))
		return;
	reading_add_number(reading, "mqtt.return_code", code);
	reading_add_text(reading, "mqtt.anonymous", code == 0 ? "yes" : "no");
	if (cursor_left(&c) > 0)
		read_properties(cursor_sub(&c, integer(&c)), reading);
}

static size_t mqtt_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, connect_packet, sizeof(connect_packet));
}

static long mqtt_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct cursor c = connack(heard, size);

	(void)seed;
	if (!cursor_ok(&c))
		return mqtt_complete(heard, size);
	cursor_skip(&c, 1);
	if (said != 1 || cursor_u8(&c) != 0 || max < sizeof(disconnect_packet))
		return -1; /* refused: there is nothing to take leave of */
	memcpy(out, disconnect_packet, sizeof(disconnect_packet));
	return sizeof(disconnect_packet);
}

static const uint16_t mqtt_ports[] = {1883, 0};

const struct protocol protocol_mqtt = {
	.name = "mqtt",
	.transport = TRANSPORT_TCP,
	.ports = mqtt_ports,
	.risk = PROTOCOL_SAFE,
	.request = mqtt_request,
	.complete = mqtt_complete,
	.recognise = mqtt_recognise,
	.read = mqtt_read,
	.next = mqtt_next,
	.overheard = mqtt_overheard,
	.reference = "OASIS MQTT 5.0",
};
