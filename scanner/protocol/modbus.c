/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modbus/TCP: Read Device Identification (function 43/14, basic objects) of unit 1; unit 255
 * once, if a gateway says that there is no unit 1. Unit numbers are never walked through and no
 * register is read or written.
 *
 * Reference: MODBUS Application Protocol V1.1b3, 6.21 and 7; MODBUS Messaging on TCP/IP V1.0b.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/protocol/canonical.h"

#include <string.h>

enum {
	FUNCTION = 0x2b,
	DEVICE_IDENTIFICATION = 0x0e,
	BASIC = 1,
	EXCEPTION = 0x80,
	GATEWAY_PATH = 0x0a,
	GATEWAY_TARGET = 0x0b,
	LENGTH_MAX = 254,
};

/* Objects by their number: as which attribute they are told. */
static const char *const objects[] = {"modbus.vendor", "modbus.product_code", "modbus.revision",
	"modbus.vendor_url", "modbus.product_name", "modbus.model", "modbus.application"};

/* The next frame: MBAP header, function, data. Failed if there is none. */
static struct cursor frame_next(struct cursor *c, uint8_t *ret_unit, uint8_t *ret_function)
{
	uint16_t protocol, length;
	struct cursor body;

	cursor_skip(c, 2); /* transaction */
	protocol = cursor_be16(c);
	length = cursor_be16(c);
	if (protocol != 0 || length < 3 || length > LENGTH_MAX)
		cursor_fail(c);
	body = cursor_sub(c, length);
	*ret_unit = cursor_u8(&body);
	*ret_function = cursor_u8(&body);
	return body;
}

static long modbus_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t unit, function;
	struct cursor body = frame_next(&c, &unit, &function);

	if (cursor_ok(&body))
		return (long)c.pos;
	return size >= 6 && (bytes[2] || bytes[3] || bytes[4]) ? -1 : 0;
}

/* Replies to functions that read bits or registers count their bytes; those to functions that
 * write repeat four bytes. Overheard only: none of them is ever asked for. */
static bool is_data(uint8_t function, const struct cursor *body)
{
	size_t left = cursor_left(body);

	if (function >= 1 && function <= 4)
		return left >= 2 && cursor_rest(body)[0] == left - 1;
	return (function == 5 || function == 6 || function == 15 || function == 16) &&
	       left == 4;
}

static bool modbus_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t unit, function;
	struct cursor body = frame_next(&c, &unit, &function);
	const uint8_t *rest = cursor_rest(&body);

	if (!cursor_ok(&body) || cursor_left(&body) == 0)
		return false;
	if (function == FUNCTION)
		return rest[0] == DEVICE_IDENTIFICATION;
	/* An exception is two bytes: the function with its high bit set, and a code. */
	if (function & EXCEPTION)
		return cursor_left(&body) == 1 && rest[0] >= 1 && rest[0] <= GATEWAY_TARGET &&
			((function & 0x7f) <= 24 || function == (FUNCTION | EXCEPTION)) &&
			function != EXCEPTION;
	return is_data(function, &body);
}

static void read_objects(struct cursor body, struct reading *reading)
{
	uint8_t n;

	cursor_skip(&body, 1); /* MEI type */
	cursor_skip(&body, 1); /* what was asked for */
	reading_add_number(reading, "modbus.conformity", cursor_u8(&body));
	cursor_skip(&body, 2); /* more follows, next object */
	n = cursor_u8(&body);
	for (uint8_t i = 0; i < n; i++) {
		uint8_t id = cursor_u8(&body), size = cursor_u8(&body);
		const uint8_t *text = cursor_bytes(&body, size);

		if (text && id < ARRAY_SIZE(objects))
			reading_add(reading, objects[id], text, size);
	}
}

static void modbus_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);

	while (cursor_left(&c) > 0) {
		uint8_t unit, function;
		struct cursor body = frame_next(&c, &unit, &function);

		if (!cursor_ok(&body))
			break;
		reading_add_number(reading, "modbus.unit", unit);
		if (function == FUNCTION)
			read_objects(body, reading);
		else if (function == (FUNCTION | EXCEPTION))
			reading_add_number(reading, "modbus.exception", cursor_u8(&body));
	}
	canonical_match(reading, "modbus.device_id",
		(const char *const[]){"modbus.vendor", "modbus.product_code", "modbus.revision",
			"modbus.product_name", "modbus.model", NULL});
}

static long build(uint16_t transaction, uint8_t unit, uint8_t *out, size_t max)
{
	struct packer p = packer_of(out, max);

	packer_be16(&p, transaction);
	packer_be16(&p, 0);
	packer_be16(&p, 5);
	packer_u8(&p, unit);
	packer_u8(&p, FUNCTION);
	packer_u8(&p, DEVICE_IDENTIFICATION);
	packer_u8(&p, BASIC);
	packer_u8(&p, 0);
	return packer_ok(&p) ? (long)p.pos : 0;
}

static size_t modbus_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return (size_t)build(1, 1, out, max);
}

static long modbus_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(heard, size), body = {0};
	uint8_t unit, function, code;

	(void)seed;
	for (unsigned int i = 0; i < said; i++) {
		body = frame_next(&c, &unit, &function);
		if (!cursor_ok(&body))
			return modbus_complete(heard, size) < 0 ? -1 : 0;
	}
	if (said != 1)
		return -1;
	code = cursor_u8(&body);
	if (function != (FUNCTION | EXCEPTION) ||
		(code != GATEWAY_PATH && code != GATEWAY_TARGET))
		return -1;
	return build(2, 255, out, max);
}

static const uint16_t modbus_ports[] = {502, 0};

const struct protocol protocol_modbus = {
	.name = "modbus",
	.transport = TRANSPORT_TCP,
	.ports = modbus_ports,
	.risk = PROTOCOL_SAFE,
	.request = modbus_request,
	.complete = modbus_complete,
	.recognise = modbus_recognise,
	.read = modbus_read,
	.next = modbus_next,
	.reference = "MODBUS Application Protocol V1.1b3, 6.21",
};
