/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS: the server's version, version.bind in class CHAOS. No name of anybody's zone is asked
 * for here; reverse.c does. Over TCP a message stands behind its size.
 *
 * References: RFC 1035 (messages), RFC 4892 (server identity).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "scanner/protocol/question.h"

enum {
	HEADER = 12,
	RESPONSE = 0x8000,
	RECURSION_AVAILABLE = 0x0080,
	TYPE_TXT = 16,
	CLASS_CHAOS = 3,
	LABELS_MAX = 128,
	RECORDS_MAX = 16,
};

static const uint8_t question[] = {7, 'v', 'e', 'r', 's', 'i', 'o', 'n', 4, 'b', 'i', 'n', 'd',
	0, 0, TYPE_TXT, 0, CLASS_CHAOS};

static const char *const codes[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP",
	"REFUSED"};

static void skip_name(struct cursor *c)
{
	for (int i = 0; i < LABELS_MAX; i++) {
		uint8_t length = cursor_u8(c);

		if (length >= 0xc0) {
			cursor_skip(c, 1);
			return;
		}
		if (length == 0)
			return;
		cursor_skip(c, length);
	}
	cursor_fail(c);
}

/* A response, and one whose question is well formed. */
static bool is_response(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t flags, questions;

	cursor_skip(&c, 2);
	flags = cursor_be16(&c);
	questions = cursor_be16(&c);
	cursor_skip(&c, 6);
	if (!cursor_ok(&c) || !(flags & RESPONSE) || (flags & 0x7800) || (flags & 0x0040) ||
		questions > 1 || (flags & 0x0f) > 10)
		return false;
	if (questions == 0)
		return (flags & 0x0f) != 0 && size == HEADER;
	skip_name(&c);
	cursor_skip(&c, 4);
	return cursor_ok(&c);
}

static void read_txt(struct cursor data, struct reading *reading)
{
	uint8_t size = cursor_u8(&data);
	const uint8_t *text = cursor_bytes(&data, size);

	if (!text)
		return;
	reading_add(reading, "dns.version", text, size);
	reading_match(reading, "dns.versionbind", text, size);
}

static void dns_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	uint16_t flags, questions, answers;

	if (!is_response(bytes, size))
		return;
	cursor_skip(&c, 2);
	flags = cursor_be16(&c);
	questions = cursor_be16(&c);
	answers = cursor_be16(&c);
	cursor_skip(&c, 4);
	if ((flags & 0x0f) < ARRAY_SIZE(codes))
		reading_add_text(reading, "dns.rcode", codes[flags & 0x0f]);
	reading_add_text(reading, "dns.recursion", flags & RECURSION_AVAILABLE ? "yes" : "no");
	while (questions-- > 0) {
		skip_name(&c);
		cursor_skip(&c, 4);
	}
	for (uint16_t i = 0; i < answers && i < RECORDS_MAX && cursor_left(&c) > 0; i++) {
		uint16_t type, class;
		struct cursor data;

		skip_name(&c);
		type = cursor_be16(&c);
		class = cursor_be16(&c);
		cursor_skip(&c, 4);
		data = cursor_sub(&c, cursor_be16(&c));
		if (cursor_ok(&data) && type == TYPE_TXT && class == CLASS_CHAOS)
			read_txt(data, reading);
	}
}

static bool dns_recognise(const uint8_t *bytes, size_t size)
{
	return is_response(bytes, size) && !question_is_multicast(bytes, size);
}

static long dns_complete(const uint8_t *bytes, size_t size)
{
	return is_response(bytes, size) ? (long)size : -1;
}

static size_t dns_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	question_begin(&p, (uint16_t)seed);
	packer_bytes(&p, question, sizeof(question));
	return packer_ok(&p) ? p.pos : 0;
}

static bool dns_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	return question_answered(reply, size, (uint16_t)seed);
}

/* ---- over TCP ---------------------------------------------------------------------------- */

static size_t message_size(const uint8_t *bytes, size_t size)
{
	return size >= 2 ? (size_t)bytes[0] << 8 | bytes[1] : 0;
}

static bool dns_tcp_recognise(const uint8_t *bytes, size_t size)
{
	size_t n = message_size(bytes, size);

	return n >= HEADER && size == n + 2 && is_response(bytes + 2, n);
}

static long dns_tcp_complete(const uint8_t *bytes, size_t size)
{
	size_t n = message_size(bytes, size);

	if (size >= 2 && n < HEADER)
		return -1;
	if (size < 2 || size < n + 2)
		return 0;
	return is_response(bytes + 2, n) ? (long)n + 2 : -1;
}

static void dns_tcp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	size_t n = message_size(bytes, size);

	if (n > 0 && size >= n + 2)
		dns_read(bytes + 2, n, reading);
}

static size_t dns_tcp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	size_t n = max > 2 ? dns_request(out + 2, max - 2, host, seed) : 0;

	if (n == 0)
		return 0;
	out[0] = (uint8_t)(n >> 8);
	out[1] = (uint8_t)n;
	return n + 2;
}

static const uint16_t dns_ports[] = {53, 0};

const struct protocol protocol_dns = {
	.name = "dns",
	.transport = TRANSPORT_UDP,
	.ports = dns_ports,
	.risk = PROTOCOL_SAFE,
	.request = dns_request,
	.repeats = dns_repeats,
	.complete = dns_complete,
	.recognise = dns_recognise,
	.read = dns_read,
	.reference = "RFC 1035, RFC 4892",
};

const struct protocol protocol_dns_tcp = {
	.name = "dns",
	.transport = TRANSPORT_TCP,
	.ports = dns_ports,
	.risk = PROTOCOL_SAFE,
	.request = dns_tcp_request,
	.complete = dns_tcp_complete,
	.recognise = dns_tcp_recognise,
	.read = dns_tcp_read,
	.reference = "RFC 1035, RFC 4892",
};
