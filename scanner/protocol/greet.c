/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The greeter: sockets, one epoll loop, and who is greeted when. What is said and heard is the
 * business of conversation.c. Opens no file and starts no thread; every connection is closed in
 * full (shutdown, the rest read, close), so that nothing stays half open on a device.
 */
#include "scanner/protocol/greet.h"

#include "common/siphash.h"
#include "scanner/protocol/conversation.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define DEADLINE_MS 5000
#define IN_FLIGHT 256
#define IN_FLIGHT_MAX 4096
#define EVENTS_MAX 64
#define DRAIN_MAX 65536
#define READS_MAX 8 /* of one socket in one turn */
#define READ_SIZE 4096
#define DEFERRED_MS 20 /* how late a host that waits for its gap may be */

/* One host: its targets stand together in `order`, [next, end) are still to come. */
struct host {
	size_t next, end;
	int64_t ready_us; /* not before */
	unsigned int in_flight;
	bool queued;
};

struct slot {
	struct conversation conversation;
	int fd; /* -1: free */
	size_t host;
	uint32_t events;
	bool told, shut;
	size_t drained;
	struct slot *next_free;
};

struct greeter {
	const struct greet_target *targets;
	size_t n_targets;
	const struct greet_options *options;
	const struct observation_sink *sink;
	struct greet_counts *counts;
	struct siphash_key key;
	int64_t deadline_us;
	unsigned int per_host, in_flight_max, in_flight;
	int epoll;
	bool stopping, deferred; /* a host waits for its gap */
	size_t *order;
	struct host *hosts;
	size_t n_hosts;
	size_t *queue; /* ring of hosts that may be greeted now */
	size_t queue_first, queue_n;
	struct slot *slots, *free;
	struct reading reading;
	uint8_t raw[OBSERVATION_RAW_MAX];
};

/* ---- who is next --------------------------------------------------------------------------- */

static int by_host(const void *a, const void *b, void *context)
{
	const struct greeter *g = context;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int r = addr_compare(&g->targets[x].addr, &g->targets[y].addr);

	return r ? r : x < y ? -1 : x > y; /* within a host in the order given */
}

static void enqueue(struct greeter *g, size_t host)
{
	struct host *h = &g->hosts[host];

	if (h->queued || h->next == h->end || h->in_flight >= g->per_host)
		return;
	h->queued = true;
	g->queue[(g->queue_first + g->queue_n++) % g->n_hosts] = host;
}

static void group(struct greeter *g)
{
	for (size_t i = 0; i < g->n_targets; i++)
		g->order[i] = i;
	qsort_r(g->order, g->n_targets, sizeof(*g->order), by_host, g);
	for (size_t i = 0; i < g->n_targets; i++) {
		if (i == 0 || !addr_equal(&g->targets[g->order[i - 1]].addr,
			&g->targets[g->order[i]].addr))
			g->hosts[g->n_hosts++] = (struct host){.next = i};
		g->hosts[g->n_hosts - 1].end = i + 1;
	}
	for (size_t i = 0; i < g->n_hosts; i++)
		enqueue(g, i);
}

/* ---- one connection ------------------------------------------------------------------------ */

/* Asks the event loop for what the slot waits for. */
static void watch(struct greeter *g, struct slot *slot, int operation)
{
	const struct conversation *c = &slot->conversation;
	uint32_t events = EPOLLIN;
	struct epoll_event event;

	if (c->stage == CONVERSATION_CONNECTING)
		events = EPOLLOUT;
	else if (c->out_sent < c->out_size)
		events |= EPOLLOUT;
	if (operation == EPOLL_CTL_MOD && events == slot->events)
		return;
	slot->events = events;
	event = (struct epoll_event){.events = events, .data.ptr = slot};
	epoll_ctl(g->epoll, operation, slot->fd, &event);
}

/* A socket for an IPv4-mapped address would send to that IPv4 address. */
static bool is_mapped(const struct addr *addr)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return addr->family == 6 && memcmp(addr->bytes, prefix, sizeof(prefix)) == 0;
}

static bool in_scope(const struct greeter *g, const struct addr *addr)
{
	const struct greet_options *o = g->options;
	int64_t now = clock_wall_us();

	return !addr_is_multicast(addr) && !is_mapped(addr) &&
		scope_check(o->scope, addr, now, NULL) == SCOPE_ALLOWED &&
		!(o->denied && addr_set_has(o->denied, addr));
}

