/* SPDX-License-Identifier: Apache-2.0 */
/* Each reader over its samples: what becomes of every element, what is refused and where, files
 * that stop, and the forms in which tools and people really hand such files over. */
#include "tests/unit/unit.h"

#include "tests/unit/inventory/exchange/reading.h"

static void read_text(const char *text, struct reading_result *result)
{
	const struct exchange_format *format = reading_format(text, strlen(text));

	assert_non_null(format);
	reading_run(format, text, strlen(text), result);
}

static void read_sample(const char *name, const char *kind, struct reading_result *result)
{
	struct str bytes = reading_sample(name);
	const struct exchange_format *format = reading_format(bytes.data, bytes.len);

	assert_non_null(format);
	assert_string_equal(format->name, kind);
	reading_run(format, bytes.data, bytes.len, result);
	if (result->result < 0 || result->bad_bundle)
		fail_msg("%s: %s", name, result->error.text);
	str_done(&bytes);
}

static void has(const struct reading_result *result, const char *words)
{
	if (!strstr(result->text.data, words))
		fail_msg("no \"%s\" in\n%s", words, result->text.data);
}

static void has_not(const struct reading_result *result, const char *words)
{
	if (strstr(result->text.data, words))
		fail_msg("\"%s\" in\n%s", words, result->text.data);
}

static void refused(const struct reading_result *result, const char *reason, uint64_t n,
	long line, const char *what)
{
	for (size_t i = 0; i < result->report.n_refusals; i++) {
		const struct exchange_refusal *row = &result->report.refusals[i];

		if (strcmp(row->reason, reason) != 0)
			continue;
		assert_int_equal(row->n, n);
		assert_int_equal(row->line, line);
		assert_string_equal(row->what, what);
		return;
	}
	fail_msg("nothing was refused for \"%s\"", reason);
}

static void nmap(void **state)
{
	static const char *const words[] = {
		"host 198.18.10.11 mac 00:1b:1b:00:10:11 hw.vendor=[Works & Sons] "
		"source=[nmap] at 2025-11-24T16:01:00Z\n",
		"name 198.18.10.11 name=[plant.example] source=[nmap.user]",
		"name 198.18.10.11 name=[hmi.plant.example] source=[nmap.ptr]",
		/* The same address under another name, in an element of its own. */
		"name 198.18.10.11 name=[www.plant.example] source=[nmap.user] at 2025-11-24T16:01:01Z",
		"service 198.18.10.11 tcp/22 ssh service.product=[OpenSSH] "
		"service.version=[8.4p1 Debian 5] service.extra=[protocol 2.0] os.product=[Linux] "
		"service.cpe23=[cpe:2.3:a:openbsd:openssh:8.4p1:*:*:*:*:*:*:*] "
		"service.vendor=[openbsd]",
		"key 198.18.10.11 tcp/22 ssh type=[ssh.hostkey.sha256] "
		"value=[SHA256:ApDbB7eM2jeElndhTgvWGQUITyz6MKJEoLQnAXWmuyA]",
		"service 198.18.10.11 tcp/443 http service.product=[nginx]",
		"service.tunnel=[tls]",
		"script.http-title=[Line 3 <HMI>]",
		"tls.certificate.subject=[CN=hmi.plant.example]",
		"tls.certificate.not_before=[2025-01-01T00:00:00Z]",
		"key 198.18.10.11 tcp/443 tls type=[tls.certificate.sha256] "
		"value=[c43823cbb56802f37540638aea1dd3a513dfa4ed0d784445e282c4636e97634a]",
		/* A name from a table of ports says nothing. */
		"port 198.18.10.11 tcp/502 at",
		"service 198.18.10.11 udp/161 snmp service.product=[net-snmp]",
		"os.name=[Linux 5.0 - 5.4] os.certainty=[0.98] os.vendor=[Linux] "
		"os.product=[Linux] os.version=[5.X] os.device=[general purpose] "
		"os.cpe23=[cpe:2.3:o:linux:linux_kernel:5:*:*:*:*:*:*:*] host.booted=[2025-11-23]",
		"script.smb-os-discovery=[   OS: none ]",
		"hop 198.18.10.11 via 198.18.10.1 at 1 ",
		"name 198.18.10.1 name=[gw.plant.example] source=[nmap.ptr]",
		/* What was looked at, and no more. */
		"coverage cidr=[198.18.10.11/32] method=[import] transport=[tcp] "
		"ports=[22,80,102,443,502,8080]",
		"coverage cidr=[198.18.10.12/31] method=[import] transport=[udp] ports=[123,161]",
	};
	struct reading_result result;

	(void)state;
	read_sample("nmap-plant.xml", "nmap", &result);
	assert_int_equal(result.result, 0);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		has(&result, words[i]);
	/* open|filtered; assumed to be up and silent; down. */
	has_not(&result, "udp/123");
	has_not(&result, "host 198.18.10.12");
	has_not(&result, "host 198.18.10.13");
	assert_int_equal(result.report.refused, 0);
	assert_string_equal(result.header.tool, "nmap 7.93");
	assert_true(result.header.started_us == 1764000000000000LL);
	reading_done(&result);
}

