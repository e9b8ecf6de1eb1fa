/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How frames leave by one interface of the live link. The packet socket is the ordinary way and
 * always there; AF_XDP (sender_afxdp_open) is one more for Ethernet, where kernel and device
 * allow it. Private to scanner/link.
 */
#ifndef SCANNER_LINK_SENDER_H
#define SCANNER_LINK_SENDER_H

#include "scanner/link/link.h"

#include <errno.h>

#define SENDER_BUSY_TRIES 200 /* of a full transmit queue, SENDER_BUSY_WAIT_US apart */
#define SENDER_BUSY_WAIT_US 100

struct sender {
	/* Sends n frames, at most LINK_BATCH_MAX, all for this interface and of one family,
	 * waiting for room if need be. ERROR_NETWORK: the interface is gone. */
	int (*send)(struct sender *sender, const struct link_frame *frames, size_t n,
		struct error *reterr);
	void (*close)(struct sender *sender); /* frees it */
	uint64_t refused;		      /* frames that the system did not take */
};

/* Errors after which nothing more will leave by an interface. */
static inline bool sender_is_fatal(int errnum)
{
	return errnum == ENETDOWN || errnum == ENODEV || errnum == ENXIO || errnum == EBADF;
}

/* Both need CAP_NET_RAW to open, and nothing to use. ERROR_NETWORK names the interface. */
int sender_packet_open(const struct link_interface *interface, struct sender **ret_sender,
	struct error *reterr);
/* ERROR_PERMISSION, ERROR_NETWORK or ERROR_USAGE (this program was built without it): there is
 * no AF_XDP here, and the text says why. */
int sender_afxdp_open(const struct link_interface *interface, struct sender **ret_sender,
	struct error *reterr);

#endif
