/* SPDX-License-Identifier: Apache-2.0 */
/* The file format: what is read, and every fault named with file and line. */
#include "tests/unit/scanner/fingerprint/folder.h"

#include "scanner/fingerprint/recog.h"

static struct folder folder;

static int make(void **state)
{
	(void)state;
	folder_make(&folder);
	return 0;
}

static int clear(void **state)
{
	(void)state;
	folder_remove(folder.path);
	return 0;
}

static void refused(const char *text, int line, const char *reason)
{
	struct recog_file *file = NULL;
	struct error err = {0};
	char path[128], where[160];

	folder_file(&folder, "bad.xml", text, path, sizeof(path));
	snprintf(where, sizeof(where), "%s:%d:", path, line);
	assert_int_equal(recog_load(path, &file, &err), ERROR_INPUT);
	assert_null(file);
	if (!strstr(err.text, where) || !strstr(err.text, reason))
		fail_msg("\"%s\" does not say \"%s %s\"", err.text, where, reason);
}

static void faults(void **state)
{
	(void)state;
	refused("<prints/>", 1, "the root element is <prints>");
	refused("<fingerprints match=\"a\"/>", 1, "no attribute \"match\"");
	refused("<fingerprints preference=\"2\"/>", 1, "not a number from 0 to 1");
	refused("<fingerprints>\n<finger/></fingerprints>", 2, "<finger> is not expected");
	refused("<fingerprints>\nwords</fingerprints>", 2, "text is not expected");
	refused(ONE("(", ""), 3, "cannot compile the pattern");
	refused(ONE("a", "<description>two</description>\n"), 3, "needs one <description>");
	refused(ONE("a\" flags=\"REG_ICASE,REG_FAST", ""), 3, "unknown flag");
	refused(ONE("a\" certainty=\"high", ""), 3, "not a number from 0 to 1");
	refused(ONE("a", "<param pos=\"1\" name=\"x\"/>\n"), 5, "not a group of the pattern");
	refused(ONE("a", "<param pos=\"0\" name=\"x\"/>\n"), 5, "needs a value");
	refused(ONE("a", "<param pos=\"-1\" name=\"x\" value=\"\"/>\n"), 5, "not a group");
	refused(ONE("a", "<param pos=\"0\" name=\"x y\" value=\"\"/>\n"), 5, "needs a name");
	refused(ONE("a", "<param pos=\"0\" value=\"\"/>\n"), 5, "needs a name");
	refused(ONE("a", "<example _encoding=\"rot13\">a</example>\n"), 5, "is not known");
	refused(ONE("a", "<example _encoding=\"base64\">*</example>\n"), 5, "not base64");
	refused(ONE("a", "<example _filename=\"../x\"/>\n"), 5, "leaves the folder");
	refused(ONE("a", "<example _filename=\"/etc/passwd\"/>\n"), 5, "leaves the folder");
	refused(ONE("a", "<example _filename=\"none\"/>\n"), 5, "none");
	refused("<fingerprints><fingerprint><description/></fingerprint></fingerprints>", 1,
		"needs a pattern");
}

static void too_many(void **state)
{
	struct str text = STR_INIT(65536);

	(void)state;
	str_adds(
		&text, "<fingerprints><fingerprint pattern=\"a\"><description>d</description>");
	for (int i = 0; i < FINGERPRINT_PARAMETERS_MAX; i++)
		str_addf(&text, "<param pos=\"0\" name=\"n%d\" value=\"v\"/>", i);
	str_adds(&text, "</fingerprint></fingerprints>");
	refused(text.data, 1, "more than");
	str_done(&text);
}

static void honest(void **state)
{
	static const char text[] = FILE_HEAD
		"<fingerprints protocol=\"SSH\" preference=\".9\">\n"
		"<!-- a comment -->\n"
		"<fingerprint pattern=\"^A (\\S+)$\" flags=\"REG_ICASE|REG_DOT_NEWLINE\">\n"
		"<description>  two\n words </description>\n"
		"<example x=\"1\" _note=\"n\">a 1</example>\n"
		"<example _encoding=\"base64\">\n YSAA\n/w==\n</example>\n"
		"<param pos=\"0\" name=\"x\" value=\"first\"/>\n"
		"<param pos=\"1\" name=\"x\"/>\n"
		"</fingerprint>\n</fingerprints>\n";
	_cleanup_(recog_freep) struct recog_file *file = NULL;
	struct error err = {0};
	char path[128];

	(void)state;
	folder_file(&folder, "my_kind.xml", text, path, sizeof(path));
	assert_int_equal(recog_load(path, &file, &err), 0);
	assert_string_equal(file->kind, "my_kind");
	assert_string_equal(file->protocol, "ssh");
	assert_true(file->preference > 0.89 && file->preference < 0.91);
	assert_int_equal(file->n, 1);
	assert_int_equal(file->fingerprints[0].line, 4);
	assert_string_equal(file->fingerprints[0].description, "two words");
	assert_true(file->fingerprints[0].certainty == RECOG_CERTAINTY);
	assert_int_equal(file->fingerprints[0].n_params, 1); /* the last of a name wins */
	assert_int_equal(file->fingerprints[0].params[0].position, 1);
	assert_int_equal(file->fingerprints[0].n_examples, 2);
	assert_int_equal(file->fingerprints[0].examples[0].n_expected, 1);
	assert_int_equal(file->fingerprints[0].examples[1].size, 4);
	assert_memory_equal(file->fingerprints[0].examples[1].bytes, "a \0\xff", 4);
}

static void examples_in_files(void **state)
{
	_cleanup_(recog_freep) struct recog_file *file = NULL;
	struct error err = {0};
	struct folder inner;
	char path[128], example[160];

	(void)state;
	snprintf(inner.path, sizeof(inner.path), "%.50s/kind", folder.path);
	assert_int_equal(file_make_directory(inner.path, &err), 0);
	folder_file(&inner, "sample.bin", "bytes", example, sizeof(example));
	folder_file(&folder, "kind.xml", ONE("b", "<example _filename=\"sample.bin\"/>\n"),
		path, sizeof(path));
	assert_int_equal(recog_load(path, &file, &err), 0);
	assert_memory_equal(file->fingerprints[0].examples[0].bytes, "bytes", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(faults, make, clear),
		cmocka_unit_test_setup_teardown(too_many, make, clear),
		cmocka_unit_test_setup_teardown(honest, make, clear),
		cmocka_unit_test_setup_teardown(examples_in_files, make, clear)};

	return RUN(tests);
}
