/* SPDX-License-Identifier: Apache-2.0 */
/* Router and neighbour messages, and options that lie about their length. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/ndp.h"

static struct ndp ndp;
static struct hex message;

static bool read_text(uint8_t type, const char *text)
{
	message = hex(text);
	return ndp_read(type, message.bytes, message.n, &ndp);
}

static void a_router(void **state)
{
	char text[CIDR_TEXT_MAX];

	(void)state;
	assert_true(read_text(NDP_ROUTER_ADVERTISEMENT, SAMPLE_NDP));
	assert_int_equal(ndp.lifetime, 1800);
	assert_true(ndp.has_source_mac);
	assert_string_equal(mac_format(&ndp.source_mac, text), "02:00:00:00:00:cc");
	assert_int_equal(ndp.n_prefixes, 1);
	assert_string_equal(cidr_format(&ndp.prefixes[0], text), "2001:db8:1::/64");
	assert_int_equal(ndp.tally.unknown, 1);
	assert_int_equal(ndp.tally.unknown_codes[0], 5);
}

static void a_neighbour(void **state)
{
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_true(read_text(NDP_NEIGHBOUR_ADVERTISEMENT,
		"a0000000 20010db8000000000000000000000009 02 01 0200000000dd"));
	assert_true(ndp.router);
	assert_false(ndp.solicited);
	assert_true(ndp.override);
	assert_string_equal(addr_format(&ndp.target, text), "2001:db8::9");
	assert_true(ndp.has_target_mac);
	assert_false(ndp.has_source_mac);
	assert_true(read_text(NDP_NEIGHBOUR_SOLICITATION,
		"00000000 20010db8000000000000000000000009 01 01 0200000000dd"));
	assert_true(ndp.has_source_mac);
	assert_true(read_text(NDP_ROUTER_SOLICITATION, "00000000"));
}

static void lengths_that_lie(void **state)
{
	(void)state;
	assert_false(read_text(NDP_ROUTER_SOLICITATION, "00000000 01 00 0200000000dd"));
	assert_false(read_text(NDP_ROUTER_SOLICITATION, "00000000 01 02 0200000000dd"));
	assert_false(read_text(NDP_ROUTER_SOLICITATION, "00000000 01"));
	assert_false(read_text(NDP_NEIGHBOUR_SOLICITATION, "00000000 2001"));
	assert_false(read_text(128, "00000000"));
	/* a link-layer address of 14 bytes is not Ethernet's; the message is good */
	assert_true(read_text(
		NDP_ROUTER_SOLICITATION, "00000000 01 02 0200000000dd 0000000000000000"));
	assert_false(ndp.has_source_mac);
	assert_int_equal(ndp.tally.refused, 1);
	/* a prefix of 129 bits */
	assert_true(read_text(NDP_ROUTER_ADVERTISEMENT,
		"40 00 0708 00000000 00000000"
		"03 04 81 c0 00015180 00003840 00000000 20010db8000100000000000000000000"));
	assert_int_equal(ndp.n_prefixes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_router),
		cmocka_unit_test(a_neighbour),
		cmocka_unit_test(lengths_that_lie),
	};

	return RUN(tests);
}
