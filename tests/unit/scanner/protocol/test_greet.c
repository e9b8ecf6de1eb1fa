/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The greeter over loopback sockets with ephemeral ports: honest and hostile servers, scope,
 * counts that close, one connection at a time to a host, full closing. Servers are children of
 * the test; nothing depends on how fast anything is.
 */
#include "tests/unit/scanner/protocol/servers.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

/* ---- honest servers ---------------------------------------------------------------------- */

static bool ssh_server(int fd)
{
	put(fd, "SSH-2.0-dropbear_2022.83\r\n", 26);
	return over(fd);
}

static bool web_server(int fd)
{
	static const char reply[] = "HTTP/1.1 302 Found\r\nServer: nginx/1.22.1\r\n"
				    "Location: http://127.0.0.1:1/\r\nContent-Length: 23\r\n\r\n<title>Intranet</title>";
	ssize_t n = recv(fd, shared->heard, sizeof(shared->heard) - 1, 0);

	if (n > 0)
		shared->heard[n] = '\0';
	/* In two pieces: the reader waits for the rest. */
	put(fd, reply, 30);
	put(fd, reply + 30, sizeof(reply) - 31);
	return true;
}

static bool tls_server(int fd)
{
	struct tls_side side = tls_begin(fd, "d.example", NULL);

	if (SSL_accept(side.ssl) == 1)
		SSL_write(side.ssl, "+OK inside\r\n", 12);
	return tls_end(&side);
}

static void honest(void **state)
{
	struct greet_target target = start(ssh_server, NULL);
	struct greet_counts counts = greet(&target, 1);

	(void)state;
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "ssh");
	assert_string_equal(learnt.product, "Dropbear SSH");
	assert_memory_equal(learnt.raw, "SSH-2.0-dropbear", 16);
	wait_for_ends(1);
	assert_int_equal(shared->full_closes, 1);
	target = start(web_server, "http");
	counts = greet(&target, 1);
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "http");
	assert_string_equal(learnt.title, "Intranet");
	assert_memory_equal(shared->heard, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", 33);
	wait_for_ends(2);
	assert_int_equal(shared->full_closes, 2);
	assert_int_equal(shared->accepted, 2); /* the redirect was not followed */
}

static void through_tls(void **state)
{
	struct greet_target target = start(tls_server, "tls");
	struct greet_counts counts = greet(&target, 1);

	(void)state;
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "pop3s");
	assert_int_equal(learnt.keys, 1);
	assert_int_equal(strlen(learnt.key), 64);
	assert_string_equal(learnt.name, "d.example");
	assert_memory_equal(learnt.raw, "+OK inside", 10);
	wait_for_ends(1);
}

static void one_at_a_time(void **state)
{
	struct greet_target targets[SERVERS_MAX];
	struct greet_options how = options();
	struct greet_counts counts;

	(void)state;
	for (size_t i = 0; i < 6; i++)
		targets[i] = start(web_server, "http");
	counts = greet_with(targets, 6, &how);
	assert_int_equal(counts.answered, 6);
	assert_int_equal(learnt.services, 6);
	wait_for_ends(6);
	assert_int_equal(shared->most_open, 1);
	how.per_host = 6;
	how.in_flight = 3;
	counts = greet_with(targets, 6, &how);
	assert_int_equal(counts.answered, 6);
}

/* ---- hostile servers --------------------------------------------------------------------- */

static bool escapes(int fd)
{
	put(fd, "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>\0\xff\xfe\xe2\x80\xae\r\n",
		45);
	return over(fd);
}

static bool escapes_in_ssh(int fd)
{
	put(fd, "SSH-2.0-\x1b[31m<b>\xff\x00OpenSSH\r\n", 27);
	return over(fd);
}

static bool endless(int fd)
{
	static char flood[65536];

	memset(flood, 'A', sizeof(flood));
	while (send(fd, flood, sizeof(flood), MSG_NOSIGNAL) > 0)
		;
	return true;
}

/* A byte at a time, for as long as somebody listens. */
static bool dripping(int fd)
{
	while (send(fd, "S", 1, MSG_NOSIGNAL) > 0)
		poll(NULL, 0, 50);
	return true;
}

