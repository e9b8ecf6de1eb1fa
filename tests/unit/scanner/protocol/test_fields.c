/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields: which are kept, and where the header ends. */
#include "tests/unit/scanner/protocol/check.h"

#include "common/str.h"
#include "scanner/protocol/fields.h"

static void fields(void **state)
{
	static const struct field wanted[] = {{"Server", "http.server", "http_header.server"},
		{"ST", "ssdp.st", NULL}};
	struct reading *r = check_reading();

	(void)state;
	fields_read((struct span){BYTES(
			    "server: nginx/1.22.1\r\nStart: x\r\nst:\r\n\r\nST: y\r\n")},
		wanted, ARRAY_SIZE(wanted), r);
	check_is(r, "http.server", "nginx/1.22.1");
	check_is(r, "service.version", "1.22.1");
	check_is(r, "ssdp.st", NULL); /* empty; the other one is not in the header */
	fields_read((struct span){BYTES("ST: z")}, wanted, ARRAY_SIZE(wanted), r);
	check_is(r, "ssdp.st", "z"); /* a last line without its end counts */
	fields_read((struct span){BYTES("")}, wanted, ARRAY_SIZE(wanted), r);
}

/* The hundredth line counts, the one behind it does not. */
static void a_long_header(void **state)
{
	static const struct field wanted[] = {{"A", "a", NULL}, {"B", "b", NULL}};
	_cleanup_(str_done) struct str text = STR_INIT(4096);
	struct reading *r = check_reading();

	(void)state;
	for (int i = 0; i < 99; i++)
		str_adds(&text, "x: y\r\n");
	str_adds(&text, "A: 100\r\nB: 101\r\n");
	fields_read((struct span){(const uint8_t *)text.data, text.len}, wanted, 2, r);
	check_is(r, "a", "100");
	check_is(r, "b", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields), cmocka_unit_test(a_long_header)};

	return RUN(tests);
}
