/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS as it is seen from outside a channel: the server's hello, an alert, and up to version 1.2
 * the certificate in the clear. The greeter opens a channel itself (channel.h) and says what
 * runs inside; this reader serves what was overheard.
 *
 * References: RFC 8446, RFC 5246.
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "scanner/protocol/certificate.h"
#include "scanner/protocol/channel.h"
#include "scanner/protocol/exchange.h"
#include "scanner/protocol/serverhello.h"
#include "scanner/protocol/usm.h"

#include <openssl/ssl.h>
#include <string.h>
#include <time.h>

#define HANDSHAKE_MAX 32768

enum {
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_SIZE_MAX = 16384 + 256,
	SERVER_HELLO = 2,
	CERTIFICATE = 11,
};

static bool tls_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	uint8_t type = cursor_u8(&c), major = cursor_u8(&c), minor = cursor_u8(&c);
	uint16_t length = cursor_be16(&c);
	uint8_t first = cursor_u8(&c);

	if (!cursor_ok(&c) || major != 3 || minor > 4)
		return false;
	if (type == RECORD_ALERT)
		return length == 2 && (first == 1 || first == 2);
	return type == RECORD_HANDSHAKE && length >= 4 && length <= RECORD_SIZE_MAX &&
		first == SERVER_HELLO;
}

/* The content of handshake records, joined. */
static size_t join(const uint8_t *bytes, size_t size, uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(bytes, size);
	size_t n = 0;

	while (cursor_left(&c) > 5) {
		uint8_t type = cursor_u8(&c);
		size_t length;

		cursor_skip(&c, 2);
		length = cursor_be16(&c);
		if (type != RECORD_HANDSHAKE)
			break;
		if (length > cursor_left(&c))
			length = cursor_left(&c);
		if (length > max - n)
			length = max - n;
		memcpy(out + n, cursor_rest(&c), length);
		cursor_skip(&c, length);
		n += length;
	}
	return n;
}

static void read_certificates(struct cursor message, struct reading *reading)
{
	struct cursor first;
	size_t size;

	cursor_skip(&message, 3); /* of the whole list */
	size = cursor_be24(&message);
	first = cursor_sub(&message, size);
	if (cursor_ok(&first))
		certificate_read(cursor_rest(&first), size, reading);
}

static void tls_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	uint8_t *joined = malloc(HANDSHAKE_MAX);
	struct cursor c =
		cursor_of(joined, joined ? join(bytes, size, joined, HANDSHAKE_MAX) : 0);
	struct serverhello hello;

	if (size >= 7 && bytes[0] == RECORD_ALERT)
		reading_add_text(reading, "tls.alert", SSL_alert_desc_string_long(bytes[6]));
	while (cursor_left(&c) >= 4) {
		uint8_t type = cursor_u8(&c);
		struct cursor message = cursor_sub(&c, cursor_be24(&c));

		if (!cursor_ok(&message))
			break;
		if (type == SERVER_HELLO && serverhello_parse(message, &hello))
			serverhello_describe(&hello, reading);
		else if (type == CERTIFICATE)
			read_certificates(message, reading);
	}
	free(joined);
}

static const uint16_t tls_ports[] = {443, 8443, 9443, 10443, 4443, 5986, 6443, 2376, 465, 563,
	636, 853, 990, 992, 993, 995, 3269, 4911, 5061, 6514, 8883, 0};

const struct protocol protocol_tls = {
	.name = "tls",
	.transport = TRANSPORT_TCP,
	.ports = tls_ports,
	.risk = PROTOCOL_SAFE,
	.recognise = tls_recognise,
	.read = tls_read,
	.reference = "RFC 8446",
	.secured = true,
};

int protocols_prepare(struct error *reterr)
{
	static bool prepared;
	int r = prepared ? 0 : exchange_prepare(reterr);

	if (r == 0 && !prepared)
		r = channel_prepare(reterr);
	if (r == 0 && !prepared)
		r = usm_prepare(reterr);
	if (r < 0 || prepared)
		return r;
	tzset(); /* reads the time zone's file once; conversions of dates would later */
	prepared = true;
	return 0;
}
