/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SNMP: discovery of the engine by version 3, which every agent answers without a login: engine
 * id, how often it was started, and for how long it runs. A community is never guessed. Responses
 * of versions 1 and 2c are read where they are overheard; their community is not kept.
 *
 * References: RFC 1157, RFC 3416 (PDUs), RFC 3418 (system group), RFC 3412 (message), RFC 3414, 4
 * (discovery), RFC 3411 (SnmpEngineID), X.690 (BER).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"
#include "scanner/wire/ber.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	REPORT = 0xa8,
	ENGINE_LEAST = 5,
	ENGINE_MOST = 32,
	FORMAT_MAC = 3,
	USM = 3,
	RESPONSE = 0xa2,
	BINDINGS_MAX = 64,
	OBJECT_MAX = 32,
};

/* Everything but the message id, which stands at ID_AT. */
static const uint8_t discovery[] = {
	0x30, 0x3e, 0x02, 0x01, 0x03,                   /* version 3 */
	0x30, 0x11, 0x02, 0x04, 0, 0, 0, 0,             /* message id */
	0x02, 0x03, 0x00, 0xff, 0xe3,                   /* largest message */
	0x04, 0x01, 0x04, 0x02, 0x01, 0x03,             /* reportable; user-based model */
	0x04, 0x10, 0x30, 0x0e, 0x04, 0x00, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00,
	0x04, 0x00,                                     /* no engine, user or keys */
	0x30, 0x14, 0x04, 0x00, 0x04, 0x00,             /* no context */
	0xa0, 0x0e, 0x02, 0x04, 0, 0, 0, 0, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x00, /* Get */
};
#define ID_AT 9
#define REQUEST_ID_AT 52

struct engine {
	const uint8_t *id;
	size_t size;
	uint32_t boots, time;
};

/* A version 3 message with the parameters of the user-based model. */
static bool parse(const uint8_t *bytes, size_t size, struct engine *ret_engine)
{
	struct cursor c = cursor_of(bytes, size);
	struct cursor message = ber_element(&c, BER_SEQUENCE), header, parameters, id;
	uint32_t version = ber_number(&message, BER_INTEGER), model;

	header = ber_element(&message, BER_SEQUENCE);
	ber_number(&header, BER_INTEGER);
	ber_number(&header, BER_INTEGER);
	ber_element(&header, BER_OCTETS);
	model = ber_number(&header, BER_INTEGER);
	parameters = ber_element(&message, BER_OCTETS);
	parameters = ber_element(&parameters, BER_SEQUENCE);
	id = ber_element(&parameters, BER_OCTETS);
	*ret_engine = (struct engine){cursor_rest(&id), cursor_left(&id), 0, 0};
	ret_engine->boots = ber_number(&parameters, BER_INTEGER);
	ret_engine->time = ber_number(&parameters, BER_INTEGER);
	return cursor_ok(&parameters) && cursor_ok(&id) && cursor_ok(&header) && version == 3 &&
		model == USM;
}

/* The variable bindings of a response of version 1 or 2c; failed if it is none. */
static struct cursor bindings(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct cursor message = ber_element(&c, BER_SEQUENCE), pdu, list;
	uint32_t version = ber_number(&message, BER_INTEGER);

	ber_element(&message, BER_OCTETS);
	pdu = ber_element(&message, RESPONSE);
	ber_number(&pdu, BER_INTEGER);
	ber_number(&pdu, BER_INTEGER);
	ber_number(&pdu, BER_INTEGER);
	list = ber_element(&pdu, BER_SEQUENCE);
	if (version > 1 || !cursor_ok(&message) || !cursor_ok(&pdu))
		cursor_fail(&list);
	return list;
}

static bool snmp_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor list = bindings(bytes, size);
	struct engine engine;

	return cursor_ok(&list) || parse(bytes, size, &engine);
}

static long snmp_complete(const uint8_t *bytes, size_t size)
{
	return snmp_recognise(bytes, size) ? (long)size : -1;
}

static const char *hex(const uint8_t *bytes, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * size] = '\0';
	return out;
}

/* RFC 3411, 5: with the first bit set, four bytes of enterprise, one of format, the rest. */
static void read_engine(const struct engine *engine, struct reading *reading)
{
	char text[2 * ENGINE_MOST + 64], rest[2 * ENGINE_MOST + 1];
	uint32_t enterprise = (uint32_t)(engine->id[0] & 0x7f) << 24 |
		(uint32_t)engine->id[1] << 16 | (uint32_t)engine->id[2] << 8 | engine->id[3];
	bool rfc3411 = engine->id[0] & 0x80;

	reading_add_number(reading, "snmp.engine.enterprise", enterprise);
	hex(engine->id, engine->size, text);
	reading_add_text(reading, "snmp.engineid", text);
	reading_key(reading, "snmp.engineid", text, strlen(text));
	hex(engine->id + ENGINE_LEAST, engine->size - ENGINE_LEAST, rest);
	snprintf(text, sizeof(text), "%" PRIu32 "|%d|%s", enterprise,
		rfc3411 ? engine->id[4] : -1, rest);
	reading_match(reading, "snmp.engineid", text, strlen(text));
	if (rfc3411 && engine->id[4] == FORMAT_MAC && engine->size == ENGINE_LEAST + 6) {
		struct mac mac;

		memcpy(mac.bytes, engine->id + ENGINE_LEAST, sizeof(mac.bytes));
		reading_add_text(reading, "host.mac", mac_format(&mac, text));
	}
}

