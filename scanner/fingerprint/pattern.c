/* SPDX-License-Identifier: Apache-2.0 */
/* Recog's patterns on PCRE2 with JIT and hard limits; see pattern.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "scanner/fingerprint/pattern.h"

#include "common/str.h"

#include <pcre2.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct pattern {
	pcre2_code *bytes, *utf8;
	bool bytes_jit, utf8_jit; /* there is machine code of it */
	uint32_t groups;
};

/* ---- from Ruby's dialect to PCRE2's ------------------------------------------------------ */

/* The length of an inline option group's head, "(?im-x:" or "(?i)", at `text`; else 0. */
static size_t option_head(const char *text)
{
	size_t n;

	if (text[0] != '(' || text[1] != '?')
		return 0;
	n = strspn(text + 2, "imx-");
	return n > 0 && (text[2 + n] == ')' || text[2 + n] == ':') ? 2 + n : 0;
}

/*
 * Ruby's inline `m` is PCRE2's `s`. A repeated `(.+)*` takes exponential time on a mismatch and
 * captures the same as `(.+)?` does. Escapes and classes are stepped over.
 */
static void translate(struct str *out, const char *text)
{
	bool in_class = false;

	while (*text) {
		size_t head = in_class ? 0 : option_head(text);

		if (text[0] == '\\' && text[1]) {
			str_add(out, text, 2);
			text += 2;
		} else if (head) {
			for (size_t i = 0; i < head; i++)
				str_addc(out, text[i] == 'm' ? 's' : text[i]);
			text += head;
		} else if (!in_class && strncmp(text, "(.+)*", 5) == 0) {
			str_adds(out, "(.+)?");
			text += 5;
		} else {
			if (*text == '[')
				in_class = true;
			else if (*text == ']')
				in_class = false;
			str_addc(out, *text++);
		}
	}
}

static pcre2_code *compile(const char *text, size_t size, uint32_t options, char *why,
	size_t why_size)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code;
	PCRE2_UCHAR message[128];
	size_t at = 0;
	int fault = 0;

	if (!context) {
		snprintf(why, why_size, "no memory");
		return NULL;
	}
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	code = pcre2_compile((PCRE2_SPTR)text, size, options, &fault, &at, context);
	pcre2_compile_context_free(context);
	if (!code) {
		pcre2_get_error_message(fault, message, sizeof(message));
		snprintf(why, why_size, "%s, at byte %zu of the pattern", (const char *)message,
			at);
		return NULL;
	}
	/* Without JIT (a hardened kernel) the interpreter gives the same answers. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

static bool has_jit(const pcre2_code *code)
{
	size_t size = 0;

	return pcre2_pattern_info(code, PCRE2_INFO_JITSIZE, &size) == 0 && size > 0;
}

void pattern_literals(const char *text, bool ignore_case, struct literals *ret)
{
	_cleanup_(str_done) struct str translated = STR_INIT(PATTERN_TEXT_MAX);

	ret->n = 0;
	ret->caseless = true;
	translate(&translated, text);
	if (!translated.failed)
		literals_of(translated.data, ignore_case, ret);
}

struct pattern *pattern_new(const char *text, bool ignore_case, bool dot_all, char *why,
	size_t why_size)
{
	_cleanup_(pattern_freep) struct pattern *pattern = calloc(1, sizeof(*pattern));
	_cleanup_(str_done) struct str translated = STR_INIT(PATTERN_TEXT_MAX);
	uint32_t options = PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C |
		(ignore_case ? PCRE2_CASELESS : 0) | (dot_all ? PCRE2_DOTALL : 0);

	translate(&translated, text);
	if (!pattern || translated.failed) {
		snprintf(why, why_size, "the pattern has more than %d bytes", PATTERN_TEXT_MAX);
		return NULL;
	}
	pattern->bytes = compile(
		translated.data, translated.len, options | PCRE2_NEVER_UTF, why, why_size);
	if (!pattern->bytes)
		return NULL;
	pattern->utf8 =
		compile(translated.data, translated.len, options | PCRE2_UTF, why, why_size);
	if (!pattern->utf8)
		return NULL;
	pattern->bytes_jit = has_jit(pattern->bytes);
	pattern->utf8_jit = has_jit(pattern->utf8);
	pcre2_pattern_info(pattern->bytes, PCRE2_INFO_CAPTURECOUNT, &pattern->groups);
	if (pattern->groups >= PATTERN_GROUPS_MAX) {
		snprintf(why, why_size, "the pattern has more than %d groups",
			PATTERN_GROUPS_MAX - 1);
		return NULL;
	}
	return STEAL(pattern);
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->bytes);
	pcre2_code_free(pattern->utf8);
	free(pattern);
}

unsigned int pattern_groups(const struct pattern *pattern)
{
	return pattern->groups;
}

/* ---- the subject ------------------------------------------------------------------------- */

