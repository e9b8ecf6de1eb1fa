/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading hostile XML. Entity bombs, external entities, external DTDs, huge tags, deep trees,
 * foreign encodings and truncated files are refused with file and line, quickly and without
 * opening anything; honest documents come through whole.
 */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"
#include "inventory/norm/safexml.h"

#include <stdio.h>

#define QUICK_US 500000

static int load(const struct safexml_form *form, const char *name, const char *text, size_t n,
	struct error *err)
{
	_cleanup_(xml_docp) xmlDoc *doc = NULL;

	return safexml_parse(form, name, text, n, &doc, err);
}

static void refused(const char *text, size_t n, const char *reason)
{
	struct error err = {0};
	int64_t start = clock_monotonic_us();

	assert_int_equal(load(&safexml_register, "r.xml", text, n, &err), ERROR_INPUT);
	if (!strstr(err.text, reason))
		fail_msg("\"%s\" does not say \"%s\"", err.text, reason);
	assert_int_equal(strncmp(err.text, "r.xml:", 6), 0);
	assert_true(clock_monotonic_us() - start < QUICK_US);
}

static void refused_file(const char *name, const char *where, const char *reason)
{
	struct str path = STR_INIT(4096), text = STR_INIT(1 << 20);
	struct error err = {0};

	str_addf(&path, "%s/bad/%s", EXAMPLES, name);
	assert_int_equal(file_read(path.data, 1 << 20, &text, &err), 0);
	assert_int_equal(load(strncmp(name, "pack", 4) ? &safexml_register : &safexml_pack,
				 name, text.data, text.len, &err),
		ERROR_INPUT);
	if (!strstr(err.text, where) || !strstr(err.text, reason))
		fail_msg("\"%s\" does not say \"%s\" and \"%s\"", err.text, where, reason);
	assert_null(strstr(err.text, "root:")); /* nothing of the entity's file came in */
	str_done(&path);
	str_done(&text);
}

static void bombs_and_foreign_entities(void **state)
{
	(void)state;
	refused_file("register-entity-bomb.xml", ":2:", "document type declaration");
	refused_file("register-external-entity.xml", ":2:", "document type declaration");
	refused_file("register-external-dtd.xml", ":2:", "document type declaration");
	refused_file("pack-entity-bomb.xml", ":2:", "document type declaration");
	refused_file("register-truncated.xml", ":8:", "not well-formed");
	refused_file("register-missing-attribute.xml", ":8:", "sector");
	refused_file("pack-wrong-unit.xml", ":3:", "unit");
}

static void tricks_around_the_filter(void **state)
{
	static const char utf16[] = "\xff\xfe<\0?\0x\0m\0l\0";
	static const char *const other = "<?xml version='1.0' encoding='UTF-7'?><register/>";
	static const char *const comment =
		"<!-- <!DOCTYPE x> --><!DOCTYPE register []><register/>";
	static const char *const cdata = "<register><![CDATA[ > ]]><!ENTITY a 'b'></register>";
	static const char *const undefined = "<register>&lol;</register>";
	static const char *const lower = "<!doctype register><register/>";

	(void)state;
	refused(utf16, sizeof(utf16) - 1, "not encoded in UTF-8");
	refused(other, strlen(other), "not encoded in UTF-8");
	refused(comment, strlen(comment), "document type declaration");
	refused(cdata, strlen(cdata), "document type declaration");
	refused(lower, strlen(lower), "document type declaration");
	refused(undefined, strlen(undefined), "lol");
	refused("", 0, "not well-formed");
	refused("<a\xff/>", 5, "not well-formed");
	refused("<a/><b/>", 8, "not well-formed");
}

static void sizes_are_bounded(void **state)
{
	size_t n = 4 * 1024 * 1024;
	char *text = malloc(n);
	size_t at = 0;

	(void)state;
	assert_non_null(text);
	at += (size_t)sprintf(text, "<register");
	for (int i = 0; i < 200000; i++) /* takes a parser without this filter a minute */
		at += (size_t)sprintf(text + at, " a%d=''", i);
	at += (size_t)sprintf(text + at, "/>");
	refused(text, at, "a tag of more than 65536 bytes");
	at = (size_t)sprintf(text, "<register x=\"");
	memset(text + at, '>', 70000); /* quoted: still the same tag */
	refused(text, at + 70000, "a tag of more than 65536 bytes");
	at = 0;
	for (int i = 0; i < 5000; i++)
		at += (size_t)sprintf(text + at, "<a>");
	refused(text, at, "not well-formed");
	assert_int_equal(SAFEXML_PACK_MAX < n, 1);
	memset(text, ' ', n);
	{
		struct error err = {0};

		assert_int_equal(load(&safexml_pack, "p.xml", text, SAFEXML_PACK_MAX + 1, &err),
			ERROR_INPUT);
		assert_non_null(strstr(err.text, "more than the 1048576"));
	}
	free(text);
}

static void attributes_come_out_whole(void **state)
{
	static const char *const text = "<d a='1 &gt; 0 &amp; &#60; &#x4e2d; &quot;' b=''>\n"
		"<e/>t<f n='1'/><f n='2'/></d>";
	_cleanup_(xml_docp) xmlDoc *doc = NULL;
	xmlNode *root, *f;

	(void)state;
	assert_int_equal(safexml_parse_own(text, strlen(text), &doc, NULL), 0);
	root = xmlDocGetRootElement(doc);
	assert_string_equal(safexml_attr(root, "a", "?"), "1 > 0 & < \xe4\xb8\xad \"");
	assert_string_equal(safexml_attr(root, "b", "?"), "");
	assert_string_equal(safexml_attr(root, "c", "?"), "?");
	f = safexml_child(root, "f");
	assert_string_equal(safexml_attr(f, "n", ""), "1");
	assert_int_equal(safexml_line(f), 2);
	f = safexml_next(f, "f");
	assert_string_equal(safexml_attr(f, "n", ""), "2");
	assert_null(safexml_next(f, "f"));
	assert_null(safexml_child(f, NULL));
}

static void lines_past_65535_are_right(void **state)
{
	struct str text = STR_INIT(1 << 20);
	struct error err = {0};

	(void)state;
	str_adds(&text, "<register xmlns='urn:cadastre:register:1' realm='r'>");
	for (int i = 0; i < 70000; i++)
		str_addc(&text, '\n');
	str_adds(&text, "<surprise/></register>");
	assert_int_equal(
		load(&safexml_register, "r.xml", text.data, text.len, &err), ERROR_INPUT);
	if (!strstr(err.text, "r.xml:70001:"))
		fail_msg("%s", err.text);
	str_done(&text);
}

static void the_good_examples_validate(void **state)
{
	struct str text = STR_INIT(1 << 20);
	struct error err = {0};

	(void)state;
	assert_int_equal(file_read(EXAMPLES "/good/register-power-utility.xml", 1 << 20, &text,
		&err), 0);
	if (load(&safexml_register, "good", text.data, text.len, &err) != 0)
		fail_msg("%s", err.text);
	str_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bombs_and_foreign_entities),
		cmocka_unit_test(tricks_around_the_filter),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(attributes_come_out_whole),
		cmocka_unit_test(lines_past_65535_are_right),
		cmocka_unit_test(the_good_examples_validate),
	};

	return RUN(tests);
}
