/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutations: good frames and messages, changed a little in very many ways, always the same
 * ones. Every input stands in a block of exactly its size, so that a sanitizer sees a step too
 * far. What must hold for any input: views stay inside it, tallies close, and reading ends.
 */
#include "tests/unit/scanner/wire/mutate.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/cdp.h"
#include "scanner/wire/dcp.h"
#include "scanner/wire/dhcp.h"
#include "scanner/wire/dns.h"
#include "scanner/wire/frame.h"
#include "scanner/wire/goose.h"
#include "scanner/wire/lldp.h"
#include "scanner/wire/nbns.h"
#include "scanner/wire/ndp.h"
#include "scanner/wire/sv.h"

enum { INPUTS = 200000 };

static void assert_inside(const uint8_t *view, size_t size, const uint8_t *bytes, size_t n)
{
	if (size)
		assert_true(view >= bytes && size <= n && (size_t)(view - bytes) <= n - size);
}

static void assert_tally(const struct tlv_tally *t)
{
	assert_int_equal(t->elements, t->read + t->refused + t->unknown);
}

static void try_frame(const uint8_t *bytes, size_t n)
{
	static const enum frame_link links[] = {FRAME_LINK_ETHERNET, FRAME_LINK_NULL,
		FRAME_LINK_RAW, FRAME_LINK_LOOP, FRAME_LINK_SLL, FRAME_LINK_SLL2};
	enum frame_link link = links[mutate_random(8) < 5 ? 0 : mutate_random(6)];
	struct frame f;

	frame_decode(link, bytes, n, &f);
	assert_non_null(f.payload);
	assert_inside(f.payload, f.payload_size, bytes, n);
	assert_inside(f.tcp_options, f.tcp_options_size, bytes, n);
	assert_true(f.n_vlans <= 2);
}

static void try_lldp(const uint8_t *bytes, size_t n)
{
	struct str text = STR_INIT(1024);
	struct lldp lldp;

	if (lldp_read(bytes, n, &lldp)) {
		lldp_id_format(&text, &lldp.chassis, LLDP_CHASSIS_MAC, LLDP_CHASSIS_ADDRESS);
		lldp_id_format(&text, &lldp.port, LLDP_PORT_MAC, LLDP_PORT_ADDRESS);
		assert_true(lldp.chassis.value.size > 0);
	}
	assert_inside(lldp.system_name.bytes, lldp.system_name.size, bytes, n);
	assert_inside(lldp.system_description.bytes, lldp.system_description.size, bytes, n);
	assert_tally(&lldp.tally);
	str_done(&text);
}

static void try_cdp(const uint8_t *bytes, size_t n)
{
	struct cdp cdp;

	cdp_read(bytes, n, &cdp);
	assert_inside(cdp.device.bytes, cdp.device.size, bytes, n);
	assert_inside(cdp.software.bytes, cdp.software.size, bytes, n);
	assert_true(cdp.n_addresses <= CDP_ADDRESSES_MAX);
	assert_tally(&cdp.tally);
}

static void try_dhcp(const uint8_t *bytes, size_t n)
{
	struct dhcp dhcp;

	dhcp_read(bytes, n, &dhcp);
	assert_inside(dhcp.host_name.bytes, dhcp.host_name.size, bytes, n);
	assert_inside(dhcp.client_id.bytes, dhcp.client_id.size, bytes, n);
	assert_tally(&dhcp.tally);
}

static void try_dns(const uint8_t *bytes, size_t n)
{
	struct dns_message message;
	struct dns_record record;
	struct nbns_status status;
	struct nbns_name name;
	struct addr addr;
	uint32_t records = 0;
	bool group;

	if (!dns_open(bytes, n, &message))
		return;
	while (dns_next_record(&message, &record) == DNS_OK) {
		assert_inside(record.data.bytes, record.data.size, bytes, n);
		assert_true(record.name.size <= DNS_TEXT_MAX);
		assert_int_equal(record.name.text[record.name.size], 0);
		dns_reverse_addr(&record.name, &addr);
		nbns_decode_name(&record.name, &name);
		nbns_status_read(&record.data, &status);
		nbns_address_read(&record.data, &addr, &group);
		records++;
	}
	assert_true(records <= n / 11); /* the smallest record has 11 bytes */
}

static void try_nbns(const uint8_t *bytes, size_t n)
{
	struct nbns_status status;

	try_dns(bytes, n);
	nbns_status_read(&(struct view){bytes, n}, &status);
	assert_true(status.n_names <= NBNS_NAMES_MAX);
}

