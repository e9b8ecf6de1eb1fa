/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks servers about addresses; see reverse.h. One loop over at most REVERSE_SERVERS_MAX
 * sockets; opens no file and starts no thread.
 */
#include "scanner/protocol/reverse.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/siphash.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PATIENCE_MS 2000
#define TURN_MS 200	 /* progress is told at least so often */
#define STRANGERS_MAX 16 /* read while one answer is waited for */
#define MESSAGE_MAX OBSERVATION_RAW_MAX

struct server {
	struct addr addr;
	uint16_t port;
	uint32_t *order; /* of the addresses, as this server is asked */
	size_t next;	 /* which one is being asked about */
	int fd;		 /* -1: no question is open */
	uint16_t id;
	unsigned int sent; /* of the open question */
	unsigned int strangers;
	unsigned int silent; /* questions in a row */
	bool named, over;
	int64_t due_us;	     /* not asked before */
	int64_t deadline_us; /* of the open question */
};

struct asker {
	const struct addr *addrs;
	size_t n_addrs;
	uint32_t *rank; /* of an address in its reverse zone */
	const struct reverse_options *options;
	const struct observation_sink *sink;
	struct reverse_counts *counts;
	struct siphash_key key;
	struct server servers[REVERSE_SERVERS_MAX];
	size_t n_servers, done, questions_max;
	int64_t patience_us, due_us;
	bool stopping;
	struct reverse_names names;
};

/* ---- in which order
 * ------------------------------------------------------------------------ */

/* Reverse zones are cut at /24 and /64. */
static unsigned int zone_bits(const struct addr *addr)
{
	return addr->family == 4 ? 24 : 64;
}

static unsigned int common_bits(const struct addr *a, const struct addr *b)
{
	unsigned int n = 0, max = a->family == 4 ? 32 : 128;

	if (a->family != b->family)
		return 0;
	while (n < max && !((a->bytes[n / 8] ^ b->bytes[n / 8]) & 0x80 >> n % 8))
		n++;
	return n;
}

static void rank(struct asker *a)
{
	for (size_t i = 0; i < a->n_addrs; i++)
		a->rank[i] = i > 0 && common_bits(&a->addrs[i], &a->addrs[i - 1]) >=
						     zone_bits(&a->addrs[i])
				     ? a->rank[i - 1] + 1
				     : 0;
}

struct view_of_server {
	const struct asker *asker;
	const struct server *server;
};

static int by_turn(const void *x, const void *y, void *context)
{
	const struct view_of_server *v = context;
	uint32_t i = *(const uint32_t *)x, k = *(const uint32_t *)y;
	unsigned int near_i, near_k;

	if (v->asker->rank[i] != v->asker->rank[k])
		return v->asker->rank[i] < v->asker->rank[k] ? -1 : 1;
	near_i = common_bits(&v->asker->addrs[i], &v->server->addr);
	near_k = common_bits(&v->asker->addrs[k], &v->server->addr);
	if (near_i != near_k)
		return near_i > near_k ? -1 : 1;
	return i < k ? -1 : i > k;
}

/* ---- one question
 * -------------------------------------------------------------------------- */

static void hang_up(struct server *server)
{
	if (server->fd >= 0)
		close(server->fd);
	server->fd = -1;
}

static void stop_asking(struct server *server)
{
	hang_up(server);
	server->over = true;
}

/* What a question says of the server. */
static void judge(struct asker *a, struct server *server, enum reverse_fate fate)
{
	server->silent = fate == REVERSE_WAS_SILENT ? server->silent + 1 : 0;
	server->named = server->named || fate == REVERSE_WAS_NAMED;
	server->next++;
	a->done++;
	if (server->next == a->n_addrs || server->silent >= REVERSE_SILENT_MAX ||
		fate == REVERSE_WAS_LAST || (!server->named && server->next >= REVERSE_TRIES))
		server->over = true;
}

/* The open question is done with. */
static void finish(struct asker *a, struct server *server, enum reverse_fate fate)
{
	const struct reverse_asked asked = {server->addr, a->addrs[server->order[server->next]],
		fate, (uint8_t)server->sent,
		fate == REVERSE_WAS_NAMED ? (uint8_t)a->names.n : 0};

	hang_up(server);
	server->sent = server->strangers = 0;
	judge(a, server, fate);
	if (a->options->asked)
		a->options->asked(a->options->context, &asked);
}

static void unanswered(struct asker *a, struct server *server)
{
	hang_up(server);
	if (server->sent >= 2)
		finish(a, server, REVERSE_WAS_SILENT);
}

static uint16_t draw_id(const struct asker *a)
{
	uint64_t words[1] = {a->counts->asked};

	return (uint16_t)siphash(&a->key, words, sizeof(words));
}

