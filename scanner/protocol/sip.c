/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIP: OPTIONS, which rings nowhere and opens no dialogue. It may not be forwarded
 * (Max-Forwards 0), so that only the address that was asked hears it. No user is named and
 * nothing is registered.
 *
 * References: RFC 3261 (11 OPTIONS, 16.3 the limit of forwarding, 20 header fields), RFC 3581
 * (answers to the port that asked).
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/fields.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STATUS_AT 8 /* behind "SIP/2.0 " */
#define BRANCH_MAX 32

/* A branch by RFC 3261, 8.1.1.7. */
static void branch(uint64_t seed, char out[BRANCH_MAX])
{
	snprintf(out, BRANCH_MAX, "z9hG4bK%016" PRIx64, seed);
}

static bool sip_recognise(const uint8_t *bytes, size_t size)
{
	struct span all = {bytes, size};

	return span_begins(all, "SIP/2.0 ") && size > STATUS_AT + 3 &&
		bytes[STATUS_AT] >= '1' && bytes[STATUS_AT] <= '6' &&
		isdigit(bytes[STATUS_AT + 1]) && isdigit(bytes[STATUS_AT + 2]) &&
		bytes[STATUS_AT + 3] == ' ';
}

static long sip_complete(const uint8_t *bytes, size_t size)
{
	return sip_recognise(bytes, size) ? (long)size : -1;
}

static const struct field fields[] = {
	{"Server", "sip.server", "sip_header.server"},
	{"User-Agent", "sip.user_agent", "sip_header.user_agent"},
	{"Allow", "sip.allow", NULL},
	{"Supported", "sip.supported", NULL},
};

static void sip_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;

	if (!sip_recognise(bytes, size) || !line_next(&rest, true, &line))
		return;
	reading_add(reading, "sip.status", line.bytes + STATUS_AT, line.size - STATUS_AT);
	fields_read(rest, fields, ARRAY_SIZE(fields), reading);
}

/* The status and what is read; the rest names who speaks with whom, and how he proved
 * himself. */
static size_t sip_overheard(uint8_t *bytes, size_t size)
{
	return fields_keep(bytes, size, fields, ARRAY_SIZE(fields));
}

static size_t sip_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	bool v6 = strchr(host, ':') != NULL;
	char uri[80], id[BRANCH_MAX];
	int n;

	branch(seed, id);
	snprintf(uri, sizeof(uri), "sip:%s%s%s", v6 ? "[" : "", *host ? host : "invalid",
		v6 ? "]" : "");
	n = snprintf((char *)out, max,
		"OPTIONS %s SIP/2.0\r\n"
		"Via: SIP/2.0/UDP cadastre.invalid;branch=%s;rport\r\n"
		"Max-Forwards: 0\r\n"
		"From: <sip:cadastre.invalid>;tag=%08" PRIx32 "\r\n"
		"To: <%s>\r\n"
		"Call-ID: %016" PRIx64 "@cadastre.invalid\r\n"
		"CSeq: 1 OPTIONS\r\n"
		"Accept: application/sdp\r\n"
		"User-Agent: cadastre/" CADASTRE_VERSION "\r\n"
		"Content-Length: 0\r\n\r\n",
		uri, id, (uint32_t)seed, uri, seed);
	return n > 0 && (size_t)n < max ? (size_t)n : 0;
}

/* A response has the Via of its request, with the branch (8.2.6.2). */
static bool sip_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct span rest = {reply, size}, line;
	char id[BRANCH_MAX];

	branch(seed, id);
	if (!sip_recognise(reply, size))
		return false;
	while (line_next(&rest, true, &line) && line.size > 0)
		if ((span_begins(line, "via") || span_begins(line, "v:")) &&
			span_find(line, id))
			return true;
	return false;
}

static const uint16_t sip_ports[] = {5060, 0};

const struct protocol protocol_sip = {
	.name = "sip",
	.transport = TRANSPORT_UDP,
	.ports = sip_ports,
	.risk = PROTOCOL_STANDARD,
	.request = sip_request,
	.repeats = sip_repeats,
	.complete = sip_complete,
	.recognise = sip_recognise,
	.read = sip_read,
	.overheard = sip_overheard,
	.reference = "RFC 3261, 11",
};
