/* SPDX-License-Identifier: Apache-2.0 */
/* STUN's answer to a binding request: what coturn 4.6.1 answered, with another transaction. */
#include "tests/unit/scanner/protocol/check.h"

#define TYPE_AND_SIZE "\1\1\0\x3c\x21\x12\xa4\x42"
#define ADDRESSES                                                                              \
	"\0\x20\0\x08\0\1\xbb\x98\x5e\x12\xa4\x43"                                             \
	"\0\1\0\x08\0\1\x9a\x8a\x7f\0\0\1"                                                     \
	"\x80\x2b\0\x08\0\1\x0d\x96\x7f\0\0\1"
#define NAME "\x80\x22\0\x14" "Coturn-4.6.1 'Gorst'"

static void make(const struct protocol *stun, uint64_t seed, uint8_t out[80])
{
	uint8_t asked[PROTOCOL_REQUEST_MAX];

	assert_int_equal(stun->request(asked, sizeof(asked), "", seed), 20);
	memcpy(out, TYPE_AND_SIZE, 8);
	memcpy(out + 8, asked + 8, 12);
	memcpy(out + 20, ADDRESSES NAME, 60);
}

static void binding(void **state)
{
	const struct protocol *stun = protocol_by_name("stun");
	uint8_t bytes[80], out[PROTOCOL_REQUEST_MAX];
	const struct reading *r;

	(void)state;
	make(stun, 7, bytes);
	r = check_read(stun, bytes, sizeof(bytes));
	check_is(r, "stun.software", "Coturn-4.6.1 'Gorst'");
	check_is(r, "service.product", "coturn");
	check_is(r, "service.version", "4.6.1");
	check_hostile(stun, bytes, sizeof(bytes));
	check_repeats(stun, bytes, sizeof(bytes), 7);
	assert_int_equal(stun->request(out, sizeof(out), "", 7), 20);
	assert_memory_equal(out, "\0\1\0\0\x21\x12\xa4\x42", 8);
	/* Whom it was for is not kept, and what it was is. */
	assert_int_equal(stun->overheard(bytes, sizeof(bytes)), 80);
	assert_null(memmem(bytes, sizeof(bytes), "\x7f\0\0\1", 4));
	check_is(check_read(stun, bytes, sizeof(bytes)), "stun.software",
		"Coturn-4.6.1 'Gorst'");
	/* Between the ends of a call; cut short; without the cookie. */
	assert_false(stun->recognise(BYTES("\1\1\0\x08\x21\x12\xa4\x42"
					   "abcdabcdabcd\0\x08\0\4"
					   "hash")));
	assert_true(stun->recognise(BYTES("\1\1\0\x08\x21\x12\xa4\x42"
					  "abcdabcdabcd\0\1\0\4"
					  "addr")));
	assert_false(stun->recognise(BYTES("\1\1\0\x08\x21\x12\xa4\x42"
					   "abcdabcdabcd\0\1\0\5"
					   "addr")));
	assert_false(stun->recognise(BYTES("\1\1\0\x08\x21\x12\xa4\x43"
					   "abcdabcdabcd\0\1\0\4"
					   "addr")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(binding)};

	return RUN(tests);
}
