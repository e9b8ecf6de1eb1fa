/* SPDX-License-Identifier: Apache-2.0 */
/* ADS over UDP: server information as the maker's own library asks and takes it. */
#include "tests/unit/scanner/protocol/check.h"

#define HEAD "\x03\x66\x14\x71\x78\x56\x34\x12\x01\0\0\x80\x05\x2d\xdb\xe2\x01\x01\x10\x27"
/* Host name, version of TwinCAT, an unknown tag; the system's version is put in below. */
static const char tags[] = HEAD "\x04\0\0\0"
				"\x05\0\x0a\0CX-0A1B2C\0"
				"\x03\0\x04\0\x03\x01\xb8\x0f"
				"\x77\0\x02\0xy\x04\0\x14\x01";
static const uint8_t version[] = {
	0x14, 1, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0x64, 0x4a, 0, 0, 2, 0, 0, 0};

static size_t answer(uint8_t *out)
{
	memcpy(out, tags, sizeof(tags) - 1);
	memset(out + sizeof(tags) - 1, 0, 276);
	memcpy(out + sizeof(tags) - 1, version, sizeof(version));
	return sizeof(tags) - 1 + 276;
}

static void answers(void **state)
{
	const struct protocol *ads = protocol_by_name("ads");
	const struct reading *r;
	uint8_t bytes[512];
	size_t n = answer(bytes);

	(void)state;
	r = check_read(ads, bytes, n);
	check_is(r, "ads.net_id", "5.45.219.226.1.1");
	check_is(r, "ads.name", "CX-0A1B2C");
	check_is(r, "ads.version", "3.1.4024");
	check_is(r, "ads.system", "10.0.19044");
	check_is(r, "service.product", "TwinCAT");
	check_is(r, "service.version", "3.1.4024");
	check_is(r, "os.family", "Windows");
	check_is(r, "hw.vendor", "Beckhoff");
	check_name(r, "ads", "cx-0a1b2c");
	check_hostile(ads, bytes, n);
	assert_null(ads->repeats);
	/* No tags but four thousand million stated; a tag past the end; an answer to a
	 * route. */
	check_is(check_read(ads, BYTES(HEAD "\xff\xff\xff\xff")), "ads.name", NULL);
	check_is(check_read(ads, BYTES(HEAD "\x01\0\0\0\x05\0\xff\xffname")), "ads.name", NULL);
	assert_false(ads->recognise(
		BYTES("\x03\x66\x14\x71\0\0\0\0\x06\0\0\x80\0\0\0\0\0\0\0\0\0\0\0\0")));
}

static void the_request(void **state)
{
	(void)state;
	check_request(protocol_by_name("ads"), 0x12345678,
		BYTES("\x03\x66\x14\x71\x78\x56\x34\x12\x01\0\0\0\0\0\0\0\0\0\x10\x27\0\0\0"
		      "\0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(the_request)};

	return RUN(tests);
}
