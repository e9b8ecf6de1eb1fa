/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live link; see live.h. Each interface is a leg: a capture by libpcap, and a sender of the
 * kind that was asked for (sender.h).
 */
#include "scanner/link/live.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/str.h"
#include "scanner/link/sender.h"
#include "scanner/link/xdplive.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define SNAPLEN 256 /* Ethernet, IPv6, ICMPv6 and the whole quoted header */
#define RING_BYTES (16 << 20)
/* Datagrams are judged by their data, MLD reports by their records. In the ring every frame has
 * room for the longest. */
#define SNAPLEN_DATA 1024
#define RING_BYTES_DATA (32 << 20)
#define FILTER_MAX 16384
#define DLT_RAW_LINUX 12 /* LINKTYPE_RAW is 101 in files */

struct leg {
	struct link_interface interface;
	struct sender *sender;
	pcap_t *capture;
	int capture_fd;
	enum frame_link type;
};

struct live {
	struct link link;
	struct leg legs[LINK_INTERFACES_MAX];
	size_t n_legs;
	size_t turn; /* the leg that is listened to first */
	struct xdplive *xdplive; /* NULL: not asked for, or refused */
};

static void live_close(struct link *link)
{
	struct live *live = (struct live *)link;

	for (size_t i = 0; i < live->n_legs; i++) {
		struct leg *leg = &live->legs[i];

		if (leg->sender)
			leg->sender->close(leg->sender);
		if (leg->capture)
			pcap_close(leg->capture);
	}
	xdplive_close(live->xdplive);
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

	*ret_stats = (struct link_stats){0};
	for (size_t i = 0; i < live->n_legs; i++) {
		struct pcap_stat stat = {0};

		if (live->legs[i].sender)
			ret_stats->send_errors += live->legs[i].sender->refused;
		if (pcap_stats(live->legs[i].capture, &stat) == 0)
			ret_stats->kernel_drops += stat.ps_drop;
	}
	xdplive_stats(live->xdplive, ret_stats);
}

static int live_send(
	struct link *link, const struct link_frame *frames, size_t n, struct error *reterr)
{
	struct live *live = (struct live *)link;
	size_t begin = 0;

