/* SPDX-License-Identifier: Apache-2.0 */
/* Kafka's answer to ApiVersions, version 0; the second is what librdkafka's broker for
 * tests, 2.0.2, answered. */
#include "tests/unit/scanner/protocol/check.h"

#define ANSWER                                                                                 \
	"\0\0\0\x22"                                                                           \
	"cada"                                                                                 \
	"\0\0"                                                                                 \
	"\0\0\0\4"                                                                             \
	"\0\0\0\0\0\x09"                                                                       \
	"\0\1\0\0\0\x0d"                                                                       \
	"\0\3\0\0\0\x0c"                                                                       \
	"\0\x12\0\0\0\3"

#define LIBRDKAFKA                                                                             \
	"\0\0\0\x70"                                                                           \
	"cada"                                                                                 \
	"\0\0"                                                                                 \
	"\0\0\0\x11"                                                                           \
	"\0\0\0\0\0\7"                                                                         \
	"\0\1\0\0\0\x0b"                                                                       \
	"\0\2\0\0\0\5"                                                                         \
	"\0\3\0\0\0\2"                                                                         \
	"\0\x08\0\0\0\7"                                                                       \
	"\0\x09\0\0\0\5"                                                                       \
	"\0\x0a\0\0\0\2"                                                                       \
	"\0\x0b\0\0\0\5"                                                                       \
	"\0\x0c\0\0\0\3"                                                                       \
	"\0\x0d\0\0\0\1"                                                                       \
	"\0\x0e\0\0\0\3"                                                                       \
	"\0\x12\0\0\0\2"                                                                       \
	"\0\x16\0\0\0\4"                                                                       \
	"\0\x18\0\0\0\1"                                                                       \
	"\0\x19\0\0\0\1"                                                                       \
	"\0\x1a\0\0\0\1"                                                                       \
	"\0\x1c\0\0\0\2"

static void answers(void **state)
{
	const struct protocol *kafka = protocol_by_name("kafka");
	const struct reading *r = check_read(kafka, BYTES(ANSWER));
	uint8_t more[] = ANSWER "more";
	size_t size = sizeof(ANSWER) - 1;

	(void)state;
	check_is(r, "kafka.api_count", "4");
	check_is(r, "kafka.apis", "0:0-9 1:0-13 3:0-12 18:0-3");
	for (size_t n = 0; n < size; n++)
		assert_int_equal(kafka->complete(more, n), 0);
	assert_int_equal(kafka->complete(more, size), size);
	assert_int_equal(kafka->overheard(more, sizeof(more) - 1), size);
	check_hostile(kafka, BYTES(ANSWER));
	r = check_read(kafka, BYTES(LIBRDKAFKA));
	check_is(r, "kafka.api_count", "17");
	check_request(kafka, 1, BYTES("\0\0\0\x12" "\0\x12" "\0\0" "cada" "\0\x08" "cadastre"));
	/* An error, a number that is not that of the entries, keys that descend, ranges that do
	 * not ascend. */
	assert_int_equal(kafka->complete(BYTES("\0\0\0\x10"
					       "cada\0\x23"
					       "\0\0\0\1"
					       "\0\0\0\0\0\x09")),
		-1);
	assert_int_equal(kafka->complete(BYTES("\0\0\0\x10"
					       "cada\0\0"
					       "\0\0\0\2"
					       "\0\0\0\0\0\x09")),
		-1);
	assert_int_equal(kafka->complete(BYTES("\0\0\0\x16"
					       "cada\0\0"
					       "\0\0\0\2"
					       "\0\0\0\0\0\x09"
					       "\0\0\0\0\0\x09")),
		-1);
	assert_int_equal(kafka->complete(BYTES("\0\0\0\x10"
					       "cada\0\0"
					       "\0\0\0\1"
					       "\0\0\0\2\0\1")),
		-1);
	assert_int_equal(kafka->complete(BYTES("HTTP/1.1 400 Bad")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers)};

	return RUN(tests);
}
