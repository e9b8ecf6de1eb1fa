/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to the asset files and the snapshot for the mapper, over a network whose every row
 * is known (register_network.sql) and the register of the examples, imported after it was
 * found: lists and filters, one file with all of its statements, changes, estate.
 */
#include "tests/sql/register_common.h"

#include "common/clock.h"
#include "common/file.h"

#include <libpq-fe.h>
#include <stdio.h>

static void execute(const char *sql)
{
	char conninfo[256];
	PGconn *conn;
	PGresult *result;

	snprintf(conninfo, sizeof(conninfo), "host=%s/data/run port=5432 dbname=postgres "
		"user=cadastre options='-c search_path=cadastre -c timezone=UTC'", the.dir);
	conn = PQconnectdb(conninfo);
	assert_int_equal(PQstatus(conn), CONNECTION_OK);
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s", PQresultErrorMessage(result));
	PQclear(result);
	PQfinish(conn);
}

static int open_network(void **state)
{
	struct str sql = STR_INIT(1 << 20);
	struct register_result result;
	struct error err = {0};
	int r = register_case_open(state);

	if (r < 0 || file_read(NETWORK, 1 << 20, &sql, &err) < 0)
		return -1;
	execute(sql.data);
	str_done(&sql);
	return inventory_register_import(the.inv, EXAMPLES "/good/register-power-utility.xml",
		&result, &err);
}

/* ---- lists --------------------------------------------------------------------------- */

static int see_asset(void *context, const struct asset_row *a)
{
	struct str *out = context;

	str_addf(out, "%llu ", (unsigned long long)a->id);
	return 0;
}

static void list_is(struct asset_filter filter, const char *expected)
{
	struct str seen = STR_INIT(4096);
	struct error err = {0};

	if (inventory_asset_list(the.inv, &filter, see_asset, &seen, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(seen.data, expected);
	str_done(&seen);
}

static void lists_and_filters(void **state)
{
	(void)state;
	list_is((struct asset_filter){0}, "102 105 103 101 106 107 ");
	list_is((struct asset_filter){.realm = "lanhe"}, "102 105 103 101 106 107 ");
	list_is((struct asset_filter){.realm = "elsewhere"}, "");
	list_is((struct asset_filter){.address = "198.18.30.0/24"}, "103 101 ");
	list_is((struct asset_filter){.address = "198.18.60.1"}, "103 ");
	list_is((struct asset_filter){.address = "198.18.30.9"}, ""); /* no longer held */
	list_is((struct asset_filter){.system = "distribution-dispatch"}, "101 ");
	list_is((struct asset_filter){.system = "network-management"}, "103 ");
	list_is((struct asset_filter){.product = "NGINX"}, "102 ");
	list_is((struct asset_filter){.product = "Postfix"}, "");
	list_is((struct asset_filter){.port = 22}, "101 ");
	list_is((struct asset_filter){.text = "acme"}, "101 ");
	list_is((struct asset_filter){.text = "Outage"}, "102 ");
	list_is((struct asset_filter){.text = "100%'; --"}, "");
}

static void a_bad_prefix_is_refused(void **state)
{
	struct asset_filter filter = {.address = "198.18.30.1/24"};
	struct error err = {0};

	(void)state;
	assert_int_equal(inventory_asset_list(the.inv, &filter, see_asset, NULL, &err),
		ERROR_USAGE);
	assert_non_null(strstr(err.text, "198.18.30.0/24"));
}

static int see_row(void *context, const struct asset_row *a)
{
	struct str *out = context;
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];

	str_addf(out, "%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%u", a->name, a->role, a->state, a->vendor,
		a->product, a->os, a->system, a->addresses,
		clock_format(a->first_seen_us, first), clock_format(a->last_seen_us, last),
		a->n_services);
	return 0;
}

static void one_row_in_full(void **state)
{
	struct asset_filter filter = {.text = "scada1"};
	struct str seen = STR_INIT(4096);

	(void)state;
	assert_int_equal(inventory_asset_list(the.inv, &filter, see_row, &seen, NULL), 0);
	assert_string_equal(seen.data, "scada1.lanhe.example|server|seen|Acme|OpenSSH|Debian|"
				       "distribution-dispatch|198.18.30.10|2026-11-02T01:00:00Z|2026-11-04T01:00:00Z|1");
	str_done(&seen);
}

/* ---- one asset file ------------------------------------------------------------------ */

static int see_fact(void *context, const struct fact_row *f)
{
	struct str *out = context;
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];

	str_addf(out, "%s|%s|%s|%s|%s|%s|%.8s|%lld|%.10s|%.10s|%.10s\n", f->chapter,
		f->attribute, f->value, f->grade, f->source, f->method, f->evidence,
		(long long)f->run_id, clock_format(f->first_seen_us, first),
		clock_format(f->last_seen_us, last),
		f->until_us ? clock_format(f->until_us, until) : "");
	return 0;
}

