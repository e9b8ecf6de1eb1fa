/* SPDX-License-Identifier: Apache-2.0 */
/* DNP3's link layer: IEEE 1815, clause 9; checksums included. */
#include "tests/unit/scanner/protocol/check.h"

static void find_checksum(const struct protocol *dnp3, uint8_t frame[10])
{
	for (unsigned int sum = 0; sum < 0x10000 && !dnp3->recognise(frame, 10); sum++) {
		frame[8] = (uint8_t)sum;
		frame[9] = (uint8_t)(sum >> 8);
	}
}

static void link_status(void **state)
{
	const struct protocol *dnp3 = protocol_expected(TRANSPORT_TCP, 20000);
	const struct protocol *over_udp = protocol_expected(TRANSPORT_UDP, 20000);
	uint8_t out[PROTOCOL_REQUEST_MAX], again[PROTOCOL_REQUEST_MAX],
		answer[10] = "\x05\x64\x05\x0b\x03\0\x01\0";
	uint8_t master[10] = "\x05\x64\x05\xc0\x01\0\x03\0";
	const struct reading *r;

	(void)state;
	assert_int_equal(dnp3->request(out, sizeof(out), "", 1), 10);
	assert_memory_equal(out, "\x05\x64\x05\xc9\x01\0\x03\0\x75\x3e", 10);
	assert_null(dnp3->next);
	assert_false(dnp3->recognise(out, 10)); /* our own frame, sent back */
	assert_false(over_udp->recognise(out, 10));
	find_checksum(dnp3, master);
	r = check_read(dnp3, master, 10); /* another one of a master */
	check_is(r, "dnp3.side", "master");
	check_is(r, "hw.device", NULL);
	assert_false(dnp3->recognise(answer, 10)); /* without checksum it is nothing */
	find_checksum(dnp3, answer);
	r = check_read(dnp3, answer, 10);
	check_is(r, "dnp3.source", "1");
	check_is(r, "dnp3.destination", "3");
	check_is(r, "dnp3.link_status", "answered");
	check_is(r, "dnp3.side", "outstation");
	check_is(r, "hw.device", "Outstation");
	check_hostile(dnp3, answer, 10);
	assert_ptr_equal(protocol_recognise(TRANSPORT_UDP, answer, 10), over_udp);
	check_read(over_udp, answer, 10);
	check_hostile(over_udp, answer, 10);
	assert_int_equal(over_udp->request(again, sizeof(again), "", 7), 10);
	assert_memory_equal(again, out, 10);
	assert_null(over_udp->repeats);
	assert_int_equal(dnp3->complete(BYTES("\x05\x64\x04")), -1);
	assert_int_equal(dnp3->complete(BYTES("\x05\x64\x0a\x44\0\0\0\0\0\0")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(link_status)};

	return RUN(tests);
}
