/* SPDX-License-Identifier: Apache-2.0 */
/* NTP: a server's packet and its variables: RFC 5905, RFC 9327. */
#include "tests/unit/scanner/protocol/check.h"

static const char packet[] = "\x24\x01\x03\xe9\0\0\0\0\0\0\0\0GPS\0"
	"\xe0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xe0\0\0\0\0\0\0\0\xe0\0\0\0\0\0\0\0";
static const char variables[] = "\x16\x82\0\x01\0\0\0\0\0\0\0\x1e"
				"version=\"ntpd 4.2.8p17@1.40\"\r\n";

static void readings(void **state)
{
	const struct protocol *ntp = protocol_by_name("ntp");
	uint8_t both[128], out[PROTOCOL_REQUEST_MAX];
	const struct reading *r = check_read(ntp, BYTES(packet));

	(void)state;
	check_is(r, "ntp.stratum", "1");
	check_is(r, "ntp.version", "4");
	check_is(r, "ntp.reference", "GPS");
	memcpy(both, packet, 48);
	memcpy(both + 48, variables, sizeof(variables) - 1);
	r = check_read(ntp, both, 48 + sizeof(variables) - 1);
	check_is(r, "service.version", "4.2.8p17");
	check_hostile(ntp, both, 48 + sizeof(variables) - 1);
	check_says(ntp, 1, BYTES(packet), BYTES("\x16\x02\0\x01\0\0\0\0\0\0\0\0"));
	assert_int_equal(check_next(ntp, 2, BYTES(packet), out), 0);
	assert_int_equal(check_next(ntp, 2, both, sizeof(both), out), -1);
	assert_int_equal(ntp->request(out, sizeof(out), "", 5), 48);
	assert_int_equal(out[0], 0x23);
}

/* The time of origin is the client's transmit time: RFC 5905, 8. */
static void repeated(void **state)
{
	uint8_t reply[48];

	(void)state;
	memcpy(reply, packet, sizeof(reply));
	memcpy(reply + 24, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	check_repeats(protocol_by_name("ntp"), reply, sizeof(reply), 0x0123456789abcdefull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(readings),
		cmocka_unit_test(repeated)};

	return RUN(tests);
}
