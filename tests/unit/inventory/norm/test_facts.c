/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts out of a dossier: what is said is known; what is old, of the wrong grade,
 * contradictory or not said at all is unknown, each for its own reason; an incomplete list
 * gives a lower bound; an expression that never ends is stopped.
 */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/safexml.h"

#include <stdio.h>

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	return arena ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* The facts of the energy pack from a dossier with this content, seen on 2026-11-24. */
static struct fact_value take(const char *content, const char *name)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	struct str text = STR_INIT(1 << 20);
	struct error err = {0};

	str_addf(&text, "<system id='s' sector='energy' grade='attested' as-of='2026-11-01'>%s"
		"</system>", content);
	if (pack_load(NORMS "/x.energy.power.xml", &pack, &err) < 0 ||
		safexml_parse_own(text.data, text.len, &dossier, &err) < 0 ||
		facts_extract(
			pack, dossier, facts_day_parse("2026-11-24"), arena, values, &err) < 0)
		fail_msg("%s", err.text);
	str_done(&text);
	return values[pack_fact_find(pack, name, strlen(name))];
}

static void is(const char *content, const char *name, enum fact_state state, double number)
{
	struct fact_value value = take(content, name);

	if (value.state != state)
		fail_msg("%s of %s: %s, expected %s", name, content,
			fact_state_name(value.state), fact_state_name(state));
	if (state == FACT_KNOWN || state == FACT_AT_LEAST)
		assert_true(value.number == number);
}

#define METRIC "<metric name='customers-served' unit='person' value='"
#define GOOD "' grade='attested' as-of='2026-11-01' document='D'/>"

static void single_values(void **state)
{
	(void)state;
	assert_string_equal(take("", "sector").text, "energy");
	is("", "customers", FACT_MISSING, 0);
	is(METRIC "140000" GOOD, "customers", FACT_KNOWN, 140000);
	is(METRIC "0" GOOD, "customers", FACT_KNOWN, 0);
	is(METRIC "many" GOOD, "customers", FACT_INVALID, 0);
	is(METRIC "5' grade='claimed' as-of='2026-11-01'/>", "customers", FACT_GRADE, 0);
	is(METRIC "5' grade='attested' as-of='2026-05-28'/>", "customers", FACT_KNOWN, 5);
	is(METRIC "5' grade='attested' as-of='2026-05-27'/>", "customers", FACT_STALE, 0);
	is(METRIC "5' grade='attested' as-of='soon'/>", "customers", FACT_STALE, 0);
	is("<metric name='customers-served' unit='household' value='5" GOOD, "customers",
		FACT_MISSING, 0);
}

static void several_values(void **state)
{
	(void)state;
	is(METRIC "5" GOOD METRIC "6" GOOD, "customers", FACT_CONTRADICTORY, 0);
	is(METRIC "5" GOOD METRIC "5.0" GOOD, "customers", FACT_KNOWN, 5);
	is(METRIC "5" GOOD METRIC "6' grade='measured' as-of='2026-11-02'/>", "customers",
		FACT_KNOWN, 6);
	is(METRIC "5" GOOD METRIC "6' grade='claimed' as-of='2026-11-20'/>", "customers",
		FACT_KNOWN, 5);
	is(METRIC "5" GOOD METRIC "6" GOOD METRIC "7' grade='measured' as-of='2026-11-02'/>",
		"customers", FACT_KNOWN, 7);
}

#define SUPPORT "<support business='b' key='yes' strength='essential' " \
	"function='distribution-dispatch' grade='attested' as-of='2026-11-01' "
#define LIST "<supports complete='yes' grade='attested' as-of='2026-11-01'/>"
#define OLD_LIST "<supports complete='yes' grade='attested' as-of='2020-11-01'/>"

