/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BACnet/IP: ReadPropertyMultiple of the device object, sent to the one address that was asked
 * for, never broadcast; ReadProperty of the vendor's name if the device does not know the
 * first. Nothing is written.
 *
 * Reference: ANSI/ASHRAE 135-2020: 15.5 and 15.7, 20.2 (encoding), annex J (BACnet/IP).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/str.h"
#include "common/text.h"
#include "scanner/protocol/canonical.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BVLC_IP = 0x81,
	ORIGINAL_UNICAST = 0x0a,
	ORIGINAL_BROADCAST = 0x0b,
	FORWARDED = 0x04,
	APDU_CONFIRMED = 0,
	APDU_COMPLEX_ACK = 3,
	APDU_UNCONFIRMED = 1,
	APDU_ERROR = 5,
	APDU_ABORT = 7,
	READ_PROPERTY = 0x0c,
	READ_PROPERTY_MULTIPLE = 0x0e,
	I_AM = 0,
	I_HAVE = 1,
	TAG_UNSIGNED = 2,
	TAG_TEXT = 7,
	TAG_OBJECT = 12,
	SET_UTF8 = 0, /* 20.2.9 */
	SET_UCS2 = 4,
	SET_LATIN1 = 5,
	OPENING = 6,
	CLOSING = 7,
	PROPERTY_OBJECT = 75,
	PROPERTY_NAME = 77,
	OBJECT_DEVICE = 8,
	INSTANCE_NONE = 0x3fffff, /* stands for whichever device is asked */
	PROPERTY_VENDOR_ID = 120,
	DEPTH_MAX = 8,
	INVOKE_ID_AT = 8,
};

static const uint8_t read_multiple[] = {BVLC_IP, ORIGINAL_UNICAST, 0, 0x21, 1, 4, 0, 5, 1, 0x0e,
	0x0c, 2, 0x3f, 0xff, 0xff, 0x1e, 9, 0x4b, 9, 0x79, 9, 0x78, 9, 0x46, 9, 0x2c, 9, 0x0c,
	9, 0x4d, 9, 0x3a, 0x1f};
static const uint8_t read_vendor[] = {BVLC_IP, ORIGINAL_UNICAST, 0, 0x11, 1, 4, 0, 5, 1, 0x0c,
	0x0c, 2, 0x3f, 0xff, 0xff, 0x19, 0x79};

static const struct {
	uint8_t property;
	const char *attribute;
} properties[] = {{121, "bacnet.vendor"}, {70, "bacnet.model"}, {44, "bacnet.firmware"},
	{12, "bacnet.application"}, {77, "bacnet.name"}, {58, "bacnet.location"}};

/* A tag of the encoding (20.2.1): its number, whether it is of the context, its length. */
struct tag {
	uint8_t number;
	bool context, opening, closing;
	uint32_t length;
};

static struct tag tag_next(struct cursor *c)
{
	uint8_t first = cursor_u8(c), low = first & 7;
	struct tag tag = {first >> 4, first & 8, false, false, low};

	if (tag.number == 15)
		tag.number = cursor_u8(c);
	tag.opening = tag.context && low == OPENING;
	tag.closing = tag.context && low == CLOSING;
	if (tag.opening || tag.closing)
		tag.length = 0;
	else if (low == 5) {
		tag.length = cursor_u8(c);
		if (tag.length == 254)
			tag.length = cursor_be16(c);
		else if (tag.length == 255)
			tag.length = cursor_be32(c);
	}
	return tag;
}

/* The APDU of the next BVLL message; failed if there is none. `ret_behind`: it is of a device
 * behind the one that sent it (6.2.2, the source's network). */
static struct cursor apdu_of(struct cursor *c, bool *ret_behind)
{
	uint8_t type = cursor_u8(c), function = cursor_u8(c), control;
	uint16_t length = cursor_be16(c);
	struct cursor message;

	if (type != BVLC_IP || length < 6 || (function != ORIGINAL_UNICAST &&
		function != ORIGINAL_BROADCAST && function != FORWARDED))
		cursor_fail(c);
	message = cursor_sub(c, length - 4u);
	if (function == FORWARDED)
		cursor_skip(&message, 6); /* address of the origin */
	if (cursor_u8(&message) != 1)
		cursor_fail(&message);
	control = cursor_u8(&message);
	if (control & 0x80)
		cursor_fail(&message); /* a network layer message has no APDU */
	if (control & 0x20) {
		cursor_skip(&message, 2);
		cursor_skip(&message, cursor_u8(&message));
	}
	*ret_behind = control & 0x08;
	if (control & 0x08) {
		cursor_skip(&message, 2);
		cursor_skip(&message, cursor_u8(&message));
	}
	if (control & 0x20)
		cursor_skip(&message, 1); /* hop count */
	return message;
}

