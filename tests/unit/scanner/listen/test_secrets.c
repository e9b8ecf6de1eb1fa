/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is overheard holds other people's secrets: passwords, communities, cookies, sessions.
 * None of them may be kept, neither as an attribute nor in the bytes that prove a statement.
 */
#include "tests/unit/scanner/listen/talk.h"
#include "tests/unit/scanner/wire/hex.h"

#define SECRET "Xq7-Wonder"
#define SIZE(text) text, sizeof(text) - 1

static const char secret[] = SECRET;

struct ear {
	struct talk talk;
	struct observation_sink sink;
	size_t services;
	bool known; /* something that must be kept was said */
	const char *wanted;
};

static int listen_for(void *context, const struct observation *obs, struct error *reterr)
{
	struct ear *ear = context;

	(void)reterr;
	assert_true(!obs->raw || !memmem(obs->raw, obs->raw_size, secret, sizeof(secret) - 1));
	for (size_t i = 0; i < obs->n_attributes; i++) {
		assert_null(strstr(obs->attributes[i].value, secret));
		if (ear->wanted && strstr(obs->attributes[i].value, ear->wanted))
			ear->known = true;
	}
	ear->services += obs->kind == OBSERVATION_SERVICE;
	ear->talk.observations++;
	return 0;
}

static void begin(struct ear *ear, const char *wanted)
{
	const struct listen_options options = {.seed = 1};

	*ear = (struct ear){.wanted = wanted};
	ear->talk.said = STR_INIT(65536);
	ear->talk.time_us = 1000000;
	ear->sink = (struct observation_sink){listen_for, ear};
	assert_int_equal(listener_new(&options, &ear->sink, &ear->talk.listener, NULL), 0);
}

static void end(struct ear *ear)
{
	talk_end(&ear->talk);
	assert_true(ear->services > 0);
	assert_true(!ear->wanted || ear->known);
	talk_free(&ear->talk);
}

/* A connection: who speaks first, then the other, then the first again. */
static const struct {
	uint16_t port;
	bool server_first;
	const char *first, *second, *third, *wanted;
} streams[] = {
	{21, true, "220 ProFTPD Server ready.\r\n", "USER joe\r\nPASS " SECRET "\r\n",
		"331 Password required for joe\r\n230 User joe logged in\r\n", "ProFTPD"},
	{23, true, "\xff\xfd\x18\r\nSwitch seven\r\nlogin: ", "joe\r\n" SECRET "\r\n",
		"joe\r\nPassword: \r\n# show run\r\nenable secret " SECRET "\r\n",
		"Switch seven"},
	{110, true, "+OK Dovecot ready.\r\n", "USER joe\r\nPASS " SECRET "\r\n",
		"+OK\r\n+OK Logged in.\r\n+OK\r\nSubject: " SECRET "\r\n", "Dovecot"},
	{143, true, "* OK Dovecot ready.\r\n", "a LOGIN joe " SECRET "\r\n",
		"a OK Logged in\r\n* 1 FETCH (BODY " SECRET ")\r\n", "Dovecot"},
	{80, false,
		"GET / HTTP/1.1\r\nAuthorization: Basic " SECRET "\r\nCookie: id=" SECRET
		"\r\n\r\n",
		"HTTP/1.1 200 OK\r\nServer: thing/7\r\nSet-Cookie: JSESSIONID=" SECRET
		"; Path=/\r\nset-cookie: " SECRET "\r\nX-Auth-Token: " SECRET
		"\r\n\r\n<html><title>Boiler</title>"
		"<p>" SECRET,
		"", "Boiler"},
	{8080, false, "GET /key HTTP/1.1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nServer: thing/7\r\nContent-Length: 10\r\n\r\n" SECRET, "",
		"thing/7"},
	{6379, false, "PING\r\n", "+PONG\r\n$10\r\n" SECRET "\r\n", "AUTH " SECRET "\r\n",
		NULL},
	{6379, false, "AUTH " SECRET "\r\n", "-ERR invalid password\r\n$10\r\n" SECRET "\r\n",
		"", "invalid password"},
	{1883, false, "\x10\x1c\0\4MQTT\4\302\0<\0\1a\0\1b\0\12" SECRET,
		"\x20\x02\x00\x00\x30\x0d\0\1t" SECRET, "", NULL},
};

static size_t size_of(size_t row, int part)
{
	/* The binary ones, which hold zeros. */
	if (streams[row].port == 1883)
		return part == 0 ? 12 + 3 + 3 + 2 + 10 : part == 1 ? 4 + 5 + 10 : 0;
	return strlen(part == 0 ? streams[row].first : part == 1 ? streams[row].second
								   : streams[row].third);
}

