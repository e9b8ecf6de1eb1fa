/* SPDX-License-Identifier: Apache-2.0 */
/* RFB's version and its ways in, of all three handshakes: RFC 6143, 7.1. */
#include "tests/unit/scanner/protocol/check.h"

static void versions(void **state)
{
	const struct protocol *vnc = protocol_by_name("vnc");
	const struct reading *r;

	(void)state;
	r = check_read(vnc, BYTES("RFB 003.008\n\x03\x02\x10\x13"));
	check_is(r, "vnc.version", "3.8");
	check_is(r, "vnc.security", "vnc, tight, vencrypt");
	check_is(r, "vnc.auth", "required");
	r = check_read(vnc, BYTES("RFB 003.007\n\x02\x02\x01"));
	check_is(r, "vnc.security", "vnc, none");
	check_is(r, "vnc.auth", "none");
	r = check_read(vnc, BYTES("RFB 003.003\n\0\0\0\x01"));
	check_is(r, "vnc.security", "none");
	check_is(r, "vnc.auth", "none");
	r = check_read(vnc, BYTES("RFB 003.889\n\x02\x1e\x23"));
	check_is(r, "vnc.version", "3.889");
	check_is(r, "vnc.security", "apple, apple kerberos");
	check_is(r, "service.product", "Remote Desktop");
	r = check_read(vnc, BYTES("RFB 005.000\n\x01\xe9"));
	check_is(r, "service.vendor", "RealVNC");
	check_is(r, "vnc.security", "type 233");
	/* the version alone is something */
	r = check_read(vnc, BYTES("RFB 003.008\n"));
	check_is(r, "vnc.version", "3.8");
	check_is(r, "vnc.auth", NULL);
}

static void refusals(void **state)
{
	const struct protocol *vnc = protocol_by_name("vnc");
	const struct reading *r;

	(void)state;
	r = check_read(vnc, BYTES("RFB 003.008\n\0\0\0\0\x08too many"));
	check_is(r, "vnc.refused", "too many");
	check_is(r, "vnc.auth", NULL);
	r = check_read(vnc, BYTES("RFB 003.003\n\0\0\0\0\0\0\0\x02no"));
	check_is(r, "vnc.refused", "no");
	r = check_read(vnc, BYTES("RFB 003.008\n\0\xff\xff\xff\xffmuch"));
	check_is(r, "vnc.refused", NULL);
	assert_false(vnc->recognise(BYTES("RFB 003.00a\n")));
	assert_false(vnc->recognise(BYTES("RFB 003 008\n")));
	assert_false(vnc->recognise(BYTES("RFB 003.008")));
	check_hostile(vnc, BYTES("RFB 003.008\n\x03\x02\x10\x13"));
	check_hostile(vnc, BYTES("RFB 003.008\n\0\0\0\0\x08too many"));
	check_hostile(vnc, BYTES("RFB 003.003\n\0\0\0\x02"));
}

static void conversation(void **state)
{
	const struct protocol *vnc = protocol_by_name("vnc");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_says(vnc, 0, BYTES("RFB 003.008\n"), BYTES("RFB 003.008\n"));
	check_says(vnc, 0, BYTES("RFB 003.889\n"), BYTES("RFB 003.008\n"));
	check_says(vnc, 0, BYTES("RFB 005.000\n"), BYTES("RFB 003.008\n"));
	check_says(vnc, 0, BYTES("RFB 003.007\n"), BYTES("RFB 003.007\n"));
	check_says(vnc, 0, BYTES("RFB 003.003\n"), BYTES("RFB 003.003\n"));
	check_says(vnc, 0, BYTES("RFB 003.016\n"), BYTES("RFB 003.003\n"));
	assert_int_equal(check_next(vnc, 0, BYTES("RFB 003."), out), 0);
	assert_int_equal(check_next(vnc, 0, BYTES("SSH-"), out), -1);
	/* the list is waited for, and then it is over */
	assert_int_equal(check_next(vnc, 1, BYTES("RFB 003.008\n"), out), 0);
	assert_int_equal(check_next(vnc, 1, BYTES("RFB 003.008\n\x02\x01"), out), 0);
	assert_int_equal(check_next(vnc, 1, BYTES("RFB 003.008\n\x02\x01\x02"), out), -1);
	assert_int_equal(check_next(vnc, 1, BYTES("RFB 003.008\n\0\xff\xff\xff\xff"), out), -1);
}

/* The challenge of a password is nobody's to keep. */
static void overheard(void **state)
{
	const struct protocol *vnc = protocol_by_name("vnc");
	uint8_t list[] = "RFB 003.008\n\x01\x02"
			 "0123456789abcdef",
		one[] = "RFB 003.003\n\0\0\0\x02"
			"0123456789abcdef",
		reason[] = "RFB 003.008\n\0\0\0\0\x02noabc";

	(void)state;
	assert_int_equal(vnc->overheard(list, sizeof(list) - 1), 14);
	assert_int_equal(vnc->overheard(one, sizeof(one) - 1), 16);
	assert_int_equal(vnc->overheard(reason, sizeof(reason) - 1), 19);
	assert_int_equal(vnc->overheard(list, 12), 12);
	assert_int_equal(vnc->overheard(list, 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(versions),
		cmocka_unit_test(refusals), cmocka_unit_test(conversation),
		cmocka_unit_test(overheard)};

	return RUN(tests);
}
