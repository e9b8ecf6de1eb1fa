/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a register to the CII list, on a real private cluster: the worked cases of the energy
 * norm, the history of proposals, packs that change, decisions and the list they make.
 */
#include "tests/sql/register_common.h"

#include "common/clock.h"
#include "common/file.h"
#include "inventory/norm/dossier.h"
#include "inventory/store/handle.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define PACK NORMS "/x.energy.power.xml"
/* Packs of these cases that nobody signed. */
static const struct pack_options taken = {.unsigned_reason = "a pack made for this test"};

#define OP "organisation='op' sector='energy.power'"

struct proposals {
	int n;
	int64_t id;
	int score;
	char outcome[16], missing[256], reasons[8192];
};

static int see_proposal(void *context, const struct proposal_row *p)
{
	struct proposals *seen = context;
	size_t n = 0;

	seen->n++;
	seen->id = p->eval_id;
	seen->score = p->score;
	snprintf(seen->outcome, sizeof(seen->outcome), "%s", p->outcome);
	snprintf(seen->missing, sizeof(seen->missing), "%s", p->missing);
	for (size_t i = 0; i < p->n_reasons; i++)
		n += (size_t)snprintf(seen->reasons + n, sizeof(seen->reasons) - n, "%s\n",
			p->reasons[i]);
	return 0;
}

static struct proposals identify(const char *pack, const char *system)
{
	struct proposals seen = {0};
	struct error err = {0};

	if (inventory_identify(the.inv, pack, system, see_proposal, &seen, &err) < 0)
		fail_msg("%s", err.text);
	return seen;
}

static void identify_fails(const char *pack, const char *system, const char *said)
{
	struct proposals seen = {0};
	struct error err = {0};

	assert_int_equal(inventory_identify(the.inv, pack, system, see_proposal, &seen, &err),
		ERROR_INPUT);
	if (!strstr(err.text, said))
		fail_msg("\"%s\" does not say \"%s\"", err.text, said);
}

/* The county distribution system of the worked cases. */
static const char *county(const char *metric, int tier, const char *hops)
{
	static char text[8192];

	snprintf(text, sizeof(text),
		"%s<businesses><business id='dd' name='Dispatch' " OP
		" function='distribution-dispatch' "
		"key='yes' rto-hours='4' fallback-hours='8'/></businesses><systems>"
		"<system id='county' name='County dispatch'" SYSTEM_ATTRIBUTES ">"
		"<tier s='1' a='%d'/>%s"
		"<supports complete='yes'><support business='dd' strength='essential'/></supports>"
		"<controls complete='yes'><unit id='u1' mw='100'/><unit id='u2' mw='80'/></controls>"
		"<dependants complete='yes' hops='%s' document='DEP-1'/></system>"
		"<external-system id='pump' name='Pumps' organisation='op' sector='water'/>"
		"<external-system id='grid' name='Grid' organisation='op' sector='energy'/>"
		"<external-system id='far' name='Far' organisation='op' sector='health'/></systems>"
		"<dependencies><dependency from='pump' on='county' strength='essential'/>"
		"<dependency from='grid' on='county' strength='essential'/>"
		"<dependency from='far' on='county' strength='important'/></dependencies>"
		"</register>",
		REGISTER_HEAD, tier, metric, hops);
	return text;
}

#define CUSTOMERS(n)                                                                           \
	"<metric name='customers-served' value='" n "' unit='person' document='ST-1'/>"

static void nothing_to_judge(void **state)
{
	(void)state;
	identify_fails(NULL, NULL, "no norm pack is installed");
	identify_fails("x.energy.power", NULL, "no norm pack \"x.energy.power\" is installed");
}

static void a_pack_is_installed_once(void **state)
{
	struct pack_result result = {0};
	struct str text = STR_INIT(1 << 20);
	struct error err = {0};
	const char *path;

	(void)state;
	assert_int_equal(inventory_pack_install(the.inv, PACK, NULL, &result, &err), 0);
	assert_int_equal(inventory_pack_install(the.inv, PACK, NULL, &result, &err), 0);
	assert_string_equal(result.id, "x.energy.power");
	assert_int_equal(result.passed, 11);
	assert_int_equal(file_read(PACK, 1 << 20, &text, &err), 0);
	str_adds(&text, "<!-- one more word -->\n");
	path = case_file("changed.xml", text.data);
	assert_int_equal(
		inventory_pack_install(the.inv, path, &taken, &result, &err), ERROR_INPUT);
	assert_non_null(strstr(err.text, "another content as norm pack x.energy.power 1.0"));
	assert_int_equal(
		inventory_pack_install(the.inv, EXAMPLES "/bad/pack-failing-example.xml",
			&taken, &result, &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.text, "fails its own examples"));
	str_done(&text);
}

