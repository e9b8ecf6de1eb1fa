/* SPDX-License-Identifier: Apache-2.0 */
/* FTP greetings, of one line and of several: RFC 959, 4.2. */
#include "tests/unit/scanner/protocol/check.h"

static void greetings(void **state)
{
	const struct protocol *ftp = protocol_by_name("ftp");
	const struct reading *r = check_read(ftp, BYTES("220 (vsFTPd 3.0.3)\r\n"));

	(void)state;
	check_is(r, "service.product", "vsFTPd");
	check_is(r, "service.version", "3.0.3");
	r = check_read(ftp, BYTES("220-Welcome\r\n220-Authorised use only\r\n220 ready\r\n"));
	check_is(r, "ftp.banner", "Welcome  Authorised use only  ready");
	r = check_read(
		ftp, BYTES("220 ProFTPD Server (files.lanhe.example) [198.18.20.11]\r\n"));
	check_is(r, "service.product", "ProFTPD");
	check_hostile(ftp, BYTES("220-a\r\n220-\xff\xf9\r\n220 b\r\n"));
}

/* How it is asked to go on inside TLS: RFC 4217. */
static void starttls(void **state)
{
	const struct protocol *p = protocol_by_name("ftp");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	assert_int_equal(p->secure(0, BYTES("220-a\r\n220 b\r\n"), out, sizeof(out)), 10);
	assert_memory_equal(out, "AUTH TLS\r\n", 10);
	assert_int_equal(p->secure(0, BYTES("421 a\r\n"), out, sizeof(out)), -1);
	assert_int_equal(p->secure(1, BYTES("220 b\r\n"), out, sizeof(out)), 0);
	assert_int_equal(
		p->secure(1, BYTES("220 b\r\n234 go\r\n"), out, sizeof(out)), PROTOCOL_SECURED);
	assert_int_equal(p->secure(1, BYTES("220 b\r\n530 no\r\n"), out, sizeof(out)), -1);
}

static void farewell(void **state)
{
	const struct protocol *ftp = protocol_by_name("ftp");
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_says(ftp, 0, BYTES("220 a\r\n"), BYTES("QUIT\r\n"));
	assert_int_equal(check_next(ftp, 0, BYTES("220-a\r\n"), out), 0);
	assert_int_equal(check_next(ftp, 1, BYTES("220 a\r\n"), out), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(greetings),
		cmocka_unit_test(farewell), cmocka_unit_test(starttls)};

	return RUN(tests);
}
