/* SPDX-License-Identifier: Apache-2.0 */
/* Frames to sockets and back; see plain.h. */
#include "scanner/link/plain.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "scanner/link/packet_build.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATA_MAX 1024	/* of a datagram so much is looked at */
#define ANSWER_MAX (DATA_MAX + 48)
#define ANSWERS_MAX 1024 /* that wait to be heard */
#define QUOTED_MAX 128	 /* of a question, in an error */
#define ECHO_SIZE 12
#define BUSY_TRIES 20	 /* for a socket or a port of ours, in one batch */
#define BUSY_US 50000
/* So many are asked, then one more may wait, if there were to be fewer. */
#define REGAIN 16
#define EVENTS 64

enum { /* RFC 792, RFC 4443 */
	ICMP_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_REQUEST = 8,
	ICMP6_UNREACHABLE = 1,
	ICMP6_REQUEST = 128,
	ICMP6_REPLY = 129,
	UNREACHABLE_NET = 0,
	UNREACHABLE_HOST = 1,
	UNREACHABLE_PORT = 3,
	UNREACHABLE6_ROUTE = 0,
	UNREACHABLE6_ADDRESS = 3,
	UNREACHABLE6_PORT = 4
};

struct slot {
	int fd; /* -1: free */
	uint8_t interface;
	struct frame f; /* what was asked; without data */
	uint8_t head[QUOTED_MAX];
	size_t head_size;
	int64_t deadline_us;
	uint64_t number; /* of the question */
};

struct answer {
	uint8_t interface;
	uint16_t size;
	uint8_t bytes[ANSWER_MAX];
};

struct plain {
	struct link link;
	int epoll;
	struct slot slots[PLAIN_IN_FLIGHT];
	uint32_t free[PLAIN_IN_FLIGHT];
	size_t n_free, most; /* slots that may be used */
	/* Rings: questions in the order of their deadlines, answered ones too; answers. */
	struct {
		uint32_t slot;
		uint64_t number;
	} waiting[2 * PLAIN_IN_FLIGHT];
	size_t first, n_waiting;
	struct answer answers[ANSWERS_MAX];
	size_t first_answer, n_answers;
	struct answer heard; /* lent to the caller */
	uint64_t numbers;
	struct link_stats stats;
};

/* ---- answers ------------------------------------------------------------------------ */

/* Somebody says that there is nothing. */
struct refusal {
	struct addr by;
	uint8_t type, code;
};

/* What an error of a socket stands for, if nothing came from outside: this machine's own. */
static struct refusal refusal_of(const struct frame *f, int errnum)
{
	bool v4 = f->dst.family == 4;

	return (struct refusal){f->src, v4 ? ICMP_UNREACHABLE : ICMP6_UNREACHABLE,
		errnum == ECONNREFUSED	? v4 ? UNREACHABLE_PORT : UNREACHABLE6_PORT
		: errnum == ENETUNREACH ? v4 ? UNREACHABLE_NET : UNREACHABLE6_ROUTE
		: v4			? UNREACHABLE_HOST
					: UNREACHABLE6_ADDRESS};
}

/* The packet itself, as the kernel keeps it (IP_RECVERR, ip(7), ipv6(7)). */
static bool read_refusal(int fd, struct refusal *ret)
{
	_Alignas(struct cmsghdr) uint8_t control[256];
	uint8_t quoted[QUOTED_MAX];
	struct iovec to = {quoted, sizeof(quoted)};
	struct msghdr message = {.msg_iov = &to,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	struct {
		struct sock_extended_err error;
		union {
			struct sockaddr any;
			struct sockaddr_in v4;
			struct sockaddr_in6 v6;
		} by;
	} said = {0};

	if (recvmsg(fd, &message, MSG_ERRQUEUE) < 0)
		return false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		bool v4 = c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR,
		     v6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR;
		size_t size =
			sizeof(said.error) + (v4 ? sizeof(said.by.v4) : sizeof(said.by.v6));

		if ((!v4 && !v6) || c->cmsg_len < CMSG_LEN(size))
			continue;
		memcpy(&said, CMSG_DATA(c), size);
		*ret = (struct refusal){.type = said.error.ee_type, .code = said.error.ee_code};
		return said.error.ee_origin == (v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6) &&
		       addr_from_sockaddr(&said.by.any, &ret->by, NULL);
	}
	return false;
}

