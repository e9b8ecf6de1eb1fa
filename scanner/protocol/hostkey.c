/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys and signatures of RFC 4253's form, verified by OpenSSL; see hostkey.h. */
#include "scanner/protocol/hostkey.h"

#include "common/cleanup.h"
#include "common/cursor.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <string.h>

#define BLOB_MAX 8192
#define RSA_BITS_MIN 1024 /* shorter keys can be factored */
#define ED25519_KEY_SIZE 32

static void key_free(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static struct span string_next(struct cursor *c)
{
	uint32_t size = cursor_be32(c);
	const uint8_t *bytes = cursor_bytes(c, size);

	return bytes ? (struct span){bytes, size} : (struct span){(const uint8_t *)"", 0};
}

static bool is(struct span text, const char *name)
{
	return text.size == strlen(name) && memcmp(text.bytes, name, text.size) == 0;
}

/* A public key of parameters that were pushed already. Frees the builder. */
static EVP_PKEY *key_of(const char *type, OSSL_PARAM_BLD *builder, bool good)
{
	OSSL_PARAM *parameters = good ? OSSL_PARAM_BLD_to_param(builder) : NULL;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (!parameters || !context || EVP_PKEY_fromdata_init(context) != 1 ||
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	return key;
}

static EVP_PKEY *read_ed25519(struct cursor *blob)
{
	struct span point = string_next(blob);

	return point.size == ED25519_KEY_SIZE
		       ? EVP_PKEY_new_raw_public_key(
				 EVP_PKEY_ED25519, NULL, point.bytes, point.size)
		       : NULL;
}

static EVP_PKEY *read_ecdsa(struct cursor *blob, const char *curve, const char *group)
{
	struct span name = string_next(blob), point = string_next(blob);
	OSSL_PARAM_BLD *builder;

	if (!cursor_ok(blob) || !is(name, curve) || !(builder = OSSL_PARAM_BLD_new()))
		return NULL;
	return key_of("EC", builder,
		OSSL_PARAM_BLD_push_utf8_string(
			builder, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
			OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY,
				point.bytes, point.size) == 1);
}

static EVP_PKEY *read_rsa(struct cursor *blob)
{
	struct span e = string_next(blob), n = string_next(blob);
	BIGNUM *exponent = BN_bin2bn(e.bytes, (int)e.size, NULL);
	BIGNUM *modulus = BN_bin2bn(n.bytes, (int)n.size, NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;

	if (builder && exponent && modulus && cursor_ok(blob) &&
		BN_num_bits(modulus) >= RSA_BITS_MIN)
		key = key_of("RSA", builder,
			OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
				OSSL_PARAM_BLD_push_BN(
					builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1);
	else
		OSSL_PARAM_BLD_free(builder);
	BN_free(exponent);
	BN_free(modulus);
	return key;
}

/* What a signature of a name is made with, and by which kind of key. */
static const struct {
	const char *signature, *key, *curve, *group, *digest;
} kinds[] = {
	{"ssh-ed25519", "ssh-ed25519", NULL, NULL, NULL},
	{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "nistp256", "P-256", "SHA256"},
	{"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "nistp384", "P-384", "SHA384"},
	{"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", "nistp521", "P-521", "SHA512"},
	{"rsa-sha2-512", "ssh-rsa", NULL, NULL, "SHA512"},
	{"rsa-sha2-256", "ssh-rsa", NULL, NULL, "SHA256"},
	{"ssh-rsa", "ssh-rsa", NULL, NULL, "SHA1"}, /* old devices know nothing else */
};

static EVP_PKEY *read_key(struct cursor *blob, size_t kind)
{
	EVP_PKEY *key;

	if (kinds[kind].curve)
		key = read_ecdsa(blob, kinds[kind].curve, kinds[kind].group);
	else if (kinds[kind].digest)
		key = read_rsa(blob);
	else
		key = read_ed25519(blob);
	return key;
}

/* "string (mpint r, mpint s)" as the DER that OpenSSL verifies. The caller frees *ret_der. */
static int ecdsa_der(struct span bytes, uint8_t **ret_der)
{
	struct cursor c = cursor_of(bytes.bytes, bytes.size);
	struct span r = string_next(&c), s = string_next(&c);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *x = BN_bin2bn(r.bytes, (int)r.size, NULL);
	BIGNUM *y = BN_bin2bn(s.bytes, (int)s.size, NULL);
	int size = -1;

	if (pair && x && y && cursor_ok(&c) && ECDSA_SIG_set0(pair, x, y) == 1) {
		x = y = NULL; /* the pair's now */
		size = i2d_ECDSA_SIG(pair, ret_der);
	}
	BN_free(x);
	BN_free(y);
	ECDSA_SIG_free(pair);
	return size;
}

static bool verify(EVP_PKEY *key, const char *digest, struct span signature, struct span data)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context &&
		    EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL) ==
			    1 &&
		    EVP_DigestVerify(context, signature.bytes, signature.size, data.bytes,
			    data.size) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

static bool verify_kind(size_t kind, struct cursor *blob, struct span bytes, struct span data)
{
	_cleanup_(key_free) EVP_PKEY *key = read_key(blob, kind);
	uint8_t *der = NULL;
	bool good;

	if (!key)
		return false;
	if (kinds[kind].curve) {
		int size = ecdsa_der(bytes, &der);

		bytes = (struct span){der, size > 0 ? (size_t)size : 0};
	}
	good = bytes.size > 0 && verify(key, kinds[kind].digest, bytes, data);
	OPENSSL_free(der);
	return good;
}

bool hostkey_verify(struct span key, struct span signature, struct span data)
{
	struct cursor blob = cursor_of(key.bytes, key.size);
	struct cursor c = cursor_of(signature.bytes, signature.size);
	struct span type = string_next(&blob), name = string_next(&c), bytes = string_next(&c);
	bool good = false;

	if (!cursor_ok(&blob) || !cursor_ok(&c) || key.size > BLOB_MAX ||
		signature.size > BLOB_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !good; i++)
		if (is(name, kinds[i].signature) && is(type, kinds[i].key))
			good = verify_kind(i, &blob, bytes, data);
	ERR_clear_error();
	return good;
}
