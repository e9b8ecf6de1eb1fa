/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking over loopback sockets with ephemeral ports: who is asked how often, who is given up,
 * what is believed, scope and stop. Servers are children of the test; nothing depends on how
 * fast anything is: whoever is waited for in vain never answers at all.
 */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/reverse.h"
#include "scanner/wire/dns.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVERS_MAX 4
#define ADDRS 100
#define PATIENCE_S 60 /* a child never outlives its test for longer */

/* What children tell, in shared memory. */
static struct shared {
	unsigned int asked[SERVERS_MAX], same_id[SERVERS_MAX], same_port[SERVERS_MAX];
	struct addr first[SERVERS_MAX][8];
} *shared;

static pid_t children[SERVERS_MAX];
static size_t n_children;

/* Makes an answer of a question, in place; 0: none. `addr`: whom it is about. */
typedef size_t (*behaviour)(uint8_t *bytes, size_t size, const struct addr *addr, int fd,
	const struct sockaddr_in *from);

static void serve(int fd, size_t me, behaviour behave)
{
	uint16_t last_id = 0, last_port = 0;

	alarm(PATIENCE_S);
	for (;;) {
		uint8_t bytes[1024];
		struct sockaddr_in from;
		socklen_t from_size = sizeof(from);
		ssize_t n = recvfrom(fd, bytes, 512, 0, (struct sockaddr *)&from, &from_size);
		struct dns_message m;
		struct dns_question question;
		struct addr addr;
		size_t size;

		if (n <= 0 || !dns_open(bytes, (size_t)n, &m) ||
			dns_next_question(&m, &question) != DNS_OK ||
			!dns_reverse_addr(&question.name, &addr))
			_exit(1);
		shared->same_id[me] += shared->asked[me] && m.id == last_id;
		shared->same_port[me] += shared->asked[me] && from.sin_port == last_port;
		last_id = m.id;
		last_port = from.sin_port;
		if (shared->asked[me] < 8)
			shared->first[me][shared->asked[me]] = addr;
		shared->asked[me]++;
		size = behave(bytes, (size_t)n, &addr, fd, &from);
		if (size && sendto(fd, bytes, size, 0, (struct sockaddr *)&from, from_size) < 0)
			_exit(1);
	}
}

static struct reverse_server start(behaviour behave)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0 && n_children < SERVERS_MAX);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	children[n_children] = fork();
	if (children[n_children] == 0)
		serve(fd, n_children, behave);
	assert_true(children[n_children++] > 0);
	close(fd);
	return (struct reverse_server){addr_v4(INADDR_LOOPBACK), ntohs(address.sin_port)};
}

static int clear(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_children; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	n_children = 0;
	memset(shared, 0, sizeof(*shared));
	return 0;
}

/* ---- behaviours -------------------------------------------------------------------------- */

#define SAYS(name)                                                                             \
	static size_t name(uint8_t *bytes, size_t size, const struct addr *addr, int fd,       \
		const struct sockaddr_in *from)

static size_t answer(uint8_t *bytes, size_t size, uint8_t code)
{
	bytes[2] = 0x84;
	bytes[3] = code;
	return size;
}

static size_t answer_name(uint8_t *bytes, size_t size, const struct addr *addr)
{
	int n;

	bytes[7] = 1;
	memcpy(bytes + size, "\xc0\x0c\0\x0c\0\1\0\0\1\x2c\0\7\5", 13);
	n = snprintf(
		(char *)bytes + size + 13, 6, "h%04u", addr->bytes[2] * 256u + addr->bytes[3]);
	assert_int_equal(n, 5);
	bytes[size + 18] = 0;
	return answer(bytes, size + 19, 0);
}

SAYS(names_all)
{
	(void)fd, (void)from;
	return answer_name(bytes, size, addr);
}

SAYS(refuses)
{
	(void)fd, (void)from, (void)addr;
	return answer(bytes, size, 5);
}

SAYS(knows_nobody)
{
	(void)fd, (void)from, (void)addr;
	return answer(bytes, size, 3);
}

