/* SPDX-License-Identifier: Apache-2.0 */
/* S7: connection confirm, set-up, system status lists; and what only looks like it. */
#include "tests/unit/scanner/protocol/check.h"

static const char confirm[] =
	"\x03\0\0\x16\x11\xd0\0\x01\0\x44\0\xc0\x01\x0a\xc1\x02\x01\0\xc2\x02\x01\x02";
static const char setup[] =
	"\x03\0\0\x1b\x02\xf0\x80\x32\x03\0\0\0\0\0\x08\0\0\0\0\xf0\0\0\x01\0\x01\0\xf0";
/* One record each of 0x0011 (order number) and its firmware, then module and serial. */
static const char module[] =
	"\x03\0\0\x61\x02\xf0\x80\x32\x07\0\0\0\0\0\x0c\0\x44\0\x01\x12\x08\x12\x84\x01\x01"
	"\0\0\0\0\xff\x09\0\x40\0\x11\0\x01\0\x1c\0\x02"
	"\0\x01"
	"6ES7 315-2EH14-0AB0 \0\xc0\0\x01\0\0"
	"\0\x07"
	"Boot Loader         \0\xc0V\x03\x02\x06";
static const char component[] =
	"\x03\0\0\x6d\x02\xf0\x80\x32\x07\0\0\0\0\0\x0c\0\x50\0\x01\x12\x08\x12\x84\x01\x01"
	"\0\0\0\0\xff\x09\0\x4c\0\x1c\0\x01\0\x22\0\x02"
	"\0\x02"
	"CPU 315-2 PN/DP\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\0\x05"
	"S C-C2UR28922012\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static size_t join(uint8_t *out)
{
	size_t n = 0;

	memcpy(out, confirm, sizeof(confirm) - 1);
	n += sizeof(confirm) - 1;
	memcpy(out + n, setup, sizeof(setup) - 1);
	n += sizeof(setup) - 1;
	memcpy(out + n, module, sizeof(module) - 1);
	n += sizeof(module) - 1;
	memcpy(out + n, component, sizeof(component) - 1);
	return n + sizeof(component) - 1;
}

static void lists(void **state)
{
	const struct protocol *s7 = protocol_by_name("s7");
	uint8_t all[1024];
	size_t n = join(all);
	const struct reading *r;

	(void)state;
	/* The test's own lengths. */
	assert_int_equal(sizeof(module) - 1, 0x61);
	assert_int_equal(sizeof(component) - 1, 0x6d);
	r = check_read(s7, all, n);
	check_is(r, "s7.order", "6ES7 315-2EH14-0AB0");
	check_is(r, "s7.firmware", "3.2.6");
	check_is(r, "s7.module", "CPU 315-2 PN/DP");
	check_is(r, "hw.vendor", "Siemens");
	check_is(r, "hw.model", "6ES7 315-2EH14-0AB0");
	check_is(r, "hw.version", "3.2.6");
	check_is(r, "hw.device", "PLC");
	check_is(r, "hw.serial_number", "S C-C2UR28922012");
	check_key(r, "serial", "s7:S C-C2UR28922012");
	check_hostile(s7, all, n);
}

/* The other way to ask: the same in all but the end that it wants. */
static void elsewhere(void **state)
{
	const struct protocol *s7 = protocol_by_name("s7"), *other = protocol_after(s7);
	uint8_t all[1024], out[PROTOCOL_REQUEST_MAX], usual[PROTOCOL_REQUEST_MAX];
	size_t n = join(all);

	(void)state;
	assert_string_equal(other->name, "s7");
	assert_int_equal(other->risk, PROTOCOL_STANDARD);
	assert_int_equal(s7->request(usual, sizeof(usual), "", 0), 22);
	assert_int_equal(other->request(out, sizeof(out), "", 0), 22);
	assert_memory_equal(out, usual, 20);
	assert_int_equal(out[20] << 8 | out[21], 0x0200);
	assert_true(other->recognise == s7->recognise && other->read == s7->read &&
		    other->next == s7->next);
	check_hostile(other, all, n);
}

static void conversation(void **state)
{
	const struct protocol *s7 = protocol_by_name("s7");
	uint8_t all[1024], out[PROTOCOL_REQUEST_MAX];
	size_t n = join(all), two = sizeof(confirm) - 1 + sizeof(setup) - 1;

	(void)state;
	assert_int_equal(check_next(s7, 1, all, 4, out), 0);
	assert_int_equal(check_next(s7, 1, all, sizeof(confirm) - 1, out), 25);
	assert_int_equal(check_next(s7, 2, all, sizeof(confirm) - 1, out), 0);
	assert_int_equal(check_next(s7, 2, all, two, out), 33);
	assert_int_equal(out[30], 0x11);
	assert_int_equal(check_next(s7, 3, all, two + sizeof(module) - 1, out), 33);
	assert_int_equal(out[30], 0x1c);
	check_says(s7, 4, all, n, BYTES("\x03\0\0\x0b\x06\x80\0\x44\0\x01\0"));
	assert_int_equal(check_next(s7, 5, all, n, out), -1);
	assert_int_equal(check_next(s7, 1, BYTES("HTTP/1.1"), out), -1);
}

static void remote_desktop_is_another(void **state)
{
	(void)state;
	/* A confirm alone may be anybody's; so may the refusal. */
	assert_false(protocol_by_name("s7")->recognise(
		(const uint8_t *)confirm, sizeof(confirm) - 1));
	assert_false(
		protocol_by_name("s7")->recognise(BYTES("\x03\0\0\x0b\x06\x80\0\x01\0\0\x03")));
	/* X.224 confirm with an RDP negotiation response: MS-RDPBCGR, 2.2.1.2. */
	assert_false(protocol_by_name("s7")->recognise(
		BYTES("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x02\0\0\0")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lists), cmocka_unit_test(elsewhere),
		cmocka_unit_test(conversation), cmocka_unit_test(remote_desktop_is_another)};

	return RUN(tests);
}
