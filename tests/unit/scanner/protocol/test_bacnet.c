/* SPDX-License-Identifier: Apache-2.0 */
/* BACnet/IP: ReadPropertyMultiple, ReadProperty, I-Am, refusals: ASHRAE 135, 20.2 and annex J. */
#include "tests/unit/scanner/protocol/check.h"

static const char multiple[] = "\x81\x0a\0\x57\x01\0\x30\x05\x0e\x0c\x02\0\x0f\xa1\x1e"
	"\x29\x4b\x4e\xc4\x02\0\x0f\xa1\x4f"
	"\x29\x79\x4e\x75\x10\0" "Automated Logic" "\x4f"
	"\x29\x78\x4e\x21\x18\x4f"
	"\x29\x46\x4e\x75\x08\0" "LGR1000" "\x4f"
	"\x29\x2c\x4e\x75\x06\0" "6.00a" "\x4f"
	"\x29\x4d\x5e\x91\x02\x91\x20\x5f" "\x1f";
static const char single[] = "\x81\x0a\0\x1f\x01\0\x30\x05\x0c\x0c\x02\0\x0f\xa1\x19\x79\x3e"
	"\x75\x0b\0" "Delta Ctrl" "\x3f";
static const char i_am[] = "\x81\x0b\0\x18\x01\x20\xff\xff\0\xff\x10\0\xc4\x02\0\x0f\xa1\x22\x05\xc4\x91\x03\x21\x18";
static const char rejected[] = "\x81\x0a\0\x09\x01\0\x60\x05\x09";

static void replies(void **state)
{
	const struct protocol *bacnet = protocol_by_name("bacnet");
	const struct reading *r;

	(void)state;
	assert_int_equal(sizeof(multiple) - 1, 0x57);
	assert_int_equal(sizeof(single) - 1, 0x1f);
	r = check_read(bacnet, BYTES(multiple));
	check_is(r, "bacnet.instance", "4001");
	check_is(r, "bacnet.vendor", "Automated Logic");
	check_is(r, "bacnet.vendor_id", "24");
	check_is(r, "bacnet.name", NULL); /* the device had an error for it */
	check_is(r, "hw.product", "LGR1000");
	check_is(r, "hw.version", "6.00a");
	check_is(r, "hw.device", "Building Controller");
	r = check_read(bacnet, BYTES(single));
	check_is(r, "bacnet.vendor", "Delta Ctrl");
	check_is(r, "hw.vendor", "Delta Ctrl");
	r = check_read(bacnet, BYTES(i_am));
	check_is(r, "bacnet.instance", "4001");
	check_is(r, "bacnet.vendor_id", "24");
	r = check_read(bacnet, BYTES(rejected));
	check_is(r, "bacnet.refusal", "reject");
	check_hostile(bacnet, BYTES(multiple));
	check_hostile(bacnet, BYTES(single));
	check_hostile(bacnet, BYTES(i_am));
}

/* Opening tags without end do no harm. */
static void nesting(void **state)
{
	uint8_t deep[400] = {0x81, 0x0a, 0x01, 0x90, 1, 0, 0x30, 5, 0x0e, 0x0c, 2, 0, 0x0f, 0xa1};

	(void)state;
	memset(deep + 14, 0x1e, sizeof(deep) - 14);
	protocol_by_name("bacnet")->read(deep, sizeof(deep), check_reading());
	memset(deep + 14, 0x1f, sizeof(deep) - 14);
	protocol_by_name("bacnet")->read(deep, sizeof(deep), check_reading());
}

static void conversation(void **state)
{
	const struct protocol *bacnet = protocol_by_name("bacnet");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_says(bacnet, 1, BYTES(rejected),
		BYTES("\x81\x0a\0\x11\x01\x04\0\x05\x02\x0c\x0c\x02\x3f\xff\xff\x19\x79"));
	assert_int_equal(check_next(bacnet, 1, BYTES(multiple), out), -1);
	assert_int_equal(check_next(bacnet, 2, BYTES(rejected), out), 0);
}

/* The invoke id: 20.1.5 (acknowledgement), 20.1.8 (reject). */
static void repeated(void **state)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_repeats(protocol_by_name("bacnet"), BYTES(multiple), 5);
	check_repeats(protocol_by_name("bacnet"), BYTES(rejected), 0x7705);
	assert_false(protocol_by_name("bacnet")->repeats(BYTES(i_am), 0)); /* answers nobody */
	assert_int_equal(protocol_by_name("bacnet")->request(out, sizeof(out), "", 5), 33);
	assert_false(protocol_by_name("bacnet")->recognise(out, 33)); /* our own, sent back */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(replies), cmocka_unit_test(nesting),
		cmocka_unit_test(conversation), cmocka_unit_test(repeated)};

	return RUN(tests);
}
