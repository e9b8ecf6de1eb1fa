/* SPDX-License-Identifier: Apache-2.0 */
/* Modbus: device identification, exceptions, gateways: V1.1b3, 6.21 and 7. */
#include "tests/unit/scanner/protocol/check.h"

static const char identification[] = "\0\x01\0\0\0\x38\x01\x2b\x0e\x01\x82\0\0\x03"
	"\0\x12Schneider Electric\x01\x0aSAGE 2400 \x02\x0e" "C3414-500-S02Y";
static const char illegal[] = "\0\x01\0\0\0\x03\x01\xab\x01";
static const char no_path[] = "\0\x01\0\0\0\x03\x01\xab\x0a";

static void readings(void **state)
{
	const struct protocol *modbus = protocol_by_name("modbus");
	const struct reading *r = check_read(modbus, BYTES(identification));

	(void)state;
	check_is(r, "modbus.unit", "1");
	check_is(r, "modbus.conformity", "130");
	check_is(r, "hw.vendor", "Schneider Electric");
	check_is(r, "hw.product", "SAGE 2400");
	check_is(r, "hw.version", "C3414-500-S02Y");
	check_is(r, "hw.device", "RTU");
	r = check_read(modbus, BYTES(illegal));
	check_is(r, "modbus.exception", "1");
	check_is(r, "hw.vendor", NULL);
	check_hostile(modbus, BYTES(identification));
	check_hostile(modbus, BYTES(illegal));
	assert_int_equal(modbus->complete(BYTES("HTTP/1.1 200")), -1);
}

/* Replies that are only overheard: registers, a written coil; and what is none. */
static void overheard(void **state)
{
	const struct protocol *modbus = protocol_by_name("modbus");
	const struct reading *r = check_read(modbus,
		BYTES("\0\x09\0\0\0\x07\x11\x03\x04\0\x01\0\x02"));

	(void)state;
	check_is(r, "modbus.unit", "17");
	assert_true(modbus->recognise(BYTES("\0\x09\0\0\0\x06\x11\x05\0\x01\xff\0")));
	assert_false(modbus->recognise(BYTES("\0\x09\0\0\0\x07\x11\x03\x05\0\x01\0\x02")));
	assert_false(modbus->recognise(BYTES("\0\x09\0\x01\0\x06\x11\x05\0\x01\xff\0")));
	assert_false(modbus->recognise(BYTES("\0\x09\0\0\0\x03\x11\x80\x01")));
}

static void unit_255_once(void **state)
{
	const struct protocol *modbus = protocol_by_name("modbus");
	uint8_t out[PROTOCOL_REQUEST_MAX], both[2 * sizeof(no_path)];

	(void)state;
	assert_int_equal(modbus->request(out, sizeof(out), "198.18.0.1", 7), 11);
	assert_memory_equal(out, "\0\x01\0\0\0\x05\x01\x2b\x0e\x01\0", 11);
	check_says(modbus, 1, BYTES(no_path), BYTES("\0\x02\0\0\0\x05\xff\x2b\x0e\x01\0"));
	assert_int_equal(check_next(modbus, 1, BYTES(illegal), out), -1);
	assert_int_equal(check_next(modbus, 1, BYTES(identification), out), -1);
	assert_int_equal(check_next(modbus, 1, BYTES("\0\x01\0\0\0\x38\x01"), out), 0);
	memcpy(both, no_path, sizeof(no_path) - 1);
	memcpy(both + sizeof(no_path) - 1, no_path, sizeof(no_path) - 1);
	assert_int_equal(check_next(modbus, 2, both, 2 * (sizeof(no_path) - 1), out), -1);
	assert_int_equal(check_next(modbus, 2, both, sizeof(no_path) - 1, out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(readings),
		cmocka_unit_test(overheard), cmocka_unit_test(unit_255_once)};

	return RUN(tests);
}
