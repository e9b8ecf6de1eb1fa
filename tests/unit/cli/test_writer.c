/* SPDX-License-Identifier: Apache-2.0 */
/* One table, four forms, hostile cells: what each form prints, byte for byte. */
#include "tests/unit/unit.h"

#include "cli/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct column columns[] = {{"name", false}, {"port", true}};

/* What the form prints for this row between an ordinary and a hostile one. */
static const char *printed_with(enum form form, const char *name)
{
	static char out[1024];
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	struct writer *writer = NULL;
	size_t n;

	fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	assert_int_equal(writer_new(form, "service", columns, 2, &writer, NULL), 0);
	assert_int_equal(writer_row(writer, (const char *[]){"ssh", "22"}, NULL), 0);
	if (name)
		assert_int_equal(writer_row(writer, (const char *[]){name, "1"}, NULL), 0);
	assert_int_equal(
		writer_row(writer, (const char *[]){"=<\x1b[2J\",\xff", NULL}, NULL), 0);
	assert_int_equal(writer_finish(writer, NULL), 0);
	writer_free(writer);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	n = fread(out, 1, sizeof(out) - 1, file);
	out[n] = '\0';
	fclose(file);
	return out;
}

static const char *printed(enum form form)
{
	return printed_with(form, NULL);
}

/* A cell wider than TEXT_COLUMN_MAX moves its own row only. */
static void long_cell(void **state)
{
	char name[61];

	(void)state;
	memset(name, 'x', 60);
	name[60] = '\0';
	assert_string_equal(printed_with(FORM_TEXT, name),
		"name             port\n"
		"ssh                22\n"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx     1\n"
		"=<\\x1b[2J\",\\xff      \n");
}

/* More rows, and more of them in memory, than are held back: all come out; one that no memory
 * is kept for is an error. */
static void many(void **state)
{
	enum { LONG = 8 << 20, LONG_ROWS = 9, SHORT_ROWS = 5000 };
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	char *name = calloc(1, LONG + 1);
	struct writer *writer = NULL;
	int printed = 0, refused;

	(void)state;
	memset(name, 'x', LONG);
	fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	assert_int_equal(writer_new(FORM_TEXT, "service", columns, 2, &writer, NULL), 0);
	for (int i = 0; i < SHORT_ROWS; i++)
		printed |= writer_row(writer, (const char *[]){"ssh", "22"}, NULL);
	name[LONG - 100] = '\0';
	for (int i = 0; i < LONG_ROWS; i++)
		printed |= writer_row(writer, (const char *[]){name, "1"}, NULL);
	printed |= writer_finish(writer, NULL);
	name[LONG - 100] = 'x';
	refused = writer_row(writer, (const char *[]){name, "1"}, NULL);
	refused = refused ? refused : writer_finish(writer, NULL);
	writer_free(writer);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(printed, 0);
	assert_int_equal(refused, ERROR_SYSTEM);
	rewind(file);
	for (int c; (c = getc_unlocked(file)) != EOF;)
		printed += c == '\n';
	assert_in_range(printed, SHORT_ROWS + LONG_ROWS + 2, SHORT_ROWS + LONG_ROWS + 4);
	fclose(file);
	free(name);
}

static void text(void **state)
{
	(void)state;
	assert_string_equal(printed(FORM_TEXT), "name             port\n"
						"ssh                22\n"
						"=<\\x1b[2J\",\\xff      \n");
}

static void json(void **state)
{
	(void)state;
	assert_string_equal(printed(FORM_JSON),
		"{\"name\":\"ssh\",\"port\":22}\n"
		"{\"name\":\"=<\\u001b[2J\\\",\\\\xff\",\"port\":\"\"}\n");
}

static void csv(void **state)
{
	(void)state;
	assert_string_equal(printed(FORM_CSV),
		"\"name\",\"port\"\r\n\"ssh\",\"22\"\r\n\"'=<\\x1b[2J\"\",\\xff\",\"\"\r\n");
}

static void xml(void **state)
{
	(void)state;
	assert_string_equal(printed(FORM_XML),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<services>\n"
		"<service><name>ssh</name><port>22</port></service>\n"
		"<service><name>=&lt;\\x1b[2J&quot;,\\xff</name><port></port></service>\n"
		"</services>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(text), cmocka_unit_test(long_cell),
		cmocka_unit_test(json), cmocka_unit_test(csv), cmocka_unit_test(xml),
		cmocka_unit_test(many)};

	return RUN(tests);
}
