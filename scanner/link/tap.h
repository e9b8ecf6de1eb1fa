/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interface that is listened to: every frame that passes there, ours and those of others, in
 * the order in which the kernel hands them over. Nothing is ever sent, and nothing of the
 * machine is changed but that the interface hears frames that are not for it (promiscuous)
 * while it is open. Opening needs CAP_NET_RAW; reading does not.
 */
#ifndef SCANNER_LINK_TAP_H
#define SCANNER_LINK_TAP_H

#include "scanner/link/capture.h"

#define TAP_RING_BYTES (32 << 20) /* what the kernel keeps for us while we read */
#define TAP_WAIT_MS 200		  /* without a frame, CAPTURE_QUIET says so as often */

struct tap;

/* ERROR_PERMISSION says which right is missing, ERROR_NETWORK what is wrong with the
 * interface. */
int tap_open(const char *interface, bool promiscuous, struct tap **ret_tap,
	struct error *reterr);
void tap_free(struct tap *tap);
CLEANUP_DEFINE(struct tap, tap_free)

/* It ends when `stop_fd` is readable (negative: no such) and at the monotonic time `until_us`
 * (0: no such). From here on its time counts. */
void tap_until(struct tap *tap, int stop_fd, int64_t until_us);

/* 0, CAPTURE_END, CAPTURE_QUIET, or -1 and why: the interface went away. */
int tap_next(struct tap *tap, struct capture_packet *ret_packet, const char **ret_why);
/* Seconds that it was listened to, and is to be; 0: no end is set. */
void tap_position(const struct tap *tap, uint64_t *ret_done, uint64_t *ret_total);
/* Frames that the kernel had no room for, so far. */
uint64_t tap_dropped(struct tap *tap);

#endif
