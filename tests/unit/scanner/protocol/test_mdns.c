/* SPDX-License-Identifier: Apache-2.0 */
/* Multicast DNS by unicast: RFC 6762, 6.7 (answers to others), 18; RFC 6763, 6 and 9. */
#include "tests/unit/scanner/protocol/check.h"

#define QUESTION "\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\x01"
/* 6.7: id and question repeated, the cache-flush bit not set, a short time to live. The names
 * after the first point to their ends: 0x0c is the question, 0x23 its "local". */
static const char answer[] =
	"\x12\x34\x84\0\0\x01\0\x03\0\0\0\x03" QUESTION
	"\xc0\x0c\0\x0c\0\x01\0\0\0\x0a\0\x14\x0c_workstation\x04_tcp\xc0\x23"
	"\xc0\x0c\0\x0c\0\x01\0\0\0\x0a\0\x0c\x04_ipp\x04_tcp\xc0\x23"
	"\xc0\x0c\0\x0c\0\x01\0\0\0\x0a\0\x0c\x04_ipp\x04_tcp\xc0\x23"
	"\x04pump\xc0\x23\0\x01\0\x01\0\0\0\x0a\0\x04\xc6\x12\0\x05"
	"\x01x\x04_ipp\x04_tcp\xc0\x23\0\x21\0\x01\0\0\0\x0a\0\x0d\0\0\0\0\x02\x77\x04pump\xc0\x23"
	"\x04pump\x0c_device-info\x04_tcp\xc0\x23\0\x10\0\x01\0\0\0\x0a\0\x10\x0fmodel=Xserve3,1";
/* Overheard: no question, to the group (18.3). */
static const char announced[] = "\0\0\x84\0\0\0\0\x01\0\0\0\0"
	"\x04pump\x05local\0\0\x01\x80\x01\0\0\0\x78\0\x04\xc6\x12\0\x05";

static void answers(void **state)
{
	const struct protocol *mdns = protocol_by_name("mdns");
	const struct reading *r = check_read(mdns, BYTES(answer));
	struct reading *asked;

	(void)state;
	check_is(r, "mdns.services", "_ipp._tcp,_workstation._tcp");
	check_is(r, "mdns.model", "Xserve3,1");
	assert_int_equal(r->n_names, 0); /* whose names these are, was not asked */
	r = check_read(mdns, BYTES(announced));
	assert_int_equal(r->n_names, 0);
	check_is(r, "mdns.services", NULL);
	asked = check_reading();
	asked->asked = true;
	mdns->read(BYTES(answer), asked);
	check_name(asked, "mdns", "pump.local");
	assert_int_equal(asked->n_names, 1);
	check_hostile(mdns, BYTES(answer));
	check_hostile(mdns, BYTES(announced));
	check_repeats(mdns, BYTES(answer), 0x551234);
}

/* A question, an error and a name elsewhere are not multicast DNS; an error under .local is a
 * name server's (18.11), and so is recursion (18.6, 18.7). Case does not count. */
static void others(void **state)
{
	static const char refused[] = "\x12\x34\x80\x05\0\x01\0\0\0\0\0\0" QUESTION;
	static const char shouted[] =
		"\x12\x34\x84\0\0\x01\0\x01\0\0\0\0\x04PUMP\x05LOCAL\0\0\x01\0\x01"
		"\xc0\x0c\0\x01\0\x01\0\0\0\x0a\0\x04\xc6\x12\0\x05";
	const struct protocol *mdns = protocol_by_name("mdns");

	(void)state;
	assert_ptr_equal(protocol_recognise(TRANSPORT_UDP, BYTES(shouted)), mdns);
	for (size_t i = 0; i < 2; i++) {
		uint8_t resolved[sizeof(shouted) - 1];

		memcpy(resolved, shouted, sizeof(resolved));
		resolved[2 + i] |= i ? 0x80 : 0x01;
		assert_string_equal(protocol_recognise(TRANSPORT_UDP, resolved,
			sizeof(resolved))->name, "dns");
	}
	assert_false(mdns->recognise(BYTES("\x12\x34\0\0\0\x01\0\0\0\0\0\0" QUESTION)));
	assert_false(mdns->recognise(BYTES(refused)));
	assert_string_equal(protocol_recognise(TRANSPORT_UDP, BYTES(refused))->name, "dns");
	assert_false(mdns->recognise(
		BYTES("\x12\x34\x84\0\0\x01\0\x01\0\0\0\0\x04pump\x03lab\0\0\x01\0\x01"
		      "\xc0\x0c\0\x01\0\x01\0\0\0\x0a\0\x04\xc6\x12\0\x05")));
	/* More answers stated than there are, and a name that points to itself. */
	mdns->read(BYTES("\x12\x34\x84\0\0\x01\xff\xff\xff\xff\xff\xff" QUESTION),
		check_reading());
	mdns->read(BYTES("\x12\x34\x84\0\0\x01\xff\xff\0\0\0\0" QUESTION
		"\xc0\x2e\0\x0c\0\x01\0\0\0\x0a\xff\xff\xc0\x2e"), check_reading());
}

/* More kinds than are kept, the last of them first. */
static void many(void **state)
{
	uint8_t bytes[4096] = "\x12\x34\x84\0\0\x01\0\x40\0\0\0\0" QUESTION;
	const struct reading *r;
	size_t n = 46;

	(void)state;
	for (int i = 63; i >= 0; i--, n += 12 + 5 + 5 + 2) {
		memcpy(bytes + n,
			"\xc0\x0c\0\x0c\0\x01\0\0\0\x0a\0\x0c\x04_k??\x04_tcp\xc0\x23",
			24);
		bytes[n + 15] = (uint8_t)('a' + i / 8);
		bytes[n + 16] = (uint8_t)('a' + i % 8);
	}
	r = check_read(protocol_by_name("mdns"), bytes, n);
	assert_memory_equal(reading_get(r, "mdns.services"), "_kca._tcp,_kcb._tcp,", 20);
	assert_int_equal(strlen(reading_get(r, "mdns.services")), 48 * 10 - 1);
}

static void the_question(void **state)
{
	(void)state;
	check_request(protocol_by_name("mdns"), 0x1234,
		BYTES("\x12\x34\0\0\0\x01\0\0\0\0\0\0" QUESTION));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(others),
		cmocka_unit_test(many), cmocka_unit_test(the_question)};

	return RUN(tests);
}
