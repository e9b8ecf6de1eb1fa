/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a dossier to words: what the explanation says of matrices, constraints, duties that are
 * overdue and outcomes that are still open; and that stored inputs say the same again.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/evaluate.h"
#include "inventory/norm/safexml.h"

#define EVIDENCE "' grade='attested' as-of='2026-11-01' document='D-1'/>"

static struct pack *pack;
static struct arena *arena;
static struct fact_value values[PACK_FACTS_MAX];
static struct evaluation evaluation;
static struct str text;

static int set_up(void **state)
{
	(void)state;
	str_init(&text, EVALUATION_TEXT_MAX);
	arena = arena_new((size_t)16 * 1024 * 1024);
	return arena ? pack_load(EXAMPLES "/good/pack-language.xml", &pack, NULL) : -1;
}

static int tear_down(void **state)
{
	(void)state;
	str_done(&text);
	pack_free(pack);
	arena_free(arena);
	return 0;
}

static void judge(const char *day, const char *content)
{
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct str xml = STR_INIT(1 << 20);
	struct error err = {0};

	str_addf(&xml, "<system id='s' sector='energy' grade='attested' as-of='2026-11-01'>%s"
		"</system>", content);
	if (safexml_parse_own(xml.data, xml.len, &dossier, &err) < 0 ||
		facts_extract(pack, dossier, facts_day_parse(day), arena, values, &err) < 0 ||
		evaluate_pack(pack, values, &evaluation, &err) < 0)
		fail_msg("%s", err.text);
	str_done(&xml);
	str_reset(&text);
}

static void says(const char *expected)
{
	if (strcmp(text.data, expected) != 0)
		fail_msg("\"%s\" is not \"%s\"", text.data, expected);
	str_reset(&text);
}

static uint16_t criterion(const char *id)
{
	return (uint16_t)pack_criterion_find(pack, id, strlen(id));
}

#define HARM(degree, outage) "<harm object='order' degree='" degree "' outage='" outage EVIDENCE
#define CARRIES "<carries system='t' tier='4" EVIDENCE "<carried complete='yes" EVIDENCE

static void matrices_say_what_gives_them(void **state)
{
	(void)state;
	judge("2026-11-24", HARM("serious", "general") CARRIES);
	evaluation_matrix_reason(pack, values, &evaluation, 0, &text);
	says("s 3: s-order = serious [attested 2026-11-01 D-1] gives 3, row 2. tier of "
	     "business information. Basis: GB/T 22240-2020, table 1");
	evaluation_matrix_reason(pack, values, &evaluation, 2, &text);
	says("tier 4: s 3; a 2; A3, which is unknown, gives 3, rule 8; carried-tier = 4 "
	     "[attested 2026-11-01 D-1], at most 5, rule 9. tier. Basis: GB/T 22240-2020, 6.1");
	judge("2026-11-24", HARM("slight", "general"));
	evaluation_matrix_reason(pack, values, &evaluation, 0, &text);
	says("s 2 to 4: s-order \"slight\" is not in the table [attested 2026-11-01 D-1], row "
	     "2. tier of business information. Basis: GB/T 22240-2020, table 1");
}

static void constraints_name_offenders(void **state)
{
	(void)state;
	judge("2026-11-24", "<member class='business' name='web" EVIDENCE
		"<member class='business' name='a &amp; b" EVIDENCE);
	evaluation_reason(pack, values, &evaluation, criterion("Z1"), &text);
	says("Z1 violated (constraint): a & b, web [attested 2026-11-01 D-1]. No business "
	     "system in the control zone. Basis: rule 7");
	judge("2026-11-24", "<members complete='yes" EVIDENCE);
	evaluation_reason(pack, values, &evaluation, criterion("Z1"), &text);
	says("Z1 kept (constraint): Z1 = false [attested 2026-11-01 D-1]. No business system "
	     "in the control zone. Basis: rule 7");
	judge("2026-11-24", "");
	evaluation_reason(pack, values, &evaluation, criterion("Z1"), &text);
	assert_non_null(strstr(text.data, "Z1 unknown (constraint): Z1 is missing."));
}

static void the_first_hundred_are_named(void **state)
{
	struct str many = STR_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 134; i++)
		str_addf(&many, "<member class='business' name='m%03d%s", i, EVIDENCE);
	judge("2026-11-24", many.data);
	evaluation_reason(pack, values, &evaluation, criterion("Z1"), &text);
	assert_non_null(strstr(text.data, "m098, m099 and 34 more [attested"));
	assert_null(strstr(text.data, "m100"));
	str_done(&many);
}

