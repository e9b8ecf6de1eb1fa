/* SPDX-License-Identifier: Apache-2.0 */
/* What the listener concludes from conversations, and what it leaves unsaid. */
#include "scanner/protocol/neighbour.h"
#include "tests/unit/scanner/listen/talk.h"
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#define BANNER "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"
#define SIZE(text) text, sizeof(text) - 1

static const struct end client = {"198.18.0.2", 50000, 2, 64};
static const struct end server = {"198.18.0.1", 22, 1, 64};
static struct talk t;

static void handshake(const struct end *from, const struct end *to)
{
	talk_tcp(&t, from, to, FRAME_SYN, 1000, 0, NULL, 0);
	talk_tcp(&t, to, from, FRAME_SYN | FRAME_ACK, 5000, 1001, NULL, 0);
	talk_tcp(&t, from, to, FRAME_ACK, 1001, 5001, NULL, 0);
}

static void a_connection(void **state)
{
	(void)state;
	handshake(&client, &server);
	talk_tcp(&t, &server, &client, FRAME_ACK, 5001, 1001, SIZE(BANNER));
	talk_tcp(&t, &server, &client, FRAME_ACK | FRAME_FIN, 5001 + sizeof(BANNER) - 1, 1001,
		NULL, 0);
	talk_end(&t);
	assert_true(talk_said(&t, "port 198.18.0.1 tcp/22"));
	assert_true(talk_mentions(&t, "service 198.18.0.1 tcp/22 ssh"));
	assert_true(talk_said(
		&t, "link 198.18.0.2>198.18.0.1 tcp/22 ssh layer=flow port=22 protocol=ssh"));
	assert_true(talk_said(&t, "host 198.18.0.1 02:00:00:00:00:01"));
	assert_true(talk_said(&t, "host 198.18.0.2 02:00:00:00:00:02"));
	assert_false(talk_mentions(&t, "/50000"));
}

static void said_once(void **state)
{
	struct end again = client;
	uint64_t before;

	(void)state;
	for (int i = 0; i < 10; i++) {
		again.port++;
		handshake(&again, &server);
		talk_tcp(&t, &server, &again, FRAME_ACK, 5001, 1001, SIZE(BANNER));
		talk_tcp(&t, &server, &again, FRAME_ACK | FRAME_FIN, 5001 + sizeof(BANNER) - 1,
			1001, NULL, 0);
		if (i == 0)
			before = t.observations;
	}
	assert_int_equal(t.observations, before);
	assert_true(t.listener->counts.repeated >= 18);
	talk_end(&t);
}

static void bytes_out_of_order(void **state)
{
	(void)state;
	handshake(&client, &server);
	/* the end first, a repetition with other bytes, then the beginning */
	talk_tcp(&t, &server, &client, FRAME_ACK, 5001 + 8, 1001,
		SIZE("OpenSSH_9.2p1 Debian-2\r\n"));
	talk_tcp(&t, &server, &client, FRAME_ACK, 5001 + 8, 1001, SIZE("XXXXXXXX"));
	talk_tcp(&t, &server, &client, FRAME_ACK, 5001, 1001, SIZE("SSH-2.0-"));
	talk_tcp(&t, &server, &client, FRAME_RST, 5100, 0, NULL, 0);
	talk_end(&t);
	assert_true(talk_mentions(&t, "OpenSSH_9.2p1 Debian-2"));
	assert_false(talk_mentions(&t, "XXXX"));
}

static void sequence_numbers_wrap(void **state)
{
	(void)state;
	talk_tcp(&t, &client, &server, FRAME_SYN, UINT32_MAX, 0, NULL, 0);
	talk_tcp(&t, &server, &client, FRAME_SYN | FRAME_ACK, UINT32_MAX - 3, 0, NULL, 0);
	talk_tcp(&t, &server, &client, FRAME_ACK, UINT32_MAX - 2, 0, SIZE("SSH-2.0-"));
	talk_tcp(&t, &server, &client, FRAME_ACK, 5, 0, SIZE("Wrapped_1.0\r\n"));
	talk_tcp(&t, &client, &server, FRAME_RST, 5, 0, NULL, 0);
	talk_end(&t);
	assert_true(talk_mentions(&t, "service 198.18.0.1 tcp/22 ssh"));
	assert_true(talk_mentions(&t, "Wrapped_1.0"));
}

