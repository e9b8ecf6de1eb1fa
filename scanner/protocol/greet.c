/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The greeter: sockets and one epoll set. Who is greeted when is the business of greet_queue.c,
 * what is said and heard that of conversation.c. Opens no file and starts no thread; every
 * connection is closed in full (shutdown, the rest read, close), or reset if the other side
 * does not close in its turn, so that nothing stays half open on a device.
 */
#include "scanner/protocol/greet.h"

#include "common/siphash.h"
#include "scanner/protocol/conversation.h"
#include "scanner/protocol/due.h"
#include "scanner/protocol/greet_queue.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define DEADLINE_MS 5000
#define IN_FLIGHT 256
#define WAIT_US 1000 /* before more may, not to be woken for each of them */
#define STARTS_MAX 64 /* in a row, before what is heard is looked at */
#define EVENTS_MAX 256
#define DRAIN_MAX 65536
#define READS_MAX 8 /* of one socket in one turn */
#define READ_SIZE 4096
#define SHORT_US 20000 /* until it is tried again when the system is short of something */
#define SHORT_TRIES 100 /* in a row, then whoever cannot be connected to is given up */
#define REGAIN 16 /* so many have begun, then one more may at once, if there were to be fewer */
#define NONE UINT32_MAX
#define KEPT_MAX 512 /* lessons of ports that are asked in another way; no more are kept */

/* What one connection learnt, as it is told. */
struct lesson {
	struct lesson *next;
	struct observation obs; /* of the service; its raw bytes may be the conversation's */
	struct reading reading;
	uint8_t raw[OBSERVATION_RAW_MAX];
};

struct slot {
	struct conversation conversation;
	struct greet_target target;
	int fd; /* -1: free */
	uint32_t host, next_free, events;
	bool ended, shut;
	bool otherwise; /* the port is asked once more, so: */
	struct greet_target next;
	size_t drained;
	int64_t leave_us; /* the authorisation ends soon after; INT64_MAX: never */
};

struct loop {
	struct greeter greeter;
	struct greet_options options;
	struct observation_sink sink;
	struct siphash_key key;
	int64_t deadline_us, start_us; /* of one connection; when the next may begin */
	uint32_t in_flight, in_flight_max, begun;
	unsigned int tries; /* that were short of something since one began */
	struct greet_queue *queue;
	struct slot *slots;
	uint32_t n_slots, free;
	struct due due; /* slots by when they wake */
	int64_t end_us; /* of the turn */
	struct lesson lesson; /* that is being told */
	struct lesson *kept;
	unsigned int n_kept;
};

/* ---- what was learnt --------------------------------------------------------------------- */

static bool has_learnt(const struct conversation *c)
{
	return c->heard_size > 0 || c->inner;
}

/* Whether it is known who it is; where TLS is expected, from inside. */
static bool has_recognised(const struct conversation *c)
{
	return c->inner || (c->found && !(c->expected && c->expected->secured));
}

static void learn(const struct loop *l, const struct slot *slot, struct lesson *ret)
{
	const struct conversation *c = &slot->conversation;

	ret->obs = (struct observation){.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING, .time_us = clock_wall_us(),
		.addr = slot->target.addr, .transport = slot->target.transport,
		.port = slot->target.port};
	reading_clear(&ret->reading);
	ret->reading.fingerprints = l->options.fingerprints;
	ret->reading.asked = true;
	ret->reading.seed = c->seed;
	ret->obs.protocol = conversation_read(c, &ret->reading);
	reading_join(&ret->reading);
	ret->obs.raw = conversation_raw(c, ret->raw, sizeof(ret->raw), &ret->obs.raw_size);
}

static int tell_lesson(const struct loop *l, const struct lesson *lesson, struct error *reterr)
{
	return reading_emit(&lesson->reading, &lesson->obs, &l->sink, reterr);
}

static bool is_of(const struct observation *obs, const struct greet_target *target)
{
	return obs->port == target->port && obs->transport == target->transport &&
	       addr_equal(&obs->addr, &target->addr);
}

/* Where the lesson of an earlier connection to the target is kept; NULL is there if none is. */
static struct lesson **kept_of(struct loop *l, const struct greet_target *target)
{
	struct lesson **place = &l->kept;