	while (begin < n) {
		size_t end = begin + 1;
		struct sender *sender;
		int r;

		if (frames[begin].interface >= live->n_legs)
			return error_set(
				reterr, ERROR_INTERNAL, "a frame for an interface not opened");
		while (end < n && end - begin < LINK_BATCH_MAX &&
			frames[end].interface == frames[begin].interface &&
			frames[end].dst.family == frames[begin].dst.family)
			end++;
		sender = live->legs[frames[begin].interface].sender;
		if (!sender)
			return error_set(reterr, ERROR_INTERNAL,
				"a frame for an interface that is only listened to");
		r = sender->send(sender, frames + begin, end - begin, reterr);
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
	struct pollfd fds[LINK_INTERFACES_MAX + 1];
	const size_t n = live->n_legs;
	bool woken = false;

	for (;;) {
		int r = look(live, ret, reterr);
		int64_t left = until_us - clock_monotonic_us();
		struct timespec wait;

		if (r != LINK_QUIET || left <= 0 || woken)
			return r;
		for (size_t i = 0; i < n; i++)
			fds[i] = (struct pollfd){live->legs[i].capture_fd, POLLIN, 0};
		wait.tv_sec = left / CLOCK_SECOND;
		wait.tv_nsec = left % CLOCK_SECOND * 1000;
		fds[n] = (struct pollfd){link->also ? link->also : -1, POLLIN, 0};
		woken = ppoll(fds, n + 1, &wait, NULL) > 0 && fds[n].revents;
	}
}

/* The first fragment of an answer over IPv6, which the words for ports do not look into: the
 * transport begins behind 40 bytes of header and 8 of the fragment's (RFC 8200 4.5). */
static void filter_fragments(const struct link_options *o, struct str *text)
{
	str_addf(text,
		" or (ip6 and ip6[6] = 44 and ip6[42:2] & 0xfff8 = 0 and"
		" ((ip6[40] = 6 and ip6[50:2] = %u) or"
		" (ip6[40] = 17 and ip6[50:2] >= %u and ip6[50:2] <= %u)))",
		o->port, o->udp_first, o->udp_last);
}

/* Answers, and only those: SYN-ACK and RST to our port; echo and timestamp replies (0, 14, 129)
 * and errors; ARP replies (2); neighbour advertisements (136); and what the campaign asks
 * besides. */
static void filter_text(const struct link_options *o, struct str *text)
{
	str_addf(text,
		"(ip and tcp dst port %u and tcp[tcpflags] & (tcp-ack|tcp-rst) != 0)"
		" or (ip6 and tcp dst port %u)"
		" or (icmp and (icmp[0] = 0 or icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 11 or icmp[0] = 14))"
		" or (icmp6 and (ip6[40] = 129 or ip6[40] = 136 or (ip6[40] >= 1 and ip6[40] "
		"<= 4))) or (arp and arp[6:2] = 2)",
		o->port, o->port);
	if (o->udp_first)
		str_addf(text, " or (udp dst portrange %u-%u)", o->udp_first, o->udp_last);
	if (o->udp_first)
		filter_fragments(o, text);
	if (o->sctp)
		str_addf(text, " or (sctp dst port %u)", o->port);
	if (o->listeners) /* MLD reports, behind their router alert */
		str_adds(text, " or (ip6 and ip6[6] = 0 and ip6[40] = 58"
			       " and (ip6[48] = 131 or ip6[48] = 143))");
	for (size_t i = 0; i < o->n_protocols; i++)
		str_addf(text, " or (ip proto %u) or (ip6 proto %u)", o->protocols[i],
			o->protocols[i]);
}

static int set_filter(struct leg *leg, const struct link_options *o, struct error *reterr)
{
	_cleanup_(str_done) struct str text = STR_INIT(FILTER_MAX);
	struct bpf_program program;
	int r;

	filter_text(o, &text);
	if (o->listeners && leg->interface.mode == LINK_ETHERNET) /* PROFINET's stations */
		str_adds(&text, " or (ether proto 0x8892 and ether[14:2] = 0xfeff)");
	if (pcap_compile(leg->capture, &program, text.data, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return error_set(reterr, ERROR_NETWORK, "cannot compile the filter for %s: %s",
			leg->interface.name, pcap_geterr(leg->capture));
	r = pcap_setfilter(leg->capture, &program);
	pcap_freecode(&program);
	if (r < 0)
		return error_set(reterr, ERROR_NETWORK, "cannot filter on interface %s: %s",
			leg->interface.name, pcap_geterr(leg->capture));
	return 0;
}

/* Listeners answer to their groups, or to that of routers: an interface takes only what it is
 * told to. */
static int hear_groups(
	const struct leg *leg, const struct link_options *o, struct error *reterr)
{
	struct packet_mreq all = {
		.mr_ifindex = (int)leg->interface.index, .mr_type = PACKET_MR_ALLMULTI};

	if (!o->listeners || leg->interface.mode != LINK_ETHERNET || !leg->interface.ipv6)
		return 0;
	if (setsockopt(leg->capture_fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) <
		0)
		return error_errno(reterr, ERROR_NETWORK, errno,
			"cannot hear multicast on interface %s", leg->interface.name);
	return 0;
}

static int open_capture(struct leg *leg, const struct link_options *o, struct error *reterr)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	bool data = o->udp_first || o->listeners;
	int r;

	leg->capture = pcap_create(leg->interface.name, why);
	if (!leg->capture)
		return error_set(reterr, ERROR_NETWORK, "cannot capture on interface %s: %s",
			leg->interface.name, why);
	pcap_set_snaplen(leg->capture, data ? SNAPLEN_DATA : SNAPLEN);
	pcap_set_immediate_mode(leg->capture, 1);
	pcap_set_buffer_size(leg->capture, data ? RING_BYTES_DATA : RING_BYTES);
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
	r = hear_groups(leg, o, reterr);
	return r < 0 ? r : set_filter(leg, o, reterr);
}

static int live_send_pass(struct link *link, struct link_pass *pass, struct error *reterr)
{
	return xdplive_send(((struct live *)link)->xdplive, pass, reterr);
}

/* AF_XDP where it was asked for and is possible; the first refusal is noted. */
static int open_sender(const struct link_options *o, struct leg *leg, struct error *ret_note,
	struct error *reterr)
{
	struct error why = {0};

	if (o->transmit == LINK_AF_XDP && leg->interface.mode == LINK_ETHERNET) {
		if (sender_afxdp_open(&leg->interface, &leg->sender, &why) == 0)
			return 0;
		if (!ret_note->code)
			error_set(ret_note, why.code, "%s; sending by packet socket there",
				why.text);
	}
	return sender_packet_open(&leg->interface, &leg->sender, reterr);
}

static int open_leg(const struct link_options *o, struct leg *leg, struct error *ret_note,
	struct error *reterr)
{
	bool sends = leg->interface.ipv4 || leg->interface.ipv6;
	int r = sends ? open_sender(o, leg, ret_note, reterr) : 0;

	return r < 0 ? r : open_capture(leg, o, reterr);
}

static void open_xdplive(
	struct live *live, const struct link_options *o, struct error *ret_note)
{
	struct error why = {0};

	if (xdplive_open(o, &live->xdplive, &why) == 0)
		live->link.send_pass = live_send_pass;
	else
		error_set(ret_note, why.code, "%s; sending by packet socket", why.text);
}

int link_live_open(const struct link_options *o, struct link **ret_link, struct error *ret_note,
	struct error *reterr)
{
	_cleanup_(link_closep) struct link *link = NULL;
	struct live *live = calloc(1, sizeof(*live));

	if (!live)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the link");
	link = &live->link;
	live->link = (struct link){
		live_send, live_next, live_now, live_wall, live_stats, live_close, NULL, 0};
	if (o->n_interfaces > LINK_INTERFACES_MAX)
		return error_set(reterr, ERROR_NETWORK,
			"the targets are behind %zu interfaces; at most %d can be used at once",
			o->n_interfaces, LINK_INTERFACES_MAX);
	for (size_t i = 0; i < o->n_interfaces; i++) {
		struct leg *leg = &live->legs[i];
		int r;

		leg->interface = o->interfaces[i];
		live->n_legs = i + 1;
		r = open_leg(o, leg, ret_note, reterr);
		if (r < 0)
			return r;
	}
	if (o->transmit == LINK_XDP_LIVE)
		open_xdplive(live, o, ret_note);
	*ret_link = STEAL(link);
	return 0;
}
