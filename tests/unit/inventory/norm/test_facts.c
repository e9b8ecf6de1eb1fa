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
	if (pack_load(NORMS "/energy-power.xml", &pack, &err) < 0 ||
		safexml_parse_own(text.data, text.len, &dossier, &err) < 0 ||
		facts_extract(pack, dossier, facts_day_parse("2026-11-24"), arena, values, &err) < 0)
		fail_msg("%s", err.text);
	str_done(&text);
	return values[pack_fact_find(pack, name, strlen(name))];
}

static void is(const char *content, const char *name, enum fact_state state, double number)
{
	struct fact_value value = take(content, name);

	if (value.state != state)
		fail_msg("%s of %s: %s, expected %s", name, content, fact_state_name(value.state),
			fact_state_name(state));
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
	is(CONTROLS UNIT("a", "100") "<unit id='b' mw='1' grade='attested' as-of='2001-11-01'/>",
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
	assert_string_equal(take("", "sector").as_of, "2026-11-01"); /* of the element around it */
}

static void endless_expressions_are_stopped(void **state)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	struct str text = STR_INIT(1 << 20);
	struct error err = {0};
	int64_t start;

	(void)state;
	assert_int_equal(pack_load(EXAMPLES "/bad/pack-slow-xpath.xml", &pack, &err), 0);
	str_adds(&text, "<system>");
	for (int i = 0; i < 5000; i++)
		str_adds(&text, "<metric/>");
	str_adds(&text, "</system>");
	assert_int_equal(safexml_parse_own(text.data, text.len, &dossier, &err), 0);
	start = clock_monotonic_us();
	assert_int_equal(facts_extract(pack, dossier, 20000, arena, values, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "fact \"customers\" (line 6)"));
	assert_true(clock_monotonic_us() - start < 5 * CLOCK_SECOND);
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
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