/* Not authoritative for more than one network. */
SAYS(knows_one_network)
{
	(void)fd, (void)from;
	return addr->bytes[2] == 3 ? answer_name(bytes, size, addr) : answer(bytes, size, 5);
}

SAYS(is_silent)
{
	(void)bytes, (void)size, (void)addr, (void)fd, (void)from;
	return 0;
}

/* Answers that a stranger would try, before the true one. */
SAYS(is_imitated)
{
	uint8_t forged[1024];
	size_t n;

	memcpy(forged, bytes, size);
	forged[0] ^= 0x55;
	n = answer_name(forged, size, addr);
	memcpy(forged + n - 6, "evil1", 5);
	sendto(fd, forged, n, 0, (const struct sockaddr *)from, sizeof(*from));
	forged[0] ^= 0x55;
	forged[14] ^= 1; /* about somebody else */
	sendto(fd, forged, n, 0, (const struct sockaddr *)from, sizeof(*from));
	sendto(fd, "x", 1, 0, (const struct sockaddr *)from, sizeof(*from));
	return answer_name(bytes, size, addr);
}

/* Nothing but other ids, without end. */
SAYS(floods)
{
	bytes[0] ^= 0x55;
	size = answer_name(bytes, size, addr);
	for (int i = 0; i < 40; i++)
		sendto(fd, bytes, size, 0, (const struct sockaddr *)from, sizeof(*from));
	return 0;
}

/* ---- what is learnt ---------------------------------------------------------------------- */

static struct {
	unsigned int names;
	struct addr addrs[ADDRS * 2];
	char first[64], server[ADDR_TEXT_MAX];
} learnt;

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	char expected[16];

	(void)context, (void)reterr;
	assert_int_equal(obs->kind, OBSERVATION_NAME);
	assert_int_equal(obs->method, OBSERVATION_BY_GREETING);
	assert_string_equal(observation_attribute(obs, "source"), "dns.ptr");
	assert_true(obs->raw_size > 12);
	snprintf(expected, sizeof(expected), "h%04u",
		obs->addr.bytes[2] * 256u + obs->addr.bytes[3]);
	assert_string_equal(observation_attribute(obs, "name"), expected);
	snprintf(learnt.server, sizeof(learnt.server), "%s",
		observation_attribute(obs, "server"));
	assert_true(learnt.names < ARRAY_SIZE(learnt.addrs));
	learnt.addrs[learnt.names++] = obs->addr;
	return 0;
}

static struct addr addrs[ADDRS];

static struct reverse_options options(void)
{
	static struct scope *scope;

	if (!scope)
		scope = scope_new();
	for (uint32_t i = 0; i < ADDRS; i++) /* 20 in each of five networks */
		addrs[i] = addr_v4(0xc6120000u + (i / 20 << 8) + i % 20 + 1);
	return (struct reverse_options){.scope = scope, .patience_ms = 20000, .seed = 7};
}

