/* SPDX-License-Identifier: Apache-2.0 */
/* TLS from outside: hellos, alerts, a certificate in the clear: RFC 8446, RFC 5246. */
#include "tests/unit/scanner/protocol/certificates.h"
#include "tests/unit/scanner/protocol/check.h"

#include "common/packer.h"

#define RANDOM "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
static const char hello13[] = "\x16\x03\x03\0\x32\x02\0\0\x2e\x03\x03" RANDOM
			      "\0\x13\x01\0\0\x06\0\x2b\0\x02\x03\x04";

static void hellos(void **state)
{
	const struct protocol *tls = protocol_by_name("tls");
	struct reading *r = check_reading();

	(void)state;
	assert_int_equal(sizeof(hello13) - 1, 5 + 0x32);
	assert_true(tls->recognise(BYTES(hello13)));
	tls->read(BYTES(hello13), r);
	check_is(r, "tls.version", "TLSv1.3");
	check_is(r, "tls.server.parameters", "version 0303, cipher 1301, extensions 002b");
	check_hostile(tls, BYTES(hello13));
	assert_true(tls->recognise(BYTES("\x15\x03\x01\0\x02\x02\x46")));
	assert_false(tls->recognise(BYTES("\x15\x03\x01\0\x09\x02\x46")));
	assert_false(tls->recognise(BYTES("\x16\x03\x01\0\x32\x01\0\0\x2e"))); /* a client's */
	assert_false(tls->recognise(BYTES("\x16\x03")));
}

/* Old versions, extensions in the server's order and without end, alerts. */
static void parameters(void **state)
{
	const struct protocol *tls = protocol_by_name("tls");
	struct reading *r = check_reading();
	uint8_t bytes[1024];
	struct packer p = packer_of(bytes, sizeof(bytes));

	(void)state;
	tls->read(BYTES("\x16\x03\x01\0\x2a\x02\0\0\x26\x03\x01" RANDOM "\0\0\x05\0"), r);
	check_is(r, "tls.version", "TLSv1");
	check_is(r, "tls.weak", "TLSv1");
	check_is(r, "tls.server.parameters", "version 0301, cipher 0005, extensions none");
	packer_bytes(
		&p, "\x16\x03\x03\1\x1c\x02\0\1\x18\x03\x03" RANDOM "\0\xc0\x2b\0\0\xf0", 49);
	for (uint16_t i = 0; i < 60; i++) {
		packer_be16(&p, i % 2 ? 0xff01 : 0x0010);
		packer_be16(&p, 0);
	}
	r = check_reading();
	tls->read(bytes, p.pos, r);
	check_is(r, "tls.server.parameters", "version 0303, cipher c02b, extensions"
		" 0010 ff01 0010 ff01 0010 ff01 0010 ff01 0010 ff01 0010 ff01"
		" 0010 ff01 0010 ff01 0010 ff01 0010 ff01 0010 ff01 0010 ff01 and 36 more");
	check_hostile(tls, bytes, p.pos);
	r = check_reading();
	tls->read(BYTES("\x15\x03\x01\0\x02\x02\x28"), r);
	check_is(r, "tls.alert", "handshake failure");
	r = check_reading();
	tls->read(BYTES("\x15\x03\x01\0\x02\x02\xfe"), r);
	check_is(r, "tls.alert", "unknown");
}

/* Version 1.2: hello and certificate in two records, the second split. */
static void certificate_in_the_clear(void **state)
{
	struct certificate_made made = certificate_make("b.example", "DNS:b.example");
	uint8_t der[4096], bytes[8192];
	size_t n = certificate_der(&made, der), first;
	struct packer p = packer_of(bytes, sizeof(bytes));
	struct reading *r = check_reading();

	(void)state;
	packer_bytes(&p, "\x16\x03\x03\0\x2a\x02\0\0\x26\x03\x03" RANDOM "\0\xc0\x2b\0", 47);
	packer_bytes(&p, "\x16\x03\x03", 3);
	packer_be16(&p, 110);
	packer_u8(&p, 11);
	packer_be16(&p, (uint16_t)((n + 6) >> 8));
	packer_u8(&p, (uint8_t)(n + 6));
	packer_u8(&p, 0);
	packer_be16(&p, (uint16_t)(n + 3));
	packer_u8(&p, 0);
	packer_be16(&p, (uint16_t)n);
	first = 100;
	packer_bytes(&p, der, first);
	packer_bytes(&p, "\x16\x03\x03", 3);
	packer_be16(&p, (uint16_t)(n - first));
	packer_bytes(&p, der + first, n - first);
	protocol_by_name("tls")->read(bytes, p.pos, r);
	check_is(r, "tls.version", "TLSv1.2");
	check_is(r, "tls.certificate.subject", "CN=b.example,O=Lanhe");
	check_name(r, "tls.san", "b.example");
	certificate_forget(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hellos),
		cmocka_unit_test(parameters), cmocka_unit_test(certificate_in_the_clear)};

	return RUN(tests);
}
