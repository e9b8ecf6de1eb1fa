/* SPDX-License-Identifier: Apache-2.0 */
/* Logins: the longest prefix counts, of equal ones the first, and families are kept apart. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "common/model/login.h"

#include <stdio.h>

static struct login L(const char *cidr, const char *name) {
	struct login login = {.kind = LOGIN_COMMUNITY};

	assert_int_equal(cidr_parse(cidr, &login.cidr, NULL), 0);
	snprintf(login.name, sizeof(login.name), "%s", name);
	return login;
}

static const char *
name_for(const struct login *logins, size_t n, const char *text)
{
	struct addr addr;
	const struct login *found;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	found = login_for(logins, n, &addr);
	return found ? found->name : "-";
}

static void the_longest_prefix_counts(void **state)
{
	const struct login logins[] = {L("198.18.0.0/15", "wide"), L("198.18.4.0/24", "first"),
		L("198.18.4.0/24", "second"), L("198.18.4.9", "one"), L("2001:db8::/32", "six"),
		L("0.0.0.0/0", "all")};
	const size_t n = ARRAY_SIZE(logins);

	(void)state;
	assert_string_equal(name_for(logins, n, "198.18.0.1"), "wide");
	assert_string_equal(name_for(logins, n, "198.19.255.255"), "wide");
	assert_string_equal(name_for(logins, n, "198.18.4.8"), "first");
	assert_string_equal(name_for(logins, n, "198.18.4.9"), "one");
	assert_string_equal(name_for(logins, n, "192.0.2.1"), "all");
	assert_string_equal(name_for(logins, n, "2001:db8::1"), "six");
	assert_string_equal(name_for(logins, n, "2001:db9::1"), "-");
	assert_string_equal(name_for(logins, n - 1, "192.0.2.1"), "-");
	assert_string_equal(name_for(logins, 0, "198.18.0.1"), "-");
	assert_string_equal(name_for(NULL, 0, "198.18.0.1"), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_longest_prefix_counts)};

	return RUN(tests);
}
