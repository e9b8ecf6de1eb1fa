/* SPDX-License-Identifier: Apache-2.0 */
/* Probes are whole packets: the decoder reads back what was asked, and checksums are right. */
#include "tests/unit/unit.h"

#include "scanner/campaign/probe.h"

static const struct mac ours = {{2, 0, 0, 0, 0, 1}}, theirs = {{2, 0, 0, 0, 0, 2}};

static struct path make_path(const char *source, enum link_mode mode)
{
	struct path path = {.interface = 3};

	assert_int_equal(addr_parse(source, &path.source, NULL), 0);
	for (int kind = 0; kind < TEMPLATE_N; kind++)
		assert_int_equal(template_build((enum template_kind)kind, mode, &ours,
					 &path.source, 61234, &path.templates[kind], NULL),
			0);
	return path;
}

static struct link_frame build(
	const struct path *path, enum template_kind kind, const char *target, uint8_t ttl)
{
	struct probe probe = {.kind = kind,
		.path = path,
		.source = path->source,
		.mac = theirs,
		.port = 443,
		.cookie = 0x12345678,
		.ttl = ttl};
	struct link_frame frame = {0};

	assert_int_equal(addr_parse(target, &probe.target, NULL), 0);
	assert_true(probe_build(&probe, &frame));
	return frame;
}

/* The one's complement sum over a region that holds its checksum is zero. */
static void transport_sums_up(const struct frame *f, const uint8_t *bytes, size_t size)
{
	uint8_t pseudo[4] = {0, f->ip_protocol, (uint8_t)(size >> 8), (uint8_t)size};
	size_t n = f->src.family == 4 ? 4 : 16;
	uint32_t sum = 0;

	if (f->ip_protocol != 1) {
		sum = frame_checksum_add(sum, f->src.bytes, n);
		sum = frame_checksum_add(sum, f->dst.bytes, n);
		sum = frame_checksum_add(sum, pseudo, 4);
	}
	assert_int_equal(frame_checksum_end(frame_checksum_add(sum, bytes, size)), 0);
}

static const char *const sources[] = {"198.18.0.5", "2001:db8::5"};
static const char *const targets[] = {"198.19.255.254", "2001:db8:1::77"};

static void test_syn(void **state)
{
	(void)state;
	for (int v = 0; v < 4; v++) {
		enum link_mode mode = v / 2 ? LINK_IP : LINK_ETHERNET;
		struct path path = make_path(sources[v % 2], mode);
		struct link_frame frame = build(&path, TEMPLATE_SYN, targets[v % 2], 7);
		size_t ip = mode == LINK_ETHERNET ? 14 : 0, head = v % 2 ? 40 : 20;
		struct frame f;
		struct addr target;

		assert_int_equal(frame_decode(mode == LINK_ETHERNET ? FRAME_LINK_ETHERNET
								    : FRAME_LINK_RAW,
					 frame.bytes, frame.size, &f),
			FRAME_OK);
		assert_int_equal(f.kind, FRAME_TCP);
		assert_int_equal(f.tcp_flags, FRAME_SYN);
		assert_int_equal(f.src_port, 61234);
		assert_int_equal(f.dst_port, 443);
		assert_int_equal(f.seq, 0x12345678);
		assert_int_equal(f.ttl, 7);
		assert_int_equal(frame.interface, 3);
		assert_true(addr_equal(&f.src, &path.source));
		assert_int_equal(probe_audience(&frame, mode, &target), PROBE_HOST);
		assert_true(addr_equal(&f.dst, &target));
		transport_sums_up(&f, frame.bytes + ip + head, frame.size - ip - head);
		if (v % 2 == 0)
			assert_int_equal(
				frame_checksum_end(frame_checksum_add(0, frame.bytes + ip, 20)),
				0);
		if (mode == LINK_ETHERNET)
			assert_memory_equal(f.dst_mac.bytes, theirs.bytes, 6);
	}
}

static void test_echo(void **state)
{
	(void)state;
	for (int v = 0; v < 2; v++) {
		struct path path = make_path(sources[v], LINK_ETHERNET);
		struct link_frame frame = build(&path, TEMPLATE_ECHO, targets[v], 0);
		struct frame f;

		assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, frame.bytes, frame.size, &f),
			FRAME_OK);
		assert_int_equal(f.kind, FRAME_ICMP);
		assert_int_equal(f.icmp_type, v ? 128 : 8);
		assert_int_equal(f.icmp_id, 0x1234);
		assert_int_equal(f.icmp_seq, 0x5678);
		assert_int_equal(f.ttl, 64);
		transport_sums_up(&f, frame.bytes + 14 + (v ? 40 : 20),
			frame.size - 14u - (v ? 40u : 20u));
	}
}

