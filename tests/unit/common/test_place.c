/* SPDX-License-Identifier: Apache-2.0 */
/* Places: what stands for a MAC is told from every address beside its prefix, and shown as the
 * MAC. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "common/model/place.h"

#include <string.h>

static void test_macs(void **state)
{
	static const char *const rows[][2] = {{"00:00:00:00:00:00", "100::"},
		{"00:0e:cf:11:22:33", "100::e:cf11:2233"},
		{"ff:ff:ff:ff:ff:ff", "100::ffff:ffff:ffff"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char out[ADDR_TEXT_MAX];
		struct addr place;
		struct mac mac;

		assert_int_equal(mac_parse(rows[i][0], &mac, NULL), 0);
		place = place_of_mac(&mac);
		assert_true(place_is_mac(&place));
		assert_string_equal(addr_format(&place, out), rows[i][1]);
		assert_string_equal(place_format(&place, out), rows[i][0]);
	}
}

static void test_addresses(void **state)
{
	static const char *const beside[] = {"ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"100:0:0:1::", "::1", "1.0.0.0", "2001:db8::1", "198.18.0.1"};
	static const char *const within[] = {
		"100::", "100::1:0:0:0", "100::ffff:ffff:ffff:ffff"};
	char out[ADDR_TEXT_MAX];
	struct addr addr;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(beside); i++) {
		assert_int_equal(addr_parse(beside[i], &addr, NULL), 0);
		assert_false(place_is_mac(&addr));
		assert_string_equal(place_format(&addr, out), beside[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(within); i++) {
		assert_int_equal(addr_parse(within[i], &addr, NULL), 0);
		assert_true(place_is_mac(&addr));
	}
	memset(&addr, 0, sizeof(addr));
	assert_false(place_is_mac(&addr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_macs), cmocka_unit_test(test_addresses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
