/* SPDX-License-Identifier: Apache-2.0 */
/* The root DSE of a directory: RFC 4512, 5.1. */
#include "tests/unit/scanner/protocol/check.h"

#define ATTRIBUTE(size, type_size, type, set_size, values)                                     \
	"\x30" size "\x04" type_size type "\x31" set_size values
#define OBJECT_CLASS                                                                           \
	ATTRIBUTE("\x25", "\x0b", "objectClass", "\x16", "\x04\x03top\x04\x0fOpenLDAProotDSE")
#define VERSIONS ATTRIBUTE("\x1d", "\x14", "supportedLDAPVersion", "\x05", "\x04\x03" "2,3")
#define HOST ATTRIBUTE("\x21", "\x0b", "dnsHostName", "\x12", "\x04\x10" "dc1.lanhe.exampl")
#define DONE "\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\0\x04\0\x04\0"

/* 39 + 31 + 35 bytes of attributes. */
static const char answer[] =
	"\x30\x72\x02\x01\x01\x64\x6d\x04\0\x30\x69" OBJECT_CLASS VERSIONS HOST DONE;
/* As Active Directory writes lengths. */
static const char four_bytes[] =
	"\x30\x84\0\0\0\x7a\x02\x01\x01\x64\x84\0\0\0\x71\x04\0\x30\x69" OBJECT_CLASS VERSIONS
		HOST DONE;
static const char somebody[] = "\x30\x10\x02\x01\x01\x64\x0b\x04\x07" "cn=mike\x30\0" DONE;

static void root(void **state)
{
	const struct protocol *ldap = protocol_by_name("ldap");
	const struct reading *r = check_read(ldap, BYTES(answer));

	(void)state;
	check_is(r, "ldap.versions", "2,3");
	check_is(r, "ldap.result", "0");
	check_is(r, "service.product", "OpenLDAP");
	check_name(r, "ldap", "dc1.lanhe.exampl");
	for (size_t n = 0; n < sizeof(answer) - 1; n++)
		assert_int_equal(ldap->complete((const uint8_t *)answer, n), 0);
	assert_int_equal(ldap->complete(BYTES(answer)), sizeof(answer) - 1);
	check_says(ldap, 1, BYTES(answer), BYTES("\x30\x05\x02\x01\x02\x42\0"));
	check_hostile(ldap, BYTES(answer));
}

static void lengths(void **state)
{
	const struct protocol *ldap = protocol_by_name("ldap");

	(void)state;
	/* 9 bytes more of head than above: the outer length counts them too */
	assert_true(ldap->recognise(BYTES(four_bytes)));
	check_hostile(ldap, BYTES(four_bytes));
	assert_int_equal(ldap->complete(BYTES("\x30\x84\x7f\xff\xff\xff\x02\x01\x01\x64")), -1);
	assert_int_equal(
		ldap->complete(BYTES("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0")),
		-1);
	assert_int_equal(ldap->complete(BYTES("HTTP")), -1);
	assert_false(
		ldap->recognise(BYTES("\x30\x0c\x02\x01\x05\x65\x07\x0a\x01\0\x04\0\x04\0")));
}

/* Only the root is anybody's. */
static void entries(void **state)
{
	const struct protocol *ldap = protocol_by_name("ldap");
	const struct reading *r = check_read(ldap, BYTES(somebody));
	uint8_t bytes[sizeof(answer)], other[sizeof(somebody)];

	(void)state;
	check_is(r, "ldap.host", NULL);
	memcpy(bytes, answer, sizeof(answer));
	memcpy(other, somebody, sizeof(somebody));
	assert_int_equal(
		ldap->overheard(bytes, sizeof(answer) - 1), sizeof(answer) - sizeof(DONE));
	assert_int_equal(ldap->overheard(other, sizeof(somebody) - 1), 0);
}

/* RFC 4511, 4.14: the answer to StartTLS stands behind the search's. */
static void starttls(void **state)
{
	static const char agreed[] = "\x30\x0c\2\1\3\x78\7\x0a\1\0\4\0\4\0";
	static const char refused[] = "\x30\x0c\2\1\3\x78\7\x0a\1\2\4\0\4\0";
	const struct protocol *ldap = protocol_by_name("ldap");
	uint8_t bytes[256], out[64];
	size_t n = sizeof(answer) - 1, m = n + sizeof(agreed) - 1;

	(void)state;
	memcpy(bytes, answer, n);
	assert_int_equal(ldap->secure(1, bytes, n - 1, out, sizeof(out)), 0);
	assert_int_equal(ldap->secure(1, bytes, n, out, sizeof(out)), 31);
	assert_memory_equal(out, "\x30\x1d\2\1\3\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037", 31);
	assert_int_equal(ldap->secure(1, bytes, n, out, 30), -1);
	memcpy(bytes + n, agreed, sizeof(agreed) - 1);
	assert_int_equal(ldap->secure(2, bytes, m - 1, out, sizeof(out)), 0);
	assert_int_equal(ldap->secure(2, bytes, m, out, sizeof(out)), PROTOCOL_SECURED);
	assert_int_equal(ldap->secure(3, bytes, m, out, sizeof(out)), -1);
	check_hostile(ldap, bytes, m);
	memcpy(bytes + n, refused, sizeof(refused) - 1);
	assert_int_equal(ldap->secure(2, bytes, m, out, sizeof(out)), -1);
	check_says(ldap, 1, bytes, m,
		BYTES("\x30\x05\x02\x01\x02\x42\0")); /* the farewell as ever */
	memcpy(bytes + n, "HTTP/1.1 400", 12);
	assert_int_equal(ldap->secure(2, bytes, n + 12, out, sizeof(out)), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(starttls), cmocka_unit_test(root),
		cmocka_unit_test(lengths), cmocka_unit_test(entries)};

	return RUN(tests);
}
