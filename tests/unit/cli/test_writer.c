/* SPDX-License-Identifier: Apache-2.0 */
/* One table, four forms, hostile cells: what each form prints, byte for byte. */
#include "tests/unit/unit.h"

#include "cli/writer.h"

#include <stdio.h>
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
	assert_string_equal(printed(FORM_JSON), "{\"name\":\"ssh\",\"port\":22}\n"
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(text), cmocka_unit_test(long_cell), cmocka_unit_test(json),
		cmocka_unit_test(csv), cmocka_unit_test(xml)};

	return RUN(tests);
}
