/* SPDX-License-Identifier: Apache-2.0 */
/* What libnet builds: kinds, sizes, offsets, and which links have no such probe. */
#include "tests/unit/unit.h"

#include "scanner/link/template.h"

static const struct mac mac = {{2, 0, 0, 0, 0, 1}};

static struct template build(enum template_kind kind, enum link_mode mode, const char *text)
{
	struct template t;
	struct addr source;

	assert_int_equal(addr_parse(text, &source, NULL), 0);
	assert_int_equal(template_build(kind, mode, &mac, &source, 61000, &t, NULL), 0);
	return t;
}

static void test_sizes(void **state)
{
	static const struct {
		enum template_kind kind;
		enum link_mode mode;
		const char *source;
		uint8_t size, network, transport;
	} rows[] = {{TEMPLATE_SYN, LINK_ETHERNET, "198.18.0.5", 58, 14, 34},
		{TEMPLATE_SYN, LINK_ETHERNET, "2001:db8::5", 78, 14, 54},
		{TEMPLATE_SYN, LINK_IP, "198.18.0.5", 44, 0, 20},
		{TEMPLATE_ECHO, LINK_ETHERNET, "198.18.0.5", 50, 14, 34},
		{TEMPLATE_ECHO, LINK_IP, "2001:db8::5", 56, 0, 40},
		{TEMPLATE_SOLICIT, LINK_ETHERNET, "198.18.0.5", 42, 14, 0},
		{TEMPLATE_SOLICIT, LINK_ETHERNET, "2001:db8::5", 86, 14, 54},
		{TEMPLATE_SOLICIT, LINK_IP, "198.18.0.5", 0, 0, 0},
		{TEMPLATE_UDP, LINK_ETHERNET, "198.18.0.5", 42, 14, 34},
		{TEMPLATE_UDP, LINK_IP, "2001:db8::5", 48, 0, 40},
		{TEMPLATE_INIT, LINK_ETHERNET, "2001:db8::5", 86, 14, 54},
		{TEMPLATE_TIMESTAMP, LINK_ETHERNET, "198.18.0.5", 54, 14, 34},
		{TEMPLATE_TIMESTAMP, LINK_ETHERNET, "2001:db8::5", 0, 14, 0},
		{TEMPLATE_BARE, LINK_ETHERNET, "198.18.0.5", 34, 14, 34},
		{TEMPLATE_BARE, LINK_IP, "2001:db8::5", 40, 0, 40},
		{TEMPLATE_LISTENERS, LINK_ETHERNET, "2001:db8::5", 90, 14, 62}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct template t = build(rows[i].kind, rows[i].mode, rows[i].source);

		assert_int_equal(t.size, rows[i].size);
		assert_int_equal(t.network, rows[i].network);
		assert_int_equal(t.transport, rows[i].transport);
	}
}

static void test_syn(void **state)
{
	struct template t = build(TEMPLATE_SYN, LINK_ETHERNET, "198.18.0.5");

	(void)state;
	assert_memory_equal(t.bytes + 6, mac.bytes, 6);
	assert_int_equal(t.bytes[14], 0x45);
	assert_int_equal(t.bytes[20] & 0x40, 0x40); /* may not be fragmented */
	assert_int_equal(t.bytes[34] << 8 | t.bytes[35], 61000);
	assert_int_equal(t.bytes[46] >> 4, 6); /* with one option of four bytes */
	assert_int_equal(t.bytes[47], 2);      /* SYN and nothing else */
	assert_memory_equal(t.bytes + 54, "\2\4\x05\xb4", 4); /* 1460 */
}

/* What every link carries whole is not fragmented; a datagram may be. */
static void test_fragments(void **state)
{
	(void)state;
	for (int kind = 0; kind < TEMPLATE_N; kind++) {
		struct template t =
			build((enum template_kind)kind, LINK_ETHERNET, "198.18.0.5");

		if (!t.size || kind == TEMPLATE_SOLICIT)
			continue;
		assert_int_equal(t.bytes[20] & 0x40, kind == TEMPLATE_UDP ? 0 : 0x40);
		assert_true(kind == TEMPLATE_UDP || t.size - t.network <= 68);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes), cmocka_unit_test(test_syn),
		cmocka_unit_test(test_fragments)};

	return RUN(tests);
}