static void booleans(void **state)
{
	(void)state;
	is("", "essential", FACT_MISSING, 0);
	is(SUPPORT "/>", "essential", FACT_KNOWN, 1);
	is(LIST, "essential", FACT_KNOWN, 0);
	is(OLD_LIST, "essential", FACT_STALE, 0);
	is("<supports complete='no' grade='attested' as-of='2026-11-01'/>", "essential",
		FACT_MISSING, 0);
	is(LIST "<support key='yes' strength='essential' function='distribution-dispatch' "
		"grade='attested' as-of='2020-01-01'/>", "essential", FACT_STALE, 0);
	is(LIST "<support key='yes' strength='important' function='distribution-dispatch' "
		"grade='attested' as-of='2026-11-01'/>", "essential", FACT_KNOWN, 0);
}

#define UNIT(id, mw) "<unit id='" id "' mw='" mw "' grade='attested' as-of='2026-11-01'/>"
#define CONTROLS "<controls complete='yes' grade='attested' as-of='2026-11-01'/>"

static void aggregates(void **state)
{
	(void)state;
	is("", "capacity", FACT_MISSING, 0);
	is(CONTROLS, "capacity", FACT_KNOWN, 0);
	is(CONTROLS UNIT("a", "100") UNIT("b", "80"), "capacity", FACT_KNOWN, 180);
	is(UNIT("a", "100") UNIT("b", "80"), "capacity", FACT_AT_LEAST, 180);
	is(CONTROLS UNIT("a", "100") UNIT("a", "100"), "capacity", FACT_KNOWN, 100);
	is(CONTROLS UNIT("a", "100") UNIT("a", "90"), "capacity", FACT_CONTRADICTORY, 0);
	is(CONTROLS UNIT("a", "100") "<unit id='b' grade='attested' as-of='2026-11-01'/>",
		"capacity", FACT_INVALID, 0);
	is(CONTROLS UNIT(
		   "a", "100") "<unit id='b' mw='1' grade='attested' as-of='2001-11-01'/>",
		"capacity", FACT_STALE, 0);
	is(UNIT("a", "100") UNIT("b", "-80"), "capacity", FACT_MISSING, 0);
	is(LIST SUPPORT "rto-hours='4' fallback-hours='8'/>", "overrun", FACT_KNOWN, 4);
	is(LIST SUPPORT "rto-hours='4'/>", "overrun", FACT_INVALID, 0);
	is(LIST, "overrun", FACT_KNOWN, -__builtin_inf());
	assert_string_equal(take(LIST, "overrun").text, "none");
}

static void evidence_comes_along(void **state)
{
	struct fact_value value = take(METRIC "140000" GOOD, "customers");

	(void)state;
	assert_string_equal(value.grade, "attested");
	assert_string_equal(value.as_of, "2026-11-01");
	assert_string_equal(value.source, "D");
	assert_string_equal(
		take("", "sector").as_of, "2026-11-01"); /* of the element around it */
}

/* ---- the language's other facts ------------------------------------------------------ */

/* A fact of a shipped pack, as seen on `day`. */
static struct fact_value shipped(const char *id, const char *day, const char *content,
	const char *name)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	struct str text = STR_INIT(1 << 20), path = STR_INIT(512);
	struct error err = {0};

	str_addf(&path, "shipped:%s", id);
	if (pack_load(path.data, &pack, &err) < 0)
		fail_msg("%s", err.text);
	str_addf(&text, "<%s id='s' grade='attested' as-of='2026-11-01'>%s</%s>",
		pack_unit_name(pack->unit), content, pack_unit_name(pack->unit));
	if (safexml_parse_own(text.data, text.len, &dossier, &err) < 0 ||
		facts_extract(pack, dossier, facts_day_parse(day), arena, values, &err) < 0)
		fail_msg("%s", err.text);
	str_done(&path);
	str_done(&text);
	return values[pack_fact_find(pack, name, strlen(name))];
}

