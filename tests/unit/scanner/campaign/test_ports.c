/* SPDX-License-Identifier: Apache-2.0 */
/* Port lists: what is taken, in which order, and how refusals name the item. */
#include "tests/unit/unit.h"

#include "scanner/protocol/protocol.h"
#include "scanner/scanner.h"

static void check(const char *text, size_t n, const uint16_t *wanted)
{
	uint16_t *ports = NULL;
	size_t got;

	assert_int_equal(scan_ports_parse(text, &ports, &got, NULL), 0);
	assert_int_equal(got, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(ports[i], wanted[i]);
	free(ports);
}

static void test_lists(void **state)
{
	(void)state;
	check("22", 1, (const uint16_t[]){22});
	check("80,22,80", 2, (const uint16_t[]){22, 80});
	check("10-12,11-13,65535", 5, (const uint16_t[]){10, 11, 12, 13, 65535});
	check("7-7", 1, (const uint16_t[]){7});
}

static void test_all(void **state)
{
	uint16_t *ports;
	size_t n;

	(void)state;
	assert_int_equal(scan_ports_parse("1-65535", &ports, &n, NULL), 0);
	assert_int_equal(n, 65535);
	free(ports);
}

static void test_refusals_name_the_item(void **state)
{
	static const char *const bad[][2] = {{"0", "\"0\""}, {"22,x", "\"x\""},
		{"65536", "65536"}, {"22,", "empty"}, {"", "empty"}, {",", "empty"},
		{"22,,80", "empty"}, {"5-2", "backwards"}, {"1-", "\"1-\""}, {"-5", "\"-5\""},
		{"+5", "\"+5\""}, {" 5", "\" 5\""}, {"1-2-3", "\"1-2-3\""},
		{"999999999999", "99999"}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct error error = {0};
		uint16_t *ports = NULL;
		size_t n;

		assert_int_equal(scan_ports_parse(bad[i][0], &ports, &n, &error), ERROR_USAGE);
		assert_non_null(strstr(error.text, bad[i][1]));
		assert_null(ports);
	}
}

static void test_protocols(void **state)
{
	static const char *const bad[][2] = {{"6", "6"}, {"1-5", "1 is asked"},
		{"sctp", "sctp"}, {"43-44", "43 is an extension"}, {"255", "255"},
		{"0", "\"0\""}, {"gre-", "gre-"}, {"grex", "grex"}, {"", "\"\""}};
	static const uint16_t wanted[] = {2, 47, 50, 51, 89};
	struct error error = {0};
	uint16_t *protocols;
	size_t n;

	(void)state;
	assert_int_equal(
		scan_protocols_parse("esp-51,gre,ospf,2,47", &protocols, &n, &error), 0);
	assert_int_equal(n, ARRAY_SIZE(wanted));
	assert_memory_equal(protocols, wanted, sizeof(wanted));
	free(protocols);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		error = (struct error){0};
		protocols = NULL;
		assert_int_equal(
			scan_protocols_parse(bad[i][0], &protocols, &n, &error), ERROR_USAGE);
		assert_non_null(strstr(error.text, bad[i][1]));
		assert_null(protocols);
	}
}

/* Where a protocol is expected, too, and which is not asked by default. */
static const struct {
	const char *protocol;
	enum transport transport;
	uint16_t port;
	const char *reason;
} left_out[] = {{"ftp", TRANSPORT_TCP, 2121, "a server beside, or instead of, that of port 21"},
	{"http", TRANSPORT_TCP, 8008, "a server beside that of 80, 8000 or 8080"},
	{"http", TRANSPORT_TCP, 8081, "a server beside that of 80, 8000 or 8080"},
	{"http", TRANSPORT_TCP, 8088, "a server beside that of 80, 8000 or 8080"},
	{"ldap", TRANSPORT_TCP, 3268,
		"the global catalogue, of the server that 389 is asked of"},
	{"postgresql", TRANSPORT_TCP, 5433, "a second cluster of one machine"},
	{"redis", TRANSPORT_TCP, 6380, "a second server of one machine"},
	{"rtsp", TRANSPORT_TCP, 8554, "a second server of one machine"},
	{"smtp", TRANSPORT_TCP, 2525, "submission where 587 cannot be had"},
	{"ssh", TRANSPORT_TCP, 2022, "a server beside that of port 22"},
	{"telnet", TRANSPORT_TCP, 2323, "a server beside that of port 23"},
	{"tls", TRANSPORT_TCP, 563, "news, of which few are left; 119 is asked"},
	{"tls", TRANSPORT_TCP, 3269,
		"the global catalogue, of the server that 636 is asked of"},
	{"tls", TRANSPORT_TCP, 4443, "a server beside that of 443 or 8443"},
	{"tls", TRANSPORT_TCP, 10443, "a server beside that of 443 or 8443"},
	{"vnc", TRANSPORT_TCP, 5901, "a further screen of one machine"},
	{"vnc", TRANSPORT_TCP, 5902, "a further screen of one machine"},
	{"vnc", TRANSPORT_TCP, 5903, "a further screen of one machine"},
	{"wireguard", TRANSPORT_UDP, 51820,
		"it answers nobody without a key, so there is no question"},
	{"x11", TRANSPORT_TCP, 6001, "a further screen of one machine"},
	{"x11", TRANSPORT_TCP, 6002, "a further screen of one machine"},
	{"x11", TRANSPORT_TCP, 6003, "a further screen of one machine"}};

