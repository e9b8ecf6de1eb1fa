/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OPC UA: Hello, answered by Acknowledge or by an error. No secure channel is opened, so that
 * nothing is held on a server whose channels are few; the server's name and endpoints are
 * therefore not told. Where others ask for them in the clear, they are overheard.
 *
 * Reference: OPC 10000-6, 7.1 (OPC UA Connection Protocol).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum {
	HEADER = 8,
	ACKNOWLEDGE = 28,
	ERROR_MOST = 4096,
	BUFFER = 65535,
	PORT = 4840,
	/* of messages that are overheard */
	MESSAGE_LEAST = HEADER + 16 + 4 + 24, /* channel, sequence, kind, head of an answer */
	MESSAGE_MOST = 1 << 24,
	SERVERS_MOST = 16,
	FIND_SERVERS = 425, /* kinds of answers, by their numbers in the standard's node set */
	GET_ENDPOINTS = 431,
};

static bool is_type(const uint8_t *bytes, const char *type)
{
	return memcmp(bytes, type, 4) == 0;
}

/* The size that the header states; 0 if it is none of ours. */
static size_t stated(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t length;

	cursor_skip(&c, 4);
	length = cursor_le32(&c);
	if (!cursor_ok(&c))
		return 0;
	if (is_type(bytes, "ACKF"))
		return length == ACKNOWLEDGE ? length : 0;
	/* its beginning is enough */
	if (is_type(bytes, "MSGF"))
		return length >= MESSAGE_LEAST && length <= MESSAGE_MOST &&
				       size >= MESSAGE_LEAST
			       ? size
			       : 0;
	return is_type(bytes, "ERRF") && length >= HEADER + 8 && length <= ERROR_MOST ? length
										      : 0;
}

static bool opcua_recognise(const uint8_t *bytes, size_t size)
{
	return size >= HEADER && stated(bytes, size) > 0;
}

static long opcua_complete(const uint8_t *bytes, size_t size)
{
	size_t length = size >= HEADER ? stated(bytes, size) : 0;

	if (size < HEADER)
		return 0;
	if (length == 0)
		return -1;
	return size >= length ? (long)length : 0;
}

/* ---- what servers tell others, where nothing is encrypted -------------------------------- */

/* A string, or bytes; empty where there is none. Failed if it is cut short. */
static struct cursor string_next(struct cursor *c)
{
	uint32_t size = cursor_le32(c);

	return cursor_sub(c, size == UINT32_MAX ? 0 : size);
}

/* A node id, of whichever form (OPC 10000-6, 5.2.2.9). */
static void skip_node(struct cursor *c)
{
	static const uint8_t sizes[] = {1, 3, 6, 2, 18, 2};
	uint8_t form = cursor_u8(c);

	if (form >= ARRAY_SIZE(sizes))
		cursor_fail(c);
	else
		cursor_skip(c, sizes[form]);
	if (form == 3 || form == 5)
		string_next(c);
}

/* The kind of an answer that went well, and what stands behind its head; failed if it did
 * not. */
static struct cursor answer_of(const uint8_t *bytes, size_t size, uint16_t *ret_kind)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t strings;

	cursor_skip(&c, HEADER + 16);
	if (cursor_be16(&c) != 0x0100) /* a number of four bytes, of the standard itself */
		cursor_fail(&c);
	*ret_kind = cursor_le16(&c);
	cursor_skip(&c, 12); /* time, handle */
	if (cursor_le32(&c) != 0 || cursor_u8(&c) != 0)
		cursor_fail(&c); /* it failed, or has diagnostics */
	strings = cursor_le32(&c);
	if (strings && strings != UINT32_MAX)
		cursor_fail(&c);
	skip_node(&c);
	if (cursor_u8(&c) != 0)
		cursor_fail(&c);
	return c;
}

/* An application: its URI, its product's, its name. */
struct application {
	struct cursor uri, product, name;
};

static struct application application_next(struct cursor *c)
{
	struct application a = {string_next(c), string_next(c), {.failed = true}};
	uint8_t mask = cursor_u8(c);
	uint32_t urls;

	if (mask & 1)
		string_next(c); /* its language */
	if (mask & 2)
		a.name = string_next(c);
	cursor_skip(c, 4); /* type */
	string_next(c);
	string_next(c);
	urls = cursor_le32(c);
	for (uint32_t i = 0; urls != UINT32_MAX && i < urls && cursor_ok(c); i++)
		string_next(c);
	return a;
}