static void connections(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		const struct end client = {"198.18.0.2", 50000, 2, 64};
		const struct end server = {"198.18.0.1", streams[i].port, 1, 64};
		const char *said[] = {streams[i].first, streams[i].second, streams[i].third};
		uint32_t seq[2] = {5001, 1001};
		struct ear ear;

		begin(&ear, streams[i].wanted);
		talk_tcp(&ear.talk, &client, &server, FRAME_SYN, 1000, 0, NULL, 0);
		talk_tcp(&ear.talk, &server, &client, FRAME_SYN | FRAME_ACK, 5000, 1001, NULL,
			0);
		for (int part = 0; part < 3; part++) {
			bool by_server = streams[i].server_first == (part % 2 == 0);
			size_t size = size_of(i, part);

			talk_tcp(&ear.talk, by_server ? &server : &client,
				by_server ? &client : &server, FRAME_ACK, seq[!by_server],
				seq[by_server], said[part], size);
			seq[!by_server] += (uint32_t)size;
		}
		talk_tcp(&ear.talk, &server, &client, FRAME_ACK | FRAME_FIN, seq[0], seq[1],
			NULL, 0);
		end(&ear);
	}
}

/* SNMP version 2c: a response with sysName, of a community that is a secret. */
static void community(void **state)
{
	static const uint8_t head[] = {0x30, 0x34, 2, 1, 1, 4, 10};
	static const uint8_t tail[] = {0xa2, 0x23, 2, 1, 7, 2, 1, 0, 2, 1, 0, 0x30, 0x18, 0x30,
		0x16, 6, 8, 0x2b, 6, 1, 2, 1, 1, 5, 0, 4, 10, 'n', 'o', 'r', 't', 'h', '-', 'p',
		'l', 'c', '1'};
	const struct end manager = {"198.18.0.2", 50000, 2, 64};
	const struct end agent = {"198.18.0.1", 161, 1, 64};
	uint8_t bytes[128];
	struct packer p = packer_of(bytes, sizeof(bytes));
	struct ear ear;

	(void)state;
	packer_bytes(&p, head, sizeof(head));
	packer_bytes(&p, secret, sizeof(secret) - 1);
	packer_bytes(&p, tail, sizeof(tail));
	for (uint8_t version = 0; version < 2; version++) {
		bytes[4] = version;
		begin(&ear, "north-plc1");
		talk_udp(&ear.talk, &agent, &manager, bytes, p.pos);
		end(&ear);
	}
}

/* BACnet's DeviceCommunicationControl bears a password, and comes from the well-known port;
 * behind an I-Am it is cut off. */
static void bacnet_password(void **state)
{
	static const uint8_t request[] = {
		0x81, 0x0a, 0, 27, 1, 4, 0, 5, 1, 17, 0x19, 1, 0x2d, 11, 0};
	static const uint8_t i_am[] = {0x81, 0x0b, 0, 24, 1, 0x20, 0xff, 0xff, 0, 0xff, 0x10, 0,
		0xc4, 2, 0, 0x0f, 0xa1, 0x22, 5, 0xc4, 0x91, 3, 0x21, 0x18};
	const struct end manager = {"198.18.0.2", 47808, 2, 64};
	const struct end device = {"198.18.0.1", 47808, 1, 64};
	uint8_t bytes[128];
	struct packer p = packer_of(bytes, sizeof(bytes));
	struct ear ear;

	(void)state;
	packer_bytes(&p, request, sizeof(request));
	packer_bytes(&p, secret, sizeof(secret) - 1);
	packer_patch_be16(&p, 2, (uint16_t)p.pos);
	begin(&ear, NULL); /* alone it is BACnet by its head, which is all that is kept */
	talk_udp(&ear.talk, &manager, &device, bytes, p.pos);
	end(&ear);
	begin(&ear, "4001");
	memmove(bytes + sizeof(i_am), bytes, p.pos);
	memcpy(bytes, i_am, sizeof(i_am));
	talk_udp(&ear.talk, &manager, &device, bytes, p.pos + sizeof(i_am));
	end(&ear);
}

/* Datagrams of one server: SIP, and what a thing measured. */
static void datagrams(void **state)
{
	static const char sip[] =
		"SIP/2.0 407 Proxy\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK" SECRET
		"\r\nTo: <sip:" SECRET "@a>\r\nContact: <sip:" SECRET "@a>\r\nServer: pbx/7\r\n"
		"Proxy-Authenticate: Digest nonce=\"" SECRET "\"\r\nX: a\r\n " SECRET
		"\r\nAllow: OPTIONS\r\n\r\no=" SECRET;
	static const char coap[] = "\x60\x45\0\x01\xc1\x32\xff" SECRET;
	const struct end client = {"198.18.0.2", 50000, 2, 64};
	const struct end pbx = {"198.18.0.1", 5060, 1, 64}, thing = {"198.18.0.1", 5683, 1, 64};
	struct ear ear;

	(void)state;
	begin(&ear, "pbx/7");
	talk_udp(&ear.talk, &pbx, &client, SIZE(sip));
	end(&ear);
	begin(&ear, "OPTIONS");
	talk_udp(&ear.talk, &pbx, &client, SIZE(sip));
	end(&ear);
	begin(&ear, "2.05");
	talk_udp(&ear.talk, &thing, &client, SIZE(coap));
	end(&ear);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(connections),
		cmocka_unit_test(community), cmocka_unit_test(bacnet_password),
		cmocka_unit_test(datagrams)};

	return RUN(tests);
}