static struct str show(const char *which, int expected)
{
	struct str seen = STR_INIT(1 << 20);
	struct asset_row asset = {0};
	struct error err = {0};
	int r = inventory_asset_show(
		the.inv, which, &(struct moment){0}, &asset, see_fact, &seen, &err);

	if (r < 0)
		fail_msg("%s", err.text);
	assert_int_equal(r, expected);
	return seen;
}

static void has(const struct str *seen, const char *line)
{
	if (!strstr(seen->data, line))
		fail_msg("no \"%s\" in\n%s", line, seen->data);
}

static void has_not(const struct str *seen, const char *line)
{
	if (strstr(seen->data, line))
		fail_msg("\"%s\" in\n%s", line, seen->data);
}

/* The chapters in which the statements come, each once. */
static void chapters_are(const struct str *seen, const char *expected)
{
	struct str chapters = STR_INIT(4096);
	const char *before = "";
	size_t n_before = 0;

	for (const char *line = seen->data; *line; line = strchr(line, '\n') + 1) {
		size_t n = strcspn(line, "|");

		if (n != n_before || strncmp(line, before, n) != 0)
			str_addf(&chapters, "%.*s ", (int)n, line);
		before = line;
		n_before = n;
	}
	assert_string_equal(chapters.data, expected);
	str_done(&chapters);
}

static void found_by_number_address_and_name(void **state)
{
	static const char *const ways[] = {"101", "0x65", "104", "198.18.30.10",
		"SCADA1.lanhe.example", "scada1"};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct str seen = show(ways[i], 0);

		has(&seen, "address|198.18.30.10|02:00:00:00:00:01|measured|answered|syn|");
		str_done(&seen);
	}
	show("9999", 1);
	show("198.18.30.99", 1);
	show("nobody", 1);
	show("'; DROP TABLE asset; --", 1);
}

