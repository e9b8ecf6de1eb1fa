/* SPDX-License-Identifier: Apache-2.0 */
/* A whole LLDP message, messages without the three elements that must be, and elements that
 * lie. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/lldp.h"

#define HEAD "0207 04 020000000010 0404 05 476931 0602 0078"

static struct lldp lldp;
static struct hex message;

static bool read_text(const char *text)
{
	message = hex(text);
	return lldp_read(message.bytes, message.n, &lldp);
}

static void assert_view(const struct view *view, const char *text)
{
	assert_int_equal(view->size, strlen(text));
	assert_memory_equal(view->bytes, text, view->size);
}

static void a_whole_message(void **state)
{
	struct str text = STR_INIT(256);
	char addr[ADDR_TEXT_MAX];

	(void)state;
	assert_true(read_text(SAMPLE_LLDP));
	lldp_id_format(&text, &lldp.chassis, LLDP_CHASSIS_MAC, LLDP_CHASSIS_ADDRESS);
	assert_string_equal(text.data, "02:00:00:00:00:10");
	str_reset(&text);
	lldp_id_format(&text, &lldp.port, LLDP_PORT_MAC, LLDP_PORT_ADDRESS);
	assert_string_equal(text.data, "Gi1");
	assert_int_equal(lldp.ttl, 120);
	assert_view(&lldp.port_description, "uplk");
	assert_view(&lldp.system_name, "sw-a1");
	assert_view(&lldp.system_description, "OS 1.0");
	assert_view(&lldp.serial, "SN42");
	assert_int_equal(lldp.port_vlan, 100);
	assert_int_equal(lldp.n_management, 1);
	assert_string_equal(addr_format(&lldp.management[0], addr), "198.18.0.1");
	str_reset(&text);
	lldp_capabilities_format(&text, lldp.capabilities);
	assert_string_equal(text.data, "bridge router");
	str_reset(&text);
	lldp_capabilities_format(&text, lldp.enabled);
	assert_string_equal(text.data, "router");
	/* what has no row is kept by its number */
	assert_int_equal(lldp.tally.elements, 12);
	assert_int_equal(lldp.tally.read, 10);
	assert_int_equal(lldp.tally.unknown, 2);
	assert_int_equal(lldp.tally.unknown_codes[0], 0x00120f01);
	assert_int_equal(lldp.tally.unknown_codes[1], 57);
	str_done(&text);
}

static void ids_of_other_kinds(void **state)
{
	struct str text = STR_INIT(256);

	(void)state;
	assert_true(read_text("0206 05 01 c6120009 0403 07 1b61 0602 0078 0000"));
	lldp_id_format(&text, &lldp.chassis, LLDP_CHASSIS_MAC, LLDP_CHASSIS_ADDRESS);
	assert_string_equal(text.data, "198.18.0.9");
	str_reset(&text);
	/* a control character is shown, not passed on */
	lldp_id_format(&text, &lldp.port, LLDP_PORT_MAC, LLDP_PORT_ADDRESS);
	assert_string_equal(text.data, "\\x1ba");
	str_done(&text);
}

static void three_elements_must_be_there(void **state)
{
	(void)state;
	assert_true(read_text(HEAD "0000"));
	assert_true(read_text(HEAD));
	assert_false(read_text(""));
	assert_false(read_text("0000"));
	assert_false(read_text("0207 04 020000000010 0404 05 476931"));
	assert_false(read_text("0404 05 476931 0207 04 020000000010 0602 0078 0000"));
	assert_false(read_text(HEAD "0602 0078 0000")); /* twice */
	assert_false(
		read_text("0201 04 0404 05 476931 0602 0078 0000")); /* an id without value */
}

static void lengths_that_lie(void **state)
{
	(void)state;
	assert_false(read_text(HEAD "0aff 73")); /* past the end */
	assert_false(read_text(HEAD "0a"));
	assert_true(read_text(
		HEAD "0e03 001400")); /* capabilities of three bytes: that one is lost */
	assert_false(lldp.has_capabilities);
	assert_int_equal(lldp.tally.refused, 1);
	assert_true(read_text(HEAD "100c ff 01 c6120001 02 00000001 00 fe03 0012bb"));
	assert_int_equal(lldp.n_management, 0);
	assert_int_equal(lldp.tally.refused, 2);
	assert_int_equal(
		lldp.tally.elements, lldp.tally.read + lldp.tally.refused + lldp.tally.unknown);
}

static void addresses_are_bounded(void **state)
{
	char text[1024] = HEAD;

	(void)state;
	for (int i = 0; i < LLDP_MANAGEMENT_MAX + 3; i++)
		strcat(text, "100c 05 01 c6120001 02 00000001 00");
	assert_true(read_text(text));
	assert_int_equal(lldp.n_management, LLDP_MANAGEMENT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_message),
		cmocka_unit_test(ids_of_other_kinds),
		cmocka_unit_test(three_elements_must_be_there),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(addresses_are_bounded),
	};

	return RUN(tests);
}