static void the_worked_cases(void **state)
{
	struct proposals seen;

	(void)state;
	assert_int_equal(identify(NULL, NULL).n, 0); /* nobody is registered yet */
	identify_fails(NULL, "ghost", "no system \"ghost\"");
	case_import(county(CUSTOMERS("99999"), 2, "2"));
	seen = identify(NULL, NULL);
	assert_int_equal(seen.n, 1);
	assert_string_equal(seen.outcome, "not");
	assert_int_equal(seen.score, 45);
	assert_non_null(strstr(seen.reasons, "A5 not met, weight 20 (association): sectors = 1 "
		"sector [derived "));
	case_import(county(CUSTOMERS("100000"), 2, "2"));
	seen = identify(NULL, "county");
	assert_string_equal(seen.outcome, "cii");
	assert_non_null(
		strstr(seen.reasons, "A2 met, bright line (harm): customers = 100000 person "
				     "[attested "));
	assert_non_null(strstr(seen.reasons, " ST-1]"));
	case_import(county("", 3, "2"));
	seen = identify("x.energy.power", "county");
	assert_string_equal(seen.outcome, "review");
	assert_int_equal(seen.score, 55);
	assert_string_equal(seen.missing, "customers");
	/* surveyed only one hop away: one sector is then a lower bound */
	case_import(county(CUSTOMERS("5000"), 2, "1"));
	seen = identify(NULL, "county");
	assert_string_equal(seen.outcome, "review");
	assert_string_equal(seen.missing, "sectors");
	assert_non_null(strstr(seen.reasons, "sectors >= 1 sector"));
}

