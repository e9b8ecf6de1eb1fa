/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSDP: a search for root devices, sent to one address and never to the group. What the answer
 * says of a description is kept as text; nothing is fetched from there, and nothing of the
 * question comes back that could tie the two.
 *
 * Reference: UPnP Device Architecture 2.0, 1.3.2 (search), 1.3.3 (response).
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/fields.h"

#include <stdio.h>
#include <string.h>

static const struct field fields[] = {
	{"SERVER", "ssdp.server", "ssdp.server"},
	{"ST", "ssdp.st", NULL},
	{"USN", "ssdp.usn", NULL},
	{"LOCATION", "ssdp.location", NULL},
};

/* An answer to a search has both a target and a name (1.3.3); an HTTP server has neither. */
static bool ssdp_recognise(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line, value;
	bool target = false, name = false;

	if (!span_begins(rest, "HTTP/1.1 200") && !span_begins(rest, "HTTP/1.0 200"))
		return false;
	while (line_next(&rest, true, &line) && line.size > 0) {
		target |= line_field(line, "ST", &value);
		name |= line_field(line, "USN", &value);
	}
	return target && name;
}

static long ssdp_complete(const uint8_t *bytes, size_t size)
{
	return ssdp_recognise(bytes, size) ? (long)size : -1;
}

static void ssdp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	if (!ssdp_recognise(bytes, size))
		return;
	fields_read((struct span){bytes, size}, fields, ARRAY_SIZE(fields), reading);
}

/* MX is for the group; devices of version 1.0 hear no search without it. */
static size_t ssdp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	bool v6 = strchr(host, ':') != NULL;
	int n = snprintf((char *)out, max,
		"M-SEARCH * HTTP/1.1\r\nHOST: %s%s%s:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
		"ST: upnp:rootdevice\r\n\r\n",
		v6 ? "[" : "", host, v6 ? "]" : "");

	(void)seed;
	return n > 0 && (size_t)n < max ? (size_t)n : 0;
}

static const uint16_t ssdp_ports[] = {1900, 0};

const struct protocol protocol_ssdp = {
	.name = "ssdp",
	.transport = TRANSPORT_UDP,
	.ports = ssdp_ports,
	.risk = PROTOCOL_STANDARD,
	.request = ssdp_request,
	.complete = ssdp_complete,
	.recognise = ssdp_recognise,
	.read = ssdp_read,
	.reference = "UPnP Device Architecture 2.0, 1.3",
};
