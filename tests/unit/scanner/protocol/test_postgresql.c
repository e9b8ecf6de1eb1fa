/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL's answers to the SSL request and to an unknown version. */
#include "tests/unit/scanner/protocol/check.h"

static const char error[] = "NE\0\0\0\x73SFATAL\0VFATAL\0C0A000\0"
	"Munsupported frontend protocol 0.0: 3.0 to 3.0\0Fpostmaster.c\0L2222\0"
	"RProcessStartupPacket\0\0";

static void answers(void **state)
{
	const struct protocol *postgresql = protocol_by_name("postgresql");
	const struct reading *r = check_read(postgresql, BYTES(error));

	(void)state;
	check_is(r, "postgresql.tls", "no");
	check_is(r, "postgresql.error.file", "postmaster.c");
	check_is(r, "postgresql.error.line", "2222");
	check_is(r, "service.product", "PostgreSQL");
	check_is(r, "service.version", "15");
	check_hostile(postgresql, BYTES(error));
	postgresql->read(BYTES("S"), check_reading());
	check_is(r, "postgresql.tls", "yes");
	check_is(r, "service.product", "PostgreSQL");
	check_is(r, "service.version", NULL);
	{
		uint8_t inside[sizeof(error) - 1];

		memcpy(inside, error, sizeof(inside));
		inside[0] = 'S';
		r = check_read(postgresql, inside, sizeof(inside));
		check_is(r, "postgresql.tls", "yes");
		check_is(r, "service.version", "15");
		check_hostile(postgresql, inside, sizeof(inside));
	}
	/* One letter is an answer only to our own request. */
	assert_false(postgresql->recognise(BYTES("S")));
	assert_int_equal(postgresql->complete(BYTES("S")), 1);
	assert_int_equal(postgresql->complete(BYTES("SSH-2.0")), -1);
}

static void conversation(void **state)
{
	const struct protocol *postgresql = protocol_by_name("postgresql");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	assert_int_equal(postgresql->secure(1, BYTES("S"), out, sizeof(out)), PROTOCOL_SECURED);
	assert_int_equal(postgresql->secure(1, BYTES("SSH-2.0"), out, sizeof(out)), -1);
	assert_int_equal(postgresql->secure(1, BYTES("N"), out, sizeof(out)), -1);
	assert_int_equal(postgresql->secure(2, BYTES("S"), out, sizeof(out)), -1);
	assert_int_equal(postgresql->inside(out, sizeof(out)), 8);
	assert_memory_equal(out, "\0\0\0\x08\0\0\0\0", 8);
	assert_int_equal(postgresql->inside(out, 7), 0);
	check_says(postgresql, 1, BYTES("N"), BYTES("\0\0\0\x08\0\0\0\0"));
	assert_int_equal(check_next(postgresql, 1, BYTES("S"), out), -1);
	assert_int_equal(check_next(postgresql, 2, BYTES("N"), out), 0);
	assert_int_equal(check_next(postgresql, 2, BYTES("NE\0\0"), out), 0);
	assert_int_equal(check_next(postgresql, 2, BYTES(error), out), -1);
	assert_int_equal(check_next(postgresql, 1, BYTES("HTTP/1.1 400"), out), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(conversation)};

	return RUN(tests);
}
