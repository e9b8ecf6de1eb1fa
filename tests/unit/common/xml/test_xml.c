/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile XML is refused with file and line before anything is expanded or opened. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "common/str.h"
#include "common/xml/xml.h"

static const struct xml_kind letter = {"letter", 1024 * 1024, 32 * 1024};

static void refused(const char *text, size_t size, const char *reason)
{
	struct error err = {0};
	xmlDoc *doc = NULL;

	assert_int_equal(xml_parse(&letter, "f.xml", text, size, &doc, &err), ERROR_INPUT);
	assert_null(doc);
	if (!strstr(err.text, reason))
		fail_msg("\"%s\" does not say \"%s\"", err.text, reason);
}

static void refused_text(const char *text, const char *reason)
{
	refused(text, strlen(text), reason);
}

static void declarations(void **state)
{
	(void)state;
	refused_text("<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'c'>]>\n<a>&b;</a>",
		"f.xml:2: the letter has a document type declaration");
	refused_text("<a>\n\n<!ENTITY x SYSTEM 'file:///etc/passwd'></a>", "f.xml:3:");
	refused_text("<!DOCTYPE a SYSTEM 'http://198.18.0.1/a.dtd'><a/>", "f.xml:1:");
	refused_text("<a>&undefined;</a>", "not well-formed");
	refused_text("<!--\n-->\n<!DOCTYPE a><a/>", "f.xml:3:");
}

static void encodings(void **state)
{
	(void)state;
	refused_text("<?xml version='1.0' encoding='UTF-16'?><a/>", "not encoded in UTF-8");
	refused_text("<?xml version='1.0' encoding=\"IBM037\"?><a/>", "not encoded in UTF-8");
	refused("<a>\0</a>", 8, "not encoded in UTF-8");
	refused_text("<a>\xff</a>", "f.xml:1: the letter is not well-formed");
}

static void sizes(void **state)
{
	struct str text = STR_INIT(letter.max_bytes + 1024);

	(void)state;
	str_adds(&text, "<a b='");
	while (text.len < letter.tag_max + 16)
		str_addc(&text, 'x');
	str_adds(&text, "'/>");
	refused_text(text.data, "a tag of more than");
	str_reset(&text);
	str_adds(&text, "<a>");
	while (text.len <= letter.max_bytes)
		str_addc(&text, '\n');
	refused_text(text.data, "more than");
	str_reset(&text);
	for (int i = 0; i < 5000; i++)
		str_adds(&text, "<a>");
	refused_text(text.data, "not well-formed");
	str_done(&text);
}

static void unfinished(void **state)
{
	static const char *const texts[] = {"", "<", "<a", "<a>", "<a b='", "<!--", "<![CDATA[",
		"<?", "text", "<a></b>", "<a/><a/>"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		refused_text(texts[i], "f.xml:");
}

static void honest(void **state)
{
	static const char text[] = "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<a b=\"x > y\">&lt;&#65;&amp;<![CDATA[<!DOCTYPE]]></a>";
	struct error err = {0};
	xmlDoc *doc = NULL;
	xmlChar *content;

	(void)state;
	assert_int_equal(xml_parse(&letter, "f.xml", text, sizeof(text) - 1, &doc, &err), 0);
	content = xmlNodeGetContent(xmlDocGetRootElement(doc));
	assert_string_equal((const char *)content, "<A&<!DOCTYPE");
	xmlFree(content);
	xmlFreeDoc(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(declarations),
		cmocka_unit_test(encodings), cmocka_unit_test(sizes),
		cmocka_unit_test(unfinished), cmocka_unit_test(honest)};

	return RUN(tests);
}
