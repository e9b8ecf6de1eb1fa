/* SPDX-License-Identifier: Apache-2.0 */
/* MySQL's first packet: version, or a refusal. */
#include "tests/unit/scanner/protocol/check.h"

static const char greeting_packet[] = "\x4a\0\0\0\x0a" "5.5.5-10.11.6-MariaDB-0+deb12u1\0"
	"\x1f\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\x1d\0\0\0ijklmnopqrst";
static const char refusal[] = "\x21\0\0\0\xff\x6a\x04" "Host 'a' is not allowed here..";

static void versions(void **state)
{
	const struct protocol *mysql = protocol_by_name("mysql");
	const struct reading *r = check_read(mysql, BYTES(greeting_packet));

	(void)state;
	check_is(r, "service.product", "MariaDB");
	check_is(r, "service.version", "10.11.6");
	check_is(r, "os.version", "12");
	r = check_read(mysql, BYTES(refusal));
	check_is(r, "mysql.error.code", "1130");
	check_is(r, "mysql.error", "Host 'a' is not allowed here..");
	assert_int_equal(mysql->complete(BYTES("\x4a\0\0\0\x0a" "5")), 0);
	assert_int_equal(mysql->complete(BYTES("\x4a\0\xff\0\x0a" "5")), -1);
	check_hostile(mysql, BYTES(greeting_packet));
	check_hostile(mysql, BYTES(refusal));
}

/* Behind the version: thread, challenge, NUL, and what it can do. */
#define GREETING(can)                                                                          \
	"\x21\0\0\0\x0a"                                                                       \
	"8.0.36\0"                                                                             \
	"\x08\0\0\0"                                                                           \
	"abcdefgh\0" can "\xff\x02\0\xff\xdf\x15\0\0\0\0"

static void encryption(void **state)
{
	static const uint8_t request[] = {0x20, 0, 0, 1, 1, 0x8a, 0, 0, 0, 0, 0, 1, 0x21};
	static const uint8_t nothing[23];
	const struct protocol *mysql = protocol_by_name("mysql");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_is(check_read(mysql, BYTES(GREETING("\xff\xff"))), "mysql.tls", "yes");
	check_is(check_read(mysql, BYTES(GREETING("\xff\xf7"))), "mysql.tls", "no");
	check_hostile(mysql, BYTES(GREETING("\xff\xff")));
	/* Asked for where it is offered, once; then the handshake, for which nothing more is
	 * heard. */
	assert_int_equal(mysql->secure(0, BYTES(GREETING("\xff\xff")), out, sizeof(out)), 36);
	assert_memory_equal(out, request, sizeof(request));
	assert_memory_equal(
		out + sizeof(request), nothing, sizeof(nothing)); /* no name, no password */
	assert_int_equal(mysql->secure(0, BYTES(GREETING("\xff\xff")), out, 35), 0);
	assert_int_equal(mysql->secure(1, BYTES(GREETING("\xff\xff")), out, sizeof(out)),
		PROTOCOL_SECURED);
	assert_int_equal(mysql->secure(2, BYTES(GREETING("\xff\xff")), out, sizeof(out)), -1);
	assert_int_equal(mysql->secure(0, BYTES(GREETING("\xff\xf7")), out, sizeof(out)), -1);
	assert_int_equal(mysql->secure(0, BYTES("\x21\0\0\0\x0a" "8.0"), out, sizeof(out)), 0);
	assert_int_equal(mysql->secure(0, BYTES(refusal), out, sizeof(out)), -1);
	assert_null(reading_get(check_read(mysql, BYTES("\x0a\0\0\0\x0a"
							"8.0.36\0\x08\0")),
		"mysql.tls"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions), cmocka_unit_test(encryption)};

	return RUN(tests);
}
