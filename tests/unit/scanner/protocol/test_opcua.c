/* SPDX-License-Identifier: Apache-2.0 */
/* OPC UA's Hello and what answers it: OPC 10000-6, 7.1. */
#include "tests/unit/scanner/protocol/check.h"

static const char acknowledge[] = "ACKF\x1c\0\0\0\0\0\0\0\xff\xff\0\0\xff\xff\0\0\0\0\0\0\0\0\0\0";
static const char error[] = "ERRF\x1b\0\0\0\0\0\x7d\x80\x0b\0\0\0not allowed";

static void answers(void **state)
{
	const struct protocol *opcua = protocol_by_name("opcua");
	const struct reading *r = check_read(opcua, BYTES(acknowledge));

	(void)state;
	check_is(r, "opcua.protocol_version", "0");
	check_is(r, "opcua.receive_buffer", "65535");
	r = check_read(opcua, BYTES(error));
	check_is(r, "opcua.error", "0x807d0000");
	check_is(r, "opcua.reason", "not allowed");
	check_hostile(opcua, BYTES(acknowledge));
	check_hostile(opcua, BYTES(error));
	assert_int_equal(opcua->complete(BYTES("ACKF\x1c\0\0\0\0")), 0);
	assert_int_equal(opcua->complete(BYTES("ACKF\x1d\0\0\0\0")), -1);
}

static void hello(void **state)
{
	const struct protocol *opcua = protocol_by_name("opcua");
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n = opcua->request(out, sizeof(out), "198.18.0.1", 1);

	(void)state;
	assert_int_equal(n, 32 + 25);
	assert_memory_equal(out, "HELF\x39\0\0\0\0\0\0\0", 12);
	assert_memory_equal(out + 28, "\x19\0\0\0opc.tcp://198.18.0.1:4840", 29);
	assert_null(opcua->next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(hello)};

	return RUN(tests);
}