/* A target is done with; its host may be greeted again. */
static int count(struct greeter *g, uint64_t *counter, size_t host)
{
	(*counter)++;
	g->counts->targets++;
	enqueue(g, host);
	if (g->options->progress && g->options->progress(g->options->context,
		(size_t)g->counts->targets, g->n_targets))
		g->stopping = true;
	return 0;
}

static void release(struct greeter *g, struct slot *slot)
{
	close(slot->fd); /* takes it out of the event loop too */
	conversation_done(&slot->conversation);
	slot->fd = -1;
	slot->next_free = g->free;
	g->free = slot;
	g->in_flight--;
	g->hosts[slot->host].in_flight--;
}

static int finish(struct greeter *g, struct slot *slot, uint64_t *counter)
{
	size_t host = slot->host;

	release(g, slot);
	return count(g, counter, host);
}

static bool is_stream(const struct slot *slot)
{
	return slot->conversation.target->transport == TRANSPORT_TCP;
}

/* Hands over what was learnt. */
static int tell(struct greeter *g, struct slot *slot, struct error *reterr)
{
	const struct conversation *c = &slot->conversation;
	struct observation obs = {.kind = OBSERVATION_SERVICE, .method = OBSERVATION_BY_GREETING,
		.time_us = clock_wall_us(), .addr = c->target->addr,
		.transport = c->target->transport, .port = c->target->port};

	slot->told = true;
	if (c->network == 0)
		return 0;
	reading_clear(&g->reading);
	g->reading.fingerprints = g->options->fingerprints;
	g->reading.asked = true;
	g->reading.seed = c->seed;
	obs.protocol = conversation_read(c, &g->reading);
	obs.raw = conversation_raw(c, g->raw, sizeof(g->raw), &obs.raw_size);
	return reading_emit(&g->reading, &obs, g->sink, reterr);
}

/* Sends what waits to be sent. False if the connection is gone, or the authorisation. */
static bool flush(struct greeter *g, struct slot *slot)
{
	struct conversation *c = &slot->conversation;

	while (c->out_sent < c->out_size) {
		ssize_t n;

		if (!in_scope(g, &c->target->addr))
			return false;
		n = send(slot->fd, c->out + c->out_sent, c->out_size - c->out_sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		c->out_sent += (size_t)n;
	}
	if (is_stream(slot))
		c->out_size = c->out_sent = 0;
	return true;
}

/* What came of a target whose conversation is over. */
static uint64_t *outcome(struct greeter *g, const struct slot *slot)
{
	return slot->conversation.network > 0 ? &g->counts->answered : &g->counts->silent;
}

/* Goes on after anything happened: tells, sends, closes. */
static int advance(struct greeter *g, struct slot *slot, bool gone, struct error *reterr)
{
	struct conversation *c = &slot->conversation;
	int r;

	if (!flush(g, slot))
		gone = true;
	if (gone)
		conversation_closed(c, clock_monotonic_us());
	if (c->stage != CONVERSATION_ENDING) {
		watch(g, slot, EPOLL_CTL_MOD);
		return 0;
	}
	if (!slot->told) {
		r = tell(g, slot, reterr);
		if (r < 0)
			return r;
		if (!gone && !flush(g, slot))
			gone = true;
	}
	if (gone || !is_stream(slot))
		return finish(g, slot, outcome(g, slot));
	if (c->out_sent == c->out_size && !slot->shut) {
		slot->shut = true;
		shutdown(slot->fd, SHUT_WR);
	}
	watch(g, slot, EPOLL_CTL_MOD);
	return 0;
}

static int connected(struct greeter *g, struct slot *slot, struct error *reterr)
{
	socklen_t size = sizeof(int);
	int fault = 0;

	getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &fault, &size);
	if (fault == ECONNREFUSED)
		return finish(g, slot, &g->counts->refused);
	if (fault == ETIMEDOUT)
		return finish(g, slot, &g->counts->silent);
	if (fault)
		return finish(g, slot, &g->counts->failed);
	conversation_connected(&slot->conversation, clock_monotonic_us());
	return advance(g, slot, false, reterr);
}