static void put_error(struct packer *p, const struct slot *slot, const struct refusal *refusal)
{
	bool v4 = slot->f.dst.family == 4;

	packet_begin(p, &refusal->by, &slot->f.src, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, 0);
	packer_u8(p, refusal->type);
	packer_u8(p, refusal->code);
	packer_zero(p, 6);
	packer_bytes(p, slot->head, slot->head_size);
}

static void put_tcp(struct packer *p, const struct frame *f, bool open)
{
	packet_begin(p, &f->dst, &f->src, IPPROTO_TCP, 0);
	packet_tcp(p, f->dst_port, f->src_port, 0, f->seq + 1,
		open ? FRAME_SYN | FRAME_ACK : FRAME_RST | FRAME_ACK);
}

static void put_udp(struct packer *p, const struct frame *f, const uint8_t *data, size_t size)
{
	packet_begin(p, &f->dst, &f->src, IPPROTO_UDP, 0);
	packer_be16(p, f->dst_port);
	packer_be16(p, f->src_port);
	packer_be16(p, (uint16_t)(8 + size));
	packer_zero(p, 2);
	packer_bytes(p, data, size);
}

static void put_echo(struct packer *p, const struct frame *f)
{
	bool v4 = f->dst.family == 4;

	packet_begin(p, &f->dst, &f->src, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, 0);
	packer_u8(p, v4 ? ICMP_REPLY : ICMP6_REPLY);
	packer_zero(p, 3);
	packer_be16(p, f->icmp_id);
	packer_be16(p, f->icmp_seq);
}

/* The kernel chooses id and checksum; the question's own id and sequence are its data. */
static void fill_echo(uint8_t echo[ECHO_SIZE], const struct frame *f)
{
	struct packer p = packer_of(echo, ECHO_SIZE);

	packer_u8(&p, f->dst.family == 4 ? ICMP_REQUEST : ICMP6_REQUEST);
	packer_zero(&p, 5);
	packer_be16(&p, f->icmp_seq);
	packer_be16(&p, f->icmp_id);
	packer_be16(&p, f->icmp_seq);
}

/* The kernel tells sockets of echoes apart by the id alone: who answers, and what, is looked at
 * here. */
static bool is_echo_of(const struct frame *f, const struct sockaddr_storage *from,
	const uint8_t *data, size_t size)
{
	uint8_t echo[ECHO_SIZE];
	const void *peer = f->dst.family == 4
		? (const void *)&((const struct sockaddr_in *)from)->sin_addr
		: (const void *)&((const struct sockaddr_in6 *)from)->sin6_addr;

	fill_echo(echo, f);
	return size >= ECHO_SIZE && memcmp(data + 6, echo + 6, ECHO_SIZE - 6) == 0 &&
	       memcmp(peer, f->dst.bytes, f->dst.family == 4 ? 4 : 16) == 0;
}

/* Where nobody listens on a port of this machine, the kernel may give our end the same port:
 * then the connection is one with itself. */
static bool is_with_itself(int fd)
{
	struct sockaddr_storage ends[2] = {0};
	socklen_t sizes[2] = {sizeof(ends[0]), sizeof(ends[1])};

	return getsockname(fd, (struct sockaddr *)&ends[0], &sizes[0]) == 0 &&
	       getpeername(fd, (struct sockaddr *)&ends[1], &sizes[1]) == 0 &&
	       sizes[0] == sizes[1] && memcmp(&ends[0], &ends[1], sizes[0]) == 0;
}

/* A connection that is reset (EPIPE: closed before) was made; in place of one it is refused. */
static bool put_connection(struct packer *p, const struct slot *slot, int errnum)
{
	bool made = errnum == 0 || errnum == ECONNRESET || errnum == EPIPE;

	if (!made && errnum != ECONNREFUSED)
		return false;
	put_tcp(p, &slot->f, made && !is_with_itself(slot->fd));
	return true;
}

