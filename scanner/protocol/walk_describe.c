/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a walk tells of the agent itself: the system group in the terms of snmp.c, its chassis,
 * how many interfaces it has, and how it was read. The login is not among it, nor what would
 * let somebody try pass phrases: of a user's answers neither name nor signature is kept, and
 * nothing that is encrypted.
 *
 * References: RFC 3418 (system group), RFC 6933 (entPhysicalTable), RFC 2863 (ifNumber).
 */
#include "scanner/protocol/walk_internal.h"

#include <ctype.h>
#include <string.h>

#define MAKER_MAX 30 /* letters of a maker's name in a key */

static const uint32_t interface_count[] = {1, 3, 6, 1, 2, 1, 2, 1, 0};
static const uint32_t object_id[] = {1, 3, 6, 1, 2, 1, 1, 2, 0};
static const uint32_t enterprises[] = {1, 3, 6, 1, 4, 1};

static bool is_named(const struct snmp_oid *name, const uint32_t *ids, size_t n)
{
	return snmp_oid_compare(name->ids, name->n, ids, n) == 0;
}

/* How many interfaces there are, and by sysObjectID whose agent it is (0: not told). */
static void read_numbers(
	const struct walk *walk, struct reading *reading, uint32_t *ret_enterprise)
{
	struct cursor list = cursor_of(walk->system, walk->system_size);
	struct snmp_binding binding;
	struct snmp_oid name, value;
	uint32_t number;

	*ret_enterprise = 0;
	while (snmp_binding_next(&list, &binding)) {
		if (!snmp_oid_read(binding.name, &name))
			continue;
		if (is_named(&name, interface_count, ARRAY_SIZE(interface_count)) &&
			snmp_binding_number(&binding, &number))
			reading_add_number(reading, "snmp.interfaces", number);
		if (is_named(&name, object_id, ARRAY_SIZE(object_id)) &&
			binding.type == BER_OBJECT && snmp_oid_read(binding.value, &value) &&
			value.n > ARRAY_SIZE(enterprises) &&
			memcmp(value.ids, enterprises, sizeof(enterprises)) == 0)
			*ret_enterprise = value.ids[ARRAY_SIZE(enterprises)];
	}
}

/* The letters and digits of a maker's name: "Cisco Systems, Inc." is "ciscosystemsinc". */
static size_t maker_of(const char *vendor, char out[MAKER_MAX + 1])
{
	size_t n = 0;

	for (; *vendor && n < MAKER_MAX; vendor++)
		if (isascii((unsigned char)*vendor) && isalnum((unsigned char)*vendor))
			out[n++] = (char)tolower((unsigned char)*vendor);
	out[n] = '\0';
	return n;
}

/* A serial number is one only with its maker; without a name, it is the one of the enterprise
 * number under which the agent stands. */
static void describe_serial(
	const char *serial, const char *vendor, uint32_t enterprise, struct reading *reading)
{
	char text[MAKER_MAX + WALK_ENTITY_TEXT + 2], maker[MAKER_MAX + 1];

	if (!*serial)
		return;
	reading_add_text(reading, "hw.serial_number", serial);
	if (maker_of(vendor, maker) == 0) {
		if (enterprise == 0)
			return;
		snprintf(maker, sizeof(maker), "enterprise%u", enterprise);
	}
	snprintf(text, sizeof(text), "%s:%s", maker, serial);
	reading_key(reading, "serial", text, strlen(text));
}

/* The chassis. Vendor and product of the hardware are its own where no fingerprint named a
 * product; both of one source. */
static void describe_entity(
	const struct walk *walk, uint32_t enterprise, struct reading *reading)
{
	static const char *const names[ENTITY_N] = {
		[ENTITY_DESCRIPTION] = "snmp.entity.description",
		[ENTITY_HARDWARE] = "snmp.entity.hardware",
		[ENTITY_FIRMWARE] = "snmp.entity.firmware",
		[ENTITY_SOFTWARE] = "snmp.entity.software",
		[ENTITY_VENDOR] = "snmp.entity.vendor",
		[ENTITY_MODEL] = "snmp.entity.model",
	};
	const char *vendor = walk->entity[ENTITY_VENDOR], *model = walk->entity[ENTITY_MODEL];

	if (!walk->has_entity)
		return;
	for (size_t i = 0; i < ENTITY_N; i++)
		if (names[i])
			reading_add_text(reading, names[i], walk->entity[i]);
	if (*vendor && *model && !reading_get(reading, "hw.vendor") &&
		!reading_get(reading, "hw.product")) {
		reading_add_text(reading, "hw.vendor", vendor);
		reading_add_text(reading, "hw.product", model);
	}
	describe_serial(walk->entity[ENTITY_SERIAL], vendor, enterprise, reading);
}

static const char *access_of(const struct walk *walk)
{
	if (walk->answered)
		return walk->login->kind == LOGIN_USER ? "3" : "2c";
	return walk->state == WALK_REFUSED ? "refused" : "silent";
}

/* The most telling first: what a record states, a later one does not change. */
void walk_describe(const struct walk *walk, struct reading *reading)
{
	uint32_t enterprise;

	snmp_describe(cursor_of(walk->system, walk->system_size), reading);
	read_numbers(walk, reading, &enterprise);
	describe_entity(walk, enterprise, reading);
	if (walk->discovery_size > 0)
		protocol_snmp.read(walk->discovery, walk->discovery_size, reading);
	else if (walk->answered)
		reading_add_text(reading, "snmp.version", "2c");
	reading_add_text(reading, "snmp.access", access_of(walk));
}

static void blank(uint8_t *bytes, const struct cursor *c)
{
	if (cursor_left(c) > 0)
		memset(bytes + (cursor_rest(c) - bytes), '*', cursor_left(c));
}

void walk_keep_raw(struct walk *walk, const uint8_t *bytes, size_t size)
{
	struct snmp_message message;

	if (size > sizeof(walk->raw))
		return;
	memcpy(walk->raw, bytes, size);
	if (!snmp_message_read(walk->raw, size, &message) || message.flags & SNMP_ENCRYPTED)
		return;
	blank(walk->raw, &message.community);
	blank(walk->raw, &message.user);
	blank(walk->raw, &message.signature);
	walk->raw_size = size;
}

size_t walk_raw(const struct walk *walk, uint8_t *out, size_t max)
{
	const uint8_t *bytes = walk->raw_size > 0 ? walk->raw : walk->discovery;
	size_t size = walk->raw_size > 0 ? walk->raw_size : walk->discovery_size;

	size = size < max ? size : max;
	memcpy(out, bytes, size);
	return size;
}