static void every_statement_says_where_it_comes_from(void **state)
{
	struct str seen = show("101", 0);

	(void)state;
	has(&seen, "identity|ssh.hostkey|SHA256:abc|measured|definitive: tcp/22|greeting|");
	has(&seen, "identity|alias|104|derived|same key||");
	has(&seen, "address|198.18.30.9||measured|answered|syn||1|2026-11-02|2026-11-02|2026-"
		   "11-03\n");
	has(&seen, "name|198.18.30.10|scada1.lanhe.example|claimed|dns.ptr|greeting||1|");
	has(&seen, "service|198.18.30.10 tcp/22|ssh|measured|ssh|greeting|");
	/* looked for in run 1 only, though the asset was met in run 2 as well */
	has(&seen, "software|198.18.30.10 tcp/22 product|OpenSSH|measured|ssh|greeting|");
	has(&seen, "|1|2026-11-02|2026-11-02|\nsoftware|198.18.30.10 tcp/22 vendor");
	has(&seen, "link|l2|gone-host (198.18.20.5)|claimed|lldp|trace||1|");
	has(&seen, "link|l3|198.18.30.1|measured|hop|trace||2|");
	has(&seen, "path|to 198.18.30.10 from internal, hop 01|198.18.30.1|measured|trace|");
	has(&seen,
		"register|system|distribution-dispatch (Distribution dispatch SCADA)|attested|"
		"LH-REG-2026, as of 20");
	has(&seen, "|register: prefix 198.18.30.0/24||0|");
	has(&seen, "register|organisation|lanhe-power (Lanhe Power)|attested|");
	has(&seen, "register|business|Distribution dispatch (essential)|attested|");
	has(&seen, "register|tier|3|attested|");
	has(&seen, "register|subnet|dispatch, zone control|attested|LH-REG-2026, as of 20");
	chapters_are(&seen, "identity name address register software service link path ");
	str_done(&seen);
	seen = show("198.18.10.11", 0);
	has(&seen, "device|os.product|Linux|claimed|http|greeting||1|2026-11-02|2026-11-03|"
		   "2026-11-04");
	has(&seen,
		"device|os.product|Debian|claimed|http|greeting||3|2026-11-04|2026-11-04|\n");
	/* What did not change from row to row is one statement, what did change is several;
	 * that it is seen from the Internet is a statement of its own. */
	has(&seen,
		"software|198.18.10.11 tcp/80 "
		"product|nginx|measured|http|greeting||1|2026-11-02|"
		"2026-11-04|\n"
		"software|198.18.10.11 tcp/80 vendor|F5|measured|http|greeting||1|2026-11-02|"
		"2026-11-04|\n"
		"software|198.18.10.11 tcp/80 version|1.22|measured|http|greeting||1|2026-11-02|"
		"2026-11-02|2026-11-03\n"
		"software|198.18.10.11 tcp/80 version|1.24|measured|http|greeting||2|2026-11-03|"
		"2026-11-04|\n");
	has(&seen, "service|198.18.10.11 "
		   "tcp/80|http|measured|http|greeting||1|2026-11-02|2026-11-04|"
		   "\nexposure|198.18.10.11 tcp/80|seen from the "
		   "Internet|measured|http|greeting||3|2026-11-04|2026-11-04|\n");
	has_not(&seen, "service|198.18.10.11 tcp/80|http, ");
	has(&seen, "service|198.18.10.11 "
		   "tcp/25|smtp|measured|smtp|greeting||1|2026-11-02|2026-11-02|"
		   "2026-11-03\n");
	has(&seen, "statement|198.18.10.11 tcp/80 http.title|Outages|claimed|http|");
	chapters_are(&seen,
		"verdict identity address register device software service exposure link "
		"statement ");
	str_done(&seen);
}

static void two_realms_make_an_address_ambiguous(void **state)
{
	struct str seen;

	(void)state;
	execute("BEGIN; INSERT INTO realm (name) VALUES ('twin'); INSERT INTO asset (asset_id, "
		"realm_id, name, first_run, last_run, state) SELECT 900, realm_id, 'twin', 1, "
		"1, 'quiet' FROM realm WHERE name = 'twin'; INSERT INTO address (asset_id, "
		"address, "
		"realm_id, grade, method, reason, from_run) SELECT 900, '198.18.30.10', "
		"realm_id, 'measured', 'syn', '', 1 FROM realm WHERE name = 'twin'; COMMIT");
	show("198.18.30.10", 2);
	execute("DELETE FROM address WHERE asset_id = 900; DELETE FROM asset WHERE asset_id = "
		"900");
	seen = show("198.18.30.10", 0);
	str_done(&seen);
}

static void views_for_people(void **state)
{
	(void)state;
	execute("DO $$ BEGIN "
		"ASSERT (SELECT addresses FROM asset_current WHERE asset_id = 103) = "
		"'198.18.30.1 198.18.60.1'; "
		"ASSERT (SELECT system FROM asset_current WHERE asset_id = 101) = "
		"'distribution-dispatch'; "
		"ASSERT (SELECT count(*) FROM service_current) = 2; "
		"ASSERT (SELECT transport FROM service_current WHERE exposed) = 'tcp'; "
		"ASSERT (SELECT business FROM registered_system WHERE id = "
		"'network-management') = 'distribution-dispatch'; "
		"ASSERT (SELECT count(*) FROM designation_list) = 0; END $$");
}

