/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking registers, on a real private cluster: the example of the repository; the same again,
 * which writes nothing; each malformed example, refused with file, line and reason and nothing
 * kept; changes, which end the old statement and write the new one; files that are complete.
 */
#include "tests/sql/register_common.h"

#include <stdio.h>

struct seen {
	int n;
	char text[4096];
};

static int see_system(void *context, const struct system_row *s)
{
	struct seen *seen = context;
	size_t n = strlen(seen->text);

	seen->n++;
	snprintf(seen->text + n, sizeof(seen->text) - n, "%s|%s|%s|%s|%d|%s\n", s->id,
		s->organisation, s->business, s->strength, s->tier, s->designation);
	return 0;
}

static struct seen systems(const char *id)
{
	struct seen seen = {0};
	struct error err = {0};

	if (inventory_system_list(the.inv, id, see_system, &seen, &err) < 0)
		fail_msg("%s", err.text);
	return seen;
}

static void the_example_is_taken_once(void **state)
{
	static const char *const path = EXAMPLES "/good/register-power-utility.xml";
	struct register_result first = {0}, again = {0};
	struct error err = {0};

	(void)state;
	if (inventory_register_import(the.inv, path, &first, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(first.organisations, 7);
	assert_int_equal(first.systems, 7);
	assert_int_equal(first.businesses, 3);
	assert_int_equal(first.rules, 8 + 9);
	assert_int_equal(first.dependencies, 5);
	assert_int_equal(first.others, 23);
	assert_int_equal(first.unchanged, 0);
	assert_int_equal(inventory_register_import(the.inv, path, &again, &err), 0);
	assert_int_equal(again.organisations + again.systems + again.businesses + again.rules +
		again.dependencies, 0);
	assert_int_equal(again.written + again.ended, 0);
	assert_int_equal(again.unchanged, first.written);
	assert_string_equal(systems(NULL).text,
		"distribution-dispatch|Lanhe Power|Distribution dispatch|essential|3|\n"
		"network-management|Lanhe Power|Distribution dispatch|important|2|\n"
		"office-automation|Lanhe Power|Administration|essential|2|\n"
		"outage-website|Lanhe Power|Customer information|essential|2|\n");
	assert_int_equal(systems("nothing").n, 0);
	assert_int_equal(systems("water-pumping").n, 1);
}

static void bad(const char *name, const char *said)
{
	struct register_result result = {0};
	struct error err = {0};
	char path[512];

	snprintf(path, sizeof(path), "%s/bad/%s", EXAMPLES, name);
	assert_int_equal(inventory_register_import(the.inv, path, &result, &err), ERROR_INPUT);
	if (strncmp(err.text, path, strlen(path)) != 0 || !strstr(err.text, said))
		fail_msg("%s: \"%s\" does not say \"%s\"", name, err.text, said);
}

static void bad_examples_name_line_and_reason(void **state)
{
	(void)state;
	bad("register-duplicate-system.xml",
		":10: the system \"s\" is stated twice; it stands at "
		"line 8");
	bad("register-entity-bomb.xml", ":2: the register has a document type declaration");
	bad("register-external-dtd.xml", ":2: the register has a document type declaration");
	bad("register-external-entity.xml", ":2: the register has a document type declaration");
	bad("register-future-date.xml", ":8: as-of=\"2999-01-01\" lies in the future");
	bad("register-host-bits.xml", ":10: ");
	bad("register-host-bits.xml", "198.18.30.0/24");
	bad("register-missing-attribute.xml", ":8: the register breaks its form");
	bad("register-truncated.xml", ": the register is not well-formed XML");
	bad("register-unknown-business.xml",
		":10: system \"s\" names the business \"nothing\"");
	bad("register-unknown-dependency.xml", ":11: dependency \"s on ghost\" names the "
		"system \"ghost\"");
	bad("register-unknown-organisation.xml", ":8: system \"s\" names the organisation "
		"\"nobody\"");
	bad("register-own-parent.xml", ":4: the organisation \"a\" is its own parent");
	bad("register-parent-circle.xml",
		"the parents of the organisation \"a\" run in a circle");
	bad("register-self-dependency.xml",
		":11: the system \"s\" is said to depend on itself");
	bad("register-duplicate-rule.xml", ":16: the assets rule \"198.18.99.0/24\" is stated "
		"twice; it stands at line 10");
	bad("register-carrier-circle.xml",
		":11: the carriers of the system \"a\" run in a circle: "
		"a -> b -> a");
	bad("register-identity-number.xml", ":9: the register breaks its form");
	bad("register-identity-number-in-text.xml", ":9: name: an identity number of a person");
	bad("register-unknown-zone.xml", ":12: conduit \"c\" names the zone \"office\"");
	bad("register-ended-before-begin.xml",
		":7: the role is valid until 2026-01-31, before");
	bad("register-duplicate-id.csv",
		":5: the organisation \"o\" is stated twice; it stands at "
		"line 4");
	bad("register-no-encoding.csv", ":5: a byte is neither UTF-8 nor GB18030");
	bad("register-no-heading.csv", ":1: cell 1: a register in CSV begins with a heading");
	bad("register-open-quote.csv", ":4: cell 3: a quotation mark opens this cell");
	bad("register-unknown-column.csv", ":3: cell 4: the table organisation has no column "
		"\"sektor\"");
	assert_int_equal(systems("s").n, 0); /* nothing of them was kept */
}

static void slips_are_refused(void **state)
{
	(void)state;
	case_refused("<register xmlns='urn:cadastre:register:1' realm='r'><organisations>"
		"<organisation id='a' name='A' sector='energy' parent='a'/></organisations>"
		"<systems/></register>", "is its own parent");
	case_refused("<register xmlns='urn:cadastre:register:1' realm='r'><organisations>"
		"<organisation id='a' name='A' sector='energy' parent='b'/>"
		"<organisation id='b' name='B' sector='energy' parent='a'/></organisations>"
		"<systems/></register>", "run in a circle");
	case_refused("<register xmlns='urn:cadastre:register:1' realm='r'><organisations>"
		"<organisation id='a' name='A' sector='energy' parent='z'/></organisations>"
		"<systems/></register>", "organisation \"z\"");
	case_refused(REGISTER_HEAD "<systems><system id='s' name='S'" SYSTEM_ATTRIBUTES "/>"
		"</systems><dependencies><dependency from='s' on='s' strength='essential'/>"
		"</dependencies></register>", "depend on itself");
	case_refused(REGISTER_HEAD "<systems><system id='s' name='S'" SYSTEM_ATTRIBUTES ">"
		"<tier s='2' a='2' determined='2999-12-31'/></system></systems></register>",
		"determined=\"2999-12-31\" lies in the future");
	case_refused(REGISTER_HEAD "<systems><system id='s' name='S'" SYSTEM_ATTRIBUTES ">"
		"<assets><address value='198.18.9.9'/></assets></system><system id='t' name='T'"
		SYSTEM_ATTRIBUTES "><assets><address value='198.18.9.9'/></assets></system>"
		"</systems></register>", "rule \"198.18.9.9\" is stated twice");
	case_refused(REGISTER_HEAD
		"<systems><system id='s' name='S'" SYSTEM_ATTRIBUTES ">"
		"<assets><prefix cidr='198.18.30.0/24'/></assets></system></systems></register>",
		"the register gives it to \"distribution-dispatch\"");
	case_refused("", "not well-formed");
	assert_int_equal(systems("s").n, 0);
}

#define ONE_SYSTEM(parts) REGISTER_HEAD "<systems><system id='change' name='Changing'" \
	SYSTEM_ATTRIBUTES ">" parts "</system></systems></register>"

static void what_changes_is_ended_and_written_anew(void **state)
{
	struct register_result result;

	(void)state;
	result = case_import(ONE_SYSTEM(
		"<tier s='2' a='1'/><metric name='m' value='1' unit='u'/>"
		"<assets><address value='198.18.9.1'/><address value='198.18.9.2'/></assets>"));
	assert_int_equal(result.systems, 1);
	assert_int_equal(result.rules, 2);
	result = case_import(ONE_SYSTEM(
		"<tier s='2' a='1'/><metric name='m' value='1.0' unit='u'/>"
		"<assets><address value='198.18.9.1'/><address value='198.18.9.2'/></assets>"));
	assert_int_equal(result.systems, 0);
	assert_int_equal(result.unchanged, 6);
	result = case_import(ONE_SYSTEM("<tier s='2' a='4'/>"
		"<assets><address value='198.18.9.2'/></assets>"));
	assert_int_equal(result.systems, 1);
	assert_int_equal(result.rules, 1); /* one ended */
	assert_int_equal(result.unchanged, 3);
	assert_string_equal(systems("change").text, "change|Operator|||4|\n");
	/* other things of the realm stay: the file is not complete */
	assert_int_equal(systems(NULL).n, 5);
}

static void a_rule_moves_between_systems_of_one_file(void **state)
{
	struct register_result result;

	(void)state;
	case_import(REGISTER_HEAD
		"<systems><system id='m1' name='M1'" SYSTEM_ATTRIBUTES ">"
		"<assets><prefix cidr='198.18.70.0/24'/></assets></system><system id='m2' "
		"name='M2'" SYSTEM_ATTRIBUTES "/></systems></register>");
	result = case_import(
		REGISTER_HEAD "<systems><system id='m1' name='M1'" SYSTEM_ATTRIBUTES
			      "/><system id='m2' name='M2'" SYSTEM_ATTRIBUTES ">"
			      "<assets><prefix cidr='198.18.70.0/24'/></assets></system></systems></register>");
	assert_int_equal(result.rules, 1);
	assert_int_equal(result.systems, 0);
}

static void a_complete_file_ends_the_rest_of_its_realm(void **state)
{
	struct register_result result;

	(void)state;
	case_import("<register xmlns='urn:cadastre:register:1' realm='other'><organisations>"
		"<organisation id='x' name='X' sector='water'/></organisations><systems>"
		"<system id='kept' name='Kept' organisation='x' sector='water' class='general' "
		"kind='data-resource' function='f' service-scope='other' counterparts='other'/>"
		"</systems></register>");
	case_refused("<register xmlns='urn:cadastre:register:1' realm='lanhe' complete='yes'>"
		"<organisations><organisation id='y' name='Y' sector='water'/></organisations>"
		"<systems><external-system id='e' name='E' organisation='lanhe-power' "
		"sector='energy'/></systems></register>", "says that it is complete");
	result = case_import("<register xmlns='urn:cadastre:register:1' realm='lanhe' "
		"complete='yes'><organisations><organisation id='y' name='Y' sector='water'/>"
		"</organisations><systems/></register>");
	assert_true(result.systems >= 7 && result.dependencies == 5);
	assert_string_equal(systems(NULL).text, "kept|X|||0|\n");
}

static void hostile_text_is_cleaned(void **state)
{
	struct seen seen;

	(void)state;
	case_import("<register xmlns='urn:cadastre:register:1' realm='lanhe'><organisations>"
		"<organisation id='op' name='&quot;}]); DROP TABLE system; --&#x202e;' "
		"sector='energy.power'/></organisations><systems><system id='h' name='H'"
		SYSTEM_ATTRIBUTES "/></systems></register>");
	seen = systems("h");
	assert_non_null(strstr(seen.text, "h|\"}]); DROP TABLE system; --\\u{202e}|"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_taken_once),
		cmocka_unit_test(bad_examples_name_line_and_reason),
		cmocka_unit_test(slips_are_refused),
		cmocka_unit_test(what_changes_is_ended_and_written_anew),
		cmocka_unit_test(a_rule_moves_between_systems_of_one_file),
		cmocka_unit_test(a_complete_file_ends_the_rest_of_its_realm),
		cmocka_unit_test(hostile_text_is_cleaned),
	};

	return cmocka_run_group_tests(tests, register_case_open, register_case_close);
}
