/* SPDX-License-Identifier: Apache-2.0 */
/* Public values for SSH key exchanges: form and size. RFC 8731, RFC 5656, RFC 4253. */
#include "tests/unit/unit.h"

#include "scanner/protocol/exchange.h"

static void values(void **state)
{
	uint8_t value[EXCHANGE_VALUE_MAX];
	size_t n;

	(void)state;
	assert_int_equal(exchange_prepare(NULL), 0);
	assert_int_equal(exchange_prepare(NULL), 0);
	assert_int_equal(exchange_value("curve25519-sha256", value, sizeof(value)), 32);
	assert_int_equal(exchange_value("ecdh-sha2-nistp256", value, sizeof(value)), 65);
	assert_int_equal(value[0], 4); /* an uncompressed point */
	n = exchange_value("diffie-hellman-group14-sha256", value, sizeof(value));
	assert_in_range(n, 200, 257);
	assert_int_equal(value[0] & 0x80, 0); /* a positive number */
	assert_int_equal(exchange_value("ecdh-sha2-nistp256", value, 64), 0);
	assert_int_equal(exchange_value("sntrup761x25519-sha512", value, sizeof(value)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(values)};

	return RUN(tests);
}
