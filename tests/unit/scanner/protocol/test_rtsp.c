/* SPDX-License-Identifier: Apache-2.0 */
/* RTSP's answer to OPTIONS: RFC 2326, 10.1. */
#include "tests/unit/scanner/protocol/check.h"

static const char answer[] = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: GStreamer RTSP server\r\n"
	"Public: OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY\r\n\r\n";

static void options(void **state)
{
	const struct protocol *rtsp = protocol_by_name("rtsp");
	const struct reading *r = check_read(rtsp, BYTES(answer));

	(void)state;
	check_is(r, "rtsp.version", "1.0");
	check_is(r, "rtsp.status", "200 OK");
	check_is(r, "rtsp.server", "GStreamer RTSP server");
	check_is(r, "rtsp.methods", "OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY");
	r = check_read(rtsp, BYTES("RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n"
		"WWW-Authenticate: Digest realm=\"cam\", nonce=\"1\"\r\n\r\n"));
	check_is(r, "rtsp.status", "401 Unauthorized");
	assert_int_equal(rtsp->complete(BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n")), 0);
	assert_int_equal(rtsp->complete(BYTES("HTTP/1.0 200 OK\r\n\r\n")), -1);
	assert_int_equal(rtsp->complete(BYTES(answer)), sizeof(answer) - 1);
	check_hostile(rtsp, BYTES(answer));
}

/* Streams and proofs are not kept. */
static void overheard(void **state)
{
	const struct protocol *rtsp = protocol_by_name("rtsp");
	uint8_t bytes[] =
		"RTSP/1.0 200 OK\r\nCSeq: 1\r\nSession: 4711\r\nServer: a\r\n\r\nv=0\r\n";
	size_t size = rtsp->overheard(bytes, sizeof(bytes) - 1);

	(void)state;
	assert_null(memmem(bytes, size, "4711", 4));
	assert_null(memmem(bytes, size, "v=0", 3));
	assert_non_null(memmem(bytes, size, "Server: a", 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options), cmocka_unit_test(overheard)};

	return RUN(tests);
}