	while (*place && !is_of(&(*place)->obs, target))
		place = &(*place)->next;
	return place;
}

/* The first that was learnt is kept. Without room or memory it is not: then only what follows
 * is told. */
static void keep(struct loop *l, const struct slot *slot)
{
	struct lesson *lesson;

	if (*kept_of(l, &slot->target) || l->n_kept >= KEPT_MAX)
		return;
	lesson = malloc(sizeof(*lesson));
	if (!lesson)
		return;
	learn(l, slot, lesson);
	if (lesson->obs.raw != lesson->raw)
		memcpy(lesson->raw, lesson->obs.raw, lesson->obs.raw_size);
	lesson->obs.raw = lesson->raw;
	lesson->next = l->kept;
	l->kept = lesson;
	l->n_kept++;
}

static void forget(struct loop *l, struct lesson **place)
{
	struct lesson *lesson = *place;

	*place = lesson->next;
	free(lesson);
	l->n_kept--;
}

/* ---- one connection ---------------------------------------------------------------------- */

/* Asks the event loop for what the slot waits for. */
static void watch(struct loop *l, struct slot *slot, int operation)
{
	const struct conversation *c = &slot->conversation;
	uint32_t events = EPOLLIN, number = (uint32_t)(slot - l->slots);
	struct epoll_event event;

	due_set(&l->due, number, c->wake_us < slot->leave_us ? c->wake_us : slot->leave_us);
	if (c->stage == CONVERSATION_CONNECTING)
		events = EPOLLOUT;
	else if (c->out_sent < c->out_size)
		events |= EPOLLOUT;
	if (operation == EPOLL_CTL_MOD && events == slot->events)
		return;
	slot->events = events;
	event = (struct epoll_event){.events = events, .data.u32 = number};
	epoll_ctl(l->greeter.fd, operation, slot->fd, &event);
}

/* A socket for an IPv4-mapped address would send to that IPv4 address. */
static bool is_mapped(const struct addr *addr)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return addr->family == 6 && memcmp(addr->bytes, prefix, sizeof(prefix)) == 0;
}

/* How long an address may still be asked; INT64_MAX: for ever; 0: not now. */
static int64_t time_left(const struct loop *l, const struct addr *addr)
{
	const struct greet_options *o = &l->options;
	int64_t now = clock_wall_us(), until = scope_allowed_until(o->scope, addr, now);

	if (until == INT64_MIN || addr_is_multicast(addr) || is_mapped(addr) ||
		(o->denied && addr_set_has(o->denied, addr)))
		return 0;
	return until == INT64_MAX ? INT64_MAX : until - now;
}

static bool in_scope(const struct loop *l, const struct addr *addr)
{
	return time_left(l, addr) > 0;
}

/* All is known of a target that will ever be; but whom nobody may ask now may be asked another
 * time. What an earlier connection learnt is told, unless this one told more. */
static int end_target(struct loop *l, const struct greet_target *target, uint64_t *counter,
	struct error *reterr)
{
	struct greet_counts *counts = &l->greeter.counts;
	struct lesson **kept = kept_of(l, target);
	int r = 0;

	if (*kept) {
		if (counter != &counts->answered)
			r = tell_lesson(l, *kept, reterr);
		counter = &counts->answered;
		forget(l, kept);
	}
	if (r < 0)
		return r;
	(*counter)++;
	counts->targets++;
	if (l->options.ended && counter != &counts->out_of_scope)
		l->options.ended(l->options.context, target);
	return 0;
}

/* A target that is asked in another way has not ended. */
static int end_slot(struct loop *l, struct slot *slot, uint64_t *counter, struct error *reterr)
{
	if (slot->ended)
		return 0;
	slot->ended = true;
	return slot->otherwise ? 0 : end_target(l, &slot->target, counter, reterr);
}

static bool is_stream(const struct slot *slot)
{
	return slot->target.transport == TRANSPORT_TCP;
}

/* The other side does not close, or does not even take what was said, or there is no time left:
 * the kernel would go on with it for minutes. A connection that is dissolved (connect(2)) is
 * reset, one that is not made yet is forgotten. */
static void abandon(struct slot *slot)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	if (is_stream(slot))
		connect(slot->fd, &nobody, sizeof(nobody));
}

