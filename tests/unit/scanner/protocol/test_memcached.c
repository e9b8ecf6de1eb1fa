/* SPDX-License-Identifier: Apache-2.0 */
/* Memcached's version. */
#include "tests/unit/scanner/protocol/check.h"

static void version(void **state)
{
	const struct protocol *memcached = protocol_by_name("memcached");
	const struct reading *r = check_read(memcached, BYTES("VERSION 1.6.18\r\n"));
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_is(r, "service.product", "Memcached");
	check_is(r, "service.version", "1.6.18");
	check_is(r, "memcached.auth", "none");
	check_request(memcached, 1, BYTES("version\r\n"));
	check_says(memcached, 1, BYTES("VERSION 1.6.18\r\n"), BYTES("quit\r\n"));
	assert_int_equal(check_next(memcached, 1, BYTES("VERSION 1.6"), out), 0);
	assert_int_equal(check_next(memcached, 2, BYTES("VERSION 1.6.18\r\n"), out), -1);
	assert_false(memcached->recognise(BYTES("ERROR\r\n")));
	assert_false(memcached->recognise(BYTES("VERSION \r\n")));
	check_hostile(memcached, BYTES("VERSION 1.6.18\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(version)};

	return RUN(tests);
}