static void old_nmap_and_ipv6(void **state)
{
	struct reading_result result;

	(void)state;
	read_sample("nmap-six.xml", "nmap", &result);
	has(&result, "host 2001:db8:10::11 at 2025-11-24T16:01:40Z");
	has(&result, "host fe80::21b:1bff:fe00:1011 ");
	has(&result, "port 2001:db8:10::11 tcp/443 at");
	has(&result, "coverage cidr=[2001:db8:10::11/128]");
	has(&result, "transport=[sctp] ports=[2905]");
	refused(&result, "a transport that is none of TCP, UDP and SCTP", 1, 12, "dccp/2906");
	has(&result, "port 2001:db8:10::11 sctp/2905 at");
	refused(&result, "no valid port", 1, 13, "tcp/70000");
	refused(&result, "no valid address", 1, 17, "no address");
	refused(&result, "a host without a valid address", 1, 16, "");
	reading_done(&result);
}

/* Cut at every byte: whole hosts are kept, and nothing is said about what was looked at. */
static void nmap_cut(void **state)
{
	struct str bytes = reading_sample("nmap-plant.xml");
	const char *root = strstr(bytes.data, "<nmaprun "),
		   *end = strstr(bytes.data, "</nmaprun>");
	size_t first = (size_t)(strchr(root, '>') + 1 - bytes.data);

	(void)state;
	for (size_t n = first; n < (size_t)(end - bytes.data) + 9; n += 37) {
		const char *host = strstr(bytes.data, "</host>");
		struct reading_result result;

		reading_run(reading_format(bytes.data, n), bytes.data, n, &result);
		assert_int_equal(result.result, EXCHANGE_CUT);
		assert_false(result.bad_bundle);
		assert_null(strstr(result.text.data, "coverage"));
		assert_int_equal(strstr(result.text.data, "host 198.18.10.11") != NULL,
			n >= (size_t)(host - bytes.data) + 7);
		reading_done(&result);
	}
	str_done(&bytes);
}

#define NMAP(inner)                                                                            \
	"<nmaprun scanner=\"nmap\" version=\"7.93\" start=\"1764000000\">" inner "</nmaprun>"
#define HOST(addr, inner)                                                                      \
	"<host><status state=\"up\" reason=\"syn-ack\"/><address addr=\"" addr                 \
	"\" addrtype=\"ipv4\"/>" inner "</host>"

