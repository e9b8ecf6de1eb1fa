/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ordinary answers of control protocols: enough to name the server and its port where nobody
 * asks it who it is. One row per protocol, by port and by the form of its first bytes; nothing
 * is read from them. References: MODBUS Messaging on TCP/IP V1.0b, 3.1.3; CIP Networks Library,
 * volume 2, 2-3.1; IEC 60870-5-104, 5.1; IEEE 1815 clause 9; RFC 1006; ASHRAE 135 annex J; OPC
 * 10000-6, 7.1.2; IEEE C37.118.2, 6.2.
 */
#include "scanner/listen/listener.h"

#include "common/cursor.h"

#include <string.h>

static bool modbus(struct cursor *c)
{
	uint16_t protocol, length;
	uint8_t function;

	cursor_skip(c, 2); /* transaction */
	protocol = cursor_be16(c);
	length = cursor_be16(c);
	cursor_skip(c, 1); /* unit */
	function = cursor_u8(c);
	return cursor_ok(c) && protocol == 0 && length >= 3 && length <= 254 &&
	       cursor_left(c) + 2 >= length && (function & 0x7f) != 0;
}

static bool enip(struct cursor *c)
{
	static const uint16_t commands[] = {0x0004, 0x0063, 0x0064, 0x0065, 0x006f, 0x0070};
	uint16_t command = cursor_le16(c), length = cursor_le16(c);
	uint32_t status;

	cursor_skip(c, 4); /* session */
	status = cursor_le32(c);
	cursor_skip(c, 8); /* sender context */
	if (cursor_le32(c) != 0 || !cursor_ok(c) || status > 0xff || cursor_left(c) < length)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i] == command)
			return true;
	return false;
}

static bool iec104(struct cursor *c)
{
	uint8_t start = cursor_u8(c), length = cursor_u8(c), control = cursor_u8(c);

	if (!cursor_ok(c) || start != 0x68 || length < 4 || length > 253 ||
		cursor_left(c) + 1 < length)
		return false;
	return !(control & 1) || length == 4; /* S and U frames are only their control field */
}

static bool dnp3(struct cursor *c)
{
	uint16_t start = cursor_be16(c);
	uint8_t length = cursor_u8(c), control = cursor_u8(c);

	/* from an outstation: the direction bit is clear */
	return cursor_ok(c) && start == 0x0564 && length >= 5 && !(control & 0x80) &&
	       cursor_left(c) >= 6;
}

/* S7 inside ISO transport: a data TPDU, then the protocol's number. */
static bool s7(struct cursor *c)
{
	uint16_t version = cursor_be16(c), length = cursor_be16(c);
	uint32_t data = cursor_be24(c);

	return version == 0x0300 && length >= 17 && data == 0x02f080 && cursor_u8(c) == 0x32 &&
	       cursor_ok(c);
}

/* MMS: a data TPDU with a session layer data unit, or an accept of one (ISO 8327-1). */
static bool mms(struct cursor *c)
{
	uint16_t version = cursor_be16(c), length = cursor_be16(c);
	uint32_t data = cursor_be24(c);
	uint8_t session = cursor_u8(c);

	return version == 0x0300 && length >= 12 && data == 0x02f080 && cursor_ok(c) &&
	       (session == 0x01 || session == 0x0e);
}

static bool bacnet(struct cursor *c)
{
	uint8_t type = cursor_u8(c), function = cursor_u8(c);
	uint16_t length = cursor_be16(c);

	return cursor_ok(c) && type == 0x81 && function <= 0x0c && length == c->size;
}

static bool opcua(struct cursor *c)
{
	static const char *const types[] = {"ACKF", "ERRF", "OPNF", "MSGF", "MSGC"};
	const uint8_t *type = cursor_bytes(c, 4);
	uint32_t length = cursor_le32(c);

	for (size_t i = 0; i < ARRAY_SIZE(types) && cursor_ok(c); i++)
		if (memcmp(type, types[i], 4) == 0)
			return length >= 8;
	return false;
}

static bool fins(struct cursor *c)
{
	return cursor_be32(c) == 0x46494e53 && cursor_be32(c) >= 8 && cursor_ok(c); /* "FINS" */
}

static bool fins_udp(struct cursor *c)
{
	uint8_t control = cursor_u8(c);

	/* a response: bit 6; then a reserved byte and the gateway count */
	return (control & 0xc0) == 0xc0 && cursor_u8(c) == 0 && cursor_u8(c) <= 7 &&
	       cursor_left(c) >= 9;
}

static bool hart_ip(struct cursor *c)
{
	uint8_t version = cursor_u8(c), type = cursor_u8(c), id = cursor_u8(c);
	uint16_t length;

	cursor_skip(c, 3); /* status, sequence */
	length = cursor_be16(c);
	return cursor_ok(c) && version == 1 && (type == 1 || type == 2) && id <= 4 &&
	       length == c->size;
}

static bool synchrophasor(struct cursor *c)
{
	uint8_t sync = cursor_u8(c), type = cursor_u8(c);
	uint16_t length = cursor_be16(c);

	return cursor_ok(c) && sync == 0xaa && !(type & 0x8c) && (type & 0x0f) >= 1 &&
	       length >= 16;
}

const char *traffic_recognise(
	enum transport transport, uint16_t port, const uint8_t *bytes, size_t size)
{
	/* clang-format off */
	static const struct {
		const char *name;
		enum transport transport;
		uint16_t port;
		bool (*is)(struct cursor *c);
	} rows[] = {
		{"bacnet",        TRANSPORT_UDP, 47808, bacnet},
		{"dnp3",          TRANSPORT_TCP, 20000, dnp3},
		{"dnp3",          TRANSPORT_UDP, 20000, dnp3},
		{"enip",          TRANSPORT_TCP, 44818, enip},
		{"enip",          TRANSPORT_UDP, 44818, enip},
		{"fins",          TRANSPORT_TCP, 9600,  fins},
		{"fins",          TRANSPORT_UDP, 9600,  fins_udp},
		{"hart-ip",       TRANSPORT_TCP, 5094,  hart_ip},
		{"hart-ip",       TRANSPORT_UDP, 5094,  hart_ip},
		{"iec104",        TRANSPORT_TCP, 2404,  iec104},
		{"mms",           TRANSPORT_TCP, 102,   mms},
		{"modbus",        TRANSPORT_TCP, 502,   modbus},
		{"opcua",         TRANSPORT_TCP, 4840,  opcua},
		{"s7",            TRANSPORT_TCP, 102,   s7},
		{"synchrophasor", TRANSPORT_TCP, 4712,  synchrophasor},
		{"synchrophasor", TRANSPORT_UDP, 4713,  synchrophasor},
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(rows) && size; i++) {
		struct cursor c = cursor_of(bytes, size);

		if (rows[i].transport == transport && rows[i].port == port && rows[i].is(&c))
			return rows[i].name;
	}
	return NULL;
}
