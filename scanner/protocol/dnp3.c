/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNP3: one Request Link Status from master 3 to outstation 1, answered by the data link layer.
 * No application function is used, so nothing is read, written or operated, and addresses are
 * never walked through.
 *
 * Reference: IEEE 1815-2012, clause 9 (data link layer).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

enum {
	HEADER = 8,
	WITH_CRC = 10,
	LENGTH_LEAST = 5,
	REQUEST_LINK_STATUS = 0xc9, /* DIR, PRM, function 9 */
	OUTSTATION = 1,
	MASTER = 3,
	FROM_MASTER = 0x80,
	PRIMARY = 0x40,
	LINK_STATUS = 0x0b,
};

/* CRC of DNP3: polynomial 0x3d65, reflected, inverted at the end. */
static uint16_t crc(const uint8_t *bytes, size_t size)
{
	uint16_t value = 0;

	for (size_t i = 0; i < size; i++) {
		value ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			value = value & 1 ? (uint16_t)(value >> 1 ^ 0xa6bc) : value >> 1;
	}
	return (uint16_t)~value;
}

static long dnp3_complete(const uint8_t *bytes, size_t size)
{
	size_t user, whole;

	if ((size > 0 && bytes[0] != 0x05) || (size > 1 && bytes[1] != 0x64) ||
		(size > 2 && bytes[2] < LENGTH_LEAST))
		return -1;
	if (size < WITH_CRC)
		return 0;
	user = bytes[2] - (size_t)LENGTH_LEAST;
	whole = WITH_CRC + user + (user + 15) / 16 * 2;
	return size >= whole ? (long)whole : 0;
}

/* The header's checksum tells it from other bytes. Our own question, sent back or asked by
 * another, is no answer. */
static bool dnp3_recognise(const uint8_t *bytes, size_t size)
{
	return size >= WITH_CRC && bytes[0] == 0x05 && bytes[1] == 0x64 &&
		bytes[2] >= LENGTH_LEAST && bytes[3] != REQUEST_LINK_STATUS &&
		crc(bytes, HEADER) == (bytes[8] | (uint16_t)(bytes[9] << 8));
}

static void dnp3_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t control;

	if (!dnp3_recognise(bytes, size))
		return;
	cursor_skip(&c, 3);
	control = cursor_u8(&c);
	reading_add_number(reading, "dnp3.destination", cursor_le16(&c));
	reading_add_number(reading, "dnp3.source", cursor_le16(&c));
	if (!(control & PRIMARY) && (control & 0x0f) == LINK_STATUS)
		reading_add_text(reading, "dnp3.link_status", "answered");
	reading_add_text(reading, "dnp3.side", control & FROM_MASTER ? "master" : "outstation");
	if (control & FROM_MASTER)
		reading_match(reading, "dnp3", "master", 6);
	else
		reading_match(reading, "dnp3", "outstation", 10);
}

static size_t dnp3_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	(void)seed;
	packer_be16(&p, 0x0564);
	packer_u8(&p, LENGTH_LEAST);
	packer_u8(&p, REQUEST_LINK_STATUS);
	packer_le16(&p, OUTSTATION);
	packer_le16(&p, MASTER);
	if (packer_ok(&p))
		packer_le16(&p, crc(out, HEADER));
	return packer_ok(&p) ? p.pos : 0;
}

static const uint16_t dnp3_ports[] = {20000, 0};

const struct protocol protocol_dnp3 = {
	.name = "dnp3",
	.transport = TRANSPORT_TCP,
	.ports = dnp3_ports,
	.risk = PROTOCOL_SAFE,
	.request = dnp3_request,
	.complete = dnp3_complete,
	.recognise = dnp3_recognise,
	.read = dnp3_read,
	.reference = "IEEE 1815-2012, clause 9",
};

/* A datagram holds whole frames. Nothing of the request comes back but the two addresses, which
 * are the same for everybody. */
const struct protocol protocol_dnp3_udp = {
	.name = "dnp3",
	.transport = TRANSPORT_UDP,
	.ports = dnp3_ports,
	.risk = PROTOCOL_SAFE,
	.request = dnp3_request,
	.complete = dnp3_complete,
	.recognise = dnp3_recognise,
	.read = dnp3_read,
	.reference = "IEEE 1815-2012, clauses 9 and 13",
};