static void what_nmap_may_say(void **state)
{
	struct reading_result result;

	(void)state;
	/* It failed by its own word. */
	read_text(NMAP("<runstats><finished exit=\"error\"/></runstats>"), &result);
	assert_int_equal(result.result, EXCHANGE_CUT);
	reading_done(&result);
	/* A host that timed out was not looked at to the end. */
	read_text(NMAP("<scaninfo type=\"syn\" protocol=\"tcp\" services=\"1-9\"/>"
		       "<host timedout=\"true\"><status state=\"up\" reason=\"syn-ack\"/><address "
		       "addr=\"198.18.1.1\" addrtype=\"ipv4\"/></host>"),
		&result);
	has(&result, "host 198.18.1.1");
	has_not(&result, "coverage");
	reading_done(&result);
	/* An ACK scan says nothing about what is open. */
	read_text(NMAP("<scaninfo type=\"ack\" protocol=\"tcp\" services=\"1-9\"/>" HOST(
		"198.18.1.1", "")), &result);
	has_not(&result, "coverage");
	reading_done(&result);
	read_text(NMAP("<scaninfo type=\"syn\" protocol=\"tcp\" services=\"T:1\"/>" HOST(
		"224.0.0.1", "")), &result);
	refused(&result, "no list of ports", 1, 1, "T:1");
	refused(&result, "an address that is nobody's own", 1, 1, "224.0.0.1");
	reading_done(&result);
	read_text("<nmaprun start=\"9999999999\" version=\"1\"/>", &result);
	reading_done(&result);
	read_text("<nmaprun start=\"4000000000\" version=\"1\"/>", &result);
	assert_int_equal(result.result, ERROR_INPUT);
	assert_non_null(strstr(result.error.text, "has not come yet"));
	reading_done(&result);
	/* What a register wrote is not taken for our own scan. */
	read_text(
		"<nmaprun scanner=\"nmap\" args=\"cadastre 0.1.0 export\" version=\"0.1.0\"/>",
		&result);
	assert_string_equal(result.header.tool, "import of cadastre 0.1.0");
	reading_done(&result);
	reading_run(&exchange_formats[3], "<html/>", 7, &result);
	assert_int_equal(result.result, ERROR_INPUT);
	reading_done(&result);
}

/* Adjacent addresses become the fewest prefixes, in pieces of a port list that fits. */
static void coverage(void **state)
{
	struct str text = STR_INIT(1 << 20), ports = STR_INIT(1 << 16);
	struct reading_result result;
	size_t pieces = 0;

	(void)state;
	for (int i = 1; i < 3000; i += 2)
		str_addf(&ports, "%s%d", i > 1 ? "," : "", i);
	str_addf(&text, "<nmaprun version=\"1\"><scaninfo type=\"connect\" protocol=\"tcp\" "
			"services=\"%s\"/>", ports.data);
	for (int i = 255; i >= 1; i--)
		str_addf(&text, "<host><status state=\"down\"/><address addr=\"198.18.9.%d\" "
				"addrtype=\"ipv4\"/></host>", i);
	str_adds(&text, "</nmaprun>");
	read_text(text.data, &result);
	assert_int_equal(result.result, 0);
	assert_false(result.bad_bundle);
	for (const char *at = result.text.data; (at = strstr(at, "cidr=[198.18.9.128/25]"));
		at++)
		pieces++;
	assert_int_equal(pieces, ports.len / ATTRIBUTE_VALUE_MAX + 1);
	has(&result, "cidr=[198.18.9.1/32]");
	has(&result, "cidr=[198.18.9.2/31]");
	has(&result, "cidr=[198.18.9.64/26]");
	has_not(&result, "198.18.9.0/");
	reading_done(&result);
	str_done(&text);
	str_done(&ports);
}