static struct cursor apdu_next(struct cursor *c)
{
	bool behind;

	return apdu_of(c, &behind);
}

static long bacnet_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct cursor apdu = apdu_next(&c);

	if (cursor_ok(&apdu))
		return (long)c.pos;
	return size == 0 ? 0 : -1;
}

/* A confirmed request is no answer: it is a question, perhaps ours sent back, and may bear a
 * password (16.1, 16.4). */
static bool bacnet_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct cursor apdu = apdu_next(&c);
	uint8_t type = cursor_u8(&apdu) >> 4;

	return cursor_ok(&apdu) && type != APDU_CONFIRMED && type <= APDU_ABORT &&
		cursor_left(&apdu) >= 1;
}

/* The one message that was recognised; another may be a request. */
static size_t bacnet_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);

	if (!bacnet_recognise(bytes, size))
		return 0;
	apdu_next(&c);
	return c.pos;
}

/* Text of the encoding as UTF-8 (20.2.9); empty if it is something else, or in another
 * character set than UTF-8, UCS-2 and ISO 8859-1. */
static void add_text(struct str *out, struct cursor value)
{
	struct tag tag = tag_next(&value);
	struct cursor content = cursor_sub(&value, tag.length);
	uint8_t set = cursor_u8(&content);

	if (tag.context || tag.number != TAG_TEXT)
		return;
	if (set == SET_UTF8)
		str_add(out, cursor_rest(&content), cursor_left(&content));
	while (set == SET_UCS2 && cursor_left(&content) >= 2)
		text_add_character(out, cursor_be16(&content));
	while (set == SET_LATIN1 && cursor_left(&content))
		text_add_character(out, cursor_u8(&content));
}

/* The value of a property that is text or a number. */
static void read_value(struct cursor value, uint8_t property, struct reading *reading)
{
	struct cursor whole = value;
	struct tag tag = tag_next(&value);
	struct cursor content = cursor_sub(&value, tag.length);
	uint32_t number = 0;

	if (!cursor_ok(&content) || tag.context || tag.length == 0)
		return;
	for (size_t i = 0; tag.number == TAG_TEXT && i < ARRAY_SIZE(properties); i++) {
		_cleanup_(str_done) struct str text = STR_INIT(ATTRIBUTE_VALUE_MAX);

		if (properties[i].property != property)
			continue;
		add_text(&text, whole);
		reading_add(reading, properties[i].attribute, text.data, text.len);
	}
	for (uint32_t i = 0; i < tag.length && i < 4; i++)
		number = number << 8 | cursor_u8(&content);
	if (tag.number == TAG_OBJECT && property == PROPERTY_OBJECT &&
		number >> 22 == OBJECT_DEVICE && (number & INSTANCE_NONE) != INSTANCE_NONE)
		reading_add_number(reading, "bacnet.instance", number & 0x3fffff);
	else if (tag.number == TAG_UNSIGNED && property == PROPERTY_VENDOR_ID)
		reading_add_number(reading, "bacnet.vendor_id", number);
}

/* What stands between an opening tag, already read, and its closing tag. */
static struct cursor enclosed(struct cursor *c)
{
	struct cursor start = *c;
	int depth = 1;

	while (cursor_ok(c) && cursor_left(c) > 0) {
		size_t end = c->pos;
		struct tag tag = tag_next(c);

		depth += tag.opening ? 1 : tag.closing ? -1 : 0;
		if (depth == 0) {
			start.size = end;
			return start;
		}
		if (depth > DEPTH_MAX)
			break;
		cursor_skip(c, tag.length);
	}
	cursor_fail(&start);
	return start;
}

/* Property, then its value or an error between tags. `identifier` and `value` are the numbers
 * of the tags: 2 and 4 of ReadPropertyMultiple, 1 and 3 of ReadProperty. */
static void read_properties(struct cursor c, uint8_t identifier, uint8_t value,
	struct reading *reading)
{
	uint32_t property = 0;

	while (cursor_ok(&c) && cursor_left(&c) > 0) {
		struct tag tag = tag_next(&c);

		if (tag.opening) {
			struct cursor inside = enclosed(&c);

			if (tag.number == value && cursor_ok(&inside) && property <= 255)
				read_value(inside, (uint8_t)property, reading);
			continue;
		}
		if (tag.context && tag.number == identifier && tag.length == 1)
			property = cursor_u8(&c);
		else
			cursor_skip(&c, tag.length);
	}
}

