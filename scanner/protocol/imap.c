/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IMAP4: the greeting, answered with LOGOUT; as ordinary clients do, with STARTTLS, to see the
 * server's certificate. No login is tried. Reference: RFC 9051.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

#include <string.h>

enum { UNTAGGED_MAX = 32 };

static const char *const greetings[] = {"* OK ", "* PREAUTH ", "* BYE "};

static bool imap_recognise(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(greetings); i++)
		if (span_begins((struct span){bytes, size}, greetings[i]))
			return true;
	return false;
}

static void imap_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;

	if (!line_next(&rest, true, &line))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(greetings); i++) {
		size_t n = strlen(greetings[i]);

		if (!span_begins(line, greetings[i]))
			continue;
		reading_add(reading, "imap.banner", line.bytes + n, line.size - n);
		reading_match(reading, "imap4.banner", line.bytes + n, line.size - n);
	}
}

static long imap_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	return line_farewell("a LOGOUT\r\n", said, line_complete(heard, size), out, max);
}

/* What was heard behind the greeting up to the line that answers ours, which bears our tag. */
static long imap_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	static const struct line_step steps[] = {
		{"* OK ", NULL, "s STARTTLS\r\n"}, {"s OK", NULL, NULL}};
	struct span rest = {heard, size}, line;

	if (said >= ARRAY_SIZE(steps))
		return -1;
	if (!line_next(&rest, false, &line))
		return line_complete(heard, size) < 0 ? -1 : 0;
	for (int i = 0; said == 1 && i < UNTAGGED_MAX; i++) {
		if (!line_next(&rest, false, &line))
			return 0;
		if (!span_begins(line, "* "))
			break;
	}
	return line_step(&steps[said], line, out, max);
}

static const uint16_t imap_ports[] = {143, 0};

const struct protocol protocol_imap = {
	.name = "imap",
	.transport = TRANSPORT_TCP,
	.ports = imap_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = line_complete,
	.recognise = imap_recognise,
	.read = imap_read,
	.next = imap_next,
	.secure = imap_secure,
	.overheard = line_overheard,
	.reference = "RFC 9051",
};
