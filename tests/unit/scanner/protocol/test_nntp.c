/* SPDX-License-Identifier: Apache-2.0 */
/* Greetings of news servers: RFC 3977, 5.1. */
#include "tests/unit/scanner/protocol/check.h"

#define INN "200 news.plant.example InterNetNews NNRP server INN 2.7.1 ready (posting ok)\r\n"

static void greetings(void **state)
{
	const struct protocol *nntp = protocol_by_name("nntp");
	const struct reading *r = check_read(nntp, BYTES(INN));
	uint8_t out[PROTOCOL_REQUEST_MAX], more[] = INN "211 article";

	(void)state;
	check_is(r, "nntp.posting", "allowed");
	check_is(r, "service.product", "INN");
	check_is(r, "service.version", "2.7.1");
	r = check_read(nntp, BYTES("201 Leafnode NNTP daemon, version 1.11.12 running at news "
				   "(my fqdn: news)\r\n"));
	check_is(r, "nntp.posting", "not allowed");
	check_is(r, "service.product", "Leafnode");
	check_says(nntp, 0, BYTES(INN), BYTES("QUIT\r\n"));
	assert_int_equal(check_next(nntp, 0, BYTES("200 news"), out), 0);
	assert_int_equal(check_next(nntp, 1, BYTES(INN), out), -1);
	assert_int_equal(nntp->overheard(more, sizeof(more) - 1), sizeof(INN) - 1);
	assert_false(nntp->recognise(BYTES("220 ready\r\n")));
	check_hostile(nntp, BYTES(INN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(greetings)};

	return RUN(tests);
}
