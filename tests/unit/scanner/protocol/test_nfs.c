/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions of NFS are served: RFC 5531, RFC 1813, RFC 7530. Ganesha 4.3 answered like the
 * first. */
#include "tests/unit/scanner/protocol/check.h"

#define REPLY(mark, xid)                                                                       \
	"\x80\0\0" mark "\0\0\0" xid "\0\0\0\1"                                                \
	"\0\0\0\0"                                                                             \
	"\0\0\0\0"                                                                             \
	"\0\0\0\0"
#define SUCCESS(xid) REPLY("\x18", xid) "\0\0\0\0"
#define MISMATCH(xid, least, most) REPLY("\x20", xid) "\0\0\0\2" "\0\0\0" least "\0\0\0" most
#define DENIED(xid, why)                                                                       \
	"\x80\0\0\x14"                                                                         \
	"\0\0\0" xid "\0\0\0\1"                                                                \
	"\0\0\0\1"                                                                             \
	"\0\0\0" why "\0\0\0\5"
/* A reply to EXCHANGE_ID, of version 4.1. */
#define COMPOUND                                                                               \
	REPLY("\x34", "\7")                                                                    \
	"\0\0\0\0"                                                                             \
	"\0\0\0\0"                                                                             \
	"\0\0\0\4tag!"                                                                         \
	"\0\0\0\1"                                                                             \
	"\0\0\0\x2a"                                                                           \
	"\0\0\0\0"                                                                             \
	"secr"

static const struct protocol *nfs(void)
{
	return protocol_by_name("nfs");
}

static const struct reading *read_asked(const uint8_t *bytes, size_t size)
{
	struct reading *r = check_reading();

	seed_keep(nfs(), bytes, size);
	r->asked = true;
	r->seed = 1;
	nfs()->read(bytes, size, r);
	return r;
}

static void both(void **state)
{
	const struct reading *r = read_asked(BYTES(SUCCESS("\1") SUCCESS("\2")));

	(void)state;
	check_is(r, "nfs.versions", "3, 4");
	check_is(r, "nfs.offered", NULL);
	assert_int_equal(nfs()->complete(BYTES(SUCCESS("\1") SUCCESS("\2"))), 28);
	assert_int_equal(nfs()->complete(BYTES("\x80\0\0\x18\0\0\0\1\0\0\0\1")), 0);
	assert_int_equal(nfs()->complete(BYTES("SSH-2.0-x\r\n.")), -1);
	check_is(read_asked(BYTES(SUCCESS("\2") SUCCESS("\1"))), "nfs.versions",
		NULL); /* not ours */
	check_hostile(nfs(), BYTES(SUCCESS("\1") SUCCESS("\2")));
}

/* What is not served, as the server says itself. */
static void mismatches(void **state)
{
	const struct reading *r = read_asked(BYTES(MISMATCH("\1", "\2", "\3") SUCCESS("\2")));

	(void)state;
	check_is(r, "nfs.versions", "3");
	check_is(r, "nfs.offered", "2-3");
	r = read_asked(BYTES(SUCCESS("\1") MISMATCH("\2", "\4", "\4")));
	check_is(r, "nfs.versions", "4");
	check_is(r, "nfs.offered", "4-4");
	check_is(read_asked(BYTES(MISMATCH("\1", "\4", "\3"))), "nfs.offered",
		NULL); /* no range */
	check_is(read_asked(BYTES(MISMATCH("\1", "\1", "\xff"))), "nfs.offered", NULL);
	r = read_asked(BYTES(REPLY("\x18", "\1") "\0\0\0\1"));
	check_is(r, "nfs.refused", "no NFS");
	check_is(r, "nfs.versions", NULL);
	check_is(read_asked(BYTES(DENIED("\1", "\1"))), "nfs.refused", "without log-in");
	check_is(read_asked(
			 BYTES("\x80\0\0\x18\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\2")),
		"nfs.refused", "another version of RPC");
	check_is(read_asked(BYTES(REPLY("\x18", "\1") "\0\0\0\x09")), "nfs.refused", NULL);
	check_hostile(nfs(), BYTES(MISMATCH("\1", "\2", "\3") SUCCESS("\2")));
}

/* Replies to others: those of version 4 that return something are recognised, a NULL is
 * anybody's. */
