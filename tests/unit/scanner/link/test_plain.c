/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain link over the loopback's ordinary sockets: what they say comes back as the packet
 * that the kernel must have seen, also when nobody listened for a while.
 */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "scanner/link/packet_build.h"
#include "scanner/link/plain.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define FROM 61000
#define SEQ 77
#define FEW 8
#define PATIENCE_US (10 * CLOCK_SECOND)

static struct link *link_;

static int open_link(void **state)
{
	(void)state;
	return link_plain_open(&link_, NULL);
}

static int close_link(void **state)
{
	(void)state;
	link_->close(link_);
	return 0;
}

/* A listener of the loopback's. */
static int serve(uint16_t *ret_port)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(here);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, size), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &size), 0);
	*ret_port = ntohs(here.sin_port);
	return fd;
}

/* So many times, in one batch. */
static void ask_often(uint16_t port, size_t n)
{
	const struct addr here = addr_v4(INADDR_LOOPBACK);
	static struct link_frame frames[LINK_BATCH_MAX];

	for (size_t i = 0; i < n; i++) {
		struct packer p = packer_of(frames[i].bytes, sizeof(frames[i].bytes));

		packet_begin(&p, &here, &here, IPPROTO_TCP, 64);
		packet_tcp(&p, FROM, port, SEQ, 0, FRAME_SYN);
		packet_end(&p, 0);
		frames[i].size = (uint16_t)p.pos;
	}
	assert_int_equal(link_->send(link_, frames, n, NULL), 0);
}

static void ask(uint16_t port)
{
	ask_often(port, 1);
}

/* The flags of what a port answers; 0: nothing came. */
static uint8_t hear(uint16_t port)
{
	struct link_heard heard;
	struct frame f;

	if (link_->next(link_, clock_monotonic_us() + PATIENCE_US, &heard, NULL) == LINK_QUIET)
		return 0;
	assert_int_equal(frame_decode(heard.type, heard.bytes, heard.size, &f), FRAME_OK);
	assert_int_equal(f.kind, FRAME_TCP);
	assert_int_equal(f.src_port, port);
	assert_int_equal(f.dst_port, FROM);
	assert_int_equal(f.ack, SEQ + 1);
	return f.tcp_flags;
}

static void open_and_closed(void **state)
{
	uint16_t port;
	int fd = serve(&port);

	(void)state;
	ask(port);
	assert_int_equal(hear(port), FRAME_SYN | FRAME_ACK);
	close(fd);
	ask(port);
	assert_int_equal(hear(port), FRAME_RST | FRAME_ACK);
}

/* Who takes a connection and resets it at once is open all the same. */
static void reset_at_once(void **state)
{
	const struct linger at_once = {1, 0};
	uint16_t port;
	int fd = serve(&port), peer;

	(void)state;
	ask(port);
	peer = accept(fd, NULL, NULL);
	assert_true(peer >= 0);
	setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(peer);
	assert_int_equal(hear(port), FRAME_SYN | FRAME_ACK);
	close(fd);
}

/* What came in time counts, however late it is looked at. */
static void looked_at_late(void **state)
{
	uint16_t port;
	int fd = serve(&port);

	(void)state;
	ask(port);
	poll(NULL, 0, PLAIN_WAIT_US / 1000 + 50);
	assert_int_equal(hear(port), FRAME_SYN | FRAME_ACK);
	close(fd);
}

/* A port that drops every SYN: its queue is full. */
static int serve_nobody(uint16_t *ret_port, int full[2])
{
	int fd = serve(ret_port);
	struct sockaddr_in there = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(*ret_port)};

	assert_int_equal(listen(fd, 0), 0);
	for (size_t i = 0; i < 2; i++) {
		full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(full[i], (struct sockaddr *)&there, sizeof(there));
	}
	return fd;
}

/* More questions at once than descriptors: each is asked when one before is given up. */
static void few_descriptors(void **state)
{
	struct link_stats stats;
	struct rlimit before, small;
	uint16_t port;
	int full[2], fd = serve_nobody(&port, full), next = dup(fd);

	(void)state;
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	small = before;
	small.rlim_cur = (rlim_t)next + FEW;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	ask_often(port, 3 * FEW);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	link_->stats(link_, &stats);
	assert_int_equal(stats.send_errors, 0);
	close(full[0]);
	close(full[1]);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(open_and_closed, open_link, close_link),
		cmocka_unit_test_setup_teardown(reset_at_once, open_link, close_link),
		cmocka_unit_test_setup_teardown(looked_at_late, open_link, close_link),
		cmocka_unit_test_setup_teardown(few_descriptors, open_link, close_link)};

	return RUN(tests);
}
