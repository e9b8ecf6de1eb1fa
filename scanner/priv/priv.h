/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Privileges and how they are given up. The worker, which parses hostile bytes, ends with no
 * capability, no other user's rights, no way to open a file, start a program, look into or
 * signal another process, and only IPv4 and IPv6 stream and datagram sockets. The helper ends
 * as a process that only waits. What is refused by the filter fails with EPERM.
 *
 * References: capabilities(7), seccomp(2), prctl(2).
 */
#ifndef SCANNER_PRIV_PRIV_H
#define SCANNER_PRIV_PRIV_H

#include "common/error.h"

/* ERROR_PERMISSION, naming CAP_NET_RAW and what to do, if this process may not send. */
int priv_check_raw(struct error *reterr);

/* Closes every descriptor above 2 but the n kept ones, and lets standard input, output and
 * error go nowhere. */
int priv_close_others(const int *keep, size_t n, struct error *reterr);

enum priv_role {
	PRIV_WORKER,   /* sends and receives on open handles, greets over ordinary sockets */
	PRIV_WORKER_BPF, /* a worker that may also run a BPF program that is loaded */
	PRIV_LISTENER, /* reads one open file; no sockets at all */
	PRIV_TAP,      /* reads one open capture of an interface; opens no socket */
	PRIV_HELPER,   /* waits for its child and for one descriptor; may look whether a file
			  exists */
};

/*
 * Gives everything up, for good. A worker or listener with real root becomes the user "nobody";
 * inside a user namespace without that user only capabilities are dropped. ERROR_SYSTEM:
 * nothing hostile may be touched then.
 */
int priv_enter(enum priv_role role, struct error *reterr);

#endif
