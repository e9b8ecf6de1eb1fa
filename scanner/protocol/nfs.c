/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NFS: the NULL procedure of version 4, then of version 3, which take nothing, return nothing
 * and are there to see whether a version is served. Who does not serve one says which it does.
 * Nothing is mounted, no export is listed, no file is named and no client makes itself known.
 * The same over UDP is not asked: version 4 is not spoken there.
 *
 * Overheard, the replies of version 4 to others are recognised by their first operation; of
 * results nothing is kept.
 *
 * References: RFC 1813, 3.3.0 (NULL of version 3); RFC 7530, 16.1 (NULL of version 4), 16.2
 * (COMPOUND); RFC 5531, 9 (replies; versions that are not served).
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/rpc.h"

#include <stdio.h>

enum { NULL_PROCEDURE = 0 };
/* Of version 4 and its minor versions: operations have these numbers. */
enum {
	FIRST = 3,
	LAST = 58,
	OPERATIONS_MAX = 64,
	TAG_MAX = 64,
	NULLS_MAX = 4,
	OVERHEARD_MAX = 65536
};

/* In this order. */
static const uint32_t versions[] = {4, 3};

static const char *const refusals[] = {[RPC_NO_PROGRAM] = "no NFS",
	[RPC_NO_PROCEDURE] = "no NULL",
	[4] = "the call was not understood",
	[5] = "an error of the system"};

/* A text, filled up with zeros (RFC 4506, 4.11): in replies of version 3 numbers and handles
 * stand there. */
static bool skip_tag(struct cursor *c, uint32_t size)
{
	struct cursor tag = cursor_sub(c, size), fill = cursor_sub(c, (4 - size % 4) % 4);

	while (cursor_left(&tag) > 0) {
		uint8_t byte = cursor_u8(&tag);

		if (byte < ' ' || byte == 0x7f)
			return false;
	}
	while (cursor_left(&fill) > 0)
		if (cursor_u8(&fill) != 0)
			return false;
	return cursor_ok(c);
}

/* The results of a COMPOUND: how it ended, a tag, and as many operations as were done; the
 * first that fails is the last. */
static bool is_compound(struct cursor *c)
{
	uint32_t status = cursor_be32(c), tag = cursor_be32(c), n, operation, its_status;

	if (tag > TAG_MAX || !skip_tag(c, tag))
		return false;
	n = cursor_be32(c);
	operation = cursor_be32(c);
	its_status = cursor_be32(c);
	return cursor_ok(c) && n >= 1 && n <= OPERATIONS_MAX && operation >= FIRST &&
	       operation <= LAST && its_status == (n > 1 ? 0 : status);
}

/* What is here of the next message, if it is one of a single fragment. */
static bool message_begins(struct cursor *c, struct cursor *ret)
{
	uint32_t length = cursor_be32(c) ^ RPC_LAST_FRAGMENT;

	if (!cursor_ok(c) || length > OVERHEARD_MAX)
		return false;
	*ret = cursor_sub(c, length < cursor_left(c) ? length : cursor_left(c));
	return true;
}

/* Behind at most a few NULLs, a COMPOUND of which the first operation is here: where that ends;
 * 0: none. */
static size_t compound(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), message;
	struct rpc_reply reply;

	for (int i = 0; i < NULLS_MAX && message_begins(&c, &message); i++) {
		if (!rpc_reply_parse(message, &reply) || reply.denied ||
			reply.how != RPC_SUCCESS)
			return 0;
		if (cursor_left(&reply.results) > 0)
			return is_compound(&reply.results)
				       ? (size_t)(cursor_rest(&reply.results) - bytes)
				       : 0;
	}
	return 0;
}

static bool nfs_recognise(const uint8_t *bytes, size_t size)
{
	return compound(bytes, size) > 0;
}

/* Any reply, to be called NFS's if it was asked. */
static long nfs_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), message;
	bool last;
	int whole = rpc_fragment(&c, &message, &last);

	return whole == 1 ? (long)c.pos : whole;
}

static bool serves(const struct rpc_reply *reply, uint32_t version)
{
	if (reply->denied)
		return false;
	return reply->how == RPC_SUCCESS ||
	       (reply->how == RPC_MISMATCH && reply->least <= version &&
		       version <= reply->most);
}

