/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers in memory: the statements of the example as the tables want them, evidence that is
 * inherited, days, and the limits.
 */
#include "tests/unit/unit.h"

#include "common/file.h"
#include "inventory/norm/facts.h"
#include "inventory/register/register.h"

#include <stdio.h>
#include <unistd.h>

static char path[64];

static struct register_document *read_text(const char *text, int code, const char *said)
{
	struct register_document *doc = NULL;
	struct error err = {0};
	int r;

	assert_int_equal(file_publish(path, text, strlen(text), &err), 0);
	r = register_read(NULL, path, facts_day_parse("2026-11-24"), NULL, NULL, &doc, &err);
	if (r != code || (said && !strstr(err.text, said)))
		fail_msg(
			"%d, \"%s\", expected %d, \"%s\"", r, err.text, code, said ? said : "");
	return doc;
}

static int make_path(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/cadastre-register-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

static void the_example_in_numbers(void **state)
{
	static const int expected[REGISTER_KIND_N] = {
		[REGISTER_ORGANISATION] = 7, [REGISTER_ROLE] = 8, [REGISTER_CONTACT] = 3,
		[REGISTER_FIGURE] = 2, [REGISTER_DAMAGE] = 3, [REGISTER_FILING] = 1,
		[REGISTER_ASSESSMENT] = 1,
		[REGISTER_EVENT] = 2, [REGISTER_FACILITY] = 3, [REGISTER_ZONE] = 4,
		[REGISTER_CONDUIT] = 2, [REGISTER_SCENARIO] = 1, [REGISTER_RESPONSIBILITY] = 3,
		[REGISTER_CIRCUIT] = 2, [REGISTER_CONTRACT] = 1, [REGISTER_REMOTE] = 1,
		[REGISTER_POSITION] = 2, [REGISTER_DATA] = 1, [REGISTER_STATEMENT] = 4,
		[REGISTER_SUBNET] = 9,
		[REGISTER_BUSINESS] = 3, [REGISTER_SYSTEM] = 7, [REGISTER_TIER] = 4,
		[REGISTER_METRIC] = 2, [REGISTER_LIST] = 12, [REGISTER_SUPPORT] = 5,
		[REGISTER_UNIT] = 2, [REGISTER_RULE] = 8, [REGISTER_DEPENDENCY] = 5};
	_cleanup_(register_document_freep) struct register_document *doc = NULL;
	struct error err = {0};

	(void)state;
	if (register_read(NULL, EXAMPLES "/good/register-power-utility.xml",
		facts_day_parse("2026-11-24"), NULL, NULL, &doc, &err) < 0)
		fail_msg("%s", err.text);
	for (int k = 0; k < REGISTER_KIND_N; k++)
		assert_int_equal(doc->n_of[k], expected[k]);
	assert_string_equal(doc->realm, "lanhe");
	assert_string_equal(doc->document, "LH-REG-2026");
	assert_false(doc->complete);
	assert_non_null(register_find(doc, REGISTER_SYSTEM, "outage-website"));
	assert_null(register_find(doc, REGISTER_SYSTEM, "nothing"));
	assert_string_equal(doc->json[REGISTER_ANSWER].data, "[]");
}

#define HEAD "<register xmlns='urn:cadastre:register:1' realm='r' as-of='2026-01-01' " \
	"document='R'><organisations><organisation id='o' name=' An  &lt;\"Name\"&gt; ' " \
	"sector='energy'><role code='owner' document='O'/></organisation></organisations>"
#define SYSTEM "<system id='s' name='S' organisation='o' sector='energy' class='general' " \
	"kind='data-resource' function='f' service-scope='other' counterparts='other'"

static void evidence_is_inherited(void **state)
{
	_cleanup_(register_document_freep) struct register_document *doc = read_text(HEAD
		"<systems>" SYSTEM " as-of='2026-02-02'><metric name='m' value='1' unit='u' "
		"document='M'/><controls complete='yes' as-of='2026-03-03'><unit id='u' "
		"as-of='2026-04-04'/><unit id='v'/></controls></system></systems></register>",
		0, NULL);

	(void)state;
	assert_string_equal(doc->json[REGISTER_ORGANISATION].data,
		"[{\"id\":\"o\",\"name\":\"An  "
		"<\\\"Name\\\">\",\"sector\":\"energy\",\"credit_code\":\"\",\"unit_type\":"
		"\"\",\"affiliation\":\"\",\"division\":\"\",\"parent\":null,\"address\":\"\","
		"\"postcode\":\"\",\"industry\":\"\",\"countries\":[],\"as_of\":\"2026-01-01\","
		"\"document\":\"R\"}]");
	assert_non_null(strstr(doc->json[REGISTER_ROLE].data,
		"\"as_of\":\"2026-01-01\",\"document\":\"O\""));
	assert_non_null(strstr(doc->json[REGISTER_METRIC].data,
		"\"as_of\":\"2026-02-02\",\"document\":\"M\""));
	assert_non_null(strstr(doc->json[REGISTER_UNIT].data,
		"\"id\":\"u\",\"name\":\"\",\"mw\":null,\"kv\":null,\"lines\":null,"
		"\"interconnection\":\"\",\"as_of\":\"2026-04-04\",\"document\":\"R\""));
	assert_non_null(strstr(doc->json[REGISTER_UNIT].data,
		"\"id\":\"v\",\"name\":\"\",\"mw\":null,\"kv\":null,\"lines\":null,"
		"\"interconnection\":\"\",\"as_of\":\"2026-03-03\""));
	assert_string_equal(doc->owners[REGISTER_SYSTEM].data, "[\"s\"]");
}

static void days(void **state)
{
	(void)state;
	register_document_free(
		read_text(HEAD "<systems>" SYSTEM " as-of='2026-11-24'/></systems>"
			       "</register>",
			0, NULL));
	read_text(HEAD "<systems>" SYSTEM " as-of='2026-11-25'/></systems></register>",
		ERROR_INPUT, "lies in the future (today is 2026-11-24)");
	read_text(HEAD "<systems>" SYSTEM " as-of='2026-02-30'/></systems></register>",
		ERROR_INPUT, "breaks its form");
	read_text(HEAD "<systems>" SYSTEM " as-of='1969-01-01'/></systems></register>",
		ERROR_INPUT, "is not a day that a register can state");
}

static void the_first_of_several_faults_is_told(void **state)
{
	(void)state;
	read_text(HEAD "<systems>\n" SYSTEM ">\n<metric name='m' value='1' unit='u'/>\n"
		       "<metric name='m' value='2' unit='u'/></system>\n" SYSTEM
		       "/></systems></register>",
		ERROR_INPUT,
		":4: the metric \"m in u of s\" is stated twice; it stands at line 3");
}

static void the_number_of_statements_is_bounded(void **state)
{
	struct str text = STR_INIT((size_t)64 * 1024 * 1024);

	(void)state;
	str_adds(&text, HEAD "<systems>");
	for (int s = 0; s <= REGISTER_STATEMENTS_MAX / 10000; s++) {
		str_addf(&text,
			"<system id='s%d' name='S' organisation='o' sector='energy' "
			"class='general' kind='data-resource' function='f' "
			"service-scope='other' counterparts='other'><controls complete='yes'>",
			s);
		for (int u = 0; u < 10000; u++)
			str_addf(&text, "<unit id='%d'/>", u);
		str_adds(&text, "</controls></system>");
	}
	str_adds(&text, "</systems></register>");
	assert_false(text.failed);
	read_text(text.data, ERROR_INPUT, "more than 250000 statements; split it");
	str_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_in_numbers),
		cmocka_unit_test(evidence_is_inherited),
		cmocka_unit_test(days),
		cmocka_unit_test(the_first_of_several_faults_is_told),
		cmocka_unit_test(the_number_of_statements_is_bounded),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
