/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading SNMP agents over loopback sockets with ephemeral ports: who is asked at all, how often, when
 * it is given up. What agents that do answer are asked is test_walk.c's, and real ones are the lab's.
 * Agents here are children of the test, and none of them answers what was asked: nothing depends on
 * how fast anything is.
 */
#include "tests/unit/scanner/protocol/check.h"

#include "common/clock.h"
#include "scanner/protocol/walk_run.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S 60 /* a child never outlives its test for longer */
#define NOISE 64      /* datagrams for one */
#define ASKED_MAX 8   /* of who never answers: discovery and the login, each WALK_TRIES times */

static struct shared {
	unsigned int asked;
} *shared;

static pid_t child;

static const uint8_t noise[] = {0x30, 0x03, 0x02, 0x01, 0x07};

static void serve(int fd, size_t answers)
{
	alarm(PATIENCE_S);
	for (;;) {
		uint8_t bytes[2048];
		struct sockaddr_in from;
		socklen_t size = sizeof(from);

		if (recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size) < 0)
			_exit(1);
		shared->asked++;
		for (size_t i = 0; i < answers; i++)
			sendto(fd, noise, sizeof(noise), 0, (struct sockaddr *)&from, size);
	}
}

/* An agent that sends so many datagrams, none of which answers, for each that it hears. */
static uint16_t start(size_t answers)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0 && !child);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	child = fork();
	if (child == 0)
		serve(fd, answers);
	assert_true(child > 0);
	close(fd);
	return ntohs(address.sin_port);
}

static int clear(void **state)
{
	(void)state;
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	child = 0;
	memset(shared, 0, sizeof(*shared));
	return 0;
}

static size_t told;

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context, (void)obs, (void)reterr;
	told++;
	return 0;
}

static int stop(void *context, size_t done, size_t total)
{
	(void)context, (void)done, (void)total;
	return 1;
}

static const struct login logins[] = {
	{.cidr = {{4, {127, 0, 0, 0}}, 8}, .kind = LOGIN_COMMUNITY, .name = "lab"}};

/* One address, in scope as all of loopback is. */
static struct walk_counts ask(struct walk_options options, const char *address)
{
	const struct observation_sink sink = {take, NULL};
	struct error error = {0};
	struct walk_counts counts;
	struct addr addr;
	struct scope *scope = scope_new();

	told = 0;
	options.scope = scope;
	options.patience_ms = 20;
	assert_int_equal(addr_parse(address, &addr, NULL), 0);
	assert_int_equal(walk_run(&addr, 1, &options, &sink, &counts, &error), 0);
	scope_free(scope);
	return counts;
}

static struct walk_options options(uint16_t port)
{
	return (struct walk_options){.logins = logins, .n_logins = 1, .everything = true, .port = port};
}

static void test_who_never_answers(void **state)
{
	struct walk_counts counts = ask(options(start(0)), "127.0.0.1");

	(void)state;
	assert_int_equal(counts.agents, 1);
	assert_int_equal(counts.silent, 1);
	assert_int_equal(told, 0);
	assert_true(counts.requests >= 2 && counts.requests <= ASKED_MAX);
}

static void test_where_nobody_listens(void **state)
{
	uint16_t port = start(0);

	(void)state;
	clear(NULL);
	assert_int_equal(ask(options(port), "127.0.0.1").silent, 1);
	assert_int_equal(told, 0);
}

static void test_noise(void **state)
{
	struct walk_counts counts = ask(options(start(NOISE)), "127.0.0.1");

	(void)state;
	assert_int_equal(counts.silent, 1);
	assert_true(counts.strangers > 0);
	assert_true(counts.requests <= ASKED_MAX);
	assert_int_equal(told, 0);
}

static void test_out_of_scope(void **state)
{
	struct walk_options o = options(161);
	const struct login other = {.cidr = {{4, {192, 0, 2, 0}}, 24}, .name = "lab"};
	struct walk_counts counts;

	(void)state;
	o.logins = &other;
	counts = ask(o, "192.0.2.1");
	assert_int_equal(counts.out_of_scope, 1);
	assert_int_equal(counts.requests, 0);
}

static void test_excluded(void **state)
{
	struct addr_set *denied = addr_set_new();
	struct walk_options o = options(start(0));
	struct walk_counts counts;
	struct addr_range all = {{4, {127}}, {4, {127, 255, 255, 255}}};

	(void)state;
	assert_int_equal(addr_set_add(denied, &all, NULL), 0);
	assert_int_equal(addr_set_seal(denied, NULL), 0);
	o.denied = denied;
	counts = ask(o, "127.0.0.1");
	assert_int_equal(counts.out_of_scope, 1);
	assert_int_equal(counts.requests, 0);
	assert_int_equal(shared->asked, 0);
	addr_set_free(denied);
}

static void test_without_a_login(void **state)
{
	struct walk_options o = options(start(0));
	struct walk_counts counts;

	(void)state;
	o.n_logins = 0;
	counts = ask(o, "127.0.0.1");
	assert_int_equal(counts.agents, 0);
	assert_int_equal(shared->asked, 0);
}

static void test_stop(void **state)
{
	struct walk_options o = options(start(0));

	(void)state;
	o.progress = stop;
	ask(o, "127.0.0.1");
	assert_int_equal(told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_who_never_answers, clear),
		cmocka_unit_test_teardown(test_where_nobody_listens, clear),
		cmocka_unit_test_teardown(test_noise, clear),
		cmocka_unit_test_teardown(test_out_of_scope, clear),
		cmocka_unit_test_teardown(test_excluded, clear),
		cmocka_unit_test_teardown(test_without_a_login, clear),
		cmocka_unit_test_teardown(test_stop, clear),
	};

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	return RUN(tests);
}
