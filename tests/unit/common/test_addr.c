/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and prefixes: what users type, what is refused and how, and the containment rules
 * on which the scope stands. */
#include "tests/unit/unit.h"

#include "common/addr.h"

#include <arpa/inet.h>

static struct addr A(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

static struct cidr C(const char *text)
{
	struct cidr cidr;

	assert_int_equal(cidr_parse(text, &cidr, NULL), 0);
	return cidr;
}

static void text_round_trip(void **state)
{
	static const char *const rows[] = {"198.18.0.1", "0.0.0.0", "::1", "2001:db8::5"};
	char out[ADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct addr addr = A(rows[i]);

		assert_string_equal(addr_format(&addr, out), rows[i]);
	}
}

static void nonsense_is_refused_with_the_text(void **state)
{
	static const char *const rows[] = {
		"", "198.18.0", "198.18.0.256", "1.2.3.4.5", "2001:db8", "198.18.0.1 ", "host"};
	struct addr addr;
	struct error error = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(addr_parse(rows[i], &addr, &error), ERROR_USAGE);
		assert_non_null(strstr(error.text, rows[i]));
	}
}

static void prefixes(void **state)
{
	struct cidr cidr;
	struct error error = {0};
	char out[CIDR_TEXT_MAX];

	(void)state;
	cidr = C("198.18.4.0/22");
	assert_string_equal(cidr_format(&cidr, out), "198.18.4.0/22");
	cidr = C("2001:db8::7");
	assert_int_equal(cidr.length, 128);
	assert_int_equal(cidr_parse("198.18.0.1/24", &cidr, &error), ERROR_USAGE);
	assert_non_null(strstr(error.text, "198.18.0.0/24"));
	assert_int_equal(cidr_parse("198.18.0.0/33", &cidr, NULL), ERROR_USAGE);
	assert_int_equal(cidr_parse("198.18.0.0/", &cidr, NULL), ERROR_USAGE);
	assert_int_equal(cidr_parse("198.18.0.0/-1", &cidr, NULL), ERROR_USAGE);
	assert_int_equal(cidr_parse("2001:db8::/129", &cidr, NULL), ERROR_USAGE);
}

static void containment(void **state)
{
	struct cidr net = C("198.18.4.0/22"), all = C("0.0.0.0/0"), inner = C("198.18.6.0/24");
	struct addr in = A("198.18.7.255"), out = A("198.18.8.0"), six = A("::1");

	(void)state;
	assert_true(cidr_contains(&net, &in));
	assert_false(cidr_contains(&net, &out));
	assert_true(cidr_contains(&all, &out));
	assert_false(cidr_contains(&all, &six));
	assert_true(cidr_covers(&net, &inner));
	assert_false(cidr_covers(&inner, &net));
}

static void kinds(void **state)
{
	struct addr a;

	(void)state;
	a = A("127.9.9.9");
	assert_true(addr_is_loopback(&a));
	a = A("::1");
	assert_true(addr_is_loopback(&a));
	a = A("::2");
	assert_false(addr_is_loopback(&a));
	a = A("224.0.0.5");
	assert_true(addr_is_multicast(&a));
	a = A("255.255.255.255");
	assert_true(addr_is_multicast(&a));
	a = A("ff02::1");
	assert_true(addr_is_multicast(&a));
	a = A("fe80::1");
	assert_true(addr_is_link_local(&a));
	a = A("198.19.255.255");
	assert_true(addr_is_special(&a));
	a = A("9.9.9.9");
	assert_false(addr_is_special(&a));
}

static void macs(void **state)
{
	struct mac mac;
	char out[MAC_TEXT_MAX];

	(void)state;
	assert_int_equal(mac_parse("02:00:5e:10:00:01", &mac, NULL), 0);
	assert_string_equal(mac_format(&mac, out), "02:00:5e:10:00:01");
	assert_true(mac_is_local(&mac));
	assert_false(mac_is_multicast(&mac));
	assert_int_equal(mac_parse("02:00:5e:10:00", &mac, NULL), ERROR_USAGE);
	assert_int_equal(mac_parse("02:00:5e:10:00:01x", &mac, NULL), ERROR_USAGE);
}

static void socket_addresses(void **state)
{
	struct sockaddr_storage ss;
	struct addr in = A("2001:db8::9"), back;
	uint16_t port;

	(void)state;
	assert_true(addr_to_sockaddr(&in, 4433, &ss) > 0);
	assert_true(addr_from_sockaddr((struct sockaddr *)&ss, &back, &port));
	assert_true(addr_equal(&in, &back));
	assert_int_equal(port, 4433);
	assert_int_equal(addr_to_v4(&(struct addr){4, {198, 18, 0, 1}}), 0xc6120001);
}

static void every_byte(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4 * 256; i++) {
		struct addr addr = {.family = 4, .bytes = {10, 100, 255, 0}};
		char text[ADDR_TEXT_MAX], want[ADDR_TEXT_MAX];

		addr.bytes[i / 256] = (uint8_t)i;
		inet_ntop(AF_INET, addr.bytes, want, sizeof(want));
		assert_string_equal(addr_format(&addr, text), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(text_round_trip),
		cmocka_unit_test(nonsense_is_refused_with_the_text), cmocka_unit_test(prefixes),
		cmocka_unit_test(containment), cmocka_unit_test(kinds), cmocka_unit_test(macs),
		cmocka_unit_test(socket_addresses), cmocka_unit_test(every_byte)};

	return RUN(tests);
}