/* One flow for routers that balance: the checksum does not move with the sequence. */
static void test_echo_checksum_is_constant(void **state)
{
	struct path path = make_path(sources[0], LINK_ETHERNET);
	struct probe probe = {.kind = TEMPLATE_ECHO, .path = &path, .source = path.source};
	struct link_frame first, frame;

	(void)state;
	assert_int_equal(addr_parse(targets[0], &probe.target, NULL), 0);
	probe.cookie = 0xabcd1230;
	assert_true(probe_build(&probe, &first));
	for (uint32_t i = 1; i < 16; i++) {
		probe.cookie = 0xabcd1230 + i;
		assert_true(probe_build(&probe, &frame));
		assert_memory_equal(
			first.bytes + 34, frame.bytes + 34, 6); /* type to identifier */
	}
}

static void test_solicitations(void **state)
{
	struct path v4 = make_path(sources[0], LINK_ETHERNET),
		    v6 = make_path(sources[1], LINK_ETHERNET);
	struct link_frame arp = build(&v4, TEMPLATE_SOLICIT, targets[0], 0);
	struct link_frame nd = build(&v6, TEMPLATE_SOLICIT, targets[1], 0);
	struct addr target, wanted;
	struct frame f;

	(void)state;
	assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, arp.bytes, arp.size, &f), FRAME_OK);
	assert_int_equal(f.kind, FRAME_ARP);
	assert_int_equal(f.arp_operation, 1);
	assert_true(mac_is_multicast(&f.dst_mac));
	assert_int_equal(probe_audience(&arp, LINK_ETHERNET, &target), PROBE_SOLICITATION);
	assert_true(addr_equal(&target, &f.dst));

	assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, nd.bytes, nd.size, &f), FRAME_OK);
	assert_int_equal(f.icmp_type, 135);
	assert_int_equal(f.ttl, 255);
	assert_memory_equal(f.dst_mac.bytes, "\x33\x33\xff\x00\x00\x77", 6);
	transport_sums_up(&f, nd.bytes + 54, nd.size - 54u);
	assert_int_equal(probe_audience(&nd, LINK_ETHERNET, &target), PROBE_SOLICITATION);
	addr_parse(targets[1], &wanted, NULL);
	assert_true(addr_equal(&target, &wanted));
	nd.bytes[14 + 40 + 23] ^= 1; /* of another target than the group is of */
	assert_int_equal(probe_audience(&nd, LINK_ETHERNET, &target), PROBE_NOBODY);
}

static const uint8_t data[LINK_DATA_MAX + 1] = {1, 2, 3};

static struct link_frame build_udp(const struct path *path, const char *target, size_t size)
{
	struct probe probe = {.kind = TEMPLATE_UDP,
		.path = path,
		.source = path->source,
		.mac = theirs,
		.port = 53,
		.from = 61007,
		.cookie = 0x12345678,
		.data = data,
		.size = size};
	struct link_frame frame = {0};

	assert_int_equal(addr_parse(target, &probe.target, NULL), 0);
	assert_true(probe_build(&probe, &frame));
	return frame;
}

/* Of every length: odd ones too, and none at all. */
static void test_udp(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 3, 41, LINK_DATA_MAX};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		struct path path = make_path(sources[i % 2], LINK_ETHERNET);
		struct link_frame frame = build_udp(&path, targets[i % 2], sizes[i / 2]);
		size_t head = i % 2 ? 54 : 34;
		struct frame f;

		assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, frame.bytes, frame.size, &f),
			FRAME_OK);
		assert_int_equal(f.kind, FRAME_UDP);
		assert_int_equal(f.src_port, 61007);
		assert_int_equal(f.dst_port, 53);
		assert_int_equal(f.ip_id, probe_id(0x12345678));
		assert_int_equal(f.payload_size, sizes[i / 2]);
		assert_false(f.payload_cut);
		assert_memory_equal(f.payload, data, f.payload_size);
		transport_sums_up(&f, frame.bytes + head, frame.size - head);
		if (i % 2 == 0)
			assert_int_equal(frame_checksum_end(
						 frame_checksum_add(0, frame.bytes + 14, 20)),
				0);
	}
}

static void test_timestamp(void **state)
{
	struct path path = make_path(sources[0], LINK_ETHERNET);
	struct link_frame frame = build(&path, TEMPLATE_TIMESTAMP, targets[0], 0);
	struct frame f;

	(void)state;
	assert_int_equal(
		frame_decode(FRAME_LINK_ETHERNET, frame.bytes, frame.size, &f), FRAME_OK);
	assert_int_equal(f.icmp_type, 13);
	assert_memory_equal(f.payload, "\x12\x34\x56\x78", 4);
	transport_sums_up(&f, frame.bytes + 34, frame.size - 34u);
}

