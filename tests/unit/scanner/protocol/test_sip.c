/* SPDX-License-Identifier: Apache-2.0 */
/* SIP OPTIONS and its answers: RFC 3261, 11.2, 8.2.6 (what an answer repeats), 20. */
#include "tests/unit/scanner/protocol/check.h"

#define REPEATED                                                                               \
	"Via: SIP/2.0/UDP cadastre.invalid;branch=z9hG4bK0123456789abcdef;rport=4000;"         \
	"received=198.18.0.9\r\n"                                                              \
	"From: <sip:cadastre.invalid>;tag=89abcdef\r\nTo: <sip:198.18.0.1>;tag=as1\r\n"        \
	"Call-ID: 0123456789abcdef@cadastre.invalid\r\nCSeq: 1 OPTIONS\r\n"
static const char ok[] = "SIP/2.0 200 OK\r\n" REPEATED "Server: Asterisk PBX 18.10.0\r\n"
			 "Allow: INVITE, ACK, OPTIONS\r\nSupported: replaces, timer\r\nContent-Length: 0\r\n\r\n";
static const char hops[] = "SIP/2.0 483 Too Many Hops\r\n" REPEATED
	"user-agent: Kamailio (5.6.3 (x86_64/linux))\r\n\r\nServer: not a field\r\n";

static void answers(void **state)
{
	const struct protocol *sip = protocol_by_name("sip");
	const struct reading *r = check_read(sip, BYTES(ok));

	(void)state;
	check_is(r, "sip.status", "200 OK");
	check_is(r, "sip.server", "Asterisk PBX 18.10.0");
	check_is(r, "sip.allow", "INVITE, ACK, OPTIONS");
	check_is(r, "sip.supported", "replaces, timer");
	r = check_read(sip, BYTES(hops));
	check_is(r, "sip.status", "483 Too Many Hops");
	check_is(r, "sip.user_agent", "Kamailio (5.6.3 (x86_64/linux))");
	check_is(r, "sip.server", NULL); /* the body is not the header */
	check_hostile(sip, BYTES(hops));
	check_repeats(sip, BYTES(ok), 0x0123456789abcdefull);
	check_repeats(sip, BYTES(hops), 0x0123456789abcdefull);
	/* The branch elsewhere than in a Via proves nothing. */
	assert_false(
		sip->repeats(BYTES("SIP/2.0 200 OK\r\nServer: z9hG4bK0000000000000001\r\n\r\n"
				   "Via: z9hG4bK0000000000000001\r\n"),
			1));
	assert_false(sip->recognise(BYTES("OPTIONS sip:a SIP/2.0\r\n")));
	assert_false(sip->recognise(BYTES("SIP/2.0 abc OK\r\n")));
}

/* Who speaks with whom is not kept. */
static void overheard(void **state)
{
	static const char kept[] = "SIP/2.0 200 OK\r\nServer: Asterisk PBX 18.10.0\r\n"
		"Allow: INVITE, ACK, OPTIONS\r\nSupported: replaces, timer\r\n";
	const struct protocol *sip = protocol_by_name("sip");
	uint8_t copy[sizeof(ok) - 1];

	(void)state;
	memcpy(copy, ok, sizeof(copy));
	assert_int_equal(sip->overheard(copy, sizeof(copy)), sizeof(kept) - 1);
	assert_memory_equal(copy, kept, sizeof(kept) - 1);
	check_is(check_read(sip, copy, sizeof(kept) - 1), "sip.server", "Asterisk PBX 18.10.0");
	assert_int_equal(sip->overheard(copy, 0), 0);
}

static void the_request(void **state)
{
	char out[PROTOCOL_REQUEST_MAX + 1];
	size_t n = protocol_by_name("sip")->request((uint8_t *)out, sizeof(out) - 1,
		"2001:db8:1234:5678:9abc:def0:1234:5678", UINT64_MAX);

	(void)state;
	assert_in_range(n, 1, PROTOCOL_DATAGRAM_MAX);
	out[n] = '\0';
	assert_non_null(strstr(out,
		"OPTIONS sip:[2001:db8:1234:5678:9abc:def0:1234:5678] SIP/2.0\r\n"));
	assert_non_null(strstr(out, "branch=z9hG4bKffffffffffffffff;rport\r\n"));
	assert_non_null(strstr(out, "\r\nMax-Forwards: 0\r\n"));
	assert_string_equal(out + n - 4, "\r\n\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(overheard), cmocka_unit_test(the_request)};

	return RUN(tests);
}
