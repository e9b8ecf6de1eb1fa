/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live link; see live.h. Frames to other machines leave on libnet's packet socket, bound to
 * its interface and past the queueing discipline. The kernel drops link-layer frames to its own
 * addresses as martians, so those go through libnet's raw IP sockets and come back on loopback.
 */
#include "scanner/link/live.h"

#include "common/cleanup.h"
#include "common/clock.h"

#include <errno.h>
#include <libnet.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SNAPLEN 256 /* Ethernet, IPv6, ICMPv6 and the whole quoted header */
#define RING_BYTES (16 << 20)
#define SEND_BUFFER_BYTES (4 << 20)
#define BUSY_TRIES 200 /* of a full transmit queue, BUSY_WAIT_US apart */
#define BUSY_WAIT_US 100
#define DLT_RAW_LINUX 12 /* LINKTYPE_RAW is 101 in files */

struct leg {
	struct link_interface interface;
	libnet_t *ethernet, *ip4, *ip6;
	pcap_t *capture;
	int capture_fd;
	enum frame_link type;
};

struct live {
	struct link link;
	struct leg legs[LINK_INTERFACES_MAX];
	size_t n_legs;
	size_t turn; /* the leg that is listened to first */
	uint64_t send_errors;
};

static void live_close(struct link *link)
{
	struct live *live = (struct live *)link;

	for (size_t i = 0; i < live->n_legs; i++) {
		struct leg *leg = &live->legs[i];

		if (leg->ethernet)
			libnet_destroy(leg->ethernet);
		if (leg->ip4)
			libnet_destroy(leg->ip4);
		if (leg->ip6)
			libnet_destroy(leg->ip6);
		if (leg->capture)
			pcap_close(leg->capture);
	}
	free(live);
}

static int64_t live_now(struct link *link)
{
	(void)link;
	return clock_monotonic_us();
}

static int64_t live_wall(struct link *link)
{
	(void)link;
	return clock_wall_us();
}

static void live_stats(struct link *link, struct link_stats *ret_stats)
{
	struct live *live = (struct live *)link;

	*ret_stats = (struct link_stats){.send_errors = live->send_errors};
	for (size_t i = 0; i < live->n_legs; i++) {
		struct pcap_stat stat = {0};

		if (pcap_stats(live->legs[i].capture, &stat) == 0)
			ret_stats->kernel_drops += stat.ps_drop;
	}
}

/* The socket a frame leaves by. */
static int socket_of(const struct leg *leg, const struct link_frame *frame)
{
	libnet_t *net = leg->interface.mode == LINK_ETHERNET ? leg->ethernet
			: frame->dst.family == 4	     ? leg->ip4
							     : leg->ip6;

	return net ? libnet_getfd(net) : -1;
}

static bool is_fatal(int errnum)
{
	return errnum == ENETDOWN || errnum == ENODEV || errnum == ENXIO || errnum == EBADF;
}

/* Sends as many as the system takes at once; steps over a frame that it refuses. */
static int send_some(struct live *live, const struct leg *leg, int fd, struct mmsghdr *messages,
	size_t n, size_t *ret_done, struct error *reterr)
{
	for (int tries = 0;; tries++) {
		int sent = sendmmsg(fd, messages, (unsigned int)n, 0);
		struct timespec pause = {0, BUSY_WAIT_US * 1000};

		if (sent > 0) {
			*ret_done = (size_t)sent;
			return 0;
		}
		if (errno == EINTR)
			continue;
		if ((errno == ENOBUFS || errno == EAGAIN) && tries < BUSY_TRIES) {
			nanosleep(&pause, NULL);
			continue;
		}
		if (is_fatal(errno))
			return error_errno(reterr, ERROR_NETWORK, errno,
				"cannot send on interface %s", leg->interface.name);
		live->send_errors++;
		*ret_done = 1;
		return 0;
	}
}

/* A run of frames that leave by one socket. */
static int send_run(
	struct live *live, const struct link_frame *frames, size_t n, struct error *reterr)
{
	struct leg *leg = &live->legs[frames[0].interface];
	struct mmsghdr messages[LINK_BATCH_MAX];
	struct iovec parts[LINK_BATCH_MAX];
	struct sockaddr_storage names[LINK_BATCH_MAX];
	int fd = socket_of(leg, &frames[0]);
	size_t done = 0;

