/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and base64 against published vectors (FIPS 180-4 example, RFC 4648 section 10). */
#include "tests/unit/unit.h"

#include "common/model/digest.h"

static void sha256(void **state)
{
	uint8_t once[DIGEST_SIZE], pieces[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];
	struct digest *digest = digest_new();

	(void)state;
	digest_sha256("abc", 3, once);
	assert_string_equal(digest_hex(once, hex),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_update(digest, "a", 1);
	digest_value(digest, pieces);
	digest_update(digest, "bc", 2);
	digest_value(digest, pieces);
	assert_memory_equal(once, pieces, DIGEST_SIZE);
	digest_free(digest);
	digest_free(NULL);
}

static void base64(void **state)
{
	static const char *const rows[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
		{"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct str out = STR_INIT(100), back = STR_INIT(100);

		base64_encode(&out, rows[i][0], strlen(rows[i][0]));
		assert_string_equal(out.data, rows[i][1]);
		assert_true(base64_decode(&back, out.data));
		assert_string_equal(back.data, rows[i][0]);
		str_done(&out);
		str_done(&back);
	}
}

static void long_base64_and_nonsense(void **state)
{
	static const char *const bad[] = {"a", "****", "Zg=", "Zm9vZ"};
	struct str out = STR_INIT(10000), back = STR_INIT(10000);
	char bytes[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	base64_encode(&out, bytes, sizeof(bytes));
	assert_true(base64_decode(&back, out.data));
	assert_int_equal(back.len, sizeof(bytes));
	assert_memory_equal(back.data, bytes, sizeof(bytes));
	for (size_t i = 0; i < 4; i++)
		assert_false(base64_decode(&back, bad[i]));
	str_done(&out);
	str_done(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sha256), cmocka_unit_test(base64),
		cmocka_unit_test(long_base64_and_nonsense)};

	return RUN(tests);
}