static void without_an_answer_nothing_is_open(void **state)
{
	(void)state;
	talk_tcp(&t, &client, &server, FRAME_SYN, 1000, 0, NULL, 0);
	talk_tcp(&t, &server, &client, FRAME_RST | FRAME_ACK, 0, 1001, NULL, 0);
	talk_end(&t);
	assert_false(talk_mentions(&t, "port "));
	assert_false(talk_mentions(&t, "link "));
	assert_true(talk_mentions(&t, "host 198.18.0.1"));
}

static void a_stream_joined_midway(void **state)
{
	struct end elsewhere = server;

	(void)state;
	/* on its own port a protocol is believed, on another one it is not */
	talk_tcp(&t, &server, &client, FRAME_ACK, 777, 1, SIZE(BANNER));
	elsewhere.port = 4022;
	talk_tcp(&t, &elsewhere, &client, FRAME_ACK, 777, 1, SIZE(BANNER));
	talk_end(&t);
	assert_true(talk_said(&t, "port 198.18.0.1 tcp/22"));
	assert_false(talk_mentions(&t, "4022"));
}

static void a_new_connection_on_the_same_ports(void **state)
{
	(void)state;
	handshake(&client, &server);
	talk_tcp(&t, &client, &server, FRAME_SYN, 1000, 0, NULL, 0); /* the same, late */
	talk_tcp(&t, &server, &client, FRAME_ACK, 5001, 1001, SIZE("SSH-2.0-First\r\n"));
	talk_tcp(&t, &client, &server, FRAME_SYN, 90000, 0, NULL, 0);
	talk_tcp(&t, &server, &client, FRAME_SYN | FRAME_ACK, 70000, 90001, NULL, 0);
	talk_tcp(&t, &server, &client, FRAME_ACK, 70001, 90001, SIZE("SSH-2.0-Second\r\n"));
	talk_end(&t);
	assert_true(talk_mentions(&t, "First"));
	assert_true(talk_mentions(&t, "Second"));
}

static void services_per_port_are_bounded(void **state)
{
	struct end again = client;
	char banner[32];
	int n, lines = 0;

	(void)state;
	for (int i = 0; i < LISTEN_SERVICES_PER_PORT + 5; i++) {
		again.port++;
		handshake(&again, &server);
		n = snprintf(banner, sizeof(banner), "SSH-2.0-Version_%d\r\n", i);
		talk_tcp(&t, &server, &again, FRAME_ACK, 5001, 1001, banner, (size_t)n);
		talk_tcp(&t, &server, &again, FRAME_ACK | FRAME_FIN, 5001 + (uint32_t)n, 1001,
			NULL, 0);
	}
	talk_end(&t);
	for (const char *at = t.said.data; (at = strstr(at, "service ")); at++)
		lines++;
	assert_int_equal(lines, LISTEN_SERVICES_PER_PORT);
	assert_int_equal(t.listener->counts.over_limit, 5);
}

static void a_router_does_not_lend_its_mac(void **state)
{
	static const struct end far1 = {"203.0.113.1", 80, 9, 57},
				far2 = {"203.0.113.2", 80, 9, 49};
	static const struct end fresh1 = {"203.0.113.3", 80, 8, 64},
				fresh2 = {"203.0.113.4", 80, 8, 128};

	(void)state;
	talk_udp(&t, &far1, &client, SIZE("x"));
	talk_udp(&t, &far2, &client, SIZE("x"));
	/* two addresses with fresh TTLs from one MAC: something rewrites them */
	talk_udp(&t, &fresh1, &client, SIZE("x"));
	talk_udp(&t, &fresh2, &client, SIZE("x"));
	talk_arp(&t, 9, "198.18.0.254", "198.18.0.2");
	talk_end(&t);
	for (const char *const *line = (const char *const[]){"host 203.0.113.1",
		     "host 203.0.113.2", "host 203.0.113.3", "host 203.0.113.4",
		     "host 198.18.0.254 02:00:00:00:00:09", NULL};
		*line; line++)
		assert_true(talk_said(&t, *line));
}

