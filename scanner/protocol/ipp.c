/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPP: one Get-Printer-Attributes, the request with which every client begins, of what names
 * the printer; it travels in HTTP. Nothing is printed, and neither jobs nor whose they are is
 * asked for. The queue of a computer that runs CUPS is no printer: it is left to http.c, as are
 * printers that want a log-in or TLS first.
 *
 * References: RFC 8010 (encoding, 3.1; HTTP, 4), RFC 8011, 4.2.5 (Get-Printer-Attributes); PWG
 * 5107.2 (device id).
 */
#include "scanner/protocol/http.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/protocol/webreply.h"

#include <stdio.h>
#include <string.h>

enum {
	GET_PRINTER_ATTRIBUTES = 0x000b,
	DELIMITER_MAX = 0x0f,
	END = 3,
	CHARSET = 0x47,
	LANGUAGE = 0x48,
	URI = 0x45,
	KEYWORD = 0x44,
	ATTRIBUTES_MAX = 256,
	BODY_MAX = 12288,
	STATUS_MAX = 0x0600
};

static const struct {
	const char *name, *attribute;
} items[] = {{"printer-make-and-model", "ipp.make_and_model"},
	{"printer-device-id", "ipp.device_id"},
	{"printer-firmware-string-version", "ipp.firmware"}, {"printer-name", "ipp.name"},
	{"printer-location", "ipp.location"}, {"printer-uuid", "ipp.uuid"}};

/* ---- reading ----------------------------------------------------------------------------- */

/* The content of the reply, as much as came, put into `room`. */
static struct cursor content_of(const uint8_t *bytes, size_t size, uint8_t room[BODY_MAX])
{
	size_t n = 0, taken, content;
	struct webreply reply;

	webreply_begin(&reply);
	while ((taken = webreply_take(&reply, bytes, size, &content)) > 0) {
		n += packer_copy(room + n, BODY_MAX - n, bytes + taken - content,
			content < BODY_MAX - n ? content : BODY_MAX - n);
		bytes += taken;
		size -= taken;
	}
	return cursor_of(room, n);
}

/* Steps over the head: version, status, number of the request; failed if that is not what
 * came. */
static uint16_t open_message(struct cursor *c)
{
	uint8_t major = cursor_u8(c), minor = cursor_u8(c);
	uint16_t status = cursor_be16(c);

	cursor_skip(c, 4);
	if (major < 1 || major > 2 || minor > 9 || status >= STATUS_MAX)
		cursor_fail(c);
	return status;
}

/* CUPS's scheduler names both; what is only built upon its library does not. */
static bool is_scheduler(struct span server)
{
	return span_begins(server, "CUPS/") && span_find(server, " IPP/");
}

static bool ipp_recognise(const uint8_t *bytes, size_t size)
{
	struct span header, body, value;

	return size >= 12 && span_begins((struct span){bytes, size}, "HTTP/1.") &&
	       http_split(bytes, size, &header, &body) &&
	       http_field(header, "content-type", &value) &&
	       span_begins(value, "application/ipp") &&
	       !(http_field(header, "server", &value) && is_scheduler(value));
}

static bool is(struct span text, const char *name)
{
	return text.size == strlen(name) && memcmp(text.bytes, name, text.size) == 0;
}

/* The first value of each attribute that is known here. */
static void read_attributes(struct cursor *c, struct reading *reading)
{
	for (int i = 0; i < ATTRIBUTES_MAX && cursor_left(c) > 0; i++) {
		uint8_t tag = cursor_u8(c);
		struct span name, value;

		if (tag <= DELIMITER_MAX) {
			if (tag == END)
				return;
			continue;
		}
		name.size = cursor_be16(c);
		name.bytes = cursor_bytes(c, name.size);
		value.size = cursor_be16(c);
		value.bytes = cursor_bytes(c, value.size);
		for (size_t k = 0; cursor_ok(c) && k < ARRAY_SIZE(items); k++)
			if (is(name, items[k].name))
				reading_add(
					reading, items[k].attribute, value.bytes, value.size);
	}
}

