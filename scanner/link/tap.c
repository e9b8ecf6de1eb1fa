/* SPDX-License-Identifier: Apache-2.0 */
/* Listening to an interface by libpcap; see tap.h. */
#include "scanner/link/tap.h"

#include "common/clock.h"

#include <pcap/pcap.h>
#include <poll.h>
#include <string.h>

enum {
	SNAPLEN = CAPTURE_PACKET_MAX,
	BLOCK_MS = 100,	    /* the kernel hands over what it has at least so often */
	LOOK_PACKETS = 256, /* between two looks at the clock and at the stop */
	DLT_RAW_HERE = 12,
};

struct tap {
	pcap_t *pcap;
	int fd, stop_fd;
	enum frame_link link;
	int64_t begun_us, until_us;
	uint64_t packets;
};

static int refuse(const char *interface, pcap_t *pcap, int code, struct error *reterr)
{
	const char *why = *pcap_geterr(pcap) ? pcap_geterr(pcap) : pcap_statustostr(code);

	if (code == PCAP_ERROR_PERM_DENIED || code == PCAP_ERROR_PROMISC_PERM_DENIED)
		return error_set(reterr, ERROR_PERMISSION,
			"cannot listen on %s: this process has no CAP_NET_RAW; run it as root, or "
			"give the program the right with: setcap cap_net_raw+ep $(command -v "
			"cadastre)",
			interface);
	if (code == PCAP_ERROR_NO_SUCH_DEVICE)
		return error_set(reterr, ERROR_NETWORK,
			"cannot listen on %s: there is no such interface; ip link lists them",
			interface);
	if (code == PCAP_ERROR_IFACE_NOT_UP)
		return error_set(reterr, ERROR_NETWORK,
			"cannot listen on %s: the interface is down; ip link set %s up",
			interface, interface);
	return error_set(reterr, ERROR_NETWORK, "cannot listen on %s: %s", interface, why);
}

int tap_open(
	const char *interface, bool promiscuous, struct tap **ret_tap, struct error *reterr)
{
	_cleanup_(tap_freep) struct tap *tap = calloc(1, sizeof(*tap));
	char why[PCAP_ERRBUF_SIZE] = "";
	int r;

	if (tap)
		tap->pcap = pcap_create(interface, why);
	if (!tap || !tap->pcap)
		return error_set(reterr, ERROR_SYSTEM, "cannot listen on %s: %s", interface,
			*why ? why : "no memory");
	pcap_set_snaplen(tap->pcap, SNAPLEN);
	pcap_set_promisc(tap->pcap, promiscuous);
	pcap_set_buffer_size(tap->pcap, TAP_RING_BYTES);
	pcap_set_timeout(tap->pcap, BLOCK_MS);
	r = pcap_activate(tap->pcap);
	if (r < 0)
		return refuse(interface, tap->pcap, r, reterr);
	if (pcap_setnonblock(tap->pcap, 1, why) < 0)
		return error_set(
			reterr, ERROR_NETWORK, "cannot listen on %s: %s", interface, why);
	r = pcap_datalink(tap->pcap);
	tap->link = r == DLT_RAW_HERE ? FRAME_LINK_RAW : (enum frame_link)r;
	tap->fd = pcap_get_selectable_fd(tap->pcap);
	tap->stop_fd = -1;
	*ret_tap = STEAL(tap);
	return 0;
}

void tap_free(struct tap *tap)
{
	if (!tap)
		return;
	if (tap->pcap)
		pcap_close(tap->pcap);
	free(tap);
}

void tap_until(struct tap *tap, int stop_fd, int64_t until_us)
{
	tap->stop_fd = stop_fd;
	tap->until_us = until_us;
	tap->begun_us = clock_monotonic_us();
}

static bool is_readable(int fd, int wait_ms, int also)
{
	struct pollfd polled[] = {{.fd = fd, .events = POLLIN}, {.fd = also, .events = POLLIN}};

	return poll(polled, 2, wait_ms) > 0 && polled[0].revents;
}

static bool is_over(const struct tap *tap)
{
	return (tap->until_us && clock_monotonic_us() >= tap->until_us) ||
	       (tap->stop_fd >= 0 && is_readable(tap->stop_fd, 0, -1));
}

/* How long nothing may come before that is said. */
static int wait_ms(const struct tap *tap)
{
	int64_t left_ms = tap->until_us ? (tap->until_us - clock_monotonic_us() + 999) / 1000
					: TAP_WAIT_MS;

	return left_ms < 0 ? 0 : left_ms > TAP_WAIT_MS ? TAP_WAIT_MS : (int)left_ms;
}

int tap_next(struct tap *tap, struct capture_packet *ret_packet, const char **ret_why)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int r;

	if (tap->packets % LOOK_PACKETS == 0 && is_over(tap))
		return CAPTURE_END;
	r = pcap_next_ex(tap->pcap, &header, &bytes);
	if (r == 0) {
		is_readable(tap->fd, wait_ms(tap), tap->stop_fd);
		r = pcap_next_ex(tap->pcap, &header, &bytes);
	}
	if (r < 0) {
		*ret_why = pcap_geterr(tap->pcap);
		return -1;
	}
	if (r == 0)
		return is_over(tap) ? CAPTURE_END : CAPTURE_QUIET;
	tap->packets++;
	*ret_packet = (struct capture_packet){
		.link = tap->link,
		.time_us = header->ts.tv_sec * CLOCK_SECOND + header->ts.tv_usec,
		.bytes = bytes,
		.size = header->caplen,
		.original_size = header->len,
	};
	return 0;
}

void tap_position(const struct tap *tap, uint64_t *ret_done, uint64_t *ret_total)
{
	*ret_done = (uint64_t)((clock_monotonic_us() - tap->begun_us) / CLOCK_SECOND);
	*ret_total = tap->until_us
			     ? (uint64_t)((tap->until_us - tap->begun_us) / CLOCK_SECOND)
			     : 0;
}

uint64_t tap_dropped(struct tap *tap)
{
	struct pcap_stat stat;

	return pcap_stats(tap->pcap, &stat) < 0 ? 0 : (uint64_t)stat.ps_drop + stat.ps_ifdrop;
}