static void overheard(void **state)
{
	uint8_t bytes[] = SUCCESS("\1") COMPOUND;
	const struct reading *r = check_read(nfs(), BYTES(SUCCESS("\1") COMPOUND));

	(void)state;
	check_is(r, "nfs.versions", "4");
	assert_int_equal(nfs()->overheard(bytes, sizeof(bytes) - 1),
		sizeof(bytes) - 1 - 4); /* no results */
	check_is(check_read(nfs(), bytes, sizeof(bytes) - 5), "nfs.versions", "4");
	assert_false(nfs()->recognise(BYTES(SUCCESS("\1"))));
	assert_false(nfs()->recognise(BYTES(SUCCESS("\1") SUCCESS("\2"))));
	assert_false(nfs()->recognise(BYTES(MISMATCH("\1", "\2", "\3"))));
	assert_false(nfs()->recognise(
		BYTES(SUCCESS("\1") SUCCESS("\1") SUCCESS("\1") SUCCESS("\1") COMPOUND)));
	/* Within the bounds, and beyond: operations, the tag, what one message may be. */
	bytes[28 + 4 + 24 + 12 + 3] = 64;
	assert_true(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 4 + 24 + 12 + 3] = 65;
	assert_false(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 4 + 24 + 12 + 3] = 1;
	bytes[28 + 4 + 24 + 7] = 65;
	assert_false(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 4 + 24 + 7] = 4;
	memcpy(bytes + 28, "\x80\1\0\0", 4);
	assert_true(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 3] = 1;
	assert_false(nfs()->recognise(bytes, sizeof(bytes) - 1));
	memcpy(bytes + 28, "\x80\0\0\x34", 4);
	bytes[28 + 4 + 24 + 12 + 3] = 2; /* no such operation */
	bytes[28 + 4 + 24 + 12 + 4 + 3] = 2;
	assert_false(nfs()->recognise(bytes, sizeof(bytes) - 1));
	assert_int_equal(nfs()->overheard(bytes, sizeof(bytes) - 1), 0);
	check_hostile(nfs(), BYTES(SUCCESS("\1") COMPOUND));
}

/* Of version 3, which frames nothing: attributes (RFC 1813, 3.3.1), a handle (3.3.3). */
static void version_3_overheard(void **state)
{
	uint8_t bytes[] = REPLY("\x34", "\7") "\0\0\0\0" "\0\0\0\0" "\0\0\0\4" "tag!"
		"\0\0\0\2" "\0\0\0\x16" "\0\0\0\0" "secr";

	(void)state;
	/* status 0, type 2, mode 0755, nlink 2, uid 33, gid 33; and gid 0 */
	assert_false(nfs()->recognise(BYTES(REPLY("\x70", "\7") "\0\0\0\0" "\0\0\0\0" "\0\0\0\2"
		"\0\0\1\xed" "\0\0\0\2" "\0\0\0\x21" "\0\0\0\x21")));
	assert_false(nfs()->recognise(BYTES(REPLY("\x70", "\7") "\0\0\0\0" "\0\0\0\0" "\0\0\0\2"
		"\0\0\1\xed" "\0\0\0\2" "\0\0\0\x21" "\0\0\0\0")));
	assert_false(nfs()->recognise(BYTES(REPLY("\x70", "\7") "\0\0\0\0" "\0\0\0\0" "\0\0\0\4"
		"\0\0\1\xed" "\0\0\0\2" "\0\0\0\x21" "\0\0\0\0")));
	/* A tag is text, filled up with zeros, and whoever goes on has not failed. */
	assert_true(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 8 + 15] = 1;
	assert_false(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 8 + 15] = 0;
	bytes[28 + 8] = '\t';
	assert_false(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 8] = 't';
	bytes[28 + 7] = 2;
	assert_false(nfs()->recognise(bytes, sizeof(bytes) - 1));
	bytes[28 + 8 + 2] = bytes[28 + 8 + 3] = 0;
	assert_true(nfs()->recognise(bytes, sizeof(bytes) - 1));
}

static void words(void **state)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_request(nfs(), 1,
		BYTES("\x80\0\0\x28"
		      "\0\0\0\1"
		      "\0\0\0\0"
		      "\0\0\0\2"
		      "\0\1\x86\xa3"
		      "\0\0\0\4"
		      "\0\0\0\0"
		      "\0\0\0\0"
		      "\0\0\0\0"
		      "\0\0\0\0"
		      "\0\0\0\0"));
	assert_int_equal(check_next(nfs(), 1, BYTES("\x80\0"), out), 0);
	check_says(nfs(), 1, BYTES(SUCCESS("\1")),
		BYTES("\x80\0\0\x28" "\0\0\0\2" "\0\0\0\0" "\0\0\0\2" "\0\1\x86\xa3" "\0\0\0\3"
			"\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"));
	assert_true(check_next(nfs(), 1, BYTES(MISMATCH("\1", "\2", "\3")), out) > 0);
	assert_int_equal(check_next(nfs(), 1, BYTES(MISMATCH("\1", "\4", "\5")), out), -1);
	assert_int_equal(check_next(nfs(), 1, BYTES(DENIED("\1", "\1")), out), -1);
	assert_int_equal(check_next(nfs(), 1, BYTES(REPLY("\x18", "\1") "\0\0\0\1"), out), -1);
	assert_int_equal(
		check_next(nfs(), 1,
			BYTES("\0\0\0\x18\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
			out),
		-1);
	assert_int_equal(check_next(nfs(), 2, BYTES(SUCCESS("\1")), out), 0);
	assert_int_equal(check_next(nfs(), 2, BYTES(SUCCESS("\1") SUCCESS("\2")), out), -1);
	assert_int_equal(check_next(nfs(), 3, BYTES(SUCCESS("\1")), out), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(both), cmocka_unit_test(mismatches),
		cmocka_unit_test(overheard), cmocka_unit_test(version_3_overheard),
		cmocka_unit_test(words)};

	return RUN(tests);
}
