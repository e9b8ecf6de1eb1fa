/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NNTP: the greeting of a news server, answered with QUIT. No group is listed.
 * Reference: RFC 3977, 5.1 and 5.4.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

enum { CODE = 4 };

/* Posting allowed, or not. */
static bool nntp_recognise(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;

	return line_next(&rest, true, &line) && line.size > CODE &&
	       (span_begins(line, "200 ") || span_begins(line, "201 "));
}

static void nntp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;

	if (!nntp_recognise(bytes, size) || !line_next(&rest, true, &line))
		return;
	reading_add_text(reading, "nntp.posting", bytes[2] == '0' ? "allowed" : "not allowed");
	reading_add(reading, "nntp.banner", line.bytes + CODE, line.size - CODE);
	reading_match(reading, "nntp.banner", line.bytes + CODE, line.size - CODE);
}

static long nntp_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	return line_farewell("QUIT\r\n", said, reply_complete(heard, size), out, max);
}

static const uint16_t nntp_ports[] = {119, 0};

const struct protocol protocol_nntp = {
	.name = "nntp",
	.transport = TRANSPORT_TCP,
	.ports = nntp_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = reply_complete,
	.recognise = nntp_recognise,
	.read = nntp_read,
	.next = nntp_next,
	.overheard = line_overheard,
	.reference = "RFC 3977, 5.1",
	.vague = true,
};
