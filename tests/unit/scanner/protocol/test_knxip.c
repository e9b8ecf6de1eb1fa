/* SPDX-License-Identifier: Apache-2.0 */
/* KNXnet/IP's self-description: KNX System Specifications 3.8.2, 7.5.4 (blocks), 7.7. */
#include "tests/unit/scanner/protocol/check.h"

#define DEVICE                                                                                 \
	"\x36\x01\x02\0\x11\x05\0\0\0\x83\x01\x02\x03\x04\xe0\0\x17\x0c\x02\0\x5e\x10\x20\x30" \
	"IP Router hall\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define SERVICES "\x0a\x02\x02\x01\x03\x01\x04\x01\x05\x01"
static const char described[] = "\x06\x10\x02\x04\0\x46" DEVICE SERVICES;
static const char found[] = "\x06\x10\x02\x02\0\x44" "\x08\x01\xc6\x12\0\x07\x0e\x57" DEVICE;

static void answers(void **state)
{
	const struct protocol *knx = protocol_by_name("knxip");
	const struct reading *r;

	(void)state;
	assert_int_equal(sizeof(described) - 1, 0x46);
	assert_int_equal(sizeof(found) - 1, 0x44);
	r = check_read(knx, BYTES(described));
	check_is(r, "knx.name", "IP Router hall");
	check_is(r, "knx.address", "1.1.5");
	check_is(r, "knx.medium", "TP1");
	check_is(r, "knx.mac", "02:00:5e:10:20:30");
	check_is(r, "knx.services", "core:1 management:1 tunnelling:1 routing:1");
	check_is(r, "hw.serial_number", "008301020304");
	check_is(r, "hw.vendor", "MDT technologies");
	check_is(r, "hw.device", "Building Automation");
	check_key(r, "serial", "knx:0083:01020304");
	check_is(check_read(knx, BYTES(found)), "knx.name", "IP Router hall");
	check_hostile(knx, BYTES(described));
	check_hostile(knx, BYTES(found));
	assert_null(knx->repeats);
	/* A block without length, one past the end, and a question. */
	knx->read(BYTES("\x06\x10\x02\x04\0\x3e" DEVICE "\0\x02"), check_reading());
	knx->read(BYTES("\x06\x10\x02\x04\0\x3e" DEVICE "\xff\x02"), check_reading());
	assert_false(knx->recognise(BYTES("\x06\x10\x02\x03\0\x0e\x08\x01\0\0\0\0\0\0")));
}

static void the_request(void **state)
{
	(void)state;
	check_request(protocol_by_name("knxip"), 1,
		BYTES("\x06\x10\x02\x03\0\x0e\x08\x01\0\0\0\0\0\0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(the_request)};

	return RUN(tests);
}
