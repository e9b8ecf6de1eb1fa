/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kafka: ApiVersions, which a broker answers before anybody logs in. No topic is listed and
 * nothing is read. A broker does not say its release; which requests it knows, and up to which
 * version, is what it says.
 *
 * Reference: Kafka protocol guide, ApiVersions (key 18), version 0; KIP-35.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"

enum { LENGTH = 4, HEAD = 10, ENTRY = 6, APIS_MAX = 256, TEXT_MAX = 1024 };

/* Key 18, version 0, a number that comes back, and the name of who asks. */
static const uint8_t question[] = {0, 0, 0, 18, 0, 18, 0, 0, 0x63, 0x61, 0x64, 0x61, 0, 8, 'c',
	'a', 'd', 'a', 's', 't', 'r', 'e'};

/* The entries of an answer: 1; 0: it is not whole; -1: it is none. They ascend, and the first
 * is key 0. */
static int answer(const uint8_t *bytes, size_t size, struct cursor *ret_entries)
{
	struct cursor c = cursor_of(bytes, size), entries;
	uint32_t length = cursor_be32(&c), n;
	int last = -1;

	if (!cursor_ok(&c))
		return 0;
	if (length < HEAD + ENTRY || length > HEAD + APIS_MAX * ENTRY ||
		(length - HEAD) % ENTRY)
		return -1;
	cursor_skip(&c, 4);
	if (cursor_be16(&c) != 0 && cursor_ok(&c))
		return -1;
	n = cursor_be32(&c);
	if (!cursor_ok(&c))
		return 0;
	if (n != (length - HEAD) / ENTRY)
		return -1;
	entries = c;
	while (cursor_left(&entries) >= ENTRY && n-- > 0) {
		int key = cursor_be16(&entries), least = cursor_be16(&entries),
		    most = cursor_be16(&entries);

		if (key <= last || (last < 0 && key != 0) || least > most)
			return -1;
		last = key;
	}
	if (cursor_left(&c) < length - HEAD)
		return 0;
	*ret_entries = cursor_sub(&c, length - HEAD);
	return 1;
}

static bool kafka_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor entries;

	return answer(bytes, size, &entries) == 1;
}

static long kafka_complete(const uint8_t *bytes, size_t size)
{
	struct cursor entries;
	int whole = answer(bytes, size, &entries);

	return whole == 1 ? (long)(LENGTH + HEAD + entries.size) : whole;
}

static void kafka_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	_cleanup_(str_done) struct str text = STR_INIT(TEXT_MAX);
	struct cursor entries;

	if (answer(bytes, size, &entries) != 1)
		return;
	reading_add_number(reading, "kafka.api_count", cursor_left(&entries) / ENTRY);
	while (cursor_left(&entries) > 0) {
		unsigned int key = cursor_be16(&entries), least = cursor_be16(&entries),
			     most = cursor_be16(&entries);

		str_addf(&text, "%s%u:%u-%u", text.len ? " " : "", key, least, most);
	}
	reading_add(reading, "kafka.apis", text.data, text.len);
}

/* What follows is messages. */
static size_t kafka_overheard(uint8_t *bytes, size_t size)
{
	long complete = kafka_complete(bytes, size);

	return complete > 0 ? (size_t)complete : 0;
}

static size_t kafka_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question));
}

static const uint16_t kafka_ports[] = {9092, 0};

const struct protocol protocol_kafka = {
	.name = "kafka",
	.transport = TRANSPORT_TCP,
	.ports = kafka_ports,
	.risk = PROTOCOL_STANDARD,
	.request = kafka_request,
	.complete = kafka_complete,
	.recognise = kafka_recognise,
	.read = kafka_read,
	.overheard = kafka_overheard,
	.reference = "Kafka protocol, ApiVersions",
};
