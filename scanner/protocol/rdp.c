/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RDP: the request to connect, with the ways of protection that it may have; the server says
 * which it takes. Ordinary clients then see its certificate. Nobody logs in, and no screen is
 * drawn.
 *
 * References: [MS-RDPBCGR] 2.2.1.1 (request), 2.2.1.2 (confirm); RFC 905 and RFC 1006 (X.224 in
 * TPKT).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"

#include <stdio.h>

enum { TPKT = 3, CONFIRM = 0xd0, RESPONSE = 2, FAILURE = 3, SIZE_MAX_OF_CONFIRM = 64 };

/* TLS, CredSSP, and CredSSP with an early answer are known. */
static const uint8_t question[] = {
	TPKT, 0, 0, 0x13, 0x0e, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 0x0b, 0, 0, 0};

static const char *const protections[] = {
	[0] = "rdp", [1] = "tls", [2] = "credssp", [4] = "rdstls", [8] = "credssp"};
static const char *const failures[] = {[1] = "TLS is required",
	[2] = "TLS is not allowed",
	[3] = "there is no certificate",
	[4] = "the flags are not consistent",
	[5] = "CredSSP is required",
	[6] = "TLS with a certificate of the user is required"};

/* What stands behind the head of the confirm; failed if that is not what came. */
static struct cursor confirm(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), rest;
	uint16_t length;
	uint8_t head;

	if (cursor_u8(&c) != TPKT || cursor_u8(&c) != 0)
		cursor_fail(&c);
	length = cursor_be16(&c);
	if (length < 11 || length > SIZE_MAX_OF_CONFIRM)
		cursor_fail(&c);
	rest = cursor_sub(&c, length - 4u);
	head = cursor_u8(&rest);
	if (head != length - 5 || (cursor_u8(&rest) & 0xf0) != CONFIRM)
		cursor_fail(&rest);
	cursor_skip(&rest, 5);
	if (!cursor_ok(&c))
		cursor_fail(&rest);
	return rest;
}

/* S7 and MMS begin alike: theirs name the two ends (RFC 905, 13.3.4), this one has nothing or
 * the answer. */
static bool rdp_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = confirm(bytes, size);
	uint8_t type;

	if (!cursor_ok(&c))
		return false;
	if (cursor_left(&c) == 0)
		return true;
	type = cursor_u8(&c);
	cursor_skip(&c, 1);
	return (type == RESPONSE || type == FAILURE) && cursor_le16(&c) == 8 &&
	       cursor_left(&c) == 4;
}

static long rdp_complete(const uint8_t *bytes, size_t size)
{
	if (rdp_recognise(bytes, size))
		return (long)bytes[3];
	if (size >= 6 && (bytes[0] != TPKT || (bytes[5] & 0xf0) != CONFIRM))
		return -1;
	return size > SIZE_MAX_OF_CONFIRM ? -1 : 0;
}

static void rdp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = confirm(bytes, size);
	uint8_t type, flags;
	uint32_t value;

	if (!rdp_recognise(bytes, size))
		return;
	if (cursor_left(&c) == 0) { /* older than the choice */
		reading_add_text(reading, "rdp.protection", "rdp");
		return;
	}
	type = cursor_u8(&c);
	flags = cursor_u8(&c);
	cursor_skip(&c, 2);
	value = cursor_le32(&c);
	if (type == RESPONSE) {
		reading_add_text(reading, "rdp.protection",
			value < ARRAY_SIZE(protections) ? protections[value] : NULL);
		reading_add_text(reading, "rdp.restricted_admin", flags & 8 ? "yes" : NULL);
	} else {
		reading_add_text(reading, "rdp.refused",
			value < ARRAY_SIZE(failures) ? failures[value] : NULL);
	}
}

/* What follows is a session. */
static size_t rdp_overheard(uint8_t *bytes, size_t size)
{
	return rdp_recognise(bytes, size) ? bytes[3] : 0;
}

static size_t rdp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, question, sizeof(question));
}

/* Every protection but RDP's own begins with TLS ([MS-RDPBCGR] 5.4.5). */
static long rdp_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	struct cursor c = confirm(heard, size);
	long complete = rdp_complete(heard, size);
	uint8_t type;
	uint32_t value;

	(void)out, (void)max;
	if (complete <= 0 || said != 1)
		return complete < 0 || said != 1 ? -1 : 0;
	type = cursor_u8(&c);
	cursor_skip(&c, 3);
	value = cursor_le32(&c);
	return cursor_ok(&c) && type == RESPONSE && value > 0 ? PROTOCOL_SECURED : -1;
}

static const uint16_t rdp_ports[] = {3389, 0};

const struct protocol protocol_rdp = {
	.name = "rdp",
	.transport = TRANSPORT_TCP,
	.ports = rdp_ports,
	.risk = PROTOCOL_SAFE,
	.request = rdp_request,
	.complete = rdp_complete,
	.recognise = rdp_recognise,
	.read = rdp_read,
	.overheard = rdp_overheard,
	.secure = rdp_secure,
	.reference = "[MS-RDPBCGR] 2.2.1.1",
	.vague = true,
};
