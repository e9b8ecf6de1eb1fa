/* SPDX-License-Identifier: Apache-2.0 */
/* The reset with which OpenVPN 2.6.14 answered ours, over UDP and TCP. */
#include "tests/unit/scanner/protocol/check.h"

#define ANSWER                                                                                 \
	"\x40\x22\x4f\x18\xfb\xef\x16\x2e\x35"                                                 \
	"\1\0\0\0\0"                                                                           \
	"\x11\x22\x33\x44\x55\x66\x77\x88"                                                     \
	"\0\0\0\0"

static void over_udp(void **state)
{
	const struct protocol *udp = protocol_expected(TRANSPORT_UDP, 1194);
	const struct reading *r = check_read(udp, BYTES(ANSWER));

	(void)state;
	check_is(r, "openvpn.control_channel", "not authenticated");
	check_hostile(udp, BYTES(ANSWER));
	check_repeats(udp, BYTES(ANSWER), 0x1122334455667788);
	check_request(udp, 0x1122334455667788,
		BYTES("\x38\x11\x22\x33\x44\x55\x66\x77\x88\0\0\0\0\0"));
	check_request(udp, 0,
		BYTES("\x38\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0")); /* never zero */
	assert_false(udp->recognise(BYTES(ANSWER "x")));
	assert_false(udp->recognise(BYTES("\x40\0\0\0\0\0\0\0\0"
					  "\1\0\0\0\0"
					  "\x11\x22\x33\x44\x55\x66\x77\x88"
					  "\0\0\0\0")));
}

static void over_tcp(void **state)
{
	const struct protocol *tcp = protocol_expected(TRANSPORT_TCP, 1194);
	uint8_t more[] = "\0\x1a" ANSWER "more";
	size_t size = sizeof(more) - 5;
	const struct reading *r = check_read(tcp, more, size);

	(void)state;
	check_is(r, "openvpn.control_channel", "not authenticated");
	for (size_t n = 0; n < size; n++)
		assert_int_equal(tcp->complete(more, n), 0);
	assert_int_equal(tcp->complete(more, sizeof(more) - 1), size);
	assert_int_equal(tcp->overheard(more, sizeof(more) - 1), size);
	check_hostile(tcp, more, size);
	check_request(tcp, 0x1122334455667788,
		BYTES("\0\x0e\x38\x11\x22\x33\x44\x55\x66\x77\x88\0\0\0\0\0"));
	assert_int_equal(tcp->complete(BYTES("HTTP/1.1 400 Bad")), -1);
	assert_int_equal(tcp->complete(BYTES("\0\x1a\x38")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_udp), cmocka_unit_test(over_tcp)};

	return RUN(tests);
}
