/* SPDX-License-Identifier: Apache-2.0 */
/* What people read of an asset: what is the same on several addresses stands once, sides that
 * do not agree are named, and so is what nobody knows. */
#include "tests/unit/unit.h"

#include "cli/brief.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char said[8192];
static struct brief *brief;

static void begin(const char *vendor)
{
	const struct asset_row asset = {.id = 7,
		.realm = "plant",
		.name = "border",
		.role = "router",
		.state = "seen",
		.vendor = vendor,
		.product = "",
		.os = "",
		.system = "net",
		.addresses = "198.18.0.1 198.18.1.1",
		.designation = "",
		.tier = 2,
		.first_seen_us = 1000000,
		.last_seen_us = 2000000};

	assert_int_equal(brief_new(&brief, NULL), 0);
	assert_int_equal(brief_asset(brief, &asset, NULL), 0);
	*said = '\0';
}

static void fact(const char *chapter, const char *attribute, const char *value,
	const char *source, const char *evidence)
{
	const struct fact_row row = {.chapter = chapter,
		.attribute = attribute,
		.value = value,
		.grade = "measured",
		.source = source,
		.method = "greeting",
		.evidence = evidence,
		.run_id = 1,
		.first_seen_us = 5,
		.last_seen_us = 6};

	assert_int_equal(brief_fact(brief, &row, NULL), 0);
}

static int take(void *context, const struct fact_row *row)
{
	size_t n = strlen(said);

	(void)context;
	snprintf(said + n, sizeof(said) - n, "%s|%s|%s|%s\n", row->chapter, row->attribute,
		row->value, row->evidence);
	return 0;
}

/* The summary; the facts are in `said`. */
static const char *printed(void)
{
	static char out[4096];
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	size_t n;

	fflush(stdout);
	assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
	assert_int_equal(brief_print(brief, take, NULL, NULL), 0);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	n = fread(out, 1, sizeof(out) - 1, file);
	out[n] = '\0';
	fclose(file);
	brief_free(brief);
	return out;
}

static void facts_stand_once(void **state)
{
	static const char *const places[] = {
		"198.18.0.1", "198.18.1.1", "198.18.2.1", "2001:db8::1"};
	char attribute[64];

	(void)state;
	begin("Acme");
	for (size_t i = 0; i < 4; i++)
		fact("address", places[i], "", "echo", "");
	for (size_t i = 0; i < 4; i++) {
		snprintf(attribute, sizeof(attribute), "%s tcp/22 product", places[i]);
		fact("software", attribute, "OpenSSH", "ssh", "aa");
		if (i < 2) {
			snprintf(attribute, sizeof(attribute), "%s tcp/22 version", places[i]);
			fact("software", attribute, i ? "9.3" : "9.2", "ssh", "aa");
		}
		snprintf(attribute, sizeof(attribute), "%s tcp/22", places[i]);
		fact("service", attribute, "ssh", "ssh", i ? "bb" : "cc");
	}
	fact("software", "198.18.0.1 tcp/80 product", "nginx", "http", "dd");
	fact("software", "198.18.1.1 tcp/80 product", "nginx", "http", "dd");
	fact("link", "to 198.18.0.9 by cable", "peer", "lldp", "");
	printed();
	assert_string_equal(said, "address|198.18.0.1||\naddress|198.18.1.1||\naddress|198.18."
				  "2.1||\naddress|2001:db8::1||\n"
				  "software|all 4 addresses tcp/22 product|OpenSSH|aa\n"
				  "software|198.18.0.1 tcp/22 version|9.2|aa\n"
				  "service|all 4 addresses tcp/22|ssh|several\n"
				  "software|198.18.1.1 tcp/22 version|9.3|aa\n"
				  "software|198.18.0.1, 198.18.1.1 tcp/80 product|nginx|dd\n"
				  "link|to 198.18.0.9 by cable|peer|\n");
}

static void in_short(void **state)
{
	const char *text;

	(void)state;
	begin("");
	fact("identity", "role", "router", "forwards to 198.18.9.9", "");
	fact("statement", "198.18.0.1 tcp/102 hw.serial_number", "A1", "s7", "");
	fact("statement", "198.18.0.1 tcp/80 hw.serial_number", "a1", "http", "");
	fact("statement", "198.18.0.1 udp/161 hw.serial_number", "B2", "snmp", "");
	fact("statement", "198.18.0.1 udp/161 xhw.serial_number", "other", "snmp", "");
	text = printed();
	assert_string_equal(text,
		"asset       in short\n"
		"number      7\n"
		"name        border\n"
		"is          router: forwards to 198.18.9.9\n"
		"system      net, tier 2\n"
		"addresses   198.18.0.1 198.18.1.1\n"
		"met         since 1970-01-01T00:00:01Z, last on 1970-01-01T00:00:02Z (seen)\n"
		"in dispute  hw.serial_number: A1 (s7), B2 (snmp)\n"
		"not known   maker, product, operating system\n"
		"\n");
}

/* With its reasons and contradictions; the rows of the verdict are no facts. */
static void verdict(void **state)
{
	const char *text;

	(void)state;
	begin("Acme");
	fact("verdict", "os", "Debian 12", "certain", "");
	fact("verdict", "os.confidence", "97", "of 100", "");
	for (size_t i = 0; i < 10; i++)
		fact("verdict", "os.reason", "somebody says Debian 12", "agrees", "");
	fact("verdict", "os.besides", "stack says Windows", "differs", "");
	fact("verdict", "os.contradiction", "smb says Windows", "contradicts", "");
	fact("verdict", "vendor", "no confidence, no verdict", "certain", "");
	fact("software", "198.18.0.1 tcp/80 product", "nginx", "http", "dd");
	text = printed();
	assert_non_null(strstr(text, "maker             Acme\n"));
	assert_non_null(strstr(text, "operating system  Debian 12 (certain, 97 of 100)\n"
				     "                  somebody says Debian 12\n"));
	assert_non_null(strstr(text, "                  and 2 more\n"
				     "besides           stack says Windows\n"
				     "contradiction     smb says Windows\n"));
	assert_string_equal(said, "software|198.18.0.1 tcp/80 product|nginx|dd\n");
}

/* All that is said of the model is of another maker. */
static void no_verdict(void **state)
{
	const char *text;

	(void)state;
	begin("Cisco");
	fact("verdict", "model.contradiction", "http says iDRAC", "contradicts", "");
	text = printed();
	assert_non_null(strstr(text, "product        no verdict\n"
				     "contradiction  http says iDRAC\n"));
	assert_null(strstr(text, "operating system  no verdict"));
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(facts_stand_once),
		cmocka_unit_test(in_short), cmocka_unit_test(verdict),
		cmocka_unit_test(no_verdict)};

	return RUN(tests);
}
