/* SPDX-License-Identifier: Apache-2.0 */
/* Examples are judged: a wrong one is found, for each way of being wrong; ours all pass. */
#include "tests/unit/scanner/fingerprint/folder.h"

#include "common/str.h"
#include "scanner/fingerprint/recog.h"

static char last[1024];
static int last_line;

static void remember(void *context, const char *file, int line, const char *why)
{
	(void)context;
	(void)file;
	last_line = line;
	snprintf(last, sizeof(last), "%s", why);
}

static void judged(
	const char *text, uint64_t passed, uint64_t failed, int line, const char *why)
{
	struct fingerprint_verdict verdict;
	struct error err = {0};
	struct folder folder;
	char path[128];

	last[0] = '\0';
	last_line = 0;
	folder_make(&folder);
	folder_file(&folder, "t.xml", text, path, sizeof(path));
	assert_int_equal(fingerprints_verify(path, &verdict, remember, NULL, &err), 0);
	folder_remove(folder.path);
	assert_int_equal(verdict.passed, passed);
	assert_int_equal(verdict.failed, failed);
	assert_int_equal(verdict.examples, passed + failed);
	assert_int_equal(last_line, line);
	if (!strstr(last, why))
		fail_msg("\"%s\" does not say \"%s\"", last, why);
}

static void verdicts(void **state)
{
	(void)state;
	judged(ONE("^a(\\d)", "<example v=\"1\">a1</example><param pos=\"1\" name=\"v\"/>"), 1,
		0, 0, "");
	judged(ONE("^a", "<example>b</example>"), 0, 1, 5, "does not match");
	judged(ONE("^a(\\d)", "<example v=\"2\">a1</example><param pos=\"1\" name=\"v\"/>"), 0,
		1, 5, "v is \"1\", not \"2\"");
	judged(ONE("^a", "<example v=\"2\">a1</example>"), 0, 1, 5, "v is absent");
	judged(ONE("^a(b)?", "<example>a</example><param pos=\"1\" name=\"m\"/>"
			     "<param pos=\"0\" name=\"p\" value=\"{m}\"/>"),
		0, 1, 5, "p cannot be filled in");
	judged("<fingerprints>\n<fingerprint pattern=\"a\"><description>1</description>"
		"</fingerprint>\n<fingerprint pattern=\"ab\"><description>2</description>"
		"<example>ab</example></fingerprint></fingerprints>", 0, 1, 3,
		"line 2 matches the example first");
}

static void remarked(const char *text, uint64_t remarks, const char *why)
{
	struct fingerprint_verdict verdict;
	struct error err = {0};
	struct folder folder;
	char path[128];

	last[0] = '\0';
	folder_make(&folder);
	folder_file(&folder, "t.xml", text, path, sizeof(path));
	assert_int_equal(fingerprints_verify(path, &verdict, remember, NULL, &err), 0);
	folder_remove(folder.path);
	assert_int_equal(verdict.failed, 0);
	assert_int_equal(verdict.remarks, remarks);
	if (!strstr(last, why))
		fail_msg("\"%s\" does not say \"%s\"", last, why);
}

/* What is valid, and seldom meant. */
static void remarks(void **state)
{
	struct str many = STR_INIT(4096);

	(void)state;
	remarked(ONE("^a", "<example>a</example>"), 0, "");
	remarked(ONE("^a", ""), 1, "no example");
	remarked(
		ONE("^a(b)?", "<example>a</example>"), 1, "group 1 of the pattern is not used");
	remarked(ONE("^a", "<example>a</example><param pos=\"0\" name=\"v\" value=\"1\"/>"
		"<param pos=\"0\" name=\"v\" value=\"2\"/>"), 1, "stands twice");
	remarked(ONE("^(a)", "<example>a</example><param pos=\"1\" name=\"v\" value=\"1\"/>"),
		1, "a group and a value");
	remarked(ONE("^a", "<example>a</example><param pos=\"0\" name=\"os.device\" "
			   "value=\"PLC\"/>"
			   "<param pos=\"0\" name=\"hw.device\" value=\"RTU\"/>"),
		1, "os.device is not hw.device");
	remarked("<fingerprints>\n<fingerprint pattern=\"a\"><description>1</description>"
		"<example>a</example></fingerprint>\n<fingerprint pattern=\"b\"><description>1"
		"</description><example>b</example></fingerprint></fingerprints>", 1,
		"line 2 has the same description");
	for (int i = 0; i <= FINGERPRINT_EXAMPLES_MAX; i++)
		str_adds(&many, "<example>a</example>");
	for (int i = 0; i < 2; i++) {
		struct str text = STR_INIT(8192);

		str_addf(&text,
			"<fingerprints>\n<fingerprint "
			"pattern=\"^a\"><description>d</description>"
			"%s</fingerprint></fingerprints>",
			many.data + i * strlen("<example>a</example>"));
		remarked(text.data, i == 0, i == 0 ? "more than 20 examples" : "");
		str_done(&text);
	}
	str_done(&many);
}

static void our_own(void **state)
{
	struct fingerprint_verdict verdict;
	struct error err = {0};

	(void)state;
	if (fingerprints_verify(FINGERPRINTS, &verdict, remember, NULL, &err) < 0)
		fail_msg("%s", err.text);
	if (verdict.failed || verdict.remarks)
		fail_msg("line %d: %s", last_line, last);
	assert_true(
		verdict.passed == verdict.examples && verdict.examples >= verdict.fingerprints);
}

/* Every one of our fingerprints has an example, and a name or a role to give. */
static void our_own_have_examples(void **state)
{
	struct error err = {0};
	char **paths = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(recog_paths(FINGERPRINTS, &paths, &n, &err), 0);
	for (size_t i = 0; i < n; i++) {
		struct recog_file *file = NULL;

		assert_int_equal(recog_load(paths[i], &file, &err), 0);
		for (size_t k = 0; k < file->n; k++)
			if (!file->fingerprints[k].n_examples ||
				!file->fingerprints[k].n_params)
				fail_msg("%s:%d", file->path, file->fingerprints[k].line);
		recog_free(file);
	}
	recog_paths_free(paths, n);
}

static void malformed(void **state)
{
	struct fingerprint_verdict verdict;
	struct error err = {0};

	(void)state;
	assert_int_equal(fingerprints_verify("/nonexistent.xml", &verdict, NULL, NULL, &err),
		ERROR_INPUT);
	assert_int_equal(verdict.examples, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts),
		cmocka_unit_test(remarks), cmocka_unit_test(our_own),
		cmocka_unit_test(our_own_have_examples), cmocka_unit_test(malformed)};

	return RUN(tests);
}
