/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kerberos: a request for a ticket that names no client, for a realm below INVALID (RFC 6761),
 * of which there is none. A request with a name would be the first half of a log-in, and would
 * tell whether there is such a user; this one is refused before anybody is looked up, and no
 * account can be locked by it. The key distribution centre writes a line into its journal. Of
 * errors meant for others no names of users are kept, and no tickets.
 *
 * References: RFC 4120, 5.4.1 (KRB_KDC_REQ), 5.9.1 (KRB_ERROR), 7.2 (transports), 7.5.9
 * (errors).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "scanner/wire/ber.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
	KRB_ERROR = 0x7e,
	GENERAL_STRING = 0x1b,
	GENERALIZED_TIME = 0x18,
	FIELD = 0xa0,
	LENGTH = 4,
	MESSAGE_MAX = 8192
};
/* Fields of KRB-ERROR. */
enum {
	VERSION,
	TYPE,
	CLIENT_TIME,
	CLIENT_FRACTION,
	TIME,
	FRACTION,
	CODE,
	CLIENT_REALM,
	CLIENT,
	REALM,
	SERVER,
	TEXT,
	DATA,
	FIELDS
};

#define HEX "00000000" /* in its place stands the seed */
#define NOWHERE ".CADASTRE.INVALID"
#define NO_REALM HEX NOWHERE

/* AS-REQ: version 5, type 10, no options, the realm, the server krbtgt of the realm, until
 * whenever, a nonce, AES-256 and AES-128. The field [1], the client's name, is left out. */
static const char question[] =
	"\x6a\x81\x8c\x30\x81\x89\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a\xa4\x7d\x30\x7b"
	"\xa0\x07\x03\x05\0\0\0\0\0"
	"\xa2\x1b\x1b\x19" NO_REALM
	"\xa3\x2e\x30\x2c\xa0\x03\x02\x01\x02\xa1\x25\x30\x23\x1b\x06krbtgt\x1b\x19" NO_REALM
	"\xa5\x11\x18\x0f"
	"19700101000000Z"
	"\xa7\x06\x02\x04\x01\x02\x03\x04"
	"\xa8\x08\x30\x06\x02\x01\x12\x02\x01\x11";

static const struct {
	uint32_t code;
	const char *name;
} codes[] = {{6, "the client is not known"}, {7, "the server is not known"},
	{12, "not allowed by policy"}, {14, "encryption is not supported"},
	{24, "a wrong password"}, {25, "a password is needed first"}, {37, "the clocks differ"},
	{52, "too big for UDP"}, {60, "an error that has no number"}, {68, "not its realm"}};

/* ---- reading ----------------------------------------------------------------------------- */

/* What a field holds; failed if it is not there, or something else. */
static struct cursor content(struct cursor field, uint8_t tag)
{
	return ber_element(&field, tag);
}

static uint32_t number(struct cursor field)
{
	return ber_number(&field, BER_INTEGER);
}

/* The fields of an error, failed where they are not there; false if it is none. */
static bool open_error(const uint8_t *bytes, size_t size, struct cursor fields[FIELDS])
{
	struct cursor c = cursor_of(bytes, size), body = ber_element(&c, KRB_ERROR), time;
	int last = -1;

	body = ber_element(&body, BER_SEQUENCE);
	if (!cursor_ok(&body) || cursor_left(&c) > 0)
		return false;
	for (int i = 0; i < FIELDS; i++)
		fields[i] = (struct cursor){.failed = true};
	while (cursor_left(&body) > 0) {
		int field = *cursor_rest(&body) - FIELD;

		if (field <= last || field >= FIELDS)
			return false;
		fields[field] = ber_element(&body, (uint8_t)(FIELD + field));
		if (!cursor_ok(&fields[field]))
			return false;
		last = field;
	}
	time = content(fields[TIME], GENERALIZED_TIME);
	return number(fields[VERSION]) == 5 && number(fields[TYPE]) == 30 &&
	       cursor_ok(&fields[CODE]) && cursor_left(&time) == 15;
}

/* "20261126224006Z" in the form that is left out of comparisons. */
static void read_time(struct cursor field, struct reading *reading)
{
	struct cursor c = content(field, GENERALIZED_TIME);
	const char *t = (const char *)cursor_bytes(&c, 15);
	char text[32];

	for (int i = 0; i < 14; i++)
		if (!t || !isdigit((unsigned char)t[i]))
			return;
	snprintf(text, sizeof(text), "%.4s-%.2s-%.2s %.2s:%.2s:%.2s UTC", t, t + 4, t + 6,
		t + 8, t + 10, t + 12);
	reading_add_text(reading, "kerberos.time", text);
}

static void read_code(struct cursor field, struct reading *reading)
{
	uint32_t code = number(field);

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].code == code) {
			reading_add_text(reading, "kerberos.error", codes[i].name);
			return;
		}
	reading_add_number(reading, "kerberos.error", code);
}

/* A realm of which there is none is ours, sent back. */
static bool is_ours(struct cursor realm)
{
	size_t n = strlen(NOWHERE);

	return cursor_left(&realm) >= n &&
	       memcmp(cursor_rest(&realm) + cursor_left(&realm) - n, NOWHERE, n) == 0;
}