static int ask(struct asker *a, struct server *server, int64_t now, struct error *reterr)
{
	const struct addr *addr = &a->addrs[server->order[server->next]];
	uint8_t out[REVERSE_REQUEST_MAX];
	struct sockaddr_storage address;
	socklen_t size = addr_to_sockaddr(&server->addr, server->port, &address);
	size_t n;

	if (scope_check(a->options->scope, &server->addr, clock_wall_us(), NULL) !=
		SCOPE_ALLOWED) {
		stop_asking(server);
		return 0;
	}
	server->fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (server->fd < 0)
		return error_errno(
			reterr, ERROR_NETWORK, errno, "cannot open a socket to ask for names");
	server->id = draw_id(a);
	n = reverse_question(out, sizeof(out), addr, server->id);
	server->sent++;
	a->counts->asked++;
	a->due_us = now + a->options->gap_all_us;
	server->due_us = now + a->options->gap_us;
	server->deadline_us = now + a->patience_us;
	if (n == 0 || connect(server->fd, (struct sockaddr *)&address, size) < 0 ||
		send(server->fd, out, n, MSG_NOSIGNAL) < 0)
		finish(a, server, REVERSE_WAS_LAST); /* there is no way to it */
	return 0;
}

static int tell(struct asker *a, const struct server *server, const uint8_t *bytes, size_t size,
	struct error *reterr)
{
	char text[ADDR_TEXT_MAX];
	struct attribute attributes[] = {{"name", NULL}, {"source", "dns.ptr"},
		{"server", addr_format(&server->addr, text)}};
	struct observation obs = {.kind = OBSERVATION_NAME,
		.method = OBSERVATION_BY_GREETING,
		.time_us = clock_wall_us(),
		.addr = a->addrs[server->order[server->next]],
		.protocol = "dns",
		.attributes = attributes,
		.n_attributes = ARRAY_SIZE(attributes),
		.raw = bytes,
		.raw_size = size};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < a->names.n; i++) {
		attributes[0].value = a->names.names[i];
		a->counts->named++;
		r = a->sink->take(a->sink->context, &obs, reterr);
	}
	return r < 0 ? r : 0;
}

static int hear(struct asker *a, struct server *server, struct error *reterr)
{
	uint8_t bytes[MESSAGE_MAX];
	enum reverse_outcome outcome;
	ssize_t n = recv(server->fd, bytes, sizeof(bytes), 0);
	int r = 0;

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			finish(a, server,
				REVERSE_WAS_LAST); /* nobody listens there, or nothing passes */
		return 0;
	}
	outcome = reverse_read(bytes, (size_t)n, &a->addrs[server->order[server->next]],
		server->id, &a->names);
	if (outcome == REVERSE_STRANGER) {
		a->counts->strangers++;
		if (++server->strangers >= STRANGERS_MAX)
			finish(a, server, REVERSE_WAS_SILENT);
		return 0;
	}
	a->counts->answered++;
	if (outcome == REVERSE_NAMED)
		r = tell(a, server, bytes, (size_t)n, reterr);
	if (r == 0)
		finish(a, server,
			outcome == REVERSE_NAMED ? REVERSE_WAS_NAMED : REVERSE_WAS_NOT);
	return r;
}

/* ---- the loop
 * ------------------------------------------------------------------------------ */

/* What falls due now. Returns when the next thing does. */
static int act(struct asker *a, int64_t *ret_next, bool *ret_idle, struct error *reterr)
{
	int64_t now = clock_monotonic_us(), next = now + TURN_MS * 1000;
	int r = 0;

	*ret_idle = true;
	for (size_t i = 0; r == 0 && i < a->n_servers; i++) {
		struct server *s = &a->servers[i];
		int64_t due;

		if (s->fd >= 0 && now >= s->deadline_us)
			unanswered(a, s);
		if (s->fd < 0 && !s->over && a->counts->asked >= a->questions_max)
			s->over = true;
		if (s->fd < 0 && !s->over && now >= s->due_us && now >= a->due_us)
			r = ask(a, s, now, reterr);
		if (s->over)
			continue;
		*ret_idle = false;
		due = s->fd >= 0	      ? s->deadline_us
		      : s->due_us > a->due_us ? s->due_us
					      : a->due_us;
		next = due < next ? due : next;
	}
	*ret_next = next;
	return r;
}

static int turn(struct asker *a, int64_t until, struct error *reterr)
{
	struct pollfd polled[REVERSE_SERVERS_MAX];
	int64_t wait = (until - clock_monotonic_us() + 999) / 1000;
	int r = 0;

	for (size_t i = 0; i < a->n_servers; i++)
		polled[i] = (struct pollfd){.fd = a->servers[i].fd, .events = POLLIN};
	if (poll(polled, a->n_servers, wait < 0 ? 0 : (int)wait) < 0 && errno != EINTR)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot wait for names");
	for (size_t i = 0; r == 0 && i < a->n_servers; i++)
		if (polled[i].fd >= 0 && polled[i].revents)
			r = hear(a, &a->servers[i], reterr);
	return r;
}

