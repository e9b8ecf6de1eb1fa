/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMTP: the greeting, answered with QUIT; as ordinary clients do, with EHLO, whose answer says
 * what the server can do, and STARTTLS, to see its certificate. No mail transaction is begun.
 * References: RFC 5321, RFC 3207.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

#include <string.h>

enum { EXTENSIONS_MAX = 32, EXTENSION_MAX = 64 };

static bool smtp_recognise(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;

	return line_next(&rest, true, &line) && line.size > 4 &&
	       (span_begins(line, "220") || span_begins(line, "554") ||
		       span_begins(line, "421")) &&
	       span_find(line, "SMTP");
}

/* What the answer to EHLO offers, its first line apart. */
static void read_extensions(struct span reply, struct reading *reading)
{
	struct span line;
	char word[EXTENSION_MAX + 1];

	if (!span_begins(reply, "250") || !line_next(&reply, true, &line))
		return;
	for (int i = 0; i < EXTENSIONS_MAX && line_next(&reply, true, &line); i++) {
		if (line.size <= 4 || line.size - 4 > EXTENSION_MAX)
			continue;
		memcpy(word, line.bytes + 4, line.size - 4);
		word[line.size - 4] = '\0';
		reading_append(reading, "smtp.extensions", word);
	}
}

static void smtp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line, reply;
	const uint8_t *space;

	if (!line_next(&rest, true, &line) || line.size <= 4)
		return;
	line = (struct span){line.bytes + 4, line.size - 4};
	reading_add(reading, "smtp.banner", line.bytes, line.size);
	reading_match(reading, "smtp.banner", line.bytes, line.size);
	space = memchr(line.bytes, ' ', line.size);
	reading_name(reading, "smtp.banner", line.bytes,
		space ? (size_t)(space - line.bytes) : line.size);
	if (reading->asked && reply_at(bytes, size, 1, &reply) > 0)
		read_extensions(reply, reading);
}

static long smtp_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	return line_farewell("QUIT\r\n", said, reply_complete(heard, size), out, max);
}

static long smtp_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	static const struct line_step steps[] = {{"220", NULL, "EHLO cadastre.invalid\r\n"},
		{"250", "STARTTLS", "STARTTLS\r\n"}, {"220", NULL, NULL}};

	return reply_secure(
		steps, ARRAY_SIZE(steps), said, (struct span){heard, size}, out, max);
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
	.secure = smtp_secure,
	.reference = "RFC 5321",
};
