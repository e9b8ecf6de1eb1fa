/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's door: loading a directory, kinds, the first match, limits, clean values. */
#include "tests/unit/scanner/fingerprint/folder.h"

#include "common/text.h"
#include "scanner/fingerprint/fingerprint.h"

#define NAMED(kind, pattern, name)                                                             \
	"<fingerprints matches=\"" kind "\"><fingerprint pattern=\"" pattern                   \
	"\"><description>" name                                                                \
	"</description><param pos=\"1\" name=\"x\"/></fingerprint></fingerprints>"

static struct folder folder;
static struct fingerprint_match match;

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

static void put(const char *name, const char *text)
{
	char path[128];

	folder_file(&folder, name, text, path, sizeof(path));
}

static struct fingerprints *load(void)
{
	struct fingerprints *fingerprints = NULL;
	struct error err = {0};

	if (fingerprints_load(folder.path, &fingerprints, &err) < 0)
		fail_msg("%s", err.text);
	return fingerprints;
}

static enum fingerprint_outcome find(const struct fingerprints *fingerprints, const char *kind,
	const char *text)
{
	return fingerprints_match(
		fingerprints, kind, (const uint8_t *)text, strlen(text), &match);
}

static void kinds_and_order(void **state)
{
	_cleanup_(fingerprints_freep) struct fingerprints *fingerprints = NULL;

	(void)state;
	put("b.xml", NAMED("k", "(a)", "of b"));
	put("a.xml", NAMED("k", "(aa)", "of a"));
	put("c.xml", NAMED("j", "(c)", "of c"));
	put("ignored.txt", "not XML");
	fingerprints = load();
	assert_int_equal(fingerprints_count(fingerprints), 3);
	assert_string_equal(fingerprints_kind(fingerprints, 0), "j");
	assert_string_equal(fingerprints_kind(fingerprints, 1), "k");
	assert_null(fingerprints_kind(fingerprints, 2));
	assert_int_equal(find(fingerprints, "k", "aa"), FINGERPRINT_HIT);
	assert_string_equal(match.description, "of a");
	assert_string_equal(match.file, "a.xml");
	assert_int_equal(match.line, 1);
	assert_true(match.certainty == 0.85);
	assert_int_equal(find(fingerprints, "k", "a"), FINGERPRINT_HIT);
	assert_string_equal(match.description, "of b");
	assert_int_equal(find(fingerprints, "k", "zz"), FINGERPRINT_MISS);
	assert_int_equal(match.n_parameters, 0);
	assert_int_equal(find(fingerprints, "nothing", "aa"), FINGERPRINT_MISS);
	assert_int_equal(find(fingerprints, "k", ""), FINGERPRINT_MISS);
}

static void values_are_clean(void **state)
{
	_cleanup_(fingerprints_freep) struct fingerprints *fingerprints = NULL;
	static const char hostile[] = "a\x1b[2J<script>\xff\xe2\x80\xae";

	(void)state;
	put("a.xml", NAMED("k", "(a.*)", "d"));
	fingerprints = load();
	assert_int_equal(find(fingerprints, "k", hostile), FINGERPRINT_HIT);
	assert_int_equal(match.n_parameters, 1);
	assert_true(
		text_is_clean(match.parameters[0].value, strlen(match.parameters[0].value)));
	assert_non_null(strstr(match.parameters[0].value, "\\x1b"));
}

static void a_limit_is_no_miss(void **state)
{
	_cleanup_(fingerprints_freep) struct fingerprints *fingerprints = NULL;
	char text[3001];

	(void)state;
	put("a.xml", NAMED("k", "^(a+)+$", "slow"));
	fingerprints = load();
	memset(text, 'a', sizeof(text) - 2);
	text[sizeof(text) - 2] = '!';
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(find(fingerprints, "k", text), FINGERPRINT_LIMIT);
	assert_string_equal(match.description, "slow");
	assert_int_equal(match.n_parameters, 0);
}

static void input_is_capped(void **state)
{
	static const struct {
		const char *kind;
		size_t max;
	} rows[] = {{"k", FINGERPRINT_TEXT_MAX}, {"ntp.readvar", FINGERPRINT_INPUT_MAX}};
	_cleanup_(fingerprints_freep) struct fingerprints *fingerprints = NULL;

	(void)state;
	put("a.xml", NAMED("k", "(end)$", "d"));
	put("b.xml", NAMED("ntp.readvar", "(end)$", "d"));
	fingerprints = load();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[FINGERPRINT_INPUT_MAX + 3];

		memset(text, 'x', sizeof(text) - 1);
		text[rows[i].max + 2] = '\0';
		memcpy(text + rows[i].max - 3, "end", 3);
		assert_int_equal(find(fingerprints, rows[i].kind, text), FINGERPRINT_HIT);
		memcpy(text + rows[i].max - 3, "xen", 3);
		memcpy(text + rows[i].max, "d", 1);
		assert_int_equal(find(fingerprints, rows[i].kind, text), FINGERPRINT_MISS);
	}
}

static void nothing_is_half_loaded(void **state)
{
	struct fingerprints *fingerprints = NULL;
	struct error err = {0};

	(void)state;
	put("a.xml", NAMED("k", "(a)", "d"));
	put("b.xml", "<fingerprints>\n<fingerprint>");
	assert_int_equal(fingerprints_load(folder.path, &fingerprints, &err), ERROR_INPUT);
	assert_null(fingerprints);
	assert_non_null(strstr(err.text, "/b.xml:2:"));
}

static void no_directory(void **state)
{
	struct fingerprints *fingerprints = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(fingerprints_load("/nonexistent", &fingerprints, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "/nonexistent"));
	assert_int_equal(fingerprints_load(folder.path, &fingerprints, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "no *.xml file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kinds_and_order, make, clear),
		cmocka_unit_test_setup_teardown(values_are_clean, make, clear),
		cmocka_unit_test_setup_teardown(a_limit_is_no_miss, make, clear),
		cmocka_unit_test_setup_teardown(input_is_capped, make, clear),
		cmocka_unit_test_setup_teardown(nothing_is_half_loaded, make, clear),
		cmocka_unit_test_setup_teardown(no_directory, make, clear)};

	return RUN(tests);
}
