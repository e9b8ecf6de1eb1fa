/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers for the greeter, over loopback sockets with ephemeral ports. They are children of the
 * test, and tell in shared memory what they saw; nothing depends on how fast anything is.
 */
#ifndef TESTS_UNIT_SCANNER_PROTOCOL_SERVERS_H
#define TESTS_UNIT_SCANNER_PROTOCOL_SERVERS_H

#include "tests/unit/scanner/protocol/certificates.h"
#include "tests/unit/scanner/protocol/check.h"

#include "common/clock.h"
#include "scanner/protocol/greet.h"

#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
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
		/* The greeter closes first, unless the behaviour did; what it sees of our
		 * closing comes after the count. */
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

/* ---- what was learnt --------------------------------------------------------------------- */

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
		copy(learnt.title, sizeof(learnt.title),
			observation_attribute(obs, "http.title"));
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

/* ---- servers of ordinary behaviour ------------------------------------------------------- */

struct tls_side {
	struct certificate_made made;
	SSL_CTX *context;
	SSL *ssl;
};

static inline struct tls_side tls_begin(
	int fd, const char *name, SSL_CTX_alpn_select_cb_func choose)
{
	char names[64];
	struct tls_side side = {.context = SSL_CTX_new(TLS_server_method())};

	snprintf(names, sizeof(names), "DNS:%s", name);
	side.made = certificate_make(name, names);
	SSL_CTX_use_certificate(side.context, side.made.certificate);
	SSL_CTX_use_PrivateKey(side.context, side.made.key);
	SSL_CTX_set_alpn_select_cb(side.context, choose, NULL);
	side.ssl = SSL_new(side.context);
	SSL_set_fd(side.ssl, fd);
	return side;
}

/* Reads to the end, and closes. */
static inline bool tls_end(struct tls_side *side)
{
	char bytes[1024];

	while (SSL_read(side->ssl, bytes, sizeof(bytes)) > 0)
		;
	SSL_shutdown(side->ssl);
	SSL_free(side->ssl);
	SSL_CTX_free(side->context);
	certificate_forget(&side->made);
	return true;
}

/* Reads one line; false at the end. */
static inline bool hear_line(int fd)
{
	size_t n = 0;

	while (n + 1 < sizeof(shared->heard) && recv(fd, shared->heard + n, 1, 0) == 1)
		if (shared->heard[n++] == '\n') {
			shared->heard[n] = '\0';
			return true;
		}
	return false;
}

static inline bool mail_server(int fd)
{
	static const char *const words[] = {"220 e.example ESMTP Postfix\r\n",
		"250-e.example\r\n250 STARTTLS\r\n", "220 go ahead\r\n"};
	struct tls_side side;
	char bytes[64];
	int n;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		put(fd, words[i], strlen(words[i]));
		if (i < 2 && !hear_line(fd))
			return true;
	}
	side = tls_begin(fd, "e.example", NULL);
	if (SSL_accept(side.ssl) == 1 && (n = SSL_read(side.ssl, bytes, sizeof(bytes) - 1)) > 0)
		memcpy(shared->heard, bytes, (size_t)n);
	return tls_end(&side);
}

/* Grants TLS, and is asked for its version inside. */
static inline bool database(int fd)
{
	static const char error[] = "E\0\0\0\x73SFATAL\0VFATAL\0C0A000\0"
		"Munsupported frontend protocol 0.0: 3.0 to 3.0\0Fpostmaster.c\0L2222\0"
		"RProcessStartupPacket\0\0";
	struct tls_side side;
	char bytes[64];

	if (recv(fd, bytes, sizeof(bytes), 0) != 8)
		return true;
	put(fd, "S", 1);
	side = tls_begin(fd, "db.example", NULL);
	if (SSL_accept(side.ssl) == 1 && SSL_read(side.ssl, bytes, sizeof(bytes)) == 8)
		SSL_write(side.ssl, error, sizeof(error) - 1);
	return tls_end(&side);
}

static inline int only_h2(SSL *ssl, const unsigned char **out, unsigned char *size,
	const unsigned char *in, unsigned int n, void *context)
{
	(void)ssl, (void)context;
	if (n != 3 || memcmp(in, "\2h2", 3) != 0)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = in + 1;
	*size = 2;
	return SSL_TLSEXT_ERR_OK;
}

/* Settings, 200 and a page in HTTP/2, however the preface goes on. */
static inline bool h2_side(struct tls_side *side)
{
	static const char answer[] = "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"
				     "\0\0\x08\1\4\0\0\0\1"
				     "\x88"
				     "\x76\5nginx\0\0\x15\0\1\0\0\0\1"
				     "<title>Pump 7</title>";
	char bytes[256];

	if (SSL_accept(side->ssl) == 1 && SSL_read(side->ssl, bytes, sizeof(bytes)) > 0 &&
		memcmp(bytes, "PRI", 3) == 0) {
		memcpy(shared->heard, bytes, 24);
		SSL_write(side->ssl, answer, sizeof(answer) - 1);
		return tls_end(side);
	}
	SSL_shutdown(side->ssl); /* whatever else it is, it is left without a word */
	return tls_end(side);
}

static inline bool h2_server(int fd)
{
	struct tls_side side = tls_begin(fd, "h2.example", only_h2);

	return h2_side(&side);
}

/* Agrees to nothing where it does not like what is named, and says nothing of it. */
static inline int quietly_h2(SSL *ssl, const unsigned char **out, unsigned char *size,
	const unsigned char *in, unsigned int n, void *context)
{
	return only_h2(ssl, out, size, in, n, context) == SSL_TLSEXT_ERR_OK
		       ? SSL_TLSEXT_ERR_OK
		       : SSL_TLSEXT_ERR_NOACK;
}

static inline bool quiet_h2_server(int fd)
{
	struct tls_side side = tls_begin(fd, "h2.example", quietly_h2);

	return h2_side(&side);
}

/* Leads to itself for as long as it is asked, and notes how often. */
static inline bool loop_server(int fd)
{
	static const char found[] =
		"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n";
	char bytes[1024];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		shared->heard[0]++;
		put(fd, found, sizeof(found) - 1);
	}
	return n == 0;
}

/* A page, and an icon that never ends. */
static inline bool icon_server(int fd)
{
	static const char page[] =
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n"
		"<title>Icons</title>";
	static char flood[65536] = "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n";
	char bytes[1024];

	if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
		return true;
	put(fd, page, sizeof(page) - 1);
	if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
		return true;
	memcpy(shared->heard, bytes, 64);
	while (send(fd, flood, sizeof(flood), MSG_NOSIGNAL) > 0)
		;
	return true;
}

/* Every test of this kind begins with it. */
static inline bool servers_prepare(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	return shared != MAP_FAILED;
}

#endif
