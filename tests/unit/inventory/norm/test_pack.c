/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading norm packs. The shipped pack is read and all of its examples run; each malformed
 * pack under schema/examples/bad is refused with file, line and reason; a pack whose examples
 * do not come out says which, and what came out instead.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/embedded.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/safexml.h"

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
	if (pack_load(NORMS "/x.energy.power.xml", &pack, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(pack->id, "x.energy.power");
	assert_string_equal(pack->version, "1.0");
	assert_int_equal(pack->n_criteria, 6);
	assert_int_equal(strlen(pack->sha256), 64);
	assert_int_equal(
		evaluation_run_examples(pack, &examples, &passed, failed, &failures, &err), 0);
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
	assert_int_equal(pack_load(NORMS "/x.energy.power.xml", &file, &err), 0);
	assert_string_equal(pack->sha256, file->sha256);
	assert_int_equal(pack_load("shipped:x.nothing", &none, &err), ERROR_INPUT);
	assert_int_equal(pack_load("/nowhere/pack.xml", &none, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "/nowhere/pack.xml"));
}

/* Each is named by its id, passes its own examples and comes with its README. */
static void all_that_are_shipped(void **state)
{
	int n = 0;

	(void)state;
	for (size_t i = 0; i < norm_embedded_n; i++) {
		const struct norm_embedded *file = &norm_embedded_files[i];
		size_t stem = strlen(file->name) - 4;
		_cleanup_(pack_freep) struct pack *pack = NULL;
		uint64_t examples = 0, passed = 0;
		struct error err = {0};
		char readme[512];

		if (strcmp(file->name + stem, ".xml") != 0)
			continue;
		n++;
		if (pack_parse(file->name, file->bytes, file->size, &pack, &err) < 0 ||
			evaluation_run_examples(pack, &examples, &passed, NULL, NULL, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(strlen(pack->id), stem);
		assert_memory_equal(pack->id, file->name, stem);
		assert_true(examples > 0 && passed == examples);
		snprintf(readme, sizeof(readme), "%s/%s.md", NORMS, pack->id);
		assert_int_equal(access(readme, R_OK), 0);
	}
	assert_int_equal(n, 11);
}

/* A pack of our own making around one set of criteria. */
static int parse(const char *facts, const char *criteria, const char *when, struct error *err)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct str text = STR_INIT(1 << 20);
	int r;

	str_addf(&text,
		"<norm-pack xmlns='urn:cadastre:norm:1' id='t' version='1' unit='system' "
		"language='en' authority='t' effective-from='2026-01-01'><title>t</title><facts>"
		"<fact name='n' type='number' label='n' select='@n'/>%s</facts><criteria>%s"
		"</criteria><outcome value='cii' when='%s'/><examples><example name='e' "
		"outcome='review'/></examples></norm-pack>",
		facts, criteria, when);
	r = pack_parse("t.xml", text.data, text.len, &pack, err);
	str_done(&text);
	return r;
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
	bad("pack-boundary-seed.xml", ":14:", "'vital'");
	bad("pack-cadence-every.xml", ":7:", "'P0Y'");
	bad("pack-cadence-xpath.xml", ":7:", "event: \"assessment[\" is not XPath 1.0");
	bad("pack-clock-twice.xml", ":15:", "a second clock from this event");
	bad("pack-example-matrix.xml", ":15:", "\"tier\", which is no matrix");
	bad("pack-example-outcome.xml", ":14:", "\"high\", which is no outcome");
	bad("pack-floor.xml", ":15:", "either a criterion and what it gives");
	bad("pack-forbid-unused.xml", ":13:", "no outcome says violated");
	bad("pack-given-twice.xml", ":15:", "gives \"customers\" twice, line 17");
	bad("pack-graph-unit.xml",
		":8:", "the graph is of systems; a norm of the unit zone has no");
	bad("pack-matrix-cell-twice.xml", ":15:", "line 17: a second cell for \"serious\"");
	bad("pack-matrix-circle.xml", ":15:", "not a matrix standing before");
	bad("pack-matrix-fact.xml", ":15:", "\"order\" is not a fact");
	bad("pack-matrix-no-common-code.xml", ":7:", "no value of it is in every table");
	bad("pack-matrix-type.xml", ":15:", "\"customers\" is not of type code");
	bad("pack-never-in-force.xml", ":3:", "lies before effective-from");
	bad("pack-no-such-day.xml", ":3:", "the calendar has no day \"2026-02-30\"");
	bad("pack-outcome-review.xml", ":13:", "take another word");
	bad("pack-outcome-twice.xml", ":14:", "the outcome is given twice");
	bad("pack-steps-of-code.xml", ":7:", "steps belong to a fact of type number");
	bad("pack-steps-overlap.xml", ":6:", "the steps from 100 and from 200 overlap");
	bad("pack-supersedes-itself.xml", ":3:", "it supersedes itself");
	bad("pack-trigger-twice.xml", ":16:", "the trigger is given twice");
	bad("pack-unknown-matrix.xml", ":13:", "neither score nor a matrix");
}

/* Found by the diagram of all rules together. */
static void what_can_never_hold_is_refused(void **state)
{
	(void)state;
	bad("pack-never-met.xml", ":11:", "can never be met");
	bad("pack-never-comes-out.xml",
		":14:", "outcome \"watch\" (Art. 10) can never come out");
	bad("pack-bright-contradiction.xml", ":10:", "contradictory bright lines");
	bad("pack-bright-contradiction.xml", ":10:", "$customers >= 100000, $class = 'test'");
}

/* The lowest, where a pack gives it. */
static void what_is_otherwise_can_come_out(void **state)
{
	static const char *const criterion = "<criterion id='A' factor='harm' weight='1' "
		"test='$n &gt; 1' basis='b'/>";
	struct error err = {0};

	(void)state;
	assert_int_equal(
		parse("", criterion, "A'/><outcome value='low' when='not(A)", &err), 0);
	assert_int_equal(parse("", criterion, "A'/><outcome value='low' when='not(A)'/>"
		"<otherwise value='none", &err), ERROR_INPUT);
	if (!strstr(err.text, "outcome \"none\" can never come out: one of those above it"))
		fail_msg("%s", err.text);
}

static void errors_name_the_clause(void **state)
{
	(void)state;
	bad("pack-never-met.xml", ":11:", "criterion \"A2\" (Order 745 Art. 9(3))");
	bad("pack-matrix-circle.xml", ":15:", "of \"two\" (GB/T 22240-2020, 6.1)");
	bad("pack-clock-twice.xml", ":15:", "(Order 745 Art. 11)");
	bad("pack-forbid-unused.xml", ":13:", "(IEC 62443-3-2 ZCR 3.2)");
}

/* ---- every part of the language ------------------------------------------------------ */

static struct pack *language(void)
{
	struct pack *pack = NULL;
	struct error err = {0};

	if (pack_load(EXAMPLES "/good/pack-language.xml", &pack, &err) < 0)
		fail_msg("%s", err.text);
	return pack;
}

static void the_example_of_the_language_proves_itself(void **state)
{
	_cleanup_(pack_freep) struct pack *pack = language();
	struct failures failures = {0};
	struct error err = {0};
	uint64_t examples = 0, passed = 0;

	(void)state;
	assert_int_equal(
		evaluation_run_examples(pack, &examples, &passed, failed, &failures, &err), 0);
	if (failures.n)
		fail_msg("%s", failures.last);
	assert_int_equal(examples, 9);
	assert_int_equal(pack->unit, UNIT_SYSTEM);
	assert_string_equal(pack_unit_name(UNIT_ORGANISATION), "organisation");
	assert_int_equal(pack->n_outcomes, 4);
	assert_string_equal(outcome_name(pack, 3), "cii");
	assert_string_equal(outcome_name(pack, 0), "not");
	assert_string_equal(outcome_name(pack, OUTCOME_REVIEW), "review");
	assert_string_equal(outcome_name(pack, OUTCOME_NOT_APPLICABLE), "n/a");
	assert_int_equal(pack_outcome_find(pack, "watch"), 2);
	assert_int_equal(pack_outcome_find(pack, "review"), -1);
	assert_int_equal(pack_matrix_find(pack, "tier", 4), 2);
}

static void boundary_change_and_clocks_are_read(void **state)
{
	_cleanup_(pack_freep) struct pack *pack = language(), *silent = NULL;

	(void)state;
	assert_int_equal(
		pack->boundary.seed, 1u << STRENGTH_ESSENTIAL | 1u << STRENGTH_IMPORTANT);
	assert_true(pack->boundary.control && !pack->boundary.business);
	assert_true(pack->boundary.stop_device && !pack->boundary.stop_one_way);
	assert_int_equal(pack->boundary.window_days, 30);
	assert_int_equal(pack->change.margin, 5);
	assert_true(pack->change.jaccard == 0.75);
	assert_int_equal(pack->change.major, 1u << TRIGGER_OUTCOME_FLIP);
	assert_int_equal(pack->change.notable, 1u << TRIGGER_EXPOSURE);
	assert_int_equal(pack->n_clocks, 2);
	assert_int_equal(pack->clocks[0].event, CLOCK_RECEIVED);
	assert_int_equal(pack->clocks[0].months, 3);
	assert_int_equal(pack->clocks[1].action, CLOCK_NOTIFY);
	assert_int_equal(pack->clocks[1].days, 10);
	assert_string_equal(pack->clocks[1].basis, "rule 15");
	/* What holds for a pack that says nothing of them. */
	assert_int_equal(pack_load("shipped:us.bod23-01", &silent, NULL), 0);
	assert_null(safexml_child(xmlDocGetRootElement(silent->doc), "clock"));
	assert_int_equal(silent->n_clocks, 1);
	assert_int_equal(silent->clocks[0].event, CLOCK_RECEIVED);
	assert_int_equal(silent->clocks[0].months, 3);
	assert_int_equal(silent->clocks[0].days, 0);
	assert_int_equal(silent->clocks[0].action, CLOCK_RE_IDENTIFY);
	assert_int_equal(pack_change_default.major & pack_change_default.notable, 0);
	assert_int_equal(pack_change_default.major | pack_change_default.notable,
		(1u << TRIGGER_N) - 1);
}

static void every_word_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(change_trigger_name(TRIGGER_NORM), "norm");
	assert_string_equal(change_trigger_name(TRIGGER_OUTCOME_FLIP), "outcome-flip");
	assert_string_equal(change_trigger_name(TRIGGER_KEY_BUSINESS), "key-business");
	assert_string_equal(change_trigger_name(TRIGGER_N), "?");
	assert_string_equal(clock_event_name(CLOCK_NOTIFIED), "notified");
	assert_string_equal(clock_action_name(CLOCK_INFORM), "inform");
	assert_string_equal(clock_action_name(CLOCK_ACTION_N), "?");
}

static void a_failing_example_is_told(void **state)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct failures failures = {0};
	struct error err = {0};
	uint64_t examples = 0, passed = 0;

	(void)state;
	assert_int_equal(pack_load(EXAMPLES "/bad/pack-failing-example.xml", &pack, &err), 0);
	assert_int_equal(
		evaluation_run_examples(pack, &examples, &passed, failed, &failures, &err), 0);
	assert_int_equal(examples - passed, 2);
	assert_int_equal(failures.n, 2);
	if (!strstr(failures.last, "outcome cii, expected not"))
		fail_msg("%s", failures.last);
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
	assert_int_equal(parse("<fact name='n' type='number' label='n' select='@n'/>", judged,
				 "A", &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.text, "used twice"));
	assert_int_equal(parse("<fact name='b' type='boolean' label='b' exists='@n'/>", judged,
				 "A", &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.text, "closed"));
	assert_int_equal(parse("", judged, "A", &err), 0);
}

