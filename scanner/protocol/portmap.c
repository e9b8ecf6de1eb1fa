/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ONC RPC's port mapper: one DUMP, the list of the programs that a host offers to call. None of
 * them is called, nothing is registered, and nothing is forwarded. Over TCP a message stands
 * behind its record mark.
 *
 * References: RFC 1833, 3 (port mapper, version 2); RFC 5531, 9 (messages) and 11 (record
 * marking).
 */
#include "scanner/protocol/protocol.h"

#include "scanner/protocol/rpc.h"

#include "common/str.h"

#include <stdio.h>

enum { MAPPER = 100000, MAPPER_VERSION = 2, DUMP = 4 };
enum { PROGRAMS_MAX = 48, ENTRIES_MAX = 512, TEXT_MAX = 1024 };
enum { MOUNT = 100005 };

/* As IANA and their makers number them. */
static const struct {
	uint32_t number;
	const char *name;
} names[] = {{MAPPER, "portmapper"}, {100001, "rstatd"}, {100002, "rusersd"}, {RPC_NFS, "nfs"},
	{100004, "ypserv"}, {MOUNT, "mountd"}, {100007, "ypbind"}, {100008, "walld"},
	{100009, "yppasswdd"}, {100011, "rquotad"}, {100012, "sprayd"}, {100020, "llockmgr"},
	{100021, "nlockmgr"}, {100024, "status"}, {100026, "bootparam"}, {100068, "cmsd"},
	{100083, "ttdbserver"}, {100227, "nfs_acl"}, {100232, "sadmind"}, {150001, "pcnfsd"},
	{391002, "fam"}, {395180, "vxi11-abort"}, {395183, "vxi11-core"},
	{395185, "vxi11-interrupt"}};

static const char *const refusals[] = {[1] = "no port mapper",
	[2] = "no version 2",
	[3] = "no DUMP",
	[4] = "the call was not understood",
	[5] = "an error of the system"};

struct entry {
	uint32_t program, version, transport, port;
};

/* ---- the list ---------------------------------------------------------------------------- */

/* What an accepted reply brings, and how it was accepted; failed if it is no such reply. */
static struct cursor accepted(struct cursor message, uint32_t *ret_how)
{
	struct rpc_reply reply;

	if (!rpc_reply_parse(message, &reply) || reply.denied)
		cursor_fail(&reply.results);
	*ret_how = reply.how;
	return reply.results;
}

/* The next program: 1; 0: the list is at its end, -1: it breaks off; -2: this is no list. */
static int next_entry(struct cursor *c, struct entry *ret)
{
	uint32_t more = cursor_be32(c);

	if (!cursor_ok(c))
		return -1;
	if (more != 1)
		return more == 0 ? 0 : -2;
	*ret = (struct entry){0};
	ret->program = cursor_be32(c);
	ret->version = cursor_be32(c);
	ret->transport = cursor_be32(c);
	ret->port = cursor_be32(c);
	if (!cursor_ok(c))
		return -1;
	return ret->transport < 256 && ret->port < 65536 ? 1 : -2;
}

/* A list in which the port mapper itself stands; it ends, or breaks off where that is to be
 * expected. */
static bool is_dump(struct cursor message, bool whole)
{
	uint32_t how;
	struct cursor c = accepted(message, &how);
	struct entry entry;
	bool mapper = false;
	int more = -2;

	if (!cursor_ok(&c) || how != 0)
		return false;
	for (int i = 0; i < ENTRIES_MAX && (more = next_entry(&c, &entry)) == 1; i++)
		mapper |= entry.program == MAPPER;
	return mapper && (whole ? more == 0 && cursor_left(&c) == 0 : more != -2);
}

static const char *name_of(uint32_t program, char room[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].number == program)
			return names[i].name;
	snprintf(room, 16, "%u", program);
	return room;
}

struct programs {
	struct {
		uint32_t number, least, most;
	} seen[PROGRAMS_MAX];
	size_t n;
};

static void add_program(struct programs *p, const struct entry *entry)
{
	size_t k = 0;

	while (k < p->n && p->seen[k].number != entry->program)
		k++;
	if (k == PROGRAMS_MAX)
		return;
	if (k == p->n) {
		p->seen[p->n].number = entry->program;
		p->seen[p->n].least = p->seen[p->n].most = entry->version;
		p->n++;
	}
	if (entry->version < p->seen[k].least)
		p->seen[k].least = entry->version;
	if (entry->version > p->seen[k].most)
		p->seen[k].most = entry->version;
}

static void tell_programs(const struct programs *p, struct reading *reading)
{
	_cleanup_(str_done) struct str text = STR_INIT(TEXT_MAX);
	char room[16];

	for (size_t k = 0; k < p->n; k++) {
		str_addf(&text, "%s%s %u", k ? ", " : "", name_of(p->seen[k].number, room),
			p->seen[k].least);
		if (p->seen[k].most != p->seen[k].least)
			str_addf(&text, "-%u", p->seen[k].most);
	}
	reading_add(reading, "portmap.programs", text.data, text.len);
}

/* Of what serves files, each version with what it is spoken over; whether it is, is asked of
 * itself (nfs.c). */
