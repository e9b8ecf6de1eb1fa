/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moxa serial device servers: the first message of the maker's search, sent to one address. The
 * maker does not document it, so control networks are not asked. What the last four bytes of
 * the question mean is not known; they stay zero. Nothing is configured.
 *
 * Reference: observed form, as in the public tools that search for these devices: a head of
 * eight bytes (kind, status, length, number), then the device: number, model, MAC and IPv4
 * address.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum {
	SEARCH_ANSWER = 0x81,
	ANSWER_SIZE = 24,
	MAC_AT = 14,
};

static const uint8_t search[] = {0x01, 0, 0, 8, 0, 0, 0, 0};
static const uint8_t maker[] = {0x00, 0x90, 0xe8}; /* of the MAC address */

static bool moxa_recognise(const uint8_t *bytes, size_t size)
{
	return size == ANSWER_SIZE && bytes[0] == SEARCH_ANSWER && bytes[1] == 0 &&
		bytes[2] == 0 && bytes[3] == ANSWER_SIZE &&
		memcmp(bytes + MAC_AT, maker, sizeof(maker)) == 0;
}

static long moxa_complete(const uint8_t *bytes, size_t size)
{
	return moxa_recognise(bytes, size) ? (long)size : -1;
}

static void moxa_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	char text[ADDR_TEXT_MAX];
	struct addr addr;
	struct mac mac;

	if (!moxa_recognise(bytes, size))
		return;
	cursor_skip(&c, 12); /* head, number */
	snprintf(text, sizeof(text), "%04x", cursor_le16(&c));
	reading_add_text(reading, "moxa.model", text);
	reading_match(reading, "moxa.model", text, strlen(text));
	for (size_t i = 0; i < sizeof(mac.bytes); i++)
		mac.bytes[i] = cursor_u8(&c);
	reading_add_text(reading, "moxa.mac", mac_format(&mac, text));
	addr = addr_from_bytes(4, cursor_rest(&c));
	reading_add_text(reading, "moxa.address", addr_format(&addr, text));
}

static size_t moxa_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, search, sizeof(search));
}

static const uint16_t moxa_ports[] = {4800, 0};

const struct protocol protocol_moxa = {
	.name = "moxa",
	.transport = TRANSPORT_UDP,
	.ports = moxa_ports,
	.risk = PROTOCOL_STANDARD,
	.request = moxa_request,
	.complete = moxa_complete,
	.recognise = moxa_recognise,
	.read = moxa_read,
	.reference = "observed form of the maker's search",
};