/* A fact of the pack of all parts, as seen on `day`. */
static struct fact_value see(const char *day, const char *content, const char *name)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	struct str text = STR_INIT(1 << 20);
	struct error err = {0};

	str_addf(&text, "<system id='s' sector='energy' grade='attested' as-of='2026-11-01'>%s"
		"</system>", content);
	if (pack_load(EXAMPLES "/good/pack-language.xml", &pack, &err) < 0 ||
		safexml_parse_own(text.data, text.len, &dossier, &err) < 0 ||
		facts_extract(pack, dossier, facts_day_parse(day), arena, values, &err) < 0)
		fail_msg("%s", err.text);
	str_done(&text);
	return values[pack_fact_find(pack, name, strlen(name))];
}

static void seen(const char *day, const char *content, const char *name, enum fact_state state,
	double number)
{
	struct fact_value value = see(day, content, name);

	if (value.state != state || ((state == FACT_KNOWN || state == FACT_AT_LEAST) &&
		value.number != number))
		fail_msg("%s of %s on %s: %s %g", name, content, day,
			fact_state_name(value.state), value.number);
}

#define EVIDENCE "' grade='attested' as-of='2026-11-01'/>"
#define LINE(id, kv) "<line id='" id "' kv='" kv EVIDENCE
#define LINES "<lines complete='yes" EVIDENCE

static void steps(void **state)
{
	(void)state;
	seen("2026-11-24", LINES LINE("a", "199.9") LINE("b", "200") LINE("c", "300"), "lines",
		FACT_KNOWN, 2000);
	seen("2026-11-24", LINE("a", "299") LINE("b", "299"), "lines", FACT_AT_LEAST, 1400);
	seen("2026-11-24", LINES LINE("a", "299") LINE("b", "500"), "lines", FACT_UNLISTED, 0);
	seen("2026-11-24", LINES, "lines", FACT_KNOWN, 0);
}

static void codes_of_tables(void **state)
{
	(void)state;
	seen("2026-11-24", "<harm object='order' degree='serious" EVIDENCE, "s-order",
		FACT_KNOWN, 0);
	seen("2026-11-24", "<harm object='order' degree='slight" EVIDENCE, "s-order",
		FACT_UNLISTED, 0);
	assert_string_equal(see("2026-11-24", "<harm object='order' degree='slight" EVIDENCE,
		"s-order").text, "slight");
}

#define ASSESSED(day) "<assessment date='" day EVIDENCE
#define TIER "<tier determined='2024-02-29" EVIDENCE

static void a_duty_is_overdue_on_the_day_after(void **state)
{
	struct fact_value value;

	(void)state;
	seen("2026-11-24", "", "assessment-overdue", FACT_MISSING, 0);
	seen("2025-02-28", TIER, "assessment-overdue", FACT_KNOWN,
		0); /* the month is too short */
	seen("2025-03-01", TIER, "assessment-overdue", FACT_KNOWN, 1);
	seen("2026-11-30", TIER ASSESSED("2025-11-30") ASSESSED("2024-11-30"),
		"assessment-overdue", FACT_KNOWN, 0);
	seen("2026-12-01", TIER ASSESSED("2025-11-30"), "assessment-overdue", FACT_KNOWN, 1);
	seen("2026-12-01", TIER ASSESSED("2026-11-30T09:00:00Z"), "assessment-overdue",
		FACT_KNOWN, 0);
	seen("2026-12-01", ASSESSED("some day"), "assessment-overdue", FACT_INVALID, 0);
	seen("2026-12-01", "<assessment date='2026-11-01' grade='claimed' as-of='2026-11-01'/>",
		"assessment-overdue", FACT_GRADE, 0);
	value = see("2026-11-30", ASSESSED("2025-11-30"), "assessment-overdue");
	assert_string_equal(value.text, "false");
	assert_string_equal(value.due, "2026-11-30");
	assert_int_equal(value.until_day, facts_day_parse("2026-12-01"));
	value = see("2027-11-30", ASSESSED("2025-11-30"), "assessment-overdue");
	assert_string_equal(value.due, "2026-11-30");
	assert_int_equal(value.until_day, 0);
	/* What is planned has not happened, and will. */
	value = see("2026-12-02", ASSESSED("2025-11-30") ASSESSED("2026-12-24"),
		"assessment-overdue");
	assert_true(value.number == 1);
	assert_int_equal(value.until_day, facts_day_parse("2026-12-24"));
}

