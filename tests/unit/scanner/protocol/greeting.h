/* SPDX-License-Identifier: Apache-2.0 */
/* Servers as children of the test, on loopback sockets with ephemeral ports, and a greeter that is turned
 * until all is learnt. Nothing depends on how fast anything is. */
#ifndef TESTS_UNIT_SCANNER_PROTOCOL_GREETING_H
#define TESTS_UNIT_SCANNER_PROTOCOL_GREETING_H

#include "tests/unit/scanner/protocol/check.h"

#include "common/clock.h"
#include "scanner/protocol/greet.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVERS_MAX 16
#define PATIENCE_S 30 /* a child never outlives its test for longer */

/* What children tell, in shared memory. */
static struct shared {
	int open, most_open, accepted, full_closes;
	char heard[256];
} *shared;

static struct {
	pid_t pid;
	int fd;
} servers[SERVERS_MAX];
static size_t n_servers;

/* Serves one connection. False if it is to be dropped at once. */
typedef bool (*behaviour)(int fd);

static inline void put(int fd, const void *bytes, size_t size)
{
	if (send(fd, bytes, size, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
		_exit(1);
}

/* Reads to the end; true if the other side closed in full, without a reset. */
static inline bool read_to_end(int fd)
{
	char bytes[4096];
	ssize_t n;

	do
		n = recv(fd, bytes, sizeof(bytes), 0);
	while (n > 0);
	return n == 0;
}

/* Says that nothing more comes. */
static inline bool over(int fd)
{
	shutdown(fd, SHUT_WR);
	return true;
}

static inline void serve(int listener, behaviour behave)
{
	alarm(PATIENCE_S);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL), open;

		if (fd < 0)
			_exit(0);
		__atomic_add_fetch(&shared->accepted, 1, __ATOMIC_SEQ_CST);
		open = __atomic_add_fetch(&shared->open, 1, __ATOMIC_SEQ_CST);
		if (open > shared->most_open)
			shared->most_open = open;
		/* The greeter closes first, unless the behaviour did; what it sees of our closing
		 * comes after the count. */
		if (behave(fd) && read_to_end(fd))
			__atomic_add_fetch(&shared->full_closes, 1, __ATOMIC_SEQ_CST);
		__atomic_sub_fetch(&shared->open, 1, __ATOMIC_SEQ_CST);
		close(fd);
	}
}

static inline struct greet_target start(behaviour behave, const char *expected)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0 && n_servers < SERVERS_MAX);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	servers[n_servers].fd = fd;
	servers[n_servers].pid = fork();
	if (servers[n_servers].pid == 0)
		serve(fd, behave);
	assert_true(servers[n_servers++].pid > 0);
	return (struct greet_target){addr_v4(INADDR_LOOPBACK), TRANSPORT_TCP,
		ntohs(address.sin_port), expected ? protocol_by_name(expected) : NULL};
}

static inline uint16_t server_port(size_t i)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	assert_int_equal(getsockname(servers[i].fd, (struct sockaddr *)&address, &size), 0);
	return ntohs(address.sin_port);
}

static inline int clear(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_servers; i++) {
		kill(servers[i].pid, SIGKILL);
		waitpid(servers[i].pid, NULL, 0);
		close(servers[i].fd);
	}
	n_servers = 0;
	memset(shared, 0, sizeof(*shared));
	return 0;
}

/* ---- what was learnt ----------------------------------------------------------------------- */

static struct {
	int services, keys, names;
	char protocol[32], product[64], title[128], key[128], name[128];
	uint8_t raw[OBSERVATION_RAW_MAX];
	size_t raw_size;
} learnt;

static inline void copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
}

static inline int take(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context;
	(void)reterr;
	assert_int_equal(obs->method, OBSERVATION_BY_GREETING);
	assert_true(obs->raw_size <= OBSERVATION_RAW_MAX);
	for (size_t i = 0; i < obs->n_attributes; i++)
		assert_true(text_is_clean(obs->attributes[i].value,
			strlen(obs->attributes[i].value)));
	if (obs->kind == OBSERVATION_SERVICE) {
		learnt.services++;
		copy(learnt.protocol, sizeof(learnt.protocol), obs->protocol);
		copy(learnt.product, sizeof(learnt.product),
			observation_attribute(obs, "service.product"));
		copy(learnt.title, sizeof(learnt.title), observation_attribute(obs, "http.title"));
		memcpy(learnt.raw, obs->raw, obs->raw_size);
		learnt.raw_size = obs->raw_size;
	} else if (obs->kind == OBSERVATION_KEY) {
		learnt.keys++;
		copy(learnt.key, sizeof(learnt.key), observation_attribute(obs, "value"));
	} else if (obs->kind == OBSERVATION_NAME) {
		learnt.names++;
		copy(learnt.name, sizeof(learnt.name), observation_attribute(obs, "name"));
	}
	return 0;
}

static inline struct greet_options options(void)
{
	static struct scope *scope;

	if (!scope)
		scope = scope_new();
	return (struct greet_options){.fingerprints = check_fingerprints(), .scope = scope,
		.risk_max = PROTOCOL_SAFE, .deadline_ms = 20000, .seed = 7};
}

static const struct observation_sink sink = {take, NULL};

static inline struct greeter *open_greeter(const struct greet_options *how)
{
	struct greeter *g;

	memset(&learnt, 0, sizeof(learnt));
	assert_int_equal(greeter_new(how, &sink, &g, NULL), 0);
	return g;
}

static inline void add_all(struct greeter *g, const struct greet_target *targets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(g->add(g, &targets[i], NULL), 0);
}

/* Waits as its caller does, and gives it a turn. */
static inline int turn(struct greeter *g, struct error *err)
{
	struct pollfd fd = {g->fd, POLLIN, 0};
	int64_t now = clock_monotonic_us();
	int64_t ms = g->due_us <= now ? 0 : (g->due_us - now + 999) / 1000;

	poll(&fd, 1, ms < 1000 ? (int)ms : 1000);
	return g->turn(g, 20000, err);
}

static inline struct greet_counts close_greeter(struct greeter *g)
{
	struct greet_counts counts = g->counts;

	g->free(g);
	assert_int_equal(counts.targets, counts.answered + counts.silent + counts.refused +
		counts.out_of_scope + counts.failed);
	return counts;
}

static inline void go_on(struct greeter *g)
{
	struct error err = {0};

	while (g->pending)
		if (turn(g, &err) < 0)
			fail_msg("%s", err.text);
}

static inline struct greet_counts greet_with(const struct greet_target *targets, size_t n,
	const struct greet_options *how)
{
	struct greeter *g = open_greeter(how);

	add_all(g, targets, n);
	go_on(g);
	assert_int_equal(g->counts.targets, n);
	return close_greeter(g);
}

static inline struct greet_counts greet(const struct greet_target *targets, size_t n)
{
	struct greet_options how = options();

	return greet_with(targets, n, &how);
}

/* Waits until the children have seen `n` connections end. */
static inline void wait_for_ends(int n)
{
	for (int i = 0; i < PATIENCE_S * 100; i++) {
		if (__atomic_load_n(&shared->open, __ATOMIC_SEQ_CST) == 0 &&
			__atomic_load_n(&shared->accepted, __ATOMIC_SEQ_CST) >= n)
			return;
		poll(NULL, 0, 10);
	}
	fail_msg("a connection stayed open");
}

#endif
