/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE: the first message of version 2, with one proposal. The responder chooses, refuses, asks
 * for another group or a cookie, or says that it knows version 1 only: each of these tells what
 * it is. The exchange is never finished, nobody is named and no key is made; half of an
 * exchange is forgotten by responders after a while (2.4).
 *
 * References: RFC 7296 (1.2, 2.5, 2.6, 2.7, 3), RFC 3526 (group 14), RFC 2408 (3.1, 3.14:
 * version 1).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/siphash.h"
#include "common/str.h"

#include <string.h>

enum {
	HEADER = 28,
	VERSION_1 = 0x10,
	VERSION_2 = 0x20,
	FLAG_ENCRYPTED = 0x01, /* version 1 */
	FLAG_INITIATOR = 0x08,
	FLAG_RESPONSE = 0x20,
	IKE_SA_INIT = 34,
	INFORMATIONAL = 37,
	MAIN_MODE_1 = 2,
	INFORMATIONAL_1 = 5,
	PAYLOAD_KEY = 34,
	PAYLOAD_NONCE = 40,
	PAYLOADS_MAX = 32,
	GROUP = 14,
	GROUP_SIZE = 256,
	NONCE_SIZE = 32,
	VENDOR_ID_MAX = 64,
};

/* The kinds of payload that are read, by version; the other fields of the two are alike. */
static const struct kinds {
	uint8_t association, notify, vendor;
} kinds_1 = {1, 11, 13}, kinds_2 = {33, 41, 43};

/* Encryption, pseudo-random function, integrity, group (3.3.2); the strongest first. */
static const struct {
	uint8_t type, id;
	uint16_t key_bits;
} transforms[] = {{1, 12, 256}, {1, 12, 128}, {1, 3, 0}, {2, 5, 0}, {2, 2, 0}, {3, 12, 0},
	{3, 2, 0}, {4, GROUP, 0}, {4, 19, 0}, {4, 2, 0}};

/* Not zero, as a responder requires (3.1). */
static uint64_t initiator(uint64_t seed)
{
	return seed | 1ull << 63;
}

/* ---- reading ----------------------------------------------------------------------------- */

struct message {
	uint64_t initiator, responder;
	uint8_t next, version, exchange, flags;
	struct cursor body;
};

static bool parse(const uint8_t *bytes, size_t size, struct message *ret_message)
{
	struct cursor c = cursor_of(bytes, size);
	struct message *m = ret_message;

	m->initiator = cursor_be64(&c);
	m->responder = cursor_be64(&c);
	m->next = cursor_u8(&c);
	m->version = cursor_u8(&c) & 0xf0;
	m->exchange = cursor_u8(&c);
	m->flags = cursor_u8(&c);
	cursor_skip(&c, 4);
	if (cursor_be32(&c) != size)
		cursor_fail(&c);
	m->body = c;
	return cursor_ok(&c) && m->initiator != 0;
}

/* What a responder says: an answer of version 2, or the opening answer of version 1, or a
 * notification of it in clear. */
static bool is_answer(const struct message *m)
{
	if (m->version == VERSION_2)
		return m->flags & FLAG_RESPONSE && m->exchange >= IKE_SA_INIT &&
			m->exchange <= INFORMATIONAL;
	if (m->version != VERSION_1 || m->flags & FLAG_ENCRYPTED)
		return false;
	if (m->exchange == INFORMATIONAL_1)
		return m->next == kinds_1.notify;
	return m->exchange == MAIN_MODE_1 && m->next == kinds_1.association &&
	       m->responder != 0;
}

static bool ike_recognise(const uint8_t *bytes, size_t size)
{
	struct message message;

	return parse(bytes, size, &message) && is_answer(&message);
}

static long ike_complete(const uint8_t *bytes, size_t size)
{
	return ike_recognise(bytes, size) ? (long)size : -1;
}

