/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of each link type and transport, whole, cut short and lying about their lengths. Every
 * packet below stands with its fields set apart. */
#include "tests/unit/scanner/wire/hex.h"

#include "scanner/wire/frame.h"

#include <stdio.h>

#define MACS "020000000002 020000000001"
#define IP4(total, proto) "45 00" total "1234 4000 40" proto "0000 c6120001 c6120002"
#define V6A "20010db8000000000000000000000001"
#define V6B "20010db8000000000000000000000002"
#define IP6(length, next) "600abcde" length next "3f" V6A V6B
#define TCP "0016 d431 01020304 0a0b0c0d 60 12 7210 0000 0000 020405b4"
#define UDP "0035 a000 000c 0000 61626364"

static enum frame_verdict decode(enum frame_link link, const char *text, struct frame *ret)
{
	static struct hex h; /* the frame borrows from it */

	h = hex(text);
	return frame_decode(link, h.bytes, h.n, ret);
}

static void expect_v4_tcp(const struct frame *f)
{
	char text[ADDR_TEXT_MAX];

	assert_int_equal(f->kind, FRAME_TCP);
	assert_string_equal(addr_format(&f->src, text), "198.18.0.1");
	assert_string_equal(addr_format(&f->dst, text), "198.18.0.2");
	assert_int_equal(f->ttl, 64);
	assert_int_equal(f->ip_protocol, 6);
	assert_int_equal(f->ip_id, 0x1234);
	assert_int_equal(f->src_port, 22);
	assert_int_equal(f->dst_port, 0xd431);
	assert_int_equal(f->seq, 0x01020304);
	assert_int_equal(f->ack, 0x0a0b0c0d);
	assert_int_equal(f->window, 0x7210);
	assert_int_equal(f->tcp_flags, FRAME_SYN | FRAME_ACK);
	assert_int_equal(f->tcp_options_size, 4);
	assert_int_equal(f->tcp_options[0], 2);
	assert_false(f->fragment);
}

static void tcp_over_each_link(void **state)
{
	static const struct {
		enum frame_link link;
		const char *head;
		uint16_t ethertype;
		int macs, vlans;
	} links[] = {
		{FRAME_LINK_ETHERNET, MACS "0800", 0x0800, 2, 0},
		{FRAME_LINK_ETHERNET, MACS "8100 2064 0800", 0x0800, 2, 1},
		{FRAME_LINK_ETHERNET, MACS "88a8 0064 8100 00c8 0800", 0x0800, 2, 2},
		{FRAME_LINK_ETHERNET, MACS "88a8 0064 8100 00c8 8100 0001 0800", 0x0800, 2, 2},
		{FRAME_LINK_ETHERNET, MACS "0034 aaaa03 000000 0800", 0x0800, 2, 0},
		{FRAME_LINK_RAW, "", 0, 0, 0},
		{FRAME_LINK_IPV4, "", 0, 0, 0},
		{FRAME_LINK_NULL, "02000000", 0, 0, 0},
		{FRAME_LINK_NULL, "00000002", 0, 0, 0},
		{FRAME_LINK_LOOP, "00000002", 0, 0, 0},
		{FRAME_LINK_SLL, "0000 0001 0006 020000000001 0000 0800", 0x0800, 1, 0},
		{FRAME_LINK_SLL, "0004 0304 0000 0000000000000000 0800", 0x0800, 0, 0},
		{FRAME_LINK_SLL2, "0800 0000 00000002 0001 00 06 020000000001 0000", 0x0800, 1,
			0},
	};
	char text[512], mac[MAC_TEXT_MAX];
	struct frame f;

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(text, sizeof(text), "%s" IP4("002c", "06") TCP, links[i].head);
		assert_int_equal(decode(links[i].link, text, &f), FRAME_OK);
		expect_v4_tcp(&f);
		assert_int_equal(f.payload_size, 0);
		assert_int_equal(f.ethertype, links[i].ethertype);
		assert_int_equal(f.has_mac, links[i].macs > 0);
		if (links[i].macs > 0)
			assert_string_equal(mac_format(&f.src_mac, mac), "02:00:00:00:00:01");
		if (links[i].macs > 1)
			assert_string_equal(mac_format(&f.dst_mac, mac), "02:00:00:00:00:02");
		assert_int_equal(f.n_vlans, links[i].vlans);
		if (f.n_vlans > 0)
			assert_int_equal(f.vlans[0], 100);
		if (f.n_vlans > 1)
			assert_int_equal(f.vlans[1], 200);
	}
}