static void refused(const char *facts, const char *criterion, const char *reason)
{
	struct str text = STR_INIT(1 << 12);
	struct error err = {0};

	str_addf(&text, "<criterion id='A' factor='harm' weight='1' basis='b' %s/>", criterion);
	if (parse(facts, text.data, "A", &err) != ERROR_INPUT || !strstr(err.text, reason))
		fail_msg("%s: \"%s\" does not say \"%s\"", criterion, err.text, reason);
	str_done(&text);
}

static void constants_are_of_the_type_of_their_fact(void **state)
{
	static const char *const others = "<fact name='c' type='code' label='c' select='@c'/>"
		"<fact name='b' type='boolean' label='b' exists='x' closed='y'/>";

	(void)state;
	refused(others, "test=\"$n &gt;= '100000'\"", "$n is a number and is compared with");
	refused(others, "test=\"'100000' &lt; $n\"", "$n is a number and is compared with");
	refused(others, "test=\"$n = '1'\"", "$n is a number and is compared with");
	refused(others, "test=\"$c = 1\"", "$c is a code and is compared with");
	refused(others, "test=\"$b = 1\"", "$b is a boolean and is compared with");
}

static void calls_have_the_arguments_they_take(void **state)
{
	static const char *const code = "<fact name='c' type='code' label='c' select='@c'/>";

	(void)state;
	refused(code, "test='contains($c)'", "contains() takes 2 arguments, not 1");
	refused(code, "test='string() = $c'", "string() takes 1 argument, not 0");
	refused(code, "test='number($c, 1) = $n'", "number() takes 1 argument, not 2");
	refused(code, "test='true($c)'", "true() takes 0 arguments, not 1");
	refused(code, "test='last() = $n'", "last() may not be used in a test");
	refused("<fact name='f' type='number' label='f' select='x[contains(@a)]'/>",
		"test='$f &gt; 1'", "contains() takes 2 arguments, not 1");
}