/* ---- changes ------------------------------------------------------------------------- */

static int see_change(void *context, const struct change_row *c)
{
	str_addf(context, "%lld %s %llu %s: %s -> %s\n", (long long)c->run_id, c->kind,
		(unsigned long long)c->asset_id, c->subject, c->before, c->after);
	return 0;
}

/* Runs that ended from `since` on and before `until`. */
static void changes_are(int64_t since, int64_t until, int64_t run, const char *expected)
{
	const struct change_filter filter = {.from.as_of_us = since ? since - 1 : 0,
		.to.as_of_us = until == INT64_MAX ? 0 : until - 1,
		.run_id = run};
	struct str seen = STR_INIT(1 << 20);
	struct error err = {0};

	if (inventory_changes(the.inv, &filter, see_change, &seen, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(seen.data, expected);
	str_done(&seen);
}

#define RUN_1 "1 appeared 102 asset:  -> 198.18.10.11\n" \
	"1 appeared 106 asset:  -> 198.18.77.9\n" \
	"1 appeared 107 asset:  -> 2001:db8:7::9\n" \
	"1 appeared 105 asset:  -> 198.18.20.5\n" \
	"1 appeared 101 asset:  -> 198.18.30.9 198.18.30.10\n"
#define RUN_2 "2 appeared 102 flow link to scada1.lanhe.example (flow):  -> measured\n" \
	"2 gone 102 service 198.18.10.11 tcp/25: smtp Postfix -> \n" \
	"2 changed 102 service 198.18.10.11 tcp/80: http nginx 1.22 -> http nginx 1.24\n" \
	"2 appeared 103 asset:  -> 198.18.30.1 198.18.60.1\n" \
	"2 gone 101 address 198.18.30.9: held -> \n" \
	"2 changed 101 asset 104: old -> the same: same key\n"
#define RUN_3                                                                                  \
	"3 changed 102 exposure of service 198.18.10.11 tcp/80: internal -> exposed: seen "    \
	"from the Internet\n"                                                                  \
	"3 changed 102 os.product (http): Linux -> Debian\n"                                   \
	"3 gone 105 asset: answered -> \n"

static int64_t day(const char *text)
{
	int64_t us = 0;

	assert_int_equal(clock_parse(text, &us, NULL), 0);
	return us;
}

static void changes_by_run_and_time(void **state)
{
	(void)state;
	changes_are(0, INT64_MAX, 1, RUN_1);
	changes_are(0, INT64_MAX, 2, RUN_2);
	changes_are(0, INT64_MAX, 3, RUN_3);
	changes_are(0, INT64_MAX, 4, "");
	changes_are(day("2026-11-04"), INT64_MAX, 0, RUN_3);
	changes_are(0, day("2026-11-03"), 0, RUN_1);
	changes_are(day("2026-11-03"), day("2026-11-04"), 1, "");
}

/* ---- the snapshot -------------------------------------------------------------------- */

static struct estate load(const char *realm)
{
	struct estate estate = {0};
	struct error err = {0};

	if (inventory_estate_load(the.inv, realm, &estate, &err) < 0)
		fail_msg("%s", err.text);
	return estate;
}

static void the_estate_is_ordered_and_whole(void **state)
{
	struct estate e = load("lanhe");
	char text[CIDR_TEXT_MAX];

	(void)state;
	assert_int_equal(e.run_id, 3);
	assert_true(e.as_of_us > day("2026-11-04"));
	assert_string_equal(e.realm, "lanhe");
	assert_int_equal(e.n_systems, 7); /* with three of others */
	assert_string_equal(e.systems[0].id, "distribution-dispatch");
	assert_string_equal(e.systems[0].business, "Distribution dispatch");
	assert_int_equal(e.systems[0].tier, 3);
	assert_int_equal(e.systems[0].designated, 0);
	assert_string_equal(e.systems[0].organisation, e.systems[3].organisation);
	assert_ptr_equal(
		e.systems[0].organisation, e.systems[3].organisation); /* stands once */
	assert_string_equal(e.systems[3].business, ""); /* carries no key business */
	assert_int_equal(e.n_assets, 5); /* without the merged and the quiet one */
	assert_int_equal(e.assets[0].id, 101);
	assert_int_equal(e.assets[0].system, 0);
	assert_int_equal(e.assets[0].role, ASSET_ROLE_SERVER);
	assert_int_equal(e.assets[1].exposed, 1);
	assert_int_equal(e.assets[2].role, ASSET_ROLE_ROUTER);
	assert_string_equal(e.systems[e.assets[2].system].id, "network-management");
	assert_int_equal(e.assets[3].system, ESTATE_NONE);
	assert_int_equal(e.n_addresses, 6);
	assert_int_equal(e.assets[2].n_addresses, 2);
	assert_int_equal(e.addresses[e.assets[2].first_address].asset, 2);
	assert_int_equal(e.addresses[0].mac.bytes[5], 1);
	assert_int_equal(e.n_services, 2);
	assert_string_equal(e.services[e.assets[1].first_service].product, "nginx");
	assert_int_equal(e.services[e.assets[1].first_service].exposed, 1);
	assert_int_equal(e.n_subnets, 5);
	assert_string_equal(cidr_format(&e.subnets[0].cidr, text), "198.18.10.0/24");
	assert_string_equal(e.subnets[0].name, "dmz");
	assert_string_equal(e.subnets[0].zone, "boundary");
	assert_string_equal(e.subnets[1].name, "dispatch");
	/* not in the register: as a run covered it, and by default */
	assert_string_equal(cidr_format(&e.subnets[3].cidr, text), "198.18.77.0/25");
	assert_string_equal(e.subnets[3].name, "");
	assert_string_equal(cidr_format(&e.subnets[4].cidr, text), "2001:db8:7::/64");
	assert_int_equal(e.addresses[0].subnet, 1);
	assert_int_equal(
		e.n_links, 2); /* l3 once, by the better grade; none to the quiet one */
	assert_int_equal(e.links[0].from, 0);
	assert_int_equal(e.links[0].to, 2);
	assert_int_equal(e.links[0].layer, LINK_L3);
	assert_int_equal(e.links[0].grade, GRADE_MEASURED);
	assert_int_equal(e.links[1].layer, LINK_FLOW);
	assert_int_equal(e.links[1].from, 1);
	arena_free(e.arena);
	e = load("nowhere");
	assert_int_equal(e.n_assets + e.n_systems + e.n_subnets, 0);
	arena_free(e.arena);
	e = load(NULL);
	assert_int_equal(e.n_assets, 5);
	arena_free(e.arena);
}

static void the_estate_has_the_registers_part(void **state)
{
	struct estate e = load("lanhe");
	uint32_t external = 0;

	(void)state;
	for (uint32_t i = 0; i < e.n_systems; i++)
		external += e.systems[i].external;
	assert_int_equal(external, 3);
	assert_string_equal(e.systems[1].id, "hospital-power");
	assert_true(e.systems[1].external);
	assert_int_equal(e.n_businesses, 3);
	assert_string_equal(e.businesses[2].id, "distribution-dispatch");
	assert_true(e.businesses[2].key);
	assert_int_equal(e.n_supports, 5);
	assert_int_equal(e.supports[0].system, 0);
	assert_int_equal(e.supports[0].business, 2);
	assert_string_equal(e.supports[0].strength, "essential");
	assert_int_equal(e.n_dependencies, 5);
	assert_int_equal(e.dependencies[0].from, 0);
	assert_string_equal(e.systems[e.dependencies[0].on].id, "network-management");
	assert_int_equal(e.n_supplies, 2);
	assert_false(e.supplies[0].remote);
	assert_true(e.supplies[1].remote);
	assert_int_equal(e.supplies[1].system, 0);
	assert_int_equal(e.n_exits, 1);
	assert_string_equal(e.exits[0].id, "internet-1");
	assert_string_equal(e.exits[0].system_ids, "office-automation; outage-website");
	assert_int_equal(e.n_zones, 4);
	assert_string_equal(e.zones[1].id, "control");
	assert_string_equal(e.zones[1].purdue, "2");
	assert_int_equal(e.zones[1].sl_t, 3);
	assert_int_equal(e.zones[1].parent, ESTATE_NONE);
	assert_int_equal(e.n_conduits, 2);
	assert_int_equal(e.conduits[0].from, 0); /* zones of a conduit are kept sorted */
	assert_int_equal(e.conduits[0].to, 1);
	assert_true(e.n_organisations > 3);
	assert_true(e.assets[0].seen_us > 0);
	assert_string_equal(e.services[e.assets[1].first_service].kind, "web");
	assert_int_equal(e.services[e.assets[1].first_service].justified, LEDGER_NONE);
	assert_true(e.assets[1].n_findings > 0); /* nobody justified it */
	arena_free(e.arena);
}

static int ignore_proposal(void *context, const struct proposal_row *p)
{
	(void)context;
	(void)p;
	return 0;
}

static void designation_shows_on_the_estate(void **state)
{
	struct pack_result result;
	struct error err = {0};
	struct estate e;
	struct str seen;
	int64_t id;

	(void)state;
	if (inventory_pack_install(the.inv, NORMS "/x.energy.power.xml", NULL, &result, &err) <
			0 ||
		inventory_identify(the.inv, NULL, NULL, ignore_proposal, NULL, &err) < 0 ||
		inventory_designate_accept(
			the.inv, "distribution-dispatch", "Li Wei", "No 7", &id, &err) < 0)
		fail_msg("%s", err.text);
	e = load("lanhe");
	assert_int_equal(e.systems[0].designated, 1);
	assert_non_null(strstr(e.systems[0].designation_no, "-001"));
	assert_string_equal(e.systems[0].designation_pack, "x.energy.power 1.0");
	assert_int_equal(e.systems[1].designated, 0);
	arena_free(e.arena);
	seen = show("101", 0);
	has(&seen,
		" by x.energy.power 1.0|attested|decision No 7 of Li Wei|designation of system "
		"distribution-dispatch|");
	has(&seen, "register|tier|3|attested|LH-TIER-");
	str_done(&seen);
}

static void rules_by_address_and_name_win(void **state)
{
	(void)state;
	case_import(REGISTER_HEAD
		"<systems><system id='by-address' name='A'" SYSTEM_ATTRIBUTES ">"
		"<assets><address value='198.18.30.10'/></assets></system>"
		"<system id='by-name' name='N'" SYSTEM_ATTRIBUTES "><assets><name "
		"glob='SCADA?.lanhe.*'/><prefix cidr='198.18.77.0/28'/></assets></system>"
		"<system id='wide' name='W'" SYSTEM_ATTRIBUTES
		"><assets><prefix cidr='198.18.77.0/24'/>"
		"</assets></system></systems></register>");
	list_is((struct asset_filter){.system = "by-address"}, "101 ");
	list_is((struct asset_filter){.system = "by-name"}, "106 ");
	list_is((struct asset_filter){.system = "wide"}, "");
	case_import(
		REGISTER_HEAD "<systems><system id='by-address' name='A'" SYSTEM_ATTRIBUTES "/>"
			      "</systems></register>");
	list_is((struct asset_filter){.system = "by-name"}, "101 106 ");
	list_is((struct asset_filter){.system = "distribution-dispatch"}, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_and_filters),
		cmocka_unit_test(a_bad_prefix_is_refused),
		cmocka_unit_test(one_row_in_full),
		cmocka_unit_test(found_by_number_address_and_name),
		cmocka_unit_test(every_statement_says_where_it_comes_from),
		cmocka_unit_test(two_realms_make_an_address_ambiguous),
		cmocka_unit_test(views_for_people),
		cmocka_unit_test(changes_by_run_and_time),
		cmocka_unit_test(the_estate_is_ordered_and_whole),
		cmocka_unit_test(the_estate_has_the_registers_part),
		cmocka_unit_test(designation_shows_on_the_estate),
		cmocka_unit_test(rules_by_address_and_name_win),
	};

	return cmocka_run_group_tests(tests, open_network, register_case_close);
}
