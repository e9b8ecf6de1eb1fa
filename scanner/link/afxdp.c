/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sender over the transmit ring of an AF_XDP socket (libxdp); see sender.h. Always in copy
 * mode: in zero-copy mode the socket takes the receive buffers of its queue over from the
 * kernel, and with them the answers that libpcap waits for. No XDP program is loaded and
 * nothing is received.
 *
 * The memory of the frames is shared, not private: the kernel pins it before the worker is
 * forked, and a private page would be another one in the child.
 *
 * Reference: Documentation/networking/af_xdp.rst of Linux.
 */
#include "common/cleanup.h"
#include "scanner/link/sender.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <xdp/libxdp.h>
#include <xdp/xsk.h>

#define FRAMES 2048u
#define FRAME_BYTES 2048u
#define FILL_ENTRIES 64u /* never filled */
#define QUEUE 0
#define TX_BUDGET 9 /* XDP_MAX_TX_SKB_BUDGET, Linux 6.17: frames that one call takes */

struct afxdp {
	struct sender sender;
	struct link_interface interface;
	struct xsk_umem *umem;
	struct xsk_socket *socket;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons done;
	uint8_t *memory;
	size_t n_free;
	uint64_t free_frames[FRAMES]; /* addresses in `memory` */
};

static void afxdp_close(struct sender *sender)
{
	struct afxdp *x = (struct afxdp *)sender;

	if (x->socket)
		xsk_socket__delete(x->socket);
	if (x->umem)
		xsk_umem__delete(x->umem);
	if (x->memory)
		munmap(x->memory, FRAMES * FRAME_BYTES);
	free(x);
}

/* Takes back the frames that have left. */
static void reclaim(struct afxdp *x)
{
	uint32_t at = 0, n = xsk_ring_cons__peek(&x->done, FRAMES, &at);

	for (uint32_t i = 0; i < n; i++)
		x->free_frames[x->n_free++] = *xsk_ring_cons__comp_addr(&x->done, at + i);
	xsk_ring_cons__release(&x->done, n);
}

/* Puts up to n frames on the ring. */
static size_t put(struct afxdp *x, const struct link_frame *frames, size_t n)
{
	uint32_t at = 0;

	if (n > x->n_free)
		n = x->n_free;
	if (n == 0 || xsk_ring_prod__reserve(&x->tx, (uint32_t)n, &at) != n)
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct xdp_desc *desc = xsk_ring_prod__tx_desc(&x->tx, at + (uint32_t)i);

		desc->addr = x->free_frames[--x->n_free];
		desc->len = frames[i].size;
		desc->options = 0;
		memcpy(x->memory + desc->addr, frames[i].bytes, frames[i].size);
	}
	xsk_ring_prod__submit(&x->tx, (uint32_t)n);
	return n;
}

/* Lets the kernel work off the ring. A part of it is fine, a full queue of the device too
 * (EAGAIN, ENOBUFS, EBUSY). */
static int kick(struct afxdp *x, struct error *reterr)
{
	if (sendto(xsk_socket__fd(x->socket), NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0 ||
		!sender_is_fatal(errno))
		return 0;
	return error_errno(
		reterr, ERROR_NETWORK, errno, "cannot send on interface %s", x->interface.name);
}

static bool is_idle(struct afxdp *x)
{
	return xsk_prod_nb_free(&x->tx, FRAMES) == FRAMES;
}

static int afxdp_send(
	struct sender *sender, const struct link_frame *frames, size_t n, struct error *reterr)
{
	struct afxdp *x = (struct afxdp *)sender;
	const struct timespec pause = {0, SENDER_BUSY_WAIT_US * 1000};
	size_t done = 0;
	int tries = 0;

	while (done < n || !is_idle(x)) {
		uint32_t before = *x->tx.consumer;
		size_t step = put(x, frames + done, n - done);
		int r = kick(x, reterr);

		if (r < 0)
			return r;
		done += step;
		reclaim(x);
		if (step || *x->tx.consumer != before)
			tries = 0;
		else if (++tries > SENDER_BUSY_TRIES)
			break;
		else
			nanosleep(&pause, NULL);
	}
	sender->refused += n - done;
	return 0;
}

static int quiet_xdp(enum libxdp_print_level level, const char *format, va_list list)
{
	(void)level, (void)format, (void)list;
	return 0;
}

static int quiet_bpf(enum libbpf_print_level level, const char *format, va_list list)
{
	(void)level, (void)format, (void)list;
	return 0;
}

static int refuse(const struct afxdp *x, int errnum, struct error *reterr)
{
	return error_errno(reterr,
		errnum == EPERM || errnum == EACCES ? ERROR_PERMISSION : ERROR_NETWORK, errnum,
		"cannot use AF_XDP on interface %s", x->interface.name);
}

static int open_rings(struct afxdp *x, struct error *reterr)
{
	const struct xsk_umem_config umem = {
		.fill_size = FILL_ENTRIES, .comp_size = FRAMES, .frame_size = FRAME_BYTES};
	const struct xsk_socket_config config = {.tx_size = FRAMES,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_COPY};
	uint32_t budget = FRAMES;
	int r;

	x->memory = mmap(NULL, FRAMES * FRAME_BYTES, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (x->memory == MAP_FAILED) {
		x->memory = NULL;
		return error_errno(reterr, ERROR_SYSTEM, errno, "no memory for frames");
	}
	r = xsk_umem__create(
		&x->umem, x->memory, FRAMES * FRAME_BYTES, &x->fill, &x->done, &umem);
	if (r == 0)
		r = xsk_socket__create(
			&x->socket, x->interface.name, QUEUE, x->umem, NULL, &x->tx, &config);
	if (r < 0)
		return refuse(x, -r, reterr);
	/* More than the usual 32 at once, where the kernel can. */
	setsockopt(xsk_socket__fd(x->socket), SOL_XDP, TX_BUDGET, &budget, sizeof(budget));
	for (uint64_t i = 0; i < FRAMES; i++)
		x->free_frames[x->n_free++] = i * FRAME_BYTES;
	return 0;
}

int sender_afxdp_open(const struct link_interface *interface, struct sender **ret_sender,
	struct error *reterr)
{
	struct afxdp *x = calloc(1, sizeof(*x));
	int r;

	if (!x)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a sender");
	libxdp_set_print(quiet_xdp);
	libbpf_set_print(quiet_bpf);
	x->sender = (struct sender){afxdp_send, afxdp_close, 0};
	x->interface = *interface;
	r = open_rings(x, reterr);
	if (r < 0) {
		afxdp_close(&x->sender);
		return r;
	}
	*ret_sender = &x->sender;
	return 0;
}
