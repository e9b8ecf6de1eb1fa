/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes to an end while somebody is greeted, and what is told then: an authorisation, and
 * a server between two connections. Time and authorisation are the test's: the linker puts
 * these functions in the place of the program's.
 */
#include "tests/unit/scanner/protocol/servers.h"

#define GRANTED_US (60 * CLOCK_SECOND)

static int64_t ahead_us; /* of the machine's clock */
static bool ended;

int64_t __real_clock_monotonic_us(void);
int64_t __wrap_clock_monotonic_us(void);
int64_t __wrap_scope_allowed_until(
	const struct scope *scope, const struct addr *addr, int64_t now_us);

int64_t __wrap_clock_monotonic_us(void)
{
	return __real_clock_monotonic_us() + ahead_us;
}

int64_t __wrap_scope_allowed_until(
	const struct scope *scope, const struct addr *addr, int64_t now_us)
{
	(void)scope, (void)addr;
	return ended ? INT64_MIN : now_us + GRANTED_US;
}

/* Says something, waits, and notes what it hears then; a reset is no end. */
static bool waits_then(int fd, const char *words)
{
	char bytes[1024];
	ssize_t n;

	if (words)
		put(fd, words, strlen(words));
	__atomic_store_n(&shared->heard[0], 1, __ATOMIC_SEQ_CST);
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		shared->heard[1] = 1;
	return n == 0;
}

static bool begins_to_speak(int fd)
{
	return waits_then(fd, "220-e.example ESMTP Postfix\r\n");
}

static bool says_nothing(int fd)
{
	return waits_then(fd, NULL);
}

/* Of an answer in TLS no more comes than its beginning. */
static bool begins_tls(int fd)
{
	char bytes[4096];

	if (recv(fd, bytes, sizeof(bytes), 0) > 0)
		put(fd, BYTES("\x16\3\3\0\x7a\2\0\0\x76\3\3"));
	return waits_then(fd, NULL);
}

/* TLS is open, and nothing is said inside. */
static bool silent_inside(int fd)
{
	struct tls_side side = tls_begin(fd, "d.example", NULL);
	bool full;

	SSL_accept(side.ssl);
	full = waits_then(fd, NULL);
	shared->heard[1] = 0; /* it is asked in time, when it is listened to for long enough */
	tls_end(&side);
	return full;
}

/* Ended for all, and late; what is not told by now never is. */
static struct greet_counts authorisation_ends(struct greeter *g)
{
	ended = true;
	ahead_us += GRANTED_US;
	go_on(g);
	ended = false;
	return close_greeter(g);
}

/* What was heard is told, and nothing else said: the connection is reset. */
static void an_authorisation_ends(void **state)
{
	static const struct {
		behaviour server;
		const char *expected, *protocol;
		int services, keys;
	} rows[] = {{begins_to_speak, "smtp", "smtp", 1, 0}, {says_nothing, "ssh", "", 0, 0},
		{begins_tls, "tls", "tls", 1, 0}, {silent_inside, "tls", "tls", 1, 1}};
	struct greet_options how = options();

	(void)state;
	how.deadline_ms = 600000;
	for (int i = 0; i < (int)ARRAY_SIZE(rows); i++) {
		struct greet_target target = start(rows[i].server, rows[i].expected);
		struct greeter *g = open_greeter(&how);
		struct greet_counts counts;

		target.inside = protocol_by_name("http");
		add_all(g, &target, 1);
		while (!__atomic_load_n(&shared->heard[0], __ATOMIC_SEQ_CST))
			assert_int_equal(turn(g, NULL), 0);
		for (int turns = 0; turns < 3; turns++) /* what is there now is heard */
			assert_int_equal(g->turn(g, 20000, NULL), 0);
		counts = authorisation_ends(g);
		assert_int_equal(counts.targets, 1);
		assert_int_equal(counts.answered, rows[i].services);
		assert_int_equal(counts.out_of_scope, 1 - rows[i].services);
		assert_int_equal(learnt.services, rows[i].services);
		assert_string_equal(learnt.protocol, rows[i].protocol);
		assert_int_equal(learnt.keys, rows[i].keys);
		wait_for_ends(i + 1);
		assert_int_equal(shared->accepted, i + 1);
		assert_int_equal(shared->full_closes, 0);
		assert_int_equal(shared->heard[1], 0);
		shared->heard[0] = 0;
	}
}

static bool answers_in_http2(int fd)
{
	char bytes[256];

	if (recv(fd, bytes, sizeof(bytes), 0) > 0)
		put(fd, BYTES("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"));
	return over(fd);
}

/* Between two connections to it the server goes away, the authorisation ends, or it is given
 * up. */
static void nobody_for_the_second(void **state)
{
	struct greet_options how = options();

	(void)state;
	how.gap_us = 30 * CLOCK_SECOND;
	for (int i = 0; i < 3; i++) {
		struct greet_target target = start(answers_in_http2, "http");
		struct greeter *g = open_greeter(&how);
		struct greet_counts counts;

		add_all(g, &target, 1);
		while (!__atomic_load_n(&shared->full_closes, __ATOMIC_SEQ_CST))
			assert_int_equal(turn(g, NULL), 0);
		/* its connection is given back */
		while (g->due_us < clock_monotonic_us() + CLOCK_SECOND)
			assert_int_equal(turn(g, NULL), 0);
		assert_int_equal(learnt.services, 0);
		clear(NULL);
		if (i == 2) {
			assert_int_equal(close_greeter(g).targets, 0);
			continue;
		}
		if (i == 0) {
			ahead_us += how.gap_us;
			go_on(g);
			counts = close_greeter(g);
		} else {
			counts = authorisation_ends(g);
		}
		assert_int_equal(counts.targets, 1);
		assert_int_equal(counts.answered, 1);
		assert_int_equal(learnt.services, 1);
		assert_string_equal(learnt.protocol, "http2");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(an_authorisation_ends, clear),
		cmocka_unit_test_teardown(nobody_for_the_second, clear)};

	return servers_prepare() ? RUN(tests) : 1;
}
