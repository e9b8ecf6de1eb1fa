/* SPDX-License-Identifier: Apache-2.0 */
/* IMAP greetings: RFC 9051, 7.1. */
#include "tests/unit/scanner/protocol/check.h"

static void greeting(void **state)
{
	const struct protocol *imap = protocol_by_name("imap");
	const struct reading *r = check_read(imap,
		BYTES("* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.\r\n"));

	(void)state;
	check_is(r, "service.product", "Dovecot");
	r = check_read(imap, BYTES("* BYE overloaded\r\n"));
	check_is(r, "imap.banner", "overloaded");
	check_says(imap, 0, BYTES("* OK a\r\n"), BYTES("a LOGOUT\r\n"));
	check_hostile(imap, BYTES("* PREAUTH x\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(greeting)};

	return RUN(tests);
}