/* The kernel sends nothing again that was not answered for longer than so (tcp(7)), SYN and FIN
 * too, neither when this process stands still nor after the socket is closed. */
static void bound_kernel(const struct loop *l, int fd, int64_t left_us)
{
	int64_t most = l->deadline_us + CONVERSATION_DRAIN_US,
		us = left_us < most ? left_us : most;
	unsigned int ms = us < 1000 ? 1 : (unsigned int)(us / 1000);

	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
}

static void give_back(struct loop *l, struct slot *slot)
{
	uint32_t number = (uint32_t)(slot - l->slots);

	if (is_stream(slot) && slot->leave_us != INT64_MAX)
		bound_kernel(l, slot->fd, slot->leave_us - clock_monotonic_us());
	close(slot->fd); /* takes it out of the event loop too */
	conversation_done(&slot->conversation);
	due_clear(&l->due, number);
	slot->fd = -1;
	slot->next_free = l->free;
	l->free = number;
	l->in_flight--;
}

/* The connection is over. Now, and not before, the port may be asked in another way. */
static int release(struct loop *l, struct slot *slot, struct error *reterr)
{
	int64_t now = clock_monotonic_us();

	give_back(l, slot);
	greet_queue_release(l->queue, slot->host, now);
	if (slot->otherwise && greet_queue_back(l->queue, &slot->next, now, NULL) < 0)
		return end_target(l, &slot->target, &l->greeter.counts.failed, reterr);
	return 0;
}

static int finish(struct loop *l, struct slot *slot, uint64_t *counter, struct error *reterr)
{
	int r = end_slot(l, slot, counter, reterr);

	return r < 0 ? r : release(l, slot, reterr);
}

/* Hands over what was learnt, which may be nothing, or only what strangers said; but not yet
 * of who is asked in another way once that is over, and of who was, only if this tells more
 * than what is kept. */
static int tell(struct loop *l, struct slot *slot, struct error *reterr)
{
	const struct conversation *c = &slot->conversation;
	int r;

	slot->otherwise = is_stream(slot) && conversation_otherwise(c, &slot->next);
	if (slot->otherwise && has_learnt(c))
		keep(l, slot);
	if (slot->otherwise || !has_learnt(c) ||
		(*kept_of(l, &slot->target) && !has_recognised(c)))
		return end_slot(l, slot, &l->greeter.counts.silent, reterr);
	learn(l, slot, &l->lesson);
	r = tell_lesson(l, &l->lesson, reterr);
	return r < 0 ? r : end_slot(l, slot, &l->greeter.counts.answered, reterr);
}

/* Sends what waits to be sent. False if the connection is gone, or the authorisation. */
static bool flush(struct loop *l, struct slot *slot)
{
	struct conversation *c = &slot->conversation;

	while (c->out_sent < c->out_size) {
		ssize_t n;

		if (!in_scope(l, &slot->target.addr))
			return false;
		n = send(slot->fd, c->out + c->out_sent, c->out_size - c->out_sent,
			MSG_NOSIGNAL);
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

/* Goes on after anything happened: tells, sends, closes. */
static int advance(struct loop *l, struct slot *slot, bool gone, struct error *reterr)
{
	struct conversation *c = &slot->conversation;
	int r;

	if (!flush(l, slot))
		gone = true;
	if (gone)
		conversation_closed(c, clock_monotonic_us());
	if (c->stage != CONVERSATION_ENDING) {
		watch(l, slot, EPOLL_CTL_MOD);
		return 0;
	}
	if (!slot->ended) {
		r = tell(l, slot, reterr);
		if (r < 0)
			return r;
		if (!gone && !flush(l, slot))
			gone = true;
	}
	if (gone || !is_stream(slot))
		return release(l, slot, reterr);
	if (c->out_sent == c->out_size && !slot->shut) {
		slot->shut = true;
		shutdown(slot->fd, SHUT_WR);
	}
	watch(l, slot, EPOLL_CTL_MOD);
	return 0;
}

static int connected(struct loop *l, struct slot *slot, struct error *reterr)
{
	socklen_t size = sizeof(int);
	int fault = 0;

	getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &fault, &size);
	if (fault == ECONNREFUSED)
		return finish(l, slot, &l->greeter.counts.refused, reterr);
	if (fault == ETIMEDOUT)
		return finish(l, slot, &l->greeter.counts.silent, reterr);
	if (fault)
		return finish(l, slot, &l->greeter.counts.failed, reterr);
	conversation_connected(&slot->conversation, clock_monotonic_us());
	return advance(l, slot, false, reterr);
}

static int readable(struct loop *l, struct slot *slot, struct error *reterr)
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
			return finish(l, slot, &l->greeter.counts.refused, reterr);
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
	return advance(l, slot, gone, reterr);
}