static void kerberos_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor fields[FIELDS], realm, text;

	if (!open_error(bytes, size, fields))
		return;
	read_time(fields[TIME], reading);
	read_code(fields[CODE], reading);
	realm = content(fields[REALM], GENERAL_STRING);
	if (cursor_ok(&realm) && !is_ours(realm))
		reading_add(
			reading, "kerberos.realm", cursor_rest(&realm), cursor_left(&realm));
	text = content(fields[TEXT], GENERAL_STRING);
	if (!cursor_ok(&text))
		return;
	reading_add(reading, "kerberos.text", cursor_rest(&text), cursor_left(&text));
	reading_match(reading, "kerberos.text", cursor_rest(&text), cursor_left(&text));
}

static bool kerberos_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor fields[FIELDS];

	return open_error(bytes, size, fields);
}

static long kerberos_complete(const uint8_t *bytes, size_t size)
{
	return kerberos_recognise(bytes, size) ? (long)size : -1;
}

/* ---- what was overheard ------------------------------------------------------------------ */

/* The names of states that MIT's centres give. */
static bool is_state(struct cursor text)
{
	for (; cursor_left(&text) > 0; cursor_skip(&text, 1))
		if (!isupper(*cursor_rest(&text)) && *cursor_rest(&text) != '_')
			return false;
	return cursor_ok(&text);
}

static void cover(uint8_t *bytes, struct cursor field)
{
	if (cursor_left(&field) > 0)
		memset(bytes + (cursor_rest(&field) - bytes), 0, cursor_left(&field));
}

/* Whom it was about, for what, and what was sent along (salts name users) is not kept. */
static size_t kerberos_overheard(uint8_t *bytes, size_t size)
{
	struct cursor fields[FIELDS], text;

	if (!open_error(bytes, size, fields))
		return 0;
	text = content(fields[TEXT], GENERAL_STRING);
	cover(bytes, fields[CLIENT]);
	cover(bytes, fields[SERVER]);
	cover(bytes, fields[DATA]);
	if (!is_state(text))
		cover(bytes, fields[TEXT]);
	return size;
}

/* ---- asking ------------------------------------------------------------------------------ */

static void put_hex(char hex[9], uint64_t seed)
{
	snprintf(hex, 9, "%08X", (unsigned int)(uint32_t)seed);
}

static size_t kerberos_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	size_t size = packer_copy(out, max, question, sizeof(question) - 1);
	char hex[9];

	(void)host;
	put_hex(hex, seed);
	for (size_t i = 0; i + 8 <= size; i++)
		if (memcmp(out + i, HEX, 8) == 0 &&
			memcmp(out + i + 8, NOWHERE, strlen(NOWHERE)) == 0)
			memcpy(out + i, hex, 8);
	return size;
}

/* The realm, or the server's name, comes back: the first that it names is ours. */
static bool kerberos_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	const uint8_t *at = kerberos_recognise(reply, size)
				    ? memmem(reply, size, NOWHERE, strlen(NOWHERE))
				    : NULL;
	char hex[9];

	put_hex(hex, seed);
	return at && at - reply >= 8 && memcmp(at - 8, hex, 8) == 0;
}

/* ---- over TCP ---------------------------------------------------------------------------- */

/* The message behind its length: 1; 0: it is not whole; -1: it is no error. */
static int message(const uint8_t *bytes, size_t size, struct cursor *ret)
{
	struct cursor c = cursor_of(bytes, size);
	uint32_t length = cursor_be32(&c);

	if (!cursor_ok(&c))
		return 0;
	if (length < 16 || length > MESSAGE_MAX ||
		(cursor_left(&c) > 0 && *cursor_rest(&c) != KRB_ERROR))
		return -1;
	if (cursor_left(&c) < length)
		return 0;
	*ret = cursor_sub(&c, length);
	return kerberos_recognise(ret->base, ret->size) ? 1 : -1;
}

static bool kerberos_tcp_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c;

	return message(bytes, size, &c) == 1;
}

static long kerberos_tcp_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c;
	int whole = message(bytes, size, &c);

	return whole == 1 ? (long)(LENGTH + c.size) : whole;
}

static void kerberos_tcp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c;

	if (message(bytes, size, &c) == 1)
		kerberos_read(c.base, c.size, reading);
}

static size_t kerberos_tcp_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c;

	return message(bytes, size, &c) == 1
		       ? LENGTH + kerberos_overheard(bytes + LENGTH, c.size)
		       : 0;
}

static size_t kerberos_tcp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);
	size_t size =
		max > LENGTH ? kerberos_request(out + LENGTH, max - LENGTH, host, seed) : 0;

	packer_be32(&p, (uint32_t)size);
	return size > 0 && packer_ok(&p) ? LENGTH + size : 0;
}

static const uint16_t kerberos_ports[] = {88, 0};

const struct protocol protocol_kerberos = {
	.name = "kerberos",
	.transport = TRANSPORT_UDP,
	.ports = kerberos_ports,
	.risk = PROTOCOL_STANDARD,
	.request = kerberos_request,
	.repeats = kerberos_repeats,
	.complete = kerberos_complete,
	.recognise = kerberos_recognise,
	.read = kerberos_read,
	.overheard = kerberos_overheard,
	.reference = "RFC 4120, 5.9.1",
};

const struct protocol protocol_kerberos_tcp = {
	.name = "kerberos",
	.transport = TRANSPORT_TCP,
	.ports = kerberos_ports,
	.risk = PROTOCOL_STANDARD,
	.request = kerberos_tcp_request,
	.complete = kerberos_tcp_complete,
	.recognise = kerberos_tcp_recognise,
	.read = kerberos_tcp_read,
	.overheard = kerberos_tcp_overheard,
	.reference = "RFC 4120, 5.9.1 and 7.2.2",
};
