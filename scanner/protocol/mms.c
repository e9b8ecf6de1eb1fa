/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MMS, which devices of substations speak by IEC 61850: an association is opened, the device is
 * asked who it is, and the association is concluded. No variable is read, no report is enabled,
 * and of the services that we say to know there are these two. Asked on port 102 where S7 was
 * not answered.
 *
 * References: ISO 9506-2 (MMS), ISO 8327-1 (session), ISO 8823-1 (presentation), ISO 8650-1
 * (association control), IEC 61850-8-1 (how they are used together).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/protocol/canonical.h"
#include "scanner/protocol/cotp.h"
#include "scanner/wire/ber.h"

#include <string.h>

enum {
	SESSION_ACCEPT = 0x0e,
	SESSION_DATA = 0x01000100, /* give tokens, data transfer; both without parameters */
	PRESENTATION_DATA = 0x61,
	VALUES = 0xa0,
	CONFIRMED_RESPONSE = 0xa1,
	IDENTIFY = 0xa2,
	PACKETS_MAX = 64,
};

/* The application context of MMS, 1.0.9506.2.3, which an association names. */
static const uint8_t context[] = {BER_OBJECT, 5, 0x28, 0xca, 0x22, 2, 3};

/* What a server says: [1] to [4] answers, errors, reports, refusals, [6] and [7] of a
 * cancellation, [9] to [13] of an association and its conclusion. */
static const uint8_t pdus[] = {
	CONFIRMED_RESPONSE, 0xa2, 0xa3, 0xa4, 0x86, 0xa7, 0xa9, 0xaa, 0x8b, 0x8c, 0xad};

/* To the usual transport selector, 0001, from the same. */
static const uint8_t connect_request[] = {
	3, 0, 0, 0x16, 0x11, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 0x0a, 0xc1, 2, 0, 1, 0xc2, 2, 0, 1};
/* Each layer's request to connect inside the one before. */
static const uint8_t initiate[] = {3, 0, 0, 0xbe, 2, COTP_DATA, 0x80,
	/* session: version 2, duplex, selectors 0001 */
	0x0d, 0xb5, 5, 6, 0x13, 1, 0, 0x16, 1, 2, 0x14, 2, 0, 2, 0x33, 2, 0, 1, 0x34, 2, 0, 1,
	0xc1, 0x9f,
	/* presentation: normal mode, selectors 00000001, contexts 1 (association) and 3 (MMS)
	   by BER */
	0x31, 0x81, 0x9c, 0xa0, 3, 0x80, 1, 1, 0xa2, 0x81, 0x94, 0x81, 4, 0, 0, 0, 1, 0x82, 4,
	0, 0, 0, 1, 0xa4, 0x23, 0x30, 0x0f, 2, 1, 1, 6, 4, 0x52, 1, 0, 1, 0x30, 4, 6, 2, 0x51,
	1, 0x30, 0x10, 2, 1, 3, 6, 5, 0x28, 0xca, 0x22, 2, 1, 0x30, 4, 6, 2, 0x51, 1, 0x61,
	0x61, 0x30, 0x5f, 2, 1, 1, 0xa0, 0x5a,
	/* association: context of MMS, titles 1.1.1.999.1 and 1.1.1.999 that nobody minds */
	0x60, 0x58, 0xa1, 7, 6, 5, 0x28, 0xca, 0x22, 2, 3, 0xa2, 7, 6, 5, 0x29, 1, 0x87, 0x67,
	1, 0xa3, 3, 2, 1, 0x0c, 0xa6, 6, 6, 4, 0x29, 1, 0x87, 0x67, 0xa7, 3, 2, 1, 0x0c, 0xbe,
	0x32, 0x28, 0x30, 6, 2, 0x51, 1, 2, 1, 3, 0xa0, 0x27,
	/* MMS: 32,000 bytes, one request at a time, depth 5, version 1, services identify and
	   conclude */
	0xa8, 0x25, 0x80, 2, 0x7d, 0, 0x81, 1, 1, 0x82, 1, 1, 0x83, 1, 5, 0xa4, 0x16, 0x80, 1,
	1, 0x81, 3, 5, 0xf1, 0, 0x82, 0x0c, 3, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
static const uint8_t identify[] = {3, 0, 0, 0x1b, 2, COTP_DATA, 0x80, 1, 0, 1, 0, 0x61, 0x0e,
	0x30, 0x0c, 2, 1, 3, 0xa0, 7, 0xa0, 5, 2, 1, 1, 0x82, 0};
static const uint8_t conclude[] = {3, 0, 0, 0x16, 2, COTP_DATA, 0x80, 1, 0, 1, 0, 0x61, 9, 0x30,
	7, 2, 1, 3, 0xa0, 2, 0x8b, 0};

/* ---- readers ----------------------------------------------------------------------------- */

/* The MMS message in a session's data, in one presentation context; failed if it is something
 * else. */
static struct cursor message_of(struct cursor data)
{
	struct cursor values, failed = {.failed = true};

	if (cursor_be32(&data) != SESSION_DATA)
		return failed;
	values = ber_element(&data, PRESENTATION_DATA);
	values = ber_element(&values, BER_SEQUENCE);
	ber_number(&values, BER_INTEGER);
	return ber_element(&values, VALUES);
}

/* The acceptance of an association whose context is that of MMS. */
static bool is_acceptance(struct cursor data)
{
	const uint8_t *bytes = cursor_rest(&data);
	size_t n = cursor_left(&data);

	if (cursor_u8(&data) != SESSION_ACCEPT)
		return false;
	for (size_t i = 1; i + sizeof(context) <= n; i++)
		if (memcmp(bytes + i, context, sizeof(context)) == 0)
			return true;
	return false;
}

static bool mms_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor data = cotp_first_data(bytes, size), message = message_of(data);
	uint8_t tag;

	if (is_acceptance(data))
		return true;
	tag = cursor_u8(&message);
	return cursor_ok(&message) && memchr(pdus, tag, sizeof(pdus));
}

