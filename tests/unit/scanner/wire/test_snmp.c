/* SPDX-License-Identifier: Apache-2.0 */
/* SNMP's messages: object identifiers at their bounds, bindings, and requests byte by byte, as
 * RFC 3416 and X.690 have them. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "scanner/wire/snmp.h"

#define C(text) cursor_of(text, sizeof(text) - 1)

static const char *text_of(struct cursor content)
{
	static char text[SNMP_OID_MAX * 11];
	_cleanup_(str_done) struct str out = STR_INIT(sizeof(text) - 1);
	struct snmp_oid oid;

	if (!snmp_oid_read(content, &oid))
		return "-";
	snmp_oid_text(&oid, &out);
	memcpy(text, out.data, out.len + 1);
	return text;
}

static void object_identifiers(void **state)
{
	uint8_t many[SNMP_OID_MAX + 1];

	(void)state;
	assert_string_equal(text_of(C("\x2b\x06\x01\x02\x01")), "1.3.6.1.2.1");
	assert_string_equal(
		text_of(C("\x2b\x06\x01\x04\x01\x09\x01\x82\x2d")), "1.3.6.1.4.1.9.1.301");
	assert_string_equal(text_of(C("\x28\xc4\x62\x01")), "1.0.8802.1");
	assert_string_equal(text_of(C("\x00")), "0.0");
	assert_string_equal(text_of(C("\x4f")), "1.39");
	assert_string_equal(text_of(C("\x50")), "2.0");
	assert_string_equal(text_of(C("\x88\x37\x03")), "2.999.3"); /* X.690, 8.19.5 */
	assert_string_equal(text_of(C("\x2b\x8f\xff\xff\xff\x7f")), "1.3.4294967295");
	assert_string_equal(text_of(C("\x2b\x90\x80\x80\x80\x00")), "-"); /* one of 33 bits */
	assert_string_equal(text_of(C("\x2b\x80\x80\x80\x80\x80\x80\x80")), "-");
	assert_string_equal(text_of(C("\x2b\x81")), "-"); /* cut */
	assert_string_equal(text_of(C("")), "-");
	memset(many, 1, sizeof(many));
	assert_string_not_equal(text_of(cursor_of(many, SNMP_OID_MAX - 1)), "-");
	assert_string_equal(text_of(cursor_of(many, SNMP_OID_MAX)), "-");
}

static void order(void **state)
{
	static const uint32_t a[] = {1, 3, 6}, b[] = {1, 3, 7}, c[] = {1, 3, 6, 0};

	(void)state;
	assert_int_equal(snmp_oid_compare(a, 3, a, 3), 0);
	assert_true(snmp_oid_compare(a, 3, b, 3) < 0);
	assert_true(snmp_oid_compare(b, 3, a, 3) > 0);
	assert_true(snmp_oid_compare(a, 3, c, 4) < 0);
	assert_true(snmp_oid_compare(c, 4, a, 3) > 0);
	assert_true(snmp_oid_compare(b, 3, c, 4) > 0);
	assert_true(snmp_oid_compare(a, 0, c, 4) < 0);
	assert_int_equal(snmp_oid_compare(a, 0, b, 0), 0);
}

static void bindings(void **state)
{
	static const char list[] = "\x30\x06\x06\x01\x2b\x02\x01\x05"
				   "\x30\x05\x06\x01\x2b\x82\x00"
				   "\x30\x09\x06\x01\x2b\x42\x04\xff\xff\xff\xff"
				   "\x30\x06\x06\x01\x2b\x02\x01\xff"
				   "\x30\x0a\x06\x01\x2b\x02\x05\x00\xff\xff\xff\xff"
				   "\x30\x0a\x06\x01\x2b\x02\x05\x01\xff\xff\xff\xff"
				   "\x30\x05\x06\x01\x2b\x02\x00";
	struct cursor c = C(list);
	struct snmp_binding binding;
	uint32_t number = 0;

	(void)state;
	assert_true(snmp_binding_next(&c, &binding));
	assert_int_equal(cursor_left(&binding.name), 1);
	assert_true(snmp_binding_number(&binding, &number));
	assert_int_equal(number, 5);
	assert_true(snmp_binding_next(&c, &binding));
	assert_int_equal(binding.type, SNMP_END_OF_VIEW);
	assert_int_equal(cursor_left(&binding.value), 0);
	assert_true(snmp_binding_next(&c, &binding)); /* a gauge is no integer */
	assert_false(snmp_binding_number(&binding, &number));
	assert_true(snmp_binding_next(&c, &binding)); /* negative */
	assert_false(snmp_binding_number(&binding, &number));
	assert_true(snmp_binding_next(&c, &binding));
	assert_true(snmp_binding_number(&binding, &number));
	assert_int_equal(number, UINT32_MAX);
	assert_true(snmp_binding_next(&c, &binding)); /* too large */
	assert_false(snmp_binding_number(&binding, &number));
	assert_true(snmp_binding_next(&c, &binding)); /* empty */
	assert_false(snmp_binding_number(&binding, &number));
	assert_false(snmp_binding_next(&c, &binding));
	assert_true(cursor_ok(&c));
	c = cursor_of(list, 7); /* cut */
	assert_false(snmp_binding_next(&c, &binding));
	assert_false(cursor_ok(&c));
}

