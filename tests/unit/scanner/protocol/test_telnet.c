/* SPDX-License-Identifier: Apache-2.0 */
/* Telnet: options taken out and declined: RFC 854, RFC 855. */
#include "tests/unit/scanner/protocol/check.h"

static const char relay[] = "\xff\xfd\x18\xff\xfb\x01\xff\xfa\x18\x01\xff\xf0\r\n"
	"SEL-421-4-R127-V0-Z009003-D20200723  LINE A1\r\n\r\nlogin: ";

static void banner(void **state)
{
	const struct protocol *telnet = protocol_by_name("telnet");
	const struct reading *r = check_read(telnet, BYTES(relay));

	(void)state;
	check_is(r, "hw.vendor", "SEL");
	check_is(r, "hw.product", "SEL-421");
	check_is(r, "hw.device", "Protection Relay");
	r = check_read(telnet,
		BYTES("\xff\xfb\x01\r\n\r\nUser Access Verification\r\n\r\nPassword: "));
	check_is(r, "os.product", "IOS");
	r = check_read(telnet, BYTES("\xff\xfb\x01" "a\xff\xff" "b\0c"));
	check_is(r, "telnet.banner", "a\\xffbc"); /* a doubled IAC is data, NUL is nothing */
	check_hostile(telnet, BYTES(relay));
}

static void options_are_declined_once(void **state)
{
	const struct protocol *telnet = protocol_by_name("telnet");
	uint8_t out[PROTOCOL_REQUEST_MAX];
	uint8_t many[3 * 500];

	(void)state;
	check_says(telnet, 0, BYTES(relay), BYTES("\xff\xfc\x18\xff\xfe\x01"));
	assert_int_equal(check_next(telnet, 1, BYTES(relay), out), 0);
	/* A server that asks for options without end gets a bounded answer. */
	for (size_t i = 0; i < sizeof(many); i += 3)
		memcpy(many + i, "\xff\xfd\x18", 3);
	assert_int_equal(check_next(telnet, 0, many, sizeof(many), out), 3 * 64);
	/* WONT and DONT are never answered: no endless loop. */
	assert_int_equal(check_next(telnet, 0, BYTES("\xff\xfc\x18\xff\xfe\x01"), out), 0);
}

static void others(void **state)
{
	const struct protocol *telnet = protocol_by_name("telnet");

	(void)state;
	assert_false(telnet->recognise(BYTES("HTTP/1.1 200 OK\r\n\r\nlogin:")));
	assert_false(telnet->recognise(BYTES("\xff\xff\xff\xff")));
	assert_true(telnet->recognise(BYTES("\r\nrouter login: ")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(banner),
		cmocka_unit_test(options_are_declined_once), cmocka_unit_test(others)};

	return RUN(tests);
}
