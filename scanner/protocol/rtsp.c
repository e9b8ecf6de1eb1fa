/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTSP: OPTIONS of the server itself. No stream is described, set up or played, and nobody logs
 * in. Reference: RFC 2326, 10.1; RFC 7826, 13.1.
 */
#include "scanner/protocol/protocol.h"

#include "common/packer.h"
#include "scanner/protocol/fields.h"

#include <ctype.h>
#include <string.h>

#define HEADER_MAX 8192

static const char question[] =
	"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: cadastre/" CADASTRE_VERSION "\r\n\r\n";

static const struct field fields[] = {
	{"Server", "rtsp.server", "rtsp_header.server"},
	{"Public", "rtsp.methods", NULL},
	{"Supported", "rtsp.supported", NULL},
};

/* "RTSP/1.0 200 OK" */
static bool rtsp_recognise(const uint8_t *bytes, size_t size)
{
	return size > 12 && memcmp(bytes, "RTSP/", 5) == 0 && isdigit(bytes[5]) &&
	       bytes[6] == '.' && isdigit(bytes[7]) && bytes[8] == ' ' && isdigit(bytes[9]) &&
	       isdigit(bytes[10]) && isdigit(bytes[11]);
}

static long rtsp_complete(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = span_find((struct span){bytes, size}, "\r\n\r\n");

	if (size > 12 && !rtsp_recognise(bytes, size))
		return -1;
	if (end)
		return (long)(end - bytes) + 4;
	return size > HEADER_MAX ? -1 : 0;
}

static void rtsp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;

	if (!rtsp_recognise(bytes, size) || !line_next(&rest, true, &line))
		return;
	reading_add(reading, "rtsp.version", line.bytes + 5, 3);
	reading_add(reading, "rtsp.status", line.bytes + 9, line.size - 9);
	fields_read(rest, fields, ARRAY_SIZE(fields), reading);
}

/* The rest names streams, and who proved himself how. */
static size_t rtsp_overheard(uint8_t *bytes, size_t size)
{
	return fields_keep(bytes, size, fields, ARRAY_SIZE(fields));
}

static size_t rtsp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question) - 1);
}

static const uint16_t rtsp_ports[] = {554, 8554, 0};

const struct protocol protocol_rtsp = {
	.name = "rtsp",
	.transport = TRANSPORT_TCP,
	.ports = rtsp_ports,
	.risk = PROTOCOL_SAFE,
	.request = rtsp_request,
	.complete = rtsp_complete,
	.recognise = rtsp_recognise,
	.read = rtsp_read,
	.overheard = rtsp_overheard,
	.reference = "RFC 2326, 10.1",
};
