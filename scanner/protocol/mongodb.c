/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MongoDB: buildInfo, which a server answers before anybody logs in. No database is listed and
 * nothing is read.
 *
 * Reference: MongoDB's wire protocol (OP_MSG); BSON 1.1.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

enum {
	HEAD = 16,
	MESSAGE = 2013,
	MESSAGE_MAX = 65536,
	STRING = 2,
	DOCUMENT = 3,
	ARRAY = 4,
	ELEMENTS_MAX = 256
};

/* {buildInfo: 1, $db: "admin"} */
static const uint8_t question[] = {56, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xdd, 0x07, 0, 0, 0, 0,
	0, 0, 0, 35, 0, 0, 0, 0x10, 'b', 'u', 'i', 'l', 'd', 'I', 'n', 'f', 'o', 0, 1, 0, 0, 0,
	2, '$', 'd', 'b', 0, 6, 0, 0, 0, 'a', 'd', 'm', 'i', 'n', 0, 0};

static const struct {
	const char *name, *attribute;
} items[] = {{"version", "mongodb.version"}, {"gitVersion", "mongodb.git"},
	{"allocator", "mongodb.allocator"}, {"errmsg", "mongodb.error"},
	{"codeName", "mongodb.code"}};

/* The document of an answer: 1; 0: it is not whole; -1: it is none. */
static int answer(const uint8_t *bytes, size_t size, struct cursor *ret_document)
{
	struct cursor c = cursor_of(bytes, size), message;
	uint32_t length = cursor_le32(&c), document;

	cursor_skip(&c, 4);
	if (cursor_le32(&c) == 0 && cursor_ok(&c))
		return -1; /* it answers nothing */
	if (cursor_le32(&c) != MESSAGE && cursor_ok(&c))
		return -1;
	if (!cursor_ok(&c))
		return 0;
	if (length < HEAD + 10 || length > MESSAGE_MAX)
		return -1;
	if (size < length)
		return 0;
	message = cursor_sub(&c, length - HEAD);
	cursor_skip(&message, 4);
	if (cursor_u8(&message) != 0)
		return -1;
	*ret_document = message;
	document = cursor_le32(&message);
	return cursor_ok(&message) && document >= 5 && document <= cursor_left(&message) + 4
		       ? 1
		       : -1;
}

static bool mongodb_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor document;

	return size >= HEAD && answer(bytes, size, &document) >= 0;
}

static long mongodb_complete(const uint8_t *bytes, size_t size)
{
	struct cursor document;
	int whole = answer(bytes, size, &document);

	return whole == 1 ? (long)(bytes[0] | bytes[1] << 8 | bytes[2] << 16) : whole;
}

static const uint8_t *name_of(struct cursor *c, size_t *ret_size)
{
	const uint8_t *name = cursor_rest(c),
		      *end = cursor_left(c) ? memchr(name, 0, cursor_left(c)) : NULL;

	if (!end) {
		cursor_fail(c);
		return NULL;
	}
	*ret_size = (size_t)(end - name);
	cursor_skip(c, *ret_size + 1);
	return name;
}

/* Steps over a value that is no string. False if its type is not known. */
static bool skip_value(struct cursor *c, uint8_t type)
{
	static const struct {
		uint8_t type, size;
	} fixed[] = {{0x01, 8}, {0x06, 0}, {0x07, 12}, {0x08, 1}, {0x09, 8}, {0x0a, 0},
		{0x10, 4}, {0x11, 8}, {0x12, 8}, {0x13, 16}, {0x7f, 0}, {0xff, 0}};

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (fixed[i].type == type) {
			cursor_skip(c, fixed[i].size);
			return true;
		}
	if (type == DOCUMENT || type == ARRAY) {
		uint32_t size = cursor_le32(c);

		if (size < 5)
			return false;
		cursor_skip(c, size - 4);
		return true;
	}
	if (type == 0x05) { /* bytes: a size, a kind, so many bytes */
		cursor_skip(c, (size_t)cursor_le32(c) + 1);
		return true;
	}
	return false;
}

static void mongodb_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c;

	if (answer(bytes, size, &c) != 1)
		return;
	cursor_skip(&c, 4);
	for (size_t n = 0; n < ELEMENTS_MAX && cursor_left(&c) > 1; n++) {
		uint8_t type = cursor_u8(&c);
		size_t name_size = 0, text_size;
		const uint8_t *name = name_of(&c, &name_size), *text;

		if (!name)
			return;
		if (type != STRING) {
			if (!skip_value(&c, type))
				return;
			continue;
		}
		text_size = cursor_le32(&c);
		text = cursor_bytes(&c, text_size);
		for (size_t i = 0; text && text_size && i < ARRAY_SIZE(items); i++)
			if (name_size == strlen(items[i].name) &&
				memcmp(name, items[i].name, name_size) == 0)
				reading_add(reading, items[i].attribute, text, text_size - 1);
	}
	if (reading_get(reading, "mongodb.version"))
		reading_match(reading, "mongodb.version",
			reading_get(reading, "mongodb.version"),
			strlen(reading_get(reading, "mongodb.version")));
}

/* An answer to buildInfo is no one's secret; others are the users' own. */
static size_t mongodb_overheard(uint8_t *bytes, size_t size)
{
	long complete = mongodb_complete(bytes, size);

	return complete > 0 && memmem(bytes, (size_t)complete, "\2gitVersion", 11)
		       ? (size_t)complete
		       : 0;
}

static size_t mongodb_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question));
}

static const uint16_t mongodb_ports[] = {27017, 0};

const struct protocol protocol_mongodb = {
	.name = "mongodb",
	.transport = TRANSPORT_TCP,
	.ports = mongodb_ports,
	.risk = PROTOCOL_STANDARD,
	.request = mongodb_request,
	.complete = mongodb_complete,
	.recognise = mongodb_recognise,
	.read = mongodb_read,
	.overheard = mongodb_overheard,
	.reference = "OP_MSG, buildInfo",
};
