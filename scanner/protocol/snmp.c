/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SNMP: discovery of the engine by version 3, which every agent answers without a login: engine
 * id, how often it was started, and for how long it runs. A community is never guessed.
 * Responses of versions 1 and 2c are read where they are overheard; their community is not
 * kept.
 *
 * References: RFC 1157, RFC 3416 (PDUs), RFC 3418 (system group), RFC 3412 (message), RFC 3414,
 * 4 (discovery), RFC 3411 (SnmpEngineID), X.690 (BER).
 */
#include "scanner/protocol/snmp.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"
#include "scanner/wire/snmp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	FORMAT_MAC = 3,
	BINDINGS_MAX = 64,
};

/* Everything but the message id, which stands at ID_AT. */
static const uint8_t discovery[] = {
	0x30, 0x3e, 0x02, 0x01, 0x03,	    /* version 3 */
	0x30, 0x11, 0x02, 0x04, 0, 0, 0, 0, /* message id */
	0x02, 0x03, 0x00, 0xff, 0xe3,	    /* largest message */
	0x04, 0x01, 0x04, 0x02, 0x01, 0x03, /* reportable; user-based model */
	0x04, 0x10, 0x30, 0x0e, 0x04, 0x00, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x04, 0x00,
	0x04, 0x00, 0x04, 0x00,		    /* no engine, user or keys */
	0x30, 0x14, 0x04, 0x00, 0x04, 0x00, /* no context */
	0xa0, 0x0e, 0x02, 0x04, 0, 0, 0, 0, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30,
	0x00, /* Get */
};
#define ID_AT 9
#define REQUEST_ID_AT 52

/* The variable bindings of a response of version 1 or 2c; failed if it is none. */
static struct cursor bindings(const struct snmp_message *message)
{
	struct cursor rest = message->rest;
	struct snmp_pdu pdu;

	if (message->version == SNMP_VERSION_3 || !snmp_pdu_read(&rest, &pdu) ||
		pdu.tag != SNMP_RESPONSE) {
		cursor_fail(&rest);
		return rest;
	}
	return pdu.bindings;
}

static bool snmp_recognise(const uint8_t *bytes, size_t size)
{
	struct snmp_message message;
	struct cursor list;

	if (!snmp_message_read(bytes, size, &message))
		return false;
	list = bindings(&message);
	return message.version == SNMP_VERSION_3 || cursor_ok(&list);
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
static void read_engine(const struct snmp_engine *engine, struct reading *reading)
{
	char text[2 * SNMP_ENGINE_MOST + 64], rest[2 * SNMP_ENGINE_MOST + 1];
	uint32_t enterprise = (uint32_t)(engine->id[0] & 0x7f) << 24 |
		(uint32_t)engine->id[1] << 16 | (uint32_t)engine->id[2] << 8 | engine->id[3];
	bool rfc3411 = engine->id[0] & 0x80;

	reading_add_number(reading, "snmp.engine.enterprise", enterprise);
	hex(engine->id, engine->size, text);
	reading_add_text(reading, "snmp.engineid", text);
	reading_key(reading, "snmp.engineid", text, strlen(text));
	hex(engine->id + SNMP_ENGINE_LEAST, engine->size - SNMP_ENGINE_LEAST, rest);
	snprintf(text, sizeof(text), "%" PRIu32 "|%d|%s", enterprise,
		rfc3411 ? engine->id[4] : -1, rest);
	reading_match(reading, "snmp.engineid", text, strlen(text));
	if (rfc3411 && engine->id[4] == FORMAT_MAC && engine->size == SNMP_ENGINE_LEAST + 6) {
		struct mac mac;

		memcpy(mac.bytes, engine->id + SNMP_ENGINE_LEAST, sizeof(mac.bytes));
		reading_add_text(reading, "host.mac", mac_format(&mac, text));
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

static void read_system(const struct snmp_binding *binding, struct reading *reading)
{
	struct cursor value = binding->value;
	_cleanup_(str_done) struct str text = STR_INIT(ATTRIBUTE_VALUE_MAX);
	struct snmp_oid object;

	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		if (cursor_left(&binding->name) != sizeof(systems[i].object) ||
			memcmp(cursor_rest(&binding->name), systems[i].object,
				sizeof(systems[i].object)) != 0)
			continue;
		if (binding->type != systems[i].type ||
			(systems[i].type == BER_OBJECT && !snmp_oid_read(value, &object)))
			return;
		if (systems[i].type == BER_OBJECT)
			snmp_oid_text(&object, &text);
		else
			str_add(&text, cursor_rest(&value), cursor_left(&value));
		reading_add(reading, systems[i].attribute, text.data, text.len);
		if (systems[i].kind)
			reading_match(reading, systems[i].kind, text.data, text.len);
		if (strcmp(systems[i].attribute, "snmp.sysname") == 0)
			reading_name(reading, "snmp.sysname", text.data, text.len);
	}
}

void snmp_describe(struct cursor list, struct reading *reading)
{
	struct snmp_binding binding;

	for (int i = 0; i < BINDINGS_MAX && snmp_binding_next(&list, &binding); i++)
		read_system(&binding, reading);
}

static void snmp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct snmp_message message;
	struct cursor list;

	if (!snmp_message_read(bytes, size, &message))
		return;
	list = bindings(&message);
	if (cursor_ok(&list)) {
		snmp_describe(list, reading);
		reading_add_text(reading, "snmp.version",
			message.version == SNMP_VERSION_1 ? "1" : "2c");
	}
	if (message.version != SNMP_VERSION_3)
		return;
	reading_add_text(reading, "snmp.version", "3");
	reading_add_number(reading, "snmp.engine.boots", message.engine.boots);
	reading_add_number(reading, "snmp.engine.time", message.engine.time);
	if (message.engine.size >= SNMP_ENGINE_LEAST && message.engine.size <= SNMP_ENGINE_MOST)
		read_engine(&message.engine, reading);
}

/* The community is a password: of versions 1 and 2c it becomes asterisks. */
static size_t snmp_overheard(uint8_t *bytes, size_t size)
{
	struct snmp_message message;
	size_t n;

	snmp_message_read(bytes, size, &message);
	n = cursor_left(&message.community);
	if (n > 0)
		memset(bytes + (cursor_rest(&message.community) - bytes), '*', n);
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
	struct snmp_message message;
	struct cursor scoped;

	if (!snmp_message_read(reply, size, &message) || message.version != SNMP_VERSION_3)
		return false;
	scoped = ber_element(&message.rest, BER_SEQUENCE);
	ber_element(&scoped, BER_OCTETS);
	ber_element(&scoped, BER_OCTETS);
	return message.id == message_id(seed) && cursor_left(&scoped) > 0 &&
	       (*cursor_rest(&scoped) == SNMP_REPORT || *cursor_rest(&scoped) == SNMP_RESPONSE);
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
