/* SPDX-License-Identifier: Apache-2.0 */
/* Floods that reach every bound: memory stays what it was at birth, what goes is counted
 * exactly, and the counts close. */
#include "tests/unit/scanner/listen/talk.h"
#include "tests/unit/scanner/wire/hex.h"

static struct talk t;
static uint8_t mac = 1;

static int quiet(void **state)
{
	talk_setup(state);
	t.silent = true;
	return 0;
}

/* A TCP segment between numbers. */
static void segment(uint32_t src, uint32_t dst, uint16_t src_port, uint16_t dst_port,
	uint8_t flags, uint32_t seq, const char *payload)
{
	struct addr a = addr_v4(src), b = addr_v4(dst);

	talk_ip(&t, mac, &a, &b, 6, 64);
	packer_be16(&t.p, src_port);
	packer_be16(&t.p, dst_port);
	packer_be32(&t.p, seq);
	packer_be32(&t.p, 1);
	packer_be16(&t.p, (uint16_t)(0x5000 | flags));
	packer_zero(&t.p, 6);
	packer_bytes(&t.p, payload, strlen(payload));
	talk_send(&t);
}

enum { BASE = 0xc6120000, CLIENT = 0xc6130001 }; /* 198.18.0.0, 198.19.0.1 */

static void flows_hosts_and_relations(void **state)
{
	const uint32_t n = LISTEN_HOSTS_MAX + 5000;

	(void)state;
	for (uint32_t i = 1; i <= n; i++) {
		mac = (uint8_t)(i % 4);
		segment(0x0b000000 + i, CLIENT, 80, 50000, FRAME_SYN | FRAME_ACK, 7, "");
		mac = 200;
		if (i % 1000 == 0) /* or it would be forgotten as well */
			segment(CLIENT, 0x0b000000 + i, 50000, 80, FRAME_ACK, 8, "");
	}
	talk_end(&t);
	assert_int_equal(t.listener->counts.hosts_evicted, n + 1 - LISTEN_HOSTS_MAX);
	assert_int_equal(t.listener->counts.flows_evicted, n - LISTEN_FLOWS_MAX);
	assert_int_equal(t.listener->counts.relations_evicted, n - LISTEN_RELATIONS_MAX);
	assert_int_equal(t.listener->counts.stacks_evicted, n - LISTEN_HOSTS_MAX);
	/* each said its port, its host and its stack; a relation too, unless its server was
	 * forgotten first */
	assert_true(t.observations >= 4ull * n - t.listener->counts.hosts_evicted);
	assert_int_equal(t.observations + t.listener->counts.unplaced, 4ull * n + 1);
}

static void one_mac_has_its_share(void **state)
{
	(void)state;
	mac = 1;
	for (uint32_t i = 1; i <= LISTEN_HOSTS_PER_MAC + 77; i++)
		segment(0x0b000000 + i, CLIENT, 80, 50000, FRAME_SYN | FRAME_ACK, 7, "");
	mac = 2; /* another one is still heard; so is who was heard before */
	segment(0x0c000001, CLIENT, 80, 50000, FRAME_SYN | FRAME_ACK, 7, "");
	mac = 1;
	segment(0x0b000001, CLIENT, 80, 50000, FRAME_SYN | FRAME_ACK, 7, "");
	assert_int_equal(t.listener->counts.over_budget, 77);
	assert_int_equal(t.listener->counts.taken, LISTEN_HOSTS_PER_MAC + 2);
	talk_end(&t);
	assert_int_equal(t.listener->counts.hosts_evicted, 0);
}

static void streams(void **state)
{
	const uint32_t n = LISTEN_STREAMS_MAX + 100;

	(void)state;
	for (uint32_t i = 1; i <= n; i++) {
		segment(BASE + i, CLIENT, 22, 50000, FRAME_SYN | FRAME_ACK, 7, "");
		segment(BASE + i, CLIENT, 22, 50000, FRAME_ACK, 8, "SSH-2.0-un");
	}
	assert_int_equal(t.listener->counts.streams_evicted, 100);
	talk_end(&t);
	assert_int_equal(t.listener->counts.streams_evicted, 100);
}

static void a_stream_that_is_full(void **state)
{
	char block[1001];
	uint32_t seq = 8;

	(void)state;
	memset(block, 'x', 1000);
	block[1000] = 0;
	segment(BASE, CLIENT, 9999, 50000, FRAME_SYN | FRAME_ACK, 7, "");
	for (int i = 0; i < 20; i++, seq += 1000)
		segment(BASE, CLIENT, 9999, 50000, FRAME_ACK, seq, block);
	/* far outside the window: never stored */
	segment(BASE, CLIENT, 9999, 50000, FRAME_ACK, 0x80000000, block);
	talk_end(&t);
}

