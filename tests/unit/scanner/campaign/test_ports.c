/* SPDX-License-Identifier: Apache-2.0 */
/* Port lists: what is taken, in which order, and how refusals name the item. */
#include "tests/unit/unit.h"

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
	static const char *const bad[][2] = {{"6", "6"}, {"1-5", "1 is asked"}, {"sctp", "sctp"},
		{"43-44", "43 is an extension"}, {"255", "255"}, {"0", "\"0\""}, {"gre-", "gre-"}, {"grex", "grex"}, {"", "\"\""}};
	static const uint16_t wanted[] = {2, 47, 50, 51, 89};
	struct error error = {0};
	uint16_t *protocols;
	size_t n;

	(void)state;
	assert_int_equal(scan_protocols_parse("esp-51,gre,ospf,2,47", &protocols, &n, &error), 0);
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

static void test_defaults(void **state)
{
	static const uint16_t wanted[] = {21, 22, 23, 25, 53, 80, 102, 443, 502, 1883, 2222,
		2404, 5432, 6379, 9100, 20000, 44818};
	static const uint16_t wanted_udp[] = {53, 123, 137, 161, 500, 623, 1434, 1900, 3671, 3702,
		4800, 5060, 5353, 5683, 9600, 20000, 44818, 47808, 48899};
	size_t n, u, found = 0;
	const uint16_t *tcp = scan_default_tcp_ports(&n), *udp = scan_default_udp_ports(&u);

	(void)state;
	assert_in_range(n, 40, 60);
	for (size_t i = 1; i < n; i++)
		assert_true(tcp[i - 1] < tcp[i]);
	for (size_t w = 0; w < sizeof(wanted) / sizeof(*wanted); w++)
		for (size_t i = 0; i < n; i++)
			found += tcp[i] == wanted[w];
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
		cmocka_unit_test(test_protocols), cmocka_unit_test(test_format), cmocka_unit_test(test_defaults)};

	return RUN(tests);
}
