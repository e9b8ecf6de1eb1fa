/* SPDX-License-Identifier: Apache-2.0 */
/* A node status answer, encoded names, addresses; and data that is too short. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/nbns.h"

static void a_node_status(void **state)
{
	struct hex h = hex(SAMPLE_NBNS);
	struct dns_message message;
	struct nbns_status status;
	struct dns_record record;
	char mac[MAC_TEXT_MAX];

	(void)state;
	assert_true(dns_open(h.bytes, h.n, &message));
	assert_int_equal(dns_next_record(&message, &record), DNS_OK);
	assert_int_equal(record.type, DNS_NBSTAT);
	assert_true(nbns_status_read(&record.data, &status));
	assert_int_equal(status.n_stated, 2);
	assert_int_equal(status.n_names, 2);
	assert_string_equal(status.names[0].text, "SUB1");
	assert_int_equal(status.names[0].suffix, NBNS_WORKSTATION);
	assert_false(status.names[0].group);
	assert_string_equal(status.names[1].text, "GRID");
	assert_true(status.names[1].group);
	assert_string_equal(mac_format(&status.mac, mac), "02:00:00:00:00:bb");
	/* every shorter form is refused, up to the MAC */
	for (size_t n = 0; n < 1 + 36 + 6; n++)
		assert_false(nbns_status_read(&(struct view){record.data.bytes, n}, &status));
}

static void encoded_names(void **state)
{
	struct dns_name name = {.text = "FDFFECDBCACACACACACACACACACACACA.scope", .size = 38};
	struct nbns_name out;

	(void)state;
	assert_true(nbns_decode_name(&name, &out));
	assert_string_equal(out.text, "SUB1");
	assert_int_equal(out.suffix, ' ');
	name.size = 32;
	name.text[32] = 0;
	assert_true(nbns_decode_name(&name, &out));
	name.text[3] = 'Q'; /* beyond P */
	assert_false(nbns_decode_name(&name, &out));
	name.text[3] = 'F';
	name.size = 31;
	assert_false(nbns_decode_name(&name, &out));
}

static void addresses(void **state)
{
	struct hex h = hex("8000 c6120007");
	struct view view = {h.bytes, h.n};
	char text[ADDR_TEXT_MAX];
	struct addr addr;
	bool group;

	(void)state;
	assert_true(nbns_address_read(&view, &addr, &group));
	assert_true(group);
	assert_string_equal(addr_format(&addr, text), "198.18.0.7");
	view.size = 5;
	assert_false(nbns_address_read(&view, &addr, &group));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_status),
		cmocka_unit_test(encoded_names),
		cmocka_unit_test(addresses),
	};

	return RUN(tests);
}
