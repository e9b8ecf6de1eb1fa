/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LDAP: the root DSE, which a directory shows to whoever asks what it is, then a farewell; as
 * ordinary clients do, with StartTLS before, to see its certificate. Nobody binds, and no entry
 * of the directory is searched for.
 *
 * References: RFC 4511 (4.5 search, 4.3 unbind, 4.14 StartTLS), RFC 4512 (5.1 the root DSE),
 * RFC 3045 (vendorName).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/str.h"
#include "scanner/wire/ber.h"

#include <string.h>

enum {
	ENTRY = 0x64,
	DONE = 0x65,
	REFERENCE = 0x73,
	EXTENDED = 0x78,
	REPLY_MAX = 65536,
	VALUES_MAX = 512,
	TLS_ID = 3
};

/* Base "", scope base, one entry, five seconds; everything that has an objectClass; all
 * attributes, those for users and operational ones. */
static const uint8_t search[] = {0x30, 0x2b, 0x02, 0x01, 0x01, 0x63, 0x26, 0x04, 0x00, 0x0a,
	0x01, 0x00, 0x0a, 0x01, 0x00, 0x02, 0x01, 0x01, 0x02, 0x01, 0x05, 0x01, 0x01, 0x00,
	0x87, 0x0b, 'o', 'b', 'j', 'e', 'c', 't', 'C', 'l', 'a', 's', 's', 0x30, 0x06, 0x04,
	0x01, '*', 0x04, 0x01, '+'};
static const uint8_t start_tls[] = {0x30, 0x1d, 0x02, 0x01, TLS_ID, 0x77, 0x18, 0x80, 0x16, '1',
	'.', '3', '.', '6', '.', '1', '.', '4', '.', '1', '.', '1', '4', '6', '6', '.', '2',
	'0', '0', '3', '7'};
static const uint8_t unbind[] = {0x30, 0x05, 0x02, 0x01, 0x02, 0x42, 0x00};

static const struct {
	const char *type, *attribute;
} items[] = {{"vendorName", "ldap.vendor"}, {"vendorVersion", "ldap.vendor_version"},
	{"supportedLDAPVersion", "ldap.versions"},
	{"defaultNamingContext", "ldap.naming_context"},
	{"namingContexts", "ldap.naming_contexts"},
	{"supportedSASLMechanisms", "ldap.mechanisms"}, {"dnsHostName", "ldap.host"},
	{"serverName", "ldap.server_name"}, {"domainFunctionality", "ldap.domain_level"},
	{"forestFunctionality", "ldap.forest_level"},
	{"domainControllerFunctionality", "ldap.controller_level"}};

struct message {
	uint8_t op;
	struct cursor content; /* of the operation */
};

/* The next message of a server: 1; 0: it is not whole; -1: it is none. */
static int next_message(struct cursor *c, struct message *ret)
{
	struct cursor head = *c;
	uint32_t length, id;
	uint8_t tag = ber_head(&head, &length);

	if (cursor_left(c) > 0 && *cursor_rest(c) != BER_SEQUENCE)
		return -1;
	if (!cursor_ok(&head))
		return cursor_left(c) > 6 ? -1 : 0;
	if (tag != BER_SEQUENCE || length < 5 || length > REPLY_MAX)
		return -1;
	*c = head;
	id = ber_number(&head, BER_INTEGER);
	ret->op = cursor_u8(&head);
	if (!cursor_ok(&head))
		return cursor_left(c) > 7 ? -1 : 0;
	if (id > TLS_ID || (ret->op != ENTRY && ret->op != DONE && ret->op != REFERENCE &&
				   ret->op != EXTENDED))
		return -1;
	if (cursor_left(c) < length)
		return 0;
	head = cursor_sub(c, length);
	ber_number(&head, BER_INTEGER);
	ret->content = ber_element(&head, ret->op);
	return cursor_ok(&ret->content) ? 1 : -1;
}

static bool ldap_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;

	return size >= 9 && next_message(&c, &message) >= 0;
}

static long ldap_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;
	int whole;

	while ((whole = next_message(&c, &message)) == 1)
		if (message.op == DONE || message.op == EXTENDED)
			return (long)(cursor_rest(&c) - bytes);
	return whole < 0 || size > REPLY_MAX ? -1 : 0;
}

