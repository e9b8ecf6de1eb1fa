/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POP3: the greeting, answered with QUIT; as ordinary clients do, with STLS, to see the
 * server's certificate. No login is tried. References: RFC 1939, RFC 2595.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

#include <string.h>

static bool pop3_recognise(const uint8_t *bytes, size_t size)
{
	return span_begins((struct span){bytes, size}, "+OK ") && bytes[0] == '+' &&
		bytes[1] == 'O';
}

static void pop3_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;

	if (!line_next(&rest, true, &line) || line.size <= 4)
		return;
	reading_add(reading, "pop3.banner", line.bytes + 4, line.size - 4);
	reading_match(reading, "pop3.banner", line.bytes + 4, line.size - 4);
}

static long pop3_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	return line_farewell("QUIT\r\n", said, line_complete(heard, size), out, max);
}

static long pop3_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	static const struct line_step steps[] = {
		{"+OK", NULL, "STLS\r\n"}, {"+OK", NULL, NULL}};
	struct span rest = {heard, size}, line;

	for (unsigned int i = 0; i <= said; i++)
		if (!line_next(&rest, false, &line))
			return line_complete(heard, size) < 0 ? -1 : 0;
	return said < ARRAY_SIZE(steps) ? line_step(&steps[said], line, out, max) : -1;
}

static const uint16_t pop3_ports[] = {110, 0};

const struct protocol protocol_pop3 = {
	.name = "pop3",
	.transport = TRANSPORT_TCP,
	.ports = pop3_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = line_complete,
	.recognise = pop3_recognise,
	.read = pop3_read,
	.next = pop3_next,
	.secure = pop3_secure,
	.overheard = line_overheard,
	.reference = "RFC 1939",
};
