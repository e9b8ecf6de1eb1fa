/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a Moxa device server to the maker's search, in its observed form. */
#include "tests/unit/scanner/protocol/check.h"

#define HEAD "\x81\0\0\x18\0\0\0\0"
static const char answer[] = HEAD "\0\x55\x55\x55\x1a\x51\0\x90\xe8\x10\x20\x30\xc6\x12\0\x08";

static void answers(void **state)
{
	const struct protocol *moxa = protocol_by_name("moxa");
	const struct reading *r = check_read(moxa, BYTES(answer));

	(void)state;
	check_is(r, "moxa.model", "511a");
	check_is(r, "moxa.mac", "00:90:e8:10:20:30");
	check_is(r, "moxa.address", "198.18.0.8");
	check_is(r, "hw.product", "NPort 5110A");
	check_hostile(moxa, BYTES(answer));
	assert_null(moxa->repeats);
	assert_false(moxa->recognise(
		BYTES(HEAD "\0\x55\x55\x55\x1a\x51\0\x90\xe9\x10\x20\x30\xc6\x12\0\x08")));
	assert_false(moxa->recognise(
		BYTES(HEAD "\0\x55\x55\x55\x1a\x51\0\x90\xe8\x10\x20\x30\xc6\x12\0")));
	check_request(moxa, 7, BYTES("\x01\0\0\x08\0\0\0\0"));
	assert_int_equal(moxa->risk, PROTOCOL_STANDARD); /* its maker does not document it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers)};

	return RUN(tests);
}