static void one_address_behind_a_router(void **state)
{
	static const struct end far = {"203.0.113.1", 80, 9, 128};

	(void)state;
	/* a TTL that looks fresh, but the MAC says that another address is its own */
	talk_udp(&t, &far, &client, SIZE("x"));
	talk_arp(&t, 9, "198.18.0.254", "198.18.0.2");
	talk_end(&t);
	assert_true(talk_said(&t, "host 203.0.113.1"));
}

static void who_answers_arp_for_all_owns_none(void **state)
{
	char addr[32];

	(void)state;
	talk_arp(&t, 5, "198.18.1.1", "198.18.1.2");
	for (int i = 1; i <= LISTEN_MAC_ADDRESSES_MAX + 1; i++) {
		snprintf(addr, sizeof(addr), "198.18.0.%d", i);
		talk_arp(&t, 7, addr, "198.18.0.200");
	}
	talk_end(&t);
	assert_true(talk_said(&t, "host 198.18.1.1 02:00:00:00:00:05"));
	assert_false(talk_mentions(&t, "02:00:00:00:00:07"));
}

static void an_address_that_moves(void **state)
{
	(void)state;
	talk_arp(&t, 5, "198.18.0.7", "198.18.0.2");
	talk_arp(&t, 6, "198.18.0.7", "198.18.0.2");
	talk_end(&t);
	assert_true(talk_said(&t, "host 198.18.0.7 02:00:00:00:00:05"));
	assert_true(talk_said(&t, "host 198.18.0.7 02:00:00:00:00:06"));
}

static void groups_and_martians_are_no_assets(void **state)
{
	static const char *const martians[] = {
		"224.0.0.1", "255.255.255.255", "0.1.2.3", "240.0.0.1", "127.0.0.1"};
	struct end from = {NULL, 1000, 3, 64}, mdns = {"224.0.0.251", 5353, 0, 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(martians); i++) {
		from.addr = martians[i];
		talk_udp(&t, &from, &client, SIZE("x"));
	}
	assert_int_equal(t.listener->counts.martian, ARRAY_SIZE(martians));
	talk_udp(&t, &client, &mdns, SIZE("xxxxxxxxxxxx"));
	from.addr = "0.0.0.0"; /* who has no address yet */
	talk_udp(&t, &from, &mdns, SIZE("x"));
	assert_int_equal(t.listener->counts.taken, 2);
	talk_end(&t);
	assert_string_equal(t.said.data, "host 198.18.0.2 02:00:00:00:00:02\n");
}

static void names_only_of_the_heard(void **state)
{
	static const struct end resolver = {"198.18.0.53", 53, 4, 64};
	static const struct end web = {"198.18.0.80", 443, 5, 64};
	struct hex h = hex(SAMPLE_DNS);

	(void)state;
	talk_udp(&t, &client, &resolver, SIZE("no question, but it is heard"));
	talk_udp(&t, &resolver, &client, h.bytes, h.n);
	talk_udp(&t, &web, &client, SIZE("x"));
	talk_end(&t);
	assert_true(talk_said(&t, "name 198.18.0.80 name=web.power.test source=dns"));
	assert_true(talk_said(&t, "name 198.18.0.80 name=www.power.test source=dns"));
	assert_false(talk_mentions(&t, "2001:db8::50"));
	assert_int_equal(t.listener->counts.unplaced, 2); /* both names of the one not heard */
	assert_true(talk_said(&t, "port 198.18.0.53 udp/53"));
	assert_true(talk_mentions(&t, "link 198.18.0.2>198.18.0.53 udp/53"));
}

