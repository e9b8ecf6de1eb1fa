/* SPDX-License-Identifier: Apache-2.0 */
/* OPC UA's Hello and what answers it: OPC 10000-6, 7.1. */
#include "tests/unit/scanner/protocol/check.h"

static const char acknowledge[] =
	"ACKF\x1c\0\0\0\0\0\0\0\xff\xff\0\0\xff\xff\0\0\0\0\0\0\0\0\0\0";
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

#define STRING(size, text) size "\0\0\0" text
#define NONE "\xff\xff\xff\xff"
#define APPLICATION(uri)                                                                       \
	STRING("\x05", uri)                                                                    \
	STRING("\x08", "urn:prod") "\x03" STRING("\2", "en")                                   \
		STRING("\4", "Name") "\0\0\0\0" NONE NONE "\x01\0\0\0" STRING("\3", "opc")
#define MESSAGE(size, kind, result)                                                            \
	"MSGF" size "\0\0\0"                                                                   \
	"\3\0\0\0\3\0\0\0\2\0\0\0\2\0\0\0"                                                     \
	"\1\0" kind "\1"                                                                       \
	"\1\2\3\4\5\6\7\x08\1\0\0\0" result "\0" NONE "\0\0\0"

/* What others are told in the clear: endpoints, servers; nothing else is kept. */
static void overheard(void **state)
{
	static const char endpoints[] = MESSAGE("\x80", "\xaf", "\0\0\0\0") "\1\0\0\0" STRING(
		"\3", "opc") APPLICATION("urn:a");
	static const char one[] =
		MESSAGE("\x80", "\xa9", "\0\0\0\0") "\1\0\0\0" APPLICATION("urn:a");
	static const char two[] = MESSAGE("\xc0", "\xa9", "\0\0\0\0") "\2\0\0\0" APPLICATION(
		"urn:a") APPLICATION("urn:b");
	static const char failed[] = MESSAGE("\x80", "\xaf", "\0\0\x7d\x80") "\1\0\0\0" STRING(
		"\3", "opc") APPLICATION("urn:a");
	static const char values[] = MESSAGE("\x80", "\x7a", "\0\0\0\0") "\1\0\0\0" STRING(
		"\3", "opc") APPLICATION("urn:a");
	const struct protocol *opcua = protocol_by_name("opcua");
	uint8_t bytes[512];
	struct reading *r = (struct reading *)check_read(opcua, BYTES(endpoints));

	(void)state;
	check_is(r, "opcua.application_uri", "urn:a");
	check_is(r, "opcua.product_uri", "urn:prod");
	check_is(r, "opcua.application_name", "Name");
	r = (struct reading *)check_read(opcua, BYTES(one));
	check_is(r, "opcua.application_uri", "urn:a");
	r = (struct reading *)check_read(opcua, BYTES(two));
	reading_join(r);
	check_is(r, "opcua.servers", "urn:a; urn:b");
	check_is(r, "opcua.application_uri", NULL);
	assert_int_equal(check_read(opcua, BYTES(failed))->n_attributes, 0);
	assert_int_equal(check_read(opcua, BYTES(values))->n_attributes, 0);
	memcpy(bytes, endpoints, sizeof(endpoints));
	assert_int_equal(opcua->overheard(bytes, sizeof(endpoints) - 1), sizeof(endpoints) - 1);
	memcpy(bytes, values, sizeof(values));
	assert_int_equal(opcua->overheard(bytes, sizeof(values) - 1), 8);
	memcpy(bytes, acknowledge, sizeof(acknowledge));
	assert_int_equal(
		opcua->overheard(bytes, sizeof(acknowledge) - 1), sizeof(acknowledge) - 1);
	check_hostile(opcua, BYTES(endpoints));
	check_hostile(opcua, BYTES(two));
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(overheard), cmocka_unit_test(hello)};

	return RUN(tests);
}