/* A certificate ends on a day to come; nothing has to happen before. */
static void a_date_to_come_is_one_to_count_from(void **state)
{
	static const char *const valid = "<filing status='filed' valid-until='2028-07-21' "
		"grade='attested' as-of='2025-07-22'/>";
	struct fact_value value;

	(void)state;
	value = shipped("cn.cadence.2025", "2026-11-24", valid, "certificate-over");
	assert_int_equal(value.state, FACT_KNOWN);
	assert_string_equal(value.text, "false");
	assert_string_equal(value.due, "2028-07-22");
	assert_int_equal(value.until_day, facts_day_parse("2028-07-23"));
	value = shipped("cn.cadence.2025", "2028-07-23", valid, "certificate-over");
	assert_string_equal(value.text, "true");
	value = shipped("cn.cadence.2025", "2026-11-24",
		"<filing status='filed' grade='attested' as-of='2025-07-22'/>",
		"certificate-over");
	assert_int_equal(value.state, FACT_MISSING);
}

#define SCAN(day) "<scan date='" day "' grade='measured' as-of='" day "'/>"

static void gaps_count_within_the_window(void **state)
{
	static const char *const gap = SCAN("2026-11-20") SCAN("2026-11-14") SCAN("2026-11-06")
		SCAN("2026-10-30");
	static const char *const steady =
		SCAN("2026-11-20") SCAN("2026-11-13") SCAN("2026-11-06");
	struct fact_value value;

	(void)state;
	seen("2026-11-24", steady, "scan-gap", FACT_KNOWN, 0);
	seen("2026-11-27", steady, "scan-gap", FACT_KNOWN, 0);
	seen("2026-11-28", steady, "scan-gap", FACT_KNOWN, 1);
	seen("2026-11-24", gap, "scan-gap", FACT_KNOWN, 1); /* from the 6th to the 14th */
	value = see("2026-11-24", gap, "scan-gap");
	assert_int_equal(value.until_day, 0); /* by then it is overdue anyway */
	seen("2026-11-24", SCAN("2026-11-20") SCAN("2026-01-20"), "scan-gap", FACT_KNOWN, 0);
}

#define MEMBER(name, class) "<member class='" class "' name='" name EVIDENCE
#define MEMBERS "<members complete='yes" EVIDENCE

static void offenders_are_named(void **state)
{
	struct str many = STR_INIT(1 << 20);
	struct fact_value value;

	(void)state;
	seen("2026-11-24", MEMBER("plc", "control"), "Z1", FACT_MISSING, 0);
	seen("2026-11-24", MEMBERS MEMBER("plc", "control"), "Z1", FACT_KNOWN, 0);
	value = see("2026-11-24",
		MEMBER("web", "business") MEMBER("plc", "control") MEMBER("erp",
			"business") "<member class='business' name='old' grade='attested' "
				    "as-of='2020-01-01'/>",
		"Z1");
	assert_int_equal(value.state, FACT_KNOWN);
	assert_true(value.number == 1);
	assert_int_equal(value.n_found, 2);
	assert_string_equal(value.offenders[0], "erp");
	assert_string_equal(value.offenders[1], "web");
	for (int i = 0; i < 134; i++)
		str_addf(&many, "<member class='business' name='m%03d' grade='measured' "
			"as-of='2026-11-01'/>", 133 - i);
	value = see("2026-11-24", many.data, "Z1");
	assert_int_equal(value.n_found, 134);
	assert_int_equal(value.n_offenders, FACT_OFFENDERS_MAX);
	assert_string_equal(value.offenders[0], "m000");
	assert_string_equal(value.offenders[99], "m099");
	seen("2027-03-01", MEMBERS MEMBER("web", "business"), "Z1", FACT_STALE, 0);
	str_done(&many);
}

