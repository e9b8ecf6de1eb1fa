/* SPDX-License-Identifier: Apache-2.0 */
/* Where replies of web servers end, in whatever pieces they come: RFC 9112, 6 and 7.1. */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/webreply.h"

#define OK "HTTP/1.1 200 OK\r\n"

static struct webreply reply;

/* Takes all of the text in pieces of a size; returns how much of it was content. */
static size_t take(const char *text, size_t size, size_t piece, size_t *ret_taken)
{
	size_t at = 0, contents = 0, content, n;

	webreply_begin(&reply);
	while (at < size) {
		n = webreply_take(&reply, (const uint8_t *)text + at,
			size - at < piece ? size - at : piece, &content);
		assert_true(content <= n);
		contents += content;
		at += n;
		if (n == 0)
			break;
	}
	*ret_taken = at;
	return contents;
}

/* The same in whatever pieces; what follows the reply is left. */
static void ends(
	const char *text, enum webreply_stage stage, size_t content, const char *behind)
{
	static const size_t pieces[] = {1, 2, 3, 7, 64, 100000};
	size_t size = strlen(text), taken;

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		assert_int_equal(take(text, size, pieces[i], &taken), content);
		assert_int_equal(reply.stage, stage);
		assert_string_equal(text + taken, behind);
	}
}

static void lengths(void **state)
{
	(void)state;
	ends(OK "Content-Length: 5\r\n\r\nhelloHTTP/1.1", WEBREPLY_WHOLE, 5, "HTTP/1.1");
	assert_true(reply.persistent && webreply_is_read(&reply) && reply.status == 200);
	ends(OK "Content-Length: 5\r\n\r\nhell", WEBREPLY_CONTENT, 4, "");
	ends(OK "content-length:0\n\nx", WEBREPLY_WHOLE, 0, "x");
	ends("HTTP/1.1 204 No Content\r\n\r\nx", WEBREPLY_WHOLE, 0, "x");
	ends("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\nx", WEBREPLY_WHOLE, 0, "x");
	ends(OK "Server: x\r\n\r\nto the end", WEBREPLY_TO_THE_END, 10, "");
	assert_false(reply.persistent);
	ends(OK "Transfer-Encoding: "
		"chunked\r\n\r\n5;x=y\r\nhello\r\n00a\r\n0123456789\r\n0\r\nA: b\r\n\r\n!",
		WEBREPLY_WHOLE, 15, "!");
	ends(OK "Transfer-Encoding: gzip, chunked\r\n\r\nxy", WEBREPLY_TO_THE_END, 2, "");
	ends(OK "Server: x\r\n", WEBREPLY_HEADER, 0, "");
	assert_false(webreply_is_read(&reply));
}

/* A reply whose end two sides could see at different places is none. */
static void broken(void **state)
{
	static const char *const texts[] = {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2.0 200 OK\r\n",
		"HTTP/1.1 2x0 OK\r\n", "\r\n",
		OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
		OK "Content-Length: -1\r\n\r\n",
		OK "Content-Length: 99999999999999999999\r\n\r\n",
		OK "Content-Length: 0x10\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
		OK "Transfer-Encoding: chunked\r\n\r\n-5\r\n",
		OK "Transfer-Encoding: chunked\r\n\r\n\r\n",
		OK "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
		OK "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"};
	size_t taken;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		take(texts[i], strlen(texts[i]), 1, &taken);
		if (reply.stage != WEBREPLY_BROKEN)
			fail_msg("%s", texts[i]);
		assert_false(webreply_is_read(&reply));
	}
}

static void fields(void **state)
{
	char text[1024];

	(void)state;
	ends("HTTP/1.0 302 Found\r\nLOCATION:  /a?b \r\nConnection: "
	     "Keep-Alive\r\nContent-Type: Text/HTML;"
	     " charset=x\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
		WEBREPLY_WHOLE, 0, "");
	assert_string_equal(reply.location, "/a?b");
	assert_true(reply.persistent && reply.html && reply.encoded && reply.sized);
	ends("HTTP/1.0 200\r\nContent-Length: 0\r\n\r\n", WEBREPLY_WHOLE, 0, "");
	ends("HTTP/1.0 20\r\n\r\n", WEBREPLY_BROKEN, 0, "\r\n");
	ends("HTTP/1.0 200 \r\nContent-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
		WEBREPLY_WHOLE, 0, "");
	assert_false(reply.persistent || reply.encoded || reply.html);
	snprintf(text, sizeof(text),
		OK "Location: /%0300d\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 0);
	ends(text, WEBREPLY_WHOLE, 0, "");
	assert_string_equal(reply.location, "");
	assert_false(reply.persistent);
}

/* Fields without end, one field without end, chunks of one byte without end. */
static void bombs(void **state)
{
	static const char *const words[] = {"X-A: b\r\n", "x"};
	struct str text = STR_INIT(1 << 20);
	size_t taken;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		str_reset(&text);
		str_adds(&text, OK);
		while (text.len < 3 * WEBREPLY_HEAD_MAX)
			str_adds(&text, words[i]);
		take(text.data, text.len, 1000, &taken);
		assert_int_equal(reply.stage, WEBREPLY_BROKEN);
		assert_true(taken <= WEBREPLY_HEAD_MAX + 1);
	}
	str_reset(&text);
	str_adds(&text, OK "Transfer-Encoding: chunked\r\n\r\n");
	while (text.len < 10 * WEBREPLY_HEAD_MAX)
		str_adds(&text, "1\r\nx\r\n");
	take(text.data, text.len, 1000, &taken);
	assert_int_equal(reply.stage, WEBREPLY_BROKEN);
	str_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lengths), cmocka_unit_test(broken),
		cmocka_unit_test(fields), cmocka_unit_test(bombs)};

	return RUN(tests);
}