/* An object identifier as dotted numbers (X.690, 8.19). */
static void object_text(struct cursor c, struct str *out)
{
	uint32_t value = 0;
	bool first = true;

	while (cursor_left(&c) > 0) {
		uint8_t byte = cursor_u8(&c);

		value = value << 7 | (byte & 0x7f);
		if (byte & 0x80)
			continue;
		if (first)
			str_addf(out, "%" PRIu32 ".%" PRIu32, value / 40, value % 40);
		else
			str_addf(out, ".%" PRIu32, value);
		first = false;
		value = 0;
	}
}

/* The system group (RFC 3418): what agents say of themselves. */
static const struct {
	uint8_t object[8];
	uint8_t type;
	const char *attribute, *kind;
} systems[] = {
	{{0x2b, 6, 1, 2, 1, 1, 1, 0}, BER_OCTETS, "snmp.sysdescr", "snmp.sys_description"},
	{{0x2b, 6, 1, 2, 1, 1, 2, 0}, BER_OBJECT, "snmp.sysobjectid", "snmp.sys_object_id"},
	{{0x2b, 6, 1, 2, 1, 1, 5, 0}, BER_OCTETS, "snmp.sysname", NULL},
	{{0x2b, 6, 1, 2, 1, 1, 6, 0}, BER_OCTETS, "snmp.syslocation", NULL},
};

static void read_binding(struct cursor binding, struct reading *reading)
{
	struct cursor name = ber_element(&binding, BER_OBJECT), value;
	_cleanup_(str_done) struct str text = STR_INIT(ATTRIBUTE_VALUE_MAX);

	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		if (cursor_left(&name) != sizeof(systems[i].object) ||
			memcmp(cursor_rest(&name), systems[i].object, sizeof(systems[i].object)) != 0)
			continue;
		value = ber_element(&binding, systems[i].type);
		if (!cursor_ok(&value) || (systems[i].type == BER_OBJECT && cursor_left(&value) > OBJECT_MAX))
			return;
		if (systems[i].type == BER_OBJECT)
			object_text(value, &text);
		else
			str_add(&text, cursor_rest(&value), cursor_left(&value));
		reading_add(reading, systems[i].attribute, text.data, text.len);
		if (systems[i].kind)
			reading_match(reading, systems[i].kind, text.data, text.len);
		if (strcmp(systems[i].attribute, "snmp.sysname") == 0)
			reading_name(reading, "snmp.sysname", text.data, text.len);
	}
}

static void read_bindings(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor list = bindings(bytes, size);

	for (int i = 0; i < BINDINGS_MAX && cursor_left(&list) > 0; i++) {
		struct cursor binding = ber_element(&list, BER_SEQUENCE);

		if (cursor_ok(&binding))
			read_binding(binding, reading);
	}
	if (cursor_ok(&list))
		reading_add_text(reading, "snmp.version", bytes[4] == 0 ? "1" : "2c");
}

static void snmp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct engine engine;

	read_bindings(bytes, size, reading);
	if (!parse(bytes, size, &engine))
		return;
	reading_add_text(reading, "snmp.version", "3");
	reading_add_number(reading, "snmp.engine.boots", engine.boots);
	reading_add_number(reading, "snmp.engine.time", engine.time);
	if (engine.size >= ENGINE_LEAST && engine.size <= ENGINE_MOST)
		read_engine(&engine, reading);
}

/* The community is a password: of versions 1 and 2c it becomes asterisks. */
static size_t snmp_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct cursor message = ber_element(&c, BER_SEQUENCE), community;
	uint32_t version = ber_number(&message, BER_INTEGER);

	community = ber_element(&message, BER_OCTETS);
	if (version <= 1 && cursor_left(&community) > 0)
		memset(bytes + (cursor_rest(&community) - bytes), '*', cursor_left(&community));
	return size;
}

/* Ids are positive, and four bytes are the least that hold them (X.690, 8.3.2). */
static uint32_t message_id(uint64_t seed)
{
	return ((uint32_t)seed & 0x3fffffff) | 0x40000000;
}

static size_t snmp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	uint32_t id = message_id(seed);

	(void)host;
	if (max < sizeof(discovery))
		return 0;
	memcpy(out, discovery, sizeof(discovery));
	for (size_t i = 0; i < 4; i++)
		out[ID_AT + i] = out[REQUEST_ID_AT + i] = (uint8_t)(id >> (24 - 8 * i));
	return sizeof(discovery);
}

/* A report has the id of the message that it answers (RFC 3412, 7.1). */
static bool snmp_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct cursor c = cursor_of(reply, size);
	struct cursor message = ber_element(&c, BER_SEQUENCE), header, scoped;
	uint32_t id;

	ber_number(&message, BER_INTEGER);
	header = ber_element(&message, BER_SEQUENCE);
	id = ber_number(&header, BER_INTEGER);
	ber_element(&message, BER_OCTETS);
	scoped = ber_element(&message, BER_SEQUENCE);
	ber_element(&scoped, BER_OCTETS);
	ber_element(&scoped, BER_OCTETS);
	return cursor_ok(&header) && id == message_id(seed) && cursor_left(&scoped) > 0 &&
		(*cursor_rest(&scoped) == REPORT || *cursor_rest(&scoped) == RESPONSE);
}

static const uint16_t snmp_ports[] = {161, 0};

const struct protocol protocol_snmp = {
	.name = "snmp",
	.transport = TRANSPORT_UDP,
	.ports = snmp_ports,
	.risk = PROTOCOL_SAFE,
	.request = snmp_request,
	.repeats = snmp_repeats,
	.complete = snmp_complete,
	.recognise = snmp_recognise,
	.read = snmp_read,
	.overheard = snmp_overheard,
	.reference = "RFC 3414, 4",
};