static void tell_versions(const struct entry *entry, struct reading *reading)
{
	char text[16];

	if ((entry->program != RPC_NFS && entry->program != MOUNT) ||
		entry->version > RPC_PROGRAM_VERSION_MAX ||
		(entry->transport != TRANSPORT_TCP && entry->transport != TRANSPORT_UDP))
		return;
	snprintf(text, sizeof(text), "%u %s", entry->version,
		entry->transport == TRANSPORT_TCP ? "tcp" : "udp");
	reading_append(
		reading, entry->program == RPC_NFS ? "portmap.nfs" : "portmap.mountd", text);
}

/* Each program with its versions, and where it listens; the versions of one stand one behind
 * the other. */
static void read_list(struct cursor c, struct reading *reading)
{
	_cleanup_(str_done) struct str ports = STR_INIT(TEXT_MAX);
	struct entry entry, last = {0};
	struct programs programs = {.n = 0};
	char room[16];

	for (int i = 0; i < ENTRIES_MAX && next_entry(&c, &entry) == 1; i++) {
		bool again = i > 0 && entry.program == last.program &&
			     entry.transport == last.transport && entry.port == last.port;

		add_program(&programs, &entry);
		tell_versions(&entry, reading);
		if ((entry.transport == TRANSPORT_TCP || entry.transport == TRANSPORT_UDP) &&
			!again)
			str_addf(&ports, "%s%s/%u %s", ports.len ? ", " : "",
				entry.transport == TRANSPORT_TCP ? "tcp" : "udp", entry.port,
				name_of(entry.program, room));
		last = entry;
	}
	tell_programs(&programs, reading);
	reading_add(reading, "portmap.ports", ports.data, ports.len);
}

static void read_message(struct cursor message, struct reading *reading)
{
	uint32_t how;
	struct cursor c = accepted(message, &how);

	if (!cursor_ok(&c))
		return;
	if (how == 0)
		read_list(c, reading);
	else if (how < ARRAY_SIZE(refusals))
		reading_add_text(reading, "portmap.refused", refusals[how]);
}

static void portmap_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	read_message(cursor_of(bytes, size), reading);
}

/* ---- over UDP ---------------------------------------------------------------------------- */

static size_t portmap_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	rpc_call(&p, (uint32_t)seed, MAPPER, MAPPER_VERSION, DUMP);
	return packer_ok(&p) ? p.pos : 0;
}

static bool portmap_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	struct cursor c = cursor_of(reply, size);

	return cursor_be32(&c) == (uint32_t)seed && cursor_be32(&c) == RPC_REPLY &&
	       cursor_ok(&c);
}

static bool portmap_recognise(const uint8_t *bytes, size_t size)
{
	return is_dump(cursor_of(bytes, size), true);
}

/* Any reply, to be called the port mapper's if it was asked. */
static long portmap_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size);

	cursor_skip(&c, 4);
	return cursor_be32(&c) == RPC_REPLY && cursor_be32(&c) <= RPC_DENIED && cursor_ok(&c)
		       ? (long)size
		       : -1;
}

/* ---- over TCP ---------------------------------------------------------------------------- */

static bool portmap_tcp_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), message;
	bool last;

	return rpc_fragment(&c, &message, &last) == 1 && is_dump(message, last);
}

static long portmap_tcp_complete(const uint8_t *bytes, size_t size)
{
	struct cursor c = cursor_of(bytes, size), message;
	bool last;
	int whole = rpc_fragment(&c, &message, &last);

	return whole == 1 ? (long)c.pos : whole;
}

static void portmap_tcp_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c = cursor_of(bytes, size), message;
	bool last;

	if (rpc_fragment(&c, &message, &last) == 1)
		read_message(message, reading);
}

static size_t portmap_tcp_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	rpc_call_marked(&p, (uint32_t)seed, MAPPER, MAPPER_VERSION, DUMP);
	return packer_ok(&p) ? p.pos : 0;
}

static size_t portmap_tcp_overheard(uint8_t *bytes, size_t size)
{
	return portmap_tcp_recognise(bytes, size) ? (size_t)portmap_tcp_complete(bytes, size)
						  : 0;
}

static const uint16_t portmap_ports[] = {111, 0};

const struct protocol protocol_portmap = {
	.name = "portmap",
	.transport = TRANSPORT_UDP,
	.ports = portmap_ports,
	.risk = PROTOCOL_STANDARD,
	.request = portmap_request,
	.repeats = portmap_repeats,
	.complete = portmap_complete,
	.recognise = portmap_recognise,
	.read = portmap_read,
	.reference = "RFC 1833, 3",
};

const struct protocol protocol_portmap_tcp = {
	.name = "portmap",
	.transport = TRANSPORT_TCP,
	.ports = portmap_ports,
	.risk = PROTOCOL_STANDARD,
	.request = portmap_tcp_request,
	.complete = portmap_tcp_complete,
	.recognise = portmap_tcp_recognise,
	.read = portmap_tcp_read,
	.overheard = portmap_tcp_overheard,
	.reference = "RFC 1833, 3; RFC 5531, 11",
};
