/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of ONC RPC; see rpc.h. */
#include "scanner/protocol/rpc.h"

enum { VERSION = 2 };
enum { VERIFIER_MAX = 400, FRAGMENT_MAX = 65536, LEAST = 20 /* bytes of a reply */ };

void rpc_call(
	struct packer *p, uint32_t xid, uint32_t program, uint32_t version, uint32_t procedure)
{
	packer_be32(p, xid);
	packer_be32(p, RPC_CALL);
	packer_be32(p, VERSION);
	packer_be32(p, program);
	packer_be32(p, version);
	packer_be32(p, procedure);
	packer_zero(p, 16); /* nobody's name, and no proof of it */
}

void rpc_call_marked(
	struct packer *p, uint32_t xid, uint32_t program, uint32_t version, uint32_t procedure)
{
	packer_be32(p, RPC_LAST_FRAGMENT | RPC_CALL_SIZE);
	rpc_call(p, xid, program, version, procedure);
}

bool rpc_reply_parse(struct cursor message, struct rpc_reply *ret)
{
	struct cursor c = message;
	uint32_t status, verifier;

	*ret = (struct rpc_reply){.xid = cursor_be32(&c)};
	if (cursor_be32(&c) != RPC_REPLY)
		return false;
	status = cursor_be32(&c);
	ret->denied = status == RPC_DENIED;
	if (status == RPC_ACCEPTED) {
		cursor_skip(&c, 4);
		verifier = cursor_be32(&c);
		if (verifier > VERIFIER_MAX)
			return false;
		cursor_skip(&c, (verifier + 3) & ~3u);
	}
	ret->how = cursor_be32(&c);
	if (status == RPC_ACCEPTED ? ret->how == RPC_MISMATCH : ret->how == 0) {
		ret->least = cursor_be32(&c);
		ret->most = cursor_be32(&c);
	}
	ret->results = c;
	return cursor_ok(&c) && status <= RPC_DENIED;
}

int rpc_fragment(struct cursor *c, struct cursor *ret, bool *ret_last)
{
	struct cursor rest = *c, head;
	uint32_t mark = cursor_be32(&rest), length = mark & ~RPC_LAST_FRAGMENT;

	if (!cursor_ok(&rest))
		return 0;
	if (length < LEAST || length > FRAGMENT_MAX)
		return -1;
	head = rest;
	cursor_skip(&head, 4);
	if ((cursor_be32(&head) != RPC_REPLY || cursor_be32(&head) > RPC_DENIED) &&
		cursor_ok(&head))
		return -1;
	*ret_last = mark & RPC_LAST_FRAGMENT;
	if (cursor_left(&rest) < length)
		return 0;
	*ret = cursor_sub(&rest, length);
	*c = rest;
	return 1;
}
