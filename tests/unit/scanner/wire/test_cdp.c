/* SPDX-License-Identifier: Apache-2.0 */
/* A whole CDP message, its SNAP header, and elements that lie. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/cdp.h"

static struct cdp cdp;
static struct hex message;

static bool read_text(const char *text)
{
	message = hex(text);
	return cdp_read(message.bytes, message.n, &cdp);
}

static void a_whole_message(void **state)
{
	struct str text = STR_INIT(256);
	char addr[ADDR_TEXT_MAX];

	(void)state;
	assert_true(read_text(SAMPLE_CDP));
	assert_int_equal(cdp.version, 2);
	assert_int_equal(cdp.ttl, 180);
	assert_memory_equal(cdp.device.bytes, "R1", 2);
	assert_memory_equal(cdp.port.bytes, "Gi0/", 4);
	assert_memory_equal(cdp.software.bytes, "IOS 15", 6);
	assert_memory_equal(cdp.platform.bytes, "cisc1", 5);
	assert_int_equal(cdp.native_vlan, 1);
	cdp_capabilities_format(&text, cdp.capabilities);
	assert_string_equal(text.data, "router switch");
	/* the one for management first; one of another protocol is passed over */
	assert_int_equal(cdp.n_addresses, 2);
	assert_string_equal(addr_format(&cdp.addresses[0], addr), "198.18.0.3");
	assert_string_equal(addr_format(&cdp.addresses[1], addr), "198.18.0.2");
	assert_int_equal(cdp.tally.unknown, 1);
	assert_int_equal(cdp.tally.unknown_codes[0], 11);
	assert_int_equal(cdp.tally.refused, 0);
	str_done(&text);
}

static void an_ipv6_address(void **state)
{
	char addr[ADDR_TEXT_MAX];

	(void)state;
	assert_true(read_text("02 b4 0000 0001 0006 5231"
			      "0016 0024 00000001 02 08 aaaa0300000086dd 0010 "
			      "20010db8000000000000000000000001"));
	assert_int_equal(cdp.n_addresses, 1);
	assert_string_equal(addr_format(&cdp.addresses[0], addr), "2001:db8::1");
}

static void many_addresses_are_bounded(void **state)
{
	char text[2048] = "02 b4 0000 0001 0006 5231";

	(void)state;
	for (int i = 0; i < 3; i++)
		strcat(text, "0016 0023 00000003 0101cc0004c6120003 0101cc0004c6120004"
			     "0101cc0004c6120005");
	assert_true(read_text(text));
	assert_int_equal(cdp.n_addresses, CDP_ADDRESSES_MAX);
	/* a count that the element cannot hold */
	assert_true(
		read_text("02 b4 0000 0001 0006 5231 0002 0011 ffffffff 0101cc0004c6120002"));
	assert_int_equal(cdp.n_addresses, 0);
	assert_int_equal(cdp.tally.refused, 1);
}

static void what_is_no_cdp(void **state)
{
	(void)state;
	assert_false(read_text(""));
	assert_false(read_text("02 b4 0000"));                /* no device */
	assert_false(read_text("02 b4 0000 0001 0003 52"));   /* shorter than its own head */
	assert_false(read_text("02 b4 0000 0001 0000"));      /* would never end */
	assert_false(read_text("02 b4 0000 0001 0007 5231")); /* past the end */
	assert_false(read_text("02 b4 0000 0001 0006 5231 00"));
}

static void the_snap_header(void **state)
{
	struct hex h = hex("aaaa03 00000c 2000 02b40000");
	struct view view;

	(void)state;
	assert_true(cdp_open(h.bytes, h.n, &view));
	assert_int_equal(view.size, 4);
	assert_false(cdp_open(h.bytes, 7, &view));
	h.bytes[7] = 4; /* DTP */
	assert_false(cdp_open(h.bytes, h.n, &view));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_message),
		cmocka_unit_test(an_ipv6_address),
		cmocka_unit_test(many_addresses_are_bounded),
		cmocka_unit_test(what_is_no_cdp),
		cmocka_unit_test(the_snap_header),
	};

	return RUN(tests);
}
