/* SPDX-License-Identifier: Apache-2.0 */
/* An answer with compression; names that loop, grow or lie; the reverse tree. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/dns.h"

#include <stdio.h>

static struct hex message;
static struct dns_message dns;
static struct dns_record record;

static bool open_text(const char *text)
{
	message = hex(text);
	return dns_open(message.bytes, message.n, &dns);
}

static void an_answer(void **state)
{
	struct dns_question question;
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_true(open_text(SAMPLE_DNS));
	assert_true(dns.response);
	assert_int_equal(dns.id, 0x1234);
	assert_int_equal(dns_next_question(&dns, &question), DNS_OK);
	assert_string_equal(question.name.text, "www.power.test");
	assert_int_equal(question.type, DNS_A);
	assert_int_equal(dns_next_question(&dns, &question), DNS_END);
	assert_int_equal(dns_next_record(&dns, &record), DNS_OK);
	assert_int_equal(record.type, DNS_CNAME);
	assert_string_equal(record.target.text, "web.power.test");
	assert_int_equal(dns_next_record(&dns, &record), DNS_OK);
	assert_string_equal(record.name.text, "web.power.test");
	assert_int_equal(record.name.n_labels, 3);
	assert_string_equal(addr_format(&record.addr, text), "198.18.0.80");
	assert_int_equal(record.target.size, 0);
	assert_int_equal(record.ttl, 60);
	assert_int_equal(dns_next_record(&dns, &record), DNS_OK);
	assert_string_equal(addr_format(&record.addr, text), "2001:db8::50");
	assert_int_equal(dns_next_record(&dns, &record), DNS_END);
	/* questions that nobody asked for are stepped over */
	assert_true(open_text(SAMPLE_DNS));
	assert_int_equal(dns_next_record(&dns, &record), DNS_OK);
	assert_int_equal(record.type, DNS_CNAME);
}

/* A chain of pointers, the last of which stands before a name. */
static void chain(int hops, char *out, size_t size)
{
	int n = snprintf(out, size,
		"0000 8000 0000 0001 0000 0000 c0%02x 0001 0001 00000000 0004"
		"c6120001 0161 00",
		12 + 16 + 3);

	for (int i = 1; i < hops; i++)
		n += snprintf(
			out + n, size - (size_t)n, "c0%02x", i == 1 ? 28 : 31 + 2 * (i - 2));
	/* the record's name begins the chain at its end */
	if (hops > 1) {
		char last[3];

		snprintf(last, sizeof(last), "%02x", 31 + 2 * (hops - 2));
		memcpy(strstr(out, "c01f") + 2, last, 2);
	} else {
		memcpy(strstr(out, "c01f") + 2, "1c", 2);
	}
}

static void pointers_are_counted(void **state)
{
	char text[512];

	(void)state;
	for (int hops = 1; hops <= DNS_HOPS_MAX + 2; hops++) {
		chain(hops, text, sizeof(text));
		assert_true(open_text(text));
		if (hops <= DNS_HOPS_MAX) {
			assert_int_equal(dns_next_record(&dns, &record), DNS_OK);
			assert_string_equal(record.name.text, "a");
		} else {
			assert_int_equal(dns_next_record(&dns, &record), DNS_MALFORMED);
			assert_int_equal(dns_next_record(&dns, &record), DNS_MALFORMED);
		}
	}
}

static void loops_end(void **state)
{
	static const char *const texts[] = {
		"0000 8000 0000 0001 0000 0000 c00c 0001 0001 00000000 0004 c6120001",
		"0000 8000 0000 0001 0000 0000 0161 c00c 0001 0001 00000000 0004 c6120001",
		"0000 8000 0000 0001 0000 0000 c00e c00c 0001 0001 00000000 0004 c6120001",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_true(open_text(texts[i]));
		assert_int_equal(dns_next_record(&dns, &record), DNS_MALFORMED);
	}
}

static void names_are_bounded(void **state)
{
	char text[2048];

	(void)state;
	/* 127 labels of one byte are 255 bytes, the most there may be; 128 are too many */
	for (int labels = 127; labels <= 128; labels++) {
		strcpy(text, "0000 8000 0000 0001 0000 0000");
		for (int i = 0; i < labels; i++)
			strcat(text, "01 2e");
		strcat(text, "00 0001 0001 00000000 0004 c6120001");
		assert_true(open_text(text));
		assert_int_equal(
			dns_next_record(&dns, &record), labels == 127 ? DNS_OK : DNS_MALFORMED);
		if (labels == 127)
			assert_int_equal(record.name.size, 127 * 2 + 126); /* "\..\..\." */
	}
	/* a label longer than 63, of the reserved forms */
	assert_true(open_text("0000 8000 0000 0001 0000 0000 40 61 00"));
	assert_int_equal(dns_next_record(&dns, &record), DNS_MALFORMED);
	/* a pointer past the end */
	assert_true(open_text("0000 8000 0000 0001 0000 0000 ffff 0001 0001 00000000 0000"));
	assert_int_equal(dns_next_record(&dns, &record), DNS_MALFORMED);
}

static void records_that_lie(void **state)
{
	(void)state;
	assert_false(open_text("0000 8000"));
	/* an A of three bytes is kept as data, but not known */
	assert_true(open_text("0000 8000 0000 0002 0000 0000 00 0001 0001 00000000 0003 c61200"
			      "00 00ff 0001 00000000 0001 aa"));
	assert_int_equal(dns_next_record(&dns, &record), DNS_OK);
	assert_false(record.known);
	assert_int_equal(record.data.size, 3);
	assert_int_equal(dns_next_record(&dns, &record), DNS_OK);
	assert_int_equal(record.type, 255);
	assert_false(record.known);
	assert_int_equal(dns_next_record(&dns, &record), DNS_END);
	/* data past the end; records that are stated and not there */
	assert_true(
		open_text("0000 8000 0000 0001 0000 0000 00 0001 0001 00000000 00ff c6120001"));
	assert_int_equal(dns_next_record(&dns, &record), DNS_MALFORMED);
	assert_true(open_text("0000 8000 ffff ffff ffff ffff"));
	assert_int_equal(dns_next_record(&dns, &record), DNS_MALFORMED);
}

static void the_reverse_tree(void **state)
{
	static const struct {
		const char *name, *addr;
	} cases[] = {
		{"1.0.18.198.in-addr.arpa", "198.18.0.1"},
		{"255.0.18.198.IN-ADDR.ARPA", "198.18.0.255"},
		{"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
			"2001:db8::1"},
		{"256.0.18.198.in-addr.arpa", NULL},
		{"0.18.198.in-addr.arpa", NULL},
		{"1.0.18.198.in-addr.arpa.test", NULL},
		{"lb._dns-sd._udp.0.0.18.198.in-addr.arpa", NULL},
		{"1.0.0.0.ip6.arpa", NULL},
		{"", NULL},
	};
	char text[ADDR_TEXT_MAX];
	struct addr addr;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dns_name name = {.size = strlen(cases[i].name)};

		memcpy(name.text, cases[i].name, name.size);
		assert_int_equal(dns_reverse_addr(&name, &addr), cases[i].addr != NULL);
		if (cases[i].addr)
			assert_string_equal(addr_format(&addr, text), cases[i].addr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer),
		cmocka_unit_test(pointers_are_counted),
		cmocka_unit_test(loops_end),
		cmocka_unit_test(names_are_bounded),
		cmocka_unit_test(records_that_lie),
		cmocka_unit_test(the_reverse_tree),
	};

	return RUN(tests);
}