static void a_lease(void **state)
{
	static const struct end nobody = {"0.0.0.0", 68, 0xaa, 64},
				all = {"255.255.255.255", 67, 0, 0};
	static const struct end granter = {"198.18.0.1", 67, 1, 64},
				asker = {"198.18.0.99", 68, 0, 0};
	struct hex request = hex(SAMPLE_DHCP),
		   answer = hex(SAMPLE_DHCP_HEADER(
			   "02") "3501 05"
				 "3604 c6120001 0104 ffffff00 0304 c61200fe ff");

	(void)state;
	talk_udp(&t, &nobody, &all, request.bytes, request.n);
	talk_udp(&t, &granter, &asker, answer.bytes, answer.n);
	talk_end(&t);
	assert_true(talk_said(&t, "host 198.18.0.99 02:00:00:00:00:aa"));
	assert_true(talk_said(&t, "name 198.18.0.99 name=plc1 source=dhcp"));
	assert_true(talk_said(&t, "key 198.18.0.99 02:00:00:00:00:aa type=dhcp.client-id "
				  "value=01:02:00:00:00:00:aa"));
	assert_true(talk_said(&t, "fact 198.18.0.99 02:00:00:00:00:aa dhcp.vendor-class=MSFT "
				  "dhcp.parameters=1,3,15,6"));
	assert_true(talk_said(&t, "port 198.18.0.1 udp/67"));
	assert_true(talk_said(&t, "fact 198.18.0.1 dhcp.server=yes dhcp.netmask=255.255.255.0 "
				  "dhcp.router=198.18.0.254"));
	assert_true(talk_said(&t,
		"link 198.18.0.99>198.18.0.1 udp/67 dhcp layer=flow port=67 protocol=dhcp"));
}

static void an_answer_alone_shows_no_client(void **state)
{
	static const struct end granter = {"198.18.0.1", 67, 1, 64},
				asker = {"198.18.0.99", 68, 0, 0};
	struct hex answer = hex(SAMPLE_DHCP_HEADER("02") "3501 05 3604 c6120001 ff");

	(void)state;
	talk_udp(&t, &granter, &asker, answer.bytes, answer.n);
	talk_end(&t);
	assert_false(talk_mentions(&t, "198.18.0.99"));
}

static void send_lldp(uint8_t mac, const char *text)
{
	struct hex h = hex(text);

	talk_ethernet(&t, mac, 0x0e, 0x88cc);
	packer_bytes(&t.p, h.bytes, h.n);
	talk_send(&t);
}

static void two_stations_are_neighbours(void **state)
{
	(void)state;
	send_lldp(0x11, SAMPLE_LLDP);
	/* the other has no management address: its MAC tells */
	send_lldp(0x12, "0207 04 020000000020 0404 05 476932 0602 0078 0000");
	talk_arp(&t, 0x12, "198.18.0.12", "198.18.0.1");
	talk_end(&t);
	assert_true(talk_said(
		&t, "link 198.18.0.1>198.18.0.12 layer=l2 source=lldp port=Gi1 peer.port=Gi2"));
	assert_true(talk_said(&t, "key 198.18.0.1 type=lldp.chassis value=02:00:00:00:00:10"));
	assert_true(talk_said(&t, "name 198.18.0.1 name=sw-a1 source=lldp"));
	assert_true(talk_mentions(&t, "fact 198.18.0.1 lldp.description=OS 1.0 lldp.port=Gi1 "
				      "lldp.capabilities=router"));
}

static void three_stations_are_not(void **state)
{
	(void)state;
	send_lldp(0x11, SAMPLE_LLDP);
	send_lldp(0x12,
		"0207 04 020000000020 0404 05 476932 0602 0078 100c 05 01 c6120002 02 00000001"
		"00 0000");
	send_lldp(0x13, "0207 04 020000000030 0404 05 476933 0602 0078 0000");
	talk_end(&t);
	assert_false(talk_mentions(&t, "layer=l2"));
	/* nobody knows an address of the third */
	assert_true(talk_mentions(&t, "fact - 02:00:00:00:00:13 lldp.port=Gi3 source=lldp"));
	assert_int_equal(t.listener->counts.unplaced, 0);
}

static void send_dcp(uint8_t mac, uint8_t to, const char *text)
{
	struct hex h = hex(text);

	talk_ethernet(&t, mac, to, 0x8892);
	packer_bytes(&t.p, h.bytes, h.n);
	talk_send(&t);
}

/* What stations of PROFINET answer, in pieces too; what they ask for; what is ordered of
 * them. */