/* An object's type and number; failed if there is none. */
struct object {
	uint32_t type, instance;
};

static struct object object_of(struct cursor *c, uint8_t number, bool context)
{
	struct tag tag = tag_next(c);
	uint32_t id = 0;

	if (tag.number != number || tag.context != context || tag.length != 4)
		cursor_fail(c);
	id = cursor_be32(c);
	return (struct object){id >> 22, id & INSTANCE_NONE};
}

/* A thing inside the device: a point, a schedule, a file; under the names that most have. */
static void note_object(struct object object, struct cursor name, struct reading *reading)
{
	static const char *const types[] = {"analog-input", "analog-output", "analog-value",
		"binary-input", "binary-output", "binary-value", "calendar", "command",
		"device", "event-enrollment", "file", "group", "loop", "multi-state-input",
		"multi-state-output", "notification-class", "program", "schedule", "averaging",
		"multi-state-value", "trend-log"};
	_cleanup_(str_done) struct str text = STR_INIT(READING_NOTE_MAX);
	size_t head;

	if (object.type < ARRAY_SIZE(types))
		str_adds(&text, types[object.type]);
	else
		str_addf(&text, "%" PRIu32, object.type);
	str_addf(&text, ",%" PRIu32 " ", object.instance);
	head = text.len;
	add_text(&text, name);
	if (!text.failed && text.len > head)
		reading_note(reading, "bacnet.objects", text.data, text.len);
}

/* A device whose messages the host passes on. */
static void note_device(uint32_t instance, const struct reading *about, struct reading *reading)
{
	static const struct {
		const char *attribute, *word;
	} told[] = {{"bacnet.vendor_id", "vendor-id"}, {"bacnet.vendor", "vendor"},
		{"bacnet.model", "model"}};
	const char *name = reading_get(about, "bacnet.name");
	char text[READING_NOTE_MAX + 1];

	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		const char *value = reading_get(about, told[i].attribute);

		snprintf(text, sizeof(text), "%" PRIu32 " %s %s", instance, told[i].word,
			value ? value : "");
		if (value)
			reading_note_text(reading, "bacnet.devices", text);
	}
	snprintf(text, sizeof(text), "device,%" PRIu32 " %s", instance, name ? name : "");
	if (name)
		reading_note_text(reading, "bacnet.objects", text);
}

/* The answer to ReadProperty, or to ReadPropertyMultiple of one object. Only what a device says
 * of itself is the device's. */
static void read_ack(struct cursor apdu, struct reading *reading)
{
	uint8_t service;
	struct object object;
	struct tag tag;

	cursor_skip(&apdu, 2); /* type, invoke id */
	service = cursor_u8(&apdu);
	if (service != READ_PROPERTY && service != READ_PROPERTY_MULTIPLE)
		return;
	object = object_of(&apdu, 0, true);
	if (!cursor_ok(&apdu))
		return;
	if (object.type == OBJECT_DEVICE) {
		if (object.instance != INSTANCE_NONE)
			reading_add_number(reading, "bacnet.instance", object.instance);
		if (service == READ_PROPERTY) {
			read_properties(apdu, 1, 3, reading);
			return;
		}
		tag = tag_next(&apdu);
		if (tag.opening)
			read_properties(enclosed(&apdu), 2, 4, reading);
		return;
	}
	tag = tag_next(&apdu);
	if (service == READ_PROPERTY && tag.context && tag.number == 1 && tag.length == 1 &&
		cursor_u8(&apdu) == PROPERTY_NAME && tag_next(&apdu).opening)
		note_object(object, apdu, reading);
}

/* I-Am: object, maximum size, segmentation, vendor. */
static void read_i_am(struct cursor apdu, struct reading *reading)
{
	uint8_t order[] = {PROPERTY_OBJECT, 0, 0, PROPERTY_VENDOR_ID};

	cursor_skip(&apdu, 2);
	for (size_t i = 0; i < ARRAY_SIZE(order) && cursor_left(&apdu) > 0; i++) {
		struct cursor one = apdu;
		struct tag tag = tag_next(&apdu);

		read_value(one, order[i], reading);
		cursor_skip(&apdu, tag.length);
	}
}

