/* SPDX-License-Identifier: Apache-2.0 */
/* The list of a port mapper: RFC 1833, 3. The first is what rpcbind 1.2.6 answered. */
#include "tests/unit/scanner/protocol/check.h"

#define ACCEPTED "\x11\x22\x33\x44" "\0\0\0\1" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0"
#define MAPPER(version, transport)                                                             \
	"\0\0\0\1"                                                                             \
	"\0\1\x86\xa0"                                                                         \
	"\0\0\0" version "\0\0\0" transport "\0\0\0\x6f"
#define MAPPERS MAPPER("\4", "\6") MAPPER("\3", "\6") MAPPER("\2", "\6") \
	MAPPER("\4", "\x11") MAPPER("\3", "\x11") MAPPER("\2", "\x11")
#define NFS(version) "\0\0\0\1" "\0\1\x86\xa3" "\0\0\0" version "\0\0\0\6" "\0\0\x08\1"
#define OTHER "\0\0\0\1" "\x20\0\0\1" "\0\0\0\1" "\0\0\0\6" "\0\0\x9c\x40"
#define END "\0\0\0\0"
#define LIST ACCEPTED MAPPERS END

static void over_udp(void **state)
{
	const struct protocol *udp = protocol_expected(TRANSPORT_UDP, 111);
	const struct reading *r = check_read(udp, BYTES(LIST));

	(void)state;
	check_is(r, "portmap.programs", "portmapper 2-4");
	check_is(r, "portmap.ports", "tcp/111 portmapper, udp/111 portmapper");
	r = check_read(udp, BYTES(ACCEPTED MAPPERS NFS("\3") NFS("\4") OTHER END));
	check_is(r, "portmap.programs", "portmapper 2-4, nfs 3-4, 536870913 1");
	check_is(r, "portmap.ports",
		"tcp/111 portmapper, udp/111 portmapper, tcp/2049 nfs, tcp/40000 536870913");
	check_is(r, "portmap.nfs", "3 tcp, 4 tcp");
	check_is(r, "portmap.mountd", NULL);
	r = check_read(udp, BYTES(ACCEPTED MAPPERS NFS("\xc8") NFS("\3") NFS("\3")
		"\0\0\0\1" "\0\1\x86\xa5" "\0\0\0\1" "\0\0\0\x11" "\0\0\x9c\x40" END));
	check_is(r, "portmap.nfs", "3 tcp");
	check_is(r, "portmap.mountd", "1 udp");
	check_hostile(udp, BYTES(LIST));
	check_repeats(udp, BYTES(LIST), 0x11223344);
	check_request(udp, 0x11223344,
		BYTES("\x11\x22\x33\x44"
		      "\0\0\0\0"
		      "\0\0\0\2"
		      "\0\1\x86\xa0"
		      "\0\0\0\2"
		      "\0\0\0\4"
		      "\0\0\0\0"
		      "\0\0\0\0"
		      "\0\0\0\0"
		      "\0\0\0\0"));
	/* No end, more behind it, no port mapper in it, nobody's list. */
	assert_false(udp->recognise(BYTES(ACCEPTED MAPPERS)));
	assert_false(udp->recognise(BYTES(LIST END)));
	assert_false(udp->recognise(BYTES(ACCEPTED NFS("\3") END)));
	assert_false(udp->recognise(BYTES(ACCEPTED "\0\0\0\2" MAPPERS END)));
	assert_false(udp->recognise(BYTES("\x11\x22\x33\x44"
					  "\0\0\0\1"
					  "\0\0\0\0"
					  "\0\0\0\0"
					  "\0\0\xff\xff"
					  "\0\0\0\0")));
}

/* What rpcbind answered to a procedure that it has not. */
static void refusals(void **state)
{
	const struct protocol *udp = protocol_expected(TRANSPORT_UDP, 111);
	static const uint8_t refused[] =
		"\x11\x22\x33\x44\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3";
	struct reading *r = check_reading();

	(void)state;
	assert_false(udp->recognise(refused, sizeof(refused) - 1));
	assert_int_equal(udp->complete(refused, sizeof(refused) - 1), 24);
	assert_int_equal(udp->complete(refused, 10), -1);
	udp->read(refused, sizeof(refused) - 1, r);
	check_is(r, "portmap.refused", "no DUMP");
	check_hostile(udp, refused, sizeof(refused) - 1);
}

static void over_tcp(void **state)
{
	const struct protocol *tcp = protocol_expected(TRANSPORT_TCP, 111);
	uint8_t more[] = "\x80\0\0\x94" LIST "more";
	size_t size = sizeof(more) - 5;
	const struct reading *r = check_read(tcp, more, size);

	(void)state;
	check_is(r, "portmap.programs", "portmapper 2-4");
	for (size_t n = 0; n < size; n++)
		assert_int_equal(tcp->complete(more, n), 0);
	assert_int_equal(tcp->complete(more, size), size);
	assert_int_equal(tcp->overheard(more, sizeof(more) - 1), size);
	check_hostile(tcp, more, size);
	/* The first of several fragments breaks off. */
	r = check_read(tcp, BYTES("\0\0\0\x90" ACCEPTED MAPPERS));
	check_is(r, "portmap.programs", "portmapper 2-4");
	assert_false(tcp->recognise(BYTES("\x80\0\0\x90" ACCEPTED MAPPERS)));
	assert_int_equal(
		tcp->complete(BYTES("\x80\0\0\x28\x11\x22\x33\x44\0\0\0\0")), -1); /* a call */
	assert_int_equal(tcp->complete(BYTES("HTTP/1.1 400 Bad")), -1);
	check_request(tcp, 1,
		BYTES("\x80\0\0\x28"
		      "\0\0\0\1"
		      "\0\0\0\0"
		      "\0\0\0\2"
		      "\0\1\x86\xa0"
		      "\0\0\0\2"
		      "\0\0\0\4"
		      "\0\0\0\0"
		      "\0\0\0\0"
		      "\0\0\0\0"
		      "\0\0\0\0"));
}

/* More programs than are kept, and one over and over. */
static void long_lists(void **state)
{
	const struct protocol *tcp = protocol_expected(TRANSPORT_TCP, 111);
	static uint8_t bytes[60000];
	struct reading *r = check_reading();
	size_t n = 28;

	(void)state;
	memcpy(bytes, "\0\0\xea\x5c" ACCEPTED, 28);
	for (unsigned int i = 0; n + 20 <= sizeof(bytes); i++, n += 20) {
		memcpy(bytes + n, MAPPER("\2", "\6"), 20);
		bytes[n + 6] = (uint8_t)(0x86 + (i > 0 ? i >> 8 : 0));
		bytes[n + 7] = (uint8_t)(0xa0 + i);
	}
	assert_true(tcp->recognise(bytes, sizeof(bytes)));
	tcp->read(bytes, sizeof(bytes), r);
	assert_true(strncmp(reading_get(r, "portmap.programs"), "portmapper 2, rstatd 2, ",
			    24) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(over_udp),
		cmocka_unit_test(refusals), cmocka_unit_test(over_tcp),
		cmocka_unit_test(long_lists)};

	return RUN(tests);
}
