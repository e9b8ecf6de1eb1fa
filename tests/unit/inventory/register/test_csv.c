/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers in CSV: what is taken, what is refused with file, line, cell and reason; the
 * tables' own description; identity numbers; circles.
 */
#include "tests/unit/unit.h"

#include "common/file.h"
#include "inventory/norm/facts.h"
#include "inventory/register/register.h"

#include <stdio.h>
#include <unistd.h>

static char path[64];

static int make_path(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/cadastre-csv-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static struct register_document *read_text(const char *text, const char *said)
{
	struct register_document *doc = NULL;
	struct error err = {0};
	int r;

	assert_int_equal(file_publish(path, text, strlen(text), &err), 0);
	r = register_read(NULL, path, facts_day_parse("2026-11-24"), NULL, NULL, &doc, &err);
	if (r != (said ? ERROR_INPUT : 0) || (said && !strstr(err.text, said)))
		fail_msg("%d, \"%s\", expected \"%s\"", r, err.text, said ? said : "");
	return doc;
}

#define WHOLE "table,realm,document,complete,as_of\nregister,r,R,yes,2026-01-02\n"
#define ORGANISATIONS "table,id,name,sector\norganisation,o,O,energy\n"
#define SYSTEMS "table,id,name,organisation,sector,class,kind,function,service_scope," \
	"counterparts\nsystem,s,S,o,energy,general,data-resource,f,other,other\n"

static void a_register_is_taken(void **state)
{
	_cleanup_(register_document_freep) struct register_document *doc = read_text(
		WHOLE ORGANISATIONS
		"table,organisation,code,scope,valid_from,document\n"
		"org_role,o,operator,,2026/3/1,\"D;\n1\"\nrole,o,owner,,,\n" SYSTEMS
		"\xe8\xa1\xa8,\xe7\xb3\xbb\xe7\xbb\x9f,rule,value\n"
		"system_rule,s,vlan,030\nsystem_rule,s,prefix,198.18.0.0/16\n"
		"table,subject,value,duty,organisation\nresponsibility,system,s,manages,o\n",
		NULL);

	(void)state;
	assert_string_equal(doc->realm, "r");
	assert_true(doc->complete);
	assert_non_null(strstr(doc->json[REGISTER_ROLE].data,
		"\"code\":\"operator\",\"scope\":"
		"\"\",\"valid_from\":\"2026-03-01\",\"valid_until\":null,\"as_of\":\"2026-01-"
		"02\",\"document\":\"D; 1\""));
	assert_non_null(strstr(doc->json[REGISTER_ROLE].data, "\"valid_from\":\"-infinity\""));
	assert_non_null(strstr(doc->json[REGISTER_RULE].data, "\"value\":\"30\""));
	assert_non_null(strstr(doc->json[REGISTER_SYSTEM].data, "\"technology\":[]"));
	assert_int_equal(doc->n_statements, 7);
}

static void slips_name_line_and_cell(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{"a,b\n1,2\n", ":1: cell 1: a register in CSV begins with a heading"},
		{"table,id\n", "does not say of which realm"},
		{WHOLE "table,id,nmae\norganisation,o,O\n",
			":3: cell 3: the table organisation has no column \"nmae\""},
		{WHOLE "table,id,name,name\norganisation,o,O,P\n",
			":3: cell 4: the column \"name\" stands at cell 3 already"},
		{WHOLE "table,id\nplanet,o\n", ":4: cell 1: there is no table \"planet\""},
		{WHOLE "table,id,name,sector\norganisation,o,O,energy,more\n",
			":4: cell 5: it is under no heading"},
		{WHOLE "table,id,name,sector\norganisation,o,,energy\n",
			":4: the organisation has no name"},
		{WHOLE "table,id,name,sector\norganisation,o o,O,energy\n",
			":4: cell 2, id: \"o o\" is no id"},
		{WHOLE "table,id,name,sector\norganisation,o,O,magic\n",
			":4: cell 4, sector: \"magic\""},
		{WHOLE ORGANISATIONS ORGANISATIONS,
			":6: the organisation \"o\" is stated twice; it stands at line 4"},
		{WHOLE "table,id,name,sector,parent\norganisation,o,O,energy,o\n",
			":4: the organisation \"o\" is its own parent"},
		{WHOLE "table,id,name,sector,as_of\norganisation,o,O,energy,2027-01-01\n",
			":4: cell 5, as_of: \"2027-01-01\" lies in the future"},
		{WHOLE "table,id,name,sector,as_of\norganisation,o,O,energy,-infinity\n",
			":4: cell 5, as_of: \"-infinity\" is not a day"},
		{WHOLE ORGANISATIONS "table,prefix,name\nsubnet,198.18.0.1/24,n\n", ":6: "},
		{WHOLE ORGANISATIONS "table,prefix,name,vlan\nsubnet,198.18.0.0/24,n,4095\n",
			":6: cell 4, vlan: \"4095\" is no whole number from 1 to 4094"},
		{WHOLE "table,id,name,sector\norganisation,o,\"O,energy\n",
			":4: cell 3: a quotation mark opens"},
		{WHOLE ORGANISATIONS
			"table,organisation,code,valid_from,valid_until\norg_role,o,owner,"
			"2026-02-01,2026-01-01\n",
			":6: the role is valid until 2026-01-01, before"},
		{WHOLE "register,q,,,\n",
			":3: cell 2, realm: \"q\" is another realm than \"r\""},
		{"table,realm,complete\nregister,r,maybe\n",
			":2: cell 3, complete: \"maybe\" is neither"},
		{"table,realm\nregister,a b\n", "\"a b\" is no name of a realm"},
		{WHOLE "table,id,name,organisation,sector,external,class\nsystem,e,E,o,energy,"
		       "yes,general\n",
			":4: cell 7, class: \"general\" is said of a system of somebody else"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_null(read_text(rows[i].text, rows[i].said));
}

/* 11010519491231002X is the example of GB 11643 itself. */
static void persons_are_refused(void **state)
{
	static const char *const holders[] = {"Zhang", "11010519491231002X", "HR-19491231",
		"HR 1", "X-110105-19491231", "\xe5\xbc\xa0-1"};

	(void)state;
	assert_true(register_has_identity_number("11010519491231002X"));
	assert_true(register_has_identity_number("no 11010519491231002x, please"));
	assert_false(register_has_identity_number("110105194912310021"));
	assert_false(register_has_identity_number("911010519491231002X"));
	assert_false(register_has_identity_number("91000000LANHE00001"));
	for (size_t i = 0; i < ARRAY_SIZE(holders); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			WHOLE ORGANISATIONS
			"table,id,name,organisation,holder\nposition,p,Operator,o,%s\n",
			holders[i]);
		assert_null(read_text(text, ":6: "));
	}
	assert_null(read_text(WHOLE "table,id,name,sector\norganisation,o,A 11010519491231002X,"
		"energy\n", ":4: name: an identity number of a person stands here"));
	register_document_free(read_text(WHOLE ORGANISATIONS
		"table,id,name,organisation,holder\nposition,p,Operator,o,HR-0417\n", NULL));
}

static void limits_of_a_text(void **state)
{
	char text[REGISTER_TEXT_MAX];
	size_t n;

	(void)state;
	n = (size_t)snprintf(text, sizeof(text), WHOLE "table,id,name,sector\norganisation,o,");
	memset(text + n, 'x', 301);
	snprintf(text + n + 301, sizeof(text) - n - 301, ",energy\n");
	assert_null(read_text(text, ":4: cell 3, name: \"xxxx"));
	assert_null(read_text(text, "has 301 characters; it may have 300"));
	/* what is made visible counts as it is shown */
	n = (size_t)snprintf(text, sizeof(text), WHOLE "table,id,name,sector\norganisation,o,");
	for (int i = 0; i < 50; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\xe2\x80\x8b");
	snprintf(text + n, sizeof(text) - n, ",energy\n");
	assert_null(read_text(text, "has 400 characters"));
}

static void values_and_files_are_bounded(void **state)
{
	_cleanup_(str_done) struct str text = STR_INIT(REGISTER_CSV_MAX + 64);
	struct register_document *doc = NULL;
	struct error err = {0};
	char directory[] = "/tmp/cadastre-sheets-XXXXXX", name[64];

	(void)state;
	str_adds(&text, WHOLE "table,id,name,sector\norganisation,o,");
	for (int i = 0; i <= REGISTER_TEXT_MAX; i++)
		str_addc(&text, 'x');
	str_adds(&text, ",energy\n");
	assert_null(read_text(text.data, "is too long"));
	assert_non_null(mkdtemp(directory));
	assert_int_equal(
		register_read(NULL, directory, 1, NULL, NULL, &doc, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "no file of this directory is called *.csv"));
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i <= REGISTER_FILES_MAX; i++) {
			snprintf(name, sizeof(name), "%s/%03d.csv", directory, i);
			assert_int_equal(
				pass ? unlink(name) : file_publish(name, "", 0, NULL), 0);
			if (pass || i < REGISTER_FILES_MAX)
				continue;
			assert_int_equal(
				register_read(NULL, directory, 1, NULL, NULL, &doc, &err),
				ERROR_INPUT);
			assert_non_null(
				strstr(err.text, "has 65 CSV files; a register may have 64"));
		}
	assert_int_equal(rmdir(directory), 0);
}

static void the_members_of_a_list_are_bounded(void **state)
{
	_cleanup_(str_done) struct str text = STR_INIT(1 << 16);

	(void)state;
	str_adds(&text, WHOLE ORGANISATIONS "table,id,name,zones\nconduit,c,C,\"");
	for (int i = 0; i <= REGISTER_TOKENS_MAX; i++)
		str_addf(&text, "z%d ", i);
	str_adds(&text, "\"\n");
	assert_null(read_text(text.data, "has more than 1000 members"));
}

static void each_name_of_a_column_is_one(void **state)
{
	(void)state;
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		const struct register_table *t = &register_tables[k];
		size_t n = 0;

		for (; t->columns[n].name; n++) {
			assert_ptr_equal(
				register_column_find(t, t->columns[n].name), &t->columns[n]);
			assert_ptr_equal(register_column_find(t, t->columns[n].attribute),
				&t->columns[n]);
			assert_ptr_equal(register_column_find(t, t->columns[n].label),
				&t->columns[n]);
		}
		assert_true(n < REGISTER_COLUMNS_MAX);
		assert_int_equal(register_kind_find(t->name), k);
		assert_int_equal(register_kind_find(t->label), k);
	}
	assert_int_equal(register_kind_find("nothing"), REGISTER_KIND_N);
}

