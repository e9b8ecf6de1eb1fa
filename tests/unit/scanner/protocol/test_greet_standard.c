/* SPDX-License-Identifier: Apache-2.0 */
/* What the greeter asks under `standard` more than under `safe`, over loopback. */
#include "tests/unit/scanner/protocol/servers.h"

/* What `standard` asks more than `safe`. */
static void ordinary_behaviour(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(mail_server, "smtp");
	struct greet_counts counts;

	(void)state;
	how.risk_max = PROTOCOL_STANDARD;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "smtp");
	assert_string_equal(learnt.product, "Postfix");
	assert_int_equal(learnt.keys, 1);
	assert_int_equal(strlen(learnt.key), 64);
	assert_memory_equal(learnt.raw, "220 e.example ESMTP Postfix", 27);
	wait_for_ends(1);
	assert_memory_equal(shared->heard, "QUIT\r\n", 6); /* inside */
	memset(shared->heard, 0, sizeof(shared->heard));
	target = start(loop_server, "http");
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	wait_for_ends(2);
	assert_int_equal(shared->heard[0], 2);
	target = start(icon_server, "http");
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.title, "Icons");
	wait_for_ends(3);
	assert_memory_equal(shared->heard, "GET /favicon.ico HTTP/1.1\r\n", 27);
	assert_int_equal(shared->most_open, 1);
}

/* Whoever speaks nothing else inside TLS, and says so or not, is connected to twice, under
 * `safe` too. */
static void http2_alone(void **state)
{
	static bool (*const peers[])(int) = {h2_server, quiet_h2_server};
	struct greet_options how = options();

	(void)state;
	for (unsigned int i = 0; i < 2 * ARRAY_SIZE(peers); i++) {
		struct greet_target target = start(peers[i / 2], "tls");
		struct greet_counts counts;

		how.risk_max = i % 2 ? PROTOCOL_STANDARD : PROTOCOL_SAFE;
		target.inside = protocol_by_name("http");
		counts = greet_with(&target, 1, &how);
		assert_int_equal(counts.answered, 1);
		assert_int_equal(counts.targets, 1);
		assert_string_equal(learnt.protocol, "https");
		assert_string_equal(learnt.product, "nginx");
		assert_string_equal(learnt.title, "Pump 7");
		assert_int_equal(learnt.services, 1);
		assert_int_equal(learnt.keys, 1);
		wait_for_ends(2 * i + 2);
		assert_memory_equal(shared->heard, "PRI * HTTP/2.0\r\n", 16);
		memset(shared->heard, 0, sizeof(shared->heard));
	}
	assert_int_equal(shared->most_open, 1);
}

/* Comes a second time. */
static bool comes_again(void)
{
	return __atomic_load_n(&shared->accepted, __ATOMIC_SEQ_CST) % 2 == 0;
}

/* Agrees to nothing inside TLS, and leaves once it is asked; the second time it leaves at
 * once. */
static bool leaves_tls(int fd)
{
	struct tls_side side;
	char bytes[256];

	if (comes_again())
		return over(fd);
	side = tls_begin(fd, "h2.example", NULL);
	if (SSL_accept(side.ssl) == 1 && SSL_read(side.ssl, bytes, sizeof(bytes)) > 0)
		SSL_shutdown(side.ssl);
	return tls_end(&side);
}

/* The same, but the second time TLS fails. */
static bool fails_tls(int fd)
{
	if (!comes_again())
		return leaves_tls(fd);
	put(fd, BYTES("\x15\3\3\0\2\2\x28"));
	return over(fd);
}

static bool fails_tls_when_asked(int fd)
{
	char bytes[64];

	return comes_again() && recv(fd, bytes, sizeof(bytes), 0) <= 0 ? true : fails_tls(fd);
}

/* Answers in HTTP/2 whatever is asked; the second time it leaves at once. */
static bool leaves_settings(int fd)
{
	char bytes[256];

	if (comes_again())
		return over(fd);
	if (recv(fd, bytes, sizeof(bytes), 0) > 0)
		put(fd, BYTES("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"));
	return over(fd);
}

