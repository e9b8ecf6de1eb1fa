/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMTP: the greeting, answered with QUIT. No mail transaction is begun.
 * Reference: RFC 5321.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

#include <string.h>

static bool smtp_recognise(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;

	return line_next(&rest, true, &line) && line.size > 4 &&
		(span_begins(line, "220") || span_begins(line, "554") || span_begins(line, "421")) &&
		span_find(line, "SMTP");
}

static void smtp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;
	const uint8_t *space;

	if (!line_next(&rest, true, &line) || line.size <= 4)
		return;
	line = (struct span){line.bytes + 4, line.size - 4};
	reading_add(reading, "smtp.banner", line.bytes, line.size);
	reading_match(reading, "smtp.banner", line.bytes, line.size);
	space = memchr(line.bytes, ' ', line.size);
	reading_name(reading, "smtp.banner", line.bytes,
		space ? (size_t)(space - line.bytes) : line.size);
}

static long smtp_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	return line_farewell("QUIT\r\n", said, reply_complete(heard, size), out, max);
}

static const uint16_t smtp_ports[] = {25, 587, 2525, 0};

const struct protocol protocol_smtp = {
	.name = "smtp",
	.transport = TRANSPORT_TCP,
	.ports = smtp_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = reply_complete,
	.recognise = smtp_recognise,
	.read = smtp_read,
	.next = smtp_next,
	.reference = "RFC 5321",
};
