/* SPDX-License-Identifier: Apache-2.0 */
/* The names in a GOOSE message, and messages whose lengths lie. */
#include "tests/unit/scanner/wire/hex.h"
#include "tests/unit/scanner/wire/samples.h"

#include "scanner/wire/goose.h"

static struct goose goose;
static struct hex message;

static bool read_text(const char *text)
{
	message = hex(text);
	return goose_read(message.bytes, message.n, &goose);
}

static void a_message(void **state)
{
	(void)state;
	assert_true(read_text(SAMPLE_GOOSE));
	assert_int_equal(goose.appid, 3);
	assert_int_equal(goose.control_block.size, 8);
	assert_memory_equal(goose.control_block.bytes, "IED1/GCB", 8);
	assert_memory_equal(goose.data_set.bytes, "IED1/DS", 7);
	assert_memory_equal(goose.id.bytes, "trip", 4);
	assert_int_equal(goose.tally.unknown, 1);
	assert_int_equal(goose.tally.unknown_codes[0], 0x81);
	/* the long forms of a length; padding after the message is no part of it */
	assert_true(read_text("0003 0010 00000000 6182 0004 80 81 01 61 0000"));
	assert_int_equal(goose.control_block.size, 1);
}

static void lengths_that_lie(void **state)
{
	(void)state;
	assert_false(read_text(""));
	assert_false(read_text("0003 0007 00000000")); /* shorter than its own header */
	assert_false(read_text("0003 0008 00000000")); /* nothing inside */
	assert_false(read_text("0003 00ff 00000000 6103 80 01 61")); /* past the frame */
	assert_false(read_text("0003 000d 00000000 6104 80 01 61")); /* past the message */
	assert_false(read_text("0003 000d 00000000 6103 80 02 61"));
	assert_false(read_text("0003 000d 00000000 6180 80 01 61")); /* indefinite */
	assert_false(read_text("0003 000d 00000000 6103 83 01 61")); /* no control block */
	assert_false(read_text("0003 000d 00000000 6003 80 01 61")); /* another PDU */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message),
		cmocka_unit_test(lengths_that_lie),
	};

	return RUN(tests);
}
