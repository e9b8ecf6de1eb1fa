/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ordinary sender: libnet's own descriptors, many frames per system call; see sender.h.
 * Frames to other machines leave on libnet's packet socket, bound to its interface and past the
 * queueing discipline. The kernel drops link-layer frames to its own addresses as martians, so
 * those go through libnet's raw IP sockets and come back on loopback.
 */
#include "scanner/link/sender.h"

#include "common/cleanup.h"

#include <errno.h>
#include <libnet.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SEND_BUFFER_BYTES (4 << 20)

struct packet {
	struct sender sender;
	struct link_interface interface;
	libnet_t *ethernet, *ip4, *ip6;
};

static void packet_close(struct sender *sender)
{
	struct packet *p = (struct packet *)sender;

	if (p->ethernet)
		libnet_destroy(p->ethernet);
	if (p->ip4)
		libnet_destroy(p->ip4);
	if (p->ip6)
		libnet_destroy(p->ip6);
	free(p);
}

/* The socket a frame leaves by. */
static int socket_of(const struct packet *p, const struct link_frame *frame)
{
	libnet_t *net = p->interface.mode == LINK_ETHERNET ? p->ethernet
			: frame->dst.family == 4	   ? p->ip4
							   : p->ip6;

	return net ? libnet_getfd(net) : -1;
}

/* Sends as many as the system takes at once; steps over a frame that it refuses. */
static int send_some(struct packet *p, int fd, struct mmsghdr *messages, size_t n,
	size_t *ret_done, struct error *reterr)
{
	for (int tries = 0;; tries++) {
		int sent = sendmmsg(fd, messages, (unsigned int)n, 0);
		struct timespec pause = {0, SENDER_BUSY_WAIT_US * 1000};

		if (sent > 0) {
			*ret_done = (size_t)sent;
			return 0;
		}
		if (errno == EINTR)
			continue;
		if ((errno == ENOBUFS || errno == EAGAIN) && tries < SENDER_BUSY_TRIES) {
			nanosleep(&pause, NULL);
			continue;
		}
		if (sender_is_fatal(errno))
			return error_errno(reterr, ERROR_NETWORK, errno,
				"cannot send on interface %s", p->interface.name);
		p->sender.refused++;
		*ret_done = 1;
		return 0;
	}
}

static int packet_send(
	struct sender *sender, const struct link_frame *frames, size_t n, struct error *reterr)
{
	struct packet *p = (struct packet *)sender;
	struct mmsghdr messages[LINK_BATCH_MAX];
	struct iovec parts[LINK_BATCH_MAX];
	struct sockaddr_storage names[LINK_BATCH_MAX];
	int fd = socket_of(p, &frames[0]);
	size_t done = 0;

	if (fd < 0)
		return error_set(reterr, ERROR_INTERNAL,
			"interface %s is not open for this family", p->interface.name);
	memset(messages, 0, sizeof(messages[0]) * n);
	for (size_t i = 0; i < n; i++) {
		parts[i] = (struct iovec){(void *)frames[i].bytes, frames[i].size};
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		if (p->interface.mode == LINK_IP) {
			messages[i].msg_hdr.msg_name = &names[i];
			messages[i].msg_hdr.msg_namelen =
				addr_to_sockaddr(&frames[i].dst, 0, &names[i]);
		}
	}
	while (done < n) {
		size_t step = 0;
		int r = send_some(p, fd, messages + done, n - done, &step, reterr);

		if (r < 0)
			return r;
		done += step;
	}
	return 0;
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
static int open_ethernet(struct packet *p, struct error *reterr)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)p->interface.index};
	int on = 1, r, fd;

	r = open_sender(&p->ethernet, LIBNET_LINK_ADV, p->interface.name, reterr);
	if (r < 0)
		return r;
	fd = libnet_getfd(p->ethernet);
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		return error_errno(reterr, ERROR_NETWORK, errno, "cannot bind to interface %s",
			p->interface.name);
	setsockopt(
		fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)); /* faster, if it can */
	return 0;
}

static int open_ip(struct packet *p, struct error *reterr)
{
	bool loopback = strcmp(p->interface.name, "lo") == 0;
	int r = 0;

	if (p->interface.ipv4)
		r = open_sender(&p->ip4, LIBNET_RAW4, NULL, reterr);
	if (r == 0 && p->interface.ipv6)
		r = open_sender(&p->ip6, LIBNET_RAW6, NULL, reterr);
	for (int i = 0; r == 0 && !loopback && i < 2; i++) {
		libnet_t *net = i ? p->ip6 : p->ip4;

		if (net && setsockopt(libnet_getfd(net), SOL_SOCKET, SO_BINDTODEVICE,
				   p->interface.name, (socklen_t)strlen(p->interface.name)) < 0)
			r = error_errno(reterr, ERROR_NETWORK, errno,
				"cannot bind to interface %s", p->interface.name);
	}
	return r;
}

int sender_packet_open(const struct link_interface *interface, struct sender **ret_sender,
	struct error *reterr)
{
	struct packet *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a sender");
	p->sender = (struct sender){packet_send, packet_close, 0};
	p->interface = *interface;
	r = interface->mode == LINK_ETHERNET ? open_ethernet(p, reterr) : open_ip(p, reterr);
	if (r < 0) {
		packet_close(&p->sender);
		return r;
	}
	*ret_sender = &p->sender;
	return 0;
}
