/* SPDX-License-Identifier: Apache-2.0 */
/* Who speaks first and what is said, in simulated time and without sockets. */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/conversation.h"

#define DEADLINE (5 * CLOCK_SECOND)

static struct conversation c;
static struct greet_target target;
static int64_t now;

static void begin(enum transport transport, uint16_t port, enum protocol_risk risk)
{
	assert_int_equal(protocols_prepare(NULL), 0);
	conversation_done(&c);
	target = (struct greet_target){addr_v4(0x7f000001), transport, port, NULL};
	now = 1000;
	conversation_begin(&c, &target, risk, 42, now, DEADLINE);
	assert_int_equal(c.stage, CONVERSATION_CONNECTING);
	conversation_connected(&c, now);
}

static void wait_for_timer(void)
{
	assert_true(c.wake_us > now);
	now = c.wake_us;
	conversation_timer(&c, now);
}

static void hear(const char *text)
{
	now += 10;
	conversation_heard(&c, (const uint8_t *)text, strlen(text), now);
}

/* What is to be sent, taken out. */
static void said(const char *text)
{
	assert_true(c.out_size >= strlen(text));
	assert_memory_equal(c.out, text, strlen(text));
	c.out_size = c.out_sent = 0;
}

static void says_nothing(void)
{
	assert_int_equal(c.out_size, 0);
}

static const char *name(void)
{
	return conversation_read(&c, check_reading());
}

static void server_speaks_first(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 25, PROTOCOL_SAFE);
	says_nothing();
	hear("220 a.example ES");
	says_nothing();
	hear("MTP Postfix\r\n");
	said("QUIT\r\n");
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_string_equal(name(), "smtp");
}

static void silence_on_a_passive_port(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 22, PROTOCOL_THOROUGH);
	assert_int_equal(c.wake_us, 1000 + DEADLINE);
	wait_for_timer();
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
}

static void one_request_where_it_is_expected(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 502, PROTOCOL_SAFE);
	says_nothing(); /* it listens first */
	wait_for_timer();
	assert_int_equal(c.out_size, 11);
	said("");
	wait_for_timer(); /* no answer: nothing else is tried */
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
}

static void any_protocol_on_any_port(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 502, PROTOCOL_SAFE);
	hear("SSH-1.5-old\r\n");
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_string_equal(name(), "ssh");
	begin(TRANSPORT_TCP, 1, PROTOCOL_SAFE);
	hear("SSH-2.0-OpenSSH_9.2\r\n");
	said("SSH-2.0-cadastre");
}

/* After a request nothing is said in another protocol. */
static void the_wrong_answer(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 502, PROTOCOL_THOROUGH);
	wait_for_timer();
	said("\0\x01");
	hear("SSH-2.0-OpenSSH_9.2\r\n");
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_string_equal(name(), "ssh");
}

static void unknown_ports(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 7777, PROTOCOL_SAFE);
	assert_int_equal(c.wake_us, now + CONVERSATION_UNKNOWN_US);
	wait_for_timer();
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	begin(TRANSPORT_TCP, 7777, PROTOCOL_STANDARD);
	wait_for_timer();
	said("GET / HTTP/1.1\r\n");
	hear("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_string_equal(name(), "http");
	begin(TRANSPORT_TCP, 9600, PROTOCOL_THOROUGH); /* FINS is not spoken here */
	while (c.stage != CONVERSATION_ENDING)
		wait_for_timer();
	says_nothing();
}

static void passive_says_nothing(void **state)
{
	static const uint16_t ports[] = {22, 25, 80, 443, 502, 102, 7777};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		begin(TRANSPORT_TCP, ports[i], PROTOCOL_PASSIVE);
		while (c.stage != CONVERSATION_ENDING)
			wait_for_timer();
		says_nothing();
		begin(TRANSPORT_TCP, ports[i], PROTOCOL_PASSIVE);
		hear("SSH-2.0-OpenSSH_9.2\r\n");
		says_nothing();
		assert_string_equal(name(), "ssh");
	}
	begin(TRANSPORT_UDP, 161, PROTOCOL_PASSIVE);
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
}

static void datagrams(void **state)
{
	size_t size;

	(void)state;
	begin(TRANSPORT_UDP, 161, PROTOCOL_SAFE);
	size = c.out_size;
	assert_int_equal(size, 64);
	c.out_sent = c.out_size;
	wait_for_timer(); /* once more */
	assert_int_equal(c.out_sent, 0);
	c.out_sent = c.out_size;
	wait_for_timer(); /* and no third time */
	assert_int_equal(c.out_sent, c.out_size);
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	begin(TRANSPORT_UDP, 3671, PROTOCOL_SAFE); /* nothing comes back that could tell */
	hear("who is there");
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_null(name());
	begin(TRANSPORT_UDP, 7777, PROTOCOL_THOROUGH);
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
}

/* A stranger's datagram is dropped and the answer still waited for, also behind the second try;
 * only the first answer is held, for the next request has another id. */
