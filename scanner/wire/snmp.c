/* SPDX-License-Identifier: Apache-2.0 */
/* SNMP's messages, both ways; see snmp.h. They are written from their end to their beginning,
 * as the length of each element stands before it. */
#include "scanner/wire/snmp.h"

#include <inttypes.h>
#include <string.h>

#define NUMBER_MAX                                                                             \
	5 /* bytes of a number of 32 bits, with the zero that says it is not negative */

/* ---- object identifiers ------------------------------------------------------------------ */

/* Seven bits a byte; the last byte has no eighth. */
static bool read_id(struct cursor *c, uint32_t *ret_id)
{
	uint64_t value = 0;
	uint8_t byte;

	do {
		byte = cursor_u8(c);
		value = value << 7 | (byte & 0x7f);
	} while (byte & 0x80 && value <= UINT32_MAX);
	*ret_id = (uint32_t)value;
	return cursor_ok(c) && value <= UINT32_MAX;
}

/* The first two arcs stand in one number (X.690, 8.19.4). */
bool snmp_oid_read(struct cursor content, struct snmp_oid *ret_oid)
{
	uint32_t first, arc;

	if (!read_id(&content, &first))
		return false;
	arc = first < 80 ? first / 40 : 2;
	ret_oid->ids[0] = arc;
	ret_oid->ids[1] = first - 40 * arc;
	for (ret_oid->n = 2; cursor_left(&content) > 0; ret_oid->n++)
		if (ret_oid->n == SNMP_OID_MAX || !read_id(&content, &ret_oid->ids[ret_oid->n]))
			return false;
	return true;
}

