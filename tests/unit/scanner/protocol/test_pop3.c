/* SPDX-License-Identifier: Apache-2.0 */
/* POP3 greetings: RFC 1939, 4. */
#include "tests/unit/scanner/protocol/check.h"

static void greeting(void **state)
{
	const struct protocol *pop3 = protocol_by_name("pop3");
	const struct reading *r = check_read(pop3, BYTES("+OK Dovecot (Debian) ready.\r\n"));

	(void)state;
	check_is(r, "service.product", "Dovecot");
	check_is(r, "pop3.banner", "Dovecot (Debian) ready.");
	check_says(pop3, 0, BYTES("+OK a\r\n"), BYTES("QUIT\r\n"));
	assert_false(pop3->recognise(BYTES("+PONG\r\n")));
	check_hostile(pop3, BYTES("+OK <1.2@mail.lanhe.example>\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(greeting)};

	return RUN(tests);
}
