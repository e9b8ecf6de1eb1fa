/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers for lines: splitting, searching, replies with codes. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "scanner/protocol/lines.h"
#include "scanner/protocol/protocol.h"

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

static void replies_in_a_row(void **state)
{
	static const char text[] = "220-a\r\n220 b\r\n250 c\r\n5";
	const uint8_t *bytes = (const uint8_t *)text;
	struct span got;

	(void)state;
	assert_int_equal(reply_at(bytes, sizeof(text) - 1, 0, &got), 1);
	assert_memory_equal(got.bytes, "220-a\r\n220 b\r\n", got.size);
	assert_int_equal(reply_at(bytes, sizeof(text) - 1, 1, &got), 1);
	assert_memory_equal(got.bytes, "250 c\r\n", got.size);
	assert_int_equal(reply_at(bytes, sizeof(text) - 1, 2, &got), 0);
	assert_int_equal(reply_at(bytes, sizeof(text) - 1, 3, &got), 0);
	assert_int_equal(reply_at((const uint8_t *)"220 a\r\nSSH-", 11, 1, &got), -1);
}

/* Each step by a reply of the form that it must have; a word that has no room is not said. */
static void steps(void **state)
{
	static const struct line_step step[] = {
		{"220", NULL, "EHLO a\r\n"}, {"250", "TLS", "TLS\r\n"}, {"220", NULL, NULL}};
	static const struct {
		const char *heard;
		unsigned int said;
		long answer;
	} rows[] = {{"220 a\r\n", 0, 8}, {"220-a\r\n", 0, 0}, {"421 a\r\n", 0, -1},
		{"what", 0, -1}, {"220 a\r\n250-b\r\n250 tls\r\n", 1, 5},
		{"220 a\r\n250 b\r\n", 1, -1}, {"220 a\r\n250-tls\r\n", 1, 0},
		{"220 a\r\n250 TLS\r\n220 go\r\n", 2, PROTOCOL_SECURED},
		{"220 a\r\n250 TLS\r\n454 no\r\n", 2, -1},
		{"220 a\r\n250 TLS\r\n220 go\r\n", 3, -1}};
	uint8_t out[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span heard = {(const uint8_t *)rows[i].heard, strlen(rows[i].heard)};

		assert_int_equal(reply_secure(step, ARRAY_SIZE(step), rows[i].said, heard, out,
					 sizeof(out)),
			rows[i].answer);
		if (rows[i].answer > 0 && rows[i].answer != PROTOCOL_SECURED)
			assert_int_equal(reply_secure(step, ARRAY_SIZE(step), rows[i].said,
						 heard, out, (size_t)rows[i].answer - 1),
				-1);
	}
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
		cmocka_unit_test(replies), cmocka_unit_test(replies_in_a_row),
		cmocka_unit_test(steps), cmocka_unit_test(endless)};

	return RUN(tests);
}