int snmp_oid_compare(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
	for (size_t i = 0; i < n_a && i < n_b; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return n_a == n_b ? 0 : n_a < n_b ? -1 : 1;
}

void snmp_oid_text(const struct snmp_oid *oid, struct str *out)
{
	for (size_t i = 0; i < oid->n; i++)
		str_addf(out, i ? ".%" PRIu32 : "%" PRIu32, oid->ids[i]);
}

/* ---- reading ----------------------------------------------------------------------------- */

static bool read_version_3(struct cursor *message, struct snmp_message *m)
{
	struct cursor header = ber_element(message, BER_SEQUENCE), flags, parameters, id, user;
	uint32_t model;

	m->id = ber_number(&header, BER_INTEGER);
	ber_number(&header, BER_INTEGER);
	flags = ber_element(&header, BER_OCTETS);
	m->flags = cursor_u8(&flags);
	model = ber_number(&header, BER_INTEGER);
	parameters = ber_element(message, BER_OCTETS);
	parameters = ber_element(&parameters, BER_SEQUENCE);
	id = ber_element(&parameters, BER_OCTETS);
	m->engine = (struct snmp_engine){cursor_rest(&id), cursor_left(&id), 0, 0};
	m->engine.boots = ber_number(&parameters, BER_INTEGER);
	m->engine.time = ber_number(&parameters, BER_INTEGER);
	user = parameters; /* an engine is told by what stands before */
	m->user = ber_element(&user, BER_OCTETS);
	m->signature = ber_element(&user, BER_OCTETS);
	m->salt = ber_element(&user, BER_OCTETS);
	return cursor_ok(&parameters) && cursor_ok(&header) && cursor_ok(&flags) &&
	       model == SNMP_USM;
}

bool snmp_message_read(const uint8_t *bytes, size_t size, struct snmp_message *ret_message)
{
	struct cursor c = cursor_of(bytes, size);
	struct cursor message = ber_element(&c, BER_SEQUENCE);
	bool good;

	*ret_message = (struct snmp_message){.version = ber_number(&message, BER_INTEGER)};
	if (ret_message->version == SNMP_VERSION_3) {
		good = read_version_3(&message, ret_message);
	} else {
		ret_message->community = ber_element(&message, BER_OCTETS);
		good = ret_message->version <= SNMP_VERSION_2C;
	}
	ret_message->rest = message;
	return good && cursor_ok(&message);
}

bool snmp_pdu_read(struct cursor *c, struct snmp_pdu *ret_pdu)
{
	uint32_t length;
	uint8_t tag = ber_head(c, &length);
	struct cursor pdu = cursor_sub(c, length);

	ret_pdu->tag = tag;
	ret_pdu->id = ber_number(&pdu, BER_INTEGER);
	ret_pdu->error = ber_number(&pdu, BER_INTEGER);
	ret_pdu->index = ber_number(&pdu, BER_INTEGER);
	ret_pdu->bindings = ber_element(&pdu, BER_SEQUENCE);
	ret_pdu->context = (struct cursor){.failed = true};
	return cursor_ok(&pdu);
}

bool snmp_scoped_read(struct cursor *c, struct snmp_pdu *ret_pdu)
{
	struct cursor scoped = ber_element(c, BER_SEQUENCE), context;

	ber_element(&scoped, BER_OCTETS);
	context = ber_element(&scoped, BER_OCTETS);
	if (!snmp_pdu_read(&scoped, ret_pdu))
		return false;
	ret_pdu->context = context;
	return true;
}

bool snmp_binding_next(struct cursor *bindings, struct snmp_binding *ret_binding)
{
	struct cursor binding;
	uint32_t length;

	if (cursor_left(bindings) == 0)
		return false;
	binding = ber_element(bindings, BER_SEQUENCE);
	ret_binding->name = ber_element(&binding, BER_OBJECT);
	ret_binding->type = ber_head(&binding, &length);
	ret_binding->value = cursor_sub(&binding, length);
	return cursor_ok(&binding);
}

bool snmp_binding_number(const struct snmp_binding *binding, uint32_t *ret_number)
{
	struct cursor value = binding->value;
	size_t n = cursor_left(&value);
	uint64_t number;

	if (binding->type != BER_INTEGER || n == 0 || n > NUMBER_MAX ||
		*cursor_rest(&value) & 0x80)
		return false;
	number = cursor_be(&value, n);
	*ret_number = (uint32_t)number;
	return number <= UINT32_MAX;
}

/* ---- writing, backwards ------------------------------------------------------------------ */

struct back {
	uint8_t *base;
	size_t at; /* where what was written begins */
	size_t end;
	bool failed;
};

static void put(struct back *b, const void *bytes, size_t n)
{
	if (b->failed || n > b->at) {
		b->failed = true;
		return;
	}
	b->at -= n;
	if (n > 0)
		memcpy(b->base + b->at, bytes, n);
}

static void put_byte(struct back *b, uint8_t byte)
{
	put(b, &byte, 1);
}

/* Tag and length of an element that ends where `at` was `end`. */
static void put_head(struct back *b, uint8_t tag, size_t end)
{
	size_t length = end - b->at;

	if (length < 0x80) {
		put_byte(b, (uint8_t)length);
	} else {
		size_t n = 0;

		for (size_t left = length; left > 0; left >>= 8, n++)
			put_byte(b, (uint8_t)left);
		put_byte(b, (uint8_t)(0x80 | n));
	}
	put_byte(b, tag);
}

static void put_octets(struct back *b, const void *bytes, size_t n)
{
	size_t end = b->at;

	put(b, bytes, n);
	put_head(b, BER_OCTETS, end);
}

static void put_number(struct back *b, uint32_t number)
{
	size_t end = b->at;
	uint8_t first;

	do {
		first = (uint8_t)number;
		put_byte(b, first);
		number >>= 8;
	} while (number > 0);
	if (first & 0x80)
		put_byte(b, 0);
	put_head(b, BER_INTEGER, end);
}

static void put_id(struct back *b, uint64_t id)
{
	put_byte(b, id & 0x7f);
	while (id >>= 7)
		put_byte(b, (uint8_t)(0x80 | (id & 0x7f)));
}

/* A name with a value of NULL. */
static void put_binding(struct back *b, const struct snmp_oid *oid)
{
	static const uint8_t null[] = {0x05, 0x00};
	size_t end = b->at, name;

	put(b, null, sizeof(null));
	name = b->at;
	for (size_t i = oid->n; i > 2; i--)
		put_id(b, oid->ids[i - 1]);
	put_id(b, (uint64_t)oid->ids[0] * 40 + oid->ids[1]);
	put_head(b, BER_OBJECT, name);
	put_head(b, BER_SEQUENCE, end);
}

/* GetBulkRequest has no non-repeaters: every name is repeated. */
static void put_pdu(struct back *b, const struct snmp_question *question)
{
	size_t end = b->at;

	for (size_t i = question->n_names; i > 0; i--)
		put_binding(b, &question->names[i - 1]);
	put_head(b, BER_SEQUENCE, end);
	put_number(b, question->repetitions);
	put_number(b, 0);
	put_number(b, question->id);
	put_head(b, question->repetitions ? SNMP_GET_BULK : SNMP_GET, end);
}

static struct back begin(uint8_t *out, size_t max)
{
	return (struct back){out, max, max, false};
}

/* Moves what was written to the beginning of the room. */
static size_t finish(struct back *b)
{
	size_t size = b->end - b->at;

	if (b->failed)
		return 0;
	memmove(b->base, b->base + b->at, size);
	return size;
}

size_t snmp_write_community(
	const struct snmp_question *question, const char *community, uint8_t *out, size_t max)
{
	struct back b = begin(out, max);

	put_pdu(&b, question);
	put_octets(&b, community, strlen(community));
	put_number(&b, SNMP_VERSION_2C);
	put_head(&b, BER_SEQUENCE, b.end);
	return finish(&b);
}

size_t snmp_write_scoped(const struct snmp_question *question, const struct snmp_engine *engine,
	uint8_t *out, size_t max)
{
	struct back b = begin(out, max);

	put_pdu(&b, question);
	put_octets(&b, question->context, question->context ? strlen(question->context) : 0);
	put_octets(&b, engine->id, engine->size);
	put_head(&b, BER_SEQUENCE, b.end);
	return finish(&b);
}

size_t snmp_write_envelope(
	const struct snmp_envelope *envelope, uint8_t *out, size_t max, size_t *ret_at)
{
	static const uint8_t zeros[SNMP_SIGNATURE_MAX];
	struct back b = begin(out, max);
	size_t end, signature;

	if (envelope->signature > sizeof(zeros))
		return 0;
	if (envelope->flags & SNMP_ENCRYPTED)
		put_octets(&b, envelope->scoped, envelope->scoped_size);
	else
		put(&b, envelope->scoped, envelope->scoped_size);
	end = b.at;
	put_octets(&b, envelope->salt, envelope->salt ? SNMP_SALT_SIZE : 0);
	signature = b.at - envelope->signature;
	put_octets(&b, zeros, envelope->signature);
	put_octets(&b, envelope->user, strlen(envelope->user));
	put_number(&b, envelope->engine.time);
	put_number(&b, envelope->engine.boots);
	put_octets(&b, envelope->engine.id, envelope->engine.size);
	put_head(&b, BER_SEQUENCE, end);
	put_head(&b, BER_OCTETS, end);
	end = b.at;
	put_number(&b, SNMP_USM);
	put_octets(&b, &envelope->flags, 1);
	put_number(&b, envelope->largest);
	put_number(&b, envelope->id);
	put_head(&b, BER_SEQUENCE, end);
	put_number(&b, SNMP_VERSION_3);
	put_head(&b, BER_SEQUENCE, b.end);
	*ret_at = signature - b.at;
	return finish(&b);
}
