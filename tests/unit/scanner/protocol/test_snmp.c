/* SPDX-License-Identifier: Apache-2.0 */
/* SNMP engine discovery: RFC 3414, 4; engine ids: RFC 3411, 5. */
#include "tests/unit/scanner/protocol/check.h"

#define HEADER "\x30\x11\x02\x04\x41\x02\x03\x04\x02\x03\0\xff\xe3\x04\x01\0\x02\x01\x03"
/* Net-SNMP with a text, and a Cisco with its MAC address. */
static const char net_snmp[] =
	"\x30\x32\x02\x01\x03" HEADER "\x04\x1a\x30\x18\x04\x0b\x80\0\x1f\x88\x04"
	"border\x02\x01\x05\x02\x02\x01\x2c\x04\0\x04\0\x04\0";
static const char cisco[] =
	"\x30\x32\x02\x01\x03" HEADER "\x04\x1a\x30\x18\x04\x0b\x80\0\0\x09\x03\0\x1b\x54\x11"
				      "\x22\x33\x02\x01\x05\x02\x02\x01\x2c\x04\0\x04\0\x04\0";

/* The same with a scoped PDU: a Report of usmStatsUnknownEngineIDs. */
static const char cisco_report[] =
	"\x30\x5a\x02\x01\x03" HEADER "\x04\x1c\x30\x1a\x04\x0b\x80\0\0\x09\x03\0\x1b\x54\x11"
				      "\x22\x33\x02\x01\x05\x02\x02\x01\x2c\x04\0\x04\0\x04\0"
	"\x30\x24\x04\0\x04\0\xa8\x1e\x02\x01\0\x02\x01\0\x02\x01\0\x30\x13\x30\x11\x06\x0a\x2b\x06\x01\x06\x03\x0f\x01\x01\x04\0"
	"\x41\x03\x01\0\0";

static void engines(void **state)
{
	const struct protocol *snmp = protocol_by_name("snmp");
	const struct reading *r = check_read(snmp, BYTES(net_snmp));

	(void)state;
	check_is(r, "snmp.engineid", "80001f8804626f72646572");
	check_is(r, "snmp.engine.boots", "5");
	check_is(r, "snmp.engine.time", "300");
	check_is(r, "service.product", "Net-SNMP");
	check_key(r, "snmp.engineid", "80001f8804626f72646572");
	r = check_read(snmp, BYTES(cisco));
	check_is(r, "hw.vendor", "Cisco");
	check_is(r, "host.mac", "00:1b:54:11:22:33");
	check_hostile(snmp, BYTES(net_snmp));
	/* A request, cut, and lengths without end. */
	assert_false(snmp->recognise(BYTES("\x30\x1a\x02\x01\x01\x04\x06public\xa2\x0d")));
	assert_false(snmp->recognise(BYTES("\x30\x84\xff\xff\xff\xff\x02\x01\x03")));
}

/* A response of version 2c: sysDescr, sysObjectID, sysName. */
static void overheard(void **state)
{
	static const char response[] =
		"\x30\x5b\x02\x01\x01\x04\x06secret\xa2\x4e\x02\x01\x07\x02\x01\0\x02\x01\0"
		"\x30\x43\x30\x17\x06\x08\x2b\x06\x01\x02\x01\x01\x01\0\x04\x0bLinux 6.1.0"
		"\x30\x14\x06\x08\x2b\x06\x01\x02\x01\x01\x02\0\x06\x08\x2b\x06\x01\x04\x01\x09\x01\x01"
		"\x30\x12\x06\x08\x2b\x06\x01\x02\x01\x01\x05\0\x04\x06r1.lab";
	const struct protocol *snmp = protocol_by_name("snmp");
	const struct reading *r;

	(void)state;
	assert_int_equal(sizeof(response) - 1, 2 + 0x5b);
	r = check_read(snmp, BYTES(response));
	check_is(r, "snmp.version", "2c");
	check_is(r, "snmp.sysdescr", "Linux 6.1.0");
	check_is(r, "snmp.sysobjectid", "1.3.6.1.4.1.9.1.1");
	check_name(r, "snmp.sysname", "r1.lab");
	for (size_t i = 0; i < r->n_attributes; i++)
		assert_null(strstr(r->attributes[i].value, "secret"));
	check_hostile(snmp, BYTES(response));
}

/* The id of the message, most significant byte first: RFC 3412, 7.1. */
static void repeated(void **state)
{
	const struct protocol *snmp = protocol_by_name("snmp");
	uint8_t other[sizeof(cisco_report) - 1], out[PROTOCOL_REQUEST_MAX];
	const size_t pdu = 24 + 2 + 0x1c + 2 + 4;

	(void)state;
	check_repeats(snmp, BYTES(cisco_report), 0x01020304);
	check_repeats(snmp, BYTES(cisco_report), 0xffffffffc1020304);
	/* The kind of message: a response counts, a request (here GetNext) does not. */
	memcpy(other, cisco_report, sizeof(other));
	assert_int_equal(other[pdu], 0xa8);
	other[pdu] = 0xa2;
	assert_true(snmp->repeats(other, sizeof(other), 0x01020304));
	other[pdu] = 0xa1;
	assert_false(snmp->repeats(other, sizeof(other), 0x01020304));
	snmp->request(out, sizeof(out), "", 0); /* a number of four bytes and no fewer */
	assert_memory_equal(out + 9, "\x40\0\0\0", 4);
}

static void the_request_has_no_community(void **state)
{
	const struct protocol *snmp = protocol_by_name("snmp");
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n = snmp->request(out, sizeof(out), "", 0xfffffffffffffffful);

	(void)state;
	assert_int_equal(n, 64);
	assert_int_equal(out[1], n - 2);
	assert_int_equal(out[4], 3);            /* version 3 */
	assert_memory_equal(out + 9, "\x7f\xff\xff\xff", 4);
	assert_int_equal(out[20], 4); /* reportable, neither authentication nor privacy */
	assert_int_equal(out[48], 0xa0);        /* Get */
	assert_memory_equal(out + 62, "\x30\0", 2); /* of nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(engines),
		cmocka_unit_test(overheard), cmocka_unit_test(repeated),
		cmocka_unit_test(the_request_has_no_community)};

	return RUN(tests);
}