static bool at_once_closed(int fd)
{
	return over(fd);
}

static bool resets(int fd)
{
	struct linger linger = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	return false;
}

static bool mute(int fd)
{
	read_to_end(fd);
	return true;
}

static bool random_bytes(int fd)
{
	uint8_t bytes[512];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + 13);
	put(fd, bytes, sizeof(bytes));
	return over(fd);
}

/* A TLS record that promises a certificate of megabytes. */
static bool huge_certificate(int fd)
{
	static uint8_t record[16389] = {0x16, 3, 3, 0x40, 0, 2, 0, 0, 0x26, 3, 3};
	char bytes[1024];

	if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
		return true;
	record[43] = 0;
	record[44] = 0xc0;
	record[45] = 0x2b;
	record[47] = 11; /* certificate, 16 MB */
	record[48] = record[49] = record[50] = 0xff;
	for (int i = 0; i < 200; i++)
		put(fd, record, sizeof(record));
	return over(fd);
}

static void hostile(void **state)
{
	static const struct {
		behaviour behave;
		const char *expected, *protocol;
		int services;
	} rows[] = {
		{escapes, NULL, "", 1},
		{escapes, "ssh", "", 1},
		{escapes_in_ssh, NULL, "ssh", 1},
		{endless, "ssh", "", 1},
		{endless, "http", "", 1},
		{dripping, "ssh", "", 1},
		{at_once_closed, "ssh", "", 0},
		{resets, "ssh", "", 0},
		{mute, "modbus", "", 0},
		{random_bytes, "modbus", "", 1},
		{random_bytes, "tls", "", 1},
		{huge_certificate, "tls", "tls", 1},
		{ssh_server, "tls", "ssh", 1},
		{web_server, "modbus", "http", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct greet_target target = start(rows[i].behave, rows[i].expected);
		struct greet_options how = options();
		struct greet_counts counts;

		if (rows[i].behave == dripping || rows[i].behave == mute)
			how.deadline_ms = 1000; /* only the deadline ends these */
		counts = greet_with(&target, 1, &how);
		if (learnt.services != rows[i].services ||
			strcmp(learnt.protocol, rows[i].protocol) != 0)
			fail_msg("row %zu: %d services, protocol \"%s\"", i, learnt.services,
				learnt.protocol);
		assert_int_equal(counts.targets, 1);
		assert_int_equal(counts.answered, rows[i].services);
		assert_int_equal(learnt.names, 0);
		wait_for_ends((int)i + 1);
	}
}

/* What does not bring back what was asked is nobody's word, and says nothing of the port. */
static void strangers_datagrams(void **state)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
			   peer;
	socklen_t size = sizeof(here), peer_size = sizeof(peer);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct greet_target target = {
		addr_v4(INADDR_LOOPBACK), TRANSPORT_UDP, 0, protocol_by_name("snmp")};
	struct greet_options how = options();
	struct greet_counts counts;
	struct greeter *g;
	char bytes[256];

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&here, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &size), 0);
	target.port = ntohs(here.sin_port);
	how.deadline_ms = 300;
	g = open_greeter(&how);
	add_all(g, &target, 1);
	assert_int_equal(turn(g, NULL), 0);
	assert_true(recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&peer,
			    &peer_size) > 0);
	assert_int_equal(
		sendto(fd, "who is there", 12, 0, (struct sockaddr *)&peer, peer_size), 12);
	go_on(g);
	counts = close_greeter(g);
	assert_int_equal(counts.silent, 1);
	assert_int_equal(learnt.services, 0);
	close(fd);
}

/* ---- scope, counts, stopping ------------------------------------------------------------- */

static void outside_the_scope(void **state)
{
	struct greet_target targets[] = {
		{addr_v4(0xc6120001), TRANSPORT_TCP, 22, NULL}, /* 198.18.0.1 */
		{addr_v4(0xc6120001), TRANSPORT_UDP, 161, NULL},
	};
	struct greet_counts counts = greet(targets, 2);

	(void)state;
	assert_int_equal(counts.out_of_scope, 2);
	assert_int_equal(learnt.services, 0);
}