/* The end of the authorisation, less GREETER_LEAVE_US. */
static void set_leave(const struct loop *l, struct slot *slot, int64_t now)
{
	int64_t left = time_left(l, &slot->target.addr);

	slot->leave_us = left == INT64_MAX ? INT64_MAX : now + left - GREETER_LEAVE_US;
}

/* The caller may come late: what happened before comes before the time that is over. */
static bool is_ready(const struct slot *slot)
{
	struct pollfd fd = {.fd = slot->fd,
		.events =
			slot->conversation.stage == CONVERSATION_CONNECTING ? POLLOUT : POLLIN};

	return poll(&fd, 1, 0) > 0;
}

/* The authorisation ends: nothing more is said, and what was heard before is told. */
static int leave(struct loop *l, struct slot *slot, int64_t now, struct error *reterr)
{
	struct conversation *c = &slot->conversation;
	int r = 0;

	abandon(slot);
	if (!slot->ended && c->stage != CONVERSATION_CONNECTING) {
		conversation_closed(c, now);
		r = has_learnt(c) ? tell(l, slot, reterr) : 0;
	}
	return r < 0 ? r : finish(l, slot, &l->greeter.counts.out_of_scope, reterr);
}

static int wake(struct loop *l, struct slot *slot, int64_t now, struct error *reterr)
{
	struct conversation *c = &slot->conversation;
	bool connecting = c->stage == CONVERSATION_CONNECTING;

	if (now >= slot->leave_us) {
		set_leave(l, slot, now);
		if (now >= slot->leave_us)
			return leave(l, slot, now, reterr);
		watch(l, slot, EPOLL_CTL_MOD); /* another authorisation goes on */
		return 0;
	}
	if (c->stage != CONVERSATION_ENDING && is_ready(slot))
		return connecting ? connected(l, slot, reterr) : readable(l, slot, reterr);
	if (connecting)
		return finish(l, slot, &l->greeter.counts.silent, reterr);
	if (c->stage == CONVERSATION_ENDING) {
		abandon(slot);
		return release(l, slot, reterr);
	}
	conversation_timer(c, now);
	return advance(l, slot, false, reterr);
}

/* ---- the loop ---------------------------------------------------------------------------- */

static uint64_t target_seed(const struct loop *l, const struct greet_target *target)
{
	uint8_t bytes[sizeof(target->addr.bytes) + 3];

	memcpy(bytes, target->addr.bytes, sizeof(target->addr.bytes));
	bytes[16] = (uint8_t)(target->port >> 8);
	bytes[17] = (uint8_t)target->port;
	bytes[18] = (uint8_t)target->transport;
	return siphash(&l->key, bytes, sizeof(bytes));
}

/* Takes out the first target, which is not connected to or could not be. */
static int pass_over(struct loop *l, const struct greet_target *first, bool connects,
	uint64_t *counter, struct error *reterr)
{
	struct greet_target target = *first;
	int64_t now = clock_monotonic_us();
	uint32_t host = greet_queue_take(l->queue, connects, now);
	int r = end_target(l, &target, counter, reterr);

	greet_queue_release(l->queue, host, now);
	return r;
}