static void an_age_is_that_of_an_answer(void **state)
{
	(void)state;
	refused("", "test='$n &gt; 1' max-age='P1D'", "max-age belongs to judged-by");
}

static void a_duty_counts_from_something(void **state)
{
	(void)state;
	refused("<cadence name='d' label='l' every='P1Y'/>", "test='$d'",
		"give event, since, or both");
	refused("<cadence name='d' label='l' since='@a' every='P1Y' within='P9D'/>",
		"test='$d'", "there is no event");
}

static void the_number_of_conditions_is_bounded(void **state)
{
	static const char *const second =
		"<fact name='m' type='number' label='m' select='@m'/>";
	struct str criteria = STR_INIT(1 << 20);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < PACK_ATOMS_MAX; i++)
		str_addf(&criteria, "<criterion id='C%d' factor='harm' weight='1' "
			"test='$%s &gt; %d' basis='b'/>", i, i & 1 ? "n" : "m", i);
	assert_int_equal(parse(second, criteria.data, "score &gt; 3", &err), 0);
	str_reset(&criteria);
	for (int i = 0; i < PACK_ATOMS_MAX; i++)
		str_addf(&criteria, "<criterion id='C%d' factor='harm' weight='1' "
			"test='$%s &gt; %d%s' basis='b'/>", i, i & 1 ? "n" : "m", i,
			i ? "" : " or $n = -1");
	assert_int_equal(parse(second, criteria.data, "score &gt; 3", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "more than 64 different conditions"));
	str_done(&criteria);
}

