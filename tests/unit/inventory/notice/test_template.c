/* SPDX-License-Identifier: Apache-2.0 */
/* Letters as data: reading, filling in, what is wrong with a bad one, and that the shipped ones
 * are whole. */
#include "tests/unit/unit.h"

#include "inventory/notice/embedded.h"
#include "inventory/notice/template.h"

#include <stdio.h>

#define HEAD                                                                                   \
	"# a comment\nkind: report\nbasis: Art. 10\nsend-within-days: 5\n"                     \
	"ack-within-days: 30\nto-zh: 部\nto-en: Ministry\n"
#define LETTERS "[zh]\n通报\n\n{to}：\n?编号 {entry}\n[en]\nReport on {system}\n\nTo {to}\n"       \
		"?Number {entry}, {system}\nend\n"

static struct notice_template *read_good(const char *text)
{
	struct notice_template *t = NULL;
	struct error err = {0};

	if (notice_template_parse("case.txt", text, strlen(text), &t, &err) < 0)
		fail_msg("%s", err.text);
	return t;
}

static void is_bad(const char *text, const char *said)
{
	struct notice_template *t = NULL;
	struct error err = {0};

	assert_int_equal(notice_template_parse("case.txt", text, strlen(text), &t, &err),
		ERROR_INPUT);
	assert_null(t);
	if (!strstr(err.text, said) || !strstr(err.text, "case.txt:"))
		fail_msg("\"%s\" does not say \"%s\"", err.text, said);
}

static void head_and_letters(void **state)
{
	_cleanup_(notice_template_freep) struct notice_template *t = read_good(HEAD LETTERS);

	(void)state;
	assert_string_equal(t->kind, "report");
	assert_string_equal(t->basis, "Art. 10");
	assert_int_equal(t->send_within_days, 5);
	assert_int_equal(t->ack_within_days, 30);
	assert_string_equal(t->to[NOTICE_EN], "Ministry");
	assert_string_equal(t->letter[NOTICE_ZH], "通报\n\n{to}：\n?编号 {entry}");
}