static void strangers(void **state)
{
	(void)state;
	begin(TRANSPORT_UDP, 47808, PROTOCOL_SAFE); /* asked with invoke id 42 */
	assert_int_equal(c.out[8], 42);
	conversation_heard(&c, BYTES("\x81\x0a\0\x09\x01\0\x60\x05\x09"), now);
	hear("who is there");
	conversation_heard(&c, c.out, c.out_size, now); /* our own, sent back */
	assert_int_equal(c.stage, CONVERSATION_TALKING);
	assert_int_equal(c.heard_size, 0);
	c.out_sent = c.out_size;
	wait_for_timer();
	assert_int_equal(c.out_sent, 0);
	conversation_heard(&c, BYTES("\x81\x0a\0\x09\x01\0\x60\x2a\x09"), now);
	assert_int_equal(c.said, 2);
	assert_int_equal(c.out[8], 43);
	conversation_heard(&c, BYTES("\x81\x0a\0\x09\x01\0\x60\x2b\x09"), now);
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_string_equal(name(), "bacnet");
	assert_int_equal(c.heard_size, 18);
	begin(TRANSPORT_UDP, 47808, PROTOCOL_SAFE); /* what is asked besides is asked once */
	conversation_heard(&c, BYTES("\x81\x0a\0\x09\x01\0\x60\x2a\x09"), now);
	assert_int_equal(c.said, 2);
	c.out_sent = c.out_size;
	wait_for_timer();
	assert_int_equal(c.out_sent, c.out_size);
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	begin(TRANSPORT_UDP, 161, PROTOCOL_SAFE); /* however many they are */
	for (int i = 0; i < 100000 && c.stage != CONVERSATION_ENDING; i++)
		hear("who is there");
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_null(name());
}

/* Endless words, single drops and pauses all come to an end. */
static void endless(void **state)
{
	static char flood[4097];
	int64_t start;

	(void)state;
	memset(flood, 'x', sizeof(flood) - 1);
	begin(TRANSPORT_TCP, 22, PROTOCOL_SAFE);
	for (int i = 0; i < 100 && c.stage != CONVERSATION_ENDING; i++)
		hear(flood);
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_int_equal(c.heard_size, CONVERSATION_HEARD_MAX);
	begin(TRANSPORT_TCP, 22, PROTOCOL_SAFE);
	start = now;
	while (c.stage != CONVERSATION_ENDING) {
		now += 400 * 1000; /* a byte before every pause is over */
		if (now >= c.wake_us)
			conversation_timer(&c, now);
		else
			conversation_heard(&c, (const uint8_t *)"S", 1, now);
	}
	assert_true(now - start <= DEADLINE + 400 * 1000);
	begin(TRANSPORT_TCP, 22, PROTOCOL_SAFE);
	hear("what is this");
	assert_int_equal(c.wake_us, now + CONVERSATION_QUIET_US);
	wait_for_timer();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_null(name());
}

/* SMTP or FTP: where the words do not tell, the port does. */
static void alike(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 25, PROTOCOL_SAFE);
	hear("220 ready\r\n");
	assert_string_equal(name(), "smtp");
	begin(TRANSPORT_TCP, 21, PROTOCOL_SAFE);
	hear("220 ready\r\n");
	assert_string_equal(name(), "ftp");
	begin(TRANSPORT_TCP, 21, PROTOCOL_SAFE);
	hear("220 a ESMTP\r\n");
	assert_string_equal(name(), "smtp");
}

static void closed_by_the_other_side(void **state)
{
	uint8_t room[16];
	size_t size;

	(void)state;
	begin(TRANSPORT_TCP, 80, PROTOCOL_SAFE);
	hear("HTTP/1.0 400 Bad\r\n");
	conversation_closed(&c, now);
	assert_string_equal(name(), "http");
	assert_memory_equal(conversation_raw(&c, room, 4, &size), "HTTP", 4);
	assert_int_equal(size, 4);
	hear("more"); /* after the end nothing counts */
	assert_int_equal(c.heard_size, 18);
}

/* A port that TLS is expected on, but that speaks in the clear. */
static void no_tls_behind_443(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 443, PROTOCOL_SAFE);
	says_nothing();
	wait_for_timer();
	said("\x16\x03\x01");
	hear("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n");
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_string_equal(name(), "http");
	begin(TRANSPORT_TCP, 443, PROTOCOL_SAFE);
	wait_for_timer();
	said("\x16\x03\x01");
	conversation_heard(&c, BYTES("\x15\x03\x01\0\x02\x02\x28"), now);
	assert_string_equal(name(), "tls");
	/* It begins as it should, and goes no further. */
	for (int closes = 0; closes < 2; closes++) {
		begin(TRANSPORT_TCP, 443, PROTOCOL_SAFE);
		wait_for_timer();
		conversation_heard(&c, BYTES("\x16\x03\x03\0\x4a\x02\0\0\x46\x03\x03"), now);
		assert_int_equal(c.stage, CONVERSATION_TALKING);
		if (closes)
			conversation_closed(&c, now);
		else
			wait_for_timer();
		assert_int_equal(c.stage, CONVERSATION_ENDING);
		assert_string_equal(name(), "tls");
	}
	conversation_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(server_speaks_first),
		cmocka_unit_test(silence_on_a_passive_port),
		cmocka_unit_test(one_request_where_it_is_expected),
		cmocka_unit_test(any_protocol_on_any_port), cmocka_unit_test(the_wrong_answer),
		cmocka_unit_test(unknown_ports), cmocka_unit_test(passive_says_nothing),
		cmocka_unit_test(datagrams), cmocka_unit_test(strangers),
		cmocka_unit_test(endless), cmocka_unit_test(alike),
		cmocka_unit_test(closed_by_the_other_side), cmocka_unit_test(no_tls_behind_443)};

	return RUN(tests);
}