static bool is(struct cursor text, const char *name)
{
	return cursor_left(&text) == strlen(name) &&
	       memcmp(cursor_rest(&text), name, strlen(name)) == 0;
}

/* All values, with commas, as far as there is room. */
static void read_values(struct cursor values, const char *attribute, struct reading *reading)
{
	_cleanup_(str_done) struct str all = STR_INIT(VALUES_MAX);

	while (cursor_left(&values) > 0) {
		struct cursor value = ber_element(&values, BER_OCTETS);

		if (!cursor_ok(&value) || all.len + cursor_left(&value) + 2 > VALUES_MAX)
			break;
		if (all.len)
			str_adds(&all, ", ");
		str_add(&all, cursor_rest(&value), cursor_left(&value));
	}
	reading_add(reading, attribute, all.data, all.len);
}

static void read_entry(struct cursor entry, struct reading *reading)
{
	struct cursor name = ber_element(&entry, BER_OCTETS);
	struct cursor attributes = ber_element(&entry, BER_SEQUENCE);
	const char *host;

	if (!cursor_ok(&name) || cursor_left(&name) > 0)
		return; /* of somebody in the directory */
	while (cursor_left(&attributes) > 0) {
		struct cursor attribute = ber_element(&attributes, BER_SEQUENCE);
		struct cursor type = ber_element(&attribute, BER_OCTETS);
		struct cursor values = ber_element(&attribute, BER_SET);

		for (size_t i = 0; cursor_ok(&values) && i < ARRAY_SIZE(items); i++)
			if (is(type, items[i].type))
				read_values(values, items[i].attribute, reading);
	}
	host = reading_get(reading, "ldap.host");
	if (host)
		reading_name(reading, "ldap", host, strlen(host));
}

static void ldap_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;
	long whole;

	while (next_message(&c, &message) == 1) {
		if (message.op == ENTRY)
			read_entry(message.content, reading);
		if (message.op == DONE)
			reading_add_number(reading, "ldap.result",
				ber_number(&message.content, BER_ENUMERATED));
	}
	whole = ldap_complete(bytes, size); /* without what was answered behind it */
	reading_match(reading, "ldap.search_result", bytes, whole > 0 ? (size_t)whole : size);
}

/* Entries other than the root DSE are the directory's, and its users'. */
static size_t ldap_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);
	struct message message;
	struct cursor name;

	if (next_message(&c, &message) != 1)
		return 0;
	if (message.op != ENTRY)
		return (size_t)(cursor_rest(&c) - bytes);
	name = ber_element(&message.content, BER_OCTETS);
	return cursor_ok(&name) && cursor_left(&name) == 0 ? (size_t)(cursor_rest(&c) - bytes)
							   : 0;
}

static size_t ldap_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	(void)seed;
	return packer_copy(out, max, search, sizeof(search));
}

static long ldap_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	long complete = ldap_complete(heard, size);

	(void)seed;
	if (said != 1 || complete < 0 || max < sizeof(unbind))
		return -1;
	if (complete == 0)
		return 0;
	memcpy(out, unbind, sizeof(unbind));
	return sizeof(unbind);
}

static long ldap_secure(
	unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max)
{
	long complete = ldap_complete(heard, size);
	struct message message;
	struct cursor c;
	int whole;

	if (complete <= 0 || said < 1 || said > 2)
		return complete == 0 ? 0 : -1;
	if (said == 1)
		return max < sizeof(start_tls)
			       ? -1
			       : (long)packer_copy(out, max, start_tls, sizeof(start_tls));
	c = cursor_of(heard + complete, size - (size_t)complete);
	whole = next_message(&c, &message);
	if (whole <= 0)
		return whole;
	return message.op == EXTENDED && ber_number(&message.content, BER_ENUMERATED) == 0 &&
			cursor_ok(&message.content)
		? PROTOCOL_SECURED
		: -1;
}

static const uint16_t ldap_ports[] = {389, 3268, 0};

const struct protocol protocol_ldap = {
	.name = "ldap",
	.transport = TRANSPORT_TCP,
	.ports = ldap_ports,
	.risk = PROTOCOL_SAFE,
	.request = ldap_request,
	.complete = ldap_complete,
	.recognise = ldap_recognise,
	.read = ldap_read,
	.next = ldap_next,
	.secure = ldap_secure,
	.overheard = ldap_overheard,
	.reference = "RFC 4512, 5.1",
};