/* What a socket has to say. False: nothing that says something of the target. */
static bool put_answer(struct packer *p, const struct slot *slot)
{
	uint8_t data[DATA_MAX];
	struct sockaddr_storage from = {0};
	socklen_t from_size = sizeof(from), size = sizeof(int);
	struct refusal refusal;
	int errnum = 0;
	ssize_t n;

	if (getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &errnum, &size) < 0)
		return false;
	if (errnum && read_refusal(slot->fd, &refusal)) {
		put_error(p, slot, &refusal);
		return true;
	}
	if (errnum == EHOSTUNREACH || errnum == ENETUNREACH ||
		(errnum == ECONNREFUSED && slot->f.kind != FRAME_TCP)) {
		refusal = refusal_of(&slot->f, errnum);
		put_error(p, slot, &refusal);
		return true;
	}
	if (slot->f.kind == FRAME_TCP)
		return put_connection(p, slot, errnum);
	if (errnum)
		return false;
	n = recvfrom(slot->fd, data, sizeof(data), 0, (struct sockaddr *)&from, &from_size);
	if (n < 0)
		return false;
	if (slot->f.kind == FRAME_UDP)
		put_udp(p, &slot->f, data, (size_t)n);
	else if (is_echo_of(&slot->f, &from, data, (size_t)n))
		put_echo(p, &slot->f);
	else
		return false;
	return true;
}

static void take_answer(struct plain *plain, const struct slot *slot)
{
	struct answer *answer =
		&plain->answers[(plain->first_answer + plain->n_answers) % ANSWERS_MAX];
	struct packer p = packer_of(answer->bytes, sizeof(answer->bytes));

	if (plain->n_answers == ANSWERS_MAX) {
		plain->stats.kernel_drops++;
		return;
	}
	if (!put_answer(&p, slot))
		return;
	packet_end(&p, 0);
	answer->interface = slot->interface;
	answer->size = (uint16_t)p.pos;
	plain->n_answers += packer_ok(&p);
}

/* ---- slots -------------------------------------------------------------------------- */

static void release(struct plain *plain, uint32_t number)
{
	close(plain->slots[number].fd);
	plain->slots[number].fd = -1;
	plain->free[plain->n_free++] = number;
}

/* The question that has waited longest, if it still does. */
static struct slot *longest(struct plain *plain)
{
	struct slot *slot = &plain->slots[plain->waiting[plain->first].slot];

	return slot->fd >= 0 && slot->number == plain->waiting[plain->first].number ? slot
										    : NULL;
}

/* Gives up what has waited long enough, and forgets what is answered. */
static void expire(struct plain *plain, int64_t now_us)
{
	for (; plain->n_waiting; plain->n_waiting--) {
		struct slot *slot = longest(plain);

		if (slot && slot->deadline_us > now_us)
			return;
		if (slot)
			release(plain, plain->waiting[plain->first].slot);
		plain->first = (plain->first + 1) % ARRAY_SIZE(plain->waiting);
	}
}

/* Waits for something to hear, or for the caller's own descriptor. True if it is that. */
static bool wait_for(const struct plain *plain, int also, int64_t until_us)
{
	struct pollfd fds[] = {{plain->epoll, POLLIN, 0}, {also ? also : -1, POLLIN, 0}};
	int64_t left = until_us - clock_monotonic_us();

	return poll(fds, ARRAY_SIZE(fds), left > 0 ? (int)((left + 999) / 1000) : 0) > 0 &&
	       fds[1].revents;
}

/* Takes what there is to hear; only then the rest may be given up, however late it is by now.
 * True if there was anything. */
static bool take(struct plain *plain)
{
	struct epoll_event events[EVENTS];
	bool any = false;
	int n;

	do {
		n = epoll_wait(plain->epoll, events, EVENTS, 0);
		for (int i = 0; i < n; i++) {
			take_answer(plain, &plain->slots[events[i].data.u32]);
			release(plain, events[i].data.u32);
		}
		any |= n > 0;
	} while (n == EVENTS && plain->n_answers + EVENTS <= ANSWERS_MAX);
	if (n < EVENTS)
		expire(plain, clock_monotonic_us());
	return any;
}

