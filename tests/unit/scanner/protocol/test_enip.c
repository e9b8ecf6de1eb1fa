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
	assert_true(enip->recognise(BYTES("\x65\0\x04\0\x01\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		"\x01\0\0\0")));
	assert_false(enip->recognise(BYTES("\x65\0\x04\0\x01\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")));
	assert_int_equal(enip->complete(BYTES("\x63\0\x3c\0\0")), 0);
	assert_int_equal(enip->complete(BYTES("\x65\0\x04\0\0")), 0);
	assert_int_equal(enip->complete(BYTES("\x66\0\x04\0\0")), -1);
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
	check_repeats(protocol_expected(TRANSPORT_UDP, 44818), BYTES("\x63\0\0\0\0\0\0\0\x01\0\0\0"
		"\x01\0\x45\x67\x89\xab\xcd\xef\0\0\0\0"), 0x0123456789abcdefull);
	assert_null(protocol_by_name("enip")->repeats); /* over TCP */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(list_identity),
		cmocka_unit_test(repeated)};

	return RUN(tests);
}