static void too_many_combinations_are_refused(void **state)
{
	struct str facts = STR_INIT(1 << 20), criteria = STR_INIT(1 << 20);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < 60; i++) {
		str_addf(&facts,
			"<fact name='b%d' type='boolean' label='b' exists='x' closed='y'/>", i);
		str_addf(&criteria, "<criterion id='C%d' factor='harm' weight='%d' test='$b%d' "
			"basis='b'/>", i, 500 + i * i * 7 % 499, i);
	}
	assert_int_equal(
		parse(facts.data, criteria.data, "score &gt; 20000", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "t.xml:1: norm pack \"t\""));
	assert_non_null(strstr(err.text, "too many combinations (more than 200000); split it"));
	str_done(&facts);
	str_done(&criteria);
}

static void facts_and_outcome_conditions_are_bounded(void **state)
{
	struct str facts = STR_INIT(1 << 20), criteria = STR_INIT(1 << 20);
	struct str when = STR_INIT(1 << 20);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < 60; i++)
		str_addf(&facts,
			"<fact name='b%d' type='boolean' label='b' exists='x' closed='y'/>", i);
	for (int i = 0; i < 4; i++)
		str_addf(&criteria, "<criterion id='J%d' factor='harm' weight='10' "
			"judged-by='official' question='Is it?' basis='clause %d'/>", i, i);
	assert_int_equal(parse(facts.data, criteria.data, "score &gt; 3", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "criterion \"J3\" (clause 3): more than 64 facts"));
	for (int k = 0; k < 3; k++) {
		if (k) /* parse() puts the text between quotes */
			str_addf(&when, "'/><outcome value='o%d' when='", k);
		for (int i = 0; i < 50; i++)
			str_addf(&when, "%sscore &gt; %d", i ? " or " : "", 100 + 50 * k + i);
	}
	assert_int_equal(parse("", criteria.data, when.data, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "outcome \"o2\": the outcomes have more than 128"));
	str_done(&facts);
	str_done(&criteria);
	str_done(&when);
}

/* One fact has at most 64 values that the rules can tell apart. */
static void the_values_of_a_fact_are_bounded(void **state)
{
	struct str criteria = STR_INIT(1 << 20);
	struct error err = {0};

	(void)state;
	for (int i = 0; i < 32; i++)
		str_addf(&criteria, "<criterion id='C%d' factor='harm' weight='1' "
			"test='$n = %d' basis='b'/>", i, i);
	assert_int_equal(parse("", criteria.data, "score &gt; 0", &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "compared with more than 63 different values"));
	str_done(&criteria);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_pack_proves_itself),
		cmocka_unit_test(it_is_compiled_in),
		cmocka_unit_test(all_that_are_shipped),
		cmocka_unit_test(bad_packs_name_line_and_reason),
		cmocka_unit_test(a_failing_example_is_told),
		cmocka_unit_test(slips_are_found),
		cmocka_unit_test(constants_are_of_the_type_of_their_fact),
		cmocka_unit_test(calls_have_the_arguments_they_take),
		cmocka_unit_test(an_age_is_that_of_an_answer),
		cmocka_unit_test(a_duty_counts_from_something),
		cmocka_unit_test(the_number_of_conditions_is_bounded),
		cmocka_unit_test(what_can_never_hold_is_refused),
		cmocka_unit_test(what_is_otherwise_can_come_out),
		cmocka_unit_test(errors_name_the_clause),
		cmocka_unit_test(the_example_of_the_language_proves_itself),
		cmocka_unit_test(boundary_change_and_clocks_are_read),
		cmocka_unit_test(every_word_has_its_name),
		cmocka_unit_test(too_many_combinations_are_refused),
		cmocka_unit_test(the_values_of_a_fact_are_bounded),
		cmocka_unit_test(facts_and_outcome_conditions_are_bounded),
	};

	return RUN(tests);
}
