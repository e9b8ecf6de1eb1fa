/* SPDX-License-Identifier: Apache-2.0 */
/* A document as bytes, on its way from the process that parsed it; see transfer.h. */
#include "inventory/register/transfer.h"

#include "common/text.h"

#include <stdlib.h>
#include <string.h>

#define END 0x52454744u

/* ---- writing ---------------------------------------------------------------------------- */

static void put_number(FILE *out, uint32_t value)
{
	fwrite(&value, sizeof(value), 1, out);
}

static void put_bytes(FILE *out, const char *bytes, size_t n)
{
	put_number(out, (uint32_t)n);
	fwrite(bytes, 1, n, out);
}

static void put_text(FILE *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

/* Which of the files; they come one after the other. */
static uint32_t number_of(const char *file, const char *const *files, size_t n_files)
{
	uint32_t i = 0;

	while (i < n_files && files[i] != file)
		i++;
	return i;
}

static void put_document(FILE *out, const struct register_document *doc,
	const char *const *files, size_t n_files)
{
	put_text(out, doc->realm);
	put_text(out, doc->document);
	put_number(out, doc->complete);
	put_number(out, (uint32_t)doc->n_statements);
	for (size_t i = 0; i < doc->n_statements; i++) {
		const struct register_statement *s = &doc->statements[i];

		put_number(out, s->kind);
		put_number(out, number_of(s->file, files, n_files));
		put_number(out, (uint32_t)s->line);
		put_text(out, s->key);
		put_text(out, s->label);
	}
	put_number(out, (uint32_t)doc->n_references);
	for (size_t i = 0; i < doc->n_references; i++) {
		const struct register_reference *s = &doc->references[i];

		put_number(out, s->target);
		put_number(out, number_of(s->file, files, n_files));
		put_number(out, (uint32_t)s->line);
		put_text(out, s->id);
		put_text(out, s->from);
	}
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		put_number(out, (uint32_t)doc->n_of[k]);
		put_bytes(out, doc->json[k].data, doc->json[k].len);
		put_bytes(out, doc->owners[k].data, doc->owners[k].len);
	}
}

/* What is refused is quoted as it stands in the file, and cut where it is long. */
static void put_words(FILE *out, const char *text)
{
	_cleanup_(str_done) struct str clean = STR_INIT(ERROR_TEXT_MAX);

	text_clean(&clean, text, strlen(text), ERROR_TEXT_MAX - 1);
	put_bytes(out, clean.data, clean.len);
}

void register_answer_write(FILE *out, int r, const struct error *error,
	const struct register_document *doc, const char *const *files, size_t n_files)
{
	put_number(out, r < 0 ? (uint32_t)-r : 0);
	if (r < 0)
		put_words(out, error->text);
	else
		put_document(out, doc, files, n_files);
	put_number(out, END);
}

/* ---- reading ---------------------------------------------------------------------------- */

struct answer {
	FILE *in;
	struct register_document *doc;
	const char *const *files;
	size_t n_files;
	bool failed; /* it is no answer */
};

static uint32_t get_number(struct answer *a, uint32_t most)
{
	uint32_t value = 0;

	if (a->failed || fread(&value, sizeof(value), 1, a->in) != 1 || value > most) {
		a->failed = true;
		return 0;
	}
	return value;
}

/* A text of the arena, clean unless it is only compared. */
static const char *get_text(struct answer *a, bool clean)
{
	uint32_t n = get_number(a, 8 * REGISTER_TEXT_MAX);
	char *text = a->failed ? NULL : arena_alloc(a->doc->arena, n + 1);

	if (!text || fread(text, 1, n, a->in) != n || memchr(text, 0, n) ||
		(clean && !text_is_clean(text, n))) {
		a->failed = true;
		return "";
	}
	return text;
}

static const char *get_file(struct answer *a)
{
	uint32_t i = get_number(a, (uint32_t)a->n_files);

	return i < a->n_files ? a->files[i] : a->doc->file;
}

/* JSON of clean texts has no other escapes than those of a quotation mark and a backslash. */
static bool is_clean_json(const char *text, size_t n)
{
	const char *at = text, *end = text + n;

	while ((at = memchr(at, '\\', (size_t)(end - at)))) {
		if (end - at < 2 || (at[1] != '"' && at[1] != '\\'))
			return false;
		at += 2;
	}
	return text_is_clean(text, n);
}

static void get_str(struct answer *a, struct str *out)
{
	char chunk[65536];

	str_reset(out);
	for (size_t n = get_number(a, REGISTER_JSON_MAX), part; n && !a->failed; n -= part) {
		part = fread(chunk, 1, n < sizeof(chunk) ? n : sizeof(chunk), a->in);
		str_add(out, chunk, part);
		a->failed = part == 0 || out->failed || memchr(chunk, 0, part);
	}
	a->failed = a->failed || (out->len && !is_clean_json(out->data, out->len));
}

static void get_statements(struct answer *a)
{
	struct register_document *doc = a->doc;
	size_t n = get_number(a, REGISTER_STATEMENTS_MAX);

	doc->statements = calloc(n + 1, sizeof(*doc->statements));
	a->failed = a->failed || !doc->statements;
	for (; !a->failed && doc->n_statements < n; doc->n_statements++) {
		struct register_statement *s = &doc->statements[doc->n_statements];

		s->kind = (enum register_kind)get_number(a, REGISTER_KIND_N - 1);
		s->file = get_file(a);
		s->line = get_number(a, INT32_MAX);
		s->key = get_text(a, false);
		s->label = get_text(a, true);
	}
}

static void get_references(struct answer *a)
{
	struct register_document *doc = a->doc;
	size_t n = get_number(a, (uint32_t)REGISTER_STATEMENTS_MAX * REGISTER_COLUMNS_MAX);

	doc->references = calloc(n + 1, sizeof(*doc->references));
	a->failed = a->failed || !doc->references;
	for (; !a->failed && doc->n_references < n; doc->n_references++) {
		struct register_reference *s = &doc->references[doc->n_references];

		s->target = (enum register_kind)get_number(a, REGISTER_KIND_N - 1);
		s->file = get_file(a);
		s->line = get_number(a, INT32_MAX);
		s->id = get_text(a, true);
		s->from = get_text(a, true);
	}
}

static void get_document(struct answer *a)
{
	struct register_document *doc = a->doc;

	doc->realm = get_text(a, true);
	doc->document = get_text(a, true);
	doc->complete = get_number(a, 1);
	get_statements(a);
	get_references(a);
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		doc->n_of[k] = get_number(a, REGISTER_STATEMENTS_MAX);
		get_str(a, &doc->json[k]);
		get_str(a, &doc->owners[k]);
	}
}

int register_answer_read(FILE *in, struct register_document *doc, const char *const *files,
	size_t n_files, struct error *reterr)
{
	struct answer a = {.in = in, .doc = doc, .files = files, .n_files = n_files};
	int r = -(int)get_number(&a, -ERROR_INTERNAL);
	const char *why = "";

	if (r < 0)
		why = get_text(&a, true);
	else
		get_document(&a);
	if (get_number(&a, END) != END || a.failed)
		return ERROR_INTERNAL;
	return r < 0 ? error_set(reterr, r, "%s", why) : register_check_realm(doc, reterr);
}
