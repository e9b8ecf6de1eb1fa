/* SPDX-License-Identifier: Apache-2.0 */
/* Redis: PING, INFO where it is allowed, and refusals: RESP. */
#include "tests/unit/scanner/protocol/check.h"

static const char open_server[] =
	"+PONG\r\n$65\r\n# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:0\r\n"
	"tcp_port:6379\r\n\r\n";

static void info(void **state)
{
	const struct protocol *redis = protocol_by_name("redis");
	struct reading *r = check_reading();

	(void)state;
	assert_true(redis->recognise(BYTES(open_server)));
	redis->read(BYTES(open_server), r);
	check_is(r, "redis.auth", "none");
	check_is(r, "redis.version", "7.0.15");
	check_is(r, "service.version", "7.0.15");
	check_is(r, "redis.port", "6379");
	check_hostile(redis, BYTES(open_server));
}

static void refusals(void **state)
{
	const struct protocol *redis = protocol_by_name("redis");
	const struct reading *r =
		check_read(redis, BYTES("-NOAUTH Authentication required.\r\n"));

	(void)state;
	check_is(r, "redis.auth", "required");
	check_is(r, "service.product", "Redis");
	check_is(r, "service.version", NULL);
	assert_false(redis->recognise(BYTES("+OK\r\n")));
}

static void conversation(void **state)
{
	const struct protocol *redis = protocol_by_name("redis");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_says(redis, 1, BYTES("+PONG\r\n"), BYTES("INFO server\r\n"));
	assert_int_equal(check_next(redis, 1, BYTES("+PO"), out), 0);
	assert_int_equal(check_next(redis, 1, BYTES("-NOAUTH x\r\n"), out), -1);
	assert_int_equal(check_next(redis, 2, BYTES("+PONG\r\n$61\r\n# Server"), out), 0);
	check_says(redis, 2, BYTES(open_server), BYTES("QUIT\r\n"));
	assert_int_equal(check_next(redis, 2, BYTES("+PONG\r\n-NOPERM x\r\n"), out), -1);
	assert_int_equal(check_next(redis, 2, BYTES("+PONG\r\n$999999\r\n"), out), -1);
	assert_int_equal(check_next(redis, 3, BYTES(open_server), out), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(info), cmocka_unit_test(refusals),
		cmocka_unit_test(conversation)};

	return RUN(tests);
}
