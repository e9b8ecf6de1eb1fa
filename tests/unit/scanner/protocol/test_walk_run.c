/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading SNMP agents over loopback sockets with ephemeral ports: who is asked at all, how
 * often, when it is given up, who waits for whom. What agents that answer are asked is
 * test_walk.c's, and real ones are the lab's. Agents here are children of the test; whoever is
 * waited for in vain never answers at all, so nothing depends on how fast anything is.
 */
#include "tests/unit/scanner/protocol/check.h"

#include "common/clock.h"
#include "tests/unit/scanner/protocol/agent_objects.h"
#include "scanner/protocol/walk_run.h"

#include <netinet/in.h>
#include <poll.h>
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

#define TWINS 3

static const struct login logins[] = {
	{.cidr = {{4, {127, 0, 0, 0}}, 8}, .kind = LOGIN_COMMUNITY, .name = "lab"}};
static const uint8_t engine_id[] = {0x80, 0, 0x1f, 0x88, 4, 't', 'w', 'i', 'n'};

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

/* Things of one engine at 127.0.0.1 and those behind it, which say nothing of their addresses:
 * copies. */
static void serve_twins(const int fds[TWINS])
{
	static struct agent agent;
	struct pollfd polled[TWINS];

	alarm(PATIENCE_S);
	agent.login = logins;
	agent.engine = (struct snmp_engine){engine_id, sizeof(engine_id), 1, 1};
	agent_system_group(&agent);
	agent_sort(&agent);
	for (;;) {
		for (size_t i = 0; i < TWINS; i++)
			polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
		if (poll(polled, TWINS, -1) < 0)
			_exit(1);
		for (size_t i = 0; i < TWINS; i++) {
			uint8_t bytes[2048], out[AGENT_DATAGRAM];
			struct sockaddr_in from;
			socklen_t size = sizeof(from);
			ssize_t n = polled[i].revents
					    ? recvfrom(fds[i], bytes, sizeof(bytes), 0,
						      (struct sockaddr *)&from, &size)
					    : 0;

			n = n > 0 ? (ssize_t)agent_answer(
					    &agent, bytes, (size_t)n, out, sizeof(out))
				  : 0;
			if (n > 0 && sendto(fds[i], out, (size_t)n, 0, (struct sockaddr *)&from,
					     size) < 0)
				_exit(1);
		}
	}
}

static uint16_t start_twins(void)
{
	int fds[TWINS];
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);

	for (uint32_t i = 0; i < TWINS; i++) {
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
		fds[i] = socket(AF_INET, SOCK_DGRAM, 0);
		assert_int_equal(bind(fds[i], (struct sockaddr *)&address, size), 0);
		assert_int_equal(getsockname(fds[i], (struct sockaddr *)&address, &size), 0);
	}
	child = fork();
	if (child == 0)
		serve_twins(fds);
	assert_true(child > 0);
	for (size_t i = 0; i < TWINS; i++)
		close(fds[i]);
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
static struct addr at[8]; /* where the services are that were told of, in that order */
static size_t n_at;

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context, (void)reterr;
	told++;
	if (obs->kind == OBSERVATION_SERVICE && n_at < ARRAY_SIZE(at))
		at[n_at++] = obs->addr;
	return 0;
}

static int stop(void *context, size_t done, size_t total)
{
	(void)context, (void)done, (void)total;
	return 1;
}

/* Addresses from 127.0.0.1 on, or one, in scope as all of loopback is. */
static struct walk_counts ask_many(
	struct walk_options options, const struct addr *addrs, size_t n)
{
	const struct observation_sink sink = {take, NULL};
	struct error error = {0};
	struct walk_counts counts;
	struct scope *scope = scope_new();

	told = n_at = 0;
	options.scope = scope;
	if (!options.patience_ms)
		options.patience_ms = 20;
	assert_int_equal(walk_run(addrs, n, &options, &sink, &counts, &error), 0);
	scope_free(scope);
	return counts;
}

static struct walk_counts ask(struct walk_options options, const char *address)
{
	struct addr addr;

	assert_int_equal(addr_parse(address, &addr, NULL), 0);
	return ask_many(options, &addr, 1);
}