static void filled(const struct notice_template *t, enum notice_language language,
	const char *entry, const char *subject, const char *text)
{
	_cleanup_(str_done) struct str s = STR_INIT(NOTICE_TEXT_MAX),
				       x = STR_INIT(NOTICE_TEXT_MAX);
	const struct notice_field fields[] = {
		{"to", "Grid {entry}"}, {"entry", entry}, {"system", "S"}};
	struct error err = {0};

	if (notice_template_render(t, language, fields, 3, &s, &x, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(s.data, subject);
	assert_string_equal(x.data, text);
	str_done(&x);
}

/* A value is not looked at again; a line of which a field is empty is left out if it may be. */
static void filling_in(void **state)
{
	_cleanup_(notice_template_freep) struct notice_template *t = read_good(HEAD LETTERS);

	(void)state;
	filled(t, NOTICE_EN, "7", "Report on S", "To Grid {entry}\nNumber 7, S\nend\n");
	filled(t, NOTICE_EN, "", "Report on S", "To Grid {entry}\nend\n");
	filled(t, NOTICE_EN, NULL, "Report on S", "To Grid {entry}\nend\n");
	filled(t, NOTICE_ZH, "7", "通报", "Grid {entry}：\n编号 7\n");
}

static void what_is_wrong(void **state)
{
	(void)state;
	is_bad("", "lacks");
	is_bad(HEAD, "begins with its subject");
	is_bad(HEAD "[zh]\nx\n", "begins with its subject");
	is_bad(HEAD "[zh]\n\nx\n[en]\nx\n", "begins with its subject");
	is_bad(HEAD "[zh]\nx\n[en]\n", "begins with its subject");
	is_bad(HEAD "[zh]\nx\n[en]\ny\n[zh]\nz\n", "case.txt:12: the same language twice");
	is_bad("kind: k\nwords\n", "case.txt:2: neither");
	is_bad("colour: red\n", "case.txt:1: there are kind");
	is_bad("send-within-days: 0\n", "1 to 3660");
	is_bad("ack-within-days: 3661\n", "1 to 3660");
	is_bad("ack-within-days: 5x\n", "1 to 3660");
	is_bad("kind: k\n[zh]\nx\n[en]\ny\n", "lacks");
}

static void fields_that_are_not_there_and_letters_too_long(void **state)
{
	_cleanup_(notice_template_freep) struct notice_template *t = read_good(HEAD LETTERS);
	_cleanup_(str_done) struct str s = STR_INIT(NOTICE_TEXT_MAX),
				       x = STR_INIT(NOTICE_TEXT_MAX);
	struct notice_field fields[] = {{"to", "G"}, {"system", "S"}, {"entry", "1"}};
	char *large = calloc(1, NOTICE_TEXT_MAX + 2);
	struct error err = {0};

	(void)state;
	assert_int_equal(
		notice_template_render(t, NOTICE_ZH, fields, 2, &s, &x, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "there is no field {entry}"));
	assert_non_null(large);
	memset(large, 'x', NOTICE_TEXT_MAX + 1);
	fields[2].value = large;
	assert_int_equal(
		notice_template_render(t, NOTICE_ZH, fields, 3, &s, &x, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "longer than 65536 bytes"));
	free(large);
	str_done(&x);
}

/* An unended brace, a brace alone, CRs and NULs are text; nothing is read past the end. */
static void odd_bytes(void **state)
{
	static const char text[] = HEAD "[zh]\n{\n}{to\r\n[en]\n{}?\n{to";
	_cleanup_(notice_template_freep) struct notice_template *t = read_good(text);
	struct notice_template *cut = NULL;
	struct str s = STR_INIT(100), x = STR_INIT(100);
	struct notice_field field = {"to", "G"};

	(void)state;
	assert_int_equal(notice_template_render(t, NOTICE_ZH, &field, 1, &s, &x, NULL), 0);
	assert_string_equal(s.data, "{");
	assert_string_equal(x.data, "}{to\r\n");
	str_reset(&x);
	str_reset(&s);
	assert_int_equal(
		notice_template_render(t, NOTICE_EN, &field, 1, &s, &x, NULL), ERROR_INPUT);
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		if (notice_template_parse("c", text, n, &cut, NULL) == 0)
			notice_template_free(cut);
		cut = NULL;
	}
	str_done(&s);
	str_done(&x);
}

/* Every shipped letter can be filled in with what a decision gives, in both languages. */
static void the_shipped_ones(void **state)
{
	static const char *const names[] = {"to", "from", "system", "system_id", "operator",
		"entry", "decision", "decided", "official", "reason_zh", "reason_en", "words",
		"pack", "version", "pack_authority", "proposal", "outcome_zh", "outcome_en",
		"boundary"};
	struct notice_field fields[19];

	(void)state;
	for (size_t i = 0; i < 19; i++)
		fields[i] = (struct notice_field){names[i], "value"};
	assert_true(notice_embedded_n >= 6);
	for (size_t i = 0; i < notice_embedded_n; i++)
		for (int language = 0; language < NOTICE_LANGUAGE_N; language++) {
			_cleanup_(notice_template_freep) struct notice_template *t = NULL;
			_cleanup_(str_done) struct str s = STR_INIT(NOTICE_TEXT_MAX);
			_cleanup_(str_done) struct str x = STR_INIT(NOTICE_TEXT_MAX);
			struct error err = {0};
			char name[64];

			if (strncmp(notice_embedded_files[i].name, "identification-", 15) !=
					0 &&
				strncmp(notice_embedded_files[i].name, "report-", 7) != 0)
				continue;
			snprintf(name, sizeof(name), "%s", notice_embedded_files[i].name);
			*strrchr(name, '.') = '\0';
			if (notice_template_load(name, &t, &err) < 0 ||
				notice_template_render(t, (enum notice_language)language,
					fields, 19, &s, &x, &err) < 0)
				fail_msg("%s", err.text);
			assert_null(strchr(x.data, '{'));
			assert_non_null(strstr(x.data, "value"));
		}
}

static void an_unknown_one(void **state)
{
	struct notice_template *t = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(notice_template_load("ghost", &t, &err), ERROR_INTERNAL);
	assert_non_null(strstr(err.text, "\"ghost\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_and_letters),
		cmocka_unit_test(filling_in),
		cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(fields_that_are_not_there_and_letters_too_long),
		cmocka_unit_test(odd_bytes),
		cmocka_unit_test(the_shipped_ones),
		cmocka_unit_test(an_unknown_one),
	};

	return RUN(tests);
}
