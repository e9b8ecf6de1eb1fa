/* SPDX-License-Identifier: Apache-2.0 */
/* DNS: version.bind, over both transports: RFC 1035, RFC 4892. */
#include "tests/unit/scanner/protocol/check.h"

#define QUESTION "\x07version\x04" "bind\0\0\x10\0\x03"
static const char answer[] = "\x12\x34\x85\x80\0\x01\0\x01\0\0\0\0" QUESTION
	"\xc0\x0c\0\x10\0\x03\0\0\0\0\0\x0d\x0c" "dnsmasq-2.90";
static const char over_tcp[] = "\0\x37\x12\x34\x85\x80\0\x01\0\x01\0\0\0\0" QUESTION
	"\xc0\x0c\0\x10\0\x03\0\0\0\0\0\x0d\x0c" "dnsmasq-2.90";
static const char refused[] = "\x12\x34\x80\x05\0\x01\0\0\0\0\0\0" QUESTION;

static const struct protocol *over(enum transport transport)
{
	return protocol_expected(transport, 53);
}

static void answers(void **state)
{
	const struct reading *r = check_read(over(TRANSPORT_UDP), BYTES(answer));

	(void)state;
	check_is(r, "dns.version", "dnsmasq-2.90");
	check_is(r, "dns.recursion", "yes");
	check_is(r, "service.product", "Dnsmasq");
	check_is(r, "service.version", "2.90");
	assert_int_equal(sizeof(over_tcp) - 1, 2 + 0x37);
	r = check_read(over(TRANSPORT_TCP), BYTES(over_tcp));
	check_is(r, "service.version", "2.90");
	r = check_read(over(TRANSPORT_UDP), BYTES(refused));
	check_is(r, "dns.rcode", "REFUSED");
	check_hostile(over(TRANSPORT_UDP), BYTES(answer));
	check_hostile(over(TRANSPORT_TCP), BYTES(over_tcp));
	assert_int_equal(over(TRANSPORT_TCP)->complete(BYTES("\0\x37\x12")), 0);
	assert_int_equal(over(TRANSPORT_TCP)->complete(BYTES("\0\x01\x12")), -1);
}

/* A name that points at itself. */
static void loop(void **state)
{
	(void)state;
	over(TRANSPORT_UDP)
		->read(BYTES("\x12\x34\x85\x80\0\x01\0\x01\0\0\0\0\xc0\x0c\0\x10\0\x03"
			     "\xc0\x0c\0\x10\0\x03\0\0\0\0\0\xff"),
			check_reading());
}

static void repeated(void **state)
{
	(void)state;
	check_repeats(over(TRANSPORT_UDP), BYTES(answer), 0xab1234);
	check_repeats(over(TRANSPORT_UDP), BYTES(refused), 0x1234);
	assert_null(over(TRANSPORT_TCP)->repeats);
}

static void requests(void **state)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	assert_int_equal(over(TRANSPORT_UDP)->request(out, sizeof(out), "", 0x1234), 30);
	assert_memory_equal(out, "\x12\x34\0\0\0\x01\0\0\0\0\0\0" QUESTION, 30);
	assert_int_equal(over(TRANSPORT_TCP)->request(out, sizeof(out), "", 0x1234), 32);
	assert_memory_equal(out, "\0\x1e\x12\x34", 4);
	assert_int_equal(over(TRANSPORT_UDP)->request(out, 20, "", 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(loop),
		cmocka_unit_test(repeated), cmocka_unit_test(requests)};

	return RUN(tests);
}
