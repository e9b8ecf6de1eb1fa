/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user-based security model of SNMP version 3: the keys of one user at one engine, and what
 * they do: sign, check, encrypt, decrypt. Pure but for OpenSSL's algorithms, which are fetched
 * before the sandbox; it knows no message, no user's name and no time.
 *
 * References: RFC 3414, 2.6 and A.2 (keys), 6, 7 (HMAC-96), 8 (DES); RFC 7860 (HMAC-SHA-2);
 * RFC 3826 (AES).
 */
#ifndef SCANNER_PROTOCOL_USM_H
#define SCANNER_PROTOCOL_USM_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/model/login.h"

#define USM_KEY_MAX 64 /* bytes of a key: of the longest hash */
#define USM_SALT_SIZE 8
#define USM_PADDING_MAX 7 /* bytes that encryption may add */

/* Fetches the algorithms. ERROR_SYSTEM; one that this OpenSSL does not have is no error, see
 * usm_can(). Calling it again does nothing. */
int usm_prepare(struct error *reterr);
/* True if everything that a login needs is there. */
bool usm_can(const struct login *login);

struct usm;

/* Makes the keys: a megabyte is hashed for each secret. NULL without memory or an algorithm, or
 * if the login is none of a user with authentication. Forgets them when it is freed. */
struct usm *usm_new(const struct login *login, const uint8_t *engine, size_t size);
void usm_free(struct usm *usm);
CLEANUP_DEFINE(struct usm, usm_free)

/* The key of a pass phrase at an engine (RFC 3414, A.2); returns its size, 0 on failure. */
size_t usm_key(enum login_auth auth, const char *secret, const uint8_t *engine, size_t size,
	uint8_t out[USM_KEY_MAX]);

/* Bytes of a signature; 0 for LOGIN_AUTH_NONE. */
size_t usm_signature_size(enum login_auth auth);
/* Signs a message whose signature is to stand at `at`, where it has zeros now. */
bool usm_sign(const struct usm *usm, uint8_t *message, size_t size, size_t at);
/* True if the signature at `at` is right; what stands there counts as zeros. */
bool usm_check(const struct usm *usm, const uint8_t *message, size_t size, size_t at);

/* Encrypts `size` bytes in place and returns how many there are then, at most USM_PADDING_MAX
 * more; writes the salt, which `count` makes: never twice the same with one user. 0 on failure.
 */
size_t usm_encrypt(const struct usm *usm, uint32_t boots, uint32_t time, uint64_t count,
	uint8_t *bytes, size_t size, uint8_t salt[USM_SALT_SIZE]);
/* Decrypts into `out`, of the same size. */
bool usm_decrypt(const struct usm *usm, uint32_t boots, uint32_t time,
	const uint8_t salt[USM_SALT_SIZE], const uint8_t *bytes, size_t size, uint8_t *out);

#endif
