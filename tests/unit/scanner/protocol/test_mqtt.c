/* SPDX-License-Identifier: Apache-2.0 */
/* MQTT's CONNACK, of version 5 and of 3.1.1: OASIS MQTT 5.0, 3.2. */
#include "tests/unit/scanner/protocol/check.h"

/* Topic alias maximum 10, assigned client identifier. */
static const char version5[] = "\x20\x35\0\0\x32\x22\0\x0a\x12\0\x29"
	"auto-4566FED8-584A-7383-4ACF-5746BB611912\x21\0\x14";
static const char refused[] = "\x20\x02\0\x01";

static void acknowledgements(void **state)
{
	const struct protocol *mqtt = protocol_by_name("mqtt");
	const struct reading *r = check_read(mqtt, BYTES(version5));

	(void)state;
	check_is(r, "mqtt.return_code", "0");
	check_is(r, "mqtt.anonymous", "yes");
	check_is(r, "service.product", "Mosquitto");
	r = check_read(mqtt, BYTES(refused));
	check_is(r, "mqtt.anonymous", "no");
	check_hostile(mqtt, BYTES(version5));
	assert_int_equal(mqtt->complete(BYTES("\x20\xff\xff\xff\xff\xff")), 0);
	assert_false(mqtt->recognise(BYTES("\x20\xff\xff\xff\xff\xff\0\0")));
}

static void conversation(void **state)
{
	const struct protocol *mqtt = protocol_by_name("mqtt");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_says(mqtt, 1, BYTES(version5), BYTES("\xe0\0"));
	assert_int_equal(check_next(mqtt, 1, BYTES("\x20\x35\0"), out), 0);
	assert_int_equal(check_next(mqtt, 1, BYTES(refused), out), -1);
	assert_int_equal(check_next(mqtt, 1, BYTES("HTTP"), out), -1);
	assert_int_equal(check_next(mqtt, 2, BYTES(version5), out), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(acknowledgements),
		cmocka_unit_test(conversation)};

	return RUN(tests);
}