static void the_day_of_change_is_known(void **state)
{
	(void)state;
	assert_int_equal(see("2026-11-24", METRIC "5" GOOD, "customers").until_day,
		facts_day_parse("2026-11-01") + 181);
	seen("2027-04-30", METRIC "5" GOOD, "customers", FACT_KNOWN, 5);
	seen("2027-05-01", METRIC "5" GOOD, "customers", FACT_STALE, 0);
	assert_int_equal(facts_day_parse("2026-11-01") + 181, facts_day_parse("2027-05-01"));
	assert_int_equal(see("2027-05-01", METRIC "5" GOOD, "customers").until_day, 0);
	assert_int_equal(see("2026-11-24", "", "customers").until_day, 0);
	assert_int_equal(see("2026-11-24", MEMBERS, "Z1").until_day,
		facts_day_parse("2026-11-01") + 91);
}

static void one_reader_serves_many(void **state)
{
	_cleanup_(facts_reader_freep) struct facts_reader *reader = NULL;
	_cleanup_(pack_freep) struct pack *pack = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(pack_load(NORMS "/x.energy.power.xml", &pack, &err), 0);
	assert_int_equal(facts_reader_new(&reader, &err), 0);
	for (int i = 0; i < 50; i++) {
		_cleanup_(xml_docp) xmlDoc *dossier = NULL;
		struct fact_value values[PACK_FACTS_MAX];
		struct str text = STR_INIT(1 << 20);

		str_addf(&text, "<system sector='energy' grade='attested' as-of='2026-11-01'>"
			METRIC "%d" GOOD "</system>", i);
		assert_int_equal(safexml_parse_own(text.data, text.len, &dossier, &err), 0);
		assert_int_equal(facts_read(reader, pack, dossier,
					 facts_day_parse("2026-11-24"), arena, values, &err),
			0);
		assert_true(values[pack_fact_find(pack, "customers", 9)].number == i);
		str_done(&text);
	}
}

/* One fact is unknown then, and the others are what they are. */
static void endless_expressions_are_stopped(void **state)
{
	static const char pack_text[] =
		"<norm-pack xmlns='urn:cadastre:norm:1' id='t' version='1' "
		"unit='system' language='en' authority='t' effective-from='2026-01-01'>"
		"<title>t</title><facts><fact name='before' type='number' label='l' "
		"select='count(metric)'/><fact name='endless' type='number' label='l' "
		"select='count(//*[count(//*[count(//*)&gt;0])&gt;0])'/><fact name='much' "
		"type='number' label='l' aggregate='count' over='//@*' distinct='.' closed='@a'/>"
		"<fact name='wrong' type='number' label='l' select='metric[count(string(.)) = "
		"1]'/><fact name='after' type='number' label='l' "
		"select='count(*)'/></facts><criteria>"
		"<criterion id='A' factor='harm' weight='1' basis='b' test='$before + $endless "
		"+ $much + $wrong + $after &gt; 1'/></criteria><outcome value='cii' when='A'/>"
		"<examples><example name='e' outcome='review'/></examples></norm-pack>";
	static const enum fact_state expected[] = {FACT_KNOWN, FACT_UNREADABLE, FACT_UNREADABLE,
		FACT_UNREADABLE, FACT_KNOWN};
	_cleanup_(pack_freep) struct pack *pack = NULL;
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	struct str text = STR_INIT(1 << 21);
	struct error err = {0};
	int64_t start;

	(void)state;
	if (pack_parse("t.xml", pack_text, sizeof(pack_text) - 1, &pack, &err) < 0)
		fail_msg("%s", err.text);
	str_adds(&text, "<system grade='attested' as-of='2024-10-01'>");
	for (int i = 0; i < 5200; i++)
		str_adds(&text,
			"<metric a='' b='' c='' d='' e='' f='' g='' h='' i='' j='' k='' "
			"l='' m='' n='' o='' p='' q='' r='' s='' t=''/>");
	str_adds(&text, "</system>");
	assert_int_equal(safexml_parse_own(text.data, text.len, &dossier, &err), 0);
	start = clock_monotonic_us();
	assert_int_equal(facts_extract(pack, dossier, 20000, arena, values, &err), 0);
	assert_true(clock_monotonic_us() - start < 5 * CLOCK_SECOND);
	for (int i = 0; i < pack->n_facts; i++)
		if (values[i].state != expected[i])
			fail_msg("%s is %s", pack->facts[i].name,
				fact_state_name(values[i].state));
	assert_true(values[0].number == 5200 && values[4].number == 5200);
	assert_string_equal(values[1].text, "");
	str_done(&text);
}