/* What the first connection learnt is told if the second brings less, and once. */
static void told_of_the_first(void **state)
{
	static const struct {
		behaviour server;
		const char *expected, *protocol;
		int keys;
	} rows[] = {{leaves_tls, "tls", "tls", 1}, {fails_tls, "tls", "tls", 1},
		{fails_tls_when_asked, "tls", "tls", 1},
		{leaves_settings, "http", "http2", 0}};
	struct greet_options how = options();

	(void)state;
	for (int i = 0; i < (int)ARRAY_SIZE(rows); i++) {
		struct greet_target target = start(rows[i].server, rows[i].expected);
		struct greet_counts counts;

		target.inside = protocol_by_name("http");
		counts = greet_with(&target, 1, &how);
		assert_int_equal(counts.targets, 1);
		assert_int_equal(counts.answered, 1);
		assert_int_equal(learnt.services, 1);
		assert_string_equal(learnt.protocol, rows[i].protocol);
		assert_int_equal(learnt.keys, rows[i].keys);
		assert_true(learnt.raw_size > 0);
		wait_for_ends(2 * i + 2);
		assert_int_equal(shared->accepted, 2 * i + 2);
	}
}

/* Asked inside, and heard there, too; under `safe` neither. */
static void asked_inside(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(database, "postgresql");
	struct greet_counts counts;

	(void)state;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "postgresql");
	assert_int_equal(learnt.keys, 0);
	assert_memory_equal(learnt.raw, "S", learnt.raw_size);
	how.risk_max = PROTOCOL_STANDARD;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "postgresql");
	assert_string_equal(learnt.product, "PostgreSQL");
	assert_int_equal(learnt.keys, 1);
	assert_memory_equal(learnt.raw, "SE\0\0\0\x73SFATAL", 12);
	wait_for_ends(2);
}

#define GREETING                                                                               \
	"\x21\0\0\0\x0a"                                                                       \
	"8.0.36\0"                                                                             \
	"\x08\0\0\0"                                                                           \
	"abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0"

/* Speaks first, and answers the request for TLS by the handshake alone; `heard`: what came in
 * the clear. */
static bool mysql_server(int fd)
{
	struct tls_side side;

	put(fd, BYTES(GREETING));
	if (recv(fd, shared->heard, 36, MSG_WAITALL) != 36)
		return true;
	side = tls_begin(fd, "my.example", NULL);
	SSL_accept(side.ssl);
	return tls_end(&side);
}

/* Offers TLS, and closes when it is asked for. */
static bool broken_mysql_server(int fd)
{
	put(fd, BYTES(GREETING));
	return recv(fd, shared->heard, 36, MSG_WAITALL) == 36;
}

static void handshake_at_once(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(mysql_server, "mysql");
	struct greet_counts counts = greet_with(&target, 1, &how);

	(void)state;
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "mysql");
	assert_int_equal(learnt.keys, 0);
	wait_for_ends(1);
	assert_int_equal(shared->heard[0], 0); /* under `safe` nothing was said */
	how.risk_max = PROTOCOL_STANDARD;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "mysql");
	assert_int_equal(learnt.keys, 1);
	assert_int_equal(learnt.raw_size, sizeof(GREETING) - 1);
	wait_for_ends(2);
	assert_memory_equal(shared->heard, "\x20\0\0\1", 4);
	target = start(broken_mysql_server, "mysql");
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "mysql");
	assert_int_equal(learnt.keys, 0);
	wait_for_ends(3);
	assert_int_equal(shared->accepted, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(ordinary_behaviour, clear),
		cmocka_unit_test_teardown(http2_alone, clear),
		cmocka_unit_test_teardown(told_of_the_first, clear),
		cmocka_unit_test_teardown(asked_inside, clear),
		cmocka_unit_test_teardown(handshake_at_once, clear)};

	return servers_prepare() ? RUN(tests) : 1;
}