/* The two versions number them differently (RFC 2408, 3.14.1; RFC 7296, 3.10.1). */
static const struct {
	uint8_t version;
	uint16_t type;
	const char *name;
} notifications[] = {{VERSION_1, 1, "INVALID_PAYLOAD_TYPE"},
	{VERSION_1, 5, "INVALID_MAJOR_VERSION"}, {VERSION_1, 7, "INVALID_EXCHANGE_TYPE"},
	{VERSION_1, 14, "NO_PROPOSAL_CHOSEN"}, {VERSION_1, 16, "PAYLOAD_MALFORMED"},
	{VERSION_1, 17, "INVALID_KEY_INFORMATION"},
	{VERSION_1, 29, "UNSUPPORTED_EXCHANGE_TYPE"}, {VERSION_2, 5, "INVALID_MAJOR_VERSION"},
	{VERSION_2, 7, "INVALID_SYNTAX"}, {VERSION_2, 14, "NO_PROPOSAL_CHOSEN"},
	{VERSION_2, 17, "INVALID_KE_PAYLOAD"}, {VERSION_2, 16388, "NAT_DETECTION_SOURCE_IP"},
	{VERSION_2, 16389, "NAT_DETECTION_DESTINATION_IP"}, {VERSION_2, 16390, "COOKIE"},
	{VERSION_2, 16404, "MULTIPLE_AUTH_SUPPORTED"}, {VERSION_2, 16406, "REDIRECT_SUPPORTED"},
	{VERSION_2, 16418, "CHILDLESS_IKEV2_SUPPORTED"},
	{VERSION_2, 16430, "IKEV2_FRAGMENTATION_SUPPORTED"},
	{VERSION_2, 16431, "SIGNATURE_HASH_ALGORITHMS"}};

static void add_word(struct str *words, const char *word)
{
	if (words->len > 0)
		str_addc(words, ' ');
	str_adds(words, word);
}

/* Version 1 puts a domain of interpretation before the same fields (RFC 2408, 3.14). */
static void read_notify(struct cursor c, uint8_t version, struct str *words,
	struct reading *reading)
{
	const char *name = NULL;
	uint16_t type;
	uint8_t spi;

	if (version == VERSION_1)
		cursor_skip(&c, 4);
	cursor_skip(&c, 1);
	spi = cursor_u8(&c);
	type = cursor_be16(&c);
	cursor_skip(&c, spi);
	if (!cursor_ok(&c))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(notifications); i++)
		if (notifications[i].version == version && notifications[i].type == type)
			name = notifications[i].name;
	if (name)
		add_word(words, name);
	if (type == 17 && version == VERSION_2 && cursor_left(&c) >= 2)
		reading_add_number(reading, "ike.group", cursor_be16(&c));
}

static void read_vendor(struct cursor c, struct str *words, struct reading *reading)
{
	_cleanup_(str_done) struct str hex = STR_INIT(2 * VENDOR_ID_MAX);

	for (size_t i = 0; i < VENDOR_ID_MAX && cursor_left(&c) > 0; i++)
		str_addf(&hex, "%02x", cursor_u8(&c));
	if (hex.len == 0)
		return;
	add_word(words, hex.data);
	reading_match(reading, "ike.vendor_id", hex.data, hex.len);
}

/* The one proposal that the responder took: its transforms as type:id[/bits] (3.3). */
static void read_choice(struct cursor c, struct str *words)
{
	uint8_t spi;

	cursor_skip(&c, 6);
	spi = cursor_u8(&c);
	cursor_skip(&c, 1u + spi);
	for (int i = 0; i < PAYLOADS_MAX && cursor_left(&c) >= 8; i++) {
		uint16_t length;
		uint8_t type;
		struct cursor one;

		cursor_skip(&c, 2);
		length = cursor_be16(&c);
		one = cursor_sub(&c, length < 8 ? 0 : length - 4u);
		type = cursor_u8(&one);
		cursor_skip(&one, 1);
		if (!cursor_ok(&one))
			return;
		if (words->len > 0)
			str_addc(words, ' ');
		str_addf(words, "%u:%u", type, cursor_be16(&one));
		if (cursor_left(&one) >= 4 && cursor_be16(&one) == 0x800e)
			str_addf(words, "/%u", cursor_be16(&one));
	}
}

static void ike_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	_cleanup_(str_done) struct str notes = STR_INIT(ATTRIBUTE_VALUE_MAX);
	_cleanup_(str_done) struct str vendors = STR_INIT(ATTRIBUTE_VALUE_MAX);
	_cleanup_(str_done) struct str choice = STR_INIT(ATTRIBUTE_VALUE_MAX);
	const struct kinds *kinds;
	struct message m;
	uint8_t kind;

	if (!parse(bytes, size, &m) || !is_answer(&m))
		return;
	kinds = m.version == VERSION_1 ? &kinds_1 : &kinds_2;
	kind = m.next;
	reading_add_text(reading, "ike.version", m.version == VERSION_1 ? "1" : "2");
	for (int i = 0; i < PAYLOADS_MAX && kind != 0 && cursor_left(&m.body) >= 4; i++) {
		uint8_t next = cursor_u8(&m.body);
		uint16_t length;
		struct cursor payload;

		cursor_skip(&m.body, 1);
		length = cursor_be16(&m.body);
		payload = cursor_sub(&m.body, length < 4 ? SIZE_MAX : length - 4u);
		if (!cursor_ok(&payload))
			break;
		if (kind == kinds->notify)
			read_notify(payload, m.version, &notes, reading);
		else if (kind == kinds->vendor)
			read_vendor(payload, &vendors, reading);
		else if (kind == kinds->association && m.version == VERSION_2)
			read_choice(payload, &choice);
		kind = next;
	}
	reading_add(reading, "ike.notifications", notes.data, notes.len);
	reading_add(reading, "ike.vendor_ids", vendors.data, vendors.len);
	reading_add(reading, "ike.transforms", choice.data, choice.len);
}

