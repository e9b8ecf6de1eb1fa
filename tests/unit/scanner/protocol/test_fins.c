/* SPDX-License-Identifier: Apache-2.0 */
/* FINS over UDP: OMRON W342, command 05 01 (controller data read). */
#include "tests/unit/scanner/protocol/check.h"

#define HEAD(service) "\xc0\0\x02\0\x63\0\0\x05\0" service "\x05\x01"
static const char answer[] = HEAD("\xab") "\0\0" "CJ2M-CPU33          " "02.01               "
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	"\0\x3c\x17\x80\0\x08\x01\0\0\0";
static const char refused[] = HEAD("\xab") "\x04\x01"; /* undefined command */

static void answers(void **state)
{
	const struct protocol *fins = protocol_by_name("fins");
	const struct reading *r = check_read(fins, BYTES(answer));

	(void)state;
	check_is(r, "fins.model", "CJ2M-CPU33");
	check_is(r, "fins.version", "02.01");
	check_is(r, "fins.node", "0.5.0");
	check_is(r, "fins.end_code", "0x0000");
	check_is(r, "fins.program_kwords", "60");
	check_is(r, "fins.data_words", "32768");
	check_is(r, "hw.vendor", "OMRON");
	check_is(r, "hw.product", "CJ2M-CPU33");
	check_is(r, "hw.device", "PLC");
	r = check_read(fins, BYTES(refused));
	check_is(r, "fins.end_code", "0x0401");
	check_is(r, "fins.model", NULL);
	check_hostile(fins, BYTES(answer));
	check_repeats(fins, BYTES(answer), 0x7700ab);
	check_repeats(fins, BYTES(refused), 0xab);
	/* Another command's answer, and a command. */
	assert_false(fins->recognise(BYTES("\xc0\0\x02\0\x63\0\0\x05\0\xab\x01\x01\0\0")));
	assert_false(fins->recognise(BYTES("\x80\0\x02\0\x63\0\0\x05\0\xab\x05\x01\0\0")));
}

static void the_request(void **state)
{
	(void)state;
	check_request(protocol_by_name("fins"), 0x1ef,
		BYTES("\x80\0\x02\0\0\0\0\x63\0\xef\x05\x01\0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(the_request)};

	return RUN(tests);
}
