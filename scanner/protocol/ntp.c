/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NTP: an ordinary client's request, then the variables of its system, mode 6, read only, which
 * many servers refuse in silence.
 *
 * References: RFC 5905, RFC 9327 (mode 6).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <string.h>

enum {
	PACKET = 48,
	ORIGIN_AT = 24,
	MODE_CLIENT = 3,
	MODE_SERVER = 4,
	MODE_CONTROL = 6,
	READ_VARIABLES = 2,
	CONTROL_RESPONSE = 0x80,
	CONTROL_HEADER = 12,
	POLL_MOST = 17,
	PRECISION_LEAST = 0xd0, /* a negative exponent */
};

static const uint8_t read_variables[CONTROL_HEADER] = {0x16, READ_VARIABLES, 0, 1};

static bool is_control(const uint8_t *bytes, size_t size)
{
	return size >= CONTROL_HEADER && (bytes[0] & 7) == MODE_CONTROL &&
		(bytes[1] & CONTROL_RESPONSE) && (bytes[1] & 0x1f) == READ_VARIABLES;
}

/* A packet is bare, ends with a message digest of 16 or 20 bytes behind its key, or is followed
 * by what answered our second question. */
static bool is_server(const uint8_t *bytes, size_t size)
{
	uint8_t version = size > 0 ? bytes[0] >> 3 & 7 : 0;

	if (size != PACKET && size != PACKET + 20 && size != PACKET + 24 &&
		(size <= PACKET || !is_control(bytes + PACKET, size - PACKET)))
		return false;
	/* Stratum 0 is a kiss code or an unset clock; 16 is unsynchronised. */
	return (bytes[0] & 7) == MODE_SERVER && version >= 1 && version <= 4 &&
	       bytes[1] <= 16 && bytes[2] <= POLL_MOST &&
	       (bytes[3] >= PRECISION_LEAST || bytes[3] == 0);
}

static bool ntp_recognise(const uint8_t *bytes, size_t size)
{
	return is_server(bytes, size) || is_control(bytes, size);
}

static long ntp_complete(const uint8_t *bytes, size_t size)
{
	return ntp_recognise(bytes, size) ? (long)size : -1;
}

static void read_control(struct cursor c, struct reading *reading)
{
	uint16_t size;
	const uint8_t *text;

	cursor_skip(&c, CONTROL_HEADER - 2);
	size = cursor_be16(&c);
	text = cursor_bytes(&c, size);
	if (!text || size == 0)
		return;
	reading_add(reading, "ntp.variables", text, size);
	reading_match(reading, "ntp.readvar", text, size);
}

static void ntp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);

	if (is_server(bytes, size)) {
		reading_add_number(reading, "ntp.version", bytes[0] >> 3 & 7);
		reading_add_number(reading, "ntp.stratum", bytes[1]);
		if (bytes[1] <= 1) /* the reference is text: a kind of clock, or a kiss code */
			reading_add(reading, "ntp.reference", bytes + 12, 4);
		cursor_skip(&c, PACKET);
	}
	if (is_control(cursor_rest(&c), cursor_left(&c)))
		read_control(cursor_of(cursor_rest(&c), cursor_left(&c)), reading);
}

static size_t ntp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	packer_u8(&p, 4 << 3 | MODE_CLIENT);
	packer_zero(&p, PACKET - 9);
	packer_be64(&p, seed); /* transmit time: a nonce (RFC 9109 in spirit), not our clock */
	return packer_ok(&p) ? p.pos : 0;
}

/* The client's transmit time comes back as the time of origin (RFC 5905, 7.3 and 8). */
static bool ntp_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct cursor c = cursor_of(reply, size);
	uint8_t mode = cursor_u8(&c) & 7;

	cursor_skip(&c, ORIGIN_AT - 1);
	return cursor_be64(&c) == seed && mode == MODE_SERVER && size >= PACKET;
}

static long ntp_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	if (said == 1 && is_server(heard, size) && max >= sizeof(read_variables)) {
		memcpy(out, read_variables, sizeof(read_variables));
		return sizeof(read_variables);
	}
	return said == 2 && size == PACKET ? 0 : -1;
}

static const uint16_t ntp_ports[] = {123, 0};

const struct protocol protocol_ntp = {
	.name = "ntp",
	.transport = TRANSPORT_UDP,
	.ports = ntp_ports,
	.risk = PROTOCOL_SAFE,
	.request = ntp_request,
	.repeats = ntp_repeats,
	.complete = ntp_complete,
	.recognise = ntp_recognise,
	.read = ntp_read,
	.next = ntp_next,
	.reference = "RFC 5905",
};