/* The answers of `heard`, in the order of the questions: how many there are. -1: one is
 * none. */
static int answers_of(
	const uint8_t *heard, size_t size, struct rpc_reply ret[ARRAY_SIZE(versions)])
{
	struct cursor c = cursor_of(heard, size), message;
	int whole, n = 0;
	bool last;

	while (n < (int)ARRAY_SIZE(versions) &&
		(whole = rpc_fragment(&c, &message, &last)) != 0) {
		if (whole < 0 || !last || !rpc_reply_parse(message, &ret[n]))
			return -1;
		n++;
	}
	return n;
}

/* ---- reading ----------------------------------------------------------------------------- */

static void read_refusal(const struct rpc_reply *reply, struct reading *reading)
{
	if (reply->denied)
		reading_add_text(reading, "nfs.refused",
			reply->how == 0 ? "another version of RPC" : "without log-in");
	else if (reply->how < ARRAY_SIZE(refusals) && refusals[reply->how])
		reading_add_text(reading, "nfs.refused", refusals[reply->how]);
}

/* What there is from the least to the most, as the server says itself. */
static void read_range(const struct rpc_reply *reply, struct reading *reading)
{
	char text[16];

	if (reply->denied || reply->how != RPC_MISMATCH || reply->least > reply->most ||
		reply->most > RPC_PROGRAM_VERSION_MAX)
		return;
	snprintf(text, sizeof(text), "%u-%u", reply->least, reply->most);
	reading_add_text(reading, "nfs.offered", text);
}

/* Of what others asked nobody knows the version here, but by the form of the answer. */
static void nfs_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct rpc_reply answers[ARRAY_SIZE(versions)];
	int n = answers_of(bytes, size, answers);

	if (!reading->asked) {
		if (nfs_recognise(bytes, size))
			reading_add_text(reading, "nfs.versions", "4");
		return;
	}
	for (int i = 0; i < n; i++)
		if (answers[i].xid != (uint32_t)(reading->seed + (uint64_t)i))
			return; /* not ours */
	for (int i = n; i-- > 0;) {
		char text[16];

		read_refusal(&answers[i], reading);
		read_range(&answers[i], reading);
		snprintf(text, sizeof(text), "%u", versions[i]);
		if (!answers[i].denied && answers[i].how == RPC_SUCCESS)
			reading_append(reading, "nfs.versions", text);
	}
}

/* As far as the number of the first operation and how it ended. */
static size_t nfs_overheard(uint8_t *bytes, size_t size)
{
	return compound(bytes, size);
}

/* ---- builder ----------------------------------------------------------------------------- */

static size_t call(uint8_t *out, size_t max, uint64_t seed, size_t number)
{
	struct packer p = packer_of(out, max);

	rpc_call_marked(&p, (uint32_t)(seed + number), RPC_NFS, versions[number],
		NULL_PROCEDURE);
	return packer_ok(&p) ? p.pos : 0;
}

static size_t nfs_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	(void)host;
	return call(out, max, seed, 0);
}

/* Version 3 is not asked for where the answer to version 4 says that it is not there. */
static long nfs_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct rpc_reply answers[ARRAY_SIZE(versions)];
	int n = answers_of(heard, size, answers);

	if (n < 0 || said != 1)
		return n >= 0 && said == 2 && n < 2 ? 0 : -1;
	if (n == 0)
		return 0;
	return serves(&answers[0], versions[1]) ? (long)call(out, max, seed, 1) : -1;
}

static const uint16_t nfs_ports[] = {2049, 0};

const struct protocol protocol_nfs = {
	.name = "nfs",
	.transport = TRANSPORT_TCP,
	.ports = nfs_ports,
	.risk = PROTOCOL_STANDARD,
	.request = nfs_request,
	.complete = nfs_complete,
	.recognise = nfs_recognise,
	.read = nfs_read,
	.next = nfs_next,
	.overheard = nfs_overheard,
	.reference = "RFC 1813, 3.3.0; RFC 7530, 16.1; RFC 5531, 9",
};