/* A table of CRC-32C made from its polynomial, to hold against the probe's own way. */
static uint32_t crc_by_table(const uint8_t *bytes, size_t n)
{
	uint32_t table[256], crc = UINT32_MAX;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0x82f63b78u : table[i] >> 1;
	}
	for (size_t i = 0; i < n; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
	return ~crc;
}

static void test_init(void **state)
{
	(void)state;
	assert_int_equal(crc_by_table((const uint8_t *)"123456789", 9), 0xe3069283u);
	for (int v = 0; v < 2; v++) {
		struct path path = make_path(sources[v], LINK_ETHERNET);
		struct link_frame frame = build(&path, TEMPLATE_INIT, targets[v], 0);
		uint8_t *sctp = frame.bytes + (v ? 54 : 34);
		uint32_t crc = 0;
		struct frame f;

		assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, frame.bytes, frame.size, &f),
			FRAME_OK);
		assert_int_equal(f.ip_protocol, 132);
		assert_int_equal(f.payload_size, TEMPLATE_INIT_SIZE);
		assert_memory_equal(sctp, "\xef\x32\x01\xbb\0\0\0\0", 8); /* ports, no tag */
		assert_memory_equal(sctp + 12, "\1\0\0\x14\x12\x34\x56\x78", 8);
		for (int i = 0; i < 4; i++) {
			crc |= (uint32_t)sctp[8 + i] << 8 * i;
			sctp[8 + i] = 0;
		}
		assert_int_equal(crc, crc_by_table(sctp, TEMPLATE_INIT_SIZE));
	}
}

static void test_bare(void **state)
{
	(void)state;
	for (int v = 0; v < 2; v++) {
		struct path path = make_path(sources[v], LINK_ETHERNET);
		struct probe probe = {.kind = TEMPLATE_BARE,
			.path = &path,
			.source = path.source,
			.port = 47,
			.cookie = 0xfedcba98};
		struct link_frame frame;
		struct frame f;

		assert_int_equal(addr_parse(targets[v], &probe.target, NULL), 0);
		assert_true(probe_build(&probe, &frame));
		assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, frame.bytes, frame.size, &f),
			FRAME_OK);
		assert_int_equal(f.kind, FRAME_IP);
		assert_int_equal(f.ip_protocol, 47);
		assert_int_equal(f.ip_id, probe_id(0xfedcba98));
		assert_int_equal(f.payload_size, 0);
		if (v == 0)
			assert_int_equal(frame_checksum_end(
						 frame_checksum_add(0, frame.bytes + 14, 20)),
				0);
	}
}

static void test_no_probe(void **state)
{
	struct path path = make_path(sources[0], LINK_IP);
	struct probe probe = {.kind = TEMPLATE_SOLICIT, .path = &path, .source = path.source};
	struct link_frame frame = {.size = 60};
	struct addr target = path.source;

	(void)state;
	assert_int_equal(addr_parse(targets[0], &probe.target, NULL), 0);
	assert_false(probe_build(&probe, &frame)); /* nobody to ask on such a link */
	probe.kind = TEMPLATE_SYN;
	assert_int_equal(addr_parse(targets[1], &probe.target, NULL), 0);
	assert_false(probe_build(&probe, &frame)); /* the other family */
	probe.kind = TEMPLATE_TIMESTAMP;
	path = make_path(sources[1], LINK_ETHERNET);
	assert_false(probe_build(&probe, &frame)); /* IPv6 has none */
	probe.kind = TEMPLATE_UDP;
	probe.data = data;
	probe.size = LINK_DATA_MAX + 1;
	assert_false(probe_build(&probe, &frame)); /* too much data */
	assert_int_equal(probe_audience(&frame, LINK_ETHERNET, &target), PROBE_NOBODY);
	assert_int_equal(target.family, 0); /* nobody is who was read before */
}

static struct link_frame build_for_link(const struct path *path, enum template_kind kind)
{
	struct probe probe = {.kind = kind,
		.path = path,
		.source = kind == TEMPLATE_LISTENERS ? probe_listeners_source : path->source,
		.target = probe_all_nodes,
		.mac = probe_all_nodes_mac,
		.cookie = 0x12345678,
		.ttl = 1};
	struct link_frame frame = {0};

	assert_true(probe_build(&probe, &frame));
	return frame;
}

/* Both frames to all nodes are what they should be, and a frame that differs from them in any
 * bit that is not our MAC, the echo's source or mark, or the checksum is none. */
