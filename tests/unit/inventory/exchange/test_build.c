/* SPDX-License-Identifier: Apache-2.0 */
/* Words of foreign files as ours: numbers, names, CPE both ways, attributes with their
 * limits. */
#include "tests/unit/unit.h"

#include "tests/unit/inventory/exchange/reading.h"

static void numbers(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_true(exchange_number("0", 10, &value) && value == 0);
	assert_true(exchange_number("65535", 65535, &value) && value == 65535);
	assert_true(exchange_number("18446744073709551615", UINT64_MAX, &value));
	for (size_t i = 0; i < 8; i++)
		assert_false(exchange_number(
			(const char *[]){"", "65536", "-1", "1 ", " 1", "0x1", "1.0",
				"99999999999999999999999"}[i],
			65535, &value));
	assert_false(exchange_number(NULL, 1, &value));
	assert_false(exchange_number("18446744073709551616", UINT64_MAX, &value));
}

static void names(void **state)
{
	char out[ATTRIBUTE_NAME_MAX + 1];

	(void)state;
	exchange_name(out, "EtherNet/IP 2", 64);
	assert_string_equal(out, "ethernet-ip-2");
	exchange_name(out, "abc", 2);
	assert_string_equal(out, "ab");
	exchange_name(out, "", 64);
	assert_string_equal(out, "");
}

static void cpe(void **state)
{
	static const char *const cases[][2] = {
		{"cpe:/a:openbsd:openssh:8.4p1",
			"cpe:2.3:a:openbsd:openssh:8.4p1:*:*:*:*:*:*:*"},
		{"cpe:/o:linux:linux_kernel", "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*"},
		{"cpe:/a:v:p%21x:1-2", "cpe:2.3:a:v:p\\!x:1\\-2:*:*:*:*:*:*:*"},
		{"cpe:/h:v:p::u", "cpe:2.3:h:v:p:*:u:*:*:*:*:*:*"},
		{"cpe:/a:v:tcp%2fip:6.0.1", "cpe:2.3:a:v:tcp\\/ip:6.0.1:*:*:*:*:*:*:*"},
		{"cpe:/h:v:p_%281st%29:-", "cpe:2.3:h:v:p_\\(1st\\):-:*:*:*:*:*:*:*"},
	};
	char out[512], back[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(exchange_cpe23(cases[i][0], out, sizeof(out)));
		assert_string_equal(out, cases[i][1]);
		assert_true(exchange_cpe_uri(out, back, sizeof(back)));
		assert_string_equal(back, cases[i][0]);
	}
	assert_false(exchange_cpe23("cpe:x", out, sizeof(out)));
	assert_false(exchange_cpe23("", out, sizeof(out)));
	assert_false(exchange_cpe_uri("cpe:/a:b", out, sizeof(out)));
	assert_false(exchange_cpe23("cpe:/a:v:p:12345678901234567890", out, 20));
}

static void attributes(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct exchange_item item = {.arena = arena};
	char longer[ATTRIBUTE_VALUE_MAX + 100], name[16];

	(void)state;
	memset(longer, 'x', sizeof(longer));
	exchange_attribute_text(&item, "Note", "  ");
	exchange_attribute_text(&item, "note", NULL);
	assert_int_equal(item.obs.n_attributes, 0);
	exchange_attribute(&item, "note", longer, sizeof(longer));
	exchange_attribute_text(&item, "note", "again");
	assert_int_equal(item.obs.n_attributes, 1);
	assert_int_equal(strlen(item.attributes[0].value), ATTRIBUTE_VALUE_MAX);
	exchange_attribute(&item, "raw", "a\0\x1b", 3);
	assert_string_equal(item.attributes[1].value, "a\\x00\\x1b");
	for (int i = 0; i < 2 * OBSERVATION_ATTRIBUTES_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		exchange_attribute_text(&item, name, "v");
	}
	assert_int_equal(item.obs.n_attributes, OBSERVATION_ATTRIBUTES_MAX);
	assert_false(item.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(names),
		cmocka_unit_test(cpe),
		cmocka_unit_test(attributes),
	};

	return RUN(tests);
}
