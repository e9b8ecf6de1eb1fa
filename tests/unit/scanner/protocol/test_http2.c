/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/2 as it begins: RFC 9113. */
#include "tests/unit/scanner/protocol/check.h"

#define SETTINGS "\0\0\x0c\4\0\0\0\0\0" "\0\3\0\0\0\x64" "\0\5\0\0\x40\0"
#define GOAWAY "\0\0\x0c\7\0\0\0\0\0" "\0\0\0\0\0\0\0\1" "grpc"

static void settings(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");
	const struct reading *r = check_read(http2, BYTES(SETTINGS));

	(void)state;
	check_is(r, "http.settings", "3:100 5:16384");
	check_is(r, "http.goaway", NULL);
	r = check_read(http2, BYTES(SETTINGS GOAWAY));
	check_is(r, "http.goaway", "PROTOCOL_ERROR");
	check_is(r, "http.goaway.debug", "grpc");
	check_hostile(http2, BYTES(SETTINGS GOAWAY));
	r = check_read(http2, BYTES("\0\0\0\4\0\0\0\0\0" "\0\0\4\x08\0\0\0\0\0\0\1\0\0"
		"\0\0\x09\7\0\0\0\0\0" "\0\0\0\0\0\0\1\0\x1b"));
	check_is(r, "http.settings", "none");
	check_is(r, "http.goaway", "256");
}

/* Nine zeros and a four are anybody's; so is what has other bits than settings have. */
static void others(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");

	(void)state;
	assert_false(http2->recognise(BYTES("\0\0\0\4\0\0\0\0\0")));
	assert_false(http2->recognise(BYTES("\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\1")));
	assert_false(http2->recognise(BYTES("\0\0\6\4\1\0\0\0\0\0\3\0\0\0\x64")));  /* ACK */
	assert_false(http2->recognise(BYTES("\0\0\6\4\0\0\0\0\1\0\3\0\0\0\x64")));  /* a stream */
	assert_false(http2->recognise(BYTES("\0\0\5\4\0\0\0\0\0\0\3\0\0\0")));      /* half a setting */
	assert_false(http2->recognise(BYTES("\0\0\6\4\0\0\0\0\0\0\3\0\0\0")));      /* not whole */
	assert_int_equal(http2->complete(BYTES("\0\0\6\4\0\0\0\0\0\0\3\0\0\0")), 0);
	assert_int_equal(http2->complete(BYTES(SETTINGS GOAWAY)), sizeof(SETTINGS) - 1);
	assert_false(http2->recognise(BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); /* ours */
}

static void words(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");
	uint8_t out[PROTOCOL_REQUEST_MAX], bytes[] = SETTINGS GOAWAY;

	(void)state;
	check_request(http2, 1, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"));
	assert_int_equal(check_next(http2, 1, BYTES("\0\0"), out), 0);
	check_says(http2, 1, BYTES(SETTINGS),
		BYTES("\0\0\0\4\1\0\0\0\0" "\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	assert_int_equal(check_next(http2, 2, BYTES(SETTINGS GOAWAY), out), -1);
	assert_int_equal(http2->overheard(bytes, sizeof(bytes)), sizeof(SETTINGS) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings), cmocka_unit_test(others), cmocka_unit_test(words)};

	return RUN(tests);
}
