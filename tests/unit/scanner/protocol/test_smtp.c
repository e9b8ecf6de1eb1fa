/* SPDX-License-Identifier: Apache-2.0 */
/* SMTP greetings: RFC 5321, 4.2. */
#include "tests/unit/scanner/protocol/check.h"

static void greeting(void **state)
{
	const struct protocol *smtp = protocol_by_name("smtp");
	const struct reading *r = check_read(smtp,
		BYTES("220 mail.lanhe.example ESMTP Postfix (Debian/GNU)\r\n"));

	(void)state;
	check_is(r, "smtp.banner", "mail.lanhe.example ESMTP Postfix (Debian/GNU)");
	check_is(r, "service.product", "Postfix");
	check_is(r, "os.vendor", "Debian");
	check_name(r, "smtp.banner", "mail.lanhe.example");
	check_hostile(smtp, BYTES("220-mail.lanhe.example ESMTP\r\n220 ready\r\n"));
}

static void farewell(void **state)
{
	const struct protocol *smtp = protocol_by_name("smtp");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_says(smtp, 0, BYTES("220 a.example ESMTP\r\n"), BYTES("QUIT\r\n"));
	assert_int_equal(check_next(smtp, 0, BYTES("220-a.example ESMTP\r\n"), out), 0);
	assert_int_equal(check_next(smtp, 1, BYTES("220 a.example ESMTP\r\n221 bye\r\n"), out), -1);
	assert_int_equal(smtp->risk, PROTOCOL_PASSIVE);
}

static void others(void **state)
{
	(void)state;
	assert_false(protocol_by_name("smtp")->recognise(BYTES("220 (vsFTPd 3.0.3)\r\n")));
	assert_false(protocol_by_name("smtp")->recognise(BYTES("HTTP/1.1 200 OK\r\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(greeting), cmocka_unit_test(farewell),
		cmocka_unit_test(others)};

	return RUN(tests);
}