static void days(void **state)
{
	(void)state;
	assert_int_equal(facts_day_parse("1970-01-02"), 1);
	assert_int_equal(facts_day_parse("1969-12-31"), -1);
	assert_int_equal(facts_day_parse("2026-02-30"), -1);
	assert_int_equal(facts_day_parse("2026-2-3"), -1);
	assert_int_equal(facts_day(86400 * CLOCK_SECOND - 1), 0);
	assert_int_equal(facts_day(-1), -1);
	assert_int_equal(facts_day_parse("2024-02-29"), 19782);
	assert_int_equal(facts_day_parse("2023-02-29"), -1);
	assert_int_equal(facts_day_parse("2026-13-01"), -1);
	assert_int_equal(facts_day_parse("2026-00-10"), -1);
	assert_int_equal(facts_day_parse("2026-01-0x"), -1);
}

static void days_are_clock_days(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 60000; day++) {
		char text[FACTS_DAY_SIZE], clock[CLOCK_TEXT_MAX];

		facts_day_text(day, text);
		assert_memory_equal(text, clock_format(day * 86400 * CLOCK_SECOND, clock), 10);
		assert_int_equal(facts_day_parse(text), day);
	}
}

static void months(const char *from, int n, const char *to)
{
	char text[FACTS_DAY_SIZE];

	assert_string_equal(facts_day_text(facts_day_add(facts_day_parse(from),
		(struct pack_period){.months = n}), text), to);
}

static void months_end_with_the_month(void **state)
{
	(void)state;
	months("2026-11-30", 3, "2027-02-28");
	months("2026-08-31", 3, "2026-11-30");
	months("2023-11-30", 3, "2024-02-29");
	months("2024-02-29", 12, "2025-02-28");
	months("2026-01-31", 1, "2026-02-28");
	months("2026-10-01", 15, "2028-01-01");
	assert_int_equal(facts_day_add(100, (struct pack_period){.days = 7}), 107);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_values),
		cmocka_unit_test(several_values),
		cmocka_unit_test(booleans),
		cmocka_unit_test(aggregates),
		cmocka_unit_test(evidence_comes_along),
		cmocka_unit_test(endless_expressions_are_stopped),
		cmocka_unit_test(days),
		cmocka_unit_test(days_are_clock_days),
		cmocka_unit_test(months_end_with_the_month),
		cmocka_unit_test(steps),
		cmocka_unit_test(codes_of_tables),
		cmocka_unit_test(a_duty_is_overdue_on_the_day_after),
		cmocka_unit_test(a_date_to_come_is_one_to_count_from),
		cmocka_unit_test(gaps_count_within_the_window),
		cmocka_unit_test(offenders_are_named),
		cmocka_unit_test(the_day_of_change_is_known),
		cmocka_unit_test(one_reader_serves_many),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
