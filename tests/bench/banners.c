/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that speak first, as those of FTP, SSH, SMTP and POP3 do, at every address that the
 * kernel takes for its own: banners that end with the address and the port, so that one can
 * tell whether all of a banner was read. Answers a farewell and closes; an SSH client's offer
 * is met by closing, as where nothing can be agreed on. Ports 443 and 993 are hostile servers
 * of TLS: a certificate of as many bytes as a client takes at most, but for the last few, which
 * never come.
 *
 *     bench_banners PORT...
 *
 * Says "ready", serves until its input ends, then says how many banners left, and when the last
 * did.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORTS_MAX 16
#define EVENTS_MAX 256
#define BACKLOG 65535

static const struct kind {
	uint16_t port;
	const char *greeting, *farewell; /* without its end */
} kinds[] = {
	{21,
		"220-ProFTPD 1.3.8 Server (Debian)\r\n"
		"220-This system is for authorised users; what they do is recorded.\r\n"
		"220-Files older than thirty days are removed.\r\n220 ",
		"221 Goodbye.\r\n"},
	{22, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3 ", ""},
	{25, "220 mail.example ESMTP Postfix (Debian/GNU) ", "221 2.0.0 Bye\r\n"},
	{110, "+OK Dovecot (Debian) ready. ", "+OK Logging out\r\n"},
	{587, "220 submission.example ESMTP Exim 4.96 #2 Thu, 01 Jan 2026 00:00:00 +0000 ",
		"221 submission.example closing connection\r\n"},
	{443, NULL, NULL},
	{993, NULL, NULL},
};

#define RECORD_MAX 16384
#define CERTIFICATE_SIZE 65500 /* of the message: a client takes 64 KiB */
#define RECORDS 4

/* ServerHello and the beginning of a certificate, in records of TLS 1.2 (RFC 5246, 7.4). */
static unsigned char hostile[RECORDS * (RECORD_MAX + 5)];

static void make_hostile(void)
{
	static const unsigned char hello[] = {2, 0, 0, 38, 3, 3, [38] = 0, 0xc0, 0x2b, 0};
	unsigned char *first = hostile + 5;

	for (int i = 0; i < RECORDS; i++)
		memcpy(hostile + i * (RECORD_MAX + 5), "\x16\x03\x03\x40\x00", 5);
	memcpy(first, hello, sizeof(hello));
	first[sizeof(hello)] = 11;
	first[sizeof(hello) + 2] = CERTIFICATE_SIZE >> 8;
	first[sizeof(hello) + 3] = CERTIFICATE_SIZE & 0xff;
}

static unsigned long banners;
static struct timespec last;

static const struct kind *kind_of(uint16_t port)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].port == port)
			return &kinds[i];
	return NULL;
}

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void watch(int epoll, int fd, uint64_t data)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = data};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		fail("cannot watch");
}

static int listen_at(uint16_t port)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
		bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 || listen(fd, BACKLOG) < 0)
		fail("cannot listen");
	return fd;
}

/* The kind of a connection is known by its number, which goes along in the upper half. */
static void greet(int epoll, int listener, uint64_t number)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct sockaddr_in here = {0};
		socklen_t size = sizeof(here);
		char text[INET_ADDRSTRLEN], banner[512];
		int length;

		if (!kinds[number].greeting) {
			int room = 2 * (int)sizeof(hostile);

			setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
			watch(epoll, fd, (number + 1) << 32 | (uint32_t)fd);
			continue;
		}
		getsockname(fd, (struct sockaddr *)&here, &size);
		inet_ntop(AF_INET, &here.sin_addr, text, sizeof(text));
		length = snprintf(banner, sizeof(banner), "%send-%s-%u-\r\n",
			kinds[number].greeting, text, ntohs(here.sin_port));
		if (send(fd, banner, (size_t)length, MSG_NOSIGNAL) == length) {
			banners++;
			clock_gettime(CLOCK_REALTIME, &last);
		}
		watch(epoll, fd, (number + 1) << 32 | (uint32_t)fd);
	}
}

static void answer(int fd, const struct kind *kind)
{
	char heard[2048];
	ssize_t n = recv(fd, heard, sizeof(heard), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0 && !kind->farewell) {
		banners += send(fd, hostile, sizeof(hostile) - 64, MSG_NOSIGNAL) ==
			   sizeof(hostile) - 64;
		return;
	}
	if (n > 0)
		send(fd, kind->farewell, strlen(kind->farewell), MSG_NOSIGNAL);
	close(fd);
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	int epoll = epoll_create1(0), listeners[PORTS_MAX];
	uint64_t numbers[PORTS_MAX];

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	watch(epoll, STDIN_FILENO, UINT32_MAX);
	for (int i = 1; i < argc && i <= PORTS_MAX; i++) {
		uint16_t port = (uint16_t)strtoul(argv[i], NULL, 10);

		if (!kind_of(port))
			return 1;
		numbers[i - 1] = (uint64_t)(kind_of(port) - kinds);
		listeners[i - 1] = listen_at(port);
		watch(epoll, listeners[i - 1], (uint64_t)(i - 1));
	}
	make_hostile();
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct epoll_event events[EVENTS_MAX];
		int n = epoll_wait(epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++) {
			uint64_t data = events[i].data.u64;

			if (data == UINT32_MAX) {
				printf("%lu %lld.%09ld\n", banners, (long long)last.tv_sec,
					last.tv_nsec);
				return 0;
			}
			if (data >> 32)
				answer((int)(uint32_t)data, &kinds[(data >> 32) - 1]);
			else
				greet(epoll, listeners[data], numbers[data]);
		}
	}
}
