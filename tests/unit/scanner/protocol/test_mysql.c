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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(versions)};

	return RUN(tests);
}
