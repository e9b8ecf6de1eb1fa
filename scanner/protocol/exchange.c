/* SPDX-License-Identifier: Apache-2.0 */
/* Public values for SSH key exchanges, by OpenSSL; see exchange.h. */
#include "scanner/protocol/exchange.h"

#include "common/cleanup.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/params.h>
#include <openssl/bn.h>

#include <stdbool.h>
#include <string.h>

/* The value of one kind of key, as it goes into the packet's string. */
struct value {
	uint8_t bytes[EXCHANGE_VALUE_MAX];
	size_t size;
};

static struct value curve25519, nistp256, group14;

static const struct {
	const char *method;
	const struct value *value;
} methods[] = {
	{"curve25519-sha256", &curve25519},
	{"curve25519-sha256@libssh.org", &curve25519},
	{"ecdh-sha2-nistp256", &nistp256},
	{"diffie-hellman-group14-sha256", &group14},
	{"diffie-hellman-group14-sha1", &group14},
};

static void key_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static bool make_curve25519(void)
{
	_cleanup_(key_free) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");

	curve25519.size = sizeof(curve25519.bytes);
	return key && EVP_PKEY_get_raw_public_key(key, curve25519.bytes, &curve25519.size) == 1;
}

static bool make_nistp256(void)
{
	_cleanup_(key_free) EVP_PKEY *key = EVP_EC_gen("P-256");

	return key && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, nistp256.bytes,
		sizeof(nistp256.bytes), &nistp256.size) == 1;
}

/* An mpint of RFC 4251: a zero byte in front if the first bit is set. */
static bool make_group14(void)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)"modp_2048", 0),
		OSSL_PARAM_construct_end()};
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *key = NULL;
	BIGNUM *number = NULL;
	bool good = context && EVP_PKEY_keygen_init(context) == 1 &&
		EVP_PKEY_CTX_set_params(context, params) == 1 &&
		EVP_PKEY_keygen(context, &key) == 1 &&
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &number) == 1 &&
		BN_num_bytes(number) < EXCHANGE_VALUE_MAX;

	if (good) {
		size_t zero = BN_num_bits(number) % 8 == 0;

		group14.bytes[0] = 0;
		group14.size = zero + (size_t)BN_bn2bin(number, group14.bytes + zero);
	}
	BN_free(number);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(context);
	return good;
}

int exchange_prepare(struct error *reterr)
{
	if (group14.size > 0)
		return 0;
	if (!make_curve25519() || !make_nistp256() || !make_group14())
		return error_set(reterr, ERROR_SYSTEM,
			"cannot make the values that open an SSH key exchange: OpenSSL refused");
	return 0;
}

size_t exchange_value(const char *method, uint8_t *out, size_t max)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		const struct value *value = methods[i].value;

		if (strcmp(methods[i].method, method) != 0 || value->size > max)
			continue;
		memcpy(out, value->bytes, value->size);
		return value->size;
	}
	return 0;
}
