/* SPDX-License-Identifier: Apache-2.0 */
/* How RDP is protected: [MS-RDPBCGR] 2.2.1.2. */
#include "tests/unit/scanner/protocol/check.h"

#define CONFIRM(type, flags, value)                                                            \
	"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0" type flags "\x08\0" value "\0\0\0"

static void confirms(void **state)
{
	const struct protocol *rdp = protocol_by_name("rdp");
	const struct reading *r;

	(void)state;
	r = check_read(rdp, BYTES(CONFIRM("\2", "\x1f", "\2")));
	check_is(r, "rdp.protection", "credssp");
	check_is(r, "rdp.restricted_admin", "yes");
	r = check_read(rdp, BYTES(CONFIRM("\2", "\0", "\1")));
	check_is(r, "rdp.protection", "tls");
	check_is(r, "rdp.restricted_admin", NULL);
	r = check_read(rdp, BYTES(CONFIRM("\2", "\0", "\0")));
	check_is(r, "rdp.protection", "rdp");
	r = check_read(rdp, BYTES(CONFIRM("\3", "\0", "\5")));
	check_is(r, "rdp.refused", "CredSSP is required");
	check_is(r, "rdp.protection", NULL);
	/* older than the choice */
	r = check_read(rdp, BYTES("\x03\0\0\x0b\x06\xd0\0\0\x12\x34\0"));
	check_is(r, "rdp.protection", "rdp");
	check_hostile(rdp, BYTES(CONFIRM("\2", "\x1f", "\2")));
	check_request(rdp, 1, BYTES("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\x0b\0\0\0"));
}

/* A controller's confirm begins alike, and names its ends. */
static void not_a_controller(void **state)
{
	static const char s7[] = "\x03\0\0\x16\x11\xd0\0\1\0\2\0\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2";
	const struct protocol *rdp = protocol_by_name("rdp");
	uint8_t more[] = CONFIRM("\2", "\0", "\1") "\x16\3\3";

	(void)state;
	assert_false(rdp->recognise(BYTES(s7)));
	assert_null(protocol_recognise(TRANSPORT_TCP, BYTES(s7)));
	assert_int_equal(rdp->complete(BYTES("HTTP/1.1 400")), -1);
	assert_int_equal(rdp->complete(BYTES("\x03\0\0\x13\x0e")), 0);
	assert_int_equal(rdp->overheard(more, sizeof(more) - 1), 19);
}

static void certificate(void **state)
{
	const struct protocol *rdp = protocol_by_name("rdp");

	(void)state;
	assert_int_equal(
		rdp->secure(1, BYTES(CONFIRM("\2", "\0", "\1")), NULL, 0), PROTOCOL_SECURED);
	assert_int_equal(
		rdp->secure(1, BYTES(CONFIRM("\2", "\x1f", "\2")), NULL, 0), PROTOCOL_SECURED);
	assert_int_equal(rdp->secure(1, BYTES(CONFIRM("\2", "\0", "\0")), NULL, 0), -1);
	assert_int_equal(rdp->secure(1, BYTES(CONFIRM("\3", "\0", "\5")), NULL, 0), -1);
	assert_int_equal(
		rdp->secure(1, BYTES("\x03\0\0\x0b\x06\xd0\0\0\x12\x34\0"), NULL, 0), -1);
	assert_int_equal(rdp->secure(1, BYTES("\x03\0\0\x13"), NULL, 0), 0);
	assert_int_equal(rdp->secure(1, BYTES("HTTP/1.1"), NULL, 0), -1);
	assert_int_equal(rdp->secure(0, BYTES(CONFIRM("\2", "\0", "\1")), NULL, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(confirms),
		cmocka_unit_test(not_a_controller), cmocka_unit_test(certificate)};

	return RUN(tests);
}
