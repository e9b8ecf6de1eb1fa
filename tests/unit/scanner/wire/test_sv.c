/* SPDX-License-Identifier: Apache-2.0 */
/* The names in a message of sampled values, and messages whose lengths lie. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/sv.h"

static struct sv sv;
static struct hex message;

static bool read_text(const char *text)
{
	message = hex(text);
	return sv_read(message.bytes, message.n, &sv);
}

static void a_message(void **state)
{
	(void)state;
	assert_true(read_text(SAMPLE_SV));
	assert_int_equal(sv.appid, 0x4000);
	assert_int_equal(sv.id.size, 6);
	assert_memory_equal(sv.id.bytes, "MU0101", 6);
	assert_memory_equal(sv.data_set.bytes, "MU/LLN0$P", 9);
	assert_int_equal(sv.revision, 1);
	assert_true(sv.has_synchronisation);
	assert_int_equal(sv.synchronisation, 2);
	assert_int_equal(sv.rate, 80);
	assert_int_equal(sv.tally.unknown, 2); /* the counter and the samples */
	/* the first of two units */
	assert_true(read_text(
		"4000 001b 00000000 60 11 80 01 02 a2 0c 30 04 80 02 6131 30 04 80 02 6132"));
	assert_int_equal(sv.tally.elements, 1);
	assert_memory_equal(sv.id.bytes, "a1", 2);
	assert_false(sv.has_synchronisation);
	/* a rate of another size is refused alone */
	assert_true(read_text(
		"4000 001a 00000000 60 10 80 01 01 a2 0b 30 09 80 02 6131 86 03 010203"));
	assert_int_equal(sv.rate, 0);
	assert_int_equal(sv.tally.refused, 1);
}

static void lengths_that_lie(void **state)
{
	(void)state;
	assert_false(read_text(""));
	assert_false(read_text("4000 0008 00000000"));
	assert_false(read_text("4000 00ff 00000000 60 03 80 01 01"));
	assert_false(read_text("4000 000d 00000000 60 03 80 01 01")); /* no units */
	assert_false(read_text("4000 0015 00000000 60 0b 80 01 01 a2 06 30 05 80 02 6131"));
	assert_false(read_text("4000 0015 00000000 60 0b 80 01 01 a2 06 30 04 80 03 6131"));
	assert_false(read_text(
		"4000 0015 00000000 60 0b 80 01 01 a2 06 30 04 81 02 6131")); /* no name */
	assert_false(read_text(
		"4000 0015 00000000 61 0b 80 01 01 a2 06 30 04 80 02 6131")); /* GOOSE's */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message),
		cmocka_unit_test(lengths_that_lie),
	};

	return RUN(tests);
}
