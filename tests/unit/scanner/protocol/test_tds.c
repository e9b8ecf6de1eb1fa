/* SPDX-License-Identifier: Apache-2.0 */
/* SQL Server's answer to a prelogin message: [MS-TDS] 2.2.6.5. */
#include "tests/unit/scanner/protocol/check.h"

/* Version (2019), encryption, instance, thread, several results. */
#define OPTIONS                                                                                \
	"\0\0\x1a\0\6"                                                                         \
	"\1\0\x20\0\1"                                                                         \
	"\2\0\x21\0\1"                                                                         \
	"\3\0\x22\0\0"                                                                         \
	"\4\0\x22\0\1"                                                                         \
	"\xff"
#define ANSWER(encryption)                                                                     \
	"\4\1\0\x2b\0\0\1\0" OPTIONS "\x0f\0\x07\xd0\0\0" encryption "\0"                      \
	"\0"

static void answers(void **state)
{
	const struct protocol *tds = protocol_expected(TRANSPORT_TCP, 1433);
	const struct reading *r;

	(void)state;
	r = check_read(tds, BYTES(ANSWER("\0")));
	check_is(r, "mssql.version", "15.0.2000");
	check_is(r, "mssql.encryption", "for log-ins");
	check_is(r, "service.product", "SQL Server 2019");
	check_is(r, "service.version", "15.0.2000");
	check_is(r, "os.family", NULL); /* it may be Linux */
	r = check_read(tds, BYTES(ANSWER("\3")));
	check_is(r, "mssql.encryption", "required");
	/* What the pool of FreeTDS 1.3.17 answered, which passes for 2008. */
	r = check_read(tds, BYTES("\4\1\0\x2b\0\0\1\0" OPTIONS "\x0a\0\6\x40\0\0"
				  "\2"
				  "\1"
				  "\0"));
	check_is(r, "mssql.version", "10.0.1600");
	check_is(r, "mssql.encryption", "not supported");
	check_is(r, "service.product", "SQL Server 2008");
	/* Version alone, with what was mended; older than Linux. */
	r = check_read(tds, BYTES("\4\1\0\x14\0\0\1\0"
				  "\0\0\6\0\6\xff"
				  "\x0a\x32\x06\x40\0\5"));
	check_is(r, "mssql.version", "10.50.1600.5");
	check_is(r, "service.product", "SQL Server 2008 R2");
	check_is(r, "os.family", "Windows");
	check_is(r, "mssql.encryption", NULL);
	check_hostile(tds, BYTES(ANSWER("\1")));
	check_request(tds, 1,
		BYTES("\x12\1\0\x2f\0\0\1\0"
		      "\0\0\x1a\0\6"
		      "\1\0\x20\0\1"
		      "\2\0\x21\0\1"
		      "\3\0\x22\0\4"
		      "\4\0\x26\0\1"
		      "\xff"
		      "\x09\0\0\0\0\0"
		      "\0"
		      "\0"
		      "\0\0\0\0"
		      "\0"));
}

static void frames(void **state)
{
	const struct protocol *tds = protocol_expected(TRANSPORT_TCP, 1433);
	uint8_t more[] = ANSWER("\0") "\x17\3\3";
	size_t size = sizeof(ANSWER("\0")) - 1;

	(void)state;
	for (size_t n = 0; n < size; n++)
		assert_int_equal(tds->complete(more, n), 0);
	assert_int_equal(tds->complete(more, size), size);
	assert_int_equal(tds->overheard(more, sizeof(more) - 1), size);
	/* A result of a query, an option outside of the message, one before the version, no
	 * end, HTTP. */
	assert_int_equal(tds->complete(BYTES("\4\1\0\x22\0\x35\1\0\xfd\1\0\xf9\0\0\0\0\0\0\0\0"
					     "\0\xfd\0\0\xba\0\0\0\0\0\0\0\0\0")),
		-1);
	assert_int_equal(tds->complete(BYTES("\4\1\0\x14\0\0\1\0"
					     "\0\0\7\0\6\xff"
					     "\x0a\x32\x06\x40\0\5")),
		-1);
	assert_int_equal(tds->complete(BYTES("\4\1\0\x14\0\0\1\0"
					     "\1\0\6\0\6\xff"
					     "\x0a\x32\x06\x40\0\5")),
		-1);
	assert_false(tds->recognise(BYTES("\4\1\0\x14\0\0\1\0"
					  "\0\0\6\0\6\0"
					  "\x0a\x32\x06\x40\0\5")));
	assert_int_equal(tds->complete(BYTES("HTTP/1.1 400 Bad")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(frames)};

	return RUN(tests);
}
