/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and filling in letters; see template.h. Knows no database. */
#include "inventory/notice/template.h"

#include "inventory/norm/embedded.h"
#include "inventory/notice/embedded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_NAME_MAX 32
#define DAYS_MAX 3660

static const char *const sections[NOTICE_LANGUAGE_N] = {"[zh]", "[en]"};

void notice_template_free(struct notice_template *t)
{
	if (!t)
		return;
	free(t->text);
	free(t);
}

/* ---- reading ------------------------------------------------------------------------- */

struct reading {
	struct notice_template *t;
	int line;
	struct error *reterr;
};

static int wrong(const struct reading *r, const char *what)
{
	return error_set(
		r->reterr, ERROR_INPUT, "notice template %s:%d: %s", r->t->name, r->line, what);
}

static int take_days(const struct reading *r, const char *value, int *ret)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (*end || end == value || n < 1 || n > DAYS_MAX)
		return wrong(r, "the days are no number from 1 to 3660");
	*ret = (int)n;
	return 0;
}

static int take_head(const struct reading *r, char *line)
{
	struct notice_template *t = r->t;
	char *colon = strstr(line, ": ");
	const char *value;

	if (!colon)
		return wrong(r, "neither \"key: value\" nor [zh] or [en]");
	*colon = '\0';
	value = colon + 2;
	if (strcmp(line, "send-within-days") == 0)
		return take_days(r, value, &t->send_within_days);
	if (strcmp(line, "ack-within-days") == 0)
		return take_days(r, value, &t->ack_within_days);
	if (strcmp(line, "kind") == 0)
		t->kind = value;
	else if (strcmp(line, "basis") == 0)
		t->basis = value;
	else if (strcmp(line, "to-zh") == 0)
		t->to[NOTICE_ZH] = value;
	else if (strcmp(line, "to-en") == 0)
		t->to[NOTICE_EN] = value;
	else
		return wrong(r,
			"there are kind, basis, send-within-days, ack-within-days, to-zh "
			"and to-en");
	return 0;
}

/* The section that a line begins, -1: none. */
static int section_of(const char *line)
{
	for (int i = 0; i < NOTICE_LANGUAGE_N; i++)
		if (strcmp(line, sections[i]) == 0)
			return i;
	return -1;
}

/* The line at *at, ended; *at behind it. */
static char *next_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');

	*at = end ? end + 1 : line + strlen(line);
	if (end)
		*end = '\0';
	return line;
}

/* A letter goes to the next section or the end; its lines stay as they are. */
static int take_letter(struct reading *r, int language, char **at)
{
	struct notice_template *t = r->t;
	char *next = NULL;

	if (t->letter[language])
		return wrong(r, "the same language twice");
	t->letter[language] = *at;
	for (int i = 0; i < NOTICE_LANGUAGE_N; i++) {
		char head[16], *found;

		snprintf(head, sizeof(head), "\n%s\n", sections[i]);
		found = strstr(*at, head);
		if (found && (!next || found < next))
			next = found;
	}
	for (char *c = *at; *c && c != next; c++)
		r->line += *c == '\n';
	if (next) {
		r->line++;
		*next++ = '\0';
	}
	*at = next ? next : *at + strlen(*at);
	return 0;
}

static int check_whole(const struct reading *r)
{
	const struct notice_template *t = r->t;

	if (!t->kind || !t->basis || !t->send_within_days || !t->ack_within_days ||
		!t->to[NOTICE_ZH] || !t->to[NOTICE_EN])
		return wrong(r,
			"its head lacks kind, basis, send-within-days, ack-within-days, "
			"to-zh or to-en");
	for (int i = 0; i < NOTICE_LANGUAGE_N; i++)
		if (!t->letter[i] || !*t->letter[i] || *t->letter[i] == '\n')
			return wrong(r, "the letter in each language begins with its subject");
	return 0;
}

