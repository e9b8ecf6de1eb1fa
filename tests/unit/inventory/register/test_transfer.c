/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that parses a register: that it is confined, and what it may answer. An answer
 * that is cut or has other bytes is refused or is a document whose kinds, files and texts are
 * in order.
 */
#include "inventory/register/transfer.h"
#include "tests/unit/unit.h"

#include "common/file.h"
#include "common/text.h"
#include "inventory/norm/facts.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TURNS 20000 /* of a millisecond, for a process to be confined */
#define SHEETS "table,realm,document,complete,as_of\nregister,r,R,yes,2026-01-02\n" \
	"table,id,name,sector\norganisation,o,O,energy\n" \
	"table,organisation,code,scope\norg_role,o,operator,\n"

static struct register_document *new_document(void)
{
	struct register_document *doc = calloc(1, sizeof(*doc));

	assert_non_null(doc);
	doc->arena = arena_new((size_t)64 << 20);
	doc->file = "sheets.csv";
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_init(&doc->json[k], REGISTER_JSON_MAX);
		str_init(&doc->owners[k], REGISTER_JSON_MAX);
	}
	return doc;
}

/* A line of /proc/PID/status without its name. */
static bool has_status(pid_t pid, const char *name, const char *value)
{
	char path[64], line[256];
	bool has = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && !has && fgets(line, sizeof(line), f))
		has = strncmp(line, name, strlen(name)) == 0 && strstr(line, value);
	if (f)
		fclose(f);
	return has;
}

