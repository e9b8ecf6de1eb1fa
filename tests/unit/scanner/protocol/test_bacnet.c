/* SPDX-License-Identifier: Apache-2.0 */
/* BACnet/IP: ReadPropertyMultiple, ReadProperty, I-Am, refusals: ASHRAE 135, 20.2 and annex
 * J. */
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
static const char i_am[] = "\x81\x0b\0\x18\x01\x20\xff\xff\0\xff\x10\0\xc4\x02\0\x0f\xa1\x22"
			   "\x05\xc4\x91\x03\x21\x18";
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

/* Of points only the names are told, and not as the device's; of devices behind, what they
 * say. */
static void others(void **state)
{
	static const char point[] =
		"\x81\x0a\0\x1d\x01\0\x30\x01\x0c\x0c\x01\0\0\x65\x19\x4d\x3e\x75\x09\0"
		"RELAY 10\x3f";
	static const char value[] = "\x81\x0a\0\x17\x01\0\x30\x01\x0c\x0c\x01\0\0\x65\x19\x55"
				    "\x3e\x91\x01\x3f\0\0\0";
	static const char behind[] = "\x81\x0b\0\x1c\x01\x28\xff\xff\0\0\x02\x01\x6c\xff\x10\0"
				     "\xc4\x02\0\0\x6c\x22\x01\xe0\x91\x03\x21\x2a";
	static const char named[] = "\x81\x0b\0\x22\x01\x08\0\x02\x01\x6c\x10\x01\xc4\x02\0\0"
				    "\x6c\xc4\x02\0\0\x6c\x75\x0a\0"
				    "relay 108";
	static const char i_have[] =
		"\x81\x0b\0\x1c\x01\0\x10\x01\xc4\x02\0\0\x6c\xc4\x02\0\0\x6c\x75\x08\0"
		"SYNERGY";
	static const char unset[] =
		"\x81\x0b\0\x1c\x01\0\x10\x01\xc4\x02\x3f\xff\xff\xc4\x02\0\0\x6c\x75\x08\0"
		"Unknown";
	static const char wide[] = "\x81\x0a\0\x19\x01\0\x30\x01\x0c\x0c\x02\x3f\xff\xff\x19"
				   "\x4d\x3e\x75\x05\x04\0N\0\xc4\x3f";
	static const char latin[] = "\x81\x0a\0\x17\x01\0\x30\x01\x0c\x0c\x02\x3f\xff\xff\x19"
				    "\x4d\x3e\x75\x03\x05N\xc4\x3f";
	const struct {
		const char *bytes;
		size_t size;
		const char *name, *text;
	} rows[] = {
		{point, sizeof(point) - 1, "bacnet.objects", "binary-output,101 RELAY 10"},
		{value, sizeof(value) - 1, NULL, NULL},
		{behind, sizeof(behind) - 1, "bacnet.devices", "108 vendor-id 42"},
		{named, sizeof(named) - 1, "bacnet.objects", "device,108 relay 108"},
		{i_have, sizeof(i_have) - 1, "bacnet.name", "SYNERGY"},
		{unset, sizeof(unset) - 1, NULL, NULL},
		{wide, sizeof(wide) - 1, "bacnet.name", "N\xc3\x84"},
		{latin, sizeof(latin) - 1, "bacnet.name", "N\xc3\x84"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint8_t *bytes = (const uint8_t *)rows[i].bytes;
		struct reading *r = check_reading();

		assert_true(protocol_by_name("bacnet")->recognise(bytes, rows[i].size));
		protocol_by_name("bacnet")->read(bytes, rows[i].size, r);
		reading_join(r);
		if (rows[i].name)
			check_is(r, rows[i].name, rows[i].text);
		check_is(r, "bacnet.vendor_id", NULL);
		if (!rows[i].name || strcmp(rows[i].name, "bacnet.name") != 0)
			check_is(r, "bacnet.name", NULL);
		check_hostile(protocol_by_name("bacnet"), bytes, rows[i].size);
	}
}

/* Opening tags without end do no harm. */
static void nesting(void **state)
{
	uint8_t deep[400] = {
		0x81, 0x0a, 0x01, 0x90, 1, 0, 0x30, 5, 0x0e, 0x0c, 2, 0, 0x0f, 0xa1};

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
	const struct CMUnitTest tests[] = {cmocka_unit_test(replies), cmocka_unit_test(others),
		cmocka_unit_test(nesting), cmocka_unit_test(conversation),
		cmocka_unit_test(repeated)};

	return RUN(tests);
}
