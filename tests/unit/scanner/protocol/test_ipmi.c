/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI over LAN: IPMI 2.0, 13.6, 13.8, 22.13; the presence pong: ASF 2.0, 3.2.4.3. */
#include "tests/unit/scanner/protocol/check.h"

#define SESSION "\x06\0\xff\x07\0\0\0\0\0\0\0\0\0"
/* Channel 1; RMCP+ and MD5, password; named users; both versions; Dell. */
static const char answer[] =
	SESSION "\x10"
		"\x81\x1c\x63\x20\x94\x38\0\x01\x94\x04\x03\xa2\x02\0\0\xd4";
static const char refusal[] = SESSION "\x08" "\x81\x1c\x63\x20\x94\x38\xcc\x48";
static const char pong[] =
	"\x06\0\xff\x06\0\0\x11\xbe\x40\x07\0\x10\0\0\x02\xa2\0\0\0\0\x81\0\0\0\0\0\0\0";

static void answers(void **state)
{
	const struct protocol *ipmi = protocol_by_name("ipmi");
	const struct reading *r = check_read(ipmi, BYTES(answer));

	(void)state;
	check_is(r, "ipmi.version", "2.0");
	check_is(r, "ipmi.authentication", "md5 password");
	check_is(r, "ipmi.logins", "named-user");
	check_is(r, "ipmi.oem", "674");
	check_is(r, "hw.vendor", "Dell");
	check_is(check_read(ipmi, BYTES(refusal)), "ipmi.refusal", "yes");
	r = check_read(ipmi, BYTES(pong));
	check_is(r, "ipmi.supported", "yes");
	check_is(r, "ipmi.asf_enterprise", "674");
	check_hostile(ipmi, BYTES(answer));
	check_hostile(ipmi, BYTES(pong));
	check_repeats(ipmi, BYTES(answer), 0x25);
	check_repeats(ipmi, BYTES(refusal), 0xffe5);
	assert_false(ipmi->repeats(BYTES(pong), 0x25)); /* it answers another question */
	/* A message that is longer than its datagram, and one without a completion code. */
	assert_false(ipmi->recognise(BYTES(SESSION "\xff" "\x81\x1c\x63\x20\x94\x38\0")));
	assert_false(ipmi->recognise(BYTES(SESSION "\x06" "\x81\x1c\x63\x20\x94\x38")));
}

static void the_request(void **state)
{
	(void)state;
	check_request(protocol_by_name("ipmi"), 0,
		BYTES(SESSION "\x09\x20\x18\xc8\x81\0\x38\x8e\x04\xb5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(the_request)};

	return RUN(tests);
}