/* What the plan excludes, and an IPv4 address in the clothes of IPv6. */
static void excluded_and_mapped(void **state)
{
	static const struct cidr all = {{6, {0}}, 0}, home = {{4, {127}}, 8};
	struct greet_target targets[2] = {start(ssh_server, NULL)};
	struct greet_options how = options();
	struct addr_set *denied = addr_set_new();
	struct scope *scope = scope_new();
	struct greet_counts counts;

	(void)state;
	assert_int_equal(scope_grant(scope, &all, 1, 0, INT64_MAX, NULL), 0);
	assert_int_equal(addr_set_add_cidr(denied, &home, NULL), 0);
	assert_int_equal(addr_set_seal(denied, NULL), 0);
	targets[1] = targets[0];
	targets[1].addr = (struct addr){6, {[10] = 0xff, 0xff, 127, 0, 0, 1}};
	how.scope = scope;
	how.denied = denied;
	counts = greet_with(targets, 2, &how);
	assert_int_equal(counts.out_of_scope, 2);
	assert_int_equal(shared->accepted, 0);
	how.denied = NULL;
	counts = greet_with(targets, 2, &how);
	assert_int_equal(counts.answered, 1);
	assert_int_equal(counts.out_of_scope, 1);
	scope_free(scope);
	addr_set_free(denied);
}

static void refused_and_mute(void **state)
{
	struct greet_target live = start(ssh_server, NULL), targets[3];
	struct greet_counts counts;

	(void)state;
	/* A port that was ours a moment ago and that nobody listens on. */
	clear(NULL);
	targets[0] = live;
	targets[1] = (struct greet_target){addr_v4(INADDR_LOOPBACK), TRANSPORT_TCP, 9100, NULL};
	targets[2] = live;
	targets[2].transport = TRANSPORT_UDP;
	targets[2].expected = protocol_by_name("snmp");
	counts = greet(targets, 3);
	assert_int_equal(counts.refused, 2);
	assert_int_equal(counts.silent, 1);
}

/* Whoever stops frees it: what is open is closed, what waits is given up. */
static void stopped(void **state)
{
	struct greet_target targets[5];
	struct greet_options how = options();
	struct greeter *g = open_greeter(&how);

	(void)state;
	for (size_t i = 0; i < 5; i++)
		targets[i] = start(i == 2 ? mute : ssh_server, NULL);
	add_all(g, targets, 5);
	while (g->counts.targets < 2 || shared->accepted < 3)
		assert_int_equal(turn(g, NULL), 0);
	assert_int_equal(g->pending, 3);
	assert_int_equal(close_greeter(g).answered, 2);
	wait_for_ends(3);
	assert_int_equal(shared->accepted, 3);
}

static int full(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context;
	(void)obs;
	return error_set(reterr, ERROR_SYSTEM, "the disk is full");
}

static void a_failing_sink_stops(void **state)
{
	struct greet_target target = start(ssh_server, NULL);
	struct greet_options how = options();
	struct observation_sink failing = {full, NULL};
	struct greeter *g;
	struct error err = {0};
	int r = 0;

	(void)state;
	assert_int_equal(greeter_new(&how, &failing, &g, &err), 0);
	add_all(g, &target, 1);
	while (r == 0 && g->pending)
		r = turn(g, &err);
	assert_int_equal(r, ERROR_SYSTEM);
	assert_string_equal(err.text, "the disk is full");
	assert_int_equal(close_greeter(g).targets, 0);
	how.scope = NULL;
	assert_int_equal(greeter_new(&how, &failing, &g, &err), ERROR_INTERNAL);
}

/* ---- over time --------------------------------------------------------------------------- */

/* Which target is spoken of; nobody else's observations come before it has ended. */
static struct {
	struct greet_target targets[SERVERS_MAX];
	int ended[SERVERS_MAX];
	size_t n;
	uint16_t port; /* 0: none */
} story;

static int take_story(void *context, const struct observation *obs, struct error *reterr)
{
	assert_true(!story.port || story.port == obs->port);
	story.port = obs->port;
	return take(context, obs, reterr);
}

static void on_end(void *context, const struct greet_target *target)
{
	assert_ptr_equal(context, &story);
	assert_true(!story.port || story.port == target->port);
	story.port = 0;
	for (size_t i = 0; i < story.n; i++)
		story.ended[i] += story.targets[i].port == target->port &&
			addr_equal(&story.targets[i].addr, &target->addr);
}

