/* SPDX-License-Identifier: Apache-2.0 */
/* CSV as spreadsheets of all countries write it, and as nobody should. */
#include "tests/unit/unit.h"

#include "common/csv.h"
#include "common/text.h"

#include <stdio.h>

/* All records of a text as "line:cell|cell;", or what was refused. */
static const char *read_bytes(const void *bytes, size_t n, const char *encoding)
{
	static char shown[4096];
	_cleanup_(str_done) struct str text = STR_INIT(1 << 20),
				       out = STR_INIT(sizeof(shown) - 1);
	_cleanup_(csv_freep) struct csv *csv = NULL;
	struct csv_record record;
	struct error err = {0};
	int r = csv_decode("f.csv", bytes, n, encoding, &text, NULL, &err);

	if (r == 0)
		r = csv_new("f.csv", text.data, text.len, 0, &csv, &err);
	while (r == 0 && (r = csv_next(csv, &record, &err)) == 0) {
		str_addf(&out, "%ld:", record.line);
		for (size_t i = 0; i < record.n_cells; i++)
			str_addf(&out, "%s%s", i ? "|" : "", record.cells[i]);
		str_addc(&out, ';');
	}
	assert_false(out.failed);
	snprintf(shown, sizeof(shown), "%s", r < 0 ? err.text : out.data);
	return shown;
}

static const char *read_text(const char *text)
{
	return read_bytes(text, strlen(text), NULL);
}

static void records_and_cells(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {{"a,b\n1,2\n", "1:a|b;2:1|2;"}, {"a,b\r\n1,2", "1:a|b;2:1|2;"},
		{"a,b\r1,2\r", "1:a|b;2:1|2;"}, {"a;b,c\n1;2;3\n", "1:a;b|c;2:1;2;3;"},
		{"a;b;c\n1;2,5;3\n", "1:a|b|c;2:1|2,5|3;"}, {"a\tb\n1\t2\n", "1:a|b;2:1|2;"},
		{"\"a,b\";\"c\"\n", "1:a,b|c;"}, {"sep=;\na;b\n", "2:a|b;"},
		{"\"x\r\ny\",z\n\"1\n2\n3\",4\nq,r\n", "1:x\r\ny|z;3:1\n2\n3|4;6:q|r;"},
		{"a,\"say \"\"hello\"\"\"\n", "1:a|say \"hello\";"}, {"\"\"\"\"\n", "1:\";"},
		{"\n\n a,b\n,\n\n,,,\n1,\n", "3: a|b;7:1|;"}, {"", ""}, {"\n\r\n\r", ""},
		{",\"\"\n", ""}, {"\xef\xbb\xbf" "a,b\n\xef\xbb\xbf" "c,d\n", "1:a|b;2:c|d;"},
		{"one", "1:one;"}, {"\"one\"", "1:one;"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(read_text(rows[i].text), rows[i].shown);
}

static void what_is_ambiguous_is_refused(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {{"a,b\n1,2\"3\n", "f.csv:2: cell 2: a quotation mark stands inside"},
		{"a,b\n\"1\"2,3\n", "f.csv:2: cell 1: text follows"},
		{"a,b\nx,\"1\n2\n3", "f.csv:2: cell 2: a quotation mark opens"},
		{"\"", "f.csv:1: cell 1: a quotation mark opens"}};
	static const char nul[] = "a,b\n1,\0002\n";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_non_null(strstr(read_text(rows[i].text), rows[i].said));
	assert_non_null(
		strstr(read_bytes(nul, sizeof(nul) - 1, "utf-8"), "f.csv:2: a NUL byte"));
}

/* "table,name" and a name of two characters, in the encodings of spreadsheets. */
static void encodings_are_detected_or_told(void **state)
{
	static const char utf8[] = "t,n\na,\xe7\x94\xb5\xe5\x8a\x9b\n";
	static const char gb[] = "t,n\na,\xb5\xe7\xc1\xa6\n";
	static const char be[] = "\0t\0,\0n\0\n\0a\0,\x75\x35\x52\x9b\0\n";
	static const char le[] = "t\0,\0n\0\n\0a\0,\0\x35\x75\x9b\x52\n\0";
	static const char be_marked[] = "\xfe\xff\0t\0,\0n\0\n\0a\0,\x75\x35\x52\x9b\0\n";
	static const char le_marked[] = "\xff\xfet\0,\0n\0\n\0a\0,\0\x35\x75\x9b\x52\n\0";
	/* 4-byte characters of GB18030: U+20000 */
	static const char four[] = "t\n\x95\x32\x82\x36\n";
	const char *want = "1:t|n;2:a|\xe7\x94\xb5\xe5\x8a\x9b;";

	(void)state;
	assert_string_equal(read_bytes(utf8, sizeof(utf8) - 1, NULL), want);
	assert_string_equal(read_bytes(gb, sizeof(gb) - 1, NULL), want);
	assert_string_equal(read_bytes(gb, sizeof(gb) - 1, "GBK"), want);
	assert_string_equal(read_bytes(be, sizeof(be) - 1, NULL), want);
	assert_string_equal(read_bytes(le, sizeof(le) - 1, NULL), want);
	assert_string_equal(read_bytes(le, sizeof(le) - 1, "utf-16"), want);
	assert_string_equal(read_bytes(be_marked, sizeof(be_marked) - 1, NULL), want);
	assert_string_equal(read_bytes(le_marked, sizeof(le_marked) - 1, "utf-16"), want);
	assert_string_equal(read_bytes(four, sizeof(four) - 1, NULL),
		"1:t;2:\xf0\xa0\x80\x80;");
	assert_non_null(strstr(read_bytes("a\nb\xff\xff\n", 6, NULL),
		"f.csv:2: a byte is neither UTF-8 nor GB18030"));
	assert_non_null(strstr(read_bytes("a\n\xe7\x94", 4, "utf-8"),
		"f.csv:2: the file ends within a character"));
	assert_non_null(strstr(read_bytes(gb, sizeof(gb) - 1, "utf-8"),
		"f.csv:2: a byte is not UTF-8"));
	assert_non_null(strstr(read_bytes("a", 1, "ebcdic"), "\"ebcdic\" is not known"));
}

static void limits_are_reached(void **state)
{
	_cleanup_(str_done) struct str text = STR_INIT(1 << 20), small = STR_INIT(16);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < CSV_CELLS_MAX; i++)
		str_adds(&text, "x,");
	assert_non_null(
		strstr(read_text(text.data), "f.csv:1: the record has more than 256 cells"));
	str_reset(&text);
	str_adds(&text, "a,b\n1,\"");
	for (int i = 0; i <= CSV_CELL_MAX; i++)
		str_addc(&text, 'x');
	str_adds(&text, "\"\n");
	assert_non_null(
		strstr(read_text(text.data), "f.csv:2: cell 2 is larger than 65536 bytes"));
	assert_int_equal(csv_decode("f.csv", text.data, text.len, NULL, &small, NULL, &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.text, "larger than 16 bytes"));
}

static void the_number_of_records_is_bounded(void **state)
{
	size_t n = 2 * ((size_t)CSV_RECORDS_MAX + 1);
	char *text = malloc(n);
	_cleanup_(csv_freep) struct csv *csv = NULL;
	struct csv_record record;
	struct error err = {0};
	int r;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i += 2)
		memcpy(text + i, "x\n", 2);
	assert_int_equal(csv_new("f", text, n, ',', &csv, NULL), 0);
	while ((r = csv_next(csv, &record, &err)) == 0)
		;
	assert_int_equal(r, ERROR_INPUT);
	assert_non_null(strstr(err.text, "f:5000001: the file has more than 5000000 records"));
	free(text);
}