/* Size of the UTF-8 character at `p` (RFC 3629: no surrogates, no overlong forms); 0: none. */
static size_t character(const uint8_t *p, size_t left)
{
	static const struct {
		uint8_t first, last, low, high; /* first byte's range, second byte's range */
		size_t size;
	} forms[] = {
		{0x00, 0x7f, 0x80, 0xbf, 1},
		{0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (p[0] < forms[i].first || p[0] > forms[i].last)
			continue;
		if (left < forms[i].size)
			return 0;
		for (size_t k = 1; k < forms[i].size; k++)
			if (p[k] < (k == 1 ? forms[i].low : 0x80) ||
				p[k] > (k == 1 ? forms[i].high : 0xbf))
				return 0;
		return forms[i].size;
	}
	return 0;
}

static bool is_ascii(const uint8_t *bytes, size_t size)
{
	uint8_t all = 0;

	for (size_t i = 0; i < size; i++)
		all |= bytes[i];
	return all < 0x80;
}

static bool is_wide_utf8(const uint8_t *bytes, size_t size)
{
	bool wide = false;

	if (is_ascii(bytes, size))
		return false;

	for (size_t i = 0; i < size;) {
		size_t n = character(bytes + i, size - i);

		if (n == 0)
			return false;
		wide |= n > 1;
		i += n;
	}
	return wide;
}

bool subject_init(struct subject *subject, const uint8_t *bytes, size_t size)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);

	*subject = (struct subject){size ? bytes : (const uint8_t *)"", size,
		is_wide_utf8(bytes, size), context,
		pcre2_match_data_create(PATTERN_GROUPS_MAX, NULL)};
	if (!context || !subject->room) {
		subject_done(subject);
		return false;
	}
	pcre2_set_match_limit(context, PATTERN_STEPS_MAX);
	pcre2_set_heap_limit(context, PATTERN_HEAP_KIB_MAX);
	return true;
}

void subject_take(struct subject *subject, const uint8_t *bytes, size_t size)
{
	subject->bytes = size ? bytes : (const uint8_t *)"";
	subject->size = size;
	subject->utf8 = is_wide_utf8(bytes, size);
}

void subject_done(struct subject *subject)
{
	pcre2_match_context_free(subject->context);
	pcre2_match_data_free(subject->room);
	*subject = (struct subject){0};
}

enum pattern_verdict pattern_search(
	const struct pattern *pattern, const struct subject *subject)
{
	const pcre2_code *code = subject->utf8 ? pattern->utf8 : pattern->bytes;
	bool jit = subject->utf8 ? pattern->utf8_jit : pattern->bytes_jit;
	int r = jit ? pcre2_jit_match(code, subject->bytes, subject->size, 0, 0, subject->room,
			      subject->context)
		    : pcre2_match(code, subject->bytes, subject->size, 0,
			      subject->utf8 ? PCRE2_NO_UTF_CHECK : 0, subject->room,
			      subject->context);

	if (r > 0)
		return PATTERN_HIT;
	/* Every other failure means that a bound of steps, heap or JIT stack was reached. */
	return r == PCRE2_ERROR_NOMATCH ? PATTERN_MISS : PATTERN_LIMIT;
}

const uint8_t *subject_group(
	const struct subject *subject, unsigned int group, size_t *ret_size)
{
	const size_t *vector = pcre2_get_ovector_pointer(subject->room);

	*ret_size = 0;
	if (group >= PATTERN_GROUPS_MAX || vector[2 * group] == PCRE2_UNSET)
		return NULL;
	*ret_size = vector[2 * group + 1] - vector[2 * group];
	return subject->bytes + vector[2 * group];
}
