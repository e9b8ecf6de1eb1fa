/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WireGuard: silent by design to whoever does not hold the key of a peer, so nothing is asked.
 * The answer to a peer's handshake tells, where it is overheard, that there is one; who the
 * peers are it does not.
 *
 * Reference: WireGuard (Donenfeld, NDSS 2017), 5.4.3.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"

enum { RESPONSE = 2, RESPONSE_SIZE = 92, SECOND_MAC = 16 };

/* The second code is zero but where the other side is under load. */
static bool wireguard_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t sum = 0;

	if (cursor_u8(&c) != RESPONSE || cursor_be24(&c) != 0 || size != RESPONSE_SIZE)
		return false;
	cursor_seek(&c, RESPONSE_SIZE - SECOND_MAC);
	while (cursor_left(&c) > 0)
		sum |= cursor_u8(&c);
	return cursor_ok(&c) && sum == 0;
}

static long wireguard_complete(const uint8_t *bytes, size_t size)
{
	return wireguard_recognise(bytes, size) ? (long)size : -1;
}

static void wireguard_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	if (wireguard_recognise(bytes, size))
		reading_add_text(reading, "wireguard.handshake", "answered a peer");
}

static const uint16_t wireguard_ports[] = {51820, 0};

const struct protocol protocol_wireguard = {
	.name = "wireguard",
	.transport = TRANSPORT_UDP,
	.ports = wireguard_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = wireguard_complete,
	.recognise = wireguard_recognise,
	.read = wireguard_read,
	.reference = "WireGuard, 5.4.3",
};