static bool is_default(enum transport transport, uint16_t port)
{
	size_t n;
	const uint16_t *list = transport == TRANSPORT_TCP ? scan_default_tcp_ports(&n)
							   : scan_default_udp_ports(&n);

	for (size_t i = 0; i < n; i++)
		if (list[i] == port)
			return true;
	return false;
}

/* Why a port of a protocol is not asked by default; NULL if nothing says so. */
static const char *reason_of(const struct protocol *protocol, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (strcmp(left_out[i].protocol, protocol->name) == 0 &&
			left_out[i].transport == protocol->transport &&
			left_out[i].port == port)
			return left_out[i].reason;
	return NULL;
}

/* Every port at which a protocol is expected is asked, or it is said why not; and nothing is
 * said for nothing: who is left out has another place that is asked, or cannot be asked at
 * all. */
static void test_every_protocol_is_asked(void **state)
{
	size_t n, excused = 0;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct protocol *p = all[i];
		bool silent = p->transport == TRANSPORT_UDP && p->risk == PROTOCOL_PASSIVE;

		for (const uint16_t *port = p->ports; *port; port++) {
			const char *reason = reason_of(p, *port);

			if (is_default(p->transport, *port) == (reason != NULL))
				fail_msg("%s, port %u: %s", p->name, *port,
					reason ? "asked by default and left out"
					       : "not asked by default");
			if (reason && !silent && !is_default(p->transport, p->ports[0]))
				fail_msg("%s is asked nowhere by default", p->name);
			excused += reason != NULL;
		}
	}
	assert_int_equal(excused, ARRAY_SIZE(left_out));
}

static void test_defaults(void **state)
{
	static const uint16_t wanted[] = {21, 22, 23, 25, 53, 80, 102, 443, 502, 1883, 2222,
		2404, 5432, 6379, 9100, 20000, 44818};
	static const uint16_t wanted_udp[] = {53, 88, 111, 123, 137, 161, 427, 500, 623, 1194,
		1434, 1900, 3478, 3671, 3702, 4800, 5060, 5353, 5683, 9600, 20000, 44818, 47808,
		48899};
	size_t n, u, found = 0;
	const uint16_t *tcp = scan_default_tcp_ports(&n), *udp = scan_default_udp_ports(&u);

	(void)state;
	assert_in_range(n, 40, 90);
	for (size_t i = 1; i < n; i++)
		assert_true(tcp[i - 1] < tcp[i]);
	for (size_t w = 0; w < sizeof(wanted) / sizeof(*wanted); w++)
		found += is_default(TRANSPORT_TCP, wanted[w]);
	assert_int_equal(found, sizeof(wanted) / sizeof(*wanted));
	assert_int_equal(u, ARRAY_SIZE(wanted_udp));
	for (size_t i = 0; i < u; i++)
		assert_int_equal(udp[i], wanted_udp[i]);
}

/* In parts, as much as fits in each, and nothing twice. */
static void test_format(void **state)
{
	static const uint16_t ports[] = {22, 80, 81, 82, 443, 65534, 65535};
	char text[12];
	size_t at = 0;

	(void)state;
	scan_ports_format(ports, ARRAY_SIZE(ports), &at, text, sizeof(text));
	assert_string_equal(text, "22,80-82");
	scan_ports_format(ports, ARRAY_SIZE(ports), &at, text, sizeof(text));
	assert_string_equal(text, "443");
	scan_ports_format(ports, ARRAY_SIZE(ports), &at, text, sizeof(text));
	assert_string_equal(text, "65534-65535");
	assert_int_equal(at, ARRAY_SIZE(ports));
	scan_ports_format(ports, ARRAY_SIZE(ports), &at, text, sizeof(text));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists),
		cmocka_unit_test(test_all), cmocka_unit_test(test_refusals_name_the_item),
		cmocka_unit_test(test_protocols), cmocka_unit_test(test_format),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_protocol_is_asked)};

	return RUN(tests);
}