static struct greeter *begin_story(struct greet_options *how)
{
	static const struct observation_sink told = {take_story, NULL};
	struct greeter *g;

	memset(&story, 0, sizeof(story));
	memset(&learnt, 0, sizeof(learnt));
	how->ended = on_end;
	how->context = &story;
	assert_int_equal(greeter_new(how, &told, &g, NULL), 0);
	return g;
}

static void tell_of(struct greeter *g, struct greet_target target)
{
	story.targets[story.n++] = target;
	assert_int_equal(g->add(g, &target, NULL), 0);
}

/* Targets come one by one while others are greeted, one host's not together. */
static void as_they_are_found(void **state)
{
	struct greet_options how = options();
	struct greet_target first = start(ssh_server, NULL), second = start(tls_server, "tls");
	struct greeter *g = begin_story(&how);

	(void)state;
	assert_int_equal(g->due_us, INT64_MAX);
	tell_of(g, first);
	while (g->pending)
		assert_int_equal(turn(g, NULL), 0);
	assert_int_equal(story.ended[0], 1);
	tell_of(g, second);
	tell_of(g, (struct greet_target){addr_v4(0xc6120001), TRANSPORT_TCP, 22, NULL});
	tell_of(g, start(web_server, "http"));
	assert_int_equal(turn(g, NULL), 0);
	tell_of(g, (struct greet_target){addr_v4(0xc6120001), TRANSPORT_TCP, 23, NULL});
	tell_of(g, start(at_once_closed, NULL));
	tell_of(g, start(resets, NULL));
	go_on(g);
	/* But for those who may not be asked now, and may be another time. */
	for (size_t i = 0; i < story.n; i++)
		assert_int_equal(story.ended[i], story.targets[i].addr.bytes[0] == 127);
	assert_int_equal(g->counts.answered, 3);
	assert_int_equal(g->counts.out_of_scope, 2);
	assert_int_equal(learnt.keys, 1);
	assert_int_equal(close_greeter(g).targets, story.n);
}

/* To one host, and to all. */
static void a_gap_is_kept(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(ssh_server, NULL);
	struct greeter *g;
	int64_t began = clock_monotonic_us();

	(void)state;
	how.gap_us = 300000;
	g = begin_story(&how);
	tell_of(g, target);
	tell_of(g, target);
	go_on(g);
	assert_true(clock_monotonic_us() - began >= how.gap_us);
	assert_int_equal(close_greeter(g).answered, 2);
	began = clock_monotonic_us();
	how.gap_us = 0;
	how.gap_all_us = 60000;
	how.per_host = 6;
	g = begin_story(&how);
	for (size_t i = 0; i < 6; i++)
		tell_of(g, target);
	go_on(g);
	assert_true(clock_monotonic_us() - began >= 4 * how.gap_all_us);
	assert_int_equal(close_greeter(g).answered, 6);
}

/* Who never speaks, never ends or never reads keeps a place; the others have theirs. */
static void tarpits(void **state)
{
	static const behaviour pits[] = {mute, dripping, mute, dripping};
	const size_t n = ARRAY_SIZE(pits);
	struct greet_options how = options();
	struct greet_counts counts;
	struct greeter *g;

	(void)state;
	how.per_host = how.in_flight = 5;
	how.deadline_ms = 600000;
	g = begin_story(&how);
	for (size_t i = 0; i < n; i++)
		tell_of(g, start(pits[i], "ssh"));
	for (size_t i = 0; i < 6; i++)
		tell_of(g, start(i % 2 ? ssh_server : endless, "ssh"));
	while (g->counts.targets < 6)
		assert_int_equal(turn(g, NULL), 0);
	for (size_t i = 0; i < story.n; i++)
		assert_int_equal(story.ended[i], i >= n);
	assert_int_equal(close_greeter(g).answered, 6);
	wait_for_ends((int)story.n); /* what was given up is closed */
	how.deadline_ms = 300;
	g = begin_story(&how);
	for (size_t i = 0; i < n; i++)
		tell_of(g, (struct greet_target){addr_v4(INADDR_LOOPBACK), TRANSPORT_TCP,
			server_port(i), protocol_by_name("ssh")});
	go_on(g);
	counts = close_greeter(g);
	assert_int_equal(counts.silent, 2);
	assert_int_equal(counts.answered, 2);
	wait_for_ends((int)(10 + n));
}