static void stations_of_profinet(void **state)
{
	(void)state;
	send_dcp(0x21, 0x11, SAMPLE_DCP);
	send_dcp(0x21, 0x11, "fefd 03 01 00000009 0000 000b 0202 0007 0000 6574323031 00");
	send_dcp(0x22, 0x11,
		"feff 05 01 00000007 0000 001a 0202 0006 0000 70756d70 0203 0006 0000 00b0 0001"
		"0204 0002 0000");
	send_dcp(0x11, 0xcf, "fefe 05 00 00000007 0001 000c 0202 0007 73776974636833 00");
	send_dcp(0x11, 0xcf, "fefe 05 00 00000008 0001 0008 0202 0004 70756d70");
	send_dcp(0x11, 0xcf, "fefe 05 00 00000009 0001 0008 0202 0004 70756d70");
	send_dcp(0x11, 0x22, "fefd 04 00 00000007 0000 0008 0202 0004 0001 6e6f");
	send_dcp(0x11, 0x22, "c002 80 80 00 00 00 01"); /* values of the process */
	send_dcp(0x11, 0x22, "feff 05 01 00000007 0000 ffff");
	talk_end(&t);
	assert_true(talk_mentions(&t, "host 198.18.3.7 02:00:00:00:00:21"));
	assert_true(talk_mentions(&t,
		"fact 198.18.3.7 dcp.name=et201 dcp.type=ET 200SP dcp.vendor_id=42 "
		"dcp.device_id=787 dcp.role=device supervisor dcp.gateway=198.18.3.1 source=dcp"));
	assert_true(talk_said(&t, "name 198.18.3.7 name=et201 source=dcp"));
	assert_true(talk_mentions(&t,
		"fact - 02:00:00:00:00:22 dcp.name=pump dcp.vendor_id=176 dcp.device_id=1 "
		"source=dcp"));
	assert_true(
		talk_said(&t, "fact - 02:00:00:00:00:11 dcp.sought=switch3 pump source=dcp"));
	assert_false(talk_mentions(&t, "=no"));
	assert_int_equal(t.listener->counts.unread, 1);
	assert_int_equal(t.listener->counts.messages_refused, 1);
}

static void sampled_values(void **state)
{
	struct hex h = hex(SAMPLE_SV);

	(void)state;
	for (int i = 0; i < 3; i++) {
		talk_ethernet(&t, 0x31, 0x04, 0x88ba);
		packer_bytes(&t.p, h.bytes, h.n);
		talk_send(&t);
	}
	talk_end(&t);
	assert_true(talk_said(&t,
		"fact - 02:00:00:00:00:31 sv.id=MU0101 sv.data-set=MU/LLN0$P sv.appid=16384 "
		"sv.rate=80 sv.synchronised=global source=sv"));
	assert_int_equal(t.observations, 1);
}

/* CDP through a tunnel is of who sends it; what else is in one is not looked at. */
static void through_a_tunnel(void **state)
{
	struct hex cdp = hex(SAMPLE_CDP);
	struct addr a = addr_v4(0xc6120401), b = addr_v4(0xc6120402);

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		talk_ip(&t, 0x41, &a, &b, 47, 255);
		packer_be16(&t.p, kind == 1 ? 0x2001 : 0x2000);
		packer_be16(&t.p, kind == 2 ? 0x0800 : 0x2000);
		packer_be32(&t.p, 7); /* key */
		packer_bytes(&t.p, cdp.bytes, kind == 3 ? cdp.n : kind ? 0 : cdp.n - 1);
		talk_send(&t);
	}
	talk_end(&t);
	assert_int_equal(t.listener->counts.messages, 2);
	assert_int_equal(t.listener->counts.messages_read, 1);
	assert_true(talk_mentions(&t, "fact 198.18.4.1 "));
}

/* As much of the software as agents tell of their neighbours' (scanner/protocol/walk.h). */
static void software_that_is_long(void **state)
{
	struct addr a = addr_v4(0xc6120401), b = addr_v4(0xc6120402);
	char wanted[NEIGHBOUR_DESCRIPTION_MAX + 32] = "cdp.software=";

	(void)state;
	talk_ip(&t, 0x41, &a, &b, 47, 255);
	packer_be32(&t.p, 0x20002000);
	packer_be32(&t.p, 7);
	packer_be32(&t.p, 0x02b40000);
	packer_bytes(&t.p, "\0\1\0\6R1\0\5", 8); /* device, software */
	packer_be16(&t.p, 4 + 600);
	for (int i = 0; i < 600; i++)
		packer_u8(&t.p, 'x');
	talk_send(&t);
	talk_end(&t);
	memset(wanted + strlen(wanted), 'x', NEIGHBOUR_DESCRIPTION_MAX);
	assert_true(talk_mentions(&t, wanted));
	wanted[strlen(wanted)] = 'x';
	assert_false(talk_mentions(&t, wanted));
}

