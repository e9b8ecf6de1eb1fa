/* SPDX-License-Identifier: Apache-2.0 */
/* Types of service by SLP: RFC 2608, 10.2. */
#include "tests/unit/scanner/protocol/check.h"

#define TYPES "service:VMwareInfrastructure,service:wbem:https"
#define ANSWER "\2\x0a\0\0\x43" "\0\0" "\0\0\0" "\x12\x34" "\0\2en" "\0\0" "\0\x2f" TYPES
#define REFUSED "\2\x0a\0\0\x12" "\0\0" "\0\0\0" "\x12\x34" "\0\2en" "\0\4"

static void types(void **state)
{
	const struct protocol *udp = protocol_expected(TRANSPORT_UDP, 427);
	const struct protocol *tcp = protocol_expected(TRANSPORT_TCP, 427);
	const struct reading *r = check_read(udp, BYTES(ANSWER));
	uint8_t more[] = ANSWER "more";
	size_t size = sizeof(ANSWER) - 1;

	(void)state;
	check_is(r, "slp.services", TYPES);
	check_is(r, "os.vendor", "VMware");
	check_is(r, "slp.error", NULL);
	r = check_read(tcp, BYTES(REFUSED));
	check_is(r, "slp.error", "the scope is not supported");
	check_is(r, "slp.services", NULL);
	r = check_read(tcp, BYTES("\2\x0a\0\0\x14"
				  "\0\0"
				  "\0\0\0"
				  "\x12\x34"
				  "\0\2en\0\x63"
				  "\0\0"));
	check_is(r, "slp.error", "an error");
	for (size_t n = 0; n < size; n++)
		assert_int_equal(tcp->complete(more, n), 0);
	assert_int_equal(tcp->complete(more, sizeof(more) - 1), size);
	assert_int_equal(tcp->overheard(more, sizeof(more) - 1), size);
	check_hostile(udp, BYTES(ANSWER));
	check_hostile(tcp, BYTES(REFUSED));
	check_repeats(udp, BYTES(ANSWER), 0x1234);
	check_request(udp, 0x1234,
		BYTES("\2\x09\0\0\x1d"
		      "\0\0"
		      "\0\0\0"
		      "\x12\x34"
		      "\0\2en\0\0"
		      "\xff\xff"
		      "\0\7DEFAULT"));
	/* A request, flags that are none, a list that is longer than the message, and one that
	 * is shorter. */
	assert_false(udp->recognise(BYTES("\2\x09\0\0\x1d"
					  "\0\0"
					  "\0\0\0"
					  "\x12\x34"
					  "\0\2en\0\0"
					  "\xff\xff"
					  "\0\7DEFAULT")));
	assert_false(udp->recognise(BYTES("\2\x0a\0\0\x14"
					  "\1\0"
					  "\0\0\0"
					  "\x12\x34"
					  "\0\2en\0\0"
					  "\0\0")));
	assert_false(udp->recognise(BYTES("\2\x0a\0\0\x14"
					  "\0\0"
					  "\0\0\0"
					  "\x12\x34"
					  "\0\2en\0\0"
					  "\0\1")));
	assert_false(udp->recognise(BYTES("\2\x0a\0\0\x15"
					  "\0\0"
					  "\0\0\0"
					  "\x12\x34"
					  "\0\2en\0\0"
					  "\0\0"
					  "x")));
	assert_int_equal(tcp->complete(BYTES("HTTP/1.1 400 Bad")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(types)};

	return RUN(tests);
}
