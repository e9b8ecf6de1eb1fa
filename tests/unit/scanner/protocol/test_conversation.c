/* SPDX-License-Identifier: Apache-2.0 */
/* Who speaks first and what is said, in simulated time and without sockets. */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/channel.h"
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

static void heard_after_the_deadline(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 25, PROTOCOL_SAFE);
	now = c.deadline_us + 5 * CLOCK_SECOND;
	hear("220 mail.example ESMTP Postfix\r\n");
	while (c.stage != CONVERSATION_ENDING)
		conversation_timer(&c, now);
	assert_int_equal(c.wake_us, c.deadline_us + CONVERSATION_DRAIN_US);
	assert_string_equal(name(), "smtp");
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

/* So many channels and no more: the next one waits for a place, and loses no time by that. */
static void a_place_for_a_channel(void **state)
{
	static struct channel *others[CHANNELS_MAX];

	(void)state;
	begin(TRANSPORT_TCP, 443, PROTOCOL_SAFE);
	for (size_t i = channels_open(); i < CHANNELS_MAX; i++)
		assert_non_null(others[i] = channel_new(NULL));
	for (int i = 0; i < 100; i++) {
		wait_for_timer();
		says_nothing();
	}
	assert_true(now > 2 * DEADLINE);
	assert_int_equal(channels_open(), CHANNELS_MAX);
	channel_free(others[CHANNELS_MAX - 1]);
	wait_for_timer();
	assert_true(c.out_size > 100 && c.out[0] == 0x16);
	assert_int_equal(channels_open(), CHANNELS_MAX);
	/* who speaks before his turn has come is listened to */
	begin(TRANSPORT_TCP, 443, PROTOCOL_SAFE);
	assert_non_null(others[CHANNELS_MAX - 1] = channel_new(NULL));
	wait_for_timer();
	says_nothing();
	hear("SSH-2.0-dropbear\r\n");
	assert_string_equal(name(), "ssh");
	for (size_t i = 0; i < CHANNELS_MAX; i++)
		channel_free(others[i]);
	assert_int_equal(channels_open(), 0);
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

/* A page, where it leads to, its icon: on one connection, and not under SAFE. */
static void a_web_server(void **state)
{
	static const char page[] =
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n"
		"<title>Pump 7</title>\n";
	struct reading *r;
	uint8_t room[4096];
	const uint8_t *raw;
	size_t size;

	(void)state;
	begin(TRANSPORT_TCP, 8080, PROTOCOL_SAFE);
	wait_for_timer();
	said("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
	hear(page);
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	begin(TRANSPORT_TCP, 8080, PROTOCOL_STANDARD);
	wait_for_timer();
	said("GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n");
	hear("HTTP/1.1 302 Found\r\nServer: nginx\r\nSet-Cookie: s=secret\r\nLocation: "
	     "/login\r\n");
	says_nothing();
	hear("Content-Length: 0\r\n\r\n");
	said("GET /login HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n");
	hear(page);
	said("GET /favicon.ico HTTP/1.1\r\n");
	assert_int_equal(c.wake_us, now + CONVERSATION_MORE_US); /* nothing rests on it */
	hear("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
	assert_int_equal(c.stage, CONVERSATION_TALKING);
	hear("c");
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	r = check_reading();
	assert_string_equal(conversation_read(&c, r), "http");
	check_is(r, "http.status", "302");
	check_is(r, "http.page.status", "200");
	check_is(r, "http.location", "/login");
	check_is(r, "http.title", "Pump 7");
	check_is(r, "http.favicon.md5", "900150983cd24fb0d6963f7d28e17f72");
	raw = conversation_raw(&c, room, sizeof(room), &size);
	assert_null(memmem(raw, size, "secret", 6));
	assert_non_null(memmem(raw, size, "Pump 7", 6));
}

/* Another port is not asked from here: what leads there says so, under every profile. */
static void a_redirection_to_another_port(void **state)
{
	(void)state;
	for (int risk = PROTOCOL_SAFE; risk <= PROTOCOL_STANDARD; risk++) {
		struct greet_target next;
		struct reading *r = check_reading();

		begin(TRANSPORT_TCP, 80, (enum protocol_risk)risk);
		wait_for_timer();
		said("GET / ");
		hear("HTTP/1.1 301 Moved\r\nLocation: "
		     "https://127.0.0.1/login\r\nContent-Length: 0\r\n\r\n");
		says_nothing();
		assert_int_equal(c.stage, CONVERSATION_ENDING);
		assert_false(conversation_otherwise(&c, &next));
		assert_string_equal(conversation_read(&c, r), "http");
		check_is(r, "http.leads_to", "127.0.0.1 tcp/443");
	}
	begin(TRANSPORT_TCP, 80, PROTOCOL_SAFE);
	wait_for_timer();
	hear("HTTP/1.1 201 Created\r\nLocation: https://127.0.0.1/a\r\nContent-Length: "
	     "0\r\n\r\n");
	assert_string_equal(name(), "http");
	check_is(check_reading(), "http.leads_to", NULL);
}

/* What is no web server, or ends before it is asked more, is told as ever. */
static void no_further_pages(void **state)
{
	static char flood[4097];

	(void)state;
	begin(TRANSPORT_TCP, 7777, PROTOCOL_STANDARD);
	wait_for_timer();
	said("GET / ");
	hear("SSH-2.0-OpenSSH_9.2\r\n");
	says_nothing();
	assert_string_equal(name(), "ssh");
	begin(TRANSPORT_TCP, 80, PROTOCOL_STANDARD);
	wait_for_timer();
	said("GET / ");
	conversation_heard(&c, BYTES("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"), now);
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_string_equal(name(), "http2");
	begin(TRANSPORT_TCP, 80, PROTOCOL_STANDARD);
	wait_for_timer();
	said("GET / ");
	hear("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>a</title>");
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	begin(TRANSPORT_TCP, 80, PROTOCOL_STANDARD); /* a page that never ends */
	wait_for_timer();
	said("GET / ");
	hear("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n");
	memset(flood, 'x', sizeof(flood) - 1);
	for (int i = 0; i < 20; i++)
		hear(flood);
	assert_int_equal(c.stage, CONVERSATION_TALKING);
	assert_int_equal(c.heard_size, CONVERSATION_HEARD_MAX);
	conversation_closed(&c, now);
	assert_string_equal(name(), "http");
	begin(TRANSPORT_TCP, 80, PROTOCOL_STANDARD); /* an icon that never ends */
	wait_for_timer();
	said("GET / ");
	hear("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx");
	said("GET /favicon.ico ");
	hear("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 1000 && c.stage != CONVERSATION_ENDING; i++) {
		hear("1000\r\n");
		hear(flood);
		hear("\r\n");
	}
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_true(c.network < CONVERSATION_NETWORK_MAX);
	conversation_done(&c);
}

/* Asked for the certificate, not under SAFE; where that is refused the farewell is said as
 * ever. */
static void starttls(void **state)
{
	struct reading *r;

	(void)state;
	begin(TRANSPORT_TCP, 25, PROTOCOL_STANDARD);
	hear("220 a.example ESMTP\r\n");
	said("EHLO cadastre.invalid\r\n");
	hear("250-a.example\r\n250 ");
	says_nothing();
	hear("STARTTLS\r\n");
	said("STARTTLS\r\n");
	hear("454 not now\r\n");
	said("QUIT\r\n");
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	r = check_reading();
	r->asked = true;
	assert_string_equal(conversation_read(&c, r), "smtp");
	check_is(r, "tls.starttls", "no");
	check_is(r, "smtp.extensions", "STARTTLS");
	begin(TRANSPORT_TCP, 110, PROTOCOL_STANDARD);
	hear("+OK ready\r\n");
	said("STLS\r\n");
	hear("+OK\r\n");
	said("\x16\x03\x01"); /* the hello of TLS */
	hear("not TLS at all\r\n");
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	r = check_reading();
	assert_string_equal(conversation_read(&c, r), "pop3");
	check_is(r, "tls.starttls", "failed");
	check_is(r, "pop3.banner", "ready");
	begin(TRANSPORT_TCP, 3389, PROTOCOL_STANDARD);
	wait_for_timer();
	said("\x03");
	conversation_heard(
		&c, BYTES("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\0\x08\0\2\0\0\0"), now);
	said("\x16\x03\x01");
	conversation_closed(&c, now);
	assert_string_equal(name(), "rdp");
	begin(TRANSPORT_TCP, 3389, PROTOCOL_SAFE);
	wait_for_timer();
	said("\x03");
	conversation_heard(
		&c, BYTES("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\0\x08\0\2\0\0\0"), now);
	says_nothing();
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	begin(TRANSPORT_TCP, 5432,
		PROTOCOL_STANDARD); /* refused: the version is asked for as ever */
	wait_for_timer();
	said("\0\0\0\x08\x04");
	hear("N");
	assert_memory_equal(c.out, "\0\0\0\x08\0\0\0\0", 8);
	begin(TRANSPORT_TCP, 5432, PROTOCOL_STANDARD);
	wait_for_timer();
	said("\0\0\0\x08\x04");
	hear("S");
	said("\x16\x03\x01");
	conversation_closed(&c, now);
	assert_string_equal(name(), "postgresql");
	begin(TRANSPORT_TCP, 21, PROTOCOL_SAFE);
	hear("220 ready\r\n");
	said("QUIT\r\n");
	r = check_reading();
	conversation_read(&c, r);
	check_is(r, "tls.starttls", NULL);
	begin(TRANSPORT_TCP, 21, PROTOCOL_STANDARD);
	hear("421 too many\r\n");
	says_nothing();
	conversation_done(&c);
}

/* The whole of a small answer in HTTP/2. */
#define H2_SETTINGS "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"
#define H2_ANSWER                                                                              \
	"\0\0\x08\1\4\0\0\0\1"                                                                 \
	"\x88"                                                                                 \
	"\x76\5nginx"                                                                          \
	"\0\0\x15\0\1\0\0\0\1"                                                                 \
	"<title>Pump 7</title>"

/* With prior knowledge: a request, settings acknowledged, a farewell; whether it comes at once
 * or not. */
static void http2(void **state)
{
	static const char ack[] = "\0\0\0\4\1\0\0\0\0", leave[] = "\0\0\x08\7\0\0\0\0\0";
	struct reading *r = check_reading();

	(void)state;
	for (int at_once = 0; at_once < 2; at_once++) {
		begin(TRANSPORT_TCP, 50051, PROTOCOL_SAFE);
		wait_for_timer();
		said("PRI * HTTP/2.0\r\n");
		assert_non_null(memmem(c.out, 200, "\x82\x86\x84\1\x09" "127.0.0.1", 14));
		if (at_once) {
			conversation_heard(&c, BYTES(H2_SETTINGS H2_ANSWER), now);
		} else {
			conversation_heard(&c, BYTES(H2_SETTINGS), now);
			assert_int_equal(c.out_size, 9);
			assert_int_equal(c.stage, CONVERSATION_TALKING);
			conversation_heard(&c, BYTES(H2_ANSWER), now);
		}
		assert_int_equal(c.stage, CONVERSATION_ENDING);
		assert_int_equal(c.out_size, 9 + 17);
		assert_memory_equal(c.out, ack, 9);
		assert_memory_equal(c.out + 9, leave, 9);
		r->asked = true;
		assert_string_equal(conversation_read(&c, r), "http2");
		check_is(r, "http.title", "Pump 7");
		check_is(r, "http.server", "nginx");
	}
}

/* The server's settings come before anything is asked: on the port of HTTP/2 it is asked for
 * its page no less, elsewhere, or where nothing may be said, it is not. */
static void settings_first(void **state)
{
	static const struct {
		uint16_t port;
		enum protocol_risk risk;
	} rows[] = {{50051, PROTOCOL_PASSIVE}, {8080, PROTOCOL_STANDARD},
		{7777, PROTOCOL_STANDARD}};
	struct reading *r = check_reading();
	struct greet_target next;

	(void)state;
	begin(TRANSPORT_TCP, 50051, PROTOCOL_SAFE);
	conversation_heard(&c, BYTES(H2_SETTINGS), now);
	assert_int_equal(c.stage, CONVERSATION_TALKING);
	said("PRI * HTTP/2.0\r\n");
	conversation_heard(&c, BYTES(H2_ANSWER), now);
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_int_equal(c.out_size, 9 + 17);
	r->asked = true;
	assert_string_equal(conversation_read(&c, r), "http2");
	check_is(r, "http.title", "Pump 7");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(TRANSPORT_TCP, rows[i].port, rows[i].risk);
		conversation_heard(&c, BYTES(H2_SETTINGS), now);
		says_nothing();
		assert_int_equal(c.stage, CONVERSATION_ENDING);
		assert_string_equal(name(), "http2");
		assert_false(conversation_otherwise(&c, &next));
	}
}

/* Who asks first by its protocol, and speaks nevertheless, is not asked. */
static void replies_first(void **state)
{
	(void)state;
	begin(TRANSPORT_TCP, 6379, PROTOCOL_STANDARD);
	hear("-DENIED Redis is running in protected mode\r\n");
	says_nothing();
	assert_string_equal(name(), "redis");
}

/* Asked in HTTP/1.1, answered in HTTP/2: asked once more. */
static void answered_in_http2(void **state)
{
	struct greet_target next;

	(void)state;
	for (int risk = PROTOCOL_SAFE; risk <= PROTOCOL_STANDARD; risk++) {
		begin(TRANSPORT_TCP, 8080, (enum protocol_risk)risk);
		wait_for_timer();
		said("GET / HTTP/1.1\r\n");
		conversation_heard(&c, BYTES(H2_SETTINGS), now);
		assert_int_equal(c.stage, CONVERSATION_ENDING);
		assert_true(conversation_otherwise(&c, &next));
		assert_ptr_equal(next.expected, protocol_by_name("http2"));
		assert_int_equal(next.port, 8080);
		conversation_done(&c);
		target = next;
		conversation_begin(&c, &target, (enum protocol_risk)risk, 42, now, DEADLINE);
		conversation_connected(&c, now);
		wait_for_timer();
		said("PRI * HTTP/2.0\r\n");
		conversation_heard(&c, BYTES(H2_SETTINGS H2_ANSWER), now);
		assert_int_equal(c.stage, CONVERSATION_ENDING);
		assert_false(conversation_otherwise(&c, &next));
	}
}

/* Only a server that says so is connected to once more. */
static void another_protocol_inside(void **state)
{
	struct greet_target next;

	(void)state;
	begin(TRANSPORT_TCP, 443, PROTOCOL_STANDARD);
	wait_for_timer();
	assert_non_null(memmem(c.out, c.out_size, "\x08http/1.1", 9));
	assert_null(memmem(c.out, c.out_size, "\x02h2", 3));
	conversation_heard(&c, BYTES("\x15\x03\x03\0\x02\x02\x28"), now);
	assert_int_equal(c.stage, CONVERSATION_ENDING);
	assert_false(conversation_otherwise(&c, &next));
	for (int risk = PROTOCOL_SAFE; risk <= PROTOCOL_THOROUGH; risk++) {
		begin(TRANSPORT_TCP, 443, (enum protocol_risk)risk);
		wait_for_timer();
		conversation_heard(&c, BYTES("\x15\x03\x03\0\x02\x02\x78"), now);
		assert_int_equal(c.stage, CONVERSATION_ENDING);
		assert_true(conversation_otherwise(&c, &next));
		assert_ptr_equal(next.inside, protocol_by_name("http2"));
	}
	target.inside = protocol_by_name("http2"); /* it is: once more is not twice more */
	conversation_done(&c);
	conversation_begin(&c, &target, PROTOCOL_STANDARD, 42, now, DEADLINE);
	conversation_connected(&c, now);
	wait_for_timer();
	assert_non_null(memmem(c.out, c.out_size, "\x02h2", 3));
	conversation_heard(&c, BYTES("\x15\x03\x03\0\x02\x02\x78"), now);
	assert_false(conversation_otherwise(&c, &next));
	begin(TRANSPORT_TCP, 993, PROTOCOL_STANDARD); /* nobody knows what is said there */
	wait_for_timer();
	assert_null(memmem(c.out, c.out_size, "http/1.1", 8));
	conversation_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(server_speaks_first),
		cmocka_unit_test(heard_after_the_deadline),
		cmocka_unit_test(silence_on_a_passive_port),
		cmocka_unit_test(one_request_where_it_is_expected),
		cmocka_unit_test(any_protocol_on_any_port), cmocka_unit_test(the_wrong_answer),
		cmocka_unit_test(unknown_ports), cmocka_unit_test(a_place_for_a_channel),
		cmocka_unit_test(passive_says_nothing),
		cmocka_unit_test(datagrams), cmocka_unit_test(strangers),
		cmocka_unit_test(endless), cmocka_unit_test(alike),
		cmocka_unit_test(closed_by_the_other_side), cmocka_unit_test(no_tls_behind_443),
		cmocka_unit_test(a_web_server), cmocka_unit_test(no_further_pages),
		cmocka_unit_test(starttls), cmocka_unit_test(a_redirection_to_another_port),
		cmocka_unit_test(http2), cmocka_unit_test(settings_first),
		cmocka_unit_test(replies_first), cmocka_unit_test(answered_in_http2),
		cmocka_unit_test(another_protocol_inside)};

	return RUN(tests);
}