/* "MFG:Acme;MDL:LaserThing;SN:123;": the value of a key, by one of its two names. */
static bool device_id(struct span id, const char *key, const char *other, struct span *ret)
{
	while (id.size > 0) {
		const uint8_t *end = memchr(id.bytes, ';', id.size);
		struct span item = {id.bytes, end ? (size_t)(end - id.bytes) : id.size};

		if (line_field(span_trim(item), key, ret) ||
			line_field(span_trim(item), other, ret))
			return ret->size > 0;
		id.bytes += item.size + (end != NULL);
		id.size -= item.size + (end != NULL);
	}
	return false;
}

static void ipp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	uint8_t room[BODY_MAX];
	struct span header, body, value;
	struct cursor c;
	uint16_t status;
	const char *text;

	if (!ipp_recognise(bytes, size) || !http_split(bytes, size, &header, &body))
		return;
	http_read_header(header, "http.status", reading);
	c = content_of(bytes, size, room);
	status = open_message(&c);
	if (!cursor_ok(&c))
		return;
	reading_add_text(reading, "ipp.status", status < 0x0100 ? "ok" : "refused");
	read_attributes(&c, reading);
	text = reading_get(reading, "ipp.make_and_model");
	if (text)
		reading_match(reading, "ipp.make_and_model", text, strlen(text));
	text = reading_get(reading, "ipp.device_id");
	if (text && device_id((struct span){(const uint8_t *)text, strlen(text)}, "SN", "SERN",
			    &value))
		reading_add(reading, "hw.serial_number", value.bytes, value.size);
}

/* Framed as any reply of HTTP; but one that is framed so and is none of IPP is http's. */
static long ipp_complete(const uint8_t *bytes, size_t size)
{
	return http_complete(bytes, size);
}

/* ---- asking ------------------------------------------------------------------------------ */

static void put_attribute(struct packer *p, uint8_t tag, const char *name, const char *value)
{
	packer_u8(p, tag);
	packer_be16(p, (uint16_t)strlen(name));
	packer_bytes(p, name, strlen(name));
	packer_be16(p, (uint16_t)strlen(value));
	packer_bytes(p, value, strlen(value));
}

static size_t put_message(uint8_t *out, size_t max, const char *authority)
{
	struct packer p = packer_of(out, max);
	char uri[HTTP_AUTHORITY_MAX + 32];

	snprintf(uri, sizeof(uri), "ipp://%s:631/ipp/print", authority);
	packer_be16(&p, 0x0101); /* version 1.1, which all understand */
	packer_be16(&p, GET_PRINTER_ATTRIBUTES);
	packer_be32(&p, 1);
	packer_u8(&p, 1); /* attributes of the operation */
	put_attribute(&p, CHARSET, "attributes-charset", "utf-8");
	put_attribute(&p, LANGUAGE, "attributes-natural-language", "en");
	put_attribute(&p, URI, "printer-uri", uri);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		put_attribute(&p, KEYWORD, i == 0 ? "requested-attributes" : "", items[i].name);
	packer_u8(&p, END);
	return packer_ok(&p) ? p.pos : 0;
}

static size_t ipp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	char authority[HTTP_AUTHORITY_MAX];
	uint8_t message[512];
	size_t size;
	int n;

	(void)seed;
	http_authority(host, authority);
	size = put_message(message, sizeof(message), authority);
	n = snprintf((char *)out, max,
		"POST /ipp/print HTTP/1.1\r\nHost: %s\r\nUser-Agent: cadastre/" CADASTRE_VERSION
		"\r\nContent-Type: application/ipp\r\nContent-Length: %zu\r\nConnection: "
		"close\r\n\r\n",
		authority, size);
	if (size == 0 || n <= 0 || (size_t)n >= max ||
		packer_copy(out + n, max - (size_t)n, message, size) == 0)
		return 0;
	return (size_t)n + size;
}

static const uint16_t ipp_ports[] = {631, 0};

const struct protocol protocol_ipp = {
	.name = "ipp",
	.transport = TRANSPORT_TCP,
	.ports = ipp_ports,
	.risk = PROTOCOL_SAFE,
	.request = ipp_request,
	.complete = ipp_complete,
	.recognise = ipp_recognise,
	.read = ipp_read,
	.overheard = http_overheard,
	.reference = "RFC 8011, 4.2.5",
};
