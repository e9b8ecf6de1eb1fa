/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers for lines: splitting, searching, replies with codes. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "scanner/protocol/lines.h"

#define SPAN(text) ((struct span){(const uint8_t *)(text), sizeof(text) - 1})

static void lines(void **state)
{
	struct span rest = SPAN("one\r\n\ntwo\r\r\nlast"), line;

	(void)state;
	assert_true(line_next(&rest, false, &line));
	assert_int_equal(line.size, 3);
	assert_true(line_next(&rest, false, &line));
	assert_int_equal(line.size, 0);
	assert_true(line_next(&rest, false, &line));
	assert_int_equal(line.size, 3);
	assert_false(line_next(&rest, false, &line));
	assert_true(line_next(&rest, true, &line));
	assert_memory_equal(line.bytes, "last", 4);
	assert_false(line_next(&rest, true, &line));
}

static void searching(void **state)
{
	struct span value;

	(void)state;
	assert_true(span_begins(SPAN("HTTP/1.1"), "http/"));
	assert_false(span_begins(SPAN("HT"), "http"));
	assert_true(span_begins(SPAN(""), ""));
	assert_non_null(span_find(SPAN("a\0<TiTlE>"), "<title"));
	assert_null(span_find(SPAN("<titl"), "<title"));
	assert_int_equal(span_trim(SPAN(" \t a b \r\n")).size, 3);
	assert_true(line_field(SPAN("server:  a b "), "Server", &value));
	assert_int_equal(value.size, 3);
	assert_true(line_field(SPAN("Server:"), "Server", &value));
	assert_int_equal(value.size, 0);
	assert_false(line_field(SPAN("Server"), "Server", &value));
	assert_false(line_field(SPAN("Servers: a"), "Server", &value));
	assert_int_equal(span_trim(SPAN(" ")).size, 0);
}

static long reply(const char *text)
{
	return reply_complete((const uint8_t *)text, strlen(text));
}

static void replies(void **state)
{
	(void)state;
	assert_int_equal(reply("220 a\r\n"), 7);
	assert_int_equal(reply("220\r\n"), 5);
	assert_int_equal(reply("220-a\r\n220-b\r\n220 c\r\nmore"), 21);
	assert_int_equal(reply("220-a\r\n 220 not yet\r\n"), 0);
	assert_int_equal(reply("220-a\r\n221 other\r\n"), 0);
	assert_int_equal(reply("220"), 0);
	assert_int_equal(reply(""), 0);
	assert_int_equal(reply("2200 a\r\n"), -1);
	assert_int_equal(reply("HTTP/1.1 200\r\n"), -1);
	assert_int_equal(reply("SSH-"), -1);
	assert_int_equal(line_complete((const uint8_t *)"+OK\r\n", 5), 5);
	assert_int_equal(line_complete((const uint8_t *)"+OK", 3), 0);
}

/* Replies without end are given up. */
static void endless(void **state)
{
	static char text[20000];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "220-", 4);
	assert_int_equal(reply_complete((const uint8_t *)text, sizeof(text)), -1);
	assert_int_equal(line_complete((const uint8_t *)text, sizeof(text)), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(searching),
		cmocka_unit_test(replies), cmocka_unit_test(endless)};

	return RUN(tests);
}
