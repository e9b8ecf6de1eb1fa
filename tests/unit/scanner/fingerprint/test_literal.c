/* SPDX-License-Identifier: Apache-2.0 */
/* What patterns require, by hand; and that a filter never passes over what a pattern
 * matches. */
#include "tests/unit/unit.h"

#include "common/str.h"
#include "scanner/fingerprint/pattern.h"
#include "scanner/fingerprint/words.h"

static void words_of(const char *pattern, struct str *out)
{
	struct literals literals;

	pattern_literals(pattern, false, &literals);
	for (size_t i = 0; i < literals.n; i++)
		str_addf(out, "%s%.*s", i ? "|" : "", literals.rows[i].size,
			(const char *)literals.rows[i].bytes);
}

static void what_is_required(void **state)
{
	static const struct {
		const char *pattern, *words;
	} rows[] = {
		{"^OpenSSH_(\\d+)", "openssh_"},
		{"^(?i)Apache", "apache"},
		{"abc|defg|hij", "abc|defg|hij"},
		{"abc|de", ""}, /* "de" is too short, and then any may stand */
		{"abc|.*", ""},
		{"ab(c|d)ef", "abcef|abdef"},
		{"ab[cd]ef", "abcef|abdef"},
		{"ab[^c]efgh", "efgh"},
		{"ab[c-z]efgh", "efgh"},
		{"abc?def", "abcdef|abdef"},
		{"abc*defg", "defg"},
		{"abc+defg", "defg"},
		{"(abc)+x", "abc"},
		{"(abc)*x", ""},
		{"(abc){2}x", "abcabcx"},
		{"(abc){2,}x", "abc"},
		{"(abc){0,2}x", ""},
		{"a{b}cde", "a{b}cde"},
		{"a{,3}bcd", "a{,3}bcd"},
		{"\\.\\(x\\)\\x41\\x{42}", ".(x)ab"},
		{"a\\tbc", "a\tbc"},
		{"foo.bar\\d+barfoo", "barfoo"},
		{"foobar\\s*", "foobar"},
		{"\\bfoo\\b|bar$", "foo|bar"},
		{"[]a]bc", "]bc|abc"},
		{"[a\\-z]bc", "abc|-bc|zbc"},
		{"(?:one|two) (?:three|four)", "one three|one four|two three|two four"},
		{"(?m:fo.)bar", "bar"},
		{"f\xc3\xb6\xc3\xb6 b", "f\xc3\xb6\xc3\xb6 b"},
		{"foo\xc3\xb6?bar", "foo"},
		{"(?i)foo\xc3\xb6 b", "foo"},
		{"foo[\xc3\xb6]b", "foo"},
		{"01234567890123456789012345678901234567890", "0123456789012345"},
		/* not understood, so always tried */
		{"(a)\\1bcdef", ""},
		{"(?=abc)abc", ""},
		{"(?<x>abcd)", ""},
		{"\\Qabcd\\E", ""},
		{"abcd\\K", ""},
		{"[[:alpha:]]abcd", ""},
		{"(?x)abcd", ""},
		{"\\pLabcd", ""},
		{"abc(", ""},
		{"abc[", ""},
		{"abcd)", ""},
		{"abcd\\", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct str words = STR_INIT(4096);

		words_of(rows[i].pattern, &words);
		if (strcmp(words.data, rows[i].words) != 0)
			fail_msg("%s requires \"%s\", not \"%s\"", rows[i].pattern, words.data,
				rows[i].words);
		str_done(&words);
	}
}

static void caseless(void **state)
{
	struct literals literals;

	(void)state;
	pattern_literals("abcd", false, &literals);
	assert_false(literals.caseless);
	pattern_literals("abcd", true, &literals);
	assert_true(literals.caseless);
	pattern_literals("ab(?i)cd", false, &literals);
	assert_true(literals.caseless);
	pattern_literals("ab(?-i:cd)", false, &literals);
	assert_false(literals.caseless);
}

static uint64_t random_state = 88172645463325252ull;

static size_t pick(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % n;
}

/* A pattern of a small alphabet, so that many subjects match. */
static void make_pattern(struct str *out, unsigned int depth)
{
	static const char *const atoms[] = {"a", "b", "K", "s", "ab", "abc", "bKs", "aaa",
		"abs", ".", "[ab]", "[^a]", "[a-s]", "\\w", "\\d", "\\.", "\\x61", "^", "$",
		"\\b", "(?i)", "1", "\xc3\xa4"};
	static const char *const times[] = {
		"", "", "", "", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}", "*?", "+?", "??"};
	size_t n = 1 + pick(4);

	for (size_t i = 0; i < n; i++) {
		bool group = depth && pick(3) == 0;

		if (group) {
			str_adds(out, pick(2) ? "(" : pick(2) ? "(?:" : "(?i:");
			make_pattern(out, depth - 1);
			str_addc(out, ')');
		} else {
			str_adds(out, atoms[pick(ARRAY_SIZE(atoms))]);
		}
		str_adds(out, times[pick(ARRAY_SIZE(times))]);
	}
	if (pick(4) == 0) {
		str_addc(out, '|');
		make_pattern(out, depth ? depth - 1 : 0);
	}
}

static size_t make_subject(char out[64])
{
	static const char *const pieces[] = {"a", "b", "k", "K", "s", "abc", "bks", "ABC",
		"aaab", ".", "1", "\n", "\xc3\xa4", "\xc5\xbf", "\xe2\x84\xaa",
		"\xff"}; /* long s and Kelvin: s and k without case */
	size_t used = 0;

	for (size_t n = pick(12); n; n--) {
		const char *piece = pieces[pick(pick(2) ? 12 : ARRAY_SIZE(pieces))];

		memcpy(out + used, piece, strlen(piece));
		used += strlen(piece);
	}
	return used;
}

/* Whatever a pattern matches, the filter lets through. */
static void nothing_is_passed_over(void **state)
{
	size_t matched = 0, passed = 0, asked = 0;

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		struct str text = STR_INIT(4096);
		_cleanup_(words_freep) struct words *words = words_new(1);
		bool ignore_case = pick(3) == 0;
		struct literals literals;
		struct pattern *pattern;
		char why[256];

		make_pattern(&text, 2);
		pattern = pattern_new(text.data, ignore_case, false, why, sizeof(why));
		pattern_literals(text.data, ignore_case, &literals);
		assert_true(words_add(words, 0, &literals) && words_seal(words));
		for (size_t k = 0; pattern && literals.n && k < 60; k++) {
			char bytes[64];
			size_t size = make_subject(bytes);
			struct subject subject;
			uint64_t set;

			assert_true(subject_init(&subject, (const uint8_t *)bytes, size));
			words_find(words, subject.bytes, subject.size, subject.utf8, &set);
			asked++;
			passed += set;
			if (pattern_search(pattern, &subject) == PATTERN_HIT) {
				matched++;
				if (!set)
					fail_msg("%s (%d) is passed over for %.*s", text.data,
						ignore_case, (int)size, bytes);
			}
			subject_done(&subject);
		}
		pattern_free(pattern);
		str_done(&text);
	}
	/* and it filters */
	assert_true(matched > 1000 && asked > 50000 && passed < asked / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_required),
		cmocka_unit_test(caseless), cmocka_unit_test(nothing_is_passed_over)};

	return RUN(tests);
}
