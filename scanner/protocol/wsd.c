/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WS-Discovery: a Probe for anything, sent to one address and never to the group. Cameras,
 * printers and Windows answer with what they are and where they are described; nothing is
 * fetched from there. The answer is not parsed as XML: the text of a few elements is looked up
 * as it stands.
 *
 * References: WS-Discovery (April 2005): 5.2 (Probe), 5.3 (Probe Match); WS-Addressing (August
 * 2004), 3 (RelatesTo); ONVIF Core, 7.3.2.2 (scopes).
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/canonical.h"
#include "scanner/protocol/lines.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ID_MAX 64
#define NAME_MAX_SIZE 64 /* of an element, with its prefix */

/* A UUID of the random kind (RFC 4122, 4.4) around the seed. */
static void message_id(uint64_t seed, char out[ID_MAX])
{
	snprintf(out, ID_MAX, "urn:uuid:%08" PRIx32 "-%04x-4000-8000-00000000%04x",
		(uint32_t)(seed >> 32), (unsigned int)(seed >> 16 & 0xffff),
		(unsigned int)(seed & 0xffff));
}

/* Whether a tag opens an element of this local name; `at` stands behind its "<". */
static bool is_tag(struct span at, const char *name)
{
	size_t n = 0, start = 0;

	while (n < at.size && n < NAME_MAX_SIZE &&
		(isalnum(at.bytes[n]) || memchr("_-.:", at.bytes[n], 4))) {
		if (at.bytes[n] == ':')
			start = n + 1;
		n++;
	}
	return n - start == strlen(name) && memcmp(at.bytes + start, name, n - start) == 0;
}

/* The text that follows the first tag of this local name, up to the next tag. */
static bool element_text(struct span all, const char *name, struct span *ret_text)
{
	const uint8_t *end = all.bytes + all.size, *p = all.bytes, *close, *next;

	while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		p++;
		if (!is_tag((struct span){p, (size_t)(end - p)}, name))
			continue;
		close = memchr(p, '>', (size_t)(end - p));
		if (!close)
			return false;
		next = memchr(close, '<', (size_t)(end - close));
		*ret_text = span_trim((struct span){close + 1,
			(size_t)((next ? next : end) - close - 1)});
		return true;
	}
	return false;
}

static bool wsd_recognise(const uint8_t *bytes, size_t size)
{
	struct span all = {bytes, size}, text;

	if (size < 3 || (bytes[0] != '<' && memcmp(bytes, "\xef\xbb\xbf", 3) != 0))
		return false;
	return element_text(all, "Envelope", &text) && element_text(all, "ProbeMatches", &text);
}

static long wsd_complete(const uint8_t *bytes, size_t size)
{
	return wsd_recognise(bytes, size) ? (long)size : -1;
}

/* One of the addresses that a device has for what it is: onvif://www.onvif.org/name/VALUE. */
static void read_scope(struct span scopes, const char *kind, const char *attribute,
	struct reading *reading)
{
	const uint8_t *found = span_find(scopes, kind);
	size_t n = 0;

	if (!found)
		return;
	found += strlen(kind);
	while (found + n < scopes.bytes + scopes.size && !isspace(found[n]))
		n++;
	reading_add(reading, attribute, found, n);
}

static void wsd_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	static const struct {
		const char *element, *attribute;
	} elements[] = {{"Types", "wsd.types"}, {"XAddrs", "wsd.addresses"}};
	struct span all = {bytes, size}, match, text;

	if (!wsd_recognise(bytes, size))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(elements); i++)
		if (element_text(all, elements[i].element, &text))
			reading_add(reading, elements[i].attribute, text.bytes, text.size);
	if (element_text(all, "Scopes", &text)) {
		reading_add(reading, "wsd.scopes", text.bytes, text.size);
		read_scope(text, "onvif://www.onvif.org/name/", "onvif.name", reading);
		read_scope(text, "onvif://www.onvif.org/hardware/", "onvif.hardware", reading);
	}
	/* Within the match, not the address that the answer was sent to. */
	if (element_text(all, "ProbeMatches", &match)) {
		match = (struct span){match.bytes, (size_t)(bytes + size - match.bytes)};
		if (element_text(match, "Address", &text))
			reading_add(reading, "wsd.endpoint", text.bytes, text.size);
	}
	canonical_match(reading, "wsd.device",
		(const char *const[]){"wsd.types", "onvif.hardware", "onvif.name", NULL});
}

static size_t wsd_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	char id[ID_MAX];
	int n;

	(void)host;
	message_id(seed, id);
	n = snprintf((char *)out, max,
		"<?xml version=\"1.0\"?>"
		"<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
		" xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><e:Header>"
		"<a:MessageID>%s</a:MessageID>"
		"<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
		"<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>"
		"</e:Header><e:Body>"
		"<Probe xmlns=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"/>"
		"</e:Body></e:Envelope>", id);
	return n > 0 && (size_t)n < max ? (size_t)n : 0;
}

/* An answer relates to the id of the question. */
static bool wsd_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct span all = {reply, size}, text;
	char id[ID_MAX];

	message_id(seed, id);
	return wsd_recognise(reply, size) && element_text(all, "RelatesTo", &text) &&
		text.size == strlen(id) && span_begins(text, id);
}

static const uint16_t wsd_ports[] = {3702, 0};

const struct protocol protocol_wsd = {
	.name = "wsd",
	.transport = TRANSPORT_UDP,
	.ports = wsd_ports,
	.risk = PROTOCOL_STANDARD,
	.request = wsd_request,
	.repeats = wsd_repeats,
	.complete = wsd_complete,
	.recognise = wsd_recognise,
	.read = wsd_read,
	.reference = "WS-Discovery (April 2005), 5.2 and 5.3",
};