/* Speaks first, and remembers what it hears. */
static bool speaks_and_hears(int fd)
{
	ssize_t n;

	put(fd, "SSH-2.0-dropbear_2022.83\r\n", 26);
	n = recv(fd, shared->heard, sizeof(shared->heard) - 1, 0);
	shared->heard[n > 0 ? n : 0] = '\0';
	return over(fd);
}

/* Whoever gives the turns comes late: what was said in time counts, and nobody is spoken to as
 * if silent, nor given up who has taken the connection. */
static void a_late_caller(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(speaks_and_hears, "http");
	struct greeter *g = open_greeter(&how);

	(void)state;
	add_all(g, &target, 1);
	while (__atomic_load_n(&shared->accepted, __ATOMIC_SEQ_CST) < 1)
		assert_int_equal(g->turn(g, 0, NULL), 0);
	poll(NULL, 0, 400); /* it listens for 250 ms */
	go_on(g);
	assert_int_equal(close_greeter(g).answered, 1);
	assert_string_equal(learnt.protocol, "ssh");
	wait_for_ends(1);
	assert_memory_equal(shared->heard, "SSH-2.0-", 8);
	how.deadline_ms = 200;
	target.expected = protocol_by_name("ssh");
	g = open_greeter(&how);
	add_all(g, &target, 1);
	assert_int_equal(g->turn(g, 0, NULL), 0); /* begun, and not more */
	poll(NULL, 0, 300);
	go_on(g);
	assert_int_equal(close_greeter(g).answered, 1);
	assert_string_equal(learnt.protocol, "ssh");
	wait_for_ends(2);
}

/* Lowers the limit of descriptors to `n` above the greeter's own; they are given from below. */
static struct rlimit leave_descriptors(const struct greeter *g, unsigned int n)
{
	struct rlimit before, small;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	small = before;
	small.rlim_cur = (rlim_t)g->fd + 1 + n;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	return before;
}

/* Not one is left: it waits, and not in a hurry, until there is one. */
static void no_descriptor(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(ssh_server, NULL);
	struct greeter *g = open_greeter(&how);
	struct rlimit before;

	(void)state;
	add_all(g, &target, 1);
	before = leave_descriptors(g, 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(turn(g, NULL), 0);
		assert_true(g->due_us > clock_monotonic_us());
	}
	assert_int_equal(g->pending, 1);
	setrlimit(RLIMIT_NOFILE, &before);
	go_on(g);
	assert_int_equal(close_greeter(g).answered, 1);
}

/* Nor will there ever be one: it comes to an end, and who was not greeted is counted. */
static void never_a_descriptor(void **state)
{
	struct greet_options how = options();
	struct greet_target target = start(ssh_server, NULL);
	struct greeter *g = open_greeter(&how);
	struct rlimit before;

	(void)state;
	for (int i = 0; i < 50; i++)
		add_all(g, &target, 1);
	before = leave_descriptors(g, 0);
	go_on(g);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(close_greeter(g).failed, 50);
}

/* There were few for a while: then as many are greeted at once as before. */
static void descriptors_come_back(void **state)
{
	struct greet_options how = options();
	struct greet_target quick = start(ssh_server, NULL);
	struct greeter *g;
	struct rlimit before;

	(void)state;
	how.per_host = how.in_flight = 12;
	g = open_greeter(&how);
	for (int i = 0; i < 12; i++)
		add_all(g, &quick, 1);
	before = leave_descriptors(g, 4);
	go_on(g);
	setrlimit(RLIMIT_NOFILE, &before);
	for (int i = 0; i < 200; i++)
		add_all(g, &quick, 1);
	go_on(g);
	wait_for_ends(212);
	for (int i = 0; i < 12; i++) {
		struct greet_target target = start(mute, "ssh");

		add_all(g, &target, 1);
	}
	for (int i = 0; i < 500 && __atomic_load_n(&shared->open, __ATOMIC_SEQ_CST) < 12; i++) {
		assert_int_equal(g->turn(g, 1000, NULL), 0);
		poll(NULL, 0, 10);
	}
	assert_int_equal(shared->open, 12);
	assert_int_equal(close_greeter(g).answered, 212);
}