static int readable(struct greeter *g, struct slot *slot, struct error *reterr)
{
	uint8_t bytes[READ_SIZE];
	bool gone = false;

	for (int i = 0; i < READS_MAX && !gone; i++) {
		ssize_t n = recv(slot->fd, bytes, sizeof(bytes), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0 && errno == ECONNREFUSED && slot->conversation.network == 0)
			return finish(g, slot, &g->counts->refused);
		if (n < 0 || (n == 0 && is_stream(slot))) {
			gone = true;
			break;
		}
		if (slot->conversation.stage == CONVERSATION_ENDING) {
			slot->drained += (size_t)n;
			gone = slot->drained > DRAIN_MAX;
		} else {
			conversation_heard(&slot->conversation, bytes, (size_t)n,
				clock_monotonic_us());
		}
	}
	return advance(g, slot, gone, reterr);
}

static int timer(struct greeter *g, struct slot *slot, int64_t now, struct error *reterr)
{
	struct conversation *c = &slot->conversation;

	if (c->stage == CONVERSATION_CONNECTING)
		return finish(g, slot, &g->counts->silent);
	if (c->stage == CONVERSATION_ENDING)
		return finish(g, slot, outcome(g, slot));
	conversation_timer(c, now);
	return advance(g, slot, false, reterr);
}

/* ---- the loop ------------------------------------------------------------------------------ */

static uint64_t target_seed(const struct greeter *g, const struct greet_target *target)
{
	uint8_t bytes[sizeof(target->addr.bytes) + 3];

	memcpy(bytes, target->addr.bytes, sizeof(target->addr.bytes));
	bytes[16] = (uint8_t)(target->port >> 8);
	bytes[17] = (uint8_t)target->port;
	bytes[18] = (uint8_t)target->transport;
	return siphash(&g->key, bytes, sizeof(bytes));
}

/* Opens the socket of one target. Returns 1 if no descriptor is free: it is tried again. */
static int start(struct greeter *g, size_t host, struct error *reterr)
{
	const struct greet_target *target = &g->targets[g->order[g->hosts[host].next]];
	bool stream = target->transport == TRANSPORT_TCP;
	struct sockaddr_storage address;
	socklen_t size = addr_to_sockaddr(&target->addr, target->port, &address);
	struct slot *slot = g->free;
	int fd;

	if (!in_scope(g, &target->addr)) {
		g->hosts[host].next++;
		return count(g, &g->counts->out_of_scope, host);
	}
	if (size == 0 || protocol_port_is_mute(target->transport, target->port)) {
		g->hosts[host].next++;
		return count(g, size ? &g->counts->silent : &g->counts->failed, host);
	}
	fd = socket(address.ss_family,
		(stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS) && g->in_flight > 0)
		return 1;
	if (fd < 0)
		return error_errno(reterr, ERROR_NETWORK, errno, "cannot open a socket to greet");
	g->hosts[host].next++;
	if (!target->own)
		g->hosts[host].ready_us = clock_monotonic_us() + g->options->gap_us;
	if (connect(fd, (struct sockaddr *)&address, size) < 0 && errno != EINPROGRESS) {
		bool refused = errno == ECONNREFUSED;

		close(fd);
		return count(g, refused ? &g->counts->refused : &g->counts->failed, host);
	}
	g->free = slot->next_free;
	slot->fd = fd;
	slot->host = host;
	slot->told = slot->shut = false;
	slot->drained = 0;
	g->in_flight++;
	g->hosts[host].in_flight++;
	conversation_begin(&slot->conversation, target, g->options->risk_max,
		target_seed(g, target), clock_monotonic_us(), g->deadline_us);
	watch(g, slot, EPOLL_CTL_ADD);
	return stream ? 0 : connected(g, slot, reterr);
}

static int fill(struct greeter *g, struct error *reterr)
{
	int64_t now = clock_monotonic_us();
	size_t deferred = 0;

	while (g->queue_n > deferred && g->free && g->in_flight < g->in_flight_max &&
		!g->stopping) {
		size_t host = g->queue[g->queue_first];
		int r;

		g->queue_first = (g->queue_first + 1) % g->n_hosts;
		g->queue_n--;
		g->hosts[host].queued = false;
		if (g->hosts[host].ready_us > now) {
			enqueue(g, host);
			deferred++;
			continue;
		}
		r = start(g, host, reterr);
		if (r < 0)
			return r;
		enqueue(g, host);
		if (r == 1) {
			g->in_flight_max = g->in_flight; /* so many descriptors there are */
			break;
		}
	}
	g->deferred = deferred > 0;
	return 0;
}