/* The names of a device's points, over many answers, in the order of hearing; and more than one
 * value has room for. */
static void told_in_pieces(void **state)
{
	struct end device = {"198.18.0.7", 47808, 0x17, 64},
		   asker = {"198.18.0.8", 47808, 0x18, 64};
	uint8_t ack[] = {0x81, 0x0a, 0, 0x1d, 1, 0, 0x30, 1, 0x0c, 0x0c, 0, 0, 0, 0, 0x19, 0x4d,
		0x3e, 0x75, 9, 0, 'p', 'o', 'i', 'n', 't', '0', '0', '0', 0x3f};

	(void)state;
	for (int i = 299; i >= 0; i--) {
		ack[13] = (uint8_t)i;
		ack[12] = (uint8_t)(i >> 8);
		for (int k = 27, n = i; k > 24; k--, n /= 10)
			ack[k] = (uint8_t)('0' + n % 10);
		for (int again = 0; again < 2; again++)
			talk_udp(&t, &device, &asker, ack, sizeof(ack));
	}
	talk_end(&t);
	assert_true(talk_mentions(
		&t, "bacnet.objects=analog-input,299 point299; analog-input,298 point298; "));
	assert_true(talk_mentions(&t, " bacnet.objects.2=analog-input,"));
	assert_true(talk_mentions(&t, "; analog-input,0 point000"));
	assert_false(talk_mentions(&t, "bacnet.name"));
}

static void stations_of_different_times_are_not(void **state)
{
	(void)state;
	send_lldp(0x11, SAMPLE_LLDP);
	t.time_us += 121 *
		     1000000LL; /* the first has been forgotten by then: captures were joined */
	send_lldp(0x12,
		"0207 04 020000000020 0404 05 476932 0602 0078 100c 05 01 c6120002 02 00000001"
		"00 0000");
	talk_end(&t);
	assert_true(talk_mentions(&t, "key 198.18.0.2"));
	assert_false(talk_mentions(&t, "layer=l2"));
}

static void an_answer_to_nobody_is_no_link(void **state)
{
	(void)state;
	/* a SYN-ACK to an address that never says anything */
	talk_tcp(&t, &server, &client, FRAME_SYN | FRAME_ACK, 5000, 1001, NULL, 0);
	talk_end(&t);
	assert_true(talk_said(&t, "port 198.18.0.1 tcp/22"));
	assert_false(talk_mentions(&t, "link "));
	assert_int_equal(t.listener->counts.unplaced, 1);
}

static void ordinary_answers_of_control_protocols(void **state)
{
	static const struct {
		enum transport transport;
		uint16_t port;
		const char *bytes, *name;
	} cases[] = {
		{TRANSPORT_TCP, 502, "0001 0000 0007 01 03 04 0001 0002", "modbus"},
		{TRANSPORT_TCP, 502, "0001 0000 0007 01 03 04 0001", NULL},
		{TRANSPORT_TCP, 503, "0001 0000 0007 01 03 04 0001 0002", NULL},
		{TRANSPORT_TCP, 502, "0001 0100 0007 01 03 04 0001 0002", NULL},
		{TRANSPORT_TCP, 2404, "68 04 43 00 00 00", "iec104"},
		{TRANSPORT_TCP, 2404, "68 05 43 00 00 00 00", NULL},
		{TRANSPORT_TCP, 2404, "16 03 01 00 05 01", NULL},
		{TRANSPORT_TCP, 20000, "0564 05 0b 0300 0100 86a9", "dnp3"},
		{TRANSPORT_TCP, 20000, "0564 05 c9 0300 0100 86a9", NULL}, /* from a master */
		{TRANSPORT_UDP, 47808, "810a 0008 0100 1000", "bacnet"},
		{TRANSPORT_UDP, 47808, "810a 0009 0100 1000", NULL},
		{TRANSPORT_TCP, 102, "0300 001b 02f080 32 03 0000", "s7"},
		{TRANSPORT_TCP, 102, "0300 001b 02f080 01 00 0100", "mms"},
		{TRANSPORT_TCP, 102, "0300 001b 02f080 55 03 0000", NULL},
		{TRANSPORT_TCP, 4840, "41434b46 1c000000", "opcua"},
		{TRANSPORT_TCP, 4840, "48454c46 1c000000", NULL}, /* from a client */
		{TRANSPORT_UDP, 5094, "01 01 00 00 0001 0008", "hart-ip"},
		{TRANSPORT_TCP, 4712, "aa 01 0012 00", "synchrophasor"},
		{TRANSPORT_UDP, 9600, "c0 00 02 000000 000000 01 0101 0000", "fins"},
		{TRANSPORT_UDP, 9600, "80 00 02 000000 000000 01 0101 0000",
			NULL}, /* a command */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct hex h = hex(cases[i].bytes);
		const char *name =
			traffic_recognise(cases[i].transport, cases[i].port, h.bytes, h.n);

		if (cases[i].name)
			assert_string_equal(name, cases[i].name);
		else
			assert_null(name);
	}
}

