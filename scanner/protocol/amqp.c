/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AMQP: the header of version 0-9-1, to which a broker answers with what it is and how one may
 * log in (Connection.Start), or with the header of the version that it speaks. Nobody logs in.
 *
 * References: AMQP 0-9-1, 2.3.5, 4.2, and its class connection; OASIS AMQP 1.0, 2.2.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"

#include <string.h>

enum {
	METHOD = 1,
	FRAME_END = 0xce,
	CONNECTION = 10,
	START = 10,
	FRAME_MAX = 16384,
	HEADER_SIZE = 8
};

static const uint8_t header[HEADER_SIZE] = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

static const struct {
	const char *name, *attribute;
} items[] = {{"product", "amqp.product"}, {"version", "amqp.product_version"},
	{"platform", "amqp.platform"}, {"cluster_name", "amqp.cluster"},
	{"copyright", "amqp.copyright"}};

/* The arguments of Connection.Start; failed if that is not what came. */
static struct cursor start_of(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), payload;
	uint32_t length;

	if (cursor_u8(&c) != METHOD || cursor_be16(&c) != 0)
		cursor_fail(&c);
	length = cursor_be32(&c);
	if (length < 6 || length > FRAME_MAX)
		cursor_fail(&c);
	payload = cursor_sub(&c, length);
	if (cursor_u8(&c) != FRAME_END || cursor_be16(&payload) != CONNECTION ||
		cursor_be16(&payload) != START)
		cursor_fail(&payload);
	if (!cursor_ok(&c))
		cursor_fail(&payload);
	return payload;
}

static bool is_header(const uint8_t *bytes, size_t size)
{
	return size >= HEADER_SIZE && memcmp(bytes, header, 4) == 0;
}

static long amqp_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = start_of(bytes, size);

	if (is_header(bytes, size))
		return HEADER_SIZE;
	if (cursor_ok(&c))
		return (long)(cursor_rest(&c) + cursor_left(&c) - bytes) + 1;
	/* The beginning of either, and not too long. */
	if (size > FRAME_MAX + 8 ||
		(size >= 3 && memcmp(bytes, "\1\0\0", 3) != 0 && memcmp(bytes, header, 3) != 0))
		return -1;
	return size > 11 && memcmp(bytes + 7, "\0\12\0\12", 4) != 0 ? -1 : 0;
}

static bool amqp_recognise(const uint8_t *bytes, size_t size)
{
	return (size >= 11 && memcmp(bytes, "\1\0\0", 3) == 0 &&
		       memcmp(bytes + 7, "\0\12\0\12", 4) == 0) ||
	       is_header(bytes, size);
}

/* Steps over a value of a table. False if its kind is not known: then its size is not,
 * either. */
static bool skip_value(struct cursor *c, uint8_t kind)
{
	static const struct {
		uint8_t kind, size;
	} fixed[] = {{'t', 1}, {'b', 1}, {'B', 1}, {'s', 2}, {'u', 2}, {'U', 2}, {'I', 4},
		{'i', 4}, {'l', 8}, {'L', 8}, {'f', 4}, {'d', 8}, {'D', 5}, {'T', 8}, {'V', 0}};

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (fixed[i].kind == kind) {
			cursor_skip(c, fixed[i].size);
			return true;
		}
	if (!strchr("SFAx", kind) || !kind)
		return false;
	cursor_skip(
		c, cursor_be32(c)); /* a string, a table, an array: with its size in front */
	return true;
}

static void read_properties(struct cursor c, struct reading *reading)
{
	while (cursor_left(&c) > 0) {
		size_t n = cursor_u8(&c), size;
		const uint8_t *name = cursor_bytes(&c, n), *value;
		uint8_t kind = cursor_u8(&c);

		if (kind != 'S') {
			if (!skip_value(&c, kind))
				return;
			continue;
		}
		size = cursor_be32(&c);
		value = cursor_bytes(&c, size);
		for (size_t i = 0; value && i < ARRAY_SIZE(items); i++)
			if (n == strlen(items[i].name) && memcmp(name, items[i].name, n) == 0)
				reading_add(reading, items[i].attribute, value, size);
	}
}

static void read_start(struct cursor c, struct reading *reading)
{
	_cleanup_(str_done) struct str text = STR_INIT(1024);
	const char *product, *version;
	const uint8_t *mechanisms;
	char protocol[16];
	uint8_t major = cursor_u8(&c), minor = cursor_u8(&c);
	size_t size;

	snprintf(protocol, sizeof(protocol), "%u-%u", major, minor);
	reading_add_text(reading, "amqp.version", protocol);
	read_properties(cursor_sub(&c, cursor_be32(&c)), reading);
	size = cursor_be32(&c);
	mechanisms = cursor_bytes(&c, size);
	if (mechanisms)
		reading_add(reading, "amqp.mechanisms", mechanisms, size);
	product = reading_get(reading, "amqp.product");
	version = reading_get(reading, "amqp.product_version");
	str_addf(&text, "%s|%s", product ? product : "", version ? version : "");
	if (product)
		reading_match(reading, "amqp.product", text.data, text.len);
}

static void amqp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = start_of(bytes, size);
	char version[24];

	if (cursor_ok(&c)) {
		read_start(c, reading);
	} else if (is_header(bytes, size)) {
		snprintf(version, sizeof(version), "%u-%u-%u", bytes[5], bytes[6], bytes[7]);
		reading_add_text(reading, "amqp.version", version);
	}
}

/* What follows is the users' own. */
static size_t amqp_overheard(uint8_t *bytes, size_t size)
{
	long complete = amqp_complete(bytes, size);

	return complete > 0 ? (size_t)complete : 0;
}

static size_t amqp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, header, sizeof(header));
}

static const uint16_t amqp_ports[] = {5672, 0};

const struct protocol protocol_amqp = {
	.name = "amqp",
	.transport = TRANSPORT_TCP,
	.ports = amqp_ports,
	.risk = PROTOCOL_SAFE,
	.request = amqp_request,
	.complete = amqp_complete,
	.recognise = amqp_recognise,
	.read = amqp_read,
	.overheard = amqp_overheard,
	.reference = "AMQP 0-9-1",
};