static void masscan(void **state)
{
	struct reading_result result;

	(void)state;
	read_sample("masscan.xml", "masscan-xml", &result);
	has(&result, "host 198.18.20.5 at 2025-11-24T16:03:21Z");
	has(&result, "port 198.18.20.5 tcp/22 at");
	has(&result, "service 198.18.20.5 tcp/22 ssh raw 16 at");
	has_not(&result, "coverage");
	assert_string_equal(result.header.tool, "masscan 1.0-BETA");
	reading_done(&result);

	read_sample("masscan.json", "masscan-json", &result);
	has(&result, "port 198.18.21.5 tcp/80 at 2025-11-24T16:05:00Z");
	has(&result,
		"service 198.18.21.5 tcp/80 http http.server=[lighttpd/1.4] source=[masscan] "
		"raw 12 at");
	/* Braces and quotes within a banner; a NUL and a byte above 127 are its bytes. */
	has(&result, "port 198.18.21.6 tcp/4711 raw 6 at");
	has(&result, "host 198.18.21.7 at");
	refused(&result, "a transport that is none of TCP, UDP and SCTP", 1, 6, "dccp/99");
	refused(&result, "no valid address", 1, 7, "300.1.1.1");
	assert_int_equal(result.result, 0);
	assert_true(result.header.started_us == 1764000300000000LL);
	reading_done(&result);

	read_sample("masscan.ndjson", "masscan-json", &result);
	has(&result, "port 198.18.22.5 tcp/22 at");
	has(&result, "service 198.18.22.5 tcp/22 ssh raw 14 at");
	reading_done(&result);
}

#define ONE                                                                                    \
	"{\"ip\":\"198.18.1.1\",\"timestamp\":\"1764000000\",\"ports\":[{\"port\":1,"          \
	"\"proto\":\"tcp\"}]}"

