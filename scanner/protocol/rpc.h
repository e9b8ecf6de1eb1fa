/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of ONC RPC: calls in nobody's name, and replies. Over TCP a message stands behind
 * its record mark.
 *
 * Reference: RFC 5531, 9 (messages) and 11 (record marking).
 */
#ifndef SCANNER_PROTOCOL_RPC_H
#define SCANNER_PROTOCOL_RPC_H

#include "common/cursor.h"
#include "common/packer.h"

enum { RPC_CALL_SIZE = 40 };
/* Programs that more than one reader knows, and the highest version of any that is told. */
enum { RPC_NFS = 100003, RPC_PROGRAM_VERSION_MAX = 99 };
/* What a message is, and whether it was accepted (9). */
enum { RPC_CALL = 0, RPC_REPLY = 1, RPC_ACCEPTED = 0, RPC_DENIED = 1 };
#define RPC_LAST_FRAGMENT 0x80000000u

/* How an accepted call was answered (9). */
enum rpc_how { RPC_SUCCESS = 0, RPC_NO_PROGRAM = 1, RPC_MISMATCH = 2, RPC_NO_PROCEDURE = 3 };

struct rpc_reply {
	uint32_t xid;
	bool denied;
	uint32_t how; /* accepted: as above; denied: 0, of this version of RPC; 1, without
			 log-in */
	uint32_t least, most;	/* the versions there are, if it is a mismatch */
	struct cursor results;	/* of success */
};

/* A call without credentials and without arguments. */
void rpc_call(
	struct packer *p, uint32_t xid, uint32_t program, uint32_t version, uint32_t procedure);
/* The same behind its mark. */
void rpc_call_marked(
	struct packer *p, uint32_t xid, uint32_t program, uint32_t version, uint32_t procedure);
/* False: it is no reply, or breaks off before its results. */
bool rpc_reply_parse(struct cursor message, struct rpc_reply *ret);
/* The first fragment behind `c`, and whether it is the last of its message: 1, and `c` behind
 * it; 0: it is not whole; -1: it is no reply. */
int rpc_fragment(struct cursor *c, struct cursor *ret, bool *ret_last);

#endif