static void names(void **state)
{
	const uint32_t n = LISTEN_NAMES_MAX + 100;
	struct end resolver = {"198.18.0.53", 53, 4, 64}, client = {"198.18.0.2", 50000, 2, 64};
	struct hex h = hex("0001 8000 0000 0001 0000 0000 08 6161616161616161 04 74657374 00"
			   "0001 0001 00000000 0004 c6120035");

	(void)state;
	for (uint32_t i = 0; i < n; i++) {
		for (int digit = 0; digit < 8; digit++)
			h.bytes[13 + digit] = (uint8_t)('a' + (i >> 4 * digit & 15));
		talk_udp(&t, &resolver, &client, h.bytes, h.n);
	}
	assert_int_equal(table_size(t.listener->names), LISTEN_NAMES_MAX);
	talk_end(&t);
	assert_int_equal(t.listener->counts.names_evicted, 100);
}

static void leases_and_neighbours(void **state)
{
	struct end nobody = {"0.0.0.0", 68, 0xaa, 64}, all = {"255.255.255.255", 67, 0, 0};
	uint8_t bootp[236] = {1, 1, 6, 0};
	struct hex lldp = hex("0207 04 020000000000 0404 05 476932 0602 0078 0000");

	(void)state;
	for (uint32_t i = 1; i <= LISTEN_LEASES_MAX + 7; i++) {
		bootp[32] = (uint8_t)(i >> 8);
		bootp[33] = (uint8_t)i;
		talk_udp(&t, &nobody, &all, bootp, sizeof(bootp));
	}
	for (uint32_t i = 0; i < LISTEN_NEIGHBOURS_MAX + 9; i++) {
		lldp.bytes[7] = (uint8_t)(i >> 8);
		lldp.bytes[8] = (uint8_t)i;
		talk_ethernet(&t, 1, 0x0e, 0x88cc);
		packer_bytes(&t.p, lldp.bytes, lldp.n);
		talk_send(&t);
	}
	talk_end(&t);
	assert_int_equal(t.listener->counts.leases_evicted, 7);
	assert_int_equal(t.listener->counts.neighbours_evicted, 9);
	assert_int_equal(t.observations, 1); /* all of one MAC, which says the same each time */
}

static void observations(void **state)
{
	const uint32_t extra = 1000;

	(void)state;
	for (uint32_t i = 1; i <= LISTEN_OBSERVATIONS_MAX + extra; i++) {
		struct addr a = addr_v4(0x0b000000 + i), b = addr_v4(CLIENT);

		talk_ip(&t, (uint8_t)(i % 200), &a, &b, 1, 64);
		packer_be64(&t.p, 0x0800000000010001);
		talk_send(&t);
	}
	talk_end(&t);
	assert_int_equal(t.observations, LISTEN_OBSERVATIONS_MAX);
	assert_int_equal(t.listener->counts.over_limit, extra);
}

/* Asked for less room, every table lets go as soon as that is full. */
static void little_room(void **state)
{
	const struct listen_options options = {.seed = 1, .room = 8};
	const uint32_t n = 100;

	(void)state;
	listener_free(t.listener);
	assert_int_equal(listener_new(&options, &t.sink, &t.listener, NULL), 0);
	for (uint32_t i = 1; i <= n; i++) {
		segment(BASE + i, CLIENT, 22, 50000, FRAME_SYN | FRAME_ACK, 7, "");
		segment(BASE + i, CLIENT, 22, 50000, FRAME_ACK, 8, "SSH-2.0-un");
	}
	assert_int_equal(table_size(t.listener->hosts), 8);
	assert_int_equal(table_size(t.listener->flows), 8);
	talk_end(&t);
	assert_int_equal(t.listener->counts.flows_evicted, n - 8);
}

#define TEST(f) cmocka_unit_test_prestate_setup_teardown(f, quiet, talk_teardown, &t)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flows_hosts_and_relations),
		TEST(one_mac_has_its_share),
		TEST(streams),
		TEST(a_stream_that_is_full),
		TEST(names),
		TEST(leases_and_neighbours),
		TEST(observations),
		TEST(little_room),
	};

	return RUN(tests);
}
