/* SPDX-License-Identifier: Apache-2.0 */
/* Ruby's dialect, bytes and UTF-8, groups, and the bounds of steps. */
#include "tests/unit/unit.h"

#include "common/str.h"
#include "scanner/fingerprint/pattern.h"

static struct pattern *make(const char *text, bool ignore_case, bool dot_all)
{
	char why[256] = "";
	struct pattern *pattern = pattern_new(text, ignore_case, dot_all, why, sizeof(why));

	if (!pattern)
		fail_msg("%s: %s", text, why);
	return pattern;
}

static enum pattern_verdict search(const char *text, bool ignore_case, bool dot_all,
	const void *bytes, size_t size)
{
	_cleanup_(pattern_freep) struct pattern *pattern = make(text, ignore_case, dot_all);
	struct subject subject;
	enum pattern_verdict verdict;

	assert_true(subject_init(&subject, bytes, size));
	verdict = pattern_search(pattern, &subject);
	subject_done(&subject);
	return verdict;
}

static bool hits(const char *text, const char *subject)
{
	return search(text, false, false, subject, strlen(subject)) == PATTERN_HIT;
}

static void anchors_are_of_lines(void **state)
{
	(void)state;
	assert_true(hits("^b$", "a\nb\nc"));
	assert_true(hits("^a$", "a\n"));
	assert_false(hits("^b$", "ab"));
	assert_false(hits("\\Ab", "a\nb"));
}

static void dot_and_newline(void **state)
{
	(void)state;
	assert_false(hits("a.b", "a\nb"));
	assert_true(search("a.b", false, true, "a\nb", 3) == PATTERN_HIT);
	assert_true(hits("(?m)a.b", "a\nb"));
	assert_true(hits("(?im:A.B)", "a\nb"));
	assert_false(hits("(?i:A.B)", "a\nb"));
	assert_true(hits("\\(?m\\)", "(m)"));       /* an escape is no option group */
	assert_true(hits("[(?m)]", "m"));           /* nor is a class */
	assert_true(search("ABC", true, false, "abc", 3) == PATTERN_HIT);
}

static void bytes_and_utf8(void **state)
{
	(void)state;
	assert_true(
		search("^.$", false, false, "\xc3\xa9", 2) == PATTERN_HIT); /* one character */
	assert_true(search("^.$", false, false, "\xff", 1) == PATTERN_HIT);     /* one byte */
	assert_true(search("^..$", false, false, "\xc3\xff", 2) == PATTERN_HIT);
	assert_true(search("^...$", false, false, "\xed\xa0\x80", 3) ==
		    PATTERN_HIT); /* surrogate */
	assert_true(search("\xe4\xb8\xad", false, false, "\xe4\xb8\xad", 3) == PATTERN_HIT);
	assert_true(search("^a\\x00b$", false, false, "a\0b", 3) == PATTERN_HIT);
}

static void groups(void **state)
{
	_cleanup_(pattern_freep) struct pattern *pattern = make("(a)(b)?(c*)", false, false);
	struct subject subject;
	size_t size;

	(void)state;
	assert_int_equal(pattern_groups(pattern), 3);
	assert_true(subject_init(&subject, (const uint8_t *)"xa", 2));
	assert_int_equal(pattern_search(pattern, &subject), PATTERN_HIT);
	assert_memory_equal(subject_group(&subject, 1, &size), "a", 1);
	assert_null(subject_group(&subject, 2, &size));
	assert_non_null(subject_group(&subject, 3, &size));
	assert_int_equal(size, 0);
	assert_null(subject_group(&subject, PATTERN_GROUPS_MAX, &size));
	subject_done(&subject);
}

static void steps_are_bounded(void **state)
{
	struct str text = STR_INIT(8192);

	(void)state;
	for (int i = 0; i < 4000; i++)
		str_addc(&text, 'a');
	assert_int_equal(search("^(a+)+$", false, false, text.data, text.len), PATTERN_HIT);
	str_addc(&text, '!');
	assert_int_equal(search("^(a+)+$", false, false, text.data, text.len), PATTERN_LIMIT);
	/* This one would be exponential as it stands; the loader makes it linear. */
	assert_int_equal(search("^x(.+)*y$", false, false, text.data, text.len), PATTERN_MISS);
	str_done(&text);
}

static void refused(void **state)
{
	_cleanup_(str_done) struct str many = STR_INIT(4096);
	_cleanup_(str_done) struct str large = STR_INIT(PATTERN_TEXT_MAX * 2);
	char why[256];

	(void)state;
	assert_null(pattern_new("(a", false, false, why, sizeof(why)));
	assert_non_null(strstr(why, "at byte"));
	assert_null(pattern_new("a\\Cb", false, false, why, sizeof(why)));
	assert_null(pattern_new("(*UTF)a", false, false, why, sizeof(why)));
	for (int i = 0; i < PATTERN_GROUPS_MAX; i++)
		str_adds(&many, "(a)");
	assert_null(pattern_new(many.data, false, false, why, sizeof(why)));
	assert_non_null(strstr(why, "groups"));
	while (large.len <= PATTERN_TEXT_MAX)
		str_addc(&large, 'a');
	assert_null(pattern_new(large.data, false, false, why, sizeof(why)));
	assert_non_null(strstr(why, "bytes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(anchors_are_of_lines),
		cmocka_unit_test(dot_and_newline), cmocka_unit_test(bytes_and_utf8),
		cmocka_unit_test(groups), cmocka_unit_test(steps_are_bounded),
		cmocka_unit_test(refused)};

	return RUN(tests);
}