/* Begins a conversation over a socket that is connected or about to be. */
static int begin(struct loop *l, const struct greet_target *first, int fd, struct error *reterr)
{
	struct slot *slot = &l->slots[l->free];
	int64_t now = clock_monotonic_us();

	l->free = slot->next_free;
	l->in_flight++;
	l->tries = 0;
	if (++l->begun % REGAIN == 0 && l->in_flight_max < l->n_slots)
		l->in_flight_max++;
	slot->target = *first;
	slot->fd = fd;
	slot->host = greet_queue_take(l->queue, true, now);
	slot->ended = slot->shut = false;
	slot->otherwise = false;
	slot->drained = 0;
	set_leave(l, slot, now);
	conversation_begin(&slot->conversation, &slot->target, l->options.risk_max,
		target_seed(l, &slot->target), now, l->deadline_us);
	watch(l, slot, EPOLL_CTL_ADD);
	return is_stream(slot) ? 0 : connected(l, slot, reterr);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool is_short(int errnum)
{
	return errnum == EMFILE || errnum == ENFILE || errnum == ENOBUFS || errnum == ENOMEM ||
		errnum == EADDRNOTAVAIL || errnum == EAGAIN;
}

/* A socket that connects to a target; -1 with errno. */
static int connect_to(const struct loop *l, const struct greet_target *target, int64_t left_us)
{
	int kind = target->transport == TRANSPORT_TCP ? SOCK_STREAM : SOCK_DGRAM, failed;
	struct sockaddr_storage address;
	socklen_t size = addr_to_sockaddr(&target->addr, target->port, &address);
	int fd = socket(address.ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && kind == SOCK_STREAM)
		bound_kernel(l, fd, left_us - GREETER_LEAVE_US);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, size) == 0 ||
		errno == EINPROGRESS)
		return fd;
	failed = errno;
	close(fd);
	errno = failed;
	return -1;
}

/* The system is short of descriptors, ports or memory. Returns 1: it is tried again a little
 * later. */
static int wait_for_more(struct loop *l, const struct greet_target *first, struct error *reterr)
{
	/* So many there are; a few are left to others. */
	if (l->in_flight > 0)
		l->in_flight_max = l->in_flight - l->in_flight / 4;
	if (l->tries >= SHORT_TRIES)
		return pass_over(l, first, true, &l->greeter.counts.failed, reterr);
	l->tries++;
	l->start_us = clock_monotonic_us() + SHORT_US;
	return 1;
}

/* Greets the first target. Returns 1 if it cannot be now. */
static int start(struct loop *l, const struct greet_target *first, struct error *reterr)
{
	struct greet_counts *counts = &l->greeter.counts;
	int64_t left_us = time_left(l, &first->addr);
	int fd;

	if (left_us < GREETER_LAST_US)
		return pass_over(l, first, false, &counts->out_of_scope, reterr);
	if (protocol_port_is_mute(first->transport, first->port))
		return pass_over(l, first, false, &counts->silent, reterr);
	fd = connect_to(l, first, left_us);
	if (fd < 0 && is_short(errno))
		return wait_for_more(l, first, reterr);
	l->start_us = later(l->start_us, clock_monotonic_us() - GREETER_BURST_US) +
		      l->options.gap_all_us;
	if (fd < 0)
		return pass_over(l, first, true,
			errno == ECONNREFUSED ? &counts->refused : &counts->failed, reterr);
	return begin(l, first, fd, reterr);
}

/* Of each kind of work a piece is done in every turn, and more while there is time. */
static bool has_time(const struct loop *l)
{
	return clock_monotonic_us() < l->end_us;
}

static int fill(struct loop *l, bool *ret_busy, struct error *reterr)
{
	for (int i = 0;
		i < STARTS_MAX && l->in_flight < l->in_flight_max && (!i || has_time(l)); i++) {
		int64_t now = clock_monotonic_us();
		const struct greet_target *first =
			now < l->start_us ? NULL : greet_queue_first(l->queue, now);
		int r = first ? start(l, first, reterr) : 0;

		if (r || !first)
			return r < 0 ? r : 0;
		*ret_busy = true;
	}
	return 0;
}

static int hear(struct loop *l, bool *ret_busy, struct error *reterr)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(l->greeter.fd, events, EVENTS_MAX, 0), r = 0;

	if (n < 0 && errno != EINTR)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot wait for replies");
	/* What is left comes again. */
	for (int i = 0; r == 0 && i < n && (!i || has_time(l)); i++) {
		struct slot *slot = &l->slots[events[i].data.u32];

		*ret_busy = true;
		if (slot->fd < 0)
			continue;
		if (slot->conversation.stage == CONVERSATION_CONNECTING)
			r = connected(l, slot, reterr);
		else if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
			r = readable(l, slot, reterr);
		else
			r = advance(l, slot, false, reterr);
	}
	return r;
}

