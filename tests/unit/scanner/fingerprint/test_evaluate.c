/* SPDX-License-Identifier: Apache-2.0 */
/* From a hit to its parameters: captures, filling in, CPE without version, what is dropped. */
#include "tests/unit/scanner/fingerprint/folder.h"

#include "scanner/fingerprint/recog.h"

static struct recog_result result;
static char unfilled[64];

/* Loads one fingerprint, matches the input, evaluates. */
static void evaluate(const char *text, const char *input)
{
	_cleanup_(recog_freep) struct recog_file *file = NULL;
	struct subject subject;
	struct error err = {0};
	struct folder folder;
	char path[128];

	folder_make(&folder);
	folder_file(&folder, "t.xml", text, path, sizeof(path));
	assert_int_equal(recog_load(path, &file, &err), 0);
	assert_true(subject_init(&subject, (const uint8_t *)input, strlen(input)));
	assert_int_equal(pattern_search(file->fingerprints[0].pattern, &subject), PATTERN_HIT);
	recog_evaluate(file, &file->fingerprints[0], &subject, &result);
	snprintf(unfilled, sizeof(unfilled), "%s", result.unfilled ? result.unfilled : "");
	/* Copies, because names and values live in file and subject. */
	for (size_t i = 0; i < result.n; i++) {
		result.values[i].name = strdup(result.values[i].name);
		result.values[i].bytes = strndup(result.values[i].bytes, result.values[i].size);
	}
	subject_done(&subject);
	folder_remove(folder.path);
}

static void forget(void)
{
	for (size_t i = 0; i < result.n; i++) {
		free((char *)result.values[i].name);
		free((char *)result.values[i].bytes);
	}
}

static const char *value(const char *name)
{
	for (size_t i = 0; i < result.n; i++)
		if (strcmp(result.values[i].name, name) == 0)
			return result.values[i].bytes;
	return NULL;
}

static void fills_in(void **state)
{
	(void)state;
	evaluate(ONE("^(\\w+)-(\\d+)(x)?$",
			 "<param pos=\"1\" name=\"_tmp.word\"/><param pos=\"2\" "
			 "name=\"service.version\"/><param pos=\"3\" name=\"absent\"/>"
			 "<param pos=\"0\" name=\"service.product\" value=\"{_tmp.word} of "
			 "{_tmp.word}\"/><param pos=\"0\" name=\"service.cpe23\" "
			 "value=\"cpe:/a:x:y:{service.version}\"/>"
			 "<param pos=\"0\" name=\"plain\" value=\"{ not a name } {}\"/>"),
		"ab-12");
	assert_string_equal(value("service.product"), "ab of ab");
	assert_string_equal(value("service.cpe23"), "cpe:/a:x:y:12");
	assert_string_equal(value("plain"), "{ not a name } {}");
	assert_string_equal(value("service.protocol"), "test");
	assert_null(value("_tmp.word"));
	assert_null(value("absent"));
	assert_string_equal(unfilled, "");
	forget();
}

static void cpe_without_version(void **state)
{
	(void)state;
	evaluate(ONE("^a(\\d)?", "<param pos=\"1\" name=\"os.version\"/>"
		"<param pos=\"0\" name=\"os.cpe23\" value=\"cpe:/o:x:y:{os.version}\"/>"), "a");
	assert_string_equal(value("os.cpe23"), "cpe:/o:x:y:-");
	assert_null(value("os.version"));
	forget();
}

static void what_cannot_be_filled_in(void **state)
{
	(void)state;
	evaluate(ONE("^a(\\d)?", "<param pos=\"1\" name=\"model\"/>"
		"<param pos=\"0\" name=\"hw.product\" value=\"X {model}\"/>"), "a");
	assert_string_equal(unfilled, "hw.product");
	assert_null(value("hw.product"));
	forget();
}

static void own_protocol_stays(void **state)
{
	(void)state;
	evaluate(
		ONE("^a", "<param pos=\"0\" name=\"service.protocol\" value=\"Other\"/>"), "a");
	assert_string_equal(value("service.protocol"), "Other");
	forget();
}

/* More than the room for filling in: the value is dropped, nothing is overrun. */
static void bounded(void **state)
{
	struct str text = STR_INIT(RECOG_SCRATCH_MAX + 4096);

	(void)state;
	for (int i = 0; i < 3000; i++)
		str_addc(&text, 'z');
	evaluate(ONE("^(z+)$",
			 "<param pos=\"1\" name=\"z\"/>"
			 "<param pos=\"0\" name=\"many\" value=\"{z}{z}{z}{z}{z}{z}{z}{z}\"/>"),
		text.data);
	assert_null(value("many"));
	assert_string_equal(value("z"), text.data);
	forget();
	str_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fills_in),
		cmocka_unit_test(cpe_without_version),
		cmocka_unit_test(what_cannot_be_filled_in),
		cmocka_unit_test(own_protocol_stays), cmocka_unit_test(bounded)};

	return RUN(tests);
}