/* Vendor, model, revision, each [n] of its own. */
static void read_identity(struct cursor identity, struct reading *reading)
{
	static const char *const attributes[] = {"mms.vendor", "mms.model", "mms.revision"};

	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		struct cursor text = ber_element(&identity, (uint8_t)(0x80 | i));

		if (cursor_left(&text))
			reading_add(
				reading, attributes[i], cursor_rest(&text), cursor_left(&text));
	}
}

static void mms_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);

	for (int i = 0; i < PACKETS_MAX && cursor_left(&c); i++) {
		struct cursor message = message_of(cotp_data(cotp_next(&c)));
		struct cursor response = ber_element(&message, CONFIRMED_RESPONSE);

		ber_number(&response, BER_INTEGER); /* which request is answered */
		response = ber_element(&response, IDENTIFY);
		if (cursor_ok(&response))
			read_identity(response, reading);
	}
	canonical_match(reading, "mms.identity",
		(const char *const[]){"mms.vendor", "mms.model", "mms.revision", NULL});
}

/* What else is said are the values of a process. The acceptance and the first identity stay. */
static size_t mms_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	size_t kept = 0;

	for (int i = 0; i < PACKETS_MAX && cursor_left(&c); i++) {
		struct cursor content = cotp_next(&c), data = cotp_data(content);
		struct cursor message = message_of(data);
		struct cursor response = ber_element(&message, CONFIRMED_RESPONSE);

		ber_number(&response, BER_INTEGER);
		response = ber_element(&response, IDENTIFY);
		if (!cursor_ok(&content) || (cotp_code(&content) == COTP_DATA &&
			!cursor_ok(&response) && !is_acceptance(data)))
			break;
		kept = c.pos;
	}
	return kept;
}

/* ---- builder ----------------------------------------------------------------------------- */

static size_t mms_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, connect_request, sizeof(connect_request));
}

static long mms_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct cursor c = cursor_of(heard, size), content = {0};

	(void)seed;
	if (said == 0 || said > 4)
		return -1;
	for (unsigned int i = 0; i < said; i++)
		content = cotp_next(&c);
	if (!cursor_ok(&content))
		return cotp_complete(heard, size) < 0 ? -1 : 0;
	if (cotp_code(&content) != (said == 1 ? COTP_CONFIRM : COTP_DATA))
		return -1; /* the other side has ended it */
	switch (said) {
	case 1:
		return (long)packer_copy(out, max, initiate, sizeof(initiate));
	case 2:
		if (!is_acceptance(cotp_data(content)))
			return cotp_disconnect(heard, size, out, max);
		return (long)packer_copy(out, max, identify, sizeof(identify));
	case 3:
		return (long)packer_copy(out, max, conclude, sizeof(conclude));
	default:
		return cotp_disconnect(heard, size, out, max);
	}
}

static const uint16_t mms_ports[] = {COTP_PORT, 0};

const struct protocol protocol_mms = {
	.name = "mms",
	.transport = TRANSPORT_TCP,
	.ports = mms_ports,
	.risk = PROTOCOL_SAFE,
	.request = mms_request,
	.complete = cotp_complete,
	.recognise = mms_recognise,
	.read = mms_read,
	.next = mms_next,
	.overheard = mms_overheard,
	.after = &protocol_s7_elsewhere,
	.shares = true,
	.reference = "ISO 9506-2, IEC 61850-8-1",
};
