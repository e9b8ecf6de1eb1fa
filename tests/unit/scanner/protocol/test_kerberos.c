/* SPDX-License-Identifier: Apache-2.0 */
/* What key distribution centres answer to a request that names no client: RFC 4120, 5.9.1.
 * MIT's and Heimdal's are what their servers 1.20.1 and 7.8 answered. */
#include "tests/unit/scanner/protocol/check.h"

#define BEGINNING                                                                              \
	"\xa0\3\2\1\5\xa1\3\2\1\x1e\xa4\x11\x18\x0f"                                           \
	"20261126224006Z"                                                                      \
	"\xa5\5\2\3\x0c\xa3\x68"
#define NOWHERE                                                                                \
	"\xa9\x1b\x1b\x19"                                                                     \
	"1A2B3C4D.CADASTRE.INVALID"                                                            \
	"\xaa\x2e\x30\x2c\xa0\3\2\1\2\xa1\x25\x30\x23\x1b\6krbtgt\x1b\x19"                     \
	"1A2B3C4D.CADASTRE.INVALID"
#define MIT                                                                                    \
	"\x7e\x81\x88\x30\x81\x85" BEGINNING "\xa6\3\2\1\6" NOWHERE                            \
	"\xab\x0d\x1b\x0bNULL_CLIENT"
#define HEIMDAL                                                                                \
	"\x7e\x81\x91\x30\x81\x8e" BEGINNING "\xa6\3\2\1\x3c" NOWHERE                          \
	"\xab\x16\x1b\x14No client in request"
/* To a client of this name: a password is needed first; the salt in the data is of the user
 * again. */
#define REALM "\x1b\x0dPLANT.EXAMPLE"
#define NAMED "\x7e\x81\x99\x30\x81\x96" BEGINNING "\xa6\3\2\1\x19" "\xa7\x0f" REALM \
	"\xa8\x12\x30\x10\xa0\3\2\1\1\xa1\x09\x30\x07\x1b\5" "alice" "\xa9\x0f" REALM \
	"\xaa\x11\x30\x0f\xa0\3\2\1\2\xa1\x08\x30\6\x1b\4" "cifs" \
	"\xab\x12\x1b\x10" "alice is unknown" "\xac\x0e\4\x0c" "EXAMPLEalice"

static void centres(void **state)
{
	const struct protocol *udp = protocol_expected(TRANSPORT_UDP, 88);
	const struct reading *r;

	(void)state;
	r = check_read(udp, BYTES(MIT));
	check_is(r, "kerberos.error", "the client is not known");
	check_is(r, "kerberos.text", "NULL_CLIENT");
	check_is(r, "kerberos.time", "2026-11-26 22:40:06 UTC");
	check_is(r, "kerberos.realm", NULL); /* it is ours */
	check_is(r, "service.product", "Kerberos 5");
	r = check_read(udp, BYTES(HEIMDAL));
	check_is(r, "kerberos.error", "an error that has no number");
	check_is(r, "service.product", "Heimdal");
	check_hostile(udp, BYTES(MIT));
	check_repeats(udp, BYTES(MIT), 0x1a2b3c4d);
	check_repeats(udp, BYTES(HEIMDAL), 0x1a2b3c4d);
	/* A time that is none, fields out of order, something behind it, a ticket. */
	assert_true(udp->recognise(
		BYTES("\x7e\x29\x30\x27\xa0\3\2\1\5\xa1\3\2\1\x1e\xa4\x11\x18\x0f"
		      "2026x126224006Z\xa5\3\2\1\x0c\xa6\3\2\1\6")));
	assert_false(
		udp->recognise(BYTES("\x7e\x29\x30\x27\xa0\3\2\1\5\xa1\3\2\1\x1e\xa6\3\2\1\6"
				     "\xa4\x11\x18\x0f"
				     "20261126224006Z\xa5\3\2\1\x0c")));
	assert_false(udp->recognise(BYTES(MIT "x")));
	assert_false(udp->recognise(
		BYTES("\x6b\x81\x88\x30\x81\x85" BEGINNING "\xa6\3\2\1\6" NOWHERE)));
}