static void try_ndp(const uint8_t *bytes, size_t n)
{
	struct ndp ndp;

	for (uint8_t type = NDP_ROUTER_SOLICITATION; type <= NDP_REDIRECT; type++) {
		ndp_read(type, bytes, n, &ndp);
		assert_true(ndp.n_prefixes <= NDP_PREFIXES_MAX);
		assert_tally(&ndp.tally);
	}
}

static void try_goose(const uint8_t *bytes, size_t n)
{
	struct goose goose;

	goose_read(bytes, n, &goose);
	assert_inside(goose.control_block.bytes, goose.control_block.size, bytes, n);
	assert_inside(goose.id.bytes, goose.id.size, bytes, n);
	assert_tally(&goose.tally);
}

static void try_sv(const uint8_t *bytes, size_t n)
{
	struct sv sv;

	sv_read(bytes, n, &sv);
	assert_inside(sv.id.bytes, sv.id.size, bytes, n);
	assert_inside(sv.data_set.bytes, sv.data_set.size, bytes, n);
	assert_tally(&sv.tally);
}

static void try_dcp(const uint8_t *bytes, size_t n)
{
	struct str text = STR_INIT(64);
	struct dcp dcp;

	dcp_is(bytes, n);
	dcp_read(bytes, n, &dcp);
	assert_inside(dcp.name.bytes, dcp.name.size, bytes, n);
	assert_inside(dcp.type.bytes, dcp.type.size, bytes, n);
	assert_inside(dcp.sought.bytes, dcp.sought.size, bytes, n);
	assert_tally(&dcp.tally);
	dcp_role_format(&text, dcp.role);
	str_done(&text);
}

static void run(const char *const *samples, size_t n_samples,
	void (*attempt)(const uint8_t *bytes, size_t n))
{
	mutate_begin();
	for (size_t i = 0; i < INPUTS; i++) {
		struct hex h = hex(samples[i % n_samples]);
		uint8_t *exact;

		mutate(&h);
		exact = malloc(h.n ? h.n : 1);
		assert_non_null(exact);
		memcpy(exact, h.bytes, h.n);
		attempt(exact, h.n);
		free(exact);
	}
}

#define MACS "020000000002 020000000001"
#define V4(proto) "45 00 0040 1234 4000 40" proto "0000 c6120001 c6120002"
#define V6 "20010db8000000000000000000000001 20010db8000000000000000000000002"

static void frames(void **state)
{
	static const char *const samples[] = {
		MACS
		"8100 0064 0800" V4("06") "0016 d431 01020304 0a0b0c0d 60 12 7210 0000 0000"
					  "020405b4 0000000000000000000000000000",
		MACS "0800" V4("11") "0035 a000 002c 0000 61626364 6566676869",
		MACS
		"0800" V4("01") "0b 00 0000 00000000 45 00 0028 abcd 4000 01 06 0000 c6120002"
				"c6130009 d431 0050 11223344",
		MACS "86dd 600abcde 0024 00 3f" V6 "3c 00 050200000100 2b 00 010400000000"
		     "2c 00 000000000000 11 00 000000000000 0035 a000 000c 0000 61626364",
		MACS "0806 0001 0800 06 04 0002 020000000001 c6120001 020000000002 c6120002",
		"01000ccccccc 020000000001 0020 aaaa03 00000c 2000" SAMPLE_CDP,
		MACS "0034 aaaa03 000000 8100 0064 0010 aaaa03 000000 0800" V4("06"),
		"0000 0001 0006 020000000001 0000 0800" V4("11") "0035 a000 002c 0000",
	};

	(void)state;
	run(samples, sizeof(samples) / sizeof(samples[0]), try_frame);
}

static void messages(void **state)
{
	static const struct {
		const char *sample;
		void (*attempt)(const uint8_t *bytes, size_t n);
	} readers[] = {
		{SAMPLE_LLDP, try_lldp},
		{SAMPLE_CDP, try_cdp},
		{SAMPLE_DHCP, try_dhcp},
		{SAMPLE_DNS, try_dns},
		{SAMPLE_NBNS, try_nbns},
		{SAMPLE_NDP, try_ndp},
		{SAMPLE_GOOSE, try_goose},
		{SAMPLE_SV, try_sv},
		{SAMPLE_DCP, try_dcp},
		{"fefe 05 00 00000007 0001 000c 0202 0007 73776974636833 00", try_dcp},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		run(&readers[i].sample, 1, readers[i].attempt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
		cmocka_unit_test(messages),
	};

	return RUN(tests);
}