static void duties_say_when_they_were_due(void **state)
{
	(void)state;
	judge("2026-11-24", "<assessment date='2025-10-01" EVIDENCE);
	evaluation_reason(pack, values, &evaluation, criterion("D1"), &text);
	says("D1 met (importance): assessment-overdue = true (due 2026-10-01) [attested "
	     "2026-11-01 D-1]; scan-gap is missing. A duty is overdue. Basis: rule 6");
	assert_int_equal(evaluation.outcome, OUTCOME_REVIEW);
	evaluation_possible_names(pack, evaluation.possible, " or ", &text);
	says("remind or watch or cii");
}

static void time_alone_is_foreseen(void **state)
{
	(void)state;
	judge("2026-11-24", "<assessment date='2026-10-01" EVIDENCE);
	assert_int_equal(evaluation.until_day, facts_day_parse("2027-10-02"));
	judge("2026-11-24", "<assessment date='2026-10-01" EVIDENCE
		"<metric name='customers-served' value='5" EVIDENCE);
	assert_int_equal(evaluation.until_day, facts_day_parse("2027-05-01"));
	judge("2026-11-24", "");
	assert_true(evaluation.until_day == INT64_MAX);
	/* A walk of the graph is as old as its oldest part. */
	values[pack_fact_find(pack, "sectors", 7)] = (struct fact_value){FACT_AT_LEAST, 1, "1",
		"derived", "2026-11-10", ""};
	assert_int_equal(evaluate_pack(pack, values, &evaluation, NULL), 0);
	assert_int_equal(evaluation.until_day, facts_day_parse("2026-11-10") + 181);
}

static void the_whole_is_canonical(void **state)
{
	static const char *const dossier = HARM("serious", "general") CARRIES
		"<member class='business' name='web" EVIDENCE
		"<assessment date='2025-10-01" EVIDENCE;
	struct str inputs = STR_INIT(EVALUATION_TEXT_MAX),
		   again = STR_INIT(EVALUATION_TEXT_MAX);
	struct fact_value replayed[PACK_FACTS_MAX];
	struct error err = {0};

	(void)state;
	judge("2026-11-24", dossier);
	evaluation_explain(pack, values, &evaluation, &text);
	evaluation_inputs(pack, values, &inputs);
	assert_non_null(
		strstr(text.data, "outcome=\"review\" possible=\"watch cii\" score=\"0\""));
	assert_non_null(
		strstr(text.data, "  <forbid id=\"Z1\" verdict=\"violated\">Z1 violated"));
	assert_non_null(strstr(text.data, "  <matrix name=\"tier\" value=\"4\">tier 4: s 3;"));
	assert_non_null(
		strstr(inputs.data, "value=\"true\" grade=\"attested\" as-of=\"2026-11-01\" "
				    "document=\"D-1\" due=\"2026-10-01\"/>"));
	assert_non_null(strstr(inputs.data, "until=\"2027-01-31\" found=\"1\">\n"
		"    <offender label=\"web\"/>\n  </fact>"));
	if (evaluation_inputs_parse(pack, inputs.data, inputs.len, arena, replayed, &err) < 0)
		fail_msg("%s", err.text);
	evaluation_inputs(pack, replayed, &again);
	assert_string_equal(again.data, inputs.data);
	str_reset(&again);
	assert_int_equal(evaluate_pack(pack, replayed, &evaluation, &err), 0);
	evaluation_explain(pack, replayed, &evaluation, &again);
	assert_string_equal(again.data, text.data);
	str_done(&inputs);
	str_done(&again);
}

static void stored_inputs_must_fit(void **state)
{
	static const char *const bad[] = {"<inputs><fact name='other' state='known'/></inputs>",
		"<inputs><fact name='sector' state='good'/></inputs>",
		"<inputs><fact name='customers' state='known' value='many'/></inputs>",
		"<inputs><fact name='customers' state='known' value='1' until='2026-02-30'/></inputs>",
		"<inputs"};
	struct fact_value replayed[PACK_FACTS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error err = {0};

		assert_int_equal(evaluation_inputs_parse(pack, bad[i], strlen(bad[i]), arena,
			replayed, &err), ERROR_INPUT);
		assert_true(err.text[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matrices_say_what_gives_them),
		cmocka_unit_test(constraints_name_offenders),
		cmocka_unit_test(the_first_hundred_are_named),
		cmocka_unit_test(duties_say_when_they_were_due),
		cmocka_unit_test(time_alone_is_foreseen),
		cmocka_unit_test(the_whole_is_canonical),
		cmocka_unit_test(stored_inputs_must_fit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
