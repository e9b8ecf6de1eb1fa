/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FTP: the greeting, answered with QUIT; as ordinary clients do, with AUTH TLS, to see the
 * server's certificate. No login is tried. References: RFC 959, RFC 4217.
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/lines.h"

#include <string.h>

#define BANNER_MAX 2048

static bool ftp_recognise(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;

	return line_next(&rest, true, &line) && line.size >= 4 &&
		(span_begins(line, "220 ") || span_begins(line, "220-")) &&
		!span_find(line, "SMTP");
}

/* The greeting without codes, as Recog's files expect it: lines joined by CR LF. */
static size_t banner(struct span rest, char *out, size_t max)
{
	struct span line;
	size_t n = 0;

	while (line_next(&rest, true, &line)) {
		if (span_begins(line, "220 ") || span_begins(line, "220-"))
			line = (struct span){line.bytes + 4, line.size - 4};
		if (line.size + 2 > max - n)
			break;
		if (n > 0) {
			memcpy(out + n, "\r\n", 2);
			n += 2;
		}
		memcpy(out + n, line.bytes, line.size);
		n += line.size;
	}
	return n;
}

static void ftp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	long complete = reply_complete(bytes, size);
	char text[BANNER_MAX];
	size_t n = banner((struct span){bytes, complete > 0 ? (size_t)complete : size}, text,
		sizeof(text));

	reading_add(reading, "ftp.banner", text, n);
	reading_match(reading, "ftp.banner", text, n);
}

static long ftp_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	(void)seed;
	return line_farewell("QUIT\r\n", said, reply_complete(heard, size), out, max);
}

static long ftp_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	static const struct line_step steps[] = {
		{"220", NULL, "AUTH TLS\r\n"}, {"234", NULL, NULL}};

	return reply_secure(
		steps, ARRAY_SIZE(steps), said, (struct span){heard, size}, out, max);
}

static const uint16_t ftp_ports[] = {21, 2121, 0};

const struct protocol protocol_ftp = {
	.name = "ftp",
	.transport = TRANSPORT_TCP,
	.ports = ftp_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = reply_complete,
	.recognise = ftp_recognise,
	.read = ftp_read,
	.next = ftp_next,
	.secure = ftp_secure,
	.reference = "RFC 959",
	.vague = true,
};
