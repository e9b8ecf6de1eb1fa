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

/* How it is asked to go on inside TLS: RFC 3207. */
static void starttls(void **state)
{
	const struct protocol *p = protocol_by_name("smtp");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	assert_int_equal(p->secure(0, BYTES("220 a ESMTP\r\n"), out, sizeof(out)), 23);
	assert_memory_equal(out, "EHLO cadastre.invalid\r\n", 23);
	assert_int_equal(p->secure(0, BYTES("421 a\r\n"), out, sizeof(out)), -1);
	assert_int_equal(
		p->secure(1,
			BYTES("220 a ESMTP\r\n250-a\r\n250-STARTTLS\r\n250 PIPELINING\r\n"),
			out, sizeof(out)),
		10);
	assert_memory_equal(out, "STARTTLS\r\n", 10);
	assert_int_equal(p->secure(1, BYTES("220 a ESMTP\r\n250 a\r\n"), out, sizeof(out)), -1);
	assert_int_equal(
		p->secure(1, BYTES("220 a ESMTP\r\n502 what\r\n"), out, sizeof(out)), -1);
	assert_int_equal(p->secure(2, BYTES("220 a ESMTP\r\n250 STARTTLS\r\n220 go\r\n"), out,
				 sizeof(out)),
		PROTOCOL_SECURED);
	assert_int_equal(p->secure(2, BYTES("220 a ESMTP\r\n250 STARTTLS\r\n454 no\r\n"), out,
				 sizeof(out)),
		-1);
	check_hostile(p, BYTES("220 a ESMTP\r\n250-a\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"));
	{
		struct reading *r = check_reading();

		r->asked = true;
		p->read(BYTES("220 a ESMTP\r\n250-a Hello\r\n250-STARTTLS\r\n250 AUTH PLAIN "
			      "LOGIN\x1b\r\n"),
			r);
		check_is(r, "smtp.extensions", "STARTTLS, AUTH PLAIN LOGIN\\x1b");
	}
}

static void farewell(void **state)
{
	const struct protocol *smtp = protocol_by_name("smtp");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_says(smtp, 0, BYTES("220 a.example ESMTP\r\n"), BYTES("QUIT\r\n"));
	assert_int_equal(check_next(smtp, 0, BYTES("220-a.example ESMTP\r\n"), out), 0);
	assert_int_equal(
		check_next(smtp, 1, BYTES("220 a.example ESMTP\r\n221 bye\r\n"), out), -1);
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(greeting),
		cmocka_unit_test(farewell), cmocka_unit_test(starttls),
		cmocka_unit_test(others)};

	return RUN(tests);
}