static int run(struct asker *a, struct error *reterr)
{
	int r = 0;

	while (r == 0 && !a->stopping) {
		int64_t next;
		bool idle;

		r = act(a, &next, &idle, reterr);
		if (r < 0 || idle)
			break;
		r = turn(a, next, reterr);
		if (a->options->progress && a->options->progress(a->options->context, a->done,
						    a->n_servers * a->n_addrs))
			a->stopping = true;
	}
	for (size_t i = 0; i < a->n_servers; i++)
		hang_up(&a->servers[i]);
	return r;
}

static bool add_server(struct asker *a, const struct reverse_server *from)
{
	struct server *server = &a->servers[a->n_servers];
	struct view_of_server view = {a, server};

	*server = (struct server){.addr = from->addr, .port = from->port, .fd = -1};
	server->order = calloc(a->n_addrs, sizeof(*server->order));
	if (!server->order)
		return false;
	for (uint32_t i = 0; i < a->n_addrs; i++)
		server->order[i] = i;
	qsort_r(server->order, a->n_addrs, sizeof(*server->order), by_turn, &view);
	a->n_servers++;
	return true;
}

static int compare_asked(const void *x, const void *y)
{
	const struct reverse_asked *one = x, *other = y;
	int r = addr_compare(&one->server, &other->server);

	return r ? r : addr_compare(&one->addr, &other->addr);
}

/* What is known of a server: those questions come first in its order, and are done. */
static void take_known(
	struct asker *a, struct server *server, const struct reverse_asked *known, size_t n)
{
	size_t first = 0;

	for (size_t i = 0; i < a->n_addrs; i++) {
		uint32_t number = server->order[i];
		const struct reverse_asked wanted = {server->addr, a->addrs[number], 0, 0, 0},
					   *asked = bsearch(&wanted, known, n, sizeof(*known),
						   compare_asked);

		if (!asked)
			continue;
		memmove(server->order + first + 1, server->order + first,
			(i - first) * sizeof(*server->order));
		server->order[first++] = number;
		judge(a, server, asked->fate);
		a->counts->asked += asked->sent;
		a->counts->answered += asked->fate <= REVERSE_WAS_NOT;
		a->counts->named += asked->names;
	}
}

static int take_all_known(struct asker *a, struct error *reterr)
{
	const struct reverse_options *o = a->options;
	_cleanup_(cleanup_freep) struct reverse_asked *known =
		calloc(o->n_known + 1, sizeof(*known));

	if (!known)
		return error_set(reterr, ERROR_SYSTEM, "cannot ask for names: no memory");
	if (o->n_known)
		memcpy(known, o->known, o->n_known * sizeof(*known));
	qsort(known, o->n_known, sizeof(*known), compare_asked);
	for (size_t i = 0; i < a->n_servers && o->n_known; i++)
		take_known(a, &a->servers[i], known, o->n_known);
	return 0;
}

static void asker_free(struct asker *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n_servers; i++)
		free(a->servers[i].order);
	free(a->rank);
	free(a);
}
CLEANUP_DEFINE(struct asker, asker_free)

int reverse_run(const struct reverse_server *servers, size_t n_servers,
	const struct addr *addrs, size_t n_addrs, const struct reverse_options *options,
	const struct observation_sink *sink, struct reverse_counts *ret_counts,
	struct error *reterr)
{
	_cleanup_(asker_freep) struct asker *a = calloc(1, sizeof(*a));
	int r;

	*ret_counts = (struct reverse_counts){0};
	if (!options->scope)
		return error_set(
			reterr, ERROR_INTERNAL, "cannot ask for names without a scope");
	if (n_addrs == 0 || n_servers == 0)
		return 0;
	if (n_addrs > UINT32_MAX)
		return error_set(reterr, ERROR_INTERNAL, "too many addresses to ask names for");
	if (!a || !(a->rank = calloc(n_addrs, sizeof(*a->rank))))
		return error_set(reterr, ERROR_SYSTEM, "cannot ask for names: no memory");
	a->addrs = addrs;
	a->n_addrs = n_addrs;
	a->options = options;
	a->sink = sink;
	a->counts = ret_counts;
	a->key = siphash_key_seeded(options->seed);
	a->patience_us =
		(int64_t)(options->patience_ms ? options->patience_ms : PATIENCE_MS) * 1000;
	a->questions_max = options->questions_max;
	if (a->questions_max == 0 || a->questions_max > REVERSE_QUESTIONS_MAX)
		a->questions_max = REVERSE_QUESTIONS_MAX;
	rank(a);
	for (size_t i = 0; i < n_servers && i < REVERSE_SERVERS_MAX; i++)
		if (!add_server(a, &servers[i]))
			return error_set(
				reterr, ERROR_SYSTEM, "cannot ask for names: no memory");
	ret_counts->servers = a->n_servers;
	r = take_all_known(a, reterr);
	return r < 0 ? r : run(a, reterr);
}