static void circles_are_found(void **state)
{
	static const struct register_edge none[] = {
		{"a", "b"}, {"a", "c"}, {"b", "d"}, {"c", "d"}, {"d", "e"}};
	static const struct register_edge one[] = {
		{"a", "b"}, {"b", "c"}, {"b", "d"}, {"c", "x"}, {"d", "b"}};
	_cleanup_(str_done) struct str path_text = STR_INIT(256);
	struct register_edge *chain = calloc(200000, sizeof(*chain));
	char (*names)[16] = calloc(200001, sizeof(*names));
	const char *first = NULL;

	(void)state;
	assert_int_equal(register_circle(none, 5, &path_text, &first, NULL), 0);
	assert_int_equal(register_circle(one, 5, &path_text, &first, NULL), 1);
	assert_string_equal(path_text.data, "b -> d -> b");
	assert_string_equal(first, "b");
	/* a chain as long as a register may be, without and with an end */
	for (int i = 0; i <= 200000; i++)
		snprintf(names[i], sizeof(names[i]), "n%06d", i);
	for (int i = 0; i < 200000; i++)
		chain[i] = (struct register_edge){names[i], names[i + 1]};
	assert_int_equal(register_circle(chain, 200000, &path_text, &first, NULL), 0);
	chain[199999].to = names[0];
	assert_int_equal(register_circle(chain, 200000, &path_text, &first, NULL), 1);
	free(chain);
	free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_register_is_taken),
		cmocka_unit_test(slips_name_line_and_cell),
		cmocka_unit_test(persons_are_refused),
		cmocka_unit_test(limits_of_a_text),
		cmocka_unit_test(values_and_files_are_bounded),
		cmocka_unit_test(the_members_of_a_list_are_bounded),
		cmocka_unit_test(each_name_of_a_column_is_one),
		cmocka_unit_test(circles_are_found),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