/* ---- asking ------------------------------------------------------------------------------ */

/* Begins a payload; the place of its length. */
static size_t payload_begin(struct packer *p, uint8_t next)
{
	packer_u8(p, next);
	packer_u8(p, 0);
	packer_be16(p, 0);
	return p->pos - 2;
}

static void payload_end(struct packer *p, size_t length_at)
{
	packer_patch_be16(p, length_at, (uint16_t)(p->pos - length_at + 2));
}

static void put_proposal(struct packer *p)
{
	size_t payload = payload_begin(p, PAYLOAD_KEY), proposal = payload_begin(p, 0);

	packer_u8(p, 1); /* its number */
	packer_u8(p, 1); /* IKE */
	packer_u8(p, 0);
	packer_u8(p, ARRAY_SIZE(transforms));
	for (size_t i = 0; i < ARRAY_SIZE(transforms); i++) {
		size_t length_at = payload_begin(p, i + 1 < ARRAY_SIZE(transforms) ? 3 : 0);

		packer_u8(p, transforms[i].type);
		packer_u8(p, 0);
		packer_be16(p, transforms[i].id);
		if (transforms[i].key_bits) {
			packer_be16(p, 0x800e);
			packer_be16(p, transforms[i].key_bits);
		}
		payload_end(p, length_at);
	}
	payload_end(p, proposal);
	payload_end(p, payload);
}

/* In place of a public value and of a nonce: bytes that follow from the seed and differ by
 * place. There is no private value to them. */
static void put_noise(struct packer *p, uint64_t seed, uint8_t place, size_t size)
{
	const struct siphash_key key = siphash_key_seeded(seed);

	for (uint8_t i = 0; i < size / 8; i++) {
		const uint8_t at[] = {place, i};
		uint64_t word = siphash(&key, at, sizeof(at));

		/* Less than the prime, whose first bit is one (RFC 3526, 3). */
		packer_be64(p, place == 0 && i == 0 ? word & INT64_MAX : word);
	}
}

static size_t ike_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);
	size_t length_at;

	(void)host;
	packer_be64(&p, initiator(seed));
	packer_be64(&p, 0);
	packer_u8(&p, kinds_2.association);
	packer_u8(&p, VERSION_2);
	packer_u8(&p, IKE_SA_INIT);
	packer_u8(&p, FLAG_INITIATOR);
	packer_be32(&p, 0); /* message id */
	packer_be32(&p, 0); /* length, below */
	put_proposal(&p);
	length_at = payload_begin(&p, PAYLOAD_NONCE);
	packer_be16(&p, GROUP);
	packer_be16(&p, 0);
	put_noise(&p, seed, 0, GROUP_SIZE);
	payload_end(&p, length_at);
	length_at = payload_begin(&p, 0);
	put_noise(&p, seed, 1, NONCE_SIZE);
	payload_end(&p, length_at);
	packer_patch_be16(&p, HEADER - 2, (uint16_t)p.pos);
	return packer_ok(&p) ? p.pos : 0;
}

/* The initiator's SPI is in every answer (2.6); so is it in one of version 1 (RFC 2408,
 * 2.5.3). */
static bool ike_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct message message;

	return parse(reply, size, &message) && is_answer(&message) &&
		message.initiator == initiator(seed);
}

static const uint16_t ike_ports[] = {500, 0};

const struct protocol protocol_ike = {
	.name = "ike",
	.transport = TRANSPORT_UDP,
	.ports = ike_ports,
	.risk = PROTOCOL_STANDARD,
	.request = ike_request,
	.repeats = ike_repeats,
	.complete = ike_complete,
	.recognise = ike_recognise,
	.read = ike_read,
	.reference = "RFC 7296, 1.2",
};
