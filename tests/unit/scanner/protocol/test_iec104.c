/* SPDX-License-Identifier: Apache-2.0 */
/* IEC 60870-5-104: the link test and no more. */
#include "tests/unit/scanner/protocol/check.h"

static void link_test(void **state)
{
	const struct protocol *iec104 = protocol_by_name("iec104");
	uint8_t out[PROTOCOL_REQUEST_MAX];
	const struct reading *r = check_read(iec104, BYTES("\x68\x04\x83\0\0\0"));

	(void)state;
	check_is(r, "iec104.testfr", "confirmed");
	check_is(r, "service.family", "IEC 60870-5-104");
	assert_int_equal(iec104->request(out, sizeof(out), "", 1), 6);
	assert_memory_equal(out, "\x68\x04\x43\0\0\0", 6);
	assert_null(iec104->next);
	assert_false(iec104->recognise(BYTES("\x68\x04\x83\0\0\x01")));
	assert_false(iec104->recognise(BYTES("\x68\x04\xff\0\0\0")));
	assert_int_equal(iec104->complete(BYTES("\x68\x04\x83")), 0);
	assert_int_equal(iec104->complete(BYTES("\x68\xff")), -1);
	check_hostile(iec104, BYTES("\x68\x04\x83\0\0\0"));
}

/* What is overheard of a running link: STARTDT con, then an I frame of station 300. */
static void running_link(void **state)
{
	static const char link[] = "\x68\x04\x0b\0\0\0"
		"\x68\x0e\0\0\0\0\x64\x01\x07\0\x2c\x01\0\0\0\x14\x68\x04\x01\0\x02\0";
	struct reading *r =
		(struct reading *)check_read(protocol_by_name("iec104"), BYTES(link));

	(void)state;
	reading_join(r);
	check_is(r, "iec104.common_addresses", "300");
	check_is(r, "iec104.types", "100");
	check_is(r, "iec104.testfr", NULL);
	check_hostile(protocol_by_name("iec104"), BYTES(link));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(link_test),
		cmocka_unit_test(running_link)};

	return RUN(tests);
}
