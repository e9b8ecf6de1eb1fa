/* SPDX-License-Identifier: Apache-2.0 */
/* A client's request, a server's answer, overloaded fields, and messages that are none. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/dhcp.h"

static struct dhcp dhcp;
static struct hex message;

static bool read_text(const char *text)
{
	message = hex(text);
	return dhcp_read(message.bytes, message.n, &dhcp);
}

static void a_request(void **state)
{
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_true(read_text(SAMPLE_DHCP));
	assert_false(dhcp.reply);
	assert_int_equal(dhcp.type, DHCP_REQUEST);
	assert_int_equal(dhcp.xid, 0x11223344);
	assert_string_equal(mac_format(&dhcp.mac, text), "02:00:00:00:00:aa");
	assert_int_equal(dhcp.client.family, 0);
	assert_string_equal(addr_format(&dhcp.yours, text), "198.18.0.99");
	assert_string_equal(addr_format(&dhcp.requested, text), "198.18.0.99");
	assert_int_equal(dhcp.host_name.size, 4);
	assert_memory_equal(dhcp.host_name.bytes, "plc1", 4);
	assert_int_equal(dhcp.client_id.size, 7);
	assert_int_equal(dhcp.parameters.size, 4);
	assert_int_equal(dhcp.vendor_class.size, 5);
	assert_int_equal(dhcp.tally.unknown, 1);
	assert_int_equal(dhcp.tally.unknown_codes[0], 112);
	assert_int_equal(dhcp.tally.elements, dhcp.tally.read + 1);
}

static void an_answer(void **state)
{
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_true(read_text(SAMPLE_DHCP_HEADER(
		"02") "3501 05 3604 c6120001 0104 ffffff00"
		      "0308 c61200fe c61200fd 0f04 74657374 3304 00000e10 ff"));
	assert_true(dhcp.reply);
	assert_int_equal(dhcp.type, DHCP_ACK);
	assert_string_equal(addr_format(&dhcp.server_id, text), "198.18.0.1");
	assert_string_equal(addr_format(&dhcp.netmask, text), "255.255.255.0");
	assert_string_equal(addr_format(&dhcp.router, text), "198.18.0.254"); /* the first */
	assert_int_equal(dhcp.lease, 3600);
	assert_int_equal(dhcp.domain.size, 4);
}

static void options_in_the_file_name(void **state)
{
	(void)state;
	/* option 52 says that the field for the file name holds options */
	assert_true(read_text(SAMPLE_DHCP_HEADER("01") "3501 01 3401 01 ff"));
	assert_int_equal(dhcp.host_name.size, 0);
	memcpy(message.bytes + 108, "\x0c\x02hi\xff", 5);
	assert_true(dhcp_read(message.bytes, message.n, &dhcp));
	assert_int_equal(dhcp.host_name.size, 2);
	/* and runs past it */
	message.bytes[109] = 200;
	assert_false(dhcp_read(message.bytes, message.n, &dhcp));
}

static void what_is_no_dhcp(void **state)
{
	(void)state;
	assert_false(read_text(""));
	assert_false(read_text(SAMPLE_DHCP_HEADER("03") "ff"));        /* no such operation */
	assert_false(read_text(SAMPLE_DHCP_HEADER("01") "0c20 706c")); /* past the end */
	assert_true(read_text(SAMPLE_DHCP_HEADER("01") "3501 09 0c00"));
	assert_int_equal(dhcp.type, DHCP_BOOTP); /* no such type; an empty name: both refused */
	assert_int_equal(dhcp.tally.refused, 2);
	message = hex(SAMPLE_DHCP);
	message.bytes[236] ^= 1; /* the cookie */
	assert_false(dhcp_read(message.bytes, message.n, &dhcp));
	assert_true(dhcp_read(message.bytes, 236, &dhcp)); /* BOOTP of old */
	assert_false(dhcp_read(message.bytes, 235, &dhcp));
}

static void other_hardware_has_no_mac(void **state)
{
	(void)state;
	message = hex(SAMPLE_DHCP);
	message.bytes[1] = 32; /* InfiniBand */
	assert_true(dhcp_read(message.bytes, message.n, &dhcp));
	assert_true(mac_is_zero(&dhcp.mac));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request),
		cmocka_unit_test(an_answer),
		cmocka_unit_test(options_in_the_file_name),
		cmocka_unit_test(what_is_no_dhcp),
		cmocka_unit_test(other_hardware_has_no_mac),
	};

	return RUN(tests);
}