static void the_delimiter_can_be_told(void **state)
{
	_cleanup_(csv_freep) struct csv *csv = NULL;
	struct csv_record record;

	(void)state;
	assert_int_equal(csv_new("f", "a,b,c;d", 7, ';', &csv, NULL), 0);
	assert_int_equal(csv_next(csv, &record, NULL), 0);
	assert_int_equal(record.n_cells, 2);
	assert_int_equal(csv_delimiter(csv), ';');
	assert_int_equal(csv_next(csv, &record, NULL), 1);
}

/* What the encoder writes, the reader gives back: also formulas and what looks like a guard. */
static void every_text_comes_back(void **state)
{
	static const char *const texts[] = {"", "plain", "=1+1", "'=1+1", "''@x", "'", "'a",
		"-5", "+", "a\"b", "\"", ",;", "@"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(str_done) struct str line = STR_INIT(256);
		_cleanup_(csv_freep) struct csv *csv = NULL;
		struct csv_record record;

		str_adds(&line, "x,");
		text_encode_csv(&line, texts[i]);
		assert_int_equal(csv_new("f", line.data, line.len, ',', &csv, NULL), 0);
		assert_int_equal(csv_next(csv, &record, NULL), 0);
		assert_int_equal(record.n_cells, 2);
		assert_string_equal(csv_unguard(record.cells[1]), texts[i]);
	}
}

/* Any bytes give records or a reason, and nothing is read past the end. */
static void random_bytes_are_survived(void **state)
{
	static const char alphabet[] = "a,;\t\"\"\r\n\n=\xe7\x94\xb5";
	unsigned int seed = 20260101;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char bytes[48];
		size_t n = 0;

		for (; n < sizeof(bytes) && (seed = seed * 1103515245u + 12345u) % 41; n++)
			bytes[n] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		read_bytes(bytes, n, round & 1 ? NULL : "gb18030");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_and_cells),
		cmocka_unit_test(what_is_ambiguous_is_refused),
		cmocka_unit_test(encodings_are_detected_or_told),
		cmocka_unit_test(limits_are_reached),
		cmocka_unit_test(the_number_of_records_is_bounded),
		cmocka_unit_test(the_delimiter_can_be_told),
		cmocka_unit_test(every_text_comes_back),
		cmocka_unit_test(random_bytes_are_survived),
	};

	return RUN(tests);
}
