/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text: what a hostile host may say, and what each exit makes of it. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "common/text.h"

static const char *clean(const void *bytes, size_t n, size_t max)
{
	static char out[256];
	struct str s = STR_INIT(256);

	text_clean(&s, bytes, n, max);
	memcpy(out, s.data, s.len + 1);
	str_done(&s);
	return out;
}

static void hostile_bytes_become_visible(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *shown;
	} rows[] = {{"nginx", 5, "nginx"}, {"a\x1b[2J", 5, "a\\x1b[2J"}, {"a\0b", 3, "a\\x00b"},
		{"\xff\xfe", 2, "\\xff\\xfe"}, {"\xc0\xaf", 2, "\\xc0\\xaf"}, /* overlong */
		{"\xed\xa0\x80", 3, "\\xed\\xa0\\x80"},			      /* surrogate */
		{"\xe5\x85\xb3", 3, "\xe5\x85\xb3"}, {"\xe5\x85", 2, "\\xe5\\x85"}, /* cut */
		{"\xe2\x80\xae""txt", 6, "\\u{202e}txt"}, /* right-to-left override */
		{"\xc2\x9b""1m", 4, "\\x9b1m"},	     /* C1 CSI */
		{"a\tb\r\nc", 6, "a b  c"}, {"\xef\xbb\xbf", 3, "\\u{feff}"},
		{"\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *shown = clean(rows[i].bytes, rows[i].n, 200);

		assert_string_equal(shown, rows[i].shown);
		assert_true(text_is_clean(shown, strlen(shown)));
	}
	assert_false(text_is_clean("a\x1b", 2));
	assert_false(text_is_clean("a\0", 2));
}

static void cutting_keeps_characters_whole(void **state)
{
	(void)state;
	assert_string_equal(clean("ab\xe5\x85\xb3", 5, 4), "ab");
	assert_string_equal(clean("ab\x01", 3, 5), "ab");
	assert_string_equal(clean("abc", 3, 3), "abc");
}

static void every_byte_pair_cleans_to_clean_text(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 0x10000; v++) {
		unsigned char pair[2] = {(unsigned char)(v >> 8), (unsigned char)v};
		const char *shown = clean(pair, 2, 200);

		assert_true(text_is_clean(shown, strlen(shown)));
	}
}

#define ASSERT_ENCODES(function, in, expected)                                                 \
	do {                                                                                   \
		struct str s_ = STR_INIT(1000);                                                \
		function(&s_, in);                                                             \
		assert_string_equal(s_.data, expected);                                        \
		str_done(&s_);                                                                 \
	} while (0)

static void encoders(void **state)
{
	(void)state;
	ASSERT_ENCODES(text_encode_terminal, "a\x1b[31m\xff", "a\\x1b[31m\\xff");
	ASSERT_ENCODES(text_encode_xml, "<a b=\"c\">&'\x01",
		"&lt;a b=&quot;c&quot;&gt;&amp;&#39;\\x01");
	ASSERT_ENCODES(text_encode_json, "\"\\\n\xc2\x85\xff", "\\\"\\\\\\u000a\\u0085\\\\xff");
	ASSERT_ENCODES(text_encode_script, "</script>&\xe2\x80\xa8",
		"\\u003c/script\\u003e\\u0026\\u2028");
	ASSERT_ENCODES(text_encode_csv, "=1+2", "\"'=1+2\"");
	ASSERT_ENCODES(text_encode_csv, "a\"b", "\"a\"\"b\"");
	ASSERT_ENCODES(text_encode_csv, "@x\n", "\"'@x\\x0a\"");
	ASSERT_ENCODES(text_encode_csv, "", "\"\"");
}

/* The first and last character of each length; what is none. */
static void characters(void **state)
{
	static const uint32_t good[] = {1, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff,
		0x10000, 0x10ffff},
			      none[] = {0, 0xd800, 0xdfff, 0x110000, UINT32_MAX};
	struct str s = STR_INIT(64);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		text_add_character(&s, none[i]);
	assert_int_equal(s.len, 0);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		text_add_character(&s, good[i]);
	assert_string_equal(s.data,
		"\x01\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
		"\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
	str_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(characters),
		cmocka_unit_test(hostile_bytes_become_visible),
		cmocka_unit_test(cutting_keeps_characters_whole),
		cmocka_unit_test(every_byte_pair_cleans_to_clean_text),
		cmocka_unit_test(encoders)};

	return RUN(tests);
}