static struct reverse_counts ask_with(
	const struct reverse_server *servers, size_t n, const struct reverse_options *how)
{
	struct observation_sink sink = {take, NULL};
	struct reverse_counts counts;
	struct error err = {0};

	memset(&learnt, 0, sizeof(learnt));
	if (reverse_run(servers, n, addrs, ADDRS, how, &sink, &counts, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(counts.named, learnt.names);
	return counts;
}

static struct reverse_counts ask(const struct reverse_server *servers, size_t n)
{
	struct reverse_options how = options();

	return ask_with(servers, n, &how);
}

/* ---- the tests --------------------------------------------------------------------------- */

static void everybody_has_a_name(void **state)
{
	struct reverse_server server = start(names_all);
	struct reverse_counts counts = ask(&server, 1);

	(void)state;
	assert_int_equal(counts.servers, 1);
	assert_int_equal(counts.asked, ADDRS);
	assert_int_equal(counts.answered, ADDRS);
	assert_int_equal(learnt.names, ADDRS);
	assert_string_equal(learnt.server, "127.0.0.1");
	assert_int_equal(shared->asked[0], ADDRS);
	/* ids and ports are drawn; now and then one may come twice in a row */
	assert_in_range(shared->same_id[0], 0, 3);
	assert_in_range(shared->same_port[0], 0, 10);
	/* the first of each network goes before the second of any */
	for (unsigned int i = 0; i < 8; i++)
		assert_int_equal(shared->first[0][i].bytes[3], i / 5 + 1);
}

static void who_names_nobody_is_given_up(void **state)
{
	struct reverse_server servers[] = {
		start(refuses), start(knows_nobody), start(names_all)};
	struct reverse_counts counts = ask(servers, 3);

	(void)state;
	assert_int_equal(shared->asked[0], REVERSE_TRIES);
	assert_int_equal(shared->asked[1], REVERSE_TRIES);
	assert_int_equal(shared->asked[2], ADDRS);
	assert_int_equal(counts.asked, ADDRS + 2 * REVERSE_TRIES);
	assert_int_equal(learnt.names, ADDRS);
}

static void who_knows_one_network_is_asked_on(void **state)
{
	struct reverse_server server = start(knows_one_network);

	(void)state;
	assert_int_equal(ask(&server, 1).asked, ADDRS);
	assert_int_equal(learnt.names, 20);
}

static void the_silent_are_given_up(void **state)
{
	struct reverse_server server = start(is_silent);
	struct reverse_options how = options();

	(void)state;
	how.patience_ms = 20;
	assert_int_equal(ask_with(&server, 1, &how).asked, 2 * REVERSE_SILENT_MAX);
	assert_int_equal(learnt.names, 0);
}

static void nobody_listens(void **state)
{
	struct reverse_server server = start(is_silent);

	(void)state;
	kill(children[0], SIGKILL);
	waitpid(children[0], NULL, 0);
	n_children = 0;
	assert_int_equal(ask(&server, 1).asked, 1);
}

static void strangers_are_not_believed(void **state)
{
	struct reverse_server server = start(is_imitated);
	struct reverse_counts counts = ask(&server, 1);

	(void)state;
	assert_int_equal(learnt.names, ADDRS);
	assert_int_equal(counts.strangers, 3 * ADDRS);
}

static void a_flood_is_no_answer(void **state)
{
	struct reverse_server server = start(floods);
	struct reverse_counts counts = ask(&server, 1);

	(void)state;
	assert_int_equal(learnt.names, 0);
	assert_int_equal(counts.asked, REVERSE_SILENT_MAX);
	assert_int_equal(counts.answered, 0);
}

static void outside_the_scope(void **state)
{
	struct reverse_server servers[] = {
		{addr_v4(0xc612fe01u), 53}, {addr_v4(0xc612fe02u), 53}, start(names_all)};
	struct reverse_counts counts = ask(servers, 3);

	(void)state;
	assert_int_equal(counts.asked, ADDRS); /* nothing left for the others */
	assert_int_equal(learnt.names, ADDRS);
}

static void at_most_so_many(void **state)
{
	struct reverse_server server = start(names_all), many[REVERSE_SERVERS_MAX + 5];
	struct reverse_options how = options();

	(void)state;
	how.questions_max = 7;
	assert_int_equal(ask_with(&server, 1, &how).asked, 7);
	assert_int_equal(shared->asked[0], 7);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = server;
	assert_int_equal(ask_with(many, ARRAY_SIZE(many), &how).servers, REVERSE_SERVERS_MAX);
	assert_int_equal(learnt.names, 7);
}

static int stop_at_ten(void *context, size_t done, size_t total)
{
	(void)context;
	assert_int_equal(total, ADDRS);
	return done >= 10;
}

static struct {
	struct reverse_asked rows[2 * ADDRS];
	size_t n;
} noted;

static void note(void *context, const struct reverse_asked *asked)
{
	(void)context;
	assert_true(noted.n < ARRAY_SIZE(noted.rows));
	noted.rows[noted.n++] = *asked;
}

/* What an earlier time was told is not asked again, counts as before, and says as much of the
 * server. */
static void check_known(behaviour behave, unsigned int patience_ms, size_t n)
{
	const struct reverse_server server = start(behave);
	const size_t parts[] = {0, 1, 2, n / 2, n - 1, n};
	struct reverse_options how = options();
	struct reverse_asked all[ARRAY_SIZE(noted.rows)];
	struct reverse_counts whole, counts;

	how.patience_ms = patience_ms;
	how.asked = note;
	noted.n = 0;
	whole = ask_with(&server, 1, &how);
	assert_int_equal(noted.n, n);
	memcpy(all, noted.rows, sizeof(all));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const struct observation_sink sink = {take, NULL};

		memset(&learnt, 0, sizeof(learnt));
		how.known = all;
		how.n_known = parts[i];
		noted.n = 0;
		assert_int_equal(
			reverse_run(&server, 1, addrs, ADDRS, &how, &sink, &counts, NULL), 0);
		assert_int_equal(noted.n, n - parts[i]);
		for (size_t k = 0; k < noted.n; k++)
			assert_true(addr_equal(&noted.rows[k].addr, &all[parts[i] + k].addr));
		assert_int_equal(counts.asked, whole.asked);
		assert_int_equal(counts.answered, whole.answered);
		assert_int_equal(counts.named, whole.named);
	}
	clear(NULL);
}

static void what_is_known(void **state)
{
	(void)state;
	check_known(names_all, 20000, ADDRS);
	check_known(knows_nobody, 20000, REVERSE_TRIES);
	check_known(is_silent, 20, REVERSE_SILENT_MAX);
}

static void a_stop(void **state)
{
	struct reverse_server server = start(names_all);
	struct reverse_options how = options();

	(void)state;
	how.progress = stop_at_ten;
	assert_in_range(ask_with(&server, 1, &how).asked, 10, 12);
}

static int full(void *context, const struct observation *obs, struct error *reterr)
{
	(void)context, (void)obs;
	return error_set(reterr, ERROR_SYSTEM, "the disk is full");
}

static void a_failing_sink_stops(void **state)
{
	struct reverse_server server = start(names_all);
	struct reverse_options how = options();
	struct observation_sink sink = {full, NULL};
	struct reverse_counts counts;
	struct error err = {0};

	(void)state;
	assert_int_equal(reverse_run(&server, 1, addrs, ADDRS, &how, &sink, &counts, &err),
		ERROR_SYSTEM);
	assert_string_equal(err.text, "the disk is full");
	assert_int_equal(reverse_run(&server, 1, addrs, 0, &how, &sink, &counts, &err), 0);
	assert_int_equal(reverse_run(NULL, 0, addrs, ADDRS, &how, &sink, &counts, &err), 0);
	how.scope = NULL;
	assert_int_equal(reverse_run(&server, 1, addrs, ADDRS, &how, &sink, &counts, &err),
		ERROR_INTERNAL);
}

static int setup(void **state)
{
	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	return shared == MAP_FAILED ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(everybody_has_a_name, clear),
		cmocka_unit_test_teardown(who_names_nobody_is_given_up, clear),
		cmocka_unit_test_teardown(who_knows_one_network_is_asked_on, clear),
		cmocka_unit_test_teardown(the_silent_are_given_up, clear),
		cmocka_unit_test_teardown(nobody_listens, clear),
		cmocka_unit_test_teardown(strangers_are_not_believed, clear),
		cmocka_unit_test_teardown(a_flood_is_no_answer, clear),
		cmocka_unit_test_teardown(outside_the_scope, clear),
		cmocka_unit_test_teardown(at_most_so_many, clear),
		cmocka_unit_test_teardown(what_is_known, clear),
		cmocka_unit_test_teardown(a_stop, clear),
		cmocka_unit_test_teardown(a_failing_sink_stops, clear)};

	return cmocka_run_group_tests(tests, setup, NULL);
}