/* A table of descriptors that is too small: fewer at a time, but all. */
static void few_descriptors(void **state)
{
	struct greet_options how = options();
	struct rlimit before;
	struct greeter *g;

	(void)state;
	how.per_host = how.in_flight = 12;
	g = begin_story(&how);
	for (size_t i = 0; i < 12; i++)
		tell_of(g, start(ssh_server, NULL));
	before = leave_descriptors(g, 3);
	for (size_t i = 0; i < n_servers; i++)
		close(servers[i].fd);
	while (g->pending)
		assert_int_equal(turn(g, NULL), 0);
	setrlimit(RLIMIT_NOFILE, &before);
	for (size_t i = 0; i < n_servers; i++)
		servers[i].fd = -1;
	assert_int_equal(close_greeter(g).answered, 12);
}

/* From here on no file is opened, no thread or process started; a breach kills. */
static void confine(void)
{
	static const unsigned int barred[] = {__NR_openat, __NR_openat2, __NR_clone3,
		__NR_execve, __NR_newfstatat, __NR_readlinkat};
	struct sock_filter filter[2 * ARRAY_SIZE(barred) + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	struct sock_fprog program = {0, filter};
	size_t n = 1;

	for (size_t i = 0; i < ARRAY_SIZE(barred); i++) {
		filter[n++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, barred[i], 0, 1);
		filter[n++] =
			(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	}
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(77);
}

static void within_the_sandbox(void **state)
{
	struct greet_target targets[] = {start(tls_server, "tls"), start(web_server, "http"),
		start(ssh_server, NULL), start(escapes, NULL), start(mail_server, "smtp"),
		start(icon_server, "http"), start(h2_server, "tls")};
	struct greet_options how = options();
	int status;
	pid_t pid = fork();

	(void)state;
	how.risk_max = PROTOCOL_STANDARD;
	targets[ARRAY_SIZE(targets) - 1].inside = protocol_by_name("http");
	if (pid == 0) {
		struct greeter *g = open_greeter(&how);

		alarm(PATIENCE_S);
		if (protocols_prepare(NULL) < 0)
			_exit(1);
		confine();
		add_all(g, targets, ARRAY_SIZE(targets));
		while (g->pending)
			if (turn(g, NULL) < 0)
				_exit(2);
		_exit(close_greeter(g).answered == ARRAY_SIZE(targets) ? 0 : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip(); /* this kernel has no filters */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void nothing_to_greet(void **state)
{
	struct greet_counts counts = greet(NULL, 0);

	(void)state;
	assert_int_equal(counts.targets, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(honest, clear),
		cmocka_unit_test_teardown(through_tls, clear),
		cmocka_unit_test_teardown(one_at_a_time, clear),
		cmocka_unit_test_teardown(hostile, clear), cmocka_unit_test(outside_the_scope),
		cmocka_unit_test_teardown(excluded_and_mapped, clear),
		cmocka_unit_test_teardown(refused_and_mute, clear),
		cmocka_unit_test_teardown(stopped, clear),
		cmocka_unit_test_teardown(a_failing_sink_stops, clear),
		cmocka_unit_test_teardown(within_the_sandbox, clear),
		cmocka_unit_test(nothing_to_greet),
		cmocka_unit_test_teardown(as_they_are_found, clear),
		cmocka_unit_test_teardown(a_gap_is_kept, clear),
		cmocka_unit_test_teardown(tarpits, clear),
		cmocka_unit_test_teardown(few_descriptors, clear),
		cmocka_unit_test(strangers_datagrams),
		cmocka_unit_test_teardown(a_late_caller, clear),
		cmocka_unit_test_teardown(no_descriptor, clear),
		cmocka_unit_test_teardown(never_a_descriptor, clear),
		cmocka_unit_test_teardown(descriptors_come_back, clear)};

	return servers_prepare() ? RUN(tests) : 1;
}
