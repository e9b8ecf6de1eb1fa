/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First passes by XDP live frames: the kernel runs our program (xdplive.bpf.c) once for each
 * frame, and what it writes leaves by the interface, without a system call or a socket buffer
 * for each (BPF_PROG_TEST_RUN with BPF_F_TEST_XDP_LIVE_FRAMES, Linux 5.18). The program holds
 * to scope, rate and interface by itself: they are loaded while we have the right to, and
 * whoever only runs it cannot change them. Private to scanner/link.
 */
#ifndef SCANNER_LINK_XDPLIVE_H
#define SCANNER_LINK_XDPLIVE_H

#include "scanner/link/live.h"

#define XDPLIVE_PREFIXES_MAX 1000000 /* of the scope */

struct xdplive;

/* Loads the program. ERROR_PERMISSION, ERROR_NETWORK, ERROR_USAGE (this program was built
 * without it): it is not to be had here, and the text says why. Nothing is sent. */
int xdplive_open(
	const struct link_options *options, struct xdplive **ret_xdplive, struct error *reterr);
void xdplive_close(struct xdplive *xdplive); /* accepts NULL */

/* What struct link's send_pass is. Needs no right, and of the bpf system call only
 * BPF_PROG_TEST_RUN. */
int xdplive_send(struct xdplive *xdplive, struct link_pass *pass, struct error *reterr);
/* Of all passes: adds to the statistics. */
void xdplive_stats(const struct xdplive *xdplive, struct link_stats *stats);

#endif