static int wait_ms(const struct greeter *g)
{
	int64_t first = INT64_MAX, now = clock_monotonic_us();
	int most = g->deferred ? DEFERRED_MS : 1000;

	for (size_t i = 0; i < g->options->in_flight; i++)
		if (g->slots[i].fd >= 0 && g->slots[i].conversation.wake_us < first)
			first = g->slots[i].conversation.wake_us;
	if (first <= now)
		return 0;
	first = (first - now + 999) / 1000;
	return first > most ? most : (int)first;
}

static int turn(struct greeter *g, struct error *reterr)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(g->epoll, events, EVENTS_MAX, wait_ms(g)), r = 0;
	int64_t now;

	if (n < 0 && errno != EINTR)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot wait for replies");
	for (int i = 0; r == 0 && i < n; i++) {
		struct slot *slot = events[i].data.ptr;

		if (slot->fd < 0)
			continue;
		if (slot->conversation.stage == CONVERSATION_CONNECTING)
			r = connected(g, slot, reterr);
		else if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
			r = readable(g, slot, reterr);
		else
			r = advance(g, slot, false, reterr);
	}
	now = clock_monotonic_us();
	for (size_t i = 0; r == 0 && i < g->options->in_flight; i++)
		if (g->slots[i].fd >= 0 && g->slots[i].conversation.wake_us <= now)
			r = timer(g, &g->slots[i], now, reterr);
	return r;
}

static int run(struct greeter *g, struct error *reterr)
{
	int r = fill(g, reterr);

	while (r == 0 && !g->stopping && (g->in_flight > 0 || g->deferred)) {
		r = turn(g, reterr);
		if (r == 0)
			r = fill(g, reterr);
	}
	/* On a stop or a fault what is left is given up. */
	for (size_t i = 0; i < g->options->in_flight; i++)
		if (g->slots[i].fd >= 0)
			release(g, &g->slots[i]);
	return r;
}

static bool allocate(struct greeter *g, size_t slots)
{
	g->order = calloc(g->n_targets + 1, sizeof(*g->order));
	g->hosts = calloc(g->n_targets + 1, sizeof(*g->hosts));
	g->queue = calloc(g->n_targets + 1, sizeof(*g->queue));
	g->slots = calloc(slots, sizeof(*g->slots));
	if (!g->order || !g->hosts || !g->queue || !g->slots)
		return false;
	for (size_t i = slots; i-- > 0;) {
		g->slots[i].fd = -1;
		g->slots[i].next_free = g->free;
		g->free = &g->slots[i];
	}
	return true;
}

static void greeter_free(struct greeter *g)
{
	if (!g)
		return;
	if (g->epoll >= 0)
		close(g->epoll);
	free(g->order);
	free(g->hosts);
	free(g->queue);
	free(g->slots);
	free(g);
}
CLEANUP_DEFINE(struct greeter, greeter_free)

int greet_run(const struct greet_target *targets, size_t n_targets,
	const struct greet_options *options, const struct observation_sink *sink,
	struct greet_counts *ret_counts, struct error *reterr)
{
	_cleanup_(greeter_freep) struct greeter *g = calloc(1, sizeof(*g));
	struct greet_options own = *options;
	int r;

	*ret_counts = (struct greet_counts){0};
	if (!g)
		return error_set(reterr, ERROR_SYSTEM, "cannot greet: no memory");
	g->epoll = -1;
	if (!options->scope)
		return error_set(reterr, ERROR_INTERNAL, "cannot greet without a scope");
	r = protocols_prepare(reterr);
	if (r < 0)
		return r;
	if (own.in_flight == 0)
		own.in_flight = IN_FLIGHT;
	if (own.in_flight > IN_FLIGHT_MAX)
		own.in_flight = IN_FLIGHT_MAX;
	g->targets = targets;
	g->n_targets = n_targets;
	g->options = &own;
	g->sink = sink;
	g->counts = ret_counts;
	g->key = siphash_key_seeded(own.seed);
	g->deadline_us = (int64_t)(own.deadline_ms ? own.deadline_ms : DEADLINE_MS) * 1000;
	g->per_host = own.per_host ? own.per_host : 1;
	g->in_flight_max = own.in_flight;
	if (!allocate(g, own.in_flight))
		return error_set(reterr, ERROR_SYSTEM, "cannot greet: no memory");
	g->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (g->epoll < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot greet");
	if (n_targets == 0)
		return 0;
	group(g);
	return run(g, reterr);
}
