/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OPC UA: Hello, answered by Acknowledge or by an error. No secure channel is opened, so that
 * nothing is held on a server whose channels are few; the server's name and endpoints are
 * therefore not told.
 *
 * Reference: OPC 10000-6, 7.1 (OPC UA Connection Protocol).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum { HEADER = 8, ACKNOWLEDGE = 28, ERROR_MOST = 4096, BUFFER = 65535, PORT = 4840 };

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
	return is_type(bytes, "ERRF") && length >= HEADER + 8 && length <= ERROR_MOST ? length : 0;
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

static void opcua_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t first, length;
	const uint8_t *reason;
	char code[16];

	if (!opcua_recognise(bytes, size))
		return;
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
	int n = snprintf(url, sizeof(url), "opc.tcp://%s%s%s:%d", v6 ? "[" : "", host, v6 ? "]" : "",
		PORT);

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
	.reference = "OPC 10000-6, 7.1",
};