static void the_dossier_is_canonical(void **state)
{
	struct str first = STR_INIT(DOSSIER_TEXT_MAX), again = STR_INIT(DOSSIER_TEXT_MAX);
	char today[CLOCK_TEXT_MAX], expected[4096];
	struct error err = {0};

	(void)state;
	case_import(county(CUSTOMERS("140000.0"), 2, "2"));
	clock_format(clock_wall_us(), today);
	today[10] = '\0';
	snprintf(expected, sizeof(expected),
		"<system realm=\"lanhe\" id=\"county\" "
		"name=\"County dispatch\" organisation=\"op\" sector=\"energy.power\" "
		"class=\"industrial-control\" kind=\"information-system\" function=\"f\" "
		"service-scope=\"prefecture\" counterparts=\"both\" lifecycle=\"in-service\" "
		"grade=\"attested\" as-of=\"%s\" document=\"D-1\">\n"
		"  <operator id=\"op\" name=\"Operator\" sector=\"energy.power\" "
		"grade=\"attested\" as-of=\"%s\" document=\"D-1\"/>\n"
		"  <tier s=\"1\" a=\"2\" final=\"2\" grade=\"attested\" as-of=\"%s\" "
		"document=\"D-1\"/>\n"
		"  <metric name=\"customers-served\" value=\"140000\" unit=\"person\" "
		"grade=\"attested\" as-of=\"%s\" document=\"ST-1\"/>\n"
		"  <controls complete=\"yes\" grade=\"attested\" as-of=\"%s\" document=\"D-1\"/>\n",
		today, today, today, today, today);
	if (dossier_build(the.inv->db, 1, "county", &first, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(strncmp(first.data, expected, strlen(expected)), 0);
	assert_non_null(strstr(first.data,
		"<support business=\"dd\" strength=\"essential\" "
		"key=\"yes\" name=\"Dispatch\" function=\"distribution-dispatch\" "
		"sector=\"energy.power\" rto-hours=\"4\" fallback-hours=\"8\" grade=\"attested\""));
	assert_int_equal(dossier_build(the.inv->db, 1, "county", &again, &err), 0);
	assert_string_equal(first.data, again.data);
	str_reset(&again);
	assert_int_equal(dossier_build(the.inv->db, 1, "ghost", &again, &err), 0);
	assert_string_equal(again.data, "");
	str_done(&first);
	str_done(&again);
}

static void history_is_kept(void **state)
{
	struct proposals first, second, third;

	(void)state;
	case_import(county(CUSTOMERS("140000"), 2, "2"));
	first = identify(NULL, "county");
	second = identify(NULL, "county");
	assert_int_equal(first.id, second.id);
	assert_string_equal(first.reasons, second.reasons);
	/* an unrelated system changes nothing */
	case_import(REGISTER_HEAD "<systems><system id='aside' name='Aside' organisation='op' "
		"sector='water' class='general' kind='data-resource' function='f' "
		"service-scope='other' counterparts='other'/></systems></register>");
	assert_int_equal(identify(NULL, "county").id, first.id);
	assert_string_equal(identify(NULL, "aside").outcome, "n/a");
	case_import(county(CUSTOMERS("150000"), 2, "2"));
	second = identify(NULL, "county");
	assert_true(second.id > first.id);
	case_import(county(CUSTOMERS("140000"), 2, "2"));
	third = identify(NULL, "county");
	assert_true(third.id > second.id); /* the newest counts, not a like one of before */
	assert_string_equal(third.reasons, first.reasons);
}

/* ---- decisions ----------------------------------------------------------------------- */

struct list {
	int n;
	struct designation_row last;
	char list_no[32], reason[32], evidence[512], decision[64];
};

static int see_entry(void *context, const struct designation_row *d)
{
	struct list *list = context;

	list->n++;
	list->last = *d;
	snprintf(list->list_no, sizeof(list->list_no), "%s", d->list_no);
	snprintf(list->reason, sizeof(list->reason), "%s", d->reason);
	snprintf(list->evidence, sizeof(list->evidence), "%s", d->evidence);
	snprintf(list->decision, sizeof(list->decision), "%s", d->decision_no);
	return 0;
}

static struct list list_at(int64_t as_of)
{
	struct designation_filter filter = {.as_of_us = as_of};
	struct list list = {0};
	struct error err = {0};

	if (inventory_designation_list(the.inv, &filter, see_entry, &list, &err) < 0)
		fail_msg("%s", err.text);
	return list;
}

static void refused(const char *system, const char *official, const char *number, int code,
	const char *said)
{
	struct error err = {0};
	int64_t id;

	assert_int_equal(
		inventory_designate_accept(the.inv, system, official, number, &id, &err), code);
	if (!strstr(err.text, said))
		fail_msg("\"%s\" does not say \"%s\"", err.text, said);
}

static void only_a_cii_proposal_is_accepted(void **state)
{
	(void)state;
	refused("county", "", "No 1", ERROR_USAGE, "an official");
	refused("county", "Li Wei", "  ", ERROR_USAGE, "a decision number");
	refused("ghost", "Li Wei", "No 1", ERROR_INPUT, "no system \"ghost\"");
	refused("aside", "Li Wei", "No 1", ERROR_INPUT, "is \"n/a\", not \"cii\"");
	case_import(county("", 3, "2"));
	identify(NULL, "county");
	refused("county", "Li Wei", "No 1", ERROR_INPUT, "it needs customers");
	assert_int_equal(list_at(0).n, 0);
}

/* The register changed after the proposal: what is accepted would be judged otherwise today. */
static void a_stale_proposal_is_not_accepted(void **state)
{
	(void)state;
	case_import(county(CUSTOMERS("140000"), 2, "2"));
	assert_string_equal(identify(NULL, "county").outcome, "cii");
	case_import(county(CUSTOMERS("90000"), 2, "2"));
	refused("county", "Li Wei", "No 1", ERROR_INPUT, "changed since proposal");
	refused("county", "Li Wei", "No 1", ERROR_INPUT,
		"run `cadastre identify --system county`");
	assert_int_equal(list_at(0).n, 0);
	/* the proposals are as they were: asking wrote none */
	assert_string_equal(identify(NULL, "county").outcome, "not");
	refused("county", "Li Wei", "No 1", ERROR_INPUT, "is \"not\", not \"cii\"");
	case_import(county(CUSTOMERS("140000"), 2, "2"));
	refused("county", "Li Wei", "No 1", ERROR_INPUT, "changed since proposal");
}

static void decisions_make_the_list(void **state)
{
	int64_t before, id = 0, again = 0, between;
	char number[32], year[CLOCK_TEXT_MAX];
	struct error err = {0};
	struct list list;

	(void)state;
	case_import(county(CUSTOMERS("140000"), 2, "2"));
	identify(NULL, "county");
	before = clock_wall_us();
	assert_int_equal(
		inventory_designate_accept(the.inv, "county", "Li Wei", "No 1", &id, &err), 0);
	list = list_at(0);
	assert_int_equal(list.n, 1);
	snprintf(number, sizeof(number), "CII-%.4s-001", clock_format(clock_wall_us(), year));
	assert_string_equal(list.list_no, number);
	assert_string_equal(list.reason, "initial");
	assert_non_null(strstr(list.evidence, "inputs sha256 "));
	assert_non_null(strstr(list.evidence, "ST-1"));
	assert_int_equal(list.last.id, id);
	assert_int_equal(list_at(before - CLOCK_SECOND).n, 0);
	refused("county", "Li Wei", "No 2", ERROR_INPUT, "is on the list already");
	/* a newer proposal renews the entry under a new decision */
	between = clock_wall_us();
	case_import(county(CUSTOMERS("170000"), 2, "2"));
	identify(NULL, "county");
	refused("county", "Li Wei", "No 1", ERROR_INPUT, "a number of its own");
	assert_int_equal(inventory_designate_accept(the.inv, "county", "Wu Min", "No 2", &again,
		&err), 0);
	list = list_at(0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.list_no, number);
	assert_string_equal(list.reason, "change");
	assert_string_equal(list.decision, "No 2");
	list = list_at(between);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.decision, "No 1");
	assert_true(list.last.valid_until_us > between);
}

static int see_trail(void *context, const struct audit_row *audit)
{
	int *n = context;

	*n += strcmp(audit->what, "designation.accept") == 0 ||
		strcmp(audit->what, "pack.install") == 0;
	return 0;
}

static int see_designation(void *context, const struct system_row *s)
{
	snprintf(context, 32, "%s", s->designation);
	return 0;
}

static void it_is_in_the_trail_and_on_the_system(void **state)
{
	struct error err = {0};
	int64_t rows = 0, bad = 0;
	char number[32] = "";
	int n = 0;

	(void)state;
	assert_int_equal(inventory_audit_list(the.inv, 0, see_trail, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(inventory_audit_verify(the.inv, &rows, &bad, &err), 0);
	assert_int_equal(bad, 0);
	assert_int_equal(
		inventory_system_list(the.inv, "county", see_designation, number, &err), 0);
	assert_string_equal(number, list_at(0).list_no);
}

static void a_new_version_of_the_norm(void **state)
{
	struct str text = STR_INIT(1 << 20), changed = STR_INIT(1 << 20);
	struct pack_result result = {0};
	struct error err = {0};
	const char *version;
	struct list list;
	int64_t id;

	(void)state;
	assert_int_equal(file_read(PACK, 1 << 20, &text, &err), 0);
	version = strstr(text.data, "version=\"1.0\" unit");
	assert_non_null(version);
	str_add(&changed, text.data, (size_t)(version - text.data));
	str_adds(&changed, "version=\"1.10\" unit");
	str_adds(&changed, version + strlen("version=\"1.0\" unit"));
	assert_int_equal(inventory_pack_install(the.inv, case_file("v110.xml", changed.data),
		&taken, &result, &err), 0);
	assert_string_equal(result.version, "1.10");
	refused("county", "Wu Min", "No 3", ERROR_INPUT, "the norm changed since proposal");
	assert_string_equal(identify(NULL, "county").outcome, "cii");
	assert_int_equal(
		inventory_designate_accept(the.inv, "county", "Wu Min", "No 3", &id, &err), 0);
	list = list_at(0);
	assert_string_equal(list.reason, "norm change");
	assert_int_equal(list.n, 1);
	str_done(&text);
	str_done(&changed);
}

/* A small pack: cii if the tier is at least so much. */
static void install_small(const char *attributes, int tier)
{
	struct pack_result result = {0};
	struct error err = {0};
	char text[2048];

	snprintf(text, sizeof(text),
		"<norm-pack xmlns='urn:cadastre:norm:1' unit='system' "
		"language='en' authority='t' %s><title>t</title><applies-to when=\"$sector = "
		"'water'\"/><facts><fact name='sector' type='code' label='s' select='@sector'/>"
		"<fact name='tier' type='number' label='t' select='tier/@final'/></facts>"
		"<criteria><criterion id='A' factor='harm' bright-line='yes' test='$tier &gt;= "
		"%d' basis='b'/></criteria><outcome value='cii' when='bright'/><examples>"
		"<example name='e' outcome='n/a'><given fact='sector' "
		"value='energy'/></example></examples></norm-pack>",
		attributes, tier);
	if (inventory_pack_install(the.inv, case_file("small.xml", text), &taken, &result,
		&err) < 0)
		fail_msg("%s", err.text);
}

static int see_pack(void *context, const struct proposal_row *p)
{
	str_addf(context, "%s %s %s;", p->pack, p->version, p->outcome);
	return 0;
}

static void packs_say(const char *system, const char *expected)
{
	struct str seen = STR_INIT(4096);
	struct error err = {0};

	if (inventory_identify(the.inv, NULL, system, see_pack, &seen, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(seen.data, expected);
	str_done(&seen);
}

static void packs_in_force_and_superseded(void **state)
{
	(void)state;
	case_import(REGISTER_HEAD
		"<systems><system id='weir' name='Weir' organisation='op' "
		"sector='water' class='general' kind='data-resource' function='f' "
		"service-scope='other' counterparts='other'><tier s='3' "
		"a='1'/></system></systems></register>");
	install_small("id='w.guide' version='2.0' effective-from='2020-01-01'", 2);
	install_small("id='w.guide' version='10.0' effective-from='2021-01-01'", 4);
	install_small("id='w.guide' version='11.0' effective-from='2999-01-01'", 1);
	install_small("id='w.ended' version='1' effective-from='2001-01-01' "
		"effective-until='2020-01-01'", 1);
	packs_say("weir", "w.guide 10.0 not;x.energy.power 1.10 n/a;");
	install_small(
		"id='w.sector' version='1' effective-from='2020-01-01' supersedes='w.guide'",
		3);
	packs_say("weir", "w.sector 1 cii;x.energy.power 1.10 n/a;");
	/* it is silent about this system, so the guide speaks */
	packs_say("county", "w.guide 10.0 n/a;w.sector 1 n/a;x.energy.power 1.10 cii;");
}

static void two_realms_with_one_id_are_told_apart(void **state)
{
	(void)state;
	case_import(
		"<register xmlns='urn:cadastre:register:1' realm='other'><organisations>"
		"<organisation id='op' name='O' sector='water'/></organisations><systems>"
		"<system id='weir' name='Weir' organisation='op' sector='water' class='general' "
		"kind='data-resource' function='f' service-scope='other' counterparts='other'/>"
		"</systems></register>");
	assert_int_equal(identify("w.sector", "weir").n, 2);
	refused("weir", "Li Wei", "No 9", ERROR_INPUT, "both have a system \"weir\"");
}

/* ---- a process that is lost -------------------------------------------------------------- */

#define MANY 1200

/* Whether a process is a copy of this program: the server is a child of it too. */
static bool is_copy(int pid)
{
	char path[64];
	struct str own = STR_INIT(64), other = STR_INIT(64);
	bool same;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	same = file_read("/proc/self/comm", 64, &own, NULL) == 0 &&
		file_read(path, 64, &other, NULL) == 0 && strcmp(own.data, other.data) == 0;
	str_done(&own);
	str_done(&other);
	return same;
}

/* Ends every process that this one started to judge. */
static int end_judges(void *context, uint64_t done, uint64_t total)
{
	char path[64];
	FILE *file;
	int pid;

	(void)context;
	(void)total;
	if (done > 1)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "r");
	assert_non_null(file);
	while (fscanf(file, "%d", &pid) == 1)
		if (is_copy(pid))
			kill(pid, SIGKILL);
	fclose(file);
	return 0;
}

static int count_kept(void *context, const struct proposal_row *p)
{
	int *n = context;

	(void)p;
	(*n)++;
	return 0;
}

static void a_process_that_is_lost_loses_nothing(void **state)
{
	const struct proposal_filter all = {.silent_packs = true};
	struct str text = STR_INIT(1 << 20);
	struct identify_result result = {0};
	int before = 0, after = 0, given = 0;
	struct identify_request request = {.all = true, .processes = 1, .progress = end_judges};
	struct error err = {0};

	(void)state;
	str_adds(&text, REGISTER_HEAD "<systems>");
	for (int i = 0; i < MANY; i++)
		str_addf(&text, "<system id='m%d' name='M'" SYSTEM_ATTRIBUTES "/>", i);
	str_adds(&text, "</systems></register>");
	case_import(text.data);
	assert_int_equal(inventory_proposal_list(the.inv, &all, count_kept, &before, &err), 0);
	assert_int_equal(
		inventory_identify_ask(the.inv, &request, count_kept, &given, &result, &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.text, "was ended by signal 9"));
	assert_non_null(strstr(err.text, "system \"m"));
	assert_int_equal(inventory_proposal_list(the.inv, &all, count_kept, &after, &err), 0);
	assert_int_equal(before, after);
	request.progress = NULL;
	request.all = false;
	if (inventory_identify_ask(the.inv, &request, count_kept, &given, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(result.written >= MANY);
	assert_int_equal(inventory_proposal_list(the.inv, &all, count_kept, &after, &err), 0);
	assert_true(after >= before + MANY);
	str_done(&text);
}

static int note_total(void *context, uint64_t done, uint64_t total)
{
	uint64_t *least = context;

	assert_true(done <= total);
	*least = total < *least ? total : *least;
	return 0;
}

/* Also the first time that a realm is judged, where nothing is chosen. */
static void how_much_is_to_come_is_known(void **state)
{
	uint64_t least = UINT64_MAX;
	struct identify_request request = {.processes = 1, .progress = note_total,
		.context = &least};
	struct str text = STR_INIT(1 << 20);
	struct identify_result result = {0};
	struct error err = {0};
	int given = 0;

	(void)state;
	str_adds(&text,
		"<register xmlns='urn:cadastre:register:1' realm='first' document='D-1'>"
		"<organisations><organisation id='op' name='Operator' sector='energy.power'/>"
		"</organisations><systems>");
	for (int i = 0; i < MANY; i++)
		str_addf(&text, "<system id='f%d' name='F'" SYSTEM_ATTRIBUTES "/>", i);
	str_adds(&text, "</systems></register>");
	case_import(text.data);
	for (int all = 0; all < 2; all++) {
		request.all = all;
		if (inventory_identify_ask(
			    the.inv, &request, count_kept, &given, &result, &err) < 0)
			fail_msg("%s", err.text);
		assert_true(least >= MANY && least < UINT64_MAX);
		assert_int_equal(result.chosen, result.judged);
	}
	assert_int_equal(result.chosen, result.subjects);
	str_done(&text);
}

static void packs_are_checked_without_a_database(void **state)
{
	struct pack_result result = {0};
	struct error err = {0};

	(void)state;
	assert_int_equal(inventory_pack_check(PACK, &result, NULL, NULL, &err), 0);
	assert_int_equal(inventory_pack_check(EXAMPLES "/bad/pack-failing-example.xml", &result,
		NULL, NULL, &err), 1);
	assert_int_equal(inventory_pack_check(EXAMPLES "/bad/pack-slow-xpath.xml", &result,
				 NULL, NULL, &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.text, "pack-slow-xpath.xml"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_judge),
		cmocka_unit_test(a_pack_is_installed_once),
		cmocka_unit_test(the_worked_cases),
		cmocka_unit_test(the_dossier_is_canonical),
		cmocka_unit_test(history_is_kept),
		cmocka_unit_test(only_a_cii_proposal_is_accepted),
		cmocka_unit_test(a_stale_proposal_is_not_accepted),
		cmocka_unit_test(decisions_make_the_list),
		cmocka_unit_test(it_is_in_the_trail_and_on_the_system),
		cmocka_unit_test(a_new_version_of_the_norm),
		cmocka_unit_test(packs_in_force_and_superseded),
		cmocka_unit_test(two_realms_with_one_id_are_told_apart),
		cmocka_unit_test(a_process_that_is_lost_loses_nothing),
		cmocka_unit_test(how_much_is_to_come_is_known),
		cmocka_unit_test(packs_are_checked_without_a_database),
	};

	return cmocka_run_group_tests(tests, register_case_open, register_case_close);
}
