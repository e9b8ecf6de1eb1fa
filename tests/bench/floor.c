/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of sending by packet socket: SYN frames as the scanner's, all made before, and then
 * a bare loop of sendmmsg(2) on a socket that is bound and goes past the queueing discipline.
 * Nobody who sends in this way is faster.
 *
 *     bench_floor INTERFACE SOURCE-MAC TARGET-MAC SOURCE FIRST-TARGET TARGETS FIRST-PORT PORTS
 *
 * Sends one frame to each port of each target, round by round, and then ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_SIZE 58 /* Ethernet, IPv4, TCP with its MSS */
#define STRIDE 64
#define FRAMES_MAX (1u << 24)
#define BATCH 64
#define BUFFER_BYTES (4 << 20)
#define BUSY_US 50

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

/* RFC 1071; `sum` is what was added before. */
static uint32_t add_words(const uint8_t *bytes, size_t n, uint32_t sum)
{
	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void build(uint8_t frame[FRAME_SIZE], const uint8_t macs[12], uint32_t source,
	uint32_t target, uint16_t port, uint32_t sequence)
{
	static const uint8_t mss[] = {2, 4, 0x05, 0xb4};
	uint8_t *ip = frame + ETH_HLEN, *tcp = ip + 20;

	memset(frame, 0, FRAME_SIZE);
	memcpy(frame, macs, 12);
	put16(frame + 12, ETH_P_IP);
	ip[0] = 0x45;
	put16(ip + 2, FRAME_SIZE - ETH_HLEN);
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	put32(ip + 12, source);
	put32(ip + 16, target);
	put16(ip + 10, fold(add_words(ip, 20, 0)));
	put16(tcp, 61000);
	put16(tcp + 2, port);
	put32(tcp + 4, sequence);
	tcp[12] = 6 << 4;
	tcp[13] = 2;
	put16(tcp + 14, 1024);
	memcpy(tcp + 20, mss, sizeof(mss));
	put16(tcp + 16, fold(add_words(tcp, 24, add_words(ip + 12, 8, IPPROTO_TCP + 24))));
}

static int fail(const char *what)
{
	fprintf(stderr, "bench_floor: %s: %s\n", what, strerror(errno));
	return 1;
}

static int open_socket(const char *interface)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), size = BUFFER_BYTES, on = 1;

	if (!here.sll_ifindex || fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	return fd;
}

static int send_all(int fd, const uint8_t *frames, size_t n)
{
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	const struct timespec pause = {0, BUSY_US * 1000};

	memset(messages, 0, sizeof(messages));
	for (size_t i = 0; i < BATCH; i++) {
		parts[i].iov_len = FRAME_SIZE;
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	for (size_t at = 0; at < n;) {
		unsigned int some = n - at < BATCH ? (unsigned int)(n - at) : BATCH;
		int sent;

		for (size_t i = 0; i < some; i++)
			parts[i].iov_base = (void *)(frames + (at + i) * STRIDE);
		sent = sendmmsg(fd, messages, some, 0);
		if (sent > 0)
			at += (size_t)sent;
		else if (errno == ENOBUFS || errno == EAGAIN)
			nanosleep(&pause, NULL);
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

static int read_mac(const char *text, uint8_t out[6])
{
	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &out[0], &out[1], &out[2],
		       &out[3], &out[4], &out[5]) == 6;
}

int main(int argc, char **argv)
{
	uint8_t macs[12], *frames;
	struct in_addr source, first;
	size_t targets, ports, port;
	int fd;

	if (argc != 9 || !read_mac(argv[2], macs + 6) || !read_mac(argv[3], macs) ||
		inet_pton(AF_INET, argv[4], &source) != 1 ||
		inet_pton(AF_INET, argv[5], &first) != 1 ||
		(ntohl(first.s_addr) & 0xfffe0000) != 0xc6120000) {
		fprintf(stderr, "usage: bench_floor INTERFACE SOURCE-MAC TARGET-MAC SOURCE "
				"FIRST-TARGET "
				"TARGETS FIRST-PORT PORTS, with targets of 198.18.0.0/15\n");
		return 2;
	}
	targets = strtoul(argv[6], NULL, 10);
	port = strtoul(argv[7], NULL, 10);
	ports = strtoul(argv[8], NULL, 10);
	if (targets == 0 || targets > 65536 || ports == 0 || ports > FRAMES_MAX / targets)
		return 2;
	frames = calloc(targets * ports, STRIDE);
	if (!frames)
		return fail("memory");
	for (size_t i = 0; i < targets * ports; i++)
		build(frames + i * STRIDE, macs, ntohl(source.s_addr),
			ntohl(first.s_addr) + (uint32_t)(i % targets),
			(uint16_t)(port + i / targets), (uint32_t)i * 2654435761u);
	fd = open_socket(argv[1]);
	if (fd < 0)
		return fail(argv[1]);
	if (send_all(fd, frames, targets * ports) < 0)
		return fail("sendmmsg");
	close(fd);
	free(frames);
	return 0;
}
