/* SPDX-License-Identifier: Apache-2.0 */
/* SNMP's user-based security by OpenSSL; see usm.h. No key and no secret leaves this file. */
#include "scanner/protocol/usm.h"

#include "common/packer.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <limits.h>
#include <string.h>

#define MEGABYTE 1048576 /* of the pass phrase, repeated (RFC 3414, A.2) */
#define STRETCH 4096	 /* bytes that are hashed at once */
#define TRIAL 64
#define DES_SIZE 8 /* bytes of a key, of a block and of what makes its initial vectors */
#define AES_SIZE 16

/* By enum login_auth: the hash, and how much of its HMAC is the signature. */
static struct {
	const char *name;
	size_t signature;
	EVP_MD *md;
} hashes[] = {
	[LOGIN_MD5] = {"MD5", 12, NULL},
	[LOGIN_SHA1] = {"SHA1", 12, NULL},
	[LOGIN_SHA224] = {"SHA224", 16, NULL},
	[LOGIN_SHA256] = {"SHA256", 24, NULL},
	[LOGIN_SHA384] = {"SHA384", 32, NULL},
	[LOGIN_SHA512] = {"SHA512", 48, NULL},
};

/* By enum login_privacy. DES is had as triple DES with one key three times. */
static struct {
	const char *name;
	EVP_CIPHER *cipher;
} ciphers[] = {
	[LOGIN_DES] = {"DES-EDE3-CBC", NULL},
	[LOGIN_AES128] = {"AES-128-CFB", NULL},
};

static EVP_MAC *hmac;

struct usm {
	enum login_auth auth;
	enum login_privacy privacy;
	uint8_t key[USM_KEY_MAX], privacy_key[USM_KEY_MAX];
	size_t key_size;
};

int usm_prepare(struct error *reterr)
{
	uint8_t trial[USM_KEY_MAX + TRIAL] = {0}, salt[USM_SALT_SIZE];

	if (hmac)
		return 0;
	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (!hmac)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot set up SNMP version 3: OpenSSL refused");
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].name)
			hashes[i].md = EVP_MD_fetch(NULL, hashes[i].name, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(ciphers); i++)
		if (ciphers[i].name)
			ciphers[i].cipher = EVP_CIPHER_fetch(NULL, ciphers[i].name, NULL);
	/* The first use of each fetches what it stands on. */
	for (size_t i = 0; i < ARRAY_SIZE(hashes) * ARRAY_SIZE(ciphers); i++) {
		const struct usm usm = {.auth = i % ARRAY_SIZE(hashes),
			.privacy = i / ARRAY_SIZE(hashes),
			.key_size = TRIAL};

		if (usm.auth != LOGIN_AUTH_NONE && hashes[usm.auth].md)
			usm_sign(&usm, trial, sizeof(trial), 0);
		if (usm.privacy != LOGIN_PRIVACY_NONE && ciphers[usm.privacy].cipher)
			usm_encrypt(&usm, 0, 0, 0, trial, TRIAL, salt);
	}
	return 0;
}

bool usm_can(const struct login *login)
{
	return login->kind == LOGIN_COMMUNITY || login->auth == LOGIN_AUTH_NONE ||
	       (hashes[login->auth].md && (login->privacy == LOGIN_PRIVACY_NONE ||
						  ciphers[login->privacy].cipher));
}

size_t usm_signature_size(enum login_auth auth)
{
	return hashes[auth].signature;
}

/* The hash of a megabyte of the pass phrase, which is hashed many times over at once. */
static bool stretch(EVP_MD_CTX *context, const EVP_MD *md, const char *secret, uint8_t *out)
{
	uint8_t many[STRETCH];
	size_t length = strlen(secret), size, left = MEGABYTE;
	bool good = length > 0 && length <= LOGIN_SECRET_MAX &&
		    EVP_DigestInit_ex2(context, md, NULL) == 1;

	if (!good)
		return false;
	for (size = 0; size + length <= sizeof(many); size += length)
		memcpy(many + size, secret, length);
	for (; good && left > 0; left -= size) {
		size = size < left ? size : left;
		good = EVP_DigestUpdate(context, many, size) == 1;
	}
	OPENSSL_cleanse(many, sizeof(many));
	return good && EVP_DigestFinal_ex(context, out, NULL) == 1;
}

size_t usm_key(enum login_auth auth, const char *secret, const uint8_t *engine, size_t size,
	uint8_t out[USM_KEY_MAX])
{
	const EVP_MD *md = hashes[auth].md;
	EVP_MD_CTX *context = md ? EVP_MD_CTX_new() : NULL;
	uint8_t user[USM_KEY_MAX];
	size_t n = md ? (size_t)EVP_MD_get_size(md) : 0;
	bool good = context && n <= USM_KEY_MAX && stretch(context, md, secret, user) &&
		    EVP_DigestInit_ex2(context, md, NULL) == 1 &&
		    EVP_DigestUpdate(context, user, n) == 1 &&
		    EVP_DigestUpdate(context, engine, size) == 1 &&
		    EVP_DigestUpdate(context, user, n) == 1 &&
		    EVP_DigestFinal_ex(context, out, NULL) == 1;

	OPENSSL_cleanse(user, sizeof(user));
	EVP_MD_CTX_free(context);
	return good ? n : 0;
}

struct usm *usm_new(const struct login *login, const uint8_t *engine, size_t size)
{
	_cleanup_(usm_freep) struct usm *usm = NULL;