/* The same, after waiting until `until_us` if there is nothing. True if it was `also` that woke
 * us. */
static bool look(struct plain *plain, int also, int64_t until_us)
{
	const struct slot *slot;
	bool woken;

	if (take(plain))
		return false;
	slot = plain->n_waiting ? longest(plain) : NULL;
	if (slot && slot->deadline_us < until_us)
		until_us = slot->deadline_us;
	woken = wait_for(plain, also, until_us);
	take(plain);
	return woken;
}

/* ---- asking ------------------------------------------------------------------------- */

/* One for a connection. The kernel asks once, also if we are late to give it up, and says once
 * that it closes (tcp(7)). */
static int stream(int family, int flags)
{
	const unsigned int patience_ms = PLAIN_WAIT_US / 1000;
	int fd = socket(family, SOCK_STREAM | flags, 0);

	if (fd >= 0)
		setsockopt(
			fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof(patience_ms));
	return fd;
}

static int kind_of_socket(const struct frame *f, int family)
{
	int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;

	if (f->kind == FRAME_TCP)
		return stream(family, flags);
	if (f->kind == FRAME_UDP)
		return socket(family, SOCK_DGRAM | flags, 0);
	if (f->kind == FRAME_ICMP &&
		f->icmp_type == (f->dst.family == 4 ? ICMP_REQUEST : ICMP6_REQUEST))
		return socket(family, SOCK_DGRAM | flags,
			f->dst.family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	errno = EPROTONOSUPPORT;
	return -1;
}

/* A socket for the question, which keeps errors with who sent them; -1 with errno. */
static int socket_for(const struct frame *f)
{
	const int on = 1;
	bool v4 = f->dst.family == 4;
	int fd = kind_of_socket(f, v4 ? AF_INET : AF_INET6);

	if (fd >= 0)
		setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR,
			&on, sizeof(on));
	return fd;
}

static bool is_busy(int errnum)
{
	return errnum == EMFILE || errnum == ENFILE || errnum == ENOBUFS ||
	       errnum == EADDRNOTAVAIL || errnum == EAGAIN;
}

