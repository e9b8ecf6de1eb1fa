/* SPDX-License-Identifier: Apache-2.0 */
/* DCP: what stations answer and ask, and messages whose lengths lie. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/dcp.h"

static struct dcp dcp;
static struct hex message;

static bool read_text(const char *text)
{
	message = hex(text);
	return dcp_read(message.bytes, message.n, &dcp);
}

static void assert_view(const struct view *view, const char *text)
{
	assert_int_equal(view->size, strlen(text));
	assert_memory_equal(view->bytes, text, strlen(text));
}

static void an_answer(void **state)
{
	struct str role = STR_INIT(64);
	struct addr addr = addr_v4(0xc6120307), gateway = addr_v4(0xc6120301);

	(void)state;
	assert_true(read_text(SAMPLE_DCP));
	assert_true(dcp.states);
	assert_int_equal(dcp.xid, 0x01000001);
	assert_view(&dcp.name, "et200");
	assert_view(&dcp.type, "ET 200SP");
	assert_int_equal(dcp.vendor, 0x002a);
	assert_int_equal(dcp.device, 0x0313);
	assert_true(addr_equal(&dcp.addr, &addr));
	assert_true(addr_equal(&dcp.gateway, &gateway));
	dcp_role_format(&role, dcp.role);
	assert_string_equal(role.data, "device supervisor");
	assert_int_equal(dcp.tally.unknown, 1);
	assert_int_equal(dcp.tally.unknown_codes[0], 0x0205);
	str_done(&role);
}

static void greetings_and_pieces(void **state)
{
	(void)state;
	/* Hello; the answer to Get of a name, and one that is empty */
	assert_true(read_text("fefc 06 00 00000007 0000 0008 0202 0004 0000 6131"));
	assert_true(dcp.states);
	assert_view(&dcp.name, "a1");
	assert_true(read_text("fefd 03 01 00000007 0000 0007 0202 0003 0000 61"));
	assert_true(dcp.states);
	assert_view(&dcp.name, "a");
	assert_true(read_text("fefd 03 01 00000007 0000 0006 0202 0002 0000"));
	assert_int_equal(dcp.name.size, 0);
	/* an address that was not set, that is in conflict, that is none; the gateway is
	 * itself */
	assert_true(read_text(
		"feff 05 01 00000007 0000 0012 0102 000e 0000 c6120307 ffff0000 c6120301"));
	assert_int_equal(dcp.addr.family, 0);
	assert_true(read_text(
		"feff 05 01 00000007 0000 0012 0102 000e 0081 c6120307 ffff0000 c6120301"));
	assert_int_equal(dcp.addr.family, 0);
	assert_true(read_text(
		"feff 05 01 00000007 0000 0012 0102 000e 0001 00000000 ffff0000 00000000"));
	assert_int_equal(dcp.addr.family, 0);
	assert_true(read_text(
		"feff 05 01 00000007 0000 0012 0102 000e 0002 c6120307 ffff0000 c6120307"));
	assert_int_equal(dcp.addr.family, 4);
	assert_int_equal(dcp.gateway.family, 0);
	/* instance, alias; a block too short for its row is refused alone */
	assert_true(read_text(
		"feff 05 01 00000007 0000 001a 0207 0004 0000 0102 0206 0005 0000 702e65 00"
		"0203 0004 0000 002a"));
	assert_int_equal(dcp.instance, 0x0102);
	assert_view(&dcp.alias, "p.e");
	assert_false(dcp.has_device);
	assert_int_equal(dcp.tally.refused, 1);
}

/* What is asked for, and ordered, is not the sender's own. */
static void questions_and_orders(void **state)
{
	(void)state;
	assert_true(read_text("fefe 05 00 00000007 0001 0004 ffff 0000"));
	assert_false(dcp.states || dcp.sought.size || dcp.name.size);
	assert_true(read_text("fefe 05 00 00000007 0001 000c 0202 0007 73776974636833 00"));
	assert_false(dcp.states);
	assert_view(&dcp.sought, "switch3");
	assert_int_equal(dcp.name.size, 0);
	/* Set, and its answer; Get that was refused */
	assert_true(read_text("fefd 04 00 00000007 0000 0008 0202 0004 0001 6131"));
	assert_false(dcp.states || dcp.name.size || dcp.sought.size);
	assert_true(read_text("fefd 04 01 00000007 0000 0008 0504 0003 0202 00 00"));
	assert_false(dcp.states);
	assert_true(read_text("fefd 03 05 00000007 0000 0008 0202 0004 0000 6131"));
	assert_false(dcp.states || dcp.name.size);
	/* an answer under the number of a question */
	assert_true(read_text("fefe 05 01 00000007 0000 0008 0202 0004 0000 6131"));
	assert_false(dcp.states || dcp.name.size);
}

static void lengths_that_lie(void **state)
{
	static const uint8_t cyclic[] = {0xc0, 0x02, 0, 0}, alarm[] = {0xfe, 0x01, 1, 0x80};

	(void)state;
	assert_false(read_text(""));
	assert_false(read_text("feff 05 01 00000007 0000"));
	assert_false(read_text("feff 05 01 00000007 0000 0009 0202 0004 0000 6131"));
	assert_false(read_text("feff 05 01 00000007 0000 0008 0202 0005 0000 6131"));
	assert_false(read_text("feff 05 01 00000007 0000 0003 0202 00"));
	assert_true(read_text("fefe 05 00 00000007 0001 0008 0202 0009 0000 6131"));
	assert_int_equal(dcp.sought.size, 0);
	/* behind the message stands padding */
	assert_true(read_text("feff 05 01 00000007 0000 0008 0202 0004 0000 6131 0202 ff"));
	assert_view(&dcp.name, "a1");
	assert_false(dcp_is(cyclic, sizeof(cyclic)) || dcp_is(alarm, sizeof(alarm)));
	assert_false(dcp_is((const uint8_t *)"\xfe", 1));
	assert_true(dcp_is((const uint8_t *)"\xfe\xfc", 2) &&
		    dcp_is((const uint8_t *)"\xfe\xff", 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer),
		cmocka_unit_test(greetings_and_pieces),
		cmocka_unit_test(questions_and_orders),
		cmocka_unit_test(lengths_that_lie),
	};

	return RUN(tests);
}