/* GetRequest and GetBulkRequest of version 2c, and every room that is too small for them. */
static void requests(void **state)
{
	static const char get[] =
		"\x30\x25\x02\x01\x01\x04\x02ro\xa0\x1c\x02\x04\x41\x02\x03\x04\x02\x01\x00"
		"\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x05\x00";
	static const char bulk[] =
		"\x30\x1f\x02\x01\x01\x04\x02ro\xa5\x16\x02\x02\x00\x80\x02\x01\x00\x02\x01\x14"
		"\x30\x0a\x30\x08\x06\x04\x28\xc4\x62\x01\x05\x00";
	const struct snmp_oid descr = {{1, 3, 6, 1, 2, 1, 1, 1, 0}, 9},
			      lldp = {{1, 0, 8802, 1}, 4};
	const struct snmp_question one = {0x41020304, 0, &descr, 1}, two = {128, 20, &lldp, 1};
	uint8_t out[64];

	(void)state;
	assert_int_equal(snmp_write_community(&one, "ro", out, sizeof(out)), sizeof(get) - 1);
	assert_memory_equal(out, get, sizeof(get) - 1);
	assert_int_equal(snmp_write_community(&two, "ro", out, sizeof(out)), sizeof(bulk) - 1);
	assert_memory_equal(out, bulk, sizeof(bulk) - 1);
	for (size_t room = 0; room < sizeof(get) - 1; room++)
		assert_int_equal(snmp_write_community(&one, "ro", out, room), 0);
}

/* Cut, it is none; and into less room it is not written. */
static void check_cut(const struct snmp_envelope *envelope, const uint8_t *bytes, size_t size)
{
	uint8_t out[1500];
	struct snmp_message m;
	size_t at;

	for (size_t i = 0; i < size; i++) {
		uint8_t *copy = malloc(i ? i : 1);

		memcpy(copy, bytes, i);
		assert_false(snmp_message_read(copy, i, &m));
		free(copy);
		assert_int_equal(snmp_write_envelope(envelope, out, i, &at), 0);
	}
}

/* What is written is read as it was meant; elements of 128 bytes and more have longer lengths.
 */
static void round_trips(void **state)
{
	static const uint8_t id[] = {0x80, 0, 0, 9, 1}, salt[SNMP_SALT_SIZE] = "12345678";
	struct snmp_oid names[8];
	struct snmp_question question = {.id = 0x7fffffff, .repetitions = 3, .names = names};
	struct snmp_envelope envelope = {.id = 0x40000000,
		.largest = 1472,
		.engine = {id, sizeof(id), 0x80000000, 255},
		.user = "reader",
		.signature = 12,
		.salt = salt};
	uint8_t scoped[1500], out[1500];
	struct snmp_message m;
	struct snmp_pdu pdu;
	struct snmp_binding binding;
	struct snmp_oid name;
	size_t size, at;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		names[i] = (struct snmp_oid){{1, 3}, 2 + 10 * i};
		for (size_t k = 2; k < names[i].n; k++)
			names[i].ids[k] = (uint32_t)1 << (k * 3 % 32);
	}
	for (question.n_names = 0; question.n_names <= ARRAY_SIZE(names); question.n_names++) {
		envelope.scoped = scoped;
		envelope.scoped_size =
			snmp_write_scoped(&question, &envelope.engine, scoped, sizeof(scoped));
		envelope.flags =
			question.n_names & 1 ? SNMP_SIGNED | SNMP_ENCRYPTED : SNMP_SIGNED;
		size = snmp_write_envelope(&envelope, out, sizeof(out), &at);
		assert_true(size > 0 && snmp_message_read(out, size, &m));
		assert_int_equal(m.version, SNMP_VERSION_3);
		assert_int_equal(m.id, envelope.id);
		assert_int_equal(m.flags, envelope.flags);
		assert_int_equal(m.engine.boots, 0x80000000);
		assert_int_equal(m.engine.time, 255);
		assert_int_equal(m.engine.size, sizeof(id));
		assert_int_equal(cursor_left(&m.user), 6);
		assert_ptr_equal(cursor_rest(&m.signature), out + at);
		assert_int_equal(cursor_left(&m.signature), 12);
		assert_memory_equal(cursor_rest(&m.salt), salt, sizeof(salt));
		if (m.flags & SNMP_ENCRYPTED)
			m.rest = ber_element(&m.rest, BER_OCTETS);
		assert_true(snmp_scoped_read(&m.rest, &pdu));
		assert_int_equal(pdu.tag, SNMP_GET_BULK);
		assert_int_equal(pdu.id, 0x7fffffff);
		assert_int_equal(pdu.index, 3);
		for (size_t i = 0; i < question.n_names; i++) {
			assert_true(snmp_binding_next(&pdu.bindings, &binding));
			assert_true(snmp_oid_read(binding.name, &name));
			assert_int_equal(
				snmp_oid_compare(name.ids, name.n, names[i].ids, names[i].n),
				0);
		}
		assert_int_equal(cursor_left(&pdu.bindings), 0);
		check_cut(&envelope, out, size);
	}
}

static bool reads(const char *text, struct snmp_message *ret_message)
{
	static struct hex h;

	h = hex(text);
	return snmp_message_read(h.bytes, h.n, ret_message);
}

static void other_messages(void **state)
{
	struct snmp_message m;

	(void)state;
	assert_true(reads("3008 020100 0403 616263", &m));
	assert_int_equal(m.version, SNMP_VERSION_1);
	assert_int_equal(cursor_left(&m.community), 3);
	assert_false(reads("3008 020102 0403 616263", &m)); /* 2u, 2* */
	assert_false(reads("3003 020101", &m));
	assert_false(reads("0400", &m));
	assert_false(snmp_message_read(NULL, 0, &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(object_identifiers),
		cmocka_unit_test(order), cmocka_unit_test(bindings), cmocka_unit_test(requests),
		cmocka_unit_test(round_trips), cmocka_unit_test(other_messages)};

	return RUN(tests);
}
