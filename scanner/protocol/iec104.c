/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IEC 60870-5-104: one TESTFR, the link test that is allowed in the stopped state and changes
 * nothing. Data transfer is never started: STARTDT may switch the active connection of a
 * redundancy group.
 *
 * Reference: IEC 60870-5-104:2006, 5.2 and 5.3.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>
#include <string.h>

enum { START = 0x68, TESTFR_ACT = 0x43, TESTFR_CON = 0x83, APDU_MAX = 253, I_FRAME_LEAST = 12 };

static const uint8_t testfr[] = {START, 4, TESTFR_ACT, 0, 0, 0};

/* Control octets of U frames: STARTDT, STOPDT, TESTFR, each act and con. */
static const uint8_t controls[] = {0x07, 0x0b, 0x13, 0x23, TESTFR_ACT, TESTFR_CON};

static bool is_u_frame(const uint8_t *bytes)
{
	return bytes[0] == START && bytes[1] == 4 && bytes[3] == 0 && bytes[4] == 0 &&
		bytes[5] == 0 && memchr(controls, bytes[2], sizeof(controls));
}

/* The acknowledgement of what was received, and nothing more. */
static bool is_s_frame(const uint8_t *bytes)
{
	return bytes[0] == START && bytes[1] == 4 && bytes[2] == 1 && bytes[3] == 0 &&
		!(bytes[4] & 1);
}

/* An I frame with an ASDU: type 1 to 127, a cause that IEC 60870-5-101 knows. */
static bool is_i_frame(const uint8_t *bytes, size_t size)
{
	return size >= I_FRAME_LEAST && bytes[0] == START && bytes[1] >= I_FRAME_LEAST - 2 &&
		bytes[1] <= APDU_MAX && !(bytes[2] & 1) && !(bytes[4] & 1) && bytes[6] >= 1 &&
		bytes[6] <= 127 && (bytes[8] & 0x3f) >= 1 && (bytes[8] & 0x3f) <= 47;
}

static long iec104_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t start = cursor_u8(&c), length = cursor_u8(&c);

	if (size > 0 && start != START)
		return -1;
	if (size > 1 && (length < 4 || length > APDU_MAX))
		return -1;
	return cursor_left(&c) >= length && size >= 6 ? 2 + (long)length : 0;
}

static bool iec104_recognise(const uint8_t *bytes, size_t size)
{
	return size >= sizeof(testfr) &&
		(is_u_frame(bytes) || is_s_frame(bytes) || is_i_frame(bytes, size));
}

/* Of which station, and of what kind: 1 to 40 are what it watches, 45 to 69 what it is told
 * (IEC 60870-5-101, 7.2.1). The values are not read. */
static void read_asdu(const uint8_t *asdu, struct reading *reading)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", asdu[4] | (unsigned int)asdu[5] << 8);
	reading_note_text(reading, "iec104.common_addresses", text);
	snprintf(text, sizeof(text), "%u", asdu[0]);
	reading_note_text(reading, "iec104.types", text);
}

static void iec104_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	bool any = false;

	while (iec104_recognise(bytes, size)) {
		size_t whole = bytes[1] + 2u;

		any = true;
		if (is_u_frame(bytes) && bytes[2] == TESTFR_CON)
			reading_add_text(reading, "iec104.testfr", "confirmed");
		if (is_i_frame(bytes, size))
			read_asdu(bytes + 6, reading);
		if (whole >= size)
			break;
		bytes += whole;
		size -= whole;
	}
	if (any)
		reading_match(reading, "iec104", "station", 7);
}

static size_t iec104_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, testfr, sizeof(testfr));
}

static const uint16_t iec104_ports[] = {2404, 0};

const struct protocol protocol_iec104 = {
	.name = "iec104",
	.transport = TRANSPORT_TCP,
	.ports = iec104_ports,
	.risk = PROTOCOL_SAFE,
	.request = iec104_request,
	.complete = iec104_complete,
	.recognise = iec104_recognise,
	.read = iec104_read,
	.reference = "IEC 60870-5-104, 5.2",
};