static void add_string(struct reading *reading, const char *name, const struct cursor *text)
{
	if (cursor_left(text))
		reading_add(reading, name, cursor_rest(text), cursor_left(text));
}

static void read_application(const struct application *a, struct reading *reading)
{
	add_string(reading, "opcua.application_uri", &a->uri);
	add_string(reading, "opcua.product_uri", &a->product);
	add_string(reading, "opcua.application_name", &a->name);
}

/* One that a server knows is perhaps itself; of several it is the directory. */
static void read_servers(struct cursor c, struct reading *reading)
{
	uint32_t n = cursor_le32(&c);

	for (uint32_t i = 0; i < n && i < SERVERS_MOST && cursor_ok(&c); i++) {
		struct application a = application_next(&c);

		if (n == 1)
			read_application(&a, reading);
		else if (cursor_left(&a.uri))
			reading_note(reading, "opcua.servers", cursor_rest(&a.uri),
				cursor_left(&a.uri));
	}
}

static void read_message(const uint8_t *bytes, size_t size, struct reading *reading)
{
	uint16_t kind;
	struct cursor c = answer_of(bytes, size, &kind);
	struct application a;

	if (kind == FIND_SERVERS)
		read_servers(c, reading);
	if (kind != GET_ENDPOINTS || cursor_le32(&c) - 1 >= SERVERS_MOST)
		return;
	string_next(&c); /* where */
	a = application_next(&c);
	read_application(&a, reading);
}

/* Of what others are told nothing but who it is stays: the rest is a process's values. */
static size_t opcua_overheard(uint8_t *bytes, size_t size)
{
	uint16_t kind;
	struct cursor c;

	if (size < HEADER || !is_type(bytes, "MSGF"))
		return size;
	c = answer_of(bytes, size, &kind);
	return cursor_ok(&c) && (kind == GET_ENDPOINTS || kind == FIND_SERVERS) ? size : HEADER;
}

static void opcua_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t first, length;
	const uint8_t *reason;
	char code[16];

	if (!opcua_recognise(bytes, size))
		return;
	if (is_type(bytes, "MSGF")) {
		read_message(bytes, size, reading);
		return;
	}
	cursor_skip(&c, HEADER);
	first = cursor_le32(&c);
	length = cursor_le32(&c);
	if (!cursor_ok(&c))
		return;
	if (is_type(bytes, "ACKF")) {
		reading_add_number(reading, "opcua.protocol_version", first);
		reading_add_number(reading, "opcua.receive_buffer", length);
		return;
	}
	snprintf(code, sizeof(code), "0x%08x", first);
	reading_add_text(reading, "opcua.error", code);
	reason = length <= ERROR_MOST ? cursor_bytes(&c, length) : NULL;
	if (reason)
		reading_add(reading, "opcua.reason", reason, length);
}

static size_t opcua_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);
	bool v6 = strchr(host, ':') != NULL;
	char url[128];
	int n = snprintf(url, sizeof(url), "opc.tcp://%s%s%s:%d", v6 ? "[" : "", host,
		v6 ? "]" : "", PORT);

	(void)seed;
	if (n <= 0 || (size_t)n >= sizeof(url))
		return 0;
	packer_bytes(&p, "HELF", 4);
	packer_le32(&p, (uint32_t)(32 + n));
	packer_le32(&p, 0); /* protocol version */
	packer_le32(&p, BUFFER);
	packer_le32(&p, BUFFER);
	packer_le32(&p, 0); /* no bound of ours on messages and chunks: none will come */
	packer_le32(&p, 0);
	packer_le32(&p, (uint32_t)n);
	packer_bytes(&p, url, (size_t)n);
	return packer_ok(&p) ? p.pos : 0;
}

static const uint16_t opcua_ports[] = {PORT, 0};

const struct protocol protocol_opcua = {
	.name = "opcua",
	.transport = TRANSPORT_TCP,
	.ports = opcua_ports,
	.risk = PROTOCOL_SAFE,
	.request = opcua_request,
	.complete = opcua_complete,
	.recognise = opcua_recognise,
	.read = opcua_read,
	.overheard = opcua_overheard,
	.reference = "OPC 10000-6, 7.1",
};
