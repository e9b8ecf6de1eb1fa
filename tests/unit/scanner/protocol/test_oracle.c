/* SPDX-License-Identifier: Apache-2.0 */
/* What Oracle's listener answers to a question for its version. */
#include "tests/unit/scanner/protocol/check.h"

#define REASON "(DESCRIPTION=(TMP=)(VSNNUM=186647552)(ERR=0))"
#define REFUSED "\0\x39\0\0\4\0\0\0\"\0\0\x2d" REASON
#define ACCEPTED "\0\x20\0\0\2\0\0\0\1\x36\0\0\x08\0\x7f\xff\1\0\0\0\0\x20\0\0\0\0\0\0\0\0\0\0"
#define BANNER "\0\0\0\0\0\0TNSLSNR for Linux: Version 11.2.0.2.0 - Production\n\tTNS for Linux"

static void versions(void **state)
{
	const struct protocol *oracle = protocol_by_name("oracle");
	const struct reading *r = check_read(oracle, BYTES(REFUSED));

	(void)state;
	check_is(r, "oracle.answer", "refused");
	check_is(r, "oracle.version", "11.2.0.4.0");
	check_is(r, "service.product", "Database Server");
	check_is(r, "service.version", "11.2.0.4.0");
	r = check_read(oracle, BYTES(ACCEPTED BANNER));
	check_is(r, "oracle.answer", "accepted");
	check_is(r, "oracle.banner", "TNSLSNR for Linux: Version 11.2.0.2.0 - Production");
	r = check_read(oracle, BYTES("\0\x08\0\0\x0b\0\0\0"));
	check_is(r, "oracle.answer", "asked again");
	check_is(r, "oracle.version", NULL);
	r = check_read(
		oracle, BYTES("\0\x2c\0\0\4\0\0\0\"\0\0\x20(DESCRIPTION=(VSNNUM=9999999999))"));
	check_is(r, "oracle.answer", "refused");
	check_hostile(oracle, BYTES(REFUSED));
	check_hostile(oracle, BYTES(ACCEPTED BANNER));
}

static void frames(void **state)
{
	const struct protocol *oracle = protocol_by_name("oracle");
	uint8_t bytes[] = REFUSED "more";

	(void)state;
	assert_int_equal(oracle->complete(BYTES(REFUSED)), sizeof(REFUSED) - 1);
	assert_int_equal(oracle->complete(BYTES("\0\x39\0\0\4\0\0\0\"\0")), 0);
	assert_int_equal(oracle->complete(BYTES("\0\x39\0\0\6\0\0\0\"\0")), -1);
	assert_int_equal(oracle->complete(BYTES("HTTP/1.1 400 Bad")), -1);
	assert_false(oracle->recognise(BYTES("\0\x0d\0\0\4\0\0\0\0\0\0\1x")));
	assert_int_equal(oracle->overheard(bytes, sizeof(bytes) - 1), sizeof(REFUSED) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions), cmocka_unit_test(frames)};

	return RUN(tests);
}