static int say(int fd, const struct frame *f)
{
	uint8_t echo[ECHO_SIZE];

	if (f->kind == FRAME_TCP)
		return 0;
	if (f->kind == FRAME_UDP)
		return send(fd, f->payload, f->payload_size, MSG_NOSIGNAL) < 0 ? -1 : 0;
	fill_echo(echo, f);
	return send(fd, echo, sizeof(echo), MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* A socket that asks; -1 with errno. */
static int begin(const struct frame *f)
{
	_cleanup_(cleanup_closep) int fd = socket_for(f);
	int asking;
	struct sockaddr_storage to;
	socklen_t size =
		addr_to_sockaddr(&f->dst, f->kind == FRAME_ICMP ? 0 : f->dst_port, &to);

	if (fd < 0)
		return -1;
	/* A socket that never began would look like one that is connected. */
	if ((connect(fd, (struct sockaddr *)&to, size) < 0 && errno != EINPROGRESS) ||
		say(fd, f) < 0)
		return -1;
	asking = fd;
	fd = -1;
	return asking;
}

static void note(
	struct plain *plain, const struct link_frame *frame, const struct frame *f, int fd)
{
	uint32_t number = plain->free[--plain->n_free];
	struct slot *slot = &plain->slots[number];
	struct epoll_event event = {.events = f->kind == FRAME_TCP ? EPOLLOUT : EPOLLIN,
		.data.u32 = number};
	size_t last = (plain->first + plain->n_waiting++) % ARRAY_SIZE(plain->waiting);

	*slot = (struct slot){.fd = fd,
		.interface = frame->interface,
		.f = *f,
		.head_size = frame->size < QUOTED_MAX ? frame->size : QUOTED_MAX,
		.deadline_us = clock_monotonic_us() + PLAIN_WAIT_US,
		.number = ++plain->numbers};
	slot->f.payload = NULL; /* the frame is gone by then */
	slot->f.payload_size = 0;
	memcpy(slot->head, frame->bytes, slot->head_size);
	plain->waiting[last].slot = number;
	plain->waiting[last].number = slot->number;
	if (plain->numbers % REGAIN == 0 && plain->most < PLAIN_IN_FLIGHT)
		plain->most++;
	if (epoll_ctl(plain->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		release(plain, number);
}

static bool is_full(const struct plain *plain)
{
	return PLAIN_IN_FLIGHT - plain->n_free >= plain->most ||
	       plain->n_waiting == ARRAY_SIZE(plain->waiting);
}

/* So many descriptors there are; a few are left to others, who greet at the same time. */
static void use_fewer(struct plain *plain)
{
	size_t used = PLAIN_IN_FLIGHT - plain->n_free;

	if (used)
		plain->most = used - used / 4;
}

/* Waits for a slot, and for what the system is short of: *tries times, over all of a batch. */
static void ask(struct plain *plain, const struct link_frame *frame, int *tries)
{
	struct frame f;

	if (frame_decode(FRAME_LINK_RAW, frame->bytes, frame->size, &f) != FRAME_OK)
		return;
	for (;;) {
		int fd;

		while (is_full(plain))
			look(plain, 0, clock_monotonic_us() + PLAIN_WAIT_US);
		fd = begin(&f);
		if (fd >= 0) {
			note(plain, frame, &f, fd);
			return;
		}
		if (!is_busy(errno) || *tries <= 0)
			break;
		use_fewer(plain);
		--*tries;
		look(plain, 0, clock_monotonic_us() + BUSY_US);
	}
	plain->stats.send_errors++;
}

static int plain_send(
	struct link *link, const struct link_frame *frames, size_t n, struct error *reterr)
{
	int tries = BUSY_TRIES;

	(void)reterr;
	for (size_t i = 0; i < n; i++)
		ask((struct plain *)link, &frames[i], &tries);
	return 0;
}

/* ---- the link ----------------------------------------------------------------------- */

static int plain_next(
	struct link *link, int64_t until_us, struct link_heard *ret, struct error *reterr)
{
	struct plain *plain = (struct plain *)link;
	bool woken = false;

	(void)reterr;
	do {
		if (!plain->n_answers)
			woken = look(plain, link->also, until_us);
	} while (!plain->n_answers && !woken && clock_monotonic_us() < until_us);
	if (!plain->n_answers)
		return LINK_QUIET;
	plain->heard = plain->answers[plain->first_answer];
	plain->first_answer = (plain->first_answer + 1) % ANSWERS_MAX;
	plain->n_answers--;
	*ret = (struct link_heard){plain->heard.interface, FRAME_LINK_RAW, clock_monotonic_us(),
		clock_wall_us(), plain->heard.bytes, plain->heard.size};
	return 0;
}

static int64_t plain_now(struct link *link)
{
	(void)link;
	return clock_monotonic_us();
}

static int64_t plain_wall(struct link *link)
{
	(void)link;
	return clock_wall_us();
}

static void plain_stats(struct link *link, struct link_stats *ret_stats)
{
	*ret_stats = ((struct plain *)link)->stats;
}

static void plain_close(struct link *link)
{
	struct plain *plain = (struct plain *)link;

	for (size_t i = 0; i < PLAIN_IN_FLIGHT; i++)
		if (plain->slots[i].fd >= 0)
			close(plain->slots[i].fd);
	close(plain->epoll);
	free(plain);
}

int link_plain_open(struct link **ret_link, struct error *reterr)
{
	struct plain *plain = calloc(1, sizeof(*plain));

	if (!plain)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a link");
	plain->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (plain->epoll < 0) {
		free(plain);
		return error_errno(reterr, ERROR_SYSTEM, errno, "cannot wait for connections");
	}
	for (uint32_t i = PLAIN_IN_FLIGHT; i-- > 0;) {
		plain->slots[i].fd = -1;
		plain->free[plain->n_free++] = i;
	}
	plain->most = PLAIN_IN_FLIGHT;
	plain->link = (struct link){.send = plain_send,
		.next = plain_next,
		.now = plain_now,
		.wall = plain_wall,
		.stats = plain_stats,
		.close = plain_close};
	*ret_link = &plain->link;
	return 0;
}