/* No name of anybody is in the request. */
static void no_name(void **state)
{
	const struct protocol *udp = protocol_expected(TRANSPORT_UDP, 88);

	(void)state;
	check_request(udp, 0x1a2b3c4d,
		BYTES("\x6a\x81\x8c\x30\x81\x89"
		      "\xa1\3\2\1\5"
		      "\xa2\3\2\1\x0a"
		      "\xa4\x7d\x30\x7b"
		      "\xa0\7\3\5\0\0\0\0\0"
		      "\xa2\x1b\x1b\x19"
		      "1A2B3C4D.CADASTRE.INVALID"
		      "\xa3\x2e\x30\x2c\xa0\3\2\1\2\xa1\x25\x30\x23\x1b\6krbtgt\x1b\x19"
		      "1A2B3C4D.CADASTRE.INVALID\xa5\x11\x18\x0f"
		      "19700101000000Z\xa7\6\2\4\1\2\3\4"
		      "\xa8\x08\x30\6\2\1\x12\2\1\x11"));
}

static void over_tcp(void **state)
{
	const struct protocol *tcp = protocol_expected(TRANSPORT_TCP, 88);
	static const uint8_t bytes[] = "\0\0\0\x8b" MIT;
	uint8_t out[PROTOCOL_REQUEST_MAX];
	const struct reading *r = check_read(tcp, bytes, sizeof(bytes) - 1);

	(void)state;
	check_is(r, "kerberos.text", "NULL_CLIENT");
	for (size_t n = 0; n < sizeof(bytes) - 1; n++)
		assert_int_equal(tcp->complete(bytes, n), 0);
	check_hostile(tcp, bytes, sizeof(bytes) - 1);
	assert_int_equal(tcp->complete(BYTES("HTTP/1.1 400 Bad")), -1);
	assert_int_equal(tcp->complete(BYTES("\0\0\0\x8b\x6b")), -1);
	assert_int_equal(tcp->request(out, sizeof(out), "", 7), 4 + 143);
	assert_memory_equal(out, "\0\0\0\x8f\x6a", 5);
}

/* Of what was meant for others neither the user nor the service nor the salt is kept. */
static void others(void **state)
{
	const struct protocol *udp = protocol_expected(TRANSPORT_UDP, 88);
	const struct protocol *tcp = protocol_expected(TRANSPORT_TCP, 88);
	uint8_t bytes[] = NAMED, prefixed[] = "\0\0\0\x9c" NAMED;
	const struct reading *r;

	(void)state;
	assert_int_equal(udp->overheard(bytes, sizeof(bytes) - 1), sizeof(bytes) - 1);
	assert_null(memmem(bytes, sizeof(bytes) - 1, "alice", 5));
	assert_null(memmem(bytes, sizeof(bytes) - 1, "cifs", 4));
	r = check_read(udp, bytes, sizeof(bytes) - 1);
	check_is(r, "kerberos.realm", "PLANT.EXAMPLE");
	check_is(r, "kerberos.error", "a password is needed first");
	check_is(r, "kerberos.text", NULL);
	assert_int_equal(tcp->overheard(prefixed, sizeof(prefixed) - 1), sizeof(prefixed) - 1);
	assert_null(memmem(prefixed, sizeof(prefixed) - 1, "alice", 5));
	assert_int_equal(tcp->overheard(prefixed, 20), 0);
	assert_int_equal(udp->overheard(bytes, 20), 0);
	/* The state that MIT's name says nothing of a user. */
	{
		uint8_t mit[] = MIT;

		assert_int_equal(udp->overheard(mit, sizeof(mit) - 1), sizeof(mit) - 1);
		check_is(check_read(udp, mit, sizeof(mit) - 1), "kerberos.text", "NULL_CLIENT");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(centres), cmocka_unit_test(no_name),
		cmocka_unit_test(over_tcp), cmocka_unit_test(others)};

	return RUN(tests);
}