static void ethernet_padding_is_not_payload(void **state)
{
	struct frame f;

	(void)state;
	assert_int_equal(decode(FRAME_LINK_ETHERNET,
				 MACS "0800" IP4("0020", "11") UDP "0000000000000000", &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_UDP);
	assert_int_equal(f.payload_size, 4);
	assert_memory_equal(f.payload, "abcd", 4);
	assert_false(f.payload_cut);
}

static void ipv6_with_extension_headers(void **state)
{
	struct frame f;

	(void)state;
	/* hop-by-hop, destination options, routing, then UDP */
	assert_int_equal(decode(FRAME_LINK_ETHERNET,
				 MACS "86dd" IP6("0024", "00") "3c 00 050200000100"
							       "2b 00 010400000000"
							       "11 00 000000000000" UDP,
				 &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_UDP);
	assert_int_equal(f.src.family, 6);
	assert_int_equal(f.src_port, 53);
	assert_int_equal(f.ttl, 63);
	assert_int_equal(f.ip_protocol, 17);
	assert_int_equal(f.payload_size, 4);
	/* AH counts its length in another unit */
	assert_int_equal(decode(FRAME_LINK_IPV6,
				 IP6("0018", "33") "11 01 0000 00000001 00000001" UDP, &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_UDP);
	/* no next header */
	assert_int_equal(decode(FRAME_LINK_RAW, IP6("0004", "3b") "61626364", &f), FRAME_OK);
	assert_int_equal(f.kind, FRAME_IP);
	assert_int_equal(f.payload_size, 0);
	/* one that runs past the packet */
	assert_int_equal(decode(FRAME_LINK_RAW,
				 IP6("0010", "3c") "11 04 000000000000 0000000000000000", &f),
		FRAME_MALFORMED);
	assert_int_equal(f.kind, FRAME_IP);
}

static void extension_headers_are_bounded(void **state)
{
	char text[1024] = IP6("0094", "3c");
	struct frame f;

	(void)state;
	for (int i = 0; i < 17; i++)
		strcat(text, "3c 00 010400000000");
	strcat(text, "11 00 010400000000" UDP);
	assert_int_equal(decode(FRAME_LINK_RAW, text, &f), FRAME_MALFORMED);
	assert_int_equal(f.kind, FRAME_IP);
}

static void fragments(void **state)
{
	struct frame f;

	(void)state;
	/* the first of several: its transport is known, its payload is not whole */
	assert_int_equal(
		decode(FRAME_LINK_RAW,
			"45 00 001c 1234 2000 40 11 0000 c6120001 c6120002 0035 a000 0100 0000",
			&f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_UDP);
	assert_true(f.fragment);
	assert_true(f.payload_cut);
	/* a later one */
	assert_int_equal(
		decode(FRAME_LINK_RAW,
			"45 00 001c 1234 0001 40 11 0000 c6120001 c6120002 0035 a000 0008 0000",
			&f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_IP);
	assert_true(f.fragment);
	assert_int_equal(f.src_port, 0);
	/* IPv6: later, and "atomic" (RFC 6946), which is whole */
	assert_int_equal(
		decode(FRAME_LINK_RAW, IP6("0014", "2c") "11 00 0010 00000001" UDP, &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_IP);
	assert_true(f.fragment);
	assert_int_equal(
		decode(FRAME_LINK_RAW, IP6("0014", "2c") "11 00 0000 00000001" UDP, &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_UDP);
	assert_false(f.fragment);
}

static void arp(void **state)
{
	char text[ADDR_TEXT_MAX];
	struct frame f;

	(void)state;
	assert_int_equal(decode(FRAME_LINK_ETHERNET,
				 MACS "0806 0001 0800 06 04 0002"
				      "020000000001 c6120001 020000000002 c6120002 0000",
				 &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_ARP);
	assert_int_equal(f.arp_operation, 2);
	assert_string_equal(addr_format(&f.src, text), "198.18.0.1");
	assert_string_equal(addr_format(&f.dst, text), "198.18.0.2");
	assert_string_equal(mac_format(&f.arp_sender, text), "02:00:00:00:00:01");
	assert_string_equal(mac_format(&f.arp_target, text), "02:00:00:00:00:02");
	/* for another protocol: no ARP that we read */
	assert_int_equal(
		decode(FRAME_LINK_ETHERNET, MACS "0806 0001 809b 06 04 0001", &f), FRAME_OK);
	assert_int_equal(f.kind, FRAME_OTHER);
	assert_int_equal(f.ethertype, 0x0806);
	assert_int_equal(decode(FRAME_LINK_ETHERNET, MACS "0806 0001 0800 06 04 0002 0200", &f),
		FRAME_TRUNCATED);
}

static void echo_and_other_icmp(void **state)
{
	struct frame f;

	(void)state;
	assert_int_equal(
		decode(FRAME_LINK_RAW, IP4("0020", "01") "00 00 0000 1111 2222 61626364", &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_ICMP);
	assert_int_equal(f.icmp_id, 0x1111);
	assert_int_equal(f.icmp_seq, 0x2222);
	assert_int_equal(f.payload_size, 4);
	assert_memory_equal(f.payload, "abcd", 4);
	assert_false(f.quote.valid);
	/* a neighbour advertisement: the payload begins with its flags */
	assert_int_equal(
		decode(FRAME_LINK_RAW, IP6("0018", "3a") "88 00 0000 e0000000" V6A, &f),
		FRAME_OK);
	assert_int_equal(f.icmp_type, 136);
	assert_int_equal(f.payload_size, 20);
	assert_int_equal(f.payload[0], 0xe0);
	assert_int_equal(f.icmp_id, 0);
}

static void icmp_errors_quote_our_packet(void **state)
{
	char text[ADDR_TEXT_MAX];
	struct frame f;

	(void)state;
	/* time exceeded, of a TCP probe: ports and sequence number, and no more */
	assert_int_equal(decode(FRAME_LINK_RAW,
				 IP4("0038", "01") "0b 00 0000 00000000"
						   "45 00 0028 abcd 4000 01 06 0000 c6120002 "
						   "c6130009 d431 0050 11223344",
				 &f),
		FRAME_OK);
	assert_int_equal(f.icmp_type, 11);
	assert_true(f.quote.valid);
	assert_string_equal(addr_format(&f.quote.dst, text), "198.19.0.9");
	assert_int_equal(f.quote.protocol, 6);
	assert_int_equal(f.quote.ttl, 1);
	assert_int_equal(f.quote.id, 0xabcd);
	assert_int_equal(f.quote.src_port, 0xd431);
	assert_int_equal(f.quote.dst_port, 80);
	assert_int_equal(f.quote.seq, 0x11223344);
	/* of an echo request */
	assert_int_equal(decode(FRAME_LINK_RAW,
				 IP4("0038", "01") "0b 00 0000 00000000"
						   "45 00 0028 abcd 4000 01 01 0000 c6120002 "
						   "c6130009 08 00 0000 aaaa bbbb",
				 &f),
		FRAME_OK);
	assert_true(f.quote.valid);
	assert_int_equal(f.quote.seq, 0xaaaabbbb);
	assert_int_equal(f.quote.src_port, 0);
	/* of a timestamp request */
	assert_int_equal(decode(FRAME_LINK_RAW,
				 IP4("0038", "01") "03 01 0000 00000000"
						   "45 00 0028 abcd 4000 01 01 0000 c6120002 "
						   "c6130009 0d 00 0000 aaaa bbbb",
				 &f),
		FRAME_OK);
	assert_int_equal(f.quote.seq, 0xaaaabbbb);
	/* with fewer than eight bytes of it: an error still, but nothing to go by */
	assert_int_equal(decode(FRAME_LINK_RAW,
				 IP4("0034", "01") "03 03 0000 00000000"
						   "45 00 0028 abcd 4000 01 11 0000 c6120002 "
						   "c6130009 d431 0050",
				 &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_ICMP);
	assert_false(f.quote.valid);
	/* ICMPv6: port unreachable for UDP */
	assert_int_equal(
		decode(FRAME_LINK_RAW,
			IP6("0038", "3a") "01 04 0000 00000000"
					  "600abcde 0008 11 01" V6B V6A "d431 0035 0008 0000",
			&f),
		FRAME_OK);
	assert_true(f.quote.valid);
	assert_int_equal(f.quote.src.family, 6);
	assert_int_equal(f.quote.id, 0xbcde);
	assert_int_equal(f.quote.dst_port, 53);
}

static void what_has_no_reader_is_kept(void **state)
{
	struct frame f;

	(void)state;
	/* LLDP */
	assert_int_equal(decode(FRAME_LINK_ETHERNET, "0180c200000e 020000000001 88cc 0207", &f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_OTHER);
	assert_int_equal(f.ethertype, 0x88cc);
	assert_int_equal(f.payload_size, 2);
	/* CDP, by its SNAP number; the length field cuts the padding off */
	assert_int_equal(
		decode(FRAME_LINK_ETHERNET,
			"01000ccccccc 020000000001 000c aaaa03 00000c 2000 02b40000 ffffffff",
			&f),
		FRAME_OK);
	assert_int_equal(f.kind, FRAME_LLC);
	assert_int_equal(f.ethertype, 0);
	assert_int_equal(f.payload_size, 12);
	assert_int_equal(f.payload[0], 0xaa);
	/* SCTP */
	assert_int_equal(decode(FRAME_LINK_RAW, IP4("0018", "84") "00000000", &f), FRAME_OK);
	assert_int_equal(f.kind, FRAME_IP);
	assert_int_equal(f.payload_size, 4);
	/* a link type that nobody reads */
	assert_int_equal(decode((enum frame_link)105, "00112233", &f), FRAME_UNKNOWN);
	assert_int_equal(f.payload_size, 4);
	assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, NULL, 0, &f), FRAME_TRUNCATED);
}

static void lengths_that_lie(void **state)
{
	static const struct {
		const char *text;
		enum frame_verdict verdict;
		enum frame_kind kind;
	} cases[] = {
		/* total length below the header's; header below its minimum; version 5 */
		{IP4("0010", "06") TCP, FRAME_MALFORMED, FRAME_OTHER},
		{"44 00 002c 1234 4000 40 06 0000 c6120001 c6120002" TCP, FRAME_MALFORMED,
			FRAME_OTHER},
		{"55 00 002c 1234 4000 40 06 0000 c6120001 c6120002" TCP, FRAME_MALFORMED,
			FRAME_OTHER},
		/* the packet ends inside the TCP header, by its own word or by the capture's */
		{IP4("0020", "06") TCP, FRAME_MALFORMED, FRAME_IP},
		{IP4("002c", "06") "0016 d431 01020304", FRAME_TRUNCATED, FRAME_IP},
		/* data offset too small; options past the end */
		{IP4("0028", "06") "0016 d431 01020304 0a0b0c0d 40 12 7210 0000 0000",
			FRAME_MALFORMED, FRAME_IP},
		{IP4("0028", "06") "0016 d431 01020304 0a0b0c0d f0 12 7210 0000 0000",
			FRAME_MALFORMED, FRAME_TCP},
		/* UDP length below its header's, and past the packet */
		{IP4("0020", "11") "0035 a000 0007 0000 61626364", FRAME_MALFORMED, FRAME_IP},
		{IP4("0020", "11") "0035 a000 000d 0000 61626364", FRAME_MALFORMED, FRAME_IP},
		{IP4("0018", "01") "0800 0000", FRAME_MALFORMED, FRAME_IP},
		{"45", FRAME_TRUNCATED, FRAME_OTHER},
		{"60", FRAME_TRUNCATED, FRAME_OTHER},
		{"", FRAME_TRUNCATED, FRAME_OTHER},
	};
	struct frame f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(decode(FRAME_LINK_RAW, cases[i].text, &f), cases[i].verdict);
		assert_int_equal(f.kind, cases[i].kind);
	}
	/* an ethertype and a version that disagree */
	assert_int_equal(decode(FRAME_LINK_ETHERNET, MACS "86dd" IP4("002c", "06") TCP, &f),
		FRAME_MALFORMED);
	assert_int_equal(decode(FRAME_LINK_ETHERNET, MACS "8100 00", &f), FRAME_TRUNCATED);
}

static void a_short_capture_is_said(void **state)
{
	struct frame f;

	(void)state;
	assert_int_equal(
		decode(FRAME_LINK_RAW, IP4("0100", "11") "0035 a000 00ec 0000 61626364", &f),
		FRAME_OK);
	assert_true(f.payload_cut);
	assert_int_equal(f.payload_size, 4);
	/* segmentation offload leaves the length 0 */
	assert_int_equal(
		decode(FRAME_LINK_RAW, IP4("0000", "06") TCP "61626364", &f), FRAME_OK);
	assert_int_equal(f.payload_size, 4);
	assert_false(f.payload_cut);
}

static void every_prefix_is_survived(void **state)
{
	struct hex h = hex(MACS "88a8 0064 8100 00c8 0800" IP4("0038",
		"01") "0b 00 0000 00000000"
		      "45 00 0028 abcd 4000 01 06 0000 c6120002 c6130009 d431 0050 11223344");
	struct frame f;

	(void)state;
	for (size_t n = 0; n < h.n; n++) {
		uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees the end */
		enum frame_verdict verdict;

		memcpy(exact, h.bytes, n);
		verdict = frame_decode(FRAME_LINK_ETHERNET, exact, n, &f);
		/* 14 link, 8 tags, 20 IP, 8 ICMP; after them only the quote gets shorter */
		assert_int_equal(verdict, n < 50 ? FRAME_TRUNCATED : FRAME_OK);
		assert_false(f.quote.valid);
		free(exact);
	}
}

static void checksums(void **state)
{
	/* the example of RFC 1071 section 3: the sum is ddf2 */
	static const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	uint8_t ones[70000];
	uint32_t sum;

	(void)state;
	assert_int_equal(frame_checksum_end(frame_checksum_add(0, example, 8)), 0x220d);
	sum = frame_checksum_add(0, example, 4);
	assert_int_equal(frame_checksum_end(frame_checksum_add(sum, example + 4, 4)), 0x220d);
	assert_int_equal(
		frame_checksum_end(frame_checksum_add(0, example, 3)), (uint16_t)~0xf201);
	assert_int_equal(frame_checksum_end(frame_checksum_add(0, example, 0)), 0xffff);
	memset(ones, 0xff, sizeof(ones));
	assert_int_equal(frame_checksum_end(frame_checksum_add(0, ones, sizeof(ones))), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_over_each_link),
		cmocka_unit_test(ethernet_padding_is_not_payload),
		cmocka_unit_test(ipv6_with_extension_headers),
		cmocka_unit_test(extension_headers_are_bounded),
		cmocka_unit_test(fragments),
		cmocka_unit_test(arp),
		cmocka_unit_test(echo_and_other_icmp),
		cmocka_unit_test(icmp_errors_quote_our_packet),
		cmocka_unit_test(what_has_no_reader_is_kept),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(a_short_capture_is_said),
		cmocka_unit_test(every_prefix_is_survived),
		cmocka_unit_test(checksums),
	};

	return RUN(tests);
}
