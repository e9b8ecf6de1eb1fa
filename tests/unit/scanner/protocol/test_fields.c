/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields: which are kept, and where the header ends. */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/fields.h"

static void fields(void **state)
{
	static const struct field wanted[] = {{"Server", "http.server", "http_header.server"},
		{"ST", "ssdp.st", NULL}};
	struct reading *r = check_reading();

	(void)state;
	fields_read((struct span){BYTES("server: nginx/1.22.1\r\nStart: x\r\nst:\r\n\r\nST: y\r\n")},
		wanted, ARRAY_SIZE(wanted), r);
	check_is(r, "http.server", "nginx/1.22.1");
	check_is(r, "service.version", "1.22.1");
	check_is(r, "ssdp.st", NULL); /* empty; the other one is not in the header */
	fields_read((struct span){BYTES("ST: z")}, wanted, ARRAY_SIZE(wanted), r);
	check_is(r, "ssdp.st", "z"); /* a last line without its end counts */
	fields_read((struct span){BYTES("")}, wanted, ARRAY_SIZE(wanted), r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fields)};

	return RUN(tests);
}
