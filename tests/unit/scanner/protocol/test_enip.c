/* SPDX-License-Identifier: Apache-2.0 */
/* EtherNet/IP's ListIdentity: CIP Networks Library, volume 2, 2-4.2. */
#include "tests/unit/scanner/protocol/check.h"

static const char identity[] = "\x63\0\x3c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\x01\0\x0c\0\x36\0\x01\0\0\x02\xaf\x12\xc6\x12\x32\x0c\0\0\0\0\0\0\0\0"
	"\x01\0\x0e\0\xa6\0\x14\x0b\x60\0\xd5\xc4\xb3\0\x14" "1756-L71/B LOGIX5571" "\x03";

static void list_identity(void **state)
{
	const struct protocol *enip = protocol_by_name("enip");
	uint8_t out[PROTOCOL_REQUEST_MAX];
	const struct reading *r;

	(void)state;
	assert_int_equal(sizeof(identity) - 1, 24 + 0x3c);
	r = check_read(enip, BYTES(identity));
	check_is(r, "enip.vendor_id", "1");
	check_is(r, "enip.revision", "20.011");
	check_is(r, "enip.status", "0x0060");
	check_is(r, "hw.vendor", "Rockwell Automation");
	check_is(r, "hw.product", "1756-L71/B");
	check_is(r, "hw.device", "PLC");
	check_is(r, "hw.serial_number", "00b3c4d5");
	check_key(r, "serial", "cip:1:00b3c4d5");
	check_hostile(enip, BYTES(identity));
	assert_int_equal(enip->request(out, sizeof(out), "", 1), 24);
	assert_memory_equal(out, "\x63\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\x01\0\0\0\0", 24);
	assert_ptr_not_equal(protocol_recognise(TRANSPORT_UDP, BYTES(identity)), enip);
	assert_string_equal(protocol_recognise(TRANSPORT_UDP, BYTES(identity))->name, "enip");
	/* A session that somebody else registered, overheard. */
	assert_true(
		enip->recognise(BYTES("\x65\0\x04\0\x01\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				      "\x01\0\0\0")));
	assert_false(enip->recognise(
		BYTES("\x65\0\x04\0\x01\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")));
	assert_int_equal(enip->complete(BYTES("\x63\0\x3c\0\0")), 0);
	assert_int_equal(enip->complete(BYTES("\x65\0\x04\0\0")), 0);
	assert_int_equal(enip->complete(BYTES("\x66\0\x04\0\0")), -1);
}

/* All attributes of a module's identity, in a message of somebody else's session; and what is
 * none. */
#define MESSAGE(command, size, items)                                                          \
	command "\0" size "\0\x01\0\x02\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"                   \
		"\0\0\0\0\x20\0\x02\0" items
#define MODULE(service, vendor, name)                                                          \
	service "\0\0\0" vendor "\0\x0e\0\x36\0\x10\x14\x60\x30\x3f\x82\x51\0" name
#define UNCONNECTED(answer) "\0\0\0\0\xb2\0\x27\0" answer

static void module_of_a_rack(void **state)
{
	const struct protocol *enip = protocol_by_name("enip");
	const char *const none[] = {
		MESSAGE("\x6f", "\x37",
			UNCONNECTED(MODULE("\x8e", "\x01",
				"\x14"
				"1756-L61/B LOGIX5561"))),
		MESSAGE("\x6f", "\x37",
			UNCONNECTED(MODULE("\x81", "\0",
				"\x14"
				"1756-L61/B LOGIX5561"))),
		MESSAGE("\x6f", "\x37",
			UNCONNECTED(MODULE("\x81", "\x01",
				"\x14"
				"1756-L61/B LOGIX\1\2\3\4"))),
		MESSAGE("\x6f", "\x37",
			UNCONNECTED(MODULE("\x81", "\x01",
				"\x15"
				"1756-L61/B LOGIX5561"))),
		MESSAGE("\x6f", "\x37",
			UNCONNECTED(MODULE("\x81", "\x01",
				"\x02"
				"1756-L61/B LOGIX5561"))),
		MESSAGE("\x70", "\x37",
			UNCONNECTED(MODULE("\x81", "\x01",
				"\x14"
				"1756-L61/B LOGIX5561"))),
	};
	static const char whole[] = MESSAGE("\x6f", "\x37",
		UNCONNECTED(MODULE("\x81", "\x01",
			"\x14"
			"1756-L61/B LOGIX5561")));
	static const char connected[] = MESSAGE("\x70", "\x3d",
		"\xa1\0\x04\0\1\2\3\4\xb1\0\x29\0\x05\0" MODULE("\x81", "\x01",
			"\x14"
			"1756-L61/B LOGIX5561"));
	const struct reading *r = check_read(enip, BYTES(whole));
	uint8_t bytes[200] = {0};

	(void)state;
	check_is(r, "cip.product", "1756-L61/B LOGIX5561");
	check_is(r, "cip.vendor_id", "1");
	check_is(r, "cip.device_type", "14");
	check_is(r, "cip.product_code", "54");
	check_is(r, "cip.revision", "16.020");
	check_is(r, "cip.serial_number", "0051823f");
	check_is(r, "hw.product", NULL);
	r = check_read(enip, BYTES(connected));
	check_is(r, "cip.serial_number", "0051823f");
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		struct reading *reading = check_reading();

		enip->read((const uint8_t *)none[i], sizeof(whole) - 1, reading);
		assert_int_equal(reading->n_attributes, 0);
	}
	check_hostile(enip, BYTES(whole));
	check_hostile(enip, BYTES(connected));
	memcpy(bytes, whole, sizeof(whole));
	assert_int_equal(enip->overheard(bytes, sizeof(bytes)), sizeof(whole) - 1);
	bytes[40] = 0xcc; /* what a tag holds */
	assert_int_equal(enip->overheard(bytes, sizeof(bytes)), 24);
	memcpy(bytes, identity, sizeof(identity));
	assert_int_equal(enip->overheard(bytes, sizeof(bytes)), sizeof(identity) - 1);
	assert_int_equal(enip->overheard(bytes, 23), 0);
}

/* The context of the sender: volume 2, 2-3. */
static void repeated(void **state)
{
	uint8_t reply[sizeof(identity) - 1];

	(void)state;
	memcpy(reply, identity, sizeof(reply));
	memcpy(reply + 12, "\x01\0\x45\x67\x89\xab\xcd\xef", 8);
	check_repeats(protocol_expected(TRANSPORT_UDP, 44818), reply, sizeof(reply),
		0x0123456789abcdefull);
	/* A refusal: unsupported command. */
	check_repeats(protocol_expected(TRANSPORT_UDP, 44818),
		BYTES("\x63\0\0\0\0\0\0\0\x01\0\0\0"
		      "\x01\0\x45\x67\x89\xab\xcd\xef\0\0\0\0"),
		0x0123456789abcdefull);
	assert_null(protocol_by_name("enip")->repeats); /* over TCP */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(list_identity),
		cmocka_unit_test(module_of_a_rack), cmocka_unit_test(repeated)};

	return RUN(tests);
}