	if (fd < 0)
		return error_set(reterr, ERROR_INTERNAL,
			"interface %s is not open for this family", leg->interface.name);
	memset(messages, 0, sizeof(messages[0]) * n);
	for (size_t i = 0; i < n; i++) {
		parts[i] = (struct iovec){(void *)frames[i].bytes, frames[i].size};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		if (leg->interface.mode == LINK_IP) {
			messages[i].msg_hdr.msg_name = &names[i];
			messages[i].msg_hdr.msg_namelen =
				addr_to_sockaddr(&frames[i].dst, 0, &names[i]);
		}
	}
	while (done < n) {
		size_t step = 0;
		int r = send_some(live, leg, fd, messages + done, n - done, &step, reterr);

		if (r < 0)
			return r;
		done += step;
	}
	return 0;
}

static int live_send(
	struct link *link, const struct link_frame *frames, size_t n, struct error *reterr)
{
	struct live *live = (struct live *)link;
	size_t begin = 0;

	while (begin < n) {
		size_t end = begin + 1;
		int r;

		if (frames[begin].interface >= live->n_legs)
			return error_set(
				reterr, ERROR_INTERNAL, "a frame for an interface not opened");
		while (end < n && end - begin < LINK_BATCH_MAX &&
			frames[end].interface == frames[begin].interface &&
			frames[end].dst.family == frames[begin].dst.family)
			end++;
		r = send_run(live, frames + begin, end - begin, reterr);
		if (r < 0)
			return r;
		begin = end;
	}
	return 0;
}

/* One look at every capture, each in turn first. */
static int look(struct live *live, struct link_heard *ret, struct error *reterr)
{
	for (size_t i = 0; i < live->n_legs; i++) {
		size_t number = (live->turn + i) % live->n_legs;
		struct leg *leg = &live->legs[number];
		struct pcap_pkthdr *head;
		const u_char *bytes;
		int r = pcap_next_ex(leg->capture, &head, &bytes);

		if (r < 0)
			return error_set(reterr, ERROR_NETWORK,
				"capture on interface %s stopped: %s", leg->interface.name,
				pcap_geterr(leg->capture));
		if (r == 0)
			continue;
		live->turn = number;
		ret->interface = (uint8_t)number;
		ret->type = leg->type;
		ret->at_us = clock_monotonic_us();
		ret->wall_us = (int64_t)head->ts.tv_sec * CLOCK_SECOND + head->ts.tv_usec;
		ret->bytes = bytes;
		ret->size = head->caplen;
		return 0;
	}
	live->turn = live->n_legs ? (live->turn + 1) % live->n_legs : 0;
	return LINK_QUIET;
}

static int live_next(
	struct link *link, int64_t until_us, struct link_heard *ret, struct error *reterr)
{
	struct live *live = (struct live *)link;
	struct pollfd fds[LINK_INTERFACES_MAX];

	for (;;) {
		int r = look(live, ret, reterr);
		int64_t left = until_us - clock_monotonic_us();
		struct timespec wait;

		if (r != LINK_QUIET || left <= 0)
			return r;
		for (size_t i = 0; i < live->n_legs; i++)
			fds[i] = (struct pollfd){live->legs[i].capture_fd, POLLIN, 0};
		wait.tv_sec = left / CLOCK_SECOND;
		wait.tv_nsec = left % CLOCK_SECOND * 1000;
		ppoll(fds, live->n_legs, &wait, NULL);
	}
}

static int open_sender(libnet_t **ret, int type, const char *name, struct error *reterr)
{
	char why[LIBNET_ERRBUF_SIZE] = "";
	int size = SEND_BUFFER_BYTES, fd;

	*ret = libnet_init(type, name, why);
	if (!*ret)
		return error_set(reterr, ERROR_NETWORK,
			"cannot open interface %s for sending: %s",
			name ? name : "of this machine", why);
	fd = libnet_getfd(*ret);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

/* Bound to its interface and to no protocol, so that the socket never receives. */
static int open_ethernet(struct leg *leg, struct error *reterr)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)leg->interface.index};
	int on = 1, r, fd;

	r = open_sender(&leg->ethernet, LIBNET_LINK_ADV, leg->interface.name, reterr);
	if (r < 0)
		return r;
	fd = libnet_getfd(leg->ethernet);
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		return error_errno(reterr, ERROR_NETWORK, errno, "cannot bind to interface %s",
			leg->interface.name);
	setsockopt(
		fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)); /* faster, if it can */
	return 0;
}