/* I-Have: whose it is, which object it is, its name. */
static void read_i_have(struct cursor apdu, struct reading *reading)
{
	struct object device, object;

	cursor_skip(&apdu, 2);
	device = object_of(&apdu, TAG_OBJECT, false);
	object = object_of(&apdu, TAG_OBJECT, false);
	if (!cursor_ok(&apdu) || device.type != OBJECT_DEVICE)
		return;
	if (device.instance != INSTANCE_NONE)
		reading_add_number(reading, "bacnet.instance", device.instance);
	if (object.type != OBJECT_DEVICE)
		note_object(object, apdu, reading);
	else if (object.instance == device.instance)
		read_value(apdu, PROPERTY_NAME, reading);
}

/* What one message says, of whomever it is. */
static void read_message(struct cursor apdu, struct reading *reading)
{
	const uint8_t *head = cursor_rest(&apdu);
	uint8_t type = head[0] >> 4;

	if (type == APDU_COMPLEX_ACK)
		read_ack(apdu, reading);
	else if (type == APDU_UNCONFIRMED && head[1] == I_AM)
		read_i_am(apdu, reading);
	else if (type == APDU_UNCONFIRMED && head[1] == I_HAVE)
		read_i_have(apdu, reading);
	else if (type >= APDU_ERROR && type <= APDU_ABORT)
		reading_add_text(reading, "bacnet.refusal", type == APDU_ERROR ? "error" :
			type == APDU_ABORT ? "abort" : "reject");
}

/* The device behind has a reading of its own, of which the host only tells. */
static void read_behind(struct cursor apdu, struct reading *reading)
{
	struct reading *about = calloc(1, sizeof(*about));
	const char *instance;

	if (!about)
		return;
	read_message(apdu, about);
	instance = reading_get(about, "bacnet.instance");
	if (instance)
		note_device((uint32_t)strtoul(instance, NULL, 10), about, reading);
	for (size_t i = 0; i < about->n_notes; i++)
		reading_note_text(reading, about->notes[i].name, about->notes[i].value);
	free(about);
}

static void bacnet_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);

	while (cursor_left(&c) > 0) {
		bool behind;
		struct cursor apdu = apdu_of(&c, &behind);

		if (cursor_left(&apdu) < 2)
			break;
		if (behind)
			read_behind(apdu, reading);
		else
			read_message(apdu, reading);
	}
	canonical_match(reading, "bacnet.device",
		(const char *const[]){"bacnet.vendor_id", "bacnet.vendor", "bacnet.model",
			"bacnet.firmware", "bacnet.application", NULL});
}

static size_t bacnet_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	if (max < sizeof(read_multiple))
		return 0;
	memcpy(out, read_multiple, sizeof(read_multiple));
	out[INVOKE_ID_AT] = (uint8_t)seed;
	return sizeof(read_multiple);
}

/* Acknowledgements and refusals have the invoke id of what they answer (20.1.4 to 20.1.9). */
static bool bacnet_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct cursor c = cursor_of(reply, size);
	struct cursor apdu = apdu_next(&c);
	uint8_t type = cursor_u8(&apdu) >> 4, id = cursor_u8(&apdu);

	return cursor_ok(&apdu) && id == (uint8_t)seed &&
		(type == APDU_COMPLEX_ACK || (type >= APDU_ERROR && type <= APDU_ABORT));
}

static long bacnet_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(heard, size);
	struct cursor apdu = apdu_next(&c);
	uint8_t type = cursor_u8(&apdu) >> 4;

	if (said == 2 && cursor_ok(&apdu)) {
		apdu = apdu_next(&c);
		return cursor_ok(&apdu) ? -1 : 0;
	}
	if (said != 1 || !cursor_ok(&apdu) || type < APDU_ERROR || type > APDU_ABORT ||
		max < sizeof(read_vendor))
		return -1;
	memcpy(out, read_vendor, sizeof(read_vendor));
	out[INVOKE_ID_AT] = (uint8_t)(seed + 1);
	return sizeof(read_vendor);
}

static const uint16_t bacnet_ports[] = {47808, 0};

const struct protocol protocol_bacnet = {
	.name = "bacnet",
	.transport = TRANSPORT_UDP,
	.ports = bacnet_ports,
	.risk = PROTOCOL_SAFE,
	.request = bacnet_request,
	.repeats = bacnet_repeats,
	.complete = bacnet_complete,
	.recognise = bacnet_recognise,
	.read = bacnet_read,
	.next = bacnet_next,
	.overheard = bacnet_overheard,
	.reference = "ASHRAE 135, annex J",
};