static struct walk_options options(uint16_t port)
{
	return (struct walk_options){
		.logins = logins, .n_logins = 1, .everything = true, .port = port};
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

/* Excluded as soon as the first datagram was waited for. */
static int exclude(void *context, size_t done, size_t total)
{
	struct walk_options *o = context;
	struct addr_set *all;
	struct addr_range loopback = {{4, {127}}, {4, {127, 255, 255, 255}}};

	(void)done, (void)total;
	if (!o->denied) {
		all = addr_set_new();
		assert_int_equal(addr_set_add(all, &loopback, NULL), 0);
		assert_int_equal(addr_set_seal(all, NULL), 0);
		o->denied = all;
	}
	return 0;
}

/* Nobody is asked twice before sixteen strangers were heard: those count, and so does the one
 * request. */
static void test_excluded_on_the_way(void **state)
{
	const struct observation_sink sink = {take, NULL};
	struct addr addr = addr_v4(INADDR_LOOPBACK);
	struct walk_options o = options(start(NOISE));
	struct walk_counts counts;
	struct scope *scope = scope_new();

	(void)state;
	o.scope = scope;
	o.patience_ms = PATIENCE_S * 1000;
	o.progress = exclude;
	o.context = &o;
	assert_int_equal(walk_run(&addr, 1, &o, &sink, &counts, NULL), 0);
	assert_int_equal(counts.out_of_scope, 1);
	assert_int_equal(counts.agents, 1);
	assert_int_equal(counts.requests, 1);
	assert_true(counts.strangers >= 16);
	addr_set_free((struct addr_set *)o.denied);
	scope_free(scope);
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

#define MANY (WALK_IN_FLIGHT_MAX + 36)

static void first_addresses(struct addr *addrs, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		addrs[i] = addr_v4(INADDR_LOOPBACK + i);
}

/* More than are read at a time: each has its turn. */
static void test_more_than_fit(void **state)
{
	struct addr addrs[MANY];
	uint16_t port = start(0);
	struct walk_counts counts;

	(void)state;
	clear(NULL);
	first_addresses(addrs, MANY);
	counts = ask_many(options(port), addrs, MANY);
	assert_int_equal(counts.agents, MANY);
	assert_int_equal(counts.silent, MANY);
	assert_int_equal(counts.requests, MANY); /* nobody listens: no login is said */
}

/* The time for one agent, while an answer is still waited for. */
static void test_the_time_for_one_agent(void **state)
{
	struct walk_options o = options(start(0));
	struct walk_counts counts;

	(void)state;
	o.patience_ms = PATIENCE_S * 1000;
	o.agent_ms = 50;
	counts = ask(o, "127.0.0.1");
	assert_int_equal(counts.silent, 1);
	assert_int_equal(counts.requests, 1);
}

/* Copies of one image have one engine id and are read each, one after the other. */
static void test_copies(void **state)
{
	struct walk_options o = options(start_twins());
	struct addr addrs[TWINS];
	struct walk_counts counts;

	(void)state;
	o.patience_ms = PATIENCE_S * 1000;
	first_addresses(addrs, TWINS);
	counts = ask_many(o, addrs, TWINS);
	assert_int_equal(counts.read, TWINS);
	assert_int_equal(counts.same, 0);
	assert_int_equal(n_at, TWINS);
	for (size_t i = 0; i < TWINS; i++)
		assert_true(addr_equal(&at[i], &addrs[i]));
}

static struct walk_end ends[8];
static size_t n_ends;

static void note(void *context, const struct walk_end *end)
{
	(void)context;
	ends[n_ends++] = *end;
}

/* Of an earlier time: who was read is not asked again, nor where an engine has its address. */
static void test_what_is_known(void **state)
{
	struct walk_options o = options(start_twins());
	struct addr addrs[TWINS];
	struct walk_own own = {.size = sizeof(engine_id)};
	struct walk_counts counts;

	(void)state;
	o.patience_ms = PATIENCE_S * 1000;
	o.ended = note;
	n_ends = 0;
	first_addresses(addrs, TWINS);
	ask_many(o, addrs, TWINS);
	assert_int_equal(n_ends, TWINS);
	assert_true(addr_equal(&ends[0].addr, &addrs[0]) && ends[0].fate == WALK_FATE_READ &&
		    ends[0].requests > 1);
	assert_int_equal(ends[0].engine_size, sizeof(engine_id));
	assert_memory_equal(ends[0].engine, engine_id, sizeof(engine_id));
	o.known = addrs;
	o.n_known = 1;
	own.addr = addrs[2];
	memcpy(own.engine, engine_id, sizeof(engine_id));
	o.own = &own;
	o.n_own = 1;
	n_ends = 0;
	counts = ask_many(o, addrs, TWINS);
	assert_int_equal(counts.agents, 2);
	assert_int_equal(counts.read, 1);
	assert_int_equal(counts.same, 1);
	assert_int_equal(n_at, 1);
	assert_true(addr_equal(&at[0], &addrs[1]));
	/* what a stop leaves out has not ended */
	o.progress = stop;
	o.n_known = o.n_own = 0;
	n_ends = 0;
	ask_many(o, addrs, TWINS);
	assert_int_equal(n_ends, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_who_never_answers, clear),
		cmocka_unit_test_teardown(test_where_nobody_listens, clear),
		cmocka_unit_test_teardown(test_noise, clear),
		cmocka_unit_test_teardown(test_out_of_scope, clear),
		cmocka_unit_test_teardown(test_excluded, clear),
		cmocka_unit_test_teardown(test_excluded_on_the_way, clear),
		cmocka_unit_test_teardown(test_without_a_login, clear),
		cmocka_unit_test_teardown(test_stop, clear),
		cmocka_unit_test_teardown(test_more_than_fit, clear),
		cmocka_unit_test_teardown(test_the_time_for_one_agent, clear),
		cmocka_unit_test_teardown(test_copies, clear),
		cmocka_unit_test_teardown(test_what_is_known, clear),
	};

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	if (shared == MAP_FAILED)
		return 1;
	return RUN(tests);
}
