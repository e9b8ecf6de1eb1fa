/* SPDX-License-Identifier: Apache-2.0 */
/* Values and hashes of SSH key exchanges, by OpenSSL; see exchange.h. */
#include "scanner/protocol/exchange.h"

#include "common/cleanup.h"
#include "common/packer.h"
#include "scanner/protocol/hostkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <stdbool.h>
#include <string.h>

/* One kind of key, and its public half as it goes into the packet's string. */
struct value {
	EVP_PKEY *key;
	uint8_t bytes[EXCHANGE_VALUE_MAX];
	size_t size;
};

static struct value curve25519, nistp256, group14;

static const struct {
	const char *method;
	const struct value *value;
	const char *digest;
} methods[] = {
	{"curve25519-sha256", &curve25519, "SHA256"},
	{"curve25519-sha256@libssh.org", &curve25519, "SHA256"},
	{"ecdh-sha2-nistp256", &nistp256, "SHA256"},
	{"diffie-hellman-group14-sha256", &group14, "SHA256"},
	{"diffie-hellman-group14-sha1", &group14, "SHA1"},
};

static bool make_curve25519(void)
{
	struct value *v = &curve25519;

	v->key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	v->size = sizeof(v->bytes);
	return v->key && EVP_PKEY_get_raw_public_key(v->key, v->bytes, &v->size) == 1;
}

static bool make_nistp256(void)
{
	struct value *v = &nistp256;

	v->key = EVP_EC_gen("P-256");
	return v->key && EVP_PKEY_get_octet_string_param(v->key, OSSL_PKEY_PARAM_PUB_KEY,
				 v->bytes, sizeof(v->bytes), &v->size) == 1;
}

/* An mpint of RFC 4251: a zero byte in front if the first bit is set. */
static bool make_group14(void)
{
	OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(
				       OSSL_PKEY_PARAM_GROUP_NAME, (char *)"modp_2048", 0),
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
		group14.key = key;
		key = NULL;
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

static void hash_string(EVP_MD_CTX *context, const void *bytes, size_t size, bool *good)
{
	uint8_t length[4];
	struct packer p = packer_of(length, sizeof(length));

	packer_be32(&p, (uint32_t)size);
	*good = *good && EVP_DigestUpdate(context, length, sizeof(length)) == 1 &&
		EVP_DigestUpdate(context, bytes, size) == 1;
}

/* An mpint of RFC 4251: no zero bytes in front, but one if the first bit is set. */
static void hash_number(EVP_MD_CTX *context, const uint8_t *bytes, size_t size, bool *good)
{
	uint8_t room[EXCHANGE_VALUE_MAX + 1] = {0};
	size_t zero;

	while (size > 0 && *bytes == 0) {
		bytes++;
		size--;
	}
	zero = size > 0 && *bytes & 0x80;
	memcpy(room + zero, bytes, size);
	hash_string(context, room, size + zero, good);
	OPENSSL_cleanse(room, sizeof(room));
}

/* The secret that our value and the server's make. 0 if the server's is none. */
static size_t agree(const struct value *mine, struct span theirs, uint8_t *out, size_t max)
{
	EVP_PKEY *peer = EVP_PKEY_new();
	EVP_PKEY_CTX *context = mine->key ? EVP_PKEY_CTX_new(mine->key, NULL) : NULL;
	size_t size = max;

	if (!peer || !context || EVP_PKEY_copy_parameters(peer, mine->key) != 1 ||
		EVP_PKEY_set1_encoded_public_key(peer, theirs.bytes, theirs.size) != 1 ||
		EVP_PKEY_derive_init(context) != 1 ||
		EVP_PKEY_derive_set_peer(context, peer) != 1 ||
		EVP_PKEY_derive(context, out, &size) != 1)
		size = 0;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(peer);
	return size;
}

/* The exchange hash (RFC 4253, 8; RFC 5656, 4). 0 if it cannot be made. */
static size_t exchange_hash(const struct exchange_said *said, const struct value *mine,
	const char *digest, uint8_t *out)
{
	const struct span parts[] = {said->client, said->server, said->client_kexinit,
		said->server_kexinit, said->key, {mine->bytes, mine->size}, said->value};
	uint8_t secret[EXCHANGE_VALUE_MAX];
	size_t size = agree(mine, said->value, secret, sizeof(secret));
	EVP_MD *md = EVP_MD_fetch(NULL, digest, NULL);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = size > 0 && md && context && EVP_DigestInit_ex2(context, md, NULL) == 1;
	unsigned int n = 0;

	for (size_t i = 0; good && i < ARRAY_SIZE(parts); i++)
		hash_string(context, parts[i].bytes, parts[i].size, &good);
	if (good)
		hash_number(context, secret, size, &good);
	good = good && EVP_DigestFinal_ex(context, out, &n) == 1;
	OPENSSL_cleanse(secret, sizeof(secret));
	EVP_MD_CTX_free(context);
	EVP_MD_free(md);
	return good ? n : 0;
}

bool exchange_verify(const struct exchange_said *said)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (strcmp(methods[i].method, said->method) == 0)
			n = exchange_hash(said, methods[i].value, methods[i].digest, hash);
	ERR_clear_error();
	return n > 0 && said->value.size <= EXCHANGE_VALUE_MAX &&
	       hostkey_verify(said->key, said->signature, (struct span){hash, n});
}