static int wake_all(struct loop *l, struct error *reterr)
{
	uint32_t number;
	int r = 0;

	do {
		int64_t now = clock_monotonic_us();

		if (!due_take(&l->due, now, &number))
			return 0;
		r = wake(l, &l->slots[number], now, reterr);
	} while (r == 0 && has_time(l));
	return r;
}

/* What the caller reads. */
static void note(struct loop *l)
{
	int64_t turn =
		l->in_flight < l->in_flight_max ? greet_queue_due_us(l->queue) : INT64_MAX;
	int64_t slot = due_first_us(&l->due), now = clock_monotonic_us();

	if (now < l->start_us && turn != INT64_MAX)
		turn = later(turn, later(l->start_us, now + WAIT_US));
	l->greeter.due_us = turn < slot ? turn : slot;
	l->greeter.pending = l->in_flight + greet_queue_waiting(l->queue);
}

static int loop_turn(struct greeter *greeter, int64_t most_us, struct error *reterr)
{
	struct loop *l = (struct loop *)greeter;
	bool busy;
	int r;

	l->end_us = clock_monotonic_us() + most_us;
	do {
		busy = false;
		r = wake_all(l, reterr);
		if (r == 0)
			r = hear(l, &busy, reterr);
		if (r == 0)
			r = fill(l, &busy, reterr);
	} while (r == 0 && busy && has_time(l));
	note(l);
	return r;
}

static int loop_add(
	struct greeter *greeter, const struct greet_target *target, struct error *reterr)
{
	struct loop *l = (struct loop *)greeter;
	int r = greet_queue_add(l->queue, target, clock_monotonic_us(), reterr);

	note(l);
	return r;
}

static void loop_free(struct greeter *greeter)
{
	struct loop *l = (struct loop *)greeter;

	for (uint32_t i = 0; i < l->n_slots; i++)
		if (l->slots[i].fd >= 0)
			give_back(l, &l->slots[i]);
	if (l->greeter.fd > 0)
		close(l->greeter.fd);
	while (l->kept)
		forget(l, &l->kept);
	due_done(&l->due);
	greet_queue_free(l->queue);
	free(l->slots);
	free(l);
}

static bool allocate(struct loop *l, uint32_t n)
{
	l->queue = greet_queue_new(&l->options);
	l->slots = calloc(n, sizeof(*l->slots));
	if (!l->queue || !l->slots || !due_grow(&l->due, n))
		return false;
	l->n_slots = n;
	for (uint32_t i = n; i-- > 0;) {
		l->slots[i].fd = -1;
		l->slots[i].next_free = l->free;
		l->free = i;
	}
	return true;
}

int greeter_new(const struct greet_options *options, const struct observation_sink *sink,
	struct greeter **ret_greeter, struct error *reterr)
{
	_cleanup_(greeter_freep) struct greeter *greeter = NULL;
	struct loop *l;
	int r;

	if (!options->scope)
		return error_set(reterr, ERROR_INTERNAL, "cannot greet without a scope");
	r = protocols_prepare(reterr);
	if (r < 0)
		return r;
	l = calloc(1, sizeof(*l));
	if (!l)
		return error_set(reterr, ERROR_SYSTEM, "cannot greet: no memory");
	greeter = &l->greeter;
	l->greeter = (struct greeter){
		.add = loop_add, .turn = loop_turn, .free = loop_free, .due_us = INT64_MAX};
	l->options = *options;
	l->sink = *sink;
	l->key = siphash_key_seeded(options->seed);
	l->deadline_us =
		(int64_t)(options->deadline_ms ? options->deadline_ms : DEADLINE_MS) * 1000;
	l->in_flight_max = options->in_flight ? options->in_flight : IN_FLIGHT;
	if (l->in_flight_max > GREETER_IN_FLIGHT_MAX)
		l->in_flight_max = GREETER_IN_FLIGHT_MAX;
	l->free = NONE;
	if (!allocate(l, l->in_flight_max))
		return error_set(reterr, ERROR_SYSTEM, "cannot greet: no memory");
	l->greeter.fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->greeter.fd < 0)
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot greet");
	*ret_greeter = STEAL(greeter);
	return 0;
}