static void the_reader_is_confined(void **state)
{
	_cleanup_(register_document_freep) struct register_document *doc = new_document();
	struct error err = {0};
	struct register_reader reader = {.doc = doc, .file = doc->file, .today = "2026-11-24",
		.day = facts_day_parse("2026-11-24"), .reterr = &err};
	_cleanup_(str_done) struct str sheets = STR_INIT(4096);
	struct register_child child;
	int turns = 0;

	(void)state;
	str_adds(&sheets, SHEETS);
	assert_int_equal(register_child_start(&child, &reader, NULL, &err), 0);
	while (!has_status(child.pid, "Seccomp:", "\t2") && turns++ < TURNS)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	/* Before it has any byte of a file. */
	assert_true(has_status(child.pid, "Seccomp:", "\t2"));
	assert_true(has_status(child.pid, "NoNewPrivs:", "\t1"));
	if (geteuid() == 0)
		assert_true(has_status(child.pid, "Uid:", "\t65534\t65534\t65534\t65534"));
	assert_int_equal(
		register_child_send(&child, "sheets.csv", "sheets.csv", &sheets, &err), 0);
	if (register_child_end(&child, doc, true, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(doc->realm, "r");
	assert_int_equal(doc->n_of[REGISTER_ROLE], 1);
	assert_int_equal(doc->statements[0].line, 4);
	assert_string_equal(doc->statements[0].file, "sheets.csv");
}

/* It dies in the middle: that is told, and nothing of it is taken. */
static void a_reader_that_dies_is_told(void **state)
{
	_cleanup_(register_document_freep) struct register_document *doc = new_document();
	struct error err = {0};
	struct register_reader reader = {.doc = doc, .file = doc->file, .today = "2026-11-24"};
	struct register_child child;

	(void)state;
	assert_int_equal(register_child_start(&child, &reader, NULL, &err), 0);
	kill(child.pid, SIGKILL);
	assert_int_equal(register_child_end(&child, doc, true, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "sheets.csv: the reader was ended by signal 9"));
}

static int take(const char *bytes, size_t n)
{
	static const char *const files[] = {"sheets.csv"};
	_cleanup_(register_document_freep) struct register_document *doc = new_document();
	struct error err = {0};
	FILE *in = fmemopen((void *)bytes, n, "r");
	int r = in ? register_answer_read(in, doc, files, 1, &err) : ERROR_INTERNAL;

	if (in)
		fclose(in);
	for (size_t i = 0; r == 0 && i < doc->n_statements; i++) {
		const struct register_statement *s = &doc->statements[i];

		assert_true((unsigned int)s->kind < REGISTER_KIND_N);
		assert_string_equal(s->file, "sheets.csv");
		assert_true(s->line >= 0);
		assert_true(text_is_clean(s->label, strlen(s->label)));
	}
	assert_true(text_is_clean(err.text, strlen(err.text)));
	return r;
}

static void answers_are_not_believed(void **state)
{
	static const char *const files[] = {"sheets.csv"};
	_cleanup_(register_document_freep) struct register_document *doc = new_document();
	struct register_statement statement = {REGISTER_ORGANISATION, "o", "o", files[0], 4};
	struct register_reference reference = {REGISTER_ORGANISATION, "o", "o", files[0], 4};
	char *bytes = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&bytes, &n);

	(void)state;
	assert_non_null(out);
	doc->realm = "r";
	doc->document = "R";
	doc->statements = &statement;
	doc->references = &reference;
	doc->n_statements = doc->n_references = 1;
	register_answer_write(out, 0, NULL, doc, files, 1);
	doc->statements = NULL;
	doc->references = NULL;
	fclose(out);
	assert_int_equal(take(bytes, n), 0);
	for (size_t cut = 1; cut < n; cut++)
		assert_int_equal(take(bytes, cut), ERROR_INTERNAL);
	for (size_t i = 0; i < n; i++) {
		static const char others[] = {'\0', '\x1b', '\x7f', '\xff'};
		char was = bytes[i];

		for (size_t k = 0; k < ARRAY_SIZE(others); k++) {
			bytes[i] = others[k];
			take(bytes, n);
		}
		bytes[i] = was;
	}
	free(bytes);
}

/* What is quoted from a file may be cut within a character, or be none: it is told all the
 * same. */
static void what_is_refused_is_told_in_clean_words(void **state)
{
	static const char *const files[] = {"sheets.csv"};
	_cleanup_(register_document_freep) struct register_document *doc = new_document();
	struct error said = {.text = "there is no table \"\x1b\xe4\xb8\""}, err = {0};
	char *bytes = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&bytes, &n), *in;

	(void)state;
	register_answer_write(out, ERROR_INPUT, &said, doc, files, 1);
	fclose(out);
	in = fmemopen(bytes, n, "r");
	assert_int_equal(register_answer_read(in, doc, files, 1, &err), ERROR_INPUT);
	assert_string_equal(err.text, "there is no table \"\\x1b\\xe4\\xb8\"");
	fclose(in);
	free(bytes);
}

/* Rows as a process that was taken over might make them. */
static void rows_of_unclean_texts_are_no_answer(void **state)
{
	static const char *const rows[] = {"[{\"name\":\"a\\\"b\\\\\"}]",
		"[{\"name\":\"\\u202e\"}]", "[{\"name\":\"\xe2\x80\xae\"}]",
		"[{\"name\":\"\xe4\xb8\"}]", "[\"\\"};
	static const char *const files[] = {"sheets.csv"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(register_document_freep) struct register_document *doc =
			new_document();
		char *bytes = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&bytes, &n);

		doc->realm = "r";
		doc->document = "R";
		str_adds(&doc->json[REGISTER_ORGANISATION], rows[i]);
		register_answer_write(out, 0, NULL, doc, files, 1);
		fclose(out);
		assert_int_equal(take(bytes, n), i == 0 ? 0 : ERROR_INTERNAL);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_is_confined),
		cmocka_unit_test(a_reader_that_dies_is_told),
		cmocka_unit_test(answers_are_not_believed),
		cmocka_unit_test(what_is_refused_is_told_in_clean_words),
		cmocka_unit_test(rows_of_unclean_texts_are_no_answer),
	};

	return RUN(tests);
}
