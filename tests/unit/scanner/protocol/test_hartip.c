/* SPDX-License-Identifier: Apache-2.0 */
/* HART-IP's session, and what command 0 answers. */
#include "tests/unit/scanner/protocol/check.h"

#define SESSION "\1\1\0\0\0\1\0\x0d\1\0\0\x4e\x20"
/* Long address, universal revision 7, manufacturer 38. */
#define REVISION_7                                                                             \
	"\1\1\3\0\0\2\0\x29\x86\x26\x4e\0\0\xd2\0\x18\0\xd0\xfe\x26\x4e\5\7\4\1\x0e\x0c\0\0"   \
	"\xd2\5\2\0\2\xd0\0\x26\0\x26\x84\xe4"
/* Short address, revision 5, manufacturer 17, type 200. */
#define REVISION_5 "\1\1\3\0\0\2\0\x1b\6\x80\0\x0e\0\0\xfe\x11\xc8\5\5\1\2\x18\0\1\2\3\xb4"

static void identities(void **state)
{
	const struct protocol *hartip = protocol_by_name("hartip");
	const struct reading *r = check_read(hartip, BYTES(SESSION REVISION_7));

	(void)state;
	check_is(r, "hart.manufacturer_id", "38");
	check_is(r, "hw.vendor", "Rosemount");
	check_is(r, "hart.device_type", "9806");
	check_is(r, "hart.device_id", "0000d2");
	check_is(r, "hart.device_revision", "4");
	check_is(r, "hart.session_status", "0");
	r = check_read(hartip, BYTES(SESSION REVISION_5));
	check_is(r, "hw.vendor", "Endress+Hauser");
	check_is(r, "hart.device_type", "200");
	check_is(r, "hart.device_id", "010203");
	check_is(r, "hart.hardware_revision", "3");
	/* a wrong sum, another command */
	r = check_read(hartip, BYTES(SESSION "\1\1\3\0\0\2\0\x1b\6\x80\0\x0e\0\0\xfe\x11\xc8\5"
					     "\5\1\2\x18\0\1\2\3\xb5"));
	check_is(r, "hart.device_id", NULL);
	r = check_read(hartip, BYTES("\1\1\3\0\0\2\0\x0f\6\x80\1\2\0\0\x85"));
	check_is(r, "hart.device_id", NULL);
	check_hostile(hartip, BYTES(SESSION REVISION_7));
	check_hostile(hartip, BYTES(SESSION REVISION_5));
}

static void conversation(void **state)
{
	const struct protocol *hartip = protocol_by_name("hartip");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_request(hartip, 1, BYTES("\1\0\0\0\0\1\0\x0d\1\0\0\x4e\x20"));
	check_says(hartip, 1, BYTES(SESSION), BYTES("\1\0\3\0\0\2\0\x0d\2\x80\0\0\x82"));
	check_says(hartip, 2, BYTES(SESSION REVISION_7), BYTES("\1\0\1\0\0\3\0\x08"));
	assert_int_equal(check_next(hartip, 1, BYTES("\1\1\0\0\0\1\0\x0d\1"), out), 0);
	assert_int_equal(check_next(hartip, 2, BYTES(SESSION), out), 0);
	assert_int_equal(
		check_next(hartip, 3, BYTES(SESSION REVISION_7 "\1\1\1\0\0\3\0\x08"), out), -1);
	/* no session: there is nothing to ask */
	check_says(hartip, 1, BYTES("\1\1\3\0\0\2\0\x0f\6\x80\1\2\0\0\x85"),
		BYTES("\1\0\1\0\0\3\0\x08"));
	assert_int_equal(check_next(hartip, 1, BYTES("HTTP/1.1"), out), -1);
	assert_false(hartip->recognise(BYTES("\1\1\0\0\0\1\0\x0e\1\0\0\x4e\x20\0")));
	assert_false(hartip->recognise(BYTES(SESSION) - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identities), cmocka_unit_test(conversation)};

	return RUN(tests);
}