static void neighbour_discovery(void **state)
{
	struct addr router = talk_addr("fe80::1"), all = talk_addr("ff02::1");
	struct hex h = hex(SAMPLE_NDP);

	(void)state;
	for (uint8_t hops = 254; hops; hops++) { /* 254: passed a router, not to be believed */
		talk_ip(&t, 0xcc, &router, &all, 58, hops);
		packer_be32(&t.p, 0x86000000);
		packer_bytes(&t.p, h.bytes, h.n);
		talk_send(&t);
	}
	talk_end(&t);
	assert_int_equal(t.listener->counts.messages_refused, 1);
	assert_int_equal(t.listener->counts.messages_read, 1);
	assert_true(talk_said(&t, "host fe80::1 02:00:00:00:00:cc"));
	assert_true(talk_said(&t, "fact fe80::1 ndp.router=yes ndp.prefixes=2001:db8:1::/64"));
}

static int refuse(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context;
	(void)obs;
	return error_set(reterr, ERROR_SYSTEM, "disk full");
}

static void a_sink_that_refuses(void **state)
{
	const struct listen_options options = {.seed = 0};
	const struct observation_sink sink = {refuse, NULL};
	struct listener *l;
	struct error error;
	int r;

	(void)state;
	handshake(&client, &server); /* the frame in t is the last one of it */
	assert_int_equal(listener_new(&options, &sink, &l, NULL), 0);
	talk_arp(&t, 1, "198.18.0.1", "198.18.0.2");
	assert_int_equal(
		listener_frame(l, FRAME_LINK_ETHERNET, t.frame, t.p.pos, 1, &error), 0);
	r = listener_finish(l, &error); /* what was heard is said now */
	assert_int_equal(r, ERROR_SYSTEM);
	assert_string_equal(error.text, "disk full");
	listener_free(l);
	listener_free(NULL);
}

#define TEST(f) TALK_TEST(f, &t)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_connection),
		TEST(said_once),
		TEST(bytes_out_of_order),
		TEST(sequence_numbers_wrap),
		TEST(without_an_answer_nothing_is_open),
		TEST(a_stream_joined_midway),
		TEST(a_new_connection_on_the_same_ports),
		TEST(services_per_port_are_bounded),
		TEST(a_router_does_not_lend_its_mac),
		TEST(one_address_behind_a_router),
		TEST(who_answers_arp_for_all_owns_none),
		TEST(an_address_that_moves),
		TEST(groups_and_martians_are_no_assets),
		TEST(names_only_of_the_heard),
		TEST(a_lease),
		TEST(an_answer_alone_shows_no_client),
		TEST(two_stations_are_neighbours),
		TEST(three_stations_are_not),
		TEST(stations_of_different_times_are_not),
		TEST(stations_of_profinet),
		TEST(sampled_values),
		TEST(through_a_tunnel),
		TEST(software_that_is_long),
		TEST(told_in_pieces),
		TEST(an_answer_to_nobody_is_no_link),
		TEST(ordinary_answers_of_control_protocols),
		TEST(neighbour_discovery),
		TEST(a_sink_that_refuses),
	};

	return RUN(tests);
}
