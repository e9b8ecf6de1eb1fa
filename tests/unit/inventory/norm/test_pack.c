/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading norm packs. The shipped pack is read and all of its examples run; each malformed
 * pack under schema/examples/bad is refused with file, line and reason; a pack whose examples
 * do not come out says which, and what came out instead.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/evaluate.h"

#include <stdio.h>

struct failures {
	int n;
	char last[512];
};

static int failed(void *context, const char *example, const char *why)
{
	struct failures *failures = context;

	failures->n++;
	snprintf(failures->last, sizeof(failures->last), "%s: %s", example, why);
	return 0;
}

static void the_shipped_pack_proves_itself(void **state)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct failures failures = {0};
	struct error err = {0};
	uint64_t examples = 0, passed = 0;

	(void)state;
	if (pack_load(NORMS "/energy-power.xml", &pack, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(pack->id, "x.energy.power");
	assert_string_equal(pack->version, "1.0");
	assert_int_equal(pack->n_criteria, 6);
	assert_int_equal(strlen(pack->sha256), 64);
	assert_int_equal(evaluation_run_examples(pack, &examples, &passed, failed, &failures, &err),
		0);
	if (failures.n)
		fail_msg("%s", failures.last);
	assert_int_equal(examples, 11);
	assert_int_equal(passed, 11);
}

static void it_is_compiled_in(void **state)
{
	_cleanup_(pack_freep) struct pack *pack = NULL, *file = NULL, *none = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(pack_load("shipped:x.energy.power", &pack, &err), 0);
	assert_int_equal(pack_load(NORMS "/energy-power.xml", &file, &err), 0);
	assert_string_equal(pack->sha256, file->sha256);
	assert_int_equal(pack_load("shipped:x.nothing", &none, &err), ERROR_INPUT);
	assert_int_equal(pack_load("/nowhere/pack.xml", &none, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "/nowhere/pack.xml"));
}

static void bad(const char *name, const char *line, const char *reason)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct error err = {0};
	char path[512];

	snprintf(path, sizeof(path), "%s/bad/%s", EXAMPLES, name);
	assert_int_equal(pack_load(path, &pack, &err), ERROR_INPUT);
	if (strncmp(err.text, path, strlen(path)) != 0 ||
		strncmp(err.text + strlen(path), line, strlen(line)) != 0 ||
		!strstr(err.text, reason))
		fail_msg("%s: \"%s\" does not say \"%s %s\"", name, err.text, line, reason);
}

static void bad_packs_name_line_and_reason(void **state)
{
	(void)state;
	bad("pack-unknown-fact.xml", ":10:", "$people is not a fact");
	bad("pack-type-error.xml", ":10:", "$class is a code");
	bad("pack-syntax-error.xml", ":10:", "operand");
	bad("pack-path-in-test.xml", ":10:", "count() may not be used");
	bad("pack-division.xml", ":10:", "divide by zero");
	bad("pack-circle.xml", ":10:", "standing before it");
	bad("pack-unknown-criterion.xml", ":12:", "\"B7\" is not a criterion");
	bad("pack-outcome-score.xml", ":12:", "score must be compared");
	bad("pack-xpath-error.xml", ":6:", "is not XPath 1.0");
	bad("pack-aggregate.xml", ":6:", "needs over, distinct and closed");
	bad("pack-entity-bomb.xml", ":2:", "document type declaration");
	bad("pack-wrong-unit.xml", ":3:", "unit");
}

static void a_failing_example_is_told(void **state)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct failures failures = {0};
	struct error err = {0};
	uint64_t examples = 0, passed = 0;

	(void)state;
	assert_int_equal(pack_load(EXAMPLES "/bad/pack-failing-example.xml", &pack, &err), 0);
	assert_int_equal(evaluation_run_examples(pack, &examples, &passed, failed, &failures, &err),
		0);
	assert_int_equal(examples - passed, 2);
	assert_int_equal(failures.n, 2);
	if (!strstr(failures.last, "outcome cii, expected not"))
		fail_msg("%s", failures.last);
}

/* A pack of our own making around one set of criteria. */
static int parse(const char *facts, const char *criteria, const char *when, struct error *err)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct str text = STR_INIT(1 << 20);
	int r;

	str_addf(&text, "<norm-pack xmlns='urn:cadastre:norm:1' id='t' version='1' unit='system' "
		"language='en' authority='t' effective-from='2026-01-01'><title>t</title><facts>"
		"<fact name='n' type='number' label='n' select='@n'/>%s</facts><criteria>%s"
		"</criteria><outcome value='cii' when='%s'/><examples><example name='e' "
		"outcome='review'/></examples></norm-pack>", facts, criteria, when);
	r = pack_parse("t.xml", text.data, text.len, &pack, err);
	str_done(&text);
	return r;
}

static void slips_are_found(void **state)
{
	static const char *const weightless =
		"<criterion id='A' factor='harm' test='$n &gt; 1' basis='b'/>";
	static const char *const both = "<criterion id='A' factor='harm' weight='1' "
		"test='$n &gt; 1' judged-by='official' question='q' basis='b'/>";
	static const char *const constant =
		"<criterion id='A' factor='harm' weight='1' test='1 &gt; 0' basis='b'/>";
	static const char *const judged = "<criterion id='A' factor='harm' weight='1' "
		"judged-by='official' question='Is it?' basis='b'/>";
	struct error err = {0};

	(void)state;
	assert_int_equal(parse("", weightless, "bright", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "no weight"));
	assert_int_equal(parse("", both, "bright", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "either a test"));
	assert_int_equal(parse("", constant, "bright", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "reads no fact"));
	assert_int_equal(parse("<fact name='n' type='number' label='n' select='@n'/>", judged, "A",
		&err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "used twice"));
	assert_int_equal(parse("<fact name='b' type='boolean' label='b' exists='@n'/>", judged, "A",
		&err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "closed"));
	assert_int_equal(parse("", judged, "A", &err), 0);
}

static void the_number_of_conditions_is_bounded(void **state)
{
	struct str criteria = STR_INIT(1 << 20);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < PACK_ATOMS_MAX; i++)
		str_addf(&criteria, "<criterion id='C%d' factor='harm' weight='1' "
			"test='$n &gt; %d' basis='b'/>", i, i);
	assert_int_equal(parse("", criteria.data, "score &gt; 3", &err), 0);
	str_adds(&criteria, "<criterion id='D' factor='harm' weight='1' test='$n = -1' basis='b'/>");
	assert_int_equal(parse("", criteria.data, "score &gt; 3", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "more than 20 different conditions"));
	str_done(&criteria);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_pack_proves_itself),
		cmocka_unit_test(it_is_compiled_in),
		cmocka_unit_test(bad_packs_name_line_and_reason),
		cmocka_unit_test(a_failing_example_is_told),
		cmocka_unit_test(slips_are_found),
		cmocka_unit_test(the_number_of_conditions_is_bounded),
	};

	return RUN(tests);
}
