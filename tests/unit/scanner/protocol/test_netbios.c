/* SPDX-License-Identifier: Apache-2.0 */
/* NetBIOS node status: RFC 1002, 4.2.17 (request), 4.2.18 (response); names: RFC 1001, 14.1. */
#include "tests/unit/scanner/protocol/check.h"

#define STAR "\x20" "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "\0"
#define HEAD "\x12\x34\x84\0\0\0\0\x01\0\0\0\0" STAR "\0\x21\0\x01\0\0\0\0"
/* A domain controller: four names, the address of its adapter, the rest of its statistics. */
static const char status[] = HEAD "\0\x7f\x04"
				  "SCADA01        \0\x04\0"
				  "SCADA01        \x20\x04\0"
				  "PLANT          \0\x84\0"
				  "PLANT          \x1c\x84\0"
				  "\x02\0\x5e\x10\x20\x30"
				  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static void node_status(void **state)
{
	const struct protocol *netbios = protocol_by_name("netbios");
	const struct reading *r;

	(void)state;
	assert_int_equal(sizeof(status) - 1, 12 + 34 + 10 + 0x7f);
	r = check_read(netbios, BYTES(status));
	check_is(r, "nbns.name", "SCADA01");
	check_is(r, "nbns.workgroup", "PLANT");
	check_is(r, "nbns.domain", "PLANT");
	check_is(r, "nbns.domain_controller", "yes");
	check_is(r, "nbns.file_server", "yes");
	check_is(r, "nbns.names", "SCADA01<00> SCADA01<20> PLANT<00> PLANT<1c>");
	check_is(r, "nbns.mac", "02:00:5e:10:20:30");
	check_name(r, "nbns", "scada01");
	check_hostile(netbios, BYTES(status));
	check_repeats(netbios, BYTES(status), 0x991234);
}

static void others(void **state)
{
	const struct protocol *netbios = protocol_by_name("netbios");

	(void)state;
	/* More names stated than there are; a name that is no NetBIOS name; a service record of
	 * DNS, which has the same number. */
	assert_false(netbios->recognise(BYTES(HEAD "\0\x07\xff" "\0\0\0\0\0\0")));
	assert_false(netbios->recognise(
		BYTES("\x12\x34\x84\0\0\0\0\x01\0\0\0\0\x01x\0\0\x21\0\x01\0\0\0\0"
		      "\0\x07\0\0\0\0\0\0\0")));
	assert_false(netbios->recognise(
		BYTES("\x12\x34\0\0\0\x01\0\0\0\0\0\0" STAR "\0\x21\0\x01")));
	/* Samba states no adapter. */
	check_is(check_read(netbios, BYTES(HEAD "\0\x07\0\0\0\0\0\0\0")), "nbns.mac", NULL);
}

static void the_question(void **state)
{
	(void)state;
	check_request(protocol_by_name("netbios"), 0x1234,
		BYTES("\x12\x34\0\0\0\x01\0\0\0\0\0\0" STAR "\0\x21\0\x01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(node_status),
		cmocka_unit_test(others), cmocka_unit_test(the_question)};

	return RUN(tests);
}
