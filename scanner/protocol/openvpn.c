/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenVPN: the first packet of a client. A server answers it only if its control channel is not
 * authenticated (neither tls-auth nor tls-crypt); others are silent by design. TLS is not
 * begun, so that the session that was opened lapses within a minute. Over TCP a packet stands
 * behind its length.
 *
 * Reference: OpenVPN wire protocol (openvpn-rfc), P_CONTROL_HARD_RESET_CLIENT_V2 and
 * _SERVER_V2.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

enum {
	RESET_CLIENT = 7 << 3,
	RESET_SERVER = 8 << 3,
	ANSWER_SIZE = 26,
	LENGTH = 2
};

/* A reset of a server that acknowledges packet 0 of whom it names, and is itself packet 0. */
static bool parse(const uint8_t *bytes, size_t size, uint64_t *ret_client)
{
	struct cursor c = cursor_of(bytes, size);
	bool reset = cursor_u8(&c) == RESET_SERVER;
	uint64_t server = cursor_be64(&c);

	if (cursor_u8(&c) != 1 || cursor_be32(&c) != 0)
		cursor_fail(&c);
	*ret_client = cursor_be64(&c);
	if (cursor_be32(&c) != 0)
		cursor_fail(&c);
	return cursor_ok(&c) && reset && size == ANSWER_SIZE && server != 0 && *ret_client != 0;
}

static bool openvpn_recognise(const uint8_t *bytes, size_t size)
{
	uint64_t client;

	return parse(bytes, size, &client);
}

static long openvpn_complete(const uint8_t *bytes, size_t size)
{
	return openvpn_recognise(bytes, size) ? (long)size : -1;
}

static void openvpn_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	if (openvpn_recognise(bytes, size))
		reading_add_text(reading, "openvpn.control_channel", "not authenticated");
}

/* Never zero, which no session has. */
static uint64_t session(uint64_t seed)
{
	return seed ? seed : ~seed;
}

static size_t openvpn_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	packer_u8(&p, RESET_CLIENT);
	packer_be64(&p, session(seed));
	packer_u8(&p, 0);   /* it acknowledges nothing */
	packer_be32(&p, 0); /* packet 0 */
	return packer_ok(&p) ? p.pos : 0;
}

static bool openvpn_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	uint64_t client;

	return parse(reply, size, &client) && client == session(seed);
}

/* ---- over TCP ---------------------------------------------------------------------------- */

static bool openvpn_tcp_recognise(const uint8_t *bytes, size_t size)
{
	return size >= LENGTH + ANSWER_SIZE && bytes[0] == 0 && bytes[1] == ANSWER_SIZE &&
	       openvpn_recognise(bytes + LENGTH, ANSWER_SIZE);
}

static long openvpn_tcp_complete(const uint8_t *bytes, size_t size)
{
	static const uint8_t head[] = {0, ANSWER_SIZE, RESET_SERVER};

	for (size_t i = 0; i < sizeof(head) && i < size; i++)
		if (bytes[i] != head[i])
			return -1;
	if (size < LENGTH + ANSWER_SIZE)
		return 0;
	return openvpn_tcp_recognise(bytes, size) ? LENGTH + ANSWER_SIZE : -1;
}

static void openvpn_tcp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	if (openvpn_tcp_recognise(bytes, size))
		openvpn_read(bytes + LENGTH, ANSWER_SIZE, reading);
}

/* What follows is a tunnel. */
static size_t openvpn_tcp_overheard(uint8_t *bytes, size_t size)
{
	return openvpn_tcp_recognise(bytes, size) ? LENGTH + ANSWER_SIZE : 0;
}

static size_t openvpn_tcp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);
	size_t size =
		max > LENGTH ? openvpn_request(out + LENGTH, max - LENGTH, host, seed) : 0;

	packer_be16(&p, (uint16_t)size);
	return size > 0 && packer_ok(&p) ? LENGTH + size : 0;
}

static const uint16_t openvpn_ports[] = {1194, 0};

const struct protocol protocol_openvpn = {
	.name = "openvpn",
	.transport = TRANSPORT_UDP,
	.ports = openvpn_ports,
	.risk = PROTOCOL_STANDARD,
	.request = openvpn_request,
	.repeats = openvpn_repeats,
	.complete = openvpn_complete,
	.recognise = openvpn_recognise,
	.read = openvpn_read,
	.reference = "OpenVPN wire protocol",
};

const struct protocol protocol_openvpn_tcp = {
	.name = "openvpn",
	.transport = TRANSPORT_TCP,
	.ports = openvpn_ports,
	.risk = PROTOCOL_STANDARD,
	.request = openvpn_tcp_request,
	.complete = openvpn_tcp_complete,
	.recognise = openvpn_tcp_recognise,
	.read = openvpn_tcp_read,
	.overheard = openvpn_tcp_overheard,
	.reference = "OpenVPN wire protocol",
};
