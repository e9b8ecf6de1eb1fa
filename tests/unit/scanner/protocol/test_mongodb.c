/* SPDX-License-Identifier: Apache-2.0 */
/* MongoDB's answer to buildInfo. */
#include "tests/unit/scanner/protocol/check.h"

/* version, gitVersion, an array, a document, a boolean, ok: 1.0 */
#define ELEMENTS                                                                               \
	"\2version\0\6\0\0\0"                                                                  \
	"6.0.4\0"                                                                              \
	"\4versionArray\0\x0c\0\0\0\x10"                                                       \
	"0\0\6\0\0\0\0"                                                                        \
	"\3openssl\0\5\0\0\0\0"                                                                \
	"\x08"                                                                                 \
	"debug\0\0"                                                                            \
	"\2gitVersion\0\5\0\0\0"                                                               \
	"44ff\0"                                                                               \
	"\1ok\0\0\0\0\0\0\0\xf0\x3f"
#define DOCUMENT_SIZE (4 + sizeof(ELEMENTS) - 1 + 1)

static size_t make_answer(uint8_t out[512])
{
	size_t size = 16 + 5 + DOCUMENT_SIZE;

	memset(out, 0, 512);
	out[0] = (uint8_t)size;
	out[4] = 9;
	out[8] = 1;
	out[12] = 0xdd;
	out[13] = 0x07;
	out[21] = (uint8_t)DOCUMENT_SIZE;
	memcpy(out + 25, ELEMENTS, sizeof(ELEMENTS) - 1);
	return size;
}

static void build(void **state)
{
	const struct protocol *mongodb = protocol_by_name("mongodb");
	uint8_t bytes[512];
	size_t size = make_answer(bytes);
	const struct reading *r = check_read(mongodb, bytes, size);

	(void)state;
	check_is(r, "mongodb.version", "6.0.4");
	check_is(r, "mongodb.git", "44ff");
	check_is(r, "service.product", "MongoDB");
	check_is(r, "service.version", "6.0.4");
	for (size_t n = 0; n < size; n++)
		assert_int_equal(mongodb->complete(bytes, n), 0);
	assert_int_equal(mongodb->complete(bytes, size), size);
	assert_int_equal(mongodb->overheard(bytes, size + 3), size);
	check_hostile(mongodb, bytes, size);
	bytes[8] = 0; /* it answers nothing */
	assert_int_equal(mongodb->complete(bytes, size), -1);
	assert_int_equal(mongodb->complete(BYTES("HTTP/1.1 400 Bad Req")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(build)};

	return RUN(tests);
}