	if (login->kind != LOGIN_USER || login->auth == LOGIN_AUTH_NONE || !usm_can(login))
		return NULL;
	usm = calloc(1, sizeof(*usm));
	if (!usm)
		return NULL;
	usm->auth = login->auth;
	usm->privacy = login->privacy;
	usm->key_size = usm_key(login->auth, login->auth_secret, engine, size, usm->key);
	if (usm->key_size == 0 || (login->privacy != LOGIN_PRIVACY_NONE &&
					  usm_key(login->auth, login->privacy_secret, engine,
						  size, usm->privacy_key) == 0))
		return NULL;
	return STEAL(usm);
}

void usm_free(struct usm *usm)
{
	if (!usm)
		return;
	OPENSSL_cleanse(usm, sizeof(*usm));
	free(usm);
}

/* The whole HMAC of a message, with zeros where its signature stands. */
static bool digest(const struct usm *usm, const uint8_t *message, size_t size, size_t at,
	uint8_t out[EVP_MAX_MD_SIZE])
{
	static const uint8_t zeros[EVP_MAX_MD_SIZE];
	size_t n = hashes[usm->auth].signature, made;
	EVP_MAC_CTX *context;
	OSSL_PARAM params[2];
	bool good;

	if (!hmac || !hashes[usm->auth].md || n > size || at > size - n)
		return false;
	params[0] = OSSL_PARAM_construct_utf8_string(
		OSSL_MAC_PARAM_DIGEST, (char *)hashes[usm->auth].name, 0);
	params[1] = OSSL_PARAM_construct_end();
	context = EVP_MAC_CTX_new(hmac);
	good = context && EVP_MAC_init(context, usm->key, usm->key_size, params) == 1 &&
	       EVP_MAC_update(context, message, at) == 1 &&
	       EVP_MAC_update(context, zeros, n) == 1 &&
	       EVP_MAC_update(context, message + at + n, size - at - n) == 1 &&
	       EVP_MAC_final(context, out, &made, EVP_MAX_MD_SIZE) == 1 && made >= n;
	EVP_MAC_CTX_free(context);
	return good;
}

bool usm_sign(const struct usm *usm, uint8_t *message, size_t size, size_t at)
{
	uint8_t out[EVP_MAX_MD_SIZE];

	if (!digest(usm, message, size, at, out))
		return false;
	memcpy(message + at, out, hashes[usm->auth].signature);
	return true;
}

bool usm_check(const struct usm *usm, const uint8_t *message, size_t size, size_t at)
{
	uint8_t out[EVP_MAX_MD_SIZE];

	return digest(usm, message, size, at, out) &&
	       CRYPTO_memcmp(message + at, out, hashes[usm->auth].signature) == 0;
}

/* In one go, either way. */
static bool run(const struct usm *usm, bool encrypt, const uint8_t iv[AES_SIZE],
	const uint8_t *in, size_t size, uint8_t *out)
{
	const EVP_CIPHER *cipher = ciphers[usm->privacy].cipher;
	EVP_CIPHER_CTX *context = cipher && size <= INT_MAX ? EVP_CIPHER_CTX_new() : NULL;
	uint8_t key[3 * DES_SIZE];
	int made = 0, last = 0;
	bool good;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = usm->privacy_key[usm->privacy == LOGIN_DES ? i % DES_SIZE : i];
	good = context && EVP_CipherInit_ex2(context, cipher, key, iv, encrypt, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
	       EVP_CipherUpdate(context, out, &made, in, (int)size) == 1 &&
	       EVP_CipherFinal_ex(context, out + made, &last) == 1 &&
	       (size_t)made + (size_t)last == size;
	OPENSSL_cleanse(key, sizeof(key));
	EVP_CIPHER_CTX_free(context);
	return good;
}

/* RFC 3414, 8.1.1.1: the second half of the key, changed by the salt; RFC 3826, 3.1.2.1: the
 * engine's time and the salt. */
static void make_vector(const struct usm *usm, uint32_t boots, uint32_t time,
	const uint8_t *salt, uint8_t iv[AES_SIZE])
{
	struct packer p = packer_of(iv, AES_SIZE);

	if (usm->privacy == LOGIN_DES) {
		for (size_t i = 0; i < DES_SIZE; i++)
			packer_u8(&p, usm->privacy_key[DES_SIZE + i] ^ salt[i]);
		return;
	}
	packer_be32(&p, boots);
	packer_be32(&p, time);
	packer_bytes(&p, salt, USM_SALT_SIZE);
}

size_t usm_encrypt(const struct usm *usm, uint32_t boots, uint32_t time, uint64_t count,
	uint8_t *bytes, size_t size, uint8_t salt[USM_SALT_SIZE])
{
	struct packer p = packer_of(salt, USM_SALT_SIZE);
	uint8_t iv[AES_SIZE] = {0};

	if (usm->privacy == LOGIN_DES) {
		packer_be32(&p, boots);
		packer_be32(&p, (uint32_t)count);
		while (size % DES_SIZE != 0)
			bytes[size++] = 0;
	} else {
		packer_be64(&p, count);
	}
	make_vector(usm, boots, time, salt, iv);
	return run(usm, true, iv, bytes, size, bytes) ? size : 0;
}

bool usm_decrypt(const struct usm *usm, uint32_t boots, uint32_t time,
	const uint8_t salt[USM_SALT_SIZE], const uint8_t *bytes, size_t size, uint8_t *out)
{
	uint8_t iv[AES_SIZE] = {0};

	if (size == 0 || (usm->privacy == LOGIN_DES && size % DES_SIZE != 0))
		return false;
	make_vector(usm, boots, time, salt, iv);
	return run(usm, false, iv, bytes, size, out);
}
