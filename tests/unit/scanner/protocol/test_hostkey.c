/* SPDX-License-Identifier: Apache-2.0 */
/* SSH host keys: signatures of every kind verify, and nothing else does. RFC 4253, 6.6. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "common/packer.h"
#include "scanner/protocol/hostkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

static void put_string(struct packer *p, const void *bytes, size_t size)
{
	packer_be32(p, (uint32_t)size);
	packer_bytes(p, bytes, size);
}

static void put_number(struct packer *p, const BIGNUM *number)
{
	uint8_t bytes[1024] = {0};
	size_t zero = BN_num_bits(number) % 8 == 0;

	put_string(p, bytes, zero + (size_t)BN_bn2bin(number, bytes + zero));
}

struct made {
	uint8_t key[2048], signature[2048];
	size_t key_size, signature_size;
};

static void put_key(struct packer *p, EVP_PKEY *key, const char *type, const char *curve)
{
	BIGNUM *e = NULL, *n = NULL;
	uint8_t bytes[256];
	size_t size = sizeof(bytes);

	put_string(p, type, strlen(type));
	if (strcmp(type, "ssh-rsa") == 0) {
		assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e), 1);
		assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n), 1);
		put_number(p, e);
		put_number(p, n);
		BN_free(e);
		BN_free(n);
		return;
	}
	if (curve)
		put_string(p, curve, strlen(curve));
	assert_int_equal(EVP_PKEY_get_octet_string_param(
				 key, OSSL_PKEY_PARAM_PUB_KEY, bytes, sizeof(bytes), &size),
		1);
	put_string(p, bytes, size);
}

static void put_signature(struct packer *p, EVP_PKEY *key, const char *digest, bool pair)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t bytes[1024], inner[1024];
	struct packer q = packer_of(inner, sizeof(inner));
	const uint8_t *der = bytes;
	size_t size = sizeof(bytes);
	ECDSA_SIG *sig;

	assert_int_equal(
		EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, key, NULL), 1);
	assert_int_equal(
		EVP_DigestSign(context, bytes, &size, (const uint8_t *)"said", 4), 1);
	EVP_MD_CTX_free(context);
	if (!pair) {
		put_string(p, bytes, size);
		return;
	}
	sig = d2i_ECDSA_SIG(NULL, &der, (long)size);
	put_number(&q, ECDSA_SIG_get0_r(sig));
	put_number(&q, ECDSA_SIG_get0_s(sig));
	ECDSA_SIG_free(sig);
	put_string(p, inner, q.pos);
}

static bool verifies(const struct made *m, const char *data)
{
	/* Copies of the exact size, so that a sanitizer sees any step past the end. */
	uint8_t *key = malloc(m->key_size), *signature = malloc(m->signature_size);
	bool good;

	memcpy(key, m->key, m->key_size);
	memcpy(signature, m->signature, m->signature_size);
	good = hostkey_verify((struct span){key, m->key_size},
		(struct span){signature, m->signature_size},
		(struct span){(const uint8_t *)data, strlen(data)});
	free(key);
	free(signature);
	return good;
}

static void check_damaged(const struct made *whole)
{
	struct made m = *whole;

	for (size_t i = 0; i < m.key_size; i++) {
		m.key[i] ^= 1;
		assert_false(verifies(&m, "said"));
		m.key[i] ^= 1;
	}
	for (size_t i = 0; i < m.signature_size; i++) {
		m.signature[i] ^= 1;
		assert_false(verifies(&m, "said"));
		m.signature[i] ^= 1;
	}
	for (m.key_size = 0; m.key_size < whole->key_size; m.key_size += 7)
		assert_false(verifies(&m, "said"));
	m.key_size = whole->key_size;
	for (m.signature_size = 0; m.signature_size < whole->signature_size; m.signature_size++)
		assert_false(verifies(&m, "said"));
}

static void kinds(void **state)
{
	static const struct {
		const char *type, *curve, *group, *name, *digest;
	} rows[] = {
		{"ssh-ed25519", NULL, NULL, "ssh-ed25519", NULL},
		{"ecdsa-sha2-nistp256", "nistp256", "P-256", "ecdsa-sha2-nistp256", "SHA256"},
		{"ecdsa-sha2-nistp384", "nistp384", "P-384", "ecdsa-sha2-nistp384", "SHA384"},
		{"ecdsa-sha2-nistp521", "nistp521", "P-521", "ecdsa-sha2-nistp521", "SHA512"},
		{"ssh-rsa", NULL, NULL, "rsa-sha2-512", "SHA512"},
		{"ssh-rsa", NULL, NULL, "rsa-sha2-256", "SHA256"},
		{"ssh-rsa", NULL, NULL, "ssh-rsa", "SHA1"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct made m = {.key_size = 0};
		struct packer key = packer_of(m.key, sizeof(m.key));
		struct packer signature = packer_of(m.signature, sizeof(m.signature));
		EVP_PKEY *made = rows[i].group	  ? EVP_EC_gen(rows[i].group)
				 : rows[i].digest ? EVP_RSA_gen(1024)
						  : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

		put_key(&key, made, rows[i].type, rows[i].curve);
		put_string(&signature, rows[i].name, strlen(rows[i].name));
		put_signature(&signature, made, rows[i].digest, rows[i].group != NULL);
		m.key_size = key.pos;
		m.signature_size = signature.pos;
		assert_true(verifies(&m, "said"));
		assert_false(verifies(&m, "other"));
		check_damaged(&m);
		EVP_PKEY_free(made);
	}
}

/* A signature of one kind is none of another; keys that can be factored prove nothing. */
static void refused(void **state)
{
	struct made m = {.key_size = 0};
	struct packer key = packer_of(m.key, sizeof(m.key));
	struct packer signature = packer_of(m.signature, sizeof(m.signature));
	EVP_PKEY *made = EVP_RSA_gen(768);

	(void)state;
	put_key(&key, made, "ssh-rsa", NULL);
	put_string(&signature, "rsa-sha2-256", 12);
	put_signature(&signature, made, "SHA256", false);
	m.key_size = key.pos;
	m.signature_size = signature.pos;
	assert_false(verifies(&m, "said"));
	EVP_PKEY_free(made);

	made = EVP_RSA_gen(1024);
	key = packer_of(m.key, sizeof(m.key));
	signature = packer_of(m.signature, sizeof(m.signature));
	put_key(&key, made, "ssh-rsa", NULL);
	put_string(&signature, "ssh-ed25519", 11);
	put_signature(&signature, made, "SHA256", false);
	m.key_size = key.pos;
	m.signature_size = signature.pos;
	assert_false(verifies(&m, "said"));
	EVP_PKEY_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(kinds), cmocka_unit_test(refused)};

	return RUN(tests);
}