static int open_ip(struct leg *leg, struct error *reterr)
{
	bool loopback = strcmp(leg->interface.name, "lo") == 0;
	int r = 0;

	if (leg->interface.ipv4)
		r = open_sender(&leg->ip4, LIBNET_RAW4, NULL, reterr);
	if (r == 0 && leg->interface.ipv6)
		r = open_sender(&leg->ip6, LIBNET_RAW6, NULL, reterr);
	for (int i = 0; r == 0 && !loopback && i < 2; i++) {
		libnet_t *net = i ? leg->ip6 : leg->ip4;

		if (net && setsockopt(libnet_getfd(net), SOL_SOCKET, SO_BINDTODEVICE,
				   leg->interface.name,
				   (socklen_t)strlen(leg->interface.name)) < 0)
			r = error_errno(reterr, ERROR_NETWORK, errno,
				"cannot bind to interface %s", leg->interface.name);
	}
	return r;
}

static int set_filter(struct leg *leg, uint16_t port, struct error *reterr)
{
	struct bpf_program program;
	char text[512];
	int r;

	/* Replies, and only those: SYN-ACK and RST to our port; echo replies (0, 129) and
	 * errors; ARP replies (2); neighbour advertisements (136). */
	snprintf(text, sizeof(text),
		"(ip and tcp dst port %u and tcp[tcpflags] & (tcp-ack|tcp-rst) != 0)"
		" or (ip6 and tcp dst port %u)"
		" or (icmp and (icmp[0] = 0 or icmp[0] = 3 or icmp[0] = 11))"
		" or (icmp6 and (ip6[40] = 129 or ip6[40] = 136 or ip6[40] = 1 or ip6[40] = 3))"
		" or (arp and arp[6:2] = 2)",
		port, port);
	if (pcap_compile(leg->capture, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return error_set(reterr, ERROR_NETWORK, "cannot compile the filter for %s: %s",
			leg->interface.name, pcap_geterr(leg->capture));
	r = pcap_setfilter(leg->capture, &program);
	pcap_freecode(&program);
	if (r < 0)
		return error_set(reterr, ERROR_NETWORK, "cannot filter on interface %s: %s",
			leg->interface.name, pcap_geterr(leg->capture));
	return 0;
}

static int open_capture(struct leg *leg, uint16_t port, struct error *reterr)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int r;

	leg->capture = pcap_create(leg->interface.name, why);
	if (!leg->capture)
		return error_set(reterr, ERROR_NETWORK, "cannot capture on interface %s: %s",
			leg->interface.name, why);
	pcap_set_snaplen(leg->capture, SNAPLEN);
	pcap_set_immediate_mode(leg->capture, 1);
	pcap_set_buffer_size(leg->capture, RING_BYTES);
	pcap_set_timeout(leg->capture, 1);
	r = pcap_activate(leg->capture);
	if (r < 0)
		return error_set(reterr, ERROR_NETWORK,
			"cannot capture on interface %s: %s (%s)", leg->interface.name,
			pcap_statustostr(r), pcap_geterr(leg->capture));
	if (pcap_setdirection(leg->capture, PCAP_D_IN) < 0 ||
		pcap_setnonblock(leg->capture, 1, why) < 0)
		return error_set(reterr, ERROR_NETWORK, "cannot capture on interface %s: %s",
			leg->interface.name, *why ? why : pcap_geterr(leg->capture));
	leg->capture_fd = pcap_get_selectable_fd(leg->capture);
	r = pcap_datalink(leg->capture);
	leg->type = r == DLT_RAW_LINUX ? FRAME_LINK_RAW : (enum frame_link)r;
	return set_filter(leg, port, reterr);
}

int link_live_open(const struct link_interface *interfaces, size_t n, uint16_t port,
	struct link **ret_link, struct error *reterr)
{
	_cleanup_(link_closep) struct link *link = NULL;
	struct live *live = calloc(1, sizeof(*live));

	if (!live)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the link");
	link = &live->link;
	live->link = (struct link){
		live_send, live_next, live_now, live_wall, live_stats, live_close};
	if (n > LINK_INTERFACES_MAX)
		return error_set(reterr, ERROR_NETWORK,
			"the targets are behind %zu interfaces; at most %d can be used at once",
			n, LINK_INTERFACES_MAX);
	for (size_t i = 0; i < n; i++) {
		struct leg *leg = &live->legs[i];
		int r;

		leg->interface = interfaces[i];
		live->n_legs = i + 1;
		r = leg->interface.mode == LINK_ETHERNET ? open_ethernet(leg, reterr)
							 : open_ip(leg, reterr);
		if (r == 0)
			r = open_capture(leg, port, reterr);
		if (r < 0)
			return r;
	}
	*ret_link = STEAL(link);
	return 0;
}