static void masscan_as_it_comes(void **state)
{
	static const struct {
		const char *text;
		int result;
		uint64_t put, refused;
	} cases[] = {
		{"[" ONE "," ONE "]", 0, 2, 0},
		{"[\n" ONE ",\n]\n", 0, 1, 0},
		{"[" ONE ",\n", EXCHANGE_CUT, 1, 0},
		{"[" ONE ",{finished: 1}", 0, 1, 0},
		{"[" ONE ",{\"ip\":\"198.18.", EXCHANGE_CUT, 1, 0},
		{ONE "\n" ONE "\n", 0, 2, 0},
		{"[" ONE ",{\"ip\":}]", 0, 1, 1},
		{"[{\"ip\":\"198.18.1.1\",\"ports\":{}}]", 0, 0, 1},
		{"[{\"ip\":\"198.18.1.1\",\"ports\":[{\"port\":-1,\"proto\":\"tcp\"}]}]", 0, 0,
			1},
		{"[{\"ip\":\"198.18.1.1\",\"ports\":[1,null]}]", 0, 0, 2},
		{"[]", 0, 0, 0},
		{"[" ONE "x", ERROR_INPUT, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reading_result result;

		read_text(cases[i].text, &result);
		if (result.result != cases[i].result || result.bad_bundle ||
			(result.result >= 0 &&
				(result.report.put != cases[i].put ||
					result.report.refused != cases[i].refused)))
			fail_msg("%zu: %d, %d put, %d refused: %s", i, result.result,
				(int)result.report.put, (int)result.report.refused,
				result.error.text);
		reading_done(&result);
	}
}

static void masscan_object_too_large(void **state)
{
	struct str text = STR_INIT(4 << 20);
	struct reading_result result;

	(void)state;
	str_adds(&text, "[{\"ip\":\"");
	while (text.len < (size_t)2 << 20)
		str_adds(&text, "0123456789abcdef");
	read_text(text.data, &result);
	assert_int_equal(result.result, ERROR_INPUT);
	assert_non_null(strstr(result.error.text, "sample:1:"));
	reading_done(&result);
	str_done(&text);
}

static void hosts(void **state)
{
	struct reading_result result;

	(void)state;
	read_sample("hosts.csv", "hosts", &result);
	has(&result,
		"key 198.18.30.5 mac 00:1b:1b:00:30:05 type=[mac] value=[00:1b:1b:00:30:05]");
	has(&result, "name 198.18.30.5 name=[plc-1] source=[host list]");
	has(&result, "fact 198.18.30.5 hw.product=[S7-1214] note=[Line 3, \"left\"] "
		     "hw.vendor=[Siemens] source=[host list]");
	has(&result, "name 198.18.30.6 name=[plc-2]");
	has(&result, "fact 2001:db8:30::6 note=[=cmd()]");
	has_not(&result, "somebody"); /* a column that is not known */
	has_not(&result, "host 198");
	refused(&result, "no valid address", 1, 4, "198.18.300.7");
	refused(&result, "no address", 1, 5, "nobody");
	reading_done(&result);

	/* GB18030, as a spreadsheet saves it. */
	read_text("\xb5\xd8\xd6\xb7,\xc3\xfb\xb3\xc6\r\n198.18.30.9,\xd6\xf7\xd5\xbe\r\n",
		&result);
	has(&result, "name 198.18.30.9 name=[\xe4\xb8\xbb\xe7\xab\x99]");
	reading_done(&result);

	read_text("name,mac\nx,00:11:22:33:44:55\n", &result);
	assert_int_equal(result.result, ERROR_INPUT);
	assert_non_null(strstr(result.error.text, "sample:1"));
	reading_done(&result);
}

/* Each kind is told apart by its beginning. */
static void detection(void **state)
{
	static const struct {
		const char *head, *kind;
	} cases[] = {
		{"{\"cadastre\":\"bundle\",\"version\":1", "bundle"},
		{"<?xml version=\"1.0\"?>\n<!-- x --><register "
		 "xmlns=\"urn:cadastre:register:1\">",
			"register"},
		{"\xef\xbb\xbf<?xml version=\"1.0\"?><!DOCTYPE nmaprun><nmaprun a='1'>",
			"nmap"},
		{"<nmaprun scanner=\"masscan\" start=\"1\">", "masscan-xml"},
		{"[ { \"ip\": \"1.2.3.4\"", "masscan-json"},
		{"address;name\n", "hosts"},
		{"\xff\xfe"
		 "a",
			"hosts"},
		{"<html><body>", NULL},
		{"<register xmlns=\"other\">", NULL},
		{"\x7f"
		 "ELF",
			NULL},
		{"%PDF-1.4", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct exchange_format *format =
			reading_format(cases[i].head, strlen(cases[i].head));

		if (!cases[i].kind)
			assert_null(format);
		else
			assert_string_equal(format ? format->name : "none", cases[i].kind);
	}
}

/* Reasons beyond the maximum are counted together, and texts of strangers are cleaned. */
static void refusals(void **state)
{
	struct exchange_report report = {0};
	struct exchange_sink sink = {.report = &report};
	char reason[32];

	(void)state;
	for (int i = 0; i < 2 * EXCHANGE_REASONS_MAX; i++) {
		snprintf(reason, sizeof(reason), "reason %d", i);
		exchange_refuse(&sink, reason, i, "\x1b[31m\xff");
	}
	assert_int_equal(report.n_refusals, EXCHANGE_REASONS_MAX);
	assert_int_equal(report.refused, 2 * EXCHANGE_REASONS_MAX);
	assert_string_equal(report.refusals[EXCHANGE_REASONS_MAX - 1].reason, "others");
	assert_int_equal(report.refusals[EXCHANGE_REASONS_MAX - 1].n, EXCHANGE_REASONS_MAX + 1);
	assert_null(strchr(report.refusals[0].what, '\x1b'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nmap),
		cmocka_unit_test(old_nmap_and_ipv6),
		cmocka_unit_test(nmap_cut),
		cmocka_unit_test(what_nmap_may_say),
		cmocka_unit_test(coverage),
		cmocka_unit_test(masscan),
		cmocka_unit_test(masscan_as_it_comes),
		cmocka_unit_test(masscan_object_too_large),
		cmocka_unit_test(hosts),
		cmocka_unit_test(detection),
		cmocka_unit_test(refusals),
	};

	return RUN(tests);
}