static void test_all_nodes(void **state)
{
	static const enum template_kind kinds[] = {TEMPLATE_ECHO, TEMPLATE_LISTENERS};
	struct path path = make_path(sources[1], LINK_ETHERNET);
	struct addr target;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct link_frame frame = build_for_link(&path, kinds[k]);
		size_t icmp = 54 + k * 8, free_bits = 0;
		struct frame f;

		assert_int_equal(frame_decode(FRAME_LINK_ETHERNET, frame.bytes, frame.size, &f),
			FRAME_OK);
		assert_int_equal(f.icmp_type, k ? 130 : 128);
		assert_int_equal(f.ttl, 1);
		f.ip_protocol = 58;
		transport_sums_up(&f, frame.bytes + icmp, frame.size - icmp);
		assert_int_equal(probe_audience(&frame, LINK_ETHERNET, &target), PROBE_LINK);
		assert_true(addr_equal(&target, &probe_all_nodes));
		for (size_t bit = 0; bit < frame.size * 8u; bit++) {
			struct link_frame other = frame;

			other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			free_bits +=
				probe_audience(&other, LINK_ETHERNET, &target) == PROBE_LINK;
		}
		/* our MAC, checksum; of the echo its source and half of its mark, the other
		 * half stands twice */
		assert_int_equal(free_bits, 8 * (6 + 2 + (k ? 0 : 16 + 2)));
		frame.size++;
		assert_int_equal(probe_audience(&frame, LINK_ETHERNET, &target), PROBE_NOBODY);
		frame.size -= 2;
		assert_int_equal(probe_audience(&frame, LINK_ETHERNET, &target), PROBE_NOBODY);
	}
}

/* So is the question to all stations of PROFINET, of which our MAC and the number are free. */
static void test_stations(void **state)
{
	const struct mac mac = {{2, 0, 0, 0, 0, 1}};
	struct link_frame frame;
	size_t free_bits = 0;
	struct addr target;

	(void)state;
	probe_stations(&mac, 3, 0x12345678, &frame);
	assert_int_equal(frame.interface, 3);
	assert_int_equal(frame.size, 60);
	assert_memory_equal(frame.bytes, "\x01\x0e\xcf\0\0\0\2\0\0\0\0\1\x88\x92"
		"\xfe\xfe\5\0\x12\x34\x56\x78\x01\x90\0\4\xff\xff\0\0\0", 31);
	assert_int_equal(probe_audience(&frame, LINK_ETHERNET, &target), PROBE_STATIONS);
	assert_int_equal(probe_audience(&frame, LINK_IP, &target), PROBE_NOBODY);
	for (size_t bit = 0; bit < frame.size * 8u; bit++) {
		struct link_frame other = frame;
		enum probe_audience audience;

		other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		audience = probe_audience(&other, LINK_ETHERNET, &target);
		assert_true(audience == PROBE_STATIONS || audience == PROBE_NOBODY);
		free_bits += audience == PROBE_STATIONS;
	}
	assert_int_equal(free_bits, 8 * (6 + 4));
	frame.size--;
	assert_int_equal(probe_audience(&frame, LINK_ETHERNET, &target), PROBE_NOBODY);
	frame.size += 2;
	assert_int_equal(probe_audience(&frame, LINK_ETHERNET, &target), PROBE_NOBODY);
}

/* Other questions to multicast addresses are no probes. */
static void test_multicast(void **state)
{
	static const char *const groups[] = {"ff02::1", "ff02::2", "ff02::16", "ff02::fb",
		"ff05::1", "ff0e::1", "ff02::1:ff00:77"};
	struct path path = make_path(sources[1], LINK_ETHERNET);
	struct addr target;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (int kind = 0; kind < TEMPLATE_N; kind++) {
			struct probe probe = {.kind = (enum template_kind)kind,
				.path = &path,
				.source = path.source,
				.mac = probe_all_nodes_mac,
				.port = 53};
			struct link_frame frame = {0};

			assert_int_equal(addr_parse(groups[i], &probe.target, NULL), 0);
			/* a solicitation of a group goes to the group of its last bits: the
			 * scope check sees that its target is multicast */
			if (kind == TEMPLATE_SOLICIT || !probe_build(&probe, &frame))
				continue;
			assert_int_equal(
				probe_audience(&frame, LINK_ETHERNET, &target), PROBE_NOBODY);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_syn),
		cmocka_unit_test(test_echo), cmocka_unit_test(test_echo_checksum_is_constant),
		cmocka_unit_test(test_udp), cmocka_unit_test(test_timestamp),
		cmocka_unit_test(test_init), cmocka_unit_test(test_bare),
		cmocka_unit_test(test_solicitations), cmocka_unit_test(test_all_nodes),
		cmocka_unit_test(test_stations), cmocka_unit_test(test_multicast),
		cmocka_unit_test(test_no_probe)};

	return RUN(tests);
}
