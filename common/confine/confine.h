/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system calls a process that handles hostile bytes may still make: the one list of the
 * house, in sets. Clocks, user, descriptors and limits are the caller's matter, before.
 *
 * References: seccomp(2), libseccomp.
 */
#ifndef COMMON_CONFINE_CONFINE_H
#define COMMON_CONFINE_CONFINE_H

enum confine_set {
	CONFINE_PARSE = 1,   /* reads descriptor 0, writes descriptor 1, allocates, ends */
	CONFINE_HANDLES = 2, /* reads, writes and waits for whatever is open; clocks */
	CONFINE_SOCKETS =
		4, /* ordinary IPv4 and IPv6 sockets as a client, raw ones that are open */
	CONFINE_CHILD = 8, /* waits for a child, looks whether a file exists */
	CONFINE_TAP = 32, /* receives from sockets that are open, and asks for their counters */
	CONFINE_BPF_RUN = 16 /* runs BPF programs that are loaded; no other call of bpf(2) */
};

/* Leaves the process and its threads to come the calls of the sets, for good: any other one
 * fails with EPERM, and so does one of these with other arguments. No set lets memory become
 * code. A build with sanitizers may write its reports to descriptor 2 too. 0, or a negative
 * errno: nothing hostile may be touched then. */
int confine_calls(unsigned int sets);

#endif
