/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out is well-formed whatever the words were; a file appears whole or not at all. */
#include "inventory/exchange/export.h"
#include "inventory/exchange/json_out.h"
#include "inventory/exchange/xml_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char directory[] = "/tmp/cadastre-xml-write-XXXXXX";
static char path[128];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/file", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory); /* fails if anything was left beside the file */
}

static void test_words_stay_words(void **state)
{
	struct file_stream stream;
	struct xml_out xml = {.stream = &stream};

	(void)state;
	assert_int_equal(file_stream_open(&stream, path, false, NULL), 0);
	xml_start(&xml, "a");
	xml_attr(&xml, "b", "\"<&'>\x01\n");
	xml_start(&xml, "c");
	xml_text(&xml, "]]><x>\xff\xe2\x80\xae");
	xml_end(&xml);
	xml_end(&xml);
	assert_string_equal(stream.buffer.data,
		"<a b=\"&quot;&lt;&amp;&#39;&gt;\\x01\\x0a\">\n <c>]]&gt;&lt;x&gt;\\xff\\u{202e}</c>\n"
		"</a>\n");
	file_stream_close(&stream);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_too_deep(void **state)
{
	struct file_stream stream;
	struct xml_out xml = {.stream = &stream};
	struct error error;

	(void)state;
	assert_int_equal(file_stream_open(&stream, path, false, NULL), 0);
	for (int i = 0; i <= XML_WRITE_DEPTH; i++)
		xml_start(&xml, "a");
	assert_int_equal(stream.failed, ERROR_INTERNAL);
	assert_int_equal(file_stream_commit(&stream, &error), ERROR_INTERNAL);
	assert_non_null(strstr(error.text, "too deep"));
	assert_int_equal(access(path, F_OK), -1);
}

static void test_whole(void **state)
{
	struct file_stream stream;
	char chunk[1000], read[16] = "";
	FILE *file;

	(void)state;
	memset(chunk, 'x', sizeof(chunk));
	assert_int_equal(file_stream_open(&stream, path, false, NULL), 0);
	for (int i = 0; i < 2000; i++) {
		str_add(&stream.buffer, chunk, sizeof(chunk));
		assert_int_equal(file_stream_spill(&stream), 0);
		assert_true(stream.buffer.len < FILE_STREAM_BUFFER);
		assert_int_equal(access(path, F_OK), -1);
	}
	assert_int_equal(file_stream_commit(&stream, NULL), 0);
	assert_int_equal(stream.bytes, 2000 * 1000);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(read, 1, 4, file), 4);
	fseek(file, 0, SEEK_END);
	assert_int_equal(ftell(file), 2000 * 1000);
	fclose(file);
	/* One text that the buffer cannot take fails, and the old file stays. */
	assert_int_equal(file_stream_open(&stream, path, true, NULL), 0);
	for (int i = 0; i < 5000; i++)
		str_add(&stream.buffer, chunk, sizeof(chunk));
	assert_int_equal(file_stream_commit(&stream, NULL), ERROR_SYSTEM);
	assert_int_equal(access(path, R_OK), 0);
}

static void test_json(void **state)
{
	struct file_stream stream;
	struct json_out out = {.stream = &stream};

	(void)state;
	assert_int_equal(file_stream_open(&stream, path, false, NULL), 0);
	json_open(&out, NULL, '{');
	json_text(&out, "a", "\"\\\x01");
	json_given(&out, "b", "");
	json_open(&out, "c", '[');
	json_int(&out, NULL, -1);
	json_bool(&out, NULL, true);
	json_close(&out, ']');
	json_time(&out, "d", 0);
	json_close(&out, '}');
	assert_string_equal(stream.buffer.data, "{\"a\":\"\\\"\\\\\\u0001\",\"c\":[-1,true]}");
	file_stream_close(&stream);
}

static void test_ids_are_names(void **state)
{
	char id[EXPORT_ID_MAX], other[EXPORT_ID_MAX], *text = calloc(1, 4096);

	(void)state;
	export_id(id, "system-", "a b_c:\xe4");
	assert_string_equal(id, "system-a_20b_5Fc_3A_E4");
	memset(text, ':', 4095);
	export_id(id, "x-", text);
	assert_true(strlen(id) < EXPORT_ID_MAX);
	free(text);
	/* What stands in one part is not taken for the next. */
	export_software_id(id, 1, "ab", "c", "");
	export_software_id(other, 1, "a", "bc", "");
	assert_string_not_equal(id, other);
}

static void test_cpe(void **state)
{
	static const char *const good[] = {"cpe:/a:f5:nginx:1.22", "cpe:/o", "cpe:/h:a:b%20c",
		"cpe:2.3:a:openbsd:openssh:9.2p1:*:*:*:*:*:*:*",
		"cpe:2.3:h:a\\/b:c:-:*:*:en:*:*:*:*"};
	static const char *const bad[] = {"", "cpe:", "cpe:2.3:a:b", "cpe:x", "cpe:/a:b:<c>",
		"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*:*", "cpe:2.3:a:b c:c:1:*:*:*:*:*:*:*",
		"cpe:2.3:a:b:c:1:*:*:long:*:*:*:*", "cpe:/a:1:2:3:4:5:6:7"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(export_is_cpe(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(export_is_cpe(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_stay_words),
		cmocka_unit_test(test_too_deep),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_ids_are_names),
		cmocka_unit_test(test_cpe),
	};

	return cmocka_run_group_tests_name("export", tests, set_up, tear_down);
}