int notice_template_parse(const char *name, const char *bytes, size_t n,
	struct notice_template **ret_template, struct error *reterr)
{
	_cleanup_(notice_template_freep) struct notice_template *t = calloc(1, sizeof(*t));
	struct reading r = {.t = t, .reterr = reterr};
	int result = 0;
	char *at;

	if (t)
		t->text = strndup(bytes, n);
	if (!t || !t->text)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a notice");
	t->name = name;
	for (at = t->text; *at && result == 0;) {
		char *line = next_line(&at);
		int language = section_of(line);

		r.line++;
		if (language >= 0)
			result = take_letter(&r, language, &at);
		else if (*line && *line != '#')
			result = take_head(&r, line);
	}
	if (result == 0)
		result = check_whole(&r);
	if (result == 0)
		*ret_template = STEAL(t);
	return result;
}

int notice_template_load(
	const char *name, struct notice_template **ret_template, struct error *reterr)
{
	char file[64];

	snprintf(file, sizeof(file), "%s.txt", name);
	for (size_t i = 0; i < notice_embedded_n; i++)
		if (strcmp(notice_embedded_files[i].name, file) == 0)
			return notice_template_parse(notice_embedded_files[i].name,
				(const char *)notice_embedded_files[i].bytes,
				notice_embedded_files[i].size, ret_template, reterr);
	return error_set(reterr, ERROR_INTERNAL, "there is no notice template \"%s\"", name);
}

/* ---- filling in ---------------------------------------------------------------------- */

struct filling {
	const struct notice_template *t;
	const struct notice_field *fields;
	size_t n_fields;
	struct error *reterr;
};

/* Its value, NULL if there is no such field. */
static const char *field_value(const struct filling *f, const char *name, size_t n)
{
	for (size_t i = 0; i < f->n_fields; i++)
		if (strlen(f->fields[i].name) == n && memcmp(f->fields[i].name, name, n) == 0)
			return f->fields[i].value ? f->fields[i].value : "";
	return NULL;
}

/* *ret_empty: a field in it is empty. */
static int fill_line(
	const struct filling *f, const char *line, size_t n, struct str *out, bool *ret_empty)
{
	const char *end = line + n;

	*ret_empty = false;
	while (line < end) {
		const char *close =
			*line == '{' ? memchr(line, '}', (size_t)(end - line)) : NULL;
		const char *value;

		if (!close) {
			str_addc(out, *line++);
			continue;
		}
		value = field_value(f, line + 1, (size_t)(close - line - 1));
		if (!value)
			return error_set(f->reterr, ERROR_INPUT,
				"notice template %s: there is no field %.*s", f->t->name,
				(int)(close - line + 1), line);
		*ret_empty |= *value == '\0';
		str_adds(out, value);
		line = close + 1;
	}
	return 0;
}

static int fill(
	const struct filling *f, const char *letter, struct str *subject, struct str *text)
{
	bool first = true;
	int r = 0;

	for (const char *line = letter; *line && r == 0;) {
		_cleanup_(str_done) struct str filled = STR_INIT(NOTICE_TEXT_MAX);
		size_t n = strcspn(line, "\n");
		bool optional = *line == '?', empty;
		struct str *out = first ? subject : text;

		r = fill_line(f, line + optional, n - optional, &filled, &empty);
		if (r == 0 && !(optional && empty) &&
			!(out == text && !text->len && !filled.len)) {
			str_add(out, filled.data, filled.len);
			if (out == text)
				str_addc(out, '\n');
		}
		if (filled.failed)
			text->failed = true;
		line += n + (line[n] == '\n');
		first = false;
	}
	return r;
}

int notice_template_render(const struct notice_template *t, enum notice_language language,
	const struct notice_field *fields, size_t n_fields, struct str *subject,
	struct str *text, struct error *reterr)
{
	struct filling f = {t, fields, n_fields, reterr};
	int r = fill(&f, t->letter[language], subject, text);

	if (r == 0 && (subject->failed || text->failed))
		return error_set(reterr, ERROR_INPUT,
			"notice template %s: the letter would be longer than %d bytes", t->name,
			NOTICE_TEXT_MAX);
	return r;
}
