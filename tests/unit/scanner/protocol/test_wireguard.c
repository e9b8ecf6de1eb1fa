/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to a peer's handshake, overheard. */
#include "tests/unit/scanner/protocol/check.h"

static void overheard(void **state)
{
	const struct protocol *wireguard = protocol_by_name("wireguard");
	uint8_t bytes[92] = {2, 0, 0, 0, 6, 0xf4, 0x7d, 0xab};
	const struct reading *r;

	(void)state;
	memset(bytes + 8, 0xa5, 68);
	r = check_read(wireguard, bytes, sizeof(bytes));
	check_is(r, "wireguard.handshake", "answered a peer");
	check_hostile(wireguard, bytes, sizeof(bytes));
	assert_null(wireguard->request); /* it would not answer */
	bytes[91] = 1;
	assert_false(wireguard->recognise(bytes, sizeof(bytes)));
	bytes[91] = 0;
	bytes[3] = 1;
	assert_false(wireguard->recognise(bytes, sizeof(bytes)));
	assert_false(wireguard->recognise(bytes, 91));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(overheard)};

	return RUN(tests);
}
